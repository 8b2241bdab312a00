"""Track covariances, against Monte Carlo filters, Riccati's equation and Stone Soup."""

import numpy as np
import pytest
from scipy.integrate import solve_ivp
from scipy.linalg import solve_discrete_are
from scipy.stats import chi2

from umbo.errors import DomainError
from umbo.physics.estimation import (
    Looks,
    error_flow,
    errors_across,
    first_within,
    longest_part,
    position_error,
    predict_positions,
    stereo_error,
    track_covariances,
)

KM = 1e3
MU = 3.986004418e14  # m3/s2
BURNOUT = np.array([6_571 * KM, 0.0, 0.0, 3_000.0, 6_300.0, 500.0])  # a ballistic arc of 30 min


def pull(position):
    return -MU * position / np.linalg.norm(position, axis=-1, keepdims=True) ** 3


def gradient(position):
    """The gradient of gravity at positions (..., 3)."""
    radius = np.linalg.norm(position, axis=-1)[..., None, None]
    u = position[..., None] / radius
    return MU / radius**3 * (3.0 * u * np.swapaxes(u, -1, -2) - np.eye(3))


def fly(state, time_s):
    """Fly states (..., 6) over steps of the given times by Runge and Kutta's four."""
    states = [state]
    for step in np.diff(time_s):

        def rate(x):
            return np.concatenate([x[..., 3:], pull(x[..., :3])], axis=-1)

        x = states[-1]
        k1 = rate(x)
        k2 = rate(x + step / 2 * k1)
        k3 = rate(x + step / 2 * k2)
        k4 = rate(x + step * k3)
        states.append(x + step / 6 * (k1 + 2 * k2 + 2 * k3 + k4))
    return np.stack(states, axis=-2)


def integrated_transitions(time_s):
    """Transition matrices along the arc by integrating the variational equations."""

    def rate(_, y):
        phi = y[6:].reshape(6, 6)
        rates = np.vstack([phi[3:], gradient(y[:3]) @ phi[:3]])
        return np.concatenate([y[3:6], pull(y[:3]), rates.ravel()])

    start = np.concatenate([BURNOUT, np.eye(6).ravel()])
    flown = solve_ivp(rate, (0, time_s[-1]), start, "DOP853", t_eval=time_s, rtol=1e-11, atol=1e-9)
    return flown.y[:3].T, flown.y[6:].T.reshape(-1, 6, 6)


def unpack(packed):
    """Turn 21 numbers (..., 21) into a covariance (..., 6, 6)."""
    full = np.empty((*packed.shape[:-1], 6, 6))
    upper = np.triu_indices(3)
    for first, at in ((0, 0), (15, 3)):
        for n, (a, b) in enumerate(zip(*upper, strict=True)):
            full[..., at + a, at + b] = full[..., at + b, at + a] = packed[..., first + n]
    cross = packed[..., 6:15].reshape(*packed.shape[:-1], 3, 3)
    full[..., :3, 3:] = cross
    full[..., 3:, :3] = np.swapaxes(cross, -1, -2)
    return full


def two_satellites(time_s, flights=1, **changed):
    """Two satellites in view of the arc throughout, one of them on the other side."""
    turn = 1e-3 * time_s
    place = np.stack(
        [
            np.stack([7_400 * KM * np.cos(turn), 7_400 * KM * np.sin(turn), 0 * turn], axis=-1),
            np.stack([6_000 * KM + 0 * turn, 3_000 * KM - 900 * time_s, 3_200 * KM + 0 * turn], -1),
        ]
    )
    given = {
        "position_m": place,
        "in_view": np.ones((2, flights, len(time_s)), bool),
        "per_sample": np.ones(2),
        "angle_error_rad": np.full(2, 50e-6),
        "range_error_m": np.full(2, np.inf),
    }
    return Looks(**(given | changed))


