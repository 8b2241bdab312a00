"""How many interceptors in orbit a question takes, what they reach, and what that rests on."""

import math
import tomllib
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from importlib.resources import files
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from umbo.appraisal.cost import CostModel, total
from umbo.appraisal.satellite_mass import SatelliteMass, satellite_mass, upkeep
from umbo.appraisal.sizing import interceptor_mass
from umbo.appraisal.sizing_question import Question
from umbo.appraisal.sizing_search import (
    Orbits,
    Sized,
    Task,
    Worth,
    closed_form,
    search,
    smallest,
)
from umbo.elements.architecture import Architecture, Fielded
from umbo.elements.catalog import Catalog
from umbo.elements.interceptors import Doctrine
from umbo.elements.readings import Readings
from umbo.elements.threats import kind_of
from umbo.engagement.flights import Flights, fly_raid
from umbo.engagement.in_reach import Chances, Interceptor, chances_of
from umbo.engagement.raid import Launch, draw_raid, in_reach, problems_of
from umbo.engagement.shortfall import useful_range_deadline
from umbo.errors import DomainError, StudyError, UnknownNameError, suggest
from umbo.physics.earth import great_circle_distance
from umbo.study.load import catalog_of
from umbo.study.schema import Study
from umbo.study.views import load_view

Row = dict[str, Any]
Tables = dict[str, list[Row]]
Array = NDArray[np.float64]
Tell = Callable[[float, str], None]

WEAPON: Final = "sbi"
FLIGHTS_OF_AN_AREA: Final = 4
MEETINGS: Final = 4
SAMPLE_S: Final = 2.5
DRAWS: Final = 16
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
            beta = item.values.get("rv_ballistic_coefficient") or item.values.get(
                "ballistic_coefficient"
            )
            nearest = nearest_assets(question, one, catalog)
            deadline = useful_range_deadline(one, beta.mode if beta else 5_000.0, nearest)
        deadlines.append(deadline)
    return Posed(question, catalog, flights, tuple(deadlines), fly_out_s)


def nearest_assets(question: Question, flights: Flights, catalog: Catalog) -> Array:
    """Give the way from each launch to the nearest place aimed at [m]."""
    places = catalog.asset_group(question.at).places
    return np.array(
        [
            min(
                float(
                    great_circle_distance(s.launch_lat_rad, s.launch_lon_rad, p.lat_rad, p.lon_rad)
                )
                for p in places
            )
            for s in flights.shots
        ]
    )


def _fly(question: Question, area: str, catalog: Catalog) -> Flights:
    """Fly one missile from several points of an area at several places."""
    launch = Launch(missile=question.missile, count=1, from_=area, at=question.at)
    for key, problem in problems_of(launch, catalog):
        raise StudyError(f"{key} of the question: {problem}")
    in_reach(launch, catalog)
    raid = draw_raid("size", [launch], catalog, phases=64, seed=1)
    number = min(FLIGHTS_OF_AN_AREA, len(raid.shots))
    chosen = [int((i + 0.5) * len(raid.shots) / number) for i in range(number)]
    few = replace(raid, shots=tuple(raid.shots[i] for i in chosen))
    return fly_raid(few, catalog, Readings(), sample_s=SAMPLE_S)


