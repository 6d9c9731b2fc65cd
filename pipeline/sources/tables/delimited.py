"""Delimited text (CSV, TSV): a source whose encoding, delimiter and columns are recognised and reported."""

import io
import re
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext, suppress
from dataclasses import replace
from itertools import islice
from pathlib import Path

from pipeline.findings.finding_messages import finding_of
from pipeline.model.errors import SourceError
from pipeline.model.finding import Finding, Place
from pipeline.sources.files.decoding import detect_encoding, encoding_findings, other_guesses
from pipeline.sources.files.opening import (
    HashingFile,
    Survey,
    open_file,
    refuse_binary_formats,
    refuse_text_formats,
    refuse_what_is_no_text,
    survey,
)
from pipeline.sources.files.sandboxed_source import Blank, Event, EventSource
from pipeline.sources.tables.delimited_records import LINE_LIMIT, LineStream, Record, read_records
from pipeline.sources.tables.dialect import (
    ALIGNED,
    DELIMITERS,
    RewrittenLines,
    declared_delimiter,
    detect_delimiter,
    has_labels,
    labelled_rows,
    rewriting_of,
    split_aligned,
    swap_marks,
)
from pipeline.sources.tables.encoding_choice import chosen_encoding
from pipeline.sources.tables.layout import layout_of
from pipeline.sources.tables.layout_findings import layout_findings
from pipeline.sources.tables.row_builder import NULLS, clean_cells, fit_cells
from pipeline.sources.tables.row_kinds import is_blank
from pipeline.sources.tables.table_bounds import HEADER_SEARCH, Header, find_header, first_row_as_header
from pipeline.sources.tables.table_rows import TableRows
from pipeline.sources.tables.transposed import turned_finding, upright

_BUFFER = 1 << 20
_MOST_ABOVE = 100_000
"""So many rows are looked through for the header, blank ones among them."""

_MOST_BLANK = 2_000_000
_GUARD = '="'
_GUARDED = re.compile(r'\s*="((?:[^"]|"")*)"\s*')
_ENTITY_START = re.compile(r"&(?:[a-zA-Z]{2,8}|#[0-9]{1,6}|#x[0-9a-fA-F]{1,6})$")


