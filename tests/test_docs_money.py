"""Every figure that the pages on cost and budget print, against the program."""

import re
from pathlib import Path

import numpy as np
import pytest

from umbo.app.wording import money
from umbo.appraisal.cost import CostModel
from umbo.appraisal.funding import budget_money
from umbo.appraisal.growth import lognormal_range
from umbo.appraisal.inflation import price_index
from umbo.appraisal.learning import production_cost
from umbo.appraisal.topline import MOST_YEARS_LATER, PACES
from umbo.elements.catalog import load_catalog
from umbo.study.budget_asked import Asked
from umbo.study.budget_plan import CAPABILITY_YEARS
from umbo.study.budgeting import budget
from umbo.study.costing import CURVE, METHODS
from umbo.study.fought_by_year import PHASES
from umbo.study.load import load, resolve
from umbo.study.replicate import replicate

DOCS = Path(__file__).parent.parent / "docs" / "models"
COST, BUDGET = (" ".join((DOCS / f"{name}.md").read_text().split()) for name in ("cost", "budget"))
CATALOG = load_catalog()


def value(item, parameter):
    return CATALOG.value(item, parameter)


@pytest.fixture(scope="module")
def reference():
    return load("reference")


@pytest.fixture(scope="module")
def tables(reference):
    return budget(reference, CATALOG, Asked(draws=2))


def row_of(rows, **where):
    return next(row for row in rows if all(row[key] == v for key, v in where.items()))


def percent(share):
    return f"{100.0 * share:g} %"


def test_the_assumptions_of_the_cost_page_are_the_catalogue_s(reference):
    rate = value("cost_model", "rate_slope")
    told = f"{percent(rate.mode)} ({100 * rate.low:g} to {percent(rate.high)})"
    assert f"c = log2(rate slope), {told}, an assumption" in COST
    assert value("cost_model", "rate_most").mode == 2.0
    assert "Beyond twice the usual rate nothing more is gained" in COST
    within, between = (
        value("cost_model", f"correlation_{of}").mode for of in ("within", "between")
    )
    assert f"correlation {within:g} within an item and {between:g} between items" in COST
    assert f"horizon ({reference.horizon.years} years)" in COST
    assert f"{percent(CURVE[0])[:-2]} to {percent(CURVE[-1])}" in COST
    assert f"`--method {'|'.join(METHODS)}`" in COST
    assert "the index begins there, so CBO's 2002 figures are not rerun" in COST
    assert f"Money before FY{min(price_index())} cannot be converted" in COST


def test_past_growth_of_the_cost_page_is_what_is_drawn():
    found = re.search(
        r"development mean ([\d.]+) and deviation ([\d.]+), procurement ([\d.]+) and ([\d.]+)", COST
    )
    mean, deviation, bought, spread = map(float, found.groups())
    for phase, of in (("development", (mean, deviation)), ("procurement", (bought, spread))):
        row = value("cost_growth", phase)
        assert (row.low, row.mode, row.high) == pytest.approx(lognormal_range(*of), abs=1e-3)
    total = value("cost_growth_history", "rand_total").mode - 1.0
    assert f"the mean of {percent(round(total, 2))} in all, which was seen" in COST


def test_the_sum_of_units_is_as_near_as_the_cost_page_says():
    found = float(re.search(r"within ([\d.]+) % of the exact sum from a slope of 70 %", COST)[1])
    units = np.arange(1, 20_001)
    worst = 0.0
    for slope in np.linspace(0.70, 1.0, 31):
        exact = np.cumsum(units ** np.log2(slope))
        for n in (1, 2, 3, 5, 10, 30, 100, 1_000, 20_000):
            ours = float(production_cost(1.0, float(slope), 0, n, offset=0.5))
            worst = max(worst, abs(ours / exact[n - 1] - 1.0))
    assert 100.0 * worst <= found
    assert 100.0 * worst > found / 3.0


def test_what_the_cost_page_leaves_out_is_worth_what_it_says(reference):
    # Three later generations that go on learning, of three that each begin anew, at 90 %.
    units = np.arange(1, 4_001) ** np.log2(0.9)
    kept = units[1_000:].sum() / (3.0 * units[:1_000].sum())
    assert "a quarter off three later ones at 90 %" in COST
    assert 1.0 - kept == pytest.approx(0.25, abs=0.01)

    found = re.search(r"Rate effect on later generations: (\d+) % of `sbi` in `large`", COST)
    large = resolve(reference, CATALOG)["large"]
    today = resolve(reference, CATALOG)["today"]
    model = CostModel(CATALOG, start=2026, years=20, dollars_of=2026, draws=2, seed=1)
    rows = [row for row in model.of(large, today).rows if row.element == "sbi"]
    whole = sum(row.mode_usd for row in rows)
    later = sum(row.mode_usd for row in rows if row.phase == "replenishment")
    first = sum(one.count for one in large.elements if one.use == "sbi")
    life = value("sbi", "service_life").mode
    # Bought evenly to FY2036 at first, and one life long in each later generation.
    faster = (first / life) / (first / 10.0)
    most = value("cost_model", "rate_most").mode
    saved = 1.0 - min(faster, most) ** np.log2(value("cost_model", "rate_slope").mode)
    assert 100.0 * saved * later / whole == pytest.approx(float(found[1]), abs=1.0)


