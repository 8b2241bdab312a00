"""How many satellites of a constellation stand, as they are produced, launched and worn out."""

import math
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from umbo.errors import DomainError

Array = NDArray[np.float64]

MONTHS: Final = 12


@dataclass(frozen=True, slots=True)
class Cadence:
    """What limits how fast satellites come to orbit."""

    produced_a_year: float
    launches_today: float
    """Launches a year at the beginning."""
    launches_grown: float
    """Launches a year in the end."""
    ramp_year: float
    """Years from the one to the other, evenly."""
    each_launch: int
    """Satellites a launch carries."""
    life_year: float
    """Years after which a satellite is lost and is replaced."""


@dataclass(frozen=True, eq=False)
class BuildUp:
    """A constellation by month, from the first satellite produced on; M months."""

    standing: Array
    """(M + 1,) satellites at the begin of each month, parts of one as shares."""
    launched: Array
    """(M,) satellites launched in each month, replacements among them."""
    is_launch_limited: NDArray[np.bool_]
    """(M,) whether launches held it back, and not production."""

    def at(self, year: float) -> float:
        """Give the satellites that stand after so many years."""
        month = min(max(year * MONTHS, 0.0), len(self.standing) - 1.0)
        return float(np.interp(month, np.arange(len(self.standing)), self.standing))

    @property
    def full_year(self) -> float:
        """Years until as many stand as ever will."""
        most = self.standing.max()
        return float(np.argmax(self.standing >= most - 1e-6)) / MONTHS


def build_up(satellites: int, cadence: Cadence, *, years: float) -> BuildUp:
    """Follow a constellation month by month while it is built and kept up.

    What is produced and cannot be launched waits. Left out: the development before, and failures of
    launches and satellites before the end of their life.

    Args:
        satellites: Wanted, spares among them.
        cadence: Rates.
        years: How long to follow it.

    Returns:
        Satellites by month. Never more stand than are produced in one life.

    Raises:
        DomainError: A number is not positive, or a launch carries none.
    """
    if satellites < 1 or cadence.each_launch < 1 or not (years > 0.0 and cadence.life_year > 0.0):
        raise DomainError(
            "build_up needs satellites, a life and a launch that carries at least one"
        )
    months, life = math.ceil(years * MONTHS), max(1, round(cadence.life_year * MONTHS))
    standing, launched = np.zeros(months + 1), np.zeros(months)
    is_limited = np.zeros(months, dtype=np.bool_)
    stock = 0.0
    for month in range(months):
        share = min(month / MONTHS / max(cadence.ramp_year, 1e-9), 1.0)
        launches = cadence.launches_today + share * (
            cadence.launches_grown - cadence.launches_today
        )
        lost = launched[month - life] if month >= life else 0.0
        wanted = satellites - standing[month] + lost
        able = launches / MONTHS * cadence.each_launch
        stock = min(stock + cadence.produced_a_year / MONTHS, max(wanted, 0.0))
        launched[month] = min(stock, able, max(wanted, 0.0))
        is_limited[month] = able < stock
        stock -= launched[month]
        standing[month + 1] = standing[month] - lost + launched[month]
    return BuildUp(standing, launched, is_limited)
