"""What an architecture's weapons can reach of a raid: the step before the battle's tables."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any, Final, Literal

import numpy as np
from numpy.typing import NDArray

from umbo.elements.architecture import Architecture, Fielded
from umbo.elements.catalog import Catalog, Item
from umbo.elements.constellations import orbits_of
from umbo.elements.interceptors import fan_of
from umbo.elements.places import Place
from umbo.elements.readings import Readings
from umbo.engagement.assignment import (
    assign_batteries,
    assign_satellites,
    draw_true,
    order_of_fire,
)
from umbo.engagement.coverage import satellites_in_reach, walker_planes
from umbo.engagement.detection import Custody, find_custody, first_track
from umbo.engagement.expected import expected
from umbo.engagement.flights import Flights
from umbo.engagement.raid import Raid
from umbo.engagement.windows import REASONS, Windows
from umbo.physics.earth import geodetic_to_ecef
from umbo.physics.reach import fly_out_range, latest_orders

Discrimination = Literal["study", "recognised", "not_told_apart"]
"""The study's rates, or one of the two limits between which they lie."""

SIDEREAL_DAY_S: Final = 86_164.1
INTERCEPT_TIMES: Final = 10
"""Candidate times, evenly from the first possible intercept to burnout, of a boost intercept."""
REACH_CAPACITY: Final = 256
"""Most satellites listed as in reach of one missile."""
LOOKS: Final = {"none": 1, "once": 2}
TIERS: Final = {"midcourse": 0, "terminal": 1}
_UNDETECTED, _UNTRACKED, _UNREACHABLE, _UNASSIGNED = (
    REASONS.index(reason) for reason in ("undetected", "untracked", "unreachable", "unassigned")
)


@dataclass(frozen=True, eq=False)
class Reach:
    """How many interceptors in orbit could reach a missile in its boost phase."""

    weapon: str
    satellites: int
    count: NDArray[np.int32]
    """(P, M) satellites in reach, each phase and missile."""


@dataclass(frozen=True, eq=False)
class Survey:
    """Windows for each kind of discrimination come from this; the reach is found once."""

    windows: Windows
    """With the discrimination that is planned for the study."""
    reach: tuple[Reach, ...]
    custody: Custody
    track_s: NDArray[np.float64]
    """(P, M) after launch; infinite where no sensor holds a track."""
    shot: NDArray[np.int32]
    """(P, M)"""
    latest_s: NDArray[np.float64]
    """(F, B, L) last track that leaves a battery time for one salvo, for two."""
    reason_of: NDArray[np.int8]
    """(P, M) reason code where no battery of a weapon can engage."""
    weapon_of: NDArray[np.int32]
    """(B,)"""
    listens: bool
    """Whether fire follows discrimination; if not, every object is shot at."""
    rates: dict[Discrimination, tuple[float, float]]
    """P_ww and P_dw of each kind; the study's are those of its best sensor, or of none where
    shooting at every object lets fewer through."""

    def under(self, discrimination: Discrimination) -> Windows:
        """Give the battle's tables with other rates of discrimination."""
        p_ww, p_dw = self.rates[discrimination]
        return _assigned(self, p_ww, p_dw)


