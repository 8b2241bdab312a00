"""A flight as a picture that stands alone: its profile, its speed and its way over the Earth."""

import json
import math
from collections.abc import Iterable, Sequence
from functools import cache
from html import escape
from importlib.resources import files
from typing import Any, Final

import numpy as np

from umbo.app.figures import ticks
from umbo.app.maps import attribution
from umbo.app.wording import number
from umbo.engagement.tracks import Event, Track

WIDTH: Final = 1200.0
HEIGHT: Final = 800.0
_POINTS: Final = 400
"""Points drawn of a track: one for each two pixels."""
_GLOBE: Final = (985.0, 262.0, 172.0)  # middle across and down, and radius, in pixels
_STYLE: Final = (
    "text{font:15px 'Liberation Sans',Arial,sans-serif;fill:#1b2026}"
    ".title{font-weight:bold;font-size:25px}.head{font-weight:bold;font-size:17px}"
    ".soft,.tick{fill:#56606c;font-size:14px}.small{fill:#56606c;font-size:11.5px}"
    ".grid{stroke:#d5dae0}.axis{stroke:#8a929c}"
    ".line{fill:none;stroke:#0b62b0;stroke-width:2.4;stroke-linejoin:round}"
    ".fill{fill:#0b62b0;fill-opacity:.09}.burn{fill:none;stroke:#b65200;stroke-width:4}"
    ".dot{fill:#1b2026;stroke:#fff;stroke-width:1.5}"
    ".badge{font-weight:bold;font-size:12px;fill:#fff}.ring{fill:#1b2026}"
    ".sea{fill:#eef3f7;stroke:#8a929c}.land{fill:#d5d9da}.border{fill:none;stroke:#fff}"
    ".track{fill:none;stroke:#b3261e;stroke-width:2.4}"
)


def picture(track: Track, title: str, told: str) -> str:
    """Draw a flight: altitude over way, speed over time, map and events.

    Args:
        track: The flight.
        title: Title of the picture.
        told: One line below it.

    Returns:
        The picture as SVG.
    """
    marked = list(enumerate(track.events[1:], start=1))
    burnt = next((e.time_s for e in track.events if e.name == "burnout"), 0.0)
    way, height, speed, minutes = (
        track.ground_m / 1e3,
        track.altitude_m / 1e3,
        track.speed_m_per_s / 1e3,
        track.time_s / 60.0,
    )
    by_way = _chart(
        (70.0, 130.0, 690.0, 280.0),
        "Altitude [km] over the way flown over the ground [km]; not to one scale",
        way,
        height,
        track.time_s <= burnt,
        [(n, e.ground_m / 1e3, e.altitude_m / 1e3) for n, e in marked],
    )
    by_time = _chart(
        (70.0, 490.0, 690.0, 230.0),
        "Speed over ground [km/s] over time [min]",
        minutes,
        speed,
        track.time_s <= burnt,
        [(n, e.time_s / 60.0, e.speed_m_per_s / 1e3) for n, e in marked],
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH:g} {HEIGHT:g}" '
        f'width="{WIDTH:g}" height="{HEIGHT:g}" role="img" aria-label="{escape(title)}">'
        f'<style>{_STYLE}</style><rect width="100%" height="100%" fill="#fff"/>'
        f'<text class="title" x="32" y="44">{escape(title)}</text>'
        f'<text class="soft" x="32" y="70">{escape(told)}</text>'
        f"{by_way}{by_time}{_globe(track)}{_list(marked, 500.0)}"
        f'<text class="small" x="32" y="{HEIGHT - 16:g}">Generic vehicle of its class, every value '
        f"at its most likely. {escape(attribution())}</text></svg>"
    )


def page(track: Track, title: str, told: str, rows: Sequence[Sequence[str]]) -> str:
    """Set the picture and its events into one page.

    Args:
        track: The flight.
        title: Title of the page.
        told: One line below it.
        rows: The table of events, its heading first.

    Returns:
        The page as HTML that needs no other file.
    """
    head, *body = (
        "".join(f"<{'td' if i else 'th'}>{escape(cell)}</{'td' if i else 'th'}>" for cell in row)
        for i, row in enumerate(rows)
    )
    lines = "".join(f"<tr>{line}</tr>" for line in body)
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{escape(title)}</title>'
        '<meta name="viewport" content="width=device-width"><style>body{margin:1rem auto;'
        "max-width:1200px;font:16px/1.5 system-ui,'Liberation Sans',Arial,sans-serif;color:#1b2026;"
        "background:#fff}svg{max-width:100%;height:auto}table{border-collapse:collapse;margin:"
        "0 2rem}th,td{text-align:right;padding:.25rem .9rem;border-bottom:1px solid #d5dae0}"
        "th:first-child,td:first-child{text-align:left}</style></head><body>"
        f"{picture(track, title, told)}<table><thead><tr>{head}</tr></thead>"
        f"<tbody>{lines}</tbody></table></body></html>\n"
    )


