"""How each kind of published result is computed, by the functions that studies use."""

import math
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, Final

import numpy as np

from umbo.appraisal.cost import ACQUISITION, ArchitectureCost, CostModel, total
from umbo.appraisal.inflation import in_dollars_of
from umbo.appraisal.sizing import constellation_count, interceptor_mass, whole_shots
from umbo.elements.architecture import Architecture, Fielded, fiscal_year
from umbo.elements.catalog import Catalog
from umbo.elements.interceptors import Doctrine
from umbo.engagement.coverage import equal_area_absentee_ratio
from umbo.engagement.intercept import (
    interceptors_needed,
    jeffreys_interval,
    kill_probability,
    shots_needed,
)
from umbo.engagement.replanning import replay
from umbo.engagement.windows import REASONS, Windows
from umbo.errors import DomainError
from umbo.physics.arcs import minimum_energy_arc
from umbo.physics.constants import STANDARD_GRAVITY_M_PER_S2
from umbo.physics.earth import ecef_to_geodetic, great_circle_distance
from umbo.physics.flight import Effects, Launch, Steering, Vehicle, fly
from umbo.physics.glide_arcs import (
    booster_delta_v,
    glide_altitude,
    speed_after_turn,
    stagnation_heat_flux,
    wall_temperature,
)
from umbo.physics.laser import brightness, dwell, peak_irradiance
from umbo.physics.reach import fly_out_range, footprint_radius
from umbo.study.load import load, resolve

Inputs = Mapping[str, Any]
Computed = dict[str, float]


def _sbi(catalog: Catalog, parameter: str) -> float:
    return catalog.value("sbi", parameter).mode


def _shots(inputs: Inputs, catalog: Catalog) -> Computed:
    return {"shots": whole_shots(inputs["wanted"], _sbi(catalog, "p_kill"))}


def _interceptor_mass(inputs: Inputs, catalog: Catalog) -> Computed:
    mass = interceptor_mass(
        _sbi(catalog, "burnout_speed"),
        _sbi(catalog, "divert_speed"),
        specific_impulse_s=_sbi(catalog, "specific_impulse"),
        kill_vehicle_dry_kg=_sbi(catalog, "kill_vehicle_mass"),
        body_dry_kg=_sbi(catalog, "body_mass"),
        support_kg=_sbi(catalog, "support_mass"),
        gravity_m_per_s2=inputs["gravity_m_per_s2"],
    )
    return {
        "kill_vehicle_propellant": mass.kill_vehicle_propellant_kg,
        "propellant": mass.propellant_kg,
        "total": mass.total_kg,
    }


def _barrage(inputs: Inputs, catalog: Catalog) -> Computed:
    del catalog
    chain = inputs["wanted"], inputs["p_track"], inputs["p_kill"]
    return {
        "shots": shots_needed(inputs["warheads"], *chain),
        "interceptors": interceptors_needed(inputs["warheads"], inputs["decoys"], *chain),
    }


def _track_floor(inputs: Inputs, catalog: Catalog) -> Computed:
    """Find by halving where ``shots_needed`` stops being infeasible."""
    del catalog
    infeasible, feasible = 0.0, 1.0
    while feasible - infeasible > 1e-9:
        middle = (infeasible + feasible) / 2.0
        try:
            shots_needed(inputs["warheads"], inputs["wanted"], middle, inputs["p_kill"])
            feasible = middle
        except DomainError:
            infeasible = middle
    return {"p_track": feasible}


def _salvo_kill(inputs: Inputs, catalog: Catalog) -> Computed:
    del catalog
    return {
        f"shots_{shots}": float(kill_probability(inputs["p_track"], inputs["p_kill"], shots))
        for shots in inputs["shots"]
    }


def _test_record(inputs: Inputs, catalog: Catalog) -> Computed:
    hits, tests = inputs["hits"], inputs["tests"]
    low, high = jeffreys_interval(hits, tests)
    shots = _salvo_kill({"p_track": 1.0, "p_kill": hits / tests, **inputs}, catalog)
    return {**shots, "low": low, "high": high, "mean": (hits + 0.5) / (tests + 1.0)}


