"""A study's value in place of the catalogue's, with the reason."""

import math
import re
from dataclasses import replace
from typing import Final

from pydantic import Field

from umbo.elements.catalog import Item
from umbo.elements.sourced import Value
from umbo.errors import StudyError, UnitError, UnknownNameError, suggest
from umbo.section import Section
from umbo.units import SI, dimension_of, human, read

_SHARE: Final = re.compile(
    r"(p|pd)_.*|.*(_pd|probability|fraction|availability|reliability)|common_fault_factor"
)
"""Parameters that are probabilities or shares."""

_LIMITS: Final = {
    "burn_time": (1.0, 1200.0),
    "learning_slope": (0.5, 1.0),
    "liftoff_thrust_to_weight": (1.05, 200.0),
    "max_range": (1.0, 20.1e6),
    "service_life": (1.0, 100.0),
    "shots_per_target": (1.0, 10.0),
    "specific_impulse": (100.0, 500.0),
    "stages": (1.0, 5.0),
    "structural_fraction": (0.01, 0.5),
}
"""Between what each lies whatever a study assumes, in SI: chemical rockets on this Earth."""

_WHOLE: Final = ("stages", "shots_per_target")
"""Parameters that are counts."""

_SIZES: Final = ("m", "m2", "m_per_s", "m_per_s2", "kg", "kg_per_m2", "w", "hz")
"""Dimensions of what is not there at zero."""

_ESCAPE_SPEED_M_PER_S: Final = 11_180.0


class Override(Section):
    """A value put in place of the catalogue's, with the reason."""

    value: str
    """The value with its unit, such as ``0.7``, ``6 km/s`` or ``22 musd``; with its range
    ``22 musd (15 musd to 30 musd)``, or the range alone, ``0.5 to 0.8``."""
    reason: str = Field(min_length=3)
    """Why this value and not the catalogue's; cite a source where there is one."""


def overridden(
    item: Item, parameter: str, override: Override, dollars_of: int | None = None
) -> Value:
    """Put a study's value in place of the catalogue's.

    The new value is exact unless the study writes its range; of a range alone the mode is the
    middle. It counts as an assumption of the study's (``ours``), its reason as the note. Money is
    in the dollars of ``dollars_of``, the catalogue's year where that is left out.

    Raises:
        UnknownNameError: The item has no such parameter.
        UnitError: The value has no unit, or one of another dimension.
        StudyError: The value is negative where it cannot be, a probability above 1, or nothing
            that can be built.
    """
    old = item.values.get(parameter)
    if old is None:
        hint = suggest(parameter, item.values) if item.values else "it has none"
        raise UnknownNameError(f"'{item.id}' has no parameter '{parameter}'; {hint}")
    low, mode, high = read_range(override.value, old.unit)
    if old.low >= 0.0 > low:
        raise StudyError(f"{override.value!r} is negative; {parameter} cannot be: write 0 or more")
    if _SHARE.fullmatch(parameter) and high > 1.0:
        advice = f"{parameter} is a probability or a share: write 0 to 1"
        raise StudyError(f"{override.value!r} is above 1; {advice}")
    _possible(override.value, old, low, high)
    return replace(
        old,
        low=low,
        mode=mode,
        high=high,
        source="study",
        locator="",
        dollars_of=old.dollars_of and (dollars_of or old.dollars_of),
        conf="ours",
        note=override.reason,
        shape="triangular",
    )


def _possible(written: str, old: Value, low: float, high: float) -> None:
    """Refuse what no element can have, whatever is assumed."""
    name = old.parameter
    dimension = old.unit if old.unit in SI else dimension_of(old.unit) or "1"
    scale = SI[dimension].get(old.unit, 1.0)
    least, most = _LIMITS.get(name, (-math.inf, math.inf))
    if dimension == "m_per_s":
        most = _ESCAPE_SPEED_M_PER_S
    if not least <= low * scale <= high * scale <= most:
        ends = [human(end, dimension) for end in (least, most) if math.isfinite(end)]
        shown = [f"{number:.6g}{'' if unit == '1' else f' {unit}'}" for number, unit in ends]
        why = "the escape speed" if dimension == "m_per_s" else ""
        bound = " to ".join(shown) if len(shown) > 1 else f"at most {shown[0]}, {why}"
        raise StudyError(f"{written!r} is out of bounds: {name} must be {bound}")
    if dimension in _SIZES and old.low > 0.0 and low <= 0.0 and not name.startswith("min_"):
        raise StudyError(f"{written!r} is out of bounds: {name} must be more than 0")
    if name in _WHOLE and any(number != round(number) for number in (low, high)):
        raise StudyError(f"{written!r} is not a whole number; {name} is a count")


def read_range(text: str, unit: str) -> tuple[float, float, float]:
    """Read ``22 musd``, ``15 to 30 musd`` or ``22 musd (15 to 30 musd)`` into low, mode, high.

    Args:
        text: The value as written.
        unit: Unit of the catalogue's value, in which the numbers are given back.

    Example:
        >>> read_range("0.7 (0.5 to 0.8)", "1"), read_range("6 km/s", "m/s")
        ((0.5, 0.7, 0.8), (6000.0, 6000.0, 6000.0))
    """
    dimension = unit if unit in SI else dimension_of(unit)
    scale = SI[dimension].get(unit, 1.0) if dimension else 1.0

    def one(part: str) -> float:
        try:
            return read(part, dimension or "1") / scale
        except ValueError as error:
            advice = "; write the number alone, such as 0.7" if dimension in {"1", None} else ""
            message = f"{part.strip()!r} has a unit{advice}" if advice else str(error)
            raise UnitError(message) from None

    match = re.fullmatch(r"(?:(.*?)\s*\()?\s*(.*?)\s+to\s+(.*?)\s*(\))?", text)
    if match is None or (match[1] is None) != (match[4] is None):
        value = one(text)
        return value, value, value
    unit_text = re.sub(r"^\s*[-+0-9.eE_]+", "", match[3])
    has_unit = re.search(r"[A-Za-z%]\s*$", match[2])
    low, high = one(match[2] if has_unit else match[2] + unit_text), one(match[3])
    mode = (low + high) / 2.0 if match[1] is None else one(match[1])
    if not low <= mode <= high:
        raise StudyError(f"{text!r} is not in order; write low to high, with the value between")
    return low, mode, high


def checked_share(text: str, what: str) -> str:
    """Give back a share with its range as written, or nothing where nothing is.

    Args:
        text: The share, such as ``0.5 (0.2 to 0.9)``, or empty.
        what: What it is, for the message.

    Raises:
        ValueError: It cannot be read, or does not lie in 0 to 1.
    """
    if text:
        try:
            low, _, high = read_range(text, "1")
        except StudyError as error:
            raise ValueError(str(error)) from None
        if not 0.0 <= low <= high <= 1.0:
            raise ValueError(f"{text!r} is out of bounds: {what} must be 0 to 1")
    return text
