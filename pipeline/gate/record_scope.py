"""The scope of a record: the nodes that are judged together, as the caller of the gate defines it."""

from dataclasses import dataclass

from pipeline.rdf.vocabulary import RDF, RDFS

_INTO_VOCABULARY = frozenset((RDF + "type", RDFS + "subClassOf", RDFS + "isDefinedBy"))


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
