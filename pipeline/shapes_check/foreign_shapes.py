"""Shapes of strangers: read like any graph, screened for what is never done, and tried against SHACL's own."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path

from pyoxigraph import Literal, NamedNode, Quad

from pipeline.findings.messages import say
from pipeline.gate import Reference, Shapes, ShapesError, SmallGraph, compile_shapes, load_shapes
from pipeline.model.errors import SourceError, UsageError
from pipeline.model.finding import Finding, Place, Severity
from pipeline.rdf.vocabulary import OWL, SH
from pipeline.shapes_check.graph_findings import to_finding
from pipeline.shapes_check.graph_positions import Graph
from pipeline.shapes_check.read_graph import read_graph

_SCRIPT = re.compile(r"js|JS")
_QUERIES = frozenset(SH + name for name in ("select", "ask", "construct", "update"))
_NOT_APPLIED = frozenset(SH + name for name in ("rule", "target", "values", "expression"))
_TOKEN = re.compile(
    r'"""(?:[^"\\]|\\.|"(?!""))*"""|\'\'\'(?:[^\'\\]|\\.|\'(?!\'\'))*\'\'\''
    r'|"(?:[^"\\\n]|\\.)*"|\'(?:[^\'\\\n]|\\.)*\'|<[^<>"{}|^`\\\s]*>|#[^\n]*|[?$]?[\w:.-]+|.',
    re.DOTALL,
)
_REACHES_OUT = frozenset(("SERVICE", "LOAD"))


class ShapesRefused(UsageError):
    """Shapes that are not applied; ``kind`` is unreadable, refused or malformed, ``findings`` say more of it."""

    def __init__(self, kind: str, sentence: str, findings: Sequence[Finding] = ()) -> None:
        super().__init__(sentence)
        self.kind = kind
        self.findings = tuple(findings)


@dataclass(frozen=True, slots=True)
class OwnShapes:
    """Shapes that may be applied, and what was found on them."""

    shapes: Shapes
    findings: tuple[Finding, ...]


def read_shapes(sources: Sequence[tuple[Path, str]], folder: Path) -> OwnShapes:
    """Return the shapes of some files, each given with its name; raise ShapesRefused for what is not applied."""
    try:
        graph = read_graph(sources, folder)
    except SourceError as error:
        raise ShapesRefused("unreadable", str(error)) from error
    name = sources[0][1]
    for quad in graph.triples:
        _refuse(quad, name)
    findings = [*_ill_formed(graph, Place(name)), *_left_out(graph, name)]
    try:
        shapes = compile_shapes(graph.triples)
    except (ShapesError, RecursionError) as error:
        raise ShapesRefused("malformed", _sentence(error), findings) from error
    if not shapes.targeted:
        findings.append(_without_target(graph, name))
    return OwnShapes(shapes, tuple(findings))


def _sentence(error: Exception) -> str:
    return (
        str(error) if isinstance(error, ShapesError) else "The shapes are nested without end. Correct them."
    )


def _refuse(quad: Quad, name: str) -> None:
    """Raise ShapesRefused for what is JavaScript, or a query that asks elsewhere."""
    for term in (quad.predicate, quad.object):
        if isinstance(term, NamedNode) and _SCRIPT.match(term.value.removeprefix(SH)) and SH in term.value:
            raise ShapesRefused(
                "refused",
                say(
                    "{file} uses sh:{term}, that is JavaScript, which is never run. Write the constraint in "
                    "SHACL Core or as a sh:sparql constraint.",
                    file=name,
                    term=term.value.removeprefix(SH),
                ),
            )
    if quad.predicate.value in _QUERIES and isinstance(quad.object, Literal):
        word = next((word for word in _words(quad.object.value) if word in _REACHES_OUT), None)
        if word is not None:
            raise ShapesRefused(
                "refused",
                say(
                    "{file}: a query of the shapes has {word}, which would ask another server; that is never "
                    "done. Put what it asks for into the data.",
                    file=name,
                    word=word,
                ),
            )


def _words(query: str) -> Iterator[str]:
    return (token.upper() for token in _TOKEN.findall(query))


@cache
def _shacl_shacl() -> tuple[Shapes, Reference]:
    """Return SHACL's shapes of shapes, as pySHACL brings them, and what applies them."""
    shapes = load_shapes([Path(str(files("pyshacl") / "assets" / "shacl-shacl.ttl"))])
    return shapes, Reference(shapes)


def _ill_formed(graph: Graph, default: Place) -> Iterator[Finding]:
    """Yield what SHACL's own shapes find wrong with shapes."""
    try:
        results = SmallGraph(graph.triples).results(*_shacl_shacl())
    except (ShapesError, RecursionError) as error:
        raise ShapesRefused("malformed", _sentence(error)) from error
    for result in results:
        yield to_finding(result, graph, default, code="shapes-malformed")


def _left_out(graph: Graph, name: str) -> Iterator[Finding]:
    imported = sorted({str(quad.object) for quad in graph.triples if quad.predicate.value == OWL + "imports"})
    if imported:
        message = say(
            "{file}: nothing is fetched, so what it imports is not applied: {imports}. Give those files as "
            "shapes, too.",
            file=name,
            imports=", ".join(imported)[:500],
        )
        yield Finding(Severity.WARNING, "shapes-imports", message, Place(name))
    used = Counter(quad.predicate.value for quad in graph.triples)
    for feature in sorted(_NOT_APPLIED & used.keys()):
        message = say(
            "{file}: sh:{feature} is of SHACL's advanced features, which are not applied. Write what it says in "
            "SHACL Core or as a sh:sparql constraint.",
            file=name,
            feature=feature.removeprefix(SH),
        )
        yield Finding(Severity.WARNING, "shapes-advanced", message, Place(name), path=feature)


def _without_target(graph: Graph, name: str) -> Finding:
    has_shapes = any(quad.predicate.value.startswith(SH) for quad in graph.triples)
    what = say("has no shape with a target") if has_shapes else say("holds no shapes")
    message = say(
        "{file} {what}, so nothing was checked. Say what each shape is for, as by sh:targetClass.",
        file=name,
        what=what,
    )
    return Finding(Severity.VIOLATION, "shapes-without-target", message, Place(name))
