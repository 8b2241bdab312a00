"""The side-by-side table at several widths."""

import pytest
from rich.console import Console

from umbo.app.comparison import comparison_table, dollars, span
from umbo.app.wording import percent

NAMES = ["today", "small", "medium", "large"]


def tables():
    leakage = {
        "raid": "regional_raid",
        "warheads": 10.0,
        "leakage": 0.2,
        "leakage_luck_low": 0.15,
        "leakage_luck_high": 0.33,
        "leakage_assumptions_low": 0.1,
        "leakage_assumptions_high": 0.34,
        "leakage_assumptions_median": 0.19,
        "leakage_decoys_recognised": 0.1,
        "leakage_decoys_not_told_apart": 0.5,
        "p_no_leaker": 0.4,
        "fully_engaged": 0.9,
    }
    cost = {"mode_usd": 5e11, "low_usd": 4e11, "high_usd": 8e11, "dollars_of": 2026}
    return {
        "leakage": [{"architecture": name, **leakage} for name in NAMES],
        "shots": [
            {"architecture": name, "raid": "regional_raid", "weapon": "gbi", "shots_mean": 3.25}
            for name in NAMES
        ],
        "cost_total": [
            {"architecture": name, "scope": scope, **cost}
            for name in NAMES
            for scope in ("total", "above_baseline")
        ],
    }


@pytest.mark.parametrize("width", [60, 80, 130])
def test_the_table_fits_the_terminal_and_loses_nothing(width):
    console = Console(width=width, color_system=None)
    with console.capture() as capture:
        console.print(comparison_table(tables(), width))
    text = capture.get()

    assert max(map(len, text.splitlines())) <= width
    assert text.count("19 % (10 to 34 %)") == len(NAMES)
    assert all(name in text for name in NAMES)


def test_only_weapons_that_fire_are_listed_with_their_shots():
    idle = {"architecture": NAMES[0], "raid": "regional_raid", "weapon": "sm6", "shots_mean": 0.0}
    made = tables()
    made["shots"].append(idle)
    console = Console(width=130, color_system=None)
    with console.capture() as capture:
        console.print(comparison_table(made, 130))
    assert "gbi 3.25" in capture.get()
    assert "sm6" not in capture.get()


def test_numbers_have_no_more_digits_than_they_deserve():
    assert [percent(share) for share in (0.0, 4e-4, 0.02, 0.314, 0.9995, 1.0)] == [
        "0 %",
        "<0.1 %",
        "2.0 %",
        "31 %",
        ">99.9 %",
        "100 %",
    ]
    assert span(None, 0.5) == "not computed"
    assert dollars(1.19e12) == "$1,190 B"
