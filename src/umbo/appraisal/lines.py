"""What elements share: production lines, and launches to orbit."""

import csv
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import numpy as np
from numpy.typing import NDArray

from umbo.appraisal.fielding import MONTHS, SPAN_YEARS, Program
from umbo.elements.catalog import Catalog
from umbo.elements.sourced import Value

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Line:
    """A line of production, as public sources tell of it."""

    id: str
    name: str
    items: tuple[str, ...]
    limits: str
    """rate: its items share the published rate; mass: launches; flag: told, without a number."""
    note: str
    source: str
    conf: str


@dataclass(frozen=True, eq=False)
class Limit:
    """Something that several elements share."""

    name: str
    members: tuple[int, ...]
    """Places of the elements in the schedule."""
    weights: tuple[float, ...]
    """What a unit of each takes."""
    monthly: Array
    """What there is in each month."""


@cache
def production_lines() -> tuple[Line, ...]:
    """Give the lines of the package; read once a process."""
    text = files("umbo.data").joinpath("production_lines.csv").read_text(encoding="utf-8")
    return tuple(
        Line(
            row["line"],
            row["name"],
            tuple(row["items"].split()),
            row["limits"],
            row["note"],
            row["source"],
            row["conf"],
        )
        for row in csv.DictReader(text.splitlines())
    )


def single_sources(element: str) -> tuple[Line, ...]:
    """Give the lines on which an element hangs with others or with one maker alone."""
    return tuple(line for line in production_lines() if element in line.items)


def limits_on(
    programs: Sequence[Program], catalog: Catalog, read: Callable[[Value], float]
) -> list[Limit]:
    """Give what the elements of a schedule share."""
    months = _months()
    found = []
    for line in production_lines():
        members = tuple(i for i, one in enumerate(programs) if one.element in line.items)
        if line.limits == "rate" and len(members) > 1:
            first = max((programs[i] for i in members), key=lambda one: one.rate_goal_per_year)
            share = np.clip(months / first.ramp_years, 0.0, 1.0)
            rate = first.rate_per_year
            a_year = rate + (first.rate_goal_per_year - rate) * share
            found.append(Limit(line.name, members, (1.0,) * len(members), a_year / MONTHS))
    launched = tuple(i for i, one in enumerate(programs) if one.mass_kg > 0.0)
    if launched:

        def market(parameter: str) -> float:
            return read(catalog.value("launch", parameter))

        today, grown = market("national_security_launch_rate"), market("shield_launch_rate")
        share = np.clip(months / market("shield_ramp_time"), 0.0, 1.0)
        mass = (today + (grown - today) * share) * market("payload_per_launch") / MONTHS
        weights = tuple(programs[i].mass_kg for i in launched)
        found.append(Limit("launches to orbit", launched, weights, mass))
    return found


def deliver(
    programs: Sequence[Program], wanted: Sequence[Array], limits: Sequence[Limit]
) -> tuple[list[Array], list[tuple[Limit, ...]]]:
    """Share out what is limited, month by month, in the order of the elements.

    What is left of a month's capacity waits for the next month of the same year only, so that
    a line that starts up does not build up stock for decades.

    Args:
        programs: The elements, first come first served.
        wanted: Of each, the new units that it would have by each month, were nothing shared.
        limits: What is shared.

    Returns:
        The new units that each has by each month, and the limits that held it back.
    """
    delivered = [units.copy() for units in wanted]
    touched = sorted({i for limit in limits for i in limit.members})
    of_each = {
        i: [
            (k, limit.weights[limit.members.index(i)])
            for k, limit in enumerate(limits)
            if i in limit.members
        ]
        for i in touched
    }
    held: list[dict[int, Limit]] = [{} for _ in programs]
    lives = {i: _months_of(programs[i].life_years) for i in touched}
    asked = {i: wanted[i].tolist() for i in touched}
    monthly = [limit.monthly.tolist() for limit in limits]
    made: dict[int, list[float]] = {i: [] for i in touched}  # new units and replacements
    left = [0.0] * len(limits)
    have = dict.fromkeys(touched, 0.0)
    most = {i: max(asked[i], default=0.0) for i in touched}
    for month in range(len(wanted[0]) if wanted else 0):
        if all(have[i] >= most[i] for i in touched):  # what follows are replacements alone
            for i in touched:
                delivered[i][month:] = have[i]
            break
        for k in range(len(limits)):
            left[k] = min(left[k], 11.0 * monthly[k][month]) + monthly[k][month]
        for i in touched:
            renewed = made[i][month - lives[i]] if 0 < lives[i] <= month else 0.0
            made[i].append(renewed)
            if renewed:
                for k, weight in of_each[i]:
                    left[k] = max(0.0, left[k] - renewed * weight)
        for i in touched:
            ask = asked[i][month] - have[i]
            if ask > 0.0:
                for k, weight in of_each[i]:
                    fits = left[k] / weight
                    if fits < ask - 1e-9:
                        held[i][k] = limits[k]
                    ask = min(ask, fits)
                for k, weight in of_each[i]:
                    left[k] -= ask * weight
                have[i] += ask
                made[i][month] += ask
            delivered[i][month] = have[i]
    return delivered, [tuple(one.values()) for one in held]


def _months_of(years: float) -> int:
    return round(years * MONTHS) if np.isfinite(years) else 0


def _months() -> Array:
    return np.arange(SPAN_YEARS * MONTHS) / MONTHS
