"""The tables of a run, and the links from every number to the cell it comes from."""

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from markupsafe import Markup, escape

from umbo.app import wording
from umbo.section import key_of

Row = dict[str, Any]
Tables = Mapping[str, list[Row]]

INTERVAL: Final = 0.9
"""Probability that every interval of the tables holds."""
STOPS_FROM: Final = 0.9
"""A raid counts as stopped from this probability that nothing arrives."""
FAILS_BELOW: Final = 0.1
"""A raid counts as not stopped below this probability that nothing arrives."""

CAPTIONS: Final = {
    "conventions": "What the words of this report mean",
    "counts": "Rows of this run's tables",
    "study": "The study",
    "manifest": "The run",
    "leakage": "Leakage by architecture and raid",
    "kills": "Kills by layer and weapon",
    "leakers": "Warheads that arrive, by asset, class and reason",
    "shots": "Shots by weapon",
    "shots_all": "Shots, all weapons (sum of the means of table shots)",
    "cost": "Cost by element, phase and appropriation title",
    "cost_total": "Cost by scope",
    "inputs": "Input values",
    "sources": "Sources",
    "elements": "Elements of each architecture",
    "sensitivity": "Leakage at the ends of each input's range",
    "reach": "Interceptors in orbit within reach of a missile",
    "flights": "Flights",
    "ground_tracks": "Points under the flights",
    "sites": "Sites",
    "assets": "Defended assets",
    "timeline": "Events of one replication",
    "findings": "What the check found",
    "limits": "What is left out",
}


def slug(text: object) -> str:
    """Turn a name into one that an address in the page may hold."""
    return re.sub(r"[^A-Za-z0-9_.-]", "_", str(text))


def input_anchor(row: Mapping[str, Any]) -> str:
    """Give the anchor of an input's row."""
    return f"input-{slug(row['item'])}-{slug(row['parameter'])}"


class Ledger:
    """The tables of a run, and the links from a number to its cell."""

    def __init__(self, tables: Tables, study: Row, manifest: Row) -> None:
        self.tables: dict[str, list[Row]] = {
            name: list(tables.get(name, ())) for name in CAPTIONS if name in tables
        } | {name: list(rows) for name, rows in tables.items() if name not in CAPTIONS}
        self.tables |= _about(self.tables, study, manifest)
        self.linked: dict[str, set[int]] = {}
        self._index: dict[tuple[str, ...], dict[tuple[Any, ...], list[int]]] = {}

    def rows(self, table: str, **where: Any) -> list[int]:
        """Give the numbers of the rows whose columns hold these values."""
        key = (table, *where)
        if key not in self._index:
            index: dict[tuple[Any, ...], list[int]] = {}
            for i, row in enumerate(self.tables.get(table, ())):
                index.setdefault(tuple(row.get(c) for c in where), []).append(i)
            self._index[key] = index
        return self._index[key].get(tuple(where.values()), [])

    def find(self, table: str, **where: Any) -> int | None:
        """Give the first such row, None where there is none."""
        return next(iter(self.rows(table, **where)), None)

    def at(self, table: str, row: int) -> Row:
        """Give a row."""
        return self.tables[table][row]

    def value(self, table: str, row: int | None, column: str) -> float | None:
        """Give a number, None where it was not computed."""
        value = None if row is None else self.tables[table][row].get(column)
        return value if wording.is_number(value) else None

    def address(self, table: str, row: int, column: str) -> str:
        """Give the address of a cell, and see to it that its row is printed."""
        self.linked.setdefault(table, set()).add(row)
        return f"#t-{table}-{row}-{slug(column)}"

    def n(self, table: str, row: int | None, column: str) -> Markup:
        """Write a number as a link to its cell, or say that it was not computed."""
        value = self.value(table, row, column)
        if row is None or value is None:
            return Markup(f'<span class="none">{wording.NOT_COMPUTED}</span>')
        text = wording.cell(column, value)
        if table == "inputs":
            text = wording.with_unit(value, str(self.at(table, row).get("unit", "")))
            if column == "dollars_of":
                text = f"{value:.0f}"
        elif column == "dollars_of" or (table, column) == ("study", "value"):
            text = str(value)
        elif table == "conventions":
            text = wording.percent(value)
        return Markup('<a class="n" href="{}">{}</a>').format(
            self.address(table, row, column), text
        )

    def between(self, table: str, row: int | None, low: str, high: str) -> Markup:
        """Write an interval, both ends linked."""
        if self.value(table, row, low) is None or self.value(table, row, high) is None:
            return Markup(f'<span class="none">{wording.NOT_COMPUTED}</span>')
        ends = self.n(table, row, low), self.n(table, row, high)
        return Markup("{} to {}").format(*ends)

    def input_link(self, item: str, parameter: str) -> Markup:
        """Name an input, as a link to its row where the run has it."""
        text = f"{wording.words(item)}: {wording.words(key_of(parameter))}"
        if self.find("inputs", item=item, parameter=parameter) is None:
            return escape(text)
        anchor = input_anchor({"item": item, "parameter": parameter})
        return Markup('<a href="#{}">{}</a>').format(anchor, text)

    def source_links(self, ids: object) -> Markup:
        """Name sources, each a link to its entry where there is one."""
        known = {row["id"] for row in self.tables.get("sources", ())}
        links = [
            Markup('<a href="#source-{}">{}</a>').format(slug(i), i) if i in known else escape(i)
            for i in str(ids or "").split()
        ]
        return Markup(" ").join(links)


def _about(tables: Tables, study: Row, manifest: Row) -> dict[str, list[Row]]:
    """Tabulate what the page itself states: the study, the run, and how many rows there are."""
    plain = (str, int, float)
    confidence: dict[str, int] = {}
    for row in tables.get("inputs", ()):
        confidence[row["conf"]] = confidence.get(row["conf"], 0) + 1
    assumed = confidence.get("memory", 0) + confidence.get("ours", 0)
    counted = {"inputs: all": sum(confidence.values())}
    counted |= {"inputs: sourced": counted["inputs: all"] - assumed, "inputs: assumed": assumed}
    counted |= {f"inputs: {name}": count for name, count in confidence.items()}
    counted |= {name: len(rows) for name, rows in tables.items()}
    counted |= {name: len(study.get(name) or ()) for name in ("architectures", "raids")}
    shots: dict[tuple[str, str], float] = {}
    for row in tables.get("shots", ()):
        key = row["architecture"], row["raid"]
        shots[key] = shots.get(key, 0.0) + (row["shots_mean"] or 0.0)
    rules = (
        ("interval", INTERVAL, "probability that an interval of this report holds"),
        ("stops", STOPS_FROM, "a raid is stopped where nothing arrives at least this often"),
        ("fails", FAILS_BELOW, "a raid is not stopped where nothing arrives less often than this"),
    )
    return {
        "conventions": [{"word": w, "value": v, "meaning": m} for w, v, m in rules],
        "counts": [{"what": k, "count": n} for k, n in counted.items()],
        "study": [{"what": k, "value": v} for k, v in study.items() if isinstance(v, plain)],
        "manifest": [{"what": k, "value": v} for k, v in _flat(manifest)],
        "shots_all": [
            {"architecture": a, "raid": r, "shots_mean": n} for (a, r), n in shots.items()
        ],
    }


def _flat(tree: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    for key, value in tree.items():
        if isinstance(value, Mapping):
            yield from _flat(value, f"{prefix}{key}.")
        else:
            yield f"{prefix}{key}", value if isinstance(value, int | float) else str(value)
