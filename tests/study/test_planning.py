"""Plans as files: what is read, what is refused, and what is evidence."""

import dataclasses
from datetime import date
from importlib import import_module

import pytest

from umbo.elements.catalog import load_catalog
from umbo.errors import StudyError, UnknownNameError
from umbo.study.answers import ANSWERS
from umbo.study.gating import authority_tables
from umbo.study.load import load
from umbo.study.planning import bundled_plan, evidence, load_plan, plan_tables, read_plan

PLAN = """\
plan: 1
title: A plan of our own
start: 2027-01-04
clock: {days: 30}
organisations:
  office: {name: The office}
  other: {name: The other one}
tasks:
  dig:
    title: Dig
    lead: office
    duration: 10 day (5 day to 20 day)
    due: 2027-01-20
  build:
    title: Build
    lead: other
    supports: [office]
    after: [dig]
    duration: 20 day
    due: 2027-02-15
    answers: [architectures]
"""
WRONG = {
    "a circle": (
        "    duration: 10 day",
        "    after: [build]\n    duration: 10 day",
        "dig -> build -> dig",
    ),
    "itself": ("after: [dig]", "after: [build]", "build -> build"),
    "no owner": ("    lead: office\n", "", "line 9, column 3 (tasks.dig): has no owner"),
    "an unknown owner": (
        "lead: other",
        "lead: ofice",
        "line 16, column 11 (tasks.build.lead): no "
        "organisation is named 'ofice'; did you mean 'office'?",
    ),
    "an unknown task": (
        "after: [dig]",
        "after: [dug]",
        "no task is named 'dug'; did you mean 'dig'?",
    ),
    "an unknown deliverable": (
        "[architectures]",
        "[architecture]",
        "did you mean 'architectures'?",
    ),
    "due before the plan": ("due: 2027-01-20", "due: 2026-12-20", "line 13, column 10"),
    "due before its start": (
        "due: 2027-02-15",
        "start: 2027-03-01\n    due: 2027-02-15",
        "before the task",
    ),
    "no date": ("due: 2027-01-20", "due: 2027-02-30", "is no day that there is"),
    "no length": ("20 day\n", "20\n", "is not a duration; write '20 day'"),
    "less than nothing": ("duration: 20 day", "duration: -2 day", "is negative"),
    "an unknown key": ("supports:", "suports:", "did you mean 'supports'?"),
    "no tasks": (PLAN[PLAN.index("tasks:") :], "", "'tasks' is missing"),
}


@pytest.mark.parametrize("case", WRONG)
def test_what_is_wrong_is_told_with_its_place(case):
    old, new, told = WRONG[case]
    assert old in PLAN

    with pytest.raises(StudyError, match=r"mine\.yaml, line \d+, column \d+") as error:
        read_plan(PLAN.replace(old, new, 1), "mine.yaml")

    assert told in str(error.value)
    assert error.value.exit_code == 2


def test_several_faults_are_told_together():
    text = PLAN.replace("lead: other", "lead: nobody").replace("[architectures]", "[nothing]")

    with pytest.raises(UnknownNameError) as error:
        read_plan(text)

    assert len(str(error.value).splitlines()) == 2


def test_a_plan_of_ones_own_is_read_like_the_bundled_one(tmp_path):
    path = tmp_path / "mine.yaml"
    path.write_text(PLAN)

    tables = plan_tables(load_plan(path), date(2027, 1, 10))

    assert [row["early_finish"] for row in tables["plan"]] == ["2027-01-14", "2027-02-03"]
    assert [row["on_clock"] for row in tables["plan"]] == ["inside", "outside"]
    assert [row["state"] for row in tables["plan"]] == ["under way", "waiting"]
    assert tables["plan_about"][0]["clock_ends"] == "2027-02-03"


def test_a_study_has_the_bundled_plan():
    assert load_plan("reference") == bundled_plan()


