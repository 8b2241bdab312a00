"""Which satellites see moving targets, how many at once, and which two stand best for stereo."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from umbo.compiled import in_parallel, njit, njit_inner
from umbo.errors import DomainError
from umbo.physics.constants import (
    EARTH_EQUATORIAL_RADIUS_M,
    EARTH_POLAR_RADIUS_M,
    EARTH_ROTATION_RAD_PER_S,
)
from umbo.physics.orbits import WalkerShell, drift_rates

Array = NDArray[np.float64]
Truths = NDArray[np.bool_]
Single = NDArray[np.float32]

_PART: Final = 16_384
"""Samples of all phases and flights that one thread takes at a time."""
_COUNT, _FLAG, _BEST = 0, 1, 2


@dataclass(frozen=True, eq=False)
class Views:
    """How targets are seen, each field by phase, flight and time: (P, F, K)."""

    in_view: NDArray[np.int16]
    """Number of satellites that see the target."""
    is_stereo: Truths
    """Whether two of them do whose lines of sight stand far enough apart."""


@dataclass(frozen=True, eq=False)
class Pairs:
    """The two satellites whose lines of sight cross nearest a right angle: (P, F, K)."""

    first: NDArray[np.int32]
    """Number of the satellite, shell after shell; -1 where fewer than two see the target."""
    second: NDArray[np.int32]
    angle_rad: Array
    """Angle between the lines of sight; nan where there is no pair."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Seeing:
    """What lets a satellite see a target; each field a number or an array (F, K)."""

    max_range_m: ArrayLike = np.inf
    """Longest slant range against the Earth; 0 where the target does not shine through."""
    max_range_space_m: ArrayLike | None = None
    """Longest slant range where the line runs on into space; as against the Earth if left out."""
    grazing_altitude_m: ArrayLike = 0.0
    """Lowest altitude of a line that passes the limb, and the edge of the Earth behind a target."""
    max_off_nadir_rad: float = np.pi
    """Field of regard: widest angle between the line of sight and straight down."""
    min_elevation_rad: float = -np.pi / 2.0
    """Least elevation of the satellite over the target's geocentric horizon."""


UNLIMITED: Final = Seeing()
"""Whatever is past no limb is seen."""


def count_views(
    shells: Sequence[WalkerShell],
    *,
    epoch_s: ArrayLike,
    time_s: ArrayLike,
    target_ecef_m: ArrayLike,
    seeing: Seeing | Sequence[Seeing] = UNLIMITED,
    start_s: ArrayLike = 0.0,
    min_stereo_angle_rad: float = 0.0,
    alive: Truths | None = None,
) -> Views:
    """Count the satellites that see each target, by constellation phase, flight and time.

    The line of sight is clear as ``visibility.is_line_of_sight_clear`` says, in single
    precision: lines within some 10 m of the grazing altitude may go either way. Left out: the
    edge of the Earth behind a target is a circle, up to 15 km off; time for a sensor to turn,
    and how many targets it follows at once.

    Args:
        shells: The satellites, numbered shell after shell.
        epoch_s: (P,) time of the constellation and of the Earth's turn when the raid begins
            [s]; at 0 Greenwich lies on the inertial x axis.
        time_s: (K,) or (F, K) times of the samples after launch [s].
        target_ecef_m: (F, K, 3) Earth-fixed positions then [m].
        seeing: What lets a satellite see a target; of all shells, or one for each.
        start_s: (F,) launch of each flight after the raid begins [s].
        min_stereo_angle_rad: Two views are stereo if their lines of sight are at least so far
            from parallel, 0 to pi / 2 [rad].
        alive: (P, N) which satellites work; all where left out.

    Returns:
        The counts and whether they are stereo.

    Raises:
        DomainError: The shapes do not go together, a number is not finite, or a target or the
            grazing altitude is as high as the satellites.

    Note:
        Every satellite is tested, eight or more at a time: where caps are wide, leaving out
        planes saves nothing. A test is an inner product with the satellite's circle, since
        the target is turned into the frame in which the circles stand still.
    """
    mode = _FLAG if min_stereo_angle_rad > 0.0 else _COUNT
    in_view, stereo, _, _ = _survey(
        shells,
        epoch_s,
        time_s,
        target_ecef_m,
        seeing,
        start_s,
        alive,
        mode,
        min_stereo_angle_rad,
    )
    return Views(in_view=in_view, is_stereo=in_view >= 2 if mode == _COUNT else stereo)