def twin(time_s, position, noise, looks, prior, transitions):
    """One flight's covariances, slow and plain: 6 x 6 matrices, inverted as they come."""
    covariance, kept = prior, []
    for k in range(len(time_s)):
        if k > 0:
            phi = transitions[k] @ np.linalg.inv(transitions[k - 1])
            t = time_s[k] - time_s[k - 1]
            q = noise * np.kron([[t**3 / 3, t**2 / 2], [t**2 / 2, t]], np.eye(3))
            covariance = phi @ covariance @ phi.T + q
        information = np.linalg.inv(covariance)
        for s, place in enumerate(looks.position_m[:, k]):
            if looks.in_view[s, 0, k]:
                line = position[k] - place
                r = np.linalg.norm(line)
                u = np.outer(line, line) / r**2
                information[:3, :3] += looks.per_sample[s] * (
                    (np.eye(3) - u) / (r * looks.angle_error_rad[s]) ** 2
                    + u / looks.range_error_m[s] ** 2
                )
        covariance = np.linalg.inv(information)
        kept.append(covariance)
    return np.array(kept)


@pytest.mark.oracle("variational equations of two-body motion integrated by scipy DOP853")
@pytest.mark.parametrize(("step_s", "worst"), [(10.0, 1e-3), (60.0, 2e-2)])
def test_errors_flow_as_the_integrated_equations_say(step_s, worst):
    time_s = np.arange(0.0, 1_801.0, step_s)
    position, transition = integrated_transitions(time_s)

    flow = error_flow(time_s, position[None], 0.0)

    of_metres = np.array([1, 1, 1, 1e3, 1e3, 1e3])  # 1 m/s weighed like 1 km
    found, wanted = (
        phi / of_metres * of_metres[:, None] for phi in (flow.transition[0], transition)
    )
    off = np.linalg.norm(found - wanted, axis=(1, 2)) / np.linalg.norm(wanted, axis=(1, 2))
    assert off.max() < worst
    assert off.max() > worst / 50  # the documented figure is not idle


@pytest.mark.oracle("steady state of Riccati's equation, scipy solve_discrete_are")
@pytest.mark.parametrize(("noise", "error_m"), [(1.0, 50.0), (1e-3, 200.0), (400.0, 5.0)])
def test_steady_state_is_that_of_riccati(noise, error_m):
    step = 10.0
    time_s = np.arange(0.0, 3_000.0, step)
    far = np.array([1e11, 0.0, 0.0])  # no gravity to speak of
    position = np.broadcast_to(far, (1, len(time_s), 3))
    looks = Looks(
        position_m=position - np.array([0.0, 0.0, 1e6]),
        in_view=np.ones((1, 1, len(time_s)), bool),
        per_sample=np.ones(1),
        angle_error_rad=np.array([error_m / 1e6]),
        range_error_m=np.array([error_m]),
    )
    a = np.array([[1.0, step], [0.0, 1.0]])
    h = np.array([[1.0, 0.0]])
    q = noise * np.array([[step**3 / 3, step**2 / 2], [step**2 / 2, step]])
    before = solve_discrete_are(a.T, h.T, q, [[error_m**2]])
    after = before - before @ h.T @ h @ before / (before[0, 0] + error_m**2)

    flow = error_flow(time_s, position, noise)
    found = unpack(
        track_covariances(
            flow, looks, start_position_error_m=1e5, start_velocity_error_m_per_s=1e3
        )[0, -1]
    )

    for axis in range(3):
        block = found[np.ix_([axis, 3 + axis], [axis, 3 + axis])]
        assert block == pytest.approx(after, rel=1e-6)


