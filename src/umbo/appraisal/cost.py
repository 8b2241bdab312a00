"""What an architecture costs: one model for every element, study and view."""

from collections.abc import Iterable, Mapping, Sequence
from copy import copy
from dataclasses import dataclass, field
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray

from umbo.appraisal.prices import PricedItem, Prices
from umbo.appraisal.ranges import Ends, Ranges
from umbo.elements.architecture import Architecture, Fielded
from umbo.elements.catalog import Catalog
from umbo.elements.sourced import Value
from umbo.errors import DomainError

Phase = Literal[
    "development",
    "procurement",
    "launch",
    "replenishment",
    "construction",
    "operations",
    "disposal",
]
Title = Literal["rdte", "procurement", "milcon", "om"]
Array = NDArray[np.float64]

ACQUISITION: Final[tuple[Phase, ...]] = (
    "development",
    "procurement",
    "launch",
    "replenishment",
    "construction",
)
_TITLE: Final[Mapping[Phase, Title]] = {
    "development": "rdte",
    "procurement": "procurement",
    "launch": "procurement",
    "replenishment": "procurement",
    "construction": "milcon",
    "operations": "om",
    "disposal": "om",
}


@dataclass(frozen=True, slots=True)
class CostRow:
    """One phase of one element."""

    architecture: str
    element: str
    phase: Phase
    title: Title
    """Appropriation."""
    count: int
    """Units that the phase pays for, or launches; of replenishment all later ones together."""
    low_usd: float
    mode_usd: float
    high_usd: float
    dollars_of: int
    in_cbo_scope: bool
    nation: str = "US"
    """Who pays."""


@dataclass(frozen=True, slots=True)
class CostTotal:
    """A sum of rows with its own quantiles: the sum of lows is not the low of the sum."""

    architecture: str
    above: str
    """Baseline that was taken off, or nothing."""
    low_usd: float
    mode_usd: float
    high_usd: float
    p50_usd: float
    p80_usd: float
    dollars_of: int


@dataclass(frozen=True, eq=False)
class ArchitectureCost:
    """All rows of an architecture, with the draws behind them."""

    architecture: str
    rows: tuple[CostRow, ...]
    usd: Array
    """(rows, 1 + draws) the point estimate, then one cost a draw; draws are the same luck in
    every architecture."""
    dollars_of: int
    gaps: tuple[str, ...]
    """What stands in the architecture and has no price, operations cost or mass to count."""


@dataclass(frozen=True, slots=True)
class _Run:
    """A production run, priced without growth."""

    bought: Array
    launch: tuple[float, Array]
    generation: Array
    launch_of_generation: Array
    later: Array
    """Generations after the first."""


