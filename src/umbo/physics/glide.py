"""Boost-glide flights: boost, fall, pull-up, equilibrium glide with bank, and dive."""

from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from umbo.errors import DomainError
from umbo.physics.atmosphere import kernel_table
from umbo.physics.constants import (
    EARTH_EQUATORIAL_RADIUS_M,
    EARTH_J2,
    EARTH_MEAN_RADIUS_M,
    EARTH_MU_M3_PER_S2,
    EARTH_POLAR_RADIUS_M,
    EARTH_ROTATION_RAD_PER_S,
)
from umbo.physics.flight import (
    ALL_EFFECTS,
    Effects,
    Launch,
    Steering,
    Trajectory,
    Vehicle,
    fly,
)
from umbo.physics.gliding import (
    APOGEE,
    APOGEE_ALTITUDE,
    DIVE,
    DIVE_SPEED,
    GLIDE,
    GLIDE_ALTITUDE,
    GLIDE_SPEED,
    HIGHEST,
    IMPACT,
    IMPACT_STATE,
    LOWEST,
    glide_all,
)
from umbo.physics.landing import close_in, ways
from umbo.physics.samples import states_at

Array = NDArray[np.float64]

MISS_ADMITTED_M: Final = 1_000.0
_MISS_SOUGHT_M: Final = 200.0
_STILL: Final = Effects(rotation=False, j2=False, ellipsoid=False)
_KICKS_RAD: Final = np.radians(np.geomspace(2.0, 89.0, 160))
_VERTICAL_S, _KICK_S = 5.0, 8.0
_CUTOFFS: Final = 40
_EARLIEST: Final = 0.3  # of the burn
_SECONDS_A_RADIAN: Final = 100.0


@dataclass(frozen=True)
class Glider:
    """What glides: constant drag, lift up to a bound, and when and how it dives."""

    ballistic_coefficient_kg_per_m2: float
    """m / (C_D A) from burnout to impact."""
    lift_to_drag: float
    """Greatest ratio; less is flown where the glide needs less."""
    dive_speed_m_per_s: float
    """Speed over ground at which it leaves the glide for the dive."""
    dive_angle_rad: float
    """Angle below the horizontal that it dives at."""
    lowest_m: float = 0.0
    highest_m: float = 90e3
    """The band of altitude in which it glides, and is refused outside."""

    def __post_init__(self) -> None:
        for name in ("ballistic_coefficient_kg_per_m2", "lift_to_drag", "dive_speed_m_per_s"):
            if not getattr(self, name) > 0.0:  # nan too
                raise DomainError(f"{name} of a glider must be above 0; got {getattr(self, name)}")
        if not 0.0 < self.dive_angle_rad < np.pi / 2.0:
            raise DomainError(
                "dive_angle_rad must lie above 0 and below a right angle; "
                f"got {self.dive_angle_rad}"
            )
        if not self.lowest_m < self.highest_m:
            raise DomainError(
                f"a glider's band must rise; got {self.lowest_m} to {self.highest_m} m"
            )


@dataclass(frozen=True, eq=False)
class Bank:
    """A bank in a middle leg of the glide: right positive, between two speeds, 0 for none."""

    angle_rad: ArrayLike = 0.0
    begins_m_per_s: float = 0.0
    ends_m_per_s: float = 0.0


NO_BANK: Final = Bank()


@dataclass(frozen=True, eq=False)
class Glides:
    """Boost-glide flights; every field leads with the flights' shape."""

    flights: Trajectory
    glide_s: Array
    """When the pull-up ends and the glide begins, after launch."""
    glide_speed_m_per_s: Array
    glide_altitude_m: Array
    lowest_m: Array
    """Lowest and highest altitude between the pull-up and the dive."""
    highest_m: Array
    dive_s: Array
    dive_speed_m_per_s: Array
    azimuth_rad: Array
    miss_m: Array
    """Distance from aim point to impact; nan where none was given."""


