"""The best that the rounds of a planned order of fire could do: an exact optimum, and its gap."""

from dataclasses import dataclass
from itertools import combinations_with_replacement
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

from umbo.engagement.expected import expected
from umbo.engagement.outcome import Estimate
from umbo.engagement.replanning import play
from umbo.engagement.windows import Windows
from umbo.errors import DomainError

if TYPE_CHECKING:
    from scipy.sparse import csc_array

Floats = NDArray[np.float64]

MOST_WAYS: Final = 150_000
"""Groups of objects times ways to fire at one of them; a larger problem is not posed."""
_OBJECTS_FOUGHT: Final = 200_000
_REPLICATIONS: Final = (200, 5_000)
_STEPS: Final = 40
_ALL_WAYS: Final = 1_000
_PATIENCE_S: Final = 5.0
_LEAST: Final = 1e-7


@dataclass(frozen=True, slots=True)
class BestFire:
    """What the planned fire of one constellation phase lets through, and the least possible."""

    phase: int
    planned: Estimate
    """Leakers of the order of fire, fought with luck in this phase alone."""
    least: float
    """No use of the same rounds lets fewer through on average."""
    whole: float | None
    """Expected leakers of the best plan made before the raid that treats each object in one way;
    None where there are too many ways to prove which is the best."""

    @property
    def gap(self) -> float:
        """Most leakers that a better use of the rounds could take away."""
        return max(self.planned.value - self.least, 0.0)


@dataclass(frozen=True, eq=False)
class _Posed:
    """G groups of objects that are alike, K ways to fire at an object, B batteries."""

    number: Floats
    """(G,) objects."""
    leak: Floats
    """(G, K) chance that an object is a warhead and leaks."""
    rounds: Floats
    """(G, K, W) mean rounds that it draws."""
    battery: NDArray[np.int64]
    """(G, W) battery, -1 for none."""
    stock: Floats
    """(B,)"""


