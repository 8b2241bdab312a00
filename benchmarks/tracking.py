"""How fast covariances are tracked, and what it costs a battle."""

import numpy as np
from benchmarks.timing import best_s

from umbo.engagement.tracking import (
    Sensors,
    Start,
    Tracks,
    find_solutions,
    hold_tracks,
    p_hand_over,
    predicted_covariance,
)
from umbo.physics.earth import inertial_to_ecef
from umbo.physics.estimation import Looks, error_flow, track_covariances

MU_M3_PER_S2 = 3.986004418e14
TARGETS = {"track_scans_per_s": 10e6}
BESIDE = {"track_scans_per_s": "stone_soup_track_scans_per_s"}
START = Start(views=2, looks=3.0, revisit_s=1.0, position_error_m=100e3, velocity_error_m_per_s=3e3)


def arcs(number: int, samples: int) -> tuple[np.ndarray, np.ndarray]:
    """Fly ballistic arcs, 10 s a sample: times and inertial positions."""
    generator = np.random.default_rng(1)
    time_s = 10.0 * np.arange(samples)
    position = np.array([6_571e3, 0.0, 0.0]) + generator.normal(size=(number, 3)) * 50e3
    velocity = np.array([3_000.0, 6_300.0, 500.0]) + generator.normal(size=(number, 3)) * 50.0
    flown = np.empty((number, samples, 3))
    for k in range(samples):
        flown[:, k] = position
        for _ in range(10):
            position = position + velocity / 2.0
            radius = np.linalg.norm(position, axis=1, keepdims=True)
            velocity = velocity - MU_M3_PER_S2 * position / radius**3
            position = position + velocity / 2.0
    return time_s, flown


def places(sensors: int, samples: int) -> np.ndarray:
    """Stand satellites at 1,000 km about the arcs."""
    generator = np.random.default_rng(2)
    place = np.array([0.8, 0.6, 0.0]) + 0.4 * generator.normal(size=(sensors, 1, 3))
    place *= 7_400e3 / np.linalg.norm(place, axis=-1, keepdims=True)
    return np.broadcast_to(place, (sensors, samples, 3))


def kernel() -> dict[str, float]:
    """Track 200 targets with 4 sensors through 200 scans."""
    time_s, flown = arcs(200, 200)
    flow = error_flow(time_s, flown, 1e-6)
    looks = Looks(
        places(4, 200),
        np.ones((4, 200, 200), bool),
        np.ones(4),
        np.full(4, 50e-6),
        np.full(4, np.inf),
    )
    start = {"start_position_error_m": 1e5, "start_velocity_error_m_per_s": 3e3}
    took_s = best_s(lambda: track_covariances(flow, looks, **start))
    return {
        "track_scans_per_s": 200 * 4 * 200 / took_s,
        "error_flow_100_flights_ms": 1e3 * best_s(lambda: error_flow(time_s, flown[:100], 1e-6)),
    }


def battle() -> dict[str, float]:
    """Hold the tracks of 100 flights by 24 satellites, 5 in view, and hand them to a weapon."""
    time_s, flown = arcs(100, 200)
    noise = np.where(time_s < 100.0, 100.0, np.where(time_s > 1_700.0, 100.0, 1e-6))
    flow = error_flow(time_s, flown, noise)
    in_view = np.zeros((24, 100, 200), bool)
    for s in range(24):
        in_view[s, :, 8 * s : 8 * s + 42] = True
    sensors = Sensors(
        position_ecef_m=inertial_to_ecef(places(24, 200), time_s),
        in_view=in_view,
        revisit_s=np.ones(24),
        p_detect=np.full(24, 0.95),
        angle_error_rad=np.full(24, 50e-6),
        range_error_m=np.full(24, np.inf),
    )
    intercept_s = np.linspace(1_000.0, 1_600.0, 100)[:, None]
    tracks = hold_tracks(flow, sensors, START)

    def hand(held: Tracks) -> np.ndarray:
        solutions = find_solutions(held, limit_m=100.0, intercept_s=intercept_s)
        covariance, motion = predicted_covariance(held, solutions.time_s, intercept_s)
        return p_hand_over(covariance, motion, 500.0)

    return {
        "hold_100_tracks_ms": 1e3 * best_s(lambda: hold_tracks(flow, sensors, START)),
        "hand_over_100_ms": 1e3 * best_s(lambda: hand(tracks)),
    }


def peer() -> dict[str, float]:
    """Track 200 targets with 4 sensors through 20 scans by plain matrices in numpy."""
    generator = np.random.default_rng(1)
    step, rows = np.eye(6), generator.normal(size=(4, 200, 2, 6))
    step[:3, 3:] = 10.0 * np.eye(3)

    def track() -> None:
        p = np.broadcast_to(1e6 * np.eye(6), (200, 6, 6))
        for _ in range(20):
            p = step @ p @ step.T
            for h in rows:
                seen = p @ h.swapaxes(1, 2)
                p = p - seen @ np.linalg.solve(h @ seen + np.eye(2), seen.swapaxes(1, 2))

    return {"numpy_track_scans_per_s": 200 * 4 * 20 / best_s(track, 3)}


def stone_soup_peer() -> dict[str, float]:
    """Track one target with 4 radars through 10 scans by Stone Soup's extended Kalman filter."""
    from datetime import datetime, timedelta

    from stonesoup.models.measurement.nonlinear import CartesianToElevationBearingRange
    from stonesoup.models.transition.linear import (
        CombinedLinearGaussianTransitionModel,
        ConstantVelocity,
    )
    from stonesoup.predictor.kalman import ExtendedKalmanPredictor
    from stonesoup.types.detection import Detection
    from stonesoup.types.hypothesis import SingleHypothesis
    from stonesoup.types.state import GaussianState, State
    from stonesoup.updater.kalman import ExtendedKalmanUpdater

    motion = CombinedLinearGaussianTransitionModel([ConstantVelocity(2.0)] * 3)
    predictor, updater = ExtendedKalmanPredictor(motion), ExtendedKalmanUpdater(None)
    sensors = [
        CartesianToElevationBearingRange(
            ndim_state=6,
            mapping=(0, 2, 4),
            noise_covar=np.diag([1e-8, 1e-8, 2_500.0]),
            translation_offset=np.array([[500e3 * k], [-900e3], [1e5]]),
        )
        for k in range(4)
    ]
    begin, scans = datetime(2025, 6, 1), 10
    start = np.array([[1e6], [1e3], [1e6], [500.0], [1e6], [100.0]])

    def track() -> None:
        state = GaussianState(start, np.diag([1e8, 9e4] * 3), begin)
        for scan in range(1, scans + 1):
            now = begin + timedelta(seconds=10.0 * scan)
            state = predictor.predict(state, timestamp=now)
            for sensor in sensors:
                truth = State(state.state_vector, now)
                seen = Detection(sensor.function(truth), now, measurement_model=sensor)
                state = updater.update(SingleHypothesis(state, seen))
                state = GaussianState(state.state_vector, state.covar, now)

    return {"stone_soup_track_scans_per_s": 4 * scans / best_s(track, 3)}


JOBS = (kernel, battle, peer, stone_soup_peer)
