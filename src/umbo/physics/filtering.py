"""The filter's kernel: covariances of flights under the looks of sensors."""

import math

import numpy as np
from numpy.typing import NDArray

from umbo.compiled import njit, njit_inner

Array = NDArray[np.float64]
Truths = NDArray[np.bool_]

# Flights are filtered eight at a time, each in its lane of one flat scratch, so that the
# arithmetic is vectorised: number 8 n + i of the scratch is row n of lane i. The rows: 0-20
# packed covariance, 21-23 position, 24-26 position at mid-step, 27 noise, 28 looks of a sensor,
# 29-34 information on position.


@njit_inner(nogil=True, error_model="numpy")
def predict(p: Array, mu: float, step: float) -> None:
    """Carry covariances over one step: drift, pull at mid-step, drift, then noise."""
    wide = 8
    half, hh = step / 2.0, step * step / 4.0
    for i in range(wide):
        ux, uy, uz = p[24 * wide + i], p[25 * wide + i], p[26 * wide + i]
        square = ux * ux + uy * uy + uz * uz
        scale = 1.0 / math.sqrt(square)
        ux, uy, uz = ux * scale, uy * scale, uz * scale
        # Information is not used up to here: its rows hold nothing.
        a0, a1, a2 = p[i], p[wide + i], p[2 * wide + i]
        a3, a4, a5 = p[3 * wide + i], p[4 * wide + i], p[5 * wide + i]
        b0, b1, b2 = p[6 * wide + i], p[7 * wide + i], p[8 * wide + i]
        b3, b4, b5 = p[9 * wide + i], p[10 * wide + i], p[11 * wide + i]
        b6, b7, b8 = p[12 * wide + i], p[13 * wide + i], p[14 * wide + i]
        c0, c1, c2 = p[15 * wide + i], p[16 * wide + i], p[17 * wide + i]
        c3, c4, c5 = p[18 * wide + i], p[19 * wide + i], p[20 * wide + i]
        a0 += 2.0 * half * b0 + hh * c0
        a1 += half * (b1 + b3) + hh * c1
        a2 += half * (b2 + b6) + hh * c2
        a3 += 2.0 * half * b4 + hh * c3
        a4 += half * (b5 + b7) + hh * c4
        a5 += 2.0 * half * b8 + hh * c5
        b0, b1, b2 = b0 + half * c0, b1 + half * c1, b2 + half * c2
        b3, b4, b5 = b3 + half * c1, b4 + half * c3, b5 + half * c4
        b6, b7, b8 = b6 + half * c2, b7 + half * c4, b8 + half * c5
        # The pull M = g step (3 u u' - I): n is A M, then C += B'M + MB + M n.
        t = mu * scale * scale * scale * step
        vx, vy, vz = 3.0 * t * ux, 3.0 * t * uy, 3.0 * t * uz
        w0 = a0 * ux + a1 * uy + a2 * uz
        w1 = a1 * ux + a3 * uy + a4 * uz
        w2 = a2 * ux + a4 * uy + a5 * uz
        n0, n1, n2 = w0 * vx - t * a0, w0 * vy - t * a1, w0 * vz - t * a2
        n3, n4, n5 = w1 * vx - t * a1, w1 * vy - t * a3, w1 * vz - t * a4
        n6, n7, n8 = w2 * vx - t * a2, w2 * vy - t * a4, w2 * vz - t * a5
        # C + M(B + n/2) + its transpose, which is C + MB + B'M + M n.
        h0, h1, h2 = b0 + n0 / 2.0, b1 + n1 / 2.0, b2 + n2 / 2.0
        h3, h4, h5 = b3 + n3 / 2.0, b4 + n4 / 2.0, b5 + n5 / 2.0
        h6, h7, h8 = b6 + n6 / 2.0, b7 + n7 / 2.0, b8 + n8 / 2.0
        s0 = ux * h0 + uy * h3 + uz * h6
        s1 = ux * h1 + uy * h4 + uz * h7
        s2 = ux * h2 + uy * h5 + uz * h8
        c0 += 2.0 * (vx * s0 - t * h0)
        c1 += vx * s1 + vy * s0 - t * (h1 + h3)
        c2 += vx * s2 + vz * s0 - t * (h2 + h6)
        c3 += 2.0 * (vy * s1 - t * h4)
        c4 += vy * s2 + vz * s1 - t * (h5 + h7)
        c5 += 2.0 * (vz * s2 - t * h8)
        b0, b1, b2 = b0 + n0, b1 + n1, b2 + n2
        b3, b4, b5 = b3 + n3, b4 + n4, b5 + n5
        b6, b7, b8 = b6 + n6, b7 + n7, b8 + n8
        q = p[27 * wide + i]
        q3, q2, q1 = q * step * step * step / 3.0, q * step * step / 2.0, q * step
        p[i] = a0 + 2.0 * half * b0 + hh * c0 + q3
        p[wide + i] = a1 + half * (b1 + b3) + hh * c1
        p[2 * wide + i] = a2 + half * (b2 + b6) + hh * c2
        p[3 * wide + i] = a3 + 2.0 * half * b4 + hh * c3 + q3
        p[4 * wide + i] = a4 + half * (b5 + b7) + hh * c4
        p[5 * wide + i] = a5 + 2.0 * half * b8 + hh * c5 + q3
        p[6 * wide + i], p[7 * wide + i] = b0 + half * c0 + q2, b1 + half * c1
        p[8 * wide + i], p[9 * wide + i] = b2 + half * c2, b3 + half * c1
        p[10 * wide + i], p[11 * wide + i] = b4 + half * c3 + q2, b5 + half * c4
        p[12 * wide + i], p[13 * wide + i] = b6 + half * c2, b7 + half * c4
        p[14 * wide + i] = b8 + half * c5 + q2
        p[15 * wide + i], p[16 * wide + i], p[17 * wide + i] = c0 + q1, c1, c2
        p[18 * wide + i], p[19 * wide + i], p[20 * wide + i] = c3 + q1, c4, c5 + q1


