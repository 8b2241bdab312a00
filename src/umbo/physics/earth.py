"""The Earth's shape and spin: geodetic, Earth-fixed and inertial positions, great circles."""

from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from umbo.errors import DomainError
from umbo.physics.constants import (
    EARTH_EQUATORIAL_RADIUS_M,
    EARTH_FLATTENING,
    EARTH_MEAN_RADIUS_M,
    EARTH_POLAR_RADIUS_M,
    EARTH_ROTATION_RAD_PER_S,
)

Array = NDArray[np.float64]

_E2: Final = EARTH_FLATTENING * (2.0 - EARTH_FLATTENING)
_SECOND_E2: Final = _E2 / (1.0 - _E2)
# Below this radius the latitude iteration is not needed and not tested.
_LEAST_RADIUS_M: Final = 3_000e3


def geodetic_to_ecef(lat_rad: ArrayLike, lon_rad: ArrayLike, altitude_m: ArrayLike = 0.0) -> Array:
    """Turn geodetic latitude, longitude and altitude into an Earth-fixed position.

    WGS 84 ellipsoid. Left out: terrain and geoid, up to 106 m of height.

    Args:
        lat_rad: Geodetic latitude [rad], any shape.
        lon_rad: Longitude, east positive [rad], of a shape that goes with it.
        altitude_m: Height over the ellipsoid [m].

    Returns:
        Position [m], the shape of the arguments together and then 3.

    Source:
        NGA.STND.0036, *World Geodetic System 1984* (2014).
    """
    lat, lon, altitude = np.broadcast_arrays(
        *(np.asarray(x, dtype=np.float64) for x in (lat_rad, lon_rad, altitude_m))
    )
    sin_lat = np.sin(lat)
    normal = EARTH_EQUATORIAL_RADIUS_M / np.sqrt(1.0 - _E2 * sin_lat**2)
    across = (normal + altitude) * np.cos(lat)
    return np.stack(
        [across * np.cos(lon), across * np.sin(lon), (normal * (1.0 - _E2) + altitude) * sin_lat],
        axis=-1,
    )


def ecef_to_geodetic(position_m: ArrayLike) -> tuple[Array, Array, Array]:
    """Turn an Earth-fixed position into geodetic latitude, longitude and altitude.

    Bowring's iteration, twice, on WGS 84: within 1e-11 rad and 1e-6 m up to
    geostationary altitude.

    Args:
        position_m: Position [m], shape (..., 3), at least 3 000 km from the centre.

    Returns:
        Latitude [rad], longitude in (-pi, pi] [rad] and altitude over the ellipsoid [m],
        each of shape (...).

    Raises:
        DomainError: A position is nearer the centre than 3 000 km, or not finite.

    Source:
        Bowring, "Transformation from spatial to geographical coordinates",
        *Survey Review* 23 (1976), 323-327.
    """
    position = np.asarray(position_m, dtype=np.float64)
    x, y, z = position[..., 0], position[..., 1], position[..., 2]
    across = np.hypot(x, y)
    radius = np.hypot(across, z)
    if not np.all((radius >= _LEAST_RADIUS_M) & np.isfinite(radius)):
        raise DomainError(
            "position_m must be finite and at least 3000 km from the Earth's centre; "
            f"got {np.min(radius) / 1e3:.0f} km; give Earth-fixed positions in metres"
        )
    # Names as in the source: u is the parametric latitude.
    a, b = EARTH_EQUATORIAL_RADIUS_M, EARTH_POLAR_RADIUS_M
    u = np.arctan2(a * z, b * across)
    for _ in range(2):
        lat = np.arctan2(z + _SECOND_E2 * b * np.sin(u) ** 3, across - _E2 * a * np.cos(u) ** 3)
        u = np.arctan2(b * np.sin(lat), a * np.cos(lat))
    altitude = across * np.cos(lat) + z * np.sin(lat) - a * np.sqrt(1.0 - _E2 * np.sin(lat) ** 2)
    return lat, np.arctan2(y, x), altitude


def ecef_to_inertial(
    position_m: ArrayLike, time_s: ArrayLike, earth_angle_0_rad: float = 0.0
) -> Array:
    """Turn Earth-fixed positions into a frame that does not rotate.

    Uniform spin about the pole. Left out: precession, nutation and polar motion, worth less
    than 1 m in an hour.

    Args:
        position_m: Position [m], shape (..., 3).
        time_s: Time [s], of a shape that goes with (...).
        earth_angle_0_rad: Angle from the inertial x axis to Greenwich at time 0 [rad].

    Returns:
        Position in the inertial frame [m], shape (..., 3).
    """
    return _turned(position_m, earth_angle_0_rad + EARTH_ROTATION_RAD_PER_S * np.asarray(time_s))


def inertial_to_ecef(
    position_m: ArrayLike, time_s: ArrayLike, earth_angle_0_rad: float = 0.0
) -> Array:
    """Turn positions of the inertial frame into Earth-fixed ones; see ``ecef_to_inertial``."""
    return _turned(position_m, -earth_angle_0_rad - EARTH_ROTATION_RAD_PER_S * np.asarray(time_s))


