"""Lasers and microwaves as weapons of the battle, in studies small enough to work by hand."""

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest

from umbo.elements.catalog import load_catalog
from umbo.elements.readings import Readings
from umbo.engagement.expected import expected
from umbo.engagement.flights import fly_raid
from umbo.engagement.passing import nearest_points
from umbo.engagement.raid import draw_raid
from umbo.engagement.simulate import simulate
from umbo.engagement.survey import survey
from umbo.engagement.windows import REASONS
from umbo.physics.earth import geodetic_to_ecef
from umbo.study.load import catalog_of, load, resolve

STUDY = """
umbo: 1
title: Lasers alone
phases: 64
places:
  pad: {lat: 40.0 deg, lon: -70.0 deg, kind: sea_box, north_south: 1 km, east_west: 1 km, nation: Russia}
raids:
  missiles:
    - {missile: lacm_subsonic, count: 12, from: us_east_coast, at: new_york, adversary: Russia, spacing: 60 s}
  swarm:
    - {missile: uas_group3_5, count: 90, from: pad, at: new_york, adversary: Russia}
  fast:
    - {missile: cm_supersonic, count: 4, from: us_east_littoral, at: new_york, adversary: Russia}
architectures:
  none:
    elements: [{use: uewr, at: cape_cod}]
  one:
    elements: [{use: hel_ground, at: new_york}]
  elsewhere:
    elements: [{use: hel_ground, at: philadelphia}]
  ship:
    elements: [{use: hel_ship_helios, at: new_york}]
  wave:
    elements: [{use: hpm_leonidas, at: new_york}]
  both:
    elements:
      - {use: hel_ground, count: 2, at: new_york}
      - {use: hpm_leonidas, at: new_york}
"""


@pytest.fixture(scope="module")
def field(tmp_path_factory):
    path = tmp_path_factory.mktemp("beams") / "lasers.yaml"
    path.write_text(STUDY)
    study = load(path, load_catalog())
    catalog = catalog_of(study, load_catalog())
    raids = {
        name: draw_raid(name, launches, catalog, phases=study.phases, seed=study.seed)
        for name, launches in study.raids.items()
    }
    return SimpleNamespace(
        catalog=catalog,
        seed=study.seed,
        raids=raids,
        flights={name: fly_raid(raid, catalog, Readings()) for name, raid in raids.items()},
        architectures=resolve(study, load_catalog()),
    )


def fought(field, raid, architecture):
    return survey(
        field.architectures[architecture],
        field.raids[raid],
        field.flights[raid],
        field.catalog,
        Readings(),
        seed=field.seed,
    )


def mode(field, item, parameter):
    return field.catalog.value(item, parameter).mode


@pytest.mark.oracle("one dwell each in clear weather, by hand")
def test_missiles_far_apart_are_each_lit_once(field):
    found = fought(field, "missiles", "one")
    w, e = found.windows, expected(found.windows)

    # In reach for some fifteen seconds a minute, so that each gets the one dwell of the doctrine
    # wherever the sky is clear and the laser works; both are drawn by phase.
    works = (w.battery[:, 0] >= 0).all(axis=1)
    assert works.sum() == (w.battery[:, 0] >= 0).any(axis=1).sum()
    chance = mode(field, "hel_ground", "weather_availability") * mode(
        field, "hel_ground", "availability"
    )
    assert works.mean() == pytest.approx(chance, abs=2.0 * np.sqrt(chance * (1 - chance) / 64))
    p = mode(field, "hel_ground", "p_kill") * mode(field, "tracking", "p_track_cruise")
    assert e.leakage == pytest.approx(1.0 - works.mean() * p, rel=1e-9)
    assert set(np.unique(w.no_battery_reason)) <= {-1, REASONS.index("unreachable")}


@pytest.mark.oracle("dwell, slew and duty of a stream, by quadrature")
def test_a_swarm_is_more_than_a_laser_has_time_for(field):
    w = fought(field, "swarm", "one").windows
    served = (w.battery[:, 0] >= 0).sum(axis=1)
    assert field.flights["swarm"].impact_s.std() < 10.0  # one stream

    bright = np.pi * 0.3**2 * 3e5 / (4 * 1.06e-6**2 * 1.5**2)
    bright *= 0.4 * 0.7 / (1 + (np.pi * 5e-6 * 0.3 / (1.06e-6 * 1.5)) ** 2 / 2)
    reach = np.linspace(1.0, 2e4, 200_000)
    lit_s = 3e6 / bright * reach**2 * np.exp(1.5e-4 * reach)
    inside = lit_s <= 5.0
    told = 0.3 * np.sum(0.1 / (50.0 * (lit_s[inside] + 1.5))) * (reach[1] - reach[0]) / 0.1
    # A whole number, and every dwell begins at the longer range: a twentieth.
    assert served.max() == pytest.approx(told, rel=0.07)
    assert served.max() < 90
    assert REASONS.index("channel_busy") in w.no_battery_reason
    out = simulate(replace(w, p_track=np.ones(2)), 6_400, field.seed)
    assert out.leakers_by_reason["channel_busy"] > 0.0