@njit_inner(nogil=True, error_model="numpy")
def _sense(p: Array, x: float, y: float, z: float, across: float, along: float) -> None:
    """Add the information on position that a sensor's looks bring, across its line and along."""
    wide = 8
    for i in range(wide):
        dx, dy, dz = p[21 * wide + i] - x, p[22 * wide + i] - y, p[23 * wide + i] - z
        d = 1.0 / (dx * dx + dy * dy + dz * dz)
        side = p[28 * wide + i] * across * d
        rest = (p[28 * wide + i] * along - side) * d
        p[29 * wide + i] += side + rest * dx * dx
        p[30 * wide + i] += rest * dx * dy
        p[31 * wide + i] += rest * dx * dz
        p[32 * wide + i] += side + rest * dy * dy
        p[33 * wide + i] += rest * dy * dz
        p[34 * wide + i] += side + rest * dz * dz


@njit_inner(nogil=True, error_model="numpy")
def take_looks(p: Array) -> None:
    """Take the information on position into the covariances as three scalar looks, its L D L'.

    One scalar look after another loses no digits where one sensor alone leaves the covariance
    a thousand times longer than wide; a 3 x 3 inverse does. All is read before any is written:
    else the compiler takes one lane after another.
    """
    wide = 8
    for i in range(wide):
        xx, xy, xz = p[29 * wide + i], p[30 * wide + i], p[31 * wide + i]
        yy, yz, zz = p[32 * wide + i], p[33 * wide + i], p[34 * wide + i]
        a0, a1, a2 = p[i], p[wide + i], p[2 * wide + i]
        a3, a4, a5 = p[3 * wide + i], p[4 * wide + i], p[5 * wide + i]
        b0, b1, b2 = p[6 * wide + i], p[7 * wide + i], p[8 * wide + i]
        b3, b4, b5 = p[9 * wide + i], p[10 * wide + i], p[11 * wide + i]
        b6, b7, b8 = p[12 * wide + i], p[13 * wide + i], p[14 * wide + i]
        c0, c1, c2 = p[15 * wide + i], p[16 * wide + i], p[17 * wide + i]
        c3, c4, c5 = p[18 * wide + i], p[19 * wide + i], p[20 * wide + i]
        # The first look, along (1, y, z).
        first = max(xx, 1e-30)
        y, z = xy / first, xz / first
        yy, yz = yy - xy * y, yz - xy * z
        g0, g1, g2 = a0 + a1 * y + a2 * z, a1 + a3 * y + a4 * z, a2 + a4 * y + a5 * z
        g3, g4, g5 = b0 + b3 * y + b6 * z, b1 + b4 * y + b7 * z, b2 + b5 * y + b8 * z
        w = xx / (1.0 + xx * (g0 + y * g1 + z * g2))
        h0, h1, h2, h3, h4, h5 = w * g0, w * g1, w * g2, w * g3, w * g4, w * g5
        a0, a1, a2 = a0 - h0 * g0, a1 - h0 * g1, a2 - h0 * g2
        a3, a4, a5 = a3 - h1 * g1, a4 - h1 * g2, a5 - h2 * g2
        b0, b1, b2 = b0 - h0 * g3, b1 - h0 * g4, b2 - h0 * g5
        b3, b4, b5 = b3 - h1 * g3, b4 - h1 * g4, b5 - h1 * g5
        b6, b7, b8 = b6 - h2 * g3, b7 - h2 * g4, b8 - h2 * g5
        c0, c1, c2 = c0 - h3 * g3, c1 - h3 * g4, c2 - h3 * g5
        c3, c4, c5 = c3 - h4 * g4, c4 - h4 * g5, c5 - h5 * g5
        # The second, along (0, 1, z).
        z = yz / max(yy, 1e-30)
        last = max(zz - xz * (xz / first) - yz * z, 0.0)
        yy = max(yy, 0.0)
        g0, g1, g2 = a1 + a2 * z, a3 + a4 * z, a4 + a5 * z
        g3, g4, g5 = b3 + b6 * z, b4 + b7 * z, b5 + b8 * z
        w = yy / (1.0 + yy * (g1 + z * g2))
        h0, h1, h2, h3, h4, h5 = w * g0, w * g1, w * g2, w * g3, w * g4, w * g5
        a0, a1, a2 = a0 - h0 * g0, a1 - h0 * g1, a2 - h0 * g2
        a3, a4, a5 = a3 - h1 * g1, a4 - h1 * g2, a5 - h2 * g2
        b0, b1, b2 = b0 - h0 * g3, b1 - h0 * g4, b2 - h0 * g5
        b3, b4, b5 = b3 - h1 * g3, b4 - h1 * g4, b5 - h1 * g5
        b6, b7, b8 = b6 - h2 * g3, b7 - h2 * g4, b8 - h2 * g5
        c0, c1, c2 = c0 - h3 * g3, c1 - h3 * g4, c2 - h3 * g5
        c3, c4, c5 = c3 - h4 * g4, c4 - h4 * g5, c5 - h5 * g5
        # The third, along (0, 0, 1).
        w = last / (1.0 + last * a5)
        h0, h1, h2, h3, h4, h5 = w * a2, w * a4, w * a5, w * b6, w * b7, w * b8
        p[i], p[wide + i], p[2 * wide + i] = a0 - h0 * a2, a1 - h0 * a4, a2 - h0 * a5
        p[3 * wide + i], p[4 * wide + i] = a3 - h1 * a4, a4 - h1 * a5
        p[5 * wide + i] = a5 - h2 * a5
        p[6 * wide + i], p[7 * wide + i] = b0 - h0 * b6, b1 - h0 * b7
        p[8 * wide + i], p[9 * wide + i] = b2 - h0 * b8, b3 - h1 * b6
        p[10 * wide + i], p[11 * wide + i] = b4 - h1 * b7, b5 - h1 * b8
        p[12 * wide + i], p[13 * wide + i] = b6 - h2 * b6, b7 - h2 * b7
        p[14 * wide + i] = b8 - h2 * b8
        p[15 * wide + i], p[16 * wide + i] = c0 - h3 * b6, c1 - h3 * b7
        p[17 * wide + i], p[18 * wide + i] = c2 - h3 * b8, c3 - h4 * b7
        p[19 * wide + i], p[20 * wide + i] = c4 - h4 * b8, c5 - h5 * b8


