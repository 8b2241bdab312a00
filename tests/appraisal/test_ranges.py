from dataclasses import replace

import numpy as np
import pytest

from umbo.appraisal.ranges import Ranges
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


def test_luck_depends_on_the_seed_alone():
    assert np.array_equal(Ranges(32, seed=3).of(PRICE), Ranges(32, seed=3).of(PRICE))
    assert not np.array_equal(Ranges(32, seed=3).of(PRICE), Ranges(32, seed=4).of(PRICE))


@pytest.mark.parametrize("wrong", [{"within": 0.1, "between": 0.2}, {"within": 1.1}, {"draws": 1}])
def test_no_such_draws(wrong):
    with pytest.raises(DomainError, match="between <= within"):
        Ranges(**wrong)
