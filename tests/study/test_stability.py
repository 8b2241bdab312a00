"""What a study's shields do to deterrence, through the functions of the command and of a run."""

import math
from pathlib import Path

import numpy as np
import pytest

from umbo.app.stability import input_words, refuse_suffix, sentences, written
from umbo.app.stability_page import write_page
from umbo.appraisal.odds import refined
from umbo.appraisal.stability import OPEN, Curve, Shield, delivered
from umbo.elements.catalog import load_catalog
from umbo.elements.forces import Leg
from umbo.elements.readings import Readings
from umbo.engagement.expected import expected
from umbo.engagement.strikes import HITS, without_sites
from umbo.engagement.survey import survey
from umbo.errors import StudyError, UnknownNameError
from umbo.study.load import read_study, resolve
from umbo.study.mixes import MIX_PARTS, curves_by_sea, mixes_of, sea_share_of
from umbo.study.penetration import (
    attack,
    curve_of,
    flown,
    part_of,
    raid_of_kind,
    scaled,
    weapons_in_orbit,
)
from umbo.study.stability import stability_tables, weigh, with_sources
from umbo.study.striking import most_likely, struck_by

CATALOG = load_catalog()
STUDY = """
umbo: 1
title: Two shields
phases: 64
raids:
  many: [{missile: icbm_solid, count: 40, from: ru_central, at: conus_cities, warheads_each: 3, decoys_each: 2}]
  few: [{missile: icbm_solid, count: 2, from: nk_interior, at: chicago}]
architectures:
  today:
    elements:
      - {use: gbi, count: 44, at: greely, doctrine: {shots: 4, look: none}}
      - {use: lrdr, at: clear}
      - {use: sbirs, count: 6}
  more:
    like: today
    add:
      - {use: ngi, count: 60, at: greely, in_service: FY2030}
      - {use: sbi, count: 900, constellation: {altitude: 400 km, inclination: 50 deg, planes: 30, per_plane: 30}, in_service: FY2035}
    as_of: FY2036
"""


@pytest.fixture(scope="module")
def study():
    return read_study(STUDY)


@pytest.fixture(scope="module")
def tables(study):
    return weigh(study, CATALOG, opponents=("Russia",))


@pytest.fixture(scope="module")
def against(study):
    return attack(study, CATALOG, "many", Readings())


def test_the_largest_raid_of_missiles_stands_for_a_retaliation(study):
    assert raid_of_kind(study, CATALOG, "ballistic") == "many"
    assert raid_of_kind(study, CATALOG, "glide") is None


def test_the_whole_raid_passes_as_the_battle_of_expected_values_says(study, against):
    more = resolve(study, CATALOG)["more"]
    seen = survey(more, against.raid, against.flights, CATALOG, Readings(), seed=study.seed)
    means = expected(seen.windows)

    curve = curve_of(more, against, CATALOG, Readings(), study.seed, parts=(1.0,))

    assert curve.coming == pytest.approx((means.arriving,), rel=1e-12)
    assert curve.passing == pytest.approx((means.leakers,), rel=1e-12)


def test_parts_of_a_raid_keep_what_each_missile_carries(against):
    whole = part_of(against.raid, 1.0)
    assert np.array_equal(whole.missile, against.raid.missile)
    assert np.array_equal(whole.is_warhead, against.raid.is_warhead)

    half = part_of(against.raid, 0.5, more_decoys=3)
    assert len(half.start_s) == 20
    assert half.is_warhead.sum() == 60
    assert (~half.is_warhead).sum() == 20 * 5
    assert np.ptp(part_of(against.raid, 2.0, spread_s=3600.0).start_s) > 3000.0


def test_a_shield_scales_and_loses_satellites(study):
    more = resolve(study, CATALOG)["more"]

    assert weapons_in_orbit(scaled(more, 1.0, lost=0.5)) == pytest.approx(450, abs=30)
    assert weapons_in_orbit(scaled(more, 1.0, lost=1.0)) == 0
    assert not any(one.item.category == "interceptor" for one in scaled(more, 0.0).elements)
    assert {one.use for one in scaled(more, 0.0).elements} >= {"lrdr", "sbirs"}


def test_a_shield_of_no_weapons_stops_nothing(tables):
    none = [row for row in tables["stability_size"] if row["size"] == 0.0]
    for row in none:
        whole = next(
            r
            for r in tables["stability"]
            if (r["posture"], r["year"]) == (row["posture"], 2036) and r["architecture"] == "more"
        )
        assert row["delivered"] == pytest.approx(whole["coming"], rel=1e-9)


