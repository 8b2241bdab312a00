"""Dollars of one fiscal year in dollars of another."""

import csv
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files
from typing import Final, overload

from umbo.elements.catalog import load_catalog
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


TITLE_SERIES: Final = {
    "rdte": "dod_rdte",
    "procurement": "dod_procurement",
    "milcon": "dod_milcon",
    "om": "dod_om",
    "milpers": "dod_milpers",
}
"""The published deflator of each appropriation title."""


@cache
def title_index(title: str, last: int = 2150) -> Mapping[int, float]:
    """Give the price index of an appropriation title by fiscal year.

    To FY2022 it is the Department of Defense's own deflator of budget authority; from there to
    FY2035 it is chained with the GDP price index; later years grow as the catalogue's
    ``deflator.annual_growth`` says. Left out: that prices of a title have grown faster or slower
    than the GDP price index since FY2022; from FY2004 to FY2022 it was at most 0.5 percent a year.

    Args:
        title: rdte, procurement, milcon, om or milpers.
        last: Last fiscal year that is given.

    Raises:
        DomainError: There is no such title.

    Source:
        DoD Comptroller, National Defense Budget Estimates for FY2022 (Green Book), table 5-4;
        OMB, Historical Tables, table 10.1 (FY2025).
    """
    if title not in TITLE_SERIES:
        raise DomainError(f"no deflator for title {title!r}; give {', '.join(TITLE_SERIES)}")
    text = files("umbo.data").joinpath("deflators.csv").read_text(encoding="utf-8")
    rows = csv.DictReader(text.splitlines())
    index = {int(r["year"]): float(r["index"]) for r in rows if r["series"] == TITLE_SERIES[title]}
    gdp, joint = price_index(), max(index)
    index |= {y: index[joint] * gdp[y] / gdp[joint] for y in range(joint + 1, max(gdp) + 1)}
    growth = 1.0 + load_catalog().value("deflator", "annual_growth").mode
    for year in range(max(gdp) + 1, last + 1):
        index[year] = index[year - 1] * growth
    return index


def then_year_factor(title: str, year: int, dollars_of: int) -> float:
    """Give what a dollar of ``dollars_of`` is in the dollars of the year in which it is voted.

    Raises:
        DomainError: There is no such title, or a year is outside its index.
    """
    index = title_index(title)
    for asked in (year, dollars_of):
        if asked not in index:
            raise DomainError(
                f"then-year dollars of fiscal year {asked}: the index of {title} runs from "
                f"{min(index)} to {max(index)}; give a year in between"
            )
    return index[year] / index[dollars_of]
