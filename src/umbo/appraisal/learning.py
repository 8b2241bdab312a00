"""How the price of a unit falls with the number built, and with the number built a year."""

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import ArrayLike, NDArray

from umbo.errors import DomainError

Array = NDArray[np.float64]


def production_cost(
    first_unit_cost_usd: ArrayLike,
    slope: ArrayLike,
    old: ArrayLike,
    new: ArrayLike,
    *,
    offset: float = 0.5,
    beside: float = 0.0,
) -> Array:
    """Price units ``old + 1`` to ``new`` of a production run by unit theory (Crawford).

    Each doubling multiplies a unit's price by the slope. Where ``offset`` is one half the sum is
    the first unit and the midpoint rule with its first correction for the others, within 0.03
    percent of the exact sum at slopes of 70 percent and more. Left out: breaks in production,
    which undo learning: after a break the run begins anew.

    Args:
        first_unit_cost_usd: Price of the first unit.
        slope: What a doubling multiplies a unit's price by; above 0.5, at most 1.
        old: Units built before, 0 or more.
        new: Units built in all, ``old`` or more.
        offset: Where in a unit the sum's integral begins: 0.5; or 0, as in AEI's calculator.
        beside: Units charged at the price of the first, beside a run that begins; AEI's form,
            ``T1 (N^(1+b) + 1) / (1 + b)``, charges one.

    Returns:
        The price of the units together.

    Raises:
        DomainError: The slope is not above 0.5 and at most 1.

    Source:
        S. A. Book and E. L. Burgess, *The learning rate's overpowering impact on cost
        estimates*, Journal of Parametrics 16 (1996); T. Harrison, AEI 2025-20 (2025).
    """
    slopes, built, wanted = (np.asarray(a, dtype=np.float64) for a in (slope, old, new))
    exponent = 1.0 + _exponent(slopes)

    def summed(units: Array) -> Array:
        if offset != 0.5:
            return np.asarray(((units + offset) ** exponent - offset**exponent) / exponent)
        x = np.maximum(units, 1.0) + 0.5
        there, start = x**exponent, 1.5**exponent
        ends = (exponent - 1.0) / 24.0 * (there / (x * x) - start / 2.25)
        return np.asarray(np.minimum(units, 1.0) + (there - start) / exponent - ends)

    run = summed(wanted) - (summed(built) if built.any() else 0.0)
    if beside:
        run = run + beside * ((built == 0.0) & (wanted > 0.0)) * summed(np.asarray(1.0))
    return np.asarray(np.asarray(first_unit_cost_usd) * run)


def cumulative_average_cost(
    first_unit_cost_usd: ArrayLike, slope: ArrayLike, old: ArrayLike, new: ArrayLike
) -> Array:
    """Price units ``old + 1`` to ``new`` of a run by cumulative-average theory (Wright).

    Each doubling multiplies the average price of all units so far by the slope: exact.

    Args:
        first_unit_cost_usd: Price of the first unit.
        slope: What a doubling multiplies the average by; above 0.5, at most 1.
        old: Units built before, 0 or more.
        new: Units built in all, ``old`` or more.

    Returns:
        The price of the units together.

    Raises:
        DomainError: The slope is not above 0.5 and at most 1.

    Source:
        T. P. Wright, *Factors affecting the cost of airplanes*, Journal of the Aeronautical
        Sciences 3 (1936).
    """
    slopes, built, wanted = (np.asarray(a, dtype=np.float64) for a in (slope, old, new))
    exponent = 1.0 + _exponent(slopes)
    return np.asarray(np.asarray(first_unit_cost_usd) * (wanted**exponent - built**exponent))


def rate_effect(
    rate_per_year: ArrayLike, usual_per_year: ArrayLike, slope: ArrayLike, *, most: float = 2.0
) -> Array:
    """Say what a unit's price is multiplied by where so many are built a year.

    A doubling of the rate multiplies the price by the slope: the line's fixed cost is shared by
    more units. Left out: what it costs to widen the line, so that nothing is gained beyond
    ``most`` times the usual rate.

    Args:
        rate_per_year: Units built a year, above 0.
        usual_per_year: Units built a year at which the price was seen; 0 where it is not known,
            and then there is no effect.
        slope: What a doubling of the rate multiplies the price by; above 0.5, at most 1.
        most: Ratio of the two rates beyond which nothing more is gained.

    Raises:
        DomainError: The slope is not above 0.5 and at most 1, or a rate is negative.

    Source:
        O. D. Moses, *Extensions to the learning curve*, Naval Postgraduate School (1990):
        the form, cost = a (cumulative quantity)^b (rate)^c.
    """
    rate, usual = (np.asarray(a, dtype=np.float64) for a in (rate_per_year, usual_per_year))
    if not (np.all(rate >= 0.0) and np.all(usual >= 0.0)):
        raise DomainError(f"units a year are 0 or more; got {rate.min():g} and {usual.min():g}")
    known = (usual > 0.0) & (rate > 0.0)
    ratio = np.where(known, rate, 1.0) / np.where(known, usual, 1.0)
    return np.asarray(np.minimum(ratio, most) ** _exponent(np.asarray(slope, dtype=np.float64)))


def lot_costs(
    first_unit_cost_usd: ArrayLike,
    slope: ArrayLike,
    lots: Sequence[int],
    *,
    old: int = 0,
    rate_slope: ArrayLike = 1.0,
    usual_per_year: ArrayLike = 0.0,
    most: float = 2.0,
) -> Array:
    """Price yearly lots of one run, each further down the learning curve and at its own rate.

    Args:
        first_unit_cost_usd: Price of the first unit.
        slope: What a doubling multiplies a unit's price by; above 0.5, at most 1.
        lots: Units of each year's lot, in order.
        old: Units built before.
        rate_slope: What a doubling of the rate multiplies the price by.
        usual_per_year: Units a year at which the first unit's price was seen; 0: no rate effect.
        most: Ratio of rates beyond which nothing more is gained.

    Returns:
        One row a lot.
    """
    ends = old + np.concatenate(([0], np.cumsum(lots)))
    return np.array(
        [
            production_cost(first_unit_cost_usd, slope, begin, end)
            * rate_effect(end - begin, usual_per_year, rate_slope, most=most)
            for begin, end in pairwise(ends)
        ]
    )


def _exponent(slope: Array) -> Array:
    if not np.all((slope > 0.5) & (slope <= 1.0)):
        raise DomainError(
            f"a slope of {slope.min():.4g} to {slope.max():.4g} is no learning: what a doubling "
            "multiplies a price by is above 0.5 and at most 1"
        )
    return np.asarray(np.log2(slope))
