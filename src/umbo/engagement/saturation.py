"""What passes a shield as a raid grows, and where it runs dry: on the windows of one size."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from umbo.engagement.expected import expected
from umbo.engagement.replanning import play
from umbo.engagement.windows import Windows
from umbo.errors import DomainError

PLENTY: Final = 10**8
DRY_BELOW: Final = 0.99
"""A weapon has run dry where it fires a smaller share of the rounds that it would fire."""
LEAST_WEIGHT: Final = 1e-2
"""Rarer combinations of common faults take a mean, worth some hundredths of the leakers."""
PHASES: Final = (3, 64)
"""Fewest and most constellation phases of a size; many missiles need fewer."""
PHASES_TIMES_MISSILES: Final = 160
_GOLDEN: Final = 0.6180339887498949


@dataclass(frozen=True, eq=False)
class Saturation:
    """How a battle goes by the number of missiles; N sizes, K weapons."""

    missiles: NDArray[np.int64]
    """(N,) ascending."""
    warheads: NDArray[np.float64]
    """(N,) that would arrive undefended."""
    leakers: NDArray[np.float64]
    """(N,) expected."""
    fully_engaged: NDArray[np.float64]
    """(N,) chance that every arriving warhead gets its doctrine's shots, of few replications."""
    weapons: tuple[str, ...]
    fired: NDArray[np.float64]
    """(N, K) expected rounds."""
    wanted: NDArray[np.float64]
    """(N, K) expected rounds if no magazine ran short."""

    @property
    def engaged_up_to(self) -> float:
        """Give the size from which on fewer than half of the battles engage all; 0 if none does.

        Infinite where the largest size is still engaged.
        """
        return _crossing(self.missiles, 1.0 - self.fully_engaged, 0.5)

    @property
    def leakers_pass_one(self) -> float:
        """Give the size at which expected leakers pass one; infinite where they never do."""
        return _crossing(self.missiles, self.leakers, 1.0)

    @property
    def first_dry(self) -> tuple[str, int] | None:
        """Name the weapon that runs dry at the smallest size, and that size; None for none.

        Of several at one size the one that is shortest of rounds.
        """
        share = np.divide(
            self.fired, self.wanted, out=np.ones_like(self.fired), where=self.wanted > 0.01
        )
        for n, row in enumerate(share):
            if len(row) and row.min() < DRY_BELOW:
                return self.weapons[int(row.argmin())], int(self.missiles[n])
        return None


