"""Flight against scipy's DOP853, published missiles and closed forms."""

import dataclasses
from bisect import bisect_right
from functools import lru_cache
from itertools import pairwise
from math import atan2, cos, exp, hypot, sin, sqrt

import numpy as np
import pytest

from umbo.errors import DomainError
from umbo.physics.atmosphere import standard_atmosphere
from umbo.physics.flight import Effects, Launch, Steering, Vehicle, coast, fly

DEG = np.pi / 180.0
FORDEN_DRAG = {
    "drag_mach": np.array([0.0, 0.85, 1.0, 1.2, 2.0, 4.5]),
    "drag_coefficient": np.array([0.20, 0.20, 0.27, 0.27, 0.20, 0.20]),
}
THREE_STAGES = Vehicle(
    dry_kg=np.array([3_000.0, 1_200.0, 400.0]),
    propellant_kg=np.array([26_000.0, 9_500.0, 3_200.0]),
    thrust_vacuum_n=np.array([1.22e6, 4.6e5, 1.55e5]),
    burn_s=np.array([58.0, 58.0, 59.0]),
    exit_area_m2=np.array([1.0, 0.8, 0.4]),
    diameter_m=np.array([1.8, 1.8, 1.4]),
    payload_kg=800.0,
    reentry_ballistic_coefficient_kg_per_m2=10_000.0,
    **FORDEN_DRAG,
)
TWO_BODY = Effects(rotation=False, drag=False, j2=False, pressure_loss=False, ellipsoid=False)


def stack(dry, propellant, impulse_s, burn_s, exit_m2, diameter_m, payload_kg, beta):
    """Set up a missile by specific impulse."""
    propellant, burn_s = np.array(propellant), np.array(burn_s)
    return Vehicle(
        dry_kg=np.array(dry),
        propellant_kg=propellant,
        thrust_vacuum_n=np.array(impulse_s) * 9.80665 * propellant / burn_s,
        burn_s=burn_s,
        exit_area_m2=np.full(len(dry), exit_m2),
        diameter_m=np.full(len(dry), diameter_m),
        payload_kg=payload_kg,
        reentry_ballistic_coefficient_kg_per_m2=beta,
        **FORDEN_DRAG,
    )


# Missile, least and greatest kick [deg] of flights that stay up while they burn.
VARIED = {
    "solid icbm": (THREE_STAGES, 20.0, 36.0),
    "liquid icbm": (
        stack([4e3, 1.3e3], [70e3, 9e3], [285.0, 315.0], [130.0, 140.0], 1.2, 3.0, 2.2e3, 9e3),
        3.0,
        6.0,
    ),
    "slbm": (
        stack([2e3, 900.0, 400.0], [14e3, 6e3, 2e3], [268.0] * 3, [60.0] * 3, 0.6, 1.9, 1.2e3, 1e4),
        10.0,
        22.0,
    ),
    "irbm": (stack([1.5e3, 600.0], [13e3, 4.5e3], [250.0, 275.0], [60.0] * 2, 0.3, 1.5, 700.0, 6e3), 8.0, 25.0),
    "mrbm": (stack([1.8e3], [13e3], [240.0], [95.0], 0.3, 1.3, 800.0, 4e3), 3.0, 12.0),
    "srbm": (stack([1.2e3], [3.7e3], [235.0], [75.0], 0.05, 0.88, 985.0, 6e3), 10.0, 30.0),
}  # fmt: skip


def varied_flights(name, count):
    """Draw latitudes, longitudes, azimuths, kicks and cut-offs: ranges from 20 to 15,000 km."""
    vehicle, least, most = VARIED[name]
    draw = np.random.default_rng(len(name)).uniform(size=(5, count))
    return (
        1.3 * (2 * draw[0] - 1),
        np.pi * (2 * draw[1] - 1),
        2 * np.pi * draw[2],
        (least + (most - least) * draw[3]) * DEG,
        (0.6 + 0.45 * draw[4]) * vehicle.burn_s.sum(),
    )


# --- An independent flight: inertial axes, geodetic altitude, the air's plain function. ---------


