"""Whom each laser lights, and when: one target after another, before any luck is drawn."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from umbo.compiled import njit, njit_inner

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Pace:
    """How fast a laser kills and turns to the next target."""

    dwell_s: float
    """That lays the lethal fluence down at the end of its reach; shorter when nearer."""
    slew_s: float
    look_s: float
    """From the end of a salvo to the next at the same target."""
    duty: float
    """Share of the time in which power, batteries and cooling let it fire: the turn of a target
    is its dwell and slew over this."""
    extinction_per_m: float
    """On the path; 0 where the dwell goes as the square of the range."""
    magazine: int
    """Dwells of one laser in a raid."""
    salvo: int
    """Dwells wanted at each look."""
    most_looks: int


@dataclass(frozen=True, eq=False)
class Passes:
    """When and how near flights pass stations; F flights, S stations, times after launch."""

    open_s: Floats
    """(F, S) a target can be lit from here on; infinite for never."""
    close_s: Floats
    """(F, S) and must be dead by here."""
    nearest_s: Floats
    """(F, S) time of the nearest point of its straight way, also beyond its end."""
    nearest_m: Floats
    """(F, S) range then."""
    speed_m_per_s: Floats
    """(F, S) 0 where the range does not change."""
    reach_m: Floats
    """(F,) range at which the whole dwell kills."""


def take_turns(
    passes: Passes,
    pace: Pace,
    *,
    order: NDArray[np.integer],
    missile: NDArray[np.integer],
    is_target: NDArray[np.bool_],
    shot: NDArray[np.integer],
    start_s: Floats,
    ready_s: Floats,
    station: NDArray[np.integer],
    works: NDArray[np.bool_],
    near: NDArray[np.int32] | None = None,
) -> tuple[NDArray[np.int16], NDArray[np.int8], NDArray[np.bool_]]:
    """Give lasers to objects in their order of service, each the one that kills it first.

    The plan holds whatever happens: a turn whose target is dead already, or out of track, goes
    to nobody else, so that kills of lasers that fire after other weapons at a dense raid are a
    lower bound. A second look's turn is kept free as well.

    Args:
        passes: When each flight is in reach of each station.
        pace: How fast the lasers are.
        order: Objects from first to last served, (P, O).
        missile: Missile of each object, (O,).
        is_target: Which objects are lit, (O,).
        shot: Flight of each missile, (P, M).
        start_s: Launch of each missile after the raid begins [s], (M,).
        ready_s: Time after launch before which none is lit [s], (P, M); infinite for never.
        station: Station of each laser, (U,).
        works: Which lasers work and have a clear line, (P, U).
        near: Lasers that can reach each missile, (P, M, C), filled up with -1; all if left out.

    Returns:
        Station (-1 for none) and looks of each object, and whether it was in reach of a laser
        that works but had no time or no shots for it, each (P, O).
    """
    phases, objects = order.shape
    served = np.full((phases, objects), -1, np.int16)
    looks = np.zeros((phases, objects), np.int8)
    is_busy = np.zeros((phases, objects), np.bool_)
    _take_turns(
        np.stack(
            [
                passes.open_s,
                passes.close_s,
                passes.nearest_s,
                passes.nearest_m,
                passes.speed_m_per_s,
            ]
        ),
        np.ascontiguousarray(passes.reach_m, np.float64),
        np.array(
            [pace.dwell_s, pace.slew_s, pace.look_s, pace.duty, pace.extinction_per_m], np.float64
        ),
        (int(pace.magazine), int(pace.salvo), int(pace.most_looks)),
        np.ascontiguousarray(order, np.int64),
        np.ascontiguousarray(missile, np.int64),
        np.ascontiguousarray(is_target, np.bool_),
        np.ascontiguousarray(shot, np.int64),
        np.ascontiguousarray(start_s, np.float64),
        np.ascontiguousarray(ready_s, np.float64),
        np.ascontiguousarray(station, np.int64),
        np.ascontiguousarray(works, np.bool_),
        np.empty((0, 0, 0), np.int32) if near is None else np.ascontiguousarray(near, np.int32),
        served,
        looks,
        is_busy,
    )
    return served, looks, is_busy


@njit_inner(error_model="numpy")
def _salvo(
    begin: float, close: float, nearest_s: float, nearest_m: float, speed: float, reach: float,
    pace: Floats, salvo: int,
) -> tuple[float, float]:  # fmt: skip
    """Give the end of a salvo's last dwell and when the laser is free; infinite if too late."""
    time = begin
    end = begin
    for _ in range(salvo):
        way = speed * (time - nearest_s)
        away = np.sqrt(nearest_m * nearest_m + way * way)
        dwell = pace[0] * (away / reach) ** 2 * np.exp(pace[4] * (away - reach))
        end = time + dwell
        if end > close:
            return np.inf, np.inf
        time += (dwell + pace[1]) / pace[3]
    return end, time


@njit(cache=True, nogil=True, error_model="numpy")
def _take_turns(
    window: Floats, reach: Floats, pace: Floats, counts: tuple[int, int, int], order: Ints,
    missile: Ints, is_target: NDArray[np.bool_], shot: Ints, start: Floats, ready: Floats,
    station: Ints, works: NDArray[np.bool_], near: NDArray[np.int32],
    served: NDArray[np.int16], looks: NDArray[np.int8], is_busy: NDArray[np.bool_],
) -> None:  # fmt: skip
    magazine, salvo, most = counts
    free = np.empty(len(station))
    left = np.empty(len(station), np.int64)
    for p in range(len(order)):
        for u in range(len(station)):
            free[u], left[u] = -np.inf, magazine
        for k in range(order.shape[1]):
            o = order[p, k]
            m = missile[o]
            f, born = shot[p, m], start[m]
            if not is_target[o] or not reach[f] > 0.0 or not ready[p, m] < np.inf:
                continue
            best, soonest = -1, np.inf
            listed = near.shape[2] if near.size > 0 else len(station)
            for i in range(listed):
                u = near[p, m, i] if near.size > 0 else i
                if u < 0:
                    break
                s = station[u]
                if not works[p, u] or not window[0, f, s] < np.inf:
                    continue
                begin = max(window[0, f, s], ready[p, m], free[u] - born)
                if begin > window[1, f, s] and free[u] == -np.inf:
                    continue  # never in reach after it is ready
                is_busy[p, o] = True
                if left[u] < salvo:
                    continue
                end, _ = _salvo(
                    begin, window[1, f, s], window[2, f, s], window[3, f, s], window[4, f, s],
                    reach[f], pace, salvo,
                )  # fmt: skip
                if end < soonest:
                    best, soonest = u, end
            if best < 0:
                continue
            is_busy[p, o] = False
            s = station[best]
            served[p, o] = s
            begin = max(window[0, f, s], ready[p, m], free[best] - born)
            for look in range(most):
                if left[best] < salvo:
                    break
                end, begin = _salvo(
                    begin, window[1, f, s], window[2, f, s], window[3, f, s], window[4, f, s],
                    reach[f], pace, salvo,
                )  # fmt: skip
                if end == np.inf:
                    break
                looks[p, o] = look + 1
                left[best] -= salvo
                free[best] = begin + born
                begin = max(begin, end + pace[2])
