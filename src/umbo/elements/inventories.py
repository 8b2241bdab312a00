"""Inventories: how many missiles of a class an adversary has, by public counts."""

import csv
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Final

from umbo.errors import SourceError

NOW: Final = 2025
"""Year of the counts called now; most are the Defense Intelligence Agency's of May 2025."""
LATER: Final = 2035
"""Year of the projections."""

COLUMNS: Final = (
    "country",
    "class",
    "now_low",
    "now",
    "now_high",
    "y2035",
    "source",
    "conf_now",
    "conf_2035",
    "note",
)
_CLASS_OF: Final = {"hgv": "hypersonic", "hcm": "hypersonic", "cm": "lacm"}


@dataclass(frozen=True, slots=True)
class Inventory:
    """What public sources give one adversary of one class of missile."""

    adversary: str
    missile_class: str
    """icbm, slbm, fobs, hypersonic, irbm, mrbm, srbm, lacm or uas."""
    now_low: int
    now: int
    now_high: int
    later: int | None
    """None where no source looks so far ahead."""
    source: str
    conf_now: str
    conf_later: str
    note: str = ""

    def most_in(self, year: int) -> int:
        """Give the most that the sources allow in a year: on the line between now and 2035.

        Before 2025 the count of 2025 holds, after 2035 that of 2035, and the count of 2025
        throughout where there is no projection.

        Example:
            >>> one = Inventory("Iran", "icbm", 0, 0, 0, 60, "ours", "ours", "ours")
            >>> one.most_in(2025), one.most_in(2030), one.most_in(2040)
            (0, 30, 60)
        """
        if self.later is None:
            return self.now_high
        share = min(max((year - NOW) / (LATER - NOW), 0.0), 1.0)
        return round(self.now_high + share * (self.later - self.now_high))


def class_of(missile: str) -> str:
    """Give the class under which the inventories count a missile of the catalogue.

    Example:
        >>> class_of("icbm_solid"), class_of("hgv_long"), class_of("cm_supersonic")
        ('icbm', 'hypersonic', 'lacm')
    """
    family = missile.split("_", maxsplit=1)[0]
    return _CLASS_OF.get(family, family)


def read_inventories(lines: Iterable[str], file: str) -> dict[tuple[str, str], Inventory]:
    """Read the table of inventories, by adversary and class.

    Raises:
        SourceError: A row stands twice, has other columns, or counts that are out of order.
    """
    inventories: dict[tuple[str, str], Inventory] = {}
    for line, row in enumerate(csv.DictReader(lines), start=2):
        where = f"{file}, line {line} ({row.get('country')}, {row.get('class')})"
        if tuple(row) != COLUMNS:
            raise SourceError(f"{where}: the columns must be {', '.join(COLUMNS)}")
        low, now, high = (int(row[name]) for name in ("now_low", "now", "now_high"))
        key = (row["country"], row["class"])
        if key in inventories or not 0 <= low <= now <= high:
            raise SourceError(f"{where}: stands twice, or its counts are not low to high")
        inventories[key] = Inventory(
            *key,
            low,
            now,
            high,
            int(row["y2035"]) if row["y2035"] else None,
            row["source"],
            row["conf_now"],
            row["conf_2035"],
            row["note"],
        )
    return inventories


@cache
def load_inventories() -> dict[tuple[str, str], Inventory]:
    """Load the public counts of the package, by adversary and class; read once a process."""
    text = files("umbo.data").joinpath("inventory.csv").read_text(encoding="utf-8")
    return read_inventories(text.splitlines(), "inventory.csv")
