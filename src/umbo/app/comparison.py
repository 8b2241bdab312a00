"""The side-by-side table of a run, for a terminal and for Python."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.table import Table

if TYPE_CHECKING:
    from umbo.study.run import Result

Tables = Mapping[str, list[dict[str, Any]]]


def percent(share: float) -> str:
    """Write a share as per cent, with no more digits than it deserves.

    Example:
        >>> percent(0.314), percent(0.0004), percent(1.0)
        ('31 %', '<0.1 %', '100 %')
    """
    if 0.0 < share < 0.001:
        return "<0.1 %"
    if 0.999 < share < 1.0:
        return ">99.9 %"
    return f"{share * 100:.1f} %" if share < 0.0995 else f"{share * 100:.0f} %"


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


def comparison_table(tables: Tables) -> Table:
    """Lay out leakage, shots and cost with architectures side by side."""
    architectures = list(dict.fromkeys(row["architecture"] for row in tables["cost_total"]))
    table = Table(title="What stops what, and what it costs", title_justify="left")
    table.add_column("", no_wrap=True)
    for name in architectures:
        table.add_column(name, justify="right")
    by = {(row["architecture"], row["raid"]): row for row in tables["leakage"]}
    for raid in dict.fromkeys(row["raid"] for row in tables["leakage"]):
        rows = [by[name, raid] for name in architectures]
        table.add_section()
        table.add_row(f"[bold]{raid}[/bold] ({rows[0]['warheads']:.3g} warheads)")
        table.add_row("  leakage", *(f"[bold]{percent(row['leakage'])}[/bold]" for row in rows))
        table.add_row("    assumptions", *(_assumed(row) for row in rows))
        table.add_row(
            "    luck",
            *(span(row["leakage_luck_low"], row["leakage_luck_high"]) for row in rows),
        )
        table.add_row(
            "    decoys told apart, not",
            *(
                f"{percent(row['leakage_decoys_recognised'])}, "
                f"{percent(row['leakage_decoys_not_told_apart'])}"
                for row in rows
            ),
        )
        table.add_row("  no leaker", *(percent(row["p_no_leaker"]) for row in rows))
        table.add_row("  fully engaged", *(percent(row["fully_engaged"]) for row in rows))
        table.add_row("  shots", *(_shots(tables, name, raid) for name in architectures))
    table.add_section()
    for scope, label in (("total", "cost over the horizon"), ("above_baseline", "above the first")):
        costs = {row["architecture"]: row for row in tables["cost_total"] if row["scope"] == scope}
        table.add_row(
            f"[bold]{label}[/bold]",
            *(f"[bold]{dollars(costs[name]['mode_usd'])}[/bold]" for name in architectures),
        )
        table.add_row(
            "    range",
            *(
                f"{dollars(costs[name]['low_usd'])} to {dollars(costs[name]['high_usd'])}"
                for name in architectures
            ),
        )
    dollars_of = tables["cost_total"][0]["dollars_of"]
    table.caption = (
        "Leakage: warheads that arrive over those that would arrive undefended, at each input's "
        "mode; below it the median\nand 90 % interval over the ranges of all inputs, then the 90 % "
        f"interval of luck. Costs in {dollars_of} dollars.\nKill probabilities are assumptions, "
        "not measured performance."
    )
    table.caption_justify = "left"
    return table


def _assumed(row: Mapping[str, Any]) -> str:
    """Write the median over the assumptions' ranges, and their interval."""
    low, high = row["leakage_assumptions_low"], row["leakage_assumptions_high"]
    if low is None:
        return "not computed"
    return f"{percent(row['leakage_assumptions_median'])} ({span(low, high)})"


def _shots(tables: Tables, architecture: str, raid: str) -> str:
    fired = [
        f"{row['weapon']} {row['shots_mean']:.3g}"
        for row in tables["shots"]
        if row["architecture"] == architecture and row["raid"] == raid
    ]
    return "\n".join(fired) or "none"


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
        console.print(comparison_table(result.tables))
    return capture.get()
