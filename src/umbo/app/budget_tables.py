"""The tables of a budget as people read them."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from umbo.app.wording import money, percent, words

Row = dict[str, Any]
Tables = Mapping[str, Sequence[Row]]

YEARS_SHOWN: Final = 30
"""Fiscal years told one by one; later ones are told together."""


def written(tables: Tables) -> dict[str, list[list[str]]]:
    """Write the tables for people, each with its heading first; empty ones are left out."""
    chosen = tables["budget_chosen"][0]
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


def years(number: int) -> str:
    """Count years in words."""
    return f"{number} year{'' if number == 1 else 's'}"


def _by_year(tables: Tables, name: str, dollars: int) -> list[list[str]]:
    rows = _of(tables["budget_year"], name)
    first = tables["budget_chosen"][0]["first_year"]
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
    first = tables["budget_chosen"][0]["first_year"]
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
                _date(row, "initial"),
                _date(row, "full"),
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
                _date(row, "full"),
            ]
            for row in tables["budget_total"]
        ),
    ]


def _capability(tables: Tables) -> list[list[str]]:
    head = [
        "architecture",
        "case",
        "fiscal year",
        "elements whole",
        "in part",
        "interceptors in orbit",
    ]
    return [
        [*head, "on the ground", "satellites", "radars"],
        *(
            [
                words(row["architecture"]),
                row["case"],
                f"FY{row['fiscal_year']}{_all_of(row)}",
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


def _all_of(row: Row) -> str:
    if not row["is_full"]:
        return ""
    return " (all)" if row["elements_whole"] == row["elements"] else " (all that fits)"


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
    name = tables["budget_chosen"][0]["architecture"]
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
                money(row["after_then_usd"] - row["before_then_usd"]) if row["fits"] else "",
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


def _of(rows: Sequence[Row], name: str) -> list[Row]:
    return [row for row in rows if row["architecture"] == name]


def _fy(year: int | None) -> str:
    return "never" if year is None else f"FY{year}"


def _date(row: Row, which: str) -> str:
    """Write a date with its 90 % interval, where that is more than a year."""
    year, low, high = (row[f"{which}_{end}"] for end in ("year", "low", "high"))
    if (low, high) == (year, year):
        return _fy(year)
    return f"{_fy(year)} ({low or 'never'} to {high or 'never'})"


def _span(first: int, last: int) -> str:
    return f"FY{first}" if first == last else f"FY{first}-{last}"


def _maybe(usd: float | None) -> str:
    return "" if usd is None else money(usd)


def _cap(name: str) -> str:
    text = words(name)
    return text[:1].upper() + text[1:]
