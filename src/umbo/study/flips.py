"""What flips the order of two of a run's architectures: a weight, a cost or an input."""

from collections.abc import Mapping, Sequence
from itertools import combinations
from typing import Any, Final

import numpy as np

from umbo.appraisal.comparison import drawn_alike, flipping_inputs, flipping_weight
from umbo.elements.sourced import Value
from umbo.study.battles import Assumed
from umbo.study.measures import LEVEL_SHARE, Array, Stand, Tables, stand_of
from umbo.units import human

Row = dict[str, Any]

FLIPS_TOLD: Final = 3
"""Inputs told for each pair and raid, the strongest first."""


def drawn_tables(
    tables: Tables,
    assumed: Mapping[tuple[str, str], Assumed],
    used: Mapping[tuple[str, str], Value],
) -> dict[str, list[Row]]:
    """Compare architectures draw by draw over the assumptions' ranges, from a run's battles.

    The same draw reads the same quantile of every input in every architecture, so that the
    difference of two is the architectures'. Without draws both tables are empty.

    Args:
        tables: The run's tables, as for ``comparison_tables``.
        assumed: Leakage by draw, by architecture and raid.
        used: Values that the battles read, by item and parameter.

    Returns:
        ``orders`` (each pair and raid: by how much the first leaks less, and in what share of the
        draws) and ``flips`` (inputs that change an order, and the value at which they do).
    """
    if not assumed:
        return {"orders": [], "flips": []}
    stand = stand_of(tables, {})
    inputs = _Inputs(assumed)
    drawn = np.array(
        [[assumed[name, raid].leakage for raid in stand.raids] for name in stand.names]
    )  # (A, R, D)
    orders: list[Row] = []
    flips: list[Row] = []
    for a, b in combinations(range(len(stand.names)), 2):
        for r, raid in enumerate(stand.raids):
            first, second = (a, b) if stand.leakage[a, r] <= stand.leakage[b, r] else (b, a)
            gap = drawn[second, r] - drawn[first, r]
            pair = {"first": stand.names[first], "second": stand.names[second], "raid": raid}
            now = float(stand.leakage[second, r] - stand.leakage[first, r])
            orders.append(pair | {"by": "leakage"} | _order(now, gap))
            if abs(now) > LEVEL_SHARE:
                read = inputs.read_in((pair["first"], raid), (pair["second"], raid))
                flips += _input_flips(pair | {"by": "leakage"}, gap, read, inputs, used)
        flips += _score_flips(stand, drawn, a, b, orders, inputs, used)
    return {"orders": orders, "flips": flips}


_FLIP: Final[Row] = {
    "by": "score",
    "raid": "",
    "kind": "",
    "item": "",
    "parameter": "",
    "now": None,
    "at": None,
    "unit": "1",
    "quantile": None,
    "rank_correlation": None,
    "share_reversed": None,
    "source": "",
}


def _ordered(stand: Stand, a: int, b: int) -> tuple[int, int]:
    return (a, b) if stand.score[a] <= stand.score[b] else (b, a)


def weight_flips(stand: Stand) -> list[Row]:
    """Find the weight of each measure at which two architectures come level."""
    rows = []
    for pair in combinations(range(len(stand.names)), 2):
        first, second = _ordered(stand, *pair)
        names = {"first": stand.names[first], "second": stand.names[second]}
        for m, measure in enumerate(stand.measures):
            at = flipping_weight(stand.worse[first], stand.worse[second], stand.weights, m)
            if at is not None:
                now = float(stand.weights[m])
                flip = {"kind": "weight", "item": measure, "parameter": "share of the weights"}
                rows.append(names | _FLIP | flip | {"now": now, "at": at})
    return rows


