"""Satellites in reach, against every satellite tested one by one and against closed forms."""

import numpy as np
import pytest
from scipy.integrate import dblquad

from umbo.compiled import set_threads
from umbo.engagement.coverage import (
    absentee_ratio,
    equal_area_absentee_ratio,
    footprint_angle,
    mean_in_reach,
    satellites_in_reach,
    walker_planes,
)
from umbo.errors import DomainError
from umbo.physics.earth import ecef_to_inertial, geodetic_to_ecef
from umbo.physics.orbits import inertial_positions, walker_shell
from umbo.physics.reach import fly_out_range, footprint_radius

KM = 1e3
SHELLS = {
    "one": [walker_shell(400 * KM, np.radians(50), 12, 9, phasing=5)],
    "two": [
        walker_shell(400 * KM, np.radians(45), 10, 13, phasing=3),
        walker_shell(500 * KM, np.radians(65), 8, 11, phasing=2),
    ],
    "polar star": [walker_shell(550 * KM, np.radians(90), 6, 11, phasing=1, pattern="star")],
    "equatorial": [walker_shell(350 * KM, 0.0, 1, 40, phasing=0)],
    "retrograde": [walker_shell(700 * KM, np.radians(120), 7, 1, phasing=3)],
}


def draw_case(seed, phases=5, missiles=7, flights=4, candidates=3, reach_km=2_000):
    generator = np.random.default_rng(seed)
    shape = (flights, candidates)
    time_s = np.sort(generator.uniform(60, 300, shape), axis=1)
    lat = np.arcsin(generator.uniform(-1, 1, shape))
    return {
        "epoch_s": generator.uniform(0, 30 * 86_400, phases),
        "start_s": generator.uniform(0, 900, missiles),
        "flight": generator.integers(0, flights, (phases, missiles)),
        "time_s": time_s,
        "target_ecef_m": geodetic_to_ecef(
            lat, generator.uniform(-np.pi, np.pi, shape), generator.uniform(50e3, 300e3, shape)
        ),
        "reach_m": generator.uniform(-0.1, 1.0, shape) * reach_km * KM,
    }


def find_one_by_one(shells, *, epoch_s, start_s, flight, time_s, target_ecef_m, reach_m):
    """Give for each phase and missile the satellites whose distance is within reach."""
    found = {}
    for p, m in np.ndindex(*flight.shape):
        f = flight[p, m]
        t = epoch_s[p] + start_s[m] + time_s[f]
        satellites = np.concatenate([inertial_positions(s, t) for s in shells], axis=1)
        target = ecef_to_inertial(target_ecef_m[f], t)
        apart = np.linalg.norm(satellites - target[:, None], axis=-1)
        near = (apart <= reach_m[f][:, None]) & (reach_m[f][:, None] > 0)
        found[p, m] = np.flatnonzero(near.any(axis=0))
    return found


@pytest.mark.oracle("distance of every satellite of independently propagated shells")
@pytest.mark.parametrize("shells", SHELLS.values(), ids=SHELLS)
@pytest.mark.parametrize("reach_km", [700, 2_500, 13_500])
def test_list_holds_exactly_the_satellites_in_reach(shells, reach_km):
    case = draw_case(seed=len(shells) + reach_km, reach_km=reach_km)
    expected = find_one_by_one(shells, **case)
    planes = walker_planes(shells)

    count, satellite = satellites_in_reach(planes, capacity=planes.count, **case)

    for (p, m), numbers in expected.items():
        assert count[p, m] == len(numbers)
        assert list(satellite[p, m, : len(numbers)]) == list(numbers)
        assert np.all(satellite[p, m, len(numbers) :] == -1)


@pytest.mark.oracle("distance of every satellite of independently propagated shells")
def test_a_tenth_of_a_metre_decides():
    shells = SHELLS["two"]
    planes = walker_planes(shells)
    case = draw_case(seed=21, phases=40, missiles=1, flights=1, candidates=1)
    case |= {"flight": np.zeros((40, 1), int)}
    for p, epoch in enumerate(case["epoch_s"]):
        t = epoch + case["start_s"] + case["time_s"][0]
        satellites = np.concatenate([inertial_positions(s, t) for s in shells], axis=1)[0]
        apart = np.linalg.norm(satellites - ecef_to_inertial(case["target_ecef_m"][0], t), axis=-1)
        nearest = np.argmin(apart)

        for more_m, expected in ((-0.1, 0), (0.1, 1)):
            one = case | {"reach_m": np.array([[apart[nearest] + more_m]])}
            count, satellite = satellites_in_reach(planes, capacity=1, **one)
            assert count[p, 0] == expected
            assert satellite[p, 0, 0] == (nearest if expected else -1)


