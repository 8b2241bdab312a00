"""The smallest constellation, against every layout of a grid tried one by one."""

from dataclasses import replace
from itertools import combinations

import numpy as np
import pytest

from umbo.appraisal.sizing_search import (
    Orbits,
    Task,
    chance_of,
    closed_form,
    laid_out,
    proof_of,
    search,
    shells_of,
    smallest,
)
from umbo.engagement.in_reach import Chances
from umbo.errors import DomainError
from umbo.physics.earth import geodetic_to_ecef

KM = 1e3


def chances_at(lat_deg, reach_km=900.0):
    target = geodetic_to_ecef(np.radians([lat_deg] * 2), np.radians([126.0, 127.0]), 200 * KM)
    return Chances(np.full((2, 1), 175.0), target[:, None], np.full((2, 1), reach_km * KM))


TASK = Task((chances_at(40.0),), needed=2, probability=0.9, availability=0.9, phases=96)
TARGET = TASK.chances[0].target_ecef_m[0, 0]
EVEN_AT = (float(np.arcsin(TARGET[2] / np.linalg.norm(TARGET))),)
ALTITUDES = [350 * KM, 450 * KM, 550 * KM]
INCLINATIONS = list(np.radians([40.0, 45.0, 50.0, 60.0, 75.0]))


def heavier_when_low(count, altitude):
    return count * (1.0 + 100.0 * np.exp(-(altitude - 300 * KM) / (40 * KM)))


def by_number(count, _):
    return count


@pytest.mark.oracle("every orbit and layout of a grid, tried one by one")
@pytest.mark.parametrize(
    ("needed", "probability"), [(1, 0.9), (2, 0.9), (2, 0.5), (2, 0.2), (4, 0.95), (5, 0.8)]
)
@pytest.mark.parametrize("worth", [by_number, heavier_when_low])
def test_optimum_is_never_worse_than_the_grid(needed, probability, worth):
    task = replace(TASK, needed=needed, probability=probability)

    found = search(task, ALTITUDES, INCLINATIONS, worth, tries=100_000)

    assert found.chance >= probability
    assert chance_of(found.shells, proof_of(task)) == found.chance
    better = [
        laid_out(Orbits(altitude, (inclination,), even_at_rad=EVEN_AT), [planes], [each])[0]
        for altitude in ALTITUDES
        for inclination in INCLINATIONS
        for planes in range(5, 40)
        for each in range(5, 40)
        if 0.6 <= planes / each <= 1.7 and worth(planes * each, altitude) < found.worth
    ]
    able = [
        shell
        for shell in better
        if shell.count > 0.3 * found.count and chance_of([shell], task) >= probability
    ]
    # By chance over few phases, some; over many, none.
    assert all(chance_of([shell], proof_of(task)) < probability for shell in able)


@pytest.mark.oracle("every orbit and layout of a grid, tried one by one")
def test_few_tries_are_near_the_optimum():
    for needed in (2, 4, 8):
        task = replace(TASK, needed=needed)
        every = search(task, ALTITUDES, INCLINATIONS, tries=100_000).count

        assert every <= search(task, ALTITUDES, INCLINATIONS).count < 1.12 * every


@pytest.mark.oracle("every pair of shells of a grid and near-square layouts, tried one by one")
def test_two_shells_are_never_worse_than_the_grid():
    task = replace(TASK, chances=(chances_at(12.0), chances_at(58.0)), phases=48)
    inclinations = list(np.radians([15.0, 25.0, 40.0, 60.0, 75.0]))

    found = search(task, [400 * KM], inclinations, tries=100_000)

    assert len(found.orbits.share) == 2
    for low, high in combinations(inclinations, 2):
        for share in (0.3, 0.5, 0.7):
            orbits = Orbits(400 * KM, (low, high), (share, 1.0 - share))
            for count in range(200, found.count, 7):
                shells = shells_of(orbits, count)
                if sum(shell.count for shell in shells) < found.count:
                    assert chance_of(shells, task) < 0.9


@pytest.mark.oracle("binomial tail written out")
def test_chance_counts_those_that_work():
    shells = shells_of(Orbits(400 * KM, (np.radians(50.0),)), 400)
    sure = replace(TASK, availability=1.0)

    for number in (2, 3, 7):
        p = 1.0 - 0.1**number - number * 0.9 * 0.1 ** (number - 1)
        assert TASK.tail[number] == pytest.approx(p, rel=1e-12)
    assert chance_of(shells, TASK) < chance_of(shells, sure)


def test_more_missiles_or_surer_need_more():
    orbits = Orbits(400 * KM, (np.radians(50.0),))
    counts = [smallest(orbits, replace(TASK, needed=k)).count for k in (1, 2, 4, 8)]

    assert np.all(np.diff(counts) > 0)
    # In proportion for many; for few the chance, not the mean, decides.
    assert 1.5 < counts[3] / counts[2] < 2.1
    assert smallest(orbits, replace(TASK, probability=0.99)).count > counts[1]
    assert counts[1] > closed_form(orbits, TASK)


def test_mass_can_want_another_altitude_than_number():
    def heavy_below(count, altitude):
        return count * (3.0 if altitude < 500 * KM else 1.0)

    assert search(TASK, ALTITUDES, INCLINATIONS).orbits.altitude_m < 500 * KM
    assert search(TASK, ALTITUDES, INCLINATIONS, heavy_below).orbits.altitude_m == 550 * KM


def test_two_areas_are_served_by_the_worst():
    both = replace(TASK, chances=(chances_at(33.0), chances_at(55.0)))

    found = search(both, [400 * KM], INCLINATIONS)

    assert found.count > search(TASK, [400 * KM], INCLINATIONS).count
    assert found.chance >= 0.9


def test_what_no_orbit_can_do_is_refused():
    never = replace(TASK, chances=(chances_at(80.0),))
    with pytest.raises(DomainError, match="higher inclination"):
        search(never, [400 * KM], list(np.radians([40.0])))
