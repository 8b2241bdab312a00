"""In which country a place lies."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

Array = NDArray[np.float64]

SEA: Final = "sea"
"""What lies in no country."""


@dataclass(frozen=True, eq=False)
class Country:
    """A country's outline."""

    name: str
    rings: tuple[Array, ...]
    """Closed rings of longitude and latitude, (n, 2) [deg]; holes are rings as well. Longitude
    runs on over the date line."""
    west: float
    south: float
    east: float
    north: float

    def holds(self, lat_deg: Array, lon_deg: Array) -> NDArray[np.bool_]:
        """Say which points lie inside: the line south of them crosses the outline an odd time."""
        inside = np.zeros(lat_deg.shape, dtype=np.bool_)
        near = np.flatnonzero(
            (lat_deg >= self.south)
            & (lat_deg <= self.north)
            & (lon_deg >= self.west)
            & (lon_deg <= self.east)
        )
        x, y = lon_deg[near, None], lat_deg[near, None]
        for ring in self.rings if near.size else ():
            (x0, y0), (x1, y1) = ring[:-1].T, ring[1:].T
            spans = (x0 > x) != (x1 > x)
            with np.errstate(divide="ignore", invalid="ignore"):
                below = y0 + (x - x0) / (x1 - x0) * (y1 - y0) < y
            inside[near] ^= np.sum(spans & below, axis=1) % 2 == 1
        return inside


@cache
def load_countries() -> Mapping[str, Country]:
    """Read the outlines of 177 countries; those of a few kilometres are left out."""
    text = files("umbo.data").joinpath("maps/countries.geojson").read_text(encoding="utf-8")
    countries = {}
    for feature in json.loads(text)["features"]:
        rings = tuple(
            _run_on(np.array(ring))
            for polygon in feature["geometry"]["coordinates"]
            for ring in polygon
        )
        points, name = np.concatenate(rings), feature["properties"]["name"]
        (west, south), (east, north) = points.min(axis=0), points.max(axis=0)
        countries[name] = Country(name, rings, west, south, east, north)
    return countries


def _run_on(ring: Array) -> Array:
    """Let longitude run on over the date line; close what goes round a pole over the pole."""
    lon, lat = np.unwrap(ring[:, 0], period=360.0), ring[:, 1]
    if abs(lon[-1] - lon[0]) > 180.0:
        pole = np.copysign(90.0, lat.mean())
        lon = np.concatenate([lon, [lon[-1], lon[0], lon[0]]])
        lat = np.concatenate([lat, [pole, pole, lat[0]]])
    return np.stack([lon, lat], axis=1)


def country_at(lat_rad: ArrayLike, lon_rad: ArrayLike) -> NDArray[np.str_]:
    """Name the country of each point, or the sea.

    Outlines are rounded to 0.1 degree and smoothed for maps of 1:110 million: a point within some
    20 km of a border or a coast may be told wrongly, and islands of less than that are sea.

    Args:
        lat_rad: Geodetic latitude [rad], any shape.
        lon_rad: Longitude [rad], of that shape.

    Returns:
        Names, of that shape.

    Source:
        Natural Earth 1:110m, by way of world-atlas. Even-odd rule: Shimrat, *Communications of the
        ACM* 5 (1962), 434.
    """
    lat, lon = np.broadcast_arrays(np.degrees(lat_rad), np.degrees(lon_rad))
    flat_lat, flat_lon = lat.ravel(), (lon.ravel() + 180.0) % 360.0 - 180.0
    found = np.full(flat_lat.shape, SEA, dtype="<U32")
    for country in load_countries().values():
        for turn in (-360.0, 0.0, 360.0):
            if country.west <= 180.0 + turn and country.east >= turn - 180.0:
                found[country.holds(flat_lat, flat_lon + turn)] = country.name
    return found.reshape(lat.shape)
