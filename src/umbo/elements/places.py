"""Places: sites, launch areas, defended assets and groups of them."""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final, Literal, Self

from pydantic import Field, field_validator, model_validator

from umbo.elements.sourced import Source, check_sources, read_rows
from umbo.errors import SourceError
from umbo.section import Section
from umbo.units import Meters, Radians

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
    """A named site, circle or box; positions rounded to 0.1 degree.

    A circle has a radius, a box extents about its middle, a site neither.
    """

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
    north_south_m: float = 0.0
    east_west_m: float = 0.0


class PlaceSection(Section):
    """A place of the study's own: a site, a circle, or a box about its middle."""

    lat_rad: Radians = Field(ge=-math.pi / 2.0, le=math.pi / 2.0)
    """Latitude of the site or the middle, north positive, to 0.1 degree."""
    lon_rad: Radians = Field(ge=-math.pi, le=math.pi)
    """Longitude, east positive, to 0.1 degree."""
    radius_m: Meters | None = Field(default=None, gt=0.0, le=2_000e3)
    """Radius of a circle, such as the region of road-mobile launchers."""
    north_south_m: Meters | None = Field(default=None, gt=0.0, le=4_000e3)
    """Extent of a box from south to north."""
    east_west_m: Meters | None = Field(default=None, gt=0.0, le=4_000e3)
    """Extent of a box from west to east, along its middle."""
    kind: Literal["site", "launch_area", "sea_box", "air_box"] = "site"
    """What it is: only areas and boxes launch missiles."""
    nation: str = ""
    """Whose it is; the adversary of what is launched there."""
    note: str = ""
    """Why this place."""

    @field_validator("lat_rad", "lon_rad")
    @classmethod
    def _is_coarse(cls, angle_rad: float) -> float:
        tenths = math.degrees(angle_rad) * 10.0
        if abs(tenths - round(tenths)) > 1e-6:
            raise ValueError(
                f"{tenths / 10.0:g} deg is finer than 0.1 deg; write {round(tenths) / 10.0:g} deg"
            )
        return angle_rad

    @model_validator(mode="after")
    def _has_one_shape(self) -> Self:
        box = (self.north_south_m, self.east_west_m)
        if (box[0] is None) != (box[1] is None) or (self.radius_m and box[0]):
            raise ValueError(
                "a place is a site, a circle with 'radius', or a box with both 'north_south' and "
                "'east_west'; write one of them"
            )
        return self

    def place(self, name: str) -> Place:
        """Give the place under its name in the study."""
        return Place(
            id=name,
            name=name.replace("_", " "),
            lat_rad=self.lat_rad,
            lon_rad=self.lon_rad,
            radius_m=self.radius_m or 0.0,
            kind=self.kind,
            nation=self.nation,
            source="study",
            note=self.note,
            north_south_m=self.north_south_m or 0.0,
            east_west_m=self.east_west_m or 0.0,
        )


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
