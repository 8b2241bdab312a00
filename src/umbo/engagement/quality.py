"""When infrared satellites know flights well enough to fire on them, and how well."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from umbo.elements.catalog import Catalog
from umbo.elements.readings import Readings
from umbo.engagement.flights import Flights
from umbo.engagement.seeing import Layer, brightness_of, seeing_of, targets_below
from umbo.engagement.tracking import (
    Sensors,
    Start,
    Unknowns,
    find_solutions,
    flow_of,
    hold_tracks,
    mean_looks_to_start,
)
from umbo.physics.custody import longest_gaps
from umbo.physics.estimation import ErrorFlow, error_flow
from umbo.physics.orbits import earth_fixed_positions
from umbo.physics.stereo import count_views

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
    """Find how errors grow along flights: once, whatever the sensors.

    An unknown acceleration of one sigma a that keeps its direction for t is white noise of
    spectral density 2 a^2 t. Cruise missiles count as gliders.
    """

    def of(parameter: str) -> float:
        return read(catalog.value("tracking", parameter))

    lasts_s = of("acceleration_time")

    def density(phase: str) -> float:
        return 2.0 * of(f"acceleration_{phase}") ** 2 * lasts_s

    unknowns = Unknowns(
        boost=density("boost"),
        coast=density("coast"),
        glide=density("glide"),
        reentry=density("reentry"),
    )
    in_air = np.array([kind in {"glide", "cruise"} for kind in flights.kind])
    flow = flow_of(
        flights, unknowns, reentry_altitude_m=of("reentry_altitude"), is_glider=in_air, every=1
    )
    # A glider flies its whole way below the altitude at which a warhead is in re-entry.
    after = flights.time_s >= flights.burnout_s[:, None]
    noise = np.where(in_air[:, None] & after, unknowns.glide, flow.noise_m2_per_s3)
    return error_flow(flow.time_s, flow.position_m, noise)


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
    found = [never.copy(), never.copy(), never.copy(), np.zeros(shape)]
    views = _each_view(layer, flights, catalog, read)
    for phase, epoch_s in enumerate(layer.epoch_s):
        place = np.concatenate(
            [
                earth_fixed_positions(shell, epoch_s + flights.time_s).swapaxes(0, 1)
                for shell in layer.shells
            ]
        )
        useful = views[phase].any(axis=(1, 2))
        if not useful.any():
            continue
        sensors = Sensors(
            position_ecef_m=place[useful],
            in_view=views[phase][useful],
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


def _each_view(
    layer: Layer, flights: Flights, catalog: Catalog, read: Readings
) -> NDArray[np.bool_]:
    """Find which satellite sees which flight when: (P, N, F, K)."""
    bright = brightness_of(flights, catalog, read)
    target = targets_below(layer, flights)
    seen = []
    first = 0
    for shell, seeing in zip(layer.shells, seeing_of(layer, bright, catalog, read), strict=True):
        alive = layer.alive[:, first : first + shell.count]
        first += shell.count
        # One satellite at a time works, in as many phases as there are satellites.
        number, size = len(layer.epoch_s), shell.count
        one = np.eye(size, dtype=np.bool_)[None] & alive[..., None]
        views = count_views(
            [shell],
            epoch_s=np.repeat(layer.epoch_s, size),
            time_s=flights.time_s,
            target_ecef_m=target,
            seeing=seeing,
            alive=one.reshape(number * size, size),
        )
        seen.append((views.in_view > 0).reshape(number, size, *views.in_view.shape[1:]))
    return np.concatenate(seen, axis=1)
