"""What a faster or larger sensing layer buys in leakage."""

import numpy as np
import pytest

from umbo.elements.catalog import load_catalog
from umbo.engagement.transport import ENTRY_POINTS
from umbo.study.load import catalog_of, read_study, resolve
from umbo.study.sensing_worth import (
    ALL_THERE,
    EARLIER,
    MORE,
    PLANNED,
    WITHOUT,
    _raided,
    fight,
    tracking_kinds,
    with_more,
    without,
    worth_tables,
    worth_years,
)

CATALOG = load_catalog()
STUDY = """
umbo: 1
title: Weapons that only a tracking layer can lead
horizon: {from: FY2027, years: 10}
fielding: written
raids:
  one: [{missile: icbm_liquid, count: 4, from: nk_interior, at: chicago, spacing: 30 s}]
architectures:
  led:
    as_of: FY2032
    elements:
      - {use: t1_transport, count: 126}
      - {use: t2_tracking, count: 54, in_service: FY2029}
      - use: sbi
        constellation: {count: 900, planes: 30, per_plane: 30, altitude: 400 km, inclination: 50 deg}
        in_service: FY2031
  radars_only:
    as_of: FY2032
    elements:
      - {use: gbi, count: 4, at: greely}
      - {use: lrdr, at: clear}
"""


@pytest.fixture(scope="module")
def study():
    return read_study(STUDY)


@pytest.fixture(scope="module")
def standing(study):
    return resolve(study, CATALOG)


@pytest.fixture(scope="module")
def tables(study):
    return worth_tables(study, CATALOG, years=(2028, 2029, 2032))


def rows_of(tables, **wanted):
    rows = tables["sensing_leakage"]
    return [row for row in rows if all(row[k] == v for k, v in wanted.items())]


@pytest.mark.oracle("(1 - p h)^n over pairs and faults, by numpy from shots n and hand-over h")
def test_leakage_of_interceptors_in_orbit_is_that_of_their_shots(study, standing):
    catalog = catalog_of(study, CATALOG)
    led = standing["led"]
    raided = _raided(study, "one", catalog)
    for one in (led, without(led, "t2_tracking")):
        fought = fight(one, raided, catalog, study)
        w = fought.found.windows
        p, q, f = w.boost_p_kill[0], w.boost_common_q[0], w.boost_common_f[0]
        n, h = w.boost_shots[0], w.boost_p_hand_over[0]
        survive = (1 - q) * (1 - p * h) ** n + q * (1 - p * f * h) ** n
        assert fought.means.leakage == pytest.approx(survive.mean(), abs=1e-12)
        assert fought.means.leakers_by_phase == pytest.approx(
            (survive * w.reliability).sum(axis=1), abs=1e-12
        )


@pytest.mark.oracle("without its only eyes a weapon never fires, so that every warhead arrives")
def test_switching_off_the_only_tranche_lets_everything_through(tables):
    (row,) = rows_of(tables, architecture="led", year=2032, weapons=PLANNED, change=WITHOUT)

    assert row["element"] == "t2_tracking"
    assert row["leakage_now"] < 0.6
    assert row["leakage_then"] == pytest.approx(1.0, abs=1e-12)
    assert row["leakage_buys_high"] < 0.0
    assert row["because"] == "time"
    assert (row["satellites_now"], row["satellites_then"]) == (54, 0)


def test_a_year_earlier_is_the_next_year(tables):
    (early,) = rows_of(tables, architecture="led", year=2028, weapons=ALL_THERE, change=EARLIER)
    (late,) = rows_of(tables, architecture="led", year=2029, weapons=ALL_THERE, change=EARLIER)

    assert early["leakage_now"] == pytest.approx(1.0, abs=1e-12)
    assert early["leakage_then"] == late["leakage_now"] < 0.6
    assert late["because"] == "same_satellites"
    assert late["leakage_buys"] == 0.0


def test_a_layer_buys_nothing_before_its_weapons_stand(tables):
    (row,) = rows_of(tables, architecture="led", year=2028, weapons=PLANNED, change=EARLIER)

    assert row["leakage_buys"] == 0.0
    assert row["because"] == "nothing_fires"


def test_parts_of_a_difference_add_up(tables):
    for row in tables["sensing_leakage"]:
        parts = [
            row[f"leakage_buys_by_{p}"] for p in ("time", "custody", "hand_over", "discrimination")
        ]
        if abs(row["leakage_buys"]) > 5e-4:
            assert sum(parts) == pytest.approx(row["leakage_now"] - row["leakage_then"], abs=1e-12)
            assert row["leakage_buys"] == pytest.approx(sum(parts), abs=1e-12)
        assert row["leakage_buys_low"] <= row["leakage_buys"] <= row["leakage_buys_high"]
        assert row["warheads_buys"] == pytest.approx(4 * 0.9 * row["leakage_buys"], rel=0.2)


