"""Circular orbits that drift under J2, and shells of them."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Final, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from umbo.errors import DomainError
from umbo.physics.constants import (
    EARTH_EQUATORIAL_RADIUS_M,
    EARTH_J2,
    EARTH_MU_M3_PER_S2,
    EARTH_ROTATION_RAD_PER_S,
)

Array = NDArray[np.float64]
Pattern = Literal["delta", "star"]

_SPREAD_RAD: Final = {"delta": 2.0 * np.pi, "star": np.pi}
_TURN: Final = 2.0 * np.pi
_HARDLY_RAD: Final = np.radians(2.0)
_NEIGHBOURS: Final = 12
"""Planes to one side among which the nearest neighbour is looked for."""


@dataclass(frozen=True, eq=False)
class WalkerShell:
    """Evenly spaced satellites on circular orbits of one altitude and inclination.

    Satellite ``k`` of plane ``p`` is number ``p * per_plane + k``.
    """

    altitude_m: float
    """Height of the orbits over the equatorial radius."""
    inclination_rad: float
    planes: int
    per_plane: int
    phasing: int
    pattern: Pattern
    plane_raan_rad: Array
    """(planes,) right ascension of the ascending node at time 0."""
    plane_arg_latitude_rad: Array
    """(planes,) argument of latitude of each plane's first satellite at time 0."""

    @property
    def count(self) -> int:
        """Satellites in all."""
        return self.planes * self.per_plane

    @property
    def raan_rad(self) -> Array:
        """(count,) right ascension of each satellite's ascending node at time 0."""
        return np.repeat(self.plane_raan_rad, self.per_plane)

    @property
    def arg_latitude_rad(self) -> Array:
        """(count,) argument of latitude of each satellite at time 0."""
        slots = 2.0 * np.pi / self.per_plane * np.arange(self.per_plane)
        return np.asarray((self.plane_arg_latitude_rad[:, None] + slots).ravel())


def walker_shell(
    altitude_m: float,
    inclination_rad: float,
    planes: int,
    per_plane: int,
    phasing: int = 1,
    pattern: Pattern = "delta",
) -> WalkerShell:
    """Set out a Walker shell, ``i: planes * per_plane / planes / phasing``.

    Args:
        altitude_m: Height of the circular orbits over the equatorial radius [m].
        inclination_rad: Inclination, 0 to pi [rad].
        planes: Orbital planes, evenly spaced in right ascension.
        per_plane: Satellites in each plane, evenly spaced.
        phasing: Walker's F: satellites of the next plane lead by F / (planes * per_plane)
            of a turn.
        pattern: ``delta`` spreads the planes over 360 degrees, ``star`` over 180.

    Returns:
        The shell at time 0, its first plane's node and first satellite on the x axis.

    Raises:
        DomainError: There is no plane or satellite, or the orbit is below the surface.

    Source:
        Walker, "Satellite constellations", *J. British Interplanetary Society* 37 (1984),
        559-571.
    """
    if planes < 1 or per_plane < 1:
        raise DomainError(
            f"a shell needs at least 1 plane and 1 satellite in it; got {planes} x {per_plane}"
        )
    if not (np.isfinite(altitude_m) and altitude_m > 0.0 and 0.0 <= inclination_rad <= np.pi):
        raise DomainError(
            "a shell needs altitude_m above 0 and inclination_rad in 0 to pi; "
            f"got {altitude_m} and {inclination_rad}; give metres and radians"
        )
    if pattern not in _SPREAD_RAD:
        raise DomainError(f"pattern must be 'delta' or 'star'; got {pattern!r}")
    plane = np.arange(planes, dtype=np.float64)
    return WalkerShell(
        altitude_m=float(altitude_m),
        inclination_rad=float(inclination_rad),
        planes=planes,
        per_plane=per_plane,
        phasing=phasing,
        pattern=pattern,
        plane_raan_rad=_SPREAD_RAD[pattern] / planes * plane,
        plane_arg_latitude_rad=2.0 * np.pi * phasing / (planes * per_plane) * plane,
    )


