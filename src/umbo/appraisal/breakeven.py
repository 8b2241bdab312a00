"""When a weapon that costs much to own and little to fire is cheaper than one that is used up."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from umbo.errors import DomainError

Array = NDArray[np.float64]


def cost_per_kill(shot_usd: ArrayLike, p_kill: ArrayLike) -> Array:
    """Give what a kill costs where shots are fired one at a time until one kills.

    Args:
        shot_usd: Cost of a shot.
        p_kill: Chance that it kills, above 0.

    Raises:
        DomainError: A chance is not above 0 and at most 1.
    """
    chance = np.asarray(p_kill, dtype=np.float64)
    if not (np.all(chance > 0.0) and np.all(chance <= 1.0)):
        raise DomainError(f"p_kill must be above 0 and at most 1; got {np.min(chance)}")
    return np.asarray(np.asarray(shot_usd, dtype=np.float64) / chance)


def owning_cost(unit_usd: ArrayLike, operations_usd_per_year: ArrayLike, years: ArrayLike) -> Array:
    """Give what owning one unit costs over its life, whether it fires or not.

    Not discounted. Left out: development, which is spent once however many are bought, and is
    told beside.
    """
    owned = np.asarray(unit_usd) + np.asarray(operations_usd_per_year) * np.asarray(years)
    return np.asarray(owned, dtype=np.float64)


def break_even_kills(
    owning_usd: ArrayLike, kill_usd: ArrayLike, kinetic_kill_usd: ArrayLike
) -> Array:
    """Count the kills from which on owning a weapon is cheaper than firing interceptors.

    Left out: what the interceptors' launchers and radars cost to own, which makes the number
    too high, and that a laser waits for weather while interceptors do not, which makes it too
    low.

    Args:
        owning_usd: Cost of owning it over its life.
        kill_usd: What a kill costs beside that.
        kinetic_kill_usd: What a kill by interceptors costs.

    Returns:
        Kills over its life, infinite where its kills cost more than those of interceptors.

    Source:
        The break-even of any textbook: fixed cost over the saving on each.
    """
    saving = np.asarray(kinetic_kill_usd, dtype=np.float64) - np.asarray(kill_usd)
    with np.errstate(divide="ignore"):
        kills = np.asarray(owning_usd) / np.maximum(saving, 0.0)
    return np.asarray(kills)
