"""Aiming: the azimuth, kick and thrust cut-off that bring a missile to its aim point."""

from dataclasses import dataclass, fields
from functools import lru_cache
from typing import Final, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from umbo.errors import DomainError
from umbo.physics.arcs import land
from umbo.physics.constants import (
    EARTH_MEAN_RADIUS_M,
    EARTH_MU_M3_PER_S2,
    EARTH_ROTATION_RAD_PER_S,
)
from umbo.physics.earth import ecef_to_geodetic, geodetic_to_ecef
from umbo.physics.flight import (
    ALL_EFFECTS,
    Effects,
    Launch,
    Steering,
    Trajectory,
    Vehicle,
    coast,
    fly,
    launch_state,
)

Array = NDArray[np.float64]
Burn = Literal["cutoff", "full"]

MISS_ADMITTED_M: Final = 100.0
_MISS_SOUGHT_M: Final = 30.0
_MISS_FOR_LAST_STEP_M: Final = 2e3
"""So near, one more step of the search hits, which the last flight shows."""
_STEEPER: Final = (0.08, 0.16, 0.25, 0.35)
"""Lofts tried in turn where none reaches an aim point."""
_MOST_FLIGHTS: Final = 24
_ROUNDS: Final = 5
_LOOSE: Final = 10.0
"""Tolerance of the flights of the search; the last flight has the usual one."""
_VERTICAL_S: Final = 5.0
_KICK_S: Final = 8.0
_KICKS_RAD: Final = np.radians(np.geomspace(0.5, 65.0, 36))
_STEEPER_CELLS, _FLATTER_CELLS = 5, 3
"""Air makes steeper what flies furthest, by up to three kicks of the grid for slow missiles."""
_FINER: Final = 9
_CUTOFFS: Final = 18
# The earliest cut-off, as a share of the burn: less is no flight that a study asks for.
_EARLIEST: Final = 0.4
_STILL: Final = Effects(rotation=False, j2=False, ellipsoid=False)
_AXIS: Final = np.array([0.0, 0.0, 1.0])


