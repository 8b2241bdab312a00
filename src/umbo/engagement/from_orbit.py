"""What weapons in orbit can do about a raid in boost: satellites in reach, and who gets them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from umbo.elements.architecture import Fielded
from umbo.elements.constellations import orbits_of
from umbo.elements.readings import Readings
from umbo.engagement.assignment import assign_satellites, draw_true
from umbo.engagement.coverage import satellites_in_reach, walker_planes
from umbo.engagement.flights import Flights
from umbo.engagement.orders import Orders
from umbo.engagement.raid import Raid
from umbo.engagement.weapons import stacked
from umbo.engagement.windows import REASONS
from umbo.physics.reach import fly_out_range

INTERCEPT_TIMES: Final = 10
"""Candidate times, evenly from the first possible intercept to burnout, of a boost intercept."""
ORDER_STEP_S: Final = 2.5
"""Orders to launch are rounded up to whole steps of this."""
REACH_CAPACITY: Final = 256
"""Most satellites listed as in reach of one missile."""
_UNDETECTED, _UNTRACKED, _UNREACHABLE, _UNASSIGNED = (
    REASONS.index(reason) for reason in ("undetected", "untracked", "unreachable", "unassigned")
)


@dataclass(frozen=True, eq=False)
class Reach:
    """How many interceptors in orbit could reach a missile in its boost phase."""

    weapon: str
    satellites: int
    count: NDArray[np.int32]
    """(P, M) satellites in reach, each phase and missile."""
    ordered_s: float
    """Mean time after launch of the order, of the missiles that are tracked; nan for none."""
    rounds: int | None = None
    """Shots that they hold together; None where each is one shot, as an interceptor is."""


@dataclass(frozen=True, eq=False)
class FromOrbit:
    """What the weapons in orbit can do; V weapons."""

    elements: list[Fielded]
    """One of each weapon."""
    reach: tuple[Reach, ...]
    shots: NDArray[np.int32]
    """(V, P, M)"""
    reason: NDArray[np.int8]
    """(V, P, M)"""
    p_hand_over: NDArray[np.float64]
    """(V, P, M)"""


def shots_from_orbit(
    weapons: Sequence[tuple[str, Sequence[Fielded], Orders]],
    raid: Raid,
    flights: Flights,
    is_warned: NDArray[np.bool_],
    epoch_s: NDArray[np.float64],
    read: Readings,
    *,
    seed: int,
) -> FromOrbit:
    """Count the satellites of each weapon that reach each missile in boost, and assign them.

    Args:
        weapons: Name, shells and orders of each weapon.
        raid: The raid.
        flights: Its flights.
        is_warned: Which missiles any sensor sees, (P, M).
        epoch_s: Time at which each phase begins, (P,).
        read: Which number of each range is read.
        seed: The study's seed.

    Returns:
        Shots and reasons.
    """
    found = [
        _satellites(name, shells, orders, raid, flights, is_warned, epoch_s, read, seed)
        for name, shells, orders in weapons
    ]
    empty = (0, *raid.shot.shape)
    return FromOrbit(
        [shells[0] for _, shells, _ in weapons],
        tuple(reach for reach, _, _ in found),
        stacked([shots for _, shots, _ in found], empty, np.int32),
        stacked([reason for _, _, reason in found], empty, np.int8),
        stacked([orders.p_hand_over for _, _, orders in weapons], empty, np.float64),
    )


def _satellites(
    name: str,
    alike: Sequence[Fielded],
    orders: Orders,
    raid: Raid,
    flights: Flights,
    is_warned: NDArray[np.bool_],
    epoch_s: NDArray[np.float64],
    read: Readings,
    seed: int,
) -> tuple[Reach, NDArray[np.int32], NDArray[np.int8]]:
    """Count the satellites of one weapon, in all its shells; assign them to the missiles."""
    values, doctrine = alike[0].values, alike[0].doctrine
    # Each flight once for each time of the order to launch.
    is_told = np.isfinite(orders.ready_s)
    order = np.where(is_told, np.ceil(np.minimum(orders.ready_s, 9e3) / ORDER_STEP_S), 0.0)
    told, row = np.unique(
        raid.shot.astype(np.int64) * 4_000 + order.astype(np.int64) + 1_000_000_000 * ~is_told,
        return_inverse=True,
    )
    row = row.reshape(raid.shot.shape)
    flight = told % 1_000_000_000 // 4_000
    commit_s = np.where(told >= 1_000_000_000, np.inf, told % 4_000 * ORDER_STEP_S)
    floor_m = read(values["min_intercept_altitude"])
    # From when the missile is high enough, and an interceptor could have been on its way.
    high = np.argmax(flights.altitude_m > floor_m, axis=1)[flight]
    last_s = flights.burnout_s[flight]
    first_s = np.maximum(flights.time_s[high], np.where(np.isfinite(commit_s), commit_s, 0.0))
    share = np.linspace(0.0, 1.0, INTERCEPT_TIMES)
    time_s = first_s[:, None] + share * np.maximum(last_s - first_s, 0.0)[:, None]
    reach_m = fly_out_range(
        np.maximum(time_s - commit_s[:, None], 0.0),
        read(values["burnout_speed"]),
        read(values["acceleration"]),
    )
    reach_m = np.where(time_s <= last_s[:, None], reach_m, 0.0)
    planes = walker_planes(
        [one for e in alike if e.constellation is not None for one in orbits_of(e.constellation)]
    )
    number = planes.count
    alive = draw_true(
        seed,
        f"{name}/available",
        phases=raid.phases,
        entities=number,
        chance=read(values["availability"]),
    )
    count, satellite = satellites_in_reach(
        planes,
        epoch_s=epoch_s,
        start_s=raid.start_s,
        flight=row,
        time_s=time_s,
        target_ecef_m=_targets(flights, flight, time_s),
        reach_m=reach_m,
        capacity=REACH_CAPACITY,
        alive=alive,
    )
    shots, reason = assign_satellites(
        count,
        satellite,
        satellites=number,
        wanted=doctrine.shots,
        unreachable=_UNREACHABLE,
        unassigned=_UNASSIGNED,
    )
    unseen = np.where(is_warned, _UNTRACKED, _UNDETECTED)
    reason = np.where((reason == _UNREACHABLE) & ~is_told, unseen, reason).astype(np.int8)
    ordered_s = float(orders.ready_s[is_told].mean()) if is_told.any() else float("nan")
    return Reach(name, number, count, ordered_s), shots, reason


def _targets(
    flights: Flights, flight: NDArray[np.int64], time_s: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Give Earth-fixed positions (R, N, 3) of rows of flights at times (R, N)."""
    order = np.argsort(flight, kind="stable")
    place = np.empty(len(flight), dtype=np.int64)
    place[order] = np.arange(len(flight)) - np.searchsorted(flight[order], flight[order])
    most, times = int(place.max(initial=0)) + 1, time_s.shape[1]
    asked = np.zeros((len(flights.shots), most, times))
    asked[flight, place] = time_s
    found = flights.position_at(asked.reshape(len(asked), -1))
    return found.reshape(len(asked), most, times, 3)[flight, place]
