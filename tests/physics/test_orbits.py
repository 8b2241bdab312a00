"""Shells of circular orbits, against SGP4 and textbook figures."""

import numpy as np
import pytest
from sgp4.api import WGS84, Satrec

from umbo.errors import DomainError
from umbo.physics.constants import EARTH_ROTATION_RAD_PER_S
from umbo.physics.orbits import (
    drift_rates,
    earth_fixed_positions,
    even_phasing,
    inertial_positions,
    period,
    position_blocks,
    walker_shell,
)

DAY_S = 86_400.0
KM = 1e3


def sgp4_circular(altitude_m, inclination_rad, raan=0.0, arg_latitude=0.0):
    """Set up SGP4 without drag on a circular orbit whose mean radius is ours."""
    wanted = (6_378_137.0 + altitude_m) / 6_378_137.0
    motion = 60.0 * 2 * np.pi / float(period(altitude_m))
    for _ in range(5):  # SGP4 takes Kozai's mean motion and gives Brouwer's semi-major axis
        satellite = Satrec()
        satellite.sgp4init(
            WGS84, "i", 1, 20_000.0, 0.0, 0.0, 0.0, 1e-7, 0.0, inclination_rad, arg_latitude, motion, raan
        )  # fmt: skip
        motion *= (satellite.a / wanted) ** 1.5
    return satellite


@pytest.mark.oracle("SGP4 (python-sgp4), secular rates")
@pytest.mark.parametrize("altitude_km", [400, 550, 1_200])
@pytest.mark.parametrize("inclination_deg", [30, 50, 80, 98])
def test_drift_is_that_of_sgp4(altitude_km, inclination_deg):
    inclination = np.radians(inclination_deg)
    satellite = sgp4_circular(altitude_km * KM, inclination)

    node_rate, turn_rate = drift_rates(altitude_km * KM, inclination)

    # SGP4 has J2 squared and J4 as well: 0.5 % of the node's rate, 0.03 degrees a day.
    assert node_rate * DAY_S == pytest.approx(satellite.nodedot * 1_440.0, rel=5e-3)
    turn_of_sgp4 = (satellite.mdot + satellite.argpdot) * 1_440.0
    along_track = 10 * KM / (6_378 + altitude_km) / KM  # 10 km along the orbit a day
    assert turn_rate * DAY_S == pytest.approx(turn_of_sgp4, abs=along_track)


@pytest.mark.oracle("SGP4 (python-sgp4), positions over two days")
@pytest.mark.parametrize("inclination_deg", [50, 86.4])
def test_positions_stay_with_sgp4(inclination_deg):
    shell = walker_shell(550 * KM, np.radians(inclination_deg), 3, 2, phasing=1)
    time_s = np.linspace(0.0, 2 * DAY_S, 200)

    position = inertial_positions(shell, time_s)

    for number in range(shell.count):
        satellite = sgp4_circular(
            550 * KM,
            shell.inclination_rad,
            shell.raan_rad[number],
            shell.arg_latitude_rad[number],
        )
        days = 2_433_281.5 + 20_000.0 + time_s / DAY_S
        error, expected_km, _ = satellite.sgp4_array(np.floor(days), days % 1)
        assert not error.any()
        apart = np.linalg.norm(position[:, number] - expected_km * KM, axis=-1)
        assert apart.max() < 30 * KM  # 10 km of short-period terms and 10 km a day


@pytest.mark.oracle("Vallado 2013, sec. 11.4.1: sun-synchronous at 800 km is 98.6 deg")
def test_sun_synchronous_orbits_follow_the_sun():
    node_rate, _ = drift_rates(800 * KM, np.radians(98.603))

    assert np.degrees(node_rate) * DAY_S == pytest.approx(0.9856, abs=0.002)  # deg a day


