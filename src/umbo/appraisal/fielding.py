"""One element's program, and when its units stand."""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

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

    def _year(self, units: float) -> int | None:
        if units <= 0.0:
            return math.ceil(self.start)
        reached = np.flatnonzero(self.delivered >= units - 1e-6)
        return math.ceil(self.start + reached[0] / MONTHS - 1e-9) if len(reached) else None
