"""What each element adds, for a person: the answer in a sentence, and tables."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from umbo.app.planning import terminal, written_table
from umbo.app.wording import money, number, percent, words

Row = dict[str, Any]
Tables = Mapping[str, Sequence[Row]]

LEAST: Final = 1e-3
"""A change of leakage below this is told as none."""
SHOWN: Final = 6
EXPLAINED: Final = (
    "Without luck, at the modes of all values, in few constellation phases: good to about 0.02 in "
    "leakage. Left-out and added do not sum to the whole; Shapley values do. Negative: fire "
    "planned with less informed sensors happens to do better. Cost is the element's own over the "
    "horizon, at its most likely: of what stands only what is still to come."
)


def answer(tables: Tables) -> str:
    """Say for each architecture and raid which element adds most on average over all orders."""
    told = []
    for raid, architecture in _pairs(tables["shapley"]):
        rows = _of(tables["shapley"], raid, architecture)
        first = max(rows, key=lambda row: row["leakage_adds"])
        if first["leakage_adds"] > LEAST:
            told.append(
                f"{words(architecture)} against {words(raid)}: {words(first['element'])} "
                f"({percent(first['leakage_adds'])} of the warheads)"
            )
    if not told:
        return "No element stops anything of these raids."
    return f"What adds most, on average over all orders of joining: {'; '.join(told)}."


def written(tables: Tables) -> Iterator[tuple[str, list[list[str]]]]:
    """Write a table for each raid, for a person; the first row of each is its head."""
    for raid in dict.fromkeys(row["raid"] for row in tables["margins"]):
        rows = [
            [
                *("architecture", "element", "Shapley value", "90 %", "left out", "added"),
                *("protects", "cost", "warheads for $1 B"),
            ]
        ]
        for architecture in dict.fromkeys(row["architecture"] for row in tables["margins"]):
            shares = {row["element"]: row for row in _of(tables["shapley"], raid, architecture)}
            changed = {row["element"]: row for row in _of(tables["margins"], raid, architecture)}
            order = sorted(changed, key=lambda use: -_weight(use, shares, changed))
            rows += [
                _line(architecture, use, shares.get(use), changed[use])
                for use in order[:SHOWN]
                if _weight(use, shares, changed) >= LEAST
            ]
        if len(rows) > 1:
            yield f"What each element adds against {words(raid)}", rows


def _weight(use: str, shares: Mapping[str, Row], changed: Mapping[str, Row]) -> float:
    return max(abs(one[use]["leakage_adds"]) for one in (shares, changed) if use in one)


def _line(architecture: str, use: str, share: Row | None, change: Row) -> list[str]:
    moved = percent(change["leakage_adds"])
    best = share or change
    return [
        words(architecture),
        words(use),
        "–" if share is None else number(share["leakage_adds"], 2),
        _interval(share),
        moved if change["change"] == "left_out" else "",
        moved if change["change"] == "added" else "",
        number(best["share_protected_adds"], 2),
        "–" if best["cost_usd"] is None else money(best["cost_usd"]),
        "–" if best["warheads_per_busd"] is None else number(best["warheads_per_busd"], 2),
    ]


def _interval(share: Row | None) -> str:
    if share is None:
        return ""
    if not share["orders"]:
        return "exact"
    ends = (number(share[f"leakage_adds_{end}"], 2) for end in ("low", "high"))
    return " to ".join(ends)


def proposed(tables: Tables) -> Iterator[tuple[str, list[list[str]]]]:
    """Write the proposals side by side, and what each does, for a person."""
    if not tables["proposals"]:
        return
    yield (
        "What working groups propose",
        [
            ["proposal", "by", "changes", "why", "dissent", "cost above"],
            *(
                [
                    f"{row['proposal']}, for {words(row['like'])}",
                    row["group"],
                    row["changes"],
                    row["reason"],
                    row["dissent"] or "none told",
                    money(row["above_usd"]),
                ]
                for row in tables["proposals"]
            ),
        ],
    )
    yield (
        "What each proposal does, alone and on average over all orders of taking them",
        [
            ["raid", "proposal", "leakage now", "with it", "with all", "adds, average"],
            *(
                [
                    words(row["raid"]),
                    words(row["proposal"]),
                    *(percent(row[f"leakage_{of}"]) for of in ("now", "then", "all")),
                    number(row["leakage_shapley"], 2),
                ]
                for row in tables["proposal_worth"]
            ),
        ],
    )


def print_margins(tables: Tables) -> None:
    """Print the answer and its tables."""
    console = terminal()
    console.print(answer(tables))
    for title, rows in (*written(tables), *proposed(tables)):
        console.print(written_table(title, rows))
    console.print(EXPLAINED)


def _pairs(rows: Sequence[Row]) -> list[tuple[str, str]]:
    return list(dict.fromkeys((row["raid"], row["architecture"]) for row in rows))


def _of(rows: Sequence[Row], raid: str, architecture: str) -> list[Row]:
    return [row for row in rows if (row["raid"], row["architecture"]) == (raid, architecture)]