def _chart(
    frame: tuple[float, float, float, float],
    title: str,
    across: Any,
    up: Any,
    burning: Any,
    marks: Sequence[tuple[int, float, float]],
) -> str:
    """Draw a curve in a frame (left, top, width, height), with numbered marks on it."""
    left, top, width, height = frame
    most_x, most_y = float(np.max(across)) or 1.0, 1.12 * float(np.max(up)) or 1.0

    def x(value: float) -> float:
        return left + width * value / most_x

    def y(value: float) -> float:
        return top + height * (1.0 - value / most_y)

    parts = [f'<text class="head" x="{left - 38:g}" y="{top - 16:g}">{escape(title)}</text>']
    for value in ticks(most_y):
        parts.append(
            f'<line class="grid" x1="{left:g}" x2="{left + width:g}" y1="{y(value):.1f}" '
            f'y2="{y(value):.1f}"/><text class="tick" x="{left - 8:g}" y="{y(value) + 5:.1f}" '
            f'text-anchor="end">{number(value)}</text>'
        )
    for value in ticks(most_x, 7):
        parts.append(
            f'<line class="axis" x1="{x(value):.1f}" x2="{x(value):.1f}" y1="{top + height:g}" '
            f'y2="{top + height + 5:g}"/><text class="tick" x="{x(value):.1f}" '
            f'y="{top + height + 22:g}" text-anchor="middle">{number(value)}</text>'
        )
    few = np.unique(np.linspace(0, len(across) - 1, _POINTS).astype(int))
    points = [(x(across[i]), y(up[i])) for i in few]
    line = _line(points)
    burnt = [point for point, i in zip(points, few, strict=True) if burning[i]]
    floor = top + height
    parts.append(
        f'<path class="fill" d="{line}L{points[-1][0]:.1f} {floor:g}L{left:g} {floor:g}Z"/>'
    )
    parts.append(f'<path class="line" d="{line}"/>')
    if len(burnt) > 1:
        parts.append(f'<path class="burn" d="{_line(burnt)}"/>')
    parts.append(
        f'<line class="axis" x1="{left:g}" x2="{left + width:g}" y1="{floor:g}" y2="{floor:g}"/>'
    )
    spots = [(x(at_x), y(at_y)) for _, at_x, at_y in marks]
    taken: list[tuple[float, float]] = []
    for (n, _, _), spot in zip(marks, spots, strict=True):
        label = _free(spot, [*taken, *(other for other in spots if other != spot)])
        taken.append(label)
        parts.append(_badge(n, *label))
    parts += [f'<circle class="dot" cx="{left:.1f}" cy="{up:.1f}" r="4"/>' for left, up in spots]
    return "".join(parts)


def _free(spot: tuple[float, float], taken: Sequence[tuple[float, float]]) -> tuple[float, float]:
    """Find a place beside a mark where no other label stands."""
    for away in (18.0, 30.0, 44.0, 60.0, 76.0):
        for turn in (-90.0, -135.0, -45.0, 180.0, 0.0):
            angle = math.radians(turn)
            place = (spot[0] + away * math.cos(angle), spot[1] + away * math.sin(angle))
            if all(math.dist(place, other) > 17.0 for other in taken):
                return place
    return spot


def _badge(n: int, x: float, y: float) -> str:
    return (
        f'<circle class="ring" cx="{x:.1f}" cy="{y:.1f}" r="8.5"/><text class="badge" '
        f'x="{x:.1f}" y="{y + 4.2:.1f}" text-anchor="middle">{n}</text>'
    )


def _list(marked: Sequence[tuple[int, Event]], top: float) -> str:
    """List the events beside the charts."""
    parts = [f'<text class="head" x="812" y="{top - 24:g}">Events</text>']
    for row, (n, event) in enumerate(marked):
        y = top + 26.0 * row
        parts.append(_badge(n, 821, y - 5))
        told = f"{kilometres(event.altitude_m, 0)} km, {event.speed_m_per_s / 1e3:.2f} km/s"
        parts.append(
            f'<text x="838" y="{y:g}">{escape(event.name)}</text><text class="tick" x="1172" '
            f'y="{y:g}" text-anchor="end">{clock(event.time_s)} · {told}</text>'
        )
    return "".join(parts)


def clock(time_s: float) -> str:
    """Write a time of flight as minutes and seconds, or hours, minutes and seconds.

    Example:
        >>> clock(1608.9), clock(36_061.0)
        ('26:49', '10:01:01')
    """
    minutes, seconds = divmod(round(time_s), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02d}:{seconds:02d}" if hours else f"{minutes}:{seconds:02d}"


