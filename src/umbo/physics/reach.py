"""How far and when interceptors reach, from orbit and from the ground."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from umbo.compiled import njit
from umbo.errors import DomainError
from umbo.physics.constants import EARTH_MEAN_RADIUS_M
from umbo.physics.earth import ecef_to_geodetic
from umbo.physics.flyout import Fan

Array = NDArray[np.float64]

# Time and duration of a leg, three coordinates and altitude: where each begins, and its change.
_Leg = tuple[float, float, float, float, float, float, float, float, float, float]

FOUND_TO_S: Final = 1e-3
"""How near the ends of a window are found."""


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
    fan: Fan,
    *,
    available_s: ArrayLike,
    target_altitude_m: ArrayLike | None = None,
    until_s: ArrayLike = np.inf,
    look_s: float = 0.0,
    most_looks: int = 1,
    looks_only: bool = False,
) -> InterceptWindows:
    """Find when ground-based interceptors can meet targets, and how often in turn.

    An interceptor is where its fan says, in every direction alike: the time to a ground range
    and altitude is linear between the fan's grid. Left out: the Earth's spin in flight (see
    ``fly_fan``) and its flattening (0.3 % of ground range). Targets move straight between
    samples, and so does their altitude (24 m off for 7 km/s sampled each 5 s). Times are found
    to 1 ms, but a window shorter than the spacing of the samples can be missed, and the
    last launch is that of the best sample, or of the ends of the window (0.1 s at 5 s).

    Args:
        site_ecef_m: Sites [m], (S, 3).
        time_s: Ascending times of the samples [s], (K,) or (n, K); pad by repeating the last.
        target_ecef_m: Earth-fixed positions of the targets [m], (n, K, 3) or (K, 3).
        fan: What the interceptor reaches, with its limits.
        available_s: First time at which a launch can be ordered [s], shape (), (n,) or
            (n, S); infinite for never.
        target_altitude_m: Altitude of the targets over the ellipsoid [m], (n, K) or (K,),
            where it is known already; else worked out from the positions.
        until_s: Last intercept [s], shape (), (n,) or (n, S).
        look_s: From an intercept to the order for the next shot [s].
        most_looks: Most shots that doctrine wants one after the other.
        looks_only: Stop when the looks are counted, which is faster; the latest times are then
            of no use.

    Returns:
        The windows, on the clock of ``time_s``; launch is the time of the order.

    Raises:
        DomainError: The shapes do not go together, or a parameter is outside its range.

    Source:
        The condition of any textbook: launch and time of flight come before the intercept.
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
    if not (look_s >= 0.0 and 0 <= most_looks < 128):
        raise DomainError(
            f"look_s must not be negative, and most_looks 0 to 127; got {look_s} and {most_looks}"
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
            fan.time_s,
            np.array(
                [
                    fan.max_range_m,
                    fan.min_altitude_m,
                    fan.max_altitude_m,
                    fan.range_step_m,
                    fan.altitude_step_m,
                    fan.slowness_s_per_m,
                    0.0,
                    0.0,
                ]
            ),
            float(look_s),
            int(most_looks),
            bool(looks_only),
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
    fan: Array,
    limits: Array,
    look: float,
    most_looks: int,
    looks_only: bool,
    windows: Array,
    looks: NDArray[np.int8],
) -> None:
    for n in range(time.shape[0]):
        # Longest leg in metres and in seconds, and the fastest.
        longest, lasting, fastest = 1.0, 0.0, 0.0
        for k in range(time.shape[1] - 1):
            length, step = 0.0, time[n, k + 1] - time[n, k]
            for axis in range(3):
                length += (target[n, k + 1, axis] - target[n, k, axis]) ** 2
            length = np.sqrt(length)
            longest, lasting = max(longest, length), max(lasting, step)
            if step > 0.0:
                fastest = max(fastest, length / step)
        # No launch that meets the target moves on faster than this a leg.
        limits[6] = longest
        limits[7] = lasting * (1.0 + fastest * limits[5])
        for s in range(sites.shape[0]):
            if available[n, s] <= until[n, s]:
                looks[n, s] = _find_row(
                    sites[s], time[n], target[n], altitude[n], available[n, s], until[n, s],
                    fan, limits, look, most_looks, looks_only, windows[n, s],
                )  # fmt: skip


