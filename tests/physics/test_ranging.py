"""What radars tell of flights, against pyproj's geometry and information added look by look."""

import numpy as np
import pytest
from pyproj import Geod, Transformer

from umbo.errors import DomainError
from umbo.physics.ranging import Radars, range_targets

TO_ECEF = Transformer.from_crs("EPSG:4979", "EPSG:4978", always_xy=True)
EARTH_RAD_PER_S = 7.292115e-5
SITE_DEG = (50.0, -120.0)
LOOKS_PER_S, ANGLE_RAD, RANGE_M = 0.2, 1e-3, 30.0


def radars(**other):
    numbers = {
        "lat_rad": np.radians([SITE_DEG[0]]),
        "lon_rad": np.radians([SITE_DEG[1]]),
        "altitude_m": 0.0,
        "min_elevation_rad": np.radians(3.0),
        "boresight_rad": np.radians([330.0]),
        "width_rad": np.radians([120.0]),
        "min_range_m": 0.0,
        "is_sky_wave": False,
        "looks_per_s": LOOKS_PER_S,
        "angle_error_rad": ANGLE_RAD,
        "range_error_m": RANGE_M,
    }
    return Radars(**(numbers | other))


def targets():
    """Give twenty places round the site: azimuth, ground range, altitude and ECEF."""
    azimuth = np.linspace(0.0, 7 * 350.0, 20) % 360.0
    ground_m = np.linspace(200e3, 3_500e3, 20)
    altitude_m = np.linspace(800e3, 90e3, 20)
    lon, lat, _ = Geod(ellps="WGS84").fwd(
        np.full(20, SITE_DEG[1]), np.full(20, SITE_DEG[0]), azimuth, ground_m
    )
    return azimuth, altitude_m, np.stack(TO_ECEF.transform(lon, lat, altitude_m), axis=-1)


def looked_at(**other):
    _, altitude_m, place_m = targets()
    return range_targets(
        radars(**other),
        np.array([0.0, 10.0]),
        np.repeat(place_m[:, None], 2, axis=1),
        np.repeat(altitude_m[:, None], 2, axis=1),
        np.full(20, 2_500e3),
        np.full(20, 1e9),
    )


def line_of_sight():
    """Give straight distance, elevation and Earth-fixed direction by pyproj's topocentric frame."""
    _, _, place_m = targets()
    frame = Transformer.from_pipeline(
        f"+proj=topocentric +ellps=WGS84 +lat_0={SITE_DEG[0]} +lon_0={SITE_DEG[1]}"
    )
    east, north, up = frame.transform(*place_m.T)
    distance = np.sqrt(east**2 + north**2 + up**2)
    site = np.array(TO_ECEF.transform(SITE_DEG[1], SITE_DEG[0], 0.0))
    return (
        np.degrees(np.arctan2(east, north)),
        distance,
        np.arcsin(up / distance),
        (place_m - site) / distance[:, None],
    )


@pytest.mark.oracle("pyproj's topocentric frame: range, elevation and sector by hand")
def test_what_is_in_range_in_the_sector_and_over_the_horizon_is_seen():
    _, first_s = looked_at()

    azimuth, distance_m, elevation, _ = line_of_sight()
    off = np.abs((azimuth - 330.0 + 180.0) % 360.0 - 180.0)
    expected = (distance_m < 2_500e3) & (elevation > np.radians(3.0)) & (off < 60.0)
    assert 3 < expected.sum() < 12
    assert np.array_equal(np.isfinite(first_s), expected)


@pytest.mark.oracle("information of two looks, one across and one along the line, added by numpy")
def test_looks_tell_across_and_along_the_line():
    told, first_s = looked_at()

    _, distance_m, _, line = line_of_sight()
    turn = EARTH_RAD_PER_S * 10.0
    spin = np.array([[np.cos(turn), -np.sin(turn), 0], [np.sin(turn), np.cos(turn), 0], [0, 0, 1]])
    for i in np.flatnonzero(np.isfinite(first_s)):
        u = spin @ line[i]
        looks = 10.0 * LOOKS_PER_S
        full = looks * np.outer(u, u) / RANGE_M**2
        full += looks * (np.eye(3) - np.outer(u, u)) / (distance_m[i] * ANGLE_RAD) ** 2
        # A sum of parts that differ ten thousandfold.
        assert told[i, 1] == pytest.approx(full[np.triu_indices(3)], rel=1e-6, abs=1e-12)
    assert not told[:, 0].any()


@pytest.mark.oracle("the 4/3 Earth: sqrt(2 k R h) to antenna and to target, by hand")
def test_a_mast_sees_a_low_flier_farther_away():
    k_radius = 4.0 / 3.0 * 6_371_008.8
    for mast_m in (30.0, 500.0):
        horizon_m = np.sqrt(2.0 * k_radius * mast_m) + np.sqrt(2.0 * k_radius * 100.0)
        ground_m = np.linspace(5e3, 300e3, 400)
        lon, lat, _ = Geod(ellps="WGS84").fwd(
            np.full(400, SITE_DEG[1]), np.full(400, SITE_DEG[0]), np.full(400, 330.0), ground_m
        )
        place_m = np.stack(TO_ECEF.transform(lon, lat, np.full(400, 100.0)), axis=-1)

        _, first_s = range_targets(
            radars(altitude_m=mast_m, min_elevation_rad=-np.pi / 2.0),
            np.zeros(1),
            place_m[:, None],
            np.full((400, 1), 100.0),
            np.full(400, 2_500e3),
            np.full(400, 1e9),
        )

        assert ground_m[np.isfinite(first_s)].max() == pytest.approx(horizon_m, rel=0.01)


def test_a_sky_wave_sees_what_flies_in_air_beyond_its_skip():
    _, first_s = looked_at(is_sky_wave=True, min_range_m=900e3, width_rad=np.array([2 * np.pi]))

    _, distance_m, _, _ = line_of_sight()
    _, altitude_m, _ = targets()
    expected = (distance_m > 900e3) & (distance_m < 2_500e3) & (altitude_m < 100e3)
    assert np.array_equal(np.isfinite(first_s), expected)


@pytest.mark.parametrize("name", ["looks_per_s", "angle_error_rad", "range_error_m"])
def test_an_error_of_nothing_is_refused(name):
    with pytest.raises(DomainError, match="above 0"):
        looked_at(**{name: 0.0})
