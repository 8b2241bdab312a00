"""The battle one replication after another: to be told, or planned anew at every look."""

from typing import Final

import numpy as np

from umbo.compiled import njit, njit_inner
from umbo.draws import bound, happens
from umbo.engagement import simulate as battle
from umbo.engagement.outcome import Outcome
from umbo.engagement.shot_by_shot import (
    CODE_OF_RANK,
    EMPTY,
    GONE,
    KEPT,
    KILLED,
    KILLED_BY,
    LEAKED,
    MAGAZINE_EMPTY,
    MISSED,
    NO_LOG,
    NOBODY,
    NOTHING,
    OF_OBJECT,
    SHOTS,
    UNREACHABLE,
    Batteries,
    Codes,
    Decisions,
    Floats,
    Ints,
    Truths,
    boost,
    count,
    line_up,
    luck_of,
    note,
    of_salvo,
    p_kill_of,
    release,
    serve,
)
from umbo.engagement.simulate import Event
from umbo.engagement.windows import Windows
from umbo.errors import DomainError

_NEVER: Final = np.int64(-1)


def play(windows: Windows, replications: int, seed: int) -> Outcome:
    """Fight the battle many times, planned anew at every look where doctrine says so.

    A weapon whose doctrine says ``plan: each_look`` shares out its rounds at each look over the
    objects then alive, in track and called warheads, by marginal return: shot n at an object is
    worth p (1 - p)^(n - 1) times the chance that it is a warhead and that no later weapon in
    reach stops it. Each object gets its first shot before any gets a second one, unless that is
    worth more; at most the doctrine's salvo a look. An object that will be looked at again gets
    more than one shot only from rounds that would be left over after all later looks on average.
    Weapons of fixed order fire as in ``simulate``, and all luck is the same as there.

    Left out: rounds kept for objects that come later than all those of a look, another battery
    than the planned one, a common fault found out during the raid, and boost.

    Args:
        windows: What each weapon can do about each object.
        replications: How many; replication r has constellation phase r modulo the phases.
        seed: Of all luck, 0 or more.

    Returns:
        The counts; the same for any number of threads.

    Raises:
        DomainError: As for ``simulate``.
    """
    if not windows.is_planned_anew:
        return battle.simulate(windows, replications, seed)
    more = (*plans_of(windows), NO_LOG)
    return battle.fought(windows, replications, seed, kernel=fight_some, more=more)


def replay(windows: Windows, seed: int, replication: int) -> list[Event]:
    """Fight one replication as ``play`` counts it and tell what happened, in order.

    Args:
        windows: What each weapon can do about each object.
        seed: Of all luck, 0 or more.
        replication: Which, from 0.

    Returns:
        The events of missiles, then of their objects weapon after weapon, then the leakers.

    Raises:
        DomainError: As for ``simulate``, or the replication is negative.
    """
    return battle.told(windows, seed, replication, kernel=fight_some, more=plans_of(windows))


def replication_at(windows: Windows, outcome: Outcome, quantile: float) -> int:
    """Give the first replication that has as many leakers as a quantile of all of them.

    Args:
        windows: What was fought.
        outcome: What ``play`` gave for them.
        quantile: Share of replications that have no more leakers, 0 to 1.

    Raises:
        DomainError: The quantile is not in 0 to 1.
    """
    if not 0.0 <= quantile <= 1.0:
        raise DomainError(f"a quantile must lie in 0 to 1; got {quantile:g}")
    # At 0 the fewest that any replication has.
    leakers = outcome.leakers_quantile(max(quantile, 0.5 / outcome.replications))

    more = (*plans_of(windows), NO_LOG)
    counts = battle.leakers_one_by_one(windows, outcome.seed, kernel=fight_some, more=more)
    return next(r for r, n in enumerate(counts) if n == leakers)


