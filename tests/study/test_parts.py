"""What parts of a shield add to each other, and where payloads fall."""

import pytest

from umbo.elements.catalog import load_catalog
from umbo.elements.readings import Readings
from umbo.engagement.flights import fly_raid
from umbo.engagement.raid import draw_raid
from umbo.study.falling import fall_rows
from umbo.study.load import load, resolve
from umbo.study.margins import staged, worth
from umbo.study.parts import part_rows, split
from umbo.study.priorities import place_scores

CATALOG = load_catalog()
STUDY = load("theaters")
STANDING = resolve(STUDY, CATALOG)


def stage_of(raid):
    plan = draw_raid(raid, STUDY.raids[raid], CATALOG, phases=64, seed=STUDY.seed)
    flights = fly_raid(plan, CATALOG, Readings(), sample_s=10.0)
    return staged(plan, flights, CATALOG, STUDY.seed, place_scores(CATALOG))


@pytest.fixture(scope="module")
def home():
    return stage_of("homeland")


@pytest.fixture(scope="module")
def europe():
    return stage_of("theater_europe")


def test_no_element_is_lost_or_counted_twice():
    for one in STANDING.values():
        parts = split(one, CATALOG)
        placed = sum(n for e in one.elements for _, n in e.sites)
        orbit = sum(e.count for e in parts["orbit"])

        assert sum(e.count for of in parts.values() for e in of) == placed + orbit


def test_parts_sum_to_the_whole(home, europe):
    for stage in (home, europe):
        rows = part_rows(STANDING["with_home"], stage)

        assert {row["part"] for row in rows} == {"home", "forward", "orbit"}
        total = sum(row["leakage_adds"] for row in rows)
        assert total == pytest.approx(rows[0]["leakage_none"] - rows[0]["leakage_now"], abs=1e-9)
        whole = worth(STANDING["with_home"], stage).leakage
        assert rows[0]["leakage_now"] == pytest.approx(whole, abs=1e-9)


def test_each_raid_is_met_by_the_part_that_stands_there(home, europe):
    at_home = {row["part"]: row for row in part_rows(STANDING["with_home"], home)}
    abroad = {row["part"]: row for row in part_rows(STANDING["with_home"], europe)}

    assert (at_home["home"]["raid_on"], abroad["home"]["raid_on"]) == ("home", "forward")
    assert at_home["home"]["leakage_adds"] > 0.3 > at_home["forward"]["leakage_adds"]
    assert abroad["forward"]["leakage_adds"] > 0.1 > abroad["home"]["leakage_adds"]
    assert abroad["orbit"]["leakage_adds"] > 0.02  # satellites serve both


def test_payloads_fall_between_launch_and_aim(home):
    rows = {row["country"]: row for row in fall_rows(STANDING["with_home"], home)}

    assert sum(row["share"] for row in rows.values()) == pytest.approx(1.0, abs=1e-9)
    assert rows["North Korea"]["whose"] == "launched from"
    assert rows["United States of America"]["whose"] == "aimed at"
    assert rows["sea"]["share"] > 0.2
    assert set(rows) <= {
        *("sea", "North Korea", "China", "Russia", "Canada", "United States of America"),
        *("Japan", "South Korea", "Mongolia", "Mexico"),
    }
    missiles = sum(launch.count for launch in STUDY.raids["homeland"])
    assert 0.0 < sum(row["missiles"] for row in rows.values()) < missiles


def test_without_interceptors_in_orbit_nothing_falls(home):
    assert fall_rows(STANDING["together"], home) == []
