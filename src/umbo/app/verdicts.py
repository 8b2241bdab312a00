"""Published results beside ours, as rows and on the terminal."""

import sys
from collections.abc import Iterable
from dataclasses import asdict
from typing import Any

from umbo.study.replicate import Verdict


def verdict_rows(verdicts: Iterable[Verdict]) -> list[dict[str, Any]]:
    """Give one row a published number."""
    return [asdict(verdict) for verdict in verdicts]


def print_verdicts(verdicts: Iterable[Verdict]) -> None:
    """Print published beside computed, the kinds of comparison kept apart."""
    from rich.console import Console
    from rich.table import Table

    console = Console() if sys.stdout.isatty() else Console(width=150)
    verdicts = list(verdicts)
    for column in dict.fromkeys(verdict.column for verdict in verdicts):
        table = Table(title=column, title_justify="left", header_style="bold")
        for heading in ("case", "quantity", "unit"):
            table.add_column(heading, overflow="fold")
        for heading in ("published", "computed", "difference", "tolerance"):
            table.add_column(heading, justify="right")
        table.add_column("verdict")
        for verdict in verdicts:
            if verdict.column == column:
                table.add_row(
                    verdict.case,
                    verdict.quantity,
                    verdict.unit,
                    *(
                        "" if number is None else f"{number:,.6g}"
                        for number in (
                            verdict.published,
                            verdict.computed,
                            verdict.difference,
                            verdict.tolerance,
                        )
                    ),
                    verdict.verdict,
                )
        console.print(table)
    counts = dict.fromkeys(dict.fromkeys(verdict.verdict for verdict in verdicts), 0)
    for verdict in verdicts:
        counts[verdict.verdict] += 1
    console.print("; ".join(f"{number} {name}" for name, number in counts.items()))