@lru_cache(maxsize=1)
def other_air():
    """Give log density, log pressure and speed of sound every 10 m to 100 km, and above.

    Of the plain function, which test_atmosphere.py holds against the published tables and
    ussa1976: the hundredth of a per cent between programs is worth 20 m after 10,000 km.
    """
    rows = []
    for z in (np.arange(0.0, 100e3 + 1, 10.0), np.arange(100e3, 1_000e3 + 1, 500.0)):
        air = standard_atmosphere(z)
        logs = np.log(air.density_kg_per_m3), np.log(air.pressure_pa)
        rows.append(tuple(x.tolist() for x in (*logs, air.speed_of_sound_m_per_s)))
    return rows


def air_at(z):
    low, up = other_air()
    if z >= 1_000e3:
        return 0.0, 0.0, 300.0
    rows, place = (low, max(z, 0.0) / 10.0) if z < 100e3 else (up, (z - 100e3) / 500.0)
    cell = min(int(place), len(rows[0]) - 2)
    x = place - cell
    rho, p, sound = ((1 - x) * row[cell] + x * row[cell + 1] for row in rows)
    return exp(rho), exp(p), sound


def geodetic_altitude(p):
    e2 = 0.0066943799901413165
    across = hypot(p[0], p[1])
    lat = atan2(p[2], across * (1 - e2))
    for _ in range(3):
        sine = sin(lat)
        normal = 6378137.0 / sqrt(1 - e2 * sine**2)
        altitude = across * cos(lat) + p[2] * sine - normal * (1 - e2 * sine**2)
        lat = atan2(p[2], across * (1 - e2 * normal / (normal + altitude)))
    return altitude


def fly_with_scipy(vehicle, lat, lon, azimuth, kick, cutoff, vertical_s=5.0, kick_s=8.0):
    """Impact time and Earth-fixed impact position of a gravity turn."""
    from scipy.integrate import solve_ivp

    w = 7.292115e-5
    up = np.array([np.cos(lat) * np.cos(lon), np.cos(lat) * np.sin(lon), np.sin(lat)])
    east = np.array([-np.sin(lon), np.cos(lon), 0.0])
    ahead = np.sin(azimuth) * east + np.cos(azimuth) * np.cross(up, east)
    mach, coefficient = vehicle.drag_mach.tolist(), vehicle.drag_coefficient.tolist()
    dry, propellant, burn = (
        x.tolist() for x in (vehicle.dry_kg, vehicle.propellant_kg, vehicle.burn_s)
    )

    def drag_coefficient(m):
        i = bisect_right(mach, m)
        if i == 0 or i == len(mach):
            return coefficient[min(i, len(mach) - 1)]
        x = (m - mach[i - 1]) / (mach[i] - mach[i - 1])
        return (1 - x) * coefficient[i - 1] + x * coefficient[i]

    def turned(vector, angle):
        c, s = np.cos(angle), np.sin(angle)
        return np.array([c * vector[0] - s * vector[1], s * vector[0] + c * vector[1], vector[2]])

    def rates(t, y, stage, lit, direction):
        px, py, pz, vx, vy, vz = y.tolist()
        r = sqrt(px * px + py * py + pz * pz)
        q = 5 * (pz / r) ** 2
        bulge = 1.5 * 1.0826261738e-3 * (6378137.0 / r) ** 2
        g = -3.986004418e14 / r**3
        ax = g * px * (1 + bulge * (1 - q))
        ay = g * py * (1 + bulge * (1 - q))
        az = g * pz * (1 + bulge * (3 - q))
        wx, wy, wz = vx + w * py, vy - w * px, vz
        speed = sqrt(wx * wx + wy * wy + wz * wz)
        rho, pressure, sound = air_at(geodetic_altitude((px, py, pz)))
        if stage is None:
            along = -0.5 * rho * speed / vehicle.reentry_ballistic_coefficient_kg_per_m2
            return [vx, vy, vz, ax + along * wx, ay + along * wy, az + along * wz]
        mass = sum(dry[stage:]) + sum(propellant[stage + 1 :]) + vehicle.payload_kg
        mass += propellant[stage] * (1 - (t - lit) / burn[stage])
        area = np.pi * vehicle.diameter_m[stage] ** 2 / 4
        along = -0.5 * rho * speed * drag_coefficient(speed / sound) * area / mass
        push = (vehicle.thrust_vacuum_n[stage] - vehicle.exit_area_m2[stage] * pressure) / mass
        tx, ty, tz = (
            wx / speed if speed else 0.0,
            wy / speed if speed else 0.0,
            wz / speed if speed else 0.0,
        )
        if direction is not None:
            c, s = cos(w * t), sin(w * t)
            tx, ty, tz = (
                c * direction[0] - s * direction[1],
                s * direction[0] + c * direction[1],
                direction[2],
            )
        return [
            vx, vy, vz,
            ax + along * wx + push * tx, ay + along * wy + push * ty, az + along * wz + push * tz,
        ]  # fmt: skip

    def ground(t, y, *_):
        return geodetic_altitude(y[:3].tolist())

    ground.terminal, ground.direction = True, -1
    normal = 6378137.0 / np.sqrt(1 - 0.0066943799901413165 * np.sin(lat) ** 2)
    p0 = normal * up * np.array([1, 1, 1 - 0.0066943799901413165])
    y = np.concatenate([p0, np.cross([0.0, 0.0, w], p0)])
    ends = np.cumsum(vehicle.burn_s)
    marks = sorted(
        {0.0, vertical_s, vertical_s + kick_s, min(cutoff, ends[-1]), *ends[ends < cutoff]}
    )
    for t0, t1 in [*pairwise(marks), (marks[-1], 9_000.0)]:
        stage = int(np.searchsorted(ends, t0, side="right")) if t0 < min(cutoff, ends[-1]) else None
        lit = 0.0 if stage in (None, 0) else ends[stage - 1]
        direction = up if t0 < vertical_s else None
        if vertical_s <= t0 < vertical_s + kick_s:
            direction = np.cos(kick) * up + np.sin(kick) * ahead
        events = ground if stage is None else None
        done = solve_ivp(
            rates,
            (t0, t1),
            y,
            "DOP853",
            args=(stage, lit, None if direction is None else direction.tolist()),
            rtol=1e-11,
            atol=1e-7,
            events=events,
        )
        y = done.y[:, -1]
    time_s = done.t_events[0][0]
    return time_s, turned(done.y_events[0][0][:3], -w * time_s)