def survey(
    architecture: Architecture,
    raid: Raid,
    flights: Flights,
    catalog: Catalog,
    read: Readings,
    *,
    seed: int,
    listens: bool | None = None,
) -> Survey:
    """Find what each weapon of an architecture can do about each missile of a raid.

    Interceptors in orbit: counted on propagated orbits in each phase, by straight fly-out from the
    coasting orbit in free fall (the pull of the Earth is the same for both to within a few
    kilometres in four minutes), up to burnout and above a least altitude. Ground
    interceptors: flown in fans (``physics/flyout.py``) after a delay, within range and altitude
    of the catalogue; left out there: lift and divert, and the Earth's spin, worth 2 % of the way
    in ten minutes.

    Args:
        architecture: What stands.
        raid: The raid with its points drawn.
        flights: The raid's flights.
        catalog: For numbers that belong to no element, such as discrimination.
        read: Which number of each range is read.
        seed: The study's seed.
        listens: Whether fire follows discrimination; where left out, planned by which lets
            fewer warheads through.

    Returns:
        The survey.
    """
    custody = find_custody(architecture, flights, catalog, read)
    boost = _in_orbit(architecture, raid, flights, custody, read, seed)
    track_s = _track_times(custody, raid, seed)
    is_warned = custody.is_warned & flights.is_boosted[raid.shot]
    ground = _on_ground(architecture, flights, catalog, read)
    later = [e for layer in TIERS for e in architecture.elements if _fights(e, layer)]
    has_decoys = raid.decoys_each > 0
    rates: dict[Discrimination, tuple[float, float]] = {
        "recognised": (1.0, 0.0),
        "not_told_apart": (1.0, 1.0 if has_decoys else 0.0),
        "study": (1.0, 0.0),
    }
    if has_decoys:
        rates["study"] = (custody.p_warhead_called_warhead, custody.p_decoy_called_warhead)

    classes = tuple(dict.fromkeys(raid.missile_types))
    assets = tuple(dict.fromkeys(shot.aim.id for shot in raid.shots))
    asset_of_shot = np.array([assets.index(shot.aim.id) for shot in raid.shots], dtype=np.int32)
    windows = Windows(
        architecture=architecture.name,
        raid=raid.name,
        missile=raid.missile,
        is_warhead=raid.is_warhead,
        reliability=np.array([read(value) for value in raid.reliability]),
        asset=asset_of_shot[raid.shot],
        assets=assets,
        missile_class=np.array(
            [classes.index(name) for name in raid.missile_types], dtype=np.int32
        ),
        classes=classes,
        order=_order(raid, flights, seed),
        boost_weapons=tuple(found.weapon for found in boost.reach),
        boost_shots=boost.shots,
        boost_wanted=np.array([e.doctrine.shots for e in boost.elements], dtype=np.int32),
        boost_reason=boost.reason,
        boost_p_kill=_without_fault(boost.elements, read),
        boost_common_q=_read_all(boost.elements, "common_fault_probability", read),
        boost_common_f=_read_all(boost.elements, "common_fault_factor", read),
        weapons=tuple(_names(later)),
        tier=np.array([TIERS[e.item.layer] for e in later], dtype=np.int8),
        p_kill=_without_fault(later, read),
        common_q=_read_all(later, "common_fault_probability", read),
        common_f=_read_all(later, "common_fault_factor", read),
        salvo=np.array([e.doctrine.shots for e in later], dtype=np.int32),
        batteries=ground.batteries,
        stock=ground.stock,
        battery=np.empty((0, 0, 0), dtype=np.int16),
        looks=np.empty((0, 0, 0), dtype=np.int8),
        no_battery_reason=np.empty((0, 0, 0), dtype=np.int8),
        p_track=np.array(
            [
                read(catalog.value("tracking", "p_track_midcourse")),
                read(catalog.value("tracking", "p_track_terminal")),
            ]
        ),
        p_warhead_called_warhead=rates["study"][0],
        p_decoy_called_warhead=rates["study"][1],
    )
    found_survey = Survey(
        windows=windows,
        reach=boost.reach,
        custody=custody,
        track_s=track_s,
        shot=raid.shot,
        latest_s=ground.latest_s,
        reason_of=np.where(
            np.isinf(track_s), np.where(is_warned, _UNTRACKED, _UNDETECTED), _UNREACHABLE
        ).astype(np.int8),
        weapon_of=ground.weapon,
        listens=True,
        rates=rates,
    )
    return _planned(found_survey, listens)


def _track_times(custody: Custody, raid: Raid, seed: int) -> NDArray[np.float64]:
    """Give when a track of each missile exists in each phase: (P, M).

    In a phase a missile is held by the tracking layer too, or left to the radars.
    """
    held = draw_true(
        seed,
        "tracking_layer/in_view",
        phases=raid.phases,
        entities=len(raid.start_s),
        chance=custody.p_layer,
    )
    layer_s = np.minimum(custody.radar_s, custody.layer_s)
    return np.where(held, layer_s[raid.shot], custody.radar_s[raid.shot])


@dataclass(frozen=True, eq=False)
class _InOrbit:
    """What the weapons in orbit can do; V weapons."""

    elements: list[Fielded]
    """One of each weapon."""
    reach: tuple[Reach, ...]
    shots: NDArray[np.int32]
    """(V, P, M)"""
    reason: NDArray[np.int8]
    """(V, P, M)"""


def _in_orbit(
    architecture: Architecture,
    raid: Raid,
    flights: Flights,
    custody: Custody,
    read: Readings,
    seed: int,
) -> _InOrbit:
    orbits = _alike([e for e in architecture.elements if _fights(e, "boost")])
    elements = [alike[0] for alike in orbits]
    epoch_s = _epochs(raid.phases)
    found = [
        _satellites(name, alike, raid, flights, custody, epoch_s, read, seed)
        for name, alike in zip(_names(elements), orbits, strict=True)
    ]
    empty = (0, *raid.shot.shape)
    return _InOrbit(
        elements,
        tuple(reach for reach, _, _ in found),
        _stacked([shots for _, shots, _ in found], empty, np.int32),
        _stacked([reason for _, _, reason in found], empty, np.int8),
    )


@dataclass(frozen=True, eq=False)
class _OnGround:
    """What the batteries on the ground have time for; B batteries."""

    batteries: tuple[str, ...]
    weapon: NDArray[np.int32]
    """(B,) weapon of each battery."""
    stock: NDArray[np.int32]
    """(B,)"""
    latest_s: NDArray[np.float64]
    """(F, B, L) last track that leaves time for one salvo, for two."""


