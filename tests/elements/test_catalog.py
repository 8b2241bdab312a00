"""The catalogue: names found and refused, and values checked against what was published."""

import math

import pytest

from umbo.elements.catalog import load_catalog
from umbo.errors import UnknownNameError

KM_PER_NAUTICAL_MILE = 1.852
KM_PER_MILE = 1.609344


# The published figures, worked by hand; each line says what was printed where.
@pytest.mark.oracle("figures printed in the cited sources, worked by hand")
@pytest.mark.parametrize(
    ("item", "parameter", "published", "rel"),
    [
        ("gbi", "p_kill", 12 / 21, 0.005),  # Berkowitz: 12 of 21 tests
        ("gbi", "unit_cost", 1000e6 / 14, 0.001),  # $1 billion for 14
        ("ngi", "unit_cost", 111e6, 1e-9),  # CAPE 2021
        ("aegis_ship", "unit_cost", 4958.8e6 / 2, 0.001),  # two ships, FY2025
        ("sm3_iia", "unit_cost", 133.3e6 / 4, 0.002),  # FMS notice of 2018
        ("t1_tracking", "unit_cost", (700e6 + 617e6) / 28, 0.002),  # two contracts
        ("t2_tracking", "unit_cost", (919e6 + 890e6 + 740e6) / 54, 0.002),  # three contracts
        ("t3_tracking", "unit_cost", (1100e6 + 805e6 + 764e6 + 843e6) / 72, 0.002),
        ("sbi", "unit_cost", 22e6, 1e-9),  # CBO 2026, average satellite
        ("sbi", "operations_cost", 1000e6 / 7800, 0.02),  # CBO 2026
        ("thaad_battery", "rounds_per_unit", 6 * 8, 1e-9),  # six launchers of eight
        ("aerostat", "max_range", 340 * KM_PER_MILE * 1e3, 0.001),  # AIAA: 340 miles
        ("aerostat", "altitude", 10_000 * 0.3048, 1e-9),  # 10,000 feet
        ("ngopir_geo", "altitude", 35_786e3, 1e-9),  # geostationary altitude
    ],
)
def test_catalogue_holds_what_was_published(item, parameter, published, rel):
    assert load_catalog().value(item, parameter).mode == pytest.approx(published, rel=rel)


@pytest.mark.oracle("Fylingdales: 3,000 nautical miles, the upper public range")
def test_early_warning_radar_reaches_3000_nautical_miles_at_most():
    value = load_catalog().value("uewr", "max_range")
    assert value.high == pytest.approx(3000 * KM_PER_NAUTICAL_MILE * 1e3, abs=500.0)  # 0.5 km


@pytest.mark.oracle("published coordinates of city halls and airfields, to 0.1 degree")
@pytest.mark.parametrize(
    ("place", "lat_deg", "lon_deg"),
    [
        ("new_york", 40.7128, -74.0060),
        ("honolulu", 21.3069, -157.8583),
        ("greely", 63.995, -145.72),
        ("vandenberg", 34.737, -120.584),
        ("andersen", 13.584, 144.93),
        ("pituffik", 76.531, -68.703),
    ],
)
def test_places_stand_where_they_are_rounded_to_a_tenth(place, lat_deg, lon_deg):
    found = load_catalog().place(place)
    assert math.degrees(found.lat_rad) == pytest.approx(lat_deg, abs=0.051)  # rounding
    assert math.degrees(found.lon_rad) == pytest.approx(lon_deg, abs=0.051)  # rounding


def test_catalogue_is_read_once():
    assert load_catalog() is load_catalog()


def test_names_that_are_there_are_found():
    catalog = load_catalog()
    assert catalog.item("gbi").category == "interceptor"
    assert catalog.place("clear").nation == "US"
    assert len(catalog.asset_group("conus_cities").places) == 40


@pytest.mark.parametrize(
    ("ask", "message"),
    [
        (lambda c: c.item("hbts"), "no item is named 'hbts'; did you mean 'hbtss'?"),
        (lambda c: c.value("gbi", "p_kil"), "no parameter of gbi is named 'p_kil'; did you mean"),
        (lambda c: c.value("gbbi", "p_kill"), "no item is named 'gbbi'"),
        (lambda c: c.place("greeley"), "no place is named 'greeley'; did you mean 'greely'?"),
        (lambda c: c.asset_group("conus"), "no asset group is named 'conus'"),
    ],
)
def test_an_unknown_name_is_answered_with_the_nearest(ask, message):
    with pytest.raises(UnknownNameError) as refused:
        ask(load_catalog())
    assert message in str(refused.value)


def test_the_largest_cities_are_in_the_contiguous_states():
    group = load_catalog().asset_group("conus_cities")
    states = {place.name[-2:] for place in group.places}
    assert not states & {"AK", "HI"}
    weights = [place.weight for place in group.places]
    assert weights == sorted(weights, reverse=True)


@pytest.mark.oracle("US Census 2020: the New York area is the largest, then Los Angeles, Chicago")
def test_largest_metropolitan_areas_come_first():
    places = load_catalog().asset_group("conus_cities").places
    assert [place.id for place in places[:3]] == ["new_york", "los_angeles", "chicago"]


@pytest.mark.parametrize("borough", ["brooklyn", "queens", "manhattan", "the_bronx"])
def test_parts_of_a_city_are_counted_with_it(borough):
    assert borough not in load_catalog().places
