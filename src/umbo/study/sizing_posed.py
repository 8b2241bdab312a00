"""A question of how many interceptors in orbit, with its missiles flown and its orbits chosen."""

import math
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from umbo.appraisal.cost import CostModel, total
from umbo.appraisal.satellite_mass import SatelliteMass, Upkeep, satellite_mass, upkeep
from umbo.appraisal.sizing import interceptor_mass
from umbo.appraisal.sizing_question import Question
from umbo.appraisal.sizing_search import (
    TRIES,
    Sized,
    Task,
    Worth,
    search,
)
from umbo.elements.architecture import Architecture, Fielded
from umbo.elements.catalog import Catalog, Item
from umbo.elements.constellations import orbits_of
from umbo.elements.interceptors import Doctrine
from umbo.elements.readings import Readings
from umbo.engagement.flights import Flights, fly_raid
from umbo.engagement.in_reach import Chances, Interceptor, chances_of
from umbo.engagement.raid import Launch, draw_raid, in_reach, problems_of
from umbo.engagement.shortfall import useful_range_deadline
from umbo.errors import StudyError, UnknownNameError, suggest
from umbo.physics.earth import great_circle_distance
from umbo.physics.orbits import WalkerShell
from umbo.study.load import catalog_of, resolve
from umbo.study.schema import Study

Row = dict[str, Any]
Array = NDArray[np.float64]

WEAPON: Final = "sbi"
FLIGHTS_OF_AN_AREA: Final = 4
MEETINGS: Final = 4
SAMPLE_S: Final = 2.5
USUAL_COEFFICIENT: Final = 5_000.0
"""Of a re-entry vehicle of which none is known [kg/m2]."""
ALTITUDE_STEP_M: Final = 50e3
INCLINATION_STEP_RAD: Final = math.radians(5.0)


@dataclass(frozen=True, eq=False)
class Posed:
    """A question with its flights flown: what every table is made from."""

    question: Question
    catalog: Catalog
    flights: tuple[Flights, ...]
    """For each launch area."""
    deadline_s: tuple[Array, ...]
    """For each area, of each flight."""
    fly_out_s: float | None = None
    """Time of flight to the deadline, where a study states that and no delay."""

    @property
    def shots(self) -> int:
        """Interceptors at each missile."""
        return self.question.shots or round(self.value("shots_per_target"))

    def value(self, parameter: str) -> float:
        """Give a value of the interceptor at its mode."""
        return self.catalog.value(WEAPON, parameter).mode

    def interceptor(self, read: Readings, **changed: float) -> Interceptor:
        """Read what decides how far an interceptor comes, some of it changed."""

        def number(parameter: str) -> float:
            if parameter in changed:
                return changed[parameter]
            return read(self.catalog.value(WEAPON, parameter))

        commit_s = number("decision_delay")
        if self.question.decision_time_s is not None and "decision_delay" not in changed:
            commit_s = number("detection_delay") + self.question.decision_time_s
        if self.fly_out_s is not None and "decision_delay" not in changed:
            commit_s = float(np.mean(np.concatenate(self.deadline_s))) - self.fly_out_s
        return Interceptor(
            delta_v_m_per_s=number("burnout_speed"),
            acceleration_m_per_s2=number("acceleration"),
            commit_s=commit_s,
            min_altitude_m=number("min_intercept_altitude"),
        )

    def chances(self, interceptor: Interceptor, *, meetings: int = MEETINGS) -> tuple[Chances, ...]:
        """Set out when the flights of each area can be met."""
        return tuple(
            chances_of(flights, interceptor, deadline, meetings=meetings)
            for flights, deadline in zip(self.flights, self.deadline_s, strict=True)
        )

    def task(self, read: Readings, **changed: float) -> Task:
        """Say what a constellation must do."""
        available = changed.pop("availability", None)
        interceptor = self.interceptor(read, **changed)
        if available is None:
            available = read(self.catalog.value(WEAPON, "availability"))
        return Task(
            chances=self.chances(interceptor),
            needed=self.question.raid * self.shots,
            probability=self.question.probability,
            availability=available,
        )


def question_of(study: Study, catalog: Catalog) -> Question:
    """Give what a study sizes for: its ``sizing``, or the first boosted missile that it fights.

    Raises:
        StudyError: It fights none.
    """
    if study.sizing is not None:
        return study.sizing
    viewed = catalog_of(study, catalog)
    for name in study.fought:
        for launch in study.raids[name]:
            if "burn_time" in viewed.item(launch.missile).values:
                return Question(
                    missile=launch.missile,
                    from_=[launch.from_],
                    at=next(iter(launch.shares)),
                    raid=launch.count,
                )
    raise StudyError(
        "no raid of the study launches a missile with a boost; write a 'sizing' section with "
        "missile and from"
    )


