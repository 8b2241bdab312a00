"""Fractional orbit: boost into a low orbit, less than a turn of it, a burn, and a fall."""

from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from umbo.errors import DomainError
from umbo.physics.constants import (
    EARTH_MEAN_RADIUS_M,
    EARTH_MU_M3_PER_S2,
    EARTH_ROTATION_RAD_PER_S,
)
from umbo.physics.earth import ecef_to_geodetic
from umbo.physics.flight import Effects, Launch, Steering, Trajectory, Vehicle, coast, fly
from umbo.physics.landing import close_in, ways
from umbo.physics.samples import states_at

Array = NDArray[np.float64]

LOWEST_ORBIT_M: Final = 130e3
HIGHEST_ORBIT_M: Final = 220e3
"""Band of orbits: below, air ends it within the turn; above, one burn does not reach it."""
MISS_ADMITTED_M: Final = 1_000.0
_MISS_SOUGHT_M: Final = 150.0
_UNIT_S: Final = 1_000.0  # of waiting time, so that it and azimuth move the impact alike
_FIRST_LEG_M: Final = 6_500e3  # boost and fall together, to begin with
_GROUND_SPEED_M_PER_S: Final = 7_400.0
_LEAST_WAIT_S: Final = 10.0
_LONGEST_WAIT_S: Final = 5_200.0
_ORBIT_SAMPLE_S: Final = 20.0
_BOOST_SAMPLE_S: Final = 1.0
_GRID: Final = 36
_ROUNDS: Final = 12
# What an error of one counts in the search for the boost: metres, and metres per second.
_COUNTS: Final = np.array([1e3, 10.0])
_STILL: Final = Effects(rotation=False, j2=False, ellipsoid=False)
_SPIN: Final = np.array([0.0, 0.0, EARTH_ROTATION_RAD_PER_S])


@dataclass(frozen=True, eq=False)
class FractionalFlights:
    """Flights through a part of an orbit; every field leads with the flights' shape."""

    flights: Trajectory
    """Burnout is the entry into orbit, apogee the highest point of the orbit flown."""
    orbit_speed_m_per_s: Array
    """Inertial, at the entry into orbit."""
    deorbit_s: Array
    """Time of the burn against the orbit, after launch."""
    azimuth_rad: Array
    miss_m: Array


