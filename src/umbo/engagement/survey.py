"""Chances and fire beside what weapons can reach of a raid: the step to the battle's tables."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray

from umbo.elements.architecture import Architecture
from umbo.elements.catalog import Catalog
from umbo.elements.readings import Readings
from umbo.elements.threats import TARGETS, Target, target_of
from umbo.engagement.assignment import Limits, assign_batteries
from umbo.engagement.beams import Beams, Lit, chances_of_beams, with_beams
from umbo.engagement.discrimination import discriminate
from umbo.engagement.expected import Expectation, expected
from umbo.engagement.flights import Flights
from umbo.engagement.from_orbit import Pools, Reach
from umbo.engagement.holding import MOST_PAIRS, Tracked
from umbo.engagement.pools import Chances, chances_of_pools, with_pools
from umbo.engagement.prelaunch import LEFT_OF_LAUNCH
from umbo.engagement.raid import Raid
from umbo.engagement.reaching import TIERS, Reached, order_of
from umbo.engagement.struck_reach import reach
from umbo.engagement.weapons import (
    BEAM,
    kill_probability_of,
    names,
    read_all,
    shared_cause,
    without_fault,
)
from umbo.engagement.windows import REASONS, Windows

Discrimination = Literal["study", "recognised", "not_told_apart"]
"""The study's rates, or one of the two limits between which they lie."""

LEAST_WEIGHT: Final = 1e-2
"""Rarer combinations of common faults take a mean in a plan or a draw, worth 0.001 in leakage."""
PHASES_TO_PLAN: Final = 32
"""Fewest constellation phases, if there are as many, in which two plans of fire are weighed."""
_TRACKED_AS: Final[dict[Target, tuple[str, str]]] = {
    "ballistic": ("midcourse", "terminal"),
    "glide": ("glide", "glide"),
    "cruise": ("cruise", "cruise"),
}
_UNDETECTED, _UNTRACKED, _UNREACHABLE, _HELD_BACK, _BUSY = (
    REASONS.index(reason)
    for reason in ("undetected", "untracked", "unreachable", "held_back", "channel_busy")
)


@dataclass(frozen=True, eq=False)
class Survey:
    """Windows for each kind of discrimination come from this; the reach is found once."""

    windows: Windows
    """With the discrimination that is planned for the study."""
    bare: Windows
    """Before batteries are assigned, and without beams."""
    beams: Beams | None
    """Lasers and microwaves near the ground."""
    lit: Lit | None
    """Their chances."""
    reach: tuple[Reach, ...]
    tracked: Tracked
    ready_s: NDArray[np.float64]
    """(W, P, M) after launch, from when on a weapon may leave; infinite for never."""
    shot: NDArray[np.int32]
    """(P, M)"""
    latest_s: NDArray[np.float64]
    """(F, B, L) last launch that leaves a battery time for one salvo, for two."""
    reason_of: NDArray[np.int8]
    """(W, P, M) reason code where no battery of a weapon can engage."""
    weapon_of: NDArray[np.int32]
    """(B,)"""
    listens: bool
    """Whether fire follows discrimination; if not, every object is shot at."""
    rates: dict[Discrimination, tuple[float, float]]
    """P_ww and P_dw of each kind; the study's are those of its best sensor, or of none where
    shooting at every object lets fewer through."""

    pools: Pools | None
    """Interceptors in orbit after boost."""
    from_pools: Chances | None
    """Their chances."""
    start_s: NDArray[np.float64]
    """(M,) launch of each missile after the raid begins."""
    impact_s: NDArray[np.float64]
    """(F,)"""
    shared: tuple[float, float]
    """Chance of a cause common to all interceptors, and the factor on their kill probability."""
    stands_s: NDArray[np.float64] | None = None
    """(P, B) time after the raid begins until which each battery stands; None where all do."""
    limits: Limits | None = None
    """Channels and reloads of the batteries; None where there are none."""
    planned: Expectation | None = None
    """What fire does on average where it was planned, but for rare combinations of faults."""

    @property
    def means(self) -> Expectation:
        """What the windows give on average, but for rare combinations of common faults."""
        return self.planned or expected(self.windows, least_weight=LEAST_WEIGHT)

    def under(self, discrimination: Discrimination) -> Windows:
        """Give the battle's tables with other rates of discrimination."""
        p_ww, p_dw = self.rates[discrimination]
        return _assigned(self, p_ww, p_dw)


