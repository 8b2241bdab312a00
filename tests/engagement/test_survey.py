from dataclasses import replace

import numpy as np
import pytest

from umbo.elements.command import Command
from umbo.elements.readings import Readings
from umbo.engagement.expected import expected
from umbo.engagement.reaching import track
from umbo.engagement.simulate import simulate
from umbo.engagement.survey import survey
from umbo.engagement.windows import REASONS

RADIUS_KM = 6_378.137


@pytest.fixture(scope="module")
def surveyed(few):
    return {
        name: survey(
            architecture, few.raid, few.flights, few.catalog, Readings(), seed=few.study.seed
        )
        for name, architecture in few.architectures.items()
    }


@pytest.mark.oracle("a flat disc at burnout, times the density of an inclined shell, by hand")
@pytest.mark.parametrize("missile", ["icbm_solid", "icbm_liquid"])
def test_interceptors_in_reach_in_boost(few, surveyed, missile):
    f, reach = few.flights, surveyed["seeing"].reach[0]
    counted = []
    for i, shot in enumerate(f.shots):
        if shot.missile != missile:
            continue
        # 15 gee to 4 km/s from 45 s after launch on, up to burnout.
        burn_s = 4.0 / (15 * 9.80665e-3)
        reach_km = 4.0 * (f.burnout_s[i] - 45.0) - 4.0 * burn_s / 2.0
        away = 400.0 - f.burnout_altitude_m[i] / 1e3
        disc_km2 = np.pi * (reach_km**2 - away**2)
        x, y, z = f.position_at(np.full((len(f.shots), 1), f.burnout_s[i]))[i, 0]
        latitude = np.arctan2(z, np.hypot(x, y))
        # Mean over the disc of 1 / (2 pi^2 sqrt(sin^2 i - sin^2 latitude)), by strips.
        strips = np.linspace(-1.0, 1.0, 2_002)[1:-1]
        lat = latitude + strips * np.sqrt(disc_km2 / np.pi) / (RADIUS_KM + 400.0)
        room = np.sin(np.radians(50.0)) ** 2 - np.sin(lat) ** 2
        density = np.where(room > 0.0, 1.0 / (2 * np.pi**2 * np.sqrt(np.maximum(room, 1e-9))), 0.0)
        mean = np.average(density, weights=np.sqrt(1.0 - strips**2))
        counted.append(900 * 0.9 * mean * disc_km2 / (RADIUS_KM + 400.0) ** 2)
    is_type = np.array(few.raid.missile_types) == missile

    found = reach.count[:, is_type].mean()

    # A disc is flat, the shell is 21 km nearer in the north, and 192 counts have their luck.
    assert found == pytest.approx(np.mean(counted), rel=0.12)


def test_two_shells_of_one_interceptor_are_one_weapon(surveyed):
    one, two = surveyed["seeing"], surveyed["two_shells"]
    assert two.windows.boost_weapons == ("sbi",)
    assert [r.satellites for r in two.reach] == [1_800]
    assert two.windows.boost_shots.max() == two.windows.boost_wanted[0]
    assert np.all(two.windows.boost_shots >= one.windows.boost_shots - 1)
    assert expected(two.windows).leakage < expected(one.windows).leakage


def test_without_warning_nothing_is_shot_at(surveyed):
    windows = surveyed["bare"].windows
    assert not windows.boost_shots.any()
    assert not windows.looks.any()
    assert set(np.unique(windows.no_battery_reason)) == {REASONS.index("undetected")}
    assert set(np.unique(windows.boost_reason)) == {REASONS.index("undetected")}
    assert expected(windows).leakage == pytest.approx(1.0, rel=1e-12)


def test_who_can_be_engaged_comes_within_range_and_altitude_in_time(few, surveyed):
    found, f = surveyed["seeing"], few.flights
    place = {name: few.catalog.place(name.split("/")[1]) for name in found.windows.batteries}
    for b, name in enumerate(found.windows.batteries):
        use = name.split("/")[0]
        value = {key: v.mode for key, v in few.catalog.item(use).values.items()}
        site = _on_sphere(place[name], f.position_ecef_m[0, 0])
        distance = np.linalg.norm(f.position_ecef_m - site, axis=2)
        for p, m in np.ndindex(found.shot.shape):
            i = found.shot[p, m]
            ready_s = found.ready_s[found.weapon_of[b], p, m]
            if not np.isfinite(ready_s):
                continue
            inside = (
                (distance[i] < value["max_range"] + 40e3)
                & (f.altitude_m[i] > value["min_intercept_altitude"] - 40e3)
                & (f.altitude_m[i] < value["max_intercept_altitude"] + 40e3)
                & (f.time_s > ready_s + (distance[i] - 40e3) / value["burnout_speed"])
                & (f.time_s < f.impact_s[i])
            )
            # Of a sample of five seconds, a warhead moves up to 36 km.
            in_time = ready_s <= found.latest_s[i, b, 0] < np.inf
            assert not in_time or inside.any(), (name, f.shots[i])


