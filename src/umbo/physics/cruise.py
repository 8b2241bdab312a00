"""Cruise flights: great-circle legs at one altitude and speed, with a climb and a dive."""

from collections.abc import Sequence
from itertools import pairwise
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from umbo.errors import DomainError
from umbo.physics.earth import (
    destination,
    east_north_up,
    geodetic_to_ecef,
    great_circle_distance,
    initial_azimuth,
)
from umbo.physics.flight import Trajectory

Array = NDArray[np.float64]

_AHEAD_M: Final = 10.0
_NODES: Final = 65
"""Points of a leg between which its length on the ellipsoid is interpolated."""


def cruise(
    launch_latitude_rad: ArrayLike,
    launch_longitude_rad: ArrayLike,
    aim_latitude_rad: ArrayLike,
    aim_longitude_rad: ArrayLike,
    *,
    speed_m_per_s: float,
    altitude_m: float,
    climb_rate_m_per_s: float,
    dive_rate_m_per_s: float,
    times_s: ArrayLike,
    boost_s: float = 0.0,
    launch_altitude_m: float = 0.0,
    waypoints_rad: Sequence[tuple[float, float]] = (),
    greatest_range_m: float = np.inf,
    lowest_m: float = 0.0,
    highest_m: float = np.inf,
) -> Trajectory:
    """Fly missiles of one type along great circles, at one speed over ground.

    From launch it climbs, or sinks, at one rate to its altitude over the ellipsoid, keeps it,
    and dives at another rate onto the aim point. With a boost the speed rises evenly from 0;
    without one it is there at once. Left out: terrain and its following (some hundred metres
    of altitude), wind, turns at waypoints (a few km), and fuel.

    Args:
        launch_latitude_rad: Launch points, (n,) [rad].
        launch_longitude_rad: East positive [rad].
        aim_latitude_rad: Aim points, (n,) [rad].
        aim_longitude_rad: East positive [rad].
        speed_m_per_s: Speed over ground in the cruise.
        altitude_m: Altitude of the cruise over the ellipsoid.
        climb_rate_m_per_s: Rate of the climb, or of the descent from an aircraft.
        dive_rate_m_per_s: Rate of descent in the terminal dive.
        times_s: Times to sample at, rising [s].
        boost_s: Duration of the boost.
        launch_altitude_m: Altitude at launch, above 0 from the air.
        waypoints_rad: Latitudes and longitudes that every flight passes on its way.
        greatest_range_m: Longest way that the missile flies.
        lowest_m: Lowest altitude of its cruise.
        highest_m: Highest altitude of its cruise.

    Returns:
        The flights, each at its aim point at the end. Burnout is the end of the boost, at time
        0 without one; apogee is where the cruise begins. Where
        the way is too short to climb to its altitude, it dives from lower.

    Raises:
        DomainError: A speed or rate is not positive, the altitude lies outside the band, or a
            way is longer than the range or too short for the boost.

    Example:
        >>> flown = cruise(
        ...     [0.0], [0.0], [0.0], [0.1], speed_m_per_s=240.0, altitude_m=60.0,
        ...     climb_rate_m_per_s=30.0, dive_rate_m_per_s=60.0, times_s=[0.0, 60.0],
        ... )
        >>> f"{flown.impact_s[0] / 60:.1f} min"
        '44.3 min'
    """
    rates = (speed_m_per_s, climb_rate_m_per_s, dive_rate_m_per_s)
    if not (all(rate > 0.0 for rate in rates) and boost_s >= 0.0):  # nan too
        raise DomainError(
            "speed_m_per_s, climb_rate_m_per_s and dive_rate_m_per_s must be above 0 and boost_s "
            f"not below; got {rates} and {boost_s}"
        )
    if not (lowest_m <= altitude_m <= highest_m and altitude_m > 0.0):
        raise DomainError(
            f"altitude_m is {altitude_m:.0f} m, outside the band of the class, "
            f"{lowest_m:.0f} to {highest_m:.0f} m; choose an altitude inside"
        )
    ends = (launch_latitude_rad, launch_longitude_rad, aim_latitude_rad, aim_longitude_rad)
    way_lat, way_lon, length = _way(ends, waypoints_rad)
    total = length[:, -1]
    shortest = speed_m_per_s * max(boost_s / 2.0, launch_altitude_m / dive_rate_m_per_s)
    if not (np.all(total <= greatest_range_m) and np.all(total > shortest)):
        raise DomainError(
            f"ways of {total.min() / 1e3:.0f} to {total.max() / 1e3:.0f} km; the missile flies "
            f"{shortest / 1e3:.1f} to {greatest_range_m / 1e3:.0f} km; choose a nearer launch "
            "point, fewer waypoints or another missile"
        )
    impact = total / speed_m_per_s + boost_s / 2.0
    times = np.asarray(times_s, dtype=np.float64)
    profile = (rates, altitude_m, boost_s, launch_altitude_m)
    position, velocity, _ = _states(times, way_lat, way_lon, length, impact, profile)
    over = (times > impact[:, None])[..., None]
    end_position, end_velocity, _ = _states(impact[:, None], way_lat, way_lon, length, impact,
                                            profile)  # fmt: skip
    boosted = np.full((len(total), 1), boost_s)
    boost_position, end_of_boost, boost_altitude = _states(
        boosted, way_lat, way_lon, length, impact, profile
    )
    # It is highest where the climb ends, or meets the dive.
    climb, dive = climb_rate_m_per_s, dive_rate_m_per_s
    level = np.minimum((altitude_m - launch_altitude_m) / climb,
                       (dive * impact - launch_altitude_m) / (climb + dive))  # fmt: skip
    is_up = altitude_m > launch_altitude_m
    top = np.where(is_up, launch_altitude_m + climb * level, launch_altitude_m)
    nothing = np.full(len(total), np.nan)
    return Trajectory(
        time_s=times,
        position_m=np.where(over, np.nan, position),
        velocity_m_per_s=np.where(over, np.nan, velocity),
        burnout_s=boosted[:, 0],
        burnout_speed_m_per_s=np.linalg.norm(end_of_boost[:, 0], axis=-1),
        burnout_altitude_m=boost_altitude[:, 0],
        burnout_position_m=boost_position[:, 0],
        burnout_velocity_m_per_s=end_of_boost[:, 0],
        staging_s=np.empty((len(total), 0)),
        apogee_s=np.where(is_up, level, 0.0),
        apogee_altitude_m=top,
        pierce_up_s=nothing,
        pierce_down_s=nothing,
        impact_s=impact,
        impact_position_m=end_position[:, 0],
        impact_velocity_m_per_s=end_velocity[:, 0],
    )


