"""Raids as a study writes them, and the raids of the bundled study."""

import pytest

from umbo.elements.catalog import load_catalog
from umbo.errors import StudyError
from umbo.study.check import check
from umbo.study.load import load, read_study, resolved_yaml

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
bundled = pytest.mark.skipif(
    "theater_guam" not in REFERENCE.raids, reason="the raids wait for their classes to fly"
)


@bundled
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


@bundled
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


@bundled
def test_every_bundled_launch_has_a_source_and_every_raid_a_note():
    sources = load_catalog().sources
    for name, launches in REFERENCE.raids.items():
        assert launches[0].note, name
        for launch in launches:
            assert set(launch.source.split()) <= set(sources), (name, launch.source)
            assert launch.source, name


@bundled
def test_no_bundled_raid_is_odd():
    odd = [
        finding
        for finding in check(REFERENCE, load_catalog())
        if finding.severity == "warning" and "raids." in finding.where
    ]
    assert odd == []
