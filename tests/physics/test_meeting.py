"""Speed to meet a target, against Lambert's problem and integrated thrust and fall."""

import numpy as np
import pytest
from scipy.integrate import solve_ivp
from scipy.optimize import brentq, minimize

from umbo.errors import DomainError
from umbo.physics.lambert import fall, lambert
from umbo.physics.meeting import delta_v_to_meet, earliest_meeting
from umbo.physics.reach import fly_out_range

KM, GEE, MU = 1e3, 9.80665, 3.986004418e14


def draw_cases(seed, number=30, far_km=900):
    """Draw carriers on circular orbits, and points near where they would be after a time."""
    generator = np.random.default_rng(seed)
    up = generator.normal(size=(number, 3))
    up /= np.linalg.norm(up, axis=1, keepdims=True)
    ahead = np.cross(up, generator.normal(size=(number, 3)))
    ahead /= np.linalg.norm(ahead, axis=1, keepdims=True)
    radius = generator.uniform(6_680, 6_980, (number, 1)) * KM
    time_s = generator.uniform(90.0, 240.0, number)
    position, velocity = radius * up, np.sqrt(MU / radius) * ahead
    away = generator.normal(size=(number, 3)) * far_km / 3 * KM
    return position, velocity, fall(position, velocity, time_s)[0] + away, time_s


def integrate(position, velocity, thrust, acceleration, time_s):
    speed = np.linalg.norm(thrust)
    burn = speed / acceleration

    def slope(_, y, push):
        return np.concatenate([y[3:], push - MU * y[:3] / np.linalg.norm(y[:3]) ** 3])

    y = np.concatenate([position, velocity])
    for end, push in ((burn, thrust / speed * acceleration), (time_s - burn, np.zeros(3))):
        given = {"method": "DOP853", "rtol": 1e-11, "atol": 1e-4}
        y = solve_ivp(slope, (0.0, end), y, args=(push,), **given).y[:, -1]
    return y[:3]


@pytest.mark.oracle("thrust and fall integrated by scipy DOP853, the least speed found by scipy")
def test_speed_is_that_of_the_integrated_flight():
    position, velocity, target, time_s = draw_cases(1, 6)
    a = 15 * GEE

    gained = delta_v_to_meet(position, velocity, target, time_s, a)

    for n in range(6):
        straight = target[n] - fall(position[n : n + 1], velocity[n : n + 1], time_s[n])[0][0]
        start = straight / np.linalg.norm(straight) * gained[n]

        def miss(thrust, n=n):
            away = integrate(position[n], velocity[n], thrust, a, time_s[n]) - target[n]
            return np.sum(away**2) / KM**2

        found = minimize(miss, start, method="Nelder-Mead", options={"xatol": 0.01, "fatol": 1e-7})
        assert found.fun < 1e-4
        assert gained[n] == pytest.approx(np.linalg.norm(found.x), abs=0.5)  # m/s


@pytest.mark.oracle("Lambert's problem: what an impulse must add")
def test_at_once_it_is_the_impulse_of_lambert():
    position, velocity, target, time_s = draw_cases(2, far_km=1_500)

    gained = delta_v_to_meet(position, velocity, target, time_s, 1e9)

    first, _ = lambert(position, target, time_s)
    impulse = np.linalg.norm(first - velocity, axis=1)
    assert gained == pytest.approx(impulse, abs=0.1)  # m/s


@pytest.mark.oracle("Lambert's problem: what an impulse must add")
def test_a_long_fall_is_the_impulse_of_lambert():
    position, velocity, target, _ = draw_cases(3, 20)
    time_s = np.full(20, 900.0)
    target = fall(position, velocity, time_s)[0] + (target - position) * 0.3

    gained = delta_v_to_meet(position, velocity, target, time_s, 1e9)

    impulse = np.linalg.norm(lambert(position, target, time_s)[0] - velocity, axis=1)
    assert gained == pytest.approx(impulse, abs=0.1)  # m/s


