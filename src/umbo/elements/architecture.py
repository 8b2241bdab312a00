"""An architecture as a study writes it: elements, where they stand, how they fire."""

import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Annotated, Final, Literal

from pydantic import Field, StringConstraints

from umbo.elements.catalog import Catalog, Item
from umbo.elements.command import Command, CommandSection, command_of
from umbo.elements.constellations import Constellation, partly_built, shells
from umbo.elements.directed_energy import WEAPONS
from umbo.elements.interceptors import Doctrine, OrbitLayer
from umbo.elements.overrides import Override, overridden
from umbo.elements.places import Place
from umbo.elements.records import Record
from umbo.elements.sourced import Value
from umbo.errors import StudyError, UnknownNameError, suggest
from umbo.section import Name, Section, Standing

FiscalYear = Annotated[str, StringConstraints(pattern=r"^FY(19|20)\d\d$")]
"""A fiscal year as a study writes it, such as ``FY2026``."""

NOT_ELEMENTS: Final = ("missile", "market", "model")
"""Categories of the catalogue that no architecture can hold."""

Outages = Literal["none", "drawn"]
"""Whether sites, ships, radars and command are out of work for whole raids, by availability."""

IN_ORBIT: Final = ("space_interceptor", "space_sensor", "space_transport", "directed_energy")
"""Categories whose elements can be satellites."""


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
    layers: list[OrbitLayer] | None = None
    """Where interceptors in orbit fight: ``boost``, ``ascent`` (to the first release),
    ``midcourse``, ``glide``; the catalogue's layer of the type where left out."""
    in_service: FiscalYear = "FY2026"
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

    use: Standing
    """Which element of the baseline; where it stands twice, ``thaad#1`` or ``thaad#2``."""
    count: int | None = Field(default=None, ge=0, le=200_000)
    """New number in all."""
    at: Name | dict[Name, Annotated[int, Field(ge=0)]] | None = None
    """New places."""
    constellation: Constellation | None = None
    """New orbits."""
    doctrine: Doctrine | None = None
    """New doctrine."""
    layers: list[OrbitLayer] | None = None
    """New layers of interceptors in orbit."""
    in_service: FiscalYear | None = None
    """New fiscal year."""
    rate: float | None = Field(default=None, gt=0.0)
    """New number fielded a year."""
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
    as_of: FiscalYear | None = None
    """Fiscal year at which it fights, such as ``FY2036``: only what is in service by then. Left
    out, everything stands; a baseline's year is not taken over."""
    title: str = ""
    """One line on what it is."""
    elements: list[Element] = Field(default_factory=list)
    """All elements, where there is no baseline."""
    add: list[Element] = Field(default_factory=list)
    """Elements added to the baseline."""
    remove: list[Standing] = Field(default_factory=list)
    """Elements of the baseline left out, by their ``use``; ``thaad#2`` is the second of them."""
    change: list[Change] = Field(default_factory=list)
    """Elements of the baseline changed in place."""
    command: CommandSection | None = None
    """What cuts command, and which layers then fire on their own; the baseline's if left out."""
    outages: Outages | None = None
    """``drawn``: sites, ships, radars and command are out of work for whole raids, each as often
    as its ``availability`` says; ``none`` where no baseline says otherwise."""
    note: str = ""
    """Anything a reader should know."""
    record: list[Record] = Field(default_factory=list)
    """Whose proposals it is made of; ``umbo merge`` writes it."""


@dataclass(frozen=True, slots=True, eq=False)
class Fielded:
    """One element of an architecture with its catalogue item, places and values resolved.

    The same only as itself; ``likeness`` tells what it is.
    """

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
    rate: float | None = None
    """Units fielded a year before then; None where they all come at once."""
    layers: tuple[OrbitLayer, ...] = ()
    """Layers in which interceptors in orbit fight; none for that of the item."""


@dataclass(frozen=True, slots=True)
class Likeness:
    """What an element is: equal for elements alike, and told apart quickly."""

    hash_of: int
    key: tuple[object, ...]

    def __hash__(self) -> int:
        return self.hash_of


@lru_cache(maxsize=4096)
def likeness(element: Fielded) -> Likeness:
    """Say what an element is: its name, number, places or orbits, and values."""
    values = tuple(element.values.items())
    layers = element.layers
    key = (element.use, element.count, element.constellation, element.sites, layers, values)
    return Likeness(hash(key), key)