class DelimitedSource(EventSource):
    """A table in delimited text, read twice: a survey of all bytes, then the rows."""

    def __init__(self, path: Path, name: str) -> None:
        sample = survey(path, name)
        super().__init__(name, sample.sha256, sample.size)
        self._path = path
        refuse_binary_formats(sample.head, name)
        self._encoding = detect_encoding(sample)
        self._head = head = sample.head.decode(self._encoding.codec, "replace")
        refuse_text_formats(head, name)
        declared = declared_delimiter(head)
        self._rewrite = rewriting_of(head)
        if self._rewrite is not None:
            head = "".join(self._rewrite(head.splitlines(keepends=True)))
        self.delimiter = declared or detect_delimiter(head)
        if self.delimiter == ALIGNED:
            self._rewrite = split_aligned
        self._is_turned = self._is_labelled = False
        self._declared = declared is not None
        self.header = self._find_header()
        self._try_other_encodings(sample)
        self._layout = self.header.layout
        if not self._layout.headers:
            refuse_what_is_no_text(head, name)
        self.findings = tuple(self._findings(sample.broken_line))

    @property
    def is_decoded_for_certain(self) -> bool:
        """Return whether the encoding is sure."""
        return self._encoding.certain and not self._encoding.damaged

    def _events(self) -> Iterator[Event]:
        """Yield the rows; raise SourceError where the file has changed meanwhile."""
        table = TableRows(self._layout)
        with self._text() as (stream, file):
            for number, cells, fault in self._records(stream):
                if number <= self.header.bottom:
                    continue
                yield from self._rows(number, cells, fault, table)
            yield from table.end()
            if self.header.top and self.row_count == self.blank:
                yield finding_of("rows-missing", Place(self.name, row=self.header.top))
            if (file.sha256, file.count) != (self.sha256, self.bytes):
                raise SourceError(
                    f"{self.name} changed while it was read. Try again when nobody writes to it."
                )

    def cells(self) -> Iterator[tuple[int, list[str]]]:
        """Yield every row with its number, the header and what is above it too, each cell as it came."""
        with self._text() as (stream, _):
            for number, cells, _ in self._records(stream):
                yield number, cells

    def _records(self, stream: LineStream) -> Iterator[Record]:
        """Yield the rows of the text; of a turned table or labelled lines, those that it makes."""
        records = read_records(stream, "\t" if self.delimiter == ALIGNED else self.delimiter, self.name)
        if self._rewrite is swap_marks:
            yield from ((number, list(swap_marks(cells)), fault) for number, cells, fault in records)
        elif not self._is_turned:
            yield from records
        else:
            plain = ((number, cells) for number, cells, _ in records)
            lines = labelled_rows(stream, LINE_LIMIT) if self._is_labelled else plain
            yield from ((number, cells, None) for number, cells in upright(lines, str, "", self.name))

    def _rows(self, number: int, cells: list[str], fault: str | None, table: TableRows) -> Iterator[Event]:
        """Yield what cells make: rows, a finding on them, or that they are blank."""
        place, width = Place(self.name, row=number), len(table.layout.raw)
        if fault:
            yield finding_of(fault, place)
        if len(cells) > width and self.delimiter == ";":
            cells = _entities_joined(cells, width)
        if len(cells) > width:
            cells = yield from fit_cells(place, table.layout, cells, "row-too-long")
        line = "".join(cells)
        if any(null in line for null in NULLS):
            cells = ["" if cell.strip() in NULLS else cell for cell in cells]
        if line.isascii() and line.isprintable():
            clean = [cell.strip() for cell in cells]
        else:
            clean = yield from clean_cells(place, table.layout, cells)
        if _GUARD in line:
            clean = list(map(_unguard, clean))
        if not is_blank(clean, table.layout):
            yield from table.read(place, cells, clean, self.delimiter)
        elif self.blank < _MOST_BLANK:
            yield Blank()
        else:
            raise SourceError(f"{self.name} has more than {_MOST_BLANK:,} blank rows. Delete them.")

    @contextmanager
    def _text(self) -> Iterator[tuple[LineStream, HashingFile]]:
        with open_file(self._path, self.name) as file:
            buffer = io.BufferedReader(file, _BUFFER)
            stream = io.TextIOWrapper(buffer, self._encoding.codec, self._encoding.errors, newline="")
            if self._declared:
                stream.readline()
            yield RewrittenLines(stream, LINE_LIMIT, self._rewrite) if self._rewrite else stream, file

    def _try_other_encodings(self, surveyed: Survey) -> None:
        """Take another encoding where the header names more fields in that one, or more words are known."""
        for encoding in other_guesses(self._encoding):
            before = self._encoding, self.header
            self._encoding = encoding
            self.header = self._find_header()
            if len(self.header.layout.headers) <= len(before[1].layout.headers):
                self._encoding, self.header = before
        chosen = chosen_encoding(self._encoding, surveyed.sample)
        if chosen.codec != self._encoding.codec:
            self._encoding, self.header = chosen, self._find_header()
        self._encoding = chosen

    def _find_header(self) -> Header:
        """Return the header among the first filled rows; where no column is known, the first wide row."""
        self._is_turned = self._is_labelled = False
        rows = self._first_rows()
        if not rows:
            return Header(0, 0, layout_of(()))
        header = find_header(rows)
        self._is_labelled = (header is None or not (header.has_title or header.turned)) and has_labels(
            self._head
        )
        if self._is_labelled or (header is not None and header.turned):
            self._is_turned = True
            turned = header.turned if header is not None else ()
            rows = self._first_rows()
            header = find_header(rows) or first_row_as_header(rows)
            header = replace(header, turned=turned or tuple(header.layout.headers.values()))
        return header or first_row_as_header(rows)

    def _first_rows(self) -> list[tuple[int, list[str]]]:
        rows: list[tuple[int, list[str]]] = []
        later = nullcontext() if self._is_turned else suppress(SourceError)
        with self._text() as (stream, _), later:  # reading the rows will raise it
            records = islice(self._records(stream), _MOST_ABOVE)
            filled = (
                (number, list(map(_unguard, cells))) for number, cells, _ in records if "".join(cells).strip()
            )
            rows.extend(islice(filled, HEADER_SEARCH))
        return rows

    def _findings(self, broken_line: int | None) -> Iterator[Finding]:
        place = Place(self.name, row=self.header.top)
        if not self.header.top:
            yield finding_of("file-empty", Place(self.name))
            return
        between = DELIMITERS.get(self.delimiter, f'"{self.delimiter}"')
        yield finding_of("file-read-as", Place(self.name), encoding=self._encoding.name, delimiter=between)
        yield from encoding_findings(self._encoding, self.name, broken_line)
        if self._is_turned:
            yield turned_finding(Place(self.name), self.header.turned)
        elif self.header.top > 1:
            yield finding_of("rows-above-header/file", place, row=str(self.header.top))
        yield from layout_findings(self._layout, place)


def _unguard(cell: str) -> str:
    """Return the text of a cell ``="00042"``, so written that a spreadsheet leaves it as it is."""
    match = _GUARDED.fullmatch(cell) if cell.lstrip().startswith(_GUARD) else None
    return match[1].replace('""', '"') if match else cell


def _entities_joined(cells: list[str], width: int) -> list[str]:
    """Return the cells of a row, those joined again that the semicolon of an HTML code such as &amp; has parted."""
    joined: list[str] = []
    surplus = len(cells) - width
    for cell in cells:
        if surplus and joined and _ENTITY_START.search(joined[-1]):
            joined[-1] += f";{cell}"
            surplus -= 1
        else:
            joined.append(cell)
    return joined
