from fractions import Fraction
from itertools import product

import numpy as np
import pytest

from umbo.engagement.intercept import (
    interceptors_needed,
    jeffreys_interval,
    kill_probability,
    leak_probability,
    p_no_leaker,
    shots_needed,
)
from umbo.errors import DomainError

WILKENING = "Wilkening, Science & Global Security 8 (1999)"


def enumerate_leaks(p_kill: Fraction, shots: int) -> Fraction:
    leaks = Fraction(0)
    for killed in product([True, False], repeat=shots):
        if not any(killed):
            leaks += (1 - p_kill) ** len(killed)
    return leaks


@pytest.mark.oracle("exact enumeration in rationals")
@pytest.mark.parametrize("shots", range(5))
def test_leak_probability_is_exact(shots):
    p_kill = Fraction(7, 10)
    assert leak_probability(float(p_kill), shots) == pytest.approx(
        float(enumerate_leaks(p_kill, shots)), rel=1e-12
    )


@pytest.mark.oracle(WILKENING)
@pytest.mark.parametrize(
    ("warheads", "decoys", "shots", "interceptors"), [(20, 0, 5.65361, 113), (10, 10, 3.66056, 73)]
)
def test_barrage_takes_the_studys_interceptors(warheads, decoys, shots, interceptors):
    assert interceptors_needed(warheads, decoys, 0.80, 0.99, 0.70) / (
        warheads + decoys
    ) == pytest.approx(shots, abs=5e-6)  # a digit of the published shots
    assert round(interceptors_needed(warheads, decoys, 0.80, 0.99, 0.70)) == interceptors


@pytest.mark.oracle(WILKENING)
def test_below_the_floor_of_track_no_number_of_shots_is_enough():
    assert shots_needed(10, 0.80, 0.978, 0.7) > 0
    with pytest.raises(DomainError, match=r"infeasible.*0\.9779"):
        shots_needed(10, 0.80, 0.977, 0.7)


@pytest.mark.oracle("Wilkening's formula, figures of published_cases gbi-shots")
@pytest.mark.parametrize(
    ("p_track", "kills"),
    [
        (1.00, [0.5600, 0.8064, 0.9148, 0.9625, 0.9835]),
        (0.95, [0.5320, 0.7661, 0.8691, 0.9144, 0.9343]),
        (0.90, [0.5040, 0.7258, 0.8233, 0.8663, 0.8852]),
    ],
)
def test_one_to_five_shots_of_sspk_056(p_track, kills):
    assert kill_probability(p_track, 0.56, np.arange(1, 6)) == pytest.approx(
        kills, abs=5e-5
    )  # the last digit given


@pytest.mark.oracle("the record of 12 hits in 21 tests; Jeffreys interval of the literature")
@pytest.mark.parametrize(
    ("hits", "tests", "low", "high"), [(12, 21, 0.394, 0.735), (12, 20, 0.418, 0.762)]
)
def test_interval_of_the_test_record(hits, tests, low, high):
    assert jeffreys_interval(hits, tests) == pytest.approx((low, high), abs=0.002)


@pytest.mark.oracle("the record of 12 hits in 21 tests, by hand")
def test_shots_of_the_test_record():
    assert kill_probability(1.0, 12 / 21, [1, 2, 4]) == pytest.approx(
        [0.5714, 0.8163, 0.9663], abs=5e-5
    )


@pytest.mark.oracle("scipy.stats.beta")
@pytest.mark.parametrize(("successes", "trials"), [(1, 3), (0.5, 7.25), (900, 1000)])
def test_interval_is_the_quantiles_of_a_beta(successes, trials):
    from scipy.stats import beta

    expected = beta.ppf([0.05, 0.95], successes + 0.5, trials - successes + 0.5)
    assert jeffreys_interval(successes, trials) == pytest.approx(expected, rel=1e-9)


def test_nothing_and_everything_reach_the_ends():
    assert jeffreys_interval(0, 10)[0] == 0.0
    assert jeffreys_interval(10, 10)[1] == 1.0


def test_another_shot_never_helps_the_warhead():
    leaks = leak_probability(np.linspace(0, 1, 11)[:, None], np.arange(6))
    assert np.all(np.diff(leaks, axis=1) <= 0)


def test_wanted_shots_give_the_wanted_chance():
    shots = shots_needed(7, 0.6, 0.98, 0.5)
    assert p_no_leaker(7, 0.98, 0.5, shots) == pytest.approx(0.6, rel=1e-12)


@pytest.mark.parametrize("p_kill", [-0.1, 1.1, np.nan])
def test_a_probability_outside_0_to_1(p_kill):
    with pytest.raises(DomainError, match="between 0 and 1"):
        leak_probability(p_kill, 1)


def test_negative_shots_decoys_and_impossible_trials():
    with pytest.raises(DomainError, match="shots must be 0 or more"):
        leak_probability(0.5, -1)
    with pytest.raises(DomainError, match="decoys"):
        interceptors_needed(1, -1, 0.5, 1.0, 0.5)
    with pytest.raises(DomainError, match="wanted_p_no_leaker"):
        shots_needed(1, 1.0, 1.0, 0.5)
    with pytest.raises(DomainError, match="trials"):
        jeffreys_interval(3, 2)