@pytest.mark.oracle("Kepler: radius 42 164.17 km turns in a sidereal day of 86 164.1 s")
def test_geostationary_satellites_keep_their_place():
    altitude_m = 42_164.17 * KM - 6_378_137.0

    assert period(altitude_m) == pytest.approx(86_164.1, abs=0.1)  # s
    place = earth_fixed_positions(walker_shell(altitude_m, 0.0, 1, 1), [0.0, DAY_S], -1.0)
    drift = np.arctan2(place[1, 0, 1], place[1, 0, 0]) - 1.0
    assert drift == pytest.approx(0.0, abs=np.radians(0.03))  # rad in a day, by J2


def test_shell_is_even_and_numbered_by_plane():
    shell = walker_shell(700 * KM, 1.0, 4, 3, phasing=2, pattern="star")

    assert shell.count == 12
    assert shell.raan_rad == pytest.approx(np.repeat([0, 45, 90, 135], 3) * np.pi / 180)
    assert np.degrees(shell.arg_latitude_rad[3:6]) == pytest.approx([60, 180, 300])


def test_positions_keep_radius_inclination_and_symmetry():
    shell = walker_shell(500 * KM, np.radians(60), 5, 7, phasing=3)

    position = inertial_positions(shell, [0.0, 1_000.0, 1e6])

    assert np.linalg.norm(position, axis=-1) == pytest.approx(6_878_137.0, abs=1e-6)
    assert np.abs(position[..., 2]).max() <= 6_878_137.0 * np.sin(np.radians(60)) + 1e-6
    assert position.sum(axis=1) == pytest.approx(np.zeros((3, 3)), abs=1e-3)


def test_earth_fixed_positions_turn_with_the_earth():
    shell = walker_shell(500 * KM, 0.9, 3, 2)
    time_s = np.array([0.0, 5_000.0])

    fixed = earth_fixed_positions(shell, time_s, 0.4)

    angle = 0.4 + EARTH_ROTATION_RAD_PER_S * time_s
    east = np.stack([np.cos(angle), np.sin(angle), 0 * angle], axis=-1)
    assert fixed[..., 0] == pytest.approx(
        np.einsum("tni,ti->tn", inertial_positions(shell, time_s), east), abs=1e-6
    )


@pytest.mark.oracle("skyfield, rotation about the pole by sidereal time")
def test_the_earth_turns_under_the_orbits_as_in_skyfield():
    from skyfield.api import load

    times = load.timescale(builtin=True).ut1_jd(2_460_000.5 + np.array([0.0, 0.1, 0.4]))
    angle = np.radians(times.gmst * 15.0)
    shell = walker_shell(550 * KM, 0.9, 2, 2)
    time_s = np.array([0.0, 0.1, 0.4]) * DAY_S

    fixed = earth_fixed_positions(shell, time_s, angle[0])

    still = inertial_positions(shell, time_s)
    cos, sin = np.cos(angle)[:, None], np.sin(angle)[:, None]
    assert fixed[..., 0] == pytest.approx(cos * still[..., 0] + sin * still[..., 1], abs=10.0)  # m
    assert fixed[..., 1] == pytest.approx(cos * still[..., 1] - sin * still[..., 0], abs=10.0)