@dataclass(frozen=True, slots=True, eq=False)
class Architecture:
    """What stands in the year in which it fights; the same only as itself."""

    name: str
    title: str
    as_of: int
    elements: tuple[Fielded, ...]
    cut_stations: tuple[str, ...] = ()
    """Places that have lost their link to satellites."""
    command: Command = field(default_factory=Command)
    """What cuts command, and which layers then fire on their own."""
    outages: Outages = "none"
    """Whether sites, ships, radars and command are out of work now and then."""


Path = tuple[str | int, ...]
Report = Callable[[Path, StudyError], None]
"""Told what is wrong with the part of a study at a path below ``architectures``."""


def fiscal_year(text: str) -> int:
    """Read a fiscal year.

    Example:
        >>> fiscal_year("FY2026")
        2026
    """
    if not re.fullmatch(r"FY(19|20)\d\d", text):
        raise StudyError(f"{text!r} is not a fiscal year; write FY and four digits, such as FY2026")
    return int(text[2:])


Fielding = Callable[[Fielded], int]
"""Gives the fiscal year from which the whole count of an element stands."""


def as_written(element: Fielded) -> int:
    """Give the fiscal year that the study writes."""
    return element.in_service


def _raise(path: Path, error: StudyError) -> None:
    del path
    raise error


def resolve_architectures(
    sections: Mapping[str, ArchitectureSection],
    catalog: Catalog,
    *,
    dollars_of: int | None = None,
    report: Report = _raise,
    fielding: Fielding = as_written,
) -> dict[str, Architecture]:
    """Turn architectures as written into what stands in the year in which each fights.

    Args:
        sections: Architectures by name, as a study writes them.
        catalog: The catalogue, with a view's numbers in place if the study wants them.
        dollars_of: Year of the dollars in which overrides are written.
        report: Told of each problem; without it the first one is raised.
        fielding: Gives the year of each element in place of the one written.

    Returns:
        The architectures by name, in the order written; those with a problem are left out.

    Raises:
        StudyError: An unknown or cyclic ``like``, an unknown item, place or parameter, numbers
            that do not add up, a change to what is not there.
    """
    resolved: dict[str, Architecture] = {}
    for name, section in sections.items():
        parts = _merge(name, sections, report)
        if parts is None:
            continue
        failed = False
        fielded = []
        for path, element in parts:
            try:
                one = _field(element, catalog, dollars_of)
                fielded.append(replace(one, in_service=fielding(one)))
            except _PartError as problem:
                failed = True
                report((*path, *problem.path), problem.error)
        if failed:
            continue
        years = [one.in_service for one in fielded]
        as_of = fiscal_year(section.as_of) if section.as_of else max(years, default=2026)
        standing = tuple(
            left for one in fielded if (left := reduced(one, planned_in(one, as_of))) is not None
        )
        line = [sections[one] for one in _line(name, sections)]
        written = (one.outages for one in line if one.outages is not None)
        command = next((one.command for one in line if one.command is not None), None)
        resolved[name] = Architecture(
            name,
            section.title,
            as_of,
            standing,
            command=command_of(command),
            outages=next(written, "none"),
        )
    return resolved


def _line(name: str, sections: Mapping[str, ArchitectureSection]) -> list[str]:
    """List an architecture and its baselines, itself first; none of them goes in a circle."""
    line = [name]
    while (like := sections[line[-1]].like) is not None:
        line.append(like)
    return line


class _PartError(Exception):
    """A problem at a path below an element."""

    def __init__(self, path: Path, error: StudyError) -> None:
        super().__init__(str(error))
        self.path = path
        self.error = error


