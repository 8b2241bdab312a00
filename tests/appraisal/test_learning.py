import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from umbo.appraisal.learning import production_cost
from umbo.errors import DomainError


def summed(slope: float, first: int, last: int) -> float:
    b = np.log2(slope)
    return sum(n**b for n in range(first, last + 1))


@pytest.mark.oracle("exact sum of unit prices n ** log2(slope)")
@pytest.mark.parametrize("slope", [0.8, 0.9, 0.95, 1.0, 1.1])
@pytest.mark.parametrize(("units", "share"), [(1, 0.02), (10, 0.005), (998, 0.001)])
def test_run_costs_the_sum_of_its_units(slope, units, share):
    cost = production_cost(70e6, slope, 0, units)

    assert cost == pytest.approx(70e6 * summed(slope, 1, units), rel=share)


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
    st.floats(0.51, 1.3),
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


@pytest.mark.parametrize("slope", [0.5, 0.3, np.nan])
def test_slope_that_makes_more_cheaper_than_fewer(slope):
    with pytest.raises(DomainError, match=r"above 0\.5"):
        production_cost(1.0, slope, 0, 10)
