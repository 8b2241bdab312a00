"""The battle, replication by replication: luck is drawn, shots are fired, leakers are counted."""

import itertools
from collections.abc import Callable, Iterator
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from umbo.compiled import in_parallel, njit
from umbo.draws import decision_id, draw, luck, stream
from umbo.engagement.outcome import Outcome
from umbo.engagement.prelaunch import LEFT_OF_LAUNCH
from umbo.engagement.windows import REASONS, Windows
from umbo.errors import DomainError

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Truths = NDArray[np.bool_]
Codes = NDArray[np.int8]
Batteries = NDArray[np.int16]
Decisions = NDArray[np.uint64]

LAYERS: Final = ("boost", "midcourse", "terminal")
ASCENT: Final = "ascent"
"""Between boost and midcourse: before the first release."""

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
_SHARED_CAUSE: Final = decision_id("shared_cause")
_CALLED_WARHEAD: Final = decision_id("called_warhead")
_TRACK: Final = np.array([decision_id(f"track/{tier}") for tier in LAYERS[1:]], dtype=np.uint64)

# What became of a warhead: a reason code, or this plus the weapon that killed it.
_KILLED_BY: Final = 100
_NO_MATTER: Final = -1  # a decoy, or a warhead of a missile that did not work

# What became of a missile before it released its objects: this, or the weapon that killed it.
_UNHURT: Final = -1
_BROKEN: Final = -2

# How an object is seen: the bits of what is true, or gone.
_GONE: Final = -1
_TRACKED: Final = 1
_TRACKED_LATE: Final = 2
_CALLED: Final = 4

EVENTS: Final = (
    "failed",
    "shots",
    "killed",
    "untracked",
    "taken_for_decoy",
    "magazine_empty",
    "leaked",
)
# Literal numbers would compile ``_note`` anew for each.
_FAILED, _SHOTS, _KILLED, _NO_TRACK, _DISMISSED, _EMPTY, _LEAKED = np.arange(len(EVENTS))
_OF_MISSILE, _OF_OBJECT = np.arange(2)
_NOBODY, _NOTHING = np.int64(-1), np.int64(0)

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


