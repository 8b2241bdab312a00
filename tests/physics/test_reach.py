"""Fly-out from orbit and from the ground, against closed forms and a slow obvious twin."""

import numpy as np
import pytest
from scipy.interpolate import RegularGridInterpolator

from umbo.errors import DomainError
from umbo.physics.arcs import minimum_energy_arc
from umbo.physics.earth import ecef_to_geodetic, geodetic_to_ecef
from umbo.physics.flight import Vehicle
from umbo.physics.flyout import Fan, fly_fan
from umbo.physics.reach import fly_out_range, footprint_radius, latest_orders

KM = 1e3
GEE = 9.80665
RADIUS_M = 6_371_000.0
SITE = np.array([RADIUS_M, 0.0, 0.0])


@pytest.mark.oracle("AEI working paper 2025-20, calculator defaults (aei-flyout)")
def test_fly_out_is_the_published_one():
    range_m = fly_out_range(120.0, 6_000.0, 15 * GEE)

    assert pytest.approx(40.789, abs=0.01) == 6_000.0 / (15 * GEE)  # s
    assert range_m / KM == pytest.approx(597.634, abs=0.01)
    assert footprint_radius(range_m, 100 * KM) / KM == pytest.approx(589.208, abs=0.01)


@pytest.mark.oracle("uniform acceleration integrated step by step")
def test_fly_out_is_the_integral_of_its_speed():
    time_s = np.linspace(0, 90, 90_001)
    speed = np.minimum(time_s * 10 * GEE, 4_000.0)
    expected = np.concatenate([[0], np.cumsum((speed[1:] + speed[:-1]) / 2 * 1e-3)])

    assert fly_out_range(time_s, 4_000.0, 10 * GEE) == pytest.approx(expected, abs=0.1)  # m


def test_nothing_flies_before_ignition_or_across_too_great_a_height():
    assert np.all(fly_out_range([-5.0, 0.0], 6e3, 100.0) == 0.0)
    assert footprint_radius(90 * KM, 100 * KM) == 0.0


@pytest.mark.parametrize(("speed", "gee"), [(0.0, 15.0), (6e3, -1.0)])
def test_interceptor_that_cannot_move_is_refused(speed, gee):
    with pytest.raises(DomainError, match="above 0"):
        fly_out_range(1.0, speed, gee * GEE)


def straight(start_km, velocity_km_s, time_s):
    """Move straight from a point in the local axes up, east and north of SITE."""
    offset = np.asarray(start_km) * KM + np.outer(time_s, velocity_km_s) * KM
    return SITE + offset


def fan_of_speed(
    speed_m_per_s, *, max_range_m=1_500 * KM, low_m=0.0, high_m=1_000 * KM, shape=(400, 300)
):
    """Build the fan of an interceptor that flies straight at one speed, over the sphere."""
    ground = 2 * RADIUS_M * np.arcsin(max_range_m / RADIUS_M / 2)
    range_m, altitude_m = np.linspace(0, ground, shape[0]), np.linspace(low_m, high_m, shape[1])
    r = RADIUS_M + altitude_m
    across = 2 * RADIUS_M * r * np.cos(range_m / RADIUS_M)[:, None]
    away = np.sqrt(np.maximum(RADIUS_M**2 + r**2 - across, 0.0))
    return Fan(
        time_s=away / speed_m_per_s,
        speed_m_per_s=np.full(shape, speed_m_per_s),
        range_step_m=range_m[1],
        altitude_step_m=altitude_m[1] - altitude_m[0],
        max_range_m=max_range_m,
        min_altitude_m=low_m,
        max_altitude_m=high_m,
    )


def over_sphere(path):
    """Give altitudes over the sphere that the fans stand on."""
    return np.linalg.norm(path, axis=-1) - RADIUS_M


@pytest.mark.oracle("collision triangle: quadratic solved by hand for an even straight target")
@pytest.mark.parametrize(("samples", "tolerance_s"), [(81, 0.3), (401, 0.1)])
def test_order_for_two_meetings_is_that_of_the_triangle(samples, tolerance_s):
    time_s = np.linspace(0.0, 400.0, samples)
    start, velocity = np.array([300.0, 900.0, -200.0]), np.array([-0.5, -4.0, 1.0])
    path, c = straight(start, velocity, time_s), 2.5

    orders_s = latest_orders(
        SITE,
        time_s,
        path,
        fan_of_speed(c * KM),
        target_altitude_m=over_sphere(path),
        look_s=60.0,
        most_looks=2,
    )[0, 0]

    # Launch at order o meets at t with |r + v t| = c (t - o), in km and s.
    fine = np.linspace(0.0, 400.0, 400_001)
    launch = fine - np.linalg.norm(start + np.outer(fine, velocity), axis=1) / c
    last = launch.max()
    # Altitude and the launch are linear between samples, and time on the grid.
    assert orders_s[0] == pytest.approx(last, abs=tolerance_s)
    assert orders_s[1] == pytest.approx(launch[fine <= last - 60.0].max(), abs=tolerance_s)


