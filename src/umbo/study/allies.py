"""What nations add to each other's defense: coalitions, warning, and who bears the burden."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

import numpy as np

from umbo.appraisal.margins import Shares, shapley, shapley_by_orders
from umbo.elements.architecture import Architecture, Fielded
from umbo.elements.catalog import Catalog
from umbo.elements.readings import Readings
from umbo.engagement.expected import expected
from umbo.engagement.flights import fly_raid
from umbo.engagement.raid import draw_raid
from umbo.engagement.survey import survey
from umbo.physics.earth import geodetic_to_ecef
from umbo.study.cited import input_tables
from umbo.study.costing import cost_study
from umbo.study.falling import fall_rows
from umbo.study.load import catalog_of, resolve
from umbo.study.margins import Stage, of_use, staged
from umbo.study.parts import part_rows
from umbo.study.priorities import arriving_by_asset, place_scores
from umbo.study.schema import Study

Row = dict[str, Any]
Tables = dict[str, list[Row]]
Tell = Callable[[float, str], None]

MEASURES: Final = ("leakage_adds", "warheads_adds", "share_protected_adds", "warning_adds_s")
EXACT_UP_TO: Final = 8
"""Nations up to which Shapley's value is exact; more are drawn."""
ORDERS: Final = 32
FAR_M: Final = {"sensor": 6_000e3, "weapon": 2_000e3}
"""No sensor on the ground sees so far; no weapon's own radar does, beyond the weapon's range."""
SAMPLE_S: Final = 10.0


def nations_of(architecture: Architecture, *, in_battle: bool = True) -> list[str]:
    """List the nations of an architecture, by default those whose elements take part in battles."""
    fought = {id(one) for of in of_use(architecture).values() for one in of}
    return list(
        dict.fromkeys(
            one.nation for one in architecture.elements if not in_battle or id(one) in fought
        )
    )


def nations_near(architecture: Architecture, stage: Stage) -> list[str]:
    """List the nations that can take part against a raid: those in orbit, or near any flight.

    The others add nothing to any coalition, so that they need not be players.
    """
    path = stage.flights.position_ecef_m[:, ::4].reshape(-1, 3)
    near: dict[str, bool] = {}
    for element in (one for of in of_use(architecture).values() for one in of):
        if not near.get(element.nation):
            near[element.nation] = _is_near(element, path)
    return [nation for nation in nations_of(architecture) if near[nation]]


def _is_near(element: Fielded, path: np.ndarray[Any, Any]) -> bool:
    """Say whether an element stands within reach of any of the points, (N, 3)."""
    if not element.sites:
        return True
    far_m = FAR_M["sensor"]
    if element.item.model == "fights" and "max_range" in element.values:
        far_m = FAR_M["weapon"] + element.values["max_range"].high
    at = np.array([(place.lat_rad, place.lon_rad) for place, _ in element.sites])
    sites = geodetic_to_ecef(at[:, 0], at[:, 1])
    return bool(np.linalg.norm(sites[:, None, :] - path, axis=-1).min() < far_m)


def warned_by_all(architecture: Architecture, nation: str) -> Architecture:
    """Keep everybody's sensors, and one nation's weapons: warning is shared, fire is not."""
    kept = tuple(
        one for one in architecture.elements if one.nation == nation or one.item.model != "fights"
    )
    return replace(architecture, elements=kept)


def has_allies(architectures: Iterable[Architecture]) -> bool:
    """Say whether elements of several nations take part in any architecture's battles."""
    return any(len(nations_of(one)) > 1 for one in architectures)


def only(architecture: Architecture, nations: frozenset[str]) -> Architecture:
    """Keep the elements of some nations."""
    kept = tuple(one for one in architecture.elements if one.nation in nations)
    return replace(architecture, elements=kept)


