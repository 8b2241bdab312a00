"""Maps seen from above the North Pole, where long flights and their targets share one sheet."""

import json
import math
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from html import escape
from importlib.resources import files
from typing import Any, Final

from umbo.app.wording import words

SIZE: Final = 640.0
"""Side of a map's own coordinates; it is drawn at any width."""
SITE_KINDS: Final = ("fights", "senses")
"""Sites that a map shows: what is only costed stands in no battle."""
_SOUTHERN_LIMIT_DEG = 0.0
_UPWARD_LON_DEG = 80.0  # so that North America lies at the bottom
_SCALE = SIZE / 2.0 / (2.0 * math.sin(math.radians(90.0 - _SOUTHERN_LIMIT_DEG) / 2.0))
_LONGEST_EDGE_DEG: Final = 15.0
_NEAREST_PX: Final = 1.0


def project(lat_deg: float, lon_deg: float) -> tuple[float, float]:
    """Place a point on the sheet by Lambert's azimuthal equal-area projection.

    A sphere instead of the ellipsoid, worth less than a pixel. Points south of the equator
    fall outside the circle that is shown.

    Source:
        Snyder, *Map Projections: A Working Manual*, USGS Professional Paper 1395 (1987),
        eq. 24-3 to 24-5, p. 186.

    Example:
        >>> project(90.0, 0.0)
        (320.0, 320.0)
    """
    rho = 2.0 * _SCALE * math.sin(math.radians(90.0 - lat_deg) / 2.0)
    theta = math.radians(lon_deg - _UPWARD_LON_DEG)
    # East runs counterclockwise, as seen from above the pole.
    return SIZE / 2.0 - rho * math.sin(theta), SIZE / 2.0 - rho * math.cos(theta)


def _path(points: Iterable[tuple[float, float]], closed: bool = False) -> str:
    pairs = [f"{x:.0f} {y:.0f}" for x, y in points]
    kept = [pair for i, pair in enumerate(pairs) if i == 0 or pair != pairs[i - 1]]
    return "" if len(kept) < 2 else "M" + "L".join(kept) + ("Z" if closed else "")


@cache
def _outlines() -> tuple[str, str, str, str]:
    """Give the paths of land, borders and states, and whom to thank."""
    text = files("umbo.data").joinpath("maps/borders.geojson").read_text(encoding="utf-8")
    collection = json.loads(text)
    shape = {f["properties"]["name"]: f["geometry"]["coordinates"] for f in collection["features"]}

    def lines(many: Sequence[Any], closed: bool) -> str:
        shown = (line for line in many if max(lat for _, lat in line) > _SOUTHERN_LIMIT_DEG)
        return "".join(_path((project(lat, lon) for lon, lat in line), closed) for line in shown)

    land = lines([polygon[0] for polygon in shape["land"]], True)
    attribution = str(collection["attribution"])
    return land, lines(shape["borders"], False), lines(shape["states"], False), attribution


def attribution() -> str:
    """Say whose coastlines and borders these are."""
    return _outlines()[3]


def background() -> str:
    """Draw land and borders once, for all maps of a page to use as ``#map-land``."""
    land, borders, states, _ = _outlines()
    half = SIZE / 2.0
    circles = "".join(
        f'<circle class="graticule" cx="{half}" cy="{half}" '
        f'r="{2.0 * _SCALE * math.sin(math.radians(90.0 - lat) / 2.0):.1f}"/>'
        for lat in (30.0, 60.0)
    )
    return (
        '<svg width="0" height="0" class="hidden" aria-hidden="true"><defs>'
        f'<clipPath id="map-disc"><circle cx="{half}" cy="{half}" r="{half - 1}"/></clipPath>'
        f'<g id="map-land" clip-path="url(#map-disc)">'
        f'<circle class="sea" cx="{half}" cy="{half}" r="{half - 1}"/>'
        f'<path class="land" d="{land}"/>'
        f'<path class="border" d="{borders}"/><path class="state" d="{states}"/>{circles}'
        "</g></defs></svg>"
    )


def location_map(rows: Sequence[Mapping[str, Any]], first: int, title: str) -> str:
    """Draw locations by category, each its own colour, the first ones of the list larger."""
    categories = list(dict.fromkeys(row["category"] for row in rows))
    parts = ['<use href="#map-land"/><g clip-path="url(#map-disc)">']
    for place, row in reversed(list(enumerate(rows))):
        x, y = project(row["lat_deg"], row["lon_deg"])
        radius = 5.0 if place < first else 2.2
        told = f"{row['location']}: {words(row['category'])}, rank {row['rank']}"
        parts.append(
            f'<circle class="s{categories.index(row["category"])}" cx="{x:.0f}" cy="{y:.0f}" '
            f'r="{radius:g}"><title>{escape(told)}</title></circle>'
        )
    keys = "".join(
        f'<circle class="s{i}" cx="14" cy="{16 + 18 * i}" r="5"/>'
        f'<text x="26" y="{20 + 18 * i}">{escape(words(name))}</text>'
        for i, name in enumerate(categories)
    )
    return (
        f'<svg class="map" role="img" aria-label="{escape(title)}" viewBox="0 0 {SIZE:g} {SIZE:g}">'
        f"{''.join(parts)}</g>{keys}</svg>"
    )


