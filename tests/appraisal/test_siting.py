"""Covering against brute force."""

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from umbo.appraisal.siting import choose_exactly, choose_greedily
from umbo.errors import DomainError


def by_brute_force(covers, value, sites):
    return max(
        float(value[covers[list(chosen)].any(axis=0)].sum())
        for chosen in combinations(range(len(covers)), sites)
    )


@st.composite
def problems(draw):
    sites, locations = draw(st.integers(1, 7)), draw(st.integers(1, 9))
    flat = draw(st.lists(st.booleans(), min_size=sites * locations, max_size=sites * locations))
    value = draw(st.lists(st.integers(0, 20), min_size=locations, max_size=locations))
    covers = np.array(flat).reshape(sites, locations)
    return covers, np.array(value, float), draw(st.integers(1, sites))


@pytest.mark.oracle("brute force over all choices of sites")
@settings(max_examples=40, deadline=None)
@given(problems())
def test_the_exact_choice_is_the_best_of_all(problem):
    covers, value, sites = problem

    found = choose_exactly(covers, value, sites)

    assert found.value == pytest.approx(by_brute_force(covers, value, sites), abs=1e-6)
    assert len(found.sites) <= sites


@pytest.mark.oracle("brute force; Nemhauser, Wolsey & Fisher 1978")
@settings(max_examples=40, deadline=None)
@given(problems())
def test_greed_is_within_its_bound(problem):
    covers, value, sites = problem

    found = choose_greedily(covers, value, sites)
    best = by_brute_force(covers, value, sites)

    assert found.value <= best + 1e-9
    assert best <= found.bound + 1e-9
    assert found.value >= (1.0 - 1.0 / np.e) * best - 1e-9


@pytest.mark.oracle("worked by hand: greed takes the middle, 4 of 4, and misses an end")
def test_greed_can_be_led_astray():
    covers = np.array([[1, 1, 1, 1, 0, 0], [1, 1, 0, 0, 1, 0], [0, 0, 1, 1, 0, 1]], bool)
    value = np.ones(6)

    assert choose_greedily(covers, value, 2).value == pytest.approx(5.0, abs=1e-9)
    assert choose_exactly(covers, value, 2).value == pytest.approx(6.0, abs=1e-9)


@pytest.mark.parametrize("sites", [0, 3])
def test_a_number_of_sites_that_cannot_be(sites):
    with pytest.raises(DomainError, match="candidate sites"):
        choose_greedily(np.ones((2, 3), bool), np.ones(3), sites)


def test_values_below_zero():
    with pytest.raises(DomainError, match="0 or more"):
        choose_exactly(np.ones((2, 3), bool), -np.ones(3), 1)
