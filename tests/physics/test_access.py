"""Access windows, against brahe, Skyfield, PROJ and the definition; caps by plane geometry."""

import json
from pathlib import Path

import numpy as np
import pyproj
import pytest
from scipy.optimize import brentq
from sgp4.api import WGS72, Satrec
from skyfield.api import EarthSatellite, load, wgs84

from umbo.engagement.coverage import mean_in_reach
from umbo.errors import DomainError
from umbo.physics.access import access_blocks, access_windows, coverage
from umbo.physics.earth import geodetic_to_ecef
from umbo.physics.orbits import drift_rates, earth_fixed_positions, period, walker_shell
from umbo.physics.stereo import Seeing
from umbo.physics.visibility import cap_angle, cap_share, is_line_of_sight_clear

KM = 1e3
ORACLES = Path(__file__).parents[1] / "oracles"


@pytest.mark.oracle("brahe 1.8.0, location_accesses of two-body orbits (tests/oracles)")
def test_windows_are_those_of_brahe(monkeypatch):
    answer = json.loads((ORACLES / "brahe_access.json").read_text())
    request, windows = answer["request"], np.array(answer["windows"])
    lat, lon = np.radians(request["places_deg"]).T
    shell = walker_shell(request["altitude_m"], np.radians(53.0), planes=2, per_plane=3)
    # brahe's orbits do not drift.
    rate = 2.0 * np.pi / period(request["altitude_m"])
    monkeypatch.setattr("umbo.physics.access.drift_rates", lambda *_: (np.float64(0.0), rate))

    found = access_windows(
        shell,
        lat,
        lon,
        end_s=request["hours"] * 3_600.0,
        min_elevation_rad=np.radians(request["min_elevation_deg"]),
        earth_angle_0_rad=request["earth_angle_rad"],
    )

    assert np.array_equal(np.stack([found.satellite, found.place], 1), windows[:, :2])
    assert found.rise_s == pytest.approx(windows[:, 2], abs=0.2)  # s: its pole nods by 8 arcsec
    assert found.set_s == pytest.approx(windows[:, 3], abs=0.2)  # s
    assert found.duration_s.sum() == pytest.approx((windows[:, 3] - windows[:, 2]).sum(), rel=1e-4)


@pytest.mark.oracle("Skyfield find_events on SGP4 of the same mean elements")
def test_a_day_in_view_is_as_long_as_skyfield_says():
    # North and south in pairs: SGP4 has J3, by which orbits are some 6 km lower in the north.
    places = [(50, 10), (-50, 10), (20, -100), (-20, -100), (0, 60)]
    # At cos^2 i = 1/3 the mean radius is the semi-major axis; elsewhere J2 moves it by a km.
    altitude, inclination = 1_000 * KM, np.arccos(np.sqrt(1.0 / 3.0))
    shell = walker_shell(altitude, inclination, planes=3, per_plane=2)
    scale = load.timescale(builtin=True)
    begin = scale.utc(2026, 1, 1)
    node_rate, turn_rate = drift_rates(altitude, inclination)
    total_s = 0.0
    for raan, u in zip(shell.raan_rad, shell.arg_latitude_rad, strict=True):
        satellite = Satrec()
        days = begin.ut1 - 2_433_281.5
        rates = (0.0, 0.0, 0.0, 1e-7, 0.0, inclination, u)
        satellite.sgp4init(WGS72, "i", 1, days, *rates, turn_rate * 60.0, raan)
        # The mean motion that makes SGP4 run round as fast as J2 does.
        turned = satellite.mdot + satellite.argpdot
        satellite.sgp4init(WGS72, "i", 1, days, *rates, (turn_rate * 60.0) ** 2 / turned, raan)
        assert satellite.nodedot / 60.0 == pytest.approx(float(node_rate), rel=0.01)
        for lat, lon in places:
            times, events = EarthSatellite.from_satrec(satellite, scale).find_events(
                wgs84.latlon(lat, lon), begin, begin + 1.0, altitude_degrees=10.0
            )
            up_s = (times - begin) * 86_400.0
            rise, fall = up_s[events == 0], up_s[events == 2]
            total_s += np.append(fall, [86_400.0] * (len(fall) < len(rise))).sum() - rise.sum()
    lat, lon = np.radians(places).T

    found = access_windows(
        shell,
        lat,
        lon,
        end_s=86_400.0,
        min_elevation_rad=np.radians(10.0),
        earth_angle_0_rad=np.radians(begin.gmst * 15.0),
    )

    assert found.duration_s.sum() == pytest.approx(total_s, rel=1e-3)  # short-period terms