def test_the_tiers_of_aei_lie_where_the_cost_page_says():
    found = re.search(r"initial cost are (\d) to (\d) % above its totals", COST)
    ratios = re.search(r"its replenishment is ([\d.]+) to ([\d.]+) times", COST)
    verdicts = [one for one in replicate("aei") if one.case.startswith("aei-tiers")]
    above = [
        100.0 * (one.computed / one.published - 1.0)
        for one in verdicts
        if one.case.endswith("-total") and "midcourse" not in one.case
    ]
    assert float(found[1]) - 0.5 <= min(above) <= max(above) <= float(found[2]) + 0.5
    published = [
        one.published for one in verdicts if one.case in ("aei-tiers-boost", "aei-tiers-glide")
    ]
    assert (round(min(published), 2), round(max(published), 2)) == (
        float(ratios[1]),
        float(ratios[2]),
    )


def test_the_assumptions_of_the_budget_page_are_the_catalogue_s():
    assert f"cut at {percent(value('schedule_model', 'development_completion').mode)}" in BUDGET
    launch, building = (
        value("schedule_model", name).mode
        for name in ("launch_lead_time", "construction_lead_time")
    )
    assert f"launch, construction | {launch:g} and {building:g} years before" in BUDGET
    share = value("budget_model", "military_pay_share").mode
    assert f"{percent(share)} of crewed elements' is military pay" in BUDGET
    usual = value("budget_model", "continuing_resolution").mode
    assert f"({365.25 * usual:.0f} days on average, and a year)" in BUDGET
    assert f"begun 0 to {MOST_YEARS_LATER} years later" in BUDGET
    assert PACES == (1.0, 0.5, 0.25)
    assert "at all, half or a quarter of its pace" in BUDGET
    assert f"over {PHASES}" in BUDGET
    assert all(f"in {year}" in BUDGET for year in CAPABILITY_YEARS)
    growth = value("schedule_growth", "recommended").mode
    assert f"Past programs took {growth:g} times as long as planned" in BUDGET
    assert 10.0 * (growth - 1.0) == pytest.approx(3.5)
    assert "a date ten years out is late by three and a half" in BUDGET


def test_the_figures_of_the_reference_study_on_the_budget_page(tables):
    whole = row_of(tables["budget_total"], architecture="large")
    told = f"| {money(whole['authority_usd'])}; {money(whole['then_year_usd'])} |"
    assert f"in 2026 dollars; then-year {told}" in BUDGET
    orbit = row_of(tables["schedule"], architecture="large", element="sbi")
    assert f"| FY{whole['full_year']}; FY{orbit['full_year']} |" in BUDGET
    claim = row_of(tables["funding"], id="claim_185")
    assert f"beside a claim of {money(claim['amount_usd'])} |" in BUDGET
    assert f"| {money(claim['needed_above_baseline_then_usd'])} |" in BUDGET
    act = [one for one in budget_money() if one.status == "provided" and one.kind == "mandatory"]
    used = sum(row["used_usd"] or 0.0 for row in tables["funding"])
    assert f"of {money(sum(one.mode_usd for one in act))} | {money(used)} |" in BUDGET
    out = [row["element"] for row in tables["top_line_elements"] if not row["fits"]]
    elements = row_of(tables["capability"], architecture="large", fiscal_year=2028)["elements"]
    assert f"| {len(out)} of {elements} elements, interceptors in orbit among them |" in BUDGET
    assert "sbi" in out
    more = {row["case"]: row["then_year_more_usd"] for row in tables["stress"]}
    short, year = (
        money(more[f"continuing resolution of {length}"]) for length in ("4 months", "a year")
    )
    assert f"| {short} more; {year} more |" in BUDGET
    assert f"in the past | {money(more['cost growth as in the past'])} more |" in BUDGET
    lost = row_of(tables["thrown_away"], smaller="medium", larger="large")
    assert f"| {lost['units']:,} interceptors, bought for {money(lost['bought_usd'])} |" in BUDGET
