"""Holding flights in one pass, against its parts one by one."""

from dataclasses import replace

import numpy as np
import pytest

from umbo.errors import DomainError
from umbo.physics.constants import EARTH_EQUATORIAL_RADIUS_M, EARTH_ROTATION_RAD_PER_S
from umbo.physics.earth import ecef_to_geodetic, ecef_to_inertial
from umbo.physics.estimation import Looks, error_flow, position_error, track_covariances
from umbo.physics.holding import Eyes, Targets, all_seen, hold, look
from umbo.physics.orbits import earth_fixed_positions, walker_shell
from umbo.physics.visibility import is_line_of_sight_clear

TIME_S = np.concatenate([np.arange(0.0, 200.0, 10.0), np.arange(200.0, 1_000.0, 20.0)])
UNTIL_S = 900.0
GRAZING_M = 50e3
WAIT_S = 4.0
EYES = (
    Eyes(
        shell=walker_shell(1_000e3, np.radians(80.0), 6, 9, phasing=1, pattern="star"),
        band=0,
        range_m=2_000e3 / np.sqrt(500.0),
        cold_range_m=0.0,
        looks_per_s=0.5,
        angle_error_rad=2e-4,
    ),
    Eyes(
        shell=walker_shell(1_200e3, np.radians(60.0), 5, 8, phasing=2),
        band=1,
        range_m=2_000e3 / np.sqrt(200.0),
        cold_range_m=2_000e3 / np.sqrt(30.0),
        looks_per_s=1.0,
        angle_error_rad=5e-5,
    ),
)
SATELLITES = 94


def rise(lat_deg, lon_deg, speed_m_per_s):
    """Give Earth-fixed places of something that climbs and drifts east over a sphere."""
    lat = np.radians(lat_deg) + 4e-4 * TIME_S
    lon = np.radians(lon_deg) + 7e-4 * TIME_S
    size = EARTH_EQUATORIAL_RADIUS_M + speed_m_per_s * TIME_S
    return size[:, None] * np.stack(
        [np.cos(lat) * np.cos(lon), np.cos(lat) * np.sin(lon), np.sin(lat)], axis=1
    )


@pytest.fixture(scope="module")
def targets():
    place = np.stack([rise(0.0, 10.0, 400.0), rise(35.0, 125.0, 1_500.0)])
    altitude = ecef_to_geodetic(place)[2]
    bright = np.where(altitude > 7e3, 600e3, 0.0)
    cold = np.where(TIME_S > 200.0, 60.0, 0.0) * np.ones((2, 1))
    return Targets(
        time_s=TIME_S,
        position_m=ecef_to_inertial(place, TIME_S),
        altitude_m=altitude,
        until_s=np.full(2, UNTIL_S),
        noise_m2_per_s3=np.where(TIME_S < 180.0, 100.0, 1e-5) * np.ones((2, 1)),
        brightness_w_per_sr=np.stack(
            [
                np.where(TIME_S < 200.0, bright, 2.0),
                np.where(TIME_S < 200.0, bright, 0.0),
                cold,
                np.zeros_like(cold),
            ]
        ),
        known_per_m2=np.zeros((2, len(TIME_S), 6)),
        known_from_s=np.full(2, np.inf),
    )


def held(targets, flight, launch_s, alive=None, eyes=EYES):
    flight, launch_s = np.array(flight), np.array(launch_s)
    alive = np.ones((len(flight), sum(eye.shell.count for eye in eyes)), bool) if alive is None \
        else alive  # fmt: skip
    seen, first = [], 0
    for eye in eyes:
        works = alive[:, first : first + eye.shell.count]
        seen.append(look(targets, eye, flight, launch_s, works, grazing_altitude_m=GRAZING_M))
        first += eye.shell.count
    return hold(
        targets,
        all_seen(seen, len(flight), len(targets.time_s)),
        flight,
        wait_s=WAIT_S,
        start_position_error_m=1_000.0,
        start_velocity_error_m_per_s=2_000.0,
    )


def one_by_one(targets, flight, launch_s, all_eyes=EYES):
    """Give views (S, K) and covariance of one pair, by the definitions."""
    place = targets.position_m[flight]
    ecef = ecef_to_inertial(place, -TIME_S)
    views, where, weight = [], [], []
    for eye in all_eyes:
        at = earth_fixed_positions(eye.shell, launch_s + TIME_S).swapaxes(0, 1)
        line = ecef - at
        away = np.linalg.norm(line, axis=-1)
        clear = is_line_of_sight_clear(at, ecef, GRAZING_M)
        # The Earth is behind the target where the line beyond it comes below the limb.
        beyond = ecef + 4.0 * line
        is_space = clear & is_line_of_sight_clear(ecef + 1e-9 * line, beyond, GRAZING_M)
        own = eye.range_m * np.sqrt(targets.brightness_w_per_sr[eye.band, flight])
        cold = eye.cold_range_m * np.sqrt(targets.brightness_w_per_sr[2, flight])
        reach = np.where(is_space, np.maximum(own, cold), own)
        down = np.einsum("sti,sti->st", line, -at) / away / np.linalg.norm(at, axis=-1)
        inside = np.arccos(np.clip(down, -1.0, 1.0)) <= eye.max_off_nadir_rad
        views.append(clear & inside & (away <= reach) & (TIME_S < UNTIL_S))
        where.append(ecef_to_inertial(at, TIME_S))
        weight.append(np.full(eye.shell.count, eye.looks_per_s))
    return np.concatenate(views), np.concatenate(where), np.concatenate(weight)


