"""The tables of schedule and budget: one row a combination of its keys."""

import math
from collections.abc import Iterator
from datetime import date
from typing import Any, Final

import numpy as np

from umbo.appraisal.budget import Budget
from umbo.appraisal.budget_calendar import reached
from umbo.appraisal.cost import ArchitectureCost
from umbo.appraisal.dates import Drawn
from umbo.appraisal.funding import Funded, budget_money
from umbo.appraisal.lines import single_sources
from umbo.appraisal.schedule import Schedule
from umbo.appraisal.topline import Fit
from umbo.elements.architecture import Architecture, planned_in

Row = dict[str, Any]

PERCENTS: Final = (1, *range(5, 100, 5), 99)


def schedule_rows(schedule: Schedule, drawn: Drawn) -> Iterator[Row]:
    """Say of each element when it is developed, first stands and is whole, and what holds it.

    Low and high ends are None where that date is never.
    """
    for name, one in schedule.fieldings.items():
        program = one.program
        full, develops = one.full, program.develops and program.new > 0
        yield {
            "architecture": schedule.architecture,
            "element": name,
            "count": program.count,
            "standing": program.standing,
            "planned_year": math.ceil(program.planned),
            "development_start": program.development_start if develops else None,
            "development_end": program.development_end if develops else None,
            "initial_year": one.initial,
            "initial_low": drawn.initial[name].low,
            "initial_high": drawn.initial[name].high,
            "full_year": full,
            "full_low": drawn.full[name].low,
            "full_high": drawn.full[name].high,
            "slip_years": one.slip_years if program.new else 0,
            "limited_by": "; ".join(one.limited_by),
            "before_development_ends": develops and program.planned < program.development_end,
            "hangs_on": "; ".join(line.name for line in single_sources(name)),
        }


def fielding_rows(schedule: Schedule, architecture: Architecture, years: int) -> Iterator[Row]:
    """Count the units that stand in each fiscal year, as scheduled and as the study plans.

    Years in which an element has all its units, as in the year before, are left out.
    """
    for name, one in schedule.fieldings.items():
        elements = [element for element in architecture.elements if element.use == name]
        before: tuple[int, int] | None = None
        last = max(schedule.start + years, one.full or 0)
        years_told = range(schedule.start, last + 1)
        for year, stands in zip(years_told, one.standing_by(years_told), strict=True):
            now = stands, sum(planned_in(element, year) for element in elements)
            if now != before:
                yield {
                    "architecture": schedule.architecture,
                    "element": name,
                    "fiscal_year": year,
                    "stands": now[0],
                    "planned": now[1],
                }
            before = now


def budget_rows(budget: Budget, funded: Funded) -> Iterator[Row]:
    """Give money by element, title and fiscal year."""
    views = [
        budget.by("element", "title", cents=cents)
        for cents in (
            budget.authority_cents,
            budget.then_cents,
            funded.mandatory_cents,
            budget.outlay_cents,
        )
    ]
    years = budget.years.tolist()
    for key in views[0]:
        money = [view[key].tolist() for view in views]
        for k, year in enumerate(years):
            if money[0][k] or money[3][k]:
                yield {
                    "architecture": budget.architecture,
                    "element": key[0],
                    "title": key[1],
                    "fiscal_year": year,
                    "authority_usd": money[0][k] / 100.0,
                    "then_year_usd": money[1][k] / 100.0,
                    "mandatory_then_usd": money[2][k] / 100.0,
                    "discretionary_then_usd": (money[1][k] - money[2][k]) / 100.0,
                    "outlays_then_usd": money[3][k] / 100.0,
                }


def budget_part_rows(budget: Budget, funded: Funded) -> Iterator[Row]:
    """Give money by element and title, all years together."""
    money = {
        "authority_usd": budget.authority_cents,
        "then_year_usd": budget.then_cents,
        "mandatory_then_usd": funded.mandatory_cents,
        "outlays_then_usd": budget.outlay_cents,
    }
    whole = {name: budget.by("element", "title", cents=cents) for name, cents in money.items()}
    for element, title in whole["authority_usd"]:
        yield {
            "architecture": budget.architecture,
            "element": element,
            "title": title,
            **{name: int(of[element, title].sum()) / 100.0 for name, of in whole.items()},
        }


def budget_year_rows(budget: Budget, funded: Funded, baseline: Budget) -> Iterator[Row]:
    """Give money by fiscal year, with its range over the draws of prices."""
    drawn = np.ascontiguousarray(budget.authority_usd[1:].T)
    p50, p80 = np.quantile(drawn, (0.5, 0.8), axis=1)
    base = dict(
        zip(
            baseline.years.tolist(),
            zip(baseline.authority_cents.sum(0), baseline.then_cents.sum(0), strict=True),
            strict=True,
        )
    )
    authority, then = budget.authority_cents.sum(0), budget.then_cents.sum(0)
    paid, spent = funded.mandatory_cents.sum(0), budget.outlay_cents.sum(0)
    for k, year in enumerate(budget.years.tolist()):
        if not (authority[k] or spent[k]):
            continue
        base_authority, base_then = base.get(year, (0, 0))
        yield {
            "architecture": budget.architecture,
            "fiscal_year": year,
            "is_prior": year < budget.start,
            "authority_usd": int(authority[k]) / 100.0,
            "p50_usd": float(p50[k]),
            "p80_usd": float(p80[k]),
            "above_baseline_usd": int(authority[k] - base_authority) / 100.0,
            "then_year_usd": int(then[k]) / 100.0,
            "above_baseline_then_usd": int(then[k] - base_then) / 100.0,
            "mandatory_then_usd": int(paid[k]) / 100.0,
            "discretionary_then_usd": int(then[k] - paid[k]) / 100.0,
            "outlays_then_usd": int(spent[k]) / 100.0,
        }


