"""How well whole constellations and radars hold flights: one pass from sight to track error."""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from umbo.compiled import in_parallel, njit, threads_set
from umbo.errors import DomainError
from umbo.physics.constants import (
    EARTH_EQUATORIAL_RADIUS_M,
    EARTH_MU_M3_PER_S2,
    EARTH_ROTATION_RAD_PER_S,
)
from umbo.physics.filtering import predict, take_looks
from umbo.physics.orbits import WalkerShell, drift_rates

Array = NDArray[np.float64]
Truths = NDArray[np.bool_]
Numbers = NDArray[np.int64]
Counts = NDArray[np.int16]

_LANES: Final = 8
_LONGEST_S: Final = 60.0


@dataclass(frozen=True, eq=False)
class Targets:
    """Flights to be held, F of them, at K samples, in inertial axes that are Earth-fixed at launch.

    Brightness is in four bands: against the Earth in the first and second, against space in
    the third; the fourth is for radars in orbit, whose range goes with its square root too, so
    that it holds the square root of a cross-section.
    """

    time_s: Array
    """(K,) after launch, samples at most a minute apart."""
    position_m: Array
    """(F, K, 3)"""
    altitude_m: Array
    """(F, K)"""
    until_s: Array
    """(F,) nothing is looked at from then on, such as after impact."""
    noise_m2_per_s3: Array
    """(F, K) spectral density of the unknown acceleration, from each sample to the next."""
    brightness_w_per_sr: Array
    """(4, F, K)"""
    known_per_m2: Array
    """(F, K, 6) information xx xy xz yy yz zz that other sensors' looks bring, each sample."""
    known_from_s: Array
    """(F,) time from which those alone make a track; infinite where they never do."""


@dataclass(frozen=True, eq=False)
class Eyes:
    """What the satellites of one shell see, and how well."""

    shell: WalkerShell
    band: int
    """0 or 1: in which they see against the Earth; 3 for radars."""
    range_m: float
    """Range at which they see one watt a steradian in it, by the inverse square."""
    cold_range_m: float
    """The same in the third band against space; 0 without it."""
    looks_per_s: float
    """Looks that detect, each second."""
    angle_error_rad: float
    max_off_nadir_rad: float = math.pi
    """Field of regard: widest angle between a line of sight and straight down; no limit from a
    right angle on."""
    range_error_m: float = math.inf
    """One sigma of one look along the line of sight; infinite for eyes that do not range. One
    satellite that ranges starts a track alone."""
    min_radial_speed_m_per_s: float = 0.0
    """Least speed over the ground along the line of sight at which a target is told from it."""


@dataclass(frozen=True, eq=False)
class Seen:
    """What satellites see of pairs of a flight and a time of launch; N pairs, K samples."""

    first: int
    """Nothing is seen before this sample, nor after those that follow it here."""
    told_per_m2: Array
    """(N, K, 6) information xx xy xz yy yz zz that the looks of each sample's step bring."""
    views: Counts
    """(N, K) satellites that see it; one that ranges counts as two."""
    cold_s: Array
    """(N,) first sample at which one sees the flight cold, against space; infinite for never."""


@dataclass(frozen=True, eq=False)
class Held:
    """How well pairs of a flight and a time of launch are held; N pairs, K samples."""

    seen_s: Array
    """(N,) first sample at which any sensor looks; infinite where none ever does."""
    start_s: Array
    """(N,) start of the track; infinite where there is none."""
    cold_s: Array
    """(N,) first sample at which a satellite sees the flight cold, against space; likewise."""
    error_m: Array
    """(N, K) position error, one sigma, rms of three axes; infinite while there is no track."""
    speed_error_m_per_s: Array
    """(N, K) the same of velocity."""

    def first_within(self, time_s: Array, from_s: Array, limit_m: float, ahead_s: float) -> Array:
        """Give the time after launch from which each pair is known within a limit, (N,).

        Between samples an error is taken to fall evenly in its logarithm. Infinite for never.

        Args:
            time_s: Samples after launch, (K,).
            from_s: What is known before this does not count, (N,).
            limit_m: Largest position error.
            ahead_s: Time for which the position is predicted along a straight line.
        """
        found_s = np.full(len(from_s), np.inf)
        _first_within(
            time_s, self.error_m, self.speed_error_m_per_s, from_s, ahead_s, limit_m, found_s
        )
        return found_s


