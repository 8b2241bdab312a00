"""Aimed flights: they hit, near minimum energy, and what is out of reach is refused."""

import numba
import numpy as np
import pytest

from umbo.errors import DomainError
from umbo.physics.earth import destination, ecef_to_geodetic
from umbo.physics.flight import Effects, Launch, Vehicle, fly
from umbo.physics.steering import aim, greatest_range, reach

DEG = np.pi / 180.0
MISSILE = Vehicle(
    dry_kg=np.array([2_100.0, 650.0, 250.0]),
    propellant_kg=np.array([21_500.0, 6_000.0, 1_850.0]),
    thrust_vacuum_n=np.array([9.76e5, 2.87e5, 8.86e4]),
    burn_s=np.array([58.0, 58.0, 59.0]),
    exit_area_m2=np.array([0.9, 0.5, 0.2]),
    diameter_m=np.array([1.8, 1.8, 1.8]),
    payload_kg=800.0,
    reentry_ballistic_coefficient_kg_per_m2=10_000.0,
    drag_mach=np.array([0.0, 0.85, 1.0, 1.2, 2.0, 4.5]),
    drag_coefficient=np.array([0.20, 0.20, 0.27, 0.27, 0.20, 0.20]),
)
# Launch latitude, longitude; aim latitude, longitude [deg]: all quadrants, both hemispheres.
PAIRS = np.array(
    [
        [40.0, 127.0, 61.2, -149.9],
        [40.0, 127.0, 47.6, -122.3],
        [55.0, 40.0, 40.7, -74.0],
        [36.0, 53.0, 52.5, 13.4],
        [40.0, 95.0, 48.0, -100.0],
        [-30.0, -60.0, 20.0, -100.0],
        [0.0, 0.0, 0.0, 60.0],
        [0.0, 0.0, 0.0, -60.0],
        [45.0, -40.0, 38.9, -77.0],
        [10.0, 179.0, 30.0, -150.0],
    ]
)


@pytest.fixture(scope="module")
def aimed():
    return aim(MISSILE, *(PAIRS.T * DEG))


@pytest.mark.oracle("WGS 84 distance from aim point to impact by pyproj")
def test_every_flight_hits_its_aim_point(aimed):
    from pyproj import Geod

    lat, lon, _ = ecef_to_geodetic(aimed.flights.impact_position_m)

    _, _, miss = Geod(ellps="WGS84").inv(lon / DEG, lat / DEG, PAIRS[:, 3], PAIRS[:, 2])

    assert np.max(miss) < 100.0
    assert aimed.miss_m == pytest.approx(miss, abs=1.0)


@pytest.mark.oracle("minimum-energy arc from burnout to impact in closed form")
def test_flight_is_near_minimum_energy():
    # given a sphere at rest, where the least speed from burnout to impact is known
    still = Effects(rotation=False, j2=False, ellipsoid=False)
    flights = aim(
        MISSILE, 0.0, 0.0, 0.0, np.radians([30.0, 60.0, 80.0]), effects=still, every_s=0.25
    ).flights

    for i in range(3):
        at = np.searchsorted(flights.time_s, flights.burnout_s[i])
        p, hit = flights.position_m[i, at], flights.impact_position_m[i]
        r1, r2 = np.linalg.norm(p), np.linalg.norm(hit)
        chord = np.linalg.norm(hit - p)
        semi_major = (r1 + r2 + chord) / 4
        least = np.sqrt(3.986004418e14 * (2 / r1 - 1 / semi_major))

        speed = np.linalg.norm(flights.velocity_m_per_s[i, at])

        assert least * 0.9999 <= speed < least * 1.01


def test_thrust_ends_earlier_for_nearer_aim_points():
    burnout = aim(MISSILE, 0.0, 0.0, 0.0, np.radians([20.0, 40.0, 60.0, 80.0])).flights.burnout_s

    assert np.all(np.diff(burnout) > 0)
    assert burnout[-1] < MISSILE.burn_s.sum()


def test_westward_aim_takes_more_speed_than_eastward(aimed):
    east, west = aimed.flights.burnout_speed_m_per_s[6:8]

    assert west > east + 200.0


def test_loft_goes_higher_and_takes_longer():
    low, least, high = (
        aim(MISSILE, 0.7, 0.0, 0.8, 0.8, loft=loft).flights for loft in (-0.1, 0.0, 0.2)
    )

    assert low.apogee_altitude_m < least.apogee_altitude_m < high.apogee_altitude_m
    assert low.impact_s < least.impact_s < high.impact_s


def test_answers_do_not_depend_on_threads_or_company(aimed):
    threads = numba.get_num_threads()
    numba.set_num_threads(1)
    try:
        again = aim(MISSILE, *(PAIRS.T * DEG), times_s=aimed.flights.time_s)
    finally:
        numba.set_num_threads(threads)
    alone = aim(MISSILE, *(PAIRS[3] * DEG), times_s=aimed.flights.time_s)

    assert np.array_equal(again.flights.position_m, aimed.flights.position_m, equal_nan=True)
    assert np.array_equal(alone.flights.position_m, aimed.flights.position_m[3], equal_nan=True)


def test_the_solution_flown_again_is_the_flight(aimed):
    again = fly(MISSILE, Launch(*(PAIRS.T[:2] * DEG)), aimed.steering, times_s=[0.0])

    assert np.array_equal(again.impact_position_m, aimed.flights.impact_position_m)


def test_no_kick_goes_further_than_the_greatest_range():
    ranges, flight = greatest_range(MISSILE)
    full = reach(MISSILE)

    assert full.range_m[-1] == pytest.approx(ranges, rel=1e-3)
    assert flight.burnout_s[0] == pytest.approx(MISSILE.burn_s.sum())
    for loft in (-0.05, 0.05):
        assert reach(MISSILE, loft).range_m[-1] < ranges


def test_an_aim_point_out_of_reach_is_refused_with_the_limit():
    with pytest.raises(DomainError, match=r"1 of 2 aim points .* the missile flies \d+ to \d+ km"):
        aim(MISSILE, 0.0, 0.0, 0.0, np.radians([60.0, 150.0]))


def test_an_aim_point_too_near_is_refused():
    with pytest.raises(DomainError, match="cannot be reached"):
        aim(MISSILE, 0.0, 0.0, 0.0, np.radians(0.5))


@pytest.mark.parametrize("lon", [0.0, np.nan])
def test_an_aim_point_at_the_launch_site_is_refused(lon):
    with pytest.raises(DomainError, match="1 km apart"):
        aim(MISSILE, 0.0, 0.0, 0.0, lon)


def test_all_directions_within_reach_are_solved():
    golden = np.arange(300) * 2.399963  # directions and distances spread evenly
    lat, lon = np.arcsin(np.linspace(-0.95, 0.95, 300)), golden % (2 * np.pi)
    distance = np.radians(15.0 + 60.0 * (golden * 7.1 % 1.0))
    azimuth = golden * 3.7 % (2 * np.pi)
    aim_lat, aim_lon = destination(lat, lon, azimuth, distance * 6_371e3)

    aimed = aim(MISSILE, lat, lon, aim_lat, aim_lon, times_s=[0.0])

    assert np.max(aimed.miss_m) < 100.0
