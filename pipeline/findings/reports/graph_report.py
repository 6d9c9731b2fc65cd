"""The report on a graph that shapes judged: each result as they made it, its terms untouched (SHACL §3.6)."""

import re
from collections.abc import Callable, Iterable, Iterator
from typing import TextIO

from pyoxigraph import RdfFormat, parse, serialize

from pipeline.model.finding import Finding
from pipeline.model.shacl_result import ShaclResult
from pipeline.rdf.ntriples import NAMED, Term, Triple, iri, string, tagged_literal, typed_literal, write
from pipeline.rdf.vocabulary import SH, prefixes

_LABEL = "practicegraph-report"
_REPORT = Term(f"_:{_LABEL}")
_SOURCE = iri("http://purl.org/dc/elements/1.1/source")
_TOKEN = re.compile(r"<[^<>\s]*>|[()|/^*+?]")
_REPEATED = {"*": "zeroOrMorePath", "+": "oneOrMorePath", "?": "zeroOrOnePath"}


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
            yield _REPORT, NAMED["rdfs:comment"], tagged_literal(finding.message, "en")
            continue
        conforms = False
        node = Term(f"_:{_LABEL}-{number}")
        yield _REPORT, NAMED["sh:result"], node
        yield from _result(node, finding.result, f"{_LABEL}-{number}-path")
        if finding.place is not None:
            yield node, _SOURCE, string(str(finding.place))
    yield _REPORT, NAMED["sh:conforms"], typed_literal("true" if conforms else "false", NAMED["xsd:boolean"])


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
        path = _PathWriter(result.path, label)
        yield node, NAMED["sh:resultPath"], path.node
        yield from path.triples
    for language, text in result.messages:
        yield node, NAMED["sh:resultMessage"], tagged_literal(text, language) if language else string(text)


class _PathWriter:
    """Writes a property path as RDF, from the SPARQL text in results (https://www.w3.org/TR/shacl/#property-paths).

    ``triples`` say what its ``node`` is made of, which is a plain IRI if there are none.
    """

    def __init__(self, text: str, label: str) -> None:
        self.triples: list[Triple] = []
        self._tokens = _TOKEN.findall(text)
        self._place = 0
        self._numbers = iter(range(1, 1_000_000))
        self._label = label
        self.node = self._alternative()

    def _next_is(self, *signs: str) -> bool:
        return self._place < len(self._tokens) and self._tokens[self._place] in signs

    def _take(self) -> str:
        self._place += 1
        return str(self._tokens[self._place - 1])

    def _alternative(self) -> Term:
        members = list(self._operands("|", self._sequence))
        if len(members) == 1:
            return members[0]
        return self._path_node("alternativePath", self._list(members))

    def _sequence(self) -> Term:
        members = list(self._operands("/", self._element))
        return members[0] if len(members) == 1 else self._list(members)

    def _operands(self, sign: str, read: Callable[[], Term]) -> Iterator[Term]:
        yield read()
        while self._next_is(sign):
            self._take()
            yield read()

    def _element(self) -> Term:
        if self._next_is("^"):
            self._take()
            return self._path_node("inversePath", self._element())
        node = self._primary()
        while self._next_is(*_REPEATED):
            node = self._path_node(_REPEATED[self._take()], node)
        return node

    def _primary(self) -> Term:
        token = self._take()
        if token != "(":  # noqa: S105 — a bracket
            return Term(token)
        node = self._alternative()
        self._take()
        return node

    def _path_node(self, kind: str, value: Term) -> Term:
        node = self._fresh()
        self.triples.append((node, NAMED[f"sh:{kind}"], value))
        return node

    def _list(self, members: list[Term]) -> Term:
        rest = NAMED["rdf:nil"]
        for member in reversed(members):
            node = self._fresh()
            self.triples += [(node, NAMED["rdf:first"], member), (node, NAMED["rdf:rest"], rest)]
            rest = node
        return rest

    def _fresh(self) -> Term:
        return Term(f"_:{self._label}-{next(self._numbers)}")
