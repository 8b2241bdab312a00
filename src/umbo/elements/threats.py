"""Missile classes: generic missiles at the level of published studies."""

from collections.abc import Mapping
from dataclasses import dataclass

from umbo.elements.catalog import Item
from umbo.elements.sourced import Value
from umbo.errors import StudyError


@dataclass(frozen=True, slots=True)
class MissileClass:
    """A generic missile; a field is None where the class has no such value.

    A ballistic class has a burn time and a burnout speed; a cruise class a speed. A boosted
    glider has both the values of its booster and those of its glide.
    """

    id: str
    name: str
    range_m: float
    reliability: float
    warheads: int = 1
    burn_time_s: float | None = None
    burnout_speed_m_per_s: float | None = None
    burnout_altitude_m: float | None = None
    rv_ballistic_coefficient_kg_per_m2: float | None = None
    specific_impulse_s: float | None = None
    structural_fraction: float | None = None
    stages: int | None = None
    diameter_m: float | None = None
    liftoff_thrust_to_weight: float | None = None
    speed_m_per_s: float | None = None
    cruise_altitude_m: float | None = None
    glide_entry_speed_m_per_s: float | None = None
    glide_altitude_m: float | None = None
    lift_to_drag: float | None = None
    ballistic_coefficient_kg_per_m2: float | None = None
    orbit_altitude_m: float | None = None

    @property
    def is_ballistic(self) -> bool:
        """Say whether the missile coasts freely from burnout to re-entry."""
        return (
            self.burnout_speed_m_per_s is not None
            and self.lift_to_drag is None
            and self.orbit_altitude_m is None
        )


# Which value of the catalogue stands behind each field; the rest are of the same name.
_PARAMETER = {
    "range_m": "range",
    "burn_time_s": "burn_time",
    "burnout_speed_m_per_s": "burnout_speed",
    "burnout_altitude_m": "burnout_altitude",
    "rv_ballistic_coefficient_kg_per_m2": "rv_ballistic_coefficient",
    "specific_impulse_s": "specific_impulse",
    "diameter_m": "diameter",
    "speed_m_per_s": "speed",
    "cruise_altitude_m": "cruise_altitude",
    "glide_entry_speed_m_per_s": "glide_entry_speed",
    "glide_altitude_m": "glide_altitude",
    "ballistic_coefficient_kg_per_m2": "ballistic_coefficient",
    "orbit_altitude_m": "orbit_altitude",
}
_COUNTS = {"warheads", "stages"}


def missile_class(item: Item, values: Mapping[str, Value] | None = None) -> MissileClass:
    """Give the missile class that an item of the catalogue describes, at its modes.

    Args:
        item: An item of category missile.
        values: Values in place of the item's, such as a study's overrides.

    Raises:
        StudyError: The item is no missile, or has no range or reliability.
    """
    if item.category != "missile":
        raise StudyError(
            f"{item.id}: its category is {item.category}; choose an item of category missile"
        )
    given = {**item.values, **(values or {})}
    if missing := [name for name in ("range", "reliability") if name not in given]:
        raise StudyError(f"{item.id}: has no {missing[0]}; add it to the table of missiles")
    fields: dict[str, float | int] = {}
    for field in MissileClass.__dataclass_fields__:
        value = given.get(_PARAMETER.get(field, field))
        if value is not None:
            fields[field] = round(value.mode) if field in _COUNTS else value.mode
    return MissileClass(id=item.id, name=item.name, **fields)  # type: ignore[arg-type]