def aim_fractional(
    vehicle: Vehicle,
    launch_latitude_rad: ArrayLike,
    launch_longitude_rad: ArrayLike,
    aim_latitude_rad: ArrayLike,
    aim_longitude_rad: ArrayLike,
    *,
    orbit_altitude_m: float,
    deorbit_delta_v_m_per_s: float,
    long_way: bool = False,
    times_s: ArrayLike,
) -> FractionalFlights:
    """Fly missiles of one type through a part of an orbit so that each hits its aim point.

    The booster pitches over at one rate to an elevation that it holds, both solved for so that
    it comes to orbital speed level at the orbit's altitude; there thrust ends. Azimuth and the
    time of the burn against the orbit, an impulse, are solved for. Left out: the coast between
    burns of a real insertion, the length of the burn (seconds), and plane changes.

    Args:
        vehicle: The booster, and what falls.
        launch_latitude_rad: Launch points, (n,) [rad].
        launch_longitude_rad: East positive [rad].
        aim_latitude_rad: Aim points, (n,) on the ellipsoid [rad].
        aim_longitude_rad: East positive [rad].
        orbit_altitude_m: Altitude at which it enters orbit, 130 to 220 km.
        deorbit_delta_v_m_per_s: Size of the burn against the orbit.
        long_way: Whether it flies the other way round the Earth.
        times_s: Times to sample at, rising [s].

    Returns:
        The flights, each within 1 km of its aim point.

    Raises:
        DomainError: The orbit lies outside its band, the booster does not reach it, or an aim
            point is too near or at the antipode.

    Source:
        Bate, Mueller & White, *Fundamentals of Astrodynamics*, Dover (1971), ch. 3 and 6.
    """
    if not LOWEST_ORBIT_M <= orbit_altitude_m <= HIGHEST_ORBIT_M:
        raise DomainError(
            f"orbit_altitude_m must lie in {LOWEST_ORBIT_M / 1e3:.0f} to "
            f"{HIGHEST_ORBIT_M / 1e3:.0f} km; got {orbit_altitude_m / 1e3:.0f} km"
        )
    if not deorbit_delta_v_m_per_s > 0.0:
        raise DomainError(f"deorbit_delta_v_m_per_s must be above 0; got {deorbit_delta_v_m_per_s}")
    lat, lon, aim_lat, aim_lon = (
        np.array(x, dtype=np.float64)
        for x in np.broadcast_arrays(
            np.atleast_1d(launch_latitude_rad), launch_longitude_rad, aim_latitude_rad,
            aim_longitude_rad,
        )
    )  # fmt: skip
    there = ways(lat, lon, aim_lat, aim_lon, long_way=long_way)
    pitch = np.tile(_still_pitch(vehicle, orbit_altitude_m), (len(lat), 1))
    entry = np.empty((len(lat), 7))

    def impacts(x: Array, chosen: NDArray[np.intp]) -> Array:
        pitch[chosen], entry[chosen] = _enter(
            vehicle, lat[chosen], lon[chosen], x[:, 0], pitch[chosen], orbit_altitude_m
        )
        fall = _leave(vehicle, entry[chosen], x[:, 1] * _UNIT_S, deorbit_delta_v_m_per_s)
        fallen = _fall(vehicle, fall, np.zeros(1))
        return fallen.impact_position_m

    distance = there.angle_rad * EARTH_MEAN_RADIUS_M
    longest = _LONGEST_WAIT_S / _UNIT_S
    wait = np.clip((distance - _FIRST_LEG_M) / _GROUND_SPEED_M_PER_S / _UNIT_S, 0.05, longest)
    slopes = np.full(len(lat), _GROUND_SPEED_M_PER_S * _UNIT_S)
    x, miss = close_in(
        impacts, there, np.stack([there.azimuth_rad, wait], axis=-1), slopes,
        low=_LEAST_WAIT_S / _UNIT_S, high=longest, stride=longest, sought_m=_MISS_SOUGHT_M,
    )  # fmt: skip
    failed = ~(miss <= MISS_ADMITTED_M)
    if np.any(failed):
        i = int(np.argmax(failed))
        least = impacts(np.array([[x[i, 0], _LEAST_WAIT_S / _UNIT_S]]), np.array([i]))
        flown = there.off(least, np.array([i]))[0, 0] + distance[i]
        raise DomainError(
            f"{int(failed.sum())} of {len(failed)} aim points cannot be reached from orbit, the "
            f"first at {np.degrees(aim_lat[i]):.1f}, {np.degrees(aim_lon[i]):.1f} deg and "
            f"{distance[i] / 1e3:.0f} km along the way: the missile flies at least "
            f"{flown / 1e3:.0f} km that way, less than a turn, and not to the antipode; choose "
            "another launch point, a larger burn against the orbit, or the other way round"
        )
    azimuth, wait = x[:, 0], x[:, 1] * _UNIT_S
    pitch, entry = _enter(vehicle, lat, lon, azimuth, pitch, orbit_altitude_m)
    fall = _leave(vehicle, entry, wait, deorbit_delta_v_m_per_s)
    return _joined(vehicle, (lat, lon, azimuth), pitch, entry, wait, fall, there.goal_m,
                   np.asarray(times_s, dtype=np.float64))  # fmt: skip


def orbit_speed(altitude_m: ArrayLike) -> Array:
    """Give the inertial speed of a circular orbit over the mean sphere.

    Args:
        altitude_m: Altitude [m].

    Returns:
        Speed [m/s].

    Example:
        >>> f"{orbit_speed(160e3):.0f} m/s"
        '7812 m/s'
    """
    return np.asarray(np.sqrt(EARTH_MU_M3_PER_S2 / (EARTH_MEAN_RADIUS_M + np.asarray(altitude_m))))


def least_deorbit_delta_v(altitude_m: ArrayLike, perigee_altitude_m: ArrayLike = 0.0) -> Array:
    """Give the burn against a circular orbit that lowers its perigee, as half a Hohmann transfer.

    Args:
        altitude_m: Altitude of the orbit [m].
        perigee_altitude_m: Altitude of the perigee that is wanted, below that [m].

    Returns:
        Change of speed [m/s].

    Source:
        Bate, Mueller & White (1971), sec. 3.3.

    Example:
        >>> f"{least_deorbit_delta_v(160e3):.1f} m/s"
        '48.6 m/s'
    """
    high = EARTH_MEAN_RADIUS_M + np.asarray(altitude_m, dtype=np.float64)
    low = EARTH_MEAN_RADIUS_M + np.asarray(perigee_altitude_m, dtype=np.float64)
    return np.asarray(np.sqrt(EARTH_MU_M3_PER_S2 / high) * (1.0 - np.sqrt(2 * low / (low + high))))


