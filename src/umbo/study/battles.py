"""Fight one architecture against one raid: with luck, in expectation, and over assumptions."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from umbo.compiled import in_parallel
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
FLIGHT_DRAWS: Final = 4
"""Flights are flown anew for so many of the draws over assumptions, and shared by the rest."""
DRAW_PHASES: Final = (8, 64)
"""Fewest and most constellation phases of a draw; raids of many missiles need fewer."""
DRAW_SAMPLE_S: Final = 10.0
"""Spacing of the samples of a flight in a draw."""
LEAST_WEIGHT: Final = 1e-3
"""Rarer combinations of common faults are left out of a draw, worth 0.003 in leakage."""
STRATA: Final = 7
"""Of how early magazines run out, in the expected value; a draw goes without."""
MOST_OBJECTS_IN_STRATA: Final = 1_000
"""Larger raids empty every magazine for certain, and gain nothing by strata."""
PHASES_TIMES_MISSILES: Final = 640
"""Phases of a draw times missiles: a mean over so many is within some 3 % of its limit."""


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
    """Fight one architecture against one raid, with the study's decoys and at both limits.

    Args:
        study: Replications and seed.
        architecture: What stands.
        plan: The raid with its points drawn.
        flights: Its flights, with every value at its mode.
        drawn: The raid and its flights anew for each of a few draws of the missiles' ranges.
        catalog: For numbers that belong to no element.
        read: Reads modes, and remembers what was read.
        draws: Draws over the ranges of all assumptions; 0 for none.

    Returns:
        The battle.
    """
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
        expected_leakage=expected(
            found.windows, strata=STRATA if len(plan.missile) <= MOST_OBJECTS_IN_STRATA else 1
        ).leakage,
        assumed=_assume(study, architecture, drawn, catalog, draws, found.listens)
        if draws
        else None,
    )


def flights_of_draws(
    study: Study, name: str, catalog: Catalog, draws: int
) -> list[tuple[Raid, Flights, Readings]]:
    """Fly a raid anew for each of a few draws over the missiles' ranges."""
    missiles = sum(launch.count for launch in study.raids[name])
    phases = int(np.clip(PHASES_TIMES_MISSILES // missiles, *DRAW_PHASES))
    plan = draw_raid(name, study.raids[name], catalog, phases=phases, seed=study.seed)
    number = min(draws, FLIGHT_DRAWS)
    flown = []
    for draw in range(number):
        read = Readings(study.seed, draw, number)
        flown.append((plan, fly_raid(plan, catalog, read, sample_s=DRAW_SAMPLE_S), read))
    return flown


def _assume(
    study: Study,
    architecture: Architecture,
    drawn: Sequence[tuple[Raid, Flights, Readings]],
    catalog: Catalog,
    draws: int,
    listens: bool,
) -> Assumed:
    """Draw over all ranges; the order of fire is planned with the modes, as a defender would."""
    leakage = np.empty(draws)
    quantiles: list[Mapping[tuple[str, str], float]] = [{}] * draws

    def answer(draw: int) -> None:
        plan, flights, flight_read = drawn[draw % len(drawn)]
        read = Readings(study.seed, draw, draws)
        found = survey(architecture, plan, flights, catalog, read, seed=study.seed, listens=listens)
        leakage[draw] = expected(found.windows, least_weight=LEAST_WEIGHT).leakage
        quantiles[draw] = read.quantiles | flight_read.quantiles

    in_parallel(answer, draws)
    return Assumed(leakage, quantiles)
