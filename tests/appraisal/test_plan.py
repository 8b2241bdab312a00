"""The action plan: dates, chances, status, load, and what a late task moves."""

from datetime import date, timedelta

import numpy as np
import pytest

from umbo.appraisal.plan import (
    contributions,
    delayed_by,
    on_clock,
    schedule,
    stand,
    weekly_load,
)
from umbo.elements.action_plan import ActionPlan, Spread, problems_of, read_dates
from umbo.errors import StudyError, UnknownNameError


def task(days, after=(), **more):
    low, mode, high = days if isinstance(days, tuple) else (days, days, days)
    return {
        "title": "Something",
        "lead": "office",
        "duration": Spread(low, mode, high),
        "after": list(after),
        **more,
    }


def plan(tasks, **more):
    return ActionPlan.model_validate(
        {
            "plan": 1,
            "title": "A plan",
            "start": "2025-01-27",
            "organisations": {"office": {"name": "An office"}, "other": {"name": "Another"}},
            "tasks": tasks,
            **more,
        }
    )


@pytest.mark.oracle("calendar of 2025: the 60th day after 27 January is 28 March (CRS IN12544)")
def test_the_clock_of_60_days_ends_on_28_march():
    one = plan(
        {
            "in_time": task(5, due="2025-03-28"),
            "late": task(5, due="2025-05-15"),
            "mid_march": task(5, due="2025-03-15 (2025-03-11 to 2025-03-20)"),
            "end_of_month": task(5, due="2025-03"),
            "open": task(5),
        },
        clock={"days": 60},
    )

    assert one.clock_ends == date(2025, 3, 28)
    assert [on_clock(one, part) for part in one.tasks.values()] == [
        *("inside", "outside", "inside", "perhaps outside", "")
    ]


@pytest.mark.oracle("Hillier & Lieberman ch. 22: PERT mean and variance of a chain add")
def test_a_chain_of_tasks_slips_by_the_sum_of_their_means():
    one = plan({"a": task((10, 20, 60)), "b": task((5, 10, 15), ["a"])})

    planned = schedule(one, draws=20_000)

    ends = planned.drawn.end
    assert ends.mean() == pytest.approx(90 / 3 + 30 / 3, abs=0.01)
    assert planned.tasks["b"].early_finish == date(2025, 1, 27) + timedelta(days=30)
    assert planned.tasks["b"].criticality == 1.0


@pytest.mark.oracle("triangular distribution function: (t-a)^2 / ((b-a)(c-a)) below the mode")
def test_the_chance_of_a_due_date_is_the_distribution_function():
    one = plan({"a": task((10, 40, 60), due="2025-02-21")})  # day 25

    assert schedule(one, 20_000).tasks["a"].p_on_time == pytest.approx(
        (25 - 10) ** 2 / ((60 - 10) * (40 - 10)), abs=1e-3
    )


def test_common_luck_widens_the_end_and_keeps_its_mean():
    tasks = {"a": task((10, 20, 60)), "b": task((10, 20, 60), ["a"])}

    apart, together = (
        schedule(plan(tasks, common_luck=share), 20_000).drawn.end for share in (0.0, 0.8)
    )

    assert together.mean() == pytest.approx(apart.mean(), abs=0.01)
    assert np.std(together) > 1.2 * np.std(apart)


def test_the_same_plan_gives_the_same_draws():
    tasks = {"a": task((10, 20, 60)), "b": task((10, 20, 60))}

    first, second = (schedule(plan(tasks)).drawn.early_finish for _ in range(2))
    turned = schedule(plan(dict(reversed(tasks.items())))).drawn.early_finish

    assert np.array_equal(first, second)
    assert np.array_equal(first[0], turned[1])  # luck goes with the name, not with the place


def test_how_a_task_stands_follows_the_days():
    tasks = {
        "a": task(10, due="2025-02-10", done="2025-02-12"),
        "b": task(10, ["a"], due="2025-02-20 (2025-02-18 to 2025-02-24)"),
        "c": task(10, start="2025-02-05"),
    }
    planned = schedule(plan(tasks))

    def states(day):
        return [one.state for one in stand(planned, date.fromisoformat(day)).values()]

    assert states("2025-01-01") == ["not begun", "not begun", "not begun"]
    assert states("2025-01-30") == ["under way", "waiting", "not begun"]
    assert states("2025-02-10") == ["due now", "waiting", "under way"]
    assert states("2025-02-11") == ["past due", "waiting", "under way"]
    assert states("2025-02-12") == ["done", "under way", "under way"]
    assert states("2025-02-18") == ["done", "due now", "under way"]
    assert states("2025-03-01") == ["done", "past due", "under way"]
    now = stand(planned, date(2025, 3, 1))
    assert [one.days for one in now.values()] == [2, 5, 0]
    assert now["b"].expected == date(2025, 3, 1)
    assert now["a"].expected == date(2025, 2, 12)


