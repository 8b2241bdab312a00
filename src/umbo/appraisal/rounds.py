"""How many rounds to place at which sites: exactly, and greedily beside it."""

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from umbo.appraisal.siting import TIME_LIMIT_S
from umbo.errors import DomainError, RunError

MOST_SHOTS: Final = 4
"""Shots at one warhead at most; a fifth of p_kill 0.5 would add 0.03."""


@dataclass(frozen=True, eq=False)
class Placing:
    """Rounds placed at sites, and what they protect."""

    rounds: NDArray[np.int64]
    """(S,) rounds at each site."""
    shots: NDArray[np.int64]
    """(S, L) of them meant for each location."""
    value: float
    """Value that is protected on average."""
    bound: float
    """No placing of as many protects more than this; nan where none was found."""


def _checked(
    covers: ArrayLike,
    value: ArrayLike,
    warheads: ArrayLike,
    p_kill: float,
    rounds: int,
    sites: int,
    magazine: int,
) -> tuple[Any, Any, Any]:
    reach, worth = np.asarray(covers, np.bool_), np.asarray(value, np.float64)
    coming = np.asarray(warheads, np.int64)
    if reach.ndim != 2 or worth.shape != reach.shape[1:] or coming.shape != worth.shape:
        raise DomainError(
            "covers must be sites by locations, with a value and warheads each; got "
            f"{reach.shape}, {worth.shape} and {coming.shape}"
        )
    if not (np.all(worth >= 0.0) and np.all(coming >= 1)):
        raise DomainError("values must be 0 or more, and warheads at each location 1 or more")
    if not 0.0 < p_kill <= 1.0:
        raise DomainError(f"p_kill must lie above 0 and not above 1; got {p_kill}")
    if not (1 <= sites <= len(reach) and rounds >= 1 and magazine >= 1):
        raise DomainError(
            f"sites must be 1 to {len(reach)}, rounds and magazine at least 1; got {sites}, "
            f"{rounds} and {magazine}"
        )
    return reach, worth, coming


def gains(value: ArrayLike, warheads: ArrayLike, p_kill: float) -> NDArray[np.float64]:
    """Give what the k-th shot at one warhead of a location adds to the value protected.

    A location keeps the share of its value that is the share of its warheads stopped, so that a
    warhead's k-th shot adds ``v / w * p * (1 - p)**(k - 1)``.

    Args:
        value: (L,) value of each location.
        warheads: (L,) warheads aimed at each.
        p_kill: Chance that a shot kills.

    Returns:
        (L, K), K shots at most.
    """
    each = np.asarray(value, np.float64) / np.asarray(warheads, np.float64)
    return np.asarray(each[:, None] * p_kill * (1.0 - p_kill) ** np.arange(MOST_SHOTS))


def protected(shots: ArrayLike, value: ArrayLike, warheads: ArrayLike, p_kill: float) -> float:
    """Give the value protected by shots at each location, spread evenly over its warheads.

    Args:
        shots: (L,) shots at each location, at most ``MOST_SHOTS`` a warhead count.
        value: (L,) value of each location.
        warheads: (L,) warheads aimed at each.
        p_kill: Chance that a shot kills.

    Returns:
        The expected value that is kept.
    """
    fired, coming = np.asarray(shots, np.int64), np.asarray(warheads, np.int64)
    steps = gains(value, coming, p_kill)
    served = np.clip(fired[:, None] - coming[:, None] * np.arange(MOST_SHOTS), 0, coming[:, None])
    return float((steps * served).sum())


def place_greedily(
    covers: ArrayLike,
    value: ArrayLike,
    warheads: ArrayLike,
    *,
    p_kill: float,
    rounds: int,
    sites: int,
    magazine: int,
) -> Placing:
    """Place one round after another where it adds most; arguments as in ``place_exactly``.

    A round of a site that is open already goes before one of a new site that adds as much. No
    bound is known for this greed, so that none is given.
    """
    reach, worth, coming = _checked(covers, value, warheads, p_kill, rounds, sites, magazine)
    steps = gains(worth, coming, p_kill)
    shots = np.zeros(reach.shape, np.int64)
    for _ in range(rounds):
        at = shots.sum(axis=1)
        is_open = at > 0
        usable = (at < magazine) & (is_open | (is_open.sum() < sites))
        step = shots.sum(axis=0) // coming
        next_gain = np.where(
            step < MOST_SHOTS, steps[np.arange(len(worth)), np.minimum(step, MOST_SHOTS - 1)], 0.0
        )
        added = np.where(reach & usable[:, None], next_gain[None, :], 0.0)
        best = added.max(initial=0.0)
        if best <= 0.0:
            break
        ties = np.argwhere(added >= best * (1.0 - 1e-12))
        s, one = ties[np.argmax(is_open[ties[:, 0]])]
        shots[s, one] += 1
    total = protected(shots.sum(axis=0), worth, coming, p_kill)
    return Placing(shots.sum(axis=1), shots, total, float("nan"))


