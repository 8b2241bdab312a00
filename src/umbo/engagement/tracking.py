"""How well flights are tracked: when a track starts, when it is good enough, and for whom."""

import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import ArrayLike, NDArray

from umbo.engagement.flights import Flights
from umbo.errors import DomainError
from umbo.physics.earth import ecef_to_inertial
from umbo.physics.estimation import (
    ErrorFlow,
    Looks,
    error_flow,
    errors_across,
    first_within,
    longest_part,
    position_error,
    predict_positions,
    track_covariances,
)

Array = NDArray[np.float64]
Truths = NDArray[np.bool_]

_ARC = (np.arange(64) + 0.5) * (np.pi / 128.0)
"""Middles of 64 parts of a quarter turn."""


@dataclass(frozen=True)
class Unknowns:
    """Spectral density of the acceleration that a filter does not know, by phase [m2/s3]."""

    boost: float
    coast: float
    glide: float
    reentry: float


@dataclass(frozen=True, eq=False)
class Sensors:
    """Sensors that look at a raid, S of them, at the K samples of its flow of errors."""

    position_ecef_m: Array
    """(S, K, 3), or (S, 1, 3) where they stand still on the Earth."""
    in_view: Truths
    """(S, F, K)"""
    revisit_s: Array
    """(S,) time between looks."""
    p_detect: Array
    """(S,) chance that a look detects."""
    angle_error_rad: Array
    """(S,) one sigma of one look, each way across the line of sight."""
    range_error_m: Array
    """(S,) one sigma of one look along it; infinite where only angles are seen."""


@dataclass(frozen=True)
class Start:
    """What it takes to start a track, and what is known before it."""

    views: int
    """Angle sensors that must see a flight at once; one sensor that ranges is enough alone."""
    looks: float
    """Looks needed, such as ``mean_looks_to_start`` gives."""
    revisit_s: float
    """Time between those looks."""
    position_error_m: float
    """One sigma on each axis, of the cue."""
    velocity_error_m_per_s: float
    """The same of velocity: what flights of the class may have."""


@dataclass(frozen=True, eq=False)
class Tracks:
    """What is known of flights, from all sensors together; F flights, K samples."""

    flow: ErrorFlow
    start_s: Array
    """(F,) time after launch at which the track starts; infinite where it never does."""
    covariance: Array
    """(F, K, 21) packed; see ``umbo.physics.estimation``."""
    error_m: Array
    """(F, K) position error, one sigma, rms of three axes; infinite while there is no track."""


@dataclass(frozen=True, eq=False)
class Solutions:
    """Target solutions good enough to fire on; F flights, W weapons."""

    time_s: Array
    """(F, W) time after launch; infinite where there is none."""
    error_m: Array
    """(F, W) position error then, or predicted then for the intercept; infinite likewise."""


def flow_of(
    flights: Flights,
    unknowns: Unknowns,
    *,
    reentry_altitude_m: float,
    is_glider: ArrayLike = False,
    every: int = 2,
) -> ErrorFlow:
    """Find how errors grow along the flights of a raid: once, whatever the sensors.

    Boost lasts to burnout, coast from there down to a least altitude, glide takes its place for
    gliders, re-entry is below. In coast above the atmosphere nothing but gravity acts.

    Args:
        flights: Flights of the raid.
        unknowns: Unknown acceleration by phase.
        reentry_altitude_m: Altitude below which a falling object is in re-entry [m].
        is_glider: Which flights glide after burnout, (F,).
        every: Every which sample of the flights is a sample of the track.

    Returns:
        The flow of errors in inertial axes.

    Raises:
        DomainError: The samples are more than a minute apart.
    """
    time_s, altitude_m = flights.time_s[::every], flights.altitude_m[:, ::every]
    noise = np.where(
        altitude_m >= reentry_altitude_m,
        np.where(np.asarray(is_glider)[..., None], unknowns.glide, unknowns.coast),
        unknowns.reentry,
    )
    noise = np.where(time_s < flights.burnout_s[:, None], unknowns.boost, noise)
    position_m = ecef_to_inertial(flights.position_ecef_m[:, ::every], time_s)
    return error_flow(time_s, position_m, noise)


