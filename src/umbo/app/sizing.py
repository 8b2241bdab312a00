"""How many interceptors in orbit, for a person: the answer in a sentence, tables, and a page."""

import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final, get_args

from umbo.app.wording import is_number, money, number, percent, words
from umbo.appraisal.sizing_question import Deadline, Least, Question
from umbo.elements.interceptors import FlyOut
from umbo.errors import StudyError, UnitError, suggest
from umbo.units import read

Row = dict[str, Any]
Tables = Mapping[str, Sequence[Row]]

SUFFIX: Final = ".html"
WARNED: Final = (
    "Engaged is not defeated: a missile counts as engaged when all its shots are in reach in time. "
    "Missiles start at once from one place, so they share the interceptors in reach; spread over "
    "an area or over time they need fewer. Generic vehicles; warning and tracking are a delay."
)
MASS_AT_M: Final = (300e3, 400e3, 500e3, 600e3)
"""Altitudes of which the table of masses tells a person."""
_CHOICES: Final = {"deadline": Deadline, "fly_out": FlyOut, "least": Least}


def changed(question: Question, **wanted: Any) -> Question:
    """Put what was asked for on the command line in place of a question's own.

    Raises:
        StudyError: A word that is none of the choices, or a number outside its bounds.
        UnitError: A quantity without its unit.
    """
    update = {key: value for key, value in wanted.items() if value not in (None, "", [], ())}
    for key, known in _CHOICES.items():
        if key in update and update[key] not in get_args(known):
            raise StudyError(
                f"--{key.replace('_', '-')} {update[key]!r} is not known; "
                f"{suggest(update[key], get_args(known))}"
            )
    for key, dimension, low, high in (
        ("decision_time_s", "s", 0.0, 600.0),
        ("probability", "1", 1e-6, 1.0 - 1e-6),
        ("altitude_m", "m", 180e3, 700e3),
        ("inclination_rad", "rad", 0.0, 3.1416),
    ):
        if key not in update:
            continue
        try:
            update[key] = read(update[key], dimension)
        except ValueError as error:
            raise UnitError(f"--{key.rsplit('_', 1)[0].replace('_', '-')}: {error}") from None
        if not low <= update[key] <= high:
            name = key.removesuffix("_s").removesuffix("_m").removesuffix("_rad")
            raise StudyError(
                f"--{name.replace('_', '-')} {wanted[key]!r} is out of bounds; write "
                f"{_bounds(dimension, low, high)}"
            )
    return question.model_copy(update=update)


def _bounds(dimension: str, low: float, high: float) -> str:
    return {
        "s": f"{low:g} s to {high:g} s",
        "1": "more than 0 and less than 1, such as 0.9 or 90%",
        "m": f"{low / 1e3:g} km to {high / 1e3:g} km",
        "rad": "0 deg to 180 deg",
    }[dimension]


def refuse_suffix(path: Path) -> None:
    """Refuse a page of a kind that is not made.

    Raises:
        StudyError: Its name does not end in ``.html``.
    """
    if path.suffix != SUFFIX:
        raise StudyError(f"{path}: the page is written as {SUFFIX}; end its name so")


def count(satellites: float) -> str:
    """Write a number of satellites; where none is enough, say so."""
    return number(round(satellites)) if is_number(satellites) else "no number"


def answer(tables: Tables) -> str:
    """Say the answer in a sentence."""
    row = tables["answer"][0]
    many = row["missiles"] > 1
    launched = (
        f"{row['missiles']} {words(row['missile'])} missiles launched at once"
        if many
        else (f"one {words(row['missile'])} missile")
    )
    interval = ""
    if row["draws"] > 1:
        interval = f" ({count(row['low'])} to {count(row['high'])} over the inputs' ranges)"
    spares = f", with {number(row['spares'])} spares" if row["spares"] else ""
    met = ""
    if is_number(row["first_met_s"]):
        met = (
            f" The first meets the missile {row['first_met_s']:.0f} s after launch (by the flat "
            f"disc {row['first_met_disc_s']:.0f} s), of {row['burnout_s']:.0f} s of boost."
        )
    shots = "one shot" if row["shots"] == 1 else f"{row['shots']} shots"
    return (
        f"{number(row['satellites'])} interceptors in orbit{interval} can give {launched} from "
        f"{words(row['from'])} {shots}{' each' if many else ''} with a chance of "
        f"{percent(row['probability'])}: {row['layout']} at {row['altitude_m'] / 1e3:.0f} km and "
        f"{row['inclination_deg']} degrees, {number(row['mass_t'])} t, about "
        f"{money(row['cost_usd'])} over 20 years{spares}. {number(row['replaced_a_year'])} a year "
        f"are replaced by {number(row['launches_a_year'], 2)} launches, "
        f"{percent(row['share_of_launches'])} of those that Falcon 9 made in 2025.{met}"
    )