def worst_difference(name, rows, count):
    """Give the greatest distance [m] and time [s] between impacts of the two programs."""
    vehicle, draws = VARIED[name][0], varied_flights(name, count)
    lat, lon, azimuth, kick, cutoff = (x[rows] for x in draws)
    flown = fly(vehicle, Launch(lat, lon), Steering(azimuth, kick, cutoff_s=cutoff), times_s=[])
    assert np.all(np.isfinite(flown.burnout_s + flown.impact_s))
    apart_m, apart_s = np.empty(len(lat)), np.empty(len(lat))
    for i in range(len(lat)):
        time_s, position = fly_with_scipy(vehicle, lat[i], lon[i], azimuth[i], kick[i], cutoff[i])
        apart_s[i] = abs(time_s - flown.impact_s[i])
        apart_m[i] = np.linalg.norm(flown.impact_position_m[i] - position)
    return apart_m.max(), apart_s.max()


@pytest.mark.oracle("scipy DOP853 on a right-hand side of its own in inertial axes")
@pytest.mark.parametrize("name", VARIED)
def test_impact_is_that_of_another_integrator(name):
    # seven of those that scripts/figures/flight.py compares by the thousand
    apart_m, apart_s = worst_difference(name, slice(0, 7), 167)

    assert apart_m < 15.0
    assert apart_s < 0.01


@pytest.mark.oracle("minimum-energy arcs in closed form (Bate, Mueller & White, ch. 6)")
@pytest.mark.parametrize("range_km", [300, 1_000, 3_000, 5_500, 8_000, 10_000, 12_000])
def test_free_flight_is_the_minimum_energy_arc(range_km):
    radius, mu = 6_371e3, 3.986004418e14
    psi = range_km * 1e3 / radius / 2
    a, e = radius * (1 + np.sin(psi)) / 2, np.cos(psi) / (1 + np.sin(psi))
    speed, angle = np.sqrt(mu * (2 / radius - 1 / a)), (np.pi - 2 * psi) / 4
    anomaly = np.arccos((1 - radius / a) / e)
    time_s = 2 * np.sqrt(a**3 / mu) * (np.pi - anomaly + e * np.sin(anomaly))

    arc = coast(
        [radius, 0, 0], [speed * np.sin(angle), speed * np.cos(angle), 0], 1e4, effects=TWO_BODY
    )

    flown = radius * np.arctan2(arc.impact_position_m[1], arc.impact_position_m[0])
    assert flown == pytest.approx(range_km * 1e3, rel=1e-6)  # 12 m of 12,000 km
    assert arc.impact_s == pytest.approx(time_s, rel=1e-6)
    assert arc.apogee_altitude_m == pytest.approx(a * (1 + e) - radius, abs=10.0)
    assert arc.apogee_s == pytest.approx(time_s / 2, abs=0.05)


