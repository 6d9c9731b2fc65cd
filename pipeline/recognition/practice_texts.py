"""The texts of a practice, one a language: titles, descriptions, sections."""

from collections.abc import Sequence

from pipeline.findings.finding_messages import message
from pipeline.language.repair import repair_text
from pipeline.model.fields import FIELDS
from pipeline.model.finding import Severity, Suggestion
from pipeline.model.practice import Texts
from pipeline.model.rows import Row
from pipeline.recognition.notes import Notes
from pipeline.recognition.practice_values import CONFLICT
from pipeline.recognition.row_languages import text_language

_LONGEST_WORD = 60
_LONGEST_SUGGESTION = 500
_CONFIDENCE = 0.9
_TWO_NAMED = ("title", "summary", "purpose", "stimulus", "process", "impact", "references")


def read_titles(rows: Sequence[tuple[str, Row]], notes: Notes) -> Texts:
    """Return the title in each language."""
    for _, row in rows:
        _note_broken(row, "title", notes)
    return _one_a_language(
        [
            (language, title.replace("\n", " "), row)
            for language, row in rows
            if (title := row.texts.get("title"))
        ],
        "title",
        notes,
    )


def read_texts(rows: Sequence[tuple[str, Row]], field: str, notes: Notes) -> Texts:
    """Return a description or section in each language in which a row has it."""
    for _, row in rows:
        _note_broken(row, field, notes)
    texts = [
        (text_language(row, field, language, notes), row.texts[field], row)
        for language, row in rows
        if row.texts.get(field)
    ]
    return _one_a_language(texts, field, notes)


def _note_broken(row: Row, field: str, notes: Notes) -> None:
    """Note a text that was decoded wrongly, with its right form."""
    text = row.texts.get(field, "")
    if text.isascii() or (fixed := repair_text(text)) == text:
        return
    pairs = zip(text.split(), fixed.split(), strict=False)
    broken, meant = next(((one, other) for one, other in pairs if one != other), (text, fixed))
    broken, meant = broken[:_LONGEST_WORD], meant[:_LONGEST_WORD]
    sentence = message("description-encoding", broken=broken, meant=meant)
    suggestion = Suggestion(fixed, _CONFIDENCE) if len(fixed) < _LONGEST_SUGGESTION else None
    code = "description" if field == "summary" else field
    notes.add(Severity.WARNING, f"{code}-encoding", sentence, row, field, suggestion)


def _one_a_language(texts: Sequence[tuple[str, str, Row]], field: str, notes: Notes) -> Texts:
    """Keep the later of two texts in one language, since a later source wins, and name both cells."""
    if len(texts) < 2:
        return tuple((language, text) for language, text, _ in texts)
    by_language: dict[str, tuple[str, Row]] = {}
    for language, text, row in texts:
        before = by_language.get(language)
        if before is None or before[0] == text:
            by_language.setdefault(language, (text, row))
            continue
        by_language[language] = (text, row)
        same_file = before[1].place.file == row.place.file
        severity = Severity.WARNING if same_file or field == "title" else Severity.INFO
        two = message(
            f"value-conflict/{field if field in _TWO_NAMED else 'text'}", language=language, field=field
        )
        sentence = message(CONFLICT, two=two, place=before[1].place_of(field))
        notes.add(severity, FIELDS[field].conflict or CONFLICT, sentence, row, field)
    return tuple((language, text) for language, (text, _) in by_language.items())
