"""Field answers: what a check understood in each field of the form, and what is wrong with it."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from endpoint.language.interface_languages import say
from endpoint.language.text_filters import language_name
from endpoint.submission.form_values import FORM_FIELDS
from endpoint.validation.digest_values import Digest
from endpoint.validation.row_readings import ValueReading, readings
from pipeline.model.finding import Severity

GENERAL = ""
"""The name under which findings are that belong to no field of the form."""

_DETECTED, _ASSUMED = "language-detected", "language-assumed"
"""Findings on a language that was not stated; what they advise is about tables."""


@dataclass(frozen=True, slots=True)
class FieldAnswer:
    """What was understood in a field, and the findings on it, the worst first.

    ``is_inferred``: it was found in the text. ``is_lost``: something is in the field, and nothing was understood.
    """

    understood: str = ""
    is_inferred: bool = False
    is_lost: bool = False
    findings: tuple[dict[str, str], ...] = ()

    @property
    def is_wrong(self) -> bool:
        """Return whether the practice would not be published because of this field."""
        return any(finding["severity"] == Severity.VIOLATION for finding in self.findings)


NO_ANSWER = FieldAnswer()


def field_answers(digest: Digest, speech: str) -> dict[str, FieldAnswer]:
    """Return field → answer in a language of the interface, ``GENERAL`` among the fields."""
    read = next(iter(readings(digest.understood[:1], speech)), None)
    understood = dict(_understood(read, speech)) if read is not None else {}
    findings = dict[str, list[dict[str, str]]]()
    for field, finding in _findings(digest, speech):
        findings.setdefault(field, []).append(finding)
    return {
        field: replace(understood.get(field, NO_ANSWER), findings=tuple(findings.get(field, ())))
        for field in (*FORM_FIELDS, GENERAL)
    }


def _understood(read: dict[str, Any], speech: str) -> Iterator[tuple[str, FieldAnswer]]:
    country, city = _answer(read["country"]), _answer(read["city"])
    yield "date", _answer(read["date"])
    yield "country", country
    yield "topics", _answer(read["topics"])
    is_one_place = city.understood and country.understood and ", " not in city.understood + country.understood
    yield (
        "city",
        replace(city, understood=f"{city.understood}, {country.understood}") if is_one_place else city,
    )
    if read["titles"]:
        yield "lang", FieldAnswer(language_name(read["titles"][0][0], speech))


def _answer(value: ValueReading) -> FieldAnswer:
    return FieldAnswer(value.read, value.is_inferred, value.is_lost)


def _findings(digest: Digest, speech: str) -> Iterator[tuple[str, dict[str, str]]]:
    lines = [line for record in digest.records for line in record.lines if line.code != _DETECTED]
    for line in sorted(lines, key=lambda line: line.severity.weight):
        column = str(line.column or "").split(" | ")[0]
        field = column if column in FORM_FIELDS else GENERAL
        message = (
            say("The language is not clear. Choose it here.")
            if line.code == _ASSUMED
            else line.messages[speech]
        )
        yield field, {"severity": line.severity, "code": line.code, "message": message}
