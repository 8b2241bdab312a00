"""Architectures side by side on many measures: dominance, regret, and what flips an order."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from umbo.draws import decision_id, uniforms
from umbo.errors import DomainError

Array = NDArray[np.float64]

LEAST_CORRELATION: Final = 0.5
"""A weaker rank correlation may be the chance of 64 draws among hundreds of inputs."""


def dominance(worse: ArrayLike, level: ArrayLike) -> tuple[NDArray[np.bool_], NDArray[np.int8]]:
    """Say which architecture is no worse than another on any measure, and better on one.

    Args:
        worse: (A, M) each measure of each architecture, less being better; nan where unknown.
        level: (M,) differences up to this count as none.

    Returns:
        (A, A) whether the first dominates the second, and (A, A, M) 1 where it is better on a
        measure, -1 where it is worse, 0 where they are level or one is unknown.

    Raises:
        DomainError: Shapes do not fit.

    Example:
        >>> dominance([[1.0, 2.0], [1.0, 3.0]], [0.0, 0.0])[0].tolist()
        [[False, True], [False, False]]
    """
    values, within = np.asarray(worse, np.float64), np.asarray(level, np.float64)
    if values.ndim != 2 or within.shape != values.shape[1:]:
        raise DomainError(
            f"measures must be architectures by measures, with a level each; got {values.shape} "
            f"and {within.shape}"
        )
    gap = values[None, :, :] - values[:, None, :]
    sign = np.where(np.abs(gap) <= within, 0.0, np.sign(gap))
    each = np.nan_to_num(sign).astype(np.int8)
    return np.asarray((each >= 0).all(axis=-1) & (each > 0).any(axis=-1)), each


def regret(worse: ArrayLike) -> Array:
    """Give what each architecture is worse than the best of each case.

    Args:
        worse: (A, S) outcome of each architecture in each case, less being better.

    Returns:
        (A, S), 0 for the best of a case.

    Source:
        Savage, "The theory of statistical decision", *Journal of the American Statistical
        Association* 46 (1951), 55-67.
    """
    values = np.asarray(worse, np.float64)
    return np.asarray(values - values.min(axis=0))


def scaled(worse: ArrayLike) -> Array:
    """Scale each measure from 0 for its best architecture to 1 for its worst; 0 where all alike.

    Args:
        worse: (A, M) measures, less being better.

    Returns:
        (A, M); what is between hangs on which architectures are compared.
    """
    values = np.asarray(worse, np.float64)
    best, span = values.min(axis=0), np.ptp(values, axis=0)
    return np.asarray((values - best) / np.where(span > 0.0, span, 1.0))


def drawn_weights(measures: int, draws: int, seed: int) -> Array:
    """Draw weights that sum to one, every set of them as likely as any other.

    Args:
        measures: Number of measures, at least 1.
        draws: Number of draws.
        seed: The study's seed.

    Returns:
        (D, M)

    Source:
        Rubinstein, "Generating random vectors uniformly distributed inside and on the surface of
        different regions", *European Journal of Operational Research* 10 (1982), 205-209.
    """
    decision = decision_id("comparison/weight")
    luck = np.stack([uniforms(seed, draws, m, decision) for m in range(measures)], axis=1)
    exponential = -np.log1p(-luck)
    return np.asarray(exponential / exponential.sum(axis=1, keepdims=True))


@dataclass(frozen=True, eq=False)
class OverWeights:
    """How A architectures fare over all weights."""

    share_first: Array
    """(A,) share of the weights at which each comes first; those level share it."""
    share_last: Array
    """(A,)"""
    mean_regret: Array
    """(A,) mean of the score above the best one."""
    worst_regret: Array
    """(A,)"""


def over_weights(badness: ArrayLike, weights: ArrayLike) -> OverWeights:
    """Say how often each architecture comes first over drawn weights, and what it then lacks.

    Args:
        badness: (A, M) measures scaled 0 to 1, less being better.
        weights: (D, M) weights that sum to one.

    Returns:
        Shares and regrets.

    Source:
        Lahdelma, Hokkanen & Salminen, "SMAA: stochastic multiobjective acceptability analysis",
        *European Journal of Operational Research* 106 (1998), 137-143.
    """
    scores = np.asarray(weights, np.float64) @ np.asarray(badness, np.float64).T
    lacks = scores - scores.min(axis=1, keepdims=True)
    first = lacks <= 1e-12
    last = scores >= scores.max(axis=1, keepdims=True) - 1e-12
    return OverWeights(
        share_first=(first / first.sum(axis=1, keepdims=True)).mean(axis=0),
        share_last=(last / last.sum(axis=1, keepdims=True)).mean(axis=0),
        mean_regret=lacks.mean(axis=0),
        worst_regret=lacks.max(axis=0),
    )


def flipping_weight(
    first: ArrayLike, second: ArrayLike, weights: ArrayLike, m: int
) -> float | None:
    """Find the weight of one measure at which two architectures come level.

    Exact: the others keep their proportions, so that the score is linear in one weight.

    Args:
        first: (M,) scaled measures of one architecture.
        second: (M,) of the other.
        weights: (M,) weights that sum to one.
        m: The measure whose weight is moved.

    Returns:
        Its weight from 0 to 1, None where no weight does it.

    Example:
        >>> flipping_weight([0.0, 1.0], [1.0, 0.0], [0.8, 0.2], 0)
        0.5
    """
    gap = np.asarray(second, np.float64) - np.asarray(first, np.float64)
    share = np.asarray(weights, np.float64)
    others = np.arange(len(share)) != m
    rest = share[others].sum()
    if rest <= 0.0:
        return None
    of_rest = float(gap[others] @ share[others] / rest)
    if gap[m] * of_rest >= 0.0:  # both for the same one, or one of them says nothing
        return None
    return float(of_rest / (of_rest - gap[m]))


@dataclass(frozen=True)
class Flip:
    """The input that goes with the order of two architectures, and where the order changes."""

    position: int
    """Of the input."""
    quantile: float
    """Of its range, at which the two are level on average over all else."""
    correlation: float
    """Rank correlation of the input and the difference."""


def flipping_inputs(
    difference: ArrayLike, quantiles: ArrayLike, ranked: ArrayLike | None = None
) -> list[Flip]:
    """Find the inputs that change the order of two architectures within their ranges.

    For each input a straight line is fitted to the difference over its quantiles; the order flips
    where it crosses zero. Left out: what two inputs do only together, and bends of the line.

    Args:
        difference: (D,) what the one is worse than the other, by draw.
        quantiles: (I, D) of each input, by draw; a row may hold nan where it was not read.
        ranked: (I, D) what ``ranks_of`` gives of the quantiles, where it is known already.

    Returns:
        Flips, the strongest first; only of inputs whose rank correlation with the difference is
        beyond the chance of the draws.
    """
    gap, inputs = np.asarray(difference, np.float64), np.asarray(quantiles, np.float64)
    if inputs.size == 0 or np.ptp(gap) == 0.0:
        return []
    known = np.isfinite(inputs).all(axis=1) & (np.ptp(inputs, axis=1) > 0.0)
    centred = inputs - inputs.mean(axis=1, keepdims=True)
    variance = np.maximum((centred**2).sum(axis=1), 1e-300)
    slope = centred @ (gap - gap.mean()) / variance
    rank = ranks_of(inputs) if ranked is None else np.asarray(ranked, np.float64)
    of_gap = ranks_of(gap[None, :])[0]
    scale = np.sqrt((rank**2).sum(axis=1) * (of_gap**2).sum())
    correlation = rank @ of_gap / np.maximum(scale, 1e-300)
    with np.errstate(divide="ignore", invalid="ignore"):
        at = inputs.mean(axis=1) - gap.mean() / slope
    flips = known & (np.abs(correlation) >= LEAST_CORRELATION) & (at > 0.0) & (at < 1.0)
    order = sorted(np.flatnonzero(flips).tolist(), key=lambda i: -abs(correlation[i]))
    return [Flip(i, float(at[i]), float(correlation[i])) for i in order]


def ranks_of(rows: ArrayLike) -> Array:
    """Rank each row about its mean rank; those alike share the mean of their ranks.

    Args:
        rows: (I, D) numbers.

    Returns:
        (I, D), each row summing to 0.

    Example:
        >>> ranks_of([[0.3, 0.1, 0.3]]).tolist()
        [[0.5, -1.0, 0.5]]
    """
    values = np.asarray(rows, np.float64)
    order = np.argsort(values, axis=1, kind="stable")
    rank = np.empty_like(values)
    places = np.arange(values.shape[1], dtype=np.float64)
    np.put_along_axis(rank, order, places[None, :], axis=1)
    ordered = np.take_along_axis(values, order, axis=1)
    for i in np.flatnonzero((np.diff(ordered, axis=1) == 0.0).any(axis=1)):
        _, place, count = np.unique(values[i], return_inverse=True, return_counts=True)
        rank[i] = (np.bincount(place, weights=rank[i]) / count)[place]
    return np.asarray(rank - places.mean())
