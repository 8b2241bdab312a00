"""How bright hot things are in a band, and how far away an infrared sensor sees them."""

from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from umbo.errors import DomainError
from umbo.physics.constants import SPEED_OF_LIGHT_M_PER_S

Array = NDArray[np.float64]

# CODATA 2018, exact.
PLANCK_J_S: Final = 6.626_070_15e-34
BOLTZMANN_J_PER_K: Final = 1.380_649e-23
_SECOND_RADIATION_M_K: Final = PLANCK_J_S * SPEED_OF_LIGHT_M_PER_S / BOLTZMANN_J_PER_K
_NODES: Final = 96
_LARGEST: Final = 700.0
"""Beyond this exponent a black body is dark."""


def band_radiance(temperature_k: ArrayLike, shortest_m: ArrayLike, longest_m: ArrayLike) -> Array:
    """Give the radiance of a black body between two wavelengths.

    Planck's law, summed by Gauss and Legendre over the logarithm of the wavelength: within
    1e-9 of the whole for bands up to three decades wide. Left out: a sensor's response
    within its band, taken as one.

    Args:
        temperature_k: Temperature [K], above 0; the arguments broadcast together.
        shortest_m: Shortest wavelength of the band [m], above 0.
        longest_m: Longest wavelength [m], not below the shortest.

    Returns:
        Radiance [W m^-2 sr^-1].

    Raises:
        DomainError: A temperature is not positive, or a band does not ascend from above 0.

    Source:
        Planck's law; e.g. Hudson, *Infrared System Engineering*, Wiley (1969), ch. 2.
    """
    temperature, low, high = (x[..., None] for x in _arrays(temperature_k, shortest_m, longest_m))
    if not (np.all(temperature > 0.0) and np.all(low > 0.0) and np.all(high >= low)):
        raise DomainError(
            "a band needs temperature_k above 0 and 0 < shortest_m <= longest_m; got "
            f"{np.min(temperature)} K, {np.min(low)} to {np.min(high)} m; give metres, "
            "not micrometres"
        )
    x, weight = np.polynomial.legendre.leggauss(_NODES)
    half = np.log(high / low) / 2.0
    wavelength = low * np.exp(half * (x + 1.0))
    exponent = np.minimum(_SECOND_RADIATION_M_K / (wavelength * temperature), _LARGEST)
    spectral = 2.0 * PLANCK_J_S * SPEED_OF_LIGHT_M_PER_S**2 / wavelength**5 / np.expm1(exponent)
    return np.asarray(np.sum(weight * half * wavelength * spectral, axis=-1))


def radiant_intensity(
    temperature_k: ArrayLike,
    area_m2: ArrayLike,
    emissivity: ArrayLike,
    shortest_m: ArrayLike,
    longest_m: ArrayLike,
    background_radiance_w_per_m2_sr: ArrayLike = 0.0,
) -> Array:
    """Give the radiant intensity in a band of a grey body, such as a glider's hot wall.

    Against a background the body hides as much of it as it covers, so the difference is what
    a sensor sees, and may be negative: a cold body before a warm Earth. Left out: sunlight
    and earthshine that the body reflects, which below about 4 micrometres exceed the glow of
    a body near 300 K by day; emissivity that changes with wavelength or angle.

    Args:
        temperature_k: Temperature of the surface [K]; the arguments broadcast together.
        area_m2: Area as projected towards the sensor [m^2].
        emissivity: Emissivity, 0 to 1.
        shortest_m: Shortest wavelength of the band [m].
        longest_m: Longest wavelength [m].
        background_radiance_w_per_m2_sr: Radiance behind the body in the same band, such as
            ``band_radiance`` of 250 to 300 K over the Earth; 0 in space.

    Returns:
        Radiant intensity, less that of the background hidden [W/sr].

    Raises:
        DomainError: As in ``band_radiance``; or an emissivity is outside 0 to 1.
    """
    share, area, behind = _arrays(emissivity, area_m2, background_radiance_w_per_m2_sr)
    if not np.all((share >= 0.0) & (share <= 1.0)):
        raise DomainError(f"emissivity must lie in 0 to 1; got {np.max(share)}")
    own = share * band_radiance(temperature_k, shortest_m, longest_m)
    return np.asarray(area * (own - behind))


def emerging_intensity(
    intensity_w_per_sr: ArrayLike, altitude_m: ArrayLike, cloud_break_altitude_m: ArrayLike
) -> Array:
    """Give the part of an intensity that reaches space: all above the clouds, none below.

    Left out: partial transmission. In the water band near 2.7 micrometres air alone darkens a
    plume below some 10 km; in a window band a clear sky lets most of it through from the
    ground. It moves the first sight by the seconds that a missile needs from one altitude to
    the other, some 20 s from 3 to 12 km.

    Args:
        intensity_w_per_sr: Radiant intensity [W/sr]; the arguments broadcast together.
        altitude_m: Altitude of the source [m].
        cloud_break_altitude_m: Altitude from which it is seen [m].

    Returns:
        Radiant intensity as seen from space [W/sr].
    """
    intensity, altitude, cloud_break = _arrays(
        intensity_w_per_sr, altitude_m, cloud_break_altitude_m
    )
    return np.where(altitude >= cloud_break, intensity, 0.0)


