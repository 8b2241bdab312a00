"""Raids: all missiles of one attack, as a study writes them and as they are drawn."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Annotated

import numpy as np
from numpy.typing import NDArray
from pydantic import Field, field_validator

from umbo.compiled import njit
from umbo.draws import decision_id, uniform
from umbo.elements.catalog import Catalog
from umbo.elements.inventories import load_inventories
from umbo.elements.overrides import checked_share, read_range
from umbo.elements.places import Place
from umbo.elements.sourced import Value
from umbo.elements.threats import kind_of, launch_problem
from umbo.engagement.strikes import Strike
from umbo.errors import StudyError, suggest
from umbo.physics.constants import EARTH_MEAN_RADIUS_M
from umbo.physics.earth import destination, great_circle_distance
from umbo.section import Name, Section
from umbo.units import Seconds

Share = Annotated[float, Field(gt=0.0)]


class Launch(Section):
    """Missiles of one type from one place at one group of assets."""

    missile: Name
    """A missile of the catalogue."""
    count: int = Field(ge=1, le=20_000)
    """Number of missiles."""
    from_: Name
    """Launch site or area."""
    at: (
        Name
        | Annotated[list[Name], Field(min_length=1)]
        | Annotated[dict[Name, Share], Field(min_length=1)]
    )
    """Asset or group of assets aimed at. Several as a list get the same number of missiles each,
    ``[new_york, chicago]``; with shares more or less, ``{strategic_bases: 3, conus_cities: 1}``."""
    spacing_s: Seconds = Field(default=0.0, ge=0.0, le=86_400.0)
    """Time between launches, written ``spacing: 15 s``; none means all at once."""
    start_s: Seconds = Field(default=0.0, ge=0.0, le=86_400.0)
    """Time of the first launch after the raid begins."""
    warheads_each: int | None = Field(default=None, ge=1, le=20)
    """Re-entry vehicles a missile carries; the catalogue's number where left out."""
    decoys_each: int = Field(default=0, ge=0, le=50)
    """Credible decoys a missile releases after burnout."""
    loft: float = Field(default=0.0, ge=-0.5, le=0.5)
    """How steep a ballistic missile flies: 0.2 is lofted, -0.2 depressed, 0 near least energy."""
    reliability: str = ""
    """Chance that a missile arrives undefended, such as ``0.9`` or ``0.9 (0.8 to 0.95)``; the
    catalogue's where left out."""
    adversary: str = ""
    """Whose missiles they are, such as ``Russia``; the launch area's nation where left out."""
    source: str = ""
    """Where the composition comes from; ``ours`` where we chose it."""
    note: str = ""
    """Anything a reader should know."""

    @field_validator("reliability")
    @classmethod
    def _is_a_share(cls, text: str) -> str:
        return checked_share(text, "reliability")

    @property
    def shares(self) -> dict[str, float]:
        """Give the assets and groups aimed at, each with its share of the missiles."""
        if isinstance(self.at, str):
            return {self.at: 1.0}
        given = self.at if isinstance(self.at, dict) else dict.fromkeys(self.at, 1.0)
        whole = sum(given.values())
        return {name: share / whole for name, share in given.items()}


@dataclass(frozen=True, slots=True)
class Shot:
    """A missile type from one launch point at one aim point: what is flown once."""

    missile: str
    launch_area: str
    launch_lat_rad: float
    launch_lon_rad: float
    aim: Place
    loft: float = 0.0
    """How steep a ballistic missile flies, as ``Launch.loft``."""


@dataclass(frozen=True, eq=False)
class Raid:
    """A raid with its points drawn for each constellation phase.

    Shapes: P phases, M missiles, O objects.
    """

    name: str
    phases: int
    missile_types: tuple[str, ...]
    """(M,) catalogue name of each missile."""
    adversaries: tuple[str, ...]
    """(M,) whose each missile is; empty where nobody says."""
    reliability: tuple[Value, ...]
    """(M,) chance that each missile arrives undefended."""
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
    strikes: tuple[Strike, ...] = ()
    """What it takes of the shield first."""


