"""What a run adds in full: Shapley's values, proposals fought, sites, acceleration."""

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from umbo.elements.catalog import Catalog
from umbo.elements.sourced import Value
from umbo.errors import StudyError, UnknownNameError
from umbo.study.load import catalog_of, resolve
from umbo.study.programs import is_sensing, usual_years
from umbo.study.proposals import judged
from umbo.study.schema import Study
from umbo.study.sensing import FIRST_RAID, Wanted, sense
from umbo.study.sensing_worth import worth_tables, worth_years
from umbo.study.siting import MOST_SITES, SITED, siting_tables

Row = dict[str, Any]

JUDGED = ("shapley", "proposal_worth")
"""Tables of ``umbo margins`` that a run does not have of itself."""

SOONER = 1
"""Years by which infrared and transport satellites come earlier."""


@dataclass(frozen=True, eq=False)
class InFull:
    """What takes longer than the rest of what a run judges."""

    tables: dict[str, list[Row]]
    used: dict[tuple[str, str], Value]
    """The values that were read."""
    cited: list[str]
    """Sources of places."""


def full_tables(
    study: Study,
    catalog: Catalog,
    raids: Sequence[str],
    *,
    tell: Callable[[float, str], None] = lambda _share, _what: None,
) -> InFull:
    """Make the tables of ``umbo margins``, ``siting`` and ``sensors``, as made by default.

    Args:
        study: The study.
        catalog: The bundled catalogue.
        raids: Names of the raids; sites are chosen against the first.
        tell: Told how far the work is.

    Returns:
        ``shapley``, ``proposal_worth`` and the tables of ``siting_tables``; without the latter
        where no architecture has the interceptor, or the raid reaches no place at home. And the
        tables of ``sense`` for a program a year faster, without draws over ranges.
    """
    made = judged(study, catalog, raids, tell=lambda share, what: tell(0.5 * share, what))
    tables = {name: made[name] for name in JUDGED}
    rows, cited = list(made["inputs"]), []
    tell(0.5, "choosing sites")
    try:
        architecture = list(study.architectures)[-1]
        sited = siting_tables(study, catalog, SITED, raids[0], architecture, MOST_SITES)
    except (StudyError, UnknownNameError):
        pass
    else:
        rows += sited.pop("inputs")
        cited = [row["id"] for row in sited.pop("sources")]
        tables |= {name: of for name, of in sited.items() if name.startswith("siting")}
    seen = _seen(study, catalog, raids, lambda share, what: tell(0.55 + 0.45 * share, what))
    rows += seen.pop("inputs", [])
    tables |= {name: of for name, of in seen.items() if of}
    return InFull(tables, _used(rows, catalog_of(study, catalog)), cited)


def _seen(
    study: Study, catalog: Catalog, raids: Sequence[str], tell: Callable[[float, str], None]
) -> dict[str, list[Row]]:
    """Say what the layer sees of one raid and is worth in all; nothing without satellites."""
    standing = resolve(study, catalog).values()
    if not any(is_sensing(one.item) for each in standing for one in each.elements):
        return {}
    looked_at = [name for name in FIRST_RAID if name in raids] or list(raids)[:1]
    wanted = Wanted(raids=tuple(looked_at), earlier=SOONER, draws=0, leakage=False)
    seen = sense(study, catalog, wanted, lambda share, what: tell(0.3 * share, what))
    years = worth_years(study, usual_years(study, catalog))
    return seen | worth_tables(
        study,
        catalog,
        raids=raids,
        years=years,
        sooner=SOONER,
        tell=lambda share, what: tell(0.3 + 0.7 * share, what),
    )


def _used(rows: Sequence[Row], catalog: Catalog) -> dict[tuple[str, str], Value]:
    """Find the values of rows of ``inputs``; those that a study writes are a run's anyhow."""
    used = {}
    for key in sorted({(row["item"], row["parameter"]) for row in rows}):
        with suppress(UnknownNameError):
            used[key] = catalog.value(*key)
    return used