def hold_tracks(
    flow: ErrorFlow, sensors: Sensors, start: Start, *, until_s: ArrayLike = math.inf
) -> Tracks:
    """Track the flights of a raid with all sensors together, at samples some seconds apart.

    All sensors' looks meet in one track at once, those before its start too. The looks between
    two samples are lumped, in coast at the later sample (with samples of 10 s and a look a
    second 1 % too good, up to 8 % in the first minutes), elsewhere in parts as short as
    ``longest_part`` asks (2 to 15 % too good).
    Left out: delay and loss between sensors, which is ``transport``; tracks taken for each other
    in a dense raid; a track dropped in a gap (its error grows instead); errors that looks share,
    which ``registration_error_m`` stands for below.

    Args:
        flow: The flights.
        sensors: What looks at them.
        start: What it takes to start a track.
        until_s: Looks from this time on do not count, such as after impact [s], (F,).

    Returns:
        The tracks.

    Raises:
        DomainError: Shapes do not fit, or a number is outside its limits.
    """
    if not (np.all(sensors.revisit_s > 0.0) and start.revisit_s > 0.0 and start.views >= 1):
        raise DomainError("revisit_s must be above 0 and views at least 1; correct the smaller")
    if not np.all((sensors.p_detect > 0.0) & (sensors.p_detect <= 1.0)):
        raise DomainError(
            f"p_detect must be above 0 and at most 1; got {np.min(sensors.p_detect):g}"
        )
    flights, samples = flow.position_m.shape[:2]
    over = flow.time_s >= np.broadcast_to(np.asarray(until_s, dtype=np.float64), flights)[:, None]
    in_view = sensors.in_view & ~over
    step_s = float(np.mean(np.diff(flow.time_s)))
    place = np.broadcast_to(sensors.position_ecef_m, (len(in_view), samples, 3))
    looks = Looks(
        position_m=ecef_to_inertial(place, flow.time_s),
        in_view=in_view,
        per_sample=step_s / sensors.revisit_s * sensors.p_detect,
        angle_error_rad=sensors.angle_error_rad,
        range_error_m=sensors.range_error_m,
    )
    covariance = track_covariances(
        flow,
        looks,
        start_position_error_m=start.position_error_m,
        start_velocity_error_m_per_s=start.velocity_error_m_per_s,
        parts=_parts(flow, looks, step_s),
    )
    start_s = _start_times(flow.time_s, in_view, np.isfinite(sensors.range_error_m), start)
    is_held = (flow.time_s >= start_s[:, None]) & ~over
    return Tracks(flow, start_s, covariance, np.where(is_held, position_error(covariance), np.inf))


def _parts(flow: ErrorFlow, looks: Looks, step_s: float) -> NDArray[np.int64]:
    """Give the parts of each step, by what the sensors in view tell of the middle of the raid."""
    middle = flow.position_m.mean(axis=0)
    square_m2 = np.sum((looks.position_m - middle) ** 2, axis=-1)
    variance_m2 = square_m2 * looks.angle_error_rad[:, None] ** 2
    seeing = looks.in_view.mean(axis=1) * looks.per_sample[:, None] / step_s
    before = np.roll(flow.noise_m2_per_s3, 1, axis=1)
    part_s = longest_part(np.sum(seeing / variance_m2, axis=0), before)
    most = max(1.0, np.max(looks.per_sample, initial=1.0))
    return np.ceil(np.clip(step_s / part_s, 1.0, most)).astype(np.int64)


