"""One missile flown and shown: events, a profile on the terminal, a picture, a comparison."""

import re
import sys
from collections.abc import Sequence
from dataclasses import replace
from math import degrees, radians
from pathlib import Path
from typing import Any, Final

import numpy as np

from umbo.app.flight_picture import clock, kilometres, page, picture
from umbo.app.wording import number
from umbo.elements.catalog import Catalog, Item
from umbo.elements.inventories import class_of
from umbo.elements.places import Place
from umbo.engagement.tracks import Track, fly_one, fly_typical
from umbo.errors import StudyError, UnknownNameError, suggest

Row = dict[str, Any]

SUFFIXES: Final = (".svg", ".html")
PROFILE: Final = (64, 9)
"""Columns and rows of the profile on the terminal."""
ROWS_OF_A_TRACK: Final = 240
SOMEWHERE: Final = "somewhere"
"""Name of a place that was given by its position alone."""
_BLOCKS: Final = " ▁▂▃▄▅▆▇█"

# What the comparison shows: heading, name in a track's summary, and how it is written.
_COLUMNS: Final = (
    ("range km", "range_m", "km"),
    ("burn time s", "burn_time_s", "s"),
    ("burnout km/s", "burnout_speed_m_per_s", "km/s"),
    ("highest km", "apogee_m", "km"),
    ("time of flight", "flight_time_s", "clock"),
    ("re-entry km/s", "reentry_speed_m_per_s", "km/s"),
    ("level at km", "level_altitude_m", "km"),
    ("level from km/s", "level_start_speed_m_per_s", "km/s"),
    ("to km/s", "level_end_speed_m_per_s", "km/s"),
)


def refuse_suffix(path: Path) -> None:
    """Refuse a picture of a kind that is not made.

    Raises:
        StudyError: Its name ends otherwise than ``.svg`` or ``.html``.
    """
    if path.suffix not in SUFFIXES:
        raise StudyError(f"{path}: a flight is drawn as {' or '.join(SUFFIXES)}; end its name so")


def missile_of(name: str, catalog: Catalog) -> Item:
    """Give a missile of the catalogue.

    Raises:
        UnknownNameError: No missile has this name.
    """
    missiles = {id_: item for id_, item in catalog.items.items() if item.category == "missile"}
    if name not in missiles:
        raise UnknownNameError(f"no missile is named {name!r}; {suggest(name, missiles)}")
    return missiles[name]


def place_of(text: str, catalog: Catalog) -> Place:
    """Give a place by its name in the catalogue, or by ``latitude,longitude`` in degrees.

    Raises:
        StudyError: No place has this name, or there is no such position.

    Example:
        >>> from umbo.elements.catalog import load_catalog
        >>> place_of("8.7, 167.73", load_catalog()).name
        '8.7, 167.7'
    """
    match = re.fullmatch(r"\s*([-+]?\d+\.?\d*)\s*,\s*([-+]?\d+\.?\d*)\s*", text)
    if match is None:
        return catalog.place(text)
    lat, lon = round(float(match[1]), 1), round(float(match[2]), 1)
    if not (abs(lat) <= 90.0 and abs(lon) <= 180.0):
        raise StudyError(
            f"{text!r} is no position; write latitude,longitude within 90 and 180 degrees, "
            "such as 34.7,-120.6"
        )
    return Place(SOMEWHERE, f"{lat:.1f}, {lon:.1f}", radians(lat), radians(lon))


def fly(missile: str, start: str, aim: str, loft: float, catalog: Catalog) -> Track:
    """Fly one missile between two places that a person has named.

    Raises:
        StudyError: A name or a loft that cannot be, or an aim out of reach.
    """
    item = missile_of(missile, catalog)
    begin = place_of(start, catalog)
    if begin.id == SOMEWHERE and class_of(item.id) == "slbm":
        begin = replace(begin, kind="sea_box")  # a bare position says nothing of land or sea
    return fly_one(item.id, begin, place_of(aim, catalog), catalog, loft=loft)


def title_of(track: Track, catalog: Catalog) -> tuple[str, str]:
    """Give the title of a flight, and the line below it."""
    made = track.summary
    parts = [f"{number((made['range_m'] or 0.0) / 1e3, 4)} km in {clock(track.events[-1].time_s)}"]
    for name, told in (
        ("burnout_speed_m_per_s", "burnout at {} km/s"),
        ("apogee_m", "highest at {} km"),
        ("reentry_speed_m_per_s", "enters the air again at {} km/s"),
        ("level_altitude_m", "level at about {} km"),
    ):
        value = made[name]
        if value is not None:
            parts.append(told.format(number(value / 1e3)))
    name = catalog.item(track.missile).name
    return f"{name}: {track.start.name} to {track.aim.name}", "; ".join(parts)


def event_rows(track: Track) -> list[Row]:
    """List the events with numbers in SI."""
    return [
        {
            "event": event.name,
            "time_s": event.time_s,
            "altitude_m": event.altitude_m,
            "speed_m_per_s": event.speed_m_per_s,
            "ground_m": event.ground_m,
        }
        for event in track.events
    ]


