"""What raids cost, which lets most through for its price, and what they strike."""

import pytest

from umbo.appraisal.inflation import in_dollars_of
from umbo.elements.catalog import load_catalog
from umbo.study.load import read_study
from umbo.study.raid_tables import raid_tables

CATALOG = load_catalog()
STUDY = """
umbo: 1
title: Two raids
raids:
  far:
    - {missile: icbm_solid, count: 4, from: ru_central, at: chicago, decoys_each: 2}
    - {missile: slbm, count: 2, from: north_pacific, at: chicago}
  near: [{missile: lacm_subsonic, count: 10, from: us_east_coast, at: new_york, adversary: China}]
strikes_first:
  far: [{hits: sites, lost: 0.25 (0.1 to 0.5), arrives: 15 min}]
architectures:
  one: {elements: [{use: gbi, count: 44, at: greely}]}
"""
LEAKAGE = [
    {"architecture": "one", "raid": "far", "leakers_mean": 3.0},
    {"architecture": "one", "raid": "near", "leakers_mean": 9.0},
]


@pytest.fixture(scope="module")
def tables():
    return raid_tables(read_study(STUDY), CATALOG, ["far", "near"], LEAKAGE)


def price(item, parameter="unit_cost"):
    return in_dollars_of(CATALOG.value(item, parameter), 2026).mode


@pytest.mark.oracle("prices added up by hand, at the scale of each country")
def test_a_raid_costs_its_missiles_and_decoys_at_the_scale_of_its_country(tables):
    far, near = tables[0]["raid_costs"]
    russia = CATALOG.value("forces_ru", "cost_scale").mode
    china = CATALOG.value("forces_cn", "cost_scale").mode

    # The boats start in no country's waters, and nobody says whose they are: full price.
    by_hand = 4 * russia * (price("icbm_solid") + 2 * price("reply_decoys")) + 2 * price("slbm")
    assert far["cost_mode_usd"] == pytest.approx(by_hand, rel=1e-9)
    assert near["cost_mode_usd"] == pytest.approx(10 * china * price("lacm_subsonic"), rel=1e-9)
    assert far["cost_low_usd"] < far["cost_mode_usd"] < far["cost_high_usd"]
    assert (far["missiles"], near["missiles"]) == (6, 10)
    assert (far["is_intercontinental"], near["is_intercontinental"]) == (True, False)


@pytest.mark.oracle("warheads that arrive over price, by hand")
def test_the_worst_raid_is_told_for_one_price(tables):
    far, near = tables[0]["worst_raids"]
    costs = {row["raid"]: row["cost_mode_usd"] for row in tables[0]["raid_costs"]}

    assert far["leakers_per_busd"] == pytest.approx(3.0 * 1e9 / costs["far"], rel=1e-12)
    assert near["leakers_per_busd"] == pytest.approx(9.0 * 1e9 / costs["near"], rel=1e-12)
    assert (far["rank"], far["is_worst"], far["is_worst_intercontinental"]) == (2, False, True)
    assert (near["rank"], near["is_worst"], near["is_worst_intercontinental"]) == (1, True, False)
    for row in (far, near):
        ends = [row[f"leakers_per_busd{end}"] for end in ("_low", "", "_high")]
        assert ends == sorted(ends)


def test_what_a_raid_strikes_first_is_told(tables):
    (row,) = tables[0]["strikes"]
    assert (row["raid"], row["hits"], row["arrives_s"]) == ("far", "sites", 900.0)
    assert (row["lost_low"], row["lost"], row["lost_high"]) == (0.1, 0.25, 0.5)


def test_every_price_is_told_and_every_missile_has_one(tables):
    keys = set(tables[1])
    assert {("icbm_solid", "unit_cost"), ("forces_ru", "cost_scale")} <= keys
    missiles = [item for item in CATALOG.items.values() if item.category == "missile"]
    assert all("unit_cost" in item.values for item in missiles)
