"""OpenDocument spreadsheets (.ods): the sheets as grids, each cell as the sheet shows it."""

import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from pathlib import Path

from pipeline.model.errors import SourceError
from pipeline.sources.files.archive import open_archive
from pipeline.sources.files.sandboxed_source import Event
from pipeline.sources.tables.cell_links import link_of_formula
from pipeline.sources.tables.cell_text import cell_text
from pipeline.sources.tables.grids import EMPTY, NO_VALUE, Cell, Grid
from pipeline.sources.tables.worksheet_xml import DEEPEST, LAST_COLUMN, LAST_ROW, feed, part_parser
from pipeline.sources.tables.xlsx import read_tables

_MOST_CELLS = 5_000_000
_MOST_MERGED = 20_000
_MOST_REPEATED = 10_000
"""Filled rows that stand for several; of empty ones there may be a million."""

_CONTENT = "content.xml"
_MANIFEST = "META-INF/manifest.xml"
_HIDDEN = ("collapse", "filter")
_PASSED_OVER = frozenset(
    ("annotation", "shapes", "frame", "custom-shape", "tracked-changes", "named-expressions")
)
"""Elements whose texts do not belong to a cell: comments, drawings, earlier versions."""

_ERRORS = ("#REF", "#N/A", "#NAME", "#VALUE", "#DIV/0", "#NULL", "#NUM")

_DATE_PARTS = {"year": "yyyy", "month": "mm", "day": "dd", "era": "g", "quarter": "", "week-of-year": ""}
"""Parts of a date's format → how the formats of Excel write them."""


def read(path: Path, name: str) -> Iterator[Event]:
    """Yield rows and findings of every sheet with a table of records."""
    yield from read_tables(grids(path, name), name)


def grids(path: Path, name: str) -> list[Grid]:
    """Return the sheets of a spreadsheet; raise SourceError for what is damaged or made to do harm."""
    with open_archive(path, name) as archive:
        _refuse_others(archive, name)
        scanner = _Scanner(name)
        feed(archive, archive.getinfo(_CONTENT), scanner.parser, name)
    return scanner.grids


def _refuse_others(archive: zipfile.ZipFile, name: str) -> None:
    """Raise SourceError for a spreadsheet that is encrypted or has no content, and for other documents."""
    members = set(archive.namelist())
    kind = archive.read("mimetype") if "mimetype" in members else b"spreadsheet"
    manifest = archive.read(_MANIFEST) if _MANIFEST in members else b""
    if b"encryption-data" in manifest or "encrypted-package" in members:
        raise SourceError(f"{name} is protected by a password. Save it without one.")
    if b"spreadsheet" not in kind:
        raise SourceError(
            f"{name} is an OpenDocument file, but no spreadsheet. Save the table as ODS or CSV."
        )
    if _CONTENT not in members:
        raise SourceError(f"{name} is a damaged workbook: its part {_CONTENT} is missing. Copy it again.")


@dataclass(slots=True)
class _OpenCell:
    """A cell whose end has not come yet."""

    attributes: dict[str, str]
    paragraphs: list[list[str]] = field(default_factory=list)
    link: str | None = None


