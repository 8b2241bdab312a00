"""What nations add to each other's defense."""

import numpy as np
import pytest

from umbo.elements.catalog import load_catalog
from umbo.elements.readings import Readings
from umbo.engagement.flights import fly_raid
from umbo.engagement.raid import draw_raid
from umbo.study.allies import allied_tables, coalition, has_allies, nations_of, only
from umbo.study.load import load, resolve
from umbo.study.margins import staged
from umbo.study.priorities import place_scores

CATALOG = load_catalog()
STUDY = load("theaters")
RAID = "theater_japan"


@pytest.fixture(scope="module")
def tables():
    return allied_tables(STUDY, CATALOG, [RAID])


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


def test_shares_of_the_burden_sum_to_one(tables):
    for column in ("share_of_cost", "share_of_stopped"):
        assert sum(row[column] for row in tables["burden"]) == pytest.approx(1.0, abs=1e-9)
    assert not any(row["takes_part"] for row in tables["burden"] if row["nation"] == "TW")


def test_one_nation_alone_has_no_allies():
    assert not has_allies(resolve(load("reference"), CATALOG).values())
    assert np.isin(["US", "JP", "AE"], nations_of(resolve(STUDY, CATALOG)["together"])).all()


def test_every_theater_has_its_raid():
    theaters = ("europe", "gulf", "korea", "japan", "guam", "taiwan_strait")

    assert set(STUDY.raids) == {f"theater_{name}" for name in theaters}
