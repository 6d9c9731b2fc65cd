"""The report as SHACL has it: a validation report in Turtle, one result a finding (SHACL §3.6)."""

from collections.abc import Iterable

from pipeline.findings import Finding, Severity
from pipeline.ntriples import Term, Triple, iri, is_iri, string, tagged, typed, write
from pipeline.vocabulary import RDF, SH, SHAPES, XSD

_A = iri(RDF + "type")
_REPORT = Term("_:report")
_SEVERITIES = {
    Severity.VIOLATION: iri(SH + "Violation"),
    Severity.WARNING: iri(SH + "Warning"),
    Severity.INFO: iri(SH + "Info"),
}


def shacl_report(findings: Iterable[Finding]) -> str:
    """Return the report; its result is conforming only when there is no finding of any severity."""
    results = [text for number, finding in enumerate(findings) if (text := write(_result(number, finding)))]
    conforms = typed("false" if results else "true", iri(XSD + "boolean"))
    head = write([(_REPORT, _A, iri(SH + "ValidationReport")), (_REPORT, iri(SH + "conforms"), conforms)])
    return head + "".join(results)


def _result(number: int, finding: Finding) -> Iterable[Triple]:
    this = Term(f"_:r{number}")
    yield _REPORT, iri(SH + "result"), this
    yield this, _A, iri(SH + "ValidationResult")
    yield this, iri(SH + "resultSeverity"), _SEVERITIES[finding.severity]
    yield this, iri(SH + "sourceShape"), iri(SHAPES + finding.code)
    yield this, iri(SH + "resultMessage"), tagged(finding.message, "en")
    if finding.focus is not None and is_iri(finding.focus):
        yield this, iri(SH + "focusNode"), iri(finding.focus)
    if finding.path is not None and is_iri(finding.path):
        yield this, iri(SH + "resultPath"), iri(finding.path)
    if finding.place is not None and finding.place.value is not None:
        yield this, iri(SH + "value"), string(finding.place.value)
