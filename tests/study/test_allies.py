"""What nations add to each other's defense."""

from dataclasses import replace

import numpy as np
import pytest

from umbo.elements.catalog import load_catalog
from umbo.elements.readings import Readings
from umbo.engagement.flights import fly_raid
from umbo.engagement.raid import draw_raid
from umbo.study.allies import (
    allied_tables,
    coalition,
    has_allies,
    nations_near,
    nations_of,
    only,
)
from umbo.study.load import load, resolve
from umbo.study.margins import staged, worth
from umbo.study.priorities import place_scores

CATALOG = load_catalog()
STUDY = load("theaters")
RAID = "theater_japan"


@pytest.fixture(scope="module")
def tables():
    return allied_tables(STUDY, CATALOG, [RAID], ["together"])


@pytest.fixture(scope="module")
def stage():
    plan = draw_raid(RAID, STUDY.raids[RAID], CATALOG, phases=64, seed=STUDY.seed)
    flights = fly_raid(plan, CATALOG, Readings(), sample_s=10.0)
    return staged(plan, flights, CATALOG, STUDY.seed, place_scores(CATALOG))


def test_values_sum_to_the_grand_coalitions(tables, stage):
    together = resolve(STUDY, CATALOG)["together"]
    grand = coalition(together, stage)[0] - coalition(only(together, frozenset()), stage)[0]
    columns = ("leakage_adds", "warheads_adds", "share_protected_adds", "warning_adds_s")

    sums = [sum(row[column] for row in tables["coalition"]) for column in columns]

    assert sums == pytest.approx(grand.tolist(), abs=1e-9)


def test_a_nation_far_away_adds_nothing(tables):
    by_nation = {row["nation"]: row["leakage_adds"] for row in tables["coalition"]}

    assert by_nation["SA"] == pytest.approx(0.0, abs=1e-12)
    assert by_nation["JP"] > 0.05
    assert by_nation["US"] > 0.05


def test_nobody_leaks_more_together_where_all_is_lost_alone(tables):
    for row in tables["cooperation"]:
        assert row["leakage_together"] <= row["leakage_alone"] + 1e-9


def test_shared_warning_lies_between_alone_and_together(tables):
    for row in tables["cooperation"]:
        assert row["leakage_together"] <= row["leakage_warned"] + 1e-9
        assert row["leakage_warned"] <= row["leakage_alone"] + 1e-9


def test_shares_of_the_burden_sum_to_one(tables):
    for column in ("share_of_cost", "share_of_stopped"):
        assert sum(row[column] for row in tables["burden"]) == pytest.approx(1.0, abs=1e-9)
    assert all(row["takes_part"] for row in tables["burden"])


def test_one_nation_alone_has_no_allies():
    assert not has_allies(resolve(load("reference"), CATALOG).values())
    assert np.isin(["US", "JP", "AE"], nations_of(resolve(STUDY, CATALOG)["together"])).all()


def test_every_theater_has_its_raid():
    theaters = ("europe", "gulf", "korea", "japan", "guam", "taiwan_strait")

    assert set(STUDY.raids) == {f"theater_{name}" for name in theaters} | {"homeland"}


def test_a_nation_that_is_no_player_would_add_nothing(stage):
    together = resolve(STUDY, CATALOG)["together"]
    near = nations_near(together, stage)
    far = [nation for nation in nations_of(together) if nation not in near]

    assert {"PL", "ES"} <= set(far)
    assert {"US", "JP"} <= set(near)
    everybody = coalition(together, stage)[0]
    without = coalition(only(together, frozenset(near)), stage)[0]
    assert without.tolist() == pytest.approx(everybody.tolist(), abs=1e-12)


def test_lower_tiers_stop_what_upper_tiers_cannot(stage):
    together = resolve(STUDY, CATALOG)["together"]
    low = {"pac3_mse", "sm6", "nasams"}
    upper = tuple(one for one in together.elements if one.use not in low)

    with_all = coalition(together, stage)[0]
    with_upper = coalition(replace(together, elements=upper), stage)[0]

    assert with_all[0] > with_upper[0] + 0.1  # leakage, negative


def test_perfect_sensors_are_respected(stage):
    together = resolve(STUDY, CATALOG)["together"]
    perfect = replace(stage, perfect=True)

    assert coalition(together, perfect)[0][0] > coalition(together, stage)[0][0]
    assert worth(together, perfect).leakage < worth(together, stage).leakage


def test_weights_move_what_is_protected():
    other = allied_tables(STUDY, CATALOG, [RAID], ["together"], weights={"allied": 0.0})

    assert {row["share_protected_adds"] for row in other["coalition"]} == {0.0}
