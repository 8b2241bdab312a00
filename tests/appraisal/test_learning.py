import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from umbo.appraisal.learning import (
    cumulative_average_cost,
    lot_costs,
    production_cost,
    rate_effect,
)
from umbo.errors import DomainError


def summed(slope: float, first: int, last: int) -> float:
    b = np.log2(slope)
    return sum(n**b for n in range(first, last + 1))


@pytest.mark.oracle("exact sum of unit prices n ** log2(slope)")
@pytest.mark.parametrize("slope", [0.7, 0.8, 0.9, 0.95, 1.0])
@pytest.mark.parametrize("units", [1, 2, 3, 10, 998])
def test_run_costs_the_sum_of_its_units(slope, units):
    cost = production_cost(70e6, slope, 0, units)

    assert cost == pytest.approx(70e6 * summed(slope, 1, units), rel=3e-4)


@pytest.mark.oracle("Heizer & Render, Operations Management, table of learning-curve coefficients")
@pytest.mark.parametrize(
    ("slope", "units", "total"),
    [
        (0.85, 10, 7.116),
        (0.85, 20, 12.402),
        (0.80, 10, 6.315),
        (0.80, 20, 10.485),
        (0.90, 10, 7.994),
        (0.90, 20, 14.608),
    ],
)
def test_unit_theory_gives_the_textbook_totals(slope, units, total):
    assert production_cost(1.0, slope, 0, units) == pytest.approx(total, abs=1.5e-3)  # rounding


@pytest.mark.oracle("Heizer & Render, Operations Management, table of learning-curve coefficients")
@pytest.mark.parametrize(
    ("slope", "unit", "share"), [(0.85, 10, 0.583), (0.8, 10, 0.477), (0.9, 20, 0.634)]
)
def test_cumulative_average_gives_the_textbook_coefficients(slope, unit, share):
    average = cumulative_average_cost(1.0, slope, 0, unit) / unit

    assert average == pytest.approx(share, abs=5e-4)  # rounding
    assert cumulative_average_cost(1.0, slope, 0, 1) == pytest.approx(1.0, rel=1e-12)
    assert cumulative_average_cost(1.0, slope, 1, 2) == pytest.approx(2 * slope - 1, rel=1e-12)


@pytest.mark.oracle("each unit at n ** b, each lot at rate ** c, summed one by one")
def test_lots_cost_their_units_at_their_rate():
    lots, b, c = [10, 40, 80], np.log2(0.85), np.log2(0.95)
    wanted, built = [], 5
    for lot in lots:
        units = sum(n**b for n in range(built + 1, built + lot + 1))
        wanted.append(units * (lot / 40) ** c)
        built += lot

    costs = lot_costs(1.0, 0.85, lots, old=5, rate_slope=0.95, usual_per_year=40)

    assert costs == pytest.approx(wanted, rel=1e-4)


@pytest.mark.oracle("a doubling multiplies the price by the slope")
def test_rate_moves_the_price_by_its_slope():
    assert rate_effect(20, 10, 0.9) == pytest.approx(0.9, rel=1e-12)
    assert rate_effect(5, 10, 0.9) == pytest.approx(1 / 0.9, rel=1e-12)
    assert rate_effect(80, 10, 0.9, most=2.0) == pytest.approx(0.9, rel=1e-12)
    assert rate_effect(80, 0, 0.9) == 1.0


def test_lots_without_rate_effect_cost_what_one_run_costs():
    whole = production_cost(3e6, 0.9, 4, 134)

    assert lot_costs(3e6, 0.9, [30, 100], old=4).sum() == pytest.approx(whole, rel=1e-12)


def test_negative_rate_is_refused():
    with pytest.raises(DomainError, match="units a year"):
        rate_effect(-1.0, 10.0, 0.9)


@pytest.mark.oracle("exact sum of unit prices n ** log2(slope)")
def test_later_lot_starts_down_the_curve():
    cost = production_cost(70e6, 0.85, 100, 250)

    assert cost == pytest.approx(70e6 * summed(0.85, 101, 250), rel=1e-5)


@pytest.mark.oracle("AEI's Space-Based Interceptor Calculator: T1 (N^(1+b) + 1) / (N (1 + b))")
@pytest.mark.parametrize("units", [1, 30, 998])
def test_form_of_aei_is_the_same_sum_with_other_ends(units):
    b = np.log2(0.85)
    published = 70e6 * (units ** (1 + b) + 1) / (1 + b)

    assert production_cost(70e6, 0.85, 0, units, offset=0.0, beside=1.0) == pytest.approx(
        published, rel=1e-12
    )


@given(
    st.floats(0.51, 1.0),
    st.integers(0, 50_000),
    st.integers(0, 500),
    st.floats(0.0, 1.0),
    st.floats(0.0, 2.0),
)
def test_more_units_never_cost_less(slope, units, more, offset, beside):
    ends = {"offset": offset, "beside": beside}
    fewer = production_cost(1.0, slope, 0, units, **ends)

    assert production_cost(1.0, slope, 0, units + more, **ends) >= fewer


def test_two_lots_cost_what_one_run_costs():
    whole = production_cost(1.0, 0.85, 0, 300)

    assert production_cost(1.0, 0.85, 0, 100) + production_cost(
        1.0, 0.85, 100, 300
    ) == pytest.approx(whole, rel=1e-12)


@pytest.mark.parametrize("slope", [0.5, 0.3, 1.01, np.nan])
@pytest.mark.parametrize(
    "price",
    [
        lambda slope: production_cost(1.0, slope, 0, 10),
        lambda slope: cumulative_average_cost(1.0, slope, 0, 10),
        lambda slope: rate_effect(2.0, 1.0, slope),
    ],
)
def test_slope_that_is_no_learning(slope, price):
    with pytest.raises(DomainError, match=r"above 0\.5 and at most 1"):
        price(slope)
