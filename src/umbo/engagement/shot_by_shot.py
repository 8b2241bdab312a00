"""The steps of one replication, shot by shot: what ``lanes`` counts in numbers."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from umbo.compiled import njit_inner
from umbo.draws import bound, decision_id, happens, luck, stream
from umbo.engagement.windows import REASONS

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Truths = NDArray[np.bool_]
Codes = NDArray[np.int8]
Batteries = NDArray[np.int16]
Decisions = NDArray[np.uint64]

LANES: Final = 64
"""Replications whose luck is drawn together: a bit each of one word."""
LAYERS: Final = ("boost", "midcourse", "terminal")

# From the least to the most specific: of all that happened to a leaker the last one here
# is its reason. A warhead that came within reach of more of the chain ranks higher.
RANKED: Final = (
    "undetected",
    "unreachable",
    "channel_busy",
    "unassigned",
    "untracked",
    "held_back",
    "magazine_empty",
    "taken_for_decoy",
    "missed",
)
RANK_OF_CODE: Final = np.array([RANKED.index(reason) for reason in REASONS], dtype=np.int8)
CODE_OF_RANK: Final = np.array([REASONS.index(reason) for reason in RANKED], dtype=np.int8)
UNREACHABLE: Final = RANKED.index("unreachable")
UNTRACKED: Final = RANKED.index("untracked")
HELD_BACK: Final = RANKED.index("held_back")
MAGAZINE_EMPTY: Final = RANKED.index("magazine_empty")
TAKEN_FOR_DECOY: Final = RANKED.index("taken_for_decoy")
MISSED: Final = RANKED.index("missed")

# Decisions of a missile are drawn for entity MISSILE + its number, those of an object for
# the object's number, those of a weapon for entity 0; no two decisions share a name.
MISSILE: Final = 1 << 32
WORKS: Final = decision_id("works")
SHARED_CAUSE: Final = decision_id("shared_cause")
CALLED_WARHEAD: Final = decision_id("called_warhead")
TRACK: Final = np.array([decision_id(f"track/{tier}") for tier in LAYERS[1:]], dtype=np.uint64)

# What became of a warhead: a reason code, or this plus the weapon that killed it.
KILLED_BY: Final = 100
NO_MATTER: Final = -1  # a decoy, or a warhead of a missile that did not work

# What became of a missile before it released its objects: this, or the weapon that killed it.
UNHURT: Final = -1
BROKEN: Final = -2

# How an object is seen: the bits of what is true, or gone.
GONE: Final = -1
TRACKED: Final = 1
TRACKED_LATE: Final = 2
CALLED: Final = 4

EVENTS: Final = (
    "failed",
    "shots",
    "killed",
    "untracked",
    "taken_for_decoy",
    "magazine_empty",
    "held_back",
    "leaked",
)
# Literal numbers would compile ``note`` anew for each.
FAILED, SHOTS, KILLED, NO_TRACK, DISMISSED, EMPTY, KEPT, LEAKED = np.arange(len(EVENTS))
OF_MISSILE, OF_OBJECT = np.arange(2)
NOBODY, NOTHING = np.int64(-1), np.int64(0)

NO_LOG: Final = np.zeros((1, 5), np.int64)
"""For ``note``: it writes nothing."""


@njit_inner(error_model="numpy")
def note(log: Ints, event: int, is_object: int, entity: int, weapon: int, number: int) -> None:
    """Write an event into the log, whose first row counts them; a log of one row takes none."""
    if len(log) > 1:
        log[0, 0] += 1
        row = log[0, 0]
        log[row, 0] = event
        log[row, 1] = is_object
        log[row, 2] = entity
        log[row, 3] = weapon
        log[row, 4] = number


@njit_inner()
def luck_of(seed: int, replication: int, phases: int) -> tuple[int, np.uint64, np.uint64]:
    """Give a replication's constellation phase, what its draws share, and its lane in them.

    The replications of a phase share a stream, ``LANES`` of them at a time.
    """
    phase, number = replication % phases, replication // phases
    return phase, stream(seed, number // LANES * phases + phase), np.uint64(number % LANES)


@njit_inner(error_model="numpy")
def of_salvo(p_kill: float, rounds: int) -> float:
    """Give the chance that one at least of the rounds fired together kills."""
    if rounds == 1:
        return p_kill
    miss = 1.0
    for _ in range(rounds):
        miss *= 1.0 - p_kill
    return 1.0 - miss


@njit_inner(error_model="numpy")
def p_kill_of(
    of: np.uint64, lane: np.uint64, chances: Floats, decisions: Decisions, weapon: int
) -> float:
    """Give a weapon's kill probability in a replication.

    With its common fault or without, and with the cause that it shares with all others.
    """
    p_kill, own = chances[weapon, 0], luck(of, NOTHING)
    if happens(own, decisions[weapon, 0], bound(chances[weapon, 1]), lane):
        p_kill *= chances[weapon, 2]
    if happens(own, SHARED_CAUSE, bound(chances[weapon, 3]), lane):
        p_kill *= chances[weapon, 4]
    return float(p_kill)


@njit_inner(error_model="numpy")
def boost(
    of: np.uint64, lane: np.uint64, reliability: Floats, fired: Ints, chances: Floats, hand: Floats,
    decisions: Decisions, killer: Ints, shots: Ints, log: Ints,
) -> None:  # fmt: skip
    """Decide which missiles work and which are killed before they release their objects."""
    for m in range(len(killer)):
        killer[m] = UNHURT
        if not happens(luck(of, MISSILE + m), WORKS, bound(reliability[m]), lane):
            killer[m] = BROKEN
            note(log, FAILED, OF_MISSILE, m, NOBODY, NOTHING)
    for v in range(len(fired)):
        p_kill = p_kill_of(of, lane, chances, decisions, v)
        for m in range(len(killer)):
            if killer[m] != UNHURT or fired[v, m] == 0:
                continue
            shots[v] += fired[v, m]
            note(log, SHOTS, OF_MISSILE, m, v, fired[v, m])
            below = bound(of_salvo(p_kill * hand[v, m], fired[v, m]))
            if happens(luck(of, MISSILE + m), decisions[v, 1], below, lane):
                killer[m] = v
                note(log, KILLED, OF_MISSILE, m, v, NOTHING)


@njit_inner(error_model="numpy")
def release(
    of: np.uint64, lane: np.uint64, order: Ints, missile: Ints, is_warhead: Truths, killer: Ints,
    rank_of: Codes, engaged_of: Truths, p_track: Floats, p_called: Floats, own: Decisions,
    fate: Ints, rank: Codes, is_engaged: Truths, sight: Codes,
) -> None:  # fmt: skip
    """Let each missile's objects go, and draw how the sensors see each of them."""
    for k in range(len(order)):
        m = missile[k]
        fate[k] = NO_MATTER
        if killer[m] != UNHURT:
            is_engaged[k] = True
            sight[k] = GONE
            if killer[m] >= 0 and is_warhead[k]:
                fate[k] = KILLED_BY + killer[m]
            continue
        rank[k], is_engaged[k] = rank_of[m], engaged_of[m]
        own[k] = luck(of, order[k])
        sight[k] = (
            TRACKED * int(happens(own[k], TRACK[0], bound(p_track[0, m]), lane))
            + TRACKED_LATE * int(happens(own[k], TRACK[1], bound(p_track[1, m]), lane))
            + CALLED
            * int(happens(own[k], CALLED_WARHEAD, bound(p_called[int(is_warhead[k])]), lane))
        )


