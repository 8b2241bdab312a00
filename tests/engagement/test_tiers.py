"""Which weapon engages which kind of target, in the bundled study."""

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest

from umbo.elements.catalog import load_catalog
from umbo.elements.interceptors import fan_of
from umbo.elements.readings import Readings
from umbo.elements.threats import target_of
from umbo.engagement.expected import expected
from umbo.engagement.flights import fly_raid
from umbo.engagement.raid import draw_raid
from umbo.engagement.simulate import simulate
from umbo.engagement.survey import survey
from umbo.study.load import load, resolve

RADIUS_KM = 6_371.0


@pytest.fixture(scope="module")
def reference():
    catalog = load_catalog()
    study = load("reference", catalog)
    raids = {
        name: draw_raid(name, study.raids[name], catalog, phases=4, seed=study.seed)
        for name in ("coastal_cruise", "glide")
    }
    flights = {name: fly_raid(raid, catalog, Readings()) for name, raid in raids.items()}
    return SimpleNamespace(
        catalog=catalog,
        seed=study.seed,
        raids=raids,
        flights=flights,
        architectures=resolve(study, catalog),
    )


def fought(reference, raid, architecture, *, without=()):
    stands = reference.architectures[architecture]
    kept = tuple(e for e in stands.elements if e.use not in without)
    return survey(
        replace(stands, elements=kept),
        reference.raids[raid],
        reference.flights[raid],
        reference.catalog,
        Readings(),
        seed=reference.seed,
        most_pairs=48,
    )


def shots_of(found):
    e = expected(found.windows)
    return dict(zip(e.weapons, e.shots, strict=True))


@pytest.mark.parametrize(
    ("missile", "target"),
    [
        ("icbm_solid", "ballistic"),
        ("fobs", "ballistic"),
        ("hgv_long", "glide"),
        ("hcm", "glide"),
        ("cm_supersonic", "cruise"),
        ("uas_group3_5", "cruise"),
    ],
)
def test_kinds_of_target(missile, target):
    assert target_of(load_catalog().item(missile)) == target


@pytest.mark.oracle("the distance of flat horizons, by hand")
def test_nasams_engages_what_ends_near_it_and_nothing_else(reference):
    found = fought(reference, "coastal_cruise", "today")
    w = found.windows
    nasams = w.weapons.index("nasams")
    site = reference.catalog.place("washington")
    for p, o in np.ndindex(len(w.order), len(w.missile)):
        shot = reference.raids["coastal_cruise"].shots[found.shot[p, w.missile[o]]]
        away = np.hypot(
            shot.aim.lat_rad - site.lat_rad,
            (shot.aim.lon_rad - site.lon_rad) * np.cos(site.lat_rad),
        )
        # The missile comes within 25 km only where it is aimed at the city or at its neighbor.
        if away * RADIUS_KM < 5.0:
            assert w.battery[p, nasams, o] >= 0
        elif shot.aim.id not in ("washington", "baltimore"):
            assert w.battery[p, nasams, o] < 0


def test_a_fire_unit_lets_fewer_cruise_missiles_through(reference):
    with_it, without = (
        expected(fought(reference, "coastal_cruise", "today", without=left).windows)
        for left in ({"fighter"}, {"fighter", "nasams"})
    )
    assert without.leakage == pytest.approx(1.0, rel=1e-12)
    # Of some 41 missiles one in fifteen is aimed at Washington, and p_track is 0.7.
    assert 0.90 < with_it.leakage < 0.99


def test_each_lower_tier_adds_against_cruise_missiles(reference):
    large = expected(fought(reference, "coastal_cruise", "large").windows).leakage
    less = [
        expected(fought(reference, "coastal_cruise", "large", without=left).windows).leakage
        for left in (
            {"fighter"},
            {"fighter", "sm6"},
            {"fighter", "sm6", "pac3_mse"},
            {"fighter", "sm6", "pac3_mse", "nasams"},
            {"fighter", "sm6", "pac3_mse", "nasams", "hel_ground"},
            {"fighter", "sm6", "pac3_mse", "nasams", "hel_ground", "hpm_leonidas"},
        )
    ]
    assert np.all(np.diff([large, *less]) > 0.0)
    assert less[-1] == pytest.approx(1.0, rel=1e-12)
    # Whatever is fired, no more than what is held in track is hit.
    p_track = reference.catalog.value("tracking", "p_track_cruise").mode
    assert large > 1.0 - p_track


def test_what_cannot_kill_a_kind_never_fires_at_it(reference):
    cruise = shots_of(fought(reference, "coastal_cruise", "large"))
    assert all(cruise[use] == 0.0 for use in ("gbi", "ngi", "sm3_iia", "thaad", "gpi"))
    glide = shots_of(fought(reference, "glide", "large"))
    assert all(glide[use] == 0.0 for use in ("gbi", "ngi", "sm3_iia", "nasams"))
    assert glide["gpi"] > 1.0
    assert glide["pac3_mse"] > 1.0


def test_the_glide_phase_interceptor_takes_gliders(reference):
    with_it = expected(fought(reference, "glide", "medium").windows)
    without = expected(fought(reference, "glide", "medium", without={"gpi"}).windows)
    assert with_it.leakage < without.leakage - 0.1


def test_simulation_agrees_where_missiles_differ_in_track(reference):
    w = fought(reference, "coastal_cruise", "large").windows
    half = np.where(np.arange(len(w.reliability)) % 2, 0.2, 1.0)
    w = replace(w, p_track=np.stack([half, half]))
    run = simulate(w, replications=4_000, seed=7)
    assert run.leakers.sum() / 4_000 == pytest.approx(expected(w).leakers, rel=0.01)


@pytest.mark.parametrize("use", ["pac3_mse", "sm6", "nasams"])
def test_low_fliers_are_met_near_the_launcher(use):
    values = load_catalog().item(use).values
    fan = fan_of(values, Readings(), target="cruise")
    assert fan.min_altitude_m < 60.0 < fan.max_altitude_m
    row = int(10e3 / fan.range_step_m)
    assert 5.0 < np.interp(60.0, [fan.min_altitude_m, 2e3], fan.time_s[row, :2]) < 30.0
