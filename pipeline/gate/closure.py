"""Closures: the nodes that must be known to judge a node, and those whose judgement reads it."""

from collections.abc import Callable, Iterable, Iterator

from pyoxigraph import BlankNode, NamedNode, Store

from pipeline.gate.paths import BACKWARD, FORWARD
from pipeline.rdf.vocabulary import FOAF, ICGP, RDF, RDFS

_LINKS = [
    NamedNode(iri) for iri in sorted(FORWARD - {RDF + "type", RDFS + "subClassOf", RDFS + "isDefinedBy"})
]
_BACK = [NamedNode(iri) for iri in sorted(BACKWARD)]
_TYPE, _PRACTICE = NamedNode(RDF + "type"), NamedNode(ICGP + "GoodPractice")
_PRIMARY_TOPIC = NamedNode(FOAF + "primaryTopic")

Subject = NamedNode | BlankNode


def subject_of(term: str) -> Subject | None:
    """Return an IRI or blank node from its N-Triples text, None for a literal."""
    if term.startswith("<"):
        return NamedNode(term[1:-1])
    return BlankNode(term[2:]) if term.startswith("_:") else None


def needed(store: Store, terms: Iterable[str]) -> set[str]:
    """Return the nodes whose triples may be read when these are judged, themselves included."""

    def next_to(node: Subject) -> Iterator[object]:
        for link in _LINKS:
            yield from (quad.object for quad in store.quads_for_pattern(node, link, None))
        for link in _BACK:
            yield from (quad.subject for quad in store.quads_for_pattern(None, link, node))

    return _spread(terms, next_to)


def readers(store: Store, terms: Iterable[str]) -> set[str]:
    """Return the nodes whose judgement may read the triples of these, themselves included."""

    def next_to(node: Subject) -> Iterator[object]:
        for link in _LINKS:
            yield from (quad.subject for quad in store.quads_for_pattern(None, link, node))
        for link in _BACK:
            yield from (quad.object for quad in store.quads_for_pattern(node, link, None))

    return _spread(terms, next_to)


def _spread(terms: Iterable[str], next_to: Callable[[Subject], Iterator[object]]) -> set[str]:
    seen = set(terms)
    waiting = [node for node in map(subject_of, seen) if node is not None]
    while waiting:
        for node in next_to(waiting.pop()):
            if isinstance(node, NamedNode | BlankNode) and str(node) not in seen:
                seen.add(str(node))
                waiting.append(node)
    return seen


def is_shared(store: Store, term: str) -> bool:
    """Tell whether a node may stand in several parts: it is no practice, no fragment and no record of one."""
    node = subject_of(term.partition("#")[0] + ">" if "#" in term and term.startswith("<") else term)
    if node is None:
        return True
    practice = any(store.quads_for_pattern(node, _TYPE, _PRACTICE))
    return not practice and not any(store.quads_for_pattern(node, _PRIMARY_TOPIC, None))