def _magazine(inputs: Inputs, catalog: Catalog) -> Computed:
    """Fight one replication of a battery with a short magazine against single warheads."""
    del catalog
    targets = inputs["targets"]
    numbers = np.arange(targets, dtype=np.int32)
    one = np.ones(1)
    windows = Windows(
        architecture="published",
        raid="published",
        missile=numbers,
        is_warhead=np.ones(targets, np.bool_),
        reliability=np.ones(targets),
        asset=np.zeros((1, targets), np.int32),
        assets=("asset",),
        missile_class=np.zeros(targets, np.int32),
        classes=("icbm",),
        order=numbers[None, :],
        boost_weapons=(),
        boost_shots=np.zeros((0, 1, targets), np.int32),
        boost_wanted=np.zeros(0, np.int32),
        boost_reason=np.zeros((0, 1, targets), np.int8),
        boost_p_kill=np.zeros(0),
        boost_common_q=np.zeros(0),
        boost_common_f=np.zeros(0),
        boost_p_hand_over=np.zeros((0, 1, targets)),
        weapons=("gbi",),
        tier=np.zeros(1, np.int8),
        p_kill=0.0 * one,
        common_q=0.0 * one,
        common_f=one,
        p_hand_over=np.ones((1, 1, targets)),
        salvo=np.full(1, inputs["salvo"], np.int32),
        batteries=("greely",),
        stock=np.full(1, inputs["stock"], np.int32),
        battery=np.zeros((1, 1, targets), np.int16),
        looks=np.ones((1, 1, targets), np.int8),
        no_battery_reason=np.full((1, 1, targets), REASONS.index("unassigned"), np.int8),
        p_track=np.ones(2),
        p_warhead_called_warhead=1.0,
        p_decoy_called_warhead=1.0,
    )
    shots = {event.object: event.shots for event in replay(windows, 1, 0) if event.shots}
    return {"engaged": len(shots), "shots_at_twelfth": shots.get(11, 0)}


def _arc(inputs: Inputs, catalog: Catalog) -> Computed:
    del catalog
    arc = minimum_energy_arc(inputs["range_m"])
    return {
        "speed": float(arc.burnout_speed_m_per_s) / 1e3,
        "angle": math.degrees(float(arc.flight_path_angle_rad)),
        "apogee": float(arc.apogee_altitude_m) / 1e3,
        "time": float(arc.flight_time_s),
    }


def _pitch_program(inputs: Inputs, catalog: Catalog) -> Computed:
    """Fly one stage by a pitch program, without the Earth's spin and ambient pressure."""
    del catalog
    diameter, burnt_out = inputs["diameter_m"], inputs["dry_kg"] + inputs["payload_kg"]
    thrust = inputs["isp_s"] * STANDARD_GRAVITY_M_PER_S2 * inputs["propellant_kg"]
    vehicle = Vehicle(
        dry_kg=np.array([inputs["dry_kg"]]),
        propellant_kg=np.array([inputs["propellant_kg"]]),
        thrust_vacuum_n=np.array([thrust / inputs["burn_s"]]),
        burn_s=np.array([inputs["burn_s"]]),
        exit_area_m2=np.zeros(1),
        diameter_m=np.array([diameter]),
        payload_kg=inputs["payload_kg"],
        reentry_ballistic_coefficient_kg_per_m2=burnt_out
        / (inputs["drag_coefficient"][-1] * math.pi * (diameter / 2.0) ** 2),
        drag_mach=np.array(inputs["drag_mach"]),
        drag_coefficient=np.array(inputs["drag_coefficient"]),
    )
    program = Steering(
        math.radians(inputs["azimuth_deg"]),
        pitch_rate_rad_per_s=math.radians(inputs["rate_deg_per_s"]),
        final_elevation_rad=math.radians(inputs["elevation_deg"]),
    )
    flown = fly(
        vehicle,
        Launch(0.0, 0.0),
        program,
        effects=Effects(rotation=False, pressure_loss=False),
    )
    lat, lon, _ = ecef_to_geodetic(flown.impact_position_m)
    return {"range": float(great_circle_distance(0.0, 0.0, lat, lon)) / 1e3}


