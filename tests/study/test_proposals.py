"""Working groups' proposals: read, refused, merged, and fought."""

import pytest

from umbo.elements.catalog import load_catalog
from umbo.elements.proposals import merge_proposals
from umbo.elements.readings import Readings
from umbo.engagement.flights import fly_raid
from umbo.engagement.raid import draw_raid
from umbo.errors import StudyError, UnknownNameError
from umbo.study.check import check
from umbo.study.costing import cost_study
from umbo.study.load import load, read_study, resolve, resolve_proposals, resolved_yaml
from umbo.study.margins import staged, worth
from umbo.study.priorities import place_scores
from umbo.study.proposals import next_study, proposal_rows, proposal_tables, together

CATALOG = load_catalog()
STUDY = load("reference")

FEW = """
proposals:
  more_rounds:
    group: The ground
    reason: They have been tested.
    like: bare
    change: [{use: gbi, count: 20, at: {greely: 18, vandenberg: 2}}]
    dissent: [{group: The sea, reason: A ship can move.}]
  eyes:
    group: The sensors
    reason: Nothing is hit unseen.
    like: bare
    add: [{use: sbirs, count: 6}, {use: lrdr, at: clear}]
    change: [{use: gbi, count: 9, at: {greely: 7, vandenberg: 2}}]
  other:
    group: The others
    reason: For another one.
    like: seeing
    remove: [thaad]
"""


@pytest.fixture(scope="module")
def few_study(few_text):
    return read_study(few_text + FEW)


def test_the_earlier_wording_stands_and_the_record_says_so(few_study):
    names = ("more_rounds", "eyes")
    merged = merge_proposals({n: few_study.proposals[n] for n in names}, few_study.architectures)

    counts = {one.use: one.count for one in merged.section.change}
    assert counts == {"gbi": 20}
    assert [one.use for one in merged.section.add] == ["sbirs", "lrdr"]
    first, second = merged.section.record
    assert (first.taken, first.left) == (["gbi"], {})
    assert sorted(second.taken) == ["lrdr", "sbirs"]
    assert list(second.left) == ["gbi"]
    assert "more_rounds" in second.left["gbi"]
    assert merged.conflicts == (("eyes", "gbi", "more_rounds"),)
    assert first.dissent[0].reason == "A ship can move."


def test_the_order_decides_who_prevails(few_study):
    names = ("eyes", "more_rounds")
    merged = merge_proposals({n: few_study.proposals[n] for n in names}, few_study.architectures)

    assert [one.count for one in merged.section.change] == [9]


def test_proposals_for_different_architectures_do_not_merge(few_study):
    with pytest.raises(StudyError, match="different architectures"):
        merge_proposals(few_study.proposals, few_study.architectures)


def test_the_next_study_stands_alone_and_keeps_what_was_not_merged(few_study):
    text, made, _ = next_study(
        few_study, CATALOG, ["more_rounds", "eyes"], "agreed", reason="All agreed."
    )

    assert made.selected.architecture == "agreed"
    assert made.selected.reason == "All agreed."
    assert list(made.proposals) == ["other"]
    assert made.architectures["agreed"].record[0].group == "The ground"
    assert read_study(text) == made
    stands = resolve(made, CATALOG)["agreed"]
    alike = together(few_study, CATALOG, ["more_rounds", "eyes"])
    assert [(e.use, e.count) for e in stands.elements] == [(e.use, e.count) for e in alike.elements]


def test_a_study_written_without_defaults_reads_the_same():
    assert read_study(resolved_yaml(STUDY, defaults=False)) == STUDY


@pytest.mark.parametrize(
    ("names", "into", "error", "match"),
    [
        (["more_round"], "agreed", UnknownNameError, "more_rounds"),
        (["eyes"], "bare", StudyError, "name of the study already"),
        (["eyes"], "other", StudyError, "name of the study already"),
    ],
)
def test_a_merge_that_cannot_be(few_study, names, into, error, match):
    with pytest.raises(error, match=match):
        next_study(few_study, CATALOG, names, into)


@pytest.mark.parametrize(
    ("old", "new", "match"),
    [
        ("like: seeing", "like: seen", r"line \d+, column \d+ \(proposals.other.like\).*seeing"),
        ("remove: [thaad]", "remove: [thad]", r"line \d+, column 14 \(proposals.other.remove"),
        ("remove: [thaad]", "note: x", r"line \d+, column 5 .*unknown key 'note'"),
        ("    remove: [thaad]\n", "", r"column 3 \(proposals.other\): it changes nothing"),
        ("  other:", "  bare:", r"column 3 \(proposals.bare\): 'bare' is an architecture"),
        ("    reason: For another one.\n", "", r"'reason' is missing"),
        ("count: 20,", "count: 21,", r"\(proposals.more_rounds.change\[0\].at\): the places hold"),
    ],
)
def test_a_wrong_proposal_is_told_with_its_place(few_text, old, new, match):
    with pytest.raises(StudyError, match=match):
        read_study(few_text + FEW.replace(old, new))


def test_the_check_tells_where_proposals_clash(few_study):
    told = [str(one) for one in check(few_study, CATALOG) if "otherwise" in one.message]

    assert len(told) == 1
    assert "'more_rounds' and 'eyes' want 'gbi' otherwise" in told[0]
    assert "(proposals.eyes)" in told[0]


@pytest.fixture(scope="module")
def stage():
    name = "regional_raid"
    plan = draw_raid(name, STUDY.raids[name], CATALOG, phases=64, seed=STUDY.seed)
    flights = fly_raid(plan, CATALOG, Readings(), sample_s=10.0)
    return staged(plan, flights, CATALOG, STUDY.seed, place_scores(CATALOG))


def test_what_proposals_add_sums_to_what_all_do_together(stage):
    standing = resolve(STUDY, CATALOG)
    rows = proposal_rows(STUDY, CATALOG, standing, stage)

    now = worth(standing["small"], stage).leakage
    everything = worth(together(STUDY, CATALOG, list(STUDY.proposals)), stage).leakage
    assert sum(row["leakage_shapley"] for row in rows) == pytest.approx(now - everything, abs=1e-9)
    alone = resolve_proposals(STUDY, CATALOG)
    for row in rows:
        then = worth(alone[row["proposal"]], stage).leakage
        assert row["leakage_adds"] == pytest.approx(now - then, abs=1e-12)
        assert row["leakage_all"] == pytest.approx(everything, abs=1e-12)


def test_the_reference_proposals_are_ours_and_carry_dissent():
    tables = proposal_tables(
        STUDY,
        resolve(STUDY, CATALOG),
        resolve_proposals(STUDY, CATALOG),
        cost_study(STUDY, CATALOG, draws=2),
    )

    rows = {row["proposal"]: row for row in tables["proposals"]}
    assert {row["source"] for row in rows.values()} == {"ours"}
    assert all("illustrative" in row["group"] for row in rows.values())
    assert "Space layer" in rows["ground_first"]["dissent"]
    assert rows["orbit_first"]["changes"] == "add sbi 1300; add sdn_backbone 480"
    assert rows["orbit_first"]["above_usd"] > rows["ground_first"]["above_usd"] > 1e9
