"""What a study's architectures cost: totals, curves, drivers, methods, beside published ones."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Final

from umbo.appraisal.conversion import SCOPES, Scope, estimates, place
from umbo.appraisal.cost import (
    ACQUISITION,
    ArchitectureCost,
    CostModel,
    CostTotal,
    quantiles,
    summed,
    total,
)
from umbo.appraisal.drivers import drivers, variance_shares
from umbo.elements.architecture import Architecture, fiscal_year
from umbo.elements.catalog import Catalog
from umbo.errors import UnknownNameError, suggest
from umbo.study.load import catalog_of, resolve
from umbo.study.schema import Study

Row = dict[str, Any]

METHODS: Final[Mapping[str, str | None]] = {"ours": None, "aei": "aei", "cbo": "cbo2026"}
"""Whose prices and rules cost a study: the view that holds them."""
CURVE: Final = (0.01, *(step / 20.0 for step in range(1, 20)), 0.99)
"""Shares of the draws at which the S-curve is told."""
CURVE_SCOPES: Final[tuple[Scope, ...]] = ("total", "above_baseline", "in_cbo_scope")
DRIVERS_LISTED: Final = 15
METHOD_DRAWS: Final = 256


@dataclass(frozen=True, eq=False)
class Costing:
    """A study's architectures, costed by one model: as estimated, and as past programs grew."""

    study: Study
    model: CostModel
    architectures: Mapping[str, Architecture]
    costs: Mapping[str, ArchitectureCost]
    """As estimated."""
    grown: Mapping[str, ArchitectureCost]
    """With the cost growth of past programs; the same draws."""

    @property
    def baseline(self) -> str:
        """What stands today: the study's first architecture."""
        return next(iter(self.architectures))


def cost_study(
    study: Study, catalog: Catalog, *, method: str | None = None, draws: int = 256
) -> Costing:
    """Cost every architecture of a study.

    Args:
        study: The study.
        catalog: The catalogue, without the study's view.
        method: ``ours``, ``aei`` or ``cbo``; the study's own view where left out.
        draws: Draws over the ranges of all prices, 2 or more.

    Raises:
        UnknownNameError: There is no such method.
        StudyError: Something in the study does not exist or does not add up.
        DomainError: A price is outside the model, or has no dollar year.
    """
    if method is not None:
        study = study.model_copy(update={"view": _view(method)})
    architectures = resolve(study, catalog)
    model = CostModel(
        catalog_of(study, catalog),
        start=fiscal_year(study.horizon.from_),
        years=study.horizon.years,
        dollars_of=study.dollars_of,
        draws=draws,
        seed=study.seed,
    )
    baseline = next(iter(architectures.values()))
    grown = model.grown()
    return Costing(
        study,
        model,
        architectures,
        {name: model.of(stands, baseline) for name, stands in architectures.items()},
        {name: grown.of(stands, baseline) for name, stands in architectures.items()},
    )


def costing_tables(
    costing: Costing,
    catalog: Catalog,
    *,
    only: Sequence[str] = (),
    growth: bool = False,
    compared: str | None = None,
) -> dict[str, list[Row]]:
    """Give the tables of a costing, one a subject.

    Args:
        costing: The costing.
        catalog: The catalogue, without the study's view.
        only: Architectures to tell; all where left out.
        growth: Whether rows, totals and drivers count the cost growth of past programs.
        compared: The architecture that the methods are compared on; the selected one, or the
            last, where left out.

    Raises:
        UnknownNameError: No architecture has such a name.
    """
    names = list(costing.architectures)
    for name in (*only, *([compared] if compared else ())):
        if name not in names:
            raise UnknownNameError(f"no architecture is named {name!r}; {suggest(name, names)}")
    told = [name for name in names if name in only or not only]
    costs = costing.grown if growth else costing.costs
    base = costs[costing.baseline]
    chosen = compared or _chosen(costing.study, told)
    rows = [asdict(row) for name in told for row in costs[name].rows]
    return {
        "cost": rows,
        "cost_total": [row for name in told for row in total_rows(costs[name], base)],
        "cost_beside": [row for name in told for row in _beside(costing, costs, name)],
        "cost_curve": [row for name in told for row in _curve(costing, name)],
        "cost_drivers": [row for name in told for row in _drivers(costing, name, growth=growth)],
        "cost_variance": [row for name in told for row in _variance(costs[name])],
        "cost_payers": [row for name in told for row in _payers(costs[name])],
        "cost_methods": _methods(costing.study, catalog, chosen),
        "published_costs": published_rows(costing.study),
        "cost_gaps": [
            {"architecture": name, "gap": gap} for name in told for gap in costs[name].gaps
        ],
    }


def cited_tables(
    costing: Costing, catalog: Catalog, tables: Mapping[str, Sequence[Row]]
) -> dict[str, list[Row]]:
    """Give every number that the costing used, and every source that it cites."""
    from umbo.study.cited import input_tables

    used = sorted(costing.model.used.items())
    return input_tables(
        [(value, "cost") for _, value in used],
        costing.architectures,
        catalog_of(costing.study, catalog),
        also_cited=[row["source"] for row in tables["published_costs"]],
    )


def total_rows(cost: ArchitectureCost, baseline: ArchitectureCost) -> list[Row]:
    """Give an architecture's sums by scope, each with its own range."""
    scopes = {
        "total": total(cost),
        "above_baseline": total(cost, above=baseline),
        "in_cbo_scope": total(cost, in_cbo_scope=True),
        "outside_cbo_scope": total(cost, in_cbo_scope=False),
        "acquisition": total(cost, phases=ACQUISITION),
    }
    return [_told(cost.architecture, scope, of) for scope, of in scopes.items()]


