"""Questions of how many interceptors, from a study and from published numbers."""

import dataclasses
import math

import numpy as np
import pytest

from umbo.appraisal.sizing_question import Question
from umbo.elements.catalog import load_catalog
from umbo.elements.readings import Readings
from umbo.engagement.in_reach import count_over_phases
from umbo.errors import StudyError, UnknownNameError
from umbo.physics.orbits import walker_shell
from umbo.study.load import read_study
from umbo.study.sizing import size
from umbo.study.sizing_carried import PHASES, odds
from umbo.study.sizing_posed import pose, question_like, question_of
from umbo.study.sizing_served import served_tables

STUDY = """
umbo: 1
title: One shell
sizing: {missile: icbm_liquid, from: [nk_interior], raid: 2, shots: 1, decision_time: 20 s}
raids:
  few:
    - {missile: icbm_solid, count: 3, from: nk_interior, at: conus_cities}
architectures:
  orbit:
    elements:
      - {use: sbirs, count: 6}
      - use: sbi
        constellation: {planes: 26, per_plane: 50, altitude: 400 km, inclination: 50 deg}
"""


ALL_BUT_THE_ANSWER = (
    "carries", "odds", "sensitivity", "latitude", "map", "by_year", "holes", "beyond", "fly_outs",
    "shortfall", "mass", "published", "architectures", "inputs",
)  # fmt: skip


@pytest.fixture(scope="module")
def catalog():
    return load_catalog()


@pytest.fixture(scope="module")
def tables(catalog):
    return {
        name: size(question_like(name), catalog, published=name, draws=4)
        for name in ("aei", "cbo2025", "cbo2026")
    }


def gated(tables, name):
    return [row for row in tables[name]["published"] if row["gated"]]


@pytest.mark.oracle("CBO 2026: 7,800 engage about ten; CBO 2025: 1,300 and 2,000 one or two")
@pytest.mark.parametrize("name", ["cbo2025", "cbo2026"])
def test_published_numbers_are_bracketed(tables, name):
    rows = gated(tables, name)

    assert [row["satellites"] for row in rows] == {"cbo2025": [1300, 2000], "cbo2026": [7800]}[name]
    assert all(row["bracketed"] for row in rows)


@pytest.mark.oracle(
    "AEI's calculator: 998 and 4,986 by its formula, 706 and 7,051 below 45 degrees"
)
def test_formula_gives_the_published_counts(tables):
    rows = gated(tables, "aei")[1:]

    assert len(rows) >= 4
    assert all(row["bracketed"] for row in rows)


@pytest.mark.oracle("AEI's formula by hand, with 4 km/s and 20 gee in place of 6 and 15")
def test_its_formula_follows_what_is_asked(catalog):
    def formula(**assumed):
        made = size(
            question_like("aei"), catalog, published="aei", draws=0, tries=0,
            but=[name for name in ALL_BUT_THE_ANSWER if name not in {"carries", "published"}],
            assumed={("sbi", key): value for key, value in assumed.items()},
        )  # fmt: skip
        rows = made["published"]
        return next(r["ours"] for r in rows if r["kind"] == "formula" and not r["gated"])

    burn_s = 4_000.0 / (20.0 * 9.80665)
    reach_km = (4_000.0 * burn_s / 2.0 + 4_000.0 * (120.0 - burn_s)) / 1e3
    ratio = 4.0 * 6_578.1**2 / (reach_km**2 - 100.0**2)
    assert formula() == 998.0
    assert formula(burnout_speed="4 km/s", acceleration="20 gee") == pytest.approx(
        math.ceil(2.0 * ratio), abs=1.0
    )


def test_aei_engages_one_missile_at_two_shots(tables):
    row, answer = gated(tables, "aei")[0], tables["aei"]["answer"][0]

    assert answer["altitude_m"] == 300e3
    assert answer["deadline_s"] - answer["commit_s"] == pytest.approx(120.0, abs=0.1)
    assert row["ours_low"] <= 1.0 <= row["ours_high"]


def test_aps_stands_beside_and_is_never_gated(tables):
    for name in tables:
        beside = [row for row in tables[name]["published"] if row["kind"] == "beside"]
        assert [row["satellites"] for row in beside] == [1600]
        assert not beside[0]["gated"]
        assert "bracketed" not in beside[0]


def test_answer_lies_in_its_interval_and_meets_its_chance(tables):
    for made in tables.values():
        row = made["answer"][0]
        assert row["low"] <= row["satellites"] <= row["high"]
        assert row["chance"] >= row["probability"]
        assert row["closed_form_mean"] == pytest.approx(row["in_reach_mean"], rel=0.15)
        assert row["exact_over_disc"] == pytest.approx(1.0, abs=0.05)


def curve(made, name):
    rows = [row for row in made["sensitivity"] if row["curve"] == name]
    return [row["satellites"] for row in rows]


