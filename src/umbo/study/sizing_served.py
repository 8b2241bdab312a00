"""Missiles of a study's raids that interceptors in orbit serve, none used twice."""

from collections.abc import Iterator, Sequence
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from umbo.elements.catalog import Catalog
from umbo.elements.readings import Readings
from umbo.engagement.assignment import draw_true
from umbo.engagement.coverage import satellites_in_reach, walker_planes
from umbo.engagement.in_reach import Chances, chances_of, epochs
from umbo.engagement.serving import serve
from umbo.physics.orbits import WalkerShell
from umbo.study.load import resolve
from umbo.study.schema import Study
from umbo.study.sizing_posed import FLIGHTS_OF_AN_AREA, Posed, boost_shells, fly_few

Row = dict[str, Any]

PHASES: Final = 32
MEETINGS: Final = 4
MOST_MISSILES: Final = 400
"""Largest raid that is served; of larger ones the number in reach says enough."""
SAMPLE_S: Final = 5.0


def served_tables(
    posed: Posed, study: Study, catalog: Catalog, availability: float
) -> dict[str, list[Row]]:
    """Say how many missiles of each raid that a study fights get all their shots before burnout.

    Missiles start where and when the study says; an interceptor is spent on one. As many missiles
    are served as can be, knowing the whole raid. Left out: missiles without a boost, raids of more
    than 400 missiles.

    Args:
        posed: Whose interceptor and shots count.
        study: The study.
        catalog: The catalogue, without the study's view.
        availability: Share of interceptors that work, each by its own luck.

    Returns:
        ``served``, a row an architecture with interceptors in orbit and a raid: missiles with a
        boost, served (mean and percentiles over constellation phase), chance that all are, that
        half are, that one is; beside it how many each missile alone could be served by, which
        counts interceptors again for every missile. ``served_odds``: the chance that at least
        so many of its missiles are served, for every number of them.
    """
    tables: dict[str, list[Row]] = {"served": [], "served_odds": []}
    for name, architecture in resolve(study, catalog).items():
        if shells := boost_shells(architecture):
            for row, served in _served(posed, shells, study, availability):
                told = {"architecture": name, "raid": row["raid"], "shots": row["shots"]}
                tables["served"].append({"architecture": name, **row})
                tables["served_odds"] += [
                    {**told, "at_least": k, "chance": float(np.mean(served >= k))}
                    for k in range(1, row["missiles"] + 1)
                ]
    return tables


def _served(
    posed: Posed, shells: Sequence[WalkerShell], study: Study, availability: float
) -> Iterator[tuple[Row, NDArray[np.int32]]]:
    interceptor = posed.interceptor(Readings())
    planes = walker_planes(shells)
    for raid in study.fought:
        chances: list[Chances] = []
        start: list[float] = []
        flight: list[int] = []
        for launch in study.raids[raid]:
            if "burn_time" not in posed.catalog.item(launch.missile).values:
                continue
            flights = fly_few(launch, posed.catalog, FLIGHTS_OF_AN_AREA, SAMPLE_S)
            first = sum(len(one.time_s) for one in chances)
            chances.append(chances_of(flights, interceptor, flights.burnout_s, meetings=MEETINGS))
            number = np.arange(launch.count)
            start += (launch.start_s + launch.spacing_s * number).tolist()
            flight += (first + number % len(flights.shots)).tolist()
        if not 0 < len(start) <= MOST_MISSILES:
            continue
        count, near = satellites_in_reach(
            planes,
            epoch_s=epochs(PHASES),
            start_s=np.array(start),
            flight=np.tile(flight, (PHASES, 1)),
            time_s=np.concatenate([one.time_s for one in chances]),
            target_ecef_m=np.concatenate([one.target_ecef_m for one in chances]),
            reach_m=np.concatenate([one.reach_m for one in chances]),
            capacity=min(planes.count, MOST_MISSILES * posed.shots),
            alive=draw_true(
                1,
                "sizing/available",
                phases=PHASES,
                entities=planes.count,
                chance=availability,
            ),
        )
        served, _ = serve(near, planes.count, posed.shots)
        missiles = len(start)
        yield (
            {
                "raid": raid,
                "satellites": planes.count,
                "missiles": missiles,
                "shots": posed.shots,
                "served_mean": float(served.mean()),
                "served_p05": float(np.quantile(served, 0.05)),
                "served_p50": float(np.quantile(served, 0.5)),
                "served_p95": float(np.quantile(served, 0.95)),
                "chance_all": float(np.mean(served == missiles)),
                "chance_half": float(np.mean(served >= missiles / 2.0)),
                "chance_one": float(np.mean(served >= 1)),
                "engaged_alone_mean": float(count.mean()) / posed.shots,
            },
            served,
        )
