"""The report as one page for people: the verdict in plain words, then the findings by rule and by record."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cache, partial
from itertools import islice
from typing import TYPE_CHECKING, TextIO

from pipeline import __version__
from pipeline.findings.accounting import Verdict
from pipeline.findings.messages import Sentence, Value, say, without_surrogates
from pipeline.findings.reports.finding_order import About, OrderedFindings, where_in
from pipeline.findings.reports.grouping import Group, group, with_suggestion, without_place
from pipeline.findings.reports.outcome import ReportOutcome
from pipeline.findings.reports.rules import rule, rule_page
from pipeline.findings.translation import place_parts
from pipeline.model.finding import Finding, Severity
from pipeline.system.data_files import text_of

if TYPE_CHECKING:
    from jinja2 import Template

LINES_OF_A_RULE = 25
"""So many lines of each rule are shown; more than that are below, record by record."""

MOST_RECORDS = 1000
"""A browser would be slow to open a page with more records than this."""

_TITLES = {
    Verdict.ACCEPTED: say("Accepted: report on practice records"),
    Verdict.NOT_ACCEPTED: say("Not accepted: report on practice records"),
    Verdict.NOT_FULLY_CHECKED: say("Not fully checked: report on practice records"),
}
_HEADINGS = {
    Verdict.ACCEPTED: say("Accepted"),
    Verdict.NOT_ACCEPTED: say("Not accepted"),
    Verdict.NOT_FULLY_CHECKED: say("Not fully checked"),
}
_WORDS = {
    Severity.VIOLATION: say("violation"),
    Severity.WARNING: say("warning"),
    Severity.INFO: say("remark"),
}


@dataclass(frozen=True, slots=True)
class _RuleSection:
    """A rule with its findings."""

    code: str
    title: str
    advice: str
    example: str
    address: str
    weight: str
    word: str
    group: Group


@dataclass(frozen=True, slots=True)
class _Line:
    """A finding as one line of the page."""

    weight: str
    word: str
    code: str
    where: str
    message: str


def write_html(findings: Iterable[Finding], outcome: ReportOutcome, stream: TextIO) -> None:
    """Write the page, record by record, so that memory does not grow with the number of findings."""
    with OrderedFindings(findings) as ordered:
        groups = group(ordered.worst_first(), LINES_OF_A_RULE, outcome.language)
        pieces = _template().stream(
            style=text_of(__package__, "templates/report.css"),
            version=__version__,
            outcome=outcome,
            say=partial(_translate, outcome),
            title=outcome.say(_TITLES[outcome.verdict]),
            heading=outcome.say(_HEADINGS[outcome.verdict]),
            verdict=outcome.say(_verdict(outcome)),
            rules=tuple(_rule_section(each, outcome) for each in groups),
            records=_records(ordered.records(), outcome),
            records_left_out=max(0, sum(each.records for each in ordered.counts()) - MOST_RECORDS),
        )
        pieces.enable_buffering(50)
        for piece in pieces:
            stream.write(without_surrogates(piece))


@cache
def _template() -> "Template":
    from jinja2 import Environment  # slow to load, and only this format wants it

    environment = Environment(autoescape=True, trim_blocks=True, lstrip_blocks=True)
    return environment.from_string(text_of(__package__, "templates/report.html"))


def _translate(outcome: ReportOutcome, template: str, **values: Value) -> str:
    return outcome.say(say(template, **values))


def _rule_section(group: Group, outcome: ReportOutcome) -> _RuleSection:
    known = rule(group.code)
    title, advice = known.texts_in(outcome.language)
    word = outcome.say(_WORDS[group.severity])
    address = rule_page(group.code, outcome.rules)
    return _RuleSection(group.code, title, advice, known.example, address, group.severity, word, group)


def _verdict(outcome: ReportOutcome) -> Sentence:
    """Return in plain words what the numbers mean for the one who sent the data."""
    numbers = outcome.accounting
    if outcome.verdict is Verdict.NOT_FULLY_CHECKED:
        return say(
            "A part of the shapes was not applied, so it is unknown whether the data are right. Correct the shapes, "
            "then try again."
        )
    if outcome.accepted and not numbers.warnings:
        return say("Everything is in order. Nothing has to be done.")
    if outcome.accepted:
        return say("The records can be published. The warnings below show what would improve them.")
    if not numbers.violations:
        return say("There are warnings, and none is allowed here. Correct what they name, then try again.")
    return say(
        "Records with a violation are not published. Correct the cells named below, then try again; "
        "warnings and remarks do not prevent publication."
    )


def _records(
    records: Iterable[About], outcome: ReportOutcome
) -> Iterator[tuple[About, str, tuple[_Line, ...]]]:
    for about in islice(records, MOST_RECORDS):
        lines = tuple(_line(finding, outcome) for finding in about.findings)
        yield about, where_in(about, outcome.language), lines


def _line(finding: Finding, outcome: ReportOutcome) -> _Line:
    place = finding.place
    parts = place_parts(replace(place, sheet=None)) if place is not None else ()
    message = with_suggestion(without_place(finding.message, place), finding.suggestion, outcome.language)
    return _Line(
        finding.severity,
        outcome.say(_WORDS[finding.severity]),
        finding.code,
        ", ".join(map(outcome.say, parts)),
        message,
    )