def _on_ground(
    architecture: Architecture, flights: Flights, catalog: Catalog, read: Readings
) -> _OnGround:
    elements = [e for layer in TIERS for e in architecture.elements if _fights(e, layer)]
    names: list[str] = []
    weapon: list[int] = []
    stock: list[int] = []
    most = max(LOOKS.values())
    latest_s = [np.empty((len(flights.shots), 0, most))]
    for number, (element, name) in enumerate(zip(elements, _names(elements), strict=True)):
        sites = [(place, rounds) for place, rounds in element.sites if rounds > 0]
        names += [f"{name}/{place.id}" for place, _ in sites]
        weapon += [number] * len(sites)
        stock += [rounds for _, rounds in sites]
        radar = _own_radar(element, architecture, catalog)
        found = _latest_tracks(
            element, radar, [place for place, _ in sites], flights, catalog, read
        )
        never = ((0, 0), (0, 0), (0, most - found.shape[2]))
        latest_s.append(np.pad(found, never, constant_values=-np.inf))
    return _OnGround(
        batteries=tuple(names),
        weapon=np.array(weapon, dtype=np.int32),
        stock=np.array(stock, dtype=np.int32),
        latest_s=np.concatenate(latest_s, axis=1),
    )


@lru_cache(maxsize=8)
def _order(raid: Raid, flights: Flights, seed: int) -> NDArray[np.int32]:
    return order_of_fire(seed, raid.start_s + flights.impact_s[raid.shot], raid.missile)


def _planned(found: Survey, listens: bool | None) -> Survey:
    """Discriminate only where that lets fewer warheads through than shooting at every object.

    A sensor calls some warheads decoys; where rounds are ample it is better not to listen. The
    choice is made before the raid, by the expected-value model.
    """
    told = found.under("study")
    if listens is None:
        everything = found.under("not_told_apart")
        listens = (
            found.rates["study"] == found.rates["not_told_apart"]
            or expected(told).leakage <= expected(everything).leakage
        )
    if listens:
        return replace(found, windows=told)
    rates = {**found.rates, "study": found.rates["not_told_apart"]}
    return replace(found, windows=found.under("not_told_apart"), rates=rates, listens=False)


def _assigned(found: Survey, p_ww: float, p_dw: float) -> Windows:
    windows = found.windows
    called = np.stack([np.where(windows.is_warhead, p_ww, p_dw), windows.is_warhead])
    weight = windows.reliability[windows.missile] * windows.p_track[:, None] * called
    battery, looks, reason = assign_batteries(
        order=windows.order,
        missile=windows.missile,
        shot=found.shot,
        track_s=found.track_s,
        weight=weight[windows.tier],
        latest_s=found.latest_s,
        reason_of=found.reason_of,
        weapon_of=found.weapon_of,
        stock=windows.stock,
        salvo=windows.salvo,
    )
    return replace(
        windows,
        battery=battery,
        looks=looks,
        no_battery_reason=reason,
        p_warhead_called_warhead=p_ww,
        p_decoy_called_warhead=p_dw,
    )


def _satellites(
    name: str,
    alike: Sequence[Fielded],
    raid: Raid,
    flights: Flights,
    custody: Custody,
    epoch_s: NDArray[np.float64],
    read: Readings,
    seed: int,
) -> tuple[Reach, NDArray[np.int32], NDArray[np.int8]]:
    """Count the satellites of one weapon, in all its shells, that reach each missile in boost.

    Assign them to the missiles.
    """
    values, doctrine = alike[0].values, alike[0].doctrine
    shape = raid.shot.shape
    commit_s = read(values["decision_delay"])
    floor_m = read(values["min_intercept_altitude"])
    # From when the missile is high enough, and an interceptor could have been on its way.
    high = np.argmax(flights.altitude_m > floor_m, axis=1)
    first_s = np.maximum(flights.time_s[high], commit_s)
    last_s = flights.burnout_s
    share = np.linspace(0.0, 1.0, INTERCEPT_TIMES)
    time_s = first_s[:, None] + share * np.maximum(last_s - first_s, 0.0)[:, None]
    target = flights.position_at(time_s)
    reach_m = fly_out_range(
        time_s - commit_s, read(values["burnout_speed"]), read(values["acceleration"])
    )
    reach_m = np.where((time_s <= last_s[:, None]) & custody.is_warned, reach_m, 0.0)
    planes = walker_planes(
        [one for e in alike if e.constellation is not None for one in orbits_of(e.constellation)]
    )
    number = planes.count
    alive = draw_true(
        seed,
        f"{name}/available",
        phases=raid.phases,
        entities=number,
        chance=read(values["availability"]),
    )
    count, satellite = satellites_in_reach(
        planes,
        epoch_s=epoch_s,
        start_s=raid.start_s,
        flight=raid.shot,
        time_s=time_s,
        target_ecef_m=target,
        reach_m=reach_m,
        capacity=REACH_CAPACITY,
        alive=alive,
    )
    shots, reason = assign_satellites(
        count,
        satellite,
        satellites=number,
        wanted=doctrine.shots,
        unreachable=_UNREACHABLE if custody.is_warned else _UNDETECTED,
        unassigned=_UNASSIGNED,
    )
    assert shots.shape == shape
    return Reach(name, number, count), shots, reason


