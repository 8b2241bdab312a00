"""How many interceptors in orbit a question takes, what they reach, and what that rests on."""

import math
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

import numpy as np

from umbo.appraisal.satellite_mass import satellite_mass
from umbo.appraisal.sizing_question import Question
from umbo.appraisal.sizing_search import (
    TRIES,
    Orbits,
    Sized,
    Task,
    closed_form,
    smallest,
)
from umbo.elements.catalog import Catalog
from umbo.elements.overrides import Override, overridden
from umbo.elements.readings import Readings
from umbo.elements.threats import kind_of
from umbo.errors import DomainError, StudyError
from umbo.physics.decay import upper_density
from umbo.study.load import catalog_of
from umbo.study.schema import Study
from umbo.study.shortfall_tables import shortfall_tables
from umbo.study.sizing_posed import (
    WEAPON,
    Posed,
    best_orbits,
    in_orbit,
    like,
    mass_at,
    pose,
    shells_standing,
    worth_of,
    yearly,
)
from umbo.study.sizing_published import published_rows
from umbo.study.sizing_served import served_tables
from umbo.study.sizing_tables import Told
from umbo.study.views import load_view

Row = dict[str, Any]
Tables = dict[str, list[Row]]
Tell = Callable[[float, str], None]

DRAWS: Final = 16
THOROUGH: Final = 2_500
"""Tries that leave out no layout of some 1,000 satellites."""
RAIDS: Final = "shortfall_by_raid"


def size(
    question: Question,
    catalog: Catalog,
    *,
    study: Study | None = None,
    published: str = "",
    architecture: str = "",
    draws: int = DRAWS,
    tries: int = THOROUGH,
    but: Collection[str] = (),
    assumed: Mapping[tuple[str, str], str] | None = None,
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
        tries: Layouts of planes tried beyond near-square ones, as in ``search``.
        but: Tables that are not wanted, to save their time.
        assumed: Values with their units in place of the catalogue's and the view's, by item and
            parameter, such as ``{("sbi", "burnout_speed"): "6 km/s"}``.
        tell: Told the share that is done and what comes next.

    Returns:
        Tables: ``answer`` (one row), ``carries`` (one assumption at a time, at both ends),
        ``odds``, ``sensitivity``, ``latitude``, ``map``, ``by_year``, ``holes``, ``beyond``,
        ``fly_outs``, ``shortfall``, ``mass``, ``published``, ``architectures``, ``inputs``; of a
        study also ``shortfall_by_raid``, ``shortfall_by_country``, ``served`` and ``served_odds``.

    Raises:
        StudyError: The question cannot be asked, or the architecture has no interceptors in orbit.
        UnknownNameError: The study has no such architecture, or nothing has that parameter.
        UnitError: A value that is assumed has no unit, or the wrong one.
        DomainError: No constellation does it.
    """
    given = like(published) if published else None
    viewed = catalog if study is None else catalog_of(study, catalog)
    if given is not None:
        viewed = load_view(given["view"], catalog)
    viewed = _assume(viewed, assumed or {})
    tell(0.0, "flying the missiles")
    fly_out_s = given.get("fly_out_s") if given and question.decision_time_s is None else None
    if (WEAPON, "decision_delay") in (assumed or {}):
        fly_out_s = None
    posed = pose(question, viewed, fly_out_s=fly_out_s)
    read = Readings()
    task = posed.task(read)
    worth = worth_of(posed)
    tell(0.1, "looking for the best orbits")
    found = best_orbits(posed, task, worth, tries)
    if question.fly_out == "exact":
        tell(0.25, "counting by thrust and free fall")
        exact = replace(task, exactly=posed.interceptor(read), phases=48)
        found = smallest(found.orbits, exact, worth, tries=0)
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
        ("carries", lambda: told.carries(catalog)),
        ("odds", told.odds),
        ("sensitivity", lambda: _sensitivity(posed, found.orbits)),
        ("latitude", told.latitudes),
        ("map", told.map),
        ("by_year", told.by_year),
        ("holes", told.holes),
        ("beyond", told.beyond),
        ("fly_outs", told.fly_outs),
        ("shortfall", told.shortfall),
        ("mass", lambda: _masses(posed, found)),
        ("published", lambda: published_rows(published, given, tables["carries"], posed)),
        ("architectures", lambda: told.architectures(study, catalog)),
        ("inputs", lambda: _inputs(read)),
    )
    for i, (name, make) in enumerate(step for step in steps if step[0] not in but):
        tell(0.5 + 0.5 * i / len(steps), name.replace("_", " "))
        tables[name] = make()
    if study is not None and RAIDS not in but:
        tables |= shortfall_tables(study, catalog, study.fought)
        tables |= served_tables(posed, study, catalog, task.availability)
    tell(1.0, "done")
    return tables


def _assume(catalog: Catalog, assumed: Mapping[tuple[str, str], str]) -> Catalog:
    """Put values in place of the catalogue's."""
    items = dict(catalog.items)
    for (name, parameter), written in assumed.items():
        item = replace(catalog, items=items).item(name)
        value = overridden(item, parameter, Override(value=written, reason="asked for"))
        items[name] = replace(item, values={**item.values, parameter: value})
    return replace(catalog, items=items)


def _interval(posed: Posed, orbits: Orbits, count: int, draws: int) -> tuple[float, float]:
    """Give the 90 % interval of the number over the ranges of the interceptor's values."""
    counts = [float(count)]
    for draw in range(draws):
        counts.append(_count(orbits, posed.task(Readings(1, draw, draws)), tries=0))
    if draws < 2:
        return math.nan, math.nan
    # The ends are numbers that were drawn: between one and none at all lies nothing.
    low, high = np.quantile(counts, [0.05, 0.95], method="nearest")
    return float(low), float(high)


def _count(orbits: Orbits, task: Task, tries: int = TRIES) -> float:
    """Give the smallest number on given orbits; infinite where none is enough."""
    try:
        return float(smallest(orbits, replace(task, phases=64), tries=tries).count)
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
                Orbits(orbits.altitude_m, (i,), even_at_rad=(math.radians(lat_deg),))
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
    index = air["geomagnetic_index"].mode
    value, total = posed.value, in_orbit(posed, found.count)
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
                geomagnetic_index=index,
            )
            each = yearly(posed, total, kept.total_kg)
            rows.append(
                {
                    "altitude_m": altitude,
                    "sun": sun,
                    "solar_flux": flux,
                    "density_kg_per_m3": float(upper_density(altitude, flux, index)),
                    "density_factor": float(
                        upper_density(altitude, flux, index)
                        / upper_density(altitude, air["solar_flux"].mode, index)
                    ),
                    "interceptor_kg": kept.interceptor.total_kg,
                    "keeping_kg": kept.keeping_kg,
                    "total_kg": kept.total_kg,
                    "life_unkept_year": kept.life_unkept_s / (365.25 * 86_400.0),
                    "replaced_a_year": each.replaced_a_year,
                    "launches_a_year": each.launches_a_year,
                    "share_of_launches": each.share_of_capacity,
                }
            )
    return rows


def _inputs(read: Readings) -> list[Row]:
    """List the interceptor's values that were read, with their ranges and sources."""
    return [
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
