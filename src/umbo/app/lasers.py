"""Directed energy for a person: the answer in sentences, tables, and a page."""

import math
from collections.abc import Mapping, Sequence
from html import escape
from pathlib import Path
from typing import Any, Final

from umbo.app.costing import refuse_suffix
from umbo.app.wording import is_number, money, number, percent, with_unit, words

Row = dict[str, Any]
Tables = Mapping[str, Sequence[Row]]

CAVEAT: Final = (
    "No beam, fluence or price here is a measured operational value. Fluences are orders of "
    "magnitude of a class; stated ranges are claims. In a run the same weapons fight: what they "
    "kill of a raid is in its report."
)
EXCLUDED: Final = (
    "Warheads and gliders are built for the heat of re-entry, so no laser is counted against them. "
    "Microwaves are set against drones and subsonic cruise missiles, at the range that is claimed "
    "for them: no public number describes their beam."
)
_STYLE: Final = (
    "body{margin:0 auto;padding:1rem 1.2rem 3rem;max-width:1100px;font:16px/1.5 system-ui,"
    "'Liberation Sans',Arial,sans-serif;color:#1b2026;background:#fff}"
    "h1{font-size:1.6rem;margin:.4rem 0}h2{font-size:1.2rem;margin:2rem 0 .3rem}"
    ".answer{font-size:1.08rem;border-left:5px solid #0b62b0;padding:.3rem 0 .3rem .9rem}"
    ".soft{color:#56606c;font-size:.9rem;max-width:90ch}.t{overflow-x:auto}"
    ".row{display:grid;grid-template-columns:minmax(8rem,19rem) 1fr;gap:.2rem .8rem;align-items:"
    "center;border-bottom:1px solid #e6eaee;padding:.15rem 0;font-size:.9rem}"
    "@media(max-width:600px){.row{grid-template-columns:1fr}}"
    ".bar{position:relative;height:1.5rem}.bar i{position:absolute;top:.55rem;height:.4rem;"
    "background:#9cc3e6;border-radius:.2rem}.bar b{position:absolute;top:.3rem;width:.9rem;"
    "height:.9rem;margin-left:-.45rem;border-radius:50%;background:#0b62b0}"
    ".bar u{position:absolute;top:.1rem;width:3px;height:1.3rem;background:#b3541e}"
    ".axis{position:relative;height:1.3rem}.axis span{position:absolute;color:#56606c;"
    "font-size:.8rem;transform:translateX(-50%)}"
    "table{border-collapse:collapse;font-size:.88rem}th,td{text-align:right;padding:.18rem .7rem;"
    "border-bottom:1px solid #d5dae0;vertical-align:top}th:nth-child(-n+2),td:nth-child(-n+2)"
    "{text-align:left}td.x{text-align:left;min-width:14rem}"
)
_SHORTEST_M, _LONGEST_M = 100.0, 10_000e3


def answer(tables: Tables) -> str:
    """Say in a few sentences what lasers reach, and when they pay."""
    of = {(row["weapon"], row["target"]): row for row in tables["lasers"]}
    money_of = {(row["weapon"], row["target"]): row for row in tables["laser_breakeven"]}
    near = of["hel_ground", "cruise_missile_subsonic"]
    air, orbit = of["abl", "booster_solid"], of["sbl_cbo2002", "booster_solid"]
    paid = money_of["hel_ground", "cruise_missile_subsonic"]
    satellites = _span(orbit, "satellites_for_one")
    if not is_number(orbit["satellites_for_one_p50"]):
        kindest = _told(orbit["satellites_for_one_p05"])
        satellites = f"in most draws none will do (from {kindest} in the kindest twentieth)"
    return (
        f"A ground laser of the 300 kW class kills subsonic cruise missiles within "
        f"{_span(near, 'range_m', 'm')}, {_span(near, 'kills_per_pass')} of a close stream, and is "
        f"cheaper than interceptors from {_span(paid, 'break_even_kills')} kills a life on. An "
        f"airborne laser reaches solid boosters within {_span(air, 'range_m', 'm')} (stated: "
        f"{with_unit(air['stated_range_m'], 'm')}). Satellites in orbit for one in reach of such a "
        f"launch: {satellites}; where none will do, the beam is too dim to "
        "reach a booster from its orbit. "
        "Medians, with nine draws in ten in brackets."
    )


def _span(row: Row, name: str, unit: str = "1") -> str:
    """Write a median with the ends between which nine draws in ten lie."""
    middle, low, high = (_told(row[f"{name}_p{q}"], unit) for q in ("50", "05", "95"))
    told = middle if low == high else f"{middle} ({low} to {high})"
    return told.replace("none will do", "never") if name == "break_even_kills" else told


def _told(value: float | None, unit: str = "1") -> str:
    if not is_number(value):
        return "none will do" if value is not None and value == math.inf else "–"
    assert value is not None
    if unit == "usd":
        return money(float(f"{value:.2g}"))
    return with_unit(float(f"{value:.2g}"), unit)


