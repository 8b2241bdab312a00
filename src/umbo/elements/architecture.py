"""An architecture as a study writes it: elements, where they stand, how they fire."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated

from pydantic import Field

from umbo.elements.catalog import Item
from umbo.elements.constellations import Constellation
from umbo.elements.interceptors import Doctrine
from umbo.elements.places import Place
from umbo.elements.sourced import Value
from umbo.section import Name, Section


class Override(Section):
    """A value put in place of the catalogue's, with the reason."""

    value: str
    """The value with its unit, such as ``0.7``, ``6 km/s`` or ``22 musd``."""
    reason: str = Field(min_length=3)
    """Why this value and not the catalogue's; cite a source where there is one."""


class Element(Section):
    """One kind of thing in an architecture."""

    use: Name
    """An item of the catalogue."""
    count: int = Field(default=1, ge=0, le=200_000)
    """How many in all; for interceptors, rounds ready to fire."""
    at: Name | dict[Name, Annotated[int, Field(ge=0)]] | None = None
    """A place, or places with the number at each (which sum to ``count``)."""
    constellation: Constellation | None = None
    """Orbits, for satellites; its number is then the count."""
    doctrine: Doctrine | None = None
    """Shots and looks, for weapons; the catalogue's where left out."""
    in_service: str = "FY2026"
    """Fiscal year from which the whole count stands."""
    rate: float | None = Field(default=None, gt=0.0)
    """Units fielded a year, for what is not there yet."""
    nation: str = "US"
    """Who owns it."""
    override: dict[Name, Override] = Field(default_factory=dict)
    """Values in place of the catalogue's, each with a reason."""
    in_cbo_scope: bool = True
    """Whether CBO's 2026 estimate counts such an element."""
    source: str = ""
    """Where number and place come from; ``ours`` where we chose them."""
    note: str = ""
    """Anything a reader should know."""


class Change(Section):
    """A change to an element of the baseline, found by its ``use``."""

    use: Name
    """Which element of the baseline."""
    count: int | None = Field(default=None, ge=0, le=200_000)
    """New number in all."""
    at: Name | dict[Name, Annotated[int, Field(ge=0)]] | None = None
    """New places."""
    constellation: Constellation | None = None
    """New orbits."""
    doctrine: Doctrine | None = None
    """New doctrine."""
    in_service: str | None = None
    """New fiscal year."""
    override: dict[Name, Override] = Field(default_factory=dict)
    """Values in place of the catalogue's, each with a reason."""
    source: str | None = None
    """Where the change comes from."""
    note: str | None = None
    """Anything a reader should know."""


class ArchitectureSection(Section):
    """An architecture: its own elements, or a difference from a baseline."""

    like: Name | None = None
    """The architecture this one starts from."""
    as_of: str | None = None
    """Fiscal year at which it fights, such as ``FY2036``: only what is in service by then."""
    title: str = ""
    """One line on what it is."""
    elements: list[Element] = Field(default_factory=list)
    """All elements, where there is no baseline."""
    add: list[Element] = Field(default_factory=list)
    """Elements added to the baseline."""
    remove: list[Name] = Field(default_factory=list)
    """Elements of the baseline left out, by their ``use``."""
    change: list[Change] = Field(default_factory=list)
    """Elements of the baseline changed in place."""
    note: str = ""
    """Anything a reader should know."""


@dataclass(frozen=True, slots=True)
class Fielded:
    """One element of an architecture with its catalogue item, places and values resolved."""

    use: str
    item: Item
    count: int
    sites: tuple[tuple[Place, int], ...]
    """Places and the number at each; empty for satellites and what has no place."""
    constellation: Constellation | None
    doctrine: Doctrine
    values: Mapping[str, Value]
    """The item's values, with the study's overrides in place."""
    in_service: int
    """Fiscal year from which the whole count stands."""
    nation: str
    in_cbo_scope: bool
    source: str
    note: str


@dataclass(frozen=True, slots=True)
class Architecture:
    """What stands in the year in which it fights."""

    name: str
    title: str
    as_of: int
    elements: tuple[Fielded, ...]
