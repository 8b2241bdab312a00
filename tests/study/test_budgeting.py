"""What a study's budget and schedule are, through the functions of the command."""

from collections import defaultdict

import pytest

from umbo.appraisal.schedule import standing_in
from umbo.elements.catalog import load_catalog
from umbo.errors import DomainError, StudyError, UnknownNameError
from umbo.study.budget_asked import Asked, chosen_of, read_day, read_gate, read_stress
from umbo.study.budget_plan import plan
from umbo.study.budgeting import budget
from umbo.study.load import load, read_study
from umbo.study.top_lines import read_top_line

CATALOG = load_catalog()
STUDY = """
umbo: 1
title: A shield that grows
horizon: {from: FY2026, years: 20}
raids:
  one: [{missile: icbm_solid, count: 1, from: nk_interior, at: chicago}]
architectures:
  today: {elements: [{use: gbi, count: 44, at: greely}]}
  few:
    like: today
    add: [{use: ngi, count: 20, at: greely, in_service: FY2030}]
  many:
    like: few
    add:
      - {use: aegis_ashore, count: 1, at: shariki, in_service: FY2032}
      - {use: t3_tracking, count: 72, in_service: FY2031}
"""


@pytest.fixture(scope="module")
def study():
    return read_study(STUDY)


@pytest.fixture(scope="module")
def tables(study):
    return budget(study, CATALOG, Asked(draws=200))


def cents(rows, *keys, column="authority_usd"):
    sums = defaultdict(int)
    for row in rows:
        sums[tuple(row[key] for key in keys)] += round(row[column] * 100)
    return dict(sums)


@pytest.mark.parametrize(
    "column",
    ["authority_usd", "then_year_usd", "mandatory_then_usd", "outlays_then_usd"],
)
def test_every_view_sums_to_the_same_cent(tables, column):
    by_year = cents(tables["budget_year"], "architecture", column=column)

    assert cents(tables["budget"], "architecture", column=column) == by_year
    if column != "mandatory_then_usd":
        assert cents(tables["budget_total"], "architecture", column=column) == by_year


@pytest.mark.oracle("the cost model, which knows no years")
def test_budget_is_the_cost_to_the_cent(tables):
    for row in tables["budget_total"]:
        assert round(row["authority_usd"] * 100) == round(row["cost_usd"] * 100)
        assert round(row["outlays_then_usd"] * 100) == round(row["then_year_usd"] * 100)


def test_mandatory_and_discretionary_are_the_whole(tables):
    for row in tables["budget"]:
        parts = row["mandatory_then_usd"] + row["discretionary_then_usd"]
        assert parts == pytest.approx(row["then_year_usd"], abs=0.005)  # half a cent
        assert row["mandatory_then_usd"] >= 0.0


def test_then_year_is_constant_when_deflators_are_one(study):
    planned = plan(study, CATALOG, draws=2)
    from umbo.appraisal.budget import BudgetModel

    model = BudgetModel(planned.scheduler, years=study.horizon.years)
    flat = model.of(
        planned.costs["many"],
        planned.architectures["many"],
        planned.schedules["many"],
        then_year=lambda title, year, dollars_of: 1.0,
    )

    assert flat.then_cents.tolist() == flat.authority_cents.tolist()


def test_no_date_lies_before_development_ends(tables):
    for row in tables["schedule"]:
        if row["development_end"] and row["initial_year"]:
            assert row["initial_year"] >= row["development_end"] - 1e-6
        assert row["full_year"] is None or row["full_year"] >= row["initial_year"]


def test_every_date_has_a_range_that_holds_it(tables):
    far = 9999
    for row in [*tables["schedule"], *tables["budget_total"]]:
        for which in ("initial", "full") if "element" in row else ("full",):
            low, mode, high = (row[f"{which}_{end}"] or far for end in ("low", "year", "high"))
            assert low <= mode <= high
    assert any(row["full_low"] < row["full_high"] for row in tables["budget_total"])


def test_the_budget_calendar_is_told_of_the_study_s_first_day(tables):
    assert {row["decided"] for row in tables["calendar"]} == {"2025-10-01"}
    assert all(row["deadline"] >= row["decided"] for row in tables["calendar"])


