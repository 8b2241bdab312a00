"""Lasers that light one target after another, against a slow twin and the stream of the table."""

import numpy as np
import pytest

from umbo.engagement.turns import Pace, Passes, take_turns
from umbo.physics.laser import kills_on_approach

FULL_S, REACH_M, SLEW_S = 5.0, 4_000.0, 1.5


def pace(**other):
    numbers = {
        "dwell_s": FULL_S,
        "slew_s": SLEW_S,
        "look_s": 2.0,
        "duty": 1.0,
        "extinction_per_m": 0.0,
        "magazine": 10**6,
        "salvo": 1,
        "most_looks": 1,
    }
    return Pace(**(numbers | other))


def head_on(speed=250.0, reach=REACH_M, at_s=1_000.0):
    """One flight that comes straight at one station and ends there."""
    return Passes(
        open_s=np.array([[at_s - reach / speed]]),
        close_s=np.array([[at_s]]),
        nearest_s=np.array([[at_s]]),
        nearest_m=np.zeros((1, 1)),
        speed_m_per_s=np.array([[speed]]),
        reach_m=np.array([reach]),
    )


def turns(passes, how, start_s, *, lasers=1, works=None, ready_s=0.0):
    missiles = len(start_s)
    return take_turns(
        passes,
        how,
        order=np.arange(missiles)[None],
        missile=np.arange(missiles),
        is_target=np.ones(missiles, bool),
        shot=np.zeros((1, missiles), int),
        start_s=np.asarray(start_s, float),
        ready_s=np.full((1, missiles), ready_s),
        station=np.zeros(lasers, int),
        works=np.ones((1, lasers), bool) if works is None else works,
    )


@pytest.mark.oracle("dwell and slew by hand")
def test_two_at_once_share_a_laser_while_time_allows():
    # In reach for 16 s. The first is dead after 5 s; the next begins at 6.5 s, 2,375 m away.
    second_s = FULL_S * (2_375.0 / REACH_M) ** 2
    assert 6.5 + second_s < 16.0
    served, looks, is_busy = turns(head_on(), pace(), [0.0] * 2)
    assert served.tolist() == [[0, 0]]
    assert looks.tolist() == [[1, 1]]
    # With a duty of a third the turn of the first takes 19.5 s: too late for the second.
    served, looks, is_busy = turns(head_on(), pace(duty=1 / 3), [0.0] * 2)
    assert served.tolist() == [[0, -1]]
    assert is_busy.tolist() == [[False, True]]
    # It is in time again for one that comes when the turn is over.
    assert turns(head_on(), pace(duty=1 / 3), [0.0, 19.5])[1].tolist() == [[1, 1]]


@pytest.mark.oracle("kills of a close stream by quadrature")
@pytest.mark.parametrize(("speed", "slew", "duty"), [(50.0, 1.5, 1.0), (20.0, 0.5, 0.5)])
def test_a_close_stream_is_served_as_the_table_says(speed, slew, duty):
    # Brightness over fluence such that the whole dwell kills at the end of reach, in vacuum.
    told = kills_on_approach(
        speed, REACH_M, brightness_w_per_sr=REACH_M**2 / FULL_S, fluence_j_per_m2=1.0,
        retarget_s=slew,
    )  # fmt: skip
    _, looks, _ = turns(head_on(speed), pace(slew_s=slew, duty=duty), [0.0] * 400)

    # The plan counts whole targets, and the range at the start of each dwell.
    assert looks.sum() == pytest.approx(float(told) * duty, rel=0.05)


def test_magazine_outage_and_delay_bound_it():
    far_apart = np.arange(10) * 100.0
    assert turns(head_on(), pace(magazine=3), far_apart)[1].sum() == 3
    assert turns(head_on(), pace(magazine=3), far_apart, lasers=2)[1].sum() == 6
    served, _, is_busy = turns(head_on(), pace(), far_apart, works=np.zeros((1, 1), bool))
    assert not (served >= 0).any()
    assert not is_busy.any()
    assert turns(head_on(), pace(), far_apart, ready_s=999.9)[1].sum() == 10  # near is quick
    assert turns(head_on(), pace(), far_apart, ready_s=1_000.1)[1].sum() == 0
    assert turns(head_on(), pace(), far_apart, ready_s=np.inf)[1].sum() == 0


