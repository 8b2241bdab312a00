"""Charts as SVG: bars and intervals whose type keeps its size at any width.

Places across are per cent of the width and places down are pixels, so a chart needs no script
and no scaling. Colours are classes: ``a0`` to ``a5`` are architectures, ``s0`` to ``s6`` series,
``leak`` what arrives; the page's style sheet gives them, by day and by night.
"""

import math
import re
import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from html import escape
from typing import Final

ARCHITECTURE_COLORS: Final = 6
SERIES_COLORS: Final = 7
_LEFT, _RIGHT = 1.5, 97.0  # per cent of the width that the scale covers

# The colours by day; the page's style sheet repeats them and adds those by night.
LIGHT: Final = {
    "a0": "#5a6472",
    "a1": "#0b62b0",
    "a2": "#b65200",
    "a3": "#007a66",
    "a4": "#8e3f97",
    "a5": "#6d6a00",
}


@dataclass(frozen=True, slots=True)
class Mark:
    """One estimate with its wide and its narrow interval."""

    label: str
    color: int
    value: float
    text: str
    low: float | None = None
    high: float | None = None
    luck_low: float | None = None
    luck_high: float | None = None
    href: str = ""


@dataclass(frozen=True, slots=True)
class Segment:
    """One part of a bar."""

    label: str
    style: str
    value: float
    text: str
    href: str = ""


@dataclass(frozen=True, slots=True)
class Bar:
    """A bar of segments, with the range of the whole where it is known."""

    label: str
    segments: tuple[Segment, ...]
    low: float | None = None
    high: float | None = None

    @property
    def end(self) -> float:
        """Where the bar, or its range, ends."""
        return max(sum(segment.value for segment in self.segments), self.high or 0.0)


def ticks(high: float, wanted: int = 5) -> list[float]:
    """Give round numbers from 0 to about ``high``, a few.

    Example:
        >>> ticks(1.0)
        [0.0, 0.2, 0.4, 0.6, 0.8, 1.0]
    """
    if high <= 0.0:
        return [0.0]
    power = 10.0 ** math.floor(math.log10(high / wanted))
    step = next(power * m for m in (1.0, 2.0, 5.0, 10.0) if high / (power * m) <= wanted + 1e-9)
    return [float(f"{i * step:.9g}") for i in range(int(high / step + 1e-9) + 1)]


def _linked(inner: str, href: str, title: str) -> str:
    shape = f"<g><title>{escape(title)}</title>{inner}</g>"
    return f'<a href="{escape(href)}">{shape}</a>' if href else shape


class _Canvas:
    """A scale across and a pen that moves down."""

    def __init__(self, high: float) -> None:
        self.high = high if high > 0.0 else 1.0
        self.y = 4.0
        self.parts: list[str] = []

    def x(self, value: float) -> str:
        share = min(max(value / self.high, 0.0), 1.0)
        return f"{_LEFT + (_RIGHT - _LEFT) * share:.2f}%"

    def text(self, x: str, y: float, words: str, kind: str = "t", **more: str) -> str:
        extra = "".join(f' {k.replace("_", "-")}="{v}"' for k, v in more.items())
        return f'<text class="{kind}" x="{x}" y="{y:g}"{extra}>{escape(words)}</text>'

    def svg(self, title: str, axis: Callable[[float], str]) -> str:
        bottom = self.y + 2
        grid = []
        marks = ticks(self.high)
        for value in marks:
            x = self.x(value)
            anchor = "start" if value == 0.0 else "end" if value > 0.93 * self.high else "middle"
            grid.append(f'<line class="grid" x1="{x}" x2="{x}" y1="0" y2="{bottom:g}"/>')
            grid.append(
                self.text(self.x(value), bottom + 14, axis(value), "tick", text_anchor=anchor)
            )
        return (
            f'<svg class="chart" role="group" aria-label="{escape(title)}" width="100%" '
            f'height="{bottom + 20:g}" xmlns="http://www.w3.org/2000/svg">'
            f"{''.join(grid)}{''.join(self.parts)}</svg>"
        )


