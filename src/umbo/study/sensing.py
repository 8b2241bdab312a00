"""What the sensing layer of a study sees, by architecture and year: custody, latency, solutions."""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final, TypeVar, cast

import numpy as np
from numpy.typing import NDArray

from umbo.elements.architecture import Architecture, Fielded
from umbo.elements.catalog import Catalog
from umbo.elements.readings import Readings
from umbo.elements.sensors import INFRARED
from umbo.engagement.flights import Flights, fly_raid
from umbo.engagement.quality import find_quality, quality_flow
from umbo.engagement.raid import draw_raid
from umbo.engagement.seeing import Layer, Sight, build_layer, cover, see
from umbo.engagement.transport import (
    ENTRY_POINTS,
    find_latencies,
    lost_stations,
    read_link_rules,
)
from umbo.errors import UnknownNameError, suggest
from umbo.physics.custody import gaps
from umbo.study.load import catalog_of, resolve
from umbo.study.programs import as_of, as_written, cut, earlier, grown, losing, usual_years
from umbo.study.schema import Study
from umbo.study.sensing_worth import ADDED, worth_tables, worth_years

Row = dict[str, Any]
Tables = dict[str, list[Row]]
Array = NDArray[np.float64]
Tell = Callable[[float, str], None]
_Answer = TypeVar("_Answer")

FIRST_RAID: Final = ("regional_raid",)
"""Raids that are looked at unless others are asked for, where the study has them."""
FLIGHTS_OF_A_CLASS: Final = 12
"""Flights that stand for a class of missile in a raid."""
FLIGHTS_DRAWN: Final = 400
"""Flights from which these are taken, about."""
MOST_RAID_PHASES: Final = 64
SAMPLE_S: Final = 10.0
PHASES: Final = 32
"""Constellation phases of custody, over a day."""
TRACK_PHASES: Final = 8
"""Constellation phases of target solutions, over a day."""
LATENCY_STEPS: Final = 48
"""Moments of a day at which ways through the network are found."""
DRAWS: Final = 12
"""Draws over the ranges of all inputs, of the last year."""
DRAW_PHASES: Final = (8, 1)
"""Constellation phases of custody and of target solutions in a draw."""
COVERAGE_EPOCHS: Final = 96
CELL_DEG: Final = 10.0


@dataclass(frozen=True)
class Wanted:
    """What is asked of the sensing layer."""

    raids: tuple[str, ...] = ()
    """Raids by name; a representative one where left out."""
    years: tuple[int, ...] = ()
    """Fiscal years; some from now to the last architecture's where left out."""
    earlier: int = 0
    """Years by which tracking and transport satellites come earlier."""
    more: float = 0.0
    """Share of tracking and transport satellites added."""
    altitude_m: float = 100e3
    """Altitude of the targets on the coverage map."""
    draws: int = DRAWS
    """Draws over the ranges of all inputs, for the last year; 0 for none."""
    lost: float = 0.0
    """Share of all satellites of the layer, and of the ground entry points, that is lost."""
    leakage: bool = True
    """Whether battles are fought for what the layer is worth in leakage."""
    added: int = ADDED
    """Tracking satellites added where that is asked."""

    @property
    def is_accelerated(self) -> bool:
        """Whether a second, accelerated, program is set beside the study's."""
        return self.earlier != 0 or self.more != 0.0


