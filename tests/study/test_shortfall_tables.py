"""Where payloads of a study's raids fall, by country and time of the intercept."""

import pytest

from umbo.elements.catalog import load_catalog
from umbo.study.load import load
from umbo.study.shortfall_tables import shortfall_tables

RAIDS = ("regional_raid", "glide", "coastal_cruise", "theater_guam")


@pytest.fixture(scope="module")
def catalog():
    return load_catalog()


@pytest.fixture(scope="module")
def tables(catalog):
    return shortfall_tables(load("reference"), catalog, RAIDS)


def fallen(tables, raid, time_s):
    return {
        row["country"]: row["missiles"]
        for row in tables["shortfall_by_country"]
        if row["raid"] == raid and row["time_s"] == time_s
    }


def test_every_missile_that_still_boosts_is_counted_once(tables):
    for raid, time_s, count in (
        ("regional_raid", 60.0, 10),
        ("regional_raid", 200.0, 5),  # the liquid ones: the solid ones are burnt out
        ("glide", 100.0, 12),
        ("theater_guam", 60.0, 24),
    ):
        assert sum(fallen(tables, raid, time_s).values()) == pytest.approx(count, rel=1e-12)


@pytest.mark.oracle("the way from North Korea to the United States on a globe: an atlas")
def test_payloads_come_down_along_the_way(tables):
    first, last = fallen(tables, "regional_raid", 40.0), fallen(tables, "regional_raid", 160.0)

    assert set(first) <= {"North Korea", "China", "sea"}
    assert set(last) <= {"Russia", "Canada", "United States of America", "sea"}


def test_after_burnout_it_no_longer_falls_short(tables):
    rows = tables["shortfall_by_raid"]

    assert [row["missile"] for row in rows] == ["icbm_solid", "icbm_liquid", "hgv_long", "irbm"]
    for row in rows:
        assert 30.0 <= row["latest_low_s"] <= row["latest_s"] <= row["latest_high_s"]
        assert row["latest_s"] <= row["burnout_s"]
        # A whole country is reached no later than its nearest place aimed at.
        assert row["latest_abroad_s"] <= row["latest_low_s"]


def test_missiles_without_a_boost_have_none(catalog):
    tables = shortfall_tables(load("reference"), catalog, ["coastal_cruise"])

    assert tables == {"shortfall_by_raid": [], "shortfall_by_country": []}
