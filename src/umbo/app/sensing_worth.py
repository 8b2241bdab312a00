"""What sensing satellites buy in leakage, in words and tables for a person."""

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any, Final

from umbo.app.flight_picture import clock
from umbo.app.wording import words
from umbo.study.sensing_worth import ALL_THERE, BECAUSE, EARLIER, MORE, NOTHING, PLANNED, WITHOUT

Row = dict[str, Any]
Tables = Mapping[str, Sequence[Row]]

TABLE: Final = "sensing_leakage"
EXPLAINED: Final = (
    "Raids fought in expectation, every value at its most likely; in brackets 90 % of the scatter "
    "over constellation phases, not over the ranges of inputs. One point is one warhead in a "
    "hundred; above 0, fewer warheads arrive. 'As planned': the weapons that stand in that year; "
    "'all there': those of the architecture's own year, so that the layer is not idle for want of "
    "weapons."
)
_FURTHER: Final = {
    "sooner": "later",
    "more": "fewer",
    "more surely": "less surely",
    "closer": "less close",
    "better": "less well",
}


def points(share: float) -> str:
    """Write a difference of leakage in points, at least two digits.

    Example:
        >>> points(0.0389), points(-0.00072), points(0.0)
        ('+3.9', '-0.07', '0')
    """
    value = 100.0 * share
    if abs(value) < 0.005:
        return "0"
    return f"{value:+.2f}" if abs(value) < 1.0 else f"{value:+.1f}"


def because(row: Row) -> str:
    """Say why leakage moves as it does, or does not."""
    text = BECAUSE[row["because"]]
    for word, other in _FURTHER.items():
        text = text.replace(f"{{{word}}}", word if row["leakage_buys"] > 0.0 else other)
    return text


def answer(tables: Tables) -> str:
    """Say in a few sentences what a year and a few more satellites buy most in leakage."""
    rows = tables[TABLE]
    told = []
    for change in (EARLIER, MORE):
        some = [row for row in rows if row["change"] == change]
        if not some:
            continue
        what = _what(some[0])
        best = _best([row for row in some if row["weapons"] == PLANNED])
        if best is None:
            told.append(f"{what} {_buy(some[0])} nothing with the weapons as planned.")
        else:
            told.append(f"{what} {_buy(some[0])} most {_told(best)}.")
        ahead = _best([row for row in some if row["weapons"] == ALL_THERE])
        if ahead is not None and (best is None or ahead["leakage_buys"] > best["leakage_buys"]):
            told.append(f"With all weapons there that would be most {_told(ahead)}.")
    off = [row for row in rows if row["change"] == WITHOUT and row["weapons"] == PLANNED]
    worst = min(off, key=lambda row: float(row["leakage_buys"]), default=None)
    if worst is not None and worst["leakage_buys"] < -NOTHING:
        then, now = _of_100(worst["leakage_then"], worst["leakage_now"])
        told.append(
            f"Without {words(worst['element'])}, {worst['architecture']} lets through "
            f"{then} instead of {now} of 100 warheads of {words(worst['raid'])}: {because(worst)}."
        )
    return " ".join(told)


def _best(rows: Sequence[Row]) -> Row | None:
    """Give the row that buys most, if any buys more than scatter."""
    sure = [row for row in rows if row["leakage_buys_low"] > 0.0 and row["leakage_buys"] > NOTHING]
    return max(sure, key=lambda row: float(row["leakage_buys"]), default=None)


def _what(row: Row) -> str:
    if row["change"] == EARLIER:
        years = "a year" if row["by"] == 1 else f"{row['by']} years"
        return f"The layer {years} earlier"
    return f"{row['by']} more tracking satellites"


def _buy(row: Row) -> str:
    return "buys" if row["change"] == EARLIER or row["by"] == 1 else "buy"


def _told(row: Row) -> str:
    of = f" ({words(row['element'])})" if row["element"] else ""
    then, now = _of_100(row["leakage_then"], row["leakage_now"])
    return (
        f"in FY{row['year']} against {words(row['raid'])}: {row['architecture']}{of} lets through "
        f"{then} of 100 warheads instead of {now}, since {because(row)}"
    )


def _of_100(one: float, other: float) -> tuple[str, str]:
    """Write two different shares of a hundred warheads so that they differ.

    Example:
        >>> _of_100(0.384, 0.391), _of_100(0.43, 0.44), _of_100(0.032, 0.056)
        (('38.4', '39.1'), ('43', '44'), ('3.2', '5.6'))
    """
    low, high = sorted((100.0 * one, 100.0 * other))
    places = 0 if low >= 9.95 and high - low >= 0.95 else 1 if high - low >= 0.095 else 2
    return f"{100.0 * one:.{places}f}", f"{100.0 * other:.{places}f}"


