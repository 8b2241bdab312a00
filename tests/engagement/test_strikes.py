"""A shield that a raid strikes first: what is lost, from when on, and what that lets through."""

from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest

from umbo.elements.catalog import load_catalog
from umbo.elements.readings import Readings
from umbo.engagement.assignment import assign_batteries
from umbo.engagement.expected import expected
from umbo.engagement.flights import fly_raid
from umbo.engagement.raid import draw_raid
from umbo.engagement.strikes import (
    HITS,
    Strike,
    sites_taken,
    struck,
    taken,
    together,
    without_sites,
)
from umbo.engagement.survey import survey
from umbo.errors import DomainError, StudyError
from umbo.study.load import read_study, resolve, resolved_yaml

TEN = [f"unit {i}" for i in range(10)]


def strikes(**lost):
    return tuple(Strike.model_validate({"hits": hit, "lost": str(x)}) for hit, x in lost.items())


def fought(few, raid, architecture="seeing", read=None):
    return survey(
        few.architectures[architecture],
        raid,
        few.flights,
        few.catalog,
        read or Readings(),
        seed=few.study.seed,
    )


def leakage(few, raid, architecture="seeing"):
    return expected(fought(few, raid, architecture).windows).leakage


@pytest.mark.oracle("counting")
@pytest.mark.parametrize("share", [0.0, 0.1, 0.5, 0.8, 1.0])
def test_a_strike_takes_its_share_of_the_units(share):
    lost = np.array([taken(TEN, share, seed=3, pattern=k) for k in range(400)])

    assert (lost.sum(axis=1) == round(10 * share)).all()
    # Over many losses each unit is taken alike: by golden section within a few hundredths.
    assert lost.mean(axis=0) == pytest.approx(np.full(10, share), abs=0.02)


@pytest.mark.oracle("shares of what is left, in rationals")
def test_strikes_on_the_same_parts_take_of_what_is_left():
    half, third = Fraction(1, 2), Fraction(1, 3)
    found = together([("radars", half), ("sites", third), ("radars", third)])
    assert found == {"radars": Fraction(2, 3), "sites": third}


def test_all_or_nothing_is_lost(few):
    whole = few.architectures["seeing"]

    none = struck(whole, dict.fromkeys(HITS, 0.0), seed=1)
    every = struck(whole, dict.fromkeys(HITS, 1.0), seed=1)

    assert none.elements == whole.elements
    assert none.cut_stations == ()
    assert not any(one.sites for one in every.elements if one.item.model == "radar")
    assert len(every.cut_stations) == 9
    orbiting = [one for one in every.elements if one.use in ("sbirs", "sbi")]
    assert [one.values["availability"].high for one in orbiting] == [0.0, 0.0]
    gone = without_sites(whole, {"sites": 1.0}, seed=1)
    assert not any(one.sites for one in gone.elements if one.item.category == "interceptor")


def test_a_battery_falls_with_the_radar_that_leads_it(few):
    whole = few.architectures["seeing"]
    gone = sites_taken(whole, {"radars": 1.0}, seed=1)
    assert gone == {("thaad", "new_york"), ("thaad", "chicago")}


def test_a_strike_that_takes_nothing_or_comes_too_late_changes_nothing(few):
    before = survey(
        few.architectures["seeing"],
        few.raid,
        few.flights,
        few.catalog,
        Readings(),
        seed=few.study.seed,
    )
    late = tuple(
        Strike.model_validate({"hits": hit, "lost": "1", "arrives": "20 h"}) for hit in HITS
    )
    for first in (strikes(radars=0, sites=0, satellites=0, ground_stations=0), late):
        after = fought(few, replace(few.raid, strikes=first))
        for name in ("boost_shots", "battery", "looks", "p_hand_over", "no_battery_reason"):
            assert np.array_equal(getattr(after.windows, name), getattr(before.windows, name))
        assert after.windows.p_warhead_called_warhead == pytest.approx(
            before.windows.p_warhead_called_warhead, rel=1e-12
        )


def test_without_sites_nothing_is_fired_from_the_ground(few):
    found = fought(few, replace(few.raid, strikes=strikes(sites=1)))
    assert (found.windows.battery == -1).all()
    assert (found.windows.boost_shots == fought(few, few.raid).windows.boost_shots).all()


def test_without_satellites_or_any_sensor_nothing_is_fired_at_all(few):
    blind = fought(few, replace(few.raid, strikes=strikes(satellites=1, radars=1)))
    assert (blind.windows.boost_shots == 0).all()
    means = expected(blind.windows)
    assert means.leakage == pytest.approx(1.0, abs=1e-12)


@pytest.mark.parametrize("hit", HITS)
def test_a_larger_share_lost_lets_no_less_through(few, hit):
    # Which units are lost is drawn alike, so that a larger share takes more of the same.
    found = [
        leakage(few, replace(few.raid, strikes=strikes(**{hit: x}))) for x in (0.0, 0.3, 0.6, 1.0)
    ]
    # Discrimination may be worth more or less by a hair with another set of radars.
    assert all(np.diff(found) >= -2e-3)
    assert found[-1] >= found[0] - 2e-3


