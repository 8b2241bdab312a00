"""Interceptors in orbit after boost, in the battle's tables: each missile's own are a battery."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from umbo.elements.readings import Readings
from umbo.engagement.from_orbit import Pools
from umbo.engagement.orbit_layers import TARGET_OF
from umbo.engagement.weapons import kill_probability_of, read_all, without_fault
from umbo.engagement.windows import Windows

TIERS: Final = {"midcourse": 0, "glide": 1}
"""The track draw that each layer depends on."""


@dataclass(frozen=True, eq=False)
class Chances:
    """The chances of the weapons of ``Pools``, W of them."""

    p_kill: NDArray[np.float64]
    """(W,) without the common fault, against what the layer fires at."""
    common_q: NDArray[np.float64]
    common_f: NDArray[np.float64]


def chances_of_pools(pools: Pools, read: Readings) -> Chances:
    """Read the chances of interceptors in orbit after boost.

    Args:
        pools: The interceptors.
        read: Which number of each chance's range is read.
    """
    elements = pools.elements
    targets = [
        target for e in elements for layer, target in TARGET_OF.items() if e.item.layer == layer
    ]
    p_kill = [
        kill_probability_of(e, target, read) for e, target in zip(elements, targets, strict=True)
    ]
    return Chances(
        without_fault(elements, read, p_kill=np.array(p_kill)),
        read_all(elements, "common_fault_probability", read),
        read_all(elements, "common_fault_factor", read),
    )


def with_pools(windows: Windows, pools: Pools | None, chances: Chances | None) -> Windows:
    """Add interceptors in orbit ahead of all other weapons after boost.

    Their layers come before: a salvo at each object that is in track and taken for a warhead,
    while those set aside for its missile last. The others meet what they have missed.

    Args:
        windows: The battle's tables without them.
        pools: The interceptors; none leaves the tables as they are.
        chances: Their chances.

    Returns:
        The tables.
    """
    if pools is None or chances is None:
        return windows
    weapons, phases, missiles = pools.stock.shape
    first = len(windows.batteries)
    own = first + np.arange(weapons)[:, None] * missiles + windows.missile  # (W, O)
    of_object = pools.stock[:, :, windows.missile].swapaxes(0, 1)  # (P, W, O)
    is_served = of_object > 0
    reason = pools.reason[:, :, windows.missile].swapaxes(0, 1)
    stock = pools.stock.swapaxes(0, 1).reshape(phases, weapons * missiles)
    tier = [TIERS[e.item.layer] for e in pools.elements]
    salvo = [e.doctrine.shots for e in pools.elements]
    plans_anew = [e.doctrine.plan == "each_look" for e in pools.elements]
    return replace(
        windows,
        weapons=(*pools.weapons, *windows.weapons),
        tier=np.append(tier, windows.tier).astype(np.int8),
        p_kill=np.append(chances.p_kill, windows.p_kill),
        common_q=np.append(chances.common_q, windows.common_q),
        common_f=np.append(chances.common_f, windows.common_f),
        p_hand_over=np.concatenate([pools.p_hand_over, windows.p_hand_over]),
        salvo=np.append(salvo, windows.salvo).astype(np.int32),
        batteries=(*windows.batteries, *_names(pools.weapons, missiles)),
        stock=np.concatenate([windows.stock_of, stock], axis=1),
        battery=np.concatenate(
            [np.where(is_served, own, -1).astype(np.int16), windows.battery], axis=1
        ),
        looks=np.concatenate([is_served.astype(np.int8), windows.looks], axis=1),
        no_battery_reason=np.concatenate(
            [np.where(is_served, -1, reason).astype(np.int8), windows.no_battery_reason], axis=1
        ),
        anew=np.append(np.array(plans_anew, np.bool_), windows.plans_anew),
    )


def _names(weapons: Sequence[str], missiles: int) -> list[str]:
    return [f"{weapon}/{number + 1}" for weapon in weapons for number in range(missiles)]


def copied(pools: Pools | None) -> Pools | None:
    """Give the same with arrays of its own, to put others' parts in."""
    if pools is None:
        return None
    return replace(
        pools,
        reach=tuple(replace(one, count=one.count.copy()) for one in pools.reach),
        stock=pools.stock.copy(),
        reason=pools.reason.copy(),
        p_hand_over=pools.p_hand_over.copy(),
    )


def put_in(pools: Pools, other: Pools, at: Any) -> None:
    """Take from another what it has for some phases and missiles."""
    here = (slice(None), *at)
    for mine, new in (
        (pools.stock, other.stock),
        (pools.reason, other.reason),
        (pools.p_hand_over, other.p_hand_over),
    ):
        mine[here] = new[here]
    for reach, found in zip(pools.reach, other.reach, strict=True):
        reach.count[at] = found.count[at]