@dataclass(frozen=True, eq=False)
class Reach:
    """What a missile reaches over a sphere at rest by one family of flights; rows rise in range."""

    cutoff_s: Array
    kick_rad: Array
    range_m: Array
    burnout: Array
    """(rows, 6): time, altitude, ground range, speed, angle over the horizon, and the range
    that air and ground take from the ellipse begun there."""

    def at(self, range_m: Array) -> tuple[Array, Array, Array]:
        """Give cut-off, kick and burnout (n, 6) of the flight that reaches a range."""
        cell = np.clip(np.searchsorted(self.range_m, range_m) - 1, 0, len(self.range_m) - 2)
        width = self.range_m[cell + 1] - self.range_m[cell]
        x = ((range_m - self.range_m[cell]) / width)[:, None]
        rows = np.column_stack([self.cutoff_s, self.kick_rad, self.burnout])
        # Cubic Hermite with the slopes of parabolas, so that range follows what is asked for.
        slopes = np.gradient(rows, self.range_m, axis=0)
        y = (1.0 + 2.0 * x) * (1.0 - x) ** 2 * rows[cell] + x**2 * (3.0 - 2.0 * x) * rows[cell + 1]
        y += width[:, None] * (
            x * (1.0 - x) ** 2 * slopes[cell] + x**2 * (x - 1.0) * slopes[cell + 1]
        )
        return np.minimum(y[:, 0], self.cutoff_s.max()), y[:, 1], y[:, 2:]


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
    burn: Burn = "cutoff",
    times_s: ArrayLike | None = None,
    every_s: float = 5.0,
    effects: Effects = ALL_EFFECTS,
) -> Aimed:
    """Fly missiles of one type so that each hits its aim point, all in parallel.

    Every missile turns by gravity after a kick. With ``burn="cutoff"`` thrust ends when the
    aim point is in reach: without loft at the angle that reaches furthest over a sphere at
    rest, where burnout speed is within 1 % of the least; over the turning Earth the flight
    is near minimum energy, and steeper where only that reaches the aim point, against the
    spin. With ``burn="full"`` all propellant burns, and the missile flies
    steeply (``loft`` of 0 or more) or flatly (below 0) enough not to fly too far. Left out:
    energy wasted by turning out of the plane, and pull-ups; steep and flat full burns are
    what brackets them.

    Args:
        vehicle: The missile.
        launch_latitude_rad: Launch points; all four broadcast to the flights' shape.
        launch_longitude_rad: East positive [rad].
        aim_latitude_rad: Aim points, on the ellipsoid [rad].
        aim_longitude_rad: East positive [rad].
        loft: Between -1 and 1, how far the flight angle at burnout is moved from that of
            greatest range towards the vertical (1) or the horizon (-1). Only its sign counts
            with a full burn.
        burn: ``"cutoff"`` or ``"full"``.
        times_s: Times to sample at; an even grid to the last impact if None [s].
        every_s: Spacing of that grid [s].
        effects: Effects that act.

    Returns:
        The flights, each within 100 m of its aim point.

    Raises:
        DomainError: An aim point is too far or too near; the message has the limits.

    Source:
        Broyden, *Math. Comp.* 19 (1965), 577-593, started from ellipses that begin at
        burnouts of a table, over a turning sphere.
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
    table = reach(vehicle, loft, burn)
    start, frame = launch_state(lat, lon, np.zeros_like(lat), effects)
    distance = _angle(start[:, :3], target) * EARTH_MEAN_RADIUS_M
    if not np.all(distance > 1e3):  # nan too
        raise DomainError(
            "launch and aim points must be finite and over 1 km apart; "
            f"the nearest pair is {np.min(distance, initial=np.inf) / 1e3:.1f} km apart"
        )
    pairs = _Pairs(lat, lon, start[:, :3], frame, target)
    x, slopes = _guess(pairs, table, effects)
    x, _ = _solve(vehicle, pairs, table, x, slopes, effects, _LOOSE)
    times = np.zeros(1) if times_s is None else times_s
    steered = _steered(table, x)
    flights, miss = _flown(vehicle, pairs, steered, times, effects)
    again = np.flatnonzero(~(miss <= MISS_ADMITTED_M))
    if len(again) > 0:
        some = pairs.only(again)
        found, miss[again] = _solve(vehicle, some, table, x[again], slopes[again], effects, 1.0)
        steered[again] = _steered(table, found)
        _steepen(vehicle, loft, burn, pairs, steered, miss, effects)
        _refuse(vehicle, loft, burn, pairs, steered, miss, distance, effects)
        flights, miss = _flown(vehicle, pairs, steered, times, effects)
    if times_s is None:
        grid = np.arange(0.0, np.max(flights.impact_s, initial=0.0) + every_s, every_s)
        flights, miss = _flown(vehicle, pairs, steered, grid, effects)
    azimuth, kick, cutoff = (column.reshape(shape) for column in steered.T)
    return Aimed(
        Steering(azimuth, kick, _VERTICAL_S, _KICK_S, cutoff),
        _reshaped(flights, shape),
        miss.reshape(shape),
    )


def _steepen(
    vehicle: Vehicle,
    loft: float,
    burn: Burn,
    pairs: "_Pairs",
    steered: Array,
    miss: Array,
    effects: Effects,
) -> None:
    """Try steeper flights where aim points were not reached; put in those that hit.

    Against the Earth's spin the angle of greatest range is steeper than over a sphere at rest.
    """
    for steeper in _STEEPER if burn == "cutoff" else ():
        failed = np.flatnonzero(~(miss <= MISS_ADMITTED_M))
        if len(failed) == 0:
            return
        some, table = pairs.only(failed), reach(vehicle, loft + steeper * (1.0 - loft), burn)
        x, slopes = _guess(some, table, effects)
        x, missed = _solve(vehicle, some, table, x, slopes, effects, 1.0)
        hits = missed <= MISS_ADMITTED_M
        steered[failed[hits]] = _steered(table, x[hits])
        miss[failed[hits]] = missed[hits]


@dataclass(frozen=True, eq=False)
class _Pairs:
    """Launch and aim points: a row each; axes that lie along the great circle between them."""

    lat: Array
    lon: Array
    start: Array
    frame: Array
    target: Array

    def only(self, rows: NDArray[np.intp]) -> "_Pairs":
        return _Pairs(*(getattr(self, field.name)[rows] for field in fields(self)))

    def axes(self) -> tuple[Array, Array, Array, Array]:
        """Give unit vectors home, ahead and left, and the angle to the aim point."""
        home, goal = _unit(self.start), _unit(self.target)
        left = _unit(np.cross(home, goal))
        return home, np.cross(left, home), left, _angle(home, goal)


def _steered(table: Reach, x: Array) -> Array:
    """Give azimuth, kick and cut-off from azimuths and ranges over the sphere at rest."""
    cutoff, kick, _ = table.at(x[:, 1] * EARTH_MEAN_RADIUS_M)
    return np.column_stack([x[:, 0], kick, cutoff])


def _steering(steered: Array) -> Steering:
    return Steering(steered[:, 0], steered[:, 1], _VERTICAL_S, _KICK_S, steered[:, 2])


def _flown(
    vehicle: Vehicle, pairs: _Pairs, steered: Array, times: ArrayLike, effects: Effects
) -> tuple[Trajectory, Array]:
    launch = Launch(pairs.lat, pairs.lon)
    flights = fly(vehicle, launch, _steering(steered), times_s=times, effects=effects)
    return flights, np.linalg.norm(flights.impact_position_m - pairs.target, axis=-1)


def _reshaped(flights: Trajectory, shape: tuple[int, ...]) -> Trajectory:
    """Give flights of one row another shape."""
    rows = {
        field.name: getattr(flights, field.name)
        for field in fields(Trajectory)
        if field.name != "time_s"
    }
    return Trajectory(
        time_s=flights.time_s,
        **{name: values.reshape((*shape, *values.shape[1:])) for name, values in rows.items()},
    )


def _miss(pairs_axes: tuple[Array, Array, Array, Array], hit: Array) -> Array:
    """Give radians beyond and to the left of the goal."""
    home, ahead, left, angle = pairs_axes
    hit = _unit(hit)
    along = np.arctan2(_dot(ahead, hit), _dot(home, hit))
    beyond = (along - angle + np.pi) % (2.0 * np.pi) - np.pi
    return np.stack([beyond, np.arcsin(np.clip(_dot(left, hit), -1.0, 1.0))], axis=-1)


def _guess(pairs: _Pairs, table: Reach, effects: Effects) -> tuple[Array, Array]:
    """Solve for ellipses over a turning sphere; give azimuth and range, and their slopes."""
    axes = pairs.axes()
    _, ahead, _, angle = axes
    azimuth = np.arctan2(_dot(ahead, pairs.frame[:, 0]), _dot(ahead, pairs.frame[:, 1]))
    bounds = table.range_m[[0, -1]] / EARTH_MEAN_RADIUS_M
    x = np.stack([azimuth, np.clip(angle, *bounds)], axis=-1)
    spin = EARTH_ROTATION_RAD_PER_S if effects.rotation else 0.0
    slopes = np.empty((len(x), 2, 2))
    step = 1e-3
    for turn in range(_ROUNDS):
        error = _miss(axes, _arc_hits(pairs, table, x, spin))
        for column in range(2 if turn % 2 == 0 else 0):
            # Towards the middle of the table, so as not to leave it.
            side = np.where(x[:, 1] > 0.5 * (bounds[0] + bounds[1]), -step, step)
            moved = x.copy()
            moved[:, column] += side
            other = _miss(axes, _arc_hits(pairs, table, moved, spin))
            slopes[:, :, column] = (other - error) / side[:, None]
        x = _moved(x, slopes, error, bounds)
    return x, slopes


def _arc_hits(pairs: _Pairs, table: Reach, x: Array, spin: float) -> Array:
    """Give directions in which ellipses meet the ground that turns under them.

    At burnout the missile is where it would be over a still sphere, but for the Coriolis
    acceleration, whose time integral is -2 spin x displacement.
    """
    _, _, burnout = table.at(x[:, 1] * EARTH_MEAN_RADIUS_M)
    _, altitude, ground, speed, angle, lost = burnout.T[:, :, None]
    azimuth = x[:, :1]
    up = pairs.frame[:, 2]
    forward = np.sin(azimuth) * pairs.frame[:, 0] + np.cos(azimuth) * pairs.frame[:, 1]
    radius = np.linalg.norm(pairs.start, axis=1, keepdims=True)
    turn = ground / EARTH_MEAN_RADIUS_M
    place = _unit(np.cos(turn) * pairs.start / radius + np.sin(turn) * forward)
    place = place * (radius + altitude)
    local_up = np.cos(turn) * up + np.sin(turn) * forward
    local_forward = np.cos(turn) * forward - np.sin(turn) * up
    velocity = speed * (np.sin(angle) * local_up + np.cos(angle) * local_forward)
    moved = place - pairs.start
    velocity = velocity + spin * np.cross(_AXIS, place - 2.0 * moved)
    hit, flown_s = land(place, velocity, np.linalg.norm(pairs.target, axis=1), -lost[:, 0])
    # Where the ground was: turned back by what it turned since burnout.
    cos, sin = np.cos(spin * flown_s), np.sin(spin * flown_s)
    return np.stack(
        [cos * hit[:, 0] + sin * hit[:, 1], cos * hit[:, 1] - sin * hit[:, 0], hit[:, 2]], axis=-1
    )


def _moved(x: Array, slopes: Array, error: Array, bounds: Array) -> Array:
    """Move against an error by Newton's rule, inside the table and not too far at once."""
    area = slopes[:, 0, 0] * slopes[:, 1, 1] - slopes[:, 0, 1] * slopes[:, 1, 0]
    area = np.where(area == 0.0, np.inf, area)
    turn = (slopes[:, 0, 1] * error[:, 1] - slopes[:, 1, 1] * error[:, 0]) / area
    longer = (slopes[:, 1, 0] * error[:, 0] - slopes[:, 0, 0] * error[:, 1]) / area
    return np.stack(
        [
            x[:, 0] + np.clip(np.nan_to_num(turn), -0.4, 0.4),
            np.clip(x[:, 1] + np.clip(np.nan_to_num(longer), -0.3, 0.3), *bounds),
        ],
        axis=-1,
    )


