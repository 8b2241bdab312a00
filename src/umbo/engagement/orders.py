"""When each weapon may leave, and how well its target is handed to it.

From a solution over transport and command to the launch.
"""

from collections.abc import Hashable
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Final
from weakref import ref

import numpy as np
from numpy.typing import NDArray

from umbo.elements.architecture import Architecture, Fielded, Likeness, likeness
from umbo.elements.catalog import Catalog
from umbo.elements.readings import Readings
from umbo.elements.sensors import INFRARED, ORBITING_RADAR, even
from umbo.engagement.assignment import draw_true
from umbo.engagement.holding import Tracked
from umbo.engagement.orbit_layers import LONGEST_FLIGHT_S
from umbo.engagement.radars import is_written
from umbo.engagement.tracking import basket_radius
from umbo.engagement.transport import (
    Latency,
    LinkRules,
    find_latencies,
    read_link_rules,
    shooters_of,
)
from umbo.engagement.weapons import command_values

Array = NDArray[np.float64]

MOMENTS: Final = 8
"""Moments of a day at which ways through the network are found."""


@dataclass(frozen=True, eq=False)
class Orders:
    """What a weapon is told of a raid; P phases, M missiles."""

    ready_s: Array
    """(P, M) time after launch from which it may leave; infinite for never."""
    p_hand_over: Array
    """(P, M) chance that the target lies in its basket."""


@dataclass(frozen=True, slots=True)
class Ways:
    """How tracks come to a kind of weapon."""

    satellites_s: float
    """From infrared satellites, without the battle manager's time."""
    p_reach: float
    """Chance that there is a way from them."""
    radars_s: float
    """From radars; infinite without any."""


def ways_to(
    weapon: str, architecture: Architecture, catalog: Catalog, read: Readings, *, seed: int
) -> Ways:
    """Find how tracks come to a weapon: medians over a day, at each input's mode.

    Links, hops and lines come to tenths of a second, so that their ranges are not drawn; the
    battle manager's time is, and stands apart. A track that has no way at its moment is
    counted as lost to the satellites for the whole flight, though a way may open later.

    Args:
        weapon: The weapon's ``use``.
        architecture: What stands.
        catalog: For places and links.
        read: Remembers what was read, where it reads modes.
        seed: The study's seed.

    Returns:
        The ways.
    """
    rules = read_link_rules(catalog, Readings() if read.is_drawn else read)
    return _ways(weapon, _Network(architecture, rules, catalog), seed)


@dataclass(frozen=True, slots=True)
class _Network:
    """An architecture, known again as itself, and the rules of its links."""

    architecture: Architecture
    rules: LinkRules
    catalog: Catalog = field(compare=False, repr=False)


@lru_cache(maxsize=1024)
def _ways(weapon: str, network: _Network, seed: int) -> Ways:
    architecture, catalog = network.architecture, network.catalog
    to_it = _latencies_to(weapon, network, seed)
    count: dict[str, int] = {}
    for e in architecture.elements:
        count[e.use] = count.get(e.use, 0) + e.count
    is_model = {one.sensor: catalog.item(one.sensor).model for one in to_it}
    eyes = [one for one in to_it if is_model[one.sensor] == "tracking"] or [
        one for one in to_it if is_model[one.sensor] == "warning"
    ]
    # Tracks of radars in orbit go as those of infrared satellites, or by themselves without any.
    eyes = eyes or [one for one in to_it if is_model[one.sensor] == ORBITING_RADAR]
    radars = [one for one in to_it if is_model[one.sensor] == "radar"]
    satellites_s, p_reach = np.inf, 0.0
    if eyes:
        share = np.array([count[one.sensor] for one in eyes], dtype=np.float64)
        share /= share.sum()
        p_reach = float(share @ [1.0 - one.unreachable for one in eyes])
        satellites_s = min((one.median_s - one.manager_s for one in eyes), default=np.inf)
    radars_s = min((one.median_s - one.manager_s for one in radars), default=np.inf)
    return Ways(satellites_s, p_reach, radars_s)


