"""What satellites that sense buy in leakage: a year earlier, ten more, one kind switched off."""

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np

from umbo.compiled import in_parallel
from umbo.elements.architecture import Architecture, Fielded, fiscal_year
from umbo.elements.catalog import Catalog
from umbo.elements.constellations import Constellation
from umbo.elements.readings import Readings
from umbo.elements.sensors import ORBITING_RADAR
from umbo.engagement.expected import Expectation, expected
from umbo.engagement.flights import Flights, fly_raid
from umbo.engagement.orbiting_radars import sees_any
from umbo.engagement.orders import command_delay, release_delay
from umbo.engagement.raid import Raid, draw_raid
from umbo.engagement.reaching import TIERS
from umbo.engagement.survey import LEAST_WEIGHT, Survey, survey
from umbo.engagement.weapons import alike, fights, names
from umbo.study.load import catalog_of, resolve
from umbo.study.programs import as_of, as_written, cut, earlier, is_sensing
from umbo.study.schema import Study

Row = dict[str, Any]
Tell = Callable[[float, str], None]
Standing = Mapping[str, Architecture]

PHASES: Final = (8, 128)
"""Fewest and most constellation phases; raids of many missiles need fewer."""
PHASES_TIMES_MISSILES: Final = 480
MOST_PAIRS: Final = 64
"""Most pairs of a phase and a missile, of each kind, that are held in track; the phases if more."""
SAMPLE_S: Final = 10.0
ADDED: Final = 10
"""Satellites added where no number is asked for."""
NOTHING: Final = 5e-4
"""Differences of leakage below this count as none."""
SHORT: Final = 0.95
"""Share of a weapon's rounds from which they count as run out."""
_Z_90: Final = 1.6448536269514722  # 95th percentile of the normal distribution
_NEAR_POLAR_RAD: Final = math.radians(15.0)

TRACKING: Final = ("tracking", ORBITING_RADAR)
"""Models of satellites that are added and switched off, kind by kind."""
PLANNED, ALL_THERE = "as_planned", "all_there"
"""Weapons and radars that stand in the year, or all of the architecture's own year."""
EARLIER, MORE, WITHOUT = "earlier", "more", "without"
BECAUSE: Final = {
    "same_satellites": "the same satellites stand in that year",
    "nothing_fires": "nothing in the architecture can fire at this raid",
    "in_time": "the weapons are told in time either way",
    "scatter": "no more than the scatter over constellation phases",
    "time": "orders come {sooner}, in time for {more} targets",
    "custody": "low flyers are held in time {more surely}",
    "hand_over": "targets are handed over {closer} to the seeker's basket",
    "discrimination": "warheads and decoys are told apart {better}",
    "rounds_short": "rounds run out either way; sooner orders spend them at targets that a later "
    "layer would have met too",
    "replanned": "orders come at other times, and the plan of fire is not the best for them",
}
"""Why leakage moves as it does; the words in braces are turned round where it rises."""


@dataclass(frozen=True, eq=False)
class Raided:
    """A raid as it is fought here: few phases, every value at its mode."""

    plan: Raid
    flights: Flights
    read: Readings
    """One for all, so that architectures with the same sensors share their tracks."""


@dataclass(frozen=True, eq=False)
class Case:
    """Two sets of satellites to compare, with the same weapons."""

    year: int
    weapons: str
    change: str
    element: str
    """The kind of satellite that is added or left out; empty where all come earlier."""
    now: Architecture
    then: Architecture


@dataclass(frozen=True, eq=False)
class Fight:
    """A battle in expectation, with the survey behind it."""

    found: Survey
    means: Expectation


def tracking_kinds(architecture: Architecture) -> list[str]:
    """List the kinds of tracking satellites and radars in orbit that stand, the newest first."""
    standing = [e for e in architecture.elements if e.item.model in TRACKING and e.count]
    standing.sort(key=lambda e: (-e.in_service, -e.count, e.use))
    return list(dict.fromkeys(e.use for e in standing))


def with_more(architecture: Architecture, use: str, added: int = ADDED) -> Architecture:
    """Add satellites of a kind, on its orbits, one in each of so many new planes.

    A study's constellation gives altitude and inclination; else the catalogue does.

    Args:
        architecture: What stands.
        use: A kind of satellite that stands there.
        added: How many.

    Returns:
        The architecture with one element more.
    """
    one = next(e for e in architecture.elements if e.use == use)
    orbit = one.constellation
    inclination_rad = orbit.inclination_rad if orbit else one.values["inclination"].mode
    is_polar = abs(inclination_rad - math.pi / 2.0) <= _NEAR_POLAR_RAD
    own = Constellation.model_construct(
        altitude_m=orbit.altitude_m if orbit else one.values["altitude"].mode,
        inclination_rad=inclination_rad,
        count=None,
        planes=added,
        per_plane=1,
        pattern="star" if is_polar else "delta",
        phasing=1 if added > 1 else 0,
    )
    more = replace(one, count=added, constellation=own)
    return replace(architecture, elements=(*architecture.elements, more))


