"""How fast ways are found over satellites, beside scipy's graphs on the same links."""

import math

import numpy as np
from benchmarks.timing import best_s
from scipy.sparse import coo_array
from scipy.sparse.csgraph import dijkstra

from umbo.elements.catalog import load_catalog
from umbo.elements.readings import Readings
from umbo.engagement.transport import LinkRules, find_latencies
from umbo.physics.network import Network, fastest_ways, links_at
from umbo.physics.orbits import walker_shell
from umbo.study.load import load, resolve

TARGETS = {"transport_day_grid_s": 10.0, "transport_day_mesh_s": 10.0}
BESIDE = {"transport_mesh_graphs_per_s": "scipy_mesh_graphs_per_s"}
STEPS = 8_640
RULES = LinkRules(
    max_crosslink_m=5_500e3,
    grazing_altitude_m=80e3,
    min_elevation_rad=math.radians(10.0),
    terminals=4,
    satellite_hop_s=0.02,
    ground_hop_s=0.05,
    line_s=0.05,
    line_speed_m_per_s=150e6,
    manager_s=10.0,
)


def network(terminals: int | None) -> Network:
    """Build 500 satellites of one shell over ten entry points on the parallel of 40 degrees."""
    shell = walker_shell(1_000e3, math.radians(60.0), 20, 25, phasing=5)
    places = 10
    return Network(
        shells=(shell,),
        shell_relays=(True,),
        lat_rad=np.full(places, math.radians(40.0)),
        lon_rad=np.linspace(-math.pi, math.pi, places, endpoint=False),
        has_terminal=np.ones(places, dtype=np.bool_),
        ground_relays=np.ones(places, dtype=np.bool_),
        wire_s=np.full((places, places), np.inf),
        delay_s=np.full(shell.count + places, RULES.satellite_hop_s),
        max_crosslink_m=RULES.max_crosslink_m,
        grazing_altitude_m=RULES.grazing_altitude_m,
        min_elevation_rad=RULES.min_elevation_rad,
        terminals=terminals,
    )


def day() -> dict[str, float]:
    """Find the ways from a hub to 500 satellites at 8,640 times of a day, by grid and by mesh."""
    time_s = 10.0 * np.arange(STEPS)
    figures = {}
    for name, terminals in (("grid", 4), ("mesh", None)):
        net = network(terminals)
        hub, ends = [net.satellites], np.arange(net.satellites)
        took_s = best_s(lambda net=net, hub=hub, ends=ends: fastest_ways(net, time_s, hub, ends), 1)
        figures[f"transport_day_{name}_s"] = took_s
        figures[f"transport_{name}_graphs_per_s"] = STEPS / took_s
    return figures


def peer() -> dict[str, float]:
    """Solve the mesh's graph with scipy, its links given; ours finds the links too."""
    net = network(None)
    links = links_at(net, 0.0)
    tail, head = np.concatenate([links.nodes, links.nodes[:, ::-1]]).T
    cost = np.tile(links.delay_s, 2) + np.where(tail == net.satellites, 0.0, net.delay_s[tail])
    graph = coo_array((cost, (tail, head)), shape=(net.nodes, net.nodes)).tocsr()
    took_s = best_s(lambda: [dijkstra(graph, indices=net.satellites) for _ in range(50)], 3)
    return {"transport_mesh_links": len(links.delay_s), "scipy_mesh_graphs_per_s": 50 / took_s}


def architecture() -> dict[str, float]:
    """Find all latencies of the reference study's large architecture."""
    catalog = load_catalog()
    large = resolve(load("reference"), catalog)["large"]
    took_s = best_s(lambda: find_latencies(large, catalog, Readings(), RULES, seed=1), 3)
    return {"transport_architecture_s": took_s}


JOBS = (day, peer, architecture)
