"""Radars in orbit: how much of the time they see a place, and what they change in a battle."""

from dataclasses import replace

import numpy as np
import pytest

from umbo.elements.catalog import load_catalog
from umbo.elements.readings import Readings
from umbo.engagement.flights import fly_raid
from umbo.engagement.holding import Held
from umbo.engagement.orbiting_radars import orbiting_radars
from umbo.engagement.raid import draw_raid
from umbo.engagement.survey import survey
from umbo.physics.earth import ecef_to_inertial, geodetic_to_ecef
from umbo.physics.holding import Targets, all_seen, hold, look
from umbo.study.load import catalog_of, read_study, resolve

STUDY = """
umbo: 1
title: Cruise missiles at one city, seen from orbit
raids:
  low: [{missile: lacm_subsonic, count: 6, from: us_east_littoral, at: washington}]
  slow: [{missile: uas_group3_5, count: 6, from: us_east_littoral, at: washington}]
  high: [{missile: icbm_solid, count: 1, from: nk_interior, at: washington}]
architectures:
  bare: {elements: [{use: nasams, count: 18, at: washington}]}
  few: {like: bare, add: [{use: sb_amti, count: 24}]}
  many: {like: bare, add: [{use: sb_amti, count: 240}]}
  single:
    like: bare
    add: [{use: sb_amti, constellation: {planes: 1, per_plane: 1, altitude: 700 km, inclination: 55 deg}}]
"""
RADIUS_M = 6_371e3


@pytest.fixture(scope="module")
def asked():
    study, base = read_study(STUDY), load_catalog()
    return study, catalog_of(study, base), resolve(study, base)


def surveyed(asked, raid, name):
    study, catalog, standing = asked
    plan = draw_raid(raid, study.raids[raid], catalog, phases=16, seed=3)
    flights = fly_raid(plan, catalog, Readings())
    return survey(standing[name], plan, flights, catalog, Readings(), seed=3)


def watched(eye, launch_s, rcs_m2) -> Held:
    """Let it look at a place at 40 degrees north that does not move."""
    time_s = np.array([0.0, 10.0])
    place = np.tile(geodetic_to_ecef(np.radians(40.0), 0.3, 100.0), (1, 2, 1))
    echo = np.zeros((4, 1, 2))
    echo[3] = np.sqrt(rcs_m2)
    targets = Targets(
        time_s=time_s,
        position_m=ecef_to_inertial(place, time_s),
        altitude_m=np.full((1, 2), 100.0),
        until_s=np.full(1, 1e3),
        noise_m2_per_s3=np.ones((1, 2)),
        brightness_w_per_sr=echo,
        known_per_m2=np.zeros((1, 2, 6)),
        known_from_s=np.full(1, np.inf),
    )
    flight, works = np.zeros(len(launch_s), np.int64), np.ones((len(launch_s), 1), np.bool_)
    seen = look(targets, eye, flight, launch_s, works, grazing_altitude_m=0.0)
    return hold(
        targets, all_seen([seen], len(flight), 2), flight, wait_s=0.0, start_position_error_m=1e3, start_velocity_error_m_per_s=1e2,
    )  # fmt: skip


@pytest.mark.oracle("share of a caps' area by latitude density, 4 million places drawn by numpy")
@pytest.mark.parametrize("rcs_m2", [0.1, 1.0, 16.0])
def test_one_satellite_sees_a_place_while_it_is_in_its_cap(asked, rcs_m2):
    _, catalog, standing = asked
    (eye,), _ = orbiting_radars(standing["single"], Readings(), seed=3, phases=1)
    launch_s = np.linspace(0.0, 60 * 86_400.0, 100_000)

    found = watched(replace(eye, min_radial_speed_m_per_s=0.0), launch_s, rcs_m2)

    reach_m = catalog.value("sb_amti", "reference_range").mode * rcs_m2**0.25
    a = RADIUS_M + 700e3
    cap = np.arccos((RADIUS_M**2 + a**2 - reach_m**2) / (2.0 * RADIUS_M * a))
    generator = np.random.default_rng(5)
    turn, node = generator.uniform(0.0, 2.0 * np.pi, (2, 4_000_000))
    lat, tilt = np.radians(40.0), np.radians(55.0)
    near = np.cos(lat) * (
        np.cos(node) * np.cos(turn) - np.sin(node) * np.sin(turn) * np.cos(tilt)
    ) + np.sin(lat) * np.sin(turn) * np.sin(tilt)
    share = np.mean(near >= np.cos(cap))
    # The ellipsoid's radius at 40 degrees is within 2 km of the sphere's; 100,000 moments.
    assert np.isfinite(found.seen_s).mean() == pytest.approx(share, rel=0.06)


def test_a_target_below_a_satellite_or_slower_than_the_ground_is_not_told(asked):
    (eye,), _ = orbiting_radars(asked[2]["single"], Readings(), seed=3, phases=1)
    launch_s = np.linspace(0.0, 86_400.0, 2_000)

    assert np.isinf(watched(eye, launch_s, 16.0).seen_s).all()


def test_cruise_missiles_are_seen_from_orbit_and_more_satellites_see_more(asked):
    bare, few, many = (surveyed(asked, "low", name) for name in ("bare", "few", "many"))

    assert not bare.tracked.is_warned.any()
    assert np.isinf(bare.tracked.orbit_start_s).all()
    assert 0.1 < few.tracked.is_warned.mean() < many.tracked.is_warned.mean()
    ready = [np.isfinite(one.ready_s[0]).mean() for one in (bare, few, many)]
    assert ready[0] == 0.0 < ready[1] < ready[2]
    tracked = [one.windows.p_track.mean() for one in (bare, few, many)]
    assert tracked == sorted(tracked)
    assert tracked[0] < tracked[2]


def test_drones_as_slow_as_the_least_radial_speed_are_hardly_told_from_the_ground(asked):
    slow = surveyed(asked, "slow", "few").tracked

    assert slow.is_warned.mean() < surveyed(asked, "low", "few").tracked.is_warned.mean() / 2.0
    assert np.isinf(slow.orbit_start_s).all()


def test_warheads_are_left_to_other_sensors(asked):
    bare, few = (surveyed(asked, "high", name) for name in ("bare", "few"))

    assert not few.tracked.is_warned.any()
    assert np.array_equal(bare.ready_s, few.ready_s)
