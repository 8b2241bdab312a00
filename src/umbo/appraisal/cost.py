"""What an architecture costs: one model for every element, study and view."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray

from umbo.appraisal.inflation import in_dollars_of
from umbo.appraisal.learning import production_cost
from umbo.appraisal.ranges import Ranges
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
_HIGH_ORBIT_M: Final = 10_000e3
"""From here on a launch is priced as to the geostationary orbit."""
_FALLING: Final = ("service_life", "launcher_payload")
# The past cost growth that is put on an item which has none of its own.
_GROWTH: Final = {
    "interceptor": "missile",
    "space_interceptor": "space_traditional",
    "space_sensor": "space_fixed_price_sda",
    "space_transport": "space_fixed_price_sda",
    "radar": "radar",
    "command": "c2",
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


@dataclass(eq=False)
class CostModel:
    """Prices of one catalogue, over one horizon, in dollars of one year.

    Each element is costed for ``years`` years of service, whenever they begin, so that
    fielding something later never makes it look cheaper; when the money is due is the
    budget's question. Units that stand in the baseline by fiscal year ``start`` are paid
    for already: of them only operations and later generations count.

    Left out: finance, termination, indirect costs of the department; learning across
    generations, since each is a new design (counting it would take a quarter off three later
    generations at a slope of 90 percent); most disposal, for want of data.
    """

    catalog: Catalog
    start: int = 2026
    years: int = 20
    dollars_of: int = 2026
    growth: bool = False
    """Whether past programs' cost growth is put on development and procurement."""
    draws: int = 256
    seed: int = 0
    _ranges: Ranges = field(init=False, repr=False)
    method: Mapping[str, Value] = field(init=False, repr=False)
    used: dict[tuple[str, str], Value] = field(init=False, repr=False, default_factory=dict)
    """Every value that was read."""

    def __post_init__(self) -> None:
        if not 1 <= self.years <= 60:
            raise DomainError(f"a horizon is 1 to 60 years long; got {self.years}")
        self.method = self.catalog.item("cost_model").values
        self._ranges = Ranges(
            self.draws,
            within=self.method["correlation_within"].mode,
            between=self.method["correlation_between"].mode,
            seed=self.seed,
        )

    def of(
        self, architecture: Architecture, baseline: Architecture | None = None
    ) -> ArchitectureCost:
        """Cost an architecture; with itself as baseline, what stands today is paid for.

        Args:
            architecture: What is to stand.
            baseline: What stands today; none means that everything is bought new.

        Returns:
            Rows by element and phase, and the draws behind them.

        Raises:
            DomainError: A price has no dollar year, or a value is outside the model.
        """
        costed: list[tuple[CostRow, Array]] = []
        gaps: list[str] = []
        for use in dict.fromkeys(element.use for element in architecture.elements):
            paid = _standing(baseline, use, self.start)
            for group in _runs(architecture.elements, use):
                costed += self._cost_run(architecture.name, group, paid, gaps)
                paid = []
        return ArchitectureCost(
            architecture.name,
            tuple(row for row, _ in costed),
            np.array([usd for _, usd in costed]).reshape(len(costed), 1 + self.draws),
            self.dollars_of,
            tuple(gaps),
        )

    def _cost_run(
        self, name: str, group: Sequence[Fielded], paid: Sequence[Fielded], gaps: list[str]
    ) -> list[tuple[CostRow, Array]]:
        item = _Priced(self, group[0])
        count = sum(element.count for element in group)
        old = min(count, sum(element.count for element in paid))
        places, old_places = (_places(elements, group[0]) for elements in (group, paid))
        gaps += item.gaps(bought=count > old)

        growth = item.growth()
        later = self._generations(item) - 1.0
        generation = item.units(0, count) * growth + item.launch(count)[1]
        phases: dict[Phase, tuple[float, Array]] = {
            "development": (
                1.0,
                item["development_cost"] * growth * (old == 0),
            ),
            "procurement": (count - old, item.units(old, count) * growth),
            "launch": item.launch(count - old),
            "replenishment": (count * later[0], later * generation),
            "construction": (
                max(0, places - old_places),
                item["construction_cost"] * max(0, places - old_places),
            ),
            "operations": (
                count,
                self.years * (item["operations_cost"] * count + item["fleet_operations_cost"]),
            ),
            "disposal": (count, item.disposal() * count * (1.0 + later)),
        }
        rows: list[tuple[CostRow, Array]] = []
        for element in group:
            share = element.count / count
            for phase, (units, usd) in phases.items():
                if usd.any():
                    row = self._row(name, element, phase, share * units, share * usd)
                    rows.append((row, share * usd))
        return rows

    def _row(self, name: str, element: Fielded, phase: Phase, units: float, usd: Array) -> CostRow:
        low, high = _interval(usd)
        return CostRow(
            architecture=name,
            element=element.use,
            phase=phase,
            title=_TITLE[phase],
            count=max(1, round(units)),
            low_usd=low,
            mode_usd=float(usd[0]),
            high_usd=high,
            dollars_of=self.dollars_of,
            in_cbo_scope=element.in_cbo_scope,
        )

    def _generations(self, item: "_Priced") -> Array:
        if not item.has("service_life"):
            return np.ones(1 + self.draws)
        generations = self.years / item["service_life"]
        if (step := self.method["generation_step"].mode) > 0.0:
            generations = step * np.floor(generations / step + 1e-9)
        return np.maximum(1.0, generations)

    def draws_of(self, values: Mapping[str, Value], parameter: str) -> Array:
        """Give a value's point estimate and draws, money in dollars of the model's year."""
        value = values[parameter]
        self.used[value.item, value.parameter] = value
        if value.unit.startswith("usd"):
            value = in_dollars_of(value, self.dollars_of)
        return self._ranges.of(value, falling=parameter in _FALLING)


