"""The report as JUnit XML, as CI servers show it: a suite for each source, a case for each record."""

import re
from collections.abc import Iterable
from functools import cache
from typing import TYPE_CHECKING, TextIO
from xml.sax.saxutils import escape, quoteattr

from pipeline.findings.accounting import Verdict
from pipeline.findings.messages import Value, say
from pipeline.findings.reports.finding_order import OrderedFindings, where_in
from pipeline.findings.reports.grouping import with_suggestion, without_place
from pipeline.findings.reports.outcome import ReportOutcome
from pipeline.findings.translation import place_in
from pipeline.model.finding import Finding
from pipeline.system.data_files import text_of

if TYPE_CHECKING:
    from jinja2 import Template

_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def write_junit(findings: Iterable[Finding], outcome: ReportOutcome, stream: TextIO) -> None:
    """Write the suites; a violation is a failure, warnings and infos are the output of their case.

    Records without a finding are not known here: one case that always stands tells their number, and
    where shapes judged a graph another whether everything was checked.
    """

    def line(finding: Finding) -> str:
        place, language = finding.place, outcome.language
        where = f"{place_in(place, language)}: " if place is not None else ""
        message = with_suggestion(without_place(finding.message, place), finding.suggestion, language)
        return f"{finding.severity.value} {finding.code}: {where}{message}"

    def translate(template: str, **values: Value) -> str:
        return outcome.say(say(template, **values))

    adds_up, is_unchecked = outcome.accounting.adds_up(), outcome.verdict is Verdict.NOT_FULLY_CHECKED
    with OrderedFindings(findings) as ordered:
        counts = tuple(ordered.counts())
        pieces = _template().stream(
            outcome=outcome,
            say=translate,
            tests=sum(each.records for each in counts) + 1 + outcome.is_of_a_graph,
            failed=sum(each.failed for each in counts) + (not adds_up) + is_unchecked,
            adds_up=adds_up,
            is_unchecked=is_unchecked,
            numbers="\n".join(outcome.numbers()),
            counts=counts,
            records=ordered.records,
            where=lambda about: where_in(about, outcome.language),
            lines=lambda findings: "\n".join(map(line, findings)),
            codes=lambda violations: ", ".join(dict.fromkeys(finding.code for finding in violations)),
        )
        pieces.enable_buffering(50)
        stream.writelines(pieces)


@cache
def _template() -> "Template":
    from jinja2 import Environment  # slow to load, and few formats want it

    environment = Environment(trim_blocks=True, lstrip_blocks=True, keep_trailing_newline=True)  # noqa: S701 - the filters escape for XML
    environment.filters |= {"attribute": _attribute, "text": _xml}
    return environment.from_string(text_of(__package__, "templates/junit.xml"))


def _xml(text: str) -> str:
    return escape(_NOT_XML.sub("\ufffd", text))


def _attribute(text: str) -> str:
    return quoteattr(_NOT_XML.sub("\ufffd", " ".join(text.split())))
