"""Drag in low orbit, against a standard atmosphere, numerical integration and known orbits."""

import numpy as np
import pytest
from scipy.integrate import solve_ivp

from umbo.errors import DomainError
from umbo.physics.decay import orbit_life, station_keeping, upper_density

KM, YEAR_S = 1e3, 365.25 * 86_400.0
MEAN = {"solar_flux": 140.0, "geomagnetic_index": 15.0}


@pytest.mark.oracle("US Standard Atmosphere 1976, table I: a flux of 150")
@pytest.mark.parametrize(
    ("altitude_km", "density"),
    [(200, 2.541e-10), (300, 1.916e-11), (400, 2.803e-12), (500, 5.215e-13), (600, 1.137e-13)],
)
def test_density_is_of_the_standard_atmosphere(altitude_km, density):
    assert upper_density(altitude_km * KM, 150.0, 10.0) == pytest.approx(density, rel=0.01)


@pytest.mark.oracle("IPS Radio and Space Services 1999, its density at two activities, by hand")
def test_factor_is_that_of_the_weather_agency():
    # 400 km: scale heights 922.5 / 24.6 and 1,297.5 / 24.6 km, e^(-225 / H) of each.
    factor = upper_density(400 * KM, 220.0, 15.0) / upper_density(400 * KM, 70.0, 15.0)

    expected = np.exp(-225.0 * 24.6 / 1_297.5) / np.exp(-225.0 * 24.6 / 922.5)
    assert factor == pytest.approx(expected, rel=1e-9)


@pytest.mark.oracle("the orbit's drag integrated by scipy in Cartesian coordinates")
def test_life_is_that_of_the_integrated_orbit():
    beta, start = 100.0, 220 * KM
    radius, mu = 6_378_137.0 + start, 3.986004418e14

    def slope(_, y):
        r, v = y[:2], y[2:]
        height = np.clip(np.linalg.norm(r) - 6_378_137.0, 180 * KM, 700 * KM)
        drag = upper_density(height, 140.0, 15.0) * np.linalg.norm(v) / 2.0 / beta
        return np.concatenate([v, -mu * r / np.linalg.norm(r) ** 3 - drag * v])

    def low(_, y):
        return np.linalg.norm(y[:2]) - 6_378_137.0 - 180 * KM

    low.terminal = True
    flown = solve_ivp(
        slope,
        (0.0, 20 * 86_400.0),
        [radius, 0.0, 0.0, np.sqrt(mu / radius)],
        method="DOP853",
        rtol=1e-8,
        events=low,
    )

    assert orbit_life(start, beta, **MEAN) == pytest.approx(flown.t[-1], rel=0.03)


@pytest.mark.oracle("known: the space station at 400 km and 120 kg/m2 or so sinks 2 km a month")
def test_a_station_sinks_two_kilometres_a_month():
    rate = 2.0 * station_keeping(400 * KM, 120.0, **MEAN) / 1.13e-3  # m/s of height

    assert 1.0 < rate * 30 * 86_400 / KM < 4.0


def test_life_grows_with_height_and_falls_with_the_sun():
    life = [orbit_life(h * KM, 100.0, **MEAN) / YEAR_S for h in (250, 300, 400, 500, 600)]
    maximum = orbit_life(400 * KM, 100.0, solar_flux=220.0, geomagnetic_index=30.0) / YEAR_S

    assert np.all(np.diff(life) > 0.0)
    assert life[1] < 0.3 < life[2] < 3.0 < life[4]
    assert maximum < 0.6 * life[2]


def test_outside_the_model():
    with pytest.raises(DomainError, match="180 to 700"):
        upper_density(150 * KM, 100.0, 10.0)
    with pytest.raises(DomainError, match="above 0"):
        orbit_life(400 * KM, 0.0, **MEAN)
