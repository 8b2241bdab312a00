"""Data transport: how long a track takes from sensors over a battle manager to shooters."""

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from umbo.draws import decision_id, uniform
from umbo.elements.architecture import Architecture, Fielded
from umbo.elements.catalog import Catalog
from umbo.elements.constellations import orbits_of, planes_nearest_root
from umbo.elements.places import Place
from umbo.elements.readings import Readings
from umbo.engagement.assignment import draw_true
from umbo.physics.earth import great_circle_distance
from umbo.physics.network import Legs, Network, fastest_ways, through_hubs
from umbo.physics.orbits import Pattern, WalkerShell, walker_shell

ENTRY_POINTS: Final = (
    "schriever",
    "buckley",
    "greely",
    "vandenberg",
    "cape_cod",
    "pituffik",
    "fylingdales",
    "guam",
    "kwajalein",
)
"""Places with a link to satellites; the choice is ours, of bases with a public space mission."""

MANAGERS: Final = ("schriever", "greely")
"""Places of a battle manager where the architecture names none; the choice is ours."""

SENSORS: Final = ("warning", "tracking", "radar", "amti")
"""Models whose elements send tracks."""

DAY_S: Final = 86_400.0
STEPS: Final = 144
MOST_ENDS: Final = 16
"""Most satellites or sites of one kind for which ways are found, evenly chosen."""
_NEAR_POLAR_RAD: Final = math.radians(15.0)


@dataclass(frozen=True, slots=True)
class LinkRules:
    """How far links reach, what they cost in time, and who passes messages on."""

    max_crosslink_m: float
    """Longest link between satellites."""
    grazing_altitude_m: float
    """Links between satellites stay above this."""
    min_elevation_rad: float
    """Lowest elevation of a satellite linked to a ground entry point."""
    terminals: int | None
    """Links that a transport satellite keeps within its shell; None for all in range."""
    satellite_hop_s: float
    """What a satellite takes to receive a message and to pass it on."""
    ground_hop_s: float
    """The same for a place on the ground."""
    line_s: float
    """Delay of a line between two places, whatever its length."""
    line_speed_m_per_s: float
    """Speed along the great circle between two places, detours counted in."""
    manager_s: float
    """What a battle manager takes from a track to an order."""
    share_lost: float = 0.0
    """Share of transport satellites and entry points lost, on top of those not available."""
    sensors_relay: bool = False
    """Whether tracking satellites pass messages on too."""
    entry_points: tuple[str, ...] = ENTRY_POINTS
    """Places with a link to satellites."""
    managers: tuple[str, ...] = MANAGERS
    """Places of battle managers, where the architecture names none."""


@dataclass(frozen=True, eq=False)
class Nodes:
    """The network of an architecture, and which of its nodes are what."""

    network: Network
    alive: NDArray[np.bool_]
    """(N + G,) which nodes work; interceptors that stand for no others are left out."""
    managers: NDArray[np.intp]
    """(M,) nodes of the battle managers."""
    kinds: dict[str, NDArray[np.intp]]
    """Nodes that stand for each kind of sensor and shooter, at most ``MOST_ENDS``."""


@dataclass(frozen=True, slots=True)
class Latency:
    """How old a track is when it reaches a kind of shooter from a kind of sensor.

    Over a day, each pair of a sensor and a shooter of the kinds; delays are of those moments in
    which there is a way, and infinite where there never is.
    """

    sensor: str
    shooter: str
    median_s: float
    p95_s: float
    p99_s: float
    unreachable: float
    """Share of time and pairs without a way."""
    hops: float
    """Median number of links."""
    manager_s: float
    """What the battle manager takes, counted in the delays."""