def without(architecture: Architecture, use: str) -> Architecture:
    """Switch off all satellites of a kind."""
    left = tuple(one for one in architecture.elements if one.use != use)
    return replace(architecture, elements=left)


def with_satellites_of(architecture: Architecture, other: Architecture) -> Architecture:
    """Give an architecture the sensing satellites that stand in another, and no others."""
    own = tuple(one for one in architecture.elements if not is_sensing(one.item))
    return replace(architecture, elements=(*own, *satellites_of(other)))


def satellites_of(architecture: Architecture) -> list[Fielded]:
    """List the sensing and transport satellites that stand."""
    return [one for one in architecture.elements if is_sensing(one.item)]


def worth_tables(
    study: Study,
    catalog: Catalog,
    *,
    raids: Sequence[str] = (),
    years: Sequence[int],
    sooner: int = 1,
    added: int = ADDED,
    gone: Sequence[str] = (),
    tell: Tell = lambda _share, _what: None,
) -> dict[str, list[Row]]:
    """Find what a faster or larger sensing layer buys in leakage, raid by raid.

    In expectation, every value at its mode, with the study's doctrine and fire planned anew. In
    each year: the satellites of the study's program beside those of a program some years faster,
    and beside a few more of the newest kind of tracking satellite or radar in orbit; in the last
    year also with more of each kind, and with each kind switched off (radars in orbit where a
    raid flies low). All once with the weapons and radars that
    stand in that year, and once with those of the architecture's own year, since a layer buys
    nothing while no weapon can use it.

    The difference is split by what it came through, in this order: orders in time (with the old
    hand-over and discrimination), custody of what flies low, hand-over, discrimination. Its
    interval is 90 % of the scatter over constellation phases, which both sides share; assumptions
    are not in it.

    Left out: what ``survey`` and ``expected`` leave out; luck of magazines within a phase
    (one stratum, worth up to 0.01 in leakage, the same on both sides); the end of service lives.

    Args:
        study: The study.
        catalog: The catalogue, without the study's view.
        raids: Names of its raids; those it fights if left out.
        years: Fiscal years.
        sooner: Years by which all infrared and transport satellites come earlier.
        added: Tracking satellites added.
        gone: Ground entry points that are lost.
        tell: Told the share that is done and what comes next.

    Returns:
        ``sensing_leakage``, a row for each architecture, year, set of weapons, change and raid:
        ``leakage_buys`` is what leakage is less after the change; of a kind switched off, it is
        below 0 where the kind helps. And ``sensing_orders``, for the last year as planned: how
        early each weapon is ordered at each raid, and how well it is handed over.
    """
    viewed = catalog_of(study, catalog)
    cases = list(_cases(study, catalog, years, sooner, added, gone))
    rows: list[Row] = []
    told: list[Row] = []
    names = list(raids or study.fought)
    for i, raid in enumerate(names):
        tell(i / len(names), f"{raid}: leakage by what satellites stand")
        raided = _raided(study, raid, viewed)
        has_low = sees_any(raided.flights)
        asked = [case for case in cases if has_low or not _is_of_radars(case)]
        different = {_key(one, has_low): one for case in asked for one in (case.now, case.then)}
        fought: dict[Any, Fight] = {}

        def fight_one(
            k: int,
            keys: Sequence[Any] = tuple(different),
            different: Mapping[Any, Architecture] = different,
            fought: dict[Any, Fight] = fought,
            raided: Raided = raided,
        ) -> None:
            fought[keys[k]] = fight(different[keys[k]], raided, viewed, study)

        in_parallel(fight_one, len(different))
        for case in asked:
            now, then = fought[_key(case.now, has_low)], fought[_key(case.then, has_low)]
            rows.append(_row(case, raid, sooner, added, now, then))
            if (case.year, case.weapons, case.change) == (years[-1], PLANNED, EARLIER):
                told += _orders(case, raid, now, viewed)
    return {"sensing_leakage": rows, "sensing_orders": told}


