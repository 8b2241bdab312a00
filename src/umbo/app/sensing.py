"""What the sensing layer sees, for a person: the answer in a sentence, tables, and a page."""

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from umbo.app import sensing_worth
from umbo.app.flight_picture import clock
from umbo.app.wording import words
from umbo.errors import StudyError

Row = dict[str, Any]
Tables = Mapping[str, Sequence[Row]]

SUFFIX: Final = ".html"
GAPS_SHOWN: Final = 4
WARNED: Final = (
    "Generic vehicles, every value at its most likely; sensitivities, accuracies and link delays "
    "are assumptions, listed as inputs. Infrared satellites alone: radars add to tracks in "
    "midcourse."
)


def refuse_suffix(path: Path) -> None:
    """Refuse a page of a kind that is not made.

    Raises:
        StudyError: Its name does not end in ``.html``.
    """
    if path.suffix != SUFFIX:
        raise StudyError(f"{path}: the page is written as {SUFFIX}; end its name so")


def answer(tables: Tables) -> str:
    """Say the answer in a few sentences, what the layer is worth first."""
    return " ".join(answers(tables))


def answers(tables: Tables) -> list[str]:
    """Say it in paragraphs: leakage bought, custody bought, custody and solution time last year."""
    custody = _of_study(tables["custody"])
    solved = _of_study(tables["solutions"])
    last = max(row["year"] for row in custody)
    told: dict[str, list[str]] = {}
    for name in dict.fromkeys(row["architecture"] for row in custody):
        held = _mean(
            r["custody"] for r in custody if (r["architecture"], r["year"]) == (name, last)
        )
        fired = [r for r in solved if (r["architecture"], r["year"]) == (name, last)]
        chance = _mean(r["p_solution"] for r in fired)
        quick = _mean(r["solution_s"] for r in fired)
        drawn = [r for r in _of_study(tables.get("assumptions", ())) if r["architecture"] == name]
        low, high = (_mean(r[f"custody_{end}"] for r in drawn) for end in ("p05", "p95"))
        over = f", {low:.0%} to {high:.0%} over the inputs' ranges" if drawn else ""
        after = f", {clock(quick)} min after launch" if math.isfinite(quick) else ""
        seen = f"{held:.0%} of a flight{over} ({chance:.0%} of flights{after})"
        told.setdefault(seen, []).append(name)
    each = [f"{' and '.join(names)} {seen}" for seen, names in told.items()]
    sentence = (
        f"Held in stereo by the tracking layer in FY{last}, and in brackets known well enough to "
        f"fire on: {'; '.join(each)}."
    )
    said = [sensing_worth.answer(tables)] if tables.get(sensing_worth.TABLE) else []
    return [*said, *([gained(tables)] if "gain" in tables else []), sentence]


def gained(tables: Tables) -> str:
    """Say what the accelerated program buys most, in custody and in time."""
    held = max(tables["gain"], key=lambda row: float(row["custody_gain"]))
    if held["custody_gain"] <= 0.0:
        return "Acceleration buys no custody in these years."
    told = (
        f"Acceleration buys most in FY{held['year']}: {held['architecture']} gains "
        f"{100 * held['custody_gain']:.0f} points of custody of {words(held['class'])}"
    )
    soon = max(tables["gain"], key=lambda row: float(row["solution_gain_s"]))
    if soon["solution_gain_s"] >= 1.0:
        told += (
            f"; and {soon['architecture']} in FY{soon['year']} has a target solution for "
            f"{words(soon['class'])} {clock(soon['solution_gain_s'])} min earlier, or at all"
        )
    return f"{told}."


def print_sensing(tables: Tables) -> None:
    """Print the answer and its tables; a year in which nothing changes is left out."""
    from rich.console import Console

    console = Console(markup=False, highlight=False)
    if not console.is_terminal:
        console = Console(width=140, markup=False, highlight=False)
    console.print(answer(tables), style="bold")
    for title, rows in written(tables).items():
        console.print(_table(title, rows))
    if tables.get(sensing_worth.TABLE):
        console.print(sensing_worth.EXPLAINED)
    console.print(WARNED)


