"""The page of the sensing layer: charts by year and architecture, and maps of coverage."""

import json
import math
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from html import escape
from importlib.resources import files
from pathlib import Path
from typing import Any, Final

from umbo.app import sensing_worth
from umbo.app.figures import ARCHITECTURE_COLORS, LIGHT, ticks
from umbo.app.maps import attribution
from umbo.app.sensing import WARNED, answers, is_text, written
from umbo.app.wording import number, words
from umbo.study.sensing_worth import EARLIER

Row = dict[str, Any]
Tables = Mapping[str, Sequence[Row]]

_STYLE: Final = (
    "body{margin:0 auto;padding:1rem 1.5rem 3rem;max-width:1240px;font:16px/1.5 system-ui,"
    "'Liberation Sans',Arial,sans-serif;color:#1b2026;background:#fff}"
    "h1{font-size:1.7rem;margin:.4rem 0}h2{font-size:1.25rem;margin:2rem 0 .3rem}"
    ".answer{font-size:1.12rem;border-left:5px solid #0b62b0;padding:.3rem 0 .3rem .9rem}"
    ".soft{color:#56606c;font-size:.9rem;max-width:90ch}.charts{display:grid;gap:1rem 1.6rem;"
    "grid-template-columns:repeat(auto-fit,minmax(min(100%,34rem),1fr))}svg{width:100%;height:auto}"
    "svg text{font:14px 'Liberation Sans',Arial,sans-serif;fill:#1b2026}svg .tick{fill:#56606c}"
    "svg .head{font-weight:bold;font-size:15px}.grid{stroke:#d5dae0}.axis{stroke:#8a929c}"
    ".land{fill:none;stroke:#1b2026;stroke-width:.8;stroke-opacity:.6}"
    "table{border-collapse:collapse;font-size:.88rem}th,td{text-align:right;padding:.18rem .7rem;"
    "border-bottom:1px solid #d5dae0;white-space:nowrap}.t{overflow-x:auto}"
    "th:nth-child(-n+3),td:nth-child(-n+3),.w{text-align:left}td.w{white-space:normal;"
    "min-width:11rem}.key{display:flex;flex-wrap:wrap;gap:"
    ".2rem 1.3rem;margin:.4rem 0}.key svg{width:34px;height:12px;vertical-align:middle}"
)
_DASHES: Final = ("", "9 4", "3 4", "12 3 3 3", "2 2", "6 2 2 2")
_WIDTH, _HEIGHT = 560.0, 284.0
_LEFT, _RIGHT, _TOP, _BOTTOM = 58.0, 540.0, 40.0, 252.0
_CELL: Final = 15.0
"""Pixels of a cell of ten degrees on a map."""
_LONGEST_EDGE_DEG: Final = 15.0
_SHADES: Final = ("#f6f7f8", "#e3edf5", "#cde0ee", "#b3d1e6", "#94bfdc", "#72a9d0", "#4f92c2")


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
        f"<h2>{escape(heading)}</h2><div class='t'>{_html_table(rows)}</div>"
        for heading, rows in written(tables).items()
    )
    told = "".join(f"<p class='answer'>{escape(text)}</p>" for text in answers(tables))
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{escape(title)}: what '
        f'the sensing layer sees</title><meta name="viewport" content="width=device-width">'
        f"<style>{_STYLE}</style></head><body><h1>{escape(title)}: what the sensing layer sees</h1>"
        f"{told}<p class='soft'>{escape(WARNED)}</p>"
        f"{_key(names, tables)}{_worth(names, tables)}"
        f"<h2>What the layer sees, by year</h2><div class='charts'>{_charts(names, tables)}</div>"
        f"{_maps(names, tables)}{listed}{_inputs(tables)}"
        f"<p class='soft'>{escape(attribution())}</p></body></html>\n"
    )


def _key(names: Sequence[str], tables: Tables) -> str:
    keys = "".join(
        f'<span><svg viewBox="0 0 34 12" aria-hidden="true"><path d="M0 6H34" {_stroke(i)}/></svg> '
        f"{escape(name)}</span>"
        for i, name in enumerate(names)
    )
    thin = "<span class='soft'>thin lines: the accelerated program</span>"
    return f"<p class='key'>{keys}{thin if 'gain' in tables else ''}</p>"


def _stroke(i: int, width: float = 2.4) -> str:
    color = LIGHT[f"a{i % ARCHITECTURE_COLORS}"]
    dash = _DASHES[i % len(_DASHES)]
    dashes = f' stroke-dasharray="{dash}"' if dash else ""
    return f'fill="none" stroke="{color}" stroke-width="{width:g}"{dashes}'


