"""When an element may be built and used: the days on which its authorities are in hand."""

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

import numpy as np
from numpy.typing import NDArray

from umbo.appraisal.ranges import Ranges
from umbo.elements.architecture import Architecture, Fielded
from umbo.elements.register import Authority, Stage, load_register

Array = NDArray[np.float64]

BUILDING: Final = ("build_time", "lead_time")
"""Values of an item that say how long building takes, the first one that it has counting."""
_SLACK: Final = 1e-6
"""Part of a year, half a minute, by which rounding may pass the first day of a fiscal year."""


@dataclass(frozen=True, slots=True)
class GateDates:
    """When all that an element must hold before it is built or used is in hand."""

    low: date
    mode: date
    high: date


def fiscal_position(day: date) -> float:
    """Give a day as a fiscal year and the part of it that has passed.

    Example:
        >>> fiscal_position(date(2025, 10, 1)), fiscal_position(date(2026, 4, 1))
        (2026.0, 2026.4986301369863)
    """
    year = day.year + (day.month >= 10)
    first, next_first = date(year - 1, 10, 1), date(year, 10, 1)
    return year + (day - first).days / (next_first - first).days


def day_at(position: float) -> date:
    """Give the day of a fiscal year and a part of it.

    Example:
        >>> day_at(2026.0), day_at(2026.5)
        (datetime.date(2025, 10, 1), datetime.date(2026, 4, 1))
    """
    year = math.floor(position + _SLACK)
    first, next_first = date(year - 1, 10, 1), date(year, 10, 1)
    part = max(0.0, position - year)
    return first + timedelta(days=math.floor(part * (next_first - first).days + 1e-6))


def first_whole_year(position: float) -> int:
    """Give the first fiscal year that begins no sooner.

    Example:
        >>> first_whole_year(2030.0), first_whole_year(2030.2)
        (2030, 2031)
    """
    return math.ceil(position - _SLACK)


def needed(
    register: Mapping[str, Authority], element: Fielded, old_places: Iterable[str] = ()
) -> list[Authority]:
    """Give the authorities that an element waits for."""
    places = set(old_places)
    return [one for one in register.values() if one.needed_by(element, places)]


def gate_dates(
    register: Mapping[str, Authority],
    element: Fielded,
    start: date,
    *,
    old_places: Iterable[str] = (),
    stages: Sequence[Stage] = ("build", "use"),
) -> GateDates:
    """Give the days by which an element's authorities are in hand, all sought together.

    Args:
        register: The authorities.
        element: The element, with its places.
        start: Day on which they are sought.
        old_places: Places where something stands already.
        stages: Which authorities: those needed before building, before use, or both.

    Returns:
        The days if every authority takes the low, the mode and the high of its range; the start
        where none is needed. The mode of the latest is later than the latest mode, which
        ``element_gates`` tells with draws.
    """
    times = [one.lead_time for one in needed(register, element, old_places) if one.stage in stages]
    begun = fiscal_position(start)
    low, mode, high = (
        begun + max([getattr(one, end) for one in times], default=0.0)
        for end in ("low", "mode", "high")
    )
    return GateDates(day_at(low), day_at(mode), day_at(high))


def building_gates(
    architecture: Architecture,
    register: Mapping[str, Authority],
    start: date,
    standing: Architecture | None = None,
) -> dict[str, float]:
    """Give when building of each element may begin, as a fiscal year and the part of it passed.

    Every lead time is the most likely one; elements that wait for nothing are left out. This is
    what a schedule of fielding takes as the earliest beginning.
    """
    places, gates = old_places(standing), dict[str, float]()
    for element in architecture.elements:
        if element.in_service > fiscal_position(start) + _SLACK:
            held = gate_dates(register, element, start, old_places=places, stages=("build",)).mode
            if held > start:
                gates[element.use] = max(gates.get(element.use, 0.0), fiscal_position(held))
    return gates


def gated_year(
    register: Mapping[str, Authority],
    element: Fielded,
    start: date,
    old_places: Iterable[str] = (),
) -> int:
    """Give the fiscal year from which an element stands once its authorities gate it.

    Every lead time and building time is the most likely one. An element that was to stand
    by the fiscal year of ``start`` is not gated.
    """
    waiting = Waiting(register, element, start, Ranges(2), old_places)
    return first_whole_year(float(waiting.fielded()[0]))


def gated_years(standing: Architecture, start: date) -> Callable[[Fielded], int]:
    """Give how the package's register gates elements, for resolving a study's architectures.

    Args:
        standing: What stands already, where its places are not new.
        start: Day on which authorities are sought.
    """
    register, places = load_register(), old_places(standing)
    return lambda one: gated_year(register, one, start, places)


def old_places(standing: Architecture | None) -> set[str]:
    """Give the places where anything stands already."""
    elements = standing.elements if standing else ()
    return {place.id for one in elements for place, _ in one.sites}


class Waiting:
    """One element with the years that its authorities and its building take, over draws."""

    def __init__(
        self,
        register: Mapping[str, Authority],
        element: Fielded,
        start: date,
        ranges: Ranges,
        places: Iterable[str] = (),
        *,
        at_once: bool = False,
    ) -> None:
        begins = fiscal_position(start)
        self.element = element
        found = next((element.values[key] for key in BUILDING if key in element.values), None)
        self.building = ranges.of(found) if found else np.zeros(1 + ranges.draws)
        self.begins = begins
        self.planned = np.full_like(self.building, float(element.in_service))
        building_begins = float(self.planned[0] - self.building[0])
        is_new = element.in_service > begins + _SLACK
        self.is_begun = building_begins < begins - _SLACK
        if at_once and is_new:
            self.is_begun, self.planned = False, begins + self.building
        self.sought = building_begins if self.is_begun else begins
        self.needs = needed(register, element, places) if is_new else []
        self._years = {one.id: ranges.of(one.lead_time) for one in self.needs}

    def fielded(self, instead: Mapping[str, float] | None = None) -> Array:
        """Give when it stands, mode and draws, with some lead times (in years) put instead."""
        years = {**self._years, **{name: np.array([by]) for name, by in (instead or {}).items()}}

        def latest(stage: Stage) -> Array:
            longest = np.zeros_like(self.building)
            for one in self.needs:
                if one.stage == stage:
                    longest = np.maximum(longest, years[one.id])
            return longest

        stands = np.maximum(self.planned, self.sought + latest("use"))
        if self.is_begun:
            return np.asarray(stands)
        built = self.begins + latest("build") + self.building + latest("test")
        return np.asarray(np.maximum(stands, built))
