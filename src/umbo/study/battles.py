"""Fight architectures against one raid: with luck, in expectation, and over assumptions."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import count
from typing import Final

import numpy as np
from numpy.typing import NDArray

from umbo.compiled import in_parallel
from umbo.elements.architecture import Architecture
from umbo.elements.catalog import Catalog
from umbo.elements.readings import Readings
from umbo.engagement.expected import expected
from umbo.engagement.flights import Flights, fly_raid
from umbo.engagement.holding import FEW_PAIRS
from umbo.engagement.outcome import Outcome
from umbo.engagement.raid import Raid, draw_raid
from umbo.engagement.replanning import play as play_battle
from umbo.engagement.struck_reach import reach
from umbo.engagement.survey import Discrimination, Survey, plan_fire, survey
from umbo.engagement.windows import Windows
from umbo.errors import DomainError
from umbo.study.schema import Study

Array = NDArray[np.float64]

ASSUMPTION_DRAWS: Final = 64
FLIGHT_DRAWS: Final = 4
"""Flights are flown anew for so many of the draws over assumptions, and shared by the rest."""
MOST_TRIALS: Final = 20
"""Of a draw of missiles that do not come where they are sent."""
REACH_DRAWS: Final = (8, 16)
"""What is held in track and reached is found anew for so many of the draws, and shared by the
rest; chances of kill, track, discrimination and faults are drawn in all. Fewest for raids of
``MANY_MISSILES`` and more that are all ballistic, whose intervals another eight move no more than
another seed does: magazines and chances decide them."""
MANY_MISSILES: Final = 10
DRAW_PHASES: Final = (4, 32)
"""Fewest and most constellation phases of a draw; raids of many missiles need fewer."""
DRAW_SAMPLE_S: Final = 10.0
"""Spacing of the samples of a flight in a draw."""
LEAST_WEIGHT: Final = 1e-3
"""Rarer combinations of common faults take a mean in an expected value, worth 0.0001 in leakage."""
STRATA: Final = 7
"""Of how early magazines run out, in the expected value; a draw goes without."""
OBJECTS_IN_STRATA: Final = 8_000
"""Objects times phases, of a larger raid fewer phases, that tell what strata are worth: to 0.0003
of a leakage."""
LEAST_IN_STRATA: Final = 1e-4
"""The same as ``LEAST_WEIGHT``, where a stratum leaves rarer ones out."""
ANEW_REPLICATIONS: Final = 5_000
"""Battles of other luck that stand for the expected value where fire is planned anew."""
FEW_ANEW: Final = 400
"""The same for a draw over assumptions, all of one luck."""
PHASES_TIMES_MISSILES: Final = 320
"""Phases of a draw times missiles: a mean over so many is within some 5 % of its limit; twice as
many move the ends of intervals by a hundredth at most."""


@dataclass(frozen=True, eq=False)
class Assumed:
    """Expected leakage of one battle over draws of every assumption's range."""

    leakage: Array
    """(D,)"""
    quantiles: Sequence[Mapping[tuple[str, str], float]]
    """Of each draw, the quantile at which each value was read."""
    idle: frozenset[str]
    """Weapons that can fire in no draw."""


@dataclass(frozen=True, eq=False)
class Battle:
    """One architecture against one raid, in full."""

    found: Survey
    outcome: Mapping[Discrimination, Outcome]
    expected_leakage: float
    leakers_by_phase: Array | None
    """(P,) expected; None where fire is planned anew."""
    assumed: Assumed | None


