"""A budget as a workbook with live formulas, as CSV and as Parquet."""

import csv
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from umbo.app.budgeting import WARNED, answer
from umbo.app.wording import words
from umbo.errors import RunError

if TYPE_CHECKING:
    from xlsxwriter.workbook import Workbook
    from xlsxwriter.worksheet import Worksheet

Row = dict[str, Any]
Tables = Mapping[str, Sequence[Row]]

_MONEY: Final = "#,##0.00"
_KINDS: Final = {
    "authority_usd": "budget authority, constant dollars",
    "then_year_usd": "budget authority, then-year dollars",
    "outlays_then_usd": "outlays, then-year dollars",
}


def write_workbook(path: Path, tables: Tables, title: str) -> None:
    """Write a budget as a workbook, whole or not at all.

    Every total is a formula with its value written beside it, so that it reads the same in a
    program that does not calculate on opening. Sheets: the answer, inputs with sources, by year,
    by title, by element, the S-curve, the schedule, and money beside it.

    Raises:
        RunError: It cannot be written there.
    """
    import xlsxwriter

    from umbo.study.store import told as telling

    beside = path.with_name(f".{path.name}.part")
    with telling(path):
        try:
            with xlsxwriter.Workbook(str(beside), {"in_memory": True}) as book:
                _Book(book, tables).write(title)
            beside.replace(path)
        except xlsxwriter.exceptions.FileCreateError as error:
            raise RunError(f"{path}: cannot be written: {error}; give another place") from None
        finally:
            beside.unlink(missing_ok=True)