def test_curves_go_the_way_they_must(tables):
    made = tables["cbo2025"]

    assert np.all(np.diff(curve(made, "delta-v")) < 0)
    assert np.all(np.diff(curve(made, "delay from launch to launch")) > 0)
    assert np.all(np.diff(curve(made, "burn time")) < 0)
    raid = curve(made, "missiles at once")
    assert raid[4] / raid[3] == pytest.approx(2.0, rel=0.2)


def test_a_part_is_less_than_its_share(tables):
    rows = tables["cbo2026"]["by_year"]

    assert [row["year"] for row in rows] == [float(k + 1) for k in range(len(rows))]
    part = min(rows, key=lambda row: abs(row["share_built"] - 1 / 3))
    assert 0.2 < part["share_built"] < 0.5
    assert part["share_of_capability"] < 0.1 * part["share_built"]


@pytest.mark.oracle(
    "7,800 of five years take 1,560 a year; at 1,000 a year no more than some 5,000"
)
def test_a_line_too_slow_never_builds_it(tables):
    rows = tables["cbo2026"]["by_year"]

    assert rows[-1]["limited_by"] == "production"
    assert 5_000 <= rows[-1]["satellites"] < 5_800  # those that waited for a launch on top
    assert tables["cbo2025"]["by_year"][-1]["share_built"] == 1.0


def test_spares_are_in_mass_launches_and_cost(catalog):
    question = Question(altitude="400 km", inclination="50 deg")
    value = catalog.value("sbi", "spare_share")
    tenth = dataclasses.replace(value, low=0.1, mode=0.1, high=0.1)
    item = catalog.item("sbi")
    items = {
        **catalog.items,
        "sbi": dataclasses.replace(item, values={**item.values, "spare_share": tenth}),
    }
    want = ("satellites", "spares", "mass_t", "launches_a_year", "cost_usd")

    few, more = (
        size(question, one, draws=0, but=ALL_BUT_THE_ANSWER)["answer"][0]
        for one in (catalog, dataclasses.replace(catalog, items=items))
    )

    few, more = ([row[name] for name in want] for row in (few, more))
    assert more[0] == few[0]
    assert few[1] == math.ceil(0.05 * few[0])
    assert more[1] == math.ceil(0.1 * few[0])
    assert np.divide(more[2:4], few[2:4]) == pytest.approx(1.1 / 1.05, rel=0.01)  # whole ones
    assert 1.02 < more[4] / few[4] < 1.05  # development does not grow


def test_counted_by_latitude_is_the_closed_form(tables):
    rows = [row for row in tables["cbo2026"]["latitude"] if abs(row["lat_deg"]) < 38]

    for row in rows:
        assert row["in_reach_mean"] == pytest.approx(row["closed_form_mean"], rel=0.02)


def test_later_phases_are_within_reach_of_more(tables):
    rows = tables["cbo2026"]["beyond"]

    assert [row["phase"].split(",")[0] for row in rows] == (
        ["boost", "ascent", *["midcourse"] * 4, *["glide"] * 2]
    )
    assert [row["fly_out"] for row in rows] == ["disc", "disc", *["exact"] * 6]
    early = [row for row in rows if row["ordered_s"] == rows[0]["ordered_s"]]
    assert early[0]["in_reach_mean"] < early[1]["in_reach_mean"] < early[2]["in_reach_mean"]
    assert [row["altitude_m"] for row in early[2:5]] == [400e3, 700e3, 1_000e3]
    for late, soon in ((rows[2], early[2]), (rows[6], early[5])):
        assert late["ordered_s"] > soon["ordered_s"]
        assert late["in_reach_mean"] < soon["in_reach_mean"]
    for row in rows:
        assert row["in_reach_p05"] <= row["in_reach_p50"] <= row["in_reach_p95"]


@pytest.mark.oracle("share of the globe within a disc, by hand")
def test_a_glider_is_in_reach_of_about_a_discs_share(tables):
    for row in tables["cbo2026"]["beyond"][-2:]:
        # 4 km/s for the time from the order on, less 27 s / 2 of burning at 15 gee.
        angle = 4.0 * (row["deadline_s"] - row["ordered_s"] - 13.6) / 6_600.0
        share = (1.0 - math.cos(angle)) / 2.0
        # Above 45 degrees of latitude half the satellites are missing and the others crowd.
        assert 0.3 < row["in_reach_mean"] / (7_800 * share) < 2.0


@pytest.mark.oracle("binomial tails summed over what is in reach in each phase")
def test_odds_are_of_enough_that_work_none_used_twice(catalog):
    posed = pose(Question(shots=2), catalog)
    task = posed.task(Readings())
    shells = [walker_shell(400e3, math.radians(50), 40, 50, phasing=7)]
    counts = count_over_phases(shells, task.chances[0], PHASES).ravel()

    rows = odds(task, shells, posed)

    def works(in_reach, needed):
        a = task.availability
        return sum(
            math.comb(in_reach, k) * a**k * (1.0 - a) ** (in_reach - k)
            for k in range(needed, in_reach + 1)
        )

    assert {row["shots"] for row in rows} == {1, 2, 3}
    for row in rows:
        by_hand = np.mean([works(int(n), row["missiles"] * row["shots"]) for n in counts])
        assert row["chance"] == pytest.approx(by_hand, abs=1e-9)


