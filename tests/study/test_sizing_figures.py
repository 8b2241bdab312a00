"""Checking figures: every number of the pages on reach and sizing, computed anew."""

import math
import re
from pathlib import Path

import numpy as np
import pytest

from umbo.appraisal.sizing import interceptor_mass
from umbo.elements.catalog import load_catalog
from umbo.physics.decay import upper_density
from umbo.physics.meeting import delta_v_to_meet
from umbo.physics.reach import fly_out_range
from umbo.study.load import load
from umbo.study.shortfall_tables import shortfall_tables
from umbo.study.sizing import size
from umbo.study.sizing_posed import question_like

MODELS = Path(__file__).parents[2] / "docs" / "models"
LEFT_OUT = ("sensitivity", "map", "latitude", "holes", "shortfall")


def says(page, phrase):
    """Say whether a page holds a phrase, however its lines are broken."""
    text = re.sub(r"\s+", " ", (MODELS / page).read_text())
    return phrase in text


@pytest.fixture(scope="module")
def catalog():
    return load_catalog()


@pytest.fixture(scope="module")
def tables(catalog):
    return {
        name: size(question_like(name), catalog, published=name, draws=0, tries=0, but=LEFT_OUT)
        for name in ("cbo2025", "cbo2026")
    }


def engaged(made, assumption, at=""):
    rows = [r for r in made["carries"] if r["assumption"] == assumption and at in r["at"]]
    assert len(rows) == 1
    return rows[0]["engaged_mean"]


def test_air_is_denser_by_the_sun(catalog, tables):
    air = catalog.item("upper_air").values
    least, mean, most = (
        float(upper_density(400e3, flux, air["geomagnetic_index"].mode))
        for flux in (air["solar_flux"].low, air["solar_flux"].mode, air["solar_flux"].high)
    )

    assert says(
        "sizing.md", "(flux 70) makes it 0.38 of that at the mean (140), the maximum (220) 2.2"
    )
    assert least / mean == pytest.approx(0.38, abs=0.005)
    assert most / mean == pytest.approx(2.2, abs=0.05)
    assert says("sizing.md", "5.7 in drag between its extremes at 400 km")
    assert most / least == pytest.approx(5.7, abs=0.05)
    rows = [row for row in tables["cbo2026"]["mass"] if row["altitude_m"] == 400e3]
    assert says("sizing.md", "interceptor of 667 kg takes 11, 29 or 64 kg along")
    assert rows[0]["interceptor_kg"] == pytest.approx(667, abs=0.5)
    assert [row["keeping_kg"] for row in rows] == pytest.approx([11, 29, 64], abs=0.5)


def test_building_takes_its_time(catalog, tables):
    launch = catalog.item("launch").values
    assert says("sizing.md", "(18 a year) to those of a shield (100 a year after 8 years)")
    assert [
        launch[name].mode
        for name in ("national_security_launch_rate", "shield_launch_rate", "shield_ramp_time")
    ] == [18.0, 100.0, 8.0]
    rows = tables["cbo2026"]["by_year"]
    assert says("sizing.md", "after three years 2,372 of 7,800 stand, with no chance of ten")
    assert rows[2]["satellites"] == 2_372
    assert rows[2]["chance"] == 0.0
    assert says("sizing.md", "no more than 5,000 are kept up (5,660 for a while")
    assert max(row["satellites"] for row in rows) == pytest.approx(5_660, abs=10)
    assert says("sizing.md", "7,800 take 1,560 a year")
    assert 7_800 / catalog.value("sbi", "service_life").mode == 1_560


def test_beyond_boost(tables):
    rows = tables["cbo2026"]["beyond"]
    boost, ascent, late, own, _, high, late_glide, glide = (r["in_reach_mean"] for r in rows)

    assert says(
        "sizing.md", "15 reach a solid-fuelled missile of North Korea in boost, 42 before it"
    )
    assert says("sizing.md", "177 five minutes later (170 from 1,000 km), and 352 a Russian glider")
    assert says("sizing.md", "Ordered when the phase begins it is 38 and 57")
    assert [boost, ascent, late, own, high, late_glide, glide] == pytest.approx(
        [15, 42, 38, 177, 170, 57, 352], abs=0.6
    )
    assert says("sizing.md", "In the glide the disc has 424")
    assert rows[-1]["disc_mean"] == pytest.approx(424, abs=0.6)
    assert says("sizing.md", "their lowest intercept is at 100 km")


def test_shortfall_of_the_regional_raid(catalog):
    made = shortfall_tables(load("reference"), catalog, ["regional_raid"])

    solid, liquid = made["shortfall_by_raid"]
    assert says("sizing.md", "up to 130 s (solid) and 210 s (liquid) none in the United States")
    assert [solid["latest_abroad_s"], liquid["latest_abroad_s"]] == [130.0, 210.0]
    assert says("sizing.md", "27 and 24 s before a city is reached")
    before = [row["latest_low_s"] - row["latest_abroad_s"] for row in (solid, liquid)]
    assert before == pytest.approx([27, 24], abs=1.0)
    first = {r["country"] for r in made["shortfall_by_country"] if r["time_s"] < 50.0}
    assert first <= {"China", "North Korea", "sea"}