def _on_sphere(place, like):
    up = [
        np.cos(place.lat_rad) * np.cos(place.lon_rad),
        np.cos(place.lat_rad) * np.sin(place.lon_rad),
        np.sin(place.lat_rad),
    ]
    return np.linalg.norm(like) * np.array(up)


def test_a_terminal_battery_defends_its_own_city_only(few, surveyed):
    found = surveyed["seeing"]
    for b, name in enumerate(found.windows.batteries):
        use, city = name.split("/")
        if use != "thaad":
            continue
        in_time = np.isfinite(found.ready_s[found.weapon_of[b]]).any()
        in_time &= found.latest_s[:, b, 0] > -np.inf
        at_home = [shot.aim.id == city for shot in few.flights.shots]
        far = [
            np.hypot(
                shot.aim.lat_rad - few.catalog.place(city).lat_rad,
                shot.aim.lon_rad - few.catalog.place(city).lon_rad,
            )
            > np.radians(5.0)
            for shot in few.flights.shots
        ]
        assert np.all(in_time[at_home])
        assert not in_time[far].any()


def test_limits_of_discrimination_hold_the_study_between_them(surveyed):
    found = surveyed["seeing"]
    best, told, worst = (
        expected(found.under(kind)).leakage for kind in ("recognised", "study", "not_told_apart")
    )
    assert best <= told <= worst


def test_discrimination_is_heeded_only_where_it_helps(few, surveyed):
    found = surveyed["more"]
    heeded, ignored = (
        survey(
            few.architectures["more"], few.raid, few.flights, few.catalog, Readings(),
            seed=few.study.seed, listens=listens,
        )
        for listens in (True, False)
    )  # fmt: skip
    leakage = [expected(one.windows).leakage for one in (heeded, ignored)]
    assert expected(found.windows).leakage == min(leakage)


@pytest.mark.parametrize("helped", ["more", "better"])
def test_more_rounds_or_better_ones_let_fewer_through(surveyed, helped):
    assert expected(surveyed[helped].windows).leakage < expected(surveyed["seeing"].windows).leakage


@pytest.mark.parametrize("gone", ["sbirs", "cobra_dane", "uewr"])
def test_a_sensor_less_tells_no_sooner_and_hands_over_no_better(few, surveyed, gone):
    seeing = few.architectures["seeing"]
    kept = tuple(e for e in seeing.elements if e.use != gone)
    less = survey(
        replace(seeing, elements=kept), few.raid, few.flights, few.catalog, Readings(),
        seed=few.study.seed,
    )  # fmt: skip

    found = surveyed["seeing"]
    assert np.all(less.ready_s >= found.ready_s - 1e-6)
    is_told = np.isfinite(less.ready_s)
    # The mean over a flight, from samples that are 20 s apart.
    assert np.all(less.windows.p_hand_over[is_told] <= found.windows.p_hand_over[is_told] + 0.02)


def test_a_cause_common_to_all_keeps_each_kill_probability_and_spreads_luck(few, surveyed):
    c2bmc = few.catalog.item("c2bmc")
    wide = {
        "common_fault_probability": replace(
            c2bmc.values["common_fault_probability"], mode=0.2, high=0.2
        ),
        "common_fault_factor": replace(c2bmc.values["common_fault_factor"], mode=0.4),
    }
    item = replace(c2bmc, values={**c2bmc.values, **wide})
    catalog = replace(few.catalog, items={**few.catalog.items, "c2bmc": item})
    shield = few.architectures["seeing"]

    found = survey(shield, few.raid, few.flights, catalog, Readings(), seed=few.study.seed)

    alone, w = surveyed["seeing"].windows, found.windows
    assert (alone.shared_q, w.shared_q, w.shared_f) == (0.0, 0.2, 0.4)
    assert w.boost_p_kill == pytest.approx(alone.boost_p_kill / 0.88, rel=1e-12)
    assert w.on_average.p_kill == pytest.approx(alone.p_kill, rel=1e-12)
    spread = [simulate(of, 4_000, seed=1).leakers_mean for of in (alone, w)]
    assert spread[1].high - spread[1].low > spread[0].high - spread[0].low


