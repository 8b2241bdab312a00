import re

import pytest

from umbo.elements.catalog import load_catalog
from umbo.errors import StudyError
from umbo.study.check import check
from umbo.study.load import load, read_study
from umbo.study.template import template

LONE = "{count: 7, altitude: 400 km, inclination: 50 deg}"
EVEN = "{count: 1300, altitude: 400 km, inclination: 50 deg}"
LATE = "in_service: FY2030\n      - {use: sbi_aei, in_service: FY2040, constellation: "

# What is put oddly (old text, new text), the line told, how severe, and what is told.
ODD = {
    "all at once": ("      spacing: 15 s\n", "", 5, "warning", "10 missiles are launched at the same"),
    "start of another kind": ("icbm_solid", "icbm_liquid", 7, "warning", "no icbm_liquid is known to"),
    "start at a site": ("from: north_korea_interior", "from: clear", 7, "warning", "'clear' is a site"),
    "no weapon": ("      - use: gbi\n        count: 44\n        at: {fort_greely: 40, vandenberg: 4}\n", "",
        11, "warning", "it has no weapon"),
    "override out of range": (
        "count: 44", "count: 44\n        override: {p_kill: {value: 0.9, reason: hope}}", 16, "warning",
        "0.9 lies outside the catalogue's range of gbi's p_kill (0.25 to 0.73",
    ),
    "planes chosen": ("{planes: 4, per_plane: 6, altitude: 1000 km, inclination: 60 deg}", EVEN, 23,
        "note", "1300 satellites stand in 26 planes of 50"),
    "prime number": ("{planes: 4, per_plane: 6, altitude: 1000 km, inclination: 60 deg}", LONE, 23,
        "warning", "7 has no other divisor"),
    "no sensor": ("      - {use: lrdr, at: clear}\n", "", 11, "warning", "weapons but no sensor"),
    "never in service": ("as_of: FY2036", "as_of: FY2028", 20, "warning", "no 'hbtss' in FY2028"),
    "partly in service": ("as_of: FY2036\n    add:\n      - use: hbtss\n",
        "as_of: FY2029\n    add:\n      - use: hbtss\n        rate: 6\n", 20, "note",
        "only 4 of 24 'hbtss' in FY2029, for all stand in FY2030"),
    "no cost": ("title: A", "title: A", 17, "warning", "'lrdr' has no cost in the catalogue"),
    "weapon that cannot hit": ("use: lrdr, at: clear", "use: sbi_aei, constellation: " + EVEN, 17,
        "warning", "'sbi_aei' has no p_kill"),
    "perfect sensors": ("title: A", "perfect: true\ntitle: A", 2, "warning", "sensors know every missile"),
    "command cut": ("    as_of: FY2026", "    outages: drawn\n    command: {cut: 0.1}\n    as_of: FY2026", 11,
        "note", "command is cut with a chance of 0.1; sites, radars and command are out"),
    "nothing stands": ("as_of: FY2026", "as_of: FY2025", 11, "warning", "nothing stands in it"),
}  # fmt: skip


@pytest.mark.parametrize("case", ODD)
def test_what_is_odd_is_told_with_its_line(case, written, catalog):
    old, new, line, severity, told = ODD[case]
    assert old in written
    study = read_study(written.replace(old, new), "a.yaml", catalog)

    found = [finding for finding in check(study, catalog) if told in finding.message]

    assert (found[0].line, found[0].severity) == (line, severity)
    assert str(found[0]).startswith(f"{severity}: a.yaml, line {line}, column ")


def test_findings_come_in_the_order_of_the_file(written, catalog):
    text = written.replace("      spacing: 15 s\n", "").replace("as_of: FY2036", "as_of: FY2028")
    lines = [finding.line for finding in check(read_study(text, "a", catalog), catalog)]
    assert lines == sorted(lines)
    assert len(lines) > 2


def test_a_raid_larger_than_the_sourced_inventory_is_told():
    catalog = load_catalog()
    text = template()
    assert not [f for f in check(read_study(text), catalog) if "more than" in f.message]
    more = read_study(text.replace("count: 5\n", "count: 26\n"))  # twice 26, of 50 by 2035
    (finding,) = [f for f in check(more, catalog) if "more than" in f.message]
    assert "52 icbm of North Korea are more than the 50" in finding.message
    assert "on the line from 10 in 2025 to 50 in 2035" in finding.message
    assert "raids.ten_missiles" in finding.where


def test_launches_of_one_adversary_are_summed_over_areas_and_types():
    launches = """\
raids:
  many:
    - {missile: icbm_solid, count: 300, from: ru_west, at: conus_cities, spacing: 1 s}
    - {missile: icbm_liquid, count: 101, from: ru_siberia, at: conus_cities, spacing: 1 s}
    - {missile: slbm, count: 190, from: us_west_coast, at: east_coast, adversary: Russia, spacing: 1 s}
    - {missile: icbm_solid, count: 101, from: cn_west, at: conus_cities, spacing: 1 s}
architectures:"""
    text = re.sub(r"raids:.*?architectures:", launches, template(), flags=re.DOTALL)

    told = [f.message for f in check(read_study(text), load_catalog()) if "more than" in f.message]

    assert [message.split(" are ")[0] for message in told] == ["401 icbm of Russia"]


