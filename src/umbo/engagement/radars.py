"""What the radars of an architecture tell of flights: sector by sector, each by its kind."""

import math
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from umbo.elements.architecture import Architecture, Fielded, likeness
from umbo.elements.catalog import Catalog, Item
from umbo.elements.places import Place
from umbo.elements.readings import Readings
from umbo.elements.sensors import tracks_at_once
from umbo.engagement.flights import Flights
from umbo.engagement.tracking import mean_looks_to_start
from umbo.physics.radar import detection_range
from umbo.physics.ranging import Radars, range_targets
from umbo.physics.visibility import first_sights

Array = NDArray[np.float64]

IN_AIR: Final = frozenset({"glide", "cruise"})
"""Kinds of flight that stay in the air."""
_STRAIGHT_DOWN_RAD: Final = -math.pi / 2.0


def radar_looks(
    architecture: Architecture,
    flights: Flights,
    catalog: Catalog,
    read: Readings,
    *,
    objects: int = 1,
) -> tuple[Array, Array]:
    """Find what all radars of an architecture tell of flights, and from when they track.

    Airborne, elevated and sky-wave radars are asked only of raids that hold something that
    flies in air: a warhead falls through their beams in its last seconds. Left out: that a
    radar may be out of work, which ``air_custody`` counts for cruise missiles.

    Args:
        architecture: What stands.
        flights: The flights, F, at K samples.
        catalog: For cross-sections and starts.
        read: Which number of each range is read.
        objects: Objects in flight at once, which share the looks of each radar.

    Returns:
        Information on position at each sample, (F, K, 6), as ``ranging.range_targets`` gives it;
        and the time after launch from which radars alone track, (F,).
    """
    told = np.zeros((*flights.altitude_m.shape, 6))
    from_s = np.full(len(flights.shots), np.inf)
    is_any_in_air = not IN_AIR.isdisjoint(flights.kind)
    for element in architecture.elements:
        if element.item.model != "radar" or not element.count:
            continue
        if not any(count > 0 for _, count in element.sites):
            continue
        if looks_at_air(element.item) and not is_any_in_air:
            continue

        def find(read: Readings, element: Fielded = element) -> tuple[slice, Array, Array]:
            return _looks_of(element, flights, catalog, read, objects)

        when, more, first_s = flights.once(("looks", likeness(element), objects), read, find)
        told[:, when] += more
        from_s = np.minimum(from_s, first_s)
    return told, from_s


def _looks_of(
    element: Fielded, flights: Flights, catalog: Catalog, read: Readings, objects: int
) -> tuple[slice, Array, Array]:
    """Find what one kind of radar tells, as ``radar_looks``, and at which samples any is told."""
    radar = replace(element.item, values=element.values)
    slower = max(1.0, objects / tracks_at_once(radar, read))
    looks = radars_of(radar, [place for place, count in element.sites if count > 0], read)
    told, first_s = range_targets(
        replace(looks, looks_per_s=looks.looks_per_s / slower),
        flights.time_s,
        flights.position_ecef_m,
        flights.altitude_m,
        ranges_of(radar, flights, catalog, read),
        flights.impact_s,
    )
    some = np.flatnonzero(told[:, :, 0].any(axis=0))  # every look tells something each way
    when = slice(some[0], some[-1] + 1) if len(some) else slice(0)
    return when, told[:, when].copy(), first_s + slower * start_delay(radar, catalog, read)


def looks_at_air(radar: Item) -> bool:
    """Say whether a radar is made for what flies in air: raised, or by way of the ionosphere."""
    return not {"altitude", "min_range"}.isdisjoint(radar.values)


def radars_of(radar: Item, places: Sequence[Place], read: Readings) -> Radars:
    """Set out radars of a kind at places; an antenna without an altitude stands on the ground.

    A radar that looks by way of the ionosphere detects what flies low only at some looks.
    """
    values = radar.values
    is_sky_wave = "min_range" in values
    altitude_m = read(values["altitude"]) if "altitude" in values else 0.0
    least_rad = read(values["min_elevation"]) if "min_elevation" in values else _STRAIGHT_DOWN_RAD
    boresight, width = sectors_of(radar, places, read)
    return Radars(
        lat_rad=np.array([place.lat_rad for place in places]),
        lon_rad=np.array([place.lon_rad for place in places]),
        altitude_m=altitude_m,
        min_elevation_rad=least_rad,
        boresight_rad=boresight,
        width_rad=width,
        min_range_m=read(values["min_range"]) if is_sky_wave else 0.0,
        is_sky_wave=is_sky_wave,
        looks_per_s=(read(values["cruise_missile_pd"]) if is_sky_wave else 1.0)
        / read(values["revisit"]),
        angle_error_rad=read(values["angle_error"]),
        range_error_m=read(values["range_error"]),
    )