def _turned(position_m: ArrayLike, angle_rad: ArrayLike) -> Array:
    position = np.asarray(position_m, dtype=np.float64)
    cos, sin = np.cos(angle_rad), np.sin(angle_rad)
    x, y, z = position[..., 0], position[..., 1], position[..., 2]
    return np.stack(np.broadcast_arrays(cos * x - sin * y, sin * x + cos * y, z), axis=-1)


def great_circle_distance(
    lat_1_rad: ArrayLike, lon_1_rad: ArrayLike, lat_2_rad: ArrayLike, lon_2_rad: ArrayLike
) -> Array:
    """Give the distance between points along the mean sphere.

    Left out: the flattening. Within 0.6 % of the WGS 84 geodesic, most along a meridian
    near the equator.

    Args:
        lat_1_rad: Latitude of the first point [rad]; the arguments broadcast together.
        lon_1_rad: Longitude of the first point [rad].
        lat_2_rad: Latitude of the second point [rad].
        lon_2_rad: Longitude of the second point [rad].

    Returns:
        Distance [m].

    Source:
        Vincenty's form for the sphere, well conditioned at all distances.
    """
    lat_1, lat_2 = np.asarray(lat_1_rad), np.asarray(lat_2_rad)
    turn = np.subtract(lon_2_rad, lon_1_rad)
    north = np.cos(lat_1) * np.sin(lat_2) - np.sin(lat_1) * np.cos(lat_2) * np.cos(turn)
    along = np.sin(lat_1) * np.sin(lat_2) + np.cos(lat_1) * np.cos(lat_2) * np.cos(turn)
    across = np.hypot(np.cos(lat_2) * np.sin(turn), north)
    return np.asarray(EARTH_MEAN_RADIUS_M * np.arctan2(across, along))


def initial_azimuth(
    lat_1_rad: ArrayLike, lon_1_rad: ArrayLike, lat_2_rad: ArrayLike, lon_2_rad: ArrayLike
) -> Array:
    """Give the azimuth at the first point of the great circle to the second.

    Mean sphere: within 0.3 degrees of the WGS 84 geodesic up to 15 000 km; the error grows
    without bound towards the antipode.

    Args:
        lat_1_rad: Latitude of the first point [rad]; the arguments broadcast together.
        lon_1_rad: Longitude of the first point [rad].
        lat_2_rad: Latitude of the second point [rad].
        lon_2_rad: Longitude of the second point [rad].

    Returns:
        Azimuth clockwise from north, in [0, 2 pi) [rad].
    """
    lat_1, lat_2 = np.asarray(lat_1_rad), np.asarray(lat_2_rad)
    turn = np.subtract(lon_2_rad, lon_1_rad)
    east = np.cos(lat_2) * np.sin(turn)
    north = np.cos(lat_1) * np.sin(lat_2) - np.sin(lat_1) * np.cos(lat_2) * np.cos(turn)
    return np.asarray(np.arctan2(east, north) % (2.0 * np.pi))


def destination(
    lat_rad: ArrayLike, lon_rad: ArrayLike, azimuth_rad: ArrayLike, distance_m: ArrayLike
) -> tuple[Array, Array]:
    """Give the point that lies at a distance and azimuth along a great circle.

    Mean sphere; the inverse of ``great_circle_distance`` and ``initial_azimuth``.

    Args:
        lat_rad: Latitude of the start [rad]; the arguments broadcast together.
        lon_rad: Longitude of the start [rad].
        azimuth_rad: Azimuth at the start, clockwise from north [rad].
        distance_m: Distance along the sphere [m].

    Returns:
        Latitude [rad] and longitude in [-pi, pi) [rad].
    """
    lat, azimuth = np.asarray(lat_rad), np.asarray(azimuth_rad)
    angle = np.asarray(distance_m) / EARTH_MEAN_RADIUS_M
    sin_lat = np.sin(lat) * np.cos(angle) + np.cos(lat) * np.sin(angle) * np.cos(azimuth)
    east = np.sin(azimuth) * np.sin(angle)
    forward = np.cos(lat) * np.cos(angle) - np.sin(lat) * np.sin(angle) * np.cos(azimuth)
    lon = lon_rad + np.arctan2(east, forward)
    return (
        np.arctan2(sin_lat, np.hypot(east, forward)),
        np.asarray((lon + np.pi) % (2.0 * np.pi) - np.pi),
    )


def east_north_up(lat_rad: ArrayLike, lon_rad: ArrayLike) -> Array:
    """Give the local axes of a place, in Earth-fixed components.

    Args:
        lat_rad: Geodetic latitude [rad], any shape.
        lon_rad: Longitude [rad], of a shape that goes with it.

    Returns:
        Unit vectors east, north and up (along the ellipsoid's normal) in the rows of
        matrices, shape (..., 3, 3): ``axes @ vector`` gives a vector's local components.
    """
    lat, lon = np.broadcast_arrays(np.asarray(lat_rad, float), np.asarray(lon_rad, float))
    zero = np.zeros_like(lat)
    return np.stack(
        [
            np.stack([-np.sin(lon), np.cos(lon), zero], axis=-1),
            np.stack(
                [-np.sin(lat) * np.cos(lon), -np.sin(lat) * np.sin(lon), np.cos(lat)], axis=-1
            ),
            np.stack([np.cos(lat) * np.cos(lon), np.cos(lat) * np.sin(lon), np.sin(lat)], axis=-1),
        ],
        axis=-2,
    )
