"""Tables within a sheet: where the header is, what its merged cells cover, and which sheets hold none."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from pipeline.model.fields import LISTS
from pipeline.sources.tables.columns import read_columns
from pipeline.sources.tables.headings import field_of
from pipeline.sources.tables.layout import Layout, layout_of

HEADER_SEARCH = 30
"""So many filled rows of a sheet are looked at for its header; titles, logos and notes stand above it."""

_DEEPEST_HEADER = 4

Merged = tuple[int, int, int, int]
"""A merged range: left, top, right, bottom, all counted from 1."""


@dataclass(frozen=True, slots=True)
class Header:
    """Where a table's header ends, and the layout it gives; ``top`` is its first row."""

    top: int
    bottom: int
    layout: Layout

    @property
    def has_title(self) -> bool:
        """Tell whether a column holds the title and another one anything known."""
        return "title" in self.layout.headers and len(self.layout.headers) > 1


def find_header(rows: Sequence[tuple[int, Sequence[str]]], merged: Iterable[Merged]) -> Header | None:
    """Return the header among the first filled rows: one with a title first, else with two known columns."""
    ranges = tuple(merged)
    known = [(number, _fields(_spread(number, cells, ranges))) for number, cells in rows]
    for demand in (_names_records, _names_two, bool):
        for number, fields in known:
            if demand(fields):
                return _header(number, dict(rows), ranges)
    return None


def first_row_as_header(rows: Sequence[tuple[int, Sequence[str]]]) -> Header:
    """Return the first filled row as the header of a table none of whose columns is known."""
    number, cells = rows[0]
    return Header(number, number, layout_of(read_columns(_without_empty_end(cells))))


def _names_records(fields: set[str]) -> bool:
    return "title" in fields and len(fields) > 1


def _names_two(fields: set[str]) -> bool:
    return len(fields) > 1


def _fields(cells: Iterable[str]) -> set[str]:
    return {field for cell in cells if cell and len(cell) < 100 and (field := field_of(cell))}


def _header(top: int, rows: Mapping[int, Sequence[str]], merged: Sequence[Merged]) -> Header:
    ends = [last for _, first, _, last in merged if first <= top < last < top + _DEEPEST_HEADER]
    bottom = max([top, *ends])
    lines = [_spread(number, rows[number], merged) for number in range(top, bottom + 1) if number in rows]
    width = max(map(len, lines))
    texts = [_deepest([line[place] for line in lines if place < len(line)]) for place in range(width)]
    return Header(top, bottom, layout_of(read_columns(_without_empty_end(texts))))


def _deepest(texts: Sequence[str]) -> str:
    """Return the heading of a column with several rows of header: the lowest known one, else the lowest."""
    filled = [text for text in reversed(texts) if text.strip()]
    return next((text for text in filled if field_of(text)), filled[0] if filled else "")


def _spread(number: int, cells: Sequence[str], merged: Sequence[Merged]) -> list[str]:
    """Return the cells of a header row, a heading merged over several columns of a list given to each."""
    spread = list(cells)
    for left, top, right, _ in merged:
        if top == number and left < right and left <= len(spread) and field_of(spread[left - 1]) in LISTS:
            spread += [""] * (min(right, left + 20) - len(spread))
            for place in range(left, min(right, left + 20)):
                spread[place] = spread[place] or spread[left - 1]
    return spread


def _without_empty_end(cells: Sequence[str]) -> Sequence[str]:
    width = max((number for number, cell in enumerate(cells, 1) if cell.strip()), default=0)
    return cells[:width]


class FillDown:
    """Gives the text of a cell that is merged over several rows to each of them."""

    def __init__(self, merged: Iterable[Merged], header: Header) -> None:
        self._from: dict[int, list[tuple[int, int]]] = defaultdict(list)
        for left, top, _, bottom in merged:
            if header.bottom < top < bottom and left <= len(header.layout.raw):
                self._from[top].append((left, bottom))
        self._open: dict[int, tuple[int, str]] = {}
        self.filled: dict[int, list[int]] = defaultdict(list)

    def fill(self, number: int, cells: list[str]) -> list[str]:
        """Return the cells of a row with those of the merged cells above it; blank rows stay blank."""
        if not self._from or not any(cells):
            return cells
        for left, (bottom, text) in list(self._open.items()):
            if number > bottom:
                del self._open[left]
                continue
            cells += [""] * (left - len(cells))
            if not cells[left - 1]:
                cells[left - 1] = text
                self.filled[left].append(number)
        for left, bottom in self._from.get(number, ()):
            if left <= len(cells) and cells[left - 1]:
                self._open[left] = (bottom, cells[left - 1])
        return cells
