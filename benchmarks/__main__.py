"""How fast it is, each job beside a floor of the same machine in the same minute.

Run with ``make bench``: prints a table, and writes it as JSON to ``benchmarks/results/``.
"""

import json
import platform
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

from umbo.compiled import in_parallel, njit
from umbo.draws import decision_id, uniform
from umbo.elements.catalog import load_catalog
from umbo.elements.readings import Readings
from umbo.elements.vehicles import vehicle_of
from umbo.engagement.coverage import satellites_in_reach, walker_planes
from umbo.engagement.expected import expected
from umbo.engagement.simulate import simulate
from umbo.engagement.windows import Windows
from umbo.physics.orbits import walker_shell
from umbo.physics.steering import aim


def raid(missiles: int, warheads: int, decoys: int, stock: list[int], phases: int = 64) -> Windows:
    """Build a raid against a boost, two midcourse and a terminal weapon, all in reach of all."""
    each = warheads + decoys
    objects, weapons = missiles * each, len(stock)
    battery = np.broadcast_to(np.arange(weapons)[None, :, None], (phases, weapons, objects))
    looks = np.broadcast_to(np.array([1, 2, 2])[None, :, None], battery.shape)
    return Windows(
        architecture="four_layers",
        raid=f"{missiles} x ({warheads} + {decoys})",
        missile=np.repeat(np.arange(missiles, dtype=np.int32), each),
        is_warhead=np.tile(np.arange(each) < warheads, missiles),
        reliability=np.full(missiles, 0.9),
        asset=np.zeros((phases, missiles), np.int32),
        assets=("city",),
        missile_class=np.zeros(missiles, np.int32),
        classes=("icbm",),
        order=np.tile(np.arange(objects, dtype=np.int32), (phases, 1)),
        boost_weapons=("sbi",),
        boost_shots=np.full((1, phases, missiles), 2, np.int32),
        boost_wanted=np.array([2], np.int32),
        boost_reason=np.zeros((1, phases, missiles), np.int8),
        boost_p_kill=np.array([0.3]),
        boost_common_q=np.array([0.1]),
        boost_common_f=np.array([0.5]),
        weapons=("gbi", "sm3", "thaad"),
        tier=np.array([0, 0, 1], np.int8),
        p_kill=np.array([0.56, 0.5, 0.5]),
        common_q=np.full(weapons, 0.1),
        common_f=np.full(weapons, 0.5),
        salvo=np.array([4, 1, 2], np.int32),
        batteries=("gbi", "sm3", "thaad"),
        stock=np.array(stock, np.int32),
        battery=battery.astype(np.int16),
        looks=looks.astype(np.int8),
        no_battery_reason=np.zeros(battery.shape, np.int8),
        p_track=np.array([0.95, 0.97]),
        p_warhead_called_warhead=0.95,
        p_decoy_called_warhead=0.4,
    )


def best_s(work: Callable[[], object], runs: int = 5) -> float:
    """Time a piece of work, best of several runs, after one to compile."""
    work()
    times = []
    for _ in range(runs):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return min(times)


@njit(cache=True, nogil=True)
def _hash_loop(first: int, last: int, decision: np.uint64) -> float:
    total = 0.0
    for i in range(first, last):
        total += uniform(1, i, 2, decision)
    return total


def floors() -> dict[str, float]:
    """Measure what this machine can do at best: draws and floating-point products a second."""
    decision, draws = decision_id("bench"), 20_000_000
    half = draws // 2
    loop_s = best_s(
        lambda: in_parallel(lambda k: _hash_loop(k * half, (k + 1) * half, decision), 2), 3
    )
    a = np.ones((1500, 1500))
    return {"draws_per_s": draws / loop_s, "blas_flop_per_s": 2 * 1500**3 / best_s(lambda: a @ a)}


