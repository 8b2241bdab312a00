"""What an architecture lets through in the years in which it is being built."""

from collections.abc import Mapping
from typing import Any, Final

from umbo.elements.architecture import Architecture
from umbo.elements.catalog import Catalog
from umbo.elements.readings import Readings
from umbo.engagement.flights import fly_raid
from umbo.engagement.raid import draw_raid
from umbo.engagement.survey import survey
from umbo.study.battles import leakage_expected
from umbo.study.budget_plan import AS_SCHEDULED
from umbo.study.load import catalog_of
from umbo.study.margins import Stage, worth
from umbo.study.schema import Study

PHASES: Final = 64
"""Constellation phases; the study's number if it is less."""
NOTHING_STOPPED: Final = 0.999
"""Leakage of the whole from which its parts are not fought."""


def leakage_by_year(
    study: Study, catalog: Catalog, standing: Mapping[tuple[str, str, int], Architecture]
) -> list[dict[str, Any]]:
    """Fight what stands in each case and fiscal year, in expectation, at each input's mode.

    Args:
        study: The study, whose raids are fought as they are written: of one year's threat.
        catalog: The catalogue, without the study's view.
        standing: What stands, by architecture, case and fiscal year.

    Returns:
        A row for each case, fiscal year and raid.
    """
    viewed = catalog_of(study, catalog)
    rows = []
    for raid in study.fought:
        phases = min(study.phases, PHASES)
        drawn = draw_raid(raid, study.raids[raid], viewed, phases=phases, seed=study.seed)
        flights = fly_raid(drawn, viewed, Readings())
        known: dict[Architecture, float] = {}
        for (name, case, year), architecture in standing.items():
            if architecture not in known:
                found = survey(
                    architecture,
                    drawn,
                    flights,
                    viewed,
                    Readings(),
                    seed=study.seed,
                    perfect=study.perfect,
                )
                known[architecture], _ = leakage_expected(found.windows)
            rows.append(_row(name, case, year, raid, known[architecture]))
    return beside_schedule(rows)


def few_phases(
    stage: Stage,
    raid: str,
    standing: Mapping[tuple[str, str, int], Architecture | str],
    whole: Mapping[str, Architecture],
) -> list[dict[str, Any]]:
    """Fight the same in the few phases of a raid's margins, within some 0.06 in leakage.

    Args:
        stage: The raid.
        raid: Its name.
        standing: What stands, by architecture, case and fiscal year; a name for one of the study's.
        whole: The study's architectures, by name.
    """
    rows = []
    for key, architecture in standing.items():
        stands = whole[architecture] if isinstance(architecture, str) else architecture
        leakage = worth(whole[key[0]], stage).leakage
        if leakage < NOTHING_STOPPED:  # else a part of it stops nothing either
            leakage = worth(stands, stage).leakage
        rows.append(_row(*key, raid, leakage))
    return beside_schedule(rows)


def beside_schedule(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Say of each battle how much more leaks than of what the schedule would have by then."""
    of_schedule: dict[tuple[str, str], dict[int, float]] = {}
    for row in rows:
        if row["case"] == AS_SCHEDULED:
            known = of_schedule.setdefault((row["architecture"], row["raid"]), {})
            known[row["fiscal_year"]] = row["leakage_expected"]
    for row in rows:
        known = of_schedule.get((row["architecture"], row["raid"]), {})
        before = [year for year in known if year <= row["fiscal_year"]]
        more = row["leakage_expected"] - known[max(before)] if before else None
        row["leakage_more"] = more
    return rows


def _row(name: str, case: str, year: int, raid: str, leakage: float) -> dict[str, Any]:
    """Tell the leakage of one battle."""
    return {
        "architecture": name,
        "case": case,
        "fiscal_year": year,
        "raid": raid,
        "leakage_expected": leakage,
    }
