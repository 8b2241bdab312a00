"""Which country a point on the ground lies in, by coarse public outlines."""

import json
from functools import cache
from importlib.resources import files
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

AT_SEA: Final = "at sea"
"""What no country's outline holds."""

Ring = NDArray[np.float64]


@cache
def _outlines() -> tuple[tuple[str, tuple[Ring, ...]], ...]:
    """Give each country's rings, (N, 2) longitude and latitude in degrees."""
    text = files("umbo.data").joinpath("maps/countries.geojson").read_text(encoding="utf-8")
    return tuple(
        (
            str(one["properties"]["name"]),
            tuple(_whole(ring) for part in one["geometry"]["coordinates"] for ring in part),
        )
        for one in json.loads(text)["features"]
    )


def _whole(ring: list[list[float]]) -> Ring:
    """Give a ring without jumps where it crosses the date line."""
    lon, lat = np.array(ring, np.float64).T
    return np.stack([np.unwrap(lon, period=360.0), lat], axis=1)


def countries_at(lat_rad: ArrayLike, lon_rad: ArrayLike) -> NDArray[np.str_]:
    """Name the country that each point lies in.

    Outlines are Natural Earth's at 1:110 million, rounded to 0.1 degree: coasts and borders are
    good to some 20 km, islands smaller than that are sea. Rings count as plane polygons in
    degrees, which is no matter at such spacing of their points. Rings are even-odd, so that a
    country within another is not in it.

    Args:
        lat_rad: Geodetic latitudes [rad].
        lon_rad: Longitudes [rad], any turn.

    Returns:
        Names, shaped like the points; ``at sea`` where there is none.

    Example:
        >>> countries_at(np.radians([52.5, 0.0]), np.radians([13.4, -30.0])).tolist()
        ['Germany', 'at sea']
    """
    lat, lon = np.broadcast_arrays(np.degrees(lat_rad), np.degrees(lon_rad))
    y = np.asarray(lat, np.float64).ravel()
    x = (np.asarray(lon, np.float64).ravel() + 180.0) % 360.0 - 180.0
    found = np.full(y.shape, AT_SEA, dtype="<U40")
    for name, rings in _outlines():
        inside = np.zeros(y.shape, np.bool_)
        for ring in rings:
            (west, south), (east, north) = ring.min(axis=0), ring.max(axis=0)
            for turn in (-360.0, 0.0, 360.0):
                east_of = x + turn
                near = np.flatnonzero(
                    (east_of >= west) & (east_of <= east) & (y >= south) & (y <= north)
                )
                if near.size:
                    inside[near] ^= _crossed(ring, east_of[near], y[near])
        found[inside] = name
    return found.reshape(lat.shape)


def _crossed(ring: Ring, x: Ring, y: Ring) -> NDArray[np.bool_]:
    """Say whether a line to the east of each point crosses a ring an odd number of times."""
    (x0, y0), (x1, y1) = ring.T, np.roll(ring, -1, axis=0).T
    above = (y0 > y[:, None]) != (y1 > y[:, None])
    with np.errstate(divide="ignore", invalid="ignore"):
        at = x0 + (y[:, None] - y0) / (y1 - y0) * (x1 - x0)
    return np.asarray((above & (x[:, None] < at)).sum(axis=1) % 2 == 1)
