"""Latencies of architectures: lines by hand, light from afar, and what must not get faster."""

import math
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from pyproj import Geod

from umbo.elements.catalog import load_catalog
from umbo.elements.readings import Readings
from umbo.elements.sourced import Value
from umbo.engagement.transport import (
    ENTRY_POINTS,
    MANAGERS,
    MOST_ENDS,
    LinkRules,
    build_network,
    find_latencies,
    read_link_rules,
    shells_of,
)
from umbo.study.load import read_study, resolve

LIGHT_M_PER_S = 299_792_458.0
MICROSECOND = 1e-6
RULES = LinkRules(
    max_crosslink_m=5_500e3,
    grazing_altitude_m=80e3,
    min_elevation_rad=math.radians(10.0),
    terminals=4,
    satellite_hop_s=0.02,
    ground_hop_s=0.03,
    line_s=0.05,
    line_speed_m_per_s=150e6,
    manager_s=10.0,
)
STUDY = """\
umbo: 1
title: Ways of data
seed: 7
replications: 64
phases: 64
raids:
  one:
    - {missile: icbm_solid, count: 1, from: nk_interior, at: conus_cities}
architectures:
  ground:
    elements:
      - {use: lrdr, at: clear}
      - {use: gbi, count: 4, at: vandenberg}
  bent_pipe:
    like: ground
    add:
      - {use: sbirs, count: 6}
      - {use: hbtss, constellation: {planes: 4, per_plane: 12, altitude: 1000 km, inclination: 60 deg}}
  meshed:
    like: bent_pipe
    add:
      - {use: t1_transport, count: 126}
      - {use: sbi, constellation: {count: 400, altitude: 400 km, inclination: 50 deg}}
"""


@pytest.fixture(scope="module")
def architectures():
    return resolve(read_study(STUDY), load_catalog())


def latencies(architecture, seed=7, **other):
    rules = replace(RULES, **other)
    found = find_latencies(architecture, load_catalog(), Readings(), rules, seed=seed, steps=48)
    return {(latency.sensor, latency.shooter): latency for latency in found}


@pytest.mark.oracle("lines along WGS 84 geodesics (pyproj), added by hand")
@pytest.mark.parametrize("manager", ["schriever", "redstone", "greely"])
def test_on_the_ground_a_track_runs_along_lines(architectures, manager):
    places = load_catalog().places
    stops = [places["clear"], places[manager], places["vandenberg"]]

    found = latencies(architectures["ground"], managers=(manager,))["lrdr", "gbi"]

    expected_s = RULES.manager_s + RULES.ground_hop_s
    for a, b in pairwise(stops):
        degrees = np.degrees([a.lon_rad, a.lat_rad, b.lon_rad, b.lat_rad])
        expected_s += RULES.line_s + Geod(ellps="WGS84").inv(*degrees)[2] / 150e6
    # The mean sphere is within 0.6 % of the ellipsoid, here 0.2 ms.
    assert found.median_s == pytest.approx(expected_s, abs=2e-4)
    assert found.p99_s == pytest.approx(found.median_s, abs=MICROSECOND)
    assert (found.hops, found.unreachable) == (2.0, 0.0)


@pytest.mark.oracle("light time from geostationary orbit, 35,786 km overhead to 10 degrees up")
def test_without_transport_a_warning_comes_straight_down(architectures):
    near_s = 35_786e3 / LIGHT_M_PER_S
    radius, orbit = 6_378_137.0, 42_164e3
    low = math.radians(10.0)
    far_m = math.sqrt(orbit**2 - (radius * math.cos(low)) ** 2) - radius * math.sin(low)

    found = latencies(
        architectures["bent_pipe"], managers=("schriever",), entry_points=("schriever",)
    )

    last_s = latencies(architectures["ground"], managers=("vandenberg",))["lrdr", "gbi"]
    line_s = RULES.line_s + 1_800e3 / 150e6  # Schriever to Vandenberg is some 1,460 km
    least_s = near_s + RULES.manager_s + RULES.line_s + RULES.ground_hop_s
    most_s = far_m / LIGHT_M_PER_S + RULES.manager_s + line_s + RULES.ground_hop_s
    assert least_s <= found["sbirs", "gbi"].median_s <= found["sbirs", "gbi"].p99_s <= most_s
    assert found["sbirs", "gbi"].hops == 2.0
    assert last_s.median_s < found["sbirs", "gbi"].median_s


def test_transport_brings_what_no_entry_point_sees(architectures):
    without = latencies(architectures["bent_pipe"])["hbtss", "gbi"]
    with_it = latencies(architectures["meshed"])["hbtss", "gbi"]
    assert 0.2 < without.unreachable < 1.0
    assert with_it.unreachable < 0.02
    assert with_it.hops > without.hops


