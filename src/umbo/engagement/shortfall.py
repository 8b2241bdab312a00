"""Where the payload of a missile comes down whose thrust ends early."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from umbo.engagement.flights import Flights
from umbo.physics.earth import ecef_to_geodetic, great_circle_distance
from umbo.physics.flight import coast

Array = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Shortfall:
    """Where payloads come down by the time of the intercept; F flights, K times."""

    time_s: Array
    """(K,) after launch."""
    range_m: Array
    """(F, K) over ground from the launch; nan after burnout."""
    lat_rad: Array
    lon_rad: Array
    """(F, K) where."""


def find_shortfall(
    flights: Flights, ballistic_coefficient_kg_per_m2: ArrayLike, *, first_s: float = 30.0
) -> Shortfall:
    """Find where the payload of each flight falls if thrust ends at each sample of its boost.

    The payload stays whole and falls freely from the state at the intercept. Left out: pieces,
    which the hit throws some tens of km about; what the hit itself gives or takes (a few km).

    Args:
        flights: Flights with a boost.
        ballistic_coefficient_kg_per_m2: m / (C_D A) of the payload, () or (F,).
        first_s: No intercept is before.

    Returns:
        The places.
    """
    chosen = np.flatnonzero(
        (flights.time_s >= first_s) & (flights.time_s <= flights.burnout_s.max())
    )
    beta = np.broadcast_to(np.asarray(ballistic_coefficient_kg_per_m2), len(flights.shots))
    fallen = coast(
        flights.position_ecef_m[:, chosen],
        flights.velocity_ecef_m_per_s[:, chosen],
        np.broadcast_to(beta[:, None], (len(beta), len(chosen))),
        times_s=np.zeros(1),
    )
    lat, lon, _ = ecef_to_geodetic(fallen.impact_position_m)
    start = np.array([[s.launch_lat_rad, s.launch_lon_rad] for s in flights.shots])
    range_m = great_circle_distance(start[:, :1], start[:, 1:], lat, lon)
    boosting = flights.time_s[chosen] <= flights.burnout_s[:, None]
    return Shortfall(flights.time_s[chosen], np.where(boosting, range_m, np.nan), lat, lon)


def latest_short(shortfall: Shortfall, nearest_m: ArrayLike, burnout_s: Array) -> Array:
    """Find the last intercept after which the payload falls short of the defended area: (F,).

    Args:
        shortfall: Where payloads come down.
        nearest_m: Way from each launch to the nearest defended place [m], () or (F,).
        burnout_s: (F,) burnout, where the whole boost falls short.

    Returns:
        Times after launch [s]; linear between samples (0.1 s at 5 s).
    """
    nearest = np.broadcast_to(np.asarray(nearest_m, dtype=np.float64), len(burnout_s))
    latest = np.array(burnout_s, dtype=np.float64)
    for f, limit in enumerate(nearest):
        beyond = np.flatnonzero(shortfall.range_m[f] > limit)
        if beyond.size == 0:
            continue
        k = int(beyond[0])
        if k == 0:
            latest[f] = shortfall.time_s[0]
            continue
        before, after = shortfall.range_m[f, k - 1 : k + 1]
        step = shortfall.time_s[k] - shortfall.time_s[k - 1]
        latest[f] = shortfall.time_s[k - 1] + step * (limit - before) / (after - before)
    return latest


def hit_shares(time_s: ArrayLike, reach_m: ArrayLike, until_s: ArrayLike) -> Array:
    """Say how likely a hit in boost comes at each time, by how fast the reach grows.

    Of interceptors spread evenly about the missile, those within reach by a time are as the square
    of the reach, and each hits as soon as it can. Left out: that the missile moves meanwhile
    (some 200 km against a reach of 500); that doctrine may wait.

    Args:
        time_s: (K,) times after launch, rising.
        reach_m: (K,) how far an interceptor is by then, 0 before it may leave.
        until_s: (F,) no hit comes later.

    Returns:
        (F, K) shares that sum to one over the times; all 0 where none can come.
    """
    times, limit = np.asarray(time_s, np.float64), np.asarray(until_s, np.float64)[:, None]
    within = np.where(times <= limit, np.asarray(reach_m, np.float64) ** 2, 0.0)
    grown = np.diff(within, axis=1, prepend=0.0)
    grown = np.where(times <= limit, np.maximum(grown, 0.0), 0.0)
    whole = grown.sum(axis=1, keepdims=True)
    return np.asarray(grown / np.where(whole > 0.0, whole, 1.0))


def useful_range_deadline(
    flights: Flights, ballistic_coefficient_kg_per_m2: ArrayLike, nearest_m: ArrayLike
) -> Array:
    """Give the deadline ``before_useful_range`` of each flight [s], (F,)."""
    found = find_shortfall(flights, ballistic_coefficient_kg_per_m2)
    return latest_short(found, nearest_m, flights.burnout_s)