def symbol(kind: int, x: str, y: float, style: str) -> str:
    """Draw a circle, square, diamond or triangle: colour is never the only sign."""
    shapes = (
        "<circle r='5'/>",
        "<rect x='-4.5' y='-4.5' width='9' height='9'/>",
        "<path d='M0-6.5 6.5 0 0 6.5-6.5 0Z'/>",
        "<path d='M0-6 6 5H-6Z'/>",
    )
    shape = shapes[kind % len(shapes)].replace("'", '"')
    return f'<svg class="{style}" x="{x}" y="{y:g}" overflow="visible">{shape}</svg>'


def key_symbol(color: int) -> str:
    """Draw an architecture's sign for a legend or a heading."""
    inner = symbol(color, "7", 7, f"a{color % ARCHITECTURE_COLORS}")
    return f'<svg class="key" width="14" height="14" aria-hidden="true">{inner}</svg>'


def intervals(
    groups: Sequence[tuple[str, Sequence[Mark]]],
    title: str,
    axis: Callable[[float], str],
    high: float,
) -> str:
    """Draw a sign and its intervals for each mark: thin for assumptions, thick for luck."""
    canvas = _Canvas(high)
    for name, marks in groups:
        if name:
            canvas.y += 16
            canvas.parts.append(canvas.text(f"{_LEFT}%", canvas.y, name, "group"))
            canvas.y += 5
        for mark in marks:
            canvas.y += 8
            canvas.parts.append(_interval(canvas, mark))
            canvas.y += 8
        canvas.y += 4
    return canvas.svg(title, axis)


def _interval(canvas: _Canvas, mark: Mark) -> str:
    y, style = canvas.y, f"a{mark.color % ARCHITECTURE_COLORS}"
    lines = ""
    spans = ((mark.low, mark.high, "wide"), (mark.luck_low, mark.luck_high, "luck"))
    for low, high, kind in spans:
        if low is not None and high is not None:
            lines += (
                f'<line class="{style} {kind}" x1="{canvas.x(low)}" x2="{canvas.x(high)}" '
                f'y1="{y:g}" y2="{y:g}"/>'
            )
    ends = [
        v for v in (mark.value, mark.low, mark.high, mark.luck_low, mark.luck_high) if v is not None
    ]
    if max(ends) > 0.86 * canvas.high:
        label = canvas.text(canvas.x(min(ends)), y + 4, mark.text, "v", text_anchor="end", dx="-9")
        if min(ends) < 0.14 * canvas.high:  # beside the sign, on its line
            anchor, away = ("end", "-9") if mark.value > 0.86 * canvas.high else ("start", "9")
            place = canvas.x(mark.value)
            label = canvas.text(place, y + 4, mark.text, "v halo", text_anchor=anchor, dx=away)
    else:
        label = canvas.text(canvas.x(max(ends)), y + 4, mark.text, "v", dx="9")
    sign = symbol(mark.color, canvas.x(mark.value), y, style)
    return _linked(lines + sign + label, mark.href, f"{mark.label}: {mark.text}")


def bars(rows: Sequence[Bar], title: str, axis: Callable[[float], str]) -> str:
    """Draw stacked bars across, each with its name above it and its range as a whisker."""
    canvas = _Canvas(max((bar.end for bar in rows), default=0.0))
    for bar in rows:
        canvas.y += 14
        canvas.parts.append(canvas.text(f"{_LEFT}%", canvas.y, bar.label, "group"))
        canvas.y += 5
        start = 0.0
        for segment in bar.segments:
            canvas.parts.append(_segment(canvas, segment, start))
            start += segment.value
        if bar.low is not None and bar.high is not None:
            y, x1, x2 = canvas.y + 24, canvas.x(bar.low), canvas.x(bar.high)
            canvas.parts.append(
                f'<line class="whisker" x1="{x1}" x2="{x2}" y1="{y:g}" y2="{y:g}"/>'
                + "".join(
                    f'<line class="whisker" x1="{x}" x2="{x}" y1="{y - 4:g}" y2="{y + 4:g}"/>'
                    for x in (x1, x2)
                )
            )
            canvas.y += 8
        canvas.y += 26
    return canvas.svg(title, axis)


