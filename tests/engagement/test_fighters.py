"""Fighters against cruise missiles, in a study small enough to work by hand."""

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest

from umbo.elements.catalog import load_catalog
from umbo.elements.readings import Readings
from umbo.engagement.expected import expected
from umbo.engagement.fighters import fighter_fan
from umbo.engagement.flights import fly_raid
from umbo.engagement.raid import draw_raid
from umbo.engagement.simulate import simulate
from umbo.engagement.survey import survey
from umbo.study.check import check
from umbo.study.load import load, resolve

STUDY = """
umbo: 1
title: Fighters alone
phases: 128
raids:
  missiles:
    - {missile: lacm_subsonic, count: 4, from: us_east_coast, at: new_york, adversary: Russia, spacing: 60 s}
  gliders:
    - {missile: hgv_long, count: 2, from: ru_central, at: new_york}
  mixed:
    - {missile: irbm, count: 2, from: cn_northeast, at: guam, spacing: 10 s}
    - {missile: lacm_subsonic, count: 2, from: us_east_coast, at: new_york, adversary: Russia, spacing: 10 s}
architectures:
  blind:
    elements:
      - {use: fighter, count: 2, at: new_york}
  led:
    elements:
      - {use: fighter, count: 2, at: new_york}
      - {use: e3, count: 4}
  slow:
    elements:
      - use: fighter
        count: 2
        at: new_york
        override: {commit_delay: {value: 30 min, reason: To be too late.}}
      - {use: e3, count: 4}
  few:
    elements:
      - use: fighter
        count: 1
        at: new_york
        override: {rounds_per_unit: {value: "4", reason: To run short.}}
      - {use: e3, count: 4}
"""


@pytest.fixture(scope="module")
def field(tmp_path_factory):
    path = tmp_path_factory.mktemp("fighters") / "study.yaml"
    path.write_text(STUDY)
    catalog = load_catalog()
    study = load(path, catalog)
    raids = {
        name: draw_raid(name, launches, catalog, phases=128, seed=study.seed)
        for name, launches in study.raids.items()
    }
    return SimpleNamespace(
        catalog=catalog, seed=study.seed, raids=raids, architectures=resolve(study, catalog),
        flights={name: fly_raid(raid, catalog, Readings()) for name, raid in raids.items()},
    )  # fmt: skip


def fought(field, architecture, raid="missiles"):
    return survey(
        field.architectures[architecture], field.raids[raid], field.flights[raid], field.catalog,
        Readings(), seed=field.seed,
    ).windows  # fmt: skip


def mode(field, item, parameter):
    return field.catalog.value(item, parameter).mode


@pytest.mark.oracle("radar range by the fourth root, scramble and flight by hand")
def test_a_led_pair_meets_what_comes_to_its_base(field):
    # Seen 171 km off, at 240 m/s 710 s before it arrives; airborne 600 s later, 25 km off.
    far_m = 400e3 * (0.1 / 3.0) ** 0.25
    left_s = far_m / 240.0 - mode(field, "fighter", "commit_delay")
    assert left_s > 24e3 / mode(field, "fighter", "burnout_speed")
    w, e = fought(field, "led"), expected(fought(field, "led"))
    led = (w.battery[:, 0] >= 0).all(axis=1)

    assert led.mean() == pytest.approx(mode(field, "fighter", "lead_on_station"), abs=0.1)
    assert (w.battery[:, 0] >= 0).any(axis=1).sum() == led.sum()
    # Twelve rounds for four missiles, two each.
    p = mode(field, "fighter", "p_kill_cruise")
    q, f = w.common_q[0], w.common_f[0]
    best = p / (1.0 - q * (1.0 - f))
    pair = (1.0 - q) * (1.0 - (1.0 - best) ** 2) + q * (1.0 - (1.0 - best * f) ** 2)
    track = mode(field, "tracking", "p_track_cruise")
    assert e.leakage == pytest.approx(1.0 - led.mean() * track * pair, rel=1e-9)
    run = simulate(w, 12_800, field.seed)
    assert run.leakage.low - 0.005 <= e.leakage <= run.leakage.high + 0.005


def test_without_an_airborne_radar_or_in_time_none_flies(field):
    for name in ("blind", "slow"):
        assert not fought(field, name).looks.any()
    assert not fought(field, "led", "gliders").looks.any()


def test_in_a_mixed_raid_only_low_fliers_are_met(field):
    w = fought(field, "led", "mixed")
    assert not w.looks[:, :, :2].any()
    assert w.looks[:, :, 2:].any()


def test_the_check_says_who_never_flies(tmp_path):
    path = tmp_path / "study.yaml"
    nowhere = STUDY.replace(
        "{use: fighter, count: 2, at: new_york}\n      - {use: e3",
        "{use: fighter, count: 2}\n      - {use: e3",
    )
    path.write_text(nowhere)
    told = [str(one) for one in check(load(path, load_catalog()), load_catalog())]
    assert any("blind" in one and "no airborne radar; add e3" in one for one in told)
    assert any("led" in one and "no bases; add 'at'" in one for one in told)
    assert not any("slow" in one and "never fly" in one for one in told)


def test_rounds_run_out(field):
    w = fought(field, "few")
    assert w.stock.tolist() == [4]
    sure = replace(w, reliability=np.ones(4), p_track=np.ones(2))
    assert expected(sure).shots[0] == pytest.approx(
        4.0 * (w.battery[:, 0, 0] >= 0).mean(), rel=1e-9
    )


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
