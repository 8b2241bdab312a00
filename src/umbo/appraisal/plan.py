"""What an action plan comes to: dates, float, slip, status, and who does how much when."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray

from umbo.appraisal.network_schedule import Network, Times, delays, network, times
from umbo.appraisal.ranges import Ranges
from umbo.elements.action_plan import NOT_REPORTED, ActionPlan, Task
from umbo.elements.sourced import Value
from umbo.errors import UnknownNameError, suggest

Array = NDArray[np.float64]
Role = Literal["leads", "supports", "consulted", "coordinates", "supports coordination"]
State = Literal["done", "past due", "due now", "under way", "waiting", "not begun"]

DRAWS: Final = 4_000
"""Draws of all durations; a share of them is known within 0.016 (two standard errors)."""


@dataclass(frozen=True, slots=True)
class PlannedTask:
    """A task with the dates, float and slip that the network gives it."""

    name: str
    task: Task
    early_start: date
    early_finish: date
    late_finish: date
    total_float_days: float
    free_float_days: float
    criticality: float
    """Share of the draws in which it has no float."""
    finish_p10: date
    finish_p50: date
    finish_p80: date
    finish_p95: date
    p_on_time: float | None
    """Share of the draws in which it ends by the latest day that its due date may mean."""

    @property
    def margin_days(self) -> int | None:
        """Days from its earliest end to its due date; below 0 the date cannot be held."""
        due = self.task.due
        return (due.mode - self.early_finish).days if due else None

    @property
    def is_critical(self) -> bool:
        """Whether it has no float where every duration is the most likely one."""
        return self.total_float_days < 0.5


@dataclass(frozen=True, eq=False)
class PlanSchedule:
    """A plan with its network, its most likely times, and draws of them."""

    plan: ActionPlan
    activities: Network
    likely: Times
    drawn: Times
    tasks: Mapping[str, PlannedTask]
    """In the plan's order."""

    @property
    def end_p80(self) -> date:
        """The day by which all is done in four draws of five."""
        return _day(self.plan, float(np.quantile(self.drawn.end, 0.8)))


@dataclass(frozen=True, slots=True)
class Standing:
    """How a task stands on a day."""

    state: State
    is_inferred: bool
    """Whether it counts as done only since a task that waited for it is."""
    days: int
    """Days past its due date: of a task that is done, on which it was; 0 where not past it."""
    waits_for: tuple[str, ...]
    """Tasks that it waits for and that are not known to be done."""
    expected: date
    """When it ends: known, or as expected on that day; not before it while it is open."""


@dataclass(frozen=True, slots=True)
class Load:
    """How many tasks an organisation has in a week."""

    organisation: str
    week: date
    """Its Monday."""
    leads: int
    supports: int
    consulted: int


def schedule(plan: ActionPlan, draws: int = DRAWS) -> PlanSchedule:
    """Find every task's dates, float, chance of its due date, and criticality.

    Every task begins as soon as all that it waits for are done. Left out: what people do about
    lateness (a manager who sees it shortens the rest), worth days in a plan of weeks; and people
    who work on several tasks at once, whose load is told beside it.

    Args:
        plan: The plan, without problems.
        draws: Draws of all durations, 2 or more.

    Returns:
        The schedule; a day's number counts from the plan's start, so that a task of 32 days that
        begins on 27 January ends on 28 February.

    Raises:
        DomainError: Tasks wait for each other.
    """
    activities = network({name: task.after for name, task in plan.tasks.items()})
    tasks = [plan.tasks[name] for name in activities.names]
    not_before = _not_before(plan, tasks)
    likely = times(activities, [task.duration.mode_days for task in tasks], not_before)
    ranges = Ranges(draws, within=plan.common_luck, between=plan.common_luck, seed=plan.seed)
    drawn = times(
        activities,
        np.array(
            [
                ranges.of(_value(name, task))[1:]
                for name, task in zip(activities.names, tasks, strict=True)
            ]
        ),
        not_before,
    )
    place = {name: i for i, name in enumerate(activities.names)}
    planned = {name: _planned(plan, name, place[name], likely, drawn) for name in plan.tasks}
    return PlanSchedule(plan, activities, likely, drawn, planned)


