"""Write one figure of the model pages."""

from pathlib import Path
from typing import Any

import vl_convert

PICTURES = Path(__file__).parents[2] / "docs" / "pictures" / "models"


def write(name: str, spec: dict[str, Any]) -> None:
    """Write a Vega-Lite chart to docs/pictures/models as SVG."""
    PICTURES.mkdir(parents=True, exist_ok=True)
    (PICTURES / f"{name}.svg").write_text(vl_convert.vegalite_to_svg(spec).rstrip() + "\n")
