"""Interceptors in orbit beyond boost: ascent, midcourse from higher shells, and glide."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

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
from umbo.physics.orbits import WalkerShell, walker_shell
from umbo.study.sizing_posed import Posed, fly_few

Row = dict[str, Any]
Array = NDArray[np.float64]

PHASES: Final = 192
FAR_PHASES: Final = 8
"""Phases of what is counted by thrust and free fall, where hundreds are in reach."""
HIGHER_M: Final = (700e3, 1_000e3)
"""Higher shells, of as many satellites, for midcourse."""
WINDOW_S: Final = 300.0
"""Of midcourse and of glide, from its begin on."""
GLIDER: Final = "hgv_long"
FROM: Final = "ru_central"
"""A glider and where it starts, where the question's missile does not glide itself."""
SAMPLE_S: Final = 10.0


def beyond(posed: Posed, shells: Sequence[WalkerShell]) -> list[Row]:
    """Count who reaches the missile after boost: to first release, in midcourse, and a glider.

    In boost and ascent by the flat disc over constellation phase and the area's flights, later by
    thrust and free fall, one flight. A glider is met below the air that interceptors of today's
    studies bear: the count says what one could do that bears it; its heat and drag are left out.

    Args:
        posed: The question.
        shells: The constellation.

    Returns:
        A row a phase and altitude of the shells.
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
        chances = chances_of(flights, interceptor, deadline, meetings=6)
        count = count_over_phases(shells, chances, PHASES)
        rows.append(_row(name, shells, deadline, count, "disc") | told)
    if kind_of(posed.catalog.item(missile)) == "ballistic":
        after = flights.burnout_s + (release.mode if release else 0.0)
        until = np.minimum(after + WINDOW_S, flights.impact_s - 200.0)
        for higher in (shells, *([_raised(s, h) for s in shells] for h in HIGHER_M)):
            count = _count_one(higher, flights, interceptor, after, until)
            name = f"midcourse, {WINDOW_S:g} s after release"
            rows.append(_row(name, higher, until[:1], count, "exact") | told)
    return rows + _glide(posed, shells, interceptor)


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
    until = np.minimum(entry + WINDOW_S, flights.impact_s)
    low = replace(interceptor, min_altitude_m=0.0)
    count = _count_one(shells, flights, low, entry, until)
    name = f"glide, {WINDOW_S:g} s from its begin"
    row = _row(name, shells, until[:1], count, "exact")
    return [row | {"missile": glider, "from": area}]


def _count_one(
    shells: Sequence[WalkerShell],
    flights: Flights,
    interceptor: Interceptor,
    first_s: Array,
    until_s: Array,
) -> NDArray[np.int32]:
    """Count by thrust and free fall who meets the first flight at either end of a window."""
    chances = chances_of(flights, interceptor, until_s, meetings=2, first_s=first_s)
    one = Chances(chances.time_s[:1], chances.target_ecef_m[:1], chances.reach_m[:1])
    return count_exactly(shells, one, interceptor, FAR_PHASES)


def _row(
    name: str, shells: Sequence[WalkerShell], until_s: Array, count: NDArray[np.int32], how: str
) -> Row:
    found = spread(count)
    return {
        "phase": name,
        "altitude_m": shells[0].altitude_m,
        "deadline_s": float(np.mean(until_s)),
        "fly_out": how,
        "in_reach_mean": found.mean,
        "in_reach_p05": found.p05,
        "in_reach_p50": found.p50,
        "in_reach_p95": found.p95,
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
