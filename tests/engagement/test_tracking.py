"""Track starts, solutions and hand-over, against enumeration, quadrature and plain search."""

from fractions import Fraction
from itertools import product

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.special import erf

from umbo.engagement.tracking import (
    Sensors,
    Start,
    Unknowns,
    basket_radius,
    find_solutions,
    flow_of,
    hold_tracks,
    mean_looks_to_start,
    p_hand_over,
    p_started,
    p_within_circle,
    predicted_covariance,
    shot_p_kill,
)
from umbo.errors import DomainError
from umbo.physics.earth import geodetic_to_ecef
from umbo.physics.estimation import position_error

KM = 1e3
UNKNOWNS = Unknowns(boost=100.0, coast=1e-6, glide=4.0, reentry=100.0)
START = Start(
    views=2, looks=3.0, revisit_s=5.0, position_error_m=100 * KM, velocity_error_m_per_s=3 * KM
)


def overhead(flow, in_view=True, **changed):
    """Three satellites that stand over the Pacific and see every flight, where not told else."""
    lat, lon = np.radians([60.0, 45.0, 70.0]), np.radians([170.0, -170.0, -120.0])
    place = geodetic_to_ecef(lat, lon, 1_500 * KM)[:, None]
    flights, samples = flow.position_m.shape[:2]
    given = {
        "position_ecef_m": place,
        "in_view": np.array(np.broadcast_to(in_view, (3, flights, samples))),
        "revisit_s": np.full(3, 5.0),
        "p_detect": np.ones(3),
        "angle_error_rad": np.full(3, 50e-6),
        "range_error_m": np.full(3, np.inf),
    }
    return Sensors(**(given | changed))


@pytest.fixture(scope="module")
def flow(few):
    return flow_of(few.flights, UNKNOWNS, reentry_altitude_m=100 * KM)


@pytest.fixture(scope="module")
def tracks(few, flow):
    return hold_tracks(flow, overhead(flow), START, until_s=few.flights.impact_s)


@pytest.mark.oracle("exact enumeration in rationals of all sequences of looks")
@pytest.mark.parametrize(("hits", "window"), [(1, 1), (2, 3), (3, 3), (3, 5), (4, 4)])
def test_starts_by_m_of_n_are_exact(hits, window):
    p, looks = Fraction(7, 10), 9
    chances = [Fraction(0)] * (looks + 1)
    for seen in product([False, True], repeat=looks):
        weight = p ** sum(seen) * (1 - p) ** (looks - sum(seen))
        for n in range(1, looks + 1):
            if any(sum(seen[max(0, k - window) : k]) >= hits for k in range(1, n + 1)):
                chances[n] += weight

    assert p_started(0.7, hits, window, looks) == pytest.approx(
        [float(chance) for chance in chances], rel=1e-12
    )


@pytest.mark.oracle("Feller, vol. I, ch. XIII: mean wait for a run, (1 - p^M) / (p^M (1 - p))")
@pytest.mark.parametrize("p", [0.3, 0.5, 0.9])
def test_the_mean_wait_for_a_run_is_the_closed_form(p):
    for hits in range(1, 7):
        wanted = (1 - p**hits) / (p**hits * (1 - p))
        assert mean_looks_to_start(p, hits, hits) == pytest.approx(wanted, rel=1e-10)
    tail = 1.0 - np.array(p_started(p, 2, 4, 400))
    assert mean_looks_to_start(p, 2, 4) == pytest.approx(tail.sum(), rel=1e-9)


def inside_by_strips(one, two, radius):
    """The chance within a circle, strip by strip across the longer axis."""

    def strip(t):
        x = radius * np.sin(t)
        height = erf(radius * np.cos(t) / (two * np.sqrt(2)))
        return np.exp(-((x / one) ** 2) / 2) / (one * np.sqrt(2 * np.pi)) * height * np.cos(t)

    return radius * quad(strip, -np.pi / 2, np.pi / 2, epsabs=1e-13, limit=400)[0]


