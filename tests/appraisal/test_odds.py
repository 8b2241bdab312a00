"""Ratios of odds: carried from where two attacks were fought to a whole curve."""

import math

import pytest

from umbo.appraisal.odds import Odds, extended, grown, odds_of, refined, tilted, together
from umbo.appraisal.stability import Curve
from umbo.errors import DomainError

WHOLE = Curve((10.0, 100.0, 1000.0), (1.0, 20.0, 500.0))


@pytest.mark.oracle("odds of 1 in 2 against 1 in 10, by hand: nine times")
def test_odds_compare_shares():
    odds = odds_of(Curve((10.0,), (5.0,)), WHOLE)
    assert math.exp(odds.log_at(10.0)) == pytest.approx(9.0, rel=1e-12)
    # Twice the loss, twice the logarithm: 81 times.
    assert math.exp(odds.times(2.0).log_at(3.0)) == pytest.approx(81.0, rel=1e-12)
    assert together([odds, odds.times(-1.0)]).logs == (0.0,)


@pytest.mark.oracle(
    "shares of 1/10, 1/5 and 1/2 at four times the odds, by hand: 4/13, 1/2 and 4/5"
)
def test_a_tilted_curve_has_the_odds_that_it_is_given():
    odds = Odds((10.0,), (math.log(4.0),))
    assert tilted(WHOLE, odds).passing == pytest.approx((40 / 13, 50.0, 800.0), rel=1e-12)


def test_what_made_the_ratio_comes_out_again():
    other = Curve((10.0, 100.0, 1000.0), (2.0, 60.0, 700.0))
    assert tilted(WHOLE, odds_of(other, WHOLE)).passing == pytest.approx(other.passing, rel=1e-9)


def test_between_counts_a_ratio_runs_straight_in_the_logarithm():
    odds = Odds((10.0, 1000.0), (0.0, 2.0))
    assert odds.log_at(100.0) == pytest.approx(1.0, rel=1e-12)
    assert odds.log_at(1.0) == 0.0
    assert odds.log_at(1e6) == 2.0


def test_a_shield_twice_as_large_stands_to_a_raid_as_the_other_to_half_of_it():
    odds = Odds((10.0, 1000.0), (0.0, 2.0))
    twice = grown(WHOLE, 2.0)
    assert twice(200.0) == 2.0 * WHOLE(100.0)
    assert tilted(twice, odds, size=2.0)(200.0) == pytest.approx(2.0 * tilted(WHOLE, odds)(100.0))


@pytest.mark.parametrize("log", [-50.0, -1.0, 0.0, 1.0, 50.0])
def test_no_tilt_lets_more_pass_than_come_or_fewer_of_more(log):
    found = tilted(WHOLE, Odds((10.0,), (log,)))
    passed = (0.0, *found.passing)
    come = (0.0, *found.coming)
    for i in range(3):
        more = passed[i + 1] - passed[i]
        assert 0.0 <= more <= come[i + 1] - come[i] + 1e-9


def test_all_or_nothing_stays_so():
    corners = Curve((10.0, 100.0), (0.0, 90.0))
    assert tilted(corners, Odds((1.0,), (3.0,))).passing[0] == 0.0
    open_ = Curve((10.0,), (10.0,))
    assert tilted(open_, Odds((1.0,), (-3.0,))).passing == (10.0,)


def test_a_curve_is_carried_on_at_its_last_odds():
    part = Curve((10.0, 100.0), (2.0, 50.0))  # four times the odds at 100
    found = extended(part, WHOLE)
    assert found.coming == WHOLE.coming
    assert found.passing == pytest.approx((2.0, 50.0, 800.0), rel=1e-12)
    assert extended(WHOLE, WHOLE) is WHOLE


def test_points_between_lie_on_the_odds_and_change_none_that_was_fought():
    fine = refined(WHOLE, 1)
    assert fine(10.0) == 1.0
    assert fine(1000.0) == pytest.approx(500.0, rel=1e-12)
    # Between 1/10 and 1/5 at the middle of the logarithm: odds of the geometric mean, 1/6.
    at = math.sqrt(1000.0)
    assert fine(at) == pytest.approx(at / 7.0, rel=1e-12)
    assert all(fine(x) <= WHOLE(x) + 1e-9 for x in (20.0, 50.0, 300.0, 700.0))


@pytest.mark.parametrize("points", [((), ()), ((0.0,), (1.0,)), ((1.0, 2.0), (1.0,))])
def test_odds_that_cannot_be_are_refused(points):
    with pytest.raises(DomainError, match="odds need"):
        Odds(*points)
    with pytest.raises(DomainError, match="same counts"):
        together([Odds((1.0,), (0.0,)), Odds((2.0,), (0.0,))])