def cost_flips(stand: Stand, tables: Tables) -> list[Row]:
    """Find the cost of the one at which two come level, where its range of costs holds it."""
    m = stand.measures.index("cost")
    span = float(np.ptp(stand.value[:, m]))
    ranges = {
        r["architecture"]: (r["low_usd"], r["high_usd"])
        for r in tables["cost_total"]
        if r["scope"] == "total"
    }
    rows: list[Row] = []
    if span == 0.0 or stand.weights[m] == 0.0:
        return rows
    for pair in combinations(range(len(stand.names)), 2):
        first, second = _ordered(stand, *pair)
        step = float(stand.score[second] - stand.score[first]) * span / float(stand.weights[m])
        for which, sign in ((first, 1.0), (second, -1.0)):
            at, (low, high) = stand.value[which, m] + sign * step, ranges[stand.names[which]]
            if low <= at <= high:
                names = {"first": stand.names[first], "second": stand.names[second]}
                flip = {"kind": "cost", "item": stand.names[which], "parameter": "cost"}
                now = {"now": float(stand.value[which, m]), "at": float(at), "unit": "usd"}
                rows.append(names | _FLIP | flip | now)
    return rows


class _Inputs:
    """The quantiles at which each input was read, by draw."""

    def __init__(self, assumed: Mapping[tuple[str, str], Assumed]) -> None:
        self.of: dict[tuple[str, str], frozenset[tuple[str, str]]] = {}
        rows: dict[tuple[str, str], list[float]] = {}
        for key, drawn in assumed.items():
            read = drawn.quantiles
            self.of[key] = frozenset(read[0])
            for name in read[0]:
                if name not in rows:
                    rows[name] = [draw.get(name, np.nan) for draw in read]
        self.names = list(rows)
        self.alike = drawn_alike([rows[name] for name in self.names])

    def read_in(self, *battles: tuple[str, str]) -> list[bool]:
        """Say which of the inputs any of these battles read."""
        names = frozenset().union(*(self.of[key] for key in battles))
        return [name in names for name in self.names]


def _order(now: float, gap: Array, of: str = "leakage") -> Row:
    low, high = (float(end) for end in np.quantile(gap, [0.05, 0.95]))
    ends = {"": now, "_low": low, "_high": high}
    return {
        **{
            f"{name}_less{end}": value if name == of else None
            for name in ("leakage", "score")
            for end, value in ends.items()
        },
        "share_kept": float(np.mean(gap > LEVEL_SHARE)),
        "share_level": float(np.mean(np.abs(gap) <= LEVEL_SHARE)),
        "share_reversed": float(np.mean(gap < -LEVEL_SHARE)),
        "draws": len(gap),
    }


def _input_flips(
    pair: Row,
    gap: Array,
    read: Sequence[bool],
    inputs: _Inputs,
    used: Mapping[tuple[str, str], Value],
) -> list[Row]:
    rows = []
    for flip in flipping_inputs(gap, inputs.alike, read):
        key = inputs.names[flip.position]
        value = used.get(key)
        if value is None:
            continue
        now, unit = human(value.mode, value.unit)
        at, _ = human(value.quantile(flip.quantile), value.unit)
        rows.append(
            pair
            | {name: cell for name, cell in _FLIP.items() if name not in pair}
            | {
                "kind": "assumption",
                "item": key[0],
                "parameter": key[1],
                "now": now,
                "at": at,
                "unit": unit,
                "quantile": flip.quantile,
                "rank_correlation": flip.correlation,
                "share_reversed": float(np.mean(gap < 0.0)),
                "source": value.source,
            }
        )
    return rows[:FLIPS_TOLD]


def _score_flips(
    stand: Stand,
    drawn: Array,
    a: int,
    b: int,
    orders: list[Row],
    inputs: _Inputs,
    used: Mapping[tuple[str, str], Value],
) -> list[Row]:
    """Find inputs that flip the score, leakage being as drawn and all else as it is."""
    m = stand.measures.index("leakage")
    span = float(np.ptp(stand.value[:, m]))
    if span == 0.0:
        return []
    first, second = _ordered(stand, a, b)
    mean = drawn.mean(axis=1)  # (A, D)
    moved = (mean - stand.value[:, m : m + 1]) / span * stand.weights[m]
    gap = stand.score[second] + moved[second] - stand.score[first] - moved[first]
    pair = {"first": stand.names[first], "second": stand.names[second], "raid": "", "by": "score"}
    order = _order(float(stand.score[second] - stand.score[first]), gap, of="score")
    orders.append(pair | order)
    return _input_flips(pair, gap, [True] * len(inputs.names), inputs, used)
