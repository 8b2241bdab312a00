"""Interceptors that steer by air, against courses that another program integrates."""

import itertools

import numpy as np
import pytest
from scipy.integrate import solve_ivp
from scipy.interpolate import RegularGridInterpolator
from scipy.optimize import minimize

from umbo.elements.catalog import load_catalog
from umbo.elements.interceptors import FLOWN, fan_of, generic_interceptor
from umbo.elements.readings import Readings
from umbo.physics.air_steered import hold_course, steered
from umbo.physics.atmosphere import standard_atmosphere
from umbo.physics.flyout import fly_fan

KM = 1e3
LEAST_M_PER_S, LIFT_TO_DRAG = 400.0, 3.0


@pytest.fixture(scope="module")
def vehicle():
    values = load_catalog().item("nasams").values
    read = Readings()
    return generic_interceptor(**{name: read(values[key]) for key, name in FLOWN.items()})


def fly_course(vehicle, points_m):
    """Integrate speed along straight legs: time and speed at the end, or nan."""
    clock, speed, way = 0.0, 0.0, 0.0
    burn = float(vehicle.burn_s[0])
    area = np.pi / 4 * float(vehicle.diameter_m[0]) ** 2
    for start, end in itertools.pairwise(points_m):
        leg = np.asarray(end, float) - np.asarray(start, float)
        length = float(np.hypot(*leg))
        rise, along = leg[1] / length, abs(leg[0]) / length

        def slope(t, state, from_m=start[1], up=rise, flat=along):
            s, v = state
            air = standard_atmosphere(max(from_m + s * up, 0.0))
            pressure = 0.5 * air.density_kg_per_m3 * v * v
            if t < burn:
                left = 1.0 - t / burn
                mass = vehicle.payload_kg + vehicle.dry_kg[0] + vehicle.propellant_kg[0] * left
                coefficient = np.interp(
                    v / air.speed_of_sound_m_per_s, vehicle.drag_mach, vehicle.drag_coefficient
                )
                thrust = vehicle.thrust_vacuum_n[0] - vehicle.exit_area_m2[0] * air.pressure_pa
                return [v, (thrust - pressure * area * coefficient) / mass - 9.80665 * up]
            drag = pressure / vehicle.reentry_ballistic_coefficient_kg_per_m2
            lift = 9.80665 * flat
            induced = lift**2 / (4.0 * LIFT_TO_DRAG**2 * drag)
            return [v, -drag - induced - 9.80665 * up]

        def arrives(t, state, to=length):
            return state[0] - to

        arrives.terminal = True
        for until in (burn, clock + 300.0):
            if clock >= until or way >= length:
                continue
            found = solve_ivp(
                slope,
                (clock, until - 1e-9),
                [way, speed],
                events=arrives,
                rtol=1e-8,
                atol=1e-6,
                max_step=0.5,
            )
            clock, (way, speed) = float(found.t[-1]), found.y[:, -1]
            if found.t_events[0].size or (speed < LEAST_M_PER_S and clock > burn):
                break
        if way < length - 1e-3:
            return np.nan, np.nan
        way = 0.0
    return clock, speed


def held(vehicle, places):
    ranges, altitudes = (np.array(sorted({p[k] for p in places})) for k in (0, 1))
    time_s, speed = hold_course(
        vehicle,
        range_m=ranges,
        altitude_m=altitudes,
        lift_to_drag=LIFT_TO_DRAG,
        least_speed_m_per_s=LEAST_M_PER_S,
    )
    at = [(np.searchsorted(ranges, x), np.searchsorted(altitudes, z)) for x, z in places]
    return np.array([(time_s[i], speed[i]) for i in at])


@pytest.mark.oracle("scipy.solve_ivp on the same straight line")
def test_straight_course_takes_the_time_it_takes(vehicle):
    places = [(3 * KM, 2 * KM), (5 * KM, 0.1 * KM), (6 * KM, 6 * KM), (1 * KM, 9 * KM)]

    found = held(vehicle, places)

    expected = np.array([fly_course(vehicle, [(0.0, 0.0), place]) for place in places])
    assert found[:, 0] == pytest.approx(expected[:, 0], rel=5e-3)
    assert found[:, 1] == pytest.approx(expected[:, 1], rel=1e-2)


