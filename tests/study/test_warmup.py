"""Compiling ahead."""

import subprocess
import sys

from umbo.study.warmup import warm_up

LIST_COMPILED = """
from numba.core import event

compiled = []

class Listener(event.Listener):
    def on_start(self, started):
        compiled.append(started.data["dispatcher"].py_func.__qualname__)

    def on_end(self, ended):
        pass

event.register("numba:compile", Listener())

import umbo
from umbo.app.flying import typical_tracks
from umbo.elements.catalog import load_catalog

raids = ["regional_raid", "coastal_cruise"]
umbo.run(umbo.load("reference"), raids=raids, replications=64, draws=4)
flown, refused = typical_tracks(load_catalog())
print(len({one.missile for one in flown}), compiled)
"""


def test_after_the_warm_up_neither_a_run_nor_a_flight_of_any_class_compiles():
    warm_up()

    done = subprocess.run(
        [sys.executable, "-c", LIST_COMPILED], capture_output=True, text=True, check=True
    )

    missiles, _, compiled = done.stdout.partition(" ")
    assert int(missiles) >= 12
    assert compiled.strip() == "[]"