def _inertial(state: Array, effects: Effects | None = None) -> Array:
    """Give inertial velocities of Earth-fixed states (..., 6)."""
    spin = _SPIN if effects is None or effects.rotation else 0.0 * _SPIN
    return np.asarray(state[..., 3:] + np.cross(spin, state[..., :3]))


def _entries(
    vehicle: Vehicle,
    lat: Array,
    lon: Array,
    azimuth: Array,
    pitch: Array,
    effects: Effects | None = None,
) -> tuple[Array, Array]:
    """Give when and in what state, (n, 7), thrust would end at orbital speed, and how it climbs.

    Rates of climb (n,) are inertial; nan where that speed is never reached.
    """
    ends = np.cumsum(vehicle.burn_s)
    times = np.unique(np.concatenate([np.arange(0.3 * ends[-1], ends[-1], _BOOST_SAMPLE_S), ends]))
    steering = Steering(azimuth, pitch_rate_rad_per_s=pitch[:, 0], final_elevation_rad=pitch[:, 1])
    given = {} if effects is None else {"effects": effects}
    flown = fly(vehicle, Launch(lat, lon), steering, times_s=times, **given)  # type: ignore[arg-type]
    states = np.concatenate([flown.position_m, flown.velocity_m_per_s], axis=-1)
    radius = np.linalg.norm(states[..., :3], axis=-1)
    over = np.sum(_inertial(states, effects) ** 2, axis=-1) - EARTH_MU_M3_PER_S2 / radius
    fast = np.nan_to_num(over, nan=-1.0) > 0.0
    at = np.clip(np.argmax(fast, axis=1), 1, None)
    row = np.arange(len(states))
    before, after = over[row, at - 1], over[row, at]
    share = np.where(fast.any(axis=1), before / (before - after), np.nan)
    when = times[at - 1] + share * (times[at] - times[at - 1])
    state = states_at(times, flown.position_m, flown.velocity_m_per_s, np.nan_to_num(when))
    state[np.isnan(when)] = np.nan
    climb = np.sum(state[:, :3] * state[:, 3:], axis=-1) / np.linalg.norm(state[:, :3], axis=-1)
    return np.hstack([when[:, None], state]), climb


def _altitude(state: Array, is_still: bool) -> Array:
    radius = np.linalg.norm(state[:, 1:4], axis=-1)
    if is_still:
        return np.asarray(radius - EARTH_MEAN_RADIUS_M)
    known = np.isfinite(radius)
    altitude = np.full(len(state), np.nan)
    altitude[known] = ecef_to_geodetic(state[known, 1:4])[2]
    return altitude


@lru_cache(maxsize=32)
def _still_pitch(vehicle: Vehicle, altitude_m: float) -> Array:
    """Find the pitch rate and final elevation that lead to orbit over a sphere at rest."""
    burn = float(np.sum(vehicle.burn_s))
    rate = np.geomspace(0.5, 6.0, _GRID) * np.pi / 2.0 / burn
    elevation = np.radians(np.linspace(-25.0, 45.0, _GRID))
    pitch = np.stack([x.ravel() for x in np.meshgrid(rate, elevation)], axis=-1)
    rest = np.zeros(len(pitch))
    state, climb = _entries(vehicle, rest, rest, rest + np.pi / 2.0, pitch, _STILL)
    off = np.stack([_altitude(state, True) - altitude_m, climb], axis=-1) / _COUNTS
    size = np.nan_to_num(np.hypot(off[:, 0] / 10.0, off[:, 1] / 10.0), nan=np.inf)
    if not np.isfinite(size).any():
        raise DomainError(
            "the booster never comes to orbital speed; give it more delta-v, or more thrust"
        )
    return pitch[np.argmin(size)]


def _enter(
    vehicle: Vehicle, lat: Array, lon: Array, azimuth: Array, pitch: Array, altitude_m: float
) -> tuple[Array, Array]:
    """Solve for the pitch that enters orbit level at its altitude; give it and the states."""
    pitch = pitch.copy()
    state = np.empty((len(lat), 7))
    nudge = np.radians([0.002, 0.2])

    def off(p: Array) -> Array:
        state[:], climb = _entries(vehicle, lat, lon, azimuth, p)
        return np.stack([_altitude(state, False) - altitude_m, climb], axis=-1) / _COUNTS

    error = off(pitch)
    for _ in range(_ROUNDS):
        if np.nanmax(np.abs(error), initial=0.0) < 0.05:
            break
        slopes = np.empty((len(lat), 2, 2))
        for i in range(2):
            slopes[:, :, i] = (off(pitch + np.eye(2)[i] * nudge) - error) / nudge[i]
        det = slopes[:, 0, 0] * slopes[:, 1, 1] - slopes[:, 0, 1] * slopes[:, 1, 0]
        move = np.stack(
            [
                slopes[:, 0, 1] * error[:, 1] - slopes[:, 1, 1] * error[:, 0],
                slopes[:, 1, 0] * error[:, 0] - slopes[:, 0, 0] * error[:, 1],
            ],
            axis=-1,
        )
        move = np.nan_to_num(move / det[:, None])
        pitch += np.clip(move, -np.radians([0.1, 6.0]), np.radians([0.1, 6.0]))
        error = off(pitch)
    state[~(np.max(np.abs(error), axis=1) < 1.0)] = np.nan
    return pitch, state


