"""Charts of money by fiscal year as SVG: stacked columns, a line over them, an S-curve.

As in ``figures``, places across are per cent of the width and places up are pixels, so that type
keeps its size at any width; colours are classes of the page's style sheet.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from itertools import pairwise
from typing import Final

from umbo.app.figures import ticks

_LEFT, _RIGHT = 11.0, 99.5  # per cent of the width that the scale covers; amounts stand before
_TOP, _HEIGHT = 18.0, 190.0
_GAP: Final = 0.16
"""Share of a year's width that stays free."""


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a year's column."""

    label: str
    style: str
    value: float
    text: str
    href: str = ""


def columns(
    years: Mapping[int, Sequence[Part]],
    title: str,
    axis: Callable[[float], str],
    *,
    high: float = 0.0,
    line: Mapping[int, float] | None = None,
    every: int = 5,
) -> str:
    """Draw a column of parts for each fiscal year.

    Args:
        years: Parts by fiscal year, those without any left out.
        title: What is drawn, for who cannot see it.
        axis: Writes an amount.
        high: Top of the scale; the highest column or line where it is higher.
        line: Amounts drawn as steps over the columns, such as a top line.
        every: Years between the names of years.
    """
    if not years:
        return ""
    first, last = min(years), max(years)
    tops = [sum(part.value for part in parts) for parts in years.values()]
    most = max([high, *tops, *((line or {}).values())], default=1.0) or 1.0
    wide = (_RIGHT - _LEFT) / (last - first + 1)

    def x(year: float) -> float:
        return _LEFT + (year - first) * wide

    def y(value: float) -> float:
        return _TOP + _HEIGHT * (1.0 - value / most)

    drawn = [_grid(value, y(value), axis(value)) for value in ticks(most, 4)]
    for year, parts in sorted(years.items()):
        foot = 0.0
        for part in parts:
            rect = (
                f'<rect class="{part.style} part" x="{x(year + _GAP / 2):.2f}%" '
                f'y="{y(foot + part.value):.1f}" width="{wide * (1.0 - _GAP):.2f}%" '
                f'height="{_HEIGHT * part.value / most:.1f}"/>'
            )
            told = f"<title>FY{year}, {escape(part.label)}: {escape(part.text)}</title>"
            shape = f"<g>{told}{rect}</g>"
            drawn.append(f'<a href="{escape(part.href)}">{shape}</a>' if part.href else shape)
            foot += part.value
    drawn += [
        f'<text class="tick" x="{x(year + 0.5):.2f}%" y="{_TOP + _HEIGHT + 16:g}" '
        f'text-anchor="{_anchor(year, first, last)}">{year}</text>'
        for year in range(first, last + 1)
        if year % every == 0
    ]
    if line:
        drawn += _steps(line, first, last, x, y)
    return (
        f'<svg class="chart" role="group" aria-label="{escape(title)}" width="100%" '
        f'height="{_TOP + _HEIGHT + 24:g}" xmlns="http://www.w3.org/2000/svg">'
        f"{''.join(drawn)}</svg>"
    )


def _anchor(year: int, first: int, last: int) -> str:
    if year == first:
        return "start"
    return "end" if year == last else "middle"


def _grid(value: float, y: float, text: str) -> str:
    return (
        f'<line class="grid" x1="{_LEFT}%" x2="{_RIGHT}%" y1="{y:.1f}" y2="{y:.1f}"/>'
        f'<text class="tick" x="{_LEFT - 0.8:g}%" y="{y + 4:.1f}" text-anchor="end">'
        f"{escape(text)}</text>"
    )


def _steps(
    line: Mapping[int, float],
    first: int,
    last: int,
    x: Callable[[float], float],
    y: Callable[[float], float],
) -> list[str]:
    """Draw amounts as steps: a piece across for each year, a piece up between two."""
    drawn = []
    shown = [year for year in range(first, last + 1) if year in line]
    for year in shown:
        high = y(line[year])
        drawn.append(
            f'<line class="over" x1="{x(year):.2f}%" x2="{x(year + 1):.2f}%" '
            f'y1="{high:.1f}" y2="{high:.1f}"/>'
        )
        if year + 1 in line and year + 1 <= last:
            drawn.append(
                f'<line class="over" x1="{x(year + 1):.2f}%" x2="{x(year + 1):.2f}%" '
                f'y1="{high:.1f}" y2="{y(line[year + 1]):.1f}"/>'
            )
    return drawn


def s_curve(
    points: Sequence[tuple[float, float]],
    title: str,
    axis: Callable[[float], str],
    *,
    marked: Mapping[str, float] | None = None,
) -> str:
    """Draw the chance that a cost is no more than an amount.

    Args:
        points: Amount and chance (0 to 1), rising.
        title: What is drawn, for who cannot see it.
        axis: Writes an amount.
        marked: Amounts to be marked, by what they are called.
    """
    high = max(amount for amount, _ in points) * 1.02

    def x(amount: float) -> float:
        return _LEFT + (_RIGHT - _LEFT) * amount / high

    def y(chance: float) -> float:
        return _TOP + _HEIGHT * (1.0 - chance)

    drawn = [_grid(chance, y(chance), f"{chance:.0%}") for chance in (0.0, 0.25, 0.5, 0.75, 1.0)]
    drawn += [
        f'<line class="curve" x1="{x(a):.2f}%" x2="{x(b):.2f}%" y1="{y(p):.1f}" y2="{y(q):.1f}"/>'
        for (a, p), (b, q) in pairwise(points)
    ]
    for value in ticks(high, 4)[1:]:
        anchor = "end" if value > 0.93 * high else "middle"
        drawn.append(
            f'<text class="tick" x="{x(value):.2f}%" y="{_TOP + _HEIGHT + 16:g}" '
            f'text-anchor="{anchor}">{escape(axis(value))}</text>'
        )
    for number, (name, amount) in enumerate((marked or {}).items()):
        anchor, away = ("start", 5) if amount < 0.62 * high and number == 0 else ("end", -5)
        drawn.append(
            f'<line class="over" x1="{x(amount):.2f}%" x2="{x(amount):.2f}%" '
            f'y1="{_TOP:g}" y2="{_TOP + _HEIGHT:g}"/>'
            f'<text class="v halo" x="{x(amount):.2f}%" dx="{away}" '
            f'y="{_TOP + 14 + 18 * number:g}" text-anchor="{anchor}">'
            f"{escape(name)} {escape(axis(amount))}</text>"
        )
    return (
        f'<svg class="chart" role="group" aria-label="{escape(title)}" width="100%" '
        f'height="{_TOP + _HEIGHT + 24:g}" xmlns="http://www.w3.org/2000/svg">'
        f"{''.join(drawn)}</svg>"
    )
