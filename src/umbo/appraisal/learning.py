"""How the price of a unit falls with the number built."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from umbo.errors import DomainError


def production_cost(
    first_unit_cost_usd: ArrayLike,
    slope: ArrayLike,
    old: ArrayLike,
    new: ArrayLike,
    *,
    offset: float = 0.5,
    beside: float = 0.0,
) -> NDArray[np.float64]:
    """Price units ``old + 1`` to ``new`` of a production run.

    Unit theory (Crawford): each doubling multiplies a unit's price by the slope. The sum over
    units is an integral; with an offset of one half (the midpoint rule), at slopes of 80
    percent and more, it is 2 percent above the exact sum at one unit, 0.5 at ten and 0.1 at a
    thousand. Left out: breaks in production and changes of rate, which can undo it.

    Args:
        first_unit_cost_usd: Price of the first unit.
        slope: What a doubling multiplies a unit's price by; above 0.5.
        old: Units built before, 0 or more.
        new: Units built in all, ``old`` or more.
        offset: Where in a unit the integral begins: 0.5, or 0 as in AEI's calculator.
        beside: Units charged at the price of the first, beside a run that begins; AEI's form,
            ``T1 (N^(1+b) + 1) / (1 + b)``, charges one.

    Returns:
        The price of the units together.

    Raises:
        DomainError: The slope is not above 0.5: then more units would cost less than fewer.

    Source:
        S. A. Book and E. L. Burgess, *The learning rate's overpowering impact on cost
        estimates*, Journal of Parametrics 16 (1996); T. Harrison, AEI 2025-20 (2025).
    """
    slopes, built, wanted = (np.asarray(a, dtype=np.float64) for a in (slope, old, new))
    if not np.all(slopes > 0.5):
        raise DomainError(
            f"a learning slope of {slopes.min():.3g} would make more units cheaper than fewer; "
            "give one above 0.5"
        )
    exponent = 1.0 + np.log2(slopes)

    def summed(units: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.asarray(((units + offset) ** exponent - offset**exponent) / exponent)

    first_units = beside * ((built == 0.0) & (wanted > 0.0)) * summed(np.asarray(1.0))
    return np.asarray(first_unit_cost_usd * (summed(wanted) - summed(built) + first_units))
