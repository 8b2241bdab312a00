"""Aiming: the azimuth and thrust cut-off that bring a missile to its aim point."""

from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from umbo.errors import DomainError
from umbo.physics.constants import EARTH_MEAN_RADIUS_M
from umbo.physics.earth import geodetic_to_ecef
from umbo.physics.flight import (
    ALL_EFFECTS,
    Effects,
    Launch,
    Steering,
    Trajectory,
    Vehicle,
    fly,
    launch_state,
)

Array = NDArray[np.float64]

MISS_ADMITTED_M: Final = 100.0
_MISS_SOUGHT_M: Final = 30.0
_MOST_FLIGHTS: Final = 24
# Tried in turn for aim points near the limit.
_TOWARDS_FULL_BURN: Final = (0.35, 0.7, 1.0)
# Scales cut-off so that a unit of it and of azimuth move the impact about as far.
_SECONDS_A_RADIAN: Final = 100.0
_VERTICAL_S: Final = 5.0
_KICK_S: Final = 8.0
_KICKS_RAD: Final = np.radians(np.geomspace(0.5, 65.0, 36))
_FINER: Final = 9
_CUTOFFS: Final = 28
# The earliest cut-off, as a share of the burn: less is no flight that a study asks for.
_EARLIEST: Final = 0.4


@dataclass(frozen=True, eq=False)
class Reach:
    """What a missile reaches at each cut-off, over a sphere at rest; rows rise in range."""

    cutoff_s: Array
    kick_rad: Array
    range_m: Array


@dataclass(frozen=True, eq=False)
class Aimed:
    """Flights that hit their aim points, and how."""

    steering: Steering
    flights: Trajectory
    miss_m: Array
    """Distance from aim point to impact."""


