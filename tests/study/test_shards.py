"""Raids fought in several processes: the same answer, and nothing lost when a helper dies."""

import numpy as np
import pytest

from umbo.compiled import set_threads, threads_set
from umbo.study import helpers, shards
from umbo.study.load import load

RAIDS = ["regional_single", "regional_raid"]


@pytest.fixture
def study():
    return load("reference").model_copy(update={"replications": 50, "phases": 64})


@pytest.fixture
def two_threads():
    before = threads_set()
    set_threads(2)
    yield
    set_threads(before)


def answers(study, told=None):
    told = {} if told is None else told
    with helpers.start_helpers() as helping:
        return shards.LongWork(study, RAIDS, 2, told.__setitem__, {}, helping).finish().fought


def same(one, other):
    for name in RAIDS:
        assert one[name].tables == other[name].tables
        assert one[name].used.keys() == other[name].used.keys()
        assert one[name].by_place == other[name].by_place
        for architecture, a in one[name].assumed.items():
            assert np.array_equal(a.leakage, other[name].assumed[architecture].leakage)


@pytest.mark.usefixtures("two_threads")
def test_two_processes_answer_as_one(study):
    told = {}
    both = answers(study, told)
    assert list(both) == RAIDS
    assert told == dict.fromkeys([*RAIDS, "deterrence", "sizing"], 1.0)
    set_threads(1)
    same(both, answers(study))


@pytest.mark.usefixtures("two_threads")
def test_what_a_dead_helper_leaves_is_fought_here(study, monkeypatch):
    whole = answers(study)
    monkeypatch.setattr(helpers, "_PROGRAM", "raise SystemExit(1)")
    same(whole, answers(study))
    assert threads_set() == 2
