"""One element's program, and when its units stand."""

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

MONTHS: Final = 12
SPAN_YEARS: Final = 60
"""Years over which deliveries are followed; what is not there by then counts as never."""


@dataclass(frozen=True, slots=True)
class Program:
    """What the fielding of one element rests on; times are fiscal years and their fractions."""

    element: str
    name: str
    category: str
    count: int
    """Units in all."""
    standing: int
    """Units that stand in the baseline when the schedule begins."""
    planned: float
    """Fiscal year from which the study wants the whole count."""
    begins: float
    """When new work can begin: the schedule's start, or the gate."""
    development_start: float
    development_end: float
    first: float
    """When the first new unit can stand."""
    lead_years: float
    """From a unit's contract to its service."""
    rate_per_year: float
    """Units a year that the line can give today."""
    rate_goal_per_year: float
    ramp_years: float
    life_years: float
    """Service life; infinite where the catalogue has none."""
    mass_kg: float
    """Of a unit that has to be launched; 0 for others."""
    gated: bool
    """Whether a gate holds it back."""
    most_a_year: float = math.inf
    """Units a year that the study plans; its line gives no more."""
    surge_a_year: float | None = None
    """What the line grows to where its capacity is bought; None where it is not."""
    is_new: bool = False
    """Whether it has to be developed, none of it standing."""

    @property
    def new(self) -> int:
        """Units to be fielded."""
        return max(0, self.count - self.standing)

    @property
    def develops(self) -> bool:
        """Whether anything is to be developed first."""
        return self.development_end > self.development_start

    @property
    def has_begun(self) -> bool:
        """Whether its development had begun before new work could."""
        return self.develops and self.development_start < self.begins


@dataclass(frozen=True, eq=False)
class Fielding:
    """One element's deliveries."""

    program: Program
    start: float
    """Fiscal year of the first month."""
    delivered: Array
    """New units that stand at the beginning of each month."""
    limited_by: tuple[str, ...]
    """What held it back, in words."""

    def new_by(self, times: Array) -> NDArray[np.int64]:
        """Count the new units that stand at some times; a unit being built is none yet."""
        months = np.arange(len(self.delivered))
        units = np.interp((times - self.start) * MONTHS, months, self.delivered, left=0.0)
        return np.floor(units + 1e-6).astype(np.int64)

    def standing_by(self, years: Iterable[int]) -> list[int]:
        """Count the units that stand in some fiscal years, from the first day of each."""
        standing = min(self.program.standing, self.program.count)
        return list((standing + self.new_by(np.array(list(years), float))).tolist())

    def stands_in(self, year: int) -> int:
        """Count the units that stand in a fiscal year, from its first day."""
        return self.standing_by([year])[0]

    @property
    def initial(self) -> int | None:
        """Fiscal year from which any of it stands; None if it never does."""
        return self._year(1.0 - self.program.standing)

    @property
    def full(self) -> int | None:
        """Fiscal year from which the whole count stands; None if it never does."""
        return self._year(float(self.program.new))

    @property
    def slip_years(self) -> int | None:
        """Years after the study's date; None if it is never full."""
        return None if self.full is None else max(0, self.full - math.ceil(self.program.planned))

    def reached(self, units: float) -> float:
        """Give when so many new units stand, as a fiscal year and its fraction."""
        if units <= 0.0:
            return self.start
        found = np.flatnonzero(self.delivered >= units - 1e-6)
        return self.start + float(found[0]) / MONTHS if len(found) else math.inf

    def _year(self, units: float) -> int | None:
        reached = self.reached(units)
        return math.ceil(reached - 1e-9) if math.isfinite(reached) else None


def times_of(
    of: Callable[[str, float], Any], begins: float, *, gate: float, start: float, is_new: bool
) -> tuple[Any, tuple[Any, Any], Any]:
    """Give a program's lead time, its development, and when its first unit can stand.

    Args:
        of: Reads a parameter of the element, or takes the number given with it; a number, or an
            array of draws, as which all that is given back then comes.
        begins: When new work can begin, fiscal years.
        gate: Fiscal year of its authority; 0 where nothing gates it.
        start: The schedule's first fiscal year.
        is_new: Whether it has to be developed.
    """
    lead = of("lead_time", of("build_time", 2.0))
    known, begun = of("first_fielding", 0.0), of("development_start", 0.0)
    if np.all(known > 0.0):
        first_known = known + 0.25  # a calendar date as a fiscal one
        from_ = begun + 0.25 if np.all(begun > 0.0) else begins
        development = (from_, np.maximum(first_known, begins)) if is_new else (begins, begins)
        first = np.maximum(first_known, max(float(start), 0.0))
        return lead, development, np.maximum(first, gate + lead) if gate else first
    development = (begins, begins + of("development_time", 0.0) * is_new)
    return lead, development, development[1] + lead


def pace_of(
    of: Callable[[str, float], Any], *, surge: float | None, most: float
) -> tuple[Any, Any, Any]:
    """Give the units a year that a line gives the shield today and at most, and the years between.

    Args:
        of: Reads a parameter of the element, a number or an array of draws.
        surge: What the line grows to where no goal is published and its capacity is bought.
        most: Units a year that the study plans.
    """
    share, today = of("share_of_line", 1.0), of("production_rate", math.inf)
    goal = of("production_rate_goal", today if surge is None else surge)
    return (
        np.minimum(share * today, most),
        np.minimum(share * goal, most),
        of("ramp_time", 5.0),
    )


def built_by(since: Array, months: Array, new: int, low: Any, high: Any, ramp: Any) -> Array:
    """Count the units built by each month if nothing else were built.

    Args:
        since: (..., months) years since the first unit can stand.
        months: (months,) years since the schedule began.
        new: Units to be fielded.
        low: Units a year today.
        high: Units a year when the line has grown, above 0; infinite for what no line limits.
        ramp: Years in which the line grows.
    """
    stands = since >= -1e-9
    if not np.all(np.isfinite(high)):
        return np.where(stands, float(new), 0.0)
    share = np.clip(months / np.maximum(ramp, 1e-9), 0.0, 1.0)
    a_month = (low + (high - low) * share) / MONTHS
    built = np.cumsum(np.where(since > 1e-9, a_month, 0.0), axis=-1)
    return np.where(stands, np.minimum(1.0 + built, float(new)), 0.0)
