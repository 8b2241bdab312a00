"""The page of what a study's shields do to deterrence: the report's part, inputs and sources."""

from pathlib import Path

from umbo import __version__
from umbo.app.report import write_report
from umbo.app.stability import Tables, sentences
from umbo.study.schema import Study


def write_page(path: Path, tables: Tables, study: Study) -> None:
    """Write the page, whole or not at all: the report's part on stability.

    Raises:
        RunError: It cannot be written there.
    """
    from umbo.study.store import whole

    described = study.model_dump(by_alias=True) | {"raids": {}}
    manifest = {"version": __version__, "seed": study.seed, "answer": sentences(tables)}
    with whole(path) as beside:
        write_report(beside, tables, described, manifest, "stability_page.html")
