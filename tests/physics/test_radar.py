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


@pytest.mark.oracle(
    "USAFA, ECE 495 Electronic Warfare, lesson 3: 472 km at 1 m2, 84 km at -30 dBsm"
)
def test_a_textbooks_radar_sees_a_stealthy_target_as_near_as_it_says():
    # Worked there for 1 MW, 30 dBi, 0.1 m: usafa-ece.github.io/ece-495-ew, L03 flashcards 8 and 9.
    assert detection_range(472e3, 1.0, 1e-3) == pytest.approx(84e3, abs=0.5e3)  # two digits
    assert detection_range(1.0, 1.0, 1e-3) == pytest.approx(0.178, abs=0.0005)


@pytest.mark.oracle("MathWorks, radareqrng: the two ranges that its page gives for one radar")
def test_range_is_that_of_a_program_s_documented_examples():
    # 10 GHz, 1 MW, 10 us, 6 dB: 41.057 km at 1 m2 with its default gain of 20 dB; and 194.26 km
    # at 0.1 m2 with 40 dB each way and 3 dB lost. The gain's and the loss's part is by hand.
    at_one_m2 = 41.057e3 * 10.0 ** ((2.0 * (40.0 - 20.0) - 3.0) / 40.0)

    assert detection_range(at_one_m2, 1.0, 0.1) == pytest.approx(194.26e3, rel=5e-5)  # five digits


@pytest.mark.parametrize("rcs_m2", [0.0, -1.0, np.nan])
def test_a_cross_section_is_positive(rcs_m2):
    with pytest.raises(DomainError, match="positive"):
        detection_range(1000e3, 1.0, rcs_m2)