def simulate(windows: Windows, replications: int, seed: int) -> Outcome:
    """Fight the battle many times.

    Who shoots at whom is in the windows; fire planned anew at every look is in ``replanning``.
    Left out: reloads.

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
    return fought(windows, replications, seed, kernel=_fight_some)


def fought(
    windows: Windows,
    replications: int,
    seed: int,
    *,
    kernel: Callable[..., None],
    more: tuple[NDArray[Any], ...] = (),
) -> Outcome:
    """Fight as ``simulate`` does, by a kernel that reads more tables after those of the windows."""
    if replications < 1:
        raise DomainError(f"replications must be 1 or more; got {replications}")
    tables = (*_tables(windows, seed), *more)
    warheads = int(windows.is_warhead.sum())
    weapons = windows.boost_weapons + windows.weapons
    histogram = np.zeros((_CHUNKS, warheads + 1), np.int64)
    # Of each chunk, so that any split adds up alike: arriving, its square, times leakers,
    # engaged, any; and by weapon kills, shots, shots at decoys and warheads passed, each with
    # its square.
    totals = np.zeros((_CHUNKS, 5), np.int64)
    by_weapon = np.zeros((_CHUNKS, 8, len(weapons)), np.int64)
    leakers = np.zeros((_CHUNKS, len(windows.assets), len(windows.classes), len(REASONS)), np.int64)
    no_log = np.zeros((1, 5), np.int64)

    def fight(chunk: int) -> None:
        first, last = (replications * (chunk + i) // _CHUNKS for i in (0, 1))
        counts = (histogram[chunk], totals[chunk], leakers[chunk], by_weapon[chunk])
        kernel(seed, first, last, *tables, *counts, no_log)

    in_parallel(fight, _CHUNKS)
    arriving, arriving_squared, arriving_times_leakers, engaged, attacks = totals.sum(axis=0)
    kills, kills_squared, shots, shots_squared, *decoys = by_weapon.sum(axis=0)
    return Outcome(
        architecture=windows.architecture,
        raid=windows.raid,
        seed=seed,
        replications=replications,
        weapons=weapons,
        layers=_layers(windows),
        assets=windows.assets,
        classes=windows.classes,
        histogram=histogram.sum(axis=0),
        arriving=int(arriving),
        arriving_squared=int(arriving_squared),
        arriving_times_leakers=int(arriving_times_leakers),
        leakers=leakers.sum(axis=0),
        kills=kills,
        kills_squared=kills_squared,
        shots=shots,
        shots_squared=shots_squared,
        at_decoys=decoys[0],
        at_decoys_squared=decoys[1],
        passed=decoys[2],
        passed_squared=decoys[3],
        engaged=int(engaged),
        attacks=int(attacks),
    )


def leakers_one_by_one(
    windows: Windows,
    seed: int,
    *,
    kernel: Callable[..., None],
    more: tuple[NDArray[Any], ...] = (),
) -> Iterator[int]:
    """Count the leakers of one replication after another, without end, by a kernel."""
    tables = (*_tables(windows, seed), *more)
    weapons = windows.boost_weapons + windows.weapons
    histogram = np.zeros(int(windows.is_warhead.sum()) + 1, np.int64)
    others = (
        np.zeros(5, np.int64),
        np.zeros((len(windows.assets), len(windows.classes), len(REASONS)), np.int64),
        np.zeros((8, len(weapons)), np.int64),
    )
    no_log = np.zeros((1, 5), np.int64)
    for replication in itertools.count():
        histogram[:] = 0
        kernel(seed, replication, replication + 1, *tables, histogram, *others, no_log)
        yield int(histogram.argmax())


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
    return told(windows, seed, replication, kernel=_fight_some)


def told(
    windows: Windows,
    seed: int,
    replication: int,
    *,
    kernel: Callable[..., None],
    more: tuple[NDArray[Any], ...] = (),
) -> list[Event]:
    """Tell one replication as ``record`` does, by a kernel as in ``fought``."""
    if replication < 0:
        raise DomainError(f"replication must be 0 or more; got {replication}")
    tables = (*_tables(windows, seed), *more)
    each_object = 2 + int(windows.looks.max(initial=0)) * 2 * len(windows.weapons)
    most = len(windows.reliability) * (1 + 2 * len(windows.boost_weapons)) + len(
        windows.missile
    ) * (each_object + len(windows.weapons))
    log = np.zeros((most + 1, 5), np.int64)
    weapons = windows.boost_weapons + windows.weapons
    counts = (
        np.zeros(len(windows.missile) + 1, np.int64),
        np.zeros(5, np.int64),
        np.zeros((len(windows.assets), len(windows.classes), len(REASONS)), np.int64),
        np.zeros((8, len(weapons)), np.int64),
    )
    kernel(seed, replication, replication + 1, *tables, *counts, log)
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
        if not (event == _SHOTS and weapons[weapon] == LEFT_OF_LAUNCH)
    ]


def _layers(windows: Windows) -> tuple[str, ...]:
    after = tuple(LAYERS[1 + int(tier)] for tier in windows.tier)
    first = tuple(
        name if name == LEFT_OF_LAUNCH else ASCENT if name.endswith(f"#{ASCENT}") else LAYERS[0]
        for name in windows.boost_weapons
    )
    return first + after


def _tables(windows: Windows, seed: int) -> tuple[NDArray[Any], ...]:
    """Lay the windows out as the kernel reads them: by phase, objects in the order of service."""
    for names in (windows.boost_weapons, windows.weapons):
        if len(set(names)) < len(names):
            raise DomainError(f"weapons must have different names; got {', '.join(names)}")
    if not windows.is_warhead.any():
        raise DomainError(f"raid {windows.raid!r} must carry a warhead; it has none")
    if seed < 0:
        raise DomainError(f"seed must be 0 or more; got {seed}")
    order = np.array(windows.order, np.int64)
    shots = windows.boost_shots.swapaxes(0, 1)
    fires = np.array([name != LEFT_OF_LAUNCH for name in windows.boost_weapons], np.bool_)
    fired, wanted = shots[:, fires], windows.boost_wanted[fires][:, None]
    rank = np.where(fired < wanted, _RANK_OF_CODE[windows.boost_reason[fires].swapaxes(0, 1)], -1)
    rank = np.where(fired > 0, _MISSED, rank).max(axis=1, initial=-1)
    is_engaged = ((fired > 0) & (fired >= wanted)).any(axis=1)
    most = max(
        int(windows.boost_shots.max(initial=0)),
        int(windows.salvo.max(initial=0)) * int(windows.looks.max(initial=0)),
    )
    chances = [
        (windows.boost_p_kill, windows.boost_common_q, windows.boost_common_f),
        (windows.p_kill, windows.common_q, windows.common_f),
    ]
    shared_q = np.full(len(windows.boost_weapons + windows.weapons), windows.shared_q)
    served = np.broadcast_to(order[:, None], windows.looks.shape)

    def by_order(table: NDArray[Any], dtype: type) -> NDArray[Any]:
        return np.ascontiguousarray(np.take_along_axis(table, served, axis=2), dtype)

    return (
        order,
        np.array(windows.missile, np.int64)[order],
        np.array(windows.is_warhead, np.bool_)[order],
        np.array(windows.reliability, np.float64),
        np.ascontiguousarray(windows.asset, np.int64),
        np.array(windows.missile_class, np.int64),
        # Of one layout, whatever the phases: another would compile the kernel anew.
        np.ascontiguousarray(shots, np.int64),
        np.ascontiguousarray(rank, np.int8),
        np.ascontiguousarray(is_engaged, np.bool_),
        np.column_stack(
            [
                np.concatenate([np.stack(of, axis=1) for of in chances]),
                shared_q,
                windows.shared_f_of,
            ]
        ).astype(np.float64, order="C"),
        np.concatenate(
            [
                _decisions(windows.boost_weapons, "boost_", most),
                _decisions(windows.weapons, "", most),
            ]
        ),
        np.array(windows.tier, np.int64),
        np.array(windows.salvo, np.int64),
        np.ascontiguousarray(windows.stock_of, np.int64),
        by_order(windows.battery, np.int16),
        by_order(windows.looks, np.int8),
        by_order(_RANK_OF_CODE[windows.no_battery_reason], np.int8),
        np.ascontiguousarray(windows.p_track_of, np.float64),
        np.array([windows.p_decoy_called_warhead, windows.p_warhead_called_warhead]),
        np.ascontiguousarray(
            np.moveaxis(np.concatenate([windows.boost_p_hand_over, windows.p_hand_over]), 0, 1)
        ),
    )


def _decisions(weapons: tuple[str, ...], kind: str, most: int) -> NDArray[np.uint64]:
    """Number the decisions of weapons: the common fault, then shot by shot; (weapons, 1 + most)."""
    names = [f"{kind}common/1", *(f"{kind}shot/{n + 1}" for n in range(most))]
    ids = [[decision_id(f"{weapon}/{name}") for name in names] for weapon in weapons]
    return np.array(ids, dtype=np.uint64).reshape(len(weapons), 1 + most)


@njit(cache=True, error_model="numpy")
def _note(log: Ints, event: int, is_object: int, entity: int, weapon: int, number: int) -> None:
    """Write an event into the log, whose first row counts them; a log of one row takes none."""
    if len(log) > 1:
        log[0, 0] += 1
        row = log[0, 0]
        log[row, 0] = event
        log[row, 1] = is_object
        log[row, 2] = entity
        log[row, 3] = weapon
        log[row, 4] = number


@njit(cache=True, error_model="numpy")
def _p_kill(of: np.uint64, chances: Floats, decisions: Decisions, weapon: int) -> float:
    """Give a weapon's kill probability in a replication.

    With its common fault or without, and with the cause that it shares with all others.
    """
    p_kill = chances[weapon, 0]
    if draw(luck(of, _NOTHING), decisions[weapon, 0]) < chances[weapon, 1]:
        p_kill *= chances[weapon, 2]
    if draw(luck(of, _NOTHING), _SHARED_CAUSE) < chances[weapon, 3]:
        p_kill *= chances[weapon, 4]
    return float(p_kill)


@njit(cache=True, error_model="numpy")
def _boost(
    of: np.uint64, reliability: Floats, fired: Ints, chances: Floats, hand: Floats,
    decisions: Decisions, killer: Ints, shots: Ints, log: Ints,
) -> None:  # fmt: skip
    """Decide which missiles work and which are killed before they release their objects."""
    for m in range(len(killer)):
        killer[m] = _UNHURT
        if draw(luck(of, _MISSILE + m), _WORKS) >= reliability[m]:
            killer[m] = _BROKEN
            _note(log, _FAILED, _OF_MISSILE, m, _NOBODY, _NOTHING)
    for v in range(len(fired)):
        p_kill = _p_kill(of, chances, decisions, v)
        for m in range(len(killer)):
            if killer[m] != _UNHURT or fired[v, m] == 0:
                continue
            shots[v] += fired[v, m]
            _note(log, _SHOTS, _OF_MISSILE, m, v, fired[v, m])
            own = luck(of, _MISSILE + m)
            for n in range(fired[v, m]):
                if draw(own, decisions[v, 1 + n]) < p_kill * hand[v, m]:
                    killer[m] = v
                    _note(log, _KILLED, _OF_MISSILE, m, v, _NOTHING)
                    break


@njit(cache=True, error_model="numpy")
def _release(
    of: np.uint64, order: Ints, missile: Ints, is_warhead: Truths, killer: Ints, rank_of: Codes,
    engaged_of: Truths, p_track: Floats, p_called: Floats, own: Decisions, fate: Ints,
    rank: Codes, is_engaged: Truths, sight: Codes,
) -> None:  # fmt: skip
    """Let each missile's objects go, and draw how the sensors see each of them."""
    for k in range(len(order)):
        m = missile[k]
        fate[k] = _NO_MATTER
        if killer[m] != _UNHURT:
            is_engaged[k] = True
            sight[k] = _GONE
            if killer[m] >= 0 and is_warhead[k]:
                fate[k] = _KILLED_BY + killer[m]
            continue
        rank[k], is_engaged[k] = rank_of[m], engaged_of[m]
        own[k] = luck(of, order[k])
        sight[k] = (
            _TRACKED * int(draw(own[k], _TRACK[0]) < p_track[0, m])
            + _TRACKED_LATE * int(draw(own[k], _TRACK[1]) < p_track[1, m])
            + _CALLED * int(draw(own[k], _CALLED_WARHEAD) < p_called[int(is_warhead[k])])
        )


