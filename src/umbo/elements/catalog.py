"""The catalogue: every element, missile and market number, each value with its source."""

from collections.abc import Mapping
from dataclasses import dataclass

from umbo.elements.places import AssetGroup, Place
from umbo.elements.sourced import Source, Value


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
    """boost, midcourse, terminal; sensing, transport, command for what does not shoot."""
    status: str = ""
    role: str = ""


@dataclass(frozen=True, slots=True)
class Catalog:
    """All items, places and sources of ``umbo/data``."""

    items: Mapping[str, Item]
    places: Mapping[str, Place]
    """Sites and launch areas, by id."""
    asset_groups: Mapping[str, AssetGroup]
    sources: Mapping[str, Source]
