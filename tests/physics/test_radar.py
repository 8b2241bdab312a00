"""Radar detection range."""

import numpy as np
import pytest

from umbo.errors import DomainError
from umbo.physics.radar import detection_range


@pytest.mark.oracle("the range equation solved for received power, by bisection")
@pytest.mark.parametrize("rcs_m2", [0.001, 0.01, 0.3, 1.0, 25.0])
def test_received_power_at_detection_is_that_of_the_reference(rcs_m2):
    # Power received goes as rcs / range^4 (Skolnik 2001, eq. 1.6); all else is the same.
    wanted = 10.0 / (5000e3) ** 4
    low, high = 1e3, 1e9
    for _ in range(200):
        middle = (low + high) / 2.0
        low, high = (middle, high) if rcs_m2 / middle**4 > wanted else (low, middle)

    assert detection_range(5000e3, 10.0, rcs_m2) == pytest.approx(low, rel=1e-9)


@pytest.mark.oracle("16 times the cross-section doubles the range")
def test_sixteen_times_the_cross_section_doubles_the_range():
    assert detection_range(1000e3, 1.0, 16.0) == pytest.approx(2000e3, rel=1e-12)


@pytest.mark.parametrize("rcs_m2", [0.0, -1.0, np.nan])
def test_a_cross_section_is_positive(rcs_m2):
    with pytest.raises(DomainError, match="positive"):
        detection_range(1000e3, 1.0, rcs_m2)
