"""The defended footprint as a person meets it: command and page."""

import json
import re

import pytest

from umbo.app import cli

ASKED = ["footprint", "thaad", "--at", "chicago", "--against", "mrbm", "--from", "330"]


def run(monkeypatch, *arguments):
    monkeypatch.setattr("sys.argv", ["umbo", *map(str, arguments)])
    with pytest.raises(SystemExit) as done:
        cli.main()
    return done.value.code


def test_the_command_gives_tables_and_a_map(tmp_path, monkeypatch, capsys):
    page = tmp_path / "map.html"

    assert run(monkeypatch, *ASKED, "--json", "--out", page) == 0

    tables = json.loads(capsys.readouterr().out)["tables"]
    assert len(tables["footprint_edge"]) == 24
    own = [row["area_km2"] for row in tables["footprint_speeds"] if row["cue"] == "own"]
    assert own[1] > own[2] > own[3]
    html = page.read_text()
    assert not re.search(r"(src|href)=", html)
    assert not re.search(r"\b(nan|inf)\b", html)
    assert "THAAD at chicago defends" in html


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"--from": "nk_interior"}, "name another area"),
        ({"--against": "mrbn"}, "no item is named 'mrbn'"),
        ({"--cue": "luck"}, "no cue is named 'luck'"),
        ({"--out": "a.svg"}, "end its name so"),
    ],
)
def test_a_wrong_option_is_told(changed, told, monkeypatch, capsys):
    asked = [*ASKED, *(word for pair in changed.items() for word in pair)]

    assert run(monkeypatch, *asked) in (1, 2)
    assert told in capsys.readouterr().err
