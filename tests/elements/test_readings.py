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


def test_what_is_found_once_counts_as_read_by_all_that_are_alike():
    def found_with(number):
        def find(read):
            times.append(number)
            # What is found inside is read outside too.
            return number * read.once(("inner",), lambda read: read(value()))

        return find

    times = []
    first = Readings(1, 5, 64)
    second = first.alike()
    results = [read.once(("outer",), found_with(n)) for n, read in ((2, first), (3, second))]

    assert times == [2]
    assert results == [2 * Readings(1, 5, 64)(value())] * 2
    assert second.quantiles == first.quantiles
    assert list(second.used) == [("gbi", "p_kill")]
    assert not first.alike().used
