"""Flights of a raid: each missile type from each launch point to each aim point, once."""

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, fields
from functools import cached_property
from typing import Any, Final, TypeAlias, TypeVar

import numpy as np
from numpy.typing import NDArray

from umbo.elements.catalog import Catalog, Item
from umbo.elements.readings import Readings
from umbo.elements.threats import Kind, base_of, kind_of
from umbo.elements.vehicles import stack_numbers, vehicle_from
from umbo.engagement.raid import Raid, Shot
from umbo.kept import kept
from umbo.physics.cruise import cruise, way_length
from umbo.physics.earth import ecef_to_geodetic, geodetic_to_ecef
from umbo.physics.flight import Trajectory, Vehicle
from umbo.physics.fractional import aim_fractional
from umbo.physics.glide import Glider, aim_glider
from umbo.physics.steering import aim
from umbo.physics.visibility import longest_steps

T = TypeVar("T")
Floats: TypeAlias = NDArray[np.float64]
Points: TypeAlias = tuple[tuple[float, float, float, float], ...]
"""Launch and aim points: latitude and longitude of both [rad]."""

SAMPLE_S: Final = 5.0
"""Spacing of the samples of a flight."""
LONGEST_S: Final = {"ballistic": 4_500.0, "glide": 6_000.0, "fractional": 7_200.0}
"""No flight of a kind lasts longer: half the circumference takes a ballistic one 2,700 s, and a
turn in orbit 5,300 s."""
MOST_KEPT: Final[dict[Hashable, int]] = {"track": 48, "sight": 24}
"""Of what is large no more is kept with flights; the oldest goes."""
CRUISE_SAMPLE_M: Final = 10e3
CRUISE_SAMPLE_S: Final = 30.0
"""After the last faster flight of a raid is over, samples of cruise lie no farther apart than this
way and this time: its legs are straight to within 2 m, and its climb and dive to within 30 s."""


