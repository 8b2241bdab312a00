"""The page of a study's cost: the report's part on cost, with inputs, sources and tables."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from umbo import __version__
from umbo.app.costing import answer
from umbo.app.report import write_report
from umbo.study.schema import Study


def write_page(path: Path, tables: Mapping[str, Sequence[dict[str, Any]]], study: Study) -> None:
    """Write the page, whole or not at all.

    Raises:
        RunError: It cannot be written there.
    """
    from umbo.study.store import whole

    names = dict.fromkeys(row["architecture"] for row in tables["cost_total"])
    described = study.model_dump(by_alias=True)
    described["architectures"] = {name: described["architectures"][name] for name in names}
    described["raids"] = {}
    manifest = {
        "version": __version__,
        "seed": study.seed,
        "answer": answer(tables, study.horizon.years),
    }
    with whole(path) as beside:
        write_report(beside, tables, described, manifest, "cost_page.html")
