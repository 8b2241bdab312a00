"""Who shoots at whom."""

import itertools

import numpy as np
import pytest

from umbo.engagement.assignment import (
    Limits,
    assign_batteries,
    assign_satellites,
    draw_true,
    order_of_fire,
)

UNREACHABLE, UNASSIGNED = 2, 3


def reach_lists(in_reach, capacity=64):
    """Turn sets of satellites, [phase][missile], into the kernel's arrays."""
    phases, missiles = len(in_reach), len(in_reach[0])
    count = np.zeros((phases, missiles), dtype=np.int32)
    satellite = np.full((phases, missiles, capacity), -1, dtype=np.int32)
    for p, m in itertools.product(range(phases), range(missiles)):
        listed = sorted(in_reach[p][m])
        count[p, m] = len(listed)
        satellite[p, m, : len(listed)] = listed
    return count, satellite


def assign(in_reach, wanted, satellites=50):
    count, satellite = reach_lists(in_reach)
    return assign_satellites(
        count,
        satellite,
        satellites=satellites,
        wanted=wanted,
        unreachable=UNREACHABLE,
        unassigned=UNASSIGNED,
    )[:2]


def best_matching(in_reach, wanted):
    """Find the most shots that any assignment gives, by scipy's maximum flow on a graph."""
    from scipy.sparse import csr_matrix
    from scipy.sparse.csgraph import maximum_bipartite_matching

    seats = [(m, i) for m in range(len(in_reach)) for i in range(wanted)]
    graph = np.array(
        [[s in in_reach[m] for s in range(50)] for m, _ in seats], dtype=np.int8
    ).reshape(len(seats), 50)
    return int((maximum_bipartite_matching(csr_matrix(graph), perm_type="column") >= 0).sum())


def test_no_satellite_serves_two_missiles_and_none_is_wasted():
    shots, reason = assign([[{1, 2, 3}, {3}, set()]], wanted=2)

    assert shots.tolist() == [[2, 1, 0]]
    assert reason.tolist() == [[-1, UNREACHABLE, UNREACHABLE]]


def test_every_missile_has_its_first_shot_before_any_has_a_second():
    shots, reason = assign([[{1, 2}, {1, 2}]], wanted=2)

    assert shots.tolist() == [[1, 1]]
    assert reason.tolist() == [[UNASSIGNED, UNASSIGNED]]


@pytest.mark.oracle("maximum bipartite matching of scipy (Hopcroft-Karp)")
@pytest.mark.parametrize("wanted", [1, 2, 3])
def test_the_greedy_assignment_is_close_to_the_most_shots_possible(wanted):
    rng = np.random.default_rng(7)
    given = possible = 0
    for _ in range(60):
        in_reach = [
            set(rng.choice(50, size=rng.integers(0, 12), replace=False).tolist()) for _ in range(12)
        ]
        shots, _ = assign([in_reach], wanted)
        most = best_matching(in_reach, wanted)
        assert shots.sum() <= most
        given, possible = given + int(shots.sum()), possible + most

    assert given >= 0.97 * possible


def assign_two_sites(stock, objects, looks=(1, 1), salvo=4):
    missile = np.arange(objects, dtype=np.int32)
    return assign_batteries(
        order=np.arange(objects, dtype=np.int32)[None, :],
        missile=missile,
        shot=np.arange(objects, dtype=np.int32)[None, :],
        ready_s=np.full((1, 1, objects), 100.0),
        weight=np.ones((1, objects)),
        # A first salvo up to 100 s, or never; a second up to 99 s.
        latest_s=np.array([[[100.0 if n else -np.inf, -np.inf] for n in looks]] * objects),
        reason_of=np.full((1, 1, objects), UNREACHABLE, dtype=np.int8),
        weapon_of=np.zeros(2, dtype=np.int32),
        stock=np.array(stock, dtype=np.int32),
        salvo=np.array([salvo], dtype=np.int32),
    )


def test_forty_and_four_rounds_serve_eleven_objects_with_four_shots_each():
    battery, looks, _ = assign_two_sites((40, 4), 11)

    assert (looks == 1).all()
    assert np.bincount(battery[0, 0]).tolist() == [10, 1]


def test_a_site_out_of_reach_serves_nobody_and_says_why():
    battery, looks, reason = assign_two_sites((40, 4), 3, looks=(0, 0))

    assert (battery == -1).all()
    assert (looks == 0).all()
    assert (reason == UNREACHABLE).all()


def test_missiles_are_served_as_they_arrive_and_their_objects_stay_together():
    missile = np.repeat(np.arange(3, dtype=np.int32), 5)
    arrival = np.array([[300.0, 100.0, 200.0]] * 40)

    order = order_of_fire(1, arrival, missile)

    assert (missile[order] == np.repeat([1, 2, 0], 5)).all()
    first = order[:, 0] - 5  # which of missile 1's five objects comes first
    assert set(first.tolist()) == {0, 1, 2, 3, 4}


