"""How the rounds of a battery run down along the line of objects that it serves."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from umbo.compiled import njit_inner

EMPTY: Final = 1.0 - 1e-12  # a battery this surely out of rounds fires no more
SHARED: Final = -2
_TINY: Final = 1e-17  # numbers of salvos left that are less likely than this are left out

Floats = NDArray[np.float64]
Records = NDArray[np.void]

WAITING: Final = np.dtype(
    [
        ("object", np.int32),
        ("missile", np.int32),
        ("looks", np.int32),
        ("warhead", np.int32),
        ("hand", np.float64),  # chance of hand-over: a factor on the kill probability
        ("alive", np.float64),  # has lived through the looks so far, if each was a whole salvo
        ("live", np.float64),  # can be shot at if rounds are left, given that its missile is there
        ("whole", np.float64),  # finds a whole salvo at the first look, likewise
        ("final", np.float64),  # finds the last rounds, fewer than a salvo
        ("whole_again", np.float64),  # the same at a later look
        ("final_again", np.float64),
        ("dead", np.float64),
    ]
)
"""An object in line for a battery."""

BATTERY: Final = np.dtype(
    [
        ("owner", np.int64),  # weapon, -1 none
        ("begin", np.int64),  # its line in all lines
        ("end", np.int64),
        ("looks", np.int64),  # most of any object in line
        ("look", np.int64),  # the one that is on
        ("salvo", np.int64),
        ("top", np.int64),  # salvos in it, 0 where rounds cannot run out
        ("rest", np.int64),  # rounds in the last, if that is not whole
        ("stop", np.int64),  # the first look got so far
        ("low", np.int64),  # fewest and most salvos left then
        ("high", np.int64),
        ("empty", np.float64),  # chance that no round is left after all looks
    ]
)
"""What a phase asks of a battery."""


@njit_inner()
def power(base: float, times: int) -> float:
    """Give a whole power; few times, for which ``**`` is slow."""
    found = 1.0
    for _ in range(times):
        found *= base
    return found


@njit_inner()
def copy(source: Floats, to: Floats) -> None:
    """Copy a flat array; ``to[:] = source`` takes a second to compile."""
    for i in range(len(source)):
        to[i] = source[i]


@njit_inner(error_model="numpy")
def line_up(
    order: NDArray[np.int32], served_by: NDArray[np.int16], looks: NDArray[np.int8],
    missile: NDArray[np.int32], is_warhead: NDArray[np.bool_], in_track: Floats,
    weapons: NDArray[np.int32], stock: NDArray[np.int32], hand: Floats, batteries: Records,
    line: Records,
) -> int:  # fmt: skip
    """Line up for each battery the objects it can ever shoot at, in order of service.

    Give the last weapon that can fight, -1 where none can, or ``SHARED`` where two weapons want
    one battery.
    """
    for b in range(len(batteries)):
        batteries[b]["owner"] = -1
        batteries[b]["end"] = batteries[b]["looks"] = batteries[b]["top"] = 0
        batteries[b]["rest"], batteries[b]["empty"] = 0, 0.0
    for pass_ in range(2):  # first count, then fill
        for w in range(len(served_by)):
            for k in range(len(order)):
                o = order[k]
                b = served_by[w, o]
                if b < 0 or looks[w, o] <= 0 or stock[b] <= 0 or in_track[weapons[w, 0], o] <= 0.0:
                    continue
                at = batteries[b]["end"]
                batteries[b]["end"] += 1
                if pass_ == 1:
                    line[at]["object"], line[at]["missile"] = o, missile[o]
                    line[at]["looks"], line[at]["warhead"] = looks[w, o], is_warhead[o]
                    line[at]["hand"] = hand[w, missile[o]]
                else:
                    if batteries[b]["owner"] >= 0 and batteries[b]["owner"] != w:
                        return SHARED
                    batteries[b]["owner"] = w
                    batteries[b]["looks"] = max(batteries[b]["looks"], looks[w, o])
                    batteries[b]["rest"] += looks[w, o]  # for now, salvos wanted
        begin = 0
        if pass_ == 0:
            for b in range(len(batteries)):
                waiting = batteries[b]["end"]
                batteries[b]["begin"] = batteries[b]["end"] = begin
                begin += waiting
    last = -1
    for b in range(len(batteries)):
        if batteries[b]["owner"] >= 0:
            last = max(last, batteries[b]["owner"])
            salvo = batteries[b]["salvo"] = weapons[batteries[b]["owner"], 1]
            demand, batteries[b]["rest"] = batteries[b]["rest"] * salvo, stock[b] % salvo
            if demand > stock[b]:
                batteries[b]["top"] = (stock[b] + salvo - 1) // salvo
    return last


@njit_inner(error_model="numpy", forceinline=True)
def draw(left: Floats, low: int, high: int, fires: float) -> tuple[int, int]:
    """Take a salvo from a battery with some chance; give fewest and most salvos now left."""
    if fires <= 0.0:
        return low, high
    first = max(low, 1)
    if low <= 1:
        left[0] += left[1] * fires
        low = 0
    elif left[low] * fires >= _TINY:
        low -= 1
        left[low] = left[low + 1] * fires
    part = left[first : high + 1]  # from its own beginning, a loop runs on vectors
    for n in range(len(part) - 1):
        part[n] += (part[n + 1] - part[n]) * fires
    if high > 0:
        left[high] *= 1.0 - fires
    while high > low and left[high] < _TINY:
        left[high] = 0.0
        high -= 1
    return low, high


@njit_inner(error_model="numpy", forceinline=True)
def mix(
    left: Floats, spare: Floats, present: float, low: int, low_without: int, high_without: int
) -> None:
    """Weigh what is left after a missile by the chance that it is there; ``spare`` is before."""
    for n in range(low, low_without):
        left[n] *= present
    part, before = left[low_without : high_without + 1], spare[low_without : high_without + 1]
    for n in range(len(part)):
        part[n] = present * part[n] + (1.0 - present) * before[n]


@njit_inner(error_model="numpy")
def _look(
    b: int, stop: int, low: int, high: int, present: Floats,
    batteries: Records, line: Records, left: Floats, spare: Floats,
) -> tuple[int, int, int]:  # fmt: skip
    """Let a battery fire one look; give where it stops, and fewest and most salvos left.

    The objects of one missile that are neighbours in line are all there, or none is.
    """
    look, rest = batteries[b]["look"], batteries[b]["rest"]
    e = batteries[b]["begin"]
    while e < stop and left[0] < EMPTY:
        m = line[e]["missile"]
        last = e + 1
        while last < stop and line[last]["missile"] == m:
            last += 1
        is_shared = present[m] < 1.0 and last > e + 1
        low_without, high_without = low, high
        if is_shared:
            copy(left[low : high + 1], spare[low : high + 1])
        for k in range(e, last):
            if line[k]["looks"] < look:
                continue
            final = left[1] if rest > 0 else 0.0
            whole = 1.0 - left[0] - final
            if look == 1:
                line[k]["whole"], line[k]["final"] = whole, final
            else:
                line[k]["whole_again"], line[k]["final_again"] = whole, final
            fires = line[k]["live"] * line[k]["alive"]
            low, high = draw(left, low, high, fires if is_shared else present[m] * fires)
        if is_shared:
            mix(left, spare, present[m], low, low_without, high_without)
            high = high_without
        e = last
    return e, low, high


@njit_inner(error_model="numpy")
def first_looks(
    w: int, near: Floats, far: Floats, present: Floats,
    batteries: Records, line: Records, left: Floats, spare: Floats,
) -> None:  # fmt: skip
    """Let all batteries of a weapon fire their first look, which asks no kill probability.

    ``near`` (2, O) is the chance that the object is out of track, and in it and alive, as the
    weapon's own tier has it; ``far`` as the other has it.
    """
    for b in range(len(batteries)):
        if batteries[b]["owner"] != w:
            continue
        begin, end, top = batteries[b]["begin"], batteries[b]["end"], batteries[b]["top"]
        for e in range(begin, end):
            o = line[e]["object"]
            line[e]["live"] = near[1, o] * (far[0, o] + far[1, o])
            line[e]["alive"] = 1.0
        if top > 0:
            for n in range(top):
                left[b, n] = 0.0
            left[b, top] = 1.0
            batteries[b]["look"] = 1
            end, low, high = _look(b, end, top, top, present, batteries, line, left[b], spare)
            batteries[b]["low"], batteries[b]["high"] = low, high
        batteries[b]["stop"] = end


@njit_inner(error_model="numpy")
def _run_down(
    b: int, p_kill: float, present: Floats, batteries: Records, line: Records,
    left: Floats, later: Floats, spare: Floats,
) -> float:  # fmt: skip
    """Find who is dead by a battery that can run short, after all its looks; give the rounds.

    Rounds left at a later look mean that all earlier salvos were whole, so that the chance
    to be alive then goes on as if rounds were plenty.
    """
    begin, stop, salvo = batteries[b]["begin"], batteries[b]["stop"], batteries[b]["salvo"]
    low, high, rest = batteries[b]["low"], batteries[b]["high"], batteries[b]["rest"]
    rounds = 0.0
    for e in range(begin, stop):
        live, whole, final = line[e]["live"], line[e]["whole"], line[e]["final"]
        misses = 1.0 - p_kill * line[e]["hand"]
        line[e]["dead"] = live * (
            whole * (1.0 - power(misses, salvo)) + final * (1.0 - power(misses, rest))
        )
        rounds += present[line[e]["missile"]] * live * (whole * salvo + final * rest)
    batteries[b]["empty"] = left[b, 0]
    if batteries[b]["looks"] < 2 or left[b, 0] >= EMPTY:
        return rounds
    copy(left[b], later)
    for look in range(2, batteries[b]["looks"] + 1):
        if later[0] >= EMPTY:
            break
        for e in range(begin, stop):
            line[e]["alive"] *= power(1.0 - p_kill * line[e]["hand"], salvo)
        batteries[b]["look"] = look
        stop, low, high = _look(b, stop, low, high, present, batteries, line, later, spare)
        for e in range(begin, stop):
            if line[e]["looks"] >= look:
                live, whole, final = line[e]["live"], line[e]["whole_again"], line[e]["final_again"]
                alive, misses = line[e]["alive"], 1.0 - p_kill * line[e]["hand"]
                killed = whole * (1.0 - power(misses, salvo)) + final * (1.0 - power(misses, rest))
                line[e]["dead"] += live * alive * killed
                rounds += (
                    present[line[e]["missile"]] * live * alive * (whole * salvo + final * rest)
                )
    batteries[b]["empty"] = later[0]
    for e in range(begin, batteries[b]["stop"]):
        line[e]["alive"] = 1.0
    return rounds


@njit_inner(error_model="numpy")
def fire(
    w: int, p_kill: float, after: Floats, present: Floats,
    batteries: Records, line: Records, left: Floats, later: Floats, spare: Floats,
) -> tuple[float, float]:  # fmt: skip
    """Let a weapon that had its first look kill, and look again; give kills of warheads and rounds.

    ``after`` (2, O) is ``near`` of ``first_looks`` and is written over.
    """
    kills = rounds = 0.0
    for b in range(len(batteries)):
        if batteries[b]["owner"] != w:
            continue
        begin, stop, salvo = batteries[b]["begin"], batteries[b]["stop"], batteries[b]["salvo"]
        if batteries[b]["top"] > 0:
            rounds += _run_down(b, p_kill, present, batteries, line, left, later, spare)
        else:
            for e in range(begin, stop):
                survives = power(1.0 - p_kill * line[e]["hand"], salvo)
                fired, alive = 0.0, 1.0
                for _ in range(line[e]["looks"]):
                    fired += alive * salvo
                    alive *= survives
                rounds += present[line[e]["missile"]] * line[e]["live"] * fired
                line[e]["dead"] = line[e]["live"] * (1.0 - alive)
        for e in range(begin, stop):
            if line[e]["dead"] > 0.0:
                after[1, line[e]["object"]] *= 1.0 - line[e]["dead"] / line[e]["live"]
                kills += present[line[e]["missile"]] * line[e]["dead"] * line[e]["warhead"]
    return kills, rounds
