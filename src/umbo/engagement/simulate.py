"""The battle, replication by replication: luck is drawn, shots are fired, leakers are counted."""

from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from umbo.compiled import in_parallel, njit
from umbo.draws import decision_id, uniform
from umbo.engagement.outcome import Outcome
from umbo.engagement.windows import REASONS, Windows
from umbo.errors import DomainError

LAYERS: Final = ("boost", "midcourse", "terminal")

# From the least to the most specific: of all that happened to a leaker the last one here
# is its reason. A warhead that came within reach of more of the chain ranks higher.
RANKED: Final = (
    "undetected",
    "unreachable",
    "channel_busy",
    "held_back",
    "unassigned",
    "untracked",
    "magazine_empty",
    "taken_for_decoy",
    "missed",
)
_RANK_OF_CODE: Final = np.array([RANKED.index(reason) for reason in REASONS], dtype=np.int8)
_CODE_OF_RANK: Final = np.array([REASONS.index(reason) for reason in RANKED], dtype=np.int8)
_UNREACHABLE: Final = RANKED.index("unreachable")
_UNTRACKED: Final = RANKED.index("untracked")
_MAGAZINE_EMPTY: Final = RANKED.index("magazine_empty")
_TAKEN_FOR_DECOY: Final = RANKED.index("taken_for_decoy")
_MISSED: Final = RANKED.index("missed")

# Decisions of a missile are drawn for entity _MISSILE + its number, those of an object for
# the object's number, those of a weapon for entity 0; no two decisions share a name.
_MISSILE: Final = 1 << 32
_WORKS: Final = decision_id("works")
_CALLED_WARHEAD: Final = decision_id("called_warhead")
_TRACK: Final = np.array([decision_id(f"track/{tier}") for tier in LAYERS[1:]], dtype=np.uint64)

# What became of a warhead: a reason code, or this plus the weapon that killed it.
_KILLED_BY: Final = 100
_NO_MATTER: Final = -1  # a decoy, or a warhead of a missile that did not work

EVENTS: Final = (
    "failed",
    "shots",
    "killed",
    "untracked",
    "taken_for_decoy",
    "magazine_empty",
    "leaked",
)
_FAILED, _SHOTS, _KILLED, _NO_TRACK, _DISMISSED, _EMPTY, _LEAKED = range(len(EVENTS))

_CHUNKS: Final = 32


class Event(NamedTuple):
    """One event of one replication, in the order of the battle."""

    missile: int
    object: int | None
    """None where the whole missile is meant: before it has released its objects."""
    event: str
    """One of ``EVENTS``."""
    weapon: str
    """Empty where no weapon is concerned."""
    layer: str
    """boost, midcourse, terminal, or empty."""
    shots: int
    """Rounds fired, 0 for other events."""
    reason: str
    """Why it leaked, empty for other events."""


class _Tables(NamedTuple):
    """The windows as the kernel reads them; names and shapes as in ``Windows``."""

    missile: NDArray[np.int32]
    is_warhead: NDArray[np.bool_]
    reliability: NDArray[np.float64]
    asset: NDArray[np.int32]
    missile_class: NDArray[np.int32]
    order: NDArray[np.int32]
    boost_shots: NDArray[np.int32]
    boost_wanted: NDArray[np.int32]
    boost_reason: NDArray[np.int8]
    boost_p_kill: NDArray[np.float64]
    boost_common_q: NDArray[np.float64]
    boost_common_f: NDArray[np.float64]
    tier: NDArray[np.int8]
    p_kill: NDArray[np.float64]
    common_q: NDArray[np.float64]
    common_f: NDArray[np.float64]
    salvo: NDArray[np.int32]
    stock: NDArray[np.int32]
    battery: NDArray[np.int16]
    looks: NDArray[np.int8]
    no_battery_reason: NDArray[np.int8]
    p_track: NDArray[np.float64]
    p_called: NDArray[np.float64]
    """(2,) chance that a decoy, a warhead is taken for a warhead in midcourse."""
    boost_common: NDArray[np.uint64]
    """(V,) decisions."""
    boost_shot: NDArray[np.uint64]
    """(V, most shots)"""
    common: NDArray[np.uint64]
    """(W,)"""
    shot: NDArray[np.uint64]
    """(W, most shots)"""


