"""What an architecture's weapons can reach of a raid that strikes the shield first."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from umbo.elements.architecture import Architecture
from umbo.elements.catalog import Catalog
from umbo.elements.readings import Readings
from umbo.engagement.flights import Flights
from umbo.engagement.from_orbit import Reach
from umbo.engagement.holding import FEW_PAIRS, MOST_PAIRS
from umbo.engagement.raid import Raid
from umbo.engagement.strikes import Hit, Strike, sites_taken, struck, together
from umbo.engagement.survey import Discrimination, Survey, planned, survey

PATTERNS: Final = 4
"""Losses of radars and ground stations that are drawn; each stands for as many phases."""
FEW_PATTERNS: Final = 2
"""The same where few pairs are held, as in a draw over assumptions."""
_SENSED: Final[tuple[Hit, ...]] = ("radars", "ground_stations", "satellites")


def survey_raid(
    architecture: Architecture,
    raid: Raid,
    flights: Flights,
    catalog: Catalog,
    read: Readings,
    *,
    seed: int,
    listens: bool | None = None,
    most_pairs: int = MOST_PAIRS,
    perfect: bool = False,
) -> Survey:
    """Find what each weapon can do about each missile, of a shield that the raid may strike first.

    Without a strike this is ``survey``. What a strike takes is lost from its arrival on. Sites
    fire until then, exactly. What sees, carries tracks or stands in orbit serves a missile as it
    stood when that was launched: a missile in the air when the strike arrives keeps it, worth
    at most a flight's half hour. Left out: satellites that a missile launched before used up and one
    after uses again; that a strike's warheads are stopped, or count among the leakers, which they
    do only where the raid lists them as launches.

    Args:
        architecture: What stands before the strike.
        raid: The raid, with what it takes.
        flights: Its flights.
        catalog: For numbers that belong to no element.
        read: Which number of each range is read.
        seed: The study's seed.
        listens: As in ``survey``.
        most_pairs: As in ``survey``.
        perfect: As in ``survey``; sites alone are then lost.

    Returns:
        The survey.
    """

    def seen(one: Architecture, listens: bool | None) -> Survey:
        return survey(
            one,
            raid,
            flights,
            catalog,
            read,
            seed=seed,
            listens=listens,
            most_pairs=most_pairs,
            perfect=perfect,
        )

    whole = seen(architecture, listens)
    if not raid.strikes:
        return whole
    shares = {strike: read(strike.share(catalog)) for strike in raid.strikes}
    patterns = FEW_PATTERNS if most_pairs <= FEW_PAIRS else PATTERNS
    states = []
    arrivals = sorted({s.arrives_s for s in raid.strikes if s.hits in _SENSED and not perfect})
    for arrival_s in arrivals:
        lost = _lost_by(arrival_s, shares)
        after = [
            seen(struck(architecture, lost, seed=seed, pattern=k), whole.listens)
            for k in range(patterns)
        ]
        states.append((arrival_s, after))
    merged = _merged(whole, states, raid)
    stands_s = _stands_until(architecture, merged, raid, shares, seed)
    return planned(replace(merged, stands_s=stands_s), whole.listens)


def _lost_by(at_s: float, shares: dict[Strike, float]) -> dict[Hit, float]:
    return together([(s.hits, share) for s, share in shares.items() if s.arrives_s <= at_s])


def _merged(whole: Survey, states: Sequence[tuple[float, Sequence[Survey]]], raid: Raid) -> Survey:
    """Put together what serves the missiles of each state, in the phases of each loss."""
    windows = whole.windows
    kept = {
        name: np.array(getattr(windows, name))
        for name in ("boost_shots", "boost_reason", "boost_p_hand_over", "p_hand_over")
    }
    ready_s, reason_of = whole.ready_s.copy(), whole.reason_of.copy()
    reach = [one.count.copy() for one in whole.reach]
    rates = {kind: [np.array(pair)] for kind, pair in whole.rates.items()}
    weights = [float(np.sum(raid.start_s < (states[0][0] if states else np.inf)))]
    for number, (from_s, surveys) in enumerate(states):
        to_s = states[number + 1][0] if number + 1 < len(states) else np.inf
        late = (raid.start_s >= from_s) & (raid.start_s < to_s)
        for k, after in enumerate(surveys):
            at = np.ix_(range(k, raid.phases, len(surveys)), np.flatnonzero(late))
            here = (slice(None), *at)
            for name, array in kept.items():
                array[here] = getattr(after.windows, name)[here]
            ready_s[here], reason_of[here] = after.ready_s[here], after.reason_of[here]
            for count, one in zip(reach, after.reach, strict=True):
                count[at] = one.count[at]
            weights.append(float(late.sum()) / len(surveys))
            for kind, pair in after.rates.items():
                rates[kind].append(np.array(pair))
    share = np.array(weights) / sum(weights)
    mean: dict[Discrimination, tuple[float, float]] = {
        kind: (float(share @ [p[0] for p in pairs]), float(share @ [p[1] for p in pairs]))
        for kind, pairs in rates.items()
    }
    return replace(
        whole,
        windows=replace(windows, **kept),
        reach=tuple(
            Reach(one.weapon, one.satellites, count, one.ordered_s)
            for one, count in zip(whole.reach, reach, strict=True)
        ),
        ready_s=ready_s,
        reason_of=reason_of,
        rates=mean,
    )


def _stands_until(
    architecture: Architecture,
    found: Survey,
    raid: Raid,
    shares: dict[Strike, float],
    seed: int,
) -> NDArray[np.float64]:
    """Give the time until which each battery stands, (P, B): another loss in every phase."""
    batteries = [name.split("/", 1) for name in found.windows.batteries]
    keys = [(weapon.split("#")[0], place) for weapon, place in batteries]
    stands_s = np.full((raid.phases, len(keys)), np.inf)
    for arrival_s in sorted({strike.arrives_s for strike in shares}, reverse=True):
        lost = _lost_by(arrival_s, shares)
        for phase in range(raid.phases):
            gone = sites_taken(architecture, lost, seed=seed, pattern=phase)
            stands_s[phase, [key in gone for key in keys]] = arrival_s
    return stands_s
