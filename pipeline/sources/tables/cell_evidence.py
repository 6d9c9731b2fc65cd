"""Evidence of cells: which field columns hold whose headings do not say it, by what stands in their cells."""

import re
from collections.abc import Callable, Sequence
from dataclasses import replace

from pipeline.model.fields import FIELDS
from pipeline.model.finding import Suggestion
from pipeline.recognition.dates import read_date
from pipeline.recognition.places.cities import recognise_cities
from pipeline.recognition.places.city_with_country import city_and_country
from pipeline.recognition.places.countries import recognise_country
from pipeline.recognition.topics import recognise_topics
from pipeline.sources.headings.heading_table import WEAK, fold_header, meanings_in_table, table_words
from pipeline.sources.tables.columns import Column, is_unexplained

_FEWEST = 2
_SEARCHED = 20
_LONGEST = 200
_SHORTEST_SUMMARY = 50
_LATEST = 9999
_OFFERED = 0.5
_DATES = ("date", "time")
_YEAR = re.compile("(?:19|20)[0-9]{2}")

_SURE = ("city", "summary")
"""Fields that one cell shows: cities are those of the countries stated, and a summary is only offered."""

Cells = Sequence[str]


def with_evidence(columns: tuple[Column, ...], rows: Sequence[Cells]) -> tuple[Column, ...]:
    """Return columns, those that no heading explains with the field that their cells show, and no other column holds.

    Most cells must be countries, cities of them, topics or periods, or texts below a heading that nearly says so.
    """
    columns = _without_flags(_with_years(with_countries(columns, rows), rows), rows)
    columns = _with_numbers_of_translations(columns, rows)
    held = {column.field for column in columns} | {column.also for column in columns}
    if "title" not in held:
        return columns
    here = _countries(columns, rows)
    tests = {
        "country": _is_country,
        "topics": _are_topics,
        "date": _is_period,
        "city": lambda cell: any(not recognise_cities(cell, code).unknown for code in here),
    }
    for field, test in tests.items():
        if field in held or (field == "city" and "country" not in held):
            continue
        fitting = [column for column in columns if _is_open(column) and _holds(column, field, rows, test)]
        columns = _with_field(columns, fitting, field)
        held |= {column.field for column in columns}
    texts = [
        column
        for column in columns
        if _is_open(column) and _holds(column, "summary", rows, lambda cell: len(cell) >= _SHORTEST_SUMMARY)
    ]
    return columns if "summary" in held else _with_summary(columns, texts)


def _with_summary(columns: tuple[Column, ...], texts: Sequence[Column]) -> tuple[Column, ...]:
    """Return columns, the only one with long texts as the summary, or with that suggested: it may be private."""
    if any(_is_near(column, "summary") for column in texts) or len(texts) != 1:
        return _with_field(columns, [column for column in texts if _is_near(column, "summary")], "summary")
    offered = replace(texts[0], suggestion=Suggestion("summary", _OFFERED))
    return tuple(offered if column is texts[0] else column for column in columns)


def with_countries(columns: tuple[Column, ...], rows: Sequence[Cells]) -> tuple[Column, ...]:
    """Return columns, that of the city with the country, too, if no other holds it and most cells name both."""
    city = next((column for column in columns if column.field == "city"), None)
    if city is None or any("country" in (column.field, column.also) for column in columns):
        return columns
    filled = _cells(city, rows)
    split = sum(all(city_and_country(cell)) for cell in filled)
    if not split or split * 2 < len(filled):
        return columns
    return tuple(replace(column, also="country") if column is city else column for column in columns)


def _with_years(columns: tuple[Column, ...], rows: Sequence[Cells]) -> tuple[Column, ...]:
    """Return columns, those that are headed by years and hold only ticks as answers to when, if no other says when."""
    years = [column for column in columns if column.field is None and _YEAR.fullmatch(column.header)]
    if len(years) < _FEWEST or any(column.field == "date" for column in columns):
        return columns
    cells = [fold_header(cell) or cell for column in years for cell in _cells(column, rows)]
    if not cells or not table_words("ticked") | table_words("not ticked") >= set(cells):
        return columns
    ticked = {column: replace(column, field="date", choice=column.header, by_cells=True) for column in years}
    return tuple(ticked.get(column, column) for column in columns)


