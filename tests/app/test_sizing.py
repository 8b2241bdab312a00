"""The answer to how many interceptors, as a person reads it."""

import json
import re

import pytest
from typer.testing import CliRunner

from umbo.app.cli import app
from umbo.app.sizing import answer, carried, changed
from umbo.app.sizing_page import page
from umbo.appraisal.sizing_question import Question
from umbo.elements.catalog import load_catalog
from umbo.errors import StudyError, UnitError
from umbo.study.sizing import size
from umbo.study.sizing_posed import question_like


@pytest.fixture(scope="module")
def tables():
    return size(question_like("cbo2025"), load_catalog(), published="cbo2025", draws=2)


def test_answer_is_one_sentence_with_its_interval(tables):
    text = answer(tables)

    assert re.match(
        r"[\d,]+ interceptors in orbit \([\d,]+ to [\d,]+ over the inputs' ranges\)", text
    )
    assert "one ICBM solid missile from North Korea interior one shot" in text
    assert "1,300 for 1 or 2" in carried(tables)


def test_page_holds_the_map_the_curves_and_every_table(tables):
    html = page(tables, "Test")

    assert html.count("<figure>") >= 8
    assert "Map of interceptors in reach" in html
    assert "What carries the number" in html
    assert not re.search(r"\bnan\b|\binf\b", html)
    assert "http" not in html.replace("http://www.w3.org", "")


def test_command_gives_the_same_tables(tmp_path):
    out = tmp_path / "size.html"
    given = ["size", "--like", "cbo2025", "--raid", "2", "--shots", "1", "--draws", "0", "--json"]
    done = CliRunner().invoke(app, [*given, "--altitude", "400km", "--out", str(out)])

    assert done.exit_code == 0
    found = json.loads(done.stdout)["tables"]
    assert (found["answer"][0]["missiles"], found["answer"][0]["altitude_m"]) == (2, 400e3)
    assert {"carries", "sensitivity", "latitude", "map", "by_year", "holes"} <= set(found)
    assert "CBO 2025" in out.read_text()


def test_words_and_quantities_are_checked():
    question = Question()

    new = changed(question, decision_time_s="30s", probability="95%", least="mass", raid=None)
    assert (new.decision_time_s, new.least) == (30.0, "mass")
    assert new.probability == pytest.approx(0.95, rel=1e-12)
    assert new.raid == question.raid
    with pytest.raises(StudyError, match="did you mean 'burnout'"):
        changed(question, deadline="burnot")
    with pytest.raises(StudyError, match=r"--probability '120%' is out of bounds"):
        changed(question, probability="120%")
    with pytest.raises(UnitError, match="--decision-time: '30' needs a number and one of"):
        changed(question, decision_time_s="30")


def test_any_value_can_be_challenged():
    def given(*more):
        args = ["size", "--like", "cbo2025", "--draws", "0", "--altitude", "400km"]
        done = CliRunner().invoke(app, [*args, "--inclination", "50deg", "--json", *more])
        assert done.exit_code == 0, done.output
        return json.loads(done.stdout)["tables"]

    asked = given()
    faster = given("--set", "sbi.burnout_speed=6 km/s", "--set", "icbm_solid.burn_time=220 s")

    assert faster["answer"][0]["speed_m_per_s"] == 6_000.0
    assert faster["answer"][0]["burnout_s"] > asked["answer"][0]["burnout_s"] + 30.0
    assert faster["answer"][0]["satellites"] < 0.5 * asked["answer"][0]["satellites"]
    assert faster["published"][0]["ours"] > asked["published"][0]["ours"]
    read = {(row["item"], row["parameter"]): row for row in faster["inputs"]}
    assert read["sbi", "burnout_speed"]["conf"] == "ours"


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ("burnout_speed=6 km/s", "ITEM.PARAMETER=VALUE"),
        ("sbi.burnout_speed=6", "needs a number and one of the units"),
        ("sbi.speed=6 km/s", "has no parameter 'speed'"),
        ("sbl.burnout_speed=6 km/s", "sbl"),
    ],
)
def test_values_that_cannot_be_are_refused(wrong, told):
    done = CliRunner().invoke(app, ["size", "--like", "cbo2025", "--set", wrong])

    assert isinstance(done.exception, StudyError)
    assert told in str(done.exception)
