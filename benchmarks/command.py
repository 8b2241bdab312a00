"""How long a person waits: the whole run by the command line, help and import."""

import resource
import subprocess
import sys
import tempfile
import time

from benchmarks.timing import best_s

TARGETS = {
    "reference_run_s": 15.0,
    "reference_run_memory_bytes": 1e9,
    "help_s": 0.25,
    "import_s": 0.2,
}
BESIDE = {"help_s": "python_s", "import_s": "python_s"}


def command() -> dict[str, float]:
    """Answer the reference study by the command line, warm, and ask for help."""
    umbo = [sys.executable, "-c", "from umbo.app.cli import main; main()"]
    subprocess.run([*umbo, "warmup"], check=True, capture_output=True)
    with tempfile.TemporaryDirectory() as folder:
        start = time.perf_counter()
        answer = [*umbo, "run", "reference", "--out", f"{folder}/run"]
        subprocess.run(answer, check=True, capture_output=True)
        took_s = time.perf_counter() - start
        return {
            "reference_run_s": took_s,
            "reference_run_memory_bytes": 1024.0
            * resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss,
            "help_s": best_s(
                lambda: subprocess.run([*umbo, "--help"], check=True, capture_output=True)
            ),
            "import_s": best_s(
                lambda: subprocess.run([sys.executable, "-c", "import umbo"], check=True)
            ),
            "python_s": best_s(lambda: subprocess.run([sys.executable, "-c", ""], check=True)),
        }


JOBS = (command,)
