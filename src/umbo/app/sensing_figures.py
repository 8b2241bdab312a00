"""Charts by year and maps of the sensing layer as SVG, for its page and for a run's report.

As in ``figures``, places across are per cent of the width and places down are pixels, so that type
keeps its size at any width; colours are classes of the page's style sheet.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from html import escape
from itertools import groupby, pairwise
from typing import Any, Final

from umbo.app.figures import ARCHITECTURE_COLORS, symbol, ticks
from umbo.app.maps import flat_coasts

Row = dict[str, Any]
Point = tuple[int, float]

_LEFT, _RIGHT = 13.0, 95.0  # per cent of the width that the scale covers; amounts stand before
_TOP, _HEIGHT = 10.0, 190.0
_APART: Final = 0.1
"""Share of the scale between the names of two years, at least."""
_CELL: Final = 15.0
"""Pixels of a cell of ten degrees on a map."""
SHADES: Final = {
    1.0: "#f3f5f7",
    2.0: "#dbe8f2",
    4.0: "#bdd7ea",
    8.0: "#94bfdc",
    16.0: "#619cc8",
    32.0: "#3a78ac",
    float("inf"): "#1f5484",
}
"""Shade of a map by the number in view that it stays below."""


@dataclass(frozen=True, slots=True)
class Line:
    """What one architecture does over the years, in one program."""

    label: str
    color: int
    points: Sequence[Point]
    """Fiscal years and values, rising by year."""
    is_other: bool = False
    """Whether it is dashed: another program than the study's."""
    band: Sequence[tuple[int, float, float]] = ()
    """Fiscal years with the low and the high end of a range."""


def by_year(
    lines: Sequence[Line],
    title: str,
    axis: Callable[[float], str],
    *,
    high: float | None = None,
) -> str:
    """Draw values over fiscal years: signs and lines for the study's program, dashes for another.

    Args:
        lines: What is drawn, those beneath first.
        title: What is drawn, for who cannot see it.
        axis: Writes a value.
        high: Top of the scale; a tenth above the highest value where left out.
    """
    years = sorted({year for line in lines for year, _ in line.points})
    if not years:
        return ""
    most = high or 1.1 * max(value for line in lines for _, value in line.points) or 1.0
    span = max(years[-1] - years[0], 1)

    def x(year: int) -> float:
        return (year - years[0]) / span

    def y(value: float) -> float:
        return 1.0 - min(max(value / most, 0.0), 1.0)

    drawn = [_grid(_TOP + _HEIGHT * y(tick), axis(tick)) for tick in ticks(most, 4)]
    for year in named(years):
        drawn.append(
            f'<text class="tick" x="{_across(x(year)):.2f}%" y="{_TOP + _HEIGHT + 17:g}" '
            f'text-anchor="middle">{year}</text>'
        )
    drawn.append(
        f'<svg x="{_LEFT}%" y="{_TOP:g}" width="{_RIGHT - _LEFT}%" height="{_HEIGHT:g}" '
        'viewBox="0 0 1 1" preserveAspectRatio="none" overflow="visible">'
        f"{''.join(_path(line, place, x, y) for place, line in enumerate(lines))}</svg>"
    )
    for line in sorted(lines, key=lambda line: not line.is_other):  # signs over rings
        style = f"a{line.color % ARCHITECTURE_COLORS}"
        for year, value in line.points:
            at, down = f"{_across(x(year)):.2f}%", _TOP + _HEIGHT * y(value)
            told = f"{line.label}, FY{year}: {axis(value)}"
            shape = (
                f'<circle class="{style} hollow" cx="{at}" cy="{down:.1f}" r="2.6"/>'
                if line.is_other
                else symbol(line.color, at, round(down, 1), style)
            )
            drawn.append(f"<g><title>{escape(told)}</title>{shape}</g>")
    return (
        f'<svg class="chart" role="img" aria-label="{escape(title)}" width="100%" '
        f'height="{_TOP + _HEIGHT + 24:g}" xmlns="http://www.w3.org/2000/svg">'
        f"{''.join(drawn)}</svg>"
    )


def named(years: Sequence[int]) -> list[int]:
    """Choose the years whose names have room: the last, and those far enough before it.

    Example:
        >>> named([2027, 2028, 2030, 2032, 2060])
        [2028, 2032, 2060]
    """
    least = _APART * (years[-1] - years[0])
    chosen: list[int] = []
    for year in reversed(years):
        if not chosen or chosen[-1] - year >= max(least, 1.0):
            chosen.append(year)
    return chosen[::-1]


