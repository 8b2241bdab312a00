"""A study's prioritized locations: scores, ranks under other weights, and what is protected."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np

from umbo.appraisal.priorities import ranks, score, share_of_pairs_kept, tipping_weight
from umbo.elements.assets import (
    ATTRIBUTES,
    CATEGORIES,
    THEATERS,
    Location,
    locations_of,
    worth_of,
)
from umbo.elements.catalog import Catalog
from umbo.elements.places import AssetGroup
from umbo.elements.readings import Readings
from umbo.elements.sourced import Value
from umbo.engagement.expected import expected
from umbo.engagement.flights import fly_raid
from umbo.engagement.raid import Launch, Raid, draw_raid
from umbo.engagement.survey import survey
from umbo.engagement.windows import Windows
from umbo.errors import StudyError, suggest
from umbo.study.battles import Battle
from umbo.study.load import catalog_of, resolve
from umbo.study.schema import Study

Row = dict[str, Any]
Tables = dict[str, list[Row]]
Tell = Callable[[float, str], None]

DRAWS: Final = 256
"""Draws over the ranges of weights and roles."""
TOP: Final = (10, 25)
"""A location's chance to be among so many."""
PHASES: Final = 64
SAMPLE_S: Final = 10.0


def read_weights(text: str, known: Sequence[str] = ATTRIBUTES) -> dict[str, float]:
    """Read swing weights such as ``population=100,allied=0`` of known attributes.

    Raises:
        StudyError: An attribute that is not known, or no number of 0 or more.

    Example:
        >>> read_weights("population=80, allied=0")
        {'population': 80.0, 'allied': 0.0}
    """
    weights = {}
    for part in filter(None, (one.strip() for one in text.split(","))):
        name, _, number = (one.strip() for one in part.partition("="))
        if name not in known:
            raise StudyError(f"--weights: no attribute {name!r}; {suggest(name, known)}")
        try:
            weights[name] = float(number)
        except ValueError:
            weights[name] = -1.0
        if not 0.0 <= weights[name] < 1e9:
            raise StudyError(f"--weights: {part!r} needs a number of 0 or more, such as {name}=50")
    return weights


def priority_tables(
    study: Study, catalog: Catalog, *, weights: Mapping[str, float] | None = None
) -> tuple[Tables, dict[tuple[str, str], Value]]:
    """Score and rank the catalogue's locations, and say what other weights would move.

    Args:
        study: For its seed.
        catalog: The catalogue.
        weights: Swing weights by attribute in place of the catalogue's; they then have no range.

    Returns:
        ``priorities`` (a row for each location, the first first) and ``priority_weights`` (a row
        for each attribute), and the values that were read.
    """
    given = dict(weights or {})
    places = locations_of(catalog)

    def looked_at(read: Readings) -> tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]]:
        swing = [
            given[a] if a in given else read(catalog.value("priorities", f"swing_{a}"))
            for a in ATTRIBUTES
        ]
        return worth_of(places, catalog, read), np.array(swing)

    modes = Readings()
    values, swing = looked_at(modes)
    scores = score(values, swing)
    rank = ranks(scores)
    drawn = [ranks(score(*looked_at(Readings(study.seed, i, DRAWS)))) for i in range(DRAWS)]
    of_draws = np.array(drawn)
    low, high = np.quantile(of_draws, [0.05, 0.95], axis=0, method="inverted_cdf")
    order = np.lexsort((-values[:, 0], rank))
    rows = [
        {
            "location": places[i].name,
            "category": places[i].category,
            "role": places[i].role,
            "group": places[i].group,
            "lat_deg": round(float(np.degrees(places[i].places[0].lat_rad)), 1),
            "lon_deg": round(float(np.degrees(places[i].places[0].lon_rad)), 1),
            "rank": int(rank[i]),
            "rank_low": float(low[i]),
            "rank_high": float(high[i]),
            "score": float(scores[i]),
            **{f"worth_{a}": float(values[i, k]) for k, a in enumerate(ATTRIBUTES)},
            **{f"share_top_{top}": float(np.mean(of_draws[:, i] <= top)) for top in TOP},
            "persons": places[i].persons or None,
            "source": places[i].source,
            "conf": places[i].conf,
        }
        for i in order
    ]
    table = [
        _weight_row(k, places, values, swing, scores, None if a in given else catalog)
        for k, a in enumerate(ATTRIBUTES)
    ]
    return {"priorities": rows, "priority_weights": table}, modes.used


