"""How far and when interceptors reach, from orbit and from the ground."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from umbo.compiled import njit, prange
from umbo.errors import DomainError
from umbo.physics.earth import ecef_to_geodetic

Array = NDArray[np.float64]


def fly_out_range(
    time_s: ArrayLike, delta_v_m_per_s: ArrayLike, acceleration_m_per_s2: ArrayLike
) -> Array:
    """Give how far a space-based interceptor is from its coasting carrier after a time.

    Straight line at even acceleration until the speed is spent, then at that speed. Left
    out: gravity, which pulls carrier and interceptor alike (a few km in 120 s and 500 km),
    and that acceleration rises as propellant burns (the range falls by a few percent).

    Args:
        time_s: Time since ignition [s]; none before it. The arguments broadcast together.
        delta_v_m_per_s: Speed gained [m/s], positive.
        acceleration_m_per_s2: Even acceleration [m/s2], positive.

    Returns:
        Distance [m], 0 at and before ignition.

    Raises:
        DomainError: Speed or acceleration is not positive.

    Source:
        Harrison, *Build Your Own Golden Dome*, AEI working paper 2025-20 (2025), calculator.

    Example:
        >>> f"{fly_out_range(120.0, 6_000.0, 15 * 9.80665) / 1e3:.3f} km"
        '597.634 km'
    """
    speed, acceleration = np.asarray(delta_v_m_per_s), np.asarray(acceleration_m_per_s2)
    if not (np.all(speed > 0.0) and np.all(acceleration > 0.0)):
        raise DomainError("delta_v_m_per_s and acceleration_m_per_s2 must be above 0; check them")
    time = np.maximum(np.asarray(time_s, dtype=np.float64), 0.0)
    burn = np.minimum(time, speed / acceleration)
    return np.asarray(acceleration * burn**2 / 2.0 + speed * (time - burn))


def footprint_radius(range_m: ArrayLike, altitude_difference_m: ArrayLike) -> Array:
    """Give the radius of the flat disc that a fly-out range covers at another altitude.

    Left out: the Earth's curvature, which cuts the radius by about 1 % at 600 km.

    Args:
        range_m: Fly-out range [m]; the arguments broadcast together.
        altitude_difference_m: Between carrier and intercept [m].

    Returns:
        Radius [m], 0 where the range does not bridge the difference.

    Source:
        As ``fly_out_range``.
    """
    return np.asarray(
        np.sqrt(np.maximum(np.square(range_m) - np.square(altitude_difference_m), 0.0))
    )


@dataclass(frozen=True, eq=False)
class InterceptWindows:
    """When interceptors of sites meet targets; times are nan where they never do."""

    earliest_intercept_s: Array
    """(n, S)"""
    latest_intercept_s: Array
    """(n, S)"""
    earliest_launch_s: Array
    """(n, S) launch that meets the target at the earliest intercept."""
    latest_launch_s: Array
    """(n, S) last launch that still meets the target."""
    looks: NDArray[np.int8]
    """(n, S) shots one after the other, each launched after the look at the one before."""


def intercept_windows(
    site_ecef_m: ArrayLike,
    time_s: ArrayLike,
    target_ecef_m: ArrayLike,
    *,
    available_s: ArrayLike,
    speed_m_per_s: float,
    max_range_m: float,
    delay_s: float = 0.0,
    min_altitude_m: float = 0.0,
    max_altitude_m: float = np.inf,
    until_s: ArrayLike = np.inf,
    look_s: float = 0.0,
    most_looks: int = 1,
) -> InterceptWindows:
    """Find when ground-based interceptors can meet targets, and how often in turn.

    The straight-line fly-out: after a delay an interceptor flies from its site at one mean
    speed. Left out: boost and climb (put into mean speed and delay; a few seconds), gravity,
    and whether it has energy to turn. Targets move straight between samples, and so does
    their altitude (24 m off for 7 km/s sampled each 5 s).

    Args:
        site_ecef_m: Sites [m], (S, 3).
        time_s: Ascending times of the samples [s], (K,) or (n, K); pad by repeating the last.
        target_ecef_m: Earth-fixed positions of the targets [m], (n, K, 3) or (K, 3).
        available_s: First time at which a launch can be ordered [s], shape (), (n,) or
            (n, S); infinite for never.
        speed_m_per_s: Mean speed of the interceptor [m/s].
        max_range_m: Straight distance from the site to the farthest intercept [m].
        delay_s: From the order to launch until it flies at that speed [s].
        min_altitude_m: Lowest intercept over the ellipsoid [m].
        max_altitude_m: Highest intercept over the ellipsoid [m].
        until_s: Last intercept [s], shape (), (n,) or (n, S).
        look_s: From an intercept to the order for the next shot [s].
        most_looks: Most shots that doctrine wants one after the other.

    Returns:
        The windows, on the clock of ``time_s``; launch is the time of the order.

    Raises:
        DomainError: The shapes do not go together, or a parameter is outside its range.

    Source:
        Zarchan, *Tactical and Strategic Missile Guidance*, 6th ed. (2012), for the collision
        triangle; the windows are our own solution of it, leg by leg.
    """
    sites = np.array(site_ecef_m, dtype=np.float64, order="C", ndmin=2)
    target = np.array(target_ecef_m, dtype=np.float64, order="C")
    target = target[None] if target.ndim == 2 else target
    time = np.asarray(time_s, dtype=np.float64)
    if target.ndim != 3 or target.shape[2] != 3 or time.shape[-1:] != target.shape[1:2]:
        raise DomainError(
            "target_ecef_m must be (n, K, 3) with time_s (K,) or (n, K); "
            f"got {target.shape} with {time.shape}"
        )
    shape = (len(target), len(sites))
    time = np.array(np.broadcast_to(time, target.shape[:2]), order="C")
    if not (speed_m_per_s > 0.0 and delay_s >= 0.0 and look_s >= 0.0 and 0 <= most_looks < 128):
        raise DomainError(
            "speed_m_per_s must be above 0, delay_s and look_s not negative, and most_looks in "
            f"0 to 127; got {speed_m_per_s}, {delay_s}, {look_s} and {most_looks}"
        )
    windows = np.full((*shape, 4), np.nan)
    looks = np.zeros(shape, dtype=np.int8)
    if target.size > 0:
        _find_windows(
            sites,
            time,
            target,
            np.array(ecef_to_geodetic(target)[2], order="C"),
            _for_each(available_s, shape),
            _for_each(until_s, shape),
            np.array([speed_m_per_s, delay_s, max_range_m, min_altitude_m, max_altitude_m]),
            float(look_s),
            int(most_looks),
            windows,
            looks,
        )
    return InterceptWindows(
        earliest_intercept_s=windows[..., 0],
        latest_intercept_s=windows[..., 1],
        earliest_launch_s=windows[..., 2],
        latest_launch_s=windows[..., 3],
        looks=looks,
    )


def _for_each(value: ArrayLike, shape: tuple[int, int]) -> Array:
    array = np.asarray(value, dtype=np.float64)
    column = array[:, None] if array.ndim == 1 else array
    return np.array(np.broadcast_to(column, shape), order="C")


@njit(cache=True, parallel=True)
def _find_windows(
    sites: Array,
    time: Array,
    target: Array,
    altitude: Array,
    available: Array,
    until: Array,
    limits: Array,
    look: float,
    most_looks: int,
    windows: Array,
    looks: NDArray[np.int8],
) -> None:
    for item in prange(available.size):
        _find_window(
            item, sites, time, target, altitude, available, until, limits, look, most_looks,
            windows, looks,
        )  # fmt: skip


@njit(cache=True)
def _find_window(
    item: int,
    sites: Array,
    time: Array,
    target: Array,
    altitude: Array,
    available: Array,
    until: Array,
    limits: Array,
    look: float,
    most_looks: int,
    windows: Array,
    looks: NDArray[np.int8],
) -> None:
    n, s = item // sites.shape[0], item % sites.shape[0]
    speed, delay = limits[0], limits[1]
    order, taken = available[n, s], 0
    for k in range(time.shape[1] - 1):
        # Leg by leg the part a..b of it in which any shot can meet the target.
        a, b = _reachable(n, s, k, available[n, s], sites, time, target, altitude, until, limits)
        if a > b:
            continue
        step = time[n, k + 1] - time[n, k]
        if taken == 0:
            windows[n, s, 0] = time[n, k] + a * step
            windows[n, s, 2] = windows[n, s, 0] - delay - _away(n, s, k, a, sites, target) / speed
        windows[n, s, 1] = time[n, k] + b * step
        last = _last_launch(n, s, k, a, b, step, speed, sites, target) + time[n, k] - delay
        if not last <= windows[n, s, 3]:
            windows[n, s, 3] = last
        # Shoot, look, shoot: the next order waits for the look at the last intercept.
        taken = max(taken, 1)
        while looks[n, s] < most_looks:
            a, b = _reachable(n, s, k, order, sites, time, target, altitude, until, limits)
            if a > b:
                break
            looks[n, s] += 1
            # A look that takes no time still moves on.
            order = time[n, k] + a * step + max(look, 1e-6)


@njit(cache=True)
def _reachable(
    n: int,
    s: int,
    k: int,
    order: float,
    sites: Array,
    time: Array,
    target: Array,
    altitude: Array,
    until: Array,
    limits: Array,
) -> tuple[float, float]:
    # All conditions hold between two points of a straight leg, as distance is convex in time.
    speed, delay, max_range, lowest, highest = limits
    low, high = altitude[n, k], altitude[n, k + 1]
    if min(low, high) > highest or max(low, high) < lowest:
        return 1.0, 0.0
    start, step = time[n, k], time[n, k + 1] - time[n, k]
    flown = start - delay - order  # time of flight for an intercept at the leg's start
    if step <= 0.0 or flown + step < 0.0 or start > until[n, s]:
        return 1.0, 0.0
    a, b = 0.0, min(1.0, (until[n, s] - start) / step)
    for edge, sign in ((lowest, 1.0), (highest, -1.0)):
        over, climb = sign * (low - edge), sign * (high - low)
        if climb > 0.0:
            a = max(a, -over / climb)
        elif climb < 0.0:
            b = min(b, -over / climb)
        elif over < 0.0:
            return 1.0, 0.0
    # Squared distance q + 2 p x + m x^2 with x from 0 to 1 over the leg.
    m, p, q = 0.0, 0.0, 0.0
    for axis in range(3):
        off = target[n, k, axis] - sites[s, axis]
        leg = target[n, k + 1, axis] - target[n, k, axis]
        m, p, q = m + leg * leg, p + off * leg, q + off * off
    a, b = _below(m, p, q - max_range * max_range, a, b)
    if flown < 0.0:
        a = max(a, -flown / step)
    fly, flies = speed * flown, speed * step
    return _below(m - flies * flies, p - fly * flies, q - fly * fly, a, b)


@njit(cache=True)
def _below(m: float, p: float, q: float, a: float, b: float) -> tuple[float, float]:
    # The part of a..b where m x^2 + 2 p x + q <= 0, where that is one interval.
    if a > b:
        return 1.0, 0.0
    at_a, at_b = (m * a + 2.0 * p) * a + q, (m * b + 2.0 * p) * b + q
    if at_a <= 0.0 and at_b <= 0.0:
        return a, b
    root = p * p - m * q
    if root < 0.0:
        return 1.0, 0.0
    # Both roots, well conditioned; the second is q / (m times the first).
    sum_ = -(p + np.copysign(np.sqrt(root), p))
    if sum_ == 0.0:
        return 1.0, 0.0
    x, y = q / sum_, (sum_ / m if m != 0.0 else np.inf)
    x, y = min(x, y), max(x, y)
    if at_a <= 0.0:
        return a, min(x if x >= a else y, b)
    if at_b <= 0.0:
        return max(y if y <= b else x, a), b
    if m > 0.0 and x >= a and y <= b:
        return x, y
    return 1.0, 0.0


@njit(cache=True)
def _away(n: int, s: int, k: int, x: float, sites: Array, target: Array) -> float:
    total = 0.0
    for axis in range(3):
        here = target[n, k, axis] + x * (target[n, k + 1, axis] - target[n, k, axis])
        total += (here - sites[s, axis]) ** 2
    return float(np.sqrt(total))


@njit(cache=True)
def _last_launch(
    n: int,
    s: int,
    k: int,
    a: float,
    b: float,
    step: float,
    speed: float,
    sites: Array,
    target: Array,
) -> float:
    # Latest of intercept less flight over the part a..b of a leg, from the leg's start.
    last = max(
        a * step - _away(n, s, k, a, sites, target) / speed,
        b * step - _away(n, s, k, b, sites, target) / speed,
    )
    # Inside, where the target flees as fast as the interceptor flies.
    m, p, q = 0.0, 0.0, 0.0
    for axis in range(3):
        off = target[n, k, axis] - sites[s, axis]
        leg = target[n, k + 1, axis] - target[n, k, axis]
        m, p, q = m + leg * leg, p + off * leg, q + off * off
    flies = speed * step
    if m > flies * flies:
        # Along the leg's line: nearest distance h, at x0; beyond it by h c / sqrt(m - c^2).
        x0 = -p / m
        h = np.sqrt(max(q - p * p / m, 0.0))
        x = x0 + h * flies / np.sqrt(m * (m - flies * flies))
        if a < x < b:
            last = max(last, x * step - _away(n, s, k, x, sites, target) / speed)
    return last
