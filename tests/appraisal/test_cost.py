from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from umbo.appraisal.cost import ACQUISITION, CostModel, quantiles, summed, total
from umbo.appraisal.growth import past_growth
from umbo.elements.architecture import Architecture, Fielded
from umbo.elements.catalog import load_catalog
from umbo.elements.interceptors import Doctrine
from umbo.elements.sourced import Value
from umbo.errors import DomainError

CATALOG = load_catalog()


def fielded(
    use, count=1, *, sites=(), in_service=2026, in_cbo_scope=True, values=None, nation="US"
):
    item = CATALOG.item(use)
    return Fielded(
        use=use,
        item=item,
        count=count,
        sites=tuple(sites),
        constellation=None,
        doctrine=Doctrine(),
        values={**item.values, **(values or {})},
        in_service=in_service,
        nation=nation,
        in_cbo_scope=in_cbo_scope,
        source="",
        note="",
    )


def architecture(*elements, name="mine"):
    return Architecture(name, "", 2036, elements)


def by_phase(cost, element=None):
    sums = {}
    for row in cost.rows:
        if element in {None, row.element}:
            sums[row.phase] = sums.get(row.phase, 0.0) + row.mode_usd
    return sums


def exact(item, parameter, value, unit, year=None):
    return Value(item, parameter, value, value, value, unit, "ours", dollars_of=year)


@pytest.mark.oracle("count x price x generations, and mass x price, by hand")
def test_satellites_cost_price_launch_and_generations():
    values = {
        "unit_cost": exact("t1_tracking", "unit_cost", 50e6, "usd", 2026),
        "unit_mass": exact("t1_tracking", "unit_mass", 500.0, "kg"),
        "service_life": exact("t1_tracking", "service_life", 5.0, "year"),
        "operations_cost": exact("t1_tracking", "operations_cost", 1e6, "usd_per_year", 2026),
    }
    cost = CostModel(CATALOG).of(architecture(fielded("t1_tracking", 28, values=values)))

    launch = 28 * 500.0 * 2_500.0  # launch.launch_price
    assert by_phase(cost) == pytest.approx(
        {
            "procurement": 28 * 50e6,
            "launch": launch,
            "replenishment": 3 * (28 * 50e6 + launch),
            "operations": 20 * 28 * 1e6,
            "disposal": 4 * 28 * 50e6 * 0.01,  # disposal.share_of_unit_cost
        },
        rel=1e-12,
    )


@pytest.mark.oracle("CBO 2021 (56949), in dollars of 2026 by OMB's index")
def test_site_is_built_and_operated():
    cost = CostModel(CATALOG).of(architecture(fielded("gmd_site", 1)))

    assert by_phase(cost) == pytest.approx(
        {"construction": 4e9 * 1.3074 / 1.091, "operations": 20 * 80e6 * 1.3074 / 1.091}, rel=1e-9
    )
    assert {row.title for row in cost.rows} == {"milcon", "om"}


@settings(max_examples=30, deadline=None)
@given(
    st.sampled_from(["sbi", "ngi", "thaad", "t1_tracking", "pac3_mse", "aegis_ashore"]),
    st.integers(1, 9_000),
    st.integers(1, 300),
)
def test_more_units_never_cost_less_in_any_draw(use, count, more):
    model = CostModel(CATALOG, draws=32)

    fewer = model.of(architecture(fielded(use, count))).usd.sum(axis=0)

    assert np.all(model.of(architecture(fielded(use, count + more))).usd.sum(axis=0) >= fewer)


@pytest.mark.parametrize("years", range(1, 40, 3))
def test_longer_horizon_never_costs_less(years):
    everything = architecture(fielded("sbi", 1_300), fielded("ngi", 20), fielded("t1_tracking", 28))

    short = CostModel(CATALOG, years=years, draws=32).of(everything).usd.sum(axis=0)
    long = CostModel(CATALOG, years=years + 1, draws=32).of(everything).usd.sum(axis=0)

    assert np.all(long > short)


