"""Topics of a practice: those of all its rows, with a word for what is not a topic."""

from collections.abc import Sequence

from pipeline.model.finding import Severity
from pipeline.model.rows import Row
from pipeline.recognition.notes import Notes
from pipeline.recognition.topics import recognise_topics, suggest_topics


def read_topics(rows: Sequence[Row], notes: Notes) -> tuple[str, ...]:
    """Return the topics of a practice as slugs of the scheme, united over its language rows."""
    readings = [(row, recognise_topics(row.texts["topics"])) for row in rows if row.texts.get("topics")]
    topics = tuple(dict.fromkeys(slug for _, reading in readings for slug in reading.slugs))
    severity = Severity.WARNING if topics else Severity.VIOLATION
    for row, reading in readings:
        for unknown in reading.unknown:
            suggestion, text = unknown.suggestion, unknown.text
            notes.note("topic-unknown", row, "topics", suggestion, severity=severity, part=text)
    if not readings:
        _suggest(rows, notes)
    return topics


def _suggest(rows: Sequence[Row], notes: Notes) -> None:
    text = " ".join(
        text for row in rows for text in (row.texts.get("title"), row.texts.get("summary")) if text
    )
    suggestion = next(iter(suggest_topics(text, limit=1)), None)
    notes.note("topic-missing", rows[0], "topics", suggestion)
