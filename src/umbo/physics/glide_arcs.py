"""Boost-glide in closed form, the yardstick of the integrated glides; and its heating."""

from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from umbo.errors import DomainError
from umbo.physics.constants import (
    EARTH_MEAN_RADIUS_M,
    EARTH_MU_M3_PER_S2,
    STANDARD_GRAVITY_M_PER_S2,
)

Array = NDArray[np.float64]

# CODATA 2018, exact by the units of 2019.
STEFAN_BOLTZMANN_W_PER_M2_K4: Final = 5.670374419e-8
# Sutton and Graves' constant for air, in kg^0.5 / m.
SUTTON_GRAVES: Final = 1.7415e-4


def booster_delta_v(
    mass_before_kg: ArrayLike, mass_after_kg: ArrayLike, specific_impulse_s: ArrayLike
) -> Array:
    """Give the speed that stages gain without gravity and air, stage by stage.

    Args:
        mass_before_kg: Mass of all that flies when a stage lights [kg].
        mass_after_kg: Mass of all that flies when it burns out, below that before [kg].
        specific_impulse_s: In vacuum [s].

    Returns:
        Gain of each stage [m/s]; their sum is the booster's.

    Raises:
        DomainError: A mass or impulse is not positive, or no mass is burnt.

    Source:
        Tsiolkovsky's equation; Sutton & Biblarz, *Rocket Propulsion Elements* (2017), ch. 4.
    """
    before, after, impulse = (
        np.asarray(x, dtype=np.float64) for x in (mass_before_kg, mass_after_kg, specific_impulse_s)
    )
    if not (np.all(before > after) and np.all(after > 0.0) and np.all(impulse > 0.0)):
        raise DomainError(
            "mass_after_kg must lie above 0 and below mass_before_kg, and the impulse above 0; "
            f"got {before}, {after} and {impulse}"
        )
    return np.asarray(impulse * STANDARD_GRAVITY_M_PER_S2 * np.log(before / after))


def speed_after_turn(
    speed_m_per_s: ArrayLike, turn_rad: ArrayLike, lift_to_drag: ArrayLike
) -> Array:
    """Give the speed that is left when lift alone has turned the path.

    Left out: gravity during the turn, so it holds for turns of some degrees at high speed.

    Args:
        speed_m_per_s: Speed before [m/s].
        turn_rad: Angle by which the path turns, upwards or aside [rad].
        lift_to_drag: Ratio of lift to drag.

    Returns:
        Speed after [m/s].

    Source:
        Wright, "Research Note to Hypersonic Boost-Glide Weapons by James M. Acton", *Science
        & Global Security* 23 (2015); Acton, the same volume: v exp(-turn / (L/D)).

    Example:
        >>> f"{speed_after_turn(5_900.0, np.radians(5.03), 2.6):.0f} m/s"
        '5704 m/s'
    """
    return np.asarray(speed_m_per_s * np.exp(-np.abs(turn_rad) / np.asarray(lift_to_drag)))


def glide_density(
    speed_m_per_s: ArrayLike,
    ballistic_coefficient_kg_per_m2: ArrayLike,
    lift_to_drag: ArrayLike,
    *,
    gravity_m_per_s2: float = 9.81,
    radius_m: float = EARTH_MEAN_RADIUS_M,
) -> Array:
    """Give the density of the air in which lift and the turn about the Earth bear the weight.

    Args:
        speed_m_per_s: Speed, above 0 and below that of a circular orbit [m/s].
        ballistic_coefficient_kg_per_m2: m / (C_D A) in the glide.
        lift_to_drag: Ratio of lift to drag.
        gravity_m_per_s2: Gravity there.
        radius_m: Radius of the path about the Earth's centre.

    Returns:
        Density [kg/m3].

    Raises:
        DomainError: At that speed nothing needs to bear the glider.

    Source:
        As ``speed_after_turn``: rho = 2 beta (g - v^2/r) / (v^2 L/D).
    """
    speed = np.asarray(speed_m_per_s, dtype=np.float64)
    weight = gravity_m_per_s2 - speed**2 / radius_m
    if not np.all((speed > 0.0) & (weight > 0.0)):
        raise DomainError(
            "speed_m_per_s must lie above 0 and below "
            f"{np.sqrt(gravity_m_per_s2 * radius_m):.0f} m/s; got {np.max(speed):.0f} m/s"
        )
    beta, ratio = np.asarray(ballistic_coefficient_kg_per_m2), np.asarray(lift_to_drag)
    return np.asarray(2.0 * beta * weight / (speed**2 * ratio))


