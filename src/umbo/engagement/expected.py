"""The same battle without luck: expected leakers in milliseconds, for sliders and search."""

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from umbo.compiled import in_parallel, njit, njit_inner, threads_set
from umbo.engagement.magazines import (
    BATTERY,
    SHARED,
    WAITING,
    Floats,
    Records,
    copy,
    fire,
    first_looks,
    line_up,
)
from umbo.engagement.strata import (
    LOT,
    deal_strata,
    fire_in_stratum,
    line_up_in_stratum,
    look_in_stratum,
)
from umbo.engagement.windows import Windows, check_owners
from umbo.errors import DomainError

_RARE: Final = 1e-3  # batteries that run out less often than this are not worth strata


@dataclass(frozen=True, eq=False)
class Expectation:
    """Means over luck and constellation phases of one architecture against one raid."""

    architecture: str
    raid: str
    leakage: float
    """Expected leakers over warheads that would arrive undefended; nan where none would."""
    arriving: float
    """Warheads that would arrive undefended."""
    leakers: float
    weapons: tuple[str, ...]
    """Those of boost first, then those after boost."""
    kills: NDArray[np.float64]
    """Warheads killed, by weapon."""
    shots: NDArray[np.float64]
    """Rounds fired, by weapon."""
    assets: tuple[str, ...]
    leakers_by_asset: NDArray[np.float64]
    leakers_by_phase: NDArray[np.float64]
    """(P,) leakers of each constellation phase."""


