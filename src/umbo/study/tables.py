"""The tables of a run: one a subject, one row a combination of its keys, one column a quantity."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

import numpy as np

from umbo.appraisal.comparison import chance_correlation, drawn_alike, ranks_of
from umbo.elements.architecture import Architecture, Fielded
from umbo.elements.directed_energy import WEAPONS
from umbo.elements.places import Place
from umbo.engagement.flights import Flights
from umbo.engagement.outcome import Estimate
from umbo.engagement.prelaunch import LEFT_OF_LAUNCH
from umbo.engagement.replanning import replay, replication_at
from umbo.engagement.survey import Discrimination
from umbo.engagement.windows import REASONS
from umbo.physics.earth import ecef_to_geodetic, great_circle_distance
from umbo.section import name_of
from umbo.study.battles import Battle

Row = dict[str, Any]

SENSITIVE_ROWS: Final = 12
"""Assumptions listed for each architecture and raid, those that decide most first."""
TRACKS_SHOWN: Final = 6
TRACK_POINTS: Final = 60


def battle_tables(
    battles: Mapping[tuple[str, str], Battle], seed: int, *, quantile: float = 0.5
) -> dict[str, list[Row]]:
    """Give the tables of the battles, by architecture and raid.

    The timeline is of the first replication that has as many leakers as a quantile of all.
    """
    built: dict[str, list[Row]] = {
        name: []
        for name in (
            *("leakage", "kills", "leakers", "shots", "decoys", "reach", "sensitivity"),
            "timeline",
        )
    }
    for (architecture, raid), battle in battles.items():
        key: Row = {"architecture": architecture, "raid": raid}
        built["leakage"].append(key | _leakage(battle))
        built["kills"] += [key | row for row in _kills(battle)]
        built["leakers"] += [key | row for row in _leakers(battle)]
        built["shots"] += [key | row for row in _shots(battle)]
        built["decoys"] += [key | row for row in _decoys(battle)]
        built["reach"] += [key | row for row in _reach(battle)]
        built["sensitivity"] += [key | row for row in _sensitivity(battle)]
        built["timeline"] += [key | row for row in _timeline(battle, seed, quantile)]
    return built


def _leakage(battle: Battle) -> Row:
    outcome = battle.outcome["study"]
    assumed: list[float | None] = [None, None, None]
    if battle.assumed is not None:
        assumed = [float(q) for q in np.quantile(battle.assumed.leakage, [0.05, 0.5, 0.95])]
    row: Row = {
        "warheads": outcome.arriving / outcome.replications,
        "leakers_mean": outcome.leakers_mean.value,
        "leakers_p10": outcome.leakers_p10,
        "leakers_p90": outcome.leakers_p90,
    }
    row |= _interval("leakage", outcome.leakage, "_luck")
    row |= {
        "leakage_assumptions_low": assumed[0],
        "leakage_assumptions_median": assumed[1],
        "leakage_assumptions_high": assumed[2],
        "leakage_expected": battle.expected_leakage,
    }
    for kind in ("recognised", "not_told_apart"):
        decoys = battle.outcome[kind].leakage
        row |= _interval(f"leakage_decoys_{kind}", decoys, "_luck")
    row |= _interval("p_no_leaker", outcome.p_stopped)
    row |= _interval("fully_engaged", outcome.p_fully_engaged)
    row["replications"] = outcome.replications
    return row


def _interval(name: str, estimate: Estimate, of: str = "") -> Row:
    return {
        name: estimate.value,
        f"{name}{of}_low": estimate.low,
        f"{name}{of}_high": estimate.high,
    }


def _timeline(battle: Battle, seed: int, quantile: float) -> Iterable[Row]:
    """Tell one replication, event after event."""
    windows = battle.found.windows
    replication = replication_at(windows, battle.outcome["study"], quantile)
    for step, event in enumerate(replay(windows, seed, replication)):
        name = f"missile {event.missile + 1}"
        if event.object is not None:
            kind = "warhead" if battle.found.windows.is_warhead[event.object] else "decoy"
            name = f"{kind} {event.object + 1} of {name}"
        yield {
            "object": name,
            "event": event.event,
            "weapon": event.weapon,
            "step": step,
            "replication": replication,
        }


def _kills(battle: Battle) -> Iterable[Row]:
    outcome = battle.outcome["study"]
    for weapon, layer, kills in zip(
        outcome.weapons, outcome.layers, outcome.kills_by_weapon, strict=True
    ):
        yield {"layer": layer, "weapon": weapon} | {
            "kills_mean": kills.value,
            "kills_low": kills.low,
            "kills_high": kills.high,
        }


def _shots(battle: Battle) -> Iterable[Row]:
    outcome, windows = battle.outcome["study"], battle.found.windows
    available: dict[str, float] = {
        reach.weapon: reach.satellites if reach.rounds is None else reach.rounds
        for reach in battle.found.reach
    }
    for battery, rounds in zip(windows.batteries, windows.stock_of.mean(axis=0), strict=True):
        weapon = battery.split("/")[0]
        available[weapon] = available.get(weapon, 0.0) + float(rounds)
    for weapon, shots in zip(outcome.weapons, outcome.shots_by_weapon, strict=True):
        if weapon == LEFT_OF_LAUNCH:
            continue
        yield {
            "weapon": weapon,
            "available": round(available[weapon]),
            "shots_mean": shots.value,
            "shots_low": shots.low,
            "shots_high": shots.high,
            "unused_mean": max(available[weapon] - shots.value, 0.0),
        }


def _decoys(battle: Battle) -> Iterable[Row]:
    """Say what decoys cost each weapon that fires at what carries some: shots, and warheads."""
    windows = battle.found.windows
    if windows.is_warhead.all():
        return
    share = 1.0 - windows.is_warhead.mean()
    kinds: tuple[Discrimination, ...] = ("study", "recognised", "not_told_apart")
    for kind in kinds:
        outcome, (p_ww, p_dw) = battle.outcome[kind], battle.found.rates[kind]
        for i, (weapon, layer) in enumerate(zip(outcome.weapons, outcome.layers, strict=True)):
            shots, wasted, passed = (
                of[i]
                for of in (
                    outcome.shots_by_weapon,
                    outcome.shots_at_decoys,
                    outcome.warheads_passed,
                )
            )
            if layer != "midcourse" or not shots.high + passed.high:
                continue  # decoys are not there yet, or the air has taken them
            yield {
                "discrimination": kind,
                "layer": layer,
                "weapon": weapon,
                "p_warhead_called_warhead": p_ww,
                "p_decoy_called_warhead": p_dw,
                "share_decoys": float(share),
                "shots_mean": shots.value,
                **_interval("shots_at_decoys", wasted),
                "share_shots_at_decoys": wasted.value / shots.value if shots.value else None,
                **_interval("warheads_passed", passed),
            }


def _leakers(battle: Battle) -> Iterable[Row]:
    outcome = battle.outcome["study"]
    for a, c, r in np.argwhere(outcome.leakers > 0):
        yield {
            "asset": outcome.assets[a],
            "class": outcome.classes[c],
            "reason": REASONS[r],
            "leakers_mean": float(outcome.leakers[a, c, r]) / outcome.replications,
        }


def _reach(battle: Battle) -> Iterable[Row]:
    windows = battle.found.windows
    pools = battle.found.pools
    for reach in (*battle.found.reach, *(pools.reach if pools else ())):
        is_in_air = WEAPONS.get(reach.weapon.split("#")[0]) == "air"
        if reach.weapon == LEFT_OF_LAUNCH or is_in_air:
            continue
        for number, missile in enumerate(windows.classes):
            count = reach.count[:, windows.missile_class == number]
            mean = float(count.mean())
            yield {
                "missile": missile,
                "constellation": reach.weapon,
                "satellites": reach.satellites,
                "in_reach_mean": mean,
                "in_reach_min": int(count.min()),
                "in_reach_max": int(count.max()),
                "absentee": reach.satellites / mean if mean > 0 else None,
            }


def _sensitivity(battle: Battle) -> Iterable[Row]:
    """Rank assumptions by how their draws and the leakage go together.

    Draws that share a value of an input count as one, with their mean leakage: what is drawn for a
    few of the draws tells no more than its few values do. A weapon that can fire in no draw decides
    nothing, whatever chance makes of its draws.
    """
    assumed = battle.assumed
    if assumed is None or np.ptp(assumed.leakage) == 0.0:
        return
    leakage = assumed.leakage
    outcome = battle.outcome["study"]
    fires = {name_of(name) for name in outcome.weapons if name not in assumed.idle}
    idle = {name_of(name) for name in assumed.idle} - fires
    names = [name for name in assumed.quantiles[0] if name[0] not in idle]
    quantiles = np.array([[draw[name] for draw in assumed.quantiles] for name in names])
    rows: list[Row] = []
    for alike in drawn_alike(quantiles):
        mean = np.bincount(alike.group, weights=leakage) / np.bincount(alike.group)
        ranks = ranks_of([mean])[0]
        scale = np.sqrt((alike.ranked**2).sum(axis=1) * (ranks @ ranks))
        correlation = alike.ranked @ ranks / np.maximum(scale, 1e-300)
        chance = chance_correlation(alike.quantile.shape[1], len(names))
        for i, together in zip(alike.position.tolist(), correlation.tolist(), strict=True):
            (item, parameter), u = names[i], quantiles[i]
            low, high = float(leakage[u < 1 / 3].mean()), float(leakage[u > 2 / 3].mean())
            rows.append(
                {
                    "item": item,
                    "parameter": parameter,
                    "leakage_at_low": low,
                    "leakage_at_high": high,
                    "swing": high - low,
                    "rank_correlation": together,
                    "correlation_by_chance": chance,
                }
            )
    rows.sort(key=lambda row: -abs(row["rank_correlation"]) / row["correlation_by_chance"])
    yield from rows[:SENSITIVE_ROWS]


def flight_tables(raid: str, flights: Flights) -> dict[str, list[Row]]:
    """Give the table of a raid's flights, and ground tracks of a few of them for the map."""
    flights_rows: list[Row] = []
    tracks: list[Row] = []
    assets: dict[str, Row] = {}
    for number, shot in enumerate(flights.shots):
        lat, lon = shot.aim.lat_rad, shot.aim.lon_rad
        assets.setdefault(
            shot.aim.id,
            {
                "name": shot.aim.id,
                "lat_deg": float(np.degrees(lat)),
                "lon_deg": float(np.degrees(lon)),
            },
        )
        flights_rows.append(
            {
                "raid": raid,
                "flight": number,
                "missile": shot.missile,
                "launch_lat_deg": round(float(np.degrees(shot.launch_lat_rad)), 1),
                "launch_lon_deg": round(float(np.degrees(shot.launch_lon_rad)), 1),
                "launch": shot.launch_area,
                "aim": shot.aim.id,
                "burnout_s": float(flights.burnout_s[number]),
                "burnout_speed_m_per_s": float(flights.burnout_speed_m_per_s[number]),
                "burnout_altitude_m": float(flights.burnout_altitude_m[number]),
                "apogee_m": float(flights.apogee_m[number]),
                "flight_time_s": float(flights.impact_s[number]),
                "range_m": float(
                    great_circle_distance(shot.launch_lat_rad, shot.launch_lon_rad, lat, lon)
                ),
            }
        )
    for number in _spread(flights):
        tracks += [{"raid": raid, "flight": number} | row for row in _track(flights, number)]
    return {"flights": flights_rows, "ground_tracks": tracks, "assets": list(assets.values())}


