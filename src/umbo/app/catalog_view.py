"""The catalogue as rows, and rows as a table on the terminal."""

import sys
from collections.abc import Iterable
from typing import Any

from umbo.elements.catalog import Catalog, Item
from umbo.elements.sourced import Value
from umbo.units import human

Row = dict[str, Any]


def item_rows(catalog: Catalog) -> list[Row]:
    """List the items, each with how many of its values are assumptions."""
    return [
        {
            "item": item.id,
            "category": item.category,
            "layer": item.layer,
            "values": len(item.values),
            "assumptions": sum(value.is_assumption for value in item.values.values()),
            "name": item.name,
        }
        for item in catalog.items.values()
    ]


def value_rows(item: Item, catalog: Catalog) -> list[Row]:
    """List every value of an item with its range and source."""
    return [_row(value, catalog) for value in item.values.values()]


def assumption_rows(catalog: Catalog) -> list[Row]:
    """List every value that is recalled or chosen by us."""
    return [_row(value, catalog) for value in catalog.assumptions()]


def _row(value: Value, catalog: Catalog) -> Row:
    mode, unit = human(value.mode, value.unit)
    factor = mode / value.mode if value.mode else 1.0
    titles = [
        catalog.sources[name].title for name in value.source.split() if name in catalog.sources
    ]
    return {
        "item": value.item,
        "parameter": value.parameter,
        "low": float(f"{value.low * factor:.6g}"),
        "mode": float(f"{mode:.6g}"),
        "high": float(f"{value.high * factor:.6g}"),
        "unit": unit,
        "dollars_of": value.dollars_of,
        "conf": value.conf,
        "source": value.source,
        "title": "; ".join(titles),
        "note": value.note,
    }


def print_rows(rows: Iterable[Row]) -> None:
    """Print rows as a table, as wide as the terminal or what reads the output allows."""
    from rich.console import Console
    from rich.table import Table

    rows = list(rows)
    table = Table(header_style="bold")
    for column in rows[0] if rows else ():
        numeric = isinstance(rows[0][column], int | float)
        table.add_column(column, justify="right" if numeric else "left", overflow="fold")
    for row in rows:
        table.add_row(
            *(
                "" if cell is None else f"{cell:g}" if isinstance(cell, float) else str(cell)
                for cell in row.values()
            )
        )
    width = None if sys.stdout.isatty() else 200
    Console(width=width, markup=False, emoji=False, highlight=False).print(table)
