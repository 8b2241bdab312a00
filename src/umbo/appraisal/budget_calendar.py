"""The budget calendar: which decision date reaches which budget, and when its money comes."""

import csv
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from importlib.resources import files
from typing import Final

_MONTH_DAYS: Final = 365.2425 / 12.0


@dataclass(frozen=True, slots=True)
class Milestone:
    """A step of the yearly cycle."""

    id: str
    milestone: str
    months: float
    """After 1 October, on which the fiscal year budgeted begins."""
    decides: bool
    """Whether a decision can still get in at it."""
    typical: str
    source: str
    conf: str
    note: str


@dataclass(frozen=True, slots=True)
class Reached:
    """The first budget that a decision reaches by one way."""

    milestone: str
    fiscal_year: int
    deadline: date
    """About the last day on which the decision gets in."""
    money: date
    """About the day from which its money can be obligated."""
    typical: str
    source: str


@cache
def milestones() -> tuple[Milestone, ...]:
    """Give the steps of the cycle in order; read once a process."""
    text = files("umbo.data").joinpath("budget_calendar.csv").read_text(encoding="utf-8")
    return tuple(
        Milestone(
            row["id"],
            row["milestone"],
            float(row["months_from_1_october"]),
            row["decision"] == "yes",
            row["typical"],
            row["source"],
            row["conf"],
            row["note"],
        )
        for row in csv.DictReader(text.splitlines())
    )


def day_of(fiscal_year: int, months: float) -> date:
    """Give a day by its months after the fiscal year's first.

    Example:
        >>> day_of(2027, 0.0), day_of(2027, -8.0)
        (datetime.date(2026, 10, 1), datetime.date(2026, 1, 31))
    """
    return date(fiscal_year - 1, 10, 1) + timedelta(days=round(months * _MONTH_DAYS))


def fiscal_time(day: date) -> float:
    """Give a day as a fiscal year and its fraction.

    Example:
        >>> fiscal_time(date(2026, 10, 1)), round(fiscal_time(date(2027, 4, 1)), 2)
        (2027.0, 2027.5)
    """
    year = day.year + (day.month >= 10)
    first = date(year - 1, 10, 1)
    return year + (day - first).days / (date(year, 10, 1) - first).days


def reached(decided: date) -> list[Reached]:
    """Say which budget a decision reaches, by each way into one.

    The days are typical ones, months before or after 1 October: a new administration is late, and
    a law can come at any time. Mandatory money needs no appropriation and has no calendar.

    Args:
        decided: Day of the decision.
    """
    appropriated = next(one.months for one in milestones() if one.id == "appropriation")
    found = []
    for one in milestones():
        if one.decides:
            year = decided.year - 3
            while day_of(year, one.months) < decided:
                year += 1
            found.append(
                Reached(
                    one.milestone,
                    year,
                    day_of(year, one.months),
                    day_of(year, max(appropriated, one.months)),
                    one.typical,
                    one.source,
                )
            )
    return found