@njit(cache=True, error_model="numpy")
def _find_row(
    site: Array,
    time: Array,
    target: Array,
    altitude: Array,
    begin: float,
    end: float,
    fan: Array,
    limits: Array,
    look: float,
    most_looks: int,
    looks_only: bool,
    window: Array,
) -> int:
    max_range, longest, looks, order = limits[0], limits[6], 0, begin
    x, y, z = site
    # From the leg on that the first launch could meet the target on.
    k, after = -1, len(time) - 1
    while after - k > 1:
        middle = (k + after) // 2
        if time[middle + 1] < begin:
            k = middle
        else:
            after = middle
    known, at_known = -1, 0.0  # the sample whose launch is known already
    while k < len(time) - 2:
        k += 1
        # Legs that a target too far off cannot come into range on are passed over.
        ax, ay, az = target[k, 0] - x, target[k, 1] - y, target[k, 2] - z
        q = ax * ax + ay * ay + az * az
        far = np.sqrt(q) - max_range
        if far > longest:
            k += int(min(far / longest, len(time))) - 1
            continue
        start, step = time[k], time[k + 1] - time[k]
        if start > end:
            break
        if step <= 0.0 or start + step < begin:
            continue
        # Leg by leg: the part a..b of it, of 0..1, where time and altitude allow.
        a, b = max((begin - start) / step, 0.0), min((end - start) / step, 1.0)
        low, high = altitude[k], altitude[k + 1]
        a, b = _above(limits[1] - low, high - low, a, b)
        a, b = _above(low - limits[2], low - high, a, b)
        if a > b:
            continue
        # Squared distance m x^2 + 2 p x + q, with x from 0 to 1 over the leg.
        bx = target[k + 1, 0] - target[k, 0]
        by = target[k + 1, 1] - target[k, 1]
        bz = target[k + 1, 2] - target[k, 2]
        m, p = bx * bx + by * by + bz * bz, ax * bx + ay * by + az * bz
        a, b = _below(m, p, q - max_range * max_range, a, b)
        if a > b:
            continue
        leg = (start, step, x + ax, bx, y + ay, by, z + az, bz, low, high - low)
        at_a = at_known if known == k and a == 0.0 else _launch(a, leg, x, y, z, fan, limits)
        at_b = _launch(b, leg, x, y, z, fan, limits)
        if b == 1.0:
            known, at_known = k + 1, at_b
        # A target that comes and then goes: both parts on their own.
        turn, at_turn = b, at_b
        if 0.0 < -p < m and a < -p / m < b:
            turn = -p / m
            at_turn = _launch(turn, leg, x, y, z, fan, limits)
        best = max(at_a, at_b, at_turn)
        if best < order and (looks_only or np.isnan(window[0])):
            k += int((order - best) / limits[7])  # not yet
            continue
        while True:
            if at_a >= begin or at_turn >= begin:
                one, last, at_one, at_last = _part(
                    a, turn, at_a, at_turn, begin, leg, x, y, z, fan, limits
                )
                if np.isnan(window[0]):
                    window[0], window[2] = start + one * step, at_one
                window[1] = start + last * step
                if not max(at_one, at_last) <= window[3]:
                    window[3] = max(at_one, at_last)
                # Shoot, look, shoot: the next order waits for the look at the last intercept.
                while looks < most_looks and (at_one >= order or at_last >= order):
                    one, last, at_one, at_last = _part(
                        one, last, at_one, at_last, order, leg, x, y, z, fan, limits
                    )
                    looks += 1
                    # A look that takes no time still moves on.
                    order = start + one * step + max(look, 1e-6)
                if looks_only and looks == most_looks:
                    return looks
            if turn >= b:
                break
            a, at_a, turn, at_turn = turn, at_turn, b, at_b
    return looks


@njit(cache=True, error_model="numpy")
def _launch(
    share: float, leg: _Leg, x: float, y: float, z: float, fan: Array, limits: Array
) -> float:
    """Give the launch that meets the target after a share of a leg; nan for none."""
    start, step, px, dx, py, dy, pz, dz, low, climb = leg
    px, py, pz = px + share * dx, py + share * dy, pz + share * dz
    size = np.sqrt((px * px + py * py + pz * pz) * (x * x + y * y + z * z))
    # By the half-angle, to a tenth of a metre over the site too.
    half = np.sqrt(max(0.5 - 0.5 * (px * x + py * y + pz * z) / size, 0.0))
    i = 2.0 * EARTH_MEAN_RADIUS_M / limits[3] * np.arcsin(half)
    j = (low + share * climb - limits[1]) / limits[4]
    # The last places too are corners of a cell.
    row = min(max(int(i), 0), fan.shape[0] - 2)
    column = min(max(int(j), 0), fan.shape[1] - 2)
    u, v = i - row, j - column
    if u > 1.0 + 1e-9:
        return np.nan
    lower = fan[row, column] * (1.0 - u) + fan[row + 1, column] * u
    upper = fan[row, column + 1] * (1.0 - u) + fan[row + 1, column + 1] * u
    return float(start + share * step - (lower * (1.0 - v) + upper * v))


@njit(cache=True, error_model="numpy")
def _part(
    a: float,
    b: float,
    at_a: float,
    at_b: float,
    order: float,
    leg: _Leg,
    x: float,
    y: float,
    z: float,
    fan: Array,
    limits: Array,
) -> tuple[float, float, float, float]:
    """Give the part of a..b where a launch meets the target no earlier than the order.

    It is taken for one interval that holds the end that does; the launches at both of its
    ends come with it.
    """
    if at_a >= order and at_b >= order:
        return a, b, at_a, at_b
    good, bad, at_good = (a, b, at_a) if at_a >= order else (b, a, at_b)
    while abs(good - bad) * leg[1] > FOUND_TO_S:
        middle = 0.5 * (good + bad)
        at_middle = _launch(middle, leg, x, y, z, fan, limits)
        if at_middle >= order:
            good, at_good = middle, at_middle
        else:
            bad = middle
    if at_a >= order:
        return a, good, at_a, at_good
    return good, b, at_good, at_b


@njit(cache=True, error_model="numpy")
def _above(gap: float, climb: float, a: float, b: float) -> tuple[float, float]:
    # The part of a..b where climb x >= gap.
    if climb > 0.0:
        return max(a, gap / climb), b
    if climb < 0.0:
        return a, min(b, gap / climb)
    return (a, b) if gap <= 0.0 else (1.0, 0.0)


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
