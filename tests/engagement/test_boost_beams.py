"""Lasers in the air and in orbit against boosters, in studies small enough to work by hand."""

from types import SimpleNamespace

import numpy as np
import pytest

from umbo.elements.catalog import load_catalog
from umbo.elements.readings import Readings
from umbo.engagement.expected import expected
from umbo.engagement.flights import fly_raid
from umbo.engagement.raid import draw_raid
from umbo.engagement.simulate import simulate
from umbo.engagement.survey import survey
from umbo.engagement.windows import REASONS
from umbo.errors import StudyError
from umbo.physics.earth import geodetic_to_ecef
from umbo.study.lasers import laser_tables
from umbo.study.load import catalog_of, load, resolve

STUDY = """
umbo: 1
title: Lasers at boosters
phases: 64
perfect: true
places:
  pad: {lat: 40.0 deg, lon: 127.0 deg, kind: launch_area, nation: North Korea, radius: 2 km}
  near: {lat: 40.3 deg, lon: 127.0 deg}
  far: {lat: 36.0 deg, lon: 127.0 deg}
raids:
  burst:
    - {missile: icbm_liquid, count: 30, from: pad, at: conus_cities}
architectures:
  aircraft:
    elements:
      - {use: sbirs, count: 6}
      - {use: abl, count: 1, at: near}
  away:
    elements:
      - {use: sbirs, count: 6}
      - {use: abl, count: 1, at: far}
  orbit:
    elements:
      - {use: sbirs, count: 6}
      - {use: sbl_cbo2002, constellation: {planes: 10, per_plane: 12, altitude: 1300 km, inclination: 50 deg}}
  both:
    elements:
      - {use: sbirs, count: 6}
      - {use: abl, count: 2, at: near}
      - {use: sbl_cbo2002, constellation: {planes: 6, per_plane: 10, altitude: 1300 km, inclination: 50 deg}}
      - {use: sbi, constellation: {planes: 20, per_plane: 20, altitude: 400 km, inclination: 50 deg}}
"""


@pytest.fixture(scope="module")
def field(tmp_path_factory):
    path = tmp_path_factory.mktemp("boosters") / "lasers.yaml"
    path.write_text(STUDY)
    study = load(path, load_catalog())
    catalog = catalog_of(study, load_catalog())
    raid = draw_raid("burst", study.raids["burst"], catalog, phases=64, seed=study.seed)
    return SimpleNamespace(
        path=path,
        study=study,
        catalog=catalog,
        raid=raid,
        flights=fly_raid(raid, catalog, Readings()),
        architectures=resolve(study, load_catalog()),
        told={
            (row["weapon"], row["target"]): row
            for row in laser_tables(study, load_catalog(), draws=4)["lasers"]
        },
    )


def fought(field, architecture):
    return survey(
        field.architectures[architecture], field.raid, field.flights, field.catalog, Readings(),
        seed=field.study.seed, perfect=True,
    )  # fmt: skip


def mode(field, item, parameter):
    return field.catalog.value(item, parameter).mode


@pytest.mark.oracle("distance to boosters on their samples, and dwell by the square of the range")
def test_an_aircraft_lights_boosters_one_after_another_within_its_reach(field):
    w, f = fought(field, "aircraft").windows, field.flights
    reach_m = field.told["abl", "booster_liquid"]["range_m"]
    site = geodetic_to_ecef(np.radians(40.3), np.radians(127.0), 12_192.0)
    away = np.linalg.norm(f.position_ecef_m - site, axis=2)
    lit = (f.altitude_m > 15e3) & (f.time_s < f.burnout_s[:, None]) & (f.time_s >= 60.0)
    inside = lit & (away < reach_m)
    # Launched at once from one place, all have one window; its length over a mean dwell and slew.
    samples = inside.sum(axis=1).mean()
    mean_m = away[inside].mean()
    turn_s = 10.0 * (mean_m / reach_m) ** 2 + mode(field, "laser_beam", "retarget_boost")
    expected_shots = min(samples * 5.0 / turn_s, 20.0)
    found = w.boost_shots[0].sum(axis=1)

    assert found.max() <= 20  # its magazine
    assert found.max() == pytest.approx(expected_shots, abs=2.5)
    assert w.boost_shots[0].max() == 1
    busy = w.boost_reason[0][w.boost_shots[0] == 0]
    assert set(busy.tolist()) <= {REASONS.index("channel_busy"), REASONS.index("unreachable")}
    # In some phases it is not on station.
    on_station = (found > 0).mean()
    assert on_station == pytest.approx(mode(field, "abl", "availability"), abs=0.15)


