"""A study's budget: schedule, money by fiscal year, what is provided, and what slips."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from itertools import pairwise
from typing import Any, Final

from umbo.appraisal import budget_calendar, growing, topline
from umbo.appraisal.budget import TITLES, Budget
from umbo.appraisal.cost import ArchitectureCost
from umbo.appraisal.funding import budget_money
from umbo.appraisal.inflation import title_index
from umbo.appraisal.outlays import accounts
from umbo.appraisal.schedule import Schedule, Terms, standing_in
from umbo.elements.architecture import fiscal_year
from umbo.elements.catalog import Catalog
from umbo.errors import StudyError, UnknownNameError, suggest
from umbo.study.budget_plan import (
    DRAWS,
    Planned,
    budget_tables,
    capability_rows,
    funds_of,
    plan,
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
from umbo.study.schema import Study
from umbo.study.standing import gates_of
from umbo.study.top_lines import read_top_line

Row = dict[str, Any]
Tables = dict[str, list[Row]]

FEW_DRAWS: Final = 2


@dataclass(frozen=True)
class Asked:
    """What is asked of a budget."""

    architecture: str = ""
    """The one that is planned in full; the study's selected one, or its last, where left out."""
    top_line: str = ""
    """Such as ``25 busd then-year``; none where left out."""
    stress: tuple[str, ...] = ("cr", "growth")
    """What is tried: continuing resolutions, cost growth."""
    decided: date | None = None
    """Day of the decision, for the budget calendar."""
    not_before: Mapping[str, float] = field(default_factory=dict)
    """Fiscal year before which new work on an element cannot begin."""
    gated: bool = False
    """Whether building waits for its authorities; so it does where the study says it."""
    surge: bool = False
    """Whether lines without a published goal grow to the high end of their range."""
    leakage: bool = False
    """Whether it is fought as it stands in each year told."""
    draws: int = DRAWS


def chosen_of(study: Study, asked: str) -> str:
    """Give the architecture to plan for: as asked, as the study selects, or its last.

    Raises:
        UnknownNameError: The study has none of that name.
    """
    name = asked or (study.selected.architecture if study.selected else "")
    name = name or list(study.architectures)[-1]
    if name not in study.architectures:
        raise UnknownNameError(
            f"no architecture is named '{name}'; {suggest(name, study.architectures)}"
        )
    return name


def budget(study: Study, catalog: Catalog, asked: Asked | None = None) -> Tables:
    """Plan a study's budget.

    Args:
        study: The study.
        catalog: The catalogue, without the study's view.
        asked: What is asked; everything but a top line and leakage where left out.

    Returns:
        Rows by table.

    Raises:
        StudyError: A name that is not there, a gate or a top line that cannot be read.
        DomainError: A top line below what is committed.
    """
    asked = asked or Asked()
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
    baseline = next(iter(planned.budgets))
    of = planned.budgets[name]
    tables: Tables = {
        "chosen": [
            {
                "architecture": name,
                "reason": _reason(study, asked.architecture),
                "baseline": baseline,
                "dollars_of": study.dollars_of,
                "first_year": planned.scheduler.start,
                "draws": asked.draws,
            }
        ],
        **budget_tables(planned, study),
        "s_curve": list(s_curve_rows(planned.costs[name])),
        "funding": list(funding_rows(of, planned.budgets[baseline], funds_of(planned, name))),
        "calendar": list(calendar_rows(asked.decided)),
    }
    tables |= _growing(study, planned, name)
    if asked.stress:
        tables["stress"] = _stressed(study, catalog, asked, planned, name)
    later = planned.schedules[name]
    if asked.top_line:
        fit, fitted = _fitted(study, catalog, asked, planned, name)
        tables |= top_line_rows(fit, asked.top_line, name)
        later = fitted
    tables["capability"] = capability_rows(planned, name)
    if asked.top_line:
        tables["capability"] += capability_rows(planned, name, "top line", later)
    if asked.leakage:
        from umbo.study.fought_by_year import leakage_by_year

        tables["leakage_by_year"] = leakage_by_year(
            study,
            catalog,
            {
                (row["case"], row["fiscal_year"]): standing_in(
                    planned.architectures[name],
                    later if row["case"] == "top line" else planned.schedules[name],
                    row["fiscal_year"],
                )
                for row in tables["capability"]
            },
        )
    tables |= _inputs(planned)
    return tables


def _refuse_unknown(use: str, study: Study, catalog: Catalog) -> None:
    uses = {one.use for arch in resolve(whole(study), catalog).values() for one in arch.elements}
    if use not in uses:
        raise UnknownNameError(f"no element of the study is named '{use}'; {suggest(use, uses)}")


def _reason(study: Study, asked: str) -> str:
    if asked:
        return "asked for"
    return study.selected.reason if study.selected else "the last of the study; none is selected"


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