def test_odds_hold_the_answer(tables):
    # CBO's 7,800 give one shot to each of ten by the same chance as with no hole.
    made = tables["cbo2026"]
    chance = {(row["missiles"], row["shots"]): row["chance"] for row in made["odds"]}

    assert chance[10, 1] == pytest.approx(made["holes"][0]["chance"], abs=1e-12)
    assert chance[1, 1] > chance[10, 1] > chance[10, 2]
    assert chance[6, 2] == pytest.approx(chance[12, 1], abs=1e-12)


def test_the_disc_reaches_too_far_the_longer_it_flies(tables):
    for made in tables.values():
        rows = made["fly_outs"]
        assert [row["fly_s"] for row in rows] == sorted(row["fly_s"] for row in rows)
        near = [row for row in rows if row["fly_s"] <= 180.0 and row["disc_mean"] > 1.0]
        assert near
        for row in near:
            assert row["exact_over_disc"] == pytest.approx(1.0, abs=0.05)
        assert rows[-1]["exact_over_disc"] < rows[-2]["exact_over_disc"] < 0.95


def test_no_assumption_is_moved_to_where_it_stands(tables):
    for made in tables.values():
        moved = made["carries"][1:]
        assert all(row["asked"] != row["at"] for row in moved)
        assert len({(row["assumption"], row["at"]) for row in moved}) == len(moved)
    aei = {row["assumption"] for row in tables["aei"]["carries"]}
    assert {"burnout_speed", "acceleration", "decision_delay", "orbits"} <= aei


def test_a_study_asks_by_its_own_section(catalog):
    study = read_study(STUDY, catalog=catalog)
    question = question_of(study, catalog)

    made = size(question, catalog, study=study, draws=0)

    row = made["answer"][0]
    assert (row["missile"], row["missiles"], row["shots"]) == ("icbm_liquid", 2, 1)
    assert row["commit_s"] == 50.0  # 30 s of detection and 20 s of decision
    assert math.isnan(row["low"])
    assert [r["architecture"] for r in made["architectures"]] == ["orbit"]
    without = study.model_copy(update={"sizing": None})
    assert question_of(without, catalog).missile == "icbm_solid"


def test_a_raid_spread_over_time_is_served_by_more(catalog):
    text = STUDY.replace(
        "  few:",
        "  late:\n    - {missile: icbm_solid, count: 12, from: nk_interior, at: conus_cities, "
        "spacing: 60 s}\n"
        "  once:\n    - {missile: icbm_solid, count: 12, from: nk_interior, at: conus_cities}\n"
        "  one:\n    - {missile: icbm_solid, count: 1, from: nk_interior, at: conus_cities}\n"
        "  few:",
    )
    study = read_study(text, catalog=catalog)

    made = served_tables(pose(question_of(study, catalog), catalog), study, catalog, 0.9)

    rows = made["served"]
    served = {row["raid"]: row for row in rows}
    assert {row["architecture"] for row in rows} == {"orbit"}
    assert 0.0 < served["once"]["served_mean"] < served["late"]["served_mean"] <= 12.0
    # One shot each: at once from near places as many as are in reach of one, or a few more.
    once = served["once"]
    assert once["served_mean"] >= 0.9 * min(once["engaged_alone_mean"], 12.0)
    assert served["one"]["chance_all"] == served["one"]["served_mean"] <= 1.0
    for row in rows:
        assert row["served_p95"] <= row["missiles"]
        assert row["chance_all"] <= row["chance_half"] <= row["chance_one"]
        odds = [one["chance"] for one in made["served_odds"] if one["raid"] == row["raid"]]
        assert len(odds) == row["missiles"]
        assert np.all(np.diff(odds) <= 0.0)
        assert (odds[0], odds[-1]) == (row["chance_one"], row["chance_all"])
        assert sum(odds) == pytest.approx(row["served_mean"], rel=1e-9)  # a mean, summed by tails


def test_useful_range_is_an_earlier_deadline(catalog):
    late = pose(Question(), catalog)
    soon = pose(Question(deadline="before_useful_range"), catalog)

    assert np.all(soon.deadline_s[0] < late.deadline_s[0])
    assert np.all(soon.deadline_s[0] > late.deadline_s[0] - 30.0)


def test_what_cannot_be_asked_is_refused(catalog):
    with pytest.raises(StudyError, match="no boost"):
        pose(Question(missile="lacm_subsonic"), catalog)
    with pytest.raises(UnknownNameError, match="did you mean 'cbo2026'"):
        question_like("cbo2027")
    with pytest.raises(UnknownNameError, match="nk_interior"):
        pose(Question(from_=["nk_interio"]), catalog)
