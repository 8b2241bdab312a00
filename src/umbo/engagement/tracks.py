"""One flight told as events and as a track: what a person sees of a missile class."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from umbo.elements.catalog import Catalog, Item
from umbo.elements.inventories import class_of
from umbo.elements.places import Place
from umbo.elements.readings import Readings
from umbo.engagement.flights import Flights, fly_raid
from umbo.engagement.raid import Launch, Raid, draw_raid, problems_of
from umbo.errors import StudyError
from umbo.physics.constants import EARTH_MEAN_RADIUS_M
from umbo.physics.earth import destination, ecef_to_geodetic, great_circle_distance

SAMPLE_S: Final = 1.0
"""Spacing of a track's samples: its events are as exact as a line between two of them."""
SPACE_M: Final = 100e3
"""Altitude at which a flight is taken to leave the air and to enter it again."""
TYPICAL_LAND: Final = "vandenberg"
TYPICAL_SEA: Final = "us_west_coast"
"""Where typical flights start."""
LEVEL_RAD: Final = np.radians(3.0)
"""Flight flatter than this is taken for glide or cruise."""
LEAST_LEVEL_S: Final = 30.0


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happens in a flight."""

    name: str
    time_s: float
    altitude_m: float
    speed_m_per_s: float
    """Over ground."""
    ground_m: float
    """Way over the ground since launch."""


@dataclass(frozen=True, eq=False)
class Track:
    """A flight from launch to impact, with its events in the order of time; K samples."""

    missile: str
    start: Place
    aim: Place
    time_s: NDArray[np.float64]
    """(K,)"""
    lat_rad: NDArray[np.float64]
    lon_rad: NDArray[np.float64]
    altitude_m: NDArray[np.float64]
    speed_m_per_s: NDArray[np.float64]
    """(K,) over ground."""
    ground_m: NDArray[np.float64]
    """(K,) way over the ground since launch; over the turning Earth longer than the range."""
    events: tuple[Event, ...]
    summary: Mapping[str, float | None]
    """Range, times, speeds and altitudes of the flight, by name with unit; None for what it has
    not, such as the re-entry of a missile that never leaves the air."""


def fly_one(
    missile: str, start: Place, aim: Place, catalog: Catalog, *, loft: float = 0.0
) -> Track:
    """Fly one missile, every value at its mode, and tell its track.

    Args:
        missile: A missile of the catalogue.
        start: Where it starts: the middle, where the place is an area.
        aim: Where it aims.
        catalog: Missiles and their numbers; the places need not be in it.
        loft: How steep a ballistic missile flies, as ``Launch.loft``.

    Returns:
        The track.

    Raises:
        StudyError: The missile cannot be flown, or the aim lies beyond its longest aimed flight.
        DomainError: The missile does not get there.
    """
    raid, seen = _raid_of_one(missile, start, aim, catalog, loft)
    flights = fly_raid(raid, seen, Readings(), sample_s=SAMPLE_S)
    return describe(flights, 0, catalog.item(missile), start)


def fly_typical(missile: str, catalog: Catalog) -> Track:
    """Fly a missile over a typical range of its class, west over the Pacific.

    From a public test range on the Californian coast, or from a box off it for what starts at
    sea, over the class's range, at most the longest that the missile aims.

    Args:
        missile: A missile of the catalogue.
        catalog: Missiles, places and their numbers.

    Returns:
        The track.

    Raises:
        StudyError: The missile cannot be flown.
    """
    item = catalog.item(missile)
    at_sea = catalog.place(TYPICAL_SEA)
    kinds = {missile.split("_", maxsplit=1)[0], class_of(missile)}
    is_at_sea = not kinds.isdisjoint(at_sea.category.split())
    start = at_sea if is_at_sea else catalog.place(TYPICAL_LAND)
    range_ = item.values["range"]
    wanted_m = range_.mode if range_.mode < np.pi * EARTH_MEAN_RADIUS_M else range_.low
    longest = item.values.get("longest_aim")
    distance_m = min(wanted_m, longest.mode) if longest else wanted_m
    lat, lon = destination(start.lat_rad, start.lon_rad, np.radians(270.0), 0.999 * distance_m)
    aim = Place("open_sea", "the open Pacific", float(lat), float(lon))
    return fly_one(missile, start, aim, catalog)


def describe(flights: Flights, number: int, item: Item, start: Place) -> Track:
    """Tell one flight as a track with events, from its samples.

    Burnout, apogee and impact are the flight's own; passing 100 km, glide and cruise are read
    between samples. Left out: a stage's own burn time, for generic stages burn equally long.

    Args:
        flights: Flights of a raid.
        number: Which of them.
        item: Its missile in the catalogue.
        start: Its launch site or area.

    Returns:
        The track.
    """
    impact_s = float(flights.impact_s[number])
    # The samples before impact, and the first one after it, which stays where it fell.
    last = min(int(np.searchsorted(flights.time_s, impact_s)), len(flights.time_s) - 1)
    time_s = np.append(flights.time_s[:last], impact_s)
    lat, lon, _ = ecef_to_geodetic(flights.position_ecef_m[number, : last + 1])
    altitude = np.append(np.maximum(flights.altitude_m[number, :last], 0.0), 0.0)
    speed = np.linalg.norm(flights.velocity_ecef_m_per_s[number, : last + 1], axis=-1)
    speed[last] = speed[last - 1]
    steps = great_circle_distance(lat[:-1], lon[:-1], lat[1:], lon[1:])
    ground = np.append(0.0, np.cumsum(steps))

    def event(name: str, at_s: float) -> Event:
        values = (float(np.interp(at_s, time_s, of)) for of in (altitude, speed, ground))
        return Event(name, float(at_s), *values)

    burnout_s = float(flights.burnout_s[number])
    top = int(np.argmax(altitude))
    up, down = _passes(time_s, altitude, SPACE_M)
    events = [event("launch", 0.0)]
    events += [event(f"stage {i + 1} falls away", at) for i, at in _stagings(item, burnout_s)]
    if np.isfinite(burnout_s) and burnout_s > 0.0:
        burnt = event("burnout", burnout_s)
        events.append(
            replace(
                burnt,
                altitude_m=float(flights.burnout_altitude_m[number]),
                speed_m_per_s=float(flights.burnout_speed_m_per_s[number]),
            )
        )
    level = _level(time_s[:-1], altitude[:-1], speed[:-1], item)
    level_m = None
    if level:
        level_m = float(np.median(altitude[(time_s >= level[0]) & (time_s <= level[1])]))
        name = "glide" if "lift_to_drag" in item.values else "cruise"
        events += [event(f"{name} begins", level[0]), event(f"{name} ends", level[1])]
    if "cruise_altitude" not in item.values:
        highest = float(flights.apogee_m[number])
        if np.isfinite(highest):
            events.append(replace(event("apogee", time_s[top]), altitude_m=highest))
    events += [event("rises through 100 km", at) for at in up[:1]]
    events += [event("falls through 100 km", at) for at in down[-1:]]
    events.append(replace(event("impact", impact_s), altitude_m=0.0))
    events.sort(key=lambda one: one.time_s)
    shot = flights.shots[number]
    range_m = great_circle_distance(
        shot.launch_lat_rad, shot.launch_lon_rad, shot.aim.lat_rad, shot.aim.lon_rad
    )
    named = {one.name: one for one in events}
    return Track(
        missile=item.id,
        start=start,
        aim=shot.aim,
        time_s=time_s,
        lat_rad=lat,
        lon_rad=lon,
        altitude_m=altitude,
        speed_m_per_s=speed,
        ground_m=ground,
        events=tuple(events),
        summary=_summary(named, float(range_m), float(altitude[top]), level_m),
    )


def _summary(
    named: Mapping[str, Event], range_m: float, top_m: float, level_m: float | None
) -> dict[str, float | None]:
    burnout, falls = named.get("burnout"), named.get("falls through 100 km")
    apogee, impact = named.get("apogee"), named["impact"]
    begins = named.get("glide begins") or named.get("cruise begins")
    ends = named.get("glide ends") or named.get("cruise ends")
    return {
        "range_m": range_m,
        "burn_time_s": burnout.time_s if burnout else None,
        "burnout_speed_m_per_s": burnout.speed_m_per_s if burnout else None,
        "burnout_altitude_m": burnout.altitude_m if burnout else None,
        "apogee_m": apogee.altitude_m if apogee else top_m,
        "level_altitude_m": level_m,
        "level_start_speed_m_per_s": begins.speed_m_per_s if begins else None,
        "level_end_speed_m_per_s": ends.speed_m_per_s if ends else None,
        "level_time_s": ends.time_s - begins.time_s if begins and ends else None,
        "flight_time_s": impact.time_s,
        "reentry_speed_m_per_s": falls.speed_m_per_s if falls else None,
        "impact_speed_m_per_s": impact.speed_m_per_s,
    }


def flies_level(item: Item) -> bool:
    """Say whether a missile glides or cruises: whether it has an altitude for that."""
    return not {"glide_altitude", "cruise_altitude"}.isdisjoint(item.values)


def _stagings(item: Item, burnout_s: float) -> list[tuple[int, float]]:
    """Give the stages that fall away before burnout, each with its time."""
    values = item.values
    if not {"stages", "burn_time"} <= values.keys():
        return []
    stages, burn_s = round(values["stages"].mode), values["burn_time"].mode
    times = [(i, burn_s * (i + 1) / stages) for i in range(stages - 1)]
    return [(i, at) for i, at in times if at < burnout_s]


def _passes(
    time_s: NDArray[np.float64], altitude_m: NDArray[np.float64], level_m: float
) -> tuple[list[float], list[float]]:
    """Give the times at which an altitude is passed, upwards and downwards."""
    above = altitude_m > level_m
    up: list[float] = []
    down: list[float] = []
    for i in np.flatnonzero(above[1:] != above[:-1]):
        share = (level_m - altitude_m[i]) / (altitude_m[i + 1] - altitude_m[i])
        (down if above[i] else up).append(float(time_s[i] + share * (time_s[i + 1] - time_s[i])))
    return up, down


def _level(
    time_s: NDArray[np.float64],
    altitude_m: NDArray[np.float64],
    speed_m_per_s: NDArray[np.float64],
    item: Item,
) -> tuple[float, float] | None:
    """Give begin and end of the longest level flight in the air, None where there is none."""
    if not flies_level(item) or len(time_s) < 3:
        return None
    climb = np.gradient(altitude_m, time_s)
    flat = (np.abs(climb) <= np.sin(LEVEL_RAD) * np.maximum(speed_m_per_s, 1.0)) & (
        altitude_m < SPACE_M
    )
    edges = np.flatnonzero(np.diff(np.concatenate([[0], flat.astype(np.int8), [0]])))
    if len(edges) == 0:
        return None
    begins, ends = edges[::2], edges[1::2] - 1
    longest = int(np.argmax(time_s[ends] - time_s[begins]))
    first, last = float(time_s[begins[longest]]), float(time_s[ends[longest]])
    return (first, last) if last - first >= LEAST_LEVEL_S else None


def _middle(place: Place) -> Place:
    """Give the middle of a place, under its name for people."""
    return replace(place, id=place.name, radius_m=0.0, north_south_m=0.0, east_west_m=0.0)


def _raid_of_one(
    missile: str, start: Place, aim: Place, catalog: Catalog, loft: float
) -> tuple[Raid, Catalog]:
    """Make a raid of one missile between two places, and a catalogue that knows them."""
    points = (_middle(place) for place in (start, aim))
    seen = replace(catalog, places={**catalog.places, **{point.id: point for point in points}})
    # The names of places are for people, so that an error reads well; a study has ids only.
    launch = Launch(missile=missile, count=1, from_="start", at="aim", loft=loft)
    launch = launch.model_copy(update={"from_": start.name, "at": aim.name})
    if problem := next(problems_of(launch, seen), None):
        raise StudyError(problem[1])
    return draw_raid("one", [launch], seen, phases=1, seed=0), seen