def glide(
    position_m: ArrayLike,
    velocity_m_per_s: ArrayLike,
    glider: Glider,
    *,
    bank: Bank = NO_BANK,
    times_s: ArrayLike,
    begin_s: ArrayLike = 0.0,
    effects: Effects = ALL_EFFECTS,
) -> Glides:
    """Let gliders fly from burnout to impact.

    Point mass, three degrees of freedom, as ``fly``. Lift is bounded by L/D times drag and
    acts upwards until the path is that of the equilibrium glide, then keeps it there; at the
    speed of the dive the path turns to the angle of the dive. Drag does not depend on lift
    or Mach number. Left out: trim and angle of attack (L/D falls by 10 to 20 % below Mach 5),
    limits of load and heat, skips, and any turn that answers a defense.

    Args:
        position_m: Earth-fixed positions at burnout [m], (n, 3).
        velocity_m_per_s: Over ground [m/s], (n, 3).
        glider: What glides.
        bank: Its bank.
        times_s: Times to sample at, rising [s].
        begin_s: Time of burnout, (n,).
        effects: Effects that act; drag always does.

    Returns:
        The flights; what does not happen is nan.

    Raises:
        DomainError: A flight glides outside the glider's band of altitude.

    Source:
        Tracy & Wright, "Modeling the Performance of Hypersonic Boost-Glide Missiles",
        *Science & Global Security* 28 (2020); Acton, the same, 23 (2015).
    """
    start = np.concatenate(
        np.broadcast_arrays(
            np.atleast_2d(np.asarray(position_m, dtype=np.float64)),
            np.atleast_2d(np.asarray(velocity_m_per_s, dtype=np.float64)),
        ),
        axis=-1,
    )
    begin = np.array(np.broadcast_to(begin_s, start.shape[:1]), dtype=np.float64)
    times = np.ascontiguousarray(times_s, dtype=np.float64)
    states, record = _glided(start, begin, glider, bank, times, effects)
    _check_band(record, glider)
    nothing = np.full(len(start), np.nan)
    staging = np.empty((len(start), 0))
    return _as_glides(times, states, record, begin, start, staging, nothing, nothing)


def aim_glider(
    vehicle: Vehicle,
    glider: Glider,
    launch_latitude_rad: ArrayLike,
    launch_longitude_rad: ArrayLike,
    aim_latitude_rad: ArrayLike,
    aim_longitude_rad: ArrayLike,
    *,
    burnout_elevation_rad: float,
    bank: Bank = NO_BANK,
    times_s: ArrayLike,
) -> Glides:
    """Fly gliders of one type so that each hits its aim point, all in parallel.

    The booster turns by gravity so that thrust ends at ``burnout_elevation_rad``, or as near
    to it as can be; it ends earlier, and so lower, for nearer aim points. Azimuth and
    cut-off are solved for.

    Args:
        vehicle: The booster.
        glider: What it carries.
        launch_latitude_rad: Launch points, (n,) [rad].
        launch_longitude_rad: East positive [rad].
        aim_latitude_rad: Aim points, (n,) on the ellipsoid [rad].
        aim_longitude_rad: East positive [rad].
        burnout_elevation_rad: Angle of the path over the horizontal when thrust ends [rad].
        bank: Its bank in a middle leg, which the azimuth makes up for.
        times_s: Times to sample at, rising [s].

    Returns:
        The flights, each within 1 km of its aim point.

    Raises:
        DomainError: An aim point is too far or too near, with the limit; or a flight would
            glide outside the glider's band of altitude.

    Source:
        As ``glide``.
    """
    lat, lon, aim_lat, aim_lon, banks = (
        np.array(x, dtype=np.float64)
        for x in np.broadcast_arrays(
            np.atleast_1d(launch_latitude_rad),
            launch_longitude_rad,
            aim_latitude_rad,
            aim_longitude_rad,
            bank.angle_rad,
        )
    )
    there = ways(lat, lon, aim_lat, aim_lon)
    cutoff, kicks, still = _still_ranges(
        vehicle,
        glider,
        burnout_elevation_rad,
        float(np.mean(banks)),
        bank.begins_m_per_s,
        bank.ends_m_per_s,
    )
    distance = there.angle_rad * EARTH_MEAN_RADIUS_M
    first = np.interp(distance, still, cutoff)
    slopes = np.interp(first, cutoff, np.gradient(still, cutoff)) * _SECONDS_A_RADIAN
    bounds = cutoff[[0, -1]] / _SECONDS_A_RADIAN

    def impacts(x: Array, chosen: NDArray[np.intp]) -> Array:
        part = Bank(banks[chosen], bank.begins_m_per_s, bank.ends_m_per_s)
        seconds = x[:, 1] * _SECONDS_A_RADIAN
        start = _cut(
            vehicle,
            lat[chosen],
            lon[chosen],
            x[:, 0],
            np.interp(seconds, cutoff, kicks),
            seconds,
            ALL_EFFECTS,
        )
        _, record = _glided(start, seconds, glider, part, np.empty(0), ALL_EFFECTS)
        return record[:, IMPACT_STATE : IMPACT_STATE + 3]

    guess = np.stack([there.azimuth_rad, first / _SECONDS_A_RADIAN], axis=-1)
    x, miss = close_in(
        impacts, there, guess, slopes,
        low=bounds[0], high=bounds[1], stride=0.15 * bounds[1], sought_m=_MISS_SOUGHT_M,
    )  # fmt: skip
    failed = ~(miss <= MISS_ADMITTED_M)
    if np.any(failed):
        i = int(np.argmax(failed))
        ends = np.stack([np.full(2, x[i, 0]), bounds], axis=-1)
        hit = impacts(ends, np.array([i, i]))
        home = there.home[i]
        flown = np.arccos(np.clip(hit @ home / np.linalg.norm(hit, axis=-1), -1.0, 1.0))
        least, greatest = flown * EARTH_MEAN_RADIUS_M / 1e3
        raise DomainError(
            f"{int(failed.sum())} of {len(failed)} aim points cannot be reached by glide, the "
            f"first at {np.degrees(aim_lat[i]):.1f}, {np.degrees(aim_lon[i]):.1f} deg: it lies "
            f"{distance[i] / 1e3:.0f} km from its launch point, and the glider flies "
            f"{least:.0f} to {greatest:.0f} km in that direction; choose a nearer launch point, "
            "or a glider of higher speed or L/D"
        )
    azimuth, seconds = x[:, 0], x[:, 1] * _SECONDS_A_RADIAN
    times = np.ascontiguousarray(times_s, dtype=np.float64)
    kick = np.interp(seconds, cutoff, kicks)
    start = _cut(vehicle, lat, lon, azimuth, kick, seconds, ALL_EFFECTS)
    every = Bank(banks, bank.begins_m_per_s, bank.ends_m_per_s)
    states, record = _glided(start, seconds, glider, every, times, ALL_EFFECTS)
    _check_band(record, glider)
    boost = fly(vehicle, Launch(lat, lon), Steering(azimuth, kick, _VERTICAL_S, _KICK_S, seconds),
                times_s=times)  # fmt: skip
    burning = (times <= seconds[:, None])[..., None]
    states[..., :3] = np.where(burning, boost.position_m, states[..., :3])
    states[..., 3:] = np.where(burning, boost.velocity_m_per_s, states[..., 3:])
    missed = np.linalg.norm(record[:, IMPACT_STATE : IMPACT_STATE + 3] - there.goal_m, axis=-1)
    return _as_glides(times, states, record, seconds, start, boost.staging_s, azimuth, missed)


