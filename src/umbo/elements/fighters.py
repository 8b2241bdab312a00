"""Fighters with missiles against what flies in air: how soon they are where."""

from collections.abc import Mapping
from functools import lru_cache
from typing import Final

import numpy as np

from umbo.elements.architecture import Fielded
from umbo.elements.readings import Readings
from umbo.elements.sourced import Value
from umbo.physics.flyout import Fan

_ROWS: Final = 161


def is_fighter(element: Fielded) -> bool:
    """Say whether a weapon is an aircraft with missiles."""
    return element.item.category == "platform"


def fan_of_fighters(values: Mapping[str, Value], read: Readings) -> Fan:
    """Give how soon fighters' missiles are where; times count from the end of the scramble."""
    return fighter_fan(
        speed_m_per_s=read(values["speed"]),
        radius_m=read(values["max_range"]),
        missile_speed_m_per_s=read(values["burnout_speed"]),
        missile_range_m=read(values["missile_range"]),
        altitudes_m=(
            read(values["min_intercept_altitude"]),
            read(values["max_intercept_altitude"]),
        ),
    )


@lru_cache(maxsize=256)
def fighter_fan(
    *,
    speed_m_per_s: float,
    radius_m: float,
    missile_speed_m_per_s: float,
    missile_range_m: float,
    altitudes_m: tuple[float, float],
) -> Fan:
    """Lay out how soon a fighter's missile is at each ground range, whatever the altitude.

    At even speeds, first as far as the missile's range allows the fighter to stay behind.

    Args:
        speed_m_per_s: Of the fighter.
        radius_m: As far as it flies.
        missile_speed_m_per_s: Mean over the missile's flight.
        missile_range_m: As far as it flies.
        altitudes_m: Lowest and highest of its targets.

    Returns:
        The fan; times count from the end of the scramble.
    """
    low_m, high_m = altitudes_m
    farthest_m = radius_m + missile_range_m
    range_m = np.linspace(0.0, farthest_m, _ROWS)
    alone_m = np.minimum(range_m, missile_range_m)
    time_s = (range_m - alone_m) / speed_m_per_s + alone_m / missile_speed_m_per_s
    return Fan(
        time_s=np.stack([time_s, time_s], axis=1),
        speed_m_per_s=np.full((_ROWS, 2), missile_speed_m_per_s),
        range_step_m=farthest_m / (_ROWS - 1),
        altitude_step_m=high_m - low_m,
        max_range_m=farthest_m,
        min_altitude_m=low_m,
        max_altitude_m=high_m,
    )
