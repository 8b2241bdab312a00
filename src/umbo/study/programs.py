"""A study's program of sensing and transport satellites: by year, earlier, or larger."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any, Final

import numpy as np

from umbo.elements.architecture import (
    Architecture,
    Change,
    Element,
    fiscal_year,
)
from umbo.elements.catalog import Catalog, Item
from umbo.elements.overrides import Override
from umbo.elements.sensors import INFRARED, ORBITING_RADAR, even
from umbo.errors import StudyError
from umbo.section import name_of
from umbo.study.load import resolve
from umbo.study.schema import Study

MOST_YEARS: Final = 6
"""Years that are looked at where none are asked for."""


def is_sensing(item: Item) -> bool:
    """Say whether an item is an infrared or a transport satellite, or a radar in orbit."""
    return item.category == "space_transport" or item.model in (*INFRARED, ORBITING_RADAR)


def read_years(text: str) -> tuple[int, ...]:
    """Read a year, or years from one to another.

    Raises:
        StudyError: It is neither.

    Example:
        >>> read_years("FY2028"), read_years("FY2027:FY2029")
        ((2028,), (2027, 2028, 2029))
    """
    first, _, last = text.partition(":")
    start, end = fiscal_year(first.strip()), fiscal_year(last.strip() or first.strip())
    if not start <= end <= start + 40:
        raise StudyError(
            f"{text!r} is no range of years; write the earlier first, at most 40 years, "
            "such as FY2026:FY2032"
        )
    return tuple(range(start, end + 1))


def usual_years(study: Study, catalog: Catalog) -> tuple[int, ...]:
    """Give a few years from the study's first to the last in which an architecture fights."""
    standing = resolve(study, catalog)
    first = fiscal_year(study.horizon.from_)
    last = max([first, *(one.as_of for one in standing.values())])
    picked = np.linspace(first, last, min(MOST_YEARS, last - first + 1))
    return tuple(dict.fromkeys(round(float(year)) for year in picked))


def as_of(study: Study, year: int) -> Study:
    """Give the study with every architecture as it stands in a year."""
    sections = {
        name: section.model_copy(update={"as_of": f"FY{year}"})
        for name, section in study.architectures.items()
    }
    return study.model_copy(update={"architectures": sections}).with_origin(study.origin)


def as_written(study: Study) -> Study:
    """Give the study with its own years in place of the schedule's."""
    return study.model_copy(update={"fielding": "written"}).with_origin(study.origin)


def earlier(study: Study, catalog: Catalog, years: int) -> Study:
    """Bring the sensing and transport satellites of every architecture earlier.

    Years are then as written: what is asked is what earlier satellites are worth, not whether
    their lines can give them.
    """

    def moved(part: Element | Change) -> Any:
        item = catalog.items.get(name_of(part.use))
        if part.in_service is None or item is None or not is_sensing(item):
            return part
        year = fiscal_year(part.in_service) - years
        return part.model_copy(update={"in_service": f"FY{year}"})

    return _each_part(as_written(study), moved)


def losing(study: Study, catalog: Catalog, share: float) -> Study:
    """Lose a share of the infrared and transport satellites and radars in orbit.

    Which ones is drawn like those out of work: their availability falls by the share. Ground
    entry points are lost by ``cut``, since they stand in no study.
    """

    def of(part: Element | Change) -> Any:
        item = catalog.items.get(name_of(part.use))
        if item is None or not is_sensing(item) or "availability" in part.override:
            return part
        value = item.values["availability"]
        low, mode, high = (at * (1.0 - share) for at in (value.low, value.mode, value.high))
        lost = Override(
            value=f"{mode:.6f} ({low:.6f} to {high:.6f})", reason=f"a share of {share:g} is lost"
        )
        return part.model_copy(update={"override": {**part.override, "availability": lost}})

    return _each_part(study, of)


def cut(architecture: Architecture, stations: Sequence[str]) -> Architecture:
    """Take ground entry points from an architecture's network."""
    return replace(architecture, cut_stations=(*architecture.cut_stations, *stations))


def _each_part(study: Study, of: Callable[[Element | Change], Any]) -> Study:
    sections = {
        name: section.model_copy(
            update={
                key: [of(part) for part in getattr(section, key)]
                for key in ("elements", "add", "change")
            }
        )
        for name, section in study.architectures.items()
    }
    return study.model_copy(update={"architectures": sections}).with_origin(study.origin)


def grown(architecture: Architecture, more: float = 0.0) -> Architecture:
    """Make satellites even in number in every plane, and add a share of them."""
    elements = tuple(
        even(one, more) if is_sensing(one.item) else one for one in architecture.elements
    )
    return replace(architecture, elements=elements)