@dataclass(eq=False)
class CostModel:
    """Prices of one catalogue, over one horizon, in dollars of one year.

    Each element is costed for ``years`` years of service, whenever they begin, so that
    fielding something later never makes it look cheaper; when the money is due is the
    budget's question. Units that stand in the baseline by fiscal year ``start`` are paid
    for already: of them only operations and later generations count.

    The nation that owns an element pays for it. Left out: finance, termination, indirect costs
    of the department; learning across generations, since each is a new design (counting it
    would take a quarter off three later generations at a slope of 90 percent); the rate effect
    on later generations, which come at a pace of their own (count over life).
    """

    catalog: Catalog
    start: int = 2026
    years: int = 20
    dollars_of: int = 2026
    growth: bool = False
    """Whether past programs' cost growth is put on development, procurement and construction."""
    draws: int = 256
    seed: int = 0
    _prices: Prices = field(init=False, repr=False)
    _runs: dict[tuple[str, int, int, int], tuple[Mapping[str, Value], _Run]] = field(
        init=False, repr=False, default_factory=dict
    )

    def __post_init__(self) -> None:
        if not 1 <= self.years <= 60:
            raise DomainError(f"a horizon is 1 to 60 years long; got {self.years}")
        method = self.catalog.items["cost_model"].values
        ranges = Ranges(
            self.draws,
            within=method["correlation_within"].mode,
            between=method["correlation_between"].mode,
            seed=self.seed,
        )
        self._prices = Prices(self.catalog, self.dollars_of, ranges)

    def grown(self) -> "CostModel":
        """Give the same model, the same draws, with the cost growth of past programs."""
        model = copy(self)
        model.growth = True
        return model

    def at_ends(self, values: Iterable[Value]) -> "CostModel":
        """Give the same model with, for draws, each value's low and high end, one at a time."""
        model, ends = copy(self), Ends(values)
        model.draws = ends.draws
        model._prices, model._runs = Prices(self.catalog, self.dollars_of, ends), {}
        return model

    @property
    def drawn(self) -> dict[tuple[str, str], Value]:
        """Every value that was drawn so far, money in dollars of the one year."""
        return self._prices.drawn

    def draws_of(self, value: Value) -> Array:
        """Give a drawn value's point estimate and draws."""
        return self._prices.draw(value)

    @property
    def used(self) -> dict[tuple[str, str], Value]:
        """Every value that was read so far, by item and parameter."""
        return self._prices.used

    def of(
        self, architecture: Architecture, baseline: Architecture | None = None
    ) -> ArchitectureCost:
        """Cost an architecture; with itself as baseline, what stands today is paid for.

        Args:
            architecture: What is to stand.
            baseline: What stands today; none means that everything is bought new.

        Returns:
            Rows by element and phase, and the draws behind them. Elements that use the same
            item are told together, those inside CBO's scope apart from the others.

        Raises:
            DomainError: A price has no dollar year, or a value is outside the model.
        """
        costs: dict[tuple[str, bool, str, Phase], tuple[float, Array]] = {}
        gaps: dict[str, None] = {}
        for use in dict.fromkeys(element.use for element in architecture.elements):
            standing = _standing(baseline, use, self.start)
            old, old_places = sum(element.count for element in standing), _places(standing)
            is_new = old == 0
            for run in _runs(architecture.elements, use):
                item = PricedItem(self._prices, run[0])
                count, places = sum(element.count for element in run), _places(run)
                phases = self._cost(
                    item,
                    count,
                    min(count, old),
                    max(0, places - old_places),
                    is_new=is_new,
                    until=max(element.in_service for element in run),
                )
                gaps |= dict.fromkeys(item.gaps(bought=count > old))
                old, old_places = max(0, old - count), max(0, old_places - places)
                is_new = False
                for element in run:
                    share = element.count / count
                    for phase, (units, usd) in phases.items():
                        key = use, element.in_cbo_scope, element.nation, phase
                        units_before, before = costs.get(key, (0.0, self._prices.nothing))
                        costs[key] = units_before + share * units, before + share * usd
        costs = {key: cost for key, cost in costs.items() if cost[1].any()}
        return ArchitectureCost(
            architecture.name,
            tuple(self._row(architecture.name, key, *cost) for key, cost in costs.items()),
            np.stack([self._prices.nothing, *(usd for _, usd in costs.values())])[1:],
            self.dollars_of,
            tuple(gaps),
        )

    def _cost(
        self,
        item: PricedItem,
        count: int,
        old: int,
        new_places: int,
        *,
        is_new: bool,
        until: int,
    ) -> dict[Phase, tuple[float, Array]]:
        """Count and price a production run of which ``old`` units stand already.

        The new ones are bought in even lots from the horizon's first year until ``until``.
        """
        developing = item.growth("development") if self.growth and is_new else 1.0
        buying = item.growth("procurement") if self.growth else 1.0
        run = self._run(item, count, old, until)
        yearly = item["operations_cost"] * count + item["fleet_operations_cost"]
        return {
            "development": (1.0, item["development_cost"] * developing * is_new),
            "procurement": (count - old, run.bought * buying),
            "launch": run.launch,
            "replenishment": (
                count * run.later[0],
                run.later * (run.generation * buying + run.launch_of_generation),
            ),
            "construction": (new_places, item["construction_cost"] * new_places * buying),
            "operations": (count, self.years * yearly),
            "disposal": (count, item.disposal() * count * (1.0 + run.later)),
        }

    def _run(self, item: PricedItem, count: int, old: int, until: int) -> _Run:
        """Price a run without growth; the same run of another architecture is priced already."""
        key = item.use, count, old, until
        known = self._runs.get(key)
        if known is None or known[0] != item.values:
            all_units, launches = item.units(0, count), item.launch(count)
            new_units = item.units(old, count) if old else all_units
            run = _Run(
                bought=new_units * item.rate_effect(count - old, until - self.start),
                launch=item.launch(count - old) if old else launches,
                generation=all_units,
                launch_of_generation=launches[1],
                later=item.generations(self.years) - 1.0,
            )
            known = self._runs[key] = item.values, run
        return known[1]

    def _row(
        self, architecture: str, key: tuple[str, bool, str, Phase], units: float, usd: Array
    ) -> CostRow:
        element, in_cbo_scope, nation, phase = key
        low, high = _interval(usd)
        return CostRow(
            architecture=architecture,
            element=element,
            phase=phase,
            title=_TITLE[phase],
            count=max(1, round(units)),
            low_usd=low,
            mode_usd=float(usd[0]),
            high_usd=high,
            dollars_of=self.dollars_of,
            in_cbo_scope=in_cbo_scope,
            nation=nation,
        )


