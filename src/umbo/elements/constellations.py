"""Constellations of satellites as a study writes them."""

import math
from dataclasses import dataclass
from typing import Literal

from pydantic import Field

from umbo.errors import StudyError
from umbo.physics.orbits import WalkerShell, walker_shell
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


@dataclass(frozen=True, slots=True)
class Shell:
    """One Walker shell: ``planes`` x ``per_plane`` satellites on circular orbits."""

    altitude_m: float
    inclination_rad: float
    planes: int
    per_plane: int
    pattern: Literal["delta", "star"]
    phasing: int

    @property
    def count(self) -> int:
        """Give the satellites in all."""
        return self.planes * self.per_plane


def planes_nearest_root(count: int) -> int:
    """Find the number of planes nearest the square root that divides the count.

    Of a pair of divisors the smaller is always nearer, so planes are never more than the
    satellites in each. A prime count gives one plane, which ``check`` reports.

    Example:
        >>> planes_nearest_root(1300), planes_nearest_root(7800)
        (26, 78)
    """
    return next(planes for planes in range(math.isqrt(count), 0, -1) if count % planes == 0)


def shells(constellation: Constellation) -> tuple[Shell, ...]:
    """Give the Walker shells of a constellation, its open numbers chosen.

    Raises:
        StudyError: No number at all, or numbers that do not multiply up.

    Example:
        >>> written = {"count": 1300, "altitude": "400 km", "inclination": "50 deg"}
        >>> [(s.planes, s.per_plane) for s in shells(Constellation.model_validate(written))]
        [(26, 50)]
    """
    count, planes, per_plane = constellation.count, constellation.planes, constellation.per_plane
    if count is None:
        if planes is None or per_plane is None:
            raise StudyError("a constellation needs a count, or planes and per_plane; write both")
        count = planes * per_plane
    elif planes is None:
        planes = planes_nearest_root(count) if per_plane is None else count // per_plane
    if per_plane is None:
        per_plane = count // planes if planes else 0
    if not planes or planes * per_plane != count:
        raise StudyError(
            f"count {count} is not planes {planes} times per_plane {per_plane}; "
            "leave one of the three out, or correct it"
        )
    if constellation.phasing >= max(planes, 2):
        raise StudyError(
            f"phasing {constellation.phasing} must be below the number of planes ({planes}); "
            f"write 0 to {planes - 1}"
        )
    return (
        Shell(
            constellation.altitude_m,
            constellation.inclination_rad,
            planes,
            per_plane,
            constellation.pattern,
            constellation.phasing % planes,
        ),
    )


def orbits_of(constellation: Constellation) -> list[WalkerShell]:
    """Give the orbits of a constellation's shells, its open numbers chosen as in ``shells``."""
    return [
        walker_shell(
            shell.altitude_m,
            shell.inclination_rad,
            shell.planes,
            shell.per_plane,
            phasing=shell.phasing,
            pattern=shell.pattern,
        )
        for shell in shells(constellation)
    ]


def partly_built(constellation: Constellation, standing: int) -> Constellation:
    """Give a constellation of which only so many satellites stand: as many in every plane.

    What is left over after the last full round of planes is left out: at most one satellite
    fewer than there are planes.
    """
    (full,) = shells(constellation)
    planes = min(full.planes, standing)
    return constellation.model_copy(
        update={
            "count": None,
            "planes": planes,
            "per_plane": standing // planes,
            "phasing": full.phasing % planes,
        }
    )
