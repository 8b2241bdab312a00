"""The command line as a person and a script meet it."""

import json
import signal

import pytest

from umbo.app import cli

USAGE = {
    "wrong command": (["rn"], "Did you mean 'run'"),
    "wrong option": (["run", "--raids", "x"], "--raid"),
    "no replications": (["run", "--replications", "0"], "greater than or equal to 1"),
    "negative seed": (["run", "--seed", "-1"], "greater than or equal to 0"),
    "huge seed": (["run", "--seed", "9" * 30], "less than or equal to"),
    "missing file": (["new"], "Missing argument"),
    "unknown study": (["check", "refrence"], "did you mean 'reference'"),
    "unknown item": (["catalog", "show", "gbii"], "did you mean 'gbi'"),
    "no flight": (["fly", "icbm_solid"], "--from and --to"),
    "flight of no missile": (["fly", "gbi", "--from", "greely", "--to", "guam"], "no missile is"),
    "flight of a misspelt missile": (
        ["fly", "slmb", "--from", "greely", "--to", "guam"],
        "did you mean 'slbm'",
    ),
    "flight from nowhere": (
        ["fly", "slbm", "--from", "vandenburg", "--to", "guam"],
        "did you mean 'vandenberg'",
    ),
    "flight off the globe": (
        ["fly", "slbm", "--from", "95,3", "--to", "guam"],
        "latitude,longitude within 90",
    ),
    "flight too far": (["fly", "slbm", "--from", "okhotsk", "--to", "miami"], "7400 km"),
    "flight of other format": (
        ["fly", "slbm", "--from", "okhotsk", "--to", "guam", "--out", "a.png"],
        ".svg or .html",
    ),
    "too much loft": (["fly", "slbm", "--loft", "0.9"], "less than or equal to"),
    "unknown raid": (["run", "--raid", "regional_singel"], "did you mean 'regional_single'"),
    "both in full and in brief": (("run", "--in-full", "--brief"), "exclude each other"),
}


def run(monkeypatch, *arguments):
    monkeypatch.setattr("sys.argv", ["umbo", *map(str, arguments)])
    with pytest.raises(SystemExit) as done:
        cli.main()
    return done.value.code


@pytest.mark.parametrize("case", USAGE)
def test_a_wrong_command_line_is_told_with_2(case, monkeypatch, capsys):
    arguments, told = USAGE[case]

    assert run(monkeypatch, *arguments) == 2

    out, err = capsys.readouterr()
    assert out == ""
    assert told in err
    assert "Traceback" not in err


@pytest.mark.parametrize(
    "command", ["run", "new", "check", "schema", "catalog", "fly", "replicate"]
)
def test_every_help_has_examples(command, monkeypatch, capsys):
    assert run(monkeypatch, command, "--help") == 0
    out = capsys.readouterr().out
    assert f"Usage: umbo {command}" in out
    assert f"\n    umbo {command}" in out


def test_json_is_one_document_without_nan(monkeypatch, capsys):
    assert run(monkeypatch, "catalog", "--json") == 0
    assert json.loads(capsys.readouterr().out)["tables"]["items"]

    cli.print_json({"t": [{"a": float("nan"), "b": 1}]})
    assert json.loads(capsys.readouterr().out) == {"tables": {"t": [{"a": None, "b": 1}]}}


def test_a_place_that_is_taken_is_told_before_the_work(tmp_path, monkeypatch, capsys):
    (tmp_path / "notes.txt").write_text("mine")
    assert run(monkeypatch, "run", "--out", tmp_path) == 1
    assert "is not a run folder" in capsys.readouterr().err


def test_a_stop_wrapped_by_compiled_code_is_still_a_stop():
    error = SystemError("returned a result with an exception set")
    error.__cause__ = cli._Stopped(signal.SIGINT)
    assert cli._stopped_by(error) == signal.SIGINT
    assert cli._stopped_by(SystemError("another")) is None


def test_priorities_take_other_weights(capsys, tmp_path):
    page = tmp_path / "p.html"
    wanted = ["priorities", "reference", "--weights", "population=0", "--raid", "regional_single"]

    cli.app([*wanted, "--out", str(page), "--json"], standalone_mode=False)

    tables = json.loads(capsys.readouterr().out)["tables"]
    assert tables["priorities"][0]["category"] == "second_strike"
    assert {"priority_weights", "protection", "inputs", "sources"} <= tables.keys()
    assert "What comes first" in page.read_text()


def test_margins_tell_which_element_adds_most(capsys, tmp_path):
    page = tmp_path / "m.html"
    wanted = ["margins", "reference", "--architecture", "today", "--raid", "regional_single"]

    cli.app([*wanted, "--orders", "4", "--out", str(page)], standalone_mode=False)

    assert "GBI" in capsys.readouterr().out
    assert "Shapley" in page.read_text()


def test_allies_tell_who_gains(capsys, tmp_path):
    page = tmp_path / "a.html"
    wanted = ["allies", "theaters", "--raid", "theater_korea", "--out", str(page)]

    cli.app(wanted, standalone_mode=False)

    assert "KR gains most" in capsys.readouterr().out
    assert "What allies add" in page.read_text()
