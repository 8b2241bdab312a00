"""What is provided, requested, projected and claimed, and what of it pays for an architecture."""

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Final

import numpy as np

from umbo.appraisal.budget import Budget, Cents

NEW_MONEY: Final = ("rdte", "procurement", "milcon")
"""Titles for which the reconciliation act's lines pay."""
ALL: Final = "*"


@dataclass(frozen=True, slots=True)
class Money:
    """An amount that a law, a request or a speaker names, in the dollars of its years."""

    id: str
    status: str
    """provided, requested, projected or claimed."""
    law: str
    item: str
    first_year: int
    last_year: int
    low_usd: float
    mode_usd: float
    high_usd: float
    kind: str
    """mandatory, discretionary or both."""
    pays_for: tuple[str, ...]
    """Elements or categories of the catalogue; ``*`` for the whole; none for nothing we field."""
    source: str
    conf: str
    note: str


@cache
def budget_money() -> tuple[Money, ...]:
    """Give what is provided, requested, projected and claimed; read once a process."""
    text = files("umbo.data").joinpath("budget_money.csv").read_text(encoding="utf-8")
    return tuple(
        Money(
            id=row["id"],
            status=row["status"],
            law=row["law"],
            item=row["item"],
            first_year=int(row["first_year"]),
            last_year=int(row["last_year"]),
            low_usd=float(row["low_musd"]) * 1e6,
            mode_usd=float(row["mode_musd"]) * 1e6,
            high_usd=float(row["high_musd"]) * 1e6,
            kind=row["kind"],
            pays_for=tuple(row["pays_for"].split()),
            source=row["source"],
            conf=row["conf"],
            note=row["note"],
        )
        for row in csv.DictReader(text.splitlines())
    )


@dataclass(frozen=True, eq=False)
class Funded:
    """What of a budget mandatory money that is already provided pays for."""

    mandatory_cents: Cents
    """(L, Y) then-year; the rest of the budget is discretionary."""
    used_usd: Mapping[str, float]
    """Of each line of the act, what the budget can use before it lapses."""


def pay(
    budget: Budget, categories: Mapping[str, str], money: Sequence[Money] | None = None
) -> Funded:
    """Pay for a budget out of mandatory money, the earliest years first.

    Each line of the act pays for the elements it names, for what is bought in the years in which
    it is available, from the budget's first year on. Left out: what was obligated of it
    already, and how far Congress's wording binds the department.

    Args:
        budget: The budget.
        categories: Category of each element.
        money: Amounts; those of the package where left out.
    """
    paid = np.zeros_like(budget.then_cents)
    used: dict[str, float] = {}
    for one in budget_money() if money is None else money:
        if one.status != "provided" or one.kind != "mandatory":
            continue
        left = round(one.mode_usd * 100.0)
        named = [
            i
            for i, line in enumerate(budget.lines)
            if line.title in NEW_MONEY
            and not {line.element, categories[line.element]}.isdisjoint(one.pays_for)
        ]
        for year in range(max(one.first_year, budget.start), one.last_year + 1):
            k = year - int(budget.years[0])
            for i in named if 0 <= k < len(budget.years) else ():
                part = min(left, int(budget.then_cents[i, k] - paid[i, k]))
                paid[i, k] += part
                left -= part
        used[one.id] = one.mode_usd - left / 100.0
    return Funded(paid, used)
