"""The weapons of an architecture, as a battle asks for them."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from typing import Any, Final, get_args

import numpy as np
from numpy.typing import NDArray

from umbo.draws import decision_id, uniforms
from umbo.elements.architecture import Architecture, Fielded
from umbo.elements.catalog import Catalog
from umbo.elements.command import COMMAND
from umbo.elements.interceptors import OrbitLayer
from umbo.elements.readings import Readings
from umbo.elements.sourced import Value
from umbo.elements.threats import Target

BEAM: Final = "directed_energy"
"""The category of lasers and microwaves, which fire no interceptors."""


def fights(element: Fielded, layer: str) -> bool:
    """Say whether an element fires interceptors in a layer."""
    return _takes_part(element, layer) and element.item.category != BEAM


def shines(element: Fielded, layer: str) -> bool:
    """Say whether an element is a laser or microwave that fights in a layer."""
    return _takes_part(element, layer) and element.item.category == BEAM


def _takes_part(element: Fielded, layer: str) -> bool:
    item = element.item
    if item.model != "fights" or item.layer != layer or element.count <= 0:
        return False
    return not element.layers or layer in element.layers


def fights_from_orbit(element: Fielded, layer: str) -> bool:
    """Say whether an element fires interceptors from orbit in a layer of ``ORBIT_LAYERS``."""
    item = element.item
    is_in_orbit = item.category == "space_interceptor" and item.model == "fights"
    return is_in_orbit and element.count > 0 and layer in (element.layers or (item.layer,))


def in_orbit(architecture: Architecture) -> list[list[Fielded]]:
    """Give the interceptors in orbit that fight, each with all its shells."""
    layers = get_args(OrbitLayer)
    return alike(
        [e for e in architecture.elements if any(fights_from_orbit(e, layer) for layer in layers)]
    )


def as_fired_in(element: Fielded, layer: str) -> Fielded:
    """Give an element as if a layer were the one of its type."""
    return replace(element, item=replace(element.item, layer=layer))


def alike(elements: Sequence[Fielded]) -> list[list[Fielded]]:
    """Put elements that are one weapon in several shells together.

    They share the shots that doctrine wants at a missile, and the fault common to the type.
    """
    weapons: list[list[Fielded]] = []
    for element in elements:
        for weapon in weapons:
            first = weapon[0]
            if (first.use, first.values, first.doctrine, first.layers) == (
                element.use,
                element.values,
                element.doctrine,
                element.layers,
            ):
                weapon.append(element)
                break
        else:
            weapons.append([element])
    return weapons


def names(elements: Sequence[Fielded]) -> list[str]:
    """Name each weapon once, a second one of the same kind with its number."""
    found: list[str] = []
    for element in elements:
        before = sum(name.split("#")[0] == element.use for name in found)
        found.append(element.use if before == 0 else f"{element.use}#{before + 1}")
    return found


def kill_probability_of(element: Fielded, target: Target, read: Readings) -> float:
    """Give the catalogue's kill probability of a weapon against a kind of target, 0 for none.

    ``p_kill_glide`` or ``p_kill_cruise`` against those, and a weapon without it cannot engage
    them; ``p_kill_ballistic`` against warheads where there is one, else ``p_kill``.
    """
    own = element.values.get(f"p_kill_{target}")
    if own is None and target == "ballistic":
        own = element.values["p_kill"]
    return read(own) if own is not None else 0.0


def without_fault(
    elements: Sequence[Fielded], read: Readings, *, p_kill: NDArray[np.float64] | None = None
) -> NDArray[np.float64]:
    """Give the kill probability while no common fault is there.

    The catalogue's is the mean with and without it, as a test record is: the fault spreads the
    luck of a battle, and takes nothing off the mean. At most 1, which only draws at the high
    end of several ranges meet.

    Args:
        elements: The weapons.
        read: Which number of each range is read.
        p_kill: In place of the catalogue's ``p_kill``, (W,).

    Returns:
        The kill probabilities, (W,).
    """
    q = read_all(elements, "common_fault_probability", read)
    f = read_all(elements, "common_fault_factor", read)
    p = read_all(elements, "p_kill", read) if p_kill is None else p_kill
    return np.asarray(np.minimum(p / (1.0 - q * (1.0 - f)), 1.0))


def command_values(architecture: Architecture, catalog: Catalog) -> Mapping[str, Value]:
    """Give the values of command and battle management, the catalogue's where none is fielded."""
    fielded = (e.values for e in architecture.elements if e.use == COMMAND)
    return next(fielded, catalog.item(COMMAND).values)


def shared_cause(
    architecture: Architecture, catalog: Catalog, read: Readings
) -> tuple[float, float]:
    """Give the chance of a cause common to all interceptors, and the factor on their p_kill.

    Software or design that all share, told as the common fault of command and battle
    management, which all of them have.
    """
    values = command_values(architecture, catalog)
    q, f = (read(values[f"common_fault_{name}"]) for name in ("probability", "factor"))
    return (q, f) if f < 1.0 else (0.0, 1.0)


def read_all(elements: Sequence[Fielded], parameter: str, read: Readings) -> NDArray[np.float64]:
    """Read one value of each element."""
    return np.array([read(e.values[parameter]) for e in elements], dtype=np.float64)


def stacked(
    arrays: Sequence[NDArray[np.generic]], empty: tuple[int, ...], dtype: type[np.generic]
) -> NDArray[Any]:
    """Stack arrays, or give an empty one of a shape where there are none."""
    return np.array(arrays, dtype=dtype) if arrays else np.empty(empty, dtype=dtype)


@lru_cache(maxsize=4096)
def luck_by_phase(seed: int, decision: str, phases: int, entity: int) -> NDArray[np.float64]:
    """Give the luck of one thing in each constellation phase, such as weather at a place: (P,)."""
    return uniforms(seed, phases, entity, decision_id(decision))