def _across(share: float) -> float:
    return _LEFT + (_RIGHT - _LEFT) * share


def _grid(y: float, text: str) -> str:
    return (
        f'<line class="grid" x1="{_LEFT}%" x2="{_RIGHT}%" y1="{y:.1f}" y2="{y:.1f}"/>'
        f'<text class="tick" x="{_LEFT - 1.2:g}%" y="{y + 4:.1f}" text-anchor="end">'
        f"{escape(text)}</text>"
    )


def _path(line: Line, place: int, x: Callable[[int], float], y: Callable[[float], float]) -> str:
    """Draw a line in the unit square, with its band; those beneath are wider, so that all show."""
    style = f"a{line.color % ARCHITECTURE_COLORS}"
    parts = []
    if len(line.band) > 1:
        sides = [(x(year), y(top)) for year, _, top in line.band]
        sides += [(x(year), y(low)) for year, low, _ in reversed(line.band)]
        parts.append(f'<path class="{style} band" d="{_through(sides)}Z"/>')
    if len(line.points) > 1:
        kind = "dashed" if line.is_other else "solid"
        points = [(x(year), y(value)) for year, value in line.points]
        wide = 1.4 if line.is_other else max(1.8, 4.2 - 0.6 * place)
        parts.append(
            f'<path class="{style} {kind}" stroke-width="{wide:g}" '
            f'vector-effect="non-scaling-stroke" d="{_through(points)}"/>'
        )
    return "".join(parts)


def _through(points: Sequence[tuple[float, float]]) -> str:
    return "M" + "L".join(f"{x:.4f} {y:.4f}" for x, y in points)


def shade_of(in_view: float) -> str:
    """Give the shade of a number in view.

    Example:
        >>> shade_of(0.4) == SHADES[1.0], shade_of(2.0) == SHADES[4.0]
        (True, True)
    """
    return next(shade for below, shade in SHADES.items() if in_view < below)


def shades() -> list[tuple[str, str]]:
    """Give each shade of a map with the number in view that it stands for."""
    bounds = list(SHADES)
    words = [f"under {bounds[0]:g}"]
    words += [f"{low:g} to {high:g}" for low, high in pairwise(bounds[:-1])]
    return list(zip(SHADES.values(), [*words, f"{bounds[-2]:g} and more"], strict=True))


def coverage_map(cells: Sequence[Row], title: str) -> str:
    """Draw how many satellites see each place of ten degrees, coasts over it."""
    ordered = sorted(cells, key=lambda row: (-row["lat_deg"], row["lon_deg"]))
    alike = groupby(ordered, key=lambda row: (row["lat_deg"], shade_of(row["mean_in_view"])))
    strips = "".join(_strip(lat_deg, shade, list(rows)) for (lat_deg, shade), rows in alike)
    return (
        f'<svg class="coverage" viewBox="0 0 {36.0 * _CELL:g} {18.0 * _CELL:g}" role="img" '
        f'aria-label="{escape(title)}" xmlns="http://www.w3.org/2000/svg">{strips}'
        '<use href="#coasts"/></svg>'
    )


def _strip(lat_deg: float, shade: str, rows: Sequence[Row]) -> str:
    """Draw neighbours of one latitude that have one shade."""
    west, east = rows[0]["lon_deg"], rows[-1]["lon_deg"]
    mean, two = (sum(r[name] for r in rows) / len(rows) for name in ("mean_in_view", "share_two"))
    left, top = (west + 175.0) / 10.0 * _CELL, (85.0 - lat_deg) / 10.0 * _CELL
    return (
        f'<rect x="{left:g}" y="{top:g}" width="{len(rows) * _CELL + 0.3:g}" '
        f'height="{_CELL + 0.3:g}" fill="{shade}"><title>latitude {lat_deg:g}, longitude {west:g} '
        f"to {east:g}: two in view {two:.2f} of the time, mean {mean:.1f}</title></rect>"
    )


def coasts() -> str:
    """Draw coasts once, for all maps of a page to use as ``#coasts``."""
    return (
        '<svg width="0" height="0" class="hidden" aria-hidden="true"><defs>'
        f'<path id="coasts" class="coast" d="{flat_coasts(_CELL / 10.0)}"/></defs></svg>'
    )
