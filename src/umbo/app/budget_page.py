"""The page of a budget: answer, stacked years by title, S-curve, tables, every input."""

from collections.abc import Mapping, Sequence
from html import escape
from pathlib import Path
from typing import Any, Final

from umbo.app.budget_tables import YEARS_SHOWN, written
from umbo.app.budgeting import WARNED, answer
from umbo.app.figures import LIGHT
from umbo.app.wording import money, number, words
from umbo.app.year_figures import Part, columns, s_curve

Row = dict[str, Any]
Tables = Mapping[str, Sequence[Row]]

TITLE_STYLES: Final = {
    "procurement": "s1",
    "rdte": "s0",
    "om": "s2",
    "milpers": "s3",
    "milcon": "s5",
}
"""Colour of each title, in the order in which a column is built."""
_COLORS: Final = {
    "s0": "#5b2a86",
    "s1": "#2d7596",
    "s2": "#2f7d4f",
    "s3": "#b58400",
    "s5": "#a83f6b",
}
_STYLE: Final = (
    "body{margin:0 auto;padding:1rem 1.2rem 3rem;max-width:1240px;font:16px/1.5 system-ui,"
    "'Liberation Sans',Arial,sans-serif;color:#1b2026;background:#fff}"
    "h1{font-size:1.7rem;line-height:1.2;margin:.4rem 0}h2{font-size:1.25rem;margin:2rem 0 .3rem}"
    ".answer{font-size:1.08rem;border-left:5px solid #0b62b0;padding:.1rem 0 .1rem .9rem}"
    ".answer p{margin:.4rem 0;max-width:95ch}.soft{color:#56606c;font-size:.9rem;max-width:90ch}"
    ".charts{display:grid;gap:1rem 2rem;"
    "grid-template-columns:repeat(auto-fit,minmax(min(100%,34rem),1fr))}figure{margin:.4rem 0}"
    "figcaption{font-weight:bold}svg text{font:13px 'Liberation Sans',Arial,sans-serif;"
    "fill:#56606c}svg .v{fill:#1b2026;font-size:14px}.halo{paint-order:stroke;stroke:#fff;"
    "stroke-width:4px}.grid{stroke:#d5dae0}.over{stroke:#1b2026;stroke-width:2}"
    ".curve{stroke:#0b62b0;stroke-width:3}"
    "table{border-collapse:collapse;font-size:.88rem}th,td{text-align:right;padding:.18rem .7rem;"
    "border-bottom:1px solid #d5dae0;white-space:nowrap;vertical-align:top}.t{overflow-x:auto}"
    "th:first-child,td:first-child{text-align:left}td.w{white-space:normal;text-align:left;"
    "min-width:16rem}.key{display:flex;flex-wrap:wrap;gap:.2rem 1.3rem;margin:.6rem 0;padding:0}"
    ".key i{display:inline-block;width:.9em;height:.9em;margin-right:.4em;vertical-align:-.1em}"
    "summary{cursor:pointer;font-weight:bold;margin-top:1.5rem}"
)
_TEXT_FROM: Final = 34
"""Letters from which a cell of a table may be broken."""


def write_page(path: Path, tables: Tables, title: str) -> None:
    """Write the page, whole or not at all.

    Raises:
        RunError: It cannot be written there.
    """
    from umbo.study.store import whole

    with whole(path) as beside:
        beside.write_text(page(tables, title), encoding="utf-8")


def page(tables: Tables, title: str) -> str:
    """Set answer, charts and tables into one page that needs no other file."""
    chosen = tables["budget_chosen"][0]
    told = "".join(f"<p>{escape(sentence)}</p>" for sentence in answer(tables))
    listed = "".join(
        f"<h2>{escape(heading)}</h2><div class='t'>{_html_table(rows)}</div>"
        for heading, rows in written(tables).items()
    )
    colors = "".join(f".{name}{{fill:{color}}}" for name, color in {**LIGHT, **_COLORS}.items())
    reason = escape(f"{words(chosen['architecture'])}: {chosen['reason']}")
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{escape(title)}: '
        f'budget</title><meta name="viewport" content="width=device-width">'
        f"<style>{colors}{_STYLE}</style></head><body><h1>{escape(title)}: the budget</h1>"
        f"<p class='soft'>Planned for {reason}</p><div class='answer'>{told}</div>"
        f"<p class='soft'>{escape(WARNED)}</p>{_key()}"
        f"<div class='charts'>{_charts(tables)}</div>{listed}{_inputs(tables)}</body></html>\n"
    )


def title_parts(
    rows: Sequence[Row], column: str, *, years: range, href: Mapping[tuple[int, str], str]
) -> dict[int, list[Part]]:
    """Cut an architecture's years into parts by title.

    Args:
        rows: Rows with a title and a fiscal year, of one architecture.
        column: The money that is drawn.
        years: Fiscal years that are drawn.
        href: Address of what a part comes from, by fiscal year and title.
    """
    sums: dict[int, dict[str, float]] = {year: {} for year in years}
    for row in rows:
        if row["fiscal_year"] in sums:
            of_year = sums[row["fiscal_year"]]
            of_year[row["title"]] = of_year.get(row["title"], 0.0) + row[column]
    return {
        year: [
            Part(
                words(title),
                style,
                of_year[title],
                money(of_year[title]),
                href.get((year, title), ""),
            )
            for title, style in TITLE_STYLES.items()
            if of_year.get(title, 0.0) > 0.0
        ]
        for year, of_year in sums.items()
    }


