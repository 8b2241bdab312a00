"""When infrared satellites know flights well enough to fire on them, and how well."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from umbo.elements.catalog import Catalog
from umbo.elements.readings import Readings
from umbo.engagement.flights import Flights
from umbo.engagement.seeing import (
    Layer,
    brightness_of,
    part_of,
    seeing_of,
    targets_below,
    within_reach,
)
from umbo.engagement.tracking import (
    Sensors,
    Start,
    find_solutions,
    hold_tracks,
    mean_looks_to_start,
)
from umbo.physics.constants import EARTH_EQUATORIAL_RADIUS_M, EARTH_POLAR_RADIUS_M
from umbo.physics.custody import longest_gaps
from umbo.physics.earth import ecef_to_inertial
from umbo.physics.estimation import ErrorFlow, error_flow
from umbo.physics.orbits import earth_fixed_positions
from umbo.physics.stereo import Seeing

Array = NDArray[np.float64]
Truths = NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Quality:
    """How well flights are known, by phase and flight: (P, F)."""

    track_s: Array
    """Time after launch at which the track starts; infinite where it never does."""
    solution_s: Array
    """Time of the first solution of fire-control quality; infinite where there is none."""
    error_m: Array
    """Position error then, one sigma, rms of three axes; infinite likewise."""
    share: Array
    """Share of the flight during which the error stays within the limit."""


def quality_flow(flights: Flights, catalog: Catalog, read: Readings) -> ErrorFlow:
    """Find how errors grow along flights: once, whatever the sensors."""
    position_m, noise = unknown_motion(flights, catalog, read)
    return error_flow(flights.time_s, position_m, noise)


def unknown_motion(flights: Flights, catalog: Catalog, read: Readings) -> tuple[Array, Array]:
    """Give inertial positions, and the density of the acceleration that a filter does not know.

    An unknown acceleration of one sigma a that keeps its direction for t is white noise of
    spectral density 2 a^2 t. Cruise missiles count as gliders, which fly their whole way below
    the altitude at which a warhead is in re-entry.

    Args:
        flights: The flights.
        catalog: For the accelerations.
        read: Which number of each range is read.

    Returns:
        Positions [m] in axes that are Earth-fixed at launch, (F, K, 3), and densities [m2/s3]
        from each sample to the next, (F, K).
    """

    def of(parameter: str) -> float:
        return read(catalog.value("tracking", parameter))

    lasts_s = of("acceleration_time")
    boost, coast, glide, reentry = (
        2.0 * of(f"acceleration_{phase}") ** 2 * lasts_s
        for phase in ("boost", "coast", "glide", "reentry")
    )
    is_air = np.array([kind in {"glide", "cruise"} for kind in flights.kind])[:, None]
    is_coasting = flights.altitude_m >= of("reentry_altitude")
    after = np.where(is_air, glide, np.where(is_coasting, coast, reentry))
    noise = np.where(flights.time_s < flights.burnout_s[:, None], boost, after)
    return ecef_to_inertial(flights.position_ecef_m, flights.time_s), noise


def find_quality(
    layer: Layer, flights: Flights, flow: ErrorFlow, catalog: Catalog, read: Readings
) -> Quality:
    """Track flights with all infrared satellites together, and time their solutions.

    The limit is the catalogue's ``fire_control_goal``, or ``glide_fire_control_goal`` for what
    flies in the air. Left out: radars; what ``tracking.hold_tracks`` leaves out; latency, which
    ``transport`` finds and which comes on top.

    Args:
        layer: The satellites.
        flights: The flights.
        flow: Their flow of errors, as ``quality_flow`` gives it.
        catalog: For signatures, cues and limits.
        read: Which number of each range is read.

    Returns:
        The quality in every phase.
    """

    def of(parameter: str) -> float:
        return read(catalog.value("tracking", parameter))

    shape = (len(layer.epoch_s), len(flights.shots))
    never = np.full(shape, np.inf)
    if not layer.shells:
        return Quality(never, never, never, np.zeros(shape))
    registration_m = of("registration_error")
    in_air = np.array([kind in {"glide", "cruise"} for kind in flights.kind])
    limit_m = np.where(in_air, of("glide_fire_control_goal"), of("fire_control_goal"))
    p_look = of("track_continuity_pd")
    fastest_s = min(sensor.revisit_s for sensor in layer.sensors)
    hits, window = round(of("start_hits")), round(of("start_window"))
    start = Start(
        views=2,
        looks=mean_looks_to_start(p_look, hits, max(hits, window)),
        revisit_s=fastest_s,
        position_error_m=read(catalog.value("tracking", "cue_error_space_ir")),
        velocity_error_m_per_s=of("cue_velocity_error"),
    )
    counts = [shell.count for shell in layer.shells]
    edges = np.cumsum([0, *counts])
    found = [never.copy(), never.copy(), never.copy(), np.zeros(shape)]
    seeings = seeing_of(layer, brightness_of(flights, catalog, read), catalog, read)
    target_m = targets_below(layer, flights)
    bright_enough = within_reach(layer, seeings, target_m)
    rows, columns = np.any(bright_enough, axis=1), np.any(bright_enough, axis=0)
    block = np.ix_(rows, columns)
    seeings = tuple(part_of(one, rows, columns) for one in seeings)
    for phase, epoch_s in enumerate(layer.epoch_s):
        places = [
            earth_fixed_positions(shell, epoch_s + flights.time_s).swapaxes(0, 1)
            for shell in layer.shells
        ]
        view = np.zeros((edges[-1], *target_m.shape[:2]), dtype=np.bool_)
        for at, seeing, first, last in zip(places, seeings, edges[:-1], edges[1:], strict=True):
            view[np.ix_(np.arange(first, last), rows, columns)] = each_view(
                at[:, columns], target_m[block], seeing, layer.alive[phase, first:last]
            )
        useful = view.any(axis=(1, 2))
        if not useful.any():
            continue
        sensors = Sensors(
            position_ecef_m=np.concatenate(places)[useful],
            in_view=view[useful],
            revisit_s=np.repeat([s.revisit_s for s in layer.sensors], counts)[useful],
            p_detect=np.full(int(useful.sum()), p_look),
            angle_error_rad=np.repeat([s.angle_error_rad for s in layer.sensors], counts)[useful],
            range_error_m=np.full(int(useful.sum()), np.inf),
        )
        tracks = hold_tracks(flow, sensors, start, until_s=flights.impact_s)
        for is_air in np.unique(in_air):
            chosen = in_air == is_air
            solutions = find_solutions(
                tracks,
                limit_m=float(limit_m[chosen][0]),
                registration_error_m=registration_m,
            )
            found[1][phase, chosen] = solutions.time_s[chosen, 0]
            found[2][phase, chosen] = solutions.error_m[chosen, 0]
        found[0][phase] = tracks.start_s
        good = np.hypot(tracks.error_m, registration_m) <= limit_m[:, None]
        found[3][phase] = longest_gaps(flights.time_s, good, 0.0, flights.impact_s)[1]
    return Quality(*found)


def each_view(
    place_m: Array, target_m: Array, seeing: Seeing, alive: NDArray[np.bool_]
) -> NDArray[np.bool_]:
    """Say which satellite of a shell sees which flight when: (N, F, K).

    What ``stereo.count_views`` counts, satellite by satellite: a line clear of the grown
    ellipsoid and in the field of regard, and a range against the Earth or, where the line runs
    past it, space.

    Args:
        place_m: Earth-fixed positions of the satellites [m], (N, K, 3).
        target_m: Earth-fixed positions of the flights [m], (F, K, 3).
        seeing: Ranges (F, K) and the grazing altitude.
        alive: (N,) which satellites work.
    """
    grazing_m = float(np.asarray(seeing.grazing_altitude_m))
    limb_m = EARTH_EQUATORIAL_RADIUS_M + grazing_m
    stretch = np.array([1.0, 1.0, limb_m / (EARTH_POLAR_RADIUS_M + grazing_m)])

    def inner(scale: Array) -> tuple[Array, Array, Array]:
        start, end = place_m * scale, target_m * scale
        product = np.einsum("nki,fki->nfk", start, end)
        return np.sum(start**2, -1)[:, None], np.sum(end**2, -1), product

    start_2, end_2, product = inner(stretch)
    # The foot of the normal from the middle of the Earth on the line, all squared.
    foot_2 = start_2 - (start_2 - product) ** 2 / (start_2 + end_2 - 2.0 * product)
    passes = foot_2 >= limb_m**2
    is_clear = passes | (product >= end_2)
    start_2, end_2, product = inner(np.ones(3))
    range_m = np.asarray(seeing.max_range_m)
    if seeing.max_range_space_m is not None:
        range_m = np.where(passes, seeing.max_range_space_m, range_m)
    away_2 = start_2 + end_2 - 2.0 * product
    seen = is_clear & (away_2 <= range_m**2) & alive[:, None, None]
    if seeing.max_off_nadir_rad < np.pi:
        seen &= start_2 - product >= math.cos(seeing.max_off_nadir_rad) * np.sqrt(start_2 * away_2)
    return np.asarray(seen)
