"""Missile classes: consistent with mechanics, and refused where an item is none."""

import math
from dataclasses import replace

import pytest

from umbo.elements.catalog import load_catalog
from umbo.elements.sourced import Value
from umbo.elements.threats import NEEDED, kind_of, launch_problem, missile_class
from umbo.errors import StudyError

EARTH_RADIUS_M = 6_371_008.8
EARTH_MU_M3_PER_S2 = 3.986004418e14
BALLISTIC = ["icbm_liquid", "icbm_solid", "slbm", "irbm", "mrbm", "srbm"]
MISSILES = [item.id for item in load_catalog().items.values() if item.category == "missile"]


def least_burnout_speed(range_m):
    half = math.sin(range_m / EARTH_RADIUS_M / 2.0)
    return math.sqrt(EARTH_MU_M3_PER_S2 / EARTH_RADIUS_M * 2.0 * half / (1.0 + half))


@pytest.mark.oracle("least-energy arc; Bate, Mueller & White (1971), sec. 6.2")
@pytest.mark.parametrize("name", BALLISTIC)
def test_burnout_speed_of_a_class_suits_its_range(name):
    speed = load_catalog().value(name, "burnout_speed")
    assert (
        speed.low
        <= least_burnout_speed(missile_class(load_catalog().item(name)).range_m)
        <= speed.high
    )


@pytest.mark.oracle("rocket equation without payload; Tsiolkovsky")
@pytest.mark.parametrize("name", [*BALLISTIC, "hgv_long", "hgv_regional", "fobs"])
def test_stages_can_reach_the_burnout_speed(name):
    missile = missile_class(load_catalog().item(name))
    most = (
        missile.stages
        * missile.specific_impulse_s
        * 9.80665
        * -math.log(missile.structural_fraction)
    )
    assert most > 1.3 * missile.burnout_speed_m_per_s  # losses of ascent


@pytest.mark.parametrize("name", MISSILES)
def test_every_class_has_what_a_flight_needs(name):
    missile = missile_class(load_catalog().item(name))
    assert missile.warheads >= 1
    assert 0.5 < missile.reliability <= 1.0
    if missile.is_ballistic:
        assert missile.burn_time_s > 0.0
        assert missile.rv_ballistic_coefficient_kg_per_m2 > 0.0
    else:
        assert (
            missile.speed_m_per_s or missile.glide_entry_speed_m_per_s or missile.orbit_altitude_m
        )


def test_ballistic_classes_are_told_from_the_rest():
    catalog = load_catalog()
    assert [
        name for name in MISSILES if missile_class(catalog.item(name)).is_ballistic
    ] == BALLISTIC


KINDS = {
    **dict.fromkeys(BALLISTIC, "ballistic"),
    **dict.fromkeys(["hgv_long", "hgv_regional"], "glide"),
    **dict.fromkeys(["lacm_subsonic", "cm_supersonic", "hcm", "uas_group3_5"], "cruise"),
    "fobs": "fractional",
}


def test_every_class_tells_its_kind_and_has_what_it_flies_by():
    items = load_catalog().items
    assert {name: kind_of(items[name]) for name in MISSILES} == KINDS


@pytest.mark.parametrize("name", MISSILES)
def test_a_class_without_a_number_that_it_flies_by_is_refused(name):
    item = load_catalog().item(name)
    lost = NEEDED[kind_of(item)][0]
    values = {key: value for key, value in item.values.items() if key != lost}
    with pytest.raises(StudyError, match=f"{name} cannot be flown: as a .* it needs {lost}"):
        kind_of(replace(item, values=values))


def test_a_class_of_no_kind_is_refused():
    item = replace(load_catalog().item("srbm"), values={})
    with pytest.raises(StudyError, match="srbm cannot be flown: no value tells its kind"):
        kind_of(item)


@pytest.mark.parametrize(
    ("missile", "place", "problem"),
    [
        ("icbm_solid", "nk_interior", None),
        ("slbm", "okhotsk", None),
        ("lacm_subsonic", "air_chukchi", None),
        ("hcm", "us_east_coast", None),
        ("icbm_solid", "okhotsk", "icbm_solid is launched from land, and okhotsk is at sea"),
        ("slbm", "nk_interior", "slbm is launched at sea, and nk_interior is on land"),
        ("uas_group3_5", "air_chukchi", "launched from land or at sea, and air_chukchi is in the"),
    ],
)
def test_a_missile_starts_only_where_its_class_does(missile, place, problem):
    catalog = load_catalog()
    found = launch_problem(catalog.item(missile), catalog.place(place))
    assert (found is None) if problem is None else (found is not None and problem in found)


@pytest.mark.parametrize("name", MISSILES)
def test_every_class_says_where_it_starts(name):
    values = load_catalog().item(name).values
    assert {"from_land", "from_sea", "from_air"} & values.keys()
    assert values["shortest_aim"].high < values["longest_aim"].low


def test_a_study_may_put_its_own_value_in():
    item = load_catalog().item("icbm_solid")
    faster = Value("icbm_solid", "burn_time", 60.0, 60.0, 60.0, "s", "ours")
    assert missile_class(item, {"burn_time": faster}).burn_time_s == 60.0
    assert missile_class(item).burn_time_s == 175.0


def test_an_interceptor_is_no_missile_class():
    with pytest.raises(StudyError, match="gbi: its category is interceptor; choose"):
        missile_class(load_catalog().item("gbi"))


@pytest.mark.oracle("constant thrust burns thrust-to-weight x time / specific impulse of the mass")
@pytest.mark.parametrize(
    "item",
    [
        i
        for i in load_catalog().items.values()
        if "stages" in i.values and i.values["stages"].mode == 1
    ],
    ids=lambda item: item.id,
)
def test_one_stage_burns_no_more_than_its_propellant(item):
    mode = {name: value.mode for name, value in item.values.items()}
    burnt = mode["liftoff_thrust_to_weight"] * mode["burn_time"] / mode["specific_impulse"]
    assert burnt < 1.0 - mode["structural_fraction"]