def sense(
    study: Study, catalog: Catalog, wanted: Wanted, tell: Tell = lambda _share, _what: None
) -> Tables:
    """Find what the sensing layer of each architecture sees, year by year.

    Every number of the catalogue at its mode, and in the last year also drawn over its range,
    with the flights as they are. Left out: what ``seeing``, ``quality`` and ``transport`` leave
    out, and the end of a satellite's life.

    Args:
        study: The study.
        catalog: The catalogue, without the study's view.
        wanted: Raids, years and acceleration.
        tell: Told the share that is done and what comes next.

    Returns:
        Tables ``custody``, ``latency``, ``solutions``; of the last year ``coverage``, ``gaps``
        (of one flight of each class, in the phase whose custody is the median) and
        ``assumptions``; ``inputs``; where the program is accelerated, ``gain``; and what is
        worth how much in leakage, ``sensing_leakage`` and ``sensing_orders``, by
        ``worth_tables``, for the raids asked for or all that the study fights. Means are over
        flights and phases; a time is that of the flights in which it comes,
        ``solution_or_impact_s`` counts those without a solution at their impact.

    Raises:
        StudyError: A raid or a year that cannot be.
    """
    raids = _raids(study, wanted)
    viewed = catalog_of(study, catalog)
    if wanted.lost:
        study = losing(study, viewed, wanted.lost)
    gone = lost_stations(ENTRY_POINTS, wanted.lost, study.seed)
    read = Readings()
    years = wanted.years or usual_years(study, catalog)
    programs = {"study": study}
    if wanted.is_accelerated:  # both with the study's own years
        programs = {
            "study": as_written(study),
            "accelerated": earlier(study, viewed, wanted.earlier),
        }
    tell(0.0, "flying the raids")
    flown = {name: _fly(study, name, viewed, read) for name in raids}
    tables: Tables = {"coverage": [], "custody": [], "gaps": [], "latency": [], "solutions": []}
    tables["assumptions"] = []
    part = 0.5 if wanted.leakage else 1.0
    found = _Found(study, viewed, read, flown)
    number = len(programs) * len(years)
    for k, (program, year) in enumerate((p, y) for p in programs for y in years):
        standing = resolve(as_of(programs[program], year), catalog)
        for i, (name, architecture) in enumerate(standing.items()):
            done = 0.1 + 0.9 * (k + i / len(standing)) / number
            tell(part * done, f"FY{year}: {name}")
            if program == "accelerated" and wanted.more:
                architecture = grown(architecture, wanted.more)  # noqa: PLW2901
            architecture = cut(architecture, gone)  # noqa: PLW2901
            key = {"architecture": name, "year": year, "program": program}
            for table, rows in found.of(architecture).items():
                tables[table] += [key | row for row in rows]
            if year == years[-1]:
                covered = _coverage(study, architecture, viewed, read, wanted.altitude_m)
                tables["coverage"] += [key | row for row in covered]
                tables["gaps"] += [key | row for row in found.gaps(architecture)]
                tables["assumptions"] += [
                    key | row for row in found.over(architecture, wanted.draws)
                ]
    if wanted.is_accelerated:
        tables["gain"] = _gain(tables)
    if wanted.leakage:
        tables |= worth_tables(
            study,
            catalog,
            raids=wanted.raids,
            years=wanted.years or worth_years(study, years),
            sooner=wanted.earlier or 1,
            added=wanted.added,
            gone=gone,
            tell=lambda share, what: tell(part + (1.0 - part) * share, what),
        )
    tables["inputs"] = [
        {
            "item": value.item,
            "parameter": value.parameter,
            "low": value.low,
            "mode": value.mode,
            "high": value.high,
            "unit": value.unit,
            "source": value.source,
            "conf": value.conf,
            "note": value.note,
        }
        for _, value in sorted(read.used.items())
    ]
    tell(1.0, "done")
    return tables


def _raids(study: Study, wanted: Wanted) -> list[str]:
    for name in wanted.raids:
        if name not in study.raids:
            raise UnknownNameError(f"no raid is named {name!r}; {suggest(name, study.raids)}")
    usual = [name for name in FIRST_RAID if name in study.raids] or list(study.raids)[:1]
    return list(dict.fromkeys(wanted.raids)) or usual


