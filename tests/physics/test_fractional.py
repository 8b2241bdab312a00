"""Fractional orbit against two-body mechanics."""

import numpy as np
import pytest

from umbo.elements.catalog import load_catalog
from umbo.elements.readings import Readings
from umbo.elements.vehicles import vehicle_of
from umbo.errors import DomainError
from umbo.physics.earth import ecef_to_geodetic
from umbo.physics.fractional import aim_fractional, least_deorbit_delta_v, orbit_speed
from umbo.physics.landing import close_in, ways
from umbo.physics.samples import states_at

MU, SPIN, RADIUS = 3.986004418e14, 7.292115e-5, 6_371e3
POINTS = np.radians([[41.0, 41.0, 41.0], [100.3, 100.3, 100.3], [39.0, 34.0, -35.0],
                     [-77.0, -118.0, -58.0]])  # fmt: skip


@pytest.fixture(scope="module")
def booster():
    return vehicle_of(load_catalog().item("fobs"), Readings())


def flown(booster, **changes):
    given = {"orbit_altitude_m": 160e3, "deorbit_delta_v_m_per_s": 300.0}
    return aim_fractional(
        booster, *POINTS, **{**given, **changes}, times_s=np.arange(0.0, 6_000.0, 5.0)
    )


@pytest.fixture(scope="module", params=[False, True], ids=["short", "long"])
def orbits(request, booster):
    return request.param, flown(booster, long_way=request.param)


@pytest.mark.oracle("Kepler: v = sqrt(mu / r), and a turn of it takes 2 pi r / v")
def test_orbit_speed_is_that_of_the_circle(booster):
    period = 2.0 * np.pi * np.sqrt((RADIUS + 160e3) ** 3 / MU)
    speed = float(orbit_speed(160e3))

    found = flown(booster, long_way=True)

    assert 2.0 * np.pi * (RADIUS + 160e3) / speed == pytest.approx(period, rel=1e-12)
    # The ellipsoid puts an altitude up to 14 km nearer or farther from the centre.
    assert found.orbit_speed_m_per_s == pytest.approx(speed, rel=0.0015)


@pytest.mark.oracle("Hohmann: an ellipse of that perigee, by the equation of energy")
def test_least_burn_lowers_the_perigee_to_the_ground():
    high = RADIUS + 160e3
    after = np.sqrt(MU / high) - least_deorbit_delta_v(160e3)

    a = 1.0 / (2.0 / high - after**2 / MU)

    assert 2.0 * a - high == pytest.approx(RADIUS, abs=1.0)
    assert 40.0 < least_deorbit_delta_v(160e3) < 60.0


def test_each_flight_hits_its_aim_point_in_less_than_a_turn(orbits):
    is_long, f = orbits
    assert np.all(f.miss_m < 1_000.0)
    assert np.all(f.flights.impact_s < 5_300.0 + f.flights.burnout_s)
    assert np.all((f.flights.impact_s > 2_700.0) | (not is_long) | (POINTS[2] < 0.0))


def test_it_stays_low_until_the_burn(orbits):
    f = orbits[1]
    altitude = ecef_to_geodetic(np.nan_to_num(f.flights.position_m, nan=RADIUS))[2]
    times = f.flights.time_s
    for i in range(3):
        up = (times > f.flights.burnout_s[i]) & (times < f.deorbit_s[i])
        assert np.all(altitude[i, up] > 130e3)
        assert np.all(altitude[i, up] < 220e3)
        down = altitude[i, (times > f.deorbit_s[i] + 30.0) & (times < f.flights.impact_s[i])]
        assert np.all(np.diff(down) < 0.0)


def test_the_long_way_passes_the_south(booster):
    south = flown(booster, long_way=True)
    z = np.nanmin(south.flights.position_m[:2, :, 2], axis=1)
    assert np.all(z < -5_000e3)


def test_a_larger_burn_falls_sooner(booster):
    small, large = flown(booster), flown(booster, deorbit_delta_v_m_per_s=400.0)
    fall = [f.flights.impact_s - f.deorbit_s for f in (small, large)]
    assert np.all(fall[1] < fall[0])


@pytest.mark.parametrize("altitude", [100e3, 300e3])
def test_an_orbit_outside_its_band_is_refused(booster, altitude):
    with pytest.raises(DomainError, match="must lie in 130 to 220 km"):
        flown(booster, orbit_altitude_m=altitude)


def test_a_place_too_near_is_told_the_least_distance(booster):
    with pytest.raises(DomainError, match=r"2\d\d\d km along the way: .* at least [56]\d\d\d km"):
        aim_fractional(
            booster, *np.radians([41.0, 100.0, 36.0, 127.0]), orbit_altitude_m=160e3,
            deorbit_delta_v_m_per_s=300.0, times_s=[0.0],
        )  # fmt: skip


def test_a_booster_too_weak_for_orbit_is_refused():
    weak = vehicle_of(load_catalog().item("irbm"), Readings())
    with pytest.raises(DomainError, match="never comes to orbital speed"):
        flown(weak)


@pytest.mark.oracle("a cubic is its own Hermite interpolant")
def test_states_between_samples_are_those_of_a_cubic():
    t, when = np.array([0.0, 1.0, 3.0, 4.0]), np.array([[0.5, 2.0], [3.9, 1.0]])
    a = np.arange(6.0).reshape(2, 3)

    def path(s):
        return a[:, None] * s[..., None] ** 3 - s[..., None] ** 2

    def rate(s):
        return 3.0 * a[:, None] * s[..., None] ** 2 - 2.0 * s[..., None]

    both = np.tile(t, (2, 1))
    found = states_at(t, path(both), rate(both), when)

    assert found == pytest.approx(np.concatenate([path(when), rate(when)], axis=-1), abs=1e-12)


@pytest.mark.oracle("spherical trigonometry: a quarter turn north and west from the equator")
def test_ways_begin_in_the_right_direction_and_close_in():
    there = ways(np.zeros(2), np.zeros(2), np.radians([60.0, 0.0]), np.radians([0.0, -60.0]))
    assert there.azimuth_rad == pytest.approx([0.0, -np.pi / 2.0], abs=1e-9)
    assert there.angle_rad == pytest.approx(np.radians([60.0, 60.0]), abs=0.003)

    def fly(x, chosen):
        angle = x[:, 1]
        along = np.stack([np.zeros(len(x)), np.sin(x[:, 0]), np.cos(x[:, 0])], axis=-1)
        return RADIUS * (np.cos(angle)[:, None] * [1.0, 0.0, 0.0] + np.sin(angle)[:, None] * along)

    start = np.stack([there.azimuth_rad + 0.2, there.angle_rad - 0.3], axis=-1)
    x, miss = close_in(
        fly, there, start, np.full(2, RADIUS), low=0.1, high=2.0, stride=1.0, sought_m=1.0
    )

    assert np.all(miss < 1.0)
    assert x[:, 1] == pytest.approx(there.angle_rad, abs=1e-6)
