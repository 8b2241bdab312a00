"""States between the samples of flights, by cubic Hermite."""

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


def states_at(time_s: Array, position_m: Array, velocity_m_per_s: Array, when_s: Array) -> Array:
    """Give the states of flights at times of their own.

    Within millimetres where acceleration changes by a few m/s2 from sample to sample.

    Args:
        time_s: (K,) rising times of the samples.
        position_m: (n, K, 3)
        velocity_m_per_s: (n, K, 3)
        when_s: (n,) or (n, N) times; those before the first sample or after the last go on from it.

    Returns:
        (n, 6) or (n, N, 6) positions and velocities.
    """
    when = when_s[:, None] if when_s.ndim == 1 else when_s
    place = np.clip(np.searchsorted(time_s, when) - 1, 0, len(time_s) - 2)
    width = (time_s[place + 1] - time_s[place])[..., None]
    x = (when - time_s[place])[..., None] / width
    row = np.arange(len(when))[:, None]
    a, b = position_m[row, place], position_m[row, place + 1]
    va, vb = velocity_m_per_s[row, place] * width, velocity_m_per_s[row, place + 1] * width
    rise = b - a
    bend, turn = va - rise, rise - vb
    position = a + x * rise + x * (1.0 - x) * ((1.0 - x) * bend + x * turn)
    slope = rise + (1.0 - x) * (1.0 - 3.0 * x) * bend + x * (2.0 - 3.0 * x) * turn
    states = np.concatenate([position, slope / width], axis=-1)
    return np.asarray(states[:, 0] if when_s.ndim == 1 else states)
