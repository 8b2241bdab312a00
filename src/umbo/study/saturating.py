"""Each battle of a run at other sizes of its raid: saturation curves and capacity."""

from collections.abc import Mapping
from math import isfinite
from typing import Any

import numpy as np

from umbo.engagement.saturation import saturate, sizes_of
from umbo.study.battles import Battle

Row = dict[str, Any]


def saturation_tables(battles: Mapping[tuple[str, str], Battle], seed: int) -> dict[str, list[Row]]:
    """Say what passes each shield as each raid grows, and where it runs dry.

    Args:
        battles: By architecture and raid.
        seed: The study's seed.

    Returns:
        ``saturation``, a row a size, and ``capacity``, a row a battle: the raid size at which
        full engagement ends and at which expected leakers pass one (None beyond the largest
        size asked), and the weapon that runs dry first.
    """
    tables: dict[str, list[Row]] = {"saturation": [], "capacity": []}
    for (architecture, raid), battle in battles.items():
        windows, found = battle.found.windows, battle.found.reach
        key: Row = {"architecture": architecture, "raid": raid}
        missiles = len(windows.reliability)
        grown = saturate(
            windows,
            sizes_of(missiles, len(windows.missile)),
            reach=np.stack([reach.count for reach in found]) if found else None,
            seed=seed,
        )
        for n, size in enumerate(grown.missiles.tolist()):
            tables["saturation"].append(
                key
                | {
                    "missiles": size,
                    "warheads": float(grown.warheads[n]),
                    "leakers_mean": float(grown.leakers[n]),
                    "leakage": _share(grown.leakers[n], grown.warheads[n]),
                    "fully_engaged": float(grown.fully_engaged[n]),
                    "is_the_raid": size == missiles,
                }
            )
        dry = grown.first_dry
        tables["capacity"].append(
            key
            | {
                "missiles": missiles,
                "engaged_up_to_missiles": _finite(grown.engaged_up_to),
                "leakers_pass_one_missiles": _finite(grown.leakers_pass_one),
                "largest_missiles": int(grown.missiles[-1]),
                "first_dry": dry[0] if dry else "",
                "dry_from_missiles": dry[1] if dry else None,
            }
        )
    return tables


def _finite(number: float) -> float | None:
    return number if isfinite(number) else None


def _share(part: float, whole: float) -> float | None:
    return float(part / whole) if whole > 0.0 else None
