"""Radars in orbit that see what flies in air: where they are, how far, and which of them work."""

import math
from collections import Counter
from typing import Final

import numpy as np
from numpy.typing import NDArray

from umbo.draws import decision_id, uniform
from umbo.elements.architecture import Architecture
from umbo.elements.catalog import Catalog
from umbo.elements.readings import Readings
from umbo.elements.sensors import ORBITING_RADAR, even, tracks_at_once
from umbo.engagement.assignment import draw_true
from umbo.engagement.flights import Flights
from umbo.engagement.transport import shells_of
from umbo.physics.holding import Eyes

Truths = NDArray[np.bool_]

BAND: Final = 3
"""Row of brightness that holds the square root of a cross-section."""
_SEES: Final = "cruise"
"""Kind of flight that they are made for: cruise missiles and one-way drones."""


def sees_any(flights: Flights) -> bool:
    """Say whether a raid holds anything that radars in orbit look at."""
    return _SEES in flights.kind


def orbiting_radars(
    architecture: Architecture,
    read: Readings,
    *,
    seed: int,
    phases: int,
    objects: int = 1,
    p_look: float = 1.0,
) -> tuple[tuple[Eyes, ...], Truths]:
    """Set out the radars in orbit of an architecture (space-based air moving target indication).

    A target is seen within the range at which its cross-section returns what the reference
    does (fourth root), past the limb, while its speed over the ground along the line of sight is
    above the least: below a satellite all motion is across the line, so that it has a hole
    there. The angle error is that for which the cross-range error at the reference range is the
    stated accuracy. Left out: the search that finds a target first, for which the revisit
    stands; ground clutter beyond the least speed; jamming; ships and gliders.

    Args:
        architecture: What stands.
        read: Which number of each range is read.
        seed: The study's seed.
        phases: Constellation phases, P.
        objects: Objects in flight at once, which share the looks of each satellite.
        p_look: Chance that a look detects.

    Returns:
        The satellites, shell by shell; and which of all N of them work, (P, N).

    Source:
        Skolnik, *Introduction to Radar Systems*, 3rd ed. (2001), eq. 1.7 and ch. 3 (moving
        targets are told from clutter by radial speed alone).
    """
    eyes: list[Eyes] = []
    works: list[Truths] = [np.empty((phases, 0), dtype=np.bool_)]
    alike: Counter[str] = Counter()
    for one in architecture.elements:
        if one.item.model != ORBITING_RADAR or not one.count:
            continue
        element, values = even(one), one.values
        alike[one.use] += 1
        name = f"{one.use}#{alike[one.use]}"
        range_m, accuracy_m = read(values["reference_range"]), read(values["track_accuracy"])
        slower = max(1.0, objects / tracks_at_once(element, read))
        for shell in shells_of(
            element, read, turn=uniform(seed, 0, 0, decision_id(f"{name}/turn"))
        ):
            eyes.append(
                Eyes(
                    shell=shell,
                    band=BAND,
                    range_m=range_m / math.pow(read(values["reference_rcs"]), 0.25),
                    cold_range_m=0.0,
                    looks_per_s=p_look / read(values["revisit"]) / slower,
                    angle_error_rad=accuracy_m / range_m,
                    range_error_m=read(values["range_error"]),
                    min_radial_speed_m_per_s=read(values["min_radial_speed"]),
                )
            )
            chance = read(values["availability"])
            works.append(
                draw_true(seed, f"{name}/radar", phases=phases, entities=shell.count, chance=chance)
            )
    return tuple(eyes), np.concatenate(works, axis=1)


def echo_of(flights: Flights, catalog: Catalog, read: Readings) -> NDArray[np.float64]:
    """Give the square root of each flight's cross-section [m], (F, K); 0 for what is not seen."""
    types, type_of = flights.types
    root = []
    for missile, kind in {
        s.missile: k for s, k in zip(flights.shots, flights.kind, strict=True)
    }.items():
        values = catalog.item(missile).values
        is_seen = kind == _SEES and "radar_cross_section" in values
        root.append((missile, math.sqrt(read(values["radar_cross_section"])) if is_seen else 0.0))
    known = dict(root)
    each = np.array([known[missile] for missile in types])[type_of]
    return np.asarray(each[:, None] * np.ones(len(flights.time_s)))
