"""Scores and ranks of defended locations."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import kendalltau, rankdata

from umbo.appraisal.priorities import ranks, score, share_of_pairs_kept, tipping_weight
from umbo.errors import DomainError

WORTH = [[1.0, 0.0, 0.2], [0.4, 1.0, 0.0], [0.0, 0.5, 1.0]]


@pytest.mark.oracle("worked by hand: (60 + 2) / 100, (24 + 30) / 100, (15 + 10) / 100")
def test_scores_are_those_worked_by_hand():
    found = score(WORTH, [60, 30, 10])

    assert found == pytest.approx([0.62, 0.54, 0.25], abs=1e-12)  # exact in decimals
    assert ranks(found).tolist() == [1, 2, 3]


@pytest.mark.oracle("scipy.stats.rankdata, method min")
def test_ranks_are_those_of_scipy():
    scores = [0.3, 0.1, 0.3, 0.9, 0.1, 0.5]

    assert ranks(scores).tolist() == rankdata(-np.array(scores), method="min").tolist()


@pytest.mark.oracle("scipy.stats.kendalltau")
def test_pairs_kept_are_those_of_kendalls_tau():
    first, second = [0.9, 0.5, 0.7, 0.1, 0.3], [0.2, 0.8, 0.4, 0.1, 0.6]

    tau = float(kendalltau(first, second).statistic)

    assert share_of_pairs_kept(first, second) == pytest.approx((tau + 1.0) / 2.0, abs=1e-12)


@pytest.mark.oracle("worked by hand: 0.6 w + 2 = 30 at w = 46.67")
def test_the_first_changes_at_the_weight_worked_by_hand():
    found = tipping_weight(WORTH, [60, 30, 10], 0)

    assert found is not None
    assert found[1] == 1
    assert found[0] == pytest.approx(28.0 / 0.6, abs=1e-9)  # of a weight of 60


@given(st.lists(st.floats(1.0, 100.0), min_size=3, max_size=3), st.integers(0, 2))
def test_beyond_the_tipping_weight_another_is_first(swing, attribute):
    before = int(np.argmax(score(WORTH, swing)))
    found = tipping_weight(WORTH, swing, attribute)

    if found is not None:
        at, who = found
        moved = np.array(swing)
        moved[attribute] = at
        scores = score(WORTH, moved)
        assert scores[who] == pytest.approx(scores[before], abs=1e-9)  # of 1


def test_only_the_ratio_of_weights_counts():
    assert score(WORTH, [6, 3, 1]) == pytest.approx(score(WORTH, [60, 30, 10]), abs=1e-12)


@pytest.mark.parametrize("swing", [[0, 0, 0], [-1, 1, 1], [np.nan, 1, 1]])
def test_weights_that_cannot_be(swing):
    with pytest.raises(DomainError, match="0 or more"):
        score(WORTH, swing)