@pytest.mark.oracle("scipy: the best of all courses with one top, by Nelder and Mead")
def test_low_and_far_is_met_over_thin_air_nearly_as_soon_as_can_be(vehicle):
    place = (24 * KM, 0.1 * KM)

    found_s, _ = held(vehicle, [place])[0]

    def takes(top):
        x, z = np.abs(top)
        time_s, speed = fly_course(vehicle, [(0.0, 0.0), (x, z), place])
        return time_s if speed >= LEAST_M_PER_S else 1e3

    best = minimize(
        takes, [8 * KM, 5 * KM], method="Nelder-Mead", options={"maxfev": 60, "xatol": 100.0}
    )
    _, speed = fly_course(vehicle, [(0.0, 0.0), place])
    assert not speed >= LEAST_M_PER_S, "the straight course would do"
    assert best.fun * 0.99 <= found_s <= best.fun * 1.05


def test_what_has_no_lift_goes_straight_up_alone(vehicle):
    time_s, _ = hold_course(
        vehicle,
        range_m=np.array([0.0, 12 * KM]),
        altitude_m=np.array([6 * KM]),
        lift_to_drag=1e-3,
        least_speed_m_per_s=LEAST_M_PER_S,
    )

    assert np.isfinite(time_s[0, 0])
    assert np.isnan(time_s[1, 0])


def test_more_lift_and_less_drag_come_no_later_and_reach_no_less(vehicle):
    place = {"range_m": np.linspace(0.0, 30 * KM, 16), "altitude_m": np.linspace(100.0, 15e3, 8)}

    less, _ = hold_course(vehicle, **place, lift_to_drag=2.0, least_speed_m_per_s=400.0)
    more, _ = hold_course(vehicle, **place, lift_to_drag=4.0, least_speed_m_per_s=400.0)

    reached = np.isfinite(less)
    assert np.isfinite(more[reached]).all()
    assert np.isfinite(more).sum() > reached.sum()
    assert (more[reached] <= less[reached] + 1e-9).all()


@pytest.mark.oracle("scipy.RegularGridInterpolator between the courses that were found")
def test_a_fan_keeps_the_sooner_of_free_flight_and_course(vehicle):
    free = fly_fan(
        vehicle,
        max_range_m=24 * KM,
        min_altitude_m=0.1 * KM,
        max_altitude_m=3 * KM,
        least_speed_m_per_s=LEAST_M_PER_S,
    )

    fan = steered(free, vehicle, lift_to_drag=LIFT_TO_DRAG, least_speed_m_per_s=LEAST_M_PER_S)

    x, z = (np.arange(size) for size in free.time_s.shape)
    x, z = x * free.range_step_m, free.min_altitude_m + z * free.altitude_step_m
    at = np.unique(np.append(x[::2], x[-1])), np.unique(np.append(z[::2], z[-1]))
    courses_s, _ = hold_course(
        vehicle, range_m=at[0], altitude_m=at[1],
        lift_to_drag=LIFT_TO_DRAG, least_speed_m_per_s=LEAST_M_PER_S,
    )  # fmt: skip
    between = RegularGridInterpolator(at, courses_s)(np.stack(np.meshgrid(x, z, indexing="ij"), -1))
    found = np.isfinite(between)
    assert found.mean() > 0.8
    assert fan.time_s[found] == pytest.approx(np.fmin(free.time_s, between)[found], rel=1e-9)
    assert np.isfinite(fan.time_s).sum() > np.isfinite(free.time_s).sum()


@pytest.mark.oracle("published greatest ranges, which nothing here was fitted to")
@pytest.mark.parametrize(("use", "altitude_m"), [("nasams", 1 * KM), ("pac3_mse", 10 * KM)])
def test_published_range_is_reached(use, altitude_m):
    fan = fan_of(load_catalog().item(use).values, Readings())

    column = round((altitude_m - fan.min_altitude_m) / fan.altitude_step_m)
    ranges = np.arange(fan.time_s.shape[0]) * fan.range_step_m
    reached = ranges[np.isfinite(fan.time_s[:, column])]
    assert reached.max() == pytest.approx(fan.max_range_m, rel=0.02)
