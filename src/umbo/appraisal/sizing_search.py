"""The smallest constellation that has enough interceptors in reach, and the best orbits for it."""

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Final

import numpy as np
from numpy.typing import NDArray

from umbo.engagement.coverage import footprint_angle, mean_in_reach
from umbo.engagement.in_reach import Chances, Interceptor, count_exactly, count_over_phases
from umbo.errors import DomainError
from umbo.physics.constants import EARTH_EQUATORIAL_RADIUS_M
from umbo.physics.orbits import Pattern, WalkerShell, walker_shell

Array = NDArray[np.float64]
Worth = Callable[[float, float], float]
"""What is to be least, of a number of satellites and their altitude; rises with the number."""

MOST: Final = 100_000
"""Largest constellation that is looked for."""
PHASES: Final = 128
_STEP: Final = 1.3
_MOST_REFINED: Final = 60
_ALMOST: Final = 0.85
"""Least share of the closed-form number at which a wanted chance of a half or more can be met."""


@dataclass(frozen=True, slots=True)
class Orbits:
    """Shells of one altitude, with the share of the satellites that each holds."""

    altitude_m: float
    inclination_rad: tuple[float, ...]
    share: tuple[float, ...] = (1.0,)
    pattern: Pattern = "delta"


@dataclass(frozen=True, eq=False)
class Task:
    """What a constellation must be able to do."""

    chances: tuple[Chances, ...]
    """For each launch area, its flights."""
    needed: int
    """Interceptors in reach at once: missiles from one place times shots at each."""
    probability: float
    """Wanted chance, over phases and a day, in every area."""
    availability: float = 1.0
    """Share of interceptors that work, each by its own luck."""
    phases: int = PHASES
    exactly: Interceptor | None = None
    """Reach by thrust and free fall in place of the flat disc: a hundred times slower."""

    @cached_property
    def tail(self) -> Array:
        """Chance that of so many in reach enough work."""
        from scipy.special import betainc

        number = np.arange(4_096.0)
        enough = number >= self.needed
        if self.availability >= 1.0:
            return enough.astype(np.float64)
        spare = np.maximum(number - self.needed + 1.0, 1.0)
        return np.asarray(np.where(enough, betainc(self.needed, spare, self.availability), 0.0))


@dataclass(frozen=True, slots=True)
class Sized:
    """A constellation that is large enough."""

    orbits: Orbits
    planes: tuple[int, ...]
    per_plane: tuple[int, ...]
    chance: float
    """Of the worst area."""
    worth: float

    @property
    def count(self) -> int:
        """Satellites in all."""
        return sum(p * s for p, s in zip(self.planes, self.per_plane, strict=True))

    @property
    def shells(self) -> list[WalkerShell]:
        """The shells."""
        return _shells(self.orbits, self.planes, self.per_plane)


def shells_of(orbits: Orbits, count: int) -> list[WalkerShell]:
    """Lay out about so many satellites: in each shell as many planes as satellites in a plane."""
    return _shells(orbits, *_square(orbits, count))


def chance_of(shells: Sequence[WalkerShell], task: Task) -> float:
    """Give the chance, over phases and a day, that enough interceptors are in reach and work.

    Of the worst area; in it, over all its launch points alike.
    """
    worst = 1.0
    for chances in task.chances:
        if task.exactly is None:
            count = count_over_phases(shells, chances, task.phases)
        else:
            count = count_exactly(shells, chances, task.exactly, task.phases)
        worst = min(worst, float(task.tail[np.minimum(count, len(task.tail) - 1)].mean()))
    return worst


def smallest(
    orbits: Orbits,
    task: Task,
    worth: Worth = lambda count, _: count,
    *,
    refine: bool = True,
) -> Sized:
    """Find the smallest constellation on given orbits that does a task.

    By halving over near-square layouts, then by trying layouts somewhat smaller and less square,
    since the chance does not rise evenly with the number; without ``refine`` by halving alone,
    which gives up to a twentieth more.

    Raises:
        DomainError: None of at most 100,000 satellites does it.
    """
    found = _halved(orbits, task, worth)
    return _refined(found, task, worth) if refine else found


def search(
    task: Task,
    altitude_m: Sequence[float],
    inclination_rad: Sequence[float],
    worth: Worth = lambda count, _: count,
) -> Sized:
    """Find the orbits, and the smallest constellation on them, for which something is least.

    Orbits are tried in the order of what the closed form says of them, and none is passed over
    that could be better. Of two shells, those are tried that lie above the lowest and the
    highest of several areas.

    Args:
        task: What it must do.
        altitude_m: Altitudes to try [m].
        inclination_rad: Inclinations to try [rad].
        worth: What is to be least; the number of satellites where left out.

    Returns:
        The best constellation.

    Raises:
        DomainError: No orbit does it.
    """
    tried = [
        (worth(_ALMOST * bound, orbits.altitude_m), bound, orbits)
        for orbits in _candidates(task, altitude_m, inclination_rad)
        if math.isfinite(bound := closed_form(orbits, task)) and bound < MOST
    ]
    best: Sized | None = None
    for least, _, orbits in sorted(tried, key=lambda one: one[0]):
        if best is not None and least >= best.worth:
            break
        try:
            found = _halved(orbits, task, worth, best)
        except DomainError:
            continue
        if best is None or found.worth < best.worth:
            best = found
    if best is None:
        raise DomainError(
            f"no constellation of at most {MOST} on these orbits has {task.needed} interceptors "
            f"in reach with a chance of {task.probability:g}; allow more time, more speed, a "
            "higher inclination or fewer missiles"
        )
    return _refined(best, task, worth)


