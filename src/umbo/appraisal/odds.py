"""How much likelier a warhead passes in another case: ratios of odds, carried from curve to curve.

A shield fought against two attacks of some sizes tells how the odds of passing differ; the ratio
holds where the whole curve was fought once, and keeps every share between 0 and 1.
"""

import math
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from umbo.appraisal.stability import Curve
from umbo.errors import DomainError

_LEAST: Final = 1e-6
"""Shares nearer to 0 or 1 than this are told apart by nobody."""


@dataclass(frozen=True, slots=True)
class Odds:
    """Ratios of the odds of passing, by how many warheads come."""

    coming: tuple[float, ...]
    """Warheads that would arrive undefended, rising, above 0."""
    logs: tuple[float, ...]
    """Natural logarithm of the ratio at each."""

    def __post_init__(self) -> None:
        if not self.coming or len(self.coming) != len(self.logs) or self.coming[0] <= 0.0:
            raise DomainError(f"odds need rising counts above 0, and a ratio for each; got {self}")

    def log_at(self, coming: float) -> float:
        """Give the ratio's logarithm, straight in that of the count; as at the ends beyond."""
        x = self.coming
        if coming <= x[0] or len(x) == 1:
            return self.logs[0]
        if coming >= x[-1]:
            return self.logs[-1]
        i = bisect_left(x, coming)
        share = math.log(coming / x[i - 1]) / math.log(x[i] / x[i - 1])
        return self.logs[i - 1] + share * (self.logs[i] - self.logs[i - 1])

    def times(self, power: float) -> "Odds":
        """Give the ratios to a power: what a loss as many times as large is taken to do."""
        return Odds(self.coming, tuple(power * log for log in self.logs))


def odds_of(other: Curve, whole: Curve) -> Odds:
    """Compare two curves at the points of the first.

    Example:
        >>> half, most = Curve((10.0,), (5.0,)), Curve((10.0,), (8.0,))
        >>> round(math.exp(odds_of(most, half).log_at(10.0)), 6)
        4.0
    """
    logs = tuple(
        _log_odds(passing / coming) - _log_odds(whole(coming) / coming)
        for coming, passing in zip(other.coming, other.passing, strict=True)
    )
    return Odds(other.coming, logs)


def together(several: Sequence[Odds]) -> Odds:
    """Multiply ratios that were found at the same counts."""
    first = several[0]
    if any(one.coming != first.coming for one in several):
        raise DomainError("odds that are put together need the same counts")
    logs = zip(*(one.logs for one in several), strict=True)
    return Odds(first.coming, tuple(math.fsum(at) for at in logs))


def tilted(whole: Curve, odds: Odds, *, size: float = 1.0) -> Curve:
    """Give the curve whose odds of passing are the ratio times those of another.

    Each warhead more adds at least none and at most one that passes.

    Args:
        whole: The curve that was fought.
        odds: The ratios.
        size: How many times as large as the shield of the ratios that of the curve is: it
            stands to a raid as the other stands to one so many times smaller.
    """
    passing: list[float] = []
    before = at = 0.0
    for coming, passes in zip(whole.coming, whole.passing, strict=True):
        share = passes / coming
        if 0.0 < share < 1.0:
            share = 1.0 / (1.0 + math.exp(-_log_odds(share) - odds.log_at(coming / size)))
        before = min(max(share * coming, before), before + coming - at)
        passing.append(before)
        at = coming
    return Curve(whole.coming, tuple(passing))


def extended(part: Curve, whole: Curve) -> Curve:
    """Carry a curve on to the points of another beyond its last, at the odds at its last."""
    last = part.coming[-1]
    beyond = [(x, y) for x, y in zip(whole.coming, whole.passing, strict=True) if x > last * 1.001]
    if not beyond:
        return part
    odds = odds_of(Curve(part.coming[-1:], part.passing[-1:]), whole)
    tail = tilted(Curve(*(tuple(of) for of in zip(*beyond, strict=True))), odds)
    passing = list(part.passing)
    at = last
    for x, y in zip(tail.coming, tail.passing, strict=True):
        passing.append(min(max(y, passing[-1]), passing[-1] + x - at))
        at = x
    return Curve(part.coming + tail.coming, tuple(passing))


def refined(curve: Curve, between: int = 3) -> Curve:
    """Put points between those that were fought, where the odds run straight in the logarithms.

    A shield that empties lets through ever more of what is added, so that a straight line between
    few points lies too high.

    Args:
        curve: The curve.
        between: Points that are put between two.

    Example:
        >>> round(refined(Curve((1.0, 100.0), (0.1, 50.0)), 1)(10.0), 9)
        2.5
    """
    coming, passing = [curve.coming[0]], [curve.passing[0]]
    for x, y in zip(curve.coming[1:], curve.passing[1:], strict=True):
        x0, y0 = coming[-1], passing[-1]
        if 0.0 < y0 < x0 and 0.0 < y < x:
            low, high = _log_odds(y0 / x0), _log_odds(y / x)
            for k in range(1, between + 1):
                share = k / (between + 1)
                at = x0 * (x / x0) ** share
                passes = at / (1.0 + math.exp(-low - share * (high - low)))
                coming.append(at)
                passing.append(min(max(passes, passing[-1]), y))
        coming.append(x)
        passing.append(y)
    return Curve(tuple(coming), tuple(passing))


def grown(curve: Curve, size: float) -> Curve:
    """Give what passes a shield so many times as large: as much more, of as many more."""
    return Curve(
        tuple(size * coming for coming in curve.coming),
        tuple(size * passing for passing in curve.passing),
    )


def _log_odds(share: float) -> float:
    share = min(max(share, _LEAST), 1.0 - _LEAST)
    return math.log(share / (1.0 - share))
