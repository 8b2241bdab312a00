"""A study's value in place of the catalogue's, with the reason."""

import re
from dataclasses import replace

from pydantic import Field

from umbo.elements.catalog import Item
from umbo.elements.sourced import Value
from umbo.errors import StudyError, UnitError, UnknownNameError, suggest
from umbo.section import Section
from umbo.units import SI, dimension_of, read


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
        StudyError: The value is negative where it cannot be, or a probability above 1.
    """
    old = item.values.get(parameter)
    if old is None:
        hint = suggest(parameter, item.values) if item.values else "it has none"
        raise UnknownNameError(f"'{item.id}' has no parameter '{parameter}'; {hint}")
    low, mode, high = read_range(override.value, old.unit)
    if old.low >= 0.0 > low:
        raise StudyError(f"{override.value!r} is negative; {parameter} cannot be: write 0 or more")
    if parameter.startswith("p_") and high > 1.0:
        raise StudyError(f"{override.value!r} is above 1; {parameter} is a probability")
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