def test_what_a_done_task_waited_for_is_done():
    planned = schedule(plan({"a": task(5), "b": task(5, ["a"], done="2025-03-01")}))

    found = stand(planned, date(2025, 3, 2))

    assert found["a"].state == "done"
    assert found["a"].is_inferred
    assert not found["b"].is_inferred


def test_a_late_task_tells_what_it_moves_and_which_due_dates_fall():
    planned = schedule(
        plan(
            {
                "a": task(10),
                "b": task(20),
                "c": task(10, ["a", "b"], due="2025-02-28"),  # ends 26 February
            }
        )
    )

    assert [one.task for one in delayed_by(planned, {"a": 8})] == ["a"]
    moved = delayed_by(planned, {"a": 13})
    assert [(one.task, one.days, one.misses_due) for one in moved] == [
        ("a", 13.0, False),
        ("c", 3.0, True),
    ]
    with pytest.raises(UnknownNameError, match="did you mean 'a'"):
        delayed_by(planned, {"aa": 1.0})


def test_each_week_counts_who_has_how_many_tasks():
    one = plan(
        {
            "a": task(10, supports=["other"], due="2025-02-07"),
            "b": task(3, lead="other"),
            "c": task(3, lead="not_reported", consulted=["other"]),
        },
        coordinator="office",
    )

    rows = {(load.organisation, load.week): load for load in weekly_load(schedule(one))}

    first, second = date(2025, 1, 27), date(2025, 2, 3)
    assert [rows["other", first].leads, rows["other", first].supports] == [1, 1]
    assert rows["other", first].consulted == 1
    assert rows["office", second].leads == 1
    assert ("office", date(2025, 2, 10)) not in rows
    assert ("office", "a", "coordinates") in set(contributions(one))
    assert {who for who, name, _ in contributions(one) if name == "c"} == {"other", "office"}


@pytest.mark.parametrize(
    ("tasks", "told"),
    [
        ({"a": task(1, ["b"])}, "no task is named 'b'"),
        ({"a": task(1, lead="offce")}, "did you mean 'office'"),
        ({"a": task(1, supports=["nobody"])}, "no organisation is named 'nobody'"),
        ({"a": task(1, due="2025-01-20")}, "before the task may begin, 2025-01-27"),
        ({"a": task(1, start="2025-03-01", due="2025-02-20")}, "may begin, 2025-03-01"),
        ({"a": task(1, done="2025-01-20")}, "before the task may begin"),
        ({"a": {key: part for key, part in task(1).items() if key != "lead"}}, "has no owner"),
    ],
)
def test_what_is_wrong_in_a_plan_is_found(tasks, told):
    found = list(problems_of(plan(tasks)))

    assert len(found) == 1
    assert told in str(found[0][1])
    assert isinstance(found[0][1], StudyError)


@pytest.mark.parametrize(
    ("text", "low", "mode", "high"),
    [
        ("2025-03-15", "2025-03-15", "2025-03-15", "2025-03-15"),
        ("2024-02", "2024-02-01", "2024-02-15", "2024-02-29"),
        ("2025-03-15 (2025-03-11 to 2025-03-20)", "2025-03-11", "2025-03-15", "2025-03-20"),
    ],
)
def test_dates_are_read_and_written(text, low, mode, high):
    dates = read_dates(text)

    assert [one.isoformat() for one in (dates.low, dates.mode, dates.high)] == [low, mode, high]
    assert str(dates) == text


@pytest.mark.parametrize(
    "text", ["2025-02-30", "2025-13", "March", "2025-03-15 (2025-03-20 to 2025-03-11)", "2025"]
)
def test_what_is_no_date_is_refused(text):
    with pytest.raises(ValueError, match=r"not a date|no day|not in order"):
        read_dates(text)
