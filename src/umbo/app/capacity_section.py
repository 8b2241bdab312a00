"""The report's section on capacity: leakers by the size of the raid, and where shields run dry."""

import math
from collections.abc import Callable, Sequence
from html import escape
from itertools import pairwise
from typing import Final

from markupsafe import Markup

from umbo.app import figures, wording
from umbo.app.ledger import Ledger

_LEFT, _RIGHT = 14.0, 97.0  # per cent of the width that the scale covers; amounts stand before
_TOP, _HEIGHT = 10.0, 210.0
Place = Callable[[float], float]

FEWEST: Final = 0.1
"""Fewer leakers than this are drawn at the foot."""


class CapacitySection:
    """What the template asks for; nothing where the run has no such tables."""

    def __init__(self, ledger: Ledger, architectures: Sequence[str]) -> None:
        self._ledger, self._architectures = ledger, list(architectures)
        self.is_there = bool(ledger.tables.get("saturation"))

    def curves(self, raid: str) -> Markup:
        """Draw expected leakers by number of missiles, a line an architecture, both ten-folding."""
        rows = [
            self._ledger.at("saturation", i) for i in self._ledger.rows("saturation", raid=raid)
        ]
        if not rows:
            return Markup("")
        most = max(row["missiles"] for row in rows)
        tens = max(1.0, math.ceil(math.log10(max(row["warheads"] for row in rows) / FEWEST)))

        def x(missiles: float) -> float:
            share = math.log(missiles) / math.log(most) if most > 1 else 0.0
            return _LEFT + (_RIGHT - _LEFT) * share

        def y(leakers: float) -> float:
            return _TOP + _HEIGHT * (1.0 - math.log10(max(leakers, FEWEST) / FEWEST) / tens)

        drawn = []
        for step in range(round(tens) + 1):
            value = FEWEST * 10.0**step
            kind = "whisker" if value == 1.0 else "grid"
            drawn.append(
                f'<line class="{kind}" x1="{_LEFT}%" x2="{_RIGHT}%" y1="{y(value):.1f}" '
                f'y2="{y(value):.1f}"/><text class="tick" x="{_LEFT - 3:g}%" '
                f'y="{y(value) + 4:.1f}" text-anchor="end">{wording.number(value)}</text>'
            )
        for missiles in _ticks(most):
            anchor = "end" if x(missiles) > 93.0 else "middle"
            drawn.append(
                f'<text class="tick" x="{x(missiles):.2f}%" y="{_TOP + _HEIGHT + 18:g}" '
                f'text-anchor="{anchor}">{wording.number(missiles)}</text>'
            )
        for color, architecture in enumerate(self._architectures):
            drawn.append(self._curve(raid, architecture, color, x, y))
        title = f"Expected leakers by number of missiles, {wording.words(raid)}"
        return Markup(
            f'<svg class="chart" role="group" aria-label="{escape(title)}" width="100%" '
            f'height="{_TOP + _HEIGHT + 24:g}" xmlns="http://www.w3.org/2000/svg">'
            f"{''.join(drawn)}</svg>"
        )

    def _curve(self, raid: str, architecture: str, color: int, x: Place, y: Place) -> str:
        style = f"a{color % figures.ARCHITECTURE_COLORS}"
        places = self._ledger.rows("saturation", raid=raid, architecture=architecture)
        points = [
            (x(row["missiles"]), y(row["leakers_mean"]), i, row)
            for i in places
            for row in (self._ledger.at("saturation", i),)
        ]
        lines = "".join(
            f'<line class="{style} wide" x1="{a:.2f}%" x2="{c:.2f}%" y1="{b:.1f}" y2="{d:.1f}"/>'
            for (a, b, _, _), (c, d, _, _) in pairwise(points)
        )
        signs = ""
        for across, down, i, row in points:
            told = (
                f"{wording.words(architecture)}, {row['missiles']} missiles: "
                f"{wording.number(row['leakers_mean'])} leakers"
            )
            sign = figures.symbol(color, f"{across:.2f}%", down, style)
            href = self._ledger.address("saturation", i, "leakers_mean")
            signs += f'<a href="{escape(href)}"><g><title>{escape(told)}</title>{sign}</g></a>'
        return lines + signs


def _ticks(most: int) -> list[int]:
    """Give 1, 3, 10, 30 and so on, up to the largest size."""
    found, step = [], 1
    while step <= most:
        found += [step] if 3 * step > most else [step, 3 * step]
        step *= 10
    return found