def aim(
    vehicle: Vehicle,
    launch_latitude_rad: ArrayLike,
    launch_longitude_rad: ArrayLike,
    aim_latitude_rad: ArrayLike,
    aim_longitude_rad: ArrayLike,
    *,
    loft: float = 0.0,
    times_s: ArrayLike | None = None,
    every_s: float = 5.0,
    effects: Effects = ALL_EFFECTS,
) -> Aimed:
    """Fly missiles of one type so that each hits its aim point, all in parallel.

    Every missile turns by gravity after a kick, and thrust ends when the aim point is in
    reach. The kick is the one that reaches the distance with the earliest cut-off over a
    sphere at rest, where burnout speed is within 1 % of the least; over the turning Earth
    the flight is near minimum energy, and shallower at the limit of reach. Left out:
    missiles that burn out fully and waste energy by turning.

    Args:
        vehicle: The missile.
        launch_latitude_rad: Launch points; all four broadcast to the flights' shape.
        launch_longitude_rad: East positive [rad].
        aim_latitude_rad: Aim points, on the ellipsoid [rad].
        aim_longitude_rad: East positive [rad].
        loft: Share of the kick left out: 0.2 flies lofted, -0.2 depressed.
        times_s: Times to sample at; an even grid to the last impact if None [s].
        every_s: Spacing of that grid [s].
        effects: Effects that act.

    Returns:
        The flights, each within 100 m of its aim point.

    Raises:
        DomainError: An aim point is too far or too near; the message has the limit.

    Source:
        Broyden, *Math. Comp.* 19 (1965), 577-593, started from a table of ranges.
    """
    points = np.broadcast_arrays(
        *(
            np.asarray(x, dtype=np.float64)
            for x in (
                launch_latitude_rad,
                launch_longitude_rad,
                aim_latitude_rad,
                aim_longitude_rad,
            )
        )
    )
    shape = points[0].shape
    lat, lon, aim_lat, aim_lon = (x.reshape(-1) for x in points)
    if effects.ellipsoid:
        target = geodetic_to_ecef(aim_lat, aim_lon)
    else:
        target = launch_state(aim_lat, aim_lon, np.zeros_like(lat), effects)[0][:, :3]
    table = reach(vehicle, loft)
    start, _ = launch_state(lat, lon, np.zeros_like(lat), effects)
    distance = _angle(start[:, :3], target) * EARTH_MEAN_RADIUS_M
    if not np.all(distance > 1e3):  # nan too
        raise DomainError(
            "launch and aim points must be finite and over 1 km apart; "
            f"the nearest pair is {np.min(distance, initial=np.inf) / 1e3:.1f} km apart"
        )
    # The kick that suits the distance; at the limit of reach, those that suit a longer one.
    kick = np.interp(distance, table.range_m, table.kick_rad)
    solved, miss = _solve(vehicle, lat, lon, target, table, kick, effects)
    for share in _TOWARDS_FULL_BURN:
        again = np.flatnonzero(~(miss <= MISS_ADMITTED_M))
        if len(again) > 0:
            pairs = (lat[again], lon[again], target[again])
            other = kick[again] + share * (table.kick_rad[-1] - kick[again])
            solved[again], miss[again] = _solve(vehicle, *pairs, table, other, effects)
    failed = ~(miss <= MISS_ADMITTED_M)
    if np.any(failed):
        i = int(np.argmax(failed))
        azimuth = float(solved[i, 0])
        limits = _limits(vehicle, loft, lat[i], lon[i], azimuth, effects)
        raise DomainError(
            f"{int(failed.sum())} of {len(failed)} aim points cannot be reached, the first "
            f"at {np.degrees(aim_lat[i]):.1f}, {np.degrees(aim_lon[i]):.1f} deg: it lies "
            f"{distance[i] / 1e3:.0f} km from its launch point, and the missile flies "
            f"{limits[0] / 1e3:.0f} to {limits[1] / 1e3:.0f} km in that direction; choose a "
            "nearer launch point or another missile"
        )
    azimuth_rad, cutoff_s, kick_rad = (solved[:, column].reshape(shape) for column in range(3))
    steering = Steering(azimuth_rad, kick_rad, _VERTICAL_S, _KICK_S, cutoff_s)
    launch = Launch(points[0], points[1])
    flights = fly(vehicle, launch, steering, times_s=times_s, every_s=every_s, effects=effects)
    missed_by = np.linalg.norm(flights.impact_position_m - target.reshape(*shape, 3), axis=-1)
    return Aimed(steering, flights, np.asarray(missed_by))


