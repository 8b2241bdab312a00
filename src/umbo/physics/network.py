"""Messages over satellites and ground stations: which links stand, and the fastest way."""

import math
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from umbo.compiled import in_parallel, njit, njit_inner
from umbo.errors import DomainError
from umbo.physics.constants import (
    EARTH_EQUATORIAL_RADIUS_M,
    EARTH_POLAR_RADIUS_M,
    SPEED_OF_LIGHT_M_PER_S,
)
from umbo.physics.earth import east_north_up, geodetic_to_ecef
from umbo.physics.orbits import WalkerShell, earth_fixed_positions

Array = NDArray[np.float64]
Truths = NDArray[np.bool_]
Numbers = NDArray[np.int32]

# Planes and slots from a satellite to its neighbours, pair after pair of terminals.
_GRID: Final = ((0, 1), (1, 0), (1, 1), (1, -1))
_BLOCK_STEPS: Final = 24


@dataclass(frozen=True, eq=False)
class Network:
    """Satellites of all shells, then places on the ground: N + G nodes, numbered in this order."""

    shells: tuple[WalkerShell, ...]
    shell_relays: tuple[bool, ...]
    """Whether the satellites of a shell pass messages on, or only send and receive their own."""
    lat_rad: Array
    """(G,) geodetic latitude of the places."""
    lon_rad: Array
    """(G,)"""
    has_terminal: Truths
    """(G,) whether a place has a link to satellites."""
    ground_relays: Truths
    """(G,) whether a place passes messages on."""
    wire_s: Array
    """(G, G) delay over lines on the ground; infinite where there is none."""
    delay_s: Array
    """(N + G,) what a node takes to pass a message on, or to take it in."""
    max_crosslink_m: float
    """Longest link between satellites."""
    grazing_altitude_m: float
    """Links between satellites stay above this."""
    min_elevation_rad: float
    """Lowest elevation of a satellite over the horizon of a place linked to it."""
    max_ground_link_m: float = math.inf
    """Longest link between a place and a satellite."""
    terminals: int | None = 4
    """Links that a relay keeps within its shell: 2, 4, 6 or 8, see ``grid_neighbours``; None for
    all in range and sight. Links to other shells and to the ground come on top."""

    @property
    def satellites(self) -> int:
        """Satellites in all, N."""
        return sum(shell.count for shell in self.shells)

    @property
    def nodes(self) -> int:
        """Satellites and places in all, N + G."""
        return self.satellites + len(self.lat_rad)

    @property
    def relays(self) -> Truths:
        """(N + G,) whether a node passes messages on."""
        counts = [shell.count for shell in self.shells]
        in_orbit = np.repeat(np.array(self.shell_relays, dtype=np.bool_), counts)
        return np.concatenate([in_orbit, np.asarray(self.ground_relays, dtype=np.bool_)])


@dataclass(frozen=True, eq=False)
class Links:
    """All links at one time, each once."""

    nodes: Numbers
    """(E, 2) the two ends."""
    delay_s: Array
    """(E,) light time, or the delay of the line on the ground."""


@dataclass(frozen=True, eq=False)
class Legs:
    """The fastest ways between hubs and ends at each time."""

    delay_s: Array
    """(T, M, K) links and the relays between, without the two ends; infinite for no way."""
    hops: NDArray[np.int16]
    """(T, M, K) links on that way; -1 for no way."""