def written(tables: Tables) -> dict[str, list[list[str]]]:
    """Write the tables for people, each with its heading first; none without battles."""
    rows = tables.get(TABLE) or ()
    if not rows:
        return {}
    last = max(row["year"] for row in rows)
    made = {}
    for change, title in (
        (EARLIER, "in the year in which it buys most"),
        (MORE, f"of each kind, FY{last}"),
        (WITHOUT, f"FY{last}"),
    ):
        some = [
            r for r in rows if r["change"] == change and (change == EARLIER or r["year"] == last)
        ]
        if some:
            what = (
                f"What {_what(some[0])} {_buy(some[0])}" if change != WITHOUT else "Switched off:"
            )
            what = what.replace("What The", "What the")
            made[f"{what} in leakage, {title}, in points (90 % of phases)".replace(": in", ":")] = (
                _matrix(some, change)
            )
    orders = tables.get("sensing_orders") or ()
    if orders:
        made[f"When each weapon is told, FY{orders[0]['year']}"] = _orders(orders)
    return made


def _matrix(rows: Sequence[Row], change: str) -> list[list[str]]:
    """Set what is bought as planned beside what is bought with all weapons there."""
    by: dict[tuple[str, str, str], dict[str, list[Row]]] = {}
    for row in rows:
        key = (row["architecture"], row["raid"], row["element"] if change != EARLIER else "")
        by.setdefault(key, {}).setdefault(row["weapons"], []).append(row)
    kind = "year" if change == EARLIER else "satellite"
    head = ["architecture", kind, "raid", "leakage", "then", "buys, as planned", "all there"]
    made = [[*head, "as planned, since"]]
    still: dict[str, list[Row]] = {}
    for (architecture, raid, element), found in by.items():
        planned, ahead = (_most(found[weapons]) for weapons in (PLANNED, ALL_THERE))
        if max(abs(planned["leakage_buys"]), abs(ahead["leakage_buys"])) <= NOTHING:
            still.setdefault(architecture, []).append(planned)
            continue
        which = f"FY{planned['year']}" if change == EARLIER else words(element)
        year = f", FY{ahead['year']}" if ahead["year"] != planned["year"] else ""
        made.append(
            [
                architecture,
                which,
                words(raid),
                f"{planned['leakage_now']:.3f}",
                f"{planned['leakage_then']:.3f}",
                _with_range(planned),
                f"{_with_range(ahead)}{year}",
                because(planned),
            ]
        )
    for architecture, rows_of in still.items():
        why = Counter(because(row) for row in rows_of).most_common(1)[0][0]
        name = f"{len(rows_of)} others" if len(rows_of) > 1 else words(rows_of[0]["raid"])
        made.append([architecture, "", name, "", "", points(0.0), points(0.0), f"mostly: {why}"])
    return made


def _most(rows: Sequence[Row]) -> Row:
    """Give the row that moves leakage most, the latest of those that do not."""
    moved = [row for row in rows if abs(row["leakage_buys"]) > NOTHING]
    return max(moved, key=lambda row: abs(float(row["leakage_buys"])), default=rows[-1])


def _with_range(row: Row) -> str:
    if abs(row["leakage_buys"]) <= NOTHING:
        return points(0.0)
    low, high = points(row["leakage_buys_low"]), points(row["leakage_buys_high"])
    return f"{points(row['leakage_buys'])} ({low} to {high})"


def _orders(rows: Sequence[Row]) -> list[list[str]]:
    head = ["architecture", "weapon", "raid", "error it takes", "solution", "ordered"]
    made = [[*head, "ordered in all", "warheads in reach in time", "hand-over"]]
    for row in rows:
        made.append(
            [
                row["architecture"],
                words(row["weapon"]),
                words(row["raid"]),
                f"{row['error_limit_m']:.0f} m",
                clock(row["solution_s"]) if math.isfinite(row["solution_s"]) else "own radar",
                clock(row["ordered_s"]) if math.isfinite(row["ordered_s"]) else "own radar",
                f"{row['share_ordered']:.2f}",
                f"{row['share_engaged']:.2f}",
                f"{row['hand_over']:.2f}",
            ]
        )
    return made


def by_year(rows: Sequence[Row], raid: str) -> list[Row]:
    """Give leakage by year with all weapons there, of the study's program and of the faster one."""
    return [
        {
            "architecture": row["architecture"],
            "year": row["year"],
            "program": program,
            "leakage": at,
        }
        for row in rows
        if (row["raid"], row["change"], row["weapons"]) == (raid, EARLIER, ALL_THERE)
        for program, at in (("study", row["leakage_now"]), ("accelerated", row["leakage_then"]))
    ]


def raids_moved(rows: Sequence[Row]) -> list[str]:
    """List the raids whose leakage moves with the layer's years, once each."""
    moved: dict[tuple[str, str], list[float]] = {}
    for row in rows:
        if row["change"] == EARLIER and row["weapons"] == ALL_THERE:
            moved.setdefault((row["raid"], row["architecture"]), []).append(row["leakage_now"])
    return list(
        dict.fromkeys(raid for (raid, _), at in moved.items() if max(at) - min(at) > 10.0 * NOTHING)
    )
