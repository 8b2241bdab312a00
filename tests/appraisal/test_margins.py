"""Shapley's value against enumeration and its axioms."""

from fractions import Fraction
from itertools import permutations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from umbo.appraisal.margins import shapley, shapley_by_orders
from umbo.errors import DomainError


def enumerated(players, worth):
    """Average what each adds over every order, in rationals."""
    total, orders = [Fraction(0)] * players, list(permutations(range(players)))
    for order in orders:
        for place, i in enumerate(order):
            total[i] += worth[frozenset(order[: place + 1])] - worth[frozenset(order[:place])]
    return [each / len(orders) for each in total]


def subsets(players):
    return [frozenset(i for i in range(players) if m >> i & 1) for m in range(1 << players)]


@st.composite
def games(draw):
    players = draw(st.integers(1, 5))
    number = st.integers(-50, 50)
    return players, {s: Fraction(draw(number)) for s in subsets(players)}


def as_worth(table):
    return lambda members: np.array([float(table[members])])


@pytest.mark.oracle("exact enumeration of all orders in rationals")
@settings(max_examples=40, deadline=None)
@given(games())
def test_value_is_the_mean_over_all_orders(game):
    players, table = game

    found = shapley(players, as_worth(table)).value[:, 0]

    assert found == pytest.approx([float(v) for v in enumerated(players, table)], abs=1e-9)


@pytest.mark.oracle("glove game: one left, two right gloves (Shapley 1953)")
def test_the_only_left_glove_is_worth_two_thirds():
    found = shapley(3, lambda s: np.array([float(0 in s and len(s) >= 2)])).value[:, 0]

    assert found == pytest.approx([2 / 3, 1 / 6, 1 / 6], abs=1e-12)


@settings(max_examples=20, deadline=None)
@given(games())
def test_values_sum_to_the_whole_and_a_player_that_adds_nothing_gets_nothing(game):
    players, table = game

    def with_idler(members):
        return as_worth(table)(members - {players})

    found = shapley(players + 1, with_idler).value[:, 0]

    whole = float(table[frozenset(range(players))] - table[frozenset()])
    assert found.sum() == pytest.approx(whole, abs=1e-9)
    assert found[players] == pytest.approx(0.0, abs=1e-9)


def test_players_alike_get_the_same():
    found = shapley(4, lambda s: np.array([float(len(s) ** 2)])).value[:, 0]

    assert found == pytest.approx([4.0] * 4, abs=1e-12)


@pytest.mark.oracle("exact value of the same game, itself held against enumeration")
def test_drawn_orders_hold_the_exact_value_in_their_interval():
    stops = [0.5, 0.3, 0.2, 0.6, 0.1, 0.4]

    def worth(members):
        return np.array([1.0 - float(np.prod([1.0 - stops[i] for i in members]))])

    exact = shapley(6, worth).value[:, 0]
    drawn = shapley_by_orders(6, worth, orders=200, seed=1)

    assert drawn.value.sum() == pytest.approx(exact.sum(), abs=1e-12)
    assert drawn.value[:, 0] == pytest.approx(exact, abs=0.01)  # a hundredth of leakage
    inside = (drawn.low[:, 0] <= exact) & (exact <= drawn.high[:, 0])
    assert inside.sum() >= 5  # nine of ten on average


def test_a_pair_of_orders_is_exact_where_effects_only_add():
    drawn = shapley_by_orders(3, lambda s: np.array([float(sum(s))]), orders=4, seed=1)

    assert drawn.value[:, 0] == pytest.approx([0.0, 1.0, 2.0], abs=1e-12)
    assert np.ptp(drawn.high - drawn.low) == pytest.approx(0.0, abs=1e-12)


@pytest.mark.parametrize(("players", "orders"), [(0, 4), (3, 3), (3, 2)])
def test_too_few(players, orders):
    with pytest.raises(DomainError, match="least"):
        shapley_by_orders(players, lambda _: np.zeros(1), orders=orders, seed=1)


@pytest.mark.parametrize("players", [0, 21])
def test_too_many_for_an_exact_value(players):
    with pytest.raises(DomainError, match="exact"):
        shapley(players, lambda _: np.zeros(1))
