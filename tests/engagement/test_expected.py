import math
from dataclasses import replace

import numpy as np
import pytest

from umbo.compiled import set_threads
from umbo.engagement.expected import expected
from umbo.engagement.simulate import simulate
from umbo.errors import DomainError

EXACT = "exact enumeration in rationals"

FAULTY = {"p_kill": 0.6, "q": 0.2, "f": 0.5}
# Battles whose means the model finds exactly: magazines are ample, or only the first weapon's
# is short and it looks once. Strata share such a mean out without changing it.
EXACTLY = {
    "boost_only": {"boost": [FAULTY | {"wanted": 2}, {"p_kill": 0.3}], "reliability": np.array([0.9, 0.7])},
    "ample": {
        "missiles": 1,
        "decoys": 1,
        "boost": [FAULTY],
        "after": [FAULTY | {"looks": 2, "hand": 0.8}, {"tier": 1, "p_kill": 0.5, "q": 0.1, "f": 0.0}],
        "stock": [8, 2],
        "p_track": np.array([0.8, 0.9]),
        "p_warhead_called_warhead": 0.9,
    },
    "a_cause_shared_by_all_but_a_laser": {
        "missiles": 2,
        "boost": [{"name": "abl", "p_kill": 0.2}, FAULTY],
        "after": [FAULTY | {"salvo": 2}, {"name": "hel", "tier": 1, "p_kill": 0.3}],
        "stock": [4, 2],
        "shared_q": 0.25,
        "shared_f": 0.5,
        "untouched": ("abl", "hel"),
    },
    "two_weapons_share_a_track": {
        "after": [{"p_kill": 0.5}, {"p_kill": 0.4, "salvo": 2}],
        "stock": [2, 4],
        "p_track": np.array([0.7, 1.0]),
    },
    "one_short": {
        "boost": [FAULTY | {"hand": 0.9}],
        "decoys": 1,
        "after": [FAULTY | {"salvo": 2}],
        "p_hand_over": np.array([[[0.7, 0.9]]]),
        "stock": [5],
        "reliability": np.array([0.9, 0.7]),
        "p_track": np.array([0.8, 0.9]),
        "p_warhead_called_warhead": 0.9,
        "p_decoy_called_warhead": 0.3,
    },
    "one_short_at_two_sites": {  # which share out the objects of each missile by turns
        "warheads": 2,
        "decoys": 1,
        "after": [{"p_kill": 0.6, "salvo": 2}],
        "battery": np.array([[[0, 1, 0, 1, 0, 1]]], np.int16),
        "stock": [3, 2],
        "reliability": np.array([0.9, 0.7]),
    },
    "one_short_then_ample": {
        "decoys": 1,
        "after": [{"p_kill": 0.6, "salvo": 2}, {"p_kill": 0.5, "q": 0.1, "f": 0.0}],
        "stock": [3, 4],
        "reliability": np.array([0.9, 0.7]),
        "p_track": np.array([0.8, 0.9]),
        "p_decoy_called_warhead": 0.3,
    },
    "one_short_then_two_ample": {  # faults of all three, and of the boost weapon
        "boost": [FAULTY],
        "after": [
            FAULTY | {"salvo": 2},
            {"p_kill": 0.5, "q": 0.1, "f": 0.0, "tier": 1},
            {"p_kill": 0.4, "q": 0.3, "f": 0.5},
        ],
        "stock": [3, 2, 2],
        "p_track": np.array([0.8, 0.9]),
    },
}  # fmt: skip


@pytest.mark.oracle(EXACT)
@pytest.mark.parametrize("strata", [1, 7])
@pytest.mark.parametrize("case", EXACTLY)
def test_means_are_exact(case, strata, battle, enumerated):
    windows = battle(**EXACTLY[case])
    results = enumerated(windows)

    def mean(of):
        return float(sum(p * of(result) for result, p in results))

    found = expected(windows, strata=strata)

    assert found.arriving == pytest.approx(mean(lambda r: r["arriving"]), rel=1e-12)
    assert found.leakers == pytest.approx(mean(lambda r: r["leakers"]), rel=1e-12)
    assert found.leakers_by_asset.sum() == pytest.approx(found.leakers, rel=1e-12)
    for k, name in enumerate(found.weapons):
        kills, shots = (mean(lambda r, of=of: r[of][name]) for of in ("kills", "shots"))  # noqa: B023
        assert found.kills[k] == pytest.approx(kills, rel=1e-12)
        assert found.shots[k] == pytest.approx(shots, rel=1e-12)


@pytest.mark.oracle("binomial distribution, by integer arithmetic")
@pytest.mark.parametrize("rounds", [1, 90, 150, 210, 299])
def test_a_long_line_draws_what_the_binomial_says(rounds, battle):
    found = expected(
        battle(
            missiles=300, after=[{"p_kill": 0.25}], stock=[rounds], reliability=np.full(300, 0.5)
        )
    )

    there = [math.comb(300, k) for k in range(301)]
    fired = sum(ways * min(k, rounds) for k, ways in enumerate(there)) / 2**300
    assert found.shots[0] == pytest.approx(fired, rel=1e-12)
    assert found.kills[0] == pytest.approx(fired / 4, rel=1e-12)


