"""Draw the figures of docs/models/access.md and infrared.md: python scripts/figures/access.py."""

from typing import Any

import numpy as np
from drawing import write

from umbo.physics.access import coverage
from umbo.physics.earth import geodetic_to_ecef
from umbo.physics.infrared import radiant_intensity
from umbo.physics.orbits import walker_shell
from umbo.physics.stereo import Seeing, count_views

KM, UM = 1e3, 1e-6
SHELLS = {
    "28 satellites, 4 planes": (4, 7),
    "72 satellites, 6 planes": (6, 12),
    "200 satellites, 10 planes": (10, 20),
}


def write_row(name: str, *charts: dict[str, Any]) -> None:
    """Write charts side by side as one SVG file."""
    spec = {
        "$schema": "https://vega.github.io/schema/vega-lite/v6.json",
        "config": {"view": {"stroke": None}, "font": "sans-serif"},
        "hconcat": list(charts),
    }
    write(name, spec)


def axis(field: str, title: str, **more: Any) -> dict[str, Any]:
    """Give one axis of a chart of numbers."""
    return {"field": field, "type": "quantitative", "title": title} | more


def coverage_by_latitude() -> dict[str, Any]:
    """Draw how often two satellites see a target at 50 km, by latitude."""
    lat = np.arange(0.0, 90.0, 3.0)
    epoch = np.arange(0.0, 5.0 * 86_164.0, 149.0)
    rows = []
    for name, (planes, per_plane) in SHELLS.items():
        shell = walker_shell(1_000 * KM, np.radians(80.0), planes, per_plane)
        seeing = Seeing(max_range_m=2_500 * KM, grazing_altitude_m=30 * KM)
        seen = coverage([shell], np.radians(lat), 0.0, 50 * KM, epoch_s=epoch, seeing=seeing)
        rows += [
            {"latitude": float(x), "share": float(y), "shell": name}
            for x, y in zip(lat, seen.share_at_least[:, 1], strict=True)
        ]
    return {
        "width": 300,
        "height": 220,
        "data": {"values": rows},
        "mark": {"type": "line", "strokeWidth": 2},
        "encoding": {
            "x": axis("latitude", "latitude [deg]"),
            "y": axis("share", "share of time, two within 2,500 km"),
            "color": {"field": "shell", "type": "nominal", "title": None, "sort": None},
        },
    }


def views_of_a_flight() -> dict[str, Any]:
    """Draw how many satellites see a glide flight, over 64 constellation phases."""
    time = np.arange(0.0, 2_401.0, 30.0)
    share = time / time[-1]
    altitude = np.where(time < 300.0, time / 300.0 * 60 * KM, 60 * KM - 20 * KM * share)
    target = geodetic_to_ecef(
        np.radians(62.0 - 22.0 * share), np.radians(45.0 + 95.0 * share), altitude
    )
    rows = []
    for name, (planes, per_plane) in SHELLS.items():
        views = count_views(
            [walker_shell(1_000 * KM, np.radians(80.0), planes, per_plane)],
            epoch_s=np.linspace(0.0, 86_164.0, 64, endpoint=False),
            time_s=time,
            target_ecef_m=target[None],
            seeing=Seeing(max_range_m=4_000 * KM, grazing_altitude_m=30 * KM),
        )
        low, middle, high = np.quantile(views.in_view[:, 0], [0.1, 0.5, 0.9], axis=0)
        rows += [
            {"t": t / 60, "low": a, "middle": b, "high": c, "shell": name}
            for t, a, b, c in zip(
                time.tolist(), low.tolist(), middle.tolist(), high.tolist(), strict=True
            )
        ]
    color = {"field": "shell", "type": "nominal", "title": None, "sort": None}
    x = axis("t", "time after launch [min]")
    return {
        "width": 300,
        "height": 220,
        "data": {"values": rows},
        "layer": [
            {
                "mark": {"type": "area", "opacity": 0.2},
                "encoding": {
                    "x": x,
                    "y": axis("low", "satellites in view"),
                    "y2": {"field": "high"},
                    "color": color,
                },
            },
            {
                "mark": {"type": "line", "strokeWidth": 2},
                "encoding": {"x": x, "y": axis("middle", "satellites in view"), "color": color},
            },
        ],
    }


def intensity_by_temperature() -> dict[str, Any]:
    """Draw the intensity of one square metre by its temperature, in three bands."""
    temperature = np.geomspace(220.0, 2_400.0, 60)
    rows = []
    for name, low, high in (("2.6-2.9 µm", 2.6, 2.9), ("3-5 µm", 3.0, 5.0), ("8-12 µm", 8.0, 12.0)):
        intensity = radiant_intensity(temperature, 1.0, 0.85, low * UM, high * UM)
        rows += [
            {"temperature": float(t), "intensity": float(i), "band": name}
            for t, i in zip(temperature, intensity, strict=True)
            if i > 1e-3
        ]
    scale = {"type": "log"}
    return {
        "width": 320,
        "height": 240,
        "data": {"values": rows},
        "mark": {"type": "line", "strokeWidth": 2},
        "encoding": {
            "x": axis(
                "temperature",
                "temperature [K]",
                scale=scale | {"domain": [200, 2500], "nice": False},
                axis={"values": [200, 300, 500, 1000, 2000]},
            ),
            "y": axis("intensity", "radiant intensity of 1 m² [W/sr]", scale=scale),
            "color": {"field": "band", "type": "nominal", "title": None, "sort": None},
        },
    }


if __name__ == "__main__":
    write_row("access", coverage_by_latitude(), views_of_a_flight())
    write_row("infrared", intensity_by_temperature())
