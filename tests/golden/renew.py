"""Renew the golden file on purpose: what the reference study answers today."""

import json
from pathlib import Path

import umbo

FILE = Path(__file__).parent / "reference.json"
RAIDS = ["regional_single", "regional_raid"]
COLUMNS = {
    "leakage": ("leakage", "leakage_expected", "p_no_leaker", "fully_engaged"),
    "shots": ("weapon", "shots_mean"),
    "cost_total": ("scope", "low_usd", "mode_usd", "high_usd"),
    "reach": ("missile", "constellation", "in_reach_mean"),
}


def answer():
    """Answer two raids of the reference study, and keep the columns that are watched."""
    result = umbo.run(umbo.load("reference"), raids=RAIDS, replications=500, draws=0)
    return {
        name: [
            {key: row[key] for key in ("architecture", "raid", *columns) if key in row}
            for row in result.tables[name]
        ]
        for name, columns in COLUMNS.items()
    }


if __name__ == "__main__":
    FILE.write_text(json.dumps(answer(), indent=1) + "\n")
