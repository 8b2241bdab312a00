"""Interceptors: how they are fired, and the generic vehicle and fan of each ground-based type."""

from collections.abc import Mapping
from dataclasses import fields
from functools import lru_cache
from typing import Final, Literal

import numpy as np
from numpy.typing import ArrayLike
from pydantic import Field, model_validator

from umbo.elements.readings import Readings
from umbo.elements.sourced import Value
from umbo.elements.threats import Target
from umbo.errors import DomainError
from umbo.kept import kept
from umbo.physics.air_steered import steered
from umbo.physics.constants import STANDARD_GRAVITY_M_PER_S2
from umbo.physics.flight import BOOST_DRAG_COEFFICIENT, BOOST_DRAG_MACH, Vehicle
from umbo.physics.flyout import Fan, fly_fan, shoot
from umbo.section import Section
from umbo.units import Seconds

FlyOut = Literal["disc", "exact"]
"""The reach of an interceptor in orbit: the flat fly-out disc of published studies, or thrust and
fall about the Earth."""

OrbitLayer = Literal["boost", "ascent", "midcourse", "glide"]
"""Parts of a flight in which an interceptor in orbit can be used."""

SPEED_ADMITTED_M_PER_S: Final = 5.0
"""How near the flown burnout speed comes to the wanted one."""
SIZED_AT_RAD: Final = np.radians(45.0)
"""Elevation of thrust on the flight whose burnout speed is the wanted one."""
FLOWN: Final = {
    "burn_time": "burn_s",
    "burnout_speed": "burnout_speed_m_per_s",
    "specific_impulse": "isp_vacuum_s",
    "sea_level_impulse_ratio": "sea_level_impulse_ratio",
    "structural_fraction": "structural_fraction",
    "stages": "stages",
    "unit_mass": "launch_mass_kg",
    "diameter": "diameter_m",
    "ballistic_coefficient": "ballistic_coefficient_kg_per_m2",
}
"""What a ground-based interceptor needs to be flown, and what ``generic_interceptor`` calls it."""
LIMITS: Final = ("max_range", "min_intercept_altitude", "max_intercept_altitude")
"""What bounds its fan, whatever it could fly to."""
STEERING: Final = ("min_intercept_speed", "lift_to_drag")
"""What an interceptor that steers by air has besides."""

_SEA_LEVEL_PRESSURE_PA: Final = 101_325.0
_MOST_ROUNDS: Final = 12


class Doctrine(Section):
    """How many shots a weapon fires at one object, and whether it looks between."""

    shots: int = Field(default=2, ge=1, le=10)
    """Shots fired together at each look (the salvo)."""
    look: Literal["none", "once"] = "none"
    """``once``: look at the result of the first salvo, and fire a second where time allows."""
    plan: Literal["fixed", "each_look"] = "fixed"
    """``each_look``: share out the rounds anew at each look, by what each shot is worth then, at
    most ``shots`` an object; ``fixed``: fire ``shots`` at each object in the order of arrival."""
    channels: int | None = Field(default=None, ge=1, le=64)
    """Objects that a site can guide shots at together, by its illuminators or radar; no limit where
    left out."""
    channel_time_s: Seconds = Field(default=0.0, ge=0.0, le=3600.0)
    """How long shots at one object take a channel, such as ``channel_time: 20 s``."""
    ready: int | None = Field(default=None, ge=1, le=10_000)
    """Rounds of a site that are ready at first, and after each reload; all where left out."""
    reload_s: Seconds = Field(default=0.0, ge=0.0, le=86_400.0)
    """From the last ready round to the next ones, such as ``reload: 30 min``."""

    reserve: int = Field(default=0, ge=0, le=10_000)
    """Rounds of each site that are kept for a later raid, and not fired at this one."""

    @model_validator(mode="after")
    def _come_together(self) -> "Doctrine":
        if (self.channels is None) != (self.channel_time_s == 0.0):
            raise ValueError("channels and channel_time come together; write both or neither")
        if (self.ready is None) != (self.reload_s == 0.0):
            raise ValueError("ready and reload come together; write both or neither")
        return self


