"""Compiling ahead."""

import subprocess
import sys

from umbo.study.warmup import warm_up

COUNT_MISSES = """
import sys
import umbo
from numba.core.dispatcher import Dispatcher

umbo.run(umbo.load("reference"), raids=["regional_raid"], replications=64, draws=4)
kernels = {
    id(thing): thing
    for name, module in list(sys.modules.items()) if name.startswith("umbo")
    for thing in vars(module).values() if isinstance(thing, Dispatcher)
}
missed = [k.py_func.__qualname__ for k in kernels.values() if k.stats.cache_misses]
print(len(kernels), missed)
"""


def test_after_the_warm_up_a_run_compiles_nothing():
    warm_up()

    done = subprocess.run(
        [sys.executable, "-c", COUNT_MISSES], capture_output=True, text=True, check=True
    )

    number, _, missed = done.stdout.partition(" ")
    assert int(number) > 10
    assert missed.strip() == "[]"
