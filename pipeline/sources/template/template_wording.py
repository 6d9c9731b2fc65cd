"""Wording: what the template says in each language, and the values it offers to choose from."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from pipeline.language.text_matching import fold
from pipeline.model.fields import FIELDS, REQUIRED
from pipeline.rdf.concepts import read_concepts
from pipeline.rdf.term_texts import definition_of, heading_of
from pipeline.rdf.vocabulary import COUNTRY, COUNTRY_FACET
from pipeline.recognition.topics import topic_label, topic_slugs
from pipeline.sources.tables.columns import SEPARATOR
from pipeline.system.data_files import tables_of

LANGUAGES = ("en", "fr", "pt", "es", "it", "de")
"""The languages in which there is a template."""

TOPIC_COLUMNS = 3

_OFFERED_LANGUAGES = (
    *("bg", "ca", "cs", "cy", "da", "de", "el", "en", "es", "et", "eu", "fi", "fr", "ga", "gl", "he", "hr"),
    *("hu", "is", "it", "ja", "ko", "lb", "lt", "lv", "mt", "nl", "no", "pl", "pt", "ro", "ru", "sk", "sl"),
    *("sq", "sr", "sv", "tr", "uk"),
)


@dataclass(frozen=True, slots=True)
class TemplateColumn:
    """A column of the template: its field, its heading, and the note that says what to write."""

    field: str
    heading: str
    note: str


@dataclass(frozen=True, slots=True)
class TemplateWording:
    """All texts of the template in one language; ``example`` is the example record as field → text."""

    language: str
    texts: dict[str, Any]
    columns: tuple[TemplateColumn, ...]
    example: dict[str, str]

    def text(self, key: str) -> str:
        """Return a text by its key."""
        return str(self.texts[key])

    @property
    def intro(self) -> tuple[str, ...]:
        """Return the sentences that are above the notes."""
        return tuple(self.texts["intro"])

    @property
    def header(self) -> list[str]:
        """Return the headings, those of required columns marked."""
        return [
            f"{column.heading} *" if column.field in REQUIRED else column.heading for column in self.columns
        ]

    def cells_of(self, record: Mapping[str, str]) -> list[str]:
        """Return the cells of a record, its topics one a column and those beyond in the last."""
        topics = iter(topic_cells(record.get("topics", "")))
        return [
            next(topics) if column.field == "topics" else record.get(column.field, "")
            for column in self.columns
        ]

    def choices(self, field: str) -> tuple[str, ...]:
        """Return the values to choose from in a field, in alphabetical order; none where any text will do."""
        match field:
            case "topics":
                values = tuple(topic_label(slug, self.language) for slug in topic_slugs())
            case "country":
                values = tuple(_facet_names(self.language).values())
            case "lang":
                values = tuple(_language_names(self.language).values())
            case _:
                return ()
        return tuple(sorted(values, key=fold))


def topic_cells(text: str) -> list[str]:
    """Return the cells of the columns of topics: one topic each, all that are left in the last."""
    parts = text.split(SEPARATOR)
    first, rest = parts[: TOPIC_COLUMNS - 1], parts[TOPIC_COLUMNS - 1 :]
    return [*first, *[""] * (TOPIC_COLUMNS - 1 - len(first)), SEPARATOR.join(rest)]


@cache
def wording(language: str) -> TemplateWording:
    """Return what the template says in a language."""
    texts = _texts(language)
    return TemplateWording(
        language, texts, tuple(_columns(texts, language)), _example(texts["example"], language)
    )


def _texts(language: str) -> dict[str, Any]:
    return tables_of(__package__, f"texts/{language}.toml")


def _columns(texts: dict[str, Any], language: str) -> list[TemplateColumn]:
    columns = []
    in_template = ((field.template, field.name) for field in FIELDS.values() if field.template is not None)
    for _, field in sorted(in_template):
        heading = texts["headings"].get(field) or heading_of(FIELDS[field], language)
        note = texts["notes"].get(field) or definition_of(FIELDS[field], language)
        if field == "topics":
            columns += [TemplateColumn(field, f"{heading} {n}", note) for n in range(1, TOPIC_COLUMNS + 1)]
        else:
            columns.append(TemplateColumn(field, heading, note))
    return columns


def _example(stated: dict[str, Any], language: str) -> dict[str, str]:
    return stated | {
        "country": _facet_names(language)[stated["country"]],
        "topics": SEPARATOR.join(topic_label(slug, language) for slug in stated["topics"]),
        "lang": _language_names(language)[stated["lang"]],
    }


@cache
def example_titles() -> frozenset[str]:
    """Return the titles that identify the example rows of all templates."""
    return frozenset(_texts(language)["example"]["title"] for language in LANGUAGES)


def _facet_names(language: str) -> dict[str, str]:
    """Return code → name of the countries of the catalogue's filter."""
    return {
        concept.iri.removeprefix(COUNTRY): dict(concept.preferred).get(language, concept.label)
        for concept in read_concepts("countries.ttl")
        if COUNTRY_FACET in concept.collections
    }


def _language_names(language: str) -> dict[str, str]:
    """Return tag → name of the languages in which titles come."""
    from babel import Locale  # it loads large tables: only when a template is made

    names = Locale(language).languages
    return {tag: str(names[tag]) for tag in _OFFERED_LANGUAGES}
