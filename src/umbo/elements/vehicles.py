"""Generic missiles made from a class's burn time, burnout speed and textbook fractions."""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from umbo.elements.catalog import Item
from umbo.elements.readings import Readings
from umbo.elements.threats import STACK, Kind, kind_of
from umbo.errors import DomainError, StudyError
from umbo.physics.constants import STANDARD_GRAVITY_M_PER_S2
from umbo.physics.flight import BOOST_DRAG_COEFFICIENT, BOOST_DRAG_MACH, Vehicle
from umbo.physics.steering import greatest_range

_SEA_LEVEL_PRESSURE_PA: Final = 101_325.0
_MOST_ROUNDS: Final = 20
SPEED_ADMITTED_M_PER_S: Final = 5.0
"""How near the flown burnout speed comes to the wanted one."""


def generic_vehicle(
    *,
    burn_s: float,
    burnout_speed_m_per_s: float,
    isp_vacuum_s: Sequence[float],
    isp_sea_level_s: Sequence[float],
    structural_fraction: Sequence[float],
    payload_kg: float,
    diameter_m: float,
    reentry_ballistic_coefficient_kg_per_m2: float,
    drag_mach: ArrayLike,
    drag_coefficient: ArrayLike,
) -> Vehicle:
    """Make a staged missile that, flown for range, has a burn time and burnout speed.

    Ideal delta-v and burn time are shared equally among the stages, and the delta-v is
    raised until the speed over ground at full burnout, on the flight of greatest range
    over a sphere at rest, is the wanted one. Left out: what a real design does otherwise,
    such as unequal stages; burnout altitude is a result and may lie outside the class's.

    Args:
        burn_s: Burn time of all stages together [s].
        burnout_speed_m_per_s: Speed over ground at full burnout [m/s].
        isp_vacuum_s: Specific impulse in vacuum, a stage [s].
        isp_sea_level_s: The same nozzle's at sea level, which gives its exit area [s].
        structural_fraction: Dry mass over dry and propellant mass, a stage.
        payload_kg: Mass carried [kg].
        diameter_m: Diameter of all stages [m].
        reentry_ballistic_coefficient_kg_per_m2: m / (C_D A) after burnout.
        drag_mach: Mach numbers of the drag table.
        drag_coefficient: Drag coefficients, referred to the diameter.

    Returns:
        The missile.

    Raises:
        DomainError: The fractions or impulses cannot give that speed.

    Source:
        Sutton & Biblarz, *Rocket Propulsion Elements*, Wiley, 9th ed. (2017), sec. 4.3
        and 4.7 (multistage vehicles).
    """

    def build(delta_v: float) -> Vehicle:
        return stack_of(
            ideal_delta_v_m_per_s=delta_v,
            burn_s=burn_s,
            isp_vacuum_s=isp_vacuum_s,
            isp_sea_level_s=isp_sea_level_s,
            structural_fraction=structural_fraction,
            payload_kg=payload_kg,
            diameter_m=diameter_m,
            reentry_ballistic_coefficient_kg_per_m2=reentry_ballistic_coefficient_kg_per_m2,
            drag_mach=drag_mach,
            drag_coefficient=drag_coefficient,
        )

    # Gravity costs about six metres a second for each second of burning.
    delta_v, share, last = burnout_speed_m_per_s + 6.0 * burn_s, 1.0, 0.0
    for _ in range(_MOST_ROUNDS):
        vehicle = build(delta_v)
        _, flown = greatest_range(vehicle)
        short = burnout_speed_m_per_s - float(flown.burnout_speed_m_per_s[0])
        if abs(short) < SPEED_ADMITTED_M_PER_S:
            return vehicle
        share *= 0.5 if short * last < 0.0 else 1.0
        delta_v, last = delta_v + share * short, short
    raise DomainError(
        f"no generic vehicle burns out at {burnout_speed_m_per_s:.0f} m/s after {burn_s:.0f} s "
        f"with {len(isp_vacuum_s)} stages; it misses by {short:.0f} m/s"
    )