def battle() -> dict[str, float]:
    """Fight 300 objects through four layers, and find two raids in expectation."""
    windows = raid(60, 1, 4, [44, 60, 40])
    replications = 20_000
    fought_s = best_s(lambda: simulate(windows, replications, 1), 3)
    return {
        "replications_per_s": replications / fought_s,
        "expected_10_missiles_ms": 1e3 * best_s(lambda: expected(raid(10, 1, 4, [44, 60, 40]))),
        "expected_175_missiles_ms": 1e3 * best_s(lambda: expected(raid(175, 3, 0, [44, 60, 40]))),
    }


def reach() -> dict[str, float]:
    """List the interceptors in reach of 271 missiles in 64 phases, of 7,800 in two shells."""
    shells = [walker_shell(400e3, np.radians(i), 60, 65) for i in (45.0, 65.0)]
    generator = np.random.default_rng(1)
    target = generator.normal(size=(271, 1, 3))
    target = 6_600e3 * target / np.linalg.norm(target, axis=-1, keepdims=True)
    target = np.repeat(target, 8, axis=1)
    arguments = {
        "epoch_s": np.linspace(0.0, 86_164.0, 64),
        "start_s": np.zeros(271),
        "flight": np.tile(np.arange(271), (64, 1)),
        "time_s": np.tile(np.linspace(100.0, 170.0, 8), (271, 1)),
        "target_ecef_m": target,
        "reach_m": np.tile(np.linspace(100e3, 450e3, 8), (271, 1)),
        "capacity": 128,
    }
    planes = walker_planes(shells)
    took_s = best_s(lambda: satellites_in_reach(planes, **arguments), 3)
    return {"reach_s": took_s, "reach_tests_per_s": 64 * 271 * 8 * 7_800 / took_s}


def flights() -> dict[str, float]:
    """Aim missiles from one area at points of a continent."""
    vehicle = vehicle_of(load_catalog().item("icbm_solid"), Readings())
    lat, lon = np.radians(np.linspace(32.0, 48.0, 300)), np.radians(np.linspace(-120.0, -85.0, 300))
    grid = np.arange(0.0, 3_000.0, 5.0)
    took_s = best_s(
        lambda: aim(vehicle, np.radians(40.2), np.radians(126.6), lat, lon, times_s=grid), 3
    )
    return {"aimed_flights_per_s": 300 / took_s}


def whole_run() -> dict[str, float]:
    """Answer the reference study by the command line, warm, and ask for help."""
    umbo = [sys.executable, "-c", "from umbo.app.cli import main; main()"]
    with tempfile.TemporaryDirectory() as folder:

        def answer() -> None:
            command = [*umbo, "run", "reference", "--out", f"{folder}/run"]
            subprocess.run(command, check=True, capture_output=True)

        return {
            "reference_run_s": best_s(answer, 2),
            "help_s": best_s(
                lambda: subprocess.run([*umbo, "--help"], check=True, capture_output=True)
            ),
            "import_s": best_s(
                lambda: subprocess.run([sys.executable, "-c", "import umbo"], check=True)
            ),
        }


TARGETS = {
    "reference_run_s": 15.0,
    "help_s": 0.25,
    "import_s": 0.2,
    "replications_per_s": 1e6,
    "expected_10_missiles_ms": 2.0,
    "aimed_flights_per_s": 8_000.0,
    "reach_tests_per_s": 22e9,
}


def main() -> None:
    """Measure everything, print it, and keep it as JSON."""
    figures = floors() | battle() | reach() | flights() | whole_run()
    # A replication of the battle asks for about one number an object and layer: its floor.
    figures["replications_floor_per_s"] = figures["draws_per_s"] / (300 * 4)
    for name, figure in figures.items():
        target = f"   target {TARGETS[name]:,.6g}" if name in TARGETS else ""
        print(f"{name:<28}{figure:>18,.4g}{target}")
    folder = Path(__file__).parent / "results"
    folder.mkdir(exist_ok=True)
    kept = {"machine": platform.processor() or platform.machine(), "figures": figures}
    (folder / "latest.json").write_text(json.dumps(kept, indent=1) + "\n")


if __name__ == "__main__":
    main()
