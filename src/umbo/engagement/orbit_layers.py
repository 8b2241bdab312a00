"""When in a flight interceptors in orbit can be used: boost, ascent, midcourse, glide."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from umbo.elements.catalog import Catalog
from umbo.elements.interceptors import OrbitLayer
from umbo.elements.readings import Readings
from umbo.elements.threats import Target, kind_of, target_of
from umbo.engagement.flights import Flights

Floats = NDArray[np.float64]

LONGEST_FLIGHT_S: Final = 300.0
"""After boost no interceptor flies longer: the flat disc is off by 3 % of its speed by then."""
MEETINGS: Final[dict[OrbitLayer, int]] = {"boost": 10, "ascent": 10, "midcourse": 32, "glide": 32}
"""Times, evenly from the first possible meeting to the last, at which a flight can be met."""
TARGET_OF: Final[dict[OrbitLayer, Target]] = {"midcourse": "ballistic", "glide": "glide"}
"""What interceptors fire at where objects fly alone."""


def span_of(
    layer: OrbitLayer, flights: Flights, catalog: Catalog, read: Readings
) -> tuple[Floats, Floats]:
    """Give when each flight is in a layer: first and last time after launch, (F,).

    Boost lasts from launch to burnout, ascent from there to the first release, midcourse from
    the release to impact, glide from where a glider has fallen to its highest glide. A flight that
    releases nothing has no ascent.

    Args:
        layer: The layer.
        flights: The flights.
        catalog: For the missiles.
        read: Which number of each range is read.

    Returns:
        First and last times; minus infinity as the last of a flight that is never in the layer.
    """
    first, last = np.zeros(len(flights.shots)), np.full(len(flights.shots), -np.inf)
    types, type_of = flights.types
    for number, name in enumerate(types):
        item, of = catalog.item(name), type_of == number
        burnout_s, release = flights.burnout_s[of], item.values.get("release_time")
        if layer == "boost":
            last[of] = burnout_s
        elif layer == "ascent" and release is not None:
            first[of], last[of] = burnout_s, burnout_s + read(release)
        elif layer == "midcourse" and target_of(item) == "ballistic":
            wait_s = read(release) if release is not None else 0.0
            first[of], last[of] = burnout_s + wait_s, flights.impact_s[of]
        elif layer == "glide" and kind_of(item) == "glide":
            entry_s = glide_from(flights, read(item.values["glide_altitude"]))
            first[of], last[of] = entry_s[of], flights.impact_s[of]
    return first, last


def glide_from(flights: Flights, altitude_m: float) -> Floats:
    """Give the time after launch at which each flight has fallen to an altitude, (F,)."""
    apex_s = flights.time_s[np.argmax(flights.altitude_m, axis=1)]
    falling = flights.time_s > apex_s[:, None]
    return np.asarray(flights.time_s[np.argmax(falling & (flights.altitude_m <= altitude_m), 1)])


def meeting_times(
    layer: OrbitLayer,
    flights: Flights,
    span_s: tuple[Floats, Floats],
    floor_m: float,
    flight: NDArray[np.int64],
    commit_s: Floats,
) -> tuple[Floats, NDArray[np.bool_]]:
    """Set out when flights can be met, evenly, above a floor and once an interceptor has left.

    Args:
        layer: The layer.
        flights: The flights, F.
        span_s: As ``span_of`` gives it, (F,) each.
        floor_m: Least altitude of a meeting.
        flight: (R,) flight of each row.
        commit_s: (R,) launch of the interceptor after that of the missile; infinite for never.

    Returns:
        Times (R, K), and which rows have any, (R,).
    """
    first_s, last_s = span_s
    inside = flights.altitude_m > floor_m
    if layer != "boost":  # a burn ends between samples, and climbs all along
        inside &= flights.time_s >= first_s[:, None]
        inside &= flights.time_s <= last_s[:, None]
        last_s = np.where(inside.any(axis=1), flights.time_s[_last(inside)], -np.inf)
    is_ready = np.isfinite(commit_s)
    begin_s = np.maximum(
        flights.time_s[np.argmax(inside, axis=1)][flight], np.where(is_ready, commit_s, 0.0)
    )
    until_s = last_s[flight]
    share = np.linspace(0.0, 1.0, MEETINGS[layer])
    width_s = np.maximum(np.where(np.isfinite(until_s), until_s, 0.0) - begin_s, 0.0)
    is_met = is_ready & (begin_s <= until_s)
    return begin_s[:, None] + share * width_s[:, None], is_met


def _last(inside: NDArray[np.bool_]) -> NDArray[np.int64]:
    return np.asarray(inside.shape[1] - 1 - np.argmax(inside[:, ::-1], axis=1))
