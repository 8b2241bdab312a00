"""What shields do to deterrence, for a person: the answer in sentences, and tables."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from umbo.app.wording import heading, money, number, parameter, percent, words
from umbo.errors import StudyError

Row = dict[str, Any]
Tables = Mapping[str, Sequence[Row]]

SUFFIX: Final = ".html"
POSTURE_WORDS: Final[Mapping[str, str]] = {
    "day": "day to day",
    "generated": "raised",
    "warned": "launched on warning",
}
WARNED: Final = (
    "Counts and fractions only. What survives a first strike, what arrives and what a strike takes "
    "of a shield are stated inputs with ranges, most of them recalled or ours; decoys and timing "
    "are those of the study's raid, whosever the missiles are. Means of many outcomes, not a "
    "forecast."
)


def refuse_suffix(path: Path) -> None:
    """Refuse a page of a kind that is not made.

    Raises:
        StudyError: Its name does not end in ``.html``.
    """
    if path.suffix != SUFFIX:
        raise StudyError(f"{path}: the page is written as {SUFFIX}; end its name so")


def sentences(tables: Tables) -> list[str]:
    """Say what each opponent delivers and where it flips, one sentence a thing."""
    told = []
    rows = tables["stability"]
    year = max((row["year"] for row in rows), default=0)
    for opponent in dict.fromkeys(row["opponent"] for row in rows):
        for posture in ("day", "generated"):
            of = [
                f"{words(row['architecture'])} {_count(row['delivered'])} "
                f"({_count(row['delivered_p05'])} to {_count(row['delivered_p95'])})"
                for row in rows
                if (row["opponent"], row["year"], row["posture"]) == (opponent, year, posture)
            ]
            told.append(
                f"{opponent} struck first in {year}, {POSTURE_WORDS[posture]}, delivers: "
                f"{', '.join(of)} warheads."
            )
    return told


def _count(value: float) -> str:
    return number(value) if value >= 1.0 else "under 1"


def input_words(name: str | None) -> str:
    """Name a deciding input in words.

    Example:
        >>> input_words("leg_icbm_mobile.survival_day")
        'ICBM mobile: survival day'
    """
    if not name:
        return "–"
    item, _, of = name.partition(".")
    if item.startswith("forces_"):
        return f"Forces {item[7:].upper()}: {parameter(of)}"
    return f"{heading(item.removeprefix('leg_').removeprefix('reply_'))}: {parameter(of)}"


def written(tables: Tables) -> dict[str, list[list[str]]]:
    """Write the tables for a person, by heading; the first row of each is its head."""
    made = {
        "What a retaliation delivers after a first strike": _retaliation(tables),
        "Incentive to strike first (0 to 1) and joint stability (1: neither gains)": _crisis(
            tables
        ),
        "Where the strike takes part of the shield too": _struck(tables),
        "What share passes, by kind of attack and how many come": _passing(tables),
        "By size of the shield: the margin": _sizes(tables),
        "Where conclusions flip, and what decides them": _signs(tables),
        "Cheapest replies that restore what was delivered through today's shield": _replies(tables),
        "Interceptors in orbit lost beforehand, day to day": _attrition(tables),
        "Other countries' retaliation through such a shield": _third(tables),
        "A limit on the shield's size, and what is believed of it": _limits(tables),
    }
    return {title: rows for title, rows in made.items() if len(rows) > 1}


def _between(row: Row, name: str) -> str:
    return f"{_number(row[f'{name}_p05'])} to {_number(row[f'{name}_p95'])}"


def _number(value: float | None) -> str:
    return "–" if value is None else number(value)


def _retaliation(tables: Tables) -> list[list[str]]:
    rows = [
        [
            *("opponent", "year", "posture", "architecture", "come", "delivered", "90 % range"),
            *("ragged", "striking it", "change", "P(over low)", "P(over high)"),
        ]
    ]
    rows += [
        [
            row["opponent"],
            str(row["year"]),
            POSTURE_WORDS[row["posture"]],
            words(row["architecture"]),
            *(_number(row[name]) for name in ("coming", "delivered")),
            _between(row, "delivered"),
            *(_number(row[name]) for name in ("delivered_ragged", "delivered_striking", "change")),
            *(percent(row[name]) for name in ("p_above_low", "p_above_high")),
        ]
        for row in tables["stability"]
        if row["posture"] != "warned" or row["year"] != 2025
    ]
    return rows


def _crisis(tables: Tables) -> list[list[str]]:
    rows = [
        [
            *("opponent", "posture", "architecture", "its shield", "shielded side gains"),
            *("opponent gains", "stability", "90 % range"),
        ]
    ]
    rows += [
        [
            row["opponent"],
            POSTURE_WORDS[row["posture"]],
            words(row["architecture"]),
            "the same" if row["mirrored"] else "its own",
            *(_number(row[f"incentive_{side}"]) for side in ("shielded", "opponent")),
            _number(row["stability"]),
            _between(row, "stability"),
        ]
        for row in tables["stability_incentive"]
    ]
    return rows


def _sizes(tables: Tables) -> list[list[str]]:
    rows = [
        [
            *("opponent", "posture", "size", "cost", "delivered", "90 % range", "stability"),
            *("cheapest reply", "ratio", "90 % range", "ratio, missiles only"),
        ]
    ]
    rows += [
        [
            row["opponent"],
            POSTURE_WORDS[row["posture"]],
            f"{row['size']:g} x {words(row['architecture'])}",
            money(row["cost_usd"]),
            _number(row["delivered"]),
            _between(row, "delivered"),
            _number(row["stability"]),
            "–" if row["reply"] is None else words(row["reply"].removeprefix("reply_")),
            _number(row["ratio"]),
            _between(row, "ratio"),
            _number(row["ratio_missiles"]),
        ]
        for row in tables["stability_size"]
    ]
    return rows


def _signs(tables: Tables) -> list[list[str]]:
    rows = [
        [
            *("opponent", "posture", "conclusion", "holds", "flips at size", "at 5 %", "at 95 %"),
            *("decided by", "one input can flip it"),
        ]
    ]
    rows += [
        [
            row["opponent"],
            POSTURE_WORDS[row["posture"]],
            row["conclusion"],
            "yes" if row["holds"] else "no",
            *(_number(row[f"flips_at{end}"]) for end in ("", "_p05", "_p95")),
            input_words(row["decided_by"]),
            "yes" if row["can_flip"] else "no",
        ]
        for row in tables["stability_signs"]
    ]
    return rows


def _replies(tables: Tables) -> list[list[str]]:
    rows = [
        ["opponent", "architecture", "reply", "units", "cost", "shield above today", "ratio"],
    ]
    for row in tables["stability_replies"]:
        restores = row["units"] is not None
        rows.append(
            [
                row["opponent"],
                words(row["architecture"]),
                words(row["reply"].removeprefix("reply_"))
                + (" (cheapest)" if row["is_cheapest"] else ""),
                _number(row["units"]) if restores else "does not restore it",
                money(row["reply_usd"]) if restores else "–",
                money(row["shield_usd"]),
                f"{_number(row['ratio_mode'])} ({_between(row, 'ratio')})"
                if row["ratio_mode"] is not None
                else "–",
            ]
        )
    return rows


def _attrition(tables: Tables) -> list[list[str]]:
    rows = [["opponent", "architecture", "lost", "delivered", "shielded side gains", "stability"]]
    rows += [
        [
            row["opponent"],
            words(row["architecture"]),
            percent(row["lost"]),
            *(_number(row[name]) for name in ("delivered", "incentive_shielded", "stability")),
        ]
        for row in tables["stability_attrition"]
    ]
    return rows


STRUCK_WORDS: Final[Mapping[str, str]] = {
    "nothing": "nothing",
    "radars": "radars",
    "ground_stations": "ground stations",
    "sites": "interceptor sites",
    "satellites": "satellites",
    "all": "all of these",
}


def struck_words(row: Row) -> str:
    """Say what a strike takes, and how much of it.

    Example:
        >>> struck_words({"struck": "all", "severity": 1.5})
        'all of these, 1.5 x as much'
    """
    told = STRUCK_WORDS[row["struck"]]
    return told if row["severity"] in (0.0, 1.0) else f"{told}, {row['severity']:g} x as much"


def _struck(tables: Tables) -> list[list[str]]:
    rows = [
        [
            *("opponent", "posture", "architecture", "struck", "reply that strikes it delivers"),
            *("first strike delivers", "shielded side gains", "stability"),
        ]
    ]
    rows += [
        [
            row["opponent"],
            POSTURE_WORDS[row["posture"]],
            words(row["architecture"]),
            struck_words(row),
            *(
                _number(row[name])
                for name in ("delivered", "first_strike", "incentive_shielded", "stability")
            ),
        ]
        for row in tables["stability_struck"]
    ]
    return rows


def origin_words(row: Row) -> str:
    """Say what comes, and where from.

    Example:
        >>> origin_words({"attack": "missiles by origin", "country": "", "share_from_sea": 1.0})
        "the raid's missiles from the sea alone"
    """
    if row["attack"] != "missiles by origin":
        return str(row["attack"])
    whose = f"{row['country']}'s" if row["country"] else "the raid's"
    return f"{whose} missiles from {'the sea' if row['share_from_sea'] else 'land'} alone"


def _passing(tables: Tables) -> list[list[str]]:
    rows = [["architecture", "attack", "come", "pass", "share"]]
    rows += [
        [
            words(row["architecture"]),
            origin_words(row),
            *(_number(row[name]) for name in ("coming", "passing")),
            percent(row["share_passing"]),
        ]
        for row in tables["stability_passing"]
    ]
    return rows


def _third(tables: Tables) -> list[list[str]]:
    rows = [["country", "posture", "meets", "architecture", "come", "delivered"]]
    rows += [
        [
            row["country"],
            POSTURE_WORDS[row["posture"]],
            row["meets"],
            words(row["architecture"]),
            *(_number(row[name]) for name in ("coming", "delivered")),
        ]
        for row in tables["stability_third"]
        if row["coming"]
    ]
    return rows


def _limits(tables: Tables) -> list[list[str]]:
    rows = [
        ["opponent", "limit", "believed", "delivered", "stability", "warheads added", "then"],
    ]
    rows += [
        [
            row["opponent"],
            f"{row['limit']:g} x {words(row['architecture'])}",
            f"{row['believed']:g} x as large",
            *(_number(row[name]) for name in ("delivered", "stability", "warheads_added")),
            _number(row["delivered_with_reply"]),
        ]
        for row in tables["stability_limits"]
    ]
    return rows


def print_stability(tables: Tables) -> None:
    """Print the answer and its tables."""
    from rich.console import Console
    from rich.table import Table

    console = Console(markup=False, highlight=False)
    if not console.is_terminal:
        console = Console(width=170, markup=False, highlight=False)
    for sentence in sentences(tables):
        console.print(sentence, style="bold")
    texts = {"opponent", "posture", "architecture", "its shield", "conclusion", "country", "meets"}
    texts |= {"cheapest reply", "reply", "decided by", "size", "limit", "believed"}
    texts |= {"struck", "attack"}
    for title, rows in written(tables).items():
        table = Table(title=title, title_justify="left", title_style="bold", header_style="bold")
        for cell in rows[0]:
            table.add_column(cell, justify="left" if cell in texts else "right")
        for row in rows[1:]:
            table.add_row(*row)
        console.print(table)
    console.print(WARNED)
