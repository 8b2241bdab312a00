"""What the figures of cost and budget rest on: the inputs and sources of each element."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from markupsafe import Markup, escape

from umbo.app.ledger import OTHERS, Ledger, slug
from umbo.app.wording import heading, words

SUMS: Final[Mapping[str, str]] = {
    "cost_total": "cost",
    "cost_beside": "cost",
    "cost_curve": "cost",
    "cost_methods": "cost",
    "cost_payers": "cost",
    "cost_phases": "cost",
    "budget_year": "budget_parts",
    "budget_total": "budget_parts",
    "s_curve": "budget_parts",
    "top_line": "budget_parts",
    "stress": "budget_parts",
    "growing": "cost",
    "capability": "schedule",
    "leakage_by_year": "schedule",
}
"""Tables whose figures are sums over the elements of another table, or come from all of it."""
BY_ELEMENT: Final = (
    *("cost", "cost_parts", "cost_variance", "budget", "budget_parts", "schedule"),
    *("fielding", "top_line_elements", "thrown_away"),
)
"""Tables of which a row is of one element."""
_USERS: Final = frozenset({"cost", "budget"})
_EVERY: Final = "every element"
_MODELS: Final = ("model", "market", "launch", "deflator")


@dataclass(frozen=True)
class Resting:
    """Links from figures of money to the inputs and sources that they rest on."""

    ledger: Ledger

    @cached_property
    def inputs(self) -> dict[str, list[int]]:
        """Give the rows of the inputs of each element, and of what counts for all of them."""
        elements = {
            str(row["element"]) for table in BY_ELEMENT for row in self.ledger.tables.get(table, ())
        }
        found: dict[str, list[int]] = {}
        for i, row in enumerate(self.ledger.tables.get("inputs", ())):
            if not _USERS & set(str(row.get("used_by") or "").split(", ")):
                continue
            item = str(row["item"]).rpartition("/")[2]
            found.setdefault(item if item in elements else _EVERY, []).append(i)
        return {name: found[name] for name in sorted(found, key=lambda one: (one == _EVERY, one))}

    def sources(self, element: str) -> Markup:
        """Name the sources of an element's inputs, each a link."""
        rows = [self.ledger.at("inputs", i) for i in self.inputs.get(element, ())]
        ids = dict.fromkeys(name for row in rows for name in str(row["source"]).split())
        return self.ledger.source_links(" ".join(ids))

    def anchor(self, element: str) -> str:
        """Give the anchor of an element's row."""
        return f"rests-{slug(element)}"

    def of(self, table: str, row: int) -> Markup | None:
        """Say what a row of a table rests on; None where its own columns say it."""
        others = table in BY_ELEMENT and self.ledger.at(table, row).get("element") == OTHERS
        if table in SUMS or others:
            parts = SUMS.get(table, "cost")
            return Markup('sum over <a href="#table-%s">%s</a>') % (slug(parts), words(parts))
        element = str(self.ledger.at(table, row).get("element", "")) if table in BY_ELEMENT else ""
        if element in self.inputs:
            link = Markup('<a href="#%s">%s</a>') % (self.anchor(element), heading(element))
            return Markup("%s: %s") % (link, self.sources(element))
        return escape(words(element)) if element else None

    def says(self, table: str) -> bool:
        """Say whether the rows of a table tell what they rest on."""
        return (table in SUMS or table in BY_ELEMENT) and bool(self.inputs)