def _solve(
    vehicle: Vehicle,
    lat: Array,
    lon: Array,
    target: Array,
    table: Reach,
    kick: Array,
    effects: Effects,
) -> tuple[Array, Array]:
    """Solve for azimuth and cut-off, all at once; give both, the kick, and the misses."""
    start, frame = launch_state(lat, lon, np.zeros_like(lat), effects)
    home, goal = _unit(start[:, :3]), _unit(target)
    left = _unit(np.cross(home, goal))
    ahead = np.cross(left, home)
    angle = _angle(home, goal)
    azimuth = np.arctan2(_dot(ahead, frame[:, 0]), _dot(ahead, frame[:, 1]))
    cutoff = np.interp(angle * EARTH_MEAN_RADIUS_M, table.range_m, table.cutoff_s)
    x = np.stack([azimuth, cutoff / _SECONDS_A_RADIAN], axis=-1)
    bounds = table.cutoff_s[[0, -1]] / _SECONDS_A_RADIAN
    # Rows: metres beyond and left of the goal; columns: azimuth, cut-off.
    first = np.zeros((len(x), 2, 2))
    slope = np.gradient(table.range_m, table.cutoff_s) * _SECONDS_A_RADIAN
    first[:, 0, 1] = np.interp(cutoff, table.cutoff_s, slope)
    first[:, 1, 0] = -EARTH_MEAN_RADIUS_M * np.sin(angle)
    jacobian, step, before = first.copy(), np.zeros_like(x), np.zeros_like(x)
    best, miss = x.copy(), np.full(len(x), np.inf)
    left_over = np.arange(len(x))
    for flights in range(_MOST_FLIGHTS):
        i = left_over
        steering = Steering(x[i, 0], kick[i], _VERTICAL_S, _KICK_S, x[i, 1] * _SECONDS_A_RADIAN)
        flown = fly(vehicle, Launch(lat[i], lon[i]), steering, times_s=np.zeros(1), effects=effects)
        error = _flown_ahead_and_left(flown, home[i], ahead[i], left[i])
        error[:, 0] -= angle[i] * EARTH_MEAN_RADIUS_M
        lost = ~np.isfinite(error[:, 0])  # in orbit, or fallen while it burnt
        distance = np.where(lost, np.inf, np.hypot(error[:, 0], error[:, 1]))
        better = distance < miss[i]
        best[i[better]], miss[i[better]] = x[i[better]], distance[better]
        if flights > 0:
            length = np.sum(step[i] ** 2, axis=1)
            gap = error - before[i] - np.einsum("nij,nj->ni", jacobian[i], step[i])
            update = (
                gap[:, :, None] * step[i][:, None, :] / np.maximum(length, 1e-30)[:, None, None]
            )
            jacobian[i] += np.where(lost[:, None, None], 0.0, update)
        if flights % 8 == 7:  # Broyden has lost its way: start afresh from here
            jacobian[i] = first[i]
        j = jacobian[i]
        area = j[:, 0, 0] * j[:, 1, 1] - j[:, 0, 1] * j[:, 1, 0]
        turn = -(j[:, 1, 1] * error[:, 0] - j[:, 0, 1] * error[:, 1]) / area
        wait = -(j[:, 0, 0] * error[:, 1] - j[:, 1, 0] * error[:, 0]) / area
        wait = np.clip(x[i, 1] + wait, *bounds) - x[i, 1]
        move = np.stack([np.clip(turn, -0.4, 0.4), wait], axis=-1)
        step[i] = np.where(lost[:, None], -0.5 * step[i], move)
        before[i] = np.where(lost[:, None], before[i], error)
        x[i] += step[i]
        left_over = i[distance > _MISS_SOUGHT_M]
        if len(left_over) == 0:
            break
    return np.stack([best[:, 0], best[:, 1] * _SECONDS_A_RADIAN, kick], axis=-1), miss


def _flown_ahead_and_left(flown: Trajectory, home: Array, ahead: Array, left: Array) -> Array:
    """Give metres flown ahead and to the left; nan for a missile without an impact."""
    hit = _unit(flown.impact_position_m)
    along = np.arctan2(_dot(ahead, hit), _dot(home, hit)) + 0.0 * flown.burnout_s
    return EARTH_MEAN_RADIUS_M * np.stack([along, np.arcsin(_dot(left, hit))], axis=-1)


def _dot(a: Array, b: Array) -> Array:
    return np.asarray(a[:, 0] * b[:, 0] + a[:, 1] * b[:, 1] + a[:, 2] * b[:, 2])


def _unit(a: Array) -> Array:
    return np.asarray(a / np.sqrt(_dot(a, a))[:, None])


@lru_cache(maxsize=64)
def reach(vehicle: Vehicle, loft: float = 0.0) -> Reach:
    """Give the range of a missile by thrust cut-off, over a sphere at rest.

    Args:
        vehicle: The missile.
        loft: As in ``aim``.

    Returns:
        Cut-offs, the kick at each, and the range; only rows of rising range.

    Raises:
        DomainError: The missile flies nowhere.
    """
    burn = float(np.sum(vehicle.burn_s))
    cutoff = np.linspace(_EARLIEST * burn, burn, _CUTOFFS)
    best = _best_kicks(vehicle, cutoff)
    kick = best * (1.0 - loft)
    ranges, _ = _still_ranges(vehicle, kick, cutoff)
    rising = ranges > np.maximum.accumulate(np.append(0.0, ranges[:-1]))
    if rising.sum() < 2:
        raise DomainError(f"with a loft of {loft} the missile flies nowhere; use less")
    return Reach(cutoff[rising], kick[rising], ranges[rising])


