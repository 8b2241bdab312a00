"""Who sees whom: past the limb of the Earth, and from a site on the ground."""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import ArrayLike, NDArray

from umbo.compiled import njit
from umbo.errors import DomainError
from umbo.physics.constants import (
    EARTH_EQUATORIAL_RADIUS_M,
    EARTH_MEAN_RADIUS_M,
    EARTH_POLAR_RADIUS_M,
)
from umbo.physics.earth import east_north_up, geodetic_to_ecef

Array = NDArray[np.float64]
Truths = NDArray[np.bool_]


def is_line_of_sight_clear(
    from_ecef_m: ArrayLike, to_ecef_m: ArrayLike, grazing_altitude_m: ArrayLike = 0.0
) -> Truths:
    """Say whether the straight line between two points passes above a grazing altitude.

    WGS 84 ellipsoid, grown by the altitude (at most 0.2 km from level). Left out: terrain;
    refraction, which bends a line that grazes the surface by about 1 degree, and one at
    20 km by 0.1. A line whose lowest point is one of its ends is clear, so that a satellite
    sees a missile below the grazing altitude on this side of the limb.

    Args:
        from_ecef_m: One end [m], shape (..., 3); the two broadcast together.
        to_ecef_m: The other end [m], shape (..., 3).
        grazing_altitude_m: Lowest altitude of a line that passes the limb [m], shape (...).

    Returns:
        Whether the line is clear, shape (...).

    Source:
        Vallado, *Fundamentals of Astrodynamics and Applications*, 4th ed. (2013), sec. 5.3.3,
        algorithm SIGHT.
    """
    grazing = np.asarray(grazing_altitude_m, dtype=np.float64)
    radius = EARTH_EQUATORIAL_RADIUS_M + grazing
    # Stretched along the pole, the grown ellipsoid is a sphere and lines stay lines.
    stretch = np.stack(
        [np.ones_like(grazing), np.ones_like(grazing), radius / (EARTH_POLAR_RADIUS_M + grazing)],
        axis=-1,
    )
    start, end = np.asarray(from_ecef_m) * stretch, np.asarray(to_ecef_m) * stretch
    line = end - start
    length_2 = np.maximum(np.sum(line**2, axis=-1), 1e-12)
    nearest = -np.sum(start * line, axis=-1) / length_2
    foot = start + nearest[..., None] * line
    between = (nearest > 0.0) & (nearest < 1.0)
    return np.asarray(~between | (np.sum(foot**2, axis=-1) >= radius**2))


@dataclass(frozen=True, eq=False)
class LookAngles:
    """Where points stand in the sky of a site; the fields have one shape."""

    slant_range_m: Array
    elevation_rad: Array
    """Angle over the local horizon of the ellipsoid."""
    azimuth_rad: Array
    """Clockwise from north, in [0, 2 pi)."""


def look_angles(
    lat_rad: ArrayLike, lon_rad: ArrayLike, altitude_m: ArrayLike, point_ecef_m: ArrayLike
) -> LookAngles:
    """Give range, elevation and azimuth of points as a site sees them.

    Left out: refraction, which lifts the horizon by about 0.6 degrees and less higher up.

    Args:
        lat_rad: Geodetic latitude of the site [rad], shape (...).
        lon_rad: Longitude of the site [rad].
        altitude_m: Height of the site over the ellipsoid [m].
        point_ecef_m: Earth-fixed positions of the points [m], shape (..., 3); they broadcast
            with the sites.

    Returns:
        The angles, shape (...).
    """
    offset = np.asarray(point_ecef_m) - geodetic_to_ecef(lat_rad, lon_rad, altitude_m)
    local = np.sum(east_north_up(lat_rad, lon_rad) * offset[..., None, :], axis=-1)
    east, north, up = local[..., 0], local[..., 1], local[..., 2]
    level = np.hypot(east, north)
    return LookAngles(
        slant_range_m=np.asarray(np.hypot(level, up)),
        elevation_rad=np.asarray(np.arctan2(up, level)),
        azimuth_rad=np.asarray(np.arctan2(east, north) % (2.0 * np.pi)),
    )


