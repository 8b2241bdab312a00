"""Generic vehicles: the classes' burnout speed and burn time, when flown."""

import numpy as np
import pytest

from umbo.elements.catalog import load_catalog
from umbo.elements.readings import Readings
from umbo.elements.vehicles import generic_vehicle, stack_of, vehicle_of
from umbo.errors import DomainError, StudyError
from umbo.physics.steering import greatest_range

FORDEN_DRAG = {
    "drag_mach": np.array([0.0, 0.85, 1.0, 1.2, 2.0, 4.5]),
    "drag_coefficient": np.array([0.20, 0.20, 0.27, 0.27, 0.20, 0.20]),
}
SOLID = {
    "isp_vacuum_s": (270.0, 285.0, 285.0),
    "isp_sea_level_s": (240.0, 200.0, 200.0),
    "structural_fraction": (0.09, 0.10, 0.12),
    "reentry_ballistic_coefficient_kg_per_m2": 10_000.0,
    "payload_kg": 800.0,
    "diameter_m": 1.8,
    **FORDEN_DRAG,
}
LIQUID = {
    **SOLID,
    "isp_vacuum_s": (290.0, 315.0),
    "isp_sea_level_s": (260.0, 200.0),
    "structural_fraction": (0.06, 0.08),
    "payload_kg": 1_500.0,
    "diameter_m": 2.5,
}


@pytest.mark.parametrize(
    ("kind", "burn_s", "speed", "range_km"),
    [
        (SOLID, 175.0, 7_000.0, (8_000, 15_000)),
        (LIQUID, 250.0, 7_000.0, (8_000, 16_000)),
        (SOLID, 165.0, 6_500.0, (2_000, 11_000)),
    ],
    ids=["icbm_solid", "icbm_liquid", "slbm"],
)
def test_a_class_flown_has_its_burnout_and_range(kind, burn_s, speed, range_km):
    vehicle = generic_vehicle(burn_s=burn_s, burnout_speed_m_per_s=speed, **kind)

    reached, flown = greatest_range(vehicle)

    assert flown.burnout_s[0] == pytest.approx(burn_s, rel=1e-9)
    assert flown.burnout_speed_m_per_s[0] == pytest.approx(speed, abs=5.0)
    assert range_km[0] * 1e3 <= reached <= range_km[1] * 1e3


@pytest.mark.oracle("rocket equation")
def test_stages_share_the_ideal_speed_and_keep_their_fractions():
    vehicle = generic_vehicle(burn_s=175.0, burnout_speed_m_per_s=7_000.0, **SOLID)

    burnt = vehicle.start_kg - vehicle.propellant_kg
    gains = np.array(SOLID["isp_vacuum_s"]) * 9.80665 * np.log(vehicle.start_kg / burnt)
    fraction = vehicle.dry_kg / (vehicle.dry_kg + vehicle.propellant_kg)
    at_sea_level = vehicle.thrust_vacuum_n - 101_325.0 * vehicle.exit_area_m2
    impulse = at_sea_level * vehicle.burn_s / vehicle.propellant_kg / 9.80665

    assert gains == pytest.approx(np.full(3, gains[0]), rel=1e-9)
    assert fraction == pytest.approx(np.array(SOLID["structural_fraction"]), rel=1e-9)
    assert impulse == pytest.approx(np.array(SOLID["isp_sea_level_s"]), rel=1e-9)


def test_a_heavy_structure_is_refused():
    with pytest.raises(DomainError, match="more stages"):
        generic_vehicle(
            burn_s=175.0,
            burnout_speed_m_per_s=7_000.0,
            **{**SOLID, "structural_fraction": (0.5, 0.5, 0.5)},
        )


def test_a_nozzle_better_at_sea_level_is_refused():
    with pytest.raises(DomainError, match="isp_sea_level_s"):
        generic_vehicle(
            burn_s=175.0,
            burnout_speed_m_per_s=7_000.0,
            **{**SOLID, "isp_sea_level_s": (400.0, 400.0, 400.0)},
        )


@pytest.mark.oracle("rocket equation")
def test_a_stack_has_the_ideal_speed_asked_for():
    vehicle = stack_of(ideal_delta_v_m_per_s=10_000.0, burn_s=300.0, **SOLID)

    burnt = vehicle.start_kg - vehicle.propellant_kg
    gains = np.array(SOLID["isp_vacuum_s"]) * 9.80665 * np.log(vehicle.start_kg / burnt)

    assert gains.sum() == pytest.approx(10_000.0, rel=1e-9)
    assert vehicle.burn_s.sum() == pytest.approx(300.0, rel=1e-12)


@pytest.mark.parametrize("name", ["irbm", "mrbm", "srbm"])
@pytest.mark.parametrize("draw", [None, 0, 1])
def test_every_variant_of_a_class_reaches_its_longest_aim(name, draw):
    item = load_catalog().item(name)
    reached, _ = greatest_range(vehicle_of(item, Readings(1, draw=draw, draws=2)))
    # A tenth is for the Earth's turning.
    assert reached > 1.1 * item.values["longest_aim"].mode


def test_what_cruises_has_no_stack():
    with pytest.raises(StudyError, match="lacm_subsonic has no stack: it cruises"):
        vehicle_of(load_catalog().item("lacm_subsonic"), Readings())
