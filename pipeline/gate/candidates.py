"""Candidates: the focus nodes that compiled shapes suspect or target, and what judges the suspects."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from pyoxigraph import BlankNode, Literal, NamedNode, Quad, QuerySolutions, Store, Triple

from pipeline.gate.context import TARGET
from pipeline.gate.reference import Reference
from pipeline.gate.shapes import Shape, Shapes, Target
from pipeline.model.shacl_result import ShaclResult
from pipeline.rdf.vocabulary import RDF, RDFS

Node = NamedNode | BlankNode | Literal | Triple

_SUBCLASSES = f"SELECT DISTINCT ?class WHERE {{ ?class <{RDFS}subClassOf>+ %s }}"
_EVERY = f"SELECT DISTINCT ?this WHERE {{ {TARGET} }}"


class Suspects:
    """Asks a store for the focus nodes of shapes; terms are given as N-Triples."""

    def __init__(self, store: Store, shapes: Shapes) -> None:
        self._store = store
        self._functions: dict[NamedNode, Callable[..., Node | None]] = {}
        for matcher in shapes.matchers:
            self._functions |= matcher.functions()
        self._classes: dict[str, str] = {}
        self._members: dict[str, set[str]] = {}

    def of(self, shape: Shape) -> set[str]:
        """Return the focus nodes on which a shape may fail; those it names are always among them."""
        named = {target.term for target in shape.targets if target.kind == "node"}
        return named.union(*(self._ask(query, shape.targets) for query in shape.queries))

    def targets(self, shape: Shape) -> set[str]:
        """Return all focus nodes of a shape."""
        nodes = {target.term for target in shape.targets if target.kind == "node"}
        for pattern in self._patterns(shape.targets):
            if pattern not in self._members:  # several shapes have the same targets
                self._members[pattern] = set(self._select(_EVERY.replace(TARGET, pattern)))
            nodes |= self._members[pattern]
        return nodes

    def by_part(self, shape: Shape, terms: Iterable[str]) -> dict[str, set[str]]:
        """Return, for each part of a shape, which of some IRIs it suspects."""
        values = f"VALUES ?this {{ {' '.join(sorted(terms))} }}"
        return {
            part.name: set[str]().union(
                *(self._select(query.replace(TARGET, values)) for query in part.queries)
            )
            for part in shape.parts
        }

    def _ask(self, query: str, targets: Iterable[Target]) -> set[str]:
        nodes: set[str] = set()
        for pattern in self._patterns(targets):
            nodes.update(self._select(query.replace(TARGET, pattern)))
        return nodes

    def _select(self, query: str) -> Iterator[str]:
        solutions = self._store.query(query, custom_functions=self._functions)
        assert isinstance(solutions, QuerySolutions)
        return (str(solution["this"]) for solution in solutions)

    def _patterns(self, targets: Iterable[Target]) -> Iterator[str]:
        for target in targets:
            if target.kind == "class":
                yield self._instances(target.term)
            elif target.kind == "subjects":
                yield f"?this {target.term} ?gate_object ."
            elif target.kind == "objects":
                yield f"?gate_subject {target.term} ?this ."

    def _instances(self, name: str) -> str:
        """Return the pattern of a class's instances; subclasses are looked up once, which is much faster."""
        if name not in self._classes:
            solutions = self._store.query(_SUBCLASSES % name)
            assert isinstance(solutions, QuerySolutions)
            below = {solution["class"] for solution in solutions}
            if any(isinstance(one, BlankNode) for one in below) or not name.startswith("<"):
                self._classes[name] = f"?this <{RDF}type>/<{RDFS}subClassOf>* {name} ."
            elif below:
                names = " ".join(sorted({name, *map(str, below)}))
                self._classes[name] = f"VALUES ?gate_class {{ {names} }} ?this <{RDF}type> ?gate_class ."
            else:
                self._classes[name] = f"?this <{RDF}type> {name} ."
        return self._classes[name]


@dataclass(frozen=True, slots=True)
class ShapeCandidates:
    """The suspects to be judged by a whole shape, and those for one of its property shapes."""

    shape: Shape
    whole: set[str]
    by_part: dict[str, set[str]]

    @property
    def terms(self) -> set[str]:
        """All suspects."""
        return self.whole.union(*self.by_part.values())

    def in_full(self) -> set[str]:
        """Return the nodes about which everything has to be known."""
        narrow = self._narrow()
        return self.whole.union(*(ones for name, ones in self.by_part.items() if name not in narrow))

    def own_triples(self, store: Store) -> Iterator[Quad]:
        """Yield what has to be known of the nodes about which not everything has."""
        for name, predicate in self._narrow().items():
            for term in self.by_part.get(name, ()):
                yield from _own_triples(store, term, self.shape.targets, predicate)

    def results(self, reference: Reference) -> tuple[ShaclResult, ...]:
        """Return the results on the suspects, in reporting order."""
        name = self.shape.name
        by_part = [reference.results(name, self.whole)] if self.whole else []
        by_part += [reference.results(name, terms, part) for part, terms in self.by_part.items() if terms]
        return tuple(sorted((result for results in by_part for result in results), key=ShaclResult.sort_key))

    def _narrow(self) -> dict[str, str]:
        """Return the predicate that a property shape reads, for those that read no more."""
        if any(target.kind not in ("class", "subjects") for target in self.shape.targets):
            return {}
        return {part.name: part.reads for part in self.shape.parts if part.reads}


def candidates_of(shape: Shape, suspects: Suspects, terms: set[str], doubtful: set[str]) -> ShapeCandidates:
    """Return what judges the suspects of a shape: only the property shapes that suspect them.

    What the queries cannot tell, of blank nodes and doubtful literals, is shown to the whole shape.
    """
    plain = {term for term in terms - doubtful if term.startswith("<")} if shape.parts else set()
    by_part = suspects.by_part(shape, plain) if plain else {}
    whole = (terms - plain) | by_part.pop(shape.name, set())
    whole |= plain - whole.union(*by_part.values())
    return ShapeCandidates(shape, whole, {name: ones - whole for name, ones in by_part.items()})


def _own_triples(store: Store, term: str, targets: Iterable[Target], predicate: str) -> Iterator[Quad]:
    """Yield an IRI's triples with a predicate, and those that make it a target."""
    node = NamedNode(term[1:-1])
    telling = (RDF + "type" if target.kind == "class" else target.term[1:-1] for target in targets)
    for one in {predicate, *telling}:
        yield from store.quads_for_pattern(node, NamedNode(one), None)
