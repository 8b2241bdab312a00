"""Aimed flights: they hit, near minimum energy, and what is out of reach is refused."""

from dataclasses import replace

import numba
import numpy as np
import pytest

from umbo.errors import DomainError
from umbo.physics.earth import destination, ecef_to_geodetic
from umbo.physics.flight import Effects, Launch, Steering, Vehicle, fly
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
DRAG = {"drag_mach": MISSILE.drag_mach, "drag_coefficient": MISSILE.drag_coefficient}


def stack(dry, propellant, impulse_s, burn_s, exit_m2, diameter_m, payload_kg, beta):
    """Set up a missile by specific impulse."""
    propellant, burn_s = np.array(propellant), np.array(burn_s)
    return Vehicle(
        dry_kg=np.array(dry),
        propellant_kg=propellant,
        thrust_vacuum_n=np.array(impulse_s) * 9.80665 * propellant / burn_s,
        burn_s=burn_s,
        exit_area_m2=np.full(len(dry), exit_m2),
        diameter_m=np.full(len(dry), diameter_m),
        payload_kg=payload_kg,
        reentry_ballistic_coefficient_kg_per_m2=beta,
        **DRAG,
    )


CLASSES = {
    "solid icbm": MISSILE,
    "liquid icbm": stack(
        [4e3, 1.3e3], [70e3, 9e3], [285.0, 315.0], [130.0, 140.0], 1.2, 3.0, 2.2e3, 9e3
    ),
    "slbm": stack(
        [2e3, 900.0, 400.0], [14e3, 6e3, 2e3], [268.0] * 3, [60.0] * 3, 0.6, 1.9, 1.2e3, 1e4
    ),
    "irbm": stack([1.5e3, 600.0], [13e3, 4.5e3], [250.0, 275.0], [60.0] * 2, 0.3, 1.5, 700.0, 6e3),
    "mrbm": stack([1.8e3], [13e3], [240.0], [95.0], 0.3, 1.3, 800.0, 4e3),
    "srbm": stack([1.2e3], [3.7e3], [235.0], [75.0], 0.05, 0.88, 985.0, 6e3),
}
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


@pytest.mark.oracle("the best of 600 kicks, each flown whole")
@pytest.mark.parametrize("name", [*CLASSES, "nearly to orbit"])
def test_no_kick_of_many_goes_further_at_any_cut_off(name):
    vehicle = CLASSES[name] if name in CLASSES else replace(MISSILE, payload_kg=60.0)
    still = Effects(rotation=False, j2=False, ellipsoid=False)
    kicks = np.radians(np.geomspace(0.5, 65.0, 600))
    table = reach(vehicle)
    for row in np.linspace(0, len(table.range_m) - 1, 4).astype(int):
        flown = fly(
            vehicle,
            Launch(0.0, 0.0),
            Steering(0.0, kicks, 5.0, 8.0, table.cutoff_s[row]),
            times_s=np.zeros(1),
            effects=still,
        )
        east, up = flown.impact_position_m[:, 2], flown.impact_position_m[:, 0]
        ranges = 6_371_000.0 * (np.arctan2(east, up) % (2.0 * np.pi))
        burns_out = np.isfinite(flown.burnout_s)
        assert table.range_m[row] >= np.nanmax(ranges[burns_out]) * (1.0 - 5e-4)


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


def points_within(table, shares):
    """Give aim points in eight directions from 35 N, at shares of a table of ranges."""
    azimuth, share = np.meshgrid(np.arange(8) * np.pi / 4, shares)
    low, high = table.range_m[[0, -1]]
    return destination(35 * DEG, 0.5, azimuth, low + share * (high - low))


