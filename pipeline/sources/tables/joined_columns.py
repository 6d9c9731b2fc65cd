"""Several columns of one field: the texts that they make together."""

import re
from collections.abc import Iterator, Sequence

from pipeline.model.fields import LISTS
from pipeline.recognition.dates import read_date, says_no_date
from pipeline.sources.headings.heading_table import fold_header, table_words
from pipeline.sources.tables.columns import SEPARATOR, Column

_ANY_YEAR = 9999
_WITHOUT_MARKS = re.compile(r"^((?:19|20)\d\d)(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])$")
"""A day as WordPress keeps it: 20180301."""

_CLOCK = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d")
"""So begins the moment at which a program saved the record."""

_LINKED = re.compile(r"rec[A-Za-z0-9]{14}(?:\s*[,|;]\s*rec[A-Za-z0-9]{14})*")
"""The ids of other records, which Airtable writes where a column links to them."""


def join_columns(field: str, columns: Sequence[Column], cells: Sequence[str]) -> tuple[str, str]:
    """Return the text of a field that several columns hold, and the columns that it is from; both may be empty."""
    filled = [(column, cells[column.number - 1]) for column in _filled_columns(columns, cells)]
    if any(column.choice for column, _ in filled) and (chosen := list(_ticked_answers(filled))):
        plain = next((column.header for column in columns if not column.choice), "")
        between = SEPARATOR if field in LISTS else ", "
        return between.join(chosen), plain or next(column.header for column, _ in filled if column.choice)
    filled = [(column, text) for column, text in filled if not column.choice]
    if any(column.part for column, _ in filled):
        filled = _span(filled)
    elif field not in LISTS:
        filled = sorted(filled, key=lambda each: each[0].rank)[:1]
    return SEPARATOR.join(text for _, text in filled), SEPARATOR.join(column.header for column, _ in filled)


def _filled_columns(columns: Sequence[Column], cells: Sequence[str]) -> Iterator[Column]:
    """Yield the columns with a text; those with ids of linked records only where no other has one."""
    filled = [column for column in columns if column.number <= len(cells) and cells[column.number - 1]]
    texts = [column for column in filled if not _LINKED.fullmatch(cells[column.number - 1])]
    yield from texts or filled


def _ticked_answers(filled: Sequence[tuple[Column, str]]) -> Iterator[str]:
    """Yield the answers that are ticked, and what was written instead of a tick."""
    for column, text in filled:
        answer = fold_header(text) or text
        if column.choice and answer not in table_words("not ticked"):
            yield column.choice if answer in table_words("ticked") else text


def _span(filled: Sequence[tuple[Column, str]]) -> list[tuple[Column, str]]:
    """Return one date made of its start and its end, unless a column that says more than a year has it whole."""
    filled = [
        (column, _WITHOUT_MARKS.sub(r"\1-\2-\3", text)) for column, text in filled if not says_no_date(text)
    ]
    whole, start, end = (
        min((each for each in filled if each[0].part == part), key=lambda each: each[0].rank, default=None)
        for part in ("", "start", "end")
    )
    if whole is not None and (start is None or not (whole[1].isdecimal() or _CLOCK.match(whole[1]))):
        return [whole]
    if start is None:
        if end is None:
            return []
        return [(end[0], f"until {end[1]}" if any(map(str.isdecimal, end[1])) else end[1])]
    if end is None:
        return [(start[0], _begun(start[1]))]
    if start[1] == end[1]:
        return [start]
    return [(start[0], f"{start[1]} - {end[1]}")]


def _begun(start: str) -> str:
    """Return a start so that its end, which is not stated, is unknown; as it is where it says more than a moment."""
    reading = read_date(start, _ANY_YEAR)
    period = reading.period
    is_moment = (
        period is not None and period.start == period.end and not period.ongoing and not reading.problems
    )
    return f"started {start}" if is_moment else start