class _Book:
    """The sheets of one workbook."""

    def __init__(self, book: "Workbook", tables: Tables) -> None:
        self._book = book
        self._tables = tables
        self._chosen = tables["budget_chosen"][0]
        self._name = self._chosen["architecture"]
        self._bold = book.add_format({"bold": True})
        self._head = book.add_format({"bold": True, "bottom": 1, "text_wrap": True})
        self._money = book.add_format({"num_format": _MONEY})
        self._total = book.add_format({"num_format": _MONEY, "bold": True, "top": 1})
        self._wrapped = book.add_format({"text_wrap": True, "valign": "top"})

    def write(self, title: str) -> None:
        summary = self._book.add_worksheet("Summary")
        inputs = self._book.add_worksheet("Inputs")
        self._inputs(inputs)
        years = self._by_year()
        self._grid("By title", ("title",))
        self._grid("By element", ("element", "title"))
        self._s_curve()
        self._plain("Schedule", self._of("schedule"))
        self._plain("Fielding", self._of("fielding"))
        self._plain("Provided", self._tables["funding"])
        if self._tables.get("top_line"):
            self._plain("Top line", self._tables["top_line"])
            self._plain("Top line, elements", self._tables["top_line_elements"])
        self._plain("Deflators", self._tables["deflators"])
        self._plain("Spend-out rates", self._tables["spend_out"])
        self._plain("Sources", self._tables["sources"])
        self._summary(summary, title, years)

    def _of(self, table: str) -> list[Row]:
        return [row for row in self._tables[table] if row["architecture"] == self._name]

    def _summary(self, sheet: "Worksheet", title: str, years: int) -> None:
        sheet.set_column(0, 0, 44)
        sheet.set_column(1, 1, 26)
        sheet.write(0, 0, f"{title}: the budget of {words(self._name)}", self._bold)
        sheet.write(1, 0, f"Chosen because: {self._chosen['reason']}")
        whole = self._of("budget_total")[0]
        lines = (
            (f"Budget authority, dollars of {whole['dollars_of']}", "C", "authority_usd"),
            ("Budget authority, then-year dollars", "E", "then_year_usd"),
            ("Outlays, then-year dollars", "H", "outlays_then_usd"),
        )
        row = 3
        for text, column, key in lines:
            sheet.write(row, 0, text)
            formula = f"=SUM('By year'!{column}2:{column}{years + 1})"
            sheet.write_formula(row, 1, formula, self._money, whole[key])
            row += 1
        sheet.write(row, 0, "Cost by the cost model, the same dollars")
        sheet.write_number(row, 1, whole["cost_usd"], self._money)
        sheet.write(row + 1, 0, "Difference from budget authority")
        sheet.write_formula(row + 1, 1, f"=ROUND(B4-B{row + 1},2)", self._money, 0)
        sheet.write(row + 2, 0, "80 % sure that it costs no more than")
        sheet.write_number(row + 2, 1, whole["p80_usd"], self._money)
        row += 4
        for sentence in (*answer(self._tables), WARNED):
            sheet.merge_range(row, 0, row, 7, sentence, self._wrapped)
            sheet.set_row(row, 48)
            row += 1

    def _inputs(self, sheet: "Worksheet") -> None:
        known = {row["id"]: row for row in self._tables["sources"]}
        heads = ("item", "parameter", "low", "mode", "high", "unit", "dollars_of", "conf", "note")
        for column, head in enumerate((*heads, "source", "reference", "address")):
            sheet.write(0, column, head, self._head)
        for line, row in enumerate(self._tables["inputs"], start=1):
            for column, head in enumerate(heads):
                _cell(sheet, line, column, row[head])
            ids = str(row["source"]).split()
            of = [known[one] for one in ids if one in known]
            sheet.write_string(line, 9, row["source"])
            sheet.write_string(
                line, 10, "; ".join(f"{one['author']}: {one['title']}" for one in of)
            )
            sheet.write_string(line, 11, " ".join(str(one["url"]) for one in of))
        self._look(sheet, len(heads) + 3, len(self._tables["inputs"]), 16)

    def _by_year(self) -> int:
        """Write money by fiscal year; what is the sum of others is a formula."""
        sheet = self._book.add_worksheet("By year")
        rows = self._of("budget_year")
        heads = (
            "fiscal year",
            "prior year",
            f"authority, dollars of {self._chosen['dollars_of']}",
            "80 % sure",
            "authority, then-year",
            "mandatory, provided",
            "discretionary and not provided",
            "outlays, then-year",
        )
        for column, head in enumerate(heads):
            sheet.write(0, column, head, self._head)
        for line, row in enumerate(rows, start=1):
            sheet.write_number(line, 0, row["fiscal_year"])
            sheet.write_string(line, 1, "yes" if row["is_prior"] else "")
            for column, key in ((2, "authority_usd"), (3, "p80_usd"), (4, "then_year_usd")):
                sheet.write_number(line, column, row[key], self._money)
            sheet.write_number(line, 5, row["mandatory_then_usd"], self._money)
            formula = f"=E{line + 1}-F{line + 1}"
            sheet.write_formula(line, 6, formula, self._money, row["discretionary_then_usd"])
            sheet.write_number(line, 7, row["outlays_then_usd"], self._money)
        last = len(rows) + 1
        sheet.write(last, 0, "all", self._bold)
        keys = {
            2: "authority_usd",
            4: "then_year_usd",
            5: "mandatory_then_usd",
            6: "discretionary_then_usd",
            7: "outlays_then_usd",
        }
        for column, key in keys.items():
            letter = chr(ord("A") + column)
            value = _sum(row[key] for row in rows)
            formula = f"=SUM({letter}2:{letter}{last})"
            sheet.write_formula(last, column, formula, self._total, value)
        self._look(sheet, len(heads), len(rows), 22)
        return len(rows)

    def _grid(self, name: str, keys: tuple[str, ...]) -> None:
        """Write three blocks with the years across, and totals down and across as formulas."""
        from xlsxwriter.utility import xl_col_to_name, xl_rowcol_to_cell

        sheet = self._book.add_worksheet(name)
        rows = self._of("budget")
        every = [row["fiscal_year"] for row in rows]
        years = list(range(min(every), max(every) + 1))
        place = {year: len(keys) + k for k, year in enumerate(years)}
        across = len(keys) + len(years)
        line = 0
        for kind, text in _KINDS.items():
            sums: dict[tuple[str, ...], dict[int, float]] = {}
            for row in rows:
                of = sums.setdefault(tuple(str(row[key]) for key in keys), {})
                cents = round(row[kind] * 100.0)
                of[row["fiscal_year"]] = of.get(row["fiscal_year"], 0) + cents
            sheet.write(line, 0, text, self._bold)
            for column, key in enumerate(keys):
                sheet.write(line + 1, column, key, self._head)
            for year, column in place.items():
                sheet.write_number(line + 1, column, year, self._head)
            sheet.write(line + 1, across, "all", self._head)
            first = line + 2
            for at, (parts, of) in enumerate(sums.items(), start=first):
                for column, part in enumerate(parts):
                    sheet.write_string(at, column, words(part))
                for year, cents in of.items():
                    sheet.write_number(at, place[year], cents / 100.0, self._money)
                ends = (
                    xl_rowcol_to_cell(at, len(keys)),
                    xl_rowcol_to_cell(at, across - 1),
                )
                value = sum(of.values()) / 100.0
                sheet.write_formula(at, across, f"=SUM({ends[0]}:{ends[1]})", self._money, value)
            bottom = first + len(sums)
            sheet.write(bottom, 0, "all", self._bold)
            for column in range(len(keys), across + 1):
                letter = xl_col_to_name(column)
                inside = (
                    [of.get(years[column - len(keys)], 0) for of in sums.values()]
                    if column < across
                    else [cents for of in sums.values() for cents in of.values()]
                )
                formula = f"=SUM({letter}{first + 1}:{letter}{bottom})"
                sheet.write_formula(bottom, column, formula, self._total, sum(inside) / 100.0)
            line = bottom + 3
        sheet.set_column(0, len(keys) - 1, 26)
        sheet.set_column(len(keys), across, 19)
        sheet.freeze_panes(2, len(keys))

    def _s_curve(self) -> None:
        sheet = self._book.add_worksheet("S-curve")
        rows = self._tables["s_curve"]
        sheet.write(0, 0, "per cent sure that it costs no more", self._head)
        sheet.write(0, 1, f"cost, dollars of {self._chosen['dollars_of']}", self._head)
        for line, row in enumerate(rows, start=1):
            sheet.write_number(line, 0, row["percent"])
            sheet.write_number(line, 1, row["cost_usd"], self._money)
        chart = self._book.add_chart({"type": "scatter", "subtype": "smooth"})
        chart.add_series(
            {
                "name": "cost",
                "categories": ["S-curve", 1, 1, len(rows), 1],
                "values": ["S-curve", 1, 0, len(rows), 0],
            }
        )
        chart.set_legend({"none": True})
        sheet.insert_chart("D2", chart)
        sheet.set_column(0, 1, 26)

    def _plain(self, name: str, rows: Sequence[Row]) -> None:
        sheet = self._book.add_worksheet(name)
        if not rows:
            return
        for column, head in enumerate(rows[0]):
            sheet.write(0, column, head, self._head)
            for line, row in enumerate(rows, start=1):
                money = self._money if head.endswith("_usd") else None
                _cell(sheet, line, column, row[head], money)
        self._look(sheet, len(rows[0]), len(rows), 18)

    def _look(self, sheet: "Worksheet", columns: int, rows: int, wide: int) -> None:
        sheet.set_column(0, columns - 1, wide)
        sheet.freeze_panes(1, 1)
        if rows:
            sheet.autofilter(0, 0, rows, columns - 1)


