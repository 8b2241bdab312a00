"""What the sensing layer of a study buys, by architecture and year."""

import math
from itertools import pairwise

import pytest

from umbo.elements.catalog import load_catalog
from umbo.engagement.transport import lost_stations
from umbo.errors import StudyError, UnknownNameError
from umbo.study import budgeting
from umbo.study.load import load, read_study, resolve
from umbo.study.programs import as_of, earlier, grown, is_sensing, losing, read_years, usual_years
from umbo.study.sensing import Wanted, sense

CATALOG = load_catalog()
STUDY = """
umbo: 1
fielding: written
title: A layer that grows
raids:
  one: [{missile: icbm_solid, count: 2, from: nk_interior, at: chicago}]
architectures:
  nothing: {elements: [{use: gbi, count: 4, at: greely}]}
  layer:
    as_of: FY2032
    elements:
      - {use: gbi, count: 4, at: greely}
      - {use: sbirs, count: 6}
      - {use: t1_transport, count: 126}
      - {use: t2_tracking, count: 54, in_service: FY2030, rate: 18}
"""


@pytest.fixture(scope="module")
def study():
    return read_study(STUDY)


@pytest.fixture(scope="module")
def tables(study):
    return sense(study, CATALOG, Wanted(years=(2028, 2029, 2030), earlier=1))


def rows_of(tables, table, **wanted):
    return [row for row in tables[table] if all(row[k] == v for k, v in wanted.items())]


def test_a_layer_stands_by_its_rate_and_even_in_its_planes(tables):
    standing = [
        rows_of(tables, "custody", architecture="layer", program="study", year=year)[0]
        for year in (2028, 2029, 2030)
    ]

    assert [row["tracking_satellites"] for row in standing] == [18, 36, 54]
    shares = [row["custody"] for row in standing]
    assert shares == sorted(shares)
    assert shares[0] < shares[2]


def test_gaps_and_custody_make_up_a_flight(tables):
    rows = rows_of(tables, "gaps", architecture="layer", program="study")

    lost_s = sum(row["length_s"] for row in rows)
    assert [row["gap"] for row in rows] == list(range(1, len(rows) + 1))
    assert rows[0]["from_s"] == 0.0  # nothing is seen below the clouds
    assert all(one["until_s"] < two["from_s"] for one, two in pairwise(rows))
    assert lost_s / rows[0]["impact_s"] == pytest.approx(1.0 - rows[0]["custody"], abs=1e-9)
    (none,) = rows_of(tables, "gaps", architecture="nothing", program="study")
    assert (none["from_s"], none["until_s"]) == (0.0, none["impact_s"])


def test_a_program_a_year_earlier_is_the_next_year_s(tables):
    for year in (2028, 2029):
        (soon,) = rows_of(tables, "custody", architecture="layer", program="accelerated", year=year)
        (late,) = rows_of(tables, "custody", architecture="layer", program="study", year=year + 1)
        assert soon["custody"] == late["custody"]
        (gain,) = rows_of(tables, "gain", architecture="layer", year=year)
        assert gain["custody_accelerated"] == soon["custody"]


def test_without_satellites_nothing_is_seen(tables):
    for row in rows_of(tables, "custody", architecture="nothing"):
        assert (row["custody"], row["p_seen"], row["tracking_satellites"]) == (0.0, 0.0, 0)
        assert math.isnan(row["first_seen_s"])
    for row in rows_of(tables, "solutions", architecture="nothing"):
        assert row["p_solution"] == 0.0
        assert row["solution_or_impact_s"] == pytest.approx(row["impact_s"], rel=1e-12)
    assert rows_of(tables, "latency", architecture="nothing") == []


def test_every_table_names_what_it_is_about(tables):
    for name in ("custody", "solutions"):
        for row in tables[name]:
            assert {"architecture", "year", "program", "raid", "class"} <= row.keys()
    for row in tables["latency"]:
        assert {"architecture", "year", "sensor", "shooter", "unreachable"} <= row.keys()
        assert 0.0 <= row["unreachable"] <= 1.0
    assert {row["year"] for row in tables["coverage"]} == {2030}
    assert len(tables["coverage"]) == 2 * 2 * 18 * 36
    used = {(row["item"], row["parameter"]) for row in tables["inputs"]}
    assert {("detection", "grazing_altitude"), ("t2_tracking", "track_accuracy")} <= used


def test_ranges_of_inputs_spread_the_answer(tables):
    (row,) = rows_of(tables, "assumptions", architecture="layer", program="study")

    assert (row["year"], row["draws"]) == (2030, 12)
    assert row["custody_p05"] < row["custody_p50"] < row["custody_p95"]
    (none,) = rows_of(tables, "assumptions", architecture="nothing", program="study")
    assert none["custody_p95"] == none["p_solution_p95"] == 0.0