class _Scratch(NamedTuple):
    """What one replication writes: the state of the battle and its result."""

    is_alive: NDArray[np.bool_]  # (O,)
    killer: NDArray[np.int64]  # (M,) weapon that killed it in boost, -1 none, -2 failed
    rank: NDArray[np.int8]  # (O,) most specific thing that happened so far
    is_engaged: NDArray[np.bool_]  # (O,)
    stock: NDArray[np.int32]  # (B,)
    queue: NDArray[np.int32]  # (O,) objects that a weapon still has to serve
    fate: NDArray[np.int64]  # (O,)
    shots: NDArray[np.int64]  # (V + W,)


class _Counts(NamedTuple):
    """Sums over the replications of each chunk; integers, so that any split adds up alike."""

    histogram: NDArray[np.int64]  # (chunks, warheads + 1)
    totals: NDArray[np.int64]  # (chunks, 5) arriving, its square, times leakers, engaged, any
    leakers: NDArray[np.int64]  # (chunks, assets, classes, reasons)
    weapons: NDArray[np.int64]  # (chunks, 4, weapons) kills, squares, shots, squares


def simulate(windows: Windows, replications: int, seed: int) -> Outcome:
    """Fight the battle many times.

    Left out: fire re-planned within a replication (who shoots at whom is in the windows),
    reloads, and hits on the shield itself.

    Args:
        windows: What each weapon can do about each object.
        replications: How many; replication r has constellation phase r modulo the phases.
        seed: Of all luck, 0 or more. The same decision has the same luck in every
            architecture with the same seed.

    Returns:
        The counts; the same for any number of threads.

    Raises:
        DomainError: There are no replications, no warheads, two weapons of one name, or the
            seed is negative.
    """
    if replications < 1:
        raise DomainError(f"replications must be 1 or more; got {replications}")
    tables = _tables(windows, seed)
    warheads = int(windows.is_warhead.sum())
    weapons = windows.boost_weapons + windows.weapons
    counts = _Counts(
        histogram=np.zeros((_CHUNKS, warheads + 1), np.int64),
        totals=np.zeros((_CHUNKS, 5), np.int64),
        leakers=np.zeros(
            (_CHUNKS, len(windows.assets), len(windows.classes), len(REASONS)), np.int64
        ),
        weapons=np.zeros((_CHUNKS, 4, len(weapons)), np.int64),
    )
    no_log = np.zeros((1, 5), np.int64)

    def fight(chunk: int) -> None:
        first, last = (replications * (chunk + i) // _CHUNKS for i in (0, 1))
        _fight_chunk(tables, seed, first, last, counts, chunk, no_log)

    in_parallel(fight, _CHUNKS)
    arriving, arriving_squared, arriving_times_leakers, engaged, attacks = counts.totals.sum(axis=0)
    kills, kills_squared, shots, shots_squared = counts.weapons.sum(axis=0)
    return Outcome(
        architecture=windows.architecture,
        raid=windows.raid,
        seed=seed,
        replications=replications,
        weapons=weapons,
        layers=_layers(windows),
        assets=windows.assets,
        classes=windows.classes,
        histogram=counts.histogram.sum(axis=0),
        arriving=int(arriving),
        arriving_squared=int(arriving_squared),
        arriving_times_leakers=int(arriving_times_leakers),
        leakers=counts.leakers.sum(axis=0),
        kills=kills,
        kills_squared=kills_squared,
        shots=shots,
        shots_squared=shots_squared,
        engaged=int(engaged),
        attacks=int(attacks),
    )


def record(windows: Windows, seed: int, replication: int) -> list[Event]:
    """Fight one replication and tell what happened, in order.

    It is the replication that ``simulate`` counts under the same seed and number.

    Args:
        windows: What each weapon can do about each object.
        seed: Of all luck, 0 or more.
        replication: Which, from 0.

    Returns:
        The events of missiles, then of their objects weapon after weapon, then the leakers.

    Raises:
        DomainError: As for ``simulate``, or the replication is negative.
    """
    if replication < 0:
        raise DomainError(f"replication must be 0 or more; got {replication}")
    tables = _tables(windows, seed)
    each_object = 2 + int(windows.looks.max(initial=0)) * 2 * len(windows.weapons)
    most = len(windows.reliability) * (1 + 2 * len(windows.boost_weapons)) + len(
        windows.missile
    ) * (each_object + len(windows.weapons))
    log = np.zeros((most + 1, 5), np.int64)
    _fight(tables, seed, replication, _scratch(tables), log)
    weapons = windows.boost_weapons + windows.weapons
    layers = _layers(windows)
    return [
        Event(
            missile=int(windows.missile[entity]) if is_object else entity,
            object=entity if is_object else None,
            event=EVENTS[event],
            weapon=weapons[weapon] if weapon >= 0 else "",
            layer=layers[weapon] if weapon >= 0 else "",
            shots=number if event == _SHOTS else 0,
            reason=REASONS[number] if event == _LEAKED else "",
        )
        for event, is_object, entity, weapon, number in log[1 : log[0, 0] + 1].tolist()
    ]


def _layers(windows: Windows) -> tuple[str, ...]:
    after = tuple(LAYERS[1 + int(tier)] for tier in windows.tier)
    return ("boost",) * len(windows.boost_weapons) + after


def _tables(windows: Windows, seed: int) -> _Tables:
    for names in (windows.boost_weapons, windows.weapons):
        if len(set(names)) < len(names):
            raise DomainError(f"weapons must have different names; got {', '.join(names)}")
    if not windows.is_warhead.any():
        raise DomainError(f"raid {windows.raid!r} must carry a warhead; it has none")
    if seed < 0:
        raise DomainError(f"seed must be 0 or more; got {seed}")
    most_boost = int(windows.boost_shots.max(initial=0))
    most = int(windows.salvo.max(initial=0)) * int(windows.looks.max(initial=0))
    return _Tables(
        missile=np.array(windows.missile, np.int32),
        is_warhead=np.array(windows.is_warhead, np.bool_),
        reliability=np.array(windows.reliability, np.float64),
        asset=np.array(windows.asset, np.int32),
        missile_class=np.array(windows.missile_class, np.int32),
        order=np.array(windows.order, np.int32),
        boost_shots=np.array(windows.boost_shots, np.int32),
        boost_wanted=np.array(windows.boost_wanted, np.int32),
        boost_reason=np.array(windows.boost_reason, np.int8),
        boost_p_kill=np.array(windows.boost_p_kill, np.float64),
        boost_common_q=np.array(windows.boost_common_q, np.float64),
        boost_common_f=np.array(windows.boost_common_f, np.float64),
        tier=np.array(windows.tier, np.int8),
        p_kill=np.array(windows.p_kill, np.float64),
        common_q=np.array(windows.common_q, np.float64),
        common_f=np.array(windows.common_f, np.float64),
        salvo=np.array(windows.salvo, np.int32),
        stock=np.array(windows.stock, np.int32),
        battery=np.array(windows.battery, np.int16),
        looks=np.array(windows.looks, np.int8),
        no_battery_reason=np.array(windows.no_battery_reason, np.int8),
        p_track=np.array(windows.p_track, np.float64),
        p_called=np.array([windows.p_decoy_called_warhead, windows.p_warhead_called_warhead]),
        boost_common=_decisions(windows.boost_weapons, "boost_common")[:, 0],
        boost_shot=_decisions(windows.boost_weapons, "boost_shot", most_boost),
        common=_decisions(windows.weapons, "common")[:, 0],
        shot=_decisions(windows.weapons, "shot", most),
    )


def _decisions(weapons: tuple[str, ...], what: str, most: int = 1) -> NDArray[np.uint64]:
    ids = [[decision_id(f"{weapon}/{what}/{n + 1}") for n in range(most)] for weapon in weapons]
    return np.array(ids, dtype=np.uint64).reshape(len(weapons), most)


@njit(cache=True)
def _scratch(t: _Tables) -> _Scratch:
    objects = len(t.missile)
    return _Scratch(
        np.zeros(objects, np.bool_),
        np.zeros(len(t.reliability), np.int64),
        np.zeros(objects, np.int8),
        np.zeros(objects, np.bool_),
        np.zeros(len(t.stock), np.int32),
        np.zeros(objects, np.int32),
        np.zeros(objects, np.int64),
        np.zeros(len(t.boost_p_kill) + len(t.p_kill), np.int64),
    )


@njit(cache=True)
def _note(
    log: NDArray[np.int64], event: int, is_object: int, entity: int, weapon: int, number: int
) -> None:
    """Write an event into the log, whose first row counts them; a log of one row takes none."""
    if len(log) > 1:
        log[0, 0] += 1
        row = log[0, 0]
        log[row, 0] = event
        log[row, 1] = is_object
        log[row, 2] = entity
        log[row, 3] = weapon
        log[row, 4] = number


@njit(cache=True)
def _boost(t: _Tables, seed: int, replication: int, s: _Scratch, log: NDArray[np.int64]) -> None:
    """Decide which missiles work and which are killed before they release their objects."""
    phase = replication % len(t.order)
    for m in range(len(t.reliability)):
        s.killer[m] = -1
        if uniform(seed, replication, _MISSILE + m, _WORKS) >= t.reliability[m]:
            s.killer[m] = -2
            _note(log, _FAILED, 0, m, -1, 0)
    for v in range(len(t.boost_p_kill)):
        p_kill = t.boost_p_kill[v]
        if uniform(seed, replication, 0, t.boost_common[v]) < t.boost_common_q[v]:
            p_kill *= t.boost_common_f[v]
        for m in range(len(t.reliability)):
            fired = t.boost_shots[v, phase, m]
            if s.killer[m] != -1 or fired == 0:
                continue
            s.shots[v] += fired
            _note(log, _SHOTS, 0, m, v, fired)
            for n in range(fired):
                if uniform(seed, replication, _MISSILE + m, t.boost_shot[v, n]) < p_kill:
                    s.killer[m] = v
                    _note(log, _KILLED, 0, m, v, 0)
                    break


@njit(cache=True)
def _release(t: _Tables, replication: int, s: _Scratch) -> None:
    """Let each missile's objects go, with what its boost meant for them."""
    phase = replication % len(t.order)
    for o in range(len(t.missile)):
        m = t.missile[o]
        s.is_alive[o] = s.killer[m] == -1
        s.is_engaged[o] = s.killer[m] != -1
        s.fate[o] = _NO_MATTER
        if t.is_warhead[o] and s.killer[m] >= 0:
            s.fate[o] = _KILLED_BY + s.killer[m]
        s.rank[o] = -1
        for v in range(len(t.boost_p_kill)):
            fired = t.boost_shots[v, phase, m]
            if fired > 0:
                s.rank[o] = _MISSED
            elif fired < t.boost_wanted[v]:
                s.rank[o] = max(s.rank[o], _RANK_OF_CODE[t.boost_reason[v, phase, m]])
            if fired > 0 and fired >= t.boost_wanted[v]:
                s.is_engaged[o] = True


@njit(cache=True)
def _line_up(
    t: _Tables, seed: int, replication: int, w: int, s: _Scratch, log: NDArray[np.int64]
) -> int:
    """Queue the objects that a weapon can serve, and say why the others are not among them."""
    phase = replication % len(t.order)
    weapon = len(t.boost_p_kill) + w
    tier = t.tier[w]
    waiting = 0
    for k in range(len(t.missile)):
        o = t.order[phase, k]
        if not s.is_alive[o] or (tier == 1 and not t.is_warhead[o]):
            continue
        if t.looks[phase, w, o] < 1 or t.battery[phase, w, o] < 0:
            s.rank[o] = max(s.rank[o], _RANK_OF_CODE[t.no_battery_reason[phase, w, o]])
        elif uniform(seed, replication, o, _TRACK[tier]) >= t.p_track[tier]:
            s.rank[o] = max(s.rank[o], _UNTRACKED)
            _note(log, _NO_TRACK, 1, o, weapon, 0)
        elif tier == 0 and (
            uniform(seed, replication, o, _CALLED_WARHEAD) >= t.p_called[int(t.is_warhead[o])]
        ):
            s.rank[o] = max(s.rank[o], _TAKEN_FOR_DECOY)
            _note(log, _DISMISSED, 1, o, weapon, 0)
        else:
            s.queue[waiting] = o
            waiting += 1
    return waiting


@njit(cache=True)
def _serve(
    t: _Tables, seed: int, replication: int, w: int, waiting: int, s: _Scratch,
    log: NDArray[np.int64],
) -> None:  # fmt: skip
    """Fire a weapon's salvos, look after look, at the objects in its queue."""
    phase = replication % len(t.order)
    weapon = len(t.boost_p_kill) + w
    p_kill = t.p_kill[w]
    if uniform(seed, replication, 0, t.common[w]) < t.common_q[w]:
        p_kill *= t.common_f[w]
    look = 0
    while waiting > 0:
        kept = 0
        for k in range(waiting):
            o = s.queue[k]
            b = t.battery[phase, w, o]
            fired = min(t.salvo[w], s.stock[b])
            if fired == 0:
                s.rank[o] = max(s.rank[o], _MAGAZINE_EMPTY)
                _note(log, _EMPTY, 1, o, weapon, 0)
                continue
            s.stock[b] -= fired
            s.shots[weapon] += fired
            s.rank[o] = _MISSED
            s.is_engaged[o] = s.is_engaged[o] or fired == t.salvo[w]
            _note(log, _SHOTS, 1, o, weapon, fired)
            for n in range(fired):
                # A look before this one fired a whole salvo, else no round were left.
                decision = t.shot[w, look * t.salvo[w] + n]
                if uniform(seed, replication, o, decision) < p_kill:
                    s.is_alive[o] = False
                    break
            if not s.is_alive[o]:
                s.is_engaged[o] = True
                if t.is_warhead[o]:
                    s.fate[o] = _KILLED_BY + weapon
                _note(log, _KILLED, 1, o, weapon, 0)
            elif t.looks[phase, w, o] > look + 1:
                s.queue[kept] = o
                kept += 1
        waiting = kept
        look += 1


@njit(cache=True)
def _fight(t: _Tables, seed: int, replication: int, s: _Scratch, log: NDArray[np.int64]) -> None:
    """Fight one replication; the fates of its objects and the shots stand in the scratch."""
    for k in range(len(s.shots)):
        s.shots[k] = 0
    for b in range(len(s.stock)):
        s.stock[b] = t.stock[b]
    _boost(t, seed, replication, s, log)
    _release(t, replication, s)
    for w in range(len(t.p_kill)):
        waiting = _line_up(t, seed, replication, w, s, log)
        _serve(t, seed, replication, w, waiting, s, log)
    for o in range(len(t.missile)):
        if t.is_warhead[o] and s.is_alive[o]:
            rank = s.rank[o] if s.rank[o] >= 0 else _UNREACHABLE  # nothing ever came near
            s.fate[o] = _CODE_OF_RANK[rank]
            _note(log, _LEAKED, 1, o, -1, s.fate[o])


@njit(cache=True)
def _count(
    t: _Tables, replication: int, s: _Scratch, c: _Counts, chunk: int, kills: NDArray[np.int64]
) -> None:
    """Add one replication to the counts of its chunk."""
    phase = replication % len(t.order)
    arriving = leakers = 0
    is_engaged = True
    for k in range(len(kills)):
        kills[k] = 0
    for o in range(len(t.missile)):
        fate = s.fate[o]
        if fate == _NO_MATTER:
            continue
        arriving += 1
        is_engaged = is_engaged and s.is_engaged[o]
        if fate >= _KILLED_BY:
            kills[fate - _KILLED_BY] += 1
        else:
            leakers += 1
            m = t.missile[o]
            c.leakers[chunk, t.asset[phase, m], t.missile_class[m], fate] += 1
    c.histogram[chunk, leakers] += 1
    c.totals[chunk, 0] += arriving
    c.totals[chunk, 1] += arriving * arriving
    c.totals[chunk, 2] += arriving * leakers
    c.totals[chunk, 3] += int(is_engaged and arriving > 0)
    c.totals[chunk, 4] += int(arriving > 0)
    for k in range(len(kills)):
        c.weapons[chunk, 0, k] += kills[k]
        c.weapons[chunk, 1, k] += kills[k] * kills[k]
        c.weapons[chunk, 2, k] += s.shots[k]
        c.weapons[chunk, 3, k] += s.shots[k] * s.shots[k]


@njit(cache=True, nogil=True)
def _fight_chunk(
    t: _Tables, seed: int, first: int, last: int, c: _Counts, chunk: int, no_log: NDArray[np.int64]
) -> None:
    """Fight and count the replications from the first to before the last."""
    s = _scratch(t)
    kills = np.zeros(len(s.shots), np.int64)
    for replication in range(first, last):
        _fight(t, seed, replication, s, no_log)
        _count(t, replication, s, c, chunk, kills)
