"""Write a result as a run folder with its report, and make a report again from a folder."""

import platform
from pathlib import Path
from typing import TYPE_CHECKING, Any

from umbo import __version__

if TYPE_CHECKING:
    from umbo.study.run import Result


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
    from umbo.study.store import data_digest, digest_of, run_name, write_run

    study_yaml = resolved_yaml(result.study)
    data = data_digest()
    digest = digest_of(study_yaml, data, __version__)
    where = folder or Path("runs") / run_name(digest)
    manifest = {
        "version": __version__,
        "seed": result.study.seed,
        "replications": result.study.replications,
        "phases": result.study.phases,
        "digest": digest,
        "data_digest": data,
        "machine": f"{platform.system()} {platform.machine()}, Python "
        f"{platform.python_version()}",
        "timings_s": {name: round(seconds, 3) for name, seconds in result.timings_s.items()},
    }

    def add_report(inside: Path) -> None:
        _report(inside / "report.html", result, manifest)

    return write_run(where, result.tables, study_yaml, manifest, add_report)


def report(result: "Result", path: str | Path) -> Path:
    """Write the report of a result as one self-contained HTML file.

    Args:
        result: What ``umbo.run`` gave.
        path: Where to write it.

    Returns:
        The path.
    """
    manifest = {"version": __version__, "seed": result.study.seed}
    _report(Path(path), result, manifest)
    return Path(path)


def _report(path: Path, result: "Result", manifest: dict[str, Any]) -> None:
    from umbo.app.report import write_report

    write_report(path, result.tables, result.study.model_dump(), manifest)