def test_dead_satellites_are_left_out_and_lists_are_cut():
    shells = SHELLS["two"]
    planes = walker_planes(shells)
    case = draw_case(seed=3, reach_km=4_000)
    alive = np.random.default_rng(1).random((5, planes.count)) < 0.5

    count, satellite = satellites_in_reach(planes, capacity=4, alive=alive, **case)

    for (p, m), numbers in find_one_by_one(shells, **case).items():
        living = [number for number in numbers if alive[p, number]]
        assert count[p, m] == len(living)
        assert list(satellite[p, m][: len(living)]) == living[:4]


def test_result_does_not_depend_on_threads():
    planes = walker_planes(SHELLS["two"])
    case = draw_case(seed=9, phases=20, missiles=30)
    both = satellites_in_reach(planes, capacity=9, **case)
    set_threads(1)
    try:
        one = satellites_in_reach(planes, capacity=9, **case)
    finally:
        set_threads(1_000)

    assert np.array_equal(both[0], one[0])
    assert np.array_equal(both[1], one[1])


def test_no_satellites_are_in_reach_of_nothing():
    case = draw_case(seed=2)

    count, satellite = satellites_in_reach(walker_planes([]), capacity=2, **case)

    assert count.sum() == 0
    assert np.all(satellite == -1)


@pytest.mark.oracle("density of sub-satellite points on a sphere; 20,000 random phases")
@pytest.mark.parametrize("lat_deg", [5, 38, 48, 55])
def test_mean_count_is_the_closed_form(lat_deg):
    shell = walker_shell(400 * KM, np.radians(50), 20, 15, phasing=7)
    generator = np.random.default_rng(lat_deg)
    radius, lat = 6_378_137.0 + 200 * KM, np.radians(lat_deg)
    phases = 20_000

    count, _ = satellites_in_reach(
        walker_planes([shell]),
        epoch_s=generator.uniform(0, 400 * 86_400, phases),
        start_s=[0.0],
        flight=np.zeros((phases, 1)),
        time_s=[[120.0]],
        target_ecef_m=[[[radius * np.cos(lat), 0.0, radius * np.sin(lat)]]],
        reach_m=[[900 * KM]],
        capacity=0,
    )

    angle = footprint_angle(400 * KM, 200 * KM, 900 * KM)
    expected = mean_in_reach(shell.count, shell.inclination_rad, lat, angle)
    assert abs(count.mean() - expected) < 4 * count.std() / np.sqrt(phases)  # four sigma


@pytest.mark.oracle("density of sub-satellite points integrated over the cap by scipy")
@pytest.mark.parametrize(
    ("inclination_deg", "lat_deg", "angle_deg"), [(90, 10, 8), (60, 0, 15), (30, -20, 5)]
)
def test_mean_is_the_integral_of_the_density(inclination_deg, lat_deg, angle_deg):
    i, lat, angle = np.radians([inclination_deg, lat_deg, angle_deg])

    def density(turn, away):
        sin_there = np.sin(lat) * np.cos(away) + np.cos(lat) * np.sin(away) * np.cos(turn)
        return np.sin(away) / (2 * np.pi**2 * np.sqrt(np.sin(i) ** 2 - sin_there**2))

    expected, _ = dblquad(density, 0, angle, 0, 2 * np.pi)

    assert mean_in_reach(1.0, i, lat, angle) == pytest.approx(expected, rel=1e-6)


@pytest.mark.oracle("sub-satellite points at 4 million even phases and nodes, counted")
@pytest.mark.parametrize(
    ("inclination_deg", "lat_deg", "angle_deg"),
    [(70, 85, 25), (97, 40, 120), (50, 48, 6), (50, 54, 6), (20, 0, 60)],
)
def test_mean_is_the_share_of_phases_and_nodes(inclination_deg, lat_deg, angle_deg):
    i, lat, angle = np.radians([inclination_deg, lat_deg, angle_deg])
    u, turn = (np.arange(2_000) + 0.5) * np.pi / 1_000, (np.arange(2_000) + 0.25) * np.pi / 1_000
    x, y, z = np.cos(u), np.sin(u) * np.cos(i), np.sin(u) * np.sin(i)
    toward = np.cos(turn)[:, None] * x + np.sin(turn)[:, None] * y

    inside = np.cos(lat) * toward + np.sin(lat) * z >= np.cos(angle)

    assert mean_in_reach(1.0, i, lat, angle) == pytest.approx(inside.mean(), rel=2e-3)


