"""The VoID page: how often each class and property occurs in the dataset."""

from collections.abc import Iterator
from dataclasses import dataclass

from endpoint.catalogue.open_release import Release
from endpoint.graphs.document_graphs import Graph
from endpoint.language.graph_facts import Facts, Text
from pipeline.rdf.vocabulary import DCT, VOID


@dataclass(frozen=True, slots=True)
class Counted:
    """A class or property, how often it occurs, and the fragment of the document's IRI that names this count."""

    term: str
    count: int
    fragment: str


@dataclass(frozen=True, slots=True)
class VoidPage:
    """A dataset in numbers."""

    title: Text
    triples: int
    classes: tuple[Counted, ...]
    properties: tuple[Counted, ...]


def void_page(release: Release, iri: str, graph: Graph) -> VoidPage:
    """Return what the page of the VoID document shows."""
    facts = Facts(graph)
    dataset = release.iris.dataset()[1:-1]
    return VoidPage(
        title=next(iter(facts.texts(iri, DCT + "title")), Text("VoID", "en")),
        triples=facts.number(dataset, VOID + "triples"),
        classes=tuple(_counted(facts, dataset, "class", "entities")),
        properties=tuple(_counted(facts, dataset, "property", "triples")),
    )


def _counted(facts: Facts, dataset: str, kind: str, number: str) -> Iterator[Counted]:
    for iri in facts.iris(dataset, f"{VOID}{kind}Partition"):
        for term in facts.iris(iri, VOID + kind):
            yield Counted(term, facts.number(iri, VOID + number), iri.partition("#")[2])
