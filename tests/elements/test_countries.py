"""Countries of points, against the catalogue's own places and hand-picked ones."""

import numpy as np
import pytest

from umbo.elements.catalog import load_catalog
from umbo.elements.countries import AT_SEA, countries_at

NAMES = {
    "DE": "Germany",
    "PL": "Poland",
    "SA": "Saudi Arabia",
    "JP": "Japan",
    "KR": "South Korea",
    "TR": "Turkey",
    "ES": "Spain",
    "GB": "United Kingdom",
    "IT": "Italy",
    "RO": "Romania",
    "US": "United States of America",
    "TW": "Taiwan",
}


@pytest.mark.oracle("nations of the catalogue's places (GeoNames, OurAirports)")
def test_places_lie_in_their_nation():
    places = [
        one
        for one in load_catalog().places.values()
        if one.nation in NAMES and one.kind in ("city", "site") and one.category != "forward"
    ]
    found = countries_at([p.lat_rad for p in places], [p.lon_rad for p in places])

    others = [
        (p.id, name)
        for p, name in zip(places, found, strict=True)
        if name not in (NAMES[p.nation], AT_SEA)  # coarse coasts put some ports at sea
    ]
    at_sea = sum(name == AT_SEA for name in found)
    assert len(places) > 150
    assert len(others) <= 3, others  # bases on another's soil, by owner
    assert at_sea < 0.25 * len(places)


@pytest.mark.oracle("an atlas")
@pytest.mark.parametrize(
    ("lat", "lon", "name"),
    [
        (55.75, 37.6, "Russia"),
        (66.0, -175.0, "Russia"),  # beyond the date line
        (66.0, 185.0, "Russia"),
        (40.0, 126.5, "North Korea"),
        (47.9, 106.9, "Mongolia"),
        (-29.6, 28.2, "Lesotho"),  # within South Africa
        (-29.0, 24.0, "South Africa"),
        (60.0, -100.0, "Canada"),
        (72.0, -40.0, "Greenland"),
        (45.0, -40.0, AT_SEA),
    ],
)
def test_points_of_an_atlas(lat, lon, name):
    assert countries_at(np.radians(lat), np.radians(lon)) == name
