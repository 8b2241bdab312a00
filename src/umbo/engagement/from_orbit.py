"""What weapons in orbit can do about a raid: satellites in reach, and who gets them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, get_args

import numpy as np
from numpy.typing import NDArray

from umbo.elements.architecture import Fielded
from umbo.elements.catalog import Catalog
from umbo.elements.constellations import orbits_of
from umbo.elements.interceptors import OrbitLayer
from umbo.elements.readings import Readings
from umbo.elements.threats import target_of
from umbo.engagement.assignment import assign_satellites, draw_true
from umbo.engagement.coverage import OrbitalPlanes, satellites_in_reach, walker_planes
from umbo.engagement.flights import Flights
from umbo.engagement.orbit_layers import LONGEST_FLIGHT_S, TARGET_OF, meeting_times, span_of
from umbo.engagement.orders import Orders
from umbo.engagement.raid import Raid
from umbo.engagement.weapons import as_fired_in, kill_probability_of, stacked
from umbo.engagement.windows import REASONS
from umbo.physics.reach import fly_out_range

ORDER_STEP_S: Final = 2.5
"""Orders to launch are rounded up to whole steps of this."""
REACH_CAPACITY: Final = 256
"""Most satellites listed as in reach of one missile in boost."""
ROOM_FOR_LISTS: Final = 2**25
"""Most entries of all lists after boost, where many more are in reach: 128 MB."""
ORBIT_LAYERS: Final = get_args(OrbitLayer)
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
    ordered_s: float
    """Mean time after launch of the order, of the missiles that are tracked; nan for none."""
    rounds: int | None = None
    """Shots that they hold together; None where each is one shot, as an interceptor is."""


@dataclass(frozen=True, eq=False)
class Pools:
    """Interceptors in orbit set aside for what each missile has released; W weapons.

    One of a missile's interceptors serves any of its objects, and none another missile.
    """

    elements: tuple[Fielded, ...]
    """One of each weapon, its layer that in which it fires."""
    weapons: tuple[str, ...]
    reach: tuple[Reach, ...]
    stock: NDArray[np.int32]
    """(W, P, M) interceptors set aside for each missile."""
    reason: NDArray[np.int8]
    """(W, P, M) reason code where there are fewer than wanted."""
    p_hand_over: NDArray[np.float64]
    """(W, P, M)"""


@dataclass(frozen=True, eq=False)
class FromOrbit:
    """What the weapons in orbit can do before missiles release their objects; V weapons."""

    elements: list[Fielded]
    """One of each weapon."""
    reach: tuple[Reach, ...]
    shots: NDArray[np.int32]
    """(V, P, M)"""
    reason: NDArray[np.int8]
    """(V, P, M)"""
    p_hand_over: NDArray[np.float64]
    """(V, P, M)"""
    pools: Pools | None = None
    """What they can do after that."""


@dataclass(frozen=True, eq=False)
class Scene:
    """What all weapons in orbit of a battle meet."""

    raid: Raid
    flights: Flights
    catalog: Catalog
    read: Readings
    is_warned: NDArray[np.bool_]
    """(P, M) which missiles any sensor sees."""
    epoch_s: NDArray[np.float64]
    """(P,) time at which each phase begins."""
    seed: int


Orbiting = tuple[str, Sequence[Fielded], Mapping[OrbitLayer, Orders]]
"""A weapon in orbit: its name, its shells, and its orders in each layer in which it fights."""

_Served = tuple[Reach, NDArray[np.int32], NDArray[np.int8]]


def shots_from_orbit(weapons: Sequence[Orbiting], scene: Scene) -> FromOrbit:
    """Count the satellites of each weapon that reach each missile, and assign them.

    Layer after layer in the order of a flight, boost first: a satellite that serves a missile
    serves none in a later layer. In boost and ascent each missile gets shots; in midcourse and in
    glide interceptors are set aside for what it has released. One that meets its target in ascent
    leaves by the order of boost, with its hand-over. Left out: that the end of a burn cannot be
    foreseen, and who leaves before it must follow; that those set aside for
    a missile that was stopped before could serve another; a second look (each layer fires its
    doctrine's shots once); that a fault of the type touches its layers together.

    Args:
        weapons: The weapons.
        scene: Raid, flights and phases.

    Returns:
        Shots and reasons, boost before ascent, and what is set aside.
    """
    early: list[tuple[Fielded, _Served, Orders]] = []
    late: list[tuple[Fielded, _Served, Orders]] = []
    free: dict[str, NDArray[np.bool_]] = {}
    for layer in ORBIT_LAYERS:
        for name, shells, orders in weapons:
            if layer not in orders:
                continue
            if name not in free:
                free[name] = _working(name, shells, scene)
            served, took = _satellites(name, layer, shells, orders[layer], free[name], scene)
            free[name] = free[name] & ~took
            fired = as_fired_in(shells[0], layer)
            (late if layer in TARGET_OF else early).append((fired, served, orders[layer]))
    empty = (0, *scene.raid.shot.shape)
    (shots, reason, hand), (kept, why, given) = (
        (
            stacked([served[1] for _, served, _ in found], empty, np.int32),
            stacked([served[2] for _, served, _ in found], empty, np.int8),
            stacked([orders.p_hand_over for _, _, orders in found], empty, np.float64),
        )
        for found in (early, late)
    )
    reach = tuple(served[0] for _, served, _ in late)
    pools = Pools(
        tuple(e for e, _, _ in late), tuple(one.weapon for one in reach), reach, kept, why, given
    )
    return FromOrbit(
        [e for e, _, _ in early],
        tuple(served[0] for _, served, _ in early),
        shots,
        reason,
        hand,
        pools if late else None,
    )


def _planes(shells: Sequence[Fielded]) -> OrbitalPlanes:
    return walker_planes(
        [one for e in shells if e.constellation is not None for one in orbits_of(e.constellation)]
    )


def _working(name: str, shells: Sequence[Fielded], scene: Scene) -> NDArray[np.bool_]:
    return draw_true(
        scene.seed,
        f"{name}/available",
        phases=scene.raid.phases,
        entities=_planes(shells).count,
        chance=scene.read(shells[0].values["availability"]),
    )


def _wanted(layer: OrbitLayer, shells: Sequence[Fielded], scene: Scene) -> NDArray[np.int64]:
    """Give the interceptors wanted for each missile, (M,): the doctrine's, each object where alone.

    A target that the layer's interceptors cannot kill wants none.
    """
    raid, shots = scene.raid, shells[0].doctrine.shots
    if layer not in TARGET_OF:
        return np.full(len(raid.start_s), shots)
    objects = np.bincount(raid.missile, minlength=len(raid.start_s))
    kills = kill_probability_of(shells[0], TARGET_OF[layer], scene.read) > 0.0
    targets = [target_of(scene.catalog.item(name)) for name in raid.missile_types]
    return np.asarray(shots * objects * (kills & (np.array(targets) == TARGET_OF[layer])))


def _satellites(
    name: str,
    layer: OrbitLayer,
    shells: Sequence[Fielded],
    orders: Orders,
    free: NDArray[np.bool_],
    scene: Scene,
) -> tuple[_Served, NDArray[np.bool_]]:
    """Count the free satellites of one weapon, in all its shells; assign them to the missiles.

    Give reach, shots and reasons (P, M), and which satellites serve (P, N).
    """
    raid, flights, read, values = scene.raid, scene.flights, scene.read, shells[0].values
    # Each flight once for each time of the order to launch.
    is_told = np.isfinite(orders.ready_s)
    order = np.where(is_told, np.ceil(np.minimum(orders.ready_s, 9e3) / ORDER_STEP_S), 0.0)
    told, row = np.unique(
        raid.shot.astype(np.int64) * 4_000 + order.astype(np.int64) + 1_000_000_000 * ~is_told,
        return_inverse=True,
    )
    row = row.reshape(raid.shot.shape)
    flight = told % 1_000_000_000 // 4_000
    commit_s = np.where(told >= 1_000_000_000, np.inf, told % 4_000 * ORDER_STEP_S)
    time_s, is_met = meeting_times(
        layer,
        flights,
        span_of(layer, flights, scene.catalog, read),
        read(values["min_intercept_altitude"]),
        flight,
        commit_s,
    )
    longest_s = np.inf if layer == "boost" else LONGEST_FLIGHT_S
    reach_m = fly_out_range(
        np.clip(time_s - commit_s[:, None], 0.0, longest_s),
        read(values["burnout_speed"]),
        read(values["acceleration"]),
    )
    planes = _planes(shells)
    called = name if layer == "boost" else f"{name}#{layer}"
    room = ROOM_FOR_LISTS // max(raid.shot.size, 1)
    count, satellite = satellites_in_reach(
        planes,
        epoch_s=scene.epoch_s,
        start_s=raid.start_s,
        flight=row,
        time_s=time_s,
        target_ecef_m=_targets(flights, flight, time_s),
        reach_m=np.where(is_met[:, None], reach_m, 0.0),
        capacity=REACH_CAPACITY
        if layer == "boost"
        else min(planes.count, max(REACH_CAPACITY, room)),
        alive=free,
    )
    shots, reason, took = assign_satellites(
        count,
        satellite,
        satellites=planes.count,
        wanted=_wanted(layer, shells, scene),
        unreachable=_UNREACHABLE,
        unassigned=_UNASSIGNED,
    )
    unseen = np.where(scene.is_warned, _UNTRACKED, _UNDETECTED)
    reason = np.where((reason == _UNREACHABLE) & ~is_told, unseen, reason).astype(np.int8)
    ordered_s = float(orders.ready_s[is_told].mean()) if is_told.any() else float("nan")
    return (Reach(called, planes.count, count, ordered_s), shots, reason), took


def _targets(
    flights: Flights, flight: NDArray[np.int64], time_s: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Give Earth-fixed positions (R, N, 3) of rows of flights at times (R, N)."""
    order = np.argsort(flight, kind="stable")
    place = np.empty(len(flight), dtype=np.int64)
    place[order] = np.arange(len(flight)) - np.searchsorted(flight[order], flight[order])
    most, times = int(place.max(initial=0)) + 1, time_s.shape[1]
    asked = np.zeros((len(flights.shots), most, times))
    asked[flight, place] = time_s
    found = flights.position_at(asked.reshape(len(asked), -1))
    return found.reshape(len(asked), most, times, 3)[flight, place]