def written(tables: Tables) -> dict[str, list[list[str]]]:
    """Write the tables for people, each with its heading first."""
    made = sensing_worth.written(tables) | {
        "Stereo custody by the tracking layer: share of a flight, mean (5 to 95 % of phases)": [
            [
                *("architecture", "year", "class and raid", "satellites", "custody", "in boost"),
                *("after burnout", "longest gap", "first seen", "first stereo"),
            ],
            *(
                [
                    *_named(row),
                    str(row["tracking_satellites"]),
                    f"{share(row['custody'])} ({share(row['custody_p05'])} to "
                    f"{share(row['custody_p95'])})",
                    share(row["custody_boost"]),
                    share(row["custody_after_burnout"]),
                    when(row["longest_gap_s"]),
                    when(row["first_seen_s"]),
                    when(row["first_stereo_s"]),
                ]
                for row in changing(_of_study(tables["custody"]), ("class",))
            ),
        ],
        "Target solutions of fire-control quality": [
            [
                *("architecture", "year", "class and raid", "flights with one", "at"),
                *("error m", "share of flight", "burnout", "impact"),
            ],
            *(
                [
                    *_named(row),
                    share(row["p_solution"]),
                    when(row["solution_s"]),
                    f"{row['error_m']:.0f}" if math.isfinite(row["error_m"]) else "–",
                    share(row["fire_control_share"]),
                    when(row["burnout_s"]),
                    when(row["impact_s"]),
                ]
                for row in changing(_of_study(tables["solutions"]), ("class",))
            ),
        ],
        "Latency from sensor to shooter in the last year, battle manager included": [
            [
                "architecture",
                "sensor",
                "shooters",
                "median s",
                "95 % s",
                "99 % s",
                "no way",
                "hops",
            ],
            *latency_rows(tables),
        ],
    }
    made["Gaps in the stereo custody of one flight of each class, launch to impact, last year"] = [
        ["architecture", "year", "class and raid", "custody", "gaps", "from and to", "impact"],
        *gap_rows(tables),
    ]
    drawn = _of_study(tables.get("assumptions", ()))
    if drawn:
        made[f"Over the ranges of all inputs: median (5 to 95 % of {drawn[0]['draws']} draws)"] = [
            [
                *("architecture", "year", "class and raid", "custody"),
                *("flights with a solution", "solution or impact"),
            ],
            *(
                [
                    *_named(row),
                    _range(row, "custody", share),
                    _range(row, "p_solution", share),
                    _range(row, "solution_or_impact_s", when),
                ]
                for row in drawn
            ),
        ]
    if "gain" in tables:
        made["What the accelerated program buys"] = [
            [
                *("architecture", "year", "class and raid", "custody", "accelerated", "gain"),
                *("solution or impact", "accelerated", "earlier"),
            ],
            *(
                [
                    *_named(row),
                    share(row["custody"]),
                    share(row["custody_accelerated"]),
                    f"{row['custody_gain']:+.2f}",
                    when(row["solution_or_impact_s"]),
                    when(row["solution_or_impact_s_accelerated"]),
                    f"{row['solution_gain_s']:.0f} s",
                ]
                for row in tables["gain"]
                if abs(row["custody_gain"]) > 5e-4 or abs(row["solution_gain_s"]) > 0.5
            ),
        ]
    return {title: rows for title, rows in made.items() if len(rows) > 1}


