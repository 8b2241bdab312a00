"""Laser brightness and dwell, against worked cases and diffraction by quadrature."""

import numpy as np
import pytest
from scipy.integrate import dblquad

from umbo.errors import DomainError
from umbo.physics.laser import brightness, dwell, peak_irradiance

PER_CM2 = 1e4  # square centimetres in a square metre


@pytest.mark.oracle("peak of a uniform disc: 20 MW, 10 m, 2.7 um")
def test_large_laser_is_the_worked_case():
    bright = brightness(20e6, 10.0, 2.7e-6, 1.0)
    irradiance = peak_irradiance(bright, np.array([1_000e3, 2_000e3]))

    assert bright == pytest.approx(2.155e20, rel=1e-3)
    assert irradiance / PER_CM2 == pytest.approx([21.55e3, 5.387e3], rel=1e-3)
    assert dwell(10e3 * PER_CM2, irradiance) == pytest.approx([0.464, 1.856], rel=1e-3)


@pytest.mark.oracle("peak of a uniform disc: 3 MW, 1.5 m, 1.315 um")
def test_small_laser_is_the_worked_case():
    irradiance = peak_irradiance(brightness(3e6, 1.5, 1.315e-6), np.array([300e3, 600e3]))

    assert irradiance / PER_CM2 == pytest.approx([3.406e3, 0.852e3], rel=1e-3)
    assert irradiance[0] / irradiance[1] == pytest.approx(4.0, rel=1e-12)


@pytest.mark.oracle("Airy pattern integrated over the sky by scipy")
def test_the_whole_beam_carries_the_power():
    from scipy.special import j1

    power, diameter, wavelength = 1e6, 2.0, 1e-6
    peak = float(brightness(power, diameter, wavelength))

    def ring(angle, _):
        x = np.pi * diameter * angle / wavelength
        return peak * (2 * j1(x) / x) ** 2 * angle

    inside = 10 * wavelength / diameter
    carried, _ = dblquad(ring, 0, 2 * np.pi, 1e-12, inside, epsrel=1e-6)

    # Outside ten lambda/D an Airy pattern has 1 - J0^2 - J1^2 = 2.0 % of its power.
    assert carried == pytest.approx(0.98 * power, rel=2e-3)


def test_worse_beams_dwell_longer():
    dwells = dwell(1e8, peak_irradiance(brightness(5e6, 4.0, 1e-6, [1.0, 1.5, 2.0]), 800e3))

    assert dwells[2] == pytest.approx(4.0 * dwells[0], rel=1e-12)
    assert np.all(np.diff(dwells) > 0)
    assert dwell(1.0, 0.0) == np.inf


def test_impossible_beams_are_refused():
    with pytest.raises(DomainError, match="above 0"):
        brightness(0.0, 1.0, 1e-6)
    with pytest.raises(DomainError, match="beam_quality"):
        brightness(1e6, 1.0, 1e-6, 0.8)
    with pytest.raises(DomainError, match="range_m"):
        peak_irradiance(1e20, 0.0)