class _Priced:
    """An item's values as arrays of the point estimate and the draws; 0 where it has none."""

    def __init__(self, model: CostModel, element: Fielded) -> None:
        self._model = model
        self._element = element
        self._items = model.catalog.items
        self.nothing = np.zeros(1 + model.draws)

    def has(self, parameter: str) -> bool:
        return parameter in self._element.values

    def __getitem__(self, parameter: str) -> Array:
        if not self.has(parameter):
            return self.nothing
        return self._model.draws_of(self._element.values, parameter)

    def _market(self, market: str, parameter: str) -> Array:
        return self._model.draws_of(self._items[market].values, parameter)

    def growth(self) -> Array | float:
        kind = _GROWTH.get(self._element.item.category)
        if not self._model.growth:
            return 1.0
        if self.has("cost_growth"):
            return self["cost_growth"]
        return self._market("cost_growth", kind) if kind else 1.0

    def _run(self, first: Array, slope: Array, old: int, new: int | Array) -> Array:
        method = self._model.method
        return production_cost(
            first,
            slope,
            old,
            new,
            offset=method["learning_offset"].mode,
            beside=method["first_units_beside"].mode,
        )

    def units(self, old: int, new: int) -> Array:
        """Price units ``old + 1`` to ``new`` of a run.

        ``unit_cost`` is the average of ``unit_cost_quantity`` units, of the first one where
        that is 0, and of any number, so that nothing is learned, where it is left out.
        """
        if not self.has("unit_cost_quantity"):
            return self["unit_cost"] * (new - old)
        quantity = self["unit_cost_quantity"]
        first, slope = self["unit_cost"], self["learning_slope"]
        if quantity[0] > 0.0:
            first = first * quantity / self._run(1.0 + self.nothing, slope, 0, quantity)
        return self._run(first, slope, old, new)

    def launch(self, count: int) -> tuple[float, Array]:
        """Count and price the launches of units: by launcher if the market names one, or by mass.

        Launches by mass are counted as units.
        """
        if not (count and self.has("unit_mass") and self._is_in_orbit()):
            return 0.0, self.nothing
        mass, payload = self["unit_mass"], self._market("launch", "launcher_payload")
        if payload[0] == 0.0:
            return count, mass * self._market("launch", self._orbit_price()) * count
        per_launcher = np.floor(payload / mass + 1e-9)
        if per_launcher.min() < 1.0:
            raise DomainError(
                f"{self._element.use}: a unit of {mass.max():.0f} kg is heavier than the "
                "launcher's payload; give a launch price by mass instead"
            )
        launches = np.ceil(count / per_launcher)
        first, slope = (
            self._market("launch", name) for name in ("first_launch_cost", "launch_learning")
        )
        return float(launches[0]), self._run(first, slope, 0, launches)

    def _is_in_orbit(self) -> bool:
        return self._element.item.category.startswith("space")

    def _orbit_price(self) -> str:
        orbit = self._element.constellation
        altitude_m = orbit.altitude_m if orbit else self["altitude"][0]
        return "launch_price" if altitude_m < _HIGH_ORBIT_M else "launch_price_geo"

    def disposal(self) -> Array:
        return self["unit_cost"] * self._market("disposal", "share_of_unit_cost")

    def gaps(self, *, bought: bool) -> list[str]:
        use = self._element.use
        prices = "unit_cost", "construction_cost", "development_cost"
        found = []
        if bought and not any(map(self.has, prices)):
            found.append(f"{use}: no price")
        if bought and self._is_in_orbit() and not self.has("unit_mass"):
            found.append(f"{use}: no mass, so no launch")
        operations = "operations_cost", "fleet_operations_cost"
        if not any(map(self.has, operations)):
            found.append(f"{use}: no operations cost")
        return found


