"""A battery's luck in parts, by how early it runs out of rounds, each part fought through."""

from typing import Final

import numpy as np

from umbo.compiled import njit_inner
from umbo.draws import decision_id, uniform
from umbo.engagement.magazines import EMPTY, Floats, Records, copy, draw, mix, power

_STRATUM: Final = decision_id("stratum")

LOT: Final = np.dtype(
    [
        ("live", np.float64),  # draws fire in this look if rounds are left
        ("whole", np.float64),  # is shot at in this look, with a whole salvo
        ("final", np.float64),  # with the last rounds, fewer than a salvo
        ("lethal", np.float64),  # still alive, and this weapon can shoot at it
        ("other", np.float64),  # factor on all other chances of the object
        ("share", np.float64),  # chance of the stratum if the battery ends on this object
        ("lost", np.float64),  # chance of the stratum and an end before this object
        ("low", np.int64),  # fewest and most salvos left before it, if its missile is there
        ("high", np.int64),
    ]
)
"""What a stratum says of an object in line; all of it given that its missile is there."""


@njit_inner(error_model="numpy")
def deal_strata(phase: int, stratum: int, strata: int, low: Floats) -> None:
    """Give each battery and look the quantile where its stratum begins, ``low`` (B, looks).

    Each has each stratum once, in an order of its own. Over as many phases as there are
    strata, if those are a prime number, two batteries (of few) have each pair of strata once:
    an orthogonal array.
    """
    deal = np.zeros(strata, np.int64)
    batteries, looks = low.shape
    for d in range(batteries * looks):
        for n in range(strata):
            other = int(uniform(n, phase // strata, d, _STRATUM) * (n + 1))
            deal[n] = deal[other]
            deal[other] = n
        low[d // looks, d % looks] = deal[(stratum + phase * d) % strata] / strata


@njit_inner(error_model="numpy")
def _part(begin: float, mass: float, low: float, width: float) -> float:
    """Give the part of an interval of quantiles that lies in the stratum."""
    if mass <= 0.0:
        return 0.0
    return max(0.0, min(begin + mass, low + width) - max(begin, low)) / mass


@njit_inner(error_model="numpy")
def _look_ahead(
    b: int, quantile: float, width: float, present: Floats, batteries: Records,
    line: Records, lots: Records, ahead: Floats, left: Floats, beta: Floats, spare: Floats,
) -> int:  # fmt: skip
    """Use up a battery in one look at its line, and note how each object finds it.

    ``ahead`` is the chance of so many salvos left before each object, ``beta`` that of the
    stratum given the salvos left in the end. Give where it stops.
    """
    begin, end, look = batteries[b]["begin"], batteries[b]["end"], batteries[b]["look"]
    low, high = 0, batteries[b]["top"]
    while left[low] == 0.0:
        low += 1
    while left[high] == 0.0:
        high -= 1
    # Quantiles are in order of running out, then of what is left: the less the earlier.
    late = left[0]
    gone = late * _part(0.0, late, quantile, width)  # ran out, and is in the stratum
    e = begin
    while e < end and late < min(quantile + width, EMPTY):
        m = line[e]["missile"]
        lost, low_without, high_without = gone, low, high
        copy(left[low : high + 1], spare[low : high + 1])
        while e < end and line[e]["missile"] == m:
            live = lots[e]["live"]
            if line[e]["looks"] >= look and live > 0.0:
                lots[e]["low"], lots[e]["high"], lots[e]["lost"] = max(low, 1), high, lost
                copy(left[max(low, 1) : high + 1], ahead[e - begin, max(low, 1) : high + 1])
                mass = live * left[1]
                share = lots[e]["share"] = _part(late, present[m] * mass, quantile, width)
                late += present[m] * mass
                gone += present[m] * mass * share
                lost += mass * share
                low, high = draw(left, low, high, live)
            e += 1
        mix(left, spare, present[m], low, low_without, high_without)
        high = high_without
    left[0] = total = gone
    for n in range(len(beta)):
        beta[n] = 0.0
    for n in range(max(low, 1), high + 1):
        beta[n] = _part(late, left[n], quantile, width)
        late += left[n]
        left[n] *= beta[n]
        total += left[n]
    for n in range(low, high + 1):
        left[n] /= total
    return e


@njit_inner(error_model="numpy")
def _look_back(
    b: int, stop: int, present: Floats, prior: Floats, batteries: Records,
    line: Records, lots: Records, ahead: Floats, beta: Floats, there: Floats,
) -> None:  # fmt: skip
    """Give the objects in line, from last to first, their chances in the stratum.

    ``prior`` is the chance that a missile is there before this battery, ``present`` what the
    stratum makes of it.
    """
    begin, rest, look = batteries[b]["begin"], batteries[b]["rest"], batteries[b]["look"]
    e = stop - 1
    while e >= begin:
        m = line[e]["missile"]
        copy(beta, there)
        with_it = without = 1.0  # chance of the stratum with the missile there, and without
        low, high = 1, 0
        while e >= begin and line[e]["missile"] == m:
            live, k = lots[e]["live"], e
            e -= 1
            if line[k]["looks"] < look or live <= 0.0:
                continue
            low, high, lost = lots[k]["low"], lots[k]["high"], lots[k]["lost"]
            chance, here = ahead[k - begin, low : high + 1], there[low : high + 1]
            ends = beta[low : high + 1]
            after = lots[k]["share"] if low == 1 else there[low - 1]
            final = chance[0] * after if low == 1 and rest > 0 else 0.0
            fires = idle = without = 0.0
            for n in range(len(chance)):
                fires += chance[n] * after
                idle += chance[n] * here[n]
                without += chance[n] * ends[n]
                after, here[n] = here[n], live * after + (1.0 - live) * here[n]
            without += lost
            still = live * fires + (1.0 - live) * idle
            with_it = still + lost
            if with_it <= 0.0:
                continue
            before = lots[k]["lethal"]
            lots[k]["lethal"] = lethal = min(before * (fires + lost) / with_it, 1.0)
            if before < 1.0:
                lots[k]["other"] *= (1.0 - lethal) / (1.0 - before)
            lots[k]["whole"] = live * (fires - final) / with_it
            lots[k]["final"] = live * final / with_it
            if still > 0.0:
                lots[k]["live"] = live * fires / still  # later, given that rounds are left
        if high > 0:
            for n in range(low, high + 1):
                beta[n] = prior[m] * there[n] + (1.0 - prior[m]) * beta[n]
            chance_of_it = present[m] * with_it
            if chance_of_it > 0.0:
                present[m] = chance_of_it / (chance_of_it + (1.0 - present[m]) * without)


@njit_inner(error_model="numpy")
def line_up_in_stratum(
    w: int, near: Floats, far: Floats, batteries: Records, line: Records, lots: Records,
    left: Floats,
) -> None:  # fmt: skip
    """Set up a weapon before its first look."""
    for b in range(len(batteries)):
        if batteries[b]["owner"] == w:
            batteries[b]["look"] = 0
            for e in range(batteries[b]["begin"], batteries[b]["end"]):
                o = line[e]["object"]
                lots[e]["live"] = lots[e]["lethal"] = near[1, o] * (far[0, o] + far[1, o])
                lots[e]["other"] = 1.0
            for n in range(left.shape[1]):
                left[b, n] = 0.0
            left[b, batteries[b]["top"]] = 1.0


@njit_inner(error_model="numpy")
def look_in_stratum(
    w: int, quantiles: Floats, width: float, present: Floats, prior: Floats, batteries: Records,
    line: Records, lots: Records, ahead: Floats, left: Floats, scratch: Floats,
) -> None:  # fmt: skip
    """Let a weapon look once, whatever its kill probability; ``present`` is written over.

    Battery after battery, each forward and backward as for any hidden chain: what the
    stratum says of each object's drawing fire, and of its missile's being there.
    """
    for b in range(len(batteries)):
        if batteries[b]["owner"] != w:
            continue
        look = batteries[b]["look"] = batteries[b]["look"] + 1
        for e in range(batteries[b]["begin"], batteries[b]["end"]):
            has_plenty = batteries[b]["top"] == 0 and line[e]["looks"] >= look
            lots[e]["whole"], lots[e]["final"] = lots[e]["live"] if has_plenty else 0.0, 0.0
        if batteries[b]["top"] > 0 and left[b, 0] < EMPTY:
            stop = _look_ahead(
                b, quantiles[b, look - 1], width, present, batteries, line, lots, ahead,
                left[b], scratch[0], scratch[1],
            )  # fmt: skip
            copy(present, prior)
            _look_back(
                b, stop, present, prior, batteries, line, lots, ahead, scratch[0], scratch[1]
            )


@njit_inner(error_model="numpy")
def fire_in_stratum(
    w: int, p_kill: float, quantiles: Floats, width: float, near: Floats, far: Floats,
    after: Floats, present: Floats, prior: Floats, batteries: Records, line: Records,
    first_lots: Records, lots: Records, ahead: Floats, first_left: Floats, left: Floats,
    scratch: Floats,
) -> tuple[float, float]:  # fmt: skip
    """Let a weapon that had its first look kill, and look again.

    ``after`` (near, as the weapon leaves it), ``present``, ``lots`` and ``left`` are written
    over. Give the mean kills of warheads and rounds.
    """
    kills = rounds = 0.0
    look, most_looks = 1, 1
    while look <= most_looks:
        if look > 1:
            look_in_stratum(
                w, quantiles, width, present, prior, batteries, line, lots, ahead, left, scratch
            )
        for b in range(len(batteries)):
            if batteries[b]["owner"] != w:
                continue
            if look == 1:
                copy(first_left[b], left[b])
                batteries[b]["look"] = 1
                for e in range(batteries[b]["begin"], batteries[b]["end"]):
                    lots[e] = first_lots[e]
            most_looks = max(most_looks, batteries[b]["looks"])
            salvo, rest = batteries[b]["salvo"], batteries[b]["rest"]
            for e in range(batteries[b]["begin"], batteries[b]["end"]):
                whole, final = lots[e]["whole"], lots[e]["final"]
                there = present[line[e]["missile"]]
                misses = 1.0 - p_kill * line[e]["hand"]
                survives = power(misses, salvo)
                dead = whole * (1.0 - survives) + final * (1.0 - power(misses, rest))
                rounds += there * (whole * salvo + final * rest)
                kills += there * dead * line[e]["warhead"]
                lots[e]["lethal"] = max(0.0, lots[e]["lethal"] - dead)
                lots[e]["live"] *= survives
        look += 1
    for b in range(len(batteries)):
        if batteries[b]["owner"] == w:
            for e in range(batteries[b]["begin"], batteries[b]["end"]):
                o = line[e]["object"]
                before = near[1, o] * (far[0, o] + far[1, o])
                if before > 0.0:
                    after[1, o] *= lots[e]["lethal"] / before
                    after[0, o] *= lots[e]["other"]
    return kills, rounds
