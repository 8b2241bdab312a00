"""Units at the edge: text with a unit in, SI out."""

import math
import re
from typing import Annotated, Any, Final

from pydantic import BeforeValidator

_YEAR_S: Final = 365.25 * 86_400.0

# How many SI units one of each written unit is, by dimension.
SI: Final[dict[str, dict[str, float]]] = {
    "s": {"s": 1.0, "min": 60.0, "h": 3600.0, "day": 86_400.0},
    "m": {"km": 1e3, "m": 1.0},
    "m2": {"m2": 1.0},
    "m_per_s": {"km/s": 1e3, "m/s": 1.0},
    "m_per_s2": {"gee": 9.80665, "m/s2": 1.0},
    "kg": {"kg": 1.0, "t": 1e3},
    "kg_per_m2": {"kg/m2": 1.0},
    "rad": {"deg": math.pi / 180.0, "rad": 1.0},
    "j_per_m2": {"MJ/m2": 1e6, "J/m2": 1.0},
    "per_m": {"1/m": 1.0},
    "w": {"kW": 1e3, "MW": 1e6, "W": 1.0},
    "w_per_sr": {"W/sr": 1.0},
    "hz": {"GHz": 1e9, "MHz": 1e6, "Hz": 1.0},
    "k": {"K": 1.0},
    "year": {"year": 1.0},
    "usd": {"musd": 1e6, "busd": 1e9, "usd": 1.0},
    "usd_per_year": {"musd/year": 1e6, "busd/year": 1e9, "usd/year": 1.0},
    "usd_per_kg": {"usd/kg": 1.0},
    "per_year": {"per year": 1.0},
    "1": {"": 1.0, "%": 0.01},
}

# The dimension that each unit text used in the data tables belongs to.
_DIMENSION_OF: Final = {
    unit: dimension for dimension, units in SI.items() for unit in units if unit
}


def dimension_of(unit: str) -> str | None:
    """Give the dimension of a written unit, None if the unit is unknown.

    Example:
        >>> dimension_of("km/s")
        'm_per_s'
    """
    return "1" if unit in {"", "1"} else _DIMENSION_OF.get(unit)


def read(written: object, dimension: str) -> float:
    """Read text such as ``15 s`` into SI; refuse a bare number and the wrong unit.

    Example:
        >>> read("550 km", "m")
        550000.0
    """
    factors = SI[dimension]
    match = re.fullmatch(
        r"\s*([-+]?[0-9][0-9_.eE+-]*)\s*((?:[A-Za-z%]|(?<=\s)1/).*?)?\s*", str(written)
    )
    unit = (match[2] or "") if match else None
    if match is None or unit not in factors:
        named = [name for name in factors if name]
        raise ValueError(
            f"{written!r} needs a number and one of the units {', '.join(named)}, "
            f"such as '15 {named[0]}'"
        )
    try:
        value = float(match[1].replace("_", "")) * factors[unit]
    except ValueError:
        raise ValueError(f"{match[1]!r} is not a number") from None
    if not math.isfinite(value):
        raise ValueError(f"{written!r} is not a finite number")
    return value


def _reader(dimension: str) -> Any:
    return BeforeValidator(lambda written: read(written, dimension))


Seconds = Annotated[float, _reader("s")]
Meters = Annotated[float, _reader("m")]
MetersPerSecond = Annotated[float, _reader("m_per_s")]
Radians = Annotated[float, _reader("rad")]
Kilograms = Annotated[float, _reader("kg")]
Usd = Annotated[float, _reader("usd")]


def human(value: float, dimension: str) -> tuple[float, str]:
    """Give an SI number in the unit that people write for its dimension, with that unit.

    Example:
        >>> human(7000.0, "m_per_s"), human(0.57, "1")
        ((7.0, 'km/s'), (0.57, '1'))
    """
    if dimension == "1":
        return value, "1"
    unit, factor = next(iter(SI[dimension].items()))
    if dimension == "m" and abs(value) < factor:
        unit, factor = "m", 1.0
    return float(f"{value / factor:.12g}"), unit
