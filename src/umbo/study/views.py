"""Views: a published study's numbers in place of the catalogue's."""

from dataclasses import replace
from importlib.resources import files
from typing import Literal

from pydantic import Field

from umbo.elements.catalog import Catalog, Item
from umbo.elements.overrides import read_range
from umbo.elements.sourced import Value
from umbo.errors import StudyError, UnknownNameError, suggest
from umbo.section import Name, Section
from umbo.study.nodes import read_section
from umbo.study.problems import Problems


class ViewValue(Section):
    """One number of a view."""

    value: str
    """The value with its unit, such as ``22 musd``."""
    low: str | None = None
    """Low end of its range; exact where both ends are left out."""
    high: str | None = None
    """High end of its range."""
    source: str = ""
    """Source, an id of the catalogue's sources; the view's where left out."""
    locator: str = ""
    """Page or table."""
    dollars_of: int | None = Field(default=None, ge=1940, le=2100)
    """Year of the dollars; the catalogue's where left out."""
    conf: Literal["verified", "derived", "computed", "memory", "ours"] | None = None
    """How sure the number is; ``derived`` where left out, ``ours`` if its source is ours."""
    note: str = ""
    """Anything a reader should know."""


class View(Section):
    """A named, sourced set of numbers: price book, preset, scope and method of one study."""

    title: str
    """One line on whose numbers these are."""
    source: str
    """Source of the numbers, an id of the catalogue's sources."""
    dollars_of: int | None = Field(default=None, ge=1940, le=2100)
    """Year of its dollars; each value's own, or the catalogue's, where left out."""
    note: str = ""
    """Anything a reader should know."""
    values: dict[Name, dict[Name, ViewValue]]
    """Numbers by item and parameter."""


def view_names() -> list[str]:
    """List the views there are."""
    folder = files("umbo.data").joinpath("views")
    if not folder.is_dir():
        return []
    return sorted(f.name.removesuffix(".yaml") for f in folder.iterdir() if f.name[-5:] == ".yaml")


def load_view(name: str, catalog: Catalog) -> Catalog:
    """Put a bundled view's numbers in place of the catalogue's.

    Raises:
        UnknownNameError: There is no such view.
        StudyError: The view names an unknown item, parameter or source, or a wrong unit.
    """
    if name not in view_names():
        raise UnknownNameError(f"no view is named '{name}'; {suggest(name, view_names())}")
    file = files("umbo.data").joinpath("views", f"{name}.yaml")
    return with_view(file.read_text(encoding="utf-8"), f"views/{name}.yaml", catalog)


def with_view(text: str, file: str, catalog: Catalog) -> Catalog:
    """Put the numbers of a view's YAML text in place of the catalogue's."""
    view, origin = read_section(text, file, View)
    problems = Problems(origin)
    items = dict(catalog.items)
    for id_, parameters in view.values.items():
        item = items.get(id_)
        if item is None:
            hint = suggest(id_, items)
            message = f"no item is named '{id_}'; {hint}"
            problems.add(("values", id_), message, UnknownNameError, key=True)
            continue
        values = dict(item.values)
        for parameter, new in parameters.items():
            try:
                values[parameter] = _replaced(item, parameter, new, view, catalog)
            except StudyError as error:
                problems.add(("values", id_, parameter), str(error), type(error), key=True)
        items[id_] = replace(item, values=values)
    problems.refuse()
    return replace(catalog, items=items)


def _replaced(item: Item, parameter: str, new: ViewValue, view: View, catalog: Catalog) -> Value:
    old = item.values.get(parameter)
    if old is None:
        hint = suggest(parameter, item.values)
        raise UnknownNameError(f"'{item.id}' has no parameter '{parameter}'; {hint}")
    source = new.source or view.source
    for id_ in source.split():
        if id_ not in catalog.sources:
            hint = suggest(id_, catalog.sources)
            raise UnknownNameError(f"no source is named '{id_}'; {hint}")
    mode = read_range(new.value, old.unit)[1]
    low = mode if new.low is None else read_range(new.low, old.unit)[1]
    high = mode if new.high is None else read_range(new.high, old.unit)[1]
    if not low <= mode <= high:
        raise StudyError("low, value and high are not in order; correct them")
    return replace(
        old,
        low=low,
        mode=mode,
        high=high,
        source=source,
        locator=new.locator,
        dollars_of=old.dollars_of and (new.dollars_of or view.dollars_of or old.dollars_of),
        conf=new.conf or ("derived" if set(source.split()) - {"memory", "ours"} else "ours"),
        note=new.note,
        shape="triangular",
    )
