"""Radar detection range by the range equation, from a reference range."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from umbo.errors import DomainError


def detection_range(
    reference_range_m: ArrayLike, reference_rcs_m2: ArrayLike, rcs_m2: ArrayLike
) -> NDArray[np.float64]:
    """Give the range at which a radar detects a target, from the range for another target.

    The same waveform, dwell and required signal-to-noise ratio for both, so that range goes as
    the fourth root of the cross-section. Left out: longer dwells on a cued target (twice the
    dwell gives 19 % more range), fluctuation, and propagation losses.

    Args:
        reference_range_m: Range at which the reference target is detected [m].
        reference_rcs_m2: Cross-section of the reference target [m2].
        rcs_m2: Cross-section of the target [m2].

    Returns:
        Detection range [m].

    Raises:
        DomainError: An argument is not positive.

    Source:
        Skolnik, *Introduction to Radar Systems*, 3rd ed. (2001), eq. 1.7.

    Example:
        >>> f"{detection_range(5000e3, 10.0, 0.3) / 1e3:.0f} km"
        '2081 km'
    """
    range_m = np.asarray(reference_range_m, dtype=np.float64)
    ratio = np.asarray(rcs_m2, dtype=np.float64) / np.asarray(reference_rcs_m2, dtype=np.float64)
    if not np.all((range_m > 0.0) & (ratio > 0.0) & np.isfinite(ratio)):
        raise DomainError("ranges and cross-sections must be positive; correct the one that is not")
    return np.asarray(range_m * ratio**0.25)
