"""The report's section on directed energy: reach by class of target, and break-even."""

import math
from collections.abc import Callable
from typing import Final

from markupsafe import Markup

from umbo.app import figures, wording
from umbo.app.lasers import EXCLUDED, answer
from umbo.app.ledger import Ledger, Row

NEAREST_M: Final = 100.0
"""Where the axis of ranges begins; each step to the right is ten times as far."""
BASES: Final = ("ground", "ship", "microwave", "air", "space")
OTHERS: Final = ("abl", "sbl_cbo2002")
"""Told in full beside what stands; all others are in the charts and in the run folder."""


class LaserSection:
    """What the template asks for; nothing where the run has no such tables."""

    excluded = EXCLUDED

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        rows = ledger.tables.get("lasers", [])
        self.is_there = bool(rows)
        self.targets = list(dict.fromkeys(str(row["target"]) for row in rows))

    @property
    def answer(self) -> str:
        """Say in a few sentences what lasers reach, and when they pay."""
        return answer(self._ledger.tables)

    def color(self, target: str) -> int:
        """Give a class of target its sign, the same in both charts."""
        return self.targets.index(target)

    def rows(self, table: str) -> list[int]:
        """Give the rows that the section prints: what stands anywhere, and one in air and orbit."""
        stand = {row["weapon"] for row in self._ledger.tables.get("laser_elements", ())}
        shown = stand | set(OTHERS)
        return [
            i for i, row in enumerate(self._ledger.tables[table]) if str(row["weapon"]) in shown
        ]

    def key(self, target: str) -> Markup:
        """Draw the sign of a class of target."""
        return Markup(figures.key_symbol(self.color(target)))

    def range_chart(self) -> Markup:
        """Draw how far each weapon kills in its stated dwell, by class of target."""

        def far(range_m: float) -> float:
            return math.log10(max(range_m, NEAREST_M) / NEAREST_M)

        return self._chart(
            "lasers",
            "range_m",
            "Range at which the stated dwell kills, each step ten times as far",
            far,
            lambda step: wording.with_unit(NEAREST_M * 10.0**step, "m"),
            lambda value: wording.with_unit(value, "m"),
        )

    def break_even_chart(self) -> Markup:
        """Draw from how many kills in a life a weapon is cheaper than interceptors."""
        return self._chart(
            "laser_breakeven",
            "break_even_kills",
            "Kills in a life from which on it is cheaper, each step ten times as many",
            lambda kills: math.log10(max(kills, 1.0)),
            lambda step: wording.number(10.0**step),
            wording.number,
        )

    def _chart(
        self,
        table: str,
        column: str,
        title: str,
        place: Callable[[float], float],
        axis: Callable[[float], str],
        told: Callable[[float], str],
    ) -> Markup:
        groups: list[tuple[str, list[figures.Mark]]] = []
        high = 1.0
        for base in BASES:
            for weapon in dict.fromkeys(r["weapon"] for r in self._rows(table, base)):
                marks = []
                for i in self._ledger.rows(table, base=base, weapon=weapon):
                    row = self._ledger.at(table, i)
                    ends = [row[f"{column}_{q}"] for q in ("p50", "p05", "p95")]
                    if not wording.is_number(ends[0]):
                        continue  # dearer however much it kills
                    low, highest = place(ends[1]), ends[2]
                    top = place(highest) if wording.is_number(highest) else place(ends[0])
                    high = max(high, top)
                    marks.append(
                        figures.Mark(
                            wording.words(row["target"]),
                            self.color(row["target"]),
                            place(ends[0]),
                            told(ends[0]),
                            low,
                            top,
                            href=self._ledger.address(table, i, f"{column}_p50"),
                        )
                    )
                if marks:
                    name = str(self._rows(table, base, weapon)[0]["name"])
                    groups.append((name.partition(" (")[0], marks))
        return Markup(figures.intervals(groups, title, axis, high + 0.15))

    def _rows(self, table: str, base: str, weapon: str | None = None) -> list[Row]:
        where = {"base": base} | ({"weapon": weapon} if weapon else {})
        return [self._ledger.at(table, i) for i in self._ledger.rows(table, **where)]