def draw_raid(
    name: str,
    launches: Sequence[Launch],
    catalog: Catalog,
    *,
    phases: int,
    seed: int,
    launch_points: int = 3,
    strikes: Sequence[Strike] = (),
) -> Raid:
    """Draw launch points and aim points of a raid for each phase.

    Each missile starts from one of ``launch_points`` points of its area, which are drawn evenly
    over its circle or box once. Its aim is drawn from the names that the launch is aimed at by
    their shares, and within a group from the places within the missile's longest aimed flight,
    in proportion to the places' weight. The same seed gives every architecture the same raid.

    Args:
        name: Name of the raid.
        launches: Its launches, in the order of the study.
        catalog: Missiles, places and asset groups.
        phases: Number of constellation phases P.
        seed: The study's seed.
        launch_points: Points drawn in each launch area (1 where it is a site).
        strikes: What the raid takes of the shield first.

    Returns:
        The raid.

    Raises:
        StudyError: A missile reaches no place of the group that it is aimed at, or cannot be flown.
    """
    types: list[str] = []
    adversaries: list[str] = []
    reliability: list[Value] = []
    starts: list[float] = []
    missile: list[int] = []
    is_warhead: list[bool] = []
    shots: dict[Shot, int] = {}
    columns: list[NDArray[np.int32]] = []
    at_launch, at_aim = decision_id("raid/launch_point"), decision_id("raid/aim_point")
    for group, launch in enumerate(launches):
        points = _points_of(catalog.place(launch.from_), launch_points, seed)
        aims, share = _aims_of(launch, catalog)
        pool = np.empty((len(points), len(aims)), dtype=np.int32)
        for i, (lat, lon) in enumerate(points):
            for j, aim in enumerate(aims):
                shot = Shot(launch.missile, launch.from_, lat, lon, aim, launch.loft)
                pool[i, j] = shots.setdefault(shot, len(shots))
        carried = launch.warheads_each or round(catalog.value(launch.missile, "warheads").mode)
        objects = [True] * carried + [False] * launch.decoys_each
        missile += [len(types) + i for i in range(launch.count) for _ in objects]
        is_warhead += objects * launch.count
        types += [launch.missile] * launch.count
        adversaries += [adversary_of(launch, catalog)] * launch.count
        reliability += [_reliability_of(launch, catalog)] * launch.count
        starts += [launch.start_s + i * launch.spacing_s for i in range(launch.count)]
        # A missile's luck is named by its place in its launch, so that a launch
        # added later to the raid does not move the others.
        first = 1_000_000 * group
        point = (_luck(seed, phases, first, launch.count, at_launch) * len(points)).astype(int)
        aim_index = np.searchsorted(share, _luck(seed, phases, first, launch.count, at_aim))
        columns.append(pool[point, aim_index])
    chosen = np.concatenate(columns, axis=1)
    used = np.unique(chosen)
    renumber = np.zeros(len(shots), dtype=np.int32)
    renumber[used] = np.arange(len(used), dtype=np.int32)
    listed = list(shots)
    return Raid(
        name=name,
        phases=phases,
        missile_types=tuple(types),
        adversaries=tuple(adversaries),
        reliability=tuple(reliability),
        start_s=np.array(starts),
        missile=np.array(missile, dtype=np.int32),
        is_warhead=np.array(is_warhead, dtype=np.bool_),
        shots=tuple(listed[i] for i in used),
        shot=renumber[chosen],
        decoys_each=max(launch.decoys_each for launch in launches),
        strikes=tuple(strikes),
    )


@njit(cache=True, nogil=True)
def _luck(
    seed: int, phases: int, first: int, count: int, decision: np.uint64
) -> NDArray[np.float64]:
    """Give the luck (P, M) of missiles that are numbered from ``first``."""
    luck = np.empty((phases, count))
    for phase in range(phases):
        for i in range(count):
            luck[phase, i] = uniform(seed, phase, first + i, decision)
    return luck


