"""Count satellites of even shells within reach of points, by index."""

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from umbo.compiled import in_parallel, njit, njit_inner
from umbo.errors import DomainError
from umbo.physics.constants import EARTH_EQUATORIAL_RADIUS_M, EARTH_ROTATION_RAD_PER_S
from umbo.physics.orbits import WalkerShell, drift_rates

Array = NDArray[np.float64]
Counts = NDArray[np.int32]

_CELLS: Final = 128
"""Cells in which the edges of a reach are taken as straight over the node."""
_TIMES: Final = 4_096
"""Times that one thread takes at a time."""
_POINTS: Final = 64
"""Points whose tables are held at once, 10 kB each."""
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
    """Give points, (Q, 3), and as many reaches, (Q,), or refuse them."""
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
    # In the order of the node's angle, the times at which a plane is near are next to each other.
    angle = np.mod(row[5] + row[7] * time, _TURN)
    order = np.argsort(angle, kind="stable")
    angle = angle[order]
    turn = (row[8] + row[10] * time[order]) / _TURN
    slot = (turn - np.floor(turn)) * row[4]

    def tabulate(q: int) -> None:
        _tabulate(row, target[q], reach[q], span[q], table[q])

    def count_part(part: int) -> None:
        q, begin = part % len(target), part // len(target) * _TIMES
        some = slice(begin, begin + _TIMES)
        _count_even(
            row,
            living,
            target[q],
            reach[q],
            span[q],
            table[q],
            angle[some],
            slot[some],
            order[some],
            count[q],
        )

    in_parallel(tabulate, len(target))
    in_parallel(count_part, len(target) * -(-len(time) // _TIMES))


@njit_inner(nogil=True, error_model="numpy")
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


@njit_inner(nogil=True, error_model="numpy")
def _place(angle: Array, value: float) -> int:
    """Give the place of the first of ascending angles that is not below a value."""
    low, high = 0, len(angle)
    while low < high:
        middle = (low + high) // 2
        if angle[middle] < value:
            low = middle + 1
        else:
            high = middle
    return low


@njit(cache=True, nogil=True, error_model="numpy")
def _count_even(
    row: Array,
    living: Counts,
    target: Array,
    reach: float,
    span: Array,
    table: Array,
    angle: Array,
    slot: Array,
    order: NDArray[np.int64],
    count: Counts,
) -> None:
    """Count at some times, ascending in the angle of the node; plane by plane, pass by pass."""
    square = target[0] * target[0] + target[1] * target[1] + target[2] * target[2]
    lon = np.arctan2(target[1], target[0])
    least = (row[0] * row[0] + square - reach * reach) / (2.0 * row[0])
    for k in range(2):
        begin, width = span[k, 0], span[k, 1]
        if width == 0.0:
            continue
        for p in range(int(row[3])):
            alive = living[p] if living.shape[0] > 0 else living.ravel()
            lead = p * row[9] / _TURN * row[4]
            low = begin + lon - p * row[6]
            low -= _TURN * np.floor(low / _TURN)
            a, b = _place(angle, low), _place(angle, low + width)
            for _ in range(2):  # again where the pass goes beyond a full turn
                _count_pass(
                    row,
                    alive,
                    target,
                    least,
                    begin,
                    width,
                    table[k],
                    low,
                    lead,
                    angle[a:b],
                    slot[a:b],
                    order[a:b],
                    count,
                )
                low -= _TURN
                a, b = 0, a if width == _TURN else _place(angle, low + width)


@njit_inner(nogil=True, error_model="numpy")
def _count_pass(
    row: Array,
    alive: Counts,
    target: Array,
    least: float,
    begin: float,
    width: float,
    table: Array,
    low: float,
    lead: float,
    angle: Array,
    slot: Array,
    order: NDArray[np.int64],
    count: Counts,
) -> None:
    """Count of one plane, at the times at which it is near; low is where the pass begins."""
    to_cell = _CELLS / width
    for j in range(len(angle)):
        x, at = angle[j] - low, slot[j] + lead
        share = x * to_cell
        cell = np.uint32(max(min(share, _CELLS - 1.0), 0.0))
        share -= cell
        upper = table[cell, 0] + share * table[cell, 1] - at
        lower = table[cell, 2] + share * table[cell, 3] - at
        last, first = np.floor(upper), np.ceil(lower)
        off = min(upper - last, last + 1.0 - upper, first - lower, lower + 1.0 - first)
        if off < table[cell, 4]:
            first, last = _exact(x + begin, at, target, row, least)
        found = max(min(last - first + 1.0, row[4]), 0.0)
        if len(alive) > 0 and found > 0.0:
            one = np.uint32(first - row[4] * np.floor(first / row[4]))
            count[order[j]] += alive[one + np.uint32(found)] - alive[one]
        else:
            count[order[j]] += np.int32(found)


@njit_inner(nogil=True, error_model="numpy")
def _exact(x: float, slot: float, target: Array, row: Array, least: float) -> tuple[float, float]:
    """Give the first and the last slot in reach; those at the edges by their distance."""
    rho, z = np.hypot(target[0], target[1]), target[2]
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