def sectors_of(radar: Item, places: Sequence[Place], read: Readings) -> tuple[Array, Array]:
    """Give middle and width of each site's sector; all round where no middle is known."""
    middles = [radar.values.get(f"boresight_{place.id}") for place in places]
    width_rad = read(radar.values["azimuth_coverage"]) if any(middles) else math.tau
    return (
        np.array([read(middle) if middle else 0.0 for middle in middles]),
        np.array([width_rad if middle else math.tau for middle in middles]),
    )


def ranges_of(radar: Item, flights: Flights, catalog: Catalog, read: Readings) -> Array:
    """Give the range at which a radar detects each flight, (F,)."""
    values = radar.values
    types, type_of = flights.types
    rcs = [cross_section(missile, radar, catalog, read) for missile in types]
    range_m = detection_range(read(values["reference_range"]), read(values["reference_rcs"]), rcs)
    return np.asarray(range_m[type_of])


def start_delay(radar: Item, catalog: Catalog, read: Readings) -> float:
    """Give the time from a radar's first look at a flight to its track.

    M detections of the last N looks; or ``track_delay`` where a study writes one.
    """
    if is_written(radar, "track_delay"):
        return read(radar.values["track_delay"])

    def of(parameter: str) -> float:
        return read(catalog.value("tracking", parameter))

    hits = round(of("start_hits"))
    looks = mean_looks_to_start(
        of("track_continuity_pd"), hits, max(hits, round(of("start_window")))
    )
    return (looks - 1.0) * read(radar.values["revisit"])


def is_written(item: Item, parameter: str) -> bool:
    """Say whether a study writes a value itself, so that a constant stands for a model."""
    return parameter in item.values and item.values[parameter].source == "study"


def first_track(
    radar: Item, places: Sequence[Place], flights: Flights, catalog: Catalog, read: Readings
) -> Array:
    """Give the time after launch at which radars first track each flight.

    Args:
        radar: A radar of the catalogue, or one as an architecture fields it.
        places: Where such radars stand, S of them.
        flights: The flights, F.
        catalog: For the cross-section of each missile.
        read: Which number of each range is read.

    Returns:
        Times after launch [s], shape (F, S); infinite where a radar never sees the flight.
    """
    range_m = ranges_of(radar, flights, catalog, read)
    least_rad = read(radar.values["min_elevation"])
    boresight, width = sectors_of(radar, places, read)
    sites = tuple((place.lat_rad, place.lon_rad) for place in places)
    numbers = (
        "first sight",
        range_m.tobytes(),
        least_rad,
        sites,
        boresight.tobytes(),
        width.tobytes(),
    )
    if numbers not in flights.found:
        first_s = np.full((len(flights.shots), len(places)), np.inf)
        for of_width in np.unique(width):
            columns = np.flatnonzero(width == of_width)
            first_s[:, columns] = first_sights(
                [sites[i][0] for i in columns],
                [sites[i][1] for i in columns],
                flights.time_s,
                flights.position_ecef_m,
                until_s=flights.impact_s,
                longest_step_m=flights.longest_step_m,
                max_range_m=range_m,
                min_elevation_rad=least_rad,
                boresight_azimuth_rad=boresight[columns],
                azimuth_width_rad=float(of_width),
            )
        flights.found[numbers] = first_s
    return np.asarray(flights.found[numbers] + start_delay(radar, catalog, read))


def cross_section(missile: str, radar: Item, catalog: Catalog, read: Readings) -> float:
    """Give a missile's radar cross-section: its class's, or a warhead's in the radar's band."""
    own = catalog.item(missile).values.get("radar_cross_section")
    return read(own or catalog.value("signature_rcs_midcourse", radar.model_with))
