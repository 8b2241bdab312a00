"""Holes in a constellation, and one half built."""

import numpy as np
import pytest

from umbo.engagement.attrition import part_built, survivors
from umbo.errors import DomainError
from umbo.physics.orbits import walker_shell

SHELLS = [
    walker_shell(400e3, np.radians(45), 10, 13, phasing=3),
    walker_shell(500e3, np.radians(65), 8, 11, phasing=2),
]


def test_planes_are_lost_whole_and_side_by_side():
    alive = survivors(SHELLS, planes_lost=0.25)

    first, second = alive[:130].reshape(10, 13), alive[130:].reshape(8, 11)
    assert list(first.all(axis=1)) == [False] * 3 + [True] * 7
    assert list(second.all(axis=1)) == [False] * 2 + [True] * 6
    assert set(first.sum(axis=1)) == {0, 13}


@pytest.mark.oracle("binomial: standard deviation of a share of 218")
def test_satellites_are_lost_by_chance():
    lost = [1.0 - survivors(SHELLS, satellites_lost=0.3, seed=s).mean() for s in range(50)]

    assert np.mean(lost) == pytest.approx(0.3, abs=3 * np.sqrt(0.21 / 218 / 50))
    assert np.std(lost) == pytest.approx(np.sqrt(0.21 / 218), rel=0.3)


def test_half_built_has_half_in_every_plane():
    half = part_built(SHELLS, 109)

    assert [(s.planes, s.per_plane) for s in half] == [(10, 6), (8, 5)]
    assert [(s.planes, s.per_plane) for s in part_built(SHELLS, 218)] == [(10, 13), (8, 11)]
    assert [(s.planes, s.per_plane) for s in part_built(SHELLS, 9)] == [(5, 1), (3, 1)]
    assert part_built(SHELLS, 0) == []


def test_shares_are_shares():
    with pytest.raises(DomainError, match="0 to 1"):
        survivors(SHELLS, planes_lost=1.5)
