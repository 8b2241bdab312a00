"""Where the payloads of a raid's missiles come down whose boost is ended early, by country."""

from collections import defaultdict
from collections.abc import Collection
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from umbo.elements.catalog import Catalog
from umbo.elements.countries import SEA, country_at
from umbo.elements.threats import kind_of
from umbo.engagement.shortfall import Shortfall, find_shortfall, latest_short
from umbo.study.load import catalog_of
from umbo.study.schema import Study
from umbo.study.sizing_posed import fly_few, nearest_assets, payload_coefficient

Row = dict[str, Any]
Names = NDArray[np.str_]

FLIGHTS: Final = 6
"""Flights that stand for a launch's missiles."""
SAMPLE_S: Final = 10.0
EVERY: Final = 2
"""Every so many samples of the boost make a row."""


def shortfall_tables(
    study: Study, catalog: Catalog, raids: Collection[str]
) -> dict[str, list[Row]]:
    """Say, for each raid, where payloads fall by time of the intercept, and until when short.

    Counts of missiles only. A payload falls freely from the state at the intercept, whole; a
    glider falls as a body without lift. Missiles without a boost are left out. Launches are those
    of the study; a launch's missiles are in the proportion of some flights of it.

    Args:
        study: The study.
        catalog: The catalogue, without the study's view.
        raids: Which of its raids.

    Returns:
        ``shortfall_by_raid``: a row a launch of each raid, with the last intercept after launch
        for which the payload falls short of every place that the raid is aimed at (mean, least and
        most of its flights), and the last sampled one for which none falls in a country aimed at.
        ``shortfall_by_country``: a row a raid, time of the intercept and country, with the missiles
        whose payload would come down there.
    """
    viewed = catalog_of(study, catalog)
    launches: list[Row] = []
    fallen: list[Row] = []
    for raid in raids:
        aimed_at = {name for launch in study.raids[raid] for name in launch.shares}
        home = _countries(aimed_at, viewed)
        missiles: dict[tuple[float, str], float] = defaultdict(float)
        for launch in study.raids[raid]:
            item = viewed.item(launch.missile)
            if "burn_time" not in item.values:
                continue
            flights = fly_few(launch, viewed, FLIGHTS, SAMPLE_S)
            found = find_shortfall(flights, payload_coefficient(item))
            nearest = nearest_assets(aimed_at, flights, viewed)
            latest = latest_short(found, nearest, flights.burnout_s)
            country = np.where(
                np.isfinite(found.range_m), country_at(found.lat_rad, found.lon_rad), ""
            )
            launches.append(
                {
                    "raid": raid,
                    "missile": launch.missile,
                    "from": launch.from_,
                    "missiles": launch.count,
                    "kind": kind_of(item),
                    "burnout_s": float(flights.burnout_s.mean()),
                    "latest_s": float(latest.mean()),
                    "latest_low_s": float(latest.min()),
                    "latest_high_s": float(latest.max()),
                    "latest_abroad_s": min(
                        _latest_abroad(found, country, home), float(latest.min())
                    ),
                    "nearest_m": float(nearest.mean()),
                }
            )
            each = launch.count / len(country)
            for k in range(1, len(found.time_s), EVERY):
                for name in country[country[:, k] != "", k]:
                    missiles[float(found.time_s[k]), str(name)] += each
        fallen += [
            {"raid": raid, "time_s": time_s, "country": country, "missiles": number}
            for (time_s, country), number in sorted(missiles.items())
        ]
    return {"shortfall_by_raid": launches, "shortfall_by_country": fallen}


def _countries(aimed_at: Collection[str], catalog: Catalog) -> list[str]:
    """Name the countries in which the places aimed at lie."""
    places = [place for name in aimed_at for place in catalog.asset_group(name).places]
    found = country_at([p.lat_rad for p in places], [p.lon_rad for p in places])
    return sorted(set(found.tolist()) - {SEA})


def _latest_abroad(found: Shortfall, country: Names, home: list[str]) -> float:
    """Give the last sample before a payload falls in a country aimed at; nan where it is first."""
    falls = np.any(np.isin(country, home), axis=0)
    last = int(np.flatnonzero(np.any(country != "", axis=0))[-1])
    before = int(np.argmax(falls)) - 1 if np.any(falls) else last
    return float(found.time_s[before]) if before >= 0 else float("nan")
