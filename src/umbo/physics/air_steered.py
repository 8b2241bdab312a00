"""Interceptors that steer by air: when they can be where on courses that lift holds straight."""

from dataclasses import replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from umbo.compiled import njit, njit_inner
from umbo.physics.atmosphere import HEAT_RATIO, air, kernel_table
from umbo.physics.constants import STANDARD_GRAVITY_M_PER_S2
from umbo.physics.flight import Vehicle
from umbo.physics.flyout import Fan

Array = NDArray[np.float64]

# A course is one straight line, or two: a climb to one of these places, then straight on.
_CLIMBS_RAD: Final = np.radians(np.array([4.0, 8.0, 14.0, 21.0, 29.0, 38.0, 48.0, 60.0]))
_TOPS: Final = 10
_BOOST_STEPS: Final = 16
_COAST_STEPS: Final = 12
_HIGHEST_TOP_M: Final = 30e3
"""Above it the air bears no interceptor on a straight course."""


def hold_course(
    vehicle: Vehicle,
    *,
    range_m: Array,
    altitude_m: Array,
    lift_to_drag: float,
    least_speed_m_per_s: float,
) -> tuple[Array, Array]:
    """Find when an interceptor that holds straight courses can be first at places.

    Straight from the launcher, or first up into thin air and straight on from there, whichever
    is sooner. Along the course act thrust, drag and weight; lift bears the rest of the weight,
    and costs no drag beyond what the ballistic coefficient holds. Left out: the turns at
    launch and at the top (2 to 3 s), throttling and second pulses, curved courses (worth a few
    percent of time), and the Earth's curve (4 km of height at 240 km).

    Args:
        vehicle: The interceptor.
        range_m: (R,) ground ranges, rising from 0 [m].
        altitude_m: (A,) altitudes of the places [m].
        lift_to_drag: The most lift over the drag after burnout; where that does not bear the
            weight across the course, the interceptor is not there.
        least_speed_m_per_s: Slower it cannot intercept [m/s].

    Returns:
        (R, A) earliest time after launch and (R, A) the speed then; nan where it does not get to.

    Source:
        Fleeman, *Tactical Missile Design*, AIAA, 2nd ed. (2006), ch. 2 and 3 (one-dimensional
        equations of boost and coast; lofted courses).
    """
    time_s = np.full((range_m.size, altitude_m.size), np.inf)
    speed_m_per_s = np.full(time_s.shape, np.nan)
    stages = np.column_stack(
        [
            vehicle.dry_kg,
            vehicle.propellant_kg,
            vehicle.thrust_vacuum_n,
            vehicle.burn_s,
            vehicle.exit_area_m2,
            0.25 * np.pi * np.asarray(vehicle.diameter_m) ** 2,
        ]
    )
    _lay_courses(
        stages,
        np.array([vehicle.drag_mach, vehicle.drag_coefficient], dtype=np.float64),
        float(vehicle.payload_kg),
        float(vehicle.reentry_ballistic_coefficient_kg_per_m2),
        float(lift_to_drag),
        float(least_speed_m_per_s),
        np.asarray(range_m, dtype=np.float64),
        np.asarray(altitude_m, dtype=np.float64),
        kernel_table(),
        time_s,
        speed_m_per_s,
    )
    return np.where(np.isfinite(time_s), time_s, np.nan), speed_m_per_s