def grid_neighbours(shell: WalkerShell, terminals: int) -> Numbers:
    """Give the satellites of its own shell that each satellite keeps a link to.

    The pattern known as +grid: with 2 terminals the next ahead and behind in its plane, with 4
    also the nearest by slot in the planes to the left and right, with 6 and 8 the two
    diagonals. A ``star`` has no link across its seam, where neighbours run against each other.
    Links to fixed satellites need no new pointing; left out: patterns that link farther, which
    save hops in shells of thousands.

    Args:
        shell: The shell.
        terminals: 2, 4, 6 or 8.

    Returns:
        Numbers of satellites, (count, terminals); -1 where a terminal is idle.

    Raises:
        DomainError: Another number of terminals.

    Source:
        Bhattacherjee & Singla, "Network topology design at 27,000 km/hour", *CoNEXT* (2019).
    """
    if terminals not in {2, 4, 6, 8}:
        raise DomainError(
            f"terminals must be 2, 4, 6 or 8 within the shell; got {terminals}; "
            "give None for all in range"
        )
    plane, slot = np.divmod(np.arange(shell.count), shell.per_plane)
    # A plane's satellites lead by F / planes of a slot; after the last plane by F slots.
    lead = round(shell.phasing / shell.planes)
    neighbours = np.full((shell.count, terminals), -1, dtype=np.int32)
    for pair, (planes, slots) in enumerate(_GRID[: terminals // 2]):
        to_plane = plane + planes
        past_last = to_plane >= shell.planes
        to_slot = slot + slots + planes * (np.where(past_last, shell.phasing, 0) - lead)
        to = (to_plane % shell.planes) * shell.per_plane + to_slot % shell.per_plane
        if planes and (shell.pattern == "star" or shell.planes == 1):
            to[past_last] = -1
        has = to >= 0
        neighbours[has, 2 * pair] = to[has]
        neighbours[to[has], 2 * pair + 1] = np.flatnonzero(has)
    own = np.arange(shell.count)[:, None]
    for column in range(terminals):  # small shells meet one neighbour on two sides
        twice = np.any(neighbours[:, :column] == neighbours[:, column, None], axis=1)
        neighbours[twice, column] = -1
    return np.where(neighbours == own, -1, neighbours)


@njit_inner(nogil=True)
def _add(
    a: int, b: int, delay_s: float, listed: Truths, used: int, lists: Numbers, link_s: Array
) -> int:
    """Put a link into the list of each of its ends that has one."""
    for _ in range(2):
        if listed[a]:
            if used < len(link_s):
                lists[1, used] = b
                link_s[used] = delay_s
                lists[2, used] = lists[0, a]
                lists[0, a] = used
            used += 1
        a, b = b, a
    return used


@njit(cache=True, nogil=True)
def _find_links(
    satellite: Array,
    near: Numbers,
    beyond: Numbers,
    site: Array,
    up: Array,
    has_terminal: Truths,
    wire_s: Array,
    listed: Truths,
    limits: Array,
    lists: Numbers,
    link_s: Array,
) -> int:
    """List the links of every listed node at one time; gives how many there are, listed or not.

    ``lists`` holds each node's first link, and of each link the other end and the next link.
    """
    grazing_m, stretch, max_crosslink_m, sin_elevation, max_ground_link_m = limits
    n = satellite.shape[0]
    used = near.shape[0] * 0  # a literal number would compile ``_add`` twice
    lists[0, : len(listed)] = -1
    x, y, z = satellite[:, 0].copy(), satellite[:, 1].copy(), satellite[:, 2].copy()
    # Stretched along the pole the Earth is a sphere; a line is clear of it where it is no longer
    # than the ways to the two horizons.
    horizon_m, length_2, is_linked = np.empty(n), np.empty(n), np.empty(n, np.bool_)
    stretch_2, longest_2 = stretch**2, max_crosslink_m**2
    for i in range(n):
        z_i = stretch * z[i]
        horizon_m[i] = math.sqrt(max(x[i] ** 2 + y[i] ** 2 + z_i**2 - grazing_m**2, 0.0))
    for i in range(n):
        x_i, y_i, z_i, horizon_i = x[i], y[i], z[i], horizon_m[i]
        # Fixed neighbours within the shell, then every satellite beyond it.
        for slot in range(near.shape[1] + 1):
            is_last = slot == near.shape[1]
            start = beyond[i] if is_last else near[i, slot]
            end = n if is_last else start + 1
            if start <= i:  # linked from the other side, or no neighbour
                continue
            # Slices, whose indices cannot be negative, let the compiler take several at once.
            x_j, y_j, z_j = x[start:end], y[start:end], z[start:end]
            horizon_j = horizon_m[start:end]
            for k in range(end - start):
                level_2 = (x_j[k] - x_i) ** 2 + (y_j[k] - y_i) ** 2
                height_2 = (z_j[k] - z_i) ** 2
                sight = horizon_i + horizon_j[k]
                length_2[k] = level_2 + height_2
                in_sight = level_2 + stretch_2 * height_2 <= sight * sight
                is_linked[k] = in_sight & (length_2[k] <= longest_2)
            for k in range(end - start):
                if is_linked[k] and (listed[i] or listed[start + k]):
                    light_s = math.sqrt(length_2[k]) / SPEED_OF_LIGHT_M_PER_S
                    used = _add(i, start + k, light_s, listed, used, lists, link_s)
    for g in range(site.shape[0]):
        if has_terminal[g]:
            for i in range(n):
                x_i, y_i, z_i = x[i] - site[g, 0], y[i] - site[g, 1], z[i] - site[g, 2]
                height = up[g, 0] * x_i + up[g, 1] * y_i + up[g, 2] * z_i
                length = math.sqrt(x_i**2 + y_i**2 + z_i**2)
                if height >= sin_elevation * length and length <= max_ground_link_m:
                    light_s = length / SPEED_OF_LIGHT_M_PER_S
                    used = _add(n + g, i, light_s, listed, used, lists, link_s)
        for h in range(g):
            if wire_s[g, h] < np.inf:
                used = _add(n + g, n + h, wire_s[g, h], listed, used, lists, link_s)
    return used


@njit_inner(nogil=True)
def _shortest(
    source: int,
    relays: Truths,
    delay_s: Array,
    lists: Numbers,
    link_s: Array,
    way_s: Array,
    hops: NDArray[np.int16],
    heap: Numbers,
    place: Numbers,
) -> None:
    """Find the fastest way from a node to all others: Dijkstra's method on a binary heap."""
    way_s[:] = np.inf
    hops[:] = -1
    place[:] = -1
    way_s[source] = 0.0
    hops[source] = 0
    heap[0] = source
    place[source] = 0
    size = 1
    while size > 0:
        node = heap[0]
        size -= 1
        if size > 0:  # the last of the heap sinks from the top
            moved = heap[size]
            i = 0
            while 2 * i + 1 < size:
                child = 2 * i + 1
                if child + 1 < size and way_s[heap[child + 1]] < way_s[heap[child]]:
                    child += 1
                if way_s[moved] <= way_s[heap[child]]:
                    break
                heap[i] = heap[child]
                place[heap[i]] = i
                i = child
            heap[i] = moved
            place[moved] = i
        start_s = way_s[node] + (delay_s[node] if node != source else 0.0)
        link = lists[0, node]
        while link >= 0:
            other = lists[1, link]
            reach_s = start_s + link_s[link]
            if reach_s < way_s[other]:
                way_s[other] = reach_s
                hops[other] = hops[node] + 1
                if relays[other]:
                    i = place[other]
                    if i < 0:
                        i = size
                        size += 1
                    while i > 0 and way_s[heap[(i - 1) // 2]] > reach_s:
                        heap[i] = heap[(i - 1) // 2]
                        place[heap[i]] = i
                        i = (i - 1) // 2
                    heap[i] = other
                    place[other] = i
            link = lists[2, link]


@njit(cache=True, nogil=True)
def _legs(
    satellite: Array,
    near: Numbers,
    beyond: Numbers,
    site: Array,
    up: Array,
    has_terminal: Truths,
    wire_s: Array,
    listed: Truths,
    limits: Array,
    relays: Truths,
    delay_s: Array,
    hubs: Numbers,
    ends: Numbers,
    leg_s: Array,
    leg_hops: NDArray[np.int16],
) -> None:
    nodes = len(relays)
    way_s, hops = np.empty(nodes), np.empty(nodes, np.int16)
    heap, place = np.empty(nodes, np.int32), np.empty(nodes, np.int32)
    lists, link_s = np.empty((3, nodes), np.int32), np.empty(nodes)
    for t in range(satellite.shape[0]):
        while True:
            used = _find_links(
                satellite[t],
                near,
                beyond,
                site,
                up,
                has_terminal,
                wire_s,
                listed,
                limits,
                lists,
                link_s,
            )
            if used <= len(link_s):
                break
            room = used + used // 4
            lists, link_s = np.empty((3, room), np.int32), np.empty(room)
        for m in range(len(hubs)):
            if hubs[m] < 0:
                continue
            _shortest(hubs[m], relays, delay_s, lists, link_s, way_s, hops, heap, place)
            for k in range(len(ends)):
                if ends[k] >= 0:
                    leg_s[t, m, k] = way_s[ends[k]]
                    leg_hops[t, m, k] = hops[ends[k]]


@dataclass(frozen=True, eq=False)
class _Scene:
    """What the kernels need of the nodes that work, the others left out."""

    kept: Numbers
    """Numbers in the network of the nodes that work."""
    number: Numbers
    """(N + G,) number among those that work, -1 for the others."""
    fixed: tuple[Numbers, Numbers, Array, Array, Truths, Array, Truths, Array]
    """What the kernels take after the satellites, in their order."""


def _scene(network: Network, alive: ArrayLike | None, listed: Truths) -> _Scene:
    n, nodes = network.satellites, network.nodes
    works = np.ones(nodes, dtype=np.bool_) if alive is None else np.asarray(alive, dtype=np.bool_)
    if works.shape != (nodes,):
        raise DomainError(
            f"alive has the shape {works.shape}, but the network has {nodes} nodes; "
            "give one truth for each satellite and place"
        )
    kept = np.flatnonzero(works).astype(np.int32)
    number = np.full(nodes + 1, -1, dtype=np.int32)  # the last one stands for no node
    number[kept] = np.arange(len(kept))
    near = np.full((n, network.terminals or 0), -1, dtype=np.int32)
    beyond = np.empty(n, dtype=np.int32)
    start = 0
    for shell, passes_on in zip(network.shells, network.shell_relays, strict=True):
        end = start + shell.count
        if passes_on and network.terminals is None:
            beyond[start:end] = np.arange(start, end) + 1
        else:
            beyond[start:end] = end
            if passes_on and network.terminals is not None:
                neighbours = grid_neighbours(shell, network.terminals)
                near[start:end] = np.where(neighbours >= 0, neighbours + start, -1)
        start = end
    in_orbit, ground = kept[kept < n], kept[kept >= n] - n
    before = np.concatenate([[0], np.cumsum(works[:n])]).astype(np.int32)
    lat, lon = np.asarray(network.lat_rad)[ground], np.asarray(network.lon_rad)[ground]
    grazing_m = EARTH_EQUATORIAL_RADIUS_M + network.grazing_altitude_m
    return _Scene(
        kept=kept,
        number=number[:-1],
        fixed=(
            np.ascontiguousarray(number[near[in_orbit]]),
            before[beyond[in_orbit]],
            np.ascontiguousarray(geodetic_to_ecef(lat, lon)),
            np.ascontiguousarray(east_north_up(lat, lon)[:, 2]),
            np.asarray(network.has_terminal, dtype=np.bool_)[ground],
            np.ascontiguousarray(np.asarray(network.wire_s, dtype=np.float64)[ground][:, ground]),
            listed[kept],
            np.array(
                [
                    grazing_m,
                    grazing_m / (EARTH_POLAR_RADIUS_M + network.grazing_altitude_m),
                    network.max_crosslink_m,
                    math.sin(network.min_elevation_rad),
                    network.max_ground_link_m,
                ]
            ),
        ),
    )


def _positions(network: Network, scene: _Scene, time_s: Array, earth_angle_0_rad: float) -> Array:
    """Give the Earth-fixed positions of the satellites that work: (T, working, 3)."""
    parts, start = [np.empty((len(time_s), 0, 3))], 0
    for shell in network.shells:
        works = scene.number[start : start + shell.count] >= 0
        parts.append(earth_fixed_positions(shell, time_s, earth_angle_0_rad)[:, works])
        start += shell.count
    return np.ascontiguousarray(np.concatenate(parts, axis=1))


def links_at(
    network: Network,
    time_s: float,
    *,
    alive: ArrayLike | None = None,
    earth_angle_0_rad: float = 0.0,
) -> Links:
    """Give all links that a relay has an end of, at one time.

    Satellites: within a shell as ``Network.terminals`` says; between shells, and with satellites
    that are no relays, all in range whose line passes above the grazing altitude of the
    ellipsoid, as ``visibility.is_line_of_sight_clear`` finds. Places: satellites in range
    and over the least elevation, and lines on the ground. Left out: the number of users that a
    relay can serve at once, time to point and to acquire (tens of seconds where a link is new),
    clouds over optical ground links, capacity and queues.

    Args:
        network: The nodes and what links can do.
        time_s: Time after the shells' time 0 [s].
        alive: (N + G,) which nodes work; all where left out.
        earth_angle_0_rad: Angle from the inertial x axis to Greenwich at time 0 [rad].

    Returns:
        The links.

    Raises:
        DomainError: ``alive`` is not of the network's size.
    """
    scene = _scene(network, alive, network.relays)
    position = _positions(network, scene, np.array([float(time_s)]), earth_angle_0_rad)[0]
    room = len(scene.kept) ** 2 + len(scene.kept)
    lists, link_s = np.empty((3, room), np.int32), np.empty(room)
    used = _find_links(position, *scene.fixed, lists, link_s)
    first, to, following = lists
    tail = np.full(used, -1, dtype=np.int32)
    for node in range(len(scene.kept)):
        link = first[node]
        while link >= 0:
            tail[link] = node
            link = following[link]
    relays = network.relays[scene.kept]
    once = (tail < to[:used]) | ~relays[to[:used]]
    ends = scene.kept[np.stack([tail, to[:used]], axis=1)[once]]
    return Links(nodes=np.asarray(ends, dtype=np.int32), delay_s=link_s[:used][once])


def fastest_ways(
    network: Network,
    time_s: ArrayLike,
    hubs: ArrayLike,
    ends: ArrayLike,
    *,
    alive: ArrayLike | None = None,
    earth_angle_0_rad: float = 0.0,
) -> Legs:
    """Find the fastest ways between hubs and ends over the links that stand at each time.

    A way costs light time, delays of lines on the ground and ``Network.delay_s`` of each relay
    it passes. Links as in ``links_at``; they stand still while a message is on its way (150 m
    of orbit in 20 ms), and what cannot get through now does not wait for a later link.

    Args:
        network: The nodes and what links can do.
        time_s: Times after the shells' time 0 [s], (T,).
        hubs: Numbers of the nodes from which ways are found, such as battle managers, (M,).
        ends: Numbers of the nodes at the other end, such as sensors and shooters, (K,).
        alive: (N + G,) which nodes work; all where left out.
        earth_angle_0_rad: Angle from the inertial x axis to Greenwich at time 0 [rad].

    Returns:
        The ways, the same there and back.

    Raises:
        DomainError: ``alive`` is not of the network's size, or a delay is negative or not a
            number.

    Source:
        Dijkstra, "A note on two problems in connexion with graphs", *Numerische Mathematik* 1
        (1959), 269-271.
    """
    hub_numbers = np.asarray(hubs, dtype=np.int64)
    listed = network.relays
    listed[hub_numbers] = True
    scene = _scene(network, alive, listed)
    if not (np.all(network.delay_s >= 0.0) and np.all(network.wire_s >= 0.0)):
        raise DomainError("delay_s and wire_s must not be negative; write inf for no line")
    time = np.asarray(time_s, dtype=np.float64)
    hub = scene.number[hub_numbers]
    end = scene.number[np.asarray(ends, dtype=np.int64)]
    legs = Legs(
        np.full((len(time), len(hub), len(end)), np.inf),
        np.full((len(time), len(hub), len(end)), -1, dtype=np.int16),
    )
    delay_s = np.asarray(network.delay_s, dtype=np.float64)[scene.kept]

    def work(part: int) -> None:
        block = slice(part * _BLOCK_STEPS, (part + 1) * _BLOCK_STEPS)
        _legs(
            _positions(network, scene, time[block], earth_angle_0_rad),
            *scene.fixed,
            network.relays[scene.kept],
            delay_s,
            hub,
            end,
            legs.delay_s[block],
            legs.hops[block],
        )

    in_parallel(work, -(-len(time) // _BLOCK_STEPS))
    return legs


def through_hubs(
    to_hub: Legs, from_hub: Legs, hub_s: ArrayLike, end_s: ArrayLike = 0.0
) -> tuple[Array, NDArray[np.int16]]:
    """Join ways from senders to a hub and on from there, over the hub that is fastest.

    Args:
        to_hub: Ways between hubs and senders, K of them.
        from_hub: Ways between the same hubs and receivers at the same times, L of them.
        hub_s: What each hub takes to answer [s], (M,).
        end_s: What each receiver takes [s], (L,).

    Returns:
        Delay from each sender to each receiver [s], (T, K, L), infinite for no way; and the
        links on the way, -1 for no way.
    """
    times, hubs, senders = to_hub.delay_s.shape
    shape = (times, senders, from_hub.delay_s.shape[2])
    best_s, hops = np.full(shape, np.inf), np.full(shape, -1, dtype=np.int16)
    own_s = np.broadcast_to(np.asarray(hub_s, dtype=np.float64), (hubs,))
    for m in range(hubs):
        there_s = to_hub.delay_s[:, m, :, None] + own_s[m]
        total_s = there_s + (from_hub.delay_s[:, m] + np.asarray(end_s))[:, None, :]
        better = total_s < best_s
        links = to_hub.hops[:, m, :, None] + from_hub.hops[:, m][:, None, :]
        np.copyto(best_s, total_s, where=better)
        np.copyto(hops, links, where=better)
    return best_s, hops