def coalition(
    architecture: Architecture, stage: Stage
) -> tuple[np.ndarray[Any, Any], dict[str, tuple[float, float]]]:
    """Find what a coalition is worth, and what arrives on each nation's soil.

    Returns:
        Worth in the order of ``MEASURES`` (less leakage, fewer warheads, more of the score
        protected, mean seconds from first sight to impact), and by nation the warheads aimed
        at it and those that arrive.
    """
    found = survey(
        architecture,
        stage.plan,
        stage.flights,
        stage.catalog,
        stage.read,
        seed=stage.seed,
        perfect=stage.perfect,
    )
    means, arriving = expected(found.windows), arriving_by_asset(found.windows)
    points = kept = 0.0
    soil: dict[str, tuple[float, float]] = {}
    for place, leakers in zip(means.assets, means.leakers_by_asset.tolist(), strict=True):
        aimed, score = arriving[place], stage.scores.get(place, 0.0)
        nation = stage.catalog.place(place).nation
        so_far = soil.get(nation, (0.0, 0.0))
        soil[nation] = (so_far[0] + aimed, so_far[1] + leakers)
        if aimed > 0.0:
            points += score
            kept += score * (1.0 - leakers / aimed)
    warning_s = (
        stage.flights.impact_s[stage.plan.shot] - found.tracked.all.seen_s[found.tracked.pair]
    )
    mean_s = float(np.where(np.isfinite(warning_s), np.maximum(warning_s, 0.0), 0.0).mean())
    protected = kept / points if points > 0.0 else 0.0
    return np.array([-means.leakage, -means.leakers, protected, mean_s]), soil


def allied_tables(
    study: Study,
    catalog: Catalog,
    raids: Sequence[str] = (),
    architectures: Sequence[str] = (),
    *,
    weights: Mapping[str, float] | None = None,
    tell: Tell = lambda _share, _what: None,
) -> Tables:
    """Say what each nation's elements add to every raid's defense, alone and together.

    Cooperation here means one track picture and one plan of fire; without it each nation has its
    own alone, with nobody else's warning; between the two, everybody's sensors and its own fire.
    Left out: consultation and release times between nations, and elements that are only costed.
    Without luck, at the modes of all values.

    Args:
        study: The study.
        catalog: The bundled catalogue.
        raids: Names of raids; those that the study fights if left out.
        architectures: Names of architectures; all if left out.
        weights: Swing weights of the priorities in place of the catalogue's.
        tell: Told how far the work is.

    Returns:
        ``coalition`` (Shapley value of each nation in each measure), ``cooperation`` (by nation
        attacked: what leaks with its own elements alone, with everybody's warning, and with
        all), ``burden`` (cost by nation, its share, and its share of what is stopped), ``parts``
        (what elements at home, forward and in orbit add to each other), ``shortfall`` (countries
        in which the payloads of missiles hit in boost fall), ``inputs`` and ``sources``.
    """
    viewed, standing = catalog_of(study, catalog), resolve(study, catalog)
    costing = cost_study(study, catalog)
    costs = costing.costs
    scored = Readings()
    scores = place_scores(catalog, weights, scored)
    tables: Tables = {"coalition": [], "cooperation": [], "burden": [], "parts": []}
    tables["shortfall"] = []
    used = {key: (value, "cost") for key, value in costing.model.used.items()}
    used |= {key: (value, "priorities") for key, value in scored.used.items()}
    chosen = [one for one in standing.values() if not architectures or one.name in architectures]
    names = list(raids or study.fought)
    stopped: dict[tuple[str, str], float] = {}
    for i, raid in enumerate(names):
        tell(i / len(names), f"coalitions against {raid}")
        plan = draw_raid(
            raid,
            study.raids[raid],
            viewed,
            phases=study.phases,
            seed=study.seed,
            strikes=study.strikes_first.get(raid, ()),
        )
        flights = fly_raid(plan, viewed, Readings(), sample_s=SAMPLE_S)
        stage = staged(plan, flights, viewed, study.seed, scores, perfect=study.perfect)
        for one in chosen:
            key = {"architecture": one.name, "raid": raid}
            nations = nations_near(one, stage)
            shares, soils = _shared(one, nations, stage)
            for nation in nations_of(one):
                k = nations.index(nation) if nation in nations else None
                tables["coalition"].append(key | {"nation": nation} | _row(shares, k))
                at = (one.name, nation)
                adds = 0.0 if k is None else float(shares.value[k, 1])
                stopped[at] = stopped.get(at, 0.0) + adds
            tables["cooperation"] += [key | row for row in _cooperation(one, nations, soils, stage)]
            tables["parts"] += part_rows(one, stage)
            tables["shortfall"] += [key | row for row in fall_rows(one, stage)]
        used |= {key: (value, "battle") for key, value in stage.read.used.items()}
    for one in chosen:
        tables["burden"] += _burden(one, costs[one.name].rows, stopped)
    cited = [launch.source for raid in names for launch in study.raids[raid]]
    return tables | input_tables(
        [used[key] for key in sorted(used)], standing, viewed, also_cited=cited
    )


