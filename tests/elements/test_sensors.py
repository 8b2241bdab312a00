"""Infrared satellites and the brightness of missiles, as read from the catalogue."""

import math

import numpy as np
import pytest

from umbo.elements.architecture import ArchitectureSection, likeness, resolve_architectures
from umbo.elements.catalog import load_catalog
from umbo.elements.readings import Readings
from umbo.elements.sensors import even, infrared_of, read_infrared, read_signature

CATALOG = load_catalog()
INFRARED = [item for item in CATALOG.items.values() if item.model in {"warning", "tracking"}]


def fielded(use, count):
    section = ArchitectureSection.model_validate({"elements": [{"use": use, "count": count}]})
    return resolve_architectures({"one": section}, CATALOG)["one"].elements[0]


@pytest.mark.oracle("two bearings at right angles to the base line, solved by hand")
def test_a_stated_accuracy_is_that_of_two_satellites_at_sixty_degrees():
    sensor = read_infrared(fielded("t2_tracking", 54), CATALOG, Readings())

    # In the plane (s^2 + s^2) / sin^2 60 = 8/3 s^2, across it s^2 / 2, a third of both.
    spread = math.sqrt((8.0 / 3.0 + 0.5) / 3.0)
    assert sensor.angle_error_rad * 2_000e3 * spread == pytest.approx(500.0, rel=1e-9)


@pytest.mark.parametrize("item", INFRARED, ids=lambda item: item.id)
def test_every_infrared_satellite_can_be_read(item):
    sensor = read_infrared(fielded(item.id, 12), CATALOG, Readings())

    assert sensor.is_tracking == (item.model == "tracking")
    assert 1e-6 < sensor.angle_error_rad < 1e-3
    assert 0.0 < sensor.availability <= 1.0


def test_defense_payloads_see_cold_bodies_and_warning_satellites_do_not():
    cold = {
        item.id: read_infrared(fielded(item.id, 12), CATALOG, Readings()).cold_share
        for item in INFRARED
    }

    assert cold["hbtss"] == 1.0
    assert 0.0 < cold["t2_tracking"] < cold["t3_tracking"] < 1.0
    assert cold["t1_tracking"] == cold["sbirs"] == 0.0


@pytest.mark.parametrize(
    ("use", "count", "standing"),
    [
        ("t2_tracking", 54, 54),
        ("t2_tracking", 37, 36),
        ("t1_tracking", 28, 28),
        ("t1_tracking", 3, 3),
    ],
)
def test_a_layer_half_built_has_as_many_in_every_plane(use, count, standing):
    assert even(fielded(use, count)).count == standing


def test_a_layer_grows_by_whole_rows():
    assert even(fielded("t2_tracking", 54), 0.1).count == 60
    assert even(fielded("t1_tracking", 28), 0.1).count == 32


def test_only_infrared_satellites_are_of_the_layer():
    one = fielded("sbirs", 6)
    section = ArchitectureSection.model_validate(
        {"elements": [{"use": "sbirs", "count": 6}, {"use": "t1_transport", "count": 126}]}
    )
    architecture = resolve_architectures({"one": section}, CATALOG)["one"]

    assert [e.use for e in infrared_of(architecture)] == [one.use]


def test_a_glider_is_hot_where_a_warhead_is_cold():
    glider = read_signature(CATALOG.item("hgv_long"), "glide", CATALOG, Readings())
    warhead = read_signature(CATALOG.item("icbm_solid"), "ballistic", CATALOG, Readings())
    cruise = read_signature(CATALOG.item("lacm_subsonic"), "cruise", CATALOG, Readings())

    assert glider.hot > 1_000.0 * warhead.cold
    assert warhead.hot == 0.0
    assert cruise.plume == 0.0
    assert cruise.hot == 50.0
    assert np.isinf(cruise.hot_below_m)


def test_a_study_s_constellation_grows_in_its_planes():
    section = ArchitectureSection.model_validate(
        {
            "elements": [
                {
                    "use": "hbtss",
                    "constellation": {
                        "planes": 4,
                        "per_plane": 10,
                        "altitude": "1000 km",
                        "inclination": "80 deg",
                    },
                }
            ]
        }
    )
    element = resolve_architectures({"one": section}, CATALOG)["one"].elements[0]

    grown = even(element, 0.5)

    assert (grown.count, grown.constellation.planes) == (60, 4)
    assert likeness(even(element)) == likeness(element)
