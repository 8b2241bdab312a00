"""How many missiles at once the interceptors in orbit engage, by default and under a view."""

import math
from collections.abc import Iterator
from typing import Any, Final

from umbo.elements.catalog import Catalog
from umbo.elements.readings import Readings
from umbo.engagement.flights import fly_raid
from umbo.engagement.in_reach import spread
from umbo.engagement.raid import Launch, draw_raid
from umbo.engagement.reaching import boost_reach
from umbo.study.load import catalog_of, resolve
from umbo.study.schema import Study

PRESETS: Final = (("default", None), ("cbo2026", "cbo2026"))
"""Name of the preset, and the view behind it; the default is the study as it stands."""


def preset_rows(study: Study, catalog: Catalog) -> Iterator[dict[str, Any]]:
    """Say what each boost layer reaches of missiles launched at once from one area.

    Missiles launched together from one area have the same interceptors in reach, so that those
    in reach over the shots at each missile are the missiles engaged at once.

    Args:
        study: The study.
        catalog: The catalogue, without the study's view.

    Yields:
        A row of table ``presets`` for each architecture, preset, missile class and constellation.
    """
    for preset, view in PRESETS:
        seen = study.model_copy(update={"view": view}) if view else study
        viewed = catalog_of(seen, catalog)
        architectures = {
            name: architecture
            for name, architecture in resolve(seen, catalog).items()
            if any(element.item.layer == "boost" for element in architecture.elements)
        }
        for launch in _first_of_each_class(study, viewed) if architectures else ():
            read = Readings()
            raid = draw_raid("one", [launch], viewed, phases=study.phases, seed=study.seed)
            flights = fly_raid(raid, viewed, read)
            for name, architecture in architectures.items():
                for element, reach in boost_reach(
                    architecture, raid, flights, viewed, read, seed=study.seed
                ):
                    values = element.values
                    found = spread(reach.count)
                    in_reach = found.mean
                    yield {
                        "architecture": name,
                        "preset": preset,
                        "missile": launch.missile,
                        "launch": launch.from_,
                        "constellation": reach.weapon,
                        "satellites": reach.satellites,
                        "burn_time_s": float(flights.burnout_s.mean()),
                        "ordered_s": reach.ordered_s,
                        "speed_m_per_s": values["burnout_speed"].mode,
                        "shots": element.doctrine.shots,
                        "in_reach_mean": in_reach,
                        "in_reach_p05": found.p05,
                        "in_reach_p95": found.p95,
                        "absentee_ratio": reach.satellites / in_reach if in_reach else math.inf,
                        "engaged_at_once": in_reach / element.doctrine.shots,
                    }


def _first_of_each_class(study: Study, catalog: Catalog) -> list[Launch]:
    """Take one missile of each boosted class that the study fights, as it first launches it."""
    first: dict[str, Launch] = {}
    for name in study.fought:
        for launch in study.raids[name]:
            if "burn_time" in catalog.item(launch.missile).values:
                first.setdefault(launch.missile, launch)
    return [launch.model_copy(update={"count": 1, "decoys_each": 0}) for launch in first.values()]
