"""What a study's architectures cost, for a person: the answer in a sentence, and tables."""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from umbo.app.wording import heading, money, parameter, with_unit, words
from umbo.errors import StudyError
from umbo.section import key_of

Row = dict[str, Any]
Tables = Mapping[str, Sequence[Row]]

SUFFIX: Final = ".html"
SCOPE_WORDS: Final[Mapping[str, str]] = {
    "total": "in all",
    "above_baseline": "above today",
    "in_cbo_scope": "in CBO's scope",
    "in_cbo_scope_but_space": "in CBO's scope without interceptors in orbit",
    "outside_cbo_scope": "outside CBO's scope",
    "space_interceptors": "interceptors in orbit",
    "acquisition": "acquisition",
}
METHOD_WORDS: Final[Mapping[str, str]] = {
    "ours": "ours: the catalogue",
    "aei": "AEI 2025: its price book and rules",
    "cbo": "CBO 2026: its layer in orbit",
}
PHASES: Final = (
    "development",
    "procurement",
    "launch",
    "construction",
    "replenishment",
    "operations",
    "disposal",
)
DRIVERS_PRINTED: Final = 6


def refuse_suffix(path: Path) -> None:
    """Refuse a page of a kind that is not made.

    Raises:
        StudyError: Its name does not end in ``.html``.
    """
    if path.suffix != SUFFIX:
        raise StudyError(f"{path}: the page is written as {SUFFIX}; end its name so")


def answer(tables: Tables, years: int) -> str:
    """Say the answer in a sentence or two: each architecture's total, and with past growth."""
    told = []
    for row in _rows(tables, "cost_total", scope="total"):
        name = row["architecture"]
        grown = at(tables, name, "total", growth=True, share=0.8)
        even, safe = money(row["p50_usd"]), money(row["p80_usd"])
        after = f", {money(grown)} if costs grow as they did" if grown is not None else ""
        told.append(f"{words(name)} {even} (P80 {safe}{after})")
    dollars = next(iter(tables["cost_total"]), {"dollars_of": ""})["dollars_of"]
    return (
        f"Over {years} years, in dollars of {dollars}, with an even chance of less: "
        f"{'; '.join(told)}."
    )


def at(
    tables: Tables, architecture: str, scope: str, *, growth: bool, share: float
) -> float | None:
    """Give the cost that a share of the draws does not exceed, None where it was not told."""
    for row in _rows(tables, "cost_curve", architecture=architecture, scope=scope):
        if row["growth"] == growth and abs(row["share_not_exceeded"] - share) < 1e-9:
            return float(row["cost_usd"])
    return None


def written(tables: Tables) -> dict[str, list[list[str]]]:
    """Write the tables for a person, by heading; the first row of each is its head."""
    made = {
        "What each architecture costs": _totals(tables),
        "By phase, most likely": _phases(tables),
        "What moves the total most": _drivers(tables),
        "By method": _methods(tables),
        "Published estimates that count what we count": _published(tables, comparable=True),
        "Published estimates that stand beside": _published(tables, comparable=False),
    }
    return {title: rows for title, rows in made.items() if len(rows) > 1}


def _totals(tables: Tables) -> list[list[str]]:
    rows = [["architecture", "scope", "most likely", "P50", "P80", "90 % range", "P80 with growth"]]
    for row in tables["cost_total"]:
        if row["scope"] not in {"total", "above_baseline", "in_cbo_scope"} or not row["mode_usd"]:
            continue
        grown = at(tables, row["architecture"], row["scope"], growth=True, share=0.8)
        rows.append(
            [
                words(row["architecture"]),
                SCOPE_WORDS[row["scope"]],
                *(money(row[name]) for name in ("mode_usd", "p50_usd", "p80_usd")),
                f"{money(row['low_usd'])} to {money(row['high_usd'])}",
                "–" if grown is None else money(grown),
            ]
        )
    return rows


