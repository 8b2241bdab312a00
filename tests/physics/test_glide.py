"""Glides against scipy's integrator, Eggers' range and conservation laws."""

from functools import lru_cache

import numpy as np
import pyproj
import pytest

from umbo.elements.catalog import load_catalog
from umbo.elements.readings import Readings
from umbo.elements.vehicles import vehicle_of
from umbo.errors import DomainError
from umbo.physics.atmosphere import kernel_table
from umbo.physics.flight import Effects
from umbo.physics.glide import Bank, Glider, aim_glider, glide
from umbo.physics.glide_arcs import glide_range
from umbo.physics.gliding import DIVE, GLIDE, IMPACT_STATE, glide_all

MU, SPIN, J2 = 3.986004418e14, 7.292115e-5, 1.0826261738e-3
A, B = 6_378_137.0, 6_356_752.314245
STILL = Effects(rotation=False, j2=False, ellipsoid=False)
RADIUS = 6_371e3
LONG = Glider(13_000.0, 2.6, 3_000.0, np.radians(45.0), 30e3, 65e3)
ELEVATION = np.radians(5.0)


@pytest.fixture(scope="module")
def booster():
    return vehicle_of(load_catalog().item("hgv_long"), Readings())


def thrown(speed, altitude, climb_deg=0.0):
    climb = np.radians(climb_deg)
    position = np.array([[RADIUS + altitude, 0.0, 0.0]])
    return position, speed * np.array([[np.sin(climb), 0.0, np.cos(climb)]])


@lru_cache(maxsize=1)
def other_air():
    import ussa1976

    z = np.arange(0.0, 200e3, 20.0)
    return z, np.log(ussa1976.compute(z=z, variables=["rho"])["rho"].values)


def glide_with_scipy(position, velocity, glider, bank=0.0):
    """Impact time and place, Earth-fixed, of the same forces in axes that do not turn."""
    from scipy.integrate import solve_ivp

    z, log_density = other_air()
    spin = np.array([0.0, 0.0, SPIN])

    def rates(t, y, is_dive):
        p, v = y[:3], y[3:]
        r = np.linalg.norm(p)
        wind = v - np.cross(spin, p)
        speed = np.linalg.norm(wind)
        ahead = wind / speed
        up = np.array([p[0], p[1], p[2] * (A / B) ** 2])
        up /= np.linalg.norm(up)
        altitude = r - A / np.sqrt(1.0 + ((A / B) ** 2 - 1.0) * (p[2] / r) ** 2)
        rho = np.exp(np.interp(altitude, z, log_density))
        s = (p[2] / r) ** 2
        bulge = 1.5 * J2 * (A / r) ** 2
        pull = -MU / r**3 * p * (1.0 + bulge * np.array([1 - 5 * s, 1 - 5 * s, 3 - 5 * s]))
        slope = ahead @ up
        level = np.sqrt(1.0 - slope**2)
        drag = 0.5 * rho * speed**2 / glider.ballistic_coefficient_kg_per_m2
        # Over ground the glider weighs less by its own turn and by that of the Earth.
        turning = pull - np.cross(spin, np.cross(spin, p)) - 2.0 * np.cross(spin, wind)
        weight = -turning @ up - (speed * level) ** 2 / r
        lift, right = glider.lift_to_drag * drag, np.cross(ahead, up) / level
        if is_dive:
            want = weight + speed * (-np.sin(glider.dive_angle_rad) - slope) / 4.0
            lift, bank_now = np.clip(want / lift, -1.0, 1.0) * lift, 0.0
        else:
            bank_now = bank
            upward = lift * np.cos(bank)
            sink = -2 * 7e3 * (MU / r**2) / (speed**2 * glider.lift_to_drag * np.cos(bank))
            high = 7e3 * np.log(upward / max(weight, 0.5)) / (speed * 60.0)
            slope_wanted = max(sink, -0.1) + np.clip(high, -0.06, 0.06)
            lift *= np.clip((weight + speed * (slope_wanted - slope) / 8.0) / upward, 0.0, 1.0)
        over = (up - slope * ahead) / level
        push = lift * (np.cos(bank_now) * over + np.sin(bank_now) * right)
        return np.concatenate([v, pull - drag * ahead + push])

    def slow(t, y):
        return np.linalg.norm(y[3:] - np.cross(spin, y[:3])) - glider.dive_speed_m_per_s

    def ground(t, y):
        r = np.linalg.norm(y[:3])
        return r - A / np.sqrt(1.0 + ((A / B) ** 2 - 1.0) * (y[2] / r) ** 2)

    slow.terminal = ground.terminal = True
    y = np.concatenate([position, velocity + np.cross(spin, position)])
    options = {"method": "LSODA", "rtol": 1e-9, "atol": 1e-3}
    one = solve_ivp(lambda t, y: rates(t, y, False), (0, 9e3), y, events=slow, **options)
    two = solve_ivp(
        lambda t, y: rates(t, y, True), (one.t[-1], 9e3), one.y[:, -1], events=ground, **options
    )
    turn = -SPIN * two.t[-1]
    x, y, z_ = two.y[:3, -1]
    return two.t[-1], np.array(
        [np.cos(turn) * x - np.sin(turn) * y, np.sin(turn) * x + np.cos(turn) * y, z_]
    )


