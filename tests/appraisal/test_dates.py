"""Ranges of dates against schedules made of drawn numbers, one at a time."""

from dataclasses import replace

import numpy as np
import pytest

from umbo.appraisal.dates import draw_dates
from umbo.appraisal.ranges import Ranges
from umbo.appraisal.schedule import Scheduler
from umbo.elements.catalog import load_catalog
from umbo.study.load import read_study, resolve

CATALOG = load_catalog()
FALLING = ("production_rate", "production_rate_goal", "share_of_line")
STUDY = """
umbo: 1
title: One element that shares no line
raids:
  one: [{missile: icbm_solid, count: 1, from: nk_interior, at: chicago}]
architectures:
  many: {elements: [{use: USE, count: COUNT, WHERE in_service: FY2028}]}
"""


def one_element(use, count, where):
    text = STUDY.replace("USE", use).replace("COUNT", str(count)).replace("WHERE", where)
    return resolve(read_study(text), CATALOG)["many"]


def drawn_one_at_a_time(architecture, ranges):
    """Make a whole schedule for each draw, of a catalogue in which its numbers are exact."""
    initial, full = [], []
    (element,) = architecture.elements
    for k in range(1, 1 + ranges.draws):
        values = {}
        for name, value in element.values.items():
            at = float(ranges.of(value, falling=name in FALLING)[k])
            values[name] = replace(value, low=at, mode=at, high=at)
        exact = replace(architecture, elements=(replace(element, values=values),))
        fielding = Scheduler(CATALOG, start=2026).of(exact).fieldings[element.use]
        initial.append(np.inf if fielding.initial is None else fielding.initial)
        full.append(np.inf if fielding.full is None else fielding.full)
    return initial, full


@pytest.mark.oracle("a schedule of its own for each draw")
@pytest.mark.parametrize(
    ("use", "count", "where"),
    [
        ("ngi", 40, "at: greely,"),  # a published first fielding, a line that grows
        ("othr", 4, "at: clear,"),  # developed, then built
        ("gpi", 12, "at: greely,"),
    ],
)
def test_intervals_are_those_of_schedules_made_one_at_a_time(use, count, where):
    architecture = one_element(use, count, where)
    schedule = Scheduler(CATALOG, start=2026).of(architecture)
    ranges = Ranges(64, within=0.3, between=0.1, seed=7)

    drawn = draw_dates(schedule, architecture, ranges)

    initial, full = drawn_one_at_a_time(architecture, ranges)
    for dates, each, mode in (
        (drawn.initial[use], initial, schedule.fieldings[use].initial),
        (drawn.full[use], full, schedule.fieldings[use].full),
    ):
        low, high = np.quantile(each, (0.05, 0.95), method="inverted_cdf")
        assert (dates.low, dates.high) == (min(low, mode), max(high, mode))
    assert drawn.whole == drawn.full[use]
    assert drawn.full[use].low < drawn.full[use].high


def test_numbers_without_range_give_dates_without_range():
    architecture = one_element("ngi", 40, "at: greely,")
    exact = tuple(
        replace(
            one,
            values={
                name: replace(value, low=value.mode, high=value.mode)
                for name, value in one.values.items()
            },
        )
        for one in architecture.elements
    )
    architecture = replace(architecture, elements=exact)
    schedule = Scheduler(CATALOG, start=2026).of(architecture)

    drawn = draw_dates(schedule, architecture, Ranges(16))

    fielding = schedule.fieldings["ngi"]
    assert (drawn.full["ngi"].low, drawn.full["ngi"].high) == (fielding.full, fielding.full)
    assert drawn.initial["ngi"].low == drawn.initial["ngi"].high == fielding.initial
