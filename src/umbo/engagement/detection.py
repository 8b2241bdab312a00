"""Detection as coverage and a stated delay: when a flight is seen, and by whom.

Constants stand here for a model of signal and revisit: the delays are values of the catalogue.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from umbo.elements.architecture import Architecture, Fielded
from umbo.elements.places import Place
from umbo.elements.readings import Readings
from umbo.engagement.flights import Flights
from umbo.physics.constants import EARTH_MEAN_RADIUS_M
from umbo.physics.visibility import visible_from_ground

GRAZING_ALTITUDE_M: Final = 50e3
"""Lines of sight between satellite and booster stay above this altitude: the lower air absorbs."""

STEREO: Final = 2
"""Satellites that must see a target at once for a track in three dimensions."""


@dataclass(frozen=True, eq=False)
class Custody:
    """When the flights of a raid are warned of and tracked; F flights."""

    is_warned: bool
    """Whether a warning sensor sees launches at all."""
    radar_s: NDArray[np.float64]
    """(F,) time after launch at which a radar holds a track; infinite where none ever does."""
    layer_s: NDArray[np.float64]
    """(F,) the same for the tracking layer, where its satellites are in view."""
    p_layer: float
    """Chance that enough satellites of the tracking layer see a burnout in stereo."""
    has_discrimination: bool
    """Whether a radar or satellite that can tell decoys from warheads is there."""


def find_custody(architecture: Architecture, flights: Flights, read: Readings) -> Custody:
    """Find when each flight is detected and tracked by the sensors of an architecture.

    Radars: line of sight over the ellipsoid, range and least elevation; a track exists a stated
    delay after the first sight. Tracking satellites: a track exists a stated delay after burnout
    with the chance that two of them see the burnout past the limb, their number in view
    being Poisson about the mean of an even spread. Left out: radar sectors and track capacity,
    signal against noise, gaps after the first sight, the greater density of polar
    orbits near the poles.

    Args:
        architecture: What stands.
        flights: Flights of the raid.
        read: Which number of each range is read.

    Returns:
        The custody of the flights.
    """
    radar_s = np.full(len(flights.shots), np.inf)
    mean_in_view, layer_delay = 0.0, math.inf
    is_warned = has_discrimination = False
    for element in architecture.elements:
        if element.count == 0:
            continue
        role = element.item.sensing
        if role == "warning":
            is_warned = True
        elif role in {"radar", "discriminating_radar"}:
            has_discrimination |= role == "discriminating_radar"
            radar_s = np.minimum(radar_s, first_track(element, _places(element), flights, read))
        elif role in {"tracking", "discriminating_tracking"}:
            has_discrimination |= role == "discriminating_tracking"
            mean_in_view += element.count * _share_in_view(
                read(element.values["altitude"]), float(np.mean(flights.burnout_altitude_m))
            )
            layer_delay = min(layer_delay, read(element.values["track_delay"]))
    p_layer = 1.0 - math.exp(-mean_in_view) * sum(
        mean_in_view**n / math.factorial(n) for n in range(STEREO)
    )
    return Custody(
        is_warned=is_warned,
        radar_s=radar_s,
        layer_s=flights.burnout_s + layer_delay,
        p_layer=p_layer,
        has_discrimination=has_discrimination,
    )


def first_track(
    element: Fielded, places: Sequence[Place], flights: Flights, read: Readings
) -> NDArray[np.float64]:
    """Give the time after launch at which radars at these places first hold each flight."""
    first = np.full(len(flights.shots), np.inf)
    max_range = read(element.values["radar_range"])
    min_elevation = read(element.values["min_elevation"])
    for place in places:
        visible = visible_from_ground(
            place.lat_rad,
            place.lon_rad,
            flights.position_ecef_m,
            max_range_m=max_range,
            min_elevation_rad=min_elevation,
        )
        visible &= flights.time_s < flights.impact_s[:, None]
        seen = np.where(
            visible.any(axis=1), flights.time_s[np.argmax(visible, axis=1)], np.inf
        )
        first = np.minimum(first, seen)
    return first + read(element.values["track_delay"])


def _places(element: Fielded) -> list[Place]:
    return [place for place, number in element.sites if number > 0]


def _share_in_view(satellite_altitude_m: float, target_altitude_m: float) -> float:
    """Give the share of a shell's sphere from which a target is seen past the limb."""
    limb = EARTH_MEAN_RADIUS_M + GRAZING_ALTITUDE_M
    angle = math.acos(min(1.0, limb / (EARTH_MEAN_RADIUS_M + satellite_altitude_m))) + math.acos(
        min(1.0, limb / (EARTH_MEAN_RADIUS_M + target_altitude_m))
    )
    return (1.0 - math.cos(angle)) / 2.0
