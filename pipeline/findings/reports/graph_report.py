"""The report on a graph that shapes judged: each result as they made it, its terms untouched (SHACL §3.6)."""

from collections.abc import Iterable, Iterator
from typing import TextIO

from pyoxigraph import RdfFormat, parse, serialize

from pipeline.findings.reports.property_paths import PathWriter
from pipeline.model.finding import Finding
from pipeline.model.shacl_result import ShaclResult
from pipeline.rdf.ntriples import NAMED, Term, Triple, iri, string, tagged, typed, write
from pipeline.rdf.vocabulary import SH, prefixes

_LABEL = "practicegraph-report"
_REPORT = Term(f"_:{_LABEL}")
_SOURCE = iri("http://purl.org/dc/elements/1.1/source")


def write_graph_report(findings: Iterable[Finding], stream: TextIO, form: RdfFormat) -> None:
    """Write the report in a format of RDF; what is no result on a node is in it as a comment.

    It conforms when all was checked and there is no result.
    """
    lines = write(_triples(findings))
    known = {**prefixes(), "dc": "http://purl.org/dc/elements/1.1/"}
    text = serialize(
        parse(lines, format=RdfFormat.N_TRIPLES),
        format=form,
        prefixes={name: known[name] for name in ("sh", "xsd", "rdf", "rdfs", "dc")},
    )
    assert text is not None
    stream.write(text.decode())


def _triples(findings: Iterable[Finding]) -> Iterator[Triple]:
    conforms = True
    yield _REPORT, NAMED["rdf:type"], NAMED["sh:ValidationReport"]
    for number, finding in enumerate(findings, 1):
        if finding.result is None:
            conforms = conforms and not finding.is_unchecked
            yield _REPORT, NAMED["rdfs:comment"], tagged(finding.message, "en")
            continue
        conforms = False
        node = Term(f"_:{_LABEL}-{number}")
        yield _REPORT, NAMED["sh:result"], node
        yield from _result(node, finding.result, f"{_LABEL}-{number}-path")
        if finding.place is not None:
            yield node, _SOURCE, string(str(finding.place))
    yield _REPORT, NAMED["sh:conforms"], typed("true" if conforms else "false", NAMED["xsd:boolean"])


def _result(node: Term, result: ShaclResult, label: str) -> Iterator[Triple]:
    severity = result.severity if ":" in result.severity else SH + result.severity
    yield node, NAMED["rdf:type"], NAMED["sh:ValidationResult"]
    yield node, NAMED["sh:focusNode"], Term(result.focus)
    yield node, NAMED["sh:resultSeverity"], iri(severity)
    yield node, NAMED["sh:sourceConstraintComponent"], iri(result.component)
    yield node, NAMED["sh:sourceShape"], iri(result.shape) if result.shape else Term(f"{node}-shape")
    if result.value is not None:
        yield node, NAMED["sh:value"], Term(result.value)
    if result.path is not None:
        path = PathWriter(result.path, label)
        yield node, NAMED["sh:resultPath"], path.node
        yield from path.triples
    for language, text in result.messages:
        yield node, NAMED["sh:resultMessage"], tagged(text, language) if language else string(text)