def _value(name: str, task: Task) -> Value:
    spread = task.duration
    return Value(name, "duration", spread.low_days, spread.mode_days, spread.high_days, "s", "ours")


def _not_before(plan: ActionPlan, tasks: Sequence[Task]) -> Array:
    days = [(task.start.mode - plan.begins).days if task.start else 0 for task in tasks]
    return np.maximum(0.0, np.array(days, dtype=np.float64))


def _planned(plan: ActionPlan, name: str, i: int, likely: Times, drawn: Times) -> PlannedTask:
    task = plan.tasks[name]
    finish = drawn.early_finish[i]
    p10, p50, p80, p95 = (float(q) for q in np.quantile(finish, (0.1, 0.5, 0.8, 0.95)))
    on_time = None
    if task.due:
        on_time = float((finish <= (task.due.high - plan.begins).days + 1e-9).mean())
    return PlannedTask(
        name=name,
        task=task,
        early_start=_day(plan, float(likely.early_start[i, 0])),
        early_finish=_day(plan, float(likely.early_finish[i, 0])),
        late_finish=_day(plan, float(likely.late_finish[i, 0])),
        total_float_days=float(likely.total_float[i, 0]),
        free_float_days=float(likely.free_float[i, 0]),
        criticality=float(drawn.criticality[i]),
        finish_p10=_day(plan, p10),
        finish_p50=_day(plan, p50),
        finish_p80=_day(plan, p80),
        finish_p95=_day(plan, p95),
        p_on_time=on_time,
    )


def _day(plan: ActionPlan, days: float) -> date:
    return plan.begins + timedelta(days=round(days))


def on_clock(plan: ActionPlan, task: Task) -> str:
    """Say whether a due date falls inside the plan's clock, outside, or perhaps outside.

    Returns:
        ``inside``, ``outside``, ``perhaps outside``, or nothing without a due date or a clock.
    """
    ends = plan.clock_ends
    if task.due is None or ends is None:
        return ""
    if task.due.low > ends:
        return "outside"
    return "inside" if task.due.high <= ends else "perhaps outside"


def stand(planned: PlanSchedule, as_of: date) -> dict[str, Standing]:
    """Say how every task stands on a day.

    A task counts as done from the day by which it, or one that waited for it, is known to be
    done; an open one may have been done without anyone having said so. An open task is expected
    to end no sooner than that day.

    Args:
        planned: The schedule.
        as_of: The day.

    Returns:
        The standing of each task, in the plan's order.
    """
    plan = planned.plan
    done = _done(planned)
    expected: dict[str, date] = {}
    found: dict[str, Standing] = {}
    for name, earlier in zip(planned.activities.names, planned.activities.after, strict=True):
        task = plan.tasks[name]
        known = done.get(name)
        if known is not None and known <= as_of:
            expected[name] = known
        else:
            begins = plan.begins + timedelta(days=float(_not_before(plan, [task])[0]))
            begins = max([begins, *(expected[planned.activities.names[j]] for j in earlier)])
            expected[name] = max(begins + timedelta(days=round(task.duration.mode_days)), as_of)
        is_done = known is not None and known <= as_of
        waits = tuple(one for one in task.after if done.get(one, date.max) > as_of)
        late = 0
        if task.due:
            late = max(0, ((expected[name] if is_done else as_of) - task.due.high).days)
        found[name] = Standing(
            _state(planned, name, as_of, is_done=is_done, waits=bool(waits)),
            is_done and task.done is None,
            late,
            () if is_done else waits,
            expected[name],
        )
    return {name: found[name] for name in plan.tasks}