def size(
    question: Question,
    catalog: Catalog,
    *,
    study: Study | None = None,
    published: str = "",
    architecture: str = "",
    draws: int = DRAWS,
    but: Collection[str] = (),
    tell: Tell = lambda _share, _what: None,
) -> Tables:
    """Find the smallest constellation for a question, and what the answer rests on.

    Left out: what ``in_reach`` leaves out; that missiles of a raid start from more than one place
    or spread over time, which needs fewer; warning and tracking, which the delay stands for.

    Args:
        question: What it must do.
        catalog: The catalogue, without any view.
        study: The study whose view, architectures and dollars count; none where left out.
        published: A published number to hold beside, a name of ``like.toml``.
        architecture: Tell who is in reach of this architecture's interceptors, not of those found.
        draws: Draws over the ranges of the interceptor's values.
        but: Tables that are not wanted, to save their time.
        tell: Told the share that is done and what comes next.

    Returns:
        Tables: ``answer`` (one row), ``carries`` (one assumption at a time, at both ends),
        ``sensitivity``, ``latitude``, ``map``, ``by_year``, ``holes``, ``beyond``, ``shortfall``,
        ``mass``, ``published``, ``architectures``, ``inputs``.

    Raises:
        StudyError: The question cannot be asked, or the architecture has no interceptors in orbit.
        UnknownNameError: The study has no such architecture.
        DomainError: No constellation does it.
    """
    from umbo.study.sizing_tables import Told, shells_standing

    given = like(published) if published else None
    viewed = catalog if study is None else catalog_of(study, catalog)
    if given is not None:
        viewed = load_view(given["view"], catalog)
    tell(0.0, "flying the missiles")
    fly_out_s = given.get("fly_out_s") if given and question.decision_time_s is None else None
    posed = pose(question, viewed, fly_out_s=fly_out_s)
    read = Readings()
    task = posed.task(read)
    worth = worth_of(posed)
    tell(0.1, "looking for the best orbits")
    found = best_orbits(posed, task, worth)
    if question.fly_out == "exact":
        tell(0.25, "counting by thrust and free fall")
        exact = replace(task, exactly=posed.interceptor(read), phases=48)
        found = smallest(found.orbits, exact, worth, refine=False)
    tell(0.35, "drawing over the ranges")
    low, high = _interval(posed, found.orbits, found.count, draws)
    standing = shells_standing(study, catalog, architecture) if architecture else None
    told = Told(posed, task, found, given, read, standing)
    row = {
        **told.answer(),
        "low": low,
        "high": high,
        "draws": draws,
        "like": published,
    }
    tables: Tables = {"answer": [row]}
    steps: Sequence[tuple[str, Callable[[], list[Row]]]] = (
        ("carries", told.carries),
        ("sensitivity", lambda: _sensitivity(posed, found.orbits)),
        ("latitude", told.latitudes),
        ("map", told.map),
        ("by_year", told.by_year),
        ("holes", told.holes),
        ("beyond", told.beyond),
        ("shortfall", told.shortfall),
        ("mass", lambda: _masses(posed, found)),
        ("published", lambda: told.published(published)),
        ("architectures", lambda: told.architectures(study, catalog)),
        ("inputs", told.inputs),
    )
    for i, (name, make) in enumerate(step for step in steps if step[0] not in but):
        tell(0.5 + 0.5 * i / len(steps), name.replace("_", " "))
        tables[name] = make()
    tell(1.0, "done")
    return tables


def best_orbits(posed: Posed, task: Task, worth: Worth) -> Sized:
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
    return search(task, altitudes, sorted(i for i in inclinations if i < math.pi), worth)


