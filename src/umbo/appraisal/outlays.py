"""From budget authority to outlays: how fast the money of each account is spent."""

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import numpy as np
from numpy.typing import NDArray

from umbo.errors import DomainError

Cents = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Account:
    """A budget account, and the share of its budget authority that is spent in each year."""

    name: str
    shares: tuple[float, ...]
    """In the year in which it is voted, the next, and so on; they sum to one."""


def _rows(file: str) -> list[dict[str, str]]:
    text = files("umbo.data").joinpath(file).read_text(encoding="utf-8")
    return list(csv.DictReader(text.splitlines()))


@cache
def accounts() -> dict[str, Account]:
    """Give the accounts with their spend-out rates, by name; read once a process.

    Source:
        DoD Comptroller, National Defense Budget Estimates for FY2022 (Green Book), table 5-11:
        outlay rates for incremental changes in purchases. Pay and fuel are left out of it.
    """
    shares: dict[str, list[float]] = {}
    for row in _rows("outlay_rates.csv"):
        shares.setdefault(row["account"], []).append(float(row["share"]))
    return {name: Account(name, tuple(of)) for name, of in shares.items()}


@cache
def account_of(title: str, category: str) -> Account:
    """Give the account in which an element of a category would stand, by title.

    Raises:
        DomainError: There is no such title.
    """
    found = [
        row
        for row in _rows("accounts.csv")
        if row["title"] == title and (not row["categories"] or category in row["categories"])
    ]
    if not found:
        raise DomainError(f"no account for title {title!r}; add it to accounts.csv")
    return accounts()[found[-1]["account"]]


def spend(authority_cents: Cents, shares: Sequence[float]) -> Cents:
    """Spend budget authority over the years after it is voted.

    Args:
        authority_cents: By line and fiscal year (L, Y).
        shares: Of each year after the vote.

    Returns:
        Outlays in cents, (L, Y + years of spending - 1), each line's sum its authority's.

    Raises:
        DomainError: The shares do not sum to one, or one is negative.
    """
    rates = np.asarray(shares, dtype=np.float64)
    if abs(rates.sum() - 1.0) > 1e-9 or np.any(rates < 0.0):
        raise DomainError(f"spend-out rates sum to {rates.sum():g}, not to 1; correct the table")
    lines, years = authority_cents.shape
    spent = np.zeros((lines, years + len(rates) - 1), dtype=np.int64)
    until = np.rint(authority_cents[..., None] * np.cumsum(rates)).astype(np.int64)
    until[..., -1] = authority_cents
    each = np.diff(until, axis=-1, prepend=0)
    for later in range(len(rates)):
        spent[:, later : later + years] += each[..., later]
    return spent
