"""Interceptors in orbit beyond boost, in the battle."""

from dataclasses import replace

import numpy as np
import pytest

from umbo.elements.architecture import Architecture
from umbo.elements.constellations import orbits_of
from umbo.elements.readings import Readings
from umbo.engagement.expected import expected
from umbo.engagement.orbit_layers import LONGEST_FLIGHT_S, span_of
from umbo.engagement.reaching import SIDEREAL_DAY_S, reach_raid
from umbo.engagement.replanning import replay
from umbo.engagement.simulate import simulate
from umbo.engagement.survey import survey
from umbo.engagement.windows import REASONS
from umbo.errors import StudyError
from umbo.physics.earth import ecef_to_inertial
from umbo.physics.orbits import inertial_positions
from umbo.physics.reach import fly_out_range

GOLDEN = 0.6180339887498949


def with_layers(few, layers, **values):
    """Give the architecture of the small study with sensors, its interceptors in these layers."""
    base = few.architectures["seeing"]
    elements = []
    for e in base.elements:
        if e.use == "sbi":
            own = {
                name: replace(e.values[name], low=value, mode=value, high=value)
                for name, value in values.items()
            }
            e = replace(e, layers=tuple(layers), values={**e.values, **own})  # noqa: PLW2901
        elements.append(e)
    return Architecture(base.name, base.title, base.as_of, tuple(elements))


def surveyed(few, layers, *, perfect=True, **values):
    return survey(
        with_layers(few, layers, **values),
        few.raid, few.flights, few.catalog, Readings(), seed=few.study.seed, perfect=perfect,
    )  # fmt: skip


@pytest.fixture(scope="module")
def boost(few):
    return surveyed(few, ())


@pytest.fixture(scope="module")
def every(few):
    return surveyed(few, ("boost", "ascent", "midcourse", "glide"))


@pytest.mark.oracle("every satellite at every tenth of a second of its layer, one by one")
@pytest.mark.parametrize("layer", ["ascent", "midcourse"])
def test_who_is_in_reach_is_who_comes_near_in_time(few, layer):
    sbi = next(e for e in few.architectures["seeing"].elements if e.use == "sbi")
    found = surveyed(few, (layer,), availability=1.0)
    reach = found.pools.reach[0] if found.pools else found.reach[0]
    flights, value = few.flights, {name: v.mode for name, v in sbi.values.items()}
    first, last = span_of(layer, flights, few.catalog, Readings())
    told_s = reach.ordered_s  # everything is known at launch, so that all are told at once

    for phase, missile in ((0, 0), (5, 1), (9, 3)):
        f = few.raid.shot[phase, missile]
        times = np.arange(max(first[f], told_s) + 0.1, last[f], 0.5)
        path = flights.position_at(np.tile(times, (len(flights.shots), 1)))[f]
        high = (
            np.interp(times, flights.time_s, flights.altitude_m[f])
            > value["min_intercept_altitude"]
        )
        epoch = SIDEREAL_DAY_S * np.mod(phase * GOLDEN, 1.0) + few.raid.start_s[missile]
        target = ecef_to_inertial(path, epoch + times)
        far = fly_out_range(
            np.minimum(times - told_s, LONGEST_FLIGHT_S), value["burnout_speed"],
            value["acceleration"],
        )  # fmt: skip
        near = sum(
            int(
                (
                    (np.linalg.norm(inertial_positions(shell, epoch + times)
                                    - target[:, None], axis=-1) <= far[:, None])
                    & high[:, None]
                ).any(axis=0).sum()
            )
            for shell in orbits_of(sbi.constellation)
        )  # fmt: skip

        assert near > 3
        # Ten or 32 meetings in place of all, and orders on whole steps of 2.5 s: never more.
        assert 0.93 * near <= reach.count[phase, missile] <= near + 1


def test_boost_alone_is_the_default_of_the_type(few, boost):
    same = surveyed(few, ("boost",))
    assert boost.pools is None
    assert np.array_equal(same.windows.boost_shots, boost.windows.boost_shots)
    assert same.windows.weapons == boost.windows.weapons


def test_no_interceptor_serves_two_layers(few, every):
    satellites = every.reach[0].satellites
    shots = every.windows.boost_shots.sum(axis=(0, 2)) + every.pools.stock.sum(axis=(0, 2))
    assert np.all(shots <= satellites)
    few_left = surveyed(few, ("boost", "midcourse"), availability=0.02)
    works = 0.02 * satellites
    used = few_left.windows.boost_shots.sum(axis=(0, 2)) + few_left.pools.stock.sum(axis=(0, 2))
    assert used.max() <= works + 5.0 * np.sqrt(works)  # of the binomial spread
    assert few_left.pools.stock.sum() > 0


def test_what_boost_takes_is_not_there_in_midcourse(few):
    alone = surveyed(few, ("midcourse",), availability=0.02)
    after = surveyed(few, ("boost", "midcourse"), availability=0.02)
    assert after.windows.boost_shots.sum() > 0
    taken = alone.pools.reach[0].count - after.pools.reach[0].count
    assert np.all(taken >= 0)
    assert taken.sum() > 0
    assert after.pools.stock.sum() < alone.pools.stock.sum()


