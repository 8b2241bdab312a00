"""Band radiance against tables, series and the Sun; ranges against Hudson's form and by hand."""

import csv
from pathlib import Path

import numpy as np
import pytest
from scipy.constants import Stefan_Boltzmann, c, h, k
from scipy.integrate import quad

import umbo.data
from umbo.errors import DomainError
from umbo.physics.infrared import (
    band_radiance,
    clutter_intensity,
    detection_range,
    emerging_intensity,
    least_irradiance,
    noise_equivalent_irradiance,
    radiant_intensity,
    range_by_reference,
)

KM, UM = 1e3, 1e-6


def series(temperature_k, wavelength_m):
    """Give the radiance below a wavelength by Widger and Woodall's series (1976)."""
    x = h * c / (wavelength_m * k * temperature_k)
    n = np.arange(1, 400)
    terms = np.exp(-n * x) * (x**3 / n + 3 * x**2 / n**2 + 6 * x / n**3 + 6 / n**4)
    return 2.0 * (k * temperature_k) ** 4 / (h**3 * c**2) * terms.sum()


def share_below(product_m_k, temperature_k=1_000.0):
    """Give the share of all radiance below a product of wavelength and temperature."""
    longest = product_m_k / temperature_k
    whole = Stefan_Boltzmann * temperature_k**4 / np.pi
    return band_radiance(temperature_k, longest / 1_000.0, longest) / whole


@pytest.mark.oracle("Incropera & DeWitt, Fundamentals of Heat and Mass Transfer, table 12.1")
def test_shares_of_bands_are_those_of_the_table():
    product = np.array([1_000, 1_400, 2_000, 3_000, 4_000, 5_000, 6_000, 10_000]) * UM
    table = [0.000321, 0.007790, 0.066728, 0.273232, 0.480877, 0.633747, 0.737818, 0.914199]

    assert share_below(product) == pytest.approx(table, abs=5e-5)  # older constants


@pytest.mark.oracle("HeatLib, UC Santa Barbara: shares of 0-2, 2-4 micrometres and beyond at 800 K")
def test_shares_of_bands_are_those_of_heatlib():
    whole = Stefan_Boltzmann * 800.0**4 / np.pi

    share = band_radiance(800.0, [0.05 * UM, 2 * UM, 4 * UM], [2 * UM, 4 * UM, 1_000 * UM]) / whole

    assert share == pytest.approx([0.019727, 0.298376, 0.681897], abs=1e-5)


@pytest.mark.oracle("Stefan-Boltzmann law with CODATA's constant, by scipy")
@pytest.mark.parametrize("temperature_k", [250.0, 300.0, 1_500.0, 5_772.0])
def test_all_wavelengths_together_obey_stefan_and_boltzmann(temperature_k):
    whole = band_radiance(temperature_k, 100 * UM / temperature_k, 10.0 / temperature_k)

    assert whole * np.pi == pytest.approx(Stefan_Boltzmann * temperature_k**4, rel=1e-7)


@pytest.mark.oracle("Widger and Woodall's series (1976), and scipy quad")
@pytest.mark.parametrize("temperature_k", [220.0, 300.0, 1_000.0, 1_500.0, 2_200.0])
@pytest.mark.parametrize("band_um", [(2.6, 2.9), (3.0, 5.0), (8.0, 12.0), (0.3, 100.0)])
def test_band_radiance_is_that_of_the_series(temperature_k, band_um):
    low, high = band_um[0] * UM, band_um[1] * UM

    radiance = band_radiance(temperature_k, low, high)

    assert radiance == pytest.approx(
        series(temperature_k, high) - series(temperature_k, low), rel=1e-9
    )

    def spectral(wavelength_um):
        wave = wavelength_um * UM
        return 2e-6 * h * c**2 / wave**5 / np.expm1(h * c / (wave * k * temperature_k))

    assert radiance == pytest.approx(quad(spectral, *band_um, epsrel=1e-9, limit=200)[0], rel=1e-6)


@pytest.mark.oracle("IAU 2015 nominal Sun: 5772 K and 695 700 km give 1361 W/m2 at 1 au")
def test_the_sun_is_as_bright_as_it_is():
    intensity = radiant_intensity(5_772.0, np.pi * 695_700e3**2, 1.0, 0.05 * UM, 1_000 * UM)

    assert intensity / 149_597_870_700.0**2 == pytest.approx(1_361.0, rel=5e-4)
    far = detection_range(intensity, 1_361.0 / 10.0, 10.0)
    assert far == pytest.approx(149_597_870_700.0, rel=3e-4)


