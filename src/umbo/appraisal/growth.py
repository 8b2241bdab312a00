"""By how much the costs of past programs outgrew their estimates, for a program to come."""

import math
from collections.abc import Mapping
from dataclasses import replace
from statistics import NormalDist
from typing import Final, Literal

from umbo.elements.catalog import Item
from umbo.elements.sourced import Value
from umbo.errors import DomainError

GrowingPhase = Literal["development", "procurement"]

_KIND: Final[Mapping[str, str]] = {
    "interceptor": "missile",
    "space_interceptor": "space_traditional",
    "space_sensor": "space_fixed_price_sda",
    "space_transport": "space_fixed_price_sda",
    "radar": "radar",
    "command": "c2",
}
"""Which kind of past program an item of a category is like; any other is like all of them."""


def lognormal_range(mean: float, deviation: float) -> tuple[float, float, float]:
    """Give the 5th, 50th and 95th percentiles of a lognormal with this mean and deviation.

    Example:
        >>> [round(x, 3) for x in lognormal_range(1.58, 0.79)]
        [0.65, 1.413, 3.074]
    """
    if not (mean > 0.0 and deviation > 0.0):
        raise DomainError(f"mean and deviation must be positive; got {mean} and {deviation}")
    variance = math.log1p((deviation / mean) ** 2)
    middle = mean / math.exp(variance / 2.0)
    reach = math.exp(NormalDist().inv_cdf(0.95) * math.sqrt(variance))
    return middle / reach, middle, middle * reach


def past_growth(
    use: str, category: str, phase: GrowingPhase, items: Mapping[str, Item]
) -> tuple[Value, tuple[Value, ...]]:
    """Give the growth that a program of this kind may see, as a distribution of its own.

    The spread is that of completed programs from Milestone B on, by phase; the middle is moved
    by what programs of the kind saw on average, over what all of them saw. Each program draws
    its own. Left out: change of quantity, which the records take out; that programs which
    were cancelled are in no record of completed ones, so that the tail is too thin.

    Args:
        use: The item.
        category: Its category in the catalogue.
        phase: Development or procurement.
        items: The catalogue, or a view of it.

    Returns:
        The distribution of actual over estimated cost, and the catalogue's values behind it.

    Source:
        M. V. Arena et al., *Historical Cost Growth of Completed Weapon System Programs*, RAND
        TR-343 (2006).
    """
    past = items["cost_growth"].values
    spread, everyone = past[phase], items["cost_growth_history"].values["rand_total"]
    kind = past.get(_KIND.get(category, ""), everyone)
    moved = kind.mode / everyone.mode
    value = replace(
        spread,
        item=use,
        parameter=f"growth_of_{phase}",
        low=moved * spread.low,
        mode=moved * spread.mode,
        high=moved * spread.high,
    )
    return value, (spread, everyone, kind)