def _shared(
    architecture: Architecture, nations: Sequence[str], stage: Stage
) -> tuple[Shares, dict[frozenset[str], dict[str, tuple[float, float]]]]:
    """Share out what all nations are worth; also what arrives where, of coalitions that count."""
    worths: dict[frozenset[int], np.ndarray[Any, Any]] = {}
    soils: dict[frozenset[str], dict[str, tuple[float, float]]] = {}

    def fight(members: frozenset[int]) -> np.ndarray[Any, Any]:
        if members not in worths:
            of = frozenset(nations[i] for i in members)
            worths[members], soils[of] = coalition(only(architecture, of), stage)
        return worths[members]

    everybody = frozenset(range(len(nations)))
    wanted = [frozenset[int](), everybody, *(frozenset({i}) for i in everybody)]
    for members in wanted:
        fight(members)
    shares = (
        shapley(len(nations), fight)
        if len(nations) <= EXACT_UP_TO
        else shapley_by_orders(len(nations), fight, orders=ORDERS, seed=stage.seed)
    )
    return shares, soils


def _row(shares: Shares, k: int | None) -> Row:
    """Write a nation's values; 0 for one that is far from all flights."""
    row: Row = {}
    for m, measure in enumerate(MEASURES):
        suffix = "_s" if measure.endswith("_s") else ""  # the unit stays last
        name = measure.removesuffix(suffix)
        ends = (("", shares.value), ("_low", shares.low), ("_high", shares.high))
        row |= {f"{name}{end}{suffix}": 0.0 if k is None else float(of[k, m]) for end, of in ends}
    return row | {"orders": 0 if k is None else shares.orders}


def _cooperation(
    architecture: Architecture,
    nations: Sequence[str],
    soils: dict[frozenset[str], dict[str, tuple[float, float]]],
    stage: Stage,
) -> list[Row]:
    """Say for each nation attacked what leaks alone, with all warning, and together."""
    together = soils[frozenset(nations)]
    armed = {one.nation for one in architecture.elements if one.item.model == "fights"}
    rows = []
    for nation, (aimed, arrive) in together.items():
        if aimed <= 0.0:
            continue
        own = frozenset({nation}) & frozenset(nations)
        alone = soils[own][nation][1]
        warned = alone
        if own and nation in armed:
            warned = coalition(warned_by_all(architecture, nation), stage)[1][nation][1]
        rows.append(
            {
                "nation": nation,
                "warheads": aimed,
                "leakage_alone": alone / aimed,
                "leakage_warned": warned / aimed,
                "leakage_together": arrive / aimed,
                "leakage_gain": (alone - arrive) / aimed,
            }
        )
    return rows


def _burden(
    architecture: Architecture, rows: Sequence[Any], stopped: dict[tuple[str, str], float]
) -> list[Row]:
    """Set each nation's cost beside its part in what is stopped, over all raids."""
    usd: dict[str, float] = dict.fromkeys(nations_of(architecture, in_battle=False), 0.0)
    for row in rows:
        usd[row.nation] = usd.get(row.nation, 0.0) + row.mode_usd
    whole = sum(usd.values())
    parts = {nation: stopped.get((architecture.name, nation), 0.0) for nation in usd}
    all_stopped = sum(parts.values())
    return [
        {
            "architecture": architecture.name,
            "nation": nation,
            "cost_usd": cost,
            "share_of_cost": cost / whole if whole > 0.0 else None,
            "warheads_adds": parts[nation],
            "share_of_stopped": parts[nation] / all_stopped if all_stopped > 0.0 else None,
            "takes_part": (architecture.name, nation) in stopped,
        }
        for nation, cost in usd.items()
    ]
