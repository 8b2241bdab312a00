"""How near cruise missiles pass places, and when."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from umbo.elements.places import Place
from umbo.engagement.flights import Flights
from umbo.physics.earth import geodetic_to_ecef

Floats = NDArray[np.float64]


def nearest_points(flights: Flights, places: Sequence[Place]) -> tuple[Floats, Floats, Floats]:
    """Find where flights pass places, each on the straight leg that comes nearest.

    Args:
        flights: The flights, F.
        places: Places at sea level, S.

    Returns:
        Time after launch [s] and range [m] of the nearest point of that leg's line, also where it
        lies beyond the leg, and the speed on it [m/s], each (F, S); an infinite range for what
        does not cruise.
    """
    numbers = ("nearest points", tuple((place.lat_rad, place.lon_rad) for place in places))
    if numbers not in flights.found:
        sites = geodetic_to_ecef(
            [place.lat_rad for place in places], [place.lon_rad for place in places]
        )
        found = np.ones((3, len(flights.shots), len(places)))
        found[1] = np.inf
        cruising = np.flatnonzero([kind == "cruise" for kind in flights.kind])
        position, until_s = flights.position_ecef_m[cruising], flights.impact_s[cruising]
        squares = np.einsum("fkx,fkx->fk", position, position)
        for s, site in enumerate(sites):
            found[:, cruising, s] = _nearest(flights.time_s, position, squares, until_s, site)
        flights.found[numbers] = found
    time_s, range_m, speed = flights.found[numbers]
    return time_s, range_m, speed


def _nearest(
    time_s: Floats, position: Floats, squares: Floats, until_s: Floats, site: Floats
) -> Floats:
    """Give time, range and speed at the nearest point of each flight, (3, F)."""
    row = np.arange(len(position))
    # Distances only have to be compared, so that their error of rounding is no matter.
    nearest = np.argmin(squares - 2.0 * (position @ site), axis=1)
    best, found = np.full(len(row), np.inf), np.zeros((3, len(row)))
    for leg in (np.maximum(nearest - 1, 0), np.minimum(nearest, len(time_s) - 2)):
        begin, way = position[row, leg], position[row, leg + 1] - position[row, leg]
        length = np.linalg.norm(way, axis=1)
        lasts = np.maximum(np.minimum(time_s[leg + 1], until_s) - time_s[leg], 1e-9)
        away = begin - site
        share = -np.einsum("fx,fx->f", away, way) / np.maximum(length**2, 1e-9)
        on_leg = np.linalg.norm(away + np.clip(share, 0.0, 1.0)[:, None] * way, axis=1)
        line = np.linalg.norm(away + share[:, None] * way, axis=1)
        is_better = (on_leg < best) & (length > 1.0)
        told = np.stack([time_s[leg] + share * lasts, line, length / lasts])
        found = np.where(is_better, told, found)
        best = np.where(is_better, on_leg, best)
    found[1] = np.where(np.isfinite(best), found[1], np.inf)
    found[2] = np.maximum(found[2], 1e-9)
    return found