@pytest.mark.oracle("quadrature by scipy of strips across the ellipse, and Rayleigh's closed form")
@pytest.mark.parametrize("ratio", [1.0, 3.0, 10.0, 25.0])
def test_the_chance_within_a_circle_is_the_integral(ratio):
    radius = np.array([10.0, 100.0, 300.0, 1_000.0, 3_000.0])

    found = p_within_circle(1_000.0, 1_000.0 / ratio, radius)

    wanted = [inside_by_strips(1_000.0, 1_000.0 / ratio, r) for r in radius]
    assert found == pytest.approx(wanted, abs=1e-6)  # probability
    if ratio == 1.0:
        assert found == pytest.approx(1 - np.exp(-(radius**2) / (2 * 1_000.0**2)), rel=1e-9)


@pytest.mark.oracle("Monte Carlo, a million errors drawn with numpy")
def test_hand_over_is_the_share_of_errors_inside_the_basket():
    generator = np.random.default_rng(4)
    root = generator.normal(size=(3, 3)) * [900.0, 200.0, 400.0]
    closing = np.array([3.0, -2.0, 1.0])
    packed = (root @ root.T)[np.triu_indices(3)]
    errors = generator.normal(size=(1_000_000, 3)) @ root.T + 150.0 * generator.normal(
        size=(1_000_000, 3)
    )
    line = closing / np.linalg.norm(closing)
    across = np.linalg.norm(errors - (errors @ line)[:, None] * line, axis=1)

    for radius_m in (100.0, 500.0, 1_500.0):
        found = p_hand_over(packed, closing, radius_m, registration_error_m=150.0)
        assert found == pytest.approx(np.mean(across < radius_m), abs=2e-3)  # four sigma


@pytest.mark.oracle("every sample tried in turn")
@pytest.mark.parametrize("limit_m", [30.0, 60.0, 200.0])
def test_a_solution_is_the_first_good_prediction(tracks, limit_m):
    time_s = tracks.flow.time_s
    intercept_s = np.tile([700.0, 1_200.0, np.inf], (len(tracks.start_s), 1))

    found = find_solutions(
        tracks, limit_m=limit_m, intercept_s=intercept_s, registration_error_m=20.0
    )

    assert np.all(found.time_s[:, 2] == np.inf)
    assert np.all(found.error_m[:, 2] == np.inf)
    for w, at_s in enumerate(intercept_s[0, :2]):
        looks = time_s[time_s <= at_s]
        all_looks = np.tile(looks, (len(tracks.start_s), 1))
        covariance, _ = predicted_covariance(tracks, all_looks, np.full(all_looks.shape, at_s))
        error_m = np.hypot(position_error(covariance), 20.0)
        within = error_m <= limit_m
        first = np.where(within.any(axis=1), looks[np.argmax(within, axis=1)], np.inf)
        assert found.time_s[:, w].tolist() == first.tolist()
        good = within.any(axis=1)
        then = error_m[np.arange(len(first)), np.argmax(within, axis=1)]
        assert found.error_m[good, w] == pytest.approx(then[good], rel=1e-6)


def test_the_present_error_crosses_the_limit_at_its_solution(tracks):
    found = find_solutions(tracks, limit_m=50.0)

    for f, at_s in enumerate(found.time_s[:, 0]):
        k = np.searchsorted(tracks.flow.time_s, at_s)
        assert tracks.error_m[f, k] <= 50.0
        assert np.all(tracks.error_m[f, :k] > 50.0)


def test_lumped_looks_cost_what_the_docstring_says(few):
    def hold(every):
        flow = flow_of(few.flights, UNKNOWNS, reentry_altitude_m=100 * KM, every=every)
        return hold_tracks(flow, overhead(flow), START, until_s=few.flights.impact_s)

    one_by_one, lumped = hold(1).error_m[:, ::2], hold(2)

    time_s = lumped.flow.time_s
    boost = (time_s > 60.0) & (time_s < few.flights.burnout_s[:, None])
    coast = (time_s > few.flights.burnout_s[:, None] + 60.0) & (
        few.flights.altitude_m[:, ::2] > 150 * KM
    )
    off = lumped.error_m / np.where(np.isfinite(one_by_one), one_by_one, np.nan) - 1.0
    assert np.nanmax(np.abs(off[boost])) < 0.13
    assert np.nanmedian(np.abs(off[boost])) < 0.1
    assert np.nanmax(np.abs(off[coast])) < 0.08
    assert np.nanmedian(np.abs(off[coast])) < 0.01


