"""Directed energy of a study, against the same numbers worked by hand."""

import math
from functools import cache

import numpy as np
import pytest

from umbo.elements.catalog import load_catalog
from umbo.study.lasers import laser_tables
from umbo.study.load import load


@cache
def tables():
    return laser_tables(load("reference"), load_catalog(), draws=64)


def row_of(table, weapon, target):
    (row,) = (r for r in tables()[table] if (r["weapon"], r["target"]) == (weapon, target))
    return row


@pytest.mark.oracle("spherical cap and root of B t / F by hand")
def test_satellites_in_orbit_cover_by_caps():
    row = row_of("lasers", "sbl_cbo2002", "booster_solid")

    peak = np.pi * 8.0**2 * 8e6 / (4 * (2.7e-6) ** 2 * 1.5**2)
    bright = peak / (1 + (np.pi * 1e-7 * 8.0 / (2.7e-6 * 1.5)) ** 2 / 2)
    reach = math.sqrt(bright * 5.0 / 30e6)
    orbit, target = 6_371_008.8 + 1_300e3, 6_371_008.8 + 15e3
    cosine = (orbit**2 + target**2 - reach**2) / (2 * orbit * target)
    share = (1 - cosine) / 2 / math.sin(math.radians(40.0))  # of the belt within 40 degrees
    assert row["range_m"] == pytest.approx(reach, rel=1e-9)
    # The coverage disc is at the booster's altitude, and so is the belt.
    assert row["satellites_for_one"] == pytest.approx(1 / share, rel=0.002)


@pytest.mark.oracle("dwell at the range of an airborne laser, with its air by quadrature")
def test_an_airborne_laser_reaches_where_its_dwell_kills():
    from scipy.integrate import quad

    row = row_of("lasers", "abl", "booster_liquid")

    bright = np.pi * 1.5**2 * 1e6 / (4 * 1.315e-6**2 * 1.5**2)
    bright *= 0.4 / (1 + (np.pi * 5e-7 * 1.5 / (1.315e-6 * 1.5)) ** 2 / 2)
    far = row["range_m"]
    start, end = 6_371_008.8 + 12_192.0, 6_371_008.8 + 15e3
    rise = (end**2 - start**2 - far**2) / (2 * start * far)

    def thin(s):
        height = np.sqrt(start**2 + 2 * start * s * rise + s**2) - 6_371_008.8
        return 2e-6 * np.exp((12e3 - height) / 7e3)

    lit = bright * np.exp(-quad(thin, 0, far)[0]) / far**2
    assert 1e7 / lit == pytest.approx(10.0, rel=1e-5)


@pytest.mark.oracle("price, operations and life by hand")
def test_the_ground_laser_breaks_even_by_its_prices():
    row = row_of("laser_breakeven", "hel_ground", "cruise_missile_subsonic")

    assert row["owning_usd"] == pytest.approx(100e6 + 4e6 * 15, rel=1e-12)
    assert row["break_even_kills"] == pytest.approx(160e6 / (1.2e6 / 0.75 - 10 / 0.6), rel=1e-9)
    assert row["anchor"].startswith("no public cost anchor")


def test_harder_targets_are_reached_less_far():
    for weapon in ("abl", "abl_uav", "sbl_cbo2002"):
        ranges = [
            row_of("lasers", weapon, f"booster_{kind}")["range_m"]
            for kind in ("liquid", "solid", "hardened")
        ]
        assert ranges == sorted(ranges, reverse=True)


def test_kills_keep_within_the_magazine_and_ranges_in_order():
    for row in tables()["lasers"]:
        assert row["range_m_p05"] <= row["range_m_p50"] <= row["range_m_p95"]
        if row["weapon"] == "abl":
            assert row["kills_per_pass_p95"] <= 20.0


def test_what_stands_is_told_and_fights():
    rows = tables()["laser_elements"]

    assert {(r["architecture"], r["weapon"]) for r in rows if r["count"]} == {
        ("small", "hel_ground"),
        *((name, use) for name in ("medium", "large") for use in ("hel_ground", "hpm_leonidas")),
    }
    assert all(r["fought"] for r in rows if r["count"])


def test_a_seed_gives_the_same_tables_again():
    again = laser_tables(load("reference"), load_catalog(), draws=64)

    assert repr(again["lasers"]) == repr(tables()["lasers"])
