"""Places and asset groups: what is read, and what is refused."""

import math

import pytest

from umbo.elements.places import read_asset_groups, read_cities, read_places
from umbo.elements.sourced import Source
from umbo.errors import SourceError

SOURCES = {"atlas": Source("atlas", "", "2020", "an atlas", "", "", "")}
PLACES = "id,name,kind,lat,lon,radius_km,nation,category,source,conf,note"
CITIES = "id,name,state,lat,lon,population,metro_population"
GROUPS = "id,name,states,largest,members,source,note"
ROWS = [
    "small,Small,AA,40.0,-100.0,10,20",
    "big,Big,AA,41.0,-100.0,30,50",
    "far,Far,BB,1.0,2.0,5,40",
]


def read_groups(*rows):
    places = read_places(
        [PLACES, "fort,Fort,site,64.0,-145.7,5,US,x,atlas,verified,"], "p.csv", SOURCES
    )
    return read_asset_groups(
        [GROUPS, *rows], "g.csv", SOURCES, places, read_cities([CITIES, *ROWS], "c.csv")
    )


def test_a_place_is_read_in_radians_and_meters():
    places = read_places(
        [PLACES, "fort,Fort,site,64.0,-145.7,5,US,x,atlas,verified,"], "p.csv", SOURCES
    )
    fort = places["fort"]
    assert math.degrees(fort.lat_rad) == pytest.approx(64.0, rel=1e-12)
    assert math.degrees(fort.lon_rad) == pytest.approx(-145.7, rel=1e-12)
    assert fort.radius_m == 5000.0


def test_a_group_takes_the_largest_cities_of_its_states():
    group = read_groups("g,G,AA BB,2,,atlas,")["g"]
    assert [place.id for place in group.places] == ["big", "far"]
    assert [place.weight for place in group.places] == [50.0, 40.0]


def test_a_group_takes_named_members():
    assert [place.id for place in read_groups("g,G,,,fort,atlas,")["g"].places] == ["fort"]


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ("a,A,site,91.0,0.0,0,US,x,atlas,verified,", r"line 2 \(a\): '91.0', '0.0' is no position"),
        ("a,A,site,10.0,181.0,0,US,x,atlas,verified,", "no position; write latitude within 90"),
        ("a,A,site,north,0.0,0,US,x,atlas,verified,", "no position"),
        ("a,A,site,nan,0.0,0,US,x,atlas,verified,", "no position"),
        ("a,A,site,10.03,0.0,0,US,x,atlas,verified,", "round positions to 0.1 degree"),
        ("a,A,site,10.0,0.0,0,US,x,nobody,verified,", "source 'nobody' is not in sources.csv"),
    ],
)
def test_a_bad_place_is_refused(row, message):
    with pytest.raises(SourceError, match=message):
        read_places([PLACES, row], "p.csv", SOURCES)


def test_a_place_twice_is_refused():
    row = "a,A,site,10.0,0.0,0,US,x,atlas,verified,"
    with pytest.raises(SourceError, match=r"line 3 \(a\): stands twice"):
        read_places([PLACES, row, row], "p.csv", SOURCES)


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ("g,G,,,fort nowhere,atlas,", "'nowhere' is not in places.csv; add it there"),
        ("g,G,,,,atlas,", "the group is empty"),
        ("g,G,ZZ,3,,atlas,", "the group is empty"),
        ("g,G,AA,1,,nobody,", "source 'nobody'"),
    ],
)
def test_a_bad_group_is_refused(row, message):
    with pytest.raises(SourceError, match=message):
        read_groups(row)