def total(
    cost: ArchitectureCost,
    *,
    above: ArchitectureCost | None = None,
    phases: Sequence[Phase] | None = None,
    in_cbo_scope: bool | None = None,
    nation: str | None = None,
    elements: Sequence[str] | None = None,
) -> CostTotal:
    """Sum an architecture's rows, or its rows above those of a baseline.

    Args:
        cost: The architecture.
        above: A baseline to take off, draw by draw, costed by the same model.
        phases: Phases that count; all where left out.
        in_cbo_scope: Only rows inside (or outside) the scope of CBO's 2026 estimate.
        nation: Only what this nation pays.
        elements: Elements that count; all where left out.

    Raises:
        DomainError: The two were not costed by the same model.
    """
    usd = summed(
        cost,
        above=above,
        phases=phases,
        in_cbo_scope=in_cbo_scope,
        nation=nation,
        elements=elements,
    )
    low, p50, p80, high = quantiles(usd[1:], (0.05, 0.5, 0.8, 0.95))
    mode = float(usd[0])
    return CostTotal(
        architecture=cost.architecture,
        above=above.architecture if above else "",
        low_usd=min(low, mode),
        mode_usd=mode,
        high_usd=max(high, mode),
        p50_usd=p50,
        p80_usd=p80,
        dollars_of=cost.dollars_of,
    )


def summed(
    cost: ArchitectureCost,
    *,
    above: ArchitectureCost | None = None,
    phases: Sequence[Phase] | None = None,
    in_cbo_scope: bool | None = None,
    nation: str | None = None,
    elements: Sequence[str] | None = None,
) -> Array:
    """Sum an architecture's rows as ``total`` does, and give the point estimate and each draw.

    Raises:
        DomainError: The two were not costed by the same model.
    """
    if above is not None and (
        above.usd.shape[1] != cost.usd.shape[1] or above.dollars_of != cost.dollars_of
    ):
        raise DomainError(
            f"{cost.architecture} and {above.architecture} differ in draws or dollar year; "
            "cost both by one model"
        )

    def one(of: ArchitectureCost) -> Array:
        kept = [
            (phases is None or row.phase in phases)
            and (in_cbo_scope is None or row.in_cbo_scope == in_cbo_scope)
            and (nation is None or row.nation == nation)
            and (elements is None or row.element in elements)
            for row in of.rows
        ]
        return np.asarray((of.usd if all(kept) else of.usd[kept]).sum(axis=0))

    return one(cost) - one(above) if above is not None else one(cost)


def quantiles(draws: Array, shares: Sequence[float]) -> list[float]:
    """Give quantiles as numpy's do, by one sort, which is quicker for a few of them."""
    ordered = np.sort(draws)
    places = np.asarray(shares) * (len(ordered) - 1)
    below = np.floor(places).astype(np.intp)
    above = np.minimum(below + 1, len(ordered) - 1)
    found = ordered[below] + (places - below) * (ordered[above] - ordered[below])
    return [float(usd) for usd in found]


def _interval(usd: Array) -> tuple[float, float]:
    """Give the 5th and 95th percentiles, widened to hold the point estimate."""
    low, high = quantiles(usd[1:], (0.05, 0.95))
    return min(low, float(usd[0])), max(high, float(usd[0]))


def _runs(elements: Sequence[Fielded], use: str) -> list[list[Fielded]]:
    """Put elements of one item at the same values together: they are one production run."""
    runs: list[list[Fielded]] = []
    for element in elements:
        if element.use != use or element.count == 0:
            continue
        for run in runs:
            if run[0].values == element.values:
                run.append(element)
                break
        else:
            runs.append([element])
    return runs


def _standing(baseline: Architecture | None, use: str, start: int) -> list[Fielded]:
    return [
        element
        for element in (baseline.elements if baseline else ())
        if element.use == use and element.in_service <= start
    ]


def _places(elements: Sequence[Fielded]) -> int:
    """Count what is built: a unit of a site, or a place that holds units of anything else."""
    return sum(
        element.count
        if element.item.category == "site"
        else sum(1 for _, units in element.sites if units > 0)
        for element in elements
    )
