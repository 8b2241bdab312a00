"""In which countries the payloads come down of missiles that are hit in their boost phase."""

from typing import Any

import numpy as np

from umbo.elements.architecture import Architecture, Fielded
from umbo.elements.countries import SEA, country_at
from umbo.engagement.shortfall import find_shortfall, hit_shares
from umbo.engagement.survey import Survey, survey
from umbo.physics.reach import fly_out_range
from umbo.study.margins import Stage
from umbo.study.sizing_posed import payload_coefficient

Row = dict[str, Any]


def fall_rows(architecture: Architecture, stage: Stage) -> list[Row]:
    """Say in which countries the payloads of missiles hit in boost come down, on average.

    A payload stays whole and falls freely from where the hit ends the thrust; hits come as fast as
    the reach of the interceptors grows, from the mean order to launch until burnout. Counts of
    missiles by country alone: what comes down, and where in a country, is not told. Left out:
    pieces; that a hit may destroy the payload.

    Args:
        architecture: What stands; without interceptors in orbit there is nothing to tell.
        stage: The raid.

    Returns:
        A row for each country, the most first, with the missiles whose payload falls there.
    """
    boost = {e.use: e for e in architecture.elements if e.item.layer == "boost" and e.count}
    if not boost:
        return []
    found = survey(
        architecture,
        stage.plan,
        stage.flights,
        stage.catalog,
        stage.read,
        seed=stage.seed,
        perfect=stage.perfect,
    )
    hit = _hit(found)
    if not hit.any():
        return []
    flights = stage.flights
    number = len(flights.shots)
    payloads = [payload_coefficient(stage.catalog.item(one.missile)) for one in flights.shots]
    times = find_shortfall(flights, payloads)
    country = country_at(times.lat_rad, times.lon_rad)
    by_country: dict[str, float] = {}
    for v, reach in enumerate(found.reach):
        weapon = boost[reach.weapon.split("#")[0]]
        weight = np.bincount(stage.plan.shot.ravel(), hit[v].ravel(), number) / len(hit[v])
        shares = _shares(weapon, reach.ordered_s, times.time_s, flights.burnout_s, stage)
        for name in np.unique(country):
            missiles = float((weight[:, None] * shares * (country == name)).sum())
            by_country[str(name)] = by_country.get(str(name), 0.0) + missiles
    whole = sum(by_country.values())
    launched, aimed = _ends(stage)
    return [
        {
            "country": name,
            "whose": _whose(name, launched, aimed),
            "missiles": missiles,
            "share": missiles / whole,
        }
        for name, missiles in sorted(by_country.items(), key=lambda one: -one[1])
        if missiles > 0.0
    ]


def _hit(found: Survey) -> np.ndarray[Any, Any]:
    """Give the chance that a missile is hit in boost by each weapon, (V, P, M)."""
    windows = found.windows
    p_shot = windows.boost_p_kill[:, None, None] * windows.boost_p_hand_over
    each = 1.0 - (1.0 - p_shot) ** windows.boost_shots
    any_hits = 1.0 - np.prod(1.0 - each, axis=0)
    total = each.sum(axis=0)
    part = np.divide(each, total, out=np.zeros_like(each), where=total > 0.0)
    return np.asarray(part * any_hits * windows.reliability)


def _shares(
    weapon: Fielded,
    ordered_s: float,
    time_s: np.ndarray[Any, Any],
    burnout_s: np.ndarray[Any, Any],
    stage: Stage,
) -> np.ndarray[Any, Any]:
    """Give when hits come, (F, K); at the last time before burnout where the reach says never."""
    read, values = stage.read, weapon.values
    reach_m = fly_out_range(
        np.maximum(time_s - ordered_s, 0.0),
        read(values["burnout_speed"]),
        read(values["acceleration"]),
    )
    shares = hit_shares(time_s, reach_m, burnout_s)
    last = np.maximum(np.searchsorted(time_s, burnout_s, side="right") - 1, 0)
    none = shares.sum(axis=1) == 0.0
    shares[none, last[none]] = 1.0
    return shares


def _ends(stage: Stage) -> tuple[set[str], set[str]]:
    """Give the countries that missiles are launched from, and those that they are aimed at."""
    shots = stage.flights.shots
    launched = country_at([s.launch_lat_rad for s in shots], [s.launch_lon_rad for s in shots])
    aimed = country_at([s.aim.lat_rad for s in shots], [s.aim.lon_rad for s in shots])
    return set(launched.tolist()) - {SEA}, set(aimed.tolist()) - {SEA}


def _whose(name: str, launched: set[str], aimed: set[str]) -> str:
    if name == SEA:
        return "nobody's"
    if name in launched:
        return "launched from"
    return "aimed at" if name in aimed else "neither"
