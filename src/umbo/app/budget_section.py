"""The part of the report that shows budgets by fiscal year."""

from collections.abc import Mapping
from dataclasses import dataclass

from markupsafe import Markup

from umbo.app.budget_page import TITLE_STYLES, title_parts, years_drawn
from umbo.app.ledger import Ledger
from umbo.app.wording import money, words
from umbo.app.year_figures import columns


@dataclass(frozen=True)
class BudgetSection:
    """Charts over the budget tables of a run."""

    ledger: Ledger

    @property
    def titles(self) -> Mapping[str, str]:
        """Give the colour of each appropriation title."""
        return TITLE_STYLES

    def years(self, architecture: str) -> Markup:
        """Draw budget authority by fiscal year and title, all architectures to one scale."""
        tables = self.ledger.tables
        whole = next(row for row in tables["budget_total"] if row["architecture"] == architecture)
        first = whole["first_year"]
        years = years_drawn(first)
        by_year = [row for row in tables["budget_year"] if row["fiscal_year"] in years]
        address = {
            row["fiscal_year"]: self.ledger.address("budget_year", i, "authority_usd")
            for i, row in enumerate(tables["budget_year"])
            if row["architecture"] == architecture and row["fiscal_year"] in years
        }
        parts = title_parts(
            [row for row in tables["budget"] if row["architecture"] == architecture],
            "authority_usd",
            years=years,
            href={(year, title): to for year, to in address.items() for title in TITLE_STYLES},
        )
        caption = (
            f"{words(architecture).capitalize()}: budget authority by fiscal year and title, "
            f"dollars of {whole['dollars_of']}"
        )
        high = max(row["authority_usd"] for row in by_year)
        return Markup(columns(parts, caption, money, high=high))
