"""The sensing layer as a person meets it: command, tables and page."""

import json
import re
from html.parser import HTMLParser

import pytest

from umbo.app import cli, sensing, sensing_worth

STUDY = """
umbo: 1
title: A layer <of> two
raids:
  one: [{missile: icbm_solid, count: 1, from: nk_interior, at: chicago}]
architectures:
  few: {elements: [{use: gbi, count: 4, at: greely}, {use: t1_tracking, count: 28}]}
  many:
    like: few
    add: [{use: t3_tracking, count: 72, in_service: FY2028}, {use: t1_transport, count: 126}]
"""


def run(monkeypatch, *arguments):
    monkeypatch.setattr("sys.argv", ["umbo", *map(str, arguments)])
    with pytest.raises(SystemExit) as done:
        cli.main()
    return done.value.code


@pytest.fixture
def study(tmp_path):
    path = tmp_path / "study.yaml"
    path.write_text(STUDY)
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

    def handle_startendtag(self, tag, attrs):
        self.addresses += [value for key, value in attrs if key in {"src", "href"}]

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


def test_the_command_gives_tables_and_a_page_that_stands_alone(
    study, tmp_path, monkeypatch, capsys
):
    page = tmp_path / "sensors.html"
    folder = tmp_path / "tables"
    options = ["--year", "FY2026:FY2028", "--accelerate", 1, "--json", "--out", page]
    options += ["--tables", folder]

    assert run(monkeypatch, "sensors", study, *options) == 0

    tables = json.loads(capsys.readouterr().out)["tables"]
    assert {
        *("assumptions", "coverage", "custody", "gain", "gaps", "inputs", "latency", "solutions"),
        *("sensing_leakage", "sensing_orders"),
    } == set(tables)
    many = {
        (row["program"], row["year"]): row["custody"]
        for row in tables["custody"]
        if row["architecture"] == "many"
    }
    assert many["study", 2027] < many["study", 2028] == many["accelerated", 2027]
    html = page.read_text()
    tags = Tags()
    tags.feed(html)
    assert tags.open == []
    assert set(tags.addresses) == {"#coasts"}
    assert "&lt;of&gt;" in html
    assert "Acceleration buys most in FY2027: many gains" in html
    assert not re.search(r"\b(nan|inf)\b", html)
    assert "The layer a year earlier buys" in html
    assert "Switched off: leakage, FY2028" in html
    assert {path.stem for path in folder.glob("*.parquet")} == set(tables)


def test_the_terminal_says_the_answer_first(study, monkeypatch, capsys):
    assert run(monkeypatch, "sensors", study, "--year", "FY2028") == 0
    assert capsys.readouterr().out.startswith("The layer a year earlier buys ")
    options = ["--year", "FY2028", "--no-leakage", "--accelerate", 0]
    assert run(monkeypatch, "sensors", study, *options) == 0

    out = capsys.readouterr().out
    assert out.startswith("Held in stereo by the tracking layer in FY2028")
    assert "Latency from sensor to shooter" in out
    assert "nan" not in out


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (["--out", "a.svg"], "end its name so"),
        (["--year", "2028"], "is not a fiscal year"),
        (["--raid", "two"], "no raid is named 'two'"),
        (["--accelerate", "-1"], "greater than or equal to 0"),
    ],
)
def test_a_wrong_option_is_told_with_2(options, told, study, monkeypatch, capsys):
    assert run(monkeypatch, "sensors", study, *options) == 2

    out, err = capsys.readouterr()
    assert out == ""
    assert told in err


def test_help_has_examples(monkeypatch, capsys):
    assert run(monkeypatch, "sensors", "--help") == 0
    assert "\n    umbo sensors" in capsys.readouterr().out


def test_a_year_in_which_nothing_changes_is_left_out():
    rows = [
        {"architecture": "a", "raid": "r", "class": "c", "year": year, "custody": custody}
        for year, custody in ((2026, 0.1), (2027, 0.1), (2028, 0.3))
    ]

    assert [row["year"] for row in sensing.changing(rows, ("class",))] == [2026, 2028]


@pytest.mark.parametrize(
    ("share", "text"), [(0.0389, "+3.9"), (-0.00072, "-0.07"), (4e-5, "0"), (-0.2, "-20.0")]
)
def test_differences_are_written_in_points(share, text):
    assert sensing_worth.points(share) == text


def worth_row(**other):
    row = {
        "architecture": "a",
        "raid": "r",
        "year": 2030,
        "weapons": "as_planned",
        "by": 1,
        "change": "earlier",
        "element": "",
        "leakage_now": 0.5,
        "leakage_then": 0.5,
        "leakage_buys": 0.0,
        "leakage_buys_low": 0.0,
        "leakage_buys_high": 0.0,
        "because": "in_time",
    }
    return row | other


def test_why_is_turned_round_where_more_arrive():
    moved = {"leakage_then": 0.4, "leakage_buys": 0.1, "leakage_buys_low": 0.05}
    assert "sooner, in time for more" in sensing_worth.because(worth_row(because="time", **moved))
    off = worth_row(because="time", leakage_buys=-0.1, change="without")
    assert "later, in time for fewer" in sensing_worth.because(off)


def test_what_does_not_move_is_told_in_one_row():
    rows = [worth_row(weapons=w, raid=r) for w in ("as_planned", "all_there") for r in "rst"]
    rows += [worth_row(weapons=w, raid="u") for w in ("as_planned", "all_there")]
    rows[-2] |= {"leakage_then": 0.4, "leakage_buys": 0.1, "leakage_buys_low": 0.05}

    (table,) = sensing_worth.written({"sensing_leakage": rows}).values()

    assert [row[2] for row in table[1:]] == ["u", "3 others"]
    assert table[1][5] == "+10.0 (+5.0 to 0)"
    assert table[2][-1] == "mostly: the weapons are told in time either way"
