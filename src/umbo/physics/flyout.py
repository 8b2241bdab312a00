"""Where an interceptor can be and when: its flights at all elevations, laid out as a fan."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from umbo.compiled import njit
from umbo.errors import DomainError
from umbo.physics.constants import EARTH_MEAN_RADIUS_M
from umbo.physics.flight import Effects, Launch, Steering, Trajectory, Vehicle, fly

Array = NDArray[np.float64]

SHAPE: Final = (80, 40)
"""Places of a fan's grid in ground range and in altitude."""
TURNED_AFTER: Final = 0.2
"""Share of the burn that a turn from the vertical to the horizontal takes."""
# Degrees of thrust over the horizon, closer together where the flights part most.
_ELEVATIONS_RAD: Final = np.radians(2.0 + 88.0 * np.linspace(0.0, 1.0, 24) ** 2)
_BOOST_SAMPLES: Final = 24
_COAST_SAMPLES: Final = 40
# Of the time that the farthest corner takes at burnout speed; slower flights are left out.
_LONGEST: Final = 3.0
_SPHERE: Final = Effects(rotation=False, j2=False, ellipsoid=False)


@dataclass(frozen=True, eq=False)
class Fan:
    """Times and speeds of an interceptor on a regular grid; nan where it does not get to."""

    time_s: Array
    """(R, A) earliest time after launch, by ground range from 0 and altitude from the lowest."""
    speed_m_per_s: Array
    """(R, A) its speed then."""
    range_step_m: float
    altitude_step_m: float
    max_range_m: float
    """Straight distance from the site to the farthest intercept."""
    min_altitude_m: float
    max_altitude_m: float


def shoot(
    vehicle: Vehicle, elevation_rad: Array, times_s: Array, *, effects: Effects = _SPHERE
) -> Trajectory:
    """Fly an interceptor from the equator to the north, with thrust held at elevations.

    It rises upright and turns to its elevation at an even rate, which would bring it to the
    horizontal in a fifth of its burn; thrust then keeps its direction, the law of least time
    over flat ground without air. Left out: what the turn costs in angle of attack.

    Args:
        vehicle: The interceptor.
        elevation_rad: Elevation of thrust after the turn, over the launch site's horizon [rad].
        times_s: Times to sample at, rising [s].
        effects: Effects that act; by default air over a sphere at rest.

    Returns:
        The flights.

    Source:
        Bryson & Ho, *Applied Optimal Control* (1975), sec. 2.4 and 2.7 (linear tangent law).
    """
    rate = 0.5 * np.pi / (TURNED_AFTER * float(np.sum(vehicle.burn_s)))
    steering = Steering(
        azimuth_rad=0.0, pitch_rate_rad_per_s=rate, final_elevation_rad=elevation_rad
    )
    return fly(vehicle, Launch(0.0, 0.0), steering, times_s=times_s, effects=effects)


