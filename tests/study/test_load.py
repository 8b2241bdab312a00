import re
import time
from dataclasses import fields
from importlib.resources import files

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from umbo.elements.architecture import resolve_architectures
from umbo.elements.catalog import load_catalog
from umbo.elements.constellations import planes_nearest_root
from umbo.elements.overrides import read_range
from umbo.errors import StudyError, UnitError, UnknownNameError
from umbo.study.load import (
    bundled_studies,
    load,
    read_study,
    resolve,
    resolve_proposals,
    resolved_yaml,
)
from umbo.study.nodes import quantity
from umbo.study.template import new_study, template
from umbo.study.views import view_names, with_view
from umbo.units import SI, read

PIECES = [
    "\n",
    "  ",
    ": ",
    "- ",
    "{",
    "}",
    "[",
    "]",
    "&a ",
    "*a",
    "'",
    '"',
    "#",
    "\t",
    "~",
    "1e3",
    "|",
]

# What is put wrong (old text, new text), the line and column told, and what is told.
WRONG = {
    "unknown key": ("      spacing: 15 s", "      spacings: 15 s", 9, 7, "did you mean 'spacing'"),
    "field name with its unit": ("spacing: 15 s", "spacing_s: 15 s", 9, 7, "did you mean 'spacing'"),
    "unknown top key": ("title: A", "titel: A", 2, 1, "did you mean 'title'"),
    "unknown missile": ("icbm_solid", "icbm_sold", 5, 16, "did you mean 'icbm_solid'"),
    "unknown launch area": ("north_korea_interior", "north_korea", 7, 13, "north_korea_interior"),
    "unknown asset group": ("conus_cities", "conus_city", 8, 11, "did you mean 'conus_cities'"),
    "unknown element": ("use: lrdr", "use: lrdd", 17, 15, "did you mean 'lrdr'"),
    "missile as element": ("use: lrdr", "use: icbm_solid", 17, 15, "it is a missile"),
    "unknown place": ("vandenberg: 4", "vandenburg: 4", 16, 31, "did you mean 'vandenberg'"),
    "unknown baseline": ("like: today", "like: todai", 19, 11, "did you mean 'today'"),
    "cyclic like": ("  today:\n", "  today:\n    like: small\n", 20, 11, "today -> small -> today"),
    "no unit": ("15 s", "15", 9, 16, "one of the units s, min, h, day, such as '15 s'"),
    "wrong unit": ("15 s", "15 km", 9, 16, "one of the units s, min, h, day"),
    "misspelt unit": ("1000 km", "1000 kms", 23, 60, "one of the units km, m"),
    "duplicate key": ("      count: 10\n", "      count: 10\n      count: 12\n", 7, 7, "stands twice"),
    "duplicate architecture": ("  small:", "  today:", 18, 3, "first in line 11"),
    "negative count": ("count: 10", "count: -10", 6, 14, "at least 1"),
    "count of words": ("count: 10", "count: ten", 6, 14, "'ten' is not a whole number"),
    "octal": ("count: 10", "count: 010", 6, 14, "write 10"),
    "half a missile": ("count: 10", "count: 10.5", 6, 14, "not a whole number"),
    "not finite": ("15 s", ".inf s", 9, 16, "needs a number"),
    "too large": ("15 s", "1e999 s", 9, 16, "not a finite number"),
    "negative time": ("15 s", "-15 s", 9, 16, "-15 s is out of bounds: it must be at least 0"),
    "places do not sum": ("count: 44", "count: 45", 16, 13, "write count: 44"),
    "planes do not multiply": ("planes: 4", "count: 25, planes: 4", 23, 24, "is not planes 4 times"),
    "constellation without number": ("planes: 4, per_plane: 6, ", "", 23, 24, "needs a count"),
    "satellites at a place": ("      - use: hbtss", "      - use: hbtss\n        at: clear", 23, 13, "leave 'at'"),
    "fiscal year": ("as_of: FY2036", "as_of: 2036", 20, 12, "write FY and four digits"),
    "no list": ("    - missile: icbm_solid", "      missile: icbm_solid", 5, 7, "must be a list"),
    "no value": ("15 s", "", 9, 15, "has no value"),
    "missing key": ("      at: conus_cities\n", "", 5, 7, "the key 'at' is missing"),
    "norway": ("use: lrdr, at: clear", "use: lrdr, at: clear, in_cbo_scope: NO", 17, 46, "write one of the two"),
    "version": ("umbo: 1", "umbo: 2", 1, 7, "'2' is not possible; known: 1"),
    "name": ("  small:", "  Small one:", 18, 3, "such as 'small_one'"),
    "anchor": ("title: A", "title: &a A", 2, 8, "anchors and aliases"),
    "tag": ("title: A", "title: !!python/name:os.system A", 2, 8, "the tag"),
    "tab": ("      count", "\t  count", 6, 1, "indent with spaces"),
    "at sign": ("title: A", "title: @ A", 2, 8, "'@' cannot begin a value; put the text in quotes"),
    "colon in text": ("A small study", "A small: study", 2, 15, "in quotes"),
    "two documents": ("raids:", "---\nraids:", 3, 1, "one study a file"),
    "change of what is not there": ("    add:", "    change: [{use: gbii, count: 3}]\n    add:", 21, 20, "did you mean 'gbi'"),
    "removal of what is not there": ("    add:", "    remove: [ngi]\n    add:", 21, 14, "'ngi' is not in the baseline"),
    "change of one of two": ("    add:", "    change: [{use: gbi#2, count: 3}]\n    add:", 21, 20, "write 'gbi#1'"),
    "removal of one of two": ("    add:", "    remove: [gbi#2]\n    add:", 21, 14, "'gbi' stands once in the baseline"),
    "zeroth": ("    add:", "    remove: [gbi#0]\n    add:", 21, 14, "is not a name"),
    "view": ("raids:", "view: aei2\nraids:", 3, 7, "no view is named 'aei2'"),
    "selected": ("raids:", "selected: {architecture: smal, reason: cheap}\nraids:", 3, 26, "did you mean 'small'"),
    "epoch": ("raids:", "epoch: 2036-02-31T00:00Z\nraids:", 3, 8, "not a time"),
    "too low": ("1000 km", "50 km", 23, 60, "50 km is out of bounds: it must be more than 100 km"),
    "negative at a place": ("vandenberg: 4", "vandenberg: -4", 16, 43, "must be at least 0"),
    "very long": ("count: 10", "count: " + "9" * 5000, 6, 14, "999...' is not a whole number; write d"),
    "elements beside like": ("    add:", "    elements:", 22, 7, "write 'add'"),
    "override of nothing": (
        "at: clear}", "at: clear, override: {p_kil: {value: 0.5, reason: guess}}}", 17, 43, "has no parameter 'p_kil'"),
    "looks": ("at: clear}", "at: clear, doctrine: {look: twice}}", 17, 49, "'twice' is not possible"),
    "list as value": ("title: A small study", "title: [A]", 2, 8, "is a list, but must be one value"),
}  # fmt: skip