def greatest_range(vehicle: Vehicle) -> tuple[float, Trajectory]:
    """Give the greatest range over a sphere at rest, and the flight that has it.

    Args:
        vehicle: The missile.

    Returns:
        Range [m], and the flight, sampled at launch only.
    """
    burn = np.array([np.sum(vehicle.burn_s)])
    ranges, flown = _still_ranges(vehicle, _best_kicks(vehicle, burn), burn)
    return float(ranges[0]), flown


def _best_kicks(vehicle: Vehicle, cutoff: Array) -> Array:
    """Find the kick of greatest range for each cut-off: a grid, a finer one, a parabola."""
    rows = np.arange(len(cutoff))
    kicks = np.tile(_KICKS_RAD, (len(cutoff), 1))
    for is_last in (False, True):
        ranges, _ = _still_ranges(vehicle, kicks, cutoff[:, None])
        top = np.clip(np.argmax(ranges, axis=1), 1, kicks.shape[1] - 2)
        if not is_last:
            kicks = np.linspace(kicks[rows, top - 1], kicks[rows, top + 1], _FINER, axis=1)
    low, mid, high = (ranges[rows, top + i] for i in (-1, 0, 1))
    bend = low - 2.0 * mid + high
    shift = np.where(bend < 0.0, 0.5 * (low - high) / np.minimum(bend, -1e-9), 0.0)
    return np.asarray(kicks[rows, top] + np.clip(shift, -1.0, 1.0) * (kicks[:, 1] - kicks[:, 0]))


def _still_ranges(vehicle: Vehicle, kick: Array, cutoff: Array) -> tuple[Array, Trajectory]:
    """Fly over a sphere at rest; a missile that falls before cut-off has no range."""
    effects = Effects(rotation=False, j2=False, ellipsoid=False)
    flown = _turns(vehicle, Launch(0.0, 0.0), 0.0, kick, cutoff, effects)
    x, z = flown.impact_position_m[..., 0], flown.impact_position_m[..., 2]
    ranges = EARTH_MEAN_RADIUS_M * (np.arctan2(z, x) % (2.0 * np.pi))
    return np.where(np.isfinite(flown.burnout_s), np.nan_to_num(ranges), 0.0), flown


def _turns(
    vehicle: Vehicle,
    launch: Launch,
    azimuth: float,
    kick: Array,
    cutoff: ArrayLike,
    effects: Effects,
) -> Trajectory:
    steering = Steering(azimuth, kick, _VERTICAL_S, _KICK_S, cutoff)
    return fly(vehicle, launch, steering, times_s=np.zeros(1), effects=effects)


def _angle(a: Array, b: Array) -> Array:
    return np.asarray(np.arctan2(np.linalg.norm(np.cross(a, b), axis=-1), np.sum(a * b, axis=-1)))


def _limits(
    vehicle: Vehicle, loft: float, lat: float, lon: float, azimuth: float, effects: Effects
) -> tuple[float, float]:
    """Give least and greatest range in one direction over the Earth as it turns."""
    table = reach(vehicle, loft)
    cutoff = np.append(table.cutoff_s[0], np.full(len(table.kick_rad), table.cutoff_s[-1]))
    kick = np.append(table.kick_rad[0], table.kick_rad)
    flown = _turns(vehicle, Launch(lat, lon), azimuth, kick, cutoff, effects)
    start, _ = launch_state(np.array([lat]), np.array([lon]), np.zeros(1), effects)
    ranges = _angle(start[:, :3], flown.impact_position_m) * EARTH_MEAN_RADIUS_M
    return float(np.nanmin(ranges)), float(np.nanmax(ranges))
