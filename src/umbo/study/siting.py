"""Where an interceptor should stand, and with how many rounds, for the priorities at home."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np

from umbo.appraisal.rounds import Placing, place_exactly, place_greedily, protected
from umbo.appraisal.siting import choose_exactly, choose_greedily
from umbo.elements.architecture import Architecture, Fielded
from umbo.elements.assets import Location, locations_of
from umbo.elements.catalog import Catalog
from umbo.elements.places import Place
from umbo.elements.readings import Readings
from umbo.elements.sourced import Value
from umbo.engagement.flights import fly_raid
from umbo.engagement.survey import survey
from umbo.errors import StudyError, UnknownNameError, suggest
from umbo.study.cited import input_tables
from umbo.study.costing import Costing, cost_study
from umbo.study.load import catalog_of, resolve
from umbo.study.margins import element_costs
from umbo.study.priorities import SAMPLE_S, aimed_at, place_scores
from umbo.study.schema import Study

Row = dict[str, Any]
Array = np.ndarray[Any, Any]

SITED: Final = "thaad"
"""The interceptor that is sited where none is named."""
MOST_SITES: Final = 10
"""Most sites where no number is given."""
CITIES: Final = 40
"""Candidate sites among the metropolitan areas, the largest."""
COVERED_FROM: Final = 0.5
"""A location is covered by a site that can engage so many of the flights at it."""
OF_ROUNDS: Final = (0.25, 0.5, 1.0, 2.0)
"""Parts of the rounds asked for at which the shots are placed too."""


@dataclass(frozen=True, eq=False)
class Ground:
    """Which candidate sites cover which locations; S sites, L places."""

    weapon: Fielded
    candidates: list[Place]
    locations: list[Location]
    """(L,) the location of each place in reach."""
    covers: Array
    """(S, L)"""
    value: Array
    """(L,) scores."""
    p_kill: float
    """Chance that a round kills, handed over, on average over what can be engaged."""
    used: Mapping[tuple[str, str], Value]


def survey_sites(
    study: Study,
    catalog: Catalog,
    weapon: str,
    raid: str,
    architecture: str,
    weights: Mapping[str, float] | None = None,
) -> Ground:
    """Find which candidate site of an interceptor covers which location at home.

    Candidates are the 40 largest metropolitan areas and the public sites of missile defense in
    the United States. A site covers a location if, of the raid's flights at it, it can engage at
    least half in time, with the architecture's sensors and the radar that the weapon has at its
    site. Left out: the other weapons.

    Args:
        study: The study.
        catalog: The bundled catalogue.
        weapon: An interceptor that an architecture of the study has.
        raid: A raid of the study, aimed here at every location at home alike.
        architecture: The architecture whose sensors track.
        weights: Swing weights of the priorities in place of the catalogue's.

    Raises:
        UnknownNameError: No architecture has this weapon.
        StudyError: It does not fight from the ground, or the raid reaches no location at home.
    """
    viewed, standing = catalog_of(study, catalog), resolve(study, catalog)
    candidates = candidates_of(viewed)
    fielded = _weapon(weapon, architecture, standing)
    placed = replace(fielded, count=len(candidates), sites=tuple((p, 1) for p in candidates))
    others = [one for one in standing[architecture].elements if one.item.model != "fights"]
    stand = replace(standing[architecture], elements=(*others, placed))

    home = [one for one in locations_of(viewed) if one.group == "home"]
    plan, known = aimed_at(home, raid, study, viewed)
    read = Readings()
    flights = fly_raid(plan, known, read, sample_s=SAMPLE_S)
    found = survey(stand, plan, flights, known, read, seed=study.seed, perfect=study.perfect)
    # In time: ready no later than the last launch that leaves the site time for a salvo.
    ready_s = np.moveaxis(found.ready_s[found.weapon_of], 0, -1)  # (P, M, B)
    can_engage = (found.latest_s[found.shot, :, 0] >= ready_s) & np.isfinite(ready_s)
    scores = place_scores(viewed, weights, read)
    named = {place.id: one for one in home for place in one.places}
    names = [name for name in found.windows.assets if name in scores and name in named]
    covers = np.zeros((len(candidates), len(names)), np.bool_)
    for i, name in enumerate(names):
        aimed = found.windows.asset == found.windows.assets.index(name)
        covers[:, i] = can_engage[aimed].mean(axis=0) >= COVERED_FROM
    windows = found.windows
    handed = windows.p_hand_over[0][can_engage.any(axis=-1)]
    return Ground(
        weapon=fielded,
        candidates=candidates,
        locations=[named[name] for name in names],
        covers=covers,
        value=np.array([scores[name] for name in names]),
        p_kill=float(windows.p_kill[0] * handed.mean()) if handed.size else 0.0,
        used=read.used,
    )


def siting_tables(
    study: Study,
    catalog: Catalog,
    weapon: str,
    raid: str,
    architecture: str,
    sites: int,
    *,
    rounds: int | None = None,
    magazine: int | None = None,
    warheads: int = 1,
    weights: Mapping[str, float] | None = None,
) -> dict[str, list[Row]]:
    """Choose the sites of an interceptor, and its rounds at them, exactly and greedily.

    First the sites that cover most (``survey_sites`` says what covers); then, with rounds that
    run out and miss, how many to put where: every location in the raid's reach meets as many
    warheads at once, and each round is meant for one location that its site covers. Left out:
    the other weapons; what an attacker who knows the plan would do.

    Args:
        study: The study.
        catalog: The bundled catalogue.
        weapon: An interceptor that an architecture of the study has.
        raid: A raid of the study, aimed here at every location at home alike.
        architecture: The architecture whose sensors track.
        sites: At most so many sites.
        rounds: Rounds in all; as many as the architecture has, or the first that has any, if
            left out.
        magazine: Rounds at one site at most; the most that it has at one if left out.
        warheads: Warheads aimed at each location.
        weights: Swing weights of the priorities in place of the catalogue's.

    Returns:
        ``siting`` (sites that cover: a row for each number and method, with the share of the
        score covered and what no choice exceeds), ``siting_rounds`` (rounds placed: the share
        protected, and what the rounds alone cost), ``siting_sites`` (each candidate chosen, with
        its rounds), ``siting_categories`` (what the rounds protect by category), ``inputs`` and
        ``sources``.

    Raises:
        UnknownNameError: No architecture has this weapon.
        StudyError: It does not fight from the ground, or the raid reaches no location at home.
    """
    ground = survey_sites(study, catalog, weapon, raid, architecture, weights)
    key = {"architecture": architecture, "raid": raid, "weapon": weapon}
    most = min(sites, len(ground.candidates))
    chosen = [key | row for row in _covering(ground, most)]
    held = max((number for _, number in ground.weapon.sites), default=ground.weapon.count)
    asked = rounds or ground.weapon.count
    limits = {"sites": most, "magazine": magazine or held}
    asked = min(asked, most * limits["magazine"])
    placed, best, greedy = _placing(ground, asked, warheads, limits)
    viewed, standing = catalog_of(study, catalog), resolve(study, catalog)
    costing = cost_study(study, catalog, draws=2)
    each_usd = _round_usd(costing, weapon, architecture)
    for row in placed:
        usd = row["rounds_placed"] * each_usd
        row["cost_usd"] = usd
        row["share_per_busd"] = row["share_protected"] * 1e9 / usd if usd > 0.0 else None
    used_by = {"siting": ground.used, "cost": _priced(costing, weapon)}
    used = [(value, name) for name, of in used_by.items() for _, value in sorted(of.items())]
    cited = [one.source for one in ground.locations] + [p.source for p in ground.candidates]
    return {
        "siting": chosen,
        "siting_rounds": [key | row for row in placed],
        "siting_sites": _sites(ground, chosen, best, greedy),
        "siting_categories": _categories(ground, best, warheads),
        **input_tables(used, standing, viewed, also_cited=cited),
    }


def _round_usd(costing: Costing, weapon: str, architecture: str) -> float:
    """Give the most likely cost of a round over the horizon, where it first stands if not here."""
    usd = element_costs(costing)
    names = [architecture, *costing.architectures]
    name = next(one for one in names if (one, weapon) in usd)
    elements = costing.architectures[name].elements
    return usd[name, weapon] / sum(one.count for one in elements if one.use == weapon)


def _priced(costing: Costing, weapon: str) -> dict[tuple[str, str], Value]:
    return {key: value for key, value in costing.model.used.items() if key[0] == weapon}


def _covering(ground: Ground, most: int) -> list[Row]:
    rows: list[Row] = []
    whole = float(ground.value.sum())
    for number in range(1, most + 1):
        for method, choose in (("exact", choose_exactly), ("greedy", choose_greedily)):
            choice = choose(ground.covers, ground.value, number)
            rows.append(
                {
                    "sites": number,
                    "method": method,
                    "share_covered": choice.value / whole,
                    "share_bound": choice.bound / whole,
                    "locations": len(ground.value),
                    "chosen": "; ".join(ground.candidates[i].name for i in choice.sites),
                }
            )
    return rows


def _placing(
    ground: Ground, asked: int, warheads: int, limits: Mapping[str, int]
) -> tuple[list[Row], Placing, Placing]:
    coming = np.full(len(ground.value), warheads)
    whole = float(ground.value.sum())
    p_kill = max(ground.p_kill, 1e-9)
    rows: list[Row] = []
    placings: dict[tuple[int, str], Placing] = {}
    full = limits["sites"] * limits["magazine"]
    numbers = sorted({min(max(1, round(asked * part)), full) for part in OF_ROUNDS} | {asked})
    for number in numbers:
        for method, place in (("exact", place_exactly), ("greedy", place_greedily)):
            made = place(
                ground.covers, ground.value, coming, p_kill=p_kill, rounds=number, **limits
            )
            placings[number, method] = made
            at = [(int(n), ground.candidates[s].name) for s, n in enumerate(made.rounds) if n]
            rows.append(
                {
                    "rounds": number,
                    "method": method,
                    "sites": len(at),
                    "magazine": limits["magazine"],
                    "warheads_each": warheads,
                    "p_kill": ground.p_kill,
                    "share_protected": made.value / whole,
                    "share_bound": None if np.isnan(made.bound) else made.bound / whole,
                    "rounds_placed": int(made.rounds.sum()),
                    "asked": number == asked,
                    "chosen": "; ".join(f"{name} {n}" for n, name in sorted(at, reverse=True)),
                }
            )
    return rows, placings[asked, "exact"], placings[asked, "greedy"]


def _sites(ground: Ground, chosen: list[Row], best: Placing, greedy: Placing) -> list[Row]:
    """List the candidates that any choice takes; what they cover is told as a share alone."""
    covering = [row for row in chosen if row["method"] == "exact"][-1]["chosen"].split("; ")
    whole = float(ground.value.sum())
    return [
        {
            "site": place.name,
            "lat_deg": round(float(np.degrees(place.lat_rad)), 1),
            "lon_deg": round(float(np.degrees(place.lon_rad)), 1),
            "covering": place.name in covering,
            "rounds": int(best.rounds[s]),
            "rounds_greedy": int(greedy.rounds[s]),
            "share_in_reach": float(ground.value[ground.covers[s]].sum() / whole),
        }
        for s, place in enumerate(ground.candidates)
        if place.name in covering or best.rounds[s] or greedy.rounds[s]
    ]


def _categories(ground: Ground, best: Placing, warheads: int) -> list[Row]:
    """Say what the rounds protect by category: which single place is left open is not told."""
    shots = best.shots.sum(axis=0)
    rows = []
    for category in dict.fromkeys(one.category for one in ground.locations):
        mine = np.array([one.category == category for one in ground.locations])
        worth, coming = ground.value[mine], np.full(int(mine.sum()), warheads)
        kept = protected(shots[mine], worth, coming, max(ground.p_kill, 1e-9))
        rows.append(
            {
                "category": category,
                "locations": int(mine.sum()),
                "in_reach": int(ground.covers[:, mine].any(axis=0).sum()),
                "rounds": int(shots[mine].sum()),
                "share_protected": kept / float(worth.sum()) if worth.sum() > 0.0 else None,
            }
        )
    return rows


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


def _weapon(name: str, architecture: str, standing: Mapping[str, Architecture]) -> Fielded:
    """Give a weapon as an architecture has it, or as the first one that does."""
    weapons: dict[str, Fielded] = {}
    for one in (standing[architecture], *standing.values()):
        for element in one.elements:
            if element.item.model == "fights":
                weapons.setdefault(element.use, element)
    if name not in weapons:
        raise UnknownNameError(f"no architecture fights with {name!r}; {suggest(name, weapons)}")
    if weapons[name].constellation is not None:
        ground = [use for use, one in weapons.items() if one.constellation is None]
        raise StudyError(f"{name!r} stands in orbit and has no site; name one of {ground}")
    return weapons[name]
