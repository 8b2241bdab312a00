"""The smallest constellation that has enough interceptors in reach, and the best orbits for it."""

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from itertools import combinations
from typing import Final

import numpy as np
from numpy.typing import NDArray

from umbo.engagement.coverage import footprint_angle, mean_in_reach
from umbo.engagement.in_reach import Chances, Interceptor, count_exactly, count_over_phases
from umbo.errors import DomainError
from umbo.physics.constants import EARTH_EQUATORIAL_RADIUS_M
from umbo.physics.orbits import Pattern, WalkerShell, even_phasing, walker_shell

Array = NDArray[np.float64]
Worth = Callable[[float, float], float]
"""What is to be least, of a number of satellites and their altitude; rises with the number."""

MOST: Final = 100_000
"""Largest constellation that is looked for."""
PHASES: Final = 128
_STEP: Final = 1.3
TRIES: Final = 60
"""Layouts that are tried beyond the near-square ones."""
_NEAR: Final = 0.9
"""Share of what was found above which layouts are tried where all are too many."""
_ASPECT: Final = (0.6, 1.7)
"""Least and most planes for each satellite of a plane."""
_SIFTED: Final = 48
"""Phases by which a layout that cannot do it is found out."""
_PROOF: Final = 8
"""How many times as many phases prove that a layout does it."""
_GROWN: Final = 1.005
_BEST_FOR_EACH: Final = 3
_SHARES: Final = (0.3, 0.4, 0.5, 0.6, 0.7)
_ROOM: Final = 0.94
"""For what the closed form leaves out, in the bound that a chance p takes a mean of p times what
is needed (Markov's inequality)."""


@cache
def enough_work(needed: int, availability: float) -> Array:
    """Give the chance that of 0, 1, 2, ... in reach so many as are needed work, (4096,)."""
    from scipy.special import betainc

    number = np.arange(4_096.0)
    enough = (number >= needed).astype(np.float64)
    if needed > 0 and availability < 1.0:
        spare = np.maximum(number - needed + 1.0, 1.0)
        enough *= betainc(needed, spare, availability)
    enough.flags.writeable = False
    return enough


@dataclass(frozen=True, slots=True)
class Orbits:
    """Shells of one altitude, with the share of the satellites that each holds."""

    altitude_m: float
    inclination_rad: tuple[float, ...]
    share: tuple[float, ...] = (1.0,)
    pattern: Pattern = "delta"
    even_at_rad: tuple[float, ...] = ()
    """Of each shell, the latitude at which its planes are phased most evenly; by one where none."""


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

    @property
    def tail(self) -> Array:
        """Chance that of so many in reach enough work."""
        return enough_work(self.needed, self.availability)


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
        return laid_out(self.orbits, self.planes, self.per_plane)


def shells_of(orbits: Orbits, count: int) -> list[WalkerShell]:
    """Lay out about so many satellites: in each shell as many planes as satellites in a plane."""
    return laid_out(orbits, *_square(orbits, count))


def laid_out(orbits: Orbits, planes: Sequence[int], per_plane: Sequence[int]) -> list[WalkerShell]:
    """Lay out the shells with so many planes and satellites in each, as even as phasing makes."""
    shells = []
    for k, inclination in enumerate(orbits.inclination_rad):
        wide, deep = planes[k], per_plane[k]
        phasing = 1 % wide
        if orbits.even_at_rad:
            phasing = even_phasing(wide, deep, inclination, orbits.even_at_rad[k])
        shells.append(
            walker_shell(
                orbits.altitude_m, inclination, wide, deep, phasing=phasing, pattern=orbits.pattern
            )
        )
    return shells


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
    tries: int = TRIES,
) -> Sized:
    """Find the smallest constellation on given orbits that does a task.

    By halving over near-square layouts, then by trying less square ones from the smallest on that
    could do it, since the chance does not rise evenly with the number; with no tries by halving
    alone, which gives up to a twentieth more, of a hundred satellites a half more.

    Raises:
        DomainError: None of at most 100,000 satellites does it.
    """
    found = _halved(orbits, task, worth)
    return _refined(found, [orbits], task, worth, tries)


