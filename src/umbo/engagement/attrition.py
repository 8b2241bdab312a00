"""A constellation with holes, or half built: what is left of the interceptors in reach."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from umbo.engagement.assignment import draw_true
from umbo.errors import DomainError
from umbo.physics.orbits import WalkerShell, even_phasing, walker_shell


def survivors(
    shells: Sequence[WalkerShell],
    *,
    planes_lost: float = 0.0,
    satellites_lost: float = 0.0,
    seed: int = 0,
) -> NDArray[np.bool_]:
    """Say which satellites work after the loss of planes and of single satellites.

    Planes are lost side by side, as by debris or one failed launch campaign; satellites each by
    its own luck, as by failure. Left out: that those left spread out again, which takes weeks.

    Args:
        shells: The shells.
        planes_lost: Share of the planes of each shell, 0 to 1, rounded up.
        satellites_lost: Chance that a satellite is lost, 0 to 1.
        seed: Of the luck.

    Returns:
        (N,) which work.

    Raises:
        DomainError: A share is not in 0 to 1.
    """
    if not (0.0 <= planes_lost <= 1.0 and 0.0 <= satellites_lost <= 1.0):
        raise DomainError(
            f"shares lost must lie in 0 to 1; got {planes_lost:g} and {satellites_lost:g}"
        )
    number = sum(shell.count for shell in shells)
    alive = ~draw_true(
        seed, "constellation/lost", phases=1, entities=number, chance=satellites_lost
    )[0]
    first = 0
    for shell in shells:
        lost = int(np.ceil(planes_lost * shell.planes - 1e-9))
        alive[first : first + lost * shell.per_plane] = False
        first += shell.count
    return np.asarray(alive)


def part_built(
    shells: Sequence[WalkerShell], standing: int, *, even_at_rad: float | None = None
) -> list[WalkerShell]:
    """Lay out a constellation of which only so many satellites stand, evenly in every plane.

    The same in each shell; as ``partly_built`` does for one. At most one satellite a plane is
    left over. Planes with none yet are left out.

    Args:
        shells: The whole.
        standing: Satellites that stand.
        even_at_rad: Latitude at which a part is phased most evenly; as the whole if left out.
    """
    share = min(standing / sum(shell.count for shell in shells), 1.0)
    built = []
    for shell in shells:
        planes = min(shell.planes, int(share * shell.count + 1e-9))
        if planes:
            each = int(share * shell.count / planes + 1e-9)
            built.append(
                walker_shell(
                    shell.altitude_m,
                    shell.inclination_rad,
                    planes,
                    each,
                    phasing=shell.phasing % planes
                    if even_at_rad is None or share == 1.0
                    else even_phasing(planes, each, shell.inclination_rad, even_at_rad),
                    pattern=shell.pattern,
                )
            )
    return built
