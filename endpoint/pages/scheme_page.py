"""Scheme pages: the topics, countries or years that practices have, with how many each has."""

from dataclasses import dataclass

from endpoint.catalogue import filters
from endpoint.catalogue.filters import Choice
from endpoint.catalogue.open_release import Release
from endpoint.catalogue.selection import Selection
from endpoint.graphs.document_graphs import Graph
from endpoint.language.graph_facts import Facts, Text, in_preferred
from pipeline.rdf.vocabulary import DCT, SKOS


@dataclass(frozen=True, slots=True)
class SchemePage:
    """A scheme as people read it; ``kind`` is the first step of the addresses of its concepts."""

    kind: str
    title: Text
    descriptions: tuple[Text, ...]
    concepts: tuple[Choice, ...]


def scheme_page(release: Release, name: str, iri: str, graph: Graph) -> SchemePage:
    """Return what the page of a scheme shows."""
    facts, counts, everything = Facts(graph), release.facets.counts({}), Selection()
    return SchemePage(
        name,
        next(iter(facts.texts(iri, SKOS + "prefLabel")), Text(name)),
        in_preferred(facts.texts(iri, DCT + "description")),
        filters.years(counts, everything)
        if name == "year"
        else filters.choices(release, name, counts, everything),
    )
