"""The kernel of boost-glide: fall, pull-up, equilibrium glide and dive in one law of lift.

Fixed steps of Runge and Kutta's fourth order, short enough that a step halved moves the
impact by metres.
"""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from umbo.compiled import in_parallel, njit, njit_inner
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
# Literal numbers would compile what takes them anew for each.
_FALL, _GLIDE, _DIVE = np.int64(0), np.int64(1), np.int64(2)
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
    y, new, a = np.empty(6), np.empty(6), np.empty((2, 3))
    for n in range(len(start)):
        for i in range(6):
            y[i] = start[n, i]
        of, note = glider[n], record[n]
        t, phase, sample, is_caught = begin[n], _FALL, 0, False
        while sample < len(times) and times[sample] < t:
            sample += 1
        height, slope, speed, _, a[0, 0], a[0, 1], a[0, 2] = _rates(
            y[0], y[1], y[2], y[3], y[4], y[5], phase, of, earth, table
        )
        if slope <= 0.0:
            note[APOGEE], note[APOGEE_ALTITUDE] = t, height
        while t < begin[n] + LONGEST_GLIDE_S:
            h = _STEPS[phase + 1] if height < _THIN_M else _STEPS[0]
            landing = 0
            while True:
                new_height, new_slope, new_speed, excess = _step(
                    h, y, phase, of, earth, table, a, new
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
                _between((times[sample] - t) / h, h, y, new, a, states[n, sample])
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
            _, _, _, _, a[0, 0], a[0, 1], a[0, 2] = _rates(
                y[0], y[1], y[2], y[3], y[4], y[5], phase, of, earth, table
            )


@njit_inner(error_model="numpy")
def _between(x: float, h: float, y: Array, new: Array, a: Array, out: Array) -> None:
    for i in range(6):
        first, last = (y[i + 3], new[i + 3]) if i < 3 else (a[0, i - 3], a[1, i - 3])
        rise = new[i] - y[i]
        bend = h * first - rise
        turn = rise - h * last
        out[i] = y[i] + x * rise + x * (1.0 - x) * ((1.0 - x) * bend + x * turn)


@njit_inner(error_model="numpy")
def _step(
    h: float, y: Array, phase: int, of: Array, earth: Array, table: Array, a: Array, new: Array
) -> tuple[float, float, float, float]:
    """Make one step from the acceleration ``a[0]``; fill the one at its end; as ``_rates``.

    The rate of position is velocity, so only accelerations are kept, and all in scalars:
    rows of arrays take twice as long.
    """
    px, py, pz, vx, vy, vz = y[0], y[1], y[2], y[3], y[4], y[5]
    x0, y0, z0 = a[0, 0], a[0, 1], a[0, 2]
    n, m = 0.5 * h, 0.25 * h * h
    qx, qy, qz = px + n * vx, py + n * vy, pz + n * vz
    _, _, _, _, x1, y1, z1 = _rates(
        qx, qy, qz, vx + n * x0, vy + n * y0, vz + n * z0, phase, of, earth, table
    )
    _, _, _, _, x2, y2, z2 = _rates(
        qx + m * x0, qy + m * y0, qz + m * z0,
        vx + n * x1, vy + n * y1, vz + n * z1, phase, of, earth, table,
    )  # fmt: skip
    qx, qy, qz = px + h * vx, py + h * vy, pz + h * vz
    m = 0.5 * h * h
    _, _, _, _, x3, y3, z3 = _rates(
        qx + m * x1, qy + m * y1, qz + m * z1,
        vx + h * x2, vy + h * y2, vz + h * z2, phase, of, earth, table,
    )  # fmt: skip
    n, m = h / 6.0, h * h / 6.0
    qx, qy, qz = qx + m * (x0 + x1 + x2), qy + m * (y0 + y1 + y2), qz + m * (z0 + z1 + z2)
    vx += n * (x0 + 2.0 * (x1 + x2) + x3)
    vy += n * (y0 + 2.0 * (y1 + y2) + y3)
    vz += n * (z0 + 2.0 * (z1 + z2) + z3)
    height, slope, speed, excess, a[1, 0], a[1, 1], a[1, 2] = _rates(
        qx, qy, qz, vx, vy, vz, phase, of, earth, table
    )
    new[0], new[1], new[2], new[3], new[4], new[5] = qx, qy, qz, vx, vy, vz
    return height, slope, speed, excess


@njit_inner(error_model="numpy")
def _rates(
    px: float,
    py: float,
    pz: float,
    vx: float,
    vy: float,
    vz: float,
    phase: int,
    of: Array,
    earth: Array,
    table: Array,
) -> tuple[float, float, float, float, float, float, float]:
    """Give a state's altitude, slope, speed, log of greatest lift over weight, and acceleration.

    ``of`` holds m / (C_D A), L / D, bank, the speeds between which it banks, the speed at
    which it dives and the angle of the dive.
    """
    mu, a, b, j2, spin = earth[0], earth[1], earth[2], earth[3], earth[4]
    r2 = px * px + py * py + pz * pz
    r = np.sqrt(r2)
    by_r2 = 1.0 / r2
    sine2 = pz * pz * by_r2
    g = mu * by_r2 / r
    bulge = 1.5 * j2 * by_r2
    equatorial = spin * spin - g * (1.0 + bulge * (1.0 - 5.0 * sine2))
    ax = equatorial * px + 2.0 * spin * vy
    ay = equatorial * py - 2.0 * spin * vx
    az = -g * pz * (1.0 + bulge * (3.0 - 5.0 * sine2))
    squash = (a / b) ** 2
    altitude = r - a / np.sqrt(1.0 + (squash - 1.0) * sine2)
    # The normal of the ellipsoid, and the slope of the path against it.
    by_normal = 1.0 / np.sqrt(px * px + py * py + (squash * pz) ** 2)
    ux, uy, uz = px * by_normal, py * by_normal, squash * pz * by_normal
    speed = np.sqrt(vx * vx + vy * vy + vz * vz)
    by_speed = 1.0 / speed
    slope = (vx * ux + vy * uy + vz * uz) * by_speed
    level = np.sqrt(max(1.0 - slope * slope, 1e-12))
    density, _ = air(altitude, table)
    drag = 0.5 * density * speed * speed / of[0]
    lift = of[1] * drag
    weight = -(ax * ux + ay * uy + az * uz) - speed * speed * level * level * r * by_r2
    upright, aslant, excess = 1.0, 0.0, 0.0  # cosine and sine of the bank
    if phase == _DIVE:
        wanted = weight + speed * (-of[6] - slope) * (1.0 / _BENDS_S)
        share = min(max(wanted / lift, -1.0), 1.0)
    else:
        if phase == _GLIDE:
            late = min(max((of[3] - speed) * (1.0 / _RAMP_M_PER_S), 0.0), 1.0)
            early = min(max((speed - of[4]) * (1.0 / _RAMP_M_PER_S), 0.0), 1.0)
            bank = of[2] * late * early
            if bank != 0.0:
                upright, aslant = np.cos(bank), np.sin(bank)
        upward = max(lift * upright, 1e-12)
        sink = max(-2.0 * _SCALE_HEIGHT_M * g * r * by_speed * by_speed / (of[1] * upright), -0.1)
        excess = np.log(upward / max(weight, 0.5))
        high = _SCALE_HEIGHT_M / _CLIMBS_S * excess * by_speed
        aim = sink + min(max(high, -0.06), 0.06)
        share = min(max((weight + speed * (aim - slope) * (1.0 / _SETTLES_S)) / upward, 0.0), 1.0)
    lift *= share
    # Lift acts across the path: in its vertical plane, and to the right of it when banked.
    over = lift * upright / level
    aside = lift * aslant / level * by_speed
    along = -(drag + over * slope) * by_speed
    ax += along * vx + over * ux + aside * (vy * uz - vz * uy)
    ay += along * vy + over * uy + aside * (vz * ux - vx * uz)
    az += along * vz + over * uz + aside * (vx * uy - vy * ux)
    return altitude, slope, speed, excess, ax, ay, az
