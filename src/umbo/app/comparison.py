"""The side-by-side table of a run, for a terminal and for Python."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

from rich import box
from rich.console import Console, Group
from rich.table import Table
from rich.text import Text

from umbo.app.wording import percent

if TYPE_CHECKING:
    from umbo.study.run import Result

Tables = Mapping[str, list[dict[str, Any]]]

_FRAME: Final = 3
"""Columns of the terminal that a column of the table takes beside its text."""


def span(low: float | None, high: float | None) -> str:
    """Write an interval of shares; an interval not computed says so."""
    if low is None or high is None:
        return "not computed"
    return f"{percent(low).removesuffix(' %')} to {percent(high)}"


def dollars(usd: float) -> str:
    """Write an amount of dollars in billions.

    Example:
        >>> dollars(1.19e12), dollars(4.26e9)
        ('$1,190 B', '$4.3 B')
    """
    billions = usd / 1e9
    return f"${billions:,.0f} B" if billions >= 9.95 else f"${billions:.1f} B"


def comparison_table(tables: Tables, width: int = 130) -> Group:
    """Lay out leakage, shots and cost with architectures side by side.

    Args:
        tables: The tables of a run.
        width: Columns of the terminal; architectures that do not fit stand in a block below.

    Returns:
        The blocks, and what is to be known of the numbers.
    """
    lines = _lines(tables)
    columns = [max(map(_width, (line[i] for line in lines))) for i in range(len(lines[0]))]
    blocks: list[list[int]] = [[]]
    left = width - columns[0] - _FRAME - 1
    for i, wide in enumerate(columns[1:], start=1):
        if blocks[-1] and wide + _FRAME > left:
            blocks.append([])
            left = width - columns[0] - _FRAME - 1
        blocks[-1].append(i)
        left -= wide + _FRAME
    return Group(
        Text("What stops what, and what it costs", style="italic"),
        *(_block(lines, block) for block in blocks),
        Text(
            "Leakage: warheads that arrive over those that would arrive undefended, at each "
            "input's mode; below it the median and 90\N{NO-BREAK SPACE}% interval over the ranges "
            "of all inputs, then the 90\N{NO-BREAK SPACE}% interval of luck. "
            f"Costs in {tables['cost_total'][0]['dollars_of']} dollars. "
            "Kill probabilities are assumptions, not measured performance.",
            style="dim italic",
        ),
    )


def _block(lines: list[list[str]], block: list[int]) -> Table:
    table = Table(box=box.HEAVY_HEAD)
    table.add_column("", overflow="fold")
    for i in block:
        table.add_column(lines[0][i], justify="right", overflow="fold")
    for line in lines[1:]:
        if not line[0].startswith(" "):
            table.add_section()
        style = "bold" if line[0].startswith("cost") or line[0] == "  leakage" else None
        table.add_row(*(Text(line[i]) for i in (0, *block)), style=style)
    return table


def _width(cell: str) -> int:
    return max(map(len, cell.split("\n")))


def _lines(tables: Tables) -> list[list[str]]:
    """Give the heading and each line, a cell an architecture after the label."""
    names = list(dict.fromkeys(row["architecture"] for row in tables["cost_total"]))
    by = {(row["architecture"], row["raid"]): row for row in tables["leakage"]}
    lines = [["", *names]]
    for raid in dict.fromkeys(row["raid"] for row in tables["leakage"]):
        rows = [by[name, raid] for name in names]
        lines += [
            [f"{raid}\n({rows[0]['warheads']:.3g} warheads)", *("" for _ in names)],
            ["  leakage", *(percent(row["leakage"]) for row in rows)],
            ["    assumptions", *map(_assumed, rows)],
            [
                "    luck",
                *(span(row["leakage_luck_low"], row["leakage_luck_high"]) for row in rows),
            ],
            ["    decoys told apart", *(percent(row["leakage_decoys_recognised"]) for row in rows)],
            [
                "    not told apart",
                *(percent(row["leakage_decoys_not_told_apart"]) for row in rows),
            ],
            ["  no leaker", *(percent(row["p_no_leaker"]) for row in rows)],
            ["  fully engaged", *(percent(row["fully_engaged"]) for row in rows)],
            ["  shots", *(_shots(tables, name, raid) for name in names)],
        ]
    for scope, label in (
        ("total", "cost over the horizon"),
        ("above_baseline", "cost above the first"),
    ):
        costs = {row["architecture"]: row for row in tables["cost_total"] if row["scope"] == scope}
        lines += [
            [label, *(dollars(costs[name]["mode_usd"]) for name in names)],
            [
                "    range",
                *(
                    f"{dollars(costs[name]['low_usd'])} to {dollars(costs[name]['high_usd'])}"
                    for name in names
                ),
            ],
        ]
    return lines


def _assumed(row: Mapping[str, Any]) -> str:
    """Write the median over the assumptions' ranges, and their interval."""
    low, high = row["leakage_assumptions_low"], row["leakage_assumptions_high"]
    if low is None:
        return "not computed"
    return f"{percent(row['leakage_assumptions_median'])} ({span(low, high)})"


def _shots(tables: Tables, architecture: str, raid: str) -> str:
    rows = [
        row
        for row in tables["shots"]
        if row["architecture"] == architecture and row["raid"] == raid
    ]
    fired = [f"{row['weapon']} {row['shots_mean']:.3g}" for row in rows if row["shots_mean"] > 0.0]
    return "\n".join(fired) or ("none: out of reach" if rows else "none")


def compare(result: "Result", *, width: int = 120) -> str:
    """Give the side-by-side table of a result as text.

    Args:
        result: What ``umbo.run`` gave.
        width: Columns of the terminal.

    Returns:
        The table.
    """
    console = Console(width=width, color_system=None, force_terminal=False)
    with console.capture() as capture:
        console.print(comparison_table(result.tables, width))
    return capture.get()
