"""Fire planned anew at every look, against exact enumeration, the fixed order and the optimum."""

from fractions import Fraction
from functools import cache
from itertools import product
from math import comb, sqrt

import numpy as np
import pytest

from umbo.engagement.replanning import play, replay, replication_at
from umbo.engagement.simulate import simulate
from umbo.errors import DomainError

REPLICATIONS = 400_000


def anew(battle, **parts):
    return battle(**parts, anew=np.ones(len(parts["after"]), np.bool_))


def later(miss, salvo, looks):
    return sum((salvo * miss ** (salvo * n) for n in range(looks)), Fraction(0))


def share_out(alive, p, passes, salvo, rounds, more):
    """Give each object its shots: the worthiest shot first, one round after the other."""
    given = dict.fromkeys(alive, 0)
    spare = Fraction(rounds) - sum(1 + (1 - p[o]) * later(1 - p[o], salvo, more) for o in alive)
    wishes = sorted(
        product(range(salvo), alive),
        key=lambda wish: -passes[wish[1]] * p[wish[1]] * (1 - p[wish[1]]) ** wish[0],
    )
    for n, o in wishes:
        miss = 1 - p[o]
        costs = 1 - miss**n * p[o] * later(miss, salvo, more)
        if rounds < 1 or given[o] != n or (n > 0 and spare < costs):
            continue
        given[o] += 1
        rounds -= 1
        spare -= costs if n > 0 else 0
    return given, rounds


def leakers_of(objects, weapons):
    """Enumerate every result of fire planned anew; weapons are p by object, salvo, looks, rounds."""
    passes = []
    for i in range(len(weapons)):
        after = weapons[i + 1 :]
        chance = [Fraction(1)] * objects
        for p, salvo, looks, _ in after:
            chance = [c * (1 - p[o]) ** (salvo * looks) for o, c in enumerate(chance)]
        passes.append(chance)

    def fight(i, look, alive, rounds):
        if i == len(weapons) or not alive:
            return Fraction(len(alive))
        p, salvo, looks, stock = weapons[i]
        rounds = stock if look == 0 else rounds
        given, left = share_out(alive, p, passes[i], salvo, rounds, looks - look - 1)
        total = Fraction(0)
        for fates in product((True, False), repeat=len(alive)):
            chance = Fraction(1)
            for o, dies in zip(alive, fates, strict=True):
                lives = (1 - p[o]) ** given[o]
                chance *= 1 - lives if dies else lives
            if not chance:
                continue
            rest = tuple(o for o, dies in zip(alive, fates, strict=True) if not dies)
            after = (i, look + 1, rest, left) if look + 1 < looks else (i + 1, 0, rest, 0)
            total += chance * fight(*after)
        return total

    return fight(0, 0, tuple(range(objects)), 0)


CASES = {
    "one_look": (4, [(["1/2"] * 4, 3, 1, 7)]),
    "two_looks": (3, [(["1/2"] * 3, 2, 2, 5)]),
    "ample": (2, [(["1/2"] * 2, 2, 2, 8)]),
    "unlike": (3, [(["1/2", "3/4", "1/4"], 2, 1, 4)]),
    "two_weapons": (3, [(["1/2"] * 3, 2, 2, 4), (["1/3"] * 3, 2, 1, 3)]),
}


def posed(battle, case):
    objects, weapons = CASES[case]
    exact = [([Fraction(p) for p in ps], *rest) for ps, *rest in weapons]
    best = [max(p) for p, *_ in exact]
    w = anew(
        battle,
        missiles=objects,
        after=[
            {"p_kill": float(top), "salvo": salvo, "looks": looks}
            for top, (_, salvo, looks, _) in zip(best, exact, strict=True)
        ],
        stock=[stock for *_, stock in exact],
        p_hand_over=np.array(
            [[[float(p / top) for p in ps]] for top, (ps, *_) in zip(best, exact, strict=True)]
        ),
    )
    return w, objects, exact


@pytest.mark.oracle("exact enumeration in rationals")
@pytest.mark.parametrize("case", CASES)
def test_means_are_those_of_enumeration(battle, case):
    w, objects, exact = posed(battle, case)
    out = play(w, REPLICATIONS, 3)
    counts = np.arange(len(out.histogram))
    deviation = sqrt(out.histogram @ counts**2 / REPLICATIONS) / sqrt(REPLICATIONS)
    wanted = float(leakers_of(objects, exact))
    assert out.leakers_mean.value == pytest.approx(wanted, abs=4 * deviation)  # four sigma


