"""Concept schemes: topics, countries and years, each whole with all its concepts, as SKOS tools load them."""

from pyoxigraph import NamedNode

from endpoint.catalogue.open_release import Release
from endpoint.graphs.document_graphs import Graph, said_of
from pipeline.rdf.vocabulary import SKOS, SPACE

NAMES = ("topic", "country", "year")
"""The schemes by the first step of their addresses, which are those of facets too."""


def of_facet(release: Release, name: str) -> Graph:
    """Return a scheme with all statements about its concepts."""
    scheme = NamedNode(SPACE + name)
    within = release.store.quads_for_pattern(None, NamedNode(SKOS + "inScheme"), scheme, None)
    concepts = sorted({quad.subject.value for quad in within if isinstance(quad.subject, NamedNode)})
    described = (scheme, *map(NamedNode, concepts))
    return tuple(triple for this in described for triple in said_of(release.store, this))
