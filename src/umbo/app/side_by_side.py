"""A run's architectures side by side, for a person: the answer in a sentence, and tables."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from umbo.app.planning import terminal, written_table
from umbo.app.wording import heading, money, number, parameter, percent, with_unit, words
from umbo.section import key_of

Row = dict[str, Any]
Tables = Mapping[str, Sequence[Row]]

FLIPS_SHOWN: Final = 12
EXPLAINED: Final = (
    "Score: weighted mean of the measures, each from 0 for the best architecture to 1 for the "
    "worst; less is better. Weights are judgements: change them with --weights. A weight flips an "
    "order with the others in proportion; an input, on average over all others' ranges."
)


def answer(tables: Tables) -> str:
    """Say which comes first under the weights, how firmly, and what flips it soonest."""
    order = sorted(tables["compared"], key=lambda row: row["rank"])
    shares = {row["architecture"]: row["share_first"] for row in tables["regret"]}
    firsts = ", ".join(
        f"{words(name)} in {percent(share)}"
        for name, share in sorted(shares.items(), key=lambda one: -one[1])
        if share >= 0.01
    )
    dominated = [
        f"{words(row['first'])} is at least as good as {words(row['second'])} on everything"
        for row in tables["dominance"]
        if row["dominates"]
    ]
    said = [
        f"Under these weights {words(order[0]['architecture'])} comes first",
        f"Over all weights, first comes {firsts} of them",
        "; ".join(dominated) or "None is at least as good as another on everything",
    ]
    nearest = nearest_flips(tables["flips"])
    leading = [
        tables["flips"][i]
        for i in nearest
        if tables["flips"][i]["first"] == order[0]["architecture"]
    ]
    if leading:
        flip = leading[0]
        said.append(
            f"{heading(flip['second'])} would come before "
            f"{words(flip['first'])} with {what(flip)} at {value(flip, 'at')} "
            f"(now {value(flip, 'now')})"
        )
    return ". ".join(said) + "."


def nearest_flips(rows: Sequence[Row], most: int = FLIPS_SHOWN) -> list[int]:
    """List the flips of the score, those that move a weight or cost least first."""
    by_score = [i for i, row in enumerate(rows) if row["by"] == "score"]
    return sorted(by_score, key=lambda i: _away(rows[i]))[:most]


def _away(row: Row) -> float:
    if row["kind"] == "assumption":
        return abs((row["quantile"] or 0.5) - 0.5)
    now = row["now"] or 0.0
    return abs(row["at"] - now) / max(now, 1e-12)


def what(row: Row) -> str:
    """Name what flips an order."""
    if row["kind"] == "weight":
        return f"the weight of {words(row['item'])}"
    if row["kind"] == "cost":
        return f"the cost of {words(row['item'])}"
    return f"{words(row['item'])}: {parameter(key_of(row['parameter']))}"


def value(row: Row, column: str) -> str:
    """Write the value at which an order flips, or the present one."""
    if row["kind"] == "weight":
        return percent(row[column])
    if row["kind"] == "cost":
        return money(row[column])
    return with_unit(row[column], row["unit"])


def written(tables: Tables) -> Iterator[tuple[str, list[list[str]]]]:
    """Write the tables for a person; the first row of each is its head."""
    fares = {row["architecture"]: row for row in tables["regret"]}
    yield (
        "All measures side by side",
        [
            [
                *("architecture", "leakage", "protected", "cost", "whole in FY", "stability"),
                *("score", "first, over all weights", "worst regret", "at"),
            ],
            *(
                [
                    words(row["architecture"]),
                    percent(row["leakage_all_raids"]),
                    _or(percent, row.get("share_protected")),
                    money(row["cost_usd"]),
                    _or(str, row.get("full_year")),
                    _or(lambda x: number(x, 2), row.get("stability")),
                    number(row["score"], 2),
                    percent(fares[row["architecture"]]["share_first"]),
                    percent(fares[row["architecture"]]["leakage_regret_worst"]),
                    words(fares[row["architecture"]]["leakage_regret_at"]),
                ]
                for row in tables["compared"]
            ),
        ],
    )
    yield (
        "Trade-offs",
        [
            ["in place of", "this one", "leakage less", "costs more", "for each point", "worse on"],
            *(
                [
                    words(row["second"]),
                    words(row["first"]) + (" (dominates)" if row["dominates"] else ""),
                    percent(row["leakage_less"]),
                    money(row["above_usd"]),
                    _or(money, row["per_point_usd"]),
                    words(row["worse_on"]) or "nothing",
                ]
                for row in tables["dominance"]
                if row["above_usd"] > 0.0 or row["dominates"]
            ),
        ],
    )
    flips = [tables["flips"][i] for i in nearest_flips(tables["flips"])]
    flips += [row for row in tables["flips"] if row["by"] == "leakage"][:FLIPS_SHOWN]
    yield (
        "What flips the order, the nearest first",
        [
            ["first now", "second", "by", "what", "now", "flips at"],
            *(
                [
                    words(row["first"]),
                    words(row["second"]),
                    row["by"] + (f", {words(row['raid'])}" if row["raid"] else ""),
                    what(row),
                    value(row, "now"),
                    value(row, "at"),
                ]
                for row in flips
            ),
        ],
    )


def _or(write: Any, cell: Any) -> str:
    return "–" if cell is None else str(write(cell))


def print_comparison(tables: Tables) -> None:
    """Print the answer and its tables."""
    console = terminal()
    console.print(answer(tables))
    for title, rows in written(tables):
        if len(rows) > 1:
            console.print(written_table(title, rows))
    console.print(EXPLAINED)
