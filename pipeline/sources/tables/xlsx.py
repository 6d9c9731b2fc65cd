"""XLSX workbooks: the tables of their visible sheets, row by row, each cell as the sheet shows it."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any

from pipeline.findings.finding_messages import finding_of
from pipeline.findings.messages import shorten_list
from pipeline.model.errors import SourceError
from pipeline.model.finding import Finding, Place, Severity
from pipeline.model.rows import Row
from pipeline.sources.files.sandboxed_source import Blank, Event
from pipeline.sources.headings.heading_meanings import field_of
from pipeline.sources.tables.cell_links import is_web_link
from pipeline.sources.tables.cell_text import cell_text, date_of_serial
from pipeline.sources.tables.columns import Column
from pipeline.sources.tables.grids import EMPTY, NO_VALUE, Cell, Grid, SheetFacts
from pipeline.sources.tables.layout_findings import layout_findings
from pipeline.sources.tables.table_bounds import (
    HEADER_SEARCH,
    FillDown,
    Header,
    find_header,
    first_row_as_header,
)
from pipeline.sources.tables.table_rows import TableRows, value_of_heading
from pipeline.sources.tables.transposed import has_forms, turned_finding, upright
from pipeline.sources.tables.worksheet_xml import scan_workbook

_MOST_ROWS_LISTED = 8

_HEADINGS = 1000
"""Hidden cells are remembered in this many rows of a sheet, because one of them is the header."""


def read(path: Path, name: str) -> Iterator[Event]:
    """Yield rows and findings of every sheet with a table of records."""
    with _grids(path, name) as grids:
        yield from read_tables(grids, name)


def read_tables(grids: Iterable[Grid], name: str) -> Iterator[Event]:
    """Yield rows and findings of every sheet of a workbook with a table of records."""
    sheets = [Sheet(name, grid) for grid in grids]
    chosen = _tables(sheets)
    for sheet in sheets:
        yield from sheet.read() if sheet in chosen else sheet.skip_findings()


def has_titles(grids: Iterable[Grid], name: str) -> bool:
    """Return whether one of several grids is a table with titles of records."""
    headers = (Sheet(name, grid).header for grid in grids)
    return any(header is not None and header.has_title for header in headers)


def headers(path: Path, name: str) -> dict[str, Header]:
    """Return the header of every sheet that is read, by the sheet's title; raise SourceError for one with forms."""
    with _grids(path, name) as grids:
        sheets = _tables([Sheet(name, grid) for grid in grids])
        if any(sheet.has_forms for sheet in sheets):
            raise SourceError(f"{name} has forms below one another. Correct the file itself.")
        return {sheet.title: sheet.header or first_row_as_header(sheet.head) for sheet in sheets}


@contextmanager
def _grids(path: Path, name: str) -> Iterator[list[Grid]]:
    from openpyxl import load_workbook  # loaded where it is used: the child's start is a part of every read

    facts = scan_workbook(path, name)
    with path.open("rb") as file:  # given a path, the library goes by the name
        workbook = load_workbook(file, read_only=True, data_only=True, keep_links=False)
        from_1904 = workbook.epoch.year == 1904
        worksheets: list[Any] = list(workbook.worksheets)
        yield [
            _grid(sheet, facts.get(sheet._worksheet_path, SheetFacts()), from_1904) for sheet in worksheets
        ]


def _grid(worksheet: Any, facts: SheetFacts, from_1904: bool) -> Grid:
    worksheet.reset_dimensions()  # what a sheet says of its size is often wrong, and cuts rows off
    is_hidden = worksheet.sheet_state != "visible"
    return Grid(str(worksheet.title), partial(_rows, worksheet, facts), facts, is_hidden, from_1904)


