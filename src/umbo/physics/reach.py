"""How far and when interceptors reach, from orbit and from the ground."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from umbo.compiled import njit
from umbo.errors import DomainError
from umbo.physics.earth import ecef_to_geodetic

Array = NDArray[np.float64]


def fly_out_range(
    time_s: ArrayLike, delta_v_m_per_s: ArrayLike, acceleration_m_per_s2: ArrayLike
) -> Array:
    """Give how far a space-based interceptor is from its coasting carrier after a time.

    Straight line at even acceleration until the speed is spent, then at that speed. Left
    out: gravity, which pulls carrier and interceptor alike (a few km in 120 s and 500 km),
    and that acceleration rises as propellant burns (8 % of range in 120 s at 6 km/s, 15 gee
    on the mean and 240 s of impulse).

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
    target_altitude_m: ArrayLike | None = None,
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
        target_altitude_m: Altitude of the targets over the ellipsoid [m], (n, K) or (K,),
            where it is known already; else worked out from the positions.
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
        The collision triangle of any textbook, solved leg by leg.
    """
    sites = np.array(site_ecef_m, dtype=np.float64, order="C", ndmin=2)
    target = np.ascontiguousarray(target_ecef_m, dtype=np.float64)
    target = target[None] if target.ndim == 2 else target
    time = np.asarray(time_s, dtype=np.float64)
    if target.ndim != 3 or target.shape[2] != 3 or time.shape[-1:] != target.shape[1:2]:
        raise DomainError(
            "target_ecef_m must be (n, K, 3) with time_s (K,) or (n, K); "
            f"got {target.shape} with {time.shape}"
        )
    shape = (len(target), len(sites))
    time = np.ascontiguousarray(np.broadcast_to(time, target.shape[:2]))
    if not (speed_m_per_s > 0.0 and delay_s >= 0.0 and look_s >= 0.0 and 0 <= most_looks < 128):
        raise DomainError(
            "speed_m_per_s must be above 0, delay_s and look_s not negative, and most_looks in "
            f"0 to 127; got {speed_m_per_s}, {delay_s}, {look_s} and {most_looks}"
        )
    altitude = ecef_to_geodetic(target)[2] if target_altitude_m is None else target_altitude_m
    available = _for_each(available_s, shape)
    if not (np.all(available > -np.inf) and np.isfinite(target).all()):  # nan too
        raise DomainError(
            "available_s must be a time, or infinite for never, and target_ecef_m finite; "
            "got nan or minus infinity"
        )
    windows = np.full((*shape, 4), np.nan)
    looks = np.zeros(shape, dtype=np.int8)
    if target.size > 0:
        _find_windows(
            sites,
            time,
            target,
            np.ascontiguousarray(np.broadcast_to(np.asarray(altitude, float), time.shape)),
            available,
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


@njit(cache=True, nogil=True, error_model="numpy")
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
    for n in range(time.shape[0]):
        _find_row(
            n, sites, time, target, altitude, available, until, limits, look,
            most_looks, windows, looks,
        )  # fmt: skip


@njit(cache=True, error_model="numpy")
def _find_row(
    n: int,
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
    speed, delay, max_range = limits[0], limits[1], limits[2]
    longest = 1.0
    for k in range(time.shape[1] - 1):
        leg = 0.0
        for axis in range(3):
            leg += (target[n, k + 1, axis] - target[n, k, axis]) ** 2
        longest = max(longest, leg)
    longest = np.sqrt(longest)
    for s in range(sites.shape[0]):
        order, begin, end = available[n, s], available[n, s] + delay, until[n, s]
        if begin > end:
            continue
        # From the leg on that the first launch could meet the target on.
        k, after = -1, time.shape[1] - 1
        while after - k > 1:
            middle = (k + after) // 2
            if time[n, middle + 1] < begin:
                k = middle
            else:
                after = middle
        while k < time.shape[1] - 2:
            k += 1
            # Legs that a target too far off cannot come into range on are passed over.
            far = 0.0
            for axis in range(3):
                far += (target[n, k, axis] - sites[s, axis]) ** 2
            far = np.sqrt(far) - max_range
            if far > longest:
                k += int(min(far / longest, time.shape[1])) - 1
                continue
            start, step = time[n, k], time[n, k + 1] - time[n, k]
            if start > end:
                break
            if step <= 0.0 or start + step < begin:
                continue
            # Leg by leg: the part a..b of it, of 0..1, where time and altitude allow.
            a, b = max((begin - start) / step, 0.0), min((end - start) / step, 1.0)
            low, high = altitude[n, k], altitude[n, k + 1]
            a, b = _above(limits[3] - low, high - low, a, b)
            a, b = _above(low - limits[4], low - high, a, b)
            if a > b:
                continue
            # Squared distance m x^2 + 2 p x + q, with x from 0 to 1 over the leg.
            m, p, q = 0.0, 0.0, 0.0
            for axis in range(3):
                off = target[n, k, axis] - sites[s, axis]
                leg = target[n, k + 1, axis] - target[n, k, axis]
                m, p, q = m + leg * leg, p + off * leg, q + off * off
            a, b = _below(m, p, q - max_range * max_range, a, b)
            one, last = _meeting(m, p, q, speed * (start - begin), speed * step, a, b)
            if one > last:
                continue
            if np.isnan(windows[n, s, 0]):
                windows[n, s, 0] = start + one * step
                windows[n, s, 2] = _launch(m, p, q, one, step, speed) + start - delay
            windows[n, s, 1] = start + last * step
            launch = _last_launch(m, p, q, one, last, step, speed) + start - delay
            if not launch <= windows[n, s, 3]:
                windows[n, s, 3] = launch
            # Shoot, look, shoot: the next order waits for the look at the last intercept.
            while looks[n, s] < most_looks:
                flown = start - delay - order
                one, last = _meeting(m, p, q, speed * flown, speed * step, a, b)
                if one > last:
                    break
                looks[n, s] += 1
                # A look that takes no time still moves on.
                order = start + one * step + max(look, 1e-6)


@njit(cache=True, error_model="numpy")
def _above(gap: float, climb: float, a: float, b: float) -> tuple[float, float]:
    # The part of a..b where climb x >= gap.
    if climb > 0.0:
        return max(a, gap / climb), b
    if climb < 0.0:
        return a, min(b, gap / climb)
    return (a, b) if gap <= 0.0 else (1.0, 0.0)


@njit(cache=True, error_model="numpy")
def _meeting(
    m: float, p: float, q: float, flown: float, flies: float, a: float, b: float
) -> tuple[float, float]:
    # The part of a..b where the target is no farther than flown + flies x: one interval,
    # as distance is convex in time.
    return _below(
        m - flies * flies, p - flown * flies, q - flown * flown, max(a, -flown / flies), b
    )


@njit(cache=True, error_model="numpy")
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


@njit(cache=True, error_model="numpy")
def _launch(m: float, p: float, q: float, x: float, step: float, speed: float) -> float:
    # Intercept less flight, from the leg's start.
    return float(x * step - np.sqrt(max((m * x + 2.0 * p) * x + q, 0.0)) / speed)


@njit(cache=True, error_model="numpy")
def _last_launch(
    m: float, p: float, q: float, a: float, b: float, step: float, speed: float
) -> float:
    # Latest of intercept less flight over the part a..b of a leg, from the leg's start.
    last = max(_launch(m, p, q, a, step, speed), _launch(m, p, q, b, step, speed))
    flies = speed * step
    if m > flies * flies:
        # Inside, where a faster target has come to flee as fast as the interceptor flies.
        nearest = np.sqrt(max(q - p * p / m, 0.0))
        x = -p / m + nearest * flies / np.sqrt(m * (m - flies * flies))
        if a < x < b:
            last = max(last, _launch(m, p, q, x, step, speed))
    return last
