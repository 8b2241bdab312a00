"""What a run holds of the sizing."""

import pytest

from umbo.elements.catalog import load_catalog
from umbo.errors import StudyError, UnknownNameError
from umbo.study.load import read_study
from umbo.study.sizing_posed import shells_standing
from umbo.study.sizing_run import sizing_tables

STUDY = """
umbo: 1
title: Two architectures
raids:
  few:
    - {missile: icbm_solid, count: 3, from: nk_interior, at: conus_cities}
architectures:
  ground:
    elements:
      - {use: sbirs, count: 6}
  orbit:
    elements:
      - use: sbi
        constellation: {planes: 26, per_plane: 50, altitude: 400 km, inclination: 50 deg}
"""


@pytest.fixture(scope="module")
def catalog():
    return load_catalog()


@pytest.fixture(scope="module")
def study(catalog):
    return read_study(STUDY, catalog=catalog)


@pytest.fixture(scope="module")
def tables(study, catalog):
    return sizing_tables(study, catalog)


def test_preset_stands_beside_the_default(tables):
    rows = tables["sizing_answer"]

    assert [row["preset"] for row in rows] == ["default", "cbo2026"]
    assert [row["missiles"] for row in rows] == [3, 10]
    assert {row["architecture"] for row in tables["sizing_architectures"]} == {"orbit"}
    assert all(row.keys() == rows[0].keys() for row in rows)


def test_a_constellation_waits_for_launches_and_production(tables):
    rows = [row for row in tables["sizing_by_year"] if row["preset"] == "cbo2026"]

    # 18 launches a year grow to 100 in 8 years, 24 interceptors each: 18 + 10.25 / 2 in the first.
    assert rows[0]["satellites"] == pytest.approx(24 * (18 + 10.25 / 2), rel=0.03)
    assert rows[0]["limited_by"] == "launches"
    assert rows[-1]["limited_by"] == "production"


def test_without_interceptors_in_orbit_there_is_nothing(study, catalog):
    ground = study.model_copy(update={"architectures": {"ground": study.architectures["ground"]}})

    assert sizing_tables(ground, catalog) == {}


def test_an_architecture_must_have_interceptors_in_orbit(study, catalog):
    assert sum(shell.count for shell in shells_standing(study, catalog, "orbit")) == 1300
    with pytest.raises(StudyError, match="these have: orbit"):
        shells_standing(study, catalog, "ground")
    with pytest.raises(UnknownNameError, match="did you mean 'orbit'"):
        shells_standing(study, catalog, "orbi")
