"""Lasers in vacuum and air: brightness, irradiance on the target, dwell and reach."""

from functools import cache
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from umbo.errors import DomainError
from umbo.physics.constants import EARTH_MEAN_RADIUS_M

Array = NDArray[np.float64]

_FARTHEST_M: Final = 1_000e3
_HALVINGS: Final = 40


def brightness(
    power_w: ArrayLike,
    diameter_m: ArrayLike,
    wavelength_m: ArrayLike,
    beam_quality: ArrayLike = 1.0,
) -> Array:
    """Give the peak brightness of a beam that fills an unobscured round mirror evenly.

    Left out: jitter, a central obscuration and air; each lowers the peak, jitter by
    ``1 + (2.2 sigma D / lambda)**2`` or so.

    Args:
        power_w: Power that leaves the mirror [W], positive; the arguments broadcast together.
        diameter_m: Diameter of the mirror [m], positive.
        wavelength_m: Wavelength [m], positive.
        beam_quality: Times diffraction-limited, in angle; 1 or more.

    Returns:
        Brightness [W/sr].

    Raises:
        DomainError: An argument is not positive, or the beam quality is below 1.

    Source:
        APS Study Group, "Science and technology of directed energy weapons",
        *Reviews of Modern Physics* 59 (1987), S1: pi D^2 P / (4 lambda^2 BQ^2).

    Example:
        >>> f"{brightness(20e6, 10.0, 2.7e-6):.3e} W/sr"
        '2.155e+20 W/sr'
    """
    power, diameter, wavelength, quality = (
        np.asarray(x, dtype=np.float64) for x in (power_w, diameter_m, wavelength_m, beam_quality)
    )
    if not all(np.all(x > 0.0) for x in (power, diameter, wavelength)):
        raise DomainError("power_w, diameter_m and wavelength_m must all be above 0; check them")
    if not np.all(quality >= 1.0):
        raise DomainError(
            f"beam_quality must be 1 (diffraction-limited) or more; got {np.min(quality)}; "
            "give it as times diffraction-limited, not as a Strehl ratio"
        )
    return np.asarray(np.pi * diameter**2 * power / (4.0 * wavelength**2 * quality**2))


def peak_irradiance(brightness_w_per_sr: ArrayLike, range_m: ArrayLike) -> Array:
    """Give the irradiance at the centre of the far-field spot, brightness over range squared.

    Far field, focused on the target. Left out: the spot's edges; the mean over the central
    lobe is about a quarter of the peak.

    Args:
        brightness_w_per_sr: Brightness [W/sr]; the arguments broadcast together.
        range_m: Distance to the target [m], positive.

    Returns:
        Irradiance [W/m2].

    Raises:
        DomainError: A range is not positive.

    Source:
        As ``brightness``.
    """
    distance = np.asarray(range_m, dtype=np.float64)
    if not np.all(distance > 0.0):
        raise DomainError(f"range_m must be above 0; got {np.min(distance)}; check the geometry")
    return np.asarray(np.asarray(brightness_w_per_sr) / distance**2)


def dwell(fluence_j_per_m2: ArrayLike, irradiance_w_per_m2: ArrayLike) -> Array:
    """Give the time for which a beam must rest on a target to lay down a fluence.

    Left out: heat that the target sheds meanwhile, small for dwells of seconds.

    Args:
        fluence_j_per_m2: Fluence wanted on the target [J/m2]; the arguments broadcast together.
        irradiance_w_per_m2: Irradiance [W/m2]; none takes for ever.

    Returns:
        Dwell [s], infinite where the irradiance is 0.
    """
    with np.errstate(divide="ignore"):
        return np.asarray(np.divide(fluence_j_per_m2, irradiance_w_per_m2))