def _start_times(time_s: Array, in_view: Truths, ranges: Truths, start: Start) -> Array:
    """Give the end of the first unbroken view that lasts as long as the looks needed."""
    angles = in_view[~ranges].sum(axis=0, dtype=np.uint16) >= start.views
    holds = angles | in_view[ranges].any(axis=0)
    began = np.maximum.accumulate(np.where(holds, -1, np.arange(len(time_s))), axis=1) + 1
    since = time_s[np.minimum(began, len(time_s) - 1)]
    wait_s = max(start.looks - 1.0, 0.0) * start.revisit_s
    enough = holds & (time_s - since >= wait_s)
    first = np.argmax(enough, axis=1)
    found = np.take_along_axis(since, first[:, None], axis=1)[:, 0] + wait_s
    return np.where(enough.any(axis=1), found, np.inf)


def find_solutions(
    tracks: Tracks,
    *,
    limit_m: float,
    intercept_s: ArrayLike | None = None,
    registration_error_m: float = 0.0,
) -> Solutions:
    """Find when flights are known well enough to fire on them.

    Well enough now, or, where intercepts are given, well enough predicted for the intercept
    with no more looks. Rounded up to the tracks' samples; intercepts to the nearest sample, over
    which a prediction grows by a few percent.

    Args:
        tracks: The tracks.
        limit_m: Largest position error, one sigma, rms of three axes [m].
        intercept_s: Time after launch at which each weapon would intercept [s], (F, W); not
            finite where it would not. None asks for the present error.
        registration_error_m: Error that all looks share, added in quadrature [m].

    Returns:
        The solutions, (F, W); (F, 1) for the present error.

    Raises:
        DomainError: The limit or the registration error is negative.
    """
    if not (limit_m >= 0.0 and registration_error_m >= 0.0):
        raise DomainError(
            f"limit_m and registration_error_m must be 0 or more; got {limit_m:g} and "
            f"{registration_error_m:g}"
        )
    time_s = tracks.flow.time_s
    own = math.sqrt(max(limit_m**2 - registration_error_m**2, 0.0))
    if intercept_s is None:
        within = tracks.error_m <= own
        sample = np.where(within.any(axis=1), np.argmax(within, axis=1), -1)[:, None]
        error = np.take_along_axis(tracks.error_m, np.maximum(sample, 0), axis=1)
    else:
        begin = np.searchsorted(time_s, tracks.start_s)
        sample, error = first_within(
            tracks.flow, tracks.covariance, begin, _samples(time_s, intercept_s), own
        )
    none = (sample < 0) | (limit_m < registration_error_m)
    return Solutions(
        time_s=np.where(none, np.inf, time_s[sample]),
        error_m=np.where(none, np.inf, np.hypot(error, registration_error_m)),
    )


def predicted_covariance(
    tracks: Tracks, last_look_s: ArrayLike, intercept_s: ArrayLike
) -> tuple[Array, Array]:
    """Predict what a weapon is handed: position at the intercept from the looks up to a time.

    Args:
        tracks: The tracks.
        last_look_s: Time of the last look that reaches the weapon [s], (F, W).
        intercept_s: Time of the intercept [s], (F, W).

    Returns:
        Position covariances xx xy xz yy yz zz [m2], (F, W, 6), infinite where there is no track
        or no intercept; and the targets' inertial motion there, as a direction, (F, W, 3).
    """
    flow = tracks.flow
    last = np.asarray(last_look_s, dtype=np.float64)
    now = np.floor(np.interp(last, flow.time_s, np.arange(len(flow.time_s))) + 1e-9)
    then = _samples(flow.time_s, intercept_s)
    now = np.minimum(now.astype(np.int64), np.maximum(then, 0))
    flight = np.broadcast_to(np.arange(len(then))[:, None], then.shape)
    none = (then < 0) | (flow.time_s[now] < tracks.start_s[:, None])
    found = predict_positions(
        flow, tracks.covariance, flight.ravel(), now.ravel(), np.maximum(then, 0).ravel()
    ).reshape(*then.shape, 6)
    after = np.clip(then, 1, len(flow.time_s) - 1)
    motion = flow.position_m[flight, after] - flow.position_m[flight, after - 1]
    return np.where(none[..., None], np.inf, found), motion