@pytest.mark.oracle("dynamic program over every allotment, in rationals")
@pytest.mark.parametrize("case", ["one_look", "ample"])
def test_like_objects_get_what_is_best(battle, case):
    _, objects, exact = posed(battle, case)
    ((ps, salvo, looks, stock),) = exact

    @cache
    def best(look, alive, rounds):
        if look == looks or alive == 0:
            return Fraction(alive)
        found = []
        for shots in {tuple(sorted(s)) for s in product(range(salvo + 1), repeat=alive)}:
            if sum(shots) > rounds:
                continue
            chance = {0: Fraction(1)}
            for n in shots:
                lives, grown = (1 - ps[0]) ** n, {}
                for survivors, c in chance.items():
                    grown[survivors] = grown.get(survivors, 0) + c * (1 - lives)
                    grown[survivors + 1] = grown.get(survivors + 1, 0) + c * lives
                chance = grown
            left = rounds - sum(shots)
            found.append(sum(c * best(look + 1, s, left) for s, c in chance.items()))
        return min(found)

    assert leakers_of(objects, exact) == best(0, objects, stock)


@pytest.mark.oracle("exact enumeration in rationals")
@pytest.mark.parametrize("case", [name for name in CASES if name != "unlike"])
def test_never_worse_than_the_fixed_order(battle, enumerated, case):
    w, objects, exact = posed(battle, case)
    fixed = sum(p * result["leakers"] for result, p in enumerated(w))
    assert leakers_of(objects, exact) <= fixed


@pytest.mark.oracle("by hand: 44 rounds over 20 missiles")
def test_a_short_magazine_is_spread(battle):
    w = anew(battle, missiles=20, after=[{"p_kill": 0.5, "salvo": 4}], stock=[44])
    out = play(w, 20_000, 1)
    assert out.leakers_mean.low < 16 * 0.25 + 4 * 0.125 < out.leakers_mean.high
    assert out.shots_by_weapon[0].value == 44.0


@pytest.mark.oracle("binomial distribution")
def test_a_round_saved_is_fired_at_a_survivor(battle):
    # Two shots at once want four rounds; one and then two find them all with three.
    w = anew(battle, missiles=2, after=[{"p_kill": 0.5, "salvo": 2, "looks": 2}], stock=[4])
    mean = sum(
        comb(2, s) * 0.25 * (0.0 if s == 0 else (0.25 if s == 1 else 2 * 0.5)) for s in range(3)
    )
    out = play(w, REPLICATIONS, 5)
    assert out.leakers_mean.value == pytest.approx(mean, abs=0.004)  # four sigma


def test_fixed_weapons_fire_as_before(battle):
    parts = {"missiles": 5, "after": [{"salvo": 2, "looks": 2}], "stock": [7]}
    w = battle(**parts, anew=np.zeros(1, np.bool_))
    assert np.array_equal(play(w, 500, 1).histogram, simulate(w, 500, 1).histogram)


def test_with_ample_rounds_at_the_last_look_both_are_one(battle):
    parts = {"missiles": 5, "decoys": 1, "after": [{"salvo": 2}, {"tier": 1}], "stock": [99, 99]}
    planned, fixed = play(anew(battle, **parts), 3_000, 2), simulate(battle(**parts), 3_000, 2)
    assert np.array_equal(planned.histogram, fixed.histogram)
    assert np.array_equal(planned.shots, fixed.shots)
    assert np.array_equal(planned.leakers, fixed.leakers)


def test_no_magazine_is_overdrawn(battle):
    w = anew(
        battle,
        missiles=30,
        decoys=2,
        after=[{"salvo": 4, "looks": 2}, {"salvo": 2, "tier": 1}],
        stock=[17, 9],
    )
    for replication in range(50):
        fired = {"gbi0": 0, "gbi1": 0}
        for event in replay(w, 1, replication):
            if event.weapon:
                fired[event.weapon] += event.shots
        assert fired["gbi0"] <= 17
        assert fired["gbi1"] <= 9


@pytest.mark.oracle("every replication told one by one")
@pytest.mark.parametrize("quantile", [0.0, 0.5, 0.9, 1.0])
def test_a_quantile_is_told_by_the_first_replication_that_has_it(battle, quantile):
    w = battle(missiles=9, after=[{"p_kill": 0.6, "salvo": 2}], stock=[12])
    leakers = [sum(e.event == "leaked" for e in replay(w, 4, r)) for r in range(300)]
    wanted = sorted(leakers)[max(int(np.ceil(quantile * 300)) - 1, 0)]
    found = replication_at(w, play(w, 300, 4), quantile)
    assert found == leakers.index(wanted)


def test_a_quantile_outside_its_range_is_refused(battle):
    w = battle(after=[{}], stock=[1])
    with pytest.raises(DomainError, match=r"must lie in 0 to 1; got 1\.5"):
        replication_at(w, play(w, 10, 1), 1.5)
