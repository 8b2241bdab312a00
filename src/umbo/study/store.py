"""Run folders: everything needed to believe a run and to repeat it.

A folder is written beside its place and then renamed, so it is whole or not there. Tables are
Parquet, byte for byte the same for the same rows; what differs from machine to machine (times,
cores) stands in ``manifest.json`` alone.
"""

import errno
import hashlib
import json
import os
import platform
import re
import shutil
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any, Final

from umbo.errors import RunError

Row = Mapping[str, Any]
Tables = Mapping[str, Sequence[Row]]

FORMAT: Final = 1
"""Version of the folder's layout."""

_IDENTIFIER: Final = re.compile(r"[a-z][a-z0-9_]{0,59}")
_TYPES: Final = {bool: "BOOLEAN", int: "BIGINT", float: "DOUBLE", str: "VARCHAR"}


@dataclass(frozen=True, slots=True)
class Run:
    """A run as read back from its folder."""

    tables: dict[str, list[dict[str, Any]]]
    manifest: dict[str, Any]
    study_yaml: str


def digest_of(study_yaml: str, data_digest: str, version: str) -> str:
    """Give the digest that names a run: of the resolved study, the data and the code version.

    Example:
        >>> digest_of("umbo: 1", "0123", "0.1.0")[:8]
        '531152fe'
    """
    parts = (study_yaml, data_digest, version)
    framed = b"".join(len(part.encode()).to_bytes(8, "big") + part.encode() for part in parts)
    return hashlib.sha256(framed).hexdigest()


def run_name(digest: str) -> str:
    """Give a run folder's name: the first twelve digits of its digest."""
    return digest[:12]


def data_digest() -> str:
    """Give the digest of every table, view and source that comes with the package."""
    digest = hashlib.sha256()
    root = Path(str(files("umbo.data")))
    for path in sorted(root.rglob("*")):
        if (
            path.suffix in {".csv", ".yaml", ".json", ".toml", ".geojson"}
            and "studies" not in path.parts
        ):
            content = path.read_bytes()
            name = path.relative_to(root).as_posix()
            digest.update(f"{name}\0{len(content)}\0".encode() + content)
    return digest.hexdigest()


def machine() -> dict[str, Any]:
    """Describe this machine, for the manifest."""
    return {
        "system": platform.system(),
        "machine": platform.machine(),
        "python": platform.python_version(),
        "cores": os.cpu_count() or 1,
    }


def write_run(
    folder: str | Path,
    tables: Tables,
    study_yaml: str,
    manifest: Mapping[str, Any],
    extra: Mapping[str, bytes | str] | None = None,
) -> Path:
    """Write a run folder, whole or not at all; one that stands there is replaced.

    Args:
        folder: Where the run folder is to stand.
        tables: Rows by table; the first row's order of columns is the table's.
        study_yaml: The study as resolved.
        manifest: Version, seed, digests, machine, timings; anything that JSON can hold.
        extra: Further files, such as ``report.html``, by name.

    Returns:
        The folder.

    Raises:
        RunError: The folder cannot be written, or a table is not one.
    """
    target = Path(folder)
    refuse_other(target)
    with told(target):
        target.parent.mkdir(parents=True, exist_ok=True)
        aside = Path(tempfile.mkdtemp(prefix=f".{target.name}.", dir=target.parent))
        try:
            write_tables(aside, tables)
            (aside / "study.yaml").write_text(study_yaml, encoding="utf-8", newline="\n")
            for name, content in (extra or {}).items():
                data = content.encode() if isinstance(content, str) else content
                (aside / _file_name(name)).write_bytes(data)
            whole = {"format": FORMAT, **manifest, "files": _digests(aside)}
            text = json.dumps(whole, indent=2, allow_nan=False, ensure_ascii=False)
            (aside / "manifest.json").write_text(text + "\n", encoding="utf-8", newline="\n")
            aside.chmod(0o755)
            _put(aside, target)
        finally:
            shutil.rmtree(aside, ignore_errors=True)
    return target