def _without_flags(columns: tuple[Column, ...], rows: Sequence[Cells]) -> tuple[Column, ...]:
    """Return columns, those of a date without their field where each cell says yes or no: "Published"."""
    answers = table_words("ticked") | table_words("not ticked")

    def is_flag(column: Column) -> bool:
        is_date = column.field is not None and not column.choice and FIELDS[column.field].kind in _DATES
        cells = {fold_header(cell) or cell for cell in _cells(column, rows)} if is_date else set()
        return bool(cells) and cells <= answers and not any(map(str.isdecimal, cells))

    return tuple(replace(column, field=None) if is_flag(column) else column for column in columns)


def _with_numbers_of_translations(columns: tuple[Column, ...], rows: Sequence[Cells]) -> tuple[Column, ...]:
    """Return columns, the first as the id if its numbers are those of records that have a row in each language."""
    first, lang = columns[0], next((column for column in columns if column.field == "lang"), None)
    if lang is None or first.field is not None or any(column.field == "id" for column in columns):
        return columns
    pairs = [
        (cells[0].strip(), cells[lang.number - 1].strip())
        for cells in rows[:_SEARCHED]
        if len(cells) >= lang.number and cells[0].strip()
    ]
    numbers = {number for number, _ in pairs}
    if not all(map(str.isdecimal, numbers)) or len(set(pairs)) < len(pairs) or len(numbers) * 2 > len(pairs):
        return columns
    return (replace(first, field="id", by_cells=True), *columns[1:])


def _cells(column: Column, rows: Sequence[Cells]) -> list[str]:
    at = column.number - 1
    return [cells[at] for cells in rows[:_SEARCHED] if len(cells) > at and cells[at].strip()]


def _is_open(column: Column) -> bool:
    return column.suggestion is not None or is_unexplained(column)


def _is_near(column: Column, field: str) -> bool:
    """Return whether a heading nearly names a field, or names it by one of its words."""
    if column.suggestion is not None and column.suggestion.value == field:
        return True
    words = fold_header(column.header[:_LONGEST]).split()
    return any(meaning.field == field for word in words for _, meaning in meanings_in_table(word))


def _holds(column: Column, field: str, rows: Sequence[Cells], test: Callable[[str], bool]) -> bool:
    """Return whether most cells of a column are of a kind; one is enough where the heading nearly says so."""
    cells = _cells(column, rows)
    items = len(cells) + (sum(cell.count(";") for cell in cells) if field == "topics" else 0)
    fewest = 1 if field in _SURE or _is_near(column, field) else _FEWEST
    short = cells if field == "summary" else [cell for cell in cells if len(cell) <= _LONGEST]
    return items >= fewest and sum(map(test, short)) * 5 >= len(cells) * 3


def _with_field(columns: tuple[Column, ...], fitting: Sequence[Column], field: str) -> tuple[Column, ...]:
    """Return columns, one of them with a field, if it is the only one or the one whose heading nearly says so."""
    near = [each for each in fitting if _is_near(each, field)]
    chosen = near or fitting
    if len(chosen) != 1:
        return columns
    suggestion = chosen[0].suggestion
    if suggestion is not None and suggestion.value != field:
        suggestion = None
    known = replace(chosen[0], field=field, suggestion=suggestion, rank=WEAK, by_cells=True)
    return tuple(known if column is chosen[0] else column for column in columns)


def _is_country(cell: str) -> bool:
    reading = recognise_country(cell)
    return bool(reading.codes) and not reading.unknown


def _are_topics(cell: str) -> bool:
    reading = recognise_topics(cell)
    return bool(reading.slugs) and not reading.unknown


def _is_period(cell: str) -> bool:
    """Return whether a cell is a span of time, or begins one: single days may be those of anything."""
    reading = read_date(cell, _LATEST)
    period = reading.period if not reading.problems else None
    return (
        period is not None and (period.ongoing is True or period.start != period.end) and bool(period.start)
    )


def _countries(columns: Sequence[Column], rows: Sequence[Cells]) -> frozenset[str]:
    """Return the codes of the countries that the first rows state."""
    cells = (cell for column in columns if column.field == "country" for cell in _cells(column, rows))
    return frozenset(
        code for cell in cells if len(cell) <= _LONGEST for code in recognise_country(cell).codes
    )
