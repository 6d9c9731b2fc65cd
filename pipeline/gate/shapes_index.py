"""An index over the triples of a shapes graph, for walking shapes, paths and lists."""

from collections import defaultdict
from collections.abc import Iterable, Iterator

from pyoxigraph import BlankNode, Literal, NamedNode, Quad, Triple

from pipeline.gate.record_scope import NO_RECORDS, RecordScope
from pipeline.rdf.vocabulary import RDF

Node = NamedNode | BlankNode | Literal | Triple
Subject = NamedNode | BlankNode

_TYPE, _FIRST, _REST, _NIL = (RDF + name for name in ("type", "first", "rest", "nil"))


class ShapesIndex:
    """The triples of a shapes graph by subject and predicate; predicates are given as plain IRIs.

    ``scope`` is that of the records which the shapes judge.
    """

    def __init__(self, triples: Iterable[Triple | Quad], scope: RecordScope = NO_RECORDS) -> None:
        self.scope = scope
        self._objects: dict[tuple[Node, str], list[Node]] = defaultdict(list)
        self._subjects: dict[str, list[Subject]] = defaultdict(list)
        self._predicates: dict[Node, set[str]] = defaultdict(set)
        for triple in dict.fromkeys(triples):
            predicate = triple.predicate.value
            if not isinstance(triple.subject, Triple):
                self._objects[triple.subject, predicate].append(triple.object)
                self._subjects[predicate].append(triple.subject)
                self._predicates[triple.subject].add(predicate)

    def objects(self, subject: Node, predicate: str) -> list[Node]:
        """Return the objects of a subject and predicate, in the order in which they were read."""
        return self._objects.get((subject, predicate), [])

    def statements(self) -> Iterator[tuple[Subject, str, list[Node]]]:
        """Yield each subject with each of its predicates and the objects of the two."""
        for (subject, predicate), values in self._objects.items():
            if values and not isinstance(subject, Literal | Triple):
                yield subject, predicate, values

    def predicates(self, subject: Node) -> set[str]:
        """Return the predicates that a subject has."""
        return self._predicates.get(subject, set())

    def subjects(self, predicate: str) -> Iterator[Subject]:
        """Yield each subject of a predicate once."""
        yield from dict.fromkeys(self._subjects.get(predicate, ()))

    def values(self, *predicates: str) -> Iterator[Node]:
        """Yield the objects of some predicates, whatever their subjects."""
        for predicate in predicates:
            for subject in self.subjects(predicate):
                yield from self.objects(subject, predicate)

    def types(self, subject: Node) -> set[str]:
        """Return the types of a subject, as N-Triples has them."""
        return set(map(str, self.objects(subject, _TYPE)))

    def instances(self, name: str) -> Iterator[Subject]:
        """Yield the subjects that have a type, given as a plain IRI."""
        return (one for one in self.subjects(_TYPE) if NamedNode(name) in self.objects(one, _TYPE))

    def items(self, head: Node) -> list[Node] | None:
        """Return the members of an RDF list, or None if it is not well-formed."""
        members: list[Node] = []
        longest = len(self._subjects.get(_FIRST, ()))
        while not (isinstance(head, NamedNode) and head.value == _NIL):
            first, rest = self.objects(head, _FIRST), self.objects(head, _REST)
            if len(first) != 1 or len(rest) != 1 or len(members) >= longest:
                return None
            members.append(first[0])
            head = rest[0]
        return members
