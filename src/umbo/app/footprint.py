"""The defended footprint for a person: the answer, a table of speeds, and a page with its map."""

import json
import math
from collections.abc import Mapping, Sequence
from html import escape
from importlib.resources import files
from pathlib import Path
from typing import Any, Final

from umbo.app.costing import refuse_suffix
from umbo.app.maps import attribution
from umbo.app.wording import number, with_unit, words

Row = dict[str, Any]
Tables = Mapping[str, Sequence[Row]]

LEFT_OUT: Final = (
    "Inside the line one interceptor, ordered as soon as the track allows, still meets the "
    "missile. Left out: the chance that it kills, a second shot, raids larger than the magazine."
)
_STYLE: Final = (
    "body{margin:0 auto;padding:1rem 1.2rem 3rem;max-width:900px;font:16px/1.5 system-ui,"
    "'Liberation Sans',Arial,sans-serif;color:#1b2026;background:#fff}h1{font-size:1.5rem}"
    ".answer{border-left:5px solid #0b62b0;padding:.3rem 0 .3rem .9rem;font-size:1.08rem}"
    ".soft{color:#56606c;font-size:.9rem}svg{width:100%;height:auto;background:#eef4f8}"
    "table{border-collapse:collapse}th,td{text-align:right;padding:.2rem .7rem;border-bottom:1px "
    "solid #d5dae0}th:first-child,td:first-child{text-align:left}.t{overflow-x:auto}"
)
_SIDE: Final = 640.0


def answer(tables: Tables) -> str:
    """Say the answer in a sentence or two."""
    row = tables["footprint"][0]
    what = f"{words(row['interceptor'])} at {words(row['at'])}"
    origin = row["from"]
    origin = words(origin) if origin.lstrip("-")[:1].isalpha() else f"bearing {origin} deg"
    if row["margin_at_site_s"] < 0.0:
        told = f"{what} does not meet {words(row['against'])} from {origin} in time, not even at "
        return f"{told}the site itself."
    beyond = row["detached_points"]
    area = number(float("{:.3g}".format(row["area_km2"])))
    gaps = f" {beyond} further places beyond a gap are defended too." if beyond else ""
    return (
        f"{what} defends {area} km² against "
        f"{words(row['against'])} from {origin}: {with_unit(row['nearest_edge_m'], 'm')} to "
        f"{with_unit(row['farthest_edge_m'], 'm')} from the site, which it meets at up to "
        f"{with_unit(row['speed_m_per_s'], 'm_per_s')}, with "
        f"{row['margin_at_site_s']:.0f} s to spare at the site.{gaps}"
    )


def speeds(tables: Tables) -> list[list[str]]:
    """Write how the footprint shrinks with the threat's speed, the first row its columns."""
    rows = [
        ["missile, same bearing", "track", "speed", "area [km²]", "nearest edge", "farthest edge"]
    ]
    for row in tables["footprint_speeds"]:
        rows.append(
            [
                words(row["missile"]),
                "at burnout" if row["cue"] == "burnout" else "own radar",
                with_unit(row["speed_m_per_s"], "m_per_s"),
                number(float(f"{row['area_km2']:.3g}")),
                with_unit(row["nearest_edge_m"], "m"),
                with_unit(row["farthest_edge_m"], "m"),
            ]
        )
    return rows


def print_footprint(tables: Tables) -> None:
    """Print the answer and the table on the terminal."""
    import sys

    from rich.console import Console
    from rich.table import Table

    console = Console() if sys.stdout.isatty() else Console(width=110)
    rows = speeds(tables)
    if len(rows) > 1:
        table = Table(*rows[0], title="By the speed of the threat", title_justify="left")
        for row in rows[1:]:
            table.add_row(*row)
        console.print(table)
    console.print(LEFT_OUT)
    console.print(answer(tables))