def kilometres(altitude_m: float, places: int = 1) -> str:
    """Write an altitude in kilometres, below one of them to ten metres.

    Example:
        >>> kilometres(228_466.0), kilometres(1.11e6, 0), kilometres(60.0, 0), kilometres(0.0)
        ('228.5', '1,110', '0.06', '0')
    """
    if altitude_m < 5.0:
        return "0"
    return f"{altitude_m / 1e3:,.{places if altitude_m >= 1e3 else 2}f}"


def _line(points: Iterable[tuple[float, float]]) -> str:
    return "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in points)


@cache
def _coasts() -> dict[str, Any]:
    text = files("umbo.data").joinpath("maps/borders.geojson").read_text(encoding="utf-8")
    return {
        one["properties"]["name"]: one["geometry"]["coordinates"]
        for one in json.loads(text)["features"]
    }


def _globe(track: Track) -> str:
    """Draw the track on the side of the Earth that it crosses, seen from above its middle.

    Lambert's azimuthal equal-area projection of a sphere, as far as half again the track.

    Source:
        Snyder, *Map Projections: A Working Manual*, USGS Professional Paper 1395 (1987),
        eq. 24-2 to 24-4, p. 185.
    """
    middle_x, middle_y, radius = _GLOBE
    axes = _axes(track)
    along = axes @ _unit(track.lat_rad, track.lon_rad)
    farthest = float(np.arccos(np.clip(np.min(along[2]), -1.0, 1.0)))
    shown = min(max(1.35 * farthest, math.radians(4.0)), math.radians(105.0))
    scale = radius / (2.0 * math.sin(shown / 2.0))

    def draw(lon_lat: Any, closed: bool) -> str:
        degrees = np.asarray(lon_lat, dtype=np.float64)
        seen = axes @ _unit(np.radians(degrees[:, 1]), np.radians(degrees[:, 0]))
        # Around the far side a coast would be drawn inside out.
        if np.max(seen[2]) < math.cos(min(shown + 0.6, 2.0)) or np.min(seen[2]) < -0.99:
            return ""
        return _line(_flat(seen, scale)) + ("Z" if closed else "")

    coasts = _coasts()
    land = "".join(draw(polygon[0], True) for polygon in coasts["land"])
    lines = "".join(draw(line, False) for name in ("borders", "states") for line in coasts[name])
    few = np.unique(np.linspace(0, len(track.time_s) - 1, _POINTS).astype(int))
    way = _flat(along[:, few], scale)
    ends = (
        (way[0], track.start.name, "launch"),
        (way[-1], track.aim.name, "impact"),
    )
    marks = "".join(
        f'<circle class="dot" cx="{x:.1f}" cy="{y:.1f}" r="5"><title>{escape(f"{what}: {name}")}'
        f"</title></circle>"
        f'<text class="tick" x="{x + (-9 if x < middle_x else 9):.1f}" y="{y + 5:.1f}" '
        f'text-anchor="{"end" if x < middle_x else "start"}">{what}</text>'
        for (x, y), name, what in ends
    )
    circle = f'cx="{middle_x:g}" cy="{middle_y:g}" r="{radius:g}"'
    return (
        f'<clipPath id="disc"><circle {circle}/></clipPath><circle class="sea" {circle}/>'
        f'<g clip-path="url(#disc)"><path class="land" d="{land}"/>'
        f'<path class="border" d="{lines}"/><path class="track" d="{_line(way)}"/></g>{marks}'
    )


def _axes(track: Track) -> Any:
    """Give the axes right, up and towards the eye of a view from above the track's middle."""
    half = int(np.searchsorted(track.ground_m, track.ground_m[-1] / 2.0))
    lat, lon = float(track.lat_rad[half]), float(track.lon_rad[half])
    eye = _unit(np.array([lat]), np.array([lon]))[:, 0]
    east = np.array([-math.sin(lon), math.cos(lon), 0.0])
    return np.array([east, np.cross(eye, east), eye])


def _unit(lat_rad: Any, lon_rad: Any) -> Any:
    return np.array(
        [np.cos(lat_rad) * np.cos(lon_rad), np.cos(lat_rad) * np.sin(lon_rad), np.sin(lat_rad)]
    )


def _flat(seen: Any, scale: float) -> list[tuple[float, float]]:
    stretch = scale * np.sqrt(2.0 / np.maximum(1.0 + seen[2], 1e-6))
    return [
        (_GLOBE[0] + float(x), _GLOBE[1] - float(y))
        for x, y in zip(stretch * seen[0], stretch * seen[1], strict=True)
    ]
