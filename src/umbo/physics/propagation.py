"""The kernel of flight: smooth arcs end to end, stepped by Dormand and Prince 5(4).

A state is position and velocity in axes that turn with the Earth. Velocity is the rate of
position, so a step keeps only the accelerations of its seven stages, and the weights of
position are products of those of velocity.

Source: Hairer, Norsett & Wanner, *Solving Ordinary Differential Equations I* (1993), II.5-6.
"""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from umbo.compiled import in_parallel, njit, njit_inner
from umbo.physics.atmosphere import HEAT_RATIO, TOP_M, air

Array = NDArray[np.float64]

PIERCE_ALTITUDE_M: Final = 100e3
"""Altitude whose crossings are events: the usual edge of space."""
LONGEST_FLIGHT_S: Final = 10_800.0
"""A flight still up after this time is in orbit, and gets no impact."""
BOOST_TOLERANCE_M: Final = 6e-4
"""Error admitted in one step at 1 km/s, and in proportion at other speeds, for an error in
the direction of a slow missile grows while it turns; its hundredth per second in velocity."""
COAST_TOLERANCE_M: Final = 5e-2
"""Error admitted in one step after burnout; its hundredth per second in velocity."""
_SLOWEST_M_PER_S: Final = 50.0
# Where the air of 1976 has kinks that drag can feel: a step is meant to end there. A fall
# ends one at two more altitudes, between which the air grows manifold.
_LAYERS_M: Final = np.array([11_019.0, 20_063.0, 32_162.0, 47_350.0])
_FALLS_M: Final = np.array([11_019.0, 20_063.0, 32_162.0, 47_350.0, 62e3, 85e3])
_ON_KINK_M: Final = 30.0
"""So near a kink of the air, a step is on it."""
_ON_MACH: Final = 3e-3
"""So little beyond a kink of the drag table, a step is kept."""
_MOST_BEND_M_PER_S2: Final = 50.0
"""Half the acceleration with which a missile may reach an altitude early, worth a look."""
_LAND_S: Final = 0.02
"""So near the ground in time, the rest of a fall has one acceleration (within 1 mm)."""

# Dormand and Prince's nodes and weights, the last row being the solution; then the weights
# of the error, and of the highest term of the polynomial through a step (Hairer's DOPRI5).
_NODES: Final = np.array([0.0, 0.2, 0.3, 0.8, 8.0 / 9.0, 1.0, 1.0])
_WEIGHTS: Final = np.array(
    [
        [0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0],
        [0.2, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0],
        [3 / 40, 9 / 40, 0.0, 0.0, 0.0, 0.0, 0.0],
        [44 / 45, -56 / 15, 32 / 9, 0.0, 0.0, 0.0, 0.0],
        [19372 / 6561, -25360 / 2187, 64448 / 6561, -212 / 729, 0.0, 0.0, 0.0],
        [9017 / 3168, -355 / 33, 46732 / 5247, 49 / 176, -5103 / 18656, 0.0, 0.0],
        [35 / 384, 0.0, 500 / 1113, 125 / 192, -2187 / 6784, 11 / 84, 0.0],
        [71 / 57600, 0.0, -71 / 16695, 71 / 1920, -17253 / 339200, 22 / 525, -1 / 40],
        [
            -12715105075 / 11282082432,
            0.0,
            87487479700 / 32700410799,
            -10690763975 / 1880347072,
            701980252875 / 199316789632,
            -1453857185 / 822651844,
            69997945 / 29380423,
        ],
    ]
)
_PRODUCTS: Final = _WEIGHTS @ _WEIGHTS[:7]
# A literal number would compile what takes it anew for each.
_ERROR, _DENSE = np.int64(7), np.int64(8)
_STAGES: Final = np.arange(7)

_BLOCK: Final = 64
"""Flights that one thread takes at a time."""
_AIR_M: Final = 60e3
_REENTRY: Final = 5.0
"""Factor on the error admitted below ``_AIR_M`` in a fall, which soon ends."""
_GROWTH: Final = 1.5
"""There, a step is at most so many times as long as the one before it, for the air grows."""
_FIRST_TURN_S2_PER_M: Final = 0.015
"""First step of a gravity turn for each m/s of speed, some seventh of the time it turns in."""
_ERROR_TO_CUT: Final = 1e4
"""A step worse than this is not cut at a kink that it crosses, but shortened first."""
_MOST_TRIES: Final = 20_000  # a usual flight takes 150

