"""Directed energy as a person meets it: command and page."""

import json
import re

import pytest

from umbo.app import cli


def run(monkeypatch, *arguments):
    monkeypatch.setattr("sys.argv", ["umbo", *map(str, arguments)])
    with pytest.raises(SystemExit) as done:
        cli.main()
    return done.value.code


def test_the_command_gives_tables_and_a_page_that_stands_alone(tmp_path, monkeypatch, capsys):
    page = tmp_path / "lasers.html"

    assert run(monkeypatch, "lasers", "--draws", 32, "--json", "--out", page) == 0

    tables = json.loads(capsys.readouterr().out)["tables"]
    assert {"lasers", "laser_breakeven", "laser_conditions", "laser_elements", "laser_inputs"} == (
        set(tables)
    )
    html = page.read_text()
    assert not re.search(r"(src|href)=", html)
    assert not re.search(r"\b(nan|inf)\b", html)
    assert "no public cost anchor" in html
    assert "costed only" not in html


def test_the_terminal_says_the_answer(monkeypatch, capsys):
    assert run(monkeypatch, "lasers", "--draws", 32) == 0

    out = capsys.readouterr().out
    assert "A ground laser of the 300 kW class" in out
    assert "nan" not in out


def test_a_page_of_another_kind_is_told(monkeypatch, capsys):
    assert run(monkeypatch, "lasers", "--out", "a.svg") == 2
    assert "end its name so" in capsys.readouterr().err
