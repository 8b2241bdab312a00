"""Fighters against cruise missiles: scrambled when an airborne radar sees one, then flown to it."""

from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

from umbo.elements.architecture import Architecture, Fielded
from umbo.elements.catalog import Catalog
from umbo.elements.places import Place
from umbo.elements.readings import Readings
from umbo.elements.threats import target_of
from umbo.engagement.flights import Flights
from umbo.engagement.passing import nearest_points
from umbo.engagement.radars import start_delay
from umbo.engagement.weapons import kill_probability_of, luck_by_phase
from umbo.physics.earth import geodetic_to_ecef
from umbo.physics.flyout import Fan
from umbo.physics.radar import detection_range
from umbo.physics.reach import latest_orders

Floats = NDArray[np.float64]

AIRBORNE: Final = "air_sensor"
"""The category of the radars that lead fighters."""
_ROWS: Final = 161


def is_fighter(element: Fielded) -> bool:
    """Say whether a weapon is an aircraft with missiles."""
    return element.item.category == "platform"


def on_station(
    element: Fielded, places: Sequence[Place], phases: int, read: Readings, *, seed: int
) -> list[NDArray[np.bool_]]:
    """Draw in which phases an airborne radar stands over each base, (P,) each."""
    chance = read(element.values["lead_on_station"])
    return [
        luck_by_phase(seed, f"airborne_radar/{place.id}", phases, 0) < chance for place in places
    ]


def latest_scrambles(
    element: Fielded,
    architecture: Architecture,
    places: Sequence[Place],
    flights: Flights,
    catalog: Catalog,
    read: Readings,
    *,
    most_looks: int,
) -> Floats:
    """Find at which cruise missiles fighters of each base fire in time: (F, B, L).

    An airborne radar stands over each base in the phases in which it is there (``on_station``),
    and sees a missile from its range on; the scramble follows, then the flight to within missile
    range, then the missile. Left out: fuel and the way home, weather, which of two bases goes;
    the horizon of the radar, some 450 km, beyond its range against such targets; over-the-horizon
    radars, which would warn earlier.

    Args:
        element: The fighters.
        architecture: For the airborne radars.
        places: Their bases.
        flights: The flights.
        catalog: For what the missiles are.
        read: Which number of each range is read.
        most_looks: Most salvos at one missile.

    Returns:
        Infinite where there is time for so many salvos, minus infinity where not.
    """
    shape = (len(flights.shots), len(places), most_looks)
    types, type_of = flights.types
    is_target = np.array(
        [
            target_of(catalog.item(name)) == "cruise"
            and kill_probability_of(element, "cruise", read) > 0.0
            for name in types
        ]
    )
    chosen = np.flatnonzero(is_target[type_of])
    radars = _airborne(architecture)
    if not chosen.size or not places or not radars:
        return np.full(shape, -np.inf)
    values = element.values
    seen_s = np.min([_first_track(one, places, flights, catalog, read) for one in radars], axis=0)
    fan = fighter_fan(
        speed_m_per_s=read(values["speed"]),
        radius_m=read(values["max_range"]),
        missile_speed_m_per_s=read(values["burnout_speed"]),
        missile_range_m=read(values["missile_range"]),
        altitudes_m=(
            read(values["min_intercept_altitude"]),
            read(values["max_intercept_altitude"]),
        ),
    )
    orders_s = np.full(shape, -np.inf)
    orders_s[chosen] = latest_orders(
        geodetic_to_ecef([place.lat_rad for place in places], [place.lon_rad for place in places]),
        flights.time_s,
        flights.position_ecef_m[chosen],
        fan,
        target_altitude_m=flights.altitude_m[chosen],
        until_s=flights.impact_s[chosen],
        look_s=read(values["look_time"]),
        most_looks=most_looks,
    )
    ready_s = seen_s + read(values["commit_delay"])
    return np.where(ready_s[..., None] <= orders_s, np.inf, -np.inf)


def _airborne(architecture: Architecture) -> list[Fielded]:
    return [
        one
        for one in architecture.elements
        if one.item.category == AIRBORNE and one.count > 0 and "reference_range" in one.values
    ]


def _first_track(
    radar: Fielded, places: Sequence[Place], flights: Flights, catalog: Catalog, read: Readings
) -> Floats:
    """Give when an airborne radar over each place first tracks each flight, (F, S)."""
    nearest_s, nearest_m, speed = nearest_points(flights, places)
    types, type_of = flights.types
    values = radar.values
    reference = read(values["reference_range"]), read(values["reference_rcs"])
    of_type = np.zeros(len(types))  # a type without a cross-section of its own is no low flier
    for t, name in enumerate(types):
        rcs = catalog.item(name).values.get("radar_cross_section")
        if rcs is not None:
            of_type[t] = detection_range(*reference, read(rcs))
    range_m = of_type[type_of][:, None]
    with np.errstate(invalid="ignore"):
        half_s = np.sqrt(range_m**2 - nearest_m**2) / speed
    seen_s = np.where(range_m > nearest_m, np.maximum(nearest_s - half_s, 0.0), np.inf)
    return np.asarray(seen_s + start_delay(replace(radar.item, values=values), catalog, read))


@lru_cache(maxsize=256)
def fighter_fan(
    *,
    speed_m_per_s: float,
    radius_m: float,
    missile_speed_m_per_s: float,
    missile_range_m: float,
    altitudes_m: tuple[float, float],
) -> Fan:
    """Lay out how soon a fighter's missile is at each ground range, whatever the altitude.

    At even speeds, first as far as the missile's range allows the fighter to stay behind.

    Args:
        speed_m_per_s: Of the fighter.
        radius_m: As far as it flies.
        missile_speed_m_per_s: Mean over the missile's flight.
        missile_range_m: As far as it flies.
        altitudes_m: Lowest and highest of its targets.

    Returns:
        The fan; times count from the end of the scramble.
    """
    low_m, high_m = altitudes_m
    farthest_m = radius_m + missile_range_m
    range_m = np.linspace(0.0, farthest_m, _ROWS)
    alone_m = np.minimum(range_m, missile_range_m)
    time_s = (range_m - alone_m) / speed_m_per_s + alone_m / missile_speed_m_per_s
    return Fan(
        time_s=np.stack([time_s, time_s], axis=1),
        speed_m_per_s=np.full((_ROWS, 2), missile_speed_m_per_s),
        range_step_m=farthest_m / (_ROWS - 1),
        altitude_step_m=high_m - low_m,
        max_range_m=farthest_m,
        min_altitude_m=low_m,
        max_altitude_m=high_m,
    )
