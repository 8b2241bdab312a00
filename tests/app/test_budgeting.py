"""The budget as a person meets it: command, workbook, page, files."""

import csv
import json
import re

import openpyxl
import pytest

from umbo.app import cli

STUDY = """
umbo: 1
title: A shield <that> grows
raids:
  one: [{missile: icbm_solid, count: 1, from: nk_interior, at: chicago}]
architectures:
  today: {elements: [{use: gbi, count: 44, at: greely}]}
  more:
    like: today
    add: [{use: ngi, count: 20, at: greely, in_service: FY2031}]
"""


def run(monkeypatch, *arguments):
    monkeypatch.setattr("sys.argv", ["umbo", *map(str, arguments)])
    with pytest.raises(SystemExit) as done:
        cli.main()
    return done.value.code


@pytest.fixture
def study(tmp_path):
    path = tmp_path / "study.yaml"
    path.write_text(STUDY)
    return path


def computed(formulas, sheet, place):
    """Compute a cell the slow way: sums, differences, rounding and numbers alone."""
    value = formulas[sheet][place].value
    if not (isinstance(value, str) and value.startswith("=")):
        return value or 0.0
    text = value[1:]
    if match := re.fullmatch(r"ROUND\((.*)-(.*),2\)", text):
        return round(computed(formulas, sheet, match[1]) - computed(formulas, sheet, match[2]), 2)
    if match := re.fullmatch(r"SUM\((?:'([^']+)'!)?(\w+:\w+)\)", text):
        of = match[1] or sheet
        cells = [cell.coordinate for row in formulas[of][match[2]] for cell in row]
        return sum(round(computed(formulas, of, cell) * 100) for cell in cells) / 100
    match = re.fullmatch(r"(\w+)-(\w+)", text)
    return computed(formulas, sheet, match[1]) - computed(formulas, sheet, match[2])


@pytest.mark.oracle("openpyxl reads the workbook; its formulas computed by 12 lines of the test")
def test_formulas_of_the_workbook_give_the_values_beside_them(study, tmp_path, monkeypatch, capsys):
    path = tmp_path / "b.xlsx"
    assert run(monkeypatch, "budget", study, "--draws", 50, "--xlsx", path, "--json") == 0
    tables = json.loads(capsys.readouterr().out)["tables"]
    formulas, values = openpyxl.load_workbook(path), openpyxl.load_workbook(path, data_only=True)

    checked = 0
    for sheet in formulas:
        for row in sheet.iter_rows():
            for cell in row:
                if cell.data_type == "f":
                    told = values[sheet.title][cell.coordinate].value
                    found = computed(formulas, sheet.title, cell.coordinate)
                    assert found == pytest.approx(told, abs=0.006)  # half a cent
                    checked += 1

    assert checked > 100
    whole = next(r for r in tables["budget_total"] if r["architecture"] == "more")
    told = {row[0].value: row[1].value for row in values["Summary"].iter_rows() if row[0].value}
    assert told["Budget authority, then-year dollars"] == whole["then_year_usd"]
    assert told["Outlays, then-year dollars"] == whole["outlays_then_usd"]
    assert told["Difference from budget authority"] == 0
    heads = {"Inputs", "By year", "By title", "By element", "S-curve", "Sources"}
    assert heads <= set(formulas.sheetnames)


def test_an_input_of_the_workbook_names_its_source_beside_it(study, tmp_path, monkeypatch):
    path = tmp_path / "b.xlsx"
    run(monkeypatch, "budget", study, "--draws", 50, "--xlsx", path)
    rows = list(openpyxl.load_workbook(path)["Inputs"].iter_rows(values_only=True))

    source, reference = rows[0].index("source"), rows[0].index("reference")
    assert len(rows) > 20
    assert all(row[source] and row[reference] for row in rows[1:])


def test_files_and_page_are_written(study, tmp_path, monkeypatch, capsys):
    page, folder, parquet = tmp_path / "b.html", tmp_path / "csv", tmp_path / "parquet"
    code = run(
        monkeypatch, "budget", study, "--draws", 50, "--out", page, "--csv", folder,
        "--parquet", parquet, "--decided", "2026-11-25",
    )  # fmt: skip

    assert code == 0
    said = capsys.readouterr().out
    assert "of budget authority in" in said
    assert "Which budget a decision reaches" in said
    assert "&lt;that&gt;" in page.read_text()
    with (folder / "budget.csv").open() as stream:
        by_year = sum(round(float(row["authority_usd"]) * 100) for row in csv.DictReader(stream))
    with (folder / "budget_total.csv").open() as stream:
        whole = sum(round(float(row["authority_usd"]) * 100) for row in csv.DictReader(stream))
    assert by_year == whole
    assert (parquet / "budget.parquet").stat().st_size > 0


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("--xlsx", "b.csv"), "written as .xlsx"),
        (("--top-line", "25 busd"), "dollars of which year"),
        (("--top-line", "1 musd of 2026"), "below the"),
        (("--stress", "panic"), "no stress"),
        (("--decided", "soon"), "is not a day"),
        (("--architecture", "mor"), "no architecture is named 'mor'"),
    ],
)
def test_what_cannot_be_is_one_message(study, monkeypatch, capsys, arguments, told):
    assert run(monkeypatch, "budget", study, "--draws", 2, *arguments) == 2
    error = " ".join(capsys.readouterr().err.split())

    assert told in error
    assert "Traceback" not in error


def test_what_a_top_line_leaves_out_is_not_fought_with(study, tmp_path, monkeypatch, capsys):
    page = tmp_path / "b.html"
    limit = "1.35 busd of 2026"
    seeing = "count: 4, at: greely}, {use: lrdr, at: clear}, {use: sbirs, count: 6}, {use: c2bmc}]"
    text = STUDY.replace("count: 44, at: greely}]", seeing).replace(
        "count: 1, from", "count: 10, from"
    )
    study.write_text(text)
    code = run(
        monkeypatch, "budget", study, "--draws", 2, "--leakage", "--top-line", limit,
        "--out", page, "--json",
    )  # fmt: skip

    assert code == 0
    tables = json.loads(capsys.readouterr().out)["tables"]
    assert [row["element"] for row in tables["top_line_elements"] if not row["fits"]] == ["ngi"]
    leaks = {(row["case"], row["fiscal_year"]): row for row in tables["leakage_by_year"]}
    whole, squeezed = leaks["as scheduled", 2035], leaks["top line", 2035]
    assert squeezed["leakage_expected"] > whole["leakage_expected"] + 0.3
    assert squeezed["leakage_more"] == pytest.approx(
        squeezed["leakage_expected"] - whole["leakage_expected"], abs=1e-12
    )
    assert leaks["top line", 2028]["leakage_more"] == 0.0
    assert "What the top line costs in leakage" in page.read_text()
    standing = [row for row in tables["capability"] if row["case"] == "top line"]
    assert all(row["interceptors_on_the_ground"] == 4 for row in standing)
