"""The catalogue as rows, and rows as a table on the terminal."""

import sys
from collections.abc import Iterable
from typing import Any, Final

from umbo.elements.catalog import Catalog, Item
from umbo.elements.inventories import Inventory, load_inventories
from umbo.elements.sourced import ASSUMED, Value
from umbo.units import human

Row = dict[str, Any]

CLASSES: Final = ("icbm", "slbm", "fobs", "hypersonic", "irbm", "mrbm", "srbm", "lacm", "uas")
"""Classes of the inventories, in the order in which they are shown."""
_THREATS: Final = (
    "Missiles now (2025), with their range, and in 2035 below; * recalled or chosen by us, not "
    "read in a source; – no public count here. Between the years umbo check goes along a line."
)


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


def threat_rows(catalog: Catalog) -> list[Row]:
    """List what public sources count, by adversary and class, now and in 2035."""
    return [
        {
            "adversary": one.adversary,
            "class": one.missile_class,
            "now_low": one.now_low,
            "now": one.now,
            "now_high": one.now_high,
            "conf_now": one.conf_now,
            "in_2035": one.later,
            "conf_2035": one.conf_later,
            "source": one.source,
            "title": "; ".join(catalog.sources[name].title for name in one.source.split()),
            "note": one.note,
        }
        for one in load_inventories().values()
    ]


def print_threats(catalog: Catalog) -> None:
    """Print a matrix of counts, one row an adversary and one column a class."""
    from rich.console import Console
    from rich.table import Table

    held = load_inventories()
    classes = sorted({one for _, one in held}, key=CLASSES.index)
    table = Table(header_style="bold", caption=_THREATS, caption_justify="left")
    table.add_column("adversary")
    for name in classes:
        table.add_column(name, justify="right")
    for adversary in dict.fromkeys(adversary for adversary, _ in held):
        table.add_row(adversary, *(_counted(held.get((adversary, name))) for name in classes))
    Console(width=None if sys.stdout.isatty() else 150, markup=False, highlight=False).print(table)
    print_rows(
        {
            "adversary": row["adversary"],
            "class": row["class"],
            "source": row["source"],
            "now is": row["conf_now"],
            "2035 is": row["conf_2035"],
            "note": row["note"],
        }
        for row in threat_rows(catalog)
    )


def _counted(one: Inventory | None) -> str:
    """Write a count now, with its range, and in 2035 below it; * is an assumption of ours."""
    if one is None:
        return "–"
    low_to_high = f" [{one.now_low}-{one.now_high}]" if one.now_low < one.now_high else ""
    now = f"{one.now}{low_to_high}{'*' if one.conf_now in ASSUMED else ''}"
    if one.later is None:
        return now
    return f"{now}\n{one.later}{'*' if one.conf_later in ASSUMED else ''}"


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
