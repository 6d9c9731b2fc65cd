"""Recheck plan: which suspects are judged by a whole shape, which by its property shapes, and the data for it."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from pyoxigraph import NamedNode, Quad, Store

from pipeline.gate.candidates import Suspects
from pipeline.gate.shapes import Shape, Target
from pipeline.rdf.vocabulary import RDF


@dataclass(frozen=True, slots=True)
class Asked:
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

    def _narrow(self) -> dict[str, str]:
        """Return the predicate that a property shape reads, for those that read no more."""
        if any(target.kind not in ("class", "subjects") for target in self.shape.targets):
            return {}
        return {part.name: part.reads for part in self.shape.parts if part.reads}


def asked(shape: Shape, suspects: Suspects, terms: set[str], doubtful: set[str]) -> Asked:
    """Return what judges the suspects of a shape: only the property shapes that suspect them.

    What the queries cannot tell, of blank nodes and doubtful literals, is shown to the whole shape.
    """
    plain = {term for term in terms - doubtful if term.startswith("<")} if shape.parts else set()
    by_part = suspects.by_part(shape, plain) if plain else {}
    whole = (terms - plain) | by_part.pop(shape.name, set())
    whole |= plain - whole.union(*by_part.values())
    return Asked(shape, whole, {name: ones - whole for name, ones in by_part.items()})


def _own_triples(store: Store, term: str, targets: Iterable[Target], predicate: str) -> Iterator[Quad]:
    """Yield an IRI's triples with a predicate, and those that make it a target."""
    node = NamedNode(term[1:-1])
    telling = (RDF + "type" if target.kind == "class" else target.term[1:-1] for target in targets)
    for one in {predicate, *telling}:
        yield from store.quads_for_pattern(node, NamedNode(one), None)