def test_an_earlier_year_has_the_fewer_missiles_of_that_year():
    text = re.sub("as_of: FY[0-9]{4}", "as_of: FY2030", template()).replace(
        "count: 5\n", "count: 16\n"
    )
    told = [f.message for f in check(read_study(text), load_catalog()) if "more than" in f.message]
    assert "32 icbm of North Korea are more than the 30" in told[0]


def test_places_beyond_reach_are_counted():
    text = template().replace("at: conus_cities", "at: [hawaii, conus_cities]", 1)
    told = [f.message for f in check(read_study(text), load_catalog()) if "beyond" in f.message]
    assert any("9 of 40 places of 'conus_cities' lie beyond" in one for one in told)
    assert any(
        "(11,000 km) and are not aimed at: miami, houston, tampa, ..." in one for one in told
    )


def test_a_land_missile_at_sea_is_refused():
    text = template().replace("from: nk_interior", "from: north_pacific", 1)
    with pytest.raises(StudyError, match="north_pacific is at sea; choose a launch_area"):
        read_study(text)


def test_interceptors_in_orbit_that_nobody_warns_are_told():
    text = (
        "umbo: 1\ntitle: A\nraids:\n  one:\n    - {missile: icbm_solid, count: 1, "
        "from: nk_interior, at: conus_cities}\narchitectures:\n  a:\n    elements:\n"
        "      - {use: sbi, constellation: {count: 100, altitude: 500 km, inclination: 50 deg}}\n"
        "      - {use: lrdr, at: clear}\n"
    )
    told = [f.message for f in check(read_study(text), load_catalog())]
    assert any("no satellite warns 'sbi'" in one for one in told)
    warned = text + "      - {use: sbirs, count: 4}\n"
    told = [f.message for f in check(read_study(warned), load_catalog())]
    assert not any("no satellite warns" in one for one in told)


def test_what_takes_no_part_in_a_battle_is_told_once():
    text = template().replace(
        "- {use: c2bmc}", "- {use: thaad_battery}\n" + 6 * " " + "- {use: thaad_battery}"
    )
    found = [f for f in check(read_study(text), load_catalog()) if "takes no part" in f.message]
    assert [f.message.split()[0] for f in found] == ["'thaad_battery'"]


def test_what_carries_orders_or_leads_a_weapon_takes_part():
    text = template().replace(
        "- {use: c2bmc}",
        "- {use: c2bmc}\n      - {use: patriot_battery, at: {chicago: 1}}\n"
        "      - {use: t1_transport, count: 10}",
    )
    study = read_study(text)
    assert not [f for f in check(study, load_catalog()) if "takes no part" in f.message]
    part = {name: load_catalog().items[name].part for name in ("c2bmc", "patriot_battery", "gbi")}
    assert part == {"c2bmc": "carries_tracks", "patriot_battery": "leads_weapons", "gbi": "fights"}


def test_the_new_study_holds_no_warning_but_missing_costs(tmp_path):
    path = tmp_path / "a.yaml"
    path.write_text(template(), encoding="utf-8")
    warnings = [f for f in check(load(path), load_catalog()) if f.severity == "warning"]
    assert [f for f in warnings if "has no cost" not in f.message] == []


def test_a_constant_that_stands_for_a_model_is_listed():
    findings = check(load("reference"), load_catalog())

    told = [finding.message for finding in findings]
    assert "'gbi' has a constant in place of a model: look_time" in " ".join(told)
    # Sensing and command are modelled, so that their constants are told only where written.
    assert not any(
        one.startswith(("'sbi' has a constant", "'lrdr' has a constant")) for one in told
    )


def test_a_delay_that_a_study_writes_is_told():
    override = "override: {commit_delay: {value: 300 s, reason: a test}}"
    text = template().replace(
        "- {use: c2bmc}",
        f"- {{use: c2bmc}}\n      - {{use: gbi, count: 1, at: greely, {override}}}",
        1,
    )
    found = [f for f in check(read_study(text), load_catalog()) if "commit_delay" in f.where]
    assert [f.severity for f in found] == ["note"]
    assert "writes gbi's commit_delay as a constant, 300 s" in found[0].message


@pytest.mark.parametrize(("floor", "is_told"), [("", True), ("40 km", False)])
def test_interceptors_that_never_come_low_enough_for_gliders_are_told(floor, is_told):
    override = (
        f"override: {{min_intercept_altitude: {{value: {floor}, reason: a test}}}},"
        if floor
        else ""
    )
    text = f"""
umbo: 1
title: t
raids: {{one: [{{missile: hgv_long, count: 1, from: ru_central, at: new_york}}]}}
architectures:
  a: {{elements: [{{use: sbi, layers: [boost, glide], {override} constellation: {LONE}}}]}}
"""
    catalog = load_catalog()

    told = [f.message for f in check(read_study(text, "a", catalog), catalog)]

    wanted = "sbi meets nothing below 100 km, and no glider glides above 65 km"
    assert any(wanted in message for message in told) == is_told