def _spread(flights: Flights) -> list[int]:
    """Choose flights for the map: spread over all of them, first of each missile type first."""
    types = [shot.missile for shot in flights.shots]
    first = {types.index(name): None for name in dict.fromkeys(types)}
    even = np.linspace(0, len(types) - 1, min(TRACKS_SHOWN, len(types))).astype(int)
    return list(first | dict.fromkeys(int(i) for i in even))


def _track(flights: Flights, number: int) -> Iterable[Row]:
    time_s = np.linspace(0.0, float(flights.impact_s[number]), TRACK_POINTS)
    lat, lon, altitude = ecef_to_geodetic(flights.position_of(number, time_s))
    for t, north, east, up in zip(time_s, np.degrees(lat), np.degrees(lon), altitude, strict=True):
        yield {
            "time_s": float(t),
            "lat_deg": float(north),
            "lon_deg": float(east),
            "altitude_m": float(max(up, 0.0)),
        }


def element_tables(architectures: Mapping[str, Architecture]) -> dict[str, list[Row]]:
    """Give the elements of every architecture and where they stand."""
    elements: list[Row] = []
    sites: list[Row] = []
    for name, architecture in architectures.items():
        for element in architecture.elements:
            elements.append(
                {
                    "architecture": name,
                    "element": element.use,
                    "name": element.item.name,
                    "count": element.count,
                    "where": _where(element),
                    "in_service": element.in_service,
                    "role": element.item.part,
                    "source": element.source,
                    "note": element.note,
                }
            )
            sites += [
                {
                    "architecture": name,
                    "element": element.use,
                    "name": place.name,
                    "lat_deg": float(np.degrees(place.lat_rad)),
                    "lon_deg": float(np.degrees(place.lon_rad)),
                    "kind": element.item.part,
                }
                for place, number in element.sites
                if number > 0
            ]
    return {"elements": elements, "sites": sites}


