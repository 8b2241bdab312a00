"""Which sites cover the most value: an exact choice, and the greedy one beside it."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from umbo.errors import DomainError, RunError

TIME_LIMIT_S = 20.0
"""The solver stops here and tells how far its choice may be from the best."""


@dataclass(frozen=True)
class Choice:
    """Sites chosen, and what they cover."""

    sites: tuple[int, ...]
    """Positions of the sites; a greedy choice in the order in which they were taken."""
    value: float
    """Value of the locations that at least one of them covers."""
    bound: float
    """No choice of as many covers more than this."""


def _checked(covers: ArrayLike, value: ArrayLike, sites: int) -> tuple[Any, Any]:
    reach, worth = np.asarray(covers, np.bool_), np.asarray(value, np.float64)
    if reach.ndim != 2 or worth.shape != reach.shape[1:]:
        raise DomainError(
            f"covers must be sites by locations, with a value each; got {reach.shape} and "
            f"{worth.shape}"
        )
    if not np.all(worth >= 0.0):
        raise DomainError("values of locations must be 0 or more")
    if not 1 <= sites <= len(reach):
        raise DomainError(f"1 to {len(reach)} of the candidate sites can be chosen; got {sites}")
    return reach, worth


def choose_greedily(covers: ArrayLike, value: ArrayLike, sites: int) -> Choice:
    """Take one site after another, each the one that adds most.

    Args:
        covers: (S, L) whether a site covers a location.
        value: (L,) value of each location, 0 or more.
        sites: Number of sites to choose.

    Returns:
        The choice, with the bound that greed is never below 63 % (1 - 1/e) of the best.

    Raises:
        DomainError: Shapes do not fit, a value is negative, or too many sites are asked for.

    Source:
        Nemhauser, Wolsey & Fisher, *Mathematical Programming* 14 (1978), 265-294.
    """
    reach, worth = _checked(covers, value, sites)
    is_covered = np.zeros(reach.shape[1], np.bool_)
    taken: list[int] = []
    for _ in range(sites):
        added = (reach & ~is_covered) @ worth
        added[taken] = -1.0
        taken.append(int(np.argmax(added)))
        is_covered |= reach[taken[-1]]
    total = float(worth[is_covered].sum())
    most = min(total / (1.0 - (1.0 - 1.0 / sites) ** sites), float(worth[reach.any(axis=0)].sum()))
    return Choice(tuple(taken), total, most)


def choose_exactly(covers: ArrayLike, value: ArrayLike, sites: int) -> Choice:
    """Choose the sites that cover the most value: the maximal covering problem.

    A location is covered or not; what a second site adds is nothing.

    Args:
        covers: (S, L) whether a site covers a location.
        value: (L,) value of each location, 0 or more.
        sites: Number of sites to choose.

    Returns:
        The best choice, or the best found within the time limit with its bound.

    Raises:
        DomainError: Shapes do not fit, a value is negative, or too many sites are asked for.
        RunError: The solver found no choice.

    Source:
        Church & ReVelle, *Papers of the Regional Science Association* 32 (1974), 101-118; solved by
        HiGHS (Huangfu & Hall, *Mathematical Programming Computation* 10 (2018), 119-142).
    """
    from scipy.optimize import Bounds, LinearConstraint, milp
    from scipy.sparse import csr_array, eye_array, hstack

    reach, worth = _checked(covers, value, sites)
    number, locations = reach.shape
    # x: site chosen (whole); y: location covered, at most the sites that cover it.
    covered = hstack([csr_array(-reach.T.astype(np.float64)), eye_array(locations)])
    chosen = np.concatenate([np.ones(number), np.zeros(locations)])[None, :]
    found = milp(
        np.concatenate([np.zeros(number), -worth]),
        integrality=np.concatenate([np.ones(number), np.zeros(locations)]),
        bounds=Bounds(0.0, 1.0),
        constraints=[
            LinearConstraint(covered, -np.inf, 0.0),
            LinearConstraint(chosen, 0.0, float(sites)),
        ],
        options={"time_limit": TIME_LIMIT_S, "mip_rel_gap": 1e-9},
    )
    if found.x is None:
        raise RunError(f"no choice of sites was found: {found.message}; ask for fewer sites")
    taken: NDArray[np.int64] = np.flatnonzero(found.x[:number] > 0.5)
    total = float(worth[reach[taken].any(axis=0)].sum())
    bound = total if found.mip_dual_bound is None else max(total, -float(found.mip_dual_bound))
    return Choice(tuple(int(i) for i in taken), total, bound)