def _solve(
    vehicle: Vehicle,
    pairs: _Pairs,
    table: Reach,
    x: Array,
    slopes: Array,
    effects: Effects,
    tolerance: float,
) -> tuple[Array, Array]:
    """Solve for azimuth and range over the sphere at rest, all at once; give the misses [m]."""
    axes = pairs.axes()
    x, first, slopes = x.copy(), slopes, slopes.copy()
    bounds = table.range_m[[0, -1]] / EARTH_MEAN_RADIUS_M
    best, miss = x.copy(), np.full(len(x), np.inf)
    is_last = tolerance > 1.0
    sought = _MISS_FOR_LAST_STEP_M if is_last else _MISS_SOUGHT_M
    before, last_x = np.zeros_like(x), x.copy()
    i = np.arange(len(x))
    for flights in range(_MOST_FLIGHTS):
        flown = fly(
            vehicle,
            Launch(pairs.lat[i], pairs.lon[i]),
            _steering(_steered(table, x[i])),
            times_s=np.zeros(0),
            effects=effects,
            tolerance=tolerance,
        )
        error = _miss(tuple(a[i] for a in axes), flown.impact_position_m)  # type: ignore[arg-type]
        lost = ~np.isfinite(error[:, 0] + flown.burnout_s)  # in orbit, or fallen while it burnt
        distance = np.where(lost, np.inf, np.hypot(*error.T) * EARTH_MEAN_RADIUS_M)
        better = distance < miss[i]
        best[i[better]], miss[i[better]] = x[i[better]], distance[better]
        if flights > 0:
            step = x[i] - last_x[i]
            length = np.maximum(np.sum(step**2, axis=1), 1e-30)
            gap = error - before[i] - np.einsum("nij,nj->ni", slopes[i], step)
            update = gap[:, :, None] * step[:, None, :] / length[:, None, None]
            slopes[i] += np.where(lost[:, None, None], 0.0, update)
        if flights % 8 == 7:  # Broyden has lost its way: start afresh from here
            slopes[i] = first[i]
        after = np.where(
            lost[:, None], 0.5 * (x[i] + best[i]), _moved(x[i], slopes[i], error, bounds)
        )
        last_x[i] = np.where(lost[:, None], last_x[i], x[i])
        before[i] = np.where(lost[:, None], before[i], error)
        is_stuck = np.all(after == x[i], axis=1) & ~(distance <= sought)
        x[i] = after
        i = i[(distance > sought) & ~is_stuck]
        if len(i) == 0:
            break
    return np.where((is_last & (miss <= sought))[:, None], x, best), miss