def carried(tables: Tables) -> str:
    """Say which assumption carries the number, and what a published one stands beside."""
    rows = tables["carries"]
    base = rows[0]["engaged_mean"]
    most = max(rows[1:], key=lambda row: abs(row["engaged_mean"] - base), default=rows[0])
    low, high = (f(row["engaged_mean"] for row in rows) for f in (min, max))
    text = (
        f"{number(rows[0]['satellites'])} engage {number(base, 2)} at once as asked, and "
        f"{number(low, 2)} to {number(high, 2)} when one assumption moves over its range; "
        f"{words(most['assumption'])} ({_written(most['at'])}) moves it most, to "
        f"{number(most['engaged_mean'], 2)}."
    )
    told = []
    for row in tables["published"]:
        if row.get("gated") and is_number(row.get("missiles_low")):
            missiles = sorted({row["missiles_low"], row["missiles_high"]})
            where = "inside" if row["bracketed"] else "outside"
            told.append(
                f"{row['study']}: {number(row['satellites'])} for "
                f"{' or '.join(map(str, missiles))}; ours {number(row['ours'], 2)} "
                f"({number(row['ours_low'], 2)} to {number(row['ours_high'], 2)}): {where}."
            )
    return " ".join([text, *told])


def _written(at: str) -> str:
    return words(at) if at.isidentifier() else at


def written(tables: Tables) -> Iterator[tuple[str, list[list[str]]]]:
    """Give each table as a heading and rows of text, the first of them the columns."""
    rows = [["assumption", "at", "in reach", "shots", "engaged at once", "5 %", "95 %"]]
    for row in tables["carries"]:
        rows.append(
            [
                words(row["assumption"]),
                _written(row["at"]),
                number(row["in_reach_mean"], 3),
                str(row["shots"]),
                number(row["engaged_mean"], 2),
                number(row["engaged_p05"], 2),
                number(row["engaged_p95"], 2),
            ]
        )
    satellites = number(tables["carries"][0]["satellites"])
    yield f"What carries the number: missiles that {satellites} engage at once", rows
    rows = [["study", "interceptors", "for missiles", "ours at once", "over one assumption", ""]]
    for row in tables["published"]:
        low, high = row.get("missiles_low"), row.get("missiles_high")
        span = "" if low is None else str(low) if low == high else f"{low} or {high}"
        ours = number(row["ours"], 3) if is_number(row.get("ours")) else "shown only"
        over = ""
        if is_number(row.get("ours_low")):
            over = f"{number(row['ours_low'], 2)} to {number(row['ours_high'], 2)}"
        verdict = ""
        if row["gated"]:
            verdict = "bracketed" if row["bracketed"] else "not bracketed"
        rows.append([row["study"], number(row["satellites"]), span, ours, over, verdict])
    yield "Published, beside ours", rows
    if tables["architectures"]:
        rows = [["architecture", "interceptors", "in reach", "5 %", "95 %", "engaged", "chance"]]
        for row in tables["architectures"]:
            rows.append(
                [
                    words(row["architecture"]),
                    number(row["satellites"]),
                    number(row["in_reach_mean"], 3),
                    number(row["in_reach_p05"]),
                    number(row["in_reach_p95"]),
                    number(row["engaged_mean"], 2),
                    percent(row["chance"]),
                ]
            )
        yield "The study's architectures, asked the same", rows
    rows = [["loss", "left", "in reach", "5 %", "50 %", "95 %", "chance"]]
    for row in tables["holes"]:
        lost = [
            f"{percent(row[key])} of {name}"
            for key, name in (("planes_lost", "planes"), ("satellites_lost", "interceptors"))
            if row[key]
        ]
        rows.append([" and ".join(lost) or "none", *_reach_cells(row)])
    yield "Holes", rows
    heads = ("year", "built", "standing", "in reach", "5 %", "50 %", "95 %", "chance")
    rows = [[*heads, "of the whole's", "launched a year", "held back by"]]
    for row in tables["by_year"]:
        rows.append(
            [
                number(row["year"], 3),
                percent(row["share_built"]),
                *_reach_cells(row),
                percent(row["share_of_capability"]),
                number(row["launched_a_year"], 3),
                row["limited_by"],
            ]
        )
    yield "While it is being built, from the first interceptor produced", rows
    rows = [
        ["phase", "missile", "from", "shells km", "until s", "reach", "in reach", "5 %", "95 %"]
    ]
    for row in tables["beyond"]:
        rows.append(
            [
                row["phase"],
                words(row["missile"]),
                words(row["from"]),
                number(row["altitude_m"] / 1e3),
                number(row["deadline_s"], 3),
                row["fly_out"],
                number(row["in_reach_mean"], 3),
                number(row["in_reach_p05"]),
                number(row["in_reach_p95"]),
            ]
        )
    yield "Beyond boost", rows
    rows = [["altitude km", "sun", "air density", "kg", "to stay up kg", "unkept years"]]
    rows[0] += ["replaced a year", "launches a year", "of all in 2025"]
    for row in tables["mass"]:
        if row["altitude_m"] in MASS_AT_M:
            rows.append(
                [
                    number(row["altitude_m"] / 1e3),
                    row["sun"],
                    f"x {row['density_factor']:.2f}",
                    number(row["total_kg"]),
                    number(row["keeping_kg"]),
                    number(row["life_unkept_year"], 2),
                    number(row["replaced_a_year"], 3),
                    number(row["launches_a_year"], 2),
                    percent(row["share_of_launches"]),
                ]
            )
    yield "Mass, life and launches", rows
    yield from _raids(tables)


