"""Labels: rdfs:label of what has a preferred label or a title, since nothing is inferred at query time."""

from collections.abc import Iterable, Iterator

from pyoxigraph import Dataset, Literal, NamedNode, Quad, Triple

from pipeline.rdf.vocabulary import DCT, RDFS, SKOS

LABEL = NamedNode(RDFS + "label")
_NAMES = (NamedNode(SKOS + "prefLabel"), NamedNode(DCT + "title"))


def missing_labels(triples: Iterable[Triple]) -> Iterator[Triple]:
    """Yield an rdfs:label for each preferred label or title, in its language, of what has no rdfs:label yet."""
    every = tuple(triples)
    labelled = {triple.subject for triple in every if triple.predicate == LABEL}
    for subject, predicate, value in every:
        if predicate in _NAMES and isinstance(value, Literal) and subject not in labelled:
            yield Triple(subject, LABEL, value)


def add_labels(graph: Dataset) -> None:
    """Add the missing labels to a graph."""
    for triple in tuple(missing_labels(quad.triple for quad in graph)):
        graph.add(Quad(*triple))
