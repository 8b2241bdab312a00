# ruff: noqa: T201
"""Draw the figures and print the tables of docs/models/{flight,steering,orbits}.md.

``python scripts/figures/flight.py`` writes docs/pictures/models/*.svg; with ``--thousand`` it
compares 1,002 flights with scipy's DOP853 instead, which takes some minutes.
"""

import dataclasses
import sys
from pathlib import Path
from runpy import run_path
from typing import Any

import numpy as np
from drawing import write

from umbo.elements.catalog import load_catalog
from umbo.elements.readings import Readings
from umbo.elements.vehicles import vehicle_of
from umbo.physics.arcs import minimum_energy_arc
from umbo.physics.constants import EARTH_MEAN_RADIUS_M
from umbo.physics.earth import ecef_to_geodetic, great_circle_distance
from umbo.physics.flight import Effects, Launch, Steering, Trajectory, Vehicle, fly
from umbo.physics.orbits import drift_rates
from umbo.physics.steering import aim, reach

ROOT = Path(__file__).parents[2]
PICTURES = ROOT / "docs" / "pictures" / "models"
LAT, LON = np.radians(40.0), np.radians(127.0)
CASE = (LAT, LON, np.radians(47.6), np.radians(-122.3))


def chart(name: str, rows: list[dict[str, Any]], x: str, y: str, color: str) -> None:
    """Write one line chart."""
    spec = {
        "data": {"values": rows},
        "width": 520,
        "height": 280,
        "mark": {"type": "line", "strokeWidth": 2},
        "encoding": {
            "x": {"field": x, "type": "quantitative"},
            "y": {"field": y, "type": "quantitative"},
            "color": {"field": color, "type": "nominal", "sort": None},
            "order": {"field": "at", "type": "quantitative"},
        },
    }
    write(name, spec)


def path(flights: Trajectory, name: str, launch: tuple[float, float]) -> list[dict[str, Any]]:
    """Give altitude by ground range along one flight."""
    up = np.isfinite(flights.position_m[:, 0])
    lat, lon, height = ecef_to_geodetic(flights.position_m[up])
    ground = great_circle_distance(*launch, lat, lon)
    return [
        {"ground range, km": g / 1e3, "altitude, km": h / 1e3, "flight": name, "at": i}
        for i, (g, h) in enumerate(zip(ground.tolist(), height.tolist(), strict=True))
    ]


def flight_figure() -> None:
    """Set integrated free flights beside the closed minimum-energy arcs."""
    rows = []
    still = Effects(rotation=False, j2=False, ellipsoid=False)
    vehicle = vehicle_of(load_catalog().item("icbm_solid"), Readings())
    for degrees in np.arange(20.0, 100.0, 4.0):
        flown = aim(vehicle, 0.0, 0.0, 0.0, np.radians(degrees), times_s=[], effects=still).flights
        arc = minimum_energy_arc(np.radians(degrees) * EARTH_MEAN_RADIUS_M)
        both = {
            "boosted flight, integrated": float(flown.apogee_altitude_m),
            "arc from the ground, closed form": float(arc.apogee_altitude_m),
        }
        rows += [
            {"range, km": degrees * 111.19, "apogee, km": h / 1e3, "by": name, "at": degrees}
            for name, h in both.items()
        ]
    chart("flight", rows, "range, km", "apogee, km", "by")


def steering_figure() -> None:
    """Draw the same aim point reached in five ways."""
    vehicle = vehicle_of(load_catalog().item("icbm_solid"), Readings())
    ways: dict[str, dict[str, Any]] = {
        "depressed, loft -0.4": {"loft": -0.4},
        "near minimum energy": {},
        "lofted, loft 0.3": {"loft": 0.3},
        "full burn, flat": {"loft": -0.1, "burn": "full"},
        "full burn, steep": {"burn": "full"},
    }
    rows = []
    for name, way in ways.items():
        flown = aim(vehicle, *CASE, every_s=10.0, **way).flights
        rows += path(flown, name, (LAT, LON))
        print(
            f"| {name} | {float(flown.burnout_s):.0f} | {float(flown.burnout_speed_m_per_s):,.0f} "
            f"| {float(flown.apogee_altitude_m) / 1e3:,.0f} | {float(flown.impact_s):,.0f} |"
        )
    chart("steering", rows, "ground range, km", "altitude, km", "flight")


def orbits_figure() -> None:
    """Draw the drift of the node by inclination, as SGP4 has it in the tests."""
    rows = [
        {
            "inclination, degrees": i,
            "drift of the node, degrees a day": float(
                np.degrees(drift_rates(h * 1e3, np.radians(i))[0]) * 86_400.0
            ),
            "altitude": f"{h} km",
            "at": i,
        }
        for h in (400, 550, 1_200)
        for i in range(0, 181, 5)
    ]
    chart("orbits", rows, "inclination, degrees", "drift of the node, degrees a day", "altitude")


def _moved(vehicle: Vehicle, steering: Steering, base: np.ndarray, **effects: bool) -> float:
    flown = fly(vehicle, Launch(LAT, LON), steering, times_s=[], effects=Effects(**effects))
    return float(np.linalg.norm(flown.impact_position_m - base)) / 1e3


def worth() -> None:
    """Print how far impact moves without an effect, and over the ranges of the inputs."""
    vehicle = vehicle_of(load_catalog().item("icbm_solid"), Readings())
    aimed = aim(vehicle, *CASE, times_s=[])
    base = aimed.flights.impact_position_m
    for effect in ("j2", "pressure_loss", "drag", "rotation"):
        moved_km = _moved(vehicle, aimed.steering, base, **{effect: False})
        print(f"| without {effect} | {moved_km:,.0f} |")
    for name, share in (
        ("thrust_vacuum_n", 0.005),
        ("burn_s", 0.005),
        ("propellant_kg", 0.005),
        ("dry_kg", 0.02),
        ("payload_kg", 0.02),
        ("exit_area_m2", 0.1),
        ("drag_coefficient", 0.1),
        ("reentry_ballistic_coefficient_kg_per_m2", 0.1),
    ):
        moved = []
        for factor in (1.0 - share, 1.0 + share):
            other = dataclasses.replace(vehicle, **{name: getattr(vehicle, name) * factor})
            moved.append(_moved(other, aimed.steering, base))
        print(f"| `{name}` | {share:.1%} | {moved[0]:,.0f} | {moved[1]:,.0f} |")
    table = reach(vehicle)
    print("reach, km:", (table.range_m[[0, -1]] / 1e3).round())


def thousand() -> None:
    """Compare 1,002 flights with scipy's DOP853; print the worst of each class."""
    tests = run_path(str(ROOT / "tests/physics/test_flight.py"))
    for name in tests["VARIED"]:
        apart_m, apart_s = tests["worst_difference"](name, slice(0, 167), 167)
        print(f"| {name} | 167 | {apart_m:.1f} | {1e3 * apart_s:.1f} |", flush=True)


if __name__ == "__main__":
    if "--thousand" in sys.argv:
        thousand()
    else:
        PICTURES.mkdir(parents=True, exist_ok=True)
        flight_figure()
        steering_figure()
        orbits_figure()
        worth()