@njit(cache=True, nogil=True, error_model="numpy")
def filter_flights(
    first: int,
    last: int,
    time_s: Array,
    position: Array,
    noise: Array,
    sensor: Array,
    in_view: Truths,
    looks: Array,
    parts: NDArray[np.int64],
    across_w: Array,
    along_w: Array,
    prior: Array,
    mu: float,
    history: Array,
) -> None:
    """Fill the history (F, K, 21) of the flights from the first up to the last.

    Arguments as in ``estimation.track_covariances``; the weights are one over the variance of a
    look across (rad) and along (m) each sensor's line.
    """
    wide = 8
    flights = history.shape[0]
    p = np.empty(35 * wide)
    for block in range(first, last, wide):
        for c in range(21):
            for i in range(wide):
                p[c * wide + i] = prior[c]
        for k in range(time_s.shape[0]):
            before = max(k - 1, 0)
            many = 1
            for f in range(block, min(block + wide, last)):
                many = max(many, parts[f, k])
            for part in range(many):
                old, new = part / many, (part + 1) / many
                for i in range(wide):
                    f = min(block + i, flights - 1)
                    for a in range(3):
                        start, way = (
                            position[f, before, a],
                            position[f, k, a] - position[f, before, a],
                        )
                        p[(21 + a) * wide + i] = start + new * way
                        p[(24 + a) * wide + i] = start + (old + new) / 2.0 * way
                    p[27 * wide + i] = noise[f, before]
                if k > 0:
                    predict(p, mu, (time_s[k] - time_s[k - 1]) / many)
                for c in range(29 * wide, 35 * wide):
                    p[c] = 0.0
                is_seen = False
                for s in range(sensor.shape[0]):
                    sees = False
                    for i in range(wide):
                        seen = in_view[s, min(block + i, flights - 1), k]
                        sees |= seen
                        p[28 * wide + i] = looks[s] / many if seen else 0.0
                    if sees:
                        is_seen = True
                        _sense(
                            p,
                            sensor[s, before, 0] + new * (sensor[s, k, 0] - sensor[s, before, 0]),
                            sensor[s, before, 1] + new * (sensor[s, k, 1] - sensor[s, before, 1]),
                            sensor[s, before, 2] + new * (sensor[s, k, 2] - sensor[s, before, 2]),
                            across_w[s],
                            along_w[s],
                        )
                if is_seen:
                    take_looks(p)
            for i in range(min(wide, last - block)):
                for c in range(21):
                    history[block + i, k, c] = p[c * wide + i]
