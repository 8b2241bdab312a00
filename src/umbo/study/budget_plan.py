"""The schedules and budgets of a study's architectures, and their tables."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from umbo.appraisal.budget import Budget, BudgetModel
from umbo.appraisal.cost import ArchitectureCost, CostModel
from umbo.appraisal.dates import DRAWS as DATE_DRAWS
from umbo.appraisal.dates import Drawn, draw_dates
from umbo.appraisal.fielding import Fielding
from umbo.appraisal.funding import Funded, pay
from umbo.appraisal.ranges import Ranges
from umbo.appraisal.schedule import Schedule, Scheduler, Terms
from umbo.elements.architecture import Architecture, fiscal_year
from umbo.elements.catalog import Catalog
from umbo.study.load import catalog_of, resolve
from umbo.study.money_tables import (
    budget_part_rows,
    budget_rows,
    budget_total_rows,
    budget_year_rows,
    fielding_rows,
    schedule_rows,
)
from umbo.study.schema import Study
from umbo.study.standing import gates_of, without_years

Row = dict[str, Any]
Tables = dict[str, list[Row]]

DRAWS: Final = 10_000
PAYER: Final = "US"
"""The nation whose budget is planned; what others own is theirs to pay."""
AS_SCHEDULED: Final = "as scheduled"
FEW_DRAWS: Final = 2
CAPABILITY_YEARS: Final = (2028, 2035)
"""Fiscal years in which capability is told, beside the first in which all stands."""


@dataclass(frozen=True, eq=False)
class Planned:
    """The schedules and budgets of a study's architectures."""

    architectures: Mapping[str, Architecture]
    """All of each, whatever its year."""
    schedules: Mapping[str, Schedule]
    costs: Mapping[str, ArchitectureCost]
    """What the United States pay; the budget is of that alone."""
    others_usd: Mapping[str, float]
    """What other nations pay, most likely."""
    budgets: Mapping[str, Budget]
    gates: Mapping[str, Mapping[str, float]]
    """Fiscal year before which new work cannot begin, by architecture and element."""
    today: Architecture
    """What stands already."""
    scheduler: Scheduler
    cost_model: CostModel
    budget_model: BudgetModel

    @property
    def baseline(self) -> Budget:
        """Give the budget of what stands today."""
        return next(iter(self.budgets.values()))


def whole(study: Study) -> Study:
    """Give the study with everything of every architecture standing, whatever its year.

    Its years are as written, also where it lets authorities move them: a schedule has its gates.
    """
    changes = {"architectures": without_years(study.architectures), "authorities": "listed"}
    return study.model_copy(update=changes).with_origin(study.origin)


def plan(
    study: Study,
    catalog: Catalog,
    *,
    draws: int = DRAWS,
    not_before: Mapping[str, float] | None = None,
    gated: bool = False,
    surge: bool = False,
) -> Planned:
    """Schedule and budget a study's architectures.

    The first architecture is what stands today.

    Args:
        study: The study.
        catalog: The catalogue, without the study's view.
        draws: Draws over the ranges of prices.
        not_before: Gates by element; those of elements that an architecture lacks are passed over.
        gated: Whether building waits for its authorities, also where the study does not say so.
        surge: Whether lines without a published goal grow to the high end of their range.
    """
    viewed = catalog_of(study, catalog)
    stands = resolve(whole(study), catalog)
    today = next(iter(resolve(study, catalog).values()))
    start = fiscal_year(study.horizon.from_)
    gated = gated or study.authorities == "gate"
    scheduler = Scheduler(viewed, start=start, surge=surge)
    model = CostModel(
        viewed,
        start=start,
        years=study.horizon.years,
        dollars_of=study.dollars_of,
        draws=draws,
        seed=study.seed,
    )
    budget_model = BudgetModel(scheduler, years=study.horizon.years)
    schedules, costs, budgets, others, gates = {}, {}, {}, {}, {}
    for name, architecture in stands.items():
        gates[name] = gates_of(study, architecture, today, not_before or {}, gated=gated)
        schedules[name] = scheduler.of(architecture, today, not_before=gates[name])
        all_pay = model.of(architecture, today)
        costs[name] = _own(all_pay)
        others[name] = float(all_pay.usd[:, 0].sum() - costs[name].usd[:, 0].sum())
        budgets[name] = budget_model.of(costs[name], architecture, schedules[name])
    return Planned(
        stands, schedules, costs, others, budgets, gates, today, scheduler, model, budget_model
    )


