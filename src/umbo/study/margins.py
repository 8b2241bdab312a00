"""What each element of an architecture adds: left out, added, and by Shapley's value."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

import numpy as np

from umbo.appraisal.margins import Shares, shapley, shapley_by_orders
from umbo.compiled import in_parallel
from umbo.elements.architecture import Architecture, Fielded
from umbo.elements.catalog import Catalog
from umbo.elements.fighters import is_fighter
from umbo.elements.readings import Readings
from umbo.engagement.flights import Flights, fly_raid
from umbo.engagement.holding import FEW_PAIRS
from umbo.engagement.raid import Raid, draw_raid
from umbo.engagement.survey import survey
from umbo.engagement.weapons import shines
from umbo.section import name_of
from umbo.study.costing import Costing, cost_study
from umbo.study.load import catalog_of, resolve
from umbo.study.priorities import arriving_by_asset, place_scores
from umbo.study.schema import Study

Row = dict[str, Any]
Tables = dict[str, list[Row]]
Tell = Callable[[float, str], None]

PHASES: Final = (2, 8)
"""Fewest and most constellation phases of a margin; raids of many missiles need fewer."""
PHASES_TIMES_MISSILES: Final = 80
EXACT_UP_TO: Final = 6
"""Elements of an architecture up to which Shapley's value is exact; more are drawn."""
ORDERS: Final = 16
"""Orders drawn for more elements."""
SAMPLE_S: Final = 10.0


@dataclass(frozen=True, eq=False)
class Stage:
    """A raid as margins fight it: in few phases, at the modes of all values, without luck."""

    plan: Raid
    flights: Flights
    catalog: Catalog
    seed: int
    scores: Mapping[str, float]
    """Score of each place in the list of priorities."""
    perfect: bool = False
    """Whether sensors know every missile, as the study may ask."""
    read: Readings = field(default_factory=Readings)
    """One for all, so that architectures with the same sensors share their tracks."""
    known: dict[Architecture, "Stopped"] = field(default_factory=dict, init=False)
    """How battles ended that were asked for."""


