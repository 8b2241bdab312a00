"""The US Standard Atmosphere of 1976, as a plain function and as a table for kernels."""

from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from umbo.compiled import njit
from umbo.errors import DomainError
from umbo.kept import kept

TOP_M: Final = 1_000e3
_MIXED_TO_M: Final = 86e3

# The standard's own constants (1976), which differ from today's in the fifth digit.
_GAS_CONSTANT: Final = 8.31432e3  # J / (kmol K)
_SEA_LEVEL_MOLAR_MASS: Final = 28.9644  # kg / kmol
_GRAVITY: Final = 9.80665
_RADIUS_M: Final = 6_356_766.0
HEAT_RATIO: Final = 1.4

# Table 4: geopotential altitude [m], molecular-scale temperature [K], its lapse [K/m].
_LAYERS: Final = (
    (0.0, 288.15, -6.5e-3),
    (11e3, 216.65, 0.0),
    (20e3, 216.65, 1.0e-3),
    (32e3, 228.65, 2.8e-3),
    (47e3, 270.65, 0.0),
    (51e3, 270.65, -2.8e-3),
    (71e3, 214.65, -2.0e-3),
)
# Table 8: molar mass ratio every 500 m from 79 to 86 km, geometric altitude from 80 km.
_MASS_RATIO: Final = (
    *(1.000000, 0.999996, 0.999989, 0.999971, 0.999941, 0.999909, 0.999870),
    *(0.999829, 0.999786, 0.999741, 0.999694, 0.999641, 0.999579),
)
# Tables of results: geometric altitude [km], pressure [Pa], density [kg/m3].
_UPPER: Final = (
    (86, 3.7338e-1, 6.958e-6),
    (90, 1.8359e-1, 3.416e-6),
    (95, 7.5966e-2, 1.393e-6),
    (100, 3.2011e-2, 5.604e-7),
    (105, 1.4477e-2, 2.325e-7),
    (110, 7.1042e-3, 9.708e-8),
    (115, 4.0096e-3, 4.289e-8),
    (120, 2.5382e-3, 2.222e-8),
    (130, 1.2505e-3, 8.152e-9),
    (140, 7.2028e-4, 3.831e-9),
    (150, 4.5422e-4, 2.076e-9),
    (160, 3.0395e-4, 1.233e-9),
    (180, 1.5271e-4, 5.194e-10),
    (200, 8.4736e-5, 2.541e-10),
    (250, 2.4767e-5, 6.073e-11),
    (300, 8.7704e-6, 1.916e-11),
    (350, 3.4498e-6, 7.014e-12),
    (400, 1.4518e-6, 2.803e-12),
    (450, 6.4468e-7, 1.184e-12),
    (500, 3.0236e-7, 5.215e-13),
    (600, 8.2130e-8, 1.137e-13),
    (700, 3.1908e-8, 3.070e-14),
    (800, 1.7036e-8, 1.136e-14),
    (900, 1.0873e-8, 5.759e-15),
    (1000, 7.5138e-9, 3.561e-15),
)

# The kernel's table: fine steps to 100 km, where the layers have kinks, then coarse ones.
_BASE_M: Final = -2e3
_FINE_M: Final = 50.0
_FINE_TOP_M: Final = 100e3
_COARSE_M: Final = 2e3
_FINE_CELLS: Final = int((_FINE_TOP_M - _BASE_M) / _FINE_M)


@dataclass(frozen=True, eq=False)
class Atmosphere:
    """The state of the air, each field shaped like the altitudes asked for."""

    density_kg_per_m3: NDArray[np.float64]
    pressure_pa: NDArray[np.float64]
    temperature_k: NDArray[np.float64]
    speed_of_sound_m_per_s: NDArray[np.float64]


def standard_atmosphere(geometric_altitude_m: ArrayLike) -> Atmosphere:
    """Give the air's density, pressure, temperature and speed of sound at an altitude.

    Left out: weather, season and solar activity, worth 10 to 20 % of density below 80 km
    and a factor of several above 200 km. Above 86 km pressure and density are splines
    through the standard's printed values (1 % off between them), and the speed of sound,
    which the standard does not define there, is held at its value at 86 km.

    Args:
        geometric_altitude_m: Altitude above sea level [m], any shape, -2 km to 1,000 km.

    Returns:
        The air, its fields shaped like ``geometric_altitude_m``.

    Raises:
        DomainError: An altitude lies outside the range.

    Source:
        *U.S. Standard Atmosphere, 1976*, NOAA-S/T 76-1562, NASA-TM-X-74335.

    Example:
        >>> f"{float(standard_atmosphere(11_000.0).density_kg_per_m3):.4f} kg/m3"
        '0.3648 kg/m3'
    """
    z = np.asarray(geometric_altitude_m, dtype=np.float64)
    if not np.all((z >= _BASE_M) & (z <= TOP_M)):  # nan too
        raise DomainError(
            f"geometric_altitude_m must lie in {_BASE_M / 1e3:.0f} to {TOP_M / 1e3:.0f} km; "
            f"got {np.min(z) / 1e3:.1f} to {np.max(z) / 1e3:.1f} km"
        )
    pressure, scale_temperature = _mixed(np.minimum(z, _MIXED_TO_M))
    density = pressure * _SEA_LEVEL_MOLAR_MASS / (_GAS_CONSTANT * scale_temperature)
    ratio = np.interp(z, np.linspace(80e3, _MIXED_TO_M, len(_MASS_RATIO)), _MASS_RATIO)
    sound = np.sqrt(HEAT_RATIO * _GAS_CONSTANT / _SEA_LEVEL_MOLAR_MASS * scale_temperature)
    upper = z > _MIXED_TO_M
    above = np.maximum(z, _MIXED_TO_M)
    log_pressure, log_density = _upper_splines()
    return Atmosphere(
        density_kg_per_m3=np.where(upper, np.exp(log_density(above)), density),
        pressure_pa=np.where(upper, np.exp(log_pressure(above)), pressure),
        temperature_k=np.where(upper, _upper_temperature(above), scale_temperature * ratio),
        speed_of_sound_m_per_s=sound,
    )


