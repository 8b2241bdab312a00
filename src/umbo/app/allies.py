"""What nations add, gain and pay, for a person: the answer in a sentence, and tables."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from umbo.app.planning import terminal, written_table
from umbo.app.wording import money, number, percent, words

Row = dict[str, Any]
Tables = Mapping[str, Sequence[Row]]

LEAST: Final = 5e-4
"""What adds less leakage than this is told as adding nothing."""
EXPLAINED: Final = (
    "Together: one track picture and one plan of fire. Alone: own sensors and weapons, nobody's "
    "warning. Warned by all: everybody's sensors, own fire. Without luck, at the modes of all "
    "values. Systems that the catalogue lacks do not fight, so that their owners look weaker; "
    "where elements stand is partly ours."
)


def answer(tables: Tables) -> str:
    """Say who gains most from fighting together, and who adds most."""
    gains = [row for row in tables["cooperation"] if row["leakage_gain"] > LEAST]
    if not gains:
        return "Nobody gains from fighting together: no raid is stopped any better."
    most = max(gains, key=lambda row: row["leakage_gain"])
    burden = max(tables["burden"], key=lambda row: row["warheads_adds"])
    return (
        f"{most['nation']} gains most from fighting together: against {words(most['raid'])} its "
        f"leakage falls from {percent(most['leakage_alone'])} alone to "
        f"{percent(most['leakage_together'])}. {burden['nation']} adds most: "
        f"{percent(burden['share_of_stopped'])} of what is stopped over all raids, for "
        f"{percent(burden['share_of_cost'])} of the cost."
    )


def written(tables: Tables) -> Iterator[tuple[str, list[list[str]]]]:
    """Write the tables for a person; the first row of each is its head."""
    adds = [
        row
        for row in tables["coalition"]
        if abs(row["leakage_adds"]) > LEAST or row["warning_adds_s"] > 0.5
    ]
    yield (
        "What each nation adds (Shapley value)",
        [
            ["raid", "architecture", "nation", "leakage", "warheads", "priorities", "warning"],
            *(
                [
                    words(row["raid"]),
                    words(row["architecture"]),
                    row["nation"],
                    number(row["leakage_adds"], 2),
                    number(row["warheads_adds"], 2),
                    number(row["share_protected_adds"], 2),
                    f"{row['warning_adds_s']:.0f} s",
                ]
                for row in adds
            ),
        ],
    )
    gains = [row for row in tables["cooperation"] if row["leakage_together"] < 1.0 - LEAST]
    yield (
        "What arrives on each nation's soil, where anything is stopped",
        [
            ["raid", "nation attacked", "warheads", "leakage alone", "warned by all", "together"],
            *(
                [
                    words(row["raid"]),
                    row["nation"],
                    number(row["warheads"]),
                    percent(row["leakage_alone"]),
                    percent(row["leakage_warned"]),
                    percent(row["leakage_together"]),
                ]
                for row in gains
            ),
        ],
    )
    yield (
        "Burden",
        [
            ["architecture", "nation", "cost", "share of cost", "of what is stopped"],
            *(
                [
                    words(row["architecture"]),
                    row["nation"],
                    money(row["cost_usd"]),
                    percent(row["share_of_cost"] or 0.0),
                    percent(row["share_of_stopped"] or 0.0) if row["takes_part"] else "not fought",
                ]
                for row in tables["burden"]
            ),
        ],
    )


def written_parts(tables: Tables) -> Iterator[tuple[str, list[list[str]]]]:
    """Write what parts add to each other, and where payloads fall, for a person."""
    yield (
        "What elements at home, forward and in orbit add to each other",
        [
            ["raid", "aimed", "architecture", "part", "leakage", "alone", "without", "adds"],
            *(
                [
                    words(row["raid"]),
                    row["raid_on"],
                    words(row["architecture"]),
                    row["part"],
                    *(percent(row[f"leakage_{of}"]) for of in ("now", "alone", "without")),
                    number(row["leakage_adds"], 2),
                ]
                for row in tables["parts"]
                if row["leakage_now"] < 1.0 - LEAST
            ),
        ],
    )
    yield (
        "Where missiles hit in boost fall short, in missiles a raid",
        [
            ["raid", "architecture", "country", "which is", "missiles", "share"],
            *(
                [
                    words(row["raid"]),
                    words(row["architecture"]),
                    row["country"],
                    row["whose"],
                    number(row["missiles"], 2),
                    percent(row["share"]),
                ]
                for row in tables["shortfall"]
                if row["share"] >= 0.005
            ),
        ],
    )


def print_allies(tables: Tables) -> None:
    """Print the answer and its tables."""
    console = terminal()
    console.print(answer(tables))
    for title, rows in (*written(tables), *written_parts(tables)):
        if len(rows) > 1:
            console.print(written_table(title, rows))
    console.print(EXPLAINED)