def survey(
    architecture: Architecture,
    raid: Raid,
    flights: Flights,
    catalog: Catalog,
    read: Readings,
    *,
    seed: int,
    listens: bool | None = None,
    most_pairs: int = MOST_PAIRS,
    perfect: bool = False,
) -> Survey:
    """Find what each weapon of an architecture can do about each missile of a raid.

    A weapon may leave once a solution has come to it over transport and command
    (``orders.orders_to``). Interceptors in orbit: counted on propagated orbits in each phase,
    by straight fly-out from the coasting orbit in free fall (the pull of the Earth is the same
    for both to within a few kilometres in four minutes), up to burnout and above a least
    altitude. Ground interceptors: flown in fans (``physics/flyout.py``), within range and
    altitude of the catalogue; left out there: divert, and the Earth's spin, worth 2 % of the
    way in ten minutes.

    Args:
        architecture: What stands.
        raid: The raid with its points drawn.
        flights: The raid's flights.
        catalog: For numbers that belong to no element, such as discrimination.
        read: Which number of each range is read.
        seed: The study's seed.
        listens: Whether fire follows discrimination; where left out, planned by which lets
            fewer warheads through.
        most_pairs: Most pairs of phase and missile of a kind that are held in track.
        perfect: Whether sensors know every missile from launch on, and hand it over for certain.

    Returns:
        The survey.
    """
    reached = reach(
        architecture,
        raid,
        flights,
        catalog,
        read,
        seed=seed,
        most_pairs=most_pairs,
        perfect=perfect,
    )
    return plan_fire(reached, catalog, read, seed=seed, listens=listens)


def plan_fire(
    reached: Reached,
    catalog: Catalog,
    read: Readings,
    *,
    seed: int,
    listens: bool | None = None,
) -> Survey:
    """Put chances beside what is reached, and plan the fire.

    Args:
        reached: What weapons can reach.
        catalog: For the chance of a track.
        read: Which number of each chance's range is read.
        seed: The study's seed.
        listens: As in ``survey``.

    Returns:
        The survey.
    """
    raid, boost, ground, later = reached.raid, reached.boost, reached.ground, reached.later
    has_decoys = raid.decoys_each > 0
    rates: dict[Discrimination, tuple[float, float]] = {
        "recognised": (1.0, 0.0),
        "not_told_apart": (1.0, 1.0 if has_decoys else 0.0),
        "study": (1.0, 0.0),
    }
    if has_decoys:
        rates["study"] = discriminate(reached.told, read)

    if ("bare", seed) not in reached.found:
        reached.found["bare", seed] = _bare(reached, catalog, seed)
    bare, targets, reason_of = reached.found["bare", seed]
    number_of = np.array([TARGETS.index(target) for target in targets])
    p_kill = np.zeros((len(TARGETS), len(later)))
    for number in set(number_of.tolist()):
        own = np.array([kill_probability_of(e, TARGETS[number], read) for e in later])
        p_kill[number] = without_fault(later, read, p_kill=own)
    best = p_kill.max(axis=0)
    share = np.divide(p_kill, best, out=np.zeros_like(p_kill), where=best > 0.0).T
    windows = replace(
        bare,
        reliability=np.array([read(value) for value in raid.reliability]),
        boost_p_kill=without_fault(boost.elements, read),
        boost_common_q=read_all(boost.elements, "common_fault_probability", read),
        boost_common_f=read_all(boost.elements, "common_fault_factor", read),
        p_kill=best,
        common_q=read_all(later, "common_fault_probability", read),
        common_f=read_all(later, "common_fault_factor", read),
        p_hand_over=ground.p_hand_over * share[:, None, number_of],
        p_track=np.ones(2)
        if reached.perfect
        else _p_track(targets, catalog, read) * reached.custody,
        p_warhead_called_warhead=rates["study"][0],
        p_decoy_called_warhead=rates["study"][1],
    )
    beams = reached.beams
    found = Survey(
        windows=windows,
        bare=windows,
        beams=beams,
        lit=chances_of_beams(beams, raid, reached.flights, catalog, read) if beams else None,
        reach=boost.reach,
        pools=boost.pools,
        from_pools=chances_of_pools(boost.pools, read) if boost.pools else None,
        tracked=reached.tracked,
        ready_s=ground.ready_s,
        shot=raid.shot,
        latest_s=ground.latest_s,
        reason_of=reason_of,
        weapon_of=ground.weapon,
        listens=True,
        rates=rates,
        start_s=raid.start_s,
        impact_s=reached.flights.impact_s,
        shared=shared_cause(reached.architecture, catalog, read),
        stands_s=reached.stands_s,
        limits=ground.limits,
    )
    return _planned(found, listens)


