"""Cruise against PROJ's geodesics and the arithmetic of legs."""

import numpy as np
import pyproj
import pytest

from umbo.errors import DomainError
from umbo.physics.cruise import cruise, way_length
from umbo.physics.earth import ecef_to_geodetic

GEOD = pyproj.Geod(ellps="WGS84")
FLIES = {
    "speed_m_per_s": 800.0,
    "altitude_m": 15e3,
    "climb_rate_m_per_s": 200.0,
    "dive_rate_m_per_s": 300.0,
}
LEG = tuple(np.radians([40.0, -70.0, 45.0, -60.0]))


@pytest.mark.oracle("PROJ, geodesics on WGS 84")
def test_length_of_a_leg_is_that_of_the_geodesic():
    lat = np.linspace(-70.0, 70.0, 120)
    lon = np.linspace(-179.0, 179.0, 120)
    azimuth, length = np.linspace(0.0, 359.0, 120), np.geomspace(50e3, 10_000e3, 120)
    end_lon, end_lat, _ = GEOD.fwd(lon, lat, azimuth, length)

    found = way_length(*np.radians([lat, lon, end_lat, end_lon]))

    assert found == pytest.approx(length, rel=1e-4)  # 0.01 %


@pytest.mark.oracle("PROJ: a tenth of the geodesic in a tenth of the time")
def test_cruise_is_where_the_geodesic_is():
    _, _, length = GEOD.inv(-70.0, 40.0, -60.0, 45.0)
    times = length / 800.0 * np.linspace(0.2, 0.8, 7)

    flown = cruise(*LEG, **FLIES, times_s=times)

    assert flown.impact_s[0] == pytest.approx(length / 800.0, rel=1e-4)
    azimuth, _, _ = GEOD.inv(-70.0, 40.0, -60.0, 45.0)
    for t, position in zip(times, flown.position_m[0], strict=True):
        lon, lat, _ = GEOD.fwd(-70.0, 40.0, azimuth, 800.0 * t)
        where = ecef_to_geodetic(position)
        _, _, off = GEOD.inv(lon, lat, *np.degrees(where[1::-1]))
        assert off < 200.0  # great circle of the sphere for the geodesic, over 1,000 km
        assert where[2] == pytest.approx(15e3, abs=0.01)


def test_velocity_is_the_rate_of_position():
    times = np.arange(100.0, 1_000.0, 1.0)
    flown = cruise(*LEG, **FLIES, times_s=times)

    rate = (flown.position_m[0, 2:] - flown.position_m[0, :-2]) / 2.0

    assert np.max(np.linalg.norm(rate - flown.velocity_m_per_s[0, 1:-1], axis=1)) < 0.1


def test_it_climbs_cruises_and_dives_onto_its_aim():
    times = np.arange(0.0, 1_400.0, 1.0)
    flown = cruise(*LEG, **FLIES, times_s=times)
    inside = times < flown.impact_s[0]
    altitude = ecef_to_geodetic(flown.position_m[0, inside])[2]
    to_go = flown.impact_s[0] - times[inside]

    assert altitude == pytest.approx(
        np.minimum(np.minimum(200.0 * times[inside], 15e3), 300.0 * to_go), abs=0.01
    )
    lat, lon, height = ecef_to_geodetic(flown.impact_position_m[0])
    assert (lat, lon, height) == pytest.approx((LEG[2], LEG[3], 0.0), abs=1e-6)
    assert flown.burnout_s[0] == 0.0
    assert np.all(np.isnan(flown.position_m[0, ~inside]))


def test_a_boost_costs_half_its_time_and_starts_at_rest():
    times = np.array([0.0, 15.0, 30.0])
    flown = cruise(*LEG, **FLIES, boost_s=30.0, times_s=times)
    free = cruise(*LEG, **FLIES, times_s=times)

    assert flown.impact_s - free.impact_s == pytest.approx(15.0, abs=1e-9)
    level = np.linalg.norm(flown.velocity_m_per_s[0], axis=1)
    assert level[0] == pytest.approx(200.0, abs=0.1)  # the climb alone
    assert flown.burnout_s[0] == 30.0
    assert flown.burnout_altitude_m[0] == pytest.approx(6e3, abs=1.0)


def test_waypoints_lie_on_the_way():
    stop = (np.radians(43.0), np.radians(-68.0))
    to_stop = way_length(LEG[0], LEG[1], *stop)[0]

    flown = cruise(*LEG, **FLIES, waypoints_rad=[stop], times_s=[to_stop / 800.0])

    lat, lon, _ = ecef_to_geodetic(flown.position_m[0, 0])
    assert (lat, lon) == pytest.approx(stop, abs=1e-6)
    assert flown.impact_s[0] > cruise(*LEG, **FLIES, times_s=[0.0]).impact_s[0]


def test_from_an_aircraft_it_sinks_to_its_altitude():
    low = {**FLIES, "altitude_m": 100.0, "climb_rate_m_per_s": 50.0}
    flown = cruise(*LEG, **low, launch_altitude_m=9e3, times_s=[0.0, 60.0, 600.0])

    altitude = ecef_to_geodetic(flown.position_m[0])[2]

    assert altitude == pytest.approx([9e3, 6e3, 100.0], abs=0.01)
    assert flown.apogee_altitude_m[0] == 9e3


@pytest.mark.parametrize(
    ("changes", "match"),
    [
        ({"speed_m_per_s": 0.0}, "must be above 0"),
        ({"dive_rate_m_per_s": np.nan}, "must be above 0"),
        ({"greatest_range_m": 500e3}, r"flies 0\.0 to 500 km"),
        ({"lowest_m": 20e3}, "outside the band"),
        ({"highest_m": 10e3}, "outside the band"),
    ],
)
def test_what_the_class_cannot_do_is_refused(changes, match):
    with pytest.raises(DomainError, match=match):
        cruise(*LEG, **{**FLIES, **changes}, times_s=[0.0])
