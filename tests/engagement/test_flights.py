import numpy as np
import pytest

from umbo.elements.catalog import load_catalog
from umbo.elements.readings import Readings
from umbo.engagement.flights import fly_raid
from umbo.engagement.raid import Launch, draw_raid

MU = 3.986004418e14
SPIN = 7.292115e-5
RADIUS = 6_371_000.0
J2, EQUATOR = 1.08262668e-3, 6_378_137.0


@pytest.fixture(scope="module")
def coasting(few):
    """Inertial positions and velocities of each flight between burnout and 150 km down."""
    f, given = few.flights, []
    for i in range(len(f.shots)):
        while_free = (f.time_s > f.burnout_s[i] + 5.0) & (f.altitude_m[i] > 150e3)
        given.append((f.position_ecef_m[i][while_free], f.velocity_ecef_m_per_s[i][while_free]))
    return given


@pytest.mark.oracle("energy is conserved in a field of known potential")
def test_a_missile_coasts_at_constant_energy(coasting):
    for position, velocity in coasting:
        inertial = velocity + np.cross([0.0, 0.0, SPIN], position)
        r = np.linalg.norm(position, axis=1)
        bulge = 0.5 * J2 * (EQUATOR / r) ** 2 * (3.0 * (position[:, 2] / r) ** 2 - 1.0)
        energy = 0.5 * np.sum(inertial**2, axis=1) - MU / r * (1.0 - bulge)

        assert np.ptp(energy) < 2e-5 * abs(energy[0])  # 0.1 m/s in speed


@pytest.mark.oracle("Bate, Mueller & White, sec. 6.2: apogee and time of the least-energy arc")
def test_apogee_and_time_are_those_of_the_arc_of_least_energy(few):
    f = few.flights
    for i, shot in enumerate(f.shots):
        down = f.position_ecef_m[i, -1] @ f.position_ecef_m[i, 0]
        lengths = np.linalg.norm(f.position_ecef_m[i, -1]) * np.linalg.norm(f.position_ecef_m[i, 0])
        psi = np.arccos(down / lengths) / 2.0
        a = RADIUS * (1.0 + np.sin(psi)) / 2.0
        e = np.cos(psi) / (1.0 + np.sin(psi))
        anomaly = np.arccos((1.0 - RADIUS / a) / e)
        time_s = 2.0 * np.sqrt(a**3 / MU) * (np.pi - anomaly + e * np.sin(anomaly))

        # The arc knows no boost, which takes the minutes and lifts it by some hundred km.
        assert f.apogee_m[i] == pytest.approx(a * (1.0 + e) - RADIUS, rel=0.25), shot
        assert time_s < f.impact_s[i] < time_s + f.burnout_s[i] + 60.0


def test_each_flight_ends_at_its_aim_point(few):
    assert np.all(few.flights.miss_m < 2_000.0)  # of some 10,000 km


def test_thrust_ends_within_the_burn_time_of_the_class(few):
    for shot, burnout_s in zip(few.flights.shots, few.flights.burnout_s, strict=True):
        longest_s = few.catalog.value(shot.missile, "burn_time").mode
        assert 0.6 * longest_s < burnout_s <= longest_s + 1e-6


def test_altitude_and_speed_at_burnout_are_those_of_the_samples_there(few):
    f = few.flights
    at = np.searchsorted(f.time_s, f.burnout_s)
    row = np.arange(len(f.shots))
    assert np.all(f.altitude_m[row, at - 1] <= f.burnout_altitude_m + 100.0)
    assert np.all(f.burnout_altitude_m <= f.altitude_m[row, at] + 100.0)


def test_positions_between_samples_are_those_of_a_denser_flight(few):
    dense = fly_raid(few.raid, few.catalog, Readings(), sample_s=1.0)
    time_s = np.linspace(60.0, 1_500.0, 97)
    free = np.abs(time_s - dense.burnout_s[:, None]) > 5.0
    asked = np.broadcast_to(time_s, free.shape)

    between = few.flights.position_at(asked)

    off = np.linalg.norm(between - dense.position_at(asked), axis=-1)
    late = asked > few.flights.burnout_s[:, None]
    assert np.max(off[free & late]) < 20.0
    assert np.max(off[free]) < 250.0  # stagings


def test_a_missile_stays_where_it_fell(few):
    f = few.flights
    for i in range(len(f.shots)):
        over = f.time_s > f.impact_s[i]
        assert np.all(f.velocity_ecef_m_per_s[i][over] == 0.0)
        assert np.ptp(f.position_ecef_m[i][over], axis=0).max(initial=0.0) == 0.0


def test_a_range_read_at_another_quantile_is_another_flight(few):
    catalog = load_catalog()
    launch = Launch(missile="icbm_solid", count=1, **{"from": "nk_interior"}, at="west_coast")
    raid = draw_raid("one", [launch], catalog, phases=1, seed=1, launch_points=1)
    modes = fly_raid(raid, catalog, Readings())

    drawn = fly_raid(raid, catalog, Readings(1, draw=0, draws=4))

    assert drawn.burnout_s[0] != modes.burnout_s[0]
    assert drawn.miss_m[0] < 2_000.0
