"""Laser brightness and dwell, against worked cases and diffraction by quadrature."""

import numpy as np
import pytest
from scipy.integrate import dblquad

from umbo.errors import DomainError
from umbo.physics.laser import (
    brightness,
    dwell,
    jitter_share,
    kills_on_approach,
    lethal_range,
    optical_depth,
    peak_irradiance,
    reach_through_air,
)

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


@pytest.mark.oracle("Airy pattern averaged over a Gaussian wander by scipy")
@pytest.mark.parametrize(
    ("jitter", "rel"), [(1e-8, 1e-4), (1e-7, 0.02), (5e-7, 0.15), (2e-5, 0.02)]
)
def test_jitter_takes_off_the_peak(jitter, rel):
    from scipy.integrate import quad
    from scipy.special import j1

    diameter, wavelength = 1.5, 1.315e-6

    def seen(step):  # angle in jitters, Rayleigh distributed
        x = np.pi * diameter * step * jitter / wavelength
        return (2 * j1(x) / x) ** 2 * step * np.exp(-(step**2) / 2)

    mean, _ = quad(seen, 1e-9, 9.0, limit=2000)

    assert jitter_share(jitter, diameter, wavelength) == pytest.approx(mean, rel=rel)
    assert jitter_share(jitter, diameter, wavelength, 2.0) == pytest.approx(
        jitter_share(jitter / 2, diameter, wavelength), rel=1e-12
    )


@pytest.mark.oracle("closed forms of a vertical and a level path; scipy's quad over a round Earth")
def test_air_takes_off_the_beam_along_the_path():
    from scipy.integrate import quad

    air = {"extinction_per_m": 1.5e-4, "scale_height_m": 1_200.0}

    vertical = optical_depth(10e3, 0.0, 10e3, **air)
    level = optical_depth(1e3, 50.0, 50.0, **air)
    slant = optical_depth(300e3, 12e3, 40e3, extinction_per_m=1.1e-5, scale_height_m=7e3)

    radius, far, start, end = 6_371_008.8, 300e3, 6_383_008.8, 6_411_008.8
    rise = (end**2 - start**2 - far**2) / (2 * start * far)

    def thin(s):
        height = np.sqrt(start**2 + 2 * start * s * rise + s**2) - radius
        return 1.1e-5 * np.exp(-height / 7e3)

    assert vertical == pytest.approx(1.5e-4 * 1200 * (1 - np.exp(-10 / 1.2)), rel=1e-9)
    assert level == pytest.approx(1.5e-4 * 1e3 * np.exp(-50 / 1200), rel=1e-4)
    assert slant == pytest.approx(quad(thin, 0, far)[0], rel=1e-6)
    assert optical_depth(800e3, 100.0, 100.0, **air) == np.inf
    assert optical_depth(5e3, 0.0, 10e3, **air) == np.inf


@pytest.mark.oracle("the dwell at the range, worked backwards; vacuum by hand")
def test_the_lethal_range_is_where_the_dwell_is_the_given_one():
    bright, fluence = 4e15, 1.5e7

    reach = lethal_range(bright, fluence, 5.0, np.array([0.0, 1e-9, 1.5e-4, 1e-2]))

    lit = peak_irradiance(bright, reach) * np.exp(-np.array([0.0, 1e-9, 1.5e-4, 1e-2]) * reach)
    assert dwell(fluence, lit) == pytest.approx(5.0, rel=1e-9)
    assert reach[0] == pytest.approx(np.sqrt(4e15 * 5 / 1.5e7), rel=1e-12)
    assert np.all(np.diff(reach) < 0)


@pytest.mark.oracle("arctangent in vacuum; one target after another, step by step")
def test_kills_of_a_stream_are_those_of_one_after_another():
    bright, fluence, speed, far, slew = 4e14, 1.5e7, 240.0, 12e3, 1.5
    given = {"brightness_w_per_sr": bright, "fluence_j_per_m2": fluence, "retarget_s": slew}

    vacuum = kills_on_approach(speed, far, **given)
    hazy = kills_on_approach(speed, far, extinction_per_m=3e-4, **given)

    each = fluence / bright
    arctangent = np.arctan(far * np.sqrt(each / slew)) / (speed * np.sqrt(each * slew))
    assert vacuum == pytest.approx(arctangent, rel=1e-6)
    left, killed, step = far, 0.0, 0.01
    while left > 0:
        killed += step / (each * left**2 * np.exp(3e-4 * left) + slew)
        left -= speed * step
    assert hazy == pytest.approx(killed, rel=1e-3)


@pytest.mark.oracle("root of r^2 exp(tau) by scipy, tau by quadrature over a round Earth")
@pytest.mark.parametrize("budget_m2", [1e9, 1e10, 4e10])
def test_reach_through_thin_air_uses_the_budget_up(budget_m2):
    from scipy.integrate import quad
    from scipy.optimize import brentq

    start, end = 6_371_008.8 + 12e3, 6_371_008.8 + 15e3

    def spent(far):
        rise = (end**2 - start**2 - far**2) / (2 * start * far)

        def thin(s):
            height = np.sqrt(start**2 + 2 * start * s * rise + s**2) - 6_371_008.8
            return 1e-5 * np.exp(-height / 7e3)

        return np.log(far**2) + quad(thin, 0.0, far)[0] - np.log(budget_m2)

    told = reach_through_air(budget_m2, 12e3, 15e3, extinction_per_m=1e-5, scale_height_m=7e3)

    assert told == pytest.approx(brentq(spent, 4e3, 700e3), rel=1e-5)
    assert reach_through_air(0.0, 12e3, 15e3, extinction_per_m=1e-5, scale_height_m=7e3) == 0.0
