"""Directed energy appraised: reach, kills in a pass, satellites for coverage, break-even."""

from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from umbo.appraisal.breakeven import break_even_kills, cost_per_kill, owning_cost
from umbo.appraisal.inflation import in_dollars_of, price_index
from umbo.appraisal.ranges import Ranges
from umbo.elements.catalog import Catalog
from umbo.elements.directed_energy import KINETIC, TARGETS, WEAPONS, Weapon, weapon_of
from umbo.elements.sourced import Value
from umbo.engagement.coverage import equal_area_absentee_ratio
from umbo.physics.constants import EARTH_MEAN_RADIUS_M
from umbo.physics.laser import (
    dwell,
    kills_on_approach,
    lethal_range,
    optical_depth,
    reach_through_air,
)
from umbo.study.load import catalog_of, resolve
from umbo.study.schema import Study

Row = dict[str, Any]
Array = NDArray[np.float64]

DRAWS: Final = 256
_MISSILE_OF: Final = {
    "booster_liquid": "icbm_liquid",
    "booster_solid": "icbm_solid",
    "booster_hardened": "icbm_solid",
}


@dataclass(frozen=True, eq=False)
class _Against:
    """What a weapon can do about a class of target."""

    range_m: Array
    """At which the stated dwell kills."""
    needed: Array
    """Times as bright as it is, to kill at its stated range in its stated dwell."""
    lit_s: Array
    """Time for which targets can be lit in a pass."""
    kills: Array
    satellites: Array
    """In orbit for one in reach on the average; nan for what is not in orbit."""


def laser_tables(study: Study, catalog: Catalog, *, draws: int = DRAWS) -> dict[str, list[Row]]:
    """Appraise every directed-energy weapon of the catalogue, and those of each architecture.

    Every number at its mode, with percentiles over draws of all ranges. All modes at once are
    kinder to lasers than most draws are: ranges have their long end on the bad side.

    Args:
        study: The study; its architectures say what stands, its view which numbers count.
        catalog: The catalogue, without the study's view.
        draws: Draws over the ranges of all inputs, 2 or more.

    Returns:
        Tables ``lasers`` (reach, kills), ``laser_breakeven``, ``laser_conditions`` (what would
        have to be true), ``laser_elements`` (what stands) and ``laser_inputs``.
    """
    appraisal = _Appraisal(study, catalog_of(study, catalog), draws)
    tables: dict[str, list[Row]] = {"lasers": [], "laser_breakeven": [], "laser_conditions": []}
    for name in WEAPONS:
        weapon = weapon_of(name, appraisal.catalog, appraisal.read)
        for target in TARGETS[weapon.base]:
            found = appraisal.against(weapon, target)
            key = {"weapon": name, "name": weapon.item.name, "base": weapon.base, "target": target}
            tables["lasers"].append(key | appraisal.reach_row(weapon, found))
            tables["laser_breakeven"].append(key | appraisal.money_row(weapon, target))
            tables["laser_conditions"] += [
                key | row for row in appraisal.conditions(weapon, target, found)
            ]
    tables["laser_elements"] = _standing(study, catalog)
    tables["laser_inputs"] = [
        {
            "item": value.item,
            "parameter": value.parameter,
            "low": value.low,
            "mode": value.mode,
            "high": value.high,
            "unit": value.unit,
            "source": value.source,
            "conf": value.conf,
            "note": value.note,
        }
        for _, value in sorted(appraisal.used.items())
    ]
    return tables


