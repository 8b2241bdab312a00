"""Answer a study: fight every raid, cost every architecture, and put it into tables."""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from umbo.compiled import set_threads
from umbo.elements.architecture import Architecture
from umbo.elements.catalog import Catalog, load_catalog
from umbo.elements.sourced import Value
from umbo.errors import StudyError, UnknownNameError, suggest
from umbo.study import tables
from umbo.study.allies import allied_tables, has_allies
from umbo.study.battles import ASSUMPTION_DRAWS
from umbo.study.budget_inputs import cited_by_rates
from umbo.study.budgeting import Planning, run_budget
from umbo.study.check import Finding, check
from umbo.study.cited import input_tables
from umbo.study.comparison import comparison_tables
from umbo.study.costing import Costing, cost_study, costing_tables
from umbo.study.flips import drawn_tables
from umbo.study.gating import authority_tables, delay_share
from umbo.study.helpers import Helpers, start_helpers
from umbo.study.in_full import InFull, full_tables
from umbo.study.lasers import laser_tables
from umbo.study.load import catalog_of, resolve, resolve_proposals
from umbo.study.margins import with_cost
from umbo.study.planning import bundled_plan, plan_tables
from umbo.study.priorities import priority_tables, protection_rows
from umbo.study.proposals import proposal_tables
from umbo.study.raid_tables import raid_tables
from umbo.study.replicate import published_costs
from umbo.study.schema import Study
from umbo.study.shards import Fought, LongWork, Standing, Tables
from umbo.study.stability import used_values

Progress = Callable[[float, str], None]
"""Is told the share of the work done, and what comes next."""


@dataclass(frozen=True, eq=False)
class Result:
    """The answer to a study: tables, and what they were made from."""

    study: Study
    architectures: Mapping[str, Architecture]
    tables: Tables
    findings: Sequence[Finding]
    draws: int
    """Draws over the assumptions."""
    timings_s: Mapping[str, float]


def _silent(_share: float, _what: str) -> None:
    return


def run(
    study: Study,
    *,
    raids: Sequence[str] | None = None,
    replications: int | None = None,
    seed: int | None = None,
    threads: int | None = None,
    draws: int = ASSUMPTION_DRAWS,
    in_full: bool = False,
    brief: bool = False,
    progress: Progress = _silent,
    helpers: Helpers | None = None,
) -> Result:
    """Answer a study.

    Args:
        study: The study, as ``load`` gives it.
        raids: Names of the raids to fight; those of the study's ``fight`` where left out.
        replications: In place of the study's.
        seed: In place of the study's.
        threads: Threads to use; all of the machine's where left out. The answer does not
            depend on it.
        draws: Draws over the ranges of the assumptions; 0 leaves that interval out.
        in_full: Whether to share out what is stopped by Shapley's value, to fight proposals and
            to choose sites too (``in_full.full_tables``).
        brief: Whether to answer battle and cost alone, in half the time: no margins, optimum of
            fire, capacity, years, deterrence, sizing, budget, plan, authorities, priorities,
            lasers or comparison.
        progress: Told how far the work is.
        helpers: Started ahead, and ended here; as many as threads allow where left out.

    Returns:
        The result, with its tables.

    Raises:
        UnknownNameError: A raid that the study does not have.
        StudyError: It is asked both in full and in brief.
    """
    if in_full and brief:
        raise StudyError("a study is answered in full or in brief; ask for one of them")
    if threads is not None:
        set_threads(threads)
    changes: dict[str, int] = {}
    if replications is not None:
        changes["replications"] = replications
    if seed is not None:
        changes["seed"] = seed
    if changes:
        study = study.model_copy(update=changes)
    chosen = study.fought if raids is None else list(raids)
    for name in chosen:
        if name not in study.raids:
            raise UnknownNameError(
                f"raid {name!r} is not in the study; {suggest(name, study.raids)}"
            )

    base = load_catalog()
    catalog = catalog_of(study, base)
    architectures = resolve(study, base)
    started = time.perf_counter()
    timings: dict[str, float] = {}
    others = [] if brief else ["deterrence", "sizing"]
    shares = dict.fromkeys([*chosen, *others], 0.0)

    def tell(name: str, share: float) -> None:
        shares[name] = share
        doing = f"weighing {name}" if name == "deterrence" else f"fighting {name}"
        progress(sum(shares.values()) / len(shares), "sizing" if name == "sizing" else doing)

    with start_helpers() if helpers is None else helpers as helping:
        progress(0.0, "planning the budget")
        budgeted = None if brief else run_budget(study, base)
        timings["budget"] = time.perf_counter() - started

        progress(0.0, "fighting")
        started = time.perf_counter()
        built = {} if budgeted is None else _standing(study, budgeted)
        fights = LongWork(study, chosen, draws, tell, built, helping, brief=brief)
        costing = cost_study(study, base)
        cost_tables = costing_tables(costing, base)
        timings["cost"] = time.perf_counter() - started
        findings = check(study, base)
        published = published_costs()
        beside = _Beside({}, {}, [])
        if budgeted is not None:
            beside = _beside(study, base, budgeted, costing, chosen)
        done = fights.finish()
    fought, deterrence, sizing = done.fought, done.deterrence, done.sizing
    used_in_battle = {key: value for one in fought.values() for key, value in one.used.items()}
    timings["battle"] = time.perf_counter() - started

    full = InFull({}, {}, [])
    if in_full:
        started = time.perf_counter()
        full = full_tables(study, base, chosen, tell=progress)
        timings["in_full"] = time.perf_counter() - started
    progress(1.0, "putting tables together")
    in_battle = _together([one.tables for one in fought.values()])
    raided, priced = raid_tables(study, catalog, chosen, in_battle["leakage"])
    used = _used(
        battle=used_in_battle,
        cost=costing.model.used | delay_share(catalog),
        budget=beside.used.get("budget", {}),
        stability=used_values(deterrence, catalog),
        priorities=beside.used.get("priorities", {}),
        raids=priced,
        lasers=beside.used.get("lasers", {}),
        in_full=full.used,
    )
    deterrence.pop("stability_inputs", None)  # they are among the run's inputs
    cited = [*published, *cost_tables["published_costs"], *beside.cited]
    cited += [{"source": ids} for ids in cited_by_rates()]
    cited += sizing.get("sizing_published", []) + sizing.get("sizing_inputs", [])
    cited += [{"source": name} for name in full.cited]
    made = {
        **in_battle,
        **raided,
        **cost_tables,
        **tables.element_tables(architectures),
        **input_tables(
            used,
            architectures,
            catalog,
            also_cited=[row["source"] for row in cited]
            + [launch.source for launches in study.raids.values() for launch in launches],
        ),
        "published": published,
        **beside.tables,
        **full.tables,
        **sizing,
        **deterrence,
        **tables.limit_tables(findings),
    }
    if not brief:
        made |= _judged(study, catalog, made, fought, used_in_battle)
        made["margins"] = with_cost(in_battle["margins"], costing)
    return Result(
        study=study,
        architectures=architectures,
        tables=made,
        findings=findings,
        draws=draws,
        timings_s=timings,
    )