@pytest.mark.oracle("the draft plan as reported (incisivnational.ro, after Breaking Defense, 2025)")
def test_the_bundled_plan_is_the_one_reported():
    rows = {row["label"]: row for row in plan_tables(bundled_plan())["plan"]}

    assert rows["P1-1"]["due"] == "2025-02-28"
    assert rows["P1-1"]["lead_name"] == "Chairman of the Joint Chiefs of Staff"
    assert rows["P1-3"]["lead_name"] == "Chief of Space Operations"
    assert [rows["P2-5"][key] for key in ("due", "on_clock")] == ["2025-05-15", "outside"]
    assert [label for label, row in rows.items() if row["lead"] == "not_reported"] == [
        f"P2-{i}" for i in range(1, 5)
    ]
    assert {row["phase"] for row in rows.values()} == {1, 2}
    assert [person.name for person in bundled_plan().people if person.acting] == [
        *("Alexander Velez-Green", "John Hill")
    ]
    assert bundled_plan().status == "unsigned draft, as reported"


def test_what_is_not_reported_says_so():
    for task in bundled_plan().tasks.values():
        if task.due_is == "assumed":
            assert "due date" in task.note
    assert "ours" in bundled_plan().note


def test_every_source_of_the_plan_resolves():
    plan, known = bundled_plan(), load_catalog().sources
    parts = [plan, plan.clock, *plan.tasks.values(), *plan.events, *plan.people]

    for part in parts:
        assert part.source.split(), part
        assert [one for one in part.source.split() if one not in known] == []


def test_a_status_does_not_look_ahead():
    tables = plan_tables(bundled_plan(), date(2025, 2, 10))

    assert {row["state"] for row in tables["plan"]} == {"under way", "waiting"}
    assert max(row["date"] for row in tables["plan_events"]) <= "2025-02-10"


@pytest.mark.parametrize("name", ANSWERS)
def test_every_function_that_answers_is_there(name):
    for path in ANSWERS[name].functions:
        module, _, function = path.rpartition(".")
        assert callable(getattr(import_module(module), function))


@pytest.mark.parametrize("name", ANSWERS)
def test_every_deliverable_is_answered_or_says_what_lacks(name):
    answer = ANSWERS[name]

    assert answer.lacks or (answer.commands and answer.tables and answer.page and answer.sources)


def test_every_deliverable_is_evidence_of_some_task():
    used = {one for task in bundled_plan().tasks.values() for one in task.answers}

    assert used == set(ANSWERS)


def test_evidence_is_what_a_run_holds():
    plan = read_plan(PLAN)
    tables = ANSWERS["architectures"].tables

    def found(run, commands=("run",)):
        (row,) = evidence(plan, "my.yaml", commands, run, "runs/a")
        return row

    whole = found(dict.fromkeys(tables, 3))
    assert (whole["state"], whole["link"]) == ("held", "runs/a/report.html#compare")
    assert found({tables[0]: 3})["state"] == "partly held"
    assert found(dict.fromkeys(tables, 0))["state"] == "to be run"
    assert found(None)["command"] == "umbo run my.yaml"
    missing = found(None, commands=())
    assert (missing["state"], missing["missing"]) == (
        "missing",
        "the command umbo run, cost, compare",
    )
    assert dataclasses.is_dataclass(ANSWERS["plan"])


def test_authorities_of_the_reference_study_cost_days_and_dollars():
    tables = authority_tables(load("reference"), load_catalog())

    by_name = {row["architecture"]: row for row in tables["gates_total"]}
    cost = [by_name[name]["delay_mean_usd"] for name in ("today", "small", "medium", "large")]
    assert cost[0] == 0.0
    assert cost == sorted(cost)
    for row in tables["authorities"]:
        assert row["days_bought"] <= row["most_days"] + 1e-6
        assert row["bought_usd"] <= row["delay_mean_usd"] * (1.0 + 1e-9)
        assert row["delay_low_usd"] <= row["delay_high_usd"]
        assert row["source"]
    for row in tables["gates"]:
        assert row["gated"] >= row["in_service"]
        assert row["stands_p05"] <= row["stands_p95"]


def test_authorities_are_told_alike_whether_they_gate_or_not():
    study = load("reference")
    gated = study.model_copy(update={"authorities": "gate"}).with_origin(study.origin)

    assert authority_tables(gated, load_catalog()) == authority_tables(study, load_catalog())
