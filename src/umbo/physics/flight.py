"""Powered and ballistic flight of a point mass over the rotating, flattened Earth."""

from dataclasses import dataclass, fields
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from umbo.errors import DomainError
from umbo.physics.atmosphere import kernel_table
from umbo.physics.constants import (
    EARTH_EQUATORIAL_RADIUS_M,
    EARTH_FLATTENING,
    EARTH_J2,
    EARTH_MEAN_RADIUS_M,
    EARTH_MU_M3_PER_S2,
    EARTH_POLAR_RADIUS_M,
    EARTH_ROTATION_RAD_PER_S,
    STANDARD_GRAVITY_M_PER_S2,
)
from umbo.physics.earth import east_north_up, geodetic_to_ecef
from umbo.physics.propagation import (
    APOGEE,
    APOGEE_ALTITUDE,
    BURNOUT,
    BURNOUT_ALTITUDE,
    BURNOUT_SPEED,
    BURNOUT_STATE,
    IMPACT,
    IMPACT_STATE,
    PIERCE_DOWN,
    PIERCE_UP,
    RECORD,
    fly_all,
)

Array = NDArray[np.float64]

# Drag of a booster by Mach number: Forden, *GUI_Missile_Flyout*, Science & Global Security 15
# (2007), its one table for all missiles.
BOOST_DRAG_MACH: Final = (0.0, 0.85, 1.0, 1.2, 2.0, 4.5)
BOOST_DRAG_COEFFICIENT: Final = (0.20, 0.20, 0.27, 0.27, 0.20, 0.20)


# The most that was ever measured is 542 s, of lithium, fluorine and hydrogen (Arbit et al.,
# *Lithium-fluorine-hydrogen propellant study*, NASA CR-72325 (1968)).
_MOST_IMPULSE_S: Final = 550.0


@dataclass(frozen=True, eq=False)
class Vehicle:
    """A missile of stages that burn one after the other; arrays have one value a stage."""

    dry_kg: Array
    """Mass of each stage without propellant, dropped when the next one lights."""
    propellant_kg: Array
    thrust_vacuum_n: Array
    burn_s: Array
    exit_area_m2: Array
    """Nozzle exit area, which ambient pressure acts on."""
    diameter_m: Array
    """Diameter that drag in boost is referred to, while the stage burns."""
    payload_kg: float
    reentry_ballistic_coefficient_kg_per_m2: float
    """m / (C_D A) of what flies on after burnout."""
    drag_mach: Array
    """Mach numbers of the drag table, rising; held at both ends."""
    drag_coefficient: Array

    def __post_init__(self) -> None:
        stages = ("dry_kg", "propellant_kg", "thrust_vacuum_n", "burn_s", "diameter_m")
        for name in (*stages, "exit_area_m2", "drag_mach", "drag_coefficient"):
            values = np.atleast_1d(np.asarray(getattr(self, name), dtype=np.float64))
            object.__setattr__(self, name, values)
            least = 0.0 if name in stages[1:4] else -1e-300
            if not np.all((values > least) & np.isfinite(values)):
                raise DomainError(f"{name} of a vehicle must be positive; got {values}")
        if len({len(getattr(self, name)) for name in (*stages, "exit_area_m2")}) != 1:
            raise DomainError("a vehicle needs one value a stage in every field of its stages")
        whole = (self.payload_kg, self.reentry_ballistic_coefficient_kg_per_m2)
        if not all(0.0 < value < np.inf for value in whole):
            raise DomainError("payload_kg and the ballistic coefficient must be positive")
        if np.any(np.diff(self.drag_mach) <= 0.0):
            raise DomainError(f"drag_mach must rise from value to value; got {self.drag_mach}")
        if len(self.drag_mach) != len(self.drag_coefficient):
            raise DomainError("drag_mach and drag_coefficient need as many values as each other")
        impulse_s = (
            self.thrust_vacuum_n * self.burn_s / (self.propellant_kg * STANDARD_GRAVITY_M_PER_S2)
        )
        if np.any(impulse_s > _MOST_IMPULSE_S):
            raise DomainError(
                f"a stage burns longer than its propellant lasts: its thrust for {self.burn_s} s "
                f"takes a specific impulse of {impulse_s.round()} s, and no chemical rocket has "
                f"over {_MOST_IMPULSE_S:.0f} s; give it more propellant or a shorter burn"
            )

    @property
    def start_kg(self) -> Array:
        """Mass at the ignition of each stage."""
        stages = (self.dry_kg + self.propellant_kg)[::-1]
        return np.asarray(np.cumsum(stages)[::-1] + self.payload_kg)


