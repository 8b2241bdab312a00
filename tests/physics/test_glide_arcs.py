"""Boost-glide in closed form against the values that its authors print."""

import numpy as np
import pytest

from umbo.errors import DomainError
from umbo.physics.glide_arcs import (
    booster_delta_v,
    glide_altitude,
    glide_density,
    glide_range,
    speed_after_turn,
    stagnation_heat_flux,
    wall_temperature,
)


@pytest.mark.oracle(
    "Wright 2015, Acton 2015 (Science & Global Security 23): 2.052 + 3.258 + 4.002 = 9.31 km/s"
)
def test_the_booster_of_the_papers_gains_its_speed():
    gains = booster_delta_v([86_620, 37_180, 9_510], [41_250, 12_690, 2_440], [282, 309, 300])

    assert gains / 1e3 == pytest.approx([2.052, 3.258, 4.002], abs=0.001)
    assert gains.sum() == pytest.approx(9_310.0, rel=0.005)


@pytest.mark.oracle(
    "Wright 2015, Acton 2015 (Science & Global Security 23): 5,900 m/s to 5,704 m/s in a turn of 5.03 degrees"
)
def test_a_turn_costs_the_speed_of_the_papers():
    assert speed_after_turn(5_900.0, np.radians(5.03), 2.6) == pytest.approx(5_704.0, abs=1.0)


@pytest.mark.oracle(
    "Wright 2015, Acton 2015 (Science & Global Security 23): glide at about 48.2 km"
)
def test_the_glide_begins_at_the_altitude_of_the_papers():
    assert glide_altitude(5_704.0, 13_000.0, 2.6) == pytest.approx(48.2e3, abs=1.5e3)


@pytest.mark.oracle("lift and centrifugal force against gravity, by hand")
def test_air_of_the_glide_bears_the_weight():
    density = glide_density(5_000.0, 10_000.0, 3.0, gravity_m_per_s2=9.7, radius_m=6.4e6)

    lift = 3.0 * 0.5 * density * 5_000.0**2 / 10_000.0
    assert lift + 5_000.0**2 / 6.4e6 == pytest.approx(9.7, rel=1e-12)


@pytest.mark.oracle("drag of the equilibrium glide, integrated by the trapezium rule")
def test_range_of_the_glide_is_the_integral_of_its_drag():
    r = 6_371e3 + 45e3
    v = np.linspace(2_000.0, 6_000.0, 20_001)
    deceleration = (3.986004418e14 / r**2 - v**2 / r) / 2.6
    flown = np.trapezoid(v / deceleration, v) * 6_371e3 / r

    assert glide_range(6_000.0, 2_000.0, 2.6) == pytest.approx(flown, rel=1e-6)


@pytest.mark.oracle(
    "Wright 2015, Acton 2015 (Science & Global Security 23): 6.66 MW/m2 and 3,429 K by Sutton and Graves' formula"
)
def test_the_nose_is_as_hot_as_in_the_papers():
    flux = stagnation_heat_flux(1.066e-3, 6_000.0, 0.034)

    assert flux == pytest.approx(6.66e6, rel=0.01)
    assert wall_temperature(flux, 0.85) == pytest.approx(3_429.0, rel=0.01)


@pytest.mark.parametrize("speed", [0.0, 8_000.0, np.nan])
def test_no_glide_at_rest_or_at_orbital_speed(speed):
    with pytest.raises(DomainError, match="speed_m_per_s must lie above 0 and below"):
        glide_density(speed, 13_000.0, 2.6)


def test_a_glide_that_speeds_up_is_refused():
    with pytest.raises(DomainError, match="must fall from below that of a circular orbit"):
        glide_range(3_000.0, 4_000.0, 2.6)


def test_a_stage_that_burns_nothing_is_refused():
    with pytest.raises(DomainError, match="mass_after_kg"):
        booster_delta_v(1_000.0, 1_000.0, 300.0)
