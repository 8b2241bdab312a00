"""A run's architectures side by side: dominance, regret, and which assumption flips an order."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any, Final

import numpy as np

from umbo.appraisal.comparison import (
    dominance,
    drawn_weights,
    flipping_inputs,
    flipping_weight,
    over_weights,
    regret,
    scaled,
)
from umbo.elements.assets import THEATERS
from umbo.elements.sourced import Value
from umbo.study.battles import Battle
from umbo.units import human

Row = dict[str, Any]
Tables = Mapping[str, Sequence[Row]]
Array = np.ndarray[Any, Any]

MEASURES: Final[Mapping[str, tuple[str, float]]] = {
    "leakage": ("leakage_all_raids", 1.0),
    "protected": ("share_protected", -1.0),
    "cost": ("cost_usd", 1.0),
    "date": ("full_year", 1.0),
    "stability": ("stability", -1.0),
    "allies": ("share_allied_protected", -1.0),
}
"""What architectures are compared on: the column that holds it, and whether less is better."""
ALWAYS: Final = ("leakage", "cost")
"""Measures that count even where all architectures are level."""
LEVEL_SHARE: Final = 0.005
"""Shares that differ by less count as level: luck and constellation phases move them so far."""
LEVEL_COST: Final = 0.01
"""Costs that differ by less than this part count as level."""
DRAWS: Final = 4096
"""Of weights."""
FLIPS_TOLD: Final = 3
"""Inputs told for each pair and raid, the strongest first."""


@dataclass(frozen=True, eq=False)
class _Stand:
    """How a run's architectures stand on each measure, and under which weights."""

    names: list[str]
    raids: list[str]
    leakage: Array
    """(A, R) at the mode of all inputs."""
    told: Mapping[str, Array]
    """(A,) each measure that is known of every architecture."""
    measures: list[str]
    """Those on which the architectures differ."""
    value: Array
    """(A, M)"""
    worse: Array
    """(A, M) scaled 0 for the best to 1 for the worst."""
    weights: Array
    """(M,) that sum to one."""

    @property
    def score(self) -> Array:
        return np.asarray(self.worse @ self.weights)


def comparison_tables(
    tables: Tables, *, seed: int, weights: Mapping[str, float] | None = None
) -> dict[str, list[Row]]:
    """Compare a run's architectures, from its tables alone.

    Measures are scaled from the best to the worst architecture of the run, and weighted by swing
    weights, all alike unless others are given. Left out: that the measures hang together
    (leakage counts more where what is protected counts too).

    Args:
        tables: The run's tables: ``leakage``, ``cost_total``, and where they are there
            ``protection``, ``budget_total`` and ``stability_incentive``.
        seed: The study's seed.
        weights: Swing weights by measure.

    Returns:
        ``compared`` (a row an architecture, with its score), ``compared_weights``, ``dominance``
        (a row for each ordered pair), ``regret`` and ``flips`` (weights and costs that change
        the order of two).
    """
    stand = _stand(tables, weights or {})
    return {
        "compared": _compared(stand),
        "compared_weights": [
            {"measure": name, "weight": (weights or {}).get(name, 1.0), "share": float(share)}
            for name, share in zip(stand.measures, stand.weights, strict=True)
        ],
        "dominance": _dominance(stand),
        "regret": _regret(stand, seed),
        "flips": [*_weight_flips(stand), *_cost_flips(stand, tables)],
    }


