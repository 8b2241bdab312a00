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
