"""An action plan as a person writes it: tasks, who does them, by when, and what has happened."""

import calendar
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Annotated, Any, Final, Literal

from pydantic import BeforeValidator, Field

from umbo.elements.overrides import read_range
from umbo.errors import StudyError, UmboError, UnknownNameError, suggest
from umbo.section import Name, Section

NOT_REPORTED: Final = "not_reported"
"""What is written as the lead of a task of which no lead is known: the lack is then on purpose."""

_DATE: Final = r"\d{4}-\d\d(?:-\d\d)?"


@dataclass(frozen=True, slots=True)
class Dates:
    """A date, with the earliest and the latest day that it may mean."""

    low: date
    mode: date
    high: date

    def __str__(self) -> str:
        """Write it as a plan does, a whole month as that month."""
        low, high = self.low.isoformat(), self.high.isoformat()
        if self.low == self.high:
            return low
        if self == _month(self.low.year, self.low.month):
            return low[:7]
        return f"{self.mode.isoformat()} ({low} to {high})"


@dataclass(frozen=True, slots=True)
class Spread:
    """A duration in days: least, most likely, most."""

    low_days: float
    mode_days: float
    high_days: float


def read_dates(text: str) -> Dates:
    """Read ``2025-03-15``, ``2025-03`` or ``2025-03-15 (2025-03-11 to 2025-03-20)``.

    Raises:
        ValueError: It is none of these, no day that there is, or out of order.

    Example:
        >>> str(read_dates("2025-02").high)
        '2025-02-28'
    """
    match = re.fullmatch(rf"\s*({_DATE})(?:\s*\(({_DATE})\s+to\s+({_DATE})\))?\s*", text)
    if match is None:
        raise ValueError(
            f"{text!r} is not a date; write one such as 2025-03-15, a month such as 2025-03, or "
            "2025-03-15 (2025-03-11 to 2025-03-20)"
        )
    mode = _one(match[1])
    if match[2] is None:
        return mode
    low, high = _one(match[2]).low, _one(match[3]).high
    if not low <= mode.mode <= high:
        raise ValueError(f"{text!r} is not in order; write the earliest day first in the brackets")
    return Dates(low, mode.mode, high)


def _one(text: str) -> Dates:
    year, month, *day = (int(part) for part in text.split("-"))
    try:
        if not day:
            return _month(year, month)
        only = date(year, month, day[0])
    except (ValueError, calendar.IllegalMonthError):
        raise ValueError(f"{text!r} is no day that there is; correct it") from None
    return Dates(only, only, only)


def _month(year: int, month: int) -> Dates:
    last = calendar.monthrange(year, month)[1]
    return Dates(date(year, month, 1), date(year, month, 15), date(year, month, last))


def _dates(written: object) -> Any:
    return written if isinstance(written, Dates) else read_dates(str(written))


def _spread(written: object) -> Any:
    if isinstance(written, Spread):
        return written
    try:
        low, mode, high = read_range(str(written), "day")
    except UmboError as error:
        told = str(error)
        if "not in order" not in told:
            told = f"{written!r} is not a duration; write '20 day', or '20 day (14 day to 30 day)'"
        raise ValueError(told) from None
    if low < 0.0:
        raise ValueError(f"{written!r} is negative; a duration is 0 day or more")
    return Spread(low, mode, high)


When = Annotated[Dates, BeforeValidator(_dates)]
Length = Annotated[Spread, BeforeValidator(_spread)]


class Organisation(Section):
    """Who can lead or support a task."""

    name: str = Field(min_length=2)
    """As people write it."""
    note: str = ""
    """Anything a reader should know."""


class Person(Section):
    """Who held a role, as of a date."""

    name: str
    """The person."""
    role: str
    """What the person does."""
    organisation: Name
    """One of the plan's organisations."""
    acting: bool = False
    """Whether the role is held for the time being."""
    as_of: When
    """When this was so."""
    source: str = ""
    """Where it was read."""


class Clock(Section):
    """Days within which all must be done, from the plan's start."""

    days: int = Field(ge=1, le=10_000)
    """Calendar days."""
    name: str = ""
    """What sets them."""
    source: str = ""
    """Where it was read."""


class Task(Section):
    """Something to be done, or decided."""

    label: str = Field(default="", max_length=12)
    """Short number that people use, such as ``P1-3``."""
    title: str = Field(min_length=3)
    """What is to be done."""
    kind: Literal["task", "decision"] = "task"
    """A decision is drawn as a point and asks for no deliverable."""
    phase: int = Field(default=1, ge=1, le=9)
    """Phase of the plan."""
    lead: Name | None = None
    """The organisation that answers for it; ``not_reported`` where none is known."""
    supports: list[Name] = Field(default_factory=list)
    """Organisations that do part of it."""
    consulted: list[Name] = Field(default_factory=list)
    """Organisations that are asked."""
    after: list[Name] = Field(default_factory=list)
    """Tasks that must end before this one begins."""
    start: When | None = None
    """Earliest day on which it may begin; the plan's start where left out."""
    duration: Length
    """Calendar days of work, such as ``20 day (14 day to 30 day)``."""
    due: When | None = None
    """Day by which it must be done."""
    due_is: Literal["reported", "assumed"] = "reported"
    """Whether the due date was read or inferred."""
    deliverable: str = ""
    """What is handed over."""
    answers: list[Name] = Field(default_factory=list)
    """Deliverables of Umbo's that are evidence for it, such as ``architectures``."""
    done: When | None = None
    """Day by which it is known to have been done."""
    source: str = ""
    """Where it was read."""
    note: str = ""
    """Anything a reader should know."""