def test_the_manager_is_in_every_latency(tables):
    for row in tables["latency"]:
        if math.isfinite(row["median_s"]):
            assert row["median_s"] >= row["manager_s"]
            assert row["median_s"] <= row["p95_s"] <= row["p99_s"]


def test_only_the_sensing_layer_comes_earlier():
    study = load("reference")
    before = resolve(as_of(earlier(study, CATALOG, 0), 2029), CATALOG)["medium"].elements
    after = resolve(as_of(earlier(study, CATALOG, 2), 2029), CATALOG)["medium"].elements

    new = {one.use for one in after} - {one.use for one in before}
    assert new == {"t3_tracking", "sdn_backbone", "sb_amti"}
    assert all(is_sensing(CATALOG.item(use)) for use in new)


@pytest.mark.oracle("availability times the share that is left, by hand")
def test_a_share_lost_takes_satellites_and_nothing_else(study):
    lost = resolve(losing(study, CATALOG, 0.3), CATALOG)["layer"]

    for before, after in zip(resolve(study, CATALOG)["layer"].elements, lost.elements, strict=True):
        left = 0.7 if is_sensing(before.item) else 1.0
        values = before.values, after.values
        one, other = (of["availability"].mode for of in values)
        assert other == pytest.approx(left * one, abs=1e-6)
        assert (before.count, before.sites) == (after.count, after.sites)


def test_losses_take_custody(study, tables):
    wanted = Wanted(years=(2030,), draws=0, leakage=False, lost=0.5)
    (worse,) = rows_of(sense(study, CATALOG, wanted), "custody", architecture="layer")
    (whole,) = rows_of(tables, "custody", architecture="layer", program="study", year=2030)

    assert worse["custody"] < whole["custody"]
    assert worse["tracking_satellites"] == whole["tracking_satellites"]


def test_losses_take_ways_through_the_network(study, tables):
    wanted = Wanted(years=(2030,), draws=0, leakage=False, lost=0.6)
    worse = rows_of(sense(study, CATALOG, wanted), "latency", architecture="layer")
    whole = rows_of(tables, "latency", architecture="layer", program="study", year=2030)

    known = {(row["sensor"], row["shooter"]): row["unreachable"] for row in whole}
    lost = [row["unreachable"] - known[row["sensor"], row["shooter"]] for row in worse]
    assert max(lost) > 0.02
    assert min(lost) >= 0.0


@pytest.mark.parametrize("share", [0.0, 0.3, 0.6, 1.0])
def test_entry_points_are_lost_by_their_share_and_stay_lost(share):
    lost = [set(lost_stations([str(i) for i in range(4_000)], at, 5)) for at in (share / 2, share)]

    assert lost[0] <= lost[1]
    assert len(lost[1]) / 4_000 == pytest.approx(share, abs=0.02)  # 2.5 standard deviations


def test_a_larger_layer_leaves_the_rest_alone(study):
    small = resolve(study, CATALOG)["layer"]
    large = grown(small, 0.5)

    count = {one.use: one.count for one in large.elements}
    assert count == {"gbi": 4, "sbirs": 9, "t1_transport": 192, "t2_tracking": 84}


def test_years_are_read():
    assert read_years("FY2027:FY2029") == (2027, 2028, 2029)
    assert usual_years(load("reference"), CATALOG)[0] == 2026
    assert usual_years(load("reference"), CATALOG)[-1] == 2036


@pytest.mark.parametrize("text", ["2028", "FY2030:FY2028", "FY2026:FY2099", "soon"])
def test_what_is_no_year_is_refused(text):
    with pytest.raises(StudyError, match="such as FY2026"):
        read_years(text)


def test_an_unknown_raid_is_refused(study):
    with pytest.raises(UnknownNameError, match="did you mean 'one'"):
        sense(study, CATALOG, Wanted(raids=("onee",)))


def test_custody_by_year_is_of_what_the_schedule_has_fielded():
    study = load("reference")
    tables = budgeting.run_budget(study, CATALOG).tables
    fielded = {
        row["fiscal_year"]: row["stands"]
        for row in tables["fielding"]
        if row["architecture"] == "medium" and row["element"] == "hbtss"
    }
    year = next(year for year in sorted(fielded) if 2 < fielded[year] < 40)

    standing = resolve(as_of(study, year), CATALOG)["medium"].elements

    (hbtss,) = (one for one in standing if one.use == "hbtss")
    assert hbtss.count == fielded[year]