def written(tables: Tables) -> dict[str, list[list[str]]]:
    """Write each table as rows of text under its heading, the first row its columns."""
    reach = [["weapon", "against", "stated range", "range", "kills in a pass", "clear weather",
              "satellites for one in reach"]]  # fmt: skip
    for row in tables["lasers"]:
        has_beam = is_number(row["times_brighter"])
        reach.append(
            [
                row["name"],
                words(row["target"]),
                with_unit(row["stated_range_m"], "m"),
                _span(row, "range_m", "m") if has_beam else "as stated",
                _span(row, "kills_per_pass"),
                percent(row["weather_share"]),
                _span(row, "satellites_for_one") if row["base"] == "space" else "–",
            ]
        )
    even = [["weapon", "against", "owning one for its life", "a kill by interceptors",
             "break-even kills", "not priced", "price of one"]]  # fmt: skip
    for row in tables["laser_breakeven"]:
        even.append(
            [
                row["name"],
                words(row["target"]),
                _span(row, "owning_usd", "usd"),
                f"{_span(row, 'kinetic_kill_usd', 'usd')}, {words(row['kinetic'])}",
                _span(row, "break_even_kills"),
                row["not_priced"] or "–",
                row["anchor"],
            ]
        )
    true = [["weapon", "against", "to", "needed", "assumed", "draws in which it holds"]]
    for row in tables["laser_conditions"]:
        true.append(
            [
                row["name"],
                words(row["target"]),
                row["to"],
                f"{_span(row, 'needed')} {row['quantity']}",
                number(row["assumed"]),
                percent(row["share_of_draws_met"]),
            ]
        )
    stands = [["architecture", "weapon", "number", "sites", "from", "in the battle"]]
    for row in tables["laser_elements"]:
        listed = [row["name"], number(row["count"]), number(row["sites"])]
        battle = "fights" if row["fought"] else "costed only"
        none = [row["note"], "0", "–", "–", "–"]
        since = [f"FY{row['in_service']}", battle]
        stands.append([words(row["architecture"]), *([*listed, *since] if row["count"] else none)])
    return {
        "What each weapon reaches": reach,
        "When it is cheaper than interceptors": even,
        "What would have to be true": true,
        "What stands in each architecture": stands,
    }


def print_lasers(tables: Tables) -> None:
    """Print the tables and the answer on the terminal."""
    import sys

    from rich.console import Console
    from rich.table import Table

    console = Console() if sys.stdout.isatty() else Console(width=170)
    for title, rows in written(tables).items():
        table = Table(title=title, title_justify="left", title_style="bold", header_style="bold")
        for i, cell in enumerate(rows[0]):
            table.add_column(cell, justify="left" if i < 2 else "right")
        for row in rows[1:]:
            table.add_row(*row)
        console.print(table)
    console.print(CAVEAT)
    console.print(EXCLUDED)
    console.print(answer(tables))


def write_page(path: Path, tables: Tables, title: str) -> None:
    """Write the page, whole or not at all.

    Raises:
        StudyError: Its name does not end in ``.html``.
        RunError: It cannot be written there.
    """
    from umbo.study.store import whole

    refuse_suffix(path)
    with whole(path) as beside:
        beside.write_text(_page(tables, title), encoding="utf-8")


def _page(tables: Tables, title: str) -> str:
    whole = f"{escape(title)}: directed energy"
    listed = "".join(
        f"<h2>{escape(heading)}</h2><div class='t'>{_html_table(rows)}</div>"
        for heading, rows in written(tables).items()
    )
    inputs = [["item", "parameter", "low", "mode", "high", "unit", "source", "note"]]
    for row in tables["laser_inputs"]:
        numbers = [f"{row[end]:.4g}" for end in ("low", "mode", "high")]
        texts = [row["item"], row["parameter"], *numbers, row["unit"], row["source"], row["note"]]
        inputs.append(texts)
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{whole}</title>'
        f'<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<style>{_STYLE}</style></head><body><h1>{whole}</h1>"
        f"<p class='answer'>{escape(answer(tables))}</p><p class='soft'>{escape(CAVEAT)} "
        f"{escape(EXCLUDED)}</p><h2>Range at which the stated dwell kills</h2>"
        "<p class='soft'>Point: median; bar: nine draws in ten over all ranges; upright line: the "
        "range that is stated. Each step to the right is ten times as far; a point at the left end "
        "does not reach its target at all.</p>"
        f"{_bars(tables)}{listed}<details><summary><b>{len(inputs) - 1} inputs</b>, each with its "
        f"range and source, in SI</summary><div class='t'>{_html_table(inputs)}</div></details>"
        "</body></html>\n"
    )


def _at(range_m: float) -> float:
    """Place a range on the axis, in per cent."""
    inside = min(max(range_m, _SHORTEST_M), _LONGEST_M)
    return 100.0 * math.log(inside / _SHORTEST_M) / math.log(_LONGEST_M / _SHORTEST_M)


def _bars(tables: Tables) -> str:
    ticks = "".join(
        f'<span style="left:{_at(10.0**k):.1f}%">{with_unit(10.0**k, "m")}</span>'
        for k in range(3, 7)
    )
    rows = [f'<div class="row"><span></span><div class="axis">{ticks}</div></div>']
    for row in tables["lasers"]:
        low, high = _at(row["range_m_p05"]), _at(row["range_m_p95"])
        what = f"{row['name']}, {words(row['target'])}"
        told = f"{_span(row, 'range_m', 'm')}; stated {with_unit(row['stated_range_m'], 'm')}"
        rows.append(
            f'<div class="row"><span>{escape(what)}</span><div class="bar" role="img" aria-label="'
            f'{escape(told)}" title="{escape(told)}"><i style="left:{low:.1f}%;width:'
            f'{high - low:.1f}%"></i><b style="left:{_at(row["range_m_p50"]):.1f}%"></b>'
            f'<u style="left:{_at(row["stated_range_m"]):.1f}%"></u></div></div>'
        )
    return "".join(rows)


def _html_table(rows: Sequence[Sequence[str]]) -> str:
    head = "".join(f"<th>{escape(cell)}</th>" for cell in rows[0])
    body = "".join(
        "<tr>"
        + "".join(f"<td{' class=x' if len(cell) > 24 else ''}>{escape(cell)}</td>" for cell in row)
        + "</tr>"
        for row in rows[1:]
    )
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