def likes() -> dict[str, Any]:
    """Read the published numbers of interceptors, by the name that ``--like`` takes."""
    text = files("umbo.data").joinpath("like.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


def like(name: str) -> dict[str, Any]:
    """Give a published number with its question.

    Raises:
        UnknownNameError: There is none of that name.
    """
    known = {key: value for key, value in likes().items() if key != "beside"}
    if name not in known:
        raise UnknownNameError(f"no published number is named {name!r}; {suggest(name, known)}")
    found: dict[str, Any] = known[name]
    return found


def question_like(name: str) -> Question:
    """Give the question that a published number answers."""
    given = like(name)
    question = Question(missile=given["missile"], raid=given["missiles"][0])
    if "fly_out_s" in given:  # a study that states its altitude and time of flight
        altitude_m = given["shells"][0]["altitude_km"] * 1e3
        question = question.model_copy(update={"altitude_m": altitude_m})
    return question


def pose(question: Question, catalog: Catalog, *, fly_out_s: float | None = None) -> Posed:
    """Fly the missiles of a question, and find their deadlines.

    Raises:
        UnknownNameError: A name is not in the catalogue.
        StudyError: The missile has no boost, or cannot be launched from there.
    """
    item = catalog.item(question.missile)
    if "burn_time" not in item.values:
        raise StudyError(
            f"'{question.missile}' has no boost in which to meet it; name a missile that has one, "
            "such as icbm_solid"
        )
    flights = tuple(_fly(question, area, catalog) for area in question.from_)
    deadlines = []
    for one in flights:
        deadline = one.burnout_s
        if question.deadline == "before_useful_range":
            nearest = nearest_assets([question.at], one, catalog)
            deadline = useful_range_deadline(one, payload_coefficient(item), nearest)
        deadlines.append(deadline)
    return Posed(question, catalog, flights, tuple(deadlines), fly_out_s)


def payload_coefficient(item: Item) -> float:
    """Give m / (C_D A) of what a missile carries [kg/m2]; a usual one where none is known."""
    values = item.values
    beta = values.get("rv_ballistic_coefficient") or values.get("ballistic_coefficient")
    return beta.mode if beta else USUAL_COEFFICIENT


def nearest_assets(at: Iterable[str], flights: Flights, catalog: Catalog) -> Array:
    """Give the way from each launch to the nearest place aimed at [m]."""
    places = [place for one in at for place in catalog.asset_group(one).places]
    starts = np.array([[s.launch_lat_rad, s.launch_lon_rad] for s in flights.shots])
    aims = np.array([[place.lat_rad, place.lon_rad] for place in places])
    way = great_circle_distance(starts[:, :1], starts[:, 1:], aims[:, 0], aims[:, 1])
    return np.asarray(way.min(axis=1))


def _fly(question: Question, area: str, catalog: Catalog) -> Flights:
    """Fly one missile from several points of an area at several places."""
    launch = Launch(missile=question.missile, count=1, from_=area, at=question.at)
    for key, problem in problems_of(launch, catalog):
        raise StudyError(f"{key} of the question: {problem}")
    in_reach(launch, catalog)
    return fly_few(launch, catalog, FLIGHTS_OF_AN_AREA, SAMPLE_S)


def fly_few(launch: Launch, catalog: Catalog, flights: int, sample_s: float) -> Flights:
    """Fly at most so many of a launch's missiles, spread over its launch and aim points."""
    raid = draw_raid("size", [launch], catalog, phases=64, seed=1)
    number = min(flights, len(raid.shots))
    chosen = [int((i + 0.5) * len(raid.shots) / number) for i in range(number)]
    few = replace(raid, shots=tuple(raid.shots[i] for i in chosen))
    return fly_raid(few, catalog, Readings(), sample_s=sample_s)


def best_orbits(posed: Posed, task: Task, worth: Worth, tries: int = TRIES) -> Sized:
    """Find the best orbits and the smallest constellation on them."""
    question = posed.question
    altitude = posed.catalog.value(WEAPON, "altitude")
    first, last = altitude.low, altitude.high
    altitudes = np.arange(first, last + 1.0, ALTITUDE_STEP_M).tolist() if last > first else [first]
    if question.altitude_m is not None:
        altitudes = [question.altitude_m]
    lats = [abs(s.launch_lat_rad) for f in posed.flights for s in f.shots]
    inclinations = {
        *np.arange(math.radians(20.0), math.radians(90.1), INCLINATION_STEP_RAD).tolist(),
        *(max(lats) + math.radians(d) for d in (1.0, 2.0, 3.0, 4.0, 6.0, 8.0)),
    }
    if question.inclination_rad is not None:
        inclinations = {question.inclination_rad}
    known = sorted(i for i in inclinations if i < math.pi)
    return search(task, altitudes, known, worth, tries=tries)


def worth_of(posed: Posed) -> Worth:
    """Give what is to be least: the number, the mass in orbit, or the cost of the layer."""
    if posed.question.least == "number":
        return lambda count, _: count
    if posed.question.least == "mass":
        kg = cache(lambda altitude: mass_at(posed, altitude).total_kg)
        return lambda count, altitude: in_orbit(posed, count) * kg(altitude)
    return lambda count, altitude: cost_of(posed, count, altitude)


def in_orbit(posed: Posed, count: float) -> int:
    """Count all in orbit: those in their places, and spares for them."""
    return math.ceil(count * (1.0 + posed.value("spare_share")) - 1e-9)


def yearly(posed: Posed, satellites: int, mass_kg: float) -> Upkeep:
    """Say what keeping so many up takes each year, beside the launches of 2025."""
    launch = posed.catalog.item("launch").values
    return upkeep(
        satellites,
        mass_kg,
        life_year=posed.value("service_life"),
        payload_kg=launch["payload_low_orbit"].mode,
        capacity=launch["falcon9_rate"].mode,
    )


def mass_at(posed: Posed, altitude_m: float, delta_v_m_per_s: float | None = None) -> SatelliteMass:
    """Build up an interceptor's mass by the rocket equation, with station-keeping."""
    value, air = posed.value, posed.catalog.item("upper_air").values
    bare = interceptor_mass(
        value("burnout_speed") if delta_v_m_per_s is None else delta_v_m_per_s,
        value("divert_speed"),
        specific_impulse_s=value("specific_impulse"),
        kill_vehicle_dry_kg=value("kill_vehicle_mass"),
        body_dry_kg=value("body_mass"),
        support_kg=value("support_mass"),
    )
    return satellite_mass(
        bare,
        altitude_m,
        life_year=value("service_life"),
        specific_impulse_s=value("specific_impulse"),
        ballistic_coefficient_kg_per_m2=value("ballistic_coefficient"),
        solar_flux=air["solar_flux"].mode,
        geomagnetic_index=air["geomagnetic_index"].mode,
    )


def cost_of(posed: Posed, count: float, altitude_m: float) -> float:
    """Cost so many interceptors and their spares over 20 years, as heavy as that altitude makes."""
    item = posed.catalog.item(WEAPON)
    mass = item.values["unit_mass"]
    kg = mass.mode + mass_at(posed, altitude_m).keeping_kg
    values = {**item.values, "unit_mass": replace(mass, low=kg, mode=kg, high=kg)}
    element = Fielded(
        use=WEAPON,
        item=item,
        count=max(1, in_orbit(posed, count)),
        sites=(),
        constellation=None,
        doctrine=Doctrine(),
        values=values,
        in_service=2026,
        nation="US",
        in_cbo_scope=True,
        source="",
        note="",
    )
    cost = CostModel(posed.catalog, draws=2).of(Architecture("sized", "", 2036, (element,)))
    return total(cost).mode_usd


def layout(given: Mapping[str, Any], satellites: int) -> list[Any]:
    """Lay out a published number on the shells that stand for it."""
    from umbo.elements.constellations import planes_nearest_root
    from umbo.physics.orbits import walker_shell

    shells = []
    for one in given["shells"]:
        count = round(satellites * one["share"])
        planes = planes_nearest_root(count)
        if planes < 0.5 * math.sqrt(count):
            planes = round(math.sqrt(count))
        shells.append(
            walker_shell(
                one["altitude_km"] * 1e3,
                math.radians(one["inclination_deg"]),
                planes,
                round(count / planes),
                pattern=one["pattern"],
            )
        )
    return shells


def shells_standing(study: Study | None, catalog: Catalog, name: str) -> list[WalkerShell]:
    """Give the shells of interceptors in orbit of one architecture of a study.

    Raises:
        UnknownNameError: There is none of that name.
        StudyError: It has no interceptors in orbit.
    """
    standing: Mapping[str, Architecture] = {} if study is None else resolve(study, catalog)
    if name not in standing:
        raise UnknownNameError(
            f"no architecture of the study is named {name!r}; {suggest(name, standing)}"
        )
    shells = boost_shells(standing[name])
    if not shells:
        able = [other for other in standing if boost_shells(standing[other])]
        raise StudyError(
            f"architecture '{name}' has no interceptors in orbit; "
            f"these have: {', '.join(able) or 'none'}"
        )
    return shells


def boost_shells(architecture: Architecture) -> list[WalkerShell]:
    """Give the shells of all interceptors in orbit of an architecture."""
    return [
        shell
        for element in architecture.elements
        if element.item.layer == "boost" and element.constellation is not None
        for shell in orbits_of(element.constellation)
    ]