@njit(cache=True, error_model="numpy")
def _line_up(
    tier: int, weapon: int, order: Ints, is_warhead: Truths, battery: Batteries, looks: Codes,
    no_rank: Codes, sight: Codes, rank: Codes, queue: Ints, shots: Ints, log: Ints,
) -> int:  # fmt: skip
    """Queue the objects that a weapon can serve, and say why the others are not among them.

    ``shots`` (3, W) are rounds, those at decoys, and warheads passed since taken for decoys.
    """
    waiting = 0
    track = _TRACKED if tier == 0 else _TRACKED_LATE
    for k in range(len(order)):
        if sight[k] == _GONE or (tier == 1 and not is_warhead[k]):
            continue
        if looks[k] < 1 or battery[k] < 0:
            rank[k] = max(rank[k], no_rank[k])
        elif sight[k] & track == 0:
            rank[k] = max(rank[k], _UNTRACKED)
            _note(log, _NO_TRACK, _OF_OBJECT, order[k], weapon, _NOTHING)
        elif tier == 0 and sight[k] & _CALLED == 0:
            rank[k] = max(rank[k], _TAKEN_FOR_DECOY)
            shots[2, weapon] += int(is_warhead[k])
            _note(log, _DISMISSED, _OF_OBJECT, order[k], weapon, _NOTHING)
        else:
            queue[waiting] = k
            waiting += 1
    return waiting