def is_in_sector(
    angles: LookAngles,
    *,
    max_range_m: float,
    min_elevation_rad: float = 0.0,
    max_elevation_rad: float = np.pi / 2.0,
    boresight_azimuth_rad: float = 0.0,
    azimuth_width_rad: float = 2.0 * np.pi,
) -> Truths:
    """Say which points stand in the sector that a ground sensor watches.

    Args:
        angles: Where the points are; see ``look_angles``.
        max_range_m: Longest slant range [m].
        min_elevation_rad: Lowest elevation [rad].
        max_elevation_rad: Highest elevation [rad].
        boresight_azimuth_rad: Middle of the sector, clockwise from north [rad].
        azimuth_width_rad: Whole width of the sector; 2 pi is all round [rad].

    Returns:
        Whether a point is inside, borders included; the shape of the angles.

    Raises:
        DomainError: The sector has no width, or more than a full turn.
    """
    if not 0.0 < azimuth_width_rad <= 2.0 * np.pi + 1e-9:
        raise DomainError(
            "azimuth_width_rad must be above 0 and at most 2 pi (all round); "
            f"got {azimuth_width_rad}; give radians"
        )
    off = (angles.azimuth_rad - boresight_azimuth_rad + np.pi) % (2.0 * np.pi) - np.pi
    return np.asarray(
        (angles.slant_range_m <= max_range_m)
        & (angles.elevation_rad >= min_elevation_rad)
        & (angles.elevation_rad <= max_elevation_rad)
        & (np.abs(off) <= azimuth_width_rad / 2.0)
    )


def horizon_distance(height_m: ArrayLike, refraction: float = 4.0 / 3.0) -> Array:
    """Give how far the horizon is from a height, on an Earth grown for refraction.

    Mean sphere. Two points see each other up to the sum of their horizon distances. Left
    out: terrain, and ducting, which can double the distance over water; above some 10 km
    of height the 4/3 is too much.

    Args:
        height_m: Height over the surface [m], not negative.
        refraction: Factor on the Earth's radius: 4/3 for radio in a standard atmosphere,
            7/6 for light, 1 for none.

    Returns:
        Straight distance to the tangent point [m].

    Raises:
        DomainError: A height is negative.

    Source:
        Skolnik, *Introduction to Radar Systems*, 3rd ed. (2001), ch. 8.
    """
    height = np.asarray(height_m, dtype=np.float64)
    if not np.all(height >= 0.0):
        raise DomainError(f"height_m must not be negative; got {np.min(height)}; use 0 at sea")
    return np.asarray(np.sqrt(height * (2.0 * refraction * EARTH_MEAN_RADIUS_M + height)))


@njit(cache=True, nogil=True)
def _first_sights(
    site: Array,
    axes: Array,
    time_s: Array,
    point: Array,
    until_s: Array,
    longest_step_m: Array,
    max_range_m: Array,
    sin_min_elevation: float,
    boresight_rad: Array,
    half_width_rad: float,
    first_s: Array,
) -> None:
    for f in range(point.shape[0]):
        longest = max(longest_step_m[f], 1.0)
        for s in range(site.shape[0]):
            first_s[f, s] = np.inf
            k = -1
            while k < point.shape[1] - 1:
                k += 1
                if time_s[k] >= until_s[f]:
                    break
                x = point[f, k, 0] - site[s, 0]
                y = point[f, k, 1] - site[s, 1]
                z = point[f, k, 2] - site[s, 2]
                distance = math.sqrt(x * x + y * y + z * z)
                up = axes[s, 2, 0] * x + axes[s, 2, 1] * y + axes[s, 2, 2] * z
                # Samples at which a point too far or too low cannot yet be seen are passed over.
                far = distance - max_range_m[f]
                low = (distance * sin_min_elevation - up) / (1.0 + abs(sin_min_elevation))
                if far > 0.0 or low > 0.0:
                    k += max(int(max(far, low) / longest) - 1, 0)
                    continue
                if half_width_rad < math.pi:
                    east = axes[s, 0, 0] * x + axes[s, 0, 1] * y + axes[s, 0, 2] * z
                    north = axes[s, 1, 0] * x + axes[s, 1, 1] * y + axes[s, 1, 2] * z
                    off = math.atan2(east, north) - boresight_rad[s]
                    if abs((off + math.pi) % (2.0 * math.pi) - math.pi) > half_width_rad:
                        continue
                first_s[f, s] = time_s[k]
                break


def longest_steps(point_ecef_m: ArrayLike) -> Array:
    """Give the longest distance between neighbouring samples of each moving point.

    Args:
        point_ecef_m: Positions [m], (F, K, 3).

    Returns:
        Distances [m], (F,).
    """
    steps = np.linalg.norm(np.diff(np.asarray(point_ecef_m), axis=1), axis=-1)
    return np.asarray(steps.max(axis=1, initial=0.0))


@lru_cache(maxsize=256)
def _sites(lat_rad: tuple[float, ...], lon_rad: tuple[float, ...]) -> tuple[Array, Array]:
    """Give positions and local axes of sites on the ellipsoid; the same few are asked often."""
    return (
        np.ascontiguousarray(geodetic_to_ecef(lat_rad, lon_rad, 0.0)),
        np.ascontiguousarray(east_north_up(lat_rad, lon_rad)),
    )


