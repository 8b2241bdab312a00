"""What drives an architecture's cost: each input at its ends, and what moves with the total."""

from dataclasses import dataclass
from typing import Final

import numpy as np

from umbo.appraisal.cost import ArchitectureCost, CostModel, summed
from umbo.elements.architecture import Architecture
from umbo.elements.sourced import Value
from umbo.errors import DomainError

_LEAST: Final = 1e-9
"""A swing below this share of the total is rounding."""


@dataclass(frozen=True, slots=True)
class Driver:
    """One input, and the total cost with it at each end of its range."""

    value: Value
    """The input, money in dollars of the model's year."""
    at_low_usd: float
    """The total with it at its low end, all others at the mode."""
    at_high_usd: float
    correlation: float
    """Between its draws and the total's: what it drives together with what goes along with it."""

    @property
    def swing_usd(self) -> float:
        """How far apart the two totals are."""
        return abs(self.at_high_usd - self.at_low_usd)


def drivers(
    model: CostModel,
    architecture: Architecture,
    cost: ArchitectureCost,
    baseline: Architecture | None = None,
) -> list[Driver]:
    """Move each input from the low to the high end of its range, all others at the mode.

    One pass of the same model answers for all inputs. Left out: inputs that are moved together;
    their correlation with the total tells of it.

    Args:
        model: The model that gave the cost.
        architecture: What it costed.
        cost: Its cost.
        baseline: What stands today, as it was given to the model.

    Returns:
        Inputs that move the total, those that move it most first.

    Raises:
        DomainError: The cost is not the architecture's.
    """
    if cost.architecture != architecture.name:
        raise DomainError(f"the cost is of {cost.architecture}, not of {architecture.name}")
    values = list(model.drawn.values())
    ends = summed(model.at_ends(values).of(architecture, baseline))
    total = summed(cost)
    deviation = total[1:] - total[1:].mean()
    scale = float(np.sqrt((deviation**2).sum()))
    found = []
    for value, low, high in zip(values, ends[1::2], ends[2::2], strict=True):
        if abs(high - low) <= _LEAST * abs(total[0]):
            continue
        draws = model.draws_of(value)[1:]
        draws = draws - draws.mean()
        spread = float(np.sqrt((draws**2).sum()))
        together = float(draws @ deviation) / (spread * scale) if spread * scale > 0.0 else 0.0
        found.append(Driver(value, float(low), float(high), together))
    return sorted(found, key=lambda one: -one.swing_usd)


def variance_shares(cost: ArchitectureCost) -> dict[str, float]:
    """Give the share of each element in the variance of the total; the shares sum to one.

    An element's share is the covariance of its cost with the total over the total's variance,
    so that what is correlated is shared out evenly.
    """
    total = summed(cost)[1:]
    deviation = total - total.mean()
    variance = float(deviation @ deviation)
    names = dict.fromkeys(row.element for row in cost.rows)
    if variance == 0.0:
        return dict.fromkeys(names, 0.0)
    return {name: float(summed(cost, elements=[name])[1:] @ deviation) / variance for name in names}
