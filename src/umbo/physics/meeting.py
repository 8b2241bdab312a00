"""What speed an interceptor must gain to meet a target: thrust, then free fall, exactly."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from umbo.compiled import njit, njit_inner
from umbo.errors import DomainError
from umbo.physics.constants import EARTH_MU_M3_PER_S2
from umbo.physics.lambert import fall, fall_one
from umbo.physics.reach import fly_out_range

Array = NDArray[np.float64]

_MU = EARTH_MU_M3_PER_S2
_ROUNDS = 40
_THRUST_STEPS = 8
_CLOSE_M = 1.0
_HALVINGS = 10


def delta_v_to_meet(
    position_m: ArrayLike,
    velocity_m_per_s: ArrayLike,
    target_m: ArrayLike,
    time_s: ArrayLike,
    acceleration_m_per_s2: ArrayLike,
) -> Array:
    """Find the least speed that an interceptor in orbit must gain to meet a target in time.

    It burns at once, at even acceleration in one direction, and then falls freely to the target.
    The flat disc (``fly_out_range``) leaves out that the Earth pulls the carrier and the
    interceptor differently: up to 1.2 % of the speed in three minutes, 3 % in five. Left out here:
    flattening, that acceleration rises as propellant burns, steering while burning, air.

    Args:
        position_m: Inertial positions of the carriers at ignition [m], (n, 3).
        velocity_m_per_s: Their inertial velocities [m/s], (n, 3).
        target_m: Inertial positions of the target when it is met [m], (n, 3).
        time_s: Times from ignition to the meeting [s], () or (n,).
        acceleration_m_per_s2: Even acceleration, positive, () or (n,).

    Returns:
        Speed gained [m/s], (n,); infinite where the target is too far for any.

    Raises:
        DomainError: The shapes do not go together, or the acceleration is not positive.

    Source:
        Bate, Mueller & White, *Fundamentals of Astrodynamics*, Dover (1971), sec. 4.4, for the
        fall; the thrust is integrated.
    """
    position, velocity, target = (
        np.ascontiguousarray(x, dtype=np.float64) for x in (position_m, velocity_m_per_s, target_m)
    )
    if position.ndim != 2 or position.shape[1] != 3:
        raise DomainError(f"position_m must be (n, 3); got {position.shape}")
    if not position.shape == velocity.shape == target.shape:
        raise DomainError(
            "position_m, velocity_m_per_s and target_m must have one shape; got "
            f"{position.shape}, {velocity.shape} and {target.shape}"
        )
    time, acceleration = (
        np.array(np.broadcast_to(np.asarray(x, dtype=np.float64), len(position)))
        for x in (time_s, acceleration_m_per_s2)
    )
    if not np.all(acceleration > 0.0):
        raise DomainError("acceleration_m_per_s2 must be above 0; check it")
    gained = np.full(len(position), np.inf)
    _meet(position, velocity, target, time, acceleration, gained)
    return gained


def earliest_meeting(
    position_m: ArrayLike,
    velocity_m_per_s: ArrayLike,
    path_time_s: ArrayLike,
    path_m: ArrayLike,
    *,
    delta_v_m_per_s: float,
    acceleration_m_per_s2: float,
    is_flat: bool = False,
) -> Array:
    """Find when interceptors in orbit first meet a target that boosts, coasts or glides.

    Between the samples of the path the target moves straight (90 m off at 5 s of boost). Left
    out: a meeting that is possible only between two samples, and as in ``delta_v_to_meet``.

    Args:
        position_m: Inertial positions of the carriers at ignition [m], (n, 3).
        velocity_m_per_s: Their inertial velocities [m/s], (n, 3).
        path_time_s: Times after ignition, rising, the first above 0 [s], (K,).
        path_m: Inertial positions of the target then [m], (K, 3).
        delta_v_m_per_s: Speed that an interceptor can gain [m/s].
        acceleration_m_per_s2: Even acceleration [m/s2].
        is_flat: By the flat fly-out disc, and not by thrust and free fall.

    Returns:
        Times after ignition [s], (n,); nan for those that do not meet it on the path.

    Raises:
        DomainError: The shapes do not go together.

    Source:
        As of ``delta_v_to_meet``; bisection.
    """
    position, velocity = (np.asarray(x, dtype=np.float64) for x in (position_m, velocity_m_per_s))
    path_time, path = np.asarray(path_time_s, dtype=np.float64), np.asarray(path_m)
    if path_time.ndim != 1 or path.shape != (*path_time.shape, 3):
        raise DomainError(
            f"path_m must be (K, 3) with path_time_s (K,); got {path.shape}, {path_time.shape}"
        )

    def is_met(who: NDArray[np.int64], time: Array) -> NDArray[np.bool_]:
        target = np.stack([np.interp(time, path_time, path[:, axis]) for axis in range(3)], axis=1)
        if is_flat:
            straight = np.linalg.norm(target - fall(position[who], velocity[who], time)[0], axis=1)
            return straight <= fly_out_range(time, delta_v_m_per_s, acceleration_m_per_s2)
        gained = delta_v_to_meet(position[who], velocity[who], target, time, acceleration_m_per_s2)
        return gained <= delta_v_m_per_s

    before, after = np.zeros(len(position)), np.full(len(position), np.nan)
    left = np.arange(len(position))
    for time in path_time:
        met = is_met(left, np.full(len(left), time))
        after[left[met]] = time
        left = left[~met]
        before[left] = time
    found = np.flatnonzero(np.isfinite(after) & (before > 0.0))
    for _ in range(_HALVINGS):
        middle = (before[found] + after[found]) / 2.0
        met = is_met(found, middle)
        after[found[met]], before[found[~met]] = middle[met], middle[~met]
    return after


@njit(cache=True, nogil=True, error_model="numpy")
def _meet(
    position: Array, velocity: Array, target: Array, time: Array, acceleration: Array, gained: Array
) -> None:
    thrust, state, there, then = np.empty(3), np.empty(6), np.empty(3), np.empty(3)
    for n in range(len(time)):
        t, a = time[n], acceleration[n]
        if not t > 0.0:
            continue
        fall_one(position[n], velocity[n], t, there, then)
        for i in range(3):
            thrust[i] = 0.0
        speed = 0.0
        for _ in range(_ROUNDS):
            # What is missing, along the thrust and across it, by the straight line.
            missing, along = 0.0, 0.0
            for i in range(3):
                miss = target[n, i] - there[i]
                missing += miss * miss
                along += miss * thrust[i]
            if missing < _CLOSE_M * _CLOSE_M:
                gained[n] = speed
                break
            if speed == 0.0:
                room = t * t - 2.0 * np.sqrt(missing) / a
                first = a * (t - np.sqrt(max(room, 0.0)))
                for i in range(3):
                    thrust[i] = first * (target[n, i] - there[i]) / np.sqrt(missing)
            else:
                along /= speed
                across, ahead = t - speed / (2.0 * a), max(t - speed / a, 0.02 * t)
                for i in range(3):
                    miss, unit = target[n, i] - there[i], thrust[i] / speed
                    thrust[i] += (miss - along * unit) / across + along * unit / ahead
            speed = np.sqrt(thrust[0] ** 2 + thrust[1] ** 2 + thrust[2] ** 2)
            if speed > a * t:
                for i in range(3):
                    thrust[i] *= a * t / speed
                speed = a * t
            _burn(position[n], velocity[n], thrust, speed, a, state)
            fall_one(state[:3], state[3:], t - speed / a, there, then)


@njit_inner(error_model="numpy")
def _burn(r: Array, v: Array, thrust: Array, speed: float, a: float, state: Array) -> None:
    """Integrate the thrust by Runge-Kutta's fourth order: 1 m in 60 s."""
    k, y, sums = np.empty(6), np.empty(6), np.empty(6)
    for i in range(3):
        state[i], state[3 + i] = r[i], v[i]
    h = speed / a / _THRUST_STEPS
    for _ in range(_THRUST_STEPS):
        for i in range(6):  # copying whole arrays takes seconds to compile
            y[i], sums[i] = state[i], 0.0
        for stage in range(4):
            pull = -_MU / (y[0] * y[0] + y[1] * y[1] + y[2] * y[2]) ** 1.5
            for i in range(3):
                k[i], k[3 + i] = y[3 + i], pull * y[i] + a * thrust[i] / speed
            weight = 1.0 if stage in (0, 3) else 2.0
            ahead = h if stage == 2 else h / 2.0
            for i in range(6):
                sums[i] += weight * k[i]
                y[i] = state[i] + ahead * k[i]
        for i in range(6):
            state[i] += h / 6.0 * sums[i]
