"""Who tells warheads from decoys, and what that is worth at its limits."""

from dataclasses import replace

import pytest

from umbo.elements.readings import Readings
from umbo.engagement.discrimination import discriminate, tellers
from umbo.engagement.expected import expected
from umbo.engagement.flights import fly_raid
from umbo.engagement.raid import draw_raid
from umbo.engagement.reaching import track
from umbo.engagement.survey import survey
from umbo.study.load import read_study


def rates(few, architecture):
    tracked = track(architecture, few.raid, few.flights, few.catalog, Readings(), seed=7)
    sensors = tellers(architecture, few.flights, tracked, few.catalog, Readings())
    return discriminate(sensors, tracked, Readings())


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


def test_the_study_lies_between_the_limits(surveyed):
    leakage = [
        expected(surveyed.under(kind)).leakage for kind in ("recognised", "study", "not_told_apart")
    ]
    assert leakage == sorted(leakage)
