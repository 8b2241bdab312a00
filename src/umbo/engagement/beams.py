"""Lasers and microwaves near the ground as weapons: windows, turns, and their place in the tables.

Those at boosters are in ``boost_beams``.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from umbo.elements.architecture import Architecture, Fielded
from umbo.elements.catalog import Catalog
from umbo.elements.directed_energy import (
    TARGETS,
    WEAPONS,
    Weapon,
    kill_chance,
    target_class,
    weapon_of,
)
from umbo.elements.places import Place
from umbo.elements.readings import Readings
from umbo.elements.sourced import Value
from umbo.engagement.flights import Flights
from umbo.engagement.from_ground import LOOKS, own_radar
from umbo.engagement.passing import nearest_points
from umbo.engagement.radars import first_track
from umbo.engagement.raid import Raid
from umbo.engagement.turns import Pace, Passes, take_turns
from umbo.engagement.weapons import luck_by_phase, names, read_all, shines, without_fault
from umbo.engagement.windows import REASONS, Windows
from umbo.physics.laser import lethal_range

Floats = NDArray[np.float64]

WITHOUT_END: Final = 10**9
_UNREACHABLE, _BUSY = (REASONS.index(reason) for reason in ("unreachable", "channel_busy"))


@dataclass(frozen=True, eq=False)
class Beams:
    """What lasers and microwaves near the ground can do about a raid; W of them, B stations."""

    elements: tuple[Fielded, ...]
    weapons: tuple[str, ...]
    batteries: tuple[str, ...]
    stock: NDArray[np.int32]
    """(B,) most shots that time and magazine allow in any phase."""
    battery: NDArray[np.int16]
    """(P, W, O) position in ``batteries``, -1 for none."""
    looks: NDArray[np.int8]
    """(P, W, O)"""
    reason: NDArray[np.int8]
    """(P, W, O)"""
    salvo: NDArray[np.int32]
    """(W,)"""


@dataclass(frozen=True, eq=False)
class Lit:
    """The chances of lasers and microwaves near the ground, W of them."""

    p_kill: Floats
    """(W,) without the common fault, against the class that it kills best."""
    common_q: Floats
    common_f: Floats
    p_hand_over: Floats
    """(W, P, M) chance against the missile's class over ``p_kill``."""


def reader_of(read: Readings) -> Callable[[Value], Floats]:
    """Read numbers as the arrays that ``weapon_of`` works with."""
    return lambda value: np.asarray(read(value), dtype=np.float64)


def fielded_weapon(element: Fielded, catalog: Catalog, read: Readings) -> Weapon:
    """Read a weapon as its architecture fields it; a stated range only where no beam is known."""
    values = dict(element.values)
    if not element.use.startswith("hpm"):
        values.pop("max_range", None)
    return weapon_of(element.use, catalog, reader_of(read), values)


