from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest

from umbo.appraisal.sizing import interceptor_mass
from umbo.elements.catalog import load_catalog
from umbo.errors import UnknownNameError
from umbo.study.published import MODELS
from umbo.study.replicate import COLUMNS, replicate
from umbo.study.views import load_view

VERDICTS = replicate()


@pytest.mark.oracle("published studies, one tolerance a case (umbo/data/published.toml)")
@pytest.mark.parametrize(
    "verdict", VERDICTS, ids=[f"{verdict.case}-{verdict.quantity}" for verdict in VERDICTS]
)
def test_published_number_comes_out(verdict):
    told = {"agrees", "by construction", "shown", "differs as stated", "would agree"}
    assert verdict.verdict in told, verdict


def test_what_differs_as_stated_is_in_the_list_of_differences():
    differs = {v.case for v in VERDICTS if v.verdict in ("differs as stated", "would agree")}
    text = (Path(__file__).parents[2] / "docs" / "differences.md").read_text(encoding="utf-8")

    assert differs == {"cbo25-launch-1300", "cbo25-launch-2000"}
    assert all(f"`{case}`" in text for case in differs)


@pytest.mark.parametrize(
    ("case", "count", "before", "after"),
    [("cbo25-launch-1300", 1300, 264.0, 161.0), ("cbo25-launch-2000", 2000, 831.0, 542.0)],
)
def test_at_the_mass_that_would_agree_the_saving_agrees(case, count, before, after):
    catalog = load_catalog()
    needed = {v.quantity: v.computed for v in replicate(case) if v.verdict == "would agree"}
    published = {"before": before, "after": after}
    inputs = {
        "count": count,
        "dollars_of": 2025,
        "before_usd_per_kg": 9800.0,
        "before_year": 2004,
        "published_busd": published,
    }

    def at(mass_kg):
        sbi = catalog.item("sbi")
        mass = replace(sbi.values["unit_mass"], low=mass_kg, mode=mass_kg, high=mass_kg)
        heavier = replace(sbi, values={**sbi.values, "unit_mass": mass})
        return MODELS["launch_fall"](
            inputs, replace(catalog, items={**catalog.items, "sbi": heavier})
        )

    assert at(needed["unit_mass_for_saved"])["saved"] == pytest.approx(before - after, rel=1e-6)
    assert at(needed["unit_mass_for_share"])["saved_share"] == pytest.approx(
        1.0 - after / before, rel=1e-6
    )


def test_every_number_with_a_tolerance_is_computed():
    assert all(v.computed is not None for v in VERDICTS if v.tolerance is not None)


def test_three_kinds_of_comparison_are_kept_apart():
    assert set(Counter(verdict.column for verdict in VERDICTS)) == set(COLUMNS.values())
    # What is computed from a formula agrees with no study.
    assert not [
        v
        for v in VERDICTS
        if v.seen == "A" and v.verdict == "agrees" and v.column == COLUMNS["study"]
    ]


def test_sources_resolve():
    assert {
        source for v in VERDICTS for source in v.source.split()
    } <= load_catalog().sources.keys()


def test_one_study_or_case_is_asked_for():
    assert {v.study for v in replicate("wilkening")} == {"wilkening"}
    assert {v.case for v in replicate("aei-cost")} == {"aei-cost"}


def test_no_such_case():
    with pytest.raises(UnknownNameError, match="did you mean 'wilkening'"):
        replicate("wilkning")


@pytest.mark.oracle("rocket equation, AEI's values")
def test_mass_in_the_view_is_that_of_its_own_values():
    aei = load_view("aei", load_catalog()).item("sbi").values

    mass = interceptor_mass(
        aei["burnout_speed"].mode,
        aei["divert_speed"].mode,
        specific_impulse_s=aei["specific_impulse"].mode,
        kill_vehicle_dry_kg=aei["kill_vehicle_mass"].mode,
        body_dry_kg=aei["body_mass"].mode,
        support_kg=aei["support_mass"].mode,
        gravity_m_per_s2=9.81,
    )

    assert aei["unit_mass"].mode == pytest.approx(mass.total_kg, abs=0.001)  # 1 g
