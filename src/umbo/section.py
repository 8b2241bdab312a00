"""The base of every part of a study."""

import re
from typing import Annotated, Final

from pydantic import BaseModel, ConfigDict, StringConstraints

_UNIT: Final = re.compile(r"(_m_per_s|_m|_s|_kg|_rad|_usd)?_?$")

Name = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$", max_length=60)]

Standing = Annotated[
    str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*(#[1-9][0-9]?)?$", max_length=63)
]
"""The name of something that stands; of several of one name ``thaad#1`` is the first."""


def name_of(standing: str) -> str:
    """Give the name without the number of one of several: ``thaad`` of ``thaad#2``."""
    return standing.partition("#")[0]


def key_of(field: str) -> str:
    """Give the key that a person writes for a field: its name without the unit.

    Example:
        >>> key_of("spacing_s"), key_of("from_"), key_of("altitude_m")
        ('spacing', 'from', 'altitude')
    """
    return _UNIT.sub("", field)


class Section(BaseModel):
    """A part of a study: frozen, complete, and without unknown keys."""

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        strict=True,
        allow_inf_nan=False,
        alias_generator=key_of,
        validate_by_name=True,
        validate_by_alias=True,
        use_attribute_docstrings=True,
    )
