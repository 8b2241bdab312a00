"""What radars tell of flights: the information of looks that range, site by site."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from umbo.compiled import njit
from umbo.errors import DomainError
from umbo.physics.constants import EARTH_MEAN_RADIUS_M, EARTH_ROTATION_RAD_PER_S
from umbo.physics.earth import east_north_up, geodetic_to_ecef

Array = NDArray[np.float64]

_SKY_WAVE_BELOW_M = 100e3


@dataclass(frozen=True, eq=False)
class Radars:
    """Radars of one kind at S sites."""

    lat_rad: Array
    """(S,)"""
    lon_rad: Array
    """(S,)"""
    altitude_m: float
    """Of the antenna over the ellipsoid."""
    min_elevation_rad: float
    boresight_rad: Array
    """(S,) azimuth of the middle of the sector."""
    width_rad: Array
    """(S,) whole width of the sector; 2 pi is all round."""
    min_range_m: float
    """Nearest target seen; for a radar by way of the ionosphere, else 0."""
    is_sky_wave: bool
    """Whether it looks over the horizon, by way of the ionosphere, at what flies in the air."""
    looks_per_s: float
    angle_error_rad: float
    """One sigma of one look, each way across the line of sight."""
    range_error_m: float
    """The same along it."""


def range_targets(
    radars: Radars, time_s: Array, place_ecef_m: Array, altitude_m: Array, range_m: Array,
    until_s: Array,
) -> tuple[Array, Array]:  # fmt: skip
    """Find what radars tell of flights at samples, and when they first look.

    A look is possible within range, sector and elevation, and no farther than the horizons
    of antenna and target over an Earth of 4/3 the radius. Left out: that errors grow with
    range, as the signal falls; clutter.

    Args:
        radars: The radars.
        time_s: Samples after launch [s], (K,); axes turn with the Earth from launch on.
        place_ecef_m: Earth-fixed positions [m], (F, K, 3).
        altitude_m: Their altitudes [m], (F, K).
        range_m: Range at which each flight is detected [m], (F,).
        until_s: No looks from this time on [s], (F,).

    Returns:
        Information on position in axes that are Earth-fixed at launch, xx xy xz yy yz zz
        [1/m2], that the looks of each sample's step bring, (F, K, 6); and the first sample
        with a look, (F,), infinite where there is none.

    Raises:
        DomainError: An error or a rate of looks is not above 0.

    Source:
        Skolnik, *Introduction to Radar Systems*, 3rd ed. (2001), sec. 8.2 (4/3 Earth).
    """
    if not min(radars.looks_per_s, radars.angle_error_rad, radars.range_error_m) > 0.0:
        raise DomainError("looks_per_s, angle_error_rad and range_error_m must be above 0")
    told, first_s = np.zeros((*altitude_m.shape, 6)), np.full(len(altitude_m), np.inf)
    _range(
        np.ascontiguousarray(geodetic_to_ecef(radars.lat_rad, radars.lon_rad, radars.altitude_m)),
        np.ascontiguousarray(east_north_up(radars.lat_rad, radars.lon_rad)),
        math.sin(radars.min_elevation_rad), radars.boresight_rad, radars.width_rad / 2.0,
        radars.altitude_m, radars.min_range_m, radars.is_sky_wave, radars.looks_per_s,
        radars.looks_per_s / radars.angle_error_rad**2,
        radars.looks_per_s / radars.range_error_m**2,
        np.ascontiguousarray(time_s), place_ecef_m, altitude_m, range_m, until_s, told, first_s,
    )  # fmt: skip
    return told, first_s


@njit(cache=True, nogil=True, error_model="numpy")
def _range(
    site: Array, axes: Array, least: float, boresight: Array, half: Array, height: float,
    near: float, is_sky_wave: bool, looks: float, across: float, along: float, time_s: Array,
    place: Array, altitude: Array, reach: Array, until: Array, told: Array, first: Array,
) -> None:  # fmt: skip
    own_horizon = math.sqrt(2.0 * 4.0 / 3.0 * EARTH_MEAN_RADIUS_M * height)
    for f in range(len(place)):
        for k in range(len(time_s)):
            if time_s[k] >= until[f]:
                break
            high = max(altitude[f, k], 0.0)
            step = time_s[k] - time_s[k - 1] if k > 0 else 0.0
            turn = EARTH_ROTATION_RAD_PER_S * time_s[k]
            c, s = math.cos(turn), math.sin(turn)
            for r in range(len(site)):
                x, y, z = (
                    place[f, k, 0] - site[r, 0],
                    place[f, k, 1] - site[r, 1],
                    place[f, k, 2] - site[r, 2],
                )
                square = x * x + y * y + z * z
                if square > reach[f] * reach[f] or square < near * near or square <= 0.0:
                    continue
                away = math.sqrt(square)
                up = axes[r, 2, 0] * x + axes[r, 2, 1] * y + axes[r, 2, 2] * z
                if is_sky_wave:
                    if high > 100e3:
                        continue
                elif up < least * away or away > own_horizon + math.sqrt(
                    2.0 * 4.0 / 3.0 * EARTH_MEAN_RADIUS_M * high + high * high
                ):
                    continue
                east = axes[r, 0, 0] * x + axes[r, 0, 1] * y + axes[r, 0, 2] * z
                north = axes[r, 1, 0] * x + axes[r, 1, 1] * y + axes[r, 1, 2] * z
                off = math.atan2(east, north) - boresight[r]
                off -= 2.0 * math.pi * math.floor(off / (2.0 * math.pi) + 0.5)
                if abs(off) > half[r] + 1e-9:
                    continue
                first[f] = min(first[f], time_s[k])
                side = step * across / square
                rest = (step * along - side) / square
                x, y = c * x - s * y, s * x + c * y
                told[f, k, 0] += side + rest * x * x
                told[f, k, 1] += rest * x * y
                told[f, k, 2] += rest * x * z
                told[f, k, 3] += side + rest * y * y
                told[f, k, 4] += rest * y * z
                told[f, k, 5] += side + rest * z * z
