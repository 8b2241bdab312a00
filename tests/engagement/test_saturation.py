"""What passes as a raid grows, against enumeration at each size and capacities worked by hand."""

import numpy as np
import pytest

from umbo.engagement.expected import expected
from umbo.engagement.saturation import resized, saturate, sizes_of
from umbo.errors import DomainError


@pytest.mark.oracle("44 rounds, four at each of eleven missiles")
def test_full_engagement_ends_where_the_rounds_do(battle):
    w = battle(missiles=6, after=[{"p_kill": 0.9, "salvo": 4}], stock=[44])
    grown = saturate(w, range(1, 25))
    leak = (1.0 - 0.9) ** 4

    assert grown.missiles.tolist() == list(range(1, 25))
    for size, leakers in zip(grown.missiles, grown.leakers, strict=True):
        wanted = size * leak if size <= 11 else 11 * leak + (size - 11)
        assert leakers == pytest.approx(wanted, rel=1e-12)
    assert 11.0 <= grown.engaged_up_to <= 12.0
    assert 11.0 < grown.leakers_pass_one < 12.0 + leak * 12
    assert grown.first_dry == ("gbi0", 12)


@pytest.mark.oracle("exact enumeration in rationals")
@pytest.mark.parametrize("size", [1, 2, 4])
def test_a_resized_battle_is_the_battle_of_that_size(battle, enumerated, size):
    parts = {
        "warheads": 1,
        "decoys": 1,
        "after": [{"p_kill": 0.6, "salvo": 2}],
        "stock": [3],
        "p_decoy_called_warhead": 0.3,
    }
    w = battle(missiles=2, reliability=np.array([0.9, 0.9]), **parts)
    sized = resized(w, size)
    same = battle(missiles=size, reliability=np.full(size, 0.9), **parts)
    assert expected(sized).leakers == pytest.approx(expected(same).leakers, rel=1e-12)
    if size < 4:
        told = float(sum(p * r["leakers"] for r, p in enumerated(sized)))
        assert expected(sized).leakers == pytest.approx(told, rel=1e-12)


@pytest.mark.oracle("shots in orbit shared out by hand")
def test_shots_in_boost_are_shared_out(battle):
    w = battle(missiles=4, boost=[{"p_kill": 0.5, "wanted": 2}])
    reach = np.full((1, 1, 4), 3, np.int32)
    fewer, more = resized(w, 2, reach=reach), resized(w, 16, reach=reach)
    assert fewer.boost_shots.sum() == 4  # doctrine wants no more than two
    # Eight shots at sixteen missiles, a half each, dithered.
    assert more.boost_shots.sum() == pytest.approx(8, abs=1)
    assert more.boost_shots.max() == 1


def test_without_weapons_every_missile_that_works_is_a_leaker(battle):
    grown = saturate(battle(missiles=3, reliability=np.full(3, 0.8)), [1, 2, 4])
    assert grown.leakers == pytest.approx([0.8, 1.6, 3.2], rel=1e-12)
    assert 1.0 < grown.leakers_pass_one < 2.0
    assert grown.engaged_up_to == 0.0
    assert grown.first_dry is None


def test_more_missiles_never_leak_less(battle):
    w = battle(
        missiles=8,
        after=[{"p_kill": 0.7, "salvo": 2, "looks": 2}, {"p_kill": 0.5, "tier": 1}],
        stock=[20, 6],
    )
    grown = saturate(w, range(1, 33))
    assert np.all(np.diff(grown.leakers) >= -1e-12)


def test_sizes_are_few_and_hold_the_raid():
    assert 10 in sizes_of(10, 50)
    assert sizes_of(1, 5)[-1] == 16
    assert sizes_of(271, 2_000)[-1] == 271
    assert len(sizes_of(110, 550)) <= 8


def test_no_size_below_one(battle):
    with pytest.raises(DomainError, match="1 missile or more"):
        saturate(battle(missiles=2), [0, 1])