def realistic(battle, number, is_each_short=False):
    """One of many battles as studies have them, drawn at random; one weapon, or each, may run short."""
    random = np.random.default_rng(number)
    missiles, warheads = int(random.integers(4, 14)), int(random.choice([1, 1, 2, 3]))
    decoys, phases = int(random.choice([0, 0, 2, 4])), int(random.choice([1, 4, 16]))
    boost = [
        {"p_kill": random.uniform(0.3, 0.9), "wanted": 2, "q": random.choice([0, 0.1]), "f": 0.5}
    ][: random.integers(0, 2)]
    after = [
        {
            "p_kill": random.uniform(0.4, 0.85),
            "salvo": int(random.choice([1, 2, 4])),
            "looks": int(random.choice([1, 2])),
            "q": random.choice([0.0, 0.1]),
            "f": 0.5,
            "tier": int(w >= random.integers(1, 3)),
        }
        for w in range(random.integers(1, 4))
    ]
    need = missiles * (warheads + 0.4 * decoys)
    share = random.uniform(0.2, 1.8, len(after))
    if not is_each_short:
        share[np.arange(len(after)) != random.integers(len(after))] = 6.0
    stock = [int(need * a["salvo"] * part) + 1 for a, part in zip(after, share, strict=True)]
    windows = battle(
        missiles, warheads, decoys, phases, boost, after, stock,
        reliability=np.full(missiles, random.choice([1.0, 0.9])),
        p_track=random.uniform(0.85, 1.0, 2),
        p_warhead_called_warhead=random.choice([1.0, 0.95]),
        p_decoy_called_warhead=random.choice([0.1, 0.4, 0.9]),
    )  # fmt: skip
    shots = random.integers(0, 3, windows.boost_shots.shape).astype(np.int32)
    return replace(windows, boost_shots=shots)


def test_it_lies_within_the_luck_of_the_simulation(battle):
    within = 0
    for number in range(20):
        windows = realistic(battle, number)
        outcome, found = simulate(windows, 20_000, seed=number), expected(windows)
        within += outcome.leakage.low <= found.leakage <= outcome.leakage.high

    assert within >= 18  # of 20


def test_it_stays_near_the_simulation_where_several_magazines_run_short(battle):
    for number in range(20):
        windows = realistic(battle, number, is_each_short=True)
        outcome, found = simulate(windows, 10_000, seed=number), expected(windows, strata=7)
        luck = 2.0 * (outcome.leakage.high - outcome.leakage.low) / 2.0  # of 99.9 %, from 90 %
        # 0.004 of the warheads is the worst that the model says of itself.
        assert found.leakage == pytest.approx(outcome.leakage.value, abs=luck + 0.004)


def test_strata_come_nearer_to_the_simulation(battle):
    off = {1: 0.0, 7: 0.0}
    for number in range(20):
        windows = realistic(battle, number, is_each_short=True)
        outcome = simulate(windows, 10_000, seed=number)
        for strata in off:
            off[strata] += (expected(windows, strata=strata).leakage - outcome.leakage.value) ** 2

    assert off[7] < off[1] / 2.0


def test_more_kill_probability_never_hurts(battle):
    windows = realistic(battle, 3)
    leakage = [
        expected(replace(windows, p_kill=np.full(len(windows.p_kill), p))).leakage
        for p in np.linspace(0.0, 1.0, 11)
    ]

    assert np.all(np.diff(leakage) <= 1e-12)


def test_more_rounds_never_hurt(battle):
    leakage = [
        expected(
            battle(
                missiles=6,
                after=[{"p_kill": 0.7, "salvo": 2, "looks": 2}, {"p_kill": 0.5}],
                stock=[rounds, 3],
                reliability=np.full(6, 0.8),
            )
        ).leakage
        for rounds in range(0, 26, 2)
    ]

    assert np.all(np.diff(leakage) <= 1e-12)


@pytest.mark.oracle("four missiles and four rounds, by hand")
def test_more_shots_at_each_target_hurt_where_the_magazine_binds(battle):
    def leakers(salvo, rounds):
        weapon = {"p_kill": 0.5, "salvo": salvo}
        return expected(battle(missiles=4, after=[weapon], stock=[rounds])).leakers

    assert leakers(1, 4) == pytest.approx(4 / 2, rel=1e-12)
    assert leakers(2, 4) == pytest.approx(2 / 4 + 2, rel=1e-12)  # two get two, two get none
    assert leakers(2, 8) == pytest.approx(4 / 4, rel=1e-12)  # and help where it does not


def test_without_weapons_everything_leaks(battle):
    assert expected(battle(missiles=3)).leakage == 1.0


@pytest.mark.oracle("44 rounds, four at each target: 11 targets")
def test_the_twelfth_target_gets_none(battle):
    found = expected(battle(missiles=12, after=[{"p_kill": 1.0, "salvo": 4}], stock=[44]))

    assert found.kills[0] == 11
    assert found.shots[0] == 44
    assert found.leakers == 1


