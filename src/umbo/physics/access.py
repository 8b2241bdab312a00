"""When satellites of a shell see places, and how well a constellation covers them."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from umbo.compiled import in_parallel, njit
from umbo.errors import DomainError
from umbo.physics.constants import (
    EARTH_EQUATORIAL_RADIUS_M,
    EARTH_POLAR_RADIUS_M,
    EARTH_ROTATION_RAD_PER_S,
)
from umbo.physics.earth import east_north_up, geodetic_to_ecef
from umbo.physics.orbits import WalkerShell, drift_rates
from umbo.physics.stereo import UNLIMITED, Seeing, count_views

Array = NDArray[np.float64]

_SHORTEST_S: Final = 0.5
"""Passes and gaps shorter than this can be overlooked."""
_PART: Final = 1_024
"""Pairs of satellite and place that one thread takes at a time."""
_BLOCK: Final = 262_144
"""Pairs of satellite and place whose windows are held at once."""
_CELLS: Final = 4_000_000
"""Pairs of epoch and place that ``coverage`` counts at once."""


@dataclass(frozen=True, eq=False)
class AccessWindows:
    """Spans of time in which a satellite sees a place, by satellite, then place, then time."""

    satellite: NDArray[np.int32]
    place: NDArray[np.int32]
    rise_s: Array
    """Start; the start of the search where the satellite was up already."""
    set_s: Array
    """End; the end of the search where the satellite was still up."""

    @property
    def duration_s(self) -> Array:
        """Length of each window [s]."""
        return self.set_s - self.rise_s


@dataclass(frozen=True, eq=False)
class Coverage:
    """How well places are covered over the epochs that were counted."""

    mean_in_view: Array
    """(M,) mean number of satellites in view."""
    share_at_least: Array
    """(M, most) share of the time with at least 1, 2, ... most in view."""


def access_windows(
    shell: WalkerShell,
    lat_rad: ArrayLike,
    lon_rad: ArrayLike,
    altitude_m: ArrayLike = 0.0,
    *,
    start_s: float = 0.0,
    end_s: float,
    min_elevation_rad: float | None = None,
    grazing_altitude_m: float = 0.0,
    earth_angle_0_rad: float = 0.0,
) -> AccessWindows:
    """Find when each satellite of a shell sees each place.

    A place on the ground is seen where the satellite stands above a least elevation; a
    target in the air where the line of sight passes the limb above a grazing altitude, as
    ``visibility.is_line_of_sight_clear`` says. Crossings lie within 1 ms where they are not
    grazing. Left out: passes shorter than 0.5 s; refraction and terrain; what ``drift_rates``
    leaves out, up to 10 km along the orbit, or 1.3 s of low orbit.

    Args:
        shell: The satellites.
        lat_rad: Geodetic latitude of the places [rad], (M,).
        lon_rad: Longitude of the places [rad], (M,).
        altitude_m: Height of the places over the ellipsoid [m].
        start_s: Start of the search [s].
        end_s: End of the search [s].
        min_elevation_rad: Least elevation over the local horizon [rad]; the line of sight
            decides where left out.
        grazing_altitude_m: Lowest altitude of a line that passes the limb [m].
        earth_angle_0_rad: Angle from the inertial x axis to Greenwich at time 0 [rad].

    Returns:
        The windows.

    Raises:
        DomainError: The times do not ascend, an elevation is outside 0 to 90 degrees, or a
            place or the grazing altitude is as high as the satellites.

    Note:
        The height f of a satellite over the horizon of a place, in metres, and its rate are
        known, and so is a bound M on |f''|: no crossing can come before
        |f| + |f|' h - M h^2 / 2 is zero, and that h is the step. Towards a crossing it is
        Newton's step, from the safe side. Memory is that of the answer: see ``access_blocks``.
    """
    blocks = list(
        access_blocks(
            shell,
            lat_rad,
            lon_rad,
            altitude_m,
            start_s=start_s,
            end_s=end_s,
            min_elevation_rad=min_elevation_rad,
            grazing_altitude_m=grazing_altitude_m,
            earth_angle_0_rad=earth_angle_0_rad,
        )
    )
    return _joined(blocks)


def access_blocks(
    shell: WalkerShell,
    lat_rad: ArrayLike,
    lon_rad: ArrayLike,
    altitude_m: ArrayLike = 0.0,
    *,
    start_s: float = 0.0,
    end_s: float,
    min_elevation_rad: float | None = None,
    grazing_altitude_m: float = 0.0,
    earth_angle_0_rad: float = 0.0,
) -> Iterator[AccessWindows]:
    """Find access windows block by block of satellites, so that few are held at once.

    Args:
        shell: The satellites.
        lat_rad: As in ``access_windows``, and so are the others.
        lon_rad: See there.
        altitude_m: See there.
        start_s: See there.
        end_s: See there.
        min_elevation_rad: See there.
        grazing_altitude_m: See there.
        earth_angle_0_rad: See there.

    Yields:
        Windows of some 262,144 pairs of satellite and place at a time, in the order of
        ``access_windows``.

    Raises:
        DomainError: As in ``access_windows``.
    """
    places, orbit = _tables(
        shell, lat_rad, lon_rad, altitude_m, min_elevation_rad, grazing_altitude_m
    )
    if not (np.isfinite(start_s) and np.isfinite(end_s) and start_s <= end_s):
        raise DomainError(f"start_s must not be after end_s; got {start_s} and {end_s}")
    satellites = np.stack([shell.raan_rad - earth_angle_0_rad, shell.arg_latitude_rad], axis=1)
    pairs = shell.count * len(places)
    for begin in range(0, pairs, _BLOCK):
        end = min(begin + _BLOCK, pairs)
        parts: list[AccessWindows | None] = [None] * -(-(end - begin) // _PART)

        def find(k: int, begin: int = begin, end: int = end, parts: list = parts) -> None:  # type: ignore[type-arg]
            first = begin + k * _PART
            last = min(first + _PART, end)
            parts[k] = _part(first, last, satellites, places, orbit, start_s, end_s)

        in_parallel(find, len(parts))
        yield _joined([part for part in parts if part is not None])


def coverage(
    shells: Sequence[WalkerShell],
    lat_rad: ArrayLike,
    lon_rad: ArrayLike,
    altitude_m: ArrayLike = 0.0,
    *,
    epoch_s: ArrayLike,
    seeing: Seeing | Sequence[Seeing] = UNLIMITED,
    most: int = 4,
) -> Coverage:
    """Count how well a constellation covers places, over epochs such as a day's.

    Left out: as in ``count_views``; what happens between the epochs.

    Args:
        shells: The satellites.
        lat_rad: Geodetic latitude of the places [rad], (M,).
        lon_rad: Longitude of the places [rad], (M,).
        altitude_m: Height of the targets there [m].
        epoch_s: (P,) times, each with equal weight [s].
        seeing: What lets a satellite see a target, in single numbers; of all shells, or one
            for each.
        most: Largest number of satellites whose share of time is wanted.

    Returns:
        Mean number in view, and shares of the time with at least so many.

    Raises:
        DomainError: As in ``count_views``.
    """
    place = np.reshape(geodetic_to_ecef(lat_rad, lon_rad, altitude_m), (-1, 1, 3))
    epochs = np.atleast_1d(np.asarray(epoch_s, dtype=np.float64))
    mean, share = np.empty(len(place)), np.empty((len(place), most))
    size = max(_CELLS // max(len(epochs), 1), 1)
    for begin in range(0, len(place), size):
        block = slice(begin, begin + size)
        views = count_views(
            shells, epoch_s=epochs, time_s=[0.0], target_ecef_m=place[block], seeing=seeing
        )
        seen = views.in_view[..., 0]
        mean[block] = seen.mean(axis=0)
        for n in range(most):
            share[block, n] = (seen > n).mean(axis=0)
    return Coverage(mean_in_view=mean, share_at_least=share)


def _tables(
    shell: WalkerShell,
    lat_rad: ArrayLike,
    lon_rad: ArrayLike,
    altitude_m: ArrayLike,
    min_elevation_rad: float | None,
    grazing_m: float,
) -> tuple[Array, Array]:
    # The height over the horizon is S.N - c - sin(e) |S - T| + b sqrt(S.E S - Rg^2): a row a
    # place with N, T, c, sin(e), b and the bound on its second derivative.
    lat, lon, altitude = (
        np.ravel(x)
        for x in np.broadcast_arrays(
            *(
                np.atleast_1d(np.asarray(x, dtype=np.float64))
                for x in (lat_rad, lon_rad, altitude_m)
            )
        )
    )
    node_rate, turn_rate = (float(x) for x in drift_rates(shell.altitude_m, shell.inclination_rad))
    radius = EARTH_EQUATORIAL_RADIUS_M + shell.altitude_m
    spin = EARTH_ROTATION_RAD_PER_S - node_rate
    cos_i = math.cos(shell.inclination_rad)
    speed_2 = radius**2 * (turn_rate**2 + spin**2 - 2.0 * turn_rate * spin * cos_i)
    bend = radius * (turn_rate + spin) ** 2
    place = geodetic_to_ecef(lat, lon, altitude)
    distance = np.linalg.norm(place, axis=-1)
    highest = max(grazing_m + EARTH_EQUATORIAL_RADIUS_M, np.max(distance, initial=0.0))
    if not (highest < radius and np.all(np.isfinite(place))):
        raise DomainError(
            f"places and grazing altitude must lie below the satellites at {shell.altitude_m} m; "
            f"got {highest - EARTH_EQUATORIAL_RADIUS_M:.0f} m; lower them, or raise the orbit"
        )
    if min_elevation_rad is not None:
        if not 0.0 <= min_elevation_rad <= np.pi / 2.0:
            raise DomainError(
                f"min_elevation_rad must lie in 0 to pi / 2; got {min_elevation_rad}; give radians"
            )
        sin_e = math.sin(min_elevation_rad)
        normal = east_north_up(lat, lon)[..., 2, :]
        level = np.sum(place * normal, axis=-1)
        most = bend + sin_e * (speed_2 / (radius - distance) + bend)
        others = np.stack([level, np.full_like(lat, sin_e), np.zeros_like(lat), most], axis=-1)
        stretch_2, limb = 1.0, 0.0
    else:
        limb = EARTH_EQUATORIAL_RADIUS_M + grazing_m
        stretch = limb / (EARTH_POLAR_RADIUS_M + grazing_m)
        stretch_2 = stretch**2
        length = np.linalg.norm(place * [1.0, 1.0, stretch], axis=-1)
        normal = place * [1.0, 1.0, stretch_2] / length[:, None]
        beyond = np.sqrt(np.maximum(length**2 - limb**2, 0.0)) / length
        tangent = math.sqrt(radius**2 - limb**2)
        bulge = stretch_2 - 1.0
        wander = bulge * (speed_2 + radius * bend) / tangent
        wander += (bulge * radius) ** 2 * speed_2 / tangent**3
        others = np.stack(
            [
                np.minimum(length, limb) ** 2 / length,
                np.zeros_like(lat),
                beyond,
                stretch * bend + beyond * wander,
            ],
            axis=-1,
        )
    orbit = np.array([radius, shell.inclination_rad, -spin, turn_rate, stretch_2 - 1.0, limb**2])
    return np.ascontiguousarray(np.concatenate([normal, place, others], axis=-1)), orbit


def _part(
    first: int,
    last: int,
    satellites: Array,
    places: Array,
    orbit: Array,
    start_s: float,
    end_s: float,
) -> AccessWindows:
    capacity = 16 * (last - first)
    found = []
    while first < last:
        pair = np.empty(capacity, dtype=np.int64)
        spans = np.empty((2, capacity))
        count, reached = _windows(
            first, last, satellites, places, orbit, start_s, end_s, pair, spans
        )
        if reached == first:  # one pair alone has more windows
            capacity *= 2
        first = reached
        found.append(
            AccessWindows(
                satellite=(pair[:count] // len(places)).astype(np.int32),
                place=(pair[:count] % len(places)).astype(np.int32),
                rise_s=spans[0, :count].copy(),
                set_s=spans[1, :count].copy(),
            )
        )
    return _joined(found)


def _joined(parts: list[AccessWindows]) -> AccessWindows:
    empty, none = np.empty(0, dtype=np.int32), np.empty(0)
    return AccessWindows(
        satellite=np.concatenate([empty, *(part.satellite for part in parts)]),
        place=np.concatenate([empty, *(part.place for part in parts)]),
        rise_s=np.concatenate([none, *(part.rise_s for part in parts)]),
        set_s=np.concatenate([none, *(part.set_s for part in parts)]),
    )


@njit(cache=True, nogil=True, error_model="numpy")
def _windows(
    first: int,
    last: int,
    satellites: Array,
    places: Array,
    orbit: Array,
    start_s: float,
    end_s: float,
    pair: NDArray[np.int64],
    spans: Array,
) -> tuple[int, int]:
    radius, node_rate, turn_rate = orbit[0], orbit[2], orbit[3]
    cos_i, sin_i = math.cos(orbit[1]), math.sin(orbit[1])
    bulge, limb_2 = orbit[4], orbit[5]
    count = 0
    for item in range(first, last):
        kept = count
        s, m = item // places.shape[0], item % places.shape[0]
        north_x, north_y, north_z = places[m, 0], places[m, 1], places[m, 2]
        level, sin_e, beyond, most = places[m, 6], places[m, 7], places[m, 8], places[m, 9]
        t, t_before, f_before = start_s, start_s, 0.0
        up, rise = False, start_s
        while True:
            node = satellites[s, 0] + node_rate * t
            turn = satellites[s, 1] + turn_rate * t
            cos_node, sin_node = math.cos(node), math.sin(node)
            along, ahead = radius * math.cos(turn), radius * math.sin(turn)
            x = cos_node * along - sin_node * ahead * cos_i
            y = sin_node * along + cos_node * ahead * cos_i
            z = ahead * sin_i
            vx = turn_rate * (-cos_node * ahead - sin_node * along * cos_i) - node_rate * y
            vy = turn_rate * (-sin_node * ahead + cos_node * along * cos_i) + node_rate * x
            vz = turn_rate * along * sin_i
            f = x * north_x + y * north_y + z * north_z - level
            rate = vx * north_x + vy * north_y + vz * north_z
            if beyond > 0.0:
                tangent = math.sqrt(radius * radius + bulge * z * z - limb_2)
                f += beyond * tangent
                rate += beyond * bulge * z * vz / tangent
            if sin_e > 0.0:
                dx, dy, dz = x - places[m, 3], y - places[m, 4], z - places[m, 5]
                far = math.sqrt(dx * dx + dy * dy + dz * dz)
                f -= sin_e * far
                rate -= sin_e * (dx * vx + dy * vy + dz * vz) / far
            if t == start_s:
                up = f >= 0.0
            elif (f >= 0.0) != up:
                crossing = t_before + (t - t_before) * f_before / (f_before - f)
                up = not up
                if up:
                    rise = crossing
                elif count == pair.size:
                    return kept, item
                else:
                    pair[count] = item
                    spans[0, count], spans[1, count] = rise, crossing
                    count += 1
            if t >= end_s:
                break
            # The longest step in which |f|, now with this rate, cannot reach zero.
            off = abs(f)
            gain = rate if up else -rate
            root = math.sqrt(gain * gain + 2.0 * most * off)
            step = (gain + root) / most if gain > 0.0 else 2.0 * off / (root - gain)
            t_before, f_before = t, f
            t = min(t + (step if step > _SHORTEST_S else _SHORTEST_S), end_s)
        if up:
            if count == pair.size:
                return kept, item
            pair[count] = item
            spans[0, count], spans[1, count] = rise, end_s
            count += 1
    return count, last
