"""The inputs that an answer used and the sources that it cites, as tables."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from umbo.elements.architecture import Architecture
from umbo.elements.catalog import Catalog
from umbo.elements.sourced import Value
from umbo.units import human

Row = dict[str, Any]


def input_tables(
    used: Iterable[tuple[Value, str]],
    architectures: Mapping[str, Architecture],
    catalog: Catalog,
    *,
    also_cited: Iterable[str],
) -> dict[str, list[Row]]:
    """Give every number the run used, and every source that these or the study cite."""
    inputs: list[Row] = []
    used = [*_of_catalog(used, architectures, catalog), *_overridden(architectures)]
    cited = {name: None for names in also_cited for name in names.split()}
    for architecture in architectures.values():
        for element in architecture.elements:
            cited |= dict.fromkeys(element.source.split())
    for value, used_by in used:
        low, unit = human(value.low, value.unit)
        inputs.append(
            {
                "item": value.item,
                "parameter": value.parameter,
                "low": low,
                "mode": human(value.mode, value.unit)[0],
                "high": human(value.high, value.unit)[0],
                "unit": unit,
                "source": value.source,
                "locator": value.locator,
                "dollars_of": value.dollars_of,
                "conf": value.conf,
                "note": value.note,
                "used_by": used_by,
            }
        )
        cited |= dict.fromkeys(value.source.split())
    sources = [
        {
            "id": source.id,
            "author": source.author,
            "year": source.year,
            "title": source.title,
            "publisher": source.publisher,
            "url": source.url,
            "retrieved": source.retrieved,
        }
        for source in (catalog.sources[name] for name in sorted(cited) if name in catalog.sources)
    ]
    return {"inputs": inputs, "sources": sources}


def _of_catalog(
    used: Iterable[tuple[Value, str]],
    architectures: Mapping[str, Architecture],
    catalog: Catalog,
) -> Iterable[tuple[Value, str]]:
    """List what was used with the catalogue's numbers, which an override may have hidden."""
    fielded = {
        value
        for architecture in architectures.values()
        for element in architecture.elements
        for value in element.values.values()
    }
    for value, used_by in used:
        own = catalog.value(value.item, value.parameter)
        if value == own or own in fielded:
            yield own, used_by


def _overridden(architectures: Mapping[str, Architecture]) -> Iterable[tuple[Value, str]]:
    """List values that an architecture has in place of the catalogue's, each once."""
    for name, architecture in architectures.items():
        own = {
            value: None
            for element in architecture.elements
            for parameter, value in element.values.items()
            if value is not element.item.values.get(parameter)
        }
        for value in own:
            yield replace(value, item=f"{name}/{value.item}"), f"override in {name}"
