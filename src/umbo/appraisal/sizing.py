"""How heavy an interceptor in orbit is, and how many a shell must hold."""

import math
from dataclasses import dataclass

from umbo.engagement.intercept import shots_needed
from umbo.errors import DomainError
from umbo.physics.constants import STANDARD_GRAVITY_M_PER_S2


@dataclass(frozen=True, slots=True)
class InterceptorMass:
    """Mass of an interceptor in orbit, by part."""

    kill_vehicle_propellant_kg: float
    propellant_kg: float
    total_kg: float


def interceptor_mass(
    delta_v_m_per_s: float,
    divert_m_per_s: float,
    *,
    specific_impulse_s: float,
    kill_vehicle_dry_kg: float,
    body_dry_kg: float,
    support_kg: float = 0.0,
    gravity_m_per_s2: float = STANDARD_GRAVITY_M_PER_S2,
) -> InterceptorMass:
    """Find an interceptor's mass in orbit from its speed and divert, by the rocket equation.

    One stage and one specific impulse for both. Left out: a second stage, which makes it
    lighter, and tanks and motor that grow with the propellant, which make it heavier (the
    body here is the same at every speed).

    Args:
        delta_v_m_per_s: Speed gained by the body's motor [m/s].
        divert_m_per_s: Speed the kill vehicle keeps for its own manoeuvres [m/s].
        specific_impulse_s: Of both motors [s].
        kill_vehicle_dry_kg: Kill vehicle without propellant [kg].
        body_dry_kg: Body and motor without propellant [kg].
        support_kg: What stays behind in orbit: power, link, shelter [kg].
        gravity_m_per_s2: What turns specific impulse into exhaust speed.

    Returns:
        The kill vehicle's propellant, the body's propellant and the total.

    Raises:
        DomainError: A mass or specific impulse is not positive, or a speed is negative.

    Source:
        T. Harrison, *Build Your Own Golden Dome*, AEI working paper 2025-20 (2025):
        the form of the sum.
    """
    if min(specific_impulse_s, kill_vehicle_dry_kg, gravity_m_per_s2) <= 0.0 or not (
        min(delta_v_m_per_s, divert_m_per_s, body_dry_kg, support_kg) >= 0.0
    ):
        raise DomainError(
            "an interceptor needs positive specific impulse and kill-vehicle mass, and no "
            f"negative speed or mass; got {specific_impulse_s} s, {kill_vehicle_dry_kg} kg, "
            f"{delta_v_m_per_s} and {divert_m_per_s} m/s, {body_dry_kg} and {support_kg} kg"
        )
    exhaust = gravity_m_per_s2 * specific_impulse_s
    kill_vehicle_propellant = kill_vehicle_dry_kg * math.expm1(divert_m_per_s / exhaust)
    burnt_out = kill_vehicle_dry_kg + kill_vehicle_propellant + body_dry_kg
    propellant = burnt_out * math.expm1(delta_v_m_per_s / exhaust)
    return InterceptorMass(kill_vehicle_propellant, propellant, burnt_out + propellant + support_kg)


def whole_shots(wanted_p_kill: float, p_kill: float) -> int:
    """Count the shots at one missile that give a wanted chance of a kill, rounded up.

    Args:
        wanted_p_kill: Wanted chance that one of the shots kills, above 0 and below 1.
        p_kill: Chance of each, independent of the others, above 0 and below 1.

    Raises:
        DomainError: A chance is not above 0 and below 1.
    """
    return max(1, math.ceil(shots_needed(1.0, wanted_p_kill, 1.0, p_kill) - 1e-9))


def constellation_count(absentee_ratio: float, *, engaged_at_once: int, shots: int) -> int:
    """Count the interceptors in orbit that keep enough of them in reach.

    On average over the constellation's phase; left out is how the number in reach varies
    about that average (``engagement.coverage`` counts it).

    Args:
        absentee_ratio: Interceptors in orbit for each one in reach, 1 or more.
        engaged_at_once: Missiles that must be engaged at the same time.
        shots: Interceptors for each missile.

    Raises:
        DomainError: The ratio is below 1, or a number below 1.

    Source:
        T. Harrison, *Build Your Own Golden Dome*, AEI working paper 2025-20 (2025).
    """
    if not (absentee_ratio >= 1.0 and engaged_at_once >= 1 and shots >= 1):
        raise DomainError(
            "a constellation needs an absentee ratio, missiles and shots of 1 or more; got "
            f"{absentee_ratio}, {engaged_at_once}, {shots}"
        )
    return math.ceil(absentee_ratio * engaged_at_once * shots - 1e-9)