def test_a_date_before_development_ends_is_told(study):
    hasty = STUDY.replace("in_service: FY2030", "in_service: FY2027")

    rows = budget(read_study(hasty), CATALOG, Asked(draws=2))["schedule"]

    row = next(r for r in rows if (r["architecture"], r["element"]) == ("many", "ngi"))
    assert row["before_development_ends"]
    assert row["slip_years"] > 0


def fielded(planned, name, use):
    return planned.schedules[name].fieldings[use]


@pytest.mark.parametrize("years", [2, 5])
def test_a_gate_moves_fielding_budget_and_what_stands_by_its_years(study, years):
    def bought(of):
        line = of.budgets["many"].by("element", "phase")["aegis_ashore", "procurement"]
        return [int(y) for y, c in zip(of.budgets["many"].years, line, strict=True) if c]

    free = plan(study, CATALOG, draws=2, not_before={"aegis_ashore": 2030.0})
    held = plan(study, CATALOG, draws=2, not_before={"aegis_ashore": 2030.0 + years})

    before, after = (fielded(one, "many", "aegis_ashore").full for one in (free, held))
    assert after - before == years
    assert [year + years for year in bought(free)] == bought(held)
    for one, full in ((free, before), (held, after)):
        for year, there in ((full - 1, False), (full, True)):
            stands = standing_in(one.architectures["many"], one.schedules["many"], year)
            assert ("aegis_ashore" in {e.use for e in stands.elements}) == there


def test_authorities_gate_a_schedule_where_asked_or_where_the_study_says_so(study):
    from umbo.appraisal.gates import building_gates
    from umbo.elements.register import load_register
    from umbo.study.load import sought_from

    gating = read_study(STUDY.replace("title:", "authorities: gate\ntitle:", 1))
    free = plan(study, CATALOG, draws=2)
    asked = plan(study, CATALOG, draws=2, gated=True)
    said = plan(gating, CATALOG, draws=2)

    gates = building_gates(
        free.architectures["many"], load_register(), sought_from(study), free.architectures["today"]
    )
    assert gates
    for use, year in gates.items():
        assert fielded(free, "many", use).program.begins == 2026.0
        assert fielded(asked, "many", use).program.begins == pytest.approx(year, abs=1e-9)
        assert fielded(said, "many", use).program.begins == pytest.approx(year, abs=1e-9)


def test_a_year_of_continuing_resolution_delays_and_costs_more(tables):
    rows = {row["case"]: row for row in tables["stress"]}

    planned, year = rows["as planned"], rows["continuing resolution of a year"]
    assert year["authority_usd"] == planned["authority_usd"]
    assert year["then_year_usd"] > planned["then_year_usd"]
    assert year["full_year"] >= planned["full_year"]
    assert rows["cost growth as in the past"]["authority_usd"] > planned["authority_usd"]


def test_a_top_line_delays_and_is_never_passed(study, tables):
    wanted = max(r["then_year_usd"] for r in tables["budget_year"] if r["architecture"] == "many")
    line = f"{0.6 * wanted / 1e9:.3f} busd then-year"

    fitted = budget(study, CATALOG, Asked(draws=2, top_line=line, stress=()))

    for row in fitted["top_line"]:
        assert row["fitted_then_usd"] <= row["top_line_then_usd"] + 1.0
    assert any(row["over_then_usd"] > 0 for row in fitted["top_line"])
    moved = [
        row
        for row in fitted["top_line_elements"]
        if not row["fits"] or row["later_years"] or row["pace"] != 1.0
    ]
    assert moved
    for row in moved:
        assert not row["fits"] or row["full_after"] >= row["full_before"]


def test_a_top_line_above_all_moves_nothing(study):
    fitted = budget(study, CATALOG, Asked(draws=2, top_line="999 busd then-year", stress=()))

    assert all(
        row["fits"] and not row["later_years"] and row["pace"] == 1.0
        for row in fitted["top_line_elements"]
    )


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("top_line: 25 busd", r"line 3, column 11 \(top_line\).*dollars of which year"),
        ("top_line: claim_158", r"line 3, column 11.*did you mean 'claim_185'"),
        ("top_line: 1 musd of 2026", r"line 3, column 11.*is below the .* give at least"),
    ],
)
def test_a_wrong_top_line_of_a_study_is_told_with_its_place(line, told):
    text = STUDY.replace("title:", f"{line}\ntitle:", 1)
    with pytest.raises(StudyError, match=told):
        budget(read_study(text), CATALOG, Asked(draws=2))