def _fly(study: Study, name: str, catalog: Catalog, read: Readings) -> Flights:
    """Fly a raid: of each class a few of many drawn flights, evenly by where they are aimed."""
    missiles = sum(launch.count for launch in study.raids[name])
    phases = int(np.clip(FLIGHTS_DRAWN // missiles, 1, MOST_RAID_PHASES))
    raid = draw_raid(name, study.raids[name], catalog, phases=phases, seed=study.seed)
    of_class: dict[str, list[int]] = {}
    for i in raid.shot.ravel().tolist():
        of_class.setdefault(raid.shots[i].missile, []).append(i)
    chosen: list[int] = []
    for drawn in of_class.values():
        drawn.sort(key=lambda i: (raid.shots[i].aim.lon_rad, i))
        number = min(len(drawn), FLIGHTS_OF_A_CLASS)
        chosen += [drawn[int((i + 0.5) * len(drawn) / number)] for i in range(number)]
    few = replace(raid, shots=tuple(raid.shots[i] for i in chosen))
    return fly_raid(few, catalog, read, sample_s=SAMPLE_S)


class _Found:
    """Answers by what stands, so that years in which nothing changes are answered once."""

    def __init__(
        self, study: Study, catalog: Catalog, read: Readings, flown: Mapping[str, Flights]
    ) -> None:
        self._study = study
        self._catalog = catalog
        self._read = read
        self._flown = flown
        self._flows = {name: quality_flow(one, catalog, read) for name, one in flown.items()}
        self._known: list[tuple[Any, Any]] = []

    def of(self, architecture: Architecture) -> Tables:
        """Give custody, latency and solutions of an architecture."""
        seeing = [one for one in architecture.elements if one.item.model in INFRARED]
        linked = [
            one
            for one in architecture.elements
            if one.item.model or one.item.part == "carries_tracks"
        ]
        return {
            "custody": self._once("custody", seeing, self._custody, architecture),
            "solutions": self._once("solutions", seeing, self._solutions, architecture),
            "latency": self._once("latency", linked, self._latency, architecture),
        }

    def _once(
        self,
        table: str,
        parts: Sequence[Fielded],
        answer: Callable[[Architecture], _Answer],
        architecture: Architecture,
    ) -> _Answer:
        key = (
            table,
            [(one.use, one.count, one.constellation, one.sites, one.values) for one in parts],
        )
        for known, found in self._known:
            if known == key:
                return cast("_Answer", found)
        new = answer(architecture)
        self._known.append((key, new))
        return new

    def _sights(self, architecture: Architecture) -> tuple[Layer, dict[str, Sight]]:
        """Give the satellites, and what they see of each raid."""

        def look(one: Architecture) -> tuple[Layer, dict[str, Sight]]:
            layer = build_layer(
                one, self._catalog, self._read, seed=self._study.seed, phases=PHASES
            )
            return layer, {
                raid: see(layer, flights, self._catalog, self._read)
                for raid, flights in self._flown.items()
            }

        seeing = [one for one in architecture.elements if one.item.model in INFRARED]
        return self._once("sights", seeing, look, architecture)

    def gaps(self, architecture: Architecture) -> list[Row]:
        """List the gaps in the stereo custody of one flight of each class, launch to impact."""
        seeing = [one for one in architecture.elements if one.item.model in INFRARED]
        return self._once("gaps", seeing, self._gaps, architecture)

    def _gaps(self, architecture: Architecture) -> list[Row]:
        rows = []
        for raid, sight in self._sights(architecture)[1].items():
            flights = self._flown[raid]
            share = sight.gap_and_share[1]
            for name, chosen in _classes(flights).items():
                f = chosen[len(chosen) // 2]
                phase = int(np.argsort(share[:, f], kind="stable")[len(share) // 2])
                impact_s = float(flights.impact_s[f])
                found = gaps(sight.time_s, sight.is_stereo[phase, f], 0.0, impact_s)
                for number, (from_s, until_s) in enumerate(found.tolist()):
                    rows.append(
                        {
                            "raid": raid,
                            "class": name,
                            "flight": f,
                            "phase": phase,
                            "custody": float(share[phase, f]),
                            "impact_s": impact_s,
                            "gap": number + 1,
                            "from_s": from_s,
                            "until_s": until_s,
                            "length_s": until_s - from_s,
                        }
                    )
        return rows

    def over(self, architecture: Architecture, draws: int) -> list[Row]:
        """Give custody and solutions of an architecture over draws of all ranges."""
        seeing = [one for one in architecture.elements if one.item.model in INFRARED]
        return self._once("assumptions", seeing, lambda one: self._drawn(one, draws), architecture)

    def _drawn(self, architecture: Architecture, draws: int) -> list[Row]:
        held: dict[tuple[str, str], list[tuple[float, float, float]]] = {}
        seed = self._study.seed
        for draw in range(draws):
            read = Readings(seed, draw, draws)
            wide, narrow = (
                build_layer(architecture, self._catalog, read, seed=seed, phases=phases)
                for phases in DRAW_PHASES
            )
            for raid, flights in self._flown.items():
                share = see(wide, flights, self._catalog, read).gap_and_share[1]
                flow = quality_flow(flights, self._catalog, read)
                found = find_quality(narrow, flights, flow, self._catalog, read)
                until_s = np.minimum(found.solution_s, flights.impact_s)
                for name, chosen in _classes(flights).items():
                    held.setdefault((raid, name), []).append(
                        (
                            float(share[:, chosen].mean()),
                            float(np.isfinite(found.solution_s[:, chosen]).mean()),
                            float(until_s[:, chosen].mean()),
                        )
                    )
        rows = []
        for (raid, name), drawn in held.items():
            row: Row = {"raid": raid, "class": name, "draws": draws}
            for field, values in zip(
                ("custody", "p_solution", "solution_or_impact_s"),
                zip(*drawn, strict=True),
                strict=True,
            ):
                low, middle, high = np.quantile(values, [0.05, 0.5, 0.95])
                row |= {f"{field}_p05": float(low), f"{field}_p50": float(middle)}
                row |= {f"{field}_p95": float(high)}
            rows.append(row)
        return rows

    def _custody(self, architecture: Architecture) -> list[Row]:
        layer, sights = self._sights(architecture)
        satellites = sum(
            shell.count
            for shell, sensor in zip(layer.shells, layer.sensors, strict=True)
            if sensor.is_tracking
        )
        rows = []
        for raid, sight in sights.items():
            flights = self._flown[raid]
            gap_s, share = sight.gap_and_share
            for name, chosen in _classes(flights).items():
                rows.append(
                    {
                        "raid": raid,
                        "class": name,
                        "tracking_satellites": satellites,
                        **_spread("custody", share[:, chosen]),
                        "custody_boost": _mean(sight.share_in_boost[:, chosen]),
                        "custody_after_burnout": _mean(sight.share_after[:, chosen]),
                        **_spread("longest_gap_s", gap_s[:, chosen]),
                        "p_seen": float(np.isfinite(sight.first_seen_s[:, chosen]).mean()),
                        "first_seen_s": _mean(sight.first_seen_s[:, chosen]),
                        "p_stereo": float(np.isfinite(sight.first_stereo_s[:, chosen]).mean()),
                        **_spread("first_stereo_s", sight.first_stereo_s[:, chosen]),
                    }
                )
        return rows

    def _solutions(self, architecture: Architecture) -> list[Row]:
        layer = build_layer(
            architecture, self._catalog, self._read, seed=self._study.seed, phases=TRACK_PHASES
        )
        rows = []
        for raid, flights in self._flown.items():
            found = find_quality(layer, flights, self._flows[raid], self._catalog, self._read)
            for name, chosen in _classes(flights).items():
                solution_s = found.solution_s[:, chosen]
                rows.append(
                    {
                        "raid": raid,
                        "class": name,
                        "p_track": float(np.isfinite(found.track_s[:, chosen]).mean()),
                        "track_s": _mean(found.track_s[:, chosen]),
                        "p_solution": float(np.isfinite(solution_s).mean()),
                        **_spread("solution_s", solution_s),
                        "solution_or_impact_s": _mean(
                            np.minimum(solution_s, flights.impact_s[chosen])
                        ),
                        "error_m": _mean(found.error_m[:, chosen]),
                        "fire_control_share": float(found.share[:, chosen].mean()),
                        "burnout_s": float(flights.burnout_s[chosen].mean()),
                        "impact_s": float(flights.impact_s[chosen].mean()),
                    }
                )
        return rows

    def _latency(self, architecture: Architecture) -> list[Row]:
        # The network takes satellites as even in every plane too.
        evened = grown(architecture)
        rules = read_link_rules(self._catalog, self._read)
        found = find_latencies(
            evened,
            self._catalog,
            self._read,
            rules,
            seed=self._study.seed,
            steps=LATENCY_STEPS,
        )
        return [
            {
                "sensor": one.sensor,
                "is_infrared": self._catalog.item(one.sensor).model in INFRARED,
                "shooter": one.shooter,
                "median_s": one.median_s,
                "p95_s": one.p95_s,
                "p99_s": one.p99_s,
                "unreachable": one.unreachable,
                "hops": one.hops,
                "manager_s": one.manager_s,
            }
            for one in found
        ]


def _classes(flights: Flights) -> dict[str, list[int]]:
    chosen: dict[str, list[int]] = {}
    for i, shot in enumerate(flights.shots):
        chosen.setdefault(shot.missile, []).append(i)
    return chosen


def _mean(values: Array) -> float:
    """Give the mean of what is finite; nan where nothing is."""
    finite = values[np.isfinite(values)]
    return float(finite.mean()) if finite.size else math.nan


def _spread(name: str, values: Array) -> Row:
    """Give the mean and the 5 and 95 % points over phases, flights of a phase averaged."""
    by_phase = np.array([_mean(row) for row in values])
    by_phase = by_phase[np.isfinite(by_phase)]
    low, high = np.quantile(by_phase, [0.05, 0.95]) if by_phase.size else (math.nan, math.nan)
    return {name: _mean(values), f"{name}_p05": float(low), f"{name}_p95": float(high)}


def _coverage(
    study: Study, architecture: Architecture, catalog: Catalog, read: Readings, altitude_m: float
) -> list[Row]:
    lat = np.arange(-90.0 + CELL_DEG / 2.0, 90.0, CELL_DEG)
    lon = np.arange(-180.0 + CELL_DEG / 2.0, 180.0, CELL_DEG)
    places = [(float(a), float(b)) for a in lat for b in lon]
    layer = build_layer(architecture, catalog, read, seed=study.seed, phases=PHASES)
    if not layer.part(is_tracking=True).shells:
        mean, share = np.zeros(len(places)), np.zeros((len(places), 2))
    else:
        found = cover(
            layer,
            np.radians([place[0] for place in places]),
            np.radians([place[1] for place in places]),
            altitude_m,
            catalog,
            read,
            epochs=COVERAGE_EPOCHS,
        )
        mean, share = found.mean_in_view, found.share_at_least
    return [
        {
            "lat_deg": place[0],
            "lon_deg": place[1],
            "altitude_m": altitude_m,
            "mean_in_view": float(mean[i]),
            "share_one": float(share[i, 0]),
            "share_two": float(share[i, 1]),
        }
        for i, place in enumerate(places)
    ]


def _gain(tables: Mapping[str, Sequence[Row]]) -> list[Row]:
    """Set the accelerated program beside the study's."""

    def keyed(table: str, program: str) -> dict[tuple[Any, ...], Row]:
        return {
            (row["architecture"], row["year"], row["raid"], row["class"]): row
            for row in tables[table]
            if row["program"] == program
        }

    custody, faster = keyed("custody", "study"), keyed("custody", "accelerated")
    solved, sooner = keyed("solutions", "study"), keyed("solutions", "accelerated")
    return [
        {
            "architecture": key[0],
            "year": key[1],
            "raid": key[2],
            "class": key[3],
            "custody": row["custody"],
            "custody_accelerated": faster[key]["custody"],
            "custody_gain": faster[key]["custody"] - row["custody"],
            "p_solution": solved[key]["p_solution"],
            "p_solution_accelerated": sooner[key]["p_solution"],
            "solution_or_impact_s": solved[key]["solution_or_impact_s"],
            "solution_or_impact_s_accelerated": sooner[key]["solution_or_impact_s"],
            "solution_gain_s": solved[key]["solution_or_impact_s"]
            - sooner[key]["solution_or_impact_s"],
        }
        for key, row in custody.items()
    ]