def siting_map(rows: Sequence[Mapping[str, Any]], title: str) -> str:
    """Draw chosen sites, closer than the whole sheet: circles by rounds, squares that cover."""
    at = [project(row["lat_deg"], row["lon_deg"]) for row in rows]
    left, top = (min(point[i] for point in at) - 30.0 for i in (0, 1))
    wide, high = max(x for x, _ in at) - left + 30.0, max(y for _, y in at) - top + 30.0
    high = max(high, wide / 2.0)
    most = max((row["rounds"] for row in rows), default=0) or 1
    unit = wide / 160.0
    parts = ['<use href="#map-land"/><g clip-path="url(#map-disc)">']
    for (x, y), row in sorted(zip(at, rows, strict=True), key=lambda one: -one[1]["rounds"]):
        told = f"{row['site']}: {row['rounds']} rounds" + (", covers" if row["covering"] else "")
        if row["rounds"]:
            radius = unit * (1.5 + 4.5 * math.sqrt(row["rounds"] / most))
            shape = f'<circle class="site fights" cx="{x:.1f}" cy="{y:.1f}" r="{radius:.1f}">'
            parts.append(f"{shape}<title>{escape(told)}</title></circle>")
        if row["covering"]:
            half = 1.6 * unit
            parts.append(
                f'<rect class="site senses" x="{x - half:.1f}" y="{y - half:.1f}" '
                f'width="{2 * half:.1f}" height="{2 * half:.1f}"><title>{escape(told)}</title>'
                "</rect>"
            )
    return (
        f'<svg class="map" role="img" aria-label="{escape(title)}" '
        f'viewBox="{left:.1f} {top:.1f} {wide:.1f} {high:.1f}">{"".join(parts)}</g></svg>'
    )


def raid_map(
    tracks: Sequence[Sequence[tuple[float, float]]],
    launches: Iterable[tuple[float, float]],
    sites: Sequence[Mapping[str, Any]],
    assets: Sequence[Mapping[str, Any]],
    title: str,
) -> str:
    """Draw tracks and launch points of a raid, (latitude, longitude) each, sites and assets."""
    parts = ['<use href="#map-land"/><g clip-path="url(#map-disc)">']
    drawn = set()
    for track in tracks:
        path = _path(project(lat, lon) for lat, lon in track)
        if path and path not in drawn:
            drawn.add(path)
            parts.append(f'<path class="track" d="{path}"/>')
    launch_points = (project(*point) for point in launches)
    for left, top in dict.fromkeys((round(x), round(y)) for x, y in launch_points):
        parts.append(f'<circle class="launch" cx="{left}" cy="{top}" r="3"/>')
    for asset in assets:
        x, y = project(asset["lat_deg"], asset["lon_deg"])
        parts.append(
            f'<circle class="asset" cx="{x:.0f}" cy="{y:.0f}" r="3.5">'
            f"<title>{escape(str(asset['name']))}</title></circle>"
        )
    for site in sites:
        x, y = project(site["lat_deg"], site["lon_deg"])
        kind = SITE_KINDS.index(site["kind"])
        shape = ("M{x:.0f} {y:.0f}m0-6l5.5 10h-11z", "M{x:.0f} {y:.0f}m-4-4h8v8h-8z")[kind]
        title_of = f"{words(site['element'])}, {site['name']}"
        parts.append(
            f'<path class="site {site["kind"]}" d="{shape.format(x=x, y=y)}">'
            f"<title>{escape(title_of)}</title></path>"
        )
    return (
        f'<svg class="map" role="img" aria-label="{escape(title)}" viewBox="0 0 {SIZE:g} {SIZE:g}">'
        f"{''.join(parts)}</g></svg>"
    )


@cache
def flat_coasts(pixels_per_degree: float) -> str:
    """Draw coasts on a map whose sides are longitude and latitude, as one path from its corner.

    The long straight edges by which the file closes its land are left out, and points that are
    less than a pixel from the one before.
    """
    text = files("umbo.data").joinpath("maps/borders.geojson").read_text(encoding="utf-8")
    land = next(
        one["geometry"]["coordinates"]
        for one in json.loads(text)["features"]
        if one["properties"]["name"] == "land"
    )
    parts = []
    for polygon in land:
        before, last = None, (0.0, 0.0)
        for lon, lat in polygon[0]:
            pen = "L" if before is not None and abs(lon - before) < _LONGEST_EDGE_DEG else "M"
            x, y = (lon + 180.0) * pixels_per_degree, (90.0 - lat) * pixels_per_degree
            if pen == "M" or math.dist((x, y), last) >= _NEAREST_PX:
                parts.append(f"{pen}{x:.1f} {y:.1f}")
                last = x, y
            before = lon
    return "".join(parts)
