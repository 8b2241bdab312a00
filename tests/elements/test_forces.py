"""Strategic forces by leg: counts that resolve to sources, fractions that are fractions."""

import pytest

from umbo.elements.catalog import load_catalog
from umbo.elements.forces import COUNTRIES, POSTURES, Leg, force_of, forces_item, warheads_in
from umbo.elements.readings import Readings
from umbo.errors import UnknownNameError

CATALOG = load_catalog()


def legs(country, year=2025, posture="day"):
    return {one.name: one for one in force_of(country, year, posture, CATALOG, Readings())}


@pytest.mark.oracle("Federation of American Scientists, United States edition 2025: 400, 970, 300")
def test_the_united_states_deploy_1670_warheads():
    found = legs("United States")

    assert [found[n].warheads for n in ("icbm_silo", "slbm", "bomber")] == [400, 970, 300]
    assert sum(leg.warheads for leg in found.values()) == 1670


@pytest.mark.oracle("Federation of American Scientists, May 2025, as the press quotes it: 1,718")
def test_russia_deploys_about_as_many_as_the_total_that_is_quoted():
    found = legs("Russia")

    assert sum(leg.warheads for leg in found.values()) == pytest.approx(1718, abs=10)


@pytest.mark.parametrize("country", COUNTRIES)
@pytest.mark.parametrize("posture", POSTURES)
def test_what_is_ready_survives_and_works_is_a_share(country, posture):
    for leg in legs(country, 2035, posture).values():
        for share in (leg.available, leg.survival, leg.reliability, leg.penetration):
            assert 0.0 <= share <= 1.0
        assert leg.arriving(struck=True) <= leg.arriving(struck=False) <= leg.warheads


@pytest.mark.parametrize("country", COUNTRIES)
def test_every_count_has_a_source(country):
    for value in CATALOG.item(forces_item(country)).values.values():
        assert all(source in CATALOG.sources for source in value.source.split())


def test_a_count_goes_straight_from_now_to_2035():
    values = CATALOG.item("forces_cn").values
    now, half, later, after = (
        warheads_in(values, "icbm", year, Readings()) for year in (2025, 2030, 2035, 2050)
    )

    assert half == (now + later) / 2
    assert later == after > now


def test_mobile_and_silo_share_the_missiles():
    found = legs("Russia")

    assert found["icbm_silo"].warheads + found["icbm_mobile"].warheads == pytest.approx(
        870, abs=1e-9
    )


def test_a_raised_force_delivers_no_less():
    for country in COUNTRIES:
        day, raised = (
            sum(leg.arriving(struck=True) for leg in legs(country, 2035, posture).values())
            for posture in ("day", "generated")
        )
        assert day <= raised


def test_a_leg_counts_what_comes():
    leg = Leg("slbm", 100, 0.5, 0.9, 0.8)

    assert leg.arriving(struck=True) == pytest.approx(36.0, rel=1e-12)
    assert leg.arriving(struck=False) == pytest.approx(40.0, rel=1e-12)


def test_an_unknown_country_is_refused():
    with pytest.raises(UnknownNameError, match="Russia"):
        forces_item("Rusia")