class Event(Section):
    """Something that happened, beside what was planned."""

    date: When
    """When."""
    event: str = Field(min_length=3)
    """What."""
    about: list[Name] = Field(default_factory=list)
    """Tasks that it bears on."""
    source: str = ""
    """Where it was read."""


class ActionPlan(Section):
    """A plan: its tasks in their order, who does them, by when, and what has happened since."""

    plan: Literal[1]
    """Version of this grammar."""
    title: str = Field(min_length=1, max_length=300)
    """One line on what the plan is."""
    status: str = ""
    """How binding it is, such as ``unsigned draft, as reported``."""
    reported: When | None = None
    """When it was read or written."""
    note: str = ""
    """Anything a reader should know."""
    source: str = ""
    """Where it was read."""
    start: When
    """Day on which it begins."""
    clock: Clock | None = None
    """Days within which all must be done."""
    coordinator: Name | None = None
    """The organisation that coordinates all tasks."""
    coordinator_supports: list[Name] = Field(default_factory=list)
    """Organisations that support the coordinator."""
    seed: int = Field(default=20250128, ge=0, lt=2**63)
    """Where the luck of durations starts."""
    common_luck: float = Field(default=0.0, ge=0.0, le=1.0)
    """Correlation of any two durations: 0 where one task's lateness says nothing of another's."""
    organisations: dict[Name, Organisation] = Field(min_length=1)
    """Organisations by name."""
    people: list[Person] = Field(default_factory=list)
    """Who held which role."""
    tasks: dict[Name, Task] = Field(min_length=1, max_length=500)
    """Tasks by name."""
    events: list[Event] = Field(default_factory=list)
    """What has happened."""

    @property
    def begins(self) -> date:
        """The day on which the plan begins."""
        return self.start.mode

    @property
    def clock_ends(self) -> date | None:
        """The last day of the clock."""
        return self.begins + timedelta(days=self.clock.days) if self.clock else None

    @property
    def known_until(self) -> date:
        """The last day of which the plan tells anything."""
        told = [event.date.high for event in self.events]
        told += [task.done.high for task in self.tasks.values() if task.done]
        return max([*told, (self.reported or self.start).high])


Path = tuple[str | int, ...]


def problems_of(plan: ActionPlan) -> Iterator[tuple[Path, StudyError]]:
    """Find what is wrong in a plan beyond the form of each part, each with its place.

    Yields:
        The path of the part, and the error: a name that is not there, a task due before it may
        begin, done before the plan begins, or waiting for itself.
    """
    yield from _names(plan)
    for name, task in plan.tasks.items():
        begins = max(plan.begins, task.start.low if task.start else plan.begins)
        if task.due and task.due.high < begins:
            yield (
                ("tasks", name, "due"),
                StudyError(f"{task.due.mode} is before the task may begin, {begins}; correct one"),
            )
        if task.done and task.done.high < begins:
            yield (
                ("tasks", name, "done"),
                StudyError(f"{task.done.mode} is before the task may begin, {begins}; correct one"),
            )


def _names(plan: ActionPlan) -> Iterator[tuple[Path, StudyError]]:
    known, tasks = plan.organisations, plan.tasks
    asked: list[tuple[Path, str]] = [
        (("people", i, "organisation"), person.organisation) for i, person in enumerate(plan.people)
    ]
    if plan.coordinator:
        asked.append((("coordinator",), plan.coordinator))
    asked += [(("coordinator_supports", i), one) for i, one in enumerate(plan.coordinator_supports)]
    for name, task in tasks.items():
        if task.lead is None:
            advice = f"name one with 'lead', or write 'lead: {NOT_REPORTED}' if none is known"
            yield ("tasks", name), StudyError(f"has no owner; {advice}")
        elif task.lead != NOT_REPORTED:
            asked.append((("tasks", name, "lead"), task.lead))
        for key in ("supports", "consulted"):
            asked += [(("tasks", name, key, i), one) for i, one in enumerate(getattr(task, key))]
    for path, one in asked:
        if one not in known:
            message = f"no organisation is named '{one}'; {suggest(one, known)}"
            yield path, UnknownNameError(message)
    waits: list[tuple[Path, str]] = [
        (("tasks", name, "after", i), one)
        for name, task in tasks.items()
        for i, one in enumerate(task.after)
    ]
    for i, event in enumerate(plan.events):
        waits += [(("events", i, "about", k), one) for k, one in enumerate(event.about)]
    for path, one in waits:
        if one not in tasks:
            yield path, UnknownNameError(f"no task is named '{one}'; {suggest(one, tasks)}")