def noise_equivalent_irradiance(
    *,
    aperture_m: ArrayLike,
    detector_area_m2: ArrayLike,
    bandwidth_hz: ArrayLike,
    detectivity_m_sqrt_hz_per_w: ArrayLike,
    optics_transmission: ArrayLike = 1.0,
) -> Array:
    """Give the irradiance at the aperture that equals the detector's noise.

    Left out: photon noise of the background beyond what the detectivity holds, and clutter,
    which over a cloudy Earth is often the limit (``clutter_intensity``).

    Args:
        aperture_m: Diameter of the aperture [m]; the arguments broadcast together.
        detector_area_m2: Area of one detector [m^2].
        bandwidth_hz: Noise bandwidth [Hz]; 1 / (2 t) for an integration over t.
        detectivity_m_sqrt_hz_per_w: Specific detectivity D* [m Hz^0.5 / W]; 1 m is 100 of the
            usual centimetres.
        optics_transmission: Share of the light that arrives at the detector.

    Returns:
        Noise-equivalent irradiance [W/m^2].

    Source:
        Hudson, *Infrared System Engineering*, Wiley (1969), ch. 13, the range equation.
    """
    aperture, detector, bandwidth, detectivity, optics = _arrays(
        aperture_m, detector_area_m2, bandwidth_hz, detectivity_m_sqrt_hz_per_w, optics_transmission
    )
    noise_w = np.sqrt(detector * bandwidth) / detectivity
    return np.asarray(noise_w / (np.pi / 4.0 * aperture**2 * optics))


def clutter_intensity(
    background_radiance_w_per_m2_sr: ArrayLike,
    footprint_m: ArrayLike,
    contrast: ArrayLike,
) -> Array:
    """Give the radiant intensity that one pixel's worth of background clutter is equal to.

    Left out: filtering in space and time, which takes most of it away from a staring sensor.

    Args:
        background_radiance_w_per_m2_sr: Mean radiance in the band [W m^-2 sr^-1].
        footprint_m: Side of a pixel on the background [m].
        contrast: Standard deviation of the radiance from pixel to pixel, over its mean.

    Returns:
        Standard deviation of a pixel, as a point source [W/sr].
    """
    radiance, side, share = _arrays(background_radiance_w_per_m2_sr, footprint_m, contrast)
    return np.asarray(radiance * side**2 * share)


def detection_range(
    intensity_w_per_sr: ArrayLike,
    noise_equivalent_irradiance_w_per_m2: ArrayLike,
    snr: ArrayLike,
    transmission: ArrayLike = 1.0,
) -> Array:
    """Give how far away a point source still stands so far above the noise.

    R = sqrt(I tau / (NEI SNR)). A source darker than its background counts as its contrast.

    Args:
        intensity_w_per_sr: Radiant intensity, less that of the background hidden [W/sr]; the
            arguments broadcast together.
        noise_equivalent_irradiance_w_per_m2: Noise-equivalent irradiance [W/m^2], above 0.
        snr: Signal-to-noise ratio that is wanted, above 0.
        transmission: Transmission of the path, 0 to 1.

    Returns:
        Range [m].

    Raises:
        DomainError: The irradiance or the ratio is not positive.

    Source:
        Hudson, *Infrared System Engineering*, Wiley (1969), ch. 13.
    """
    intensity, noise, ratio, share = _arrays(
        intensity_w_per_sr, noise_equivalent_irradiance_w_per_m2, snr, transmission
    )
    least = noise * ratio
    if not np.all(least > 0.0):
        raise DomainError(
            "noise_equivalent_irradiance_w_per_m2 and snr must be above 0; "
            f"got a product of {np.min(least)}"
        )
    return np.asarray(np.sqrt(np.abs(intensity) * share / least))


def range_by_reference(
    intensity_w_per_sr: ArrayLike,
    min_radiant_intensity_w_per_sr: ArrayLike,
    reference_range_m: ArrayLike,
) -> Array:
    """Give the detection range of a sensor that sees a least intensity at a reference range.

    By the inverse square; the sensor's aperture, detectors and threshold are in its two
    numbers. Left out: clutter, which grows with the footprint and so does not fall with range.

    Args:
        intensity_w_per_sr: Radiant intensity of the source [W/sr]; they broadcast together.
        min_radiant_intensity_w_per_sr: Least intensity that is detected at the reference range
            [W/sr], above 0.
        reference_range_m: Reference range [m].

    Returns:
        Range [m]; 0 for a dark source.

    Raises:
        DomainError: The least intensity is not positive.
    """
    intensity, least, reference = _arrays(
        intensity_w_per_sr, min_radiant_intensity_w_per_sr, reference_range_m
    )
    if not np.all(least > 0.0):
        raise DomainError(f"min_radiant_intensity_w_per_sr must be above 0; got {np.min(least)}")
    return np.asarray(reference * np.sqrt(np.abs(intensity) / least))


def least_irradiance(
    min_radiant_intensity_w_per_sr: ArrayLike,
    reference_range_m: ArrayLike,
    transmission: ArrayLike = 1.0,
) -> Array:
    """Give the irradiance at the aperture that a least intensity at a range stands for.

    It is the product of noise-equivalent irradiance and signal-to-noise ratio, so that a
    sourced sensitivity can be laid beside an aperture and a detector.

    Args:
        min_radiant_intensity_w_per_sr: Least intensity detected [W/sr].
        reference_range_m: Range at which it is [m].
        transmission: Transmission of the path.

    Returns:
        Irradiance [W/m^2].
    """
    least, reference, share = _arrays(
        min_radiant_intensity_w_per_sr, reference_range_m, transmission
    )
    return np.asarray(least * share / reference**2)


def _arrays(*values: ArrayLike) -> tuple[Array, ...]:
    return tuple(np.asarray(value, dtype=np.float64) for value in values)