def test_a_track_starts_after_its_looks_in_an_unbroken_view(flow):
    flights, samples = flow.position_m.shape[:2]
    seen = np.zeros((3, flights, samples), bool)
    seen[:2, 0, 10:] = True  # both from 100 s on
    seen[0, 1, :] = True  # one satellite alone
    seen[2, 2, 20:] = True  # the sensor that ranges
    seen[:2, 3, 10] = seen[:2, 3, 30:] = True  # 100 s, too short; then from 300 s on

    sensors = overhead(flow, seen, range_error_m=np.array([np.inf, np.inf, 20.0]))
    found = hold_tracks(flow, sensors, START)

    assert found.start_s[:4].tolist() == [110.0, np.inf, 210.0, 310.0]
    assert np.isinf(found.error_m[0, :11]).all()
    assert np.isfinite(found.error_m[0, 11:]).all()
    assert np.all(found.error_m[1] == np.inf)


def test_better_sensors_and_later_looks_never_hand_over_worse(tracks, flow, few):
    intercept_s = np.full((len(tracks.start_s), 3), 1_200.0)
    last_s = np.tile([400.0, 800.0, 1_200.0], (len(tracks.start_s), 1))
    half = overhead(flow, angle_error_rad=np.full(3, 25e-6))
    better = hold_tracks(flow, half, START, until_s=few.flights.impact_s)

    chances = []
    for held in (tracks, better):
        covariance, motion = predicted_covariance(held, last_s, intercept_s)
        chances.append(p_hand_over(covariance, motion, 50.0))

    assert np.all(np.diff(chances[0], axis=1) >= 0)
    assert np.all(chances[1] >= chances[0])
    assert np.all((chances[0] > 0) & (chances[0] < 1))


def test_without_a_track_nothing_is_handed_over(flow):
    blind = hold_tracks(flow, overhead(flow, in_view=False), START)
    intercept_s = np.full((len(blind.start_s), 1), 1_000.0)

    covariance, motion = predicted_covariance(blind, intercept_s, intercept_s)

    assert np.all(p_hand_over(covariance, motion, 1e9) == 0.0)
    assert np.all(find_solutions(blind, limit_m=1e9).time_s == np.inf)
    assert np.all(find_solutions(blind, limit_m=1e9, intercept_s=intercept_s).time_s == np.inf)


def test_a_test_record_is_not_multiplied_by_hand_over_again():
    assert shot_p_kill(0.57, [0.5, 0.9], all_in=True).tolist() == [0.57, 0.57]
    assert shot_p_kill(0.8, [0.5, 1.0], all_in=False).tolist() == [0.4, 0.8]


def test_the_basket_is_the_lesser_of_sight_and_divert():
    found = basket_radius(np.radians(0.5), [100 * KM, 400 * KM], 300.0, 10_000.0)

    assert found == pytest.approx([100 * KM * np.tan(np.radians(0.5)), 3_490.658], rel=1e-3)
    assert basket_radius(0.5, 100 * KM, 300.0, 10_000.0) == pytest.approx(3_000.0, rel=1e-12)


def test_wrong_arguments_are_refused(flow, tracks):
    with pytest.raises(DomainError, match="3 of 5"):
        mean_looks_to_start(0.5, 4, 3)
    with pytest.raises(DomainError, match="p_detect"):
        p_started(0.0, 1, 2, 5)
    with pytest.raises(DomainError, match="revisit_s must be above 0"):
        hold_tracks(flow, overhead(flow, revisit_s=np.zeros(3)), START)
    with pytest.raises(DomainError, match="at most 1"):
        hold_tracks(flow, overhead(flow, p_detect=np.full(3, 1.5)), START)
    with pytest.raises(DomainError, match="0 or more"):
        find_solutions(tracks, limit_m=-1.0)
    with pytest.raises(DomainError, match="p_hand_over must lie"):
        shot_p_kill(0.5, 1.5, all_in=True)