def test_a_second_look_takes_its_time():
    assert turns(head_on(), pace(most_looks=2), [0.0])[1].tolist() == [[2]]
    # 5 s and a look of 12 s leave no time in 16 s.
    assert turns(head_on(), pace(most_looks=2, look_s=12.0), [0.0])[1].tolist() == [[1]]
    # Its turn is kept free, so that a second target waits for it.
    assert turns(head_on(), pace(most_looks=2, look_s=8.0), [0.0, 0.0])[1].tolist() == [[2, 1]]


def twin(passes, how, order, missile, shot, start_s, ready_s, station, works):
    """The same in plain words: every laser keeps a diary."""
    served = np.full(order.shape, -1)
    looks = np.zeros(order.shape, int)
    for p, line in enumerate(order):
        diary = {u: [] for u in range(len(station))}  # when each is free after each shot
        for o in line:
            m = missile[o]
            f = shot[p, m]

            def dwell(t, s, f=f):
                r = np.hypot(
                    passes.nearest_m[f, s],
                    passes.speed_m_per_s[f, s] * (t - passes.nearest_s[f, s]),
                )
                lit = (passes.reach_m[f] / r) ** 2 * np.exp(
                    -how.extinction_per_m * (r - passes.reach_m[f])
                )
                return how.dwell_s / lit

            offers = []
            for u, s in enumerate(station):
                t = max(passes.open_s[f, s], ready_s[p, m])
                if diary[u]:
                    t = max(t, diary[u][-1] - start_s[m])
                plan = []
                for _ in range(how.most_looks):
                    if (
                        not works[p, u]
                        or t == np.inf
                        or len(diary[u]) + (len(plan) + 1) * how.salvo > how.magazine
                    ):
                        break
                    shots, now = [], t
                    for _ in range(how.salvo):
                        shots.append(
                            (now + dwell(now, s), now + (dwell(now, s) + how.slew_s) / how.duty)
                        )
                        now = shots[-1][1]
                    if max(end for end, _ in shots) > passes.close_s[f, s]:
                        break
                    plan.append(shots)
                    t = max(now, shots[-1][0] + how.look_s)
                if plan:
                    offers.append((plan[0][-1][0], u, plan))
            if offers:
                _, u, plan = min(offers)
                served[p, o], looks[p, o] = station[u], len(plan)
                diary[u] += [then + start_s[m] for shots in plan for _, then in shots]
    return served, looks


@pytest.mark.oracle("every laser's diary kept in plain Python")
@pytest.mark.parametrize("number", range(6))
def test_the_kernel_is_its_twin(number):
    random = np.random.default_rng(number)
    flights, stations, missiles, phases = 5, 3, 14, 2
    middle = random.uniform(50, 90, (flights, stations))
    passes = Passes(
        open_s=np.where(random.random((flights, stations)) < 0.2, np.inf, middle - 15),
        close_s=middle + random.uniform(0, 10, (flights, stations)),
        nearest_s=middle,
        nearest_m=random.uniform(100, 2_000, (flights, stations)),
        speed_m_per_s=random.uniform(30, 250, (flights, stations)),
        reach_m=random.uniform(2_000, 5_000, flights),
    )
    how = pace(
        duty=0.6, extinction_per_m=2e-4, magazine=int(random.choice([4, 100])),
        salvo=int(random.choice([1, 2])), most_looks=2,
    )  # fmt: skip
    table = {
        "order": np.array([random.permutation(missiles) for _ in range(phases)]),
        "missile": np.arange(missiles),
        "shot": random.integers(0, flights, (phases, missiles)),
        "start_s": random.uniform(0, 60, missiles),
        "ready_s": random.uniform(0, 60, (phases, missiles)),
        "station": np.array([0, 0, 1, 2]),
        "works": random.random((phases, 4)) < 0.8,
    }

    served, looks, _ = take_turns(passes, how, is_target=np.ones(missiles, bool), **table)

    told, wanted = twin(passes, how, **table)
    assert served.tolist() == told.tolist()
    assert looks.tolist() == wanted.tolist()