@pytest.mark.oracle("lines of sight one by one, and the filter on matrices of views")
@pytest.mark.parametrize(("flight", "launch_s"), [(0, 0.0), (1, 7_200.0), (1, 40_000.0)])
def test_one_pass_is_what_its_parts_give(targets, flight, launch_s):
    views, where, weight = one_by_one(targets, flight, launch_s)
    noise = targets.noise_m2_per_s3[flight][None]
    flow = error_flow(TIME_S, targets.position_m[flight][None], noise)
    angle = np.repeat([eye.angle_error_rad for eye in EYES], [54, 40])
    error = np.full(len(TIME_S), np.nan)
    step = np.diff(TIME_S, prepend=TIME_S[0])
    # The twin takes one spacing: its looks are those of the longer one, then of the shorter.
    for spacing in (10.0, 20.0):
        covariance = track_covariances(
            flow,
            Looks(where, views[:, None], weight * spacing, angle, np.full(SATELLITES, np.inf)),
            start_position_error_m=1_000.0,
            start_velocity_error_m_per_s=2_000.0,
            parts=8,
        )
        error = np.where(step == spacing, position_error(covariance)[0], error)

    found = held(targets, [flight], [launch_s])

    first = TIME_S[np.argmax(views.any(axis=0))]
    assert abs(found.seen_s[0] - first) <= 10.0
    pairs = views.sum(axis=0) >= 2
    assert found.start_s[0] == pytest.approx(TIME_S[np.argmax(pairs)] + WAIT_S, abs=10.0)
    later = np.isfinite(found.error_m[0]) & (TIME_S > 60.0) & (TIME_S < 190.0)
    assert later.any()
    # Parts of a step as the filter forgets, and views at the edge of the Earth.
    assert found.error_m[0, later] == pytest.approx(error[later], rel=0.1)


RADAR = Eyes(
    shell=walker_shell(900e3, np.radians(55.0), 8, 12, phasing=1),
    band=3,
    range_m=2_500e3,
    cold_range_m=0.0,
    looks_per_s=0.1,
    angle_error_rad=3e-4,
    range_error_m=50.0,
    min_radial_speed_m_per_s=300.0,
)


@pytest.mark.oracle("range and radial speed over the ground one by one, and the filter on matrices")
@pytest.mark.parametrize(("flight", "launch_s"), [(0, 0.0), (1, 7_200.0), (1, 40_000.0)])
def test_a_radar_in_orbit_sees_what_closes_and_ranges(targets, flight, launch_s):
    echo = np.zeros((4, 2, len(TIME_S)))
    echo[3] = 1.0
    seen_by_radar = replace(targets, brightness_w_per_sr=echo)
    place = ecef_to_inertial(targets.position_m[flight], -TIME_S)
    at = earth_fixed_positions(RADAR.shell, launch_s + TIME_S).swapaxes(0, 1)
    line = place - at
    away = np.linalg.norm(line, axis=-1)
    speed = np.gradient(place, TIME_S, axis=0)
    closing = np.abs(np.einsum("sti,ti->st", line, speed)) / away
    views = is_line_of_sight_clear(at, place, GRAZING_M) & (away <= 2_500e3) & (TIME_S < UNTIL_S)
    views &= (closing >= 300.0) & (TIME_S > 0.0)
    satellites, step = RADAR.shell.count, np.diff(TIME_S, prepend=TIME_S[0])
    flow = error_flow(TIME_S, targets.position_m[flight][None],
                      targets.noise_m2_per_s3[flight][None])  # fmt: skip
    error = np.full(len(TIME_S), np.nan)
    for spacing in (10.0, 20.0):
        covariance = track_covariances(
            flow,
            Looks(
                ecef_to_inertial(at, TIME_S),
                views[:, None],
                np.full(satellites, RADAR.looks_per_s * spacing),
                np.full(satellites, RADAR.angle_error_rad),
                np.full(satellites, RADAR.range_error_m),
            ),
            start_position_error_m=1_000.0,
            start_velocity_error_m_per_s=2_000.0,
            parts=8,
        )
        error = np.where(step == spacing, position_error(covariance)[0], error)

    found = held(seen_by_radar, [flight], [launch_s], eyes=(RADAR,))
    blind = held(seen_by_radar, [flight], [launch_s],
                 eyes=(replace(RADAR, min_radial_speed_m_per_s=1e5),))  # fmt: skip

    any_view = views.any(axis=0)
    assert any_view.any()
    assert found.seen_s[0] == pytest.approx(TIME_S[np.argmax(any_view)], abs=20.0)
    assert np.isfinite(found.start_s[0])  # one satellite alone
    # Looks lumped over 20 s weigh most in the first minute after burnout: up to a quarter there.
    burns, coasts = (TIME_S > 60.0) & (TIME_S < 190.0), (TIME_S > 240.0) & (TIME_S < UNTIL_S)
    later = np.isfinite(found.error_m[0]) & (burns | coasts)
    assert later.sum() > 30
    assert found.error_m[0, later] == pytest.approx(error[later], rel=0.15)
    assert np.isinf(blind.seen_s[0])