def _where(element: Fielded) -> str:
    if element.constellation is not None:
        orbit = element.constellation
        return f"{orbit.altitude_m / 1e3:.0f} km, {np.degrees(orbit.inclination_rad):.0f} deg"
    places: list[tuple[Place, int]] = list(element.sites)
    shown = ", ".join(f"{place.name} ({number})" for place, number in places[:4])
    return shown + (f" and {len(places) - 4} more" if len(places) > 4 else "")


LIMITS: Final[Sequence[tuple[str, str]]] = (
    (
        "left of launch",
        "Off unless an architecture holds left_of_launch: then a stated share of missiles is lost "
        "before launch. No public number supports any share; it is an assumption, not a model.",
    ),
    (
        "kill probability",
        "Every kill probability is an assumption or a test record, not measured performance.",
    ),
    (
        "ground interceptors",
        "They fly as generic rockets over a sphere at rest, within a stated range and altitude; "
        "those that steer by air may hold a straight course. Divert in flight is left out.",
    ),
    (
        "order of fire",
        "Weapons fire one after another, each at what the ones before it missed: kills are "
        "known at once, and the time for that is not taken off (worth up to 0.015 in leakage). "
        "All rounds on the ground are ready to fire.",
    ),
    (
        "sensors",
        "Tracks come from line of sight, signal, looks and transport of what stands; track "
        "capacity, confusion, outages and clutter are left out, and most errors and delays are "
        "assumptions. Discrimination is one pair of rates a raid, averaged over its flights.",
    ),
    (
        "interceptors in orbit",
        "A straight fly-out from the coasting orbit, against boost only, ordered once a track is "
        "good enough; their own vulnerability and use in midcourse are left out.",
    ),
    (
        "terminal layer",
        "THAAD, Patriot and SM-6 are fought against intercontinental warheads, which they were "
        "not built for, and are never shown decoys, though THAAD reaches above the air that "
        "strips them. Cruise missiles and drones are met by SM-6, Patriot and NASAMS over flat "
        "ground, where a radar near the horizon sees them; a raid from many sides, jamming and "
        "terrain are left out. Fighters are scrambled once a track has come, and fly no patrols.",
    ),
    (
        "directed energy",
        "Every beam, fluence and range is an assumption. Near the ground lasers fire last, at "
        "drones and subsonic cruise missiles; a turn whose target is dead goes to no other. In "
        "the air and in orbit they fire at boosters. None is counted against warheads or gliders.",
    ),
    (
        "threats",
        "Generic classes: gliders do not weave, cruise missiles follow great circles over no "
        "terrain. What an interceptor kills is one probability by kind of target (warhead, "
        "glider or hypersonic cruise missile, other cruise missile), whatever its speed, aspect "
        "or maneuver; an interceptor that is not built for a kind never fires at it.",
    ),
    (
        "raids",
        "No attack on the shield itself and no adaptation to it; the adversary's choice of "
        "time is averaged over constellation phase.",
    ),
    (
        "cost",
        "A generic model over catalogue prices; agreement with published totals is "
        "calibration of the composition, not confirmation.",
    ),
)


def limit_tables(findings: Iterable[Any]) -> dict[str, list[Row]]:
    """Give what the models leave out, and what the study's check found."""
    return {
        "limits": [{"subject": subject, "text": text} for subject, text in LIMITS],
        "findings": [
            {"severity": f.severity, "where": f.where, "message": f.message} for f in findings
        ],
    }
