"""The report as SHACL has it (§3.6): one result a finding, in Turtle and in JSON-LD."""

import io
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from importlib.resources import files
from typing import TextIO
from urllib.parse import quote

from pipeline.findings import Finding
from pipeline.ntriples import iri, is_iri, string, tagged
from pipeline.reports.json_report import LONGEST_VALUE
from pipeline.reports.outcome import Outcome
from pipeline.reports.rules import rule
from pipeline.vocabulary import SH, SHAPES

_HEAD = files("pipeline.reports").joinpath("shacl_report.ttl")
_CONTEXT = files("pipeline.reports").joinpath("shacl_report.jsonld")
_OUR_COMPONENT = SHAPES + "RecordConstraintComponent"


@dataclass(frozen=True, slots=True)
class _Result:
    """What a result says, by the local names of its properties; the focus is a text where no IRI is known."""

    severity: str
    shape: str
    component: str
    message: str
    focus: str
    path: str | None
    value: str | None
    source: str | None


def shacl_report(findings: Iterable[Finding]) -> str:
    """Return the report in Turtle; it is conforming only when there is no finding of any severity."""
    stream = io.StringIO()
    _write_turtle(findings, stream)
    return stream.getvalue()


def write_turtle(findings: Iterable[Finding], outcome: Outcome, stream: TextIO) -> None:
    """Write the report in Turtle, without holding the findings in memory."""
    _write_turtle(findings, stream)


def write_jsonld(findings: Iterable[Finding], outcome: Outcome, stream: TextIO) -> None:
    """Write the report in JSON-LD, its context within it, without holding the findings in memory."""
    context = json.loads(_CONTEXT.read_text(encoding="utf-8"))
    stream.write(f'{{"@context": {json.dumps(context)},\n"@type": "ValidationReport",\n"result": [')
    conforms, separator = True, "\n"
    for result in _results(findings):
        stream.write(separator + json.dumps(_as_jsonld(result), ensure_ascii=False))
        conforms, separator = False, ",\n"
    stream.write(f'\n],\n"conforms": {json.dumps(conforms)}}}\n')


def _write_turtle(findings: Iterable[Finding], stream: TextIO) -> None:
    stream.write(_HEAD.read_text(encoding="utf-8"))
    conforms = True
    for result in _results(findings):
        properties = " ;\n  ".join(f"{name} {value}" for name, value in _as_turtle(result))
        stream.write(f"\n_:report sh:result [\n  {properties}\n] .\n")
        conforms = False
    stream.write(f"\n_:report a sh:ValidationReport ; sh:conforms {json.dumps(conforms)} .\n")


def _results(findings: Iterable[Finding]) -> Iterator[_Result]:
    for finding in findings:
        place = finding.place
        component = rule(finding.code).component
        where = _clean(str(place)) if place is not None else None
        focus = finding.focus if finding.focus is not None and is_iri(finding.focus) else None
        value = place.value if place is not None else None
        yield _Result(
            severity=finding.severity.value.capitalize(),
            shape=SHAPES + quote(_clean(finding.code)),
            component=SH + component if component is not None else _OUR_COMPONENT,
            message=_clean(finding.message),
            focus=focus or where or "the sources",
            path=finding.path if finding.path is not None and is_iri(finding.path) else None,
            value=_clean(value)[:LONGEST_VALUE] if value is not None else None,
            source=where,
        )


def _clean(text: str) -> str:
    """Return the text without halves of surrogate pairs, which no RDF text can hold."""
    return text.encode("utf-8", "replace").decode("utf-8")


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
    yield "sh:resultMessage", tagged(result.message, "en")
    if result.source is not None:
        yield "dc:source", string(result.source)


def _as_jsonld(result: _Result) -> dict[str, object]:
    found: dict[str, object | None] = {
        "@type": "ValidationResult",
        "resultSeverity": result.severity,
        "sourceShape": result.shape,
        "sourceConstraintComponent": result.component,
        "focusNode": {"@id": result.focus} if is_iri(result.focus) else result.focus,
        "resultPath": result.path,
        "value": result.value,
        "resultMessage": result.message,
        "source": result.source,
    }
    return {name: value for name, value in found.items() if value is not None}
