"""Detection as coverage and a stated delay: when a flight is seen, and by whom.

Constants stand here for a model of signal and revisit: the delays are values of the catalogue.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from umbo.elements.architecture import Architecture
from umbo.elements.catalog import Catalog, Item
from umbo.elements.places import Place
from umbo.elements.readings import Readings
from umbo.engagement.flights import Flights
from umbo.physics.constants import EARTH_MEAN_RADIUS_M
from umbo.physics.radar import detection_range
from umbo.physics.visibility import first_sights

GRAZING_ALTITUDE_M: Final = 50e3
"""Lines of sight between satellite and booster stay above this: the lower air absorbs."""

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
    p_warhead_called_warhead: float
    """P_ww of the radar that tells best in time for midcourse, averaged over flights; 1 where
    none sees a flight."""
    p_decoy_called_warhead: float
    """P_dw of the same radar."""


def find_custody(
    architecture: Architecture, flights: Flights, catalog: Catalog, read: Readings
) -> Custody:
    """Find when each flight is detected and tracked by the sensors of an architecture.

    Radars: line of sight over the ellipsoid, sector, least elevation, and the range at which
    the range equation gives a warhead in the radar's band; a track exists a stated delay after
    the first sight. Tracking satellites: a track exists a stated delay after burnout with the
    chance that two of them see the burnout past the limb, their number in view being Poisson
    about the mean of an even spread; what flies without a boost they do not see. Left out:
    track capacity, gaps after the first sight, longer dwells on a cued target (twice the
    dwell: 19 % more range), the greater density of polar orbits near the poles (up to half
    again as many in view). Discrimination is that of the best radar that sees the flight early
    enough to launch the slowest midcourse weapon
    before the warhead falls below its least altitude; the interceptor's own flight is left out.

    Args:
        architecture: What stands.
        flights: Flights of the raid.
        catalog: For cross-sections.
        read: Which number of each range is read.

    Returns:
        The custody of the flights.
    """
    number = len(flights.shots)
    radar_s = np.full(number, np.inf)
    p_ww, p_dw = np.ones(number), np.ones(number)
    mean_in_view, layer_delay = 0.0, math.inf
    is_warned = False
    too_late_s = _too_late(architecture, flights, read)
    for element in architecture.elements:
        if element.count == 0:
            continue
        item, values = element.item, element.values
        is_warned |= item.model in {"warning", "tracking"}
        if item.model == "radar":
            places = [place for place, count in element.sites if count > 0]
            as_fielded = replace(item, values=values)
            by_site = first_track(as_fielded, places, flights, catalog, read)
            track_s = by_site.min(axis=1, initial=np.inf)
            if "p_dw" in values:
                better = (track_s < too_late_s) & (read(values["p_dw"]) < p_dw)
                p_ww = np.where(better, read(values["p_ww"]), p_ww)
                p_dw = np.where(better, read(values["p_dw"]), p_dw)
            radar_s = np.minimum(radar_s, track_s)
        elif item.model == "tracking":
            if flights.is_boosted.any():
                burnout_m = float(np.mean(flights.burnout_altitude_m[flights.is_boosted]))
                mean_in_view += element.count * _share_in_view(read(values["altitude"]), burnout_m)
            layer_delay = min(layer_delay, read(values["track_delay"]))
    return Custody(
        is_warned=is_warned,
        radar_s=radar_s,
        layer_s=np.where(flights.is_boosted, flights.burnout_s + layer_delay, np.inf),
        p_layer=p_at_least(STEREO, mean_in_view),
        p_warhead_called_warhead=float(p_ww.mean()),
        p_decoy_called_warhead=float(p_dw.mean()),
    )


def _too_late(architecture: Architecture, flights: Flights, read: Readings) -> NDArray[np.float64]:
    """Give the time (F,) after which what a sensor tells helps no midcourse weapon any more."""
    too_late_s = flights.impact_s
    for element in architecture.elements:
        values = element.values
        if element.item.model == "fights" and element.item.layer == "midcourse":
            above = flights.altitude_m > read(values["min_intercept_altitude"])
            last = above.shape[1] - 1 - np.argmax(above[:, ::-1], axis=1)
            too_late_s = np.minimum(too_late_s, flights.time_s[last] - read(values["commit_delay"]))
    return too_late_s


def p_at_least(wanted: int, mean: float) -> float:
    """Give the chance that a Poisson number reaches a wanted one.

    Example:
        >>> f"{p_at_least(2, 3.0):.4f}"
        '0.8009'
    """
    return 1.0 - math.exp(-mean) * sum(mean**n / math.factorial(n) for n in range(wanted))


def first_track(
    radar: Item, places: Sequence[Place], flights: Flights, catalog: Catalog, read: Readings
) -> NDArray[np.float64]:
    """Give the time after launch at which radars first track each flight's warhead.

    Args:
        radar: A radar of the catalogue, or one as an architecture fields it.
        places: Where such radars stand, S of them.
        flights: The flights, F.
        catalog: For the cross-section of each missile.
        read: Which number of each range is read.

    Returns:
        Times after launch [s], shape (F, S); infinite where a radar never sees the flight.
    """
    values = radar.values
    types, type_of = flights.types
    rcs = [_cross_section(missile, radar, catalog, read) for missile in types]
    range_m = detection_range(read(values["reference_range"]), read(values["reference_rcs"]), rcs)
    least_rad, delay_s = read(values["min_elevation"]), read(values["track_delay"])
    # A site whose sector has no known middle is taken to look all round.
    middles = [values.get(f"boresight_{place.id}") for place in places]
    sectors = tuple(
        (place.lat_rad, place.lon_rad, read(middle) if middle else 0.0)
        for place, middle in zip(places, middles, strict=True)
    )
    known = tuple(middle is not None for middle in middles)
    width_rad = read(values["azimuth_coverage"]) if any(known) else math.tau
    numbers = ("first sight", tuple(range_m), least_rad, sectors, known, width_rad)
    if numbers not in flights.found:
        first_s = np.full((len(flights.shots), len(places)), np.inf)
        for is_known, width in ((True, width_rad), (False, math.tau)):
            columns = [i for i, has in enumerate(known) if has == is_known]
            if columns:
                first_s[:, columns] = first_sights(
                    [sectors[i][0] for i in columns],
                    [sectors[i][1] for i in columns],
                    flights.time_s,
                    flights.position_ecef_m,
                    until_s=flights.impact_s,
                    longest_step_m=flights.longest_step_m,
                    max_range_m=range_m[type_of],
                    min_elevation_rad=least_rad,
                    boresight_azimuth_rad=[sectors[i][2] for i in columns],
                    azimuth_width_rad=width,
                )
        flights.found[numbers] = first_s
    return np.asarray(flights.found[numbers] + delay_s)


def _cross_section(missile: str, radar: Item, catalog: Catalog, read: Readings) -> float:
    """Give a missile's radar cross-section: its class's, or a warhead's in the radar's band."""
    own = catalog.item(missile).values.get("radar_cross_section")
    return read(own or catalog.value("signature_rcs_midcourse", radar.model_with))


def _share_in_view(satellite_altitude_m: float, target_altitude_m: float) -> float:
    """Give the share of a shell's sphere from which a target is seen past the limb."""
    limb = EARTH_MEAN_RADIUS_M + GRAZING_ALTITUDE_M
    angle = math.acos(min(1.0, limb / (EARTH_MEAN_RADIUS_M + satellite_altitude_m))) + math.acos(
        min(1.0, limb / (EARTH_MEAN_RADIUS_M + target_altitude_m))
    )
    return (1.0 - math.cos(angle)) / 2.0
