"""A study's budget for a person: the answer in a few sentences, and its tables."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from umbo.app.budget_tables import written, years
from umbo.app.wording import money, words

Row = dict[str, Any]
Tables = Mapping[str, Sequence[Row]]

WARNED: Final = (
    "A generic model over catalogue prices, rates and lead times, most of them assumptions that "
    "are listed as inputs; dates are most likely ones, with the 90 % interval over the ranges of "
    "development, lead times and rates. Not a forecast of appropriations."
)


def answer(tables: Tables) -> list[str]:
    """Say the answer in a few sentences."""
    chosen = tables["budget_chosen"][0]
    name, dollars = chosen["architecture"], chosen["dollars_of"]
    whole = _of(tables["budget_total"], name)[0]
    told = [
        f"{words(name).capitalize()} needs {money(whole['authority_usd'])} of budget authority in "
        f"{dollars} dollars, {money(whole['then_year_usd'])} as it would be voted "
        f"(then-year); with 80 % confidence no more than {money(whole['p80_usd'])} of {dollars}. "
        f"It peaks at {money(whole['peak_usd'])} in FY{whole['peak_year']}."
    ]
    if whole["prior_usd"] > 0.0:
        told[0] += (
            f" Of it {money(whole['prior_usd'])} would lie before FY{chosen['first_year']}, for "
            "programs that are under way."
        )
    if whole["others_usd"] > 0.0:
        told[0] += f" Other nations pay {money(whole['others_usd'])} beside it."
    told.append(_when(tables, name))
    told.append(_provided(tables, chosen))
    if tables.get("top_line_elements"):
        told.append(_squeezed(tables))
    return told


def _when(tables: Tables, name: str) -> str:
    rows = [row for row in _of(tables["schedule"], name) if row["count"] > row["standing"]]
    if not rows:
        return "All of it stands today."
    late = [row for row in rows if row["slip_years"]]
    never = [row for row in rows if row["full_year"] is None]
    planned = max(row["planned_year"] for row in rows)
    if never:
        return f"It never stands as a whole: {_listed(never)}."
    full = max(row["full_year"] for row in rows)
    whole = _of(tables["budget_total"], name)[0]
    text = (
        f"All of it stands from FY{full} (90 % interval FY{whole['full_low']} to "
        f"{'FY' + str(whole['full_high']) if whole['full_high'] else 'never'}); "
        f"the study wants FY{planned}."
    )
    if late:
        worst = sorted(late, key=lambda row: -row["slip_years"])[:3]
        text += f" {len(late)} of {len(rows)} elements are late, most: {_listed(worst)}."
    early = [row for row in rows if row["before_development_ends"]]
    if early:
        names = ", ".join(words(row["element"]) for row in early)
        text += f" The study's date lies before development ends for {names}."
    return text


def _listed(rows: Sequence[Row]) -> str:
    return "; ".join(
        f"{words(row['element'])} by {years(row['slip_years'])} ({row['limited_by']})"
        if row["slip_years"]
        else f"{words(row['element'])} ({row['limited_by']})"
        for row in rows
    )


def _provided(tables: Tables, chosen: Row) -> str:
    provided = [
        row
        for row in tables["funding"]
        if row["status"] == "provided" and row["kind"] == "mandatory"
    ]
    used = sum(row["used_usd"] or 0.0 for row in provided)
    whole = sum(row["amount_usd"] for row in provided)
    claim = next(row for row in tables["funding"] if row["id"] == "claim_185")
    return (
        f"Of the {money(whole)} of mandatory money that is provided, it can use {money(used)} "
        f"before that lapses. The {money(claim['amount_usd'])} said to buy the objective "
        f"architecture stand beside {money(claim['needed_above_baseline_then_usd'])} that "
        f"{words(chosen['architecture'])} needs above {words(chosen['baseline'])} from "
        f"FY{claim['first_year']} to FY{claim['last_year']}; the scopes differ."
    )


def _squeezed(tables: Tables) -> str:
    rows = tables["top_line_elements"]
    out = [row for row in rows if not row["fits"]]
    slow = [
        row
        for row in rows
        if row["fits"] and row["full_after"] and row["full_after"] > (row["full_before"] or 0)
    ]
    over = [row for row in tables["top_line"] if row["over_then_usd"] > 0.0]
    text = f"Under the top line ({tables['top_line'][0]['asked']}) "
    if not out and not over:
        return text + "everything fits as scheduled."
    if over:
        worst = max(over, key=lambda row: float(row["over_then_usd"]))
        text += (
            f"{len(over)} years do not hold what is wanted, FY{worst['fiscal_year']} by "
            f"{money(worst['over_then_usd'])}. "
        )
    if slow:
        text += "What slips: " + "; ".join(
            f"{words(row['element'])} to FY{row['full_after']}, by "
            f"{years(row['full_after'] - row['full_before'])}"
            for row in slow
        )
        text += ". "
    if out:
        text += f"What does not fit at all: {', '.join(words(row['element']) for row in out)}."
    return text.strip()


def print_budget(tables: Tables) -> None:
    """Print the answer and its tables."""
    from rich.console import Console
    from rich.table import Table

    console = Console(markup=False, highlight=False)
    if not console.is_terminal:
        console = Console(width=160, markup=False, highlight=False)
    for sentence in answer(tables):
        console.print(sentence, style="bold")
    for title, rows in written(tables).items():
        table = Table(title=title, title_justify="left", title_style="bold", header_style="bold")
        for i, heading in enumerate(rows[0]):
            numeric = all(_is_figure(row[i]) for row in rows[1:])
            table.add_column(heading, justify="right" if numeric and i else "left")
        for row in rows[1:]:
            table.add_row(*row)
        console.print(table)
    console.print(WARNED)


def _is_figure(cell: str) -> bool:
    return not cell or cell[0] in "$−0123456789<F"


def _of(rows: Sequence[Row], name: str) -> list[Row]:
    return [row for row in rows if row["architecture"] == name]