def test_simulation_and_expected_value_agree(field):
    for raid in ("missiles", "swarm"):
        w = fought(field, raid, "both").windows
        run, e = simulate(w, 20_032, field.seed), expected(w)
        assert run.leakage.low - 0.003 <= e.leakage <= run.leakage.high + 0.003
        for told, shots in zip(run.shots_by_weapon, e.shots, strict=True):
            assert told.value == pytest.approx(shots, rel=0.02, abs=0.01)


@pytest.mark.oracle("exact enumeration in rationals")
def test_a_phase_of_lasers_is_what_enumeration_says(field, enumerated):
    w = fought(field, "missiles", "both").windows
    phase = int(np.argmax((w.battery[:, :, :2] >= 0).all(axis=(1, 2))))
    first = slice(0, 2)
    few = replace(
        w,
        missile=w.missile[first],
        is_warhead=w.is_warhead[first],
        reliability=np.array([0.9, 0.9]),
        asset=w.asset[phase : phase + 1, first],
        missile_class=w.missile_class[first],
        order=np.array([[0, 1]], np.int32),
        boost_shots=w.boost_shots[:, phase : phase + 1, first],
        boost_reason=w.boost_reason[:, phase : phase + 1, first],
        boost_p_hand_over=w.boost_p_hand_over[:, phase : phase + 1, first],
        p_kill=np.array([0.6, 0.7]),
        common_q=np.array([0.05, 0.05]),
        common_f=np.array([0.3, 0.3]),
        p_hand_over=np.round(w.p_hand_over[:, phase : phase + 1, first], 3),
        battery=w.battery[phase : phase + 1, :, first],
        looks=w.looks[phase : phase + 1, :, first],
        no_battery_reason=w.no_battery_reason[phase : phase + 1, :, first],
        p_track=np.array([1.0, 0.7]),
    )
    results = enumerated(few)

    e = expected(few)

    assert set(few.weapons) == {"hel_ground", "hpm_leonidas"}
    told = float(sum(p * result["leakers"] for result, p in results))
    assert e.leakers == pytest.approx(told, rel=1e-12)
    for k, name in enumerate(few.weapons):
        shots = float(sum(p * r["shots"][name] for r, p in results))
        kills = float(sum(p * r["kills"][name] for r, p in results))
        assert e.shots[k] == pytest.approx(shots, rel=1e-12)
        assert e.kills[k] == pytest.approx(kills, rel=1e-12)


def test_what_a_laser_cannot_reach_or_kill_it_never_lights(field):
    # Philadelphia is 130 km off; a supersonic skin is built for heat.
    assert not fought(field, "missiles", "elsewhere").windows.looks.any()
    assert not fought(field, "fast", "one").windows.looks.any()
    assert not fought(field, "fast", "both").windows.looks.any()
    assert expected(fought(field, "missiles", "none").windows).leakage == pytest.approx(
        1.0, rel=1e-12
    )


def test_a_ship_and_a_microwave_are_weapons_too(field):
    ship = expected(fought(field, "missiles", "ship").windows)
    assert 0.0 < 1.0 - ship.leakage < 0.5
    drones, missiles = (
        expected(fought(field, raid, "wave").windows) for raid in ("swarm", "missiles")
    )
    assert drones.kills.sum() > 0.0
    # A chance of a tenth on a missile, of seven tenths on a drone.
    assert missiles.kills.sum() / missiles.shots.sum() == pytest.approx(0.1, rel=1e-9)
    assert drones.kills.sum() / drones.shots.sum() == pytest.approx(0.7, rel=1e-9)


def test_weather_of_a_place_is_one_for_all_its_lasers(field):
    w = fought(field, "missiles", "both").windows
    lasers, waves = (w.battery[:, k, 0] >= 0 for k in (0, 1))
    clear = mode(field, "hel_ground", "weather_availability")
    # Microwaves work in worse weather; both need the same luck of the sky.
    both = (lasers & waves).mean()
    ready = mode(field, "hpm_leonidas", "availability")
    two = 1.0 - (1.0 - mode(field, "hel_ground", "availability")) ** 2
    assert both == pytest.approx(clear * ready * two, abs=0.12)


@pytest.mark.oracle("dense samples of straight legs")
def test_the_nearest_point_is_found_between_samples(field):
    flights, place = field.flights["missiles"], field.catalog.place("philadelphia")
    time_s, range_m, speed = nearest_points(flights, [place])
    site = geodetic_to_ecef(place.lat_rad, place.lon_rad)
    for f in range(len(flights.shots)):
        dense = np.linspace(0.0, flights.impact_s[f], 200_001)
        last = int(np.searchsorted(flights.time_s, flights.impact_s[f]))
        clock = np.append(flights.time_s[:last], flights.impact_s[f])
        way = np.stack(
            [np.interp(dense, clock, flights.position_ecef_m[f, : last + 1, x]) for x in range(3)],
            axis=-1,
        )
        away = np.linalg.norm(way - site, axis=1)
        k = int(np.argmin(away))
        told = np.hypot(range_m[f, 0], speed[f, 0] * (dense[k] - time_s[f, 0]))
        assert told == pytest.approx(away[k], abs=5.0)  # m


def test_faults_common_to_lasers_take_nothing_off_the_mean(field):
    w = fought(field, "missiles", "one").windows
    q, f = w.common_q[0], w.common_f[0]
    assert w.p_kill[0] * (1.0 - q * (1.0 - f)) == pytest.approx(
        mode(field, "hel_ground", "p_kill"), rel=1e-12
    )