def place_exactly(
    covers: ArrayLike,
    value: ArrayLike,
    warheads: ArrayLike,
    *,
    p_kill: float,
    rounds: int,
    sites: int,
    magazine: int,
) -> Placing:
    """Place rounds at sites, and mean them for locations, so that most value is protected.

    A mixed-integer program: a site is open or not; an open one holds up to a magazine of rounds;
    each is meant for a location that the site covers; and a location's warheads get first shots
    before second ones, each adding less. Left out: the attacker, who could see the plan and aim
    elsewhere; shots held back until the first have missed.

    Args:
        covers: (S, L) whether a site covers a location.
        value: (L,) value of each location, 0 or more.
        warheads: (L,) warheads aimed at each, 1 or more.
        p_kill: Chance that a shot kills a warhead.
        rounds: Rounds in all, at most.
        sites: Sites opened, at most.
        magazine: Rounds at one site, at most.

    Returns:
        The best placing, or the best found within the time limit, with its bound.

    Raises:
        DomainError: Shapes do not fit, or a number cannot be.
        RunError: The solver found none.

    Source:
        Matlin, "A review of the literature on the missile-allocation problem", *Operations
        Research* 18 (1970), 334-373 (preferential defense by expected value); solved by HiGHS.
    """
    from scipy.optimize import Bounds, LinearConstraint, milp
    from scipy.sparse import csr_array

    reach, worth, coming = _checked(covers, value, warheads, p_kill, rounds, sites, magazine)
    number, locations = reach.shape
    site, location = np.nonzero(reach)
    pairs = len(site)
    if pairs == 0:
        none = np.zeros(reach.shape, np.int64)
        return Placing(none.sum(axis=1), none, 0.0, 0.0)
    # Columns: x (S) site open; a (pairs) rounds of a site meant for a location; z (L K) warheads
    # of a location that get a k-th shot.
    columns = number + pairs + locations * MOST_SHOTS
    a, z = number, number + pairs
    steps = gains(worth, coming, p_kill)
    rows, cols, data = [], [], []

    def put(row: Any, column: Any, factor: float) -> None:
        row, column = np.broadcast_arrays(row, column)
        rows.append(row)
        cols.append(column)
        data.append(np.full(row.shape, factor))

    put(site, a + np.arange(pairs), 1.0)  # rounds of a site: no more than its magazine, if open
    put(np.arange(number), np.arange(number), -float(min(magazine, rounds)))
    meant = number + location  # shots at a location: no more than rounds meant for it
    put(meant, a + np.arange(pairs), -1.0)
    of = np.repeat(np.arange(locations), MOST_SHOTS)
    put(number + of, z + np.arange(locations * MOST_SHOTS), 1.0)
    put(number + locations, a + np.arange(pairs), 1.0)  # rounds in all
    put(number + locations + 1, np.arange(number), 1.0)  # sites in all
    matrix = csr_array(
        (np.concatenate(data), (np.concatenate(rows), np.concatenate(cols))),
        shape=(number + locations + 2, columns),
    )
    limit = np.concatenate([np.zeros(number + locations), [float(rounds), float(sites)]])
    most = np.concatenate(
        [
            np.ones(number),
            np.full(pairs, float(min(magazine, rounds))),
            np.repeat(coming, MOST_SHOTS).astype(np.float64),
        ]
    )
    found = milp(
        np.concatenate([np.zeros(number + pairs), -steps.ravel()]),
        integrality=np.concatenate([np.ones(number + pairs), np.zeros(locations * MOST_SHOTS)]),
        bounds=Bounds(0.0, most),
        constraints=[LinearConstraint(matrix, -np.inf, limit)],
        options={"time_limit": TIME_LIMIT_S, "mip_rel_gap": 1e-6},
    )
    if found.x is None:
        raise RunError(f"no placing of rounds was found: {found.message}; ask for fewer sites")
    shots = np.zeros(reach.shape, np.int64)
    shots[site, location] = np.rint(found.x[a:z]).astype(np.int64)
    shots = _without_idle(shots, coming)
    total = protected(shots.sum(axis=0), worth, coming, p_kill)
    bound = total if found.mip_dual_bound is None else max(total, -float(found.mip_dual_bound))
    return Placing(shots.sum(axis=1), shots, total, bound)


def _without_idle(shots: Any, coming: Any) -> Any:
    """Take away rounds beyond the most shots that a location's warheads can get."""
    for one in range(shots.shape[1]):
        over = int(shots[:, one].sum() - coming[one] * MOST_SHOTS)
        for s in np.flatnonzero(shots[:, one])[::-1]:
            if over <= 0:
                break
            fewer = min(over, int(shots[s, one]))
            shots[s, one] -= fewer
            over -= fewer
    return shots
