"""Make the packaged coastlines, borders and countries from two npm packages.

Run ``npm install world-atlas@2.0.2 us-atlas@3.0.1`` first, then
``python scripts/build_maps.py node_modules src/umbo/data/maps``.
"""

import json
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

Line = list[tuple[float, float]]

ATTRIBUTION = (
    "Coastlines and countries: Natural Earth 1:110m, public domain, by way of world-atlas. "
    "States: United States Census Bureau, public domain, by way of us-atlas."
)


def arcs_of(topology: dict[str, Any]) -> list[Line]:
    """Decode the delta-coded arcs of a quantised topology into degrees."""
    (scale_x, scale_y), (left, bottom) = (
        topology["transform"]["scale"],
        topology["transform"]["translate"],
    )
    arcs = []
    for coded in topology["arcs"]:
        x = y = 0
        line = []
        for step_x, step_y in coded:
            x, y = x + step_x, y + step_y
            line.append((x * scale_x + left, y * scale_y + bottom))
        arcs.append(line)
    return arcs


def rings_of(geometry: dict[str, Any]) -> Iterator[list[int]]:
    """Give every ring of a polygon or a multipolygon as arc numbers."""
    if geometry["type"] == "GeometryCollection":
        for part in geometry["geometries"]:
            yield from rings_of(part)
    elif geometry["type"] == "Polygon":
        yield from geometry["arcs"]
    elif geometry["type"] == "MultiPolygon":
        for polygon in geometry["arcs"]:
            yield from polygon


def joined(ring: list[int], arcs: list[Line]) -> Line:
    """Join the arcs of one ring; a negative number is an arc read backwards."""
    points: Line = []
    for number in ring:
        arc = arcs[number] if number >= 0 else arcs[~number][::-1]
        points += arc[1:] if points else arc
    return points


def inner_lines(geometry: dict[str, Any], arcs: list[Line]) -> list[Line]:
    """Give the arcs that two neighbours share: borders without the coast."""
    times = Counter(
        number if number >= 0 else ~number for ring in rings_of(geometry) for number in ring
    )
    return [arcs[number] for number, count in sorted(times.items()) if count > 1]


def simplified(line: Line, tolerance_deg: float) -> Line:
    """Drop points nearer to the chord than the tolerance (Douglas and Peucker, 1973)."""
    if len(line) < 3:
        return line
    (x0, y0), (x1, y1) = line[0], line[-1]
    chord = max(((x1 - x0) ** 2 + (y1 - y0) ** 2) ** 0.5, 1e-12)

    def distance(point: tuple[float, float]) -> float:
        x, y = point
        if chord < 1e-9:
            return float(((x - x0) ** 2 + (y - y0) ** 2) ** 0.5)
        return float(abs((x1 - x0) * (y0 - y) - (x0 - x) * (y1 - y0)) / chord)

    worst = max(range(1, len(line) - 1), key=lambda i: distance(line[i]))
    if distance(line[worst]) <= tolerance_deg:
        return [line[0], line[-1]]
    head = simplified(line[: worst + 1], tolerance_deg)
    return head[:-1] + simplified(line[worst:], tolerance_deg)


def rounded(line: Line, digits: int) -> list[list[float]]:
    """Round, and drop points that fall on the one before."""
    points = [[round(x, digits), round(y, digits)] for x, y in line]
    return [p for i, p in enumerate(points) if i == 0 or p != points[i - 1]]


def polygons_of(geometry: dict[str, Any], arcs: list[Line]) -> list[Any]:
    """Give the polygons of a country, each as its rings; what rounding leaves a line is dropped."""
    polygons = [geometry["arcs"]] if geometry["type"] == "Polygon" else geometry["arcs"]
    closed = [
        [ring for each in rings if len(ring := rounded(joined(each, arcs), 1)) > 3]
        for rings in polygons
    ]
    return [rings for rings in closed if rings]


def collection(shapes: list[tuple[str, str, Any]]) -> str:
    """Write named shapes as GeoJSON, each with its kind and coordinates."""
    features = [
        {
            "type": "Feature",
            "properties": {"name": name},
            "geometry": {"type": kind, "coordinates": coordinates},
        }
        for name, kind, coordinates in shapes
    ]
    whole = {"type": "FeatureCollection", "attribution": ATTRIBUTION, "features": features}
    return json.dumps(whole, separators=(",", ":"), ensure_ascii=False) + "\n"


def main(modules: Path, target: Path) -> None:
    """Read both packages and write two small GeoJSON files."""
    world = json.loads((modules / "world-atlas/countries-110m.json").read_text())
    us = json.loads((modules / "us-atlas/states-10m.json").read_text())
    world_arcs, us_arcs = arcs_of(world), arcs_of(us)
    land = [[rounded(joined(ring, world_arcs), 1)] for ring in rings_of(world["objects"]["land"])]
    borders = inner_lines(world["objects"]["countries"], world_arcs)
    states = [simplified(line, 0.05) for line in inner_lines(us["objects"]["states"], us_arcs)]
    shapes: list[tuple[str, str, Any]] = [
        ("land", "MultiPolygon", [polygon for polygon in land if len(polygon[0]) > 3]),
        ("borders", "MultiLineString", [rounded(line, 1) for line in borders]),
        ("states", "MultiLineString", [rounded(line, 1) for line in states]),
    ]
    countries = sorted(
        (country["properties"]["name"], "MultiPolygon", polygons_of(country, world_arcs))
        for country in world["objects"]["countries"]["geometries"]
    )
    (target / "borders.geojson").write_text(collection(shapes), encoding="utf-8")
    (target / "countries.geojson").write_text(collection(countries), encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
