"""What the units of an item cost to buy, launch, replace and operate."""

from collections.abc import Mapping
from typing import Final

import numpy as np
from numpy.typing import NDArray

from umbo.appraisal.growth import GrowingPhase, past_growth
from umbo.appraisal.inflation import in_dollars_of
from umbo.appraisal.learning import cumulative_average_cost, production_cost, rate_effect
from umbo.appraisal.ranges import Ends, Ranges
from umbo.elements.architecture import Fielded
from umbo.elements.catalog import Catalog
from umbo.elements.sourced import Value
from umbo.errors import DomainError

Array = NDArray[np.float64]

_HIGH_ORBIT_M: Final = 10_000e3
"""From here on a launch is priced as to the geostationary orbit."""
_FALLING: Final = ("service_life", "launcher_payload")


class Prices:
    """The prices of one catalogue, as point estimate and draws, in dollars of one year."""

    def __init__(self, catalog: Catalog, dollars_of: int, ranges: Ranges | Ends) -> None:
        """Take the numbers and the method from a catalogue, or from a view of it."""
        self.used: dict[tuple[str, str], Value] = {}
        self.drawn: dict[tuple[str, str], Value] = {}
        """What was drawn, in dollars of the one year."""
        self._known: dict[tuple[str, str], tuple[Value, Array]] = {}
        self._items = catalog.items
        self._dollars_of = dollars_of
        self._ranges = ranges
        self.nothing = np.zeros(1 + ranges.draws)

    def method(self, parameter: str) -> float:
        """Give a number of the model itself."""
        return self._items["cost_model"].values[parameter].mode

    def market(self, item: str, parameter: str) -> Array:
        """Give a price of the market: launch, cost growth, disposal."""
        return self.draws_of(self._items[item].values[parameter])

    def draws_of(self, value: Value) -> Array:
        """Give a value's point estimate and draws, money in dollars of the one year."""
        key = value.item, value.parameter
        if (known := self._known.get(key)) is not None and known[0] is value:
            return known[1]
        self.used[key] = value
        priced = value
        if value.unit.startswith("usd"):
            priced = in_dollars_of(value, self._dollars_of)
        self._known[key] = value, self.draw(priced)
        return self._known[key][1]

    def growth(self, use: str, category: str, phase: GrowingPhase) -> Array:
        """Give draws of the growth that past programs of its kind saw."""
        value, behind = past_growth(use, category, phase, self._items)
        self.used |= {(one.item, one.parameter): one for one in behind}
        return self.draw(value)

    def draw(self, value: Value) -> Array:
        """Give draws of a value whose money is in dollars of the one year."""
        self.drawn[value.item, value.parameter] = value
        return self._ranges.of(value, falling=value.parameter in _FALLING)


class PricedItem:
    """An item's values as arrays of the point estimate and the draws; 0 where it has none."""

    def __init__(self, prices: Prices, element: Fielded) -> None:
        self._prices = prices
        self._element = element

    @property
    def use(self) -> str:
        """Name the item."""
        return self._element.use

    @property
    def values(self) -> Mapping[str, Value]:
        """Give its values, with the study's overrides in place."""
        return self._element.values

    def has(self, parameter: str) -> bool:
        """Say whether the item has such a value."""
        return parameter in self._element.values

    def __getitem__(self, parameter: str) -> Array:
        if not self.has(parameter):
            return self._prices.nothing
        return self._prices.draws_of(self._element.values[parameter])

    def growth(self, phase: GrowingPhase) -> Array:
        """Give the factor by which a cost may grow yet, as those of past programs did.

        What is bought already has its growth behind it: ``cost_growth_left`` says which part of
        it is ahead, all where the item has none.
        """
        if self.has("cost_growth"):
            grown = self["cost_growth"]
        else:
            grown = self._prices.growth(self._element.use, self._element.item.category, phase)
        if phase == "procurement" and self.has("cost_growth_left"):
            grown = grown ** self["cost_growth_left"]
        return grown

    def rate_effect(self, count: int, years: int) -> Array | float:
        """Give what a price is multiplied by where so many are bought within some years.

        A line that runs already builds these beside what it builds for others; one that is
        made for them (the item has a development cost) builds these alone.
        """
        if not (count > 0 and years > 0 and self.has("production_rate")):
            return 1.0
        usual = self["production_rate"][0]
        others = 0.0 if self.has("development_cost") else usual
        return rate_effect(
            others + count / years,
            usual,
            self._prices.market("cost_model", "rate_slope"),
            most=self._prices.method("rate_most"),
        )

    def generations(self, years: float) -> Array:
        """Give how many generations so many years of service take, the first included."""
        if not self.has("service_life"):
            return 1.0 + self._prices.nothing
        life = self["service_life"]
        if life.min() <= 0.0:
            raise DomainError(
                f"{self._element.use}: a service life of {life.min():g} years is no life; "
                "give one above 0"
            )
        generations = years / life
        if (step := self._prices.method("generation_step")) > 0.0:
            generations = step * np.floor(generations / step + 1e-9)
        return np.maximum(1.0, generations)

    def _run(self, first: Array, slope: Array, old: int, new: int | Array) -> Array:
        if self._prices.method("learning_theory") > 0.0:
            return cumulative_average_cost(first, slope, old, new)
        return production_cost(
            first,
            slope,
            old,
            new,
            offset=self._prices.method("learning_offset"),
            beside=self._prices.method("first_units_beside"),
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
            first = first * quantity / self._run(1.0 + self._prices.nothing, slope, 0, quantity)
        return self._run(first, slope, old, new)

    def launch(self, count: int) -> tuple[float, Array]:
        """Count and price the launches of units: by launcher if the market names one, or by mass.

        Launches by mass are counted as units.
        """
        if not (count and self.has("unit_mass") and self._is_in_orbit()):
            return 0.0, self._prices.nothing
        mass, payload = self["unit_mass"], self._prices.market("launch", "launcher_payload")
        if payload[0] == 0.0:
            return count, mass * self._prices.market("launch", self._orbit_price()) * count
        per_launcher = np.floor(payload / mass + 1e-9)
        if per_launcher.min() < 1.0:
            raise DomainError(
                f"{self._element.use}: a unit of {mass.max():.0f} kg is heavier than the "
                "launcher's payload; give a launch price by mass instead"
            )
        launches = np.ceil(count / per_launcher)
        first, slope = (
            self._prices.market("launch", name) for name in ("first_launch_cost", "launch_learning")
        )
        return float(launches[0]), self._run(first, slope, 0, launches)

    def _is_in_orbit(self) -> bool:
        return self._element.item.category.startswith("space")

    def _orbit_price(self) -> str:
        orbit = self._element.constellation
        altitude_m = orbit.altitude_m if orbit else self["altitude"][0]
        return "launch_price" if altitude_m < _HIGH_ORBIT_M else "launch_price_geo"

    def disposal(self) -> Array:
        """Price the disposal of a unit."""
        return self["unit_cost"] * self._prices.market("disposal", "share_of_unit_cost")

    def gaps(self, *, bought: bool) -> list[str]:
        """Name what the catalogue does not say and a cost would need."""
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
