from dataclasses import replace

import numpy as np
import pytest
from scipy.stats import poisson
from umbo.engagement.detection import (
    GRAZING_ALTITUDE_M,
    STEREO,
    _share_in_view,
    find_custody,
    first_track,
    p_at_least,
)

from umbo.elements.architecture import Architecture
from umbo.elements.readings import Readings

RADIUS = 6_371e3


def custody_of(few, name):
    return find_custody(few.architectures[name], few.flights, few.catalog, Readings())


def without(architecture, *uses):
    kept = tuple(e for e in architecture.elements if e.use not in uses)
    return Architecture(architecture.name, "", architecture.as_of, kept)


@pytest.mark.oracle("scipy.stats.poisson")
@pytest.mark.parametrize("mean", [0.0, 0.3, 2.0, 12.5])
@pytest.mark.parametrize("wanted", [1, 2, 4])
def test_chance_that_enough_satellites_are_in_view(mean, wanted):
    assert p_at_least(wanted, mean) == pytest.approx(poisson.sf(wanted - 1, mean), abs=1e-12)


@pytest.mark.oracle("lines of sight to satellites drawn evenly over the sphere")
@pytest.mark.parametrize("satellite_km", [400.0, 1_000.0, 20_000.0])
@pytest.mark.parametrize("target_km", [60.0, 220.0])
def test_share_of_a_shell_that_sees_a_burnout(satellite_km, target_km):
    drawn = np.random.default_rng(5).normal(size=(200_000, 3))
    satellites = (RADIUS + 1e3 * satellite_km) * drawn / np.linalg.norm(drawn, axis=1)[:, None]
    target = np.array([0.0, 0.0, RADIUS + 1e3 * target_km])
    line = satellites - target
    along = np.clip(-(line @ target) / np.sum(line**2, axis=1), 0.0, 1.0)
    lowest = np.linalg.norm(target + along[:, None] * line, axis=1)

    share = np.mean(lowest > RADIUS + GRAZING_ALTITUDE_M)

    assert _share_in_view(1e3 * satellite_km, 1e3 * target_km) == pytest.approx(share, abs=0.004)


@pytest.mark.oracle("the fourth root of the radar equation, and a line of sight on a sphere")
@pytest.mark.parametrize(
    ("use", "site", "rcs_m2"),
    [("cobra_dane", "shemya", 0.02), ("lrdr", "clear", 0.02), ("uewr", "beale", 0.3)],
)
def test_a_radar_first_sees_a_warhead_at_its_range_or_at_its_horizon(few, use, site, rcs_m2):
    radar, place, f = few.catalog.item(use), few.catalog.place(site), few.flights
    value = {name: v.mode for name, v in radar.values.items()}
    reach = value["reference_range"] * (rcs_m2 / value["reference_rcs"]) ** 0.25

    first_s = first_track(radar, [place], f, few.catalog, Readings())[:, 0] - value["track_delay"]

    up = np.array(
        [
            np.cos(place.lat_rad) * np.cos(place.lon_rad),
            np.cos(place.lat_rad) * np.sin(place.lon_rad),
            np.sin(place.lat_rad),
        ]
    )
    seen = np.flatnonzero(np.isfinite(first_s))
    assert len(seen) > 0
    for i in seen:
        target = f.position_of(i, first_s[i : i + 1])[0]
        line = target - up * np.linalg.norm(f.position_ecef_m[i, 0])
        distance = np.linalg.norm(line)
        elevation = np.arcsin(line @ up / distance)
        assert distance < 1.01 * reach
        assert elevation > value["min_elevation"] - np.radians(0.5)
        is_at_range = distance > 0.97 * reach
        is_at_horizon = elevation < value["min_elevation"] + np.radians(1.0)
        azimuth_off = _off_boresight(up, line, value[f"boresight_{site}"])
        is_at_edge = azimuth_off > value["azimuth_coverage"] / 2.0 - np.radians(2.0)
        assert is_at_range or is_at_horizon or is_at_edge


def _off_boresight(up, line, boresight):
    east = np.cross([0.0, 0.0, 1.0], up)
    east /= np.linalg.norm(east)
    azimuth = np.arctan2(line @ east, line @ np.cross(up, east))
    return abs((azimuth - boresight + np.pi) % (2.0 * np.pi) - np.pi)


def test_without_sensors_nothing_is_known(few):
    custody = custody_of(few, "bare")
    assert not custody.is_warned
    assert np.all(np.isinf(custody.radar_s))
    assert np.all(np.isinf(custody.layer_s))
    assert custody.p_layer == 0.0


def test_radars_track_after_burnout_and_before_impact(few):
    custody = custody_of(few, "seeing")
    assert custody.is_warned
    seen = np.isfinite(custody.radar_s)
    assert seen.mean() > 0.9
    assert np.all(custody.radar_s[seen] > few.flights.burnout_s[seen])
    assert np.all(custody.radar_s[seen] < few.flights.impact_s[seen] + 60.0)


def test_a_radar_is_as_good_as_the_architecture_says(few):
    near, far = custody_of(few, "seeing"), custody_of(few, "far_seeing")
    assert np.all(far.radar_s <= near.radar_s)
    assert np.any(far.radar_s < near.radar_s - 30.0)


def test_a_radar_that_sees_too_late_tells_nothing_to_midcourse(few):
    seeing = few.architectures["seeing"]
    late = find_custody(seeing, few.flights, few.catalog, Readings())

    gone = find_custody(without(seeing, "tpy2"), few.flights, few.catalog, Readings())
    blind = find_custody(
        without(seeing, "lrdr", "uewr", "cobra_dane"), few.flights, few.catalog, Readings()
    )

    assert late.p_decoy_called_warhead == gone.p_decoy_called_warhead
    assert late.p_warhead_called_warhead == gone.p_warhead_called_warhead
    assert blind.p_decoy_called_warhead == 1.0
    assert np.any(np.isfinite(blind.radar_s))


def test_tracking_satellites_see_a_burnout_in_stereo_or_not(few):
    seeing = few.architectures["seeing"]
    layer = few.catalog.item("t1_tracking")
    fielded = seeing.elements[-1]
    chances = []
    for count in (0, 2, 20, 200):
        element = replace(fielded, use="t1_tracking", item=layer, count=count, sites=(),
                          values=layer.values)  # fmt: skip
        more = Architecture("more", "", 2036, (*seeing.elements, element))
        chances.append(find_custody(more, few.flights, few.catalog, Readings()).p_layer)

    assert chances[0] == 0.0
    assert np.all(np.diff(chances) > 0.0)
    assert chances[-1] > 0.99
    assert STEREO == 2