@dataclass(frozen=True, eq=False)
class Launch:
    """Where flights begin; the fields broadcast together and with the steering's."""

    latitude_rad: ArrayLike
    longitude_rad: ArrayLike
    altitude_m: ArrayLike = 0.0


@dataclass(frozen=True, eq=False)
class Steering:
    """How thrust is directed; angles in the launch site's local frame.

    A gravity turn: up for ``vertical_s``, held ``kick_rad`` off the vertical for ``kick_s``,
    then along the velocity over ground. With ``pitch_rate_rad_per_s`` a pitch program
    instead: elevation falls from the vertical at that rate from launch, then is held at
    ``final_elevation_rad``. Thrust ends with the propellant or at ``cutoff_s``.
    """

    azimuth_rad: ArrayLike
    kick_rad: ArrayLike = 0.0
    vertical_s: ArrayLike = 5.0
    kick_s: ArrayLike = 8.0
    cutoff_s: ArrayLike = np.inf
    pitch_rate_rad_per_s: ArrayLike = 0.0
    final_elevation_rad: ArrayLike = 0.0


@dataclass(frozen=True)
class Effects:
    """Which effects act; all of them unless a check wants one left out."""

    rotation: bool = True
    drag: bool = True
    j2: bool = True
    pressure_loss: bool = True
    ellipsoid: bool = True
    """False flies over the mean sphere of the published closed forms."""

    def earth(self) -> Array:
        """Give the kernel's constants."""
        a = EARTH_EQUATORIAL_RADIUS_M if self.ellipsoid else EARTH_MEAN_RADIUS_M
        b = EARTH_POLAR_RADIUS_M if self.ellipsoid else EARTH_MEAN_RADIUS_M
        return np.array(
            [
                EARTH_MU_M3_PER_S2,
                a,
                b,
                EARTH_FLATTENING * (2.0 - EARTH_FLATTENING) if self.ellipsoid else 0.0,
                EARTH_J2 * EARTH_EQUATORIAL_RADIUS_M**2 if self.j2 else 0.0,
                EARTH_ROTATION_RAD_PER_S if self.rotation else 0.0,
                float(self.drag),
                float(self.pressure_loss),
            ]
        )


ALL_EFFECTS: Final = Effects()
_ANGLES_AND_TIMES: Final = tuple(field.name for field in fields(Steering))


@dataclass(frozen=True, eq=False)
class Trajectory:
    """Flights on one time grid; every field but ``time_s`` leads with the flights' shape.

    What does not happen is nan: burnout of a missile that fell before, apogee of one that
    only descends, impact of one in orbit; positions and velocities after impact.
    """

    time_s: Array
    """(K,) since launch."""
    position_m: Array
    """(..., K, 3) Earth-fixed."""
    velocity_m_per_s: Array
    """(..., K, 3) over ground, Earth-fixed axes."""
    burnout_s: Array
    burnout_speed_m_per_s: Array
    """Over ground."""
    burnout_altitude_m: Array
    apogee_s: Array
    apogee_altitude_m: Array
    pierce_up_s: Array
    """Last rise through 100 km."""
    pierce_down_s: Array
    """Fall through 100 km."""
    impact_s: Array
    impact_position_m: Array
    """(..., 3)"""
    impact_velocity_m_per_s: Array
    """(..., 3)"""
    burnout_position_m: Array
    """(..., 3)"""
    burnout_velocity_m_per_s: Array
    """(..., 3) over ground."""
    staging_s: Array
    """(..., stages - 1) when each next stage lit; nan for one that never did."""