def _merge(
    name: str, sections: Mapping[str, ArchitectureSection], report: Report
) -> list[tuple[Path, Element]] | None:
    """Give an architecture's own elements and its baselines', each with where it was written."""
    line = [name]
    while (like := sections[line[-1]].like) is not None:
        here: Path = (line[-1], "like")
        if like not in sections:
            others = [other for other in sections if other != line[-1]]
            report(
                here,
                UnknownNameError(f"no architecture is named '{like}'; {suggest(like, others)}"),
            )
            return None
        if like in line:
            circle = line[line.index(like) :]
            if name == next(one for one in sections if one in circle):  # told once
                round_trip = " -> ".join([*circle, like])
                report(here, StudyError(f"'like' goes in a circle: {round_trip}; break it"))
            return None
        line.append(like)
    parts: list[tuple[Path, Element]] = []
    sound = True
    for step in reversed(line):
        section = sections[step]
        if section.like and section.elements:
            report((step, "elements"), StudyError("beside 'like' elements are added; write 'add'"))
            sound = False
        for i, use in enumerate(section.remove):
            found, problem = _standing(use, parts)
            if problem:
                report((step, "remove", i), problem)
                sound = False
            parts = [part for k, part in enumerate(parts) if k not in found]
        for i, change in enumerate(section.change):
            found, problem = _standing(change.use, parts)
            if problem is None and len(found) > 1:
                problem = StudyError(
                    f"'{change.use}' stands {len(found)} times, so which one is changed is not "
                    f"clear; write '{change.use}#1' for the first of them"
                )
            if problem:
                report((step, "change", i, "use"), problem)
                sound = False
                continue
            parts[found[0]] = (step, "change", i), _changed(parts[found[0]][1], change)
        for key, elements in (("elements", section.elements), ("add", section.add)):
            parts += [((step, key, i), element) for i, element in enumerate(elements)]
    return parts if sound else None


def _standing(use: str, parts: list[tuple[Path, Element]]) -> tuple[list[int], StudyError | None]:
    """Find an element in the baseline: all that stand, or the one whose number follows ``#``."""
    name, hash_, number = use.partition("#")
    found = [k for k, part in enumerate(parts) if part[1].use == name]
    if not found:
        known = {part[1].use for part in parts}
        hint = suggest(name, known) if known else "there is no baseline; name one with 'like'"
        return [], UnknownNameError(f"'{name}' is not in the baseline; {hint}")
    if not hash_:
        return found, None
    if not (number.isdecimal() and 1 <= int(number) <= len(found)):
        times = "once" if len(found) == 1 else f"{len(found)} times"
        return [], StudyError(
            f"'{use}': '{name}' stands {times} in the baseline; write '{name}#1'"
            + (f" to '{name}#{len(found)}'" if len(found) > 1 else "")
        )
    return [found[int(number) - 1]], None


def _changed(element: Element, change: Change) -> Element:
    new = {
        key: value
        for key in type(change).model_fields
        if key not in {"use", "override"} and (value := getattr(change, key)) is not None
    }
    if "constellation" in new and "count" not in new:
        new["count"] = 1
    return element.model_copy(update={**new, "override": {**element.override, **change.override}})


def _field(element: Element, catalog: Catalog, dollars_of: int | None) -> Fielded:
    item = catalog.items.get(element.use)
    if item is None or item.category in NOT_ELEMENTS:
        elements = [one.id for one in catalog.items.values() if one.category not in NOT_ELEMENTS]
        hint = suggest(element.use, elements)
        if item is not None:
            hint = f"it is a {item.category}, not an element; {hint}"
        raise _PartError(("use",), UnknownNameError(f"no element is named '{element.use}'; {hint}"))
    _stands(element, item)
    count = element.count
    if element.constellation is not None:
        if element.at is not None:
            raise _PartError(
                ("at",), StudyError("satellites in a constellation have no place; leave 'at' out")
            )
        try:
            number = sum(shell.count for shell in shells(element.constellation))
        except StudyError as error:
            raise _PartError(("constellation",), error) from None
        if count not in {1, number}:
            raise _PartError(
                ("count",),
                StudyError(
                    f"count {count} is not the constellation's {number}; "
                    "leave count out of the element"
                ),
            )
        count = number
    values = dict(item.values)
    for parameter, override in element.override.items():
        try:
            values[parameter] = overridden(item, parameter, override, dollars_of)
        except UnknownNameError as error:
            raise _PartError(("override", parameter), error) from None
        except StudyError as error:
            raise _PartError(("override", parameter, "value"), error) from None
    return Fielded(
        use=element.use,
        item=item,
        count=count,
        sites=_sites(element, catalog),
        constellation=element.constellation,
        doctrine=element.doctrine or _doctrine(values),
        values=values,
        in_service=fiscal_year(element.in_service),
        nation=element.nation,
        in_cbo_scope=element.in_cbo_scope,
        source=element.source,
        note=element.note,
        rate=element.rate,
        layers=tuple(element.layers or ()),
    )