@pytest.mark.oracle("Kalman and Bucy's steady state, variance sqrt(2) q^(1/4) R^(3/4)")
@pytest.mark.parametrize(
    ("parts_long", "off"), [(0.1, -0.017), (1.0, -0.153), (2.0, -0.268), (4.0, -0.424)]
)
def test_lumped_looks_cost_what_the_docstring_says(parts_long, off):
    noise, information = 100.0, 3e-4  # a booster, and five satellites at 50 urad each second
    exact_m = np.sqrt(np.sqrt(2.0) * noise**0.25 * information**-0.75)
    step = parts_long * float(longest_part(information, noise))
    time_s = step * np.arange(1_000)
    position = np.broadcast_to([1e11, 0.0, 0.0], (1, len(time_s), 3))
    looks = Looks(
        position_m=position - np.array([0.0, 0.0, 1e6]),
        in_view=np.ones((1, 1, len(time_s)), bool),
        per_sample=np.array([step]),
        angle_error_rad=np.array([information**-0.5 / 1e6]),
        range_error_m=np.array([information**-0.5]),
    )

    lumped_m = position_error(
        track_covariances(
            error_flow(time_s, position, noise),
            looks,
            start_position_error_m=1e5,
            start_velocity_error_m_per_s=1e3,
        )
    )[0, -1]

    assert lumped_m / exact_m - 1.0 == pytest.approx(off, abs=1e-3)


@pytest.mark.oracle("Cramer-Rao bound of two bearings, by the inverse of Fisher's matrix")
def test_two_bearings_know_no_more_than_cramer_and_rao_allow():
    generator = np.random.default_rng(5)
    time_s, middle = np.zeros(1), np.array([7_000 * KM, 0.0, 0.0])
    for _ in range(20):
        places = generator.uniform(-2_000 * KM, 2_000 * KM, (2, 1, 3)) + middle
        target = generator.uniform(-300 * KM, 300 * KM, (1, 1, 3)) + middle
        lines = target[0, 0] - places[:, 0]
        ranges = np.linalg.norm(lines, axis=1)
        u = lines / ranges[:, None]
        fisher = sum(
            (np.eye(3) - np.outer(v, v)) / (r * 50e-6) ** 2 for v, r in zip(u, ranges, strict=True)
        )
        bound_m = np.sqrt(np.trace(np.linalg.inv(fisher)) / 3)
        looks = two_satellites(time_s, position_m=places)

        found = track_covariances(
            error_flow(time_s, target, 0.0),
            looks,
            start_position_error_m=1e7,
            start_velocity_error_m_per_s=1e3,
        )

        assert position_error(found)[0, 0] == pytest.approx(bound_m, rel=1e-4)
        crossing = np.arccos(u[0] @ u[1])
        assert stereo_error(50e-6, *ranges, crossing) == pytest.approx(bound_m, rel=1e-9)


