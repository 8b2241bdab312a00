"""When an architecture's elements stand: development, lines, launch, and the study's dates."""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from umbo.appraisal.fielding import (
    MONTHS,
    SPAN_YEARS,
    Fielding,
    Program,
    built_by,
    pace_of,
    times_of,
)
from umbo.appraisal.lines import Limit, deliver, limits_on
from umbo.elements.architecture import Architecture, Fielded, planned_in, reduced
from umbo.elements.catalog import Catalog
from umbo.elements.sourced import Value
from umbo.errors import DomainError

Array = NDArray[np.float64]

_ROUNDED: Final = 1e-6
"""Months of a plan's date that rounding may take: dates are whole months."""


@dataclass(frozen=True, eq=False)
class Schedule:
    """The fielding of one architecture."""

    architecture: str
    start: int
    fieldings: Mapping[str, Fielding]
    """By element, in the order of the study."""

    @property
    def initial(self) -> int | None:
        """Fiscal year from which every element stands in part."""
        return _latest(one.initial for one in self.fieldings.values())

    @property
    def full(self) -> int | None:
        """Fiscal year from which all stands."""
        return _latest(one.full for one in self.fieldings.values())


@dataclass(frozen=True, slots=True)
class Terms:
    """How one element's program is changed: begun later, or built at another pace."""

    later_years: float = 0.0
    pace: float = 1.0
    """Factor on the rate of its line."""


class Scheduler:
    """Reads what schedules rest on out of a catalogue, and makes schedules.

    An element that is to be developed begins when the schedule does, or at its gate; units are
    ordered when it is developed, and stand a lead time later, at the rate of their line, of
    which the shield has a share. Where the study's date leaves time, all of it is moved later,
    so that the last unit comes just in time. Lines that elements share, and launches to orbit, are
    shared out month by month in the order of the study, replacements first. Dates are most likely
    ones; ``appraisal.dates`` gives their ranges.

    Left out: past programs took 1.35 times as long as planned (``schedule_growth``); tests that
    must succeed; crews.
    """

    def __init__(self, catalog: Catalog, *, start: int, surge: bool = False) -> None:
        """Take a catalogue and the first fiscal year.

        Args:
            catalog: The catalogue, with a view's numbers in place if the study wants them.
            start: Fiscal year in which new work can begin.
            surge: Whether lines for which no goal is published grow to the high end of their
                range, as if their capacity were bought.
        """
        self.used: dict[tuple[str, str], Value] = {}
        self.start = start
        self._surge = surge
        self._catalog = catalog

    def of(
        self,
        architecture: Architecture,
        baseline: Architecture | None = None,
        *,
        not_before: Mapping[str, float] | None = None,
        terms: Mapping[str, Terms] | None = None,
        developed: Iterable[str] = (),
    ) -> Schedule:
        """Schedule what is to stand, on top of what stands already.

        Args:
            architecture: All of it, whatever its year.
            baseline: What stands when the schedule begins; none means nothing.
            not_before: Fiscal year (and its fraction) before which new work on an element
                cannot begin, by element: the date of its authority.
            terms: Elements begun later or built at another pace.
            developed: Elements that need no development any more.

        Returns:
            Deliveries by element.

        Raises:
            DomainError: A gate is not a year, or is set for what the architecture does not have.
        """
        gates = dict(not_before or {})
        names = list(dict.fromkeys(element.use for element in architecture.elements))
        for name, year in gates.items():
            if name not in names or not 1990.0 <= year < 2200.0:
                raise DomainError(
                    f"gate of '{name}' in {year}: give a fiscal year, such as 2028.5, for an "
                    f"element that {architecture.name} has"
                )
        ready = set(developed)
        programs = [
            self._program(architecture, baseline, name, gates.get(name), ready=name in ready)
            for name in names
        ]
        return self._schedule(architecture.name, programs, dict(terms or {}))

    def value(self, item: str, parameter: str) -> float:
        """Give a number of the model, and remember it."""
        return self._read(self._catalog.value(item, parameter))

    def _read(self, value: Value) -> float:
        self.used[value.item, value.parameter] = value
        return value.mode

    def _program(
        self,
        architecture: Architecture,
        baseline: Architecture | None,
        name: str,
        gate: float | None,
        *,
        ready: bool,
    ) -> Program:
        elements = [one for one in architecture.elements if one.use == name]
        one = elements[0]
        standing = sum(
            planned_in(element, self.start)
            for element in (baseline.elements if baseline else ())
            if element.use == name
        )

        def of(parameter: str, otherwise: float) -> float:
            value = one.values.get(parameter)
            return otherwise if value is None else self._read(value)

        count = sum(element.count for element in elements)
        begins = max(float(self.start), gate or 0.0)
        is_new = not (ready or standing)
        lead, (begun, ended), first = times_of(
            of, begins, gate=gate or 0.0, start=self.start, is_new=is_new
        )
        planned_rates = [element.rate for element in elements if element.rate]
        most = sum(planned_rates) if planned_rates else math.inf
        most_known = one.values.get("production_rate")
        surge = most_known.high if self._surge and most_known is not None else None
        rate, goal, ramp = pace_of(of, surge=surge, most=most)
        return Program(
            element=name,
            name=one.item.name,
            category=one.item.category,
            count=count,
            standing=standing,
            planned=float(max(element.in_service for element in elements)),
            begins=begins,
            development_start=begun,
            development_end=ended,
            first=first,
            lead_years=lead,
            rate_per_year=rate,
            rate_goal_per_year=goal,
            ramp_years=ramp,
            most_a_year=most,
            surge_a_year=surge,
            is_new=is_new,
            life_years=of("service_life", math.inf),
            mass_kg=of("unit_mass", 0.0) if one.item.category.startswith("space") else 0.0,
            gated=gate is not None and gate > self.start,
        )

    def _schedule(
        self, name: str, programs: Sequence[Program], terms: Mapping[str, Terms]
    ) -> Schedule:
        months = np.arange(SPAN_YEARS * MONTHS) / MONTHS
        wanted: list[Array] = []
        placed: list[Program] = []
        for program in programs:
            changed = terms.get(program.element, Terms())
            alone = _alone(program, self.start, months, changed.pace)
            spare = program.planned - _when_full(alone, program, self.start)
            shift = (
                round((max(0.0, spare) if math.isfinite(spare) else 0.0) * MONTHS + _ROUNDED)
                + round(changed.later_years * MONTHS)
            ) * (program.new > 0)
            wanted.append(_shifted(alone, shift))
            placed.append(_moved(program, shift / MONTHS))
        limits = limits_on(placed, self._catalog, self._read)
        delivered, held = deliver(placed, wanted, limits)
        fieldings = {}
        for program, units, limit in zip(placed, delivered, held, strict=True):
            reasons = self._reasons(program, units, limit)
            fieldings[program.element] = Fielding(program, float(self.start), units, reasons)
        return Schedule(name, self.start, fieldings)

    def _reasons(self, program: Program, units: Array, held: Sequence[Limit]) -> tuple[str, ...]:
        full = _when_full(units, program, self.start)
        if program.new == 0 or full <= program.planned + 1e-6:
            return ()
        reasons = []
        if program.rate_goal_per_year <= 0.0:
            reasons.append("its line is closed")
        if program.gated:
            reasons.append(f"its authority, FY{math.floor(program.begins)}")
        if program.develops and program.development_end > program.planned:
            reasons.append(f"development to FY{math.floor(program.development_end)}")
        if program.first > program.planned:
            reasons.append(f"first unit in FY{math.ceil(program.first - 1e-9)} at the earliest")
        elif math.isfinite(program.rate_per_year):
            reasons.append(
                f"{program.rate_per_year:g} a year, growing to {program.rate_goal_per_year:g}"
                if program.rate_goal_per_year != program.rate_per_year
                else f"{program.rate_per_year:g} a year"
            )
        return (*reasons, *(limit.name for limit in held))


