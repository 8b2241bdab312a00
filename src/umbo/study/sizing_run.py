"""What a run's folder and report hold of the sizing of interceptors in orbit."""

from collections.abc import Collection
from typing import Any, Final

from umbo.appraisal.sizing_search import TRIES
from umbo.elements.catalog import Catalog
from umbo.errors import DomainError, StudyError
from umbo.study.load import resolve
from umbo.study.schema import Study
from umbo.study.shortfall_tables import shortfall_tables
from umbo.study.sizing import RAIDS, size
from umbo.study.sizing_posed import question_like, question_of

Row = dict[str, Any]

PUBLISHED: Final = "cbo2026"
"""The published number that stands beside the study's own question."""
LEFT_TO_THE_COMMAND: Final = ("sensitivity", "map")
"""Tables that take longest; ``umbo size`` makes them."""
DRAWS: Final = 8


def sizing_tables(
    study: Study, catalog: Catalog, raids: Collection[str] | None = None
) -> dict[str, list[Row]]:
    """Size for a study's question and for a published one, its rows told apart by ``preset``.

    Nothing where no architecture has interceptors in orbit, no missile has a boost, or none of at
    most 100,000 interceptors is enough.

    Args:
        study: The study.
        catalog: The catalogue, without the study's view.
        raids: Raids whose shortfall is told; those that the study fights where left out.

    Returns:
        The tables of ``size`` but curves and map, each named ``sizing_`` and its name, and the
        two tables of ``shortfall_tables``.
    """
    elements = [one for a in resolve(study, catalog).values() for one in a.elements]
    if not any(one.item.layer == "boost" and one.constellation is not None for one in elements):
        return {}
    tables: dict[str, list[Row]] = {}
    for preset, published in (("default", ""), (PUBLISHED, PUBLISHED)):
        try:
            question = question_like(published) if published else question_of(study, catalog)
            made = size(
                question,
                catalog,
                study=study,
                published=published,
                draws=DRAWS,
                tries=TRIES,
                but=(*LEFT_TO_THE_COMMAND, RAIDS),
            )
        except (DomainError, StudyError):
            continue
        for name, rows in made.items():
            tables.setdefault(f"sizing_{name}", []).extend(
                {"preset": preset, **row} for row in rows
            )
    tables |= shortfall_tables(study, catalog, study.fought if raids is None else raids)
    return {name: _level(rows) for name, rows in tables.items()}


def _level(rows: list[Row]) -> list[Row]:
    """Give every row all columns, so that they can be stored."""
    columns = dict.fromkeys(column for row in rows for column in row)
    return [{column: row.get(column) for column in columns} for row in rows]
