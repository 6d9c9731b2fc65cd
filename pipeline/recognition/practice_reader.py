"""One practice: its rows in order of language, field by field."""

from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.language.repair import repair_text
from pipeline.model.fields import SECTIONS
from pipeline.model.finding import Finding
from pipeline.model.practice import Practice
from pipeline.model.rows import Row
from pipeline.recognition.identity import slug_in
from pipeline.recognition.notes import Notes
from pipeline.recognition.practice_dates import note_places_in_dates, read_dates
from pipeline.recognition.practice_places import read_places
from pipeline.recognition.practice_sources import read_sources, read_time
from pipeline.recognition.practice_texts import read_texts, read_titles
from pipeline.recognition.practice_topics import read_topics
from pipeline.recognition.practice_values import read_values
from pipeline.recognition.row_languages import in_order


@dataclass(frozen=True, slots=True)
class RecognisedPractice:
    """A practice without slug and ledger dates, and what was noted on the way."""

    practice: Practice
    findings: tuple[Finding, ...]


def recognise(rows: Sequence[Row], latest_year: int) -> RecognisedPractice:
    """Return the practice described by the rows of one group; ``latest_year`` bounds the years of dates."""
    notes = Notes(rows)
    ordered = in_order(rows, notes)
    plain = tuple(row for _, row in ordered)
    places = read_places(plain, notes)
    date_texts, period, dated = read_dates(ordered, places, latest_year, notes)
    note_places_in_dates(dated, places, notes)
    written = [name for name in SECTIONS if any(name in row.texts for row in plain)]
    sections = ((name, read_texts(ordered, name, notes)) for name in written)
    practice = Practice(
        slug="",
        titles=read_titles(ordered, notes),
        identifier=_identifier(plain),
        descriptions=read_texts(ordered, "summary", notes),
        sections=tuple((name, texts) for name, texts in sections if texts),
        topics=read_topics(plain, notes),
        countries=places.countries,
        cities=places.cities,
        date_texts=date_texts,
        period=period,
        sources=read_sources(plain, notes),
        origins=tuple(dict.fromkeys(row.place.origin for row in rows)),
        corrections=tuple(dict.fromkeys(line for row in rows for line in row.corrections)),
        inferred=places.inferred,
        values=read_values(plain, notes),
        issued=read_time(plain, "issued", notes),
        modified=read_time(plain, "modified", notes),
    )
    return RecognisedPractice(practice, tuple(notes.findings))


def _identifier(rows: Sequence[Row]) -> str:
    """Return the source's own id, else the slug of its page; of several that of the last row, which wins."""
    stated = [row.texts["id"] for row in rows if row.texts.get("id")]
    slugs = [slug for row in rows if (slug := slug_in(row.texts.get("source_url", "")))]
    return next(reversed(stated or slugs), "")


def slug_text_of(rows: Sequence[Row]) -> str:
    """Return what the slug of a practice is made from: its id, else its title and city as they are recognised."""
    if len(rows) == 1 and (identifier := _identifier(rows)):
        return identifier
    notes = Notes(rows)
    ordered = in_order(rows, notes)
    plain = tuple(row for _, row in ordered)
    if identifier := _identifier(plain):
        return identifier
    titles, cities = read_titles(ordered, notes), read_places(plain, notes).cities
    if title := repair_text(titles[0][1]) if titles else "":
        return f"{title} {cities[0].names[0][1] if cities else ''}"
    return " ".join(dict.fromkeys(row.place.origin for row in rows))
