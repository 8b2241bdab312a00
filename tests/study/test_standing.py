"""What stands in the year in which an architecture fights: as the schedule has fielded it."""

import pytest

from umbo.elements.catalog import load_catalog
from umbo.study import budget_plan
from umbo.study.load import load, read_study, resolve

CATALOG = load_catalog()
STUDY = """
umbo: 1
title: Radars that are built
raids:
  one: [{missile: icbm_solid, count: 1, from: nk_interior, at: chicago}]
architectures:
  today: {as_of: FY2026, elements: [{use: gbi, count: 44, at: greely}, {use: lrdr, at: clear}]}
  more:
    like: today
    as_of: FY2036
    change: [{use: lrdr, count: 3, at: {clear: 1, fort_drum: 1, cavalier: 1}, in_service: FY2030}]
"""


def radars(study):
    elements = resolve(study, CATALOG)["more"].elements
    return sum(one.count for one in elements if one.use == "lrdr")


def in_year(year, **changes):
    study = read_study(STUDY.replace("FY2036", f"FY{year}"))
    return study.model_copy(update=changes).with_origin(study.origin)


@pytest.mark.oracle("hand: built in 6.5 years from FY2026 on, then 0.4 a year: FY2033 and FY2035")
def test_an_as_of_fights_with_what_is_fielded_by_then():
    build = CATALOG.value("lrdr", "build_time").mode
    rate = CATALOG.value("lrdr", "production_rate").mode
    assert (build, rate) == (6.5, 0.4)

    assert [radars(in_year(year)) for year in (2032, 2033, 2034, 2035)] == [1, 2, 2, 3]


def test_a_study_may_keep_its_own_years():
    assert [radars(in_year(year, fielding="written")) for year in (2028, 2030)] == [0, 3]


def test_without_a_year_everything_stands():
    study = read_study(STUDY.replace("    as_of: FY2036\n", ""))

    assert radars(study) == 3


@pytest.mark.parametrize("year", [2028, 2035])
def test_every_element_stands_as_the_budget_s_schedule_tells(year):
    study = load("reference")
    sections = {
        name: section.model_copy(update={"as_of": f"FY{year}"} if section.like else {})
        for name, section in study.architectures.items()
    }
    dated = study.model_copy(update={"architectures": sections}).with_origin(study.origin)
    planned = budget_plan.plan(study, CATALOG, draws=2)

    for name, standing in list(resolve(dated, CATALOG).items())[1:]:
        fought = {}
        for one in standing.elements:
            fought[one.use] = fought.get(one.use, 0) + one.count
        for use, fielding in planned.schedules[name].fieldings.items():
            told = fielding.stands_in(year)
            spread = any(
                one.constellation for one in planned.architectures[name].elements if one.use == use
            )
            # A constellation stands in full rounds of its planes; all else to the unit.
            assert fought.get(use, 0) <= told
            if not spread:
                assert fought.get(use, 0) == told


def test_authorities_never_let_more_stand_sooner():
    free = [radars(in_year(year)) for year in range(2032, 2040)]
    gated = [radars(in_year(year, authorities="gate")) for year in range(2032, 2040)]

    assert all(late <= soon for late, soon in zip(gated, free, strict=True))
    assert gated != free
