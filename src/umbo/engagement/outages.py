"""What is out of work for a whole raid: sites, radars, command, drawn in each phase."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from umbo.elements.architecture import Architecture, Fielded
from umbo.elements.catalog import Catalog
from umbo.elements.command import CUT
from umbo.elements.readings import Readings
from umbo.elements.sourced import Value
from umbo.engagement.weapons import command_values, luck_by_phase

SHIP: Final = "aegis_ship"
"""The element that carries interceptors at sea, and is away for most of the time."""

Truths = NDArray[np.bool_]


def happens(seed: int, what: str, phases: int, chance: float) -> Truths:
    """Draw in which phases something happens, in as many of them as its chance says: (P,).

    One phase more or less where the chance is no whole number of them (stratified sampling), so
    that rare outages keep their mean over few phases.
    """
    rank = np.argsort(np.argsort(luck_by_phase(seed, f"outage/{what}", phases, 0)))
    within = luck_by_phase(seed, f"outage/{what}/within", phases, 0)
    return np.asarray((rank + within) / phases < chance)


def sites_out(
    architecture: Architecture,
    keys: Sequence[tuple[str, str]],
    read: Readings,
    *,
    phases: int,
    seed: int,
) -> Truths:
    """Say which batteries are out in each phase, (P, B): by the availability of their weapon.

    The rounds of a site are out together. Where ships stand at the place, it is manned while one
    of them at least is on station, each as often as its availability says. Left out: rounds that
    are out one by one, for a study counts rounds that are ready; fewer rounds while some ships
    of several are away.

    Args:
        architecture: What stands.
        keys: Element and place of each battery.
        read: Which number of each range is read.
        phases: Constellation phases.
        seed: The study's seed.
    """
    out = np.zeros((phases, len(keys)), np.bool_)
    first: dict[str, Fielded] = {}
    for one in architecture.elements:
        first.setdefault(one.use, one)
    for b, (use, place) in enumerate(keys):
        works = first[use].values.get("availability")
        if works is not None:
            out[:, b] = happens(seed, f"site/{use}/{place}", phases, 1.0 - read(works))
        ships = _ships_at(architecture, place)
        if ships:
            away = 1.0 - read(first[SHIP].values["availability"])
            out[:, b] |= happens(seed, f"ships/{place}", phases, away**ships)
    return out


def _ships_at(architecture: Architecture, place: str) -> int:
    return sum(
        count
        for one in architecture.elements
        if one.use == SHIP
        for at, count in one.sites
        if at.id == place
    )


def without_radars(
    architecture: Architecture, read: Readings, *, patterns: int, seed: int
) -> tuple[list[Architecture], list[set[tuple[str, str]]]]:
    """Give an architecture without the radars that are out, and those, in each of some patterns.

    Each radar on the ground by its own availability; those in the air are in the chance of
    custody (``air_custody``). Patterns that lose the same are one architecture.
    """
    lost: list[set[tuple[str, str]]] = [set() for _ in range(patterns)]
    for one in architecture.elements:
        if one.item.model != "radar" or one.item.category != "radar":
            continue
        out = 1.0 - read(one.values["availability"])
        for place, _ in one.sites:
            here = happens(seed, f"radar/{one.use}/{place.id}", patterns, out)
            for pattern in np.flatnonzero(here):
                lost[int(pattern)].add((one.use, place.id))
    known: dict[frozenset[tuple[str, str]], Architecture] = {frozenset(): architecture}
    for gone in lost:
        if frozenset(gone) not in known:
            elements = tuple(_without(one, gone) for one in architecture.elements)
            known[frozenset(gone)] = replace(architecture, elements=elements)
    return [known[frozenset(gone)] for gone in lost], lost


def _without(one: Fielded, gone: set[tuple[str, str]]) -> Fielded:
    sites = tuple((place, count) for place, count in one.sites if (one.use, place.id) not in gone)
    if len(sites) == len(one.sites):
        return one
    return replace(one, sites=sites, count=sum(count for _, count in sites))


def cut_chance(architecture: Architecture, catalog: Catalog) -> Value:
    """Give the chance that command is cut for a whole raid, but for outages and strikes."""
    return architecture.command.cut or command_values(architecture, catalog)[CUT]


def command_cut(
    architecture: Architecture, catalog: Catalog, read: Readings, *, phases: int, seed: int
) -> Truths:
    """Say in which phases command is cut for the whole raid, (P,)."""
    chance = read(cut_chance(architecture, catalog))
    if architecture.outages == "drawn":
        works = read(command_values(architecture, catalog)["availability"])
        chance = 1.0 - (1.0 - chance) * works
    if chance == 0.0:
        return np.zeros(phases, np.bool_)
    return happens(seed, "command", phases, chance)
