"""A run's architectures side by side: scores, dominance and regret."""

from collections.abc import Mapping
from typing import Any, Final

import numpy as np

from umbo.appraisal.comparison import dominance, drawn_weights, over_weights, regret, scaled
from umbo.study.flips import cost_flips, weight_flips
from umbo.study.measures import LEVEL_SHARE, MEASURES, Stand, Tables, level_of, stand_of

Row = dict[str, Any]

DRAWS: Final = 4096
"""Of weights."""


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
    stand = stand_of(tables, weights or {})
    return {
        "compared": _compared(stand),
        "compared_weights": [
            {"measure": name, "weight": (weights or {}).get(name, 1.0), "share": float(share)}
            for name, share in zip(stand.measures, stand.weights, strict=True)
        ],
        "dominance": _dominance(stand),
        "regret": _regret(stand, seed),
        "flips": [*weight_flips(stand), *cost_flips(stand, tables)],
    }


def _compared(stand: Stand) -> list[Row]:
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


def _dominance(stand: Stand) -> list[Row]:
    others = [name for name in stand.told if name != "leakage"]
    labels = [f"leakage, {raid}" for raid in stand.raids] + others
    worse = [*stand.leakage.T, *(stand.told[name] * MEASURES[name][1] for name in others)]
    level = [LEVEL_SHARE] * len(stand.raids) + [level_of(n, stand.told[n]) for n in others]
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


def _regret(stand: Stand, seed: int) -> list[Row]:
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
