"""Compile the kernels ahead, once after installation, in two processes at once."""

import subprocess
import sys
from typing import Final

import numpy as np

from umbo.compiled import collect_rarely, mark_warm
from umbo.elements.catalog import load_catalog
from umbo.elements.readings import Readings
from umbo.engagement.expected import expected
from umbo.engagement.flights import fly_raid
from umbo.engagement.holding import Tracked
from umbo.engagement.orders import ways_to
from umbo.engagement.raid import draw_raid
from umbo.engagement.replanning import replay
from umbo.engagement.simulate import simulate
from umbo.engagement.survey import survey
from umbo.engagement.turns import Pace, Passes, take_turns
from umbo.engagement.windows import Windows
from umbo.physics.holding import Eyes, Seen, Targets, all_seen, hold, look
from umbo.physics.orbits import walker_shell
from umbo.physics.ranging import Radars, range_targets
from umbo.study.load import load, resolve
from umbo.study.sizing_run import sizing_tables

_PROGRAM: Final = "from umbo.study import warmup; warmup."


def warm_up(*, brief: bool = False) -> None:
    """Compile every kernel of a run into the cache, in two processes that end with it.

    Numba compiles one kernel at a time in a process, which holds 300 MB after it. If one fails,
    what it was to compile is compiled when it is first needed. Left out: kernels that only sensors
    alone need (access, views, ways, tracks), which are compiled at their first use.

    Args:
        brief: Whether to leave out too what only the sizing of constellations needs.
    """
    halves = [
        subprocess.Popen(
            [sys.executable, "-c", _PROGRAM + part],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        for part in ("compile_flights()", f"compile_battle(brief={brief})")
    ]
    try:
        failed = [half.wait() for half in halves]
        if not any(failed):
            mark_warm(brief=brief)
    finally:
        for half in halves:
            half.kill()


def compile_flights() -> None:
    """Compile flights, survey and tracks: what comes before a battle."""
    collect_rarely()
    _compile_survey()
    _compile_tracks()


def compile_battle(*, brief: bool) -> None:
    """Compile the battle, turns of lasers, and what sizes constellations: by then it can fly.

    Before them what looks: the other half comes to it later, and finds it compiled.
    """
    collect_rarely()
    _compile_looks()
    _compile_fights()
    _compile_turns()
    if not brief:
        sizing_tables(load("reference"), load_catalog())


def _compile_survey() -> None:
    """Compile flights and survey: one missile at the largest shield, and a glider."""
    study, catalog, read = load("reference"), load_catalog(), Readings()
    architecture = list(resolve(study, catalog).values())[-1]
    glider = study.raids["glide"][0].model_copy(update={"count": 1})
    fly_raid(draw_raid("glide", [glider], catalog, phases=1, seed=study.seed), catalog, read)
    # A raid without decoys has nothing to tell apart, so that the survey asks no expected value.
    raid = draw_raid("one", study.raids["regional_single"], catalog, phases=64, seed=study.seed)
    flights = fly_raid(raid, catalog, read)
    survey(architecture, raid, flights, catalog, read, seed=study.seed, perfect=True)
    ways_to("gbi", architecture, catalog, read, seed=study.seed)


def _compile_fights() -> None:
    """Compile expected value and simulation: a missile, a battery that runs short."""
    windows = Windows(
        architecture="one",
        raid="one",
        missile=np.zeros(2, np.int32),
        is_warhead=np.array([True, False]),
        reliability=np.ones(1),
        asset=np.zeros((1, 1), np.int32),
        assets=("place",),
        missile_class=np.zeros(1, np.int32),
        classes=("missile",),
        order=np.array([[0, 1]], np.int32),
        boost_weapons=("first",),
        boost_shots=np.ones((1, 1, 1), np.int32),
        boost_wanted=np.ones(1, np.int32),
        boost_reason=np.full((1, 1, 1), -1, np.int8),
        boost_p_kill=np.array([0.5]),
        boost_common_q=np.array([0.1]),
        boost_common_f=np.array([0.5]),
        boost_p_hand_over=np.ones((1, 1, 1)),
        weapons=("second", "third"),
        tier=np.array([0, 1], np.int8),
        p_kill=np.array([0.5, 0.5]),
        common_q=np.array([0.1, 0.1]),
        common_f=np.array([0.5, 0.5]),
        p_hand_over=np.ones((2, 1, 1)),
        salvo=np.array([2, 2], np.int32),
        batteries=("second/here", "third/here"),
        stock=np.array([2, 2], np.int32),
        battery=np.tile(np.array([[0], [1]], np.int16), (1, 1, 2)),
        looks=np.ones((1, 2, 2), np.int8),
        no_battery_reason=np.full((1, 2, 2), -1, np.int8),
        p_track=np.array([0.9, 0.9]),
        p_warhead_called_warhead=0.9,
        p_decoy_called_warhead=0.5,
    )
    expected(windows)
    expected(windows, strata=7)
    simulate(windows, 64, seed=0)
    replay(windows, seed=0, replication=0)


def _compile_turns() -> None:
    """Compile the turns of lasers: one laser and one missile."""
    one, none = np.ones((1, 1)), np.zeros((1, 1))
    passes = Passes(none, one, one, none, one, np.ones(1))
    take_turns(
        passes,
        Pace(1.0, 1.0, 1.0, 1.0, 0.0, 1, 1, 1),
        order=np.zeros((1, 1), np.int64), missile=np.zeros(1, np.int64),
        is_target=np.ones(1, np.bool_), shot=np.zeros((1, 1), np.int64), start_s=np.zeros(1),
        ready_s=none, station=np.zeros(1, np.int64), works=one > 0.0,
    )  # fmt: skip


def _compile_looks() -> tuple[Targets, Seen]:
    """Compile what looks: two satellites and a radar at one place; give what they see."""
    time_s, place_m = np.array([0.0, 10.0]), np.tile([7e6, 0.0, 0.0], (1, 2, 1))
    one, zero = np.ones((1, 2)), np.zeros(1)
    radars = Radars(
        lat_rad=zero, lon_rad=zero, altitude_m=0.0, min_elevation_rad=0.0, boresight_rad=zero,
        width_rad=zero + 6.0, min_range_m=0.0, is_sky_wave=False, looks_per_s=1.0,
        angle_error_rad=1e-3, range_error_m=10.0,
    )  # fmt: skip
    known, from_s = range_targets(radars, time_s, place_m, 1e5 * one, zero + 1e6, zero + 1e3)
    eyes = Eyes(
        shell=walker_shell(1e6, 1.0, 1, 2), band=0, range_m=1e6, cold_range_m=0.0,
        looks_per_s=1.0, angle_error_rad=1e-4,
    )  # fmt: skip
    targets = Targets(
        time_s=time_s, position_m=place_m, altitude_m=1e5 * one, until_s=zero + 1e3,
        noise_m2_per_s3=one, brightness_w_per_sr=np.ones((4, 1, 2)), known_per_m2=known,
        known_from_s=from_s,
    )  # fmt: skip
    works = np.ones((1, 2), np.bool_)
    return targets, look(targets, eyes, np.zeros(1, np.int64), zero, works, grazing_altitude_m=0.0)


def _compile_tracks() -> None:
    """Compile what holds a raid in track, from what looks at one place."""
    targets, seen = _compile_looks()
    first, one = np.zeros(1, np.int64), np.ones((1, 2))
    held = hold(
        targets, all_seen([seen], 1, 2), first, wait_s=1.0, start_position_error_m=1e3,
        start_velocity_error_m_per_s=1e2,
    )  # fmt: skip
    tracked = Tracked(
        pair=first[None], flight=first, row=first, time_s=targets.time_s, burnout_s=np.zeros(1),
        altitude_m=one, speed_m_per_s=one, all=held, radars=held, orbit_start_s=np.zeros(1),
    )  # fmt: skip
    tracked.hand_over(one, one > 0.0, tracked.first_within(1e3), 1.0)
