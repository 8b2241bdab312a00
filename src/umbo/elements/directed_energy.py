"""Directed-energy weapons of the catalogue, each as numbers of its beam, use and price."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray

from umbo.elements.catalog import Catalog, Item
from umbo.elements.sourced import ASSUMED, Value
from umbo.elements.threats import kind_of
from umbo.errors import UnknownNameError, suggest
from umbo.physics.laser import brightness, jitter_share

Array = NDArray[np.float64]
Reader = Callable[[Value], Array]
Base = Literal["ground", "ship", "air", "space", "microwave"]

WEAPONS: Final[Mapping[str, Base]] = {
    "hel_50kw": "ground",
    "hel_150kw": "ground",
    "hel_300kw": "ground",
    "hel_500kw_1mw": "ground",
    "hel_ground": "ground",
    "hel_ship_helios": "ship",
    "abl": "air",
    "abl_uav": "air",
    "sbl_cbo2002": "space",
    "hpm_thor": "microwave",
    "hpm_leonidas": "microwave",
}
"""What is appraised, and where it stands; demonstrators without a weapon's numbers are not."""
TARGETS: Final[Mapping[Base, tuple[str, ...]]] = {
    "ground": ("drone_small", "rocket_mortar", "cruise_missile_subsonic"),
    "ship": ("drone_small", "rocket_mortar", "cruise_missile_subsonic"),
    "air": ("booster_liquid", "booster_solid", "booster_hardened"),
    "space": ("booster_liquid", "booster_solid", "booster_hardened"),
    "microwave": ("drone_small", "cruise_missile_subsonic"),
}
"""Classes of target that a base is set against. Warheads and gliders are built for the heat of
re-entry: open studies do not count on a laser against them, and neither does this one."""
KINETIC: Final[Mapping[str, str]] = {
    "drone_small": "nasams",
    "rocket_mortar": "nasams",
    "cruise_missile_subsonic": "nasams",
    "booster_liquid": "sbi",
    "booster_solid": "sbi",
    "booster_hardened": "sbi",
}
"""The cheapest interceptor of the catalogue that meets the class."""
SOUND_M_PER_S: Final = 340.0
"""In the air near the ground: the skin of what flies faster is built for heat."""
LIQUID_FROM_S: Final = 300.0
"""No solid propellant has so much impulse in vacuum."""
_REFINED_BY: Final = {"abl": "abl_published"}
_BEAM_OF: Final = {"ground": "surface", "ship": "surface", "air": "air", "space": "space"}


@dataclass(frozen=True, eq=False)
class Weapon:
    """One directed-energy weapon; arrays hold the most likely number, then the draws."""

    item: Item
    base: Base
    brightness_w_per_sr: Array | None
    """With jitter, turbulence and blooming, before absorption; None for a microwave, whose beam
    no public number describes."""
    altitude_m: Array
    dwell_s: Array
    retarget_s: Array
    claimed_range_m: Array
    """As stated; nan where it has none."""
    weather: Array
    """Share of time with a usable line of sight."""
    duty: Array
    magazine: Array
    """Shots before it must refuel; infinite where power alone limits."""
    p_kill: Mapping[str, Array]
    """Chance that a dwell kills, by class of target."""

    @property
    def anchor(self) -> str:
        """Say what public price stands behind it."""
        return price_anchor(self.item)


def target_class(missile: Item) -> tuple[str | None, str | None]:
    """Say what a missile is to a laser: in its boost, and near the ground; None for no target.

    Boosters that burn liquid or solid propellant are told by their impulse; no missile of the
    catalogue has a hardened one.

    Args:
        missile: An item of category missile.

    Raises:
        StudyError: The missile has no kind.
    """
    impulse = missile.values.get("specific_impulse")
    booster = None
    if impulse is not None:
        booster = "booster_liquid" if impulse.mode >= LIQUID_FROM_S else "booster_solid"
    if kind_of(missile) != "cruise" or missile.values["speed"].mode > SOUND_M_PER_S:
        return booster, None
    return booster, "drone_small" if missile.id.startswith("uas") else "cruise_missile_subsonic"


def kill_chance(values: Mapping[str, Value], target: str, catalog: Catalog) -> Value:
    """Give the chance that a dwell kills a class of target.

    ``p_kill`` with the class's name where a weapon has it; the one in orbit stands in for
    weapons that have none at all.
    """
    own = values.get(f"p_kill_{target}") or values.get("p_kill")
    return own or catalog.value("sbl_cbo2002", "p_kill")


def weapon_of(
    name: str, catalog: Catalog, read: Reader, values: Mapping[str, Value] | None = None
) -> Weapon:
    """Read a weapon out of the catalogue.

    Where an item names no wavelength, mirror, beam quality, jitter or duty, those of its kind
    stand in (``laser_beam``), all assumptions.

    Args:
        name: One of ``WEAPONS``.
        catalog: The catalogue.
        read: Gives the array of a value: its mode, and draws of its range.
        values: In place of the catalogue's, such as a study's.

    Raises:
        UnknownNameError: There is no such weapon.
    """
    if name not in WEAPONS:
        raise UnknownNameError(
            f"no directed-energy weapon is named {name!r}; {suggest(name, WEAPONS)}"
        )
    base, item = WEAPONS[name], catalog.item(name)
    values = dict(item.values if values is None else values)
    if name in _REFINED_BY:
        values = {**catalog.item(_REFINED_BY[name]).values, **values}
    of_kind, air = catalog.item("laser_beam").values, catalog.item("laser_air").values

    def first(*names: str) -> Array:
        return read(next(values[one] for one in names if one in values))

    def own(parameter: str, kind: str) -> Array:
        return read(values[parameter] if parameter in values else of_kind[kind])

    one = np.ones_like(read(of_kind["duty"]))
    bright = None
    if base != "microwave":
        kind = _BEAM_OF[base]
        mirror = "aperture_uav" if name == "abl_uav" else "aperture_surface"
        shape = (
            own("aperture", mirror),
            read(values.get("wavelength", of_kind["wavelength_surface"])),
            read(of_kind[f"beam_quality_{kind}"]),
        )
        bright = brightness(first("power", "power_goal"), *shape)
        bright *= jitter_share(read(of_kind[f"jitter_{kind}"]), *shape)
        if base != "space":
            bright *= read(air["strehl"])
        if base in ("ground", "ship"):
            bright *= read(air["blooming_factor"])
    limit = [n for n in ("shots_per_sortie", "shots_per_satellite") if n in values]
    return Weapon(
        item=item,
        base=base,
        brightness_w_per_sr=bright,
        altitude_m=first("altitude") if "altitude" in values else 0.0 * one,
        dwell_s=own("dwell_time", "dwell_boost"),
        retarget_s=own("retarget_time", "retarget_boost"),
        claimed_range_m=first("max_range") if "max_range" in values else np.nan * one,
        weather=first("weather_availability") if "weather_availability" in values else one,
        duty=one if limit else read(of_kind["duty"]),
        magazine=first(*limit) if limit else np.inf * one,
        p_kill={target: read(kill_chance(values, target, catalog)) for target in TARGETS[base]},
    )


def price_anchor(item: Item) -> str:
    """Say what public price stands behind a unit of an item."""
    price = item.values.get("unit_cost")
    if price is None:
        return "no price at all"
    if price.conf == "ours":
        return "no public cost anchor: our assumption"
    if price.conf in ASSUMED:
        return "no public cost anchor: recalled from prototype awards"
    return f"{price.conf}, {price.source}"