def _bare(
    reached: Reached, catalog: Catalog, seed: int
) -> tuple[Windows, tuple[Target, ...], NDArray[np.int8]]:
    """Put together what holds whatever the chances are: windows with none, targets, reasons.

    Targets are of each missile; reasons (W, P, M) are codes where no battery can engage.
    """
    raid, boost, ground, later = reached.raid, reached.boost, reached.ground, reached.later
    classes = tuple(dict.fromkeys(raid.missile_types))
    kinds = {name: target_of(catalog.item(name)) for name in classes}
    assets = tuple(dict.fromkeys(shot.aim.id for shot in raid.shots))
    asset_of_shot = np.array([assets.index(shot.aim.id) for shot in raid.shots], dtype=np.int32)
    first, after = np.zeros(len(boost.elements)), np.zeros(len(later))
    windows = Windows(
        architecture=reached.architecture.name,
        raid=raid.name,
        missile=raid.missile,
        is_warhead=raid.is_warhead,
        reliability=np.zeros(len(raid.missile_types)),
        asset=asset_of_shot[raid.shot],
        assets=assets,
        missile_class=np.array(
            [classes.index(name) for name in raid.missile_types], dtype=np.int32
        ),
        classes=classes,
        order=order_of(raid, reached.flights, seed, reached.architecture.command.serve),
        boost_weapons=tuple(found.weapon for found in boost.reach),
        boost_shots=boost.shots,
        boost_wanted=np.array([e.doctrine.shots for e in boost.elements], dtype=np.int32),
        boost_reason=boost.reason,
        boost_p_kill=first,
        boost_common_q=first,
        boost_common_f=first,
        boost_p_hand_over=boost.p_hand_over,
        weapons=tuple(names(later)),
        tier=np.array([TIERS[e.item.layer] for e in later], dtype=np.int8),
        p_kill=after,
        common_q=after,
        common_f=after,
        p_hand_over=ground.p_hand_over,
        salvo=np.array([e.doctrine.shots for e in later], dtype=np.int32),
        batteries=ground.batteries,
        stock=ground.stock,
        reserving=ground.reserving,
        battery=np.empty((0, 0, 0), dtype=np.int16),
        looks=np.empty((0, 0, 0), dtype=np.int8),
        no_battery_reason=np.empty((0, 0, 0), dtype=np.int8),
        p_track=np.zeros(2),
        p_warhead_called_warhead=0.0,
        p_decoy_called_warhead=0.0,
        anew=np.array([e.doctrine.plan == "each_look" for e in later], dtype=np.bool_),
        untouched=tuple(
            found.weapon
            for found, e in zip(boost.reach, boost.elements, strict=True)
            if e.item.category == BEAM or e.use == LEFT_OF_LAUNCH
        ),
    )
    unheld = np.where(reached.tracked.is_warned, _UNTRACKED, _UNDETECTED)
    reason_of = np.where(
        reached.held_back if reached.held_back is not None else False,
        _HELD_BACK,
        np.where(np.isinf(ground.ready_s), unheld, _UNREACHABLE),
    ).astype(np.int8)
    return windows, tuple(kinds[name] for name in raid.missile_types), reason_of


def _planned(found: Survey, listens: bool | None) -> Survey:
    """Discriminate only where that lets fewer warheads through than shooting at every object.

    A sensor calls some warheads decoys; where rounds are ample it is better not to listen. The
    choice is made before the raid, by the expected-value model.
    """
    is_alike = found.rates["study"] == found.rates["not_told_apart"]
    if is_alike or listens is not None:
        kind: Discrimination = "study" if is_alike or listens else "not_told_apart"
        windows, means = found.under(kind), None
    else:
        phases = len(found.shot)
        few = np.arange(0, phases, max(phases // PHASES_TO_PLAN, 1))
        plans = []
        for kind in ("study", "not_told_apart"):
            windows = found.under(kind)
            some = windows if len(few) == phases else windows.in_phases(few)
            plans.append((kind, windows, expected(some, least_weight=LEAST_WEIGHT)))
        kind, windows, means = min(plans, key=lambda plan: plan[2].leakage)  # the first of equals
        means = means if len(few) == phases else None
    rates = {**found.rates, "study": found.rates[kind]}
    return replace(found, windows=windows, rates=rates, listens=kind == "study", planned=means)


def _assigned(found: Survey, p_ww: float, p_dw: float) -> Windows:
    windows = found.bare
    called = np.stack([np.where(windows.is_warhead, p_ww, p_dw), windows.is_warhead])
    weight = (windows.reliability * windows.p_track_of)[:, windows.missile] * called
    battery, looks, reason = assign_batteries(
        order=windows.order,
        missile=windows.missile,
        shot=found.shot,
        ready_s=found.ready_s,
        weight=weight[windows.tier],
        latest_s=found.latest_s,
        reason_of=found.reason_of,
        weapon_of=found.weapon_of,
        stock=windows.stock,
        salvo=windows.salvo,
        stands_s=found.stands_s,
        start_s=found.start_s,
        impact_s=found.impact_s,
        busy=_BUSY,
        limits=found.limits,
    )
    assigned = replace(
        windows,
        battery=battery,
        looks=looks,
        no_battery_reason=reason,
        p_warhead_called_warhead=p_ww,
        p_decoy_called_warhead=p_dw,
    )
    lit = with_beams(assigned, found.beams, found.lit)
    whole = with_pools(lit, found.pools, found.from_pools)
    return _with_shared_cause(whole, *found.shared)


def _with_shared_cause(windows: Windows, q: float, f: float) -> Windows:
    """Let a cause be common to all interceptors; their mean kill probability stays as it is."""
    if q == 0.0:
        return windows
    of = replace(windows, shared_q=q, shared_f=f)
    raised = of.with_shared(1.0 / (1.0 - q * (1.0 - of.shared_f_of)))
    return replace(raised, shared_q=q)


def _p_track(targets: Sequence[Target], catalog: Catalog, read: Readings) -> NDArray[np.float64]:
    """Give the chance of a track by tier and missile, (2, M); in air it is one of the kind."""
    chances = {
        target: [read(catalog.value("tracking", f"p_track_{name}")) for name in names_of]
        for target, names_of in _TRACKED_AS.items()
        if target in targets
    }
    return np.array([chances[target] for target in targets]).T
