"""Replies to a shield: how many units restore what is delivered, and what they cost."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

import numpy as np

from umbo.appraisal.cost import CostModel, summed
from umbo.appraisal.stability import Curve, Shield, coming, delivered, units_to_restore
from umbo.elements.architecture import Architecture, Fielded
from umbo.elements.catalog import Catalog
from umbo.elements.forces import Leg, forces_item
from umbo.elements.interceptors import Doctrine

Array = np.ndarray[Any, Any]

REPLIES: Final = (
    "reply_upload",
    "reply_missile",
    "reply_decoys",
    "reply_gliders",
    "reply_cruise",
    "reply_antisatellite",
)


ON_MISSILES: Final = ("reply_upload", "reply_missile")
"""Replies that come as today's missiles do."""


@dataclass(frozen=True, eq=False)
class Reply:
    """A reply that restores what was delivered, or does not."""

    name: str
    units: float | None
    """None where no number restores it."""
    usd: Array | None
    """The point estimate, then one cost a draw."""


class Replier:
    """Prices and counts the replies; units are costed as the shield's elements are."""

    def __init__(self, catalog: Catalog, model: CostModel) -> None:
        self._catalog, self._model = catalog, model
        self._scales: dict[str, Array] = {}

    @cached_property
    def unit_usd(self) -> dict[str, Array]:
        """Give the cost of one unit of each reply over the horizon, as in the United States."""
        return {
            name: summed(
                self._model.of(Architecture(name, name, self._model.start, (self._fielded(name),)))
            )
            for name in REPLIES
        }

    def usd(self, name: str, opponent: str) -> Array:
        """Give the cost of a unit to an opponent."""
        if opponent not in self._scales:
            value = self._catalog.value(forces_item(opponent), "cost_scale")
            self._scales[opponent] = self._model.draws_of(value)
        return self.unit_usd[name] * self._scales[opponent]

    def _fielded(self, name: str) -> Fielded:
        item = self._catalog.item(name)
        return Fielded(
            use=name,
            item=item,
            count=1,
            sites=(),
            constellation=None,
            doctrine=Doctrine(),
            values=item.values,
            in_service=self._model.start,
            nation="",
            in_cbo_scope=False,
            source="",
            note="",
        )

    def _mode(self, item: str, parameter: str) -> float:
        return self._catalog.value(item, parameter).mode

    def margin(
        self,
        opponent: str,
        legs: Sequence[Leg],
        shield: Shield,
        glide: Curve,
        draw: int = 0,
        only: Sequence[str] = REPLIES,
    ) -> tuple[str, float] | None:
        """Name the reply that delivers one more warhead most cheaply, with its cost.

        Args:
            opponent: Who replies.
            legs: Its force.
            shield: What it meets.
            glide: What passes of gliders.
            draw: 0 for the point estimate, else a draw of the costs.
            only: Replies that count; those that add weapons one by one where left out.
        """
        fate, shield = _fate(legs), shield.of(legs, struck=True)
        slopes = {
            "reply_upload": shield.ballistic.slope(coming(legs, struck=True)[0]),
            "reply_missile": self._mode("reply_missile", "warheads")
            * shield.ballistic.slope(coming(legs, struck=True)[0]),
            "reply_gliders": glide.slope(0.0),
            "reply_cruise": shield.air.slope(coming(legs, struck=True)[1]),
        }
        costs = {
            name: float(self.usd(name, opponent)[draw]) / (fate * slope)
            for name, slope in slopes.items()
            if fate * slope > 0.0 and name in only
        }
        cheapest = min(costs, key=lambda name: costs[name]) if costs else None
        return (cheapest, costs[cheapest]) if cheapest else None

    def with_added(self, legs: Sequence[Leg], shield: Shield, units: float) -> float:
        """Count what a force delivers with so many more warheads of the fate of its missiles'."""
        ballistic, air = coming(legs, struck=True)
        met = shield.of(legs, struck=True)
        return met.ballistic(ballistic + units * _fate(legs)) + met.air(air)

    def units_added(self, legs: Sequence[Leg], shield: Shield, wanted: float) -> float | None:
        """Count the warheads on missiles that restore what was delivered."""
        met = shield.of(legs, struck=True)
        return units_to_restore(lambda units: self.with_added(legs, met, units), wanted)

    def restore(
        self,
        opponent: str,
        legs: Sequence[Leg],
        shield: Shield,
        wanted: float,
        *,
        glide: Curve,
        decoyed: Mapping[int, Curve],
        lost: Mapping[float, Curve],
        in_orbit: int,
        missile_warheads: float,
    ) -> list[Reply]:
        """Find of each reply, alone, the units with which as much is delivered as is wanted.

        Added weapons share the mean fate of the opponent's missiles: what share is ready,
        survives and works.

        Args:
            opponent: Who replies.
            legs: Its force.
            shield: What it meets.
            wanted: Warheads to deliver.
            glide: What passes of gliders.
            decoyed: What passes, by decoys added to each missile.
            lost: What passes, by share of the interceptors in orbit that are lost.
            in_orbit: How many of these there are.
            missile_warheads: Warheads that a missile carries.
        """
        shield = shield.of(legs, struck=True)
        ballistic, air = coming(legs, struck=True)
        base, fate = delivered(legs, shield, struck=True), _fate(legs)
        per_missile = self._mode("reply_missile", "warheads")
        units: dict[str, float | None] = {
            "reply_upload": units_to_restore(
                lambda n: shield.ballistic(ballistic + n * fate) + shield.air(air), wanted
            ),
            "reply_gliders": units_to_restore(lambda n: base + glide(n * fate), wanted),
            "reply_cruise": units_to_restore(
                lambda n: shield.ballistic(ballistic) + shield.air(air + n * fate), wanted
            ),
        }
        added = units["reply_upload"]
        units["reply_missile"] = None if added is None else added / per_missile
        missiles = sum(leg.warheads for leg in legs if not leg.is_air) / missile_warheads
        more = _between(decoyed, ballistic, wanted - shield.air(air))
        units["reply_decoys"] = None if more is None else more * missiles
        share = _between(lost, ballistic, wanted - shield.air(air))
        units["reply_antisatellite"] = (
            None
            if share is None
            else share * in_orbit / self._mode("reply_antisatellite", "p_kill")
        )
        return [
            Reply(
                name,
                units[name],
                None if (number := units[name]) is None else number * self.usd(name, opponent),
            )
            for name in REPLIES
        ]


def _fate(legs: Sequence[Leg]) -> float:
    """Give the share of a force's missile warheads that come to a shield after a first strike."""
    warheads = sum(leg.warheads for leg in legs if not leg.is_air)
    return coming(legs, struck=True)[0] / warheads if warheads else 0.0


def _between(curves: Mapping[Any, Curve], coming_: float, wanted: float) -> float | None:
    """Find the least of a reply's measure at which enough passes, straight between."""
    before: tuple[float, float] | None = None
    for at, curve in curves.items():
        passing = curve(coming_)
        if passing >= wanted:
            if before is None:
                return 0.0
            x, y = before
            return x + (at - x) * (wanted - y) / (passing - y)
        before = (float(at), passing)
    return None
