"""The Earth's shape and spin, against PROJ and GeographicLib."""

import numpy as np
import pyproj
import pytest

from umbo.errors import DomainError
from umbo.physics.constants import EARTH_ROTATION_RAD_PER_S
from umbo.physics.earth import (
    destination,
    east_north_up,
    ecef_to_geodetic,
    ecef_to_inertial,
    geodetic_to_ecef,
    great_circle_distance,
    inertial_to_ecef,
    initial_azimuth,
)

GEOD = pyproj.Geod(ellps="WGS84")
TO_ECEF = pyproj.Transformer.from_crs("EPSG:4979", "EPSG:4978", always_xy=True)
LAT, LON, ALTITUDE = (
    grid.ravel()
    for grid in np.meshgrid(
        np.radians([-90, -89.9999, -60, -45, -1, 0, 0.001, 30, 64, 89, 90]),
        np.radians([-179.9, -90, 0, 12.3, 120]),
        [-5e3, 0.0, 100e3, 1_000e3, 36_000e3],
        indexing="ij",
    )
)


def points(count, seed=7):
    generator = np.random.default_rng(seed)
    lat = np.arcsin(generator.uniform(-1, 1, (2, count)))
    return lat, generator.uniform(-np.pi, np.pi, (2, count))


@pytest.mark.oracle("PROJ, EPSG:4979 to EPSG:4978")
def test_earth_fixed_positions_are_those_of_proj():
    expected = TO_ECEF.transform(np.degrees(LON), np.degrees(LAT), ALTITUDE)

    position = geodetic_to_ecef(LAT, LON, ALTITUDE)

    assert position == pytest.approx(np.stack(expected, axis=-1), abs=1e-6)  # 1 micrometre


@pytest.mark.oracle("PROJ, EPSG:4979 to EPSG:4978")
def test_geodetic_positions_are_those_of_proj():
    position = TO_ECEF.transform(np.degrees(LON), np.degrees(LAT), ALTITUDE)

    lat, lon, altitude = ecef_to_geodetic(np.stack(position, axis=-1))

    assert lat == pytest.approx(LAT, abs=1e-11)  # rad, 0.1 mm on the ground
    assert altitude == pytest.approx(ALTITUDE, abs=1e-6)  # m
    off_pole = np.abs(LAT) < np.radians(89.99)
    assert lon[off_pole] == pytest.approx(LON[off_pole], abs=1e-11)  # rad


@pytest.mark.oracle("GeographicLib geodesics on WGS 84")
def test_great_circles_are_within_their_stated_error():
    lat, lon = points(4_000)
    azimuth_deg, _, distance_m = GEOD.inv(*np.degrees([lon[0], lat[0], lon[1], lat[1]]))

    distance = great_circle_distance(lat[0], lon[0], lat[1], lon[1])
    azimuth = initial_azimuth(lat[0], lon[0], lat[1], lon[1])

    assert distance == pytest.approx(distance_m, rel=0.006)  # the flattening
    clear = distance_m < 15_000e3
    turn = (azimuth - np.radians(azimuth_deg) + np.pi) % (2 * np.pi) - np.pi
    assert np.abs(turn[clear]).max() < np.radians(0.3)


@pytest.mark.oracle("GeographicLib geodesics on a sphere")
def test_great_circles_are_exact_on_the_sphere():
    sphere = pyproj.Geod(a=6_371_000.0, f=0.0)
    lat, lon = points(1_000)
    azimuth_deg, _, distance_m = sphere.inv(*np.degrees([lon[0], lat[0], lon[1], lat[1]]))

    distance = great_circle_distance(lat[0], lon[0], lat[1], lon[1])
    azimuth = initial_azimuth(lat[0], lon[0], lat[1], lon[1])
    end_lat, end_lon = destination(lat[0], lon[0], azimuth, distance)

    assert distance == pytest.approx(distance_m, abs=1e-3)  # 1 mm
    assert azimuth == pytest.approx(np.radians(azimuth_deg % 360), abs=1e-8)  # rad
    assert end_lat == pytest.approx(lat[1], abs=1e-9)  # rad
    assert end_lon == pytest.approx(lon[1], abs=1e-7)  # rad


@pytest.mark.oracle("PROJ, topocentric conversion")
def test_local_axes_are_those_of_proj():
    lat, lon = np.radians(64.0), np.radians(-145.7)
    local = pyproj.Transformer.from_pipeline(
        "+proj=topocentric +ellps=WGS84 +lat_0=64 +lon_0=-145.7 +h_0=0"
    )
    site = geodetic_to_ecef(lat, lon, 0.0)
    offset = np.array([[3e5, -2e5, 7e5], [-1e6, 4e5, 2e5]])

    seen = offset @ east_north_up(lat, lon).T

    expected = local.transform(*(site + offset).T)
    assert seen == pytest.approx(np.stack(expected, axis=-1), abs=1e-6)  # 1 micrometre


@pytest.mark.oracle("a sidereal day of 86 164.1 s, IERS")
def test_the_earth_turns_once_in_a_sidereal_day():
    position = geodetic_to_ecef(0.3, 0.4, 1e5)

    turned = ecef_to_inertial(position, 86_164.1)

    assert turned == pytest.approx(position, abs=5.0)  # 5 m, 0.01 s of spin
    back = inertial_to_ecef(position, 86_164.1 / 4)
    west = [position[1], -position[0], position[2]]  # a quarter turn westward
    assert back == pytest.approx(west, abs=5.0)  # 5 m


def test_inertial_and_back_is_where_we_were():
    position = geodetic_to_ecef(LAT, LON, ALTITUDE)
    time_s = np.linspace(0, 1e5, len(LAT))

    there = ecef_to_inertial(position, time_s, 0.7)

    assert inertial_to_ecef(there, time_s, 0.7) == pytest.approx(position, abs=1e-6)
    east = east_north_up(0.0, 0.0)[0]
    step = ecef_to_inertial([6_378_137.0, 0, 0], 1.0) @ east
    assert step == pytest.approx(6_378_137.0 * EARTH_ROTATION_RAD_PER_S, rel=1e-8)


@pytest.mark.parametrize("position", [[0.0, 0.0, 0.0], [np.nan, 7e6, 0.0], [6378.0, 0.0, 0.0]])
def test_position_that_is_not_near_the_surface(position):
    with pytest.raises(DomainError, match="3000 km"):
        ecef_to_geodetic(position)
