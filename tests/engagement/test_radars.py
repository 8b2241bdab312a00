"""What radars see of flights, and from when they track."""

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest

from umbo.elements.architecture import Architecture
from umbo.elements.readings import Readings
from umbo.engagement.holding import most_at_once
from umbo.engagement.radars import first_track, radar_looks, start_delay
from umbo.engagement.reaching import track


def tracked(few, architecture, seed=7):
    return track(architecture, few.raid, few.flights, few.catalog, Readings(), seed=seed)


def without(architecture, *uses):
    kept = tuple(e for e in architecture.elements if e.use not in uses)
    return Architecture(architecture.name, "", architecture.as_of, kept)


@pytest.mark.oracle("the fourth root of the radar equation, and a line of sight on a sphere")
@pytest.mark.parametrize(
    ("use", "site", "rcs_m2"),
    [("cobra_dane", "shemya", 0.02), ("lrdr", "clear", 0.02), ("uewr", "beale", 0.3)],
)
def test_a_radar_first_sees_a_warhead_at_its_range_or_at_its_horizon(few, use, site, rcs_m2):
    radar, place, f = few.catalog.item(use), few.catalog.place(site), few.flights
    value = {name: v.mode for name, v in radar.values.items()}
    reach = value["reference_range"] * (rcs_m2 / value["reference_rcs"]) ** 0.25

    first_s = first_track(radar, [place], f, few.catalog, Readings())[:, 0]
    first_s = first_s - start_delay(radar, few.catalog, Readings())

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
    found = tracked(few, few.architectures["bare"])

    assert not found.is_warned.any()
    assert np.isinf(found.all.start_s).all()
    assert np.isinf(found.all.error_m).all()


def test_radars_track_after_burnout_and_before_impact(few):
    told, from_s = radar_looks(few.architectures["seeing"], few.flights, few.catalog, Readings())

    seen = np.isfinite(from_s)
    assert seen.mean() > 0.9
    assert np.all(from_s[seen] > few.flights.burnout_s[seen])
    assert np.all(from_s[seen] < few.flights.impact_s[seen])
    assert np.all(told[..., [0, 3, 5]] >= 0.0)
    early = few.flights.time_s < from_s.min() - start_delay(
        few.catalog.item("uewr"), few.catalog, Readings()
    )
    assert not told[:, early].any()


def test_a_radar_is_as_good_as_the_architecture_says(few):
    near, far = (
        radar_looks(few.architectures[name], few.flights, few.catalog, Readings())[1]
        for name in ("seeing", "far_seeing")
    )
    assert np.all(far <= near)
    assert np.any(far < near - 30.0)


def test_satellites_and_radars_know_no_less_than_radars_alone(few):
    found = tracked(few, few.architectures["seeing"])

    assert found.is_warned.all()
    assert np.all(found.all.start_s <= found.radars.start_s[found.row])
    alone_m = found.radars.error_m[found.row]
    both = np.isfinite(found.all.error_m) & np.isfinite(alone_m)
    assert both.any()
    # Steps are split as the best informed of a block needs, so that lumps differ by half a percent.
    assert np.all(found.all.error_m[both] <= alone_m[both] * 1.005)


def test_without_warning_satellites_only_radars_warn(few):
    found = tracked(few, without(few.architectures["seeing"], "sbirs"))

    assert np.array_equal(found.all.start_s, found.radars.start_s[found.row])


@pytest.mark.oracle("three missiles of five objects each in the air at once, counted by hand")
def test_objects_in_flight_at_once_are_those_between_launch_and_impact():
    raid = SimpleNamespace(
        missile=np.repeat(np.arange(4), [5, 5, 5, 1]),
        missile_types=("a",) * 4,
        start_s=np.array([0.0, 10.0, 20.0, 200.0]),
        shot=np.array([[0, 0, 1, 1]]),
    )
    flights = SimpleNamespace(impact_s=np.array([100.0, 50.0]))

    assert most_at_once(raid, flights) == 15


@pytest.mark.oracle("ten times the objects a radar follows: a tenth of the looks, by hand")
def test_objects_beyond_a_radar_s_capacity_share_its_looks(few):
    seeing = few.architectures["seeing"]
    alone = replace(seeing, elements=tuple(e for e in seeing.elements if e.use == "uewr"))
    most = few.catalog.value("uewr", "tracks_at_once").mode

    one, full, ten = (
        radar_looks(alone, few.flights, few.catalog, Readings(), objects=round(n * most))
        for n in (0.1, 1.0, 10.0)
    )

    assert np.array_equal(one[0], full[0])
    assert ten[0] == pytest.approx(one[0] / 10.0)
    assert np.all(ten[1] >= one[1])
    late = ten[1][np.isfinite(one[1])] - one[1][np.isfinite(one[1])]
    assert np.all(late > 0.0)
