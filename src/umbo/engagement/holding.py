"""How well the sensors of an architecture hold a raid: sight, track and error of its missiles."""

import math
from collections.abc import Hashable, Iterable
from dataclasses import dataclass, fields, replace
from functools import cached_property, lru_cache
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from umbo.compiled import njit
from umbo.elements.architecture import Architecture, Likeness, likeness
from umbo.elements.catalog import Catalog
from umbo.elements.readings import Readings
from umbo.engagement.flights import Flights
from umbo.engagement.orbiting_radars import echo_of, orbiting_radars, sees_any
from umbo.engagement.quality import unknown_motion
from umbo.engagement.radars import radar_looks
from umbo.engagement.raid import Raid
from umbo.engagement.seeing import Layer, brightness_of, build_layer
from umbo.engagement.tracking import mean_looks_to_start
from umbo.physics.holding import Eyes, Held, Seen, Targets, all_seen, hold, look

Array = NDArray[np.float64]
Numbers = NDArray[np.int64]
Truths = NDArray[np.bool_]

SENSING: Final = ("warning", "tracking", "radar", "amti")
"""Models whose elements see missiles."""
MOST_PAIRS: Final = 192
"""Most pairs of phase and missile, of each kind, for which a track is held; the others of the
kind take it from one of these. Twice as many move a leakage by 0.003 at most."""
FEW_PAIRS: Final = 32
"""The same where a mean over draws, or a difference, is asked for: moves a median over draws by
0.003, and one leakage by a few hundredths."""
COARSE_S: Final = 20.0
"""Samples of a track are so far apart after boost."""
CRUISE_COARSE_S: Final = 50.0
"""Most of the same once only cruise missiles are in flight, for hours."""
AFTER_BOOST_S: Final = 20.0


@dataclass(frozen=True, eq=False)
class Tracked:
    """How well a raid is held.

    P phases, M missiles, N pairs that stand for all of these, F flights that they fly, K samples.
    """

    pair: Numbers
    """(P, M) the pair that stands for each missile in each phase."""
    flight: Numbers
    """(N,) flight of each pair, among all flights."""
    row: Numbers
    """(N,) the same among the F."""
    time_s: Array
    """(K,) samples after launch."""
    burnout_s: Array
    """(F,)"""
    altitude_m: Array
    """(F, K)"""
    speed_m_per_s: Array
    """(F, K) over the Earth."""
    all: Held
    """Each pair, by all sensors together; errors hold what all looks share."""
    radars: Held
    """Each of the F, by radars on the ground, at sea and in the air alone: they turn with the
    Earth, and hold a flight alike in every phase."""
    orbit_start_s: Array
    """(N,) start of the track by radars in orbit alone; infinite where they make none."""

    @cached_property
    def found(self) -> dict[tuple[object, ...], Any]:
        """Orders of weapons that were found out of this, for other architectures with them."""
        return {}

    def __getstate__(self) -> dict[str, Any]:
        """Leave out what was found: it holds for this process alone."""
        return {name: value for name, value in self.__dict__.items() if name != "found"}

    @cached_property
    def is_warned(self) -> NDArray[np.bool_]:
        """Say which missiles any sensor sees at all, (P, M)."""
        return np.asarray(np.isfinite(self.all.seen_s)[self.pair])

    def first_within(
        self,
        limit_m: float,
        *,
        ahead_s: float = 0.0,
        after_boost: bool = False,
        with_satellites: bool = True,
    ) -> Array:
        """Give the time after launch from which each pair is known within a limit, (N,).

        As ``Held.first_within`` finds it.

        Args:
            limit_m: Largest position error, one sigma, rms of three axes.
            ahead_s: Time for which the position is predicted along a straight line.
            after_boost: Whether nothing counts before burnout, when what is left of the boost
                cannot be foreseen.
            with_satellites: All sensors, or radars alone.
        """
        held = self.all if with_satellites else self.radars
        burnout_s = self.burnout_s[self.row] if with_satellites else self.burnout_s
        from_s = np.maximum(held.start_s, burnout_s if after_boost else 0.0)
        found_s = held.first_within(self.time_s, from_s, limit_m, ahead_s)
        return found_s if with_satellites else found_s[self.row]

    def hand_over(
        self,
        basket_m: Array,
        inside: Truths,
        from_s: Array,
        lag_s: float,
        *,
        with_satellites: bool = True,
    ) -> Array:
        """Average the chance that a seeker finds its target over when the two can meet, (N,).

        Args:
            basket_m: Radius within which the seeker finds and reaches it, (F, K).
            inside: Where the two can meet, (F, K).
            from_s: No sooner than this, (N,).
            lag_s: Age of the track that the weapon is told.
            with_satellites: All sensors, or radars alone.

        Returns:
            The mean of ``1 - exp(-(basket / error)^2 / 2)``; 1 where the two never meet.
        """
        held = self.all if with_satellites else self.radars
        mean = np.empty(len(self.flight))
        _mean_hand_over(
            self.time_s, held.error_m, held.speed_error_m_per_s, self.row, not with_satellites,
            basket_m, inside, from_s, max(lag_s, 0.0), mean,
        )  # fmt: skip
        return mean


