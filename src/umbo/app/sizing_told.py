"""The tables of a sized constellation as a person reads them, each with a line of what it says."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final, NamedTuple

from umbo.app.wording import number, percent, words

Row = dict[str, Any]
Tables = Mapping[str, Sequence[Row]]
Cells = list[list[str]]

MASS_AT_M: Final = (300e3, 400e3, 500e3, 600e3)
"""Altitudes of which the table of masses tells a person."""
SPREAD: Final = (
    "Columns 5 %, 50 % and 95 % are over where the constellation happens to be at launch."
)


class Table(NamedTuple):
    """A table with what it says; the first row has the columns."""

    heading: str
    note: str
    rows: Cells


def written(tables: Tables) -> Iterator[Table]:
    """Give each table that has rows."""
    for make in (
        _carries, _odds, _published, _formulas, _architectures, _fly_outs, _holes, _by_year,
        _beyond, _mass, _served, _short, _fallen,
    ):  # fmt: skip
        table = make(tables)
        if len(table.rows) > 1:
            yield table


def told(text: str) -> str:
    """Write an assumption's value: a name in words, anything else as it is."""
    return words(text) if text.isidentifier() else text


def of_all(tables: Tables) -> str:
    """Write how many interceptors the tables tell of."""
    return number(tables["carries"][0]["satellites"])


def _carries(tables: Tables) -> Table:
    rows = [["assumption", "as asked", "moved to", "in reach", "shots", "engaged", "5 %", "95 %"]]
    for row in tables["carries"]:
        rows.append(
            [
                words(row["assumption"]),
                told(row["asked"]),
                told(row["at"]),
                number(row["in_reach_mean"], 3),
                str(row["shots"]),
                number(row["engaged_mean"], 2),
                number(row["engaged_p05"], 2),
                number(row["engaged_p95"], 2),
            ]
        )
    note = (
        "One assumption moves at a time, to either end of its public range. Engaged: missiles "
        "launched at once from one place, for all of whose shots there are interceptors in reach "
        f"that work. {SPREAD}"
    )
    return Table(
        f"What carries the number: missiles that {of_all(tables)} engage at once", note, rows
    )


def _odds(tables: Tables) -> Table:
    listed = tables.get("odds", [])
    shots = sorted({row["shots"] for row in listed})
    rows = [["missiles at once", *(f"{k} shot{'s' if k > 1 else ''} each" for k in shots)]]
    chance = {(row["missiles"], row["shots"]): row["chance"] for row in listed}
    for missiles in sorted({row["missiles"] for row in listed}):
        rows.append([str(missiles), *(percent(chance[missiles, k]) for k in shots)])
    note = (
        f"Chance that {of_all(tables)} interceptors give every one of so many missiles all its "
        "shots. Each interceptor serves one missile."
    )
    return Table("Chance by missiles launched at once from one place", note, rows)


def _published(tables: Tables) -> Table:
    rows = [["study", "interceptors", "for missiles", "ours engage", "over its inputs", "verdict"]]
    for row in tables["published"]:
        if row["kind"] == "formula":
            continue
        verdict = "shown, not judged"
        if row["gated"]:
            verdict = "inside our span" if row["bracketed"] else "outside our span"
        rows.append(
            [
                row["study"],
                number(row["satellites"]),
                missiles(row),
                number(row["ours"], 2),
                f"{number(row['ours_low'], 2)} to {number(row['ours_high'], 2)}",
                verdict,
            ]
        )
    note = (
        f"How many missiles so many interceptors engage at once on the orbits told of here, in "
        f"proportion to the {of_all(tables)} above; and from least to most when one input moves."
    )
    return Table("Published numbers of interceptors, beside ours", note, rows)


def missiles(row: Row) -> str:
    """Write for how many missiles a published number is."""
    low, high = row["missiles_low"], row["missiles_high"]
    return str(low) if low == high else f"{low} or {high}"


def _formulas(tables: Tables) -> Table:
    rows = [["case", "for missiles", "published", "by its formula", "verdict"]]
    for row in tables["published"]:
        if row["kind"] == "formula":
            verdict, published = "asked for here", "none"
            if row["gated"]:
                verdict = "agrees" if row["bracketed"] else "differs"
                published = number(row["satellites"])
            both = [published, number(row["ours"])]
            rows.append([row["study"], missiles(row), *both, verdict])
    note = (
        "Interceptors in orbit by the study's own formula, which spreads them evenly over the "
        "globe and counts on average; the tables above count the same inputs on orbits."
    )
    return Table("The study's own formula, computed again", note, rows)


def _architectures(tables: Tables) -> Table:
    rows = [["architecture", "interceptors", "in reach", "5 %", "95 %", "engaged"]]
    rows[0] += ["in orbit for one in reach", "chance"]
    for row in tables["architectures"]:
        rows.append(
            [
                words(row["architecture"]),
                number(row["satellites"]),
                number(row["in_reach_mean"], 3),
                number(row["in_reach_p05"]),
                number(row["in_reach_p95"]),
                number(row["engaged_mean"], 2),
                number(row["absentee_ratio"], 3),
                percent(row["chance"]),
            ]
        )
    return Table("The study's architectures, asked the same", SPREAD, rows)


