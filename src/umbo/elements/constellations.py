"""Constellations of satellites as a study writes them."""

from typing import Literal

from pydantic import Field

from umbo.section import Section
from umbo.units import Meters, Radians


class Constellation(Section):
    """Satellites in one or more Walker shells; ``count`` alone means planes nearest its root."""

    altitude_m: Meters = Field(gt=100e3, le=60_000e3)
    """Altitude of the circular orbits, such as ``550 km``."""
    inclination_rad: Radians = Field(ge=0.0, le=3.1416)
    """Inclination of the orbits, such as ``50 deg``."""
    count: int | None = Field(default=None, ge=1, le=200_000)
    """Satellites in all; with ``planes`` or alone."""
    planes: int | None = Field(default=None, ge=1, le=2_000)
    """Orbital planes."""
    per_plane: int | None = Field(default=None, ge=1, le=10_000)
    """Satellites in each plane."""
    pattern: Literal["delta", "star"] = "delta"
    """``delta`` spreads the planes over 360 degrees, ``star`` over 180."""
    phasing: int = Field(default=1, ge=0)
    """Walker phasing number F."""
