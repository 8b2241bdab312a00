"""Deterrence through a shield: the documented example in rationals, corners, symmetry, directions."""

from dataclasses import replace
from fractions import Fraction
from itertools import pairwise

import pytest

from umbo.appraisal.stability import (
    OPEN,
    Curve,
    Shield,
    capped,
    coming,
    crossing,
    delivered,
    exchange_ratio,
    incentive,
    stability,
    units_to_restore,
    weight,
)
from umbo.elements.forces import Leg
from umbo.errors import DomainError

# The example of docs/models/stability.md: two sides, one with a shield.
SILO = Leg("icbm_silo", 100, Fraction(1), Fraction(1, 10), Fraction(4, 5))
SEA = Leg("slbm", 200, Fraction(1, 2), Fraction(9, 10), Fraction(4, 5))
AIR = Leg("bomber", 50, Fraction(2, 5), Fraction(1, 2), Fraction(4, 5), Fraction(1, 2))
B = (SILO, SEA, AIR)
A = (
    Leg("icbm_silo", 150, Fraction(1), Fraction(1, 5), Fraction(4, 5)),
    Leg("slbm", 250, Fraction(3, 5), Fraction(9, 10), Fraction(4, 5)),
)
NONE = Curve((Fraction(1),), (Fraction(1),))
SHIELD = Shield(Curve((Fraction(40), Fraction(160)), (Fraction(10), Fraction(100))), NONE)
T = Fraction(50)
PERFECT = Shield(Curve((1,), (0,)), Curve((1,), (0,)))


@pytest.mark.oracle("worked by hand in docs/models/stability.md, in rationals")
def test_the_documented_example_comes_out_in_rationals():
    assert coming(B, struck=True) == (80, 4)
    assert coming(B, struck=False) == (160, 8)
    assert delivered(B, Shield(NONE, NONE), struck=True) == 84
    assert delivered(B, SHIELD, struck=True) == 44
    assert delivered(B, SHIELD, struck=False) == 108
    assert delivered(A, Shield(NONE, NONE), struck=True) == 132
    assert delivered(A, Shield(NONE, NONE), struck=False) == 240

    i_a = incentive(delivered(B, SHIELD, struck=True), delivered(B, SHIELD, struck=False), T)
    i_b = incentive(Fraction(132), Fraction(240), T)

    assert i_a == Fraction(108, 158) - Fraction(44, 94) == Fraction(800, 3713)
    assert i_b == Fraction(240, 290) - Fraction(132, 182) == Fraction(270, 2639)
    assert stability(i_a, i_b) == Fraction(2913, 3713) * Fraction(2369, 2639)
    # Going first gained A less without the shield.
    assert incentive(Fraction(84), Fraction(168), T) == Fraction(2100, 14606) < i_a
    # One more warhead on B's missiles, of which 8/30 come: the shield lets 3/4 of it pass.
    assert SHIELD.ballistic.slope(Fraction(80)) == Fraction(3, 4)
    assert (
        exchange_ratio(Fraction(4000), Fraction(40), Fraction(20), Fraction(8, 30) * Fraction(3, 4))
        == 1
    )


@pytest.mark.oracle("limits that need no model: nothing stopped, all stopped, none left, all left")
def test_the_four_corners():
    none_left = [replace(leg, survival=Fraction(0)) for leg in B]
    all_left = [replace(leg, survival=Fraction(1)) for leg in B]

    assert delivered(B, Shield(NONE, NONE), struck=True) == sum(coming(B, struck=True))
    assert delivered(B, PERFECT, struck=True) == 0
    assert incentive(Fraction(0), Fraction(0), T) == 0
    assert delivered(none_left, SHIELD, struck=True) == 0
    assert delivered(all_left, SHIELD, struck=True) == delivered(B, SHIELD, struck=False)
    second = delivered(all_left, SHIELD, struck=False)
    assert incentive(delivered(all_left, SHIELD, struck=True), second, T) == 0
    assert incentive(Fraction(0), second, T) == weight(second, T)


def test_sides_swapped_swap_their_answers():
    def both(one, other, shield, other_shield):
        return tuple(
            incentive(delivered(legs, met, struck=True), delivered(legs, met, struck=False), T)
            for legs, met in ((other, shield), (one, other_shield))
        )

    first, second = both(A, B, SHIELD, Shield())
    assert both(B, A, Shield(), SHIELD) == (second, first)
    assert stability(first, second) == stability(second, first)
    assert len(set(both(A, A, SHIELD, SHIELD))) == 1


@pytest.mark.parametrize("what", ["warheads", "available", "survival", "reliability"])
def test_more_of_anything_delivers_no_less(what):
    counts = [
        delivered(
            [replace(SEA, **{what: share * (200 if what == "warheads" else 1)}), SILO, AIR],
            SHIELD,
            struck=True,
        )
        for share in (Fraction(0), Fraction(1, 4), Fraction(1, 2), Fraction(3, 4), Fraction(1))
    ]
    assert all(a <= b for a, b in pairwise(counts))


