"""The page of the sensing layer: charts by year and architecture, and maps of coverage."""

from collections.abc import Mapping, Sequence
from html import escape
from importlib.resources import files
from pathlib import Path
from typing import Any, Final

from umbo.app import sensing_worth
from umbo.app.figures import key_symbol
from umbo.app.maps import attribution
from umbo.app.sensing import WARNED, answers, is_text, written
from umbo.app.sensing_figures import coasts, shades
from umbo.app.sensing_section import Chart, map_charts, seen_charts, sooner, worth_charts
from umbo.app.wording import number, words

Row = dict[str, Any]
Tables = Mapping[str, Sequence[Row]]

_STYLE: Final = (
    ".answer{display:block;border-left:5px solid var(--a1);padding:.1rem 0 .1rem .9rem;"
    "margin:.7rem 0;max-width:90ch}td,th{white-space:nowrap;padding-right:1rem}th,td{text-align:"
    "right}th:nth-child(-n+3),td:nth-child(-n+3),.w{text-align:left}td.w{white-space:normal;"
    "min-width:11rem}figure h3{font-size:1rem;margin:.4rem 0 .2rem}"
)


def write_page(path: Path, tables: Tables, title: str) -> None:
    """Write the page, whole or not at all.

    Raises:
        RunError: It cannot be written there.
    """
    from umbo.study.store import whole

    with whole(path) as beside:
        beside.write_text(page(tables, title), encoding="utf-8")


def page(tables: Tables, title: str) -> str:
    """Set answer, charts, maps and tables into one page that needs no other file."""
    names = list(dict.fromkeys(row["architecture"] for row in tables["custody"]))
    listed = "".join(
        f"<h2>{escape(heading)}</h2><div class='scroll' tabindex='0' role='region' "
        f'aria-label="{escape(heading)}">{_html_table(rows)}</div>'
        for heading, rows in written(tables).items()
    )
    told = "".join(f"<p class='answer'>{escape(text)}</p>" for text in answers(tables))
    style = files("umbo.app").joinpath("templates/style.css").read_text(encoding="utf-8")
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{escape(title)}: what '
        'the sensing layer sees</title><meta name="viewport" content="width=device-width, '
        f'initial-scale=1"><style>{style}{_STYLE}</style></head><body><main>'
        f"<h1>{escape(title)}: what the sensing layer sees</h1>"
        f"{told}<p class='note'>{escape(WARNED)}</p>"
        f"{_key(names, tables)}{_worth(names, tables)}"
        "<section><h2>What the layer sees, by fiscal year</h2>"
        "<p class='note'>A track needs two satellites that see a flight at once; a target "
        "solution is a track good enough to fire on.</p>"
        f"{_figures(seen_charts(names, tables))}</section>"
        f"{_maps(names, tables)}<section>{_explained(tables)}{listed}{_inputs(tables)}</section>"
        f"<p class='note'>{escape(attribution())}</p></main></body></html>\n"
    )


def _key(names: Sequence[str], tables: Tables) -> str:
    keys = "".join(
        f'<span style="white-space:nowrap">{key_symbol(i)}{escape(words(name))}&ensp;</span> '
        for i, name in enumerate(names)
    )
    dashed = ""
    if "gain" in tables:
        dashed = (
            "<br>Strong lines: the study's launch plan. Dashed: the accelerated one. "
            "Shaded: nine in ten constellation phases."
        )
    return f"<p class='note'>{keys}{dashed}</p>"


def _figures(charts: Sequence[Chart]) -> str:
    drawn = "".join(
        f"<figure><h3>{escape(heading)}</h3>{chart}</figure>" for heading, chart in charts
    )
    return f"<div class='pair'>{drawn}</div>"


def _worth(names: Sequence[str], tables: Tables) -> str:
    """Draw leakage by the year whose satellites stand, for the raids that it moves."""
    charts = worth_charts(names, tables)
    if not charts:
        return ""
    years = sooner(tables)
    early = "a year" if years == 1 else f"{years} years"
    return (
        "<section><h2>What the layer is worth: warheads that arrive, by the satellites of each "
        "fiscal year</h2><p class='note'>All weapons of the architecture's own year fire, so that "
        f"the layer is not idle for want of weapons. Dashed: all satellites {early} earlier.</p>"
        f"{_figures(charts)}</section>"
    )


def _explained(tables: Tables) -> str:
    text = escape(sensing_worth.EXPLAINED)
    return f"<p class='note'>{text}</p>" if tables.get(sensing_worth.TABLE) else ""


def _maps(names: Sequence[str], tables: Tables) -> str:
    cells = [row for row in tables["coverage"] if row["program"] == "study"]
    if not cells:
        return ""
    scale = "".join(
        f"<li><span class='box' style='--c:{shade};outline:1px solid var(--rule)'></span>"
        f"{escape(told)}</li>"
        for shade, told in shades()
    )
    return (
        f"<section><h2>How many tracking satellites see a place, mean of a day in "
        f"FY{cells[0]['year']}</h2>"
        f"<p class='note'>A target as hot as a glider at {cells[0]['altitude_m'] / 1e3:g} km, by "
        "places of ten degrees. A track needs two at once.</p>"
        f"<ul class='legend'>{scale}</ul>{coasts()}{_figures(map_charts(names, tables))}</section>"
    )


def _html_table(rows: Sequence[Sequence[str]]) -> str:
    head = "".join(f"<th{_kind(name)}>{escape(name)}</th>" for name in rows[0])
    kinds = [_kind(name) for name in rows[0]]
    body = "".join(
        "<tr>"
        + "".join(f"<td{kind}>{escape(cell)}</td>" for kind, cell in zip(kinds, row, strict=True))
        + "</tr>"
        for row in rows[1:]
    )
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def _kind(heading: str) -> str:
    """Let columns of words wrap."""
    return ' class="w"' if is_text(heading) else ""


def _inputs(tables: Tables) -> str:
    rows = [["item", "parameter", "source", "note", "low", "mode", "high", "unit"]]
    for row in tables["inputs"]:
        numbers = [number(row[name]) for name in ("low", "mode", "high")]
        texts = [row["item"], row["parameter"], row["source"], row["note"]]
        rows.append([*texts, *numbers, row["unit"]])
    return (
        f"<details><summary><b>{len(rows) - 1} inputs</b>, each with its range and source, "
        f"in SI</summary><div class='scroll'>{_html_table(rows)}</div></details>"
    )
