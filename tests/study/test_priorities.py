"""The prioritized locations of a study."""

import pytest

from umbo.elements.assets import CATEGORIES, locations_of, read_locations
from umbo.elements.catalog import load_catalog
from umbo.errors import SourceError, StudyError
from umbo.study.load import load
from umbo.study.priorities import (
    priority_tables,
    protected_rows,
    protection_tables,
    read_weights,
)

CATALOG = load_catalog()


@pytest.fixture(scope="module")
def ranked():
    return priority_tables(load("reference"), CATALOG)[0]


def test_every_category_has_its_locations(ranked):
    rows = ranked["priorities"]
    count = {c: sum(row["category"] == c for row in rows) for c in CATEGORIES}

    assert count["countervalue"] >= 100
    assert count["second_strike"] >= 17
    assert 25 <= count["infrastructure"] <= 40
    assert {row["group"] for row in rows if row["category"] == "allied"} == {
        "europe", "gulf", "korea", "japan", "guam", "taiwan_strait",
    }  # fmt: skip


def test_positions_are_coarse(ranked):
    for row in ranked["priorities"]:
        assert row["lat_deg"] == round(row["lat_deg"], 1)
        assert row["lon_deg"] == round(row["lon_deg"], 1)


def test_a_weight_of_nothing_sends_a_category_to_the_end():
    rows = priority_tables(load("reference"), CATALOG, weights={"allied": 0.0})[0]["priorities"]

    assert all(row["score"] == 0.0 for row in rows if row["category"] == "allied")
    assert rows[-1]["score"] == 0.0


@pytest.mark.oracle("worked by hand: population 1 and finance 0.7, of 100 + 90 + 50 + 40")
def test_the_largest_city_scores_as_worked_by_hand(ranked):
    first = ranked["priorities"][0]

    # In New York lie ports (0.8) and finance (0.7); the more important counts.
    assert first["location"] == "New York City, NY"
    assert first["score"] == pytest.approx((100 + 50 * 0.8) / 280, abs=1e-12)


@pytest.mark.oracle("worked by hand: 1 of 4 warheads through at the first of two alike")
def test_protection_is_that_worked_by_hand():
    bases = [one for one in locations_of(CATALOG) if one.role == "icbm_field"][:2]
    arriving = {one.places[0].id: 4.0 for one in bases}

    (row,) = protected_rows([(one, 0.5) for one in bases], arriving, {bases[0].places[0].id: 1.0})

    assert row["leakage"] == pytest.approx(1.0 / 8.0, abs=1e-12)
    assert row["share_protected"] == pytest.approx((0.75 + 1.0) / 2.0, abs=1e-12)


def test_a_larger_shield_protects_more(ranked):
    study = load("reference")
    rows = protection_tables(study, CATALOG, ranked["priorities"], ["regional_raid"])["protection"]

    for category in ("countervalue", "second_strike", "infrastructure"):
        kept = [row["share_protected"] for row in rows if row["category"] == category]
        assert len(kept) == len(study.architectures)
        assert kept == sorted(kept)


@pytest.mark.parametrize("text", ["people=3", "population=-1", "population", "allied=much"])
def test_weights_that_cannot_be_read(text):
    with pytest.raises(StudyError, match="--weights"):
        read_weights(text)


def test_a_role_without_a_value():
    lines = ["place,category,role,area,source,note", "minot,second_strike,parade,Minot,ours,"]

    with pytest.raises(SourceError, match="parade"):
        read_locations(lines, "assets.csv", CATALOG)
