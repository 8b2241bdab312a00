"""A study's budget: schedule, money by fiscal year, what is provided, and what slips."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any, Final

from umbo.appraisal import growing, topline
from umbo.appraisal.schedule import Schedule, Terms, standing_in
from umbo.elements.architecture import Architecture
from umbo.elements.catalog import Catalog
from umbo.errors import DomainError, UnknownNameError, suggest
from umbo.study.budget_asked import Asked, chosen_of, reason_of
from umbo.study.budget_inputs import cited_tables, rate_tables
from umbo.study.budget_plan import (
    AS_SCHEDULED,
    Planned,
    budget_tables,
    capability_rows,
    funds_of,
    plan,
    tried,
    whole,
)
from umbo.study.load import resolve
from umbo.study.money_tables import (
    calendar_rows,
    funding_rows,
    s_curve_rows,
    stress_row,
    top_line_rows,
)
from umbo.study.problems import Problems
from umbo.study.schema import Study
from umbo.study.standing import gates_of, sought_from
from umbo.study.top_lines import read_top_line

Row = dict[str, Any]
Tables = dict[str, list[Row]]

Standing = tuple[str, str, int]
"""An architecture, a case and a fiscal year."""

RUN_DRAWS: Final = 256
"""Draws over the ranges of prices in a run."""
UNDER_TOP_LINE: Final = "top line"


@dataclass(frozen=True, eq=False)
class Planning:
    """A study's budget, and what stands in the years of which it tells."""

    tables: Tables
    planned: Planned
    standing: Mapping[Standing, Architecture]
    """What stands, by architecture, case and fiscal year; the same object where it is the same."""


def budget(study: Study, catalog: Catalog, asked: Asked | None = None) -> Tables:
    """Plan a study's budget.

    Args:
        study: The study.
        catalog: The catalogue, without the study's view.
        asked: What is asked; everything but leakage where left out.

    Returns:
        Rows by table.

    Raises:
        StudyError: A name that is not there, a gate or a top line that cannot be read.
        DomainError: A top line below what is committed.
    """
    asked = asked or Asked()
    found = plan_budget(study, catalog, asked)
    name = found.tables["budget_chosen"][0]["architecture"]
    tables = found.tables | {
        "s_curve": list(s_curve_rows(found.planned.costs[name])),
    }
    if asked.leakage:
        from umbo.study.fought_by_year import leakage_by_year

        wanted = {key: one for key, one in found.standing.items() if key[0] == name}
        tables["leakage_by_year"] = leakage_by_year(study, catalog, wanted)
    return tables | rate_tables(found.planned) | cited_tables(found.planned)


def run_budget(study: Study, catalog: Catalog) -> Planning:
    """Plan a study's budget as a run tells it: with fewer draws, the same as of its costs.

    Args:
        study: The study.
        catalog: The catalogue, without the study's view.
    """
    found = plan_budget(study, catalog, Asked(draws=RUN_DRAWS))
    return replace(found, tables=found.tables | rate_tables(found.planned))


def plan_budget(study: Study, catalog: Catalog, asked: Asked) -> Planning:
    """Schedule and budget all architectures, and put one to the test.

    Args:
        study: The study.
        catalog: The catalogue, without the study's view.
        asked: What is asked.

    Raises:
        StudyError: A name that is not there, a gate or a top line that cannot be read.
        DomainError: A top line below what is committed.
    """
    name = chosen_of(study, asked.architecture)
    for use in asked.not_before:
        _refuse_unknown(use, study, catalog)
    planned = plan(
        study,
        catalog,
        draws=asked.draws,
        not_before=asked.not_before,
        gated=asked.gated,
        surge=asked.surge,
    )
    of = planned.budgets[name]
    tables: Tables = {
        "budget_chosen": [
            {
                "architecture": name,
                "reason": reason_of(study, asked.architecture),
                "baseline": planned.baseline.architecture,
                "dollars_of": study.dollars_of,
                "first_year": planned.scheduler.start,
                "draws": asked.draws,
            }
        ],
        **budget_tables(planned, study),
        "calendar": list(calendar_rows(asked.decided or sought_from(study))),
        "funding": list(funding_rows(of, planned.baseline, funds_of(planned, name))),
    }
    tables |= _growing(study, planned, name)
    if asked.stress:
        tables["stress"] = _stressed(asked, planned, name)
    cases = {(one, AS_SCHEDULED): schedule for one, schedule in planned.schedules.items()}
    if top_line := asked.top_line or study.top_line:
        try:
            fit, later = _fitted(study, replace(asked, top_line=top_line), planned, name)
        except DomainError as error:
            if not asked.top_line:  # then the study says it, and where
                problems = Problems(study.origin)
                problems.add(("top_line",), str(error))
                problems.refuse()
            raise
        tables |= top_line_rows(fit, top_line, name)
        cases[name, UNDER_TOP_LINE] = later
    tables["capability"] = [
        row
        for (one, case), schedule in cases.items()
        for row in capability_rows(planned, one, case, schedule)
    ]
    return Planning(tables, planned, _standing(planned, cases, tables["capability"]))


