"""Transposed tables: the headings are in a column, and each further column, or each form below, is a record."""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice
from typing import TypeVar

from pipeline.findings.finding_messages import finding_of
from pipeline.model.errors import SourceError
from pipeline.model.finding import Finding, Place
from pipeline.recognition.places.countries import recognise_country
from pipeline.sources.headings.heading_meanings import field_of
from pipeline.sources.headings.heading_table import fold_header

_FEWEST = 3
_SEARCHED = 4
"""So many columns may hold the headings: numbers and empty ones stand before them."""

_LONGEST_HEADING = 200
_LONGEST_COUNTRY = 60
_MOST_CELLS = 50
_MOST_ROWS = 20_000
_MOST_PLACES = 1_000_000
_YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")

C = TypeVar("C")

Lines = Sequence[tuple[int, Sequence[C]]]
"""Rows with their numbers."""


def turned_headings(rows: Lines[str]) -> tuple[str, ...]:
    """Return the headings of a turned table; nothing for other tables.

    They name the title and two other fields, and a country or a year is beside one of them.
    """
    at = _heading_column(rows, str)
    named = [(cells[at].strip(), cells[at + 1 : at + _MOST_CELLS]) for _, cells in rows if len(cells) > at]
    fields = {heading: field for heading, _ in named if (field := _field(heading)) is not None}
    if "title" not in fields.values() or len(set(fields.values())) < _FEWEST:
        return ()
    if not any(_is_value(fields[heading], cells) for heading, cells in named if heading in fields):
        return ()
    return tuple(fields)


def turned_finding(place: Place, headings: Sequence[str]) -> Finding:
    """Return the finding on a turned table."""
    excerpt = ", ".join(f'"{heading[:40]}"' for heading in headings[:_FEWEST])
    return finding_of("table-turned", place, headings=excerpt)


def upright(
    rows: Iterable[tuple[int, Sequence[C]]], text: Callable[[C], str], empty: C, name: str
) -> Iterator[tuple[int, list[C]]]:
    """Yield the rows of a turned table: its headings, then each column, or each form, as a row.

    A column is numbered as a column, a form below another one by the row in which it begins.
    """
    lines = list(islice(rows, _MOST_ROWS + 1))
    width = max((len(cells) for _, cells in lines), default=0)
    if len(lines) > _MOST_ROWS or len(lines) * width > _MOST_PLACES:
        raise SourceError(
            f"{name} has a table with its headings in a column, which is too large to be turned. Turn it in a "
            "spreadsheet program: copy it, and paste it with “Transpose” (Paste Special)."
        )
    at = _heading_column(lines, text)
    forms = _forms(lines, at, text)
    if len(forms) > 1:
        yield from _forms_as_rows(forms, at, text, empty)
        return
    filled = [(number, cells if any(map(text, cells[at + 1 :])) else ()) for number, cells in lines]
    for column in range(width):
        yield column + 1, [cells[column] if column < len(cells) else empty for cells in _by_number(filled)]


def has_forms(lines: Lines[C], text: Callable[[C], str]) -> bool:
    """Return whether a turned table has several forms below one another."""
    return len(_forms(lines, _heading_column(lines, text), text)) > 1


def _by_number(lines: Lines[C]) -> Iterator[Sequence[C]]:
    """Yield the cells of every row up to the last one, none for those left out."""
    before = 0
    for number, cells in lines:
        yield from [()] * (number - before - 1)
        yield cells
        before = number


def _forms(lines: Lines[C], at: int, text: Callable[[C], str]) -> list[Lines[C]]:
    """Return the forms below one another, each beginning with the known heading that comes most often."""
    labels = [_label(cells, at, text) for _, cells in lines]
    times = Counter(label for label in labels if _field(label) is not None)
    first = max(times, key=lambda label: times[label], default="")
    starts = [place for place, label in enumerate(labels) if label == first]
    return [lines[start:end] for start, end in zip(starts, [*starts[1:], len(lines)], strict=True)]


def _label(cells: Sequence[C], at: int, text: Callable[[C], str]) -> str:
    return fold_header(text(cells[at])[:_LONGEST_HEADING]) if len(cells) > at else ""


def _forms_as_rows(
    forms: Sequence[Lines[C]], at: int, text: Callable[[C], str], empty: C
) -> Iterator[tuple[int, list[C]]]:
    places: dict[str, int] = {}
    headings: list[C] = []
    for _, cells in (line for form in forms for line in form if any(map(text, line[1][at + 1 :]))):
        label = _label(cells, at, text)
        if label and label not in places:
            places[label] = len(headings)
            headings.append(cells[at])
    yield forms[0][0][0], headings
    for form in forms:
        for beside in range(at + 1, max(len(cells) for _, cells in form)):
            row = [empty] * len(headings)
            for _, cells in form:
                if len(cells) > beside and (label := _label(cells, at, text)) in places:
                    row[places[label]] = cells[beside]
            if any(map(text, row)):
                yield form[0][0] + beside - at, row


def _heading_column(rows: Lines[C], text: Callable[[C], str]) -> int:
    """Return which of the first columns names the most fields."""
    counts = []
    for at in range(_SEARCHED):
        cells = (text(cells[at]) for _, cells in rows[:_MOST_CELLS] if len(cells) > at)
        counts.append(len({_field(cell) for cell in cells} - {None}))
    return counts.index(max(counts))


def _field(heading: str) -> str | None:
    return field_of(heading.strip()) if 0 < len(heading) < _LONGEST_HEADING else None


def _is_value(field: str, cells: Sequence[str]) -> bool:
    """Return whether the cells next to a heading fit it."""
    if field == "country":
        return any(len(cell) < _LONGEST_COUNTRY and bool(recognise_country(cell).codes) for cell in cells)
    return field == "date" and any(_YEAR.search(cell[:_LONGEST_COUNTRY]) for cell in cells)
