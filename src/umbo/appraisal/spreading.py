"""In which fiscal years the money of a phase is due: lots, generations, years of service."""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from umbo.appraisal.cost import Phase
from umbo.appraisal.fielding import Fielding
from umbo.appraisal.learning import production_cost

Array = NDArray[np.float64]

_LEAST_SPAN: Final = 1.0
"""Years over which a development is paid for that has no span of its own."""


@dataclass(frozen=True, slots=True)
class Lot:
    """Units bought in one fiscal year, paid for in full in that year."""

    year: int
    old: int
    """Units of the run that stood or were ordered before."""
    units: int


@dataclass(frozen=True, slots=True)
class Timing:
    """When money is due beside deliveries."""

    service_years: float
    """Years for which each unit is operated and replaced."""
    construction_lead_years: float
    launch_lead_years: float
    development_completion: float
    """Share of the whole Rayleigh curve of spending at which a development ends."""


def lots(fielding: Fielding) -> list[Lot]:
    """Give the lots of an element's new units: each is ordered a lead time before it stands.

    Units that are never delivered are in the last year that is followed.
    """
    program = fielding.program
    last = math.floor(fielding.start) + round((len(fielding.delivered) - 1) / 12)
    found: list[Lot] = []
    ordered = 0
    years = range(math.floor(fielding.start - program.lead_years) - 1, last + 1)
    times = np.array(years) + (1.0 + program.lead_years - 1e-9)
    for year, stand in zip(years, fielding.new_by(times).tolist(), strict=True):
        until = program.new if year == last else stand
        if until > ordered:
            found.append(Lot(year, program.standing + ordered, until - ordered))
            ordered = until
    return found


def lot_shares(found: list[Lot], slope: float, offset: float) -> list[float]:
    """Give the share of a buy's price that each lot has, when a unit gets cheaper with each."""
    old = np.array([lot.old for lot in found], float)
    units = np.array([lot.units for lot in found], float)
    prices = production_cost(1.0, slope, old, old + units, offset=offset)
    return list((prices / prices.sum()).tolist())


def arrivals(fielding: Fielding) -> dict[int, int]:
    """Count the new units that stand from each fiscal year on."""
    program = fielding.program
    last = math.floor(fielding.start) + round((len(fielding.delivered) - 1) / 12)
    arrived, before = {}, 0
    years = range(math.floor(fielding.start), last + 2)
    for year, stand in zip(years, fielding.new_by(np.array(years, float)).tolist(), strict=True):
        there = program.new if year > last else stand
        if there > before:
            arrived[year] = there - before
        before = there
    return arrived


def rayleigh(start: float, end: float, completion: float) -> Callable[[float], float]:
    """Give the share of a development's money that is spent by a time.

    The Norden-Rayleigh curve of spending, cut off where so much of it is spent. It describes
    outlays; as budget authority it is up to a year late.

    Source:
        P. V. Norden, *Curve fitting for a model of applied research and development
        scheduling*, IBM Journal 2 (1958); D. E. Lee, *Norden-Raleigh analysis* (2002).
    """
    rate = -math.log1p(-completion) / (end - start) ** 2

    def spent(time: float) -> float:
        passed = min(max(time - start, 0.0), end - start)
        return -math.expm1(-rate * passed * passed) / completion

    return spent


class Spread:
    """Spreads one element's phases over fiscal years: shares that sum to one."""

    def __init__(
        self, fielding: Fielding, timing: Timing, *, slope: float = 1.0, offset: float = 0.5
    ) -> None:
        """Take the deliveries, and how much of a unit's price a doubling leaves."""
        self._fielding = fielding
        self._timing = timing
        self._slope = slope
        self._offset = offset
        self._standing = min(fielding.program.standing, fielding.program.count)
        self._first = math.floor(fielding.start)
        self._arrivals = arrivals(fielding)

    def of(self, phase: Phase) -> dict[int, float]:
        """Give the share of a phase's money that is due in each fiscal year.

        Args:
            phase: The phase.

        Returns:
            Shares by fiscal year, in order, which sum to one.
        """
        due: Mapping[Phase, Callable[[], dict[int, float]]] = {
            "development": self._development,
            "procurement": self._procurement,
            "launch": lambda: self._ahead(self._timing.launch_lead_years),
            "construction": lambda: self._ahead(self._timing.construction_lead_years),
            "replenishment": self._replenishment,
            "operations": self._operations,
            "disposal": self._disposal,
        }
        weights = {year: weight for year, weight in due[phase]().items() if weight > 0.0}
        if not weights:
            weights = {self._first: 1.0}
        whole = sum(weights.values())
        return {year: weights[year] / whole for year in sorted(weights)}

    def _development(self) -> dict[int, float]:
        program = self._fielding.program
        start = program.development_start
        end = max(program.development_end, start + _LEAST_SPAN)
        spent = rayleigh(start, end, self._timing.development_completion)
        years = range(math.floor(start), math.ceil(end))
        return {year: spent(year + 1.0) - spent(float(year)) for year in years}

    def _procurement(self) -> dict[int, float]:
        found = lots(self._fielding)
        shares = lot_shares(found, self._slope, self._offset)
        return {lot.year: share for lot, share in zip(found, shares, strict=True)}

    def _ahead(self, years: float) -> dict[int, float]:
        weights: dict[int, float] = {}
        for year, units in self._arrivals.items():
            due = year - round(years)
            weights[due] = weights.get(due, 0.0) + units
        return weights

    def _replenishment(self) -> dict[int, float]:
        """Buy each later generation a lead time before the one before it ends."""
        life, lead = self._fielding.program.life_years, self._fielding.program.lead_years
        later = self._timing.service_years / life - 1.0
        weights = self._evenly(self._standing * max(later, 0.0))
        for year, units in self._arrivals.items():
            for generation in range(1, max(1, math.ceil(later - 1e-9)) + 1):
                due = math.floor(year + generation * life - lead) if math.isfinite(life) else year
                share = min(1.0, later - generation + 1.0) if later > 0.0 else 1.0
                weights[due] = weights.get(due, 0.0) + units * share
        return weights

    def _operations(self) -> dict[int, float]:
        years = self._timing.service_years
        weights = self._evenly(float(self._standing))
        for year, units in self._arrivals.items():
            for passed in range(math.ceil(years)):
                share = min(1.0, years - passed) / years
                weights[year + passed] = weights.get(year + passed, 0.0) + units * share
        return weights

    def _disposal(self) -> dict[int, float]:
        life, years = self._fielding.program.life_years, self._timing.service_years
        generations = max(1.0, years / life)
        weights = self._evenly(self._standing * generations)
        for year, units in self._arrivals.items():
            for generation in range(math.ceil(generations - 1e-9)):
                end = min((generation + 1) * life, years)
                due = year + math.ceil(end - 1e-9)
                share = min(1.0, generations - generation)
                weights[due] = weights.get(due, 0.0) + units * share
        return weights

    def _evenly(self, weight: float) -> dict[int, float]:
        """Spread over the years of service from the first: what stands is of unknown age."""
        years = math.ceil(self._timing.service_years)
        return {self._first + passed: weight / years for passed in range(years)} if weight else {}