def _latencies_to(weapon: str, network: _Network, seed: int) -> tuple[Latency, ...]:
    """Find how old tracks come to a weapon, and at once to those not yet asked for.

    A weapon carries no message for another, so that each is known by itself and the network.
    """
    architecture, catalog = network.architecture, network.catalog
    shooters = shooters_of(architecture)
    alike: dict[str, list[Likeness]] = {}
    for e in shooters:
        alike.setdefault(e.use, []).append(likeness(e))
    key_of = {use: (use, *of_use) for use, of_use in alike.items()}
    if weapon not in key_of:
        return ()
    linked = [
        e
        for e in architecture.elements
        if (e.item.model or e.item.part == "carries_tracks") and e not in shooters
    ]
    known = _known(network.rules, architecture.cut_stations, tuple(map(likeness, linked)), seed)
    if key_of[weapon] not in known:
        new = {use for use, key in key_of.items() if key not in known}
        evened = (*INFRARED, ORBITING_RADAR)
        elements = tuple(
            even(e) if e.item.model in evened or e.item.part == "carries_tracks" else e
            for e in architecture.elements
            if e not in shooters or e.use in new
        )
        read = Readings()
        found = find_latencies(
            replace(architecture, elements=elements),
            catalog,
            read,
            read_link_rules(catalog, read),
            seed=seed,
            steps=MOMENTS,
        )
        for use in new:
            known[key_of[use]] = tuple(one for one in found if one.shooter == use)
    return known[key_of[weapon]]


@lru_cache(maxsize=1024)
def _known(*_network: Hashable) -> dict[tuple[Hashable, ...], tuple[Latency, ...]]:
    """Keep what was found of a network, by weapon."""
    return {}


def command_delay(
    weapon: Fielded, architecture: Architecture, catalog: Catalog, read: Readings
) -> float:
    """Give the time from a track at the battle manager to the order: manager and decision.

    Interceptors in orbit have a decision of their own, for they are released beforehand.
    """
    fielded = command_values(architecture, catalog)
    decides = "decision_delay_boost" if weapon.item.layer == "boost" else "decision_delay"
    return read(fielded["latency"]) + read(fielded[decides])


def orders_to(
    weapon: Fielded,
    name: str,
    architecture: Architecture,
    tracked: Tracked,
    catalog: Catalog,
    read: Readings,
    *,
    seed: int,
    perfect: bool = False,
) -> Orders:
    """Find when a weapon may leave for each missile, and the chance of hand-over.

    The solution is the first track within the weapon's ``commit_error``: in boost of the
    present place; after it of the place predicted for the time in which the weapon flies half
    its range, since what is left of a boost cannot be foreseen. Transport, battle manager,
    decision and release follow. Where a study writes ``decision_delay`` (from launch, of a
    weapon in orbit) or ``commit_delay`` (from the solution), that constant takes their place.

    Hand-over: the track's error, older by transport and manager, against the lesser of the
    seeker's field and the divert left, averaged over the times at which the target is between
    the weapon's least and greatest altitude and a weapon ordered at the solution can be there.
    Weapons with a radar at their site are handed over by that, which is taken to succeed. Left
    out: that errors are longer one way than another; that shots at one target share its error.
    A kill probability from a test record holds the hand-overs of its tests: such a weapon has
    no ``seeker_half_angle`` in the catalogue, and its chance is 1.

    Args:
        weapon: One element of the weapon.
        name: Its name in the battle.
        architecture: What stands.
        tracked: How well the raid is held.
        catalog: For command and links.
        read: Which number of each range is read.
        seed: The study's seed.
        perfect: Whether every missile is known from launch on, without error or delay between
            sensor and weapon; command and release stay.

    Returns:
        The orders.
    """
    values, is_boost = weapon.values, weapon.item.layer == "boost"
    written = replace(weapon.item, values=values)
    shape = tracked.pair.shape
    delay_s = command_delay(weapon, architecture, catalog, read) + release_delay(weapon, read)
    constant = "decision_delay" if is_boost else "commit_delay"
    if is_written(written, constant):
        delay_s = read(values[constant])
    if perfect:
        return Orders(np.full(shape, delay_s), np.ones(shape))
    if is_boost and is_written(written, constant):
        return Orders(np.where(tracked.is_warned, delay_s, np.inf), np.ones(shape))
    ways = ways_to(weapon.use, architecture, catalog, read, seed=seed)
    key = (name, id(values), id(read), ways, delay_s, seed)
    known = tracked.found.get(key)
    if known is None or known[1]() is not read:
        ready = _ready(weapon, name, tracked, ways, delay_s, catalog, read, seed)
        # Values that are kept have a number of their own; readings may hold what they found.
        known = tracked.found[key] = (values, ref(read), ready)
    found: Orders = known[2]
    return found