@njit(cache=True, error_model="numpy")
def _serve(
    weapon: int, p_kill: float, hand: Floats, salvo: int, waiting: int, order: Ints,
    missile: Ints, is_warhead: Truths,
    battery: Batteries, looks: Codes, decisions: Decisions, own: Decisions, stock: Ints,
    fate: Ints, rank: Codes, is_engaged: Truths, sight: Codes, queue: Ints, shots: Ints,
    log: Ints,
) -> None:  # fmt: skip
    """Fire a weapon's salvos, look after look, at the objects in its queue."""
    look = 0
    while waiting > 0:
        kept = 0
        for place in range(waiting):
            k = queue[place]
            fired = min(salvo, stock[battery[k]])
            if fired == 0:
                rank[k] = max(rank[k], _MAGAZINE_EMPTY)
                _note(log, _EMPTY, _OF_OBJECT, order[k], weapon, _NOTHING)
                continue
            stock[battery[k]] -= fired
            shots[0, weapon] += fired
            if not is_warhead[k]:
                shots[1, weapon] += fired
            rank[k] = _MISSED
            is_engaged[k] = is_engaged[k] or fired == salvo
            _note(log, _SHOTS, _OF_OBJECT, order[k], weapon, fired)
            for n in range(fired):
                # A look before this one fired a whole salvo, else no round were left.
                luck_of_shot = draw(own[k], decisions[weapon, 1 + look * salvo + n])
                if luck_of_shot < p_kill * hand[missile[k]]:
                    sight[k] = _GONE
                    break
            if sight[k] == _GONE:
                is_engaged[k] = True
                if is_warhead[k]:
                    fate[k] = _KILLED_BY + weapon
                _note(log, _KILLED, _OF_OBJECT, order[k], weapon, _NOTHING)
            elif looks[k] > look + 1:
                queue[kept] = k
                kept += 1
        waiting = kept
        look += 1


