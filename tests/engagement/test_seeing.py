"""What infrared satellites see of flights: limits, directions, and areas known by hand."""

import math
from dataclasses import replace

import numpy as np
import pytest

from umbo.elements.architecture import ArchitectureSection, resolve_architectures
from umbo.elements.catalog import load_catalog
from umbo.elements.readings import Readings
from umbo.engagement.flights import fly_raid
from umbo.engagement.quality import each_view, find_quality, quality_flow
from umbo.engagement.raid import Launch, draw_raid
from umbo.engagement.seeing import (
    Sight,
    brightness_of,
    build_layer,
    cover,
    see,
    seeing_of,
    targets_below,
    within_reach,
)
from umbo.physics.constants import EARTH_MEAN_RADIUS_M
from umbo.physics.orbits import earth_fixed_positions
from umbo.physics.stereo import count_views

CATALOG, READ = load_catalog(), Readings()
PHASES = 6


def architecture(*elements):
    section = ArchitectureSection.model_validate({"elements": list(elements)})
    return resolve_architectures({"one": section}, CATALOG)["one"]


def layer(*elements, phases=PHASES):
    return build_layer(architecture(*elements), CATALOG, READ, seed=1, phases=phases)


TRACKING = layer({"use": "t2_tracking", "count": 54}, {"use": "hbtss", "count": 40})


@pytest.fixture(scope="module")
def flights():
    written = {"missile": "icbm_solid", "count": 3, "from": "nk_interior", "at": "conus_cities"}
    raid = draw_raid("few", [Launch.model_validate(written)], CATALOG, phases=1, seed=1)
    return fly_raid(raid, CATALOG, READ, sample_s=10.0)


@pytest.mark.oracle("area of a spherical cap")
@pytest.mark.parametrize("altitude_m", [100e3, 400e3])
def test_mean_coverage_of_the_globe_is_the_satellites_times_their_cap(altitude_m):
    found = layer({"use": "t1_tracking", "count": 28})
    lat = np.radians(np.arange(-87.5, 90.0, 5.0))
    lon = np.radians(np.arange(-175.0, 180.0, 10.0))

    covered = cover(
        found,
        np.repeat(lat, len(lon)),
        np.tile(lon, len(lat)),
        altitude_m,
        CATALOG,
        READ,
        epochs=48,
    )

    def angle(height_m):
        return math.acos((EARTH_MEAN_RADIUS_M + 50e3) / (EARTH_MEAN_RADIUS_M + height_m))

    cap = (1.0 - math.cos(angle(1_000e3) + angle(altitude_m))) / 2.0
    mean = np.average(covered.mean_in_view, weights=np.repeat(np.cos(lat), len(lon)))
    assert mean / found.alive.mean() == pytest.approx(28 * cap, rel=0.01)


@pytest.mark.oracle("inverse square by hand")
def test_range_falls_with_the_root_of_the_intensity(flights):
    only = layer({"use": "t1_tracking", "count": 28})
    bright = brightness_of(flights, CATALOG, READ)

    ranges_m = seeing_of(only, bright, CATALOG, READ)[0].max_range_m

    at = int(np.searchsorted(flights.time_s, 50.0))  # the first of three stages burns
    assert ranges_m[0, at] == pytest.approx(2_000e3 * math.sqrt(600_000.0 / 500.0), rel=1e-12)


def test_nothing_shines_below_the_clouds_and_a_stage_dims_the_plume(flights):
    bright = brightness_of(flights, CATALOG, READ)

    assert np.all(bright.tracking[flights.altitude_m < 7e3] == 0.0)
    burning = (flights.time_s > 60.0) & (flights.time_s < flights.burnout_s[:, None])
    assert np.all(bright.tracking[burning] == 0.2 * 600_000.0)
    assert np.all(bright.warning[flights.time_s > flights.burnout_s[:, None]] == 0.0)


def test_without_satellites_there_is_no_custody(flights):
    sight = see(layer({"use": "gbi", "at": "greely"}), flights, CATALOG, READ)

    gap_s, share = sight.gap_and_share
    assert np.all(share == 0.0)
    assert np.allclose(gap_s, flights.impact_s)
    assert np.all(np.isinf(sight.first_seen_s))


def test_a_track_always_in_stereo_has_no_gap(flights):
    always = np.ones((2, len(flights.shots), len(flights.time_s)), dtype=bool)
    sight = Sight(flights.time_s, flights.burnout_s, flights.impact_s, always, always)

    gap_s, share = sight.gap_and_share
    assert np.all(gap_s == 0.0)
    assert np.all(share == 1.0)
    assert np.all(sight.share_in_boost == 1.0)
    assert np.all(sight.first_stereo_s == 0.0)


def test_satellites_that_see_everything_lose_nothing_above_the_clouds(flights):
    keen = tuple(
        replace(one, min_intensity_w_per_sr=1e-6, cold_min_intensity_w_per_sr=None)
        for one in TRACKING.sensors
    )
    perfect = replace(TRACKING, sensors=keen, alive=np.ones_like(TRACKING.alive))

    stereo = see(perfect, flights, CATALOG, READ).is_stereo

    assert stereo[:, flights.altitude_m > 7e3].mean() > 0.999


