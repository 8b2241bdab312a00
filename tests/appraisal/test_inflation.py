from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from umbo.appraisal.inflation import Dollars, in_dollars_of, price_index
from umbo.elements.sourced import Value
from umbo.errors import DomainError


@pytest.mark.oracle("OMB Historical Tables, table 10.1, FY2025 edition")
def test_dollars_follow_the_published_index():
    assert in_dollars_of(100e6, 2026, from_year=2017) == pytest.approx(130.74e6, rel=1e-9)
    assert in_dollars_of(100e6, 2026, from_year=2014) == pytest.approx(
        100e6 * 1.3074 / 0.9656, rel=1e-9
    )


def test_same_year_is_the_same_money():
    assert in_dollars_of(71.4e6, 2014, from_year=2014) == 71.4e6


@given(st.floats(0.0, 1e13), st.integers(2004, 2035), st.integers(2004, 2035))
def test_there_and_back_is_the_same_money(usd, there, here):
    back = in_dollars_of(in_dollars_of(usd, there, from_year=here), here, from_year=there)

    assert back == pytest.approx(usd, rel=1e-12)


def test_index_rises_every_year():
    years = sorted(price_index())

    assert all(price_index()[b] > price_index()[a] for a, b in pairwise(years))


def test_value_keeps_its_source_and_says_its_new_year():
    value = Value("gbi", "unit_cost", 70e6, 71.4e6, 90e6, "usd", "ni_gmd2014", dollars_of=2014)

    moved = in_dollars_of(value, 2026)

    assert (moved.source, moved.dollars_of) == ("ni_gmd2014", 2026)
    assert moved.high / moved.low == pytest.approx(90 / 70, rel=1e-12)
    assert moved.mode == pytest.approx(71.4e6 * 1.3074 / 0.9656, rel=1e-9)


@pytest.mark.parametrize("year", [2003, 2036, 26])
def test_year_outside_the_index(year):
    with pytest.raises(DomainError, match="runs from 2004 to"):
        in_dollars_of(1.0, year, from_year=2026)


def test_money_without_a_year():
    value = Value("gbi", "unit_cost", 70e6, 71.4e6, 90e6, "usd", "ni_gmd2014")

    with pytest.raises(DomainError, match="fill in dollars_of"):
        in_dollars_of(value, 2026)
    with pytest.raises(DomainError, match="from_year"):
        in_dollars_of(1.0, 2026)


def test_dollars_of_one_year_add_up():
    assert Dollars(2e9, 2026) + Dollars(1e9, 2026) == Dollars(3e9, 2026)
    assert Dollars(2e9, 2026) - Dollars(3e9, 2026) == Dollars(-1e9, 2026)
    assert Dollars(2e9, 2026) * 3 == Dollars(6e9, 2026)
    assert Dollars(1e9, 2026) < Dollars(2e9, 2026)


@pytest.mark.parametrize("other", [Dollars(1e9, 2025), 1e9])
@pytest.mark.parametrize("mix", [lambda a, b: a + b, lambda a, b: a - b, lambda a, b: a < b])
def test_dollars_of_two_years_or_of_none_do_not_mix(other, mix):
    with pytest.raises(DomainError, match=r"do not add up|which year"):
        mix(Dollars(1e9, 2026), other)


@pytest.mark.oracle("OMB Historical Tables, table 10.1, FY2025 edition")
def test_dollars_move_to_another_year_by_the_published_index():
    moved = Dollars(161e9, 2025).in_dollars_of(2026)

    assert moved.year == 2026
    assert moved.usd == pytest.approx(161e9 * 1.3074 / 1.2808, rel=1e-9)
