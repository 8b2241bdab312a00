"""What elements, sites, nations and architectures are worth, from the command line."""

import json
import re

import pytest

from umbo.app import cli
from umbo.study.load import load, resolved_yaml
from umbo.study.store import write_run


def run(monkeypatch, *arguments):
    monkeypatch.setattr("sys.argv", ["umbo", *map(str, arguments)])
    with pytest.raises(SystemExit) as done:
        cli.main()
    return done.value.code


def links_arrive(text):
    ids = set(re.findall(r'id="([^"]+)"', text))
    return [to for to in re.findall(r'href="#([^"]+)"', text) if to not in ids]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A run folder with made-up results of the reference study's architectures."""
    leakage = {"today": 0.9, "small": 0.5, "medium": 0.3, "large": 0.1}
    usd = {"today": 60e9, "small": 180e9, "medium": 520e9, "large": 1390e9}
    tables = {
        "leakage": [
            {"architecture": name, "raid": "regional_raid", "leakage": share}
            for name, share in leakage.items()
        ],
        "cost_total": [
            {
                "architecture": name,
                "scope": "total",
                "low_usd": cost * 0.8,
                "mode_usd": cost,
                "high_usd": cost * 2.0,
            }
            for name, cost in usd.items()
        ],
    }
    where = tmp_path_factory.mktemp("runs") / "made_up"
    return write_run(where, tables, resolved_yaml(load("reference")), {"version": "0"})


def test_a_run_is_compared_and_another_weight_puts_another_first(folder, monkeypatch, capsys):
    firsts = []
    for weights in ("cost=0", "leakage=0"):
        assert run(monkeypatch, "compare", folder, "--weights", weights, "--json") == 0
        tables = json.loads(capsys.readouterr().out)["tables"]
        firsts += [row["architecture"] for row in tables["compared"] if row["rank"] == 1]

    assert firsts == ["large", "today"]


def test_the_page_of_a_comparison_has_no_dead_link(folder, monkeypatch, capsys, tmp_path):
    page = tmp_path / "compare.html"
    assert run(monkeypatch, "compare", folder, "--out", page) == 0

    out = capsys.readouterr().out
    assert "comes first" in out
    assert "the weight of cost" in out
    text = page.read_text()
    assert 'id="sidebyside"' in text
    assert links_arrive(text) == []


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (("--weights", "price=3"), "no attribute 'price'"),
        (("--weights", "cost=much"), "needs a number of 0 or more"),
        (("--out", "page.pdf"), ".html"),
    ],
)
def test_a_comparison_that_cannot_be(folder, options, told, monkeypatch, capsys):
    assert run(monkeypatch, "compare", folder, *options) == 2
    assert told in capsys.readouterr().err


def test_proposals_are_merged_into_the_next_study(monkeypatch, capsys, tmp_path):
    target = tmp_path / "next.yaml"
    wanted = ("merge", "reference", "ground_first", "sensors_first", "--into", "agreed")

    assert run(monkeypatch, *wanted, "--select", "Both agreed.", "--out", target) == 0
    err = capsys.readouterr().err
    made = load(target)

    assert "ngi left, for it differs from what ground_first wrote" in err
    assert "still proposed: orbit_first" in err
    assert made.selected.reason == "Both agreed."
    assert list(made.proposals) == ["orbit_first"]
    assert run(monkeypatch, *wanted, "--out", target) == 2  # never over a file that is there
    assert "stands there already" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("wanted", "told"),
    [
        (("ground_fist", "--into", "a", "--out", "x.yaml"), "did you mean 'ground_first'"),
        (("ground_first", "--into", "small", "--out", "x.yaml"), "a name of the study already"),
        (("ground_first", "--into", "a", "--out", "x.html"), "ends in .yaml"),
        (("ground_first", "--into", "A b", "--out", "x.yaml"), "is not a name"),
        (("ground_first", "--into", "a", "--select", "x", "--out", "x.yaml"), "too short"),
    ],
)
def test_a_merge_that_cannot_be(wanted, told, monkeypatch, capsys, tmp_path):
    monkeypatch.chdir(tmp_path)
    assert run(monkeypatch, "merge", "reference", *wanted) == 2
    assert told in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def test_sites_and_rounds_have_a_page(monkeypatch, capsys, tmp_path):
    page = tmp_path / "siting.html"
    wanted = ("siting", "reference", "--architecture", "small", "--raid", "regional_raid")

    assert run(monkeypatch, *wanted, "--sites", "2", "--rounds", "8", "--out", page) == 0

    out = " ".join(capsys.readouterr().out.split())
    assert "8 rounds, at most 48 at a site" in out
    text = page.read_text()
    assert links_arrive(text) == []
    assert 'id="inputs"' in text
    assert 'class="site fights"' in text


def test_margins_and_proposals_share_a_page(monkeypatch, capsys, tmp_path):
    page = tmp_path / "margins.html"
    wanted = ("margins", "reference", "--architecture", "today", "--raid", "regional_single")

    assert run(monkeypatch, *wanted, "--orders", "4", "--out", page) == 0

    assert "What each proposal does" in capsys.readouterr().out
    text = page.read_text()
    assert links_arrive(text) == []
    for part in ("margins", "proposals", "inputs"):
        assert f'id="{part}"' in text
    assert "Space layer (illustrative)" in text


def test_allies_have_a_page_with_sources(monkeypatch, capsys, tmp_path):
    page = tmp_path / "allies.html"
    wanted = ("allies", "theaters", "--raid", "homeland", "--architecture", "with_home")

    assert run(monkeypatch, *wanted, "--out", page) == 0

    assert "Where missiles hit in boost fall short" in capsys.readouterr().out
    text = page.read_text()
    assert links_arrive(text) == []
    assert 'id="inputs"' in text


@pytest.mark.parametrize("command", ["compare", "merge", "siting", "margins", "allies"])
def test_help_has_examples(command, monkeypatch, capsys):
    assert run(monkeypatch, command, "--help") == 0
    assert f"\n    umbo {command}" in capsys.readouterr().out