def first_sights(
    lat_rad: Iterable[float],
    lon_rad: Iterable[float],
    time_s: ArrayLike,
    point_ecef_m: ArrayLike,
    *,
    until_s: ArrayLike,
    longest_step_m: ArrayLike,
    max_range_m: ArrayLike,
    min_elevation_rad: float = 0.0,
    boresight_azimuth_rad: ArrayLike = 0.0,
    azimuth_width_rad: float = 2.0 * np.pi,
) -> Array:
    """Give the first sample at which each site sees each moving point in its sector.

    The sector of ``is_in_sector``, for many flights and sites at once. Left out: what happens
    between samples, at most one spacing late.

    Args:
        lat_rad: Geodetic latitude of the sites [rad], (S,).
        lon_rad: Longitude of the sites [rad], (S,).
        time_s: Times of the samples [s], (K,).
        point_ecef_m: Earth-fixed positions [m], (F, K, 3).
        until_s: Samples from this time on do not count [s], (F,).
        longest_step_m: What ``longest_steps`` gives for the points, (F,): found once, since
            samples that cannot be seen yet are passed over by it.
        max_range_m: Longest slant range at which each point is seen [m], () or (F,).
        min_elevation_rad: Lowest elevation [rad].
        boresight_azimuth_rad: Middle of each site's sector, clockwise from north [rad], (S,).
        azimuth_width_rad: Whole width of the sectors; 2 pi is all round [rad].

    Returns:
        Times [s], shape (F, S); infinite where a site never sees the point.
    """
    site, axes = _sites(tuple(lat_rad), tuple(lon_rad))
    point = np.ascontiguousarray(point_ecef_m, dtype=np.float64)
    first_s = np.empty((len(point), len(site)))
    _first_sights(
        site,
        axes,
        np.asarray(time_s, dtype=np.float64),
        point,
        _row(until_s, len(point)),
        _row(longest_step_m, len(point)),
        _row(max_range_m, len(point)),
        math.sin(min_elevation_rad),
        _row(boresight_azimuth_rad, len(site)),
        azimuth_width_rad / 2.0,
        first_s,
    )
    return first_s


def _row(value: ArrayLike, number: int) -> Array:
    row = np.asarray(value, dtype=np.float64)
    return np.ascontiguousarray(row if row.ndim else np.full(number, row))


def cap_angle(
    satellite_altitude_m: ArrayLike,
    target_altitude_m: ArrayLike = 0.0,
    *,
    grazing_altitude_m: ArrayLike = 0.0,
    min_elevation_rad: float | None = None,
    max_slant_range_m: ArrayLike = np.inf,
    earth_radius_m: float = EARTH_MEAN_RADIUS_M,
) -> Array:
    """Give how far from a target, at the Earth's centre, satellites see it: its cap.

    Sphere, so the limb is up to 0.1 degree off. The share of the sphere in the cap, times the
    satellites, is the mean number in view over all places: ``cap_share``.

    Args:
        satellite_altitude_m: Height of the satellites [m]; the arguments broadcast together.
        target_altitude_m: Height of the target [m].
        grazing_altitude_m: Lowest altitude of a line that passes the limb [m].
        min_elevation_rad: Least elevation of the satellite at the target [rad], in place of
            the line of sight.
        max_slant_range_m: Longest distance [m].
        earth_radius_m: Radius of the sphere [m].

    Returns:
        Angle at the Earth's centre [rad]; 0 where no satellite is near enough.

    Raises:
        DomainError: A target or the grazing altitude is above the satellites.
    """
    radius, target, limb = (
        earth_radius_m + np.asarray(x, dtype=np.float64)
        for x in (satellite_altitude_m, target_altitude_m, grazing_altitude_m)
    )
    if not (np.all(radius > target) and np.all(radius > limb)):
        raise DomainError(
            "target and grazing altitude must lie below the satellites; "
            f"got {np.max(target) - earth_radius_m:.0f} and {np.max(limb) - earth_radius_m:.0f} m"
        )
    if min_elevation_rad is None:
        # Below the limb's height the lowest point of a clear line is the target itself.
        limb = np.minimum(limb, target)
        angle = np.arccos(limb / target) + np.arccos(limb / radius)
    else:
        angle = np.arccos(target * np.cos(min_elevation_rad) / radius) - min_elevation_rad
    near = (radius**2 + target**2 - np.square(max_slant_range_m)) / (2.0 * radius * target)
    return np.asarray(np.minimum(angle, np.arccos(np.clip(near, -1.0, 1.0))))


def cap_share(angle_rad: ArrayLike) -> Array:
    """Give the share of a sphere's surface that lies within an angle of a point."""
    return np.asarray(np.sin(np.asarray(angle_rad) / 2.0) ** 2)
