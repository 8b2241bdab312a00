"""Raids as a study writes them, and the raids of the bundled study."""

import pytest

from umbo.elements.catalog import load_catalog
from umbo.elements.readings import Readings
from umbo.engagement.flights import fly_raid
from umbo.engagement.raid import draw_raid
from umbo.errors import DomainError, StudyError
from umbo.study import battles
from umbo.study.battles import DRAW_SAMPLE_S, FLIGHT_DRAWS, flights_of_draws
from umbo.study.check import check
from umbo.study.load import catalog_of, load, read_study, resolve, resolved_yaml

TEXT = """\
umbo: 1
title: Several aims
fight: [first]
raids:
  first:
    - missile: icbm_solid
      count: 2
      from: nk_interior
      at: [chicago, strategic_bases]
      loft: 0.1
      reliability: 0.9 (0.8 to 0.95)
  second:
    - missile: icbm_liquid
      count: 2
      from: iran_central
      at: {new_york: 2, boston: 1}
      adversary: North Korea
architectures:
  today:
    elements:
      - {use: lrdr, at: clear}
"""

OWN = """\
places:
  islands:
    lat: 26.5 deg
    lon: 142.0 deg
    radius: 80 km
    kind: launch_area
    nation: China
  strait: {lat: 55 deg, lon: -165 deg, north_south: 300 km, east_west: 600 km, kind: sea_box, nation: Russia}
  depot: {lat: 44.5 deg, lon: -100.1 deg}
raids:
"""

# What is put wrong (old text, new text), the line and column told, and what is told.
WRONG = {
    "unknown aim of a list": ("chicago,", "chicagoo,", 9, 11, "did you mean 'chicago'"),
    "unknown aim with a share": ("boston: 1", "bostn: 1", 16, 11, "did you mean 'boston'"),
    "no aims": ("[chicago, strategic_bases]", "[]", 9, 11, "at least one entry"),
    "share of nothing": ("boston: 1", "boston: 0", 16, 33, "it must be more than 0"),
    "loft": ("loft: 0.1", "loft: 0.9", 10, 13, "it must be at most 0.5"),
    "loft of words": ("loft: 0.1", "loft: high", 10, 13, "is not a number"),
    "reliability": ("0.9 (0.8 to 0.95)", "1.2", 11, 20, "reliability must be 0 to 1"),
    "reliability with unit": ("0.9 (0.8 to 0.95)", "9 km", 11, 20, "write the number alone"),
    "adversary": ("North Korea", "north_korea", 17, 18, "did you mean 'North Korea'"),
    "raid that is not there": ("[first]", "[first, thrid]", 3, 16, "no raid is named 'thrid'"),
    "aim out of reach": ("[chicago, strategic_bases]", "[miami, chicago]", 6, 16, "11000 km"),
}


@pytest.mark.parametrize("case", WRONG)
def test_a_wrong_raid_is_told_with_line_and_column(case):
    old, new, line, column, told = WRONG[case]
    assert old in TEXT

    with pytest.raises(StudyError) as error:
        read_study(TEXT.replace(old, new), "a.yaml")

    assert f"a.yaml, line {line}, column {column} " in str(error.value)
    assert told in str(error.value)
    assert "\n" not in str(error.value)


WRONG_PLACES = {
    "fine position": ("26.5 deg", "26.53 deg", 6, 10, "finer than 0.1 deg; write 26.5 deg"),
    "off the globe": ("142.0 deg", "242.0 deg", 7, 10, "it must be at most 180 deg"),
    "half a box": ("north_south: 300 km, ", "", 11, 11, "both 'north_south' and 'east_west'"),
    "circle and box": ("north_south", "radius: 9 km, north_south", 11, 11, "write one of them"),
    "taken name": ("  depot", "  guam", 12, 3, "has a place or a group 'guam' already"),
    "kind": ("sea_box", "seabox", 11, 86, "did you mean 'sea_box'"),
}


@pytest.mark.parametrize("case", WRONG_PLACES)
def test_a_wrong_place_is_told_with_line_and_column(case):
    old, new, line, column, told = WRONG_PLACES[case]
    text = TEXT.replace("raids:\n", OWN)
    assert old in text

    with pytest.raises(StudyError) as error:
        read_study(text.replace(old, new), "a.yaml")

    assert f"a.yaml, line {line}, column {column} " in str(error.value)
    assert told in str(error.value)


def test_a_study_has_places_of_its_own_to_launch_from_to_aim_at_and_to_stand_at():
    text = TEXT.replace("raids:\n", OWN).replace("nk_interior", "islands")
    text = text.replace("[chicago, strategic_bases]", "depot").replace("at: clear", "at: depot")
    study = read_study(text)
    catalog = catalog_of(study, load_catalog())

    raid = draw_raid("first", study.raids["first"], catalog, phases=64, seed=1)

    assert {shot.aim.id for shot in raid.shots} == {"depot"}
    assert set(raid.adversaries) == {"China"}
    assert resolve(study, load_catalog())["today"].elements
    assert [f for f in check(study, load_catalog()) if "raids.first" in f.where] == []
    assert read_study(resolved_yaml(study)) == study