def worth_years(study: Study, years: Sequence[int]) -> tuple[int, ...]:
    """Give the years of which to ask: the next one in place of the study's first, which is now.

    Example:
        Of FY2026, FY2028 and FY2030 in a study from FY2026 on: FY2027, FY2028 and FY2030.
    """
    first = fiscal_year(study.horizon.from_)
    return tuple(dict.fromkeys(max(year, first + 1) for year in years))


def _cases(
    study: Study,
    catalog: Catalog,
    years: Sequence[int],
    sooner: int,
    added: int,
    gone: Sequence[str],
) -> Iterator[Case]:
    written, faster = as_written(study), earlier(study, catalog_of(study, catalog), sooner)
    whole = resolve(written, catalog)
    for year in years:
        planned, early = (
            resolve(as_of(written, year), catalog),
            resolve(as_of(faster, year), catalog),
        )
        for name, stands in planned.items():
            for weapons, of in ((PLANNED, stands), (ALL_THERE, whole[name])):
                of = cut(of, gone)  # noqa: PLW2901
                now = with_satellites_of(of, stands)
                yield Case(year, weapons, EARLIER, "", now, with_satellites_of(of, early[name]))
                kinds = tracking_kinds(now)
                model = {one.use: one.item.model for one in now.elements}
                newest = list({model[use]: use for use in reversed(kinds)}.values())
                for use in kinds:
                    if use in newest or year == years[-1]:
                        yield Case(year, weapons, MORE, use, now, with_more(now, use, added))
                    if year == years[-1]:
                        yield Case(year, weapons, WITHOUT, use, now, without(now, use))


