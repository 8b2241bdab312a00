"""A tiny catalogue, so that these tests do not depend on the bundled numbers."""

from math import radians

import pytest

from umbo.elements.catalog import Catalog, Item
from umbo.elements.places import AssetGroup, Place
from umbo.elements.sourced import Source, Value


def item(id_, category, layer="", model="", **values):
    return Item(
        id_,
        id_.upper(),
        category,
        {
            name: Value(id_, name, low, mode, high, unit, "record", conf="verified")
            for name, (low, mode, high, unit) in values.items()
        },
        layer=layer,
        model=model,
    )


def place(id_, lat, lon, **more):
    return Place(id_, id_.title(), radians(lat), radians(lon), **more)


@pytest.fixture(scope="session")
def catalog():
    items = [
        item(
            "gbi",
            "interceptor",
            "midcourse",
            p_kill=(0.25, 0.57, 0.73, "1"),
            burnout_speed=(6000.0, 7000.0, 8300.0, "m/s"),
            unit_cost=(7.0e7, 7.5e7, 9.0e7, "usd"),
            shots_per_target=(2.0, 4.0, 5.0, "1"),
        ),
        item("sbi_aei", "space_interceptor", "boost", "fights", unit_cost=(1e6, 22e6, 4e7, "usd")),
        item("hbtss", "space_sensor", "sensing", unit_cost=(5e7, 1e8, 2e8, "usd")),
        item("lrdr", "radar", "sensing"),
        item("icbm_solid", "missile", longest_aim=(1.2e7, 1.2e7, 1.2e7, "m")),
        item("icbm_liquid", "missile", longest_aim=(1.2e7, 1.2e7, 1.2e7, "m")),
        item("launch_to_orbit", "market", cost=(1000.0, 2000.0, 3000.0, "usd/kg")),
    ]
    places = [
        place("fort_greely", 64.0, -145.7),
        place("vandenberg", 34.7, -120.6),
        place("clear", 64.3, -149.2),
        place("north_korea_interior", 40.0, 126.5, kind="launch_area", category="icbm_solid"),
    ]
    city = place("city_one", 40.0, -75.0)
    return Catalog(
        items={one.id: one for one in items},
        places={one.id: one for one in places},
        asset_groups={"conus_cities": AssetGroup("conus_cities", "Cities", (city,))},
        sources={"record": Source("record", "A", "2024", "T", "P", "https://example.org", "2026")},
    )


STUDY = """\
umbo: 1
title: A small study
raids:
  regional_raid:
    - missile: icbm_solid
      count: 10
      from: north_korea_interior
      at: conus_cities
      spacing: 15 s
architectures:
  today:
    as_of: FY2026
    elements:
      - use: gbi
        count: 44
        at: {fort_greely: 40, vandenberg: 4}
      - {use: lrdr, at: clear}
  small:
    like: today
    as_of: FY2036
    add:
      - use: hbtss
        constellation: {planes: 4, per_plane: 6, altitude: 1000 km, inclination: 60 deg}
        in_service: FY2030
"""


@pytest.fixture(scope="session")
def written():
    """A sound study as text, to be spoiled by each test in one place."""
    return STUDY
