"""Which assumption decides a conclusion: each input at both ends of its range, one at a time."""

from collections.abc import Sequence
from typing import Any, Final

import numpy as np

from umbo.appraisal.stability import crossing, delivered
from umbo.elements.forces import Posture
from umbo.elements.readings import Readings
from umbo.elements.sourced import Value
from umbo.study.deterrence import SIZED_IN, Weighing
from umbo.study.replies import ON_MISSILES, REPLIES

Row = dict[str, Any]

CONCLUSIONS: Final = {
    "retaliation is above the high threshold": ("over_high", 1.0),
    "retaliation is above the low threshold": ("over_low", 1.0),
    "going first gains the shielded side more than today": ("incentive_change", 0.0),
    "the cheapest reply costs less than the shield": ("ratio", 1.0),
    "warheads on missiles cost less than the shield": ("ratio_missiles", 1.0),
}
"""What may hold or flip: the measure of each, and the limit that it is to be above."""
_ONLY: Final = {"ratio": REPLIES, "ratio_missiles": ON_MISSILES}


class _Moved(Readings):
    """Reads every value at its mode, but one."""

    def __init__(self, moved: tuple[str, str], number: float) -> None:
        super().__init__()
        self._moved, self._number = moved, number

    def __call__(self, value: Value) -> float:
        number = super().__call__(value)
        return self._number if (value.item, value.parameter) == self._moved else number


def decide(of: Weighing, opponent: str, posture: Posture, column: str, at: float) -> Row:
    """Say which input moves a measure of the whole shield most, and whether it flips by it.

    Args:
        of: The shields and forces.
        opponent: Whose retaliation meets the shield.
        posture: How ready both sides are.
        column: A measure of ``compared``, or ``ratio``, or ``ratio_missiles``.
        at: The limit of the conclusion.
    """
    ends: dict[tuple[str, str], list[float]] = {}
    mode = _measure(of, opponent, posture, column, of.read)
    if column in _ONLY:
        ends |= _priced(of, opponent, posture, mode, _ONLY[column])
    seen = Readings()
    _measure(of, opponent, posture, column, seen)
    for key, value in seen.used.items():
        if value.low < value.high:
            ends[key] = [
                _measure(of, opponent, posture, column, _Moved(key, end))
                for end in (value.low, value.high)
            ]
    drawn = [
        _measure(of, opponent, posture, column, of.read, draw) for draw in range(of.curve_draws)
    ]
    known = [one for one in drawn if np.isfinite(one)]
    if known:
        ends["shield", "every value of its weapons and sensors"] = [min(known), max(known)]
    ends = {key: pair for key, pair in ends.items() if np.isfinite(pair).all()}
    if not ends:
        return dict.fromkeys(("decided_by", "at_low", "at_high", "can_flip", "flips_with"))

    def flips(pair: list[float]) -> bool:
        return any((end > at) != (mode > at) for end in pair)

    decider = max(ends, key=lambda key: (flips(ends[key]), abs(ends[key][1] - ends[key][0])))
    return {
        "decided_by": ".".join(decider),
        "at_low": ends[decider][0],
        "at_high": ends[decider][1],
        "can_flip": flips(ends[decider]),
        "flips_with": ", ".join(".".join(key) for key, pair in ends.items() if flips(pair)),
    }


def sign_rows(of: Weighing, by_size: Sequence[Row]) -> list[Row]:
    """Say at what size each conclusion flips, and which assumption decides it."""
    rows = []
    for opponent, posture in ((o, p) for o in of.opponents for p in SIZED_IN):
        sizes = [row for row in by_size if (row["opponent"], row["posture"]) == (opponent, posture)]
        whole = next(row for row in sizes if row["size"] == 1.0)
        for conclusion, (column, at) in CONCLUSIONS.items():
            flips = {
                f"flips_at{end}": crossing(
                    [row["size"] for row in sizes], [row[f"{column}{end}"] for row in sizes], at
                )
                for end in ("", "_p05", "_p95")
            }
            rows.append(
                {
                    "opponent": opponent,
                    "posture": posture,
                    "architecture": of.chosen,
                    "conclusion": conclusion,
                    "limit": at,
                    "value": whole[column],
                    "value_p05": whole[f"{column}_p05"],
                    "value_p95": whole[f"{column}_p95"],
                    "holds": whole[column] is not None and whole[column] > at,
                    **flips,
                    **decide(of, opponent, posture, column, at),
                }
            )
    return rows


def _measure(
    of: Weighing,
    opponent: str,
    posture: Posture,
    column: str,
    read: Readings,
    draw: int | None = None,
) -> float:
    side = of.side(opponent, posture, read)
    shield = of.shield("size", 1.0, draw)
    if column not in _ONLY:
        return of.compared(side, 1.0, draw)[column]
    usd, less = of.step_of_one()
    stopped = delivered(side.theirs, of.shield("size", less, draw), struck=True) - delivered(
        side.theirs, shield, struck=True
    )
    margin = of.replier.margin(opponent, side.theirs, shield, of.glide, only=_ONLY[column])
    if margin is None or stopped <= 0.0:
        return np.inf
    return float(usd[0]) / stopped / margin[1]


def _priced(
    of: Weighing, opponent: str, posture: Posture, mode: float, only: Sequence[str]
) -> dict[tuple[str, str], list[float]]:
    """Move the two prices to the ends of nine draws in ten; a ratio goes as their quotient."""
    usd, _ = of.step_of_one()
    side = of.side(opponent, posture)
    margin = of.replier.margin(opponent, side.theirs, of.shield("size", 1.0), of.glide, only=only)
    if margin is None:
        return {}
    reply = of.replier.usd(margin[0], opponent)
    return {
        ("shield", "cost"): [mode * float(q / usd[0]) for q in np.quantile(usd[1:], (0.05, 0.95))],
        (margin[0], "cost"): [
            mode * float(reply[0] / q) for q in np.quantile(reply[1:], (0.05, 0.95))
        ],
    }
