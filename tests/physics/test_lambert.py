"""Falls between points, against numerical integration and another solver of Lambert's problem."""

import numpy as np
import pytest
from scipy.integrate import solve_ivp
from scipy.optimize import brentq

from umbo.errors import DomainError
from umbo.physics.lambert import fall, lambert

KM = 1e3
MU = 3.986004418e14


def integrate(position, velocity, time_s):
    def slope(_, y):
        return np.concatenate([y[3:], -MU * y[:3] / np.linalg.norm(y[:3]) ** 3])

    found = solve_ivp(
        slope,
        (0, time_s),
        np.concatenate([position, velocity]),
        method="DOP853",
        rtol=1e-12,
        atol=1e-6,
    )
    return found.y[:3, -1], found.y[3:, -1]


def draw_states(seed, number=12):
    generator = np.random.default_rng(seed)
    up = generator.normal(size=(number, 3))
    up /= np.linalg.norm(up, axis=1, keepdims=True)
    position = up * generator.uniform(6_450, 8_000, (number, 1)) * KM
    return position, generator.normal(size=(number, 3)) * generator.uniform(
        2_000, 8_000, (number, 1)
    )


@pytest.mark.oracle("two-body motion integrated by scipy DOP853 at rtol 1e-12")
def test_fall_is_the_integrated_one():
    position, velocity = draw_states(1)
    time_s = np.linspace(20.0, 3_000.0, len(position))

    there, then = fall(position, velocity, time_s)

    for n, t in enumerate(time_s):
        expected = integrate(position[n], velocity[n], t)
        far = np.linalg.norm(expected[0]) / KM
        assert there[n] == pytest.approx(expected[0], abs=0.1 + far * 1e-4)  # m
        assert then[n] == pytest.approx(expected[1], abs=1e-3 + far * 1e-7)  # m/s


def solve_by_lagrange(r1, r2, time_s):
    """Solve by the semi-major axis in Lagrange's equation, elliptic and the short way only."""
    c = np.linalg.norm(r2 - r1)
    s = (np.linalg.norm(r1) + np.linalg.norm(r2) + c) / 2
    least = s / 2
    beta_0 = 2 * np.arcsin(np.sqrt((s - c) / s))
    longest = np.sqrt(least**3 / MU) * (np.pi - (beta_0 - np.sin(beta_0)))

    def time_of(a, is_long):
        alpha, beta = 2 * np.arcsin(np.sqrt(s / 2 / a)), 2 * np.arcsin(np.sqrt((s - c) / 2 / a))
        alpha = 2 * np.pi - alpha if is_long else alpha
        return np.sqrt(a**3 / MU) * (alpha - np.sin(alpha) - beta + np.sin(beta))

    is_long = time_s > longest
    a = brentq(lambda x: time_of(x, is_long) - time_s, least * (1 + 1e-14), 1e5 * least, xtol=1e-6)
    alpha, beta = 2 * np.arcsin(np.sqrt(s / 2 / a)), 2 * np.arcsin(np.sqrt((s - c) / 2 / a))
    alpha = 2 * np.pi - alpha if is_long else alpha
    # Battin's vectors along the chord and along the radii.
    big_a, big_b = np.sqrt(MU / 4 / a) / np.tan(alpha / 2), np.sqrt(MU / 4 / a) / np.tan(beta / 2)
    chord, radius = (r2 - r1) / c, r1 / np.linalg.norm(r1)
    return (big_b + big_a) * chord + (big_b - big_a) * radius


@pytest.mark.oracle("Lagrange's equation solved for the semi-major axis (Battin 1987, ch. 6)")
def test_lambert_is_another_solver():
    start, _ = draw_states(3, 40)
    end, _ = draw_states(4, 40)
    compared = 0
    for n in range(40):
        for time_s in (900.0, 2_500.0, 6_000.0):
            s = (
                np.linalg.norm(start[n])
                + np.linalg.norm(end[n])
                + np.linalg.norm(end[n] - start[n])
            ) / 2
            c = np.linalg.norm(end[n] - start[n])
            parabola = np.sqrt(2 / MU) / 3 * (s**1.5 - (s - c) ** 1.5)
            if time_s < 1.05 * parabola:
                continue
            expected = solve_by_lagrange(start[n], end[n], time_s)

            first, _ = lambert(start[n : n + 1], end[n : n + 1], time_s)

            assert first[0] == pytest.approx(expected, abs=1e-3)  # m/s
            compared += 1
    assert compared > 60


@pytest.mark.oracle("two-body motion integrated by scipy DOP853 at rtol 1e-12")
@pytest.mark.parametrize("time_s", [60.0, 200.0, 1_500.0])
def test_lambert_arrives(time_s):
    start, velocity = draw_states(7)
    end = np.stack([integrate(r, v, time_s)[0] for r, v in zip(start, velocity, strict=True)])

    first, last = lambert(start, end, time_s)

    for n in range(len(start)):
        arrived = integrate(start[n], first[n], time_s)
        assert arrived[0] == pytest.approx(end[n], abs=1.0)  # m
        assert arrived[1] == pytest.approx(last[n], abs=0.01)  # m/s


def test_points_on_one_line_have_no_plane():
    start = np.array([[7_000 * KM, 0.0, 0.0]])
    assert np.isnan(lambert(start, -start, 3_000.0)[0]).all()


def test_wrong_falls_are_refused():
    with pytest.raises(DomainError, match="above 0"):
        lambert(np.ones((1, 3)), np.ones((1, 3)), 0.0)
    with pytest.raises(DomainError, match=r"\(n, 3\)"):
        fall(np.ones(3), np.ones(3), 1.0)
