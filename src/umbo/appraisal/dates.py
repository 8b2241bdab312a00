"""How sure the dates of a schedule are: the same times and rates, drawn over their ranges."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from umbo.appraisal.fielding import MONTHS, SPAN_YEARS, Fielding, built_by, pace_of, times_of
from umbo.appraisal.ranges import Ranges
from umbo.appraisal.schedule import Schedule
from umbo.elements.architecture import Architecture
from umbo.elements.sourced import Value

Array = NDArray[np.float64]

DRAWS: Final = 64
LOW, HIGH = 0.05, 0.95
_FASTER: Final = ("production_rate", "production_rate_goal", "share_of_line")
"""What brings dates forward where it rises."""


@dataclass(frozen=True, slots=True)
class Dates:
    """The 90 % interval of a date, in fiscal years; None where it is never."""

    low: int | None
    high: int | None


@dataclass(frozen=True)
class Drawn:
    """The dates of one architecture over the draws."""

    initial: Mapping[str, Dates]
    full: Mapping[str, Dates]
    whole: Dates
    """When all of it stands."""


def draw_dates(schedule: Schedule, architecture: Architecture, ranges: Ranges) -> Drawn:
    """Draw the times and rates of every program, and give the ranges of its dates.

    A program is late or early as a whole: what slows it is correlated as prices of one item are.
    Shared lines and launches hold each draw back by as long as they hold back the most likely
    schedule. Left out: that lines which are slower hold others back longer; the growth of past
    schedules beyond the ranges of their parts.

    Args:
        schedule: The most likely schedule.
        architecture: The architecture that it fields.
        ranges: The draws.

    Returns:
        Intervals by element, each holding the most likely date, and that of the whole.
    """
    initial, full, whole = {}, {}, np.full(ranges.draws, -np.inf)
    elements = {one.use: one for one in reversed(architecture.elements)}
    for name, fielding in schedule.fieldings.items():
        first, last = _drawn(fielding, schedule.start, elements[name].values, ranges)
        initial[name] = _interval(first, fielding.initial)
        full[name] = _interval(last, fielding.full)
        whole = np.maximum(whole, last)
    return Drawn(initial, full, _interval(whole, schedule.full))


def _drawn(
    fielding: Fielding,
    start: int,
    values: Mapping[str, Value],
    ranges: Ranges,
) -> tuple[Array, Array]:
    """Give the years in which one element first stands and is whole, a draw each."""
    program = fielding.program
    if not program.new:
        same = [math.inf if year is None else year for year in (fielding.initial, fielding.full)]
        return np.full(ranges.draws, same[0]), np.full(ranges.draws, same[1])

    def of(parameter: str, otherwise: Any) -> Any:
        value = values.get(parameter)
        if value is None:
            return otherwise
        return ranges.of(value, falling=parameter in _FASTER)[:, None]

    gate = program.begins if program.gated else 0.0
    _, _, first = times_of(of, program.begins, gate=gate, start=start, is_new=program.is_new)
    low, high, ramp = pace_of(of, surge=program.surge_a_year, most=program.most_a_year)
    months = np.arange(SPAN_YEARS * MONTHS) / MONTHS
    units = built_by(start + months - first, months, program.new, low, high, ramp)
    units = np.broadcast_to(units, (1 + ranges.draws, len(months)))
    begun = _reached(units, 1.0 - program.standing, start)
    done = _reached(units, float(program.new), start)
    spare = np.maximum(0.0, program.planned - done)
    # The most likely draw comes first: what shared lines add to it, they add to all.
    told = fielding.reached(1.0 - program.standing), fielding.reached(float(program.new))
    dates = []
    for alone, stands in zip((begun + spare, done + spare), told, strict=True):
        late = max(0.0, stands - float(alone[0])) if math.isfinite(float(alone[0])) else 0.0
        dates.append(np.ceil(alone[1:] + (late if math.isfinite(late) else 0.0) - 1e-9))
    return dates[0], dates[1]


def _reached(units: Array, wanted: float, start: int) -> Array:
    """Give when so many units stand, along the last axis; infinite for never."""
    enough = units >= wanted - 1e-6
    return np.where(enough[:, -1], start + enough.argmax(axis=-1) / MONTHS, np.inf)


def _interval(years: Array, mode: int | None) -> Dates:
    """Give the 5th and 95th percentile, widened to hold the most likely date."""
    low, high = np.quantile(years, (LOW, HIGH), method="inverted_cdf")
    most = math.inf if mode is None else mode
    ends = min(float(low), most), max(float(high), most)
    return Dates(*(int(end) if math.isfinite(end) else None for end in ends))
