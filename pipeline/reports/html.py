"""The report as one page for people: the verdict in plain words, then the findings by rule and by record."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from itertools import islice
from typing import TYPE_CHECKING, TextIO

from pipeline import __version__
from pipeline.findings import Finding, Severity
from pipeline.reports.grouping import Group, group, with_suggestion, without_place
from pipeline.reports.ordered import About, Ordered
from pipeline.reports.outcome import Outcome
from pipeline.reports.rules import Rule, rule

if TYPE_CHECKING:
    from jinja2 import Template

LINES_OF_A_RULE = 25
"""So many lines of each rule are shown; more than that stand below, record by record."""

MOST_RECORDS = 1000
"""A browser would be slow to open a page with more records than this."""

_TEMPLATE = files("pipeline.reports").joinpath("templates/report.html")
_STYLE = files("pipeline.reports").joinpath("templates/report.css")
_WORDS = {Severity.VIOLATION: "violation", Severity.WARNING: "warning", Severity.INFO: "remark"}


@dataclass(frozen=True, slots=True)
class _RuleShown:
    """A rule with what was found under it."""

    rule: Rule
    group: Group

    @property
    def word(self) -> str:
        """Return the severity as people call it."""
        return _WORDS[self.group.severity]


@dataclass(frozen=True, slots=True)
class _Line:
    """A finding as one line of the page."""

    word: str
    code: str
    where: str
    message: str


def write_html(findings: Iterable[Finding], outcome: Outcome, stream: TextIO) -> None:
    """Write the page, record by record, so that memory does not grow with the number of findings."""
    with Ordered(findings) as ordered:
        groups = group(ordered.worst_first(), LINES_OF_A_RULE)
        pieces = _template().stream(
            style=_STYLE.read_text(encoding="utf-8"),
            version=__version__,
            outcome=outcome,
            verdict=_verdict(outcome),
            rules=tuple(_RuleShown(rule(each.code), each) for each in groups),
            records=_records(ordered.records()),
            records_left_out=max(0, sum(each.records for each in ordered.counts()) - MOST_RECORDS),
        )
        pieces.enable_buffering(50)
        for piece in pieces:
            stream.write(piece.encode("utf-8", "replace").decode("utf-8"))


@cache
def _template() -> "Template":
    from jinja2 import Environment  # slow to load, and only this format wants it

    environment = Environment(autoescape=True, trim_blocks=True, lstrip_blocks=True)
    return environment.from_string(_TEMPLATE.read_text(encoding="utf-8"))


def _verdict(outcome: Outcome) -> str:
    """Return in plain words what the numbers mean for the one who sent the data."""
    numbers = outcome.accounting
    if outcome.accepted and not numbers.warnings:
        return "Everything is in order. Nothing has to be done."
    if outcome.accepted:
        return "The records can be published. The warnings below tell what would make them better."
    if not numbers.violations:
        return "There are warnings, and none is allowed here. Correct what they name, then try again."
    return (
        "Records with a violation are not published. Correct the cells named below, then try again; "
        "warnings and remarks do not hold a record back."
    )


def _records(records: Iterable[About]) -> Iterator[tuple[About, tuple[_Line, ...]]]:
    for about in islice(records, MOST_RECORDS):
        yield about, tuple(map(_line, about.findings))


def _line(finding: Finding) -> _Line:
    place = finding.place
    parts = (place.row, place.line, place.pointer, place.column) if place is not None else ()
    names = ("row", "line", "at", "column")
    where = ", ".join(f"{name} {part}" for name, part in zip(names, parts, strict=False) if part is not None)
    message = with_suggestion(without_place(finding.message, place), finding.suggestion)
    return _Line(_WORDS[finding.severity], finding.code, where, message)
