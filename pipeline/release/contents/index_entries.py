"""Entries: what the index and the catalogue file keep of a practice."""

import re
import unicodedata
from typing import NamedTuple

from pipeline.model.fields import EXPORTED, FIELDS
from pipeline.model.practice import Practice, Texts

_FACETS = {name: field.facet for name, field in FIELDS.items() if field.facet}
_SCHEME = re.compile(r"^[a-zA-Z][a-zA-Z0-9+.-]*://(?:www\.)?")
_MARKS = re.compile(r"[\W_]+")


class IndexEntry(NamedTuple):
    """A practice as lists show it; title and summary are for display: English, else French, else any.

    ``exported`` are the values of each field of EXPORTED.
    """

    slug: str
    identifier: str
    title: str
    title_lang: str
    titles: Texts
    summary: str | None
    summary_lang: str | None
    text: str
    date_text: str | None
    start: str | None
    end: str | None
    ongoing: bool | None
    years: tuple[int, ...]
    topics: tuple[str, ...]
    countries: tuple[str, ...]
    cities: tuple[str, ...]
    sources: tuple[str, ...]
    issued: str
    modified: str
    exported: tuple[tuple[str, ...], ...] = ()

    @property
    def start_year(self) -> int | None:
        """Return the year in which the practice began."""
        return int(self.start[:4]) if self.start else None

    @property
    def end_year(self) -> int | None:
        """Return the year in which it ended."""
        return int(self.end[:4]) if self.end else None

    def facets(self) -> list[tuple[str, str, str]]:
        """Return the facet values under which the practice is found, each with its slug."""
        values = [(_FACETS["topics"], topic) for topic in self.topics]
        values += [(_FACETS["country"], country) for country in self.countries]
        values += [(_FACETS["city"], city) for city in self.cities]
        values += [(_FACETS["date"], str(year)) for year in self.years]
        if self.ongoing:
            values.append(("status", "ongoing"))
        if not self.years and self.start is None and self.end is None:
            values.append(("status", "undated"))
        return [(facet, value, self.slug) for facet, value in values]

    def addresses(self) -> list[tuple[str, str]]:
        """Return the keys for finding it by a pasted identifier or address, each with its slug."""
        return [(key, self.slug) for text in (self.identifier, *self.sources) if (key := address_key(text))]

    def languages(self) -> list[str]:
        """Return the languages of its texts, a text each."""
        texts = [language for language, _ in self.titles]
        return [language.partition("-")[0] for language in (*texts, *filter(None, (self.summary_lang,)))]


def entry_of(practice: Practice) -> IndexEntry:
    """Return the entry of a practice."""
    title_lang, title = for_display(practice.titles) or ("und", practice.slug)
    summary_lang, summary = for_display(practice.descriptions) or (None, None)
    date = for_display(practice.date_texts)
    period = practice.period
    texts = [text for _, text in practice.descriptions]
    texts += [text for _, section in practice.sections for _, text in section]
    return IndexEntry(
        slug=practice.slug,
        identifier=practice.identifier,
        title=title,
        title_lang=title_lang,
        titles=practice.titles,
        summary=summary,
        summary_lang=summary_lang,
        text="\n".join(texts),
        date_text=date[1] if date else None,
        start=period.start if period else None,
        end=period.end if period else None,
        ongoing=period.ongoing if period else None,
        years=period.years if period else (),
        topics=practice.topics,
        countries=practice.countries,
        cities=tuple(city.key for city in practice.cities),
        sources=practice.sources,
        issued=practice.issued,
        modified=practice.modified,
        exported=_export_values(practice) if EXPORTED else (),
    )


def _export_values(practice: Practice) -> tuple[tuple[str, ...], ...]:
    """Return the values of each field of EXPORTED, of a text the one to show."""
    values = dict(practice.values)
    for name, texts in practice.sections:
        if (text := for_display(texts)) is not None:
            values[name] = (text[1],)
    return tuple(values.get(name, ()) for name in EXPORTED)


def for_display(texts: Texts) -> tuple[str, str] | None:
    """Return the language and text to show where only one is shown: English, else French, else the first."""
    by_language = dict(texts)
    for language in ("en", "fr"):
        if language in by_language:
            return language, by_language[language]
    return texts[0] if texts else None


def address_key(text: str) -> str:
    """Return an identifier or address as the index keeps it: without scheme, fragment, last slash and case."""
    return _SCHEME.sub("", text.strip()).partition("#")[0].rstrip("/").casefold()


def sort_key(title: str) -> str:
    """Return what a title is sorted by: its words without case, diacritics and marks."""
    plain = title
    if not title.isascii():
        plain = "".join(c for c in unicodedata.normalize("NFKD", title) if not unicodedata.combining(c))
    return _MARKS.sub(" ", plain).strip().casefold() or plain