@lru_cache(maxsize=64)
def _kicks(vehicle: Vehicle, elevation_rad: float) -> tuple[Array, Array]:
    """Give cut-offs, and the kick of each after which the path ends at an elevation.

    Over a sphere at rest. Where none does, the kick that ends nearest: slow burns fall before
    they come level.
    """
    burn = float(np.sum(vehicle.burn_s))
    cutoff = np.linspace(_EARLIEST * burn, burn, _CUTOFFS)
    steering = Steering(0.0, _KICKS_RAD, _VERTICAL_S, _KICK_S)
    flown = fly(vehicle, Launch(0.0, 0.0), steering, times_s=cutoff, effects=_STILL)
    position, velocity = flown.position_m, flown.velocity_m_per_s
    lengths = np.linalg.norm(position, axis=-1) * np.linalg.norm(velocity, axis=-1)
    slope = np.arcsin(np.sum(position * velocity, axis=-1) / lengths)
    kicks = np.empty(_CUTOFFS)
    for i in range(_CUTOFFS):
        usable = np.isfinite(slope[:, i]) & np.isfinite(flown.burnout_s)
        if not np.any(usable):
            raise DomainError("the booster falls before it burns out; give it more thrust")
        kicks[i] = np.interp(-elevation_rad, -slope[usable, i], _KICKS_RAD[usable])
    return cutoff, kicks


@lru_cache(maxsize=64)
def _still_ranges(
    vehicle: Vehicle, glider: Glider, elevation_rad: float, bank: float, begins: float, ends: float
) -> tuple[Array, Array, Array]:
    """Give cut-offs, kicks and the ranges they reach over a sphere at rest, all that rise."""
    cutoff, kicks = _kicks(vehicle, elevation_rad)
    rest = np.zeros(_CUTOFFS)
    start = _cut(vehicle, rest, rest, rest, kicks, cutoff, _STILL)
    _, record = _glided(start, cutoff, glider, Bank(bank, begins, ends), np.empty(0), _STILL)
    hit = record[:, IMPACT_STATE : IMPACT_STATE + 3]
    ranges = EARTH_MEAN_RADIUS_M * np.arccos(hit[:, 0] / np.linalg.norm(hit, axis=-1))
    glides = np.nan_to_num(ranges) * (record[:, DIVE] > record[:, GLIDE] + 1.0)
    rising = glides > np.maximum.accumulate(np.append(0.0, glides[:-1]))
    if rising.sum() < 2:
        raise DomainError(
            "the booster never brings the glider above its dive_speed_m_per_s of "
            f"{glider.dive_speed_m_per_s:.0f} m/s in level flight; use a faster booster"
        )
    return cutoff[rising], kicks[rising], ranges[rising]


