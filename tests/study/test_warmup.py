"""Compiling ahead."""

import os
import subprocess
import sys

LIST_COMPILED = """
import sys

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
brief = sys.argv[1:] == ["brief"]
umbo.run(umbo.load("reference"), raids=raids, replications=64, draws=4, brief=brief)
flown, refused = typical_tracks(load_catalog())
print(len({one.missile for one in flown}), compiled)
"""


def test_after_the_warm_up_neither_a_run_nor_a_flight_of_any_class_compiles(tmp_path):
    # In a cache of its own, for other tests compile too.
    environment = {**os.environ, "XDG_CACHE_HOME": str(tmp_path)}

    def done_by(program: str, *arguments: str) -> str:
        command = [sys.executable, "-c", program, *arguments]
        return subprocess.run(
            command, capture_output=True, text=True, check=True, env=environment
        ).stdout

    for in_brief in ("brief", ""):
        done_by(f"from umbo.study.warmup import warm_up; warm_up(brief={bool(in_brief)})")
        missiles, _, compiled = done_by(LIST_COMPILED, in_brief).partition(" ")
        assert int(missiles) >= 12
        assert compiled.strip() == "[]"