def test_interceptors_in_orbit_are_reached_over_transport(architectures):
    found = latencies(architectures["meshed"])
    assert found["hbtss", "sbi"].unreachable < 0.02
    assert found["hbtss", "sbi"].median_s > RULES.manager_s
    assert found["lrdr", "sbi"].median_s < found["sbirs", "sbi"].median_s


@pytest.mark.parametrize("sensor", ["hbtss", "sbirs"])
def test_losses_never_open_a_way(architectures, sensor):
    shares = [
        latencies(architectures["meshed"], share_lost=lost)[sensor, "sbi"].unreachable
        for lost in (0.0, 0.3, 0.6, 0.9)
    ]
    assert shares == sorted(shares)
    assert shares[0] < shares[-1]


def test_tracking_satellites_that_pass_on_help(architectures):
    alone = latencies(architectures["bent_pipe"])["hbtss", "gbi"]
    passing = latencies(architectures["bent_pipe"], sensors_relay=True)["hbtss", "gbi"]
    assert passing.unreachable < alone.unreachable


def test_another_manager_never_slows_a_fixed_way(architectures):
    one = latencies(architectures["ground"], managers=("redstone",))["lrdr", "gbi"]
    two = latencies(architectures["ground"], managers=("redstone", "greely"))["lrdr", "gbi"]
    assert two.median_s < one.median_s


def test_orbits_are_the_studys_or_else_the_catalogues(architectures):
    elements = {element.use: element for element in architectures["meshed"].elements}
    (written,) = shells_of(elements["hbtss"], Readings())
    (listed,) = shells_of(elements["t1_transport"], Readings())
    (warning,) = shells_of(elements["sbirs"], Readings(), turn=0.25)
    assert (written.planes, written.per_plane, written.pattern) == (4, 12, "delta")
    assert (listed.planes, listed.per_plane, listed.pattern) == (6, 21, "star")
    assert listed.altitude_m == pytest.approx(1_000e3, abs=1.0)
    assert warning.count == 6
    assert warning.plane_raan_rad[0] == pytest.approx(math.pi / 2, abs=1e-12)


def test_the_same_satellites_fail_whatever_else_stands(architectures):
    meshed = architectures["meshed"]
    kept = tuple(e for e in meshed.elements if e.use in {"t1_transport", "gbi"})
    rules = replace(RULES, share_lost=0.4)

    whole, part = (
        build_network(architecture, load_catalog(), Readings(), rules, seed=3)
        for architecture in (meshed, replace(meshed, elements=kept))
    )

    assert np.array_equal(whole.alive[:126], part.alive[:126])
    assert 0.4 < whole.alive[:126].mean() < 0.75
    for ours, alone in zip(whole.network.shells[:1], part.network.shells, strict=True):
        assert np.array_equal(ours.plane_raan_rad, alone.plane_raan_rad)


def test_a_few_stand_for_many(architectures):
    nodes = build_network(architectures["meshed"], load_catalog(), Readings(), RULES, seed=3)
    assert len(nodes.kinds["sbi"]) == MOST_ENDS
    assert len(nodes.kinds["gbi"]) == 1
    assert all(nodes.alive[of_kind].all() for of_kind in nodes.kinds.values())
    assert nodes.alive[nodes.managers].all()
    # Interceptors pass nothing on, so those that stand for no others are left out.
    of_sbi = nodes.alive[nodes.network.satellites - 400 : nodes.network.satellites]
    assert of_sbi.sum() == MOST_ENDS


def test_the_same_seed_gives_the_same_answer(architectures):
    assert latencies(architectures["meshed"], seed=3) == latencies(architectures["meshed"], seed=3)


def test_rules_are_read_from_the_catalogue():
    catalog = load_catalog()
    rows = {
        "crosslink_range": (5_500e3, "m"), "crosslink_grazing_altitude": (80e3, "m"),
        "entry_point_min_elevation": (0.17, "rad"), "crosslink_terminals": (5.0, "1"),
        "satellite_hop": (0.02, "s"), "ground_hop": (0.03, "s"), "line": (0.05, "s"),
        "line_speed": (150e6, "m/s"),
    }  # fmt: skip
    values = {
        name: Value("latency", name, mode, mode, mode, unit, "ours")
        for name, (mode, unit) in rows.items()
    }
    item = replace(catalog.item("latency"), values={**catalog.item("latency").values, **values})
    read = Readings()

    rules = read_link_rules(replace(catalog, items={**catalog.items, "latency": item}), read)

    assert rules == replace(RULES, min_elevation_rad=0.17)
    assert {("latency", name) for name in rows} <= read.used.keys()
    assert ("c2bmc", "latency") in read.used


def test_every_place_that_we_chose_is_in_the_table():
    assert set(ENTRY_POINTS) | set(MANAGERS) <= load_catalog().places.keys()