def plans_of(windows: Windows) -> tuple[Truths, Ints, Ints, Floats]:
    """Give which weapons plan anew, and the shots of each by falling worth.

    The shots are positions in the order of service and numbers from 1, both (P, W, S) filled up
    with -1, and the chance that a shot misses, on average over its common fault and the shared
    cause, (P, W, O). S and O are 0 where no weapon plans anew.
    """
    w = windows.on_average
    phases, weapons, objects = w.looks.shape
    if not windows.is_planned_anew:
        none = np.empty((phases, weapons, 0))
        place, number = none.astype(np.int64), none.astype(np.int64)
        return np.zeros(weapons, np.bool_), place, number, none
    missile, p_kill = w.missile, w.p_kill * (1.0 - w.common_q * (1.0 - w.common_f))
    hit = np.where(
        w.battery >= 0,
        np.moveaxis(p_kill[:, None, None] * w.p_hand_over[:, :, missile], 0, 1),
        0.0,
    )
    hit = np.take_along_axis(hit, np.broadcast_to(w.order[:, None], hit.shape), axis=2)
    looks = np.take_along_axis(w.looks, np.broadcast_to(w.order[:, None], hit.shape), axis=2)
    warheads = np.bincount(missile[w.is_warhead], minlength=len(w.reliability))
    decoys = np.bincount(missile[~w.is_warhead], minlength=len(w.reliability))
    called = warheads * w.p_warhead_called_warhead
    share = called / np.maximum(called + decoys * w.p_decoy_called_warhead, 1e-300)
    of_object = w.order  # (P, O) object at each place
    passes = np.ones((phases, weapons + 1, objects))
    for i in reversed(range(weapons)):
        in_track = w.p_track_of[int(w.tier[i])][missile[of_object]]
        killed = 1.0 - (1.0 - hit[:, i]) ** (w.salvo[i] * looks[:, i])
        passes[:, i] = passes[:, i + 1] * (1.0 - in_track * killed)
    most = int(w.salvo.max(initial=1)) * objects
    place = np.full((phases, weapons, most), _NEVER)
    number = np.full((phases, weapons, most), _NEVER)
    for i in map(int, np.flatnonzero(w.plans_anew)):
        n = np.arange(1, w.salvo[i] + 1)
        is_warhead = share[missile[of_object]] if w.tier[i] == 0 else np.ones(of_object.shape)
        worth = (is_warhead * passes[:, i + 1] * hit[:, i])[:, None] * (
            (1.0 - hit[:, i])[:, None] ** (n - 1)[:, None]
        )
        flat = worth.reshape(phases, -1)  # first shots at all, then second ones
        rank = np.argsort(-flat, axis=1, kind="stable")
        place[:, i, : flat.shape[1]] = rank % objects
        number[:, i, : flat.shape[1]] = rank // objects + 1
    return np.array(w.plans_anew, np.bool_), place, number, 1.0 - hit


@njit_inner(error_model="numpy")
def _later(miss: float, salvo: int, looks: int) -> float:
    """Give the mean rounds that salvos at later looks take at an object alive before them."""
    rounds, alive = 0.0, 1.0
    for _ in range(looks):
        rounds += salvo * alive
        alive *= miss**salvo
    return rounds


@njit_inner(error_model="numpy")
def _allot(
    look: int, salvo: int, place: Ints, number: Ints, miss: Floats, waiting: int, queue: Ints,
    battery: Batteries, looks: Codes, left: Ints, spare: Floats, given: Ints,
) -> None:  # fmt: skip
    """Share out a look's rounds; ``given`` (O,) is -1 for those not in line.

    ``spare`` (2, B) is what is left after a first shot at all, and after later looks in which
    each survivor gets one shot, or a whole salvo.
    """
    for b in range(len(left)):
        spare[0, b] = spare[1, b] = float(left[b])
    for at in range(waiting):
        k = queue[at]
        more = looks[k] - look - 1
        given[k] = 0
        spare[0, battery[k]] -= 1.0 + miss[k] * _later(miss[k], 1, more)
        spare[1, battery[k]] -= 1.0 + miss[k] * _later(miss[k], salvo, more)
    served = 0
    for at in range(len(place)):
        k = place[at]
        if k < 0 or served == waiting * salvo:
            break
        if given[k] < 0:
            continue
        served += 1
        b = battery[k]
        if left[b] < 1 or given[k] != number[at] - 1:
            continue
        if given[k] > 0:
            more = looks[k] - look - 1
            saved = miss[k] ** given[k] * (1.0 - miss[k])
            light = 1.0 - saved * _later(miss[k], 1, more)
            full = 1.0 - saved * _later(miss[k], salvo, more)
            if spare[0 if more == 0 else 1, b] < (light if more == 0 else full) - 1e-9:
                continue
            spare[0, b] -= light
            spare[1, b] -= full
        given[k] += 1
        left[b] -= 1


@njit_inner(error_model="numpy")
def _serve_anew(
    weapon: int, lane: np.uint64, p_kill: float, hand: Floats, salvo: int, waiting: int,
    order: Ints, missile: Ints, is_warhead: Truths, battery: Batteries, looks: Codes,
    decisions: Decisions, own: Decisions, left: Ints, empty_rank: Codes, fate: Ints, rank: Codes,
    is_engaged: Truths, sight: Codes, queue: Ints, shots: Ints, log: Ints, place: Ints,
    number: Ints, miss: Floats, spare: Floats, given: Ints, fired: Ints,
) -> None:  # fmt: skip
    """Fire a weapon's shots, planned anew at each look, at the objects in its queue."""
    for at in range(waiting):
        fired[queue[at]] = 0
    look = -1
    while waiting > 0:
        look += 1
        _allot(look, salvo, place, number, miss, waiting, queue, battery, looks, left, spare, given)
        kept = 0
        for at in range(waiting):
            k = queue[at]
            now = given[k]
            given[k] = _NEVER
            if now == 0:
                rank[k] = max(rank[k], empty_rank[battery[k]])
                event = EMPTY if empty_rank[battery[k]] == MAGAZINE_EMPTY else KEPT
                note(log, event, OF_OBJECT, order[k], weapon, NOTHING)
                continue
            fired[k] += now
            shots[0, weapon] += now
            if not is_warhead[k]:
                shots[1, weapon] += now
            rank[k] = MISSED
            is_engaged[k] = is_engaged[k] or fired[k] >= salvo
            note(log, SHOTS, OF_OBJECT, order[k], weapon, now)
            below = bound(of_salvo(p_kill * hand[missile[k]], now))
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


