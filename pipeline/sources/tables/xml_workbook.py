"""Workbooks in one XML file, as Excel 2003 and many web applications save them (SpreadsheetML): sheets as grids."""

from collections.abc import Iterator
from datetime import datetime
from math import isfinite
from pathlib import Path
from typing import Any

from lxml import etree  # type: ignore[import-untyped]

from pipeline.model.errors import SourceError
from pipeline.sources.files.sandboxed_source import Event
from pipeline.sources.tables.cell_text import cell_text
from pipeline.sources.tables.grids import EMPTY, NO_VALUE, Cell, Grid, SheetFacts
from pipeline.sources.tables.worksheet_xml import LAST_COLUMN
from pipeline.sources.tables.xlsx import read_tables

_NAMESPACE = "urn:schemas-microsoft-com:office:spreadsheet"
_S = f"{{{_NAMESPACE}}}"
_VISIBILITY = "{urn:schemas-microsoft-com:office:excel}Visible"
_LAST_ROW = 1_048_576
_WHOLE_DAY = "yyyy-mm-dd"
_NAMED_FORMATS = frozenset(("", "General", "General Date", "Long Date", "Medium Date", "Short Date"))

Row = dict[int, Cell]
"""Column, from 1 → cell, for the cells that a row states."""


def is_xml_workbook(head: bytes) -> bool:
    """Return whether a file that begins so is such a workbook, in UTF-8 or UTF-16."""
    return _NAMESPACE.encode() in head.replace(b"\0", b"")


def read(path: Path, name: str) -> Iterator[Event]:
    """Yield rows and findings of every sheet with a table of records; raise SourceError for broken XML."""
    try:
        grids = list(_grids(path, name))
    except etree.XMLSyntaxError as error:
        raise SourceError(
            f"{name} is a damaged workbook: {error.msg}. Open it in a spreadsheet program and save it as XLSX."
        ) from error
    yield from read_tables(grids, name)


def _grids(path: Path, name: str) -> Iterator[Grid]:
    formats: dict[str, str] = {}
    elements = etree.iterparse(str(path), resolve_entities=False, no_network=True, remove_comments=True)
    for _, element in elements:
        if element.getroottree().docinfo.doctype:
            raise SourceError(f"{name} is refused: it has a DOCTYPE, as no workbook has.")
        if element.tag == f"{_S}Style":
            shown = element.find(f"{_S}NumberFormat")
            formats[element.get(f"{_S}ID", "")] = "" if shown is None else shown.get(f"{_S}Format", "")
        elif element.tag == f"{_S}Worksheet":
            yield _grid(element, formats)
            element.clear()


def _grid(sheet: Any, formats: dict[str, str]) -> Grid:
    facts, rows, number = SheetFacts(), dict[int, Row](), 0
    column = 0
    for element in sheet.iterfind(f"{_S}Table/{_S}Column"):
        column = _number(element, "Index", column + 1, LAST_COLUMN)
        last = column + _number(element, "Span", 0, LAST_COLUMN)
        if element.get(f"{_S}Hidden") == "1":
            facts.hidden_columns.append((column, last))
        column = last
    for element in sheet.iterfind(f"{_S}Table/{_S}Row"):
        number = _number(element, "Index", number + 1, _LAST_ROW)
        facts.hidden += element.get(f"{_S}Hidden") == "1"
        rows[number] = _row(element, number, facts, formats)
        number += _number(element, "Span", 0, _LAST_ROW)
    is_hidden = any((each.text or "").strip() != "SheetVisible" for each in sheet.iter(_VISIBILITY))
    return Grid(sheet.get(f"{_S}Name", ""), lambda: _full_rows(rows), facts, is_hidden)


def _full_rows(rows: dict[int, Row]) -> Iterator[tuple[int, list[Cell]]]:
    """Yield rows with their numbers, empty cells where a row states none."""
    for number, row in rows.items():
        yield number, [row.get(column, EMPTY) for column in range(1, max(row, default=0) + 1)]


def _row(element: Any, number: int, facts: SheetFacts, formats: dict[str, str]) -> Row:
    row: Row = {}
    column = 0
    for cell in element.iterfind(f"{_S}Cell"):
        column = _number(cell, "Index", column + 1, LAST_COLUMN)
        row[column] = _cell(cell, formats)
        right = column + _number(cell, "MergeAcross", 0, LAST_COLUMN)
        bottom = number + _number(cell, "MergeDown", 0, _LAST_ROW)
        if (right, bottom) != (column, number):
            facts.merged.append((column, number, right, bottom))
        column = right
    return row


def _number(element: Any, name: str, otherwise: int, most: int) -> int:
    """Return what an attribute counts, at most ``most``."""
    text = element.get(_S + name, "")
    return min(int(text), most) if text.isdecimal() and len(text) < 8 else otherwise


def _cell(cell: Any, formats: dict[str, str]) -> Cell:
    link = cell.get(f"{_S}HRef")
    data = cell.find(f"{_S}Data")
    if data is None:
        return NO_VALUE if cell.get(f"{_S}Formula") else Cell("", None, link) if link else EMPTY
    kind, text = data.get(f"{_S}Type", "String"), "".join(data.itertext())
    number_format = formats.get(cell.get(f"{_S}StyleID", ""), "")
    value = _value(kind, text)
    if isinstance(value, datetime) and number_format in _NAMED_FORMATS:
        number_format = _WHOLE_DAY
    return cell_text(value, number_format, kind == "Error", link)


def _value(kind: str, text: str) -> object:
    """Return the value of a text of one kind, the text itself where it is none."""
    try:
        match kind:
            case "Number":
                return number if isfinite(number := float(text)) else text
            case "Boolean":
                return text.strip() == "1"
            case "DateTime":
                return datetime.fromisoformat(text.strip())
    except ValueError:
        pass
    return text