@dataclass(frozen=True, eq=False)
class Flights:
    """Flights sampled on one time grid; F flights, K times after launch."""

    shots: tuple[Shot, ...]
    """(F,) what flew."""
    time_s: NDArray[np.float64]
    """(K,)"""
    position_ecef_m: NDArray[np.float64]
    """(F, K, 3); after impact the place of impact."""
    velocity_ecef_m_per_s: NDArray[np.float64]
    """(F, K, 3); after impact 0."""
    altitude_m: NDArray[np.float64]
    """(F, K) above the ellipsoid."""
    burnout_s: NDArray[np.float64]
    burnout_speed_m_per_s: NDArray[np.float64]
    burnout_altitude_m: NDArray[np.float64]
    apogee_m: NDArray[np.float64]
    impact_s: NDArray[np.float64]
    miss_m: NDArray[np.float64]
    """Distance from aim point to impact: the solver's closure, not a missile's accuracy."""
    kind: tuple[Kind, ...]
    """(F,) how each flies. Burnout of a cruise missile without a boost is at time 0; that of a
    missile that goes to orbit is its entry into it."""

    @property
    def is_boosted(self) -> NDArray[np.bool_]:
        """Say which flights burn a plume to be seen, (F,)."""
        return np.asarray(self.burnout_s > 0.0)

    @cached_property
    def found(self) -> dict[tuple[object, ...], NDArray[np.float64]]:
        """What was found out of these flights by numbers alike: once for all architectures."""
        return {}

    def once(self, key: tuple[Hashable, ...], read: Readings, find: Callable[[Readings], T]) -> T:
        """Find something out of these flights once for all architectures.

        What modes give goes with the flights, what a draw gives with its readings.

        Args:
            key: What is found, and out of what.
            read: Which number of each range is read.
            find: Finds it, with the readings that it is given.

        Returns:
            What was found; not to be changed.
        """
        if read.is_drawn:
            return read.once((*key, id(self)), find, of=self)
        kept = (*key, id(read))
        if kept not in self.kept:
            new = find(read)
            alike = [one for one in list(self.kept) if one[0] == key[0]]
            if len(alike) >= MOST_KEPT.get(key[0], len(alike) + 1):
                self.kept.pop(alike[0], None)
            self.kept[kept] = (read, new)  # a reading that is kept has a number of its own
            return new
        found: T = self.kept[kept][1]
        return found

    @cached_property
    def kept(self) -> dict[tuple[Hashable, ...], tuple[object, Any]]:
        """What was found out of these flights, each with what has its number in the key.

        It goes when the flights go.
        """
        return {}

    @cached_property
    def types(self) -> tuple[tuple[str, ...], NDArray[np.int64]]:
        """The missiles that fly, and which of them each flight is, (F,)."""
        names = tuple(dict.fromkeys(shot.missile for shot in self.shots))
        return names, np.array([names.index(shot.missile) for shot in self.shots])

    @cached_property
    def longest_step_m(self) -> NDArray[np.float64]:
        """(F,) longest distance between neighbouring samples."""
        return longest_steps(self.position_ecef_m)

    def position_at(self, time_s: NDArray[np.float64]) -> NDArray[np.float64]:
        """Give Earth-fixed positions at times (F, N) after launch, by cubic Hermite.

        Within 20 m of the integrated flight between samples, except within one sample of a
        burnout or staging, where it is within 250 m.
        """
        step = np.clip(np.searchsorted(self.time_s, time_s) - 1, 0, len(self.time_s) - 2)
        width = self.time_s[step + 1] - self.time_s[step]
        s = ((time_s - self.time_s[step]) / width)[..., None]
        row = np.arange(len(self.shots))[:, None]
        a, b = self.position_ecef_m[row, step], self.position_ecef_m[row, step + 1]
        va = self.velocity_ecef_m_per_s[row, step] * width[..., None]
        vb = self.velocity_ecef_m_per_s[row, step + 1] * width[..., None]
        return np.asarray(
            (1.0 + 2.0 * s) * (1.0 - s) ** 2 * a
            + s * (1.0 - s) ** 2 * va
            + s**2 * (3.0 - 2.0 * s) * b
            + s**2 * (s - 1.0) * vb
        )

    def position_of(self, flight: int, time_s: NDArray[np.float64]) -> NDArray[np.float64]:
        """Give Earth-fixed positions of one flight at times (N,) after launch: (N, 3)."""
        return np.stack(
            [
                np.interp(time_s, self.time_s, self.position_ecef_m[flight, :, axis])
                for axis in range(3)
            ],
            axis=-1,
        )


_FLOWN: Final = tuple(one.name for one in fields(Flights) if one.name not in ("shots", "kind"))


def fly_raid(
    raid: Raid, catalog: Catalog, read: Readings, *, sample_s: float = SAMPLE_S
) -> Flights:
    """Fly every shot of a raid to its aim point on the rotating Earth, each by its kind.

    Ballistic missiles fly at near minimum energy, or lofted as the raid says; gliders without
    bank, as far as their speed takes them before the dive; missiles of fractional orbit the short
    way; cruise missiles along the great circle.

    Args:
        raid: The raid with its points drawn.
        catalog: For the missile classes.
        read: Which number of each range is read.
        sample_s: Spacing of the samples, but for what is left of cruise after all faster flights.

    Returns:
        The flights, in the order of the raid's shots.

    Raises:
        DomainError: An aim point is out of the missile's reach, or a class cannot be built.
        StudyError: A class has no kind, or lacks what its kind flies by.
    """
    shots = raid.shots
    kinds = tuple(kind_of(catalog.item(shot.missile)) for shot in shots)
    alike: dict[tuple[str, bool, float], list[int]] = {}
    for i, shot in enumerate(shots):
        alike.setdefault((shot.missile, _is_air(shot, catalog), shot.loft), []).append(i)
    groups = []
    for (name, is_air, loft), chosen in alike.items():
        points = tuple(
            (s.launch_lat_rad, s.launch_lon_rad, s.aim.lat_rad, s.aim.lon_rad)
            for s in (shots[i] for i in chosen)
        )
        item, kind = catalog.item(name), kinds[chosen[0]]
        is_cruise = kind == "cruise"
        how = _cruise_of(item, is_air, read) if is_cruise else _given(kind, item, read)
        stack = {} if is_cruise else stack_numbers(item, read)
        groups.append(_Alike(kind, tuple(chosen), points, loft, how, stack))
    flown = kept("flights", (sample_s, groups), lambda: _fly(groups, sample_s))
    return Flights(shots=shots, kind=kinds, **dict(zip(_FLOWN, flown, strict=True)))


