"""Satellites counted in reach, against every distance taken one by one and the closed form."""

import subprocess
import sys
import tracemalloc

import numpy as np
import pytest

from umbo.engagement.coverage import footprint_angle, mean_in_reach
from umbo.errors import DomainError
from umbo.physics.counting import count_in_reach
from umbo.physics.earth import geodetic_to_ecef
from umbo.physics.one_by_one import count_one_by_one
from umbo.physics.orbits import earth_fixed_positions, walker_shell

KM = 1e3
SHELLS = {
    "one": [walker_shell(400 * KM, np.radians(50), 12, 9, phasing=5)],
    "two": [
        walker_shell(400 * KM, np.radians(45), 10, 13, phasing=3),
        walker_shell(500 * KM, np.radians(65), 8, 11, phasing=2),
    ],
    "polar star": [walker_shell(550 * KM, np.radians(90), 6, 11, phasing=1, pattern="star")],
    "equatorial": [walker_shell(350 * KM, 0.0, 1, 40, phasing=0)],
    "retrograde": [walker_shell(700 * KM, np.radians(120), 7, 1, phasing=3)],
}
TIME_S = np.concatenate([np.arange(300) * 37.0, [0.0, 86_164.1, 30 * 86_400.0]])


def draw_points(seed, number=12):
    generator = np.random.default_rng(seed)
    lat = np.arcsin(generator.uniform(-1, 1, number))
    lat[:2] = np.pi / 2, 0.0
    lon = generator.uniform(-np.pi, np.pi, number)
    lon[2] = 0.0
    return geodetic_to_ecef(lat, lon, generator.uniform(50e3, 300e3, number))


def measure_each(shells, target, reach_m, time_s, angle=0.0):
    """Measure every distance: the slow obvious twin."""
    near = []
    for shell in shells:
        place = earth_fixed_positions(shell, time_s, angle)
        apart = np.linalg.norm(place - target[:, None, None], axis=-1)
        limit = np.broadcast_to(reach_m, len(target))[:, None, None]
        near.append((apart <= limit) & (limit > 0.0))
    return near


@pytest.mark.oracle("distance of every satellite, one by one")
@pytest.mark.parametrize("shells", SHELLS.values(), ids=SHELLS)
@pytest.mark.parametrize("reach_km", [0, 60, 700, 2_500, 7_500, 13_500])
def test_count_is_that_of_every_distance(shells, reach_km):
    target = draw_points(seed=reach_km)
    reach_m = reach_km * KM * np.linspace(0.5, 1.0, len(target))
    expected = sum(one.sum(axis=2) for one in measure_each(shells, target, reach_m, TIME_S, 0.7))

    count = count_in_reach(shells, target, reach_m, TIME_S, earth_angle_0_rad=0.7)

    assert np.array_equal(count, expected)


@pytest.mark.oracle("distance of every satellite, one by one")
@pytest.mark.parametrize("reach_km", [700, 6_000])
def test_dead_satellites_are_not_counted(reach_km):
    target, shells = draw_points(seed=5), SHELLS["two"]
    generator = np.random.default_rng(2)
    alive = [generator.random(shell.count) < 0.6 for shell in shells]
    near = measure_each(shells, target, reach_km * KM, TIME_S)
    expected = sum((one & works).sum(axis=2) for one, works in zip(near, alive, strict=True))

    count = count_in_reach(shells, target, reach_km * KM, TIME_S, alive=alive)

    assert np.array_equal(count, expected)
    every = count_in_reach(shells, target, reach_km * KM, TIME_S)
    assert np.all(count <= every)
    assert count.sum() < 0.7 * every.sum()


@pytest.mark.oracle("distance of every satellite, one by one")
@pytest.mark.parametrize("reach_km", [0, 900, 9_000])
@pytest.mark.parametrize("points", [1, 7])
def test_any_set_is_counted_by_every_distance(reach_km, points):
    shells, target = SHELLS["two"], draw_points(seed=8)[:points]
    time_s = np.arange(300) * 31.0
    expected = sum(
        one.sum(axis=2) for one in measure_each(shells, target, reach_km * KM, time_s, -0.4)
    )
    elements = [
        np.concatenate([np.broadcast_to(getattr(shell, name), shell.count) for shell in shells])
        for name in ("altitude_m", "inclination_rad", "raan_rad", "arg_latitude_rad")
    ]

    count = count_one_by_one(
        *elements, target, reach_km * KM, step_s=31.0, steps=300, earth_angle_0_rad=-0.4
    )

    assert np.array_equal(count, expected)


@pytest.mark.oracle("distance of every satellite; single precision alone would tell wrongly")
@pytest.mark.parametrize("altitude_km", [300, 1_200, 35_786])
def test_a_millimetre_decides(altitude_km):
    shell = walker_shell(altitude_km * KM, np.radians(50), 20, 30, phasing=5)
    target, time_s = draw_points(seed=4)[1:], np.arange(40) * 77.0  # the pole sees ties
    place = earth_fixed_positions(shell, time_s)
    apart = np.linalg.norm(place - target[:, None, None], axis=-1)
    for number in (0, 60, 300):  # just the next nearest more at each time
        edge = np.sort(apart, axis=2)[:, 3, number]
        for more_m, expected in ((-1e-3, number), (1e-3, number + 1)):
            count = count_one_by_one(
                shell.altitude_m,
                shell.inclination_rad,
                shell.raan_rad,
                shell.arg_latitude_rad,
                target,
                edge + more_m,
                step_s=77.0,
                steps=40,
            )
            assert np.all(count[:, 3] == expected)
            by_index = count_in_reach([shell], target, edge + more_m, time_s)
            assert np.array_equal(count, by_index)


