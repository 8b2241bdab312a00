"""Count satellites within reach of points: of even shells by index, of any set one by one."""

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from umbo.compiled import in_parallel, njit
from umbo.errors import DomainError
from umbo.physics.constants import EARTH_EQUATORIAL_RADIUS_M, EARTH_ROTATION_RAD_PER_S
from umbo.physics.orbits import WalkerShell, drift_rates

Array = NDArray[np.float64]
Counts = NDArray[np.int32]

_CELLS: Final = 128
"""Cells in which the edges of a reach are taken as straight over the node."""
_TIMES: Final = 1_024
"""Times that one thread takes at a time."""
_POINTS: Final = 64
"""Points whose tables are held at once, 10 kB each."""
_CHUNK: Final = 512
"""Satellites of any set whose positions stay in the nearest cache."""
_STEPS: Final = 256
"""Steps by which satellites of any set are turned on before sine and cosine are taken anew."""
_TIE: Final = 1e-6
_TURN: Final = 2.0 * np.pi


def count_in_reach(
    shells: Sequence[WalkerShell],
    target_ecef_m: ArrayLike,
    reach_m: ArrayLike,
    time_s: ArrayLike,
    *,
    earth_angle_0_rad: float = 0.0,
    alive: Sequence[NDArray[np.bool_]] | None = None,
) -> Counts:
    """Count the satellites of even shells within a distance of points, at times.

    Exact, without a test for each satellite: those of a plane within reach lie between two
    arguments of latitude, which are taken as straight over the node in small cells; where a
    satellite is nearer to an edge than that is true, its distance decides. Left out: as in
    ``drift_rates``, and the air in the way.

    Args:
        shells: The shells.
        target_ecef_m: Earth-fixed points, (Q, 3) [m].
        reach_m: Straight distance that counts as in reach [m], shape () or (Q,); 0 is none.
        time_s: Times after the shells' time 0 [s], (T,).
        earth_angle_0_rad: Angle from the inertial x axis to Greenwich at time 0 [rad].
        alive: For each shell which satellites work, (count,); all where left out.

    Returns:
        Satellites in reach, (Q, T).

    Raises:
        DomainError: The shapes do not go together, or a number is not finite.
    """
    target, reach = _points(target_ecef_m, reach_m)
    time = np.ascontiguousarray(time_s, dtype=np.float64)
    if time.ndim != 1 or not np.isfinite(time).all():
        raise DomainError(f"time_s must be (T,) and finite; got shape {time.shape}")
    if alive is not None and [len(a) for a in alive] != [shell.count for shell in shells]:
        raise DomainError(
            f"alive must hold, for each shell, {[s.count for s in shells]} satellites; "
            f"got {[len(a) for a in alive]}"
        )
    count = np.zeros((len(target), len(time)), dtype=np.int32)
    for i, shell in enumerate(shells):
        row = _shell_row(shell, earth_angle_0_rad)
        living = np.empty((0, 0), dtype=np.int32) if alive is None else _summed(shell, alive[i])
        for low in range(0, len(target), _POINTS):
            some = slice(low, low + _POINTS)
            _count_shell(row, living, target[some], reach[some], time, count[some])
    return count


def _points(target_ecef_m: ArrayLike, reach_m: ArrayLike) -> tuple[Array, Array]:
    target = np.ascontiguousarray(target_ecef_m, dtype=np.float64)
    reach = np.asarray(reach_m, dtype=np.float64)
    if target.ndim != 2 or target.shape[1] != 3 or reach.shape not in {(), (len(target),)}:
        raise DomainError(
            "target_ecef_m must be (Q, 3) with reach_m () or (Q,); "
            f"got {target.shape} and {reach.shape}"
        )
    if not (np.isfinite(target).all() and np.isfinite(reach).all()):
        raise DomainError("target_ecef_m and reach_m must be finite; got nan or an infinity")
    return target, np.array(np.broadcast_to(reach, len(target)))


def _shell_row(shell: WalkerShell, earth_angle_0_rad: float) -> Array:
    """Put a shell into numbers: radius, inclination, planes and slots, angles and their rates."""
    node_rate, turn_rate = drift_rates(shell.altitude_m, shell.inclination_rad)
    raan, u = shell.plane_raan_rad, shell.plane_arg_latitude_rad
    more = shell.planes > 1
    return np.array(
        [
            EARTH_EQUATORIAL_RADIUS_M + shell.altitude_m,
            np.cos(shell.inclination_rad),
            np.sin(shell.inclination_rad),
            shell.planes,
            shell.per_plane,
            raan[0] - earth_angle_0_rad,
            raan[1] - raan[0] if more else _TURN,
            node_rate - EARTH_ROTATION_RAD_PER_S,
            u[0],
            u[1] - u[0] if more else 0.0,
            turn_rate,
        ]
    )