def way_length(
    launch_latitude_rad: ArrayLike,
    launch_longitude_rad: ArrayLike,
    aim_latitude_rad: ArrayLike,
    aim_longitude_rad: ArrayLike,
    waypoints_rad: Sequence[tuple[float, float]] = (),
) -> Array:
    """Give the length on the ellipsoid of the great circles between points.

    Args:
        launch_latitude_rad: As in ``cruise``.
        launch_longitude_rad: As there.
        aim_latitude_rad: As there.
        aim_longitude_rad: As there.
        waypoints_rad: As there.

    Returns:
        Length [m], (n,); within 0.01 % of the geodesic for a single leg up to 10,000 km.
    """
    ends = (launch_latitude_rad, launch_longitude_rad, aim_latitude_rad, aim_longitude_rad)
    return _way(ends, waypoints_rad)[2][:, -1]


def _way(
    ends: tuple[ArrayLike, ArrayLike, ArrayLike, ArrayLike],
    waypoints_rad: Sequence[tuple[float, float]],
) -> tuple[Array, Array, Array]:
    """Give points along the way of each flight, and the length flown to each."""
    lat_1, lon_1, lat_2, lon_2 = np.broadcast_arrays(
        *(np.atleast_1d(np.asarray(x, dtype=np.float64)) for x in ends)
    )
    one = np.ones_like(lat_1)
    stops = [(lat_1, lon_1), *((one * lat, one * lon) for lat, lon in waypoints_rad)]
    stops.append((lat_2, lon_2))
    lats, lons = [lat_1[:, None]], [lon_1[:, None]]
    share = np.linspace(0.0, 1.0, _NODES)[1:]
    for a, b in pairwise(stops):
        distance = great_circle_distance(*a, *b)[:, None] * share
        azimuth = initial_azimuth(*a, *b)[:, None]
        lat, lon = destination(a[0][:, None], a[1][:, None], azimuth, distance)
        lats.append(lat)
        lons.append(lon)
    lat, lon = np.hstack(lats), np.hstack(lons)
    chords = np.linalg.norm(np.diff(geodetic_to_ecef(lat, lon), axis=1), axis=-1)
    return lat, lon, np.pad(np.cumsum(chords, axis=1), ((0, 0), (1, 0)))


def _states(
    times: Array,
    way_lat: Array,
    way_lon: Array,
    length: Array,
    impact: Array,
    profile: tuple[tuple[float, ...], float, float, float],
) -> tuple[Array, Array, Array]:
    """Give positions, velocities and altitudes at times, (K,) or (n, K)."""
    (speed, climb, dive), altitude, boost_s, launch_altitude = profile
    t = np.clip(np.broadcast_to(times, (len(impact), times.shape[-1])), 0.0, impact[:, None])
    boosting = t < boost_s
    along_speed = np.where(boosting, speed * t / max(boost_s, 1e-9), speed)
    flown = np.where(boosting, along_speed * t / 2.0, speed * (t - boost_s / 2.0))
    to_go = impact[:, None] - t
    step = np.copysign(climb, altitude - launch_altitude)
    climbing_s = abs(altitude - launch_altitude) / climb
    climbed, dived = launch_altitude + step * np.minimum(t, climbing_s), dive * to_go
    height = np.minimum(climbed, dived)
    rise = np.where(dived < climbed, -dive, np.where(t < climbing_s, step, 0.0))
    # Within a leg's piece of the way, the great circle from its first point to its last.
    piece = np.stack([np.searchsorted(length[n], flown[n]) for n in range(len(t))]) - 1
    at = np.arange(len(t))[:, None], np.clip(piece, 0, length.shape[1] - 2)
    begin, end = (way_lat[:, :-1], way_lon[:, :-1]), (way_lat[:, 1:], way_lon[:, 1:])
    arc = great_circle_distance(*begin, *end)[at]
    azimuth = initial_azimuth(*begin, *end)[at]
    start = begin[0][at], begin[1][at]
    share = (flown - length[:, :-1][at]) / np.diff(length, axis=1)[at]
    lat, lon = destination(*start, azimuth, share * arc)
    # Straight ahead is the way to a point a little farther on, at the same altitude.
    on = destination(*start, azimuth, share * arc + _AHEAD_M)
    up, up_on = east_north_up(lat, lon)[..., 2, :], east_north_up(*on)[..., 2, :]
    ahead = geodetic_to_ecef(*on) - geodetic_to_ecef(lat, lon)
    pace = np.linalg.norm(ahead, axis=-1, keepdims=True)
    along = (ahead + height[..., None] * (up_on - up)) / pace
    position = geodetic_to_ecef(lat, lon, height)
    velocity = along_speed[..., None] * along + rise[..., None] * up
    return position, velocity, height
