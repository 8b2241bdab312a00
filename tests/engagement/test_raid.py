"""Raids as they are drawn."""

import numpy as np
import pytest

from umbo.elements.catalog import load_catalog
from umbo.engagement.raid import Launch, draw_raid, in_reach
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