@pytest.mark.oracle("Forden, Science & Global Security 15 (2007), as transcribed")
@pytest.mark.parametrize(
    ("dry", "propellant", "burn", "payload", "elevation", "rate", "range_km"),
    [
        (1_198.0, 3_699.0, 75.0, 1_000.0, 47.6563, 1.348, 288.0),
        (1_334.0, 4_739.0, 90.0, 191.0, 45.0, 1.0, 693.0),
    ],
    ids=["scud-b", "al-hussein"],
)
def test_forden_missile_flies_as_published(
    dry, propellant, burn, payload, elevation, rate, range_km
):
    vehicle = Vehicle(
        dry_kg=np.array([dry]),
        propellant_kg=np.array([propellant]),
        thrust_vacuum_n=np.array([230.0 * 9.80665 * propellant / burn]),
        burn_s=np.array([burn]),
        exit_area_m2=np.array([0.0]),
        diameter_m=np.array([0.84]),
        payload_kg=payload,
        reentry_ballistic_coefficient_kg_per_m2=(dry + payload) / (0.2 * np.pi * 0.42**2),
        **FORDEN_DRAG,
    )
    program = Steering(
        40 * DEG, pitch_rate_rad_per_s=rate * DEG, final_elevation_rad=elevation * DEG
    )

    flown = fly(
        vehicle, Launch(0.0, 0.0), program, effects=Effects(rotation=False, pressure_loss=False)
    )

    x, y, z = flown.impact_position_m
    distance = 6_371e3 * np.arctan2(np.hypot(y, z), x)
    assert distance == pytest.approx(range_km * 1e3, rel=0.05)
    assert flown.burnout_s == burn


def free_fall(effects, **options):
    """Give positions and velocities in inertial axes over 1,500 s of free flight."""
    flown = coast(
        [6_500e3, 0, 1_000e3],
        [2_000.0, 6_000.0, 2_000.0],
        1e4,
        effects=effects,
        times_s=np.arange(0, 2_000.0, 50.0),
        **options,
    )
    up = np.isfinite(flown.position_m[:, 0])
    assert up.sum() > 20
    t, p, v = flown.time_s[up], flown.position_m[up], flown.velocity_m_per_s[up]
    spin = 7.292115e-5 if effects.rotation else 0.0
    v = v + spin * np.stack([-p[:, 1], p[:, 0], 0 * t], axis=-1)
    c, s = np.cos(spin * t), np.sin(spin * t)

    def turned(x):
        return np.stack([c * x[:, 0] - s * x[:, 1], s * x[:, 0] + c * x[:, 1], x[:, 2]], axis=-1)

    return turned(p), turned(v)


@pytest.mark.parametrize(
    ("options", "kept"),
    [({}, 1e-9), ({"tolerance": 1.0}, 1e-7)],
    ids=["free fall", "as missiles fly"],
)
@pytest.mark.parametrize("rotation", [False, True])
def test_energy_and_momentum_are_kept_without_air(options, kept, rotation):
    p, v = free_fall(Effects(rotation=rotation, drag=False, j2=False), **options)

    energy = np.sum(v**2, axis=1) / 2 - 3.986004418e14 / np.linalg.norm(p, axis=1)
    momentum = np.cross(p, v)

    assert energy == pytest.approx(energy[0], rel=kept)
    size = np.linalg.norm(momentum[0])
    assert momentum == pytest.approx(np.broadcast_to(momentum[0], momentum.shape), abs=kept * size)


@pytest.mark.parametrize("rotation", [False, True])
def test_energy_and_polar_momentum_are_kept_over_the_flattened_earth(rotation):
    p, v = free_fall(Effects(rotation=rotation, drag=False))

    r, sine2 = np.linalg.norm(p, axis=1), p[:, 2] ** 2 / np.sum(p**2, axis=1)
    bulge = 1.0826261738e-3 * (6378137.0 / r) ** 2 * (1.5 * sine2 - 0.5)
    energy = np.sum(v**2, axis=1) / 2 - 3.986004418e14 / r * (1 - bulge)
    polar = p[:, 0] * v[:, 1] - p[:, 1] * v[:, 0]

    assert energy == pytest.approx(energy[0], rel=1e-9)
    assert polar == pytest.approx(polar[0], rel=1e-9)
    across = np.linalg.norm(np.cross(p, v)[:, :2], axis=1)
    assert np.ptp(across) > 1e-5 * across[0]  # J2 turns the plane


