"""A run's architectures compared, from made-up tables and battles."""

from types import SimpleNamespace

import numpy as np
import pytest

from umbo.elements.sourced import Value
from umbo.study.comparison import comparison_tables
from umbo.study.flips import drawn_tables

NAMES, RAIDS = ("cheap", "dear", "poor"), ("few", "many")
LEAKAGE = {
    ("cheap", "few"): 0.2,
    ("cheap", "many"): 0.8,
    ("dear", "few"): 0.1,
    ("dear", "many"): 0.3,
    ("poor", "few"): 0.4,
    ("poor", "many"): 0.9,
}
COST = {"cheap": 1e9, "dear": 5e9, "poor": 2e9}


def made(leakage=LEAKAGE):
    return {
        "leakage": [
            {"architecture": a, "raid": r, "leakage": share} for (a, r), share in leakage.items()
        ],
        "cost_total": [
            {
                "architecture": name,
                "scope": "total",
                "low_usd": usd / 2,
                "mode_usd": usd,
                "high_usd": usd * 2,
            }
            for name, usd in COST.items()
        ],
    }


@pytest.fixture(scope="module")
def tables():
    return comparison_tables(made(), seed=1)


def row(rows, **keys):
    (one,) = [r for r in rows if all(r[k] == v for k, v in keys.items())]
    return one


def test_what_is_worse_and_dearer_is_dominated(tables):
    assert row(tables["dominance"], first="cheap", second="poor")["dominates"]
    assert [r["dominates"] for r in tables["dominance"]].count(True) == 1


@pytest.mark.oracle("worked by hand: leakage 0.5, 0.2, 0.65 and cost 1, 5, 2 from best to worst")
def test_scores_by_hand(tables):
    scores = {r["architecture"]: r["score"] for r in tables["compared"]}

    assert scores["cheap"] == pytest.approx((0.3 / 0.45 + 0.0) / 2, abs=1e-12)
    assert scores["dear"] == pytest.approx((0.0 + 1.0) / 2, abs=1e-12)
    assert scores["poor"] == pytest.approx((1.0 + 0.25) / 2, abs=1e-12)


@pytest.mark.oracle("worked by hand: four billion dollars for 0.3 of leakage")
def test_what_the_dearer_one_buys(tables):
    trade = row(tables["dominance"], first="dear", second="cheap")

    assert trade["per_point_usd"] == pytest.approx(4e9 / 30.0, rel=1e-12)
    assert trade["worse_on"] == "cost"


def test_another_weight_puts_another_first(tables):
    flip = row(tables["flips"], first="cheap", second="dear", kind="weight", item="leakage")
    for share, first in ((flip["at"] - 0.01, "cheap"), (flip["at"] + 0.01, "dear")):
        weights = {"leakage": share, "cost": 1.0 - share}

        again = comparison_tables(made(), seed=1, weights=weights)

        assert row(again["compared"], rank=1)["architecture"] == first


def test_at_the_cost_told_two_are_level(tables):
    flip = row(tables["flips"], first="cheap", second="dear", kind="cost", item="dear")

    scores = {r["architecture"]: r["score"] for r in tables["compared"]}
    moved = scores["dear"] + (flip["at"] - COST["dear"]) / 4e9 * 0.5
    assert moved == pytest.approx(scores["cheap"], abs=1e-12)


def test_regret_is_against_the_best_of_each_raid(tables):
    assert row(tables["regret"], architecture="poor")["leakage_regret_worst"] == pytest.approx(0.6)
    assert row(tables["regret"], architecture="dear")["leakage_regret_worst"] == 0.0
    assert sum(r["share_first"] for r in tables["regret"]) == pytest.approx(1.0, abs=1e-9)
    assert row(tables["regret"], architecture="poor")["share_first"] == 0.0


def test_a_measure_on_which_all_are_level_counts_for_nothing():
    protection = [
        {"architecture": n, "group": "guam", "share_protected": 1e-4 * i}
        for i, n in enumerate(NAMES)
    ]

    found = comparison_tables(made() | {"protection": protection}, seed=1)

    assert [r["measure"] for r in found["compared_weights"]] == ["leakage", "cost"]
    assert found["compared"][2]["share_allied_protected"] == pytest.approx(2e-4)


@pytest.mark.oracle("a made-up battle whose order changes at p_kill 0.4")
def test_the_input_that_flips_an_order_and_its_value():
    draws = 64
    u = (np.random.default_rng(1).permutation(draws) + 0.5) / draws
    other = (np.random.default_rng(2).permutation(draws) + 0.5) / draws
    value = Value("gbi", "p_kill", 0.2, 0.5, 0.8, "1", "record", conf="verified")
    p = np.array([value.quantile(q) for q in u])
    leakage = {
        "cheap": np.full(draws, 0.5),
        "dear": 0.5 - 0.3 * (p - 0.4),
        "poor": np.full(draws, 0.9),
    }
    quantiles = [
        {("gbi", "p_kill"): float(a), ("tpy2", "range"): float(b)}
        for a, b in zip(u, other, strict=True)
    ]
    assumed = {(n, "few"): SimpleNamespace(leakage=leakage[n], quantiles=quantiles) for n in NAMES}
    at_mode = {("cheap", "few"): 0.5, ("dear", "few"): 0.47, ("poor", "few"): 0.9}

    found = drawn_tables(made(at_mode), assumed, {("gbi", "p_kill"): value})

    flip = row(found["flips"], by="leakage", first="dear", second="cheap")
    assert (flip["item"], flip["parameter"]) == ("gbi", "p_kill")
    assert flip["at"] == pytest.approx(0.4, abs=0.02)  # the range is triangular, the fit a line
    order = row(found["orders"], by="leakage", first="dear", second="cheap")
    assert order["share_reversed"] == pytest.approx(np.mean(p < 0.4 - 0.005 / 0.3), abs=1e-12)
    assert row(found["orders"], by="leakage", first="dear", second="poor")["share_kept"] == 1.0


def test_without_draws_nothing_is_said_of_them():
    assert drawn_tables(made(), {}, {}) == {"orders": [], "flips": []}
