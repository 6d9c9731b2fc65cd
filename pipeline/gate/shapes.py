"""Shapes, loaded and compiled: what they target, what finds their suspects, and what is left to pySHACL."""

from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Literal as Choice

from pyoxigraph import NamedNode, Quad, RdfFormat, parse

from pipeline.gate.adapter.regex_patterns import Matcher
from pipeline.gate.compiler import Compiler, ShapePart
from pipeline.gate.context import ShapePlace
from pipeline.gate.gate_results import ShapesError
from pipeline.gate.record_scope import NO_RECORDS, RecordScope
from pipeline.gate.select import declared_prefixes
from pipeline.gate.shapes_index import Node, ShapesIndex, Subject
from pipeline.rdf.vocabulary import OWL, RDF, RDFS, SH

Kind = Choice["class", "subjects", "objects", "node", "query"]

_TARGETS: dict[str, Kind] = {
    SH + "targetClass": "class",
    SH + "targetSubjectsOf": "subjects",
    SH + "targetObjectsOf": "objects",
    SH + "targetNode": "node",
    SH + "target": "query",
}


@dataclass(frozen=True, slots=True)
class Target:
    """A target of a shape; ``term`` is a class, a predicate, a node, or what has a query, in N-Triples."""

    kind: Kind
    term: str


@dataclass(frozen=True, slots=True)
class Shape:
    """A shape with targets of its own; ``name`` is its IRI or blank node in N-Triples.

    ``queries`` find its suspects, those of its ``parts`` say which property shapes suspect them.
    ``later`` are the predicates that it reads of other nodes than its focus node, ``*`` for all.
    ``uncompiled`` says what of it only pySHACL can judge, ``beyond`` why it cannot be judged record by record;
    both are empty if there is no such reason.
    """

    name: str
    targets: tuple[Target, ...]
    queries: tuple[str, ...]
    uncompiled: str
    beyond: str
    parts: tuple[ShapePart, ...] = ()
    later: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Shapes:
    """A shapes graph: its triples as N-Triples, its targeted shapes, and what their queries need.

    ``later`` are what its shapes read of other nodes than their focus node, ``prefixes`` those declared for SPARQL
    anywhere in the graph. ``scope`` is that of the records they judge.
    """

    source: str
    targeted: tuple[Shape, ...]
    matchers: tuple[Matcher, ...]
    later: frozenset[str]
    prefixes: tuple[tuple[str, str], ...] = ()
    scope: RecordScope = NO_RECORDS

    @property
    def fallback(self) -> tuple[tuple[str, str], ...]:
        """The shapes that pySHACL has to judge over all data at once, each with the reason."""
        return tuple((shape.name, shape.beyond) for shape in self.targeted if shape.beyond)


def load_shapes(
    files: Sequence[Path] | str | bytes, base_iri: str | None = None, scope: RecordScope = NO_RECORDS
) -> Shapes:
    """Return the shapes of some files, or of a Turtle text; raise ShapesError if they cannot be read."""
    texts = [("the shapes", files, RdfFormat.TURTLE)] if isinstance(files, str | bytes) else _read(files)
    quads: list[Quad] = []
    for name, text, form in texts:
        try:
            quads.extend(parse(text, format=form, base_iri=base_iri, rename_blank_nodes=True))
        except SyntaxError as error:
            raise ShapesError(f"{name}: {error}. Correct the file there.") from error
    return ShapesGraph(quads, scope=scope).compile(in_parts=True)


def _read(files: Sequence[Path]) -> Iterator[tuple[str, str | bytes, RdfFormat]]:
    for file in files:
        form = RdfFormat.from_extension(file.suffix.removeprefix("."))
        if form is None or form in (RdfFormat.JSON_LD, RdfFormat.STREAMING_JSON_LD):
            raise ShapesError(
                f"{file}: shapes are read from Turtle, N-Triples or RDF/XML. Save the file as .ttl."
            )
        try:
            yield str(file), file.read_bytes(), form
        except OSError as error:
            raise ShapesError(f"{file}: {error.strerror}. Give the path of a file of shapes.") from error