def test_same_things_cost_the_same_in_two_architectures():
    model = CostModel(CATALOG)
    a = model.of(architecture(fielded("ngi", 20), fielded("sbi", 1_300), name="a"))
    b = model.of(architecture(fielded("thaad", 96), fielded("sbi", 1_300), name="b"))

    assert by_phase(a, "sbi") == by_phase(b, "sbi")
    sbi_a = a.usd[[row.element == "sbi" for row in a.rows]]
    sbi_b = b.usd[[row.element == "sbi" for row in b.rows]]
    assert np.array_equal(sbi_a, sbi_b)


def test_two_shells_are_one_production_run():
    model = CostModel(CATALOG)

    one = model.of(architecture(fielded("sbi", 7_800)))
    two = model.of(architecture(fielded("sbi", 3_900), fielded("sbi", 3_900)))

    assert two.usd.sum(axis=0) == pytest.approx(one.usd.sum(axis=0), rel=1e-12)


def test_what_stands_today_costs_only_its_operation_and_replacement():
    unlearned = {"learning_slope": exact("ngi", "learning_slope", 1.0, "1")}
    values = unlearned | {"service_life": exact("ngi", "service_life", 10.0, "year")}
    today = architecture(fielded("ngi", 20, values=values), name="today")

    phases = by_phase(CostModel(CATALOG).of(today, today))
    grown = CostModel(CATALOG).of(architecture(fielded("ngi", 60, values=unlearned)), today)

    assert set(phases) == {"replenishment", "operations", "disposal"}
    assert phases["replenishment"] == pytest.approx(20 * 111e6 * 1.3074 / 1.091, rel=1e-9)
    assert by_phase(grown)["procurement"] == pytest.approx(40 * 111e6 * 1.3074 / 1.091, rel=1e-9)
    assert "development" not in by_phase(grown)


def test_what_is_only_planned_is_not_paid_for():
    today = architecture(fielded("ngi", 20, in_service=2030), name="today")

    assert {"development", "procurement"} <= set(by_phase(CostModel(CATALOG).of(today, today)))


def test_development_is_paid_once():
    model = CostModel(CATALOG)

    assert by_phase(model.of(architecture(fielded("ngi", 10), fielded("ngi", 50))))[
        "development"
    ] == pytest.approx(13.1e9 * 1.3074 / 1.091, rel=1e-9)


def test_runs_at_other_values_share_development_and_what_stands():
    other = {"unit_cost": exact("ngi", "unit_cost", 90e6, "usd", 2026)}
    today = architecture(fielded("ngi", 6), fielded("ngi", 2, values=other), name="today")
    model = CostModel(CATALOG)

    assert "procurement" not in by_phase(model.of(today, today))
    assert by_phase(model.of(today))["development"] == pytest.approx(
        13.1e9 * 1.3074 / 1.091, rel=1e-9
    )


def test_rows_are_one_for_each_element_phase_and_scope():
    cost = CostModel(CATALOG).of(
        architecture(
            fielded("thaad", 96), fielded("thaad", 48), fielded("thaad", 48, in_cbo_scope=False)
        )
    )

    keys = [(row.element, row.phase, row.in_cbo_scope) for row in cost.rows]
    assert len(keys) == len(set(keys))
    counts = {row.in_cbo_scope: row.count for row in cost.rows if row.phase == "procurement"}
    assert counts == {True: 144, False: 48}


def test_site_is_built_at_each_new_place_alone():
    here, there = (CATALOG.place(name) for name in list(CATALOG.places)[:2])
    today = architecture(fielded("lrdr", 1, sites=[(here, 1)]), name="today")
    more = architecture(fielded("lrdr", 3, sites=[(here, 1), (there, 2)]))

    cost = CostModel(CATALOG).of(more, today)

    built = {row.phase: row.count for row in cost.rows}
    assert (built["construction"], built["procurement"]) == (1, 2)