def _ready(
    weapon: Fielded,
    name: str,
    tracked: Tracked,
    ways: Ways,
    delay_s: float,
    catalog: Catalog,
    read: Readings,
    seed: int,
) -> Orders:
    """Find the orders of ``orders_to`` that come over the given ways."""
    values, is_boost = weapon.values, weapon.item.layer == "boost"
    goal = values.get("commit_error") or catalog.value("tracking", "fire_control_goal")
    limit_m = read(goal)
    ahead_s = 0.0 if is_boost else _half_way(weapon, read)
    with_eyes, alone = (
        tracked.first_within(
            limit_m, ahead_s=ahead_s, after_boost=not is_boost, with_satellites=satellites
        )
        for satellites in (True, False)
    )
    shape = tracked.pair.shape
    reaches = draw_true(
        seed, f"{name}/way", phases=shape[0], entities=shape[1], chance=ways.p_reach
    )
    solution_s = np.minimum(
        np.where(reaches, with_eyes[tracked.pair] + ways.satellites_s, np.inf),
        alone[tracked.pair] + ways.radars_s,
    )
    p_hand_over = np.ones(shape)
    if not weapon.item.model_with and "seeker_half_angle" in values:
        lag_s = delay_s - release_delay(weapon, read)
        from_s = with_eyes + ahead_s, alone + ahead_s
        p_hand_over = _hand_over(weapon, tracked, reaches, from_s, lag_s, read)
    return Orders(solution_s + delay_s, p_hand_over)


def release_delay(weapon: Fielded, read: Readings) -> float:
    """Give the time from the order to the launch; all of ``commit_delay`` where none is known."""
    values = weapon.values
    return read(values["release_delay"] if "release_delay" in values else values["commit_delay"])


def _half_way(weapon: Fielded, read: Readings) -> float:
    values = weapon.values
    if weapon.constellation is not None:
        return LONGEST_FLIGHT_S / 2.0
    flown = values.get("missile_range") or values["max_range"]  # a fighter steers until it fires
    return read(flown) / read(values["burnout_speed"]) / 2.0


def _hand_over(
    weapon: Fielded,
    tracked: Tracked,
    reaches: NDArray[np.bool_],
    from_s: tuple[Array, Array],
    lag_s: float,
    read: Readings,
) -> Array:
    """Average over the times at which the weapon can meet its target, by all sensors or radars."""
    values = weapon.values
    speed_m_per_s = read(values["burnout_speed"])
    basket_m = basket_radius(
        read(values["seeker_half_angle"]),
        read(values["acquisition_range"]),
        read(values["divert_speed"]),
        speed_m_per_s + tracked.speed_m_per_s,
    )
    high = tracked.altitude_m >= read(values["min_intercept_altitude"])
    if "max_intercept_altitude" in values:
        high &= tracked.altitude_m <= read(values["max_intercept_altitude"])
    inside = high & (
        (tracked.time_s <= tracked.burnout_s[:, None])
        if weapon.item.layer == "boost"
        else (tracked.time_s > tracked.burnout_s[:, None])
    )
    told, alone = (
        tracked.hand_over(basket_m, inside, first_s, lag_s, with_satellites=satellites)
        for first_s, satellites in zip(from_s, (True, False), strict=True)
    )
    return np.where(reaches, told[tracked.pair], alone[tracked.pair])
