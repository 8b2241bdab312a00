"""How long a person waits: the run by the command line, in brief and whole, help and import."""

import contextlib
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.timing import best_s

TARGETS = {
    "reference_run_first_s": 45.0,
    "reference_run_brief_s": 15.0,
    "reference_run_s": 45.0,
    "reference_run_memory_bytes": 1e9,
    "help_s": 0.25,
    "import_s": 0.2,
}
BESIDE = {"help_s": "python_s", "import_s": "python_s"}
_EVERY_S = 0.05


def command() -> dict[str, float]:
    """Answer the reference study by the command line, and ask for help.

    In brief: battle and cost, with their report; for the first time after installation, with
    nothing compiled or kept; by flights kept from a run before; and anew by a seed that nobody
    ran. Memory is that of all its processes together, at most, what they share
    counted once; Linux alone tells it.
    """
    umbo = [sys.executable, "-c", "from umbo.app.cli import main; main()"]
    subprocess.run([*umbo, "warmup"], check=True, capture_output=True)
    with tempfile.TemporaryDirectory() as folder:
        answer = [*umbo, "run", "reference", "--out", f"{folder}/run"]
        start = time.perf_counter()
        nothing = os.environ | {"XDG_CACHE_HOME": f"{folder}/cache"}
        subprocess.run([*answer, "--brief"], check=True, capture_output=True, env=nothing)
        first_s = time.perf_counter() - start
        subprocess.run([*answer, "--brief"], check=True, capture_output=True)
        start = time.perf_counter()
        subprocess.run([*answer, "--brief"], check=True, capture_output=True)
        brief_s = time.perf_counter() - start
        start = time.perf_counter()
        other = [*answer, "--brief", "--seed", str(time.time_ns() % 2**31)]
        subprocess.run(other, check=True, capture_output=True)
        anew_s = time.perf_counter() - start
        start = time.perf_counter()
        memory_bytes = _most_memory_bytes(answer)
        whole_s = time.perf_counter() - start
        return {
            "reference_run_first_s": first_s,
            "reference_run_brief_s": brief_s,
            "reference_run_brief_anew_s": anew_s,
            "reference_run_s": whole_s,
            "reference_run_memory_bytes": memory_bytes,
            "help_s": best_s(
                lambda: subprocess.run([*umbo, "--help"], check=True, capture_output=True)
            ),
            "import_s": best_s(
                lambda: subprocess.run([sys.executable, "-c", "import umbo"], check=True)
            ),
            "python_s": best_s(lambda: subprocess.run([sys.executable, "-c", ""], check=True)),
        }


def _most_memory_bytes(args: list[str]) -> float:
    """Run a command, and give the most memory that it and its children take together."""
    most = 0.0
    with subprocess.Popen(args, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        while process.poll() is None:
            most = max(most, sum(map(_memory_bytes, [process.pid, *_children(process.pid)])))
            time.sleep(_EVERY_S)
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, args)
    return most


def _children(pid: int) -> list[int]:
    found: list[int] = []
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        with contextlib.suppress(OSError):
            found += map(int, task.read_text().split())
    return found


def _memory_bytes(pid: int) -> float:
    """Give the proportional set size of a process, 0 for one that is gone."""
    with contextlib.suppress(OSError):
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return 1024.0 * float(line.split()[1])
    return 0.0


JOBS = (command,)
