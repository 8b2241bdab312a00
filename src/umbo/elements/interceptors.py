"""Interceptors and how they are fired."""

from typing import Literal

from pydantic import Field

from umbo.section import Section


class Doctrine(Section):
    """How many shots a weapon fires at one object, and whether it looks between."""

    shots: int = Field(default=2, ge=1, le=10)
    """Shots fired together at each look (the salvo)."""
    look: Literal["none", "once"] = "none"
    """``once``: look at the result of the first salvo, and fire a second where time allows."""
