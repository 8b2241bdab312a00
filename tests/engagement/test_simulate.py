import math
from dataclasses import replace

import numpy as np
import pytest

from umbo.compiled import set_threads
from umbo.draws import bound, decision_id, happens, luck, stream
from umbo.engagement.replanning import replay
from umbo.engagement.simulate import simulate
from umbo.engagement.windows import REASONS
from umbo.errors import DomainError

EXACT = "exact enumeration in rationals"
Z = 4.5  # standard errors; one comparison in 150,000 fails by luck

FAULTY = {"p_kill": 0.6, "q": 0.2, "f": 0.5}
TINY = {
    "boost_then_salvo": {
        "boost": [{"p_kill": 0.4, "q": 0.25, "f": 0.5, "hand": 0.8}],
        "after": [FAULTY | {"salvo": 2, "hand": 0.9}],
        "stock": [3],
        "reliability": np.array([0.9, 0.7]),
    },
    "a_cause_shared_by_all_but_a_laser": {
        "missiles": 2,
        "boost": [{"name": "abl", "p_kill": 0.2}, FAULTY],
        "after": [FAULTY | {"salvo": 2}, {"name": "hel", "tier": 1, "p_kill": 0.3}],
        "stock": [3, 2],
        "shared_q": 0.25,
        "shared_f": 0.5,
        "untouched": ("abl", "hel"),
    },
    "decoys_and_track": {
        "missiles": 2,
        "decoys": 1,
        "after": [FAULTY, {"tier": 1, "p_kill": 0.5}],
        "stock": [2, 1],
        "p_track": np.array([0.8, 0.9]),
        "p_warhead_called_warhead": 0.9,
        "p_decoy_called_warhead": 0.3,
    },
    "looks_share_a_track": {
        "after": [{"p_kill": 0.5, "looks": 2}, {"p_kill": 0.4, "salvo": 2}],
        "stock": [3, 3],
        "p_track": np.array([0.7, 1.0]),
        "reliability": np.array([0.9, 1.0]),
    },
    "a_reserve_of_one_battery": {
        "missiles": 3,
        "after": [{"p_kill": 0.6}, {"p_kill": 0.5, "tier": 1}],
        "stock": [1, 1],
        "p_track": np.array([0.8, 0.7]),
        "reserving": ("battery0",),
    },
    "two_warheads_reversed": {
        "warheads": 2,
        "order": np.array([[3, 1, 2, 0]], np.int32),
        "boost": [{"p_kill": 0.5, "wanted": 2}],
        "boost_shots": np.array([[[2, 1]]], np.int32),
        "after": [{"p_kill": 0.5, "looks": 2, "q": 0.1, "f": 0.2}],
        "stock": [3],
        "p_hand_over": np.array([[[0.75, 0.5]]]),
    },
}


def moments(results, of):
    mean = float(sum(p * of(result) for result, p in results))
    square = float(sum(p * of(result) ** 2 for result, p in results))
    return mean, math.sqrt(max(square - mean**2, 0.0))


@pytest.mark.oracle(EXACT)
@pytest.mark.parametrize("case", TINY)
def test_many_replications_approach_the_exact_answer(case, battle, enumerated):
    windows, n = battle(**TINY[case]), 200_000
    results = enumerated(windows)

    outcome = simulate(windows, n, seed=7)

    def agrees(simulated_mean, of):
        mean, deviation = moments(results, of)
        assert simulated_mean == pytest.approx(mean, abs=Z * deviation / math.sqrt(n) + 1e-12)

    agrees(outcome.arriving / n, lambda r: r["arriving"])
    agrees(outcome.leakers_mean.value, lambda r: r["leakers"])
    agrees(outcome.p_no_leaker.value, lambda r: r["leakers"] == 0)
    agrees(outcome.p_fully_engaged.value, lambda r: r["is_engaged"])
    for k, name in enumerate(outcome.weapons):
        agrees(outcome.kills[k] / n, lambda r, name=name: r["kills"][name])
        agrees(outcome.shots[k] / n, lambda r, name=name: r["shots"][name])
        agrees(outcome.kills_squared[k] / n, lambda r, name=name: r["kills"][name] ** 2)
        agrees(outcome.shots_squared[k] / n, lambda r, name=name: r["shots"][name] ** 2)
        agrees(outcome.at_decoys[k] / n, lambda r, name=name: r["at_decoys"][name])
        agrees(outcome.passed[k] / n, lambda r, name=name: r["passed"][name])
    for reason, mean in outcome.leakers_by_reason.items():
        agrees(mean, lambda r, reason=reason: r["reasons"][reason])


