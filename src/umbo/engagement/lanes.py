"""The battle 64 replications at a time: what happens is a word, a bit for each of them.

The replications of a block share a constellation phase, so that the same shots are asked for
in all of them; which of them fire, kill and leak is found by logic on words. Counts by
replication (rounds, kills, leakers) are numbers written across words: word i of a row holds
bit i of all 64. The counts are those of ``shot_by_shot``, replication for replication.
"""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from umbo.compiled import njit, njit_inner
from umbo.draws import bound, happen, happen_either, luck, stream
from umbo.engagement.shot_by_shot import (
    CALLED_WARHEAD,
    CODE_OF_RANK,
    HELD_BACK,
    LANES,
    MAGAZINE_EMPTY,
    MISSED,
    MISSILE,
    NOTHING,
    SHARED_CAUSE,
    TAKEN_FOR_DECOY,
    TRACK,
    UNREACHABLE,
    UNTRACKED,
    WORKS,
    Batteries,
    Codes,
    Decisions,
    Floats,
    Ints,
    Truths,
    of_salvo,
)

Words = NDArray[np.uint64]

_NONE, _ONE, _ALL = np.uint64(0), np.uint64(1), np.uint64(0xFFFFFFFFFFFFFFFF)
_BITS: Final = 24
"""Words of a row: counts to 16 million, which no replication comes near."""
# Rows of counts, four of them a weapon. Literal numbers would compile ``_add`` anew for each.
_ARRIVING, _LEAKED, _KILLS, _SHOTS, _AT_DECOYS, _PASSED = np.arange(6)
_EACH: Final = 4
_SINGLE = np.int64(1)

# What happened to an object, by lane.
_ALIVE, _ENGAGED, _FIRED_AT, _OUT_OF_ROUNDS, _HELD_BACK, _DISMISSED, _NO_TRACK = range(7)
_SEEN: Final = 7  # and by tier: in track and, in midcourse, called a warhead
_STATES: Final = 9

_EVERY_OTHER, _PAIRS = np.uint64(0x5555555555555555), np.uint64(0x3333333333333333)
_NIBBLES, _BYTES = np.uint64(0x0F0F0F0F0F0F0F0F), np.uint64(0x0101010101010101)
_TWO, _FOUR = np.uint64(2), np.uint64(4)


@njit_inner()
def _ones(lanes: np.uint64) -> int:
    """Count the lanes of a word (the compiler makes it one instruction)."""
    pairs = lanes - ((lanes >> _ONE) & _EVERY_OTHER)
    nibbles = (pairs & _PAIRS) + ((pairs >> _TWO) & _PAIRS)
    return int((((nibbles + (nibbles >> _FOUR)) & _NIBBLES) * _BYTES) >> np.uint64(56))


@njit_inner()
def _add(counts: Words, row: int, number: int, lanes: np.uint64) -> None:
    """Add a number to the counts of some lanes."""
    at = 0
    while number > 0:
        if number & 1:
            carry, bit = lanes, at
            while carry != _NONE:
                held = counts[row, bit]
                counts[row, bit] = held ^ carry
                carry &= held
                bit += 1
        number >>= 1
        at += 1


@njit_inner()
def _equal(counts: Words, row: int, number: int) -> np.uint64:
    """Give the lanes whose count is a number."""
    differ = _NONE
    for bit in range(_BITS):
        differ |= counts[row, bit] ^ (_NONE - np.uint64((number >> bit) & 1))
    return ~differ


@njit_inner()
def _top(counts: Words, row: int) -> int:
    """Give how many words of a row are needed to hold its counts."""
    top = _BITS
    while top > 0 and counts[row, top - 1] == _NONE:
        top -= 1
    return top


@njit_inner()
def _sum(counts: Words, row: int) -> int:
    """Add up the counts of all lanes."""
    total = 0
    for i in range(_top(counts, row)):
        total += _ones(counts[row, i]) << i
    return total