def test_a_chance_comes_true_as_often_as_it_says():
    true = draw_true(5, "sbi/available", phases=100, entities=1000, chance=0.9)

    # Binomial: 100 000 trials, standard error 0.00095; four of them.
    assert true.mean() == pytest.approx(0.9, abs=0.0038)


def limited(ready_s, last_s, *, stock, own=False, looks=1, **limits):
    """Assign missiles launched at 0 to one place, whose batteries are its lots of rounds."""
    missiles, lots = len(ready_s), len(stock)
    last = np.full((missiles, lots), 1.0) * np.asarray(last_s, float)[:, None]
    ready = np.asarray(ready_s, float)
    latest = np.full((missiles, lots, 2), -np.inf)
    latest[:, :, :looks] = np.inf if own else last[:, :, None]
    found = assign_batteries(
        order=np.arange(missiles, dtype=np.int32)[None],
        missile=np.arange(missiles, dtype=np.int32),
        shot=np.arange(missiles, dtype=np.int32)[None],
        ready_s=(np.full(missiles, np.inf) if own else ready)[None, None],
        weight=np.ones((1, missiles)),
        latest_s=latest,
        reason_of=np.full((1, 1, missiles), 2, np.int8),
        weapon_of=np.zeros(lots, np.int32),
        stock=np.array(stock, np.int32),
        salvo=np.array([1], np.int32),
        busy=5,
        limits=Limits(
            site=np.zeros(lots, np.int64),
            channels=np.full(lots, limits.get("channels", 0)),
            hold_s=np.full(lots, float(limits.get("hold_s", 0.0))),
            reload_s=np.full(lots, float(limits.get("reload_s", 0.0))),
            own_s=np.repeat((ready if own else np.full(missiles, np.inf))[:, None], lots, axis=1),
            last_s=last,
        ),
    )
    return tuple(table[0, 0].tolist() for table in found)


@pytest.mark.oracle("two channels of ten seconds, by hand")
@pytest.mark.parametrize("own", [False, True])
def test_a_site_guides_no_more_at_once_than_it_has_channels(own):
    at, two = [0, 1, 2, 3], {"stock": [9], "channels": 2, "hold_s": 10.0, "own": own}

    battery, _, reason = limited(at, [5, 5, 5, 5], **two)
    assert (battery, reason) == ([0, 0, -1, -1], [-1, -1, 5, 5])
    # Channels are free again at 10 s and 11 s.
    assert limited(at, [5, 5, 10, 10.5], **two)[0] == [0, 0, 0, -1]
    assert limited(at, [5, 5, 10, 11], **two)[0] == [0, 0, 0, 0]


@pytest.mark.oracle("two looks take a channel twice as long, by hand")
def test_a_second_look_keeps_the_channel():
    once = limited([0, 0], [30, 10], stock=[9], channels=1, hold_s=10.0)
    twice = limited([0, 0], [30, 10], stock=[9], channels=1, hold_s=10.0, looks=2)
    assert once[:2] == ([0, 0], [1, 1])
    assert twice[:2] == ([0, -1], [2, 0])


@pytest.mark.oracle("lots of two rounds, by hand")
def test_a_lot_is_ready_a_reload_after_the_last_round_of_the_one_before():
    # The second round leaves at 10 s, the third may from 40 s on, the fifth from 72 s on.
    at = [0, 10, 20, 42, 60]
    last = [5, 15, 39, 45, 71]
    three = {"stock": [2, 2, 1], "reload_s": 30.0}
    # The third finds the first lot promised, and is given it all the same: it may be spared.
    assert limited(at, last, **three)[0] == [0, 0, 0, 1, 1]
    assert limited([0, 10, 20, 42, 60], [5, 15, 40, 45, 72], **three)[0] == [0, 0, 1, 1, 2]


@pytest.mark.oracle("a queue of channels, one by one")
def test_channels_and_reloads_equal_a_plain_queue():
    random = np.random.default_rng(4)
    for _ in range(60):
        missiles = int(random.integers(1, 9))
        ready = np.round(np.sort(random.uniform(0, 60, missiles)), 1)
        last = ready + np.round(random.uniform(0, 40, missiles), 1)
        stock = [int(n) for n in random.integers(1, 4, random.integers(1, 4))]
        number, hold, reload = int(random.integers(1, 4)), 12.5, 21.25

        free, opens, left = [0.0] * number, [0.0] + [np.inf] * (len(stock) - 1), list(stock)
        wanted = []
        for at, until in zip(ready, last, strict=True):
            ways = [
                (-left[lot] / stock[lot], lot, max(at, opens[lot], min(free)))
                for lot in range(len(stock))
                if max(at, opens[lot], min(free)) <= until
            ]
            if not ways:
                wanted.append(-1)
                continue
            _, lot, begin = min(ways)
            wanted.append(lot)
            left[lot] -= 1
            free[free.index(min(free))] = begin + hold
            if left[lot] <= 0 and lot + 1 < len(stock):
                opens[lot + 1] = min(opens[lot + 1], begin + reload)

        found = limited(ready, last, stock=stock, channels=number, hold_s=hold, reload_s=reload)
        assert found[0] == wanted