def refuse_other(folder: str | Path) -> None:
    """Refuse to put a run where something else stands, or where no folder can be.

    Raises:
        RunError: A file or another folder stands there, or above it.
    """
    target = Path(folder)
    with told(target):
        other = target.is_file() or (target.is_dir() and not _is_run(target))
        if other and (target.is_file() or any(target.iterdir())):
            raise RunError(
                f"{target}: stands there and is not a run folder; "
                "give another name, or move it away"
            )
        above = next(one for one in target.absolute().parents if one.exists())
        if not above.is_dir():
            raise NotADirectoryError(errno.ENOTDIR, "a part of the path is a file")
        if not os.access(above, os.W_OK):
            raise PermissionError(errno.EACCES, "no right to write")


def read_run(folder: str | Path) -> Run:
    """Read a run folder, and check that every file in it is as it was written.

    Raises:
        RunError: The folder is missing or damaged.
    """
    target = Path(folder)
    if not target.is_dir():
        raise RunError(f"{target}: there is no run folder; run the study, or correct the path")
    manifest = read_manifest(target)
    with told(target, "read"):
        now = _digests(target)
        for name, digest in manifest["files"].items():
            if now.get(name) != digest:
                what = "was changed after the run" if name in now else "is missing"
                raise _damaged(target, f"{name} {what}")
        names = sorted(name for name in manifest["files"] if name.endswith(".parquet"))
        tables = _read_tables(target, names)
        study_yaml = (target / "study.yaml").read_text(encoding="utf-8")
    return Run(tables, manifest, study_yaml)


def read_manifest(folder: str | Path) -> dict[str, Any]:
    """Read a run's manifest alone.

    Raises:
        RunError: The manifest is missing or damaged.
    """
    target = Path(folder)
    try:
        manifest = json.loads((target / "manifest.json").read_text(encoding="utf-8"))
        files = manifest["files"]
        sound = isinstance(files, dict) and "study.yaml" in files
    except FileNotFoundError:
        raise _damaged(target, "manifest.json is missing") from None
    except OSError as error:
        raise RunError(f"{target}: cannot be read ({error.strerror}); check its rights") from None
    except (ValueError, KeyError, TypeError):
        raise _damaged(target, "manifest.json is not readable") from None
    if not sound:
        raise _damaged(target, "manifest.json is not complete")
    if manifest.get("format") != FORMAT:
        raise RunError(
            f"{target}: is of format {manifest.get('format')}, and this version reads {FORMAT}; "
            "run the study again"
        )
    return dict(manifest)


def _damaged(target: Path, what: str) -> RunError:
    return RunError(f"{target}: not a whole run folder: {what}; run the study again")


def _is_run(target: Path) -> bool:
    return (target / "manifest.json").is_file() and (target / "study.yaml").is_file()


def _put(aside: Path, target: Path) -> None:
    """Rename the new folder into place; what stood there goes only when the new one stands."""
    if not target.exists():
        aside.rename(target)
        return
    old = Path(tempfile.mkdtemp(prefix=f".{target.name}.old.", dir=target.parent))
    try:
        target.rename(old / "run")
        aside.rename(target)
    finally:
        if (old / "run").exists() and not target.exists():
            (old / "run").rename(target)
        shutil.rmtree(old, ignore_errors=True)


def _identifier(name: str) -> str:
    if not _IDENTIFIER.fullmatch(name):
        raise RunError(f"{name!r} is no name for a table or column; use small letters, digits, _")
    return name


def _file_name(name: str) -> str:
    if not re.fullmatch(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,99}", name) or name == "manifest.json":
        raise RunError(f"{name!r} is no name for a file of a run; use letters, digits, . _ -")
    return name


def _digests(folder: Path) -> dict[str, str]:
    return {
        path.name: hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.iterdir())
        if path.is_file() and path.name != "manifest.json"
    }


