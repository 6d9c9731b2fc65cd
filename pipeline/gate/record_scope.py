"""The scope of a record: the nodes that are judged together, those they need, and those whose judgement reads them."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import chain

from pyoxigraph import BlankNode, NamedNode, Store

from pipeline.rdf.vocabulary import RDF, RDFS

_TYPE = NamedNode(RDF + "type")
_INTO_VOCABULARY = frozenset((RDF + "type", RDFS + "subClassOf", RDFS + "isDefinedBy"))

Subject = NamedNode | BlankNode


@dataclass(frozen=True, slots=True)
class RecordScope:
    """What belongs to a record: its main node, the document about it, and nodes that are reached from them.

    ``main_class`` is the class of main nodes, ``topic`` the predicate from the document to the main node.
    ``forward`` are predicates that lead to another node of the record, or into the vocabulary; ``backward``
    those that may be followed against their direction without leaving the record.
    """

    main_class: str = ""
    topic: str = ""
    forward: frozenset[str] = frozenset()
    backward: frozenset[str] = frozenset()

    def leads_within(self, predicate: str) -> bool:
        """Return whether a predicate leads to another node of the record, or into the vocabulary."""
        return predicate in self.forward or predicate in _INTO_VOCABULARY


NO_RECORDS = RecordScope()
"""The scope of a graph that is judged as a whole."""


def subject_of(term: str) -> Subject | None:
    """Return an IRI or blank node from its N-Triples text, None for a literal."""
    if term.startswith("<"):
        return NamedNode(term[1:-1])
    return BlankNode(term[2:]) if term.startswith("_:") else None


def needed_nodes(store: Store, terms: Iterable[str], scope: RecordScope) -> set[str]:
    """Return the nodes whose triples may be read when these are judged, themselves included."""
    return _spread(store, terms, _nodes(scope.forward), _nodes(scope.backward))


def readers(store: Store, terms: Iterable[str], scope: RecordScope) -> set[str]:
    """Return the nodes whose judgement may read the triples of these, themselves included."""
    return _spread(store, terms, _nodes(scope.backward), _nodes(scope.forward))


def _spread(
    store: Store, terms: Iterable[str], forward: Iterable[NamedNode], backward: Iterable[NamedNode]
) -> set[str]:
    """Return nodes, and all that can be reached from them by predicates, some against their direction."""
    seen = set(terms)
    waiting = [node for node in map(subject_of, seen) if node is not None]
    while waiting:
        node = waiting.pop()
        ahead = (quad.object for link in forward for quad in store.quads_for_pattern(node, link, None))
        behind = (quad.subject for link in backward for quad in store.quads_for_pattern(None, link, node))
        for other in chain(ahead, behind):
            if isinstance(other, NamedNode | BlankNode) and str(other) not in seen:
                seen.add(str(other))
                waiting.append(other)
    return seen


def _nodes(predicates: frozenset[str]) -> list[NamedNode]:
    return [NamedNode(iri) for iri in sorted(predicates)]


def is_shared(store: Store, term: str, scope: RecordScope) -> bool:
    """Return whether a node may be in several parts: it is no main node, fragment or document of a record."""
    node = subject_of(term.partition("#")[0] + ">" if "#" in term and term.startswith("<") else term)
    if node is None or not scope.main_class:
        return True
    is_main = any(store.quads_for_pattern(node, _TYPE, NamedNode(scope.main_class)))
    return not is_main and not any(store.quads_for_pattern(node, NamedNode(scope.topic), None))
