"""How far and when interceptors reach, from orbit and from the ground."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from umbo.compiled import njit, njit_inner
from umbo.errors import DomainError
from umbo.physics.constants import EARTH_MEAN_RADIUS_M
from umbo.physics.earth import ecef_to_geodetic
from umbo.physics.flyout import Fan

Array = NDArray[np.float64]

# Time and duration of a leg, three coordinates and altitude: where each begins, and its change.
_Leg = tuple[float, float, float, float, float, float, float, float, float, float]


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


def latest_orders(
    site_ecef_m: ArrayLike,
    time_s: ArrayLike,
    target_ecef_m: ArrayLike,
    fan: Fan,
    *,
    target_altitude_m: ArrayLike | None = None,
    until_s: ArrayLike = np.inf,
    look_s: float = 0.0,
    most_looks: int = 1,
) -> Array:
    """Find the last order at which interceptors of a site still meet a target so many times.

    Shoot, look, shoot: an interceptor launched at an order meets the target as early as it
    can, and the order for the next one waits for the look after that. An interceptor is where
    its fan says, in every direction alike: the time to a ground range and altitude is linear
    between the fan's grid. Left out: the Earth's spin in flight (see ``fly_fan``) and its
    flattening (0.3 % of ground range). Targets move straight between samples, and so does
    their altitude (24 m off for 7 km/s sampled each 5 s). The launch that meets the target is
    taken as linear between the samples and the ends of windows (0.1 s at 5 s), and a window
    shorter than their spacing can be missed.

    Args:
        site_ecef_m: Sites [m], (S, 3).
        time_s: Ascending times of the samples [s], (K,).
        target_ecef_m: Earth-fixed positions of the targets [m], (n, K, 3) or (K, 3).
        fan: What the interceptor reaches, with its limits.
        target_altitude_m: Altitude of the targets over the ellipsoid [m], (n, K) or (K,),
            where it is known already; else worked out from the positions.
        until_s: Last intercept [s], shape () or (n,).
        look_s: From an intercept to the order for the next shot [s].
        most_looks: Most shots one after the other.

    Returns:
        Orders [s], (n, S, most_looks), on the clock of ``time_s``: at or before the first of
        them there is time for one shot, at or before the second for two; minus infinity where
        there never is.

    Raises:
        DomainError: The shapes do not go together, or a parameter is outside its range.

    Source:
        The condition of any textbook: launch and time of flight come before the intercept.
    """
    sites = np.array(site_ecef_m, dtype=np.float64, order="C", ndmin=2)
    target = np.ascontiguousarray(target_ecef_m, dtype=np.float64)
    target = target[None] if target.ndim == 2 else target
    time = np.ascontiguousarray(time_s, dtype=np.float64)
    if target.ndim != 3 or target.shape[2] != 3 or time.shape != target.shape[1:2]:
        raise DomainError(
            "target_ecef_m must be (n, K, 3) with time_s (K,); "
            f"got {target.shape} with {time.shape}"
        )
    if not (look_s >= 0.0 and 0 <= most_looks < 128):
        raise DomainError(
            f"look_s must not be negative, and most_looks 0 to 127; got {look_s} and {most_looks}"
        )
    if not np.isfinite(target).all():
        raise DomainError("target_ecef_m must be finite; got nan or an infinity")
    altitude = ecef_to_geodetic(target)[2] if target_altitude_m is None else target_altitude_m
    orders = np.full((len(target), len(sites), most_looks), -np.inf)
    if target.size > 0 and most_looks > 0:
        _find_orders(
            sites,
            time,
            target,
            np.ascontiguousarray(np.broadcast_to(np.asarray(altitude, float), target.shape[:2])),
            np.array(np.broadcast_to(np.asarray(until_s, dtype=np.float64), len(target))),
            fan.time_s,
            np.array(
                [
                    fan.max_range_m,
                    fan.min_altitude_m,
                    fan.max_altitude_m,
                    fan.range_step_m,
                    fan.altitude_step_m,
                ]
            ),
            # A look that takes no time still moves on.
            max(float(look_s), 1e-6),
            orders,
        )
    return orders


@njit(cache=True, nogil=True, error_model="numpy")
def _find_orders(
    sites: Array,
    time: Array,
    target: Array,
    altitude: Array,
    until: Array,
    fan: Array,
    limits: Array,
    look: float,
    orders: Array,
) -> None:
    # The launch that meets the target at a time, point after point of its way; nan for none.
    points = np.empty((4 * len(time), 2))
    for n in range(target.shape[0]):
        longest = 1.0
        for k in range(len(time) - 1):
            length = 0.0
            for axis in range(3):
                length += (target[n, k + 1, axis] - target[n, k, axis]) ** 2
            longest = max(longest, np.sqrt(length))
        for s in range(sites.shape[0]):
            number = _list_launches(
                sites[s], time, target[n], altitude[n], until[n], fan, limits, longest, points
            )
            last = np.inf
            for shot in range(orders.shape[2]):
                last = _latest(points, number, last - look)
                if last == -np.inf:
                    break
                orders[n, s, shot] = last


@njit_inner(error_model="numpy")
def _latest(points: Array, number: int, until: float) -> float:
    """Give the latest launch that meets the target up to a time."""
    latest = -np.inf
    for i in range(number):
        launch = points[i, 1]
        if points[i, 0] > until:
            width = points[i, 0] - points[i - 1, 0] if i > 0 else 0.0
            if not width > 0.0:
                break
            share = (until - points[i - 1, 0]) / width
            launch = points[i - 1, 1] + share * (launch - points[i - 1, 1])
        if not np.isnan(launch):
            latest = max(latest, launch)
        if points[i, 0] > until:
            break
    return latest


@njit_inner(error_model="numpy")
def _list_launches(
    site: Array,
    time: Array,
    target: Array,
    altitude: Array,
    end: float,
    fan: Array,
    limits: Array,
    longest: float,
    points: Array,
) -> int:
    """List times and launches at the ends of legs, of windows, and at the nearest; count them."""
    max_range, number, k, whole = limits[0], 0, -1, -2
    x, y, z = site
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
        if step <= 0.0:
            continue
        # Leg by leg: the part a..b of it, of 0..1, where time and altitude allow.
        a, b = 0.0, min((end - start) / step, 1.0)
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
        if a > 0.0 or whole != k - 1:
            if number > 0:  # nothing is met between two windows
                points[number, 0], points[number, 1] = start + a * step, np.nan
                number += 1
            points[number, 0] = start + a * step
            points[number, 1] = _launch(a, leg, x, y, z, fan, limits)
            number += 1
        # A target that comes and then goes: both parts on their own.
        nearest = -p / m if m > 0.0 else 0.0
        for share in (nearest, b):
            if a < share < b or share == b:
                points[number, 0] = start + share * step
                points[number, 1] = _launch(share, leg, x, y, z, fan, limits)
                number += 1
        whole = k if b == 1.0 else -2
    return number


@njit_inner(error_model="numpy")
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


@njit_inner(error_model="numpy")
def _above(gap: float, climb: float, a: float, b: float) -> tuple[float, float]:
    # The part of a..b where climb x >= gap.
    if climb > 0.0:
        return max(a, gap / climb), b
    if climb < 0.0:
        return a, min(b, gap / climb)
    return (a, b) if gap <= 0.0 else (1.0, 0.0)


@njit_inner(error_model="numpy")
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
