"""The few formulas of missile-defense studies: shots, kills, leakers, and their intervals."""

from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from umbo.errors import DomainError

LEVEL: Final = 0.90
"""Every interval of the library covers this much, the same on both sides."""


def leak_probability(p_kill: ArrayLike, shots: ArrayLike) -> NDArray[np.float64]:
    """Find the chance that a target survives so many independent shots.

    Left out: common faults, which make many shots worth less than this says.

    Args:
        p_kill: Single-shot kill probability, 0 to 1, any shape.
        shots: Shots at the target, 0 or more, real numbers allowed; broadcasts.

    Returns:
        (1 - p_kill) ** shots.

    Raises:
        DomainError: A probability is outside 0 to 1, or shots are negative.

    Example:
        >>> f"{leak_probability(0.7, 2):.2f}"
        '0.09'
    """
    missed = 1.0 - _probability("p_kill", p_kill)
    count = np.asarray(shots, dtype=np.float64)
    if not np.all(count >= 0.0):
        raise DomainError(f"shots must be 0 or more; got {count.min():g}")
    return np.asarray(missed**count)


def kill_probability(
    p_track: ArrayLike, p_kill: ArrayLike, shots: ArrayLike
) -> NDArray[np.float64]:
    """Find the chance that a warhead is tracked and then killed by one of the shots.

    The track is common to all shots at one warhead. Left out: magazines, windows and
    common faults of the weapon.

    Args:
        p_track: Chance that the warhead is in track, 0 to 1, any shape.
        p_kill: Single-shot kill probability given track; broadcasts.
        shots: Shots at the warhead, real numbers allowed; broadcasts.

    Returns:
        Wilkening's K_w = p_track (1 - (1 - p_kill) ** shots).

    Raises:
        DomainError: A probability is outside 0 to 1, or shots are negative.

    Source:
        Wilkening, *A Simple Model for Calculating Ballistic Missile Defense
        Effectiveness*, Science & Global Security 8 (1999).

    Example:
        >>> f"{kill_probability(0.95, 0.56, 4):.4f}"
        '0.9144'
    """
    return np.asarray(_probability("p_track", p_track) * (1.0 - leak_probability(p_kill, shots)))


def p_no_leaker(
    warheads: ArrayLike, p_track: ArrayLike, p_kill: ArrayLike, shots: ArrayLike
) -> NDArray[np.float64]:
    """Find the chance that none of so many independent warheads leaks.

    Args:
        warheads: Warheads attacked alike, 0 or more, any shape.
        p_track: As in ``kill_probability``, which see for the limits.
        p_kill: As there.
        shots: Shots at each warhead.

    Returns:
        K_w ** warheads.

    Raises:
        DomainError: A probability is outside 0 to 1, or shots are negative.

    Source:
        Wilkening (1999), as for ``kill_probability``.
    """
    return np.asarray(kill_probability(p_track, p_kill, shots) ** np.asarray(warheads, np.float64))


def shots_needed(
    warheads: float, wanted_p_no_leaker: float, p_track: float, p_kill: float
) -> float:
    """Find the shots at each warhead that give a wanted chance of no leaker.

    Barrage: all shots are fired without looking between them.

    Args:
        warheads: Warheads attacked alike, above 0.
        wanted_p_no_leaker: Wanted chance, above 0 and below 1.
        p_track: Chance that a warhead is in track (times the chance that it is taken
            for one, where that is below 1).
        p_kill: Single-shot kill probability, above 0 and below 1.

    Returns:
        A real number of shots, as in the source; round up to fire them.

    Raises:
        DomainError: An argument is outside its limits, or no number of shots is enough
            because ``p_track`` is at or below ``wanted_p_no_leaker ** (1 / warheads)``.

    Source:
        Wilkening (1999), as for ``kill_probability``.

    Example:
        >>> f"{20 * shots_needed(20, 0.80, 0.99, 0.70):.2f} interceptors"
        '113.07 interceptors'
    """
    _probability("p_track", p_track)
    if not (warheads > 0.0 and 0.0 < wanted_p_no_leaker < 1.0 and 0.0 < p_kill < 1.0):
        raise DomainError(
            "warheads must be above 0, wanted_p_no_leaker and p_kill between 0 and 1; "
            f"got {warheads:g}, {wanted_p_no_leaker:g}, {p_kill:g}"
        )
    each = wanted_p_no_leaker ** (1.0 / warheads)
    if not p_track > each:
        raise DomainError(
            f"infeasible: with p_track {p_track:g} no number of shots gives p_no_leaker "
            f"{wanted_p_no_leaker:g} against {warheads:g} warheads; p_track must exceed {each:.4f}"
        )
    return float(np.log(1.0 - each / p_track) / np.log(1.0 - p_kill))