@pytest.mark.oracle("straight fly-out solved for its speed by scipy")
def test_flat_disc_is_near_in_boost():
    position, velocity, target, time_s = draw_cases(4)
    a = 15 * GEE

    gained = delta_v_to_meet(position, velocity, target, time_s, a)

    away = np.linalg.norm(target - fall(position, velocity, time_s)[0], axis=1)
    compared = 0
    for n, (d, t) in enumerate(zip(away, time_s, strict=True)):
        if not np.isfinite(gained[n]):
            assert d > 0.97 * fly_out_range(t, a * t, a)
            continue
        straight = brentq(lambda v, d=d, t=t: fly_out_range(t, v, a) - d, 1e-3, a * t)
        assert gained[n] == pytest.approx(straight, rel=0.02)
        compared += 1
    assert compared > 15


def test_nobody_meets_what_is_too_far():
    position, velocity, _, _ = draw_cases(5, 3)
    assert np.isinf(delta_v_to_meet(position, velocity, -position, 120.0, 15 * GEE)).all()
    assert np.isinf(delta_v_to_meet(position, velocity, position, -1.0, 15 * GEE)).all()
    assert delta_v_to_meet(
        position, velocity, fall(position, velocity, 60.0)[0], 60.0, 1.0
    ) == pytest.approx(0.0, abs=0.1)


def test_wrong_meetings_are_refused():
    with pytest.raises(DomainError, match="one shape"):
        delta_v_to_meet(np.ones((2, 3)), np.ones((2, 3)), np.ones((1, 3)), 1.0, 1.0)
    with pytest.raises(DomainError, match="above 0"):
        delta_v_to_meet(np.ones((1, 3)), np.ones((1, 3)), np.ones((1, 3)), 1.0, 0.0)
    with pytest.raises(DomainError, match=r"\(n, 3\)"):
        delta_v_to_meet(np.ones(3), np.ones(3), np.ones(3), 1.0, 1.0)


@pytest.mark.oracle("every tenth of a second tried; the flat disc by hand")
@pytest.mark.parametrize("is_flat", [False, True])
def test_earliest_meeting_is_the_first_of_many_times(is_flat):
    position, velocity, _, _ = draw_cases(11, 12)
    start = fall(position[:1], velocity[:1], 140.0)[0][0] * 0.97
    path_time = np.arange(20.0, 200.1, 5.0)
    path = start + np.outer(path_time - 140.0, [2_500.0, 1_500.0, 3_000.0])  # a target that rises
    position, velocity = position[:1] + np.zeros((12, 1)), velocity[:1] + np.zeros((12, 1))
    position = position + np.outer(np.arange(12), [0.0, 40 * KM, -25 * KM])
    a = 15 * GEE

    found = earliest_meeting(
        position,
        velocity,
        path_time,
        path,
        delta_v_m_per_s=4 * KM,
        acceleration_m_per_s2=a,
        is_flat=is_flat,
    )

    assert np.isfinite(found).sum() >= 6
    for n in range(12):
        fine = np.arange(20.0, 200.01, 0.1)
        target = start + np.outer(fine - 140.0, [2_500.0, 1_500.0, 3_000.0])
        there, ahead = (np.repeat(x[n : n + 1], len(fine), axis=0) for x in (position, velocity))
        if is_flat:
            away = np.linalg.norm(target - fall(there, ahead, fine)[0], axis=1)
            burn = 4 * KM / a
            met = away <= np.where(
                fine < burn, a * fine**2 / 2, a * burn**2 / 2 + 4 * KM * (fine - burn)
            )
        else:
            met = delta_v_to_meet(there, ahead, target, fine, a) <= 4 * KM
        if met.any():
            assert found[n] == pytest.approx(fine[np.argmax(met)], abs=0.1)
        else:
            assert np.isnan(found[n])


def test_a_path_without_its_times_is_refused():
    with pytest.raises(DomainError, match="path_m"):
        earliest_meeting(
            np.ones((1, 3)), np.ones((1, 3)), [1.0, 2.0], np.ones((3, 3)),
            delta_v_m_per_s=1.0, acceleration_m_per_s2=1.0,
        )  # fmt: skip
