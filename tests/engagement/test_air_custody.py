"""Whether a working sensor holds a cruise missile in time."""

from dataclasses import replace

import numpy as np
import pytest

from umbo.elements.catalog import load_catalog
from umbo.elements.readings import Readings
from umbo.engagement.air_custody import SPACING_S, _first_looks, _works
from umbo.engagement.flights import fly_raid
from umbo.engagement.radars import ranges_of
from umbo.engagement.raid import draw_raid
from umbo.engagement.survey import survey
from umbo.errors import StudyError
from umbo.physics.earth import geodetic_to_ecef
from umbo.study.load import catalog_of, read_study, resolve

STUDY = """
umbo: 1
title: Cruise missiles at one city
raids:
  low: [{missile: lacm_subsonic, count: 6, from: us_east_littoral, at: washington}]
architectures:
  bare: {elements: [{use: nasams, count: 18, at: washington}]}
  raised:
    like: bare
    add: [{use: e7, count: 4, at: aew_atlantic}]
  many: {like: raised, change: [{use: e7, count: 40, at: aew_atlantic}]}
  balloon: {like: bare, add: [{use: aerostat, at: washington}]}
  far: {elements: [{use: nasams, count: 18, at: los_angeles}, {use: e7, count: 4, at: aew_pacific}]}
  sky_wave: {like: bare, add: [{use: othr, at: fort_drum}]}
"""


@pytest.fixture(scope="module")
def raid():
    study, base = read_study(STUDY), load_catalog()
    catalog = catalog_of(study, base)
    plan = draw_raid("low", study.raids["low"], catalog, phases=8, seed=3)
    return resolve(study, base), plan, fly_raid(plan, catalog, Readings()), catalog


def surveyed(raid, name, **how):
    standing, plan, flights, catalog = raid
    one = standing[name] if isinstance(name, str) else name
    return survey(one, plan, flights, catalog, Readings(), seed=3, **how)


def of(raid, item, parameter):
    return raid[3].value(item, parameter).mode


@pytest.mark.oracle("one radar: the chance of a track times its availability, by hand")
def test_a_battery_alone_holds_as_often_as_its_radar_works(raid):
    p_track = surveyed(raid, "bare").windows.p_track

    works = of(raid, "nasams_battery", "availability")
    assert p_track == pytest.approx(of(raid, "tracking", "p_track_cruise") * works, rel=1e-9)


@pytest.mark.oracle("two independent sensors: 1 - (1 - a)(1 - n b / k), by hand")
def test_aircraft_on_station_stand_in_for_a_radar_that_fails(raid):
    found = surveyed(raid, "raised")
    told = np.isfinite(found.ready_s[0])
    own = of(raid, "nasams_battery", "availability")
    station = 4 * of(raid, "e7", "availability") / of(raid, "e7", "aircraft_per_station")

    assert 0.3 < told.mean() < 1.0
    held = np.where(told, 1.0 - (1.0 - own) * (1.0 - station), own)
    chance = of(raid, "tracking", "p_track_cruise") * held.mean(axis=0)
    assert found.windows.p_track[1] == pytest.approx(chance, rel=1e-9)
    assert np.all(found.windows.p_track >= surveyed(raid, "bare").windows.p_track)


def test_orders_come_earlier_from_the_air(raid):
    bare, raised = surveyed(raid, "bare"), surveyed(raid, "raised")

    assert not bare.tracked.is_warned.any()
    assert raised.tracked.is_warned.mean() > 0.5
    assert np.isinf(bare.ready_s).all()
    impact_s = raid[2].impact_s[raid[1].shot]
    told = np.isfinite(raised.ready_s[0])
    assert np.median((impact_s - raised.ready_s[0])[told]) > 300.0