def _told(architecture: str, scope: str, of: CostTotal) -> Row:
    return {
        "architecture": architecture,
        "scope": scope,
        "low_usd": of.low_usd,
        "mode_usd": of.mode_usd,
        "high_usd": of.high_usd,
        "p50_usd": of.p50_usd,
        "p80_usd": of.p80_usd,
        "dollars_of": of.dollars_of,
    }


def published_rows(study: Study) -> list[Row]:
    """Give each published estimate, in the study's dollars, and why it stands beside or not."""
    rows = []
    for estimate in estimates():
        placed = place(estimate, dollars_of=study.dollars_of, years=study.horizon.years)
        rows.append(
            {
                "id": estimate.id,
                "by": estimate.by,
                "title": estimate.title,
                "published_usd": estimate.usd,
                "published_in_dollars_of": estimate.dollars_of,
                "converted_usd": placed.amount.usd if placed.amount else None,
                "dollars_of": study.dollars_of,
                "years": estimate.years,
                "above": estimate.above,
                "layers": estimate.layers,
                "scope": estimate.scope,
                "comparable": placed.is_comparable,
                "why_not": placed.why_not,
                "source": estimate.source,
                "conf": estimate.conf,
                "note": estimate.note,
            }
        )
    return rows


def _view(method: str) -> str | None:
    if method not in METHODS:
        raise UnknownNameError(f"no method is named {method!r}; {suggest(method, METHODS)}")
    return METHODS[method]


def _chosen(study: Study, names: Sequence[str]) -> str:
    selected = study.selected.architecture if study.selected else None
    return selected if selected is not None and selected in names else names[-1]


def _in_orbit(architecture: Architecture) -> list[str]:
    return [one.use for one in architecture.elements if one.item.category == "space_interceptor"]


def _scope(
    costing: Costing, costs: Mapping[str, ArchitectureCost], name: str, scope: Scope
) -> CostTotal:
    """Sum an architecture in one of the scopes that published estimates count."""
    cost, orbit = costs[name], _in_orbit(costing.architectures[name])
    if scope == "above_baseline":
        return total(cost, above=costs[costing.baseline])
    if scope == "space_interceptors":
        return total(cost, elements=orbit)
    if scope == "in_cbo_scope_but_space":
        others = {row.element for row in cost.rows} - set(orbit)
        return total(cost, in_cbo_scope=True, elements=sorted(others))
    return total(cost, in_cbo_scope=True if scope == "in_cbo_scope" else None)


def _beside(costing: Costing, costs: Mapping[str, ArchitectureCost], name: str) -> list[Row]:
    found = [(scope, _scope(costing, costs, name, scope)) for scope in SCOPES]
    return [_told(name, scope, of) for scope, of in found if of.mode_usd != 0.0]


def _curve(costing: Costing, name: str) -> list[Row]:
    rows = []
    for growth, costs in ((False, costing.costs), (True, costing.grown)):
        for scope in CURVE_SCOPES:
            usd = summed(
                costs[name],
                above=costs[costing.baseline] if scope == "above_baseline" else None,
                in_cbo_scope=True if scope == "in_cbo_scope" else None,
            )
            if not usd.any():
                continue
            rows += [
                {
                    "architecture": name,
                    "scope": scope,
                    "growth": growth,
                    "share_not_exceeded": share,
                    "cost_usd": cost,
                    "dollars_of": costing.model.dollars_of,
                }
                for share, cost in zip(CURVE, quantiles(usd[1:], CURVE), strict=True)
            ]
    return rows


def _drivers(costing: Costing, name: str, *, growth: bool) -> list[Row]:
    model = costing.model.grown() if growth else costing.model
    cost = (costing.grown if growth else costing.costs)[name]
    baseline = costing.architectures[costing.baseline]
    found = drivers(model, costing.architectures[name], cost, baseline)
    return [
        {
            "architecture": name,
            "item": one.value.item,
            "parameter": one.value.parameter,
            "low": one.value.low,
            "mode": one.value.mode,
            "high": one.value.high,
            "unit": one.value.unit,
            "at_low_usd": one.at_low_usd,
            "at_high_usd": one.at_high_usd,
            "swing_usd": one.swing_usd,
            "correlation": one.correlation,
            "dollars_of": model.dollars_of,
            "source": one.value.source,
        }
        for one in found[:DRIVERS_LISTED]
    ]


def _variance(cost: ArchitectureCost) -> list[Row]:
    shares = variance_shares(cost)
    return [
        {"architecture": cost.architecture, "element": element, "share": share}
        for element, share in sorted(shares.items(), key=lambda one: -one[1])
    ]


def _payers(cost: ArchitectureCost) -> list[Row]:
    nations = dict.fromkeys(row.nation for row in cost.rows)
    return [
        {"nation": nation} | _told(cost.architecture, "total", total(cost, nation=nation))
        for nation in nations
    ]


def _methods(study: Study, catalog: Catalog, name: str) -> list[Row]:
    """Cost one architecture by each method."""
    rows = []
    for method in METHODS:
        model_of = study.model_copy(update={"view": _view(method)})
        architectures = resolve(model_of, catalog)
        model = CostModel(
            catalog_of(model_of, catalog),
            start=fiscal_year(study.horizon.from_),
            years=study.horizon.years,
            dollars_of=study.dollars_of,
            draws=METHOD_DRAWS,
            seed=study.seed,
        )
        baseline = next(iter(architectures.values()))
        costs = {one.name: model.of(one, baseline) for one in (baseline, architectures[name])}
        told = total_rows(costs[name], costs[baseline.name])
        if orbit := _in_orbit(architectures[name]):
            layer = total(costs[name], elements=orbit)
            told.append(_told(name, "space_interceptors", layer))
        rows += [{"method": method, **row} for row in told]
    return rows
