"""How well warheads and decoys are told apart, by the best sensor that sees them in time."""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from umbo.elements.architecture import Architecture
from umbo.elements.catalog import Catalog
from umbo.elements.readings import Readings
from umbo.engagement.flights import Flights
from umbo.engagement.holding import Tracked
from umbo.engagement.orders import command_delay, release_delay
from umbo.engagement.radars import first_track
from umbo.engagement.weapons import fights

Array = NDArray[np.float64]


def discriminate(
    architecture: Architecture, flights: Flights, tracked: Tracked, catalog: Catalog, read: Readings
) -> tuple[float, float]:
    """Give P_ww and P_dw of an architecture against a raid: chances to be called a warhead.

    Those of the sensor with the least P_dw that sees a missile early enough to launch the
    slowest midcourse weapon before the warhead falls below its least altitude; 1 and 1 where
    none does. Radars tell by line of sight, satellites with a cold band once they see the
    cold warhead against space. Averaged over missiles and phases. Left out: the interceptor's
    own flight; that sensors tell more together.

    Args:
        architecture: What stands.
        flights: The flights.
        tracked: How well they are held.
        catalog: For cross-sections.
        read: Which number of each range is read.

    Returns:
        P_ww and P_dw.
    """
    too_late_s = _too_late(architecture, flights, catalog, read)
    p_ww, p_dw = np.ones(len(flights.shots)), np.ones(len(flights.shots))
    cold: list[tuple[float, float]] = []
    for element in architecture.elements:
        item, values = element.item, element.values
        if not element.count or "p_dw" not in values:
            continue
        if item.model == "tracking" and "lwir_min_radiant_intensity" in values:
            cold.append((read(values["p_dw"]), read(values["p_ww"])))
        places = [place for place, count in element.sites if count > 0]
        if item.model != "radar" or not places:
            continue
        by_site = first_track(replace(item, values=values), places, flights, catalog, read)
        better = (by_site.min(axis=1) < too_late_s) & (read(values["p_dw"]) < p_dw)
        p_ww = np.where(better, read(values["p_ww"]), p_ww)
        p_dw = np.where(better, read(values["p_dw"]), p_dw)
    by_pair_ww, by_pair_dw = p_ww[tracked.flight], p_dw[tracked.flight]
    if cold:
        best_dw, best_ww = min(cold)
        sees = tracked.all.cold_s < too_late_s[tracked.flight]
        better = sees & (best_dw < by_pair_dw)
        by_pair_ww = np.where(better, best_ww, by_pair_ww)
        by_pair_dw = np.where(better, best_dw, by_pair_dw)
    return float(by_pair_ww[tracked.pair].mean()), float(by_pair_dw[tracked.pair].mean())


def _too_late(
    architecture: Architecture, flights: Flights, catalog: Catalog, read: Readings
) -> Array:
    """Give the time (F,) after which what a sensor tells helps no midcourse weapon any more."""
    too_late_s = flights.impact_s
    for element in architecture.elements:
        if not fights(element, "midcourse"):
            continue
        above = flights.altitude_m > read(element.values["min_intercept_altitude"])
        last = above.shape[1] - 1 - np.argmax(above[:, ::-1], axis=1)
        delay_s = command_delay(element, architecture, catalog, read) + release_delay(element, read)
        too_late_s = np.minimum(too_late_s, flights.time_s[last] - delay_s)
    return too_late_s
