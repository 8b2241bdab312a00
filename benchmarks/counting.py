"""How fast satellites in reach are counted: even shells, any set, and peers on the same work."""

from functools import partial

import numpy as np
from benchmarks.timing import best_s

from umbo.compiled import in_parallel, njit
from umbo.physics.counting import count_in_reach
from umbo.physics.earth import geodetic_to_ecef
from umbo.physics.one_by_one import count_one_by_one
from umbo.physics.orbits import WalkerShell, earth_fixed_positions, walker_shell

KM = 1e3
POINTS, TIMES, STEP_S, REACH_M = 10, 8_640, 10.0, 700 * KM
TARGETS = {
    "count_7800_s": 0.030,
    "count_7800_tenth_dead_s": 0.060,
    "count_50000_s": 0.060,
    "count_50000_tenth_dead_s": 0.120,
    "count_any_set_tests_per_s": 5e9,
    "size_question_s": 10.0,
}
BESIDE = {
    "count_7800_s": "plain_loop_7800_s",
    "count_any_set_tests_per_s": "plain_loop_tests_per_s",
    "plain_loop_tests_per_s": "kd_tree_tests_per_s",
}


def shells(planes: int, per_plane: int) -> list[WalkerShell]:
    """Give two shells of so many planes and satellites in each."""
    return [walker_shell(400 * KM, np.radians(i), planes, per_plane) for i in (45.0, 65.0)]


def points() -> np.ndarray:
    """Give points over all latitudes at which missiles boost."""
    lat, lon = np.linspace(-60.0, 60.0, POINTS), np.linspace(-170.0, 170.0, POINTS)
    return geodetic_to_ecef(np.radians(lat), np.radians(lon), 200 * KM)


def even() -> dict[str, float]:
    """Count even shells at 10 points and 8,640 times of a day."""
    target, time_s, figures = points(), np.arange(TIMES) * STEP_S, {}
    generator = np.random.default_rng(1)
    for size in ((60, 65), (125, 200)):
        both = shells(*size)
        alive = [generator.random(shell.count) > 0.1 for shell in both]
        name = f"count_{sum(shell.count for shell in both)}"
        work = partial(count_in_reach, both, target, REACH_M, time_s)
        figures[f"{name}_s"] = best_s(work)
        figures[f"{name}_tenth_dead_s"] = best_s(partial(work, alive=alive))
    return figures


def any_set() -> dict[str, float]:
    """Count 7,800 satellites of any orbits one by one, at the same points and times."""
    both, target = shells(60, 65), points()
    elements = [
        np.concatenate([np.broadcast_to(getattr(shell, name), shell.count) for shell in both])
        for name in ("altitude_m", "inclination_rad", "raan_rad", "arg_latitude_rad")
    ]
    took_s = best_s(
        lambda: count_one_by_one(*elements, target, REACH_M, step_s=STEP_S, steps=TIMES)
    )
    return {"count_any_set_tests_per_s": len(elements[0]) * POINTS * TIMES / took_s}


@njit(nogil=True)
def _loop(satellite: np.ndarray, target: np.ndarray, limit: float, count: np.ndarray) -> None:
    for t in range(satellite.shape[0]):
        for q in range(target.shape[0]):
            for i in range(satellite.shape[1]):
                square = 0.0
                for axis in range(3):
                    square += (satellite[t, i, axis] - target[q, axis]) ** 2
                if square <= limit:
                    count[q, t] += 1


def sized() -> dict[str, float]:
    """Answer a question of how many in full, with every table, curve and the map."""
    from umbo.appraisal.sizing_question import Question
    from umbo.elements.catalog import load_catalog
    from umbo.study.load import load
    from umbo.study.sizing import size

    study, catalog = load("reference"), load_catalog()
    return {"size_question_s": best_s(lambda: size(Question(), catalog, study=study), 2)}


def plain_loop() -> dict[str, float]:
    """Count by a plain compiled loop on given positions, on as many threads."""
    target, few = points(), 864
    place = np.concatenate(
        [earth_fixed_positions(shell, np.arange(few) * STEP_S) for shell in shells(60, 65)], axis=1
    )
    count, half = np.zeros((POINTS, few), np.int32), few // 2

    def work() -> None:
        in_parallel(
            lambda part: _loop(
                place[part * half : (part + 1) * half],
                target,
                REACH_M**2,
                count[:, part * half : (part + 1) * half],
            ),
            2,
        )

    per_s = place.shape[0] * place.shape[1] * POINTS / best_s(work, 3)
    return {
        "plain_loop_tests_per_s": per_s,
        "plain_loop_7800_s": place.shape[1] * POINTS * TIMES / per_s,
    }


def kd_tree() -> dict[str, float]:
    """Count by scipy's k-d tree on given positions, a tree a time."""
    from scipy.spatial import cKDTree

    target, few = points(), 40
    place = np.concatenate(
        [earth_fixed_positions(shell, np.arange(few) * STEP_S) for shell in shells(60, 65)], axis=1
    )

    def work() -> None:
        for satellites in place:
            cKDTree(satellites).query_ball_point(target, REACH_M, return_length=True)

    return {"kd_tree_tests_per_s": place.shape[0] * place.shape[1] * POINTS / best_s(work, 3)}


JOBS = (even, any_set, sized, plain_loop, kd_tree)
