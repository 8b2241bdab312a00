"""Architectures side by side on many measures: dominance, regret, and what flips an order."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from umbo.draws import decision_id, uniforms
from umbo.errors import DomainError

Array = NDArray[np.float64]

FEWEST_VALUES: Final = 6
"""An input drawn at fewer values tells nothing."""
FEWEST_BEYOND: Final = 3
"""Values at least on either side of a flip."""


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


@dataclass(frozen=True, eq=False)
class Alike:
    """Inputs that change together: N values each, over the same draws."""

    position: NDArray[np.int64]
    """(I,) of the inputs."""
    group: NDArray[np.int64]
    """(D,) which of the N values each draw has."""
    quantile: Array
    """(I, N)"""
    ranked: Array
    """(I, N) ranks about their mean."""


def drawn_alike(quantiles: ArrayLike) -> list[Alike]:
    """Sort inputs by which of the draws share a value of theirs.

    A run draws some inputs anew for each draw and others, such as a missile's, for a few; those
    tell no more than their few values do, however many draws there are.

    Args:
        quantiles: (I, D) of each input, by draw; a row may hold nan where it was not read.

    Returns:
        Inputs by how they are drawn; those that are not read, or never change, are in none.
    """
    rows = np.asarray(quantiles, np.float64)
    found: dict[bytes, list[int]] = {}
    groups: dict[bytes, NDArray[np.int64]] = {}
    for i, row in enumerate(rows):
        if not np.isfinite(row).all():
            continue
        _, first, place = np.unique(row, return_index=True, return_inverse=True)
        order = np.argsort(np.argsort(first))  # named by where each value first stands
        group = order[place].astype(np.int64)
        key = group.tobytes()
        found.setdefault(key, []).append(i)
        groups[key] = group
    made = []
    for key, members in found.items():
        group = groups[key]
        _, first = np.unique(group, return_index=True)
        if len(first) > 1:
            values = rows[members][:, first]
            made.append(Alike(np.array(members), group, values, ranks_of(values)))
    return made


def chance_correlation(values: int, inputs: int) -> float:
    """Give the correlation that one of many inputs shows by chance in one of twenty runs.

    Args:
        values: Number of values that each input takes.
        inputs: Number of inputs looked at.

    Returns:
        The correlation by size, 1 where so few values can tell nothing.

    Source:
        Student's distribution of a correlation under independence, and Bonferroni's inequality.
    """
    from scipy.special import stdtrit

    if values < FEWEST_VALUES:
        return 1.0
    t = float(stdtrit(values - 2, 1.0 - 0.05 / (2.0 * max(inputs, 1))))
    return t / math.sqrt(values - 2 + t * t)


def flipping_inputs(
    difference: ArrayLike, alike: Sequence[Alike], of: ArrayLike | None = None
) -> list[Flip]:
    """Find the inputs that change the order of two architectures within their ranges.

    For each input a straight line is fitted to the difference over its quantiles, draws that share
    a value being one; the order flips where it crosses zero, if draws on both sides of it do
    differ in sign on average. Left out: what two inputs do only together, and bends of the line.

    Args:
        difference: (D,) what the one is worse than the other, by draw.
        alike: The inputs, as ``drawn_alike`` gives them.
        of: (I,) whether an input of a position counts; all where left out.

    Returns:
        Flips, the strongest first; only of inputs whose rank correlation with the difference is
        beyond the chance of their values.
    """
    gap = np.asarray(difference, np.float64)
    if np.ptp(gap) == 0.0:
        return []
    counts = None if of is None else np.asarray(of, np.bool_)
    chosen: list[tuple[Alike, NDArray[np.int64]]] = []
    for one in alike:
        is_asked = np.ones(len(one.position), np.bool_) if counts is None else counts[one.position]
        chosen.append((one, np.flatnonzero(is_asked)))
    looked_at = sum(len(rows) for _, rows in chosen)
    flips: list[Flip] = []
    for one, rows in chosen:
        number = one.quantile.shape[1]
        mean = np.bincount(one.group, weights=gap) / np.bincount(one.group)
        about = ranks_of(mean[None, :])[0]
        ranked = one.ranked[rows]
        scale = np.sqrt((ranked**2).sum(axis=1) * (about**2).sum())
        correlation = ranked @ about / np.maximum(scale, 1e-300)
        least = chance_correlation(number, looked_at)
        for k in np.flatnonzero(np.abs(correlation) > least):
            at = _crossing(one.quantile[rows[k]], mean)
            if at is not None:
                flips.append(Flip(int(one.position[rows[k]]), at, float(correlation[k])))
    return sorted(flips, key=lambda flip: -abs(flip.correlation))


def _crossing(quantile: Array, mean: Array) -> float | None:
    """Give where the line through the means crosses zero, if they differ in sign beside it."""
    about = quantile - quantile.mean()
    slope = float(about @ (mean - mean.mean()) / (about @ about))
    if slope == 0.0:
        return None
    at = float(quantile.mean() - mean.mean() / slope)
    below, above = mean[quantile < at], mean[quantile > at]
    if min(len(below), len(above)) < FEWEST_BEYOND:
        return None
    return at if below.mean() * above.mean() < 0.0 else None


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