def worth_of(posed: Posed) -> Worth:
    """Give what is to be least: the number, the mass in orbit, or the cost of the layer."""
    if posed.question.least == "number":
        return lambda count, _: count
    if posed.question.least == "mass":
        return lambda count, altitude: count * mass_at(posed, altitude).total_kg
    return lambda count, altitude: cost_of(posed, count, altitude)


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
    """Cost so many interceptors over 20 years, as heavy as that altitude makes them."""
    item = posed.catalog.item(WEAPON)
    mass = item.values["unit_mass"]
    kg = mass.mode + mass_at(posed, altitude_m).keeping_kg
    values = {**item.values, "unit_mass": replace(mass, low=kg, mode=kg, high=kg)}
    element = Fielded(
        use=WEAPON,
        item=item,
        count=max(1, round(count)),
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


def _interval(posed: Posed, orbits: Orbits, count: int, draws: int) -> tuple[float, float]:
    """Give the 90 % interval of the number over the ranges of the interceptor's values."""
    counts = [float(count)]
    for draw in range(draws):
        counts.append(_count(orbits, posed.task(Readings(1, draw, draws))))
    if draws < 2:
        return math.nan, math.nan
    # The ends are numbers that were drawn: between one and none at all lies nothing.
    low, high = np.quantile(counts, [0.05, 0.95], method="nearest")
    return float(low), float(high)


def _count(orbits: Orbits, task: Task) -> float:
    """Give the smallest number on given orbits; infinite where none is enough."""
    try:
        return float(smallest(orbits, replace(task, phases=64), refine=False).count)
    except DomainError:
        return math.inf


def _sensitivity(posed: Posed, orbits: Orbits) -> list[Row]:
    """Vary one thing at a time: the number on the orbits chosen, the mass in orbit with speed."""
    rows: list[Row] = []

    def add(curve: str, unit: str, at: float, count: float, **more: float) -> None:
        rows.append({"curve": curve, "at": at, "unit": unit, "satellites": count, **more})

    read = Readings()
    for speed in (3e3, 4e3, 5e3, 6e3, 7e3, 8e3):
        count = _count(orbits, posed.task(read, burnout_speed=speed))
        kg = mass_at(posed, orbits.altitude_m, speed).total_kg
        add("delta-v", "km/s", speed / 1e3, count, mass_t=count * kg / 1e3)
    for late in (15.0, 30.0, 45.0, 60.0, 75.0, 90.0):
        count = _count(orbits, posed.task(read, decision_delay=late))
        add("delay from launch to launch", "s", late, count)
    for raid in (1, 2, 3, 5, 10):
        task = replace(posed.task(read), needed=raid * posed.shots)
        add("missiles at once", "missiles", float(raid), _count(orbits, task))
    for chance in (0.5, 0.8, 0.9, 0.95, 0.99):
        task = replace(posed.task(read), probability=chance)
        add("wanted chance", "%", 100.0 * chance, _count(orbits, task))
    for factor in (0.85, 1.0, 1.15, 1.3, 1.5, 1.7):
        if (other := _burning(posed, factor)) is not None:
            burnout = float(np.mean(np.concatenate([f.burnout_s for f in other.flights])))
            add("burn time", "s", burnout, _count(orbits, other.task(read)))
    for lat_deg in (0.0, 15.0, 30.0, 40.0, 50.0, 60.0, 70.0):
        task = moved_to(posed.task(read), math.radians(lat_deg), posed)
        best = min(
            (
                replace(orbits, inclination_rad=(i,), share=(1.0,))
                for i in np.radians(np.arange(max(lat_deg, 5.0), 91.0, 2.5)).tolist()
            ),
            key=lambda one, task=task: closed_form(one, task),  # type: ignore[misc]
        )
        add("latitude of launch", "deg", lat_deg, _count(best, task))
    return rows


def _burning(posed: Posed, factor: float) -> Posed | None:
    """Fly the missile with another burn time; none where it cannot be built."""
    item = posed.catalog.item(posed.question.missile)
    if kind_of(item) != "ballistic" or posed.fly_out_s is not None:
        return None
    burn = item.values["burn_time"]
    changed = replace(
        burn, low=factor * burn.mode, mode=factor * burn.mode, high=factor * burn.mode
    )
    items = {
        **posed.catalog.items,
        item.id: replace(item, values={**item.values, "burn_time": changed}),
    }
    question = posed.question.model_copy(update={"from_": posed.question.from_[:1]})
    try:
        return pose(question, replace(posed.catalog, items=items))
    except (DomainError, StudyError):
        return None


def moved_to(task: Task, lat_rad: float, posed: Posed) -> Task:
    """Move the boosts of the first area to a latitude, each in its own shape; spin left out."""
    flights, chances = posed.flights[0], task.chances[0]
    moved = []
    for target, shot in zip(chances.target_ecef_m, flights.shots, strict=True):
        turn, lon = lat_rad - shot.launch_lat_rad, shot.launch_lon_rad
        axis = np.array([math.sin(lon), -math.cos(lon), 0.0])
        along = np.multiply.outer(target @ axis, axis)
        across = np.cross(axis, target)
        moved.append(along + (target - along) * math.cos(turn) + across * math.sin(turn))
    return replace(task, chances=(replace(chances, target_ecef_m=np.array(moved)),))


def _masses(posed: Posed, found: Sized) -> list[Row]:
    """Say by altitude and solar activity what staying up takes, and the launches a year."""
    rows = []
    air = posed.catalog.item("upper_air").values
    value, launch = posed.value, posed.catalog.item("launch").values
    for altitude in (250e3, 300e3, 350e3, 400e3, 450e3, 500e3, 550e3, 600e3):
        for sun, flux in zip(
            ("minimum", "mean", "maximum"),
            (air["solar_flux"].low, air["solar_flux"].mode, air["solar_flux"].high),
            strict=True,
        ):
            kept = satellite_mass(
                mass_at(posed, altitude).interceptor,
                altitude,
                life_year=value("service_life"),
                specific_impulse_s=value("specific_impulse"),
                ballistic_coefficient_kg_per_m2=value("ballistic_coefficient"),
                solar_flux=flux,
                geomagnetic_index=air["geomagnetic_index"].mode,
            )
            yearly = upkeep(
                found.count,
                kept.total_kg,
                life_year=value("service_life"),
                payload_kg=launch["payload_low_orbit"].mode,
                capacity=launch["falcon9_rate"].mode,
            )
            rows.append(
                {
                    "altitude_m": altitude,
                    "sun": sun,
                    "interceptor_kg": kept.interceptor.total_kg,
                    "keeping_kg": kept.keeping_kg,
                    "total_kg": kept.total_kg,
                    "life_unkept_year": kept.life_unkept_s / (365.25 * 86_400.0),
                    "replaced_a_year": yearly.replaced_a_year,
                    "launches_a_year": yearly.launches_a_year,
                    "share_of_launches": yearly.share_of_capacity,
                }
            )
    return rows


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
