"""Infrared sensors in orbit as the catalogue knows them, and how bright missiles are to them."""

import math
from dataclasses import dataclass, replace
from typing import Final

from umbo.elements.architecture import Architecture, Fielded
from umbo.elements.catalog import Catalog, Item
from umbo.elements.constellations import partly_built, planes_nearest_root, shells
from umbo.elements.readings import Readings
from umbo.elements.threats import Kind
from umbo.physics.estimation import stereo_error

INFRARED: Final = ("warning", "tracking")
"""Models of elements that see missiles by their heat from orbit."""
ORBITING_RADAR: Final = "amti"
"""Model of elements that see what flies in air by radar from orbit."""
_HOT_LIKE_A_CRUISE_MISSILE: Final = "cruise_missile_mwir"


@dataclass(frozen=True, slots=True)
class Infrared:
    """What one kind of infrared satellite can see, and how well."""

    is_tracking: bool
    """Whether it belongs to the tracking layer; the others warn of launches."""
    min_intensity_w_per_sr: float
    """Least intensity seen against the Earth at the reference range."""
    cold_min_intensity_w_per_sr: float | None
    """The same of a cold band against space; None without one."""
    cold_share: float
    """Share of the satellites that carry the cold band."""
    reference_range_m: float
    angle_error_rad: float
    """One sigma of one look, each way across the line of sight."""
    revisit_s: float
    """Time between looks at one target."""
    availability: float
    """Share of the satellites that work."""
    field_of_regard_rad: float
    """Widest angle between a line of sight and straight down; no limit from a right angle on."""
    tracks_at_once: float
    """Objects that it can look at with its full revisit."""


@dataclass(frozen=True, slots=True)
class Signature:
    """How bright a class of missile is to infrared sensors, phase by phase [W/sr]."""

    plume: float
    """While the first stage burns; 0 without a boost that is known."""
    upper_plume: float
    """While later stages burn."""
    stages: int
    warm: float
    """For ``warm_s`` after burnout: stage and bus beside the warhead."""
    warm_s: float
    hot: float
    """In level flight below ``hot_below_m``, in the band of tracking satellites; 0 for others."""
    hot_swir: float
    """The same in the band of warning satellites."""
    hot_below_m: float
    cold: float
    """Otherwise, 3 to 5 micrometres."""
    cold_lwir: float
    """Otherwise, in a cold band against space."""


def infrared_of(architecture: Architecture) -> tuple[Fielded, ...]:
    """List the infrared satellites of an architecture, even in number in every plane."""
    return tuple(even(one) for one in architecture.elements if one.item.model in INFRARED)


def even(element: Fielded, more: float = 0.0) -> Fielded:
    """Give satellites of catalogue orbits as many in each plane, as the whole layer would be.

    What is left over is left out, so that a layer that is still being built has planes and not
    one long row: at most one satellite fewer than there are planes. A study's constellation is
    even already.

    Args:
        element: Satellites.
        more: Share added in proportion, such as 0.1.
    """
    if element.constellation is not None:
        grown = partly_built(element.constellation, round(element.count * (1.0 + more)))
        count = sum(shell.count for shell in shells(grown))
        return replace(element, constellation=grown, count=count) if more else element
    whole = element.count
    if "quantity" in element.values:
        whole = max(1, round(element.values["quantity"].mode))
    planes = planes_nearest_root(whole)
    if "planes" in element.values:
        planes = round(element.values["planes"].mode)
    per_plane = math.floor(element.count * (1.0 + more) / planes + (0.5 if more else 0.0))
    return replace(element, count=per_plane * planes) if per_plane else element


def read_infrared(element: Fielded, catalog: Catalog, read: Readings) -> Infrared:
    """Read what an infrared satellite sees.

    The angle error is that for which two satellites at the reference range have the stated
    accuracy in stereo (``estimation.stereo_error``).
    """
    values = element.values
    reference_m = read(values["reference_range"])
    crossing_rad = read(catalog.value("tracking", "reference_crossing"))
    accuracy_m = read(values["track_accuracy"])
    has_cold = "lwir_min_radiant_intensity" in values
    return Infrared(
        is_tracking=element.item.model == "tracking",
        min_intensity_w_per_sr=read(values["min_radiant_intensity"]),
        cold_min_intensity_w_per_sr=(
            read(values["lwir_min_radiant_intensity"]) if has_cold else None
        ),
        cold_share=read(values["lwir_share"]) if has_cold else 0.0,
        reference_range_m=reference_m,
        angle_error_rad=accuracy_m
        / float(stereo_error(1.0, reference_m, reference_m, crossing_rad)),
        revisit_s=read(values["revisit"]),
        availability=read(values["availability"]),
        field_of_regard_rad=read(values["field_of_regard"])
        if "field_of_regard" in values
        else math.pi,
        tracks_at_once=tracks_at_once(element, read),
    )


def tracks_at_once(element: Fielded | Item, read: Readings) -> float:
    """Read how many objects a sensor follows with its full revisit; infinite if not said."""
    value = element.values.get("tracks_at_once")
    return math.inf if value is None else read(value)


def read_signature(missile: Item, kind: Kind, catalog: Catalog, read: Readings) -> Signature:
    """Read how bright a class of missile is.

    A glider is hot below an altitude and a cold body above it; a cruise missile is as hot
    as its own row says, or as a subsonic one, and never cold.
    """

    def of(item: str, parameter: str) -> float:
        return read(catalog.value(item, parameter))

    plumes = catalog.item("signature_plume_swir").values
    plume = read(plumes[missile.id]) if missile.id in plumes else 0.0
    hot, hot_swir, hot_below_m = 0.0, 0.0, 0.0
    cold, cold_lwir = of("signature_cold_body", "mwir_3_5"), of("signature_cold_body", "lwir_8_12")
    warm, warm_s = 0.0, 0.0
    if kind == "glide":
        hot, hot_swir = of("signature_glider", "mwir_3_5"), of("signature_glider", "swir_2p6_2p9")
        hot_below_m = of("signature_glider", "hot_below")
    elif kind == "cruise":
        own = f"{missile.id}_mwir"
        known = catalog.item("signature_air_breather").values
        hot = read(known[own if own in known else _HOT_LIKE_A_CRUISE_MISSILE])
        hot_below_m = math.inf
    else:
        warm = of("signature_cold_body", "warm_intensity")
        warm_s = of("signature_cold_body", "warm_time")
    return Signature(
        plume=plume,
        upper_plume=plume * of("signature_plume_swir", "upper_stage_factor"),
        stages=round(missile.values["stages"].mode) if "stages" in missile.values else 1,
        warm=warm,
        warm_s=warm_s,
        hot=hot,
        hot_swir=hot_swir,
        hot_below_m=hot_below_m,
        cold=cold,
        cold_lwir=cold_lwir,
    )
