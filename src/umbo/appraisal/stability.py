"""What a shield does to deterrence: warheads delivered, incentive to go first, restoring reply.

Plain arithmetic on counts and fractions, so that rationals go in and come out as rationals.
"""

from bisect import bisect_left
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Final

from umbo.elements.forces import Leg
from umbo.errors import DomainError

_STEPS: Final = 60
"""Halvings that find a number of units: to one part in 1e18 of the bracket."""


@dataclass(frozen=True, slots=True)
class Curve:
    """Warheads that pass a shield, by how many come to it: through 0 and straight between.

    Beyond the largest raid that was fought it goes on as between the last two.
    """

    coming: tuple[float, ...]
    """Warheads that would arrive undefended, rising, above 0."""
    passing: tuple[float, ...]

    def __post_init__(self) -> None:
        pairs = zip((0, *self.coming), self.coming, strict=False)
        if not self.coming or any(a >= b for a, b in pairs):
            raise DomainError(f"a curve needs rising counts above 0; got {self.coming}")
        if len(self.passing) != len(self.coming) or min(self.passing) < 0:
            raise DomainError("a curve needs a count of warheads that pass, 0 or more, for each")

    def __call__(self, coming: float) -> float:
        """Count the warheads that pass of so many."""
        x, y, slope = self._line(coming)
        return y + slope * (coming - x)

    def slope(self, coming: float) -> float:
        """Give the share of one more warhead that passes."""
        return self._line(coming)[2]

    def _line(self, coming: float) -> tuple[float, float, float]:
        """Give the point before a count, and the slope from there on."""
        x, y = self.coming, self.passing
        i = min(bisect_left(x, coming), len(x) - 1)
        before, passed = (x[i - 1], y[i - 1]) if i else (0, 0)
        return before, passed, (y[i] - passed) / (x[i] - before)


OPEN: Final = Curve((1,), (1,))
"""No shield."""


def capped(stops: float) -> Curve:
    """Give a shield that stops so many warheads and no more: an upper limit of a small one.

    Example:
        >>> capped(20)(10), capped(20)(50)
        (0.0, 30.0)
    """
    if stops <= 0:
        return OPEN
    return Curve((stops, 2 * stops), (0.0, float(stops)))


@dataclass(frozen=True, slots=True)
class Shield:
    """What passes of missiles, and of what comes by air."""

    ballistic: Curve = OPEN
    """Of missiles in the mix in which they were fought."""
    air: Curve = OPEN
    by_sea: Mapping[str, tuple[tuple[float, Curve], ...]] = field(default_factory=dict)
    """Of missiles of a country ("" for all others), by the share of their warheads that comes
    from the sea, rising from 0 to 1."""

    def of(self, legs: Sequence[Leg], *, struck: bool) -> "Shield":
        """Give what meets a force: the curve of its own mix of missiles, straight between mixes.

        Of a shield that knows no mixes, itself.
        """
        weights = self._weights(legs, struck=struck)
        if not weights:
            return self
        coming = weights[0][1].coming
        passing = tuple(sum(share * curve(at) for share, curve in weights) for at in coming)
        return Shield(Curve(coming, passing), self.air)

    def passing(self, legs: Sequence[Leg], *, struck: bool) -> float:
        """Count what passes of a force."""
        missiles, air = coming(legs, struck=struck)
        weights = self._weights(legs, struck=struck) or [(1, self.ballistic)]
        return sum(share * curve(missiles) for share, curve in weights) + self.air(air)

    def _weights(self, legs: Sequence[Leg], *, struck: bool) -> list[tuple[float, Curve]]:
        """Give the curves that a force meets, each with its share; none where no mix counts."""
        mixes = self.by_sea.get(legs[0].country if legs else "") or self.by_sea.get("")
        missiles = [leg for leg in legs if not leg.is_air]
        whole = sum(leg.arriving(struck=struck) for leg in missiles)
        if not mixes or not whole:
            return []
        at_sea = sum(leg.arriving(struck=struck) for leg in missiles if leg.name == "slbm")
        share = at_sea / whole
        for (below, one), (above, other) in pairwise(mixes):
            if share <= above:
                up = (share - below) / (above - below)
                return [(1 - up, one), (up, other)]
        return [(1, mixes[-1][1])]


