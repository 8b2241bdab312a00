"""What each element of the reference study adds."""

from dataclasses import replace

import numpy as np
import pytest

from umbo.appraisal.margins import shapley
from umbo.elements.catalog import load_catalog
from umbo.elements.readings import Readings
from umbo.engagement.flights import fly_raid
from umbo.engagement.raid import draw_raid
from umbo.study.load import load, resolve
from umbo.study.margins import margin_rows, of_use, shapley_rows, staged, with_cost, without, worth
from umbo.study.priorities import place_scores

CATALOG = load_catalog()
STUDY = load("reference")
STANDING = list(resolve(STUDY, CATALOG).values())


@pytest.fixture(scope="module")
def stage():
    plan = draw_raid(
        "regional_raid", STUDY.raids["regional_raid"], CATALOG, phases=64, seed=STUDY.seed
    )
    flights = fly_raid(plan, CATALOG, Readings(), sample_s=10.0)
    return staged(plan, flights, CATALOG, STUDY.seed, place_scores(CATALOG))


@pytest.fixture(scope="module")
def rows(stage):
    return margin_rows(STANDING, stage)


def test_each_architecture_has_a_row_for_each_element_of_the_study(rows):
    every = {use for one in STANDING for use in of_use(one)}

    for one in STANDING:
        mine = [row for row in rows if row["architecture"] == one.name]
        assert {row["element"] for row in mine} == every
        left_out = {row["element"] for row in mine if row["change"] == "left_out"}
        assert left_out == set(of_use(one))


def test_what_is_not_fought_anew_adds_what_fighting_it_gives(rows, stage):
    today = STANDING[0]
    now = worth(today, stage)
    for use in ("gbi", "sbirs", "tpy2"):
        row = next(r for r in rows if (r["architecture"], r["element"]) == ("today", use))

        then = worth(without(today, use), stage)

        assert row["leakage_adds"] == pytest.approx(then.leakage - now.leakage, abs=1e-12)


def test_without_its_only_weapon_an_architecture_stops_nothing(rows):
    row = next(r for r in rows if (r["architecture"], r["element"]) == ("today", "gbi"))

    assert row["leakage_then"] == pytest.approx(1.0, abs=1e-12)
    assert row["share_protected_adds"] > 0.3


def test_shapley_values_sum_to_what_the_architecture_stops(stage):
    few = STANDING[0]
    for use in ("fighter", "e3", "thaad", "sm3_ib", "sm6", "aegis_ship", "aegis_ashore"):
        few = without(few, use)
    shares = shapley_rows(few, stage, orders=4)
    exact = shapley_rows(few, stage, exact_up_to=9)

    whole = 1.0 - worth(few, stage).leakage
    for each in (shares, exact):
        assert sum(row["leakage_adds"] for row in each) == pytest.approx(whole, abs=1e-9)
    assert {row["orders"] for row in exact} == {0}
    assert {row["orders"] for row in shares} == {4}


@pytest.mark.oracle("Shapley's value of who adds nothing to any coalition is 0: all of them fought")
def test_a_weapon_out_of_reach_gets_nothing_and_leaves_the_others_theirs(stage):
    few = STANDING[0]
    for use in ("fighter", "e3", "nasams", "sm3_ib", "sm6", "lrdr", "uewr", "cobra_dane"):
        few = without(few, use)  # gbi, tpy2, sbirs and so on, and THAAD on Guam
    shared = {
        row["element"]: row["leakage_adds"] for row in shapley_rows(few, stage, exact_up_to=9)
    }
    names = list(of_use(few))

    def stopped(members):
        chosen = {names[i] for i in members}
        left = [e for e in few.elements if e.use in chosen or e.use not in names]
        return np.array([-worth(replace(few, elements=tuple(left)), stage).leakage])

    every = shapley(len(names), stopped).value[:, 0]

    assert shared["thaad"] == 0.0
    assert set(shared) == set(names)
    for name, wanted in zip(names, every, strict=True):
        assert shared[name] == pytest.approx(wanted, abs=1e-12)


def test_a_billion_buys_in_proportion(rows):
    some = [row for row in rows if (row["architecture"], row["element"]) == ("today", "gbi")]

    (costed,) = with_cost(some, {("today", "gbi"): 2e9})

    assert costed["warheads_per_busd"] == pytest.approx(some[0]["warheads_adds"] / 2.0, rel=1e-12)
