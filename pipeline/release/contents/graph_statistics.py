"""Counts of what a dataset contains: triples, subjects, classes and properties, as VoID publishes them."""

from collections import Counter

from pipeline.release.contents.nodes import RDF_TYPE, Node


class Statistics:
    """Counts nodes as they pass."""

    def __init__(self) -> None:
        self.triples = 0
        self.subjects = 0
        self.classes: Counter[str] = Counter()
        self.properties: Counter[str] = Counter()

    def add(self, node: Node) -> None:
        """Count a node."""
        _, pairs = node
        self.triples += len(pairs)
        self.subjects += 1
        self.properties.update([predicate for predicate, _ in pairs])
        self.classes.update([value for predicate, value in pairs if predicate == RDF_TYPE])

    def merge(self, other: "Statistics") -> None:
        """Add what another has counted."""
        self.triples += other.triples
        self.subjects += other.subjects
        self.classes.update(other.classes)
        self.properties.update(other.properties)