def _columns(name: str, rows: Sequence[Row]) -> dict[str, tuple[str, list[Any]]]:
    """Give the columns of a table with their types, as the values have them, and the values."""
    if not rows:
        return {"none": ("BOOLEAN", [])}
    columns: dict[str, tuple[str, list[Any]]] = {}
    for column in rows[0]:
        values = [row.get(column) for row in rows]
        if any(hasattr(kind, "item") for kind in set(map(type, values))):
            values = [_plain(value) for value in values]
        kinds = set(map(type, values)) - {type(None)}
        if kinds == {int, float}:
            kinds = {float}
        if len(kinds) > 1 or not kinds <= set(_TYPES):
            shown = ", ".join(sorted(kind.__name__ for kind in kinds))
            raise RunError(
                f"table {name}, column {column}: holds {shown}; a column is text, whole numbers, "
                "numbers or true and false"
            )
        columns[_identifier(column)] = _TYPES[kinds.pop()] if kinds else "DOUBLE", values
    for row in rows:
        if row.keys() != rows[0].keys():
            odd = sorted(set(row) ^ set(rows[0]))
            raise RunError(f"table {name}: rows differ in the columns {', '.join(odd)}")
    return columns


def write_tables(folder: Path, tables: Tables) -> None:
    """Write each table as a Parquet file into a folder that stands.

    Raises:
        RunError: A table is not one.
    """
    import duckdb

    with duckdb.connect(":memory:") as connection:
        for name, rows in tables.items():
            columns = _columns(_identifier(name), rows)
            kinds = [f'unnest(?::{kind}[]) AS "{one}"' for one, (kind, _) in columns.items()]
            file = str(folder / f"{name}.parquet").replace("'", "''")
            connection.execute(
                f"COPY (SELECT {', '.join(kinds)}) TO '{file}' (FORMAT parquet, COMPRESSION zstd)",
                [values for _, values in columns.values()],
            )


def _read_tables(folder: Path, files: Sequence[str]) -> dict[str, list[dict[str, Any]]]:
    import duckdb

    tables = {}
    with duckdb.connect(":memory:") as connection:
        for file in files:
            found = connection.execute("SELECT * FROM read_parquet(?)", [str(folder / file)])
            names = [column[0] for column in found.description or []]
            rows = [dict(zip(names, row, strict=True)) for row in found.fetchall()]
            tables[file.removesuffix(".parquet")] = rows
    return tables


def _plain(value: Any) -> Any:
    """Turn a numpy scalar into Python's own."""
    return value.item() if hasattr(value, "item") else value


@contextmanager
def whole(target: Path) -> Iterator[Path]:
    """Give a file beside the target to write, which takes its place once it is whole.

    Raises:
        RunError: It cannot be written there.
    """
    beside = target.with_name(f".{target.name}.part")
    with told(target):
        try:
            yield beside
            beside.replace(target)
        finally:
            beside.unlink(missing_ok=True)


@contextmanager
def told(target: Path, verb: str = "written") -> Iterator[None]:
    """Tell what the operating system or DuckDB refuses in plain words."""
    import duckdb

    try:
        yield
    except OSError as error:
        reasons = {
            errno.ENOSPC: "the disk is full; make room, or give another folder with --out",
            errno.EDQUOT: "your quota is used up; make room, or give another folder with --out",
            errno.EROFS: "the disk is read-only; give another folder with --out",
            errno.EACCES: "you may not; give another folder with --out, or change its rights",
            errno.EPERM: "you may not; give another folder with --out, or change its rights",
            errno.EEXIST: "a part of the path is a file; give another folder with --out",
            errno.ENOTDIR: "a part of the path is a file; give another folder with --out",
        }
        reason = reasons.get(error.errno or 0, f"{error.strerror or error}; try another folder")
        raise RunError(f"{target}: cannot be {verb}: {reason}") from None
    except duckdb.Error as error:
        first = str(error).splitlines()[0]
        full = "No space left" in first
        advice = "the disk is full; make room" if full else f"{first}; run the study again"
        raise RunError(f"{target}: cannot be {verb}: {advice}") from None
