"""Sites of an interceptor for a person: the answer in a sentence, and a table."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from umbo.app.planning import terminal, written_table
from umbo.app.wording import percent, words

Row = dict[str, Any]

EXPLAINED: Final = (
    "Covered: a site can engage at least half of the flights at a location in time. Covered is not "
    "defended: rounds and kill probability are left out. No choice covers more than the bound."
)


def answer(rows: Sequence[Row]) -> str:
    """Say what the most sites cover, and whether greed would do."""
    last = {row["method"]: row for row in rows if row["sites"] == rows[-1]["sites"]}
    exact, greedy = last["exact"], last["greedy"]
    lost = exact["share_covered"] - greedy["share_covered"]
    beside = (
        "the greedy choice as much" if lost < 5e-4 else f"the greedy choice {percent(lost)} less"
    )
    return (
        f"{exact['sites']} sites of {words(exact['weapon'])} cover "
        f"{percent(exact['share_covered'])} of the priorities at home against "
        f"{words(exact['raid'])}, seen by the sensors of {words(exact['architecture'])}; {beside}."
    )


def print_siting(tables: Mapping[str, Sequence[Row]]) -> None:
    """Print the answer and the table."""
    rows, console = tables["siting"], terminal()
    console.print(answer(rows))
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
    console.print(EXPLAINED)