def expected(windows: Windows, *, least_weight: float = 0.0, strata: int = 1) -> Expectation:
    """Find what the battle gives on average.

    For each phase and each combination of common faults, without the cause that all interceptors
    share and with it: boost exactly; after boost, weapon
    after weapon, the distribution of the salvos left in each battery, object by object in
    the order of service, to one part in 1e12. A weapon after which no magazine can run short is
    taken once, with its mean over its fault: all means are linear in what it leaves. Objects of
    one missile that are neighbours in the line of a battery share the event that their missile
    is there; track and discrimination are common to the weapons of a tier. Exact for means
    where no magazine runs short, or where it does for the first weapon at its first look.

    Left out with one stratum: where several weapons' magazines run short, that a later
    weapon meets few or many survivors at once (it takes each object's own chance); that an
    object still alive at a second look has itself used rounds at the first; that objects of
    one missile far apart in the order, or served by two batteries, come together. In 60
    drawn battles with several magazines short this was worth 0.0024 in leakage (rms; 0.017
    at worst, too low). The chance of no leaker is left to the simulation.

    With seven strata 0.0012 remains, of which 0.0007 is the luck of the simulations (0.004
    at worst), and in the twenty battles of the reference study 0.0004 beyond luck where one
    stratum leaves 0.0085. Means of single phases scatter, since few pairs of strata of two
    batteries are met in each.

    Args:
        windows: What each weapon can do about each object.
        least_weight: A combination of common faults less likely than this is not told from the
            one without its last fault, which takes that weapon's mean over its fault; in a
            stratum it is left out. 0 takes all as they are.
        strata: Parts into which each battery's luck is split, by how early it runs out in a
            look (or how much it keeps); best a prime number. Each part is fought through,
            with what it says of which objects drew fire and which missiles were there. Seven
            take some ten times as long as one, or no longer where no magazine but the last
            weapon's is likely to run short.

    Returns:
        The means, the same for any number of threads.

    Raises:
        DomainError: The raid has no warhead, two weapons share a battery, or there are no strata.
    """
    w = windows
    phases, objects, missiles = len(w.order), len(w.missile), len(w.reliability)
    weapons = len(w.boost_p_kill) + len(w.p_kill)
    if strata < 1:
        raise DomainError(f"strata must be 1 or more; got {strata}")
    if not w.is_warhead.any():
        raise DomainError(f"raid {w.raid!r} must carry a warhead; it has none")
    causes, faults = _causes(w)
    called = np.where(w.is_warhead, w.p_warhead_called_warhead, w.p_decoy_called_warhead)
    in_track = w.p_track_of[:, w.missile] * np.stack([called, w.is_warhead])
    warheads = np.bincount(w.missile[w.is_warhead], minlength=missiles).astype(np.float64)
    tables = (
        np.ascontiguousarray(w.missile, np.int32),
        np.ascontiguousarray(w.is_warhead, np.bool_),
        warheads,
        in_track,
        np.ascontiguousarray(w.order, np.int32),
        np.ascontiguousarray(w.battery, np.int16),
        np.ascontiguousarray(w.looks, np.int8),
        np.ascontiguousarray(np.moveaxis(w.boost_shots, 0, 1), np.int32),
        causes,
        faults,
        _weapons(w),
        w.stock_of,
        np.ascontiguousarray(
            np.moveaxis(np.concatenate([w.boost_p_hand_over, w.p_hand_over]), 0, 1)
        ),
    )
    sums = np.zeros((phases, 1 + 2 * weapons))
    leaks = np.zeros((phases, objects))
    parts = max(1, min(phases // 8, threads_set()))

    def find(part: int) -> None:
        first, last = (phases * (part + i) // parts for i in (0, 1))
        work = _room(w, in_track, weapons, strata)
        if not _some_phases(first, last, least_weight, strata, *tables, sums, leaks, *work):
            check_owners(w)

    in_parallel(find, parts)
    means = sums.mean(axis=0)
    arriving = float(w.reliability[w.missile[w.is_warhead]].sum())
    by_asset = np.bincount(
        w.asset[:, w.missile].ravel(), weights=leaks.ravel(), minlength=len(w.assets)
    )
    return Expectation(
        architecture=w.architecture,
        raid=w.raid,
        # Where all leak, both sums are of the same warheads, and differ in their rounding.
        leakage=min(float(means[0]) / arriving, 1.0) if arriving > 0.0 else np.nan,
        arriving=arriving,
        leakers=float(means[0]),
        weapons=w.boost_weapons + w.weapons,
        kills=means[1 : 1 + weapons],
        shots=means[1 + weapons :],
        assets=w.assets,
        leakers_by_asset=by_asset / phases,
        leakers_by_phase=sums[:, 0],
    )


def _causes(windows: Windows) -> tuple[Floats, Floats]:
    """Give the chances of being without the cause that all interceptors share, and with it.

    And (C, V + W, 4) under each: kill probability, chance of a common fault, factor, and 0.
    """
    w, q = windows, windows.shared_q
    alone = np.concatenate([w.boost_p_kill, w.p_kill])
    each = ((1.0 - q, 1.0), (q, w.shared_f_of if q > 0.0 else 1.0))
    kept = [(weight, np.minimum(alone * f, 1.0)) for weight, f in each if weight > 0.0]
    chance = np.array([weight for weight, _ in kept])
    faults = np.zeros((len(kept), len(alone), 4))
    faults[:, :, 0] = [p_kill for _, p_kill in kept]
    faults[:, :, 1] = np.concatenate([w.boost_common_q, w.common_q])
    faults[:, :, 2] = np.concatenate([w.boost_common_f, w.common_f])
    faults[faults[:, :, 2] == 1.0, 1] = 0.0
    return chance, faults


def _weapons(windows: Windows) -> NDArray[np.int32]:
    """Give (W + 1, 4) each weapon's tier, salvo, and where chances in its tier are before it.

    A table of chances has number 0 for midcourse before any weapon, 1 for terminal, and 2 + w
    for the tier of weapon w after it; so the columns are tier, salvo, number of its own tier,
    and of the other. The last row is of what all weapons leave: midcourse and terminal.
    """
    latest, rows = [0, 1], []
    for w, (tier, salvo) in enumerate(zip(windows.tier, windows.salvo, strict=True)):
        rows.append((tier, salvo, latest[tier], latest[1 - tier]))
        latest[tier] = 2 + w
    return np.array([*rows, (0, 0, *latest)], np.int32)


def _room(
    windows: Windows, in_track: Floats, weapons: int, strata: int
) -> tuple[NDArray[Any], ...]:
    """Make room for the tables of one phase, which kernels fill; in the order of their arguments.

    Chances of an object are given that its missile is there.
    """
    w = windows
    afters, objects, missiles = len(w.p_kill), len(w.missile), len(w.reliability)
    looks, batteries = int(w.looks.max(initial=1)), w.stock.shape[-1]
    salvos = int(min(w.stock.max(initial=0), looks * objects)) + 2
    split = objects if strata > 1 else 0
    present = np.zeros((weapons + 1, missiles))
    present[0] = w.reliability
    track = np.zeros((2 + afters, 2, objects))
    track[:2, 0], track[:2, 1] = 1.0 - in_track, in_track
    return (
        np.zeros((weapons, 4)),
        np.zeros(afters, np.bool_),  # weapons that fight within a stratum
        np.zeros((batteries, looks)),  # quantile where the stratum of a battery begins
        np.zeros(batteries, BATTERY),
        np.zeros(afters * objects, WAITING),
        np.zeros((2, afters * split), LOT),  # after the first look, and after all
        present,  # missile there, by weapons already through
        np.zeros((afters + 1, missiles)),  # the same after a weapon's first look in a stratum
        track,  # out of track, and in it and alive, as one tier has it; see _weapons
        np.zeros((split, salvos)),  # chance of so many salvos left, before each in line
        np.zeros((2, batteries, salvos)),  # the same of each battery, after the first look, all
        np.zeros((2, salvos)),
        np.zeros((2, max(objects, missiles))),  # what a weapon with its fault leaves
    )


@njit_inner(error_model="numpy")
def _boost(
    p_kill: float, hand: Floats, shots: NDArray[np.int32], warheads: Floats, before: Floats,
    after: Floats,
) -> tuple[float, float]:  # fmt: skip
    """Let one weapon fire at missiles in boost; give its mean kills of warheads and rounds."""
    kills = rounds = 0.0
    for m in range(len(shots)):
        after[m] = before[m] * (1.0 - p_kill * hand[m]) ** shots[m]
        kills += warheads[m] * (before[m] - after[m])
        rounds += before[m] * shots[m]
    return kills, rounds


@njit_inner(error_model="numpy")
def _leak(
    weight: float, missile: NDArray[np.int32], is_warhead: NDArray[np.bool_], present: Floats,
    midcourse: Floats, terminal: Floats, sums: Floats, leaks: Floats,
) -> None:  # fmt: skip
    """Add the leakers that are left after all weapons."""
    leakers = 0.0
    for o in range(len(missile)):
        if is_warhead[o]:
            m = missile[o]
            survives = (midcourse[0, o] + midcourse[1, o]) * (terminal[0, o] + terminal[1, o])
            leaks[o] += weight * present[m] * survives
            leakers += present[m] * survives
    sums[0] += weight * leakers


@njit_inner(error_model="numpy")
def _blend(share: float, faulty: Floats, to: Floats) -> None:
    """Weigh a flat array with what a fault makes of it."""
    for i in range(len(to)):
        to[i] += share * (faulty[i] - to[i])


@njit_inner(error_model="numpy")
def _over_faults(
    weight_of_all: float, least_weight: float, faults: Floats, is_split: NDArray[np.bool_],
    width: float, quantiles: Floats, missile: NDArray[np.int32], is_warhead: NDArray[np.bool_],
    warheads: Floats, boost_shots: NDArray[np.int32], hand: Floats, weapons: NDArray[np.int32],
    batteries: Records, line: Records, lots: Records, present: Floats, seen: Floats,
    track: Floats, ahead: Floats, left: Floats, scratch: Floats, other: Floats, sums: Floats,
    leaks: Floats,
) -> None:  # fmt: skip
    """Add up all combinations of common faults; rare ones take the mean over their last fault.

    A combination shares with the one before it the weapons ahead of the first that differs,
    and the first look of that one. ``faults`` (V + W, 4) are kill probability, chance of a fault
    that makes two combinations, factor, and chance of a fault that is taken in the mean.
    """
    boosts, number = len(boost_shots), len(faults)
    has_fault = np.zeros(number, np.bool_)
    has_looked = np.zeros(number + 1, np.bool_)
    weight = np.zeros(number + 1)
    weight[0] = weight_of_all
    first = 0
    while first >= 0:
        for k in range(first, number):
            q = faults[k, 1]
            if has_fault[k]:
                weight[k + 1] = weight[k] * q
            else:
                weight[k + 1] = weight[k] * (1.0 - q if weight[k] * q >= least_weight else 1.0)
            p_kill = faults[k, 0] * (faults[k, 2] if has_fault[k] else 1.0)
            p_faulty, share = faults[k, 0] * faults[k, 2], faults[k, 3]
            if q > 0.0 and not has_fault[k] and weight[k] * q < least_weight:
                share = q
            w = k - boosts
            if w < 0:
                kills, rounds = _boost(
                    p_kill, hand[k], boost_shots[k], warheads, present[k], present[k + 1]
                )
                if share > 0.0:
                    found, fired = _boost(
                        p_faulty, hand[k], boost_shots[k], warheads, present[k], other[0]
                    )
                    kills, rounds = kills + share * (found - kills), fired
                    _blend(share, other[0, : len(warheads)], present[k + 1])
            else:
                near, far, after = track[weapons[w, 2]], track[weapons[w, 3]], track[2 + w]
                if width < 1.0:  # without strata, out of track stays out of track
                    copy(near[0], after[0])
                copy(near[1], after[1])
                if is_split[w]:
                    if not has_looked[k]:
                        copy(present[k], seen[w])
                        line_up_in_stratum(w, near, far, batteries, line, lots[0], left[0])
                        look_in_stratum(
                            w, quantiles, width, seen[w], seen[-1],
                            batteries, line, lots[0], ahead, left[0], scratch,
                        )  # fmt: skip
                    copy(seen[w], present[k + 1])
                    kills, rounds = fire_in_stratum(
                        w, p_kill, quantiles, width, near, far, after, present[k + 1], seen[-1],
                        batteries, line, lots[0], lots[1], ahead, left[0], left[1], scratch,
                    )  # fmt: skip
                else:
                    copy(present[k], present[k + 1])
                    if not has_looked[k]:
                        first_looks(w, near, far, present[k], batteries, line, left[0], scratch[0])
                    kills, rounds = fire(
                        w, p_kill, after, present[k], batteries, line, left[0],
                        scratch[1], scratch[0],
                    )  # fmt: skip
                    if share > 0.0:
                        copy(near[1], other[1])
                        found, fired = fire(
                            w, p_faulty, other, present[k], batteries, line, left[0],
                            scratch[1], scratch[0],
                        )  # fmt: skip
                        kills += share * (found - kills)
                        rounds += share * (fired - rounds)
                        _blend(share, other[1], after[1])
                has_looked[k] = True
            has_looked[k + 1] = False
            sums[1 + k] += weight[k + 1] * kills
            sums[1 + number + k] += weight[k + 1] * rounds
        _leak(
            weight[number], missile, is_warhead, present[number],
            track[weapons[-1, 2]], track[weapons[-1, 3]], sums, leaks,
        )  # fmt: skip
        first = number - 1
        while first >= 0 and (
            has_fault[first]
            or faults[first, 1] == 0.0
            or weight[first] * faults[first, 1] < least_weight
        ):
            has_fault[first] = False
            first -= 1
        if first >= 0:
            has_fault[first] = True


@njit(cache=True, error_model="numpy", nogil=True)
def _some_phases(
    begin: int, end: int, least_weight: float, strata: int,
    missile: NDArray[np.int32], is_warhead: NDArray[np.bool_], warheads: Floats,
    in_track: Floats, order: NDArray[np.int32], battery: NDArray[np.int16],
    looks: NDArray[np.int8], boost_shots: NDArray[np.int32], causes: Floats, all_faults: Floats,
    weapons: NDArray[np.int32], stock: NDArray[np.int32], hand: Floats, sums: Floats,
    leaks: Floats,
    faults: Floats, is_split: NDArray[np.bool_], quantiles: Floats, batteries: Records,
    line: Records, lots: Records, present: Floats, seen: Floats, track: Floats, ahead: Floats,
    left: Floats, scratch: Floats, other: Floats,
) -> bool:  # fmt: skip
    """Add up each of some phases over causes, strata and all combinations of common faults.

    Whether each battery has one weapon; where not, nothing is to be made of the sums.

    ``sums`` (P, 1 + 2 (V + W)) are leakers, kills and rounds by weapon.
    """
    for phase in range(begin, end):
        last = line_up(
            order[phase], battery[phase], looks[phase], missile, is_warhead, in_track,
            weapons, stock[phase], hand[phase, boost_shots.shape[1] :], batteries, line,
        )  # fmt: skip
        if last == SHARED:
            return False
        short = _last_short(batteries)
        for c in range(len(causes)):
            for w in range(len(is_split)):
                is_split[w] = False
                copy(track[weapons[w, 2], 0], track[2 + w, 0])
            times = 1
            trial = -1 if strata > 1 else 0  # without faults, and it counts nothing
            for stratum in range(trial, strata):
                if stratum >= times:
                    break
                weight, least = causes[c] / times, least_weight / times
                if stratum < 0:
                    weight = least = 0.0
                elif times > 1:
                    deal_strata(phase, stratum, strata, quantiles)
                mean_from = short + int(short >= 0 and is_split[short])
                _allow(
                    stratum >= 0, all_faults[c], mean_from, boost_shots[phase], batteries, faults
                )
                _over_faults(
                    weight, least, faults, is_split, 1.0 / strata, quantiles,
                    missile, is_warhead, warheads, boost_shots[phase], hand[phase],
                    weapons, batteries, line, lots, present, seen, track, ahead, left, scratch,
                    other, sums[phase], leaks[phase],
                )  # fmt: skip
                if stratum >= 0:
                    continue
                for b in range(len(batteries)):
                    if batteries[b]["empty"] > _RARE and batteries[b]["owner"] < last:
                        times = strata
                for w in range(min(last, short + 1)):
                    is_split[w] = times > 1
    return True


@njit_inner(error_model="numpy")
def _last_short(batteries: Records) -> int:
    """Give the last weapon whose magazine can run short, -1 where none can."""
    last = -1
    for b in range(len(batteries)):
        if batteries[b]["owner"] >= 0 and batteries[b]["top"] > 0:
            last = max(last, batteries[b]["owner"])
    return last


@njit_inner(error_model="numpy")
def _allow(
    is_faulty: bool, all_faults: Floats, mean_from: int, boost_shots: NDArray[np.int32],
    batteries: Records, faults: Floats,
) -> None:  # fmt: skip
    """Set kill probabilities and the chances of common faults under a cause.

    None in a trial, nor for a weapon that fires at nobody. From the weapon ``mean_from`` on they
    are taken in the mean: -1 takes those of boost so too.
    """
    boosts = len(boost_shots)
    for k in range(len(faults)):
        faults[k, 0], faults[k, 2] = all_faults[k, 0], all_faults[k, 2]
        faults[k, 1] = faults[k, 3] = 0.0
    if is_faulty:
        for k in range(boosts):
            for m in range(boost_shots.shape[1]):
                if boost_shots[k, m] > 0:
                    faults[k, 3 if mean_from < 0 else 1] = all_faults[k, 1]
        for b in range(len(batteries)):
            if batteries[b]["owner"] >= 0:
                w = batteries[b]["owner"]
                faults[boosts + w, 3 if w >= mean_from else 1] = all_faults[boosts + w, 1]
