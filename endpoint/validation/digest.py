"""The digest: what the service's page shows of a report, small whatever was found."""

from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, field
from typing import Any

from endpoint.validation.excerpts import Excerpts, marks
from pipeline.findings.reports.grouping import (
    PRACTICE_NAME,
    clickable,
    printable,
    row_or_line,
    with_suggestion,
    without_place,
)
from pipeline.findings.reports.ordered import About, Ordered
from pipeline.findings.reports.outcome import ReportOutcome
from pipeline.findings.reports.ranges import Ranges
from pipeline.findings.reports.rules import rule, rules
from pipeline.findings.translation import spoken
from pipeline.model.finding import Finding, Severity

LINES_OF_A_RULE = 25
"""So many lines of each rule are shown; all of them stand in every other form of the report."""

MOST_RECORDS = 100
"""So many records are shown, those with violations first."""

SPEECHES = ("en", "fr")
_LINES_OF_A_RECORD = 20


def make_digest(findings: Iterable[Finding], outcome: ReportOutcome, excerpts: Excerpts) -> dict[str, Any]:
    """Return the numbers, the place to begin with, and the findings by rule and by record."""
    with Ordered(findings) as ordered:
        first = next(iter(ordered.worst_first()), None)
        rules = _rules(ordered.worst_first())
        records, records_hidden = _records(ordered.records())
    numbers = outcome.accounting
    return {
        "accepted": outcome.accepted,
        "verdict": outcome.verdict,
        "numbers": numbers.as_json(),
        "is_of_a_graph": outcome.is_of_a_graph,
        "first": _place(first) if first is not None and numbers.violations else None,
        "files": list(outcome.paths),
        "rules": [_shown(each, excerpts) for each in rules],
        "records": [_record(each, excerpts) for each in records],
        "records_hidden": records_hidden,
    }


@dataclass(slots=True)
class _Line:
    """Findings that say the same of one column: the first of them, and the rows or lines it holds for."""

    finding: Finding
    rows: Ranges = field(default_factory=Ranges)


@dataclass(slots=True)
class _Rule:
    """All findings of one rule and severity: the first few lines of them, and how many those leave out."""

    severity: Severity
    code: str
    count: int = 0
    hidden: int = 0
    lines: dict[tuple[object, ...], _Line] = field(default_factory=dict)

    def add(self, finding: Finding) -> None:
        self.count += 1
        place = finding.place
        where = (place.file, place.sheet, place.column) if place is not None else ()
        line = self.lines.get(key := (where, PRACTICE_NAME.sub("", _said(finding, SPEECHES[0]))))
        if line is None:
            if len(self.lines) >= LINES_OF_A_RULE:
                self.hidden += 1
                return
            line = self.lines[key] = _Line(finding)
        line.rows.add(row_or_line(place))


def _rules(findings: Iterable[Finding]) -> list[_Rule]:
    found: dict[tuple[Severity, str], _Rule] = {}
    for finding in findings:
        key = (finding.severity, finding.code)
        found.setdefault(key, _Rule(*key)).add(finding)
    return list(found.values())


def _records(about: Iterable[About]) -> tuple[list[About], int]:
    """Return the records to show, the worst first, and how many there are beyond."""
    kept: dict[Severity, list[About]] = {severity: [] for severity in Severity}
    count = 0
    for each in about:
        count += 1
        if len(kept[each.worst]) < MOST_RECORDS:
            kept[each.worst].append(each)
    shown = [each for severity in Severity for each in kept[severity]][:MOST_RECORDS]
    return shown, count - len(shown)


def _place(finding: Finding) -> dict[str, Any] | None:
    return asdict(finding.place) if finding.place is not None else None


def _said(finding: Finding, language: str) -> str:
    """Return the message in a language, without the place that stands beside it."""
    said = spoken(finding, language)
    message = without_place(said.message, finding.place)
    return printable(with_suggestion(message, said.suggestion, language))


def _messages(finding: Finding, *, is_named: bool = True) -> dict[str, str]:
    said = {language: _said(finding, language) for language in SPEECHES}
    return said if is_named else {language: PRACTICE_NAME.sub("", text) for language, text in said.items()}


def _shown(each: _Rule, excerpts: Excerpts) -> dict[str, Any]:
    stated = rule(each.code)
    return {
        "code": each.code,
        "severity": each.severity.value,
        "title": {language: stated.told_in(language)[0] for language in SPEECHES},
        "advice": {language: stated.told_in(language)[1] for language in SPEECHES},
        "example": stated.example,
        "is_ours": each.code in rules(),
        "count": each.count,
        "hidden": each.hidden,
        "lines": [
            {
                "place": clickable(line.finding.place),
                "messages": _messages(line.finding, is_named=line.rows.count == 1),
                "count": line.rows.count,
                "rows": str(line.rows),
                "in_table": line.finding.place is not None and line.finding.place.row is not None,
                "excerpt": excerpts.of(line.finding),
                "marks": marks(line.finding),
            }
            for line in each.lines.values()
        ],
    }


def _record(about: About, excerpts: Excerpts) -> dict[str, Any]:
    findings = sorted(about.findings, key=lambda finding: list(Severity).index(finding.severity))
    first = findings[0]
    return {
        "file": about.file,
        "name": about.name,
        "place": _place(first),
        "severity": about.worst.value,
        "hidden": max(0, len(findings) - _LINES_OF_A_RECORD),
        "lines": list(_lines(findings[:_LINES_OF_A_RECORD])),
        "excerpt": excerpts.of(first),
        "marks": sorted({column for finding in findings for column in marks(finding)}),
    }


def _lines(findings: Iterable[Finding]) -> Iterator[dict[str, Any]]:
    for finding in findings:
        column = finding.place.column if finding.place is not None else None
        yield {
            "severity": finding.severity.value,
            "code": finding.code,
            "is_ours": finding.code in rules(),
            "column": column,
            "messages": _messages(finding, is_named=False),
        }
