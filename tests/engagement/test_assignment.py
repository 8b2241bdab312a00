"""Who shoots at whom."""

import itertools

import numpy as np
import pytest

from umbo.engagement.assignment import (
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
