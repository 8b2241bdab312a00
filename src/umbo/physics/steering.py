"""Aiming: the azimuth and thrust cut-off that bring a missile to its aim point."""

from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from umbo.compiled import njit, prange
from umbo.errors import DomainError
from umbo.physics.arcs import BURNOUT, IMPACT, IMPACT_STATE, RECORD, fly_one
from umbo.physics.atmosphere import kernel_table
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
    stage_table,
)

Array = NDArray[np.float64]

MISS_ADMITTED_M: Final = 100.0
_MOST_FLIGHTS: Final = 24
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
    reach. The kick is the one of greatest range for that cut-off, so that the flight is
    near minimum energy (among gravity turns over a sphere at rest: within 1 % of least
    burnout speed). Left out: missiles that burn out fully and waste energy by turning.

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
    table = reach(vehicle, loft)
    start, frame = launch_state(lat, lon, np.zeros_like(lat), effects)
    if effects.ellipsoid:
        target = geodetic_to_ecef(aim_lat, aim_lon)
    else:
        target = launch_state(aim_lat, aim_lon, np.zeros_like(lat), effects)[0][:, :3]
    drag = np.stack([vehicle.drag_mach, vehicle.drag_coefficient])
    solved = _aim_all(
        start,
        frame,
        target,
        np.stack([table.range_m, table.cutoff_s, table.kick_rad]),
        stage_table(vehicle),
        vehicle.reentry_ballistic_coefficient_kg_per_m2,
        drag,
        effects.earth(),
        kernel_table(),
    )
    failed = ~(solved[:, 3] <= MISS_ADMITTED_M)
    if np.any(failed):
        i = int(np.argmax(failed))
        distance = _angle(start[i, :3], target[i]) * EARTH_MEAN_RADIUS_M
        azimuth = float(solved[i, 0])
        limits = _limits(vehicle, loft, lat[i], lon[i], azimuth, effects)
        raise DomainError(
            f"{int(failed.sum())} of {len(failed)} aim points cannot be reached, the first "
            f"at {np.degrees(aim_lat[i]):.1f}, {np.degrees(aim_lon[i]):.1f} deg: it lies "
            f"{distance / 1e3:.0f} km from its launch point, and the missile flies "
            f"{limits[0] / 1e3:.0f} to {limits[1] / 1e3:.0f} km in that direction; choose a "
            "nearer launch point or another missile"
        )
    steering = Steering(
        azimuth_rad=solved[:, 0].reshape(shape),
        kick_rad=solved[:, 2].reshape(shape),
        vertical_s=_VERTICAL_S,
        kick_s=_KICK_S,
        cutoff_s=solved[:, 1].reshape(shape),
    )
    launch = Launch(points[0], points[1])
    flights = fly(vehicle, launch, steering, times_s=times_s, every_s=every_s, effects=effects)
    miss = np.linalg.norm(flights.impact_position_m - target.reshape(*shape, 3), axis=-1)
    return Aimed(steering, flights, np.asarray(miss))


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
    flown = _turns(vehicle, Launch(lat, lon), azimuth, table.kick_rad, table.cutoff_s, effects)
    start, _ = launch_state(np.array([lat]), np.array([lon]), np.zeros(1), effects)
    ranges = _angle(start[:, :3], flown.impact_position_m) * EARTH_MEAN_RADIUS_M
    return float(np.nanmin(ranges)), float(np.nanmax(ranges))


@njit(cache=True, error_model="numpy", parallel=True)
def _aim_all(
    start: Array,
    frame: Array,
    target: Array,
    ranges: Array,
    stages: Array,
    beta: float,
    drag: Array,
    earth: Array,
    table: Array,
) -> Array:
    solved = np.empty((len(start), 4))
    for i in prange(len(start)):
        _aim_one(start[i], frame[i], target[i], ranges, stages, beta, drag, earth, table, solved[i])
    return solved