@pytest.mark.parametrize("case", WRONG)
def test_a_wrong_study_is_refused_with_line_and_advice(case, written, catalog):
    old, new, line, column, told = WRONG[case]
    assert written.count(old) >= 1
    text = written.replace(old, new, 1)

    with pytest.raises(StudyError) as refusal:
        read_study(text, "a.yaml", catalog)

    message = str(refusal.value).splitlines()[0]
    assert message.startswith(f"a.yaml, line {line}, column {column}")
    assert told in message
    assert len(str(refusal.value).splitlines()) == 1


def test_each_kind_of_error_has_its_class(written, catalog):
    for old, new, kind in (("15 s", "15", UnitError), ("use: lrdr", "use: x", UnknownNameError)):
        with pytest.raises(kind):
            read_study(written.replace(old, new), "a.yaml", catalog)


def test_all_problems_are_told_together_in_the_order_of_the_file(written, catalog):
    text = written.replace("15 s", "15").replace("count: 10", "count: 0").replace("planes", "plane")
    with pytest.raises(StudyError) as refusal:
        read_study(text, "a.yaml", catalog)
    lines = [int(line) for line in re.findall(r"a\.yaml, line (\d+)", str(refusal.value))]
    assert lines == sorted(lines)
    assert set(lines) == {6, 9, 23}

    names = written.replace("use: lrdr", "use: x").replace("icbm_solid", "y")
    with pytest.raises(StudyError, match=r"(?s)named 'y'.*named 'x'"):
        read_study(names, "a.yaml", catalog)


