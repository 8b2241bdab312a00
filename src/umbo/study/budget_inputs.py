"""Every number that a budget rests on, and where each comes from."""

from typing import Any, Final

from umbo.appraisal import budget_calendar
from umbo.appraisal.budget import TITLES
from umbo.appraisal.funding import budget_money
from umbo.appraisal.inflation import title_index
from umbo.appraisal.outlays import accounts
from umbo.study.budget_plan import Planned
from umbo.study.cited import input_tables

Row = dict[str, Any]
Tables = dict[str, list[Row]]

DEFLATED_BY: Final = "gb22_c5 omb_t101_fy25"
SPENT_BY: Final = "gb22_c5"


def rate_tables(planned: Planned) -> Tables:
    """Give the deflators and the spend-out rates of the years that are budgeted."""
    years = sorted({int(year) for one in planned.budgets.values() for year in one.years})
    first = planned.cost_model.dollars_of
    return {
        "deflators": [
            {
                "title": title,
                "fiscal_year": year,
                "index": title_index(title)[year] / title_index(title)[first],
                "source": DEFLATED_BY,
            }
            for title in TITLES
            for year in years
            if year in title_index(title)
        ],
        "spend_out": [
            {"account": name, "year": year, "share": share, "source": SPENT_BY}
            for name, of in accounts().items()
            for year, share in enumerate(of.shares, start=1)
        ],
    }


def cited_by_rates() -> list[str]:
    """Name the sources of deflators, spend-out rates, money beside and the calendar."""
    return [
        DEFLATED_BY,
        SPENT_BY,
        *(one.source for one in budget_money()),
        *(one.source for one in budget_calendar.milestones()),
    ]


def cited_tables(planned: Planned) -> Tables:
    """Give every value the budget used, and every source that it cites."""
    used = planned.scheduler.used | planned.cost_model.used
    return input_tables(
        [(value, "budget") for _, value in sorted(used.items())],
        planned.architectures,
        planned.cost_model.catalog,
        also_cited=cited_by_rates(),
    )
