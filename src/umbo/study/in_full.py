"""What a run adds where it is asked for in full: Shapley's values, proposals fought, sites."""

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from umbo.elements.catalog import Catalog
from umbo.elements.sourced import Value
from umbo.errors import StudyError, UnknownNameError
from umbo.study.load import catalog_of
from umbo.study.proposals import judged
from umbo.study.schema import Study
from umbo.study.siting import MOST_SITES, SITED, siting_tables

Row = dict[str, Any]

JUDGED = ("shapley", "proposal_worth")
"""Tables of ``umbo margins`` that a run does not have of itself."""


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
    """Make the tables of ``umbo margins`` and of ``umbo siting``, as they are made by default.

    Args:
        study: The study.
        catalog: The bundled catalogue.
        raids: Names of the raids; sites are chosen against the first.
        tell: Told how far the work is.

    Returns:
        ``shapley``, ``proposal_worth`` and the tables of ``siting_tables``; without the latter
        where no architecture has the interceptor, or the raid reaches no place at home.
    """
    made = judged(study, catalog, raids, tell=tell)
    tables = {name: made[name] for name in JUDGED}
    rows, cited = list(made["inputs"]), []
    tell(0.9, "choosing sites")
    try:
        architecture = list(study.architectures)[-1]
        sited = siting_tables(study, catalog, SITED, raids[0], architecture, MOST_SITES)
    except (StudyError, UnknownNameError):
        pass
    else:
        rows += sited.pop("inputs")
        cited = [row["id"] for row in sited.pop("sources")]
        tables |= {name: of for name, of in sited.items() if name.startswith("siting")}
    return InFull(tables, _used(rows, catalog_of(study, catalog)), cited)


def _used(rows: Sequence[Row], catalog: Catalog) -> dict[tuple[str, str], Value]:
    """Find the values of rows of ``inputs``; those that a study writes are a run's anyhow."""
    used = {}
    for key in sorted({(row["item"], row["parameter"]) for row in rows}):
        with suppress(UnknownNameError):
            used[key] = catalog.value(*key)
    return used