def test_quantiles_are_ordered_and_the_sum_of_lows_is_not_the_low_of_the_sum():
    cost = CostModel(CATALOG).of(architecture(fielded("sbi", 1_300), fielded("ngi", 60)))
    whole = total(cost)

    assert all(row.low_usd <= row.mode_usd <= row.high_usd for row in cost.rows)
    assert whole.low_usd <= whole.p50_usd <= whole.p80_usd <= whole.high_usd
    assert whole.low_usd > sum(row.low_usd for row in cost.rows)
    assert whole.high_usd < sum(row.high_usd for row in cost.rows)


def test_difference_takes_common_luck_off():
    model = CostModel(CATALOG)
    small = model.of(architecture(fielded("sbi", 1_300), name="small"))
    large = model.of(architecture(fielded("sbi", 1_300), fielded("thaad", 96), name="large"))

    extra = total(large, above=small)
    thaad = total(model.of(architecture(fielded("thaad", 96))))

    assert (extra.above, extra.mode_usd) == ("small", pytest.approx(thaad.mode_usd, rel=1e-9))
    assert extra.high_usd == pytest.approx(thaad.high_usd, rel=1e-9)


def test_totals_by_phase_and_scope_add_up():
    model = CostModel(CATALOG)
    cost = model.of(architecture(fielded("ngi", 60), fielded("gpi", 24, in_cbo_scope=False)))

    acquisition = total(cost, phases=ACQUISITION).mode_usd
    operations = total(cost, phases=("operations", "disposal")).mode_usd
    inside, outside = (total(cost, in_cbo_scope=scope).mode_usd for scope in (True, False))

    whole = total(cost).mode_usd
    assert acquisition + operations == pytest.approx(whole, rel=1e-12)
    assert inside + outside == pytest.approx(whole, rel=1e-12)
    assert outside > 0.0


def test_past_growth_raises_what_is_still_to_be_bought():
    new, old = fielded("ngi", 60), fielded("thaad", 96)
    plain = CostModel(CATALOG)
    grown = plain.grown()

    for phase in ("development", "procurement"):
        factor = past_growth("ngi", "interceptor", phase, CATALOG.items)[0].mode
        assert by_phase(grown.of(architecture(new)))[phase] == pytest.approx(
            factor * by_phase(plain.of(architecture(new)))[phase], rel=1e-12
        )
    for kept in ("operations", "disposal"):
        assert by_phase(grown.of(architecture(new)))[kept] == pytest.approx(
            by_phase(plain.of(architecture(new)))[kept], rel=1e-12
        )
    bought = CATALOG.value("thaad", "cost_growth_left").mode
    assert bought == 0.0
    assert by_phase(grown.of(architecture(old))) == by_phase(plain.of(architecture(old)))


def test_growth_widens_the_range_and_each_program_grows_on_its_own():
    model = CostModel(CATALOG, draws=2_000)
    both = architecture(fielded("ngi", 60), fielded("gpi", 60))

    plain, grown = (total(one.of(both)) for one in (model, model.grown()))

    assert grown.high_usd - grown.low_usd > plain.high_usd - plain.low_usd
    assert grown.p80_usd > grown.p50_usd > plain.p50_usd
    assert {("ngi", "growth_of_procurement"), ("gpi", "growth_of_procurement")} <= set(model.drawn)
    assert ("cost_growth", "procurement") in model.used


@pytest.mark.oracle("price x (rate over usual rate) ** log2(slope)")
def test_a_line_of_its_own_is_dearer_where_few_are_built_a_year():
    model = CostModel(CATALOG)
    slow = by_phase(model.of(architecture(fielded("ngi", 16, in_service=2030))))
    at_once = by_phase(model.of(architecture(fielded("ngi", 16, in_service=2026))))

    usual = CATALOG.value("ngi", "production_rate").mode
    slope = CATALOG.value("cost_model", "rate_slope").mode
    assert slow["procurement"] == pytest.approx(
        at_once["procurement"] * (4.0 / usual) ** np.log2(slope), rel=1e-12
    )
    assert slow["operations"] == at_once["operations"]