def _worth(names: Sequence[str], tables: Tables) -> str:
    """Draw leakage by the year whose satellites stand, for the raids that it moves."""
    rows = tables.get(sensing_worth.TABLE) or ()
    if not rows:
        return ""
    sooner = next((row["by"] for row in rows if row["change"] == EARLIER), 1)
    drawn = "".join(
        _chart(
            f"Leakage, satellites of each year, all weapons: {words(raid)}",
            names,
            sensing_worth.by_year(rows, raid),
            lambda row: float(row["leakage"]),
        )
        for raid in sensing_worth.raids_moved(rows)
    )
    thin = f"Thin lines: all satellites {sooner} year{'s' if sooner > 1 else ''} earlier. "
    return (
        "<h2>What the layer is worth: warheads that arrive, by the satellites of each year</h2>"
        f"<p class='soft'>{thin}{escape(sensing_worth.EXPLAINED)}</p>"
        f"<div class='charts'>{drawn}</div>"
    )


def _charts(names: Sequence[str], tables: Tables) -> str:
    charts = []
    raids = dict.fromkeys((row["raid"], row["class"]) for row in tables["custody"])
    for raid, kind in raids:
        chosen = [r for r in tables["custody"] if (r["raid"], r["class"]) == (raid, kind)]
        solved = [r for r in tables["solutions"] if (r["raid"], r["class"]) == (raid, kind)]
        what = f"{words(kind)}, {words(raid)}"
        charts.append(
            _chart(
                f"Stereo custody, share of a flight: {what}",
                names,
                chosen,
                lambda row: float(row["custody"]),
                band=("custody_p05", "custody_p95"),
                most=1.0,
            )
        )
        charts.append(
            _chart(
                f"Minutes to a target solution (impact if none): {what}",
                names,
                solved,
                lambda row: float(row["solution_or_impact_s"]) / 60.0,
            )
        )
    linked = _by_year(tables)
    charts.append(
        _chart(
            "Network delay from infrared satellites to shooters, 95 % [s]; manager left out",
            names,
            linked,
            lambda row: float(row["network_p95_s"]),
        )
    )
    charts.append(
        _chart(
            "Share of time without a way from infrared satellites to shooters",
            names,
            linked,
            lambda row: float(row["unreachable"]),
            most=1.0,
        )
    )
    return "".join(charts)


def _by_year(tables: Tables) -> list[Row]:
    """Average latencies of infrared satellites over pairs, by architecture and year."""
    together: dict[tuple[str, int, str], list[Row]] = {}
    for row in tables["latency"]:
        if row["is_infrared"]:
            key = (row["architecture"], row["year"], row["program"])
            together.setdefault(key, []).append(row)
    made = []
    for (name, year, program), rows in together.items():
        delays = [r["p95_s"] - r["manager_s"] for r in rows if math.isfinite(r["p95_s"])]
        made.append(
            {
                "architecture": name,
                "year": year,
                "program": program,
                "network_p95_s": sum(delays) / len(delays) if delays else math.nan,
                "unreachable": sum(r["unreachable"] for r in rows) / len(rows),
            }
        )
    return made


def _chart(
    title: str,
    names: Sequence[str],
    rows: Sequence[Row],
    value: Callable[[Row], float],
    *,
    band: tuple[str, str] | None = None,
    most: float | None = None,
) -> str:
    """Draw a line for each architecture over the years; nothing without rows."""
    if not rows:
        return ""
    years = sorted({row["year"] for row in rows})
    top = most or 1.1 * max((value(r) for r in rows if math.isfinite(value(r))), default=1.0) or 1.0
    span = max(years[-1] - years[0], 1)

    def x(year: int) -> float:
        return _LEFT + (_RIGHT - _LEFT) * (year - years[0]) / span

    def y(at: float) -> float:
        return _BOTTOM - (_BOTTOM - _TOP) * min(max(at / top, 0.0), 1.0)

    parts = [f'<text class="head" x="8" y="20">{escape(title)}</text>']
    for tick in ticks(top):
        parts.append(
            f'<line class="grid" x1="{_LEFT:g}" x2="{_RIGHT:g}" y1="{y(tick):.1f}" '
            f'y2="{y(tick):.1f}"/><text class="tick" x="{_LEFT - 8:g}" y="{y(tick) + 5:.1f}" '
            f'text-anchor="end">{number(tick)}</text>'
        )
    for year in years if len(years) <= 8 else years[:: math.ceil(len(years) / 8)]:
        anchor = "end" if x(year) > 0.95 * _RIGHT else "middle"
        parts.append(
            f'<text class="tick" x="{x(year):.1f}" y="{_BOTTOM + 22:g}" text-anchor="{anchor}">'
            f"FY{year}</text>"
        )
    for i, name in enumerate(names):
        # The first is the widest and lies below, so that lines on one another all show.
        for program, width in (("accelerated", 1.2), ("study", 2.0 + 0.9 * (len(names) - 1 - i))):
            mine = sorted(
                (r for r in rows if (r["architecture"], r["program"]) == (name, program)),
                key=lambda row: int(row["year"]),
            )
            known = [r for r in mine if math.isfinite(value(r))]
            if band and program == "study":
                sides = [r for r in known if all(math.isfinite(r[side]) for side in band)]
                there = [(x(r["year"]), y(r[band[1]])) for r in sides]
                back = [(x(r["year"]), y(r[band[0]])) for r in reversed(sides)]
                if len(sides) > 1:
                    parts.append(
                        f'<path d="{_line([*there, *back])}Z" fill="'
                        f'{LIGHT[f"a{i % ARCHITECTURE_COLORS}"]}" fill-opacity=".1"/>'
                    )
            points = [(x(r["year"]), y(value(r))) for r in known]
            parts.append(f'<path d="{_line(points)}" {_stroke(i, width)}/>' if points else "")
            parts += [
                f'<circle cx="{px:.1f}" cy="{py:.1f}" r="{1.2 + width:g}" '
                f'fill="{LIGHT[f"a{i % ARCHITECTURE_COLORS}"]}"><title>{escape(name)}, {program}: '
                f"{number(value(r))} in FY{r['year']}</title></circle>"
                for (px, py), r in zip(points, known, strict=True)
            ]
    parts.append(
        f'<line class="axis" x1="{_LEFT:g}" x2="{_RIGHT:g}" y1="{_BOTTOM:g}" y2="{_BOTTOM:g}"/>'
    )
    return (
        f'<svg viewBox="0 0 {_WIDTH:g} {_HEIGHT:g}" role="img" aria-label="{escape(title)}">'
        f"{''.join(parts)}</svg>"
    )


