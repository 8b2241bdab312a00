from dataclasses import replace

import numpy as np
import pytest

from umbo.engagement.intercept import jeffreys_interval
from umbo.engagement.outcome import Outcome
from umbo.engagement.simulate import simulate
from umbo.engagement.windows import REASONS


def outcome_of(leakers, arriving, shots=0):
    """The outcome of replications with so many leakers and arriving warheads each."""
    leakers, arriving = np.asarray(leakers), np.broadcast_to(arriving, np.shape(leakers))
    table = np.zeros((2, 1, len(REASONS)), np.int64)
    table[1, 0, REASONS.index("missed")] = leakers.sum()
    fired = np.broadcast_to(shots, leakers.shape)
    return Outcome(
        architecture="shield",
        raid="raid",
        seed=0,
        replications=len(leakers),
        weapons=("gbi",),
        layers=("midcourse",),
        assets=("city", "port"),
        classes=("icbm",),
        histogram=np.bincount(leakers, minlength=arriving.max() + 1),
        arriving=int(arriving.sum()),
        arriving_squared=int((arriving**2).sum()),
        arriving_times_leakers=int((arriving * leakers).sum()),
        leakers=table,
        kills=np.array([(arriving - leakers).sum()]),
        kills_squared=np.array([((arriving - leakers) ** 2).sum()]),
        shots=np.array([fired.sum()]),
        shots_squared=np.array([(fired**2).sum()]),
        at_decoys=np.zeros(1, np.int64),
        at_decoys_squared=np.zeros(1, np.int64),
        passed=np.zeros(1, np.int64),
        passed_squared=np.zeros(1, np.int64),
        engaged=int(((leakers == 0) & (arriving > 0)).sum()),
        attacks=int((arriving > 0).sum()),
    )


@pytest.mark.oracle("Jeffreys interval of plain Bernoulli trials")
def test_one_warhead_a_replication_is_one_trial_each():
    outcome = outcome_of([1] * 12 + [0] * 9, 1)

    # The sample variance has n - 1 below it: 21 replications count as 20 trials.
    assert outcome.leakage == pytest.approx((12 / 21, *jeffreys_interval(12 / 21 * 20, 20)))
    assert outcome.p_no_leaker == pytest.approx((9 / 21, *jeffreys_interval(9, 21)))
    assert outcome.p_no_leaker.low == pytest.approx(1 - 0.735, abs=0.002)
    assert outcome.p_no_leaker.high == pytest.approx(1 - 0.394, abs=0.002)


@pytest.mark.oracle("Jeffreys interval of plain Bernoulli trials")
def test_a_missile_that_fails_by_itself_is_not_stopped():
    # Of 30 replications 10 meet no warhead; of the other 20, 15 let none through.
    outcome = outcome_of([1] * 5 + [0] * 25, [1] * 20 + [0] * 10)

    assert outcome.p_stopped == pytest.approx((15 / 20, *jeffreys_interval(15, 20)))
    assert outcome.p_no_leaker.value == pytest.approx(25 / 30)
    assert outcome.p_fully_engaged.value == pytest.approx(15 / 20)


def test_warheads_that_share_their_luck_are_one_trial():
    alone = outcome_of([1] * 30 + [0] * 70, 1).leakage
    together = outcome_of([10] * 30 + [0] * 70, 10).leakage

    assert together == pytest.approx(alone)


@pytest.mark.oracle("ratio of means over 400 repeated experiments")
def test_the_interval_covers_nine_times_in_ten(battle):
    windows = battle(
        missiles=4,
        warheads=2,
        after=[{"p_kill": 0.7, "q": 0.3, "f": 0.3}],
        stock=[6],
        reliability=np.full(4, 0.7),
    )
    truth = simulate(windows, 400_000, seed=0).leakage.value

    covered = 0
    for seed in range(1, 401):
        interval = simulate(windows, 60, seed).leakage
        covered += interval.low <= truth <= interval.high

    # 90 %, and three standard errors of 400 experiments are 4.5 %.
    assert covered / 400 == pytest.approx(0.90, abs=0.045)


@pytest.mark.oracle("numpy percentiles, mean and standard error")
def test_leakers_and_shots_are_those_of_numpy():
    random = np.random.default_rng(2)
    leakers, shots = random.binomial(20, 0.3, 500), random.integers(0, 50, 500)
    outcome = outcome_of(leakers, 20, shots)

    half = 1.6449 * shots.std(ddof=1) / np.sqrt(500)
    assert outcome.leakers_mean.value == pytest.approx(leakers.mean(), rel=1e-12)
    assert outcome.leakers_p10 == np.quantile(leakers, 0.10, method="inverted_cdf")
    assert outcome.leakers_p90 == np.quantile(leakers, 0.90, method="inverted_cdf")
    assert outcome.shots_by_weapon[0] == pytest.approx(
        (shots.mean(), shots.mean() - half, shots.mean() + half), rel=1e-5
    )
    assert outcome.kills_by_weapon[0].value == pytest.approx(20 - leakers.mean(), rel=1e-12)


def test_none_and_all_leaking_count_each_replication_once():
    assert outcome_of([0] * 50, 10).leakage == (0.0, *jeffreys_interval(0, 50))
    assert outcome_of([10] * 50, 10).leakage == (1.0, *jeffreys_interval(50, 50))


def test_without_luck_there_is_no_interval():
    assert outcome_of([5] * 50, 10).leakage == (0.5, 0.5, 0.5)


def test_nothing_arrives_so_there_is_no_leakage():
    outcome = replace(outcome_of([0, 0], 0))

    assert np.isnan(outcome.leakage).all()
    assert outcome.p_no_leaker.value == 1.0


def test_leakers_are_told_by_asset_and_reason():
    outcome = outcome_of([1, 2, 3], 3)

    assert outcome.leakers_by_asset == {"city": 0.0, "port": 2.0}
    assert outcome.leakers_by_reason["missed"] == 2.0
    assert sum(outcome.leakers_by_reason.values()) == outcome.leakers_mean.value