def drawn_tables(
    tables: Tables,
    battles: Mapping[tuple[str, str], Battle],
    used: Mapping[tuple[str, str], Value],
) -> dict[str, list[Row]]:
    """Compare architectures draw by draw over the assumptions' ranges, from a run's battles.

    The same draw reads the same quantile of every input in every architecture, so that the
    difference of two is the architectures'. Without draws both tables are empty.

    Args:
        tables: The run's tables, as for ``comparison_tables``.
        battles: By architecture and raid.
        used: Values that the battles read, by item and parameter.

    Returns:
        ``orders`` (each pair and raid: by how much the first leaks less, and in what share of the
        draws) and ``flips`` (inputs that change an order, and the value at which they do).
    """
    if any(battle.assumed is None for battle in battles.values()) or not battles:
        return {"orders": [], "flips": []}
    stand = _stand(tables, {})
    inputs = _Inputs(battles)
    drawn = np.array(
        [[_leakage(battles[name, raid]) for raid in stand.raids] for name in stand.names]
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


def _leakage(battle: Battle) -> Array:
    assert battle.assumed is not None
    return battle.assumed.leakage


def _stand(tables: Tables, weights: Mapping[str, float]) -> _Stand:
    names = list(dict.fromkeys(row["architecture"] for row in tables["cost_total"]))
    raids = list(dict.fromkeys(row["raid"] for row in tables["leakage"]))
    found = {(row["architecture"], row["raid"]): row["leakage"] for row in tables["leakage"]}
    leakage = np.array([[found[name, raid] for raid in raids] for name in names])
    totals = {r["architecture"]: r for r in tables["cost_total"] if r["scope"] == "total"}
    years = {r["architecture"]: r["full_year"] for r in tables.get("budget_total", ())}
    values = {
        "leakage": leakage.mean(axis=1),
        "protected": _protected(tables, names, home=True),
        "cost": np.array([totals[name]["mode_usd"] for name in names]),
        "date": np.array([years.get(name) or np.nan for name in names], dtype=np.float64),
        "stability": _stability(tables, names),
        "allies": _protected(tables, names, home=False),
    }
    told = {name: values[name] for name in MEASURES if np.isfinite(values[name]).all()}
    known = [name for name, of in told.items() if np.ptp(of) > _level(name, of) or name in ALWAYS]
    value = np.stack([values[name] for name in known], axis=1)
    worse = value * np.array([MEASURES[name][1] for name in known])
    given = np.array([weights.get(name, 1.0) for name in known])
    if not given.sum() > 0.0:
        given = np.ones(len(known))
    shares = given / given.sum()
    return _Stand(names, raids, leakage, told, known, value, scaled(worse), shares)


def _level(measure: str, values: Array) -> float:
    """Give the difference up to which two values of a measure count as level."""
    if measure == "cost":
        return LEVEL_COST * float(np.abs(values).max())
    return 0.5 if measure == "date" else LEVEL_SHARE


def _protected(tables: Tables, names: Sequence[str], *, home: bool) -> Array:
    """Give the mean over raids of the share of the score protected, at home or in theaters."""
    sums: dict[str, list[float]] = {name: [] for name in names}
    for row in tables.get("protection", ()):
        if (row["group"] not in THEATERS) == home and row["share_protected"] is not None:
            sums[row["architecture"]].append(row["share_protected"])
    # Battles with luck let through a little more or less than is aimed on average.
    return np.array([max(0.0, np.mean(of)) if of else np.nan for of in sums.values()])


def _stability(tables: Tables, names: Sequence[str]) -> Array:
    """Give the least index of stability over opponents and postures, the shield being ours."""
    least = dict.fromkeys(names, np.nan)
    for row in tables.get("stability_incentive", ()):
        if not row["mirrored"] and row["stability"] is not None:
            least[row["architecture"]] = float(
                np.fmin(least[row["architecture"]], row["stability"])
            )
    return np.array([least[name] for name in names])


def _compared(stand: _Stand) -> list[Row]:
    rank = np.argsort(np.argsort(stand.score, kind="stable"), kind="stable") + 1
    rows = []
    for a, name in enumerate(stand.names):
        row: Row = {"architecture": name, "score": float(stand.score[a]), "rank": int(rank[a])}
        for measure, values in stand.told.items():
            value = float(values[a])
            row[MEASURES[measure][0]] = int(value) if measure == "date" else value
        for m, measure in enumerate(stand.measures):
            row[f"scaled_{measure}"] = float(stand.worse[a, m])
        rows.append(row)
    return rows


def _dominance(stand: _Stand) -> list[Row]:
    others = [name for name in stand.told if name != "leakage"]
    labels = [f"leakage, {raid}" for raid in stand.raids] + others
    worse = [*stand.leakage.T, *(stand.told[name] * MEASURES[name][1] for name in others)]
    level = [LEVEL_SHARE] * len(stand.raids) + [_level(n, stand.told[n]) for n in others]
    dominates, each = dominance(np.stack(worse, axis=1), level)
    mean, cost = stand.told["leakage"], stand.told["cost"]
    rows = []
    for a, b in ((a, b) for a in range(len(stand.names)) for b in range(len(stand.names))):
        if a == b:
            continue
        less, more = float(mean[b] - mean[a]), float(cost[a] - cost[b])
        rows.append(
            {
                "first": stand.names[a],
                "second": stand.names[b],
                "dominates": bool(dominates[a, b]),
                **{
                    word: "; ".join(
                        label for label, s in zip(labels, each[a, b], strict=True) if s == sign
                    )
                    for word, sign in (("better_on", 1), ("worse_on", -1), ("level_on", 0))
                },
                "leakage_less": less,
                "above_usd": more,
                "per_point_usd": more / (100.0 * less) if less > 0.0 and more > 0.0 else None,
            }
        )
    return rows


def _regret(stand: _Stand, seed: int) -> list[Row]:
    weights = drawn_weights(len(stand.measures), DRAWS, seed)
    fares = over_weights(stand.worse, weights)
    lacks = regret(stand.leakage)
    # The score if one raid came: its leakage stands in place of the mean.
    m = stand.measures.index("leakage")
    of_raid = []
    for r in range(len(stand.raids)):
        badness = stand.worse.copy()
        badness[:, m] = scaled(stand.leakage[:, r : r + 1])[:, 0]
        of_raid.append(badness @ stand.weights)
    by_raid = regret(np.stack(of_raid, axis=1))
    return [
        {
            "architecture": name,
            "leakage_regret_worst": float(lacks[a].max()),
            "leakage_regret_at": stand.raids[int(lacks[a].argmax())],
            "leakage_regret_average": float(lacks[a].mean()),
            "score_regret_worst": float(by_raid[a].max()),
            "score_regret_at": stand.raids[int(by_raid[a].argmax())],
            "share_first": float(fares.share_first[a]),
            "share_last": float(fares.share_last[a]),
            "weights_regret_average": float(fares.mean_regret[a]),
            "weights_regret_worst": float(fares.worst_regret[a]),
        }
        for a, name in enumerate(stand.names)
    ]


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


def _ordered(stand: _Stand, a: int, b: int) -> tuple[int, int]:
    return (a, b) if stand.score[a] <= stand.score[b] else (b, a)


def _weight_flips(stand: _Stand) -> list[Row]:
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


def _cost_flips(stand: _Stand, tables: Tables) -> list[Row]:
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

    def __init__(self, battles: Mapping[tuple[str, str], Battle]) -> None:
        self.of: dict[tuple[str, str], frozenset[tuple[str, str]]] = {}
        rows: dict[tuple[str, str], list[float]] = {}
        for key, battle in battles.items():
            assert battle.assumed is not None
            read = battle.assumed.quantiles
            self.of[key] = frozenset(read[0])
            for name in read[0]:
                if name not in rows:
                    rows[name] = [draw.get(name, np.nan) for draw in read]
        self.names = list(rows)
        self.quantiles = np.array([rows[name] for name in self.names])

    def read_in(self, *battles: tuple[str, str]) -> list[int]:
        """Give the positions of the inputs that any of these battles read."""
        names = frozenset().union(*(self.of[key] for key in battles))
        return [i for i, name in enumerate(self.names) if name in names]


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
    read: Sequence[int],
    inputs: _Inputs,
    used: Mapping[tuple[str, str], Value],
) -> list[Row]:
    rows = []
    for flip in flipping_inputs(gap, inputs.quantiles[list(read)]):
        key = inputs.names[read[flip.position]]
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
    stand: _Stand,
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
    return _input_flips(pair, gap, range(len(inputs.names)), inputs, used)
