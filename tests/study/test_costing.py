"""What a study costs, through the functions of the command and of a run."""

import pytest

from umbo.elements.catalog import load_catalog
from umbo.errors import UnknownNameError
from umbo.study.costing import METHODS, cost_study, costing_tables
from umbo.study.load import load, read_study

CATALOG = load_catalog()
STUDY = """
umbo: 1
title: A layer of two
raids:
  one: [{missile: icbm_solid, count: 1, from: nk_interior, at: chicago}]
architectures:
  today: {elements: [{use: gbi, count: 44, at: greely}]}
  more:
    like: today
    add:
      - {use: t3_tracking, count: 72, in_service: FY2028}
      - {use: aegis_ashore, count: 1, at: shariki, nation: JP, in_service: FY2030}
      - {use: gpi, count: 24, at: new_york, in_cbo_scope: false, in_service: FY2035}
"""


@pytest.fixture(scope="module")
def study():
    return read_study(STUDY)


@pytest.fixture(scope="module")
def tables(study):
    return costing_tables(cost_study(study, CATALOG, draws=500), CATALOG)


@pytest.fixture(scope="module")
def reference():
    costing = cost_study(load("reference"), CATALOG, draws=64)
    return costing_tables(costing, CATALOG)


def rows_of(tables, name, **where):
    return [r for r in tables[name] if all(r[key] == value for key, value in where.items())]


def test_rows_sum_to_the_total_and_the_payers_to_the_cent(tables):
    for name in ("today", "more"):
        whole = rows_of(tables, "cost_total", architecture=name, scope="total")[0]["mode_usd"]
        for table in ("cost", "cost_payers"):
            parts = [row["mode_usd"] for row in rows_of(tables, table, architecture=name)]
            assert sum(parts) == pytest.approx(whole, abs=0.01)
    assert {row["nation"] for row in rows_of(tables, "cost_payers", architecture="more")} == {
        "US",
        "JP",
    }


def test_total_above_today_and_scope_of_cbo_are_always_told(tables):
    scopes = {row["scope"]: row["mode_usd"] for row in rows_of(tables, "cost_total")}

    assert {"total", "above_baseline", "in_cbo_scope", "acquisition"} <= set(scopes)
    today = rows_of(tables, "cost_total", architecture="today", scope="total")[0]["mode_usd"]
    assert scopes["above_baseline"] == pytest.approx(scopes["total"] - today, rel=1e-9)
    assert scopes["in_cbo_scope"] < scopes["total"]


def test_curve_rises_and_growth_moves_it_right(tables):
    curves = {
        growth: [
            row["cost_usd"]
            for row in rows_of(
                tables, "cost_curve", architecture="more", scope="total", growth=growth
            )
        ]
        for growth in (False, True)
    }

    for curve in curves.values():
        assert curve == sorted(curve)
    shares = [
        row["share_not_exceeded"]
        for row in rows_of(tables, "cost_curve", architecture="more", scope="total", growth=True)
    ]
    p80 = shares.index(0.8)
    assert curves[True][p80] > curves[False][p80]
    told = rows_of(tables, "cost_total", architecture="more", scope="total")[0]
    assert curves[False][p80] == pytest.approx(told["p80_usd"], rel=1e-12)


def test_variance_is_shared_out(tables):
    shares = [row["share"] for row in rows_of(tables, "cost_variance", architecture="more")]

    assert sum(shares) == pytest.approx(1.0, rel=1e-9)
    assert shares == sorted(shares, reverse=True)


@pytest.mark.oracle(
    "CBO 2026: its layer of 7,800 interceptors costs 743 busd; AEI: 450 musd a year"
)
def test_each_method_gives_its_own_layer(reference):
    orbit = {
        row["method"]: row["mode_usd"]
        for row in rows_of(reference, "cost_methods", scope="space_interceptors")
    }

    assert set(orbit) == set(METHODS)
    assert orbit["cbo"] == pytest.approx(743e9, rel=1e-9)
    b, first, count = -0.23446525363702297, 70e6, 7_800
    units = first * (count ** (1 + b) + 1) / (1 + b)
    launches = -(-count // 34)
    slope = -0.0740005814437769
    launch = 150e6 * (launches ** (1 + slope) + 1) / (1 + slope)
    assert orbit["aei"] == pytest.approx(4 * (units + launch) + 9e9 + 7e9, rel=1e-6)


def test_published_estimates_stand_on_the_axis_or_beside(reference):
    rows = {row["id"]: row for row in reference["published_costs"]}

    assert rows["cbo2026_total"]["comparable"]
    assert not rows["dod2026"]["comparable"]
    assert rows["dod2026"]["converted_usd"] is None
    beside = {row["scope"] for row in rows_of(reference, "cost_beside", architecture="large")}
    assert {row["scope"] for row in rows.values() if row["comparable"]} <= beside


def test_growth_and_one_architecture_alone(study):
    costing = cost_study(study, CATALOG, draws=64)

    plain = costing_tables(costing, CATALOG, only=["more"])
    grown = costing_tables(costing, CATALOG, only=["more"], growth=True)

    assert {row["architecture"] for row in plain["cost"]} == {"more"}
    assert (
        rows_of(grown, "cost_total", scope="total")[0]["p80_usd"]
        > rows_of(plain, "cost_total", scope="total")[0]["p80_usd"]
    )
    assert any(row["parameter"].startswith("growth_of") for row in grown["cost_drivers"])


@pytest.mark.parametrize("wrong", [{"only": ["mor"]}, {"compared": "mor"}])
def test_unknown_architecture_is_refused(study, wrong):
    with pytest.raises(UnknownNameError, match="did you mean"):
        costing_tables(cost_study(study, CATALOG, draws=2), CATALOG, **wrong)


def test_unknown_method_is_refused(study):
    with pytest.raises(UnknownNameError, match="no method"):
        cost_study(study, CATALOG, method="rand")