class _Scanner:
    """Makes grids of the elements of ``content.xml``, whose tags come as “namespace local-name”."""

    def __init__(self, name: str) -> None:
        self.parser = part_parser(self._start, self._end, self._text)
        self.grids: list[Grid] = []
        self._rows: list[tuple[int, int, list[Cell]]] = []
        self._name = name
        self._depth = self._skip_depth = 0
        self._row = self._column = self._row_repeat = self._cells_seen = self._repeated = 0
        self._cells: list[Cell] = []
        self._cell: _OpenCell | None = None
        self._hidden_styles: set[str] = set()
        self._formats: dict[str, str] = {}
        self._format_of_style: dict[str, str] = {}
        self._style = self._format_name = ""
        self._default_styles: list[tuple[int, str]] = []

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        self._depth += 1
        if self._depth > DEEPEST:
            raise SourceError(f"{self._name} is refused: its XML is nested deeper than {DEEPEST} levels.")
        local = tag.rpartition(" ")[2]
        if self._skip_depth:
            return
        if local in _PASSED_OVER:
            self._skip_depth = self._depth
            return
        plain = {name.rpartition(" ")[2]: value for name, value in attributes.items()}
        match local:
            case "style" | "date-style" | "table-properties":
                self._note_style(local, plain)
            case "table":
                self._open_table(plain)
            case "table-column":
                self._note_columns(plain)
            case "table-row":
                self._open_row(plain)
            case "table-cell":
                self._cell = _OpenCell(plain)
            case "covered-table-cell":
                self._column += self._count(plain, "number-columns-repeated", LAST_COLUMN)
            case _:
                self._note_within(local, plain)

    def _end(self, tag: str) -> None:
        self._depth -= 1
        if self._skip_depth:
            if self._depth < self._skip_depth:
                self._skip_depth = 0
            return
        match tag.rpartition(" ")[2]:
            case "table-cell":
                self._close_cell()
            case "table-row":
                self._close_row()
            case "date-style":
                self._format_name = ""

    def _text(self, text: str) -> None:
        """Note a piece of a cell's text."""
        if self._cell is not None and self._cell.paragraphs and not self._skip_depth:
            self._cell.paragraphs[-1].append(text)

    def _note_style(self, local: str, attributes: dict[str, str]) -> None:
        if local == "style":
            self._style = attributes.get("name", "")
            self._format_of_style[self._style] = attributes.get("data-style-name", "")
        elif local == "date-style":
            self._format_name = attributes.get("name", "")
            self._formats[self._format_name] = ""
        elif attributes.get("display") == "false":
            self._hidden_styles.add(self._style)

    def _note_within(self, local: str, attributes: dict[str, str]) -> None:
        if self._format_name and local in _DATE_PARTS:
            self._formats[self._format_name] += f"{_DATE_PARTS[local]} "
        if self._cell is None:
            return
        if local == "p":
            self._cell.paragraphs.append([])
        elif not self._cell.paragraphs:
            return
        elif local == "s":
            count = attributes.get("c", "1")
            self._text(" " * (min(int(count), 100) if count.isdecimal() else 1))
        elif local in ("tab", "line-break"):
            self._text("\t" if local == "tab" else "\n")
        elif local == "a":
            self._cell.link = self._cell.link or attributes.get("href")

    def _open_table(self, attributes: dict[str, str]) -> None:
        is_hidden = attributes.get("style-name") in self._hidden_styles
        self._rows = []
        rows = partial(_rows, self._rows)
        self.grids.append(Grid(attributes.get("name", ""), rows, is_hidden=is_hidden))
        self._row = self._column = 0
        self._default_styles = []

    def _note_columns(self, attributes: dict[str, str]) -> None:
        count = self._count(attributes, "number-columns-repeated", LAST_COLUMN)
        last = self._default_styles[-1][0] if self._default_styles else 0
        self._default_styles.append((last + count, attributes.get("default-cell-style-name", "")))
        if attributes.get("visibility") in _HIDDEN and self.grids:
            self.grids[-1].facts.hidden_columns.append((last + 1, last + count))

    def _open_row(self, attributes: dict[str, str]) -> None:
        self._row_repeat = self._count(attributes, "number-rows-repeated", LAST_ROW)
        self._cells, self._column = [], 0
        if attributes.get("visibility") in _HIDDEN and self.grids:
            self.grids[-1].facts.hidden += self._row_repeat

    def _close_row(self) -> None:
        first, count = self._row + 1, self._row_repeat
        self._row += count
        if not self.grids or not self._cells:
            return
        self._repeated += count - 1
        if self._row > LAST_ROW or self._repeated > _MOST_REPEATED:
            raise SourceError(
                f"{self._name} is refused: it repeats filled rows more than {_MOST_REPEATED:,} times, the last one "
                f"from row {first}. Delete the rows that are not meant."
            )
        self._cells_seen += count * len(self._cells)
        if self._cells_seen > _MOST_CELLS:
            raise SourceError(f"{self._name} has more than {_MOST_CELLS:,} cells. Split it.")
        self._rows.append((first, count, self._cells))

    def _close_cell(self) -> None:
        cell, self._cell = self._cell, None
        if cell is None or not self.grids:
            return
        count = self._count(cell.attributes, "number-columns-repeated", LAST_COLUMN)
        first = self._column + 1
        self._column += count
        self._note_merged(cell.attributes, first)
        made = self._make_cell(cell, first)
        if made is EMPTY:
            return
        if self._column > LAST_COLUMN or len(self._cells) + count > LAST_COLUMN:
            raise SourceError(
                f"{self._name} is damaged: row {self._row + 1} has more columns than any sheet."
            )
        self._cells += [EMPTY] * (first - 1 - len(self._cells)) + [made] * count

    def _note_merged(self, attributes: dict[str, str], column: int) -> None:
        wide = self._count(attributes, "number-columns-spanned", LAST_COLUMN)
        high = self._count(attributes, "number-rows-spanned", LAST_ROW)
        if (wide > 1 or high > 1) and len(self.grids[-1].facts.merged) < _MOST_MERGED:
            row = self._row + 1
            self.grids[-1].facts.merged.append((column, row, column + wide - 1, row + high - 1))

    def _make_cell(self, cell: _OpenCell, column: int) -> Cell:
        attributes = cell.attributes
        if cell.link is None and "HYPERLINK" in (formula := attributes.get("formula", "")):
            cell.link = link_of_formula(formula.partition("=")[2])
        text = "\n".join("".join(parts) for parts in cell.paragraphs)
        if day := attributes.get("date-value"):
            style = attributes.get("style-name") or next(
                (style for last, style in self._default_styles if column <= last), ""
            )
            return cell_text(*self._date(day, text, style), link=cell.link)
        if "formula" in attributes and (text.startswith("Err:") or text.rstrip("!?") in _ERRORS):
            return Cell("", "cell-error")
        if attributes.get("value-type") == "float":
            text = _plain_number(text, attributes.get("value", ""))
        text = text or attributes.get("string-value", "")
        if not text and cell.link is None:
            return NO_VALUE if "formula" in attributes and "value-type" not in attributes else EMPTY
        return Cell(text, None, cell.link)

    def _date(self, day: str, text: str, style: str) -> tuple[object, str]:
        """Return the day of a cell and its format; the text where the day cannot be read."""
        try:
            value = datetime.fromisoformat(day.partition("T")[0])
        except ValueError:
            return text or day, ""
        return value, self._formats.get(self._format_of_style.get(style, ""), "") or "yyyy-mm-dd"

    def _count(self, attributes: dict[str, str], key: str, most: int) -> int:
        text = attributes.get(key, "1")
        if not text.isdecimal() or len(text) > 9 or not 0 < int(text) <= most:
            raise SourceError(f"{self._name} is damaged: {key} is {text[:20]}, beyond any sheet.")
        return int(text)


def _plain_number(text: str, value: str) -> str:
    """Return a number as the sheet shows it where that is nothing but digits, else in full and without groups."""
    try:
        return text if text.isdecimal() else f"{float(value):.15g}"
    except ValueError:
        return text


def _rows(filled: list[tuple[int, int, list[Cell]]]) -> Iterator[tuple[int, list[Cell]]]:
    """Yield every row up to the last filled one, given the filled rows, each with how often it is repeated."""
    before = 0
    for first, count, cells in filled:
        yield from ((number, []) for number in range(before + 1, first))
        yield from ((number, list(cells)) for number in range(first, first + count))
        before = first + count - 1