def fight(
    study: Study,
    architectures: Sequence[Architecture],
    plan: Raid,
    flights: Flights,
    drawn: Sequence[tuple[Raid, Flights, Readings]],
    catalog: Catalog,
    read: Readings,
    draws: int,
    tell: Callable[[float], None],
) -> list[Battle]:
    """Fight architectures against one raid, with the study's decoys and at both limits.

    Args:
        study: Replications and seed.
        architectures: What stands in each.
        plan: The raid with its points drawn.
        flights: Its flights, with every value at its mode.
        drawn: The raid and its flights anew for each of a few draws of the missiles' ranges.
        catalog: For numbers that belong to no element.
        read: Reads modes, and remembers what was read.
        draws: Draws over the ranges of all assumptions; 0 for none.
        tell: Told the share of this work that is done; from any thread.

    Returns:
        The battles, in the order of the architectures.
    """
    number = len(architectures)
    found: list[Survey | None] = [None] * number

    def look(i: int) -> None:
        found[i] = survey(
            architectures[i],
            plan,
            flights,
            catalog,
            read,
            seed=study.seed,
            perfect=study.perfect,
        )

    in_parallel(look, number)
    surveys = [each for each in found if each is not None]
    outcome: list[dict[Discrimination, Outcome]] = [{} for _ in surveys]
    means = np.empty(number)
    by_phase: list[Array | None] = [None] * number
    leakage = np.empty((number, draws))
    quantiles: list[list[Mapping[tuple[str, str], float]]] = [[{}] * draws for _ in surveys]
    can_fire: list[set[str]] = [set() for _ in surveys]
    done = count(1)

    def play(i: int, kind: Discrimination) -> None:
        found = surveys[i]
        windows = found.windows if kind == "study" else found.under(kind)
        outcome[i][kind] = play_battle(windows, study.replications, study.seed)

    def expect(i: int) -> None:
        windows = surveys[i].windows
        if windows.is_planned_anew:
            means[i] = leakage_anew(windows, study.seed + 1, ANEW_REPLICATIONS)
            return
        means[i], by_phase[i] = leakage_expected(windows)

    fewest, most = REACH_DRAWS
    is_many = len(plan.missile_types) >= MANY_MISSILES and set(flights.kind) == {"ballistic"}
    reaches = min(draws, fewest if is_many else most)

    def assume(number: int) -> None:
        sensing = Readings(study.seed, number, reaches)
        chances = [(n, Readings(study.seed, n, draws)) for n in range(number, draws, reaches)]
        for i in reversed(range(len(architectures))):
            assume_of(i, number, sensing.alike(), [(n, read.alike()) for n, read in chances])

    def assume_of(
        i: int, number: int, sensing: Readings, chances: Sequence[tuple[int, Readings]]
    ) -> None:
        raid, flown, flight_read = drawn[number % len(drawn)]
        reached = reach(
            architectures[i],
            raid,
            flown,
            catalog,
            sensing,
            seed=study.seed,
            most_pairs=FEW_PAIRS,
            perfect=study.perfect,
        )
        held_at, flown_at = sensing.quantiles, flight_read.quantiles
        for draw, drawing in chances:
            listens = surveys[i].listens
            seen = plan_fire(reached, catalog, drawing, seed=study.seed, listens=listens)
            can_fire[i] |= seen.windows.can_fire
            leakage[i, draw] = (
                leakage_anew(seen.windows, study.seed, FEW_ANEW)
                if seen.windows.is_planned_anew
                else seen.means.leakage
            )
            quantiles[i][draw] = held_at | drawing.quantiles | flown_at

    # The longest first: the last architecture of a study is its largest.
    work: list[Callable[[], None]] = []
    for i in reversed(range(number)):
        work.append(partial(expect, i))
        work += [partial(play, i, kind) for kind in _different(surveys[i])]

    work += [partial(assume, number) for number in range(reaches)]

    def do(task: int) -> None:
        work[task]()
        tell(next(done) / len(work))

    in_parallel(do, len(work))
    return [
        Battle(
            found=surveys[i],
            outcome={kind: outcome[i].get(kind, outcome[i]["study"]) for kind in surveys[i].rates},
            expected_leakage=float(means[i]),
            leakers_by_phase=by_phase[i],
            assumed=Assumed(leakage[i], quantiles[i], _weapons(surveys[i]) - can_fire[i])
            if draws
            else None,
        )
        for i in range(number)
    ]


def _weapons(found: Survey) -> frozenset[str]:
    return frozenset(found.windows.boost_weapons + found.windows.weapons)


def leakage_expected(windows: Windows) -> tuple[float, Array]:
    """Give the expected leakage, and the leakers of each phase.

    With magazines in strata, which a large raid affords in few phases: there leakage alone.
    """
    phases, objects = len(windows.order), len(windows.missile)
    step = max(-(-phases * objects // OBJECTS_IN_STRATA), 1)
    if step == 1:
        found = expected(windows, strata=STRATA, least_weight=LEAST_IN_STRATA)
        return found.leakage, found.leakers_by_phase
    found = expected(windows, least_weight=LEAST_WEIGHT)
    few = windows.in_phases(np.arange(0, phases, step))
    by_strata = expected(few, strata=STRATA, least_weight=LEAST_IN_STRATA).leakers
    by_none = expected(few, least_weight=LEAST_IN_STRATA).leakers
    leakage = float(np.clip(found.leakage + (by_strata - by_none) / found.arriving, 0.0, 1.0))
    return leakage, found.leakers_by_phase


def leakage_anew(windows: Windows, seed: int, replications: int) -> float:
    """Give the mean leakage of fire planned anew, by luck: no expected-value model knows it."""
    return play_battle(windows, replications, seed).leakage.value


def _different(found: Survey) -> list[Discrimination]:
    """List the kinds of discrimination that differ from the study's, and that one."""
    study = found.rates["study"]
    return ["study", *(kind for kind, rates in found.rates.items() if rates != study)]


def flights_of_draws(
    study: Study, name: str, catalog: Catalog, draws: int
) -> list[tuple[Raid, Flights, Readings]]:
    """Fly a raid anew for each of a few draws over the missiles' ranges.

    A draw of a missile that does not come where the raid sends it is drawn again: the ranges are
    those of missiles that do.

    Raises:
        DomainError: ``MOST_TRIALS`` draws in a row do not come there.
    """
    missiles = sum(launch.count for launch in study.raids[name])
    phases = int(np.clip(PHASES_TIMES_MISSILES // missiles, *DRAW_PHASES))
    plan = draw_raid(
        name,
        study.raids[name],
        catalog,
        phases=phases,
        seed=study.seed,
        strikes=study.strikes_first.get(name, ()),
    )
    number = min(draws, FLIGHT_DRAWS)
    flown: dict[int, tuple[Raid, Flights, Readings]] = {}

    def fly(draw: int) -> None:
        for trial in range(MOST_TRIALS):
            read = Readings(study.seed, draw, number, trial)
            try:
                flown[draw] = plan, fly_raid(plan, catalog, read, sample_s=DRAW_SAMPLE_S), read
                return
            except DomainError:
                if trial + 1 == MOST_TRIALS:
                    raise

    in_parallel(fly, number)
    return [flown[draw] for draw in range(number)]
