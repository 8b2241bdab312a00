"""Links and fastest ways, against scipy's graphs, lines of sight and rings worked by hand."""

import math
from dataclasses import replace
from itertools import pairwise

import networkx
import numpy as np
import pytest
from scipy.sparse import coo_array
from scipy.sparse.csgraph import dijkstra, shortest_path

from umbo.errors import DomainError
from umbo.physics.earth import geodetic_to_ecef
from umbo.physics.network import (
    Network,
    fastest_ways,
    grid_neighbours,
    links_at,
    through_hubs,
)
from umbo.physics.orbits import earth_fixed_positions, walker_shell
from umbo.physics.visibility import is_line_of_sight_clear, look_angles

KM = 1e3
LIGHT_M_PER_S = 299_792_458.0
NANOSECOND = 1e-9
MESH = walker_shell(1_000 * KM, np.radians(81.0), 6, 11, phasing=2, pattern="star")
BACKBONE = walker_shell(480 * KM, np.radians(60.0), 8, 10, phasing=3)
SENSORS = walker_shell(1_100 * KM, np.radians(75.0), 3, 4)
WARNING = walker_shell(35_786 * KM, 0.0, 1, 4)
LAT = np.radians([38.8, 64.0, 13.6, 54.4, -31.8, 76.5])
LON = np.radians([-104.5, -145.7, 144.9, -0.7, 115.9, -68.7])


def network(shells=(MESH, BACKBONE, SENSORS, WARNING), relays=(True, True, False, False), **other):
    """Build a network whose first places are wired and whose last one is no relay."""
    places = len(LAT)
    satellites = sum(shell.count for shell in shells)
    wire = np.full((places, places), np.inf)
    wire[:3, :3] = 0.031 + 0.001 * np.add.outer(np.arange(3), np.arange(3))
    fields = {
        "shells": shells,
        "shell_relays": relays,
        "lat_rad": LAT,
        "lon_rad": LON,
        "has_terminal": np.array([True, False, True, True, True, True]),
        "ground_relays": np.array([True, True, True, True, True, False]),
        "wire_s": wire,
        "delay_s": np.concatenate([np.full(satellites, 0.02), 0.05 + 0.01 * np.arange(places)]),
        "max_crosslink_m": 5_000 * KM,
        "grazing_altitude_m": 80 * KM,
        "min_elevation_rad": np.radians(10.0),
        "terminals": 4,
    }
    return Network(**(fields | other))


def slow_links(net, time_s, alive=None, hub=None):
    """Find all links, every pair of nodes tested: {(lower, higher node): delay}."""
    n, nodes = net.satellites, np.arange(net.nodes)
    alive = np.ones(net.nodes, bool) if alive is None else alive
    lists = net.relays | (nodes == hub)
    position = np.concatenate(
        [earth_fixed_positions(shell, np.array([time_s]))[0] for shell in net.shells]
        + [geodetic_to_ecef(LAT, LON)]
    )
    length = np.linalg.norm(position[:, None] - position, axis=-1)
    linked = np.zeros((net.nodes, net.nodes), bool)
    start = 0
    linked[:n, :n] = True
    for shell, passes_on in zip(net.shells, net.shell_relays, strict=True):
        own = np.full((shell.count, shell.count), passes_on and net.terminals is None)
        if passes_on and net.terminals is not None:
            for number, row in enumerate(grid_neighbours(shell, net.terminals)):
                own[number, row[row >= 0]] = True
        linked[start : start + shell.count, start : start + shell.count] = own
        start += shell.count
    sight = is_line_of_sight_clear(position[:n, None], position[:n], net.grazing_altitude_m)
    linked[:n, :n] &= sight & (length[:n, :n] <= net.max_crosslink_m)
    elevation = look_angles(LAT, LON, 0.0, position[:n, None]).elevation_rad
    linked[:n, n:] = (elevation >= net.min_elevation_rad) & net.has_terminal
    linked[:n, n:] &= length[:n, n:] <= net.max_ground_link_m
    linked[n:, n:] = np.isfinite(net.wire_s)
    linked &= (lists[:, None] | lists) & alive[:, None] & alive & (nodes[:, None] < nodes)
    delay_s = length / LIGHT_M_PER_S
    delay_s[n:, n:] = net.wire_s
    return {(a, b): delay_s[a, b] for a, b in np.argwhere(linked).tolist()}