@pytest.mark.oracle("a circle turned by textbook rotation matrices, one satellite at a time")
def test_blocks_are_the_whole_bit_by_bit_and_within_their_size():
    shell = walker_shell(550 * KM, 0.9, 5, 7)
    time_s = np.arange(0.0, 6_000.0, 60.0)

    blocks = list(position_blocks(shell, time_s, 0.4, most_values=3 * 35 * 8))

    assert [block.stop - block.start for block, _ in blocks] == [8] * 12 + [4]
    whole = np.concatenate([positions for _, positions in blocks])
    assert whole == pytest.approx(earth_fixed_positions(shell, time_s, 0.4), abs=1e-6)
    node_rate, turn_rate = drift_rates(550 * KM, 0.9)
    for step, satellite in ((3, 0), (99, 34)):
        u = shell.arg_latitude_rad[satellite] + turn_rate * time_s[step]
        node = shell.raan_rad[satellite] + node_rate * time_s[step]
        node -= 0.4 + EARTH_ROTATION_RAD_PER_S * time_s[step]
        tilt = np.array([[1, 0, 0], [0, np.cos(0.9), -np.sin(0.9)], [0, np.sin(0.9), np.cos(0.9)]])
        turn = np.array(
            [[np.cos(node), -np.sin(node), 0], [np.sin(node), np.cos(node), 0], [0, 0, 1]]
        )
        place = turn @ tilt @ (6_928_137.0 * np.array([np.cos(u), np.sin(u), 0.0]))
        assert whole[step, satellite] == pytest.approx(place, abs=1e-3)  # m


def test_a_hundred_thousand_satellites_fit_into_blocks():
    shell = walker_shell(550 * KM, 0.9, 400, 250)

    sizes = [p.size for _, p in position_blocks(shell, [0.0, 60.0, 120.0], most_values=400_000)]

    assert sizes == [300_000] * 3


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"planes": 0}, "at least 1 plane"),
        ({"altitude_m": -1.0}, "altitude_m"),
        ({"inclination_rad": 50.0}, "radians"),
        ({"pattern": "rose"}, "'delta' or 'star'"),
    ],
)
def test_impossible_shells_are_refused(change, message):
    shell = {"altitude_m": 5e5, "inclination_rad": 0.9, "planes": 3, "per_plane": 4}
    with pytest.raises(DomainError, match=message):
        walker_shell(**(shell | change))


def nearest_pair(planes, per_plane, inclination, lat, phasing):
    """Measure the least angle from one near a latitude to another, both flying northward."""
    shell = walker_shell(500e3, inclination, planes, per_plane, phasing=phasing)
    node = np.repeat(shell.plane_raan_rad, per_plane)
    least = np.pi
    for moment in np.linspace(0.0, 2.0 * np.pi / per_plane, 13)[:-1]:
        turn = shell.arg_latitude_rad.ravel() + moment
        at = np.stack(
            [
                np.cos(node) * np.cos(turn) - np.sin(node) * np.sin(turn) * np.cos(inclination),
                np.sin(node) * np.cos(turn) + np.cos(node) * np.sin(turn) * np.cos(inclination),
                np.sin(turn) * np.sin(inclination),
            ]
        )[:, np.cos(turn) > 0.0]
        here = abs(np.arcsin(at[2]) - lat) < 0.02
        cosine = at[:, here].T @ at
        cosine[cosine > 1.0 - 1e-9] = -1.0  # itself
        least = min(least, np.arccos(cosine.max(initial=-1.0)))
    return least


@pytest.mark.oracle("angle between every two satellites, one by one")
@pytest.mark.parametrize(
    ("planes", "per_plane", "inclination_deg", "lat_deg"),
    [(28, 27, 45, 40), (24, 24, 53, 20), (18, 26, 60, 35), (32, 23, 45, 5), (20, 20, 120, 40)],
)
def test_even_phasing_keeps_neighbours_apart(planes, per_plane, inclination_deg, lat_deg):
    inclination, lat = np.radians([inclination_deg, lat_deg])

    phasing = even_phasing(planes, per_plane, float(inclination), float(lat))

    apart = [nearest_pair(planes, per_plane, inclination, lat, f) for f in range(planes)]
    near_the_top = inclination_deg - lat_deg < 10  # where orbits bend away from straight
    assert apart[phasing] > (0.7 if near_the_top else 0.95) * max(apart)
    assert near_the_top or apart[phasing] > np.median(apart)


def test_one_plane_has_no_phasing():
    assert even_phasing(1, 40, 0.5, 0.1) == 0
    assert 0 <= even_phasing(7, 1, 0.9, 1.4) < 7