@njit(cache=True, nogil=True, error_model="numpy")
def fight_some(
    seed: int, begin: int, end: int, order: Ints, missile: Ints, is_warhead: Truths,
    reliability: Floats, asset: Ints, missile_class: Ints, boost_shots: Ints, boost_rank: Codes,
    boost_engaged: Truths, chances: Floats, decisions: Decisions, tier: Ints, salvo: Ints,
    stock: Ints, empty_rank: Codes, battery: Batteries, looks: Codes, no_rank: Codes,
    p_track: Floats, p_called: Floats, hand: Floats, plans_anew: Truths, place: Ints,
    number: Ints, miss: Floats, log: Ints, histogram: Ints, totals: Ints, leakers: Ints,
    by_weapon: Ints,
) -> None:  # fmt: skip
    """Fight and count the replications from ``begin`` to before ``end``, one by one.

    Tables as ``simulate`` lays them out, then those of ``plans_of``. Of an object, in the order of
    service: ``own`` is its luck, ``fate`` a reason code or what killed it, ``rank`` the most
    specific thing that happened so far, ``sight`` how the sensors see it.
    """
    objects, boosts = order.shape[1], boost_shots.shape[1]
    own, rank = np.zeros(objects, np.uint64), np.zeros(objects, np.int8)
    fate, queue = np.zeros(objects, np.int64), np.zeros(objects, np.int64)
    given, fired = np.full(objects, _NEVER), np.zeros(objects, np.int64)
    is_engaged, sight = np.zeros(objects, np.bool_), np.zeros(objects, np.int8)
    killer, left = np.zeros(len(reliability), np.int64), np.zeros(stock.shape[1], np.int64)
    spare = np.zeros((2, stock.shape[1]))
    shots, kills = np.zeros((3, len(chances)), np.int64), np.zeros(len(chances), np.int64)
    for replication in range(begin, end):
        p, of, lane = luck_of(seed, replication, len(order))
        shots[:] = 0
        for b in range(len(left)):
            left[b] = stock[p, b]
        boost(
            of, lane, reliability, boost_shots[p], chances, hand[p], decisions, killer, shots[0],
            log,
        )  # fmt: skip
        release(
            of, lane, order[p], missile[p], is_warhead[p], killer, boost_rank[p], boost_engaged[p],
            p_track, p_called, own, fate, rank, is_engaged, sight,
        )  # fmt: skip
        for w in range(len(tier)):
            waiting = line_up(
                tier[w], boosts + w, order[p], is_warhead[p], battery[p, w], looks[p, w],
                no_rank[p, w], sight, rank, queue, shots, log,
            )  # fmt: skip
            p_kill = p_kill_of(of, lane, chances, decisions, boosts + w)
            if plans_anew[w]:
                _serve_anew(
                    boosts + w, lane, p_kill, hand[p, boosts + w], salvo[w], waiting, order[p],
                    missile[p], is_warhead[p], battery[p, w], looks[p, w], decisions, own, left,
                    empty_rank, fate, rank, is_engaged, sight, queue, shots, log, place[p, w],
                    number[p, w], miss[p, w], spare, given, fired,
                )  # fmt: skip
            else:
                serve(
                    boosts + w, lane, p_kill, hand[p, boosts + w], salvo[w], waiting, order[p],
                    missile[p], is_warhead[p], battery[p, w], looks[p, w], decisions, own, left,
                    empty_rank, fate, rank, is_engaged, sight, queue, shots, log,
                )  # fmt: skip
        for k in range(objects):
            if is_warhead[p, k] and sight[k] != GONE:
                # Where nothing ever came near, it was out of reach.
                fate[k] = CODE_OF_RANK[rank[k] if rank[k] >= 0 else UNREACHABLE]
                note(log, LEAKED, OF_OBJECT, order[p, k], NOBODY, fate[k])
        count(
            missile[p], asset[p], missile_class, fate, is_engaged, shots, kills, histogram,
            totals, leakers, by_weapon,
        )  # fmt: skip
