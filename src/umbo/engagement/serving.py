"""Which missiles of a raid get all their shots, when no interceptor is used twice."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from umbo.compiled import njit, njit_inner

_ORDERS: Final = 4
"""Orders of the missiles that are tried; those left out come first in the next."""


def serve(
    near: NDArray[np.int32], satellites: int, shots: int
) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """Serve as many missiles of each phase as can be with all their shots, none used twice.

    Missiles with the fewest interceptors in reach come first; one that lacks an interceptor takes
    it over from another that can have a different one instead, along whole chains. Exact for
    one shot each (augmenting paths give the largest matching); for more shots one missile in a
    hundred, of small raids short of interceptors, is left out that another choice would serve.

    Args:
        near: Interceptors in reach of each missile, (P, M, most), filled up with -1 at the end.
        satellites: Interceptors in all.
        shots: Shots at each missile.

    Returns:
        Missiles with all their shots in each phase, (P,), and the shots at each, (P, M), 0 where
        a missile would not get all.

    Source:
        Kuhn, *Naval Research Logistics Quarterly* 2 (1955), 83-97: augmenting paths.
    """
    given = np.zeros(near.shape[:2], dtype=np.int32)
    served = np.zeros(len(near), dtype=np.int32)
    _serve(np.ascontiguousarray(near), satellites, shots, given, served)
    return served, given


@njit(cache=True, nogil=True, error_model="numpy")
def _serve(
    near: NDArray[np.int32],
    satellites: int,
    shots: int,
    given: NDArray[np.int32],
    served: NDArray[np.int32],
) -> None:
    phases, missiles, most = near.shape
    owner = np.empty(satellites, dtype=np.int64)
    held = np.empty(satellites, dtype=np.int64)
    got = np.empty(missiles, dtype=np.bool_)
    order = np.empty(missiles, dtype=np.int64)
    asked, queue = np.empty(missiles, dtype=np.int64), np.empty(missiles, dtype=np.int64)
    before, looked = np.full(satellites, -1), np.empty(satellites, dtype=np.int64)
    for p in range(phases):
        found = np.zeros(missiles, dtype=np.int64)
        for m in range(missiles):
            for i in range(most):
                found[m] += 1 if near[p, m, i] >= 0 else 0
        order[:] = np.argsort(found, kind="mergesort")
        for _ in range(_ORDERS):
            owner[:] = -1
            number = 0
            for place in order:
                held[:] = owner
                got[place] = True
                for _ in range(shots):
                    if not _take(near[p], place, owner, before, looked, asked, queue):
                        got[place] = False
                        owner[:] = held
                        break
                number += 1 if got[place] else 0
            if number > served[p]:
                served[p] = number
                for m in range(missiles):
                    given[p, m] = shots if got[m] else 0
            if number == missiles:
                break
            ahead = 0
            for wanted in (False, True):
                for m in np.argsort(found, kind="mergesort"):
                    if got[m] == wanted:
                        order[ahead] = m
                        ahead += 1


@njit_inner(nogil=True, error_model="numpy")
def _take(
    near: NDArray[np.int32],
    place: int,
    owner: NDArray[np.int64],
    before: NDArray[np.int64],
    looked: NDArray[np.int64],
    asked: NDArray[np.int64],
    queue: NDArray[np.int64],
) -> bool:
    """Give a missile one more interceptor; breadth first over who could give one up for another.

    ``before`` comes and goes all -1; the last three are room to work in.
    """
    most, number, done = near.shape[1], 0, False
    asked[:] = -1
    queue[0], head, tail = place, 0, 1
    while head < tail and not done:
        m = queue[head]
        head += 1
        for i in range(most):
            s = near[m, i]
            if s < 0:
                break
            if before[s] >= 0 or owner[s] == m:
                continue
            before[s], looked[number] = m, s
            number += 1
            other = owner[s]
            if other < 0:
                while m != place:
                    owner[s] = m
                    s = asked[m]
                    m = before[s]
                owner[s], done = m, True
                break
            if other != place and asked[other] < 0:
                asked[other] = s
                queue[tail] = other
                tail += 1
    for i in range(number):
        before[looked[i]] = -1
    return done
