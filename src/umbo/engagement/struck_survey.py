"""What an architecture's weapons can reach of a raid that strikes the shield first."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from umbo.elements.architecture import Architecture
from umbo.elements.catalog import Catalog
from umbo.elements.readings import Readings
from umbo.engagement.flights import Flights
from umbo.engagement.holding import FEW_PAIRS, MOST_PAIRS
from umbo.engagement.raid import Raid
from umbo.engagement.strikes import Hit, Strike, sites_taken, struck, together
from umbo.engagement.survey import Survey, planned, survey

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
    at most a flight's half hour. Discrimination is the mean over the missiles. Left out:
    satellites that a missile launched before used up and one after uses again; that what strikes
    may be stopped: it meets the shield, and counts, only where the raid lists it as launches.

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
    shots, boost_reason = windows.boost_shots.copy(), windows.boost_reason.copy()
    in_basket, p_hand_over = windows.boost_p_hand_over.copy(), windows.p_hand_over.copy()
    ready_s, reason_of = whole.ready_s.copy(), whole.reason_of.copy()
    counts = [one.count.copy() for one in whole.reach]
    parts = [(float(np.mean(raid.start_s < (states[0][0] if states else np.inf))), whole)]
    for number, (from_s, surveys) in enumerate(states):
        to_s = states[number + 1][0] if number + 1 < len(states) else np.inf
        late = np.flatnonzero((raid.start_s >= from_s) & (raid.start_s < to_s))
        for k, after in enumerate(surveys):
            at = np.ix_(np.arange(k, raid.phases, len(surveys)), late)
            here: Any = (slice(None), *at)
            shots[here] = after.windows.boost_shots[here]
            boost_reason[here] = after.windows.boost_reason[here]
            in_basket[here] = after.windows.boost_p_hand_over[here]
            p_hand_over[here] = after.windows.p_hand_over[here]
            ready_s[here], reason_of[here] = after.ready_s[here], after.reason_of[here]
            for count, one in zip(counts, after.reach, strict=True):
                count[at] = one.count[at]
            parts.append((len(late) / len(raid.start_s) / len(surveys), after))
    return replace(
        whole,
        windows=replace(
            windows,
            boost_shots=shots,
            boost_reason=boost_reason,
            boost_p_hand_over=in_basket,
            p_hand_over=p_hand_over,
        ),
        reach=tuple(
            replace(one, count=count) for one, count in zip(whole.reach, counts, strict=True)
        ),
        ready_s=ready_s,
        reason_of=reason_of,
        rates={
            kind: (
                sum(share * part.rates[kind][0] for share, part in parts),
                sum(share * part.rates[kind][1] for share, part in parts),
            )
            for kind in whole.rates
        },
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