def slow_ways(net, time_s, hub, alive=None):
    """Give scipy's fastest ways from a hub and the links on them."""
    links = slow_links(net, time_s, alive, hub)
    edges = [(a, b, s) for (a, b), s in links.items()] + [(b, a, s) for (a, b), s in links.items()]
    edges = [
        (a, b, s + (0.0 if a == hub else net.delay_s[a]))
        for a, b, s in edges
        if net.relays[a] or a == hub
    ]
    tail, head, cost = (np.array(column) for column in zip(*edges, strict=True))
    graph = coo_array((cost, (tail, head)), shape=(net.nodes, net.nodes)).tocsr()
    delay_s, before = dijkstra(graph, indices=hub, return_predecessors=True)
    hops = np.full(net.nodes, -1)
    for node in np.flatnonzero(np.isfinite(delay_s)):
        hops[node], at = 0, node
        while at != hub:
            at = before[at]
            hops[node] += 1
    return delay_s, hops


@pytest.mark.oracle("lines of sight and look angles, pair by pair")
@pytest.mark.parametrize("terminals", [2, 4, 8, None])
@pytest.mark.parametrize("grazing_km", [0.0, 80.0])
def test_links_are_those_in_range_and_sight(terminals, grazing_km):
    net = network(
        terminals=terminals,
        grazing_altitude_m=grazing_km * KM,
        max_crosslink_m=7_000 * KM,
        max_ground_link_m=2_000 * KM if grazing_km else math.inf,
    )
    alive = np.arange(net.nodes) % 7 != 3
    for time_s in (0.0, 12_345.0, 70_000.0):
        found = links_at(net, time_s, alive=alive)

        expected = slow_links(net, time_s, alive)
        pairs = [tuple(sorted(pair)) for pair in found.nodes.tolist()]
        assert sorted(pairs) == sorted(expected)
        for pair, delay_s in zip(pairs, found.delay_s, strict=True):
            assert delay_s == pytest.approx(expected[pair], rel=1e-12)


@pytest.mark.oracle("scipy.sparse.csgraph.dijkstra")
@pytest.mark.parametrize("terminals", [2, 4, 6, None])
def test_fastest_ways_are_those_of_scipy(terminals):
    net = network(terminals=terminals)
    alive = np.arange(net.nodes) % 11 != 5
    time_s = 86_400.0 * np.modf(0.6180339887 * np.arange(12))[0]
    hubs = [net.satellites, net.nodes - 1, 150]  # the last two are no relays

    legs = fastest_ways(net, time_s, hubs, np.arange(net.nodes), alive=alive)

    for t, time in enumerate(time_s):
        for m, hub in enumerate(hubs):
            delay_s, hops = slow_ways(net, time, hub, alive)
            delay_s[~alive] = np.inf
            assert legs.delay_s[t, m] == pytest.approx(delay_s, abs=NANOSECOND)
            assert legs.hops[t, m].tolist() == np.where(np.isinf(delay_s), -1, hops).tolist()


@pytest.mark.oracle("a ring worked by hand: hops are angle over spacing, rounded up")
@pytest.mark.parametrize("satellites", [9, 16, 24])
def test_a_ring_takes_as_many_hops_as_spacings(satellites):
    radius, spacing = 6_378_137.0 + 2_000 * KM, 2.0 * np.pi / satellites
    ring = walker_shell(2_000 * KM, 0.0, 1, satellites)
    one = walker_shell(2_000 * KM, 0.0, 1, 1)
    angles = np.array([0.05, 0.5, 0.999, 1.3, 2.0, 3.7, satellites / 2]) * spacing
    users = [replace(one, plane_arg_latitude_rad=np.array([-angle])) for angle in angles]
    chord = 2.0 * radius * np.sin(spacing / 2.0)
    net = Network(
        shells=(ring, *users), shell_relays=(True, *[False] * len(users)),
        lat_rad=np.zeros(1), lon_rad=np.zeros(1), has_terminal=np.array([True]),
        ground_relays=np.array([False]), wire_s=np.zeros((1, 1)),
        delay_s=np.full(satellites + len(users) + 1, 0.5), max_crosslink_m=chord + 1.0,
        grazing_altitude_m=-1e6, min_elevation_rad=np.radians(89.0), terminals=2,
    )  # fmt: skip

    legs = fastest_ways(net, [0.0], [net.nodes - 1], satellites + np.arange(len(users)))

    hops = np.ceil(np.round(angles / spacing, 9))
    last = 2.0 * radius * np.sin((angles - (hops - 1) * spacing) / 2.0)
    light_s = (2_000 * KM + (hops - 1) * chord + last) / LIGHT_M_PER_S
    assert legs.hops[0, 0].tolist() == (hops + 1).tolist()  # and the one down
    assert legs.delay_s[0, 0] == pytest.approx(light_s + 0.5 * hops, abs=NANOSECOND)


