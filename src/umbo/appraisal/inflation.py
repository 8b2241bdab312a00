"""Dollars of one fiscal year in dollars of another."""

import csv
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files
from typing import overload

from umbo.elements.sourced import Value
from umbo.errors import DomainError

SERIES = "gdp_price_index"


@dataclass(frozen=True, slots=True)
class Dollars:
    """Money that knows its fiscal year: it adds up with dollars of the same year alone.

    Example:
        >>> Dollars(161e9, 2025).in_dollars_of(2026).usd > 161e9
        True
        >>> Dollars(1.0, 2026) + Dollars(2.0, 2026)
        Dollars(usd=3.0, year=2026)
    """

    usd: float
    year: int
    """Fiscal year of the dollars."""

    def __add__(self, other: "Dollars") -> "Dollars":
        return Dollars(self.usd + self._same(other), self.year)

    def __sub__(self, other: "Dollars") -> "Dollars":
        return Dollars(self.usd - self._same(other), self.year)

    def __mul__(self, factor: float) -> "Dollars":
        return Dollars(self.usd * factor, self.year)

    def __lt__(self, other: "Dollars") -> bool:
        return self.usd < self._same(other)

    def in_dollars_of(self, year: int) -> "Dollars":
        """Give the same money in dollars of another fiscal year."""
        return Dollars(in_dollars_of(self.usd, year, from_year=self.year), year)

    def _same(self, other: "Dollars") -> float:
        if not isinstance(other, Dollars):
            raise DomainError(f"{other!r}: dollars of which year? give Dollars(usd, year)")
        if other.year != self.year:
            raise DomainError(
                f"dollars of {self.year} and of {other.year} do not add up; turn one into the "
                "other's year with in_dollars_of"
            )
        return other.usd


@cache
def price_index() -> Mapping[int, float]:
    """Give the GDP price index by fiscal year, FY2017 = 1; the last years are extrapolated.

    Left out: defense prices of their own. Between any two years from FY2010 to FY2035 OMB's
    deflator of defense outlays moves at most 4.5 percent less or more than this index.
    """
    text = files("umbo.data").joinpath("deflators.csv").read_text(encoding="utf-8")
    rows = csv.DictReader(text.splitlines())
    return {int(row["year"]): float(row["index"]) for row in rows if row["series"] == SERIES}


@overload
def in_dollars_of(amount: float, year: int, *, from_year: int) -> float: ...
@overload
def in_dollars_of(amount: Value, year: int) -> Value: ...
def in_dollars_of(
    amount: float | Value, year: int, *, from_year: int | None = None
) -> float | Value:
    """Turn money into dollars of another fiscal year; the only way to do so.

    Args:
        amount: Dollars, or a value in a money unit that says its dollar year.
        year: Fiscal year whose dollars are wanted.
        from_year: Fiscal year whose dollars ``amount`` is in; a value brings its own.

    Returns:
        The same money, in dollars of ``year``.

    Raises:
        DomainError: A year is outside the index, or a value has no dollar year.

    Source:
        OMB, Historical Tables, table 10.1 (FY2025): chained GDP price index.
    """
    if isinstance(amount, Value):
        if amount.dollars_of is None:
            raise DomainError(
                f"{amount.item}.{amount.parameter}: money without a dollar year; "
                "fill in dollars_of in its row"
            )
        factor = _factor(amount.dollars_of, year)
        return replace(
            amount,
            low=amount.low * factor,
            mode=amount.mode * factor,
            high=amount.high * factor,
            dollars_of=year,
        )
    if from_year is None:
        raise DomainError(f"{amount}: dollars of which year? give from_year")
    return amount * _factor(from_year, year)


def _factor(from_year: int, year: int) -> float:
    index = price_index()
    for asked in (from_year, year):
        if asked not in index:
            raise DomainError(
                f"dollars of fiscal year {asked}: the price index runs from {min(index)} to "
                f"{max(index)}; give a year in between"
            )
    return index[year] / index[from_year]