def test_not_more_than_twenty_problems_are_told(written, catalog):
    text = written.replace("raids:", "".join(f"k{i}: 1\n" for i in range(30)) + "raids:")
    with pytest.raises(StudyError) as refusal:
        read_study(text, "a.yaml", catalog)
    assert str(refusal.value).splitlines()[-1] == "... and 10 more problems"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "is empty"),
        ("# nothing\n", "is empty"),
        ("- a\n- b\n", "does not begin with a key"),
        ("umbo", "does not begin with a key"),
        ("a: [1, 2", "not YAML"),
        ("PK\x03\x04", "binary"),
        ("umbo: 1\ntitle: a\n", "the key 'raids' is missing"),
        ("umbo: 1\ntitle: a\nraids: {}\narchitectures: {}\n", "at least one entry"),
        ("? {a: 1}\n: 2\n", "a key must be plain text"),
        ("a: " + "[" * 100_000, "nested deeper"),
        ("a: " + "{b: " * 100_000, "nested deeper"),
    ],
)
def test_what_is_no_study_is_refused(text, told, catalog):
    with pytest.raises(StudyError, match=told):
        read_study(text, "a.yaml", catalog)


@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_whatever_is_typed_gives_a_study_or_a_study_error(data, written, catalog):
    text = written
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(text)))
        cut = data.draw(st.integers(0, 6))
        put = data.draw(st.sampled_from(PIECES) | st.text(max_size=3))
        text = text[:at] + put + text[at + cut :]
    try:
        study = read_study(text, "a.yaml", catalog)
    except StudyError:
        return
    assert read_study(resolved_yaml(study), "b.yaml", catalog) == study


def test_very_many_problems_and_parts_are_refused_in_a_moment(written, catalog):
    launch = "    - {missile: x, count: 1, from: y, at: z}\n"
    many = written.replace("  regional_raid:\n", "  regional_raid:\n" + launch * 5_000)
    large = written + "note: [" + "1, " * 1_000_000 + "]\n"
    began = time.monotonic()
    for text, told in ((many, "and 80 or more"), (large, "more than 200000 keys")):
        with pytest.raises(StudyError, match=told):
            read_study(text, "a.yaml", catalog)
    assert time.monotonic() - began < 15.0


def test_a_billion_laughs_are_refused_at_once(catalog):
    bomb = "a: &a [x, x]\n" + "".join(
        f"{chr(98 + i)}: &{chr(98 + i)} [{', '.join([f'*{chr(97 + i)}'] * 9)}]\n" for i in range(20)
    )
    began = time.monotonic()
    with pytest.raises(StudyError, match="anchors and aliases"):
        read_study(bomb, "a.yaml", catalog)
    assert time.monotonic() - began < 1.0


def test_files_that_are_none_are_refused(tmp_path, catalog):
    large, latin, folder = tmp_path / "a.yaml", tmp_path / "b.yaml", tmp_path / "c"
    large.write_bytes(b"#" * 6_000_000)
    latin.write_bytes("umbo: 1\ntitle: Schütze\n".encode("latin-1"))
    folder.mkdir()
    with pytest.raises(StudyError, match="larger than 5 MB"):
        load(large, catalog)
    with pytest.raises(StudyError, match="line 2: not text in UTF-8"):
        load(latin, catalog)
    with pytest.raises(StudyError, match="not a file"):
        load(folder, catalog)
    with pytest.raises(UnknownNameError, match=r"nowhere\.yaml: no such file"):
        load(tmp_path / "nowhere.yaml", catalog)


def test_text_is_read_as_the_schema_wants_it(written, catalog):
    text = (
        written.replace("title: A small study", "title: NO")
        .replace("count: 10", "count: 1e1")
        .replace("15 s", "1.5e1 s")
        .replace("in_service: FY2030", "in_service: FY2030\n        note: 12:30")
        .replace("raids:", "seed: 1_000\nraids:")
    )
    study = read_study("\ufeff".removeprefix("\ufeff") + text, "a.yaml", catalog)
    launch = study.raids["regional_raid"][0]
    assert (study.title, study.seed) == ("NO", 1000)
    assert (launch.count, launch.spacing_s) == (10, 15.0)
    assert study.architectures["small"].add[0].note == "12:30"


