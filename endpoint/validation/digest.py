"""The digest: what the service's page shows of a report, always small."""

from collections.abc import Iterable, Iterator, Sequence

from endpoint.validation.digest_values import Digest, RecordLine, RecordSummary, RuleLine, RuleSummary
from endpoint.validation.excerpts import Excerpts, marks
from endpoint.validation.understood_values import Understandings
from pipeline.findings.reports.finding_order import About, OrderedFindings
from pipeline.findings.reports.grouping import (
    PRACTICE_NAME,
    Group,
    ReportEntry,
    clickable,
    group,
    printable,
    with_suggestion,
    without_place,
)
from pipeline.findings.reports.outcome import ReportOutcome
from pipeline.findings.reports.rules import rule, rules
from pipeline.findings.translation import translate_finding
from pipeline.model.finding import Finding, Severity
from pipeline.records.corrected.offers import CellCorrection

LINES_OF_A_RULE = 25
"""So many lines of each rule are shown; all of them are in every other form of the report."""

MOST_RECORDS = 100
"""So many records are shown, those with violations first."""

SPEECHES = ("en", "fr")
_LINES_OF_A_RECORD = 20


def make_digest(
    findings: Iterable[Finding],
    outcome: ReportOutcome,
    excerpts: Excerpts,
    *,
    understood: Understandings | None = None,
    tables: Sequence[str] = (),
    offers: tuple[Sequence[CellCorrection], int] = ((), 0),
) -> Digest:
    """Return the numbers, the place to begin with, and the findings by rule and by record."""
    with OrderedFindings(findings) as ordered:
        first = next(iter(ordered.worst_first()), None)
        groups = group(ordered.worst_first(), LINES_OF_A_RULE)
        records, records_hidden = _records(ordered.records())
    return Digest(
        accepted=outcome.accepted,
        verdict=outcome.verdict,
        numbers=outcome.accounting,
        first=first.place if first is not None and outcome.accounting.violations else None,
        files=tuple(outcome.paths),
        rules=tuple(_rule_summary(each, excerpts) for each in groups),
        records=tuple(_record_summary(each, excerpts) for each in records),
        records_hidden=records_hidden,
        excerpts=excerpts.close(),
        understood=tuple(understood.rows) if understood is not None else (),
        understood_count=understood.count if understood is not None else 0,
        tables=tuple(tables),
        offers=tuple(offers[0]),
        offers_hidden=offers[1],
    )


def _records(about: Iterable[About]) -> tuple[list[About], int]:
    """Return the records to show, the worst first, and how many there are beyond."""
    records: dict[Severity, list[About]] = {severity: [] for severity in Severity}
    count = 0
    for each in about:
        count += 1
        if len(records[each.worst]) < MOST_RECORDS:
            records[each.worst].append(each)
    listed = [each for severity in Severity for each in records[severity]][:MOST_RECORDS]
    return listed, count - len(listed)


def _message_text(finding: Finding, language: str) -> str:
    """Return the message in a language, without the place that is beside it."""
    said = translate_finding(finding, language)
    message = without_place(said.message, finding.place)
    return printable(with_suggestion(message, said.suggestion, language))


def _messages(finding: Finding, *, is_named: bool = True) -> dict[str, str]:
    said = {language: _message_text(finding, language) for language in SPEECHES}
    return said if is_named else {language: PRACTICE_NAME.sub("", text) for language, text in said.items()}


def _rule_summary(each: Group, excerpts: Excerpts) -> RuleSummary:
    stated = rule(each.code)
    return RuleSummary(
        code=each.code,
        severity=each.severity,
        title={language: stated.texts_in(language)[0] for language in SPEECHES},
        advice={language: stated.texts_in(language)[1] for language in SPEECHES},
        example=stated.example,
        is_ours=each.code in rules(),
        count=each.count,
        hidden=each.hidden,
        lines=tuple(_rule_line(line, excerpts) for line in each.entries.values()),
    )


def _rule_line(line: ReportEntry, excerpts: Excerpts) -> RuleLine:
    place = line.finding.place
    return RuleLine(
        place=clickable(place),
        messages=_messages(line.finding, is_named=line.rows.count == 1),
        count=line.rows.count,
        rows=str(line.rows),
        in_table=line.in_table,
        excerpt=excerpts.of(line.finding),
        marks=marks(line.finding),
    )


def _record_summary(about: About, excerpts: Excerpts) -> RecordSummary:
    findings = sorted(about.findings, key=lambda finding: finding.severity.weight)
    first = findings[0]
    return RecordSummary(
        file=about.file,
        name=about.name,
        place=first.place,
        severity=about.worst,
        hidden=max(0, len(findings) - _LINES_OF_A_RECORD),
        lines=tuple(_record_lines(findings[:_LINES_OF_A_RECORD])),
        excerpt=excerpts.of(first),
        marks=tuple(sorted({column for finding in findings for column in marks(finding)})),
    )


def _record_lines(findings: Iterable[Finding]) -> Iterator[RecordLine]:
    for finding in findings:
        column = finding.place.column if finding.place is not None else None
        messages = _messages(finding, is_named=False)
        yield RecordLine(finding.severity, finding.code, finding.code in rules(), column, messages)
