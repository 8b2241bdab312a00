"""Comparison of architectures against hand-worked cases, exact shares and scipy."""

import numpy as np
import pytest
from scipy.stats import pearsonr, spearmanr

from umbo.appraisal.comparison import (
    chance_correlation,
    dominance,
    drawn_alike,
    drawn_weights,
    flipping_inputs,
    flipping_weight,
    over_weights,
    regret,
    scaled,
)
from umbo.errors import DomainError


@pytest.mark.oracle("worked by hand: the second is no worse anywhere and better once")
def test_dominance_by_hand():
    worse = [[3.0, 5.0, 1.0], [3.0, 4.0, 1.0], [2.0, 6.0, np.nan]]

    found, each = dominance(worse, [0.0, 0.0, 0.0])

    assert found.tolist() == [[False, False, False], [True, False, False], [False, False, False]]
    assert each[1, 0].tolist() == [0, 1, 0]
    assert each[2, 0].tolist() == [1, -1, 0]


def test_within_the_level_nothing_is_better():
    found, each = dominance([[0.500], [0.504]], [0.005])

    assert not found.any()
    assert not each.any()


def test_measures_without_a_level():
    with pytest.raises(DomainError, match="a level each"):
        dominance([[1.0, 2.0]], [0.0])


@pytest.mark.oracle("worked by hand, after Savage (1951)")
def test_regret_by_hand():
    outcomes = [[1.0, 9.0], [4.0, 2.0], [3.0, 3.0]]

    assert regret(outcomes).tolist() == [[0.0, 7.0], [3.0, 0.0], [2.0, 1.0]]
    assert regret(outcomes).max(axis=1).argmin() == 2  # the least of the worst regrets


def test_scaling_runs_from_best_to_worst():
    assert scaled([[10.0, 1.0], [20.0, 1.0], [15.0, 1.0]]).tolist() == [[0, 0], [1, 0], [0.5, 0]]


@pytest.mark.oracle("areas of the simplex of two weights, worked by hand")
def test_share_of_weights_at_which_each_comes_first():
    badness = np.array([[0.0, 1.0], [1.0, 0.0], [0.4, 0.4]])
    weights = drawn_weights(2, 20_000, seed=1)

    found = over_weights(badness, weights)

    # The third comes first where both weights exceed 0.4: a fifth of all.
    assert found.share_first == pytest.approx([0.4, 0.4, 0.2], abs=0.012)  # 3.5 sigma
    # The first lacks 1 - w - min(w, 0.4, 1 - w) where its own weight w is low; at worst 1.
    assert found.worst_regret == pytest.approx([1.0, 1.0, 0.4], abs=0.01)


@pytest.mark.oracle("moments of the flat Dirichlet distribution")
def test_all_weights_are_alike_likely():
    weights = drawn_weights(4, 40_000, seed=7)

    assert weights.sum(axis=1) == pytest.approx(1.0, abs=1e-12)
    assert weights.mean(axis=0) == pytest.approx(0.25, abs=0.004)  # 4 sigma
    assert weights.var(axis=0) == pytest.approx(3.0 / 80.0, abs=0.002)


@pytest.mark.oracle("scored again at the weight found")
def test_two_are_level_at_the_flipping_weight():
    first, second = np.array([0.1, 0.9, 0.3]), np.array([0.6, 0.2, 0.4])
    weights = np.array([0.5, 0.3, 0.2])

    at = flipping_weight(first, second, weights, 1)

    moved = np.array([0.5, 0.0, 0.2]) / 0.7 * (1.0 - at) + np.array([0.0, at, 0.0])
    assert moved.sum() == pytest.approx(1.0, abs=1e-12)
    assert moved @ first == pytest.approx(moved @ second, abs=1e-12)


def test_no_weight_flips_what_dominates():
    assert flipping_weight([0.0, 0.1], [0.5, 0.4], [0.5, 0.5], 0) is None


@pytest.mark.oracle("a made-up difference of known zero, and scipy.stats.spearmanr")
def test_the_input_that_decides_is_found_where_the_order_changes():
    draws = 64
    quantiles = drawn_weights(draws, 6, seed=3)  # six rows of noise
    quantiles[2] = (np.random.default_rng(5).permutation(draws) + 0.5) / draws
    noise = 0.02 * np.random.default_rng(6).normal(size=draws)
    difference = 2.0 * (quantiles[2] - 0.3) + noise

    (flip,) = flipping_inputs(difference, drawn_alike(quantiles))

    assert flip.position == 2
    assert flip.quantile == pytest.approx(0.3, abs=0.01)
    assert flip.correlation == pytest.approx(
        spearmanr(quantiles[2], difference).statistic, abs=1e-12
    )
    assert flipping_inputs(difference, drawn_alike(quantiles), np.arange(6) != 2) == []


def test_an_order_that_no_draw_changes_has_no_flip():
    quantiles = (np.arange(64.0)[None, :] + 0.5) / 64

    assert flipping_inputs(1.0 + quantiles[0], drawn_alike(quantiles)) == []
    assert flipping_inputs(np.ones(64), drawn_alike(quantiles)) == []


def test_a_bend_that_never_crosses_is_no_flip():
    u = (np.arange(64.0) + 0.5) / 64
    never_below = np.maximum(u - 0.4, 0.0)  # a line through it crosses zero, it does not

    assert flipping_inputs(never_below, drawn_alike(u[None, :])) == []


def test_inputs_are_sorted_by_how_they_are_drawn():
    each = np.arange(8.0)
    some = np.tile([0.4, 0.1, 0.3, 0.2], 2)
    unread = np.full(8, np.nan)

    alike = drawn_alike([each, some, unread, np.ones(8), some[::-1]])

    assert [one.position.tolist() for one in alike] == [[0], [1, 4]]
    assert [one.quantile.shape for one in alike] == [(1, 8), (2, 4)]
    assert alike[1].quantile[0][alike[1].group].tolist() == some.tolist()
    assert alike[1].quantile[1][alike[1].group].tolist() == some[::-1].tolist()


@pytest.mark.oracle("scipy.stats.pearsonr, whose p-value is that of Student's distribution")
@pytest.mark.parametrize(("values", "inputs"), [(64, 400), (16, 400), (16, 1)])
def test_chance_is_that_of_students_distribution(values, inputs):
    r = chance_correlation(values, inputs)
    x = np.arange(values) - (values - 1) / 2.0
    y = np.random.default_rng(1).normal(size=values)
    y -= y.mean() + x * (x @ y) / (x @ x)
    y += x * r / np.sqrt(1.0 - r * r) * np.sqrt((y @ y) / (x @ x))

    assert pearsonr(x, y).statistic == pytest.approx(r, abs=1e-12)
    assert pearsonr(x, y).pvalue == pytest.approx(0.05 / inputs, rel=1e-6)


def test_few_values_tell_nothing_however_many_draws():
    # Four values, and a difference that goes with them: among hundreds of inputs that is chance.
    few = np.tile([0.1, 0.4, 0.6, 0.9], 16)

    assert chance_correlation(4, 400) == 1.0
    assert flipping_inputs(few - 0.5, drawn_alike(few[None, :])) == []