@pytest.mark.oracle("elevation by PROJ, sampled at 5 s, its roots by scipy brentq")
def test_crossings_are_the_roots_of_the_elevation():
    shell = walker_shell(550 * KM, np.radians(70.0), planes=2, per_plane=2)
    local = pyproj.Transformer.from_pipeline(
        "+proj=topocentric +ellps=WGS84 +lat_0=47 +lon_0=-20 +h_0=300"
    )
    time = np.arange(0.0, 43_200.0, 5.0)

    def elevation(time_s, satellite):
        east, north, up = local.transform(
            *np.atleast_2d(earth_fixed_positions(shell, np.atleast_1d(time_s))[:, satellite]).T
        )
        return np.arctan2(up, np.hypot(east, north)) - np.radians(5.0)

    found = access_windows(
        shell,
        np.radians(47.0),
        np.radians(-20.0),
        300.0,
        end_s=43_200.0,
        min_elevation_rad=np.radians(5.0),
    )

    for satellite in range(shell.count):
        height = elevation(time, satellite)
        change = np.flatnonzero(np.diff(np.sign(height)))
        roots = [
            brentq(lambda t: elevation(t, satellite)[0], time[k], time[k + 1])  # noqa: B023
            for k in change
        ]
        mine = found.satellite == satellite
        edges = np.stack([found.rise_s[mine], found.set_s[mine]], 1).ravel()
        inside = edges[(edges > 0.0) & (edges < time[-1])]
        assert inside == pytest.approx(roots, abs=1e-3)  # s


@pytest.mark.oracle("umbo's definition of a clear line, sampled every 10 s")
@pytest.mark.parametrize(("altitude_km", "grazing_km"), [(0, 0), (10, 30), (60, 20), (300, 50)])
@pytest.mark.parametrize("orbit", [(1_000, 80, 2, 3), (35_786, 0, 1, 2), (20_000, 63, 3, 1)])
def test_targets_are_seen_where_the_line_is_clear(altitude_km, grazing_km, orbit):
    shell = walker_shell(orbit[0] * KM, np.radians(orbit[1]), orbit[2], orbit[3])
    lat, lon = np.radians([0, 35, -62, 89]), np.radians([10, -120, 170, 0])
    time = np.arange(0.0, 86_400.0, 10.0)
    target = geodetic_to_ecef(lat, lon, altitude_km * KM)
    satellite = earth_fixed_positions(shell, time, 0.3)[:, :, None]
    clear = is_line_of_sight_clear(satellite, target, grazing_km * KM)

    blocks = list(
        access_blocks(
            shell,
            lat,
            lon,
            altitude_km * KM,
            end_s=86_400.0,
            grazing_altitude_m=grazing_km * KM,
            earth_angle_0_rad=0.3,
        )
    )

    inside = np.zeros_like(clear)
    for block in blocks:
        for s, m, rise, fall in zip(
            block.satellite, block.place, block.rise_s, block.set_s, strict=True
        ):
            inside[:, s, m] |= (time >= rise) & (time <= fall)
    assert np.array_equal(inside, clear)


def test_windows_come_in_order_and_do_not_meet():
    shell = walker_shell(700 * KM, np.radians(98.0), planes=3, per_plane=3)
    places = np.linspace(-1.5, 1.5, 40)

    found = access_windows(
        shell, places, places, start_s=100.0, end_s=50_000.0, grazing_altitude_m=30 * KM
    )

    order = np.lexsort((found.rise_s, found.place, found.satellite))
    assert np.array_equal(order, np.arange(len(order)))
    assert (found.duration_s > 0.0).all()
    same = (np.diff(found.satellite) == 0) & (np.diff(found.place) == 0)
    assert (found.rise_s[1:][same] > found.set_s[:-1][same]).all()
    assert found.rise_s.min() >= 100.0
    assert found.set_s.max() <= 50_000.0


@pytest.mark.oracle(
    "triangles: 30 degrees of elevation under a satellite; tangents; law of cosines"
)
def test_caps_are_those_of_plane_geometry():
    radius = 6_371 * KM

    assert cap_angle(radius) == pytest.approx(np.pi / 3.0, rel=1e-12)  # r = 2 R: 60 degrees
    # At r = R cos(e) / cos(60 deg), elevation e stands 60 deg - e from the target.
    assert cap_angle(radius * (np.sqrt(3) - 1.0), min_elevation_rad=np.pi / 6.0) == pytest.approx(
        np.pi / 6.0, rel=1e-12
    )
    both = cap_angle(radius, 200 * KM, grazing_altitude_m=100 * KM)
    assert both == pytest.approx(np.arccos(6_471 / 6_571) + np.arccos(6_471 / 12_742), rel=1e-12)
    side = np.sqrt(7_371**2 + 6_471**2 - 2 * 7_371 * 6_471 * np.cos(0.2)) * KM
    assert cap_angle(1_000 * KM, 100 * KM, max_slant_range_m=side) == pytest.approx(0.2, rel=1e-9)
    assert cap_angle(1_000 * KM, 0.0, max_slant_range_m=999 * KM) == 0.0
    assert cap_share(np.pi / 3.0) == pytest.approx(0.25, rel=1e-12)  # (1 - cos 60 deg) / 2


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"end_s": -1.0}, "after end_s"),
        ({"min_elevation_rad": 10.0}, "radians"),
        ({"grazing_altitude_m": 600 * KM}, "below the satellites"),
        ({"altitude_m": np.nan}, "below the satellites"),
    ],
)
def test_windows_that_cannot_be_searched(change, words):
    shell = walker_shell(550 * KM, 1.0, 2, 2)

    with pytest.raises(DomainError, match=words):
        access_windows(shell, **({"lat_rad": 0.5, "lon_rad": 0.1, "end_s": 60.0} | change))