def _standing(
    planned: Planned, cases: Mapping[tuple[str, str], Schedule], told: Sequence[Row]
) -> dict[Standing, Architecture]:
    """Give what stands in the years told of all but today's; one object for what fights alike."""
    known = [(_fighting(one), one) for one in planned.architectures.values()]
    standing: dict[Standing, Architecture] = {}
    today = next(iter(planned.schedules))
    for row in told:
        name, case, year = row["architecture"], row["case"], row["fiscal_year"]
        if name == today:
            continue
        one = standing_in(planned.architectures[name], cases[name, case], year)
        fights = _fighting(one)
        same = next((other for others, other in known if others == fights), None)
        if same is None:
            known.append((fights, one))
        standing[name, case, year] = same or one
    return standing


def _fighting(architecture: Architecture) -> list[Any]:
    """Give what of an architecture takes part in a battle."""
    return [
        (of.use, of.count, of.sites, of.constellation, of.doctrine, of.values)
        for of in architecture.elements
        if of.item.model
    ]


def _refuse_unknown(use: str, study: Study, catalog: Catalog) -> None:
    uses = {one.use for arch in resolve(whole(study), catalog).values() for one in arch.elements}
    if use not in uses:
        raise UnknownNameError(f"no element of the study is named '{use}'; {suggest(use, uses)}")


def _growing(study: Study, planned: Planned, name: str) -> Tables:
    """Grow along the line of architectures from which the chosen one, and the last, are made."""
    line = _line(study, list(planned.budgets)[-1])
    if name not in line:
        line = _line(study, name)
    steps = [planned.architectures[one] for one in line]
    if len(steps) < 3:
        return {"growing": [], "thrown_away": []}
    grown = growing.grow(
        planned.cost_model.catalog, steps, planned.costs, start=planned.scheduler.start
    )
    lost = [
        one
        for smaller, larger in pairwise(steps[1:])
        for one in growing.thrown_away(smaller, larger, planned.costs[smaller.name])
    ]
    return {
        "growing": [
            {name: getattr(one, name) for name in growing.Growth.__slots__} for one in grown
        ],
        "thrown_away": [
            {name: getattr(one, name) for name in growing.ThrownAway.__slots__} for one in lost
        ],
    }


def _line(study: Study, name: str) -> list[str]:
    line = [name]
    while (like := study.architectures[line[0]].like) is not None:
        line.insert(0, like)
    first = next(iter(study.architectures))
    return line if line[0] == first else [first, *line]


def _stressed(asked: Asked, planned: Planned, name: str) -> list[Row]:
    """Try continuing resolutions of the usual length and of a year, and past cost growth."""
    usual = planned.scheduler.value("budget_model", "continuing_resolution")
    uses = list(planned.schedules[name].fieldings)
    cases: dict[str, tuple[Mapping[str, Terms], bool]] = {
        f"continuing resolution of {12.0 * usual:.0f} months": (_all_later(uses, usual), False),
        "continuing resolution of a year": (_all_later(uses, 1.0), False),
        "cost growth as in the past": ({}, True),
    }
    rows = [stress_row(name, "as planned", planned.budgets[name], planned.schedules[name])]
    for case, (terms, growth) in cases.items():
        if ("growth" if growth else "cr") in asked.stress:
            rows.append(stress_row(name, case, *tried(planned, name, terms, growth=growth)))
    for row in rows:
        row["then_year_more_usd"] = row["then_year_usd"] - rows[0]["then_year_usd"]
    return rows


def _all_later(uses: Sequence[str], years: float) -> dict[str, Terms]:
    return dict.fromkeys(uses, Terms(later_years=years))


def _fitted(
    study: Study, asked: Asked, planned: Planned, name: str
) -> tuple[topline.Fit, Schedule]:
    """Fit a budget to a top line, and schedule what fits."""
    uses = planned.schedules[name].fieldings
    wanted = {
        pace: (planned.budgets[name], planned.schedules[name])
        if pace == 1.0
        else tried(planned, name, dict.fromkeys(uses, Terms(pace=pace)))
        for pace in topline.PACES
    }
    limit = read_top_line(asked.top_line, planned.scheduler.start)
    fit = topline.fit(wanted, planned.baseline, limit)
    architecture = planned.architectures[name]
    kept = replace(
        architecture,
        elements=tuple(one for one in architecture.elements if one.use not in fit.left_out),
    )
    gated = asked.gated or study.authorities == "gate"
    gates = gates_of(study, kept, planned.today, asked.not_before, gated=gated)
    later = planned.scheduler.of(kept, planned.today, not_before=gates, terms=fit.terms)
    return fit, later
