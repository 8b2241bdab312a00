"""Cost as a person meets it: command, tables and page."""

import csv
import json

import pytest

from umbo.app import cli
from umbo.app.cost_figures import steps

STUDY = """
umbo: 1
title: A layer <of> two
raids:
  one: [{missile: icbm_solid, count: 1, from: nk_interior, at: chicago}]
architectures:
  few: {elements: [{use: gbi, count: 4, at: greely}]}
  many:
    like: few
    add: [{use: t3_tracking, count: 72, in_service: FY2028}]
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


def test_command_prints_totals_drivers_methods_and_published(study, monkeypatch, capsys):
    assert run(monkeypatch, "cost", study, "--draws", 100) == 0

    told = capsys.readouterr().out
    for words in ("above today", "moves the total", "By method", "CBO 2026", "Over 20 years"):
        assert words in told


def test_tables_and_page_hold_inputs_and_sources(study, tmp_path, monkeypatch, capsys):
    page = tmp_path / "cost.html"

    assert run(monkeypatch, "cost", study, "--draws", 100, "--json", "--out", page) == 0

    tables = json.loads(capsys.readouterr().out)["tables"]
    assert run(monkeypatch, "cost", study, "--draws", 100, "--csv", tmp_path / "csv") == 0
    with (tmp_path / "csv" / "cost_total.csv").open() as stream:
        assert len(list(csv.DictReader(stream))) == len(tables["cost_total"])
    assert {"cost", "cost_curve", "cost_drivers", "published_costs", "inputs", "sources"} <= set(
        tables
    )
    html = page.read_text()
    assert "A layer &lt;of&gt; two" in html
    assert 'id="drivers"' in html
    assert "http://www.w3.org" in html
    assert list(tmp_path.glob(".*.part")) == []


@pytest.mark.parametrize(
    "wrong",
    [
        ["--method", "rand"],
        ["--architecture", "manny"],
        ["--out", "cost.pdf"],
        ["--draws", "1"],
    ],
)
def test_wrong_command_is_refused(study, monkeypatch, wrong, capsys):
    assert run(monkeypatch, "cost", study, *wrong) == 2
    assert capsys.readouterr().err


def test_scale_has_round_steps():
    assert steps(60e9, 1.1e12) == pytest.approx([100e9, 200e9, 500e9, 1e12])