def _refuse(
    vehicle: Vehicle,
    loft: float,
    burn: Burn,
    pairs: _Pairs,
    steered: Array,
    miss: Array,
    distance: Array,
    effects: Effects,
) -> None:
    """Say which aim points were not reached, and how far the missile flies towards the first."""
    failed = ~(miss <= MISS_ADMITTED_M)
    if not np.any(failed):
        return
    i = int(np.argmax(failed))
    azimuth = float(steered[i, 0])
    low, high = _limits(vehicle, loft, burn, pairs.lat[i], pairs.lon[i], azimuth, effects)
    lat, lon, _ = ecef_to_geodetic(pairs.target[i])
    raise DomainError(
        f"{int(failed.sum())} of {len(failed)} aim points cannot be reached, the first "
        f"at {np.degrees(lat):.1f}, {np.degrees(lon):.1f} deg: it lies "
        f"{distance[i] / 1e3:.0f} km from its launch point, and the missile flies "
        f"{low / 1e3:.0f} to {high / 1e3:.0f} km in that direction; choose a "
        "nearer launch point or another missile"
    )


def _dot(a: Array, b: Array) -> Array:
    return np.asarray(a[:, 0] * b[:, 0] + a[:, 1] * b[:, 1] + a[:, 2] * b[:, 2])


