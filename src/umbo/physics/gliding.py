"""The kernel of boost-glide: fall, pull-up, equilibrium glide and dive in one law of lift.

Fixed steps of Runge and Kutta's fourth order, short enough that a step halved moves the
impact by metres.
"""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from umbo.compiled import in_parallel, njit
from umbo.physics.atmosphere import air

Array = NDArray[np.float64]

# Places in a record.
(
    APOGEE,
    APOGEE_ALTITUDE,
    GLIDE,
    GLIDE_SPEED,
    GLIDE_ALTITUDE,
    LOWEST,
    HIGHEST,
    DIVE,
    DIVE_SPEED,
    DIVE_ALTITUDE,
    IMPACT,
) = range(11)
IMPACT_STATE = 11
RECORD: Final = 17

LONGEST_GLIDE_S: Final = 9_000.0
_FALL, _GLIDE, _DIVE = 0, 1, 2
_THIN_M: Final = 90e3  # above it air bends no path
# Steps [s]: above the air, in the pull-up, in the glide, in the dive.
_STEPS: Final = np.array([4.0, 0.5, 2.0, 0.25])
# How soon the path comes back to the glide: flight-path angle, and height by the angle.
_SETTLES_S: Final = 8.0
_CLIMBS_S: Final = 60.0
_BENDS_S: Final = 4.0
_SCALE_HEIGHT_M: Final = 7e3
_LEVEL: Final = -0.005
_NEAR: Final = 0.25  # of the logarithm of lift over weight
_RAMP_M_PER_S: Final = 100.0
_BLOCK: Final = 16


