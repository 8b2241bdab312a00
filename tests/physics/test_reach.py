"""Fly-out from orbit and from the ground, against closed forms and a slow obvious twin."""

import numpy as np
import pytest

from umbo.errors import DomainError
from umbo.physics.arcs import minimum_energy_arc
from umbo.physics.earth import ecef_to_geodetic, geodetic_to_ecef
from umbo.physics.reach import fly_out_range, footprint_radius, intercept_windows

KM = 1e3
GEE = 9.80665
SITE = geodetic_to_ecef(0.0, 0.0, 0.0)


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


LIMITS = {
    "available_s": 10.0,
    "speed_m_per_s": 2_500.0,
    "max_range_m": 1e9,
    "min_altitude_m": -1e9,
}


@pytest.mark.oracle("collision triangle: quadratic solved by hand for an even straight target")
@pytest.mark.parametrize("samples", [2, 3, 17, 200])
def test_earliest_intercept_is_the_root_of_the_triangle(samples):
    time_s = np.linspace(0.0, 400.0, samples)
    start, velocity = np.array([300.0, 900.0, -200.0]), np.array([-0.5, -4.0, 1.0])

    window = intercept_windows(
        SITE, time_s, straight(start, velocity, time_s), delay_s=5.0, **LIMITS
    )

    # |r + v t|^2 = c^2 (t - 15)^2 in km and s
    c = 2.5
    roots = np.roots(
        [
            velocity @ velocity - c**2,
            2 * start @ velocity + 2 * c**2 * 15.0,
            start @ start - c**2 * 15.0**2,
        ]
    )
    expected = min(root for root in roots if root > 15.0)
    assert window.earliest_intercept_s == pytest.approx(expected, abs=1e-6)  # s
    assert window.earliest_launch_s == pytest.approx(10.0, abs=1e-6)  # s
    # The target outruns the interceptor, so the other root is the last one.
    last = max(roots) if max(roots) < 400 else 400.0
    assert window.latest_intercept_s == pytest.approx(last, abs=1e-6)  # s


@pytest.mark.oracle("sphere of range and shells of altitude crossed by a straight target, by hand")
def test_range_and_altitude_bound_the_window():
    time_s = np.linspace(0.0, 500.0, 51)
    path = straight([100.0, 1_000.0, 0.0], [0.0, -4.0, 0.0], time_s)
    limits = LIMITS | {"max_range_m": 500 * KM, "speed_m_per_s": 1e9}

    window = intercept_windows(SITE, time_s, path, **limits)

    reach_km = np.sqrt(500.0**2 - 100.0**2)
    assert window.earliest_intercept_s == pytest.approx((1_000 - reach_km) / 4, abs=1e-4)  # s
    assert window.latest_intercept_s == pytest.approx((1_000 + reach_km) / 4, abs=1e-4)  # s

    falling = straight([400.0, 10.0, 0.0], [-1.0, 0.0, 0.0], time_s)
    window = intercept_windows(
        SITE, time_s, falling, **(limits | {"min_altitude_m": 40 * KM, "max_altitude_m": 150 * KM})
    )
    assert window.earliest_intercept_s == pytest.approx(250.0, abs=0.02)  # s, 20 m of height
    assert window.latest_intercept_s == pytest.approx(360.0, abs=0.02)  # s

    window = intercept_windows(SITE, time_s, falling, until_s=303.0, **limits)
    assert window.latest_intercept_s == pytest.approx(303.0, abs=1e-9)  # s


def ballistic(range_km, samples=90):
    """Sample a ballistic arc towards SITE along the equator."""
    arc = minimum_energy_arc(range_km * KM)
    time_s = np.linspace(0.0, float(arc.flight_time_s), samples)
    x = 2 * time_s / time_s[-1] - 1
    altitude = float(arc.apogee_altitude_m) * (1 - x**2)
    lon = -(range_km * KM + 30 * KM) / 6_378_137.0 * (1 - time_s / time_s[-1])
    return time_s, geodetic_to_ecef(0.02 * np.ones_like(lon), lon, altitude)


def find_by_stepping(site, time_s, path, *, step_s, look_s, most_looks, **limits):
    """Try every instant: the slow obvious twin."""
    instants = np.arange(time_s[0], time_s[-1], step_s)
    place = np.stack([np.interp(instants, time_s, path[:, axis]) for axis in range(3)], axis=-1)
    altitude = np.interp(instants, time_s, ecef_to_geodetic(path)[2])
    away = np.linalg.norm(place - site, axis=-1)
    launch = instants - limits["delay_s"] - away / limits["speed_m_per_s"]
    good = (
        (away <= limits["max_range_m"])
        & (altitude >= limits["min_altitude_m"])
        & (altitude <= limits["max_altitude_m"])
        & (instants <= limits["until_s"])
    )
    met = np.flatnonzero(good & (launch >= limits["available_s"]))
    if met.size == 0:
        return [np.nan] * 4, 0
    looks, order = 0, limits["available_s"]
    while looks < most_looks:
        next_met = np.flatnonzero(good & (launch >= order))
        if next_met.size == 0:
            break
        looks += 1
        order = instants[next_met[0]] + look_s
    return [instants[met[0]], instants[met[-1]], launch[met[0]], launch[met].max()], looks


