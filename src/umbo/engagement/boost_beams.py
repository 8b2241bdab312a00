"""Lasers in the air and in orbit as weapons against boosters: windows, and whom each lights."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from umbo.elements.architecture import Fielded
from umbo.elements.catalog import Catalog
from umbo.elements.constellations import orbits_of
from umbo.elements.directed_energy import TARGETS, Weapon, target_class
from umbo.elements.readings import Readings
from umbo.engagement.assignment import draw_true
from umbo.engagement.beams import WITHOUT_END, fielded_weapon, pace_of
from umbo.engagement.coverage import satellites_in_reach, walker_planes
from umbo.engagement.flights import Flights
from umbo.engagement.from_orbit import REACH_CAPACITY, FromOrbit, Reach
from umbo.engagement.orders import Orders
from umbo.engagement.raid import Raid
from umbo.engagement.turns import Passes, take_turns
from umbo.engagement.windows import REASONS
from umbo.physics.constants import EARTH_MEAN_RADIUS_M
from umbo.physics.earth import geodetic_to_ecef
from umbo.physics.laser import reach_through_air

Floats = NDArray[np.float64]

_TIMES: Final = 16
"""Times of a burn at which satellites are looked for."""
_UNDETECTED, _UNTRACKED, _UNREACHABLE, _BUSY = (
    REASONS.index(one) for one in ("undetected", "untracked", "unreachable", "channel_busy")
)


def with_boost_beams(
    interceptors: FromOrbit,
    weapons: Sequence[tuple[str, Fielded, Orders]],
    raid: Raid,
    flights: Flights,
    is_warned: NDArray[np.bool_],
    epoch_s: Floats,
    catalog: Catalog,
    read: Readings,
    *,
    seed: int,
) -> FromOrbit:
    """Add lasers in the air and in orbit to what fires at boosters.

    A booster is lit from above the cloud, or from the order on, until it burns out, by a laser
    within the range at which its whole dwell lays the lethal fluence down. Aircraft stand over
    the place that the study gives them, all of them on station but for their availability;
    satellites are counted on propagated orbits. Each laser takes one booster after another
    (``turns``) until its magazine is empty.

    Left out: the air of each line of sight of its own (an aircraft's range is that to a booster
    as it comes out of the cloud, its longest way through air); that a satellite leaves while it
    is burning; the orbit of aircraft about their place.

    Args:
        interceptors: What interceptors in orbit do.
        weapons: Name, element and orders of each laser.
        raid: The raid.
        flights: Its flights.
        is_warned: Which missiles any sensor sees, (P, M).
        epoch_s: Time at which each phase begins, (P,).
        catalog: For classes of target, fluence and air.
        read: Which number of each range is read.
        seed: The study's seed.

    Returns:
        Both, interceptors first. ``Reach.count`` of aircraft says only who is lit.
    """
    if not weapons:
        return interceptors
    found = [
        _at_boosters(name, e, orders, raid, flights, is_warned, epoch_s, catalog, read, seed)
        for name, e, orders in weapons
    ]
    return FromOrbit(
        [*interceptors.elements, *(e for _, e, _ in weapons)],
        (*interceptors.reach, *(reach for reach, _, _ in found)),
        np.concatenate([interceptors.shots, *(shots[None] for _, shots, _ in found)]),
        np.concatenate([interceptors.reason, *(reason[None] for _, _, reason in found)]),
        np.concatenate([interceptors.p_hand_over, *(o.p_hand_over[None] for _, _, o in weapons)]),
        interceptors.pools,
    )


def _at_boosters(
    name: str,
    element: Fielded,
    orders: Orders,
    raid: Raid,
    flights: Flights,
    is_warned: NDArray[np.bool_],
    epoch_s: Floats,
    catalog: Catalog,
    read: Readings,
    seed: int,
) -> tuple[Reach, NDArray[np.int32], NDArray[np.int8]]:
    """Give reach, and shots and reasons (P, M), of one laser."""
    weapon = fielded_weapon(element, catalog, read)
    types, type_of = flights.types
    lit_m = read(catalog.value("laser_target", "booster_lit_altitude"))
    of_type = np.zeros(len(types))
    for t, one in enumerate(types):
        target = target_class(catalog.item(one))[0]
        if target in TARGETS[weapon.base]:
            fluence = read(catalog.value("lethal_fluence", str(target)))
            of_type[t] = _reach(element, weapon, fluence, lit_m, catalog, read)
    reach = of_type[type_of]
    time_s, is_lit = _burns(flights, lit_m)
    reach_m = np.where(is_lit, reach, 0.0)
    target_m = flights.position_at(time_s)
    near = in_reach = None
    if element.constellation is None:
        places = [place for place, _ in element.sites]
        stations = np.repeat(np.arange(len(places)), [count for _, count in element.sites])
        works = _ready(name, element, raid.phases, len(stations), read, seed)
        aircraft = geodetic_to_ecef(
            [place.lat_rad for place in places],
            [place.lon_rad for place in places],
            float(weapon.altitude_m),
        )
        away_m = np.linalg.norm(target_m[:, :, None] - aircraft, axis=3)
        passes = _windows(time_s, away_m, reach_m)
    else:
        planes = walker_planes(orbits_of(element.constellation))
        stations = np.zeros(planes.count, np.int64)
        works = _ready(name, element, raid.phases, planes.count, read, seed)
        in_reach, near = satellites_in_reach(
            planes,
            epoch_s=epoch_s,
            start_s=raid.start_s,
            flight=raid.shot,
            time_s=time_s,
            target_ecef_m=target_m,
            reach_m=np.broadcast_to(reach_m[:, None], time_s.shape),
            capacity=REACH_CAPACITY,
            alive=works,
        )
        whole = np.broadcast_to(reach_m[:, None, None], (*time_s.shape, 1))
        passes = _windows(time_s, whole, reach_m)
    missiles = len(raid.start_s)
    pace = replace(pace_of(element, weapon, 0.0, read), most_looks=1)
    served, _, is_busy = take_turns(
        passes,
        pace,
        order=np.argsort(raid.start_s + flights.burnout_s[raid.shot], axis=1, kind="stable"),
        missile=np.arange(missiles),
        is_target=np.ones(missiles, np.bool_),
        shot=raid.shot,
        start_s=raid.start_s,
        ready_s=orders.ready_s,
        station=stations,
        works=works,
        near=near,
    )
    is_told = np.isfinite(orders.ready_s)
    unseen = np.where(is_warned, _UNTRACKED, _UNDETECTED)
    reason = np.where(is_told, np.where(is_busy, _BUSY, _UNREACHABLE), unseen)
    ordered_s = float(orders.ready_s[is_told].mean()) if is_told.any() else float("nan")
    return (
        Reach(
            name,
            len(stations),
            (served >= 0).astype(np.int32) if in_reach is None else in_reach,
            ordered_s,
            len(stations) * pace.magazine
            if pace.magazine < WITHOUT_END  # else as many as time allows in any phase
            else int((served >= 0).sum(axis=1).max()) * pace.salvo,
        ),
        np.where(served >= 0, element.doctrine.shots, 0).astype(np.int32),
        np.where(served >= 0, -1, reason).astype(np.int8),
    )


def _reach(
    element: Fielded, weapon: Weapon, fluence: float, lit_m: float, catalog: Catalog, read: Readings
) -> float:
    """Give the range at which the whole dwell kills: through thin air, or within the limb."""
    assert weapon.brightness_w_per_sr is not None
    budget_m2 = float(weapon.brightness_w_per_sr * weapon.dwell_s / fluence)
    if element.constellation is not None:
        orbit, edge = (EARTH_MEAN_RADIUS_M + h for h in (element.constellation.altitude_m, lit_m))
        return float(np.sqrt(min(budget_m2, max(orbit**2 - edge**2, 0.0))))
    near_12km, height = (
        read(catalog.value("laser_air", name)) for name in ("extinction_12km", "upper_scale_height")
    )
    return float(
        reach_through_air(
            budget_m2,
            weapon.altitude_m,
            lit_m,
            extinction_per_m=near_12km * np.exp(12e3 / height),
            scale_height_m=height,
        )
    )


def _burns(flights: Flights, lit_m: float) -> tuple[Floats, NDArray[np.bool_]]:
    """Give times from above the cloud to burnout, (F, K), and which flights have any, (F,)."""
    above = flights.altitude_m > lit_m
    lit_s = flights.time_s[np.argmax(above, axis=1)]
    is_lit = above.any(axis=1) & (lit_s < flights.burnout_s)
    last_s = np.where(is_lit, flights.burnout_s, lit_s)
    return lit_s[:, None] + np.linspace(0.0, 1.0, _TIMES) * (last_s - lit_s)[:, None], is_lit


def _windows(time_s: Floats, away_m: Floats, reach_m: Floats) -> Passes:
    """Give passes of flights (F, K) at ranges (F, K, S), each at the mean of those in reach."""
    inside = (away_m <= reach_m[:, None, None]) & (reach_m > 0.0)[:, None, None]
    is_met, number = inside.any(axis=1), np.maximum(inside.sum(axis=1), 1)
    last = inside.shape[1] - 1 - np.argmax(inside[:, ::-1], axis=1)
    row = np.arange(len(time_s))[:, None]
    mean_m = np.where(inside, away_m, 0.0).sum(axis=1) / number
    return Passes(
        open_s=np.where(is_met, time_s[row, np.argmax(inside, axis=1)], np.inf),
        close_s=np.where(is_met, time_s[row, last], -np.inf),
        nearest_s=np.zeros(is_met.shape),
        nearest_m=mean_m,
        speed_m_per_s=np.zeros(is_met.shape),
        reach_m=reach_m,
    )


def _ready(
    name: str, element: Fielded, phases: int, number: int, read: Readings, seed: int
) -> NDArray[np.bool_]:
    chance = read(element.values["availability"])
    return draw_true(seed, f"{name}/available", phases=phases, entities=number, chance=chance)