def total(
    cost: ArchitectureCost,
    *,
    above: ArchitectureCost | None = None,
    phases: Sequence[Phase] | None = None,
    in_cbo_scope: bool | None = None,
) -> CostTotal:
    """Sum an architecture's rows, or its rows above those of a baseline.

    Args:
        cost: The architecture.
        above: A baseline to take off, draw by draw, costed by the same model.
        phases: Phases that count; all where left out.
        in_cbo_scope: Only rows inside (or outside) the scope of CBO's 2026 estimate.

    Raises:
        DomainError: The two were not costed by the same model.
    """
    usd = _sum(cost, phases, in_cbo_scope)
    if above is not None:
        if above.usd.shape[1] != cost.usd.shape[1] or above.dollars_of != cost.dollars_of:
            raise DomainError(
                f"{cost.architecture} and {above.architecture} differ in draws or dollar year; "
                "cost both by one model"
            )
        usd = usd - _sum(above, phases, in_cbo_scope)
    low, high = _interval(usd)
    return CostTotal(
        architecture=cost.architecture,
        above=above.architecture if above else "",
        low_usd=low,
        mode_usd=float(usd[0]),
        high_usd=high,
        p50_usd=float(np.quantile(usd[1:], 0.5)),
        p80_usd=float(np.quantile(usd[1:], 0.8)),
        dollars_of=cost.dollars_of,
    )


def _sum(
    cost: ArchitectureCost, phases: Sequence[Phase] | None, in_cbo_scope: bool | None
) -> Array:
    kept = [
        (phases is None or row.phase in phases)
        and (in_cbo_scope is None or row.in_cbo_scope == in_cbo_scope)
        for row in cost.rows
    ]
    return np.asarray(cost.usd[kept].sum(axis=0))


def _interval(usd: Array) -> tuple[float, float]:
    """Give the 5th and 95th percentiles, widened to hold the point estimate."""
    low, high = np.quantile(usd[1:], (0.05, 0.95))
    return min(float(low), float(usd[0])), max(float(high), float(usd[0]))


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


def _places(elements: Sequence[Fielded], first: Fielded) -> int:
    """Count what is built: a unit of a site, or a place that holds units of anything else."""
    if first.item.category == "site":
        return sum(element.count for element in elements)
    return sum(sum(1 for _, n in element.sites if n > 0) for element in elements)