def find_beams(
    architecture: Architecture,
    raid: Raid,
    flights: Flights,
    catalog: Catalog,
    read: Readings,
    order: NDArray[np.int32],
    *,
    seed: int,
    perfect: bool = False,
) -> Beams | None:
    """Find what the lasers and microwaves at sites and on ships can do about a raid.

    A missile can be lit while it is nearer than the range at which the whole dwell lays the
    lethal fluence down, once the radar at the site tracks it and a delay of commit is over.
    Weather and what works are drawn once for each constellation phase, weather for all lasers of
    a place together. Who is lit when is planned before the battle (``turns``).

    Left out: air that thins along the way and the heat of the beam (a factor); clouds that come
    and go within a raid; a site's own sector and roofs; targets that pass through a debris cloud.

    Args:
        architecture: What stands.
        raid: The raid.
        flights: Its flights.
        catalog: For classes of target, fluence and air.
        read: Which number of each range is read.
        order: Objects in order of service, (P, O).
        seed: The study's seed.
        perfect: Whether every missile is known from launch on.

    Returns:
        The beams; None where no such weapon stands.
    """
    elements = [e for e in architecture.elements if shines(e, "terminal")]
    if not elements:
        return None
    called = names(elements)
    types, type_of = flights.types
    class_of_type = [target_class(catalog.item(name))[1] for name in types]
    shape = (raid.phases, len(elements), len(raid.missile))
    battery, looks = np.full(shape, -1, np.int16), np.zeros(shape, np.int8)
    reason = np.full(shape, _UNREACHABLE, np.int8)
    stations: list[str] = []
    stock: list[int] = []
    for w, (element, name) in enumerate(zip(elements, called, strict=True)):
        sites = [(place, count) for place, count in element.sites if count > 0]
        weapon = fielded_weapon(element, catalog, read)
        kills = [one in TARGETS[weapon.base] for one in class_of_type]
        first = len(stations)
        stations += [f"{name}/{place.id}" for place, _ in sites]
        shots = np.zeros(len(sites), np.int64)
        chosen = np.flatnonzero(np.array(kills)[type_of])
        if chosen.size and sites:
            places = [place for place, _ in sites]
            passes = _passes(
                element,
                weapon,
                architecture,
                places,
                flights,
                chosen,
                class_of_type,
                catalog,
                read,
                perfect,
            )
            units = np.repeat(np.arange(len(sites)), [count for _, count in sites])
            served, found, is_busy = take_turns(
                passes,
                pace_of(element, weapon, _extinction(weapon, catalog, read), read),
                order=order,
                missile=raid.missile,
                is_target=raid.is_warhead,
                shot=raid.shot,
                start_s=raid.start_s,
                ready_s=np.zeros(raid.shot.shape),
                station=units,
                works=_works(name, element, weapon, sites, raid.phases, read, seed),
            )
            battery[:, w] = np.where(served >= 0, served + first, -1)
            looks[:, w] = found
            reason[:, w] = np.where(served >= 0, -1, np.where(is_busy, _BUSY, _UNREACHABLE))
            each = found.astype(np.int64) * element.doctrine.shots
            shots = np.array(
                [np.where(served == s, each, 0).sum(1).max() for s in range(len(sites))]
            )
        stock += shots.tolist()
    return Beams(
        elements=tuple(elements),
        weapons=tuple(called),
        batteries=tuple(stations),
        stock=np.array(stock, np.int32),
        battery=battery,
        looks=looks,
        reason=reason,
        salvo=np.array([e.doctrine.shots for e in elements], np.int32),
    )


def chances_of_beams(
    beams: Beams, raid: Raid, flights: Flights, catalog: Catalog, read: Readings
) -> Lit:
    """Read the chances of lasers and microwaves against each missile of a raid."""
    elements = beams.elements
    types, type_of = flights.types
    chance = np.zeros((len(elements), len(types)))
    for t, one in enumerate(types):
        target = target_class(catalog.item(one))[1]
        for w, element in enumerate(elements):
            if target in TARGETS[WEAPONS[element.use]]:
                chance[w, t] = read(kill_chance(element.values, str(target), catalog))
    best = chance.max(axis=1, initial=0.0)
    share = np.divide(chance, best[:, None], out=np.zeros_like(chance), where=best[:, None] > 0.0)
    return Lit(
        p_kill=without_fault(elements, read, p_kill=best),
        common_q=read_all(elements, "common_fault_probability", read),
        common_f=read_all(elements, "common_fault_factor", read),
        p_hand_over=share[:, type_of][:, raid.shot],
    )


def with_beams(windows: Windows, beams: Beams | None, lit: Lit | None) -> Windows:
    """Add lasers and microwaves after the other weapons, at what those have missed.

    They reach less far than any interceptor, so that they fire last.
    """
    if beams is None or lit is None:
        return windows
    served = np.where(beams.battery >= 0, beams.battery + len(windows.batteries), -1)
    return replace(
        windows,
        weapons=(*windows.weapons, *beams.weapons),
        tier=np.append(windows.tier, np.ones(len(beams.weapons), np.int8)).astype(np.int8),
        p_kill=np.append(windows.p_kill, lit.p_kill),
        common_q=np.append(windows.common_q, lit.common_q),
        common_f=np.append(windows.common_f, lit.common_f),
        p_hand_over=np.concatenate([windows.p_hand_over, lit.p_hand_over]),
        salvo=np.append(windows.salvo, beams.salvo).astype(np.int32),
        batteries=(*windows.batteries, *beams.batteries),
        stock=np.append(windows.stock, beams.stock).astype(np.int32),
        battery=np.concatenate([windows.battery, served.astype(np.int16)], axis=1),
        looks=np.concatenate([windows.looks, beams.looks], axis=1),
        no_battery_reason=np.concatenate([windows.no_battery_reason, beams.reason], axis=1),
        anew=np.append(windows.plans_anew, np.zeros(len(beams.weapons), np.bool_)),
        untouched=(*windows.untouched, *beams.weapons),
    )


