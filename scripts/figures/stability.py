"""Draw the figure of docs/models/stability.md: python scripts/figures/stability.py."""

from typing import Any

from drawing import write

from umbo.elements.catalog import load_catalog
from umbo.study.load import load
from umbo.study.stability import weigh


def panel(rows: list[dict[str, Any]], field: str, title: str, *, band: bool) -> dict[str, Any]:
    """Draw one measure by size of the shield, for each opponent and posture."""
    size = {"field": "size", "type": "quantitative", "title": "size of the shield"}
    color = {"field": "opponent", "type": "nominal", "title": None}
    dash = {"field": "posture", "type": "nominal", "title": None}
    line = {
        "mark": {"type": "line", "point": True},
        "encoding": {
            "x": size,
            "y": {"field": field, "type": "quantitative", "title": title},
            "color": color,
            "strokeDash": dash,
        },
    }
    spread = {
        "mark": {"type": "area", "opacity": 0.12},
        "encoding": {
            "x": size,
            "y": {"field": f"{field}_p05", "type": "quantitative", "title": title},
            "y2": {"field": f"{field}_p95"},
            "color": color,
            "detail": {"field": "posture"},
        },
    }
    return {
        "width": 320,
        "height": 240,
        "data": {"values": rows},
        "layer": [spread, line] if band else [line],
    }


def main() -> None:
    """Weigh the bundled study and draw delivery and gain by size."""
    found = weigh(load("reference"), load_catalog())
    columns = ("opponent", "posture", "size", "delivered", "delivered_p05", "delivered_p95")
    kept = [
        {name: row[name] for name in (*columns, "incentive_shielded")}
        for row in found["stability_size"]
    ]
    spec = {
        "$schema": "https://vega.github.io/schema/vega-lite/v6.json",
        "config": {"view": {"stroke": None}, "font": "sans-serif"},
        "hconcat": [
            panel(kept, "delivered", "warheads delivered after a first strike", band=True),
            panel(
                kept, "incentive_shielded", "gain of the shielded side by going first", band=False
            ),
        ],
    }
    write("stability", spec)


if __name__ == "__main__":
    main()