def _stands(element: Element, item: Item) -> None:
    """Refuse a fighting element that stands nowhere, or where none of its kind can."""
    if element.constellation is not None and item.category not in IN_ORBIT:
        problem = f"a {item.category} has no orbit; give its places with 'at'"
        raise _PartError(("constellation",), StudyError(f"'{item.id}' is no satellite: {problem}"))
    if element.layers is not None and item.category != "space_interceptor":
        problem = f"'{item.id}' ({item.category}) fights in its own layer, {item.layer or 'none'}"
        raise _PartError(("layers",), StudyError(f"{problem}; leave 'layers' out"))
    if element.layers is not None and len(set(element.layers)) != max(len(element.layers), 1):
        lacks = "'layers' must name at least one layer, and each once"
        raise _PartError(("layers",), StudyError(f"{lacks}; write such as [boost, midcourse]"))
    if not item.model or not element.count:
        return
    if item.category in ("interceptor", "radar", "air_sensor") and element.at is None:
        problem = f"'{item.id}' ({item.category}) stands nowhere, so it could not take part"
        raise _PartError((), StudyError(f"{problem}; add 'at' with a place"))
    if item.category == "directed_energy" and item.id in WEAPONS:
        in_orbit = WEAPONS[item.id] == "space"
        if in_orbit != (element.constellation is not None) or (not in_orbit and not element.at):
            advice = (
                "add 'constellation' with count, altitude and inclination"
                if in_orbit
                else "add 'at' with a place"
            )
            where = "in orbit" if in_orbit else "at a place"
            problem = f"'{item.id}' ({WEAPONS[item.id]}) fights only {where}"
            raise _PartError((), StudyError(f"{problem}; {advice}"))
    if item.category == "space_interceptor" and element.constellation is None:
        problem = f"'{item.id}' ({item.category}) has no orbit, so it could not take part"
        advice = "add 'constellation' with count, altitude and inclination"
        raise _PartError((), StudyError(f"{problem}; {advice}"))


def _doctrine(values: Mapping[str, Value]) -> Doctrine:
    shots = values.get("shots_per_target") or values.get("shots")
    if shots is None:
        return Doctrine()
    return Doctrine(shots=min(10, max(1, round(shots.mode))))


def _sites(element: Element, catalog: Catalog) -> tuple[tuple[Place, int], ...]:
    if element.at is None:
        return ()
    spread = element.at if isinstance(element.at, dict) else {element.at: element.count}
    for name in spread:
        if name not in catalog.places:
            path: Path = ("at", name) if isinstance(element.at, dict) else ("at",)
            hint = suggest(name, catalog.places)
            raise _PartError(path, UnknownNameError(f"no place is named '{name}'; {hint}"))
    total = sum(spread.values())
    if total != element.count:
        raise _PartError(
            ("at",),
            StudyError(
                f"the places hold {total} in all, but count is {element.count}; "
                f"write count: {total}, or correct the places"
            ),
        )
    return tuple((catalog.places[name], number) for name, number in spread.items() if number)


def planned_in(element: Fielded, year: int) -> int:
    """Count what of an element stands in a fiscal year, as the study plans it."""
    late = element.in_service - year
    if late <= 0:
        return element.count
    if not element.rate:
        return 0
    return max(0, math.floor(element.count - element.rate * late + 1e-9))


def reduced(element: Fielded, count: int) -> Fielded | None:
    """Give an element of which only so many units stand, None if none does.

    Places are filled in the order written; a constellation has as many satellites in every
    plane, so that those left over after the last full round of planes are left out.
    """
    if count >= element.count:
        return element if element.count else None
    if count <= 0:
        return None
    constellation = element.constellation
    if constellation is not None:
        constellation = partly_built(constellation, count)
        count = sum(shell.count for shell in shells(constellation))
    return replace(
        element, count=count, constellation=constellation, sites=_first(element.sites, count)
    )


def _first(sites: tuple[tuple[Place, int], ...], count: int) -> tuple[tuple[Place, int], ...]:
    """Fill places in the order written until the count is used up."""
    filled = []
    for place, number in sites:
        here = min(number, count)
        count -= here
        if here:
            filled.append((place, here))
    return tuple(filled)
