"""Concept schemes: topics, countries and years, each whole with all its concepts, as SKOS tools load them."""

from collections.abc import Iterator
from functools import cache
from importlib.resources import files

from pyoxigraph import Literal, NamedNode, RdfFormat, Triple, parse

from endpoint.catalogue.open_release import Release
from endpoint.graphs.document_graphs import Graph, said_of
from pipeline.rdf.vocabulary import ICGP, RDF, SKOS, SPACE, YEAR

NAMES = ("topic", "country", "year")
"""The schemes by the first step of their addresses, which are those of facets too."""

_TYPE = NamedNode(RDF + "type")
_IN_SCHEME = NamedNode(SKOS + "inScheme")


def of_facet(release: Release, name: str) -> Graph:
    """Return a scheme with all statements about its concepts."""
    iri = SPACE + name
    if name == "year":
        return (*_years(), *(triple for year in _calendar(release) for triple in _as_concept(release, year)))
    scheme = NamedNode(iri)
    within = release.store.quads_for_pattern(None, _IN_SCHEME, scheme, None)
    concepts = sorted({quad.subject.value for quad in within if isinstance(quad.subject, NamedNode)})
    described = (scheme, *map(NamedNode, concepts))
    return tuple(triple for this in described for triple in said_of(release.store, this))


def _calendar(release: Release) -> list[NamedNode]:
    years = release.store.quads_for_pattern(None, _TYPE, NamedNode(ICGP + "Year"), None)
    return [NamedNode(iri) for iri in sorted({str(quad.subject)[1:-1] for quad in years})]


def _as_concept(release: Release, year: NamedNode) -> Iterator[Triple]:
    """Yield what is said about a year and what makes it a concept: the store leaves that to this document."""
    yield from said_of(release.store, year)
    yield Triple(year, _TYPE, NamedNode(SKOS + "Concept"))
    yield Triple(year, NamedNode(SKOS + "prefLabel"), Literal(year.value.removeprefix(YEAR)))
    yield Triple(year, NamedNode(SKOS + "topConceptOf"), NamedNode(SPACE + "year"))
    yield Triple(year, _IN_SCHEME, NamedNode(SPACE + "year"))


@cache
def _years() -> Graph:
    text = (files(__package__) / "years_scheme.ttl").read_text(encoding="utf-8")
    return tuple(quad.triple for quad in parse(text, format=RdfFormat.TURTLE))