def period(altitude_m: ArrayLike) -> Array:
    """Give the Keplerian period of a circular orbit.

    Left out: J2, up to 0.15 % in low orbit; ``drift_rates`` has it.

    Args:
        altitude_m: Height over the equatorial radius [m].

    Returns:
        Period [s].
    """
    radius = EARTH_EQUATORIAL_RADIUS_M + np.asarray(altitude_m, dtype=np.float64)
    return np.asarray(2.0 * np.pi * np.sqrt(radius**3 / EARTH_MU_M3_PER_S2))


def drift_rates(altitude_m: ArrayLike, inclination_rad: ArrayLike) -> tuple[Array, Array]:
    """Give the secular rates of node and argument of latitude of a circular orbit.

    First order in J2. Left out: short-period terms (about 10 km of position, not growing),
    J2 squared and J4 (up to 0.5 % of the node's rate and 10 km along the orbit a day),
    drag, the Sun and Moon.

    Args:
        altitude_m: Height over the equatorial radius [m]; the arguments broadcast together.
        inclination_rad: Inclination [rad].

    Returns:
        Rate of the right ascension of the node, and of the argument of latitude [rad/s].

    Source:
        Vallado, *Fundamentals of Astrodynamics and Applications*, 4th ed. (2013), sec. 9.6.
    """
    radius = EARTH_EQUATORIAL_RADIUS_M + np.asarray(altitude_m, dtype=np.float64)
    mean_motion = np.sqrt(EARTH_MU_M3_PER_S2 / radius**3)
    bulge = 1.5 * EARTH_J2 * (EARTH_EQUATORIAL_RADIUS_M / radius) ** 2
    cos_i = np.cos(inclination_rad)
    return (
        np.asarray(-mean_motion * bulge * cos_i),
        np.asarray(mean_motion * (1.0 + bulge * (4.0 * cos_i**2 - 1.0))),
    )


def inertial_positions(shell: WalkerShell, time_s: ArrayLike) -> Array:
    """Give where the satellites of a shell are, in the frame that does not rotate.

    Left out: as in ``drift_rates``.

    Args:
        shell: The shell.
        time_s: Times after the shell's time 0 [s], shape (T,).

    Returns:
        Positions [m], shape (T, count, 3).
    """
    return _positions(shell, time_s, frame_rate=0.0, frame_angle_0=0.0)


def earth_fixed_positions(
    shell: WalkerShell, time_s: ArrayLike, earth_angle_0_rad: float = 0.0
) -> Array:
    """Give where the satellites of a shell are over the turning Earth.

    Args:
        shell: The shell.
        time_s: Times after the shell's time 0 [s], shape (T,).
        earth_angle_0_rad: Angle from the inertial x axis to Greenwich at time 0 [rad].

    Returns:
        Earth-fixed positions [m], shape (T, count, 3).
    """
    return _positions(shell, time_s, EARTH_ROTATION_RAD_PER_S, earth_angle_0_rad)


