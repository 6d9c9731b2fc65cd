"""Reports: findings and accounting in the formats that people and machines read."""

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TextIO

from pipeline.findings.reports.concise import write_concise
from pipeline.findings.reports.csv_report import write_csv
from pipeline.findings.reports.html import write_html
from pipeline.findings.reports.json_report import write_json
from pipeline.findings.reports.junit import write_junit
from pipeline.findings.reports.outcome import ReportOutcome
from pipeline.findings.reports.sarif import write_sarif
from pipeline.findings.reports.shacl_report import write_jsonld, write_turtle
from pipeline.findings.reports.text import write_text
from pipeline.findings.translation import translate_findings
from pipeline.model.errors import EnvironmentFault, UsageError
from pipeline.model.finding import Finding

Writer = Callable[[Iterable[Finding], ReportOutcome, TextIO], None]


FORMATS: dict[str, Writer] = {
    "text": write_text,
    "concise": write_concise,
    "json": write_json,
    "csv": write_csv,
    "html": write_html,
    "turtle": write_turtle,
    "jsonld": write_jsonld,
    "sarif": write_sarif,
    "junit": write_junit,
}
"""What writes a report, by the name of its format."""

SUFFIXES = {
    ".txt": "text",
    ".json": "json",
    ".csv": "csv",
    ".html": "html",
    ".htm": "html",
    ".ttl": "turtle",
    ".jsonld": "jsonld",
    ".sarif": "sarif",
    ".sarif.json": "sarif",
    ".xml": "junit",
}
"""The format that a file's name asks for."""

# A spreadsheet takes a CSV file for UTF-8 only when it begins with a byte order mark.
_ENCODINGS = {"csv": "utf-8-sig"}


def write_report(findings: Iterable[Finding], outcome: ReportOutcome, format: str, stream: TextIO) -> None:
    """Write findings and numbers to the stream in one of FORMATS; those of RDF are in several languages."""
    is_rdf = format in ("turtle", "jsonld")
    FORMATS[format](findings if is_rdf else translate_findings(findings, outcome.language), outcome, stream)


def report_format(path: Path) -> str:
    """Return the format that the file's suffix asks for; raise UsageError for one that is not known."""
    known = SUFFIXES.get("".join(path.suffixes[-2:]).lower()) or SUFFIXES.get(path.suffix.lower())
    if known is None:
        names = ", ".join(SUFFIXES)
        raise UsageError(f'"{path}" names no report format. Let the report\'s name end in one of {names}.')
    return known


def save_report(findings: Iterable[Finding], outcome: ReportOutcome, path: Path) -> None:
    """Write the report to a file, in the format of its suffix."""
    chosen = report_format(path)
    try:
        with path.open("w", encoding=_ENCODINGS.get(chosen, "utf-8"), newline="") as stream:
            write_report(findings, outcome, chosen, stream)
    except OSError as error:
        raise EnvironmentFault(f"The report {path} cannot be written: {error.strerror or error}.") from error
