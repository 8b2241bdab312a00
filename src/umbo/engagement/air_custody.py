"""How surely a working sensor holds a cruise missile in time: by geometry and by availability."""

import math
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from umbo.elements.architecture import Architecture, Fielded
from umbo.elements.catalog import Catalog, Item
from umbo.elements.places import Place
from umbo.elements.readings import Readings
from umbo.engagement.flights import Flights
from umbo.engagement.from_ground import FromGround, own_radar
from umbo.engagement.holding import Tracked
from umbo.engagement.radars import looks_at_air, radars_of, ranges_of, start_delay
from umbo.physics.ranging import range_targets

Array = NDArray[np.float64]
Numbers = NDArray[np.integer]

SPACING_S: Final = 30.0
"""Samples of a flight are so far apart, at least, where the network's radars are asked: 7 km of a
subsonic missile."""


def air_custody(
    weapons: Sequence[Fielded],
    ground: FromGround,
    missiles: Numbers,
    architecture: Architecture,
    flights: Flights,
    shot: Numbers,
    tracked: Tracked,
    catalog: Catalog,
    read: Readings,
) -> Array:
    """Give the chance that a sensor that works holds each missile in time for a launch.

    In time: before the last launch that leaves a battery time for one salvo. A battery's own
    radar holds a flight in time by line of sight, as ``from_ground`` finds it; the network does
    where a track of the weapon's quality comes to it, with all radars at work. Each works with
    its availability, a station of aircraft as often as its aircraft allow, independently. Averaged
    over phases in which a battery has time at all; 1 where none ever has. Fighters do not count:
    whether an airborne radar leads them is drawn in ``fighters``.

    Left out: clutter, ground that hides a missile and low signatures, for which the catalogue's
    chance of a track stands; that with fewer radars the network's track may come later; that one
    sensor is out for all missiles of a raid at once.

    Args:
        weapons: Those after boost, as they are numbered in ``ground``.
        ground: What the batteries have time for.
        missiles: (M,) the cruise missiles of the raid.
        architecture: For the radars of the network.
        flights: The flights, F.
        shot: (P, M) flight of each of them in each phase.
        tracked: How the raid is held: the network's radars are asked of its pairs alone.
        catalog: For cross-sections and starts.
        read: Which number of each range is read.

    Returns:
        The chances, (M,).
    """
    own = _own(weapons, ground, architecture, catalog, read)
    # Fighters draw by themselves whether the radar that leads them is there.
    asks = np.array([one.item.category != "platform" for one in weapons], dtype=np.bool_)
    last_s = ground.last_s[:, asks[ground.weapon]].max(axis=1, initial=-np.inf)
    pair = tracked.pair[:, missiles]
    remote = _remote(tracked.flight, last_s, architecture, flights, catalog, read)
    # Radars in orbit: which of them work is drawn phase by phase.
    remote = np.where(tracked.orbit_start_s <= last_s[tracked.flight], 1.0, remote)
    is_told = np.zeros(shot.shape, dtype=np.bool_)
    for w in np.flatnonzero(asks):
        of_weapon = ground.last_s[:, ground.weapon == w].max(axis=1, initial=-np.inf)
        is_told |= ground.ready_s[w][:, missiles] <= of_weapon[shot]
    # Where no radar of the network sees it, satellites told of it: their losses are drawn.
    seen = remote[pair]
    told = np.where(is_told, np.where(seen > 0.0, seen, 1.0), 0.0)
    held = 1.0 - (1.0 - own[shot]) * (1.0 - told)
    has_time = held > 0.0
    total = np.sum(held, axis=0, where=has_time)
    count = has_time.sum(axis=0)
    return np.asarray(np.where(count > 0, total / np.maximum(count, 1), 1.0))


def _own(
    weapons: Sequence[Fielded],
    ground: FromGround,
    architecture: Architecture,
    catalog: Catalog,
    read: Readings,
) -> Array:
    """Give the chance that a battery's own radar that sees a flight in time works, (F,)."""
    works = np.zeros(len(ground.batteries))
    counted: set[tuple[str, str]] = set()
    radars = [own_radar(one, architecture, catalog) for one in weapons]
    share = [1.0 if one is None else _works(one, 1, read) for one in radars]
    for b, (name, w) in enumerate(zip(ground.batteries, ground.weapon.tolist(), strict=True)):
        radar = radars[w]
        key = ("" if radar is None else radar.id, name.partition("/")[2].partition("#")[0])
        is_led = weapons[w].item.category == "platform"
        if (
            radar is not None and not is_led and key not in counted
        ):  # two weapons of a site share its radar
            counted.add(key)
            works[b] = share[w]
    fails = np.log1p(-np.minimum(works, 1.0 - 1e-12))
    return -np.expm1(ground.own_in_time.astype(np.float64) @ fails)


def _remote(
    chosen: Numbers,
    last_s: Array,
    architecture: Architecture,
    flights: Flights,
    catalog: Catalog,
    read: Readings,
) -> Array:
    """Give the chance that a radar of the network that tracks a flight in time works, (N,).

    Radars on the ground that look no lower than a degree or so see a low flier within a few
    kilometres only, and do not count.
    """
    used, back = np.unique(chosen, return_inverse=True)
    fails = np.ones(len(used))
    for element in architecture.elements:
        is_raised = element.item.model == "radar" and looks_at_air(element.item)
        if not is_raised or not element.count:
            continue
        radar = replace(element.item, values=element.values)
        delay_s = start_delay(radar, catalog, read)
        range_m = ranges_of(radar, flights, catalog, read)
        for place, number in element.sites:
            if number:
                first_s = _first_looks(radar, place, used, range_m, flights, read)
                is_in_time = first_s + delay_s <= last_s[used]
                fails *= 1.0 - _works(radar, number, read) * is_in_time
    return np.asarray(1.0 - fails[back])


def _first_looks(
    radar: Item,
    place: Place,
    chosen: Numbers,
    range_m: Array,
    flights: Flights,
    read: Readings,
) -> Array:
    """Give the time of a radar's first look at each of some flights; infinite for never."""
    at = radars_of(radar, [place], read)
    numbers = (
        "first look",
        *(place.lat_rad, place.lon_rad, at.altitude_m, at.min_elevation_rad, at.min_range_m),
        *(at.is_sky_wave, at.boresight_rad.tobytes(), at.width_rad.tobytes()),
        *(range_m.tobytes(), chosen.tobytes()),
    )
    if numbers not in flights.found:
        step = max(1, round(SPACING_S / float(flights.time_s[1] - flights.time_s[0])))
        flights.found[numbers] = range_targets(
            at,
            flights.time_s[::step],
            flights.position_ecef_m[chosen, ::step],
            flights.altitude_m[chosen, ::step],
            range_m[chosen],
            flights.impact_s[chosen],
        )[1]
    return np.asarray(flights.found[numbers])


def _works(radar: Item, number: int, read: Readings) -> float:
    """Give the share of time in which any of some radars at a place works.

    Aircraft take turns: a station is held for as long as its aircraft allow.
    """
    share = read(radar.values["availability"])
    if "aircraft_per_station" in radar.values:
        return min(1.0, number * share / read(radar.values["aircraft_per_station"]))
    return 1.0 - math.pow(1.0 - share, number)
