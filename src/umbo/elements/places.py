"""Places: sites, launch areas, defended assets and groups of them."""

from dataclasses import dataclass


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