def best_fire(
    windows: Windows, *, seed: int, phase: int | None = None, replications: int | None = None
) -> BestFire | None:
    """Find the least that could leak with the rounds, batteries and looks of a plan.

    The order of fire gives each object its doctrine's salvos until a magazine is empty. Here every
    object may get from each weapon any number of shots up to the doctrine's salvo, at each
    look that time allows, known only by what the shooters know: its missile, its reach, and
    whether it is in track and called a warhead. ``least`` lets each battery fire its stock on
    average over luck; that is a linear program over the mix of ways for each group of objects
    alike, so that it bounds from below every policy that must keep within the stock in each
    replication, re-planned or not. It is solved exactly, by adding ways while one is worth more
    than the rounds it takes (column generation; Dantzig & Wolfe, *Operations Research* 8
    (1960), 101-111). ``whole`` gives each object one way (a mixed-integer program).

    Left out: another battery of the same weapon than the plan's; a policy that finds out during the
    raid that a common fault is there; other shots in boost. A cause shared by all weapons stands at
    its mean for each shot, which lets fewer through than the cause does: a bound all the same.

    Args:
        windows: The battle; its order of fire is judged.
        seed: Of the luck with which the plan is fought.
        phase: Constellation phase; where left out, that of the median of expected leakers.
        replications: How often the plan is fought; by the number of objects where left out.

    Returns:
        Both values and the plan's; None where the problem is larger than ``MOST_WAYS``.

    Raises:
        DomainError: The phase is not one of the windows'.
    """
    phases = len(windows.order)
    if phase is None:
        phase = median_phase(expected(windows, least_weight=1e-2).leakers_by_phase)
    if not 0 <= phase < phases:
        raise DomainError(f"phase must lie in 0 to {phases - 1}; got {phase}")
    one = windows.in_phases(np.array([phase]))
    posed = _pose(one.on_average)
    if posed is None:
        return None
    least, whole = _least(posed), _whole(posed)
    if replications is None:
        replications = int(np.clip(_OBJECTS_FOUGHT // len(one.missile), *_REPLICATIONS))
    planned = play(one, replications, seed).leakers_mean
    return BestFire(phase, planned, least, whole)


def median_phase(leakers: Floats) -> int:
    """Give the phase of the median of leakers by phase, (P,)."""
    return int(np.argsort(leakers, kind="stable")[len(leakers) // 2])


def _after_boost(windows: Windows) -> Floats:
    """Give the chance that a missile's objects come out of boost, (M,)."""
    w = windows
    there = w.reliability.copy()
    for v in range(len(w.boost_p_kill)):
        p = w.boost_p_kill[v] * w.boost_p_hand_over[v, 0]
        q, f, shots = w.boost_common_q[v], w.boost_common_f[v], w.boost_shots[v, 0]
        there = there * ((1.0 - q) * (1.0 - p) ** shots + q * (1.0 - p * f) ** shots)
    return there


def _pose(windows: Windows) -> _Posed | None:
    """Put objects alike together, and find what each way of fire does about one of them."""
    w = windows
    weapons, missile = len(w.p_kill), w.missile
    warheads = np.bincount(missile[w.is_warhead], minlength=len(w.reliability))
    share = warheads / np.maximum(np.bincount(missile, minlength=len(warheads)), 1)
    battery = np.where(w.looks[0] > 0, w.battery[0], -1)
    looks = np.where(battery >= 0, w.looks[0], 0)
    hand = np.where(battery >= 0, w.p_hand_over[:, 0][:, missile], 0.0)
    track = w.p_track_of[:, missile]
    key = np.concatenate([battery, looks, hand, track, share[None, missile]])
    _, first, group, number = np.unique(
        key, axis=1, return_index=True, return_inverse=True, return_counts=True
    )
    ways = [_ways(int(w.salvo[i]), int(looks[i].max(initial=0))) for i in range(weapons)]
    sizes = [len(of) for of in ways]
    if len(number) * int(np.prod(sizes)) > MOST_WAYS:
        return None
    # Chances of those of one group scale value and rounds alike: their mean is exact.
    there = np.bincount(group.ravel(), weights=_after_boost(w)[missile]) / number
    share, track = share[missile[first]], track[:, first]
    p_ww, p_dw = w.p_warhead_called_warhead, w.p_decoy_called_warhead
    # Alive and fired at, by tier, of a warhead; of a decoy, which the terminal tier never sees.
    shape = (len(number), *([1] * weapons))
    warhead: list[Any] = [np.reshape(there * share * track[0] * p_ww, shape)]
    warhead.append(np.reshape(there * share * track[1], shape))
    decoy: Any = np.reshape(there * (1.0 - share) * track[0] * p_dw, shape)
    lost: list[Any] = [np.ones(shape), np.ones(shape)]  # survival at the hands of a tier's weapons
    fired = []
    for i in range(weapons):
        tier = int(w.tier[i])
        alive, used = _salvos(w, i, hand[i, first], looks[i, first], ways[i])
        axes = [len(number), *([1] * weapons)]
        axes[1 + i] = sizes[i]
        alive, used = alive.reshape(axes), used.reshape(axes)
        # A warhead draws fire of a tier if the other tier's weapons before have not killed it.
        other = np.reshape(track[1 - tier] * (p_ww if tier else 1.0), shape)
        still = 1.0 - other + other * lost[1 - tier]
        drawn = warhead[tier] * lost[tier] * still
        if tier == 0:
            drawn = drawn + decoy
            decoy = decoy * alive
        lost[tier] = lost[tier] * alive
        fired.append(drawn * used)
    in_track = [np.reshape(track[0] * p_ww, shape), np.reshape(track[1], shape)]
    leak = np.reshape(there * share, shape)
    for tier in (0, 1):
        leak = leak * (1.0 - in_track[tier] + in_track[tier] * lost[tier])
    whole = (len(number), *sizes)
    rounds = [np.broadcast_to(of, whole).reshape(len(number), -1) for of in fired]
    return _Posed(
        number=number.astype(np.float64),
        leak=np.broadcast_to(leak, whole).reshape(len(number), -1),
        rounds=np.stack(rounds, axis=2) if rounds else np.zeros((len(number), 1, 0)),
        battery=battery[:, first].T.astype(np.int64),
        stock=w.stock_of[0].astype(np.float64),
    )


def _ways(salvo: int, looks: int) -> NDArray[np.int64]:
    """List the shots at each look worth while, (ways, looks): never fewer after a miss than before.

    All after nothing is left out: one at the first look and the others at the second take fewer.
    """
    if looks == 0:
        return np.zeros((1, 1), np.int64)
    found = combinations_with_replacement(range(salvo + 1), looks)
    return np.array([way for way in found if len(way) < 2 or way[-2] > 0 or way[-1] < 2])


def _salvos(
    windows: Windows, weapon: int, hand: Floats, looks: NDArray[Any], ways: NDArray[np.int64]
) -> tuple[Floats, Floats]:
    """Give survival and mean rounds of an object with so many looks, (G, ways)."""
    w, shape = windows, (len(looks), len(ways))
    alive, used = np.zeros(shape), np.zeros(shape)
    q, f = w.common_q[weapon], w.common_f[weapon]
    for chance, factor in ((1.0 - q, 1.0), (q, f)):
        miss, lives = 1.0 - w.p_kill[weapon] * hand * factor, np.ones(shape)
        for look, shots in enumerate(ways.T):
            is_there = looks[:, None] >= ways.shape[1] - look  # fewer looks are the last of them
            used += chance * np.where(is_there, shots * lives, 0.0)
            lives = np.where(is_there, lives * miss[:, None] ** shots, lives)
        alive += chance * lives
    return alive, used


def _matrix(posed: _Posed, group: NDArray[np.int64], way: NDArray[np.int64]) -> "csc_array":
    """Give what each chosen way takes of each battery, (B, columns)."""
    from scipy.sparse import csc_array

    battery, rounds = posed.battery[group], posed.rounds[group, way]
    column, weapon = np.nonzero((battery >= 0) & (rounds > 0.0))
    return csc_array(
        (rounds[column, weapon], (battery[column, weapon], column)),
        shape=(len(posed.stock), len(group)),
    )


def _least(posed: _Posed) -> float:
    """Solve the linear program; give a proved lower bound."""
    from scipy.optimize import linprog
    from scipy.sparse import csc_array

    groups, ways = posed.leak.shape
    # To begin with: nothing is fired, and all that doctrine allows.
    chosen = np.unique(
        np.concatenate([np.arange(groups) * ways, (np.arange(groups) + 1) * ways - 1])
    )
    best = -np.inf
    served = np.where(posed.battery >= 0, posed.battery, len(posed.stock))
    for _ in range(_STEPS):
        group, way = chosen // ways, chosen % ways
        each = csc_array(
            (np.ones(len(chosen)), (group, np.arange(len(chosen)))), shape=(groups, len(chosen))
        )
        solved = linprog(
            posed.leak[group, way],
            A_ub=_matrix(posed, group, way),
            b_ub=posed.stock,
            A_eq=each,
            b_eq=posed.number,
            method="highs",
        )
        price = np.append(np.maximum(-solved.ineqlin.marginals, 0.0), 0.0)  # leakers a round
        cost = posed.leak + np.einsum("gkw,gw->gk", posed.rounds, price[served])
        bound = float(posed.number @ cost.min(axis=1) - price[:-1] @ posed.stock)
        best = max(best, bound)
        if solved.fun - best < _LEAST * max(1.0, solved.fun):
            break
        chosen = np.union1d(chosen, np.arange(groups) * ways + cost.argmin(axis=1))
    return best


def _whole(posed: _Posed) -> float | None:
    """Give each object one way, where the ways are few enough to be tried all."""
    from scipy.optimize import LinearConstraint, milp
    from scipy.sparse import csc_array

    groups, ways = posed.leak.shape
    if groups * ways > _ALL_WAYS:
        return None
    group, way = np.divmod(np.arange(groups * ways), ways)
    each = csc_array(
        (np.ones(len(group)), (group, np.arange(len(group)))), shape=(groups, len(group))
    )
    limits = [LinearConstraint(each, posed.number, posed.number)]
    if len(posed.stock):
        limits.append(LinearConstraint(_matrix(posed, group, way), -np.inf, posed.stock))
    solved = milp(
        posed.leak[group, way],
        integrality=np.ones(len(group)),
        constraints=limits,
        options={"time_limit": _PATIENCE_S, "mip_rel_gap": 1e-6},
    )
    return float(solved.fun) if solved.status == 0 else None
