"""The parts of a flight that the models share, each against an outside answer."""

import numpy as np
import pyproj
import pytest

from umbo.physics.atmosphere import kernel_table
from umbo.physics.flight import (
    ALL_EFFECTS,
    Effects,
    Launch,
    Steering,
    Vehicle,
    as_trajectory,
    fly,
    launch_state,
    stage_table,
)
from umbo.physics.propagation import APOGEE, BURNOUT, IMPACT, RECORD, fly_all
from umbo.physics.steering import greatest_range, reach

MU, RADIUS_M = 3.986004418e14, 6_371_000.0

SINGLE_STAGE = Vehicle(
    dry_kg=[1_000.0],
    propellant_kg=[9_000.0],
    thrust_vacuum_n=[300e3],
    burn_s=[80.0],
    exit_area_m2=[0.1],
    diameter_m=[1.2],
    payload_kg=500.0,
    reentry_ballistic_coefficient_kg_per_m2=8_000.0,
    drag_mach=[0.0, 5.0],
    drag_coefficient=[0.2, 0.2],
)


@pytest.mark.oracle("PROJ, geodetic to geocentric and topocentric axes")
def test_a_missile_stands_still_where_proj_puts_its_site():
    lat, lon = np.radians([39.0, -10.0]), np.radians([127.0, 30.0])
    height = np.array([100.0, 0.0])

    state, axes = launch_state(lat, lon, height, ALL_EFFECTS)

    to_geocentric = pyproj.Transformer.from_crs("EPSG:4979", "EPSG:4978", always_xy=True)
    wanted = np.stack(to_geocentric.transform(np.degrees(lon), np.degrees(lat), height), axis=-1)
    assert state[:, :3] == pytest.approx(wanted, abs=1e-3)  # m
    assert (state[:, 3:] == 0.0).all()  # over ground
    for row, (site_lat, site_lon) in enumerate([(39.0, 127.0), (-10.0, 30.0)]):
        local = pyproj.Transformer.from_pipeline(
            f"+proj=topocentric +ellps=WGS84 +lat_0={site_lat} +lon_0={site_lon} +h_0={height[row]}"
        )
        for axis in range(3):
            seen = local.transform(*(wanted[row] + 1e3 * axes[row, axis]))
            assert np.array(seen) == pytest.approx(1e3 * np.eye(3)[axis], abs=1e-3)  # m


@pytest.mark.oracle("masses and the rocket equation by hand")
def test_the_rows_of_stages_are_masses_flows_and_areas():
    ((mass_kg, flow, thrust_n, exit_m2, area_m2, burn_s),) = stage_table(SINGLE_STAGE)

    assert mass_kg == pytest.approx(10_500.0, rel=1e-12)
    assert flow == pytest.approx(112.5, rel=1e-12)  # kg/s
    assert (thrust_n, exit_m2, burn_s) == (300e3, 0.1, 80.0)
    assert area_m2 == pytest.approx(np.pi * 0.36, rel=1e-12)


@pytest.mark.oracle("the record written by hand")
def test_a_trajectory_names_the_record_of_the_kernel():
    record = np.arange(float(RECORD))[None, :]
    states = np.arange(12.0).reshape(1, 2, 6)

    named = as_trajectory(np.array([0.0, 5.0]), states, record, (1,))

    assert named.position_m[0, 1].tolist() == [6.0, 7.0, 8.0]
    assert named.velocity_m_per_s[0, 0].tolist() == [3.0, 4.0, 5.0]
    assert (named.burnout_s[0], named.apogee_s[0], named.impact_s[0]) == (BURNOUT, APOGEE, IMPACT)


