"""Lines of sight and look angles, against PROJ, Skyfield and horizon formulas."""

import numpy as np
import pyproj
import pytest
from skyfield.api import load, wgs84

from umbo.errors import DomainError
from umbo.physics.earth import geodetic_to_ecef
from umbo.physics.visibility import (
    LookAngles,
    first_sights,
    horizon_distance,
    is_in_sector,
    is_line_of_sight_clear,
    longest_steps,
    look_angles,
)

KM = 1e3


@pytest.mark.oracle("PROJ, topocentric conversion")
@pytest.mark.parametrize(("lat_deg", "lon_deg"), [(64.3, -149.2), (-33, 18), (89.9, 0), (0, 180)])
def test_look_angles_are_those_of_proj(lat_deg, lon_deg):
    generator = np.random.default_rng(3)
    points = generator.normal(size=(500, 3))
    points *= generator.uniform(6_400 * KM, 8_000 * KM, (500, 1)) / np.linalg.norm(
        points, axis=1, keepdims=True
    )
    local = pyproj.Transformer.from_pipeline(
        f"+proj=topocentric +ellps=WGS84 +lat_0={lat_deg} +lon_0={lon_deg} +h_0=200"
    )
    east, north, up = local.transform(*points.T)

    angles = look_angles(np.radians(lat_deg), np.radians(lon_deg), 200.0, points)

    assert angles.slant_range_m == pytest.approx(np.sqrt(east**2 + north**2 + up**2), abs=1e-3)
    elevation = np.arctan2(up, np.hypot(east, north))
    assert angles.elevation_rad == pytest.approx(elevation, abs=1e-9)  # rad
    turn = angles.azimuth_rad - np.arctan2(east, north)
    assert np.abs((turn + np.pi) % (2 * np.pi) - np.pi).max() < 1e-8  # rad


@pytest.mark.oracle("Skyfield altaz")
def test_look_angles_are_those_of_skyfield():
    time = load.timescale(builtin=True).utc(2026, 1, 1)
    site, over = wgs84.latlon(64.3, -149.2, 100.0), wgs84.latlon(70.0, -170.0, 400 * KM)
    place = (over - site).at(time)
    altitude, azimuth, distance = place.altaz()

    point = geodetic_to_ecef(np.radians(70.0), np.radians(-170.0), 400 * KM)
    angles = look_angles(np.radians(64.3), np.radians(-149.2), 100.0, point)

    assert angles.elevation_rad == pytest.approx(altitude.radians, abs=1e-5)  # rad, polar motion
    assert angles.azimuth_rad == pytest.approx(azimuth.radians, abs=1e-5)  # rad
    assert angles.slant_range_m == pytest.approx(distance.m, abs=1.0)  # m


@pytest.mark.oracle("horizon distance sqrt(2 k Re h), Skolnik: 4.12 km sqrt(h / m) for k = 4/3")
def test_horizon_is_as_far_as_the_formula_says():
    height_m = np.array([1.0, 10.0, 100.0, 1_000.0])

    assert horizon_distance(height_m) == pytest.approx(4.12 * KM * np.sqrt(height_m), rel=1e-3)
    none = horizon_distance(height_m, refraction=1.0)
    assert none == pytest.approx(np.sqrt(2 * 6_371 * KM * height_m), rel=1e-4)


@pytest.mark.oracle("tangent lines to a sphere, sqrt(r^2 - R^2) from each end")
@pytest.mark.parametrize("grazing_km", [0.0, 30.0, 100.0])
def test_two_satellites_see_each_other_to_the_tangent(grazing_km):
    limb, one, two = (6_378.137 * KM + grazing_km * KM, 6_900 * KM, 7_400 * KM)
    angle = np.arccos(limb / one) + np.arccos(limb / two)  # in the equator's plane, a circle
    offset = np.array([-1e-6, 1e-6])
    ends = two * np.stack([np.cos(angle + offset), np.sin(angle + offset), 0 * offset], axis=-1)

    clear = is_line_of_sight_clear([one, 0.0, 0.0], ends, grazing_km * KM)

    assert list(clear) == [True, False]


