"""When weapons may leave: sensing, transport and command move it, and a written constant does not."""

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest

from umbo.elements.readings import Readings
from umbo.engagement.expected import expected
from umbo.engagement.orders import command_delay, orders_to, release_delay, ways_to
from umbo.engagement.reaching import track
from umbo.engagement.survey import survey
from umbo.study.load import read_study, resolve

MORE_SEEING = """\
  tracked:
    like: seeing
    add:
      - {use: t1_tracking, count: 42}
      - {use: t1_transport, count: 126}
      - use: sbi
        constellation: {count: 901, planes: 17, per_plane: 53, altitude: 400 km, inclination: 50 deg}
  slow_command:
    like: tracked
    add:
      - use: c2bmc
        override:
          decision_delay: {value: 240 s, reason: a test of directions}
          decision_delay_boost: {value: 20 s, reason: a test of directions}
  written:
    like: slow_command
    change:
      - {use: gbi, override: {commit_delay: {value: 500 s, reason: a constant}}}
"""


@pytest.fixture(scope="module")
def standing(few, few_text):
    return resolve(read_study(few_text + MORE_SEEING), few.catalog)


def of(few, architecture, use="gbi", last=False, **how):
    weapons = [e for e in architecture.elements if e.use == use]
    tracked = track(architecture, few.raid, few.flights, few.catalog, Readings(), seed=7)
    weapon = weapons[-1 if last else 0]
    return orders_to(weapon, use, architecture, tracked, few.catalog, Readings(), seed=7, **how)


@pytest.mark.parametrize(
    ("use", "longer_s"), [("gbi", "decision_delay"), ("sbi", "decision_delay_boost")]
)
def test_a_slower_decision_delays_the_launch_by_as_much(few, standing, use, longer_s):
    usual_s = few.catalog.item("c2bmc").values[longer_s].mode
    slow_s = 240.0 if use == "gbi" else 20.0

    quick, slow = (of(few, standing[name], use, last=True) for name in ("tracked", "slow_command"))

    known = np.isfinite(quick.ready_s)
    assert known.any()
    assert np.array_equal(known, np.isfinite(slow.ready_s))
    assert slow.ready_s[known] - quick.ready_s[known] == pytest.approx(slow_s - usual_s, abs=1e-6)


def test_slower_hops_delay_the_launch(few, standing):
    latency = few.catalog.item("latency")
    hop = replace(latency.values["satellite_hop"], low=5.0, mode=5.0, high=5.0)
    slow = replace(latency, values={**latency.values, "satellite_hop": hop})
    slower = SimpleNamespace(
        **vars(few)
        | {"catalog": replace(few.catalog, items={**few.catalog.items, "latency": slow})}
    )

    quick, late = (of(one, standing["tracked"], "sbi", last=True) for one in (few, slower))

    known = np.isfinite(quick.ready_s) & np.isfinite(late.ready_s)
    assert known.any()
    # Each way passes one satellite or more; it may now be another way.
    assert np.all(late.ready_s[known] > quick.ready_s[known] + 4.9)


def test_a_constant_stands_for_command_only_where_a_study_writes_it(few, standing):
    modelled, written = (of(few, standing[name]) for name in ("slow_command", "written"))

    gbi = next(e for e in standing["slow_command"].elements if e.use == "gbi")
    delay_s = command_delay(gbi, standing["slow_command"], few.catalog, Readings())
    delay_s += release_delay(gbi, Readings())
    known = np.isfinite(modelled.ready_s)
    assert known.any()
    assert (written.ready_s - modelled.ready_s)[known] == pytest.approx(500.0 - delay_s, abs=1e-6)


def test_interceptors_with_a_written_decision_leave_at_that_time(few, standing):
    found = of(few, standing["seeing"], "sbi")

    assert set(np.unique(found.ready_s)) <= {45.0, np.inf}
    assert np.all(found.p_hand_over == 1.0)


def test_without_a_tracking_tranche_nobody_leaves_earlier_and_more_leak(few, standing):
    tracked = standing["tracked"]
    kept = tuple(e for e in tracked.elements if e.use != "t1_tracking")
    without = replace(tracked, name="without", elements=kept)

    more, fewer = (of(few, one, "sbi", last=True) for one in (tracked, without))
    leakage = [
        expected(
            survey(one, few.raid, few.flights, few.catalog, Readings(), seed=7).windows
        ).leakage
        for one in (tracked, without)
    ]

    in_boost = few.flights.burnout_s[few.raid.shot]
    assert np.sum(more.ready_s < in_boost) > np.sum(fewer.ready_s < in_boost)
    assert np.median(more.ready_s) < np.median(fewer.ready_s)
    assert leakage[0] < leakage[1]


def test_perfect_sensors_leave_command_and_release_alone(few, standing):
    tracked = standing["tracked"]
    gbi = next(e for e in tracked.elements if e.use == "gbi")

    usual, perfect = of(few, tracked), of(few, tracked, perfect=True)

    delay_s = command_delay(gbi, tracked, few.catalog, Readings()) + release_delay(gbi, Readings())
    assert perfect.ready_s == pytest.approx(np.full(usual.ready_s.shape, delay_s), abs=1e-9)
    assert np.all(perfect.ready_s <= usual.ready_s)


def test_a_record_of_tests_is_never_multiplied_by_hand_over(few, standing):
    assert np.all(of(few, standing["tracked"], "gbi").p_hand_over == 1.0)
    in_orbit = of(few, standing["tracked"], "sbi", last=True).p_hand_over
    assert np.all((in_orbit >= 0.0) & (in_orbit <= 1.0))
    assert in_orbit.min() < 1.0


def test_ways_from_satellites_need_satellites(few, standing):
    none = ways_to("gbi", standing["bare"], few.catalog, Readings(), seed=7)
    some = ways_to("gbi", standing["tracked"], few.catalog, Readings(), seed=7)

    assert none.p_reach == 0.0
    assert np.isinf(none.satellites_s)
    assert 0.0 < some.p_reach <= 1.0
    assert 0.0 < some.satellites_s < 60.0
