"""The kernel of flight: smooth arcs end to end, stepped by Dormand and Prince 5(4).

Source: Hairer, Norsett & Wanner, *Solving Ordinary Differential Equations I* (1993), II.5-6.
"""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from umbo.compiled import in_parallel, njit
from umbo.physics.atmosphere import HEAT_RATIO, TOP_M, air

Array = NDArray[np.float64]

PIERCE_ALTITUDE_M: Final = 100e3
"""Altitude whose crossings are events: the usual edge of space."""
LONGEST_FLIGHT_S: Final = 10_800.0
"""A flight still up after this time is in orbit, and gets no impact."""
BOOST_TOLERANCE_M: Final = 5e-4
"""Error admitted in one step; its hundredth per second in velocity."""
COAST_TOLERANCE_M: Final = 5e-2
"""The same after burnout, where errors have less time to grow."""

# Dormand and Prince's nodes and weights; the last row is also the solution.
_NODES: Final = np.array([0.0, 0.2, 0.3, 0.8, 8.0 / 9.0, 1.0, 1.0])
_WEIGHTS: Final = np.array(
    [
        [0.0, 0.0, 0.0, 0.0, 0.0, 0.0],
        [0.2, 0.0, 0.0, 0.0, 0.0, 0.0],
        [3 / 40, 9 / 40, 0.0, 0.0, 0.0, 0.0],
        [44 / 45, -56 / 15, 32 / 9, 0.0, 0.0, 0.0],
        [19372 / 6561, -25360 / 2187, 64448 / 6561, -212 / 729, 0.0, 0.0],
        [9017 / 3168, -355 / 33, 46732 / 5247, 49 / 176, -5103 / 18656, 0.0],
        [35 / 384, 0.0, 500 / 1113, 125 / 192, -2187 / 6784, 11 / 84],
    ]
)

_BLOCK: Final = 32
"""Flights that one thread takes at a time."""
_MOST_TRIES: Final = 20_000  # a usual flight takes 200

# Modes of an arc.
_COAST, _HELD, _ALONG, _PITCHED = 0, 1, 2, 3
# Places in an event record.
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
IMPACT_STATE = 8
RECORD: Final = 14


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
) -> tuple[Array, Array]:
    """Fly many missiles in parallel; give their states and event records."""
    count = len(start)
    states = np.full((count, len(times), 6), np.nan)
    record = np.full((count, RECORD), np.nan)
    parts = -(-count // _BLOCK)

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
            states[block],
            record[block],
        )

    in_parallel(fly_block, parts)
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
    states: Array,
    record: Array,
) -> None:
    for i in range(len(start)):
        _fly_one(
            start[i],
            frame[i],
            steer[i],
            stages,
            beta[i],
            drag,
            earth,
            impact_altitude,
            table,
            times,
            states[i],
            record[i],
        )