def _mixed(z: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Give pressure and molecular-scale temperature to 86 km (eq. 23, 33a and 33b)."""
    h = _RADIUS_M * z / (_RADIUS_M + z)
    hydrostatic = _GRAVITY * _SEA_LEVEL_MOLAR_MASS / _GAS_CONSTANT
    pressure, temperature = np.empty_like(h), np.empty_like(h)
    base_pressure = 101_325.0
    tops = [layer[0] for layer in _LAYERS[1:]] + [np.inf]
    for (base, base_temperature, lapse), top in zip(_LAYERS, tops, strict=True):
        inside = (h >= base) | (base == 0.0)
        rise = np.append(np.minimum(h[inside], top), min(top, 85e3)) - base
        local = base_temperature + lapse * rise
        if lapse == 0.0:
            ratio = np.exp(-hydrostatic / base_temperature * rise)
        else:
            ratio = (local / base_temperature) ** (-hydrostatic / lapse)
        temperature[inside] = local[:-1]
        pressure[inside] = base_pressure * ratio[:-1]
        base_pressure *= ratio[-1]
    return pressure, temperature


def _upper_temperature(z: NDArray[np.float64]) -> NDArray[np.float64]:
    """Give the kinetic temperature above 86 km (eq. 25 to 31)."""
    km = z / 1e3
    ellipse = 263.1905 - 76.3232 * np.sqrt(
        np.maximum(1.0 - ((np.clip(km, 91.0, 110.0) - 91.0) / -19.9429) ** 2, 0.0)
    )
    xi = (km - 120.0) * (_RADIUS_M / 1e3 + 120.0) / (_RADIUS_M / 1e3 + km)
    return np.select(
        [km < 91.0, km < 110.0, km < 120.0],
        [np.full_like(km, 186.8673), ellipse, 240.0 + 12.0 * (km - 110.0)],
        1000.0 - (1000.0 - 360.0) * np.exp(-0.01875 * xi),
    )


@lru_cache(maxsize=1)
def _upper_splines() -> tuple[Any, Any]:
    from scipy.interpolate import CubicSpline

    km, pressure, density = np.array(_UPPER).T
    return CubicSpline(km * 1e3, np.log(pressure)), CubicSpline(km * 1e3, np.log(density))


@lru_cache(maxsize=1)
def kernel_table() -> NDArray[np.float64]:
    """Give the cubic coefficients of density and speed of sound for ``air``.

    Returns:
        One row a cell, coefficients from the constant up: four of density [kg/m3], four of
        the speed of sound [m/s], in the share of the cell passed.
    """
    (cells,) = kept("air", None, lambda: [_fit_cells()])
    return cells


def _fit_cells() -> NDArray[np.float64]:
    from scipy.interpolate import CubicSpline

    parts = []
    for edges in (
        np.linspace(_BASE_M, _FINE_TOP_M, _FINE_CELLS + 1),
        np.arange(_FINE_TOP_M, TOP_M + 1.0, _COARSE_M),
    ):
        state = standard_atmosphere(edges)
        step = edges[1] - edges[0]
        scale = step ** np.arange(4.0)
        parts.append(
            np.hstack(
                [
                    CubicSpline(edges, values).c[::-1].T * scale
                    for values in (state.density_kg_per_m3, state.speed_of_sound_m_per_s)
                ]
            )
        )
    return np.ascontiguousarray(np.vstack(parts))


@njit(cache=True, error_model="numpy", forceinline=True, fastmath={"contract"})
def air(altitude_m: float, table: NDArray[np.float64]) -> tuple[float, float]:
    """Give density [kg/m3] and speed of sound [m/s]; no air above 1,000 km.

    Pressure is density times the squared speed of sound over ``HEAT_RATIO``. Within 0.1 %
    of ``standard_atmosphere``.
    """
    if altitude_m >= TOP_M:
        return 0.0, table[-1, 4]
    if altitude_m < _FINE_TOP_M:
        place = max(altitude_m - _BASE_M, 0.0) * (1.0 / _FINE_M)
        cell = int(place)
        x = place - cell
    else:
        place = (altitude_m - _FINE_TOP_M) * (1.0 / _COARSE_M)
        cell = int(place)
        x = place - cell
        cell += _FINE_CELLS
    x2 = x * x
    return (
        (table[cell, 0] + x * table[cell, 1]) + x2 * (table[cell, 2] + x * table[cell, 3]),
        (table[cell, 4] + x * table[cell, 5]) + x2 * (table[cell, 6] + x * table[cell, 7]),
    )