# Modes of an arc, and places in it.
_COAST, _HELD, _ALONG, _PITCHED = 0, 1, 2, 3
# Why a step is cut.
_FASTER, _SLOWER = 1, 2
# What is looked for inside a step.
_ALTITUDE, _RISE, _MACH = np.int64(0), np.int64(1), np.int64(2)
# Places in an event record; after them the times of staging.
(
    BURNOUT,
    BURNOUT_SPEED,
    BURNOUT_ALTITUDE,
    APOGEE,
    APOGEE_ALTITUDE,
    PIERCE_UP,
    PIERCE_DOWN,
    IMPACT,
) = range(8)
IMPACT_STATE, BURNOUT_STATE = 8, 14
RECORD: Final = 20


def fly_all(
    start: Array,
    frame: Array,
    steer: Array,
    stages: Array,
    beta: Array,
    drag: Array,
    earth: Array,
    impact_altitude: float,
    table: Array,
    times: Array,
    tolerance: float = 1.0,
) -> tuple[Array, Array]:
    """Fly many missiles in parallel; give their states and event records.

    Args:
        start: (n, 6) position and velocity.
        frame: (n, 3, 3) east, north and up at launch.
        steer: (n, 7) the fields of ``Steering`` in their order.
        stages: (stages, 6) of ``stage_table``; none for free fall.
        beta: (n,) ballistic coefficient after burnout.
        drag: (2, m) Mach numbers and drag coefficients in boost.
        earth: Of ``Effects.earth``.
        impact_altitude: Altitude at which a falling missile ends.
        table: Of ``kernel_table``.
        times: (k,) rising times to sample at.
        tolerance: Factor on the error that a step may make.

    Returns:
        States (n, k, 6) and records (n, RECORD + stages - 1), nan for what did not happen.
    """
    count = len(start)
    states = np.full((count, len(times), 6), np.nan)
    record = np.full((count, RECORD + max(len(stages) - 1, 0)), np.nan)

    def fly_block(part: int) -> None:
        block = slice(part * _BLOCK, (part + 1) * _BLOCK)
        _fly_some(
            start[block],
            frame[block],
            steer[block],
            stages,
            beta[block],
            drag,
            earth,
            impact_altitude,
            table,
            times,
            tolerance,
            states[block],
            record[block],
        )

    in_parallel(fly_block, -(-count // _BLOCK))
    return states, record


@njit(cache=True, nogil=True, error_model="numpy")
def _fly_some(
    start: Array,
    frame: Array,
    steer: Array,
    stages: Array,
    beta: Array,
    drag: Array,
    earth: Array,
    impact_altitude: float,
    table: Array,
    times: Array,
    tolerance: float,
    states: Array,
    record: Array,
) -> None:
    y, new, a, dense = np.empty(6), np.empty(6), np.zeros((7, 3)), np.empty((5, 6))
    arc = np.zeros(20)
    for flight in range(len(start)):
        for i in range(6):
            y[i] = start[flight, i]
        _fly_one(
            y,
            frame[flight],
            steer[flight],
            stages,
            beta[flight],
            drag,
            earth,
            impact_altitude,
            table,
            times,
            tolerance,
            states[flight],
            record[flight],
            new,
            a,
            dense,
            arc,
        )


@njit_inner(error_model="numpy")
def _fly_one(
    y: Array,
    frame: Array,
    steer: Array,
    stages: Array,
    beta: float,
    drag: Array,
    earth: Array,
    impact_altitude: float,
    table: Array,
    times: Array,
    tolerance: float,
    states: Array,
    record: Array,
    new: Array,
    a: Array,
    dense: Array,
    arc: Array,
) -> None:
    """Fly one missile, arc by arc; fill its states at ``times`` and its event record."""
    arc[7] = 1.0 / beta
    longer, mach = 0.0, 0.0
    t, h, stage, lit, sample, tries = 0.0, 0.5, _STAGES[0], 0.0, 0, 0
    cell = 0
    height, rise = _height(y, earth)
    if len(stages) > 0:
        mach = _mach(y, earth, table)
        while cell < drag.shape[1] and drag[0, cell] <= mach:
            cell += 1
    _set_drag(cell, drag, arc)
    while t < LONGEST_FLIGHT_S:
        end = _next_arc(t, stage, lit, frame, steer, stages, arc)
        if arc[0] == _COAST and np.isnan(record[BURNOUT]):
            record[BURNOUT] = t
            record[BURNOUT_SPEED] = np.sqrt(y[3] ** 2 + y[4] ** 2 + y[5] ** 2)
            record[BURNOUT_ALTITUDE], _ = _height(y, earth)
            for i in range(6):
                record[BURNOUT_STATE + i] = y[i]
        if arc[0] == _ALONG:
            h = min(h, _FIRST_TURN_S2_PER_M * np.sqrt(y[3] * y[3] + y[4] * y[4] + y[5] * y[5]))
        step_before, shrink_before = 0.0, 0.0
        mach_step, rate_before, quickens, more = 0.0, 0.0, 0.0, 0.0
        # The steps of the arc; the last ends on its end, and none is kept beyond an event.
        landing, cut, knows = 0, 0, 0
        while t < end:
            tries += 1
            if tries > _MOST_TRIES:
                return
            if knows == 0:
                a[0, 0], a[0, 1], a[0, 2], _ = _accelerate(
                    t, y[0], y[1], y[2], y[3], y[4], y[5], arc, earth, table
                )
                knows = 1
            # A step ends on a kink of the air that it would cross, and on the ground.
            kept, met = h, 0
            if landing == 0 and cut == 0:
                level = _next_kink(height, rise, arc[0], impact_altitude)
                if abs(level - height) < h * (abs(rise) + _MOST_BEND_M_PER_S2 * h):
                    soon = _time_to(level, height, rise, y, a)
                    if soon < h:
                        h, met = soon, 1
                if arc[0] != _COAST and quickens > 0.0 and arc[18] < np.inf:
                    soon = (arc[18] + 0.2 * _ON_MACH - mach) / quickens
                    soon = (arc[18] + 0.2 * _ON_MACH - mach) / (quickens + 0.5 * soon * more)
                    if 0.01 * h < soon < h:
                        h, met = soon, 1
            last = landing == 0 and h >= end - t
            step = end - t if last else h
            admitted = tolerance * COAST_TOLERANCE_M
            if arc[0] != _COAST:
                speed = np.sqrt(y[3] * y[3] + y[4] * y[4] + y[5] * y[5])
                admitted = tolerance * BOOST_TOLERANCE_M * max(speed, _SLOWEST_M_PER_S) * 1e-3
            elif height < _AIR_M:
                admitted *= _REENTRY
            error = _try_step(t, step, y, new, a, arc, earth, table) / admitted
            new_height, new_rise = _height(new, earth)
            shrink = error**0.2
            factor = min(5.0, max(0.2, 0.9 / shrink)) if error > 0.0 else 5.0
            if landing == 0:
                if not np.isfinite(error):
                    h, cut = 0.2 * step, 0
                    a[1:] = 0.0  # for the weights of 0 that are not skipped
                    continue
                if arc[0] != _COAST and cut == 0 and error < _ERROR_TO_CUT:
                    cut, cut_step = _cut(step, y, new, a, dense, arc, earth, table)
                    if cut != 0:
                        longer = kept
                    if cut_step < step:
                        h = cut_step
                        continue
                if error > 1.0:
                    h, cut = step * min(factor, 1.0), 0
                    continue
            after = end if last else t + step
            if new_rise < 0.0 and (
                landing > 0 or new_height < impact_altitude - _LAND_S * new_rise
            ):
                before = (new_height - impact_altitude) / new_rise
                if abs(before) > _LAND_S and landing < 4:
                    h = step - before
                    if landing == 0:
                        _densify(step, y, new, a, dense)
                        h = step * _crossing(
                            _ALTITUDE, impact_altitude, 0.0, 1.0, 1e-4, dense, earth, table
                        )
                    landing += 1
                    continue
                landing = 1
                after += _touch_down(impact_altitude, new, a, earth)
            is_sampled = sample < len(times) and times[sample] <= after
            is_top = rise > 0.0 and new_rise <= 0.0
            is_pierced = (height < PIERCE_ALTITUDE_M) != (new_height < PIERCE_ALTITUDE_M)
            if is_sampled or is_top or is_pierced:
                _densify(step, y, new, a, dense)
                if is_top or is_pierced:
                    _note_events(
                        t, step, height, rise, new_height, new_rise, dense, earth, table, record
                    )
                while sample < len(times) and times[sample] <= after:
                    if times[sample] >= t:
                        _at((times[sample] - t) / step, dense, states[sample])
                    sample += 1
            if landing > 0:
                record[IMPACT] = after
                for i in range(6):
                    record[IMPACT_STATE + i] = new[i]
                return
            if step_before > 0.0 and shrink > 0.0:  # what grew from step to step grows on
                grown = step_before * shrink / (step * shrink_before)
                factor = min(factor, max(0.2, 0.9 / (shrink * grown)))
            step_before, shrink_before = step, shrink
            if met != 0:
                h, step_before = max(min(kept, 5.0 * step), step * min(factor, 1.0)), 0.0
            elif not last or factor < 1.0:
                h = step * factor
            if arc[0] == _COAST and new_height < _AIR_M and new_rise < 0.0:
                h = min(h, _GROWTH * step)
            if cut != 0:
                cell += 1 if cut == _FASTER else -1
                _set_drag(cell, drag, arc)
                cut, knows, h, step_before = 0, 0, longer, 0.0
            if arc[0] != _COAST:
                rate = (arc[19] - mach) / step
                more = (rate - rate_before) / (0.5 * (step + mach_step)) if mach_step > 0.0 else 0.0
                mach, rate_before, mach_step = arc[19], rate, step
                quickens = rate + 0.5 * step * more
            t, height, rise = after, new_height, new_rise
            for i in range(6):
                y[i] = new[i]
            for i in range(3):
                a[0, i] = a[6, i]
        if stage < len(stages) and t >= lit + stages[stage, 5]:
            lit += stages[stage, 5]
            stage += 1
            if stage < len(stages) and t < steer[4]:
                record[RECORD + stage - 1] = t


@njit_inner(error_model="numpy")
def _next_arc(
    t: float, stage: int, lit: float, frame: Array, steer: Array, stages: Array, arc: Array
) -> float:
    """Set the smooth arc that begins now; give the time at which it ends.

    ``arc`` holds mode, ignition time, mass then, flow, thrust, exit area, drag area, one
    over the ballistic coefficient, a direction, a forward direction and a pitch rate; then
    the line of the drag table, its Mach numbers' limits, and the Mach number last met.
    """
    azimuth, kick, vertical_s, kick_s = steer[0], steer[1], steer[2], steer[3]
    cutoff, pitch_rate, final_elevation = steer[4], steer[5], steer[6]
    if stage >= len(stages) or t >= cutoff:
        arc[0] = _COAST
        return LONGEST_FLIGHT_S
    end = min(lit + stages[stage, 5], cutoff)
    arc[1] = lit
    for i in range(5):
        arc[2 + i] = stages[stage, i]
    up, ahead = 1.0, 0.0
    if pitch_rate > 0.0:
        pitched_s = (0.5 * np.pi - final_elevation) / pitch_rate
        if t < pitched_s:
            arc[0], arc[14] = _PITCHED, pitch_rate
            end = min(end, pitched_s)
        else:
            arc[0] = _HELD
            up, ahead = np.sin(final_elevation), np.cos(final_elevation)
    elif t < vertical_s:
        arc[0] = _HELD
        end = min(end, vertical_s)
    elif t < vertical_s + kick_s:
        arc[0] = _HELD
        up, ahead = np.cos(kick), np.sin(kick)
        end = min(end, vertical_s + kick_s)
    else:
        arc[0] = _ALONG
    for i in range(3):
        forward = np.sin(azimuth) * frame[0, i] + np.cos(azimuth) * frame[1, i]
        arc[8 + i] = up * frame[2, i] + ahead * forward
        arc[11 + i] = forward
    return end


@njit_inner(error_model="numpy", forceinline=True, fastmath={"contract"})
def _altitude(r: float, sine2: float, earth: Array) -> float:
    """Give geodetic altitude by radius and squared sine of geocentric latitude.

    Along the radius to the ellipsoid b / sqrt(1 - e2 cos2), whose series takes neither root
    nor quotient (0.1 mm), times the cosine between the radius and the ellipsoid's normal.
    """
    e2 = earth[3]
    x = e2 * (1.0 - sine2)
    surface = earth[2] * ((1.0 + 0.5 * x) + (x * x) * ((0.375 + 0.3125 * x) + 0.2734375 * (x * x)))
    return (r - surface) * (1.0 - 0.5 * e2 * x * sine2)


@njit_inner(error_model="numpy", fastmath={"contract"})
def _height(y: Array, earth: Array) -> tuple[float, float]:
    """Give altitude, and its rate."""
    e2 = earth[3]
    r2 = y[0] * y[0] + y[1] * y[1] + y[2] * y[2]
    r, by_r2 = np.sqrt(r2), 1.0 / r2
    sine2 = y[2] * y[2] * by_r2
    x = e2 * (1.0 - sine2)
    out = (y[0] * y[3] + y[1] * y[4] + y[2] * y[5]) * by_r2
    rise = out * r
    turn = 2.0 * y[2] * by_r2 * (y[5] - y[2] * out)
    # The rate of the series of ``_altitude``.
    slope = e2 * earth[2] * (0.5 + x * (0.75 + x * (0.9375 + x * 1.09375)))
    return _altitude(r, sine2, earth), (rise + slope * turn) * (1.0 - 0.5 * e2 * x * sine2)


@njit_inner(error_model="numpy", fastmath={"contract"})
def _accelerate(
    t: float,
    px: float,
    py: float,
    pz: float,
    vx: float,
    vy: float,
    vz: float,
    arc: Array,
    earth: Array,
    table: Array,
) -> tuple[float, float, float, float]:
    """Give the acceleration in axes that turn with the Earth; in boost the Mach number too."""
    spin = earth[5]
    r2 = px * px + py * py + pz * pz
    r, by_r2 = np.sqrt(r2), 1.0 / r2
    sine2 = pz * pz * by_r2
    g = earth[0] * by_r2 * by_r2 * r
    bulge = 1.5 * earth[4] * by_r2
    equatorial = spin * spin - g * (1.0 + bulge * (1.0 - 5.0 * sine2))
    ax = equatorial * px + 2.0 * spin * vy
    ay = equatorial * py - 2.0 * spin * vx
    az = -g * pz * (1.0 + bulge * (3.0 - 5.0 * sine2))
    altitude, mach = _altitude(r, sine2, earth), 0.0
    if arc[0] == _COAST:
        if altitude < TOP_M:
            density, _ = air(altitude, table)
            speed = np.sqrt(vx * vx + vy * vy + vz * vz)
            along = -0.5 * earth[6] * arc[7] * speed * density  # for each m/s of velocity
            ax, ay, az = ax + along * vx, ay + along * vy, az + along * vz
        return ax, ay, az, mach
    density, sound = air(altitude, table)
    speed = np.sqrt(vx * vx + vy * vy + vz * vz)
    by_mass = 1.0 / (arc[2] - arc[3] * (t - arc[1]))
    mach = speed / sound
    along = (-0.5 * earth[6] * arc[6] * by_mass * speed) * density * (arc[15] + arc[16] * mach)
    pressure = density * sound * sound * (1.0 / HEAT_RATIO)
    push = (arc[4] - earth[7] * pressure * arc[5]) * by_mass
    if arc[0] == _ALONG:
        along += push / speed
    else:
        up, ahead = push, 0.0
        if arc[0] == _PITCHED:
            up, ahead = np.cos(arc[14] * t) * push, np.sin(arc[14] * t) * push
        ax += up * arc[8] + ahead * arc[11]
        ay += up * arc[9] + ahead * arc[12]
        az += up * arc[10] + ahead * arc[13]
    return ax + along * vx, ay + along * vy, az + along * vz, mach


@njit_inner(error_model="numpy")
def _set_drag(cell: int, drag: Array, arc: Array) -> None:
    """Set the line of the drag table that holds between two of its Mach numbers."""
    last = drag.shape[1] - 1
    low, high = max(cell - 1, 0), min(cell, last)
    arc[17] = drag[0, low] if cell > 0 else -np.inf
    arc[18] = drag[0, high] if cell <= last else np.inf
    slope = 0.0
    if low < high:
        slope = (drag[1, high] - drag[1, low]) / (drag[0, high] - drag[0, low])
    arc[15], arc[16] = drag[1, low] - slope * drag[0, low], slope


@njit_inner(error_model="numpy")
def _cut(
    step: float,
    y: Array,
    new: Array,
    a: Array,
    dense: Array,
    arc: Array,
    earth: Array,
    table: Array,
) -> tuple[int, float]:
    """Find whether a step crosses a kink of the drag table, and cut it there."""
    mach = arc[19]
    if arc[17] <= mach < arc[18]:
        return 0, step
    if arc[18] <= mach < arc[18] + _ON_MACH:
        return _FASTER, step
    _densify(step, y, new, a, dense)
    edge = arc[18] if mach >= arc[18] else arc[17]
    share = _crossing(_MACH, edge, 0.0, 1.0, 1e-4, dense, earth, table)
    # From on a kink, a little beyond it.
    return (_FASTER if mach >= arc[18] else _SLOWER), max(share, 1e-3) * step


@njit_inner(error_model="numpy")
def _next_kink(height: float, rise: float, mode: float, ground: float) -> float:
    """Give the altitude at which a step is to end: of boost up, of a fall down."""
    if rise >= 0.0:
        if mode == _COAST:
            return np.inf
        for k in range(len(_LAYERS_M)):
            if _LAYERS_M[k] > height + _ON_KINK_M:
                return float(_LAYERS_M[k])
        return np.inf
    level = ground
    for k in range(len(_FALLS_M)):
        if _FALLS_M[k] < height - _ON_KINK_M:
            level = max(level, _FALLS_M[k])
    return level


@njit_inner(error_model="numpy")
def _time_to(level: float, height: float, rise: float, y: Array, a: Array) -> float:
    """Give the time to an altitude at the present rate and its present change; inf if never."""
    r = np.sqrt(y[0] * y[0] + y[1] * y[1] + y[2] * y[2])
    bend = y[0] * a[0, 0] + y[1] * a[0, 1] + y[2] * a[0, 2]
    bend += y[3] * y[3] + y[4] * y[4] + y[5] * y[5] - rise * rise
    way = level - height
    root = rise * rise + 2.0 * way * bend / r
    if way == np.inf or not root > 0.0:
        return np.inf
    soon = 2.0 * way / (rise + np.sqrt(root) if way > 0.0 else rise - np.sqrt(root))
    return soon if soon > 0.0 else np.inf


@njit_inner(error_model="numpy")
def _touch_down(level: float, new: Array, a: Array, earth: Array) -> float:
    """Move a state by less than ``_LAND_S`` to the ground, by Taylor; give the time it took."""
    took = 0.0
    for _ in range(2):
        height, rise = _height(new, earth)
        dt = (level - height) / rise
        for i in range(3):
            new[i] += dt * (new[i + 3] + 0.5 * dt * a[6, i])
            new[i + 3] += dt * a[6, i]
        took += dt
    return took


@njit_inner(error_model="numpy")
def _mach(y: Array, earth: Array, table: Array) -> float:
    height, _ = _height(y, earth)
    _, sound = air(height, table)
    return float(np.sqrt(y[3] * y[3] + y[4] * y[4] + y[5] * y[5]) / sound)


@njit_inner(error_model="numpy", forceinline=True, fastmath={"contract"})
def _try_step(
    t: float,
    h: float,
    y: Array,
    new: Array,
    a: Array,
    arc: Array,
    earth: Array,
    table: Array,
) -> float:
    """Make one step from the acceleration ``a[0]``; fill the others; give the error [m].

    All in scalars, which takes a third of the time that arrays in a loop take.
    """
    px, py, pz, vx, vy, vz = y[0], y[1], y[2], y[3], y[4], y[5]
    x0, y0, z0 = a[0, 0], a[0, 1], a[0, 2]
    qx, wx = _ahead(_STAGES[1], h, px, vx, x0, 0.0, 0.0, 0.0, 0.0, 0.0)
    qy, wy = _ahead(_STAGES[1], h, py, vy, y0, 0.0, 0.0, 0.0, 0.0, 0.0)
    qz, wz = _ahead(_STAGES[1], h, pz, vz, z0, 0.0, 0.0, 0.0, 0.0, 0.0)
    s = t + _NODES[1] * h
    x1, y1, z1, _ = _accelerate(s, qx, qy, qz, wx, wy, wz, arc, earth, table)
    qx, wx = _ahead(_STAGES[2], h, px, vx, x0, x1, 0.0, 0.0, 0.0, 0.0)
    qy, wy = _ahead(_STAGES[2], h, py, vy, y0, y1, 0.0, 0.0, 0.0, 0.0)
    qz, wz = _ahead(_STAGES[2], h, pz, vz, z0, z1, 0.0, 0.0, 0.0, 0.0)
    s = t + _NODES[2] * h
    x2, y2, z2, _ = _accelerate(s, qx, qy, qz, wx, wy, wz, arc, earth, table)
    qx, wx = _ahead(_STAGES[3], h, px, vx, x0, x1, x2, 0.0, 0.0, 0.0)
    qy, wy = _ahead(_STAGES[3], h, py, vy, y0, y1, y2, 0.0, 0.0, 0.0)
    qz, wz = _ahead(_STAGES[3], h, pz, vz, z0, z1, z2, 0.0, 0.0, 0.0)
    s = t + _NODES[3] * h
    x3, y3, z3, _ = _accelerate(s, qx, qy, qz, wx, wy, wz, arc, earth, table)
    qx, wx = _ahead(_STAGES[4], h, px, vx, x0, x1, x2, x3, 0.0, 0.0)
    qy, wy = _ahead(_STAGES[4], h, py, vy, y0, y1, y2, y3, 0.0, 0.0)
    qz, wz = _ahead(_STAGES[4], h, pz, vz, z0, z1, z2, z3, 0.0, 0.0)
    s = t + _NODES[4] * h
    x4, y4, z4, _ = _accelerate(s, qx, qy, qz, wx, wy, wz, arc, earth, table)
    qx, wx = _ahead(_STAGES[5], h, px, vx, x0, x1, x2, x3, x4, 0.0)
    qy, wy = _ahead(_STAGES[5], h, py, vy, y0, y1, y2, y3, y4, 0.0)
    qz, wz = _ahead(_STAGES[5], h, pz, vz, z0, z1, z2, z3, z4, 0.0)
    s = t + _NODES[5] * h
    x5, y5, z5, _ = _accelerate(s, qx, qy, qz, wx, wy, wz, arc, earth, table)
    qx, wx = _ahead(_STAGES[6], h, px, vx, x0, x1, x2, x3, x4, x5)
    qy, wy = _ahead(_STAGES[6], h, py, vy, y0, y1, y2, y3, y4, y5)
    qz, wz = _ahead(_STAGES[6], h, pz, vz, z0, z1, z2, z3, z4, z5)
    s = t + _NODES[6] * h
    x6, y6, z6, arc[19] = _accelerate(s, qx, qy, qz, wx, wy, wz, arc, earth, table)
    new[0], new[1], new[2], new[3], new[4], new[5] = qx, qy, qz, wx, wy, wz
    a[1, 0], a[2, 0], a[3, 0], a[4, 0], a[5, 0], a[6, 0] = x1, x2, x3, x4, x5, x6
    a[1, 1], a[2, 1], a[3, 1], a[4, 1], a[5, 1], a[6, 1] = y1, y2, y3, y4, y5, y6
    a[1, 2], a[2, 2], a[3, 2], a[4, 2], a[5, 2], a[6, 2] = z1, z2, z3, z4, z5, z6
    error = 0.0
    for i in range(3):
        slope, bend = _sum(_ERROR, a, i)
        error += (100.0 * h * slope) ** 2 + (h * h * bend) ** 2
    return float(np.sqrt(error / 6.0))


@njit_inner(error_model="numpy", forceinline=True, fastmath={"nnan", "nsz", "contract"})
def _ahead(
    stage: int,
    h: float,
    p: float,
    v: float,
    a0: float,
    a1: float,
    a2: float,
    a3: float,
    a4: float,
    a5: float,
) -> tuple[float, float]:
    """Give position and velocity at a stage, along one axis; terms of no weight fall away."""
    w, m = _WEIGHTS, _PRODUCTS
    slope = (w[stage, 0] * a0 + w[stage, 1] * a1 + w[stage, 2] * a2) + (
        w[stage, 3] * a3 + w[stage, 4] * a4 + w[stage, 5] * a5
    )
    bend = (m[stage, 0] * a0 + m[stage, 1] * a1 + m[stage, 2] * a2) + (
        m[stage, 3] * a3 + m[stage, 4] * a4 + m[stage, 5] * a5
    )
    return p + h * (_NODES[stage] * v + h * bend), v + h * slope


@njit_inner(error_model="numpy", forceinline=True, fastmath={"contract"})
def _sum(row: int, a: Array, i: int) -> tuple[float, float]:
    """Give the weighted sums of the stages' accelerations for velocity and for position."""
    w, p = _WEIGHTS, _PRODUCTS
    a0, a1, a2, a3, a4, a5, a6 = a[0, i], a[1, i], a[2, i], a[3, i], a[4, i], a[5, i], a[6, i]
    return (
        (w[row, 0] * a0 + w[row, 1] * a1 + w[row, 2] * a2)
        + (w[row, 3] * a3 + w[row, 4] * a4 + w[row, 5] * a5 + w[row, 6] * a6),
        (p[row, 0] * a0 + p[row, 1] * a1 + p[row, 2] * a2)
        + (p[row, 3] * a3 + p[row, 4] * a4 + p[row, 5] * a5 + p[row, 6] * a6),
    )


@njit_inner(error_model="numpy", fastmath={"contract"})
def _densify(h: float, y: Array, new: Array, a: Array, dense: Array) -> None:
    """Lay the fourth-order polynomial through a step."""
    for i in range(6):
        first, last = (y[i + 3], new[i + 3]) if i < 3 else (a[0, i - 3], a[6, i - 3])
        slope, bend = _sum(_DENSE, a, i % 3)
        rise = new[i] - y[i]
        dense[0, i] = y[i]
        dense[1, i] = rise
        dense[2, i] = h * first - rise
        dense[3, i] = 2.0 * rise - h * (first + last)
        dense[4, i] = h * h * bend if i < 3 else h * slope


@njit_inner(error_model="numpy", fastmath={"contract"})
def _at(x: float, dense: Array, out: Array) -> None:
    for i in range(6):
        inner = dense[3, i] + (1.0 - x) * dense[4, i]
        inner = dense[2, i] + x * inner
        out[i] = dense[0, i] + x * (dense[1, i] + (1.0 - x) * inner)


@njit_inner(error_model="numpy")
def _look(of: int, x: float, dense: Array, state: Array, earth: Array, table: Array) -> float:
    """Give altitude, its rate, or the Mach number inside a step."""
    _at(x, dense, state)
    if of == _MACH:
        return _mach(state, earth, table)
    height, rise = _height(state, earth)
    return height if of == _ALTITUDE else rise


@njit_inner(error_model="numpy")
def _crossing(
    of: int,
    level: float,
    x0: float,
    x1: float,
    within: float,
    dense: Array,
    earth: Array,
    table: Array,
) -> float:
    """Find where a quantity crosses a level inside a step: false position.

    The end that stays is halved in weight (Illinois), so that a dozen looks suffice.
    """
    state = np.empty(6)
    f0 = _look(of, x0, dense, state, earth, table) - level
    f1 = _look(of, x1, dense, state, earth, table) - level
    x = x1
    for _ in range(60):
        before = x
        x = x1 - f1 * (x1 - x0) / (f1 - f0)
        if not abs(x - before) > within:
            break
        f = _look(of, x, dense, state, earth, table) - level
        if (f > 0.0) == (f1 > 0.0):
            f0 *= 0.5
        else:
            x0, f0 = x1, f1
        x1, f1 = x, f
    return x


@njit_inner(error_model="numpy")
def _note_events(
    t: float,
    h: float,
    height: float,
    rise: float,
    new_height: float,
    new_rise: float,
    dense: Array,
    earth: Array,
    table: Array,
    record: Array,
) -> None:
    """Note apogee and the crossings of 100 km that lie inside a step."""
    top, top_x = new_height, 1.0
    if rise > 0.0 and new_rise <= 0.0:
        top_x = _crossing(_RISE, 0.0, 0.0, 1.0, 1e-12, dense, earth, table)
        state = np.empty(6)
        _at(top_x, dense, state)
        top, _ = _height(state, earth)
        record[APOGEE], record[APOGEE_ALTITUDE] = t + top_x * h, top
    if height < PIERCE_ALTITUDE_M <= top:
        record[PIERCE_UP] = t + h * _crossing(
            _ALTITUDE, PIERCE_ALTITUDE_M, 0.0, top_x, 1e-12, dense, earth, table
        )
    if max(height, top) >= PIERCE_ALTITUDE_M > new_height:
        x0 = top_x if top_x < 1.0 else 0.0
        record[PIERCE_DOWN] = t + h * _crossing(
            _ALTITUDE, PIERCE_ALTITUDE_M, x0, 1.0, 1e-12, dense, earth, table
        )