def standing_in(architecture: Architecture, schedule: Schedule, year: int) -> Architecture:
    """Give what of an architecture stands in a fiscal year, as scheduled, to fight with.

    Elements of one item are filled in the order of the study; what is not scheduled never stands.

    Args:
        architecture: All of it, whatever its year.
        schedule: Its schedule.
        year: Fiscal year.
    """
    left = dict.fromkeys((element.use for element in architecture.elements), 0)
    left |= {name: one.stands_in(year) for name, one in schedule.fieldings.items()}
    standing: list[Fielded] = []
    for element in architecture.elements:
        units = min(left[element.use], element.count)
        left[element.use] -= units
        if (part := reduced(element, units)) is not None:
            standing.append(part)
    return replace(architecture, as_of=year, elements=tuple(standing))


def _alone(program: Program, start: int, months: Array, pace: float) -> Array:
    """Give an element's deliveries if nothing else were built, as early as can be."""
    low, high = program.rate_per_year * pace, program.rate_goal_per_year * pace
    if high <= 0.0:
        return np.zeros_like(months)
    return built_by(
        start + months - program.first, months, program.new, low, high, program.ramp_years
    )


def _when_full(units: Array, program: Program, start: int) -> float:
    reached = np.flatnonzero(units >= program.new - 1e-6)
    return start + float(reached[0]) / MONTHS if len(reached) else math.inf


def _shifted(units: Array, months: int) -> Array:
    if months <= 0:
        return units
    return np.concatenate((np.zeros(min(months, len(units))), units[: max(0, len(units) - months)]))


def _moved(program: Program, years: float) -> Program:
    """Move a program later; a development that has begun goes on as it was."""
    later = 0.0 if program.has_begun else years
    return replace(
        program,
        first=program.first + years,
        development_start=program.development_start + later,
        development_end=program.development_end + later,
    )


def _latest(years: Iterable[int | None]) -> int | None:
    found = list(years)
    known = [year for year in found if year is not None]
    return None if len(known) < len(found) else max(known, default=None)