@pytest.mark.oracle("Monte Carlo of an extended Kalman filter, error squared in its 95 % band")
def test_a_filter_on_a_real_arc_errs_as_much_as_the_covariance_says():
    runs, noise = 200, 1e-2
    generator = np.random.default_rng(7)
    time_s = np.arange(0.0, 301.0, 10.0)
    nominal = fly(BURNOUT, time_s)
    looks = two_satellites(time_s)
    flow = error_flow(time_s, nominal[None, :, :3], noise)
    covariance = unpack(
        track_covariances(
            flow, looks, start_position_error_m=2 * KM, start_velocity_error_m_per_s=20.0
        )[0]
    )

    prior = np.diag(np.repeat([(2 * KM) ** 2, 20.0**2], 3))
    step = 10.0
    q = noise * np.kron([[step**3 / 3, step**2 / 2], [step**2 / 2, step]], np.eye(3))
    root_q = np.linalg.cholesky(q)
    truth = np.broadcast_to(BURNOUT, (runs, 6)).copy()
    guess = truth + generator.normal(size=(runs, 6)) * np.sqrt(np.diag(prior))
    p = np.broadcast_to(prior, (runs, 6, 6)).copy()
    squared = []
    for k in range(len(time_s)):
        if k > 0:
            phi = np.broadcast_to(np.eye(6), (runs, 6, 6)).copy()
            g = gradient(fly(guess, [0, step / 2])[:, -1, :3])
            phi[:, :3, :3] += g * step**2 / 2
            phi[:, 3:, 3:] += g * step**2 / 2
            phi[:, :3, 3:] += np.eye(3) * step + g * step**3 / 6
            phi[:, 3:, :3] += g * step
            truth = fly(truth, [0, step])[:, -1] + generator.normal(size=(runs, 6)) @ root_q.T
            guess = fly(guess, [0, step])[:, -1]
            p = phi @ p @ np.swapaxes(phi, 1, 2) + q
        for place in looks.position_m[:, k]:
            seen, thought = truth[:, :3] - place, guess[:, :3] - place
            length = np.linalg.norm(thought, axis=1)[:, None]
            u = thought / length
            side = np.cross(u, [0.0, 0.0, 1.0])
            side /= np.linalg.norm(side, axis=1)[:, None]
            axes = np.stack([side, np.cross(u, side)], axis=1)
            measured = np.einsum("nij,nj->ni", axes, seen / np.linalg.norm(seen, axis=1)[:, None])
            measured += generator.normal(size=(runs, 2)) * 50e-6
            h = np.concatenate([axes / length[:, None], np.zeros((runs, 2, 3))], axis=2)
            gain = np.swapaxes(
                np.linalg.solve(h @ p @ np.swapaxes(h, 1, 2) + 50e-6**2 * np.eye(2), h @ p), 1, 2
            )
            guess = guess + np.einsum("nij,nj->ni", gain, measured)
            p = p - gain @ h @ p
        error = guess - truth
        squared.append(np.einsum("ni,ij,nj->n", error, np.linalg.inv(covariance[k]), error))

    mean = np.mean(squared, axis=1)
    low, high = chi2.ppf([0.025, 0.975], 6 * runs) / runs
    assert low < mean[-1] < high
    assert np.mean((mean > low) & (mean < high)) > 0.9


@pytest.mark.oracle("the same filter in 6 x 6 matrices, with transitions integrated by DOP853")
def test_covariances_and_predictions_are_those_of_plain_matrices():
    time_s = np.arange(0.0, 901.0, 10.0)
    position, transition = integrated_transitions(time_s)
    seen = np.ones((2, 1, len(time_s)), bool)
    seen[0, 0, 30:45] = False
    seen[1, 0, 35:60] = False
    looks = two_satellites(
        time_s,
        in_view=seen,
        per_sample=np.array([5.0, 0.5]),
        range_error_m=np.array([np.inf, 30.0]),
    )
    prior = np.diag(np.repeat([1e8, 1e6], 3))

    flow = error_flow(time_s, position[None], 1e-2)
    found = track_covariances(
        flow, looks, start_position_error_m=1e4, start_velocity_error_m_per_s=1e3
    )

    plain = twin(time_s, position, 1e-2, looks, prior, transition)
    assert position_error(found)[0] == pytest.approx(
        np.sqrt(np.trace(plain[:, :3, :3], axis1=1, axis2=2) / 3), rel=2e-3
    )
    blind = two_satellites(time_s, in_view=np.where(np.arange(91) > 50, False, seen))
    blind = two_satellites(
        time_s,
        in_view=blind.in_view,
        per_sample=looks.per_sample,
        range_error_m=looks.range_error_m,
    )
    ahead = twin(time_s, position, 1e-2, blind, prior, transition)[90]
    predicted = predict_positions(flow, found, [0], [50], [90])
    assert position_error(predicted)[0] == pytest.approx(
        np.sqrt(np.trace(ahead[:3, :3]) / 3), rel=2e-3
    )


@pytest.mark.oracle("transitions integrated by DOP853, with no look taken")
def test_without_looks_the_filter_flows_as_the_equations_say():
    time_s = np.arange(0.0, 1_501.0, 10.0)
    position, transition = integrated_transitions(time_s)
    unseen = two_satellites(time_s, in_view=np.zeros((2, 1, len(time_s)), bool))
    flow = error_flow(time_s, position[None], 1e-2)

    found = unpack(
        track_covariances(
            flow, unseen, start_position_error_m=1e4, start_velocity_error_m_per_s=10.0
        )[0]
    )

    prior = np.diag(np.repeat([1e8, 1e2], 3))
    carried = flow.transition[0] @ prior @ np.swapaxes(flow.transition[0], 1, 2)
    assert found == pytest.approx(carried + unpack(flow.grown[0]), rel=1e-8, abs=1e-6)
    exact = transition[-1] @ prior @ transition[-1].T
    off = np.sqrt(np.diagonal(found[-1]) / np.diagonal(exact + unpack(flow.grown[0, -1]))) - 1
    assert np.abs(off).max() < 2e-3