def test_an_aircraft_too_far_away_lights_none(field):
    w = fought(field, "away").windows
    assert not w.boost_shots.any()
    assert set(np.unique(w.boost_reason)) == {REASONS.index("unreachable")}


@pytest.mark.oracle("density of an inclined shell over a cap, by hand")
def test_lasers_in_orbit_light_what_they_reach(field):
    found = fought(field, "orbit")
    w = found.windows
    assert w.boost_weapons == ("sbl_cbo2002",)
    reach_m = field.told["sbl_cbo2002", "booster_liquid"]["range_m"]
    orbit, target = 6_371e3 + 1_300e3, 6_371e3 + 50e3
    cap = np.arccos((orbit**2 + target**2 - reach_m**2) / (2 * orbit * target))
    density = 1.0 / (
        2 * np.pi**2 * np.sqrt(np.sin(np.radians(50)) ** 2 - np.sin(np.radians(40)) ** 2)
    )
    mean = 120 * mode(field, "sbl_cbo2002", "availability") * density * np.pi * cap**2
    # Launched at once, so that those in reach share thirty boosters: each has time for a few.
    f = field.flights
    window_s = (
        f.burnout_s - np.maximum(f.time_s[np.argmax(f.altitude_m > 15e3, axis=1)], 60.0)
    ).mean()
    turn_s = 5.0 + 1.0
    wanted = np.minimum(30.0, mean * window_s / turn_s)
    assert w.boost_shots[0].sum(axis=1).mean() == pytest.approx(wanted, rel=0.25)
    assert np.all(w.boost_shots[0] <= 1)


def test_simulation_and_expected_value_agree_with_three_weapons(field):
    w = fought(field, "both").windows
    assert w.boost_weapons == ("sbi", "abl", "sbl_cbo2002")
    run, e = simulate(w, 20_032, 3), expected(w)
    assert run.leakage.low - 0.002 <= e.leakage <= run.leakage.high + 0.002
    for told, kills in zip(run.kills_by_weapon, e.kills, strict=True):
        assert told.value == pytest.approx(kills, rel=0.03, abs=0.01)


def test_reach_is_told_of_each_weapon(field):
    told = {one.weapon: one for one in fought(field, "both").reach}
    assert told["abl"].satellites == 2
    assert told["abl"].rounds == 2 * 20
    assert told["sbl_cbo2002"].satellites == 60
    assert told["sbl_cbo2002"].count.max() > 1
    assert told["sbi"].rounds is None


@pytest.mark.parametrize(
    ("element", "problem"),
    [
        ("{use: hel_ground, count: 2}", "at a place; add 'at'"),
        ("{use: sbl_cbo2002, at: near}", "in orbit; add 'constellation'"),
        (
            "{use: abl, constellation: {count: 4, altitude: 500 km, inclination: 50 deg}}",
            "at a place; add 'at'",
        ),
    ],
)
def test_a_laser_that_stands_where_it_cannot_fight_is_refused(tmp_path, element, problem):
    path = tmp_path / "wrong.yaml"
    path.write_text(
        STUDY.split("architectures:")[0] + f"architectures:\n  one:\n    elements: [{element}]\n"
    )
    with pytest.raises(StudyError, match=problem):
        resolve(load(path, load_catalog()), load_catalog())
