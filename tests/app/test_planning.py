"""Plan and authorities as a person meets them: commands, pages, a calendar."""

import json
import re
from datetime import date, timedelta
from html.parser import HTMLParser

import pytest

from umbo.app import cli
from umbo.app.calendar_file import calendar_text, fold
from umbo.study.answers import ANSWERS
from umbo.study.planning import bundled_plan, plan_tables, read_plan
from umbo.study.store import write_run

PLAN = """\
plan: 1
title: A plan <of> our own; with, signs
start: 2027-01-04
organisations: {office: {name: The office & others}}
tasks:
  dig: {title: "Dig, where it is soft; say ä ö ü", lead: office, duration: 10 day, due: 2027-01-20}
  rest: {title: Rest, lead: office, after: [dig], duration: 5 day, answers: [plan]}
"""


def run(monkeypatch, *arguments):
    monkeypatch.setattr("sys.argv", ["umbo", *map(str, arguments)])
    with pytest.raises(SystemExit) as done:
        cli.main()
    return done.value.code


@pytest.fixture
def plan(tmp_path):
    path = tmp_path / "plan.yaml"
    path.write_text(PLAN)
    return path


class Tags(HTMLParser):
    """Lists the tags that stay open and the addresses that a page names."""

    def __init__(self):
        super().__init__()
        self.open = []
        self.addresses = []

    def handle_starttag(self, tag, attrs):
        self.addresses += [value for key, value in attrs if key in {"src", "href"}]
        if tag not in {"meta", "br"}:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


def read_page(path):
    tags = Tags()
    tags.feed(path.read_text())
    assert tags.open == []
    return path.read_text(), tags.addresses


def test_the_command_tells_the_plan_and_writes_page_and_calendar(
    plan, tmp_path, monkeypatch, capsys
):
    page, ics = tmp_path / "a.html", tmp_path / "a.ics"

    assert (
        run(monkeypatch, "plan", plan, "--as-of", "2027-01-10", "--html", page, "--ics", ics) == 0
    )

    out, err = capsys.readouterr()
    assert "A plan <of> our own" in out
    assert "Without float: dig, then rest." in out
    assert f"Page: {page}" in err
    html, addresses = read_page(page)
    assert addresses == []
    assert "A plan &lt;of&gt; our own" in html
    assert ics.read_bytes().startswith(b"BEGIN:VCALENDAR\r\n")


def test_the_reference_study_has_its_evidence_and_its_events(monkeypatch, capsys):
    assert run(monkeypatch, "plan", "reference", "--as-of", "2026-01-01", "--json") == 0

    tables = json.loads(capsys.readouterr().out)["tables"]
    assert {row["answer"] for row in tables["answers"]} == set(ANSWERS)
    assert {row["task"] for row in tables["evidence"]} == {row["task"] for row in tables["plan"]}
    states = {row["answer"]: row["state"] for row in tables["evidence"]}
    assert set(states.values()) == {"to be run"}
    assert tables["plan_events"][-1]["date"] <= "2026-01-01"


def test_a_run_is_linked_as_evidence(plan, tmp_path, monkeypatch, capsys):
    folder, page = tmp_path / "runs" / "one", tmp_path / "pages" / "plan.html"
    page.parent.mkdir()
    rows = {table: [{"task": "a"}] for table in ANSWERS["plan"].tables}
    write_run(folder, rows, "umbo: 1", {})

    assert run(monkeypatch, "plan", plan, "--run", folder, "--html", page) == 0

    assert "held" in capsys.readouterr().out
    assert read_page(page)[1] == ["../runs/one/report.html#plan"]


def test_what_a_command_printed_is_evidence_beside_a_run(tmp_path, monkeypatch, capsys):
    folder, document = tmp_path / "one", tmp_path / "sensors.json"
    write_run(folder, {t: [{"a": 1}] for t in ANSWERS["architectures"].tables}, "umbo: 1", {})
    held = {table: [{"a": 1}] for table in ANSWERS["tracking_layer"].tables}
    document.write_text(json.dumps({"tables": held}))
    options = ("--run", folder, "--run", document, "--json")

    assert run(monkeypatch, "plan", "reference", *options) == 0

    rows = json.loads(capsys.readouterr().out)["tables"]["evidence"]
    links = {row["answer"]: row["link"] for row in rows if row["state"] == "held"}
    assert links["tracking_layer"] == str(document)
    assert links["architectures"] == f"{folder}/report.html#compare"
    assert {row["state"] for row in rows} == {"held", "partly held", "to be run"}


@pytest.mark.parametrize(
    ("text", "code", "told"),
    [(None, 1, "cannot be read"), ("{}", 2, "--json"), ("no", 2, "--json")],
)
def test_a_document_that_holds_no_tables_is_told(text, code, told, tmp_path, monkeypatch, capsys):
    document = tmp_path / "none.json"
    if text is not None:
        document.write_text(text)
    assert run(monkeypatch, "plan", "reference", "--run", document) == code
    assert told in capsys.readouterr().err


def test_a_late_task_tells_what_it_moves(plan, monkeypatch, capsys):
    assert run(monkeypatch, "plan", plan, "--late", "dig=7", "--json") == 0

    tables = json.loads(capsys.readouterr().out)["tables"]
    assert [(row["task"], row["delay_days"], row["misses_due"]) for row in tables["delays"]] == [
        ("dig", 7.0, True),
        ("rest", 7.0, False),
    ]


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (["--html", "a.txt"], "end its name so"),
        (["--ics", "a.html"], "end its name so"),
        (["--as-of", "March"], "is not a day; write one such as 2025-03-15"),
        (["--late", "dug=3"], "did you mean 'dig'"),
        (["--late", "dig"], "write a task and days, such as dig=14"),
    ],
)
def test_a_wrong_option_is_told_with_2(options, told, plan, monkeypatch, capsys):
    assert run(monkeypatch, "plan", plan, *options) == 2

    out, err = capsys.readouterr()
    assert out == ""
    assert told in err


