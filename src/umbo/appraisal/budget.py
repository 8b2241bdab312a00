"""Budget authority and outlays by fiscal year, title and element, to the cent."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from umbo.appraisal.cost import ArchitectureCost
from umbo.appraisal.inflation import then_year_factor
from umbo.appraisal.outlays import account_of, accounts, spend
from umbo.appraisal.schedule import Schedule, Scheduler
from umbo.appraisal.spreading import Spread, Timing
from umbo.elements.architecture import Architecture
from umbo.errors import DomainError

Array = NDArray[np.float64]
Cents = NDArray[np.int64]

TITLES: Final = ("rdte", "procurement", "milcon", "om", "milpers")
CREWED: Final = ("platform", "radar", "air_sensor", "site")
"""Categories of elements with a crew of soldiers, sailors or airmen."""
MOST_SPENDING_YEARS: Final = 12
"""Years after the last budget authority in which outlays are followed."""


@dataclass(frozen=True, slots=True)
class Line:
    """One phase of one element in one appropriation title."""

    element: str
    phase: str
    title: str
    account: str
    in_cbo_scope: bool
    count: int


@dataclass(frozen=True, eq=False)
class Budget:
    """The budget of one architecture.

    Money is kept in whole cents, so that every view sums to the same total.
    """

    architecture: str
    dollars_of: int
    start: int
    """First fiscal year that is still to be budgeted; earlier ones are prior-year money."""
    years: NDArray[np.int64]
    lines: tuple[Line, ...]
    authority_cents: Cents
    """(L, Y) most likely budget authority, in constant dollars."""
    then_cents: Cents
    """(L, Y) the same in the dollars of each year."""
    outlay_cents: Cents
    """(L, Y) outlays, in the dollars of the year of the vote's price: then-year dollars."""
    authority_usd: Array
    """(1 + draws, Y) the whole by year, constant dollars: point estimate, then draws."""

    def by(self, *keys: str, cents: Cents | None = None) -> dict[tuple[str, ...], Cents]:
        """Sum lines that are alike: by element, phase, title, account.

        Args:
            keys: What lines must share to be told together.
            cents: Money by line and year; budget authority in constant dollars where left out.

        Returns:
            Cents by year, in the order of the lines.
        """
        money = self.authority_cents if cents is None else cents
        sums: dict[tuple[str, ...], Cents] = {}
        for line, of_line in zip(self.lines, money, strict=True):
            key = tuple(str(getattr(line, name)) for name in keys)
            sums[key] = sums[key] + of_line if key in sums else of_line.copy()
        return sums


ThenYear = Callable[[str, int, int], float]
"""Gives what a dollar of a year is in another: of title, year, and year of the dollars."""