def _raids(tables: Tables) -> Iterator[tuple[str, list[list[str]]]]:
    """Give the two tables of where payloads of a study's raids fall."""
    if tables.get("served"):
        rows = [["architecture", "raid", "missiles", "shots", "served", "5 %", "50 %", "95 %"]]
        rows[0] += ["all", "half", "each alone"]
        for row in tables["served"]:
            rows.append(
                [
                    words(row["architecture"]),
                    words(row["raid"]),
                    number(row["missiles"]),
                    number(row["shots"]),
                    number(row["served_mean"], 3),
                    *(number(row[f"served_{p}"], 3) for p in ("p05", "p50", "p95")),
                    percent(row["chance_all"]),
                    percent(row["chance_half"]),
                    number(row["engaged_alone_mean"], 2),
                ]
            )
        yield "Missiles that get all their shots before burnout, no interceptor used twice", rows
    if not tables.get("shortfall_by_raid"):
        return
    rows = [["raid", "missile", "from", "missiles", "burnout s", "short until s", "abroad until s"]]
    for row in tables["shortfall_by_raid"]:
        rows.append(
            [
                *(words(row[key]) for key in ("raid", "missile", "from")),
                number(row["missiles"]),
                number(row["burnout_s"], 3),
                f"{row['latest_s']:.0f} ({row['latest_low_s']:.0f} to {row['latest_high_s']:.0f})",
                number(row["latest_abroad_s"], 3),
            ]
        )
    yield (
        "Until when after launch an intercepted missile's payload falls short of every place that "
        "the raid is aimed at, and abroad of the countries that they are in",
        rows,
    )
    rows = [["raid", "intercept s", "where the payloads would come down: missiles"]]
    for raid, time_s, places in fallen(tables):
        told = ", ".join(f"{words(place)} {number(many, 2)}" for place, many in places)
        rows.append([words(raid), number(time_s), told])
    yield "Where payloads would come down, by time of the intercept", rows


def fallen(tables: Tables) -> list[tuple[str, float, list[tuple[str, float]]]]:
    """Give raid, time of the intercept, and countries with missiles, the most first."""
    found: dict[tuple[str, float], list[tuple[str, float]]] = {}
    for row in tables["shortfall_by_country"]:
        found.setdefault((row["raid"], row["time_s"]), []).append((row["country"], row["missiles"]))
    return [(*key, sorted(value, key=lambda one: -one[1])) for key, value in found.items()]


def _reach_cells(row: Row) -> list[str]:
    return [
        number(row["satellites"]),
        number(row["in_reach_mean"], 3),
        *(number(row[f"in_reach_{p}"]) for p in ("p05", "p50", "p95")),
        percent(row["chance"]),
    ]


def print_sizing(tables: Tables) -> None:
    """Print the answer, what carries it, and the tables."""
    from rich.console import Console
    from rich.table import Table

    console = Console() if sys.stdout.isatty() else Console(width=130)
    console.print(answer(tables), highlight=False)
    console.print(carried(tables), highlight=False)
    for heading, rows in written(tables):
        table = Table(title=heading, title_justify="left", header_style="bold")
        for i, column in enumerate(rows[0]):
            table.add_column(column, justify="left" if i < 1 else "right", overflow="fold")
        for row in rows[1:]:
            table.add_row(*row)
        console.print(table)
    console.print(WARNED, style="dim", highlight=False)
