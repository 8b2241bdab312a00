"""What each weapon can do about each object, before any luck is drawn."""

from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from umbo.errors import DomainError

REASONS: Final = (
    "undetected",
    "untracked",
    "unreachable",
    "unassigned",
    "magazine_empty",
    "channel_busy",
    "missed",
    "taken_for_decoy",
    "held_back",
)
"""Why a leaker leaked, one reason each; codes in kernels are positions in this tuple."""


@dataclass(frozen=True, eq=False)
class Windows:
    """The battle's tables for one architecture against one raid.

    Shapes: P constellation phases, M missiles, O objects (warheads and decoys), W weapons
    after boost, V boost weapons, B batteries (a weapon at one site).
    """

    architecture: str
    raid: str
    # The raid.
    missile: NDArray[np.int32]
    """(O,) missile that carries the object."""
    is_warhead: NDArray[np.bool_]
    """(O,) warhead (True) or decoy."""
    reliability: NDArray[np.float64]
    """(M,) chance that a missile works; one that fails never arrives and is not shot at."""
    asset: NDArray[np.int32]
    """(P, M) asset that the missile aims at in this phase, a position in ``assets``."""
    assets: tuple[str, ...]
    missile_class: NDArray[np.int32]
    """(M,) position in ``classes``."""
    classes: tuple[str, ...]
    order: NDArray[np.int32]
    """(P, O) objects in the order in which they are served, from first to last."""
    # Boost: shots at missiles, by satellites no two missiles share.
    boost_weapons: tuple[str, ...]
    boost_shots: NDArray[np.int32]
    """(V, P, M) shots each missile gets in this phase (0 where none can reach it)."""
    boost_wanted: NDArray[np.int32]
    """(V,) shots that doctrine wants at each missile."""
    boost_reason: NDArray[np.int8]
    """(V, P, M) reason code where there are fewer shots than wanted: unreachable, unassigned."""
    boost_p_kill: NDArray[np.float64]
    """(V,)"""
    boost_common_q: NDArray[np.float64]
    """(V,) probability that the common fault is present in a replication."""
    boost_common_f: NDArray[np.float64]
    """(V,) factor on p_kill when it is."""
    boost_p_hand_over: NDArray[np.float64]
    """(V, P, M) chance that a shot's target is in its basket; a factor on the kill probability."""
    # After boost: shots at objects, by batteries, weapon after weapon in this order.
    weapons: tuple[str, ...]
    tier: NDArray[np.int8]
    """(W,) 0 midcourse, 1 terminal: which track draw the weapon depends on."""
    p_kill: NDArray[np.float64]
    """(W,) against the kind of target of the raid that it kills best."""
    common_q: NDArray[np.float64]
    """(W,)"""
    common_f: NDArray[np.float64]
    """(W,)"""
    p_hand_over: NDArray[np.float64]
    """(W, P, M) chance that a shot's target is in its basket, times the kill probability against
    such a target over ``p_kill``; a factor on the kill probability."""
    salvo: NDArray[np.int32]
    """(W,) shots fired together at each look."""
    batteries: tuple[str, ...]
    stock: NDArray[np.int32]
    """(B,) ready rounds, or (P, B) where they change with the phase, as those in orbit do."""
    battery: NDArray[np.int16]
    """(P, W, O) battery that serves the object, -1 if none."""
    looks: NDArray[np.int8]
    """(P, W, O) salvos that time allows, at most what doctrine wants; 0 where battery is -1."""
    no_battery_reason: NDArray[np.int8]
    """(P, W, O) reason code where battery is -1."""
    p_track: NDArray[np.float64]
    """(2,), or (2, M) where missiles differ: chance that an object is in track, by tier; one
    draw an object and tier."""
    p_warhead_called_warhead: float
    """P_ww, in midcourse; 1 in the terminal tier, where the air has taken the decoys."""
    p_decoy_called_warhead: float
    """P_dw, in midcourse; 0 in the terminal tier."""
    anew: NDArray[np.bool_] | None = None
    """(W,) whether the weapon's shots are planned anew at every look; None where none is."""
    shared_q: float = 0.0
    """Chance of one cause, such as software or design, that touches all interceptors of a
    replication at once."""
    shared_f: float = 1.0
    """Factor on their kill probability where it is there, beside that of each weapon's fault."""
    untouched: tuple[str, ...] = ()
    """Weapons that the shared cause does not touch: lasers, microwaves, losses before launch."""
    reserving: tuple[str, ...] = ()
    """Batteries that keep rounds for a later raid: what finds one empty is held back."""

    def in_phases(self, kept: NDArray[np.integer]) -> "Windows":
        """Give the windows of some constellation phases alone."""
        return replace(
            self,
            asset=self.asset[kept],
            order=self.order[kept],
            boost_shots=self.boost_shots[:, kept],
            boost_reason=self.boost_reason[:, kept],
            boost_p_hand_over=self.boost_p_hand_over[:, kept],
            p_hand_over=self.p_hand_over[:, kept],
            stock=self.stock[kept] if self.stock.ndim == 2 else self.stock,
            battery=self.battery[kept],
            looks=self.looks[kept],
            no_battery_reason=self.no_battery_reason[kept],
        )

    @property
    def shared_f_of(self) -> NDArray[np.float64]:
        """Give the factor of the shared cause on each weapon, those of boost first: (V + W,)."""
        names = self.boost_weapons + self.weapons
        return np.array([1.0 if name in self.untouched else self.shared_f for name in names])

    def with_shared(self, factor: NDArray[np.float64]) -> "Windows":
        """Give the same without a shared cause, each weapon's kill probability times a factor."""
        boost, after = np.split(factor, [len(self.boost_p_kill)])
        return replace(
            self,
            boost_p_kill=np.minimum(self.boost_p_kill * boost, 1.0),
            p_kill=np.minimum(self.p_kill * after, 1.0),
            shared_q=0.0,
        )

    @property
    def on_average(self) -> "Windows":
        """Give the same with each weapon's mean over the shared cause in place of it."""
        if self.shared_q == 0.0:
            return self
        return self.with_shared(1.0 - self.shared_q * (1.0 - self.shared_f_of))

    @property
    def can_fire(self) -> frozenset[str]:
        """Name the weapons that can shoot at anything in any phase."""
        boost = np.any(self.boost_shots > 0, axis=(1, 2)).tolist()
        after = self.looks.any(axis=(0, 2)).tolist()  # they are never below 0
        names = self.boost_weapons + self.weapons
        return frozenset(name for name, can in zip(names, boost + after, strict=True) if can)

    @property
    def plans_anew(self) -> NDArray[np.bool_]:
        """Say which weapons plan their shots anew at every look, (W,)."""
        return np.zeros(len(self.p_kill), np.bool_) if self.anew is None else self.anew

    @property
    def is_planned_anew(self) -> bool:
        """Say whether any weapon plans its shots anew."""
        return bool(self.plans_anew.any())

    @property
    def stock_of(self) -> NDArray[np.int32]:
        """Give the ready rounds of each battery in each phase: (P, B)."""
        shape = (len(self.order), self.stock.shape[-1])
        return np.array(np.broadcast_to(self.stock, shape), np.int32, order="C")

    @property
    def p_track_of(self) -> NDArray[np.float64]:
        """Give the chance that objects of each missile are in track, by tier: (2, M)."""
        shape = (2, len(self.reliability))
        return np.array(np.broadcast_to(np.reshape(self.p_track, (2, -1)), shape))


def check_owners(windows: Windows) -> None:
    """Refuse a battery that serves two weapons.

    Raises:
        DomainError: One does.
    """
    is_owned = np.zeros(windows.stock.shape[-1], np.bool_)
    for weapon in range(len(windows.p_kill)):
        used = np.bincount(windows.battery[:, weapon].ravel() + 1, minlength=len(is_owned) + 1)[1:]
        if np.any(is_owned & (used > 0)):
            shared = windows.batteries[int(np.argmax(is_owned & (used > 0)))]
            raise DomainError(f"battery {shared!r} serves two weapons; give each its own")
        is_owned |= used > 0