class BudgetModel:
    """Spreads costs over fiscal years by schedule.

    Procurement is funded in full in the year of its lot; a lot's share of a buy's price is by
    learning. Development follows a Rayleigh curve; each unit is operated and replaced for the
    same number of years as the cost model counts, from the year in which it stands. Part of the
    operations cost of crewed elements is military pay.

    Left out: advance and incremental procurement, termination liability, reprogramming; the
    spread of draws over years (each draw has the schedule of the most likely case); that
    outlays of pay and fuel are quicker (most of the latter within the year).
    """

    def __init__(self, scheduler: Scheduler, *, years: float) -> None:
        """Take the scheduler, and the years of service that the cost model counts."""
        self._military_pay = scheduler.value("budget_model", "military_pay_share")
        self._offset = scheduler.value("cost_model", "learning_offset")
        self._timing = Timing(
            service_years=float(years),
            construction_lead_years=scheduler.value("schedule_model", "construction_lead_time"),
            launch_lead_years=scheduler.value("schedule_model", "launch_lead_time"),
            development_completion=scheduler.value("schedule_model", "development_completion"),
        )

    def of(
        self,
        cost: ArchitectureCost,
        architecture: Architecture,
        schedule: Schedule,
        *,
        then_year: ThenYear = then_year_factor,
    ) -> Budget:
        """Budget an architecture's cost.

        Args:
            cost: Its rows and draws.
            architecture: The same architecture, all of it.
            schedule: Its schedule.
            then_year: Price change by title, year and year of the dollars.

        Returns:
            Money by line and year; the sum over years of an element's phase is its cost.

        Raises:
            DomainError: The cost has an element that the schedule has not.
        """
        slopes = {
            element.use: element.values["learning_slope"].mode
            for element in architecture.elements
            if "learning_slope" in element.values and "unit_cost_quantity" in element.values
        }
        spreads = {
            name: Spread(one, self._timing, slope=slopes.get(name, 1.0), offset=self._offset)
            for name, one in schedule.fieldings.items()
        }
        due = [_due(spreads, row.element, row.phase) for row in cost.rows]
        every = sorted({year for shares in due for year in shares} | {schedule.start})
        years = np.arange(every[0], every[-1] + 1 + MOST_SPENDING_YEARS)
        has_pay = any(str(row.title) == "milpers" for row in cost.rows)
        lines: list[Line] = []
        whole: list[int] = []
        shares: list[Array] = []
        of_rows = np.zeros((len(cost.rows), len(years)))
        for number, (row, of_row) in enumerate(zip(cost.rows, due, strict=True)):
            spread = of_rows[number]
            for year, share in of_row.items():
                spread[year - years[0]] = share
            category = schedule.fieldings[row.element].program.category
            cents = round(float(cost.usd[number, 0]) * 100.0)
            pay = self._military_pay * (
                category in CREWED and row.phase == "operations" and not has_pay
            )
            of_pay = round(cents * pay)
            for title, money, part in (
                (str(row.title), cents - of_pay, 1.0 - pay),
                ("milpers", of_pay, pay),
            ):
                if part > 0.0:
                    account = account_of(title, category).name
                    lines.append(
                        Line(row.element, row.phase, title, account, row.in_cbo_scope, row.count)
                    )
                    whole.append(money)
                    shares.append(spread)
        spread_of = np.array(shares).reshape(len(lines), len(years))
        authority = in_cents(np.array(whole, dtype=np.int64), spread_of)
        then = np.zeros_like(authority)
        voted = np.flatnonzero(authority.any(axis=0))
        for title in dict.fromkeys(line.title for line in lines):
            prices = [then_year(title, int(year), cost.dollars_of) for year in years[voted]]
            of_title = np.ix_(np.array([line.title == title for line in lines]), voted)
            then[of_title] = np.rint(authority[of_title] * np.array(prices)).astype(np.int64)
        return Budget(
            architecture=cost.architecture,
            dollars_of=cost.dollars_of,
            start=schedule.start,
            years=years,
            lines=tuple(lines),
            authority_cents=authority,
            then_cents=then,
            outlay_cents=_outlays(lines, then),
            authority_usd=cost.usd.T @ of_rows,
        )


def in_cents(whole: Cents, shares: Array) -> Cents:
    """Cut whole amounts into parts of whole cents whose sums are the amounts.

    Args:
        whole: (L,) cents.
        shares: (L, Y) which sum to one in each line.
    """
    until = np.rint(np.cumsum(shares, axis=1) * whole[:, None]).astype(np.int64)
    if until.size:
        done = np.cumsum(shares, axis=1) >= 1.0 - 1e-9
        until = np.where(done, whole[:, None], until)
    return np.diff(until, axis=1, prepend=0)


def _outlays(lines: list[Line], then: Cents) -> Cents:
    spent = np.zeros_like(then)
    for name in dict.fromkeys(line.account for line in lines):
        chosen = [i for i, line in enumerate(lines) if line.account == name]
        of_account = spend(then[chosen], accounts()[name].shares)
        spent[chosen] = of_account[:, : then.shape[1]]
    return spent


def _due(spreads: Mapping[str, Spread], element: str, phase: str) -> dict[int, float]:
    if element not in spreads:
        raise DomainError(f"'{element}' has a cost and no schedule; schedule the same architecture")
    return spreads[element].of(phase)  # type: ignore[arg-type]
