"""Rounds at sites against brute force."""

from itertools import combinations_with_replacement

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from umbo.appraisal.rounds import MOST_SHOTS, gains, place_exactly, place_greedily, protected
from umbo.errors import DomainError


def kept(shots, value, warheads, p_kill):
    """Give the value kept, shot by shot at the warheads in turn."""
    total = 0.0
    for fired, worth, coming in zip(shots, value, warheads, strict=True):
        at = [fired // coming + (i < fired % coming) for i in range(coming)]
        stopped = sum(1.0 - (1.0 - p_kill) ** min(n, MOST_SHOTS) for n in at)
        total += worth * stopped / coming
    return total


def by_brute_force(covers, value, warheads, p_kill, rounds, sites, magazine):
    pairs = [tuple(pair) for pair in np.argwhere(covers)]
    best = 0.0
    for number in range(rounds + 1):
        for chosen in combinations_with_replacement(pairs, number):
            at = np.bincount([s for s, _ in chosen], minlength=len(covers))
            if (at > magazine).any() or (at > 0).sum() > sites:
                continue
            shots = np.bincount([one for _, one in chosen], minlength=len(value))
            best = max(best, kept(shots.tolist(), value, warheads, p_kill))
    return best


@st.composite
def problems(draw):
    sites, locations = draw(st.integers(1, 3)), draw(st.integers(1, 3))
    flat = draw(st.lists(st.booleans(), min_size=sites * locations, max_size=sites * locations))
    value = draw(st.lists(st.integers(0, 9), min_size=locations, max_size=locations))
    warheads = draw(st.lists(st.integers(1, 2), min_size=locations, max_size=locations))
    limits = {
        "p_kill": draw(st.sampled_from([0.3, 0.5, 0.9, 1.0])),
        "rounds": draw(st.integers(1, 4)),
        "sites": draw(st.integers(1, sites)),
        "magazine": draw(st.integers(1, 3)),
    }
    covers = np.array(flat).reshape(sites, locations)
    return (covers, np.array(value, float), np.array(warheads)), limits


@pytest.mark.oracle("brute force over all placings of rounds")
@settings(max_examples=60, deadline=None)
@given(problems())
def test_the_exact_placing_is_the_best_of_all(problem):
    given_, limits = problem

    found = place_exactly(*given_, **limits)

    assert found.value == pytest.approx(by_brute_force(*given_, **limits), abs=1e-6)
    assert found.bound >= found.value - 1e-9
    assert found.rounds.sum() <= limits["rounds"]
    assert (found.rounds <= limits["magazine"]).all()
    assert (found.rounds > 0).sum() <= limits["sites"]
    assert not found.shots[~given_[0]].any()


@settings(max_examples=60, deadline=None)
@given(problems())
def test_greed_keeps_the_limits_and_is_never_better(problem):
    given_, limits = problem

    found = place_greedily(*given_, **limits)

    assert found.value <= by_brute_force(*given_, **limits) + 1e-9
    assert (found.rounds <= limits["magazine"]).all()
    assert (found.rounds > 0).sum() <= limits["sites"]
    assert not found.shots[~given_[0]].any()


@pytest.mark.oracle("worked by hand: 10 * 0.5, and a second shot 10 * 0.25, against 4 * 0.5")
def test_a_second_shot_may_be_worth_more_than_a_first_elsewhere():
    covers, value, warheads = np.ones((1, 2), bool), np.array([10.0, 4.0]), np.array([1, 1])

    found = place_exactly(covers, value, warheads, p_kill=0.5, rounds=2, sites=1, magazine=9)

    assert found.shots.tolist() == [[2, 0]]
    assert found.value == pytest.approx(7.5, abs=1e-9)


def test_shots_are_spread_over_the_warheads_of_a_location():
    assert protected([3], [12.0], [2], 0.5) == pytest.approx(6 * 0.75 + 6 * 0.5, abs=1e-12)
    assert gains([12.0], [2], 0.5)[0, :2].tolist() == [3.0, 1.5]


def test_greed_misses_the_site_that_covers_both():
    # The first round is worth most at a site that covers one alone, and only one site may open.
    covers, value = np.array([[1, 0, 0], [0, 1, 1]], bool), np.array([5.0, 4.0, 4.0])
    limits = {"p_kill": 1.0, "rounds": 2, "sites": 1, "magazine": 2}

    assert place_greedily(covers, value, np.ones(3, int), **limits).value == 5.0
    assert place_exactly(covers, value, np.ones(3, int), **limits).value == pytest.approx(
        8.0, abs=1e-6
    )


@pytest.mark.parametrize("wrong", [{"p_kill": 0.0}, {"rounds": 0}, {"sites": 3}, {"magazine": 0}])
def test_numbers_that_cannot_be(wrong):
    limits = {"p_kill": 0.5, "rounds": 2, "sites": 1, "magazine": 2} | wrong
    with pytest.raises(DomainError):
        place_exactly(np.ones((2, 2), bool), np.ones(2), np.ones(2, int), **limits)
