"""The record of a decision: who proposed what, why, and who did not agree."""

from pydantic import Field

from umbo.section import Name, Section, Standing


class Dissent(Section):
    """Who does not agree with a proposal, and why."""

    group: str = Field(min_length=3, max_length=200)
    """Who."""
    reason: str = Field(min_length=3)
    """Why not."""


class Record(Section):
    """What of a proposal went into an architecture, and what did not."""

    proposal: Name
    """Its name in the study in which it was made."""
    group: str
    """Who proposed it."""
    reason: str
    """Why."""
    taken: list[Standing] = Field(default_factory=list)
    """Elements of it that were taken as it wrote them."""
    left: dict[Standing, str] = Field(default_factory=dict)
    """Elements of it that were not, each with the reason."""
    dissent: list[Dissent] = Field(default_factory=list)
    """Who did not agree, and why."""
