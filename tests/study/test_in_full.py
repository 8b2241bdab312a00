"""What a run adds in full."""

import pytest

from umbo.elements.catalog import load_catalog
from umbo.study.in_full import SITED, full_tables
from umbo.study.load import load

CATALOG = load_catalog()


@pytest.fixture(scope="module")
def small():
    """Today's shield alone, without proposals, in few phases."""
    study = load("reference")
    today = {"today": study.architectures["today"]}
    return study.model_copy(update={"architectures": today, "proposals": {}, "phases": 4})


def test_what_is_shared_out_sums_to_what_is_stopped(small):
    made = full_tables(small, CATALOG, ["regional_single"])

    shares = [row for row in made.tables["shapley"] if row["architecture"] == "today"]
    stopped = sum(row["leakage_adds"] for row in shares)
    # One missile meets four shots, and without any of the shield it arrives.
    assert 0.7 < stopped < 1.0
    assert ("gbi", "p_kill") in made.used


def test_no_sites_are_chosen_for_an_interceptor_that_no_architecture_has(small):
    today = small.architectures["today"]
    rest = [one for one in today.elements if one.use != SITED]
    bare = {"today": today.model_copy(update={"elements": rest})}
    made = full_tables(
        small.model_copy(update={"architectures": bare}), CATALOG, ["regional_single"]
    )

    assert not [name for name in made.tables if name.startswith("siting")]
    assert made.cited == []


def test_the_tracking_layer_is_seen_a_year_earlier_too(small):
    made = full_tables(small, CATALOG, ["regional_single"])

    programs = {row["program"] for row in made.tables["custody"]}
    assert programs == {"study", "accelerated"}
    assert {row["raid"] for row in made.tables["custody"]} == {"regional_single"}
    assert {row["change"] for row in made.tables["sensing_leakage"]} >= {"earlier", "more"}
    assert ("tracking", "min_stereo_angle") in made.used
