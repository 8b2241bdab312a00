"""What of a study's architectures stands in the year in which each fights, by the schedule."""

from collections.abc import Mapping
from datetime import date

from umbo.appraisal.gates import building_gates, day_at
from umbo.appraisal.schedule import Scheduler, standing_in
from umbo.elements.architecture import Architecture, ArchitectureSection, fiscal_year
from umbo.elements.catalog import Catalog
from umbo.elements.register import load_register
from umbo.study.schema import Study


def sought_from(study: Study) -> date:
    """Give the day on which a study's authorities are sought: the first of its horizon."""
    return day_at(float(fiscal_year(study.horizon.from_)))


def gates_of(
    study: Study,
    architecture: Architecture,
    today: Architecture,
    not_before: Mapping[str, float],
    *,
    gated: bool,
) -> dict[str, float]:
    """Give the fiscal year before which new work on an element cannot begin, the later of both.

    Args:
        study: The study, from the first day of whose horizon authorities are sought.
        architecture: The one that is scheduled.
        today: What stands already.
        not_before: Gates as given, by element.
        gated: Whether authorities that are needed before building count.
    """
    uses = {element.use for element in architecture.elements}
    gates = {use: year for use, year in not_before.items() if use in uses}
    if gated:
        register = load_register()
        for use, year in building_gates(architecture, register, sought_from(study), today).items():
            gates[use] = max(year, gates.get(use, year))
    return gates


def without_years(
    sections: Mapping[str, ArchitectureSection],
) -> dict[str, ArchitectureSection]:
    """Give architectures of which everything stands, whatever their year."""
    return {name: section.model_copy(update={"as_of": None}) for name, section in sections.items()}


def waits_for_schedule(study: Study) -> bool:
    """Say whether an architecture fights with what the schedule has fielded by a later year."""
    return study.fielding == "scheduled" and bool(_later(study))


def by_schedule(
    study: Study,
    catalog: Catalog,
    everything: Mapping[str, Architecture],
    today: Architecture,
) -> dict[str, Architecture]:
    """Give what the schedule has fielded of each architecture that fights in a later year.

    Args:
        study: The study, whose horizon begins when the schedule does.
        catalog: The catalogue, with the study's view in place.
        everything: All of each architecture, whatever its year.
        today: What stands when the schedule begins.

    Returns:
        Architectures by name; those that fight with everything, or not later than the schedule
        begins, are left out.
    """
    scheduler = Scheduler(catalog, start=fiscal_year(study.horizon.from_))
    standing = {}
    for name, year in _later(study).items():
        whole = everything[name]
        gates = gates_of(study, whole, today, {}, gated=study.authorities == "gate")
        schedule = scheduler.of(whole, today, not_before=gates)
        standing[name] = standing_in(whole, schedule, year)
    return standing


def _later(study: Study) -> dict[str, int]:
    years = {
        name: fiscal_year(section.as_of)
        for name, section in study.architectures.items()
        if section.as_of
    }
    start = fiscal_year(study.horizon.from_)
    return {name: year for name, year in years.items() if year > start}
