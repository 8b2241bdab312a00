"""Count satellites of any set within reach of points, each against each."""

from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from umbo.compiled import in_parallel, int32, njit, njit_inner
from umbo.errors import DomainError
from umbo.physics.constants import EARTH_EQUATORIAL_RADIUS_M, EARTH_ROTATION_RAD_PER_S
from umbo.physics.counting import _points
from umbo.physics.orbits import drift_rates

Array = NDArray[np.float64]
Single = NDArray[np.float32]
Counts = NDArray[np.int32]

_W: Final = 256
"""Satellites whose positions stay in the nearest cache."""
_STEPS: Final = 256
"""Steps by which satellites are turned on before sine and cosine are taken anew."""
_WHOLE: Final = {"perhaps": int32, "surely": int32}
"""Counts as narrow as what is counted, so that as many fit into a vector."""
_ROUNDING: Final = 4.0 * 2.0**-24
"""Room for single precision, against the square of both radii; all roundings make 2.3 at most."""


def count_one_by_one(
    altitude_m: ArrayLike,
    inclination_rad: ArrayLike,
    raan_rad: ArrayLike,
    arg_latitude_rad: ArrayLike,
    target_ecef_m: ArrayLike,
    reach_m: ArrayLike,
    *,
    step_s: float,
    steps: int,
    earth_angle_0_rad: float = 0.0,
) -> Counts:
    """Count the satellites of any set within a distance of points, at even times from 0 on.

    Every satellite against every point, on circular orbits that drift as in ``drift_rates``.
    Tested in single precision; where that could tell wrongly, double precision decides, so that
    the count is exact. Memory is that of the answer and of a few numbers a satellite.

    Args:
        altitude_m: Height of each orbit over the equatorial radius [m], (N,); the first four
            broadcast together.
        inclination_rad: Inclination [rad].
        raan_rad: Right ascension of the ascending node at time 0 [rad].
        arg_latitude_rad: Argument of latitude at time 0 [rad].
        target_ecef_m: Earth-fixed points, (Q, 3) [m].
        reach_m: Straight distance that counts as in reach [m], shape () or (Q,); 0 is none.
        step_s: Spacing of the times [s].
        steps: Number of times.
        earth_angle_0_rad: Angle from the inertial x axis to Greenwich at time 0 [rad].

    Returns:
        Satellites in reach, (Q, steps).

    Raises:
        DomainError: The shapes do not go together, or a number is not finite.
    """
    target, reach = _points(target_ecef_m, reach_m)
    given = (altitude_m, inclination_rad, raan_rad, arg_latitude_rad)
    elements = np.stack(np.broadcast_arrays(*(np.ravel(one) for one in given))).astype(np.float64)
    if not (np.isfinite(elements).all() and np.isfinite(step_s)):
        raise DomainError("elements of satellites and step_s must be finite; got nan or infinity")
    altitude, inclination, raan, u = elements
    node_rate, turn_rate = drift_rates(altitude, inclination)
    rows = np.stack(
        [
            EARTH_EQUATORIAL_RADIUS_M + altitude,
            np.cos(inclination),
            np.sin(inclination),
            raan - earth_angle_0_rad,
            node_rate - EARTH_ROTATION_RAD_PER_S,
            u,
            turn_rate,
        ]
    )
    # In whole chunks, filled up with the Earth's centre, of which no one is in reach.
    chunks = -(-len(altitude) // _W)
    padded = np.zeros((len(rows), chunks * _W))
    padded[:, : len(altitude)] = rows
    packed = np.ascontiguousarray(padded.reshape(len(rows), chunks, _W).swapaxes(0, 1))
    # A point is in reach where s . g - s . s / 2 is at least (g . g - reach^2) / 2.
    least = (np.sum(target**2, axis=1) - reach**2) / 2.0
    asked = np.flatnonzero(reach > 0.0)
    count = np.zeros((len(target), steps), dtype=np.int32)

    def count_part(part: int) -> None:
        begin = part * _STEPS
        found = np.zeros((len(asked), min(_STEPS, steps - begin)), dtype=np.int32)
        _count_any(packed, target[asked], least[asked], begin * step_s, step_s, found)
        count[asked, begin : begin + _STEPS] = found

    in_parallel(count_part, -(-steps // _STEPS))
    return count


@njit(cache=True, nogil=True, error_model="numpy")
def _count_any(
    rows: Array, target: Array, least: Array, start: float, step: float, count: Counts
) -> None:
    # One array of rows as wide as a constant: only then are its loops vector instructions.
    turned, place = np.empty(10 * _W), np.empty(4 * _W, np.float32)
    points = target.shape[0]
    single, low, high = np.empty((points, 3), np.float32), np.empty(points), np.empty(points)
    for q in range(points):
        for axis in range(3):
            single[q, axis] = target[q, axis]
    for chunk in range(rows.shape[0]):
        some = rows[chunk]
        farthest = _set_out(some, start, step, turned, place)
        for q in range(points):
            g = target[q]
            size = np.sqrt(g[0] * g[0] + g[1] * g[1] + g[2] * g[2]) + farthest
            room = _ROUNDING * size * size
            low[q], high[q] = least[q] - room, least[q] + room
        for t in range(count.shape[1]):
            _place_and_turn(turned, place)
            for q in range(points):
                x, y, z = single[q, 0], single[q, 1], single[q, 2]
                perhaps, surely = _test(place, x, y, z, np.float32(low[q]), np.float32(high[q]))
                if perhaps != surely:
                    now, lowest = start + t * step, 2.0 * low[q] - least[q]
                    surely = _test_again(place, some, now, target[q], least[q], lowest)
                count[q, t] += surely


@njit_inner(nogil=True, error_model="numpy")
def _set_out(some: Array, start: float, step: float, turned: Array, place: Single) -> float:
    farthest = 0.0
    for i in range(_W):
        node, turn = some[3, i] + some[4, i] * start, some[5, i] + some[6, i] * start
        turned[i], turned[_W + i] = np.cos(node), np.sin(node)
        turned[2 * _W + i] = some[0, i] * np.cos(turn)
        turned[3 * _W + i] = some[0, i] * np.sin(turn)
        turned[4 * _W + i], turned[5 * _W + i] = (
            np.cos(some[4, i] * step),
            np.sin(some[4, i] * step),
        )
        turned[6 * _W + i], turned[7 * _W + i] = (
            np.cos(some[6, i] * step),
            np.sin(some[6, i] * step),
        )
        turned[8 * _W + i], turned[9 * _W + i] = some[1, i], some[2, i]
        place[3 * _W + i] = some[0, i] * some[0, i] / 2.0 if some[0, i] > 0.0 else np.inf
        farthest = max(farthest, some[0, i])
    return farthest


@njit_inner(nogil=True, error_model="numpy")
def _place_and_turn(turned: Array, place: Single) -> None:
    """Place satellites where they are now, and turn them on by a step."""
    for i in range(_W):
        cos_n, sin_n = turned[i], turned[_W + i]
        cos_u, sin_u = turned[2 * _W + i], turned[3 * _W + i]
        across = sin_u * turned[8 * _W + i]
        place[i] = np.float32(cos_n * cos_u - sin_n * across)
        place[_W + i] = np.float32(sin_n * cos_u + cos_n * across)
        place[2 * _W + i] = np.float32(sin_u * turned[9 * _W + i])
        cos_by, sin_by = turned[4 * _W + i], turned[5 * _W + i]
        turned[i], turned[_W + i] = cos_n * cos_by - sin_n * sin_by, sin_n * cos_by + cos_n * sin_by
        cos_by, sin_by = turned[6 * _W + i], turned[7 * _W + i]
        turned[2 * _W + i] = cos_u * cos_by - sin_u * sin_by
        turned[3 * _W + i] = sin_u * cos_by + cos_u * sin_by


# The products' rounding is allowed for, with or without one of its own for the sum.
@njit_inner(
    cache=True, nogil=True, error_model="numpy", fastmath={"contract", "nsz"}, locals=_WHOLE
)
def _test(place: Single, x: float, y: float, z: float, low: float, high: float) -> tuple[int, int]:
    """Count those that may be in reach, and those that surely are."""
    perhaps, surely = np.int32(0), np.int32(0)
    for i in range(_W):
        v = x * place[i] + (y * place[_W + i] + (z * place[2 * _W + i] - place[3 * _W + i]))
        perhaps += np.int32(v >= low)
        surely += np.int32(v >= high)
    return int(perhaps), int(surely)


@njit_inner(nogil=True, error_model="numpy")
def _test_again(place: Single, some: Array, time: float, g: Array, least: float, low: float) -> int:
    """Count those in reach, in double precision."""
    x, y, z = np.float32(g[0]), np.float32(g[1]), np.float32(g[2])
    found = np.int32(0)
    for i in range(_W):
        v = x * place[i] + (y * place[_W + i] + (z * place[2 * _W + i] - place[3 * _W + i]))
        if v >= low:
            node, turn = some[3, i] + some[4, i] * time, some[5, i] + some[6, i] * time
            cos_n, sin_n, sin_u = np.cos(node), np.sin(node), np.sin(turn)
            along = g[0] * cos_n + g[1] * sin_n
            ahead = (g[1] * cos_n - g[0] * sin_n) * some[1, i] + g[2] * some[2, i]
            s = some[0, i]
            v = s * (along * np.cos(turn) + ahead * sin_u) - s * s / 2.0
            found += np.int32(v >= least)
    return int(found)