def _line(points: Sequence[tuple[float, float]]) -> str:
    return "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in points)


@cache
def _coasts() -> str:
    text = files("umbo.data").joinpath("maps/borders.geojson").read_text(encoding="utf-8")
    land = next(
        one["geometry"]["coordinates"]
        for one in json.loads(text)["features"]
        if one["properties"]["name"] == "land"
    )
    return "".join(_ring(ring) for polygon in land for ring in polygon[:1])


def _ring(ring: Sequence[tuple[float, float]]) -> str:
    """Draw a coast; the long straight edges by which the file closes its land are left out."""
    parts = []
    for i, (lon, lat) in enumerate(ring):
        pen = "M" if i == 0 or abs(lon - ring[i - 1][0]) > _LONGEST_EDGE_DEG else "L"
        parts.append(f"{pen}{(lon + 180.0) / 10.0 * _CELL:.1f} {(90.0 - lat) / 10.0 * _CELL:.1f}")
    return "".join(parts)


def _maps(names: Sequence[str], tables: Tables) -> str:
    cells = [row for row in tables["coverage"] if row["program"] == "study"]
    if not cells:
        return ""
    year, altitude_m = cells[0]["year"], cells[0]["altitude_m"]
    most = max([1e-9, *(row["mean_in_view"] for row in cells)])
    drawn = "".join(
        _map(name, [row for row in cells if row["architecture"] == name], most) for name in names
    )
    scale = "".join(
        f'<rect x="{30 * i}" width="30" height="12" fill="{shade}"/>'
        for i, shade in enumerate(_SHADES)
    )
    return (
        f"<h2>Coverage in FY{year}: how many tracking satellites see a place, mean of a day</h2>"
        f"<p class='soft'>A target as hot as a glider at {altitude_m / 1e3:g} km, by places of "
        "ten degrees. From none "
        f'<svg viewBox="0 0 210 12" style="width:210px;height:12px">{scale}</svg> to {most:.0f} '
        f"satellites.</p><div class='charts'>{drawn}</div>"
    )


def _map(name: str, cells: Sequence[Row], most: float) -> str:
    squares = []
    for row in cells:
        left = (row["lon_deg"] + 175.0) / 10.0 * _CELL
        top = (85.0 - row["lat_deg"]) / 10.0 * _CELL
        shade = _SHADES[round(row["mean_in_view"] / most * (len(_SHADES) - 1))]
        squares.append(
            f'<rect x="{left:g}" y="{top:g}" width="{_CELL + 0.3:g}" height="{_CELL + 0.3:g}" '
            f'fill="{shade}"><title>{row["lat_deg"]:g}, {row["lon_deg"]:g}: '
            f"{row['share_two']:.2f} of the time two, mean {row['mean_in_view']:.1f} in view"
            "</title></rect>"
        )
    mean = sum(r["share_two"] * math.cos(math.radians(r["lat_deg"])) for r in cells) / sum(
        math.cos(math.radians(r["lat_deg"])) for r in cells
    )
    label = f"{name}: two in view {mean:.0%} of the time, all places together"
    wide, high = 36.0 * _CELL, 18.0 * _CELL
    return (
        f'<svg viewBox="0 -26 {wide:g} {high + 26:g}" role="img" aria-label="{escape(label)}">'
        f'<text class="head" x="0" y="-8">{escape(label)}</text>{"".join(squares)}'
        f'<path class="land" d="{_coasts()}"/></svg>'
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
        f"in SI</summary><div class='t'>{_html_table(rows)}</div></details>"
    )
