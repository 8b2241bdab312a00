"""Missiles lost before launch, as one stated share: an assumption, and never a model of how."""

from dataclasses import replace
from typing import Final

import numpy as np

from umbo.elements.architecture import Architecture
from umbo.elements.interceptors import Doctrine
from umbo.engagement.from_orbit import FromOrbit, Reach

LEFT_OF_LAUNCH: Final = "left_of_launch"
"""Its name among the weapons, and its layer."""


def with_losses_before_launch(interceptors: FromOrbit, architecture: Architecture) -> FromOrbit:
    """Let a share of the missiles be lost before launch, each by its own luck.

    It stands before all weapons and counts as a kill of the defense, so that leakage is still over
    what would arrive undefended. It fires nothing, and a missile that it spares is not engaged by
    it. Left out: losses that come together (the share is the same for every missile); rounds that
    weapons kept for missiles that never came.

    Args:
        interceptors: What fires at boosters.
        architecture: With the element ``left_of_launch`` where the study takes such losses.

    Returns:
        The same with the losses first, or as it was.
    """
    stands = [e for e in architecture.elements if e.use == LEFT_OF_LAUNCH and e.count > 0]
    if not stands:
        return interceptors
    shape = (1, *interceptors.shots.shape[1:])
    first = stands[0]
    values = {**first.values, "p_kill": first.values["fraction_lost"]}
    return FromOrbit(
        [replace(first, values=values, doctrine=Doctrine(shots=1)), *interceptors.elements],
        (Reach(LEFT_OF_LAUNCH, 0, np.zeros(shape[1:], np.int32), np.nan), *interceptors.reach),
        np.concatenate([np.ones(shape, np.int32), interceptors.shots]),
        np.concatenate([np.full(shape, -1, np.int8), interceptors.reason]),
        np.concatenate([np.ones(shape), interceptors.p_hand_over]),
        interceptors.pools,
    )