def parts(stands):
    """Give all that an architecture holds; it and its elements are the same only as themselves."""
    elements = [[getattr(one, each.name) for each in fields(one)] for one in stands.elements]
    return stands.name, stands.title, stands.as_of, elements


def test_a_study_written_out_loads_as_the_same_study(written, catalog):
    text = written.replace("title: A small study", "title: 'Größe: \"null\" # 1'").replace(
        "at: clear}", "at: clear, note: '~', nation: 'NO', in_service: FY2024}"
    )
    study = read_study(text, "a.yaml", catalog)
    again = read_study(resolved_yaml(study), "b.yaml", catalog)
    assert again == study
    assert resolved_yaml(again) == resolved_yaml(study)
    first, second = (resolve(one, catalog) for one in (study, again))
    assert list(first) == list(second)
    for name, stands in first.items():
        assert parts(stands) == parts(second[name])


def test_every_kind_of_part_survives_being_written_out():
    architectures, proposals = template().split("\n# What working groups")
    text = architectures + (
        "  third:\n    like: second_site\n    remove: [lrdr]\n    note: 'a: b'\n"
        "    change:\n      - {use: gbi, count: 3, at: clear, in_service: FY2027, rate: 0.1}\n"
        "      - {use: hbtss, constellation: {count: 7, altitude: 1e6 m, inclination: 1.3 rad}}\n"
        "selected: {architecture: third, reason: 'it is cheap'}\n"
    )
    study = read_study(f"{text}\n# What working groups{proposals}")
    assert list(study.proposals) == ["more_rounds"]
    assert read_study(resolved_yaml(study)) == study
    assert study.selected is not None
    third = resolve(study, load_catalog())["third"]
    counts = {one.use: one.count for one in third.elements}
    assert counts == {"gbi": 3, "sbirs": 6, "c2bmc": 1, "ngi": 20, "hbtss": 7}


@given(
    st.sampled_from(sorted(set(SI) - {"1"})),
    st.floats(allow_nan=False, allow_infinity=False, width=64),
)
def test_a_quantity_written_out_reads_as_the_same_number(dimension, value):
    assert read(quantity(value, dimension), dimension) == value


@given(st.integers(1, 200_000))
def test_planes_divide_the_count_and_lie_nearest_its_root(count):
    planes = planes_nearest_root(count)
    assert count % planes == 0
    others = [d for d in range(1, count + 1) if count % d == 0] if count < 5000 else [planes]
    assert abs(planes - count**0.5) <= min(abs(d - count**0.5) for d in others)


def test_a_difference_gives_what_writing_it_out_gives(written, catalog):
    text = written + (
        "  other:\n    like: small\n    as_of: FY2036\n    remove: [lrdr]\n"
        "    change: [{use: gbi, count: 3, at: clear, doctrine: {shots: 1}}]\n"
        "  plain:\n    as_of: FY2036\n    elements:\n"
        "      - {use: gbi, count: 3, at: clear, doctrine: {shots: 1}}\n"
        "      - {use: hbtss, constellation: {count: 24, planes: 4, altitude: 1000 km, "
        "inclination: 60 deg}, in_service: FY2030}\n"
    )
    resolved = resolve(read_study(text, "a.yaml", catalog), catalog)
    assert list(resolved) == ["today", "small", "other", "plain"]
    shown = [
        [(e.use, e.count, [(p.id, n) for p, n in e.sites], e.doctrine) for e in a.elements]
        for a in (resolved["other"], resolved["plain"])
    ]
    assert shown[0] == shown[1]


def test_shots_left_out_are_the_catalogues(written, catalog):
    gbi = resolve(read_study(written, "a.yaml", catalog), catalog)["today"].elements[0]
    assert gbi.doctrine.shots == 4
    assert gbi.values["p_kill"].conf == "verified"


