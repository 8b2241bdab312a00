"""Top lines as a person writes them."""

import re
from typing import Final

from umbo.appraisal.funding import budget_money
from umbo.appraisal.inflation import then_year_factor, title_index
from umbo.elements.architecture import fiscal_year
from umbo.errors import StudyError, suggest
from umbo.units import read

_PRICED_AS: Final = "procurement"
"""The title at whose prices a top line in constant dollars grows: most of the money is of it."""


def read_top_line(text: str, start: int) -> dict[int, float]:
    """Read a top line into then-year dollars by fiscal year; the last holds from then on.

    Written as an amount a year with the year of its dollars (``25 busd of 2026`` keeps its
    buying power, ``25 busd then-year`` does not), by fiscal year (``FY2027 17 busd, FY2029 25 busd
    then-year``), or as the name of an amount that is provided, requested, projected or claimed,
    spread evenly over its years (``claim_185``).

    Args:
        text: The top line.
        start: First fiscal year.

    Raises:
        StudyError: It cannot be read, or does not say of which year its dollars are.

    Example:
        >>> read_top_line("FY2027 17 busd, FY2029 25 busd then-year", 2026)
        {2027: 17000000000.0, 2029: 25000000000.0}
    """
    named = {one.id: one for one in budget_money() if "*" in one.pays_for}
    if text.strip() in named:
        one = named[text.strip()]
        return {one.first_year: one.mode_usd / (one.last_year - one.first_year + 1)}
    match = re.fullmatch(r"(.*?)\s+(?:then-year|of\s+(?:FY)?(\d{4}))", text.strip())
    if match is None:
        if re.fullmatch(r"[a-z_0-9]+", text.strip()):
            raise StudyError(f"no top line is named '{text}'; {suggest(text.strip(), named)}")
        raise StudyError(
            f"top line {text!r}: dollars of which year? write '25 busd of 2026' for constant "
            "dollars, or '25 busd then-year'"
        )
    amounts: dict[int, float] = {}
    for part in match[1].split(","):
        year = re.match(r"\s*(FY\d{4})[\s=:]+", part)
        at = fiscal_year(year[1]) if year else start
        try:
            amounts[at] = read(part[year.end() :] if year else part, "usd")
        except ValueError as error:
            raise StudyError(f"top line {text!r}: {error}") from None
    if any(amount < 0.0 for amount in amounts.values()):
        raise StudyError(f"top line {text!r}: an amount is below nothing; correct it")
    if match[2] is None:
        return dict(sorted(amounts.items()))
    return _grown(amounts, int(match[2]))


def _grown(amounts: dict[int, float], dollars_of: int) -> dict[int, float]:
    """Turn constant dollars into those of each year, by the price of procurement."""
    known = sorted(amounts)
    last = max(title_index(_PRICED_AS))
    return {
        year: amounts[max(one for one in known if one <= year)]
        * then_year_factor(_PRICED_AS, year, dollars_of)
        for year in range(known[0], last + 1)
    }