@pytest.mark.parametrize("loft", [-0.5, 0.0, 0.5, 0.75])
@pytest.mark.parametrize("name", CLASSES)
def test_every_class_is_lofted_and_depressed(name, loft):
    # given aim points from the earliest cut-off to where the Earth's turn may not take it away
    lat, lon = points_within(reach(CLASSES[name], loft), [0.02, 0.3, 0.5])

    aimed = aim(CLASSES[name], 35 * DEG, 0.5, lat, lon, loft=loft, times_s=[])

    assert np.max(aimed.miss_m) < 100.0


@pytest.mark.parametrize("name", ["slbm", "irbm", "srbm"])
def test_more_loft_flies_higher_and_longer_at_any_range(name):
    lat, lon = points_within(reach(CLASSES[name], 0.6), [0.1, 0.5])

    flown = [
        aim(CLASSES[name], 35 * DEG, 0.5, lat, lon, loft=loft, times_s=[]).flights
        for loft in (-0.4, -0.2, 0.0, 0.3, 0.6)
    ]

    assert np.all(np.diff([f.apogee_altitude_m for f in flown], axis=0) > 0.0)
    assert np.all(np.diff([f.impact_s for f in flown], axis=0) > 0.0)
    if name != "srbm":  # which the air brakes less on a steep flight
        speed = np.array([f.burnout_speed_m_per_s for f in flown])
        assert np.all(speed[2] <= 1.01 * speed.min(axis=0))


@pytest.mark.parametrize("name", CLASSES)
def test_a_full_burn_hits_steeply_and_flatly(name):
    vehicle = CLASSES[name]
    low = max(reach(vehicle, -0.1, "full").range_m[0], reach(vehicle, 0.0, "full").range_m[0])
    distance = np.linspace(
        low + 0.2 * (greatest_range(vehicle)[0] - low), 0.7 * greatest_range(vehicle)[0], 3
    )
    lat, lon = destination(35 * DEG, 0.5, np.radians([[0.0], [200.0]]), distance)

    steep, flat = (
        aim(vehicle, 35 * DEG, 0.5, lat, lon, loft=loft, burn="full", times_s=[])
        for loft in (0.1, -0.1)
    )

    for aimed in (steep, flat):
        assert np.max(aimed.miss_m) < 100.0
        assert aimed.flights.burnout_s == pytest.approx(vehicle.burn_s.sum(), rel=1e-9)
    assert np.all(steep.flights.apogee_altitude_m > flat.flights.apogee_altitude_m)
    assert np.all(steep.flights.impact_s > flat.flights.impact_s)


def test_a_full_burn_out_of_reach_is_refused_with_the_limit():
    with pytest.raises(DomainError, match=r"the missile flies \d+ to \d+ km"):
        aim(MISSILE, 0.0, 0.0, 0.0, np.radians(150.0), burn="full")


@pytest.mark.parametrize("change", [{"loft": 1.0}, {"loft": np.nan}, {"burn": "half"}])
def test_a_loft_or_burn_outside_the_model_is_refused(change):
    with pytest.raises(DomainError, match="loft must lie between -1 and 1"):
        aim(MISSILE, 0.0, 0.0, 0.0, 0.5, **change)


def test_a_missile_that_cannot_hold_itself_up_comes_down():
    # given an upper stage of a fifth of its weight in thrust: speed passes through zero
    weak = stack(
        [500.0, 200.0], [1_000.0, 2e3], [230.0, 230.0], [20.0, 700.0], 0.0, 1.0, 300.0, 5e3
    )

    flown = fly(weak, Launch(0.6, 0.0), Steering(0.3), times_s=[])

    assert 60.0 < flown.impact_s < 1_000.0


def test_no_times_gives_a_grid_to_the_last_impact():
    aimed = aim(MISSILE, 0.0, 0.0, 0.0, np.radians([30.0, 60.0]), every_s=10.0)

    times = aimed.flights.time_s
    assert times[-1] >= aimed.flights.impact_s.max() > times[-3]
    assert np.diff(times) == pytest.approx(10.0)
    assert aimed.flights.position_m.shape == (2, len(times), 3)
