"""Sites of an interceptor in the reference study."""

import pytest

from umbo.elements.catalog import load_catalog
from umbo.errors import StudyError, UnknownNameError
from umbo.study.load import load
from umbo.study.siting import candidates_of, siting_tables

CATALOG = load_catalog()
STUDY = load("reference")


@pytest.fixture(scope="module")
def rows():
    return siting_tables(STUDY, CATALOG, "thaad", "regional_raid", "small", 3)["siting"]


def test_the_exact_choice_covers_no_less_than_the_greedy_one(rows):
    for exact, greedy in zip(rows[::2], rows[1::2], strict=True):
        assert (exact["method"], greedy["method"]) == ("exact", "greedy")
        assert exact["share_covered"] >= greedy["share_covered"] - 1e-9
        assert exact["share_bound"] <= greedy["share_bound"] + 1e-9


def test_more_sites_cover_more(rows):
    exact = [row["share_covered"] for row in rows[::2]]

    assert exact == sorted(exact)
    assert exact[0] > 0.0


def test_candidates_are_public_and_named_once():
    names = [place.id for place in candidates_of(CATALOG)]

    assert len(names) == len(set(names))
    assert {"new_york", "greely", "fort_drum"} <= set(names)


def test_a_weapon_that_nobody_has():
    with pytest.raises(UnknownNameError, match="thad"):
        siting_tables(STUDY, CATALOG, "thad", "regional_raid", "small", 3)


def test_a_weapon_in_orbit():
    with pytest.raises(StudyError, match="no site"):
        siting_tables(STUDY, CATALOG, "sbi", "regional_raid", "small", 3)


@pytest.fixture(scope="module")
def tables():
    return siting_tables(
        STUDY, CATALOG, "thaad", "regional_raid", "small", 3, rounds=40, magazine=20, warheads=2
    )


def test_rounds_placed_exactly_protect_no_less_than_greedily(tables):
    rows = tables["siting_rounds"]

    assert [row["rounds"] for row in rows[::2]] == [10, 20, 40, 60]
    for exact, greedy in zip(rows[::2], rows[1::2], strict=True):
        assert exact["share_protected"] >= greedy["share_protected"] - 1e-9
        assert exact["share_bound"] >= exact["share_protected"] - 1e-9
        assert exact["sites"] <= 3
    shares = [row["share_protected"] for row in rows[::2]]
    assert shares == sorted(shares)


def test_what_is_protected_sums_over_sites_and_categories(tables):
    asked = next(r for r in tables["siting_rounds"] if r["asked"] and r["method"] == "exact")

    assert sum(row["rounds"] for row in tables["siting_sites"]) == asked["rounds_placed"]
    assert sum(row["rounds"] for row in tables["siting_categories"]) == asked["rounds_placed"]
    assert max(row["rounds"] for row in tables["siting_sites"]) <= 20


def test_rounds_cost_in_proportion(tables):
    each = [row["cost_usd"] / row["rounds_placed"] for row in tables["siting_rounds"]]

    assert each == pytest.approx([each[0]] * len(each), rel=1e-12)
    assert 10e6 < each[0] < 60e6  # some 15 M a round bought, and what it takes to keep it


def test_no_round_protects_more_than_covered(tables):
    covered = tables["siting"][-2]["share_covered"]

    for row in tables["siting_rounds"]:
        assert row["share_protected"] <= covered + 1e-9


def test_with_weight_on_bases_alone_another_site_comes_first(rows):
    given = dict.fromkeys(("population", "infrastructure", "allied"), 0.0)
    other = siting_tables(
        STUDY, CATALOG, "thaad", "regional_raid", "small", 1, rounds=1, weights=given
    )

    assert other["siting"][0]["chosen"] != rows[0]["chosen"]