def look(
    targets: Targets,
    eyes: Eyes,
    flight: Numbers,
    launch_s: Array,
    alive: Truths,
    *,
    grazing_altitude_m: float,
) -> Seen:
    """Look at flights launched at times over a turning Earth with the satellites of one shell.

    Lines of sight, ranges and backgrounds as in ``stereo.count_views``. Left out beside what
    that leaves out: the Earth near a target is a sphere of its own radius there, worth up to
    20 km at the limb; nodes drift between launches, not within a flight (3 km in half an hour).

    Args:
        targets: The flights.
        eyes: The satellites.
        flight: Flight of each pair, (N,).
        launch_s: Time of its launch after the shell's time 0, with Greenwich on the x axis, (N,).
        alive: Which satellites work for it, (N, satellites).
        grazing_altitude_m: Lines of sight stay above this.

    Returns:
        What they see.

    Raises:
        DomainError: There are not as many columns as satellites.
    """
    shell = eyes.shell
    number = len(flight)
    if alive.shape != (number, shell.count):
        raise DomainError(
            f"alive must have {number} rows and {shell.count} columns; got {alive.shape}"
        )
    node_rate, turn_rate = drift_rates(shell.altitude_m, shell.inclination_rad)
    turned = turn_rate * targets.time_s
    place = np.tile(2.0 * np.pi / shell.per_plane * np.arange(shell.per_plane), shell.planes)
    radius_m = EARTH_EQUATORIAL_RADIUS_M + shell.altitude_m
    shines = np.any(targets.brightness_w_per_sr[eyes.band] > 0.0, axis=0)
    if eyes.cold_range_m > 0.0:
        shines |= np.any(targets.brightness_w_per_sr[2] > 0.0, axis=0)
    lit = np.flatnonzero(shines)
    begin, end = (int(lit[0]), int(lit[-1]) + 1) if len(lit) else (0, 0)
    told = np.zeros((number, end - begin, 6))
    views = np.zeros(told.shape[:2], np.int16)
    cold_s = np.full(number, np.inf)
    parts = max(1, min(-(-number // _LANES), threads_set()))

    tables = (
        targets.time_s,
        targets.position_m,
        targets.altitude_m,
        targets.until_s,
        targets.brightness_w_per_sr,
        np.stack([shell.plane_raan_rad, shell.plane_arg_latitude_rad], axis=1),
        np.stack([np.cos(place), np.sin(place)], axis=1),
        np.stack([np.cos(turned), np.sin(turned)], axis=1),
        np.array(
            [
                radius_m,
                math.sin(shell.inclination_rad),
                math.cos(shell.inclination_rad),
                node_rate - EARTH_ROTATION_RAD_PER_S,
                turn_rate,
                eyes.band,
                eyes.range_m**2,
                eyes.cold_range_m**2,
                eyes.looks_per_s / eyes.angle_error_rad**2,
                radius_m * max(math.cos(eyes.max_off_nadir_rad), 0.0),
                eyes.looks_per_s / eyes.range_error_m**2,
                eyes.min_radial_speed_m_per_s,
            ]
        ),
        np.asarray(flight, np.int64),
        np.asarray(launch_s, np.float64),
        np.ascontiguousarray(alive),
    )

    def work(part: int) -> None:
        first, last = (number * (part + i) // parts for i in (0, 1))
        _look(
            first, last, begin, end, *tables,
            grazing_altitude_m, EARTH_ROTATION_RAD_PER_S, told, views, cold_s,
        )  # fmt: skip

    in_parallel(work, parts)
    return Seen(begin, told, views, cold_s)


def all_seen(parts: Iterable[Seen], pairs: int, samples: int) -> Seen:
    """Put together what satellites see of so many pairs, at all of so many samples."""
    whole = Seen(
        0,
        np.zeros((pairs, samples, 6)),
        np.zeros((pairs, samples), np.int16),
        np.full(pairs, np.inf),
    )
    for part in parts:
        _add(part.first, part.told_per_m2, part.views, whole.told_per_m2, whole.views)
        np.minimum(whole.cold_s, part.cold_s, out=whole.cold_s)
    return whole


@njit(cache=True, nogil=True, error_model="numpy")
def _add(first: int, told: Array, views: Counts, all_told: Array, all_views: Counts) -> None:
    """Add where anything is seen."""
    for n in range(len(views)):
        for k in range(views.shape[1]):
            if views[n, k] > 0:
                all_views[n, first + k] += views[n, k]
                for c in range(6):
                    all_told[n, first + k, c] += told[n, k, c]


def hold(
    targets: Targets,
    seen: Seen,
    flight: Numbers,
    *,
    wait_s: float,
    start_position_error_m: float,
    start_velocity_error_m_per_s: float,
) -> Held:
    """Hold flights with what all satellites see and other sensors tell of them.

    The filter of ``estimation.track_covariances``, starts as in ``tracking.hold_tracks`` with
    two views. Left out beside what those leave out: looks are lumped over samples as there:
    between samples of 20 s in coast the error is up to 10 % too small.

    Args:
        targets: The flights.
        seen: What satellites see of each pair, put together by ``all_seen``.
        flight: Flight of each pair, (N,).
        wait_s: How long two satellites must see a flight without pause to start a track.
        start_position_error_m: One sigma on each axis, before the first look.
        start_velocity_error_m_per_s: The same of velocity.

    Returns:
        How well each pair is held.

    Raises:
        DomainError: Samples are too far apart.
    """
    steps = np.diff(targets.time_s)
    if not (np.all(steps > 0.0) and np.all(steps <= _LONGEST_S)):
        raise DomainError(
            f"samples must rise by at most {_LONGEST_S:g} s; got steps of "
            f"{steps.min():g} to {steps.max():g} s"
        )
    number, samples = len(flight), len(targets.time_s)
    seen_s, start_s = (np.full(number, np.inf) for _ in range(2))
    error_m, speed_error = (np.full((number, samples), np.inf) for _ in range(2))
    prior = np.zeros(21)
    prior[[0, 3, 5]] = start_position_error_m**2
    prior[[15, 18, 20]] = start_velocity_error_m_per_s**2
    blocks = -(-number // _LANES)
    parts = max(1, min(blocks, threads_set()))

    def work(part: int) -> None:
        first, last = (_LANES * (blocks * (part + i) // parts) for i in (0, 1))
        _hold(
            first, min(last, number), targets.time_s, targets.position_m,
            targets.until_s, targets.noise_m2_per_s3, seen.told_per_m2, seen.views,
            targets.known_per_m2, targets.known_from_s, np.asarray(flight, np.int64),
            wait_s, prior, EARTH_MU_M3_PER_S2, seen_s, start_s, error_m, speed_error,
        )  # fmt: skip

    in_parallel(work, parts)
    return Held(seen_s, start_s, seen.cold_s, error_m, speed_error)


@njit(cache=True, nogil=True, error_model="numpy")
def _look(
    first: int, last: int, begin: int, end: int, time_s: Array, position: Array,
    altitude: Array, until: Array, brightness: Array, planes: Array, slots: Array, turns: Array,
    shell: Array, flight: Numbers, launch: Array, alive: Truths, graze: float, spin: float,
    told: Array, views: Counts, cold_s: Array,
) -> None:  # fmt: skip
    """Add up what satellites see of some pairs.

    ``shell`` holds radius, sine and cosine of inclination, rates of node and argument of latitude,
    band, squares of its ranges for a watt, looks a second over the variance of one, radius times
    the cosine of the field of regard, looks a second over the variance of range, least radial
    speed. ``slots`` are cosine and sine of each satellite's place in its plane, ``turns`` those of
    the argument's change by each sample.
    """
    a, tilt, flat, band = shell[0], shell[1], shell[2], int(shell[5])
    field, across, along_it, slow = shell[9], shell[8], shell[10], shell[11]
    per_plane = len(slots) // len(planes)
    basis = np.empty((len(planes), 4))
    for n in range(first, last):
        f = flight[n]
        for j in range(len(planes)):
            node = planes[j, 0] + shell[3] * launch[n]
            angle = planes[j, 1] + shell[4] * launch[n]
            basis[j, 0], basis[j, 1] = math.cos(node), math.sin(node)
            basis[j, 2], basis[j, 3] = math.cos(angle), math.sin(angle)
        for k in range(begin, end):
            if time_s[k] >= until[f]:
                break
            bright, frosty = brightness[band, f, k], brightness[2, f, k]
            earth = shell[6] * bright
            space = max(earth, shell[7] * frosty)
            if space <= 0.0:
                continue
            before = max(k - 1, 0)
            step = time_s[k] - time_s[before]
            x, y, z = position[f, k, 0], position[f, k, 1], position[f, k, 2]
            square = x * x + y * y + z * z
            limb = math.sqrt(square) - altitude[f, k] + graze
            limb *= limb
            # With q the inner product of target and satellite, lines past the limb are an interval
            # of q, lines with the Earth behind the target another, and a range is a least q.
            low, high = np.inf, square
            if square > limb:
                width = math.sqrt((a * a - limb) * (square - limb))
                low, high = limb - width, limb + width
                if square >= a * a:
                    high = np.inf
            low = max(low, (square + a * a - space) / 2.0)
            over = max(high, (square + a * a - earth) / 2.0)
            # The field of regard ends where a^2 - q is the share ``field`` / a of a times the
            # range: at a least q for targets below the satellites, at a largest for those above.
            if field > 1.0:
                rest = field * field + square - a * a
                if square >= a * a:
                    high = min(high, a * a - field * field - field * math.sqrt(rest))
                    over = np.inf
                elif rest > 0.0:
                    ends = a * a - field * field + field * math.sqrt(rest)
                    low, over = max(low, ends), max(over, ends)
            least = min(low, over)
            if least > a * math.sqrt(square):
                continue
            rate, turn = (1.0 / step, spin) if step > 0.0 else (0.0, 0.0)
            vx = (x - position[f, before, 0]) * rate + turn * y
            vy = (y - position[f, before, 1]) * rate - turn * x
            vz = (z - position[f, before, 2]) * rate
            weight = across * step
            number = cold = 0
            xx = xy = xz = yy = yz = zz = 0.0
            for j in range(len(planes)):
                # The plane's axes: to its node, and a quarter turn on.
                px, py = basis[j, 0], basis[j, 1]
                qx, qy, qz = -py * flat, px * flat, tilt
                along, ahead = a * (px * x + py * y), a * (qx * x + qy * y + qz * z)
                if least > 0.0 and along * along + ahead * ahead < least * least:
                    continue
                c = basis[j, 2] * turns[k, 0] - basis[j, 3] * turns[k, 1]
                s = basis[j, 3] * turns[k, 0] + basis[j, 2] * turns[k, 1]
                one, two = along * c + ahead * s, ahead * c - along * s
                for i in range(per_plane * j, per_plane * (j + 1)):
                    product = one * slots[i, 0] + two * slots[i, 1]
                    if product < least:
                        continue
                    if not ((low <= product <= high) or product >= over) or not alive[n, i]:
                        continue
                    u, v = (
                        a * (c * slots[i, 0] - s * slots[i, 1]),
                        a * (s * slots[i, 0] + c * slots[i, 1]),
                    )
                    dx, dy, dz = x - u * px - v * qx, y - u * py - v * qy, z - v * qz
                    d = 1.0 / (dx * dx + dy * dy + dz * dz)
                    if slow > 0.0 and abs(vx * dx + vy * dy + vz * dz) * math.sqrt(d) < slow:
                        continue
                    number += 2 if along_it > 0.0 else 1
                    cold += int(product < over and shell[7] > 0.0 and frosty > 0.0)
                    side = weight * d
                    rest = (side - along_it * step) * d
                    xx += side - rest * dx * dx
                    xy -= rest * dx * dy
                    xz -= rest * dx * dz
                    yy += side - rest * dy * dy
                    yz -= rest * dy * dz
                    zz += side - rest * dz * dz
            at = k - begin
            views[n, at] = number
            told[n, at, 0], told[n, at, 1], told[n, at, 2] = xx, xy, xz
            told[n, at, 3], told[n, at, 4], told[n, at, 5] = yy, yz, zz
            if cold > 0:
                cold_s[n] = min(cold_s[n], time_s[k])


@njit(cache=True, nogil=True, error_model="numpy")
def _first_within(
    time_s: Array, error: Array, speed_error: Array, from_s: Array, ahead: float, limit: float,
    found: Array,
) -> None:  # fmt: skip
    for n in range(len(found)):
        if from_s[n] == np.inf:
            continue
        last = np.inf
        for k in range(len(time_s)):
            place, speed = error[n, k], speed_error[n, k]
            now = (
                math.sqrt(place * place + ahead * ahead * (speed * speed)) if ahead > 0.0 else place
            )
            if now <= limit and time_s[k] >= from_s[n]:
                before = time_s[max(k - 1, 0)]
                share = 0.0
                if limit < last < np.inf:
                    share = math.log(last / limit) / math.log(last / now)
                found[n] = min(max(before + share * (time_s[k] - before), from_s[n]), time_s[k])
                break
            last = now


@njit(cache=True, nogil=True, error_model="numpy")
def _hold(
    first: int, last: int, time_s: Array, position: Array, until: Array, noise: Array,
    told_of: Array, views: Counts, known: Array, known_from: Array, flight: Numbers,
    wait: float, prior: Array, mu: float, seen: Array, start: Array, error: Array,
    speed_error: Array,
) -> None:  # fmt: skip
    wide = 8
    p, info = np.zeros(35 * wide), np.empty(6 * wide)
    begun = np.empty(wide, np.bool_)
    since = np.empty(wide)
    for block in range(first, last, wide):
        many_lanes = min(wide, last - block)
        end = 0.0
        for i in range(wide):
            begun[i], since[i] = False, np.inf
            n = min(block + i, last - 1)
            end = max(end, until[flight[n]])
        any_begun = False
        for k in range(len(time_s)):
            if time_s[k] >= end:
                break
            before = max(k - 1, 0)
            step = time_s[k] - time_s[before]
            # What is seen from here, all looks of the step at its end.
            is_seen = False
            product = 0.0
            for c in range(29 * wide, 35 * wide):
                p[c] = 0.0
            for i in range(many_lanes):
                n = block + i
                f = flight[n]
                if time_s[k] >= until[f]:
                    continue
                for c in range(6):
                    p[(29 + c) * wide + i] = known[f, k, c] + told_of[n, k, c]
                told = p[29 * wide + i] + p[32 * wide + i] + p[34 * wide + i]
                product = max(product, told * noise[f, before])
                if views[n, k] > 0 or told > 0.0:
                    is_seen = True
                    seen[n] = min(seen[n], time_s[k])
                if views[n, k] >= 2:
                    since[i] = min(since[i], time_s[k])
                    if time_s[k] - since[i] >= wait:
                        start[n] = min(start[n], since[i] + wait)
                else:
                    since[i] = np.inf
                if time_s[k] >= known_from[f]:
                    start[n] = min(start[n], known_from[f])
            if not (is_seen or any_begun):
                continue
            # Steps are split where the filter forgets faster than they last.
            parts = 1
            if step > 0.0:
                forgets = math.sqrt(math.sqrt(product / 3.0 / step))
                parts = math.ceil(min(8.0, max(1.0, 2.0 * step * forgets)))
            for c in range(6 * wide):
                info[c] = p[29 * wide + c] / parts
            for part in range(parts):
                old, new = part / parts, (part + 1) / parts
                if any_begun and step > 0.0:
                    for i in range(wide):
                        f = flight[min(block + i, last - 1)]
                        for a in range(3):
                            begin = position[f, before, a]
                            way = position[f, k, a] - begin
                            p[(24 + a) * wide + i] = begin + (old + new) / 2.0 * way
                        p[27 * wide + i] = noise[f, before]
                    predict(p, mu, step / parts)
                for i in range(wide):
                    if not begun[i]:
                        for c in range(21):
                            p[c * wide + i] = prior[c]
                if is_seen:
                    for c in range(6 * wide):
                        p[29 * wide + c] = info[c]
                    take_looks(p)
                for i in range(many_lanes):
                    told = info[i] + info[3 * wide + i] + info[5 * wide + i]
                    if told > 0.0:
                        begun[i] = any_begun = True
            for i in range(many_lanes):
                n = block + i
                if time_s[k] >= start[n] and time_s[k] < until[flight[n]]:
                    error[n, k] = math.sqrt(
                        max(p[i] + p[3 * wide + i] + p[5 * wide + i], 0.0) / 3.0
                    )
                    speed_error[n, k] = math.sqrt(
                        max(p[15 * wide + i] + p[18 * wide + i] + p[20 * wide + i], 0.0) / 3.0
                    )
