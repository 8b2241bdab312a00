"""The part of the report, and the page, that show budgets by fiscal year."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from markupsafe import Markup, escape

from umbo.app.ledger import Ledger, Row
from umbo.app.wording import money, words
from umbo.app.year_figures import Part, columns, s_curve

TITLE_STYLES: Final = {
    "procurement": "s1",
    "rdte": "s0",
    "om": "s2",
    "milpers": "s3",
    "milcon": "s5",
}
"""Colour of each title, in the order in which a column is built."""
YEARS_DRAWN: Final = 30
"""Fiscal years that a chart shows."""
_SCHEDULED: Final = "as scheduled"
_SQUEEZED: Final = "top line"


@dataclass(frozen=True)
class BudgetSection:
    """Charts and words over the budget tables of a run."""

    ledger: Ledger

    @property
    def titles(self) -> Mapping[str, str]:
        """Give the colour of each appropriation title."""
        return TITLE_STYLES

    @property
    def chosen(self) -> Row:
        """Say which architecture is planned for, and why."""
        return self.ledger.at("budget_chosen", 0)

    def years(self, architecture: str, column: str = "authority_usd") -> Markup:
        """Draw money by fiscal year and title; budget authority of all to one scale."""
        whole = self._whole(architecture)
        constant = column == "authority_usd"
        kind = "outlays" if column.startswith("outlays") else "budget authority"
        dollars = f"dollars of {whole['dollars_of']}" if constant else "then-year dollars"
        caption = f"{words(architecture).capitalize()}: {kind} by fiscal year and title, {dollars}"
        high = max(
            row[column]
            for row in self.ledger.tables["budget_year"]
            if (constant or row["architecture"] == architecture)
            and row["fiscal_year"] in self._drawn(architecture)
        )
        return Markup(columns(self._parts(architecture, column), caption, money, high=high))

    def date(self, row: Row, which: str) -> Markup:
        """Write a date of a schedule with its 90 % interval."""
        year, low, high = (row[f"{which}_{end}"] for end in ("year", "low", "high"))
        if year is None and low is None:
            return Markup("never")
        told = f"FY{year}" if year else "never"
        if (low, high) == (year, year):
            return escape(told)
        return Markup("{} <small>({} to {})</small>").format(told, low or "never", high or "never")

    @property
    def top_line_chart(self) -> Markup:
        """Draw what is wanted by fiscal year and title, and the top line over it."""
        name = self.chosen["architecture"]
        line = {
            row["fiscal_year"]: row["top_line_then_usd"] for row in self.ledger.tables["top_line"]
        }
        caption = f"{words(name).capitalize()}: budget authority, then-year dollars, and a top line"
        parts = self._parts(name, "then_year_usd")
        return Markup(columns(parts, caption, money, line=line))

    @property
    def s_curve(self) -> Markup:
        """Draw the chance that the chosen architecture costs no more than an amount."""
        rows = self.ledger.tables["s_curve"]
        points = [(row["cost_usd"], row["percent"] / 100.0) for row in rows]
        whole = self._whole(self.chosen["architecture"])
        caption = f"{words(whole['architecture']).capitalize()}: chance that it costs no more"
        marked = {"80 %:": whole["p80_usd"], "most likely:": whole["authority_usd"]}
        return Markup(s_curve(points, caption, money, marked=marked))

    @property
    def top_line_words(self) -> Markup:
        """Say which top line it is, with its amount where it is one that is told of."""
        asked = self.ledger.at("top_line", 0)["asked"]
        i = self.ledger.find("funding", id=asked)
        if i is None:
            return escape(f"{asked} a year")
        row = self.ledger.at("funding", i)
        amount = self.ledger.n("funding", i, "amount_usd")
        return Markup("the {} of {} ({}), spread evenly over FY{} to FY{}").format(
            amount, row["item"][:1].lower() + row["item"][1:], row["law"],
            row["first_year"], row["last_year"],
        )  # fmt: skip

    @property
    def worst_year(self) -> int | None:
        """Find the year in which most is wanted above the top line."""
        rows = self.ledger.tables["top_line"]
        over = [i for i, row in enumerate(rows) if row["over_then_usd"] > 0.0]
        return max(over, key=lambda i: float(rows[i]["over_then_usd"]), default=None)

    @property
    def left_out(self) -> list[int]:
        """Give the elements that do not fit at all."""
        return self.ledger.rows("top_line_elements", fits=False)

    @property
    def slips(self) -> list[int]:
        """Give the elements that fit later, or more slowly."""
        rows = self.ledger.tables.get("top_line_elements", ())
        return [
            i
            for i, row in enumerate(rows)
            if row["fits"] and (row["later_years"] or row["pace"] != 1.0)
        ]

    @property
    def raids(self) -> list[str]:
        """Name the raids against which what stands is fought."""
        return self._named("raid", self._fought)

    @property
    def years_fought(self) -> list[tuple[str, int, bool]]:
        """List the architectures and years that are fought as scheduled."""
        told = {(row["architecture"], row["fiscal_year"]) for row in self._fought}
        return [
            (row["architecture"], row["fiscal_year"], row["is_full"])
            for row in self.ledger.tables["capability"]
            if row["case"] == _SCHEDULED and (row["architecture"], row["fiscal_year"]) in told
        ]

    @property
    def squeezed_raids(self) -> list[str]:
        """Name the raids against which what a top line leaves is fought."""
        return self._named("raid", [r for r in self._fought if r["case"] == _SQUEEZED])

    @property
    def squeezed_years(self) -> list[int]:
        """List the years in which what a top line leaves is fought."""
        rows = [row for row in self._fought if row["case"] == _SQUEEZED]
        return sorted({row["fiscal_year"] for row in rows})

    @property
    def _fought(self) -> Sequence[Row]:
        return self.ledger.tables.get("leakage_by_year", [])

    def _named(self, column: str, rows: Sequence[Row]) -> list[str]:
        return list(dict.fromkeys(row[column] for row in rows))

    def _whole(self, architecture: str) -> Row:
        rows = self.ledger.tables["budget_total"]
        return next(row for row in rows if row["architecture"] == architecture)

    def _drawn(self, architecture: str) -> range:
        first = self._whole(architecture)["first_year"]
        return range(first, first + YEARS_DRAWN)

    def _parts(self, architecture: str, column: str) -> dict[int, list[Part]]:
        """Cut an architecture's years into parts by title, each a link to its year."""
        sums: dict[int, dict[str, float]] = {year: {} for year in self._drawn(architecture)}
        for row in self.ledger.tables["budget"]:
            if row["architecture"] == architecture and row["fiscal_year"] in sums:
                of_year = sums[row["fiscal_year"]]
                of_year[row["title"]] = of_year.get(row["title"], 0.0) + row[column]
        address = {
            self.ledger.at("budget_year", i)["fiscal_year"]: i
            for i in self.ledger.rows("budget_year", architecture=architecture)
        }
        return {
            year: [
                Part(
                    words(title),
                    style,
                    of_year[title],
                    money(of_year[title]),
                    self.ledger.address("budget_year", address[year], column),
                )
                for title, style in TITLE_STYLES.items()
                if of_year.get(title, 0.0) > 0.0
            ]
            for year, of_year in sums.items()
        }
