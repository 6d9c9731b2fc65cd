"""The report with a finding a line, as editors and CI services read the messages of compilers."""

from collections.abc import Iterable
from typing import TextIO

from pipeline.findings.reports.finding_order import OrderedFindings
from pipeline.findings.reports.grouping import printable, row_or_line, with_suggestion, without_place
from pipeline.findings.reports.outcome import ReportOutcome, locate
from pipeline.findings.reports.sarif import level
from pipeline.model.finding import Finding


def write_concise(findings: Iterable[Finding], outcome: ReportOutcome, stream: TextIO) -> None:
    """Write ``path:row:character: error: message [code]`` for each finding, the most urgent first."""
    with OrderedFindings(findings) as ordered:
        for finding in ordered.worst_first():
            stream.write(
                f"{_place(finding, outcome)}: {level(finding)}: {_format_finding(finding, outcome)}\n"
            )


def _place(finding: Finding, outcome: ReportOutcome) -> str:
    place = finding.place
    if place is None or not place.file:
        return f"{locate(outcome.paths, '')}:1:1"
    character = place.column if isinstance(place.column, int) and place.row is None else place.character
    parts = (locate(outcome.paths, place.file), row_or_line(place) or 1, character or 1)
    return ":".join(map(str, parts))


def _format_finding(finding: Finding, outcome: ReportOutcome) -> str:
    place = finding.place
    message = with_suggestion(without_place(finding.message, place), finding.suggestion, outcome.language)
    parts = () if place is None else (place.sheet, place.column if isinstance(place.column, str) else None)
    where = ", ".join(part for part in parts if part)
    return printable(f"{where}: {message}" if where else message) + f" [{finding.code}]"
