"""What batteries on the ground have time for: the last launch at each flight, and who is ready."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from umbo.elements.architecture import Architecture, Fielded, likeness
from umbo.elements.catalog import Catalog, Item
from umbo.elements.fighters import fan_of_fighters, is_fighter
from umbo.elements.interceptors import Doctrine, fan_of
from umbo.elements.readings import Readings
from umbo.elements.threats import TARGETS, target_of
from umbo.engagement.assignment import Limits
from umbo.engagement.flights import Flights
from umbo.engagement.orders import Orders
from umbo.engagement.radars import first_track
from umbo.engagement.weapons import kill_probability_of
from umbo.physics.earth import geodetic_to_ecef
from umbo.physics.reach import latest_orders

LOOKS: Final = {"none": 1, "once": 2}
_MOST_LOOKS: Final = max(LOOKS.values())


@dataclass(frozen=True, eq=False)
class FromGround:
    """What the batteries on the ground have time for; B batteries, W weapons."""

    batteries: tuple[str, ...]
    weapon: NDArray[np.int32]
    """(B,) weapon of each battery."""
    stock: NDArray[np.int32]
    """(B,)"""
    reserving: tuple[str, ...]
    """Batteries that keep rounds for a later raid, the last to be loaded of each site."""
    latest_s: NDArray[np.float64]
    """(F, B, L) last launch that leaves time for one salvo, for two; infinite where the site's
    own radar tracks the flight in time."""
    last_s: NDArray[np.float64]
    """(F, B) last launch that leaves time for one salvo, whoever tracks; -infinite for never."""
    own_in_time: NDArray[np.bool_]
    """(F, B) whether the site's own radar tracks the flight before that."""
    ready_s: NDArray[np.float64]
    """(W, P, M) from when on a weapon may leave."""
    p_hand_over: NDArray[np.float64]
    """(W, P, M)"""
    limits: Limits | None = None
    """Channels and reloads; None where no doctrine has any."""


def batteries_on_ground(
    weapons: Sequence[tuple[str, Fielded, Orders]],
    architecture: Architecture,
    flights: Flights,
    catalog: Catalog,
    read: Readings,
    shape: tuple[int, int],
) -> FromGround:
    """Find what each battery of each weapon has time for.

    Args:
        weapons: Name, element and orders of each weapon.
        architecture: For the radars at their sites.
        flights: The flights.
        catalog: For those radars.
        read: Which number of each range is read.
        shape: Phases and missiles.

    Returns:
        The batteries, weapon after weapon.
    """
    names: list[str] = []
    weapon: list[int] = []
    stock: list[int] = []
    reserving: list[str] = []
    site: list[int] = []
    doctrine: list[Doctrine] = []
    latest_s = [np.empty((len(flights.shots), 0, _MOST_LOOKS))]
    last_s = [np.empty((len(flights.shots), 0))]
    own_s = [np.empty((len(flights.shots), 0))]
    for number, (name, element, _) in enumerate(weapons):
        each = round(read(element.values["rounds_per_unit"])) if is_fighter(element) else 1
        sites = [(place, units * each) for place, units in element.sites if units > 0]
        kept = element.doctrine.reserve
        lots = [_lots(max(rounds - kept, 0), element.doctrine.ready) for _, rounds in sites]
        for (place, _), lot in zip(sites, lots, strict=True):
            site += [len(stock)] * len(lot)
            names += [f"{name}/{place.id}"] * min(len(lot), 1)
            names += [f"{name}/{place.id}#{k + 1}" for k in range(1, len(lot))]
            stock += lot
            reserving += names[-1:] if kept else []
        batteries = sum(len(lot) for lot in lots)
        weapon += [number] * batteries
        doctrine += [element.doctrine] * batteries
        of_each = _latest(element, architecture, flights, catalog, read)
        if batteries > len(lots):  # else a copy would be all that it gives
            of_lot = np.repeat(np.arange(len(lots)), [len(lot) for lot in lots])
            of_each = of_each[0][:, of_lot], of_each[1][:, of_lot], of_each[2][:, of_lot]
        last_s.append(of_each[0])
        latest_s.append(of_each[1])
        own_s.append(of_each[2])
    latest, last_all = np.concatenate(latest_s, axis=1), np.concatenate(last_s, axis=1)
    told = [orders for _, _, orders in weapons]
    return FromGround(
        batteries=tuple(names),
        weapon=np.array(weapon, dtype=np.int32),
        stock=np.array(stock, dtype=np.int32),
        reserving=tuple(reserving),
        latest_s=latest,
        last_s=last_all,
        own_in_time=np.isposinf(latest[..., 0]),
        ready_s=np.array([one.ready_s for one in told]).reshape(len(told), *shape),
        p_hand_over=np.array([one.p_hand_over for one in told]).reshape(len(told), *shape),
        limits=_limits(doctrine, site, last_all, own_s),
    )