def _rows(worksheet: Any, facts: SheetFacts) -> Iterator[tuple[int, list[Cell]]]:
    uncalculated, links = facts.uncalculated, facts.links
    for number, row in enumerate(worksheet.iter_rows(), 1):
        cells: list[Cell] = []
        for cell in row:
            place = (number, len(cells) + 1)
            link = links.get(place) if links else None
            label = facts.labels.get(place) if link is not None and not cell.value else None
            if label is not None:
                cells.append(Cell(label, None, link))
            elif cell.value is not None:
                number_format = cell.number_format or "General"
                cells.append(cell_text(cell.value, number_format, cell.data_type == "e", link))
            elif link is not None:
                cells.append(Cell("", None, link))
            else:
                cells.append(NO_VALUE if uncalculated and place in uncalculated else EMPTY)
        yield number, cells


def _tables(sheets: list["Sheet"]) -> list["Sheet"]:
    """Return the sheets to read: all that have titles, else those turned, else the first with known columns.

    A turned table beside others is more likely a list of what their columns mean.
    """
    visible = [sheet for sheet in sheets if not sheet.is_hidden] or sheets
    titles = [sheet for sheet in visible if sheet.header is not None and sheet.header.has_title]
    titled = [sheet for sheet in titles if not sheet.is_turned]
    known = [sheet for sheet in visible if sheet.header is not None]
    return titled or titles or known[:1] or [sheet for sheet in visible if sheet.head][:1]


