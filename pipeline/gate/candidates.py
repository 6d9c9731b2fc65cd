"""Candidates: the focus nodes of a store that compiled shapes suspect, and those they target."""

from collections.abc import Callable, Iterable, Iterator

from pyoxigraph import BlankNode, Literal, NamedNode, QuerySolutions, Store, Triple

from pipeline.gate.context import TARGET
from pipeline.gate.shapes import Shape, Shapes, Target
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