@pytest.mark.oracle("the same forces in inertial axes, scipy LSODA at rtol 1e-9, ussa1976 air")
@pytest.mark.parametrize(("speed", "climb_deg"), [(6_500.0, 3.0), (5_000.0, 5.0), (6_000.0, -3.0)])
def test_a_glide_ends_where_scipy_ends_it(speed, climb_deg):
    position, velocity = thrown(speed, 100e3, climb_deg)
    velocity = velocity @ np.array([[1, 0, 0], [0, 0.8, -0.6], [0, 0.6, 0.8]])  # some way east
    impact_s, place = glide_with_scipy(position[0], velocity[0], LONG)

    flown = glide(position, velocity, LONG, times_s=[0.0]).flights

    assert flown.impact_s[0] == pytest.approx(impact_s, abs=0.05)
    assert np.linalg.norm(flown.impact_position_m[0] - place) < 100.0  # of some 5,000 km


@pytest.mark.oracle("Eggers, Allen & Neice, NACA Report 1382: range of the equilibrium glide")
@pytest.mark.parametrize(("speed", "altitude"), [(6_500.0, 52e3), (5_700.0, 48e3), (4_000.0, 39e3)])
def test_range_of_the_glide_is_that_of_eggers(speed, altitude):
    times = np.arange(0.0, 2_000.0, 1.0)
    flown = glide(*thrown(speed, altitude), LONG, times_s=times, effects=STILL)
    x, z = flown.flights.position_m[0, :, 0], flown.flights.position_m[0, :, 2]
    along = RADIUS * np.arctan2(z, x)
    begin, end = np.interp([flown.glide_s[0], flown.dive_s[0]], times, along)

    eggers = glide_range(flown.glide_speed_m_per_s[0], 3_000.0, 2.6)

    assert end - begin == pytest.approx(eggers, rel=0.02)


@pytest.mark.oracle("density that bears the weight, rho = 2 beta (g - v2/r) / (v2 L/D), US 1976")
def test_altitude_of_the_glide_is_that_of_equilibrium():
    times = np.arange(0.0, 1_500.0, 1.0)
    flown = glide(*thrown(5_704.0, 48.5e3), LONG, times_s=times, effects=STILL)
    z, log_density = other_air()
    for t in (300, 600, 900):
        r = np.linalg.norm(flown.flights.position_m[0, t])
        v = np.linalg.norm(flown.flights.velocity_m_per_s[0, t])
        rho = 2 * 13_000.0 * (MU / r**2 - v**2 / r) / (v**2 * 2.6)

        altitude = np.interp(-np.log(rho), -log_density, z)

        assert r - RADIUS == pytest.approx(altitude, abs=300.0)


@pytest.mark.oracle("the plane of a path over a sphere at rest is kept; Newton")
def test_the_kernel_keeps_the_plane_and_mirrors_the_bank():
    start = np.tile(np.hstack(thrown(6_000.0, 60e3)), (3, 1))
    glider = np.tile([13_000.0, 2.6, 0.0, 5_900.0, 4_000.0, 3_000.0, 0.7], (3, 1))
    glider[:, 2] = np.radians([0.0, 40.0, -40.0])
    still = np.array([MU, RADIUS, RADIUS, 0.0, 0.0])

    _, record = glide_all(start, np.zeros(3), glider, still, kernel_table(), np.empty(0))

    assert np.all(record[:, DIVE] > record[:, GLIDE])
    middle, right, left = record[:, IMPACT_STATE + 1]
    assert abs(middle) < 1e-3
    # Northwards and up, the right hand is towards positive y.
    assert right > 300e3
    assert left == pytest.approx(-right, rel=1e-6)


