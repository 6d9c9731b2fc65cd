"""Field answers: what a check understood in each field of the form, and what is wrong with it."""

from collections.abc import Iterator
from dataclasses import dataclass

from endpoint.language.text_filters import language_name
from endpoint.submission.form_values import FORM_FIELDS
from endpoint.validation.digest_values import Digest
from endpoint.validation.row_readings import ReadValue, RowReading, readings
from pipeline.model.finding import Severity

GENERAL = ""
"""The name under which findings are that belong to no field of the form."""

_NOT_SHOWN = {"language-detected"}
"""Findings that the form shows as understood values."""


@dataclass(frozen=True, slots=True)
class FieldFinding:
    """One finding on a field, in words."""

    severity: Severity
    code: str
    message: str


@dataclass(frozen=True, slots=True)
class FieldAnswer:
    """What was understood in a field, and the findings on it, the worst first; ``is_inferred``: found elsewhere."""

    understood: str = ""
    is_inferred: bool = False
    findings: tuple[FieldFinding, ...] = ()

    @property
    def is_wrong(self) -> bool:
        """Tell whether the practice would not be published because of this field."""
        return any(finding.severity is Severity.VIOLATION for finding in self.findings)


NO_ANSWER = FieldAnswer()


def field_answers(digest: Digest, speech: str) -> dict[str, FieldAnswer]:
    """Return field → answer in a language of the interface, ``GENERAL`` among the fields."""
    read = next(iter(readings(digest.understood[:1], speech)), None)
    understood = dict(_understood(read, speech)) if read is not None else {}
    findings = dict[str, list[FieldFinding]]()
    for field, finding in _findings(digest, speech):
        findings.setdefault(field, []).append(finding)
    return {
        field: FieldAnswer(*understood.get(field, ("", False)), tuple(findings.get(field, ())))
        for field in (*FORM_FIELDS, GENERAL)
    }


def _understood(read: RowReading, speech: str) -> Iterator[tuple[str, tuple[str, bool]]]:
    yield "date", _shown(read.date)
    yield "country", _shown(read.country)
    yield "topics", _shown(read.topics)
    city, is_inferred = _shown(read.city)
    is_one_place = city and read.country.read and ", " not in city + read.country.read
    yield "city", (f"{city}, {read.country.read}" if is_one_place else city, is_inferred)
    if read.titles:
        yield "lang", (language_name(read.titles[0][0], speech), False)


def _shown(value: ReadValue) -> tuple[str, bool]:
    return value.read, value.is_inferred


def _findings(digest: Digest, speech: str) -> Iterator[tuple[str, FieldFinding]]:
    order = list(Severity)
    lines = [line for record in digest.records for line in record.lines if line.code not in _NOT_SHOWN]
    for line in sorted(lines, key=lambda line: order.index(line.severity)):
        column = str(line.column or "").split(" | ")[0]
        field = column if column in FORM_FIELDS else GENERAL
        yield field, FieldFinding(line.severity, line.code, line.messages[speech])