@pytest.mark.oracle("points along the line, their altitude over the ellipsoid by PROJ")
def test_lines_are_clear_where_no_point_of_them_is_low():
    generator = np.random.default_rng(11)
    direction = generator.normal(size=(2, 400, 3))
    direction /= np.linalg.norm(direction, axis=-1, keepdims=True)
    start, end = direction * generator.uniform(6_700 * KM, 12_000 * KM, (2, 400, 1))
    share = np.linspace(0, 1, 2_001)[:, None, None]
    to_geodetic = pyproj.Transformer.from_crs("EPSG:4978", "EPSG:4979", always_xy=True)
    lowest = to_geodetic.transform(*np.moveaxis(start + share * (end - start), -1, 0))[2].min(0)

    clear = is_line_of_sight_clear(start, end, 50 * KM)

    sure = np.abs(lowest - 50 * KM) > 0.2 * KM  # the grown ellipsoid is not quite level: 0.2 km
    assert np.array_equal(clear[sure], lowest[sure] > 50 * KM)
    assert clear.sum() > 50
    assert (~clear).sum() > 50


def test_missile_below_the_grazing_altitude_is_seen_from_above():
    missile = geodetic_to_ecef(0.7, 0.1, 5 * KM)
    above = geodetic_to_ecef([0.7, 0.9], [0.2, 0.1], 1_000 * KM)

    assert is_line_of_sight_clear(above, missile, 30 * KM).all()
    assert is_line_of_sight_clear(missile, above, 30 * KM).all()
    assert not is_line_of_sight_clear(missile, geodetic_to_ecef(-0.7, 0.1, 1_000 * KM))


@pytest.mark.oracle("points placed by hand in and out of a sector")
def test_sector_goes_round_north_and_stops_at_its_borders():
    azimuth = np.radians([350, 10, 40, 180, 0, 0, 0])
    elevation = np.radians([10, 10, 10, 10, 1, 85, 10])
    range_m = np.array([1, 1, 1, 1, 1, 1, 5_001]) * KM
    angles = LookAngles(range_m, elevation, azimuth)

    inside = is_in_sector(
        angles,
        max_range_m=5_000 * KM,
        min_elevation_rad=np.radians(3),
        max_elevation_rad=np.radians(80),
        azimuth_width_rad=np.radians(60),
    )

    assert list(inside) == [True, True, False, False, False, False, False]
    assert is_in_sector(angles, max_range_m=1e9).all()


def test_sectors_and_heights_without_meaning_are_refused():
    angles = look_angles(0.0, 0.0, 0.0, [7_000 * KM, 0.0, 0.0])
    with pytest.raises(DomainError, match="azimuth_width_rad"):
        is_in_sector(angles, max_range_m=1.0, azimuth_width_rad=120.0)
    with pytest.raises(DomainError, match="height_m"):
        horizon_distance(-1.0)


@pytest.mark.oracle("PROJ, topocentric conversion")
def test_first_sight_is_the_first_sample_that_proj_puts_in_the_sector():
    generator = np.random.default_rng(5)
    start, end = generator.normal(size=(2, 20, 1, 3))
    way = start + (end - start) * np.linspace(0.0, 1.0, 200)[:, None]
    points = 7_000 * KM * way / np.linalg.norm(way, axis=-1, keepdims=True)
    sites = [(64.3, -149.2, 290.0), (41.8, -70.5, 107.0), (-33.0, 18.0, 0.0)]
    until_s = generator.uniform(100.0, 250.0, 20)

    first_s = first_sights(
        np.radians([lat for lat, _, _ in sites]),
        np.radians([lon for _, lon, _ in sites]),
        np.arange(200.0),
        points,
        until_s=until_s,
        longest_step_m=longest_steps(points),
        max_range_m=3_000 * KM,
        min_elevation_rad=np.radians(3.0),
        boresight_azimuth_rad=np.radians([middle for _, _, middle in sites]),
        azimuth_width_rad=np.radians(240.0),
    )

    for column, (lat, lon, middle) in enumerate(sites):
        local = pyproj.Transformer.from_pipeline(
            f"+proj=topocentric +ellps=WGS84 +lat_0={lat} +lon_0={lon} +h_0=0"
        )
        for row in range(20):
            east, north, up = local.transform(*points[row].T)
            off = (np.degrees(np.arctan2(east, north)) - middle + 180.0) % 360.0 - 180.0
            inside = (
                (np.sqrt(east**2 + north**2 + up**2) <= 3_000 * KM)
                & (np.degrees(np.arctan2(up, np.hypot(east, north))) >= 3.0)
                & (np.abs(off) <= 120.0)
                & (np.arange(200.0) < until_s[row])
            )
            wanted = float(np.argmax(inside)) if inside.any() else np.inf
            assert first_s[row, column] == wanted
    assert np.isfinite(first_s).any()
    assert np.isinf(first_s).any()