def brute_across(covariance, direction):
    """Errors across a direction by axes and eigenvalues."""
    full = unpack(np.concatenate([covariance, np.zeros(15)]))[:3, :3]
    axes = np.linalg.svd(direction[None])[2][1:]
    return np.sqrt(np.linalg.eigvalsh(axes @ full @ axes.T))[::-1]


@pytest.mark.oracle("numpy eigenvalues in the plane across")
def test_errors_across_are_the_axes_of_the_ellipse():
    generator = np.random.default_rng(9)
    for _ in range(50):
        root = generator.normal(size=(3, 3)) * [1_000.0, 30.0, 100.0]
        full = root @ root.T
        packed, direction = full[np.triu_indices(3)], generator.normal(size=3)

        found = errors_across(packed, direction)

        assert found == pytest.approx(brute_across(packed, direction), rel=1e-6)
        assert position_error(packed) == pytest.approx(np.sqrt(np.trace(full) / 3), rel=1e-12)


@pytest.mark.oracle("every sample tried in turn by 6 x 6 matrices")
@pytest.mark.parametrize("limit_m", [100.0, 300.0, 2_000.0])
def test_the_first_good_prediction_is_the_first(limit_m):
    time_s = np.arange(0.0, 901.0, 10.0)
    position, _ = integrated_transitions(time_s)
    looks = two_satellites(time_s)
    flow = error_flow(time_s, position[None], 1e-2)
    covariance = track_covariances(
        flow, looks, start_position_error_m=1e5, start_velocity_error_m_per_s=1e3
    )
    phi = flow.transition[0]
    errors = []
    for k in range(5, 81):
        way = phi[80] @ np.linalg.inv(phi[k])
        q = unpack(flow.grown[0, 80]) - way @ unpack(flow.grown[0, k]) @ way.T
        ahead = way @ unpack(covariance[0, k]) @ way.T + q
        errors.append(np.sqrt(np.trace(ahead[:3, :3]) / 3))
    within = np.array(errors) <= limit_m

    sample, error = first_within(flow, covariance, [5], [[80, 4]], limit_m)

    expected = 5 + int(np.argmax(within)) if within.any() else -1
    assert sample.tolist() == [[expected, -1]]
    if expected >= 0:
        assert error[0, 0] == pytest.approx(errors[expected - 5], rel=1e-6)
    assert error[0, 1] == np.inf


def test_more_looks_never_hurt_and_a_gap_never_helps():
    time_s = np.arange(0.0, 601.0, 10.0)
    position = fly(BURNOUT, time_s)[None, :, :3]
    flow = error_flow(time_s, np.repeat(position, 3, axis=0), 1e-3)
    seen = np.ones((2, 3, len(time_s)), bool)
    seen[:, 1, 20:30] = False
    seen[1, 2] = False

    error_m = position_error(
        track_covariances(
            flow,
            two_satellites(time_s, in_view=seen),
            start_position_error_m=1e5,
            start_velocity_error_m_per_s=1e3,
        )
    )

    assert np.all(error_m[0] <= error_m[1:] * (1 + 1e-9))
    assert np.all(np.diff(error_m[1, 20:30]) > 0)


