"""Missile classes: which kind of flight each is, what it needs, and where it may start."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

from umbo.elements.catalog import Item
from umbo.elements.places import Place
from umbo.elements.sourced import Value
from umbo.errors import StudyError

Kind = Literal["ballistic", "glide", "cruise", "fractional"]
Target = Literal["ballistic", "glide", "cruise"]
"""What a missile is to a weapon that is fired at it after its boost."""
TARGETS: Final[tuple[Target, ...]] = ("ballistic", "glide", "cruise")
HYPERSONIC_M_PER_S: Final = 1_500.0
"""Mach 5 in the air that such missiles cruise in."""

# The value that tells a kind, and the values that a flight of it is made from.
_TELLS: Final[dict[str, Kind]] = {
    "lift_to_drag": "glide",
    "orbit_altitude": "fractional",
    "cruise_altitude": "cruise",
    "full_burn_speed": "ballistic",
}
STACK: Final = (
    "burn_time",
    "specific_impulse",
    "sea_level_impulse_ratio",
    "structural_fraction",
    "payload_mass",
    "stages",
    "diameter",
)
NEEDED: Final[dict[Kind, tuple[str, ...]]] = {
    "ballistic": (*STACK, "full_burn_speed", "rv_ballistic_coefficient"),
    "glide": (
        *STACK,
        "full_burn_speed",
        "burnout_elevation",
        "ballistic_coefficient",
        "lift_to_drag",
        "glide_altitude",
        "dive_speed",
        "dive_angle",
    ),
    "cruise": ("speed", "cruise_altitude", "climb_rate", "dive_rate"),
    "fractional": (
        *STACK,
        "ideal_delta_v",
        "orbit_altitude",
        "deorbit_delta_v",
        "rv_ballistic_coefficient",
    ),
}
BASES: Final = ("land", "sea", "air")
# The kinds of place that are not on land.
_BASE_OF: Final = {"sea_box": "sea", "air_box": "air"}


def kind_of(item: Item) -> Kind:
    """Say how a missile of the catalogue flies.

    Args:
        item: An item of category missile.

    Returns:
        Its kind.

    Raises:
        StudyError: The item is no missile, tells no kind, or lacks what a flight of its kind
            is made from.
    """
    if item.category != "missile":
        raise StudyError(
            f"{item.id}: its category is {item.category}; choose an item of category missile"
        )
    kinds = [kind for name, kind in _TELLS.items() if name in item.values]
    if not kinds:
        raise StudyError(
            f"{item.id} cannot be flown: no value tells its kind; give it one of "
            f"{', '.join(_TELLS)}"
        )
    kind = kinds[0]
    if missing := [name for name in NEEDED[kind] if name not in item.values]:
        raise StudyError(
            f"{item.id} cannot be flown: as a {kind} missile it needs {', '.join(missing)}; add "
            f"{'it' if len(missing) == 1 else 'them'} to the table of missiles"
        )
    return kind


def base_of(place: Place) -> str:
    """Say whether missiles start at a place from land, at sea or in the air."""
    return _BASE_OF.get(place.kind, "land")


def launch_problem(item: Item, place: Place) -> str | None:
    """Say what is wrong with launching a missile from a place; None where nothing is.

    Args:
        item: A missile.
        place: Where it starts.

    Example:
        >>> from umbo.elements.catalog import load_catalog
        >>> known = load_catalog()
        >>> launch_problem(known.item("slbm"), known.place("nk_interior"))
        'slbm is launched at sea, and nk_interior is on land; choose a sea_box'
    """
    bases = [base for base in BASES if f"from_{base}" in item.values]
    base = base_of(place)
    if not bases or base in bases:
        return None
    where = {"land": "on land", "sea": "at sea", "air": "in the air"}
    from_ = {"land": "from land", "sea": "at sea", "air": "from the air"}
    kinds = {"land": "launch_area", "sea": "sea_box", "air": "air_box"}
    return (
        f"{item.id} is launched {' or '.join(from_[b] for b in bases)}, and {place.id} is "
        f"{where[base]}; choose a {' or '.join(kinds[b] for b in bases)}"
    )


@dataclass(frozen=True, slots=True)
class MissileClass:
    """A generic missile at its modes; a field is None where the class has no such value.

    A ballistic class has a burn time and a burnout speed; a cruise class a speed. A boosted
    glider has both the values of its booster and those of its glide.
    """

    id: str
    name: str
    kind: Kind
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
        return self.kind == "ballistic"


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
        StudyError: The item is no missile, lacks what its kind flies by, or has no range or
            reliability.
    """
    kind = kind_of(item)
    given = {**item.values, **(values or {})}
    if missing := [name for name in ("range", "reliability") if name not in given]:
        raise StudyError(f"{item.id}: has no {missing[0]}; add it to the table of missiles")
    fields: dict[str, float | int] = {}
    for field in MissileClass.__dataclass_fields__:
        value = given.get(_PARAMETER.get(field, field))
        if value is not None:
            fields[field] = round(value.mode) if field in _COUNTS else value.mode
    return MissileClass(id=item.id, name=item.name, kind=kind, **fields)  # type: ignore[arg-type]


def target_of(item: Item) -> Target:
    """Say what a missile is to a weapon: a cruise missile at Mach 5 or more is like a glider.

    Raises:
        StudyError: The missile has no kind.
    """
    kind = kind_of(item)
    if kind == "fractional":
        return "ballistic"
    if kind == "cruise" and item.values["speed"].mode >= HYPERSONIC_M_PER_S:
        return "glide"
    return kind
