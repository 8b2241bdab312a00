"""The page of a sized constellation: the answer, what carries it, a map and curves."""

import math
from collections.abc import Sequence
from html import escape
from pathlib import Path
from typing import Any, Final

from umbo.app.figures import LIGHT, ticks
from umbo.app.maps import attribution, flat_coasts
from umbo.app.sizing import WARNED, answer, carried
from umbo.app.sizing_told import Tables, of_all, written
from umbo.app.wording import is_number, number, words

Row = dict[str, Any]

_STYLE: Final = (
    "body{margin:0 auto;padding:1rem 1.2rem 3rem;max-width:1240px;font:16px/1.5 system-ui,"
    "'Liberation Sans',Arial,sans-serif;color:#1b2026;background:#fff}"
    "h1{font-size:1.6rem;margin:.4rem 0;line-height:1.2}h2{font-size:1.2rem;margin:2rem 0 .3rem}"
    ".answer{font-size:1.1rem;border-left:5px solid #0b62b0;padding:.3rem 0 .3rem .9rem}"
    ".soft{color:#56606c;font-size:.9rem;max-width:90ch}.charts{display:grid;gap:1.2rem 1.6rem;"
    "grid-template-columns:repeat(auto-fit,minmax(min(100%,22rem),1fr))}.wide{max-width:760px}"
    "figure{margin:0}figcaption{font-weight:bold;font-size:.95rem}svg{width:100%;height:auto}"
    "svg text{font:15px 'Liberation Sans',Arial,sans-serif;fill:#1b2026}svg .tick{fill:#56606c}"
    ".grid{stroke:#d5dae0}.axis{stroke:#8a929c}.land{fill:none;stroke:#1b2026;stroke-width:.8;"
    "stroke-opacity:.6}table{border-collapse:collapse;font-size:.88rem}th,td{text-align:right;"
    "padding:.18rem .7rem;border-bottom:1px solid #d5dae0}.t{overflow-x:auto}"
    "th:first-child,td:first-child{text-align:left;min-width:9rem}th{vertical-align:bottom}"
    "figcaption{min-height:2.9em;display:flex;align-items:end}.keys{display:flex;flex-wrap:wrap;"
    "gap:0 1.2rem;font-size:.85rem}.keys svg{width:30px;height:8px;margin-right:.4rem}"
    ".scale{display:flex;align-items:center;gap:.5rem;font-size:.9rem;margin:.3rem 0}"
    ".scale svg{width:210px;height:12px;flex:none}"
)
_WIDTH, _HEIGHT, _LEFT, _RIGHT, _TOP, _BOTTOM = 420.0, 258.0, 62.0, 404.0, 34.0, 204.0
_DEGREE: Final = 2.0
_SHADES: Final = ("#f6f7f8", "#e3edf5", "#cde0ee", "#b3d1e6", "#94bfdc", "#72a9d0", "#4f92c2")
_CURVES: Final = {
    "burn time": ("Burn time of the missile", "seconds from launch to burnout"),
    "delta-v": ("Speed of the interceptor", "km/s"),
    "delay from launch to launch": ("Delay", "seconds from missile's launch to interceptor's"),
    "latitude of launch": ("Latitude of the launch, best inclination for each", "degrees"),
    "missiles at once": ("Raid", "missiles at once from one place"),
    "wanted chance": ("Wanted chance", "% that all get their shots"),
}
_DASHES: Final = ("", "7 4", "2 4", "10 3 2 3")


def write_page(path: Path, tables: Tables, title: str) -> None:
    """Write the page, whole or not at all.

    Raises:
        RunError: It cannot be written there.
    """
    from umbo.study.store import whole

    with whole(path) as beside:
        beside.write_text(page(tables, title), encoding="utf-8")


def page(tables: Tables, title: str) -> str:
    """Set answer, map, curves and tables into one page that needs no other file."""
    listed = "".join(
        f"<h2>{escape(heading)}</h2><p class='soft'>{escape(note)}</p>"
        f"<div class='t'>{_html_table(rows)}</div>"
        for heading, note, rows in written(tables)
    )
    heading = f"{escape(title)}: how many interceptors in orbit"
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{heading}</title>'
        f'<meta name="viewport" content="width=device-width"><style>{_STYLE}</style></head><body>'
        f"<h1>{heading}</h1><p class='answer'>{escape(answer(tables))}</p>"
        f"<p>{escape(carried(tables))}</p><p class='soft'>{escape(WARNED)}</p>"
        f"<h2>What moves the number</h2><p class='soft'>The smallest constellation on the orbits "
        f"chosen, one thing changed at a time; the dot is the question as asked.</p>"
        f"<div class='charts'>{_curves(tables)}</div>"
        f"<h2>Who is in reach</h2><div class='charts'>{_latitude(tables)}{_fly_outs(tables)}"
        f"{_built(tables)}{_shortfall(tables)}</div>{_map(tables)}{listed}{_inputs(tables)}"
        f"<p class='soft'>{escape(attribution())}</p></body></html>\n"
    )


