"""The report as a table: one row a finding, for people who work in a spreadsheet."""

import csv
from collections.abc import Iterable
from typing import TextIO

from pipeline.findings.messages import without_surrogates
from pipeline.findings.reports.outcome import ReportOutcome
from pipeline.findings.reports.rules import rule, rule_page
from pipeline.model.finding import Finding, Place

_COLUMNS = (
    "severity code message file sheet row column value line character pointer focus path suggestion confidence "
    "advice example rule verdict"
)
COLUMNS = tuple(_COLUMNS.split())
"""The columns of the table, in order."""

_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
_CELL_LIMIT = 2000


def write_csv(findings: Iterable[Finding], outcome: ReportOutcome, stream: TextIO) -> None:
    """Write a header and a row for each finding, with the verdict on all; the numbers have no place in a table."""
    writer = csv.writer(stream, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for finding in findings:
        writer.writerow(
            [as_cell(value) for value in (*_values(finding), *_rule(finding, outcome), outcome.verdict.value)]
        )


def _values(finding: Finding) -> tuple[object, ...]:
    place = finding.place or Place("")
    suggestion = finding.suggestion
    return (
        finding.severity.value,
        finding.code,
        finding.message,
        place.file,
        place.sheet,
        place.row,
        place.column,
        place.value,
        place.line,
        place.character,
        place.pointer,
        finding.focus,
        finding.path,
        suggestion.value if suggestion else None,
        suggestion.confidence if suggestion else None,
    )


def _rule(finding: Finding, outcome: ReportOutcome) -> tuple[str, str, str]:
    known = rule(finding.code)
    _, advice = known.texts_in(outcome.language)
    return advice, known.example, rule_page(finding.code, outcome.rules)


def as_cell(value: object) -> object:
    """Return the value as a spreadsheet may open it: before what would be a formula stands an apostrophe."""
    if not isinstance(value, str):
        return value
    text = without_surrogates(value)[:_CELL_LIMIT]
    return "'" + text if text.startswith(_FORMULA_STARTS) else text