@njit_inner()
def _sum_of_products(counts: Words, row: int, other: int) -> int:
    """Add up over all lanes the product of two counts."""
    total = 0
    for i in range(_top(counts, row)):
        for j in range(_top(counts, other)):
            total += _ones(counts[row, i] & counts[other, j]) << (i + j)
    return total


@njit_inner(error_model="numpy")
def _kill(
    own: np.uint64, decision: np.uint64, p_kill: Floats, share: float, rounds: int,
    faulty: np.uint64, shared: np.uint64, lanes: np.uint64,
) -> np.uint64:  # fmt: skip
    """Say in which lanes rounds fired together kill.

    ``p_kill`` (4,) are the chances of a round without fault, with the weapon's own, with the
    shared cause, and with both; all of them times ``share``.
    """
    killed = _NONE
    if lanes & ~shared != _NONE:
        killed = happen_either(
            own, decision, bound(of_salvo(p_kill[0] * share, rounds)),
            bound(of_salvo(p_kill[1] * share, rounds)), faulty, lanes & ~shared,
        )  # fmt: skip
    if lanes & shared != _NONE:
        killed |= happen_either(
            own, decision, bound(of_salvo(p_kill[2] * share, rounds)),
            bound(of_salvo(p_kill[3] * share, rounds)), faulty, lanes & shared,
        )  # fmt: skip
    return np.uint64(killed)


@njit_inner(error_model="numpy")
def _with_faults(chances: Floats, weapon: int, p_kill: Floats) -> None:
    """Give a weapon's kill probabilities by fault, as ``_kill`` reads them."""
    p_kill[0] = p_kill[2] = chances[weapon, 0]
    p_kill[1] = p_kill[3] = chances[weapon, 0] * chances[weapon, 2]
    p_kill[2] *= chances[weapon, 4]
    p_kill[3] *= chances[weapon, 4]


@njit_inner(error_model="numpy")
def _boost(
    of: np.uint64, live: np.uint64, reliable: Words, warheads: Ints, fired: Ints, chances: Floats,
    hand: Floats, decisions: Decisions, p_kill: Floats, shared: np.uint64, flying: Words,
    counts: Words,
) -> np.uint64:  # fmt: skip
    """Decide which missiles work and which are killed early; give where any warhead arrives."""
    any_arrives = _NONE
    for m in range(len(flying)):
        flying[m] = happen(luck(of, MISSILE + m), WORKS, reliable[m], live)
        if warheads[m] > 0:
            any_arrives |= flying[m]
            _add(counts, _ARRIVING, warheads[m], flying[m])
    for v in range(len(fired)):
        faulty = happen(luck(of, NOTHING), decisions[v, 0], bound(chances[v, 1]), live)
        _with_faults(chances, v, p_kill)
        for m in range(len(flying)):
            if fired[v, m] == 0 or flying[m] == _NONE:
                continue
            _add(counts, _SHOTS + _EACH * v, fired[v, m], flying[m])
            killed = _kill(
                luck(of, MISSILE + m), decisions[v, 1], p_kill, hand[v, m], fired[v, m], faulty,
                shared, flying[m],
            )  # fmt: skip
            flying[m] &= ~killed
            _add(counts, _KILLS + _EACH * v, warheads[m], killed)
    return np.uint64(any_arrives)


@njit_inner(error_model="numpy")
def _look(
    k: int, m: int, tier: int, is_warhead: bool, own: np.uint64, tracked: Words, called: Words,
    state: Words,
) -> None:  # fmt: skip
    """Draw how the sensors of a tier see an object, where it still lives."""
    in_track = happen(own, TRACK[tier], tracked[tier, m], state[k, _ALIVE])
    state[k, _NO_TRACK] |= state[k, _ALIVE] & ~in_track
    state[k, _SEEN + tier] = in_track
    if tier == 0:
        seen = happen(own, CALLED_WARHEAD, called[int(is_warhead)], in_track)
        state[k, _SEEN] = seen
        state[k, _DISMISSED] = in_track & ~seen


