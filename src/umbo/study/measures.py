"""What a run's architectures are compared on, and under which weights."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from umbo.appraisal.comparison import scaled
from umbo.elements.assets import THEATERS

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


@dataclass(frozen=True, eq=False)
class Stand:
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
        """(A,) weighted mean of the scaled measures, less being better."""
        return np.asarray(self.worse @ self.weights)


def stand_of(tables: Tables, weights: Mapping[str, float]) -> Stand:
    """Gather the measures of a run's architectures from its tables.

    Args:
        tables: The run's tables, as for ``comparison.comparison_tables``.
        weights: Swing weights by measure, 1 where left out.
    """
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
    known = [name for name, of in told.items() if np.ptp(of) > level_of(name, of) or name in ALWAYS]
    value = np.stack([values[name] for name in known], axis=1)
    worse = value * np.array([MEASURES[name][1] for name in known])
    given = np.array([weights.get(name, 1.0) for name in known])
    if not given.sum() > 0.0:
        given = np.ones(len(known))
    shares = given / given.sum()
    return Stand(names, raids, leakage, told, known, value, scaled(worse), shares)


def level_of(measure: str, values: Array) -> float:
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
