"""The air of 1976 against the published tables and another program."""

import numpy as np
import pytest

from umbo.errors import DomainError
from umbo.physics.atmosphere import HEAT_RATIO, air, kernel_table, standard_atmosphere


@pytest.mark.oracle("US Standard Atmosphere 1976, tables I to III")
@pytest.mark.parametrize(
    ("z_km", "temperature_k", "pressure_pa", "density"),
    [
        (0, 288.150, 101325.0, 1.2250),
        (5, 255.676, 54048.0, 0.73643),
        (10, 223.252, 26499.0, 0.41351),
        (20, 216.650, 5529.3, 0.088910),
        (30, 226.509, 1197.0, 0.018410),
        (50, 270.650, 79.779, 1.0269e-3),
        (70, 219.585, 5.2209, 8.2829e-5),
        (80, 198.639, 1.0524, 1.8458e-5),
        (86, 186.87, 0.37338, 6.958e-6),
    ],
)
def test_mixed_air_is_the_published_one(z_km, temperature_k, pressure_pa, density):
    state = standard_atmosphere(z_km * 1e3)

    assert state.temperature_k == pytest.approx(temperature_k, abs=5e-3)  # the last digit printed
    assert state.pressure_pa == pytest.approx(pressure_pa, rel=1e-4)  # five digits
    assert state.density_kg_per_m3 == pytest.approx(density, rel=1e-4)


@pytest.mark.oracle("US Standard Atmosphere 1976, values not among the spline's knots")
@pytest.mark.parametrize(
    ("z_km", "temperature_k", "density"),
    [(91, 186.87, 2.860e-6), (175, None, 6.339e-10)],
)
def test_upper_air_between_knots(z_km, temperature_k, density):
    state = standard_atmosphere(z_km * 1e3)

    assert state.density_kg_per_m3 == pytest.approx(density, rel=0.01)
    if temperature_k is not None:
        assert state.temperature_k == pytest.approx(temperature_k, abs=0.01)


@pytest.mark.oracle("US Standard Atmosphere 1976, table of temperature")
@pytest.mark.parametrize(
    ("z_km", "temperature_k"),
    [
        (90, 186.87),
        (100, 195.08),
        (110, 240.00),
        (120, 360.00),
        (150, 634.39),
        (200, 854.56),
        (300, 976.01),
        (500, 999.24),
    ],
)
def test_upper_temperature_is_the_published_one(z_km, temperature_k):
    assert standard_atmosphere(z_km * 1e3).temperature_k == pytest.approx(temperature_k, abs=0.01)


@pytest.mark.oracle("package ussa1976 0.3")
def test_mixed_air_equals_another_program():
    import ussa1976

    z = np.linspace(0.0, 85_999.0, 500)
    theirs = ussa1976.compute(z=z, variables=["t", "p", "rho", "cs"])

    ours = standard_atmosphere(z)

    assert ours.density_kg_per_m3 == pytest.approx(theirs["rho"].values, rel=1e-4)
    assert ours.pressure_pa == pytest.approx(theirs["p"].values, rel=1e-4)
    assert ours.speed_of_sound_m_per_s == pytest.approx(theirs["cs"].values, rel=1e-4)


@pytest.mark.oracle("package ussa1976 0.3, itself up to 7 % from the printed tables above 110 km")
def test_upper_air_is_near_another_program():
    import ussa1976

    z = np.linspace(86_000.0, 1_000e3, 300)
    theirs = ussa1976.compute(z=z, variables=["t", "p", "rho"])

    ours = standard_atmosphere(z)

    assert ours.density_kg_per_m3 == pytest.approx(theirs["rho"].values, rel=0.08)
    assert ours.pressure_pa == pytest.approx(theirs["p"].values, rel=0.08)
    assert ours.temperature_k == pytest.approx(theirs["t"].values, rel=2e-3)


def test_kernel_table_follows_the_function():
    z = np.linspace(-2_000.0, 999_999.0, 20_011)
    exact = standard_atmosphere(z)

    density, sound = np.array([air(altitude, kernel_table()) for altitude in z]).T

    assert density == pytest.approx(exact.density_kg_per_m3, rel=1e-3)
    assert sound == pytest.approx(exact.speed_of_sound_m_per_s, rel=1e-3)
    low = z < 86e3
    pressure = density * sound**2 / HEAT_RATIO
    assert pressure[low] == pytest.approx(exact.pressure_pa[low], rel=2e-3)


@pytest.mark.oracle("US Standard Atmosphere 1976, tables I to III")
@pytest.mark.parametrize(
    ("z_km", "density", "sound"),
    [(0, 1.2250, 340.29), (10, 0.41351, 299.53), (50, 1.0269e-3, 329.80)],
)
def test_the_kernel_gives_the_published_air(z_km, density, sound):
    found = air(z_km * 1e3, kernel_table())

    assert found[0] == pytest.approx(density, rel=1e-3)
    assert found[1] == pytest.approx(sound, rel=1e-3)


def test_there_is_no_air_above_the_top():
    assert air(1_000e3, kernel_table())[0] == 0.0


@pytest.mark.parametrize("z", [-3_000.0, 1_000_001.0, np.nan])
def test_altitude_outside_the_model(z):
    with pytest.raises(DomainError, match="1000 km"):
        standard_atmosphere(z)