@njit(cache=True, error_model="numpy")
def _aim_one(
    start: Array,
    frame: Array,
    target: Array,
    ranges: Array,
    stages: Array,
    beta: float,
    drag: Array,
    earth: Array,
    table: Array,
    solved: Array,
) -> None:
    """Solve for azimuth and cut-off by Broyden's method; give both, the kick, and the miss."""
    record, states, times = np.empty(RECORD), np.empty((0, 6)), np.empty(0)
    steer = np.array([0.0, 0.0, _VERTICAL_S, _KICK_S, 0.0, 0.0, 0.0])
    home, goal = _unit(start[:3]), _unit(target)
    left = _unit(np.cross(home, goal))
    ahead = np.cross(left, home)
    angle = np.arctan2(_dot(ahead, goal), _dot(home, goal))
    x = np.array([np.arctan2(_dot(ahead, frame[0]), _dot(ahead, frame[1])), 0.0])
    wanted = angle * EARTH_MEAN_RADIUS_M
    x[1] = np.interp(wanted, ranges[0], ranges[1])
    earliest, latest = ranges[1, 0], ranges[1, -1]
    slope = _slope(x[1], ranges)
    # Rows: metres short of and left of the goal; columns: azimuth, cut-off.
    jacobian = np.array([[0.0, slope], [-EARTH_MEAN_RADIUS_M * np.sin(angle), 0.0]])
    error, before, step = np.zeros(2), np.zeros(2), np.zeros(2)
    solved[0], solved[1], solved[2], solved[3] = x[0], x[1], np.nan, np.inf
    for flights in range(_MOST_FLIGHTS):
        steer[0], steer[4] = x[0], x[1]
        steer[1] = np.interp(x[1], ranges[1], ranges[2])
        fly_one(start, frame, steer, stages, beta, drag, earth, 0.0, table, times, states, record)
        if np.isnan(record[IMPACT]) or np.isnan(record[BURNOUT]):
            x -= 0.5 * step
            step *= 0.5
            continue
        hit = _unit(record[IMPACT_STATE : IMPACT_STATE + 3])
        error[0] = (np.arctan2(_dot(ahead, hit), _dot(home, hit)) - angle) * EARTH_MEAN_RADIUS_M
        error[1] = np.arcsin(_dot(left, hit)) * EARTH_MEAN_RADIUS_M
        miss = np.sqrt(error[0] ** 2 + error[1] ** 2)
        if miss < solved[3]:
            solved[0], solved[1], solved[2], solved[3] = x[0], x[1], steer[1], miss
        if miss < 0.3 * MISS_ADMITTED_M:
            return
        if flights > 0:
            length = step[0] ** 2 * 1e4 + step[1] ** 2
            if length > 0.0:
                for row in range(2):
                    gap = error[row] - before[row]
                    gap -= jacobian[row, 0] * step[0] + jacobian[row, 1] * step[1]
                    jacobian[row, 0] += gap * step[0] * 1e4 / length
                    jacobian[row, 1] += gap * step[1] / length
        if flights % 8 == 7:  # Broyden has lost its way: start afresh from here
            jacobian[0, 0], jacobian[0, 1] = 0.0, _slope(x[1], ranges)
            jacobian[1, 0], jacobian[1, 1] = -EARTH_MEAN_RADIUS_M * np.sin(angle), 0.0
        area = jacobian[0, 0] * jacobian[1, 1] - jacobian[0, 1] * jacobian[1, 0]
        step[0] = -(jacobian[1, 1] * error[0] - jacobian[0, 1] * error[1]) / area
        step[1] = -(jacobian[0, 0] * error[1] - jacobian[1, 0] * error[0]) / area
        step[0] = min(max(step[0], -0.4), 0.4)
        step[1] = min(max(x[1] + step[1], earliest), latest) - x[1]
        before[:] = error
        x += step


@njit(cache=True, error_model="numpy")
def _slope(cutoff: float, ranges: Array) -> float:
    """Give metres of range for a second of burning."""
    last = ranges.shape[1] - 1
    place = min(max(int(np.searchsorted(ranges[1], cutoff)), 1), last)
    rise = ranges[0, place] - ranges[0, place - 1]
    return float(rise / (ranges[1, place] - ranges[1, place - 1]))


@njit(cache=True, error_model="numpy")
def _dot(a: Array, b: Array) -> float:
    return float(a[0] * b[0] + a[1] * b[1] + a[2] * b[2])


@njit(cache=True, error_model="numpy")
def _unit(a: Array) -> Array:
    return np.asarray(a / np.sqrt(_dot(a, a)))