@pytest.mark.oracle("brute force over satellites; both counts are told apart by no rounding")
def test_large_shells_are_counted_alike_by_index_and_one_by_one():
    shell = walker_shell(400 * KM, np.radians(53), 60, 65, phasing=7)
    target = draw_points(seed=3)

    one_by_one = count_one_by_one(
        shell.altitude_m,
        shell.inclination_rad,
        shell.raan_rad,
        shell.arg_latitude_rad,
        target,
        800 * KM,
        step_s=20.0,
        steps=600,
    )

    assert np.array_equal(
        count_in_reach([shell], target, 800 * KM, np.arange(600) * 20.0), one_by_one
    )


@pytest.mark.oracle("density of sub-satellite points on a sphere, integrated over the disc")
@pytest.mark.parametrize("planes", [26, 60])
@pytest.mark.parametrize("lat_deg", [0.0, 20.0, 38.0, 44.0])
def test_mean_count_is_the_closed_form(planes, lat_deg):
    shell = walker_shell(400 * KM, np.radians(50), planes, 50, phasing=7)
    altitude, reach, radius = 200 * KM, 520 * KM, 6_378_137.0
    lon = np.radians([0.0, 77.0, 201.0])
    ring = np.stack([np.cos(lon), np.sin(lon), np.zeros(3)], axis=1)
    up = np.cos(np.radians(lat_deg)) * ring + [0.0, 0.0, np.sin(np.radians(lat_deg))]

    count = count_in_reach([shell], (radius + altitude) * up, reach, np.arange(8_640) * 10.0)

    angle = footprint_angle(400 * KM, altitude, reach)
    closed = mean_in_reach(shell.count, np.radians(50), np.radians(lat_deg), angle)
    assert count.mean() == pytest.approx(closed, rel=0.02)


def test_memory_does_not_grow_with_the_constellation():
    target, time_s = draw_points(seed=1), np.arange(500) * 60.0

    def peak(planes):
        shell = walker_shell(550 * KM, np.radians(53), planes, 400, phasing=7)
        tracemalloc.start()
        count = count_in_reach([shell], target, 900 * KM, time_s)
        found = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return found, count.mean()

    peak(2)
    (small, few), (large, many) = peak(25), peak(250)

    assert large < 1.1 * small + 1e5
    assert many == pytest.approx(10.0 * few, rel=0.02)


@pytest.mark.parametrize("counted", ["by index", "one by one", "over phases"])
def test_a_hundred_thousand_satellites_take_little_memory(counted):
    # The positions alone at all times would take 240 MB; the process's own peak is measured,
    # which holds what compiled code takes, too.
    code = """
import resource, sys
import numpy as np
from umbo.engagement.in_reach import Chances, count_over_phases
from umbo.physics.counting import count_in_reach
from umbo.physics.one_by_one import count_one_by_one
from umbo.physics.orbits import walker_shell

target, times = np.array([[4.6e6, 4.6e6, 1e6], [6.6e6, 0.0, 0.0]]), 100

def count(planes):
    s = walker_shell(550e3, np.radians(53), planes, 400, phasing=7)
    if sys.argv[1] == "by index":
        return count_in_reach([s], target, 900e3, np.arange(times) * 60.0).mean()
    if sys.argv[1] == "one by one":
        where = (s.altitude_m, s.inclination_rad, s.raan_rad, s.arg_latitude_rad)
        return count_one_by_one(*where, target, 900e3, step_s=60.0, steps=times).mean()
    one = np.full((2, 1), 100.0)
    return count_over_phases([s], Chances(one, target[:, None], 9e3 * one), times).mean()

def peak_mb():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024.0

few, before = count(25), peak_mb()
many = count(250)
print(few, many, peak_mb() - before)
"""
    done = subprocess.run(
        [sys.executable, "-c", code, counted], capture_output=True, text=True, check=True
    )

    few, many, more_mb = map(float, done.stdout.split())
    assert many == pytest.approx(10.0 * few, rel=0.05)
    assert more_mb < 40.0


def test_wrong_shapes_are_refused():
    shells, target = SHELLS["two"], draw_points(seed=1)
    with pytest.raises(DomainError, match=r"\(Q, 3\)"):
        count_in_reach(shells, target[0], 1e6, TIME_S)
    with pytest.raises(DomainError, match="finite"):
        count_in_reach(shells, target * np.nan, 1e6, TIME_S)
    with pytest.raises(DomainError, match="time_s"):
        count_in_reach(shells, target, 1e6, [[0.0]])
    with pytest.raises(DomainError, match="alive"):
        count_in_reach(shells, target, 1e6, TIME_S, alive=[np.ones(3, bool)])
    with pytest.raises(DomainError, match="finite"):
        count_one_by_one(np.nan, 1.0, 0.0, 0.0, target, 1e6, step_s=1.0, steps=3)