def test_delivery_falls_with_size_and_rises_with_losses(tables):
    for posture in ("day", "generated"):
        by_size = [r["delivered"] for r in tables["stability_size"] if r["posture"] == posture]
        assert all(np.diff(by_size) <= 1e-9)
    lost = [r["delivered"] for r in tables["stability_attrition"]]
    assert lost[-1] >= lost[0] * (1.0 - 1e-9)


def test_a_strike_on_the_shield_lets_more_through_the_more_it_takes(tables):
    for posture in ("day", "generated"):
        rows = [
            r
            for r in tables["stability_struck"]
            if (r["posture"], r["architecture"]) == (posture, "more")
        ]
        nothing, *_, half, once, more = rows
        assert (nothing["struck"], once["struck"], once["severity"]) == ("nothing", "all", 1.0)
        for measure in ("delivered", "first_strike"):
            found = [row[measure] for row in (nothing, half, once, more)]
            assert all(np.diff(found) >= -1e-9)
        assert nothing["delivered"] < once["delivered"]
        # The index is that of a first strike which takes the most likely shares.
        index = next(
            r
            for r in tables["stability_incentive"]
            if (r["posture"], r["architecture"], r["mirrored"]) == (posture, "more", False)
        )
        assert index["first_strike"] == pytest.approx(once["first_strike"], rel=1e-9)
        assert index["first_strike_on_whole"] == pytest.approx(nothing["first_strike"], rel=1e-9)
        told = next(
            r
            for r in tables["stability"]
            if (r["posture"], r["architecture"], r["year"]) == (posture, "more", 2036)
        )
        assert told["delivered_striking"] == pytest.approx(once["delivered"], rel=1e-9)


def test_what_is_lost_moves_the_odds_as_fought_and_in_proportion(study):
    more = resolve(study, CATALOG)["more"]
    at = most_likely(CATALOG)
    whole = Curve((10.0, 100.0), (2.0, 50.0))
    fought = {hit: [Curve((100.0,), (60.0 + i,))] for i, hit in enumerate(HITS)}
    struck = struck_by(whole, fought | {"all": [Curve((100.0,), (80.0,))]}, None, at)

    assert struck.weakened(Shield(whole), {}).ballistic == whole
    every = struck.weakened(Shield(whole), at).ballistic
    assert every(100.0) == pytest.approx(80.0, rel=1e-9)
    alone = struck.weakened(Shield(whole), {"sites": at["sites"]}).ballistic
    assert alone(100.0) == pytest.approx(62.0, rel=1e-9)
    half = struck.weakened(Shield(whole), {hit: share / 2 for hit, share in at.items()}).ballistic
    assert half(100.0) == pytest.approx(100.0 * 2 / 3, rel=1e-9)  # odds of 4 to their root
    gone = without_sites(more, {"sites": 1.0}, seed=1)
    assert sum(one.count for one in gone.elements if one.item.category == "interceptor") == 0


def test_missiles_of_a_country_start_where_they_start_in_the_study():
    written = STUDY.replace(
        "architectures:",
        "  both: [{missile: icbm_solid, count: 30, from: ru_central, at: conus_cities, warheads_each: 3},"
        " {missile: slbm, count: 20, from: north_atlantic, at: east_coast, warheads_each: 3}]\n"
        "  theirs: [{missile: icbm_liquid, count: 9, from: cn_west, at: conus_cities}]\n"
        "architectures:",
        1,
    )
    mixed = read_study(written)
    found = mixes_of(mixed, CATALOG, "both", ("Russia", "China"), Readings())

    assert set(found) == {("", 0.0), ("", 1.0), ("China", 0.0)}
    assert sea_share_of(attack(mixed, CATALOG, "both", Readings()), CATALOG) == pytest.approx(0.4)
    theirs = found["China", 0.0].raid
    assert theirs.is_warhead.sum() == pytest.approx(600, abs=3)
    assert {shot.launch_area for shot in theirs.shots} == {"cn_west"}
    assert sea_share_of(found["", 1.0], CATALOG) == 1.0


def test_a_mix_is_near_a_raid_of_that_very_mix(study):
    more = resolve(study, CATALOG)["more"]
    written = STUDY.replace(
        "architectures:",
        "  both: [{missile: icbm_solid, count: 60, from: ru_central, at: conus_cities, spacing: 5 s,"
        " warheads_each: 3, decoys_each: 2},"
        " {missile: slbm, count: 40, from: north_atlantic, at: east_coast, spacing: 5 s,"
        " warheads_each: 3, decoys_each: 2}]\narchitectures:",
        1,
    )
    mixed = read_study(written)
    read = Readings()
    base = attack(mixed, CATALOG, "both", read)
    whole = refined(curve_of(more, base, CATALOG, read, 1))
    fought = {
        key: curve_of(more, one, CATALOG, read, 1, parts=MIX_PARTS)
        for key, one in mixes_of(mixed, CATALOG, "both", (), read).items()
    }
    shield = Shield(whole, OPEN, curves_by_sea(whole, whole, fought, 0.4))
    launches = [
        launch.model_copy(update={"count": count, "spacing_s": 5.0})
        for launch, count in zip(mixed.raids["both"], (80, 20), strict=True)
    ]
    directly = curve_of(
        more, flown("own", launches, mixed, CATALOG, read), CATALOG, read, 1, parts=(1.0,)
    )

    legs = [
        Leg("icbm_mobile", 240 * 0.85, 1.0, 1.0, 1.0),
        Leg("slbm", 60 * 0.85, 1.0, 1.0, 1.0),
    ]
    assert delivered(legs, shield, struck=True) == pytest.approx(directly.passing[0], rel=0.1)


