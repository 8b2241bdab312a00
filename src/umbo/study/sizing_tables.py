"""The tables of a sized constellation: who is in reach, of what, and what that rests on."""

import math
from collections.abc import Mapping, Sequence
from typing import Any, Final

import numpy as np

from umbo.appraisal.build_up import MONTHS, Cadence, build_up
from umbo.appraisal.sizing_search import Sized, Task, chance_of, closed_form, mean_lat
from umbo.elements.architecture import Architecture
from umbo.elements.catalog import Catalog
from umbo.elements.readings import Readings
from umbo.engagement.attrition import part_built, survivors
from umbo.engagement.coverage import footprint_angle, mean_in_reach
from umbo.engagement.in_reach import (
    count_exactly,
    count_over_phases,
    epochs,
    first_meetings,
    mean_by_density,
    spread,
)
from umbo.engagement.shortfall import find_shortfall, latest_short
from umbo.physics.constants import EARTH_EQUATORIAL_RADIUS_M
from umbo.physics.counting import count_in_reach
from umbo.physics.earth import geodetic_to_ecef
from umbo.physics.orbits import WalkerShell
from umbo.study.load import resolve
from umbo.study.schema import Study
from umbo.study.sizing_beyond import beyond, fly_outs
from umbo.study.sizing_carried import PHASES, carries, odds
from umbo.study.sizing_posed import (
    Posed,
    boost_shells,
    cost_of,
    in_orbit,
    layout,
    mass_at,
    nearest_assets,
    payload_coefficient,
    yearly,
)

Row = dict[str, Any]

CELL_DEG: Final = 10.0
LONGEST_YEARS: Final = 12.0
STEPS_YEAR: Final = (0.25, 0.5, 1.0)
MOST_STEPS: Final = 10
"""Rows of the build-up, in the smallest steps of years that reach its end."""
EXACT_PHASES: Final = 24
MET_PHASES: Final = 8


