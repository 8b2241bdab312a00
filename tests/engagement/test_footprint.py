"""Defended footprints, against a brute-force map and a hand-made limit."""

from functools import cache

import numpy as np
import pytest

from umbo.elements.catalog import load_catalog
from umbo.elements.interceptors import fan_of
from umbo.elements.places import Place
from umbo.elements.readings import Readings
from umbo.engagement.flights import fly_raid
from umbo.engagement.footprint import _raid_of, defended_footprint
from umbo.engagement.raid import Shot
from umbo.errors import DomainError
from umbo.physics.earth import (
    destination,
    ecef_to_geodetic,
    geodetic_to_ecef,
    great_circle_distance,
)

CATALOG = load_catalog()
SITE = CATALOG.place("chicago")
LAUNCH = tuple(map(float, destination(SITE.lat_rad, SITE.lon_rad, np.radians(330.0), 1_500e3)))


@cache
def footprint(delay_s=0.0, cue="burnout"):
    return defended_footprint(
        "thaad", SITE, "mrbm", LAUNCH, CATALOG, Readings(),
        launch_area="chicago", track_delay_s=delay_s, cue=cue, azimuths=12, radii=8,
    )  # fmt: skip


def is_met(lat, lon, delay_s):
    """Look up every second of a flight in the fan: an order as early as can be meets it or not."""
    read, weapon = Readings(), CATALOG.item("thaad")
    fan = fan_of(weapon.values, read)
    shots = tuple(
        Shot("mrbm", "chicago", *LAUNCH, Place("a", "a", float(a), float(b)))
        for a, b in zip(lat, lon, strict=True)
    )
    flights = fly_raid(_raid_of(shots), CATALOG, read, sample_s=1.0)
    site = geodetic_to_ecef(SITE.lat_rad, SITE.lon_rad)
    met = []
    for i in range(len(shots)):
        there = ecef_to_geodetic(flights.position_ecef_m[i])
        ground = great_circle_distance(SITE.lat_rad, SITE.lon_rad, there[0], there[1])
        order = flights.burnout_s[i] + delay_s + weapon.values["commit_delay"].mode
        spare = flights.time_s - order
        slant = np.linalg.norm(flights.position_ecef_m[i] - site, axis=-1)
        inside = (
            (slant <= fan.max_range_m)
            & (there[2] >= fan.min_altitude_m)
            & (there[2] <= fan.max_altitude_m)
            & (flights.time_s <= flights.impact_s[i])
        )
        u = np.clip(ground / fan.range_step_m, 0, fan.time_s.shape[0] - 1.001)
        v = (there[2] - fan.min_altitude_m) / fan.altitude_step_m
        v = np.clip(v, 0, fan.time_s.shape[1] - 1.001)
        r, c = u.astype(int), v.astype(int)
        u, v = u - r, v - c
        takes = (1 - u) * ((1 - v) * fan.time_s[r, c] + v * fan.time_s[r, c + 1])
        takes += u * ((1 - v) * fan.time_s[r + 1, c] + v * fan.time_s[r + 1, c + 1])
        met.append(bool(np.any(inside & (spare >= takes))))
    return np.array(met)


@pytest.mark.oracle("brute-force map: every second of 200 flights looked up in the fan")
@pytest.mark.parametrize("delay_s", [0.0, 470.0])
def test_places_inside_are_defended_and_places_outside_are_not(delay_s):
    found = footprint(delay_s)
    lucky = np.random.default_rng(3).random((2, 200))
    azimuth = 2 * np.pi * lucky[0]
    far = found.radius_m[-1] * np.sqrt(lucky[1])
    lat, lon = destination(SITE.lat_rad, SITE.lon_rad, azimuth, far)

    around = np.append(found.azimuth_rad, 2 * np.pi)
    edge = np.interp(azimuth, around, np.append(found.edge_m, found.edge_m[0]))
    met = is_met(lat, lon, delay_s)

    # Between azimuths 30 degrees apart the edge bends: 8 % of its radius are left open.
    sure = np.abs(far - edge) > 0.08 * edge.max()
    assert sure.sum() > 120
    assert np.array_equal(met[sure], (far <= edge)[sure])


def test_a_later_track_defends_less():
    areas = [footprint(delay).area_m2 for delay in (0.0, 470.0, 2_000.0)]

    assert areas[0] > areas[1] > areas[2] == 0.0


def test_the_site_is_defended_best_down_range():
    found = footprint()

    away = found.edge_m[np.argmin(np.abs(found.azimuth_rad - np.radians(150.0)))]
    toward = found.edge_m[np.argmin(np.abs(found.azimuth_rad - np.radians(330.0)))]
    assert away > toward > 0.0
    assert found.detached == 0


@pytest.mark.oracle("area of a spherical cap from equal edges by hand")
def test_the_area_is_that_of_the_cap():
    from dataclasses import replace

    even = replace(footprint(), edge_m=np.full(12, 200e3))

    assert even.area_m2 == pytest.approx(np.pi * 200e3**2, rel=1e-3)


def test_a_missile_that_does_not_reach_the_site_is_told():
    area = CATALOG.place("nk_interior")
    with pytest.raises(DomainError, match="name another area"):
        defended_footprint(
            "thaad", SITE, "mrbm", (area.lat_rad, area.lon_rad), CATALOG, Readings(),
            launch_area="nk_interior",
        )  # fmt: skip
