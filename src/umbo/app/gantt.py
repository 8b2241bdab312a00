"""A plan's bars on a calendar, as a part of a page; its style is `templates/plan.css`."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from html import escape
from typing import Any, Final

from umbo.app.planning import due_text, state_text

Row = dict[str, Any]

_MARGIN_DAYS: Final = 3
_MOST_TICKS: Final = 7
_KEY: Final = {
    "bar": "most likely",
    "critical": "without float",
    "slip": "until the day by which four draws of five end",
    "due": "due",
    "range": "days that the due date may mean",
    "done": "known to be done",
    "clock": "end of the clock",
    "now": "day of the status",
}


def gantt(rows: Sequence[Row], about: Row) -> str:
    """Draw the tasks of a plan as bars, each with its due date, slip, and what is known.

    Args:
        rows: Table ``plan``.
        about: The row of table ``plan_about``.

    Returns:
        HTML: a key, and a row a task, in the order in which they begin.
    """
    first, last = _bounds(rows, about)
    axis = _Axis(first, last)
    lines = axis.lines(about)
    order = sorted(rows, key=lambda row: (row["phase"], row["early_start"], row["early_finish"]))
    drawn = "".join(
        f'<div class="row" role="listitem"><div><strong>{escape(row["label"])}</strong> '
        f"{escape(row['title'])}<small>{escape(_said(row))}</small></div>"
        f'<div class="line {_class(row)}" aria-hidden="true">{lines}{axis.bars(row)}</div>'
        "</div>"
        for row in order
    )
    shown = [
        name
        for name in _KEY
        if (name != "now" or first <= date.fromisoformat(about["as_of"]) <= last)
        and (name != "clock" or about["clock_ends"])
    ]
    key = "".join(
        f'<li><span class="sign key-{name}"></span>{escape(_KEY[name])}</li>' for name in shown
    )
    return (
        f'<ul class="legend gantt-key" aria-label="Key">{key}</ul><div class="gantt" role="list">'
        f'<div class="row" aria-hidden="true"><div></div><div class="line axis">{axis.ticks()}'
        f"</div></div>{drawn}</div>"
    )


class _Axis:
    """Where a day stands between the first and the last, in per cent."""

    def __init__(self, first: date, last: date) -> None:
        self.first, self.last = first, last
        self.days = max(1, (last - first).days)

    def at(self, day: date | str) -> float:
        when = date.fromisoformat(day) if isinstance(day, str) else day
        return min(100.0, max(0.0, 100.0 * (when - self.first).days / self.days))

    def months(self) -> list[date]:
        """Give the first days of months, of a few where there are many."""
        day, found = date(self.first.year, self.first.month, 1), []
        while day <= self.last:
            if day >= self.first:
                found.append(day)
            day = (day + timedelta(days=32)).replace(day=1)
        step = -(-len(found) // _MOST_TICKS)
        return found[::step] if step else []

    def ticks(self) -> str:
        return "".join(
            f'<span style="left:{self.at(day):.2f}%">{day.strftime("%b %Y")}</span>'
            for day in self.months()
            if self.at(day) < 88.0
        )

    def lines(self, about: Row) -> str:
        drawn = [f'<i style="left:{self.at(day):.2f}%"></i>' for day in self.months()]
        if about["clock_ends"]:
            drawn.append(f'<i class="clock" style="left:{self.at(about["clock_ends"]):.2f}%"></i>')
        if self.first <= date.fromisoformat(about["as_of"]) <= self.last:
            drawn.append(f'<i class="now" style="left:{self.at(about["as_of"]):.2f}%"></i>')
        return "".join(drawn)

    def bars(self, row: Row) -> str:
        start, end = self.at(row["early_start"]), self.at(row["early_finish"])
        late = self.at(row["finish_p80"])
        critical = " critical" if row["is_critical"] else ""
        drawn = [
            _bar("slip", end, late) if late > end else "",
            _bar(f"bar{critical}", start, end),
        ]
        if row["due"]:
            low, high = self.at(row["due_low"]), self.at(row["due_high"])
            drawn += [_bar("range", low, high) if high > low else "", _mark("due", row, self)]
        if row["done"]:
            drawn.append(_mark("done", row, self))
        return "".join(drawn)


def _bar(name: str, start: float, end: float) -> str:
    return f'<b class="{name}" style="left:{start:.2f}%;width:{end - start:.2f}%"></b>'


def _mark(name: str, row: Row, axis: _Axis) -> str:
    return f'<b class="{name}" style="left:{axis.at(row[name][:10]):.2f}%"></b>'


def _class(row: Row) -> str:
    return "decision" if row["kind"] == "decision" else f"phase{min(3, row['phase'])}"


def _said(row: Row) -> str:
    lead = row["lead_name"] or "Lead not reported"
    return f"{lead}. Due: {due_text(row)}. {state_text(row).capitalize()}."


def _bounds(rows: Sequence[Row], about: Row) -> tuple[date, date]:
    told = ("early_finish", "finish_p80", "due_high", "done")
    days = [date.fromisoformat(row[key][:10]) for row in rows for key in told if row[key]]
    first = date.fromisoformat(about["start"])
    last = max([first, *days])
    return first - timedelta(days=_MARGIN_DAYS), last + timedelta(days=_MARGIN_DAYS)


def load_table(load: Sequence[Row], names: Mapping[str, str]) -> list[list[str]]:
    """Write how many tasks each organisation has in each week, the heading first."""
    weeks = sorted({row["week"] for row in load})
    counted = {
        (row["organisation"], row["week"]): row["leads"] + row["supports"] + row["consulted"]
        for row in load
    }
    return [
        ["organisation", *(week[5:] for week in weeks)],
        *(
            [names[who], *(str(counted.get((who, week), "")) for week in weeks)]
            for who in dict.fromkeys(row["organisation"] for row in load)
        ),
    ]
