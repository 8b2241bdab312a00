from dataclasses import replace

import numpy as np
import pytest

from umbo.appraisal.cost import CostModel, summed, total
from umbo.appraisal.drivers import drivers, variance_shares
from umbo.elements.architecture import Architecture, Fielded
from umbo.elements.catalog import load_catalog
from umbo.elements.interceptors import Doctrine
from umbo.errors import DomainError

CATALOG = load_catalog()


def fielded(use, count, values=None):
    item = CATALOG.item(use)
    named = {**item.values, **(values or {})}
    return Fielded(
        use, item, count, (), None, Doctrine(), named, 2036, "US", True, "", ""
    )  # fmt: skip


def architecture(*elements):
    return Architecture("mine", "", 2036, elements)


MINE = architecture(fielded("sbi", 1_300), fielded("ngi", 60), fielded("t1_tracking", 28))


@pytest.mark.oracle("the model run once for each end, the value made exact")
@pytest.mark.parametrize(
    ("use", "parameter"), [("sbi", "unit_cost"), ("sbi", "service_life"), ("ngi", "unit_cost")]
)
def test_total_at_an_end_is_that_of_the_value_at_its_end(use, parameter):
    model = CostModel(CATALOG)
    found = drivers(model, MINE, model.of(MINE))

    driver = next(one for one in found if (one.value.item, one.value.parameter) == (use, parameter))

    own = CATALOG.value(use, parameter)
    for end, told in ((own.low, driver.at_low_usd), (own.high, driver.at_high_usd)):
        exact = {parameter: replace(own, low=end, mode=end, high=end)}
        counts = {"sbi": 1_300, "ngi": 60, "t1_tracking": 28}
        moved = architecture(
            *(fielded(name, n, exact if name == use else None) for name, n in counts.items())
        )
        assert told == pytest.approx(total(CostModel(CATALOG).of(moved)).mode_usd, rel=1e-9)


def test_drivers_come_by_size_and_dear_interceptors_drive_most():
    model = CostModel(CATALOG)
    found = drivers(model, MINE, model.of(MINE))

    swings = [one.swing_usd for one in found]
    assert swings == sorted(swings, reverse=True)
    assert (found[0].value.item, found[0].value.parameter) == ("sbi", "unit_cost")
    assert found[0].correlation > 0.7
    life = next(one for one in found if one.value.parameter == "service_life")
    assert life.correlation < 0.0 < life.at_low_usd - life.at_high_usd


def test_growth_drives_too_where_it_is_counted():
    model = CostModel(CATALOG).grown()

    found = drivers(model, MINE, model.of(MINE))

    assert ("sbi", "growth_of_procurement") in {
        (one.value.item, one.value.parameter) for one in found[:4]
    }


@pytest.mark.oracle("covariance by numpy")
def test_shares_of_variance_sum_to_one():
    cost = CostModel(CATALOG, draws=1_000).of(MINE)

    shares = variance_shares(cost)

    ngi, whole = summed(cost, elements=["ngi"])[1:], summed(cost)[1:]
    matrix = np.cov(ngi, whole)
    assert sum(shares.values()) == pytest.approx(1.0, rel=1e-9)
    assert shares["ngi"] == pytest.approx(matrix[0, 1] / matrix[1, 1], rel=1e-9)
    assert shares["sbi"] > shares["ngi"] > shares["t1_tracking"]


def test_cost_of_another_architecture_is_refused():
    model = CostModel(CATALOG)
    other = Architecture("other", "", 2036, MINE.elements)

    with pytest.raises(DomainError, match="not of other"):
        drivers(model, other, model.of(MINE))