def _raided(study: Study, raid: str, catalog: Catalog) -> Raided:
    missiles = sum(launch.count for launch in study.raids[raid])
    phases = min(study.phases, int(np.clip(PHASES_TIMES_MISSILES // missiles, *PHASES)))
    plan = draw_raid(raid, study.raids[raid], catalog, phases=phases, seed=study.seed)
    return Raided(plan, fly_raid(plan, catalog, Readings(), sample_s=SAMPLE_S), Readings())


def fight(architecture: Architecture, raided: Raided, catalog: Catalog, study: Study) -> Fight:
    """Fight a raid in expectation."""
    found = survey(
        architecture,
        raided.plan,
        raided.flights,
        catalog,
        raided.read,
        seed=study.seed,
        most_pairs=max(MOST_PAIRS, raided.plan.phases),
        perfect=study.perfect,
    )
    return Fight(found, found.means)


def _means(found: Survey) -> Expectation:
    return expected(found.windows, least_weight=LEAST_WEIGHT)


def _is_of_radars(case: Case) -> bool:
    """Say whether a case is of radars in orbit, which only what flies in air meets."""
    elements = case.now.elements
    return any(e.use == case.element and e.item.model == ORBITING_RADAR for e in elements)


def _key(architecture: Architecture, has_low: bool) -> Any:
    """Know an architecture again by all that takes part in a battle."""
    return tuple(
        (
            e.use,
            e.count,
            e.constellation and e.constellation.model_dump_json(),
            e.sites,
            e.doctrine,
            tuple(
                (name, value.mode) for name, value in e.values.items() if value.source == "study"
            ),
        )
        for e in architecture.elements
        if e.count
        and (e.item.model or e.item.part == "carries_tracks")
        and (has_low or e.item.model != ORBITING_RADAR)
    )


def _row(case: Case, raid: str, sooner: int, added: int, now: Fight, then: Fight) -> Row:
    before, after = now.means.leakage, then.means.leakage
    by_phase = (now.means.leakers_by_phase - then.means.leakers_by_phase) / now.means.arriving
    mean, phases = float(by_phase.mean()), len(by_phase)
    half = _Z_90 * float(by_phase.std(ddof=1)) / math.sqrt(phases) if phases > 1 else math.nan
    parts = _through(now, then) if abs(mean) > NOTHING else dict.fromkeys(_PARTS, 0.0)
    return {
        "architecture": case.now.name,
        "year": case.year,
        "weapons": case.weapons,
        "change": case.change,
        "element": case.element,
        "by": {EARLIER: sooner, MORE: added, WITHOUT: 0}[case.change],
        "raid": raid,
        "satellites_now": _satellites(case.now),
        "satellites_then": _satellites(case.then),
        "leakage_now": before,
        "leakage_then": after,
        "leakage_buys": mean,
        "leakage_buys_low": mean - half,
        "leakage_buys_high": mean + half,
        "warheads_buys": mean * now.means.arriving,
        **{f"leakage_buys_by_{part}": value for part, value in parts.items()},
        "because": _because(case, now, then, mean, half, parts),
    }


def _satellites(architecture: Architecture) -> int:
    return sum(e.count for e in architecture.elements if e.item.model in TRACKING)


_PARTS: Final = ("time", "custody", "hand_over", "discrimination")


def _through(now: Fight, then: Fight) -> dict[str, float]:
    """Split a difference of leakage: put in place what changed, one thing after another."""
    old, new = now.found, then.found
    in_time = replace(
        old,
        bare=replace(
            old.bare,
            boost_shots=new.windows.boost_shots,
            boost_reason=new.windows.boost_reason,
        ),
        ready_s=new.ready_s,
        reason_of=new.reason_of,
    )
    held = replace(in_time, bare=replace(in_time.bare, p_track=new.bare.p_track))
    handed = replace(
        held,
        bare=replace(
            held.bare,
            p_hand_over=new.bare.p_hand_over,
            boost_p_hand_over=new.bare.boost_p_hand_over,
        ),
    )
    leakage = [now.means.leakage]
    for step in (in_time, held, handed):
        leakage.append(_means(replace(step, windows=step.under("study"))).leakage)
    leakage.append(then.means.leakage)
    return {
        part: before - after
        for part, before, after in zip(_PARTS, leakage[:-1], leakage[1:], strict=True)
    }


def _because(
    case: Case, now: Fight, then: Fight, mean: float, half: float, parts: Mapping[str, float]
) -> str:
    if now is then:
        return "same_satellites"
    if abs(mean) <= NOTHING:
        return "in_time" if now.means.shots.sum() > 0.0 else "nothing_fires"
    if abs(mean) <= half:
        return "scatter"
    part = max(parts, key=lambda part: math.copysign(1.0, mean) * parts[part])
    if part != "time" or (mean > 0.0) != (case.change == WITHOUT):
        return part
    return "rounds_short" if _run_out(now) else "replanned"  # fewer satellites would do better


def _run_out(fight: Fight) -> bool:
    """Say whether any weapon on the ground fires nearly all that it has."""
    windows = fight.found.windows
    stock: dict[str, float] = {}
    rounds_of = windows.stock_of.mean(axis=0).tolist()
    for battery, rounds in zip(windows.batteries, rounds_of, strict=True):
        weapon = battery.split("/")[0]
        stock[weapon] = stock.get(weapon, 0.0) + rounds
    fired = dict(zip(fight.means.weapons, fight.means.shots.tolist(), strict=True))
    return any(rounds and fired[weapon] > SHORT * rounds for weapon, rounds in stock.items())


def _orders(case: Case, raid: str, fight: Fight, catalog: Catalog) -> Iterator[Row]:
    """Say when each weapon is ordered at a raid, and how well it is handed over."""
    found, windows = fight.found, fight.found.windows
    elements = case.now.elements
    each = [shells[0] for shells in alike([e for e in elements if fights(e, "boost")])]
    later = [e for layer in TIERS for e in elements if fights(e, layer)]
    place = [windows.boost_weapons.index(name) for name in names(each)]  # beams stand beside them
    ordered = [np.array([found.reach[v].ordered_s]) for v in place]
    ordered += [row[np.isfinite(row)] for row in found.ready_s]
    is_warhead = windows.is_warhead
    engaged = [float((windows.boost_shots[v] > 0).mean()) for v in place]
    after = [windows.weapons.index(name) for name in names(later)]
    engaged += [float((windows.battery[:, w][:, is_warhead] >= 0).mean()) for w in after]
    hand = [*windows.boost_p_hand_over[place], *windows.p_hand_over[after]]
    told = engaged[: len(place)]
    told += [float(np.isfinite(row).mean()) for row in found.ready_s]
    goal = catalog.value("tracking", "fire_control_goal")
    called = (*names(each), *names(later))
    for i, (name, element) in enumerate(zip(called, (*each, *later), strict=True)):
        delay_s = command_delay(element, case.now, catalog, Readings())
        delay_s += release_delay(element, Readings())
        ordered_s = float(ordered[i].mean()) if ordered[i].size else math.nan
        if not (engaged[i] and hand[i].any()):
            continue  # it cannot kill such a target, or none comes within its reach
        yield {
            "architecture": case.now.name,
            "year": case.year,
            "raid": raid,
            "layer": element.item.layer,
            "weapon": name,
            "error_limit_m": (element.values.get("commit_error") or goal).mode,
            "solution_s": ordered_s - delay_s,
            "ordered_s": ordered_s,
            "share_ordered": told[i],
            "has_own_radar": bool(element.item.model_with),
            "share_engaged": engaged[i],
            "hand_over": float(hand[i].mean()),
        }