def _booster(inputs: Inputs, catalog: Catalog) -> Computed:
    del catalog
    gains = booster_delta_v(inputs["before_kg"], inputs["after_kg"], inputs["isp_s"]) / 1e3
    stages = {f"stage_{n}": float(gain) for n, gain in enumerate(gains, 1)}
    return {**stages, "total": float(gains.sum())}


def _turn(inputs: Inputs, catalog: Catalog) -> Computed:
    del catalog
    turn = math.radians(inputs["turn_deg"])
    return {"speed": float(speed_after_turn(inputs["speed_m_per_s"], turn, inputs["lift_to_drag"]))}


def _glide_altitude(inputs: Inputs, catalog: Catalog) -> Computed:
    del catalog
    names = ("speed_m_per_s", "ballistic_coefficient_kg_per_m2", "lift_to_drag")
    return {"altitude": float(glide_altitude(*(inputs[name] for name in names))) / 1e3}


def _wall_temperature(inputs: Inputs, catalog: Catalog) -> Computed:
    del catalog
    names = ("density_kg_per_m3", "speed_m_per_s", "nose_radius_m")
    flux = stagnation_heat_flux(*(inputs[name] for name in names))
    return {
        "heat_flux": float(flux) / 1e6,
        "temperature": float(wall_temperature(flux, inputs["emissivity"])),
    }


def _laser(inputs: Inputs, catalog: Catalog) -> Computed:
    del catalog
    beam = brightness(inputs["power_w"], inputs["diameter_m"], inputs["wavelength_m"])
    found = {"brightness": float(beam)}
    for range_km in inputs["ranges_km"]:
        irradiance = peak_irradiance(beam, range_km * 1e3)
        found[f"irradiance_{range_km}km"] = float(irradiance) / 1e7  # kW/cm2
        found[f"dwell_{range_km}km"] = float(dwell(inputs["fluence_j_per_m2"], irradiance))
    return found


def _laser_reach(inputs: Inputs, catalog: Catalog) -> Computed:
    """Appraise lasers as ``umbo lasers`` does: the median of the draws."""
    from umbo.study.lasers import laser_tables

    rows = laser_tables(load("reference"), catalog)["lasers"]
    (row,) = (r for r in rows if all(r[key] == inputs[key] for key in ("weapon", "target")))
    return {"range": row["range_m_p50"] / 1e3, "kills": row["kills_per_pass_p50"]}


def _catalog_p_kill(inputs: Inputs, catalog: Catalog) -> Computed:
    del inputs
    return {
        use: item.values["p_kill"].mode
        for use, item in catalog.items.items()
        if "p_kill" in item.values
    }


def _shown(inputs: Inputs, catalog: Catalog) -> Computed:
    del inputs, catalog
    return {}


def _flat_disc(inputs: Inputs, catalog: Catalog) -> Computed:
    speed, time_s = _sbi(catalog, "burnout_speed"), inputs["fly_out_time_s"]
    range_m = float(fly_out_range(time_s, speed, _sbi(catalog, "acceleration")))
    below_m = _sbi(catalog, "altitude") - _sbi(catalog, "min_intercept_altitude")
    return {
        "burn_time": 2.0 * (time_s - range_m / speed),  # what the range says of it
        "fly_out_range": range_m / 1e3,
        "footprint_radius": float(footprint_radius(range_m, below_m)) / 1e3,
    }


def _absentee(inputs: Inputs, catalog: Catalog) -> Computed:
    ratio = equal_area_absentee_ratio(
        1e3 * _flat_disc(inputs, catalog)["footprint_radius"],
        _sbi(catalog, "min_intercept_altitude"),
        math.radians(inputs.get("latitude_deg", 90.0)),
        inputs["earth_radius_m"],
    )
    return {"absentee_ratio": float(ratio)}