def test_each_layer_more_lets_fewer_through(few, boost, every):
    layers = [("boost",), ("boost", "ascent"), ("boost", "ascent", "midcourse")]
    leakage = [expected(surveyed(few, one).windows).leakage for one in layers]
    assert leakage[0] == pytest.approx(expected(boost.windows).leakage, rel=1e-12)
    assert leakage[0] > leakage[1] > leakage[2]
    # Nothing of this raid glides.
    assert expected(every.windows).leakage == pytest.approx(leakage[2], abs=1e-12)


def test_surest_interceptors_in_plenty_let_nothing_through(few):
    sure = {"p_kill": 1.0, "availability": 1.0, "common_fault_probability": 0.0}
    windows = surveyed(few, ("midcourse",), **sure).under("recognised")
    assert windows.boost_shots.size == 0
    assert expected(windows).leakage == pytest.approx(0.0, abs=1e-9)


def test_decoys_not_told_apart_cost_midcourse_interceptors(few):
    found = surveyed(few, ("midcourse",))
    shots = [expected(found.under(kind)).shots[0] for kind in ("recognised", "not_told_apart")]
    assert found.windows.weapons[0] == "sbi#midcourse"
    decoys = 1.0 + few.raid.decoys_each / (few.raid.is_warhead.sum() / len(few.raid.start_s))
    assert shots[1] == pytest.approx(decoys * shots[0], rel=0.02)  # where none runs short


def test_the_battle_is_the_same_by_expected_value_and_by_luck(every):
    outcome = simulate(every.windows, 40_000, seed=3)
    found = expected(every.windows)
    half = outcome.leakage.high - outcome.leakage.low
    assert found.leakage == pytest.approx(outcome.leakage.value, abs=half)
    kills = dict(zip(outcome.weapons, outcome.kills_by_weapon, strict=True))
    for weapon, mean in zip(found.weapons, found.kills, strict=True):
        assert mean == pytest.approx(kills[weapon].value, abs=0.02 + 0.03 * mean)


def test_layers_are_told_in_the_order_of_a_flight(every):
    outcome = simulate(every.windows, 10, seed=3)
    told = dict(zip(outcome.weapons, outcome.layers, strict=True))
    assert told["sbi"] == "boost"
    assert told["sbi#ascent"] == "ascent"
    assert told["sbi#midcourse"] == "midcourse"
    assert {event.layer for event in replay(every.windows, 3, 0)} >= {"boost"}


def test_what_is_not_held_after_boost_is_not_met(few):
    found = survey(
        Architecture("bare", "", 2036, tuple(
            e for e in with_layers(few, ("midcourse",)).elements if e.use == "sbi"
        )),
        few.raid, few.flights, few.catalog, Readings(), seed=1,
    )  # fmt: skip
    assert not found.pools.stock.any()
    assert set(np.unique(found.pools.reason)) == {REASONS.index("undetected")}


def test_a_floor_above_the_glide_leaves_gliders_alone(glide):
    low = glide(("glide",), min_intercept_altitude=40e3)
    high = glide(("glide",))
    assert low.stock.sum() > 0
    assert not high.stock.any()
    assert set(np.unique(high.reason)) == {REASONS.index("unreachable")}


def test_midcourse_interceptors_fire_at_no_glider(glide):
    assert not glide(("midcourse",), min_intercept_altitude=40e3).stock.any()


@pytest.fixture
def glide(few):
    from umbo.engagement.flights import fly_raid
    from umbo.engagement.raid import Launch, draw_raid

    launch = Launch.model_validate(
        {"missile": "hgv_long", "count": 2, "from": "ru_central", "at": "conus_cities"}
    )
    raid = draw_raid("glide", [launch], few.catalog, phases=4, seed=1)
    flights = fly_raid(raid, few.catalog, Readings())

    def pools(layers, **values):
        return reach_raid(
            with_layers(few, layers, **values),
            raid, flights, few.catalog, Readings(), seed=1, perfect=True,
        ).boost.pools  # fmt: skip

    return pools


@pytest.mark.parametrize(
    ("element", "wrong"),
    [
        ("{use: gbi, count: 4, at: fort_greely, layers: [ascent]}", "fights in its own layer"),
        (
            "{use: sbi, layers: [], constellation: {count: 4, altitude: 400 km, "
            "inclination: 50 deg}}",
            "at least one layer",
        ),
    ],
)
def test_layers_are_refused_where_they_mean_nothing(few, element, wrong):
    from umbo.study.load import read_study, resolve

    text = f"""
umbo: 1
title: t
question: q
seed: 1
raids: {{one: [{{missile: icbm_solid, count: 1, from: nk_interior, at: conus_cities}}]}}
architectures: {{a: {{elements: [{element}]}}}}
"""
    with pytest.raises(StudyError, match=wrong):
        resolve(read_study(text), few.catalog)
