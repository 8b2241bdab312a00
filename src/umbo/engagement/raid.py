"""Raids: all missiles of one attack, as a study writes them and as they are drawn."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from umbo.draws import decision_id, uniform
from umbo.elements.catalog import Catalog
from umbo.elements.places import Place
from umbo.errors import StudyError
from umbo.physics.earth import destination, great_circle_distance
from umbo.section import Name, Section
from umbo.units import Seconds


class Launch(Section):
    """Missiles of one type from one place at one group of assets."""

    missile: Name
    """A missile of the catalogue."""
    count: int = Field(ge=1, le=20_000)
    """Number of missiles."""
    from_: Name
    """Launch site or area."""
    at: Name
    """Asset, or group of assets, aimed at."""
    spacing_s: Seconds = Field(default=0.0, ge=0.0, le=86_400.0)
    """Time between launches, written ``spacing: 15 s``; none means all at once."""
    start_s: Seconds = Field(default=0.0, ge=0.0, le=86_400.0)
    """Time of the first launch after the raid begins."""
    warheads_each: int | None = Field(default=None, ge=1, le=20)
    """Re-entry vehicles a missile carries; the catalogue's number where left out."""
    decoys_each: int = Field(default=0, ge=0, le=50)
    """Credible decoys a missile releases after burnout."""
    source: str = ""
    """Where the composition comes from; ``ours`` where we chose it."""
    note: str = ""
    """Anything a reader should know."""


@dataclass(frozen=True, slots=True)
class Shot:
    """A missile type from one launch point at one aim point: what is flown once."""

    missile: str
    launch_area: str
    launch_lat_rad: float
    launch_lon_rad: float
    aim: Place


@dataclass(frozen=True, eq=False)
class Raid:
    """A raid with its points drawn for each constellation phase.

    Shapes: P phases, M missiles, O objects.
    """

    name: str
    phases: int
    missile_types: tuple[str, ...]
    """(M,) catalogue name of each missile."""
    start_s: NDArray[np.float64]
    """(M,) launch time after the raid begins."""
    missile: NDArray[np.int32]
    """(O,) missile that carries the object; objects of one missile are neighbours."""
    is_warhead: NDArray[np.bool_]
    """(O,)"""
    shots: tuple[Shot, ...]
    """(F,) what is flown."""
    shot: NDArray[np.int32]
    """(P, M) position in ``shots``."""
    decoys_each: int
    """The most decoys that any missile carries; 0 means a raid without decoys."""


def draw_raid(
    name: str,
    launches: Sequence[Launch],
    catalog: Catalog,
    *,
    phases: int,
    seed: int,
    launch_points: int = 3,
) -> Raid:
    """Draw launch points and aim points of a raid for each phase.

    Each missile starts from one of ``launch_points`` points of its area, which are drawn evenly
    over the circle once, and aims at a place of its group within its longest aimed flight,
    drawn in proportion to the places' weight. The same seed gives every architecture the same raid.

    Args:
        name: Name of the raid.
        launches: Its launches, in the order of the study.
        catalog: Missiles, places and asset groups.
        phases: Number of constellation phases P.
        seed: The study's seed.
        launch_points: Points drawn in each launch area (1 where it is a site).

    Returns:
        The raid.

    Raises:
        StudyError: A missile reaches no place of the group that it is aimed at, or cannot be flown.
    """
    types: list[str] = []
    starts: list[float] = []
    missile: list[int] = []
    is_warhead: list[bool] = []
    shots: dict[Shot, int] = {}
    columns: list[NDArray[np.int32]] = []
    at_launch, at_aim = decision_id("raid/launch_point"), decision_id("raid/aim_point")
    for group, launch in enumerate(launches):
        points = _points_of(catalog.place(launch.from_), launch_points, seed)
        aims = in_reach(launch, catalog)
        share = np.cumsum([aim.weight for aim in aims])
        share /= share[-1]
        carried = launch.warheads_each or round(catalog.value(launch.missile, "warheads").mode)
        pool = np.empty((len(points), len(aims)), dtype=np.int32)
        for i, (lat, lon) in enumerate(points):
            for j, aim in enumerate(aims):
                pool[i, j] = shots.setdefault(
                    Shot(launch.missile, launch.from_, lat, lon, aim), len(shots)
                )
        for i in range(launch.count):
            number = len(types)
            types.append(launch.missile)
            starts.append(launch.start_s + i * launch.spacing_s)
            missile += [number] * (carried + launch.decoys_each)
            is_warhead += [True] * carried + [False] * launch.decoys_each
            column = np.empty(phases, dtype=np.int32)
            for phase in range(phases):
                # A missile's luck is named by its place in its launch, so that a launch
                # added later to the raid does not move the others.
                entity = 1_000_000 * group + i
                point = int(uniform(seed, phase, entity, at_launch) * len(points))
                aim_index = int(np.searchsorted(share, uniform(seed, phase, entity, at_aim)))
                column[phase] = pool[point, aim_index]
            columns.append(column)
    used = np.unique(np.stack(columns, axis=1))
    renumber = np.zeros(len(shots), dtype=np.int32)
    renumber[used] = np.arange(len(used), dtype=np.int32)
    listed = list(shots)
    return Raid(
        name=name,
        phases=phases,
        missile_types=tuple(types),
        start_s=np.array(starts),
        missile=np.array(missile, dtype=np.int32),
        is_warhead=np.array(is_warhead, dtype=np.bool_),
        shots=tuple(listed[i] for i in used),
        shot=renumber[np.stack(columns, axis=1)],
        decoys_each=max(launch.decoys_each for launch in launches),
    )


def in_reach(launch: Launch, catalog: Catalog) -> list[Place]:
    """List the places of the group between the missile's shortest and longest aimed flight.

    A class without a longest aimed flight has its range for one.

    Raises:
        StudyError: There are none, or the missile cannot be flown.
    """
    item = catalog.item(launch.missile)
    longest = item.values.get("longest_aim") or item.values.get("range")
    if item.category != "missile" or longest is None:
        raise StudyError(
            f"'{launch.missile}' cannot be flown: it is no missile with a longest_aim or range; "
            "name a missile of the catalogue, such as icbm_solid"
        )
    area, group = catalog.place(launch.from_), catalog.asset_group(launch.at)
    longest_m = longest.mode
    shortest_m = item.values["shortest_aim"].mode if "shortest_aim" in item.values else 0.0
    aims = [
        place
        for place in group.places
        if shortest_m
        <= great_circle_distance(area.lat_rad, area.lon_rad, place.lat_rad, place.lon_rad)
        <= longest_m
    ]
    if not aims:
        raise StudyError(
            f"{launch.missile} from {launch.from_} reaches no place of {launch.at}: none lies "
            f"within {shortest_m / 1e3:.0f} to {longest_m / 1e3:.0f} km; choose another launch "
            "area or another missile"
        )
    return aims


def _points_of(area: Place, points: int, seed: int) -> list[tuple[float, float]]:
    """Draw points evenly over a launch area's circle, one per equal sector."""
    if area.radius_m <= 0.0:
        return [(area.lat_rad, area.lon_rad)]
    drawn = []
    decision = decision_id(f"raid/area/{area.id}")
    for i in range(points):
        bearing = 2.0 * np.pi * (i + uniform(seed, 2 * i, 0, decision)) / points
        distance = area.radius_m * np.sqrt(uniform(seed, 2 * i + 1, 0, decision))
        lat, lon = destination(area.lat_rad, area.lon_rad, bearing, distance)
        drawn.append((float(lat), float(lon)))
    return drawn