@njit(cache=True, error_model="numpy")
def _fly_one(
    start: Array,
    frame: Array,
    steer: Array,
    stages: Array,
    beta: float,
    drag: Array,
    earth: Array,
    impact_altitude: float,
    table: Array,
    times: Array,
    states: Array,
    record: Array,
) -> None:
    """Fly one missile, arc by arc; fill its states at ``times`` and its event record."""
    y, new, k = np.empty(6), np.empty(6), np.empty((7, 6))
    for i in range(6):
        y[i] = start[i]
    arc, dense = np.zeros(16), np.empty((5, 6))
    azimuth, kick, vertical_s, kick_s = steer[0], steer[1], steer[2], steer[3]
    cutoff, pitch_rate, final_elevation = steer[4], steer[5], steer[6]
    forward = np.empty(3)
    _blend(np.sin(azimuth), frame[0], np.cos(azimuth), frame[1], forward)
    up = frame[2]
    _blend(1.0, up, 0.0, up, arc[8:11])
    t, h, stage, lit, sample, tries = 0.0, 0.5, 0, 0.0, 0, 0
    pitched_s = (0.5 * np.pi - final_elevation) / pitch_rate if pitch_rate > 0.0 else 0.0
    while t < LONGEST_FLIGHT_S:
        # Which smooth arc begins now, and when it ends.
        end = LONGEST_FLIGHT_S
        if stage >= len(stages) or t >= cutoff:
            arc[0] = _COAST
            arc[7] = 1.0 / beta
            if np.isnan(record[BURNOUT]):
                record[BURNOUT] = t
                record[BURNOUT_SPEED] = np.sqrt(y[3] ** 2 + y[4] ** 2 + y[5] ** 2)
                record[BURNOUT_ALTITUDE], _ = _height(y, earth)
        else:
            end = min(lit + stages[stage, 5], cutoff)
            arc[1], arc[2], arc[3] = lit, stages[stage, 0], stages[stage, 1]
            arc[4], arc[5], arc[6] = stages[stage, 2], stages[stage, 3], stages[stage, 4]
            if pitch_rate > 0.0:
                if t < pitched_s:
                    arc[0], arc[14] = _PITCHED, pitch_rate
                    _blend(1.0, forward, 0.0, forward, arc[11:14])
                    end = min(end, pitched_s)
                else:
                    arc[0] = _HELD
                    bearing = np.cos(final_elevation)
                    _blend(np.sin(final_elevation), up, bearing, forward, arc[8:11])
            elif t < vertical_s:
                arc[0] = _HELD
                end = min(end, vertical_s)
            elif t < vertical_s + kick_s:
                arc[0] = _HELD
                _blend(np.cos(kick), up, np.sin(kick), forward, arc[8:11])
                end = min(end, vertical_s + kick_s)
            else:
                arc[0] = _ALONG
        _rates(t, y, arc, earth, table, drag, k[0])
        height, rise = _height(y, earth)
        # The steps of the arc; the last ends on its end, and none is kept beyond an event.
        landing = 0
        while t < end:
            last = landing == 0 and h >= end - t
            tries += 1
            if tries > _MOST_TRIES:
                return
            step = end - t if last else h
            error = _try_step(t, step, y, new, k, arc, earth, table, drag)
            new_height, new_rise = _height(new, earth)
            factor = min(5.0, max(0.2, 0.9 * error**-0.2)) if error > 0.0 else 5.0
            if landing == 0:
                if not error <= 1.0:  # nan too
                    h = step * (min(factor, 1.0) if np.isfinite(error) else 0.2)
                    continue
                if new_height < impact_altitude and new_rise < 0.0:
                    _densify(step, y, new, k, dense)
                    h = step * _crossing(impact_altitude, False, 0.0, 1.0, dense, earth)
                    landing = 1
                    continue
            elif landing < 4:
                h = step - (new_height - impact_altitude) / new_rise
                landing += 1
                continue
            after = end if last else t + step
            _densify(step, y, new, k, dense)
            _note_events(t, step, height, rise, new_height, new_rise, dense, earth, record)
            while sample < len(times) and times[sample] <= after:
                if times[sample] >= t:
                    _at((times[sample] - t) / step, dense, states[sample])
                sample += 1
            if landing > 0:
                record[IMPACT] = after
                for i in range(6):
                    record[IMPACT_STATE + i] = new[i]
                return
            if not last or factor < 1.0:
                h = step * factor
            t, height, rise = after, new_height, new_rise
            for i in range(6):
                y[i], k[0, i] = new[i], k[6, i]
        if stage < len(stages) and t >= lit + stages[stage, 5]:
            lit += stages[stage, 5]
            stage += 1


@njit(cache=True, error_model="numpy")
def _blend(a: float, x: Array, b: float, y: Array, out: Array) -> None:
    for i in range(3):
        out[i] = a * x[i] + b * y[i]


