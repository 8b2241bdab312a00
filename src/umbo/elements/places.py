"""Places: sites, launch areas, defended assets and groups of them."""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from umbo.elements.sourced import Source, check_sources, read_rows
from umbo.errors import SourceError

PLACE_COLUMNS: Final = [
    "id",
    "name",
    "kind",
    "lat",
    "lon",
    "radius_km",
    "nation",
    "category",
    "source",
    "conf",
    "note",
]
CITY_COLUMNS: Final = ["id", "name", "state", "lat", "lon", "population", "metro_population"]
GROUP_COLUMNS: Final = ["id", "name", "states", "largest", "members", "source", "note"]


@dataclass(frozen=True, slots=True)
class Place:
    """A named point with a radius (0 for a site); positions rounded to 0.1 degree."""

    id: str
    name: str
    lat_rad: float
    lon_rad: float
    radius_m: float = 0.0
    kind: str = "site"
    nation: str = ""
    category: str = ""
    weight: float = 1.0
    """What the place is worth among the assets of its group; persons for a city."""
    source: str = ""
    conf: str = "ours"
    note: str = ""


@dataclass(frozen=True, slots=True)
class AssetGroup:
    """Defended assets that a raid aims at together."""

    id: str
    name: str
    places: tuple[Place, ...]
    source: str = ""
    note: str = ""


def read_places(lines: Iterable[str], file: str, sources: Mapping[str, Source]) -> dict[str, Place]:
    """Read the table of places, by id.

    Raises:
        SourceError: A row stands twice, has no source, or a position that cannot be or is
            finer than 0.1 degree.
    """
    places: dict[str, Place] = {}
    for line, row in read_rows(lines, file, PLACE_COLUMNS):
        where = f"{file}, line {line} ({row['id']})"
        check_sources(row["source"], sources, where)
        if row["id"] in places:
            raise SourceError(f"{where}: stands twice; rename one")
        lat_rad, lon_rad = _position(row, where)
        places[row["id"]] = Place(
            id=row["id"],
            name=row["name"],
            lat_rad=lat_rad,
            lon_rad=lon_rad,
            radius_m=float(row["radius_km"]) * 1e3,
            kind=row["kind"],
            nation=row["nation"],
            category=row["category"],
            source=row["source"],
            conf=row["conf"],
            note=row["note"],
        )
    return places


def read_cities(lines: Iterable[str], file: str) -> dict[str, list[Place]]:
    """Read the table of US cities, by state, largest first; weights are persons.

    The persons are GeoNames' for the city and every smaller city within 50 km; a rank, not a
    census count of the metropolitan area.

    Raises:
        SourceError: A position cannot be, or is finer than 0.1 degree.
    """
    cities: dict[str, list[Place]] = {}
    for line, row in read_rows(lines, file, CITY_COLUMNS):
        lat_rad, lon_rad = _position(row, f"{file}, line {line} ({row['id']})")
        city = Place(
            id=row["id"],
            name=f"{row['name']}, {row['state']}",
            lat_rad=lat_rad,
            lon_rad=lon_rad,
            kind="city",
            nation="US",
            category="city",
            weight=float(row["metro_population"]),
            source="geonames",
            conf="derived",
        )
        cities.setdefault(row["state"], []).append(city)
    return {
        state: sorted(of_state, key=lambda city: -city.weight) for state, of_state in cities.items()
    }


def read_asset_groups(
    lines: Iterable[str],
    file: str,
    sources: Mapping[str, Source],
    places: Mapping[str, Place],
    cities: Mapping[str, list[Place]],
) -> dict[str, AssetGroup]:
    """Read the groups: named members, or the largest cities of some states.

    Raises:
        SourceError: A group has no source, or names a place that is not in the table.
    """
    groups: dict[str, AssetGroup] = {}
    for line, row in read_rows(lines, file, GROUP_COLUMNS):
        where = f"{file}, line {line} ({row['id']})"
        check_sources(row["source"], sources, where)
        if unknown := [name for name in row["members"].split() if name not in places]:
            raise SourceError(f"{where}: {unknown[0]!r} is not in places.csv; add it there")
        members = [places[name] for name in row["members"].split()]
        of_states = [city for state in row["states"].split() for city in cities.get(state, [])]
        of_states.sort(key=lambda city: -city.weight)
        members += of_states[: int(row["largest"] or 0)]
        if not members:
            raise SourceError(f"{where}: the group is empty; name members, or states and a number")
        groups[row["id"]] = AssetGroup(
            id=row["id"],
            name=row["name"],
            places=tuple(members),
            source=row["source"],
            note=row["note"],
        )
    return groups


def _position(row: Mapping[str, str], where: str) -> tuple[float, float]:
    """Give latitude and longitude [rad] of a row, at most as fine as 0.1 degree."""
    try:
        lat, lon = float(row["lat"]), float(row["lon"])
    except ValueError:
        lat = lon = math.nan
    if not (abs(lat) <= 90.0 and abs(lon) <= 180.0):
        raise SourceError(
            f"{where}: {row['lat']!r}, {row['lon']!r} is no position; write latitude within "
            "90 and longitude within 180 degrees"
        )
    if round(lat, 1) != lat or round(lon, 1) != lon:
        raise SourceError(f"{where}: {row['lat']}, {row['lon']}: round positions to 0.1 degree")
    return math.radians(lat), math.radians(lon)