def _lots(rounds: int, ready: int | None) -> list[int]:
    """Share a site's rounds out to what is ready at first, and after each reload."""
    if ready is None or ready >= rounds:
        return [rounds]
    return [min(ready, rounds - first) for first in range(0, rounds, ready)]


def _limits(
    doctrine: Sequence[Doctrine],
    site: Sequence[int],
    last_s: NDArray[np.float64],
    own_s: Sequence[NDArray[np.float64]],
) -> Limits | None:
    if not any(one.channels or one.ready for one in doctrine):
        return None
    return Limits(
        site=np.array(site, dtype=np.int64),
        channels=np.array([one.channels or 0 for one in doctrine], dtype=np.int64),
        hold_s=np.array([one.channel_time_s for one in doctrine]),
        reload_s=np.array([one.reload_s for one in doctrine]),
        own_s=np.concatenate(own_s, axis=1),
        last_s=last_s,
    )


def own_radar(element: Fielded, architecture: Architecture, catalog: Catalog) -> Item | None:
    """Find the radar that guides a weapon, with the values of the architecture if it fields one."""
    name = element.item.model_with
    if not name:
        return None
    fielded = _guide(element, architecture)
    return replace(catalog.item(name), values=(fielded or catalog.item(name)).values)


def _guide(element: Fielded, architecture: Architecture) -> Fielded | None:
    """Find what guides a weapon among what an architecture fields."""
    return next((e for e in architecture.elements if e.use == element.item.model_with), None)


def _latest(
    element: Fielded,
    architecture: Architecture,
    flights: Flights,
    catalog: Catalog,
    read: Readings,
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Find the last launch that leaves each site time for so many salvos at each flight: (F, B, L).

    There is none at what the weapon cannot kill. Once as it is, for one salvo (F, B), and once
    infinite where the site's own radar leads straight to its launchers, ``commit_delay`` after
    the track; and that time (F, B), infinite for never.
    """
    guide = _guide(element, architecture)
    out_of = (likeness(element), element.doctrine.look, guide and likeness(guide))

    def find(
        read: Readings,
    ) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
        radar = own_radar(element, architecture, catalog)
        return _find_latest(element, radar, flights, catalog, read)

    return flights.once(("latest", *out_of), read, find)


def _find_latest(
    element: Fielded, radar: Item | None, flights: Flights, catalog: Catalog, read: Readings
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    places = [place for place, units in element.sites if units > 0]
    values, look, flies = element.values, element.doctrine.look, is_fighter(element)
    look_s = read(values["look_time"])
    sites = [[p.lat_rad for p in places], [p.lon_rad for p in places]]
    types, type_of = flights.types
    targets = np.array([target_of(catalog.item(name)) for name in types])[type_of]
    orders_s = np.full((len(targets), len(places), _MOST_LOOKS), -np.inf)
    for target in TARGETS:
        chosen = np.flatnonzero(targets == target)
        if not chosen.size or not kill_probability_of(element, target, read) > 0.0:
            continue
        fan = fan_of(values, read, target=target) if not flies else fan_of_fighters(values, read)
        numbers = ("last order", target, fan, *(tuple(row) for row in sites), look_s, look)
        if numbers not in flights.found:
            flights.found[numbers] = latest_orders(
                geodetic_to_ecef(*sites),
                flights.time_s,
                flights.position_ecef_m[chosen],
                fan,
                target_altitude_m=flights.altitude_m[chosen],
                until_s=flights.impact_s[chosen],
                look_s=look_s,
                most_looks=LOOKS[look],
            )
        orders_s[chosen, :, : LOOKS[look]] = flights.found[numbers]
    if radar is None:
        return orders_s[..., 0], orders_s, np.full(orders_s.shape[:2], np.inf)
    own_s = first_track(radar, places, flights, catalog, read) + read(values["commit_delay"])
    is_in_time = (own_s[..., None] <= orders_s) & np.isfinite(orders_s)
    return orders_s[..., 0], np.where(is_in_time, np.inf, orders_s), own_s
