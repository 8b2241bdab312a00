"""Sites of an interceptor for a person: the answer in a sentence, and a table."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from umbo.app.planning import terminal, written_table
from umbo.app.wording import money, percent, words

Row = dict[str, Any]

EXPLAINED: Final = (
    "Covered: a site can engage at least half of the flights at a location in time. Protected: "
    "rounds run out and miss; every location meets as many warheads at once, and each round is "
    "meant for one. No choice does better than the bound."
)


def answer(tables: Mapping[str, Sequence[Row]]) -> str:
    """Say what the most sites cover and the rounds protect, and whether greed would do."""
    rows = tables["siting"]
    last = {row["method"]: row for row in rows if row["sites"] == rows[-1]["sites"]}
    exact, greedy = last["exact"], last["greedy"]
    lost = exact["share_covered"] - greedy["share_covered"]
    beside = (
        "the greedy choice as much" if lost < 5e-4 else f"the greedy choice {percent(lost)} less"
    )
    return (
        f"{exact['sites']} sites of {words(exact['weapon'])} cover "
        f"{percent(exact['share_covered'])} of the priorities at home against "
        f"{words(exact['raid'])}, seen by the sensors of {words(exact['architecture'])}; {beside}. "
        + _rounds(tables["siting_rounds"])
    )


def _rounds(rows: Sequence[Row]) -> str:
    asked, greedy = (
        next(row for row in rows if row["asked"] and row["method"] == method)
        for method in ("exact", "greedy")
    )
    return (
        f"{asked['rounds']} rounds, at most {asked['magazine']} at a site, protect "
        f"{percent(asked['share_protected'])} of them against {asked['warheads_each']} at each "
        f"place; placed greedily, {percent(greedy['share_protected'])}."
    )


def print_siting(tables: Mapping[str, Sequence[Row]]) -> None:
    """Print the answer and the table."""
    rows, console = tables["siting"], terminal()
    console.print(answer(tables))
    console.print(
        written_table(
            "Share of the score covered",
            [
                ["sites", "method", "covered", "bound", "where"],
                *(
                    [
                        str(row["sites"]),
                        row["method"],
                        percent(row["share_covered"]),
                        percent(row["share_bound"]),
                        row["chosen"],
                    ]
                    for row in rows
                ),
            ],
        )
    )
    console.print(
        written_table(
            "Share of the score protected by rounds",
            [
                ["rounds", "method", "protected", "bound", "placed", "sites", "cost", "where"],
                *(
                    [
                        str(row["rounds"]),
                        row["method"],
                        percent(row["share_protected"]),
                        "–" if row["share_bound"] is None else percent(row["share_bound"]),
                        str(row["rounds_placed"]),
                        str(row["sites"]),
                        money(row["cost_usd"]),
                        row["chosen"],
                    ]
                    for row in tables["siting_rounds"]
                ),
            ],
        )
    )
    console.print(EXPLAINED)
