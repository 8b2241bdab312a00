"""What passes a shield, by the size of the raid: the expected-value battle on parts of a raid."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from umbo.appraisal.stability import OPEN, Curve
from umbo.elements.architecture import Architecture, Fielded
from umbo.elements.catalog import Catalog
from umbo.elements.readings import Readings
from umbo.elements.sensors import even
from umbo.elements.threats import kind_of
from umbo.engagement.flights import Flights, fly_raid
from umbo.engagement.raid import Launch, Raid, draw_raid
from umbo.engagement.survey import survey
from umbo.errors import StudyError
from umbo.study.schema import Study

PHASES: Final = 4
SAMPLE_S: Final = 10.0
PARTS: Final = (0.01, 0.03, 0.1, 0.25, 0.5, 1.0, 2.0)
"""Parts of the bundled raid that are fought; the whole of it twice for the largest."""
LEAST_WARHEADS: Final = 100
_SPREAD: Final = 0.6180339887498949
_SIZED: Final = ("interceptor", "space_interceptor", "site", "platform", "directed_energy")
_WEAPON_IN_ORBIT: Final = "space_interceptor"
LEAST_RANGE_M: Final = 5_500e3
"""A ballistic missile or glider that flies less far is no strategic one, by treaty usage."""


@dataclass(frozen=True, eq=False)
class Attack:
    """A raid of the study with its flights, that stands for attacks of other sizes."""

    raid: Raid
    flights: Flights


def raid_of_kind(study: Study, catalog: Catalog, kind: str) -> str | None:
    """Name the largest raid all of whose missiles are of a kind; None where there is none.

    Ballistic missiles and gliders count where they fly at least 5,500 km, and a raid of
    missiles where it carries a hundred warheads: a few say nothing of many.
    """
    fits = {}
    for name, launches in study.raids.items():
        items = [catalog.item(launch.missile) for launch in launches]
        is_far = kind == "cruise" or all(
            "range" in item.values and item.values["range"].mode >= LEAST_RANGE_M for item in items
        )
        if is_far and all(kind_of(item) == kind for item in items):
            fits[name] = sum(launch.count * (launch.warheads_each or 1) for launch in launches)
    largest = max(fits, key=lambda name: fits[name]) if fits else None
    if largest is None or (kind == "ballistic" and fits[largest] < LEAST_WARHEADS):
        return None
    return largest


def attack(study: Study, catalog: Catalog, name: str, read: Readings) -> Attack:
    """Draw and fly a raid of the study, on few constellation phases.

    Raises:
        StudyError: The study has no such raid.
    """
    if name not in study.raids:
        raise StudyError(f"the study has no raid {name!r}; name one of {', '.join(study.raids)}")
    return flown(name, study.raids[name], study, catalog, read)


def flown(
    name: str, launches: Sequence[Launch], study: Study, catalog: Catalog, read: Readings
) -> Attack:
    """Draw and fly launches, on few constellation phases."""
    raid = draw_raid(name, launches, catalog, phases=PHASES, seed=study.seed)
    return Attack(raid, fly_raid(raid, catalog, read, sample_s=SAMPLE_S))


def part_of(raid: Raid, part: float, *, more_decoys: int = 0, spread_s: float = 0.0) -> Raid:
    """Give a part of a raid, evenly over its launches, or several of it at once.

    Args:
        raid: The raid.
        part: Share of its missiles, at least one missile; above 1 each comes several times.
        more_decoys: Decoys that each missile carries beside its own.
        spread_s: Time over which the missiles start, in mixed order, where it is not 0.
    """
    missiles = len(raid.start_s)
    number = max(1, round(part * missiles))
    chosen = (np.arange(number) + 0.5) * missiles // number
    chosen = chosen.astype(np.int64)
    warheads = np.bincount(raid.missile[raid.is_warhead], minlength=missiles)[chosen]
    decoys = np.bincount(raid.missile[~raid.is_warhead], minlength=missiles)[chosen] + more_decoys
    start_s: NDArray[np.float64] = raid.start_s[chosen]
    if spread_s > 0.0:
        start_s = np.modf(np.arange(number) * _SPREAD)[0] * spread_s
    is_warhead = np.repeat(
        np.tile([True, False], number), np.stack([warheads, decoys], axis=1).ravel()
    )
    return replace(
        raid,
        missile_types=tuple(raid.missile_types[i] for i in chosen),
        adversaries=tuple(raid.adversaries[i] for i in chosen),
        reliability=tuple(raid.reliability[i] for i in chosen),
        start_s=start_s,
        missile=np.repeat(np.arange(number), warheads + decoys).astype(np.int32),
        is_warhead=is_warhead,
        shot=np.ascontiguousarray(raid.shot[:, chosen]),
        decoys_each=int(decoys.max()),
    )


def curve_of(
    architecture: Architecture,
    against: Attack,
    catalog: Catalog,
    read: Readings,
    seed: int,
    *,
    parts: Sequence[float] = PARTS,
    more_decoys: int = 0,
    spread_s: float = 0.0,
) -> Curve:
    """Find how many warheads of an attack pass an architecture, by how many come.

    Each part of the raid is surveyed and answered anew by the expected-value battle, so that
    magazines empty, satellites are used up and decoys draw fire as in any raid. Left out: the
    attack's own shape, which is that of the study's raid whatever its size and whosever it
    is; luck; a shield that is itself attacked, but for satellites taken out beforehand.
    """
    found: dict[float, float] = {}
    if not any(one.item.model == "fights" and one.count for one in architecture.elements):
        return OPEN
    for part in parts:
        raid = part_of(against.raid, part, more_decoys=more_decoys, spread_s=spread_s)
        seen = survey(architecture, raid, against.flights, catalog, read, seed=seed)
        means = seen.means
        found[means.arriving] = means.leakers
    return Curve(tuple(sorted(found)), tuple(found[number] for number in sorted(found)))


def scaled(architecture: Architecture, factor: float, *, lost: float = 0.0) -> Architecture:
    """Give an architecture with more or fewer weapons, and with a share of those in orbit lost.

    Weapons, their sites and batteries are scaled, each rounded at its place; what senses,
    carries data and commands stays. Satellites leave whole and evenly.
    """
    elements = []
    for one in architecture.elements:
        if one.item.category not in _SIZED or one.item.layer in ("sensing", "command"):
            elements.append(one)
            continue
        in_orbit = one.item.category == _WEAPON_IN_ORBIT
        of = factor * (1.0 - lost) if in_orbit else factor
        if round(one.count * of):
            elements.append(_scaled(one, of))
    return replace(architecture, elements=tuple(elements))


def _scaled(one: Fielded, factor: float) -> Fielded:
    if factor == 1.0:
        return one
    if one.constellation is not None:
        return even(one, factor - 1.0)
    sites = tuple((place, round(units * factor)) for place, units in one.sites)
    count = sum(units for _, units in sites) if sites else round(one.count * factor)
    return replace(one, sites=sites, count=count)


def weapons_in_orbit(architecture: Architecture) -> int:
    """Count the interceptors in orbit."""
    return sum(e.count for e in architecture.elements if e.item.category == _WEAPON_IN_ORBIT)