def _stressed(
    study: Study, catalog: Catalog, asked: Asked, planned: Planned, name: str
) -> list[Row]:
    """Try continuing resolutions of the usual length and of a year, and past cost growth."""
    usual = planned.scheduler.value("budget_model", "continuing_resolution")
    uses = list(planned.schedules[name].fieldings)
    cases: dict[str, tuple[Mapping[str, Terms], bool]] = {
        "as planned": ({}, False),
        f"continuing resolution of {12.0 * usual:.0f} months": (_all_later(uses, usual), False),
        "continuing resolution of a year": (_all_later(uses, 1.0), False),
        "cost growth as in the past": ({}, True),
    }
    tried_kinds = {case: "growth" if growth else "cr" for case, (_, growth) in cases.items()}
    rows: list[Row] = []
    few = {one: _few(cost) for one, cost in planned.costs.items()}
    for case, (terms, growth) in cases.items():
        if rows and tried_kinds[case] not in asked.stress:
            continue
        tried = plan(
            study,
            catalog,
            draws=FEW_DRAWS,
            growth=growth,
            not_before=asked.not_before,
            gated=asked.gated,
            terms=terms,
            surge=asked.surge,
            only=[name],
            costs=None if growth else few,
        )
        rows.append(stress_row(name, case, tried.budgets[name], tried.schedules[name]))
    first = rows[0]
    for row in rows:
        row["then_year_more_usd"] = row["then_year_usd"] - first["then_year_usd"]
    return rows


def _few(cost: ArchitectureCost) -> ArchitectureCost:
    """Give a cost with a few of its draws: for what asks for the most likely case alone."""
    return replace(cost, usd=cost.usd[:, : 1 + FEW_DRAWS])


def _all_later(uses: Sequence[str], years: float) -> dict[str, Terms]:
    return dict.fromkeys(uses, Terms(later_years=years))


def _fitted(
    study: Study, catalog: Catalog, asked: Asked, planned: Planned, name: str
) -> tuple[topline.Fit, Schedule]:
    wanted: dict[float, tuple[Budget, Schedule]] = {}
    few = {one: _few(cost) for one, cost in planned.costs.items()}
    for pace in topline.PACES:
        terms = dict.fromkeys(planned.schedules[name].fieldings, Terms(pace=pace))
        tried = plan(
            study,
            catalog,
            draws=FEW_DRAWS,
            not_before=asked.not_before,
            gated=asked.gated,
            terms=terms,
            surge=asked.surge,
            only=[name],
            costs=few,
        )
        wanted[pace] = tried.budgets[name], tried.schedules[name]
    committed = planned.budgets[next(iter(planned.budgets))]
    limit = read_top_line(asked.top_line, planned.scheduler.start)
    fit = topline.fit(wanted, committed, limit)
    architecture = planned.architectures[name]
    kept = replace(
        architecture,
        elements=tuple(one for one in architecture.elements if one.use not in fit.left_out),
    )
    today = next(iter(resolve(study, catalog).values()))
    gated = asked.gated or study.authorities == "gate"
    gates = gates_of(study, kept, today, asked.not_before, gated=gated)
    later = planned.scheduler.of(kept, today, not_before=gates, terms=fit.terms)
    return fit, later


def _inputs(planned: Planned) -> Tables:
    """Give every number the budget rests on: values, deflators, spend-out rates, money."""
    used = planned.scheduler.used | planned.cost_model.used
    names = ("item", "parameter", "low", "mode", "high", "unit", "source", "locator")
    values = [
        {name: getattr(used[key], name) for name in (*names, "dollars_of", "conf", "note")}
        for key in sorted(used)
    ]
    years = sorted({int(year) for one in planned.budgets.values() for year in one.years})
    first = planned.cost_model.dollars_of
    catalog = planned.cost_model.catalog
    cited = {name for row in values for name in str(row["source"]).split()}
    cited |= {name for one in budget_money() for name in one.source.split()}
    cited |= {name for one in budget_calendar.milestones() for name in one.source.split()}
    cited |= {"gb22_c5", "omb_t101_fy25"}
    return {
        "inputs": values,
        "deflators": [
            {
                "title": title,
                "fiscal_year": year,
                "index": title_index(title)[year] / title_index(title)[first],
                "source": "gb22_c5 omb_t101_fy25",
            }
            for title in TITLES
            for year in years
            if year in title_index(title)
        ],
        "spend_out": [
            {"account": name, "year": year, "share": share, "source": "gb22_c5"}
            for name, of in accounts().items()
            for year, share in enumerate(of.shares, start=1)
        ],
        "sources": [
            {
                "id": source.id,
                "author": source.author,
                "year": source.year,
                "title": source.title,
                "publisher": source.publisher,
                "url": source.url,
            }
            for source in (catalog.sources[name] for name in sorted(cited))
        ],
    }


def read_stress(text: str) -> tuple[str, ...]:
    """Read which stress is tried.

    Raises:
        UnknownNameError: There is no such stress.

    Example:
        >>> read_stress(""), read_stress("cr")
        (('cr', 'growth'), ('cr',))
    """
    kinds = Asked.stress
    if text and text not in kinds:
        raise UnknownNameError(f"no stress is named {text!r}; {suggest(text, kinds)}")
    return (text,) if text else kinds


def read_gate(text: str) -> tuple[str, float]:
    """Read a gate, such as ``sbi=FY2028`` or ``sbi=2027-03-15``.

    Raises:
        StudyError: It is neither.

    Example:
        >>> read_gate("sbi=FY2028")
        ('sbi', 2028.0)
    """
    use, _, when = (part.strip() for part in text.partition("="))
    if when.startswith("FY"):
        return use, float(fiscal_year(when))
    return use, budget_calendar.fiscal_time(read_day(when, f"{text!r}"))


def read_day(text: str, where: str) -> date:
    """Read a day, such as ``2026-11-25``.

    Raises:
        StudyError: It is none.
    """
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise StudyError(f"{where}: {text!r} is not a day; write one such as 2026-11-25") from None
