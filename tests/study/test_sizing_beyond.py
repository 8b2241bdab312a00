"""Interceptors in orbit after boost: what the table says, against trying every one at every time."""

from dataclasses import replace

import numpy as np
import pytest

from umbo.appraisal.sizing_question import Question
from umbo.elements.catalog import load_catalog
from umbo.elements.readings import Readings
from umbo.engagement.in_reach import epochs
from umbo.engagement.raid import Launch
from umbo.physics.earth import ecef_to_inertial
from umbo.physics.meeting import delta_v_to_meet
from umbo.physics.orbits import inertial_positions, walker_shell
from umbo.study.sizing_beyond import (
    FAR_PHASES,
    FROM,
    GLIDER,
    NEAR_PHASES,
    NEAR_S,
    SAMPLE_S,
    beyond,
    fly_outs,
)
from umbo.study.sizing_posed import fly_few, pose

SHELL = walker_shell(400e3, np.radians(60), 20, 25, phasing=7)


@pytest.fixture(scope="module")
def posed():
    return pose(Question(), load_catalog())


def tried(flights, interceptor, times, phases=FAR_PHASES):
    """Ask every satellite at every time what speed it must gain, prefiltered by nothing."""
    met = []
    path = flights.position_at(np.tile(times, (len(flights.shots), 1)))[0]
    for epoch in epochs(phases):
        leave = epoch + interceptor.commit_s
        before, at, after = inertial_positions(SHELL, np.array([leave - 1.0, leave, leave + 1.0]))
        is_met = np.zeros(SHELL.count, dtype=bool)
        for time, place in zip(times, path, strict=True):
            target = ecef_to_inertial(place[None], np.array([epoch + time]))
            gained = delta_v_to_meet(
                at,
                (after - before) / 2.0,
                np.repeat(target, SHELL.count, axis=0),
                np.full(SHELL.count, time - interceptor.commit_s),
                interceptor.acceleration_m_per_s2,
            )
            is_met |= gained <= interceptor.delta_v_m_per_s
        met.append(is_met.sum())
    return np.array(met)


@pytest.mark.oracle("every satellite asked every five seconds of the glide")
@pytest.mark.parametrize("which", [-2, -1])
def test_who_meets_a_glider_is_who_can_at_some_moment(posed, which):
    launch = Launch.model_validate(
        {"missile": GLIDER, "count": 1, "from": FROM, "at": posed.question.at}
    )
    flights = fly_few(launch, posed.catalog, 1, SAMPLE_S)

    row = beyond(posed, [SHELL])[which]

    assert row["phase"].startswith("glide")
    top_m = posed.catalog.value(GLIDER, "glide_altitude").high
    falls = flights.time_s > flights.time_s[np.argmax(flights.altitude_m[0])]
    entry_s = flights.time_s[np.flatnonzero(falls & (flights.altitude_m[0] <= top_m))[0]]
    interceptor = replace(posed.interceptor(Readings()), commit_s=row["ordered_s"])
    times = np.append(np.arange(entry_s, row["deadline_s"], 5.0), row["deadline_s"])
    times = times[times > interceptor.commit_s]
    one_by_one = tried(flights, interceptor, times)
    # Between the six times of the table one in a hundred could be met, or just one.
    assert row["exact_mean"] <= one_by_one.mean() + 1e-9
    assert row["exact_mean"] == pytest.approx(one_by_one.mean(), abs=0.5)


@pytest.mark.oracle("every satellite asked every five seconds after the release")
def test_who_meets_a_missile_in_midcourse_is_who_can_at_some_moment(posed):
    rows = [row for row in beyond(posed, [SHELL]) if row["phase"].startswith("midcourse")]
    own = next(r for r in rows if r["ordered_s"] < 100.0 and r["altitude_m"] == 400e3)
    interceptor = posed.interceptor(Readings())
    until = own["deadline_s"]

    one_by_one = tried(
        posed.flights[0], interceptor, np.append(np.arange(until - 300.0, until, 5.0), until)
    )

    assert own["exact_mean"] <= one_by_one.mean() + 1e-9
    assert own["exact_mean"] == pytest.approx(one_by_one.mean(), abs=0.5)


@pytest.mark.oracle("every satellite asked at the one moment")
def test_two_fly_outs_at_one_moment(posed):
    interceptor = posed.interceptor(Readings())

    for row in fly_outs(posed, [SHELL])[::3]:
        phases = NEAR_PHASES if row["fly_s"] <= NEAR_S else FAR_PHASES
        one_by_one = tried(posed.flights[0], interceptor, np.array([row["time_s"]]), phases)
        assert row["exact_mean"] == pytest.approx(one_by_one.mean(), abs=1e-9)
