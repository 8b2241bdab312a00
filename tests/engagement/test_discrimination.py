"""Who tells warheads from decoys, and what that is worth at its limits."""

from dataclasses import replace

import numpy as np
import pytest

from umbo.elements.readings import Readings
from umbo.engagement.discrimination import Told, discriminate, tellers
from umbo.engagement.expected import expected
from umbo.engagement.flights import fly_raid
from umbo.engagement.raid import draw_raid
from umbo.engagement.reaching import track
from umbo.engagement.simulate import simulate
from umbo.engagement.survey import survey
from umbo.study.load import read_study


def rates(few, architecture):
    tracked = track(architecture, few.raid, few.flights, few.catalog, Readings(), seed=7)
    sensors = tellers(architecture, few.flights, tracked, few.catalog, Readings())
    return discriminate([Told(sensors, tracked)], Readings())


def without(architecture, *uses):
    kept = tuple(e for e in architecture.elements if e.use not in uses)
    return replace(architecture, elements=kept)


@pytest.fixture(scope="module")
def surveyed(few):
    return survey(few.architectures["more"], few.raid, few.flights, few.catalog, Readings(), seed=7)


def test_with_no_sensor_nothing_is_told_apart(few):
    assert rates(few, few.architectures["bare"]) == (1.0, 1.0)
    blind = without(few.architectures["seeing"], "lrdr", "uewr", "cobra_dane", "tpy2")
    assert rates(few, blind) == (1.0, 1.0)


def test_a_better_kind_of_radar_tells_more(few):
    seeing = few.architectures["seeing"]

    _, all_dw = rates(few, seeing)
    _, few_dw = rates(few, without(seeing, "lrdr"))

    assert 0.0 < all_dw < few_dw <= 1.0


@pytest.mark.oracle("Wilkening (1999): P_ww = 1 and P_dw = 0 is a raid without decoys")
def test_perfect_discrimination_is_a_raid_without_decoys(few, few_text, surveyed):
    study = read_study(few_text.replace(", decoys_each: 2", ""))
    raid = draw_raid("few", study.raids["few"], few.catalog, phases=64, seed=7)
    flights = fly_raid(raid, few.catalog, Readings())
    bare = survey(few.architectures["more"], raid, flights, few.catalog, Readings(), seed=7)

    told = expected(surveyed.under("recognised"))

    assert bare.windows.is_warhead.all()
    assert told.leakage == pytest.approx(expected(bare.windows).leakage, rel=1e-9)
    assert told.shots == pytest.approx(expected(bare.windows).shots, rel=1e-9)


@pytest.mark.oracle("Wilkening (1999): P_ww = P_dw = 1 shoots at every object alike")
def test_without_discrimination_decoys_cost_shots_and_warheads(surveyed):
    told, alike = (expected(surveyed.under(kind)) for kind in ("recognised", "not_told_apart"))
    windows = surveyed.under("not_told_apart")

    assert (windows.p_warhead_called_warhead, windows.p_decoy_called_warhead) == (1.0, 1.0)
    assert alike.shots.sum() > told.shots.sum()
    assert alike.leakage > told.leakage


@pytest.mark.oracle("Wilkening (1999): at P_ww = 1, P_dw = 0 no shot is wasted, no warhead passed")
def test_perfect_discrimination_wastes_and_passes_nothing(surveyed):
    outcome = simulate(surveyed.under("recognised"), 2_000, seed=3)

    assert outcome.shots.sum() > 0
    assert outcome.at_decoys.sum() == outcome.passed.sum() == 0


@pytest.mark.oracle("P_ww = P_dw = 1: each object draws as many shots, so decoys draw their share")
@pytest.mark.parametrize(("decoys", "stock"), [(4, 1_000), (4, 9), (1, 1_000)])
def test_without_discrimination_decoys_draw_their_share_of_shots(battle, decoys, stock):
    windows = battle(
        missiles=3, decoys=decoys, after=[{"p_kill": 0.6, "salvo": 2, "looks": 2}], stock=[stock],
        p_track=np.array([0.9, 1.0]), phases=8,
    )  # fmt: skip
    random = np.random.default_rng(2)
    order = np.array([random.permutation(windows.order[0]) for _ in range(400)], np.int32)
    every = np.resize(np.arange(8), 400)
    windows = replace(
        windows, order=order, asset=windows.asset[every], battery=windows.battery[every],
        looks=windows.looks[every], no_battery_reason=windows.no_battery_reason[every],
        boost_shots=windows.boost_shots[:, every], boost_reason=windows.boost_reason[:, every],
        boost_p_hand_over=windows.boost_p_hand_over[:, every],
        p_hand_over=windows.p_hand_over[:, every],
    )  # fmt: skip

    outcome = simulate(windows, 100_000, seed=5)

    share = outcome.at_decoys.sum() / outcome.shots.sum()
    assert share == pytest.approx(decoys / (1 + decoys), abs=0.01)
    assert outcome.passed.sum() == 0


@pytest.mark.oracle("P_ww of warheads in track are fired at, the others pass; P_dw of decoys draw")
def test_shots_at_decoys_and_warheads_passed_are_those_of_the_rates(battle):
    p_ww, p_dw, tracked = 0.7, 0.3, 0.9
    windows = battle(
        missiles=4, warheads=2, decoys=3, after=[{"p_kill": 0.5, "salvo": 2}], stock=[1_000],
        p_track=np.array([tracked, 1.0]),
        p_warhead_called_warhead=p_ww, p_decoy_called_warhead=p_dw,
    )  # fmt: skip

    outcome = simulate(windows, 40_000, seed=5)

    (wasted,), (passed,) = outcome.shots_at_decoys, outcome.warheads_passed
    assert wasted.value == pytest.approx(4 * 3 * tracked * p_dw * 2, rel=0.01)
    assert passed.value == pytest.approx(4 * 2 * tracked * (1 - p_ww), rel=0.01)
    assert wasted.low < wasted.value < wasted.high


def test_the_study_lies_between_the_limits(surveyed):
    leakage = [
        expected(surveyed.under(kind)).leakage for kind in ("recognised", "study", "not_told_apart")
    ]
    assert leakage == sorted(leakage)