@njit(cache=True, nogil=True, error_model="numpy")
def _mean_hand_over(
    time_s: Array, error: Array, speed_error: Array, row: Numbers, is_by_row: bool, basket: Array,
    inside: Truths, from_s: Array, lag: float, mean: Array,
) -> None:  # fmt: skip
    for n in range(len(mean)):
        f = row[n]
        h = f if is_by_row else n
        total, count = 0.0, 0
        for k in range(len(time_s)):
            if not inside[f, k] or time_s[k] < from_s[n] or error[h, k] == np.inf:
                continue
            place, speed = error[h, k], lag * speed_error[h, k]
            off = basket[f, k] / max(math.sqrt(place * place + speed * speed), 1.0)
            total -= math.expm1(-off * off / 2.0)
            count += 1
        mean[n] = total / count if count else 1.0


def track_raid(
    architecture: Architecture,
    raid: Raid,
    flights: Flights,
    catalog: Catalog,
    read: Readings,
    *,
    seed: int,
    epoch_s: Array,
    most_pairs: int = MOST_PAIRS,
) -> Tracked:
    """Hold a raid with all sensors of an architecture, and with its radars alone.

    Found once for architectures with the same sensors. Left out: what ``physics.holding``,
    ``physics.ranging``, ``seeing.build_layer`` and ``seeing.brightness_of`` leave out; confusion
    of objects; that a sensor sees a part of a raid, and not all at its peak, so that load counts
    too much; and the pairs beyond ``most_pairs`` of a kind, which are those of one missile
    type from one launch area.

    Args:
        architecture: What stands.
        raid: The raid.
        flights: Its flights.
        catalog: For signatures, starts and limits.
        read: Which number of each range is read.
        seed: The study's seed.
        epoch_s: Time of constellations and of the Earth's turn at which each phase begins, (P,).
        most_pairs: Most pairs of a kind that are held.

    Returns:
        How well it is held.
    """

    def find(read: Readings) -> Tracked:
        return _track(architecture, raid, flights, catalog, read, seed, epoch_s, most_pairs)

    # Raids of the same shots may start apart, and carry other decoys, which share the looks.
    shots = tuple(of.tobytes() for of in (raid.shot, raid.start_s, raid.missile))
    key = ("track", most_pairs, seed, *shots, _sensors_of(architecture))
    return flights.once(key, read, find)


@lru_cache(maxsize=1024)
def _sensors_of(architecture: Architecture) -> tuple[Likeness, ...]:
    return tuple(likeness(e) for e in architecture.elements if e.item.model in SENSING and e.count)


