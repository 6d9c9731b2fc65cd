"""Sources of a practice: the pages it was read from, and the dates they state for its record."""

import re
from collections.abc import Sequence
from datetime import UTC, datetime

from pipeline.findings.messages import say
from pipeline.language.text_matching import says_nothing
from pipeline.model.fields import FIELDS
from pipeline.model.finding import Severity, Suggestion
from pipeline.model.rows import Row
from pipeline.recognition.identity import canonical_source
from pipeline.recognition.notes import Notes
from pipeline.recognition.practice_values import NO_LINK, is_web_address

_WITHOUT_SCHEME = re.compile(r"(?:www\.[\w.-]+|[\w-]+(?:\.[\w-]+)*\.[a-z]{2,})(?:/\S*)?", re.IGNORECASE)
_BETWEEN = re.compile(r"[\s;|,]+(?=https?://)", re.IGNORECASE)
_CONFIDENCE = 0.8
_MOST = 100  # addresses in a cell
_LONGEST = 2000


def read_sources(rows: Sequence[Row], notes: Notes) -> tuple[str, ...]:
    """Return the web addresses of the sources, catalogue pages in their canonical form, none twice."""
    sources: dict[str, None] = {}
    for row in rows:
        text = row.texts.get("source_url")
        if not text:
            continue
        parts = (
            _BETWEEN.split(text, _MOST) if " " in text or not text.isprintable() or ";" in text else [text]
        )
        if all(map(is_web_address, parts)):
            sources.update((canonical_source(part), None) for part in parts)
        elif not says_nothing(text):
            code, sentence = FIELDS["source_url"].unreadable, say(NO_LINK, text=text[:80])
            suggestion = (
                Suggestion(f"https://{text}", _CONFIDENCE)
                if _WITHOUT_SCHEME.fullmatch(text[:_LONGEST])
                else None
            )
            notes.add(Severity.WARNING, code, sentence, row, "source_url", suggestion)
    return tuple(sources)


def read_time(rows: Sequence[Row], field: str, notes: Notes) -> str:
    """Return the latest time the rows state in a field as xsd:dateTime in UTC, else an empty text."""
    times = []
    for row in rows:
        text = row.texts.get(field)
        if not text:
            continue
        try:
            time = datetime.fromisoformat(text)
        except ValueError:
            sentence = say("“{text}” is no ISO 8601 date; write one such as 2024-05-31.", text=text)
            notes.add(Severity.WARNING, FIELDS[field].unreadable, sentence, row, field)
            continue
        times.append((time if time.tzinfo else time.replace(tzinfo=UTC)).astimezone(UTC))
    return max(times).strftime("%Y-%m-%dT%H:%M:%SZ") if times else ""
