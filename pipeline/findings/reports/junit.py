"""The report as JUnit XML, as CI servers show it: a suite for each source, a case for each record."""

import re
from collections.abc import Iterable
from typing import TextIO
from xml.sax.saxutils import escape, quoteattr

from pipeline.findings.accounting import Verdict
from pipeline.findings.messages import say
from pipeline.findings.reports.grouping import with_suggestion, without_place
from pipeline.findings.reports.ordered import About, Ordered, where_in
from pipeline.findings.reports.outcome import ReportOutcome
from pipeline.findings.translation import place_in
from pipeline.model.finding import Finding, Severity

_NO_FILE = say("all sources")
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def write_junit(findings: Iterable[Finding], outcome: ReportOutcome, stream: TextIO) -> None:
    """Write the suites; a violation is a failure, warnings and infos are the output of their case.

    Records without a finding are not known here: one case that always stands tells their number, and
    where shapes judged a graph another whether everything was checked.
    """
    with Ordered(findings) as ordered:
        counts = tuple(ordered.counts())
        tests = sum(each.records for each in counts) + 1 + outcome.is_of_a_graph
        is_unchecked = outcome.verdict is Verdict.NOT_FULLY_CHECKED
        failed = sum(each.failed for each in counts) + (not outcome.accounting.adds_up()) + is_unchecked
        stream.write('<?xml version="1.0" encoding="UTF-8"?>\n')
        stream.write(_opening("testsuites", "practicegraph", tests, failed))
        _write_accounting(outcome, stream)
        if outcome.is_of_a_graph:
            _write_checked(outcome, stream)
        for each in counts:
            stream.write(_opening("testsuite", each.file or outcome.say(_NO_FILE), each.records, each.failed))
            for about in ordered.records(each.file):
                _write_case(about, outcome, stream)
            stream.write("</testsuite>\n")
        stream.write("</testsuites>\n")


def _opening(element: str, name: str, tests: int, failures: int) -> str:
    counted = f'tests="{tests}" failures="{failures}" errors="0"'
    return f'<{element} name={_attribute(name)} {counted} time="0">\n'


def _write_accounting(outcome: ReportOutcome, stream: TextIO) -> None:
    adds_up = outcome.accounting.adds_up()
    sentences = _xml("\n".join(outcome.numbers()))
    stream.write(_opening("testsuite", "accounting", 1, int(not adds_up)))
    name = _attribute(outcome.say(say("every row is accounted for")))
    stream.write(f'<testcase classname="accounting" name={name} time="0">\n')
    if not adds_up:
        message = _attribute(outcome.say(say("The numbers do not add up.")))
        stream.write(f'<failure message={message} type="accounting">{sentences}</failure>\n')
    stream.write(f"<system-out>{sentences}</system-out>\n</testcase>\n</testsuite>\n")


def _write_checked(outcome: ReportOutcome, stream: TextIO) -> None:
    """Write the case that fails where a part of the shapes was not applied."""
    is_unchecked = outcome.verdict is Verdict.NOT_FULLY_CHECKED
    stream.write(_opening("testsuite", "checking", 1, int(is_unchecked)))
    name = _attribute(outcome.say(say("everything was checked")))
    stream.write(f'<testcase classname="checking" name={name} time="0">')
    if is_unchecked:
        message = _attribute(outcome.say(say("Not fully checked: a part of the shapes was not applied.")))
        stream.write(f'<failure message={message} type="{outcome.verdict}"/>')
    stream.write("</testcase>\n</testsuite>\n")


def _write_case(about: About, outcome: ReportOutcome, stream: TextIO) -> None:
    where = where_in(about, outcome.language)
    name = " ".join(filter(None, (about.name, where))) or outcome.say(say("the file as a whole"))
    group = _attribute(about.file or outcome.say(_NO_FILE))
    path = outcome.paths.get(about.file, about.file)
    stream.write(f'<testcase classname={group} name={_attribute(name)}{_where(about, path)} time="0">\n')
    violations = [finding for finding in about.findings if finding.severity is Severity.VIOLATION]
    others = [finding for finding in about.findings if finding.severity is not Severity.VIOLATION]
    if violations:
        codes = _attribute(", ".join(dict.fromkeys(finding.code for finding in violations)))
        message = violations[0].message
        if more := len(violations) - 1:
            message = outcome.say(say("{message} (and {number} more)", message=str(message), number=more))
        failed = f"<failure message={_attribute(message)} type={codes}>"
        stream.write(f"{failed}{_lines(violations, outcome.language)}</failure>\n")
    if others:
        stream.write(f"<system-out>{_lines(others, outcome.language)}</system-out>\n")
    stream.write("</testcase>\n")


def _where(about: About, path: str) -> str:
    place = about.findings[0].place
    number = (place.row or place.line) if place is not None else None
    file = f" file={_attribute(path)}" if path else ""
    return file + (f' line="{number}"' if number is not None else "")


def _lines(findings: Iterable[Finding], language: str) -> str:
    return _xml("\n".join(_line(finding, language) for finding in findings))


def _line(finding: Finding, language: str) -> str:
    where = f"{place_in(finding.place, language)}: " if finding.place is not None else ""
    message = with_suggestion(without_place(finding.message, finding.place), finding.suggestion, language)
    return f"{finding.severity.value} {finding.code}: {where}{message}"


def _xml(text: str) -> str:
    return escape(_NOT_XML.sub("\ufffd", text))


def _attribute(text: str) -> str:
    return quoteattr(_NOT_XML.sub("\ufffd", " ".join(text.split())))