@pytest.mark.oracle("Tsiolkovsky: the sum of Isp g0 ln(m0 / m1) over the stages")
def test_a_boost_without_weight_and_air_gains_the_rocket_equation_speed():
    # given a flight straight up without air, whose loss to gravity is integrated apart
    flown = fly(
        THREE_STAGES,
        Launch(0.0, 0.0),
        Steering(0.0, vertical_s=1e4),
        times_s=np.linspace(0.0, 175.0, 1_751),
        effects=TWO_BODY,
    )
    r = np.linalg.norm(flown.position_m, axis=1)
    pull = 3.986004418e14 / r**2
    lost = np.sum((pull[1:] + pull[:-1]) / 2 * np.diff(flown.time_s))

    heavy = THREE_STAGES.start_kg
    light = heavy - THREE_STAGES.propellant_kg
    exhaust = THREE_STAGES.thrust_vacuum_n * THREE_STAGES.burn_s / THREE_STAGES.propellant_kg
    ideal = np.sum(exhaust * np.log(heavy / light))
    assert flown.burnout_speed_m_per_s + lost == pytest.approx(ideal, abs=0.5)  # m/s of 10,000


@pytest.mark.oracle("classical RK4 at a fixed 0.02 s, plane polar, written apart")
def test_a_fixed_step_twin_burns_out_in_the_same_state():
    # given a sphere at rest with air, on which a flight stays in its plane
    still = Effects(rotation=False, j2=False, ellipsoid=False)
    flown = fly(
        THREE_STAGES, Launch(0.0, 0.0), Steering(np.pi / 2, 26 * DEG), times_s=[], effects=still
    )
    radius, m = 6_371e3, THREE_STAGES

    def rates(t, y, stage, lit, pitch):
        height, _, climb, along = y
        rho, pressure, sound = air_at(max(height, 0.0))
        speed = hypot(climb, along)
        mass = m.start_kg[stage] - m.propellant_kg[stage] * (t - lit) / m.burn_s[stage]
        c_d = np.interp(speed / sound, m.drag_mach, m.drag_coefficient)
        brake = 0.5 * rho * speed * c_d * np.pi * m.diameter_m[stage] ** 2 / 4 / mass
        push = (m.thrust_vacuum_n[stage] - pressure * m.exit_area_m2[stage]) / mass
        up, ahead = (climb / speed, along / speed) if pitch is None else (cos(pitch), sin(pitch))
        r = radius + height
        return np.array(
            [
                climb,
                along / r,
                along**2 / r - 3.986004418e14 / r**2 - brake * climb + push * up,
                -climb * along / r - brake * along + push * ahead,
            ]
        )

    y, h = np.zeros(4), 0.02
    for i in range(round(175.0 / h)):
        t = i * h
        stage = 0 if t < 58.0 - 1e-9 else 1 if t < 116.0 - 1e-9 else 2
        lit = (0.0, 58.0, 116.0)[stage]
        pitch = 0.0 if t < 5.0 - 1e-9 else 26 * DEG if t < 13.0 - 1e-9 else None
        pitch = None if pitch is None else pitch - y[1]  # held in space
        k1 = rates(t, y, stage, lit, pitch)
        k2 = rates(t + h / 2, y + h / 2 * k1, stage, lit, pitch)
        k3 = rates(t + h / 2, y + h / 2 * k2, stage, lit, pitch)
        k4 = rates(t + h, y + h * k3, stage, lit, pitch)
        y = y + h / 6 * (k1 + 2 * k2 + 2 * k3 + k4)

    assert flown.burnout_altitude_m == pytest.approx(y[0], abs=5.0)  # m
    assert flown.burnout_speed_m_per_s == pytest.approx(hypot(y[2], y[3]), abs=0.05)  # m/s
    x, east = flown.burnout_position_m[0], flown.burnout_position_m[1]
    assert radius * np.arctan2(east, x) == pytest.approx(radius * y[1], abs=10.0)  # m