def _cut(
    vehicle: Vehicle,
    lat: Array,
    lon: Array,
    azimuth: Array,
    kick: Array,
    cutoff_s: Array,
    effects: Effects,
) -> Array:
    """Give the states (n, 6) of flights at cut-offs of their own, from samples of full burns."""
    ends = np.cumsum(vehicle.burn_s)
    times = np.unique(np.concatenate([np.arange(0.0, ends[-1], 1.0), ends]))
    flown = fly(
        vehicle,
        Launch(lat, lon),
        Steering(azimuth, kick, _VERTICAL_S, _KICK_S),
        times_s=times,
        effects=effects,
    )
    return states_at(times, flown.position_m, flown.velocity_m_per_s, cutoff_s)


def _glided(
    start: Array, begin: Array, glider: Glider, bank: Bank, times: Array, effects: Effects
) -> tuple[Array, Array]:
    of = np.empty((len(start), 7))
    of[:, 0] = glider.ballistic_coefficient_kg_per_m2
    of[:, 1] = glider.lift_to_drag
    of[:, 2] = bank.angle_rad
    of[:, 3], of[:, 4] = bank.begins_m_per_s, bank.ends_m_per_s
    of[:, 5], of[:, 6] = glider.dive_speed_m_per_s, np.sin(glider.dive_angle_rad)
    return glide_all(start, begin, of, _earth(effects), kernel_table(), times)


def _earth(effects: Effects) -> Array:
    round_ = EARTH_MEAN_RADIUS_M
    return np.array(
        [
            EARTH_MU_M3_PER_S2,
            EARTH_EQUATORIAL_RADIUS_M if effects.ellipsoid else round_,
            EARTH_POLAR_RADIUS_M if effects.ellipsoid else round_,
            EARTH_J2 * EARTH_EQUATORIAL_RADIUS_M**2 if effects.j2 else 0.0,
            EARTH_ROTATION_RAD_PER_S if effects.rotation else 0.0,
        ]
    )


def _check_band(record: Array, glider: Glider) -> None:
    low, high = record[:, LOWEST], record[:, HIGHEST]
    outside = (low < glider.lowest_m) | (high > glider.highest_m)
    if np.any(outside):
        i = int(np.argmax(outside))
        raise DomainError(
            f"the glide runs at {low[i] / 1e3:.1f} to {high[i] / 1e3:.1f} km, outside its band "
            f"of {glider.lowest_m / 1e3:.1f} to {glider.highest_m / 1e3:.1f} km: at "
            f"{record[i, GLIDE_SPEED]:.0f} to {glider.dive_speed_m_per_s:.0f} m/s the air bears "
            "m / (C_D A) over L/D there; dive at a higher speed for higher, or change the glider"
        )


def _as_glides(
    times: Array,
    states: Array,
    record: Array,
    begin: Array,
    start: Array,
    staging: Array,
    azimuth: Array,
    missed: Array,
) -> Glides:
    nothing = np.full(len(record), np.nan)
    normal = _earth(ALL_EFFECTS)
    sine2 = (start[:, 2] / np.linalg.norm(start[:, :3], axis=-1)) ** 2
    ground = normal[1] / np.sqrt(1.0 + ((normal[1] / normal[2]) ** 2 - 1.0) * sine2)
    return Glides(
        flights=Trajectory(
            time_s=times,
            position_m=states[..., :3],
            velocity_m_per_s=states[..., 3:],
            burnout_s=begin,
            burnout_speed_m_per_s=np.linalg.norm(start[:, 3:], axis=-1),
            burnout_altitude_m=np.linalg.norm(start[:, :3], axis=-1) - ground,
            burnout_position_m=start[:, :3],
            burnout_velocity_m_per_s=start[:, 3:],
            staging_s=staging,
            apogee_s=record[:, APOGEE],
            apogee_altitude_m=record[:, APOGEE_ALTITUDE],
            pierce_up_s=nothing,
            pierce_down_s=nothing,
            impact_s=record[:, IMPACT],
            impact_position_m=record[:, IMPACT_STATE : IMPACT_STATE + 3],
            impact_velocity_m_per_s=record[:, IMPACT_STATE + 3 :],
        ),
        glide_s=record[:, GLIDE],
        glide_speed_m_per_s=record[:, GLIDE_SPEED],
        glide_altitude_m=record[:, GLIDE_ALTITUDE],
        lowest_m=record[:, LOWEST],
        highest_m=record[:, HIGHEST],
        dive_s=record[:, DIVE],
        dive_speed_m_per_s=record[:, DIVE_SPEED],
        azimuth_rad=azimuth,
        miss_m=missed,
    )
