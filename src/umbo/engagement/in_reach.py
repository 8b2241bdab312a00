"""How many interceptors in orbit reach a flight in time, over constellation phase and a day."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from umbo.draws import decision_id, uniforms
from umbo.engagement.coverage import (
    footprint_angle,
    mean_in_reach,
    satellites_in_reach,
    walker_planes,
)
from umbo.engagement.flights import Flights
from umbo.physics.constants import EARTH_EQUATORIAL_RADIUS_M
from umbo.physics.earth import ecef_to_inertial
from umbo.physics.meeting import delta_v_to_meet, earliest_meeting
from umbo.physics.orbits import WalkerShell, drift_rates
from umbo.physics.reach import fly_out_range

Array = NDArray[np.float64]

SIDEREAL_DAY_S: Final = 86_164.1
MEETINGS: Final = 10
"""Times, evenly from the first possible meeting to the deadline, at which a flight can be met."""
_GOLDEN: Final = 0.6180339887498949
_STEP_S: Final = 5.0
_MOVED: Final = 0.02
"""Width over which a phase is moved, of a day."""
_WIDER: Final = 1.1
"""How much farther than its disc an interceptor is looked for where its reach is exact."""


@dataclass(frozen=True, slots=True)
class Interceptor:
    """What decides how far an interceptor in orbit comes in time."""

    delta_v_m_per_s: float
    acceleration_m_per_s2: float
    commit_s: float
    """From the launch of the missile to the launch of the interceptor."""
    min_altitude_m: float
    """Least altitude of a meeting."""


@dataclass(frozen=True, eq=False)
class Chances:
    """When and where each flight can be met, and how far an interceptor has come by then."""

    time_s: Array
    """(F, K) after launch; the last is the deadline."""
    target_ecef_m: Array
    """(F, K, 3)"""
    reach_m: Array
    """(F, K) by the flat disc; 0 where the deadline is before the first possible meeting."""


def chances_of(
    flights: Flights,
    interceptor: Interceptor,
    deadline_s: NDArray[np.float64],
    *,
    meetings: int = MEETINGS,
    first_s: NDArray[np.float64] | None = None,
) -> Chances:
    """Set out when each flight can be met.

    Args:
        flights: The flights, F.
        interceptor: The interceptor.
        deadline_s: (F,) last meeting after launch, such as burnout.
        meetings: Times of meeting that are looked at.
        first_s: (F,) no meeting is before, such as entry into glide; none where left out.

    Returns:
        The chances.
    """
    high = np.argmax(flights.altitude_m > interceptor.min_altitude_m, axis=1)
    first = np.maximum(flights.time_s[high], interceptor.commit_s)
    if first_s is not None:
        first = np.maximum(first, first_s)
    last = np.asarray(deadline_s, dtype=np.float64)
    share = np.linspace(0.0, 1.0, meetings) if meetings > 1 else np.ones(1)
    time_s = first[:, None] + share * np.maximum(last - first, 0.0)[:, None]
    reach = fly_out_range(
        time_s - interceptor.commit_s,
        interceptor.delta_v_m_per_s,
        interceptor.acceleration_m_per_s2,
    )
    in_time = (time_s <= last[:, None]) & np.isfinite(last)[:, None]
    return Chances(time_s, flights.position_at(time_s), np.where(in_time, reach, 0.0))


@cache
def epochs(number: int) -> Array:
    """Spread constellation phases over a day; of more phases the first ones are the same.

    By the golden section, so that no two are close, each moved by up to a hundredth of a day:
    a constellation repeats itself some 500 times a day or more, and in step with that, even phases
    would show it always at its best or at its worst (0.04 in a chance).
    """
    moved = _MOVED * (uniforms(0, number, 0, decision_id("in_reach/epoch")) - 0.5)
    spread_s = np.asarray(SIDEREAL_DAY_S * np.mod(np.arange(number) * _GOLDEN + moved, 1.0))
    spread_s.flags.writeable = False
    return spread_s


def count_over_phases(
    shells: Sequence[WalkerShell],
    chances: Chances,
    phases: int,
    *,
    alive: NDArray[np.bool_] | None = None,
) -> NDArray[np.int32]:
    """Count the interceptors in reach of each flight in each phase, by the flat disc: (P, F).

    On propagated orbits, a satellite once though it could meet the flight at several times.

    Args:
        shells: The shells.
        chances: When each flight can be met.
        phases: Constellation phases, spread over a day.
        alive: (N,) which satellites work; all where left out.
    """
    flights = len(chances.time_s)
    count, _ = satellites_in_reach(
        walker_planes(shells),
        epoch_s=epochs(phases),
        start_s=np.zeros(flights),
        flight=np.tile(np.arange(flights), (phases, 1)),
        time_s=chances.time_s,
        target_ecef_m=chances.target_ecef_m,
        reach_m=chances.reach_m,
        capacity=0,
        alive=None if alive is None else np.tile(alive, (phases, 1)),
    )
    return count


def count_exactly(
    shells: Sequence[WalkerShell], chances: Chances, interceptor: Interceptor, phases: int
) -> NDArray[np.int32]:
    """Count as ``count_over_phases``, by thrust and free fall in place of the flat disc: (P, F).

    Satellites within a tenth more than the disc are asked one by one what speed they must gain.
    """
    flights, number = len(chances.time_s), sum(shell.count for shell in shells)
    epoch_s = epochs(phases)
    _, near = satellites_in_reach(
        walker_planes(shells),
        epoch_s=epoch_s,
        start_s=np.zeros(flights),
        flight=np.tile(np.arange(flights), (phases, 1)),
        time_s=chances.time_s,
        target_ecef_m=chances.target_ecef_m,
        reach_m=_WIDER * chances.reach_m,
        capacity=number,
    )
    phase, flight, place = np.nonzero(near >= 0)
    satellite = near[phase, flight, place]
    is_met = np.zeros(len(phase), dtype=np.bool_)
    for k in range(chances.time_s.shape[1]):
        left = np.flatnonzero(~is_met & (chances.reach_m[flight, k] > 0.0))
        if left.size == 0:
            continue
        time = chances.time_s[flight[left], k]
        position, velocity = _states(
            shells, satellite[left], epoch_s[phase[left]] + interceptor.commit_s
        )
        target = ecef_to_inertial(
            chances.target_ecef_m[flight[left], k], epoch_s[phase[left]] + time
        )
        gained = delta_v_to_meet(
            position,
            velocity,
            target,
            time - interceptor.commit_s,
            interceptor.acceleration_m_per_s2,
        )
        is_met[left] = gained <= interceptor.delta_v_m_per_s
    count = np.zeros((phases, flights), dtype=np.int32)
    np.add.at(count, (phase[is_met], flight[is_met]), 1)
    return count


def first_meetings(
    shells: Sequence[WalkerShell],
    flights: Flights,
    interceptor: Interceptor,
    until_s: float,
    phases: int,
) -> tuple[float, float]:
    """Find when the first flight is first met, by anyone: exactly, and by the flat disc.

    Args:
        shells: The shells.
        flights: The flights, of which the first counts.
        interceptor: The interceptor.
        until_s: Last meeting after launch [s].
        phases: Constellation phases, spread over a day.

    Returns:
        Two times after launch [s], means over the phases in which it is met; nan if in none.
    """
    high = flights.time_s[np.argmax(flights.altitude_m[0] > interceptor.min_altitude_m)]
    first = max(high, interceptor.commit_s + _STEP_S)
    times = np.linspace(first, until_s, max(2, int((until_s - first) / _STEP_S) + 1))
    path = flights.position_at(np.tile(times, (len(flights.shots), 1)))[0]
    reach = _WIDER * fly_out_range(
        times - interceptor.commit_s, interceptor.delta_v_m_per_s, interceptor.acceleration_m_per_s2
    )
    met = np.full((2, phases), np.nan)
    epoch_s, planes = epochs(phases), walker_planes(shells)
    _, near = satellites_in_reach(
        planes,
        epoch_s=epoch_s,
        start_s=np.zeros(1),
        flight=np.zeros((phases, 1), dtype=np.int64),
        time_s=times[None],
        target_ecef_m=path[None],
        reach_m=reach[None],
        capacity=planes.count,
    )
    for p in range(phases):
        who = near[p, 0][near[p, 0] >= 0]
        if who.size == 0:
            continue
        at, ahead = _states(shells, who, np.full(len(who), epoch_s[p] + interceptor.commit_s))
        for k, is_flat in enumerate((False, True)):
            after = earliest_meeting(
                at,
                ahead,
                times - interceptor.commit_s,
                ecef_to_inertial(path, epoch_s[p] + times),
                delta_v_m_per_s=interceptor.delta_v_m_per_s,
                acceleration_m_per_s2=interceptor.acceleration_m_per_s2,
                is_flat=is_flat,
            )
            if np.isfinite(after).any():
                met[k, p] = interceptor.commit_s + np.nanmin(after)
    exact, flat = (
        float(times[known].mean()) if (known := np.isfinite(times)).any() else np.nan
        for times in met
    )
    return exact, flat


def _states(
    shells: Sequence[WalkerShell], satellite: NDArray[np.integer], time_s: Array
) -> tuple[Array, Array]:
    """Give inertial positions and velocities of satellites, one time each."""
    rows = [
        np.stack(
            np.broadcast_arrays(s.altitude_m, s.inclination_rad, s.raan_rad, s.arg_latitude_rad),
            axis=1,
        )
        for s in shells
    ]
    altitude, inclination, raan, u = np.concatenate(rows)[satellite].T
    node_rate, turn_rate = drift_rates(altitude, inclination)
    radius = EARTH_EQUATORIAL_RADIUS_M + altitude
    node, turn = raan + node_rate * time_s, u + turn_rate * time_s
    cos_n, sin_n, cos_u, sin_u = np.cos(node), np.sin(node), np.cos(turn), np.sin(turn)
    cos_i, sin_i = np.cos(inclination), np.sin(inclination)
    at = np.stack(
        [
            cos_n * cos_u - sin_n * sin_u * cos_i,
            sin_n * cos_u + cos_n * sin_u * cos_i,
            sin_u * sin_i,
        ],
        axis=1,
    )
    ahead = np.stack(
        [
            -cos_n * sin_u - sin_n * cos_u * cos_i,
            -sin_n * sin_u + cos_n * cos_u * cos_i,
            cos_u * sin_i,
        ],
        axis=1,
    )
    return radius[:, None] * at, (radius * turn_rate)[:, None] * ahead


def mean_by_density(shells: Sequence[WalkerShell], chances: Chances) -> Array:
    """Give the mean number in reach of each flight at its deadline, in closed form: (F,).

    Left out: those that could meet the flight only before the deadline (1 to 3 % of the whole).
    """
    target = chances.target_ecef_m[:, -1]
    radius = np.linalg.norm(target, axis=1)
    lat = np.arcsin(target[:, 2] / radius)
    mean = np.zeros(len(target))
    for shell in shells:
        angle = footprint_angle(
            shell.altitude_m, radius - EARTH_EQUATORIAL_RADIUS_M, chances.reach_m[:, -1]
        )
        mean += np.where(
            chances.reach_m[:, -1] > 0.0,
            mean_in_reach(shell.count, shell.inclination_rad, lat, angle),
            0.0,
        )
    return mean


@dataclass(frozen=True, slots=True)
class Spread:
    """How a number is spread over constellation phases."""

    mean: float
    p05: float
    p50: float
    p95: float


def spread(count: NDArray[Any]) -> Spread:
    """Say how numbers are spread over phases and flights."""
    low, middle, high = np.quantile(count, [0.05, 0.5, 0.95])
    return Spread(float(count.mean()), float(low), float(middle), float(high))


def p_engaged(count: NDArray[np.integer], missiles: int, shots: int) -> float:
    """Give the chance that missiles launched at once from one place all get their shots.

    They have the same interceptors in reach, and none is used twice: the number needed grows in
    proportion to the missiles.
    """
    return float(np.mean(count >= missiles * shots))