def _leave(vehicle: Vehicle, entry: Array, wait_s: Array, delta_v: float) -> Array:
    """Coast in orbit from its entry for a time each, and burn against it; give states (n, 6)."""
    known = np.isfinite(entry[:, 0])
    after = np.full((len(entry), 6), np.nan)
    if known.any():
        times = np.arange(0.0, float(wait_s[known].max()) + 2.0 * _ORBIT_SAMPLE_S, _ORBIT_SAMPLE_S)
        orbit = _fall(vehicle, entry[known, 1:], times)
        state = states_at(times, orbit.position_m, orbit.velocity_m_per_s, wait_s[known])
        inertial = _inertial(state)
        state[:, 3:] -= delta_v * inertial / np.linalg.norm(inertial, axis=-1, keepdims=True)
        after[known] = state
    return after


def _fall(vehicle: Vehicle, state: Array, times: Array) -> Trajectory:
    beta = vehicle.reentry_ballistic_coefficient_kg_per_m2
    return coast(state[:, :3], state[:, 3:], beta, times_s=times)


def _joined(
    vehicle: Vehicle,
    launch: tuple[Array, Array, Array],
    pitch: Array,
    entry: Array,
    wait: Array,
    fall: Array,
    goal: Array,
    times: Array,
) -> FractionalFlights:
    """Put boost, orbit and fall together on one grid of times."""
    lat, lon, azimuth = launch
    begin = entry[:, 0] + wait
    steering = Steering(
        azimuth,
        cutoff_s=entry[:, 0],
        pitch_rate_rad_per_s=pitch[:, 0],
        final_elevation_rad=pitch[:, 1],
    )
    up = fly(vehicle, Launch(lat, lon), steering, times_s=times)
    down = _fall(vehicle, fall, np.arange(0.0, 3_600.0, 1.0))
    falling = times > begin[:, None]
    over = times > (begin + down.impact_s)[:, None]
    # Past the impact the last velocity goes on, so that the last second is whole.
    beyond = (down.time_s - down.impact_s[:, None])[..., None]
    speed = down.impact_velocity_m_per_s[:, None]
    position = np.where(
        beyond > 0.0, down.impact_position_m[:, None] + beyond * speed, down.position_m
    )
    velocity = np.where(beyond > 0.0, speed, down.velocity_m_per_s)
    since = np.clip(times - begin[:, None], 0.0, down.time_s[-1])
    states = states_at(down.time_s, position, velocity, since)
    states = np.where(falling[..., None], states, np.concatenate(
        [up.position_m, up.velocity_m_per_s], axis=-1))  # fmt: skip
    radius = np.linalg.norm(np.where(falling[..., None], 0.0, up.position_m), axis=-1)
    top = np.nanargmax(radius, axis=1)
    states[over] = np.nan
    impact = down.impact_position_m
    return FractionalFlights(
        flights=Trajectory(
            time_s=times,
            position_m=states[..., :3],
            velocity_m_per_s=states[..., 3:],
            burnout_s=entry[:, 0],
            burnout_speed_m_per_s=np.linalg.norm(entry[:, 4:], axis=-1),
            burnout_altitude_m=_altitude(entry, False),
            burnout_position_m=entry[:, 1:4],
            burnout_velocity_m_per_s=entry[:, 4:],
            staging_s=up.staging_s,
            apogee_s=times[top],
            apogee_altitude_m=ecef_to_geodetic(up.position_m[np.arange(len(top)), top])[2],
            pierce_up_s=up.pierce_up_s,
            pierce_down_s=begin + down.pierce_down_s,
            impact_s=begin + down.impact_s,
            impact_position_m=impact,
            impact_velocity_m_per_s=down.impact_velocity_m_per_s,
        ),
        orbit_speed_m_per_s=np.linalg.norm(_inertial(entry[:, 1:]), axis=-1),
        deorbit_s=begin,
        azimuth_rad=azimuth,
        miss_m=np.linalg.norm(impact - goal, axis=-1),
    )
