"""Authorities for a person: which cost most days and dollars, and what haste buys."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from umbo.app.planning import terminal, written_table
from umbo.app.wording import money, words

Row = dict[str, Any]
Tables = Mapping[str, Sequence[Row]]

SHOWN: Final = 4
"""Authorities and elements shown of each architecture, those that cost most first."""
ALL: Final = 1_000
LEAST_DAYS: Final = 0.5
"""A mean delay below this is told as none."""
EXPLAINED: Final = (
    "Days are on average over draws of lead and building times; the days of an authority are what "
    "its element would stand sooner without it, all others as they are. A year of delay costs 2 to "
    "12 % (most likely 5 %, an assumption) of what the element costs to acquire: teams and lines "
    "kept, work done again. Haste: the authority takes no longer than the low of its range. "
    "Lead times are mostly recalled practice. Not legal advice."
)
YEARS: Final = {
    "study": (
        "The study's years are as stated and are not moved; 'authorities: gate' in a study moves "
        "them in every answer. --at-once asks how soon elements could stand instead."
    ),
    "at_once": (
        "Elements stand as soon as building and authorities let them, whatever year the study "
        "gives; development is taken as done."
    ),
}


def answer(tables: Tables) -> list[str]:
    """Say of each architecture when it stands, what delay costs, and which authority costs most."""
    told = []
    for total in tables["gates_total"]:
        name = total["architecture"]
        gates = [row for row in tables["gates"] if row["architecture"] == name]
        if not gates:
            told.append(f"{name}: nothing waits for an authority.")
            continue
        late = [row for row in gates if row["delay_mean_days"] > LEAST_DAYS]
        ranked = _of(tables["authorities"], name)
        text = (
            f"{name}: of {len(gates)} elements that need authorities {len(late)} may be late; the "
            f"last stands on {total['stands']} ({total['stands_p05']} to {total['stands_p95']}; "
            f"planned {total['planned']}). Delay costs {money(total['delay_mean_usd'])} on average "
            f"({money(total['delay_low_usd'])} to {money(total['delay_high_usd'])})."
        )
        if ranked:
            first = ranked[0]
            text += (
                f" Most of it: {first['name']}, {first['most_days']:.0f} days on "
                f"{words(first['most_delayed'])} and {money(first['delay_mean_usd'])}; haste "
                f"buys {first['days_bought']:.0f} days and {money(first['bought_usd'])}."
            )
        told.append(text)
    return told


def authority_rows(tables: Tables, most: int = SHOWN) -> list[list[str]]:
    """Write the authorities that cost each architecture most."""
    rows = [
        [
            *("architecture", "authority", "days", "on", "dollars (5 to 95 %)", "haste buys"),
            *("the whole", "lead time, months", "status", "owner"),
        ]
    ]
    for name in dict.fromkeys(row["architecture"] for row in tables["authorities"]):
        rows += [
            [
                name,
                row["name"],
                f"{row['most_days']:.0f}",
                words(row["most_delayed"]),
                f"{money(row['delay_mean_usd'])} ({money(row['delay_low_usd'])} to "
                f"{money(row['delay_high_usd'])})",
                f"{row['days_bought']:.0f} d, {money(row['bought_usd'])}",
                f"{row['whole_days']:.0f} d",
                months(row),
                row["status"],
                row["owner"],
            ]
            for row in _of(tables["authorities"], name)[:most]
        ]
    return rows


def gate_rows(tables: Tables, most: int = SHOWN) -> list[list[str]]:
    """Write the elements that authorities may delay, those whose delay costs most first."""
    late: dict[str, list[Row]] = {}
    for row in sorted(tables["gates"], key=lambda row: -float(row["delay_mean_usd"])):
        if row["delay_mean_days"] > LEAST_DAYS:
            late.setdefault(row["architecture"], []).append(row)
    order = dict.fromkeys(row["architecture"] for row in tables["gates"])
    names = {row["authority"]: row["name"] for row in tables["authorities"]}
    return [
        [
            *("architecture", "element", "planned", "most likely", "late, days (5 to 95 %)"),
            *("costs", "waits most for", "needs"),
        ],
        *(
            [
                row["architecture"],
                f"{row['count']} {words(row['element'])}",
                f"FY{row['in_service']}",
                f"FY{row['gated']}",
                f"{row['delay_mean_days']:.0f} ({row['delay_low_days']:.0f} to "
                f"{row['delay_high_days']:.0f})",
                money(row["delay_mean_usd"]),
                names.get(row["binding"], "–"),
                str(len(row["needs"].split())),
            ]
            for name in order
            for row in late.get(name, [])[:most]
        ),
    ]


def months(row: Row) -> str:
    """Write a lead time with its range, marked where it is recalled."""
    low, mode, high = (row[f"lead_{end}months"] for end in ("low_", "", "high_"))
    recalled = "" if row["lead_conf"] in ("verified", "derived", "computed") else " recalled"
    return f"{mode:g} ({low:g} to {high:g}){recalled}"


def print_authorities(tables: Tables, *, at_once: bool = False) -> None:
    """Print the answer and its tables."""
    console = terminal()
    for line in answer(tables):
        console.print(line)
    alone = len({row["architecture"] for row in tables["gates"]}) <= 1
    for title, rows in written(tables, ALL if alone else SHOWN).items():
        console.print(written_table(title, rows))
    if not alone:
        console.print("Of one architecture all are shown: --architecture NAME.")
    console.print(f"{EXPLAINED} {YEARS['at_once' if at_once else 'study']}")


def written(tables: Tables, most: int = SHOWN) -> dict[str, list[list[str]]]:
    """Write the tables for people, each with its heading first."""
    made = {
        "Authorities that cost most": authority_rows(tables, most),
        "Elements whose delay costs most": gate_rows(tables, most),
    }
    return {title: rows for title, rows in made.items() if len(rows) > 1}


def print_register(rows: Sequence[Row]) -> None:
    """Print the register of authorities."""
    console = terminal()
    heading = ["authority", "kind", "owner", "status", "months", "before", "needed by", "source"]
    console.print(
        written_table(
            f"{len(rows)} authorities; * recalled, not read in a source",
            [
                heading,
                *(
                    [
                        f"{row['name']}: {row['citation']}{_star(row['conf'])}",
                        row["kind"],
                        row["owner"],
                        f"{row['status']}{_star(row['status_conf'])}",
                        f"{row['lead_months']:g} ({row['lead_low_months']:g} to "
                        f"{row['lead_high_months']:g}){_star(row['lead_conf'])}",
                        "gates nothing" if row["stage"] == "none" else row["stage"],
                        " ".join(filter(None, [row["elements"], row["only_where"]])),
                        row["source"],
                    ]
                    for row in rows
                ),
            ],
        )
    )


def _star(conf: str) -> str:
    return " *" if conf in ("memory", "ours") else ""


def _of(rows: Sequence[Row], architecture: str) -> list[Row]:
    return [
        row for row in rows if row["architecture"] == architecture and row["most_days"] > LEAST_DAYS
    ]
