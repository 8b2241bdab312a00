"""Interceptors in reach of a flight: both counts, both reaches, and a raid served from them."""

from itertools import combinations

import numpy as np
import pytest
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import maximum_flow

from umbo.elements.catalog import load_catalog
from umbo.elements.readings import Readings
from umbo.engagement.flights import fly_raid
from umbo.engagement.in_reach import (
    Interceptor,
    chances_of,
    count_exactly,
    count_over_phases,
    epochs,
    mean_by_density,
    p_engaged,
    spread,
)
from umbo.engagement.raid import Launch, draw_raid
from umbo.engagement.serving import serve
from umbo.physics.counting import count_in_reach
from umbo.physics.earth import geodetic_to_ecef
from umbo.physics.orbits import walker_shell

KM = 1e3
SBI = Interceptor(4_000.0, 15 * 9.80665, 45.0, 100 * KM)


@pytest.fixture(scope="module")
def flights():
    catalog = load_catalog()
    launches = [
        Launch(missile=name, count=1, from_="nk_interior", at="conus_cities")
        for name in ("icbm_solid", "icbm_liquid")
    ]
    raid = draw_raid("two", launches, catalog, phases=1, seed=3)
    return fly_raid(raid, catalog, Readings())


@pytest.fixture(scope="module")
def shells():
    return [
        walker_shell(400 * KM, np.radians(45), 26, 50, phasing=5),
        walker_shell(450 * KM, np.radians(60), 20, 30, phasing=3),
    ]


@pytest.mark.oracle("every phase counted at the deadline alone by an independent kernel")
def test_last_meeting_is_counted_as_by_the_other_kernel(flights, shells):
    chances = chances_of(flights, SBI, flights.burnout_s, meetings=1)

    count = count_over_phases(shells, chances, 64)

    for f in range(2):
        other = count_in_reach(
            shells,
            chances.target_ecef_m[f],
            chances.reach_m[f],
            epochs(64) + chances.time_s[f, 0],
        )
        assert np.array_equal(count[:, f], other[0])


@pytest.mark.oracle("density of sub-satellite points on a sphere, integrated over the disc")
def test_mean_is_the_closed_form(flights, shells):
    chances = chances_of(flights, SBI, flights.burnout_s, meetings=1)

    count = count_over_phases(shells, chances, 2_000)

    assert count.mean(axis=0) == pytest.approx(mean_by_density(shells, chances), rel=0.02)


def test_earlier_meetings_add_a_little(flights, shells):
    last = count_over_phases(shells, chances_of(flights, SBI, flights.burnout_s, meetings=1), 500)
    every = count_over_phases(shells, chances_of(flights, SBI, flights.burnout_s), 500)

    assert np.all(every >= last)
    assert every.mean() < 1.1 * last.mean()


def test_exact_reach_is_near_the_flat_disc(flights, shells):
    chances = chances_of(flights, SBI, flights.burnout_s, meetings=3)

    disc = count_over_phases(shells, chances, 100)
    exact = count_exactly(shells, chances, SBI, 100)

    assert exact.mean(axis=0) == pytest.approx(disc.mean(axis=0), rel=0.03)
    assert np.mean(exact != disc) < 0.5
    slower = Interceptor(3_500.0, SBI.acceleration_m_per_s2, SBI.commit_s, SBI.min_altitude_m)
    assert np.all(count_exactly(shells, chances, slower, 20) <= exact[:20])


def test_less_time_leaves_fewer(flights, shells):
    counts = [
        count_over_phases(shells, chances_of(flights, SBI, flights.burnout_s - early_s), 64).mean(
            axis=0
        )
        for early_s in (0.0, 30.0, 60.0, 500.0)
    ]

    assert np.all(np.diff(counts, axis=0) <= 0.0)
    assert np.all(counts[-1] == 0.0)


def test_dead_satellites_are_not_in_reach(flights, shells):
    chances = chances_of(flights, SBI, flights.burnout_s)
    number = sum(shell.count for shell in shells)

    none = count_over_phases(shells, chances, 64, alive=np.zeros(number, bool))

    assert none.sum() == 0


def test_at_once_from_one_place_the_number_needed_is_in_proportion():
    count = np.arange(100)
    for missiles in (1, 2, 5, 10):
        assert p_engaged(count, missiles, 3) == pytest.approx(1.0 - 0.03 * missiles, abs=1e-12)
    assert spread(count).p50 == pytest.approx(49.5, abs=1e-9)


def draw_near(generator, missiles, satellites, p):
    near = np.full((1, missiles, satellites), -1, np.int32)
    for m in range(missiles):
        mine = np.flatnonzero(generator.random(satellites) < p)
        near[0, m, : len(mine)] = mine
    return near


def most_served(near, satellites, shots):
    """Try every subset of missiles by maximum flow: the exact answer."""
    missiles = near.shape[1]
    for number in range(missiles, 0, -1):
        for chosen in combinations(range(missiles), number):
            size = satellites + number + 2
            capacity = np.zeros((size, size), np.int32)
            for row, m in enumerate(chosen):
                capacity[0, 2 + row] = shots
                for s in near[0, m][near[0, m] >= 0]:
                    capacity[2 + row, 2 + number + s] = 1
            capacity[2 + number :, 1] = 1
            if maximum_flow(csr_matrix(capacity), 0, 1).flow_value == number * shots:
                return number
    return 0


@pytest.mark.oracle("every subset of missiles tried by scipy's maximum flow")
@pytest.mark.parametrize(("shots", "left_out"), [(1, 0.0), (2, 0.02), (3, 0.02)])
def test_a_raid_is_served_as_well_as_by_trying_everything(shots, left_out):
    generator, short, whole = np.random.default_rng(shots), 0, 0
    for _ in range(60):
        missiles, satellites = generator.integers(2, 7), generator.integers(3, 15)
        near = draw_near(generator, missiles, satellites, generator.uniform(0.1, 0.6))

        served, given = serve(near, satellites, shots)

        exact = most_served(near, satellites, shots)
        assert served[0] <= exact
        assert given.sum() == shots * served[0]
        short, whole = short + exact - served[0], whole + exact
    assert whole > 60
    assert short <= left_out * whole


def test_interceptors_are_used_up():
    near = np.tile(np.arange(5, dtype=np.int32), (1, 4, 1))

    served, given = serve(near, 5, 2)

    assert served[0] == 2
    assert sorted(given[0]) == [0, 0, 2, 2]


@pytest.mark.oracle(
    "times of a day side by side, 5 s apart, closer than the pattern repeats itself"
)
@pytest.mark.parametrize(
    ("planes", "per_plane", "phasing"), [(43, 35, 34), (22, 36, 3), (60, 65, 1)]
)
def test_phases_keep_out_of_step_with_the_pattern(planes, per_plane, phasing):
    shell = [walker_shell(300e3, np.radians(45.0), planes, per_plane, phasing=phasing)]
    target = geodetic_to_ecef(*np.radians([[41.0], [127.0]]), 190e3)

    count = count_in_reach(shell, target, 420e3, epochs(1_024))[0]

    dense = count_in_reach(shell, target, 420e3, np.arange(17_233) * 5.0)[0]
    assert count.mean() == pytest.approx(dense.mean(), rel=0.01)
    for enough in (1, 2, 3, 5, 8, 13):
        assert np.mean(count >= enough) == pytest.approx(np.mean(dense >= enough), abs=0.03)
    assert np.array_equal(epochs(1_024)[:48], epochs(48))