def test_channels_and_reload_of_a_doctrine_reach_the_battle(few, surveyed):
    def fought(**doctrine):
        shield = few.architectures["more"]
        elements = tuple(
            replace(e, doctrine=e.doctrine.model_copy(update=doctrine)) if e.use == "gbi" else e
            for e in shield.elements
        )
        changed = replace(shield, elements=elements)
        return survey(
            changed, few.raid, few.flights, few.catalog, Readings(), seed=few.study.seed
        ).windows

    before = surveyed["more"].windows
    ample = fought(channels=64, channel_time_s=1.0, ready=100, reload_s=60.0)
    for name in ("battery", "looks", "no_battery_reason", "stock"):
        assert np.array_equal(getattr(ample, name), getattr(before, name)), name

    few_channels = fought(channels=1, channel_time_s=3_600.0)
    gbi = few_channels.weapons.index("gbi")
    assert (few_channels.battery[:, gbi] >= 0).sum(axis=1).max() == 2  # one at each of two sites
    assert REASONS.index("channel_busy") in few_channels.no_battery_reason[:, gbi]

    in_lots = fought(ready=4, reload_s=1.0)
    of_gbi = [n for n in in_lots.batteries if n.startswith("gbi/")]
    assert of_gbi[0] == "gbi/greely"
    assert of_gbi[1] == "gbi/greely#2"
    assert [int(n) for n in in_lots.stock[: len(of_gbi)]] == [4] * 7 + [2] + [4] * 2 + [2]
    never = fought(ready=4, reload_s=80_000.0)
    leak = [expected(w).leakage for w in (before, in_lots, never, fought(ready=8, reload_s=8e4))]
    assert leak[2] > leak[3] > leak[0]
    assert leak[1] == pytest.approx(leak[0], abs=0.02)


@pytest.mark.oracle("sorting by hand: heaviest place first, then the first to arrive")
def test_preferential_defense_serves_the_heaviest_places_first(few):
    def served(serve):
        shield = replace(few.architectures["seeing"], command=Command(serve=serve))
        return survey(shield, few.raid, few.flights, few.catalog, Readings(), seed=few.study.seed)

    by_arrival, by_weight = served("by_arrival"), served("by_weight")
    shots, w = few.raid.shots, by_weight.windows
    weight = np.array([shot.aim.weight for shot in shots])[few.raid.shot]
    arrives = few.raid.start_s + few.flights.impact_s[few.raid.shot]
    for phase in range(few.raid.phases):
        missiles = list(dict.fromkeys(w.missile[w.order[phase]].tolist()))
        wanted = sorted(range(6), key=lambda m: (-weight[phase, m], arrives[phase, m]))
        assert missiles == wanted

    def people_hit(found):
        means = expected(found.windows).leakers_by_asset
        of = {shot.aim.id: shot.aim.weight for shot in shots}
        return sum(n * of[name] for n, name in zip(means, found.windows.assets, strict=True))

    # Eight rounds at two each meet four of six missiles with their decoys: those that matter most.
    assert people_hit(by_weight) < people_hit(by_arrival)
    leakage = [expected(one.windows).leakage for one in (by_arrival, by_weight)]
    assert leakage[1] == pytest.approx(leakage[0], abs=0.03)


def test_a_reserve_is_not_fired(few, surveyed):
    def fought(reserve):
        shield = few.architectures["more"]
        elements = tuple(
            replace(e, doctrine=e.doctrine.model_copy(update={"reserve": reserve}))
            if e.use == "gbi"
            else e
            for e in shield.elements
        )
        return survey(
            replace(shield, elements=elements),
            few.raid,
            few.flights,
            few.catalog,
            Readings(),
            seed=few.study.seed,
        ).windows

    assert fought(6).stock[:2].tolist() == [24, 4]
    assert fought(6).reserving == ("gbi/greely", "gbi/vandenberg")
    assert fought(40).stock[:2].tolist() == [0, 0]
    leak = [expected(w).leakage for w in (surveyed["more"].windows, fought(8), fought(40))]
    assert leak[0] <= leak[1] < leak[2]
    reasons = [
        simulate(w, 500, 1).leakers_by_reason for w in (surveyed["more"].windows, fought(40))
    ]
    assert reasons[0]["held_back"] == 0 == reasons[1]["magazine_empty"]
    assert reasons[1]["held_back"] > 0


@pytest.mark.oracle("the same raid held on its own")
def test_raids_of_the_same_shots_that_start_apart_are_held_apart(few):
    later = replace(few.raid, start_s=few.raid.start_s + 3_000.0)

    def held(raid, flights):
        given = (few.architectures["seeing"], raid, flights, few.catalog, Readings())
        return track(*given, seed=few.study.seed).all.error_m

    first, second = held(few.raid, few.flights), held(later, few.flights)
    alone = held(later, replace(few.flights))  # of which nothing is known

    assert not np.array_equal(first, second)
    assert np.array_equal(second, alone)
