"""Which infrared satellites of an architecture see the flights of a raid, and for how long."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from umbo.draws import decision_id, uniform
from umbo.elements.architecture import Architecture
from umbo.elements.catalog import Catalog
from umbo.elements.readings import Readings
from umbo.elements.sensors import (
    Infrared,
    Signature,
    infrared_of,
    read_infrared,
    read_signature,
)
from umbo.engagement.assignment import draw_true
from umbo.engagement.flights import Flights
from umbo.engagement.transport import shells_of
from umbo.physics.access import Coverage, coverage
from umbo.physics.constants import EARTH_EQUATORIAL_RADIUS_M
from umbo.physics.custody import longest_gaps
from umbo.physics.infrared import emerging_intensity, range_by_reference
from umbo.physics.orbits import WalkerShell
from umbo.physics.stereo import Seeing, count_views

Array = NDArray[np.float64]
Truths = NDArray[np.bool_]

_BELOW_M: Final = 5e3
"""Targets above the lowest satellites are taken so far below them."""
_DAY_S: Final = 86_400.0


@dataclass(frozen=True, eq=False)
class Layer:
    """Infrared satellites, shell by shell; N in all, P constellation phases."""

    uses: tuple[str, ...]
    """Element of each shell."""
    shells: tuple[WalkerShell, ...]
    sensors: tuple[Infrared, ...]
    """What the satellites of each shell see; the cold band is None where a shell has none."""
    alive: Truths
    """(P, N) which satellites work."""
    epoch_s: Array
    """(P,) time of the constellation and of the Earth's turn when a raid begins."""

    def part(self, is_tracking: bool) -> "Layer":
        """Give the tracking satellites alone, or those that warn alone."""
        kept = [i for i, one in enumerate(self.sensors) if one.is_tracking == is_tracking]
        number = np.repeat(np.arange(len(self.shells)), [shell.count for shell in self.shells])
        return replace(
            self,
            uses=tuple(self.uses[i] for i in kept),
            shells=tuple(self.shells[i] for i in kept),
            sensors=tuple(self.sensors[i] for i in kept),
            alive=self.alive[:, np.isin(number, kept)],
        )

    @property
    def lowest_m(self) -> float:
        """Height over the equatorial radius of the lowest orbits [m]; infinite without any."""
        return min((shell.altitude_m for shell in self.shells), default=np.inf)


@dataclass(frozen=True, eq=False)
class Brightness:
    """How bright flights shine into space [W/sr], each (F, K)."""

    tracking: Array
    """In the bands of tracking satellites, against the Earth."""
    warning: Array
    """In the band of warning satellites."""
    cold: Array
    """In a cold band, against space."""


@dataclass(frozen=True, eq=False)
class Sight:
    """What satellites see of flights, by phase, flight and time: (P, F, K)."""

    time_s: Array
    """(K,) after launch."""
    burnout_s: Array
    """(F,)"""
    impact_s: Array
    """(F,)"""
    is_seen: Truths
    """Whether any satellite sees the flight."""
    is_stereo: Truths
    """Whether two tracking satellites do from directions far enough apart."""

    @cached_property
    def gap_and_share(self) -> tuple[Array, Array]:
        """Longest gap in stereo custody [s] and share of the flight in it, (P, F)."""
        return longest_gaps(self.time_s, self.is_stereo, 0.0, self.impact_s)

    @cached_property
    def share_in_boost(self) -> Array:
        """Share of the boost in stereo custody, (P, F); nan for flights without one."""
        share = longest_gaps(self.time_s, self.is_stereo, 0.0, self.burnout_s)[1]
        return np.where(self.burnout_s > 0.0, share, np.nan)

    @cached_property
    def share_after(self) -> Array:
        """Share of what follows burnout in stereo custody, (P, F)."""
        return longest_gaps(self.time_s, self.is_stereo, self.burnout_s, self.impact_s)[1]

    @property
    def first_seen_s(self) -> Array:
        """Time after launch of the first sight, (P, F); infinite where there is none."""
        return self._first(self.is_seen)

    @property
    def first_stereo_s(self) -> Array:
        """Time after launch of the first stereo view, (P, F); infinite where there is none."""
        return self._first(self.is_stereo)

    def _first(self, holds: Truths) -> Array:
        flying = holds & (self.time_s <= self.impact_s[:, None])
        return np.where(flying.any(-1), self.time_s[flying.argmax(-1)], np.inf)


