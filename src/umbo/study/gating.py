"""What authorities cost a study's architectures, as tables."""

from datetime import date
from typing import Any, Final

from umbo.appraisal.authorities import Gated, Span, gate
from umbo.appraisal.cost import CostModel
from umbo.appraisal.gates import GateDates
from umbo.elements.architecture import fiscal_year
from umbo.elements.catalog import Catalog
from umbo.elements.register import MONTHS_A_YEAR, load_register
from umbo.elements.sourced import Value
from umbo.study.load import catalog_of, resolve
from umbo.study.schema import Study
from umbo.study.standing import sought_from

Row = dict[str, Any]
Tables = dict[str, list[Row]]

DELAY_SHARE: Final = ("cost_model", "delay_cost_share")
"""The value that says what a year of waiting costs."""


def delay_share(catalog: Catalog) -> dict[tuple[str, str], Value]:
    """Give the value that the dollars of a delay rest on, by item and parameter."""
    return {DELAY_SHARE: catalog.value(*DELAY_SHARE)}


def authority_tables(
    study: Study,
    catalog: Catalog,
    *,
    start: date | None = None,
    at_once: bool = False,
) -> Tables:
    """Say what authorities cost each architecture of a study, in days and dollars.

    The study's years are taken as written, also where it asks for ``authorities: gate``.

    Args:
        study: The study.
        catalog: The catalogue, without the study's view.
        start: Day on which authorities are sought; the first of the study's horizon if left out.
        at_once: Whether elements stand as soon as they can, in place of the study's years.

    Returns:
        ``authorities`` (a row for each architecture and authority that gates any of its
        elements), ``gates`` (for each architecture and element that waits for any) and
        ``gates_total`` (for each architecture).
    """
    listed = study.model_copy(update={"authorities": "listed", "fielding": "written"})
    listed = listed.with_origin(study.origin)
    architectures = resolve(listed, catalog)
    viewed = catalog_of(study, catalog)
    model = CostModel(
        viewed,
        start=fiscal_year(study.horizon.from_),
        years=study.horizon.years,
        dollars_of=study.dollars_of,
        seed=study.seed,
    )
    baseline = next(iter(architectures.values()))
    tables: Tables = {"authorities": [], "gates": [], "gates_total": []}
    for name, architecture in architectures.items():
        found = gate(
            architecture,
            load_register(),
            start or sought_from(study),
            model.of(architecture, baseline),
            delay_share(viewed)[DELAY_SHARE],
            standing=baseline,
            at_once=at_once,
            seed=study.seed,
        )
        key = {"architecture": name}
        tables["authorities"] += [key | row for row in _authorities(found)]
        tables["gates"] += [key | row for row in _gates(found)]
        tables["gates_total"].append(
            key
            | {
                "planned": found.planned.isoformat(),
                **_days("stands", found.whole),
                **_span("delay_usd", found.delay_usd),
            }
        )
    return tables


def _authorities(found: Gated) -> list[Row]:
    register = load_register()
    rows = []
    for one in found.authorities:
        of = register[one.authority]
        rows.append(
            {
                "authority": one.authority,
                "name": of.name,
                "kind": of.kind,
                "owner": of.owner,
                "status": of.status,
                "stage": of.stage,
                "lead_low_months": of.lead_time.low * MONTHS_A_YEAR,
                "lead_months": of.lead_time.mode * MONTHS_A_YEAR,
                "lead_high_months": of.lead_time.high * MONTHS_A_YEAR,
                "lead_conf": of.lead_time.conf,
                "elements": " ".join(one.elements),
                "delayed": " ".join(one.delayed),
                "most_days": one.most_days,
                "most_delayed": one.most_delayed,
                "whole_days": one.whole_days,
                **_span("delay_usd", one.usd),
                "days_bought": one.days_bought,
                "bought_usd": one.usd_bought,
                "expedite": of.expedite,
                "source": " ".join(
                    dict.fromkeys([*of.source.split(), *of.lead_time.source.split()])
                ),
                "note": of.note,
            }
        )
    return rows


def _gates(found: Gated) -> list[Row]:
    return [
        {
            "element": one.use,
            "count": one.count,
            "in_service": one.in_service,
            "gated": one.gated,
            "is_begun": one.is_begun,
            "building_years": one.building_years,
            **_days("stands", one.fielded),
            **_span("delay_days", one.delay_days),
            **_span("delay_usd", one.delay_usd),
            "binding": one.binding,
            "needs": " ".join(one.needs),
        }
        for one in found.elements
    ]


def _days(name: str, dates: GateDates) -> Row:
    return {
        f"{name}_p05": dates.low.isoformat(),
        name: dates.mode.isoformat(),
        f"{name}_p95": dates.high.isoformat(),
    }


def _span(name: str, span: Span) -> Row:
    stem, _, unit = name.rpartition("_")
    return {
        f"{stem}_mode_{unit}": span.mode,
        f"{stem}_mean_{unit}": span.mean,
        f"{stem}_low_{unit}": span.low,
        f"{stem}_high_{unit}": span.high,
    }


def register_rows() -> list[Row]:
    """Give the register of authorities, a row each."""
    return [
        {
            "authority": one.id,
            "name": one.name,
            "kind": one.kind,
            "citation": one.citation,
            "governs": one.governs,
            "elements": " ".join(one.elements),
            "only_where": one.only_where,
            "stage": one.stage,
            "owner": one.owner,
            "lead_low_months": one.lead_time.low * MONTHS_A_YEAR,
            "lead_months": one.lead_time.mode * MONTHS_A_YEAR,
            "lead_high_months": one.lead_time.high * MONTHS_A_YEAR,
            "lead_source": one.lead_time.source,
            "lead_conf": one.lead_time.conf,
            "lead_note": one.lead_time.note,
            "status": one.status,
            "status_conf": one.status_conf,
            "expedite": one.expedite,
            "expedite_conf": one.expedite_conf,
            "source": one.source,
            "conf": one.conf,
            "note": one.note,
        }
        for one in load_register().values()
    ]