def jitter_share(
    jitter_rad: ArrayLike,
    diameter_m: ArrayLike,
    wavelength_m: ArrayLike,
    beam_quality: ArrayLike = 1.0,
) -> Array:
    """Give the share of the peak that is left on the average when a beam trembles.

    Exact to second order in small jitter and in the limit of large jitter, within 15 % of the
    Airy pattern between. Left out: drift slower than a dwell, which moves the spot and not its
    peak.

    Args:
        jitter_rad: Root mean square about each of two axes [rad]; the arguments broadcast together.
        diameter_m: Diameter of the mirror [m].
        wavelength_m: Wavelength [m].
        beam_quality: Times diffraction-limited, in angle.

    Source:
        APS Study Group, *Reviews of Modern Physics* 59 (1987), S1; 2.22 is pi over root two.
    """
    spread = np.pi * np.asarray(jitter_rad, dtype=np.float64) * np.asarray(diameter_m)
    angle = spread / (np.asarray(wavelength_m) * np.asarray(beam_quality))
    return np.asarray(1.0 / (1.0 + angle**2 / 2.0))


def optical_depth(
    range_m: ArrayLike,
    laser_altitude_m: ArrayLike,
    target_altitude_m: ArrayLike,
    *,
    extinction_per_m: ArrayLike,
    scale_height_m: ArrayLike,
) -> Array:
    """Give the optical depth of a straight path through air that thins exponentially.

    Over a round Earth, by Gauss-Legendre quadrature. Left out: refraction, clouds, wind and the
    heat of the beam itself; a weather share or a factor stands for them.

    Args:
        range_m: Straight distance from laser to target [m]; the arguments broadcast together.
        laser_altitude_m: Altitude of the laser [m].
        target_altitude_m: Altitude of the target [m], no farther from the laser's than the range.
        extinction_per_m: Absorption and scattering at sea level [1/m].
        scale_height_m: Altitude over which they fall to 1/e [m].

    Returns:
        Optical depth, infinite where the path runs through the ground or cannot be.

    Source:
        Beer and Lambert's law; the exponential profile is the textbook's.
    """
    distance, low, high, extinction, scale = np.broadcast_arrays(
        *(
            np.asarray(x, dtype=np.float64)
            for x in (
                range_m,
                laser_altitude_m,
                target_altitude_m,
                extinction_per_m,
                scale_height_m,
            )
        )
    )
    start, end = EARTH_MEAN_RADIUS_M + low, EARTH_MEAN_RADIUS_M + high
    with np.errstate(divide="ignore", invalid="ignore"):
        rise = (end**2 - start**2 - distance**2) / (2.0 * start * distance)
    nodes, weights = _nodes()
    along = distance[..., None] * nodes
    # Altitude without the cancellation that a square root of squares would have.
    square = along * (along + 2.0 * (start * rise)[..., None])
    whole = start[..., None]
    altitude = low[..., None] + square / (np.sqrt(whole**2 + square) + whole)
    depth = distance * extinction * (np.exp(-altitude / scale[..., None]) @ weights)
    # A millimetre is for the rounding of a path along the ground.
    clear = (np.abs(rise) <= 1.0 + 1e-9) & (altitude.min(axis=-1) >= -1e-3)
    return np.where(clear, depth, np.inf)


@cache
def _nodes() -> tuple[Array, Array]:
    nodes, weights = np.polynomial.legendre.leggauss(48)
    return np.asarray((nodes + 1.0) / 2.0), np.asarray(weights / 2.0)


def lethal_range(
    brightness_w_per_sr: ArrayLike,
    fluence_j_per_m2: ArrayLike,
    dwell_s: ArrayLike,
    extinction_per_m: ArrayLike = 0.0,
) -> Array:
    """Give the range at which a beam lays down a fluence in a dwell, on a level path.

    Solves F r^2 exp(k r) = B t in closed form. Left out: that air thins along a rising path
    (``optical_depth`` has it).

    Args:
        brightness_w_per_sr: Brightness with all that lowers it [W/sr]; the arguments broadcast.
        fluence_j_per_m2: Fluence wanted [J/m2].
        dwell_s: Time on the target [s].
        extinction_per_m: Absorption and scattering on the path [1/m]; 0 is vacuum.

    Returns:
        Range [m].

    Source:
        Corless et al., "On the Lambert W function", *Advances in Computational Mathematics* 5
        (1996), 329.
    """
    from scipy.special import lambertw

    bright, fluence, lit = (
        np.asarray(x, dtype=np.float64) for x in (brightness_w_per_sr, fluence_j_per_m2, dwell_s)
    )
    vacuum = np.sqrt(bright * lit / fluence)
    half = np.asarray(extinction_per_m, dtype=np.float64) / 2.0
    with np.errstate(divide="ignore", invalid="ignore"):
        thick = np.real(lambertw(half * vacuum)) / half
    return np.where(half * vacuum > 1e-12, thick, vacuum)