def test_a_study_s_own_top_line_is_fitted(tables):
    limit = "25 busd of 2026"
    own = budget(
        read_study(STUDY.replace("title:", f"top_line: {limit}\ntitle:", 1)),
        CATALOG,
        Asked(draws=200),
    )
    asked = budget(read_study(STUDY), CATALOG, Asked(draws=200, top_line=limit))

    assert "top_line" not in tables
    assert own["top_line"] == asked["top_line"]
    assert own["top_line_elements"] == asked["top_line_elements"]


def test_a_top_line_below_what_is_committed_is_refused(study):
    with pytest.raises(DomainError, match=r"below the .* that what stands today costs"):
        budget(study, CATALOG, Asked(draws=2, top_line="0.001 busd of 2026", stress=()))


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("25 busd", "dollars of which year"),
        ("25", "dollars of which year|no top line"),
        ("-3 busd then-year", "below nothing"),
        ("claim_186", "claim_185"),
        ("25 tons then-year", "unit"),
    ],
)
def test_a_top_line_that_cannot_be_read_is_refused(text, told):
    with pytest.raises(StudyError, match=told):
        read_top_line(text, 2026)


def test_gates_days_and_stress_that_cannot_be_read_are_refused(study):
    with pytest.raises(StudyError, match="is not a day"):
        read_day("soon", "--decided")
    with pytest.raises(StudyError, match="is not a day"):
        read_gate("sbi=whenever")
    with pytest.raises(UnknownNameError, match="no stress"):
        read_stress("panic")
    with pytest.raises(UnknownNameError, match="no element of the study"):
        budget(study, CATALOG, Asked(draws=2, not_before={"gbx": 2030.0}))
    with pytest.raises(UnknownNameError, match="no architecture is named 'fex'"):
        budget(study, CATALOG, Asked(draws=2, architecture="fex"))
    with pytest.raises(DomainError, match="give a fiscal year"):
        budget(study, CATALOG, Asked(draws=2, not_before={"ngi": 28.0}))


def test_every_input_has_a_source_that_is_listed(tables):
    listed = {row["id"] for row in tables["sources"]}

    for row in (*tables["inputs"], *tables["deflators"], *tables["spend_out"], *tables["funding"]):
        assert set(str(row["source"]).split()) <= listed


def test_growing_buys_what_is_kept_once(tables):
    for row in tables["growing"]:
        extra = row["grown_usd"] - row["outright_usd"]
        assert extra >= -0.01
        assert row["grown_full"] is None or row["grown_full"] >= row["smaller_full"]


def test_the_selected_architecture_is_planned_for_or_the_last():
    chosen = "selected: {architecture: few, reason: it is enough}\ntitle:"

    assert chosen_of(read_study(STUDY), "") == "many"
    assert chosen_of(read_study(STUDY.replace("title:", chosen, 1)), "") == "few"
    assert chosen_of(load("reference"), "medium") == "medium"


def test_what_another_nation_owns_is_in_no_budget_of_ours():
    text = STUDY.replace("use: ngi", "use: ngi, nation: JP")
    assert text != STUDY
    ours, theirs = (budget(read_study(one), CATALOG, Asked(draws=2)) for one in (STUDY, text))

    whole, without = (
        {row["architecture"]: row for row in tables["budget_total"]} for tables in (ours, theirs)
    )
    for name, row in without.items():
        assert row["authority_usd"] == row["cost_usd"]
        assert row["authority_usd"] + row["others_usd"] == pytest.approx(
            whole[name]["authority_usd"],
            abs=0.05,  # cents of rows
        )
    assert any(row["others_usd"] > 1e9 for row in without.values())
    assert not any(row["element"] == "ngi" for row in theirs["budget"])
