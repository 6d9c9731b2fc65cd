"""Turned tables: the headings are in the first column, and each further column is a record."""

import re
from collections.abc import Iterable, Iterator, Sequence

from pipeline.findings.messages import say
from pipeline.model.finding import Finding, Place, Severity
from pipeline.recognition.places.countries import recognise_country
from pipeline.sources.headings.heading_meanings import meanings_of
from pipeline.sources.headings.heading_table import Meaning

_FEWEST = 3
_LONGEST_HEADING = 200
_LONGEST_COUNTRY = 60
_MOST_CELLS = 50
_YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")


def turned_headings(rows: Sequence[tuple[int, Sequence[str]]]) -> tuple[str, ...]:
    """Return the headings in the first column of a turned table; nothing for other tables.

    They name the title and two other fields, and beside one of them stands a country or a year.
    """
    first = min((_first_filled(cells) for _, cells in rows), default=0)
    lines = [
        (cells[first], cells[first + 1 : first + _MOST_CELLS]) for _, cells in rows if len(cells) > first
    ]
    named = list(_named(lines))
    fields = {meaning.field for _, meaning, _ in named}
    if "title" not in fields or len(fields) < _FEWEST:
        return ()
    if not any(_is_value(meaning.field, cells) for _, meaning, cells in named):
        return ()
    return tuple(dict.fromkeys(heading for heading, _, _ in named))


def turned_finding(place: Place, headings: Sequence[str]) -> Finding:
    """Return the finding on a turned table."""
    message = say(
        "{place}: the headings ({headings}) are in a column instead of a row. Turn the table: copy it, "
        "and paste it with “Transpose” (Paste Special).",
        place=place,
        headings=", ".join(f'"{heading[:40]}"' for heading in headings[:_FEWEST]),
    )
    return Finding(Severity.VIOLATION, "table-turned", message, place)


def _first_filled(cells: Sequence[str]) -> int:
    return next((place for place, cell in enumerate(cells) if cell.strip()), len(cells))


def _named(lines: Iterable[tuple[str, Sequence[str]]]) -> Iterator[tuple[str, Meaning, Sequence[str]]]:
    for heading, cells in lines:
        if 0 < len(heading) < _LONGEST_HEADING and (meanings := meanings_of(heading.strip())):
            yield heading.strip(), meanings[0], cells


def _is_value(field: str, cells: Sequence[str]) -> bool:
    """Return whether the cells beside a heading hold what it says."""
    if field == "country":
        return any(len(cell) < _LONGEST_COUNTRY and bool(recognise_country(cell).codes) for cell in cells)
    return field == "date" and any(_YEAR.search(cell[:_LONGEST_COUNTRY]) for cell in cells)