def closed_form(orbits: Orbits, task: Task) -> float:
    """Give the number of satellites of which as many as are needed are in reach on average.

    In the area that needs most. Infinite where the orbits never come near.
    """
    most = 0.0
    for chances in task.chances:
        mean = 0.0
        target, reach = chances.target_ecef_m[:, -1], chances.reach_m[:, -1]
        radius = np.linalg.norm(target, axis=1)
        angle = footprint_angle(orbits.altitude_m, radius - EARTH_EQUATORIAL_RADIUS_M, reach)
        for inclination, share in zip(orbits.inclination_rad, orbits.share, strict=True):
            lat = np.arcsin(target[:, 2] / radius)
            in_reach = mean_in_reach(share, inclination, lat, angle)
            mean += float(np.where(reach > 0.0, in_reach, 0.0).mean())
        if mean <= 0.0:
            return math.inf
        most = max(most, task.needed / task.availability / mean)
    return most


def _candidates(
    task: Task, altitude_m: Sequence[float], inclination_rad: Sequence[float]
) -> Iterator[Orbits]:
    singles = [Orbits(h, (i,)) for h in altitude_m for i in inclination_rad]
    yield from singles
    if len(task.chances) < 2 or len(inclination_rad) < 2:
        return
    # Above the lowest and the highest area: the best single shell for each alone.
    for altitude in altitude_m:
        alone = [
            min(
                inclination_rad,
                key=lambda i, h=altitude, c=chances: closed_form(  # type: ignore[misc]
                    Orbits(h, (i,)), replace(task, chances=(c,))
                ),
            )
            for chances in task.chances
        ]
        low, high = min(alone), max(alone)
        if low < high:
            for share in (0.3, 0.5, 0.7):
                yield Orbits(altitude, (low, high), (share, 1.0 - share))


def _square(orbits: Orbits, count: float) -> tuple[tuple[int, ...], tuple[int, ...]]:
    planes = tuple(max(1, round(math.sqrt(count * share))) for share in orbits.share)
    each = tuple(
        max(1, round(count * share / p)) for share, p in zip(orbits.share, planes, strict=True)
    )
    return planes, each


def _shells(orbits: Orbits, planes: Sequence[int], per_plane: Sequence[int]) -> list[WalkerShell]:
    return [
        walker_shell(orbits.altitude_m, inclination, p, s, phasing=1 % p, pattern=orbits.pattern)
        for inclination, p, s in zip(orbits.inclination_rad, planes, per_plane, strict=True)
    ]


def _laid_out(
    orbits: Orbits, planes: tuple[int, ...], each: tuple[int, ...], task: Task, worth: Worth
) -> Sized:
    chance = chance_of(_shells(orbits, planes, each), task)
    found = Sized(orbits, planes, each, chance, 0.0)
    return replace(found, worth=worth(found.count, orbits.altitude_m))


def _halved(orbits: Orbits, task: Task, worth: Worth, best: Sized | None = None) -> Sized:
    """Halve over near-square layouts; not past what is worse than the best."""

    def at(count: float) -> Sized:
        return _laid_out(orbits, *_square(orbits, count), task, worth)

    high = max(closed_form(orbits, task) * 1.1, 2.0)
    found = at(high) if high < MOST else None
    low = 0.0
    while found is None or found.chance < task.probability:
        worse = found is not None and best is not None and found.worth >= best.worth
        if high >= MOST or worse:
            raise DomainError("no such constellation is small enough; allow more time or speed")
        low, high = high, min(high * _STEP, MOST)
        found = at(high)
    while low == 0.0 and high > 1.0:
        smaller = at(high / _STEP)
        if smaller.chance < task.probability or smaller.count >= found.count:
            low = high / _STEP
        else:
            high, found = high / _STEP, smaller
    while high - low > max(1.0, 0.005 * high):
        middle = at((low + high) / 2.0)
        if middle.chance < task.probability:
            low = (low + high) / 2.0
        else:
            high, found = (low + high) / 2.0, middle
    return found


def _refined(found: Sized, task: Task, worth: Worth) -> Sized:
    """Try layouts that are up to a tenth smaller and less square, the smallest first."""
    if len(found.planes) > 1:
        return found
    layouts = sorted(
        (planes * each, planes, each)
        for planes in range(1, found.count + 1)
        for each in range(
            max(1, math.ceil(0.9 * found.count / planes)), math.ceil(found.count / planes) + 1
        )
        if 0.6 <= planes / each <= 1.7 and planes * each < found.count
    )
    stride = -(-len(layouts) // _MOST_REFINED) if layouts else 1
    for _, planes, each in layouts[::stride]:
        smaller = _laid_out(found.orbits, (planes,), (each,), task, worth)
        if smaller.chance >= task.probability and smaller.worth <= found.worth:
            return smaller
    return found