def test_ranges_hold_what_is_most_likely(tables):
    for row in tables["stability"]:
        assert row["delivered_p05"] <= row["delivered"] <= row["delivered_p95"]
        assert 0.0 <= row["p_above_high"] <= row["p_above_low"] <= 1.0
        assert row["delivered"] <= row["coming"] * (1.0 + 1e-9)


def test_indices_lie_between_0_and_1(tables):
    for row in tables["stability_incentive"]:
        for name in ("incentive_shielded", "incentive_opponent", "stability"):
            assert 0.0 <= row[name] <= 1.0


def test_added_warheads_restore_what_was_delivered(tables):
    for row in tables["stability_limits"]:
        if row["believed"] == 1.0 and row["warheads_added"] is not None:
            assert row["delivered_with_reply"] >= row["delivered"]
    restored = [r for r in tables["stability_limits"] if r["limit"] == 1.0 and r["believed"] == 1.0]
    today = next(
        r
        for r in tables["stability"]
        if (r["posture"], r["year"], r["architecture"]) == ("day", 2036, "today")
    )
    assert restored[0]["delivered_with_reply"] == pytest.approx(today["delivered"], rel=1e-6)


def test_a_reply_costs_its_units_as_the_cost_model_prices_them(tables):
    row = next(r for r in tables["stability_replies"] if r["reply"] == "reply_upload")
    priced = {
        name: CATALOG.value("reply_upload", name).mode for name in ("unit_cost", "operations_cost")
    }
    disposal = CATALOG.value("disposal", "share_of_unit_cost").mode
    unit = priced["unit_cost"] * (1.0 + disposal) + 20 * priced["operations_cost"]
    scale = CATALOG.value("forces_ru", "cost_scale").mode

    # The price is of 2024 and the answer in dollars of 2026: two years of inflation.
    assert row["reply_usd"] == pytest.approx(row["units"] * unit * scale, rel=0.08)


def test_every_conclusion_says_what_decides_it(tables):
    assert len(tables["stability_signs"]) == 10
    assert all(row["decided_by"] for row in tables["stability_signs"])


def test_every_input_and_source_is_told(study, tables):
    told = with_sources(tables, study, CATALOG)
    known = {row["id"] for row in told["sources"]}

    assert {"forces_ru", "forces_us", "leg_slbm", "exchange"} <= {r["item"] for r in told["inputs"]}
    assert all(name in known for row in told["inputs"] for name in row["source"].split())


def test_a_run_without_such_a_raid_has_no_such_tables(study):
    assert stability_tables(study, CATALOG, ["few"]) == {}


def test_it_is_told_in_sentences_tables_and_a_page(study, tables, tmp_path):
    assert len(sentences(tables)) == 2
    assert len(written(tables)) == 10
    write_page(tmp_path / "page.html", with_sources(tables, study, CATALOG), study)
    page = (tmp_path / "page.html").read_text()
    assert "Where conclusions flip" in page
    assert "http" not in page.split("<style>")[0]


def test_numbers_are_finite_or_absent(tables):
    for rows in tables.values():
        for row in rows:
            assert all(math.isfinite(v) for v in row.values() if isinstance(v, float))


def test_names_that_are_not_there_are_refused(study):
    with pytest.raises(UnknownNameError, match="architecture"):
        weigh(study, CATALOG, chosen="mor")
    with pytest.raises(UnknownNameError, match="force"):
        weigh(study, CATALOG, opponents=("Atlantis",))
    with pytest.raises(StudyError, match=r"\.html"):
        refuse_suffix(Path("page.pdf"))


def test_a_study_without_a_large_raid_is_told_to_add_one():
    small = read_study(STUDY.replace("count: 40", "count: 4"))
    with pytest.raises(StudyError, match="add one"):
        weigh(small, CATALOG)


def test_an_input_has_a_name_in_words():
    assert input_words(None) == "–"
    assert input_words("shield.cost") == "Shield: cost"
