"""The battle, replication by replication: luck is drawn, shots are fired, leakers are counted."""

import itertools
from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from umbo.compiled import in_parallel
from umbo.draws import decision_id
from umbo.engagement.lanes import fight_blocks
from umbo.engagement.outcome import Outcome
from umbo.engagement.prelaunch import LEFT_OF_LAUNCH
from umbo.engagement.shot_by_shot import (
    EVENTS,
    HELD_BACK,
    LANES,
    LAYERS,
    LEAKED,
    MAGAZINE_EMPTY,
    MISSED,
    RANK_OF_CODE,
    SHOTS,
)
from umbo.engagement.windows import REASONS, Windows, check_owners
from umbo.errors import DomainError

ASCENT: Final = "ascent"
"""Between boost and midcourse: before the first release."""

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
    phases = len(windows.order)
    blocks = -(-replications // (phases * LANES)) * phases
    more = (replications,)
    return fought(windows, replications, seed, kernel=fight_blocks, parts=blocks, more=more)


def fought(
    windows: Windows,
    replications: int,
    seed: int,
    *,
    kernel: Callable[..., None],
    more: tuple[Any, ...],
    parts: int | None = None,
) -> Outcome:
    """Fight as ``simulate`` does, by a kernel that reads more after the tables of the windows.

    It counts some of the ``parts`` at a time; these are the replications where not given.
    """
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
    parts = replications if parts is None else parts

    def fight(chunk: int) -> None:
        first, last = (parts * (chunk + i) // _CHUNKS for i in (0, 1))
        counts = (histogram[chunk], totals[chunk], leakers[chunk], by_weapon[chunk])
        kernel(seed, first, last, *tables, *counts)

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
    more: tuple[NDArray[Any], ...],
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
    for replication in itertools.count():
        histogram[:] = 0
        kernel(seed, replication, replication + 1, *tables, histogram, *others)
        yield int(histogram.argmax())


def told(
    windows: Windows,
    seed: int,
    replication: int,
    *,
    kernel: Callable[..., None],
    more: tuple[NDArray[Any], ...],
) -> list[Event]:
    """Tell one replication in order, by a kernel as in ``fought`` that takes a log after ``more``.

    The events of missiles, then of their objects weapon after weapon, then the leakers.
    """
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
    kernel(seed, replication, replication + 1, *tables, log, *counts)
    layers = _layers(windows)
    return [
        Event(
            missile=int(windows.missile[entity]) if is_object else entity,
            object=entity if is_object else None,
            event=EVENTS[event],
            weapon=weapons[weapon] if weapon >= 0 else "",
            layer=layers[weapon] if weapon >= 0 else "",
            shots=number if event == SHOTS else 0,
            reason=REASONS[number] if event == LEAKED else "",
        )
        for event, is_object, entity, weapon, number in log[1 : log[0, 0] + 1].tolist()
        if not (event == SHOTS and weapons[weapon] == LEFT_OF_LAUNCH)
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
    if seed < 0:
        raise DomainError(f"seed must be 0 or more; got {seed}")
    return _laid_out(windows)


@lru_cache(maxsize=1)
def _laid_out(windows: Windows) -> tuple[NDArray[Any], ...]:
    """Lay windows out; what was asked last is asked again to tell a replication."""
    for names in (windows.boost_weapons, windows.weapons):
        if len(set(names)) < len(names):
            raise DomainError(f"weapons must have different names; got {', '.join(names)}")
    if not windows.is_warhead.any():
        raise DomainError(f"raid {windows.raid!r} must carry a warhead; it has none")
    check_owners(windows)
    order = np.array(windows.order, np.int64)
    shots = windows.boost_shots.swapaxes(0, 1)
    fires = np.array([name != LEFT_OF_LAUNCH for name in windows.boost_weapons], np.bool_)
    fired, wanted = shots[:, fires], windows.boost_wanted[fires][:, None]
    rank = np.where(fired < wanted, RANK_OF_CODE[windows.boost_reason[fires].swapaxes(0, 1)], -1)
    rank = np.where(fired > 0, MISSED, rank).max(axis=1, initial=-1)
    is_engaged = ((fired > 0) & (fired >= wanted)).any(axis=1)
    most = max(1, int(windows.looks.max(initial=0)))
    chances = [
        (windows.boost_p_kill, windows.boost_common_q, windows.boost_common_f),
        (windows.p_kill, windows.common_q, windows.common_f),
    ]
    shared_q = np.full(len(windows.boost_weapons + windows.weapons), windows.shared_q)

    def by_order(table: NDArray[Any], dtype: type) -> NDArray[Any]:
        given: NDArray[Any] = table.astype(dtype, copy=False)
        found = np.empty_like(given, order="C")
        for phase, served in enumerate(order):  # five times as fast as take_along_axis
            np.take(given[phase], served, axis=1, out=found[phase], mode="clip")
        return found

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
        _empty_rank(windows),
        by_order(windows.battery, np.int16),
        by_order(windows.looks, np.int8),
        by_order(np.take(RANK_OF_CODE, windows.no_battery_reason, mode="wrap"), np.int8),
        np.ascontiguousarray(windows.p_track_of, np.float64),
        np.array([windows.p_decoy_called_warhead, windows.p_warhead_called_warhead]),
        np.ascontiguousarray(
            np.moveaxis(np.concatenate([windows.boost_p_hand_over, windows.p_hand_over]), 0, 1)
        ),
    )


def _empty_rank(windows: Windows) -> NDArray[np.int8]:
    """Rank what befalls an object that finds each battery out of rounds, (B,)."""
    rank = np.full(windows.stock.shape[-1], MAGAZINE_EMPTY, np.int8)
    for b, name in enumerate(windows.batteries):
        if name in windows.reserving:
            rank[b] = HELD_BACK
    return rank


def _decisions(weapons: tuple[str, ...], kind: str, most: int) -> NDArray[np.uint64]:
    """Number the decisions of weapons: common fault, then salvo by salvo; (weapons, 1 + most)."""
    names = [f"{kind}common/1", *(f"{kind}salvo/{n + 1}" for n in range(most))]
    ids = [[decision_id(f"{weapon}/{name}") for name in names] for weapon in weapons]
    return np.array(ids, dtype=np.uint64).reshape(len(weapons), 1 + most)
