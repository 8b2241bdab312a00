"""Sites, radars and command that are out of work, and who then fires on their own."""

from dataclasses import replace

import numpy as np
import pytest

from umbo.elements.catalog import load_catalog
from umbo.elements.command import Command, CommandSection, command_of
from umbo.elements.readings import Readings
from umbo.elements.sourced import Value
from umbo.engagement.discrimination import discriminate
from umbo.engagement.expected import expected
from umbo.engagement.outages import command_cut, happens, sites_out, without_radars
from umbo.engagement.strikes import Strike
from umbo.engagement.struck_reach import reach
from umbo.engagement.survey import survey
from umbo.engagement.windows import REASONS
from umbo.errors import StudyError
from umbo.study.load import read_study, resolve, resolved_yaml

HELD_BACK = REASONS.index("held_back")


def fought(few, shield, raid=None):
    return survey(
        shield, raid or few.raid, few.flights, few.catalog, Readings(), seed=few.study.seed
    )


def cut(few, chance, *alone, name="seeing"):
    section = CommandSection(cut=str(chance), autonomous=list(alone))
    return replace(few.architectures[name], command=command_of(section))


@pytest.mark.oracle("counting")
@pytest.mark.parametrize("chance", [0.0, 0.01, 0.05, 0.33, 0.9, 1.0])
@pytest.mark.parametrize("phases", [4, 64, 128])
def test_what_has_a_chance_happens_in_that_share_of_the_phases(chance, phases):
    found = np.array([happens(seed, "site/a/b", phases, chance) for seed in range(400)])

    counts = found.sum(axis=1)
    assert np.all((counts >= np.floor(chance * phases)) & (counts <= np.ceil(chance * phases)))
    # Over seeds the mean is the chance itself, also of what happens in less than one phase.
    spread = np.sqrt(0.25 / 400) / phases
    assert found.mean() == pytest.approx(chance, abs=4.5 * spread + 1e-12)


@pytest.mark.oracle("independent events: the product of their chances")
def test_two_things_happen_independently():
    both = np.mean([happens(s, "a", 128, 0.3) & happens(s, "b", 128, 0.4) for s in range(300)])
    assert both == pytest.approx(0.12, abs=4.5 * np.sqrt(0.12 * 0.88 / (300 * 128)))


@pytest.mark.oracle("three ships, each on station a third of the time: none for (2/3)^3 of it")
def test_a_place_at_sea_is_manned_while_a_ship_is_on_station(few_text):
    text = few_text + (
        "  at_sea:\n    elements:\n"
        "      - {use: aegis_ship, count: 3, at: yokosuka,\n"
        "         override: {availability: {value: 0.3333333333, reason: by hand}}}\n"
        "      - {use: sm3_iia, count: 36, at: yokosuka,\n"
        "         override: {availability: {value: 1, reason: by hand}}}\n"
    )
    study = read_study(text)
    shield = resolve(study, load_catalog())["at_sea"]
    out = sites_out(shield, [("sm3_iia", "yokosuka")], Readings(), phases=2_700, seed=1)

    assert out.mean() == pytest.approx(8 / 27, abs=1 / 2_700)


def test_each_radar_is_out_as_often_as_it_does_not_work(few):
    whole = few.architectures["seeing"]
    left, lost = without_radars(whole, Readings(), patterns=400, seed=3)

    times = {}
    for gone in lost:
        for radar in gone:
            times[radar] = times.get(radar, 0) + 1
    assert len(times) == 9
    assert set(times.values()) == {20}  # 5 % of 400
    for one, gone in zip(left, lost, strict=True):
        stands = {(e.use, place.id) for e in one.elements for place, _ in e.sites}
        assert not stands & gone
        assert (one is whole) == (not gone)


def test_outages_are_off_unless_a_study_draws_them(few):
    assert few.architectures["seeing"].outages == "none"
    assert not command_cut(
        few.architectures["seeing"], few.catalog, Readings(), phases=64, seed=1
    ).any()


def test_a_site_that_is_out_fires_at_nobody_in_its_phases(few):
    shield = replace(few.architectures["seeing"], outages="drawn")
    found, before = fought(few, shield), fought(few, few.architectures["seeing"])
    keys = [tuple(name.split("/")) for name in found.windows.batteries]
    out = sites_out(shield, keys, Readings(), phases=64, seed=few.study.seed)

    assert out.any()
    for phase, b in zip(*np.nonzero(out), strict=True):
        assert not (found.windows.battery[phase] == b).any()
    assert expected(found.windows).leakage > expected(before.windows).leakage


