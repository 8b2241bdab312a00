"""Ballistic arcs in closed form, the yardstick of the integrated flights."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from umbo.errors import DomainError
from umbo.physics.constants import EARTH_MEAN_RADIUS_M, EARTH_MU_M3_PER_S2


@dataclass(frozen=True, eq=False)
class BallisticArc:
    """A free flight from surface to surface; the fields have one shape."""

    burnout_speed_m_per_s: NDArray[np.float64]
    flight_path_angle_rad: NDArray[np.float64]
    """Angle of the velocity over the local horizontal at burnout."""
    apogee_altitude_m: NDArray[np.float64]
    flight_time_s: NDArray[np.float64]


def minimum_energy_arc(ground_range_m: ArrayLike) -> BallisticArc:
    """Find the arc that reaches a range with the least burnout speed.

    Spherical, airless, non-rotating Earth, with burnout and impact at the
    surface. Left out: the Earth's spin, worth up to 465 m/s at the equator;
    the minutes of boost; drag on re-entry.

    Args:
        ground_range_m: Great-circle distance from launch to impact [m], any
            shape, each above 0 and below half the circumference (20 015 km).

    Returns:
        The arc, its fields shaped like ``ground_range_m``.

    Raises:
        DomainError: A range is not positive or not below half the circumference.

    Source:
        Bate, Mueller & White, *Fundamentals of Astrodynamics*, Dover (1971),
        ch. 6, sec. 6.2.

    Example:
        >>> arc = minimum_energy_arc(10_000e3)
        >>> f"{arc.burnout_speed_m_per_s:.0f} m/s, {arc.flight_time_s / 60:.1f} min"
        '7198 m/s, 32.2 min'
    """
    range_m = np.asarray(ground_range_m, dtype=np.float64)
    if not np.all((range_m > 0.0) & (range_m < np.pi * EARTH_MEAN_RADIUS_M)):  # nan too
        raise DomainError(
            "ground_range_m must lie above 0 and below half the circumference "
            f"({np.pi * EARTH_MEAN_RADIUS_M / 1e3:.0f} km); "
            f"got {range_m.min() / 1e3:.0f} to {range_m.max() / 1e3:.0f} km"
        )
    # Names as in the source: psi is half the range angle, a the semi-major axis
    # and e the eccentricity of the arc of least energy.
    radius, mu = EARTH_MEAN_RADIUS_M, EARTH_MU_M3_PER_S2
    psi = range_m / radius / 2.0
    a = radius * (1.0 + np.sin(psi)) / 2.0
    e = np.cos(psi) / (1.0 + np.sin(psi))
    eccentric_anomaly = np.arccos((1.0 - radius / a) / e)
    return BallisticArc(
        burnout_speed_m_per_s=np.sqrt(mu * (2.0 / radius - 1.0 / a)),
        flight_path_angle_rad=(np.pi - 2.0 * psi) / 4.0,
        apogee_altitude_m=a * (1.0 + e) - radius,
        flight_time_s=2.0
        * np.sqrt(a**3 / mu)
        * (np.pi - eccentric_anomaly + e * np.sin(eccentric_anomaly)),
    )


def land(
    position_m: ArrayLike,
    velocity_m_per_s: ArrayLike,
    radius_m: ArrayLike,
    further_m: ArrayLike = 0.0,
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Find where and when a free flight comes down to a sphere, by Kepler's ellipse.

    Left out: air and J2, together some 10 km of 10,000.

    Args:
        position_m: Inertial positions [m], shape (n, 3).
        velocity_m_per_s: Inertial velocities [m/s], shape (n, 3).
        radius_m: Radius of the sphere [m], which goes with (n,).
        further_m: Ground range to add along the way, as air would take some [m].

    Returns:
        Unit vectors to the impacts, shape (n, 3), and times to them [s]; the ellipse's
        lowest point for one that does not come down, and nan for one that escapes.

    Source:
        Bate, Mueller & White, *Fundamentals of Astrodynamics*, Dover (1971), ch. 4 and 6.
    """
    place, velocity = np.asarray(position_m), np.asarray(velocity_m_per_s)
    mu = EARTH_MU_M3_PER_S2
    r = np.linalg.norm(place, axis=-1)
    outward = place / r[:, None]
    rise = np.sum(outward * velocity, axis=-1)
    across = velocity - rise[:, None] * outward
    speed_across = np.linalg.norm(across, axis=-1)
    h = r * speed_across
    p = h**2 / mu
    # e cos and e sin of the true anomaly, which is pi at the top.
    e_cos, e_sin = p / r - 1.0, rise * h / mu
    e = np.hypot(e_cos, e_sin)
    anomaly = np.arctan2(e_sin, e_cos) % (2.0 * np.pi)
    landing = 2.0 * np.pi - np.arccos(np.clip((p / np.asarray(radius_m) - 1.0) / e, -1.0, 1.0))
    root = np.sqrt(np.where(e < 1.0, 1.0 - e**2, np.nan))

    def mean(true: NDArray[np.float64]) -> NDArray[np.float64]:
        eccentric = np.arctan2(root * np.sin(true), e + np.cos(true)) % (2.0 * np.pi)
        return np.asarray(eccentric - e * np.sin(eccentric))

    motion = np.sqrt(mu / (p / root**2) ** 3)
    turn = landing - anomaly + np.asarray(further_m) / EARTH_MEAN_RADIUS_M
    forward = across / speed_across[:, None]
    hit = np.cos(turn)[:, None] * outward + np.sin(turn)[:, None] * forward
    return hit, (mean(landing) - mean(anomaly)) / motion