def stack_of(
    *,
    ideal_delta_v_m_per_s: float,
    burn_s: float,
    isp_vacuum_s: Sequence[float],
    isp_sea_level_s: Sequence[float],
    structural_fraction: Sequence[float],
    payload_kg: float,
    diameter_m: float,
    reentry_ballistic_coefficient_kg_per_m2: float,
    drag_mach: ArrayLike,
    drag_coefficient: ArrayLike,
) -> Vehicle:
    """Make a staged missile of an ideal delta-v, shared like its burn time among the stages.

    Args:
        ideal_delta_v_m_per_s: Speed that it would gain without gravity and air [m/s].
        burn_s: As in ``generic_vehicle``, and so are the rest.
        isp_vacuum_s: In vacuum, a stage [s].
        isp_sea_level_s: At sea level, a stage [s].
        structural_fraction: A stage.
        payload_kg: Mass carried [kg].
        diameter_m: Diameter of all stages [m].
        reentry_ballistic_coefficient_kg_per_m2: m / (C_D A) after burnout.
        drag_mach: Mach numbers of the drag table.
        drag_coefficient: Drag coefficients.

    Returns:
        The missile.

    Raises:
        DomainError: The fractions or impulses cannot give that speed.
    """
    vacuum, sea_level, structure = (
        np.asarray(x, dtype=np.float64)
        for x in (isp_vacuum_s, isp_sea_level_s, structural_fraction)
    )
    if not (len(vacuum) == len(sea_level) == len(structure) > 0):
        raise DomainError("a generic vehicle needs one impulse and one fraction a stage")
    if not np.all((vacuum >= sea_level) & (sea_level > 0.0) & (structure > 0.0)):
        raise DomainError(
            "isp_vacuum_s must be at least isp_sea_level_s, and both and the structural "
            f"fraction above 0; got {vacuum}, {sea_level} and {structure}"
        )

    dry, propellant = _stack(ideal_delta_v_m_per_s, vacuum, structure, payload_kg)
    flow = propellant / (burn_s / len(vacuum))
    weight = flow * STANDARD_GRAVITY_M_PER_S2
    return Vehicle(
        dry_kg=dry,
        propellant_kg=propellant,
        thrust_vacuum_n=weight * vacuum,
        burn_s=np.full(len(vacuum), burn_s / len(vacuum)),
        exit_area_m2=weight * (vacuum - sea_level) / _SEA_LEVEL_PRESSURE_PA,
        diameter_m=np.full(len(vacuum), diameter_m),
        payload_kg=payload_kg,
        reentry_ballistic_coefficient_kg_per_m2=reentry_ballistic_coefficient_kg_per_m2,
        drag_mach=np.asarray(drag_mach, dtype=np.float64),
        drag_coefficient=np.asarray(drag_coefficient, dtype=np.float64),
    )


def _stack(
    delta_v: float, isp: NDArray[np.float64], structure: NDArray[np.float64], payload_kg: float
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Size stages of equal ideal delta-v from the payload down (Tsiolkovsky)."""
    dry, propellant = np.empty_like(isp), np.empty_like(isp)
    above = payload_kg
    for stage in reversed(range(len(isp))):
        ratio = np.exp(delta_v / len(isp) / (isp[stage] * STANDARD_GRAVITY_M_PER_S2))
        if ratio * structure[stage] >= 1.0:
            raise DomainError(
                f"stage {stage + 1} cannot give {delta_v / len(isp):.0f} m/s with a structural "
                f"fraction of {structure[stage]}; use more stages or lighter ones"
            )
        mass = above * (ratio - 1.0) / (1.0 - ratio * structure[stage])
        dry[stage], propellant[stage] = structure[stage] * mass, (1.0 - structure[stage]) * mass
        above += mass
    return dry, propellant


def vehicle_of(item: Item, read: Readings) -> Vehicle:
    """Make the generic stack of a boosted missile class of the catalogue: computed, not sourced.

    Burn time, impulse and fractions are the class's. A ballistic missile or glider has the speed
    of a full burn, from which every place in the class's range can be reached, and thrust ends
    earlier for nearer ones; a fractional-orbit missile the ideal speed that brings it to orbit.

    Args:
        item: A missile of the catalogue with the values of a boosted class.
        read: Which number of each range is read.

    Returns:
        The missile.

    Raises:
        StudyError: The item is no boosted class.
    """
    return vehicle_from(kind_of(item), stack_numbers(item, read))


def stack_numbers(item: Item, read: Readings) -> dict[str, float]:
    """Read what the stack of a boosted missile class is made from.

    Raises:
        StudyError: The item is no boosted class.
    """
    kind = kind_of(item)
    if kind == "cruise":
        raise StudyError(
            f"{item.id} has no stack: it cruises; use a boosted class such as icbm_solid"
        )
    aims_at = "ideal_delta_v" if kind == "fractional" else "full_burn_speed"
    falls_by = "ballistic_coefficient" if kind == "glide" else "rv_ballistic_coefficient"
    numbers = {name: read(item.values[name]) for name in sorted((*STACK, aims_at, falls_by))}
    numbers["speed"], numbers["falls"] = numbers.pop(aims_at), numbers.pop(falls_by)
    return numbers


def vehicle_from(kind: Kind, numbers: Mapping[str, float]) -> Vehicle:
    """Make the stack of a kind of missile from its ``stack_numbers``."""
    return _built(is_ideal=kind == "fractional", **numbers)


@lru_cache(maxsize=64)
def _built(
    *,
    is_ideal: bool,
    speed: float,
    falls: float,
    burn_time: float,
    specific_impulse: float,
    sea_level_impulse_ratio: float,
    structural_fraction: float,
    payload_mass: float,
    stages: float,
    diameter: float,
) -> Vehicle:
    """Build a stack once for each set of numbers; all its stages are alike."""
    number = round(stages)
    alike = {
        "burn_s": burn_time,
        "isp_vacuum_s": [specific_impulse] * number,
        "isp_sea_level_s": [specific_impulse * sea_level_impulse_ratio] * number,
        "structural_fraction": [structural_fraction] * number,
        "payload_kg": payload_mass,
        "diameter_m": diameter,
        "reentry_ballistic_coefficient_kg_per_m2": falls,
        "drag_mach": BOOST_DRAG_MACH,
        "drag_coefficient": BOOST_DRAG_COEFFICIENT,
    }
    if is_ideal:
        return stack_of(ideal_delta_v_m_per_s=speed, **alike)  # type: ignore[arg-type]
    return generic_vehicle(burnout_speed_m_per_s=speed, **alike)  # type: ignore[arg-type]
