"""Mass with what keeps a satellite up, and launches a year."""

import math

import pytest

from umbo.appraisal.satellite_mass import YEAR_S, satellite_mass, upkeep
from umbo.appraisal.sizing import interceptor_mass
from umbo.errors import DomainError

BARE = interceptor_mass(
    4_000.0,
    2_000.0,
    specific_impulse_s=290.0,
    kill_vehicle_dry_kg=60.0,
    body_dry_kg=30.0,
    support_kg=50.0,
)
KEPT = {
    "life_year": 5.0,
    "specific_impulse_s": 290.0,
    "ballistic_coefficient_kg_per_m2": 100.0,
    "solar_flux": 150.0,
    "geomagnetic_index": 10.0,
}


@pytest.mark.oracle("drag of the US Standard Atmosphere at 400 km on a circle, by hand")
def test_propellant_pays_for_the_drag_of_the_life():
    mass = satellite_mass(BARE, 400e3, **KEPT)

    speed = 2.803e-12 * 3.986004418e14 / 6_778_137.0 / 200.0 * 5 * YEAR_S
    assert mass.keeping_m_per_s == pytest.approx(speed, rel=0.01)
    propellant = BARE.total_kg * (math.exp(speed / 290.0 / 9.80665) - 1.0)
    assert mass.keeping_kg == pytest.approx(propellant, rel=0.01)
    assert mass.total_kg == pytest.approx(BARE.total_kg + mass.keeping_kg, abs=1e-9)


def test_lower_orbits_need_more():
    masses = [satellite_mass(BARE, h * 1e3, **KEPT) for h in (300, 400, 500)]

    assert masses[0].total_kg > masses[1].total_kg > masses[2].total_kg
    assert masses[0].life_unkept_s < masses[1].life_unkept_s < masses[2].life_unkept_s
    assert masses[0].total_kg > 1.2 * BARE.total_kg


@pytest.mark.oracle("CBO 2026: 7,800 of five years are replaced by nearly 1,600 a year")
def test_replacements_are_the_published_ones():
    kept = upkeep(7_800, 1_000.0, life_year=5.0, payload_kg=17_500.0, capacity=165.0)

    assert kept.replaced_a_year == pytest.approx(1_600, rel=0.03)
    assert kept.launches_a_year == pytest.approx(1_560 / 17, rel=1e-12)
    assert kept.share_of_capacity == pytest.approx(1_560 / 17 / 165, rel=1e-12)


def test_too_heavy_for_a_launcher():
    with pytest.raises(DomainError, match="heavier"):
        upkeep(10, 2e4, life_year=5.0, payload_kg=1e4, capacity=10.0)