@njit_inner(error_model="numpy")
def line_up(
    tier: int, weapon: int, order: Ints, is_warhead: Truths, battery: Batteries, looks: Codes,
    no_rank: Codes, sight: Codes, rank: Codes, queue: Ints, shots: Ints, log: Ints,
) -> int:  # fmt: skip
    """Queue the objects that a weapon can serve, and say why the others are not among them.

    ``shots`` (3, W) are rounds, those at decoys, and warheads passed since taken for decoys.
    """
    waiting = 0
    track = TRACKED if tier == 0 else TRACKED_LATE
    for k in range(len(order)):
        if sight[k] == GONE or (tier == 1 and not is_warhead[k]):
            continue
        if looks[k] < 1 or battery[k] < 0:
            rank[k] = max(rank[k], no_rank[k])
        elif sight[k] & track == 0:
            rank[k] = max(rank[k], UNTRACKED)
            note(log, NO_TRACK, OF_OBJECT, order[k], weapon, NOTHING)
        elif tier == 0 and sight[k] & CALLED == 0:
            rank[k] = max(rank[k], TAKEN_FOR_DECOY)
            shots[2, weapon] += int(is_warhead[k])
            note(log, DISMISSED, OF_OBJECT, order[k], weapon, NOTHING)
        else:
            queue[waiting] = k
            waiting += 1
    return waiting


