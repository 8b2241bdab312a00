"""Authorities: when they are in hand, what they delay by how much, and what haste buys."""

from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from umbo.appraisal.authorities import gate
from umbo.appraisal.cost import ArchitectureCost, CostRow
from umbo.appraisal.gates import (
    building_gates,
    day_at,
    first_whole_year,
    fiscal_position,
    gate_dates,
    gated_year,
)
from umbo.elements.architecture import Architecture, Fielded
from umbo.elements.catalog import Item, load_catalog
from umbo.elements.interceptors import Doctrine
from umbo.elements.places import Place
from umbo.elements.register import Authority, load_register, read_register
from umbo.elements.sourced import Value
from umbo.errors import SourceError
from umbo.study.load import read_study, resolve

START = date(2027, 10, 1)  # first day of fiscal 2028


def value(item, parameter, low, mode=None, high=None):
    mode, high = low if mode is None else mode, low if high is None else high
    return Value(item, parameter, low, mode, high, "year", "ours")


def authority(id_, stage, *months, elements=("radar_x",), only_where=""):
    years = [one / 12.0 for one in months]
    return Authority(
        *(id_, id_.title(), "statute", "", "", elements, only_where, stage, "Someone"),
        value(id_, "lead_time", *years),
        *("exists", "ours", "", "ours", "ours", "ours", ""),
    )


def element(in_service=2030, building=2.0, place="maine", use="radar_x", **more):
    values = {"build_time": value(use, "build_time", building)}
    item = Item(use, use, "radar", values)
    sites = ((Place(place, place, 0.7, -1.2, nation=more.pop("where", "US")), 1),)
    return Fielded(
        use, item, 1, sites, None, Doctrine(), values, in_service, "US", True, "", "", **more
    )


def register(*authorities):
    return {one.id: one for one in authorities}


@pytest.mark.oracle("the calendar: 24 + 24 months after 1 October 2027 is 1 October 2031, FY2032")
def test_a_gate_moves_the_fielding_date_by_the_right_amount():
    needs = register(authority("permit", "build", 24))

    assert gate_dates(needs, element(), START).mode == date(2029, 10, 1)
    assert gated_year(needs, element(in_service=2030), START) == 2032
    assert gated_year({}, element(in_service=2030), START) == 2030


@pytest.mark.oracle("hand: the later of two authorities counts, those for use run beside building")
@pytest.mark.parametrize(
    ("needs", "stands"),
    [
        ([("a", "build", 6), ("b", "build", 18)], 2031.5),  # 1.5 + 2 years after FY2028 begins
        ([("a", "build", 6), ("b", "use", 60)], 2033.0),  # five years
        ([("a", "build", 12), ("b", "test", 18)], 2032.5),  # 1 + 2 + 1.5
        ([("a", "use", 12)], 2030.0),  # as planned
        ([("a", "none", 90)], 2030.0),
    ],
)
def test_stages_add_up(needs, stands):
    found = gated_year(register(*(authority(*one) for one in needs)), element(), START)

    assert found == first_whole_year(stands)


def test_what_is_under_way_holds_what_building_needs():
    needs = register(authority("permit", "build", 24), authority("rule", "use", 30))

    # Built in two years for fiscal 2029, so begun a year before the start, with the rule sought.
    assert gated_year(needs, element(in_service=2029), START) == 2030  # 2027.0 + 2.5 years
    assert gated_year(needs, element(in_service=2028), START) == 2028  # stands already


@pytest.mark.parametrize(
    ("only_where", "place", "nation", "is_needed"),
    [
        ("", "maine", "US", True),
        ("new_place", "maine", "US", True),
        ("new_place", "clear", "US", False),
        ("abroad", "maine", "US", False),
        ("abroad", "redzikowo", "PL", True),
        ("nation:PL", "redzikowo", "PL", True),
        ("nation:RO", "redzikowo", "PL", False),
    ],
)
def test_some_are_needed_only_in_some_places(only_where, place, nation, is_needed):
    one = authority("permit", "build", 24, only_where=only_where)

    found = one.needed_by(element(place=place, where=nation), {"clear"})

    assert found == is_needed


def costed(architecture, usd, draws=400):
    row = CostRow("a", "radar_x", "procurement", "procurement", 1, usd, usd, usd, 2026, True)
    return ArchitectureCost(architecture.name, (row,), np.full((1, 1 + draws), usd), 2026, ())


def gated(needs, elements=None, share=0.05, **more):
    stands = Architecture("a", "", 2040, tuple(elements or [element()]))
    return gate(
        stands, register(*needs), START, costed(stands, 1e9), value("m", "share", share), **more
    )


@pytest.mark.oracle("hand: 24 months late at 5 % a year of a billion dollars is 100 million")
def test_days_and_dollars_of_an_authority_and_of_haste():
    found = gated([authority("permit", "build", 24), authority("rule", "build", 6)])

    one = found.elements[0]
    permit, rule = found.authorities
    assert one.delay_days.mode == pytest.approx(730.5, abs=0.01)  # two years
    assert one.delay_usd.mode == pytest.approx(100e6, rel=1e-9)
    assert one.gated == 2032
    assert one.binding == permit.authority == "permit"
    assert permit.most_days == pytest.approx(547.9, abs=0.1)  # 18 months: then the rule binds
    assert permit.usd.mean == pytest.approx(75e6, rel=1e-9)
    assert rule.most_days == 0.0
    assert found.whole.mode == date(2031, 10, 1)
    assert found.planned == date(2029, 10, 1)


