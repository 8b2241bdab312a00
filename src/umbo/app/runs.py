"""Write a result as a run folder with its report, and make a report again from a folder."""

import hashlib
import tempfile
from collections.abc import Mapping, Sequence
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from umbo import __version__

if TYPE_CHECKING:
    from umbo.study.run import Result
    from umbo.study.schema import Study


def write(result: "Result", folder: Path | None = None) -> Path:
    """Write a run folder whole: study, manifest, tables and report.

    Args:
        result: What ``run`` gave.
        folder: The folder itself; ``runs/NAME`` below the current one where left out, NAME
            being the digest of study, data and code.

    Returns:
        The folder.
    """
    from umbo.study.load import resolved_yaml
    from umbo.study.store import data_digest, digest_of, machine, run_name, write_run

    study_yaml = resolved_yaml(result.study)
    data, code = data_digest(), _code_digest(files("umbo"))
    fought = "\n".join(dict.fromkeys(row["raid"] for row in result.tables["leakage"]))
    kind = " in full" if "shapley" in result.tables else ""
    kind += "" if "margins" in result.tables else " in brief"
    digest = digest_of(f"{study_yaml}\n{fought}\n{result.draws}{kind}", data, code)
    manifest = {
        "version": __version__,
        "seed": result.study.seed,
        "replications": result.study.replications,
        "phases": result.study.phases,
        "draws": result.draws,
        "digest": digest,
        "data_digest": data,
        "code_digest": code,
        "machine": machine(),
        "timings_s": {name: round(seconds, 3) for name, seconds in result.timings_s.items()},
    }
    page = _page(result.tables, result.study, manifest)
    return write_run(
        folder or Path("runs") / run_name(digest),
        result.tables,
        study_yaml,
        manifest,
        {"report.html": page},
    )


def report(result: "Result", path: str | Path) -> Path:
    """Write the report of a result as one self-contained HTML file.

    Args:
        result: What ``umbo.run`` gave.
        path: Where to write it.

    Returns:
        The path.
    """
    from umbo.app.report import write_report

    manifest = {"version": __version__, "seed": result.study.seed}
    write_report(path, result.tables, _described(result.study, result.tables), manifest)
    return Path(path)


def report_again(folder: Path, path: Path) -> Path:
    """Write the report of a run folder again.

    Args:
        folder: A run folder.
        path: Where to write the report.

    Returns:
        The path.

    Raises:
        RunError: The folder is missing or damaged, or the report cannot be written there.
    """
    from umbo.app.report import write_report
    from umbo.study.load import read_study
    from umbo.study.store import read_run, told

    run = read_run(folder)
    study = read_study(run.study_yaml, str(folder / "study.yaml"))
    with told(path):
        write_report(path, run.tables, _described(study, run.tables), run.manifest)
    return path


def _described(study: "Study", tables: Mapping[str, Sequence[dict[str, Any]]]) -> dict[str, Any]:
    """Describe a study for the report, with the raids that were fought."""
    described = study.model_dump(by_alias=True)
    fought = {row["raid"] for row in tables["leakage"]}
    described["raids"] = {
        name: launches for name, launches in described["raids"].items() if name in fought
    }
    return described


def _page(
    tables: Mapping[str, list[dict[str, Any]]], study: "Study", manifest: dict[str, Any]
) -> bytes:
    from umbo.app.report import write_report

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "report.html"
        write_report(path, tables, _described(study, tables), manifest)
        return path.read_bytes()


def _code_digest(package: Traversable) -> str:
    """Give a digest of all code of the package, by path and content."""
    digest = hashlib.sha256()

    def add(inside: Traversable, path: str) -> None:
        for entry in sorted(inside.iterdir(), key=lambda entry: entry.name):
            if entry.is_dir():
                add(entry, f"{path}{entry.name}/")
            elif entry.name.endswith(".py"):
                digest.update(f"{path}{entry.name}\0".encode() + entry.read_bytes())

    add(package, "")
    return digest.hexdigest()[:16]