def coming(legs: Iterable[Leg], *, struck: bool) -> tuple[float, float]:
    """Count the warheads that come to a shield: by missile, and by air."""
    ballistic: float = 0
    air: float = 0
    for leg in legs:
        if leg.is_air:
            air += leg.arriving(struck=struck)
        else:
            ballistic += leg.arriving(struck=struck)
    return ballistic, air


def delivered(legs: Sequence[Leg], shield: Shield, *, struck: bool) -> float:
    """Count the warheads that a force delivers through a shield.

        delivered = L(sum W a s r) + A(sum W a s r p)

    with L and A the shield's curves for missiles and for what comes by air, W warheads, a the
    share available, s surviving (1 in a first strike), r reliable, p passing other defenses.

    Where the shield knows mixes of missiles, L is that of the force's own mix.

    Left out: which warheads survive together, so a mean of many outcomes; whether a reply is
    ordered.
    """
    return shield.passing(legs, struck=struck)


def weight(count: float, threshold: float) -> float:
    """Weigh a count against a threshold: 0 for none, a half at the threshold, to 1.

    Umbo's own, ``D / (D + T)``: the first warheads count most.

    Raises:
        DomainError: The count is negative or the threshold not above 0.
    """
    if not (count >= 0 and threshold > 0):
        raise DomainError(f"a count is 0 or more, a threshold above 0; got {count}, {threshold}")
    return count / (count + threshold)


def incentive(if_first: float, if_second: float, threshold: float) -> float:
    """Give Umbo's index of a side's incentive to strike first, from 0 to 1.

        I = w(S) - w(F),   w(D) = D / (D + T)

    F is what the side receives when it strikes first, S when it is struck first, T the
    threshold. 0: nothing is saved by going first; 1: going first saves everything. Behind a
    perfect shield it is 0, since nothing arrives either way; that a strike is then
    unanswered is told by what is delivered. Ours. The literature on first-strike stability
    compares the costs of going first and second as well, and was not read for it.
    """
    return max(weight(if_second, threshold) - weight(if_first, threshold), 0 * threshold)


def stability(incentive_a: float, incentive_b: float) -> float:
    """Give the joint index of two sides, ``(1 - I_A) (1 - I_B)``: 1 where neither gains."""
    return (1 - incentive_a) * (1 - incentive_b)


def units_to_restore(
    passing: Callable[[float], float], wanted: float, most: float = 1e6
) -> float | None:
    """Find the fewest units of a reply with which as many warheads pass as are wanted.

    Args:
        passing: Warheads that pass with so many units; must not fall.
        wanted: Warheads.
        most: Units beyond which no answer is sought.

    Returns:
        Units, a fraction too; 0 where none are needed, None where ``most`` do not suffice.
    """
    if passing(0.0) >= wanted:
        return 0.0
    if passing(most) < wanted:
        return None
    low, high = 0.0, most
    for _ in range(_STEPS):
        middle = (low + high) / 2.0
        low, high = (low, middle) if passing(middle) >= wanted else (middle, high)
    return high


def exchange_ratio(
    shield_usd: float, stopped: float, reply_usd: float, restored: float
) -> float | None:
    """Give the marginal cost-exchange ratio: a shield's cost per warhead over a reply's.

    Above 1 the reply is cheaper at the margin. Nitze's criterion asks of a defense that it
    be below 1. None where the step of the shield stops nothing, or the reply restores
    nothing.
    """
    if stopped <= 0 or restored <= 0 or reply_usd <= 0:
        return None
    return (shield_usd / stopped) / (reply_usd / restored)


def crossing(sizes: Sequence[float], values: Sequence[float | None], at: float) -> float | None:
    """Find the first size at which a value passes ``at``, straight between sizes; None if never.

    Example:
        >>> crossing([0.0, 1.0, 2.0], [300.0, 200.0, 100.0], 150.0)
        1.5
    """
    known = [(s, v) for s, v in zip(sizes, values, strict=True) if v is not None]
    for (s0, v0), (s1, v1) in pairwise(known):
        if (v0 - at) * (v1 - at) <= 0 and v0 != v1:
            return s0 + (s1 - s0) * (at - v0) / (v1 - v0)
    return None
