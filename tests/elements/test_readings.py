"""Reading modes, or one draw over all ranges."""

import numpy as np
import pytest

from umbo.elements.readings import Readings
from umbo.elements.sourced import Value


def value(parameter="p_kill", low=0.25, mode=0.57, high=0.73):
    return Value("gbi", parameter, low, mode, high, "1", "record")


def test_without_a_draw_the_mode_is_read_and_remembered():
    read = Readings()

    assert read(value()) == 0.57
    assert list(read.used) == [("gbi", "p_kill")]


@pytest.mark.oracle("scipy.stats.triang")
def test_the_draws_of_a_value_follow_its_distribution():
    from scipy.stats import triang

    drawn = sorted(Readings(1, draw, 64)(value()) for draw in range(64))

    wanted = triang(c=(0.57 - 0.25) / 0.48, loc=0.25, scale=0.48).ppf((np.arange(64) + 0.5) / 64)
    assert drawn == pytest.approx(wanted, abs=1e-9)


def test_a_value_is_read_at_the_same_quantile_wherever_it_stands():
    first, second = Readings(1, 5, 64), Readings(1, 5, 64)
    first(value("max_range"))
    first(value())
    second(value())

    assert first.quantiles["gbi", "p_kill"] == second.quantiles["gbi", "p_kill"]


def test_two_values_are_drawn_independently():
    pairs = [
        (read(value("a")), read(value("b")))
        for read in (Readings(1, draw, 256) for draw in range(256))
    ]

    # Standard error of a correlation of 256 pairs: 0.0625; three of them.
    assert abs(np.corrcoef(np.array(pairs).T)[0, 1]) < 0.19
