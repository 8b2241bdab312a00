"""How many missiles interceptors in orbit engage at once, and which assumption carries that."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np

from umbo.appraisal.sizing_search import Orbits, Task, enough_work, shells_of
from umbo.elements.catalog import Catalog
from umbo.elements.readings import Readings
from umbo.engagement.in_reach import count_over_phases, spread
from umbo.errors import UmboError
from umbo.physics.orbits import WalkerShell
from umbo.study.sizing_posed import WEAPON, Posed, pose

Row = dict[str, Any]

PHASES: Final = 192
VARIED: Final = (
    "burnout_speed",
    "acceleration",
    "decision_delay",
    "min_intercept_altitude",
    "availability",
)
ELSEWHERE: Final = ("iran_central", "ru_central")
"""Other places of launch that are tried."""
ODDS_SHOTS: Final = (1, 2, 3)
UNLIKELY: Final = 0.005
"""Chance below which no more missiles at once are told of."""
MOST_AT_ONCE: Final = 60
_SCALE: Final = {"m_per_s": (1e3, "km/s"), "m_per_s2": (9.80665, "gee"), "m": (1e3, "km")}


@dataclass(frozen=True, eq=False)
class _Moved:
    """One assumption at another value."""

    assumption: str
    asked: str
    at: str
    posed: Posed
    shots: int
    shells: Sequence[WalkerShell]
    change: dict[str, float] = field(default_factory=dict)
    end: str = ""
    is_input: bool = True
    """Whether it is a number or a class that a study assumes, not another question."""


def carries(
    posed: Posed, shells: Sequence[WalkerShell], best: Orbits, catalog: Catalog
) -> list[Row]:
    """Vary one assumption at a time over its range, and see how many missiles are engaged.

    Args:
        posed: The question.
        shells: The constellation that it is asked of.
        best: The orbits found to be best for the question.
        catalog: The catalogue, without any view: its ranges count where a view has one number.

    Returns:
        A row for the question as asked, then one for each assumption moved.
    """
    asked = _Moved("as asked", "", "", posed, posed.shots, shells)
    moved = [*_inputs(posed, shells, catalog), *_other_questions(posed, shells, best)]
    return [_engaged(one) for one in (asked, *moved)]


def _inputs(posed: Posed, shells: Sequence[WalkerShell], catalog: Catalog) -> Iterator[_Moved]:
    shots, question = posed.shots, posed.question
    for parameter in VARIED:
        value = posed.catalog.value(WEAPON, parameter)
        known = value if value.low < value.high else catalog.value(WEAPON, parameter)
        as_asked = value.mode
        if parameter == "decision_delay":
            as_asked = posed.interceptor(Readings()).commit_s
        for end, at in (("low", known.low), ("high", known.high)):
            if at != as_asked:
                yield _Moved(
                    parameter, _written(as_asked, value.unit), _written(at, value.unit),
                    posed, shots, shells, {parameter: at}, end,
                )  # fmt: skip
    several = posed.catalog.value(WEAPON, "shots_per_target")
    for other in sorted({1, 2, round(several.low), round(several.high)} - {shots}):
        yield _Moved("shots at each missile", str(shots), str(other), posed, other, shells)
    if posed.fly_out_s is not None:
        return
    for missile in ("icbm_solid", "icbm_liquid"):
        if missile != question.missile:
            other_one = pose(question.model_copy(update={"missile": missile}), posed.catalog)
            yield _Moved("missile", question.missile, missile, other_one, shots, shells)
    if question.deadline == "burnout":
        sooner = pose(
            question.model_copy(update={"deadline": "before_useful_range"}), posed.catalog
        )
        yield _Moved("deadline", "burnout", "before useful range", sooner, shots, shells)


def _other_questions(posed: Posed, shells: Sequence[WalkerShell], best: Orbits) -> Iterator[_Moved]:
    question, shots = posed.question, posed.shots
    satellites = sum(shell.count for shell in shells)
    suited = shells_of(best, satellites)
    if _told(suited) != _told(shells):
        yield _Moved("orbits", _told(shells), _told(suited), posed, shots, suited, is_input=False)
    if posed.fly_out_s is not None:  # a mean over the globe, of no one place
        return
    for area in ELSEWHERE:
        if area in question.from_:
            continue
        try:
            there = pose(
                question.model_copy(update={"from_": [area]}),
                posed.catalog,
                fly_out_s=posed.fly_out_s,
            )
        except UmboError:  # what is aimed at lies out of its reach
            continue
        yield _Moved(
            "place of launch", question.from_[0], area, there, shots, shells, is_input=False
        )


def _told(shells: Sequence[WalkerShell]) -> str:
    degrees = " and ".join(f"{np.degrees(s.inclination_rad):.0f}" for s in shells)
    return f"{degrees} deg, {shells[0].altitude_m / 1e3:.0f} km"


def _written(number: float, of: str) -> str:
    scale, unit = _SCALE.get(of, (1.0, of))
    return f"{number / scale:.3g} {unit}".removesuffix(" 1")


def _engaged(one: _Moved) -> Row:
    task = one.posed.task(Readings(), **one.change)
    count = np.concatenate([count_over_phases(one.shells, c, PHASES) for c in task.chances], axis=1)
    found = spread(count * (task.availability / one.shots))
    return {
        "assumption": one.assumption,
        "asked": one.asked,
        "at": one.at,
        "end": one.end,
        "is_input": one.is_input,
        "satellites": sum(shell.count for shell in one.shells),
        "in_reach_mean": float(count.mean()),
        "shots": one.shots,
        "engaged_mean": found.mean,
        "engaged_p05": found.p05,
        "engaged_p50": found.p50,
        "engaged_p95": found.p95,
    }


def odds(task: Task, shells: Sequence[WalkerShell], posed: Posed) -> list[Row]:
    """Say with what chance so many missiles at once each get so many shots, none used twice.

    From one place at once they have the same interceptors in reach, of which each serves one;
    of the worst area, over its launch points, constellation phase and a day.

    Args:
        task: The question's task.
        shells: The constellation.
        posed: The question.

    Returns:
        A row a number of missiles and of shots at each, until it is unlikely with one.
    """
    counts = [count_over_phases(shells, c, PHASES) for c in task.chances]
    rows: list[Row] = []
    for missiles in range(1, MOST_AT_ONCE + 1):
        chances = {}
        for shots in sorted({*ODDS_SHOTS, posed.shots}):
            tail = enough_work(missiles * shots, task.availability)
            chances[shots] = min(float(tail[np.minimum(c, len(tail) - 1)].mean()) for c in counts)
        rows += [{"missiles": missiles, "shots": k, "chance": p} for k, p in chances.items()]
        if missiles >= posed.question.raid and max(chances.values()) < UNLIKELY:
            break
    return rows
