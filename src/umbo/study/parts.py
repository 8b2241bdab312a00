"""What elements at home, forward and in orbit add to each other's defense."""

from dataclasses import replace
from itertools import combinations
from typing import Any, Final

import numpy as np

from umbo.appraisal.margins import shapley
from umbo.elements.architecture import Architecture, Fielded
from umbo.elements.assets import THEATERS
from umbo.elements.catalog import Catalog
from umbo.elements.places import Place
from umbo.study.margins import Stage, worth

Row = dict[str, Any]

PARTS: Final = ("home", "forward", "orbit")
"""At home: on the soil of the United States outside the theaters. Forward: anywhere else."""


def part_of(place: Place, forward: frozenset[str]) -> str:
    """Say whether a place is at home or forward.

    Args:
        place: The place.
        forward: Ids of the places of all theaters.
    """
    return "home" if place.nation == "US" and place.id not in forward else "forward"


def forward_places(catalog: Catalog) -> frozenset[str]:
    """Give the ids of the places of all theaters."""
    return frozenset(p.id for name in THEATERS for p in catalog.asset_group(name).places)


def split(architecture: Architecture, catalog: Catalog) -> dict[str, list[Fielded]]:
    """Sort elements by part, one with places in both as two; what has no place is in none."""
    forward = forward_places(catalog)
    parts: dict[str, list[Fielded]] = {name: [] for name in PARTS}
    for one in architecture.elements:
        if one.item.category.startswith("space_") or one.constellation is not None:
            parts["orbit"].append(one)
        for name in ("home", "forward"):
            at = tuple((p, n) for p, n in one.sites if part_of(p, forward) == name)
            if at and one.constellation is None:
                parts[name].append(replace(one, sites=at, count=sum(n for _, n in at)))
    return {name: elements for name, elements in parts.items() if elements}


def part_rows(architecture: Architecture, stage: Stage) -> list[Row]:
    """Share out what an architecture stops of one raid among home, forward and orbit.

    Command and other elements without a place stand in every coalition, so that none of the parts
    lacks its battle manager. Exact: all coalitions of the three are fought, without luck.

    Args:
        architecture: The architecture.
        stage: The raid.

    Returns:
        A row for each part that the architecture has: its Shapley value, what it does alone, and
        what is lost without it. Where there is but one part, nothing.
    """
    parts = split(architecture, stage.catalog)
    if len(parts) < 2:
        return []
    placed = {id(one) for one in architecture.elements if one.sites or _in_orbit(one)}
    always = [one for one in architecture.elements if id(one) not in placed]
    names = list(parts)
    ends: dict[frozenset[int], np.ndarray[Any, Any]] = {}
    for size in range(len(names) + 1):
        for members in combinations(range(len(names)), size):
            chosen = [one for i in members for one in parts[names[i]]]
            stopped = worth(replace(architecture, elements=(*always, *chosen)), stage)
            ends[frozenset(members)] = np.array(
                [-stopped.leakage, -stopped.leakers, stopped.protected]
            )
    shares = shapley(len(names), ends.__getitem__)
    everything, nothing = frozenset(range(len(names))), frozenset[int]()
    return [
        {
            "architecture": architecture.name,
            "raid": stage.plan.name,
            "raid_on": raid_on(stage),
            "part": name,
            "leakage_now": -float(ends[everything][0]),
            "leakage_alone": -float(ends[frozenset({i})][0]),
            "leakage_without": -float(ends[everything - {i}][0]),
            "leakage_none": -float(ends[nothing][0]),
            "leakage_adds": float(shares.value[i, 0]),
            "warheads_adds": float(shares.value[i, 1]),
            "share_protected_adds": float(shares.value[i, 2]),
        }
        for i, name in enumerate(names)
    ]


def _in_orbit(one: Fielded) -> bool:
    return one.item.category.startswith("space_") or one.constellation is not None


def raid_on(stage: Stage) -> str:
    """Say whether a raid is aimed at home or forward, by most of its aim points."""
    forward = forward_places(stage.catalog)
    aims = [part_of(shot.aim, forward) for shot in stage.flights.shots]
    return max(("home", "forward"), key=aims.count)