@njit(cache=True, error_model="numpy")
def _count(
    missile: Ints, asset: Ints, missile_class: Ints, fate: Ints, is_engaged: Truths, shots: Ints,
    kills: Ints, histogram: Ints, totals: Ints, leakers: Ints, by_weapon: Ints,
) -> None:  # fmt: skip
    """Add one replication to the counts."""
    arriving = leaked = 0
    fully = True
    for w in range(len(kills)):
        kills[w] = 0
    for k in range(len(fate)):
        if fate[k] == _NO_MATTER:
            continue
        arriving += 1
        fully = fully and is_engaged[k]
        if fate[k] >= _KILLED_BY:
            kills[fate[k] - _KILLED_BY] += 1
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


@njit(cache=True, nogil=True, error_model="numpy")
def _fight_some(
    seed: int, begin: int, end: int, order: Ints, missile: Ints, is_warhead: Truths,
    reliability: Floats, asset: Ints, missile_class: Ints, boost_shots: Ints, boost_rank: Codes,
    boost_engaged: Truths, chances: Floats, decisions: Decisions, tier: Ints, salvo: Ints,
    stock: Ints, battery: Batteries, looks: Codes, no_rank: Codes, p_track: Floats,
    p_called: Floats, hand: Floats, histogram: Ints, totals: Ints, leakers: Ints,
    by_weapon: Ints, log: Ints,
) -> None:  # fmt: skip
    """Fight and count the replications from ``begin`` to before ``end``.

    Tables as ``_tables`` gives them. Of an object, in the order of service: ``own`` is its
    luck, ``fate`` a reason code or what killed it, ``rank`` the most specific thing that
    happened so far, ``sight`` how the sensors see it.
    """
    objects, boosts = order.shape[1], boost_shots.shape[1]
    own, rank = np.zeros(objects, np.uint64), np.zeros(objects, np.int8)
    fate, queue = np.zeros(objects, np.int64), np.zeros(objects, np.int64)
    is_engaged, sight = np.zeros(objects, np.bool_), np.zeros(objects, np.int8)
    killer, left = np.zeros(len(reliability), np.int64), np.zeros(stock.shape[1], np.int64)
    shots, kills = np.zeros((3, len(chances)), np.int64), np.zeros(len(chances), np.int64)
    for replication in range(begin, end):
        p = replication % len(order)
        of = stream(seed, replication)
        shots[:] = 0
        for b in range(len(left)):
            left[b] = stock[p, b]
        _boost(of, reliability, boost_shots[p], chances, hand[p], decisions, killer, shots[0], log)
        _release(
            of, order[p], missile[p], is_warhead[p], killer, boost_rank[p], boost_engaged[p],
            p_track, p_called, own, fate, rank, is_engaged, sight,
        )  # fmt: skip
        for w in range(len(tier)):
            waiting = _line_up(
                tier[w], boosts + w, order[p], is_warhead[p], battery[p, w], looks[p, w],
                no_rank[p, w], sight, rank, queue, shots, log,
            )  # fmt: skip
            _serve(
                boosts + w, _p_kill(of, chances, decisions, boosts + w), hand[p, boosts + w],
                salvo[w], waiting, order[p], missile[p], is_warhead[p], battery[p, w],
                looks[p, w], decisions, own, left,
                fate, rank, is_engaged, sight, queue, shots, log,
            )  # fmt: skip
        for k in range(objects):
            if is_warhead[p, k] and sight[k] != _GONE:
                # Where nothing ever came near, it was out of reach.
                fate[k] = _CODE_OF_RANK[rank[k] if rank[k] >= 0 else _UNREACHABLE]
                _note(log, _LEAKED, _OF_OBJECT, order[p, k], _NOBODY, fate[k])
        _count(
            missile[p], asset[p], missile_class, fate, is_engaged, shots, kills, histogram,
            totals, leakers, by_weapon,
        )  # fmt: skip