def fly(
    vehicle: Vehicle,
    launch: Launch,
    steering: Steering,
    *,
    times_s: ArrayLike | None = None,
    every_s: float = 5.0,
    impact_altitude_m: float = 0.0,
    effects: Effects = ALL_EFFECTS,
    tolerance: float = 1.0,
) -> Trajectory:
    """Fly missiles of one type from launch to impact, all at once and in parallel.

    Point mass, three degrees of freedom, WGS 84 gravity with J2, 1976 air that turns with
    the Earth. Left out: angle of attack and its lift and drag (a few m/s of the boost),
    winds (tens of metres to some kilometres at impact), higher gravity harmonics (about
    a kilometre over 10,000 km), thrust build-up and the coast between stages.
    Altitude is geodetic, within 2 cm at 1,000 km.

    Args:
        vehicle: The missile.
        launch: Launch points; with the steering they broadcast to the flights' shape.
        steering: Steering of each flight.
        times_s: Times to sample at, rising [s]; an even grid to the last impact if None.
        every_s: Spacing of that grid [s].
        impact_altitude_m: Altitude at which a falling missile ends [m].
        effects: Effects that act.
        tolerance: Factor on the error that a step may make; 1 keeps impact within 15 m.

    Returns:
        The flights.

    Raises:
        DomainError: The vehicle cannot lift off, a number is not finite, or the times do
            not rise.

    Source:
        Zipfel, *Modeling and Simulation of Aerospace Vehicle Dynamics*, AIAA (2014), ch. 8;
        Hairer, Norsett & Wanner, *Solving Ordinary Differential Equations I* (1993), II.5.
    """
    stages = stage_table(vehicle)
    weight = vehicle.start_kg[0] * STANDARD_GRAVITY_M_PER_S2
    if vehicle.thrust_vacuum_n[0] - 101_325.0 * vehicle.exit_area_m2[0] <= weight:
        raise DomainError(
            f"the vehicle weighs {weight / 1e3:.0f} kN at launch, more than its thrust at sea "
            "level; give it more thrust or less mass"
        )
    place = (launch.latitude_rad, launch.longitude_rad, launch.altitude_m)
    guide = (getattr(steering, name) for name in _ANGLES_AND_TIMES)
    every = np.broadcast_arrays(*(np.asarray(x, dtype=np.float64) for x in (*place, *guide)))
    shape = every[0].shape
    flat = [x.reshape(-1) for x in every]
    names = ("latitude_rad", "longitude_rad", "altitude_m", *_ANGLES_AND_TIMES)
    for name, values in zip(names, flat, strict=True):
        if np.any(np.isnan(values) if name == "cutoff_s" else ~np.isfinite(values)):
            raise DomainError(f"{name} of a flight must be finite; give a number to each flight")
    start, frame = launch_state(flat[0], flat[1], flat[2], effects)
    steer = np.ascontiguousarray(np.stack(flat[3:], axis=-1))
    beta = np.full(len(start), vehicle.reentry_ballistic_coefficient_kg_per_m2)
    drag = np.stack([vehicle.drag_mach, vehicle.drag_coefficient])
    return _flown(
        (start, frame, steer, stages, beta, drag, effects.earth(), float(impact_altitude_m)),
        times_s,
        every_s,
        tolerance,
        shape,
    )


def coast(
    position_m: ArrayLike,
    velocity_m_per_s: ArrayLike,
    ballistic_coefficient_kg_per_m2: ArrayLike,
    *,
    times_s: ArrayLike | None = None,
    every_s: float = 5.0,
    impact_altitude_m: float = 0.0,
    effects: Effects = ALL_EFFECTS,
    tolerance: float = 1e-3,
) -> Trajectory:
    """Let objects fall freely from a state to impact, such as decoys after release.

    As ``fly`` without thrust; burnout is the start.

    Args:
        position_m: Earth-fixed positions [m], shape (..., 3).
        velocity_m_per_s: Velocities over ground [m/s], shape (..., 3).
        ballistic_coefficient_kg_per_m2: m / (C_D A), which broadcasts to the flights' shape.
        times_s: As in ``fly``.
        every_s: As in ``fly``.
        impact_altitude_m: As in ``fly``.
        effects: As in ``fly``.
        tolerance: As in ``fly``; the usual one keeps energy to a billionth.

    Returns:
        The flights.

    Raises:
        DomainError: A ballistic coefficient is not positive, a number is not finite, or the
            times do not rise.
    """
    position, velocity = np.broadcast_arrays(
        np.asarray(position_m, dtype=np.float64), np.asarray(velocity_m_per_s, dtype=np.float64)
    )
    shape = position.shape[:-1]
    beta = np.array(np.broadcast_to(ballistic_coefficient_kg_per_m2, shape), dtype=np.float64)
    if not np.all(beta > 0.0):
        raise DomainError("ballistic_coefficient_kg_per_m2 must be positive")
    start = np.concatenate([position, velocity], axis=-1).reshape(-1, 6)
    if not np.all(np.isfinite(start)):
        raise DomainError("position_m and velocity_m_per_s must be finite")
    count = len(start)
    nothing = (np.zeros((count, 3, 3)), np.zeros((count, 7)), np.zeros((0, 6)))
    drag = np.zeros((2, 1))
    return _flown(
        (start, *nothing, beta.reshape(-1), drag, effects.earth(), float(impact_altitude_m)),
        times_s,
        every_s,
        tolerance,
        shape,
    )