def flight_tables(track: Track) -> dict[str, list[Row]]:
    """Give the flight as tables: what it is in all, its events and points of its way."""
    few = np.unique(np.linspace(0, len(track.time_s) - 1, ROWS_OF_A_TRACK).astype(int))
    points = [
        {
            "time_s": float(track.time_s[i]),
            "lat_deg": degrees(track.lat_rad[i]),
            "lon_deg": degrees(track.lon_rad[i]),
            "altitude_m": float(track.altitude_m[i]),
            "speed_m_per_s": float(track.speed_m_per_s[i]),
            "ground_m": float(track.ground_m[i]),
        }
        for i in few
    ]
    named = {"missile": track.missile, "from": track.start.name, "to": track.aim.name}
    return {
        "flight": [named | dict(track.summary)],
        "events": event_rows(track),
        "track": points,
    }


def written_rows(track: Track) -> list[list[str]]:
    """Write the events for people, the heading first."""
    return [
        ["event", "time", "altitude km", "speed km/s", "way km"],
        *(
            [
                event.name,
                clock(event.time_s),
                kilometres(event.altitude_m),
                f"{event.speed_m_per_s / 1e3:.2f}",
                f"{event.ground_m / 1e3:,.0f}",
            ]
            for event in track.events
        ),
    ]


def write_picture(path: Path, track: Track, catalog: Catalog) -> None:
    """Write the flight's picture, as its name says: alone, or in a page with its events.

    Raises:
        RunError: It cannot be written there.
    """
    title, told = title_of(track, catalog)
    drawn = (
        picture(track, title, told)
        if path.suffix == ".svg"
        else page(track, title, told, written_rows(track))
    )
    from umbo.study.store import whole

    with whole(path) as beside:
        beside.write_text(drawn, encoding="utf-8")


def print_flight(track: Track, catalog: Catalog) -> None:
    """Print a flight: its line, its events and its profile."""
    from rich.console import Console

    title, told = title_of(track, catalog)
    console = Console(markup=False, highlight=False)
    console.print(title, style="bold")
    console.print(told)
    console.print(_table(written_rows(track)))
    console.print("\n".join(profile(track)))


def profile(track: Track) -> list[str]:
    """Draw altitude over way in characters, one string a line."""
    columns, rows = PROFILE
    way = np.linspace(0.0, track.ground_m[-1], columns)
    height = np.interp(way, track.ground_m, track.altitude_m)
    top = float(np.max(track.altitude_m)) or 1.0
    eighths = np.rint(height / top * rows * 8).astype(int)
    label = f"{number(top / 1e3)} km "
    lines = []
    for row in reversed(range(rows)):
        cells = "".join(_BLOCKS[min(max(int(one) - 8 * row, 0), 8)] for one in eighths)
        lines.append((label if row == rows - 1 else " " * len(label)) + cells)
    end = f"{number(track.ground_m[-1] / 1e3, 4)} km"
    lines.append(" " * len(label) + "0" + end.rjust(columns - 1))
    return lines


def typical_tracks(catalog: Catalog) -> tuple[list[Track], list[str]]:
    """Fly every missile of the catalogue over a typical range of its class.

    Returns:
        The flights, and why the other missiles do not fly.
    """
    tracks, refused = [], []
    for name, item in catalog.items.items():
        if item.category == "missile":
            try:
                tracks.append(fly_typical(name, catalog))
            except StudyError as error:
                refused.append(str(error).split(";", maxsplit=1)[0])
    return tracks, refused


def typical_rows(tracks: Sequence[Track]) -> list[Row]:
    """List typical flights side by side, with numbers in SI."""
    return [{"missile": track.missile, "from": track.start.id, **track.summary} for track in tracks]


def print_typical(tracks: Sequence[Track]) -> None:
    """Print typical flights side by side."""
    from rich.console import Console

    rows = [["missile", *(heading for heading, _, _ in _COLUMNS)]]
    for track in tracks:
        cells = [_cell(track.summary[name], unit) for _, name, unit in _COLUMNS]
        rows.append([track.missile, *cells])
    width = None if sys.stdout.isatty() else 130
    console = Console(width=width, markup=False, highlight=False)
    console.print(_table(rows))
    console.print(
        "Each over a typical range of its class, west over the Pacific from the Californian coast "
        "or a box off it; generic vehicles, every value at its most likely."
    )


def _cell(value: float | None, unit: str) -> str:
    if value is None:
        return "–"
    if unit == "clock":
        return clock(value)
    if unit == "km":
        return f"{value / 1e3:,.0f}" if value >= 9.5e3 else f"{value / 1e3:.2g}"
    return f"{value / 1e3:.2f}" if unit == "km/s" else f"{value:.0f}"


def _table(rows: Sequence[Sequence[str]]) -> Any:
    from rich.table import Table

    table = Table(header_style="bold")
    for i, heading in enumerate(rows[0]):
        table.add_column(heading, justify="right" if i else "left", no_wrap=not i)
    for row in rows[1:]:
        table.add_row(*row)
    return table
