"""Generic interceptors: the catalogue's numbers, when flown, and published flights."""

import numpy as np
import pytest

from umbo.elements.catalog import load_catalog
from umbo.elements.interceptors import FLOWN, SIZED_AT_RAD, fan_of, generic_interceptor
from umbo.elements.readings import Readings
from umbo.errors import DomainError
from umbo.physics.flyout import shoot

TYPES = ["gbi", "ngi", "sm3_ib", "sm3_iia", "thaad", "gpi", "sm6", "pac3_mse", "nasams"]
KM = 1e3


def values(name):
    return load_catalog().item(name).values


def built(name):
    return generic_interceptor(**{a: values(name)[p].mode for p, a in FLOWN.items()})


def fan_at(fan, range_km, altitude_km):
    """Read time and speed at the grid's place next to a ground range and altitude."""
    i = round(range_km * KM / fan.range_step_m)
    j = round((altitude_km * KM - fan.min_altitude_m) / fan.altitude_step_m)
    return fan.time_s[i, j], fan.speed_m_per_s[i, j]


@pytest.mark.parametrize("name", TYPES)
def test_a_type_flown_has_its_burnout_speed_time_and_launch_mass(name):
    vehicle = built(name)

    flown = shoot(vehicle, np.array([SIZED_AT_RAD]), np.zeros(1))

    speed, burn = values(name)["burnout_speed"].mode, values(name)["burn_time"].mode
    assert flown.burnout_speed_m_per_s[0] == pytest.approx(speed, rel=0.02)
    assert flown.burnout_s[0] == pytest.approx(burn, rel=0.02)
    assert vehicle.start_kg[0] == pytest.approx(values(name)["unit_mass"].mode, rel=1e-9)
    assert vehicle.payload_kg > 0.0


@pytest.mark.parametrize("name", TYPES)
def test_thrust_at_launch_is_in_the_range_of_the_catalogue(name):
    # Not an input: burn time and speed give it, so that it checks them against each other.
    vehicle, known = built(name), values(name)["liftoff_thrust_to_weight"]
    lifts = vehicle.thrust_vacuum_n[0] / vehicle.start_kg[0] / 9.80665
    assert known.low <= lifts <= known.high


@pytest.mark.oracle("rocket equation")
def test_stages_share_the_ideal_speed_and_keep_their_fractions():
    vehicle, known = built("gbi"), values("gbi")

    burnt = vehicle.start_kg - vehicle.propellant_kg
    gains = known["specific_impulse"].mode * 9.80665 * np.log(vehicle.start_kg / burnt)
    fraction = vehicle.dry_kg / (vehicle.dry_kg + vehicle.propellant_kg)
    assert gains == pytest.approx(np.full(3, gains[0]), rel=1e-9)
    assert fraction == pytest.approx(np.full(3, known["structural_fraction"].mode), rel=1e-9)


@pytest.mark.oracle("Orbital Sciences, 2003: booster test to 1,125 miles up, 3,500 downrange")
def test_the_booster_test_is_flown_with_the_least_speed_of_the_range():
    known = values("gbi")
    numbers = {a: known[p].mode for p, a in FLOWN.items()}
    slowest = generic_interceptor(**(numbers | {"burnout_speed_m_per_s": 6_000.0}))

    flown = shoot(slowest, np.radians(np.linspace(40.0, 55.0, 151)), np.zeros(1))

    same = int(np.argmin(np.abs(flown.apogee_altitude_m - known["booster_test_apogee"].mode)))
    x, _, z = flown.impact_position_m[same]
    assert known["burnout_speed"].low == 6_000.0
    assert np.arctan2(z, x) * 6_371e3 == pytest.approx(known["booster_test_range"].mode, rel=0.06)


@pytest.mark.parametrize("name", TYPES)
def test_a_fan_stays_within_the_published_range_and_altitude(name):
    known, fan = values(name), fan_of(values(name), Readings())

    rows, columns = np.nonzero(np.isfinite(fan.time_s))
    highest = fan.min_altitude_m + columns.max() * fan.altitude_step_m
    assert highest <= known["max_intercept_altitude"].mode * (1 + 1e-9)
    assert fan.max_range_m == known["max_range"].mode
    assert rows.max() * fan.range_step_m <= fan.max_range_m * 1.03


def test_upper_tier_reaches_its_published_corner_and_the_patriot_in_air_slows_down():
    upper = fan_of(values("thaad"), Readings())
    assert np.isfinite(fan_at(upper, 130.0, 148.0)[0])  # 200 km in a straight line
    time_s, speed = fan_at(fan_of(values("pac3_mse"), Readings()), 15.0, 15.0)
    assert speed < 0.8 * values("pac3_mse")["burnout_speed"].mode
    assert time_s > np.hypot(15.0, 15.0) / 1.7


def test_homeland_interceptor_takes_longer_than_at_burnout_speed():
    time_s, _ = fan_at(fan_of(values("gbi"), Readings()), 3_000.0, 500.0)
    straight_s = 3_000.0 / 7.0
    assert straight_s + 75.0 < time_s < straight_s + 240.0


def test_every_draw_of_every_type_can_be_flown():
    for name in TYPES:
        for draw in range(0, 64, 8):
            fan = fan_of(values(name), Readings(7, draw, 64))
            assert np.isfinite(fan.time_s).mean() > 0.02, (name, draw)


def test_a_fan_is_flown_once_for_a_set_of_numbers():
    assert fan_of(values("gbi"), Readings()) is fan_of(values("gbi"), Readings())


def test_a_speed_that_no_stack_gives_is_refused():
    numbers = {a: values("thaad")[p].mode for p, a in FLOWN.items()}
    with pytest.raises(DomainError, match="use more stages, lighter ones or a lower speed"):
        generic_interceptor(**(numbers | {"burnout_speed_m_per_s": 8_000.0}))