def test_no_cap_above_the_satellites():
    with pytest.raises(DomainError, match="below the satellites"):
        cap_angle(500 * KM, 600 * KM)


@pytest.mark.oracle("three geostationary satellites: each sees 2 acos(R / r) = 162.6 degrees")
def test_three_geostationary_satellites_see_the_equator():
    shell = walker_shell(35_786 * KM, 0.0, planes=1, per_plane=3)
    lon = np.radians(np.arange(-180.0, 180.0, 0.25))

    covered = coverage([shell], np.zeros_like(lon), lon, epoch_s=[0.0], most=3)

    width = np.degrees(2.0 * np.arccos(6_378.137 / (6_378.137 + 35_786)))
    assert covered.mean_in_view.mean() == pytest.approx(3.0 * width / 360.0, abs=0.003)
    assert covered.share_at_least.mean(axis=0) == pytest.approx(
        [1.0, 3.0 * width / 360.0 - 1.0, 0.0], abs=0.003
    )
    north = coverage([shell], np.radians([81.0, 82.0]), 0.0, epoch_s=[0.0], most=1)
    assert list(north.mean_in_view) == [1.0, 0.0]


@pytest.mark.oracle("spherical caps, and the density of sub-satellite points by latitude")
@pytest.mark.parametrize("altitude_km", [0.0, 200.0])
def test_mean_number_in_view_is_that_of_the_closed_form(altitude_km):
    shell = walker_shell(1_000 * KM, np.radians(60.0), planes=6, per_plane=8)
    lat = np.arcsin(np.linspace(-0.975, 0.975, 40))  # even areas
    epoch = np.linspace(0.0, 30 * 86_164.0, 4_000)

    counted = coverage([shell], lat, 0.3, altitude_km * KM, epoch_s=epoch).mean_in_view

    ground = np.linalg.norm(geodetic_to_ecef(lat, 0.3), axis=-1)  # flattening
    height = 6_378.137 * KM + shell.altitude_m - ground
    cap = cap_angle(height, altitude_km * KM, earth_radius_m=ground)
    mean = mean_in_reach(shell.count, shell.inclination_rad, lat, cap)
    assert counted == pytest.approx(mean, rel=0.01)  # the horizon leans by up to 0.2 degrees
    assert counted.mean() == pytest.approx(shell.count * cap_share(cap).mean(), rel=0.005)


@pytest.mark.oracle("streets of coverage: cos c = cos(cap) / cos(180 deg / s), Rider (1986)")
@pytest.mark.parametrize(("planes", "per_plane"), [(6, 11), (4, 9)])
def test_evenly_spaced_polar_planes_cover_where_streets_meet(planes, per_plane):
    # At the seam planes run against each other, so streets must meet: 2 c = 180 deg / planes.
    street = np.pi / planes / 2.0
    cap = np.arccos(np.cos(street) * np.cos(np.pi / per_plane))
    shell = walker_shell(1_500 * KM, np.pi / 2.0, planes, per_plane, pattern="star")
    epoch = np.linspace(0.0, 6_000.0, 600)
    lat, lon = np.radians(np.meshgrid(np.arange(-10.0, 10.5), np.arange(-60.0, 0.0, 1.5)))
    radius, sphere = 6_378.137 + 1_500, 6_378.137

    def covered(angle):
        side = np.sqrt(radius**2 + sphere**2 - 2.0 * radius * sphere * np.cos(angle)) * KM
        seeing = Seeing(max_range_m=side)
        return coverage(
            [shell], lat, lon, epoch_s=epoch, seeing=seeing, most=1
        ).share_at_least.min()

    assert covered(cap + 0.002) == 1.0
    assert covered(cap - 0.02) < 1.0


@pytest.mark.oracle("access windows of umbo, found by roots in double precision")
def test_elevation_and_time_agree_with_access_windows():
    shell = walker_shell(1_000 * KM, np.radians(80.0), planes=4, per_plane=6)
    lat, lon = np.zeros(3), np.radians([0.0, 50.0, -120.0])  # level and geocentric up agree
    epoch = np.arange(0.0, 86_400.0, 20.0)
    windows = access_windows(shell, lat, lon, end_s=86_400.0, min_elevation_rad=np.radians(15.0))

    seeing = Seeing(min_elevation_rad=np.radians(15.0), grazing_altitude_m=0.0)
    mean = coverage([shell], lat, lon, epoch_s=epoch, seeing=seeing).mean_in_view

    total = np.bincount(windows.place, windows.duration_s) / 86_400.0
    assert mean == pytest.approx(total, rel=0.003)  # 20 s steps