def _curves(tables: Tables) -> str:
    row = tables["answer"][0]
    asked = {
        "burn time": row["burnout_s"],
        "delta-v": row["speed_m_per_s"] / 1e3,
        "delay from launch to launch": row["commit_s"],
        "missiles at once": row["missiles"],
        "wanted chance": 100.0 * row["probability"],
    }
    charts = []
    for curve, (title, across) in _CURVES.items():
        points = [(r["at"], r["satellites"]) for r in tables["sensitivity"] if r["curve"] == curve]
        if len(points) > 1:
            dot = (asked[curve], row["satellites"]) if curve in asked else None
            charts.append(_chart(title, across, "interceptors needed", [("", points)], dot=dot))
    return "".join(charts)


def _latitude(tables: Tables) -> str:
    rows = tables["latitude"]
    series = [
        ("mean", [(r["lat_deg"], r["in_reach_mean"]) for r in rows]),
        ("5 %", [(r["lat_deg"], r["in_reach_p05"]) for r in rows]),
        ("95 %", [(r["lat_deg"], r["in_reach_p95"]) for r in rows]),
        ("closed form", [(r["lat_deg"], r["closed_form_mean"]) for r in rows]),
    ]
    title = f"Of {of_all(tables)}, in reach by latitude of the target"
    return _chart(title, "degrees north of the equator", "in reach", series)


def _built(tables: Tables) -> str:
    rows = tables["by_year"]
    series = [
        ("standing", [(0.0, 0.0), *((r["year"], 100.0 * r["share_built"]) for r in rows)]),
        ("chance", [(0.0, 0.0), *((r["year"], 100.0 * r["chance"]) for r in rows)]),
    ]
    title = f"While it is built: share of {of_all(tables)} that stands, and its chance"
    return _chart(title, "years from the first produced", "%", series)


def _fly_outs(tables: Tables) -> str:
    rows = tables["fly_outs"]
    series = [
        ("flat disc", [(r["fly_s"], r["disc_mean"]) for r in rows]),
        ("thrust and free fall", [(r["fly_s"], r["exact_mean"]) for r in rows]),
    ]
    title = f"Of {of_all(tables)}, in reach by two ways of flying out"
    return _chart(title, "seconds of the interceptor's flight", "in reach", series)


def _shortfall(tables: Tables) -> str:
    rows = tables["shortfall"]
    if not rows:
        return ""
    far = rows[0]["nearest_m"] / 1e3
    series = [
        ("where the payload falls", [(r["time_s"], r["range_m"] / 1e3) for r in rows]),
        ("nearest place aimed at", [(rows[0]["time_s"], far), (rows[-1]["time_s"], far)]),
    ]
    title = f"Payload of a missile that is hit: short of its aim until {rows[0]['latest_s']:.0f} s"
    return _chart(title, "time of the hit, seconds after launch", "km from the launch", series)