def _summed(shell: WalkerShell, alive: NDArray[np.bool_]) -> Counts:
    """Sum those that work along two turns of each plane, so that a range of slots is a gap."""
    plane = np.asarray(alive, dtype=np.int32).reshape(shell.planes, shell.per_plane)
    twice = np.concatenate([np.zeros((shell.planes, 1), np.int32), plane, plane], axis=1)
    return np.cumsum(twice, axis=1, dtype=np.int32)


def _count_shell(
    row: Array, living: Counts, target: Array, reach: Array, time: Array, count: Counts
) -> None:
    table = np.empty((len(target), 2, _CELLS, 5))
    span = np.empty((len(target), 2, 2))

    def tabulate(q: int) -> None:
        _tabulate(row, target[q], reach[q], span[q], table[q])

    def count_part(part: int) -> None:
        q, begin = part % len(target), part // len(target) * _TIMES
        some = slice(begin, begin + _TIMES)
        _count_even(row, living, target[q], reach[q], span[q], table[q], time[some], count[q, some])

    in_parallel(tabulate, len(target))
    in_parallel(count_part, len(target) * -(-len(time) // _TIMES))


@njit(cache=True, nogil=True, error_model="numpy")
def _edges(x: float, rho: float, z: float, row: Array, least: float) -> tuple[float, float]:
    """Give from where to where satellites of a plane reach a point, in slots; x is its node."""
    along, ahead = rho * np.cos(x), z * row[2] - rho * np.sin(x) * row[1]
    inside = np.sqrt(along * along + ahead * ahead)
    half = np.arccos(max(min(least / max(inside, 1e-3), 1.0), -1.0))
    middle = np.arctan2(ahead, along)
    return (middle + half) * row[4] / _TURN, (middle - half) * row[4] / _TURN


@njit(cache=True, nogil=True, error_model="numpy")
def _tabulate(row: Array, target: Array, reach: float, span: Array, table: Array) -> None:
    """Tabulate both edges over the nodes from which a plane comes near enough, in two passes.

    A row of span is where a pass begins and how wide it is; a row of table the edges at the
    begin of a cell, how they change over it, and how far from straight they are.
    """
    radius, cos_i, sin_i = row[0], row[1], row[2]
    z = target[2]
    rho = np.sqrt(target[0] * target[0] + target[1] * target[1])
    least = (radius * radius + rho * rho + z * z - reach * reach) / (2.0 * radius)
    room = rho * rho + z * z - least * least if least > 0.0 else rho * rho + z * z
    span[:] = 0.0
    if reach <= 0.0 or room < 0.0:
        return
    # Distance from the plane is z cos i + rho sin i sin x.
    off, lift = np.sqrt(room), rho * sin_i
    low, high = -off - z * cos_i, off - z * cos_i
    if low > lift or high < -lift:
        return
    south, north = low <= -lift, high >= lift
    first = -np.pi / 2.0 if south else np.arcsin(low / lift)
    last = np.pi / 2.0 if north else np.arcsin(high / lift)
    if south and north:
        span[0, 1] = _TURN
    elif north:
        span[0, 0], span[0, 1] = first, np.pi - 2.0 * first
    elif south:
        span[0, 0], span[0, 1] = -np.pi - last, np.pi + 2.0 * last
    else:
        span[0, 0], span[0, 1] = first, last - first
        span[1, 0], span[1, 1] = np.pi - last, last - first
    for k in range(2):
        step = span[k, 1] / _CELLS
        if step == 0.0:
            continue
        upper, lower = _edges(span[k, 0], rho, z, row, least)
        for cell in range(_CELLS):
            x = span[k, 0] + cell * step
            upper_0, lower_0 = upper, lower
            upper, lower = _edges(x + step, rho, z, row, least)
            # The middle of the reach goes on, also where the angle jumps by a turn.
            jump = row[4] * np.rint((upper_0 + lower_0 - upper - lower) / (2.0 * row[4]))
            upper, lower = upper + jump, lower + jump
            upper_h, lower_h = _edges(x + step / 2.0, rho, z, row, least)
            jump = row[4] * np.rint((upper_0 + lower_0 - upper_h - lower_h) / (2.0 * row[4]))
            bent = max(
                abs(upper_h + jump - (upper_0 + upper) / 2.0),
                abs(lower_h + jump - (lower_0 + lower) / 2.0),
            )
            table[k, cell, 0], table[k, cell, 1] = upper_0, upper - upper_0
            table[k, cell, 2], table[k, cell, 3] = lower_0, lower - lower_0
            # The chord of a root, the worst here, is off by 1.2 times what it is in the middle;
            # where the middle of the reach swings round, no chord is to be believed.
            swings = abs(upper + lower - upper_0 - lower_0) > 0.2 * row[4]
            table[k, cell, 4] = 1.0 if swings else 4.0 * bent + 1e-9


@njit(cache=True, nogil=True, error_model="numpy")
def _count_even(
    row: Array,
    living: Counts,
    target: Array,
    reach: float,
    span: Array,
    table: Array,
    time: Array,
    count: Counts,
) -> None:
    planes, slots, apart = int(row[3]), row[4], row[6]
    rho, lon = np.hypot(target[0], target[1]), np.arctan2(target[1], target[0])
    square = target[0] * target[0] + target[1] * target[1] + target[2] * target[2]
    least = (row[0] * row[0] + square - reach * reach) / (2.0 * row[0])
    lead = row[9] / _TURN * slots
    for t in range(len(time)):
        node = row[5] + row[7] * time[t] - lon
        node -= _TURN * np.floor(node / _TURN)
        turned = (row[8] + row[10] * time[t]) / _TURN
        turned = (turned - np.floor(turned)) * slots
        number = 0
        for k in range(2):
            width = span[k, 1]
            if width == 0.0:
                continue
            to_cell = _CELLS / width
            for winding in range(3):
                begin = span[k, 0] + winding * _TURN
                a = max(int(np.ceil((begin - node) / apart)), 0)
                b = min(int(np.floor((begin + width - node) / apart)), planes - 1)
                if width == _TURN:  # every plane, once
                    a, b = 0, planes - 1 if winding == 0 else -1
                for p in range(a, b + 1):
                    x = node + p * apart - begin
                    x -= _TURN if x >= _TURN else 0.0
                    share = x * to_cell
                    cell = min(int(share), _CELLS - 1)
                    share -= cell
                    slot = turned + p * lead
                    upper = table[k, cell, 0] + share * table[k, cell, 1] - slot
                    lower = table[k, cell, 2] + share * table[k, cell, 3] - slot
                    near = table[k, cell, 4]
                    last, first = np.floor(upper), np.ceil(lower)
                    if (
                        upper - last < near
                        or last + 1.0 - upper < near
                        or first - lower < near
                        or lower + 1.0 - first < near
                    ):
                        first, last = _exact(x + begin, slot, rho, target[2], row, least)
                    found = int(min(last - first + 1.0, slots))
                    if living.shape[0] > 0 and found > 0:
                        at = int(first - slots * np.floor(first / slots))
                        found = living[p, at + found] - living[p, at]
                    number += max(found, 0)
        count[t] += number


@njit(cache=True, nogil=True, error_model="numpy")
def _exact(
    x: float, slot: float, rho: float, z: float, row: Array, least: float
) -> tuple[float, float]:
    """Give the first and the last slot in reach; those at the edges by their distance."""
    along, ahead = rho * np.cos(x), z * row[2] - rho * np.sin(x) * row[1]
    upper, lower = _edges(x, rho, z, row, least)
    last, first = np.floor(upper - slot + _TIE), np.ceil(lower - slot - _TIE)
    for _ in range(2):
        u = (slot + last) * _TURN / row[4]
        if last >= first and along * np.cos(u) + ahead * np.sin(u) < least:
            last -= 1.0
        u = (slot + first) * _TURN / row[4]
        if last >= first and along * np.cos(u) + ahead * np.sin(u) < least:
            first += 1.0
    return first, last


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
    Memory is that of the answer and of a few numbers a satellite.

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
    radius = EARTH_EQUATORIAL_RADIUS_M + altitude
    node_rate, turn_rate = drift_rates(altitude, inclination)
    rows = np.stack(
        [
            radius,
            np.cos(inclination),
            np.sin(inclination),
            raan - earth_angle_0_rad,
            node_rate - EARTH_ROTATION_RAD_PER_S,
            u,
            turn_rate,
            radius * radius / 2.0,
        ]
    )
    # In whole chunks, filled up with what is never in reach.
    chunks = -(-len(radius) // _CHUNK)
    padded = np.zeros((len(rows), chunks * _CHUNK))
    padded[-1] = np.inf
    padded[:, : len(radius)] = rows
    packed = np.ascontiguousarray(padded.reshape(len(rows), chunks, _CHUNK).swapaxes(0, 1))
    # A point is in reach where s . g - s . s / 2 is at least (g . g - reach^2) / 2.
    least = (np.sum(target**2, axis=1) - reach**2) / 2.0
    least[reach <= 0.0] = np.inf
    count = np.zeros((len(target), steps), dtype=np.int32)

    def count_part(part: int) -> None:
        begin = part * _STEPS
        some = slice(begin, min(begin + _STEPS, steps))
        _count_any(packed, target, least, begin * step_s, step_s, count[:, some])

    in_parallel(count_part, -(-steps // _STEPS))
    return count


@njit(cache=True, nogil=True, error_model="numpy")
def _count_any(
    rows: Array, target: Array, least: Array, start: float, step: float, count: Counts
) -> None:
    node, node_step = np.empty((2, _CHUNK)), np.empty((2, _CHUNK))
    turn, turn_step = np.empty((2, _CHUNK)), np.empty((2, _CHUNK))
    place = np.empty((3, _CHUNK))
    for chunk in range(rows.shape[0]):
        some = rows[chunk]
        _set_angle(some[3], some[4], start, step, node, node_step)
        _set_angle(some[5], some[6], start, step, turn, turn_step)
        turn *= some[0]
        for t in range(count.shape[1]):
            _put(some, node, turn, place)
            _turn_on(node[0], node[1], node_step[0], node_step[1])
            _turn_on(turn[0], turn[1], turn_step[0], turn_step[1])
            for q in range(0, target.shape[0], 2):
                other = min(q + 1, target.shape[0] - 1)
                found = _test_two(place, some[7], target[q], target[other], least[q], least[other])
                count[q, t] += found[0]
                if other > q:
                    count[other, t] += found[1]


@njit(cache=True, nogil=True, error_model="numpy")
def _set_angle(angle: Array, rate: Array, start: float, step: float, now: Array, by: Array) -> None:
    for i in range(len(angle)):
        now[0, i], now[1, i] = (
            np.cos(angle[i] + rate[i] * start),
            np.sin(angle[i] + rate[i] * start),
        )
        by[0, i], by[1, i] = np.cos(rate[i] * step), np.sin(rate[i] * step)


# Loops over few arrays, because only those are turned into vector instructions.
@njit(cache=True, nogil=True, error_model="numpy")
def _turn_on(cos: Array, sin: Array, cos_by: Array, sin_by: Array) -> None:
    for i in range(len(cos)):
        turned = cos[i] * cos_by[i] - sin[i] * sin_by[i]
        sin[i] = sin[i] * cos_by[i] + cos[i] * sin_by[i]
        cos[i] = turned


@njit(cache=True, nogil=True, error_model="numpy")
def _put(some: Array, node: Array, turn: Array, place: Array) -> None:
    cos_i, sin_i = some[1], some[2]
    cos_n, sin_n, cos_u, sin_u = node[0], node[1], turn[0], turn[1]
    x, y, z = place[0], place[1], place[2]
    for i in range(len(x)):
        x[i] = cos_n[i] * cos_u[i] - sin_n[i] * (sin_u[i] * cos_i[i])
    for i in range(len(x)):
        y[i] = sin_n[i] * cos_u[i] + cos_n[i] * (sin_u[i] * cos_i[i])
    for i in range(len(x)):
        z[i] = sin_u[i] * sin_i[i]


@njit(cache=True, nogil=True, error_model="numpy")
def _test_two(
    place: Array, half: Array, a: Array, b: Array, a_least: float, b_least: float
) -> tuple[int, int]:
    # Two points at a time, so that each position is fetched half as often.
    x, y, z = place[0], place[1], place[2]
    ax, ay, az, bx, by, bz = a[0], a[1], a[2], b[0], b[1], b[2]
    a_found, b_found = 0, 0
    for i in range(len(half)):
        a_found += 1 if ax * x[i] + ay * y[i] + az * z[i] - half[i] >= a_least else 0
        b_found += 1 if bx * x[i] + by * y[i] + bz * z[i] - half[i] >= b_least else 0
    return a_found, b_found
