"""Dollars of one fiscal year in dollars of another."""

import csv
from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from importlib.resources import files
from typing import overload

from umbo.elements.sourced import Value
from umbo.errors import DomainError

SERIES = "gdp_price_index"


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
