"""A budget as a workbook: totals are live formulas, and each figure leads to its source."""

from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
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
    "mandatory_then_usd": "of it mandatory and provided, then-year dollars",
    "discretionary_then_usd": "of it discretionary or not provided, then-year dollars",
    "outlays_then_usd": "outlays, then-year dollars",
}


_BESIDE: Final = {
    "Capability": "capability",
    "Leakage by year": "leakage_by_year",
    "Provided": "funding",
    "Top line": "top_line",
    "Top line, elements": "top_line_elements",
    "Stress": "stress",
    "Growing": "growing",
    "Thrown away": "thrown_away",
    "Calendar": "calendar",
}
"""Sheets of tables beside the budget, where they are there."""
_OF_SCHEDULE: Final = ("capability", "leakage_by_year")
"""Tables that come from the schedule; others are sums over the budget's elements."""
_PARTS: Final = "By element"


def write_workbook(path: Path, tables: Tables, title: str) -> None:
    """Write a budget as a workbook, whole or not at all.

    Every total is a formula with its value written beside it, so that it reads the same in a
    program that does not calculate on opening. Each row of figures names its source, or its first
    cell is a link to a row that does. Sheets: the answer, inputs with sources, by year, by title,
    by element, the S-curve, the schedule, and money beside it.

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
        self._link = book.add_format({"font_color": "#0b57a4", "underline": 1})
        self._source_lines = _first_lines(tables["sources"], "id")
        self._input_lines = _first_lines(tables["inputs"], "item")
        self._grid_keys = list(
            dict.fromkeys((row["element"], row["title"]) for row in self._of("budget"))
        )

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
        for name, table in _BESIDE.items():
            rows = self._tables.get(table) or []
            if rows:
                self._plain(name, rows, parts=table not in _OF_SCHEDULE)
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
            self._to(sheet, row, 0, f"'By year'!{column}2", text)
            formula = f"=SUM('By year'!{column}2:{column}{years + 1})"
            sheet.write_formula(row, 1, formula, self._money, whole[key])
            row += 1
        self._to(sheet, row, 0, f"'{_PARTS}'!A3", "Cost by the cost model, the same dollars")
        sheet.write_number(row, 1, whole["cost_usd"], self._money)
        self._to(sheet, row + 1, 0, f"'{_PARTS}'!A3", "Difference from budget authority")
        sheet.write_formula(row + 1, 1, f"=ROUND(B4-B{row + 1},2)", self._money, 0)
        self._to(sheet, row + 2, 0, f"'{_PARTS}'!A3", "80 % sure that it costs no more than")
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
            self._source(sheet, line, 9, row["source"])
            told = "; ".join(f"{one['author']}: {one['title']}" for one in of)
            _cell(sheet, line, 10, told or None)
            addresses = [str(one["url"]) for one in of if one["url"]]
            self._web(sheet, line, 11, addresses[0] if addresses else "")
        self._look(sheet, len(heads) + 3, len(self._tables["inputs"]), 16)

    def _by_year(self) -> int:
        """Write money by fiscal year; what is the sum of others is a formula."""
        from xlsxwriter.utility import xl_rowcol_to_cell

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
            there = xl_rowcol_to_cell(2, self._year_column(row["fiscal_year"]))
            self._to(sheet, line, 0, f"'{_PARTS}'!{there}", row["fiscal_year"])
            _cell(sheet, line, 1, "yes" if row["is_prior"] else None)
            for column, key in ((2, "authority_usd"), (3, "p80_usd"), (4, "then_year_usd")):
                sheet.write_number(line, column, row[key], self._money)
            sheet.write_number(line, 5, row["mandatory_then_usd"], self._money)
            formula = f"=E{line + 1}-F{line + 1}"
            sheet.write_formula(line, 6, formula, self._money, row["discretionary_then_usd"])
            sheet.write_number(line, 7, row["outlays_then_usd"], self._money)
        last = len(rows) + 1
        self._to(sheet, last, 0, f"'{_PARTS}'!A3", "all")
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
        rows, years = self._of("budget"), self._grid_years
        of_parts = "element" in keys
        before = len(keys) + of_parts  # columns before the first year's
        place = {year: before + k for k, year in enumerate(years)}
        across = before + len(years)
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
            if of_parts:
                sheet.write(line + 1, len(keys), "source", self._head)
            for year, column in place.items():
                sheet.write_number(line + 1, column, year, self._head)
            sheet.write(line + 1, across, "all", self._head)
            first = line + 2
            for at, (parts, of) in enumerate(sums.items(), start=first):
                for column, part in enumerate(parts):
                    sheet.write_string(at, column, words(part))
                if of_parts:
                    self._to(sheet, at, 0, self._inputs_of(parts[0]), words(parts[0]))
                    _cell(sheet, at, len(keys), self._sources_of(parts[0]) or None)
                else:
                    self._to(sheet, at, 0, self._part_of(kind, parts[0]), words(parts[0]))
                for year, cents in of.items():
                    sheet.write_number(at, place[year], cents / 100.0, self._money)
                ends = (
                    xl_rowcol_to_cell(at, before),
                    xl_rowcol_to_cell(at, across - 1),
                )
                value = sum(of.values()) / 100.0
                sheet.write_formula(at, across, f"=SUM({ends[0]}:{ends[1]})", self._money, value)
            bottom = first + len(sums)
            self._to(sheet, bottom, 0, f"'{_PARTS}'!A3", "all")
            for column in range(before, across + 1):
                letter = xl_col_to_name(column)
                inside = (
                    [of.get(years[column - before], 0) for of in sums.values()]
                    if column < across
                    else [cents for of in sums.values() for cents in of.values()]
                )
                formula = f"=SUM({letter}{first + 1}:{letter}{bottom})"
                sheet.write_formula(bottom, column, formula, self._total, sum(inside) / 100.0)
            line = bottom + 3
        sheet.set_column(0, before - 1, 26)
        sheet.set_column(before, across, 19)
        sheet.freeze_panes(2, before)

    def _s_curve(self) -> None:
        sheet = self._book.add_worksheet("S-curve")
        rows = self._tables["s_curve"]
        sheet.write(0, 0, "per cent sure that it costs no more", self._head)
        sheet.write(0, 1, f"cost, dollars of {self._chosen['dollars_of']}", self._head)
        for line, row in enumerate(rows, start=1):
            self._to(sheet, line, 0, f"'{_PARTS}'!A3", row["percent"])
            sheet.write_number(line, 1, row["cost_usd"], self._money)
        chart = self._book.add_chart({"type": "scatter", "subtype": "smooth"})
        chart.add_series(
            {
                "name": "cost",
                "categories": ["S-curve", 1, 1, len(rows), 1],
                "values": ["S-curve", 1, 0, len(rows), 0],
            }
        )
        chart.set_title({"name": "Chance that it costs no more", "name_font": {"size": 12}})
        chart.set_x_axis({"num_format": '$#,##0,,," B"'})
        chart.set_y_axis({"num_format": '0" %"', "min": 0, "max": 100})
        chart.set_legend({"none": True})
        sheet.insert_chart("D2", chart)
        sheet.set_column(0, 1, 26)

    def _plain(self, name: str, rows: Sequence[Row], *, parts: bool = True) -> None:
        """Write a table; rows without source or element lead to the budget or the schedule."""
        sheet = self._book.add_worksheet(name)
        if not rows:
            return
        sourced = "source" in rows[0] or name == "Sources"
        if "element" in rows[0] and not sourced:
            rows = [{**row, "source": self._sources_of(row["element"])} for row in rows]
        for column, head in enumerate(rows[0]):
            sheet.write(0, column, head, self._head)
            for line, row in enumerate(rows, start=1):
                if head == "source":
                    self._source(sheet, line, column, row[head])
                elif head == "url":
                    self._web(sheet, line, column, str(row[head] or ""))
                elif column == 0 and not sourced:
                    to = f"'{_PARTS}'!A3" if parts else "'Schedule'!A2"
                    to = self._inputs_of(row["element"]) if "element" in row else to
                    self._to(sheet, line, 0, to, row[head])
                else:
                    money = self._money if head.endswith("_usd") else None
                    _cell(sheet, line, column, row[head], money)
        self._look(sheet, len(rows[0]), len(rows), 18)

    @cached_property
    def _grid_years(self) -> list[int]:
        every = [row["fiscal_year"] for row in self._of("budget")]
        return list(range(min(every), max(every) + 1))

    def _year_column(self, year: int) -> int:
        """Give the column of a year in the sheet by element: after element, title and source."""
        at = year - self._grid_years[0]
        return 3 + min(max(at, 0), len(self._grid_years) - 1)

    def _part_of(self, kind: str, title: str) -> str:
        """Give the first row of a title in a block of the sheet by element."""
        block = list(_KINDS).index(kind) * (len(self._grid_keys) + 5)
        first = next(i for i, key in enumerate(self._grid_keys) if key[1] == title)
        return f"'{_PARTS}'!A{block + 3 + first}"

    def _inputs_of(self, element: str) -> str:
        """Give the first input of an element, or of all where it has none of its own."""
        return f"'Inputs'!A{self._input_lines.get(element, 1) + 1}"

    def _sources_of(self, element: str) -> str:
        rows = [row for row in self._tables["inputs"] if row["item"] == element]
        return " ".join(dict.fromkeys(one for row in rows for one in str(row["source"]).split()))

    def _to(self, sheet: "Worksheet", line: int, column: int, place: str, told: Any) -> None:
        """Write a cell that leads to another place of the workbook."""
        sheet.write_url(line, column, f"internal:{place}", self._link, str(told))
        if isinstance(told, int | float):
            sheet.write_number(line, column, told, self._link)

    def _source(self, sheet: "Worksheet", line: int, column: int, ids: object) -> None:
        """Write ids of sources; the cell leads to the first of them."""
        first = next((one for one in str(ids or "").split() if one in self._source_lines), None)
        if first is None:
            _cell(sheet, line, column, ids)
        else:
            to = f"'Sources'!A{self._source_lines[first] + 1}"
            self._to(sheet, line, column, to, ids)

    def _web(self, sheet: "Worksheet", line: int, column: int, url: str) -> None:
        if url.startswith(("http://", "https://")):
            sheet.write_url(line, column, url, self._link)
        else:
            _cell(sheet, line, column, url or None)

    def _look(self, sheet: "Worksheet", columns: int, rows: int, wide: int) -> None:
        sheet.set_column(0, columns - 1, wide)
        sheet.freeze_panes(1, 1)
        if rows:
            sheet.autofilter(0, 0, rows, columns - 1)


def _first_lines(rows: Sequence[Row], column: str) -> dict[str, int]:
    """Give the first line of a sheet, below its head, that holds each value of a column."""
    lines: dict[str, int] = {}
    for line, row in enumerate(rows, start=1):
        lines.setdefault(str(row[column]), line)
    return lines


def _cell(sheet: "Worksheet", line: int, column: int, value: Any, style: Any = None) -> None:
    """Write a cell by what it holds: text is never taken for a formula."""
    if isinstance(value, bool):
        sheet.write_boolean(line, column, value)
    elif isinstance(value, int | float):
        sheet.write_number(line, column, value, style)
    elif value is not None and value != "":
        sheet.write_string(line, column, str(value))


def _sum(amounts: Iterable[float]) -> float:
    """Sum dollars to the cent."""
    return sum(round(amount * 100.0) for amount in amounts) / 100.0
