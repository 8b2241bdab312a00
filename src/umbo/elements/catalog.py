"""The catalogue: every element, missile and market number, each value with its source."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Final, Literal, TypeVar

from umbo.elements.places import (
    AssetGroup,
    Place,
    read_asset_groups,
    read_cities,
    read_places,
)
from umbo.elements.sourced import Source, Value, read_rows, read_sources, read_values
from umbo.errors import SourceError, UnknownNameError, suggest

CATEGORIES: Final = [
    "interceptor",
    "space_interceptor",
    "radar",
    "space_sensor",
    "space_transport",
    "air_sensor",
    "site",
    "platform",
    "directed_energy",
    "command",
    "missile",
    "market",
    "model",
    "force",
    "reply",
]

_ITEM_COLUMNS: Final = ["id", "name", "category", "layer", "status", "role"]
_MODEL_COLUMNS: Final = ["item", "model", "with", "note"]
_T = TypeVar("_T")


Part = Literal["fights", "senses", "leads_weapons", "carries_tracks", "costed_not_fought"]
"""Of a battle: shoots; sees; its radar leads a weapon; carries tracks and orders; or none."""
LINKS: Final = ("space_transport", "command")
"""Categories that carry tracks and orders."""


@dataclass(frozen=True, slots=True)
class Item:
    """A thing of the catalogue: an element, a missile class or a market."""

    id: str
    name: str
    category: str
    """interceptor, space_interceptor, radar, space_sensor, space_transport, air_sensor, site,
    platform, directed_energy, command, missile, market or model."""
    values: Mapping[str, Value]
    layer: str = ""
    """boost, midcourse, glide, cruise, terminal; sensing, transport, command for the rest."""
    status: str = ""
    role: str = ""
    model: str = ""
    """What a battle does with it: fights, radar, warning, tracking, or nothing."""
    model_with: str = ""
    """For a radar the target's cross-section in its band; for a weapon the radar at its site."""
    leads: bool = False
    """Whether its radar is the one at the site of a weapon."""

    @property
    def part(self) -> Part:
        """Say what it does in a battle."""
        if self.model:
            return "fights" if self.model == "fights" else "senses"
        if self.category in LINKS:
            return "carries_tracks"
        return "leads_weapons" if self.leads else "costed_not_fought"


@dataclass(frozen=True, slots=True)
class Catalog:
    """All items, places and sources of ``umbo/data``."""

    items: Mapping[str, Item]
    places: Mapping[str, Place]
    """Sites and launch areas, by id."""
    asset_groups: Mapping[str, AssetGroup]
    sources: Mapping[str, Source]

    def item(self, name: str) -> Item:
        """Give an item of the catalogue.

        Raises:
            UnknownNameError: No item has this name.
        """
        return _known(self.items, name, "item")

    def value(self, item: str, parameter: str) -> Value:
        """Give a value of an item.

        Raises:
            UnknownNameError: There is no such item, or it has no such parameter.

        Example:
            >>> load_catalog().value("gbi", "p_kill").mode
            0.57
        """
        return _known(self.item(item).values, parameter, f"parameter of {item}")

    def place(self, name: str) -> Place:
        """Give a place: a site, a base, a launch area or a city.

        Raises:
            UnknownNameError: No place has this name.
        """
        return _known(self.places, name, "place")

    def asset_group(self, name: str) -> AssetGroup:
        """Give a group of defended assets; a place alone is a group of one.

        Raises:
            UnknownNameError: No group and no place has this name.
        """
        if name in self.places and name not in self.asset_groups:
            place = self.places[name]
            return AssetGroup(name, place.name, (place,), place.source)
        return _known(self.asset_groups, name, "asset group")

    def assumptions(self) -> list[Value]:
        """Give every value that is recalled or chosen, not read in a source."""
        return [
            value
            for item in self.items.values()
            for value in item.values.values()
            if value.is_assumption
        ]


def _known(names: Mapping[str, _T], name: str, what: str) -> _T:
    if name not in names:
        raise UnknownNameError(f"no {what} is named {name!r}; {suggest(name, names)}")
    return names[name]


def _lines(file: str) -> list[str]:
    return files("umbo.data").joinpath(file).read_text(encoding="utf-8").splitlines()


def _tables() -> Iterator[str]:
    tables = files("umbo.data").joinpath("tables").iterdir()
    return iter(sorted(f"tables/{table.name}" for table in tables if table.name.endswith(".csv")))


@cache
def load_catalog() -> Catalog:
    """Load every item, place and source of the package; read once a process.

    Raises:
        SourceError: A number has no source that resolves, or a row cannot be read.
    """
    sources = read_sources(_lines("sources.csv"))
    by_item: dict[str, dict[str, Value]] = {}
    for file in _tables():
        for (item, parameter), value in read_values(_lines(file), file, sources).items():
            values = by_item.setdefault(item, {})
            if parameter in values:
                raise SourceError(f"{file} ({item}.{parameter}): stands in another table too")
            values[parameter] = value
    places = read_places(_lines("places.csv"), "places.csv", sources)
    cities = read_cities(_lines("cities.csv"), "cities.csv")
    for of_state in cities.values():
        places |= {city.id: city for city in of_state if city.id not in places}
    groups = read_asset_groups(
        _lines("asset_groups.csv"), "asset_groups.csv", sources, places, cities
    )
    return Catalog(_items(by_item), places, groups, sources)


def _items(by_item: dict[str, dict[str, Value]]) -> dict[str, Item]:
    items: dict[str, Item] = {}
    models = {
        row["item"]: row for _, row in read_rows(_lines("models.csv"), "models.csv", _MODEL_COLUMNS)
    }
    leading = {row["with"] for row in models.values() if row["model"] == "fights"}
    for line, row in read_rows(_lines("items.csv"), "items.csv", _ITEM_COLUMNS):
        where = f"items.csv, line {line} ({row['id']})"
        if row["id"] in items:
            raise SourceError(f"{where}: stands twice; rename one")
        if row["category"] not in CATEGORIES:
            raise SourceError(f"{where}: category is {row['category']!r}; {', '.join(CATEGORIES)}")
        does = models.pop(row["id"], {"model": "", "with": ""})
        items[row["id"]] = Item(
            **row,
            values=by_item.get(row["id"], {}),
            model=does["model"],
            model_with=does["with"],
            leads=row["id"] in leading,
        )
    if models:
        raise SourceError(f"models.csv: {next(iter(models))!r} is no item; add it to items.csv")
    if missing := sorted(by_item.keys() - items.keys()):
        raise SourceError(f"items.csv: {missing[0]!r} has values but no row; add it there")
    return items