def gap_rows(tables: Tables) -> list[list[str]]:
    """Write the gaps of a flight in one row, at most some of them."""
    together: dict[tuple[Any, ...], list[Row]] = {}
    for row in _of_study(tables["gaps"]):
        together.setdefault(_key(row, ("class",)), []).append(row)
    made = []
    for rows in together.values():
        spans = [f"{clock(row['from_s'])}-{clock(row['until_s'])}" for row in rows[:GAPS_SHOWN]]
        more = [f"and {len(rows) - GAPS_SHOWN} more"] if len(rows) > GAPS_SHOWN else []
        made.append(
            [
                *_named(rows[0]),
                share(rows[0]["custody"]),
                str(len(rows)),
                ", ".join([*spans, *more]),
                clock(rows[0]["impact_s"]),
            ]
        )
    return made


def latency_rows(tables: Tables) -> list[list[str]]:
    """Write the latencies of the last year, the shooters of a sensor taken together."""
    rows = _of_study(tables["latency"])
    last = max((row["year"] for row in rows), default=0)
    together: dict[tuple[str, str], list[Row]] = {}
    for row in rows:
        if row["year"] == last:
            together.setdefault((row["architecture"], row["sensor"]), []).append(row)
    return [
        [
            architecture,
            words(sensor),
            str(len(of)),
            seconds(_mean(row["median_s"] for row in of)),
            seconds(_mean(row["p95_s"] for row in of)),
            seconds(_mean(row["p99_s"] for row in of)),
            share(_mean(row["unreachable"] for row in of)),
            f"{_mean(row['hops'] for row in of):.1f}",
        ]
        for (architecture, sensor), of in together.items()
    ]


def changing(rows: Sequence[Row], by: Sequence[str]) -> list[Row]:
    """Leave out the rows in which nothing changed since the year before."""
    kept = []
    before: dict[tuple[Any, ...], Row] = {}
    for row in rows:
        key = (row["architecture"], row["raid"], *(row[one] for one in by))
        told = {name: cell for name, cell in row.items() if name != "year"}
        if before.get(key) != told and str(before.get(key)) != str(told):
            kept.append(row)
        before[key] = told
    return sorted(kept, key=lambda row: list(before).index(_key(row, by)))


def share(value: float) -> str:
    """Write a share with two digits."""
    return f"{value:.2f}" if math.isfinite(value) else "–"


def when(value: float) -> str:
    """Write a time after launch, or a length of time."""
    return clock(value) if math.isfinite(value) else "never"


def seconds(value: float) -> str:
    """Write seconds to a hundredth."""
    return f"{value:.2f}" if math.isfinite(value) else "–"


def _range(row: Row, name: str, write: Callable[[float], str]) -> str:
    low, middle, high = (write(row[f"{name}_{end}"]) for end in ("p05", "p50", "p95"))
    return f"{middle} ({low} to {high})"


def _key(row: Row, by: Sequence[str]) -> tuple[Any, ...]:
    return (row["architecture"], row["raid"], *(row[one] for one in by))


def _named(row: Row) -> list[str]:
    kind = f"{words(row['class'])}, {words(row['raid'])}"
    return [row["architecture"], f"FY{row['year']}", kind]


def _of_study(rows: Iterable[Row]) -> list[Row]:
    return [row for row in rows if row["program"] == "study"]


def _mean(values: Iterable[float]) -> float:
    finite = [value for value in values if math.isfinite(value)]
    return sum(finite) / len(finite) if finite else math.nan


def is_text(heading: str) -> bool:
    """Say whether a column holds words or lists, which may wrap."""
    return heading.endswith(("since", "from and to"))


def _table(title: str, rows: Sequence[Sequence[str]]) -> Any:
    from rich.table import Table

    table = Table(title=title, title_justify="left", title_style="bold", header_style="bold")
    for i, heading in enumerate(rows[0]):
        is_left = i < 3 or is_text(heading)
        table.add_column(
            heading,
            justify="left" if is_left else "right",
            no_wrap=not (i == 2 or is_text(heading)),
            overflow="fold",
        )
    for row in rows[1:]:
        table.add_row(*row)
    return table
