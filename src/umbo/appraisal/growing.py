"""Growing a small shield into a larger one against buying the larger one outright."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from umbo.appraisal.cost import ArchitectureCost, Phase, total
from umbo.appraisal.schedule import Scheduler
from umbo.elements.architecture import Architecture, Fielded
from umbo.elements.catalog import Catalog

BOUGHT: Final[tuple[Phase, ...]] = ("procurement", "launch", "construction")
"""Phases of which a unit that is thrown away has had its share."""


@dataclass(frozen=True, slots=True)
class ThrownAway:
    """Units of the smaller shield that the larger one has no use for."""

    smaller: str
    larger: str
    element: str
    units: int
    bought_usd: float
    """What they cost to buy, launch and house."""


@dataclass(frozen=True, slots=True)
class Growth:
    """One step: growing a shield into the next, against buying the next outright."""

    smaller: str
    larger: str
    outright_usd: float
    """Acquisition of the larger one on top of today, most likely."""
    thrown_away_usd: float
    grown_usd: float
    """Acquisition of all steps up to the larger one."""
    smaller_full: int | None
    """Fiscal year from which the smaller one stands."""
    outright_full: int | None
    grown_full: int | None
    """Fiscal year from which the larger one stands if it is begun when the smaller one does."""


def thrown_away(
    smaller: Architecture, larger: Architecture, cost: ArchitectureCost
) -> list[ThrownAway]:
    """List what of a smaller shield a larger one does not use.

    Units of an item are the same wherever they stand, for they can be moved, but satellites on
    other orbits are not: an orbit's inclination cannot be changed.

    Args:
        smaller: The shield that is there.
        larger: The one that is to be.
        cost: The smaller one's cost.
    """
    have, need = _counted(smaller), _counted(larger)
    wasted: dict[str, int] = {}
    for key, count in have.items():
        if count > need.get(key, 0):
            wasted[key[0]] = wasted.get(key[0], 0) + count - need.get(key, 0)
    counts: dict[str, int] = {}
    for element in smaller.elements:
        counts[element.use] = counts.get(element.use, 0) + element.count
    bought: dict[str, float] = {}
    for row in cost.rows:
        if row.phase in BOUGHT:
            bought[row.element] = bought.get(row.element, 0.0) + row.mode_usd
    return [
        ThrownAway(
            smaller.name,
            larger.name,
            use,
            units,
            bought.get(use, 0.0) * units / counts[use],
        )
        for use, units in wasted.items()
    ]


def grow(
    catalog: Catalog,
    steps: Sequence[Architecture],
    costs: Mapping[str, ArchitectureCost],
    *,
    start: int,
) -> list[Growth]:
    """Grow through a line of shields, each begun when the one before it stands.

    Units that are kept are bought once, along the same learning curve; what is thrown away
    is bought for nothing. Left out: what the smaller one's operations cost meanwhile, which are in
    both; and that a decision in steps can stop, which is what the step is worth.

    Args:
        catalog: The catalogue, with the study's view.
        steps: What stands today, then the shields from the smallest, each whole.
        costs: Their costs, by one model, with what stands today as baseline.
        start: First fiscal year.
    """
    today = steps[0]
    grown: list[Growth] = []
    wasted = 0.0
    scheduler = Scheduler(catalog, start=start)
    have, ready = today, start
    for smaller, larger in pairwise(steps[1:]):
        lost = sum(one.bought_usd for one in thrown_away(smaller, larger, costs[smaller.name]))
        wasted += lost
        first = Scheduler(catalog, start=ready).of(smaller, have, developed=_uses(have)).full
        step = (
            Scheduler(catalog, start=first).of(larger, smaller, developed=_uses(smaller)).full
            if first is not None
            else None
        )
        outright = total(
            costs[larger.name],
            above=costs[today.name],
            phases=("development", *BOUGHT, "replenishment"),
        ).mode_usd
        grown.append(
            Growth(
                smaller.name,
                larger.name,
                outright,
                lost,
                outright + wasted,
                first,
                scheduler.of(larger, today).full,
                step,
            )
        )
        if first is None:
            break
        have, ready = smaller, first
    return grown


def _uses(architecture: Architecture) -> set[str]:
    return {element.use for element in architecture.elements}


def _counted(architecture: Architecture) -> dict[tuple[str, object], int]:
    counts: dict[tuple[str, object], int] = {}
    for element in architecture.elements:
        key = element.use, _orbit(element)
        counts[key] = counts.get(key, 0) + element.count
    return counts


def _orbit(element: Fielded) -> object:
    orbit = element.constellation
    return orbit and (orbit.altitude_m, orbit.inclination_rad)
