"""Raids as they are drawn."""

from dataclasses import replace

import numpy as np
import pytest

from umbo.elements.catalog import load_catalog
from umbo.elements.places import Place
from umbo.engagement.raid import Launch, draw_raid, in_reach, problems_of
from umbo.errors import StudyError
from umbo.physics.earth import great_circle_distance

CATALOG = load_catalog()


def launch(**changes):
    written = {"missile": "icbm_solid", "count": 5, "from": "nk_interior", "at": "conus_cities"}
    return Launch.model_validate(written | changes)


def drawn(*launches, phases=64, seed=1):
    return draw_raid("raid", launches, CATALOG, phases=phases, seed=seed)


def test_a_raid_has_the_missiles_warheads_and_decoys_that_were_written():
    raid = drawn(launch(warheads_each=3, decoys_each=4, spacing_s="15 s"), launch(count=2))

    assert raid.missile_types == ("icbm_solid",) * 7
    assert raid.start_s.tolist() == [0.0, 15.0, 30.0, 45.0, 60.0, 0.0, 0.0]
    assert np.bincount(raid.missile).tolist() == [7] * 5 + [1] * 2
    assert np.bincount(raid.missile, weights=raid.is_warhead).tolist() == [3.0] * 5 + [1.0] * 2


def test_launch_points_lie_inside_their_area():
    area = CATALOG.place("nk_interior")

    away = [
        great_circle_distance(area.lat_rad, area.lon_rad, shot.launch_lat_rad, shot.launch_lon_rad)
        for shot in drawn(launch()).shots
    ]

    assert max(away) <= area.radius_m * 1.001  # the sphere's rounding


def test_aim_points_are_drawn_in_proportion_to_their_weight():
    places = in_reach(launch(), CATALOG)
    raid = drawn(launch(count=200), phases=256)

    aims = [raid.shots[i].aim.id for i in raid.shot.ravel()]
    share = aims.count(places[0].id) / len(aims)

    weights = [place.weight for place in places]
    # Binomial: 51 200 draws, standard error below 0.0019; four of them.
    assert share == pytest.approx(weights[0] / sum(weights), abs=0.0076)


def test_the_same_seed_gives_the_same_raid_and_another_does_not():
    assert (drawn(launch()).shot == drawn(launch()).shot).all()
    assert not np.array_equal(drawn(launch(), seed=1).shot, drawn(launch(), seed=2).shot)


def test_fewer_phases_are_the_first_of_more():
    few, many = drawn(launch(), phases=64), drawn(launch(), phases=128)

    assert [few.shots[i] for i in few.shot.ravel()] == [
        many.shots[i] for i in many.shot[:64].ravel()
    ]


def test_a_launch_added_later_does_not_move_the_others():
    alone, beside = drawn(launch()), drawn(launch(), launch(missile="icbm_liquid"))

    assert [alone.shots[i] for i in alone.shot.ravel()] == [
        beside.shots[i] for i in beside.shot[:, :5].ravel()
    ]


def test_a_place_out_of_reach_is_not_aimed_at():
    raid = drawn(launch(missile="slbm", at="conus_cities", **{"from": "okhotsk"}), phases=256)

    aims = {shot.aim.id for shot in raid.shots}

    assert "miami" not in aims
    assert "seattle" in aims


def test_a_launch_that_reaches_no_place_is_refused():
    with pytest.raises(StudyError, match="reaches no place of hawaii"):
        drawn(launch(missile="slbm", at="hawaii", **{"from": "north_atlantic"}))


def aimed(raid):
    return [raid.shots[i].aim.id for i in raid.shot.ravel()]


def test_several_aims_get_the_same_number_each():
    raid = drawn(launch(count=200, at=["chicago", "new_york"]), phases=256)

    # Binomial: 51 200 draws, standard error below 0.0023; four of them.
    assert aimed(raid).count("chicago") / 51_200 == pytest.approx(0.5, abs=0.0092)
    assert set(aimed(raid)) == {"chicago", "new_york"}


def test_aims_with_shares_get_as_many_as_their_share():
    raid = drawn(launch(count=200, at={"strategic_bases": 3.0, "chicago": 1.0}), phases=256)

    # Binomial: 51 200 draws, standard error below 0.0020; four of them.
    assert aimed(raid).count("chicago") / 51_200 == pytest.approx(0.25, abs=0.008)
    assert len(set(aimed(raid))) > 10


