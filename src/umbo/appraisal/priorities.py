"""Which locations come first: a weighted score, ranks, and what a change of weights moves."""

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from umbo.errors import DomainError

Array = NDArray[np.float64]


def score(worth: ArrayLike, swing: ArrayLike) -> Array:
    """Score locations by the weighted sum of what they are worth on each attribute.

    Additive: what one attribute is worth does not hang on the others (mutual preferential
    independence), which experts may dispute where a base lies in a city.

    Args:
        worth: (..., A) worth of each location on each attribute, 0 to 1.
        swing: (A,) swing weights: how much better the best of an attribute is than its worst,
            on any common scale, 0 or more, not all 0.

    Returns:
        (...) scores from 0 to 1.

    Raises:
        DomainError: A worth is outside 0 to 1, a weight below 0, or all weights are 0.

    Source:
        Keeney & Raiffa, *Decisions with Multiple Objectives*, Wiley (1976), ch. 3; von Winterfeldt
        & Edwards, *Decision Analysis and Behavioral Research*, Cambridge (1986), ch. 8 (swing
        weights).

    Example:
        >>> score([[1.0, 0.0], [0.5, 1.0]], [60, 40]).round(2).tolist()
        [0.6, 0.7]
    """
    values, weights = np.asarray(worth, np.float64), np.asarray(swing, np.float64)
    if not np.all((values >= 0.0) & (values <= 1.0)):
        raise DomainError("worth must be 0 to 1 on every attribute; scale it by its best")
    if not np.all(weights >= 0.0) or not weights.sum() > 0.0:
        raise DomainError(f"swing weights must be 0 or more and not all 0; got {weights.tolist()}")
    return np.asarray(values @ (weights / weights.sum()))


def ranks(scores: ArrayLike) -> NDArray[np.int64]:
    """Rank scores from 1, the highest first; those alike share the best of their ranks.

    Example:
        >>> ranks([0.2, 0.9, 0.2, 0.5]).tolist()
        [3, 1, 3, 2]
    """
    of = np.asarray(scores, np.float64)
    ordered = np.sort(-of)
    return np.asarray(np.searchsorted(ordered, -of, side="left") + 1)


def share_of_pairs_kept(first: ArrayLike, second: ArrayLike) -> float:
    """Give the share of pairs that two rankings put in the same order; ties of either count half.

    Kendall's tau is twice this less one, where nothing is tied.

    Args:
        first: (L,) scores.
        second: (L,) other scores of the same.

    Returns:
        The share, 1 for the same order and 0 for the reverse.

    Raises:
        DomainError: There are fewer than two.
    """
    a, b = np.asarray(first, np.float64), np.asarray(second, np.float64)
    if a.shape != b.shape or a.size < 2:
        raise DomainError("two rankings of the same two or more locations are needed")
    pairs = np.triu_indices(a.size, 1)
    signs: Any = np.sign(a[:, None] - a)[pairs] * np.sign(b[:, None] - b)[pairs]
    return float(np.mean((signs + 1.0) / 2.0))


def tipping_weight(worth: ArrayLike, swing: ArrayLike, attribute: int) -> tuple[float, int] | None:
    """Find the nearest weight of one attribute at which another location comes first.

    Exact: scores are linear in one weight, the others held.

    Args:
        worth: (L, A) worth of each location on each attribute.
        swing: (A,) swing weights.
        attribute: Position of the attribute whose weight is moved.

    Returns:
        The weight, nearest to the present one as a ratio, and who then comes level with the
        first; None if no weight does it.
    """
    values, weights = np.asarray(worth, np.float64), np.asarray(swing, np.float64)
    totals = values @ weights
    first = int(np.argmax(totals))
    gap = totals[first] - totals
    slope = values[first, attribute] - values[:, attribute]
    with np.errstate(divide="ignore", invalid="ignore"):
        at = weights[attribute] - gap / slope
    is_met = (slope != 0.0) & (gap > 0.0) & (at >= 0.0)
    if not is_met.any():
        return None
    now = weights[attribute]
    ratio = (np.where(is_met, at, now) + 1e-9) / (now + 1e-9)
    away = np.where(is_met, np.abs(np.log(ratio)), np.inf)
    who = int(np.argmin(away))
    return float(at[who]), who