@pytest.mark.oracle("hand: the mean of a triangle from 12 to 48 months with its peak at 24 is 28")
def test_haste_buys_the_way_down_to_the_low_end():
    found = gated([authority("permit", "build", 12, 24, 48)])

    (permit,) = found.authorities
    assert permit.most_days == pytest.approx(28 / 12 * 365.25, abs=1.0)
    assert permit.days_bought == pytest.approx(16 / 12 * 365.25, abs=1.0)
    assert permit.usd_bought == pytest.approx(16 / 12 * 0.05 * 1e9, rel=2e-3)


def test_the_whole_waits_for_its_last_element():
    late = [element(use="radar_x"), element(use="radar_y", in_service=2036)]
    needs = [authority("permit", "build", 24, elements=("radar_x", "radar_y"))]

    found = gated(needs, late)

    assert [one.gated for one in found.elements] == [2032, 2036]
    assert found.authorities[0].whole_days == 0.0
    assert found.authorities[0].most_delayed == "radar_x"


def test_at_once_the_years_of_the_study_do_not_count():
    needs = [authority("permit", "build", 12)]

    usual, at_once = (
        gated(needs, [element(in_service=2036)], at_once=way).elements[0] for way in (False, True)
    )

    assert usual.delay_days.mode == 0.0
    assert at_once.delay_days.mode == pytest.approx(365.25, abs=0.01)
    assert at_once.gated == 2031


def test_a_schedule_is_told_when_building_may_begin():
    needs = register(authority("permit", "build", 6, 24, 36), authority("rule", "use", 60))
    stands = Architecture("a", "", 2040, (element(), element(use="radar_z")))

    assert building_gates(stands, needs, START) == {"radar_x": 2030.0}


def test_a_day_and_its_fiscal_year_are_each_others_reverse():
    for day in (date(2025, 10, 1), date(2026, 9, 30), date(2028, 2, 29), date(2030, 1, 1)):
        assert day_at(fiscal_position(day)) == day
    assert first_whole_year(fiscal_position(date(2030, 10, 1))) == 2031
    assert first_whole_year(fiscal_position(date(2030, 10, 2))) == 2032


STUDY = """
umbo: 1
fielding: written
title: A gate
horizon: {from: FY2028}
raids:
  one: [{missile: icbm_solid, count: 1, from: nk_interior, at: chicago}]
architectures:
  today: {elements: [{use: gbi, count: 4, at: greely}, {use: lrdr, at: clear}]}
  later:
    like: today
    as_of: YEAR
    change: [{use: lrdr, count: 2, at: {clear: 1, cavalier: 1}, in_service: FY2036}]
"""


def later(year, authorities="listed"):
    text = STUDY.replace("YEAR", year).replace("title:", f"authorities: {authorities}\ntitle:")
    return resolve(read_study(text), load_catalog())["later"]


@pytest.mark.oracle("hand: environmental review 24 months, then 6.5 years: 8.5 after fiscal 2028")
def test_a_gate_moves_an_as_of_answer_by_the_right_amount():
    def radars(year, authorities):
        return sum(one.count for one in later(year, authorities).elements if one.use == "lrdr")

    assert [radars(f"FY{year}", "listed") for year in (2035, 2036, 2037)] == [0, 2, 2]
    assert [radars(f"FY{year}", "gate") for year in (2035, 2036, 2037)] == [0, 0, 2]
    standing = {one.use: one.in_service for one in later("FY2040", "gate").elements}
    assert standing == {"gbi": 2026, "lrdr": 2037}


def test_without_the_key_a_study_keeps_its_years():
    assert {one.use: one.in_service for one in later("FY2040").elements} == {
        "gbi": 2026,
        "lrdr": 2036,
    }


def test_the_register_is_whole():
    found = load_register()

    assert len(found) > 25
    assert sum(one.gates for one in found.values()) >= 25
    for one in found.values():
        assert one.owner, one.id
        assert one.expedite, one.id
        assert one.note or one.stage != "none", one.id
    assert {one.kind for one in found.values()} >= {
        *("statute", "policy directive", "delegation", "spectrum", "licence", "export control"),
        *("environmental review", "host-nation agreement", "appropriations rule"),
        "arms-control/space law",
    }


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        (",build,", ",biuld,", "did you mean 'build'"),
        ("ngi gpi", "ngi gpl", "did you mean 'gpi'"),
        ("f_gao22563", "f_gao", "source 'f_gao' is not in sources.csv"),
        (",1,6,18,", ",7,6,18,", "write months, low to high"),
    ],
)
def test_a_wrong_row_is_refused(old, new, told):
    from importlib.resources import files

    lines = files("umbo.data").joinpath("authorities.csv").read_text("utf-8").splitlines()
    row = next(line for line in lines if line.startswith("mda_exemptions"))
    catalog = load_catalog()

    with pytest.raises(SourceError, match=told):
        read_register([lines[0], row.replace(old, new, 1)], "a.csv", catalog.items, catalog.sources)


def test_an_authority_costs_an_element_nothing_that_it_does_not_need():
    other = replace(authority("permit", "build", 24), elements=("radar_z",))

    assert gated([other]).elements == ()
    assert gated([other]).authorities == ()