@pytest.mark.oracle("half of the time as with the radar, half as without")
def test_a_radar_that_is_out_tells_nothing_from_decoys(few):
    whole = few.architectures["seeing"]
    kept = [e for e in whole.elements if e.use not in ("uewr", "cobra_dane", "tpy2")]
    half = Value("lrdr", "availability", 0.5, 0.5, 0.5, "1", "by hand")
    alone = replace(
        whole,
        elements=tuple(
            replace(e, values={**e.values, "availability": half}) if e.use == "lrdr" else e
            for e in kept
        ),
    )

    def rates(shield):
        given = (shield, few.raid, few.flights, few.catalog, Readings())
        return discriminate(reach(*given, seed=few.study.seed).told, Readings())

    p_ww, p_dw = rates(alone)
    assert p_dw < 1.0
    found = rates(replace(alone, outages="drawn"))
    assert found == pytest.approx(((1.0 + p_ww) / 2.0, (1.0 + p_dw) / 2.0), rel=1e-12)


def test_a_shield_without_sites_has_none_to_lose(few):
    whole = few.architectures["seeing"]
    elements = tuple(e for e in whole.elements if e.item.category != "interceptor")
    shield = replace(whole, elements=elements, outages="drawn")
    strike = Strike.model_validate({"hits": "sites", "lost": "0.5"})

    found = fought(few, shield, replace(few.raid, strikes=(strike,)))

    assert found.windows.batteries == ()
    assert found.windows.boost_shots.any()


@pytest.mark.oracle("each phase is as it was, or as with command cut for certain")
def test_command_that_is_cut_now_and_then_mixes_both(few):
    never = expected(fought(few, few.architectures["seeing"]).windows).leakers_by_phase
    always = expected(fought(few, cut(few, 1, "terminal")).windows).leakers_by_phase

    shield = cut(few, 0.25, "terminal")
    found = expected(fought(few, shield).windows).leakers_by_phase

    is_cut = command_cut(shield, few.catalog, Readings(), phases=64, seed=few.study.seed)
    assert is_cut.sum() == 16
    assert found[is_cut] == pytest.approx(always[is_cut], abs=1e-9)
    # Whether fire follows discrimination is planned for the raid, by hairs.
    assert found[~is_cut] == pytest.approx(never[~is_cut], abs=0.02)


def test_without_command_only_autonomous_layers_fire(few):
    deaf = fought(few, cut(few, 1)).windows
    assert not deaf.boost_shots.any()
    assert not deaf.looks.any()
    assert HELD_BACK in deaf.no_battery_reason
    assert (deaf.boost_reason[deaf.boost_wanted > 0] == HELD_BACK).any()
    assert expected(deaf).leakage == pytest.approx(1.0, rel=1e-12)

    alone = fought(few, cut(few, 1, "terminal")).windows
    names = np.array(alone.weapons)
    fires = alone.looks.any(axis=(0, 2))
    assert set(names[fires]) == {"thaad"}  # its own radar leads it
    assert not alone.boost_shots.any()

    released = fought(few, cut(few, 1, "boost")).windows
    before = fought(few, few.architectures["seeing"]).windows
    assert np.array_equal(released.boost_shots, before.boost_shots)
    assert not released.looks.any()


def test_a_strike_cuts_command_for_what_is_launched_after_it(few):
    def struck(arrives, lost="1"):
        strike = Strike.model_validate({"hits": "command", "lost": lost, "arrives": arrives})
        return replace(few.raid, strikes=(strike,))

    shield = replace(few.architectures["seeing"], command=Command(autonomous=()))
    before = expected(fought(few, shield).windows).leakage
    late = expected(fought(few, shield, struck("20 h")).windows).leakage
    first = expected(fought(few, shield, struck("0 s")).windows).leakage
    half = expected(fought(few, shield, struck("0 s", "0.5")).windows).leakage

    assert late == pytest.approx(before, rel=1e-12)
    assert first == pytest.approx(1.0, rel=1e-12)
    assert half == pytest.approx((before + 1.0) / 2.0, abs=0.03)


def test_a_study_says_what_cuts_command_and_its_difference_keeps_it(few_text):
    text = few_text.replace(
        "  bare:\n",
        "  bare:\n    outages: drawn\n    command: {cut: 0.1 (0 to 0.3), autonomous: [terminal]}\n",
    )
    study = read_study(text)
    found = resolve(study, load_catalog())["better"]
    assert found.outages == "drawn"
    assert (found.command.cut.low, found.command.cut.mode, found.command.cut.high) == (0, 0.1, 0.3)
    assert found.command.autonomous == ("terminal",)
    assert read_study(resolved_yaml(study)).architectures == study.architectures


@pytest.mark.parametrize(
    ("written", "message"),
    [
        ("command: {cut: '1.5'}", "0 to 1"),
        ("command: {autonomous: [orbit]}", "boost"),
        ("outages: some", "drawn"),
    ],
)
def test_what_is_wrong_is_told(few_text, written, message):
    with pytest.raises(StudyError, match=message):
        read_study(few_text.replace("  bare:\n", f"  bare:\n    {written}\n"))
