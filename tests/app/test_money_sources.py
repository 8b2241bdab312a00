"""From any figure of the budget's workbook and pages to its inputs and sources, in one step."""

import re
import shutil
import subprocess
import zipfile
from html.parser import HTMLParser

import openpyxl
import pytest

from umbo.app import budget_files, costing_page
from umbo.elements.catalog import load_catalog
from umbo.study.budget_asked import Asked, read_day
from umbo.study.budgeting import budget
from umbo.study.costing import cited_tables, cost_study, costing_tables
from umbo.study.load import load

OFFICE = shutil.which("soffice") or shutil.which("libreoffice")
ALWAYS = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry">
<item oor:path="/org.openoffice.Office.Calc/Formula/Load"><prop oor:name="OOXMLRecalcMode"
oor:op="fuse"><value>0</value></prop></item>
</oor:items>
"""
WRONG = b"12345"


@pytest.fixture(scope="module")
def study():
    return load("reference")


@pytest.fixture(scope="module")
def tables(study):
    return budget(study, load_catalog(), Asked(draws=50, decided=read_day("2026-11-25", "")))


@pytest.fixture(scope="module")
def written(study, tables, tmp_path_factory):
    folder = tmp_path_factory.mktemp("budget")
    book, page = folder / "budget.xlsx", folder / "budget.html"
    budget_files.write(tables, study, xlsx=book, out=page)
    return book, page


def spoiled(book, path):
    """Copy a workbook with a wrong value beside every formula."""
    with zipfile.ZipFile(book) as old, zipfile.ZipFile(path, "w") as new:
        for entry in old.infolist():
            content = old.read(entry)
            if entry.filename.startswith("xl/worksheets/sheet"):
                content = re.sub(rb"(</f>)<v>[^<]*</v>", rb"\1<v>" + WRONG + rb"</v>", content)
            new.writestr(entry, content)
    return path


@pytest.mark.skipif(OFFICE is None, reason="LibreOffice (soffice) is not installed")
@pytest.mark.oracle("LibreOffice Calc computes every formula anew, from wrong values beside them")
def test_libreoffice_opens_the_workbook_and_computes_its_totals(written, tables, tmp_path):
    book = written[0]
    profile = tmp_path / "profile" / "user"
    profile.mkdir(parents=True)
    (profile / "registrymodifications.xcu").write_text(ALWAYS)

    done = subprocess.run(
        [
            *(OFFICE, f"-env:UserInstallation=file://{profile.parent}", "--headless"),
            *("--convert-to", "xlsx", "--outdir", str(tmp_path / "out")),
            str(spoiled(book, tmp_path / "budget.xlsx")),
        ],
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )

    assert done.returncode == 0, done.stderr
    said = [line for line in done.stderr.splitlines() if "javaldx" not in line]
    assert not [line for line in said if re.search("warn|error|repair", line, re.IGNORECASE)]
    formulas = openpyxl.load_workbook(book)
    ours = openpyxl.load_workbook(book, data_only=True)
    theirs = openpyxl.load_workbook(tmp_path / "out" / "budget.xlsx", data_only=True)
    assert theirs.sheetnames == ours.sheetnames
    checked = 0
    for sheet in formulas:
        for row in sheet.iter_rows():
            for cell in row:
                told, found = (b[sheet.title][cell.coordinate].value for b in (ours, theirs))
                assert not str(found).startswith(("#", "Err:")), cell.coordinate
                if cell.data_type == "f":
                    assert found == pytest.approx(told, abs=0.005)  # half a cent
                    checked += 1
                elif isinstance(told, int | float):
                    assert found == pytest.approx(told, rel=1e-14)
                else:
                    assert found == told
    assert checked > 500
    whole = next(row for row in tables["budget_total"] if row["architecture"] == "large")
    summary = {row[0].value: row[1].value for row in theirs["Summary"].iter_rows()}
    assert summary["Budget authority, then-year dollars"] == whole["then_year_usd"]
    assert summary["Outlays, then-year dollars"] == whole["outlays_then_usd"]
    assert summary["Difference from budget authority"] == 0


def lead_of(cell):
    """Give the sheet and the row to which a cell of a workbook leads, or None."""
    if cell.hyperlink is None or not cell.hyperlink.location:
        return None
    sheet, _, place = cell.hyperlink.location.rpartition("!")
    return sheet.strip("'"), int(re.sub("[^0-9]", "", place))


def named_sources(sheet):
    """Give what each row of a sheet names as its source, by the nearest head above it."""
    column, named = None, {}
    for row in sheet.iter_rows():
        words = {cell.value: cell.column for cell in row if isinstance(cell.value, str)}
        head = words.get("source") or words.get("url")
        if head:
            column = head
        elif column:
            named[row[0].row] = sheet.cell(row[0].row, column).value
    return named


def test_every_figure_of_the_workbook_names_its_source_or_leads_to_it(written):
    book = openpyxl.load_workbook(written[0])
    named = {sheet.title: named_sources(sheet) for sheet in book}

    followed, without = 0, []
    for sheet in book:
        for row in sheet.iter_rows(min_row=2):
            is_head = all(cell.font.bold for cell in row if cell.value is not None)
            figures = [c for c in row if c.data_type == "f" or isinstance(c.value, int | float)]
            if is_head or not figures or named[sheet.title].get(row[0].row):
                continue
            followed += 1
            target, line = lead_of(row[0]) or ("", 0)
            if target == "By year":  # a total of the summary, to the column that it sums
                target, line = lead_of(book["By year"].cell(line, 1))
            if not named.get(target, {}).get(line):
                without.append(f"{sheet.title}!{row[0].coordinate}")

    assert not without, without[:10]
    assert followed > 150


def test_every_source_of_the_workbook_can_be_opened(written):
    book = openpyxl.load_workbook(written[0])
    inputs, sources = book["Inputs"], book["Sources"]
    heads = [cell.value for cell in inputs[1]]
    opened = 0
    for row in inputs.iter_rows(min_row=2):
        cell, address = row[heads.index("source")], row[heads.index("address")]
        if cell.value == "study":  # what the study puts in place, whose reason is the note
            assert row[heads.index("note")].value
            continue
        target, line = lead_of(cell)
        assert target == "Sources"
        assert sources.cell(line, 1).value == str(cell.value).split()[0]
        opened += address.hyperlink is not None and address.hyperlink.target == address.value
    assert opened > 30


class Linked(HTMLParser):
    """Reads rows by the anchors of their cells, and links by where they are."""

    def __init__(self):
        super().__init__()
        self.ids, self.figures, self.rows, self.row = set(), [], {}, None

    def handle_starttag(self, tag, attrs):
        got = dict(attrs)
        if tag == "tr":
            self.row = {"ids": [], "links": []}
        if got.get("id"):
            self.ids.add(got["id"])
            if self.row is not None:
                self.row["ids"].append(got["id"])
        if tag == "a" and self.row is not None:
            self.row["links"].append(got.get("href", ""))
        if tag == "a" and str(got.get("href", "")).startswith("#t-"):
            self.figures.append(got["href"][1:])

    def handle_endtag(self, tag):
        if tag == "tr" and self.row is not None:
            for name in self.row["ids"]:
                self.rows[name] = self.row
            self.row = None


def leads_to_a_source(page, figure):
    """Say whether the row that a figure leads to names a source, inputs or the parts of a sum."""
    table = figure.split("-")[1]
    if table in {"counts", "study", "manifest", "conventions"}:
        return True  # what the page counts of itself, and what the study says
    links = page.rows[figure]["links"]
    return any(link.startswith(("#source-", "#rests-", "#table-", "#input-")) for link in links)


@pytest.fixture(scope="module", params=["budget", "cost"])
def page(request, written, study, tmp_path_factory):
    path = written[1]
    if request.param == "cost":
        path = tmp_path_factory.mktemp("cost") / "cost.html"
        costed = cost_study(study, load_catalog(), draws=50)
        found = costing_tables(costed, load_catalog())
        found |= cited_tables(costed, load_catalog(), found)
        costing_page.write_page(path, found, study)
    reader = Linked()
    reader.feed(path.read_text())
    return reader


def test_every_figure_of_a_page_leads_to_a_row_with_its_source(page):
    assert len(page.figures) > 250
    missing = [figure for figure in page.figures if figure not in page.rows]
    assert not missing, missing[:5]
    without = sorted({one for one in page.figures if not leads_to_a_source(page, one)})
    assert not without, without[:10]


def test_what_an_element_rests_on_is_there_with_sources(page):
    rests = {name: row for name, row in page.rows.items() if name.startswith("rests-")}
    assert len(rests) > 30
    for name, row in rests.items():
        inputs = [link for link in row["links"] if link.startswith("#input-")]
        sources = [link for link in row["links"] if link.startswith("#source-")]
        assert inputs, name
        assert sources, name
        assert {link[1:] for link in inputs + sources} <= page.ids
