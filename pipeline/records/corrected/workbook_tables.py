"""Tables as workbooks that can be written on: one made of a CSV file's texts, or the workbook itself."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipeline.model.errors import SourceError
from pipeline.sources.headings.heading_meanings import field_of
from pipeline.sources.tables.columns import EXTRA, SEPARATOR
from pipeline.sources.tables.delimited import DelimitedSource
from pipeline.sources.tables.table_bounds import Header
from pipeline.sources.tables.worksheet_xml import LAST_COLUMN, LAST_ROW
from pipeline.sources.tables.xlsx import headers

if TYPE_CHECKING:
    from openpyxl import Workbook
    from openpyxl.worksheet.worksheet import Worksheet

WORKBOOKS = frozenset((".xlsx", ".xlsm"))
DELIMITED = frozenset((".csv", ".tsv", ".tab"))
SUFFIXES = WORKBOOKS | DELIMITED
"""Suffixes of the files that can be copied with corrections."""

_LONGEST_CELL = 32_767
_FORMULA_STARTS = ("=", "+", "-", "@")
_LONGEST_TITLE = 31


@dataclass(slots=True)
class WorkbookTable:
    """A table on a worksheet, and where its columns are."""

    worksheet: "Worksheet"
    header: Header

    def cell(self, row: int, column: str, text: str = "", *, make: bool = False) -> Any:
        """Return the cell of a row in a column as findings name it; of several columns that which holds a text.

        A column that is not there is added where that is wished; else the row's first cell is returned.
        """
        numbers = self._numbers(column)
        cells = [self.at(row, number) for number in numbers]
        if not cells and make:
            return self.at(row, self._add(column))
        holding = (cell for cell in cells if text and text in str(cell.value or ""))
        return next(holding, cells[0] if cells else self.at(row, 1))

    def at(self, row: int, number: int) -> Any:
        """Return a cell; of merged ones the first, which has the text of all. In a turned table, a row is a column."""
        if self.header.turned:
            row, number = number, row
        for area in self.worksheet.merged_cells.ranges:
            if area.min_row <= row <= area.max_row and area.min_col <= number <= area.max_col:
                return self.worksheet.cell(area.min_row, area.min_col)
        return self.worksheet.cell(row, number)

    def heading(self, header: str) -> Any:
        """Return the cell that heads a column."""
        for row in range(self.header.bottom, self.header.top - 1, -1):
            cell = self.cell(row, header)
            if str(cell.value or "").strip() == header:
                return cell
        return self.cell(self.header.bottom, header)

    def _numbers(self, column: str) -> list[int]:
        """Return the numbers of the columns that a name stands for: by name, else those of the same field."""
        columns, raw = self.header.layout.columns, self.header.layout.raw
        names = column.split(SEPARATOR)
        named = [each.number for each, own in zip(columns, raw, strict=True) if {each.header, own} & {*names}]
        if column == EXTRA:
            return [len(columns) + 1]
        holding = field_of(names[0])
        others = [each.number for each in columns if holding and each.field == holding]
        return list(dict.fromkeys((*named, *others)))

    def _add(self, column: str) -> int:
        """Head a new column after all others, unless that was done before, and return its number."""
        number = len(self.header.layout.columns) + 1
        while (head := self.at(self.header.bottom, number)).value not in (None, column):
            number += 1
        head.value = column
        return number


def open_tables(path: Path, name: str) -> tuple["Workbook", dict[str | None, WorkbookTable]]:
    """Return a file as a workbook in memory, with its tables by the sheet that findings name.

    Raises SourceError for what does not fit into a workbook.
    """
    if path.suffix.lower() in WORKBOOKS:
        return _workbook(path, name)
    return _workbook_of(DelimitedSource(path, name))


def _workbook(path: Path, name: str) -> tuple["Workbook", dict[str | None, WorkbookTable]]:
    from openpyxl import load_workbook  # loaded where it is used: few need it

    headers_by_sheet = headers(path, name)  # which also refuses what is made to do harm
    with path.open("rb") as file:
        workbook = load_workbook(file, data_only=True, keep_links=False)
    return workbook, {
        title: WorkbookTable(workbook[title], header) for title, header in headers_by_sheet.items()
    }


def _workbook_of(source: DelimitedSource) -> tuple["Workbook", dict[str | None, WorkbookTable]]:
    from openpyxl import Workbook
    from openpyxl.utils import get_column_letter

    workbook = Workbook()
    sheet = workbook.worksheets[0]
    sheet.title = _sheet_title(source.name)
    for number, cells in source.cells():
        if number > LAST_ROW or len(cells) > LAST_COLUMN:
            raise SourceError(
                f"{source.name} has more rows or columns than a workbook. Correct the file itself."
            )
        for place, text in enumerate(cells, 1):
            if text:
                write_text(sheet.cell(number, place), text)
    for place in range(1, len(source.header.layout.columns) + 1):
        sheet.column_dimensions[get_column_letter(place)].width = 24
    sheet.freeze_panes = f"A{source.header.bottom + 1}"
    return workbook, {None: WorkbookTable(sheet, source.header)}


def write_text(cell: Any, text: str) -> None:
    """Write a text into a cell so that no program takes it for a formula, a number or a date."""
    from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

    from pipeline.sources.template.template_workbook import escape_cell

    if len(text) > _LONGEST_CELL:
        raise SourceError(
            f"A text of {len(text):,} characters does not fit into a cell of a workbook. Correct the file itself."
        )
    cell.value = escape_cell(ILLEGAL_CHARACTERS_RE.sub("", text))
    cell.data_type = "s"
    cell.number_format = "@"
    cell.quotePrefix = text.startswith(_FORMULA_STARTS)


def _sheet_title(name: str) -> str:
    from openpyxl.workbook.child import INVALID_TITLE_REGEX

    stem = Path(name).stem
    return INVALID_TITLE_REGEX.sub("_", stem)[:_LONGEST_TITLE].strip("' ") or "Practices"
