"""How fast seeing is: access windows, views of a large raid, coverage."""

import time
from collections.abc import Callable

import numpy as np

from umbo.physics.access import access_blocks, access_windows, coverage
from umbo.physics.orbits import walker_shell
from umbo.physics.stereo import Seeing, best_pairs, count_views

KM = 1e3


def best_s(work: Callable[[], object], runs: int = 3) -> float:
    """Time a piece of work, best of several runs, after one to compile."""
    work()
    times = []
    for _ in range(runs):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return min(times)


def arcs(flights: int, samples: int) -> tuple[np.ndarray, np.ndarray]:
    """Give times and Earth-fixed positions of ballistic arcs in all directions."""
    generator = np.random.default_rng(1)
    start, ahead = generator.normal(size=(2, flights, 1, 3))
    start /= np.linalg.norm(start, axis=-1, keepdims=True)
    ahead -= np.sum(ahead * start, axis=-1, keepdims=True) * start
    ahead /= np.linalg.norm(ahead, axis=-1, keepdims=True)
    time_s = np.linspace(0.0, 1_900.0, samples)
    angle = (time_s / time_s[-1] * 1.4)[:, None]
    radius = 6_400 * KM + 900 * KM * np.sin(np.pi * time_s / time_s[-1])[:, None]
    return time_s, radius * (start * np.cos(angle) + ahead * np.sin(angle))


def windows() -> dict[str, float]:
    """Find the passes of 24 satellites over 50 places for a day, and of 100,000 over one."""
    shell = walker_shell(1_000 * KM, np.radians(53.0), planes=4, per_plane=6)
    generator = np.random.default_rng(2)
    lat, lon = np.arcsin(generator.uniform(-1, 1, 50)), generator.uniform(-np.pi, np.pi, 50)

    def search() -> None:
        access_windows(shell, lat, lon, end_s=86_400.0, min_elevation_rad=np.radians(10.0))

    def behind_limb() -> None:
        access_windows(shell, lat, lon, 100 * KM, end_s=86_400.0, grazing_altitude_m=30 * KM)

    many = walker_shell(550 * KM, np.radians(53.0), planes=250, per_plane=400)

    def search_many() -> None:
        for _ in access_blocks(many, 0.7, 0.1, end_s=86_400.0, min_elevation_rad=0.2):
            pass

    return {
        "access_pair_days_per_s": 24 * 50 / best_s(search),
        "access_limb_pair_days_per_s": 24 * 50 / best_s(behind_limb),
        "access_100000_satellites_s": best_s(search_many, 1),
    }


def views() -> dict[str, float]:
    """See 100 flights, 400 samples each, from 200 satellites in 64 phases."""
    shell = walker_shell(1_000 * KM, np.radians(80.0), planes=10, per_plane=20)
    time_s, target = arcs(100, 400)
    epoch = np.linspace(0.0, 86_164.0, 64)
    case = {"epoch_s": epoch, "time_s": time_s, "target_ecef_m": target}
    seeing = Seeing(max_range_m=4_000 * KM, grazing_altitude_m=30 * KM)
    tests = 100 * 400 * 64 * 200
    coarse = case | {"time_s": time_s[::16], "target_ecef_m": target[:, ::16]}
    return {
        "view_tests_per_s": tests / best_s(lambda: count_views([shell], **case, seeing=seeing)),
        "stereo_tests_per_s": tests
        / best_s(
            lambda: count_views([shell], **case, seeing=seeing, min_stereo_angle_rad=np.radians(10))
        ),
        "best_pairs_per_s": 100 * 25 * 64 / best_s(lambda: best_pairs([shell], **coarse)),
    }


def globe() -> dict[str, float]:
    """Count the coverage of a grid of 2 degrees over 288 epochs of a day by 72 satellites."""
    shell = walker_shell(1_000 * KM, np.radians(80.0), planes=6, per_plane=12)
    lat, lon = np.radians(np.meshgrid(np.arange(-89.0, 90.0, 2.0), np.arange(-180.0, 180.0, 2.0)))
    epoch = np.arange(0.0, 86_400.0, 300.0)
    return {"coverage_grid_s": best_s(lambda: coverage([shell], lat, lon, epoch_s=epoch))}


if __name__ == "__main__":
    for name, figure in (windows() | views() | globe()).items():
        print(f"{name:<28}{figure:>18,.4g}")