def generic_interceptor(
    *,
    burn_s: float,
    burnout_speed_m_per_s: float,
    isp_vacuum_s: float,
    sea_level_impulse_ratio: float,
    structural_fraction: float,
    stages: float,
    launch_mass_kg: float,
    diameter_m: float,
    ballistic_coefficient_kg_per_m2: float,
) -> Vehicle:
    """Make the interceptor of a launch mass that has a burn time and a burnout speed.

    Computed, not sourced: ideal delta-v and burn time are shared equally among stages of one
    impulse and structural fraction, and the delta-v is raised until the speed at burnout with
    thrust at 45 degrees is the wanted one. What is left of the launch mass then is carried
    on: kill vehicle, guidance and cover. Left out: coasts between stages, a boost phase and a
    sustain phase, other stages than equal ones.

    Args:
        burn_s: Burn time of all stages together [s].
        burnout_speed_m_per_s: Over ground, at the end of the burn [m/s].
        isp_vacuum_s: Specific impulse in vacuum [s].
        sea_level_impulse_ratio: The same nozzle's at sea level over that.
        structural_fraction: Dry mass over dry and propellant mass of a stage.
        stages: Number of stages, rounded.
        launch_mass_kg: Mass at launch [kg].
        diameter_m: Diameter of all stages [m].
        ballistic_coefficient_kg_per_m2: m / (C_D A) after burnout.

    Returns:
        The interceptor.

    Raises:
        DomainError: The fractions or impulses cannot give that speed.

    Source:
        Sutton & Biblarz, *Rocket Propulsion Elements*, Wiley, 9th ed. (2017), sec. 4.3
        and 4.7 (multistage vehicles).
    """
    number = round(stages)
    exhaust_m_per_s = isp_vacuum_s * STANDARD_GRAVITY_M_PER_S2

    def build(delta_v: float) -> Vehicle:
        propelled = 1.0 - np.exp(-delta_v / number / exhaust_m_per_s)
        kept = 1.0 - propelled / (1.0 - structural_fraction)
        if not kept > 0.0:
            raise DomainError(
                f"no generic interceptor burns out at {burnout_speed_m_per_s:.0f} m/s after "
                f"{burn_s:.0f} s: {number} stages with a structural fraction of "
                f"{structural_fraction} and {isp_vacuum_s:.0f} s of impulse cannot give "
                f"{delta_v:.0f} m/s; use more stages, lighter ones or a lower speed"
            )
        start_kg = launch_mass_kg * kept ** np.arange(number)
        flow = propelled * start_kg / (burn_s / number)
        thrust_n = flow * exhaust_m_per_s
        return Vehicle(
            dry_kg=propelled * start_kg * structural_fraction / (1.0 - structural_fraction),
            propellant_kg=propelled * start_kg,
            thrust_vacuum_n=thrust_n,
            burn_s=np.full(number, burn_s / number),
            exit_area_m2=thrust_n * (1.0 - sea_level_impulse_ratio) / _SEA_LEVEL_PRESSURE_PA,
            diameter_m=np.full(number, diameter_m),
            payload_kg=float(launch_mass_kg * kept**number),
            reentry_ballistic_coefficient_kg_per_m2=ballistic_coefficient_kg_per_m2,
            drag_mach=np.array(BOOST_DRAG_MACH),
            drag_coefficient=np.array(BOOST_DRAG_COEFFICIENT),
        )

    delta_v, short, gain = burnout_speed_m_per_s + 6.0 * burn_s, burnout_speed_m_per_s, 1.0
    added = 0.0
    for _ in range(_MOST_ROUNDS):
        vehicle = build(delta_v)
        flown = shoot(vehicle, np.array([SIZED_AT_RAD]), np.zeros(1))
        was, short = short, burnout_speed_m_per_s - float(flown.burnout_speed_m_per_s[0])
        if abs(short) < SPEED_ADMITTED_M_PER_S:
            return vehicle
        if added * (was - short) > 0.0:  # secant
            gain = min(added / (was - short), 2.0)
        added = gain * short
        delta_v += added
    raise DomainError(
        f"no generic interceptor burns out at {burnout_speed_m_per_s:.0f} m/s after {burn_s:.0f} s "
        f"with {number} stages; it misses by {short:.0f} m/s"
    )


def fan_of(values: Mapping[str, Value], read: Readings, *, target: Target = "ballistic") -> Fan:
    """Fly the generic interceptor of a type, and give its fan within the catalogue's limits.

    Args:
        values: An interceptor's values: those of ``FLOWN`` and of ``LIMITS``, and those of
            ``STEERING`` where it steers by air.
        read: Which number of each range is read.
        target: Against cruise missiles those of ``LIMITS`` hold that end in ``_air``, where
            there are such.

    Returns:
        The fan.

    Raises:
        DomainError: The interceptor cannot be built, or cannot lift off.
    """
    return _fan(
        tuple(read(values[parameter]) for parameter in FLOWN),
        tuple(
            read(values[air if target == "cruise" and air in values else parameter])
            for parameter in LIMITS
            for air in (f"{parameter}_air",)
        ),
        tuple(read(values[parameter]) for parameter in STEERING if parameter in values),
    )


@lru_cache(maxsize=768)
def _fan(flown: tuple[float, ...], limits: tuple[float, ...], steering: tuple[float, ...]) -> Fan:
    """Fly once for each set of numbers: 64 draws of twelve fans are kept, 40 MB."""
    time_s, speed, rest = kept(
        "fan", (flown, limits, steering), lambda: _fly(flown, limits, steering)
    )
    return Fan(time_s, speed, *rest.tolist())


def _fly(
    flown: tuple[float, ...], limits: tuple[float, ...], steering: tuple[float, ...]
) -> tuple[ArrayLike, ...]:
    """Give the parts of a fan: times, speeds, and all single numbers."""
    max_range_m, low_m, high_m = limits
    vehicle = generic_interceptor(**dict(zip(FLOWN.values(), flown, strict=True)))
    slowest, lift_to_drag = steering or (0.0, 0.0)
    fan = fly_fan(
        vehicle,
        max_range_m=max_range_m,
        min_altitude_m=low_m,
        max_altitude_m=high_m,
        least_speed_m_per_s=slowest,
    )
    if steering:
        fan = steered(fan, vehicle, lift_to_drag=lift_to_drag, least_speed_m_per_s=slowest)
    time_s, speed, *rest = (getattr(fan, field.name) for field in fields(fan))
    return time_s, speed, rest
