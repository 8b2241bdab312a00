"""The smallest constellation, against every layout of a grid tried one by one."""

from dataclasses import replace

import numpy as np
import pytest

from umbo.appraisal.sizing_search import (
    Orbits,
    Task,
    chance_of,
    closed_form,
    search,
    shells_of,
    smallest,
)
from umbo.engagement.in_reach import Chances
from umbo.errors import DomainError
from umbo.physics.earth import geodetic_to_ecef
from umbo.physics.orbits import walker_shell

KM = 1e3


def chances_at(lat_deg, reach_km=900.0):
    target = geodetic_to_ecef(np.radians([lat_deg] * 2), np.radians([126.0, 127.0]), 200 * KM)
    return Chances(np.full((2, 1), 175.0), target[:, None], np.full((2, 1), reach_km * KM))


TASK = Task((chances_at(40.0),), needed=2, probability=0.9, availability=0.9, phases=96)
ALTITUDES = [350 * KM, 450 * KM, 550 * KM]
INCLINATIONS = list(np.radians([40.0, 45.0, 50.0, 60.0, 75.0]))


@pytest.mark.oracle("every orbit and near-square layout of a grid, tried one by one")
def test_optimum_is_never_worse_than_the_grid():
    best = min(
        planes * each
        for altitude in ALTITUDES
        for inclination in INCLINATIONS
        for planes in range(10, 25)
        for each in (planes, planes + 1)
        if chance_of([walker_shell(altitude, inclination, planes, each)], TASK) >= 0.9
    )

    found = search(TASK, ALTITUDES, INCLINATIONS)

    assert found.count <= best
    assert found.chance >= 0.9
    assert chance_of(found.shells, TASK) == found.chance


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