def _track(
    architecture: Architecture,
    raid: Raid,
    flights: Flights,
    catalog: Catalog,
    read: Readings,
    seed: int,
    epoch_s: Array,
    most_pairs: int,
) -> Tracked:
    def of(parameter: str) -> float:
        return read(catalog.value("tracking", parameter))

    pair, phase, missile = choose_pairs(raid, most_pairs)
    used, flight = np.unique(raid.shot[phase, missile].astype(np.int64), return_inverse=True)
    few = _thinned_once(flights, used)
    layer = build_layer(architecture, catalog, read, seed=seed, phases=raid.phases)
    bright = few.once(("brightness",), read, lambda read: brightness_of(few, catalog, read))
    position_m, noise = few.once(("motion",), read, lambda read: unknown_motion(few, catalog, read))
    objects = most_at_once(raid, flights)
    told, from_s = radar_looks(architecture, few, catalog, read, objects=objects)
    targets = Targets(
        time_s=few.time_s,
        position_m=position_m,
        altitude_m=few.altitude_m,
        until_s=few.impact_s,
        noise_m2_per_s3=noise,
        brightness_w_per_sr=np.stack(
            [bright.tracking, bright.warning, bright.cold, echo_of(few, catalog, read)]
        ),
        known_per_m2=told,
        known_from_s=from_s,
    )
    p_look, hits = of("track_continuity_pd"), round(of("start_hits"))
    looks = mean_looks_to_start(p_look, hits, max(hits, round(of("start_window"))))
    layer = _loaded(layer, objects)
    orbiting, working = _orbiting(architecture, raid, few, read, seed, objects, p_look)
    revisits_s = [sensor.revisit_s for sensor in layer.sensors]
    revisits_s += [p_look / eye.looks_per_s for eye in orbiting]
    fastest_s = min(revisits_s, default=0.0)
    cue_m, cue_m_per_s = (
        read(catalog.value("tracking", "cue_error_space_ir")),
        of("cue_velocity_error"),
    )
    grazing_m = read(catalog.value("detection", "grazing_altitude"))
    shared_m = of("registration_error")

    def held(flight: Numbers, seen: Seen, targets: Targets = targets) -> Held:
        found = hold(
            targets,
            seen,
            flight,
            wait_s=(looks - 1.0) * fastest_s,
            start_position_error_m=cue_m,
            start_velocity_error_m_per_s=cue_m_per_s,
        )
        return replace(found, error_m=np.sqrt(found.error_m**2 + shared_m**2))

    launch_s = epoch_s[phase] + raid.start_s[missile]

    def seen_by(eyes: tuple[Eyes, ...], alive: Truths) -> Iterable[Seen]:
        first = 0
        for each in eyes:
            works = alive[phase, first : first + each.shell.count]
            first += each.shell.count

            def find(_: Readings, eyes: Eyes = each, works: Truths = works) -> Seen:
                return look(targets, eyes, flight, launch_s, works, grazing_altitude_m=grazing_m)

            # Shells alike look alike, whatever else stands; those of many pairs are large.
            key = ("sight", *_numbers_of(each), *pairs, works.tobytes())
            yield few.once(key, read, find) if most_pairs <= FEW_PAIRS else find(read)

    pairs = flight.tobytes(), launch_s.tobytes()
    size = len(flight), len(few.time_s)
    radar_kinds = (likeness(e) for e in architecture.elements if e.item.model == "radar")
    radars = few.once(
        ("radars alone", objects, fastest_s, *radar_kinds),
        read,
        lambda _: held(np.arange(len(used)), all_seen((), len(used), len(few.time_s))),
    )
    orbit_start_s = np.full(len(flight), np.inf)
    if layer.shells or orbiting:
        by_radars = list(seen_by(orbiting, working))
        seen = [*seen_by(_eyes_of(layer, p_look), layer.alive), *by_radars]
        together = held(flight, all_seen(seen, *size))
    else:
        together = Held(*(getattr(radars, one.name)[flight] for one in fields(Held)))
    if orbiting:
        blind = replace(targets, known_per_m2=0.0 * told, known_from_s=np.inf + from_s)
        orbit_start_s = held(flight, all_seen(by_radars, *size), blind).start_s
    return Tracked(
        pair=pair,
        flight=used[flight],
        row=flight,
        time_s=few.time_s,
        burnout_s=few.burnout_s,
        altitude_m=few.altitude_m,
        speed_m_per_s=np.linalg.norm(few.velocity_ecef_m_per_s, axis=-1),
        all=together,
        radars=radars,
        orbit_start_s=orbit_start_s,
    )


def _orbiting(
    architecture: Architecture,
    raid: Raid,
    flights: Flights,
    read: Readings,
    seed: int,
    objects: int,
    p_look: float,
) -> tuple[tuple[Eyes, ...], Truths]:
    """Set out radars in orbit, none for a raid without anything that they see."""
    if not sees_any(flights):
        return (), np.empty((raid.phases, 0), dtype=np.bool_)
    return orbiting_radars(
        architecture, read, seed=seed, phases=raid.phases, objects=objects, p_look=p_look
    )


def most_at_once(raid: Raid, flights: Flights) -> int:
    """Count the objects in flight at once where they are most, decoys too, in the first phase."""
    each = np.bincount(raid.missile, minlength=len(raid.missile_types))
    start_s = np.asarray(raid.start_s, dtype=np.float64)
    at_s = np.concatenate([start_s, start_s + flights.impact_s[raid.shot[0]]])
    order = np.argsort(at_s, kind="stable")
    return int(np.cumsum(np.concatenate([each, -each])[order]).max(initial=0))


def _loaded(layer: Layer, objects: int) -> Layer:
    """Let objects beyond what a satellite follows at once share its looks: revisits grow."""
    sensors = tuple(
        replace(one, revisit_s=one.revisit_s * max(1.0, objects / one.tracks_at_once))
        for one in layer.sensors
    )
    return replace(layer, sensors=sensors)


