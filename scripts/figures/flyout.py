"""Draw docs/pictures/models/flyout.svg: a fan's fronts, and its times against flights."""

from typing import Any

import numpy as np
from drawing import write

from umbo.elements.catalog import load_catalog
from umbo.elements.interceptors import FLOWN, fan_of, generic_interceptor
from umbo.elements.readings import Readings
from umbo.physics.constants import EARTH_MEAN_RADIUS_M
from umbo.physics.flyout import shoot

PANELS = (("gbi", 60.0, 8), ("thaad", 15.0, 9))
"""Interceptor, seconds between fronts, and how many."""


def fronts(name: str, every_s: float, count: int) -> list[dict[str, Any]]:
    """Fly a type at many elevations, and compare each front with the fan."""
    values, read = load_catalog().item(name).values, Readings()
    fan = fan_of(values, read)
    vehicle = generic_interceptor(**{a: read(values[p]) for p, a in FLOWN.items()})
    times = every_s * np.arange(1, count + 1)
    up = np.radians(np.linspace(4.0, 90.0, 60))
    position = shoot(vehicle, up, times).position_m
    x, z = position[..., 0], position[..., 2]
    ground = EARTH_MEAN_RADIUS_M * np.arctan2(z, x)
    altitude = np.hypot(x, z) - EARTH_MEAN_RADIUS_M
    row = np.rint(ground / fan.range_step_m)
    column = np.rint((altitude - fan.min_altitude_m) / fan.altitude_step_m)
    found = []
    for e, k in np.ndindex(x.shape):
        if not np.isfinite(x[e, k]):
            continue
        point = {
            "type": name,
            "order": e,
            "time": float(times[k]),
            "range": float(ground[e, k]) / 1e3,
            "altitude": float(altitude[e, k]) / 1e3,
        }
        i, j = int(row[e, k]), int(column[e, k])
        if 0 <= i < fan.time_s.shape[0] and 0 <= j < fan.time_s.shape[1]:
            # The fan's time at the nearest place of its grid, and the speed to get there.
            off = np.hypot(
                i * fan.range_step_m - ground[e, k],
                fan.min_altitude_m + j * fan.altitude_step_m - altitude[e, k],
            )
            if off < 0.3 * min(fan.range_step_m, fan.altitude_step_m):
                told = float(fan.time_s[i, j])
                point["told"] = told if np.isfinite(told) else None
        found.append(point)
    return found


def fan_panel(name: str) -> dict[str, Any]:
    """Describe the fronts of one type, and the limits that the catalogue puts on them."""
    values = load_catalog().item(name).values
    limit = {
        "range": values["max_range"].mode / 1e3,
        "low": values["min_intercept_altitude"].mode / 1e3,
        "high": values["max_intercept_altitude"].mode / 1e3,
    }

    def axis(field: str, title: str, top: float) -> dict[str, Any]:
        scale = {"domain": [0, top], "nice": False}
        return {"field": field, "type": "quantitative", "title": title, "scale": scale}

    across = axis("range", "ground range [km]", 1.1 * limit["range"])
    up = axis("altitude", "altitude [km]", 1.1 * limit["high"])
    return {
        "title": {"text": f"{name}: where it is, by time after launch [s]", "anchor": "start"},
        "width": 330,
        "height": 230,
        "layer": [
            {
                "data": {"values": [limit | {"zero": 0}]},
                "mark": {"type": "rect", "color": "#eef2f6"},
                "encoding": {
                    "x": {"field": "zero", "type": "quantitative"},
                    "x2": {"field": "range"},
                    "y": {"field": "low", "type": "quantitative"},
                    "y2": {"field": "high"},
                },
            },
            {
                "transform": [{"filter": f"datum.type == '{name}'"}],
                "mark": {"type": "line", "clip": True},
                "encoding": {
                    "x": across,
                    "y": up,
                    "order": {"field": "order", "type": "quantitative"},
                    "color": {
                        "field": "time",
                        "type": "ordinal",
                        "title": "time [s]",
                        "scale": {"scheme": "viridis"},
                    },
                },
            },
        ],
    }


def main() -> None:
    """Write the picture."""
    rows = [row for panel in PANELS for row in fronts(*panel)]
    spec = {
        "$schema": "https://vega.github.io/schema/vega-lite/v5.json",
        "data": {"values": rows},
        "background": "white",
        "config": {"font": "sans-serif", "view": {"stroke": None}},
        "hconcat": [
            *(fan_panel(name) for name, _, _ in PANELS),
            {
                "title": {"text": "Fan against flights at other elevations", "anchor": "start"},
                "width": 230,
                "height": 230,
                "layer": [
                    {
                        "transform": [{"filter": "datum.told > 0"}],
                        "mark": {"type": "point", "size": 14},
                        "encoding": {
                            "x": {"field": "time", "type": "quantitative", "title": "flown [s]"},
                            "y": {"field": "told", "type": "quantitative", "title": "fan [s]"},
                            "color": {"field": "type", "type": "nominal", "title": None},
                        },
                    },
                    {
                        "data": {"values": [{"t": 0}, {"t": 480}]},
                        "mark": {"type": "line", "color": "#5a6472", "strokeWidth": 1},
                        "encoding": {
                            "x": {"field": "t", "type": "quantitative"},
                            "y": {"field": "t", "type": "quantitative"},
                        },
                    },
                ],
            },
        ],
        "resolve": {"scale": {"color": "independent"}},
    }
    write("flyout", spec)


if __name__ == "__main__":
    main()
