"""Prioritized locations for a person: the answer in a sentence, and tables."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from umbo.app.planning import terminal, written_table
from umbo.app.wording import number, percent, words

Row = dict[str, Any]
Tables = Mapping[str, Sequence[Row]]

SHOWN: Final = 25
EXPLAINED: Final = (
    "Weights and roles are judgements (umbo catalog show priorities); ranks are 5 to 95 % of draws "
    "over all of them. What is protected: the share of a category's score, without luck, with "
    "every location in reach aimed at alike."
)


def answer(tables: Tables) -> str:
    """Say what comes first and how firmly, and which weight moves most."""
    rows, weights = tables["priorities"], tables["priority_weights"]
    first = rows[0]
    firm = sum(row["share_top_10"] >= 0.9 for row in rows)
    moved = max(weights, key=lambda row: row["leave_top_25_halved"] or 0)
    return (
        f"{first['location']} comes first (rank {first['rank_low']:.0f} to "
        f"{first['rank_high']:.0f} over the weights); {firm} of {len(rows)} locations are among "
        f"the first ten in nine draws of ten. Halving the weight of {words(moved['attribute'])} "
        f"moves most: {moved['leave_top_25_halved'] or 0} of the first 25 leave."
    )


def written(tables: Tables) -> dict[str, list[list[str]]]:
    """Write the tables for a person, by heading; the first row of each is its head."""
    made = {
        f"The first {SHOWN} of {len(tables['priorities'])} locations": [
            ["location", "category", "role", "rank", "5 to 95 %", "score", "in first 10"],
            *(
                [
                    row["location"],
                    words(row["category"]),
                    words(row["role"]),
                    str(row["rank"]),
                    f"{row['rank_low']:.0f} to {row['rank_high']:.0f}",
                    number(row["score"], 2),
                    percent(row["share_top_10"]),
                ]
                for row in tables["priorities"][:SHOWN]
            ),
        ],
        "What another weight moves": [
            ["attribute", "weight", "halved: leave 25", "doubled", "first changes at", "to"],
            *(
                [
                    words(row["attribute"]),
                    number(row["weight"]),
                    _count(row["leave_top_25_halved"]),
                    _count(row["leave_top_25_doubled"]),
                    "never" if row["tips_at"] is None else number(row["tips_at"]),
                    row["then_first"],
                ]
                for row in tables["priority_weights"]
            ),
        ],
        "Share of the score protected": _protection(tables.get("protection", ())),
    }
    return {title: rows for title, rows in made.items() if len(rows) > 1}


def _count(value: int | None) -> str:
    return "–" if value is None else str(value)


def _protection(rows: Sequence[Row]) -> list[list[str]]:
    names = list(dict.fromkeys(row["architecture"] for row in rows))
    found = {
        (row["raid"], row["category"], row["group"], row["architecture"]): row["share_protected"]
        for row in rows
    }
    keys = list(dict.fromkeys((row["raid"], row["category"], row["group"]) for row in rows))
    return [
        ["raid", "category", *map(words, names)],
        *(
            [
                words(raid),
                words(category) + ("" if group == "home" else f", {words(group)}"),
                *(_share(found.get((raid, category, group, name))) for name in names),
            ]
            for raid, category, group in keys
        ),
    ]


def _share(value: float | None) -> str:
    return "–" if value is None else percent(value)


def print_priorities(tables: Tables) -> None:
    """Print the answer and its tables."""
    console = terminal()
    console.print(answer(tables))
    for title, rows in written(tables).items():
        console.print(written_table(title, rows))
    console.print(EXPLAINED)