def read_link_rules(catalog: Catalog, read: Readings) -> LinkRules:
    """Read the rules from the catalogue's item ``latency``, and the manager's from ``c2bmc``.

    Terminals are taken in pairs, as the pattern of links needs: three count as two.
    """

    def of(parameter: str) -> float:
        return read(catalog.value("latency", parameter))

    return LinkRules(
        max_crosslink_m=of("crosslink_range"),
        grazing_altitude_m=of("crosslink_grazing_altitude"),
        min_elevation_rad=of("entry_point_min_elevation"),
        terminals=min(8, max(2, round(of("crosslink_terminals")) // 2 * 2)),
        satellite_hop_s=of("satellite_hop"),
        ground_hop_s=of("ground_hop"),
        line_s=of("line"),
        line_speed_m_per_s=of("line_speed"),
        manager_s=read(catalog.value("c2bmc", "latency")),
    )


def find_latencies(
    architecture: Architecture,
    catalog: Catalog,
    read: Readings,
    rules: LinkRules,
    *,
    seed: int,
    steps: int = STEPS,
) -> tuple[Latency, ...]:
    """Find the latency from each kind of sensor to each kind of shooter of an architecture.

    Over the network of ``build_network``. Left out: what ``physics.network`` leaves out, and a
    wait for the next link, so that ``unreachable`` says how often there would be one.

    Args:
        architecture: What stands.
        catalog: For places.
        read: Which number of each range is read.
        rules: How far links reach and what they cost.
        seed: The study's seed.
        steps: Moments of the day at which ways are found.

    Returns:
        One latency a pair of kinds, in the order of the architecture.
    """
    nodes = build_network(architecture, catalog, read, rules, seed=seed)
    kinds = nodes.kinds
    legs = fastest_ways(
        nodes.network,
        DAY_S * (np.arange(steps) + 0.5) / steps,
        nodes.managers,
        np.concatenate([*kinds.values(), np.empty(0, dtype=np.intp)]),
        alive=nodes.alive,
    )
    first = np.cumsum([0, *(len(of_kind) for of_kind in kinds.values())])
    part = {
        use: Legs(legs.delay_s[..., a:b], legs.hops[..., a:b])
        for use, a, b in zip(kinds, first[:-1], first[1:], strict=True)
    }
    sensors, shooters = _sensors(architecture), shooters_of(architecture)
    return tuple(
        _latency(sensor, shooter, part, nodes.network.delay_s[kinds[shooter]], rules.manager_s)
        for sensor in dict.fromkeys(e.use for e in sensors)
        for shooter in dict.fromkeys(e.use for e in shooters)
        if len(kinds[sensor]) and len(kinds[shooter])
    )


def build_network(
    architecture: Architecture, catalog: Catalog, read: Readings, rules: LinkRules, *, seed: int
) -> Nodes:
    """Build the network of an architecture's satellites and places.

    Transport satellites pass messages on, within a shell along the pattern of
    ``physics.network.grid_neighbours``, between shells to all in range and sight. Sensors and
    interceptors in orbit are linked to every transport satellite and ground entry point in
    range and sight; places on the ground are all joined by lines. Where there are no transport
    satellites a sensor in orbit has to see an entry point itself. Orbits are those of the study,
    and those of the catalogue where it writes none: planes as there or nearest the count's root,
    over half a turn where they pass near the poles; how constellations are turned against each
    other is drawn. Left out: gateways between networks of different makers; ships, which have
    no line. Which satellites fail is one draw; sensors, managers and shooters always work.

    Args:
        architecture: What stands.
        catalog: For places.
        read: Which number of each range is read.
        rules: How far links reach and what they cost.
        seed: The study's seed.

    Returns:
        The network and its nodes.
    """
    sensors, shooters = _sensors(architecture), shooters_of(architecture)
    relays = [e for e in architecture.elements if e.item.category == "space_transport"]
    cut = {*architecture.cut_stations, *lost_stations(rules.entry_points, rules.share_lost, seed)}
    sites = [catalog.place(name) for name in rules.entry_points if name not in cut]
    commanders = [
        place for e in architecture.elements if e.item.category == "command" for place, _ in e.sites
    ] or [catalog.place(name) for name in rules.managers]
    on_ground = [place for e in (*sensors, *shooters) for place, _ in e.sites]
    places = list(dict.fromkeys((*sites, *commanders, *on_ground)))

    walker: list[WalkerShell] = []
    passes_on: list[bool] = []
    works: list[NDArray[np.bool_]] = []
    numbers: dict[str, list[NDArray[np.intp]]] = {e.use: [] for e in (*sensors, *shooters)}
    alike: Counter[str] = Counter()
    start = 0
    for element in (*relays, *sensors, *shooters):
        if not _is_satellite(element):
            continue
        # What is drawn for a constellation hangs on its kind alone, not on what else stands.
        alike[element.use] += 1
        name = f"{element.use}#{alike[element.use]}"
        relay = element in relays or (rules.sensors_relay and element.item.model == "tracking")
        chance = read(element.values["availability"]) * (1.0 - rules.share_lost) if relay else 0.0
        turn = uniform(seed, 0, 0, decision_id(f"{name}/turn"))
        for shell in shells_of(element, read, turn=turn):
            walker.append(shell)
            passes_on.append(relay)
            works.append(_drawn(seed, f"{name}/relays", shell.count, chance))
            if element.use in numbers:
                numbers[element.use].append(start + np.arange(shell.count))
            start += shell.count
    for element in (*sensors, *shooters):
        here = [places.index(place) for place, _ in element.sites]
        numbers[element.use].append(start + np.array(here, dtype=np.intp))
    kinds = {use: _some(np.concatenate(parts)) for use, parts in numbers.items()}
    managers = start + np.array([places.index(place) for place in dict.fromkeys(commanders)])
    has_terminal = np.array([place in sites for place in places])
    works.append(has_terminal)
    alive = np.concatenate(works)
    for ends in (managers, *kinds.values()):
        alive[ends] = True
    network = Network(
        shells=tuple(walker),
        shell_relays=tuple(passes_on),
        lat_rad=np.array([place.lat_rad for place in places]),
        lon_rad=np.array([place.lon_rad for place in places]),
        has_terminal=has_terminal,
        ground_relays=has_terminal,
        wire_s=_lines(places, rules),
        delay_s=np.repeat([rules.satellite_hop_s, rules.ground_hop_s], [start, len(places)]),
        max_crosslink_m=rules.max_crosslink_m,
        grazing_altitude_m=rules.grazing_altitude_m,
        min_elevation_rad=rules.min_elevation_rad,
        terminals=rules.terminals,
    )
    return Nodes(network, alive, managers, kinds)


def lost_stations(names: Sequence[str], share: float, seed: int) -> tuple[str, ...]:
    """Draw which ground entry points are lost where a share of all nodes is.

    One draw, the same for all architectures and years; who is lost stays so at a larger share.

    Args:
        names: The entry points.
        share: Chance of each to be lost.
        seed: The study's seed.

    Returns:
        Names of those lost.
    """
    works = _drawn(seed, "entry_points", len(names), 1.0 - share)
    return tuple(name for name, works_on in zip(names, works.tolist(), strict=True) if not works_on)


def shells_of(element: Fielded, read: Readings, turn: float = 0.0) -> tuple[WalkerShell, ...]:
    """Give the orbits of an element: the study's, or those of the catalogue.

    Args:
        element: Satellites of an architecture.
        read: Which number of each range is read.
        turn: Share of a turn by which the planes and the satellites in them are turned on.

    Returns:
        Its shells.
    """
    if element.constellation is not None:
        found = orbits_of(element.constellation)
    else:
        inclination_rad = read(element.values["inclination"])
        planes = planes_nearest_root(element.count)
        if "planes" in element.values:
            named = round(read(element.values["planes"]))
            planes = planes if element.count % named else named
        is_polar = abs(inclination_rad - math.pi / 2.0) <= _NEAR_POLAR_RAD
        pattern: Pattern = "star" if is_polar and planes > 1 else "delta"
        found = [
            walker_shell(
                read(element.values["altitude"]),
                inclination_rad,
                planes,
                element.count // planes,
                phasing=1 % planes,
                pattern=pattern,
            )
        ]
    return tuple(
        replace(
            shell,
            plane_raan_rad=shell.plane_raan_rad + math.tau * turn,
            plane_arg_latitude_rad=shell.plane_arg_latitude_rad + math.tau * turn,
        )
        for shell in found
    )


def _is_satellite(element: Fielded) -> bool:
    return element.constellation is not None or (
        not element.sites and {"altitude", "inclination"} <= element.values.keys()
    )


def _sensors(architecture: Architecture) -> list[Fielded]:
    return [e for e in architecture.elements if e.item.model in SENSORS]


def shooters_of(architecture: Architecture) -> list[Fielded]:
    """List what waits for tracks."""
    # Lasers near the ground have radars of their own, losses before launch none.
    return [
        e
        for e in architecture.elements
        if e.item.model == "fights"
        and not (e.item.category == "directed_energy" and e.item.layer != "boost")
    ]


def _some(nodes: NDArray[np.intp]) -> NDArray[np.intp]:
    """Choose nodes evenly, at most as many as stand for a kind."""
    unique = np.unique(nodes)
    if len(unique) <= MOST_ENDS:
        return unique
    return unique[((np.arange(MOST_ENDS) + 0.5) / MOST_ENDS * len(unique)).astype(np.intp)]


def _drawn(seed: int, decision: str, entities: int, chance: float) -> NDArray[np.bool_]:
    return draw_true(seed, decision, phases=1, entities=entities, chance=chance)[0]


def _lines(places: Sequence[Place], rules: LinkRules) -> NDArray[np.float64]:
    """Give the delays of the lines between places on the ground, (G, G)."""
    lat = np.array([place.lat_rad for place in places])
    lon = np.array([place.lon_rad for place in places])
    distance_m = great_circle_distance(lat[:, None], lon[:, None], lat, lon)
    return np.asarray(rules.line_s + distance_m / rules.line_speed_m_per_s)


def _latency(
    sensor: str,
    shooter: str,
    legs: dict[str, Legs],
    shooter_s: NDArray[np.float64],
    manager_s: float,
) -> Latency:
    delay_s, hops = through_hubs(legs[sensor], legs[shooter], manager_s, shooter_s)
    found = np.isfinite(delay_s)
    if not found.any():
        return Latency(sensor, shooter, math.inf, math.inf, math.inf, 1.0, math.nan, manager_s)
    median_s, p95_s, p99_s = _quantiles(delay_s[found], [0.5, 0.95, 0.99])
    return Latency(
        sensor=sensor,
        shooter=shooter,
        median_s=float(median_s),
        p95_s=float(p95_s),
        p99_s=float(p99_s),
        unreachable=float(1.0 - found.mean()),
        hops=float(_quantiles(hops[found], [0.5])[0]),
        manager_s=manager_s,
    )


def _quantiles(values: NDArray[Any], at: Sequence[float]) -> NDArray[np.float64]:
    """Give quantiles as numpy's do, ten times as soon for few values."""
    ordered = np.sort(values)
    return np.interp(np.multiply(at, len(ordered) - 1), np.arange(len(ordered)), ordered)