@njit_inner(error_model="numpy")
def _line_up(
    tier: int, weapon: int, missile: Ints, is_warhead: Truths, battery: Batteries,
    looks: Codes, no_rank: Codes, tracked: Words, called: Words, own: Words,
    is_seen: Truths, rank: Codes, state: Words, queue: Ints, counts: Words,
) -> int:  # fmt: skip
    """Queue the objects that a weapon can serve in any lane."""
    waiting = 0
    for k in range(len(missile)):
        if tier == 1 and not is_warhead[k]:
            continue
        if looks[k] < 1 or battery[k] < 0:
            rank[k] = max(rank[k], no_rank[k])
            continue
        if state[k, _ALIVE] == _NONE:
            continue
        if not is_seen[tier, k]:
            is_seen[tier, k] = True
            _look(k, missile[k], tier, is_warhead[k], own[k], tracked, called, state)
        if tier == 0 and is_warhead[k]:
            passed = state[k, _DISMISSED] & state[k, _ALIVE]
            _add(counts, _PASSED + _EACH * weapon, _SINGLE, passed)
        queue[waiting] = k
        waiting += 1
    return waiting


@njit_inner(error_model="numpy")
def _serve(
    weapon: int, tier: int, p_kill: Floats, faulty: np.uint64, shared: np.uint64, hand: Floats,
    salvo: int, waiting: int, missile: Ints, is_warhead: Truths, battery: Batteries,
    looks: Codes, decisions: Decisions, own: Words, stock: Ints, empty_rank: Codes,
    state: Words, queue: Ints, fired: Words, spent: Words, most: Ints, owner: Ints, counts: Words,
) -> None:  # fmt: skip
    """Fire a weapon's salvos, look after look, at the objects in its queue.

    By battery ``fired`` (B, bits) counts whole salvos, ``most`` (B,) is a bound on it in any
    lane, and ``spent`` (2, B) are the lanes that have no whole salvo left, and no round.
    """
    share, whole, others = -1.0, _NONE, _NONE
    look = 0
    while waiting > 0:
        kept = 0
        for place in range(waiting):
            k = queue[place]
            lanes = state[k, _ALIVE] & state[k, _SEEN + tier]
            if lanes == _NONE:
                continue
            b = battery[k]
            if owner[b] < 0:
                owner[b], most[b] = weapon, 0
                spent[0, b] = _ALL if stock[b] < salvo else _NONE
                spent[1, b] = _ALL if stock[b] == 0 else _NONE
            full = lanes & ~spent[0, b]
            killed = _NONE
            if full != _NONE:
                _add(fired, b, _SINGLE, full)
                most[b] += 1
                if most[b] >= stock[b] // salvo:
                    spent[0, b] = _equal(fired, b, stock[b] // salvo)
                    if stock[b] % salvo == 0:
                        spent[1, b] = spent[0, b]
                if not is_warhead[k]:
                    _add(counts, _AT_DECOYS + _EACH * weapon, salvo, full)
                state[k, _ENGAGED] |= full
                state[k, _FIRED_AT] |= full
                if hand[missile[k]] != share:
                    share = hand[missile[k]]
                    whole = bound(of_salvo(p_kill[0] * share, salvo))
                    others = bound(of_salvo(p_kill[1] * share, salvo))
                if full & shared == _NONE:
                    killed = happen_either(
                        own[k], decisions[weapon, 1 + look], whole, others, faulty, full
                    )
                else:
                    killed = _kill(
                        own[k], decisions[weapon, 1 + look], p_kill, share, salvo, faulty, shared,
                        full,
                    )  # fmt: skip
            short = lanes & ~full
            if short != _NONE:
                is_empty = empty_rank[b] == MAGAZINE_EMPTY
                state[k, _OUT_OF_ROUNDS if is_empty else _HELD_BACK] |= short & spent[1, b]
                last = short & ~spent[1, b]
                if last != _NONE:
                    rounds = stock[b] % salvo
                    spent[1, b] |= last
                    if not is_warhead[k]:
                        _add(counts, _AT_DECOYS + _EACH * weapon, rounds, last)
                    _add(counts, _SHOTS + _EACH * weapon, rounds, last)
                    state[k, _FIRED_AT] |= last
                    killed |= _kill(
                        own[k], decisions[weapon, 1 + look], p_kill, hand[missile[k]], rounds,
                        faulty, shared, last,
                    )  # fmt: skip
            if is_warhead[k]:
                _add(counts, _KILLS + _EACH * weapon, _SINGLE, killed)
            state[k, _ALIVE] &= ~killed
            if looks[k] > look + 1:
                queue[kept] = k
                kept += 1
        waiting = kept
        look += 1
    for b in range(len(owner)):
        if owner[b] == weapon:
            for bit in range(_top(fired, b)):
                _add(counts, _SHOTS + _EACH * weapon, salvo << bit, fired[b, bit])


@njit_inner(error_model="numpy")
def _leak(
    missile: Ints, is_warhead: Truths, asset: Ints, missile_class: Ints, boost_engaged: Truths,
    rank: Codes, state: Words, live: np.uint64, counts: Words, leakers: Ints,
) -> np.uint64:  # fmt: skip
    """Count leakers by reason; give the lanes in which all that arrived was fully engaged."""
    fully = live
    for k in range(len(missile)):
        left = state[k, _ALIVE]
        if not is_warhead[k] or left == _NONE:
            continue
        _add(counts, _LEAKED, _SINGLE, left)
        m = missile[k]
        if not boost_engaged[m]:
            fully &= ~(left & ~state[k, _ENGAGED])
        a, c = asset[m], missile_class[m]
        for known, happened in (
            (MISSED, state[k, _FIRED_AT]),
            (TAKEN_FOR_DECOY, state[k, _DISMISSED]),
            (MAGAZINE_EMPTY, state[k, _OUT_OF_ROUNDS]),
            (HELD_BACK, state[k, _HELD_BACK]),
            (UNTRACKED, state[k, _NO_TRACK]),
        ):
            if rank[k] >= known:
                break
            leakers[a, c, CODE_OF_RANK[known]] += _ones(left & happened)
            left &= ~happened
        # Where nothing ever came near, it was out of reach.
        leakers[a, c, CODE_OF_RANK[rank[k] if rank[k] >= 0 else UNREACHABLE]] += _ones(left)
    return np.uint64(fully)


@njit_inner(error_model="numpy")
def _sum_up(
    live: np.uint64, any_arrives: np.uint64, fully: np.uint64, counts: Words, histogram: Ints,
    totals: Ints, by_weapon: Ints,
) -> None:  # fmt: skip
    """Add the counts of a block, over its lanes."""
    top = _top(counts, _LEAKED)
    for lane in range(LANES):
        if (live >> np.uint64(lane)) & _ONE:
            leaked = 0
            for bit in range(top):
                leaked += int((counts[_LEAKED, bit] >> np.uint64(lane)) & _ONE) << bit
            histogram[leaked] += 1
    totals[0] += _sum(counts, _ARRIVING)
    totals[1] += _sum_of_products(counts, _ARRIVING, _ARRIVING)
    totals[2] += _sum_of_products(counts, _ARRIVING, _LEAKED)
    totals[3] += _ones(fully & any_arrives)
    totals[4] += _ones(any_arrives)
    for w in range(by_weapon.shape[1]):
        for kind in range(_EACH):
            row = _KILLS + _EACH * w + kind
            by_weapon[2 * kind, w] += _sum(counts, row)
            by_weapon[2 * kind + 1, w] += _sum_of_products(counts, row, row)


@njit(cache=True, nogil=True, error_model="numpy")
def fight_blocks(
    seed: int, begin: int, end: int, order: Ints, missile: Ints, is_warhead: Truths,
    reliability: Floats, asset: Ints, missile_class: Ints, boost_shots: Ints, boost_rank: Codes,
    boost_engaged: Truths, chances: Floats, decisions: Decisions, tier: Ints, salvo: Ints,
    stock: Ints, empty_rank: Codes, battery: Batteries, looks: Codes, no_rank: Codes,
    p_track: Floats, p_called: Floats, hand: Floats, replications: int, histogram: Ints,
    totals: Ints, leakers: Ints, by_weapon: Ints,
) -> None:  # fmt: skip
    """Fight and count the blocks from ``begin`` to before ``end``.

    Block i holds the replications of phase i modulo the phases that are the next 64 of it; those
    of number ``replications`` and above are left out. Tables as ``simulate`` gives them.
    """
    phases, objects = order.shape
    missiles, boosts, weapons = len(reliability), boost_shots.shape[1], len(chances)
    reliable, warheads = np.zeros(missiles, np.uint64), np.zeros(missiles, np.int64)
    tracked, called = np.zeros((2, missiles), np.uint64), np.zeros(2, np.uint64)
    for m in range(missiles):
        reliable[m] = bound(reliability[m])
        for t in range(2):
            tracked[t, m] = bound(p_track[t, m])
    for t in range(2):
        called[t] = bound(p_called[t])
    for k in range(objects):
        warheads[missile[0, k]] += int(is_warhead[0, k])
    flying, own = np.zeros(missiles, np.uint64), np.zeros(objects, np.uint64)
    state, rank = np.zeros((objects, _STATES), np.uint64), np.zeros(objects, np.int8)
    is_seen, queue = np.zeros((2, objects), np.bool_), np.zeros(objects, np.int64)
    batteries = stock.shape[1]
    fired, spent = np.zeros((batteries, _BITS), np.uint64), np.zeros((2, batteries), np.uint64)
    most, owner = np.zeros(batteries, np.int64), np.zeros(batteries, np.int64)
    counts, p_kill = np.zeros((_KILLS + _EACH * weapons, _BITS), np.uint64), np.zeros(4)
    for block in range(begin, end):
        p = block % phases
        waiting = (replications - p + phases - 1) // phases - block // phases * LANES
        if waiting < 1:
            continue
        live = _ALL if waiting >= LANES else (_ONE << np.uint64(waiting)) - _ONE
        of = stream(seed, block)
        counts[:], fired[:], state[:], owner[:], is_seen[:] = _NONE, _NONE, _NONE, -1, False
        shared = _NONE
        if weapons > 0:
            shared = happen(luck(of, NOTHING), SHARED_CAUSE, bound(chances[0, 3]), live)
        any_arrives = _boost(
            of, live, reliable, warheads, boost_shots[p], chances, hand[p], decisions, p_kill,
            shared, flying, counts,
        )  # fmt: skip
        for k in range(objects):
            m = missile[p, k]
            state[k, _ALIVE], rank[k] = flying[m], boost_rank[p, m]
            own[k] = luck(of, order[p, k])
        for w in range(len(tier)):
            v = boosts + w
            queued = _line_up(
                tier[w], v, missile[p], is_warhead[p], battery[p, w], looks[p, w],
                no_rank[p, w], tracked, called, own, is_seen, rank, state, queue, counts,
            )  # fmt: skip
            faulty = happen(luck(of, NOTHING), decisions[v, 0], bound(chances[v, 1]), live)
            _with_faults(chances, v, p_kill)
            _serve(
                v, tier[w], p_kill, faulty, shared, hand[p, v], salvo[w], queued, missile[p],
                is_warhead[p], battery[p, w], looks[p, w], decisions, own, stock[p], empty_rank,
                state, queue, fired, spent, most, owner, counts,
            )  # fmt: skip
        fully = _leak(
            missile[p], is_warhead[p], asset[p], missile_class, boost_engaged[p], rank, state,
            live, counts, leakers,
        )  # fmt: skip
        _sum_up(live, any_arrives, fully, counts, histogram, totals, by_weapon)
