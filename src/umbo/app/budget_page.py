"""The page of a budget: the report's part on it, by year and element, with inputs and tables."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from umbo import __version__
from umbo.app.budgeting import WARNED, answer
from umbo.app.report import write_report
from umbo.study.schema import Study


def write_page(path: Path, tables: Mapping[str, Sequence[dict[str, Any]]], study: Study) -> None:
    """Write the page, whole or not at all.

    Raises:
        RunError: It cannot be written there.
    """
    from umbo.study.store import whole

    described = study.model_dump(by_alias=True)
    described["raids"] = {}
    manifest = {
        "version": __version__,
        "seed": study.seed,
        "answer": "\n".join(answer(tables)),
        "warned": WARNED,
    }
    with whole(path) as beside:
        write_report(beside, tables, described, manifest, "budget_page.html")