@pytest.mark.oracle("distances on a torus, in closed form")
@pytest.mark.parametrize(("planes", "per_plane"), [(5, 7), (2, 6), (4, 2), (1, 8)])
def test_the_grid_of_a_delta_is_a_torus(planes, per_plane):
    shell = walker_shell(1_000 * KM, 1.0, planes, per_plane, phasing=0)

    near = grid_neighbours(shell, 4)

    tail, column = np.nonzero(near >= 0)
    graph = coo_array((np.ones(len(tail)), (tail, near[tail, column])), shape=(shell.count,) * 2)
    plane, slot = np.divmod(np.arange(shell.count), per_plane)
    across = np.abs(plane - plane[:, None])
    along = np.abs(slot - slot[:, None])
    torus = np.minimum(across, planes - across) + np.minimum(along, per_plane - along)
    assert np.array_equal(shortest_path(graph.tocsr(), unweighted=True), torus)


@pytest.mark.oracle("sums over the hubs in plain Python")
def test_ways_through_hubs_take_the_fastest():
    net = network()
    time_s = np.arange(5) * 1_000.0
    hubs = net.satellites + np.array([0, 3])
    up = fastest_ways(net, time_s, hubs, [140, 150, 158])
    down = fastest_ways(net, time_s, hubs, [net.nodes - 1, 3])

    delay_s, hops = through_hubs(up, down, [2.0, 1.99], [0.3, 0.1])

    for t, k, i in np.ndindex(delay_s.shape):
        sums = [
            (up.delay_s[t, m, k] + own + down.delay_s[t, m, i] + [0.3, 0.1][i],
             up.hops[t, m, k] + down.hops[t, m, i])
            for m, own in enumerate([2.0, 1.99])
        ]  # fmt: skip
        best = min(sums)
        assert delay_s[t, k, i] == pytest.approx(best[0], abs=NANOSECOND)
        assert hops[t, k, i] == (best[1] if np.isfinite(best[0]) else -1)


def test_no_message_outruns_light():
    net = network(terminals=None)
    hub = net.satellites
    time_s = np.arange(0.0, 6_000.0, 700.0)

    legs = fastest_ways(net, time_s, [hub], np.arange(net.satellites))

    position = np.concatenate([earth_fixed_positions(s, time_s) for s in net.shells], axis=1)
    straight = np.linalg.norm(position - geodetic_to_ecef(LAT[0], LON[0]), axis=-1)
    relayed_s = 0.02 * (legs.hops[:, 0] - 1)
    found = legs.hops[:, 0] > 0
    # The places that pass messages on take longer than satellites.
    assert np.all((legs.delay_s[:, 0] - relayed_s >= straight / LIGHT_M_PER_S - 1e-12)[found])
    assert found.mean() > 0.5


def test_losing_nodes_never_makes_a_message_faster():
    net = network()
    luck = np.modf(0.7548776662 * np.arange(net.nodes))[0]
    luck[net.satellites] = 0.999
    ways = [
        fastest_ways(
            net, [0.0, 5_000.0], [net.satellites], np.arange(net.nodes), alive=luck >= lost
        )
        for lost in (0.0, 0.1, 0.3, 0.6)
    ]
    for fewer, more in pairwise(ways):
        assert np.all(more.delay_s >= fewer.delay_s)
    assert np.isinf(ways[-1].delay_s).mean() > np.isinf(ways[0].delay_s).mean()


def test_more_terminals_never_make_a_message_slower():
    time_s, ends = np.arange(10) * 800.0, np.arange(network().nodes)
    ways = [
        fastest_ways(network(terminals=terminals), time_s, [network().satellites], ends).delay_s
        for terminals in (2, 4, 6, 8, None)
    ]
    for fewer, more in pairwise(ways):
        assert np.all(more <= fewer)
    assert np.nanmean(np.minimum(ways[-1], 9.0)) < np.nanmean(np.minimum(ways[0], 9.0))


def test_many_times_at_once_are_as_one_at_a_time():
    net = network()
    time_s = np.arange(150) * 600.0

    together = fastest_ways(net, time_s, [net.satellites + 3], [1, 150]).delay_s

    one_by_one = [fastest_ways(net, [t], [net.satellites + 3], [1, 150]).delay_s[0] for t in time_s]
    assert together == pytest.approx(np.array(one_by_one), abs=NANOSECOND)