def _phases(tables: Tables) -> list[list[str]]:
    names = list(dict.fromkeys(row["architecture"] for row in tables["cost"]))
    sums: dict[str, dict[str, float]] = {}
    for row in tables["cost"]:
        of_phase = sums.setdefault(row["phase"], {})
        of_phase[row["architecture"]] = of_phase.get(row["architecture"], 0.0) + row["mode_usd"]
    return [
        ["phase", *map(words, names)],
        *(
            [words(phase), *(money(sums[phase].get(name, 0.0)) for name in names)]
            for phase in (*(p for p in PHASES if p in sums), *(p for p in sums if p not in PHASES))
        ),
    ]


def driver_name(row: Row) -> str:
    """Name an input in words."""
    return f"{heading(row['item'])}: {parameter(key_of(row['parameter']))}"


def driver_range(row: Row) -> str:
    """Write an input's range."""
    return " to ".join(with_unit(row[end], row["unit"]) for end in ("low", "high"))


def _drivers(tables: Tables) -> list[list[str]]:
    rows = [["architecture", "input", "range", "total at its low", "at its high", "correlation"]]
    names = list(dict.fromkeys(row["architecture"] for row in tables["cost_drivers"]))
    for name in names[1:] or names:  # of today's only where it stands alone
        of = _rows(tables, "cost_drivers", architecture=name)
        rows += [
            [
                words(name),
                driver_name(row),
                driver_range(row),
                money(row["at_low_usd"]),
                money(row["at_high_usd"]),
                f"{row['correlation']:+.2f}",
            ]
            for row in list(of)[:DRIVERS_PRINTED]
        ]
    return rows


def _methods(tables: Tables) -> list[list[str]]:
    scopes = [
        scope
        for scope in SCOPE_WORDS
        if any(row["scope"] == scope for row in tables["cost_methods"])
    ]
    rows = [["architecture", "method", *(SCOPE_WORDS[scope] for scope in scopes)]]
    for method in dict.fromkeys(row["method"] for row in tables["cost_methods"]):
        of = {row["scope"]: row for row in _rows(tables, "cost_methods", method=method)}
        first = next(iter(of.values()))
        rows.append(
            [
                words(first["architecture"]),
                METHOD_WORDS.get(method, method),
                *(money(of[scope]["mode_usd"]) if scope in of else "–" for scope in scopes),
            ]
        )
    return rows


def _published(tables: Tables, *, comparable: bool) -> list[list[str]]:
    last = "ours counts" if comparable else "why beside"
    rows = [["by", "what", "published", "in our dollars", last]]
    for row in _rows(tables, "published_costs", comparable=comparable):
        year = row["published_in_dollars_of"]
        dollars = f" of {year}" if year else ""
        own = SCOPE_WORDS.get(row["scope"], "") if comparable else row["why_not"]
        ours = "–" if row["converted_usd"] is None else money(row["converted_usd"])
        rows.append([row["by"], row["title"], f"{money(row['published_usd'])}{dollars}", ours, own])
    return rows


def print_costing(tables: Tables, years: int) -> None:
    """Print the answer and the tables on the terminal."""
    import sys

    from rich.console import Console
    from rich.table import Table

    console = Console() if sys.stdout.isatty() else Console(width=150)
    for title, rows in written(tables).items():
        table = Table(title=title, title_justify="left", title_style="bold", header_style="bold")
        texts = {"architecture", "scope", "input", "method", "by", "what", "phase", "why beside"}
        for cell in rows[0]:
            table.add_column(cell, justify="left" if cell in texts else "right")
        for row in rows[1:]:
            table.add_row(*row)
        console.print(table)
    payers = [row for row in tables["cost_payers"] if row["nation"] != "US"]
    for payer in payers:
        paid = money(payer["mode_usd"])
        console.print(f"{payer['nation']} pays {paid} of {words(payer['architecture'])}.")
    gaps = list(dict.fromkeys(row["gap"] for row in tables["cost_gaps"]))
    if gaps:
        console.print(f"Not priced, so not in it: {'; '.join(gaps)}.")
    console.print(answer(tables, years))


def _rows(tables: Tables, table: str, **where: Any) -> Iterable[Row]:
    return [row for row in tables.get(table, ()) if all(row.get(k) == v for k, v in where.items())]