def test_rotating_axes_keep_the_jacobi_constant():
    spin = 7.292115e-5
    flown = coast(
        [6_500e3, 0, 1_000e3],
        [2_000.0, 6_000.0, 2_000.0],
        1e4,
        effects=Effects(drag=False, j2=False),
        times_s=np.arange(0, 1_500.0, 50.0),
    )
    up = np.isfinite(flown.position_m[:, 0])
    p, v = flown.position_m[up], flown.velocity_m_per_s[up]

    constant = (
        np.sum(v**2, axis=1) / 2
        - 3.986004418e14 / np.linalg.norm(p, axis=1)
        - spin**2 * (p[:, 0] ** 2 + p[:, 1] ** 2) / 2
    )

    assert constant == pytest.approx(constant[0], rel=1e-7)


def test_stages_light_when_the_last_has_burnt_out():
    steering = Steering(0.3, 26 * DEG, cutoff_s=np.array([np.inf, 100.0, 30.0]))

    flown = fly(THREE_STAGES, Launch(0.7, 2.0), steering, times_s=[])

    expected = [[58.0, 116.0], [58.0, np.nan], [np.nan, np.nan]]
    assert np.array_equal(flown.staging_s, expected, equal_nan=True)
    assert flown.burnout_s.tolist() == [175.0, 100.0, 30.0]
    apart = np.linalg.norm(flown.burnout_velocity_m_per_s, axis=1) - flown.burnout_speed_m_per_s
    assert np.abs(apart).max() == 0.0
    assert coast([7e6, 0, 0], [0, 6e3, 0], 1e4, times_s=[]).staging_s.shape == (0,)


def test_each_effect_acts_as_it_must():
    # given a flight straight up, whose path does not bend with its speed, and a turning one
    def flown(kick, **effects):
        steering = Steering(0.0, kick, cutoff_s=165.0)
        launch = Launch(0.6, 0.0)
        return fly(THREE_STAGES, launch, steering, times_s=[], effects=Effects(**effects))

    speed = flown(0.0).burnout_speed_m_per_s
    hit = flown(26 * DEG).impact_position_m

    assert flown(0.0, drag=False).burnout_speed_m_per_s > speed + 20.0  # m/s
    assert flown(0.0, pressure_loss=False).burnout_speed_m_per_s > speed + 20.0
    assert 1e3 < np.linalg.norm(flown(26 * DEG, j2=False).impact_position_m - hit) < 100e3
    assert np.linalg.norm(flown(26 * DEG, rotation=False).impact_position_m - hit) > 100e3


def test_more_payload_flies_less_far():
    loads = [600.0, 800.0, 1_000.0]
    ranges = []
    for payload_kg in loads:
        vehicle = dataclasses.replace(THREE_STAGES, payload_kg=payload_kg)
        hit = fly(vehicle, Launch(0.0, 0.0), Steering(0.0, 26 * DEG), times_s=[]).impact_position_m
        ranges.append(np.arctan2(hit[2], hit[0]))

    assert np.all(np.diff(ranges) < 0.0)


def test_eastward_flight_goes_further_over_a_spinning_earth():
    # given the same steering east and west from the equator
    def distance(rotation):
        flown = fly(
            THREE_STAGES,
            Launch(0.0, np.zeros(2)),
            Steering(np.array([90.0, 270.0]) * DEG, kick_rad=28 * DEG),
            effects=Effects(rotation=rotation),
        )
        p = flown.impact_position_m
        return 6_378e3 * np.abs(np.arctan2(p[:, 1], p[:, 0]))

    still, spinning = distance(rotation=False), distance(rotation=True)

    assert still[0] == pytest.approx(still[1], abs=1.0)
    assert spinning[0] > still[0] + 200e3
    assert spinning[1] < still[1] - 200e3


