"""How long tracks are held, and the gaps in them."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

Array = NDArray[np.float64]


def gaps(time_s: ArrayLike, is_held: ArrayLike, from_s: float, until_s: float) -> Array:
    """List the gaps in a track, from one time to another.

    A change between two samples counts from the middle of them.

    Args:
        time_s: Times of the samples, ascending [s], (K,).
        is_held: Whether the track is held then, (K,).
        from_s: Start of the span that is asked about [s].
        until_s: End of it [s].

    Returns:
        Start and end of each gap [s], (gaps, 2).
    """
    time, held = np.asarray(time_s, dtype=np.float64), np.asarray(is_held, dtype=np.bool_)
    edge = np.clip(_edges(time), from_s, until_s)
    counts = edge[1:] > edge[:-1]
    lost = np.concatenate([[False], ~held[counts], [False]]).astype(np.int8)
    turn = np.flatnonzero(np.diff(lost))
    bound = np.append(edge[:-1][counts], edge[-1])
    return bound[turn].reshape(-1, 2)


def longest_gaps(
    time_s: ArrayLike, is_held: ArrayLike, from_s: ArrayLike, until_s: ArrayLike
) -> tuple[Array, Array]:
    """Give the longest gap of each track, and the share of its span in which it is held.

    Args:
        time_s: Times of the samples, ascending [s], (K,).
        is_held: Whether the tracks are held then, (..., K).
        from_s: Start of each span [s], of a shape that goes with (...).
        until_s: End of each span [s].

    Returns:
        Longest gap [s] and share held, 0 to 1, each (...); 0 and 1 for a span of no length.
    """
    held = np.asarray(is_held, dtype=np.bool_)
    edge = _edges(np.asarray(time_s, dtype=np.float64))
    start, end = np.asarray(from_s, dtype=np.float64), np.asarray(until_s, dtype=np.float64)
    longest, running, kept, whole = (np.zeros(held.shape[:-1]) for _ in range(4))
    for k in range(held.shape[-1]):
        span = np.clip(edge[k + 1], start, end) - np.clip(edge[k], start, end)
        now = held[..., k]
        running = np.where(now & (span > 0.0), 0.0, running + np.where(now, 0.0, span))
        longest = np.maximum(longest, running)
        kept += np.where(now, span, 0.0)
        whole += span
    return longest, np.divide(kept, whole, out=np.ones_like(kept), where=whole > 0.0)


def _edges(time: Array) -> Array:
    middle = (time[1:] + time[:-1]) / 2.0
    return np.concatenate([[-np.inf], middle, [np.inf]])