@pytest.mark.oracle("Kepler's ellipse from burnout to the ground, sphere at rest")
def test_the_greatest_range_is_that_of_the_ellipse_from_burnout():
    range_m, flown = greatest_range(SINGLE_STAGE)

    # The best free-flight angle for the speed and height at burnout, by scanning all angles.
    speed = float(flown.burnout_speed_m_per_s[0])
    r = RADIUS_M + float(flown.burnout_altitude_m[0])
    angle = np.radians(np.linspace(1.0, 89.0, 2_000))
    h = r * speed * np.cos(angle)
    p = h**2 / MU
    e = np.sqrt(1.0 + 2.0 * (speed**2 / 2.0 - MU / r) * h**2 / MU**2)
    # From ascending burnout (true anomaly pi - a) round apogee to the ground (pi + b).
    a = np.pi - np.arccos(np.clip((p / r - 1.0) / e, -1, 1))
    b = np.pi - np.arccos(np.clip((p / RADIUS_M - 1.0) / e, -1, 1))
    ellipse_m = RADIUS_M * float(np.nanmax(a + b))
    # Boost itself covers some tens of kilometres of ground.
    assert ellipse_m < range_m < ellipse_m + 120e3


@pytest.mark.oracle("Kepler's ellipse from burnout to the ground, sphere at rest")
def test_the_table_of_reach_is_made_of_ellipses():
    table = reach(SINGLE_STAGE)

    row = len(table.cutoff_s) // 2
    effects = Effects(rotation=False, j2=False, ellipsoid=False)
    flown = fly(
        SINGLE_STAGE,
        Launch(0.0, 0.0),
        Steering(0.0, table.kick_rad[row], 5.0, 8.0, table.cutoff_s[row]),
        times_s=np.array([float(table.cutoff_s[row]) + 60.0]),
        effects=effects,
    )
    # Two-body motion from a state above the air, to the surface.
    r_vec, v_vec = flown.position_m[0], flown.velocity_m_per_s[0]
    r, v2 = np.linalg.norm(r_vec), v_vec @ v_vec
    e_vec = ((v2 - MU / r) * r_vec - (r_vec @ v_vec) * v_vec) / MU
    e, p = np.linalg.norm(e_vec), np.linalg.norm(np.cross(r_vec, v_vec)) ** 2 / MU
    rising = np.arccos(e_vec @ r_vec / (e * r))
    landing = 2.0 * np.pi - np.arccos((p / RADIUS_M - 1.0) / e)
    already = np.arctan2(r_vec[2], r_vec[0])
    # Drag on re-entry shortens the last hundred kilometres a little.
    assert table.range_m[row] == pytest.approx(RADIUS_M * (already + landing - rising), rel=0.01)


@pytest.mark.oracle("scipy DOP853 on two-body motion")
def test_the_kernel_coasts_as_two_bodies_do():
    from scipy.integrate import solve_ivp

    # 200 of them, so that more than one thread has its share.
    generator = np.random.default_rng(2)
    start = np.zeros((200, 6))
    start[:, 0] = RADIUS_M + 400e3
    start[:, 4] = generator.uniform(6_000.0, 7_000.0, 200)
    start[:, 3] = generator.uniform(500.0, 1_500.0, 200)
    still = Effects(rotation=False, j2=False, ellipsoid=False, drag=False)

    states, _ = fly_all(
        start,
        np.zeros((200, 3, 3)),
        np.zeros((200, 7)),
        np.zeros((0, 6)),
        np.full(200, 8_000.0),
        np.zeros((2, 1)),
        still.earth(),
        0.0,
        kernel_table(),
        np.array([0.0, 300.0]),
    )

    for row in (0, 99, 199):
        exact = solve_ivp(
            lambda _t, y: np.concatenate([y[3:], -MU * y[:3] / np.linalg.norm(y[:3]) ** 3]),
            (0.0, 300.0),
            start[row],
            method="DOP853",
            rtol=1e-12,
            atol=1e-6,
        ).y[:, -1]
        assert states[row, 1, :3] == pytest.approx(exact[:3], abs=5.0)  # m
        assert states[row, 1, 3:] == pytest.approx(exact[3:], abs=0.02)  # m/s
