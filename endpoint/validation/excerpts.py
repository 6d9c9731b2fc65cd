"""Excerpts: the row, or the lines of the source, that a finding is about."""

from collections.abc import Iterable, Mapping
from itertools import islice
from pathlib import Path

from endpoint.validation.digest_values import LineExcerpt, RowExcerpt
from pipeline.findings.messages import shorten
from pipeline.model.finding import Finding, Place
from pipeline.model.practice import RowAt
from pipeline.sources.tables.columns import SEPARATOR

_LONGEST_CELL = 160
_MOST_CELLS = 40
_BEFORE, _AFTER = 1, 3
_LONGEST_LINE = 200
_BINARY = frozenset((".zip", ".xlsx", ".xlsm", ".pdf"))


class Excerpts:
    """The excerpts that findings need, each once; those of lines are filled in when all are known."""

    def __init__(self, row_at: RowAt | None, files: Mapping[str, Path]) -> None:
        self._excerpts: list[RowExcerpt | LineExcerpt] = []
        self._row_at = row_at
        self._files = {name: path for name, path in files.items() if path.suffix.lower() not in _BINARY}
        self._numbers: dict[Place, int | None] = {}
        self._lines: dict[str, list[tuple[int, int]]] = {}

    def of(self, finding: Finding) -> int | None:
        """Return the number of the excerpt for a finding, None if there is none."""
        place = finding.place
        if place is None or (place.row is None and place.line is None and place.pointer is None):
            return None
        here = Place(place.file, place.sheet, place.row, line=place.line, pointer=place.pointer)
        if here not in self._numbers:
            self._numbers[here] = self._make(here)
        return self._numbers[here]

    def close(self) -> tuple[RowExcerpt | LineExcerpt, ...]:
        """Return all excerpts, with the lines of the files."""
        for name, wanted in self._lines.items():
            texts = _lines(self._files[name], [line for line, _ in wanted])
            for line, number in wanted:
                first = max(1, line - _BEFORE)
                span = range(first, line + _AFTER + 1)
                lines = tuple((at, texts[at]) for at in span if at in texts)
                self._excerpts[number] = LineExcerpt(lines, line)
        return tuple(self._excerpts)

    def _make(self, place: Place) -> int | None:
        if place.line is not None and place.file in self._files:
            self._lines.setdefault(place.file, []).append((place.line, len(self._excerpts)))
            return self._add(LineExcerpt((), place.line))
        row = self._row_at(place) if self._row_at is not None else None
        if row is None:
            return None
        cells = islice(row.raw.items(), _MOST_CELLS)
        return self._add(
            RowExcerpt(place.row, tuple((column, shorten(text, _LONGEST_CELL)) for column, text in cells))
        )

    def _add(self, excerpt: RowExcerpt | LineExcerpt) -> int:
        self._excerpts.append(excerpt)
        return len(self._excerpts) - 1


def marks(finding: Finding) -> tuple[str, ...]:
    """Return the columns of the row that a finding is about."""
    column = finding.place.column if finding.place is not None else None
    return tuple(str(column).split(SEPARATOR)) if column is not None else ()


def _lines(path: Path, wanted: Iterable[int]) -> dict[int, str]:
    """Return the wanted lines of a file and those around them, by number."""
    numbers = {at for line in wanted for at in range(line - _BEFORE, line + _AFTER + 1)}
    texts = {}
    with path.open(encoding="utf-8-sig", errors="replace") as file:
        for number, line in enumerate(file, 1):
            if number in numbers:
                texts[number] = line.rstrip("\n")[:_LONGEST_LINE]
    return texts