@pytest.mark.oracle("sphere of range and shells of altitude crossed by a straight target, by hand")
def test_range_and_altitude_bound_the_orders():
    # So fast that the last order is the end of the window.
    time_s = np.linspace(0.0, 500.0, 51)
    path = straight([100.0, 1_000.0, 0.0], [0.0, -4.0, 0.0], time_s)
    near = fan_of_speed(1e9, max_range_m=500 * KM)

    orders_s = latest_orders(SITE, time_s, path, near, target_altitude_m=over_sphere(path))

    reach_km = np.sqrt(500.0**2 - 100.0**2)
    assert orders_s == pytest.approx((1_000 + reach_km) / 4, abs=2e-3)  # s

    falling = straight([400.0, 10.0, 0.0], [-1.0, 0.0, 0.0], time_s)
    shell = fan_of_speed(1e9, low_m=40 * KM, high_m=150 * KM)
    given = {"target_altitude_m": over_sphere(falling), "most_looks": 3, "look_s": 60.0}
    orders_s = latest_orders(SITE, time_s, falling, shell, **given)
    # In the shell from 250 s to 360 s, 20 m of height; a second look 60 s earlier, no third.
    assert orders_s[0, 0] == pytest.approx([360.0, 300.0, -np.inf], abs=0.02)

    orders_s = latest_orders(SITE, time_s, falling, shell, until_s=303.0, **given)
    assert orders_s[0, 0] == pytest.approx([303.0, -np.inf, -np.inf], abs=0.01)


def ballistic(range_km, samples=None):
    """Sample a ballistic arc towards SITE along the equator."""
    arc = minimum_energy_arc(range_km * KM)
    samples = samples or int(arc.flight_time_s / 5.0) + 2
    time_s = np.linspace(0.0, float(arc.flight_time_s), samples)
    x = 2 * time_s / time_s[-1] - 1
    altitude = float(arc.apogee_altitude_m) * (1 - x**2)
    lon = -(range_km * KM + 30 * KM) / 6_378_137.0 * (1 - time_s / time_s[-1])
    return time_s, geodetic_to_ecef(0.02 * np.ones_like(lon), lon, altitude)


def interpolate(fan, range_m, altitude_m):
    """Read a fan's time off its grid by scipy; nan beside it."""
    rows, columns = fan.time_s.shape
    axes = (
        np.arange(rows) * fan.range_step_m,
        fan.min_altitude_m + np.arange(columns) * fan.altitude_step_m,
    )
    grid = RegularGridInterpolator(axes, fan.time_s, bounds_error=False)
    return grid(np.stack([range_m, altitude_m], axis=-1))


def find_by_stepping(site, time_s, path, fan, *, step_s, look_s, most_looks, available_s, until_s):
    """Try every instant: the slow obvious twin."""
    instants = np.arange(time_s[0], time_s[-1], step_s)
    place = np.stack([np.interp(instants, time_s, path[:, axis]) for axis in range(3)], axis=-1)
    altitude = np.interp(instants, time_s, ecef_to_geodetic(path)[2])
    away = np.linalg.norm(place - site, axis=-1)
    turned = np.linalg.norm(np.cross(place, site), axis=-1)
    ground = RADIUS_M * np.arctan2(turned, place @ site)
    launch = instants - interpolate(fan, ground, altitude)
    good = (away <= fan.max_range_m) & (instants <= until_s)
    met = np.flatnonzero(good & (launch >= available_s))
    if met.size == 0:
        return [np.nan] * 4, 0
    looks, order = 0, available_s
    while looks < most_looks:
        next_met = np.flatnonzero(good & (launch >= order))
        if next_met.size == 0:
            break
        looks += 1
        order = instants[next_met[0]] + look_s
    return [instants[met[0]], instants[met[-1]], launch[met[0]], launch[met].max()], looks


REAL = Vehicle(
    dry_kg=[1_000.0, 300.0],
    propellant_kg=[9_000.0, 2_500.0],
    thrust_vacuum_n=[450e3, 125e3],
    burn_s=[55.0, 55.0],
    exit_area_m2=[0.1, 0.0],
    diameter_m=[1.2, 1.2],
    payload_kg=200.0,
    reentry_ballistic_coefficient_kg_per_m2=3_000.0,
    drag_mach=[0.0],
    drag_coefficient=[0.2],
)