@njit(cache=True, error_model="numpy")
def _height(y: Array, earth: Array) -> tuple[float, float]:
    """Give altitude along the radius, and its rate."""
    b, e2 = earth[2], earth[3]
    r2 = y[0] * y[0] + y[1] * y[1] + y[2] * y[2]
    r = np.sqrt(r2)
    sine2 = y[2] * y[2] / r2
    flat = 1.0 - e2 * (1.0 - sine2)
    radius = b / np.sqrt(flat)
    rise = (y[0] * y[3] + y[1] * y[4] + y[2] * y[5]) / r
    turn = 2.0 * y[2] / r2 * (y[5] - y[2] * rise / r)
    return r - radius, rise + 0.5 * radius / flat * e2 * turn


@njit(cache=True, error_model="numpy")
def _rates(
    t: float, y: Array, arc: Array, earth: Array, table: Array, drag: Array, out: Array
) -> None:
    """Give the rates of position and velocity in axes that turn with the Earth.

    ``arc`` holds mode, ignition time, mass then, flow, thrust, exit area, drag area, one
    over the ballistic coefficient, a direction, a forward direction and a pitch rate.
    """
    mu, b, e2, j2, spin = earth[0], earth[2], earth[3], earth[4], earth[5]
    px, py, pz, vx, vy, vz = y[0], y[1], y[2], y[3], y[4], y[5]
    r2 = px * px + py * py + pz * pz
    r = np.sqrt(r2)
    sine2 = pz * pz / r2
    g = mu / (r2 * r)
    bulge = 1.5 * j2 / r2
    equatorial = spin * spin - g * (1.0 + bulge * (1.0 - 5.0 * sine2))
    ax = equatorial * px + 2.0 * spin * vy
    ay = equatorial * py - 2.0 * spin * vx
    az = -g * pz * (1.0 + bulge * (3.0 - 5.0 * sine2))
    altitude = r - b / np.sqrt(1.0 - e2 * (1.0 - sine2))
    density, sound = 0.0, 300.0
    if altitude < TOP_M:
        density, sound = air(altitude, table)
    speed = np.sqrt(vx * vx + vy * vy + vz * vz)
    along = -0.5 * earth[6] * density * speed  # acceleration for each m/s of velocity
    if arc[0] == _COAST:
        along *= arc[7]
    else:
        mass = arc[2] - arc[3] * (t - arc[1])
        along *= _interpolate(speed / sound, drag) * arc[6] / mass
        pressure = density * sound * sound / HEAT_RATIO
        push = (arc[4] - earth[7] * pressure * arc[5]) / mass
        if arc[0] == _ALONG:
            along += push / speed
        elif arc[0] == _HELD:
            ax += push * arc[8]
            ay += push * arc[9]
            az += push * arc[10]
        else:
            up, ahead = np.cos(arc[14] * t) * push, np.sin(arc[14] * t) * push
            ax += up * arc[8] + ahead * arc[11]
            ay += up * arc[9] + ahead * arc[12]
            az += up * arc[10] + ahead * arc[13]
    out[0], out[1], out[2] = vx, vy, vz
    out[3] = ax + along * vx
    out[4] = ay + along * vy
    out[5] = az + along * vz


@njit(cache=True, error_model="numpy")
def _interpolate(mach: float, drag: Array) -> float:
    last = drag.shape[1] - 1
    if mach >= drag[0, last]:
        return float(drag[1, last])
    place = 0
    while place < last and drag[0, place] <= mach:
        place += 1
    if place == 0:
        return float(drag[1, 0])
    share = (mach - drag[0, place - 1]) / (drag[0, place] - drag[0, place - 1])
    return float(drag[1, place - 1] + share * (drag[1, place] - drag[1, place - 1]))