def build_layer(
    architecture: Architecture, catalog: Catalog, read: Readings, *, seed: int, phases: int
) -> Layer:
    """Set out the infrared satellites of an architecture.

    Orbits are those of ``transport.shells_of``; a cold band is carried by whole planes. Phases
    are spread over a day, and turns of constellations against each other are drawn. Left out:
    the ellipses of polar warning satellites, which are circles of their working altitude
    here: two of them see the north in turn.

    Args:
        architecture: What stands.
        catalog: For numbers that belong to no element.
        read: Which number of each range is read.
        seed: The study's seed.
        phases: Constellation phases.

    Returns:
        The satellites.
    """
    uses: list[str] = []
    walker: list[WalkerShell] = []
    sensors: list[Infrared] = []
    works: list[Truths] = [np.empty((phases, 0), dtype=np.bool_)]
    alike: Counter[str] = Counter()
    for element in infrared_of(architecture):
        if not {"min_radiant_intensity", "reference_range"} <= element.values.keys():
            continue
        sensor = read_infrared(element, catalog, read)
        alike[element.use] += 1
        name = f"{element.use}#{alike[element.use]}"
        turn = uniform(seed, 0, 0, decision_id(f"{name}/turn"))
        for whole in shells_of(element, read, turn=turn):
            for shell, is_cold in _by_band(whole, sensor):
                part = sensor if is_cold else replace(sensor, cold_min_intensity_w_per_sr=None)
                uses.append(element.use)
                walker.append(shell)
                sensors.append(part)
                works.append(
                    draw_true(
                        seed,
                        f"{name}/infrared/{is_cold}",
                        phases=phases,
                        entities=shell.count,
                        chance=sensor.availability,
                    )
                )
    return Layer(
        uses=tuple(uses),
        shells=tuple(walker),
        sensors=tuple(sensors),
        alive=np.concatenate(works, axis=1),
        epoch_s=_DAY_S * (np.arange(phases) + 0.5) / phases,
    )


def _by_band(shell: WalkerShell, sensor: Infrared) -> list[tuple[WalkerShell, bool]]:
    """Split a shell into the planes with a cold band, evenly chosen, and those without."""
    number = round(sensor.cold_share * shell.planes)
    if sensor.cold_share > 0.0:
        number = max(number, 1)
    chosen = np.zeros(shell.planes, dtype=np.bool_)
    chosen[((np.arange(number) + 0.5) / max(number, 1) * shell.planes).astype(int)] = True
    return [
        (
            replace(
                shell,
                planes=int(planes.sum()),
                plane_raan_rad=shell.plane_raan_rad[planes],
                plane_arg_latitude_rad=shell.plane_arg_latitude_rad[planes],
            ),
            is_cold,
        )
        for planes, is_cold in ((chosen, True), (~chosen, False))
        if planes.any()
    ]


