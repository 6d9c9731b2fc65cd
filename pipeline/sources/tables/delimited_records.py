"""Records of delimited text: cells row by row, with unclosed quotation marks found where they open."""

import csv
import re
from collections import deque
from collections.abc import Iterator
from contextlib import suppress
from typing import Protocol

from pipeline.model.errors import SourceError
from pipeline.sources.files.source import LONGEST_TEXT

LINE_LIMIT = 4 * LONGEST_TEXT
_TRIES = 20

Record = tuple[int, list[str], str | None]
"""Row number as a spreadsheet shows it, the cells, and the fault found in the row (a finding code)."""


class LineStream(Protocol):
    """What gives a text line by line."""

    def readline(self, limit: int = -1, /) -> str:
        """Return the next line, an empty text at the end."""
        ...


class _Lines:
    """The physical lines of a text, remembered until the record they belong to is accepted."""

    def __init__(self, stream: LineStream, name: str) -> None:
        self._stream = stream
        self._name = name
        self._waiting: deque[str] = deque()
        self._first_as_written: str | None = None
        self.record: list[str] = []

    def __iter__(self) -> Iterator[str]:
        readline, record, waiting = self._stream.readline, self.record, self._waiting
        while line := waiting.popleft() if waiting else readline(LINE_LIMIT):
            if len(line) >= LINE_LIMIT:
                raise SourceError(
                    f"{self._name} has a line of over {LINE_LIMIT:,} characters. Is it a table?"
                )
            record.append(line)
            yield line

    def accept(self) -> None:
        """Forget the lines of the record that is complete."""
        self.record.clear()
        self._first_as_written = None

    def retry(self, mended: str) -> None:
        """Have the record read again with another first line."""
        self._first_as_written = self.record[0]
        self.give_back(mended)
        self.record.clear()

    def give_back(self, *lines: str) -> None:
        """Put lines before those still to come."""
        self._waiting.extendleft(reversed(lines))

    def record_as_written(self) -> list[str]:
        """Return the lines of the record, the first one as the file has it."""
        return [self._first_as_written or self.record[0], *self.record[1:]]


def read_records(stream: LineStream, delimiter: str, name: str) -> Iterator[Record]:
    """Yield every record of the stream, blank ones too, counted from 1.

    A record whose quotation marks do not pair is read to the end of its first line, so that the rows after
    it stay whole. Raises SourceError, with the row, for a cell of more than LONGEST_TEXT characters.
    """
    csv.field_size_limit(LONGEST_TEXT)
    lines = _Lines(stream, name)
    reader = _reader(lines, delimiter)
    number, fault = 1, None
    while True:
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            if "limit" in str(error):
                column = _column(lines.record, delimiter)
                raise SourceError(
                    f"{name}, row {number}: the cell in column {column} has more than {LONGEST_TEXT:,} characters. "
                    "Shorten it, or look there for a quotation mark that is never closed."
                ) from error
            reader = _reader(lines, delimiter)
            if fault is None and _double_inner_marks(lines, delimiter):
                fault = "quote-stray"
                continue
            cells, fault = _read_first_line(lines, delimiter), "quote-unclosed"
        lines.accept()
        yield number, cells, fault
        number, fault = number + 1, None


def _reader(lines: _Lines, delimiter: str) -> Iterator[list[str]]:
    return csv.reader(iter(lines), delimiter=delimiter, strict=True)


def _column(record: list[str], delimiter: str) -> int:
    """Return the number of the first cell that is too long in the lines of a record."""
    csv.field_size_limit(2 * LINE_LIMIT)
    try:
        cells = next(csv.reader(record, delimiter=delimiter), [])
    finally:
        csv.field_size_limit(LONGEST_TEXT)
    return next((number for number, cell in enumerate(cells, 1) if len(cell) > LONGEST_TEXT), 1)


def _double_inner_marks(lines: _Lines, delimiter: str) -> bool:
    """Double the marks that are within words, as in ``"He said "hi" to all"``; return whether there were any.

    Only where the fault shows in the record's first line: further down it may be another row's text.
    """
    if len(lines.record) > 1:
        return False
    edge = re.escape(delimiter)
    inner = re.compile(rf'(?<![{edge}"])(?<!^)"(?=[^{edge}"\r\n]|"(?:{edge}|\r?\n|$))(?!$)')
    doubled = inner.sub('""', lines.record[0])
    if doubled == lines.record[0]:
        return False
    lines.retry(doubled)
    return True


def _read_first_line(lines: _Lines, delimiter: str) -> list[str]:
    """Return the cells of the first line, without the mark that spoils it; give back the lines after it."""
    first, *rest = lines.record_as_written()
    lines.give_back(*rest)
    position = len(first)
    for _ in range(_TRIES):
        position = first.rfind('"', 0, position)
        if position < 0:
            break
        with suppress(csv.Error):
            return next(
                csv.reader([first[:position] + first[position + 1 :]], delimiter=delimiter, strict=True)
            )
    return next(csv.reader([first], delimiter=delimiter), [])