def test_energy_falls_all_the_way():
    times = np.arange(0.0, 1_700.0, 2.0)
    flown = glide(*thrown(6_500.0, 100e3, 3.0), LONG, times_s=times).flights
    p, v = flown.position_m[0], flown.velocity_m_per_s[0]
    r = np.linalg.norm(p, axis=1)
    bulge = 0.5 * J2 * (A / r) ** 2 * (3.0 * (p[:, 2] / r) ** 2 - 1.0)
    spun = 0.5 * SPIN**2 * (p[:, 0] ** 2 + p[:, 1] ** 2)
    energy = 0.5 * np.sum(v**2, axis=1) - MU / r * (1.0 - bulge) - spun

    falls = np.diff(energy[times < flown.impact_s[0]])

    assert np.all(falls < 0.0)


def test_more_lift_glides_farther_and_more_mass_lower():
    def flown(beta, ratio):
        glider = Glider(beta, ratio, 3_000.0, 0.7)
        return glide(*thrown(6_000.0, 60e3), glider, times_s=[0.0], effects=STILL)

    assert flown(13_000.0, 3.0).flights.impact_s > flown(13_000.0, 2.6).flights.impact_s
    assert flown(8_000.0, 2.6).lowest_m > flown(13_000.0, 2.6).lowest_m


LEGS = [(52.5, 57.0, 45.0, -75.0), (52.0, 112.0, 34.0, -118.0), (41.0, 100.0, 35.0, 140.0)]


@pytest.mark.oracle("PROJ, geodetic to geocentric: where the aim point lies")
@pytest.mark.parametrize("bank_deg", [0.0, 30.0, -30.0])
def test_gliders_hit_their_aim_points(booster, bank_deg):
    lat, lon, aim_lat, aim_lon = np.radians(np.array(LEGS[1:] if bank_deg else LEGS)).T
    bank = Bank(np.radians(bank_deg), 5_000.0, 4_000.0)

    flown = aim_glider(
        booster, LONG, lat, lon, aim_lat, aim_lon,
        burnout_elevation_rad=ELEVATION, bank=bank, times_s=np.arange(0.0, 3_000.0, 5.0),
    )  # fmt: skip

    to_ecef = pyproj.Transformer.from_crs("EPSG:4979", "EPSG:4978")
    goal = np.stack(to_ecef.transform(*np.degrees([aim_lat, aim_lon]), 0.0 * lat), axis=-1)
    assert np.all(np.linalg.norm(flown.flights.impact_position_m - goal, axis=-1) < 1_000.0)
    assert np.all((flown.lowest_m > 30e3) & (flown.highest_m < 65e3))
    straight = np.abs(bank_deg) == 0.0
    assert np.all(flown.glide_speed_m_per_s > 3_500.0) or not straight


def test_samples_go_on_through_burnout_without_a_jump(booster):
    times = np.arange(0.0, 2_000.0, 1.0)
    flown = aim_glider(
        booster, LONG, *np.radians(LEGS[:1]).T, burnout_elevation_rad=ELEVATION, times_s=times
    ).flights
    p, v = flown.position_m[0], flown.velocity_m_per_s[0]
    flying = slice(1, int(flown.impact_s[0]) - 1)

    jump = p[1:] - p[:-1] - 0.5 * (v[1:] + v[:-1])

    # A second's change of acceleration, 100 m/s2 at burnout and 60 m/s2 in the dive, over 12.
    assert np.max(np.linalg.norm(jump[flying], axis=1)) < 13.0


def test_an_aim_point_too_far_is_told_the_limit(booster):
    with pytest.raises(DomainError, match=r"lies 16\d\d\d km .* flies \d+ to 1\d\d\d\d km"):
        aim_glider(
            booster, LONG, 0.0, 0.0, 0.0, np.radians(-150.0),
            burnout_elevation_rad=ELEVATION, times_s=[0.0],
        )  # fmt: skip


@pytest.mark.parametrize("band", [(46e3, 65e3), (20e3, 40e3)])
def test_a_glide_outside_its_band_is_refused(band):
    glider = Glider(13_000.0, 2.6, 3_000.0, 0.7, *band)
    with pytest.raises(DomainError, match="outside its band"):
        glide(*thrown(6_000.0, 60e3), glider, times_s=[0.0])


@pytest.mark.parametrize("wrong", [{"lift_to_drag": 0.0}, {"dive_angle_rad": 2.0}])
def test_a_glider_that_cannot_be_is_refused(wrong):
    right = {
        "ballistic_coefficient_kg_per_m2": 13_000.0,
        "lift_to_drag": 2.6,
        "dive_speed_m_per_s": 3_000.0,
        "dive_angle_rad": 0.7,
    }
    with pytest.raises(DomainError, match=next(iter(wrong))):
        Glider(**{**right, **wrong})