def brightness_of(flights: Flights, catalog: Catalog, read: Readings) -> Brightness:
    """Find how bright flights shine into space, from launch to impact.

    Nothing below the cloud break; a plume while a booster burns, weaker for later stages, which
    are taken to burn equally long; then what ``Signature`` says. Left out: the glow of a warhead
    in re-entry, which shines in its last minute; sunlight on cold bodies; how a plume changes
    with altitude and aspect.

    Args:
        flights: The flights.
        catalog: For the signatures.
        read: Which number of each range is read.

    Returns:
        The intensities.
    """
    known: dict[str, Signature] = {}
    for shot, kind in zip(flights.shots, flights.kind, strict=True):
        if shot.missile not in known:
            known[shot.missile] = read_signature(catalog.item(shot.missile), kind, catalog, read)
    each = [known[shot.missile] for shot in flights.shots]

    def of(field: str) -> Array:
        return np.array([getattr(one, field) for one in each], dtype=np.float64)[:, None]

    time_s, burnout_s = flights.time_s, flights.burnout_s[:, None]
    burns = time_s < burnout_s
    plume = np.where(time_s < burnout_s / of("stages"), of("plume"), of("upper_plume"))
    is_hot = flights.altitude_m < of("hot_below_m")
    is_warm = time_s < burnout_s + of("warm_s")
    dim = np.where(is_warm, of("warm"), of("cold"))
    cloud_break_m = read(catalog.value("detection", "cloud_break_altitude"))

    def emerging(intensity: Array) -> Array:
        return np.asarray(emerging_intensity(intensity, flights.altitude_m, cloud_break_m))

    return Brightness(
        tracking=emerging(np.where(burns, plume, np.where(is_hot, of("hot"), dim))),
        warning=emerging(np.where(burns, plume, np.where(is_hot, of("hot_swir"), 0.0))),
        cold=emerging(np.where(burns | is_hot, 0.0, of("cold_lwir"))),
    )


def seeing_of(
    layer: Layer, bright: Brightness, catalog: Catalog, read: Readings
) -> tuple[Seeing, ...]:
    """Give what lets each shell's satellites see each flight: range by the inverse square, field.

    Left out: how many targets a satellite follows at once, which slows its looks in a battle.
    """
    grazing_m = read(catalog.value("detection", "grazing_altitude"))
    found = []
    for sensor in layer.sensors:
        reference_m = sensor.reference_range_m
        shines = bright.tracking if sensor.is_tracking else bright.warning
        earth_m = range_by_reference(shines, sensor.min_intensity_w_per_sr, reference_m)
        space_m = None
        if sensor.cold_min_intensity_w_per_sr is not None:
            cold_m = range_by_reference(
                bright.cold, sensor.cold_min_intensity_w_per_sr, reference_m
            )
            space_m = np.maximum(earth_m, cold_m)
        found.append(
            Seeing(
                max_range_m=earth_m,
                max_range_space_m=space_m,
                grazing_altitude_m=grazing_m,
                max_off_nadir_rad=field_of(sensor),
            )
        )
    return tuple(found)


def field_of(sensor: Infrared) -> float:
    """Give a satellite's field of regard, without limit from a right angle on [rad]."""
    field_rad = sensor.field_of_regard_rad
    return field_rad if field_rad < np.pi / 2.0 else float(np.pi)


def targets_below(layer: Layer, flights: Flights) -> Array:
    """Give the flights' positions (F, K, 3), those above the lowest satellites drawn below them.

    An intercontinental warhead rises some 300 km above satellites at 1,000 km: so much nearer
    to them it is taken, along the vertical.
    """
    distance_m = np.linalg.norm(flights.position_ecef_m, axis=-1)
    most_m = EARTH_EQUATORIAL_RADIUS_M + layer.lowest_m - _BELOW_M
    share = np.minimum(1.0, most_m / np.maximum(distance_m, 1.0))
    return np.asarray(flights.position_ecef_m * share[..., None])


def within_reach(layer: Layer, seeings: Sequence[Seeing], target_m: Array) -> Truths:
    """Say which flights shine far enough when to be seen from right above, (F, K)."""
    distance_m = np.linalg.norm(target_m, axis=-1)
    found = np.zeros(distance_m.shape, dtype=np.bool_)
    for shell, seeing in zip(layer.shells, seeings, strict=True):
        range_m = np.asarray(seeing.max_range_m)
        if seeing.max_range_space_m is not None:
            range_m = np.maximum(range_m, seeing.max_range_space_m)
        found |= range_m >= EARTH_EQUATORIAL_RADIUS_M + shell.altitude_m - distance_m
    return found