def _weight_row(
    k: int,
    places: Sequence[Location],
    values: np.ndarray[Any, Any],
    swing: np.ndarray[Any, Any],
    scores: np.ndarray[Any, Any],
    catalog: Catalog | None,
) -> Row:
    """Say what halving, doubling or dropping one weight moves, and when another comes first."""
    name, top = ATTRIBUTES[k], set(np.argsort(-scores, kind="stable")[: TOP[1]].tolist())
    value = catalog.value("priorities", f"swing_{name}") if catalog else None
    row: Row = {
        "attribute": name,
        "weight_low": value.low if value else swing[k],
        "weight": float(swing[k]),
        "weight_high": value.high if value else swing[k],
        "share": float(swing[k] / swing.sum()),
    }
    for label, factor in (("halved", 0.5), ("doubled", 2.0), ("dropped", 0.0)):
        moved = swing.copy()
        moved[k] *= factor
        if not moved.sum() > 0.0:
            row |= {f"leave_top_{TOP[1]}_{label}": None, f"share_pairs_kept_{label}": None}
            continue
        other = score(values, moved)
        after = set(np.argsort(-other, kind="stable")[: TOP[1]].tolist())
        row[f"leave_top_{TOP[1]}_{label}"] = len(top - after)
        row[f"share_pairs_kept_{label}"] = share_of_pairs_kept(scores, other)
    tips = tipping_weight(values, swing, k)
    row["first"] = places[int(np.argmax(scores))].name
    row["tips_at"] = tips[0] if tips else None
    row["then_first"] = places[tips[1]].name if tips else ""
    return row


def arriving_by_asset(windows: Windows) -> dict[str, float]:
    """Give the warheads that would arrive undefended at each asset, on average."""
    carried = np.bincount(windows.missile[windows.is_warhead], minlength=len(windows.reliability))
    mean = np.bincount(
        windows.asset.ravel(),
        weights=np.broadcast_to(carried * windows.reliability, windows.asset.shape).ravel(),
        minlength=len(windows.assets),
    )
    return dict(zip(windows.assets, (mean / len(windows.asset)).tolist(), strict=True))


def place_scores(
    catalog: Catalog, weights: Mapping[str, float] | None = None, read: Readings | None = None
) -> dict[str, float]:
    """Give each place's score at the modes of all weights; the most of its locations' where two.

    Args:
        catalog: The catalogue.
        weights: Swing weights by attribute in place of the catalogue's.
        read: Remembers what was read, if given.
    """
    places, read, given = locations_of(catalog), read or Readings(), weights or {}
    swing = [
        given[a] if a in given else read(catalog.value("priorities", f"swing_{a}"))
        for a in ATTRIBUTES
    ]
    scores: dict[str, float] = {}
    for one, points in zip(places, score(worth_of(places, catalog, read), swing), strict=True):
        for place in one.places:
            scores[place.id] = max(float(points), scores.get(place.id, 0.0))
    return scores


def protected_rows(
    scored: Sequence[tuple[Location, float]],
    arriving: Mapping[str, float],
    leakers: Mapping[str, float],
) -> list[Row]:
    """Say by category what share of warheads is stopped, and what share of the score protected.

    Only by category and theater: which single place is left open is not told.

    Args:
        scored: Locations with their scores.
        arriving: Warheads that would arrive undefended, by place.
        leakers: Those that arrive, by place.

    Returns:
        A row for each category and group at which any warhead is aimed.
    """
    sums: dict[tuple[str, str], list[float]] = {}
    for one, points in scored:
        aimed = sum(arriving.get(place.id, 0.0) for place in one.places)
        if aimed <= 0.0:
            continue
        through = sum(leakers.get(place.id, 0.0) for place in one.places)
        total = sums.setdefault((one.category, one.group), [0.0] * 5)
        for i, part in enumerate((1.0, aimed, through, points, points * (1.0 - through / aimed))):
            total[i] += part
    return [
        {
            "category": category,
            "group": group,
            "locations": int(number),
            "warheads": aimed,
            "leakage": through / aimed,
            "share_protected": kept / points if points > 0.0 else None,
        }
        for (category, group), (number, aimed, through, points, kept) in sums.items()
    ]


@dataclass(frozen=True)
class ByPlace:
    """What a battle lets through, by what it is aimed at."""

    arriving: Mapping[str, float]
    """Warheads that would arrive without a shield."""
    leakers: Mapping[str, float]
    """Warheads that do."""


