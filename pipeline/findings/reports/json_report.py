"""The report as JSON: the form in which findings travel everywhere."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from typing import TextIO

from pipeline.findings.reports.outcome import ReportOutcome
from pipeline.findings.reports.rules import rule, rule_page
from pipeline.model.finding import Finding, Place
from pipeline.model.shacl_result import ShaclResult

SCHEMA = "https://w3id.org/intercultural-practices/schemas/findings.json"
"""The JSON Schema of this form."""

LONGEST_VALUE = 2000
"""So many characters of a cell are shown; a page of text does not help to find it."""


def write_json(findings: Iterable[Finding], outcome: ReportOutcome, stream: TextIO) -> None:
    """Write one JSON object, a finding a line, without holding the findings in memory."""
    stream.write(f'{{"conforms": {_json(outcome.conforms)}, "accepted": {_json(outcome.accepted)}, ')
    stream.write(f'"verdict": {_json(outcome.verdict)},\n')
    stream.write(f'"language": {_json(outcome.language)}, "describedby": {_json(SCHEMA)},\n')
    stream.write(f'"summary": {_json(outcome.accounting.as_json())},\n"findings": [')
    separator = "\n"
    for finding in findings:
        stream.write(separator + _json(finding_as_json(finding) | _rule(finding, outcome)))
        separator = ",\n"
    stream.write("\n]}\n")


def finding_as_json(finding: Finding) -> dict[str, object]:
    """Return a finding as JSON has it: without what is not known."""
    members: dict[str, object] = {
        "severity": finding.severity.value,
        "code": finding.code,
        "message": finding.message,
        "place": _place(finding.place) if finding.place else None,
        "focus": finding.focus,
        "path": finding.path,
        "suggestion": asdict(finding.suggestion) if finding.suggestion else None,
        "shacl": _result(finding.result) if finding.result else None,
    }
    return _without_none(members)


def _result(result: ShaclResult) -> dict[str, object]:
    """Return what shapes said, its terms in N-Triples; the message is in the finding."""
    members = asdict(result)
    del members["messages"], members["details"]
    return _without_none(members | {"shape": result.shape or None})


def _rule(finding: Finding, outcome: ReportOutcome) -> dict[str, object]:
    """Return the rule's advice, a value that passes, and a link to its explanation."""
    known = rule(finding.code)
    _, advice = known.texts_in(outcome.language)
    entry = {"advice": advice, "example": known.example, "rule": rule_page(finding.code, outcome.rules)}
    return {name: text for name, text in entry.items() if text}


def _place(place: Place) -> dict[str, object]:
    value = place.value
    if value is not None and len(value) > LONGEST_VALUE:
        value = value[: LONGEST_VALUE - 1] + "…"
    return _without_none({**asdict(place), "value": value})


def _without_none(members: Mapping[str, object]) -> dict[str, object]:
    return {key: value for key, value in members.items() if value is not None}


def _json(value: object) -> str:
    text = json.dumps(value, ensure_ascii=False)
    # Half a surrogate pair is no UTF-8; as an escape it is JSON.
    return text if text.isascii() or not _has_surrogate(text) else json.dumps(value)


def _has_surrogate(text: str) -> bool:
    return any("\ud800" <= character <= "\udfff" for character in text)