def _unit(a: Array) -> Array:
    return np.asarray(a / np.sqrt(_dot(a, a))[:, None])


@lru_cache(maxsize=64)
def reach(vehicle: Vehicle, loft: float = 0.0, burn: Burn = "cutoff") -> Reach:
    """Give the range of a missile over a sphere at rest, by cut-off or by angle.

    Args:
        vehicle: The missile.
        loft: As in ``aim``.
        burn: As in ``aim``.

    Returns:
        Cut-offs, the kick at each, the range, and the burnout; only rows of rising range.

    Raises:
        DomainError: The missile flies nowhere, or loft or burn is none of those in ``aim``.
    """
    if not -1.0 < loft < 1.0 or burn not in ("cutoff", "full"):
        raise DomainError(
            "loft must lie between -1 and 1, and burn be 'cutoff' or 'full'; "
            f"got {loft} and {burn!r}"
        )
    whole = float(np.sum(vehicle.burn_s))
    if burn == "cutoff":
        cutoff = np.linspace(_EARLIEST * whole, whole, _CUTOFFS)
        kick = _kicks(vehicle, cutoff, loft)
    else:
        best = float(_kicks(vehicle, np.array([whole]), 0.0)[0])
        steep = best * np.linspace(0.02, 1.0, _CUTOFFS)
        kick = steep if loft >= 0.0 else _flat_kicks(vehicle, best, whole)
        cutoff = np.full(len(kick), whole)
    ranges, flown = _still_ranges(vehicle, kick, cutoff)
    rising = ranges > np.maximum.accumulate(np.append(0.0, ranges[:-1]))
    rising &= ranges < np.pi * EARTH_MEAN_RADIUS_M  # beyond the antipode is nearer again
    if rising.sum() < 2:
        raise DomainError(f"with a loft of {loft} the missile flies nowhere; use less")
    position, velocity = flown.burnout_position_m, flown.burnout_velocity_m_per_s
    sphere = np.full(len(kick), EARTH_MEAN_RADIUS_M)
    with np.errstate(invalid="ignore"):
        hit, _ = land(position, velocity, sphere, np.zeros(len(kick)))
        airless = _around(hit)
        burnout = np.stack(
            [
                flown.burnout_s,
                flown.burnout_altitude_m,
                EARTH_MEAN_RADIUS_M * np.arctan2(position[:, 2], position[:, 0]),
                flown.burnout_speed_m_per_s,
                _climb(position, velocity),
                airless - ranges,
            ],
            axis=-1,
        )
    return Reach(cutoff[rising], kick[rising], ranges[rising], burnout[rising])


