"""Lasers in vacuum: brightness, irradiance on the target and dwell."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from umbo.errors import DomainError

Array = NDArray[np.float64]


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
