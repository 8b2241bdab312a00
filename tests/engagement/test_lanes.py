"""Battles counted 64 at a time, against the same battles one by one."""

from dataclasses import fields

import numpy as np
import pytest

from umbo.engagement import simulate as battles
from umbo.engagement.replanning import fight_some, plans_of
from umbo.engagement.shot_by_shot import NO_LOG
from umbo.engagement.simulate import simulate
from umbo.errors import DomainError

ONE_BY_ONE = "the same replications fought one by one"


def one_by_one(windows, replications, seed):
    more = (*plans_of(windows), NO_LOG)
    return battles.fought(windows, replications, seed, kernel=fight_some, more=more)


def drawn(battle, seed):
    """Draw a battle at random: weapons, magazines, orders, faults, sensors and decoys."""
    random = np.random.default_rng(seed)
    missiles, warheads, decoys = random.integers(1, [9, 4, 3])
    phases, boosts, afters = random.integers(1, [5, 3, 5])
    decoys -= 1
    objects = missiles * (warheads + decoys)
    boost = [
        {"p_kill": random.random(), "q": random.random(), "f": random.random(), "wanted": 3}
        for _ in range(boosts - 1)
    ]
    after = [
        {
            "p_kill": random.choice([0.0, 0.3, 0.8, 1.0]), "q": random.random(), "f": 0.5,
            "salvo": random.integers(1, 5), "tier": random.integers(2),
        }
        for _ in range(afters - 1)
    ]  # fmt: skip
    W, B = len(after), 2 * len(after)
    battery = 2 * np.arange(W)[:, None] + random.integers(0, 2, (phases, W, objects))
    battery = np.where(random.random(battery.shape) < 0.3, -1, battery).astype(np.int16)
    return battle(
        missiles=missiles, warheads=warheads, decoys=decoys, phases=phases, boost=boost,
        after=after, stock=random.integers(0, 12, (phases, B)).reshape(phases, B),
        battery=battery,
        looks=np.where(battery < 0, 0, random.integers(1, 4, battery.shape)).astype(np.int8),
        no_battery_reason=random.choice([0, 2, 3, 5, 8], battery.shape).astype(np.int8),
        order=np.array([random.permutation(objects) for _ in range(phases)], np.int32),
        reliability=random.choice([0.0, 0.8, 1.0], missiles),
        asset=random.integers(0, 2, (phases, missiles)).astype(np.int32),
        boost_shots=random.integers(0, 4, (len(boost), phases, missiles)).astype(np.int32),
        p_track=random.choice([0.0, 0.7, 1.0], (2, missiles)),
        p_warhead_called_warhead=random.choice([0.9, 1.0]),
        p_decoy_called_warhead=random.choice([0.0, 0.4]),
        p_hand_over=random.random((W, phases, missiles)),
        shared_q=random.choice([0.0, 0.4]), shared_f=0.5, untouched=("gbi1",),
        batteries=tuple(f"battery{b}" for b in range(B)), reserving=("battery0", "battery3"),
    )  # fmt: skip


@pytest.mark.oracle(ONE_BY_ONE)
@pytest.mark.parametrize("seed", range(40))
def test_every_count_is_that_of_battles_fought_one_by_one(battle, seed):
    windows = drawn(battle, seed)
    replications = (1, 63, 64, 65, 500)[seed % 5]

    together, alone = (fight(windows, replications, seed + 5) for fight in (simulate, one_by_one))

    for field in fields(together):
        one, other = getattr(together, field.name), getattr(alone, field.name)
        assert np.array_equal(one, other), field.name


def test_more_replications_leave_the_first_ones_as_they_are(battle):
    windows = drawn(battle, 3)
    counts = [simulate(windows, n, 2).histogram for n in (100, 101, 164)]

    assert (counts[1] - counts[0]).sum() == 1
    assert (counts[1] - counts[0]).min() >= 0
    assert (counts[2] - counts[1]).min() >= 0


def test_a_battery_of_two_weapons_is_refused(battle):
    with pytest.raises(DomainError, match="battery 'battery0' serves two weapons"):
        simulate(battle(after=[{}, {"battery": 0}], stock=[1]), 1, 0)


def test_only_a_weapon_with_anything_in_reach_can_fire(battle):
    far = {"battery": -1}
    windows = battle(boost=[{}, {"wanted": 0}], after=[{}, far], stock=[1, 1])

    assert windows.can_fire == {"sbi0", "gbi0"}
