"""The pages of `umbo plan` and `umbo authorities`: each one file that needs no other."""

import os
from collections.abc import Iterator, Mapping, Sequence
from html import escape
from importlib.resources import files
from pathlib import Path
from typing import Any

from umbo.app import authorities, planning
from umbo.app.gantt import gantt, load_table
from umbo.app.wording import words

Row = dict[str, Any]
Tables = Mapping[str, Sequence[Row]]


def plan_page(tables: Tables, path: Path) -> str:
    """Set a plan into one page: bars, contributions, load, evidence, what has happened.

    Args:
        tables: What ``plan_tables`` gives, with ``evidence`` and ``answers``.
        path: Where the page is to stand, from where links to a run folder lead.

    Returns:
        The page.
    """
    about = tables["plan_about"][0]
    names = {row["organisation"]: row["name"] for row in tables["contributions"]}
    parts = [
        _section("Tasks", gantt(tables["plan"], about) + _listed("tasks", tables)),
        _section("Who contributes", _matrix(tables)),
        _section("Load by week", _load(load_table(tables["load"], names))),
        _section("What a late task moves", _late(tables)),
        _section("Evidence", _evidence(tables, path)),
        _section("What has happened", _events(tables)),
    ]
    soft = [planning.people(tables), about["note"], planning.CAUTION, f"Source: {about['source']}."]
    return _page(
        about["title"],
        about["status"],
        planning.answer(tables),
        [text for text in soft if text],
        parts,
    )


def authority_page(tables: Tables, title: str, *, at_once: bool = False) -> str:
    """Set what authorities cost a study's architectures, and the register, into one page."""
    made = authorities.written(tables, authorities.ALL)
    parts = [
        _section(heading, "".join(_by_first(rows[0], rows[1:]))) for heading, rows in made.items()
    ]
    parts.append(_section(f"Register of {len(tables['register'])} authorities", _register(tables)))
    soft = [authorities.EXPLAINED, authorities.YEARS["at_once" if at_once else "study"]]
    told = authorities.answer(tables)
    return _page(f"{title}: authorities", "", "", soft, [_list(told), *parts])


def table(rows: Sequence[Sequence[str]], kind: str = "") -> str:
    """Write rows as a table that scrolls where it is wide; the first one is the heading."""
    head = "".join(f'<th scope="col">{escape(cell)}</th>' for cell in rows[0])
    body = "".join(
        f'<tr><th scope="row">{escape(row[0])}</th>'
        + "".join(f"<td{_long(cell)}>{escape(cell)}</td>" for cell in row[1:])
        + "</tr>"
        for row in rows[1:]
    )
    return _scroll(f"<thead><tr>{head}</tr></thead><tbody>{body}</tbody>", kind)