@pytest.mark.parametrize(
    ("as_of", "standing"),
    [("FY2036", 24), ("FY2030", 24), ("FY2029", 16), ("FY2028", 12), ("FY2027", 4), ("FY2026", 2)],
)
def test_a_constellation_grows_at_its_rate_in_full_rounds(as_of, standing, written, catalog):
    text = written.replace("in_service: FY2030", "in_service: FY2030\n        rate: 5.5")
    text = text.replace("as_of: FY2036", f"as_of: {as_of}")
    text = text.replace("umbo: 1\n", "umbo: 1\nfielding: written\n")
    elements = resolve(read_study(text, "a.yaml", catalog), catalog)["small"].elements
    (count,) = [one.count for one in elements if one.use == "hbtss"] or [0]
    assert count == standing


def test_what_is_late_and_has_no_rate_is_left_out_and_without_a_year_all_stands(written, catalog):
    early = written.replace("as_of: FY2036", "as_of: FY2029")
    never = written.replace("    as_of: FY2036\n", "")
    for text, uses, year in ((early, 2, 2029), (never, 3, 2030)):
        small = resolve(read_study(text, "a.yaml", catalog), catalog)["small"]
        assert (len(small.elements), small.as_of) == (uses, year)


def test_rounds_fill_their_places_in_the_order_written(written, catalog):
    text = written.replace(
        "        count: 44\n", "        count: 44\n        in_service: FY2028\n        rate: 1\n"
    )
    gbi = resolve(read_study(text, "a.yaml", catalog), catalog)["today"].elements[0]
    assert [(place.id, count) for place, count in gbi.sites] == [
        ("fort_greely", 40),
        ("vandenberg", 2),
    ]


@pytest.mark.parametrize(
    ("text", "unit", "expected"),
    [
        ("0.7", "1", (0.7, 0.7, 0.7)),
        ("70 %", "1", (0.7, 0.7, 0.7)),
        ("0.5 to 0.75", "1", (0.5, 0.625, 0.75)),
        ("6 km/s", "m_per_s", (6000.0, 6000.0, 6000.0)),
        ("5 to 8 km/s", "m/s", (5000.0, 6500.0, 8000.0)),
        ("22 musd (15 musd to 0.03 busd)", "usd", (15e6, 22e6, 30e6)),
        ("22 musd (15 to 30 musd)", "musd", (15.0, 22.0, 30.0)),
        ("-5 to -2 m", "m", (-5.0, -3.5, -2.0)),
    ],
)
def test_an_override_reads_as_low_mode_high(text, unit, expected):
    assert read_range(text, unit) == pytest.approx(expected, rel=1e-12)  # rounding only


@pytest.mark.parametrize(
    ("value", "told"),
    [
        ("1.2", "is a probability"),
        ("-0.1", "cannot be"),
        ("0.8 to 0.5", "not in order"),
        ("0.9 (0.1 to 0.2)", "not in order"),
        ("6 km/s", "has a unit"),
        ("many", "needs a number|has a unit"),
        ("0.5 to", "needs a number|has a unit"),
    ],
)
def test_an_override_that_cannot_be_is_refused(value, told, written, catalog):
    text = written.replace(
        "        count: 44\n",
        f"        count: 44\n        override: {{p_kill: {{value: {value}, reason: guess}}}}\n",
    )
    with pytest.raises(StudyError, match=told) as refusal:
        read_study(text, "a.yaml", catalog)
    assert "a.yaml, line 16" in str(refusal.value)


def test_an_override_is_the_studys_own_assumption(written, catalog):
    text = written.replace(
        "        count: 44\n",
        "        count: 44\n        override: {p_kill: {value: 0.5 (0.4 to 0.6), reason: guess}}\n",
    )
    today = resolve(read_study(text, "a.yaml", catalog), catalog)["today"]
    value = today.elements[0].values["p_kill"]
    assert (value.low, value.mode, value.high) == (0.4, 0.5, 0.6)
    assert (value.conf, value.note, value.is_assumption) == ("ours", "guess", True)
    assert catalog.items["gbi"].values["p_kill"].mode == 0.57


