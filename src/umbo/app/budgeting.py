"""A study's budget for a person: the answer in a few sentences, and its tables."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from umbo.app.wording import money, percent, words
from umbo.errors import StudyError

Row = dict[str, Any]
Tables = Mapping[str, Sequence[Row]]

SUFFIXES: Final = (".html",)
WARNED: Final = (
    "A generic model over catalogue prices, rates and lead times, most of them assumptions that "
    "are listed as inputs; every date is a most likely one. Not a forecast of appropriations."
)
YEARS_SHOWN: Final = 30


def refuse_suffix(path: Path, suffix: str) -> None:
    """Refuse a file of a kind that is not made.

    Raises:
        StudyError: Its name does not end as it must.
    """
    if path.suffix != suffix:
        raise StudyError(f"{path}: it is written as {suffix}; end its name so")


def answer(tables: Tables) -> list[str]:
    """Say the answer in a few sentences."""
    chosen = tables["chosen"][0]
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
    text = f"All of it stands from FY{full}; the study wants FY{planned}."
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


def years(number: int) -> str:
    """Count years in words."""
    return f"{number} year{'' if number == 1 else 's'}"


def written(tables: Tables) -> dict[str, list[list[str]]]:
    """Write the tables for people, each with its heading first; empty ones are left out."""
    chosen = tables["chosen"][0]
    name, dollars = chosen["architecture"], chosen["dollars_of"]
    made = {
        f"{_cap(name)} by fiscal year": _by_year(tables, name, dollars),
        f"{_cap(name)} by appropriation title, {dollars} dollars": _by_title(tables, name),
        f"{_cap(name)}: what stands when": _schedule(tables, name),
        "All architectures": _totals(tables, dollars),
        "Capability": _capability(tables),
        "Leakage while it is built": _leakage(tables),
        "Beside what is provided, requested and claimed, then-year dollars": _funding(tables),
        f"Under the top line: {chosen_top_line(tables)}": _top_line(tables),
        "Under stress": _stress(tables),
        "Growing against buying outright, acquisition": _growing(tables),
        "Thrown away on the way": _thrown(tables),
        "Which budget a decision reaches": _calendar(tables),
    }
    return {title: rows for title, rows in made.items() if len(rows) > 1}


def chosen_top_line(tables: Tables) -> str:
    """Give the top line as it was asked for."""
    rows = tables.get("top_line") or [{"asked": ""}]
    return str(rows[0]["asked"])


def _by_year(tables: Tables, name: str, dollars: int) -> list[list[str]]:
    rows = _of(tables["budget_year"], name)
    first = tables["chosen"][0]["first_year"]
    shown = [row for row in rows if first <= row["fiscal_year"] < first + YEARS_SHOWN]
    prior = [row for row in rows if row["fiscal_year"] < first]
    later = [row for row in rows if row["fiscal_year"] >= first + YEARS_SHOWN]
    columns = (
        "authority_usd",
        "p80_usd",
        "above_baseline_usd",
        "then_year_usd",
        "mandatory_then_usd",
        "discretionary_then_usd",
        "outlays_then_usd",
    )

    def line(title: str, of: Sequence[Row]) -> list[str]:
        cells = [
            "" if column == "p80_usd" and len(of) > 1 else money(sum(row[column] for row in of))
            for column in columns
        ]
        return [title, *cells]

    head = [
        "fiscal year",
        f"authority {dollars} $",
        "80 % sure",
        "above today",
        "then-year",
        "mandatory",
        "discretionary",
        "outlays",
    ]
    return [
        head,
        *([line(f"before FY{first}", prior)] if prior else []),
        *(line(f"FY{row['fiscal_year']}", [row]) for row in shown),
        *([line(f"from FY{first + YEARS_SHOWN}", later)] if later else []),
        line("all", rows),
    ]


def _by_title(tables: Tables, name: str) -> list[list[str]]:
    rows = _of(tables["budget"], name)
    first = tables["chosen"][0]["first_year"]
    titles = list(dict.fromkeys(row["title"] for row in rows))
    spans = {
        f"before FY{first}": range(first),
        **{
            f"FY{year}-{year + 4}": range(year, year + 5)
            for year in range(first, first + YEARS_SHOWN, 5)
        },
        "later": range(first + YEARS_SHOWN, 9999),
        "all": range(9999),
    }
    sums = {
        (title, span): sum(
            row["authority_usd"]
            for row in rows
            if row["title"] == title and row["fiscal_year"] in of
        )
        for title in titles
        for span, of in spans.items()
    }
    kept = [span for span in spans if any(sums[title, span] for title in titles)]
    return [
        ["title", *kept],
        *([words(title), *(money(sums[title, span]) for span in kept)] for title in titles),
    ]


def _schedule(tables: Tables, name: str) -> list[list[str]]:
    fielding = _of(tables["fielding"], name)
    told = sorted({row["fiscal_year"] for row in tables["capability"] if not row["is_full"]})
    rows = []
    for row in _of(tables["schedule"], name):
        if row["count"] <= row["standing"]:
            continue
        counts = [stands(fielding, row["element"], year) for year in told]
        rows.append(
            [
                words(row["element"]),
                f"{row['standing']} to {row['count']}",
                *map(str, counts),
                _fy(row["initial_year"]),
                _fy(row["full_year"]),
                _fy(row["planned_year"]),
                years(row["slip_years"]) if row["slip_years"] else "",
                row["limited_by"],
            ]
        )
    head = ["element", "units", *(f"in FY{year}" for year in told), "first", "whole", "wanted"]
    return [[*head, "late by", "because of"], *rows]


def stands(fielding: Sequence[Row], element: str, year: int) -> int:
    """Count the units that stand in a year, by the table of fielding."""
    known = [row for row in fielding if row["element"] == element and row["fiscal_year"] <= year]
    return int(known[-1]["stands"]) if known else 0


def _totals(tables: Tables, dollars: int) -> list[list[str]]:
    head = ["architecture", f"authority {dollars} $", "50 % sure", "80 % sure", "then-year"]
    return [
        [*head, "outlays", "peak", "in", "all stands"],
        *(
            [
                words(row["architecture"]),
                money(row["authority_usd"]),
                money(row["p50_usd"]),
                money(row["p80_usd"]),
                money(row["then_year_usd"]),
                money(row["outlays_then_usd"]),
                money(row["peak_usd"]),
                f"FY{row['peak_year']}",
                _fy(row["full_year"]),
            ]
            for row in tables["budget_total"]
        ),
    ]


def _capability(tables: Tables) -> list[list[str]]:
    head = ["case", "fiscal year", "elements whole", "in part", "interceptors in orbit"]
    return [
        [*head, "on the ground", "satellites", "radars"],
        *(
            [
                row["case"],
                f"FY{row['fiscal_year']}" + (" (all)" if row["is_full"] else ""),
                f"{row['elements_whole']} of {row['elements']}",
                str(row["elements_in_part"]),
                f"{row['interceptors_in_orbit']:,}",
                f"{row['interceptors_on_the_ground']:,}",
                f"{row['satellites']:,}",
                str(row["radars"]),
            ]
            for row in tables["capability"]
        ),
    ]


def _leakage(tables: Tables) -> list[list[str]]:
    rows = tables.get("leakage_by_year", ())
    keys = list(dict.fromkeys((row["case"], row["fiscal_year"]) for row in rows))
    by = {(row["case"], row["fiscal_year"], row["raid"]): row["leakage_expected"] for row in rows}
    raids = list(dict.fromkeys(row["raid"] for row in rows))
    return [
        ["raid", *(f"{case} FY{year}" for case, year in keys)],
        *([words(raid), *(percent(min(1.0, by[*key, raid])) for key in keys)] for raid in raids),
    ]


def _funding(tables: Tables) -> list[list[str]]:
    name = tables["chosen"][0]["architecture"]
    return [
        ["what", "", "years", "amount", "it can use", f"{words(name)} needs", "above today"],
        *(
            [
                f"{row['item']} ({row['law']})",
                f"{row['status']}, {row['kind']}",
                _span(row["first_year"], row["last_year"]),
                money(row["amount_usd"]),
                _maybe(row["used_usd"]),
                _maybe(row["needed_then_usd"]),
                _maybe(row["needed_above_baseline_then_usd"]),
            ]
            for row in tables["funding"]
        ),
    ]


def _top_line(tables: Tables) -> list[list[str]]:
    rows = tables.get("top_line_elements", ())
    return [
        ["element", "fits", "begins later by", "pace", "whole before", "whole after", "costs more"],
        *(
            [
                words(row["element"]),
                "yes" if row["fits"] else "no",
                years(row["later_years"]) if row["later_years"] else "",
                f"{row['pace']:.0%}" if row["pace"] != 1.0 else "",
                _fy(row["full_before"]),
                _fy(row["full_after"]),
                money(row["then_usd_after"] - row["then_usd_before"]) if row["fits"] else "",
            ]
            for row in rows
            if not row["fits"] or row["later_years"] or row["pace"] != 1.0
        ),
    ]


def _stress(tables: Tables) -> list[list[str]]:
    rows = tables.get("stress", ())
    return [
        ["case", "constant dollars", "then-year", "more, then-year", "peak", "in", "all stands"],
        *(
            [
                row["case"],
                money(row["authority_usd"]),
                money(row["then_year_usd"]),
                money(row["then_year_more_usd"]),
                money(row["peak_then_usd"]),
                f"FY{row['peak_year']}",
                _fy(row["full_year"]),
            ]
            for row in rows
        ),
    ]


def _growing(tables: Tables) -> list[list[str]]:
    return [
        ["from", "to", "outright", "grown", "thrown away", "outright whole", "grown whole"],
        *(
            [
                words(row["smaller"]),
                words(row["larger"]),
                money(row["outright_usd"]),
                money(row["grown_usd"]),
                money(row["thrown_away_usd"]),
                _fy(row["outright_full"]),
                _fy(row["grown_full"]),
            ]
            for row in tables["growing"]
        ),
    ]


def _thrown(tables: Tables) -> list[list[str]]:
    return [
        ["from", "to", "element", "units", "bought for"],
        *(
            [
                words(row["smaller"]),
                words(row["larger"]),
                words(row["element"]),
                f"{row['units']:,}",
                money(row["bought_usd"]),
            ]
            for row in tables["thrown_away"]
        ),
    ]


def _calendar(tables: Tables) -> list[list[str]]:
    return [
        ["decided", "by way of", "by about", "reaches", "money from about", "typically"],
        *(
            [
                row["decided"],
                row["milestone"],
                row["deadline"],
                f"FY{row['fiscal_year']}",
                row["money_from"],
                row["typical"],
            ]
            for row in tables["calendar"]
        ),
    ]


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


def _fy(year: int | None) -> str:
    return "never" if year is None else f"FY{year}"


def _span(first: int, last: int) -> str:
    return f"FY{first}" if first == last else f"FY{first}-{last}"


def _maybe(usd: float | None) -> str:
    return "" if usd is None else money(usd)


def _cap(name: str) -> str:
    text = words(name)
    return text[:1].upper() + text[1:]