def reach_through_air(
    budget_m2: ArrayLike,
    laser_altitude_m: ArrayLike,
    target_altitude_m: ArrayLike,
    *,
    extinction_per_m: ArrayLike,
    scale_height_m: ArrayLike,
) -> Array:
    """Give the range at which r^2 exp(tau(r)) comes up to a budget, on a straight path in thin air.

    By halving up to 1,000 km, beyond the horizon of any aircraft. Nearer than the gap between the
    two altitudes the target is taken at the altitude that the range bridges.

    Args:
        budget_m2: Brightness times dwell over fluence, the square of the range in vacuum [m2];
            the arguments broadcast together.
        laser_altitude_m: Altitude of the laser [m].
        target_altitude_m: Altitude of the target [m].
        extinction_per_m: Absorption and scattering at sea level [1/m].
        scale_height_m: Altitude over which they fall to 1/e [m].

    Returns:
        Range [m], 0 where there is none.

    Source:
        ``peak_irradiance``, ``dwell`` and ``optical_depth``.
    """
    budget, low, high, extinction, scale = np.broadcast_arrays(
        *(
            np.asarray(x, dtype=np.float64)
            for x in (
                budget_m2,
                laser_altitude_m,
                target_altitude_m,
                extinction_per_m,
                scale_height_m,
            )
        )
    )
    near, far = np.ones_like(budget), np.full_like(budget, _FARTHEST_M)
    for _ in range(_HALVINGS):
        middle = (near + far) / 2.0
        met = np.clip(high, low - middle, low + middle)
        depth = optical_depth(middle, low, met, extinction_per_m=extinction, scale_height_m=scale)
        near_enough = middle**2 * np.exp(depth) <= budget
        near, far = np.where(near_enough, middle, near), np.where(near_enough, far, middle)
    return np.where(near > 1.5, near, 0.0)


def kills_on_approach(
    speed_m_per_s: ArrayLike,
    greatest_range_m: ArrayLike,
    *,
    brightness_w_per_sr: ArrayLike,
    fluence_j_per_m2: ArrayLike,
    extinction_per_m: ArrayLike = 0.0,
    retarget_s: ArrayLike = 0.0,
) -> Array:
    """Count the targets of a close stream that a laser kills before the stream is upon it.

    All fly straight at the laser side by side; each is lit until its fluence is laid down, and
    the next after a slew: the sum of dr / (v (dwell(r) + slew)). Left out: targets that pass
    beside it (fewer), power and cooling that run out.

    Args:
        speed_m_per_s: Of the targets [m/s]; the arguments broadcast together.
        greatest_range_m: From where on they are lit [m].
        brightness_w_per_sr: Brightness with all that lowers it [W/sr].
        fluence_j_per_m2: Fluence that kills [J/m2].
        extinction_per_m: On a level path [1/m].
        retarget_s: From one target to the next [s].

    Returns:
        Number of targets, not rounded.

    Source:
        ``dwell`` and ``peak_irradiance`` summed over the way; arctangent in vacuum.
    """
    arrays = (
        speed_m_per_s, greatest_range_m, brightness_w_per_sr, fluence_j_per_m2,
        extinction_per_m, retarget_s,
    )  # fmt: skip
    speed, far, bright, fluence, extinction, slew = (
        np.asarray(x, dtype=np.float64)[..., None] for x in arrays
    )
    nodes, weights = _nodes()
    way = far * nodes**2  # more nodes where dwells are short
    lit = dwell(fluence, peak_irradiance(bright, way) * np.exp(-extinction * way))
    rate = 2.0 * far * nodes / (speed * (lit + slew))
    return np.asarray(rate @ weights)