@pytest.mark.oracle("every instant tried one by one, in steps of 10 ms")
def test_windows_are_those_found_by_trying_every_instant():
    generator = np.random.default_rng(5)
    cases = 0
    for _ in range(90):
        time_s, path = ballistic(generator.uniform(600, 9_000), samples=generator.integers(20, 90))
        site = geodetic_to_ecef(*generator.uniform([-0.05, -0.5], [0.05, 0.1]), 0.0)
        limits = {
            "available_s": generator.uniform(0, 0.9) * time_s[-1],
            "speed_m_per_s": generator.uniform(1_000, 8_000),
            "max_range_m": generator.uniform(200, 4_000) * KM,
            "delay_s": generator.uniform(0, 60),
            "min_altitude_m": generator.uniform(0, 150) * KM,
            "max_altitude_m": generator.uniform(150, 2_000) * KM,
            "until_s": generator.uniform(0.5, 1.1) * time_s[-1],
            "look_s": generator.uniform(1, 30),
            "most_looks": 4,
        }
        expected, looks = find_by_stepping(site, time_s, path, step_s=0.01, **limits)

        window = intercept_windows(site, time_s, path, **limits)

        found = [
            window.earliest_intercept_s[0, 0],
            window.latest_intercept_s[0, 0],
            window.earliest_launch_s[0, 0],
            window.latest_launch_s[0, 0],
        ]
        slack_s = 0.05  # s, a few of the twin's steps as the geometry stretches them
        assert found == pytest.approx(expected, abs=slack_s, nan_ok=True)
        assert window.looks[0, 0] == looks
        cases += looks > 1
    assert cases > 10


@pytest.mark.oracle("latest launch found by trying every instant against a fleeing target")
def test_last_launch_at_a_fleeing_target_is_inside_the_window():
    time_s = np.array([0.0, 300.0])
    path = straight([200.0, -300.0, 50.0], [0.0, 4.0, 0.0], time_s)
    limits = LIMITS | {"available_s": -1e3, "delay_s": 0.0, "max_altitude_m": 1e9, "until_s": 1e9}
    expected, _ = find_by_stepping(
        SITE, time_s, path, step_s=0.01, look_s=1, most_looks=1, **limits
    )

    window = intercept_windows(SITE, time_s, path, **limits)

    assert window.latest_launch_s == pytest.approx(expected[3], abs=1e-3)  # s
    assert window.latest_launch_s > window.latest_intercept_s - 300.0


def test_batch_is_each_alone():
    paths = [ballistic(r) for r in (1_000, 3_000, 9_000)]
    time_s, path = (np.stack(x) for x in zip(*paths, strict=True))
    sites = geodetic_to_ecef([0.0, 0.03], [-0.05, 0.02], 0.0)
    available = np.array([100.0, 200.0, np.inf])
    limits = {"speed_m_per_s": 3_000.0, "max_range_m": 2_000 * KM, "look_s": 20, "most_looks": 3}

    both = intercept_windows(sites, time_s, path, available_s=available, **limits)

    assert both.looks.shape == (3, 2)
    assert np.all(both.looks[2] == 0)
    assert np.isnan(both.earliest_intercept_s[2]).all()
    for n, s in np.ndindex(2, 2):
        one = intercept_windows(sites[s], time_s[n], path[n], available_s=available[n], **limits)
        assert one.earliest_intercept_s[0, 0] == both.earliest_intercept_s[n, s]
        assert one.looks[0, 0] == both.looks[n, s]


def test_known_altitudes_change_nothing():
    time_s, path = ballistic(3_000)
    limits = {"available_s": 100.0, "speed_m_per_s": 3_000.0, "max_range_m": 2_000 * KM}
    altitude = ecef_to_geodetic(path)[2]

    given = intercept_windows(SITE, time_s, path, target_altitude_m=altitude, **limits)

    expected = intercept_windows(SITE, time_s, path, **limits).earliest_intercept_s
    assert given.earliest_intercept_s == expected
    above = intercept_windows(SITE, time_s, path, target_altitude_m=-altitude - 1.0, **limits)
    assert np.isnan(above.earliest_intercept_s)


def test_later_orders_meet_later_and_less_often():
    time_s, path = ballistic(5_000)
    late = np.linspace(0, 1_200, 40)
    window = intercept_windows(
        SITE,
        time_s,
        np.repeat(path[None], 40, axis=0),
        available_s=late,
        speed_m_per_s=4_000.0,
        max_range_m=2_500 * KM,
        look_s=30.0,
        most_looks=5,
    )

    seen = ~np.isnan(window.earliest_intercept_s[:, 0])
    assert np.all(np.diff(window.earliest_intercept_s[seen, 0]) >= 0)
    assert np.all(np.diff(window.looks[:, 0].astype(int)) <= 0)
    assert np.all(window.latest_launch_s[seen] >= window.earliest_launch_s[seen])


def test_targets_and_times_that_do_not_go_together_are_refused():
    time_s, path = ballistic(2_000)
    with pytest.raises(DomainError, match=r"\(n, K, 3\)"):
        intercept_windows(SITE, time_s[:-1], path, **LIMITS)
    with pytest.raises(DomainError, match="infinite for never"):
        intercept_windows(SITE, time_s, path, **(LIMITS | {"available_s": np.nan}))
    with pytest.raises(DomainError, match="speed_m_per_s"):
        intercept_windows(SITE, time_s, path, **(LIMITS | {"speed_m_per_s": 0.0}))
