"""Defended locations: metropolitan areas, bases, infrastructure by sector and area, allies."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from importlib.resources import files
from typing import Final

import numpy as np
from numpy.typing import NDArray

from umbo.elements.catalog import Catalog
from umbo.elements.places import Place
from umbo.elements.readings import Readings
from umbo.elements.sourced import check_sources, read_rows
from umbo.errors import SourceError
from umbo.physics.earth import great_circle_distance

Array = NDArray[np.float64]

CATEGORIES: Final = ("countervalue", "second_strike", "infrastructure", "allied")
THEATERS: Final = ("europe", "gulf", "korea", "japan", "guam", "taiwan_strait")
"""Asset groups whose places are forward or allied."""
ATTRIBUTES: Final = ("population", "second_strike", "infrastructure", "allied")
"""What a location is scored on; each has a swing weight."""
COLUMNS: Final = ["place", "category", "role", "area", "source", "note"]


@dataclass(frozen=True, slots=True)
class Location:
    """A location to be defended: one public place, or several that make up one area."""

    name: str
    category: str
    """One of ``CATEGORIES``."""
    role: str
    """What it is: city, icbm_field, energy, air_base and the like."""
    group: str
    """A theater for allied ones, the country's for all others."""
    places: tuple[Place, ...]
    """Places of the catalogue that make it up; the first is its position on a map."""
    source: str
    conf: str
    roles_near: tuple[tuple[str, float], ...] = ()
    """For a city: sectors of the infrastructure, each with its nearest distance [m]."""

    @property
    def persons(self) -> float:
        """Say how many live in a metropolitan area of the United States; 0 for all others."""
        return self.places[0].weight if self.category == "countervalue" else 0.0


def read_locations(lines: Iterable[str], file: str, catalog: Catalog) -> list[Location]:
    """Read bases and infrastructure, those of one category, role and area as one location.

    Raises:
        SourceError: A row has no source, a category or place that is not known, or a role
            without a value.
    """
    found: dict[tuple[str, str, str], Location] = {}
    for line, row in read_rows(lines, file, COLUMNS):
        where = f"{file}, line {line} ({row['place']})"
        check_sources(row["source"], catalog.sources, where)
        if row["place"] not in catalog.places:
            raise SourceError(f"{where}: no such place; add it to places.csv")
        if row["category"] not in CATEGORIES:
            raise SourceError(
                f"{where}: category is {row['category']!r}; write one of {', '.join(CATEGORIES)}"
            )
        if f"role_{row['role']}" not in catalog.item("priorities").values:
            raise SourceError(
                f"{where}: role {row['role']!r} has no value; add it to tables/priorities.csv"
            )
        place = catalog.places[row["place"]]
        key = (row["category"], row["role"], row["area"])
        one = found.get(key)
        found[key] = Location(
            name=row["area"],
            category=row["category"],
            role=row["role"],
            group="home",
            places=(*(one.places if one else ()), place),
            source=" ".join(dict.fromkeys(f"{place.source} {row['source']}".split())),
            conf=place.conf,
        )
    return list(found.values())


def locations_of(catalog: Catalog) -> list[Location]:
    """List all locations of the catalogue, countervalue first.

    Metropolitan areas are the cities of ``cities.csv``, allied ones the places of the six
    theaters; positions are public and rounded to 0.1 degree. Left out: the economy of an area
    apart from its population, of which no packaged public table was found; an ally's persons;
    the grid, whose interconnections are larger than any defended area.

    Returns:
        The locations.

    Raises:
        SourceError: The table of assets cannot be read.
    """
    text = files("umbo.data").joinpath("assets.csv").read_text(encoding="utf-8")
    tabled = read_locations(text.splitlines(), "assets.csv", catalog)
    nodes = [one for one in tabled if one.category == "infrastructure"]
    cities = [
        Location(
            name=city.name,
            category="countervalue",
            role="city",
            group="home",
            places=(city,),
            source=city.source,
            conf=city.conf,
            roles_near=_near(city, nodes),
        )
        for city in catalog.places.values()
        if city.kind == "city" and city.source == "geonames"
    ]
    allied = {
        place.id: Location(
            name=place.name,
            category="allied",
            role=place.category,
            group=theater,
            places=(place,),
            source=place.source,
            conf=place.conf,
        )
        for theater in THEATERS
        for place in catalog.asset_group(theater).places
    }
    return [*cities, *tabled, *allied.values()]


def _near(city: Place, nodes: Iterable[Location]) -> tuple[tuple[str, float], ...]:
    nearest: dict[str, float] = {}
    for node in nodes:
        for place in node.places:
            away = float(
                great_circle_distance(city.lat_rad, city.lon_rad, place.lat_rad, place.lon_rad)
            )
            nearest[node.role] = min(away, nearest.get(node.role, np.inf))
    return tuple(nearest.items())


def worth_of(locations: Sequence[Location], catalog: Catalog, read: Readings) -> Array:
    """Give what each location is worth on each attribute, from 0 to 1.

    Population counts in proportion to persons, 1 for the largest area. A metropolitan area counts
    as infrastructure by the most important sector that lies within its radius, so that a node is
    in its own row and in its city's: scores of the two are not to be added.

    Args:
        locations: The locations, L of them.
        catalog: For the worth of each role.
        read: Which number of each range is read.

    Returns:
        (L, A), the attributes in the order of ``ATTRIBUTES``.
    """
    values = catalog.item("priorities").values
    role = {name: read(value) for name, value in values.items() if name.startswith("role_")}
    radius_m = read(values["metro_radius"])
    most = max((one.persons for one in locations), default=0.0)
    worth = np.zeros((len(locations), len(ATTRIBUTES)))
    for row, one in zip(worth, locations, strict=True):
        if one.category == "countervalue":
            near = [role[f"role_{name}"] for name, away_m in one.roles_near if away_m <= radius_m]
            row[0] = one.persons / most
            row[ATTRIBUTES.index("infrastructure")] = max(near, default=0.0)
        else:
            row[ATTRIBUTES.index(one.category)] = role[f"role_{one.role}"]
    return worth
