"""A small study over the bundled numbers, flown and surveyed once for all tests of upper floors."""

from types import SimpleNamespace

import pytest

from umbo.compiled import is_warm
from umbo.elements.catalog import load_catalog
from umbo.elements.readings import Readings
from umbo.engagement.flights import fly_raid
from umbo.engagement.raid import draw_raid
from umbo.study.load import read_study, resolve
from umbo.study.warmup import warm_up


def pytest_configure(config):
    """Compile ahead where several processes test: bytes are the same only of the same kernels."""
    is_one_of_many = hasattr(config, "workerinput")
    if config.getoption("numprocesses", None) and not is_one_of_many and not is_warm():
        warm_up()


FEW = """\
umbo: 1
title: A few missiles at six cities
seed: 7
replications: 2000
phases: 64
raids:
  few:
    - {missile: icbm_solid, count: 3, from: nk_interior, at: conus_cities, decoys_each: 2}
    - {missile: icbm_liquid, count: 3, from: nk_interior, at: conus_cities, decoys_each: 2}
architectures:
  bare:
    elements:
      - {use: gbi, count: 8, at: {greely: 6, vandenberg: 2}, doctrine: {shots: 2, look: none}}
      - use: sbi
        constellation: {count: 900, altitude: 400 km, inclination: 50 deg}
        override: {decision_delay: {value: 45 s, reason: a constant for checking by hand}}
  seeing:
    like: bare
    add:
      - {use: sbirs, count: 6}
      - {use: lrdr, at: clear}
      - {use: uewr, count: 5, at: {beale: 1, cape_cod: 1, clear: 1, fylingdales: 1, pituffik: 1}}
      - {use: cobra_dane, at: shemya}
      - {use: thaad, count: 96, at: {new_york: 48, chicago: 48}}
      - {use: tpy2, count: 2, at: {new_york: 1, chicago: 1}}
  far_seeing:
    like: seeing
    change:
      - use: cobra_dane
        override: {reference_range: {value: 4500 km, reason: a test of overrides}}
  two_shells:
    like: seeing
    add:
      - use: sbi
        constellation: {count: 900, altitude: 400 km, inclination: 45 deg}
        override: {decision_delay: {value: 45 s, reason: a constant for checking by hand}}
  more:
    like: seeing
    change:
      - {use: gbi, count: 40, at: {greely: 30, vandenberg: 10}}
  better:
    like: seeing
    change:
      - {use: gbi, override: {p_kill: {value: 0.9, reason: a test of directions}}}
"""


@pytest.fixture(scope="session")
def few_text():
    return FEW


@pytest.fixture(scope="session")
def few(few_text):
    """The small study's catalogue, architectures, raid and flights."""
    catalog = load_catalog()
    study = read_study(few_text)
    raid = draw_raid("few", study.raids["few"], catalog, phases=study.phases, seed=study.seed)
    flights = fly_raid(raid, catalog, Readings())
    architectures = resolve(study, catalog)
    return SimpleNamespace(
        catalog=catalog, study=study, raid=raid, flights=flights, architectures=architectures
    )