def _done(planned: PlanSchedule) -> dict[str, date]:
    """Give the day by which each task was done, or one that waited for it."""
    done = {name: task.done.mode for name, task in planned.plan.tasks.items() if task.done}
    names = planned.activities.names
    for i in range(len(names) - 1, -1, -1):
        if names[i] in done:
            for j in planned.activities.after[i]:
                done[names[j]] = min(done.get(names[j], date.max), done[names[i]])
    return done


def _state(planned: PlanSchedule, name: str, as_of: date, *, is_done: bool, waits: bool) -> State:
    task = planned.tasks[name]
    due = task.task.due
    if is_done:
        return "done"
    if due and as_of > due.high:
        return "past due"
    if as_of < planned.plan.begins or (as_of < task.early_start and not waits):
        return "not begun"
    if due and as_of >= due.low:
        return "due now"
    return "waiting" if waits else "under way"


@dataclass(frozen=True, slots=True)
class Delay:
    """What a late task moves."""

    late: str
    task: str
    """What is moved."""
    days: float
    ends: date
    misses_due: bool
    """Whether it would end after the latest day that its due date may mean."""


def delayed_by(planned: PlanSchedule, late: Mapping[str, float]) -> list[Delay]:
    """Say which tasks end later, and by how much, when some take so many days longer.

    Args:
        planned: The schedule.
        late: Days by which some tasks are late.

    Returns:
        The tasks that are moved, the late ones among them, in the plan's order.

    Raises:
        UnknownNameError: A late task is not in the plan.
    """
    plan = planned.plan
    for name in late:
        if name not in plan.tasks:
            raise UnknownNameError(f"no task is named {name!r}; {suggest(name, plan.tasks)}")
    tasks = [plan.tasks[name] for name in planned.activities.names]
    moved = delays(
        planned.activities,
        [task.duration.mode_days for task in tasks],
        late,
        _not_before(plan, tasks),
    )
    days = dict(zip(planned.activities.names, moved.tolist(), strict=True))
    found = []
    for name, task in planned.tasks.items():
        if days[name] > 0.0:
            ends = task.early_finish + timedelta(days=round(days[name]))
            due = task.task.due
            misses = due is not None and ends > due.high
            found.append(Delay(" and ".join(late), name, days[name], ends, misses))
    return found


def contributions(plan: ActionPlan) -> Iterator[tuple[str, str, Role]]:
    """Give who contributes to what: organisation, task and role, in the plan's order."""
    for name, task in plan.tasks.items():
        if task.lead and task.lead != NOT_REPORTED:
            yield task.lead, name, "leads"
        for one in task.supports:
            yield one, name, "supports"
        for one in task.consulted:
            yield one, name, "consulted"
        if plan.coordinator:
            yield plan.coordinator, name, "coordinates"
        for one in plan.coordinator_supports:
            yield one, name, "supports coordination"


def weekly_load(planned: PlanSchedule) -> list[Load]:
    """Count the tasks that each organisation has in each week; coordination is not counted.

    A task is held from its earliest start to its due date, or to its earliest end where that is
    later or none is due. Tasks count alike, whatever work they hold: the plan does not say.

    Returns:
        A row for each organisation and week in which it has a task.
    """
    held: dict[tuple[str, date], dict[str, int]] = {}
    for organisation, name, role in contributions(planned.plan):
        if role not in ("leads", "supports", "consulted"):
            continue
        task = planned.tasks[name]
        last = max([task.early_finish] + ([task.task.due.mode] if task.task.due else []))
        week = task.early_start - timedelta(days=task.early_start.weekday())
        while week < last or week == task.early_start:
            count = held.setdefault((organisation, week), dict.fromkeys(_COUNTED, 0))
            count[role] += 1
            week += timedelta(days=7)
    return [Load(who, week, **held[who, week]) for who, week in sorted(held)]


_COUNTED: Final = ("leads", "supports", "consulted")