def _chart(
    title: str,
    across: str,
    what: str,
    series: Sequence[tuple[str, Sequence[tuple[float, float]]]],
    dot: tuple[float, float] | None = None,
) -> str:
    """Draw lines over a scale; what is infinite is left out."""
    known = [(name, [(x, y) for x, y in points if is_number(y)]) for name, points in series]
    every = [point for _, points in known for point in points]
    if not every:
        return ""
    left, right = min(x for x, _ in every), max(x for x, _ in every)
    top = 1.06 * max([y for _, y in every] + [dot[1] if dot else 0.0]) or 1.0

    def x(at: float) -> float:
        return _LEFT + (_RIGHT - _LEFT) * (at - left) / max(right - left, 1e-9)

    def y(at: float) -> float:
        return _BOTTOM - (_BOTTOM - _TOP) * min(at / top, 1.0)

    parts = []
    for tick in ticks(top):
        parts.append(
            f'<line class="grid" x1="{_LEFT:g}" x2="{_RIGHT:g}" y1="{y(tick):.1f}" '
            f'y2="{y(tick):.1f}"/><text class="tick" x="{_LEFT - 7:g}" y="{y(tick) + 5:.1f}" '
            f'text-anchor="end">{number(tick)}</text>'
        )
    for tick in _across(left, right):
        parts.append(
            f'<text class="tick" x="{x(tick):.1f}" y="{_BOTTOM + 20:g}" '
            f'text-anchor="middle">{number(tick)}</text>'
        )
    keys = []
    for i, (name, points) in enumerate(known):
        path = "M" + "L".join(f"{x(a):.1f} {y(b):.1f}" for a, b in points)
        color, dash = LIGHT[f"a{(i + 1) % len(LIGHT)}"], _DASHES[i % len(_DASHES)]
        line = f'fill="none" stroke="{color}" stroke-width="2" stroke-dasharray="{dash or "none"}"'
        parts.append(f'<path d="{path}" {line}/>')
        if name:
            keys.append(
                f'<span><svg viewBox="0 0 30 8"><path d="M0 4h30" {line}/></svg>'
                f"{escape(name)}</span>"
            )
    if dot is not None and left <= dot[0] <= right:
        parts.append(
            f'<circle cx="{x(dot[0]):.1f}" cy="{y(dot[1]):.1f}" r="5" fill="{LIGHT["a2"]}"/>'
        )
    parts.append(
        f'<line class="axis" x1="{_LEFT:g}" x2="{_RIGHT:g}" y1="{_BOTTOM:g}" y2="{_BOTTOM:g}"/>'
        f'<text class="tick" x="4" y="16">{escape(what)}</text><text class="tick" '
        f'x="{(_LEFT + _RIGHT) / 2:g}" y="{_HEIGHT - 8:g}" text-anchor="middle">'
        f"{escape(across)}</text>"
    )
    return (
        f"<figure><figcaption>{escape(title)}</figcaption>"
        f'<svg viewBox="0 0 {_WIDTH:g} {_HEIGHT:g}" role="img" '
        f'aria-label="{escape(f"{what} by {across}: {title}")}">{"".join(parts)}</svg>'
        f"<div class='keys'>{''.join(keys)}</div></figure>"
    )


def _across(left: float, right: float) -> list[float]:
    """Give a few round numbers between two."""
    step = ticks(right - left, 4)[1] if right > left else 1.0
    first = math.ceil(left / step - 1e-9)
    return [k * step for k in range(first, math.floor(right / step + 1e-9) + 1)]


def _map(tables: Tables) -> str:
    cells = tables["map"]
    most = max(row["in_reach_now"] for row in cells) or 1
    side = 10.0 * _DEGREE
    squares = []
    for row in cells:
        left = (row["lon_deg"] + 175.0) * _DEGREE
        top = (85.0 - row["lat_deg"]) * _DEGREE
        shade = _SHADES[round(row["in_reach_now"] / most * (len(_SHADES) - 1))]
        squares.append(
            f'<rect x="{left:g}" y="{top:g}" width="{side + 0.3:g}" height="{side + 0.3:g}" '
            f'fill="{shade}"><title>{row["lat_deg"]:g}, {row["lon_deg"]:g}: '
            f"{row['in_reach_now']} in reach, mean {row['in_reach_mean']:.1f}, 5 % "
            f"{row['in_reach_p05']:g}</title></rect>"
        )
    scale = "".join(
        f'<rect x="{30 * i}" width="30" height="12" fill="{shade}"/>'
        for i, shade in enumerate(_SHADES)
    )
    satellites = of_all(tables)
    return (
        f"<h2>Of {satellites} in orbit, how many are in reach of a missile there at one moment</h2>"
        "<p class='soft'>By places of ten degrees, at the altitude and in the time of the "
        "question's deadline. Over a day the pattern turns under the places: what counts is the "
        "latitude.</p><p class='scale'>none "
        f'<svg viewBox="0 0 210 12" role="img" aria-label="scale">{scale}</svg> '
        f"{most} in reach</p>"
        f'<div class="wide"><svg viewBox="0 0 {360 * _DEGREE:g} {180 * _DEGREE:g}" role="img" '
        f'aria-label="Map of interceptors in reach">{"".join(squares)}'
        f'<path class="land" d="{flat_coasts(_DEGREE)}"/></svg></div>'
    )


def _html_table(rows: Sequence[Sequence[str]]) -> str:
    head = "".join(f"<th>{escape(cell)}</th>" for cell in rows[0])
    body = "".join(
        "<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in row) + "</tr>" for row in rows[1:]
    )
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def _inputs(tables: Tables) -> str:
    rows = [["input", "low", "mode", "high", "unit", "source", "note"]]
    for row in tables["inputs"]:
        numbers = [number(row[name]) for name in ("low", "mode", "high")]
        name = f"{words(row['item'])}: {words(row['parameter'])}"
        rows.append([name, *numbers, row["unit"], row["source"], row["note"]])
    return (
        f"<details><summary><b>{len(rows) - 1} inputs</b>, each with its range and source, "
        f"in SI</summary><div class='t'>{_html_table(rows)}</div></details>"
    )
