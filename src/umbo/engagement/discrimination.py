"""How well warheads and decoys are told apart, by the best sensor that sees them in time."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from umbo.elements.architecture import Architecture
from umbo.elements.catalog import Catalog
from umbo.elements.readings import Readings
from umbo.elements.sourced import Value
from umbo.engagement.flights import Flights
from umbo.engagement.holding import Tracked
from umbo.engagement.orders import command_delay, release_delay
from umbo.engagement.radars import first_track
from umbo.engagement.weapons import as_fired_in, fights, fights_from_orbit

Array = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Teller:
    """A sensor that tells warheads from decoys."""

    p_ww: Value
    """Chance that it calls a warhead a warhead."""
    p_dw: Value
    """Chance that it calls a decoy one."""
    sees: NDArray[np.bool_]
    """(N,) which pairs it sees in time."""


@dataclass(frozen=True, eq=False)
class Told:
    """What tells warheads from decoys while a shield stands in one way."""

    sensors: tuple[Teller, ...]
    tracked: Tracked
    """How well these hold the raid."""


def tellers(
    architecture: Architecture, flights: Flights, tracked: Tracked, catalog: Catalog, read: Readings
) -> tuple[Teller, ...]:
    """List the sensors that see missiles early enough to tell warheads from decoys.

    Early enough to launch the slowest midcourse weapon before the warhead falls below its least
    altitude. Radars tell by line of sight, satellites with a cold band once they see the cold
    warhead against space. Left out: the interceptor's own flight.

    Args:
        architecture: What stands.
        flights: The flights.
        tracked: How well they are held.
        catalog: For cross-sections.
        read: Which number of each range is read.

    Returns:
        The sensors, radars first.
    """
    too_late_s = _too_late(architecture, flights, catalog, read)
    found, cold = [], []
    for element in architecture.elements:
        item, values = element.item, element.values
        if not element.count or "p_dw" not in values:
            continue
        if item.model == "tracking" and "lwir_min_radiant_intensity" in values:
            sees = tracked.all.cold_s < too_late_s[tracked.flight]
            cold.append(Teller(values["p_ww"], values["p_dw"], sees))
        places = [place for place, count in element.sites if count > 0]
        if item.model != "radar" or not places:
            continue
        by_site = first_track(replace(item, values=values), places, flights, catalog, read)
        sees = (by_site.min(axis=1) < too_late_s)[tracked.flight]
        found.append(Teller(values["p_ww"], values["p_dw"], sees))
    return (*found, *cold)


def discriminate(told: Sequence[Told], read: Readings) -> tuple[float, float]:
    """Give P_ww and P_dw of an architecture against a raid: chances to be called a warhead.

    Those of the sensor with the least P_dw that sees a missile in time; 1 and 1 where none does.
    Averaged over missiles and phases, and over the ways in which the shield stands. Left out: that
    sensors tell more together; that a way in which they tell less is also one in which other
    things fail.

    Args:
        told: What tells, in each way in which the shield stands, each as likely.
        read: Which number of each range is read.

    Returns:
        P_ww and P_dw.
    """
    found = [_of_one(one, read) for one in told]
    p_ww, p_dw = np.mean(found, axis=0).tolist()
    return p_ww, p_dw


def _of_one(told: Told, read: Readings) -> tuple[float, float]:
    tracked = told.tracked
    p_ww, p_dw = np.ones(len(tracked.flight)), np.ones(len(tracked.flight))
    for one in told.sensors:
        better = one.sees & (read(one.p_dw) < p_dw)
        p_ww[better], p_dw[better] = read(one.p_ww), read(one.p_dw)
    return float(p_ww[tracked.pair].mean()), float(p_dw[tracked.pair].mean())


def _too_late(
    architecture: Architecture, flights: Flights, catalog: Catalog, read: Readings
) -> Array:
    """Give the time (F,) after which what a sensor tells helps no midcourse weapon any more."""
    too_late_s = flights.impact_s
    for element in architecture.elements:
        if fights_from_orbit(element, "midcourse"):
            element = as_fired_in(element, "midcourse")  # noqa: PLW2901
        elif not fights(element, "midcourse"):
            continue
        above = flights.altitude_m > read(element.values["min_intercept_altitude"])
        last = above.shape[1] - 1 - np.argmax(above[:, ::-1], axis=1)
        delay_s = command_delay(element, architecture, catalog, read) + release_delay(element, read)
        too_late_s = np.minimum(too_late_s, flights.time_s[last] - delay_s)
    return too_late_s
