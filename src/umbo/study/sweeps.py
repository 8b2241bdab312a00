"""Sweeps beside a shield's size: satellites lost, other countries, limits and what is believed."""

from typing import Any, Final

from umbo.appraisal.stability import Curve, Shield, coming, delivered
from umbo.elements.forces import POSTURES, force_of
from umbo.study.deterrence import LOSSES, SHIELDED, SIZES, Weighing
from umbo.study.penetration import weapons_in_orbit

Row = dict[str, Any]

THIRD: Final = ("United Kingdom", "France", "North Korea", "Iran", "China", "Russia")
BELIEVED: Final = (1.0, 1.5, 2.0)
"""How much larger than it is the other side takes a shield to be."""


def attrition_rows(of: Weighing) -> list[Row]:
    """Tell what is delivered as interceptors in orbit are lost beforehand."""
    rows = []
    for opponent in of.opponents:
        side = of.side(opponent)
        for name, one in of.standing.items():
            if not weapons_in_orbit(one):
                continue
            for lost in LOSSES:
                shield = of.lost(name, lost)
                found = side.measures(shield, of.weakened("as_is", name, side.lost, shield=shield))
                rows.append(
                    {
                        "opponent": opponent,
                        "architecture": name,
                        "lost": lost,
                        "in_orbit": weapons_in_orbit(one),
                        "delivered": found["retaliation"],
                        "incentive_shielded": found["incentive_shielded"],
                        "stability": found["stability"],
                    }
                )
    return rows


def third_rows(of: Weighing) -> list[Row]:
    """Tell what other countries deliver through such a shield, whoever holds it."""
    rows = []
    for country in dict.fromkeys((*THIRD, *of.opponents)):
        if country == SHIELDED:
            continue
        for posture in POSTURES[:2]:
            legs = force_of(country, of.year, posture, of.catalog, of.read)
            for name in of.standing:
                found = delivered(legs, of.shield("as_is", name), struck=True)
                rows.append(
                    {
                        "country": country,
                        "posture": posture,
                        "architecture": name,
                        "meets": "a like shield in other hands"
                        if country in ("United Kingdom", "France")
                        else "this shield",
                        "coming": sum(coming(legs, struck=True)),
                        "delivered": found,
                        "low_threshold": of.read(of.catalog.value("exchange", "low_threshold")),
                    }
                )
    return rows


def limit_rows(of: Weighing) -> list[Row]:
    """Sweep a limit on size, and what the other side believes where it cannot look."""
    rows = []
    for opponent in of.opponents:
        side = of.side(opponent)
        wanted = delivered(side.theirs, of.shield("as_is", of.baseline), struck=True)
        for limit in SIZES:
            found = of.measured(side, "size", limit)
            for believed in BELIEVED:
                taken = _between(of, limit * believed)
                units = of.replier.units_added(side.theirs, taken, wanted)
                rows.append(
                    {
                        "opponent": opponent,
                        "architecture": of.chosen,
                        "limit": limit,
                        "believed": believed,
                        "delivered": found["retaliation"],
                        "stability": found["stability"],
                        "warheads_added": units,
                        "delivered_with_reply": None
                        if units is None
                        else of.replier.with_added(side.theirs, of.shield("size", limit), units),
                    }
                )
    return rows


def _between(of: Weighing, size: float) -> Shield:
    """Give a shield of a size between those fought, straight between their curves."""
    size = min(size, SIZES[-1])
    above = next(i for i, at in enumerate(SIZES) if at >= size)
    one = of.shield("size", SIZES[above])
    if SIZES[above] == size:
        return one
    two = of.shield("size", SIZES[above - 1])
    share = (size - SIZES[above - 1]) / (SIZES[above] - SIZES[above - 1])

    def mixed(above: Curve, below: Curve) -> Curve:
        at = above.coming
        return Curve(at, tuple(share * above(x) + (1.0 - share) * below(x) for x in at))

    by_sea = {
        country: tuple(
            (at, mixed(above, two.by_sea[country][i][1] if two.by_sea else two.ballistic))
            for i, (at, above) in enumerate(mixes)
        )
        for country, mixes in one.by_sea.items()
    }
    return Shield(mixed(one.ballistic, two.ballistic), one.air, by_sea)
