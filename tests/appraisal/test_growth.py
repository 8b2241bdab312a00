import numpy as np
import pytest

from umbo.appraisal.growth import lognormal_range, past_growth
from umbo.appraisal.ranges import Ranges
from umbo.elements.catalog import load_catalog
from umbo.errors import DomainError

CATALOG = load_catalog()


@pytest.mark.oracle("RAND TR-343: mean 1.58 and 1.44, standard deviation 0.79 and 0.42")
@pytest.mark.parametrize(
    ("phase", "mean", "deviation"), [("development", 1.58, 0.79), ("procurement", 1.44, 0.42)]
)
def test_catalogue_row_is_the_lognormal_of_its_mean_and_deviation(phase, mean, deviation):
    value = CATALOG.value("cost_growth", phase)

    draws = Ranges(20_000).of(value)[1:]

    assert (value.low, value.mode, value.high) == pytest.approx(
        lognormal_range(mean, deviation), rel=1e-3
    )
    assert draws.mean() == pytest.approx(mean, rel=2e-3)
    assert draws.std() == pytest.approx(deviation, rel=0.01)


@pytest.mark.oracle("programs of the catalogue's cost_growth_history: GAO, RAND, CAPE, press")
def test_named_programs_lie_where_the_distribution_says():
    history = CATALOG.item("cost_growth_history").values
    named = {name: value.mode for name, value in history.items() if not name.startswith("rand")}
    kinds = {
        "space_interceptor": ("gao_space_2006", "sbirs", "npoess"),
        "radar": ("lrdr", "aegis_ashore", "aegis_ashore_pl"),
        "interceptor": ("ngi", "sm3"),
        "air_sensor": ("e7",),
    }

    inside = [
        past_growth("x", category, "procurement", CATALOG.items)[0].low
        <= named[name]
        <= past_growth("x", category, "procurement", CATALOG.items)[0].high
        for category, names in kinds.items()
        for name in names
    ]

    assert len(inside) == len(named)
    assert np.mean(inside) >= 0.85  # nine in ten should: eight or nine of nine


def test_kinds_differ_as_their_past_programs_do():
    space, cheap, missile, any_kind = (
        past_growth("x", category, "procurement", CATALOG.items)[0].mode
        for category in ("space_interceptor", "space_sensor", "interceptor", "platform")
    )

    assert space > any_kind > missile > cheap > 1.0
    assert past_growth("x", "platform", "development", CATALOG.items)[0].parameter == (
        "growth_of_development"
    )


@pytest.mark.parametrize("wrong", [(0.0, 1.0), (1.0, 0.0), (float("nan"), 1.0)])
def test_no_such_lognormal(wrong):
    with pytest.raises(DomainError, match="must be positive"):
        lognormal_range(*wrong)
