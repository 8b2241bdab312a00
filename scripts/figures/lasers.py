"""Draw the figure of docs/models/lasers.md: python scripts/figures/lasers.py."""

from typing import Any

import numpy as np
from drawing import write
from scipy.special import j1

from umbo.physics.laser import jitter_share, lethal_range

DIAMETER_M, WAVELENGTH_M = 1.5, 1.315e-6


def averaged(jitter_rad: float) -> float:
    """Average an Airy pattern over a Gaussian wander, on a fine grid."""
    step = np.linspace(1e-6, 8.0, 40_001)
    x = np.pi * DIAMETER_M * step * jitter_rad / WAVELENGTH_M
    seen = (2.0 * j1(x) / x) ** 2 * step * np.exp(-(step**2) / 2.0)
    return float(np.sum((seen[1:] + seen[:-1]) / 2.0 * np.diff(step)))


def chart(rows: list[dict[str, Any]], x: str, y: str) -> dict[str, Any]:
    """Draw lines of one kind each, both axes in steps of ten."""
    log = {"type": "log"}
    return {
        "width": 300,
        "height": 220,
        "data": {"values": rows},
        "mark": {"type": "line", "strokeWidth": 2},
        "encoding": {
            "x": {"field": "x", "type": "quantitative", "title": x, "scale": log},
            "y": {"field": "y", "type": "quantitative", "title": y, "scale": log},
            "color": {"field": "kind", "type": "nominal", "title": None, "sort": None},
            "strokeDash": {"field": "kind", "type": "nominal", "title": None, "sort": None},
        },
    }


def main() -> None:
    """Draw jitter beside the average of the pattern, and range by what a target withstands."""
    jitters = np.geomspace(3e-8, 1e-5, 40)
    trembling = [
        {"x": float(s * 1e6), "y": y, "kind": kind}
        for s in jitters
        for kind, y in (
            ("formula", float(jitter_share(s, DIAMETER_M, WAVELENGTH_M))),
            ("pattern averaged", averaged(float(s))),
        )
    ]
    fluences = np.geomspace(5e5, 2e8, 40)
    reach = [
        {"x": float(f / 1e6), "y": float(r) / 1e3, "kind": kind}
        for kind, extinction in (("vacuum", 0.0), ("clear", 1.5e-4), ("haze", 5e-4), ("rain", 1e-3))
        for f, r in zip(fluences, lethal_range(2e15, fluences, 5.0, extinction), strict=True)
    ]
    spec = {
        "$schema": "https://vega.github.io/schema/vega-lite/v6.json",
        "config": {"view": {"stroke": None}, "font": "sans-serif"},
        "hconcat": [
            chart(trembling, "jitter [microradian]", "share of the peak left"),
            chart(reach, "fluence that kills [MJ/m2]", "range in 5 s [km]"),
        ],
        "resolve": {"scale": {"color": "independent", "strokeDash": "independent"}},
    }
    write("lasers", spec)


if __name__ == "__main__":
    main()