class ShapesGraph:
    """A graph of shapes; they are compiled only on request, its ``targeted`` ones never."""

    def __init__(
        self,
        quads: Sequence[Quad],
        prefixes: Mapping[str, str] | None = None,
        scope: RecordScope = NO_RECORDS,
    ) -> None:
        """Read the shapes of a graph; ``prefixes`` are those of its files, which queries may use undeclared."""
        self.index = ShapesIndex(quads, scope)
        self._quads = quads
        self._prefixes = dict(prefixes or {}) | (declared_prefixes(self.index) or {})
        self._targets = _targets_by_shape(self.index)
        self._compiler = Compiler(self.index)
        self._compiled: dict[tuple[Subject, bool], Shape] = {}
        self.targeted = tuple(
            Shape(str(name), targets, (), "", "") for name, targets in self._targets.items()
        )

    def compile(self, names: Set[str] | None = None, *, in_parts: bool = False) -> Shapes:
        """Return the shapes with the targeted ones of these names compiled, or with all of them; each is so once.

        In parts, their property shapes are compiled by themselves, too, as the gate of a build needs them.
        """
        compiled = [
            self._shape(name, targets, in_parts)
            for name, targets in self._targets.items()
            if names is None or str(name) in names
        ]
        return Shapes(
            self._source,
            tuple(compiled),
            tuple(self._compiler.matchers),
            frozenset[str]().union(*(shape.later for shape in compiled)),
            tuple(self._prefixes.items()),
            self.index.scope,
        )

    def _shape(self, name: Subject, targets: tuple[Target, ...], in_parts: bool) -> Shape:
        """Return a compiled shape."""
        if (name, in_parts) in self._compiled:
            return self._compiled[name, in_parts]
        kinds = {target.kind for target in targets}
        objects = {target.term.strip("<>") for target in targets if target.kind == "objects"}
        place = ShapePlace(home=all(map(self.index.scope.leads_within, objects)))
        queries, remarks = self._compiler.compile(name, place)
        beyond = [
            *remarks.beyond,
            *(["names its focus node"] if "node" in kinds else []),
            *(["finds its focus nodes by a query"] if "query" in kinds else []),
        ]
        has_parts = in_parts and not remarks.uncompiled
        shape = self._compiled[name, in_parts] = Shape(
            str(name),
            targets,
            queries,
            _reasons(remarks.uncompiled),
            _reasons(beyond),
            self._compiler.compile_parts(name, place) if has_parts else (),
            frozenset(remarks.later),
        )
        return shape

    @cached_property
    def _source(self) -> str:
        return "".join(dict.fromkeys(f"{quad.triple} .\n" for quad in self._quads))

    def property_shapes(self, name: str) -> list[str]:
        """Return the property shapes of a targeted shape."""
        subject = next(one for one in self._targets if str(one) == name)
        return [str(one) for one in self.index.objects(subject, SH + "property")]


def _reasons(reasons: list[str]) -> str:
    return " and ".join(dict.fromkeys(reasons))


def _targets_by_shape(index: ShapesIndex) -> dict[Subject, tuple[Target, ...]]:
    """Return the shapes that have targets, in a fixed order."""
    targets: dict[Subject, list[Target]] = {}
    for predicate, kind in _TARGETS.items():
        for subject in index.subjects(predicate):
            terms = [str(value) for value in index.objects(subject, predicate)]
            targets.setdefault(subject, []).extend(Target(kind, term) for term in terms)
    for subject in _implicit(index):
        targets.setdefault(subject, []).append(Target("class", str(subject)))
    return {subject: tuple(targets[subject]) for subject in sorted(targets, key=str)}


def _implicit(index: ShapesIndex) -> Iterator[Subject]:
    """Yield the shapes that are classes too, and so target their instances."""
    classes: set[Node] = {NamedNode(RDFS + "Class"), NamedNode(OWL + "Class")}
    classes |= {
        one
        for one in index.subjects(RDFS + "subClassOf")
        if NamedNode(RDFS + "Class") in index.objects(one, RDFS + "subClassOf")
    }
    for subject in index.subjects(RDF + "type"):
        is_shape = any(predicate.startswith(SH) for predicate in index.predicates(subject))
        types = index.objects(subject, RDF + "type")
        if classes.intersection(types) and (is_shape or any(str(one).startswith(f"<{SH}") for one in types)):
            yield subject