@pytest.mark.oracle("the angle between the line and straight down, satellite by satellite")
@pytest.mark.parametrize("field_deg", [25.0, 45.0, 62.0, 75.0])
def test_a_field_of_regard_ends_where_its_angle_does(targets, field_deg):
    for eye in EYES:
        narrow = (replace(eye, max_off_nadir_rad=np.radians(field_deg), cold_range_m=0.0,
                          range_m=1e9),)  # fmt: skip
        for flight, launch_s in ((0, 0.0), (1, 7_200.0), (1, 40_000.0)):
            views = one_by_one(targets, flight, launch_s, narrow)[0]
            found = held(targets, [flight], [launch_s], eyes=narrow)
            seen = views.any(axis=0)
            first = TIME_S[np.argmax(seen)] if seen.any() else np.inf
            assert found.seen_s[0] == first or abs(found.seen_s[0] - first) <= 10.0


def test_nothing_is_held_in_the_dark_or_after_the_end(targets):
    found = held(targets, [0, 1], [0.0, 0.0], alive=np.zeros((2, SATELLITES), dtype=bool))

    assert np.all(np.isinf(found.seen_s))
    assert np.all(np.isinf(found.start_s))
    assert np.all(np.isinf(found.error_m))
    assert np.all(np.isinf(held(targets, [1], [0.0]).error_m[:, TIME_S >= UNTIL_S]))


def test_a_satellite_more_never_makes_a_track_worse(targets):
    many = np.ones((4, SATELLITES), dtype=bool)
    few = many.copy()
    few[:, ::3] = False
    flight, launch_s = [0, 1, 0, 1], [0.0, 0.0, 30_000.0, 60_000.0]

    better, worse = (held(targets, flight, launch_s, alive=alive) for alive in (many, few))

    assert np.all(better.seen_s <= worse.seen_s)
    assert np.all(better.start_s <= worse.start_s)
    both = np.isfinite(worse.error_m)
    # Steps may be split otherwise, where the filter forgets faster.
    assert np.all(better.error_m[both] <= 1.05 * worse.error_m[both])


def test_other_sensors_alone_hold_a_flight_and_help_satellites(targets):
    known = np.zeros((2, len(TIME_S), 6))
    known[:, TIME_S > 300.0, 0] = known[:, TIME_S > 300.0, 3] = known[:, TIME_S > 300.0, 5] = 1e-4
    helped = Targets(**{**vars(targets), "known_per_m2": known, "known_from_s": np.full(2, 320.0)})

    alone = held(helped, [0], [0.0], alive=np.zeros((1, SATELLITES), dtype=bool))
    together, without = held(helped, [1], [0.0]), held(targets, [1], [0.0])

    assert alone.start_s[0] == 320.0
    assert np.all(np.isfinite(alone.error_m[0, (TIME_S >= 320.0) & (TIME_S < UNTIL_S)]))
    later = (TIME_S > 300.0) & (TIME_S < UNTIL_S)
    assert np.all(together.error_m[0, later] < without.error_m[0, later])


def test_pairs_do_not_know_of_each_other(targets):
    flight, launch_s = np.tile([0, 1, 1], 7), np.linspace(0.0, 86_000.0, 21)

    together = held(targets, flight, launch_s)
    alone = held(targets, flight[5:6], launch_s[5:6])

    assert together.start_s[5] == alone.start_s[0]
    assert together.error_m[5] == pytest.approx(alone.error_m[0], rel=0.1)


def test_the_earth_turns_under_the_orbits(targets):
    day_s = 2.0 * np.pi / EARTH_ROTATION_RAD_PER_S

    now, later = held(targets, [1], [0.0]), held(targets, [1], [day_s / 2.0])

    assert not np.array_equal(now.error_m, later.error_m)


def test_what_does_not_fit_is_refused(targets):
    with pytest.raises(DomainError, match="54 columns"):
        held(targets, [0], [0.0], alive=np.ones((1, 3), dtype=bool))
    slow = Targets(**{**vars(targets), "time_s": TIME_S * 10.0})
    with pytest.raises(DomainError, match="at most 60 s"):
        held(slow, [0], [0.0])