def staged(
    plan: Raid,
    flights: Flights,
    catalog: Catalog,
    seed: int,
    scores: Mapping[str, float],
    *,
    perfect: bool = False,
) -> Stage:
    """Take few phases of a raid, spread over a day as all of them are."""
    missiles = len(plan.missile_types)
    phases = min(plan.phases, int(np.clip(PHASES_TIMES_MISSILES // missiles, *PHASES)))
    few = replace(plan, phases=phases, shot=plan.shot[:phases])
    return Stage(few, flights, catalog, seed, scores, perfect)


@dataclass(frozen=True)
class Stopped:
    """How a battle ends, on average."""

    leakage: float
    leakers: float
    protected: float
    """Share of the score of what is aimed at."""
    listens: bool
    """Whether fire follows discrimination."""
    fires: frozenset[str]
    """Weapons that fire at all."""
    can_fire: frozenset[str]
    """Weapons that have anything in reach."""


def worth(architecture: Architecture, stage: Stage, *, listens: bool | None = None) -> Stopped:
    """Find how a battle ends; fire is planned anew where ``listens`` is left out."""
    if listens is None and architecture in stage.known:
        return stage.known[architecture]
    found = survey(
        architecture,
        stage.plan,
        stage.flights,
        stage.catalog,
        stage.read,
        seed=stage.seed,
        listens=listens,
        most_pairs=FEW_PAIRS,
        perfect=stage.perfect,
    )
    means = found.means
    arriving = arriving_by_asset(found.windows)
    points = kept = 0.0
    for place, leakers in zip(means.assets, means.leakers_by_asset.tolist(), strict=True):
        score, aimed = stage.scores.get(place, 0.0), arriving[place]
        if aimed > 0.0:
            points += score
            kept += score * (1.0 - leakers / aimed)
    fired = zip(means.weapons, means.shots.tolist(), strict=True)
    stopped = Stopped(
        means.leakage,
        means.leakers,
        kept / points if points > 0.0 else 0.0,
        found.listens,
        frozenset(weapon for weapon, shots in fired if shots > 0.0),
        found.windows.can_fire,
    )
    if listens is None:
        stage.known[architecture] = stopped
    return stopped


def of_use(architecture: Architecture) -> dict[str, list[Fielded]]:
    """List what takes part in a battle by its name in the catalogue, all of a name together."""
    found: dict[str, list[Fielded]] = {}
    for element in architecture.elements:
        if element.item.model and element.count:
            found.setdefault(element.use, []).append(element)
    return found


def without(architecture: Architecture, use: str) -> Architecture:
    """Leave out all elements of a name."""
    left = tuple(one for one in architecture.elements if one.use != use)
    return replace(architecture, elements=left)


def with_also(architecture: Architecture, elements: Sequence[Fielded]) -> Architecture:
    """Add elements."""
    return replace(architecture, elements=(*architecture.elements, *elements))


def margin_rows(architectures: Sequence[Architecture], stage: Stage) -> list[Row]:
    """Leave out each element, and add each that another architecture has and this one lacks.

    Left out: what a second element adds once a first is there (Shapley's value tells it); that
    fire is planned anew with each change, so that a rare change may even do harm. An element that
    is only costed adds nothing to any battle and has no row; nor has one that carries tracks and
    orders, for others carry them as well (0.003 in leakage at most in ``reference``).

    Args:
        architectures: Those of a study.
        stage: The raid.

    Returns:
        A row for each architecture and element. ``adds`` is what leakage would be more without it,
        for one left out; or what it would be less with it, for one added.
    """
    every: dict[str, list[Fielded]] = {}
    for one in architectures:
        every = of_use(one) | every  # as the first architecture has it
    base: dict[str, Stopped] = {}

    def begin(i: int) -> None:
        base[architectures[i].name] = worth(architectures[i], stage)

    in_parallel(begin, len(architectures))
    wanted = [
        (one, use, "left_out" if use in has else "added")
        for one in architectures
        for has in (of_use(one),)
        for use in [*has, *(other for other in every if other not in has)]
    ]
    found: list[Stopped] = [base[one.name] for one, _, _ in wanted]

    def find(i: int) -> None:
        one, use, change = wanted[i]
        now, is_weapon = base[one.name], every[use][0].item.model == "fights"
        if all(_only_low_fliers(e) for e in every[use]) and "cruise" not in stage.flights.kind:
            return  # there is nothing that it could fire at
        if change == "added":
            other = with_also(one, every[use])
        elif not now.fires or (is_weapon and not _is_among(use, now.fires)):
            return  # nothing is stopped, or nothing by this: without it all is as before
        else:
            other = without(one, use)
        found[i] = worth(other, stage, listens=now.listens if is_weapon else None)

    in_parallel(find, len(wanted))
    rows = []
    for (one, use, change), other in zip(wanted, found, strict=True):
        now, sign = base[one.name], 1.0 if change == "left_out" else -1.0
        rows.append(
            {
                "architecture": one.name,
                "raid": stage.plan.name,
                "element": use,
                "change": change,
                "leakage_now": now.leakage,
                "leakage_then": other.leakage,
                "leakage_adds": sign * (other.leakage - now.leakage),
                "warheads_adds": sign * (other.leakers - now.leakers),
                "share_protected_adds": sign * (now.protected - other.protected),
            }
        )
    return rows


def _only_low_fliers(element: Fielded) -> bool:
    """Say whether an element is a laser near the ground, a microwave or a fighter."""
    return shines(element, "terminal") or is_fighter(element)


def _is_among(use: str, weapons: frozenset[str]) -> bool:
    """Say whether a weapon is among some; several elements of one name are numbered in a battle."""
    return any(name_of(weapon) == use for weapon in weapons)


def shapley_rows(
    architecture: Architecture,
    stage: Stage,
    *,
    exact_up_to: int = EXACT_UP_TO,
    orders: int = ORDERS,
) -> list[Row]:
    """Share out what an architecture stops among its elements by Shapley's value.

    A weapon that has nothing in reach with all sensors there has nothing without some of them:
    it adds nothing to any coalition, and its share is 0 without asking.

    Args:
        architecture: The architecture.
        stage: The raid.
        exact_up_to: Elements up to which all coalitions are fought.
        orders: Orders drawn where there are more.

    Returns:
        A row for each element that takes part in the battle; nothing where none does.
    """
    has = of_use(architecture)
    if not has:
        return []
    can_fire = worth(architecture, stage).can_fire
    names = [
        use
        for use, elements in has.items()
        if elements[0].item.model != "fights" or _is_among(use, can_fire)
    ]

    def of(members: frozenset[int]) -> np.ndarray[Any, Any]:
        chosen = {names[i] for i in members}
        left = tuple(
            one
            for one in architecture.elements
            if one.use in chosen or one.use not in has  # what is only costed stays
        )
        ends = worth(replace(architecture, elements=left), stage)
        return np.array([-ends.leakage, -ends.leakers, ends.protected])

    if not names:
        shares = Shares(*(np.zeros((0, 3)),) * 3, orders=0)
    elif len(names) <= exact_up_to:
        shares = shapley(len(names), of)
    else:
        shares = shapley_by_orders(len(names), of, orders=orders, seed=stage.seed)
    return [
        {
            "architecture": architecture.name,
            "raid": stage.plan.name,
            "element": name,
            **{
                f"{measure}_adds{end}": float(of_end[names.index(name), k])
                if name in names
                else 0.0
                for k, measure in enumerate(("leakage", "warheads", "share_protected"))
                for end, of_end in (
                    ("", shares.value),
                    ("_low", shares.low),
                    ("_high", shares.high),
                )
            },
            "orders": shares.orders,
        }
        for name in has
    ]


def with_cost(rows: Sequence[Row], costing: Costing | Mapping[tuple[str, str], float]) -> list[Row]:
    """Add what each element costs over the horizon, and what a billion dollars of it buys.

    Most likely cost of the element itself; what others need of it (a ship, a radar) is on theirs.
    """
    costs = costing if isinstance(costing, Mapping) else element_costs(costing)
    made = []
    for row in rows:
        key = (row["architecture"], row["element"])
        usd = costs.get(key)
        if usd is None and row.get("change") == "added":  # as the first that has it pays
            usd = next((cost for (_, use), cost in costs.items() if use == row["element"]), None)
        per = 1e9 / usd if usd else None
        made.append(
            row
            | {
                "cost_usd": usd,
                "warheads_per_busd": per and row["warheads_adds"] * per,
                "share_protected_per_busd": per and row["share_protected_adds"] * per,
            }
        )
    return made


def element_costs(costing: Costing) -> dict[tuple[str, str], float]:
    """Give the most likely cost of each element, by architecture and name."""
    sums: dict[tuple[str, str], float] = {}
    for name, cost in costing.costs.items():
        for row in cost.rows:
            key = (name, row.element)
            sums[key] = sums.get(key, 0.0) + row.mode_usd
    return sums


def margin_tables(
    study: Study,
    catalog: Catalog,
    raids: Sequence[str] = (),
    architectures: Sequence[str] = (),
    *,
    orders: int = ORDERS,
    weights: Mapping[str, float] | None = None,
    also: Callable[[Stage], None] = lambda _stage: None,
    tell: Tell = lambda _share, _what: None,
) -> Tables:
    """Say in full what each element adds, against each raid.

    Args:
        study: The study.
        catalog: The bundled catalogue.
        raids: Names of raids; those that the study fights if left out.
        architectures: Names of architectures; all if left out.
        orders: Orders drawn where an architecture has too many elements for an exact value.
        weights: Swing weights of the priorities in place of the catalogue's.
        also: Given each raid as it is fought here, for what else is asked of it.
        tell: Told how far the work is.

    Returns:
        ``margins`` (left out, added) and ``shapley``, each with cost.
    """
    viewed, standing = catalog_of(study, catalog), resolve(study, catalog)
    costs = element_costs(cost_study(study, catalog))
    scores = place_scores(catalog, weights)
    margins: list[Row] = []
    shares: list[Row] = []
    names = list(raids or study.fought)
    chosen = [one for one in standing.values() if not architectures or one.name in architectures]
    for i, raid in enumerate(names):
        plan = draw_raid(
            raid,
            study.raids[raid],
            viewed,
            phases=study.phases,
            seed=study.seed,
            strikes=study.strikes_first.get(raid, ()),
        )
        flights = fly_raid(plan, viewed, Readings(), sample_s=SAMPLE_S)
        stage = staged(plan, flights, viewed, study.seed, scores, perfect=study.perfect)
        tell(i / len(names), f"{raid}: left out and added")
        margins += margin_rows(list(standing.values()), stage)
        parts: list[list[Row]] = [[]] * len(chosen)

        def share(k: int, stage: Stage = stage, parts: list[list[Row]] = parts) -> None:
            parts[k] = shapley_rows(chosen[k], stage, orders=orders)

        tell((i + 0.2) / len(names), f"{raid}: Shapley values")
        in_parallel(share, len(chosen))
        shares += [row for part in parts for row in part]
        also(stage)
    margins = [row for row in margins if not architectures or row["architecture"] in architectures]
    return {"margins": with_cost(margins, costs), "shapley": with_cost(shares, costs)}