def pace_of(element: Fielded, weapon: Weapon, extinction_per_m: float, read: Readings) -> Pace:
    """Give how fast a weapon kills and turns."""
    most = float(weapon.magazine)
    return Pace(
        dwell_s=float(weapon.dwell_s),
        slew_s=float(weapon.retarget_s),
        look_s=read(element.values["look_time"]),
        duty=float(weapon.duty),
        extinction_per_m=extinction_per_m,
        magazine=round(most) if np.isfinite(most) else WITHOUT_END,
        salvo=element.doctrine.shots,
        most_looks=LOOKS[element.doctrine.look],
    )


def _extinction(weapon: Weapon, catalog: Catalog, read: Readings) -> float:
    if weapon.brightness_w_per_sr is None:
        return 0.0
    return read(catalog.value("laser_air", "extinction_clear"))


def _passes(
    element: Fielded,
    weapon: Weapon,
    architecture: Architecture,
    places: Sequence[Place],
    flights: Flights,
    chosen: NDArray[np.intp],
    class_of_type: Sequence[str | None],
    catalog: Catalog,
    read: Readings,
    perfect: bool,
) -> Passes:
    """Find when each flight can be lit from each site."""
    nearest_s, nearest_m, speed = nearest_points(flights, places)
    bright, extinction = weapon.brightness_w_per_sr, _extinction(weapon, catalog, read)
    type_of = flights.types[1]
    reach = np.zeros(len(flights.shots))
    for t in np.unique(type_of[chosen]):
        range_m = weapon.claimed_range_m
        if bright is not None:
            fluence = read(catalog.value("lethal_fluence", str(class_of_type[t])))
            range_m = lethal_range(bright, fluence, weapon.dwell_s, extinction)
        reach[type_of == t] = float(range_m)
    seen_s = np.zeros(nearest_s.shape)
    radar = own_radar(element, architecture, catalog)
    if radar is not None and not perfect:
        seen_s = first_track(radar, places, flights, catalog, read)
    seen_s = seen_s + read(element.values["commit_delay"])
    with np.errstate(invalid="ignore", divide="ignore"):
        half_s = np.sqrt(reach[:, None] ** 2 - nearest_m**2) / speed
    is_near = reach[:, None] > nearest_m
    open_s = np.where(is_near, np.maximum(nearest_s - half_s, seen_s), np.inf)
    close_s = np.minimum(np.where(is_near, nearest_s + half_s, -np.inf), flights.impact_s[:, None])
    open_s[open_s > close_s] = np.inf
    if bright is None:  # no public number says how its dwell goes with range
        nearest_m, speed = np.broadcast_to(reach[:, None], speed.shape), np.zeros_like(speed)
    return Passes(open_s, close_s, nearest_s, nearest_m, speed, reach)


def _works(
    name: str,
    element: Fielded,
    weapon: Weapon,
    sites: Sequence[tuple[Place, int]],
    phases: int,
    read: Readings,
    seed: int,
) -> NDArray[np.bool_]:
    """Draw which lasers work and have a clear line, in each phase: (P, U)."""
    ready, clear = read(element.values["availability"]), float(weapon.weather)
    columns = []
    for place, count in sites:
        is_clear = luck_by_phase(seed, f"weather/{place.id}", phases, 0) < clear
        own = f"{name}/{place.id}/available"
        columns += [
            is_clear & (luck_by_phase(seed, own, phases, unit) < ready) for unit in range(count)
        ]
    return np.stack(columns, axis=1)
