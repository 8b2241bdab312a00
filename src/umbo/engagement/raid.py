"""Raids: all missiles of one attack, as a study writes them."""

from pydantic import Field

from umbo.section import Name, Section
from umbo.units import Seconds


class Launch(Section):
    """Missiles of one type from one place at one group of assets."""

    missile: Name
    """A missile of the catalogue."""
    count: int = Field(ge=1, le=20_000)
    """Number of missiles."""
    from_: Name
    """Launch site or area."""
    at: Name
    """Asset, or group of assets, aimed at."""
    spacing_s: Seconds = Field(default=0.0, ge=0.0, le=86_400.0)
    """Time between launches, written ``spacing: 15 s``; none means all at once."""
    start_s: Seconds = Field(default=0.0, ge=0.0, le=86_400.0)
    """Time of the first launch after the raid begins."""
    warheads_each: int | None = Field(default=None, ge=1, le=20)
    """Re-entry vehicles a missile carries; the catalogue's number where left out."""
    decoys_each: int = Field(default=0, ge=0, le=50)
    """Credible decoys a missile releases after burnout."""
    source: str = ""
    """Where the composition comes from; ``ours`` where we chose it."""
    note: str = ""
    """Anything a reader should know."""