@pytest.mark.oracle("sin lat = sin i sin u: the share of a turn spent above a latitude")
def test_mean_over_the_pole_is_the_share_of_a_turn():
    share = mean_in_reach(1.0, np.radians(63), np.radians(90), np.radians(40))

    above = np.arcsin(np.sin(np.radians(50)) / np.sin(np.radians(63)))
    assert share == pytest.approx((np.pi - 2 * above) / (2 * np.pi), rel=1e-9)


@pytest.mark.oracle("AEI working paper 2025-20, calculator defaults (aei-absentee, aei-latitude)")
def test_equal_area_ratio_is_the_published_one():
    radius_m, earth_m = 589.208 * KM, 6_378.1 * KM

    everywhere = equal_area_absentee_ratio(radius_m, 200 * KM, earth_radius_m=earth_m)
    below_45 = equal_area_absentee_ratio(radius_m, 200 * KM, np.radians(45), earth_m)

    assert everywhere == pytest.approx(498.567, abs=0.01)
    assert everywhere == pytest.approx(499.0, abs=0.5)
    assert np.ceil(2 * below_45) == pytest.approx(706, abs=1)
    assert np.ceil(20 * below_45) == pytest.approx(7_051, abs=1)


def test_flat_disc_engages_four_of_a_large_shell():
    # 7,800 at 400 km, intercept at 200 km, 15 gee, 4 km/s, burnout at 175 s less 45 s, 2 shots.
    radius_m = footprint_radius(fly_out_range(175.0 - 45.0, 4 * KM, 15 * 9.80665), 200 * KM)

    engaged = 7_800 / equal_area_absentee_ratio(radius_m, 200 * KM) / 2

    assert 3.5 < engaged < 5.0


@pytest.mark.oracle("cap of a sphere: an even shell covers angle by (1 - cos angle) / 2")
def test_all_satellites_are_within_half_a_turn():
    angle = np.linspace(0.0, np.pi, 19)
    lat = np.radians([-90, -40, 0, 20, 90])[:, None]

    share = mean_in_reach(1.0, np.radians(60), lat, angle)

    assert share[:, 0] == pytest.approx(np.zeros(5), abs=1e-12)
    assert share[:, -1] == pytest.approx(np.ones(5), abs=1e-6)
    assert np.all(np.diff(share, axis=1) >= -1e-12)
    # A cap and its opposite share the shell; averaged over the sphere it is an even one.
    assert share + mean_in_reach(1.0, np.radians(60), -lat, np.pi - angle) == pytest.approx(
        np.ones((5, 19)), abs=1e-6
    )
    x, weight = np.polynomial.legendre.leggauss(400)
    mean = mean_in_reach(1.0, np.radians(60), np.arcsin(x)[:, None], angle[1:5]).T @ weight / 2
    assert mean == pytest.approx((1 - np.cos(angle[1:5])) / 2, abs=1e-4)


def test_inclined_shells_crowd_below_their_highest_latitude():
    ratio = absentee_ratio(np.radians(50), np.radians([0, 30, 45, 70]), 0.06)

    assert np.all(np.diff(ratio[:3]) < 0)
    assert ratio[3] == np.inf
    assert footprint_angle(500 * KM, 100 * KM, 399 * KM) == 0.0


def test_raid_with_shapes_that_do_not_go_together_is_refused():
    planes = walker_planes(SHELLS["one"])
    case = draw_case(seed=1)
    with pytest.raises(DomainError, match=r"\(P, M\)"):
        satellites_in_reach(planes, capacity=3, **(case | {"start_s": [0.0]}))
    with pytest.raises(DomainError, match="finite"):
        satellites_in_reach(planes, capacity=3, **(case | {"epoch_s": np.full(5, np.nan)}))
    with pytest.raises(DomainError, match="flight must lie"):
        satellites_in_reach(planes, capacity=3, **(case | {"flight": np.full((5, 7), 4)}))
    with pytest.raises(DomainError, match="alive"):
        satellites_in_reach(planes, capacity=3, alive=np.ones((5, 3), bool), **case)