def _segment(canvas: _Canvas, segment: Segment, start: float) -> str:
    share = segment.value / canvas.high
    width = (_RIGHT - _LEFT) * share
    inner = (
        f'<rect class="{segment.style} part" x="{canvas.x(start)}" y="{canvas.y:g}" '
        f'width="{width:.2f}%" height="18"/>'
    )
    if share > 0.014 * (len(segment.text) + 1):
        middle = canvas.x(start + segment.value / 2)
        inner += canvas.text(middle, canvas.y + 13, segment.text, "on", text_anchor="middle")
    return _linked(inner, segment.href, f"{segment.label}: {segment.text}")


_PICTURE: Final = (  # text and lines of a picture that stands alone; the page has its style sheet
    "text{font:15px 'Liberation Sans',Arial,sans-serif;fill:#1b2026;stroke:none}"
    ".group{font-weight:bold;font-size:16px}.tick,.v,.soft{fill:#56606c;font-size:14px}"
    ".head{font-weight:bold;font-size:18px}.title{font-weight:bold;font-size:26px}"
    ".halo{paint-order:stroke;stroke:#fff;stroke-width:4px}.grid{stroke:#d5dae0}.wide{stroke-width:1.8}.luck{stroke-width:5;stroke-opacity:.55}"
)


def picture(
    title: str,
    note: str,
    names: Sequence[str],
    panels: Sequence[tuple[str, float, str]],
    width: float,
) -> str:
    """Set charts side by side under one title and one key, as a picture that stands alone.

    Args:
        title: Title of the picture.
        note: Line under the charts.
        names: Names in the order of their colours, for the key.
        panels: Heading, share of the width and chart of each panel.
        width: Width of the picture, in pixels.

    Returns:
        The picture as SVG.
    """
    left, top, gap, parts, bottom = 24.0, 118.0, 28.0, [], 0.0
    free = width - 2 * left - gap * (len(panels) - 1)
    whole = sum(share for _, share, _ in panels)
    for head, share, chart in panels:
        wide = free * share / whole
        parts.append(f'<text class="head" x="{left + 8:g}" y="{top - 10:g}">{escape(head)}</text>')
        place = f'x="{left:g}" y="{top:g}" width="{wide:.0f}"'
        unlinked = re.sub(r"</?a\b[^>]*>", "", chart)
        parts.append(unlinked.replace('width="100%"', place, 1))
        bottom = max(bottom, top + float(chart.split('height="')[1].split('"')[0]))
        left += wide + gap
    x = 32.0
    for i, name in enumerate(names):
        parts.append(symbol(i, f"{x + 6:g}", 67, f"a{i % ARCHITECTURE_COLORS}"))
        parts.append(f'<text x="{x + 18:g}" y="72">{escape(name)}</text>')
        x += 48.0 + 8.5 * len(name)
    colors = "".join(f".{name}{{fill:{color};stroke:{color}}}" for name, color in LIGHT.items())
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width:g}" height="{bottom + 44:g}">'
        f"<style>{colors}{_PICTURE}</style>"
        f'<rect width="100%" height="100%" fill="#fff"/>'
        f'<text class="title" x="32" y="42">{escape(title)}</text>{"".join(parts)}'
        f'<text class="soft" x="32" y="{bottom + 26:g}">{escape(note)}</text></svg>'
    )


def packed(png: bytes) -> bytes:
    """Compress the pixels of a PNG again, as far as zlib can; the picture stays the same."""
    at, pixels, others = 8, b"", []
    while at < len(png):
        end = at + 12 + int.from_bytes(png[at : at + 4])
        if png[at + 4 : at + 8] == b"IDAT":
            pixels += png[at + 8 : end - 4]
        else:
            others.append(png[at:end])
        at = end
    data = b"IDAT" + zlib.compress(zlib.decompress(pixels), 9)
    idat = (len(data) - 4).to_bytes(4) + data + zlib.crc32(data).to_bytes(4)
    return png[:8] + b"".join(others[:-1]) + idat + others[-1]
