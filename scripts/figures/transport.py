"""Draw docs/pictures/models/transport.svg: latency and gaps as transport satellites are lost."""

import math
from dataclasses import replace
from typing import Any

from drawing import write

from umbo.elements.catalog import load_catalog
from umbo.elements.readings import Readings
from umbo.engagement.transport import LinkRules, find_latencies
from umbo.study.load import read_study, resolve

RULES = LinkRules(
    max_crosslink_m=5_500e3,
    grazing_altitude_m=80e3,
    min_elevation_rad=math.radians(10.0),
    terminals=4,
    satellite_hop_s=0.02,
    ground_hop_s=0.05,
    line_s=0.05,
    line_speed_m_per_s=150e6,
    manager_s=10.0,
)
STUDY = """\
umbo: 1
title: Ways of data
seed: 20250128
replications: 64
phases: 64
raids:
  one:
    - {missile: icbm_solid, count: 1, from: nk_interior, at: conus_cities}
architectures:
  none:
    elements:
      - use: hbtss
        constellation: {planes: 4, per_plane: 10, altitude: 1000 km, inclination: 60 deg}
      - {use: sbi, constellation: {count: 400, altitude: 400 km, inclination: 50 deg}}
  s126:
    like: none
    add:
      - {use: t1_transport, count: 126}
  s126_480:
    like: s126
    add:
      - {use: sdn_backbone, count: 480}
"""
TITLES = {"none": "none", "s126": "126 satellites", "s126_480": "126 and 480"}
COLORS = ["#5a6472", "#b65200", "#0b62b0"]


def rows() -> list[dict[str, Any]]:
    """Find latencies from tracking satellites to interceptors in orbit, by what is lost."""
    catalog = load_catalog()
    found = []
    for name, architecture in resolve(read_study(STUDY), catalog).items():
        for percent in range(0, 91, 10):
            rules = replace(RULES, share_lost=percent / 100)
            (latency,) = find_latencies(architecture, catalog, Readings(), rules, seed=1)
            found.append(
                {
                    "transport": TITLES[name],
                    "lost": percent,
                    "median": 1e3 * (latency.median_s - latency.manager_s),
                    "p99": 1e3 * (latency.p99_s - latency.manager_s),
                    "unreachable": 100 * latency.unreachable,
                }
            )
    # Delays of the few messages that still get through would look better the fewer they are.
    return [row if row["unreachable"] < 1 else row | {"median": None, "p99": None} for row in found]


def panel(title: str, axis: str, *lines: tuple[str, list[int]]) -> dict[str, Any]:
    """Describe one panel: a quantity by share lost, a line each architecture."""
    lost = {
        "field": "lost",
        "type": "quantitative",
        "title": "lost, of satellites and entry points [%]",
    }
    transport = {
        "field": "transport",
        "type": "nominal",
        "title": "transport",
        "sort": None,
        "scale": {"range": COLORS},
    }
    return {
        "title": {"text": title, "fontSize": 12, "anchor": "start"},
        "width": 300,
        "height": 220,
        "layer": [
            {
                "mark": {"type": "line", "strokeDash": dash, "strokeWidth": 2, "clip": True},
                "encoding": {
                    "x": lost,
                    "y": {"field": field, "type": "quantitative", "title": axis},
                    "color": transport,
                },
            }
            for field, dash in lines
        ],
    }


def main() -> None:
    """Write the picture."""
    spec = {
        "$schema": "https://vega.github.io/schema/vega-lite/v5.json",
        "data": {"values": rows()},
        "background": "white",
        "config": {"font": "sans-serif", "view": {"stroke": None}},
        "hconcat": [
            panel(
                "Sensor to interceptor: median, 99th percentile (dashed)",
                "links and relays [ms]",
                ("median", [1, 0]),
                ("p99", [5, 4]),
            ),
            panel("No way at that moment", "share of time and pairs [%]", ("unreachable", [1, 0])),
        ],
    }
    write("transport", spec)


if __name__ == "__main__":
    main()