def luck_of(seed, replication, phases):
    """Draw as the kernel does: replications of a phase share a stream, 64 at a time."""
    first = {"missile": 1 << 32, "object": 0, "weapon": 0}
    block, lane = divmod(replication // phases, 64)
    shared = np.uint64(stream(seed, block * phases + replication % phases))

    def luck_in(entity, decision, p):
        kind, number = entity
        of = np.uint64(luck(shared, first[kind] + number))
        return happens(of, decision_id(decision), np.uint64(bound(float(p))), np.uint64(lane))

    return luck_in


@pytest.fixture
def messy(battle):
    """Several phases, weapons, sites out of reach, short stocks and missing reasons."""
    random = np.random.default_rng(5)
    windows = battle(
        missiles=7, warheads=2, decoys=2, phases=3,
        boost=[{"p_kill": 0.3, "wanted": 2, "q": 0.3, "f": 0.1}, {"p_kill": 0.2}],
        after=[FAULTY | {"salvo": 2, "looks": 2}, {"looks": 3}, {"tier": 1, "salvo": 2}],
        stock=[[7, 9, 5, 4], [3, 9, 0, 2], [12, 1, 5, 6]],
        reliability=np.full(7, 0.8), p_track=np.array([0.8, 0.7]),
        p_warhead_called_warhead=0.9, p_decoy_called_warhead=0.4,
    )  # fmt: skip
    objects = len(windows.missile)
    battery = random.choice([-1, 0], (3, 3, objects), p=[0.4, 0.6]) + np.array([0, 1, 2])[:, None]
    battery = np.where(battery < np.array([0, 1, 2])[:, None], -1, battery).astype(np.int16)
    battery[:, 2] = np.where(battery[:, 2] == 2, random.integers(2, 4, (3, objects)), -1)
    shots = random.integers(0, 3, (2, 3, 7)).astype(np.int32)
    return replace(
        windows,
        order=np.array([random.permutation(objects) for _ in range(3)], np.int32),
        battery=battery,
        looks=np.where(battery >= 0, random.integers(1, 4, battery.shape), 0).astype(np.int8),
        no_battery_reason=random.choice([0, 2, 3, 5, 8], battery.shape).astype(np.int8),
        boost_shots=np.minimum(shots, windows.boost_wanted[:, None, None]),
        boost_reason=random.choice([2, 3], (2, 3, 7)).astype(np.int8),
        asset=random.integers(0, 2, (3, 7)).astype(np.int32),
    )


@pytest.mark.oracle("a slow twin of the kernel, draw by draw")
def test_the_kernel_equals_its_slow_twin(messy, twin):
    n, seed = 260, 11  # one block of 64 and a part of the next in each of three phases
    results = [twin(messy, r % 3, luck_of(seed, r, 3)) for r in range(n)]

    outcome = simulate(messy, n, seed)

    leakers = np.array([r["leakers"] for r in results])
    arriving = np.array([r["arriving"] for r in results])
    assert np.array_equal(outcome.histogram, np.bincount(leakers, minlength=15))
    assert outcome.arriving == arriving.sum()
    assert outcome.arriving_squared == (arriving**2).sum()
    assert outcome.arriving_times_leakers == (arriving * leakers).sum()
    assert outcome.engaged == sum(r["is_engaged"] for r in results)
    for k, name in enumerate(outcome.weapons):
        kills, shots = ([r[key][name] for r in results] for key in ("kills", "shots"))
        assert outcome.kills[k] == sum(kills)
        assert outcome.kills_squared[k] == sum(x * x for x in kills)
        assert outcome.shots[k] == sum(shots)
        assert outcome.shots_squared[k] == sum(x * x for x in shots)
        wasted, passed = ([r[key][name] for r in results] for key in ("at_decoys", "passed"))
        assert outcome.at_decoys[k] == sum(wasted)
        assert outcome.at_decoys_squared[k] == sum(x * x for x in wasted)
        assert outcome.passed[k] == sum(passed)
        assert outcome.passed_squared[k] == sum(x * x for x in passed)
    for code, reason in enumerate(REASONS):
        assert outcome.leakers[:, :, code].sum() == sum(r["reasons"][reason] for r in results)


def test_a_record_tells_the_replication_that_is_counted(messy):
    seed = 11
    told = [replay(messy, seed, replication) for replication in range(6)]

    outcome = simulate(messy, 6, seed)

    for k, weapon in enumerate(zip(outcome.layers, outcome.weapons, strict=True)):
        fired = sum(e.shots for events in told for e in events if (e.layer, e.weapon) == weapon)
        assert fired == outcome.shots[k]
    leaks = [event for events in told for event in events if event.event == "leaked"]
    assert len(leaks) == outcome.leakers.sum()
    for code, reason in enumerate(REASONS):
        assert sum(e.reason == reason for e in leaks) == outcome.leakers[:, :, code].sum()


def test_one_thread_and_two_count_alike(messy):
    set_threads(1)
    one = simulate(messy, 1000, seed=3)
    set_threads(2)
    two = simulate(messy, 1000, seed=3)

    for name in ("histogram", "leakers", "kills", "kills_squared", "shots", "shots_squared"):
        assert np.array_equal(getattr(one, name), getattr(two, name))
    assert (one.arriving, one.engaged) == (two.arriving, two.engaged)


def test_reasons_kills_and_histogram_add_up(messy):
    outcome = simulate(messy, 500, seed=1)

    leakers = outcome.histogram @ np.arange(len(outcome.histogram))
    assert outcome.leakers.sum() == leakers
    assert outcome.kills.sum() + leakers == outcome.arriving
    assert outcome.histogram.sum() == 500


@pytest.mark.oracle("44 rounds, four at each target: 11 targets")
def test_the_twelfth_target_gets_none(battle):
    gbi = {"name": "gbi", "p_kill": 1.0, "salvo": 4}
    outcome = simulate(battle(missiles=12, after=[gbi], stock=[44]), 10, seed=1)

    assert outcome.shots_by_weapon[0] == (44, 44, 44)
    assert outcome.kills_by_weapon[0] == (11, 11, 11)
    assert outcome.leakers_by_reason["magazine_empty"] == 1
    assert outcome.p_fully_engaged.value == 0

    kept = battle(missiles=12, after=[gbi], stock=[44], reserving=("battery0",))
    assert simulate(kept, 10, seed=1).leakers_by_reason["held_back"] == 1
    assert replay(kept, 1, 0)[-2].event == "held_back"


def test_without_weapons_everything_leaks(battle):
    outcome = simulate(battle(missiles=3), 10, seed=1)

    assert outcome.leakage.value == 1
    assert outcome.leakers_by_reason["unreachable"] == 3


def test_a_missile_that_fails_is_not_shot_at(battle):
    windows = battle(reliability=np.zeros(2), boost=[{}], after=[{}], stock=[9])
    outcome = simulate(windows, 10, seed=1)

    assert outcome.arriving == outcome.shots.sum() == 0
    assert math.isnan(outcome.leakage.value)
    assert [event.event for event in replay(windows, 1, 0)] == ["failed", "failed"]


def test_more_kill_probability_never_hurts(messy):
    better = replace(messy, p_kill=messy.p_kill + 0.2, boost_p_kill=messy.boost_p_kill + 0.2)

    assert simulate(better, 5000, 1).leakage.value <= simulate(messy, 5000, 1).leakage.value


def test_two_architectures_share_their_luck(battle):
    alone = replay(battle(after=[{"name": "gbi"}], stock=[9]), 4, 2)
    beside = replay(
        battle(after=[{"name": "sm3", "p_kill": 0}, {"name": "gbi"}], stock=[9, 9]), 4, 2
    )

    assert [e for e in beside if e.weapon != "sm3"] == alone


def test_phases_are_used_evenly(battle):
    windows = battle(phases=4, boost=[{"p_kill": 1.0}])
    windows.boost_shots[:, 1:] = 0

    assert simulate(windows, 40, seed=1).histogram.tolist() == [10, 0, 30]


def test_what_cannot_be_fought_is_refused(battle):
    twice = battle(after=[{"name": "gbi"}, {"name": "gbi"}], stock=[1, 1])
    with pytest.raises(DomainError, match="different names; got gbi, gbi"):
        simulate(twice, 1, 0)
    with pytest.raises(DomainError, match="warhead"):
        simulate(battle(warheads=0, decoys=1), 1, 0)
    with pytest.raises(DomainError, match="replications"):
        simulate(battle(), 0, 0)
    with pytest.raises(DomainError, match="seed"):
        simulate(battle(), 1, -1)
    with pytest.raises(DomainError, match="replication must"):
        replay(battle(), 1, -1)