def tried(
    planned: Planned, name: str, terms: Mapping[str, Terms], *, growth: bool = False
) -> tuple[Budget, Schedule]:
    """Plan one architecture otherwise, in the most likely case alone.

    Args:
        planned: The study as it is planned.
        name: The architecture.
        terms: Elements begun later or built at another pace.
        growth: Whether past programs' cost growth is put on.
    """
    architecture = planned.architectures[name]
    schedule = planned.scheduler.of(
        architecture, planned.today, not_before=planned.gates[name], terms=terms
    )
    cost, model = planned.costs[name], planned.cost_model
    if growth:
        grown = CostModel(
            model.catalog,
            start=model.start,
            years=model.years,
            dollars_of=model.dollars_of,
            growth=True,
            draws=FEW_DRAWS,
        )
        cost = _own(grown.of(architecture, planned.today))
        planned.scheduler.used.update(grown.used)
    cost = replace(cost, usd=cost.usd[:, : 1 + FEW_DRAWS])
    return planned.budget_model.of(cost, architecture, schedule), schedule


def _own(cost: ArchitectureCost) -> ArchitectureCost:
    """Keep the rows that the nation pays whose budget it is."""
    own = [i for i, row in enumerate(cost.rows) if row.nation == PAYER]
    return replace(cost, rows=tuple(cost.rows[i] for i in own), usd=cost.usd[own])


def budget_tables(planned: Planned, study: Study) -> Tables:
    """Give the tables of schedules and budgets that a run holds."""
    baseline = next(iter(planned.budgets))
    drawn = _dates(planned, study.seed)
    funded = {name: funds_of(planned, name) for name in planned.budgets}
    return {
        "schedule": [
            row for name, of in planned.schedules.items() for row in schedule_rows(of, drawn[name])
        ],
        "fielding": [
            row
            for name, of in planned.schedules.items()
            for row in fielding_rows(of, planned.architectures[name], study.horizon.years)
        ],
        "budget": [
            row for name, of in planned.budgets.items() for row in budget_rows(of, funded[name])
        ],
        "budget_parts": [
            row
            for name, of in planned.budgets.items()
            for row in budget_part_rows(of, funded[name])
        ],
        "budget_year": [
            row
            for name, of in planned.budgets.items()
            for row in budget_year_rows(of, funded[name], planned.budgets[baseline])
        ],
        "budget_total": [
            budget_total_rows(of, planned.costs[name], planned.schedules[name], drawn[name])
            | {"others_usd": planned.others_usd.get(name, 0.0)}
            for name, of in planned.budgets.items()
        ],
    }


def _dates(planned: Planned, seed: int) -> dict[str, Drawn]:
    """Draw the dates of every architecture, times and rates correlated as prices are."""
    catalog = planned.cost_model.catalog
    within, between = (
        catalog.value("cost_model", name).mode
        for name in ("correlation_within", "correlation_between")
    )
    ranges = Ranges(DATE_DRAWS, within=within, between=between, seed=seed)
    return {
        name: draw_dates(schedule, planned.architectures[name], ranges)
        for name, schedule in planned.schedules.items()
    }


def funds_of(planned: Planned, name: str) -> Funded:
    """Pay for an architecture's budget out of mandatory money that is provided."""
    fieldings = planned.schedules[name].fieldings
    categories = {use: one.program.category for use, one in fieldings.items()}
    return pay(planned.budgets[name], categories)


def capability_rows(planned: Planned, name: str, case: str, schedule: Schedule) -> list[Row]:
    """Say what stands in the years told, and in the first in which all does.

    Args:
        planned: The study's schedules.
        name: The architecture.
        case: What is told.
        schedule: Its schedule in that case.
    """
    fieldings = planned.schedules[name].fieldings
    full = schedule.full
    rows: list[Row] = []
    for year in sorted({*CAPABILITY_YEARS, *([full] if full else [])}):
        standing = {
            use: schedule.fieldings[use].stands_in(year) if use in schedule.fieldings else 0
            for use in fieldings
        }
        whole_ones = sum(standing[use] >= one.program.count for use, one in fieldings.items())
        rows.append(
            {
                "architecture": name,
                "case": case,
                "fiscal_year": year,
                "is_full": year == full,
                "elements": len(fieldings),
                "elements_whole": whole_ones,
                "elements_in_part": sum(
                    0 < standing[use] < one.program.count for use, one in fieldings.items()
                ),
                "interceptors_in_orbit": _units(standing, fieldings, "space_interceptor"),
                "interceptors_on_the_ground": _units(standing, fieldings, "interceptor"),
                "satellites": _units(standing, fieldings, "space_sensor", "space_transport"),
                "radars": _units(standing, fieldings, "radar"),
            }
        )
    return rows


def _units(standing: Mapping[str, int], fieldings: Mapping[str, Fielding], *categories: str) -> int:
    return sum(
        units for use, units in standing.items() if fieldings[use].program.category in categories
    )
