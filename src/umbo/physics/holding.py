"""How well whole constellations and radars hold flights: one pass from sight to track error."""

import math
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from umbo.compiled import in_parallel, njit
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

_LANES: Final = 8
_MOST_PARTS: Final = 8.0
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


def hold(
    targets: Targets,
    eyes: tuple[Eyes, ...],
    flight: Numbers,
    launch_s: Array,
    alive: Truths,
    *,
    grazing_altitude_m: float,
    wait_s: float,
    start_position_error_m: float,
    start_velocity_error_m_per_s: float,
) -> Held:
    """Hold flights launched at times over a turning Earth with all satellites and other sensors.

    Lines of sight, ranges and backgrounds as in ``stereo.count_views``, the filter of
    ``estimation.track_covariances``, starts as in ``tracking.hold_tracks`` with two views, in
    one pass. Left out beside what those leave out: the Earth near a target is a sphere of its
    own radius there, worth up to 20 km at the limb; nodes drift between launches, not
    within a flight (3 km in half an hour). Looks are lumped over samples as there: between
    samples of 20 s in coast the error is up to 10 % too small.

    Args:
        targets: The flights.
        eyes: The satellites, shell by shell.
        flight: Flight of each pair, (N,).
        launch_s: Time of its launch after the shells' time 0, with Greenwich on the x axis, (N,).
        alive: Which satellites work for it, in the order of the shells, (N, satellites).
        grazing_altitude_m: Lines of sight stay above this.
        wait_s: How long two satellites must see a flight without pause to start a track.
        start_position_error_m: One sigma on each axis, before the first look.
        start_velocity_error_m_per_s: The same of velocity.

    Returns:
        How well each pair is held.

    Raises:
        DomainError: Samples are too far apart, or there are not as many columns as satellites.
    """
    planes, shells, slots = _orbits(eyes)
    if alive.shape != (len(flight), len(slots)):
        raise DomainError(
            f"alive must have {len(flight)} rows and {len(slots)} columns; got {alive.shape}"
        )
    steps = np.diff(targets.time_s)
    if not (np.all(steps > 0.0) and np.all(steps <= _LONGEST_S)):
        raise DomainError(
            f"samples must rise by at most {_LONGEST_S:g} s; got steps of "
            f"{steps.min():g} to {steps.max():g} s"
        )
    number, samples = len(flight), len(targets.time_s)
    seen_s, start_s, cold_s = (np.full(number, np.inf) for _ in range(3))
    error_m, speed_error = (np.full((number, samples), np.inf) for _ in range(2))
    prior = np.zeros(21)
    prior[[0, 3, 5]] = start_position_error_m**2
    prior[[15, 18, 20]] = start_velocity_error_m_per_s**2
    blocks = -(-number // _LANES)
    parts = max(1, min(blocks, 16))

    def work(part: int) -> None:
        first, last = (_LANES * (blocks * (part + i) // parts) for i in (0, 1))
        _hold(
            first, min(last, number), targets.time_s, targets.position_m, targets.altitude_m,
            targets.until_s, targets.noise_m2_per_s3, targets.brightness_w_per_sr,
            targets.known_per_m2, targets.known_from_s, planes, shells, slots,
            np.asarray(flight, np.int64), np.asarray(launch_s, np.float64), alive,
            grazing_altitude_m, wait_s, prior, EARTH_MU_M3_PER_S2,
            EARTH_ROTATION_RAD_PER_S, seen_s, start_s, cold_s, error_m, speed_error,
        )  # fmt: skip

    in_parallel(work, parts)
    return Held(seen_s, start_s, cold_s, error_m, speed_error)


def _orbits(eyes: tuple[Eyes, ...]) -> tuple[Array, Array, Array]:
    """Lay out planes, shells and satellites as the kernel reads them.

    A plane: node and argument of latitude at time 0. A shell: first plane and last, first
    satellite and satellites in a plane, radius, sine and cosine of inclination, rates of node
    and argument, band, squares of its ranges for a watt, looks a second over the variance of
    one, radius times the cosine of the field of regard, looks a second over the variance of
    range, least radial speed. A satellite: cosine and sine of its
    place in the plane.
    """
    planes, shells, slots = [np.empty((0, 2))], [np.empty((0, 16))], [np.empty((0, 2))]
    plane = satellite = 0
    for eye in eyes:
        shell = eye.shell
        node_rate, turn_rate = drift_rates(shell.altitude_m, shell.inclination_rad)
        planes.append(np.stack([shell.plane_raan_rad, shell.plane_arg_latitude_rad], axis=1))
        place = np.tile(2.0 * np.pi / shell.per_plane * np.arange(shell.per_plane), shell.planes)
        slots.append(np.stack([np.cos(place), np.sin(place)], axis=1))
        shells.append(
            np.array(
                [
                    [
                        plane,
                        plane + shell.planes,
                        satellite,
                        shell.per_plane,
                        EARTH_EQUATORIAL_RADIUS_M + shell.altitude_m,
                        math.sin(shell.inclination_rad),
                        math.cos(shell.inclination_rad),
                        node_rate - EARTH_ROTATION_RAD_PER_S,
                        turn_rate,
                        eye.band,
                        eye.range_m**2,
                        eye.cold_range_m**2,
                        eye.looks_per_s / eye.angle_error_rad**2,
                        (EARTH_EQUATORIAL_RADIUS_M + shell.altitude_m)
                        * max(math.cos(eye.max_off_nadir_rad), 0.0),
                        eye.looks_per_s / eye.range_error_m**2,
                        eye.min_radial_speed_m_per_s,
                    ]
                ]
            )
        )
        plane += shell.planes
        satellite += shell.count
    return np.concatenate(planes), np.concatenate(shells), np.concatenate(slots)


@njit(cache=True, nogil=True, error_model="numpy")
def _look_up(
    lane: int, x: float, y: float, z: float, vx: float, vy: float, vz: float, altitude: float,
    graze: float, step: float, since: float, brightness: Array, planes: Array, shells: Array,
    slots: Array, basis: Array, alive: Truths, p: Array,
) -> tuple[int, int]:  # fmt: skip
    """Add what satellites see of one target to the information of its lane; count the views.

    Those of all satellites, and those of cold bands against space.
    """
    wide, views, cold = 8, 0, 0
    square = x * x + y * y + z * z
    size = math.sqrt(square)
    limb = size - altitude + graze
    limb *= limb
    xx = xy = xz = yy = yz = zz = 0.0
    for h in range(len(shells)):
        earth = shells[h, 10] * brightness[int(shells[h, 9])]
        space = max(earth, shells[h, 11] * brightness[2])
        if space <= 0.0:
            continue
        # With q the inner product of target and satellite, lines past the limb are an interval
        # of q, lines with the Earth behind the target another, and a range is a least q.
        a = shells[h, 4]
        low, high = np.inf, square
        if square > limb:
            width = math.sqrt((a * a - limb) * (square - limb))
            low, high = limb - width, limb + width
            if square >= a * a:
                high = np.inf
        low = max(low, (square + a * a - space) / 2.0)
        over = max(high, (square + a * a - earth) / 2.0)
        # The field of regard ends where a^2 - q is the share ``field`` / a of a times the range:
        # at a least q for targets below the satellites, at a largest for those above.
        field = shells[h, 13]
        if field > 1.0:
            rest = field * field + square - a * a
            if square >= a * a:
                high = min(high, a * a - field * field - field * math.sqrt(rest))
                over = np.inf
            elif rest > 0.0:
                ends = a * a - field * field + field * math.sqrt(rest)
                low, over = max(low, ends), max(over, ends)
        least = min(low, over)
        if least > a * size:
            continue
        turned, weight = shells[h, 8] * since, shells[h, 12] * step
        turn_c, turn_s = math.cos(turned), math.sin(turned)
        per_plane, first = int(shells[h, 3]), int(shells[h, 2])
        for j in range(int(shells[h, 0]), int(shells[h, 1])):
            # The plane's axes: to its node, and a quarter turn on.
            px, py = basis[lane, j, 0], basis[lane, j, 1]
            qx, qy, qz = -py * shells[h, 6], px * shells[h, 6], shells[h, 5]
            along, ahead = a * (px * x + py * y), a * (qx * x + qy * y + qz * z)
            if least > 0.0 and along * along + ahead * ahead < least * least:
                first += per_plane
                continue
            c = basis[lane, j, 2] * turn_c - basis[lane, j, 3] * turn_s
            s = basis[lane, j, 3] * turn_c + basis[lane, j, 2] * turn_s
            one, two = along * c + ahead * s, ahead * c - along * s
            for n in range(first, first + per_plane):
                product = one * slots[n, 0] + two * slots[n, 1]
                if product < least:
                    continue
                if not ((low <= product <= high) or product >= over) or not alive[n]:
                    continue
                u, v = (
                    a * (c * slots[n, 0] - s * slots[n, 1]),
                    a * (s * slots[n, 0] + c * slots[n, 1]),
                )
                dx, dy, dz = x - u * px - v * qx, y - u * py - v * qy, z - v * qz
                d = 1.0 / (dx * dx + dy * dy + dz * dz)
                if abs(vx * dx + vy * dy + vz * dz) * math.sqrt(d) < shells[h, 15]:
                    continue
                views += 2 if shells[h, 14] > 0.0 else 1
                cold += int(product < over and shells[h, 11] > 0.0 and brightness[2] > 0.0)
                side = weight * d
                rest = (side - shells[h, 14] * step) * d
                xx += side - rest * dx * dx
                xy -= rest * dx * dy
                xz -= rest * dx * dz
                yy += side - rest * dy * dy
                yz -= rest * dy * dz
                zz += side - rest * dz * dz
            first += per_plane
    p[29 * wide + lane] += xx
    p[30 * wide + lane] += xy
    p[31 * wide + lane] += xz
    p[32 * wide + lane] += yy
    p[33 * wide + lane] += yz
    p[34 * wide + lane] += zz
    return views, cold


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
    first: int, last: int, time_s: Array, position: Array, altitude: Array, until: Array,
    noise: Array, brightness: Array, known: Array, known_from: Array, planes: Array,
    shells: Array, slots: Array, flight: Numbers, launch: Array, alive: Truths, graze: float,
    wait: float, prior: Array, mu: float, spin: float, seen: Array,
    start: Array, cold_s: Array, error: Array, speed_error: Array,
) -> None:  # fmt: skip
    wide = 8
    p, info = np.zeros(35 * wide), np.empty(6 * wide)
    bright = np.empty(4)
    basis = np.empty((wide, len(planes), 4))
    begun = np.empty(wide, np.bool_)
    since = np.empty(wide)
    for block in range(first, last, wide):
        many_lanes = min(wide, last - block)
        end = 0.0
        for i in range(wide):
            begun[i], since[i] = False, np.inf
            n = min(block + i, last - 1)
            end = max(end, until[flight[n]])
            for h in range(len(shells)):
                for j in range(int(shells[h, 0]), int(shells[h, 1])):
                    node = planes[j, 0] + shells[h, 7] * launch[n]
                    angle = planes[j, 1] + shells[h, 8] * launch[n]
                    basis[i, j, 0], basis[i, j, 1] = math.cos(node), math.sin(node)
                    basis[i, j, 2], basis[i, j, 3] = math.cos(angle), math.sin(angle)
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
                    p[(29 + c) * wide + i] = known[f, k, c]
                for b in range(4):
                    bright[b] = brightness[b, f, k]
                views = cold = 0
                if max(bright[0], bright[1], bright[2], bright[3]) > 0.0:
                    x, y, z = position[f, k, 0], position[f, k, 1], position[f, k, 2]
                    rate, turn = (1.0 / step, spin) if step > 0.0 else (0.0, 0.0)
                    views, cold = _look_up(
                        i, x, y, z, (x - position[f, before, 0]) * rate + turn * y,
                        (y - position[f, before, 1]) * rate - turn * x,
                        (z - position[f, before, 2]) * rate, altitude[f, k], graze, step,
                        time_s[k], bright, planes, shells, slots, basis, alive[n], p,
                    )  # fmt: skip
                told = p[29 * wide + i] + p[32 * wide + i] + p[34 * wide + i]
                product = max(product, told * noise[f, before])
                if views > 0 or told > 0.0:
                    is_seen = True
                    seen[n] = min(seen[n], time_s[k])
                if cold > 0:
                    cold_s[n] = min(cold_s[n], time_s[k])
                if views >= 2:
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
