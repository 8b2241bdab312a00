"""What each member of a group adds: Shapley's value, exact or from drawn orders."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from umbo.draws import decision_id, uniform
from umbo.errors import DomainError

Array = NDArray[np.float64]
Worth = Callable[[frozenset[int]], Array]
"""Gives what a coalition of players is worth, in one or more measures (K,)."""

MOST_EXACT: Final = 20
"""Players of an exact value at most: a million coalitions."""
NORMAL_95: Final = 1.6448536269514722
"""Quantile of the normal distribution that leaves 5 % above."""


@dataclass(frozen=True, eq=False)
class Shares:
    """What each of N players adds, in K measures."""

    value: Array
    """(N, K) Shapley values; they sum to what all are worth above none."""
    low: Array
    """(N, K) 90 % interval of the drawn orders; the value itself where it is exact."""
    high: Array
    orders: int
    """Orders drawn; 0 where the value is exact."""


def shapley(players: int, worth: Worth) -> Shares:
    """Give each player the mean of what it adds, over all orders in which all could join.

    Args:
        players: Number of players, 1 to 20; the coalitions are twice as many for each.
        worth: What each coalition is worth; asked once of each.

    Returns:
        The exact values.

    Raises:
        DomainError: There are no players, or more than 20.

    Source:
        Shapley, "A value for n-person games", *Contributions to the Theory of Games II*,
        Princeton (1953), eq. 13.

    Example:
        >>> shapley(2, lambda s: np.array([{0: 0.0, 1: 1.0, 2: 4.0}[len(s)]])).value.tolist()
        [[2.0], [2.0]]
    """
    if not 1 <= players <= MOST_EXACT:
        raise DomainError(
            f"an exact value needs 1 to {MOST_EXACT} players; got {players}: draw orders instead"
        )
    of = [worth(_members(mask, players)) for mask in range(1 << players)]
    value = np.zeros((players, len(of[0])))
    for mask, base in enumerate(of):
        size = mask.bit_count()
        if size == players:
            continue
        weight = 1.0 / (players * math.comb(players - 1, size))
        for i in range(players):
            if not mask >> i & 1:
                value[i] += weight * (of[mask | 1 << i] - base)
    return Shares(value, value, value, 0)


def _members(mask: int, players: int) -> frozenset[int]:
    return frozenset(i for i in range(players) if mask >> i & 1)


def shapley_by_orders(players: int, worth: Worth, *, orders: int, seed: int) -> Shares:
    """Estimate Shapley's value from drawn orders, each with its reverse.

    The sum of the values is exact for any number of orders. Left out: that the interval is of
    few pairs and taken as normal, which makes it some 10 % too narrow with eight pairs.

    Args:
        players: Number of players, at least 1.
        worth: What each coalition is worth; asked once of each that is met.
        orders: Orders drawn, an even number of 4 or more.
        seed: The study's seed.

    Returns:
        Values with the 90 % interval of their mean over pairs of orders.

    Raises:
        DomainError: No players, or too few or an odd number of orders.

    Source:
        Castro, Gomez & Tejada, *Computers & Operations Research* 36 (2009), 1726-1730; Mitchell,
        Cooper, Frank & Holmes, *JMLR* 23 (2022), 43 (an order and its reverse).
    """
    if players < 1 or orders < 4 or orders % 2:
        raise DomainError(
            f"one player and four orders, an even number, are the least; got {players} and {orders}"
        )
    known: dict[frozenset[int], Array] = {}

    def of(members: frozenset[int]) -> Array:
        if members not in known:
            known[members] = worth(members)
        return known[members]

    pairs: list[Any] = []
    decision = decision_id("margins/order")
    for pair in range(orders // 2):
        luck = [uniform(seed, pair, i, decision) for i in range(players)]
        order = sorted(range(players), key=luck.__getitem__)
        pairs.append((_joining(order, of) + _joining(order[::-1], of)) / 2.0)
    each = np.array(pairs)
    value = each.mean(axis=0)
    half = NORMAL_95 * each.std(axis=0, ddof=1) / math.sqrt(len(each))
    return Shares(value, value - half, value + half, orders)


def _joining(order: list[int], of: Worth) -> Array:
    """Give what each player adds as all join in one order, (N, K)."""
    members: frozenset[int] = frozenset()
    before = of(members)
    added = np.empty((len(order), len(before)))
    for i in order:
        members = members | {i}
        after = of(members)
        added[i] = after - before
        before = after
    return added
