"""How many space-based interceptors reach a target in time: closed form, and counted."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from umbo.compiled import in_parallel, njit, njit_inner
from umbo.errors import DomainError
from umbo.physics.constants import EARTH_EQUATORIAL_RADIUS_M, EARTH_ROTATION_RAD_PER_S
from umbo.physics.orbits import WalkerShell, drift_rates

Array = NDArray[np.float64]

_BLOCK: Final = 256
"""Pairs of phase and missile that one thread takes at a time."""
_EDGE: Final = 1e-6
"""Satellites this near the edge of a slot range, in slots, are checked by their distance."""
_NODES: Final = 48
_gauss = cache(np.polynomial.legendre.leggauss)


@dataclass(frozen=True, eq=False)
class OrbitalPlanes:
    """Orbital planes, each with evenly spaced satellites numbered from its first on."""

    altitude_m: Array
    """(planes,) height of the circular orbits over the equatorial radius."""
    inclination_rad: Array
    """(planes,)"""
    raan_rad: Array
    """(planes,) right ascension of the ascending node at time 0."""
    arg_latitude_rad: Array
    """(planes,) argument of latitude of the first satellite at time 0."""
    per_plane: NDArray[np.int64]
    """(planes,) satellites in the plane."""
    first_satellite: NDArray[np.int64]
    """(planes,) number of the plane's first satellite."""

    @property
    def count(self) -> int:
        """Satellites in all."""
        return int(self.per_plane.sum())


def walker_planes(shells: Sequence[WalkerShell]) -> OrbitalPlanes:
    """Set the planes of shells in a row, their satellites numbered shell after shell."""

    def row(values: list[Array]) -> Array:
        return np.concatenate([np.empty(0), *values])

    per_plane = row([np.full(s.planes, s.per_plane) for s in shells]).astype(np.int64)
    return OrbitalPlanes(
        altitude_m=row([np.full(s.planes, s.altitude_m) for s in shells]),
        inclination_rad=row([np.full(s.planes, s.inclination_rad) for s in shells]),
        raan_rad=row([s.plane_raan_rad for s in shells]),
        arg_latitude_rad=row([s.plane_arg_latitude_rad for s in shells]),
        per_plane=per_plane,
        first_satellite=np.cumsum(per_plane) - per_plane,
    )