def test_a_line_that_runs_already_gains_by_more():
    model = CostModel(CATALOG)
    later = by_phase(model.of(architecture(fielded("thaad", 96, in_service=2030))))
    at_once = by_phase(model.of(architecture(fielded("thaad", 96, in_service=2026))))

    assert 0.95 * at_once["procurement"] < later["procurement"] < at_once["procurement"]


def test_who_owns_an_element_pays_for_it():
    model = CostModel(CATALOG)
    cost = model.of(architecture(fielded("thaad", 96), fielded("thaad", 48, nation="JP")))

    whole, ours, theirs = (total(cost, nation=nation).mode_usd for nation in (None, "US", "JP"))

    assert ours + theirs == pytest.approx(whole, abs=0.01)  # a cent
    assert theirs == pytest.approx(whole / 3, rel=1e-12)
    assert {row.nation for row in cost.rows} == {"US", "JP"}


def test_rows_sum_to_the_total_to_the_cent():
    elements = [fielded(use, 40) for use in ("sbi", "ngi", "thaad", "t1_tracking", "lrdr", "e7")]
    cost = CostModel(CATALOG).of(architecture(*elements))

    assert sum(row.mode_usd for row in cost.rows) == pytest.approx(total(cost).mode_usd, abs=0.01)
    parts = [summed(cost, phases=[phase]) for phase in {row.phase for row in cost.rows}]
    assert sum(parts) == pytest.approx(summed(cost), abs=0.01)


@pytest.mark.oracle("numpy.quantile")
def test_quantiles_are_those_of_the_draws():
    draws = np.array([5.0, 1.0, 4.0, 2.5, 9.0, 7.0])
    shares = (0.0, 0.05, 0.5, 0.8, 1.0)

    assert quantiles(draws, shares) == pytest.approx(np.quantile(draws, shares), rel=1e-12)


def test_life_of_zero_is_refused():
    values = {"service_life": exact("t1_tracking", "service_life", 0.0, "year")}

    with pytest.raises(DomainError, match="is no life"):
        CostModel(CATALOG).of(architecture(fielded("t1_tracking", 28, values=values)))


@pytest.mark.parametrize("slope", [0.45, 1.05])
def test_learning_out_of_bounds_is_refused(slope):
    values = {"learning_slope": exact("ngi", "learning_slope", slope, "1")}

    with pytest.raises(DomainError, match="no learning"):
        CostModel(CATALOG).of(architecture(fielded("ngi", 28, values=values)))


def test_what_has_no_price_is_named():
    bare = replace(fielded("t1_tracking", 28), values={})

    assert CostModel(CATALOG).of(architecture(bare)).gaps == (
        "t1_tracking: no price",
        "t1_tracking: no mass, so no launch",
        "t1_tracking: no operations cost",
    )


def test_money_without_a_year_is_refused():
    values = {"unit_cost": exact("ngi", "unit_cost", 50e6, "usd")}

    with pytest.raises(DomainError, match="dollar year"):
        CostModel(CATALOG).of(architecture(fielded("ngi", 20, values=values)))


def test_unit_heavier_than_the_launcher_is_refused():
    launch = CATALOG.item("launch")
    payload = exact("launch", "launcher_payload", 500.0, "kg")
    with_launcher = replace(launch, values={**launch.values, "launcher_payload": payload})
    catalog = replace(CATALOG, items={**CATALOG.items, "launch": with_launcher})

    with pytest.raises(DomainError, match="heavier than"):
        CostModel(catalog).of(architecture(fielded("sbi", 100)))


def test_horizon_must_be_positive():
    with pytest.raises(DomainError, match="1 to 60 years"):
        CostModel(CATALOG, years=0)