def glide_altitude(
    speed_m_per_s: ArrayLike,
    ballistic_coefficient_kg_per_m2: ArrayLike,
    lift_to_drag: ArrayLike,
    *,
    scale_height_m: float = 6_970.0,
    base_density_kg_per_m3: float = 1.46,
) -> Array:
    """Give the altitude of the equilibrium glide in air that thins by one scale height.

    Left out: the layers of the air, up to 1 km of altitude between 30 and 60 km.

    Args:
        speed_m_per_s: As in ``glide_density``.
        ballistic_coefficient_kg_per_m2: As there.
        lift_to_drag: As there.
        scale_height_m: Acton's fit to the air of 30 to 60 km.
        base_density_kg_per_m3: The same fit's density at the ground.

    Returns:
        Altitude [m].

    Source:
        As ``speed_after_turn``.
    """
    density = glide_density(speed_m_per_s, ballistic_coefficient_kg_per_m2, lift_to_drag)
    return np.asarray(scale_height_m * np.log(base_density_kg_per_m3 / density))


def glide_range(
    speed_m_per_s: ArrayLike,
    end_speed_m_per_s: ArrayLike,
    lift_to_drag: ArrayLike,
    *,
    altitude_m: float = 45e3,
) -> Array:
    """Give how far over ground an equilibrium glide goes while its speed falls.

    Sphere at rest. Left out: that the path sinks (0.5 % of range).

    Args:
        speed_m_per_s: Speed at its beginning, below that of a circular orbit [m/s].
        end_speed_m_per_s: Speed at its end, at most that [m/s].
        lift_to_drag: Ratio of lift to drag.
        altitude_m: Mean altitude of the glide.

    Returns:
        Distance over ground [m].

    Raises:
        DomainError: The speeds are no glide.

    Source:
        Eggers, Allen & Neice, NACA Report 1382 (1958): R = r/2 (L/D) ln(1 / (1 - v^2/(g r))).
    """
    radius = EARTH_MEAN_RADIUS_M + altitude_m
    high = np.square(np.asarray(speed_m_per_s, dtype=np.float64)) * radius / EARTH_MU_M3_PER_S2
    low = np.square(np.asarray(end_speed_m_per_s, dtype=np.float64)) * radius / EARTH_MU_M3_PER_S2
    if not np.all((low >= 0.0) & (high >= low) & (high < 1.0)):
        raise DomainError(
            "speeds must fall from below that of a circular orbit, "
            f"{np.sqrt(EARTH_MU_M3_PER_S2 / radius):.0f} m/s; got "
            f"{np.max(speed_m_per_s):.0f} to {np.min(end_speed_m_per_s):.0f} m/s"
        )
    ratio = np.asarray(lift_to_drag)
    return np.asarray(EARTH_MEAN_RADIUS_M / 2.0 * ratio * np.log((1.0 - low) / (1.0 - high)))


def stagnation_heat_flux(
    density_kg_per_m3: ArrayLike, speed_m_per_s: ArrayLike, nose_radius_m: ArrayLike
) -> Array:
    """Give the heat flux at the foremost point of a round nose with a cold wall.

    Left out: that a hot wall takes up less, 5 to 10 % of its temperature at 6 km/s; radiation
    of the shock.

    Args:
        density_kg_per_m3: Of the air.
        speed_m_per_s: Through the air.
        nose_radius_m: Radius of the nose, above 0.

    Returns:
        Flux [W/m2].

    Source:
        Sutton & Graves, NASA TR R-376 (1971): 1.7415e-4 sqrt(rho / R) v^3.
    """
    return np.asarray(
        SUTTON_GRAVES
        * np.sqrt(np.asarray(density_kg_per_m3) / np.asarray(nose_radius_m))
        * np.power(speed_m_per_s, 3)
    )


def wall_temperature(heat_flux_w_per_m2: ArrayLike, emissivity: ArrayLike) -> Array:
    """Give the temperature at which a wall radiates all the heat that it takes up.

    Left out: heat that flows into the body or chars it away, so it is an upper bound.

    Args:
        heat_flux_w_per_m2: Flux into the wall.
        emissivity: Of the wall, above 0.

    Returns:
        Temperature [K].

    Source:
        The law of Stefan and Boltzmann.

    Example:
        >>> flux = stagnation_heat_flux(1.066e-3, 6_000.0, 0.034)
        >>> f"{flux / 1e6:.2f} MW/m2, {wall_temperature(flux, 0.85):.0f} K"
        '6.66 MW/m2, 3429 K'
    """
    radiated = np.asarray(emissivity) * STEFAN_BOLTZMANN_W_PER_M2_K4
    return np.asarray((np.asarray(heat_flux_w_per_m2) / radiated) ** 0.25)
