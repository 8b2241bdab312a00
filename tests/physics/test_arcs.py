"""Closed-form arcs, against the published table and integrated motion."""

import numpy as np
import pytest
from scipy.integrate import solve_ivp

from umbo.errors import DomainError
from umbo.physics.arcs import land, minimum_energy_arc
from umbo.physics.constants import EARTH_MEAN_RADIUS_M, EARTH_MU_M3_PER_S2

# range km, speed km/s, angle deg, apogee km, time s
TABLE = [
    (300, 1.6965, 44.326, 74.1, 251.0),
    (1_000, 3.0161, 42.752, 239.9, 474.4),
    (3_000, 4.8650, 38.255, 655.2, 895.0),
    (5_500, 6.0752, 32.634, 1_040.5, 1_315.8),
    (8_000, 6.8046, 27.014, 1_263.7, 1_679.5),
    (10_000, 7.1981, 22.517, 1_319.5, 1_931.0),
    (12_000, 7.4796, 18.020, 1_264.5, 2_143.1),
]


def fly(speed, angle):
    """Integrate two-body motion from the surface to the surface."""

    def motion(_, state):
        x, y, vx, vy = state
        pull = -EARTH_MU_M3_PER_S2 / np.hypot(x, y) ** 3
        return [vx, vy, pull * x, pull * y]

    def height(_, state):
        return np.hypot(state[0], state[1]) - EARTH_MEAN_RADIUS_M

    def climb(_, state):
        return state[0] * state[2] + state[1] * state[3]

    height.terminal, height.direction, climb.direction = True, -1, -1
    start = [EARTH_MEAN_RADIUS_M, 0.0, speed * np.sin(angle), speed * np.cos(angle)]
    path = solve_ivp(motion, (0, 1e4), start, rtol=1e-11, atol=1e-4, events=[height, climb])
    (end,), (top,) = path.y_events
    range_m = EARTH_MEAN_RADIUS_M * np.arctan2(end[1], end[0])
    return range_m, height(0, top), path.t_events[0][0]


@pytest.mark.oracle("Wheelon 1959; Bate, Mueller & White ch. 6: table of minimum-energy arcs")
@pytest.mark.parametrize(("range_km", "speed", "angle_deg", "apogee_km", "time_s"), TABLE)
def test_arc_is_the_tabulated_one(range_km, speed, angle_deg, apogee_km, time_s):
    arc = minimum_energy_arc(range_km * 1e3)

    assert arc.burnout_speed_m_per_s == pytest.approx(speed * 1e3, rel=5e-4)
    assert np.degrees(arc.flight_path_angle_rad) == pytest.approx(angle_deg, rel=5e-4)
    assert arc.apogee_altitude_m == pytest.approx(apogee_km * 1e3, abs=100.0)  # 0.1 km
    assert arc.flight_time_s == pytest.approx(time_s, abs=0.1)  # s


@pytest.mark.oracle("two-body motion integrated by scipy RK45 at rtol 1e-11")
@pytest.mark.parametrize("range_km", [300, 1_000, 3_000, 10_000, 13_000])
def test_arc_lands_where_it_aims(range_km):
    arc = minimum_energy_arc(range_km * 1e3)

    range_m, apogee_m, time_s = fly(arc.burnout_speed_m_per_s, arc.flight_path_angle_rad)

    assert range_m == pytest.approx(range_km * 1e3, abs=1.0)  # 1 m
    assert apogee_m == pytest.approx(arc.apogee_altitude_m, abs=1.0)  # 1 m
    assert time_s == pytest.approx(arc.flight_time_s, abs=1e-3)  # 1 ms


@pytest.mark.oracle("two-body motion integrated by scipy RK45 at rtol 1e-11")
@pytest.mark.parametrize(
    ("speed", "angle_deg"), [(2_000.0, 60.0), (5_000.0, 30.0), (7_500.0, 10.0)]
)
def test_a_free_flight_lands_where_kepler_says(speed, angle_deg):
    range_m, _, _ = fly(speed, np.radians(angle_deg))

    rise, along = speed * np.sin(np.radians(angle_deg)), speed * np.cos(np.radians(angle_deg))
    hit, _ = land([[EARTH_MEAN_RADIUS_M, 0.0, 0.0]], [[rise, 0.0, along]], [EARTH_MEAN_RADIUS_M])

    assert EARTH_MEAN_RADIUS_M * np.arctan2(hit[0, 2], hit[0, 0]) == pytest.approx(range_m, abs=1.0)


def test_a_landing_is_timed_and_may_be_moved_along_the_way():
    arc = minimum_energy_arc(8_000e3)
    rise = arc.burnout_speed_m_per_s * np.sin(arc.flight_path_angle_rad)
    along = arc.burnout_speed_m_per_s * np.cos(arc.flight_path_angle_rad)
    start = ([[EARTH_MEAN_RADIUS_M, 0.0, 0.0]], [[rise, along, 0.0]], [EARTH_MEAN_RADIUS_M])

    _, time_s = land(*start)
    further, _ = land(*start, [10e3])

    assert time_s[0] == pytest.approx(arc.flight_time_s, abs=0.01)  # s
    assert np.arctan2(further[0, 1], further[0, 0]) == pytest.approx(
        8_010e3 / EARTH_MEAN_RADIUS_M, abs=1e-6
    )


@pytest.mark.parametrize("turn_deg", [-1.0, 1.0])
def test_another_angle_at_the_same_speed_falls_short(turn_deg):
    arc = minimum_energy_arc(8_000e3)

    range_m, _, _ = fly(arc.burnout_speed_m_per_s, arc.flight_path_angle_rad + np.radians(turn_deg))

    assert range_m < 8_000e3


@pytest.mark.parametrize("range_m", [0.0, -1.0, 2.1e7, np.nan])
def test_range_outside_the_model(range_m):
    with pytest.raises(DomainError, match="half the circumference"):
        minimum_energy_arc(range_m)
