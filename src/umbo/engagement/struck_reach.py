"""What an architecture's weapons can reach of a raid that may strike the shield first."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from umbo.elements.architecture import Architecture
from umbo.elements.catalog import Catalog
from umbo.elements.readings import Readings
from umbo.engagement.beams import Beams
from umbo.engagement.cut_off import cut_off, darkened
from umbo.engagement.flights import Flights
from umbo.engagement.holding import FEW_PAIRS, MOST_PAIRS
from umbo.engagement.outages import command_cut, cut_chance, happens, sites_out, without_radars
from umbo.engagement.pools import copied, put_in
from umbo.engagement.raid import Raid
from umbo.engagement.reaching import Reached, reach_raid
from umbo.engagement.strikes import Hit, Strike, sites_taken, struck, together
from umbo.engagement.windows import REASONS

PATTERNS: Final = 4
"""Losses of radars and ground stations that are drawn; each stands for as many phases."""
FEW_PATTERNS: Final = 2
"""The same where few pairs are held, as in a draw over assumptions."""
OUTAGES: Final = 16
"""The same where outages are drawn: radars are out more rarely than they are struck."""
FEW_OUTAGES: Final = 4
_UNREACHABLE: Final = REASONS.index("unreachable")
_SENSED: Final[tuple[Hit, ...]] = ("radars", "ground_stations", "satellites")


def reach(
    architecture: Architecture,
    raid: Raid,
    flights: Flights,
    catalog: Catalog,
    read: Readings,
    *,
    seed: int,
    most_pairs: int = MOST_PAIRS,
    perfect: bool = False,
) -> Reached:
    """Find what the weapons reach of a raid, of a shield that the raid may strike first.

    Without a strike, drawn outages or command that is cut this is ``reach_raid``. What a strike
    takes is lost from its arrival on. Sites fire until then, exactly. What sees, carries tracks or
    stands in orbit serves a missile as it stood when that was launched: a missile in the air when
    the strike arrives keeps it, worth at most a flight's half hour. Lasers fall with their site,
    and light nothing that would land later. Outages are drawn for the whole raid (``outages``);
    command that is cut gives no more orders (``cut_off``). Warheads are told from decoys as while
    most missiles come, on average over what is lost or out. Left out: satellites that a missile
    launched before used up and one after uses again; that what strikes may be stopped: it meets the
    shield, and counts, only where the raid lists it as launches.

    Args:
        architecture: What stands before the strike.
        raid: The raid, with what it takes.
        flights: Its flights.
        catalog: For numbers that belong to no element.
        read: Which number of each range is read.
        seed: The study's seed.
        most_pairs: As in ``reach_raid``.
        perfect: As in ``reach_raid``; sites alone are then lost.

    Returns:
        What is reached.
    """

    def found(one: Architecture) -> Reached:
        return reach_raid(
            one,
            raid,
            flights,
            catalog,
            read,
            seed=seed,
            most_pairs=most_pairs,
            perfect=perfect,
        )

    whole = found(architecture)
    drawn = architecture.outages == "drawn"
    can_be_cut = cut_chance(architecture, catalog).high > 0.0
    if not raid.strikes and not drawn and not can_be_cut:
        return whole
    shares = {strike: read(strike.share(catalog)) for strike in raid.strikes}
    is_few = most_pairs <= FEW_PAIRS
    patterns = FEW_PATTERNS if is_few else PATTERNS
    standing, out = [architecture] * patterns, [set[tuple[str, str]]()] * patterns
    if drawn:
        patterns = FEW_OUTAGES if is_few else OUTAGES
        standing, out = without_radars(architecture, read, patterns=patterns, seed=seed)
    states = []
    if drawn and not perfect:
        known = {id(one): found(one) for one in standing if one is not architecture}
        states.append((-np.inf, [known.get(id(one), whole) for one in standing]))
    arrivals = sorted({s.arrives_s for s in raid.strikes if s.hits in _SENSED and not perfect})
    for arrival_s in arrivals:
        lost = _lost_by(arrival_s, shares)
        after = [found(struck(one, lost, seed=seed, pattern=k)) for k, one in enumerate(standing)]
        states.append((arrival_s, after))
    merged = replace(
        _merged(whole, states, raid),
        architecture=architecture,
        stands_s=_stands_until(architecture, whole, raid, shares, seed),
    )
    if drawn:
        merged = replace(merged, stands_s=_without_sites_out(merged, out, read, seed))
    merged = replace(merged, beams=_beams_left(merged, shares, seed))
    return cut_off(merged, _cut_from(architecture, shares, catalog, read, raid.phases, seed))


def _without_sites_out(
    found: Reached, out: Sequence[set[tuple[str, str]]], read: Readings, seed: int
) -> NDArray[np.float64]:
    """Give the time until which each battery stands, minus infinity where it is out."""
    assert found.stands_s is not None
    stands_s, architecture = found.stands_s.copy(), found.architecture
    keys = [_key(name) for name in found.ground.batteries]
    dark = sites_out(architecture, keys, read, phases=len(stands_s), seed=seed)
    guide = {e.use: e.item.model_with for e in architecture.elements}
    for phase in range(len(stands_s)):
        gone = out[phase % len(out)]
        dark[phase] |= np.array([(guide[use], place) in gone for use, place in keys], np.bool_)
    stands_s[dark] = -np.inf
    return stands_s


def _cut_from(
    architecture: Architecture,
    shares: dict[Strike, float],
    catalog: Catalog,
    read: Readings,
    phases: int,
    seed: int,
) -> NDArray[np.float64]:
    """Give the time after the raid begins from which command is cut in each phase, (P,)."""
    cut_s = np.full(phases, np.inf)
    for number, (strike, share) in enumerate(shares.items()):
        if strike.hits == "command":
            is_cut = happens(seed, f"strike/command/{number}", phases, share)
            cut_s[is_cut] = np.minimum(cut_s[is_cut], strike.arrives_s)
    cut_s[command_cut(architecture, catalog, read, phases=phases, seed=seed)] = -np.inf
    return cut_s


def _beams_left(found: Reached, shares: dict[Strike, float], seed: int) -> Beams | None:
    """Take the turns of lasers whose site falls before the missile that they light would land."""
    beams, raid = found.beams, found.raid
    arrivals = sorted({s.arrives_s for s in shares if s.hits in ("sites", "radars")})
    if beams is None or not arrivals:
        return beams
    keys = [_key(name) for name in beams.batteries]
    lands_s = raid.start_s + found.flights.impact_s[raid.shot]
    for arrival_s in arrivals:
        lost = _lost_by(arrival_s, shares)
        for phase in range(raid.phases):
            gone = sites_taken(found.architecture, lost, seed=seed, pattern=phase)
            fallen = np.array([*(key in gone for key in keys), False])  # the last is of none
            late = lands_s[phase, raid.missile] > arrival_s
            dark = np.zeros(beams.battery.shape, np.bool_)
            dark[phase] = late & fallen[beams.battery[phase]]
            beams = darkened(beams, dark, _UNREACHABLE)
    return beams


def _key(battery: str) -> tuple[str, str]:
    """Give element and place of a battery."""
    weapon, place = battery.split("/", 1)
    return weapon.split("#")[0], place.split("#")[0]


def _lost_by(at_s: float, shares: dict[Strike, float]) -> dict[Hit, float]:
    return together([(s.hits, share) for s, share in shares.items() if s.arrives_s <= at_s])


def _merged(
    whole: Reached, states: Sequence[tuple[float, Sequence[Reached]]], raid: Raid
) -> Reached:
    """Put together what serves the missiles of each state, in the phases of each loss."""
    shots, reason = whole.boost.shots.copy(), whole.boost.reason.copy()
    boost_hand_over, hand_over = whole.boost.p_hand_over.copy(), whole.ground.p_hand_over.copy()
    ready_s = whole.ground.ready_s.copy()
    counts = [one.count.copy() for one in whole.boost.reach]
    pools = copied(whole.boost.pools)
    times = [from_s for from_s, _ in states]
    state_of = np.searchsorted(times, raid.start_s, side="right")
    for number, (_, after) in enumerate(states, start=1):
        late = np.flatnonzero(state_of == number)
        for k, one in enumerate(after):
            at = np.ix_(np.arange(k, raid.phases, len(after)), late)
            here: Any = (slice(None), *at)
            shots[here], reason[here] = one.boost.shots[here], one.boost.reason[here]
            boost_hand_over[here] = one.boost.p_hand_over[here]
            hand_over[here] = one.ground.p_hand_over[here]
            ready_s[here] = one.ground.ready_s[here]
            for count, reached in zip(counts, one.boost.reach, strict=True):
                count[at] = reached.count[at]
            if pools is not None and one.boost.pools is not None:
                put_in(pools, one.boost.pools, at)
    main = int(np.argmax(np.bincount(state_of, minlength=len(states) + 1)))
    is_struck = main > 0 and times[main - 1] >= 0.0
    stands = states[main - 1][1][0] if is_struck else whole
    ways = states[main - 1][1] if main > 0 else [whole]
    return replace(
        stands,
        told=tuple(told for one in ways for told in one.told),
        boost=replace(
            whole.boost,
            reach=tuple(
                replace(one, count=count)
                for one, count in zip(whole.boost.reach, counts, strict=True)
            ),
            shots=shots,
            reason=reason,
            p_hand_over=boost_hand_over,
            pools=pools,
        ),
        later=whole.later,
        ground=replace(whole.ground, ready_s=ready_s, p_hand_over=hand_over),
    )


def _stands_until(
    architecture: Architecture,
    found: Reached,
    raid: Raid,
    shares: dict[Strike, float],
    seed: int,
) -> NDArray[np.float64]:
    """Give the time until which each battery stands, (P, B): another loss in every phase."""
    keys = [_key(name) for name in found.ground.batteries]
    stands_s = np.full((raid.phases, len(keys)), np.inf)
    for arrival_s in sorted({strike.arrives_s for strike in shares}, reverse=True):
        lost = _lost_by(arrival_s, shares)
        for phase in range(raid.phases):
            gone = sites_taken(architecture, lost, seed=seed, pattern=phase)
            stands_s[phase, [key in gone for key in keys]] = arrival_s
    return stands_s