@pytest.mark.oracle("every instant tried one by one, in steps of 10 ms, on scipy's interpolation")
def test_looks_are_those_found_by_trying_every_instant():
    generator = np.random.default_rng(5)
    compared, again, out_of_reach, close = 0, 0, 0, 0
    for case in range(60):
        time_s, path = ballistic(generator.uniform(600, 9_000))
        site = geodetic_to_ecef(*generator.uniform([-0.05, -0.5], [0.05, 0.1]), 0.0)
        limits = {
            "max_range_m": generator.uniform(200, 4_000) * KM,
            "min_altitude_m": generator.uniform(20, 150) * KM,
            "max_altitude_m": generator.uniform(250, 2_000) * KM,
        }
        if case % 2 == 0:
            fan = fly_fan(REAL, **limits)
        else:
            speed, far = generator.uniform(1_000, 8_000), limits["max_range_m"]
            low, high = limits["min_altitude_m"], limits["max_altitude_m"]
            fan = fan_of_speed(speed, max_range_m=far, low_m=low, high_m=high, shape=(80, 40))
        available_s = generator.uniform(0, 0.7) * time_s[-1]
        given = {
            "until_s": generator.uniform(0.7, 1.1) * time_s[-1],
            "look_s": generator.uniform(1, 30),
            "most_looks": 4,
        }
        tried, looks = find_by_stepping(
            site, time_s, path, fan, step_s=0.01, available_s=available_s, **given
        )

        orders_s = latest_orders(site, time_s, path, fan, **given)[0, 0]

        assert np.all(np.diff(orders_s[np.isfinite(orders_s)]) <= 0.0)
        if looks:
            assert orders_s[0] == pytest.approx(tried[3], abs=0.1), case  # s
        if np.min(np.abs(orders_s - available_s)) < 0.1:  # s
            close += 1
        else:
            assert np.sum(available_s <= orders_s) == looks, case
        compared += looks > 0
        again += looks > 1
        out_of_reach += case % 2 == 0 and np.isnan(fan.time_s).any()
    assert compared > 25
    assert again > 10
    assert out_of_reach > 10
    assert close <= 3


@pytest.mark.oracle("latest launch found by trying every instant against a fleeing target")
def test_last_order_at_a_fleeing_target_is_inside_the_window():
    time_s = np.arange(0.0, 301.0, 5.0)
    path = straight([200.0, -300.0, 50.0], [0.0, 4.0, 0.0], time_s)
    fan = fan_of_speed(2_500.0)
    given = {"until_s": 1e9, "look_s": 1.0, "most_looks": 1}
    tried, _ = find_by_stepping(SITE, time_s, path, fan, step_s=0.01, available_s=-1e3, **given)

    orders_s = latest_orders(SITE, time_s, path, fan, **given)

    assert orders_s == pytest.approx(tried[3], abs=0.1)  # s
    assert orders_s > tried[1] - 300.0


def test_batch_is_each_alone():
    time_s = ballistic(3_000, samples=200)[0]
    path = np.stack([ballistic(r, samples=200)[1] for r in (1_000, 3_000, 9_000)])
    sites = geodetic_to_ecef([0.0, 0.03], [-0.05, 0.02], 0.0)
    fan, given = fan_of_speed(3_000.0), {"look_s": 20, "most_looks": 3}

    both = latest_orders(sites, time_s, path, fan, **given)

    assert both.shape == (3, 2, 3)
    assert np.isfinite(both).any()
    for n, s in np.ndindex(3, 2):
        one = latest_orders(sites[s], time_s, path[n], fan, **given)
        assert np.array_equal(one[0, 0], both[n, s])


def test_known_altitudes_change_nothing():
    time_s, path = ballistic(3_000)
    altitude, fan = ecef_to_geodetic(path)[2], fan_of_speed(3_000.0)

    given = latest_orders(SITE, time_s, path, fan, target_altitude_m=altitude)

    expected = latest_orders(SITE, time_s, path, fan)
    assert np.isfinite(expected)
    assert given == expected
    below = latest_orders(SITE, time_s, path, fan, target_altitude_m=-altitude - 1.0)
    assert below == -np.inf


def test_more_looks_and_less_time_need_earlier_orders():
    time_s, path = ballistic(5_000)
    fan, until_s = fan_of_speed(4_000.0), np.linspace(400, 2_500, 40)
    paths = np.repeat(path[None], 40, axis=0)

    orders_s = latest_orders(SITE, time_s, paths, fan, until_s=until_s, look_s=30.0, most_looks=5)

    assert np.isfinite(orders_s[-1, 0]).sum() > 2
    assert np.all(orders_s[1:] >= orders_s[:-1])
    some = orders_s[-1, 0][np.isfinite(orders_s[-1, 0])]
    assert np.all(np.diff(some) < 0.0)


def test_targets_and_times_that_do_not_go_together_are_refused():
    time_s, path = ballistic(2_000)
    fan = fan_of_speed(3_000.0)
    with pytest.raises(DomainError, match=r"\(n, K, 3\)"):
        latest_orders(SITE, time_s[:-1], path, fan)
    with pytest.raises(DomainError, match="must be finite"):
        latest_orders(SITE, time_s, path * np.nan, fan)
    with pytest.raises(DomainError, match="most_looks"):
        latest_orders(SITE, time_s, path, fan, most_looks=128)