def test_a_land_missile_in_a_box_at_sea_is_refused():
    text = TEXT.replace("raids:\n", OWN).replace("nk_interior", "strait")
    with pytest.raises(StudyError, match="strait is at sea; choose a launch_area"):
        read_study(text)


def test_a_box_gives_its_nation_to_what_it_launches():
    text = TEXT.replace("raids:\n", OWN).replace("nk_interior", "strait")
    text = text.replace("missile: icbm_solid", "missile: slbm")
    assert [f for f in check(read_study(text), load_catalog()) if "known to" in f.message] == []
    raid = draw_raid(
        "first",
        read_study(text).raids["first"],
        catalog_of(read_study(text), load_catalog()),
        phases=64,
        seed=1,
    )
    assert set(raid.adversaries) == {"Russia"}


def test_a_study_says_which_raids_it_fights():
    assert read_study(TEXT).fought == ["first"]
    assert read_study(TEXT.replace("fight: [first]\n", "")).fought == ["first", "second"]
    assert read_study(TEXT.replace("[first]", "[second, first]")).fought == ["first", "second"]


def test_raids_are_the_same_when_written_and_read_again():
    study = read_study(TEXT)
    assert read_study(resolved_yaml(study)) == study


REFERENCE = load("reference")

# Of each raid: missiles, and warheads that arrive if all do, decoys aside.
SIZES = {
    "regional_single": (1, 1),
    "regional_raid": (10, 10),
    "regional_2035": (110, 110),
    "peer_limited": (20, 60),
    "peer_large": (271, 909),
    "glide": (12, 12),
    "fobs": (12, 12),
    "coastal_cruise": (48, 48),
    "theater_guam": (96, 96),
    "theater_gulf": (96, 96),
    "theater_europe": (96, 96),
    "theater_korea": (96, 96),
    "theater_japan": (96, 96),
    "suppression": (26, 26),
    "stress_all": (13_510, 13_510),
}


def test_the_bundled_raids_are_as_large_as_they_say():
    catalog = load_catalog()
    carried = {
        name: sum(
            one.count * (one.warheads_each or round(catalog.value(one.missile, "warheads").mode))
            for one in launches
        )
        for name, launches in REFERENCE.raids.items()
    }
    missiles = {name: sum(one.count for one in of) for name, of in REFERENCE.raids.items()}

    assert {name: (missiles[name], carried[name]) for name in missiles} == SIZES


def test_the_bundled_study_fights_the_eight_that_it_says():
    assert REFERENCE.fought == [
        "regional_single",
        "regional_raid",
        "regional_2035",
        "peer_limited",
        "peer_large",
        "glide",
        "coastal_cruise",
        "theater_guam",
    ]


def test_every_bundled_launch_has_a_source_and_every_raid_a_note():
    sources = load_catalog().sources
    for name, launches in REFERENCE.raids.items():
        assert launches[0].note, name
        for launch in launches:
            assert set(launch.source.split()) <= set(sources), (name, launch.source)
            assert launch.source, name


def test_no_bundled_raid_is_odd():
    odd = [
        finding
        for finding in check(REFERENCE, load_catalog())
        if finding.severity == "warning" and "raids." in finding.where
    ]
    assert odd == []


def test_draws_of_a_missile_that_does_not_come_there_are_drawn_again():
    study = load("reference").model_copy(update={"seed": 6})
    catalog = catalog_of(study, load_catalog())
    first = [Readings(study.seed, draw, FLIGHT_DRAWS) for draw in range(FLIGHT_DRAWS)]
    drawn = flights_of_draws(study, "glide", catalog, 64)
    plan = drawn[0][0]
    with pytest.raises(DomainError, match="cannot be reached by glide"):
        _ = [fly_raid(plan, catalog, read, sample_s=DRAW_SAMPLE_S) for read in first]
    assert len(drawn) == FLIGHT_DRAWS
    assert all(flights.miss_m.max() < 1000.0 for _, flights, _ in drawn)
    anew = [read.quantiles for _, _, read in drawn]
    again = [now != was.quantiles for now, was in zip(anew, first, strict=True) if was.quantiles]
    assert 1 <= sum(again) < FLIGHT_DRAWS


def test_a_missile_that_no_draw_brings_there_is_refused(monkeypatch):
    study = load("reference").model_copy(update={"seed": 6})
    monkeypatch.setattr(battles, "MOST_TRIALS", 1)
    with pytest.raises(DomainError, match="cannot be reached by glide"):
        flights_of_draws(study, "glide", catalog_of(study, load_catalog()), 64)
