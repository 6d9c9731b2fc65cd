"""Notes: the findings on one practice while it is recognised, each with the cell it is about."""

from collections.abc import Sequence
from functools import cached_property

from pipeline.findings.finding_messages import code_of, finding_of, message_of
from pipeline.findings.messages import Value, say
from pipeline.model.fields import FIELDS
from pipeline.model.finding import Finding, Place, Severity, Suggestion
from pipeline.model.rows import Row
from pipeline.rdf.vocabulary import expand

PATHS = {name: expand(field.property) for name, field in FIELDS.items() if field.property}
"""The property that describes each field of a row."""

_LONGEST_NAME = 80


class Notes:
    """The findings on one practice, in the order in which they were made."""

    def __init__(self, rows: Sequence[Row]) -> None:
        self.findings: list[Finding] = []
        self._rows = rows

    @cached_property
    def _name(self) -> str:
        return practice_name(self._rows)

    def add(
        self,
        severity: Severity,
        code: str,
        sentence: str,
        row: Row,
        field: str,
        suggestion: Suggestion | None = None,
        *,
        part: str | None = None,
    ) -> None:
        """Note one thing about a field of a row, or one item of it; the sentence follows the practice's name."""
        message = say("“{name}”: {sentence}", name=self._name, sentence=sentence)
        place = row.place_of(field, part)
        self.findings.append(Finding(severity, code, message, place, None, PATHS.get(field), suggestion))

    def note(
        self,
        key: str,
        row: Row,
        field: str,
        suggestion: Suggestion | None = None,
        *,
        severity: Severity | None = None,
        part: str | None = None,
        **values: Value,
    ) -> None:
        """Note what the table of messages has under a key, with the severity there if none is given.

        ``{text}`` is the part of the cell where nothing else is said, and ``{question}`` offers the suggestion.
        """
        template, _, usual = message_of(key)
        if part is not None and "{text}" in template:
            values = {"text": part, **values}
        if "{question}" in template:
            values["question"] = did_you_mean(suggestion)
        sentence = say(template, **values)
        self.add(severity or usual, code_of(key), sentence, row, field, suggestion, part=part)

    def once(self, key: str, row: Row, field: str) -> None:
        """Note a finding on a whole column of a file: equal notes of other rows are dropped later."""
        place = Place(row.place.file, row.place.sheet, column=row.columns.get(field, field))
        self.findings.append(finding_of(key, place, path=PATHS.get(field)))


def practice_name(rows: Sequence[Row]) -> str:
    """Return the title that messages use for a practice, shortened, its quotation marks single; else its id."""
    title = next((row.texts["title"] for row in rows if row.texts.get("title")), "")
    name = title or rows[0].texts.get("id", "") or str(rows[0].place)
    name = " ".join(name.replace("“", "‘").replace("”", "’").split())
    return name if len(name) <= _LONGEST_NAME else name[: _LONGEST_NAME - 1].rstrip() + "…"


def did_you_mean(suggestion: Suggestion | None) -> str:
    """Return a question that offers a suggestion, with a space before it, or nothing."""
    return say(" Did you mean “{value}”?", value=suggestion.value) if suggestion is not None else ""
