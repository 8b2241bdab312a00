"""Who sees whom: past the limb of the Earth, and from a site on the ground."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

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
