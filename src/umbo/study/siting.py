"""Where an interceptor should stand to cover the most of the priorities at home."""

from dataclasses import replace
from typing import Any, Final

import numpy as np

from umbo.appraisal.siting import choose_exactly, choose_greedily
from umbo.elements.architecture import Architecture, Fielded
from umbo.elements.assets import locations_of
from umbo.elements.catalog import Catalog
from umbo.elements.places import Place
from umbo.elements.readings import Readings
from umbo.engagement.flights import fly_raid
from umbo.engagement.survey import survey
from umbo.errors import StudyError, UnknownNameError, suggest
from umbo.study.load import catalog_of, resolve
from umbo.study.priorities import SAMPLE_S, aimed_at, place_scores
from umbo.study.schema import Study

Row = dict[str, Any]

CITIES: Final = 40
"""Candidate sites among the metropolitan areas, the largest."""
COVERED_FROM: Final = 0.5
"""A location is covered by a site that can engage so many of the flights at it."""


def siting_tables(
    study: Study, catalog: Catalog, weapon: str, raid: str, architecture: str, sites: int
) -> dict[str, list[Row]]:
    """Choose the sites of an interceptor, exactly and greedily, for one site up to so many.

    Candidates are the 40 largest metropolitan areas and the public sites of missile defense in
    the United States. A site covers a location if, of the raid's flights at it, it can engage at
    least half in time, with the architecture's sensors and the radar that the weapon has at its
    site. Left out: magazines, kill probability and the other weapons, so that covered is not
    defended; what a second site adds to the same location.

    Args:
        study: The study.
        catalog: The bundled catalogue.
        weapon: An interceptor that an architecture of the study has.
        raid: A raid of the study, aimed here at every location at home alike.
        architecture: The architecture whose sensors track.
        sites: At most so many sites.

    Returns:
        ``siting``: a row for each number of sites and method, with the share of the score of
        all locations in the raid's reach that is covered, and what no choice exceeds.

    Raises:
        UnknownNameError: No architecture has this weapon.
        StudyError: It does not fight from the ground, or the raid reaches no location at home.
    """
    viewed, standing = catalog_of(study, catalog), resolve(study, catalog)
    candidates = candidates_of(viewed)
    fielded = _weapon(weapon, list(standing.values()))
    placed = replace(fielded, count=len(candidates), sites=tuple((p, 1) for p in candidates))
    others = [one for one in standing[architecture].elements if one.item.model != "fights"]
    stand = replace(standing[architecture], elements=(*others, placed))

    home = [one for one in locations_of(viewed) if one.group == "home"]
    plan, known = aimed_at(home, raid, study, viewed)
    flights = fly_raid(plan, known, Readings(), sample_s=SAMPLE_S)
    found = survey(stand, plan, flights, known, Readings(), seed=study.seed, perfect=study.perfect)
    # In time: ready no later than the last launch that leaves the site time for a salvo.
    ready_s = np.moveaxis(found.ready_s[found.weapon_of], 0, -1)  # (P, M, B)
    can_engage = (found.latest_s[found.shot, :, 0] >= ready_s) & np.isfinite(ready_s)
    scores = place_scores(viewed)
    names = [name for name in found.windows.assets if name in scores]
    covers = np.zeros((len(candidates), len(names)), np.bool_)
    for i, name in enumerate(names):
        aimed = found.windows.asset == found.windows.assets.index(name)
        covers[:, i] = can_engage[aimed].mean(axis=0) >= COVERED_FROM
    value = np.array([scores[name] for name in names])
    rows: list[Row] = []
    for number in range(1, min(sites, len(candidates)) + 1):
        for method, choose in (("exact", choose_exactly), ("greedy", choose_greedily)):
            choice = choose(covers, value, number)
            rows.append(
                {
                    "architecture": architecture,
                    "raid": raid,
                    "weapon": weapon,
                    "sites": number,
                    "method": method,
                    "share_covered": choice.value / float(value.sum()),
                    "share_bound": choice.bound / float(value.sum()),
                    "locations": len(names),
                    "chosen": "; ".join(candidates[i].name for i in choice.sites),
                }
            )
    return {"siting": rows}


def candidates_of(catalog: Catalog) -> list[Place]:
    """List the candidate sites: large metropolitan areas, and public sites of missile defense."""
    cities = [one for one in locations_of(catalog) if one.category == "countervalue"]
    largest = sorted(cities, key=lambda one: -one.persons)[:CITIES]
    sites = [
        place
        for place in catalog.places.values()
        if place.nation == "US" and place.category == "missile_defense"
    ]
    return [*(one.places[0] for one in largest), *sites]


def _weapon(name: str, standing: list[Architecture]) -> Fielded:
    weapons = {
        element.use: element
        for one in reversed(standing)
        for element in one.elements
        if element.item.model == "fights"
    }
    if name not in weapons:
        raise UnknownNameError(f"no architecture fights with {name!r}; {suggest(name, weapons)}")
    if weapons[name].constellation is not None:
        ground = [use for use, one in weapons.items() if one.constellation is None]
        raise StudyError(f"{name!r} stands in orbit and has no site; name one of {ground}")
    return weapons[name]
