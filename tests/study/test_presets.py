"""How many missiles at once the interceptors in orbit engage."""

import pytest

from umbo.elements.catalog import load_catalog
from umbo.study.load import read_study
from umbo.study.presets import preset_rows
from umbo.study.replicate import published_costs

STUDY = """
umbo: 1
title: One shell
phases: 64
raids:
  both:
    - {missile: icbm_solid, count: 3, from: nk_interior, at: conus_cities, decoys_each: 4}
    - {missile: icbm_liquid, count: 3, from: nk_interior, at: conus_cities}
architectures:
  ground:
    elements:
      - {use: gbi, count: 44, at: greely}
  orbit:
    elements:
      - {use: sbirs, count: 6}
      - use: sbi
        constellation: {planes: 26, per_plane: 50, altitude: 400 km, inclination: 50 deg}
        override: {decision_delay: {value: 45 s, reason: as public studies assume it}}
"""


@pytest.fixture(scope="module")
def rows():
    catalog = load_catalog()
    return list(preset_rows(read_study(STUDY, catalog=catalog), catalog))


def test_there_is_a_row_for_each_preset_and_missile_of_what_is_in_orbit(rows):
    keys = [(row["architecture"], row["preset"], row["missile"]) for row in rows]

    assert keys == [
        ("orbit", preset, missile)
        for preset in ("default", "cbo2026")
        for missile in ("icbm_solid", "icbm_liquid")
    ]


def test_half_the_shots_engage_twice_the_missiles(rows):
    default, preset = rows[0], rows[2]

    assert (default["shots"], preset["shots"]) == (2, 1)
    assert preset["engaged_at_once"] == pytest.approx(2.0 * default["engaged_at_once"], rel=0.02)


def test_a_longer_boost_is_within_reach_of_more(rows):
    assert rows[1]["burn_time_s"] > rows[0]["burn_time_s"]
    assert rows[1]["in_reach_mean"] > 2.0 * rows[0]["in_reach_mean"]


@pytest.mark.oracle("CBO 2025: 1,300 interceptors for one or two ICBMs of a regional adversary")
def test_thirteen_hundred_engage_about_one_solid_missile(rows):
    assert 0.5 < rows[0]["engaged_at_once"] < 2.0


def test_published_totals_have_their_year_and_scope():
    totals = {(row["study"], row["quantity"]): row for row in published_costs()}

    assert totals["cbo2026", "total"]["value_usd"] == pytest.approx(1191e9, rel=1e-12)
    assert all(row["scope"] and row["dollars_of"] > 2000 for row in totals.values())