def steered(fan: Fan, vehicle: Vehicle, *, lift_to_drag: float, least_speed_m_per_s: float) -> Fan:
    """Add to a fan of free flights what an interceptor reaches by steering in air.

    Courses are found at every second place of the fan's grid, and linear between; a place
    between two of which one is out of reach keeps what free flight gives.

    Args:
        fan: The fan of free flights.
        vehicle: The interceptor.
        lift_to_drag: As in ``hold_course``.
        least_speed_m_per_s: As in ``hold_course``.

    Returns:
        The fan with the sooner of the two at each place.
    """
    i, j = (np.arange(size) for size in fan.time_s.shape)
    x, y = _every_second(i), _every_second(j)
    time_s, speed_m_per_s = hold_course(
        vehicle,
        range_m=np.asarray(x * fan.range_step_m, dtype=np.float64),
        altitude_m=np.asarray(fan.min_altitude_m + y * fan.altitude_step_m, dtype=np.float64),
        lift_to_drag=lift_to_drag,
        least_speed_m_per_s=least_speed_m_per_s,
    )
    held_s, held_m_per_s = _between(time_s, x, y, i, j), _between(speed_m_per_s, x, y, i, j)
    is_sooner = ~(fan.time_s <= held_s) & np.isfinite(held_s)
    return replace(
        fan,
        time_s=np.where(is_sooner, held_s, fan.time_s),
        speed_m_per_s=np.where(is_sooner, held_m_per_s, fan.speed_m_per_s),
    )


def _every_second(places: NDArray[np.int64]) -> NDArray[np.int64]:
    """Take every second place, and the last."""
    return np.unique(np.append(places[::2], places[-1:]))


def _between(
    found: Array,
    x: NDArray[np.int64],
    y: NDArray[np.int64],
    i: NDArray[np.int64],
    j: NDArray[np.int64],
) -> Array:
    """Interpolate in both directions; nan where a neighbour that counts is nan."""
    return _along(_along(found, x, i).T, y, j).T


def _along(found: Array, x: NDArray[np.int64], i: NDArray[np.int64]) -> Array:
    at = np.clip(np.searchsorted(x, i, side="right") - 1, 0, x.size - 2)
    part = ((i - x[at]) / (x[at + 1] - x[at]))[:, None]
    first, second = found[at], found[at + 1]
    mixed = (1.0 - part) * first + part * second
    return np.where(part == 0.0, first, np.where(part == 1.0, second, mixed))


@njit(cache=True, nogil=True, error_model="numpy")
def _lay_courses(
    stages: Array,
    drag: Array,
    payload_kg: float,
    coefficient: float,
    lift_to_drag: float,
    least_speed: float,
    ranges: Array,
    altitudes: Array,
    table: Array,
    time: Array,
    speed: Array,
) -> None:
    for i in range(ranges.size):
        for j in range(altitudes.size):
            slant = np.hypot(ranges[i], altitudes[j])
            rise = altitudes[j] / slant if slant > 0.0 else 1.0
            t, v, s = _boost(stages, drag, payload_kg, rise, slant, table)
            if s < slant:
                t, v = _coast(
                    t, v, s * rise, rise, slant - s, coefficient, lift_to_drag, least_speed, table
                )
            if v >= least_speed:
                time[i, j], speed[i, j] = t, v
    for climb in _CLIMBS_RAD:
        rise, along = np.sin(climb), np.cos(climb)
        burnt_s, burnt, s = _boost(stages, drag, payload_kg, rise, np.inf, table)
        low = s * rise
        for k in range(_TOPS):
            top = low + (_HIGHEST_TOP_M - low) * k / (_TOPS - 1)
            far = (top - low) / rise
            if top < low or (s + far) * along > ranges[-1]:
                break
            t, v = _coast(
                burnt_s, burnt, low, rise, far, coefficient, lift_to_drag, least_speed, table
            )
            if not v >= least_speed:
                break
            _go_on(
                (s + far) * along,
                top,
                t,
                v,
                coefficient,
                lift_to_drag,
                least_speed,
                ranges,
                altitudes,
                table,
                time,
                speed,
            )


@njit_inner(nogil=True, error_model="numpy")
def _go_on(
    at: float,
    top: float,
    start: float,
    fast: float,
    coefficient: float,
    lift_to_drag: float,
    least_speed: float,
    ranges: Array,
    altitudes: Array,
    table: Array,
    time: Array,
    speed: Array,
) -> None:
    """Fly straight from the top of a climb to every place beyond and not above it."""
    for j in range(altitudes.size):
        drop = altitudes[j] - top
        if drop > 0.0:
            break
        for i in range(ranges.size):
            if ranges[i] < at:
                continue
            far = np.hypot(ranges[i] - at, drop)
            if start + far / fast > time[i, j]:  # no slower than it is, it would be later
                continue
            rise = drop / far if far > 0.0 else 0.0
            t, v = _coast(
                start, fast, top, rise, far, coefficient, lift_to_drag, least_speed, table
            )
            if not v > 0.0:
                break
            if v >= least_speed and t < time[i, j]:
                time[i, j], speed[i, j] = t, v


