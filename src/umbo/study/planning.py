"""An action plan as tables: the bundled one or one's own, with its evidence."""

import re
from collections.abc import Mapping, Sequence
from datetime import date
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any, Final

from umbo.appraisal.network_schedule import circle
from umbo.appraisal.plan import (
    PlanSchedule,
    contributions,
    delayed_by,
    on_clock,
    schedule,
    stand,
    weekly_load,
)
from umbo.elements.action_plan import ActionPlan, Dates, problems_of
from umbo.errors import StudyError, UnknownNameError, suggest
from umbo.study.answers import ANSWERS, held, possible
from umbo.study.load import text_of
from umbo.study.nodes import read_section
from umbo.study.problems import Problems

Row = dict[str, Any]
Tables = dict[str, list[Row]]

LATE_DAYS: Final = 10.0
"""By how much each task is taken to be late where no one asks otherwise."""

_OWN_PLAN: Final = re.compile(r"^plan\s*:", re.MULTILINE)


def is_plan(text: str) -> bool:
    """Say whether a file's text is a plan, and not a study."""
    return _OWN_PLAN.search(text) is not None


def read_plan(text: str, file: str = "plan") -> ActionPlan:
    """Read a plan from YAML text, and check that everything it names exists and can be done.

    Args:
        text: The YAML text.
        file: Name of the file, for messages.

    Returns:
        The plan.

    Raises:
        StudyError: Anything wrong; the message tells every problem with line and column.
    """
    plan, origin = read_section(text, file, ActionPlan)
    problems = Problems(origin)
    for path, error in problems_of(plan):
        problems.add(path, str(error), type(error), key=len(path) == 2)
    for name, task in plan.tasks.items():
        for i, one in enumerate(task.answers):
            if one not in ANSWERS:
                message = f"no deliverable is named '{one}'; {suggest(one, ANSWERS)}"
                problems.add(("tasks", name, "answers", i), message, UnknownNameError)
    known = {
        name: [one for one in task.after if one in plan.tasks] for name, task in plan.tasks.items()
    }
    if found := circle(known):
        message = f"tasks wait for each other: {' -> '.join(found)}; break the circle"
        problems.add(("tasks", found[0], "after"), message, StudyError)
    problems.refuse()
    return plan


@cache
def bundled_plan() -> ActionPlan:
    """Give the draft action plan for the missile shield, as reported; read once a process."""
    file = files("umbo.data").joinpath("plan.yaml")
    return read_plan(file.read_text(encoding="utf-8"), "plan.yaml")


def load_plan(where: str | Path) -> ActionPlan:
    """Read a plan of one's own, or give the bundled one for a study.

    Args:
        where: A plan's file; or a study's, or the name of a bundled study.

    Raises:
        StudyError: Anything wrong in the plan.
    """
    text, file = text_of(where)
    return read_plan(text, file) if is_plan(text) else bundled_plan()


def plan_tables(
    plan: ActionPlan,
    as_of: date | None = None,
    *,
    late: Mapping[str, float] | None = None,
    planned: PlanSchedule | None = None,
) -> Tables:
    """Give a plan as tables.

    Args:
        plan: The plan.
        as_of: Day of which the status is told; the last of which the plan tells where left out.
        late: Days by which tasks are late, together; each alone by ten days where left out.
        planned: The plan's schedule where it is at hand.

    Returns:
        ``plan`` (a row a task), ``plan_about``, ``plan_people``, ``plan_events``,
        ``contributions``, ``load`` and ``delays``.
    """
    planned = planned or schedule(plan)
    as_of = as_of or plan.known_until
    moved = (
        [delayed_by(planned, late)]
        if late
        else [delayed_by(planned, {name: LATE_DAYS}) for name in plan.tasks]
    )
    return {
        "plan": _tasks(planned, as_of),
        "plan_events": _events(plan, as_of),
        "plan_about": [_about(planned, as_of)],
        "plan_people": [
            {
                "name": person.name,
                "role": person.role,
                "organisation": person.organisation,
                "acting": person.acting,
                "as_of": str(person.as_of),
                "source": person.source,
            }
            for person in plan.people
        ],
        "contributions": [
            {"organisation": who, "name": plan.organisations[who].name, "task": name, "role": role}
            for who, name, role in contributions(plan)
        ],
        "load": [
            {
                "organisation": one.organisation,
                "week": one.week.isoformat(),
                "leads": one.leads,
                "supports": one.supports,
                "consulted": one.consulted,
            }
            for one in weekly_load(planned)
        ],
        "delays": [
            {
                "late": one.late,
                "task": one.task,
                "delay_days": one.days,
                "ends": one.ends.isoformat(),
                "misses_due": one.misses_due,
            }
            for some in moved
            for one in some
        ],
    }