def glide_all(
    start: Array, begin: Array, glider: Array, earth: Array, table: Array, times: Array
) -> tuple[Array, Array]:
    """Fly gliders from burnout in parallel; give states at ``times`` and records."""
    count = len(start)
    states = np.full((count, len(times), 6), np.nan)
    record = np.full((count, RECORD), np.nan)

    def glide_block(part: int) -> None:
        block = slice(part * _BLOCK, (part + 1) * _BLOCK)
        _glide_some(
            start[block], begin[block], glider[block], earth, table, times,
            states[block], record[block],
        )  # fmt: skip

    in_parallel(glide_block, -(-count // _BLOCK))
    return states, record


@njit(cache=True, nogil=True, error_model="numpy")
def _glide_some(
    start: Array,
    begin: Array,
    glider: Array,
    earth: Array,
    table: Array,
    times: Array,
    states: Array,
    record: Array,
) -> None:
    y, new, mid = np.empty(6), np.empty(6), np.empty(6)
    k = np.empty((5, 6))
    for n in range(len(start)):
        for i in range(6):
            y[i] = start[n, i]
        of, note = glider[n], record[n]
        t, phase, sample, is_caught = begin[n], _FALL, 0, False
        while sample < len(times) and times[sample] < t:
            sample += 1
        height, slope, speed, _ = _rates(y, phase, of, earth, table, k[0])
        if slope <= 0.0:
            note[APOGEE], note[APOGEE_ALTITUDE] = t, height
        while t < begin[n] + LONGEST_GLIDE_S:
            h = _STEPS[phase + 1] if height < _THIN_M else _STEPS[0]
            landing = 0
            while True:
                for i in range(6):
                    mid[i] = y[i] + 0.5 * h * k[0, i]
                _rates(mid, phase, of, earth, table, k[1])
                for i in range(6):
                    mid[i] = y[i] + 0.5 * h * k[1, i]
                _rates(mid, phase, of, earth, table, k[2])
                for i in range(6):
                    mid[i] = y[i] + h * k[2, i]
                _rates(mid, phase, of, earth, table, k[3])
                for i in range(6):
                    mean = k[0, i] + 2.0 * (k[1, i] + k[2, i]) + k[3, i]
                    new[i] = y[i] + h / 6.0 * mean
                new_height, new_slope, new_speed, excess = _rates(
                    new, phase, of, earth, table, k[4]
                )
                # A step that ends the glide or the flight is shortened until it ends there.
                if landing >= 5:
                    break
                if landing > 0 or new_height < 0.0:
                    h -= new_height / (new_speed * new_slope)
                    landing += 1
                elif is_caught and phase != _DIVE and new_speed < of[5] - 1e-3:
                    h *= (speed - of[5]) / (speed - new_speed)
                else:
                    break
            if slope > 0.0 >= new_slope and np.isnan(note[GLIDE]):
                # Level somewhere inside: by the rates of climb at both ends.
                climb, fall = speed * slope, new_speed * new_slope
                x = climb / (climb - fall)
                note[APOGEE] = t + x * h
                note[APOGEE_ALTITUDE] = height + 0.5 * climb * x * h
            while sample < len(times) and times[sample] <= t + h:
                _between((times[sample] - t) / h, h, y, new, k, states[n, sample])
                sample += 1
            t += h
            height, slope, speed = new_height, new_slope, new_speed
            for i in range(6):
                y[i] = new[i]
            # The pull-up has caught the fall when the path is level in air that can bear it,
            # and is over when that air bears no more than the weight.
            if not is_caught and np.isfinite(note[APOGEE]):
                is_caught = slope > _LEVEL and excess > -_NEAR
            if is_caught and phase == _FALL and excess < _NEAR:
                phase = _GLIDE
                note[GLIDE], note[GLIDE_SPEED], note[GLIDE_ALTITUDE] = t, speed, height
                note[LOWEST], note[HIGHEST] = height, height
            if is_caught and phase != _DIVE:
                if phase == _GLIDE:
                    note[LOWEST] = min(note[LOWEST], height)
                    note[HIGHEST] = max(note[HIGHEST], height)
                if speed <= of[5]:
                    phase = _DIVE
                    note[DIVE], note[DIVE_SPEED], note[DIVE_ALTITUDE] = t, speed, height
            if landing > 0:
                note[IMPACT] = t
                for i in range(6):
                    note[IMPACT_STATE + i] = y[i]
                break
            _rates(y, phase, of, earth, table, k[0])


@njit(cache=True, error_model="numpy")
def _between(x: float, h: float, y: Array, new: Array, k: Array, out: Array) -> None:
    for i in range(6):
        rise = new[i] - y[i]
        bend = h * k[0, i] - rise
        turn = rise - h * k[4, i]
        out[i] = y[i] + x * rise + x * (1.0 - x) * ((1.0 - x) * bend + x * turn)


@njit(cache=True, error_model="numpy")
def _rates(
    y: Array, phase: int, of: Array, earth: Array, table: Array, out: Array
) -> tuple[float, float, float, float]:
    """Give a state's rates; and its altitude, slope, speed and log of greatest lift over weight.

    ``of`` holds m / (C_D A), L / D, bank, the speeds between which it banks, the speed at
    which it dives and the angle of the dive.
    """
    mu, a, b, j2, spin = earth[0], earth[1], earth[2], earth[3], earth[4]
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
    squash = (a / b) ** 2
    altitude = r - a / np.sqrt(1.0 + (squash - 1.0) * sine2)
    # The normal of the ellipsoid, and the slope of the path against it.
    normal = np.sqrt(px * px + py * py + (squash * pz) ** 2)
    ux, uy, uz = px / normal, py / normal, squash * pz / normal
    speed = np.sqrt(vx * vx + vy * vy + vz * vz)
    slope = (vx * ux + vy * uy + vz * uz) / speed
    level = np.sqrt(max(1.0 - slope * slope, 1e-12))
    density, _ = air(altitude, table)
    drag = 0.5 * density * speed * speed / of[0]
    lift = of[1] * drag
    weight = -(ax * ux + ay * uy + az * uz) - speed * speed * level * level / r
    bank, excess = 0.0, 0.0
    if phase == _DIVE:
        wanted = weight + speed * (-of[6] - slope) / _BENDS_S
        share = min(max(wanted / lift, -1.0), 1.0)
    else:
        if phase == _GLIDE:
            late = min(max((of[3] - speed) / _RAMP_M_PER_S, 0.0), 1.0)
            early = min(max((speed - of[4]) / _RAMP_M_PER_S, 0.0), 1.0)
            bank = of[2] * late * early
        upward = max(lift * np.cos(bank), 1e-12)
        sink = max(-2.0 * _SCALE_HEIGHT_M * g * r / (speed * speed * of[1] * np.cos(bank)), -0.1)
        excess = np.log(upward / max(weight, 0.5))
        high = _SCALE_HEIGHT_M * excess / (speed * _CLIMBS_S)
        aim = sink + min(max(high, -0.06), 0.06)
        share = min(max((weight + speed * (aim - slope) / _SETTLES_S) / upward, 0.0), 1.0)
    lift *= share
    # Lift acts across the path: in its vertical plane, and to the right of it when banked.
    over, aside = lift * np.cos(bank) / level, lift * np.sin(bank) / (level * speed)
    along = -(drag + over * slope) / speed
    out[0], out[1], out[2] = vx, vy, vz
    out[3] = ax + along * vx + over * ux + aside * (vy * uz - vz * uy)
    out[4] = ay + along * vy + over * uy + aside * (vz * ux - vx * uz)
    out[5] = az + along * vz + over * uz + aside * (vx * uy - vy * ux)
    return altitude, slope, speed, excess