def _constellation(inputs: Inputs, catalog: Catalog) -> Computed:
    ratio = _absentee(inputs, catalog)["absentee_ratio"]
    shots = whole_shots(inputs["wanted"], _sbi(catalog, "p_kill"))
    return {
        f"count_{missiles}": constellation_count(ratio, engaged_at_once=missiles, shots=shots)
        for missiles in inputs["at_once"]
    }


def _cost_of(
    catalog: Catalog, use: str, count: int, *, dollars_of: int = 2026, **values: float
) -> ArchitectureCost:
    """Cost so many of an item, all new, over 20 years, at exact values in place of its own."""
    item = catalog.item(use)
    exact = {
        name: replace(item.values[name], low=value, mode=value, high=value)
        for name, value in values.items()
    }
    element = Fielded(
        use=use,
        item=item,
        count=count,
        sites=(),
        constellation=None,
        doctrine=Doctrine(),
        values={**item.values, **exact},
        in_service=2026,
        nation="US",
        in_cbo_scope=True,
        source="",
        note="",
    )
    model = CostModel(catalog, dollars_of=dollars_of, draws=2)
    return model.of(Architecture("published", "", 2036, (element,)))


def _layer_cost(inputs: Inputs, catalog: Catalog) -> Computed:
    count, life = inputs["count"], inputs.get("life_year", _sbi(catalog, "service_life"))
    cost = _cost_of(catalog, "sbi", count, service_life=life)
    usd = {row.phase: row.mode_usd for row in cost.rows}
    counts = {row.phase: row.count for row in cost.rows}
    generation = usd["procurement"] + usd["launch"]
    generations = 1.0 + usd["replenishment"] / generation
    layer = total(cost).mode_usd
    return {
        "average_unit": usd["procurement"] / count / 1e6,
        "launches": counts["launch"],
        "average_launch": usd["launch"] / counts["launch"] / 1e6,
        "generation": generation / 1e6,
        "generations": generations,
        "total": layer / 1e6,
        "replenishment_over_initial": generations - 1.0,
        "operations": usd["operations"] / 1e6,
        "replaced_a_year": counts["replenishment"] / (_YEARS - life),
        "units": generations * usd["procurement"] / 1e9,
        "acquisition": total(cost, phases=ACQUISITION).mode_usd / 1e9,
        "operations_total": total(cost, phases=["operations"]).mode_usd / 1e9,
        "layer": layer / 1e9,
        "share_of_all": layer / 1e9 / inputs.get("all_busd", math.nan),
    }


def _tier_totals(inputs: Inputs, catalog: Catalog) -> Computed:
    """Find how many interceptors cost what a tier does at first, and cost them for 20 years."""
    life = inputs["life_year"]
    found = {}
    for number, initial_busd in enumerate(inputs["initial_busd"], 1):
        few, many = 1, 1_000_000
        while many - few > 1:
            middle = (few + many) // 2
            cost = _cost_of(catalog, "sbi", middle, service_life=life)
            initial = total(cost, phases=["procurement", "launch"]).mode_usd
            few, many = (middle, many) if initial < initial_busd * 1e9 else (few, middle)
        cost = _cost_of(catalog, "sbi", many, service_life=life)
        counted = total(cost, phases=["procurement", "launch", "replenishment", "operations"])
        found[f"tier_{number}"] = counted.mode_usd / 1e9
        found[f"tier_{number}_count"] = many
    return found