def part_of(seeing: Seeing, rows: Truths, columns: Truths) -> Seeing:
    """Give what lets satellites see some flights at some times."""
    block = np.ix_(rows, columns)
    space_m = seeing.max_range_space_m
    return replace(
        seeing,
        max_range_m=np.asarray(seeing.max_range_m)[block],
        max_range_space_m=None if space_m is None else np.asarray(space_m)[block],
    )


def see(layer: Layer, flights: Flights, catalog: Catalog, read: Readings) -> Sight:
    """Find what a layer sees of flights, in every phase.

    Stereo counts tracking satellites alone: lines from geostationary orbit are too coarse. Left
    out: radars; what ``build_layer``, ``brightness_of``, ``seeing_of`` and ``targets_below`` do.

    Args:
        layer: The satellites.
        flights: The flights.
        catalog: For signatures and limits.
        read: Which number of each range is read.

    Returns:
        The sight.
    """
    bright = brightness_of(flights, catalog, read)
    least_rad = read(catalog.value("tracking", "min_stereo_angle"))
    shape = (len(layer.epoch_s), len(flights.shots), len(flights.time_s))
    is_seen, is_stereo = np.zeros(shape, dtype=np.bool_), np.zeros(shape, dtype=np.bool_)
    for is_tracking in (True, False):
        part = layer.part(is_tracking)
        if not part.shells:
            continue
        target_m = targets_below(part, flights)
        seeings = seeing_of(part, bright, catalog, read)
        bright_enough = within_reach(part, seeings, target_m)
        rows, columns = np.any(bright_enough, axis=1), np.any(bright_enough, axis=0)
        if not rows.any():
            continue
        views = count_views(
            part.shells,
            epoch_s=part.epoch_s,
            time_s=flights.time_s[columns],
            target_ecef_m=target_m[np.ix_(rows, columns)],
            seeing=[part_of(one, rows, columns) for one in seeings],
            min_stereo_angle_rad=least_rad if is_tracking else 0.0,
            alive=part.alive,
        )
        block = np.ix_(np.ones(shape[0], dtype=np.bool_), rows, columns)
        is_seen[block] |= views.in_view > 0
        if is_tracking:
            is_stereo[block] = views.is_stereo
    return Sight(flights.time_s, flights.burnout_s, flights.impact_s, is_seen, is_stereo)


def cover(
    layer: Layer,
    lat_rad: ArrayLike,
    lon_rad: ArrayLike,
    altitude_m: float,
    catalog: Catalog,
    read: Readings,
    *,
    epochs: int,
) -> Coverage:
    """Count how tracking satellites cover places at an altitude over a day, for hot targets.

    A hot target is as bright as a glider in level flight: geometry decides, not brightness.
    Satellites that do not work are left out by their share: the mean number in view is
    multiplied by the availability, and shares of time are those with all at work.

    Args:
        layer: The satellites.
        lat_rad: Geodetic latitudes of the places [rad], (M,).
        lon_rad: Their longitudes [rad], (M,).
        altitude_m: Altitude of the targets [m].
        catalog: For the signature and the grazing altitude.
        read: Which number of each range is read.
        epochs: Times of the day that are counted.

    Returns:
        The coverage.
    """
    part = layer.part(is_tracking=True)
    grazing_m = read(catalog.value("detection", "grazing_altitude"))
    hot = read(catalog.value("signature_glider", "mwir_3_5"))
    seeing: Sequence[Seeing] = [
        Seeing(
            max_range_m=float(
                range_by_reference(hot, one.min_intensity_w_per_sr, one.reference_range_m)
            ),
            grazing_altitude_m=grazing_m,
            max_off_nadir_rad=field_of(one),
        )
        for one in part.sensors
    ]
    found = coverage(
        part.shells,
        lat_rad,
        lon_rad,
        altitude_m,
        epoch_s=_DAY_S * (np.arange(epochs) + 0.5) / epochs,
        seeing=seeing,
        most=2,
    )
    works = float(part.alive.mean()) if part.alive.size else 0.0
    return replace(found, mean_in_view=found.mean_in_view * works)
