"""The least that rounds could let through, against brute force over every plan."""

from fractions import Fraction
from itertools import product

import numpy as np
import pytest

from umbo.engagement.best_fire import best_fire
from umbo.engagement.simulate import simulate
from umbo.errors import DomainError


def every_plan(p_kills, objects, salvos, stocks):
    """Try each number of shots of each weapon at each object; give the fewest mean leakers.

    Every shot is paid for on average: a later weapon fires only at what lives.
    """
    best = Fraction(objects)
    each = list(product(*(range(salvo + 1) for salvo in salvos)))
    for plan in product(each, repeat=objects):
        used, leakers = [Fraction(0)] * len(stocks), Fraction(0)
        for shots in plan:
            alive = Fraction(1)
            for w, n in enumerate(shots):
                used[w] += alive * n
                alive *= (1 - p_kills[w]) ** n
            leakers += alive
        if all(rounds <= stock for rounds, stock in zip(used, stocks, strict=True)):
            best = min(best, leakers)
    return best


@pytest.mark.oracle("brute force over every plan in rationals")
@pytest.mark.parametrize(
    ("objects", "p_kills", "salvos", "stocks"),
    [
        (3, ["1/2"], [4], [5]),
        (4, ["2/3"], [2], [3]),
        (3, ["1/2", "1/3"], [2, 2], [2, 3]),
        (4, ["3/5", "1/2"], [2, 1], [3, 1]),
        (2, ["1/2", "3/4", "1/5"], [2, 1, 2], [1, 1, 2]),
    ],
)
def test_the_best_plan_is_the_best_of_all_plans(battle, objects, p_kills, salvos, stocks):
    p = [Fraction(text) for text in p_kills]
    after = [{"p_kill": float(k), "salvo": n} for k, n in zip(p, salvos, strict=True)]
    w = battle(missiles=objects, after=after, stock=stocks)
    found = best_fire(w, seed=1, replications=64)
    wanted = float(every_plan(p, objects, salvos, stocks))
    assert found.whole == pytest.approx(wanted, rel=1e-9)
    assert found.least <= wanted + 1e-9


@pytest.mark.oracle("44 rounds spread by hand over twenty missiles, as against four each at eleven")
def test_a_salvo_that_is_too_large_shows_as_a_gap(battle):
    w = battle(missiles=20, after=[{"p_kill": 0.5, "salvo": 4}], stock=[44])
    found = best_fire(w, seed=1, replications=20_000)
    assert found.least == pytest.approx(16 * 0.25 + 4 * 0.125, rel=1e-9)
    assert found.whole == pytest.approx(found.least, rel=1e-9)
    assert found.planned.low < 9 + 11 * 0.5**4 < found.planned.high
    assert found.gap == pytest.approx(9 + 11 * 0.0625 - 4.5, abs=0.05)


@pytest.mark.oracle("exact enumeration in rationals")
@pytest.mark.parametrize("decoys", [0, 1])
def test_with_ample_rounds_the_plan_is_the_best(battle, enumerated, decoys):
    w = battle(
        missiles=2,
        decoys=decoys,
        boost=[{"p_kill": 0.4, "q": 0.2, "f": 0.5}],
        after=[
            {"p_kill": 0.6, "looks": 2, "q": 0.2, "f": 0.5, "hand": 0.9},
            {"p_kill": 0.5, "tier": 1},
        ],
        stock=[8, 2],
        reliability=np.array([0.9, 0.7]),
        p_track=np.array([0.8, 0.9]),
        p_warhead_called_warhead=0.9,
        p_decoy_called_warhead=0.3,
    )
    exact = float(sum(p * r["leakers"] for r, p in enumerated(w)))
    found = best_fire(w, seed=1, replications=64)
    assert found.least == pytest.approx(exact, rel=1e-9)
    assert found.whole == pytest.approx(exact, rel=1e-9)


@pytest.mark.oracle("exact enumeration in rationals")
@pytest.mark.parametrize("stock", [[1, 1], [2, 1], [3, 2]])
def test_no_order_of_fire_beats_the_least(battle, enumerated, stock):
    w = battle(
        missiles=3,
        after=[{"p_kill": 0.6, "salvo": 1, "looks": 2}, {"p_kill": 0.5, "tier": 1}],
        stock=stock,
    )
    exact = float(sum(p * r["leakers"] for r, p in enumerated(w)))
    assert best_fire(w, seed=1, replications=64).least <= exact + 1e-9


def test_without_weapons_everything_leaks(battle):
    found = best_fire(battle(missiles=3, reliability=np.full(3, 0.8)), seed=1)
    assert found.least == pytest.approx(2.4, rel=1e-9)
    assert found.whole == pytest.approx(2.4, rel=1e-9)


def test_the_plan_is_fought_in_its_own_phase(battle):
    w = battle(missiles=2, phases=3, after=[{"p_kill": 0.5}], stock=[1])
    w.looks[2] = 0
    found = best_fire(w, seed=1, phase=2, replications=100)
    assert (found.phase, found.least) == (2, 2.0)
    assert found.planned == simulate(battle(missiles=2), 100, 1).leakers_mean


def test_a_phase_that_is_not_there_is_refused(battle):
    with pytest.raises(DomainError, match="phase must lie in 0 to 0"):
        best_fire(battle(), seed=1, phase=1)


def test_more_rounds_never_hurt_under_the_best_policy(battle):
    least = [
        best_fire(
            battle(
                missiles=5,
                decoys=1,
                after=[{"p_kill": 0.6, "salvo": 2, "looks": 2}, {"p_kill": 0.5, "salvo": 3}],
                stock=[rounds, 4],
                p_decoy_called_warhead=0.4,
            ),
            seed=1,
            replications=10,
        ).least
        for rounds in range(0, 20, 2)
    ]

    assert np.all(np.diff(least) <= 1e-9)
    assert least[-1] < least[0]
