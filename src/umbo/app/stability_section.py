"""The report's section on stability: its charts, by size of the shield and by opponent."""

from collections.abc import Sequence

from markupsafe import Markup

from umbo.app import figures, wording
from umbo.app.ledger import Ledger
from umbo.app.stability import (
    POSTURE_WORDS,
    WARNED,
    input_words,
    origin_words,
    struck_words,
)


class StabilitySection:
    """What the template asks for; nothing where the run has no such tables."""

    postures = POSTURE_WORDS
    warned = WARNED
    input_words = staticmethod(input_words)
    struck_words = staticmethod(struck_words)
    origin_words = staticmethod(origin_words)

    def __init__(self, ledger: Ledger, architectures: Sequence[str]) -> None:
        self._ledger, self._architectures = ledger, list(architectures)
        rows = ledger.tables.get("stability", [])
        self.is_there = bool(rows)
        self.year = max((row["year"] for row in rows), default=0)
        self.opponents = list(dict.fromkeys(row["opponent"] for row in rows))
        signs = ledger.tables.get("stability_signs", [])
        self.chosen = signs[0]["architecture"] if signs else ""

    def delivered_chart(self, opponent: str) -> Markup:
        """Draw what a retaliation delivers, by posture and architecture."""
        groups, high = [], 1.0
        for posture, told in POSTURE_WORDS.items():
            where = {"opponent": opponent, "year": self.year, "posture": posture}
            marks = [
                self._mark("stability", i, str(self._ledger.at("stability", i)["architecture"]), "")
                for i in self._ledger.rows("stability", **where)
            ]
            high = max([high, *(mark.high or 0.0 for mark in marks)])
            groups.append((told, marks))
        title = f"Warheads that {opponent} delivers after a first strike"
        return Markup(figures.intervals(groups, title, wording.number, high))

    def size_chart(self, opponent: str) -> Markup:
        """Draw what a retaliation delivers, by size of the shield."""
        groups, high = [], 1.0
        for posture in ("day", "generated"):
            marks = []
            for i in self._ledger.rows("stability_size", opponent=opponent, posture=posture):
                row = self._ledger.at("stability_size", i)
                marks.append(self._mark("stability_size", i, self.chosen, f"{row['size']:g} x: "))
            high = max([high, *(mark.high or 0.0 for mark in marks)])
            groups.append((POSTURE_WORDS[posture], marks))
        title = f"Warheads that {opponent} delivers, by size of the shield"
        return Markup(figures.intervals(groups, title, wording.number, high))

    def _mark(self, table: str, i: int, name: str, told: str) -> figures.Mark:
        row = self._ledger.at(table, i)
        value = float(row["delivered"])
        return figures.Mark(
            wording.words(name),
            self._architectures.index(name) if name in self._architectures else 0,
            value,
            told + (wording.number(value) if value >= 1.0 else "under 1"),
            row["delivered_p05"],
            row["delivered_p95"],
            href=self._ledger.address(table, i, "delivered"),
        )
