"""The clock of the benchmarks."""

import time
from collections.abc import Callable


def best_s(work: Callable[[], object], runs: int = 5) -> float:
    """Time a piece of work, best of several runs, after one to compile."""
    work()
    times = []
    for _ in range(runs):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return min(times)