def adversary_of(launch: Launch, catalog: Catalog) -> str:
    """Say whose missiles they are: as the study says, or the nation of the launch area."""
    return launch.adversary or catalog.place(launch.from_).nation


def problems_of(launch: Launch, catalog: Catalog) -> Iterator[tuple[str, str]]:
    """Say what cannot be in a launch whose names are all known.

    Args:
        launch: The launch.
        catalog: Missiles, places and asset groups.

    Yields:
        The key of the launch that is wrong, and what is wrong with it.
    """
    if launch.loft and kind_of(catalog.item(launch.missile)) != "ballistic":
        yield (
            "loft",
            f"{launch.missile} flies no ballistic arc that could be lofted or depressed; "
            "leave 'loft' out",
        )
    if problem := launch_problem(catalog.item(launch.missile), catalog.place(launch.from_)):
        yield "from", problem
        return
    known = {adversary for adversary, _ in load_inventories()}
    known |= {place.nation for place in catalog.places.values() if place.kind == "launch_area"}
    if launch.adversary and launch.adversary not in known:
        hint = suggest(launch.adversary, known - {""})
        yield "adversary", f"no adversary is named '{launch.adversary}'; {hint}"
    for name in launch.shares:
        try:
            in_reach(launch.model_copy(update={"at": name}), catalog)
        except StudyError as error:
            yield "missile", str(error)
            return


def _aims_of(launch: Launch, catalog: Catalog) -> tuple[list[Place], NDArray[np.float64]]:
    """Give the places aimed at, and the sum of their shares up to each."""
    places: list[Place] = []
    weights: list[float] = []
    for name, share in launch.shares.items():
        within = in_reach(launch.model_copy(update={"at": name}), catalog)
        whole = sum(place.weight for place in within)
        places += within
        weights += [share * place.weight / whole for place in within]
    summed = np.cumsum(weights)
    return places, summed / summed[-1]


def _reliability_of(launch: Launch, catalog: Catalog) -> Value:
    value = catalog.value(launch.missile, "reliability")
    if not launch.reliability:
        return value
    low, mode, high = read_range(launch.reliability, value.unit)
    note = launch.note or "of the study's raid"
    return replace(
        value, low=low, mode=mode, high=high, source="study", locator="", conf="ours", note=note
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
    area, group = catalog.place(launch.from_), catalog.asset_group(str(launch.at))
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
    """Draw points evenly over a launch area: one per sector of a circle, or strip of a box."""
    decision = decision_id(f"raid/area/{area.id}")
    luck = [
        (uniform(seed, 2 * i, 0, decision), uniform(seed, 2 * i + 1, 0, decision))
        for i in range(points)
    ]
    if area.radius_m > 0.0:
        drawn = [
            destination(
                area.lat_rad,
                area.lon_rad,
                2.0 * np.pi * (i + turn) / points,
                area.radius_m * np.sqrt(out),
            )
            for i, (turn, out) in enumerate(luck)
        ]
    elif area.north_south_m > 0.0:
        half = area.north_south_m / EARTH_MEAN_RADIUS_M / 2.0
        south = np.sin(max(area.lat_rad - half, -np.pi / 2.0))
        north = np.sin(min(area.lat_rad + half, np.pi / 2.0))
        width = area.east_west_m / (EARTH_MEAN_RADIUS_M * max(np.cos(area.lat_rad), 1e-3))
        drawn = [
            (
                np.arcsin(south + up * (north - south)),
                (area.lon_rad + width * ((i + along) / points - 0.5) + np.pi) % (2.0 * np.pi)
                - np.pi,
            )
            for i, (along, up) in enumerate(luck)
        ]
    else:
        return [(area.lat_rad, area.lon_rad)]
    return [(float(lat), float(lon)) for lat, lon in drawn]