class _Appraisal:
    """Reads each value once, as an array of its mode and draws."""

    def __init__(self, study: Study, catalog: Catalog, draws: int) -> None:
        self.catalog = catalog
        self.used: dict[tuple[str, str], Value] = {}
        self._dollars_of = study.dollars_of
        self._years = float(study.horizon.years)
        self._ranges = Ranges(draws, seed=study.seed)

    def read(self, value: Value) -> Array:
        """Give a value's mode and draws, money in the study's dollars.

        Dollars of years before the price index count as of its first (4 % too few from 2002).
        """
        self.used[value.item, value.parameter] = value
        if value.dollars_of is not None:
            year = max(value.dollars_of, min(price_index()))
            value = in_dollars_of(replace(value, dollars_of=year), self._dollars_of)
        return self._ranges.of(value)

    def value(self, item: str, parameter: str) -> Array:
        """Give a value of the catalogue."""
        return self.read(self.catalog.value(item, parameter))

    def against(self, weapon: Weapon, target: str) -> _Against:
        """Find what a weapon can do about a class of target."""
        if weapon.base in ("air", "space"):
            return self._boosters(weapon, target)
        return self._approaching(weapon, target)

    def _approaching(self, weapon: Weapon, target: str) -> _Against:
        none = np.full_like(weapon.dwell_s, np.nan)
        if target == "cruise_missile_subsonic":
            speed = self.value("lacm_subsonic", "speed")
        else:
            speed = self.value("laser_target", f"{target}_speed")
        if weapon.brightness_w_per_sr is None:  # no public beam: its claimed range is taken
            lit_s = weapon.claimed_range_m / speed
            kills = lit_s / (weapon.dwell_s + weapon.retarget_s)
            return _Against(
                weapon.claimed_range_m,
                none,
                lit_s,
                kills * weapon.p_kill[target] * weapon.duty,
                none,
            )
        fluence, bright = self.value("lethal_fluence", target), weapon.brightness_w_per_sr
        extinction = self.value("laser_air", "extinction_clear")
        reach = lethal_range(bright, fluence, weapon.dwell_s, extinction)
        claimed = weapon.claimed_range_m
        lit = bright * np.exp(-extinction * claimed) * weapon.dwell_s / claimed**2
        kills = kills_on_approach(
            speed,
            reach,
            brightness_w_per_sr=bright,
            fluence_j_per_m2=fluence,
            extinction_per_m=extinction,
            retarget_s=weapon.retarget_s,
        )
        return _Against(
            reach, fluence / lit, reach / speed, kills * weapon.p_kill[target] * weapon.duty, none
        )

    def _boosters(self, weapon: Weapon, target: str) -> _Against:
        assert weapon.brightness_w_per_sr is not None
        bright, fluence = weapon.brightness_w_per_sr, self.value("lethal_fluence", target)
        lit_from_m = self.value("laser_target", "booster_lit_altitude")
        lit_s = self.value("laser_target", "booster_lit_share") * self.value(
            _MISSILE_OF[target], "burn_time"
        )
        satellites = np.full_like(lit_s, np.nan)
        budget = bright * weapon.dwell_s / fluence
        claimed = weapon.claimed_range_m
        if weapon.base == "space":
            reach, satellites = self._from_orbit(weapon, np.sqrt(budget), lit_from_m)
            needed = claimed**2 / budget
        else:
            near_12km, height = (
                self.value("laser_air", name) for name in ("extinction_12km", "upper_scale_height")
            )
            reach = reach_through_air(
                budget,
                weapon.altitude_m,
                lit_from_m,
                extinction_per_m=near_12km * np.exp(12e3 / height),
                scale_height_m=height,
            )
            needed = claimed**2 * np.exp(self._depth(weapon, claimed, lit_from_m)) / budget
        # Targets lie evenly over the area in reach, so their mean dwell is half the longest.
        with np.errstate(invalid="ignore", divide="ignore"):
            mean_dwell = dwell(fluence, bright / np.maximum(reach, 1.0) ** 2) / 2.0
        kills = np.minimum(lit_s / (mean_dwell + weapon.retarget_s), weapon.magazine)
        kills = np.where(reach > 0.0, kills * weapon.p_kill[target] * weapon.duty, 0.0)
        return _Against(reach, needed, lit_s, kills, satellites)

    def _depth(self, weapon: Weapon, range_m: Array, target_m: Array) -> Array:
        """Give optical depth to a booster as it comes out of the cloud, the longest way of all."""
        near_12km, height = (
            self.value("laser_air", name) for name in ("extinction_12km", "upper_scale_height")
        )
        # Nearer than the gap between the two altitudes there is no level gap to bridge.
        low = np.clip(target_m, weapon.altitude_m - range_m, weapon.altitude_m + range_m)
        at_sea_level = near_12km * np.exp(12e3 / height)
        depth = optical_depth(
            range_m, weapon.altitude_m, low, extinction_per_m=1.0, scale_height_m=height
        )
        return np.asarray(at_sea_level * depth)

    def _from_orbit(
        self, weapon: Weapon, in_vacuum_m: Array, target_m: Array
    ) -> tuple[Array, Array]:
        """Give the range within the limb, and satellites in orbit for one in reach."""
        orbit, target = (EARTH_MEAN_RADIUS_M + h for h in (weapon.altitude_m, target_m))
        # A line that grazes the altitude from which on a booster is lit.
        limb = np.sqrt(orbit**2 - target**2)
        reach = np.minimum(in_vacuum_m, limb)
        reaches = reach > orbit - target
        cosine = (orbit**2 + target**2 - reach**2) / (2.0 * orbit * target)
        chord = np.where(reaches, target * np.sqrt(np.maximum(2.0 - 2.0 * cosine, 0.0)), 0.0)
        satellites = equal_area_absentee_ratio(
            chord, target_m, self.value("sbl_cbo2002", "inclination"), EARTH_MEAN_RADIUS_M
        )
        return np.where(reaches, reach, 0.0), satellites

    def reach_row(self, weapon: Weapon, found: _Against) -> Row:
        """Write what a weapon can do."""
        return {
            "stated_range_m": float(weapon.claimed_range_m[0]),
            **_spread("range_m", found.range_m),
            **_spread("dwell_s", weapon.dwell_s),
            "lit_s": float(found.lit_s[0]),
            **_spread("kills_per_pass", found.kills),
            **_spread("weather_share", weapon.weather),
            **_spread("satellites_for_one", found.satellites),
            **_spread("times_brighter", found.needed),
        }

    def _prices(self, weapon: Weapon) -> tuple[Array, Array, Array]:
        """Give unit, operations a year and life; nan where the catalogue has none."""
        values = weapon.item.values
        one = np.ones_like(weapon.dwell_s)
        unit = self.read(values["unit_cost"])
        if weapon.base == "space" and "unit_mass" in values:
            unit = unit + self.read(values["unit_mass"]) * self.value("launch", "launch_price")
        operations = np.nan * one
        if "operations_cost" in values:
            operations = self.read(values["operations_cost"])
            if "quantity" in values:  # the estimate is of the whole system
                operations = operations / self.read(values["quantity"])
        life = self.read(values["service_life"]) if "service_life" in values else one * self._years
        return unit, operations, life

    def _break_even(self, weapon: Weapon, target: str) -> tuple[Array, Array, Array, Array]:
        values = weapon.item.values
        unit, operations, life = self._prices(weapon)
        owning = owning_cost(unit, np.nan_to_num(operations), life)
        shot = self.read(values["cost_per_shot"]) if "cost_per_shot" in values else 0.0 * unit
        kill = cost_per_kill(shot, weapon.p_kill[target])
        kinetic = cost_per_kill(
            self.value(KINETIC[target], "unit_cost"), self.value(KINETIC[target], "p_kill")
        )
        return owning, kill, kinetic, break_even_kills(owning, kill, kinetic)

    def money_row(self, weapon: Weapon, target: str) -> Row:
        """Write what owning a unit costs, and when it pays."""
        owning, kill, kinetic, kills = self._break_even(weapon, target)
        values = weapon.item.values
        development = (
            self.read(values["development_cost"]) if "development_cost" in values else None
        )
        left_out = [
            what
            for name, what in (
                ("operations_cost", "operations"),
                ("cost_per_shot", "shots"),
                ("development_cost", "development"),
            )
            if name not in values
        ]
        return {
            "kinetic": KINETIC[target],
            **_spread("owning_usd", owning),
            **_spread("kill_usd", kill),
            **_spread("kinetic_kill_usd", kinetic),
            **_spread("break_even_kills", kills),
            "development_usd": None if development is None else float(development[0]),
            "dollars_of": self._dollars_of,
            "anchor": weapon.anchor,
            "not_priced": ", ".join(left_out),
        }

    def conditions(self, weapon: Weapon, target: str, found: _Against) -> list[Row]:
        """Write what would have to be true, each with what is assumed and how far it is off."""
        rows = []
        if weapon.brightness_w_per_sr is not None:
            rows.append(
                self._condition(
                    "kill at the stated range in the stated dwell",
                    "times as bright",
                    np.ones_like(found.needed),
                    found.needed,
                )
            )
        kills = self._break_even(weapon, target)[3]
        rows.append(
            self._condition(
                "cost less than interceptors",
                "kills in a life",
                self.value("laser_use", "kills_per_life"),
                kills,
            )
        )
        if weapon.base == "space":
            rows.append(
                self._condition(
                    "have one in reach at all times on the average",
                    "satellites",
                    self.value("sbl_cbo2002", "quantity"),
                    found.satellites,
                )
            )
        if weapon.base in ("ground", "ship"):
            rows.append(
                self._condition(
                    "stand guard nine days in ten", "share of time with a clear line",
                    weapon.weather, np.full_like(weapon.weather, 0.9),
                )
            )  # fmt: skip
        return rows

    def _condition(self, to: str, quantity: str, has: Array, needs: Array) -> Row:
        with np.errstate(invalid="ignore"):
            met = np.mean(has[1:] >= needs[1:])
        return {
            "to": to,
            "quantity": quantity,
            "assumed": float(has[0]),
            **_spread("needed", needs),
            "share_of_draws_met": float(met),
        }


def _spread(name: str, numbers: Array) -> Row:
    """Write the mode of a quantity, and the 5th, 50th and 95th percentile of its draws."""
    drawn = np.quantile(numbers[1:], [0.05, 0.5, 0.95], method="inverted_cdf")
    ends = {f"{name}_p{q:02d}": float(x) for q, x in zip((5, 50, 95), drawn, strict=True)}
    return {name: float(numbers[0]), **ends}


def _standing(study: Study, catalog: Catalog) -> list[Row]:
    """List the directed energy that stands in each architecture."""
    rows: list[Row] = []
    for name, architecture in resolve(study, catalog).items():
        stands = [e for e in architecture.elements if e.use in WEAPONS]
        rows += [
            {
                "architecture": name,
                "weapon": element.use,
                "name": element.item.name,
                "base": WEAPONS.get(element.use, ""),
                "count": element.count,
                "sites": len(element.sites),
                "in_service": element.in_service,
                "fought": element.item.model == "fights",
                "note": element.note,
            }
            for element in stands
        ]
        if not stands:
            rows.append(
                {"architecture": name, "weapon": "", "name": "", "base": "", "count": 0, "sites": 0}
                | {"in_service": 0, "fought": False, "note": "none stands"}
            )
    return rows
