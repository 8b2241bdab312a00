"""Draw the figure of docs/models/raids.md: what public sources count, now and in 2035."""

from drawing import write

from umbo.app.catalog_view import threat_rows
from umbo.elements.catalog import load_catalog

YEARS = {"now": "2025", "in_2035": "2035"}


def main() -> None:
    """Write one bar for each adversary, class and year, on an axis of tenfold steps."""
    rows = [
        {
            "class": row["class"],
            "adversary": row["adversary"],
            "year": year,
            "count": row[key],
            "conf": row[f"conf_{'now' if key == 'now' else '2035'}"],
        }
        for row in threat_rows(load_catalog())
        for key, year in YEARS.items()
        if row[key]
    ]
    write(
        "raids",
        {
            "$schema": "https://vega.github.io/schema/vega-lite/v6.json",
            "config": {"view": {"stroke": None}, "font": "sans-serif"},
            "data": {"values": rows},
            "transform": [
                {
                    "calculate": "datum.conf == 'verified' ? 'read' : 'recalled or ours'",
                    "as": "how",
                }
            ],
            "facet": {"column": {"field": "adversary", "title": None}},
            "spec": {
                "width": 130,
                "height": {"step": 26},
                "mark": {"type": "point", "filled": True, "size": 60},
                "encoding": {
                    "y": {"field": "class", "type": "nominal", "title": None, "sort": None},
                    "x": {
                        "field": "count",
                        "type": "quantitative",
                        "scale": {"type": "log", "domain": [1, 20_000]},
                        "axis": {"values": [1, 100, 10_000], "format": ",d"},
                        "title": "missiles",
                    },
                    "color": {"field": "year", "type": "nominal", "title": None},
                    "shape": {"field": "how", "type": "nominal", "title": None},
                },
            },
        },
    )


if __name__ == "__main__":
    main()