def test_a_view_puts_its_numbers_in_place(catalog):
    text = (
        "title: A\nsource: record\nvalues:\n  gbi:\n"
        "    unit_cost: {value: 80 musd, low: 70 musd}\n    p_kill: {value: 0.5, source: record}\n"
    )
    viewed = with_view(text, "views/a.yaml", catalog)
    cost = viewed.items["gbi"].values["unit_cost"]
    assert (cost.low, cost.mode, cost.high, cost.source) == (70e6, 80e6, 80e6, "record")
    for old, new, told in (
        ("gbi", "gbj", "did you mean 'gbi'"),
        ("p_kill", "p_kil", "did you mean 'p_kill'"),
        ("source: record}", "source: recor}", "did you mean 'record'"),
        ("80 musd", "80 km", "one of the units"),
    ):
        with pytest.raises(StudyError, match=told):
            with_view(text.replace(old, new), "views/a.yaml", catalog)


@pytest.mark.parametrize("name", view_names())
def test_every_bundled_view_fits_the_catalogue(name):
    text = files("umbo.data").joinpath("views", f"{name}.yaml").read_text(encoding="utf-8")
    assert with_view(text, name, load_catalog()) != load_catalog()


@pytest.mark.parametrize("name", bundled_studies())
def test_every_bundled_study_loads(name):
    study = load(name)
    assert resolve(study, load_catalog()).keys() == study.architectures.keys()


def test_a_new_study_loads_and_is_never_written_over(tmp_path):
    path = new_study(tmp_path / "mine")
    assert path.name == "mine.yaml"
    assert load(path).title == "My study"
    path.write_text("precious")
    with pytest.raises(StudyError, match="stands there already"):
        new_study(path)
    assert path.read_text() == "precious"
    with pytest.raises(StudyError, match="cannot be written"):
        new_study(tmp_path / "nowhere" / "a.yaml")


def test_resolving_raises_at_once_where_nobody_listens(written, catalog):
    study = read_study(written, "a.yaml", catalog)
    with pytest.raises(UnknownNameError, match="no architecture is named 'today'"):
        resolve_architectures({"small": study.architectures["small"]}, catalog)


def test_large_studies_load_in_a_moment(written, catalog):
    launches = written[written.index("    - missile") : written.index("architectures:")]
    text = written.replace(launches, launches * 1000)
    began = time.monotonic()
    assert len(read_study(text, "a.yaml", catalog).raids["regional_raid"]) == 1000
    assert time.monotonic() - began < 5.0
    assert yaml.__with_libyaml__


def test_one_of_two_of_a_name_is_changed_or_removed_by_its_number(written, catalog):
    text = written + (
        "  two:\n    like: small\n    add: [{use: gbi, count: 9, at: clear}]\n"
        "  more:\n    like: two\n    change: [{use: gbi#2, count: 7}]\n"
        "  fewer:\n    like: two\n    remove: [gbi#1]\n"
    )
    resolved = resolve(read_study(text, "a.yaml", catalog), catalog)
    counts = {
        name: [e.count for e in resolved[name].elements if e.use == "gbi"]
        for name in ("two", "more", "fewer")
    }
    assert counts == {"two": [44, 9], "more": [44, 7], "fewer": [9]}

    unclear = text + "  unclear:\n    like: two\n    change: [{use: gbi, count: 7}]\n"
    with pytest.raises(StudyError, match=r"stands 2 times.*write 'gbi#1' for the first of them"):
        read_study(unclear, "a.yaml", catalog)


def test_a_proposal_changes_one_of_two_of_a_name(written, catalog):
    text = written + (
        "  two:\n    like: small\n    add: [{use: lrdr, at: vandenberg}]\n"
        "proposals:\n  fewer:\n    group: Some group\n    reason: One is enough.\n"
        "    like: two\n    remove: [lrdr#2]\n"
        "  more:\n    group: Other group\n    reason: Two are not enough.\n"
        "    like: two\n    change: [{use: lrdr#1, count: 2, at: {clear: 2}}]\n"
    )
    study = read_study(text, "a.yaml", catalog)
    alone = resolve_proposals(study, catalog)
    counts = {
        name: [e.count for e in alone[name].elements if e.use == "lrdr"] for name in study.proposals
    }
    assert counts == {"fewer": [1], "more": [2, 1]}
    assert study.proposals["fewer"].remove == ["lrdr#2"]