def greatest_range(vehicle: Vehicle) -> tuple[float, Trajectory]:
    """Give the greatest range over a sphere at rest, and the flight that has it.

    Args:
        vehicle: The missile.

    Returns:
        Range [m], and the flight, sampled at launch only.
    """
    burn = np.array([np.sum(vehicle.burn_s)])
    ranges, flown = _still_ranges(vehicle, _kicks(vehicle, burn, 0.0), burn)
    return float(ranges[0]), flown


def _kicks(vehicle: Vehicle, cutoff: Array, loft: float) -> Array:
    """Find the kick of greatest range for each cut-off, or the one that lofts it.

    A grid, a finer one and a parabola for the range; the loft moves the flight's angle at
    burnout, and the kick is read off the grid.
    """
    rows = np.arange(len(cutoff))
    coarse, climb = _cut_ranges(vehicle, cutoff)
    top = np.clip(np.argmax(coarse, axis=1), 1, len(_KICKS_RAD) - 2)
    kicks = np.linspace(_KICKS_RAD[top - 1], _KICKS_RAD[top + 1], _FINER, axis=1)
    ranges, _ = _still_ranges(vehicle, kicks, cutoff[:, None])
    top = np.clip(np.argmax(ranges, axis=1), 1, kicks.shape[1] - 2)
    low, mid, high = (ranges[rows, top + i] for i in (-1, 0, 1))
    bend = low - 2.0 * mid + high
    shift = np.where(bend < 0.0, 0.5 * (low - high) / np.minimum(bend, -1e-9), 0.0)
    best = kicks[rows, top] + np.clip(shift, -1.0, 1.0) * (kicks[:, 1] - kicks[:, 0])
    if loft == 0.0:
        return np.asarray(best)
    for row, angles in enumerate(climb):
        known = np.flatnonzero(np.isfinite(angles))
        # The angle falls as the kick grows: only that part is read.
        known = known[angles[known] <= np.minimum.accumulate(angles[known])]
        angle = np.interp(best[row], _KICKS_RAD[known], angles[known])
        wanted = angle + loft * ((0.5 * np.pi - angle) if loft > 0.0 else angle)
        x = np.append(angles[known][::-1], 0.5 * np.pi)
        best[row] = np.interp(wanted, x, np.append(_KICKS_RAD[known][::-1], 0.0))
    return np.asarray(best)


def _flat_kicks(vehicle: Vehicle, best: float, whole: float) -> Array:
    """Give kicks from the greatest that still flies down to the one of greatest range."""
    kicks = np.geomspace(best, _KICKS_RAD[-1], 100)
    ranges, _ = _still_ranges(vehicle, kicks, np.full(100, whole), _LOOSE)
    greatest = kicks[np.flatnonzero(ranges > 0.0)[-1]]
    return np.asarray(best + (greatest - best) * np.linspace(1.0, 0.0, 2 * _CUTOFFS) ** 1.5)


def _cut_ranges(vehicle: Vehicle, cutoff: Array) -> tuple[Array, Array]:
    """Give ranges over a sphere at rest of the kicks of a grid, about the one that flies furthest.

    Each kick is flown once, for its boosts differ in nothing but their ends; then those fall to
    earth that the ellipses from there show to matter.

    Args:
        vehicle: The missile.
        cutoff: When its thrust ends [s], rising.

    Returns:
        Ranges (cut-offs, kicks) [m], 0 where none is asked, and angles of flight over the horizon
        at cut-off, nan of what falls before it.
    """
    steering = Steering(0.0, _KICKS_RAD, _VERTICAL_S, _KICK_S)
    flown = fly(
        vehicle, Launch(0.0, 0.0), steering, times_s=cutoff, effects=_STILL, tolerance=_LOOSE
    )
    position = np.moveaxis(flown.position_m, 0, 1)
    velocity = np.moveaxis(flown.velocity_m_per_s, 0, 1)
    flies = np.all(np.isfinite(position), axis=-1)
    lands = flies & _comes_down(position, velocity)
    ranges = np.zeros(flies.shape)
    sphere = np.full(np.count_nonzero(lands), EARTH_MEAN_RADIUS_M)
    hit, _ = land(position[lands], velocity[lands], sphere)
    ranges[lands] = _around(hit)
    aside = np.arange(ranges.shape[1]) - np.argmax(ranges, axis=1)[:, None]
    near = flies & (aside >= -_STEEPER_CELLS) & (aside <= _FLATTER_CELLS)
    ranges[:] = 0.0
    fallen = coast(
        position[near], velocity[near], vehicle.reentry_ballistic_coefficient_kg_per_m2,
        times_s=np.zeros(1), effects=_STILL, tolerance=_LOOSE,
    )  # fmt: skip
    ranges[near] = np.nan_to_num(_around(fallen.impact_position_m))
    return ranges, np.where(flies, _climb(position, velocity), np.nan)


