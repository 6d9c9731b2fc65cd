"""Old Excel workbooks (.xls): the sheets as grids, read by xlrd, which has their formats, hidden columns and links."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

from pipeline.model.errors import SourceError
from pipeline.sources.files.sandboxed_source import Event
from pipeline.sources.tables.cell_text import cell_text
from pipeline.sources.tables.grids import EMPTY, Cell, Grid, SheetFacts
from pipeline.sources.tables.xlsx import read_tables

_VISIBLE = 0


def read(path: Path, name: str) -> Iterator[Event]:
    """Yield rows and findings of every sheet with a table of records."""
    import xlrd  # loaded where it is used: few files need it

    try:
        with path.open("rb") as content:
            book = xlrd.open_workbook(
                file_contents=content.read(), formatting_info=True, ragged_rows=True, logfile=_Silence()
            )
    except Exception as error:  # the library has no one error for broken files
        if "encrypted" in str(error):
            raise SourceError(f"{name} is protected by a password. Save it without one.") from error
        raise SourceError(
            f"{name} is damaged, or no Excel file. Open it in a spreadsheet program and save it as XLSX."
        ) from error
    yield from read_tables([_grid(book, sheet) for sheet in book.sheets()], name)


class _Silence:
    """Discards what the library writes about odd files."""

    def write(self, _: str) -> None:
        """Do nothing."""


def _grid(book: Any, sheet: Any) -> Grid:
    facts = SheetFacts(
        merged=[(left + 1, top + 1, right, bottom) for top, bottom, left, right in sheet.merged_cells],
        hidden=sum(bool(row.hidden) for row in sheet.rowinfo_map.values()),
        hidden_columns=[
            (column + 1, column + 1) for column, info in sheet.colinfo_map.items() if info.hidden
        ],
        links={
            (row + 1, column + 1): link.url_or_path
            for (row, column), link in sheet.hyperlink_map.items()
            if link.type == "url" and isinstance(link.url_or_path, str)
        },
    )
    rows = partial(_rows, book, sheet, facts.links)
    return Grid(str(sheet.name), rows, facts, sheet.visibility != _VISIBLE, bool(book.datemode))


def _rows(book: Any, sheet: Any, links: Mapping[tuple[int, int], str]) -> Iterator[tuple[int, list[Cell]]]:
    for row in range(sheet.nrows):
        cells = enumerate(sheet.row(row), 1)
        yield row + 1, [_cell(book, cell, links.get((row + 1, column))) for column, cell in cells]


def _cell(book: Any, cell: Any, link: str | None) -> Cell:
    from xlrd import biffh

    if cell.ctype in (biffh.XL_CELL_EMPTY, biffh.XL_CELL_BLANK) or cell.value == "":
        return Cell("", None, link) if link else EMPTY
    known = book.format_map.get(book.xf_list[cell.xf_index].format_key)
    number_format = known.format_str if known is not None else "General"
    return cell_text(_value(book, cell), number_format, cell.ctype == biffh.XL_CELL_ERROR, link)


def _value(book: Any, cell: Any) -> object:
    from xlrd import biffh, xldate

    if cell.ctype == biffh.XL_CELL_DATE:
        try:
            day: datetime = xldate.xldate_as_datetime(cell.value, book.datemode)
        except (ValueError, OverflowError):
            return cell.value
        return day
    if cell.ctype == biffh.XL_CELL_BOOLEAN:
        return bool(cell.value)
    return "#" if cell.ctype == biffh.XL_CELL_ERROR else cell.value