def test_a_larger_shield_delivers_no_more():
    counts = [delivered(B, Shield(capped(stops)), struck=True) for stops in range(0, 120, 10)]
    assert all(a >= b for a, b in pairwise(counts))


def test_the_gain_by_going_first_falls_with_survival():
    gains = [
        incentive(
            delivered([replace(SEA, survival=share)], SHIELD, struck=True),
            delivered([SEA], SHIELD, struck=False),
            T,
        )
        for share in (Fraction(0), Fraction(1, 2), Fraction(1))
    ]
    assert all(a > b for a, b in pairwise(gains))


@pytest.mark.oracle("straight lines through the given points")
@pytest.mark.parametrize(
    ("at", "passing", "slope"),
    [
        (0, 0, Fraction(1, 4)),
        (20, 5, Fraction(1, 4)),
        (40, 10, Fraction(1, 4)),
        (100, 55, Fraction(3, 4)),
        (200, 130, Fraction(3, 4)),
    ],
)
def test_a_curve_is_straight_between_its_points_and_beyond(at, passing, slope):
    assert SHIELD.ballistic(Fraction(at)) == passing
    assert SHIELD.ballistic.slope(Fraction(at)) == slope


def test_units_to_restore_are_the_fewest():
    curve = SHIELD.ballistic

    units = units_to_restore(lambda n: float(curve(80.0 + n)), 70.0)

    assert units == pytest.approx(40.0, abs=1e-9)
    assert units_to_restore(lambda n: n, 0.0) == 0.0
    assert units_to_restore(lambda _: 1.0, 2.0) is None


def test_a_ratio_needs_a_step_that_stops_and_a_reply_that_restores():
    assert exchange_ratio(100.0, 0.0, 1.0, 1.0) is None
    assert exchange_ratio(100.0, 10.0, 1.0, 0.0) is None
    assert exchange_ratio(100.0, 10.0, 5.0, 1.0) == 2.0


def test_what_never_crosses_has_no_size():
    assert crossing([0.0, 1.0], [3.0, 2.0], 1.0) is None
    assert crossing([0.0, 1.0, 2.0], [None, 2.0, 1.0], 1.5) == 1.5


@pytest.mark.parametrize("points", [((), ()), ((2.0, 1.0), (0.0, 0.0)), ((1.0,), (-1.0,))])
def test_a_curve_that_cannot_be_is_refused(points):
    with pytest.raises(DomainError, match="curve needs"):
        Curve(*points)


@pytest.mark.parametrize(("count", "threshold"), [(-1, 10), (5, 0)])
def test_a_weight_outside_its_range_is_refused(count, threshold):
    with pytest.raises(DomainError, match="threshold above 0"):
        weight(count, threshold)


def test_no_shield_passes_everything():
    assert capped(0) is OPEN
    assert OPEN(37) == 37


@pytest.mark.oracle("worked by hand in docs/models/stability.md, in rationals")
def test_a_force_meets_the_curve_of_its_own_mix():
    land = Curve((Fraction(80),), (Fraction(20),))
    raid = Curve((Fraction(80),), (Fraction(30),))
    sea = Curve((Fraction(80),), (Fraction(60),))
    mixes = ((Fraction(0), land), (Fraction(2, 5), raid), (Fraction(1), sea))
    shield = Shield(raid, NONE, {"": mixes})

    # Struck, 72 of B's 80 come from the sea: 9/10, five sixths of the way from 2/5 to 1.
    assert delivered(B, shield, struck=True) == Fraction(1, 6) * 30 + Fraction(5, 6) * 60 + 4
    # Striking first 80 of 160: 1/2, one sixth of the way.
    assert delivered(B, shield, struck=False) == Fraction(5, 6) * 60 + Fraction(1, 6) * 120 + 8
    met = shield.of(B, struck=True).ballistic
    assert met.passing == (55,)
    assert delivered([replace(SEA, country="B")], shield, struck=True) == 54
    own = Shield(raid, NONE, {"": mixes, "B": ((Fraction(0), land), (Fraction(1), land))})
    assert delivered([replace(SEA, country="B")], own, struck=True) == 18
    assert delivered([], shield, struck=True) == 0


@pytest.mark.oracle("worked by hand in docs/models/stability.md, in rationals")
def test_a_struck_shield_raises_what_going_first_gains():
    struck = Shield(Curve((Fraction(40), Fraction(160)), (Fraction(20), Fraction(120))), NONE)

    assert delivered(B, struck, struck=False) == 128
    # F meets the shield that is whole, S the one that is struck.
    gain = incentive(Fraction(44), delivered(B, struck, struck=False), T)
    assert gain == Fraction(128, 178) - Fraction(44, 94) == Fraction(1050, 4183)
    assert gain > Fraction(800, 3713)
