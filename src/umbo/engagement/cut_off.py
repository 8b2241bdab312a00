"""Weapons whose command is cut: the autonomous ones fire on their own radar, the rest hold."""

from dataclasses import replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from umbo.engagement.beams import Beams
from umbo.engagement.from_orbit import FromOrbit, Pools
from umbo.engagement.pools import copied
from umbo.engagement.prelaunch import LEFT_OF_LAUNCH
from umbo.engagement.reaching import Reached
from umbo.engagement.windows import REASONS

_HELD_BACK: Final = REASONS.index("held_back")


def cut_off(reached: Reached, cut_s: NDArray[np.float64]) -> Reached:
    """Take from what is reached what command would have ordered after it was cut.

    Of a missile launched after the cut no order comes to any weapon. In an autonomous layer a
    battery whose own radar leads it fires all the same, and so does a laser; interceptors in
    orbit of such a layer were released beforehand, and keep their shots. All others
    hold: their objects are ``held_back``. A missile in the air at the cut keeps its orders.

    Args:
        reached: What is reached while command stands.
        cut_s: Time after the raid begins from which command is cut in each phase, (P,);
            infinite for never.

    Returns:
        What is reached.
    """
    if np.all(np.isinf(cut_s) & (cut_s > 0.0)):
        return reached
    late = reached.raid.start_s[None, :] >= cut_s[:, None]
    alone = reached.architecture.command.autonomous
    stands_s = reached.stands_s
    if stands_s is None:
        stands_s = np.full((len(cut_s), len(reached.ground.batteries)), np.inf)
    holds = np.array([e.item.layer not in alone for e in reached.later], np.bool_)
    silent = holds[reached.ground.weapon] if len(holds) else np.zeros(0, np.bool_)
    ready_s = np.where(late, np.inf, reached.ground.ready_s)
    return replace(
        reached,
        ground=replace(reached.ground, ready_s=ready_s),
        stands_s=np.where(silent, np.minimum(stands_s, cut_s[:, None]), stands_s),
        held_back=late & np.isfinite(reached.ground.ready_s),
        boost=_boost(reached, late),
        beams=_beams(reached, late),
    )


def _boost(reached: Reached, late: NDArray[np.bool_]) -> FromOrbit:
    boost = reached.boost
    alone = reached.architecture.command.autonomous
    shots, reason, reach = boost.shots.copy(), boost.reason.copy(), list(boost.reach)
    for v, element in enumerate(boost.elements):
        if element.item.layer not in alone and element.use != LEFT_OF_LAUNCH:
            reason[v][late & (shots[v] > 0)] = _HELD_BACK
            shots[v][late] = 0
            reach[v] = replace(reach[v], count=np.where(late, 0, reach[v].count).astype(np.int32))
    pools = _pools(boost.pools, alone, late)
    return replace(boost, shots=shots, reason=reason, reach=tuple(reach), pools=pools)


def _pools(pools: Pools | None, alone: tuple[str, ...], late: NDArray[np.bool_]) -> Pools | None:
    mine = copied(pools)
    if mine is not None:
        for w, element in enumerate(mine.elements):
            if element.item.layer not in alone:
                mine.reason[w][late & (mine.stock[w] > 0)] = _HELD_BACK
                mine.stock[w][late] = 0
    return mine


def _beams(reached: Reached, late: NDArray[np.bool_]) -> Beams | None:
    beams = reached.beams
    if beams is None or "terminal" in reached.architecture.command.autonomous:
        return beams
    dark = late[:, None, reached.raid.missile] & (beams.battery >= 0)
    return darkened(beams, dark, _HELD_BACK)


def darkened(beams: Beams, dark: NDArray[np.bool_], reason: int) -> Beams:
    """Take turns of lasers away, (P, W, O), for a reason."""
    return replace(
        beams,
        battery=np.where(dark, -1, beams.battery).astype(np.int16),
        looks=np.where(dark, 0, beams.looks).astype(np.int8),
        reason=np.where(dark, reason, beams.reason).astype(np.int8),
    )