def search(
    task: Task,
    altitude_m: Sequence[float],
    inclination_rad: Sequence[float],
    worth: Worth = lambda count, _: count,
    *,
    tries: int = TRIES,
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
        tries: Layouts that are tried on all orbits beyond near-square ones, from the smallest that
            could do it on. Where there are no more, none is better, of up to 1.7 times as many
            planes as satellites in each or the other way round; else only some up to a tenth
            smaller on the best orbits are.

    Returns:
        The best constellation.

    Raises:
        DomainError: No orbit does it.
    """
    tried = [
        (worth(_ROOM * task.probability * bound, orbits.altitude_m), bound, orbits)
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
    return _refined(best, [orbits for _, _, orbits in tried], task, worth, tries)


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
    lats = [mean_lat(chances) for chances in task.chances]
    for altitude in altitude_m:
        for inclination in inclination_rad:
            yield Orbits(altitude, (inclination,), even_at_rad=(_under(inclination, lats),))
    if len(task.chances) < 2 or len(inclination_rad) < 2:
        return
    # Above the lowest and the highest area: the best single shells for each alone.
    for altitude in altitude_m:
        alone = [
            sorted(
                inclination_rad,
                key=lambda i, h=altitude, c=chances: closed_form(  # type: ignore[misc]
                    Orbits(h, (i,)), replace(task, chances=(c,))
                ),
            )[:_BEST_FOR_EACH]
            for chances in task.chances
        ]
        every = sorted({i for some in alone for i in some})
        for low, high in combinations(every, 2):
            for share in _SHARES:
                even_at = (_under(low, lats), _under(high, lats))
                yield Orbits(altitude, (low, high), (share, 1.0 - share), even_at_rad=even_at)


def mean_lat(chances: Chances) -> float:
    """Give the mean distance from the equator at which flights are met at their deadline [rad]."""
    target = chances.target_ecef_m[:, -1]
    return float(np.mean(np.abs(np.arcsin(target[:, 2] / np.linalg.norm(target, axis=1)))))


def _under(inclination_rad: float, lats: Sequence[float]) -> float:
    """Give the highest latitude that a shell flies over, or else the lowest of all."""
    return max((lat for lat in lats if lat < inclination_rad), default=min(lats))


def _square(orbits: Orbits, count: float) -> tuple[tuple[int, ...], tuple[int, ...]]:
    planes = tuple(max(1, round(math.sqrt(count * share))) for share in orbits.share)
    each = tuple(
        max(1, round(count * share / p)) for share, p in zip(orbits.share, planes, strict=True)
    )
    return planes, each


def _laid_out(
    orbits: Orbits, planes: tuple[int, ...], each: tuple[int, ...], task: Task, worth: Worth
) -> Sized:
    chance = chance_of(laid_out(orbits, planes, each), task)
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


def _refined(found: Sized, tried: Sequence[Orbits], task: Task, worth: Worth, tries: int) -> Sized:
    """Try other layouts that are worth less, the smallest first."""
    if tries == 0:
        return found
    found = _proved(found, task, worth)
    most = {h: _most_below(found, h, worth) for h in {one.altitude_m for one in tried}}
    layouts = [
        (sum(p * s for p, s in zip(planes, each, strict=True)), planes, each, orbits)
        for orbits in tried
        for planes, each in _layouts(
            orbits,
            _ROOM * task.probability * closed_form(orbits, task),
            most[orbits.altitude_m],
        )
    ]
    layouts.sort(key=lambda one: (one[0] / most[one[3].altitude_m], one[1:3]))
    if len(layouts) > tries:
        enough = _NEAR * found.count
        layouts = [one for one in layouts if one[0] > enough and one[3] == found.orbits]
    stride = -(-len(layouts) // tries) if layouts else 1
    for _, planes, each, orbits in layouts[::stride]:
        sifted = _laid_out(orbits, planes, each, replace(task, phases=_SIFTED), worth)
        # At best all other phases do it.
        if (1.0 - sifted.chance) * _SIFTED > (1.0 - task.probability) * task.phases:
            continue
        smaller = _laid_out(orbits, planes, each, task, worth)
        if smaller.chance >= task.probability and smaller.worth < found.worth:
            smaller = replace(smaller, chance=chance_of(smaller.shells, proof_of(task)))
            if smaller.chance >= task.probability:
                return smaller
    return found


def proof_of(task: Task) -> Task:
    """Give the same task over so many phases that no layout is favoured by the few of a search."""
    return replace(task, phases=_PROOF * task.phases)


def _proved(found: Sized, task: Task, worth: Worth) -> Sized:
    """Make what was found as much larger as it takes to do it over many phases, too."""
    proof, count = proof_of(task), float(found.count)
    proved = replace(found, chance=chance_of(found.shells, proof))
    while proved.chance < task.probability:
        count *= _GROWN
        proved = _laid_out(found.orbits, *_square(found.orbits, count), proof, worth)
    return proved


def _most_below(found: Sized, altitude_m: float, worth: Worth) -> int:
    """Give the largest number at an altitude that is worth less than what was found."""
    low, high = 0, MOST
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if worth(middle, altitude_m) < found.worth else (low, middle)
    return max(low, 1)


def _layouts(
    orbits: Orbits, least: float, most: int
) -> Iterator[tuple[tuple[int, ...], tuple[int, ...]]]:
    """Give planes and satellites in each of the shells, between two numbers.

    Of one shell, all that are not too far from square; of two, those nearest to square.
    """
    if len(orbits.share) > 1:
        near = (_square(orbits, count) for count in range(math.ceil(least), most + 1))
        for planes, each in dict.fromkeys(near):
            if sum(p * s for p, s in zip(planes, each, strict=True)) <= most:
                yield planes, each
        return
    for wide in range(1, math.floor(math.sqrt(_ASPECT[1] * most)) + 1):
        first = max(math.ceil(least / wide), math.ceil(wide / _ASPECT[1]), 1)
        last = min(most // wide, math.floor(wide / _ASPECT[0]))
        yield from (((wide,), (deep,)) for deep in range(first, last + 1))