def _about(planned: PlanSchedule, as_of: date) -> Row:
    plan = planned.plan
    ends = plan.clock_ends
    return {
        "title": plan.title,
        "status": plan.status,
        "reported": str(plan.reported or ""),
        "as_of": as_of.isoformat(),
        "start": plan.begins.isoformat(),
        "clock_days": plan.clock.days if plan.clock else None,
        "clock_ends": ends.isoformat() if ends else "",
        "clock": plan.clock.name if plan.clock else "",
        "end": max(task.early_finish for task in planned.tasks.values()).isoformat(),
        "end_p80": planned.end_p80.isoformat(),
        "coordinator": plan.coordinator or "",
        "note": plan.note,
        "source": " ".join([plan.source, plan.clock.source if plan.clock else ""]).strip(),
    }


def _tasks(planned: PlanSchedule, as_of: date) -> list[Row]:
    plan = planned.plan
    standing = stand(planned, as_of)
    rows = []
    for name, one in planned.tasks.items():
        task, now = one.task, standing[name]
        lead = plan.organisations.get(task.lead or "")
        rows.append(
            {
                "task": name,
                "label": task.label,
                "title": task.title,
                "phase": task.phase,
                "kind": task.kind,
                "lead": task.lead or "",
                "lead_name": lead.name if lead else "",
                "supports": " ".join(task.supports),
                "consulted": " ".join(task.consulted),
                "after": " ".join(task.after),
                **_due(task.due),
                "due_is": task.due_is if task.due else "",
                "on_clock": on_clock(plan, task),
                "duration_low_days": task.duration.low_days,
                "duration_days": task.duration.mode_days,
                "duration_high_days": task.duration.high_days,
                "early_start": one.early_start.isoformat(),
                "early_finish": one.early_finish.isoformat(),
                "late_finish": one.late_finish.isoformat(),
                "total_float_days": one.total_float_days,
                "free_float_days": one.free_float_days,
                "margin_days": one.margin_days,
                "is_critical": one.is_critical,
                "criticality": one.criticality,
                "finish_p10": one.finish_p10.isoformat(),
                "finish_p50": one.finish_p50.isoformat(),
                "finish_p80": one.finish_p80.isoformat(),
                "finish_p95": one.finish_p95.isoformat(),
                "p_on_time": one.p_on_time,
                "state": now.state,
                "is_inferred": now.is_inferred,
                "late_days": now.days,
                "waits_for": " ".join(now.waits_for),
                "expected": now.expected.isoformat(),
                "done": str(task.done or ""),
                "deliverable": task.deliverable,
                "answers": " ".join(task.answers),
                "source": task.source,
                "note": task.note,
            }
        )
    return rows


def _due(due: Dates | None) -> Row:
    ends = ("low", "mode", "high")
    days = [getattr(due, end).isoformat() if due else "" for end in ends]
    return dict(zip(("due_low", "due", "due_high"), days, strict=True))


def _events(plan: ActionPlan, as_of: date) -> list[Row]:
    """Give what has happened by a day, each with the tasks that it bears on."""
    return [
        {
            "date": str(event.date),
            "event": event.event,
            "about": " ".join(event.about),
            "source": event.source,
        }
        for event in plan.events
        if event.date.low <= as_of
    ]


def evidence(
    plan: ActionPlan,
    study: str,
    commands: Sequence[str],
    run: Mapping[str, int] | None = None,
    folder: str = "",
) -> list[Row]:
    """Say of each task which answer of Umbo's is the evidence, and what is missing.

    Args:
        plan: The plan.
        study: The study as it is written on the command line.
        commands: Commands that there are.
        run: Number of rows by table of a run folder, if one is given.
        folder: That folder.

    Returns:
        A row for each task and deliverable: ``held`` where the run holds all its tables,
        ``partly held``, ``to be run`` where a command answers, else ``missing``.
    """
    rows = []
    for name, task in plan.tasks.items():
        for one in task.answers:
            answer = ANSWERS[one]
            has, absent = held(answer, run or {})
            can = [text.replace("STUDY", study) for text in possible(answer, commands)]
            state = "to be run" if can else "missing"
            if has:
                state = "partly held" if absent else "held"
            in_report = answer.page.startswith("report.html")
            asked = [text.split()[0] for text in answer.commands]
            no_command = "" if can or not asked else f"the command umbo {', '.join(asked)}"
            rows.append(
                {
                    "task": name,
                    "answer": one,
                    "asks": answer.asks,
                    "state": state,
                    "command": f"umbo {can[0]}" if can else "",
                    "tables": " ".join(has or answer.tables),
                    "missing": "; ".join(filter(None, [no_command, answer.lacks])),
                    "page": answer.page,
                    "link": f"{folder}/{answer.page}" if has and in_report and folder else "",
                    "sources": " ".join(answer.sources),
                }
            )
    return rows


def answer_rows(commands: Sequence[str]) -> list[Row]:
    """Give every deliverable with its commands, tables, page and source list."""
    return [
        {
            "answer": name,
            "asks": answer.asks,
            "commands": ", ".join(f"umbo {one}" for one in possible(answer, commands)),
            "functions": " ".join(answer.functions),
            "tables": " ".join(answer.tables),
            "page": answer.page,
            "sources": " ".join(answer.sources),
            "lacks": answer.lacks,
        }
        for name, answer in ANSWERS.items()
    ]
