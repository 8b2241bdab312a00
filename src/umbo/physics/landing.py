"""Bringing many flights down on their aim points at once, two unknowns a flight."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from umbo.physics.constants import EARTH_MEAN_RADIUS_M
from umbo.physics.earth import geodetic_to_ecef

Array = NDArray[np.float64]

_MOST_ROUNDS: Final = 24
_FRESH: Final = 6
"""Rounds after which a search that has not closed starts from its first slopes again."""


@dataclass(frozen=True, eq=False)
class Ways:
    """The ways from launch points to aim points, as planes through the Earth's centre."""

    home: Array
    """(n, 3) unit vectors to the launch points."""
    ahead: Array
    left: Array
    angle_rad: Array
    """(n,) angle flown, above half a turn the long way round."""
    azimuth_rad: Array
    """(n,) in which they begin."""
    goal_m: Array
    """(n, 3) aim points."""

    def off(self, impact_m: Array, chosen: NDArray[np.intp]) -> Array:
        """Give metres beyond and to the left of the chosen aim points, (n, 2)."""
        hit = impact_m / np.linalg.norm(impact_m, axis=-1, keepdims=True)
        home, ahead, left = self.home[chosen], self.ahead[chosen], self.left[chosen]
        along = np.arctan2(np.sum(ahead * hit, axis=-1), np.sum(home * hit, axis=-1))
        beyond = (along - self.angle_rad[chosen] + np.pi) % (2.0 * np.pi) - np.pi
        aside = np.arcsin(np.clip(np.sum(left * hit, axis=-1), -1.0, 1.0))
        return EARTH_MEAN_RADIUS_M * np.stack([beyond, aside], axis=-1)


def ways(
    lat_rad: ArrayLike,
    lon_rad: ArrayLike,
    aim_lat_rad: ArrayLike,
    aim_lon_rad: ArrayLike,
    *,
    long_way: bool = False,
) -> Ways:
    """Give the ways between points, (n,) each; the long way starts in the other direction."""
    start = geodetic_to_ecef(lat_rad, lon_rad)
    goal = geodetic_to_ecef(aim_lat_rad, aim_lon_rad)
    home = start / np.linalg.norm(start, axis=-1, keepdims=True)
    end = goal / np.linalg.norm(goal, axis=-1, keepdims=True)
    across = np.cross(home, end)
    sine = np.linalg.norm(across, axis=-1)
    angle = np.arctan2(sine, np.sum(home * end, axis=-1))
    left = across / np.maximum(sine, 1e-12)[:, None]
    if long_way:
        left, angle = -left, 2.0 * np.pi - angle
    ahead = np.cross(left, home)
    east = np.stack([-np.sin(lon_rad), np.cos(lon_rad), np.zeros(len(home))], axis=-1)
    north = np.cross(home, east)
    azimuth = np.arctan2(np.sum(ahead * east, axis=-1), np.sum(ahead * north, axis=-1))
    return Ways(home, ahead, left, angle, azimuth, goal)


def close_in(
    fly: Callable[[Array, NDArray[np.intp]], Array],
    there: Ways,
    start: Array,
    slopes: Array,
    *,
    low: float,
    high: float,
    stride: float,
    sought_m: float,
) -> tuple[Array, Array]:
    """Solve for the azimuth and a second number of each flight, by Broyden's method.

    Args:
        fly: Gives the impacts (n, 3) of flights with azimuths and numbers (n, 2); nan for none.
        there: The ways.
        start: (n, 2) first azimuths and numbers.
        slopes: (n,) metres that a unit of the number flies farther.
        low: Least number.
        high: Greatest number.
        stride: Longest step of the number in one round.
        sought_m: Miss at which a flight is left alone.

    Returns:
        (n, 2) the best azimuths and numbers, and (n,) their misses [m]; infinite for none.

    Source:
        Broyden, *Math. Comp.* 19 (1965), 577-593.
    """
    x, best, miss = start.copy(), start.copy(), np.full(len(start), np.inf)
    first = np.zeros((len(x), 2, 2))
    first[:, 0, 1] = slopes
    # A turn to the right at launch leads to the right, past half a turn to the left.
    sine = np.sin(there.angle_rad)
    first[:, 1, 0] = -EARTH_MEAN_RADIUS_M * np.copysign(np.maximum(np.abs(sine), 0.05), sine)
    jacobian, step, before = first.copy(), np.zeros_like(x), np.zeros_like(x)
    left_over = np.arange(len(x))
    for turn in range(_MOST_ROUNDS):
        i = left_over
        error = there.off(fly(x[i], i), i)
        lost = ~np.isfinite(error[:, 0])
        distance = np.where(lost, np.inf, np.hypot(error[:, 0], error[:, 1]))
        better = distance < miss[i]
        best[i[better]], miss[i[better]] = x[i[better]], distance[better]
        if turn > 0:
            length = np.maximum(np.sum(step[i] ** 2, axis=1), 1e-30)
            gap = error - before[i] - np.einsum("nij,nj->ni", jacobian[i], step[i])
            update = gap[:, :, None] * step[i][:, None, :] / length[:, None, None]
            jacobian[i] += np.where(lost[:, None, None], 0.0, update)
        if turn % _FRESH == _FRESH - 1:
            jacobian[i] = first[i]
        j = jacobian[i]
        area = j[:, 0, 0] * j[:, 1, 1] - j[:, 0, 1] * j[:, 1, 0]
        bend = -(j[:, 1, 1] * error[:, 0] - j[:, 0, 1] * error[:, 1]) / area
        wait = -(j[:, 0, 0] * error[:, 1] - j[:, 1, 0] * error[:, 0]) / area
        wait = np.clip(x[i, 1] + np.clip(wait, -stride, stride), low, high) - x[i, 1]
        move = np.stack([np.clip(bend, -0.3, 0.3), wait], axis=-1)
        step[i] = np.where(lost[:, None], -0.5 * step[i], move)
        before[i] = np.where(lost[:, None], before[i], error)
        x[i] += step[i]
        left_over = i[distance > sought_m]
        if len(left_over) == 0:
            break
    return best, miss
