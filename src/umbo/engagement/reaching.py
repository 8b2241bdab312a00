"""What the weapons of an architecture can reach of a raid, and from when: geometry without chance.

Chances (kill, track, discrimination, faults) stand apart in ``survey``, so that one geometry
serves several draws of them.
"""

from collections.abc import Hashable
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from umbo.elements.architecture import Architecture, Fielded
from umbo.elements.catalog import Catalog
from umbo.elements.command import Serve
from umbo.elements.interceptors import OrbitLayer
from umbo.elements.readings import Readings
from umbo.elements.threats import target_of
from umbo.engagement.air_custody import air_custody
from umbo.engagement.assignment import order_of_fire
from umbo.engagement.beams import Beams, find_beams
from umbo.engagement.boost_beams import with_boost_beams
from umbo.engagement.discrimination import Told, tellers
from umbo.engagement.flights import Flights
from umbo.engagement.from_ground import FromGround, batteries_on_ground
from umbo.engagement.from_orbit import (
    ORBIT_LAYERS,
    FromOrbit,
    Reach,
    Scene,
    shots_from_orbit,
)
from umbo.engagement.holding import MOST_PAIRS, Tracked, track_raid
from umbo.engagement.orbit_layers import TARGET_OF
from umbo.engagement.orders import Orders, orders_to
from umbo.engagement.prelaunch import with_losses_before_launch
from umbo.engagement.raid import Raid
from umbo.engagement.weapons import (
    as_fired_in,
    fights,
    fights_from_orbit,
    in_orbit,
    names,
    shines,
)

SIDEREAL_DAY_S: Final = 86_164.1
TIERS: Final = {"midcourse": 0, "glide": 1, "cruise": 1, "terminal": 1}
"""Layers after boost in the order in which they fire, and the track draw that each depends on.
Gliders carry no decoys, so that the glide layer needs no discrimination either."""


@dataclass(frozen=True, eq=False)
class Reached:
    """What sensors hold and weapons reach of a raid."""

    architecture: Architecture
    raid: Raid
    flights: Flights
    tracked: Tracked
    boost: FromOrbit
    later: tuple[Fielded, ...]
    """The weapons after boost, in the order in which they fire."""
    ground: FromGround
    """Of those weapons."""
    beams: Beams | None
    """Lasers and microwaves near the ground."""
    told: tuple[Told, ...]
    """What tells warheads from decoys, in each way in which the shield stands; none where there are
    no decoys."""
    custody: NDArray[np.float64]
    """(M,) chance that a sensor that works holds a cruise missile in time; 1 of others."""
    perfect: bool
    """Whether sensors know every missile from launch on, and hand it over for certain."""
    stands_s: NDArray[np.float64] | None = None
    """(P, B) time after the raid begins until which each battery stands; None where all do."""
    held_back: NDArray[np.bool_] | None = None
    """(W, P, M) whether only command, which is cut, kept a weapon from an order; None for never."""

    @cached_property
    def found(self) -> dict[Hashable, Any]:
        """What was found out of it, whatever the chances are."""
        return {}


def reach_raid(
    architecture: Architecture,
    raid: Raid,
    flights: Flights,
    catalog: Catalog,
    read: Readings,
    *,
    seed: int,
    most_pairs: int = MOST_PAIRS,
    perfect: bool = False,
) -> Reached:
    """Find what the weapons of an architecture can reach of a raid, and from when.

    Arguments as in ``survey.survey``, which says how it is found.
    """
    tracked = track(architecture, raid, flights, catalog, read, seed=seed, most_pairs=most_pairs)
    later = [e for layer in TIERS for e in architecture.elements if fights(e, layer)]
    orders = [
        orders_to(e, name, architecture, tracked, catalog, read, seed=seed, perfect=perfect)
        for e, name in zip(later, names(later), strict=True)
    ]
    ground = batteries_on_ground(
        list(zip(names(later), later, orders, strict=True)),
        architecture,
        flights,
        catalog,
        read,
        raid.shot.shape,
    )
    beams = find_beams(
        architecture,
        raid,
        flights,
        catalog,
        read,
        order_of(raid, flights, seed),
        seed=seed,
        perfect=perfect,
    )
    told: tuple[Told, ...] = ()
    if raid.decoys_each > 0:
        told = (Told(tellers(architecture, flights, tracked, catalog, read), tracked),)
    boost = _boost(architecture, raid, flights, tracked, catalog, read, seed, perfect)
    custody = np.ones(len(raid.missile_types))
    low = np.flatnonzero([target_of(catalog.item(n)) == "cruise" for n in raid.missile_types])
    if low.size and not perfect:
        shot = np.ascontiguousarray(raid.shot[:, low])
        custody[low] = air_custody(
            later, ground, low, architecture, flights, shot, tracked, catalog, read
        )
    return Reached(
        architecture,
        raid,
        flights,
        tracked,
        boost,
        tuple(later),
        ground,
        beams,
        told,
        custody,
        perfect,
    )