def best_pairs(
    shells: Sequence[WalkerShell],
    *,
    epoch_s: ArrayLike,
    time_s: ArrayLike,
    target_ecef_m: ArrayLike,
    seeing: Seeing | Sequence[Seeing] = UNLIMITED,
    start_s: ArrayLike = 0.0,
    alive: Truths | None = None,
) -> Pairs:
    """Find the two satellites in view whose lines of sight cross nearest a right angle.

    Left out: that of two pairs the nearer one measures better.

    Args:
        shells: As in ``count_views``, and so are the others.
        epoch_s: See there.
        time_s: See there.
        target_ecef_m: See there.
        seeing: See there.
        start_s: See there.
        alive: See there.

    Returns:
        The pairs.

    Raises:
        DomainError: As in ``count_views``.
    """
    _, _, pair, sine = _survey(
        shells, epoch_s, time_s, target_ecef_m, seeing, start_s, alive, _BEST, 0.0
    )
    return Pairs(first=pair[..., 0], second=pair[..., 1], angle_rad=np.asarray(sine))


def _survey(
    shells: Sequence[WalkerShell],
    epoch_s: ArrayLike,
    time_s: ArrayLike,
    target_ecef_m: ArrayLike,
    seeing: Seeing | Sequence[Seeing],
    start_s: ArrayLike,
    alive: Truths | None,
    mode: int,
    min_angle_rad: float,
) -> tuple[NDArray[np.int16], Truths, NDArray[np.int32], Single]:
    epoch = np.array(epoch_s, dtype=np.float64, ndmin=1)
    target = np.asarray(target_ecef_m, dtype=np.float64)
    time = np.asarray(time_s, dtype=np.float64)
    if target.ndim != 3 or target.shape[-1] != 3 or time.shape[-1:] != target.shape[1:2]:
        raise DomainError(
            "target_ecef_m must be (F, K, 3) with time_s (K,) or (F, K); "
            f"got {target.shape} and {time.shape}"
        )
    flights, samples = target.shape[:2]
    time = np.broadcast_to(time, (flights, samples))
    start = np.array(np.broadcast_to(np.asarray(start_s, dtype=np.float64), (flights,)))
    if not all(np.isfinite(x).all() for x in (epoch, start, time, target)):
        raise DomainError("epochs, times and targets must be finite; leave such flights out")
    count = sum(shell.count for shell in shells)
    if alive is None:
        works = np.ones((1, count), dtype=np.int32)
    elif alive.shape == (len(epoch), count):
        works = np.array(alive, dtype=np.int32, order="C")
    else:
        raise DomainError(f"alive must be (P, N) = ({len(epoch)}, {count}); got {alive.shape}")
    each = [seeing] * len(shells) if isinstance(seeing, Seeing) else list(seeing)
    if len(each) != len(shells):
        raise DomainError(f"seeing must be one for all shells or {len(shells)}; got {len(each)}")
    groups = np.array([[s.altitude_m, s.inclination_rad, s.count] for s in shells]).reshape(-1, 3)
    last = np.cumsum(groups[:, 2])
    node_rate, turn_rate = drift_rates(groups[:, 0], groups[:, 1])
    orbit = np.stack(
        [
            last - groups[:, 2],
            last,
            1.0 + groups[:, 0] / EARTH_EQUATORIAL_RADIUS_M,
            node_rate - EARTH_ROTATION_RAD_PER_S,
            turn_rate,
        ],
        axis=1,
    )
    circles = np.concatenate([np.empty((6, 0)), *map(_circles, shells)], axis=1).astype(np.float32)
    tests = np.stack(
        [_tests(time, target, *row) for row in zip(each, *orbit[:, 2:].T, strict=True)]
        or [np.empty((flights, samples, 16), dtype=np.float32)]
    )
    shape = (len(epoch), flights, samples)
    best = shape if mode == _BEST else (0, 0, 0)
    in_view = np.zeros(shape, dtype=np.int16)
    stereo = np.zeros(shape if mode == _FLAG else (0, 0, 0), dtype=np.bool_)
    pair = np.full((*best, 2), -1, dtype=np.int32)
    angle = np.full(best, np.nan, dtype=np.float32)
    least = math.sin(min(min_angle_rad, math.pi / 2.0)) ** 2

    part = max(_PART // max(samples, 1), 1)

    def survey_part(k: int) -> None:
        _see(
            k * part,
            min((k + 1) * part, len(epoch) * flights),
            epoch,
            start,
            orbit,
            circles,
            tests,
            works,
            mode,
            least,
            in_view,
            stereo,
            pair,
            angle,
        )

    if len(shells) > 0:
        in_parallel(survey_part, -(-len(epoch) * flights // part))
    return in_view, stereo, pair, angle


def _circles(shell: WalkerShell) -> Array:
    # Each satellite runs on its circle, at_0 cos(turn) + ahead_0 sin(turn), in the frame of the
    # nodes: a column with x, y, z of both, of unit radius.
    raan, u, i = shell.raan_rad, shell.arg_latitude_rad, shell.inclination_rad
    cos_raan, sin_raan, cos_u, sin_u = np.cos(raan), np.sin(raan), np.cos(u), np.sin(u)
    return np.stack(
        [
            cos_u * cos_raan - sin_u * sin_raan * np.cos(i),
            -sin_u * cos_raan - cos_u * sin_raan * np.cos(i),
            cos_u * sin_raan + sin_u * cos_raan * np.cos(i),
            -sin_u * sin_raan + cos_u * cos_raan * np.cos(i),
            sin_u * np.sin(i),
            cos_u * np.sin(i),
        ]
    )


def _tests(
    time: Array, target: Array, seeing: Seeing, radius: float, node_rate: float, turn_rate: float
) -> Single:
    # What a satellite S of one shell must pass to see a target T, in equatorial radii. Range,
    # off-nadir angle, elevation and background all depend on q = S.T alone, so they are up to
    # three intervals of q; see ``_see`` for the order and for the line of sight.
    unit = EARTH_EQUATORIAL_RADIUS_M
    shape = target.shape[:2]

    def wide(x: ArrayLike) -> Array:
        return np.broadcast_to(np.asarray(x, dtype=np.float64), shape)

    grazing = wide(seeing.grazing_altitude_m)
    limb = 1.0 + grazing / unit
    stretch = (unit + grazing) / (EARTH_POLAR_RADIUS_M + grazing)
    x, y, z = np.moveaxis(target / unit, -1, 0)
    flat_2 = x**2 + y**2
    tau, tau_s = np.sqrt(flat_2 + z**2), np.sqrt(flat_2 + (stretch * z) ** 2)
    if not (np.all(tau < radius) and np.all(limb < radius)):
        raise DomainError(
            f"targets and grazing altitude must lie below the satellites, {(radius - 1) * unit:.0f}"
            f" m; got {(max(np.max(tau), np.max(limb)) - 1) * unit:.0f} m; leave such samples out"
        )
    level = np.minimum(tau_s, limb) ** 2
    beyond_2 = np.maximum(tau_s**2 - limb**2, 0.0)
    bulge = stretch**2 - 1.0

    def at_range(range_m: ArrayLike) -> Array:
        return (radius**2 + tau**2 - np.square(wide(range_m) / unit)) / 2.0

    def at_off_nadir(sine: Array, cosine: Array) -> tuple[Array, Array]:
        # A cone about straight down cuts the target's sphere in a near and a far circle.
        inside = tau**2 - (radius * sine) ** 2
        cuts = (inside > 0.0) & (cosine > 0.0)
        half = np.sqrt(np.maximum(inside, 0.0))
        near = radius**2 - radius * cosine * (radius * cosine - half)
        far = radius**2 - radius * cosine * (radius * cosine + half)
        return np.where(cuts, near, -np.inf), np.where(cuts, far, -np.inf)

    nadir = wide(seeing.max_off_nadir_rad)
    near, far = at_off_nadir(np.sin(nadir), np.cos(nadir))
    sine_e = math.sin(seeing.min_elevation_rad)
    cos_e = math.cos(seeing.min_elevation_rad)
    reach = np.sqrt(radius**2 - (tau * cos_e) ** 2) - tau * sine_e
    lowest = tau**2 + tau * sine_e * reach
    earth = np.maximum(at_range(seeing.max_range_m), lowest)
    if seeing.max_range_space_m is None:
        one, two, three = np.maximum(earth, near), (wide(9.0), wide(-9.0)), (earth, far)
    else:
        edge = limb * tau / tau_s  # the grown ellipsoid's radius below the target
        behind, ahead = at_off_nadir(edge / radius, np.sqrt(1.0 - (edge / radius) ** 2))
        space = np.maximum(np.maximum(at_range(seeing.max_range_space_m), lowest), ahead)
        one = np.maximum(np.maximum(earth, behind), near)
        two, three = (np.maximum(space, near), behind), (space, np.minimum(behind, far))
    turn, node = turn_rate * time, node_rate * time
    fields = (
        *(x, y, z, one, *two, *three),
        level,
        radius * bulge * z,
        beyond_2 * (radius**2 - limb**2),
        beyond_2 * bulge * radius**2,
        *(np.cos(turn), np.sin(turn), np.cos(node), np.sin(node)),
    )
    return np.stack([np.clip(wide(field), -1e9, 1e9) for field in fields], -1).astype(np.float32)


@njit_inner(nogil=True, error_model="numpy")
def _test(
    c0: Single,
    c1: Single,
    c2: Single,
    c3: Single,
    c4: Single,
    c5: Single,
    now: Single,
    test: Single,
    sees: NDArray[np.int32],
) -> int:
    # Kept plain, so that eight satellites are tested at a time.
    cos_turn, sin_turn, w0, w1, w2, w3, up = (
        now[0],
        now[1],
        now[4],
        now[5],
        now[6],
        now[7],
        now[8],
    )
    one, low, high, low_2, high_2 = test[3], test[4], test[5], test[6], test[7]
    level, tilt, apart, bulge = test[8], test[9], test[10], test[11]
    nil = np.float32(0.0)
    if low > high and low_2 > high_2:
        for s in range(sees.size):
            z = c4[s] * cos_turn + c5[s] * sin_turn
            q = w0 * c0[s] + w1 * c1[s] + w2 * c2[s] + w3 * c3[s] + up * z
            over = q + tilt * z - level
            sees[s] &= ((over >= nil) | (over * over <= apart + bulge * z * z)) & (q >= one)
    else:
        for s in range(sees.size):
            z = c4[s] * cos_turn + c5[s] * sin_turn
            q = w0 * c0[s] + w1 * c1[s] + w2 * c2[s] + w3 * c3[s] + up * z
            over = q + tilt * z - level
            clear = (over >= nil) | (over * over <= apart + bulge * z * z)
            near = (q >= one) | ((q >= low) & (q <= high)) | ((q >= low_2) & (q <= high_2))
            sees[s] &= clear & near
    seen = 0
    for s in range(sees.size):
        seen += sees[s]
    return seen


@njit(cache=True, nogil=True, error_model="numpy")
def _see(
    begin: int,
    end: int,
    epoch: Array,
    start: Array,
    orbit: Array,
    circles: Single,
    tests: Single,
    alive: NDArray[np.int32],
    mode: int,
    least: float,
    in_view: NDArray[np.int16],
    stereo: Truths,
    pair: NDArray[np.int32],
    angle: Single,
) -> None:
    flights, samples, satellites = start.size, tests.shape[2], circles.shape[1]
    sees = np.empty(satellites, dtype=np.int32)
    line = np.empty((satellites, 3))
    who = np.empty(satellites, dtype=np.int32)
    now = np.empty((orbit.shape[0], 9), dtype=np.float32)
    base = np.empty((orbit.shape[0], 4))
    since = math.nan
    several = 1 if alive.shape[0] > 1 else 0
    for item in range(begin, end):
        p, f = item // flights, item % flights
        before, since = since, epoch[p] + start[f]
        for g in range(orbit.shape[0] if since != before else 0):
            turn, node = orbit[g, 4] * since, orbit[g, 3] * since
            base[g, 0], base[g, 1] = math.cos(turn), math.sin(turn)
            base[g, 2], base[g, 3] = math.cos(node), math.sin(node)
        for k in range(samples):
            count = 0
            for s in range(satellites):
                sees[s] = alive[p * several, s]
            for g in range(orbit.shape[0]):
                test, radius = tests[g, f, k], orbit[g, 2]
                first, last = int(orbit[g, 0]), int(orbit[g, 1])
                now[g, 0] = base[g, 0] * test[12] - base[g, 1] * test[13]
                now[g, 1] = base[g, 1] * test[12] + base[g, 0] * test[13]
                now[g, 2] = base[g, 2] * test[14] - base[g, 3] * test[15]
                now[g, 3] = base[g, 3] * test[14] + base[g, 2] * test[15]
                x = radius * (now[g, 2] * test[0] + now[g, 3] * test[1])
                y = radius * (now[g, 2] * test[1] - now[g, 3] * test[0])
                now[g, 4], now[g, 5] = x * now[g, 0], x * now[g, 1]
                now[g, 6], now[g, 7] = y * now[g, 0], y * now[g, 1]
                now[g, 8] = radius * test[2]
                count += _test(
                    circles[0, first:last],
                    circles[1, first:last],
                    circles[2, first:last],
                    circles[3, first:last],
                    circles[4, first:last],
                    circles[5, first:last],
                    now[g],
                    test,
                    sees[first:last],
                )
            in_view[p, f, k] = count
            if mode == 0 or count < 2:
                continue
            most, found, g = -1.0, 0, 0
            for s in range(satellites):
                if sees[s] == 0:
                    continue
                while s >= orbit[g, 1]:
                    g += 1
                x = now[g, 0] * circles[0, s] + now[g, 1] * circles[1, s]
                y = now[g, 0] * circles[2, s] + now[g, 1] * circles[3, s]
                z = now[g, 0] * circles[4, s] + now[g, 1] * circles[5, s]
                dx = orbit[g, 2] * (now[g, 2] * x - now[g, 3] * y) - tests[g, f, k, 0]
                dy = orbit[g, 2] * (now[g, 3] * x + now[g, 2] * y) - tests[g, f, k, 1]
                dz = orbit[g, 2] * z - tests[g, f, k, 2]
                far = math.sqrt(dx * dx + dy * dy + dz * dz)
                dx, dy, dz = dx / far, dy / far, dz / far
                for j in range(found):
                    cosine = line[j, 0] * dx + line[j, 1] * dy + line[j, 2] * dz
                    if 1.0 - cosine * cosine > most:
                        most = 1.0 - cosine * cosine
                        if mode == 2:
                            pair[p, f, k, 0], pair[p, f, k, 1] = who[j], s
                            angle[p, f, k] = math.acos(min(max(cosine, -1.0), 1.0))
                if mode == 1 and most >= least:
                    stereo[p, f, k] = True
                    break
                line[found, 0], line[found, 1], line[found, 2] = dx, dy, dz
                who[found] = s
                found += 1