@dataclass(frozen=True)
class _Alike:
    """Flights of one missile class; its ``repr`` tells all that decides them."""

    kind: Kind
    chosen: tuple[int, ...]
    points: Points
    loft: float
    how: Mapping[str, float]
    """What the kind flies by."""
    stack: Mapping[str, float]
    """What its booster is made from; of cruise missiles nothing."""


def _fly(groups: Sequence[_Alike], sample_s: float) -> list[Floats]:
    """Fly all; give the arrays of ``_FLOWN``."""
    faster: list[tuple[_Alike, Trajectory, Floats]] = []
    cruising = [one for one in groups if one.kind == "cruise"]
    for one in groups:
        if one.kind != "cruise":
            vehicle = vehicle_from(one.kind, one.stack)
            flown, miss = _flown(one.kind, vehicle, one.how, one.points, one.loft, sample_s)
            faster.append((one, flown, miss))
    time_s = _grid(faster, cruising, sample_s)
    slower = [(one, *_cruised(one.points, one.how, time_s)) for one in cruising]
    return _collected(sum(len(one.chosen) for one in groups), time_s, [*faster, *slower])


def _is_air(shot: Shot, catalog: Catalog) -> bool:
    return base_of(catalog.place(shot.launch_area)) == "air"


def _given(kind: Kind, item: Item, read: Readings) -> dict[str, float]:
    """Read what a kind flies by beside its booster."""
    values = item.values
    names = {
        "ballistic": (),
        "glide": (
            "ballistic_coefficient",
            "lift_to_drag",
            "dive_speed",
            "dive_angle",
            "burnout_elevation",
        ),
        "fractional": ("orbit_altitude", "deorbit_delta_v"),
    }[kind]
    given = {name: read(values[name]) for name in names}
    if kind == "glide":
        given |= {"lowest": values["glide_altitude"].low, "highest": values["glide_altitude"].high}
    return given


def _cruise_of(item: Item, is_air: bool, read: Readings) -> dict[str, float]:
    values = item.values
    return {
        "speed_m_per_s": read(values["speed"]),
        "altitude_m": read(values["cruise_altitude"]),
        "climb_rate_m_per_s": read(values["climb_rate"]),
        "dive_rate_m_per_s": read(values["dive_rate"]),
        "boost_s": read(values["boost_burn_time"]) if "boost_burn_time" in values else 0.0,
        "launch_altitude_m": read(values["air_launch_altitude"]) if is_air else 0.0,
        "greatest_range_m": values["range"].high,
        "lowest_m": values["cruise_altitude"].low,
        "highest_m": values["cruise_altitude"].high,
    }


