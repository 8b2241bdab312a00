"""When a published estimate may stand on our axis, and how much it is in our dollars."""

import csv
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Final, Literal

from umbo.appraisal.inflation import Dollars
from umbo.errors import SourceError
from umbo.units import SI

Above = Literal["none", "today", ""]
Scope = Literal[
    "total",
    "above_baseline",
    "in_cbo_scope",
    "in_cbo_scope_but_space",
    "space_interceptors",
    "",
]
SCOPES: Final[tuple[Scope, ...]] = (
    "above_baseline",
    "in_cbo_scope",
    "in_cbo_scope_but_space",
    "space_interceptors",
    "total",
)
"""What of ours an estimate can be held against."""

_COLUMNS: Final = [
    "id",
    "by",
    "title",
    "usd",
    "unit",
    "dollars_of",
    "years",
    "above",
    "scope",
    "layers",
    "source",
    "conf",
    "note",
]


@dataclass(frozen=True, slots=True)
class Estimate:
    """One published cost, with what must be known of it before it is compared."""

    id: str
    by: str
    """Who published it."""
    title: str
    usd: float
    """As published."""
    dollars_of: int | None
    """Fiscal year of its dollars; None where it is not stated."""
    years: int | None
    """Years that it covers; None where it is not stated."""
    above: Above
    """none: the whole cost; today: above what stands today; empty: not stated."""
    scope: Scope
    """Which of our scopes counts the same things; empty where none does."""
    layers: str
    """What it counts, in words."""
    source: str
    conf: str
    note: str


@dataclass(frozen=True, slots=True)
class Placed:
    """An estimate as it stands beside a study's costs."""

    estimate: Estimate
    amount: Dollars | None
    """In the study's dollars; None where the estimate's dollar year is not stated."""
    why_not: str
    """What keeps it off the study's axis; empty where it may share it."""

    @property
    def is_comparable(self) -> bool:
        """Say whether it may share an axis with the study's costs."""
        return not self.why_not


@cache
def estimates() -> tuple[Estimate, ...]:
    """Read the published estimates of the package.

    Raises:
        SourceError: A row cannot be read; the message says which and why.
    """
    text = files("umbo.data").joinpath("published_costs.csv").read_text(encoding="utf-8")
    return read_estimates(text)


def read_estimates(text: str, file: str = "published_costs.csv") -> tuple[Estimate, ...]:
    """Read a table of published estimates.

    Raises:
        SourceError: The header is another one, an amount is no number, a scope is unknown, or
            a row claims a scope of ours without the year of its dollars.
    """
    rows = csv.DictReader(text.splitlines())
    if rows.fieldnames != _COLUMNS:
        raise SourceError(f"{file}, line 1: write the header {','.join(_COLUMNS)}")
    return tuple(_estimate(row, f"{file}, line {rows.line_num}") for row in rows)


def _estimate(row: dict[str, str], where: str) -> Estimate:
    try:
        usd = float(row["usd"]) * SI["usd"][row["unit"]]
        year, years = (int(row[name]) if row[name] else None for name in ("dollars_of", "years"))
    except (ValueError, KeyError) as error:
        raise SourceError(f"{where} ({row['id']}): {error} is no amount, unit or year") from None
    if row["scope"] not in (*SCOPES, ""):
        raise SourceError(
            f"{where} ({row['id']}): scope {row['scope']!r} is none of ours; use "
            f"{', '.join(SCOPES)}, or leave it empty"
        )
    if row["scope"] and year is None:
        raise SourceError(
            f"{where} ({row['id']}): dollars without a year cannot share an axis; fill in "
            "dollars_of, or leave scope empty"
        )
    if (row["scope"] == "above_baseline") != (row["above"] == "today"):
        raise SourceError(
            f"{where} ({row['id']}): scope {row['scope']!r} and above {row['above']!r} do not go "
            "together; what is above today is our above_baseline"
        )
    return Estimate(
        id=row["id"],
        by=row["by"],
        title=row["title"],
        usd=usd,
        dollars_of=year,
        years=years,
        above=row["above"],  # type: ignore[arg-type]
        scope=row["scope"],
        layers=row["layers"],
        source=row["source"],
        conf=row["conf"],
        note=row["note"],
    )


def place(estimate: Estimate, *, dollars_of: int, years: int) -> Placed:
    """Turn an estimate into a study's dollars, and say whether it may share the study's axis.

    It may where its dollar year is stated, it covers the same number of years, it says whether
    it is above what stands today, and it counts what one of our scopes counts. What differs
    beyond that, such as how many missiles it engages, is said in its title and not here.

    Args:
        estimate: The estimate.
        dollars_of: Fiscal year of the study's dollars.
        years: Years over which the study counts cost.
    """
    amount = None
    if estimate.dollars_of is not None:
        amount = Dollars(estimate.usd, estimate.dollars_of).in_dollars_of(dollars_of)
    stated = {
        "the year of its dollars": estimate.dollars_of,
        "its years": estimate.years,
        "whether it is above today": estimate.above,
    }
    missing = [what for what, told in stated.items() if not told]
    reasons = [f"not stated: {', '.join(missing)}"] if missing else []
    if estimate.years is not None and estimate.years != years:
        reasons.append(f"it covers {estimate.years} years, not {years}")
    if not estimate.scope:
        reasons.append(f"what it counts is not what we sum: {estimate.layers}")
    return Placed(estimate, amount, "; ".join(reasons))
