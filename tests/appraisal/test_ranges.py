from dataclasses import replace

import numpy as np
import pytest

from umbo.appraisal.ranges import Ends, Ranges
from umbo.draws import decision_id, uniform, uniforms
from umbo.elements.sourced import Value
from umbo.errors import DomainError

PRICE = Value("sbi", "unit_cost", 5e6, 22e6, 60e6, "usd", "osint_cbo1", dollars_of=2026)
LIFE = Value("sbi", "service_life", 3.0, 5.0, 8.0, "year", "osint_cbo1")
OTHER = Value("ngi", "unit_cost", 90e6, 111e6, 160e6, "usd", "act_ngi", dollars_of=2021)


@pytest.mark.oracle("mean and variance of the triangular distribution")
def test_draws_have_the_moments_of_their_range():
    draws = Ranges(4096).of(PRICE)[1:]
    a, c, b = 5e6, 22e6, 60e6

    assert draws.mean() == pytest.approx((a + b + c) / 3, rel=1e-4)
    assert draws.var() == pytest.approx(
        (a * a + b * b + c * c - a * b - a * c - b * c) / 18, rel=1e-3
    )


@pytest.mark.parametrize("shape", ["triangular", "lognormal"])
def test_draws_are_the_quantiles_of_the_value(shape):
    value = replace(PRICE, shape=shape)
    draws = np.sort(Ranges(64).of(value)[1:])

    wanted = [value.quantile((rank + 0.5) / 64) for rank in range(64)]
    assert draws == pytest.approx(wanted, rel=1e-9)


def test_point_estimate_comes_first():
    assert Ranges(8).of(PRICE)[0] == 22e6


def test_correlations_are_those_asked_for():
    ranges = Ranges(20_000, within=0.5, between=0.2)

    def rank_correlation(a, b):
        return np.corrcoef(np.argsort(np.argsort(a)), np.argsort(np.argsort(b)))[0, 1]

    # A normal correlation of r is a rank correlation of 6 / pi asin(r / 2).
    price, life, other = (ranges.of(value)[1:] for value in (PRICE, LIFE, OTHER))
    assert rank_correlation(price, life) == pytest.approx(0.483, abs=0.02)
    assert rank_correlation(price, other) == pytest.approx(0.191, abs=0.02)
    falling = ranges.of(LIFE, falling=True)[1:]
    assert rank_correlation(price, falling) == pytest.approx(-0.483, abs=0.02)


@pytest.mark.oracle("covariance of lognormals: exp(m1 + m2 + (s1^2 + s2^2) / 2) (exp(r s1 s2) - 1)")
@pytest.mark.parametrize(("within", "between"), [(0.0, 0.0), (0.5, 0.2), (1.0, 1.0)])
def test_correlated_sum_has_the_variance_of_mathematics(within, between):
    items = [("a", "x", 1.6), ("a", "y", 2.0), ("b", "x", 1.4), ("c", "x", 1.8), ("c", "y", 1.2)]
    values = [
        Value(item, name, 1.0 / ratio, 1.0, ratio, "1", "ours", shape="lognormal")
        for item, name, ratio in items
    ]
    ranges = Ranges(40_000, within=within, between=between, seed=5)

    drawn = sum(ranges.of(value)[1:] for value in values)

    sigma = [np.log(ratio) / 1.6448536269514722 for _, _, ratio in items]
    variance = 0.0
    for i, (item_i, _, _) in enumerate(items):
        for j, (item_j, _, _) in enumerate(items):
            r = 1.0 if i == j else within if item_i == item_j else between
            scale = np.exp((sigma[i] ** 2 + sigma[j] ** 2) / 2)
            variance += scale * (np.exp(r * sigma[i] * sigma[j]) - 1.0)
    mean = sum(np.exp(s**2 / 2) for s in sigma)
    assert drawn.mean() == pytest.approx(mean, rel=1e-3)
    assert drawn.var() == pytest.approx(variance, rel=0.02)


def test_ends_move_one_value_at_a_time():
    ends = Ends([PRICE, OTHER])

    assert ends.of(PRICE).tolist() == [22e6, 5e6, 60e6, 22e6, 22e6]
    assert ends.of(OTHER).tolist() == [111e6, 111e6, 111e6, 90e6, 160e6]
    assert ends.of(LIFE, falling=True).tolist() == [5.0] * 5


def test_luck_depends_on_the_seed_alone():
    assert np.array_equal(Ranges(32, seed=3).of(PRICE), Ranges(32, seed=3).of(PRICE))
    assert not np.array_equal(Ranges(32, seed=3).of(PRICE), Ranges(32, seed=4).of(PRICE))


@pytest.mark.parametrize("wrong", [{"within": 0.1, "between": 0.2}, {"within": 1.1}, {"draws": 1}])
def test_no_such_draws(wrong):
    with pytest.raises(DomainError, match="between <= within"):
        Ranges(**wrong)


@pytest.mark.oracle("the compiled stream of draws, one replication after another")
@pytest.mark.parametrize("seed", [0, 20250128, 2**62 + 3])
def test_luck_without_compiled_code_is_the_same_luck(seed):
    decision = decision_id("range/sbi/unit_cost")

    one_by_one = [uniform(seed, replication, 7, decision) for replication in range(40)]

    assert uniforms(seed, 40, 7, decision).tolist() == one_by_one
