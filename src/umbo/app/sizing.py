"""How many interceptors in orbit, for a person: the answer in a sentence, tables, and a page."""

import re
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final, get_args

from umbo.app.sizing_told import Tables, missiles, told, written
from umbo.app.wording import is_number, money, number, percent, words
from umbo.appraisal.sizing_question import Deadline, Least, Question
from umbo.elements.interceptors import FlyOut
from umbo.errors import StudyError, UnitError, suggest
from umbo.units import read

SUFFIX: Final = ".html"
WARNED: Final = (
    "Engaged is not defeated: a missile counts as engaged when all its shots are in reach in time. "
    "Missiles start at once from one place, so they share the interceptors in reach; spread over "
    "an area or over time they need fewer. Generic vehicles; warning and tracking are a delay."
)
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


def assumed(asked: Sequence[str]) -> dict[tuple[str, str], str]:
    """Read values such as ``sbi.burnout_speed=6 km/s`` by item and parameter.

    Raises:
        StudyError: One is not written so.
    """
    found = {}
    for one in asked:
        match = re.fullmatch(r"\s*(\w+)\.(\w+)\s*=\s*(\S.*)", one)
        if match is None:
            raise StudyError(
                f"--set {one!r} names no value; write ITEM.PARAMETER=VALUE, such as "
                "'sbi.burnout_speed=6 km/s' or 'icbm_solid.burn_time=150 s'"
            )
        found[match[1], match[2]] = match[3]
    return found


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
    moved = [row for row in rows if row["is_input"]]
    most = max(moved[1:], key=lambda row: abs(row["engaged_mean"] - base), default=rows[0])
    low, high = (f(row["engaged_mean"] for row in moved) for f in (min, max))
    laid_out = ""
    counted = [row["satellites"] for row in tables["published"] if row["kind"] == "counted"]
    if counted and counted[-1] != rows[0]["satellites"]:
        laid_out = f" ({number(counted[-1])} laid out in whole planes)"
    text = (
        f"{number(rows[0]['satellites'])}{laid_out} engage {number(base, 2)} at once as asked, and "
        f"{number(low, 2)} to {number(high, 2)} when one input moves over its range; "
        f"{words(most['assumption'])} ({told(most['at'])}) moves it most, to "
        f"{number(most['engaged_mean'], 2)}."
    )
    told_of = {"orbits": "on orbits at", "place of launch": "launched from"}
    others = [
        f"{told_of[row['assumption']]} {told(row['at'])} {number(row['engaged_mean'], 2)}"
        for row in rows
        if not row["is_input"]
    ]
    if others:
        text += f" Asked otherwise they engage, {', '.join(others)}."
    sentences = [text]
    for row in tables["published"]:
        if row["kind"] == "counted":
            where = "inside" if row["bracketed"] else "outside"
            sentences.append(
                f"{row['study']}: {number(row['satellites'])} for {missiles(row)}; ours "
                f"{number(row['ours'], 2)} ({number(row['ours_low'], 2)} to "
                f"{number(row['ours_high'], 2)}): {where}."
            )
    return " ".join(sentences)


def print_sizing(tables: Tables) -> None:
    """Print the answer, what carries it, and the tables."""
    from rich.console import Console
    from rich.table import Table

    console = Console() if sys.stdout.isatty() else Console(width=130)
    console.print(answer(tables), highlight=False)
    console.print(carried(tables), highlight=False)
    for heading, note, rows in written(tables):
        table = Table(
            title=heading, title_justify="left", header_style="bold", caption=note,
            caption_justify="left",
        )  # fmt: skip
        for i, column in enumerate(rows[0]):
            table.add_column(column, justify="left" if i < 1 else "right", overflow="fold")
        for row in rows[1:]:
            table.add_row(*row)
        console.print(table)
    console.print(WARNED, style="dim", highlight=False)