def _flown(
    kind: Kind,
    vehicle: Vehicle,
    numbers: Mapping[str, float],
    points: Points,
    loft: float,
    sample_s: float,
) -> tuple[Trajectory, Floats]:
    """Fly one type from points to points."""
    ends = np.array(points).T
    times_s = np.arange(0.0, LONGEST_S[kind], sample_s)
    if kind == "ballistic":
        aimed = aim(vehicle, *ends, loft=loft, times_s=times_s)
        return aimed.flights, aimed.miss_m
    if kind == "glide":
        glider = Glider(
            ballistic_coefficient_kg_per_m2=numbers["ballistic_coefficient"],
            lift_to_drag=numbers["lift_to_drag"],
            dive_speed_m_per_s=numbers["dive_speed"],
            dive_angle_rad=numbers["dive_angle"],
            lowest_m=numbers["lowest"],
            highest_m=numbers["highest"],
        )
        elevation = numbers["burnout_elevation"]
        glides = aim_glider(
            vehicle, glider, *ends, burnout_elevation_rad=elevation, times_s=times_s
        )
        return glides.flights, glides.miss_m
    orbits = aim_fractional(
        vehicle,
        *ends,
        orbit_altitude_m=numbers["orbit_altitude"],
        deorbit_delta_v_m_per_s=numbers["deorbit_delta_v"],
        times_s=times_s,
    )
    return orbits.flights, orbits.miss_m


def _cruised(points: Points, how: Mapping[str, float], time_s: Floats) -> tuple[Trajectory, Floats]:
    ends = np.array(points).T
    flown = cruise(*ends, **how, times_s=time_s)  # type: ignore[arg-type]
    return flown, np.linalg.norm(
        flown.impact_position_m - geodetic_to_ecef(ends[2], ends[3]), axis=1
    )


def _grid(
    faster: Sequence[tuple[_Alike, Trajectory, Floats]],
    cruising: Sequence[_Alike],
    sample_s: float,
) -> Floats:
    """Give one grid of times: even to the end of the faster flights, wider for cruise after it."""
    longest_s = max((float(flown.impact_s.max()) for _, flown, _ in faster), default=0.0)
    time_s = np.arange(int(longest_s / sample_s) + 2, dtype=np.float64) * sample_s
    if not cruising:
        return time_s
    last_s, quickest = 0.0, 0.0
    for one in cruising:
        way_m = float(way_length(*np.array(one.points).T).max())
        speed = one.how["speed_m_per_s"]
        quickest = max(quickest, speed)
        last_s = max(last_s, way_m / speed + one.how["boost_s"])
    step_s = max(sample_s, min(CRUISE_SAMPLE_S, CRUISE_SAMPLE_M / quickest))
    start_s = time_s[-1] if faster else 0.0
    more = np.arange(start_s + step_s, last_s + 2.0 * step_s, step_s)
    return np.concatenate([time_s if faster else np.zeros(1), more])


def _collected(
    number: int, time_s: Floats, parts: Sequence[tuple[_Alike, Trajectory, Floats]]
) -> list[Floats]:
    """Put the flights of all types on one grid, each staying where it fell."""
    position = np.empty((number, len(time_s), 3))
    velocity = np.zeros((number, len(time_s), 3))
    names = ("burnout_s", "burnout_speed_m_per_s", "burnout_altitude_m", "impact_s")
    single = {name: np.empty(number) for name in (*names, "apogee_m", "miss_m")}
    for one, flown, miss in parts:
        chosen = np.array(one.chosen)
        given = min(len(time_s), len(flown.time_s))  # the rest lies after their impacts
        over = (time_s > flown.impact_s[:, None])[..., None]
        position[chosen] = flown.impact_position_m[:, None]
        place = np.ix_(chosen, np.arange(given))
        position[place] = np.where(
            over[:, :given], flown.impact_position_m[:, None], flown.position_m[:, :given]
        )
        velocity[place] = np.where(over[:, :given], 0.0, flown.velocity_m_per_s[:, :given])
        for name in names:
            single[name][chosen] = getattr(flown, name)
        single["apogee_m"][chosen] = flown.apogee_altitude_m
        single["miss_m"][chosen] = miss
    made = {
        "time_s": time_s,
        "position_ecef_m": position,
        "velocity_ecef_m_per_s": velocity,
        "altitude_m": ecef_to_geodetic(position)[2],
        **single,
    }
    return [made[name] for name in _FLOWN]