class Sheet:
    """One sheet of a workbook: its first rows are looked at, then its rows read."""

    def __init__(self, file: str, grid: Grid) -> None:
        self.is_hidden = grid.is_hidden
        self._file = file
        self.title = grid.title
        self._grid = grid
        self._facts = grid.facts
        self._hidden: dict[int, list[str]] = {}
        self._turned: tuple[str, ...] = ()
        self._find_header()
        if self.header is not None and self.header.turned:
            self._turned = self.header.turned
            beside = next(
                cells.index(text) + 1 for _, cells in self.head for text in self._turned if text in cells
            )
            # what begins where the headings are is a title over all columns
            right_of = (each for each in grid.facts.merged if each[0] > beside)
            self._facts = SheetFacts([(top, left, end, right) for left, top, right, end in right_of])
            self._find_header()

    @property
    def is_turned(self) -> bool:
        """Return whether the headings of the sheet are in a column."""
        return bool(self._turned)

    def _find_header(self) -> None:
        rows = ((number, [cell.text.strip() for cell in row]) for number, row in self._rows())
        self.head = list(islice((each for each in rows if any(each[1])), HEADER_SEARCH))
        self.header = find_header(self.head, self._facts.merged)
        if self._turned:
            self.header = replace(self.header or first_row_as_header(self.head), turned=self._turned)

    def _rows(self) -> Iterator[tuple[int, list[Cell]]]:
        """Yield the rows as they are read: a turned table upright."""
        rows = self._visible_rows()
        return upright(rows, lambda cell: cell.text, EMPTY, self._file) if self._turned else rows

    @property
    def has_forms(self) -> bool:
        """Return whether the sheet has several forms below one another."""
        return bool(self._turned) and has_forms(list(self._visible_rows()), lambda cell: cell.text)

    def _visible_rows(self) -> Iterator[tuple[int, list[Cell]]]:
        """Yield the rows without the cells of hidden columns; what is there in the first rows is kept apart."""
        hidden = self._grid.facts.hidden_columns
        for number, row in self._grid.rows():
            for first, last in hidden:
                texts = [cell.text.strip() for cell in row[first - 1 : last]]
                if number <= _HEADINGS and any(texts):
                    self._hidden.setdefault(number, []).extend(texts)
                row[first - 1 : last] = [EMPTY] * len(texts)
            yield number, row

    def skip_findings(self) -> Iterator[Finding]:
        """Yield that the sheet is left out, unless it is empty."""
        if not self.head:
            return
        place = Place(self._file, self.title)
        is_table = self.is_hidden and self.header is not None and self.header.has_title
        yield finding_of("sheet-hidden" if is_table else "sheet-skipped", place)

    def read(self) -> Iterator[Event]:
        """Yield the rows below the header, and what was found."""
        header = self.header or first_row_as_header(self.head)
        if header.turned:
            yield turned_finding(Place(self._file, self.title), header.turned)
        said = value_of_heading(self.title)
        headed = {}
        if said is not None and said[0] not in (*header.layout.headers, "date"):  # perhaps that of the list
            headed = dict([said])
        yield from self._about_header(header, headed)
        fill = FillDown(self._facts.merged, header)
        table = TableRows(header.layout, headed)
        blank = came = 0
        for number, row in self._rows():
            if number <= header.bottom:
                continue
            if not any(cell.text or cell.code or cell.link for cell in row):
                blank += 1
                continue
            if blank:
                yield Blank(blank)
            blank, came = 0, came + 1
            yield from self._row(number, row, table, fill)
        yield from table.end()
        yield from self._about_rows(header, fill, came)

    def _row(self, number: int, row: list[Cell], table: TableRows, fill: FillDown) -> Iterator[Event]:
        place = Place(self._file, self.title, number)
        texts = [cell.text for cell in row]
        for index, column in enumerate(table.layout.columns[: len(row)]):
            cell = row[index]
            day = date_of_serial(cell.text, self._grid.from_1904) if column.field == "date" else None
            if cell.code is None and day is None and cell.link is None:
                continue
            where = replace(place, column=column.header or column.number, value=cell.text or None)
            if cell.code is not None:
                yield finding_of(cell.code, where)
            if day is not None:
                yield finding_of("date-serial", where, number=cell.text, date=day)
                texts[index] = day
            is_of_links = column.field in ("source_url", None)
            if is_of_links and cell.link and is_web_link(cell.link) and not is_web_link(cell.text.strip()):
                texts[index] = cell.link
        texts = fill.fill(number, texts)
        titles = [column.number for column in table.layout.columns if column.field == "title"]
        is_merged = any(fill.filled[title][-1:] == [number] for title in titles if title in fill.filled)
        events = table.make(place, texts, is_merged=is_merged)
        link = _link_of_record(row, table.layout.columns)
        yield from events if link is None else (_with_source(event, link) for event in events)

    def _about_header(self, header: Header, headed: Mapping[str, str]) -> Iterator[Finding]:
        place = Place(self._file, self.title, header.top)
        if header.top > 1 and not header.turned:
            yield finding_of("rows-above-header", place)
        yield from layout_findings(header.layout, place)
        for field in headed:
            yield finding_of("heading-as-value/sheet", place, field=field)
        headings = self._hidden.get(header.bottom, ())
        for heading in dict.fromkeys(filter(None, headings)):
            severity = Severity.INFO if field_of(heading) is None else Severity.WARNING
            yield finding_of("column-hidden", replace(place, column=heading), severity=severity)

    def _about_rows(self, header: Header, fill: FillDown, came: int) -> Iterator[Finding]:
        place = Place(self._file, self.title)
        if not came:
            yield finding_of("rows-missing", replace(place, row=header.bottom), place=place)
        if self._facts.hidden:
            yield finding_of("rows-hidden", place, number=self._facts.hidden)
        for left, numbers in sorted(fill.filled.items()):
            column = header.layout.columns[left - 1]
            where = replace(place, column=column.header or column.number)
            rows = shorten_list(list(map(str, numbers)), _MOST_ROWS_LISTED)
            yield finding_of("cells-merged", where, rows=rows)


def _link_of_record(row: Sequence[Cell], columns: Sequence[Column]) -> str | None:
    """Return the link of a record's title, else the only one of columns that are not known."""
    links: dict[str | None, dict[str, None]] = {"title": {}, None: {}}
    for cell, column in zip(row, columns, strict=False):
        if cell.link and column.field in links and not column.is_apart and is_web_link(cell.link):
            links[column.field][cell.link] = None
    others = list(links[None])
    return next(iter(links["title"]), others[0] if len(others) == 1 else None)


def _with_source(event: Event, link: str) -> Event:
    """Return a row with the link of its title as its source, where it states none; other events as they are."""
    if not isinstance(event, Row) or "source_url" in event.texts or "title" not in event.texts:
        return event
    column = event.columns.get("source_url", event.columns["title"])
    return replace(
        event,
        texts={**event.texts, "source_url": link},
        columns={**event.columns, "source_url": column},
    )
