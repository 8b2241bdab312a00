"""Budgets: cents, outlays, calendar, funding and top line."""

from datetime import date

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from umbo.appraisal.budget import TITLES, in_cents
from umbo.appraisal.budget_calendar import fiscal_time, milestones, reached
from umbo.appraisal.funding import budget_money
from umbo.appraisal.inflation import then_year_factor, title_index
from umbo.appraisal.outlays import account_of, accounts, spend
from umbo.appraisal.spreading import rayleigh
from umbo.errors import DomainError


@settings(max_examples=50)
@given(
    st.lists(st.integers(-(10**13), 10**13), min_size=1, max_size=6),
    st.lists(st.floats(0.0, 1.0), min_size=1, max_size=40).filter(lambda w: sum(w) > 0.01),
)
def test_parts_of_an_amount_sum_to_it_to_the_cent(whole, weights):
    shares = np.tile(np.array(weights) / sum(weights), (len(whole), 1))

    parts = in_cents(np.array(whole, dtype=np.int64), shares)

    assert parts.sum(axis=1).tolist() == whole


def test_spend_out_rates_of_every_account_sum_to_one():
    assert len(accounts()) > 5
    for account in accounts().values():
        assert sum(account.shares) == pytest.approx(1.0, abs=1e-9)


@pytest.mark.oracle("arithmetic on paper: 100 at 50/30/20, 10 a year later")
def test_outlays_follow_authority():
    spent = spend(np.array([[10_000, 1_000]], dtype=np.int64), (0.5, 0.3, 0.2))

    assert spent.tolist() == [[5_000, 3_500, 2_300, 200]]


def test_outlays_sum_to_authority_to_the_cent():
    authority = np.array([[333_333_333_333, 1, 7]], dtype=np.int64)
    for account in accounts().values():
        assert spend(authority, account.shares).sum() == authority.sum()


def test_rates_that_do_not_sum_are_refused():
    with pytest.raises(DomainError, match=r"sum to 0\.9"):
        spend(np.array([[1]], dtype=np.int64), (0.5, 0.4))


def test_a_title_without_account_is_refused():
    with pytest.raises(DomainError, match="no account for title 'gifts'"):
        account_of("gifts", "radar")


@pytest.mark.parametrize("title", TITLES)
def test_then_year_dollars_of_the_same_year_are_constant_ones(title):
    assert then_year_factor(title, 2031, 2031) == pytest.approx(1.0, abs=1e-15)


@pytest.mark.oracle("OMB, Historical Tables, table 10.1 (FY2025), GDP price index")
def test_titles_grow_with_the_gdp_price_index_after_the_green_book():
    from umbo.appraisal.inflation import price_index

    gdp = price_index()
    for title in TITLES:
        index = title_index(title)
        assert index[2030] / index[2024] == pytest.approx(gdp[2030] / gdp[2024], rel=1e-12)


def test_dollars_outside_the_index_are_refused():
    with pytest.raises(DomainError, match="fiscal year 2300"):
        then_year_factor("rdte", 2300, 2026)
    with pytest.raises(DomainError, match="no deflator for title 'gifts'"):
        then_year_factor("gifts", 2027, 2026)


@pytest.mark.oracle("Norden-Rayleigh: the rate peaks at start + 1 / sqrt(2 a)")
def test_development_is_spent_along_a_rayleigh_curve():
    spent = rayleigh(2026.0, 2032.0, 0.97)
    times = np.linspace(2026.0, 2032.0, 6001)
    rate = np.diff([spent(time) for time in times])

    assert spent(2032.0) == pytest.approx(1.0, abs=1e-12)
    a = -np.log(0.03) / 36.0
    assert times[np.argmax(rate)] == pytest.approx(2026.0 + 1.0 / np.sqrt(2.0 * a), abs=0.003)


@pytest.mark.oracle("31 USC 1105(a): the budget is due by the first Monday in February")
def test_the_president_sends_the_budget_eight_months_ahead():
    months = {one.id: one.months for one in milestones()}

    assert months["president"] == -8.0
    assert fiscal_time(date(2026, 10, 1)) == 2027.0


def test_a_later_decision_never_reaches_an_earlier_budget():
    before = [one.fiscal_year for one in reached(date(2026, 3, 1))]
    after = [one.fiscal_year for one in reached(date(2026, 11, 25))]

    assert all(a >= b for a, b in zip(after, before, strict=True))
    assert all(one.deadline >= date(2026, 11, 25) for one in reached(date(2026, 11, 25)))


@pytest.mark.oracle("P.L. 119-21 sec. 20003 as published: $24.4 B for Golden Dome")
def test_reconciliation_lines_sum_to_what_is_told_of_the_act():
    lines = [one for one in budget_money() if one.id.startswith("recon_")]

    whole = sum(one.mode_usd for one in lines)

    assert whole == pytest.approx(24.4e9, rel=0.005)  # lines are recalled