def test_one_name_in_a_list_is_the_same_raid_as_the_name():
    alone, listed = drawn(launch()), drawn(launch(at=["conus_cities"]))

    assert aimed(alone) == aimed(listed)


@pytest.mark.oracle("second moment of a uniform disc: half the squared radius")
def test_launch_points_are_even_by_area():
    area = CATALOG.place("ru_siberia")
    raid = draw_raid(
        "raid",
        [launch(count=500, **{"from": "ru_siberia"})],
        CATALOG,
        phases=64,
        seed=1,
        launch_points=400,
    )

    points = np.array(sorted({(s.launch_lat_rad, s.launch_lon_rad) for s in raid.shots}))
    away = great_circle_distance(area.lat_rad, area.lon_rad, points[:, 0], points[:, 1])

    assert len(points) == 400
    # (r / R) squared is uniform: standard error of 400 draws 0.0144; four of them.
    assert np.mean((away / area.radius_m) ** 2) == pytest.approx(0.5, abs=0.058)


@pytest.mark.oracle("moments of a uniform distribution over a box on the sphere")
def test_launch_points_of_a_box_are_even_by_area():
    lat_0, lon_0, km = np.radians(60.0), np.radians(179.0), 1e3 / 6_371_008.8
    box = Place("box", "Box", lat_0, lon_0, kind="sea_box", north_south_m=2e6, east_west_m=1e6)
    catalog = replace(CATALOG, places={**CATALOG.places, "box": box})
    raid = draw_raid(
        "raid",
        [launch(missile="slbm", count=500, at="seattle", **{"from": "box"})],
        catalog,
        phases=64,
        seed=1,
        launch_points=400,
    )

    lat, lon = np.array([(s.launch_lat_rad, s.launch_lon_rad) for s in raid.shots]).T
    east = (lon - lon_0 + np.pi) % (2.0 * np.pi) - np.pi

    assert len(raid.shots) == 400
    assert np.max(np.abs(lat - lat_0)) <= 1_000.0 * km
    assert np.max(np.abs(east)) <= 500.0 * km / np.cos(lat_0) + 1e-9
    assert np.all(np.abs(lon) <= np.pi)
    # Even by area is even in the sine of latitude; the east is in strips.
    south, north = np.sin(lat_0 - 1_000.0 * km), np.sin(lat_0 + 1_000.0 * km)
    assert np.mean((np.sin(lat) - south) / (north - south)) == pytest.approx(0.5, abs=0.058)
    assert np.mean(east) == pytest.approx(0.0, abs=2.0 * km)


def test_loft_adversary_and_reliability_go_with_each_missile():
    raid = drawn(
        launch(count=1, loft=0.2, adversary="China", reliability="0.9 (0.8 to 0.95)"),
        launch(count=1),
    )

    assert {shot.loft for shot in raid.shots} == {0.2, 0.0}
    assert raid.adversaries == ("China", "North Korea")
    own = CATALOG.value("icbm_solid", "reliability")
    assert [(v.low, v.mode, v.high) for v in raid.reliability] == [
        (0.8, 0.9, 0.95),
        (own.low, own.mode, own.high),
    ]
    assert raid.reliability[0].conf == "ours"


def test_a_raid_of_twenty_thousand_is_drawn():
    raid = drawn(launch(count=10_000), launch(count=10_000), phases=64)

    assert raid.shot.shape == (64, 20_000)
    assert len(raid.shots) < 200


@pytest.mark.parametrize(
    ("changes", "key", "told"),
    [
        ({"adversary": "Rusia"}, "adversary", "did you mean 'Russia'"),
        ({"missile": "lacm_subsonic", "loft": 0.1}, "loft", "leave 'loft' out"),
        ({"missile": "hgv_long", "loft": -0.1}, "loft", "no ballistic arc"),
        ({"missile": "slbm", "from": "okhotsk", "at": ["miami"]}, "missile", "7400 km"),
    ],
)
def test_what_cannot_be_in_a_launch_is_told_at_its_key(changes, key, told):
    assert any(k == key and told in m for k, m in problems_of(launch(**changes), CATALOG))