def test_ten_more_stand_in_ten_planes_of_their_own(standing, tables):
    led = standing["led"]
    more = with_more(led, "t2_tracking", 10)

    added = more.elements[-1]
    assert len(more.elements) == len(led.elements) + 1
    assert (added.count, added.constellation.planes, added.constellation.per_plane) == (10, 10, 1)
    assert added.constellation.altitude_m == led.elements[1].values["altitude"].mode
    (row,) = rows_of(tables, architecture="led", year=2032, weapons=PLANNED, change=MORE)
    assert (row["satellites_now"], row["satellites_then"], row["by"]) == (54, 64, 10)


def test_architectures_without_a_layer_have_nothing_to_add_or_leave_out(tables):
    assert not rows_of(tables, architecture="radars_only", change=MORE)
    assert not rows_of(tables, architecture="radars_only", change=WITHOUT)
    for row in rows_of(tables, architecture="radars_only", change=EARLIER):
        assert row["because"] == "same_satellites"


def test_the_newest_kind_comes_first():
    study = read_study(STUDY.replace("FY2029}", "FY2029}\n      - {use: hbtss, count: 40}"))
    led = resolve(study, CATALOG)["led"]

    assert tracking_kinds(led) == ["t2_tracking", "hbtss"]


def test_the_study_s_first_year_is_too_late_to_ask_of(study):
    assert worth_years(study, (2027, 2028, 2030)) == (2028, 2030)
    assert worth_years(study, (2027, 2029)) == (2028, 2029)


def test_weapons_that_can_fire_are_told_in_time(tables):
    (row,) = [r for r in tables["sensing_orders"] if r["architecture"] == "led"]

    assert row["weapon"] == "sbi"
    assert 20.0 < row["solution_s"] < row["ordered_s"] < 240.0
    assert 0.0 < row["hand_over"] <= 1.0
    assert row["error_limit_m"] > 0.0


def test_threads_do_not_change_the_answer(study, tables):
    from umbo.compiled import set_threads, threads_set

    before = threads_set()
    try:
        set_threads(1)
        again = worth_tables(study, CATALOG, years=(2032,))
    finally:
        set_threads(before)
    last = [row for row in tables["sensing_leakage"] if row["year"] == 2032]
    assert np.array_equal(
        [row["leakage_then"] for row in again["sensing_leakage"]],
        [row["leakage_then"] for row in last],
    )


LOW = """
umbo: 1
title: Cruise missiles that only radars in orbit see in time
horizon: {from: FY2027, years: 10}
fielding: written
raids:
  low: [{missile: lacm_subsonic, count: 6, from: us_east_littoral, at: washington}]
  high: [{missile: icbm_liquid, count: 1, from: nk_interior, at: chicago}]
architectures:
  watched:
    as_of: FY2030
    elements:
      - {use: nasams, count: 18, at: washington}
      - {use: t2_tracking, count: 54}
      - {use: sb_amti, count: 120, in_service: FY2029}
"""


@pytest.fixture(scope="module")
def low():
    return worth_tables(read_study(LOW), CATALOG, years=(2028, 2030))


def test_radars_in_orbit_are_brought_earlier_added_and_switched_off(low):
    (early,) = rows_of(low, raid="low", year=2028, weapons=ALL_THERE, change=EARLIER)
    (off,) = rows_of(low, raid="low", weapons=PLANNED, change=WITHOUT, element="sb_amti")
    (more,) = rows_of(low, raid="low", year=2030, weapons=PLANNED, change=MORE, element="sb_amti")

    assert early["leakage_buys"] > 0.01
    assert off["leakage_then"] == pytest.approx(early["leakage_now"], abs=1e-12)
    assert off["because"] == "custody"
    assert off["leakage_buys"] == pytest.approx(off["leakage_buys_by_custody"], abs=0.01)
    assert (more["satellites_now"], more["satellites_then"]) == (174, 184)
    assert more["leakage_then"] < more["leakage_now"]


def test_radars_in_orbit_are_not_asked_about_where_nothing_flies_low(low):
    assert not rows_of(low, raid="high", element="sb_amti")
    assert rows_of(low, raid="high", element="t2_tracking", change=WITHOUT)


def test_lost_entry_points_never_lower_leakage(study):
    every = tuple(ENTRY_POINTS)
    whole, cut = (
        worth_tables(study, CATALOG, years=(2032,), gone=gone)["sensing_leakage"][0]
        for gone in ((), every)
    )
    assert cut["leakage_now"] > whole["leakage_now"]  # no order leaves the ground