def test_a_wrong_plan_is_told_with_its_line_and_2(plan, monkeypatch, capsys):
    plan.write_text(PLAN.replace("after: [dig]", "after: [rest]"))

    assert run(monkeypatch, "plan", plan) == 2

    assert "line 7" in capsys.readouterr().err


def test_a_run_that_is_not_there_is_told_with_1(plan, monkeypatch, capsys):
    assert run(monkeypatch, "plan", plan, "--run", plan.parent / "none") == 1

    assert "there is no run folder" in capsys.readouterr().err


def unfolded(text):
    return text.replace("\r\n ", "").split("\r\n")


def test_the_calendar_keeps_the_rules_of_rfc_5545():
    text = calendar_text(plan_tables(bundled_plan(), date(2025, 3, 1)))

    assert text.endswith("END:VCALENDAR\r\n")
    assert "\n" not in text.replace("\r\n", "")
    assert max(len(line.encode()) for line in text.split("\r\n")) <= 75
    lines = unfolded(text)
    assert lines.count("BEGIN:VEVENT") == lines.count("END:VEVENT") == 13  # 12 tasks, the clock
    uids = [line for line in lines if line.startswith("UID:")]
    assert len(set(uids)) == len(uids) == 13
    assert all(re.fullmatch(r"DTSTAMP:\d{8}T\d{6}Z", one) for one in lines if "DTSTAMP" in one)
    assert "DTSTART;VALUE=DATE:20250311" in lines  # mid-March, all its days
    assert "DTEND;VALUE=DATE:20250321" in lines
    assert lines[:3] == ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Umbo//Action plan//EN"]


def test_the_same_plan_gives_the_same_calendar_and_a_moved_date_the_same_event():
    first = calendar_text(plan_tables(read_plan(PLAN)))
    moved = calendar_text(plan_tables(read_plan(PLAN.replace("2027-01-20", "2027-01-25"))))

    assert first == calendar_text(plan_tables(read_plan(PLAN)))
    assert [one for one in unfolded(first) if "UID" in one] == [
        one for one in unfolded(moved) if "UID" in one
    ]
    assert first != moved


def test_what_has_a_meaning_in_a_calendar_is_escaped():
    lines = unfolded(calendar_text(plan_tables(read_plan(PLAN))))

    assert "SUMMARY:Dig\\, where it is soft\\; say ä ö ü (due)" in lines
    assert "X-WR-CALNAME:A plan <of> our own\\; with\\, signs" in lines


def test_a_line_is_never_folded_inside_a_character():
    text = "ä" * 200

    parts = fold(text).split("\r\n")

    assert "".join([parts[0], *(part[1:] for part in parts[1:])]) == text
    assert max(len(part.encode()) for part in parts) <= 75


def test_authorities_are_told_by_architecture(tmp_path, monkeypatch, capsys):
    page = tmp_path / "a.html"
    only = ["--architecture", "medium", "--html", page]

    assert run(monkeypatch, "authorities", "reference", *only) == 0

    out = capsys.readouterr().out
    assert out.startswith("medium: of ")
    assert "haste buys" in out
    assert "Environmental review" in out
    html, addresses = read_page(page)
    assert addresses == []
    assert not re.search(r"\b(nan|inf)\b", html)


def test_seeking_later_delays_more(monkeypatch, capsys):
    def delay(*options):
        assert run(monkeypatch, "authorities", "reference", "--json", *options) == 0
        tables = json.loads(capsys.readouterr().out)["tables"]
        return {row["architecture"]: row["delay_mean_usd"] for row in tables["gates_total"]}

    soon, late = delay("--start", "2025-10-01"), delay("--start", "2027-10-01")

    assert soon == delay()
    assert late["small"] > soon["small"]


def test_the_register_is_listed(monkeypatch, capsys):
    assert run(monkeypatch, "authorities", "--register", "--json") == 0

    rows = json.loads(capsys.readouterr().out)["tables"]["register"]
    assert len(rows) > 25
    assert all(row["source"] and row["owner"] for row in rows)


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (["--architecture", "meduim"], "did you mean 'medium'"),
        (["--start", "soon"], "is not a day"),
        (["--html", "a"], "end its name so"),
    ],
)
def test_a_wrong_question_is_told_with_2(options, told, monkeypatch, capsys):
    assert run(monkeypatch, "authorities", "reference", *options) == 2

    assert told in capsys.readouterr().err


def test_every_command_of_an_answer_that_is_there_has_an_example():
    names = cli._commands()

    assert {"plan", "authorities", "run", "sensors", "catalog"} <= set(names)
    for answer in ANSWERS.values():
        for command in answer.commands:
            assert re.fullmatch(r"[a-z]+( STUDY| RUN)?( --[a-z-]+)?", command)


@pytest.mark.parametrize("command", ["plan", "authorities"])
def test_help_has_examples(command, monkeypatch, capsys):
    assert run(monkeypatch, command, "--help") == 0
    assert f"\n    umbo {command}" in capsys.readouterr().out


def test_the_page_marks_the_clock_and_the_day():
    from umbo.app.gantt import gantt

    tables = plan_tables(bundled_plan(), date(2025, 3, 1))
    drawn = gantt(tables["plan"], tables["plan_about"][0])
    later = plan_tables(bundled_plan(), date(2025, 3, 1) + timedelta(days=3650))

    assert 'class="clock"' in drawn
    assert 'class="now"' in drawn
    assert 'class="now"' not in gantt(later["plan"], later["plan_about"][0])
