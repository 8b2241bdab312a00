import pytest

from umbo.appraisal.conversion import estimates, place, read_estimates
from umbo.appraisal.inflation import Dollars
from umbo.errors import SourceError

BY_ID = {one.id: one for one in estimates()}
HEADER = "id,by,title,usd,unit,dollars_of,years,above,scope,layers,source,conf,note\n"


@pytest.mark.oracle("CBO 2025: 161 and 542 busd of 2025, by OMB's index in dollars of 2026")
@pytest.mark.parametrize(("id_", "busd"), [("cbo2025_low", 161), ("cbo2025_high", 542)])
def test_dollars_of_another_year_are_converted(id_, busd):
    placed = place(BY_ID[id_], dollars_of=2026, years=20)

    assert placed.is_comparable
    assert placed.amount == Dollars(pytest.approx(busd * 1e9 * 1.3074 / 1.2808, rel=1e-9), 2026)


@pytest.mark.oracle("AEI 2025, table 3, as a third-party file gives it: sums of its parts")
def test_tiers_are_the_sums_of_their_published_parts():
    for one in estimates():
        if one.id.startswith(("aei_boost", "aei_glide", "aei_midcourse")):
            parts = [float(word.replace(",", "")) for word in one.note.split() if word[0].isdigit()]
            assert sum(parts) == pytest.approx(one.usd / 1e9, abs=1.0)  # rounded to a billion


@pytest.mark.oracle("CBO 2026: 1,191, of which 743 in orbit and 448 elsewhere")
def test_parts_of_cbo_sum_to_its_total():
    parts = Dollars(BY_ID["cbo2026_space"].usd, 2026) + Dollars(BY_ID["cbo2026_others"].usd, 2026)

    assert parts == Dollars(BY_ID["cbo2026_total"].usd, 2026)


@pytest.mark.parametrize("claim", ["wh2025", "dod2026"])
def test_claims_without_content_stand_beside(claim):
    placed = place(BY_ID[claim], dollars_of=2026, years=20)

    assert not placed.is_comparable
    assert placed.amount is None
    assert "year of its dollars" in placed.why_not
    assert "not what we sum" in placed.why_not


def test_another_horizon_is_not_comparable():
    placed = place(BY_ID["cbo2026_total"], dollars_of=2026, years=10)

    assert placed.why_not == "it covers 20 years, not 10"


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ("a,CBO,T,1,busd,,20,none,total,all,ours,ours,", "without a year"),
        ("a,CBO,T,1,busd,2026,20,none,all_of_it,all,ours,ours,", "none of ours"),
        ("a,CBO,T,much,busd,2026,20,none,total,all,ours,ours,", "no amount"),
        ("a,CBO,T,1,euro,2026,20,none,total,all,ours,ours,", "no amount"),
    ],
)
def test_row_that_cannot_be_compared_is_refused(row, message):
    with pytest.raises(SourceError, match=message):
        read_estimates(HEADER + row)


def test_another_header_is_refused():
    with pytest.raises(SourceError, match="header"):
        read_estimates("id,usd\na,1\n")
