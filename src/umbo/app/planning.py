"""An action plan for a person: the answer in sentences, and its tables on the terminal."""

from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any, Final

from umbo.app.wording import percent, words
from umbo.errors import StudyError, UnknownNameError

Row = dict[str, Any]
Tables = Mapping[str, Sequence[Row]]

EVENTS_SHOWN: Final = 8
MARKS: Final = {"leads": "L", "supports": "S", "consulted": "C"}
"""How a role is written in the matrix."""
CAUTION: Final = (
    "What waits for what, every duration and the luck that tasks share are as the plan's file "
    "says; in the bundled plan they are ours, and leads, deliverables and dates are reported."
)


def read_day(text: str) -> date:
    """Read a day from the command line.

    Raises:
        StudyError: It is none.
    """
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise StudyError(f"{text!r} is not a day; write one such as 2025-03-15") from None


def read_late(texts: Sequence[str], tasks: Sequence[str]) -> dict[str, float]:
    """Read ``TASK=DAYS`` from the command line.

    Raises:
        StudyError: It is no such thing, or the task is not in the plan.
    """
    from umbo.errors import suggest

    late: dict[str, float] = {}
    for text in texts:
        name, _, days = text.partition("=")
        if name not in tasks:
            raise UnknownNameError(f"no task is named {name!r}; {suggest(name, tasks)}")
        if not days.isdecimal() or not 0 < int(days) <= 3650:
            raise StudyError(f"{text!r} is no delay; write a task and days, such as {name}=14")
        late[name] = float(days)
    return late


def refuse_suffix(path: Path | None, suffix: str) -> None:
    """Refuse a file of another kind than is written.

    Raises:
        StudyError: Its name ends otherwise.
    """
    if path is not None and path.suffix != suffix:
        raise StudyError(f"{path}: this is written as {suffix}; end its name so")


def write_text(path: Path, text: str) -> None:
    """Write a file, whole or not at all; line ends stay as they are.

    Raises:
        RunError: It cannot be written there.
    """
    from umbo.study.store import whole

    with whole(path) as beside:
        beside.write_bytes(text.encode())


def answer(tables: Tables) -> str:
    """Say the answer in a few sentences: the end, the critical path, the clock, the status."""
    about, rows = tables["plan_about"][0], tables["plan"]
    told = [
        f"At the most likely durations all ends on {about['end']}, in four draws of five by "
        f"{about['end_p80']}. Without float: {critical_path(rows)}."
    ]
    dated = [row for row in rows if row["p_on_time"] is not None]
    if dated:
        least = min(dated, key=lambda row: float(row["p_on_time"]))
        told.append(
            f"The due date least likely to hold is that of {_short(least)}, {least['due']}: "
            f"{percent(least['p_on_time'])}."
        )
    if about["clock_ends"]:
        outside = [_short(row) for row in rows if row["on_clock"] == "outside"]
        beyond = f"due after it: {', '.join(outside)}" if outside else "no due date is after it"
        told.append(
            f"The clock of {about['clock_days']} days ends {about['clock_ends']}; {beyond}."
        )
    return " ".join([*told, status(tables)])


def critical_path(rows: Sequence[Row]) -> str:
    """Name the tasks without float in their order, those that run at once together."""
    at_once: dict[str, list[str]] = {}
    for row in sorted(rows, key=lambda row: (str(row["early_start"]), str(row["early_finish"]))):
        if row["is_critical"]:
            at_once.setdefault(row["early_start"], []).append(_short(row))
    return ", then ".join(" and ".join(names) for names in at_once.values())


def people(tables: Tables) -> str:
    """Say who held which role when, and who coordinates."""
    told = [
        f"{row['name']}, {row['role']}{' (acting)' if row['acting'] else ''}, as of {row['as_of']}"
        for row in tables["plan_people"]
    ]
    roles: dict[str, dict[str, None]] = {}
    for row in tables["contributions"]:
        roles.setdefault(row["role"], {})[row["name"]] = None
    if lead := roles.get("coordinates"):
        helped = ", ".join(roles.get("supports coordination", ()))
        by = f", supported by the {helped}" if helped else ""
        told.insert(0, f"The {', '.join(lead)} coordinates all tasks{by}")
    return f"{'. '.join(told)}." if told else ""


def status(tables: Tables) -> str:
    """Say how many tasks are done, past due and so on."""
    about, rows = tables["plan_about"][0], tables["plan"]
    counted: dict[str, int] = {}
    for row in rows:
        counted[row["state"]] = counted.get(row["state"], 0) + 1
    order = ("done", "past due", "due now", "under way", "waiting", "not begun")
    parts = [f"{counted[state]} {state}" for state in order if state in counted]
    inferred = sum(row["is_inferred"] for row in rows)
    by = f" ({inferred} of the done are inferred from what came after)" if inferred else ""
    unknown = ", no completion known" if counted.get("past due") else ""
    return f"On {about['as_of']}: {', '.join(parts)}{unknown}{by}."


def headline(tables: Tables) -> str:
    """Say what the plan is, and how binding."""
    about = tables["plan_about"][0]
    status = f": {about['status']}" if about["status"] else ""
    reported = f" ({about['reported']})" if about["reported"] else ""
    return f"{about['title']}{status}{reported}"


def written(tables: Tables) -> dict[str, list[list[str]]]:
    """Write the tables for people, each with its heading first."""
    made = {
        "Tasks": task_rows(tables),
        "Who contributes: L leads, S supports, C consulted": matrix_rows(tables),
        "What a late task moves": delay_rows(tables),
        "Evidence": evidence_rows(tables),
        "What has happened": event_rows(tables),
    }
    return {title: rows for title, rows in made.items() if len(rows) > 1}