def budget_total_rows(
    budget: Budget, cost: ArchitectureCost, schedule: Schedule, drawn: Drawn
) -> Row:
    """Give an architecture's whole budget, beside its cost, with which it agrees to the cent."""
    by_year = budget.authority_cents.sum(0)
    prior = budget.years < budget.start
    whole = cost.usd[:, 1:].sum(axis=0)
    peak = int(np.argmax(by_year))
    return {
        "architecture": budget.architecture,
        "first_year": budget.start,
        "authority_usd": int(by_year.sum()) / 100.0,
        "cost_usd": sum(round(float(row.mode_usd) * 100.0) for row in cost.rows) / 100.0,
        "p50_usd": float(np.quantile(whole, 0.5)),
        "p80_usd": float(np.quantile(whole, 0.8)),
        "prior_usd": int(by_year[prior].sum()) / 100.0,
        "then_year_usd": then_year_total(budget),
        "outlays_then_usd": int(budget.outlay_cents.sum()) / 100.0,
        "peak_year": int(budget.years[peak]),
        "peak_usd": int(by_year[peak]) / 100.0,
        "full_year": schedule.full,
        "full_low": drawn.whole.low,
        "full_high": drawn.whole.high,
        "dollars_of": budget.dollars_of,
    }


def then_year_total(budget: Budget) -> float:
    """Sum a budget in then-year dollars."""
    return int(budget.then_cents.sum()) / 100.0


def s_curve_rows(cost: ArchitectureCost) -> Iterator[Row]:
    """Give the chance that the whole costs no more than an amount."""
    amounts = np.quantile(cost.usd[:, 1:].sum(axis=0), np.array(PERCENTS) / 100.0)
    for percent, usd in zip(PERCENTS, amounts, strict=True):
        yield {
            "architecture": cost.architecture,
            "percent": percent,
            "cost_usd": float(usd),
            "dollars_of": cost.dollars_of,
        }


def funding_rows(budget: Budget, baseline: Budget, funded: Funded) -> Iterator[Row]:
    """Set what is provided, requested, projected and claimed beside what is needed then."""
    for one in budget_money():
        needed = [
            int(of.then_cents[:, (of.years >= one.first_year) & (of.years <= one.last_year)].sum())
            for of in (budget, baseline)
        ]
        beside = "*" in one.pays_for
        yield {
            "id": one.id,
            "status": one.status,
            "kind": one.kind,
            "law": one.law,
            "item": one.item,
            "first_year": one.first_year,
            "last_year": one.last_year,
            "amount_usd": one.mode_usd,
            "low_usd": one.low_usd,
            "high_usd": one.high_usd,
            "used_usd": funded.used_usd.get(one.id),
            "needed_then_usd": needed[0] / 100.0 if beside else None,
            "needed_above_baseline_then_usd": ((needed[0] - needed[1]) / 100.0 if beside else None),
            "source": one.source,
            "conf": one.conf,
            "note": one.note,
        }


def calendar_rows(decided: date) -> Iterator[Row]:
    """Say which budget a decision reaches."""
    for one in reached(decided):
        yield {
            "decided": decided.isoformat(),
            "milestone": one.milestone,
            "deadline": one.deadline.isoformat(),
            "fiscal_year": one.fiscal_year,
            "money_from": one.money.isoformat(),
            "typical": one.typical,
            "source": one.source,
        }


def stress_row(name: str, case: str, budget: Budget, schedule: Schedule) -> Row:
    """Give a budget under stress."""
    by_year = budget.then_cents.sum(0)
    peak = int(np.argmax(by_year))
    return {
        "architecture": name,
        "case": case,
        "authority_usd": int(budget.authority_cents.sum()) / 100.0,
        "then_year_usd": then_year_total(budget),
        "peak_year": int(budget.years[peak]),
        "peak_then_usd": int(by_year[peak]) / 100.0,
        "initial_year": schedule.initial,
        "full_year": schedule.full,
        "elements_late": sum(bool(one.slip_years) for one in schedule.fieldings.values()),
    }


def top_line_rows(fit: Fit, asked: str, name: str) -> dict[str, list[Row]]:
    """Give a budget under a top line, by year and by element."""
    return {
        "top_line": [
            {
                "architecture": name,
                "asked": asked,
                "fiscal_year": year,
                "top_line_then_usd": float(fit.top_line_usd[k]),
                "committed_then_usd": float(fit.committed_usd[k]),
                "wanted_then_usd": float(fit.wanted_usd[k]),
                "fitted_then_usd": float(fit.fitted_usd[k]),
                "over_then_usd": max(0.0, float(fit.wanted_usd[k] - fit.top_line_usd[k])),
            }
            for k, year in enumerate(fit.years.tolist())
            if fit.wanted_usd[k] or fit.fitted_usd[k]
        ],
        "top_line_elements": [
            {
                "architecture": name,
                "element": one.element,
                "fits": one.fits,
                "later_years": one.later_years,
                "pace": one.pace,
                "full_before": one.full_before,
                "full_after": one.full_after,
                "before_then_usd": one.then_usd_before,
                "after_then_usd": one.then_usd_after,
                "more_then_usd": one.then_usd_after - one.then_usd_before if one.fits else None,
            }
            for one in fit.elements
        ],
    }