def position_blocks(
    shell: WalkerShell,
    time_s: ArrayLike,
    earth_angle_0_rad: float = 0.0,
    *,
    most_values: int = 6_000_000,
) -> Iterator[tuple[slice, Array]]:
    """Give Earth-fixed positions block by block of times, so that memory stays bounded.

    Args:
        shell: The shell, of any size.
        time_s: As in ``earth_fixed_positions``.
        earth_angle_0_rad: As in ``earth_fixed_positions``.
        most_values: Numbers that a block holds, 8 bytes each; at least one time is given.

    Yields:
        The times of the block as a slice of ``time_s``, and the positions at them [m],
        shape (times, count, 3).
    """
    time = np.asarray(time_s, dtype=np.float64)
    step = max(1, most_values // (3 * shell.count))
    for first in range(0, len(time), step):
        block = slice(first, min(first + step, len(time)))
        yield block, earth_fixed_positions(shell, time[block], earth_angle_0_rad)


def _positions(
    shell: WalkerShell, time_s: ArrayLike, frame_rate: float, frame_angle_0: float
) -> Array:
    # Each satellite runs on its circle, at_0 cos(turn) + ahead_0 sin(turn), and all circles
    # turn about the pole together; so positions are products of a matrix of times by one
    # of satellites, and no satellite needs a sine of its own.
    time = np.asarray(time_s, dtype=np.float64)
    radius = EARTH_EQUATORIAL_RADIUS_M + shell.altitude_m
    node_rate, turn_rate = drift_rates(shell.altitude_m, shell.inclination_rad)
    raan, u = shell.raan_rad, shell.arg_latitude_rad
    cos_i, sin_i = np.cos(shell.inclination_rad), np.sin(shell.inclination_rad)
    cos_raan, sin_raan, cos_u, sin_u = np.cos(raan), np.sin(raan), np.cos(u), np.sin(u)
    at_x = radius * (cos_u * cos_raan - sin_u * sin_raan * cos_i)
    at_y = radius * (cos_u * sin_raan + sin_u * cos_raan * cos_i)
    ahead_x = radius * (-sin_u * cos_raan - cos_u * sin_raan * cos_i)
    ahead_y = radius * (-sin_u * sin_raan + cos_u * cos_raan * cos_i)
    turn, node = turn_rate * time, (node_rate - frame_rate) * time - frame_angle_0
    circle = np.stack([np.cos(turn), np.sin(turn)], axis=-1)
    turned = np.concatenate([np.cos(node)[:, None] * circle, np.sin(node)[:, None] * circle], 1)
    position = np.empty((len(time), shell.count, 3))
    position[..., 0] = turned @ np.stack([at_x, ahead_x, -at_y, -ahead_y])
    position[..., 1] = turned @ np.stack([at_y, ahead_y, at_x, ahead_x])
    position[..., 2] = circle @ (radius * sin_i * np.stack([sin_u, cos_u]))
    return position


@cache
def even_phasing(planes: int, per_plane: int, inclination_rad: float, lat_rad: float) -> int:
    """Find the phasing of a Walker delta that spreads satellites most evenly at a latitude.

    Satellites that pass a latitude in one direction form a lattice; the phasing is the one whose
    two nearest neighbours are farthest apart. Left out: how those that pass southward lie
    between those that pass northward.

    Args:
        planes: Planes.
        per_plane: Satellites in each.
        inclination_rad: Inclination [rad].
        lat_rad: Latitude [rad]; where the orbits hardly reach it, two degrees below their highest.

    Returns:
        Phasing, 0 to planes - 1.

    Source:
        Walker, *J. British Interplanetary Society* 37 (1984), for the pattern; its shortest vector
        in the plane tangent to a sphere that turns with none.
    """
    highest = min(inclination_rad, np.pi - inclination_rad) - _HARDLY_RAD
    lat = max(min(abs(lat_rad), highest), 0.0)
    east = np.cos(inclination_rad) / np.cos(lat)
    north = np.sqrt(max(1.0 - east * east, 1e-6))
    phasing = np.arange(planes)[:, None, None]
    apart = np.arange(min(planes // 2, _NEIGHBOURS) + 1)[None, :, None]
    node = _TURN / planes * apart
    lead = phasing * apart / planes
    nearest = np.rint(-np.cos(inclination_rad) * node / _TURN * per_plane - lead)
    slot = nearest + np.array([-1.0, 0.0, 1.0])
    along = _TURN / per_plane * (slot + lead)
    distance = np.hypot(np.cos(lat) * node + east * along, north * along)
    distance[np.broadcast_to((apart == 0) & (slot == 0.0), distance.shape)] = np.inf
    return int(np.argmax(np.round(distance.min(axis=(1, 2)), 9)))