def task_rows(tables: Tables) -> list[list[str]]:
    """Write the tasks with their dates, chances and status."""
    heading = ["", "task", "lead", "due", "ends", "80 % by", "on time", "float", "critical"]
    return [
        [*heading, f"on {tables['plan_about'][0]['as_of']}"],
        *(
            [
                row["label"] or words(row["task"]),
                row["title"],
                row["lead_name"] or "not reported",
                due_text(row),
                row["early_finish"],
                row["finish_p80"],
                "–" if row["p_on_time"] is None else percent(row["p_on_time"]),
                f"{row['total_float_days']:.0f} d",
                percent(row["criticality"]),
                state_text(row),
            ]
            for row in tables["plan"]
        ),
    ]


def due_text(row: Row) -> str:
    """Write a due date with its range, and whether it was inferred."""
    if not row["due"]:
        return "none reported"
    text = str(row["due"])
    if row["due_low"] != row["due_high"]:
        text += f" ({row['due_low'][5:]} to {row['due_high'][5:]})"
    text += " assumed" if row["due_is"] == "assumed" else ""
    return text + (" after the clock" if row["on_clock"] == "outside" else "")


def state_text(row: Row) -> str:
    """Write how a task stands."""
    if row["state"] == "done":
        known = "by inference" if row["is_inferred"] else f"by {row['done']}"
        late = f", {row['late_days']} d late" if row["late_days"] and not row["is_inferred"] else ""
        return f"done {known}{late}"
    late = f" {row['late_days']} d" if row["state"] == "past due" else ""
    return f"{row['state']}{late}"


def matrix_rows(tables: Tables) -> list[list[str]]:
    """Write organisations against tasks, with the tasks of the busiest week."""
    tasks = {row["task"]: _short(row) for row in tables["plan"]}
    roles: dict[str, dict[str, str]] = {}
    names: dict[str, str] = {}
    for row in tables["contributions"]:
        if row["role"] in MARKS:
            roles.setdefault(row["organisation"], {})[row["task"]] = MARKS[row["role"]]
            names[row["organisation"]] = row["name"]
    rows = [["organisation", *tasks.values(), "busiest week"]]
    for who, marks in roles.items():
        weeks = [
            (row["leads"] + row["supports"] + row["consulted"], row["week"])
            for row in tables["load"]
            if row["organisation"] == who
        ]
        most = max((count for count, _ in weeks), default=0)
        first = min((week for count, week in weeks if count == most), default="")
        rows.append([names[who], *(marks.get(task, "") for task in tasks), f"{most} from {first}"])
    return rows


def delay_rows(tables: Tables) -> list[list[str]]:
    """Write what each late task moves, by how much, and which due dates fall."""
    short = {row["task"]: _short(row) for row in tables["plan"]}
    together: dict[str, list[Row]] = {}
    for row in tables["delays"]:
        together.setdefault(row["late"], []).append(row)
    rows = [["late", "by", "moves", "misses its due date"]]
    for late, moved in together.items():
        names = late.split(" and ")
        by = {row["task"]: row["delay_days"] for row in moved}
        others = [row for row in moved if row["task"] not in names]
        rows.append(
            [
                ", ".join(short[name] for name in names),
                ", ".join(f"{by[name]:.0f} d" for name in names if name in by),
                ", ".join(f"{short[row['task']]} {row['delay_days']:.0f} d" for row in others)
                or "nothing else",
                ", ".join(short[row["task"]] for row in moved if row["misses_due"]) or "–",
            ]
        )
    return rows


def evidence_rows(tables: Tables) -> list[list[str]]:
    """Write which answer is the evidence of each task, and what is missing."""
    short = {row["task"]: _short(row) for row in tables["plan"]}
    return [
        ["task", "deliverable", "evidence", "where", "missing"],
        *(
            [
                short[row["task"]],
                words(row["answer"]),
                row["state"],
                row["link"] or row["command"] or "–",
                row["missing"] or "–",
            ]
            for row in tables.get("evidence", ())
        ),
    ]


def event_rows(tables: Tables, most: int = EVENTS_SHOWN) -> list[list[str]]:
    """Write the latest of what has happened, with the tasks that it bears on."""
    short = {row["task"]: _short(row) for row in tables["plan"]}
    return [
        ["date", "event", "bears on"],
        *(
            [row["date"], row["event"], ", ".join(short[one] for one in row["about"].split())]
            for row in tables["plan_events"][-most:]
        ),
    ]


def print_plan(tables: Tables) -> None:
    """Print the answer and the tables."""
    console = terminal()
    console.print(headline(tables), style="bold")
    console.print(answer(tables))
    if who := people(tables):
        console.print(who)
    for title, rows in written(tables).items():
        console.print(written_table(title, rows))
    more = len(tables["plan_events"]) - EVENTS_SHOWN
    if more > 0:
        console.print(f"{more} earlier events: with --json or --html.")
    console.print(CAUTION)


def _short(row: Row) -> str:
    return str(row["label"] or row["task"])


def terminal() -> Any:
    """Give the terminal, wide enough for the tables where it is none."""
    from rich.console import Console

    console = Console(markup=False, highlight=False)
    return console if console.is_terminal else Console(width=160, markup=False, highlight=False)


def written_table(title: str, rows: Sequence[Sequence[str]]) -> Any:
    """Make a table for the terminal of rows, the heading first."""
    from rich.table import Table

    table = Table(title=title, title_justify="left", title_style="bold", header_style="bold")
    for i, heading in enumerate(rows[0]):
        short = all(len(row[i]) <= 12 for row in rows)
        table.add_column(heading, no_wrap=short, overflow="fold" if i else "ellipsis")
    for row in rows[1:]:
        table.add_row(*row)
    return table