def _own_radar(element: Fielded, architecture: Architecture, catalog: Catalog) -> Item | None:
    """Find the radar that guides a weapon, with the values of the architecture if it fields one."""
    name = element.item.model_with
    if not name:
        return None
    fielded = (e for e in architecture.elements if e.use == name)
    values = next((e.values for e in fielded), catalog.item(name).values)
    return replace(catalog.item(name), values=values)


def _latest_tracks(
    element: Fielded,
    radar: Item | None,
    places: Sequence[Place],
    flights: Flights,
    catalog: Catalog,
    read: Readings,
) -> NDArray[np.float64]:
    """Find the last track that leaves each site time for so many salvos at each flight: (F, B, L).

    Infinite where the site's own radar tracks the flight in time.
    """
    values = element.values
    fan, look_s = fan_of(values, read), read(values["look_time"])
    sites = [[p.lat_rad for p in places], [p.lon_rad for p in places]]
    numbers = ("last order", fan, *(tuple(row) for row in sites), look_s, element.doctrine.look)
    if numbers not in flights.found:
        flights.found[numbers] = latest_orders(
            geodetic_to_ecef(*sites),
            flights.time_s,
            flights.position_ecef_m,
            fan,
            target_altitude_m=flights.altitude_m,
            until_s=flights.impact_s,
            look_s=look_s,
            most_looks=LOOKS[element.doctrine.look],
        )
    orders_s = flights.found[numbers]
    tracks_s = orders_s - read(values["commit_delay"])
    if radar is None:
        return tracks_s
    own_s = first_track(radar, places, flights, catalog, read)
    return np.where(own_s[..., None] <= tracks_s, np.inf, tracks_s)


def _fights(element: Fielded, layer: str) -> bool:
    item = element.item
    return item.model == "fights" and item.layer == layer and element.count > 0


def _alike(elements: Sequence[Fielded]) -> list[list[Fielded]]:
    """Put elements that are one weapon in several shells together.

    They share the shots that doctrine wants at a missile, and the fault common to the type.
    """
    weapons: list[list[Fielded]] = []
    for element in elements:
        for weapon in weapons:
            first = weapon[0]
            if (first.use, first.values, first.doctrine) == (
                element.use,
                element.values,
                element.doctrine,
            ):
                weapon.append(element)
                break
        else:
            weapons.append([element])
    return weapons


def _names(elements: list[Fielded]) -> list[str]:
    """Name each weapon once, a second one of the same kind with its number."""
    names: list[str] = []
    for element in elements:
        alike = sum(name.split("#")[0] == element.use for name in names)
        names.append(element.use if alike == 0 else f"{element.use}#{alike + 1}")
    return names


def _without_fault(elements: list[Fielded], read: Readings) -> NDArray[np.float64]:
    """Give the kill probability while no common fault is there.

    The catalogue's is the mean with and without it, as a test record is: the fault spreads the
    luck of a battle, and takes nothing off the mean. At most 1, which only draws at the high
    end of several ranges meet.
    """
    q = _read_all(elements, "common_fault_probability", read)
    f = _read_all(elements, "common_fault_factor", read)
    return np.asarray(np.minimum(_read_all(elements, "p_kill", read) / (1.0 - q * (1.0 - f)), 1.0))


def _read_all(elements: list[Fielded], parameter: str, read: Readings) -> NDArray[np.float64]:
    return np.array([read(e.values[parameter]) for e in elements], dtype=np.float64)


def _stacked(
    arrays: Sequence[NDArray[np.generic]], empty: tuple[int, ...], dtype: type[np.generic]
) -> NDArray[Any]:
    return np.array(arrays, dtype=dtype) if arrays else np.empty(empty, dtype=dtype)


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
    custody = find_custody(architecture, flights, catalog, read)
    boost = _in_orbit(architecture, raid, flights, custody, read, seed)
    return list(zip(boost.elements, boost.reach, strict=True))


def _epochs(phases: int) -> NDArray[np.float64]:
    """Spread phases evenly over a day, so that no two are close (golden section)."""
    return np.asarray(SIDEREAL_DAY_S * np.modf(np.arange(phases) * 0.6180339887498949)[0])