def interceptors_needed(
    warheads: float,
    decoys: float,
    wanted_p_no_leaker: float,
    p_track: float,
    p_kill: float,
    p_warhead_called_warhead: float = 1.0,
    p_decoy_called_warhead: float = 1.0,
) -> float:
    """Find the interceptors that a wanted chance of no leaker takes, decoys included.

    Every object taken for a warhead gets the same barrage. Left out: the spread of how
    many decoys are taken for warheads, so that this is the mean expense.

    Args:
        warheads: Warheads attacked alike, above 0.
        decoys: Decoys beside them, 0 or more.
        wanted_p_no_leaker: Wanted chance, above 0 and below 1.
        p_track: Chance that an object is in track, without discrimination.
        p_kill: Single-shot kill probability, above 0 and below 1.
        p_warhead_called_warhead: Wilkening's P_ww; multiplies the kill probability.
        p_decoy_called_warhead: Wilkening's P_dw.

    Returns:
        A real number of interceptors, n (W P_ww + D P_dw).

    Raises:
        DomainError: An argument is outside its limits, or it is infeasible.

    Source:
        Wilkening (1999), as for ``kill_probability``.
    """
    _probability("p_warhead_called_warhead", p_warhead_called_warhead)
    _probability("p_decoy_called_warhead", p_decoy_called_warhead)
    if not decoys >= 0.0:
        raise DomainError(f"decoys must be 0 or more; got {decoys:g}")
    shots = shots_needed(warheads, wanted_p_no_leaker, p_track * p_warhead_called_warhead, p_kill)
    return shots * (warheads * p_warhead_called_warhead + decoys * p_decoy_called_warhead)


def jeffreys_interval(successes: float, trials: float, level: float = LEVEL) -> tuple[float, float]:
    """Find the Jeffreys interval of a proportion.

    Real numbers are allowed, for an effective number of trials. As usual, the bound is 0
    where nothing succeeded and 1 where everything did.

    Args:
        successes: Successes, 0 to ``trials``.
        trials: Independent trials, above 0.
        level: Probability covered, above 0 and below 1.

    Returns:
        The lower and the upper bound.

    Raises:
        DomainError: Trials are not positive, or successes not between 0 and trials.

    Source:
        Brown, Cai & DasGupta, *Interval Estimation for a Binomial Proportion*,
        Statistical Science 16 (2001), sec. 4.3.

    Example:
        >>> "{:.3f} to {:.3f}".format(*jeffreys_interval(12, 21))
        '0.394 to 0.735'
    """
    from scipy.special import betaincinv

    if not (trials > 0.0 and 0.0 <= successes <= trials and 0.0 < level < 1.0):
        raise DomainError(
            "trials must be above 0, successes between 0 and trials, level between 0 and 1; "
            f"got {successes:g} of {trials:g} at {level:g}"
        )
    tail = (1.0 - level) / 2.0
    a, b = successes + 0.5, trials - successes + 0.5
    low = 0.0 if successes == 0.0 else float(betaincinv(a, b, tail))
    high = 1.0 if successes == trials else float(betaincinv(a, b, 1.0 - tail))
    return low, high


def _probability(name: str, given: ArrayLike) -> NDArray[np.float64]:
    value = np.asarray(given, dtype=np.float64)
    if not np.all((value >= 0.0) & (value <= 1.0)):
        raise DomainError(
            f"{name} must lie between 0 and 1; got {value.min():g} to {value.max():g}"
        )
    return value
