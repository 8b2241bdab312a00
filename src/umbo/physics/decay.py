"""How drag lowers a circular orbit, and what it takes to stay up, by solar activity."""

from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from umbo.errors import DomainError
from umbo.physics.atmosphere import standard_atmosphere
from umbo.physics.constants import EARTH_EQUATORIAL_RADIUS_M, EARTH_MU_M3_PER_S2

Array = NDArray[np.float64]

LOWEST_M: Final = 180e3
"""Below this the model ends, and an orbit within a day."""
HIGHEST_M: Final = 700e3
_MODERATE: Final = (150.0, 10.0)
"""Solar flux and geomagnetic index of the US Standard Atmosphere."""
_STEPS: Final = 400


def upper_density(
    altitude_m: ArrayLike, solar_flux: ArrayLike, geomagnetic_index: ArrayLike
) -> Array:
    """Give the mean density of the upper air by solar activity.

    The US Standard Atmosphere, which is that of a flux of 150, times what a simple model of the
    thermosphere says of another activity over that one. Averaged over day and night and all
    latitudes. Left out: day against night, a factor of two to four; storms of hours, a factor of
    two.

    Args:
        altitude_m: Altitude, 180 to 700 km [m]; the arguments broadcast together.
        solar_flux: 10.7 cm radio flux in solar flux units: 70 at minimum, 200 and more at
            maximum.
        geomagnetic_index: Planetary index Ap.

    Returns:
        Density [kg/m3].

    Raises:
        DomainError: The altitude is outside the model.

    Source:
        *Satellite orbital decay calculations*, IPS Radio and Space Services, the Australian Space
        Weather Agency (1999), sec. 3, up to 500 km; *US Standard Atmosphere* (1976).
    """
    altitude = np.asarray(altitude_m, dtype=np.float64)
    if not np.all((altitude >= LOWEST_M) & (altitude <= HIGHEST_M)):
        raise DomainError(
            f"altitude_m must lie in {LOWEST_M / 1e3:.0f} to {HIGHEST_M / 1e3:.0f} km for drag; "
            f"got {altitude.min() / 1e3:.0f} to {altitude.max() / 1e3:.0f} km"
        )
    scale = 1.0 / _scale_km(altitude, solar_flux, geomagnetic_index)
    moderate = 1.0 / _scale_km(altitude, *_MODERATE)
    factor = np.exp((altitude / 1e3 - 175.0) * (moderate - scale))
    return np.asarray(standard_atmosphere(altitude).density_kg_per_m3 * factor)


def _scale_km(altitude_m: Array, solar_flux: ArrayLike, geomagnetic_index: ArrayLike) -> Array:
    warmer_k = 2.5 * (np.asarray(solar_flux) - 70.0) + 1.5 * np.asarray(geomagnetic_index)
    return np.asarray((900.0 + warmer_k) / (27.0 - 0.012 * (altitude_m / 1e3 - 200.0)))


def orbit_life(
    altitude_m: float,
    ballistic_coefficient_kg_per_m2: float,
    *,
    solar_flux: float,
    geomagnetic_index: float,
) -> float:
    """Find how long a circular orbit lasts without station-keeping.

    Activity stays the same; over a solar cycle it does not (see ``upper_density``).

    Args:
        altitude_m: Altitude at the beginning, 180 to 700 km [m].
        ballistic_coefficient_kg_per_m2: m / (C_D A).
        solar_flux: As in ``upper_density``.
        geomagnetic_index: As in ``upper_density``.

    Returns:
        Time until the orbit has sunk to 180 km [s].

    Raises:
        DomainError: The altitude is outside the model, or the coefficient is not positive.

    Source:
        King-Hele, *Satellite Orbits in an Atmosphere*, Blackie (1987), ch. 4:
        da/dt = -rho sqrt(mu a) C_D A / m on a circle.
    """
    if not ballistic_coefficient_kg_per_m2 > 0.0:
        raise DomainError("ballistic_coefficient_kg_per_m2 must be above 0; check it")
    height = np.linspace(LOWEST_M, altitude_m, _STEPS + 1)
    air = upper_density(height, solar_flux, geomagnetic_index)
    slowness = ballistic_coefficient_kg_per_m2 / (
        air * np.sqrt(EARTH_MU_M3_PER_S2 * (EARTH_EQUATORIAL_RADIUS_M + height))
    )
    # Simpson's rule; the slowness grows by a few per cent a step.
    weight = np.ones(_STEPS + 1)
    weight[1:-1:2], weight[2:-1:2] = 4.0, 2.0
    return float(np.sum(weight * slowness) * (height[1] - height[0]) / 3.0)


def station_keeping(
    altitude_m: ArrayLike,
    ballistic_coefficient_kg_per_m2: ArrayLike,
    *,
    solar_flux: ArrayLike,
    geomagnetic_index: ArrayLike,
) -> Array:
    """Give the speed that drag takes from a circular orbit each second, to be given back.

    Args:
        altitude_m: Altitude, 180 to 700 km [m]; the arguments broadcast together.
        ballistic_coefficient_kg_per_m2: m / (C_D A).
        solar_flux: As in ``upper_density``.
        geomagnetic_index: As in ``upper_density``.

    Returns:
        Deceleration [m/s2].

    Source:
        The drag equation at the speed of the circle; the air turning along takes 10 % off.
    """
    air = upper_density(altitude_m, solar_flux, geomagnetic_index)
    square = EARTH_MU_M3_PER_S2 / (EARTH_EQUATORIAL_RADIUS_M + np.asarray(altitude_m))
    return np.asarray(air * square / (2.0 * np.asarray(ballistic_coefficient_kg_per_m2)))
