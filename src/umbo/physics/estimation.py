"""How well sensors know where a target is and will be: covariances, without estimates.

The state is inertial position and velocity; a covariance of it is packed into 21 numbers:
position xx xy xz yy yz zz, position-velocity row by row, velocity like position.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from umbo.compiled import in_parallel, njit, njit_inner
from umbo.errors import DomainError
from umbo.physics.constants import EARTH_MU_M3_PER_S2
from umbo.physics.filtering import filter_flights

Array = NDArray[np.float64]
Truths = NDArray[np.bool_]

PACKED: Final = 21
"""Numbers in a packed covariance; the first six are those of position."""
LONGEST_STEP_S: Final = 60.0
"""Steps up to this carry errors over a ballistic flight to within 2 %."""
_LANES: Final = 8


@dataclass(frozen=True, eq=False)
class ErrorFlow:
    """How errors grow along flights from their first sample, whatever the sensors see."""

    time_s: Array
    """(K,)"""
    position_m: Array
    """(F, K, 3) inertial."""
    noise_m2_per_s3: Array
    """(F, K) spectral density of the unknown acceleration, from each sample to the next."""
    transition: Array
    """(F, K, 6, 6) what an error at the first sample has become at a sample."""
    grown: Array
    """(F, K, 21) covariance that unknown acceleration has added since the first sample."""


@dataclass(frozen=True, eq=False)
class Looks:
    """What sensors measure of flights at the samples of an error flow; S sensors."""

    position_m: Array
    """(S, K, 3) inertial."""
    in_view: Truths
    """(S, F, K)"""
    per_sample: Array
    """(S,) looks lumped into each sample in view: a real number, such as spacing over revisit."""
    angle_error_rad: Array
    """(S,) one sigma of one look, in each of the two directions across the line of sight."""
    range_error_m: Array
    """(S,) one sigma of one look along the line of sight; infinite where only angles are seen."""


@njit_inner(nogil=True)
def _carry(m: Array, u: Array, gravity: float, step_s: float) -> None:
    """Carry the columns of a 6-row matrix over one step: drift, pull at mid-step, drift."""
    half, pull = step_s / 2.0, gravity * step_s
    for c in range(m.shape[1]):
        along = 0.0
        for a in range(3):
            m[a, c] += half * m[3 + a, c]
            along += u[a] * m[a, c]
        for a in range(3):
            m[3 + a, c] += pull * (3.0 * along * u[a] - m[a, c])
        for a in range(3):
            m[a, c] += half * m[3 + a, c]


@njit(cache=True, nogil=True)
def _flow(
    first: int,
    last: int,
    time_s: Array,
    position: Array,
    noise: Array,
    mu: float,
    transition: Array,
    grown: Array,
) -> None:
    u, phi, q, turned = np.empty(3), np.empty((6, 6)), np.empty((6, 6)), np.empty((6, 6))
    for f in range(first, last):
        for a in range(6):
            for b in range(6):
                phi[a, b] = transition[f, 0, a, b] = 1.0 if a == b else 0.0
                q[a, b] = 0.0
        for n in range(21):
            grown[f, 0, n] = 0.0
        for k in range(1, time_s.shape[0]):
            step = time_s[k] - time_s[k - 1]
            square = 0.0
            for a in range(3):
                u[a] = (position[f, k - 1, a] + position[f, k, a]) / 2.0
                square += u[a] * u[a]
            radius = math.sqrt(square)
            for a in range(3):
                u[a] /= radius
            gravity = mu / (square * radius)
            _carry(phi, u, gravity, step)
            _carry(q, u, gravity, step)
            for a in range(6):
                for b in range(6):
                    turned[a, b] = q[b, a]
            _carry(turned, u, gravity, step)
            s = noise[f, k - 1]
            for a in range(3):
                turned[a, a] += s * step * step * step / 3.0
                turned[a, 3 + a] += s * step * step / 2.0
                turned[3 + a, a] += s * step * step / 2.0
                turned[3 + a, 3 + a] += s * step
            for a in range(6):
                for b in range(6):
                    q[a, b] = turned[a, b]
                    transition[f, k, a, b] = phi[a, b]
            n = 0
            for a in range(3):
                for b in range(a, 3):
                    grown[f, k, n] = q[a, b]
                    grown[f, k, 15 + n] = q[3 + a, 3 + b]
                    n += 1
                for b in range(3):
                    grown[f, k, 6 + 3 * a + b] = q[a, 3 + b]


@njit_inner(nogil=True)
def _predicted(
    covariance: Array, transition: Array, grown: Array, f: int, k: int, m: int, out: Array
) -> float:
    """Carry the covariance at sample k to the position at sample m; give its trace.

    Both are brought to the first sample and back, so that the way between costs nothing.
    """
    n, d, x = np.empty((3, 6)), np.empty((6, 6)), np.empty(6)
    for a in range(3):
        for b in range(3):
            n[a, b] = n[a, 3 + b] = 0.0
            for c in range(3):
                # The inverse of a transition without friction is its own blocks, turned round.
                n[a, b] += transition[f, m, a, c] * transition[f, k, 3 + b, 3 + c]
                n[a, b] -= transition[f, m, a, 3 + c] * transition[f, k, 3 + b, c]
                n[a, 3 + b] -= transition[f, m, a, c] * transition[f, k, b, 3 + c]
                n[a, 3 + b] += transition[f, m, a, 3 + c] * transition[f, k, b, c]
    i = 0
    for a in range(3):
        for b in range(a, 3):
            d[a, b] = d[b, a] = covariance[f, k, i] - grown[f, k, i]
            d[3 + a, 3 + b] = d[3 + b, 3 + a] = covariance[f, k, 15 + i] - grown[f, k, 15 + i]
            i += 1
        for b in range(3):
            j = 6 + 3 * a + b
            d[a, 3 + b] = d[3 + b, a] = covariance[f, k, j] - grown[f, k, j]
    i = 0
    for a in range(3):
        for b in range(6):
            x[b] = 0.0
            for c in range(6):
                x[b] += n[a, c] * d[c, b]
        for b in range(a, 3):
            out[i] = grown[f, m, i]
            for c in range(6):
                out[i] += x[c] * n[b, c]
            i += 1
    return float(out[0] + out[3] + out[5])


@njit(cache=True, nogil=True)
def _predict_each(
    first: int,
    last: int,
    covariance: Array,
    transition: Array,
    grown: Array,
    flight: NDArray[np.int64],
    now: NDArray[np.int64],
    then: NDArray[np.int64],
    out: Array,
) -> None:
    for j in range(first, last):
        _predicted(covariance, transition, grown, flight[j], now[j], then[j], out[j])


@njit(cache=True, nogil=True)
def _first_within(
    first: int,
    last: int,
    covariance: Array,
    transition: Array,
    grown: Array,
    start: NDArray[np.int64],
    then: NDArray[np.int64],
    trace_m2: float,
    sample: NDArray[np.int64],
    error: Array,
) -> None:
    """Bisect for the first sample from which the prediction of a later position is good enough."""
    out = np.empty(6)
    for f in range(first, last):
        for w in range(then.shape[1]):
            high, low = then[f, w], start[f]
            sample[f, w], error[f, w] = -1, np.inf
            if low > high:
                continue
            best = _predicted(covariance, transition, grown, f, high, high, out)
            if best > trace_m2:
                continue
            while low < high:
                middle = (low + high) // 2
                trace = _predicted(covariance, transition, grown, f, middle, then[f, w], out)
                if trace <= trace_m2:
                    high, best = middle, trace
                else:
                    low = middle + 1
            sample[f, w], error[f, w] = high, math.sqrt(max(best, 0.0) / 3.0)


def error_flow(time_s: ArrayLike, position_m: ArrayLike, noise_m2_per_s3: ArrayLike) -> ErrorFlow:
    """Find how errors of position and velocity grow along flights.

    A small error moves freely in the gradient of a spherical Earth's gravity, and unknown
    acceleration (of thrust, of drag, of a manoeuvre) is white noise. Each step is drift, pull at
    mid-step and drift: with steps of 10 s the transition over a ballistic flight of 30 minutes
    is within 0.1 % of the integrated one, with 60 s within 2 %. Left out: the gradient of J2
    (0.2 % of the rest), drag's own gradient, and that real manoeuvres last, which white noise of
    the same spectral density only matches on average.

    Args:
        time_s: Times of the samples, increasing by at most 60 s [s], (K,).
        position_m: Inertial positions [m], (F, K, 3).
        noise_m2_per_s3: Spectral density of the unknown acceleration on each axis, from each
            sample to the next [m2/s3]; goes with (F, K).

    Returns:
        The flow of errors.

    Raises:
        DomainError: Times do not increase or leap, or a noise is negative.

    Source:
        Bar-Shalom, Li & Kirubarajan, *Estimation with Applications to Tracking and Navigation*
        (2001), sec. 6.2 (white-noise acceleration); Battin, *An Introduction to the Mathematics
        and Methods of Astrodynamics* (1999), sec. 9.5 (gravity-gradient transition).
    """
    time = np.ascontiguousarray(time_s, dtype=np.float64)
    position = np.ascontiguousarray(position_m, dtype=np.float64)
    flights, samples = position.shape[:2]
    noise = np.asarray(noise_m2_per_s3, dtype=np.float64)
    steps = np.diff(time)
    if not np.all((steps > 0.0) & (steps <= LONGEST_STEP_S)):
        raise DomainError(
            f"time_s must increase by at most {LONGEST_STEP_S:g} s a sample; "
            f"got steps of {steps.min():g} to {steps.max():g} s"
        )
    if not np.all(noise >= 0.0):
        raise DomainError(f"noise_m2_per_s3 must be 0 or more; got {noise.min():g}")
    noise = np.ascontiguousarray(np.broadcast_to(noise, (flights, samples)))
    transition, grown = np.empty((flights, samples, 6, 6)), np.empty((flights, samples, PACKED))
    _share(
        lambda first, last: _flow(
            first, last, time, position, noise, EARTH_MU_M3_PER_S2, transition, grown
        ),
        flights,
    )
    return ErrorFlow(time, position, noise, transition, grown)


def track_covariances(
    flow: ErrorFlow,
    looks: Looks,
    *,
    start_position_error_m: float,
    start_velocity_error_m_per_s: float,
    parts: ArrayLike = 1,
) -> Array:
    """Find the covariance of the best linear estimate of flights, sample by sample.

    A Kalman filter of looks, linearised at the true flight: each look tells its direction, and
    its range where it has one; n lumped looks are one with n times the information. Looks between
    two samples are lumped at the later, or at the end of each part of the step; what that costs,
    ``longest_part`` says. Left out: errors that all looks of a sensor share
    (pointing, place, clock), which do not average away; looks taken for another object's; a
    chance of detection below one, which a smaller number of looks stands for and which makes
    the result a little too good.

    Args:
        flow: The flights.
        looks: What is seen of them.
        start_position_error_m: One sigma on each axis before any look [m].
        start_velocity_error_m_per_s: The same of velocity [m/s].
        parts: Parts into which the step to each sample is split, goes with (F, K).

    Returns:
        Packed covariances after each sample's looks, (F, K, 21).

    Raises:
        DomainError: Shapes do not fit, or an error is not positive.

    Source:
        Bar-Shalom, Li & Kirubarajan (2001), sec. 5.2 and 10.3.
    """
    flights, samples = flow.position_m.shape[:2]
    sensors = len(looks.position_m)
    if looks.position_m.shape != (sensors, samples, 3) or looks.in_view.shape != (
        sensors,
        flights,
        samples,
    ):
        raise DomainError(
            f"looks must be of {samples} samples and {flights} flights: positions (S, K, 3) and "
            f"in_view (S, F, K); got {looks.position_m.shape} and {looks.in_view.shape}"
        )
    errors = np.concatenate(
        [
            looks.angle_error_rad,
            looks.range_error_m,
            [start_position_error_m, start_velocity_error_m_per_s],
        ]
    )
    if not np.all(errors > 0.0):
        raise DomainError(f"errors must be above 0; got {errors.min():g}")
    prior = np.zeros(PACKED)
    prior[[0, 3, 5]] = start_position_error_m**2
    prior[[15, 18, 20]] = start_velocity_error_m_per_s**2
    sensor = np.ascontiguousarray(looks.position_m, dtype=np.float64)
    in_view = np.ascontiguousarray(looks.in_view)
    count = np.ascontiguousarray(looks.per_sample, dtype=np.float64)
    across = np.asarray(looks.angle_error_rad, dtype=np.float64) ** -2.0
    along = np.asarray(looks.range_error_m, dtype=np.float64) ** -2.0
    split = np.array(np.broadcast_to(parts, (flights, samples)), dtype=np.int64)
    split[:, 0] = 1
    if not np.all(split >= 1):
        raise DomainError(f"parts must be 1 or more; got {split.min()}")
    covariance = np.empty((flights, samples, PACKED))

    def work(first: int, last: int) -> None:
        filter_flights(
            first,
            last,
            flow.time_s,
            flow.position_m,
            flow.noise_m2_per_s3,
            sensor,
            in_view,
            count,
            split,
            across,
            along,
            prior,
            EARTH_MU_M3_PER_S2,
            covariance,
        )

    _share(work, flights)
    return covariance


def longest_part(information_per_m2_s: ArrayLike, noise_m2_per_s3: ArrayLike) -> Array:
    """Give the longest part of a step into which looks may be lumped.

    Half the time in which a filter of many looks forgets. Lumped so, the position error just
    after the look is 15 % less than that of looks without pause; 2 % with parts a tenth as long,
    27 % with parts twice as long, 42 % with four times.

    Args:
        information_per_m2_s: Information on position that looks bring in a second, looks a
            second over the variance of one [1/(m2 s)].
        noise_m2_per_s3: Spectral density of the unknown acceleration [m2/s3]; broadcasts.

    Returns:
        Length of a part [s], infinite where there is no noise or no look.

    Source:
        Steady Kalman-Bucy filter of position looks under white-noise acceleration: its two
        poles lie at (information x noise)^(1/4), and its position variance is
        sqrt(2) (noise)^(1/4) / information^(3/4).
    """
    product = np.asarray(information_per_m2_s, np.float64) * np.asarray(noise_m2_per_s3, np.float64)
    with np.errstate(divide="ignore"):
        return np.asarray(0.5 / np.sqrt(np.sqrt(product)))


def predict_positions(
    flow: ErrorFlow,
    covariance: Array,
    flight: ArrayLike,
    now: ArrayLike,
    then: ArrayLike,
) -> Array:
    """Predict how well a later position will be known from what is known now, without more looks.

    Args:
        flow: The flights.
        covariance: Their packed covariances, (F, K, 21).
        flight: Which flight, (N,).
        now: Sample of the last look used, (N,).
        then: Sample predicted, (N,); not before ``now``.

    Returns:
        Position covariances xx xy xz yy yz zz [m2], (N, 6).
    """
    rows = [np.ascontiguousarray(i, dtype=np.int64) for i in (flight, now, then)]
    out = np.empty((len(rows[0]), 6))
    _share(
        lambda first, last: _predict_each(
            first, last, covariance, flow.transition, flow.grown, rows[0], rows[1], rows[2], out
        ),
        len(out),
    )
    return out


def first_within(
    flow: ErrorFlow, covariance: Array, start: ArrayLike, then: ArrayLike, limit_m: float
) -> tuple[NDArray[np.int64], Array]:
    """Find the first sample from which a later position can be predicted within a limit.

    A prediction of one moment only gets better with more looks, so the sample is bisected for.

    Args:
        flow: The flights.
        covariance: Their packed covariances, (F, K, 21).
        start: First sample that counts, (F,).
        then: Samples predicted, (F, W).
        limit_m: Largest position error, as ``position_error`` gives it [m].

    Returns:
        The sample, (F, W), -1 where there is none; and the error predicted then [m], infinite
        where there is none.
    """
    later = np.ascontiguousarray(then, dtype=np.int64)
    begin = np.ascontiguousarray(start, dtype=np.int64)
    sample, error = np.empty(later.shape, dtype=np.int64), np.empty(later.shape)
    _share(
        lambda first, last: _first_within(
            first,
            last,
            covariance,
            flow.transition,
            flow.grown,
            begin,
            later,
            3.0 * limit_m**2,
            sample,
            error,
        ),
        len(later),
    )
    return sample, error


def position_error(covariance: ArrayLike) -> Array:
    """Give the position error of covariances (..., 6 or 21): one sigma, rms of the three axes."""
    packed = np.asarray(covariance, dtype=np.float64)
    return np.sqrt(np.maximum(packed[..., 0] + packed[..., 3] + packed[..., 5], 0.0) / 3.0)


def errors_across(covariance: ArrayLike, direction: ArrayLike) -> tuple[Array, Array]:
    """Give the largest and least position error in the plane across a direction.

    Args:
        covariance: Covariances [m2], (..., 6 or 21).
        direction: Directions, such as that of closing, of any length, (..., 3).

    Returns:
        One sigma along the two axes of the ellipse [m], each (...), the larger first.
    """
    xx, xy, xz, yy, yz, zz = np.moveaxis(np.asarray(covariance, np.float64)[..., :6], -1, 0)
    line = np.asarray(direction, dtype=np.float64)
    x, y, z = np.moveaxis(line / np.linalg.norm(line, axis=-1, keepdims=True), -1, 0)
    # Sum and product of the two eigenvalues: trace less d'A d, and d' adj(A) d.
    off = 2.0 * (xy * x * y + xz * x * z + yz * y * z)
    total = xx + yy + zz - (xx * x * x + yy * y * y + zz * z * z + off)
    product = (
        (yy * zz - yz * yz) * x * x
        + (xx * zz - xz * xz) * y * y
        + (xx * yy - xy * xy) * z * z
        + 2.0 * (xz * yz - xy * zz) * x * y
        + 2.0 * (xy * yz - xz * yy) * x * z
        + 2.0 * (xy * xz - xx * yz) * y * z
    )
    larger = total / 2.0 + np.sqrt(np.maximum(total * total / 4.0 - product, 0.0))
    lesser = np.divide(product, larger, out=np.zeros_like(larger), where=larger > 0.0)
    return np.sqrt(larger), np.sqrt(np.maximum(lesser, 0.0))


def stereo_error(
    angle_error_rad: ArrayLike,
    range_1_m: ArrayLike,
    range_2_m: ArrayLike,
    crossing_angle_rad: ArrayLike,
) -> Array:
    """Give the position error of one look each by two angle sensors at once.

    Args:
        angle_error_rad: One sigma of each sensor, across its line in both directions [rad].
        range_1_m: Range of the first [m]; the arguments broadcast together.
        range_2_m: Range of the second [m].
        crossing_angle_rad: Angle between their lines at the target [rad].

    Returns:
        One sigma, rms of three axes [m]. It is proportional to the angle error, so that an
        accuracy quoted in metres divided by the error of 1 rad gives the angle error.

    Source:
        Cramer-Rao bound of two bearings: variances in the plane of the lines add to
        (s1^2 + s2^2) / sin^2, and across it is the weighted mean's.

    Example:
        >>> f"{100.0 / stereo_error(1.0, 2_000e3, 2_000e3, 1.0472) * 1e6:.0f} urad"
        '49 urad'
    """
    one = (np.asarray(angle_error_rad) * range_1_m) ** 2
    two = (np.asarray(angle_error_rad) * range_2_m) ** 2
    in_plane = (one + two) / np.sin(crossing_angle_rad) ** 2
    return np.asarray(np.sqrt((in_plane + one * two / (one + two)) / 3.0))


def _share(work: Callable[[int, int], None], number: int) -> None:
    """Do work on rows in a few parts, each a multiple of the lanes."""
    size = max(1, -(-number // (4 * _LANES))) * _LANES
    parts = -(-number // size)
    in_parallel(lambda i: work(i * size, min((i + 1) * size, number)), parts)
