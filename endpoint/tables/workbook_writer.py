"""Workbooks: a table as XLSX, in which a text is a text, whatever it begins with.

openpyxl takes twenty times as long and loads numpy, too much for a web process.
"""

import io
import re
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from functools import cache
from string import Template
from xml.sax.saxutils import escape
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from endpoint.tables.table_cells import Cell, Row
from pipeline.system.data_files import text_of

MOST_CELLS = 100_000

_PARTS = {
    "[Content_Types].xml": "content_types",
    "_rels/.rels": "package_rels",
    "xl/workbook.xml": "workbook",
    "xl/_rels/workbook.xml.rels": "workbook_rels",
    "xl/styles.xml": "styles",
}
_FIRST_ROW_STAYS = '<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/>'
_BOLD, _DAY, _MOMENT = 1, 2, 3
"""The styles in the part of styles."""

_MOST_COLUMNS = 16_384
_LONGEST_TEXT = 32_767
_DIGITS = 15
_DAY_ZERO = datetime(1899, 12, 30)
_FIRST_DAY = date(1900, 3, 1)
"""Excel takes 1900 for a leap year: before this day its dates are one day off."""
_ILLEGAL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_CODED = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")


class TooLarge(ValueError):
    """A result does not fit a workbook; the sentence says why."""


def workbook(
    variables: Sequence[str],
    rows: Sequence[Row],
    about: Iterable[tuple[str, str]],
    sheets: tuple[str, str] = ("Results", "Source"),
) -> bytes:
    """Return a workbook with the rows on one sheet, and what it is and where it comes from on another.

    Raises TooLarge where a text, or the whole, is longer than fits: nothing is cut.
    """
    if len(variables) * (len(rows) + 1) > MOST_CELLS or len(variables) > _MOST_COLUMNS:
        raise TooLarge(
            f"The table has more than {MOST_CELLS} cells, the limit for XLSX. Use CSV, or fewer rows."
        )
    lines = [_line(_text(name, 1, _BOLD) for name in variables)]
    lines += (_line(_cell(cell, number) for cell in row) for number, row in enumerate(rows, 2))
    notes = [_line((_text(name, 1, _BOLD), _text(text[:_LONGEST_TEXT], 1))) for name, text in about]
    content = io.BytesIO()
    with ZipFile(content, "w", ZIP_DEFLATED, compresslevel=5) as archive:
        for path, name in _PARTS.items():
            part = _part(name)
            if name == "workbook":
                part = Template(part).substitute(first=escape(sheets[0]), second=escape(sheets[1]))
            archive.writestr(ZipInfo(path), part)
        sheet = Template(_part("sheet"))
        for number, written, pane in ((1, lines, _FIRST_ROW_STAYS), (2, notes, "")):
            info = ZipInfo(f"xl/worksheets/sheet{number}.xml")
            archive.writestr(info, sheet.substitute(rows="".join(written), pane=pane), ZIP_DEFLATED)
    return content.getvalue()


def _line(cells: Iterable[str]) -> str:
    return f"<row>{''.join(cells)}</row>"


def _cell(cell: Cell | None, row: int) -> str:
    if cell is None:
        return "<c/>"
    if cell.kind in ("number", "year") and _is_exact(cell):
        return f"<c><v>{cell.number:.15g}</v></c>"
    if cell.kind == "truth":
        return f'<c t="b"><v>{int(cell.text == "true")}</v></c>'
    if cell.kind == "date" and (days := _days(cell.text)) is not None:
        return f'<c s="{_MOMENT if "T" in cell.text else _DAY}"><v>{days!r}</v></c>'
    return _text(cell.text, row)


def _text(text: str, row: int, style: int = 0) -> str:
    """Return a cell that says it is a text, so that no program takes it for a formula."""
    if len(text) > _LONGEST_TEXT:
        raise TooLarge(
            f"A text in row {row} is longer than {_LONGEST_TEXT} characters, the limit for XLSX. Use CSV."
        )
    escaped = escape(_CODED.sub("_x005F_", _ILLEGAL.sub("\ufffd", text)), {"\r": "_x000D_"})
    return f'<c t="inlineStr" s="{style}"><is><t xml:space="preserve">{escaped}</t></is></c>'


def _is_exact(cell: Cell) -> bool:
    """Return whether a spreadsheet keeps a number as it is: with at most fifteen digits."""
    digits = re.sub(r"[eE].*|\D", "", cell.text).strip("0")
    return cell.number is not None and len(digits) <= _DIGITS


def _days(text: str) -> float | None:
    """Return a date as spreadsheets count days; None for one too early, or with a time zone, which they lack."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    if moment.tzinfo is not None or moment.date() < _FIRST_DAY:
        return None
    return (moment - _DAY_ZERO).total_seconds() / 86_400


@cache
def _part(name: str) -> str:
    return text_of(__package__, f"workbook_parts/{name}.xml").rstrip("\n")
