"""How fast missiles fly, are aimed, and satellites move, beside scipy's DOP853 and SGP4."""

from pathlib import Path
from runpy import run_path

import numpy as np
from benchmarks.timing import best_s

from umbo.compiled import njit
from umbo.elements.catalog import load_catalog
from umbo.elements.readings import Readings
from umbo.elements.vehicles import vehicle_of
from umbo.physics.earth import destination
from umbo.physics.flight import Launch, Steering, fly
from umbo.physics.orbits import position_blocks, walker_shell
from umbo.physics.steering import aim

TARGETS = {
    "flights_per_s": 30_000.0,
    "aims_per_s": 8_000.0,
    "orbits_10000_satellites_day_s": 2.0,
}
BESIDE = {
    "flights_per_s": "scipy_dop853_flights_per_s",
    "orbits_10000_satellites_day_s": "sgp4_10000_satellites_day_s",
}
_REFEREE = Path(__file__).parent.parent / "tests/physics/test_flight.py"


@njit(cache=True, nogil=True)
def _roots(count: int) -> float:
    x = 2.0
    for _ in range(count):
        x = np.sqrt(x) + 1.0 / x
    return x


def peak() -> dict[str, float]:
    """Measure what bounds a flight on this machine: chains of a root and a quotient."""
    count = 4_000_000
    return {"root_and_quotient_ns": 1e9 * best_s(lambda: _roots(count)) / count}


def flights() -> dict[str, float]:
    """Fly 4,000 intercontinental missiles from launch to impact, and aim 2,000."""
    vehicle = vehicle_of(load_catalog().item("icbm_solid"), Readings())
    steering = Steering(np.linspace(0.0, 6.28, 4_000), np.radians(32.0), cutoff_s=160.0)
    grid = np.arange(0.0, 2_400.0, 5.0)
    flown = fly(vehicle, Launch(0.7, 2.0), steering, times_s=[])
    plain_s = best_s(lambda: fly(vehicle, Launch(0.7, 2.0), steering, times_s=[]))
    sampled_s = best_s(lambda: fly(vehicle, Launch(0.7, 2.0), steering, times_s=grid))
    draw = np.random.default_rng(1).uniform(size=(4, 2_000))
    lat, lon = 0.5 + 0.3 * draw[0], 6.0 * draw[1]
    aim_lat, aim_lon = destination(lat, lon, 6.28 * draw[2], 4e6 + 5e6 * draw[3])
    aimed_s = best_s(lambda: aim(vehicle, lat, lon, aim_lat, aim_lon, times_s=[]))
    return {
        "flight_s": float(np.mean(flown.impact_s)),
        "flights_per_s": 4_000 / plain_s,
        "sampled_flights_per_s": 4_000 / sampled_s,
        "aims_per_s": 2_000 / aimed_s,
    }


def peer() -> dict[str, float]:
    """Fly the same missile with the tests' own scipy DOP853."""
    fly_with_scipy = run_path(str(_REFEREE))["fly_with_scipy"]
    vehicle = vehicle_of(load_catalog().item("icbm_solid"), Readings())
    took_s = best_s(lambda: fly_with_scipy(vehicle, 0.7, 2.0, 0.3, np.radians(32.0), 160.0), runs=3)
    return {"scipy_dop853_flights_per_s": 1.0 / took_s}


def orbit_peer() -> dict[str, float]:
    """Place satellites by SGP4, compiled: 100 of them, taken a hundredfold."""
    from sgp4.api import WGS72, Satrec, SatrecArray

    satellites = []
    for number in range(100):
        satellite = Satrec()
        elements = (0.0, 0.0, 0.0, 0.001, 0.0, 0.9, 0.06 * number, 0.0656, 0.1)
        satellite.sgp4init(WGS72, "i", number + 1, 27_000.0, *elements)
        satellites.append(satellite)
    day = 2_461_000.5 + np.zeros(1_440)
    minutes = np.arange(1_440) / 1_440
    took_s = best_s(lambda: SatrecArray(satellites).sgp4(day, minutes), 3)
    return {"sgp4_10000_satellites_day_s": 100 * took_s}


def orbits() -> dict[str, float]:
    """Place 10,000 satellites every minute of a day, and 100,000 at ten times."""
    shell, large = (walker_shell(550e3, 0.9, planes, 100) for planes in (100, 1_000))
    minutes = np.arange(0.0, 86_400.0, 60.0)

    def place(which: object, times: np.ndarray) -> float:
        return sum(float(p[0, 0, 0]) for _, p in position_blocks(which, times))  # type: ignore[arg-type]

    return {
        "orbits_10000_satellites_day_s": best_s(lambda: place(shell, minutes), 3),
        "orbits_100000_satellites_10_times_s": best_s(lambda: place(large, minutes[:10]), 3),
    }


def compile_s() -> dict[str, float]:
    """Compile flight anew in a process of its own, with an empty cache."""
    import os
    import subprocess
    import sys
    import tempfile

    program = (
        "import time; from umbo.physics.flight import coast; start = time.perf_counter(); "
        "coast([7e6, 0, 0], [0, 6e3, 0], 1e4, times_s=[]); print(time.perf_counter() - start)"
    )
    with tempfile.TemporaryDirectory() as folder:
        done = subprocess.run(
            [sys.executable, "-c", program],
            env=os.environ | {"XDG_CACHE_HOME": folder},
            check=True,
            capture_output=True,
            text=True,
        )
    return {"flight_compile_s": float(done.stdout)}


JOBS = (peak, flights, peer, orbits, orbit_peer, compile_s)