def _samples(time_s: Array, wanted_s: ArrayLike) -> NDArray[np.int64]:
    """Give the nearest samples to times, -1 where a time is not finite or beyond the last."""
    wanted = np.asarray(wanted_s, dtype=np.float64)
    inside = (wanted >= time_s[0]) & (wanted <= time_s[-1])
    place = np.interp(np.where(inside, wanted, 0.0), time_s, np.arange(len(time_s)))
    return np.where(inside, np.rint(place), -1.0).astype(np.int64)


def basket_radius(
    seeker_half_angle_rad: ArrayLike,
    acquisition_range_m: ArrayLike,
    divert_speed_m_per_s: ArrayLike,
    closing_speed_m_per_s: ArrayLike,
) -> Array:
    """Give how far off a target may be for a kill vehicle to see it and still reach it.

    The lesser of the seeker's field at the range where it acquires, without scanning, and of
    the divert that the time left allows, spent at once. Left out: the seeker's own noise, and
    the divert kept for the endgame, which ``divert_speed_m_per_s`` should leave out.

    Args:
        seeker_half_angle_rad: Half the field of view [rad]; the arguments broadcast together.
        acquisition_range_m: Range at which the seeker acquires [m].
        divert_speed_m_per_s: Change of speed to spend on the correction [m/s].
        closing_speed_m_per_s: Speed of approach [m/s].

    Returns:
        Radius across the line of closing [m].
    """
    range_m = np.asarray(acquisition_range_m, dtype=np.float64)
    return np.minimum(
        range_m * np.tan(seeker_half_angle_rad),
        np.asarray(divert_speed_m_per_s) * range_m / np.asarray(closing_speed_m_per_s),
    )


def p_hand_over(
    covariance: ArrayLike,
    closing: ArrayLike,
    basket_radius_m: ArrayLike,
    registration_error_m: float = 0.0,
) -> Array:
    """Find the chance that a target lies within a weapon's basket.

    Args:
        covariance: Position covariances at the intercept [m2], (..., 6); infinite gives 0.
        closing: Directions of closing in the same axes, of any length, (..., 3).
        basket_radius_m: Radius of the basket across the closing [m], (...).
        registration_error_m: Error that all looks share, on each axis in quadrature [m].

    Returns:
        Chances, (...).
    """
    packed = np.asarray(covariance, dtype=np.float64)
    known = np.asarray(np.isfinite(packed).all(axis=-1))
    larger, lesser = errors_across(np.where(known[..., None], packed, 0.0), closing)
    inside = p_within_circle(
        np.hypot(larger, registration_error_m),
        np.hypot(lesser, registration_error_m),
        basket_radius_m,
    )
    return np.where(known, inside, 0.0)


def p_within_circle(larger_m: ArrayLike, lesser_m: ArrayLike, radius_m: ArrayLike) -> Array:
    """Find the chance that a plane Gaussian error lies within a circle about its mean.

    An integral over a quarter turn, by 64 points: within 1e-6 for axes up to 25 to 1,
    and within 0.003 for a line. For a circular error it is 1 - exp(-r^2 / (2 sigma^2)).

    Args:
        larger_m: One sigma along the longer axis [m], any shape.
        lesser_m: The same along the shorter [m]; broadcasts.
        radius_m: Radius of the circle [m], 0 or more; broadcasts.

    Returns:
        Chances; 1 where there is no error.
    """
    one, two, radius = np.broadcast_arrays(
        *(np.asarray(x, dtype=np.float64) for x in (larger_m, lesser_m, radius_m))
    )
    spread = np.square(one[..., None] * np.cos(_ARC)) + np.square(two[..., None] * np.sin(_ARC))
    reached = np.square(radius)[..., None] / np.maximum(2.0 * spread, 1e-18)
    return np.asarray(np.mean(-np.expm1(-reached), axis=-1))