@njit(cache=True, error_model="numpy")
def _try_step(
    t: float,
    h: float,
    y: Array,
    new: Array,
    k: Array,
    arc: Array,
    earth: Array,
    table: Array,
    drag: Array,
) -> float:
    """Make one step of Dormand and Prince 5(4) from ``k[0]``; give its error, 1 admitted."""
    for j in range(1, 7):
        for i in range(6):
            slope = 0.0
            for m in range(j):
                slope += _WEIGHTS[j, m] * k[m, i]
            new[i] = y[i] + h * slope
        _rates(t + _NODES[j] * h, new, arc, earth, table, drag, k[j])
    error, admitted = 0.0, COAST_TOLERANCE_M if arc[0] == _COAST else BOOST_TOLERANCE_M
    for i in range(6):
        e = h * (
            71.0 / 57600.0 * k[0, i]
            - 71.0 / 16695.0 * k[2, i]
            + 71.0 / 1920.0 * k[3, i]
            - 17253.0 / 339200.0 * k[4, i]
            + 22.0 / 525.0 * k[5, i]
            - 1.0 / 40.0 * k[6, i]
        )
        error += (e * (1.0 if i < 3 else 100.0) / admitted) ** 2
    return float(np.sqrt(error / 6.0))


@njit(cache=True, error_model="numpy")
def _densify(h: float, y: Array, new: Array, k: Array, dense: Array) -> None:
    """Lay the fourth-order polynomial through a step (Hairer's DOPRI5)."""
    for i in range(6):
        rise = new[i] - y[i]
        bend = h * k[0, i] - rise
        dense[0, i] = y[i]
        dense[1, i] = rise
        dense[2, i] = bend
        dense[3, i] = rise - h * k[6, i] - bend
        dense[4, i] = h * (
            -12715105075.0 / 11282082432.0 * k[0, i]
            + 87487479700.0 / 32700410799.0 * k[2, i]
            - 10690763975.0 / 1880347072.0 * k[3, i]
            + 701980252875.0 / 199316789632.0 * k[4, i]
            - 1453857185.0 / 822651844.0 * k[5, i]
            + 69997945.0 / 29380423.0 * k[6, i]
        )


@njit(cache=True, error_model="numpy")
def _at(x: float, dense: Array, out: Array) -> None:
    for i in range(6):
        inner = dense[3, i] + (1.0 - x) * dense[4, i]
        inner = dense[2, i] + x * inner
        out[i] = dense[0, i] + x * (dense[1, i] + (1.0 - x) * inner)


@njit(cache=True, error_model="numpy")
def _crossing(
    level: float, is_rate: bool, x0: float, x1: float, dense: Array, earth: Array
) -> float:
    """Find by halving where altitude, or its rate, crosses a level inside a step."""
    state = np.empty(6)
    _at(x0, dense, state)
    height, rise = _height(state, earth)
    is_above = (rise if is_rate else height) > level
    for _ in range(45):
        middle = 0.5 * (x0 + x1)
        _at(middle, dense, state)
        height, rise = _height(state, earth)
        if ((rise if is_rate else height) > level) == is_above:
            x0 = middle
        else:
            x1 = middle
    return 0.5 * (x0 + x1)


@njit(cache=True, error_model="numpy")
def _note_events(
    t: float,
    h: float,
    height: float,
    rise: float,
    new_height: float,
    new_rise: float,
    dense: Array,
    earth: Array,
    record: Array,
) -> None:
    """Note apogee and the crossings of 100 km that lie inside a step."""
    top, top_x = new_height, 1.0
    if rise > 0.0 and new_rise <= 0.0:
        top_x = _crossing(0.0, True, 0.0, 1.0, dense, earth)
        state = np.empty(6)
        _at(top_x, dense, state)
        top, _ = _height(state, earth)
        record[APOGEE], record[APOGEE_ALTITUDE] = t + top_x * h, top
    if height < PIERCE_ALTITUDE_M <= top:
        record[PIERCE_UP] = t + h * _crossing(PIERCE_ALTITUDE_M, False, 0.0, top_x, dense, earth)
    if max(height, top) >= PIERCE_ALTITUDE_M > new_height:
        x0 = top_x if top_x < 1.0 else 0.0
        record[PIERCE_DOWN] = t + h * _crossing(PIERCE_ALTITUDE_M, False, x0, 1.0, dense, earth)
