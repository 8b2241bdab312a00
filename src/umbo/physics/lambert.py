"""Free fall between two points: Lambert's problem, and where a fall leads."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from umbo.compiled import njit, njit_inner
from umbo.errors import DomainError
from umbo.physics.constants import EARTH_MU_M3_PER_S2

Array = NDArray[np.float64]

_MU = EARTH_MU_M3_PER_S2
_ROUNDS = 60


def fall(
    position_m: ArrayLike, velocity_m_per_s: ArrayLike, time_s: ArrayLike
) -> tuple[Array, Array]:
    """Give where a free fall about the Earth's centre leads after a time.

    Left out: flattening, worth 1 km in five minutes and 10 km in half an hour at 400 km; air.

    Args:
        position_m: Inertial positions [m], (n, 3).
        velocity_m_per_s: Inertial velocities [m/s], (n, 3).
        time_s: Times fallen [s], () or (n,).

    Returns:
        Positions [m] and velocities [m/s] then, (n, 3) each.

    Raises:
        DomainError: The shapes do not go together.

    Source:
        Bate, Mueller & White, *Fundamentals of Astrodynamics*, Dover (1971), sec. 4.3 and
        4.4: universal variable.
    """
    position, velocity = _vectors(position_m, velocity_m_per_s)
    time = np.array(np.broadcast_to(np.asarray(time_s, dtype=np.float64), len(position)))
    there, then = np.empty_like(position), np.empty_like(position)
    _fall(position, velocity, time, there, then)
    return there, then


def lambert(start_m: ArrayLike, end_m: ArrayLike, time_s: ArrayLike) -> tuple[Array, Array]:
    """Find the free fall that leads from one point to another in a time, the short way round.

    Less than one turn, and less than half a turn about the centre. Left out: as ``fall``.

    Args:
        start_m: Inertial positions [m], (n, 3).
        end_m: Inertial positions [m], (n, 3).
        time_s: Times of flight [s], above 0, () or (n,).

    Returns:
        Velocities at start and end [m/s], (n, 3) each; nan where the points lie on one line
        through the centre or the fall is none that ends in time.

    Raises:
        DomainError: The shapes do not go together, or a time is not above 0.

    Source:
        Bate, Mueller & White (1971), sec. 5.3: universal variable; z is found by halving.
    """
    start, end = _vectors(start_m, end_m)
    time = np.array(np.broadcast_to(np.asarray(time_s, dtype=np.float64), len(start)))
    if not np.all(time > 0.0):
        raise DomainError("time_s of a fall between two points must be above 0; check it")
    first, last = np.empty_like(start), np.empty_like(start)
    _lambert(start, end, time, first, last)
    return first, last


def _vectors(a: ArrayLike, b: ArrayLike) -> tuple[Array, Array]:
    first, second = (np.ascontiguousarray(x, dtype=np.float64) for x in (a, b))
    if first.ndim != 2 or first.shape[1] != 3 or first.shape != second.shape:
        raise DomainError(f"vectors must be (n, 3) both; got {first.shape} and {second.shape}")
    return first, second


@njit_inner(error_model="numpy")
def _stumpff(z: float) -> tuple[float, float]:
    """Give C(z) and S(z) of the universal variable."""
    if z > 1e-3:
        root = np.sqrt(z)
        return (1.0 - np.cos(root)) / z, (root - np.sin(root)) / (root * z)
    if z < -1e-3:
        root = np.sqrt(-z)
        return (1.0 - np.cosh(root)) / z, (np.sinh(root) - root) / (-root * z)
    return (
        0.5 - z / 24.0 + z * z / 720.0 - z * z * z / 40_320.0,
        1.0 / 6.0 - z / 120.0 + z * z / 5_040.0 - z * z * z / 362_880.0,
    )


@njit_inner(error_model="numpy")
def fall_one(r: Array, v: Array, time: float, there: Array, then: Array) -> None:
    """Fall from one state, in a kernel."""
    size = np.sqrt(r[0] * r[0] + r[1] * r[1] + r[2] * r[2])
    outward = (r[0] * v[0] + r[1] * v[1] + r[2] * v[2]) / np.sqrt(_MU)
    square = v[0] * v[0] + v[1] * v[1] + v[2] * v[2]
    alpha = 2.0 / size - square / _MU
    chi = np.sqrt(_MU) * time * abs(alpha)
    if alpha * size < 0.1:
        chi = np.sqrt(_MU) * time / size
    goal, c, s, away = np.sqrt(_MU) * time, 0.5, 1.0 / 6.0, size
    for _ in range(50):
        c, s = _stumpff(alpha * chi * chi)
        away = chi * chi * c + outward * chi * (1.0 - alpha * chi * chi * s)
        away += size * (1.0 - alpha * chi * chi * c)
        short = goal - chi**3 * s - outward * chi * chi * c
        short -= size * chi * (1.0 - alpha * chi * chi * s)
        chi += short / away
        if abs(short) < 1e-9 * abs(goal) + 1e-6:
            break
    c, s = _stumpff(alpha * chi * chi)
    f, g = 1.0 - chi * chi / size * c, time - chi**3 / np.sqrt(_MU) * s
    for i in range(3):
        there[i] = f * r[i] + g * v[i]
    away = np.sqrt(there[0] ** 2 + there[1] ** 2 + there[2] ** 2)
    f_dot = np.sqrt(_MU) / (away * size) * chi * (alpha * chi * chi * s - 1.0)
    g_dot = 1.0 - chi * chi / away * c
    for i in range(3):
        then[i] = f_dot * r[i] + g_dot * v[i]


@njit(cache=True, nogil=True, error_model="numpy")
def _fall(position: Array, velocity: Array, time: Array, there: Array, then: Array) -> None:
    for n in range(len(time)):
        fall_one(position[n], velocity[n], time[n], there[n], then[n])


@njit_inner(error_model="numpy")
def _time_of(z: float, sizes: float, a: float) -> tuple[float, float]:
    """Give the time of flight at z, and y; the time is minus infinity where y is negative."""
    c, s = _stumpff(z)
    y = sizes - a * (1.0 - z * s) / np.sqrt(c)
    if y < 0.0:
        return -np.inf, y
    x = np.sqrt(y / c)
    return (x * x * x * s + a * np.sqrt(y)) / np.sqrt(_MU), y


@njit(cache=True, nogil=True, error_model="numpy")
def _lambert(start: Array, end: Array, time: Array, first: Array, last: Array) -> None:
    for n in range(len(time)):
        size_0 = np.sqrt(start[n, 0] ** 2 + start[n, 1] ** 2 + start[n, 2] ** 2)
        size_1 = np.sqrt(end[n, 0] ** 2 + end[n, 1] ** 2 + end[n, 2] ** 2)
        along = start[n, 0] * end[n, 0] + start[n, 1] * end[n, 1] + start[n, 2] * end[n, 2]
        a = np.sqrt(size_0 * size_1 + along)  # sin(turn) sqrt(r0 r1 / (1 - cos(turn)))
        # The time rises with z, to infinity at a full turn.
        low, high = -4.0 * np.pi**2, 4.0 * np.pi**2 * (1.0 - 1e-12)
        while _time_of(low, size_0 + size_1, a)[0] > time[n] and low > -1e6:
            low *= 2.0
        for _ in range(_ROUNDS):
            z = 0.5 * (low + high)
            if _time_of(z, size_0 + size_1, a)[0] < time[n]:
                low = z
            else:
                high = z
        flown, y = _time_of(0.5 * (low + high), size_0 + size_1, a)
        is_found = a > 1e-6 * size_0 and abs(flown - time[n]) < 1e-6 * time[n] + 1e-6
        f, g, g_dot = 1.0 - y / size_0, a * np.sqrt(max(y, 0.0) / _MU), 1.0 - y / size_1
        for i in range(3):
            first[n, i] = (end[n, i] - f * start[n, i]) / g if is_found else np.nan
            last[n, i] = (g_dot * end[n, i] - start[n, i]) / g if is_found else np.nan
