"""Mixes of a country's missiles: attacks from land, from the sea and of both, of one size."""

import math
from collections.abc import Mapping, Sequence
from typing import Final

from umbo.appraisal.odds import odds_of, tilted
from umbo.appraisal.stability import Curve
from umbo.elements.catalog import Catalog
from umbo.elements.readings import Readings
from umbo.elements.threats import base_of, kind_of
from umbo.engagement.raid import Launch, adversary_of
from umbo.study.penetration import LEAST_RANGE_M, Attack, flown
from umbo.study.schema import Study

WARHEADS: Final = 600
"""In an attack of one mix."""
MIX_PARTS: Final = (0.15, 1.0)
"""Parts of such an attack that are fought."""
OTHERS: Final = ""
"""Stands for countries whose own missiles are in no raid of the study."""

Mixes = Mapping[tuple[str, float], Attack]
"""Attacks by country and by the share of their warheads that comes from the sea."""


def mixes_of(
    study: Study, catalog: Catalog, raid: str, opponents: Sequence[str], read: Readings
) -> Mixes:
    """Fly attacks of pure and of mixed composition that stand for a country's own retaliation.

    Those of the raid that stands for all are its own launches, from land alone and from the sea
    alone. A country whose missiles are in other raids of the study starts them where they start
    there, with the warheads and decoys of that raid, so that only place and class differ. Left
    out: that a country's warheads and decoys differ, and by region within a mix.

    Args:
        study: The study.
        catalog: Missiles and places.
        raid: The raid that stands for all.
        opponents: Countries.
        read: Reads modes.
    """
    base = _by_base(study.raids[raid], catalog)
    sea_share = _warheads(base[True]) / max(_warheads(base[False]) + _warheads(base[True]), 1)
    found: dict[tuple[str, float], Sequence[Launch]] = {}
    if base[True] and base[False]:
        found[OTHERS, 0.0], found[OTHERS, 1.0] = base[False], base[True]
    whose = {adversary_of(launch, catalog) for launch in study.raids[raid]}
    for country in opponents:
        if country in whose:
            continue
        own = _by_base(_launches_of(study, catalog, country), catalog)
        laden = {at_sea: _laden(own[at_sea], base[at_sea]) for at_sea in (False, True)}
        for share, at_sea in ((0.0, False), (1.0, True)):
            if laden[at_sea]:
                found[country, share] = laden[at_sea]
        if laden[False] and laden[True] and 0.0 < sea_share < 1.0:
            found[country, sea_share] = [
                *_sized(laden[False], WARHEADS * (1.0 - sea_share)),
                *_sized(laden[True], WARHEADS * sea_share),
            ]
    return {
        key: flown(
            f"{key[0] or raid}, {key[1]:.0%} from the sea",
            _sized(launches, WARHEADS),
            study,
            catalog,
            read,
        )
        for key, launches in found.items()
    }


def curves_by_sea(
    whole: Curve,
    at_mode: Curve,
    fought: Mapping[tuple[str, float], Curve],
    sea_share: float,
    *,
    size: float = 1.0,
) -> dict[str, tuple[tuple[float, Curve], ...]]:
    """Carry what mixes change to a whole curve, by country and share from the sea.

    Args:
        whole: The curve of the raid that stands for all, of the shield that is asked for.
        at_mode: That curve of the shield against which the mixes were fought.
        fought: What passes of attacks of each mix.
        sea_share: The raid's own mix.
        size: How many times as large as that shield the one asked for is.
    """
    countries = dict.fromkeys(country for country, _ in fought)
    made = {}
    for country in countries:
        points = [
            (share, tilted(whole, odds_of(curve, at_mode), size=size))
            for (of, share), curve in fought.items()
            if of == country
        ]
        if country == OTHERS:
            points.append((sea_share, whole))
        points.sort(key=lambda point: point[0])
        ends = [(0.0, points[0][1]), (1.0, points[-1][1])]
        made[country] = (*ends[:1], *points[1:-1], *ends[1:])
    return made


def sea_share_of(attack: Attack, catalog: Catalog) -> float:
    """Give the share of an attack's warheads that comes from the sea."""
    raid = attack.raid
    areas = {shot.launch_area for shot in raid.shots}
    at_sea = {area: base_of(catalog.place(area)) == "sea" for area in areas}
    from_sea = [at_sea[raid.shots[shot].launch_area] for shot in raid.shot[0]]
    warheads = raid.missile[raid.is_warhead]
    return sum(from_sea[m] for m in warheads) / len(warheads)


def _by_base(launches: Sequence[Launch], catalog: Catalog) -> dict[bool, list[Launch]]:
    found: dict[bool, list[Launch]] = {False: [], True: []}
    for launch in launches:
        found[base_of(catalog.place(launch.from_)) == "sea"].append(launch)
    return found


def _launches_of(study: Study, catalog: Catalog, country: str) -> list[Launch]:
    """List a country's launches of intercontinental missiles, each kind where it is largest."""
    largest: dict[tuple[str, str], Launch] = {}
    for launches in study.raids.values():
        for launch in launches:
            item = catalog.item(launch.missile)
            if (
                kind_of(item) == "ballistic"
                and item.values["range"].mode >= LEAST_RANGE_M
                and adversary_of(launch, catalog) == country
            ):
                key = (launch.missile, launch.from_)
                if key not in largest or largest[key].count < launch.count:
                    largest[key] = launch
    return list(largest.values())


def _warheads(launches: Sequence[Launch]) -> int:
    return sum(launch.count * (launch.warheads_each or 1) for launch in launches)


def _laden(launches: Sequence[Launch], like: Sequence[Launch]) -> list[Launch]:
    """Give launches the mean load of others, and the time they last, where there are any."""
    if not like:
        return list(launches)
    missiles = sum(launch.count for launch in like)
    load = {
        "warheads_each": round(_warheads(like) / missiles),
        "decoys_each": round(sum(one.count * one.decoys_each for one in like) / missiles),
        "start_s": 0.0,
    }
    span_s = max(one.count * one.spacing_s for one in like)
    return [
        launch.model_copy(update={**load, "spacing_s": span_s / launch.count})
        for launch in launches
    ]


def _sized(launches: Sequence[Launch], warheads: float) -> list[Launch]:
    """Give launches that carry a number of warheads in all, and last as long as they did."""
    scale = warheads / _warheads(launches)
    made = []
    for launch in launches:
        count = max(1, math.ceil(scale * launch.count - 0.5))
        spacing_s = launch.spacing_s * launch.count / count
        made.append(launch.model_copy(update={"count": count, "spacing_s": spacing_s}))
    return made