def test_a_station_is_held_as_often_as_its_aircraft_allow(raid):
    e7, lrdr = (raid[3].item(name) for name in ("e7", "lrdr"))
    share = e7.values["availability"].mode / e7.values["aircraft_per_station"].mode

    assert _works(e7, 2, Readings()) == pytest.approx(2 * share)
    assert _works(e7, 40, Readings()) == 1.0
    a = lrdr.values["availability"].mode
    assert _works(lrdr, 2, Readings()) == pytest.approx(1.0 - (1.0 - a) ** 2)
    assert np.all(
        surveyed(raid, "many").windows.p_track >= surveyed(raid, "raised").windows.p_track
    )


def test_where_no_battery_is_in_reach_custody_does_not_matter(raid):
    found = surveyed(raid, "far").windows

    assert np.all(found.battery == -1)
    assert found.p_track[1] == pytest.approx(of(raid, "tracking", "p_track_cruise"))


@pytest.mark.oracle("Skolnik: 4.12 km (sqrt(h1) + sqrt(h2)) for 4/3 of the Earth's radius")
@pytest.mark.parametrize(("use", "height_m"), [("aerostat", 3_048.0), ("tower", 30.0)])
def test_a_low_flier_is_first_seen_at_the_horizon_of_the_antenna(raid, use, height_m):
    _, plan, flights, catalog = raid
    radar, site = catalog.item(use), catalog.places["washington"]
    far = replace(
        radar, values={**radar.values, "reference_range": catalog.value("uewr", "max_range")}
    )
    used = np.unique(plan.shot)

    first_s = _first_looks(far, site, used, ranges_of(far, flights, catalog, Readings()), flights,
                           Readings())  # fmt: skip

    antenna = geodetic_to_ecef(site.lat_rad, site.lon_rad, height_m)
    assert np.isfinite(first_s).all()
    for flight, time_s in zip(used, first_s, strict=True):
        k = int(np.searchsorted(flights.time_s, time_s))
        away_m = np.linalg.norm(flights.position_ecef_m[flight] - antenna, axis=-1)
        high_m = np.maximum(flights.altitude_m[flight], 0.0)
        horizon_m = 4_124.0 * (np.sqrt(height_m) + np.sqrt(high_m))
        assert away_m[k] <= 1.002 * horizon_m[k]
        before = k - round(SPACING_S / (flights.time_s[1] - flights.time_s[0]))
        if before >= 0:
            assert away_m[before] > 0.998 * horizon_m[before]


def test_a_sky_wave_warns_and_is_too_coarse_to_fire_on(raid):
    found = surveyed(raid, "sky_wave")

    assert found.tracked.is_warned.any() or not np.isfinite(found.ready_s).any()
    assert not np.isfinite(found.ready_s).any()


def test_perfect_sensors_need_no_custody(raid):
    assert np.all(surveyed(raid, "bare", perfect=True).windows.p_track == 1.0)


def test_aircraft_that_stand_nowhere_are_refused():
    with pytest.raises(StudyError, match=r"'e7' \(air_sensor\) stands nowhere.*add 'at'"):
        resolve(read_study(STUDY.replace(", at: aew_pacific", "")), load_catalog())


@pytest.mark.parametrize("sample_s", [10.0, 12.5, 20.0, 35.0])
def test_long_flights_are_thinned_to_steps_that_a_track_can_take(raid, sample_s):
    standing, plan, _, catalog = raid
    flights = fly_raid(plan, catalog, Readings(), sample_s=sample_s)

    found = survey(standing["raised"], plan, flights, catalog, Readings(), seed=3)

    steps = np.diff(found.tracked.time_s)
    assert steps.max() <= 50.0
    assert len(steps) < len(flights.time_s) or sample_s == 35.0


def test_fighters_draw_by_themselves_whether_a_radar_leads_them(raid):
    study = read_study(
        STUDY.replace(
            "  far:", "  scramble: {elements: [{use: fighter, count: 2, at: washington}]}\n  far:"
        )
    )
    one = resolve(study, load_catalog())["scramble"]

    p_track = surveyed(raid, one).windows.p_track

    assert p_track == pytest.approx(of(raid, "tracking", "p_track_cruise"), rel=1e-9)