def _comes_down(position: Array, velocity: Array) -> NDArray[np.bool_]:
    """Say whether the ellipse from a state over a sphere at rest meets it again; not of nan."""
    mu = EARTH_MU_M3_PER_S2
    r, speed = np.linalg.norm(position, axis=-1), np.linalg.norm(velocity, axis=-1)
    parameter = np.linalg.norm(np.cross(position, velocity), axis=-1) ** 2 / mu
    squared = 1.0 + parameter * (speed**2 / mu - 2.0 / r)  # of the eccentricity
    perigee = parameter / (1.0 + np.sqrt(np.maximum(squared, 0.0)))
    return np.asarray((perigee < EARTH_MEAN_RADIUS_M) & (squared < 1.0))


def _climb(position: Array, velocity: Array) -> Array:
    """Give the angle of flight over the horizon."""
    rise = np.sum(position * velocity, axis=-1) / np.linalg.norm(position, axis=-1)
    speed = np.linalg.norm(velocity, axis=-1)
    return np.asarray(np.arcsin(np.clip(rise / speed, -1.0, 1.0)))


def _around(position: Array) -> Array:
    """Give the way over a sphere eastward from the origin of latitude and longitude [m]."""
    return np.asarray(
        EARTH_MEAN_RADIUS_M * (np.arctan2(position[..., 2], position[..., 0]) % (2.0 * np.pi))
    )


def _still_ranges(
    vehicle: Vehicle, kick: Array, cutoff: Array, tolerance: float = 1.0
) -> tuple[Array, Trajectory]:
    """Fly over a sphere at rest; a missile that falls before cut-off has no range."""
    flown = fly(
        vehicle,
        Launch(0.0, 0.0),
        Steering(0.0, kick, _VERTICAL_S, _KICK_S, cutoff),
        times_s=np.zeros(1),
        effects=_STILL,
        tolerance=tolerance,
    )
    ranges = _around(flown.impact_position_m)
    return np.where(np.isfinite(flown.burnout_s), np.nan_to_num(ranges), 0.0), flown


def _angle(a: Array, b: Array) -> Array:
    return np.asarray(np.arctan2(np.linalg.norm(np.cross(a, b), axis=-1), np.sum(a * b, axis=-1)))


def _limits(
    vehicle: Vehicle,
    loft: float,
    burn: Burn,
    lat: float,
    lon: float,
    azimuth: float,
    effects: Effects,
) -> tuple[float, float]:
    """Give least and greatest range in one direction over the Earth as it turns."""
    lofts = (0.0, *_STEEPER) if burn == "cutoff" else (0.0,)
    tables = [reach(vehicle, loft + steeper * (1.0 - loft), burn) for steeper in lofts]
    kick, cutoff = (
        np.concatenate([getattr(t, of) for t in tables]) for of in ("kick_rad", "cutoff_s")
    )
    steering = Steering(azimuth, kick, _VERTICAL_S, _KICK_S, cutoff)
    flown = fly(vehicle, Launch(lat, lon), steering, times_s=np.zeros(0), effects=effects)
    start, _ = launch_state(np.array([lat]), np.array([lon]), np.zeros(1), effects)
    ranges = _angle(start[:, :3], flown.impact_position_m) * EARTH_MEAN_RADIUS_M
    return float(np.nanmin(ranges)), float(np.nanmax(ranges))
