"""A constellation while it is built, against sums by hand."""

from dataclasses import replace

import numpy as np
import pytest

from umbo.appraisal.build_up import Cadence, build_up
from umbo.errors import DomainError

EASY = Cadence(1_000.0, 100.0, 100.0, 1.0, 20, 5.0)


@pytest.mark.oracle("least of the number wanted and of rate times time, by hand")
@pytest.mark.parametrize("satellites", [400, 1_300, 4_900])
def test_at_an_even_rate_it_grows_evenly(satellites):
    built = build_up(satellites, EASY, years=5.0)

    year = np.arange(61) / 12.0
    assert built.standing == pytest.approx(np.minimum(1_000.0 * year, satellites), abs=1e-6)
    assert built.full_year == pytest.approx(np.ceil(satellites / 1_000 * 12) / 12, abs=1e-9)
    assert not built.is_launch_limited.any()


@pytest.mark.oracle("CBO 2026: 7,800 of five years take 1,560 a year; at 1,000 a year 5,000 stand")
def test_no_more_stand_than_one_life_produces():
    slow = build_up(7_800, EASY, years=20.0)
    fast = build_up(7_800, replace(EASY, produced_a_year=1_560.0), years=20.0)

    assert slow.standing[60:] == pytest.approx(5_000.0, abs=1e-6)
    assert fast.standing[60:] == pytest.approx(7_800.0, abs=1e-6)
    assert fast.launched[60:].sum() / 15.0 == pytest.approx(1_560.0, rel=1e-9)


@pytest.mark.oracle("integral of a rate that rises evenly, by hand")
def test_launches_that_ramp_up_hold_it_back():
    built = build_up(5_000, Cadence(1e6, 0.0, 120.0, 10.0, 10, 50.0), years=8.0)

    # 12 launches a year more each year, 10 each: 60 t^2, less half a month's step.
    for year in (2.0, 4.0, 8.0):
        assert built.at(year) == pytest.approx(60.0 * year**2, rel=0.06 / year + 0.02)
    assert built.is_launch_limited[:90].all()


def test_what_waits_is_launched_later():
    built = build_up(1_000, Cadence(600.0, 10.0, 200.0, 1.0, 10, 9.0), years=3.0)

    assert built.is_launch_limited[0]
    assert not built.is_launch_limited[-1]
    assert np.all(np.diff(built.standing) >= 0.0)
    assert built.standing[-1] == pytest.approx(1_000.0, abs=1e-9)


def test_a_launch_carries_one():
    with pytest.raises(DomainError, match="at least one"):
        build_up(10, replace(EASY, each_launch=0), years=1.0)