def by_place(battle: Battle) -> ByPlace:
    """Sum a battle by aim point."""
    outcome = battle.outcome["study"]
    through = outcome.leakers.sum(axis=(1, 2)) / outcome.replications
    leakers = dict(zip(outcome.assets, through.tolist(), strict=True))
    return ByPlace(arriving_by_asset(battle.found.windows), leakers)


def protection_rows(
    battles: Mapping[tuple[str, str], ByPlace], catalog: Catalog, rows: Sequence[Row]
) -> Iterator[Row]:
    """Say what the battles of a run protect of each category, of what their raids aim at."""
    scored = _scored(catalog, rows)
    for (architecture, raid), battle in battles.items():
        for row in protected_rows(scored, battle.arriving, battle.leakers):
            yield {"architecture": architecture, "raid": raid} | row


def _scored(catalog: Catalog, rows: Sequence[Row]) -> list[tuple[Location, float]]:
    points = {(row["category"], row["role"], row["location"]): row["score"] for row in rows}
    return [(one, points[one.category, one.role, one.name]) for one in locations_of(catalog)]


def protection_tables(
    study: Study,
    catalog: Catalog,
    rows: Sequence[Row],
    raids: Sequence[str] = (),
    *,
    tell: Tell = lambda _share, _what: None,
) -> Tables:
    """Aim each raid at each category of the list, and say what every architecture protects of it.

    A raid keeps its missiles, places and times; every location in reach is aimed at alike, so
    that no list of targets is chosen against a defense. Raids on a theater stay there, all others
    go to the three categories at home. Without luck, at the modes of all values.

    Args:
        study: The study.
        catalog: The bundled catalogue.
        rows: The table ``priorities``.
        raids: Names of raids; those that the study fights if left out.
        tell: Told how far the work is.

    Returns:
        ``protection``, a row for each architecture, raid, category and group; raids none of whose
        missiles reach a category are not in it.
    """
    viewed, standing = catalog_of(study, catalog), resolve(study, catalog)
    scored = _scored(catalog, rows)
    wanted = [
        (raid, category, group)
        for raid in raids or study.fought
        for category, group in _aims_of(study.raids[raid])
    ]
    made: list[Row] = []
    for step, (raid, category, group) in enumerate(wanted):
        tell(step / len(wanted), f"aiming {raid} at {category}")
        chosen = [pair for pair in scored if (pair[0].category, pair[0].group) == (category, group)]
        try:
            plan, with_group = aimed_at([one for one, _ in chosen], raid, study, viewed)
        except StudyError:
            continue  # a missile of the raid reaches none of them
        read = Readings()
        flights = fly_raid(plan, with_group, read, sample_s=SAMPLE_S)
        for name, architecture in standing.items():
            windows = survey(
                architecture,
                plan,
                flights,
                with_group,
                read,
                seed=study.seed,
                perfect=study.perfect,
            ).windows
            found = expected(windows)
            leakers = dict(zip(found.assets, found.leakers_by_asset.tolist(), strict=True))
            key = {"architecture": name, "raid": raid}
            made += [
                key | row for row in protected_rows(chosen, arriving_by_asset(windows), leakers)
            ]
    made.sort(key=lambda row: CATEGORIES.index(row["category"]))
    return {"protection": made}


def aimed_at(
    locations: Iterable[Location], raid: str, study: Study, catalog: Catalog
) -> tuple[Raid, Catalog]:
    """Aim a raid at locations, each in reach alike, and give the catalogue that knows their group.

    Raises:
        StudyError: A missile of the raid reaches none of them.
    """
    places = {p.id: replace(p, weight=1.0) for one in locations for p in one.places}
    group = AssetGroup("priorities", "priorities", tuple(places.values()))
    known = replace(catalog, asset_groups={**catalog.asset_groups, "priorities": group})
    launches = [one.model_copy(update={"at": "priorities"}) for one in study.raids[raid]]
    return draw_raid(raid, launches, known, phases=PHASES, seed=study.seed), known


def _aims_of(launches: Sequence[Launch]) -> list[tuple[str, str]]:
    """List the categories, with their groups, at which a raid is aimed in turn."""
    theaters = {name for one in launches for name in one.shares if name in THEATERS}
    if theaters:
        return [("allied", name) for name in THEATERS if name in theaters]
    return [(category, "home") for category in CATEGORIES if category != "allied"]