def _flown(
    flights: tuple[Array, Array, Array, Array, Array, Array, Array, float],
    times_s: ArrayLike | None,
    every_s: float,
    tolerance: float,
    shape: tuple[int, ...],
) -> Trajectory:
    table = kernel_table()
    if not (every_s > 0.0 and tolerance > 0.0):
        raise DomainError(f"every_s and tolerance must be positive; got {every_s}, {tolerance}")
    if times_s is None:
        _, record = fly_all(*flights, table, np.zeros(0), 30.0 * tolerance)
        last = np.max(record[:, IMPACT], initial=0.0, where=np.isfinite(record[:, IMPACT]))
        times = np.arange(0.0, last + every_s, every_s)
    else:
        times = np.ascontiguousarray(times_s, dtype=np.float64)
        if times.ndim != 1 or np.any(np.diff(times) <= 0.0):
            raise DomainError("times_s must be one rising row of times")
    states, record = fly_all(*flights, table, times, tolerance)
    return as_trajectory(times, states, record, shape)


def as_trajectory(times: Array, states: Array, record: Array, shape: tuple[int, ...]) -> Trajectory:
    """Name the parts of what the kernel gives."""
    states = states.reshape(*shape, len(times), 6)
    record = record.reshape(*shape, record.shape[-1])
    return Trajectory(
        time_s=times,
        position_m=states[..., :3],
        velocity_m_per_s=states[..., 3:],
        burnout_s=record[..., BURNOUT],
        burnout_speed_m_per_s=record[..., BURNOUT_SPEED],
        burnout_altitude_m=record[..., BURNOUT_ALTITUDE],
        apogee_s=record[..., APOGEE],
        apogee_altitude_m=record[..., APOGEE_ALTITUDE],
        pierce_up_s=record[..., PIERCE_UP],
        pierce_down_s=record[..., PIERCE_DOWN],
        impact_s=record[..., IMPACT],
        impact_position_m=record[..., IMPACT_STATE : IMPACT_STATE + 3],
        impact_velocity_m_per_s=record[..., IMPACT_STATE + 3 : IMPACT_STATE + 6],
        burnout_position_m=record[..., BURNOUT_STATE : BURNOUT_STATE + 3],
        burnout_velocity_m_per_s=record[..., BURNOUT_STATE + 3 : BURNOUT_STATE + 6],
        staging_s=record[..., RECORD:],
    )


def stage_table(vehicle: Vehicle) -> Array:
    """Give the kernel's rows of stages: mass, flow, thrust, exit area, drag area, burn time."""
    return np.stack(
        [
            vehicle.start_kg,
            vehicle.propellant_kg / vehicle.burn_s,
            vehicle.thrust_vacuum_n,
            vehicle.exit_area_m2,
            np.pi / 4.0 * vehicle.diameter_m**2,
            vehicle.burn_s,
        ],
        axis=-1,
    )


def launch_state(
    latitude_rad: Array, longitude_rad: Array, altitude_m: Array, effects: Effects
) -> tuple[Array, Array]:
    """Give states at rest on the ground, (n, 6), and local axes, (n, 3, 3)."""
    frame = np.ascontiguousarray(east_north_up(latitude_rad, longitude_rad))
    if effects.ellipsoid:
        position = geodetic_to_ecef(latitude_rad, longitude_rad, altitude_m)
    else:
        position = frame[:, 2] * (EARTH_MEAN_RADIUS_M + altitude_m)[:, None]
    return np.hstack([position, np.zeros_like(position)]), frame
