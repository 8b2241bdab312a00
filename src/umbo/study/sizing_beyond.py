"""Interceptors in orbit beyond boost: ascent, midcourse from higher shells, and glide."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from umbo.elements.interceptors import FlyOut
from umbo.elements.readings import Readings
from umbo.elements.threats import kind_of
from umbo.engagement.flights import Flights
from umbo.engagement.in_reach import (
    Chances,
    Interceptor,
    chances_of,
    count_exactly,
    count_over_phases,
    spread,
)
from umbo.engagement.orbit_layers import glide_from
from umbo.engagement.raid import Launch
from umbo.errors import UmboError
from umbo.physics.earth import ecef_to_geodetic
from umbo.physics.orbits import WalkerShell, walker_shell
from umbo.study.sizing_posed import Posed, fly_few

Row = dict[str, Any]
Array = NDArray[np.float64]

PHASES: Final = 192
NEAR_PHASES: Final = 48
AREA_PHASES: Final = 8
FAR_PHASES: Final = 8
"""Phases of what is counted by thrust and free fall: of one flight at one moment; of the four
of an area in boost and ascent; of one where hundreds are in reach."""
WINDOW_MEETINGS: Final = 6
"""Times at which a flight can be met in a window; with its two ends alone a tenth was missed."""
FLY_OUTS_S: Final = (30.0, 60.0, 90.0, 120.0, 180.0, 300.0, 450.0, 600.0, 900.0)
"""Times of flight at which the two fly-outs are set side by side."""
NEAR_S: Final = 300.0
"""Time of flight up to which few are in reach, so that many phases are counted."""
HIGHER_M: Final = (700e3, 1_000e3)
"""Higher shells, of as many satellites, for midcourse."""
WINDOW_S: Final = 300.0
"""Of midcourse and of glide, from its begin on."""
GLIDER: Final = "hgv_long"
FROM: Final = "ru_central"
"""A glider and where it starts, where the question's missile does not glide itself."""
SAMPLE_S: Final = 10.0


def beyond(posed: Posed, shells: Sequence[WalkerShell]) -> list[Row]:
    """Count who reaches the missile in each phase: boost, to first release, midcourse, and glide.

    Each by the flat disc and by thrust and free fall. In boost and ascent over constellation
    phase and the area's flights, later of one flight. Interceptors leave as early as in boost,
    which takes a known path for minutes; rows beside that are ordered when their phase begins.
    A glider is met below the air that interceptors of today's studies bear: the count says what
    one could do that bears it; its heat and drag are left out.

    Args:
        posed: The question.
        shells: The constellation.

    Returns:
        A row a phase, altitude of the shells and time of the order.
    """
    flights, interceptor = posed.flights[0], posed.interceptor(Readings())
    missile, area = posed.question.missile, posed.question.from_[0]
    release = posed.catalog.item(missile).values.get("release_time")
    told = {"missile": missile, "from": area}
    stages = [("boost", posed.deadline_s[0])]
    if release is not None:
        stages.append(("ascent, to first release", flights.burnout_s + release.mode))
    rows = []
    for name, deadline in stages:
        chances = chances_of(flights, interceptor, deadline, meetings=WINDOW_MEETINGS)
        rows.append(_row(name, shells, chances, interceptor, "disc", AREA_PHASES) | told)
    if kind_of(posed.catalog.item(missile)) == "ballistic":
        after = flights.burnout_s + (release.mode if release else 0.0)
        window = (after, np.minimum(after + WINDOW_S, flights.impact_s - 200.0))
        name = f"midcourse, {WINDOW_S:g} s after release"
        late = _ordered(interceptor, after)
        rows.append(_later(name, shells, flights, late, window) | told)
        for higher in (shells, *([_raised(s, h) for s in shells] for h in HIGHER_M)):
            rows.append(_later(name, higher, flights, interceptor, window) | told)
    return rows + _glide(posed, shells, interceptor)