def _cell(sheet: "Worksheet", line: int, column: int, value: Any, style: Any = None) -> None:
    """Write a cell by what it holds: text is never taken for a formula."""
    if isinstance(value, bool):
        sheet.write_boolean(line, column, value)
    elif isinstance(value, int | float):
        sheet.write_number(line, column, value, style)
    elif value is not None:
        sheet.write_string(line, column, str(value))


def _sum(amounts: Iterable[float]) -> float:
    """Sum dollars to the cent."""
    return sum(round(amount * 100.0) for amount in amounts) / 100.0


def write_csv(folder: Path, tables: Tables) -> None:
    """Write each table as CSV into a folder.

    Raises:
        RunError: It cannot be written there.
    """
    from umbo.study.store import told as telling

    with telling(folder):
        folder.mkdir(parents=True, exist_ok=True)
        for name, rows in tables.items():
            beside = folder / f".{name}.csv.part"
            with beside.open("w", newline="", encoding="utf-8") as stream:
                if rows:
                    writer = csv.DictWriter(stream, fieldnames=list(rows[0]))
                    writer.writeheader()
                    writer.writerows(rows)
            beside.replace(folder / f"{name}.csv")


def write_parquet(folder: Path, tables: Tables) -> None:
    """Write each table as Parquet into a folder.

    Raises:
        RunError: It cannot be written there.
    """
    from umbo.study.store import told as telling
    from umbo.study.store import write_tables

    with telling(folder):
        folder.mkdir(parents=True, exist_ok=True)
        write_tables(folder, tables)
