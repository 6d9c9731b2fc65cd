"""Layouts: how the cells of a row become the texts of a record, one record for each language of its texts."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from pipeline.language.languages import language_tag
from pipeline.recognition.places.city_with_country import city_and_country
from pipeline.sources.headings.heading_table import fold_header
from pipeline.sources.tables.columns import EXTRA, ORIGIN, PROBLEMS, Column, language_of_headings
from pipeline.sources.tables.joined_columns import join_columns

PREFERRED = ("en", "fr")
_LONGEST_HEADING = 300

Fields = tuple[tuple[str, tuple[Column, ...]], ...]
"""Fields with the columns that contain them."""

Texts = tuple[dict[str, str], Mapping[str, str]]
"""Field → text, and field → column."""


@dataclass(frozen=True, slots=True)
class Layout:
    """What each column of a table is for.

    ``raw`` names every column, each differently; ``single`` the field of each column that alone holds one;
    ``shared`` gives the columns of the fields that have several, ``translated`` those of each language that has
    columns of its own; ``headers`` is field → column as headed; ``folded`` the headings as they are compared;
    ``ignored`` where columns are that say nothing of a record, those of a quarantine file and of a second table;
    ``language`` names those in which most columns are headed, empty where that is not plain; ``places`` is where
    columns are whose cells contain the city and the country.
    """

    columns: tuple[Column, ...]
    raw: tuple[str, ...]
    single: tuple[str | None, ...]
    shared: Fields
    translated: tuple[tuple[str, Fields], ...]
    headers: Mapping[str, str]
    origin: int | None
    folded: tuple[str, ...]
    ignored: frozenset[int]
    language: str
    places: tuple[int, ...]

    def texts(self, cells: Sequence[str]) -> Texts:
        """Return the texts of clean cells that are in no language of their own, of several columns those filled."""
        texts = {field: cell for field, cell in zip(self.single, cells, strict=False) if cell and field}
        headers = self.headers
        if self.shared:
            texts, headers = _with_joined(self.shared, cells, texts, headers)
        for place in self.places:
            if place < len(cells) and cells[place]:
                texts = _with_place(texts, cells[place])
        return texts, headers

    def records(self, cells: Sequence[str]) -> Iterator[Texts]:
        """Yield the texts of a row; where columns contain translations, those of each language after one another."""
        texts, headers = self.texts(cells)
        in_languages = (
            (language, _with_joined(fields, cells, {}, {})) for language, fields in self.translated
        )
        by_language = {language: texts for language, texts in in_languages if texts[0]}
        if not by_language:
            yield texts, headers
            return
        first = _first_language(texts, by_language)
        more, names = by_language.pop(first, ({}, {}))
        yield {**_language_fields(more, first, is_of_row="title" not in texts), **texts}, {**headers, **names}
        identity = {"id": texts["id"]} if "id" in texts else {}
        for language, (further, names) in by_language.items():
            yield {**identity, **_language_fields(further, language, is_of_row=True)}, {**headers, **names}

    def raw_cells(self, cells: Sequence[str], delimiter: str) -> dict[str, str]:
        """Return column → cell as it came; what stands beyond the header is kept under one name."""
        raw = dict(zip(self.raw, cells, strict=False))
        if len(cells) > len(self.raw):
            raw[EXTRA] = delimiter.join(cells[len(self.raw) :])
        if self.origin is not None:
            raw.pop(ORIGIN, None)
            raw.pop(PROBLEMS, None)
        return raw


def _with_place(texts: dict[str, str], cell: str) -> dict[str, str]:
    """Return texts with the city and the country of one cell, where no other column says them."""
    city, country = city_and_country(cell)
    places = {"city": city, "country": country}
    return {field: text for field, text in places.items() if text} | texts


def _with_joined(
    fields: Fields, cells: Sequence[str], texts: dict[str, str], headers: Mapping[str, str]
) -> Texts:
    names = dict(headers)
    for field, columns in fields:
        text, header = join_columns(field, columns, cells)
        if text:
            texts[field], names[field] = text, header
    return texts, names


def _first_language(texts: Mapping[str, str], by_language: Mapping[str, Texts]) -> str:
    """Return the language whose texts go with those of no language; empty where none does."""
    if "title" in texts and (texts.get("lang") or any("title" in each for each, _ in by_language.values())):
        return language_tag(texts.get("lang", "")) or ""
    return next(iter(by_language))


def _language_fields(texts: Mapping[str, str], language: str, *, is_of_row: bool) -> dict[str, str]:
    """Return the fields of the language of a row, and of its summary."""
    tags = {"lang": language} if is_of_row else {}
    return {**texts, **tags, **({"summary_lang": language} if "summary" in texts else {})}


def layout_of(columns: tuple[Column, ...]) -> Layout:
    """Return how rows under these columns are read."""
    plain = [column for column in columns if column.field and not column.language and not column.also]
    shared = _shared_fields(plain)
    many = {field for field, _ in shared}
    languages = in_order(column.language for column in columns if column.language)
    headers: dict[str, str] = {}
    for column in (*plain, *columns):
        for field in filter(None, (column.field, column.also)):
            headers.setdefault(field, column.header)
    return Layout(
        columns,
        _distinct_names(columns),
        tuple(
            None if column.field in many or column.language or column.also else column.field
            for column in columns
        ),
        shared,
        tuple((language, _in_language(language, columns)) for language in languages),
        headers,
        next((column.number - 1 for column in columns if column.header == ORIGIN), None),
        tuple(fold_header(column.header[:_LONGEST_HEADING]) for column in columns),
        frozenset(
            column.number - 1 for column in columns if column.is_apart or column.header in (ORIGIN, PROBLEMS)
        ),
        language_of_headings(columns),
        tuple(column.number - 1 for column in columns if column.also),
    )


def in_order(languages: Iterable[str]) -> tuple[str, ...]:
    """Return the languages, each once: English first, then French, then in their order."""
    rank = {language: number for number, language in enumerate(PREFERRED)}
    return tuple(sorted(dict.fromkeys(languages), key=lambda language: rank.get(language, len(rank))))


def _shared_fields(columns: Sequence[Column]) -> Fields:
    """Return the fields that several columns hold, or one that holds only a part."""
    counts = Counter(column.field for column in columns)
    partial = {column.field for column in columns if column.part or column.choice}
    fields = [field for field, count in counts.items() if field and (count > 1 or field in partial)]
    return tuple((field, tuple(column for column in columns if column.field == field)) for field in fields)


def _in_language(language: str, columns: Sequence[Column]) -> Fields:
    own = [column for column in columns if column.language == language and column.field]
    fields = dict.fromkeys(column.field for column in own if column.field)
    return tuple((field, tuple(column for column in own if column.field == field)) for field in fields)


def _distinct_names(columns: tuple[Column, ...]) -> tuple[str, ...]:
    names: dict[str, None] = {}
    times: Counter[str] = Counter()
    for column in columns:
        name = header = column.header or f"column {column.number}"
        while name in names:
            times[header] += 1
            name = f"{header} ({times[header] + 1})"
        names[name] = None
    return tuple(names)
