"""Gaps in tracks, written out by hand."""

import numpy as np
import pytest

from umbo.physics.custody import gaps, longest_gaps


@pytest.mark.oracle("gaps written out by hand")
def test_gaps_end_midway_between_samples():
    time = np.array([0.0, 10.0, 20.0, 40.0, 50.0, 60.0])
    held = np.array([False, True, False, False, True, False])

    found = gaps(time, held, 2.0, 70.0)
    longest, share = longest_gaps(time, [held, ~held], [2.0, 12.0], [70.0, 52.0])

    assert found.tolist() == [[2.0, 5.0], [15.0, 45.0], [55.0, 70.0]]
    assert longest == pytest.approx([30.0, 7.0], abs=1e-12)
    assert share == pytest.approx([20.0 / 68.0, 30.0 / 40.0], abs=1e-12)


def test_gaps_where_nothing_is_lost_or_asked():
    time = np.linspace(0.0, 100.0, 11)

    assert gaps(time, np.ones(11, dtype=np.bool_), 0.0, 100.0).shape == (0, 2)
    assert gaps(time, np.zeros(11, dtype=np.bool_), 0.0, 100.0).tolist() == [[0.0, 100.0]]
    assert gaps(time, np.zeros(11, dtype=np.bool_), 30.0, 30.0).shape == (0, 2)
    assert [x.tolist() for x in longest_gaps(time, np.zeros((1, 11)), 30.0, 30.0)] == [[0.0], [1.0]]