def test_what_carries_the_published_numbers(catalog, tables):
    made = tables["cbo2026"]

    assert says("sizing.md", "engage 13 North Korean missiles at one shot and 6.5 at two")
    assert engaged(made, "as asked") == pytest.approx(13, abs=0.5)
    assert engaged(made, "shots at each missile", "2") == pytest.approx(6.5, abs=0.1)
    assert says("sizing.md", "liquid boosters make it 37, an interceptor of 3 km/s 7.2")
    assert engaged(made, "missile") == pytest.approx(37, abs=0.5)
    assert engaged(made, "burnout_speed", "3") == pytest.approx(7.2, abs=0.1)
    small = next(r for r in tables["cbo2025"]["published"] if r["satellites"] == 1_300)
    assert says("sizing.md", "1,300 engage 1.8 at one shot (0.8 to 8.4)")
    assert [small["ours"], small["ours_low"], small["ours_high"]] == pytest.approx(
        [1.8, 0.8, 8.4], abs=0.06
    )
    assert says("sizing.md", "On one shell at 300 km and 45 degrees it is 24")
    assert engaged(made, "orbits") == pytest.approx(24, abs=0.5)
    chance = {(r["missiles"], r["shots"]): r["chance"] for r in made["odds"]}
    assert says("sizing.md", "ten one shot each with 97 %, six two shots with 79 %")
    assert [chance[10, 1], chance[6, 2]] == pytest.approx([0.97, 0.79], abs=0.005)
    disc = {r["fly_s"]: r["exact_over_disc"] for r in made["fly_outs"]}
    assert says("sizing.md", "less than one satellite in fifty; in fifteen minutes the disc has a")
    assert all(disc[s] > 0.98 for s in (90.0, 120.0, 180.0))
    assert disc[900.0] == pytest.approx(0.8, abs=0.02)
    burn_s = catalog.value("icbm_solid", "burn_time").mode
    assert says("sizing.md", "solid boosters (175 s), 45 s of delay and 4 km/s")
    assert (burn_s, catalog.value("sbi", "decision_delay").mode) == (175.0, 45.0)


def test_rising_acceleration_reaches_farther(catalog):
    # Constant thrust from 15 gee on, by hand, beside constant acceleration; 120 s at 6 km/s.
    exhaust = 9.80665 * catalog.value("sbi", "specific_impulse").mode
    ratio = math.exp(6e3 / exhaust)
    burn_s = exhaust * (1.0 - 1.0 / ratio) / (15 * 9.80665)
    burning_m = exhaust * burn_s * (1.0 - math.log(ratio) / (ratio - 1.0))
    rising_m = burning_m + 6e3 * (120.0 - burn_s)

    assert says(
        "reach.md", "rising acceleration as propellant burns (9 % of range in 120 s at 6 km/s)"
    )
    assert rising_m / fly_out_range(120.0, 6e3, 15 * 9.80665) == pytest.approx(1.09, abs=0.005)
    assert interceptor_mass(
        6e3, 0.0, specific_impulse_s=exhaust / 9.80665, kill_vehicle_dry_kg=1.0, body_dry_kg=0.0
    ).total_kg == pytest.approx(ratio, rel=1e-9)


@pytest.mark.parametrize(("minutes", "share"), [(3, 0.012), (5, 0.03), (15, 0.20)])
def test_the_disc_is_off_by_gravity(minutes, share):
    # Targets all round, as far as the disc says an interceptor of 4 km/s comes from 400 km.
    radius, mu, time_s = 6_778e3, 3.986004418e14, 60.0 * minutes
    turn = math.sqrt(mu / radius**3) * time_s
    coasted = radius * np.array([math.cos(turn), math.sin(turn), 0.0])
    reach = float(fly_out_range(time_s, 4e3, 15 * 9.80665))
    k = np.arange(400)
    z, lon = 1.0 - (2.0 * k + 1.0) / 400.0, k * math.pi * (3.0 - math.sqrt(5.0))
    ring = np.sqrt(1.0 - z**2)
    target = coasted + reach * np.stack([ring * np.cos(lon), ring * np.sin(lon), z], axis=1)
    target = target[np.linalg.norm(target, axis=1) > 6_478e3]

    gained = delta_v_to_meet(
        np.tile([radius, 0.0, 0.0], (len(target), 1)),
        np.tile([0.0, math.sqrt(mu / radius), 0.0], (len(target), 1)),
        target,
        np.full(len(target), time_s),
        15 * 9.80665,
    )

    off = np.nanmax(np.abs(gained / 4e3 - 1.0))
    assert says("reach.md", "1.2 % of a speed of 4 km/s in three minutes, 3 % in five, 20 % in")
    assert off == pytest.approx(share, rel=0.06)