def test_more_satellites_never_lower_custody(flights):
    fewer = TRACKING.alive.copy()
    fewer[:, ::3] = False

    many = see(TRACKING, flights, CATALOG, READ)
    few = see(replace(TRACKING, alive=fewer), flights, CATALOG, READ)

    assert np.all(many.is_stereo >= few.is_stereo)
    assert np.all(many.gap_and_share[1] >= few.gap_and_share[1])
    assert np.all(many.first_stereo_s <= few.first_stereo_s)
    assert many.gap_and_share[1].mean() > few.gap_and_share[1].mean()


def test_a_cold_band_holds_warheads_that_others_lose(flights):
    blind = tuple(replace(one, cold_min_intensity_w_per_sr=None) for one in TRACKING.sensors)

    with_band = see(TRACKING, flights, CATALOG, READ).share_after.mean()
    without = see(replace(TRACKING, sensors=blind), flights, CATALOG, READ).share_after.mean()

    assert with_band > without + 0.2


def test_warning_satellites_see_a_launch_and_hold_no_stereo(flights):
    sight = see(layer({"use": "sbirs", "count": 6}), flights, CATALOG, READ)

    assert np.all(sight.first_seen_s < 60.0)
    assert not sight.is_stereo.any()


def test_targets_stay_below_the_satellites_and_keep_their_place_otherwise(flights):
    target = targets_below(TRACKING, flights)
    low = flights.altitude_m < 900e3

    assert np.linalg.norm(target, axis=-1).max() < 6_378_137.0 + TRACKING.lowest_m
    assert np.array_equal(target[low], flights.position_ecef_m[low])


def test_every_satellite_stands_once_whatever_its_band():
    assert sum(shell.count for shell in TRACKING.shells) == 94
    assert TRACKING.alive.shape == (PHASES, 94)
    cold = [
        shell.count
        for shell, sensor in zip(TRACKING.shells, TRACKING.sensors, strict=True)
        if sensor.cold_min_intensity_w_per_sr is not None
    ]
    assert sum(cold) == 9 + 40  # one plane of six, and all of the prototypes


def test_views_of_each_satellite_add_up_to_those_counted(flights):
    seeings = seeing_of(TRACKING, brightness_of(flights, CATALOG, READ), CATALOG, READ)
    target = targets_below(TRACKING, flights)
    first = 0
    for shell, seeing in zip(TRACKING.shells, seeings, strict=True):
        alive = TRACKING.alive[:1, first : first + shell.count]
        first += shell.count
        counted = count_views(
            [shell],
            epoch_s=TRACKING.epoch_s[:1],
            time_s=flights.time_s,
            target_ecef_m=target,
            seeing=seeing,
            alive=alive,
        ).in_view[0]
        place = earth_fixed_positions(shell, TRACKING.epoch_s[0] + flights.time_s).swapaxes(0, 1)

        each = each_view(place, target, seeing, alive[0]).sum(axis=0)

        # The edge of the Earth behind a target is a circle there, an ellipsoid here.
        assert np.mean(each != counted) < 0.01
        assert np.max(np.abs(each - counted)) <= 1


def test_what_is_seen_shines_far_enough(flights):
    seeings = seeing_of(TRACKING, brightness_of(flights, CATALOG, READ), CATALOG, READ)
    target = targets_below(TRACKING, flights)
    seen = count_views(
        TRACKING.shells,
        epoch_s=TRACKING.epoch_s,
        time_s=flights.time_s,
        target_ecef_m=target,
        seeing=seeings,
    ).in_view.any(axis=0)

    bright = within_reach(TRACKING, seeings, target)

    assert np.all(bright[seen])
    assert not bright[flights.altitude_m < 7e3].any()


def test_more_satellites_never_delay_a_solution(flights):
    flow = quality_flow(flights, CATALOG, READ)
    some = replace(TRACKING, alive=TRACKING.alive[:2], epoch_s=TRACKING.epoch_s[:2])
    fewer = some.alive.copy()
    fewer[:, 60:] = False  # most of the prototypes

    many = find_quality(some, flights, flow, CATALOG, READ)
    few = find_quality(replace(some, alive=fewer), flights, flow, CATALOG, READ)

    assert np.all(many.track_s <= few.track_s)
    assert np.all(many.solution_s <= few.solution_s + 10.0)  # one sample
    assert np.all(many.error_m[np.isfinite(many.solution_s)] <= 100.0)
    assert many.share.mean() > few.share.mean()


def test_without_satellites_there_is_no_solution(flights):
    flow = quality_flow(flights, CATALOG, READ)

    found = find_quality(layer({"use": "gbi", "at": "greely"}), flights, flow, CATALOG, READ)

    assert np.all(np.isinf(found.solution_s))
    assert np.all(found.share == 0.0)