@njit_inner(error_model="numpy")
def serve(
    weapon: int, lane: np.uint64, p_kill: float, hand: Floats, salvo: int, waiting: int,
    order: Ints, missile: Ints, is_warhead: Truths, battery: Batteries, looks: Codes,
    decisions: Decisions, own: Decisions, stock: Ints, empty_rank: Codes, fate: Ints,
    rank: Codes, is_engaged: Truths, sight: Codes, queue: Ints, shots: Ints, log: Ints,
) -> None:  # fmt: skip
    """Fire a weapon's salvos, look after look, at the objects in its queue."""
    look = 0
    while waiting > 0:
        kept = 0
        for place in range(waiting):
            k = queue[place]
            fired = min(salvo, stock[battery[k]])
            if fired == 0:
                rank[k] = max(rank[k], empty_rank[battery[k]])
                event = EMPTY if empty_rank[battery[k]] == MAGAZINE_EMPTY else KEPT
                note(log, event, OF_OBJECT, order[k], weapon, NOTHING)
                continue
            stock[battery[k]] -= fired
            shots[0, weapon] += fired
            if not is_warhead[k]:
                shots[1, weapon] += fired
            rank[k] = MISSED
            is_engaged[k] = is_engaged[k] or fired == salvo
            note(log, SHOTS, OF_OBJECT, order[k], weapon, fired)
            below = bound(of_salvo(p_kill * hand[missile[k]], fired))
            if happens(own[k], decisions[weapon, 1 + look], below, lane):
                sight[k] = GONE
                is_engaged[k] = True
                if is_warhead[k]:
                    fate[k] = KILLED_BY + weapon
                note(log, KILLED, OF_OBJECT, order[k], weapon, NOTHING)
            elif looks[k] > look + 1:
                queue[kept] = k
                kept += 1
        waiting = kept
        look += 1


@njit_inner(error_model="numpy")
def count(
    missile: Ints, asset: Ints, missile_class: Ints, fate: Ints, is_engaged: Truths, shots: Ints,
    kills: Ints, histogram: Ints, totals: Ints, leakers: Ints, by_weapon: Ints,
) -> None:  # fmt: skip
    """Add one replication to the counts."""
    arriving = leaked = 0
    fully = True
    for w in range(len(kills)):
        kills[w] = 0
    for k in range(len(fate)):
        if fate[k] == NO_MATTER:
            continue
        arriving += 1
        fully = fully and is_engaged[k]
        if fate[k] >= KILLED_BY:
            kills[fate[k] - KILLED_BY] += 1
        else:
            leaked += 1
            leakers[asset[missile[k]], missile_class[missile[k]], fate[k]] += 1
    histogram[leaked] += 1
    totals[0] += arriving
    totals[1] += arriving * arriving
    totals[2] += arriving * leaked
    totals[3] += int(fully and arriving > 0)
    totals[4] += int(arriving > 0)
    for w in range(len(kills)):
        by_weapon[0, w] += kills[w]
        by_weapon[1, w] += kills[w] * kills[w]
        for of in range(len(shots)):
            by_weapon[2 + 2 * of, w] += shots[of, w]
            by_weapon[3 + 2 * of, w] += shots[of, w] * shots[of, w]
