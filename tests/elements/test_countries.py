"""In which country a place lies, against an atlas and a fact book."""

import numpy as np
import pytest

from umbo.elements.catalog import load_catalog
from umbo.elements.countries import SEA, country_at, load_countries

CITIES = {  # latitude and longitude of places well inside, from an atlas
    "North Korea": (40.3, 126.9),
    "Russia": (67.0, 100.0),
    "Canada": (56.0, -106.0),
    "United States of America": (64.8, -150.0),
    "Kazakhstan": (48.0, 67.0),
    "Brazil": (-10.0, -55.0),
    "Australia": (-25.0, 134.0),
    "South Africa": (-32.0, 22.0),
    "Lesotho": (-29.6, 28.3),
    "Antarctica": (-85.0, 30.0),
    "New Zealand": (-44.0, 170.5),
}
SEAS = {
    "Pacific": (30.0, -150.0),
    "Arctic": (88.0, 10.0),
    "Bering": (62.0, 180.0),
    "Atlantic": (0.0, -20.0),
}


@pytest.mark.oracle("places well inside countries and seas, by an atlas")
def test_places_lie_in_their_countries():
    lat, lon = np.radians(list(CITIES.values()) + list(SEAS.values())).T

    found = country_at(lat, lon)

    assert found.tolist() == [*CITIES, SEA, SEA, SEA, SEA]


@pytest.mark.oracle("the United States Census Bureau's cities lie in the United States")
def test_american_cities_lie_in_america():
    cities = load_catalog().asset_group("conus_cities").places

    found = country_at([c.lat_rad for c in cities], [c.lon_rad for c in cities])

    assert len(cities) >= 20
    assert np.mean(found == "United States of America") > 0.9  # coasts are smoothed


@pytest.mark.oracle("areas of countries with inland waters, CIA World Factbook, million km2")
def test_countries_are_as_large_as_they_are():
    number = 60_000
    lat = np.arcsin(1.0 - (2.0 * np.arange(number) + 1.0) / number)
    lon = np.arange(number) * np.pi * (3.0 - np.sqrt(5.0))  # evenly over the globe

    found = country_at(lat, lon)

    for name, area in {
        "Russia": 17.10,
        "Canada": 9.98,
        "United States of America": 9.83,
        "Brazil": 8.52,
        "Australia": 7.74,
        "Kazakhstan": 2.72,
        SEA: 361.1,
    }.items():
        assert np.mean(found == name) * 510.1 == pytest.approx(area, rel=0.05)  # lakes, islands


def test_a_country_goes_on_beyond_the_date_line():
    lat, lon = np.radians([67.0, 67.0, 67.0]), np.radians([179.0, -179.0, 100.0])

    assert set(country_at(lat, lon)) == {"Russia"}


def test_a_turn_of_longitude_changes_nothing():
    lat, lon = np.radians([[40.3, 60.0], [48.0, -29.6]]), np.radians([[126.9, 100.0], [67.0, 28.3]])

    assert np.array_equal(country_at(lat, lon), country_at(lat, lon + 2.0 * np.pi))
    assert country_at(lat, lon).shape == (2, 2)


def test_every_outline_is_closed_and_on_the_globe():
    for country in load_countries().values():
        assert -190.0 < country.west < country.east < 200.0
        assert -90.0 <= country.south < country.north <= 90.0
        for ring in country.rings:
            assert np.allclose(ring[0], ring[-1])