def _fly_outs(tables: Tables) -> Table:
    rows = [["time to fly s", "target at km", "disc km", "in reach: disc", "thrust and fall"]]
    rows[0] += ["difference", "missile"]
    for row in tables.get("fly_outs", []):
        more = row["exact_over_disc"] - 1.0
        rows.append(
            [
                number(row["fly_s"]),
                number(row["altitude_m"] / 1e3, 3),
                number(row["disc_m"] / 1e3, 3),
                number(row["disc_mean"], 3),
                number(row["exact_mean"], 3),
                percent(more) if row["disc_mean"] > 0.0 else "none in reach",
                "boosts" if row["in_boost"] else "coasts",
            ]
        )
    note = (
        "The flat disc is what published studies use: straight and without gravity. Thrust and "
        "free fall is exact on a round Earth; --fly-out exact sizes by it. Each row is one "
        "moment of the missile's flight, from the first that is high enough to meet."
    )
    return Table(f"Two ways to count who of {of_all(tables)} is in reach", note, rows)


def _holes(tables: Tables) -> Table:
    rows = [["loss", "left", "in reach", "5 %", "50 %", "95 %", "chance"]]
    for row in tables["holes"]:
        lost = [
            f"{percent(row[key])} of {name}"
            for key, name in (("planes_lost", "planes"), ("satellites_lost", "interceptors"))
            if row[key]
        ]
        rows.append([" and ".join(lost) or "none", *_reach_cells(row)])
    note = f"Planes are lost side by side, interceptors by chance. {SPREAD}"
    return Table("Holes: what is left after losses", note, rows)


def _by_year(tables: Tables) -> Table:
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
    note = "Years count from the first interceptor produced; development is before that. "
    if tables["by_year"] and tables["by_year"][-1]["share_built"] < 1.0:
        note += (
            "At the production rate assumed, those that reach the end of their life are never all "
            "replaced: it does not become whole. "
        )
    return Table("While it is being built", note + SPREAD, rows)


def _beyond(tables: Tables) -> Table:
    rows = [["phase", "missile", "from", "shells km", "ordered s", "until s"]]
    rows[0] += ["in reach: disc", "thrust and fall", "5 %", "95 %"]
    for row in tables["beyond"]:
        rows.append(
            [
                row["phase"],
                words(row["missile"]),
                words(row["from"]),
                number(row["altitude_m"] / 1e3),
                number(row["ordered_s"], 3),
                number(row["deadline_s"], 3),
                number(row["disc_mean"], 3),
                number(row["exact_mean"], 3),
                number(row["in_reach_p05"]),
                number(row["in_reach_p95"]),
            ]
        )
    note = (
        "Seconds after the missile's launch. Ordered as early as in boost, an interceptor flies "
        "minutes towards where the target will be, which must be known; the other rows are "
        "ordered when the phase begins. The spread is by the disc in boost and ascent, later by "
        "thrust and fall. Today's interceptors could not bear a glider's air."
    )
    return Table("Beyond boost: the same interceptors against later phases", note, rows)


def _mass(tables: Tables) -> Table:
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
    note = (
        "Of the number in the answer. Sun: low, mean or high activity, which thins or thickens "
        "the air. Unkept: years until it would fall without thrusters. Launches beside those that "
        "Falcon 9 made in 2025."
    )
    return Table("Mass, life and launches", note, rows)


def _served(tables: Tables) -> Table:
    rows = [["architecture", "raid", "missiles", "shots", "served", "5 %", "50 %", "95 %"]]
    rows[0] += ["all", "half", "each alone"]
    for row in tables.get("served", []):
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
    note = (
        "From the places and at the times that the study says. All, half: chance that so many of "
        "the raid are served. Each alone: by how many full salvos one missile could be met if "
        "interceptors were counted again for each."
    )
    return Table(
        "Missiles that get all their shots before burnout, no interceptor used twice", note, rows
    )


def _short(tables: Tables) -> Table:
    rows = [["raid", "missile", "from", "missiles", "burnout s", "short until s", "abroad until s"]]
    for row in tables.get("shortfall_by_raid", []):
        rows.append(
            [
                *(words(row[key]) for key in ("raid", "missile", "from")),
                number(row["missiles"]),
                number(row["burnout_s"], 3),
                f"{row['latest_s']:.0f} ({row['latest_low_s']:.0f} to {row['latest_high_s']:.0f})",
                number(row["latest_abroad_s"], 3),
            ]
        )
    note = (
        "Until when after launch an intercepted missile's payload falls short of every place that "
        "the raid is aimed at, and outside the countries that they are in."
    )
    return Table("Shortfall: the latest intercept that helps", note, rows)


def _fallen(tables: Tables) -> Table:
    rows = [["raid", "intercept s", "where the payloads would come down: missiles"]]
    if tables.get("shortfall_by_raid"):
        for raid, time_s, places in fallen(tables):
            listed = ", ".join(f"{words(place)} {number(many, 2)}" for place, many in places)
            rows.append([words(raid), number(time_s), listed])
    note = "Of missiles that still boost at that time after launch; counts only."
    return Table("Where payloads would come down, by time of the intercept", note, rows)


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
