"""Where a payload falls whose missile is met early, against closed forms."""

import numpy as np
import pytest

from umbo.elements.catalog import load_catalog
from umbo.elements.readings import Readings
from umbo.engagement.flights import fly_raid
from umbo.engagement.raid import Launch, draw_raid
from umbo.engagement.shortfall import (
    find_shortfall,
    hit_shares,
    latest_short,
    useful_range_deadline,
)
from umbo.physics.earth import ecef_to_inertial
from umbo.physics.earth import great_circle_distance as distance

MU, RADIUS = 3.986004418e14, 6_371e3


@pytest.fixture(scope="module")
def flights():
    launch = Launch(missile="icbm_solid", count=1, from_="nk_interior", at="conus_cities")
    catalog = load_catalog()
    raid = draw_raid("one", [launch], catalog, phases=1, seed=3)
    return fly_raid(raid, catalog, Readings())


def test_at_burnout_it_falls_on_its_aim(flights):
    found = find_shortfall(flights, 10_000.0)

    shot = flights.shots[0]
    aim = distance(shot.launch_lat_rad, shot.launch_lon_rad, shot.aim.lat_rad, shot.aim.lon_rad)
    last = np.flatnonzero(np.isfinite(found.range_m[0]))[-1]
    assert found.range_m[0, last] < aim
    assert found.time_s[last] > flights.burnout_s[0] - 5.0
    assert np.all(np.diff(found.range_m[0][: last + 1]) > 0.0)


@pytest.mark.oracle("range angle of a Kepler ellipse in an inertial frame, by hand")
def test_range_is_that_of_the_ellipse(flights):
    found = find_shortfall(flights, 1e9)
    k = int(np.argmin(abs(found.time_s - 140.0)))
    i = int(np.argmin(abs(flights.time_s - found.time_s[k])))

    r = flights.position_ecef_m[0, i]
    v = flights.velocity_ecef_m_per_s[0, i] + np.cross([0.0, 0.0, 7.292115e-5], r)
    h = np.linalg.norm(np.cross(r, v))
    e_vector = np.cross(v, np.cross(r, v)) / MU - r / np.linalg.norm(r)
    e, p = np.linalg.norm(e_vector), h**2 / MU
    nu_0 = np.arccos(np.dot(e_vector, r) / e / np.linalg.norm(r))
    nu_1 = np.arccos((p / RADIUS - 1.0) / e)
    turn = 2.0 * np.pi - nu_1 - nu_0  # from rising through apogee to the ground
    impact = np.array(
        [
            np.cos(found.lat_rad[0, k]) * np.cos(found.lon_rad[0, k]),
            np.cos(found.lat_rad[0, k]) * np.sin(found.lon_rad[0, k]),
            np.sin(found.lat_rad[0, k]),
        ]
    )
    a = p / (1 - e**2)
    anomaly = [2 * np.arctan(np.sqrt((1 - e) / (1 + e)) * np.tan(nu / 2)) for nu in (nu_0, nu_1)]
    mean = [x - e * np.sin(x) for x in anomaly]
    time = np.sqrt(a**3 / MU) * (2 * np.pi - mean[1] - mean[0])
    landed = ecef_to_inertial(impact[None], time)[0]
    flown = np.arccos(np.dot(landed, r / np.linalg.norm(r)))
    assert flown == pytest.approx(turn, rel=0.01)  # flattening: 21 km of height


def test_a_defended_area_farther_off_leaves_more_time(flights):
    found = find_shortfall(flights, 10_000.0)
    times = [
        latest_short(found, far, flights.burnout_s)[0] for far in (1_000e3, 4_000e3, 8_000e3, 3e7)
    ]

    assert np.all(np.diff(times) > 0.0)
    assert times[-1] == flights.burnout_s[0]
    assert useful_range_deadline(flights, 10_000.0, 8_000e3)[0] == pytest.approx(times[2], abs=1e-9)


@pytest.mark.oracle("areas of rings, worked by hand: reach 0, 1, 2, 3 gives 1, 3 and 5 of 9")
def test_hits_come_as_the_area_in_reach_grows():
    shares = hit_shares([10.0, 20.0, 30.0, 40.0], [0.0, 1.0, 2.0, 3.0], [50.0, 30.0, 15.0])

    assert shares[0] == pytest.approx([0.0, 1 / 9, 3 / 9, 5 / 9], abs=1e-12)
    assert shares[1] == pytest.approx([0.0, 1 / 4, 3 / 4, 0.0], abs=1e-12)
    assert shares[2].tolist() == [0.0, 0.0, 0.0, 0.0]
