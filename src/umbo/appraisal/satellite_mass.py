"""How heavy an interceptor is that stays in orbit, and the launches that it takes."""

import math
from dataclasses import dataclass
from typing import Final

from umbo.appraisal.sizing import InterceptorMass
from umbo.errors import DomainError
from umbo.physics.constants import STANDARD_GRAVITY_M_PER_S2
from umbo.physics.decay import orbit_life, station_keeping

YEAR_S: Final = 365.25 * 86_400.0


@dataclass(frozen=True, slots=True)
class SatelliteMass:
    """Mass at launch of an interceptor with what keeps it up."""

    interceptor: InterceptorMass
    keeping_m_per_s: float
    """Speed given back to drag over the life."""
    keeping_kg: float
    """Propellant for that."""
    total_kg: float
    life_unkept_s: float
    """How long it would stay up without."""


def satellite_mass(
    interceptor: InterceptorMass,
    altitude_m: float,
    *,
    life_year: float,
    specific_impulse_s: float,
    ballistic_coefficient_kg_per_m2: float,
    solar_flux: float,
    geomagnetic_index: float,
) -> SatelliteMass:
    """Add to an interceptor the propellant that keeps its orbit over its life.

    Left out: collision avoidance and the way down at the end (100 m/s at 400 km); that a heavier
    satellite sinks more slowly, which the coefficient stands for.

    Args:
        interceptor: Its mass otherwise.
        altitude_m: Altitude, 180 to 700 km [m].
        life_year: Years in orbit.
        specific_impulse_s: Of the thrusters [s].
        ballistic_coefficient_kg_per_m2: m / (C_D A).
        solar_flux: Mean over the life, as in ``upper_density``.
        geomagnetic_index: Mean over the life.

    Returns:
        The masses, and how long the orbit would last unkept.

    Raises:
        DomainError: The altitude is outside the model of drag.

    Source:
        Rocket equation; ``physics.decay`` for drag.
    """
    air = {"solar_flux": solar_flux, "geomagnetic_index": geomagnetic_index}
    drag = float(station_keeping(altitude_m, ballistic_coefficient_kg_per_m2, **air))
    speed = drag * life_year * YEAR_S
    propellant = interceptor.total_kg * math.expm1(
        speed / (specific_impulse_s * STANDARD_GRAVITY_M_PER_S2)
    )
    return SatelliteMass(
        interceptor,
        speed,
        propellant,
        interceptor.total_kg + propellant,
        orbit_life(altitude_m, ballistic_coefficient_kg_per_m2, **air),
    )


@dataclass(frozen=True, slots=True)
class Upkeep:
    """What keeping a constellation up takes each year."""

    replaced_a_year: float
    launches_a_year: float
    share_of_capacity: float
    """Of the launches a year that there are."""


def upkeep(
    satellites: int, mass_kg: float, *, life_year: float, payload_kg: float, capacity: float
) -> Upkeep:
    """Count replacements and launches a year once a constellation stands.

    Args:
        satellites: In orbit, spares among them.
        mass_kg: Of one at launch.
        life_year: Years in orbit; failures before it come on top.
        payload_kg: A launcher's payload to that orbit.
        capacity: Launches a year that there are.

    Raises:
        DomainError: A launcher carries none.
    """
    each = math.floor(payload_kg / mass_kg + 1e-9)
    if each < 1:
        raise DomainError(
            f"an interceptor of {mass_kg:.0f} kg is heavier than the launcher's payload of "
            f"{payload_kg:.0f} kg; make it lighter or take a larger launcher"
        )
    replaced = satellites / life_year
    return Upkeep(replaced, replaced / each, replaced / each / capacity)