def fly_outs(posed: Posed, shells: Sequence[WalkerShell]) -> list[Row]:
    """Set the flat disc beside thrust and free fall by the time an interceptor has.

    At one moment of one flight each, above the lowest intercept, in boost and long after it.

    Args:
        posed: The question.
        shells: The constellation.

    Returns:
        A row a time of flight: how far the disc reaches then, and how many are in reach by each.
    """
    flights, interceptor = posed.flights[0], posed.interceptor(Readings())
    rows = []
    for fly_s in FLY_OUTS_S:
        until = np.full(len(flights.shots), interceptor.commit_s + fly_s)
        chances = _of_first(chances_of(flights, interceptor, until, meetings=1))
        if until[0] >= flights.impact_s[0] or chances.reach_m[0, 0] <= 0.0:
            continue
        phases = NEAR_PHASES if fly_s <= NEAR_S else FAR_PHASES
        row = _row("", shells, chances, interceptor, "disc", phases)
        rows.append(
            {
                "fly_s": fly_s,
                "time_s": float(until[0]),
                "in_boost": bool(until[0] <= flights.burnout_s[0]),
                "altitude_m": float(ecef_to_geodetic(chances.target_ecef_m[0, 0])[2]),
                "disc_m": float(chances.reach_m[0, 0]),
                "disc_mean": row["disc_mean"],
                "exact_mean": row["exact_mean"],
                "exact_over_disc": row["exact_mean"] / max(row["disc_mean"], 1e-9),
            }
        )
    return rows


def _glide(posed: Posed, shells: Sequence[WalkerShell], interceptor: Interceptor) -> list[Row]:
    missile, area = posed.question.missile, posed.question.from_[0]
    if kind_of(posed.catalog.item(missile)) == "glide":
        glider, flights = missile, posed.flights[0]
    else:
        glider, area = GLIDER, FROM
        try:
            launch = Launch(missile=glider, count=1, from_=area, at=posed.question.at)
            flights = fly_few(launch, posed.catalog, 1, SAMPLE_S)
        except UmboError:  # what is aimed at lies out of its reach
            return []
    top_m = posed.catalog.value(glider, "glide_altitude").high
    entry = glide_from(flights, top_m)
    window = (entry, np.minimum(entry + WINDOW_S, flights.impact_s))
    low = replace(interceptor, min_altitude_m=0.0)
    name = f"glide, {WINDOW_S:g} s from its begin"
    return [
        _later(name, shells, flights, one, window) | {"missile": glider, "from": area}
        for one in (_ordered(low, entry), low)
    ]


def _ordered(interceptor: Interceptor, begin_s: Array) -> Interceptor:
    """Let it leave when a phase of the first flight begins."""
    return replace(interceptor, commit_s=max(interceptor.commit_s, float(begin_s[0])))


def _later(
    name: str,
    shells: Sequence[WalkerShell],
    flights: Flights,
    interceptor: Interceptor,
    window_s: tuple[Array, Array],
) -> Row:
    """Count by thrust and free fall who meets the first flight in a window after boost."""
    first_s, until_s = window_s
    chances = chances_of(flights, interceptor, until_s, meetings=WINDOW_MEETINGS, first_s=first_s)
    return _row(name, shells, _of_first(chances), interceptor, "exact", FAR_PHASES)


def _of_first(chances: Chances) -> Chances:
    return Chances(chances.time_s[:1], chances.target_ecef_m[:1], chances.reach_m[:1])


def _row(
    name: str,
    shells: Sequence[WalkerShell],
    chances: Chances,
    interceptor: Interceptor,
    told: FlyOut,
    phases: int,
) -> Row:
    """Count over phases by both fly-outs, the spread by the one that is told."""
    exact = count_exactly(shells, chances, interceptor, phases)
    disc = count_over_phases(shells, chances, phases)
    counted = exact if told == "exact" else count_over_phases(shells, chances, PHASES)
    found = spread(counted)
    return {
        "phase": name,
        "altitude_m": shells[0].altitude_m,
        "ordered_s": interceptor.commit_s,
        "deadline_s": float(np.mean(chances.time_s[:, -1])),
        "fly_out": told,
        "in_reach_mean": found.mean,
        "in_reach_p05": found.p05,
        "in_reach_p50": found.p50,
        "in_reach_p95": found.p95,
        "disc_mean": float(disc.mean()),
        "exact_mean": float(exact.mean()),
    }


def _raised(shell: WalkerShell, altitude_m: float) -> WalkerShell:
    return walker_shell(
        altitude_m,
        shell.inclination_rad,
        shell.planes,
        shell.per_plane,
        phasing=shell.phasing,
        pattern=shell.pattern,
    )