def shot_p_kill(p_kill: ArrayLike, p_hand_over: ArrayLike, *, all_in: bool) -> Array:
    """Find the chance that a launched shot kills, hand-over included, and counted once.

    A kill probability from a test record is all-in: the shots that missed for a bad hand-over
    are among its failures, so that it is not multiplied by a hand-over again.

    Args:
        p_kill: Kill probability of the catalogue; the arguments broadcast together.
        p_hand_over: Chance that the target is in the basket.
        all_in: Whether ``p_kill`` holds the hand-over already, as a test record's does.

    Returns:
        ``p_kill`` itself where it is all-in, else the product.

    Raises:
        DomainError: A probability is outside 0 to 1.
    """
    kill, hand = np.broadcast_arrays(
        np.asarray(p_kill, dtype=np.float64), np.asarray(p_hand_over, dtype=np.float64)
    )
    for name, value in (("p_kill", kill), ("p_hand_over", hand)):
        if not np.all((value >= 0.0) & (value <= 1.0)):
            raise DomainError(
                f"{name} must lie between 0 and 1; got {value.min():g} to {value.max():g}"
            )
    return np.array(kill) if all_in else np.asarray(kill * hand)


@lru_cache(maxsize=64)
def p_started(p_detect: float, hits: int, window: int, looks: int) -> tuple[float, ...]:
    """Find the chance that a track has started after each number of looks, from 0 on.

    A track starts when ``hits`` of the last ``window`` looks detected: a Markov chain over which
    of the last looks did.

    Args:
        p_detect: Chance that a look detects.
        hits: M, detections needed.
        window: N, looks among which they fall, 12 at most.
        looks: Most looks asked for.

    Returns:
        Chances after 0, 1, ... ``looks`` looks.

    Raises:
        DomainError: ``hits`` exceed ``window``, or a number is outside its limits.

    Source:
        Bar-Shalom & Li, *Multitarget-Multisensor Tracking* (1995), sec. 3.3.

    Example:
        >>> [round(p, 3) for p in p_started(0.9, 2, 3, 4)]
        [0.0, 0.0, 0.81, 0.972, 0.988]
    """
    move, ends = _chain(p_detect, hits, window)
    waiting = np.zeros(len(ends))
    waiting[0] = 1.0
    started = [0.0]
    for _ in range(looks):
        started.append(started[-1] + float(waiting @ ends))
        waiting = waiting @ move
    return tuple(started)


@lru_cache(maxsize=64)
def mean_looks_to_start(p_detect: float, hits: int, window: int) -> float:
    """Find the mean number of looks until M of the last N detected.

    Args:
        p_detect: Chance that a look detects, above 0.
        hits: M, detections needed.
        window: N, looks among which they fall, 12 at most.

    Returns:
        Mean looks, the last one included.

    Raises:
        DomainError: As for ``p_started``, which see also for the source.

    Example:
        >>> f"{mean_looks_to_start(0.9, 2, 3):.2f}"
        '2.23'
    """
    move, ends = _chain(p_detect, hits, window)
    return float(np.linalg.solve(np.eye(len(ends)) - move, np.ones(len(ends)))[0])


def _chain(p_detect: float, hits: int, window: int) -> tuple[Array, Array]:
    """Give the moves between states not yet started, and each state's chance to start next.

    A state is the last ``window`` - 1 looks in bits, the newest lowest.
    """
    if not (0.0 < p_detect <= 1.0 and 1 <= hits <= window <= 12):
        raise DomainError(
            "p_detect must be above 0 and at most 1, and hits of window looks such as 3 of 5, "
            f"12 at most; got {p_detect:g}, {hits} of {window}"
        )
    states = 2 ** (window - 1)
    move, ends = np.zeros((states, states)), np.zeros(states)
    for state in range(states):
        if state.bit_count() >= hits:
            continue  # started before it could be reached
        move[state, (2 * state) % states] += 1.0 - p_detect
        if state.bit_count() + 1 >= hits:
            ends[state] += p_detect
        else:
            move[state, (2 * state + 1) % states] += p_detect
    return move, ends
