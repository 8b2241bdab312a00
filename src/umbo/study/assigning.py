"""Each battle's order of fire beside the best use of the same rounds."""

from collections.abc import Mapping
from typing import Any

from umbo.engagement.best_fire import best_fire, median_phase
from umbo.study.battles import Battle

Row = dict[str, Any]


def assignment_rows(battles: Mapping[tuple[str, str], Battle], seed: int) -> list[Row]:
    """Say how far the planned fire is from the least that could leak.

    Args:
        battles: By architecture and raid.
        seed: The study's seed.

    Returns:
        A row a battle, of the constellation phase of the median; battles whose problem is too
        large for the exact answer have none. ``leakers_whole`` is None where
        the best plan of whole objects is not proved.
    """
    rows = []
    for (architecture, raid), battle in battles.items():
        by_phase = battle.leakers_by_phase
        phase = None if by_phase is None else median_phase(by_phase)
        found = best_fire(battle.found.windows, seed=seed, phase=phase)
        if found is None:
            continue
        rows.append(
            {
                "architecture": architecture,
                "raid": raid,
                "phase": found.phase,
                "leakers_planned": found.planned.value,
                "leakers_planned_low": found.planned.low,
                "leakers_planned_high": found.planned.high,
                "leakers_least": found.least,
                "leakers_whole": found.whole,
                "gap": found.gap,
            }
        )
    return rows
