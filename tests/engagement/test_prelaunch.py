"""A stated share of missiles lost before launch, against exact enumeration."""

from collections import Counter
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest

from umbo.elements.catalog import load_catalog
from umbo.elements.readings import Readings
from umbo.engagement.expected import expected
from umbo.engagement.flights import fly_raid
from umbo.engagement.raid import draw_raid
from umbo.engagement.replanning import replay
from umbo.engagement.simulate import simulate
from umbo.engagement.survey import survey
from umbo.study.check import check
from umbo.study.load import load, resolve

STUDY = """
umbo: 1
title: Losses before launch
phases: 64
raids:
  raid:
    - {missile: icbm_solid, count: 4, from: nk_interior, at: conus_cities, spacing: 30 s}
architectures:
  without:
    elements:
      - {use: gbi, count: 40, at: greely}
      - {use: lrdr, at: clear}
  base:
    like: without
    add:
      - {use: left_of_launch}
  claimed:
    like: without
    add:
      - use: left_of_launch
        override:
          fraction_lost: {value: 0.2 (0 to 0.3), reason: To see what a claim would be worth.}
"""
LOST = {"name": "left_of_launch", "p_kill": 0.2}


@pytest.fixture(scope="module")
def field(tmp_path_factory):
    path = tmp_path_factory.mktemp("prelaunch") / "study.yaml"
    path.write_text(STUDY)
    catalog = load_catalog()
    study = load(path, catalog)
    raid = draw_raid("raid", study.raids["raid"], catalog, phases=64, seed=study.seed)
    return SimpleNamespace(
        study=study, catalog=catalog, raid=raid, flights=fly_raid(raid, catalog, Readings()),
        architectures=resolve(study, catalog),
    )  # fmt: skip


def fought(field, name, read=None):
    return survey(
        field.architectures[name], field.raid, field.flights, field.catalog, read or Readings(),
        seed=field.study.seed,
    ).windows  # fmt: skip


@pytest.mark.oracle("exact enumeration in rationals")
def test_losses_before_launch_are_what_enumeration_says(battle, enumerated):
    w = battle(
        missiles=2,
        boost=[LOST, {"p_kill": 0.5, "wanted": 2}],
        after=[{"p_kill": 0.6}],
        stock=[1],
        reliability=np.array([0.9, 0.7]),
    )
    results = enumerated(w)
    e, run = expected(w), simulate(w, 200_000, seed=1)

    def mean(of):
        return float(sum(p * of(result) for result, p in results))

    assert e.leakers == pytest.approx(mean(lambda r: r["leakers"]), rel=1e-12)
    lost = mean(lambda r: r["kills"]["left_of_launch"])
    assert lost == pytest.approx(0.2 * 1.6, rel=1e-12)
    assert e.kills[0] == pytest.approx(lost, rel=1e-12)
    assert run.kills[0] / 200_000 == pytest.approx(lost, abs=0.004)
    engaged = mean(lambda r: r["is_engaged"] and r["arriving"] > 0)
    assert run.engaged / 200_000 == pytest.approx(engaged, abs=0.004)
    told = Counter()
    for result, p in results:
        for reason, number in result["reasons"].items():
            told[reason] += float(p) * number
    for reason, number in told.items():
        assert run.leakers_by_reason[reason] == pytest.approx(number, abs=0.005)
    assert run.layers == ("left_of_launch", "boost", "midcourse")


def test_what_is_spared_is_not_engaged(battle):
    w = battle(missiles=2, boost=[LOST])
    run = simulate(w, 10_000, seed=1)
    # Both missiles must be lost for all of them to have met something.
    assert run.engaged / 10_000 == pytest.approx(0.04, abs=0.006)
    assert run.leakers_by_reason["missed"] == 0.0


def test_the_share_is_off_unless_a_study_writes_it(field):
    without, base, claimed = (
        expected(fought(field, name)).leakers for name in ("without", "base", "claimed")
    )
    assert base == pytest.approx(without, rel=1e-12)
    # Four missiles, of which a fifth never comes; interceptors are ample for the rest.
    assert claimed == pytest.approx(0.8 * without, rel=0.02)
    drawn = [
        expected(fought(field, "base", Readings(field.study.seed, draw, 4))).kills[0]
        for draw in range(4)
    ]
    assert max(drawn) > 0.0  # its range is in the interval over assumptions


def test_it_fires_nothing_and_is_told_as_an_assumption(field):
    w = fought(field, "claimed")
    assert w.boost_weapons[0] == "left_of_launch"
    events = replay(replace(w, boost_p_kill=np.ones(1)), field.study.seed, 0)
    assert {e.event for e in events if e.weapon == "left_of_launch"} == {"killed"}
    told = [str(one) for one in check(field.study, field.catalog)]
    assert any("lost before launch" in one and "assumption" in one for one in told)