def test_a_strike_that_arrives_later_lets_no_more_through(few):
    at = ["0 s", "10 min", "20 min", "40 min"]
    found = [
        leakage(
            few,
            replace(
                few.raid,
                strikes=(
                    Strike.model_validate({"hits": "sites", "lost": "0.5", "arrives": arrives}),
                ),
            ),
        )
        for arrives in at
    ]
    assert found[0] > found[-1]
    assert all(np.diff(found) <= 1e-12)
    assert found[-1] == pytest.approx(leakage(few, few.raid), abs=1e-12)


@pytest.mark.oracle("two missiles and two sites, by hand")
@pytest.mark.parametrize(
    ("own_radar", "served"),
    # Site 0 falls at 350 s. Told at 100 s after launch; the second missile is launched at 300 s.
    # Led by its own radar a site has to stand until the missile comes, 400 s after launch.
    [(False, [[0, 1]]), (True, [[1, 1]])],
)
def test_a_site_serves_only_what_it_can_fire_at_before_it_falls(own_radar, served):
    last = np.inf if own_radar else 200.0
    battery, _, _ = assign_batteries(
        order=np.array([[0, 1]], dtype=np.int32),
        missile=np.array([0, 1], dtype=np.int32),
        shot=np.array([[0, 0]], dtype=np.int32),
        ready_s=np.full((1, 1, 2), 100.0),
        weight=np.ones((1, 2)),
        latest_s=np.array([[[last], [last]]]),
        reason_of=np.zeros((1, 1, 2), dtype=np.int8),
        weapon_of=np.zeros(2, dtype=np.int32),
        stock=np.array([10, 10], dtype=np.int32),
        salvo=np.array([1], dtype=np.int32),
        stands_s=np.array([[350.0, np.inf]]),
        start_s=np.array([0.0, 300.0]),
        impact_s=np.array([400.0]),
    )
    assert battery[0].tolist() == served


def test_a_share_has_a_range_and_the_catalogue_stands_in(few):
    own = Strike.model_validate({"hits": "sites"}).share(few.catalog)
    given = Strike.model_validate({"hits": "sites", "lost": "0.5 (0.2 to 0.9)"}).share(few.catalog)
    assert own == few.catalog.value("strike", "sites")
    assert (given.low, given.mode, given.high, given.conf) == (0.2, 0.5, 0.9, "ours")


def test_a_study_says_what_is_struck_first_and_keeps_it(few_text):
    written = few_text + (
        "strikes_first:\n  few:\n    - {hits: radars, lost: 0.4, arrives: 20 min}\n"
    )
    study = read_study(written)
    assert study.strikes_first["few"][0].arrives_s == 1200.0
    assert read_study(resolved_yaml(study)).strikes_first == study.strikes_first


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("  few: [{hits: radars, lost: '1.5'}]", "0 to 1"),
        ("  few: [{hits: radar}]", "radars"),
        ("  fwe: [{hits: radars}]", "few"),
        ("  few: []", "at least one"),
        ("  few: [{hits: sites, arrives: 20}]", "min"),
    ],
)
def test_a_strike_that_cannot_be_is_refused(few_text, line, message):
    with pytest.raises(StudyError, match=message):
        read_study(f"{few_text}strikes_first:\n{line}\n")


@pytest.mark.parametrize("share", [-0.1, 1.1])
def test_a_share_outside_its_range_is_refused(share):
    with pytest.raises(DomainError, match="0 to 1"):
        taken(TEN, share, seed=1)


def test_a_laser_falls_with_its_site_and_lights_nothing_that_lands_later(few_text):
    text = few_text.replace(
        "architectures:\n",
        "  low:\n    - {missile: lacm_subsonic, count: 4, from: us_east_coast, at: new_york, "
        "spacing: 20 min}\narchitectures:\n  lit:\n    elements:\n"
        "      - {use: hel_ground, count: 4, at: new_york}\n",
    )
    study, catalog = read_study(text), load_catalog()
    shield = resolve(study, catalog)["lit"]
    raid = draw_raid("low", study.raids["low"], catalog, phases=64, seed=study.seed)
    flights = fly_raid(raid, catalog, Readings())
    lands_s = raid.start_s + flights.impact_s[raid.shot]

    def looks(arrives_s, share=1):
        hit = {"hits": "sites", "lost": str(share), "arrives": f"{arrives_s} s"}
        struck_first = replace(raid, strikes=(Strike.model_validate(hit),))
        return survey(
            shield, struck_first, flights, catalog, Readings(), seed=study.seed
        ).windows.looks[:, 0]

    whole = survey(shield, raid, flights, catalog, Readings(), seed=study.seed).windows.looks[:, 0]
    assert whole.any()
    between = float(np.median(lands_s))
    assert np.array_equal(looks(10 * 3600.0), whole)
    assert np.array_equal(looks(between), np.where(lands_s > between, 0, whole))
    assert not looks(0).any()