def _launch_fall(inputs: Inputs, catalog: Catalog) -> Computed:
    """Cost a layer at an old launch price and at the catalogue's: what is saved.

    Launch is paid by mass, so that what an interceptor would have to weigh for the published
    saving, in dollars and as a share, follows in closed form from our two costs.
    """
    launch, year = catalog.item("launch"), inputs["dollars_of"]
    price = launch.values["launch_price"]
    old = in_dollars_of(inputs["before_usd_per_kg"], year, from_year=inputs["before_year"])
    new = in_dollars_of(price.mode, year, from_year=price.dollars_of or year)
    before = replace(price, low=old, mode=old, high=old, dollars_of=year)
    dear = replace(launch, values={**launch.values, "launch_price": before})
    then, now = (
        total(_cost_of(prices, "sbi", inputs["count"], dollars_of=year)).mode_usd
        for prices in (replace(catalog, items={**catalog.items, "launch": dear}), catalog)
    )
    launched_kg = (then - now) / (old - new)
    unit_kg, published = _sbi(catalog, "unit_mass"), inputs["published_busd"]
    saved = published["before"] - published["after"]
    share = saved / published["before"]
    needed_kg = share * (now - launched_kg * new) / (old - new - share * old)
    return {
        "saved": (then - now) / 1e9,
        "saved_share": 1.0 - now / then,
        "unit_mass": unit_kg,
        "unit_mass_for_saved": unit_kg * saved * 1e9 / (old - new) / launched_kg,
        "unit_mass_for_share": unit_kg * needed_kg / launched_kg,
    }


def _bundled_study_cost(inputs: Inputs, catalog: Catalog) -> Computed:
    """Cost an architecture of a bundled study, inside the scope of CBO's estimate."""
    study = load(inputs["study"])
    architectures = resolve(study, catalog)
    model = CostModel(
        catalog,
        start=fiscal_year(study.horizon.from_),
        years=study.horizon.years,
        dollars_of=study.dollars_of,
    )
    cost = model.of(architectures[inputs["architecture"]], next(iter(architectures.values())))
    inside = [row for row in cost.rows if row.in_cbo_scope]
    layer = sum(row.mode_usd for row in inside if row.element == inputs["layer"])
    return {
        "total": sum(row.mode_usd for row in inside) / 1e9,
        "all_but_layer": (sum(row.mode_usd for row in inside) - layer) / 1e9,
    }


def _awards(inputs: Inputs, catalog: Catalog) -> Computed:
    """Give what so many of each item cost to buy, in dollars of the year of the award."""
    found = {}
    for use, (count, year) in inputs.items():
        cost = _cost_of(catalog, use, count, dollars_of=year)
        found[use] = total(cost, phases=["procurement", "construction"]).mode_usd / 1e9
    return found


def _prices(inputs: Inputs, catalog: Catalog) -> Computed:
    """Give what one of each costs to buy and build, and to operate for a year."""
    del inputs
    found = {}
    for use in _PRICED:
        cost = _cost_of(catalog, use, 1)
        bought = total(cost, phases=["procurement", "construction"])
        found[use] = bought.mode_usd / 1e6
        found[f"{use}_year"] = total(cost, phases=["operations"]).mode_usd / _YEARS / 1e6
    rounds = round(catalog.value("thaad_battery", "rounds_per_unit").mode)
    found["thaad_battery_with_rounds"] = found["thaad_battery"] + rounds * found["thaad"]
    return found


_YEARS: Final = CostModel.years
_PRICED: Final = (
    "gmd_site",
    "gbi",
    "aegis_ashore",
    "sm3_iia",
    "thaad_battery",
    "thaad",
    "patriot_battery",
    "pac3_mse",
    "sm6",
    "t3_tracking",
)
MODELS: Final[Mapping[str, Callable[[Inputs, Catalog], Computed]]] = {
    "absentee": _absentee,
    "arc": _arc,
    "awards": _awards,
    "booster": _booster,
    "bundled_study_cost": _bundled_study_cost,
    "barrage": _barrage,
    "catalog_p_kill": _catalog_p_kill,
    "constellation": _constellation,
    "flat_disc": _flat_disc,
    "glide_altitude": _glide_altitude,
    "interceptor_mass": _interceptor_mass,
    "laser": _laser,
    "laser_reach": _laser_reach,
    "launch_fall": _launch_fall,
    "layer_cost": _layer_cost,
    "magazine": _magazine,
    "pitch_program": _pitch_program,
    "prices": _prices,
    "salvo_kill": _salvo_kill,
    "shots": _shots,
    "shown": _shown,
    "test_record": _test_record,
    "tier_totals": _tier_totals,
    "track_floor": _track_floor,
    "turn": _turn,
    "wall_temperature": _wall_temperature,
}