class Told:
    """Makes the tables of one question, its answer and, where there is one, its published number.

    In reach are told of the constellation that stands or was published, or else of the one found.
    """

    def __init__(
        self,
        posed: Posed,
        task: Task,
        found: Sized,
        given: Mapping[str, Any] | None,
        read: Readings,
        standing: Sequence[WalkerShell] | None = None,
    ) -> None:
        self._posed = posed
        self._task = task
        self._found = found
        self._given = given
        self._read = read
        self._shells = standing or (
            layout(given, given["satellites"][-1]) if given else found.shells
        )

    @property
    def satellites(self) -> int:
        """Satellites of which is told who is in reach."""
        return sum(shell.count for shell in self._shells)

    def answer(self) -> Row:
        """Give the one row of the answer, but for its interval."""
        posed, found, question = self._posed, self._found, self._posed.question
        interceptor = posed.interceptor(self._read)
        shells = found.shells
        count = np.concatenate(
            [count_over_phases(shells, c, PHASES) for c in self._task.chances], axis=1
        )
        kept = mass_at(posed, found.orbits.altitude_m)
        total = in_orbit(posed, found.count)
        keeping = yearly(posed, total, kept.total_kg)
        exact = count_exactly(shells, self._task.chances[0], interceptor, EXACT_PHASES)
        disc = count_over_phases(shells, self._task.chances[0], EXACT_PHASES)
        until_s = float(posed.deadline_s[0][0])
        met, flat = first_meetings(shells, posed.flights[0], interceptor, until_s, MET_PHASES)
        closed = np.concatenate([mean_by_density(shells, c) for c in self._task.chances])
        return {
            "satellites": found.count,
            "missile": question.missile,
            "from": ", ".join(question.from_),
            "missiles": question.raid,
            "shots": posed.shots,
            "probability": question.probability,
            "deadline": question.deadline,
            "fly_out": question.fly_out,
            "least": question.least,
            "chance": found.chance,
            "altitude_m": float(found.orbits.altitude_m),
            "inclination_deg": ", ".join(
                f"{math.degrees(i):.0f}" for i in found.orbits.inclination_rad
            ),
            "layout": ", ".join(
                f"{p} x {s}" for p, s in zip(found.planes, found.per_plane, strict=True)
            ),
            "needed": self._task.needed,
            "in_reach_mean": float(count.mean()),
            **_percentiles(count),
            "closed_form_mean": float(closed.mean()),
            "absentee_ratio": found.count / max(float(count.mean()), 1e-9),
            "exact_over_disc": float(exact.mean()) / max(float(disc.mean()), 1e-9),
            "first_met_s": met,
            "first_met_disc_s": flat,
            "mean_needs": closed_form(found.orbits, self._task),
            "burnout_s": float(np.mean(np.concatenate([f.burnout_s for f in posed.flights]))),
            "deadline_s": float(np.mean(np.concatenate(posed.deadline_s))),
            "commit_s": interceptor.commit_s,
            "speed_m_per_s": interceptor.delta_v_m_per_s,
            "reach_m": float(np.mean([c.reach_m[:, -1].mean() for c in self._task.chances])),
            "mass_kg": kept.total_kg,
            "spares": total - found.count,
            "mass_t": total * kept.total_kg / 1e3,
            "replaced_a_year": keeping.replaced_a_year,
            "launches_a_year": keeping.launches_a_year,
            "share_of_launches": keeping.share_of_capacity,
            "cost_usd": cost_of(posed, found.count, found.orbits.altitude_m),
        }

    def carries(self, catalog: Catalog) -> list[Row]:
        """Vary one assumption at a time, and see how many missiles are engaged."""
        return carries(self._posed, self._shells, self._found.orbits, catalog)

    def odds(self) -> list[Row]:
        """Say with what chance so many missiles at once get all their shots, none used twice."""
        return odds(self._task, self._shells, self._posed)

    def _target(self) -> tuple[float, float]:
        """Give the mean altitude of the deadline, and the reach by then."""
        chances = self._task.chances[0]
        radius = np.linalg.norm(chances.target_ecef_m[:, -1], axis=1)
        return (
            float(radius.mean()) - EARTH_EQUATORIAL_RADIUS_M,
            float(chances.reach_m[:, -1].mean()),
        )

    def latitudes(self) -> list[Row]:
        """Count by latitude of the target, over phases, beside the closed form."""
        altitude, reach = self._target()
        lat = np.radians(np.arange(-85.0, 86.0, 5.0))
        radius = EARTH_EQUATORIAL_RADIUS_M + altitude
        target = radius * np.stack([np.cos(lat), 0.0 * lat, np.sin(lat)], axis=1)
        count = count_in_reach(self._shells, target, reach, epochs(500))
        closed = np.zeros(len(lat))
        for shell in self._shells:
            angle = footprint_angle(shell.altitude_m, altitude, reach)
            closed += mean_in_reach(shell.count, shell.inclination_rad, lat, angle)
        return [
            {
                "lat_deg": float(np.degrees(lat[i])),
                "in_reach_mean": float(count[i].mean()),
                **_percentiles(count[i]),
                "closed_form_mean": float(closed[i]),
            }
            for i in range(len(lat))
        ]

    def map(self) -> list[Row]:
        """Count by place at one moment and over a day."""
        altitude, reach = self._target()
        lat, lon = np.meshgrid(
            np.arange(-85.0, 90.0, CELL_DEG), np.arange(-175.0, 180.0, CELL_DEG), indexing="ij"
        )
        places = np.radians(np.stack([lat.ravel(), lon.ravel()]))
        count = count_in_reach(
            self._shells,
            geodetic_to_ecef(places[0], places[1], altitude),
            reach,
            np.concatenate([[0.0], epochs(96)]),
        )
        return [
            {
                "lat_deg": float(a),
                "lon_deg": float(b),
                "in_reach_now": int(row[0]),
                "in_reach_mean": float(row.mean()),
                "in_reach_p05": float(np.quantile(row, 0.05)),
            }
            for a, b, row in zip(lat.ravel(), lon.ravel(), count, strict=True)
        ]

    def by_year(self) -> list[Row]:
        """Say what the constellation does while it is produced and launched, year by year.

        Launches grow from today's for national security to those of a shield; satellites at the
        end of their life are replaced out of the same production. Development is before.
        """
        built = build_up(self.satellites, self._cadence(), years=LONGEST_YEARS)
        step = next(s for s in STEPS_YEAR if built.full_year <= MOST_STEPS * s or s >= 1.0)
        whole = self._stand(self._shells)
        lat = mean_lat(self._task.chances[0])
        rows = []
        for k in range(1, MOST_STEPS + 1):
            month = max(0, min(round(k * step * MONTHS), len(built.launched)) - 1)
            standing = math.floor(built.at(k * step) + 1e-6)
            found = self._stand(part_built(self._shells, standing, even_at_rad=lat))
            rows.append(
                {
                    "year": k * step,
                    "share_built": standing / self.satellites,
                    "satellites": standing,
                    "launched_a_year": float(built.launched[month] * MONTHS),
                    "limited_by": "launches" if built.is_launch_limited[month] else "production",
                    **found,
                    "share_of_capability": found["chance"] / max(whole["chance"], 1e-12),
                }
            )
            if k * step >= built.full_year:
                break
        return rows

    def _cadence(self) -> Cadence:
        launch, value = self._posed.catalog.item("launch").values, self._posed.value
        kg = mass_at(self._posed, self._shells[0].altitude_m).total_kg
        return Cadence(
            produced_a_year=value("production_rate"),
            launches_today=launch["national_security_launch_rate"].mode,
            launches_grown=launch["shield_launch_rate"].mode,
            ramp_year=launch["shield_ramp_time"].mode,
            each_launch=max(1, math.floor(launch["payload_per_launch"].mode / kg)),
            life_year=value("service_life"),
        )

    def _stand(self, shells: Sequence[WalkerShell], alive: Any = None) -> Row:
        needed, tail = self._task.needed, self._task.tail
        if not shells:
            return {"in_reach_mean": 0.0, "chance": 0.0, "chance_one": 0.0, **_percentiles(None)}
        count = np.concatenate(
            [count_over_phases(shells, c, PHASES, alive=alive) for c in self._task.chances], axis=1
        )
        return {
            "in_reach_mean": float(count.mean()),
            "needed": needed,
            "chance": float(tail[np.minimum(count, len(tail) - 1)].mean()),
            "chance_one": float(np.mean(count >= 1)),
            **_percentiles(count),
        }

    def holes(self) -> list[Row]:
        """Say what is left after the loss of planes or satellites."""
        rows = []
        for planes, satellites in ((0, 0), (0.1, 0), (0.25, 0), (0, 0.1), (0, 0.3), (0.1, 0.1)):
            alive = survivors(self._shells, planes_lost=planes, satellites_lost=satellites, seed=1)
            rows.append(
                {
                    "planes_lost": float(planes),
                    "satellites_lost": float(satellites),
                    "satellites": int(alive.sum()),
                    **self._stand(self._shells, alive),
                }
            )
        return rows

    def beyond(self) -> list[Row]:
        """Count who reaches the missile in each phase of its flight."""
        return beyond(self._posed, self._shells)

    def fly_outs(self) -> list[Row]:
        """Set the flat disc beside thrust and free fall."""
        return fly_outs(self._posed, self._shells)

    def shortfall(self) -> list[Row]:
        """Say how far a payload falls by the time of the intercept, and until when it is short."""
        posed, flights = self._posed, self._posed.flights[0]
        item = posed.catalog.item(posed.question.missile)
        found = find_shortfall(flights, payload_coefficient(item))
        nearest = nearest_assets([posed.question.at], flights, posed.catalog)
        latest = latest_short(found, nearest, flights.burnout_s)
        return [
            {
                "time_s": float(time),
                "range_m": float(np.nanmean(found.range_m[:, k])),
                "nearest_m": float(nearest.mean()),
                "latest_s": float(latest.mean()),
                "burnout_s": float(flights.burnout_s.mean()),
            }
            for k, time in enumerate(found.time_s)
            if np.isfinite(found.range_m[:, k]).any()
        ]

    def architectures(self, study: Study | None, catalog: Catalog) -> list[Row]:
        """Count what the interceptors of each architecture of a study reach."""
        standing: Mapping[str, Architecture] = {} if study is None else resolve(study, catalog)
        rows = []
        for name, architecture in standing.items():
            shells = boost_shells(architecture)
            if not shells:
                continue
            count = np.concatenate(
                [count_over_phases(shells, c, PHASES) for c in self._task.chances], axis=1
            )
            satellites = sum(shell.count for shell in shells)
            rows.append(
                {
                    "architecture": name,
                    "satellites": satellites,
                    "in_reach_mean": float(count.mean()),
                    **_percentiles(count),
                    "absentee_ratio": satellites / max(float(count.mean()), 1e-9),
                    "engaged_mean": float(count.mean())
                    * self._task.availability
                    / self._posed.shots,
                    "chance": chance_of(shells, self._task),
                }
            )
        return rows


def _percentiles(count: Any) -> Row:
    if count is None:
        return {"in_reach_p05": 0.0, "in_reach_p50": 0.0, "in_reach_p95": 0.0}
    found = spread(count)
    return {"in_reach_p05": found.p05, "in_reach_p50": found.p50, "in_reach_p95": found.p95}