def test_lanes_do_not_know_of_each_other():
    time_s = np.arange(0.0, 601.0, 10.0)
    generator = np.random.default_rng(3)
    flights = np.stack([fly(BURNOUT + generator.normal(size=6) * 100, time_s) for _ in range(19)])
    seen = generator.random((2, 19, len(time_s))) < 0.7
    start = {"start_position_error_m": 1e5, "start_velocity_error_m_per_s": 1e3}

    together = track_covariances(
        error_flow(time_s, flights[..., :3], 1e-3), two_satellites(time_s, in_view=seen), **start
    )

    for f in range(19):
        alone = track_covariances(
            error_flow(time_s, flights[f : f + 1, :, :3], 1e-3),
            two_satellites(time_s, in_view=seen[:, f : f + 1]),
            **start,
        )
        assert np.array_equal(alone[0], together[f])


def test_wrong_arguments_are_refused():
    time_s = np.arange(0.0, 101.0, 10.0)
    position = fly(BURNOUT, time_s)[None, :, :3]
    flow = error_flow(time_s, position, 0.0)
    start = {"start_position_error_m": 1e5, "start_velocity_error_m_per_s": 1e3}

    with pytest.raises(DomainError, match="at most 60 s"):
        error_flow(time_s * 10, position, 0.0)
    with pytest.raises(DomainError, match="0 or more"):
        error_flow(time_s, position, -1.0)
    with pytest.raises(DomainError, match="11 samples and 1 flights"):
        track_covariances(flow, two_satellites(time_s, flights=2), **start)
    with pytest.raises(DomainError, match="above 0"):
        track_covariances(flow, two_satellites(time_s, angle_error_rad=np.zeros(2)), **start)


STONE_SOUP_M = [  # position and velocity error, rms of three axes, after each of the first scans
    (55.225025, 300.000000), (55.216859, 8.223254), (50.744630, 5.286589), (47.912145, 4.846871),
    (46.803883, 4.809258), (46.543870, 4.806099), (46.499245, 4.800206), (46.467825, 4.795825),
    (46.427223, 4.793516), (46.381512, 4.791879), (46.330775, 4.790171), (46.273651, 4.788240),
    (46.209412, 4.786082), (46.137804, 4.783696), (46.058696, 4.781077), (45.971977, 4.778217),
    (45.877566, 4.775112), (45.775409, 4.771760), (45.665486, 4.768159), (45.547811, 4.764309),
]  # fmt: skip


@pytest.mark.oracle("Stone Soup 1.9.1, extended Kalman filter of two radars, stored")
def test_two_radars_track_as_in_stone_soup():
    """Made once with Stone Soup 1.9.1: ``ConstantVelocity(2.0)`` on three axes, two
    ``CartesianToElevationBearingRange`` sensors of 1e-4 rad and 50 m, ``ExtendedKalmanPredictor``
    and ``ExtendedKalmanUpdater`` linearised at the true place at each of 20 scans, 10 s apart,
    from a diagonal prior of 10 km and 300 m/s. The plane of all is level, so that Stone Soup's
    bearing is an angle across the line of sight, and its origin 1,000 km away on each axis, since
    it takes Jacobians by differences that are lost in rounding where a coordinate is 0.
    """
    time_s = 10.0 * np.arange(20)
    far = np.array([0.0, 0.0, 1e11])  # no gravity to speak of
    target = far + time_s[:, None] * np.array([1_000.0, 500.0, 0.0])
    places = far + np.array([[[0.0, -900 * KM, 0.0]], [[500 * KM, 800 * KM, 0.0]]])
    looks = two_satellites(
        time_s,
        position_m=np.broadcast_to(places, (2, 20, 3)),
        angle_error_rad=np.full(2, 1e-4),
        range_error_m=np.full(2, 50.0),
    )

    found = unpack(
        track_covariances(
            error_flow(time_s, target[None], 2.0),
            looks,
            start_position_error_m=10 * KM,
            start_velocity_error_m_per_s=300.0,
        )[0]
    )

    rms = np.sqrt(np.diagonal(found, axis1=1, axis2=2).reshape(20, 2, 3).mean(axis=2))
    assert rms == pytest.approx(np.array(STONE_SOUP_M), rel=1e-6)
