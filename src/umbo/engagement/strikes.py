"""A shield that is struck itself: a stated share of its parts is lost once the strike arrives."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Final, Literal, get_args

import numpy as np
from pydantic import Field, field_validator

from umbo.draws import decision_id, uniform
from umbo.elements.architecture import IN_ORBIT, Architecture, Fielded
from umbo.elements.catalog import Catalog
from umbo.elements.overrides import checked_share, read_range
from umbo.elements.sourced import Value
from umbo.engagement.transport import ENTRY_POINTS
from umbo.errors import DomainError
from umbo.section import Section
from umbo.units import Seconds

Hit = Literal["radars", "ground_stations", "sites", "satellites", "command"]
"""What of a shield a strike takes; batteries fall with the radar that guides them."""
HITS: Final[tuple[Hit, ...]] = get_args(Hit)[:4]
"""Those of which a share is lost; command is whole or cut."""
STRIKE: Final = "strike"
"""The item of the catalogue that holds the shares."""
_GOLDEN: Final = 0.6180339887498949


class Strike(Section):
    """A part of a raid that hits the shield before the rest comes."""

    hits: Hit
    """What it takes: ``radars``, ``ground_stations``, ``sites`` of interceptors, ``satellites``,
    or ``command``, which it cuts."""
    lost: str = ""
    """Share lost, such as ``0.5`` or ``0.5 (0.2 to 0.9)``, of command the chance that it is cut;
    the catalogue's where left out."""
    arrives_s: Seconds = Field(default=0.0, ge=0.0, le=7 * 86_400.0)
    """When it arrives after the raid begins, from when on the share is lost."""
    source: str = ""
    """Where the share comes from; ``ours`` where we chose it."""
    note: str = ""
    """Anything a reader should know."""

    @field_validator("lost")
    @classmethod
    def _is_a_share(cls, text: str) -> str:
        return checked_share(text, "a share lost")

    def share(self, catalog: Catalog) -> Value:
        """Give the share that is lost, with its range."""
        value = catalog.value(STRIKE, self.hits)
        if not self.lost:
            return value
        low, mode, high = read_range(self.lost, value.unit)
        note = self.note or "of the study's raid"
        return replace(
            value, low=low, mode=mode, high=high, source="study", locator="", conf="ours", note=note
        )


def taken(names: Sequence[str], share: float, *, seed: int, pattern: int = 0) -> list[bool]:
    """Say which of some units a strike takes: the share of them, to one unit more or less.

    Their order is drawn once; each pattern begins at another place of it (golden section), so
    that over many patterns each unit is lost in the share of them.

    Args:
        names: Names of the units, each once.
        share: Share that is lost, 0 to 1.
        seed: The study's seed.
        pattern: Which of many equally likely losses.

    Raises:
        DomainError: The share is not in 0 to 1.
    """
    if not 0.0 <= share <= 1.0:
        raise DomainError(f"a share lost must lie in 0 to 1; got {share:g}")
    luck = [uniform(seed, 0, 0, decision_id(f"strike/{name}")) for name in names]
    rank = np.argsort(np.argsort(luck))
    place = (rank + 0.5) / max(len(names), 1) + pattern * _GOLDEN
    return [bool(here) for here in np.modf(place)[0] < share]


def struck(
    architecture: Architecture, lost: Mapping[Hit, float], *, seed: int, pattern: int = 0
) -> Architecture:
    """Give what is left of an architecture's sensors, links and satellites after a strike.

    Radars are lost whole; ground stations lose their links to satellites; of satellites of all
    kinds the share that works falls, each drawn anew in every phase. Sites come with
    ``sites_taken``, command with ``cut_off``. Left out: repair, satellites that move into the
    gaps, and what a strike costs whom it is made by.

    Args:
        architecture: What stands before.
        lost: Share lost of each kind.
        seed: The study's seed.
        pattern: Which of many equally likely losses.
    """
    gone = _radars_taken(architecture, lost.get("radars", 0.0), seed=seed, pattern=pattern)
    left = 1.0 - lost.get("satellites", 0.0)
    elements = [
        _thinned(one, left) if one.item.category in IN_ORBIT else _without(one, gone)
        for one in architecture.elements
    ]
    stations = taken(
        [f"station/{name}" for name in ENTRY_POINTS],
        lost.get("ground_stations", 0.0),
        seed=seed,
        pattern=pattern,
    )
    cut = tuple(name for name, is_cut in zip(ENTRY_POINTS, stations, strict=True) if is_cut)
    return replace(architecture, elements=tuple(elements), cut_stations=cut)


def without_sites(
    architecture: Architecture, lost: Mapping[Hit, float], *, seed: int, pattern: int = 0
) -> Architecture:
    """Give what ``struck`` leaves, less the sites of interceptors that are lost."""
    gone = sites_taken(architecture, lost, seed=seed, pattern=pattern)
    left = struck(architecture, lost, seed=seed, pattern=pattern)
    elements = [_without(one, gone) for one in left.elements]
    return replace(left, elements=tuple(elements))


def sites_taken(
    architecture: Architecture, lost: Mapping[Hit, float], *, seed: int, pattern: int = 0
) -> set[tuple[str, str]]:
    """Name the sites of interceptors that are lost: element and place.

    Those of the share, and those whose own radar at the place is lost.
    """
    sites = [
        (one.use, place.id, one.item.model_with)
        for one in architecture.elements
        if one.item.model == "fights"
        for place, _ in one.sites
    ]
    hit = taken(
        [f"site/{use}/{place}" for use, place, _ in sites],
        lost.get("sites", 0.0),
        seed=seed,
        pattern=pattern,
    )
    radars = _radars_taken(architecture, lost.get("radars", 0.0), seed=seed, pattern=pattern)
    return {
        (use, place)
        for (use, place, radar), is_hit in zip(sites, hit, strict=True)
        if is_hit or (radar, place) in radars
    }


def together(strikes: Sequence[tuple[Hit, float]]) -> dict[Hit, float]:
    """Add up strikes: each takes its share of what those before have left."""
    left: dict[Hit, float] = {}
    for hit, share in strikes:
        left[hit] = left.get(hit, 1) * (1 - share)
    return {hit: 1 - of for hit, of in left.items()}


def _radars_taken(
    architecture: Architecture, share: float, *, seed: int, pattern: int
) -> set[tuple[str, str]]:
    radars = [
        (one.use, place.id)
        for one in architecture.elements
        if one.item.model == "radar"
        for place, _ in one.sites
    ]
    hit = taken([f"radar/{use}/{at}" for use, at in radars], share, seed=seed, pattern=pattern)
    return {radar for radar, is_hit in zip(radars, hit, strict=True) if is_hit}


def _without(one: Fielded, gone: set[tuple[str, str]]) -> Fielded:
    sites = tuple((place, count) for place, count in one.sites if (one.use, place.id) not in gone)
    if len(sites) == len(one.sites):
        return one
    return replace(one, sites=sites, count=sum(count for _, count in sites))


def _thinned(one: Fielded, left: float) -> Fielded:
    if left == 1.0 or "availability" not in one.values:
        return one
    works = one.values["availability"]
    works = replace(works, low=left * works.low, mode=left * works.mode, high=left * works.high)
    return replace(one, values={**one.values, "availability": works})