def order_of(
    raid: Raid, flights: Flights, seed: int, serve: Serve = "by_arrival"
) -> NDArray[np.int32]:
    """Give the objects of a raid in the order in which they are served, (P, O); found once.

    By arrival, or by the weight of the place aimed at and then by arrival.
    """
    key = ("order", id(raid), seed, serve)
    if key not in flights.kept:
        rank = raid.start_s + flights.impact_s[raid.shot]
        if serve == "by_weight":
            weight = np.array([shot.aim.weight for shot in raid.shots])[raid.shot]
            place = np.argsort(np.lexsort((rank, -weight), axis=1), axis=1)
            rank = place.astype(np.float64)
        flights.kept[key] = (raid, order_of_fire(seed, rank, raid.missile))
    order: NDArray[np.int32] = flights.kept[key][1]
    return order


def track(
    architecture: Architecture,
    raid: Raid,
    flights: Flights,
    catalog: Catalog,
    read: Readings,
    *,
    seed: int,
    most_pairs: int = MOST_PAIRS,
) -> Tracked:
    """Hold a raid as ``survey`` does it; arguments as there and in ``holding.track_raid``."""
    return track_raid(
        architecture,
        raid,
        flights,
        catalog,
        read,
        seed=seed,
        epoch_s=_epochs(raid.phases),
        most_pairs=most_pairs,
    )


def _boost(
    architecture: Architecture,
    raid: Raid,
    flights: Flights,
    tracked: Tracked,
    catalog: Catalog,
    read: Readings,
    seed: int,
    perfect: bool,
) -> FromOrbit:
    weapons = in_orbit(architecture)
    called = names([shells[0] for shells in weapons])

    def orders(name: str, element: Fielded, layer: OrbitLayer) -> Orders:
        is_early = layer not in TARGET_OF  # one that meets its target in ascent leaves in boost
        return orders_to(
            as_fired_in(element, "boost" if is_early else layer),
            name if is_early else f"{name}#{layer}",
            architecture,
            tracked,
            catalog,
            read,
            seed=seed,
            perfect=perfect,
        )

    epoch_s = _epochs(raid.phases)
    found = shots_from_orbit(
        [
            (
                name,
                shells,
                {
                    layer: orders(name, shells[0], layer)
                    for layer in ORBIT_LAYERS
                    if fights_from_orbit(shells[0], layer)
                },
            )
            for shells, name in zip(weapons, called, strict=True)
        ],
        Scene(raid, flights, catalog, read, tracked.is_warned, epoch_s, seed),
    )
    lasers = [e for e in architecture.elements if shines(e, "boost")]
    lit = [
        (
            name,
            e,
            orders_to(e, name, architecture, tracked, catalog, read, seed=seed, perfect=perfect),
        )
        for e, name in zip(lasers, names(lasers), strict=True)
    ]
    found = with_boost_beams(
        found, lit, raid, flights, tracked.is_warned, epoch_s, catalog, read, seed=seed
    )
    return with_losses_before_launch(found, architecture)


def boost_reach(
    architecture: Architecture,
    raid: Raid,
    flights: Flights,
    catalog: Catalog,
    read: Readings,
    *,
    seed: int,
) -> list[tuple[Fielded, Reach]]:
    """Count the interceptors in orbit in reach of a raid's missiles, without a battle.

    Arguments as in ``survey``; gives each boost weapon with its reach.
    """
    tracked = track(architecture, raid, flights, catalog, read, seed=seed)
    boost = _boost(architecture, raid, flights, tracked, catalog, read, seed, perfect=False)
    return list(zip(boost.elements, boost.reach, strict=True))


def _epochs(phases: int) -> NDArray[np.float64]:
    """Spread phases evenly over a day, so that no two are close (golden section)."""
    return np.asarray(SIDEREAL_DAY_S * np.modf(np.arange(phases) * 0.6180339887498949)[0])
