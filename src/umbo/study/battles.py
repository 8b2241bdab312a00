"""Fight one architecture against one raid: with luck, in expectation, and over assumptions."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from umbo.elements.architecture import Architecture
from umbo.elements.catalog import Catalog
from umbo.elements.readings import Readings
from umbo.engagement.expected import expected
from umbo.engagement.flights import Flights, fly_raid
from umbo.engagement.outcome import Outcome
from umbo.engagement.raid import Raid, draw_raid
from umbo.engagement.simulate import simulate
from umbo.engagement.survey import Discrimination, Survey, survey
from umbo.study.schema import Study

ASSUMPTION_DRAWS: Final = 64
FLIGHT_DRAWS: Final = 8
"""Flights are flown anew for so many of the draws over assumptions, and shared by the rest."""
DRAW_PHASES: Final = 64


@dataclass(frozen=True, eq=False)
class Assumed:
    """Expected leakage of one battle over draws of every assumption's range."""

    leakage: np.ndarray[Any, Any]
    """(D,)"""
    quantiles: Sequence[Mapping[tuple[str, str], float]]
    """Of each draw, the quantile at which each value was read."""


@dataclass(frozen=True, eq=False)
class Battle:
    """One architecture against one raid, in full."""

    found: Survey
    outcome: Mapping[Discrimination, Outcome]
    expected_leakage: float
    assumed: Assumed | None


def fight(
    study: Study,
    architecture: Architecture,
    plan: Raid,
    flights: Flights,
    drawn: Sequence[tuple[Raid, Flights, Readings]],
    catalog: Catalog,
    read: Readings,
    draws: int,
) -> Battle:
    found = survey(architecture, plan, flights, catalog, read, seed=study.seed)
    kinds: Iterable[Discrimination] = ("study", "recognised", "not_told_apart")
    outcome: dict[Discrimination, Outcome] = {}
    for kind in kinds:
        if kind != "study" and found.rates[kind] == found.rates["study"]:
            outcome[kind] = outcome["study"]
            continue
        outcome[kind] = simulate(found.under(kind), study.replications, study.seed)
    return Battle(
        found=found,
        outcome=outcome,
        expected_leakage=expected(found.windows).leakage,
        assumed=_assume(study, architecture, drawn, catalog, draws) if draws else None,
    )


def flights_of_draws(
    study: Study, name: str, catalog: Catalog, draws: int
) -> list[tuple[Raid, Flights, Readings]]:
    """Fly a raid anew for each of a few draws over the missiles' ranges."""
    plan = draw_raid(name, study.raids[name], catalog, phases=DRAW_PHASES, seed=study.seed)
    number = min(draws, FLIGHT_DRAWS)
    flown = []
    for draw in range(number):
        read = Readings(study.seed, draw, number)
        flown.append((plan, fly_raid(plan, catalog, read), read))
    return flown


def _assume(
    study: Study,
    architecture: Architecture,
    drawn: Sequence[tuple[Raid, Flights, Readings]],
    catalog: Catalog,
    draws: int,
) -> Assumed:
    leakage, quantiles = [], []
    for draw in range(draws):
        plan, flights, flight_read = drawn[draw % len(drawn)]
        read = Readings(study.seed, draw, draws)
        found = survey(architecture, plan, flights, catalog, read, seed=study.seed)
        leakage.append(expected(found.windows).leakage)
        quantiles.append(read.quantiles | flight_read.quantiles)
    return Assumed(np.array(leakage), quantiles)