@pytest.mark.parametrize("strata", [1, 3])
def test_one_thread_and_two_find_the_same_bits(strata, battle):
    windows = realistic(battle, 1, is_each_short=True)
    windows = replace(windows, **{  # 64 phases, so that there is something to share out
        name: np.repeat(getattr(windows, name), 64 // len(windows.order), axis=axis)
        for name, axis in {"order": 0, "asset": 0, "battery": 0, "looks": 0, "no_battery_reason": 0,
                           "boost_shots": 1, "boost_reason": 1, "boost_p_hand_over": 1,
                           "p_hand_over": 1}.items()
    })  # fmt: skip
    set_threads(1)
    one = expected(windows, strata=strata)
    set_threads(2)
    two = expected(windows, strata=strata)

    assert one.leakage == two.leakage
    assert np.array_equal(one.shots, two.shots)


def test_what_cannot_be_fought_is_refused(battle):
    with pytest.raises(DomainError, match="warhead"):
        expected(battle(warheads=0, decoys=1))
    with pytest.raises(DomainError, match="battery 'battery0' serves two weapons"):
        expected(battle(after=[{}, {"battery": 0}], stock=[1]))
    with pytest.raises(DomainError, match="strata must be 1 or more; got 0"):
        expected(battle(), strata=0)


def test_stock_that_changes_with_the_phase_is_that_of_each_phase(battle):
    rounds = ([4, 3], [0, 9], [2, 1])
    numbers = {
        "missiles": 3, "decoys": 1, "after": [{"salvo": 2}, {"looks": 2, "tier": 1}],
        "p_decoy_called_warhead": 0.5,
    }  # fmt: skip
    alone = [expected(battle(phases=1, stock=stock, **numbers)).leakers for stock in rounds]

    found = expected(battle(phases=3, stock=rounds, **numbers))

    assert found.leakers_by_phase == pytest.approx(alone, rel=1e-12)


@pytest.mark.oracle("each phase of the whole, one by one")
def test_some_phases_alone_are_those_of_the_whole(battle):
    random = np.random.default_rng(8)
    windows = battle(
        missiles=4, phases=5, boost=[{}], after=[{"salvo": 2}], stock=random.integers(1, 9, (5, 1)),
        boost_shots=random.integers(0, 3, (1, 5, 4)).astype(np.int32),
        p_hand_over=random.random((1, 5, 4)),
        looks=random.integers(0, 3, (5, 1, 4)).astype(np.int8),
    )  # fmt: skip
    whole, kept = expected(windows), np.array([3, 0, 4])

    few = windows.in_phases(kept)

    assert expected(few).leakers_by_phase == pytest.approx(whole.leakers_by_phase[kept], rel=1e-12)
    assert few.in_phases(np.array([1])).order.shape == (1, 4)


@pytest.mark.oracle("both states of a fault, and their mean, by hand")
def test_a_rare_fault_is_taken_in_the_mean(battle):
    first, second = {"p_kill": 1.0, "q": 0.1, "f": 0.0}, {"p_kill": 1.0, "q": 0.0, "f": 1.0}
    windows = battle(missiles=2, after=[first, second], stock=[2, 1])

    # With 0.9 the first weapon stops both missiles; else the second stops one of them.
    assert expected(windows).leakers == pytest.approx(0.1, rel=1e-12)
    # In the mean each is alive with 0.1, and the second's round is for the first that is.
    found = expected(windows, least_weight=0.2)
    assert found.leakers == pytest.approx(0.2 - (0.1 + 0.9 * 0.1), rel=1e-12)


@pytest.mark.oracle("four combinations of faults, by hand")
def test_where_each_weapon_fires_all_its_rounds_means_over_faults_are_exact(battle):
    weapon = {"p_kill": 1.0, "q": 0.1, "f": 0.0}
    windows = battle(missiles=2, after=[weapon, weapon, weapon], stock=[1, 1, 1])

    # With 0.81 the first two stop both missiles. With 0.18 one of them does, and the last one
    # stops the other unless it fails; with 0.01 none.
    wanted = 0.18 * 0.1 + 0.01 * 1.1
    assert expected(windows).leakers == pytest.approx(wanted, rel=1e-12)
    assert expected(windows, least_weight=0.02).leakers == pytest.approx(wanted, rel=1e-12)


@pytest.mark.oracle("two weapons with ample rounds: their faults are independent, by hand")
def test_faults_of_weapons_with_ample_rounds_are_taken_in_the_mean_and_exactly(battle):
    weapon = {"p_kill": 0.5, "q": 0.1, "f": 0.0}
    windows = battle(missiles=1, after=[weapon, weapon], stock=[1, 1])

    assert expected(windows).leakers == pytest.approx(0.81 / 4 + 0.18 / 2 + 0.01, rel=1e-12)
    assert expected(windows, least_weight=0.9).leakers == expected(windows).leakers


def test_what_leaks_whole_leaks_one_and_no_more(battle):
    """Its interval of luck ends at 1, so that rounding must not go beyond."""
    windows = battle(missiles=48, phases=7, reliability=np.full(48, 0.85))

    assert expected(windows).leakage == 1.0
    assert simulate(windows, 100, seed=1).leakage.high == 1.0