def saturate(
    windows: Windows,
    sizes: Sequence[int],
    *,
    reach: NDArray[np.int32] | None = None,
    replications: int = 96,
    seed: int = 0,
) -> Saturation:
    """Fight raids of other sizes on given windows, by the expected value.

    A smaller raid is an even part of the missiles, a larger one has several of each at the same
    time. Who can reach whom in time is as in the windows. Shots in boost are shared out
    among more missiles, or given to fewer up to doctrine and reach. Left out: batteries and laser
    turns planned anew for the other size; discrimination planned anew.

    Args:
        windows: The battle at the raid's own size.
        sizes: Numbers of missiles, 1 or more.
        reach: Interceptors in orbit in reach of each missile, (V, P, M); as many as the shots
            where left out.
        replications: Battles fought for the chance that all are engaged.
        seed: Of their luck.

    Returns:
        How it goes, by ascending size.

    Raises:
        DomainError: A size is below 1.
    """
    if min(sizes) < 1:
        raise DomainError(f"sizes must be 1 missile or more; got {min(sizes)}")
    rows = []
    for size in sorted(set(sizes)):
        kept = _even(len(windows.order), int(np.clip(PHASES_TIMES_MISSILES // size, *PHASES)))
        told = None if reach is None else reach[:, kept]
        sized = resized(windows.in_phases(kept), size, reach=told)
        plenty = replace(sized, stock=np.full_like(sized.stock, PLENTY))
        e, wants = (expected(w, least_weight=LEAST_WEIGHT) for w in (sized, plenty))
        run = play(sized, replications, seed)
        rows.append((size, e, wants, run.p_fully_engaged.value))
    return Saturation(
        missiles=np.array([size for size, _, _, _ in rows]),
        warheads=np.array([e.arriving for _, e, _, _ in rows]),
        leakers=np.array([e.leakers for _, e, _, _ in rows]),
        fully_engaged=np.array([engaged for _, _, _, engaged in rows]),
        weapons=windows.boost_weapons + windows.weapons,
        fired=np.array([e.shots for _, e, _, _ in rows]),
        wanted=np.array([wants.shots for _, _, wants, _ in rows]),
    )


def resized(windows: Windows, missiles: int, *, reach: NDArray[np.int32] | None = None) -> Windows:
    """Give the windows of a raid of another number of missiles, as ``saturate`` says."""
    before = len(windows.reliability)
    chosen = ((np.arange(missiles) + 0.5) * before / missiles).astype(np.int64)
    carried = np.bincount(windows.missile, minlength=before)
    first, copies = np.cumsum(carried) - carried, carried[chosen]
    number = np.repeat(np.arange(missiles), copies)
    # Objects of one missile are neighbours.
    within = np.arange(len(number)) - np.repeat(np.cumsum(copies) - copies, copies)
    objects = first[chosen][number] + within
    # Copies of a missile follow it in the line, each with its objects together.
    every = len(windows.missile)
    rank = np.empty((len(windows.order), every), np.int64)
    np.put_along_axis(rank, windows.order, np.arange(every)[None], axis=1)
    leads = np.minimum.reduceat(rank, first, axis=1)[:, chosen][:, number]
    line = (leads * missiles + number) * every + rank[:, objects]
    order = np.argsort(line, axis=1, kind="stable").astype(np.int32)
    shots = windows.boost_shots[:, :, chosen]
    most = np.minimum(
        windows.boost_wanted[:, None, None], shots if reach is None else reach[:, :, chosen]
    )
    shared = shots * (before / missiles) + np.modf(np.arange(missiles) * _GOLDEN)[0]
    return replace(
        windows,
        missile=number.astype(np.int32),
        is_warhead=windows.is_warhead[objects],
        reliability=windows.reliability[chosen],
        asset=windows.asset[:, chosen],
        missile_class=windows.missile_class[chosen],
        order=order,
        boost_shots=shots
        if missiles == before
        else np.minimum(shared.astype(np.int32), np.maximum(most, 0)).astype(np.int32),
        boost_reason=windows.boost_reason[:, :, chosen],
        boost_p_hand_over=windows.boost_p_hand_over[:, :, chosen],
        p_hand_over=windows.p_hand_over[:, :, chosen],
        battery=windows.battery[:, :, objects],
        looks=windows.looks[:, :, objects],
        no_battery_reason=windows.no_battery_reason[:, :, objects],
        p_track=windows.p_track if windows.p_track.ndim == 1 else windows.p_track[:, chosen],
    )


def sizes_of(
    missiles: int, objects: int, *, most_objects: int = 2_000, number: int = 6
) -> list[int]:
    """Choose sizes evenly by ratio, from one missile to four times the raid, or to a limit."""
    most = min(4 * missiles, max(missiles, most_objects * missiles // max(objects, 1)))
    most = max(most, 16)
    spread = np.geomspace(1.0, most, number)
    return sorted({*(round(float(n)) for n in spread), missiles})


def _even(phases: int, number: int) -> NDArray[np.int64]:
    return np.arange(min(number, phases)) * phases // min(number, phases)


def _crossing(size: NDArray[np.int64], of: NDArray[np.float64], level: float) -> float:
    """Give where a curve first passes a level, between sizes by their logarithms; 0 at once."""
    beyond = np.flatnonzero(of > level)
    if not beyond.size:
        return float("inf")
    n = int(beyond[0])
    if n == 0:
        return 0.0
    share = (level - of[n - 1]) / (of[n] - of[n - 1])
    return float(size[n - 1] * (size[n] / size[n - 1]) ** share)