def choose_pairs(raid: Raid, most: int) -> tuple[Numbers, Numbers, Numbers]:
    """Choose pairs of phase and missile that stand for all: evenly, at most so many of a kind.

    Args:
        raid: The raid.
        most: Most pairs of one missile type from one launch area.

    Returns:
        The pair of each phase and missile, (P, M); and phase and missile of each pair, (N,).
    """
    kinds: dict[tuple[str, str, float], list[int]] = {}
    for m, shot in enumerate(raid.shot[0]):
        one = raid.shots[shot]
        kinds.setdefault((one.missile, one.launch_area, one.loft), []).append(m)
    pair = np.empty(raid.shot.shape, dtype=np.int64)
    phases: list[Numbers] = []
    missiles: list[Numbers] = []
    first = 0
    for of_kind in kinds.values():
        number = raid.phases * len(of_kind)
        chosen = min(number, most)
        index = np.arange(number)
        pair[:, of_kind] = (first + index * chosen // number).reshape(raid.phases, -1)
        picked = ((np.arange(chosen) + 0.5) * number / chosen).astype(np.int64)
        phases.append(picked // len(of_kind))
        missiles.append(np.array(of_kind)[picked % len(of_kind)])
        first += chosen
    return pair, np.concatenate(phases), np.concatenate(missiles)


def _numbers_of(eyes: Eyes) -> tuple[Hashable, ...]:
    """Give what tells satellites from others."""
    shell = eyes.shell
    planes = shell.plane_raan_rad.tobytes(), shell.plane_arg_latitude_rad.tobytes()
    own = [getattr(eyes, one.name) for one in fields(eyes) if one.name != "shell"]
    return shell.altitude_m, shell.inclination_rad, shell.per_plane, *planes, *own


def _eyes_of(layer: Layer, p_look: float) -> tuple[Eyes, ...]:
    return tuple(
        Eyes(
            shell=shell,
            band=0 if sensor.is_tracking else 1,
            range_m=sensor.reference_range_m / np.sqrt(sensor.min_intensity_w_per_sr),
            cold_range_m=(
                0.0
                if sensor.cold_min_intensity_w_per_sr is None
                else sensor.reference_range_m / np.sqrt(sensor.cold_min_intensity_w_per_sr)
            ),
            looks_per_s=p_look / sensor.revisit_s,
            angle_error_rad=sensor.angle_error_rad,
            max_off_nadir_rad=sensor.field_of_regard_rad,
        )
        for shell, sensor in zip(layer.shells, layer.sensors, strict=True)
    )


def _thinned_once(flights: Flights, used: Numbers) -> Flights:
    key = ("thinned", used.tobytes())
    if key not in flights.kept:
        flights.kept[key] = (None, _thinned(flights, used))
    few: Flights = flights.kept[key][1]
    return few


def _thinned(flights: Flights, used: Numbers) -> Flights:
    """Give some of the flights, at every sample in boost and at fewer after it."""
    last_s = float(flights.impact_s[used].max())
    fine_s = float(flights.burnout_s[used].max()) + AFTER_BOOST_S
    others = [i for i in used if flights.kind[i] != "cruise"]
    cruise_s = float(flights.impact_s[others].max(initial=fine_s))
    kept: list[int] = []
    ahead_s = np.append(flights.time_s[1:], np.inf).tolist()  # no gap grows beyond the wanted one
    for k, time_s in enumerate(flights.time_s.tolist()):
        coarse_s = COARSE_S if time_s <= cruise_s else CRUISE_COARSE_S
        if time_s <= fine_s or ahead_s[k] - flights.time_s[kept[-1]] > coarse_s + 1e-9:
            kept.append(k)
        if time_s > last_s:
            break
    at = np.ix_(used, np.array(kept))
    return replace(
        flights,
        shots=tuple(flights.shots[i] for i in used),
        kind=tuple(flights.kind[i] for i in used),
        time_s=flights.time_s[kept],
        position_ecef_m=flights.position_ecef_m[at],
        velocity_ecef_m_per_s=flights.velocity_ecef_m_per_s[at],
        altitude_m=flights.altitude_m[at],
        **{
            name: getattr(flights, name)[used]
            for name in (
                "burnout_s",
                "burnout_speed_m_per_s",
                "burnout_altitude_m",
                "apogee_m",
                "impact_s",
                "miss_m",
            )
        },
    )
