"""The files into which a budget, or a cost, is written."""

import csv as comma_separated
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from umbo.errors import StudyError
from umbo.study.schema import Study

Row = dict[str, Any]
Tables = Mapping[str, Sequence[Row]]


def refuse_suffix(path: Path, suffix: str) -> None:
    """Refuse a file of a kind that is not made.

    Raises:
        StudyError: Its name does not end as it must.
    """
    if path.suffix != suffix:
        raise StudyError(f"{path}: it is written as {suffix}; end its name so")


def write(
    tables: Tables,
    study: Study,
    *,
    xlsx: Path | None = None,
    csv: Path | None = None,
    parquet: Path | None = None,
    out: Path | None = None,
) -> list[Path]:
    """Write a budget in the forms that are asked for.

    Returns:
        What was written.

    Raises:
        RunError: A place cannot be written to.
    """
    # Read where they are asked for: what writes pages and workbooks takes a while to load.
    if xlsx is not None:
        from umbo.app.workbook import write_workbook

        write_workbook(xlsx, tables, study.title)
    if out is not None:
        from umbo.app.budget_page import write_page

        write_page(out, tables, study)
    written = write_tables_to(tables, csv=csv, parquet=parquet)
    return [path for path in (xlsx, out) if path is not None] + written


def write_tables_to(
    tables: Tables, *, csv: Path | None = None, parquet: Path | None = None
) -> list[Path]:
    """Write every table into a folder, in the forms that are asked for.

    Returns:
        The folders that were written.

    Raises:
        RunError: A place cannot be written to.
    """
    if csv is not None:
        write_csv(csv, tables)
    if parquet is not None:
        write_parquet(parquet, tables)
    return [folder for folder in (csv, parquet) if folder is not None]


def write_csv(folder: Path, tables: Tables) -> None:
    """Write each table as CSV into a folder.

    Raises:
        RunError: It cannot be written there.
    """
    from umbo.study.store import told as telling

    with telling(folder):
        folder.mkdir(parents=True, exist_ok=True)
        for name, rows in tables.items():
            beside = folder / f".{name}.csv.part"
            with beside.open("w", newline="", encoding="utf-8") as stream:
                if rows:
                    writer = comma_separated.DictWriter(stream, fieldnames=list(rows[0]))
                    writer.writeheader()
                    writer.writerows(rows)
            beside.replace(folder / f"{name}.csv")


def write_parquet(folder: Path, tables: Tables) -> None:
    """Write each table as Parquet into a folder.

    Raises:
        RunError: It cannot be written there.
    """
    from umbo.study.store import told as telling
    from umbo.study.store import write_tables

    with telling(folder):
        folder.mkdir(parents=True, exist_ok=True)
        write_tables(folder, tables)