def test_samples_follow_the_flight_and_end_at_impact():
    flown = fly(THREE_STAGES, Launch(0.7, 2.0), Steering(0.3, kick_rad=26 * DEG), every_s=1.0)
    p, v, t = flown.position_m, flown.velocity_m_per_s, flown.time_s
    in_flight = t <= flown.impact_s

    assert np.array_equal(np.isfinite(p[:, 0]), in_flight)
    free = (t > 180.0) & (t < flown.pierce_down_s)
    slope = np.gradient(p[free], t[free], axis=0)[2:-2]
    assert slope == pytest.approx(v[free][2:-2], abs=0.05)  # 0.05 m/s of a second difference
    altitude = np.array([geodetic_altitude(point) for point in p[in_flight]])
    assert altitude.max() == pytest.approx(flown.apogee_altitude_m, abs=50.0)
    assert t[altitude.argmax()] == pytest.approx(flown.apogee_s, abs=1.0)
    assert np.interp(flown.pierce_up_s, t[:300], altitude[:300]) == pytest.approx(100e3, abs=500.0)
    fall = altitude[int(flown.pierce_down_s) : int(flown.pierce_down_s) + 2]
    assert fall[0] > 100e3 > fall[1]
    assert geodetic_altitude(flown.impact_position_m) == pytest.approx(0.0, abs=0.01)


def test_a_batch_is_its_flights_one_by_one():
    kicks = np.linspace(4, 30, 7) * DEG
    batch = fly(THREE_STAGES, Launch(0.7, 2.0), Steering(0.3, kick_rad=kicks), every_s=20.0)

    for i, kick in enumerate(kicks):
        one = fly(
            THREE_STAGES, Launch(0.7, 2.0), Steering(0.3, kick_rad=kick), times_s=batch.time_s
        )
        assert np.array_equal(one.position_m, batch.position_m[i], equal_nan=True)
        assert one.impact_s == batch.impact_s[i]


def test_a_heavier_reentry_vehicle_arrives_faster():
    light = dataclasses.replace(THREE_STAGES, reentry_ballistic_coefficient_kg_per_m2=3_000.0)
    steering = Steering(0.3, kick_rad=26 * DEG)

    slow, fast = (
        fly(v, Launch(0.7, 2.0), steering).impact_velocity_m_per_s for v in (light, THREE_STAGES)
    )

    assert np.linalg.norm(fast) > np.linalg.norm(slow) + 500.0


def test_an_orbit_has_no_impact():
    flown = coast([7_378e3, 0, 0], [0, 7_000.0, 0], 1e4)

    assert np.isnan(flown.impact_s)


def test_a_missile_too_heavy_to_lift_is_refused():
    heavy = dataclasses.replace(THREE_STAGES, payload_kg=200_000.0)

    with pytest.raises(DomainError, match="more than its thrust"):
        fly(heavy, Launch(0.0, 0.0), Steering(0.0))


def test_a_stage_without_propellant_is_refused():
    with pytest.raises(DomainError, match="propellant_kg"):
        dataclasses.replace(THREE_STAGES, propellant_kg=np.array([1.0, 0.0, 1.0]))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"drag_mach": np.array([0.0, 1.0, 0.85, 1.2, 2.0, 4.5])}, "drag_mach must rise"),
        ({"drag_mach": np.array([0.0, 1.0])}, "as many values"),
        ({"dry_kg": np.array([np.inf, 1.0, 1.0])}, "dry_kg"),
        ({"payload_kg": np.nan}, "payload_kg"),
        ({"burn_s": np.array([580.0, 58.0, 59.0])}, "burns longer than its propellant lasts"),
        ({"burn_s": np.array([58.0, 58.0])}, "one value a stage"),
    ],
)
def test_an_impossible_missile_is_refused(change, message):
    with pytest.raises(DomainError, match=message):
        dataclasses.replace(THREE_STAGES, **change)


@pytest.mark.parametrize(
    ("launch", "steering", "options", "message"),
    [
        (Launch(np.nan, 0.0), Steering(0.0), {}, "latitude_rad"),
        (Launch(0.0, 0.0), Steering(np.inf), {}, "azimuth_rad"),
        (Launch(0.0, 0.0), Steering(0.0, cutoff_s=np.nan), {}, "cutoff_s"),
        (Launch(0.0, 0.0), Steering(0.0), {"times_s": [2.0, 1.0]}, "rising"),
        (Launch(0.0, 0.0), Steering(0.0), {"every_s": 0.0}, "every_s"),
        (Launch(0.0, 0.0), Steering(0.0), {"tolerance": -1.0}, "tolerance"),
    ],
)
def test_an_impossible_flight_is_refused(launch, steering, options, message):
    with pytest.raises(DomainError, match=message):
        fly(THREE_STAGES, launch, steering, **options)


def test_a_fall_from_nowhere_is_refused():
    with pytest.raises(DomainError, match="finite"):
        coast([np.nan, 0.0, 0.0], [0.0, 0.0, 0.0], 1e4)