def write_page(path: Path, tables: Tables) -> None:
    """Write the page, whole or not at all.

    Raises:
        StudyError: Its name does not end in ``.html``.
        RunError: It cannot be written there.
    """
    from umbo.study.store import whole

    refuse_suffix(path)
    row = tables["footprint"][0]
    title = f"Defended footprint: {words(row['interceptor'])} at {words(row['at'])}"
    table = speeds(tables)
    head = "".join(f"<th>{escape(cell)}</th>" for cell in table[0])
    body = "".join(
        f"<tr>{''.join(f'<td>{escape(cell)}</td>' for cell in line)}</tr>" for line in table[1:]
    )
    text = (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{escape(title)}'
        '</title><meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<style>{_STYLE}</style></head><body><h1>{escape(title)}</h1>"
        f"<p class='answer'>{escape(answer(tables))}</p><p class='soft'>{escape(LEFT_OUT)}</p>"
        f"{_map(tables)}<p class='soft'>Blue: defended. Ring: the interceptor's longest range. "
        "Arrow: where the missiles come from. North is up; distances from the site are true.</p>"
        f"<h2>By the speed of the threat</h2><div class='t'><table><tr>{head}</tr>{body}</table>"
        f"</div><p class='soft'>{escape(attribution())}</p></body></html>\n"
    )
    with whole(path) as beside:
        beside.write_text(text, encoding="utf-8")


def _map(tables: Tables) -> str:
    """Draw the polygon by the azimuthal equidistant projection about the site."""
    row = tables["footprint"][0]
    lat0, lon0 = math.radians(row["site_lat_deg"]), math.radians(row["site_lon_deg"])
    span_m = 1.3 * max(row["farthest_edge_m"], row["interceptor_range_m"])
    scale = _SIDE / 2.0 / span_m

    def polar(lat_deg: float, lon_deg: float) -> tuple[float, float]:
        """Give distance and azimuth from the site."""
        lat, east = math.radians(lat_deg), math.radians(lon_deg) - lon0
        north = math.cos(lat0) * math.sin(lat) - math.sin(lat0) * math.cos(lat) * math.cos(east)
        across = math.cos(lat) * math.sin(east)
        up = math.sin(lat0) * math.sin(lat) + math.cos(lat0) * math.cos(lat) * math.cos(east)
        return 6_371_008.8 * math.atan2(math.hypot(north, across), up), math.atan2(across, north)

    def at(distance_m: float, azimuth: float) -> tuple[float, float]:
        half, out = _SIDE / 2.0, scale * distance_m
        return half + out * math.sin(azimuth), half - out * math.cos(azimuth)

    text = files("umbo.data").joinpath("maps/borders.geojson").read_text(encoding="utf-8")
    shapes = {
        f["properties"]["name"]: f["geometry"]["coordinates"] for f in json.loads(text)["features"]
    }
    lines = [ring for polygon in shapes["land"] for ring in polygon[:1]]
    drawn = []
    for line in [*lines, *shapes["borders"], *shapes["states"]]:
        pen = "M"
        for lon, lat in line:
            distance, azimuth = polar(lat, lon)
            if distance > 1.6 * span_m:
                pen = "M"
                continue
            x, y = at(distance, azimuth)
            drawn.append(f"{pen}{x:.0f} {y:.0f}")
            pen = "L"
    edge = "L".join(
        "{:.1f} {:.1f}".format(*at(r["edge_m"], math.radians(r["azimuth_deg"])))
        for r in tables["footprint_edge"]
    )
    _, toward = polar(row["launch_lat_deg"], row["launch_lon_deg"])
    (x1, y1), (x2, y2) = at(1.25 * span_m / 1.3, toward), at(1.05 * span_m / 1.3, toward)
    half = _SIDE / 2.0
    return (
        f'<svg viewBox="0 0 {_SIDE:g} {_SIDE:g}" role="img" aria-label="{escape(answer(tables))}">'
        '<defs><marker id="tip" markerWidth="8" markerHeight="8" refX="6" refY="3" orient="auto">'
        '<path d="M0 0L7 3L0 6Z" fill="#b3541e"/></marker></defs>'
        f'<path d="{"".join(drawn)}" fill="none" stroke="#8a929c"/>'
        f'<circle cx="{half:g}" cy="{half:g}" r="{scale * row["interceptor_range_m"]:.1f}" '
        'fill="none" stroke="#56606c" stroke-dasharray="5 5"/>'
        f'<path d="M{edge}Z" fill="#0b62b0" fill-opacity=".25" stroke="#0b62b0" '
        f'stroke-width="2"/><circle cx="{half:g}" cy="{half:g}" r="5" fill="#1b2026"/>'
        f'<path d="M{x1:.1f} {y1:.1f}L{x2:.1f} {y2:.1f}" stroke="#b3541e" stroke-width="4" '
        'marker-end="url(#tip)"/></svg>'
    )