def _standing(study: Study, budgeted: Planning) -> Standing:
    """Give what stands in years of the budget, by its name where that is one of the study's."""
    whole = {
        one: name
        for name, one in budgeted.planned.architectures.items()
        if study.architectures[name].as_of is None
    }
    return {key: whole.get(one, one) for key, one in budgeted.standing.items()}


@dataclass(frozen=True, eq=False)
class _Beside:
    """What is answered beside battle and cost, out of the study alone."""

    tables: Tables
    used: Mapping[str, Mapping[tuple[str, str], Value]]
    """Values by what they were used for."""
    cited: Sequence[Mapping[str, Any]]
    """Rows with a ``source``."""


def _beside(
    study: Study, base: Catalog, budgeted: Planning, costing: Costing, raids: Sequence[str]
) -> _Beside:
    """Answer lasers, priorities, plan, authorities, proposals, allies, and put in the budget."""
    catalog, architectures = catalog_of(study, base), resolve(study, base)
    lasers = laser_tables(study, base)
    used_by_lasers = {
        key: catalog.value(*key)
        for key in ((row["item"], row["parameter"]) for row in lasers.pop("laser_inputs"))
    }
    priorities, weighed = priority_tables(study, catalog)
    plan = plan_tables(bundled_plan())
    plan = {name: plan[name] for name in ("plan", "plan_about", "plan_events")}
    gating = authority_tables(study, base)
    alone = resolve_proposals(study, base)
    allied = {}
    if has_allies(architectures.values()):
        allied = allied_tables(study, base, raids)
        allied = {name: allied[name] for name in allied if name not in ("inputs", "sources")}
    planned = budgeted.planned
    return _Beside(
        tables={
            **proposal_tables(study, architectures, alone, costing),
            **priorities,
            **allied,
            **lasers,
            **plan,
            **gating,
            **budgeted.tables,
        },
        used={
            "budget": planned.scheduler.used | planned.cost_model.used,
            "priorities": weighed,
            "lasers": used_by_lasers,
        },
        cited=[
            *gating["authorities"],
            *(row for rows in plan.values() for row in rows),
            *({"source": one.source} for one in study.proposals.values()),
        ],
    )


def _judged(
    study: Study,
    catalog: Catalog,
    made: Tables,
    fought: Mapping[str, Fought],
    used: Mapping[tuple[str, str], Value],
) -> Tables:
    """Compare the architectures in what was found of them, and say what would turn an order."""
    by_place = {(of, name): b for name, one in fought.items() for of, b in one.by_place.items()}
    compared_on = dict(made)
    compared_on["protection"] = list(protection_rows(by_place, catalog, made["priorities"]))
    compared = comparison_tables(compared_on, seed=study.seed)
    assumed = {(of, name): a for name, one in fought.items() for of, a in one.assumed.items()}
    drawn = drawn_tables(compared_on, assumed, used)
    compared["flips"] += drawn["flips"]
    return compared | {"orders": drawn["orders"], "protection": compared_on["protection"]}


def _together(raids: Sequence[Tables]) -> Tables:
    """Put the tables of all raids together; a place at which several aim is told once."""
    made = {name: [row for one in raids for row in one[name]] for name in raids[0]}
    first: dict[str, dict[str, Any]] = {}
    for row in made["assets"]:
        first.setdefault(row["name"], row)
    return made | {"assets": list(first.values())}


def _used(**users: Mapping[tuple[str, str], Value]) -> list[tuple[Value, str]]:
    """List the values that the run used, each with what used it, in order of name."""
    first: dict[tuple[str, str], Value] = {}
    for of in users.values():
        for key, value in of.items():
            first.setdefault(key, value)
    return [
        (first[key], ", ".join(name for name, of in users.items() if key in of))
        for key in sorted(first)
    ]
