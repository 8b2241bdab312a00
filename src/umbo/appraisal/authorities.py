"""What authorities cost an architecture: days until it stands, dollars, and what haste buys."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

import numpy as np
from numpy.typing import NDArray

from umbo.appraisal.cost import ArchitectureCost
from umbo.appraisal.gates import (
    GateDates,
    Waiting,
    day_at,
    first_whole_year,
    fiscal_position,
    old_places,
)
from umbo.appraisal.ranges import Ranges
from umbo.elements.architecture import Architecture, Fielded
from umbo.elements.register import Authority
from umbo.elements.sourced import Value

Array = NDArray[np.float64]

DAYS_A_YEAR: Final = 365.25
WAITED_FOR: Final = ("development", "procurement", "launch", "construction")
"""Phases whose cost waits while an element is not fielded."""


@dataclass(frozen=True, slots=True)
class Span:
    """A number at its most likely inputs, on average, and between 5 and 95 % of its draws."""

    mode: float
    mean: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class ElementGate:
    """How the authorities that an element needs move its fielding."""

    use: str
    count: int
    in_service: int
    """Fiscal year from which it was to stand."""
    gated: int
    """Fiscal year from which it stands, every input at its most likely."""
    is_begun: bool
    """Whether building must have begun before authorities were sought: those for building
    are taken as held."""
    building_years: float
    needs: tuple[str, ...]
    """Ids of the authorities."""
    fielded: GateDates
    """First day on which it stands: 5 %, most likely and 95 %."""
    delay_days: Span
    binding: str
    """The authority without which it would stand soonest, empty if none delays it."""
    delay_usd: Span


@dataclass(frozen=True, slots=True)
class AuthorityCost:
    """What one authority costs an architecture, all others as they are."""

    authority: str
    elements: tuple[str, ...]
    """Elements that need it."""
    delayed: tuple[str, ...]
    """Of these, the ones that it delays in any draw."""
    most_days: float
    """The delay, on average over the draws, of the element that it delays most."""
    most_delayed: str
    whole_days: float
    """Days by which it delays the last element, and so the whole."""
    usd: Span
    """What its delays cost, all elements together."""
    days_bought: float
    """Days of ``most_days`` that are saved if it takes no longer than the low of its range."""
    usd_bought: float
    """Dollars that this saves, on average."""


@dataclass(frozen=True, eq=False)
class Gated:
    """The elements and authorities of an architecture, each with what it costs."""

    architecture: str
    elements: tuple[ElementGate, ...]
    authorities: tuple[AuthorityCost, ...]
    """Those that cost most dollars first."""
    planned: date
    """First day on which all was to stand."""
    whole: GateDates
    """First day on which all stands: 5 %, most likely and 95 %."""
    delay_usd: Span
    """What all delays cost together."""


def gate(
    architecture: Architecture,
    register: Mapping[str, Authority],
    start: date,
    cost: ArchitectureCost,
    share_a_year: Value,
    *,
    standing: Architecture | None = None,
    at_once: bool = False,
    seed: int = 0,
) -> Gated:
    """Find what the authorities that an architecture's elements need cost it.

    Authorities are sought together on ``start``: those for building are held before building
    begins, those for use before the element is used, and those for a test are sought when
    it is built. An element stands on the first day of its fiscal year, or when its
    authorities and its building let it, whichever is later. One whose building must have begun
    before ``start`` holds what building needs, and sought the rest when its building began.

    A year of delay costs a share of what the element costs to acquire: teams and production
    lines that are kept, and work that is done again. Left out: escalation, since dollars are
    constant; what an attack in the meantime would cost; authorities that can only be sought one
    after another, which adds at most the sum of the others to the longest (half a year to two
    years); and that one authority granted may serve several elements.

    Args:
        architecture: What is to stand.
        register: The authorities.
        start: Day on which all are sought.
        cost: The architecture's cost above what stands.
        share_a_year: Share of an element's acquisition cost that a year of waiting adds.
        standing: What stands already, where its places are not new.
        at_once: Whether elements stand as soon as building and authorities let them, in place of
            the years that the study gives; development is then taken as done.
        seed: Where luck starts.

    Returns:
        Elements in the architecture's order, those that wait for nothing left out, and
        authorities that gate any of them.
    """
    draws = cost.usd.shape[1] - 1
    ranges = Ranges(draws, seed=seed)
    share = ranges.of(share_a_year)
    waiting, places = [], old_places(standing)
    for element in architecture.elements:
        one = Waiting(register, element, start, ranges, places, at_once=at_once)
        if one.needs:
            waiting.append(one)
    costs = [_acquisition(architecture, cost, one.element) for one in waiting]
    usual = [one.fielded() for one in waiting]
    planned = np.full(1 + draws, fiscal_position(start))
    planned = np.max([planned, *(one.planned for one in waiting)], axis=0)
    whole = np.max([planned, *usual], axis=0)
    without: dict[tuple[int, str], Array] = {
        (i, one.id): usual[i] - waiter.fielded({one.id: 0.0})
        for i, waiter in enumerate(waiting)
        for one in waiter.needs
    }
    elements = []
    for i, waiter in enumerate(waiting):
        late = usual[i] - waiter.planned
        saved = {one.id: float(without[i, one.id][1:].mean()) for one in waiter.needs}
        worst = max(saved, key=lambda name: saved[name])
        elements.append(
            ElementGate(
                use=waiter.element.use,
                count=waiter.element.count,
                in_service=waiter.element.in_service,
                gated=first_whole_year(float(usual[i][0])),
                is_begun=waiter.is_begun,
                building_years=float(waiter.building[0]),
                needs=tuple(one.id for one in waiter.needs),
                fielded=_dates(usual[i]),
                delay_days=_span(late * DAYS_A_YEAR),
                binding=worst if saved[worst] > 0.5 / DAYS_A_YEAR else "",
                delay_usd=_span(late * share * costs[i]),
            )
        )
    usd = share * np.sum(
        [(late - one.planned) * of for one, late, of in zip(waiting, usual, costs, strict=True)]
        or [np.zeros(1 + draws)],
        axis=0,
    )
    names = dict.fromkeys(one.id for waiter in waiting for one in waiter.needs)
    found = [_cost_of(register[name], waiting, usual, without, costs, share) for name in names]
    found.sort(key=lambda one: (-one.usd.mean, -one.most_days))
    return Gated(
        architecture.name,
        tuple(elements),
        tuple(found),
        day_at(float(planned[0])),
        _dates(whole),
        _span(usd),
    )


def _cost_of(
    authority: Authority,
    waiting: Sequence[Waiting],
    usual: Sequence[Array],
    without: Mapping[tuple[int, str], Array],
    costs: Sequence[Array],
    share: Array,
) -> AuthorityCost:
    name = authority.id
    users = [i for i in range(len(waiting)) if (i, name) in without]
    least = {name: authority.lead_time.low}
    sooner = {i: usual[i] - waiting[i].fielded(least) for i in users}
    days = {i: float(without[i, name][1:].mean()) * DAYS_A_YEAR for i in users}
    most = max(users, key=lambda i: days[i])
    rest = [usual[i] - without.get((i, name), 0.0) for i in range(len(waiting))]
    moved = np.max(usual, axis=0) - np.max(rest, axis=0)
    usd = np.sum([without[i, name] * costs[i] for i in users], axis=0) * share
    bought = np.sum([sooner[i] * costs[i] for i in users], axis=0) * share
    return AuthorityCost(
        authority=name,
        elements=tuple(dict.fromkeys(waiting[i].element.use for i in users)),
        delayed=tuple(dict.fromkeys(waiting[i].element.use for i in users if days[i] > 0.5)),
        most_days=days[most],
        most_delayed=waiting[most].element.use if days[most] > 0.5 else "",
        whole_days=float(moved[1:].mean()) * DAYS_A_YEAR,
        usd=_span(usd),
        days_bought=float(sooner[most][1:].mean()) * DAYS_A_YEAR,
        usd_bought=float(bought[1:].mean()),
    )


def _acquisition(architecture: Architecture, cost: ArchitectureCost, element: Fielded) -> Array:
    """Give what an element costs to acquire, its share by number of all that use the item."""
    rows = [row.element == element.use and row.phase in WAITED_FOR for row in cost.rows]
    count = sum(one.count for one in architecture.elements if one.use == element.use)
    return np.asarray(cost.usd[rows].sum(axis=0) * (element.count / max(1, count)))


def _span(values: Array) -> Span:
    low, high = (float(q) for q in np.quantile(values[1:], (0.05, 0.95)))
    return Span(float(values[0]), float(values[1:].mean()), low, high)


def _dates(positions: Array) -> GateDates:
    low, high = (float(q) for q in np.quantile(positions[1:], (0.05, 0.95)))
    return GateDates(day_at(low), day_at(float(positions[0])), day_at(high))