@njit_inner(nogil=True, error_model="numpy")
def _boost(
    stages: Array, drag: Array, payload_kg: float, rise: float, until: float, table: Array
) -> tuple[float, float, float]:
    """Burn along a straight line: time, speed and way at the end of the burn, or of the way."""
    t, v, s = 0.0, 0.0, 0.0
    for n in range(stages.shape[0]):
        over = payload_kg
        for m in range(n + 1, stages.shape[0]):
            over += stages[m, 0] + stages[m, 1]
        step = stages[n, 3] / _BOOST_STEPS
        for k in range(_BOOST_STEPS):
            mass = over + stages[n, 0] + stages[n, 1] * (1.0 - (k + 0.5) / _BOOST_STEPS)
            first = _pull(v, s * rise, mass, rise, stages[n], drag, table)
            middle = v + 0.5 * step * first
            pull = _pull(middle, (s + 0.5 * step * v) * rise, mass, rise, stages[n], drag, table)
            mean = v + 0.5 * step * pull
            if s + mean * step >= until:
                part = (until - s) / (mean * step)
                return t + part * step, v + part * step * pull, until
            t, v, s = t + step, v + step * pull, s + mean * step
            if v < 0.0:
                return t, 0.0, s
    return t, v, s


@njit_inner(nogil=True, error_model="numpy")
def _pull(
    v: float, up: float, mass: float, rise: float, stage: Array, drag: Array, table: Array
) -> float:
    """Give the acceleration along the course under thrust."""
    density, sound = air(up, table)
    pressure = density * sound * sound / HEAT_RATIO
    mach, cell = v / sound, 1  # numpy's own interpolation takes seconds to compile
    while cell < drag.shape[1] - 1 and drag[0, cell] < mach:
        cell += 1
    share = (mach - drag[0, cell - 1]) / (drag[0, cell] - drag[0, cell - 1])
    share = min(max(share, 0.0), 1.0)
    coefficient = (1.0 - share) * drag[1, cell - 1] + share * drag[1, cell]
    force = stage[2] - stage[4] * pressure - 0.5 * density * v * v * coefficient * stage[5]
    return force / mass - STANDARD_GRAVITY_M_PER_S2 * rise


@njit_inner(nogil=True, error_model="numpy")
def _coast(
    t: float,
    v: float,
    up: float,
    rise: float,
    far: float,
    coefficient: float,
    lift_to_drag: float,
    least_speed: float,
    table: Array,
) -> tuple[float, float]:
    """Fly on along a straight line: time and speed after a way, or no speed where it gives up."""
    along = np.sqrt(1.0 - rise * rise)
    step = far / _COAST_STEPS
    lift = STANDARD_GRAVITY_M_PER_S2 * along
    for k in range(_COAST_STEPS):
        density, _ = air(up + (k + 0.5) * step * rise, table)
        share = density * step / coefficient
        middle = v * v / (1.0 + 0.5 * share) - STANDARD_GRAVITY_M_PER_S2 * rise * step
        best = lift_to_drag * density * middle / coefficient
        if not lift < best:
            return t, 0.0
        # Drag goes with the square of speed, and what the weight adds to it hardly with speed.
        slowed = v * v * np.exp(-share * (1.0 + (lift / best) ** 2))
        slowed -= 2.0 * STANDARD_GRAVITY_M_PER_S2 * rise * step
        if not slowed > least_speed * least_speed:
            return t, 0.0
        after = np.sqrt(slowed)
        t += 2.0 * step / (v + after)
        v = after
    return t, v
