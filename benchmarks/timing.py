"""The clock of the benchmarks."""

import time
from collections.abc import Callable


def best_s(work: Callable[[], object], runs: int = 5) -> float:
    """Time a piece of work, best of several runs, after one to compile."""
    work()
    return min(timed_s(work) for _ in range(runs))


def timed_s(work: Callable[[], object]) -> float:
    """Time a piece of work once."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start