def years_drawn(first: int) -> range:
    """Give the fiscal years that a chart shows."""
    return range(first, first + YEARS_SHOWN)


def _key() -> str:
    return "<div class='key'>{}</div>".format(
        "".join(
            f"<span><i style='background:{_COLORS[style]}'></i>{escape(words(title))}</span>"
            for title, style in TITLE_STYLES.items()
        )
    )


def _charts(tables: Tables) -> str:
    chosen = tables["budget_chosen"][0]
    name, first = chosen["architecture"], chosen["first_year"]
    drawn = []
    for column, what, line in (
        ("authority_usd", f"budget authority, {chosen['dollars_of']} dollars", None),
        ("then_year_usd", "budget authority, then-year dollars", _limit(tables)),
        ("outlays_then_usd", "outlays, then-year dollars", None),
    ):
        rows = [row for row in tables["budget"] if row["architecture"] == name]
        parts = title_parts(rows, column, years=years_drawn(first), href={})
        caption = f"{words(name).capitalize()}: {what}"
        if line:
            caption += "; the line is the top line"
        drawn.append(_figure(caption, columns(parts, caption, money, line=line)))
    points = [(row["cost_usd"], row["percent"] / 100.0) for row in tables["s_curve"]]
    whole = next(row for row in tables["budget_total"] if row["architecture"] == name)
    caption = f"{words(name).capitalize()}: chance that it costs no more"
    marked = {"80 %:": whole["p80_usd"], "most likely:": whole["authority_usd"]}
    drawn.append(_figure(caption, s_curve(points, caption, money, marked=marked)))
    others = [row["architecture"] for row in tables["budget_total"]]
    highest = max(
        row["authority_usd"] for row in tables["budget_year"] if row["fiscal_year"] >= first
    )
    for other in (one for one in others if one != name):
        rows = [row for row in tables["budget"] if row["architecture"] == other]
        parts = title_parts(rows, "authority_usd", years=years_drawn(first), href={})
        caption = f"{words(other).capitalize()}: budget authority, {chosen['dollars_of']} dollars"
        drawn.append(_figure(caption, columns(parts, caption, money, high=highest)))
    return "".join(drawn)


def _limit(tables: Tables) -> dict[int, float] | None:
    rows = tables.get("top_line")
    return {row["fiscal_year"]: row["top_line_then_usd"] for row in rows} if rows else None


def _figure(caption: str, chart: str) -> str:
    return f"<figure><figcaption>{escape(caption)}</figcaption>{chart}</figure>"


def _html_table(rows: Sequence[Sequence[str]]) -> str:
    head = "".join(f"<th>{escape(cell)}</th>" for cell in rows[0])
    wide = {i for i in range(len(rows[0])) if any(len(row[i]) > _TEXT_FROM for row in rows[1:])}
    body = "".join(
        "<tr>"
        + "".join(
            f"<td class='w'>{escape(cell)}</td>" if i in wide else f"<td>{escape(cell)}</td>"
            for i, cell in enumerate(row)
        )
        + "</tr>"
        for row in rows[1:]
    )
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def _inputs(tables: Tables) -> str:
    sources = {row["id"]: row for row in tables["sources"]}
    rows = []
    for row in tables["inputs"]:
        cells = [
            escape(f"{words(row['item'])}: {words(row['parameter'])}"),
            *(number(row[end]) for end in ("low", "mode", "high")),
            escape(str(row["unit"])),
            _links(str(row["source"]), sources),
            escape(str(row["note"])),
        ]
        rows.append(
            "".join(
                f"<td class='w'>{c}</td>" if i > 4 else f"<td>{c}</td>" for i, c in enumerate(cells)
            )
        )
    head = "".join(
        f"<th>{name}</th>"
        for name in ("input", "low", "most likely", "high", "unit", "source", "note")
    )
    body = "".join(f"<tr>{row}</tr>" for row in rows)
    return (
        f"<details><summary>{len(rows)} inputs, each with its range and source, in SI and "
        f"dollars</summary><div class='t'><table><thead><tr>{head}</tr></thead><tbody>{body}"
        "</tbody></table></div></details>"
    )


def _links(ids: str, sources: Mapping[str, Row]) -> str:
    links = []
    for one in ids.split():
        row = sources.get(one)
        if row is not None and str(row["url"]).startswith(("http://", "https://")):
            title = escape(f"{row['author']} ({row['year']}): {row['title']}", quote=True)
            links.append(f'<a href="{escape(row["url"], quote=True)}" title="{title}">{one}</a>')
        else:
            links.append(escape(one))
    return " ".join(links)
