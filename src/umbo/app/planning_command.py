"""What `umbo plan` and `umbo authorities` do: gather the tables, print them, write files."""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any, Final

from umbo.app import authorities, planning
from umbo.errors import RunError, StudyError, UnknownNameError, suggest

Row = dict[str, Any]
Print = Callable[[dict[str, list[Row]]], None]
_DOCUMENT: Final = ".json"
_STATES: Final = ("missing", "to be run", "partly held", "held")
"""How much evidence there is of a task, the least first."""


def show_plan(
    where: str,
    as_of: str,
    late: Sequence[str],
    runs: Sequence[Path],
    ics: Path | None,
    html: Path | None,
    *,
    commands: Sequence[str],
    print_tables: Print | None,
) -> Iterator[str]:
    """Show a plan; gives a line for each file written."""
    from umbo.study.planning import answer_rows, evidence, load_plan, plan_tables

    planning.refuse_suffix(ics, ".ics")
    planning.refuse_suffix(html, ".html")
    plan = load_plan(where)
    day = planning.read_day(as_of) if as_of else date.today()
    tables = plan_tables(plan, day, late=planning.read_late(late, list(plan.tasks)))
    study = "reference" if where.endswith((".yaml", ".yml")) and _is_own(where) else where
    found = [evidence(plan, study, commands)]
    for one in runs:
        held = evidence(plan, study, commands, _rows_of(one), str(one))
        found.append([_linked(row, one) for row in held])
    tables["evidence"] = [max(rows, key=_worth) for rows in zip(*found, strict=True)]
    tables["answers"] = answer_rows(commands)
    if print_tables:
        print_tables(tables)
    else:
        planning.print_plan(tables)
    if ics is not None:
        from umbo.app.calendar_file import calendar_text

        planning.write_text(ics, calendar_text(tables))
        yield f"Calendar: {ics}"
    if html is not None:
        from umbo.app.planning_page import plan_page

        planning.write_text(html, plan_page(tables, html))
        yield f"Page: {html}"


def _is_own(where: str) -> bool:
    from umbo.study.load import text_of
    from umbo.study.planning import is_plan

    return is_plan(text_of(where)[0])


def _rows_of(where: Path) -> Mapping[str, int]:
    """Count rows by table of a run folder, or of a document that a command printed.

    Raises:
        RunError: There is no such folder or file.
        StudyError: The file is no document of a command's.
    """
    from umbo.study.store import read_run

    if where.suffix != _DOCUMENT:
        return {name: len(rows) for name, rows in read_run(where).tables.items()}
    try:
        tables = json.loads(where.read_text(encoding="utf-8"))["tables"]
        return {name: len(rows) for name, rows in tables.items()}
    except OSError as error:
        raise RunError(f"{where}: cannot be read ({error.strerror})") from None
    except (ValueError, KeyError, TypeError, AttributeError):
        advice = f"write one with a command's --json, as in umbo sensors reference --json > {where}"
        raise StudyError(f"{where}: holds no tables of a command; {advice}") from None


def _linked(row: Row, where: Path) -> Row:
    """Let evidence that a document holds link to the document."""
    if where.suffix != _DOCUMENT:
        return row
    return row | {"link": str(where) if "held" in row["state"] else ""}


def _worth(row: Row) -> int:
    return _STATES.index(row["state"])


def show_authorities(
    study: str,
    architectures: Sequence[str],
    start: str,
    *,
    at_once: bool,
    register: bool,
    html: Path | None,
    print_tables: Print | None,
) -> Iterator[str]:
    """Show what authorities cost a study's architectures; gives a line for each file written."""
    from umbo.study.gating import authority_tables, register_rows

    planning.refuse_suffix(html, ".html")
    if register:
        rows = register_rows()
        if print_tables:
            print_tables({"register": rows})
        else:
            authorities.print_register(rows)
        return
    from umbo.elements.catalog import load_catalog
    from umbo.study.load import load

    loaded = load(study)
    for name in architectures:
        if name not in loaded.architectures:
            hint = suggest(name, loaded.architectures)
            raise UnknownNameError(f"no architecture is named {name!r}; {hint}")
    day = planning.read_day(start) if start else None
    tables = authority_tables(loaded, load_catalog(), start=day, at_once=at_once)
    if architectures:
        tables = {
            name: [row for row in rows if row["architecture"] in architectures]
            for name, rows in tables.items()
        }
    tables["register"] = register_rows()
    if print_tables:
        print_tables(tables)
    else:
        authorities.print_authorities(tables, at_once=at_once)
    if html is not None:
        from umbo.app.planning_page import authority_page

        planning.write_text(html, authority_page(tables, loaded.title, at_once=at_once))
        yield f"Page: {html}"
