"""Fighters against cruise missiles, in a study small enough to work by hand."""

from types import SimpleNamespace

import numpy as np
import pytest

from umbo.elements.catalog import load_catalog
from umbo.elements.fighters import fighter_fan
from umbo.elements.readings import Readings
from umbo.engagement.expected import expected
from umbo.engagement.flights import fly_raid
from umbo.engagement.raid import draw_raid
from umbo.engagement.simulate import simulate
from umbo.engagement.survey import survey
from umbo.study.check import check
from umbo.study.load import load, resolve

STUDY = """
umbo: 1
title: Fighters alone
phases: 64
perfect: true
raids:
  missiles:
    - {missile: lacm_subsonic, count: 4, from: us_east_coast, at: new_york, adversary: Russia, spacing: 60 s}
  mixed:
    - {missile: irbm, count: 2, from: cn_northeast, at: guam, spacing: 10 s}
    - {missile: lacm_subsonic, count: 2, from: us_east_coast, at: new_york, adversary: Russia, spacing: 10 s}
architectures:
  led:
    elements: [{use: fighter, count: 2, at: new_york}]
  slow:
    elements:
      - use: fighter
        count: 2
        at: new_york
        override: {commit_delay: {value: 300 min, reason: To be too late.}}
  few:
    elements:
      - use: fighter
        count: 1
        at: new_york
        override: {rounds_per_unit: {value: "4", reason: To run short.}}
  nowhere:
    elements: [{use: fighter, count: 2}]
"""


@pytest.fixture(scope="module")
def field(tmp_path_factory):
    path = tmp_path_factory.mktemp("fighters") / "study.yaml"
    path.write_text(STUDY)
    catalog = load_catalog()
    study = load(path, catalog)
    raids = {
        name: draw_raid(name, launches, catalog, phases=64, seed=study.seed)
        for name, launches in study.raids.items()
    }
    return SimpleNamespace(
        study=study, catalog=catalog, seed=study.seed, raids=raids,
        architectures=resolve(study, catalog),
        flights={name: fly_raid(raid, catalog, Readings()) for name, raid in raids.items()},
    )  # fmt: skip


def fought(field, architecture, raid="missiles"):
    return survey(
        field.architectures[architecture], field.raids[raid], field.flights[raid], field.catalog,
        Readings(), seed=field.seed, perfect=True,
    ).windows  # fmt: skip


@pytest.mark.oracle("pairs of shots by hand")
def test_a_led_pair_meets_what_comes_in_time(field):
    w = fought(field, "led")
    e, run = expected(w), simulate(w, 12_800, field.seed)

    assert (w.battery[:, 0] >= 0).all()
    # Twelve rounds for four missiles, two each, all of them in track.
    p = field.catalog.value("fighter", "p_kill_cruise").mode
    q, f = w.common_q[0], w.common_f[0]
    best = p / (1.0 - q * (1.0 - f))
    pair = (1.0 - q) * (1.0 - (1.0 - best) ** 2) + q * (1.0 - (1.0 - best * f) ** 2)
    assert w.stock.tolist() == [12]
    assert e.leakage == pytest.approx(1.0 - pair, rel=1e-9)
    assert run.leakage.low - 0.005 <= e.leakage <= run.leakage.high + 0.005


def test_after_too_long_a_scramble_none_is_met(field):
    assert not fought(field, "slow").looks.any()


def test_in_a_mixed_raid_only_low_fliers_are_met(field):
    w = fought(field, "led", "mixed")
    assert not w.looks[:, :, :2].any()
    assert w.looks[:, :, 2:].any()


def test_rounds_run_out(field):
    w = fought(field, "few")
    assert w.stock.tolist() == [4]
    assert expected(w).shots[0] == pytest.approx(4.0, abs=0.2)


def test_the_check_says_who_never_flies(field):
    told = [str(one) for one in check(field.study, field.catalog)]
    assert any("nowhere" in one and "no bases; add 'at'" in one for one in told)
    assert not any("led" in one and "never fly" in one for one in told)
    assert not fought(field, "nowhere").looks.any()


@pytest.mark.oracle("two even speeds by hand")
def test_a_fighter_closes_in_and_its_missile_goes_the_rest():
    fan = fighter_fan(
        speed_m_per_s=500.0, radius_m=800e3, missile_speed_m_per_s=1_000.0, missile_range_m=100e3,
        altitudes_m=(50.0, 15e3),
    )  # fmt: skip
    range_m = np.arange(fan.time_s.shape[0]) * fan.range_step_m
    told = np.interp([50e3, 100e3, 400e3], range_m, fan.time_s[:, 0])
    assert told == pytest.approx([50.0, 100.0, 700.0], abs=2.0)
    assert fan.max_range_m == 900e3
