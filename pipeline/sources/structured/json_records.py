"""Records in JSON: the rows that one object makes, one for each language of its texts."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from pipeline.findings.finding_messages import finding_of, message
from pipeline.language.slugs import slugify
from pipeline.model.fields import BY_KIND, FIELDS
from pipeline.model.finding import Finding, Place
from pipeline.model.rows import Row
from pipeline.sources.files.sandboxed_source import Blank, Event
from pipeline.sources.headings.heading_meanings import is_left_out
from pipeline.sources.structured.json_values import (
    JsonCell,
    cells_of,
    field_of_key,
    joiner_of,
    text_of,
)
from pipeline.sources.tables.cell_evidence import with_countries
from pipeline.sources.tables.columns import OURS, read_columns
from pipeline.sources.tables.layout import Layout, in_order, layout_of
from pipeline.sources.tables.layout_findings import duplicate_columns
from pipeline.sources.tables.row_builder import BETWEEN_EXTRA, clean_cells, rows_of

_SINGLE_KINDS = ("identifier", "language", "source", "time")
_SINGLE = frozenset(
    name
    for name, field in FIELDS.items()
    if field.kind in _SINGLE_KINDS or (field.kind in BY_KIND and not field.several)
)
_DATES = frozenset(name for name, field in FIELDS.items() if field.kind in ("date", "time"))
_EPOCH = datetime(1970, 1, 1)
_MILLISECONDS = re.compile("[1-9][0-9]{11,12}")


class RecordReader:
    """Makes rows of the objects of one file, and says once of each key that it is not known."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._layouts: dict[tuple[str, ...], Layout] = {}
        self._reported: set[str] = set()

    def read(self, record: Mapping[str, Any], place: Place, pointer: str) -> Iterator[Event]:
        """Yield the rows of an object, and what is to be said of its keys and values."""
        cells = cells_of(record)
        languages = _languages_of(cells)
        first = self._first_texts(cells, languages[0] if languages else None)
        if len(languages) > 1 and not _text(first, "id"):
            # as its slug would be without an id: it keeps the rows of one object together
            first = {"id": slugify(f"{_text(first, 'title')} {_text(first, 'city')}"), **first}
        yield from self._about_lists(cells, place)
        yield from self._row(first, place)
        for language in languages[1:]:
            texts, at = _texts_in(cells, language)
            identifier = {"id": _text(first, "id"), "lang": language}
            further = self._row({**identifier, **texts}, Place(self._name, pointer=pointer + at))
            yield from (replace(each, is_further=True) if isinstance(each, Row) else each for each in further)

    def _first_texts(self, cells: tuple[JsonCell, ...], language: str | None) -> dict[str, str]:
        texts = {}
        for cell in cells:
            field, value = field_of_key(cell.header), cell.value
            if cell.languages:
                in_languages = {tag: value for tag, _, value in cell.languages}
                value = in_languages.get(language or "", in_languages.get(""))
            if field in _SINGLE and isinstance(value, list) and value:
                value = value[0]
            texts[cell.header] = _day(text_of(value, joiner_of(field)), field)
        if not language:
            return texts
        lang = next((header for header in texts if field_of_key(header) == "lang"), "lang")
        return texts | {lang: language} | _summary_language(cells, language)

    def _row(self, texts: Mapping[str, str], place: Place) -> Iterator[Event]:
        headers = tuple(texts)
        if headers not in self._layouts:
            layout = layout_of(with_countries(read_columns(headers, is_flat=False), [list(texts.values())]))
            self._layouts[headers] = layout
            yield from self._about_keys(layout, place)
        layout, cells = self._layouts[headers], list(texts.values())
        clean = yield from clean_cells(place, layout, cells)
        if any(clean):
            yield from rows_of(place, layout, clean, layout.raw_cells(cells, BETWEEN_EXTRA))
        else:
            yield Blank()

    def _about_keys(self, layout: Layout, place: Place) -> Iterator[Finding]:
        for column in layout.columns:
            name = column.header
            if column.field is not None or name in self._reported or name in OURS or not name:
                continue
            if column.beside or is_left_out(name):
                continue  # a program's own "_id" beside "id": nothing to be done about it
            self._reported.add(name)
            where = replace(place, column=name)
            if (suggestion := column.suggestion) is None:
                yield finding_of("column-unknown/key", where, key=name[:80])
                continue
            sentence = message("column-unknown/key", where, key=name[:80])
            yield finding_of(
                "column-unknown/misspelt-key",
                where,
                suggestion=suggestion,
                sentence=sentence,
                value=suggestion.value,
            )

        for field, columns in duplicate_columns(layout):
            names = ", ".join(f'"{column.header[:80]}"' for column in columns)
            if names not in self._reported:
                self._reported.add(names)
                yield finding_of("column-doubled/key", place, keys=names, field=field)

    def _about_lists(self, cells: tuple[JsonCell, ...], place: Place) -> Iterator[Finding]:
        for cell in cells:
            field = field_of_key(cell.header)
            if field in _SINGLE and isinstance(cell.value, list) and len(cell.value) > 1:
                where = replace(place, column=cell.header)
                yield finding_of("value-left-out", where, number=len(cell.value))


def _languages_of(cells: tuple[JsonCell, ...]) -> tuple[str, ...]:
    """Return the languages of an object's texts; first an empty one for texts in none beside translations."""
    tags = [[tag for tag, _, _ in cell.languages] for cell in cells]
    has_plain = any("" in several and len(several) > 1 for several in tags)
    return ("",) * has_plain + in_order(tag for several in tags for tag in several if tag)


def _day(text: str, field: str | None) -> str:
    """Return the text of a field; of a moment that counts the milliseconds since 1970, its day."""
    if field not in _DATES or not _MILLISECONDS.fullmatch(text):
        return text
    return (_EPOCH + timedelta(milliseconds=int(text))).date().isoformat()


def _texts_in(cells: tuple[JsonCell, ...], language: str) -> tuple[dict[str, str], str]:
    """Return the texts in a language by header, and the pointer to the first of them."""
    texts, at = {}, ""
    for cell in cells:
        for tag, pointer, value in cell.languages:
            if tag == language:
                texts[cell.header] = text_of(value, joiner_of(field_of_key(cell.header)))
                at = at or pointer
    return texts | _summary_language(cells, language), at


def _summary_language(cells: tuple[JsonCell, ...], language: str) -> dict[str, str]:
    is_told = any(
        field_of_key(cell.header) == "summary" and any(tag == language for tag, _, _ in cell.languages)
        for cell in cells
    )
    return {"summary_lang": language} if is_told else {}


def _text(texts: Mapping[str, str], field: str) -> str:
    return next((text for header, text in texts.items() if field_of_key(header) == field and text), "")
