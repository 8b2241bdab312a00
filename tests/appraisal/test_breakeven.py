"""Break-even of owning against firing, by hand."""

import numpy as np
import pytest

from umbo.appraisal.breakeven import break_even_kills, cost_per_kill, owning_cost
from umbo.errors import DomainError


@pytest.mark.oracle("worked by hand: $100 M and $4 M a year for 15 years against $1.2 M rounds")
def test_a_laser_pays_from_so_many_kills_on():
    owning = owning_cost(100e6, 4e6, 15.0)
    laser, round_ = cost_per_kill(10.0, 0.5), cost_per_kill(1.2e6, 0.75)

    assert owning == pytest.approx(160e6, rel=1e-12)
    assert round_ == pytest.approx(1.6e6, rel=1e-12)
    assert break_even_kills(owning, laser, round_) == pytest.approx(160e6 / 1_599_980.0, rel=1e-12)


@pytest.mark.oracle("geometric series of shots until one kills")
def test_shots_until_a_kill_cost_what_the_series_says():
    misses = np.arange(2_000)
    spent = np.sum((misses + 1) * 3.0 * 0.2 * 0.8**misses)

    assert cost_per_kill(3.0, 0.2) == pytest.approx(spent, rel=1e-9)


def test_at_break_even_both_cost_the_same():
    kills = break_even_kills(5e9, [1e3, 2e6], 7e6)

    assert 5e9 + kills * [1e3, 2e6] == pytest.approx(7e6 * kills, rel=1e-12)


def test_a_kill_that_costs_more_than_an_interceptor_never_pays():
    assert break_even_kills(1e6, [2.0, 1.0], 1.0) == pytest.approx([np.inf, np.inf])


def test_a_weapon_that_never_kills_is_refused():
    with pytest.raises(DomainError, match="p_kill"):
        cost_per_kill(1.0, [0.5, 0.0])
