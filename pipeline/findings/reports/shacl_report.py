"""The report as SHACL has it (§3.6): one result a finding, in Turtle and in JSON-LD."""

import io
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TextIO
from urllib.parse import quote

from pyoxigraph import RdfFormat

from pipeline.findings.messages import without_surrogates
from pipeline.findings.reports.graph_report import write_graph_report
from pipeline.findings.reports.json_report import LONGEST_VALUE
from pipeline.findings.reports.outcome import ReportOutcome
from pipeline.findings.reports.rules import rule
from pipeline.findings.translation import in_language
from pipeline.model.finding import Finding
from pipeline.rdf.ntriples import iri, is_iri, string, tagged_literal
from pipeline.rdf.vocabulary import SH, SHAPES
from pipeline.system.data_files import text_of

_OUR_COMPONENT = SHAPES + "RecordConstraintComponent"


@dataclass(frozen=True, slots=True)
class _Result:
    """What a result says, by the local names of its properties; the focus is a text where no IRI is known.

    ``messages`` are language and text: in English, and in the language of the report where that is another.
    """

    severity: str
    shape: str
    component: str
    messages: tuple[tuple[str, str], ...]
    focus: str
    path: str | None
    value: str | None
    source: str | None


def shacl_report(findings: Iterable[Finding]) -> str:
    """Return the report in Turtle; it is conforming only when there is no finding of any severity."""
    stream = io.StringIO()
    _write_turtle(findings, stream, "en")
    return stream.getvalue()


def write_turtle(findings: Iterable[Finding], outcome: ReportOutcome, stream: TextIO) -> None:
    """Write the report in Turtle, without holding the findings in memory, unless a graph was judged."""
    if outcome.is_of_a_graph:
        write_graph_report(findings, stream, RdfFormat.TURTLE)
        return
    _write_turtle(findings, stream, outcome.language)


def write_jsonld(findings: Iterable[Finding], outcome: ReportOutcome, stream: TextIO) -> None:
    """Write the report in JSON-LD, its context within it, without holding the findings in memory.

    The report on a graph is in expanded form.
    """
    if outcome.is_of_a_graph:
        write_graph_report(findings, stream, RdfFormat.JSON_LD)
        return
    context = json.loads(text_of(__package__, "shacl_report.jsonld"))
    stream.write(f'{{"@context": {json.dumps(context)},\n"@type": "ValidationReport",\n"result": [')
    conforms, separator = True, "\n"
    for result in _results(findings, outcome.language):
        stream.write(separator + json.dumps(_as_jsonld(result), ensure_ascii=False))
        conforms, separator = False, ",\n"
    stream.write(f'\n],\n"conforms": {json.dumps(conforms)}}}\n')


def _write_turtle(findings: Iterable[Finding], stream: TextIO, language: str) -> None:
    stream.write(text_of(__package__, "shacl_report.ttl"))
    conforms = True
    for result in _results(findings, language):
        properties = " ;\n  ".join(f"{name} {value}" for name, value in _as_turtle(result))
        stream.write(f"\n_:report sh:result [\n  {properties}\n] .\n")
        conforms = False
    stream.write(f"\n_:report a sh:ValidationReport ; sh:conforms {json.dumps(conforms)} .\n")


def _results(findings: Iterable[Finding], language: str) -> Iterator[_Result]:
    for finding in findings:
        place = finding.place
        component = rule(finding.code).component
        where = without_surrogates(str(place)) if place is not None else None
        focus = finding.focus if finding.focus is not None and is_iri(finding.focus) else None
        value = place.value if place is not None else None
        yield _Result(
            severity=finding.severity.value.capitalize(),
            shape=SHAPES + quote(without_surrogates(finding.code)),
            component=SH + component if component is not None else _OUR_COMPONENT,
            messages=tuple(_messages(finding.message, language)),
            focus=focus or where or "the sources",
            path=finding.path if finding.path is not None and is_iri(finding.path) else None,
            value=without_surrogates(value)[:LONGEST_VALUE] if value is not None else None,
            source=where,
        )


def _messages(message: str, language: str) -> Iterator[tuple[str, str]]:
    yield "en", without_surrogates(message)
    said = in_language(message, language)
    if said is not message:
        yield language, without_surrogates(said)


def _as_turtle(result: _Result) -> Iterator[tuple[str, str]]:
    yield "a", "sh:ValidationResult"
    yield "sh:resultSeverity", f"sh:{result.severity}"
    yield "sh:sourceShape", iri(result.shape)
    yield "sh:sourceConstraintComponent", iri(result.component)
    yield "sh:focusNode", iri(result.focus) if is_iri(result.focus) else string(result.focus)
    if result.path is not None:
        yield "sh:resultPath", iri(result.path)
    if result.value is not None:
        yield "sh:value", string(result.value)
    for language, message in result.messages:
        yield "sh:resultMessage", tagged_literal(message, language)
    if result.source is not None:
        yield "dc:source", string(result.source)


def _as_jsonld(result: _Result) -> dict[str, object]:
    members: dict[str, object | None] = {
        "@type": "ValidationResult",
        "resultSeverity": result.severity,
        "sourceShape": result.shape,
        "sourceConstraintComponent": result.component,
        "focusNode": {"@id": result.focus} if is_iri(result.focus) else result.focus,
        "resultPath": result.path,
        "value": result.value,
        "resultMessage": _as_one([_json_literal(*message) for message in result.messages]),
        "source": result.source,
    }
    return {name: value for name, value in members.items() if value is not None}


def _json_literal(language: str, text: str) -> object:
    return text if language == "en" else {"@value": text, "@language": language}


def _as_one(values: list[object]) -> object:
    return values[0] if len(values) == 1 else values