def fly_fan(
    vehicle: Vehicle,
    *,
    max_range_m: float,
    min_altitude_m: float,
    max_altitude_m: float,
    least_speed_m_per_s: float = 0.0,
) -> Fan:
    """Fly an interceptor at two dozen elevations, and find when it can be first at each place.

    Full burn in a plane over a sphere at rest. Left out: the Earth's spin, which moves the
    interceptor by 1.5 % of its way in 9 minutes and 2.5 % in 13 (64 degrees north, east up and
    west down); divert and lift, so that what flies in air slows down as a stone does; thrust
    cut off early and coasts between stages; thrust held below 2 degrees. Time is linear between
    flights and samples: within 1 % on nine in ten of the grid's places, 2 % on all but the
    rim. A cell with a corner out of reach counts as out of reach: up to 1/80 of the range.

    Args:
        vehicle: The interceptor.
        max_range_m: Straight distance to the farthest intercept; the grid ends there [m].
        min_altitude_m: Lowest intercept [m].
        max_altitude_m: Highest intercept [m].
        least_speed_m_per_s: Slower it cannot intercept [m/s].

    Returns:
        The fan.

    Raises:
        DomainError: The range is not positive, or the vehicle cannot lift off.

    Source:
        Zarchan, *Tactical and Strategic Missile Guidance*, AIAA, ch. on boosters (fly-out by
        numerical flights); time between flights is linear on triangles.
    """
    if not (max_range_m > 0.0 and np.isfinite([min_altitude_m, max_altitude_m]).all()):
        raise DomainError(
            "max_range_m must be above 0, and the altitudes finite; "
            f"got {max_range_m}, {min_altitude_m} and {max_altitude_m}"
        )
    # The arc over the straight distance: a target at range stands nowhere beyond it.
    half = min(0.5 * max_range_m / EARTH_MEAN_RADIUS_M, 1.0)
    ground_m = 2.0 * EARTH_MEAN_RADIUS_M * float(np.arcsin(half))
    height_m = max(max_altitude_m - min_altitude_m, 1.0)
    burn_s = float(np.sum(vehicle.burn_s))
    fastest = shoot(vehicle, _ELEVATIONS_RAD[-1:], np.zeros(1)).burnout_speed_m_per_s
    corner_s = float(np.hypot(ground_m, max_altitude_m) / np.nanmax(fastest))
    times = np.concatenate(
        [
            np.linspace(0.0, burn_s, _BOOST_SAMPLES),
            burn_s + _LONGEST * corner_s * np.arange(1, _COAST_SAMPLES + 1) / _COAST_SAMPLES,
        ]
    )
    flown = shoot(vehicle, _ELEVATIONS_RAD, times)
    x, z = flown.position_m[..., 0], flown.position_m[..., 2]
    fan_time, fan_speed = np.full(SHAPE, np.inf), np.full(SHAPE, np.nan)
    step, rise = ground_m / (SHAPE[0] - 1), height_m / (SHAPE[1] - 1)
    _lay_out(
        np.unwrap(np.arctan2(z, x), axis=1) * (EARTH_MEAN_RADIUS_M / step),
        (np.hypot(x, z) - EARTH_MEAN_RADIUS_M - min_altitude_m) / rise,
        times,
        np.linalg.norm(flown.velocity_m_per_s, axis=-1),
        float(least_speed_m_per_s),
        fan_time,
        fan_speed,
    )
    return Fan(
        time_s=np.where(np.isfinite(fan_time), fan_time, np.nan),
        speed_m_per_s=fan_speed,
        range_step_m=step,
        altitude_step_m=rise,
        max_range_m=max_range_m,
        min_altitude_m=min_altitude_m,
        max_altitude_m=max_altitude_m,
    )


@njit(cache=True, nogil=True, error_model="numpy")
def _lay_out(
    x: Array,
    y: Array,
    time: Array,
    speed: Array,
    least_speed: float,
    fan_time: Array,
    fan_speed: Array,
) -> None:
    # Between two flights and two times lie two triangles; x and y count the grid's steps.
    for e in range(x.shape[0] - 1):
        for k in range(x.shape[1] - 1):
            for upper in range(2):
                e1, k1 = (e + 1, k + 1) if upper else (e, k)
                e2, k2, e3, k3 = e + 1, k, e, k + 1
                x1, x2, x3 = x[e1, k1], x[e2, k2], x[e3, k3]
                y1, y2, y3 = y[e1, k1], y[e2, k2], y[e3, k3]
                area = (x2 - x1) * (y3 - y1) - (x3 - x1) * (y2 - y1)
                if not abs(area) > 0.0:  # nan too
                    continue
                first_i = max(int(np.ceil(min(x1, x2, x3) - 1e-9)), 0)
                last_i = min(int(np.floor(max(x1, x2, x3))), fan_time.shape[0] - 1)
                first_j = max(int(np.ceil(min(y1, y2, y3) - 1e-9)), 0)
                last_j = min(int(np.floor(max(y1, y2, y3))), fan_time.shape[1] - 1)
                for i in range(first_i, last_i + 1):
                    for j in range(first_j, last_j + 1):
                        b = ((i - x1) * (y3 - y1) - (x3 - x1) * (j - y1)) / area
                        c = ((x2 - x1) * (j - y1) - (i - x1) * (y2 - y1)) / area
                        a = 1.0 - b - c
                        if min(a, b, c) < -1e-9:
                            continue
                        there = a * time[k1] + b * time[k2] + c * time[k3]
                        fast = a * speed[e1, k1] + b * speed[e2, k2] + c * speed[e3, k3]
                        if there < fan_time[i, j] and fast >= least_speed:
                            fan_time[i, j], fan_speed[i, j] = there, fast