def _by_first(heading: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[str]:
    """Write a table for each name in the first column, under that name."""
    for name in dict.fromkeys(row[0] for row in rows):
        some = [heading[1:], *(row[1:] for row in rows if row[0] == name)]
        yield f"<h3>{escape(words(name)).capitalize()}</h3>{table(some)}"


def _long(cell: str) -> str:
    return ' class="text"' if len(cell) > 40 else ""


def _scroll(inside: str, kind: str = "") -> str:
    named = f' class="{kind}"' if kind else ""
    return f'<div class="scroll" tabindex="0"><table{named}>{inside}</table></div>'


def _section(heading: str, inside: str) -> str:
    return f"<section><h2>{escape(heading)}</h2>{inside}</section>"


def _list(texts: Sequence[str]) -> str:
    return f"<ul>{''.join(f'<li>{escape(text)}</li>' for text in texts)}</ul>"


def _page(title: str, status: str, answer: str, soft: Sequence[str], parts: Sequence[str]) -> str:
    folder = files("umbo.app").joinpath("templates")
    style = "".join(folder.joinpath(name).read_text("utf-8") for name in ("style.css", "plan.css"))
    marked = f'<p class="question">{escape(status)}</p>' if status else ""
    said = f"<p>{escape(answer)}</p>" if answer else ""
    notes = "".join(f'<p class="note">{escape(text)}</p>' for text in soft)
    return (
        f'<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><title>{escape(title)}'
        f'</title><meta name="viewport" content="width=device-width, initial-scale=1"><style>'
        f"{style}</style></head><body><header><h1>{escape(title)}</h1>{marked}</header><main>"
        f"{said}{''.join(parts)}{notes}</main></body></html>\n"
    )


def _listed(name: str, tables: Tables) -> str:
    rows = planning.task_rows(tables)
    return f"<details><summary>All {name} in numbers</summary>{table(rows)}</details>"


def _matrix(tables: Tables) -> str:
    heading, *rows = planning.matrix_rows(tables)
    head = "".join(f'<th scope="col">{escape(cell)}</th>' for cell in heading)
    body = "".join(
        f'<tr><th scope="row">{escape(row[0])}</th>'
        + "".join(f'<td class="{cell}">{cell}</td>' for cell in row[1:-1])
        + f"<td>{escape(row[-1])}</td></tr>"
        for row in rows
    )
    told = '<p class="note">L leads, S supports, C is consulted. Not all roles were reported.</p>'
    return told + _scroll(f"<thead><tr>{head}</tr></thead><tbody>{body}</tbody>", "matrix")


def _load(rows: Sequence[Sequence[str]]) -> str:
    head = "".join(f'<th scope="col">{escape(cell)}</th>' for cell in rows[0])
    body = "".join(
        f'<tr><th scope="row">{escape(row[0])}</th>'
        + "".join(f'<td class="h{min(3, int(cell or 0))}">{cell}</td>' for cell in row[1:])
        + "</tr>"
        for row in rows[1:]
    )
    told = (
        '<p class="note">Tasks that an organisation leads, supports or is consulted on, in the '
        "week from that Monday; each from its earliest start to its due date.</p>"
    )
    return told + _scroll(f"<thead><tr>{head}</tr></thead><tbody>{body}</tbody>", "heat")


def _late(tables: Tables) -> str:
    return table(planning.delay_rows(tables))


def _evidence(tables: Tables, path: Path) -> str:
    short = {row["task"]: f"{row['label']} {row['title']}".strip() for row in tables["plan"]}
    heads = ("Task", "Deliverable", "Evidence", "Where", "Tables", "Sources", "Missing")
    head = "".join(f'<th scope="col">{name}</th>' for name in heads)
    body = []
    before = ""
    for row in tables["evidence"]:
        where = escape(row["page"])
        if row["link"]:
            where = f'<a href="{escape(_relative(row["link"], path))}">{where}</a>'
        command = f"<br><code>{escape(row['command'])}</code>" if row["command"] else ""
        style = {"held": " done", "missing": " late"}.get(row["state"], "")
        task = "" if row["task"] == before else short[row["task"]]
        before = row["task"]
        body.append(
            f'<tr><th scope="row">{escape(task)}</th><td>{escape(words(row["answer"]))}</td>'
            f'<td><span class="state{style}">{escape(row["state"])}</span></td>'
            f"<td>{where}{command}</td><td>{escape(row['tables'])}</td>"
            f"<td>{escape(row['sources'])}</td><td class='text'>{escape(row['missing'])}</td></tr>"
        )
    told = (
        '<p class="note">Held: a run folder (--run) holds all tables of the answer, and its report '
        "shows it. To be run: the command answers. Missing: nothing does yet.</p>"
    )
    listed = _scroll(f"<thead><tr>{head}</tr></thead><tbody>{''.join(body)}</tbody>")
    return told + listed + _answers(tables)


def _answers(tables: Tables) -> str:
    rows = [
        ["deliverable", "asks for", "commands", "page", "tables", "sources", "lacks"],
        *(
            [
                words(row["answer"]),
                row["asks"],
                row["commands"] or "–",
                row["page"] or "–",
                row["tables"] or "–",
                row["sources"] if row["tables"] else "–",
                row["lacks"] or "–",
            ]
            for row in tables["answers"]
        ),
    ]
    return f"<details><summary>Every deliverable and its answer</summary>{table(rows)}</details>"


def _relative(link: str, path: Path) -> str:
    """Give a link's way from the folder of the page."""
    file, _, anchor = link.partition("#")
    way = os.path.relpath(Path(file).absolute(), path.absolute().parent)
    return f"{Path(way).as_posix()}#{anchor}"


def _events(tables: Tables) -> str:
    short = {row["task"]: row["label"] or row["task"] for row in tables["plan"]}
    rows = [
        ["date", "event", "bears on", "source"],
        *(
            [
                row["date"],
                row["event"],
                ", ".join(short[one] for one in row["about"].split()),
                row["source"],
            ]
            for row in tables["plan_events"]
        ),
    ]
    return table(rows) if len(rows) > 1 else '<p class="none">nothing is told</p>'


def _register(tables: Tables) -> str:
    rows = [
        [
            *("authority", "governs", "owner", "status", "lead time, months", "before"),
            *("needed by", "ways to hasten", "source", "note"),
        ],
        *(
            [
                f"{row['name']} ({row['citation']})",
                row["governs"],
                row["owner"],
                row["status"],
                authorities.months(row),
                "gates nothing" if row["stage"] == "none" else row["stage"],
                ", ".join(words(one) for one in row["elements"].split()),
                row["expedite"],
                row["source"],
                row["note"],
            ]
            for row in tables["register"]
        ),
    ]
    return table(rows)