def test_bodies_are_as_bright_as_the_catalogue_says():
    with (Path(umbo.data.__file__).parent / "tables" / "models.csv").open() as file:
        rows = {(row["item"], row["parameter"]): row for row in csv.DictReader(file)}
    bands = {"swir_2p6_2p9": (2.6, 2.9), "mwir_3_5": (3.0, 5.0), "lwir_8_12": (8.0, 12.0)}

    for name, (low, high) in bands.items():
        stated = float(rows["signature_glider", name]["mode"])
        found = radiant_intensity(1_500.0, 4.0, 0.85, low * UM, high * UM)
        assert found == pytest.approx(stated, rel=0.005)  # three digits
    for name in ("mwir_3_5", "lwir_8_12"):
        stated = float(rows["signature_cold_body", name]["mode"])
        low, high = bands[name]
        found = radiant_intensity(300.0, 1.5, 0.9, low * UM, high * UM)
        assert found == pytest.approx(stated, rel=0.005)


def test_a_body_as_warm_as_its_background_is_not_seen():
    background = band_radiance(280.0, 8 * UM, 12 * UM)

    seen = radiant_intensity([260.0, 280.0, 300.0], 1.0, 1.0, 8 * UM, 12 * UM, background)

    assert seen[0] < 0.0
    assert seen[1] == 0.0
    assert seen[2] > 0.0
    assert detection_range(seen, 1e-12, 5.0)[1] == 0.0


@pytest.mark.oracle("Hudson (1969), idealised range equation in its own form, ch. 13")
def test_range_is_that_of_hudsons_equation():
    # R = sqrt(pi D0 NA D* J ta to / (2 sqrt(omega df) SNR)), in cm as he writes it.
    aperture_cm, focal_cm, omega_sr, bandwidth_hz = 20.0, 40.0, 1e-8, 500.0
    d_star, intensity, air, optics, snr = 1e11, 300.0, 0.8, 0.6, 6.0
    numerical_aperture = aperture_cm / (2.0 * focal_cm)
    range_cm = np.sqrt(
        np.pi * aperture_cm * numerical_aperture * d_star * intensity * air * optics
        / (2.0 * np.sqrt(omega_sr * bandwidth_hz) * snr)
    )  # fmt: skip

    noise = noise_equivalent_irradiance(
        aperture_m=0.2,
        detector_area_m2=omega_sr * 0.4**2,
        bandwidth_hz=bandwidth_hz,
        detectivity_m_sqrt_hz_per_w=d_star / 100.0,
        optics_transmission=optics,
    )

    assert detection_range(intensity, noise, snr, air) == pytest.approx(range_cm / 100, rel=1e-12)


@pytest.mark.oracle("inverse squares by hand")
def test_ranges_by_reference_follow_the_inverse_square():
    # 500 W/sr at 2 000 km is 500 / 4e12 W/m2; four times as bright is seen twice as far.
    assert least_irradiance(500.0, 2_000 * KM) == pytest.approx(1.25e-10, rel=1e-12)
    found = range_by_reference([500.0, 2_000.0, 125.0, 0.0], 500.0, 2_000 * KM)
    assert found == pytest.approx([2_000 * KM, 4_000 * KM, 1_000 * KM, 0.0], rel=1e-12)
    same = detection_range(2_000.0, least_irradiance(500.0, 2_000 * KM) / 6.0, 6.0)
    assert same == pytest.approx(4_000 * KM, rel=1e-12)
    # A pixel of 1 km on 1 W/(m2 sr) that varies by 5 % is like 50 kW/sr.
    assert clutter_intensity(1.0, 1 * KM, 0.05) == pytest.approx(50e3, rel=1e-12)


@pytest.mark.oracle("all or none at the cloud break, by definition")
def test_nothing_is_seen_below_the_clouds():
    seen = emerging_intensity(1e6, [0.0, 6_999.0, 7_000.0, 300e3], 7 * KM)

    assert seen.tolist() == [0.0, 0.0, 1e6, 1e6]


@pytest.mark.parametrize(
    ("ask", "words"),
    [
        (lambda: band_radiance(0.0, 1 * UM, 2 * UM), "above 0"),
        (lambda: band_radiance(300.0, 5 * UM, 3 * UM), "micrometres"),
        (lambda: radiant_intensity(300.0, 1.0, 1.2, 3 * UM, 5 * UM), "emissivity"),
        (lambda: detection_range(1.0, 0.0, 5.0), "above 0"),
        (lambda: range_by_reference(1.0, 0.0, 2e6), "above 0"),
    ],
)
def test_radiometry_outside_its_domain(ask, words):
    with pytest.raises(DomainError, match=words):
        ask()