@pytest.mark.parametrize("pattern", ["delta", "star"])
@pytest.mark.parametrize(("planes", "per_plane", "phasing"), [(6, 21, 1), (12, 16, 11), (3, 3, 2)])
def test_neighbours_are_mutual_and_a_star_has_a_seam(pattern, planes, per_plane, phasing):
    shell = walker_shell(1_000 * KM, 1.4, planes, per_plane, phasing, pattern)
    for terminals in (2, 4, 6, 8):
        near = grid_neighbours(shell, terminals)
        for number, row in enumerate(near):
            ones = row[row >= 0]
            assert len(set(ones)) == len(ones)
            assert number not in ones
            assert all(number in near[other] for other in ones)
        across = {
            (a // per_plane, b // per_plane) for a, row in enumerate(near) for b in row if b >= 0
        }
        assert ((0, planes - 1) in across) == (pattern == "delta" and terminals > 2)


def test_neighbours_across_are_the_nearest_of_their_plane():
    shell = walker_shell(1_000 * KM, np.radians(53.0), 24, 20, phasing=17)
    position = earth_fixed_positions(shell, np.array([0.0]))[0]
    near = grid_neighbours(shell, 4)
    for number in range(0, shell.count, 7):
        plane = np.arange(20) + 20 * ((number // 20 + 1) % 24)
        length = np.linalg.norm(position[plane] - position[number], axis=1)
        to = np.linalg.norm(position[near[number, 2]] - position[number])
        assert near[number, 2] in plane
        assert to <= np.sort(length)[1]


def test_what_only_sends_passes_nothing_on():
    ring = walker_shell(1_000 * KM, 0.5, 1, 12)
    sends = network(shells=(ring,), relays=(False,), wire_s=np.full((6, 6), np.inf))
    passes = replace(sends, shell_relays=(True,))
    hub, ends = [sends.satellites + 4], np.arange(12)

    alone, together = (
        fastest_ways(net, np.arange(50) * 900.0, hub, ends).hops for net in (sends, passes)
    )

    assert set(alone.ravel()) <= {-1, 1}
    assert together.max() > 2


def test_a_mask_of_another_size_is_refused():
    with pytest.raises(DomainError, match="one truth for each satellite"):
        fastest_ways(network(), [0.0], [0], [1], alive=np.ones(3, bool))


@pytest.mark.parametrize("terminals", [0, 3, 10])
def test_odd_numbers_of_terminals_are_refused(terminals):
    with pytest.raises(DomainError, match="2, 4, 6 or 8"):
        grid_neighbours(MESH, terminals)


@pytest.mark.parametrize("bad", [-0.1, math.nan])
def test_a_negative_delay_is_refused(bad):
    net = network()
    with pytest.raises(DomainError, match="must not be negative"):
        fastest_ways(replace(net, delay_s=np.full(net.nodes, bad)), [0.0], [0], [1])


@pytest.mark.oracle(
    "networkx single_source_dijkstra_path_length, small graphs and 126 satellites in six planes"
)
@pytest.mark.parametrize("terminals", [2, 4, None])
def test_fastest_ways_are_those_of_networkx(terminals):
    small = network(terminals=terminals)
    whole = network(
        (walker_shell(1_000 * KM, np.radians(81.0), 6, 21, phasing=1, pattern="star"), SENSORS),
        (True, False),
        terminals=terminals,
        delay_s=np.full(126 + 12 + len(LAT), 0.02),
    )
    for net, time_s in ((small, 4_321.0), (whole, 12_345.0)):
        hub = net.satellites
        graph = networkx.DiGraph()
        graph.add_nodes_from(range(net.nodes))
        for (a, b), delay_s in slow_links(net, time_s, hub=hub).items():
            for tail, head in ((a, b), (b, a)):
                if net.relays[tail] or tail == hub:
                    passing_s = 0.0 if tail == hub else net.delay_s[tail]
                    graph.add_edge(tail, head, weight=delay_s + passing_s)
        found = networkx.single_source_dijkstra_path_length(graph, hub)

        legs = fastest_ways(net, [time_s], [hub], np.arange(net.nodes))

        expected = [found.get(node, np.inf) for node in range(net.nodes)]
        assert np.isfinite(expected).sum() > 50
        assert legs.delay_s[0, 0] == pytest.approx(expected, abs=NANOSECOND)
