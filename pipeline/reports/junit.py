"""The report as JUnit XML, as CI servers show it: a suite for each source, a case for each record."""

import re
from collections.abc import Iterable
from typing import TextIO
from xml.sax.saxutils import escape, quoteattr

from pipeline.findings import Finding, Severity
from pipeline.reports.grouping import with_suggestion, without_place
from pipeline.reports.ordered import About, Ordered
from pipeline.reports.outcome import Outcome

_NO_FILE = "all sources"
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def write_junit(findings: Iterable[Finding], outcome: Outcome, stream: TextIO) -> None:
    """Write the suites; a violation is a failure, warnings and infos are the output of their case.

    Records without a finding are not known here: one case that always stands tells their number.
    """
    with Ordered(findings) as ordered:
        counts = tuple(ordered.counts())
        tests = sum(each.records for each in counts) + 1
        failed = sum(each.failed for each in counts) + (not outcome.accounting.adds_up())
        stream.write('<?xml version="1.0" encoding="UTF-8"?>\n')
        stream.write(_opening("testsuites", "practicegraph", tests, failed))
        _write_accounting(outcome, stream)
        for each in counts:
            stream.write(_opening("testsuite", each.file or _NO_FILE, each.records, each.failed))
            for about in ordered.records(each.file):
                _write_case(about, outcome.paths.get(each.file, each.file), stream)
            stream.write("</testsuite>\n")
        stream.write("</testsuites>\n")


def _opening(element: str, name: str, tests: int, failures: int) -> str:
    counted = f'tests="{tests}" failures="{failures}" errors="0"'
    return f'<{element} name={_attribute(name)} {counted} time="0">\n'


def _write_accounting(outcome: Outcome, stream: TextIO) -> None:
    adds_up = outcome.accounting.adds_up()
    sentences = _xml("\n".join(outcome.accounting.sentences()))
    stream.write(_opening("testsuite", "accounting", 1, int(not adds_up)))
    stream.write('<testcase classname="accounting" name="every row is accounted for" time="0">\n')
    if not adds_up:
        stream.write(
            f'<failure message="The numbers do not add up." type="accounting">{sentences}</failure>\n'
        )
    stream.write(f"<system-out>{sentences}</system-out>\n</testcase>\n</testsuite>\n")


def _write_case(about: About, path: str, stream: TextIO) -> None:
    name = " ".join(filter(None, (about.name, about.where))) or "the file as a whole"
    group = _attribute(about.file or _NO_FILE)
    stream.write(f'<testcase classname={group} name={_attribute(name)}{_where(about, path)} time="0">\n')
    violations = [finding for finding in about.findings if finding.severity is Severity.VIOLATION]
    others = [finding for finding in about.findings if finding.severity is not Severity.VIOLATION]
    if violations:
        codes = _attribute(", ".join(dict.fromkeys(finding.code for finding in violations)))
        more = f" (and {len(violations) - 1} more)" if len(violations) > 1 else ""
        message = _attribute(violations[0].message + more)
        stream.write(f"<failure message={message} type={codes}>{_lines(violations)}</failure>\n")
    if others:
        stream.write(f"<system-out>{_lines(others)}</system-out>\n")
    stream.write("</testcase>\n")


def _where(about: About, path: str) -> str:
    place = about.findings[0].place
    number = (place.row or place.line) if place is not None else None
    file = f" file={_attribute(path)}" if path else ""
    return file + (f' line="{number}"' if number is not None else "")


def _lines(findings: Iterable[Finding]) -> str:
    return _xml("\n".join(map(_line, findings)))


def _line(finding: Finding) -> str:
    where = f"{finding.place}: " if finding.place is not None else ""
    message = with_suggestion(without_place(finding.message, finding.place), finding.suggestion)
    return f"{finding.severity.value} {finding.code}: {where}{message}"


def _xml(text: str) -> str:
    return escape(_NOT_XML.sub("\ufffd", text))


def _attribute(text: str) -> str:
    return quoteattr(_NOT_XML.sub("\ufffd", " ".join(text.split())))
