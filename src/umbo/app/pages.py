"""A page of its own for one answer of a study: a part of the report, with inputs and sources."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from umbo import __version__
from umbo.app.report import write_report
from umbo.study.schema import Study


def write_page(
    path: Path,
    tables: Mapping[str, Sequence[dict[str, Any]]],
    study: Study,
    template: str,
    answer: str,
    **manifest: Any,
) -> None:
    """Write the page, whole or not at all.

    Args:
        path: File to write.
        tables: Rows by table.
        study: The study.
        template: The page's template.
        answer: The answer in a sentence or two.
        **manifest: What else the template asks for.

    Raises:
        RunError: It cannot be written there.
    """
    from umbo.study.store import whole

    described = study.model_dump(by_alias=True)
    about = {"version": __version__, "seed": study.seed, "answer": answer, **manifest}
    with whole(path) as beside:
        write_report(beside, tables, described, about, template)