def satellites_in_reach(
    planes: OrbitalPlanes,
    *,
    epoch_s: ArrayLike,
    start_s: ArrayLike,
    flight: ArrayLike,
    time_s: ArrayLike,
    target_ecef_m: ArrayLike,
    reach_m: ArrayLike,
    capacity: int,
    alive: NDArray[np.bool_] | None = None,
) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """List the satellites that can reach each missile, in each constellation phase.

    A satellite counts if at any candidate time its straight distance, from where it
    coasts to then, to the target is at most the reach. Left out: gravity during the
    fly-out, which bends both paths alike (their difference over 120 s and 500 km is a few
    km), and whether the line to the target passes through air.

    Args:
        planes: The orbital planes, P phases of which are asked about.
        epoch_s: (P,) time of the constellation and of the Earth's turn when the raid
            begins [s]; at 0 Greenwich lies on the inertial x axis.
        start_s: (M,) launch of each missile after the raid begins [s].
        flight: (P, M) which of the F flights a missile is on.
        time_s: (F, K) candidate times of intercept after launch [s]; pad by repeating.
        target_ecef_m: (F, K, 3) Earth-fixed position of the missile then [m].
        reach_m: (F, K) how far an interceptor has flown by then [m]; 0 or less is not at all.
        capacity: Longest list of satellites.
        alive: (P, N) which satellites work; all where left out.

    Returns:
        Number of satellites in reach, (P, M), also beyond the capacity, and the satellites
        themselves, ascending, (P, M, capacity), filled up with -1.

    Raises:
        DomainError: The shapes do not go together, or a number is not finite.

    Note:
        Goes by plane: a plane too far from the target is passed over, and of a plane near
        enough the range of evenly spaced satellites is found by index.
    """
    epoch, start, times, reach, target = (
        np.asarray(x, dtype=np.float64) for x in (epoch_s, start_s, time_s, reach_m, target_ecef_m)
    )
    which = np.array(flight, dtype=np.int64, order="C")
    shapes = (which.shape, reach.shape, target.shape)
    if shapes != ((*epoch.shape, *start.shape), times.shape, (*times.shape, 3)) or times.ndim != 2:
        raise DomainError(
            "flight must be (P, M), reach_m (F, K) and target_ecef_m (F, K, 3) with epoch_s (P,), "
            f"start_s (M,) and time_s (F, K); got {shapes} with "
            f"{epoch.shape}, {start.shape} and {times.shape}"
        )
    if which.size and not (which.min() >= 0 and which.max() < len(times)):
        raise DomainError(f"flight must lie in 0 to {len(times) - 1}; got {which.max()}")
    if capacity < 0 or not all(np.isfinite(x).all() for x in (epoch, start, times, reach, target)):
        raise DomainError("capacity must not be negative, and times, targets and reach finite")
    if alive is not None and alive.shape != (len(epoch), planes.count):
        raise DomainError(
            f"alive must be (P, N) = ({len(epoch)}, {planes.count}); got {alive.shape}"
        )
    count = np.zeros(which.size, dtype=np.int32)
    satellite = np.full((which.size, capacity), -1, dtype=np.int32)
    if planes.count > 0 and which.size > 0:
        tables = (
            _plane_table(planes),
            _group_table(planes),
            np.concatenate([times[..., None], target, reach[..., None]], axis=-1),
            (epoch[:, None] + start).ravel(),
            which.ravel(),
            np.empty((len(epoch), 0), dtype=np.bool_)
            if alive is None
            else np.ascontiguousarray(alive),
        )

        def list_block(block: int) -> None:
            begin = block * _BLOCK
            end = min(begin + _BLOCK, which.size)
            _list_in_reach(begin, end, *tables, count, satellite)

        in_parallel(list_block, -(-which.size // _BLOCK))
    return count.reshape(which.shape), satellite.reshape((*which.shape, capacity))


def _plane_table(planes: OrbitalPlanes) -> Array:
    # A row a plane: node as cosine and sine, first argument of latitude, slots, first number.
    node = planes.raan_rad
    return np.stack(
        [
            np.cos(node),
            np.sin(node),
            planes.arg_latitude_rad,
            planes.per_plane.astype(np.float64),
            planes.first_satellite.astype(np.float64),
        ],
        axis=1,
    )


def _group_table(planes: OrbitalPlanes) -> Array:
    # Planes of one altitude and inclination drift together, so a target is turned for them
    # once. A row a group: first and last plane, radius, cos i, sin i, the Earth's turn against
    # the nodes and the satellites' in the plane.
    altitude, inclination = planes.altitude_m, planes.inclination_rad
    new = (np.diff(altitude) != 0.0) | (np.diff(inclination) != 0.0)
    first = np.concatenate([[0], np.flatnonzero(new) + 1])
    node_rate, turn_rate = drift_rates(altitude[first], inclination[first])
    return np.stack(
        [
            first.astype(np.float64),
            np.append(first[1:], len(altitude)).astype(np.float64),
            EARTH_EQUATORIAL_RADIUS_M + altitude[first],
            np.cos(inclination[first]),
            np.sin(inclination[first]),
            EARTH_ROTATION_RAD_PER_S - node_rate,
            turn_rate,
        ],
        axis=1,
    )


@njit(cache=True, nogil=True, error_model="numpy")
def _list_in_reach(
    begin: int,
    end: int,
    planes: Array,
    groups: Array,
    candidates: Array,
    start: Array,
    flight: NDArray[np.int64],
    alive: NDArray[np.bool_],
    count: NDArray[np.int32],
    satellite: NDArray[np.int32],
) -> None:
    missiles = flight.size // alive.shape[0]
    row = np.empty((candidates.shape[1], 8))
    most = 0
    for j in range(planes.shape[0]):
        most = max(most, int(planes[j, 3]))
    marked = np.zeros(most, dtype=np.bool_)
    for item in range(begin, end):
        found = 0
        for g in range(groups.shape[0]):
            rows = _turn_targets(candidates, flight[item], start[item], groups, g, row)
            if rows == 0:
                continue
            radius, cos_i, sin_i = groups[g, 2], groups[g, 3], groups[g, 4]
            for j in range(int(groups[g, 0]), int(groups[g, 1])):
                cos_node, sin_node, slots = planes[j, 0], planes[j, 1], int(planes[j, 3])
                a_turn = slots / (2.0 * np.pi)
                low, high = slots, -1
                for k in range(rows):
                    east = cos_node * row[k, 1] - sin_node * row[k, 0]
                    off = row[k, 3] - east * sin_i
                    if off * off > row[k, 5]:
                        continue
                    # Along the node and a quarter turn ahead of it, in the plane.
                    along = cos_node * row[k, 0] + sin_node * row[k, 1]
                    ahead = east * cos_i + row[k, 2]
                    inside = np.sqrt(along * along + ahead * ahead)
                    cos_half = max(min(row[k, 6] / max(inside, 1e-3), 1.0), -1.0)
                    half = np.arccos(cos_half) * a_turn
                    turn = planes[j, 2] + row[k, 4]
                    centre = (np.arctan2(ahead, along) - turn) * a_turn
                    a = int(np.ceil(centre - half - _EDGE))
                    b = min(int(np.floor(centre + half + _EDGE)), a + slots - 1)
                    for n in range(a, b + 1):
                        if abs(n - centre) > half - _EDGE:
                            u = turn + n / a_turn
                            if radius * (along * np.cos(u) + ahead * np.sin(u)) < row[k, 7]:
                                continue
                        slot = n % slots
                        marked[slot] = True
                        low, high = min(low, slot), max(high, slot)
                for slot in range(low, high + 1):
                    if marked[slot]:
                        marked[slot] = False
                        number = int(planes[j, 4]) + slot
                        if alive.shape[1] == 0 or alive[item // missiles, number]:
                            if found < satellite.shape[1]:
                                satellite[item, found] = number
                            found += 1
        count[item] = found


@njit_inner(error_model="numpy")
def _turn_targets(
    candidates: Array, f: int, start: float, groups: Array, g: int, row: Array
) -> int:
    # One row a candidate time: the target in the frame of the drifting nodes, x, y, z sin i
    # and z cos i; the turn of the satellites; the largest squared distance from a plane; the
    # least component in the plane that reaches; and that times the orbit's radius.
    radius, cos_i, sin_i = groups[g, 2], groups[g, 3], groups[g, 4]
    rows = 0
    for k in range(candidates.shape[1]):
        time, reach = candidates[f, k, 0], candidates[f, k, 4]
        x, y, z = candidates[f, k, 1], candidates[f, k, 2], candidates[f, k, 3]
        again = k > 0 and time == candidates[f, k - 1, 0] and reach == candidates[f, k - 1, 4]
        square = x * x + y * y + z * z
        least = (radius * radius + square - reach * reach) / (2.0 * radius)
        room = square - least * least + 1.0 if least > 0.0 else np.inf
        if reach <= 0.0 or again or room < 0.0:
            continue
        earth_turn = groups[g, 5] * (start + time)
        cos_t, sin_t = np.cos(earth_turn), np.sin(earth_turn)
        row[rows, 0] = cos_t * x - sin_t * y
        row[rows, 1] = sin_t * x + cos_t * y
        row[rows, 2] = z * sin_i
        row[rows, 3] = z * cos_i
        row[rows, 4] = groups[g, 6] * (start + time)
        row[rows, 5] = room
        row[rows, 6] = least
        row[rows, 7] = least * radius
        rows += 1
    return rows


def footprint_angle(
    orbit_altitude_m: ArrayLike, target_altitude_m: ArrayLike, reach_m: ArrayLike
) -> Array:
    """Give the angle at the Earth's centre within which a satellite reaches a target.

    Sphere of the equatorial radius. Left out: the flattening, up to 21 km of height.

    Args:
        orbit_altitude_m: Altitude of the satellite [m]; the arguments broadcast together.
        target_altitude_m: Altitude of the target [m].
        reach_m: Straight distance that the interceptor flies [m].

    Returns:
        Angle [rad], 0 where the reach does not bridge the difference in altitude.
    """
    orbit = EARTH_EQUATORIAL_RADIUS_M + np.asarray(orbit_altitude_m, dtype=np.float64)
    target = EARTH_EQUATORIAL_RADIUS_M + np.asarray(target_altitude_m, dtype=np.float64)
    cosine = (orbit**2 + target**2 - np.square(reach_m)) / (2.0 * orbit * target)
    return np.asarray(np.arccos(np.clip(cosine, -1.0, 1.0)))


def mean_in_reach(
    satellites: ArrayLike, inclination_rad: ArrayLike, lat_rad: ArrayLike, angle_rad: ArrayLike
) -> Array:
    """Give the mean number of a shell's satellites within an angle of a target.

    Averaged over phase and longitude, from the density of sub-satellite points of an inclined
    circular orbit, 1 / (2 pi^2 sqrt(sin^2 i - sin^2 lat)) a steradian. Sphere. Left out:
    how the number varies about its mean, which a few planes make wide.

    Args:
        satellites: Satellites in the shell; the arguments broadcast together.
        inclination_rad: Inclination [rad].
        lat_rad: Geocentric latitude of the target [rad].
        angle_rad: Angle at the Earth's centre from target to satellite, 0 to pi [rad]; see
            ``footprint_angle``.

    Returns:
        Mean number of satellites.

    Source:
        The density follows from sin lat = sin i sin u, with u even over a turn.
    """
    n, i, lat, angle = (
        np.asarray(x, dtype=np.float64)[..., None, None]
        for x in (satellites, inclination_rad, lat_rad, angle_rad)
    )
    n, i, lat, angle = np.broadcast_arrays(n, i, lat, angle)
    sin_i = np.maximum(np.sin(i), 1e-12)
    # Over u from -90 to 90 degrees, in pieces that end where the cap's edge turns a corner.
    corner = np.sort(np.concatenate([_folded(lat - angle), _folded(lat + angle)], axis=-1))
    corner = np.arcsin(np.clip(np.sin(corner) / sin_i, -1.0, 1.0))
    end = np.full_like(corner[..., :1], np.pi / 2.0)
    corner = np.concatenate([-end, corner, end], axis=-1)
    middle = (corner[..., 1:] + corner[..., :-1]).swapaxes(-1, -2) / 2.0
    half = np.diff(corner, axis=-1).swapaxes(-1, -2) / 2.0
    x, weight = _gauss(_NODES)
    u = middle + half * np.sin(np.pi / 2.0 * x)
    sin_lat = sin_i * np.sin(u)
    above = np.cos(angle) - np.sin(lat) * sin_lat
    below = np.maximum(np.cos(lat) * np.sqrt(1.0 - sin_lat**2), 1e-15)
    share = np.arccos(np.clip(above / below, -1.0, 1.0)) / np.pi
    step = half * np.pi / 2.0 * np.cos(np.pi / 2.0 * x) * weight
    return np.asarray(n[..., 0, 0] / np.pi * np.sum(share * step, axis=(-1, -2)))


def _folded(lat: Array) -> Array:
    # A latitude beyond a pole is that of the point beyond it.
    return np.asarray(np.arcsin(np.sin(np.clip(lat, -1.5 * np.pi, 1.5 * np.pi))))


def absentee_ratio(inclination_rad: ArrayLike, lat_rad: ArrayLike, angle_rad: ArrayLike) -> Array:
    """Give how many satellites must be in orbit for one, on average, within reach.

    Args:
        inclination_rad: Inclination of the shell [rad]; the arguments broadcast together.
        lat_rad: Geocentric latitude of the target [rad].
        angle_rad: Angle at the Earth's centre from target to satellite [rad].

    Returns:
        Satellites in orbit for each in reach; infinite where none ever is.
    """
    with np.errstate(divide="ignore"):
        return np.asarray(1.0 / mean_in_reach(1.0, inclination_rad, lat_rad, angle_rad))


def equal_area_absentee_ratio(
    footprint_radius_m: ArrayLike,
    intercept_altitude_m: ArrayLike,
    lat_max_rad: ArrayLike = np.pi / 2.0,
    earth_radius_m: float = EARTH_EQUATORIAL_RADIUS_M,
) -> Array:
    """Give the absentee ratio of a shell spread evenly between two latitudes.

    Flat disc on a sphere. Left out: that inclined orbits crowd towards their highest
    latitude, at 50 degrees by a factor of 1.7 five degrees below it (``absentee_ratio`` has
    it).

    Args:
        footprint_radius_m: Radius that one satellite covers at the intercept altitude [m].
        intercept_altitude_m: Altitude of the intercept [m].
        lat_max_rad: Highest latitude, north and south, at which missiles boost [rad].
        earth_radius_m: Radius of the Earth [m].

    Returns:
        Satellites in orbit for each in reach; infinite where the radius is 0.

    Source:
        Harrison, *Build Your Own Golden Dome*, AEI working paper 2025-20 (2025), calculator.
    """
    shell = 4.0 * np.pi * (earth_radius_m + np.asarray(intercept_altitude_m)) ** 2
    with np.errstate(divide="ignore"):
        return np.asarray(
            np.divide(shell * np.sin(lat_max_rad), np.pi * np.square(footprint_radius_m))
        )
