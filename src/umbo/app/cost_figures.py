"""Charts of cost as SVG: the S-curve, and the tornado of what drives a total."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from html import escape

from umbo.app.figures import ARCHITECTURE_COLORS

_LEFT, _RIGHT = 1.5, 97.0  # per cent of the width that the scale covers
_TOP, _HEIGHT = 8.0, 300.0


@dataclass(frozen=True, slots=True)
class Curve:
    """An S-curve: what a share of the draws does not exceed."""

    label: str
    color: int
    dashed: bool
    points: tuple[tuple[float, float], ...]
    """Cost and share, in order."""


@dataclass(frozen=True, slots=True)
class Swing:
    """An input, and the total at each end of its range."""

    label: str
    range: str
    low: float
    high: float
    text: str
    swing: str
    """How far apart the two totals are, in words."""
    href: str = ""


def steps(low: float, high: float) -> list[float]:
    """Give round numbers of a logarithmic scale between two: 1, 2 and 5 of each power of ten.

    Example:
        >>> steps(60.0, 1_100.0)
        [100.0, 200.0, 500.0, 1000.0]
    """
    first, last = math.floor(math.log10(low)), math.ceil(math.log10(high))
    found = (m * 10.0**power for power in range(first, last + 1) for m in (1.0, 2.0, 5.0))
    return [value for value in found if low * (1 - 1e-9) <= value <= high * (1 + 1e-9)]


def s_curve(curves: Sequence[Curve], title: str, axis: Callable[[float], str]) -> str:
    """Draw S-curves over a logarithmic scale of cost, the lines of P50 and P80 behind them."""
    costs = [cost for curve in curves for cost, _ in curve.points if cost > 0.0]
    if not costs:
        return ""
    low, high = math.log(min(costs) / 1.06), math.log(max(costs) * 1.06)

    def across(cost: float) -> float:
        return _LEFT + (_RIGHT - _LEFT) * (math.log(cost) - low) / (high - low)

    def down(share: float) -> float:
        return _TOP + _HEIGHT * (1.0 - share)

    bottom = _TOP + _HEIGHT
    parts, last = [], -100.0
    for cost in steps(math.exp(low), math.exp(high)):
        x = across(cost)
        parts.append(f'<line class="grid" x1="{x:.2f}%" x2="{x:.2f}%" y1="0" y2="{bottom:g}"/>')
        if x - last > 11.0:  # room for its label
            last = x
            parts.append(_text(x, bottom + 16, axis(cost), "tick", "middle"))
    for share in (0.0, 0.5, 0.8, 1.0):
        y = down(share)
        parts.append(f'<line class="grid" x1="{_LEFT}%" x2="{_RIGHT}%" y1="{y:g}" y2="{y:g}"/>')
    parts += [
        _text(_RIGHT, down(share) - 4, words, "group halo", "end")
        for share, words in ((0.5, "P50"), (0.8, "P80"))
    ]
    for curve in curves:
        path = "M" + "L".join(
            f"{across(cost):.2f} {100.0 * (1.0 - share):.2f}"
            for cost, share in curve.points
            if cost > 0.0
        )
        dash = ' stroke-dasharray="5 4"' if curve.dashed else ""
        parts.append(
            f'<svg x="0" y="{_TOP:g}" width="100%" height="{_HEIGHT:g}" viewBox="0 0 100 100" '
            f'preserveAspectRatio="none"><path class="a{curve.color % ARCHITECTURE_COLORS} curve" '
            f'vector-effect="non-scaling-stroke"{dash} d="{path}">'
            f"<title>{escape(curve.label)}</title></path></svg>"
        )
    return _svg(title, "".join(parts), bottom + 24)


def tornado(
    swings: Sequence[Swing], middle: float, color: int, title: str, axis: Callable[[float], str]
) -> str:
    """Draw what the total is at each end of each input's range, about the most likely total."""
    if not swings:
        return ""
    ends = [end for swing in swings for end in (swing.low, swing.high)] + [middle]
    low, high = min(ends), max(ends)
    room = 0.14 * (high - low or 1.0)
    low, high = low - room, high + room

    def across(usd: float) -> float:
        return _LEFT + (_RIGHT - _LEFT) * (usd - low) / (high - low)

    y, parts = 2.0, []
    for swing in swings:
        y += 16
        left, right = sorted((across(swing.low), across(swing.high)))
        parts.append(_text(_LEFT, y, swing.label, "group", "start"))
        parts.append(_text(_LEFT, y + 14, swing.range, "tick", "start"))
        x, anchor, away = (right, "start", 6) if right < 80.0 else (left, "end", -6)
        shape = (
            f"<title>{escape(f'{swing.label}: {swing.text}')}</title>"
            f'<rect class="a{color % ARCHITECTURE_COLORS} part" x="{left:.2f}%" y="{y + 18:g}" '
            f'width="{right - left:.2f}%" height="12"/><text class="v halo" x="{x:.2f}%" '
            f'dx="{away}" y="{y + 28:g}" text-anchor="{anchor}">{escape(swing.swing)}</text>'
        )
        link = f'<a href="{escape(swing.href)}">{shape}</a>'
        parts.append(link if swing.href else f"<g>{shape}</g>")
        y += 38
    grid = []
    for usd in _round(low, high):
        x = across(usd)
        grid.append(f'<line class="grid" x1="{x:.2f}%" x2="{x:.2f}%" y1="0" y2="{y:g}"/>')
        grid.append(_text(x, y + 14, axis(usd), "tick", "middle" if 6 < x < 92 else _side(x)))
    x = across(middle)
    line = f'<line class="whisker" x1="{x:.2f}%" x2="{x:.2f}%" y1="0" y2="{y:g}"/>'
    return _svg(title, "".join(grid) + "".join(parts) + line, y + 22)


def _side(x: float) -> str:
    return "start" if x <= 6.0 else "end"


def _round(low: float, high: float) -> list[float]:
    """Give four or so round numbers between two."""
    power = 10.0 ** math.floor(math.log10((high - low) / 4.0))
    step = next(power * m for m in (1.0, 2.0, 5.0, 10.0) if (high - low) / (power * m) <= 5.0)
    return [i * step for i in range(math.ceil(low / step), math.floor(high / step) + 1)]


def _text(x: float, y: float, words: str, kind: str, anchor: str) -> str:
    return (
        f'<text class="{kind}" x="{x:.2f}%" y="{y:g}" text-anchor="{anchor}">{escape(words)}</text>'
    )


def _svg(title: str, inner: str, height: float) -> str:
    return (
        f'<svg class="chart" role="group" aria-label="{escape(title)}" width="100%" '
        f'height="{height:g}" xmlns="http://www.w3.org/2000/svg">{inner}</svg>'
    )
