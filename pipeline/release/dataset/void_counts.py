"""VoID: how much a dataset contains, how often each class and property occurs, and in which graphs it stands."""

from collections.abc import Iterator, Mapping
from hashlib import sha256

from pyoxigraph import NamedNode, Triple

from pipeline.rdf.iris import Deployment
from pipeline.rdf.vocabulary import ICGP, RDF, SD, VOID, prefixes
from pipeline.release.contents.graph_statistics import Statistics
from pipeline.release.dataset.description_triples import triple

_DUMPED = ("practices", "vocabulary")
"""The graphs in the dumps."""


def describe_statistics(deployment: Deployment, statistics: Statistics) -> Iterator[Triple]:
    """Yield the counts of what the dumps hold."""
    dataset = deployment.dataset()[1:-1]
    for kind in (VOID + "Dataset", SD + "Dataset"):
        yield triple(dataset, RDF + "type", NamedNode(kind))
    yield triple(dataset, VOID + "triples", statistics.triples)
    yield triple(dataset, VOID + "entities", statistics.classes[f"<{ICGP}GoodPractice>"])
    yield triple(dataset, VOID + "distinctSubjects", statistics.subjects)
    yield triple(dataset, VOID + "classes", len(statistics.classes))
    yield triple(dataset, VOID + "properties", len(statistics.properties))
    yield triple(dataset, VOID + "uriSpace", deployment.base + "/")
    yield from _partitions(deployment, statistics)


def describe_graphs(deployment: Deployment, quads: Mapping[str, int]) -> Iterator[Triple]:
    """Yield the graphs of the endpoint; the description's own size would change itself, so it is left out."""
    dataset = deployment.dataset()[1:-1]
    for name in (*quads, "description"):
        this = f"{dataset}#graph-{name}"
        graph = deployment.graph(name)[1:-1]
        yield triple(dataset, SD + "namedGraph", NamedNode(this))
        yield triple(this, RDF + "type", NamedNode(SD + "NamedGraph"))
        yield triple(this, SD + "name", NamedNode(graph))
        yield triple(this, SD + "graph", NamedNode(graph))
        yield triple(graph, RDF + "type", NamedNode(SD + "Graph"))
        if name in quads:
            yield triple(graph, VOID + "triples", quads[name])
        if name in _DUMPED:
            yield triple(dataset, VOID + "subset", NamedNode(graph))
            yield triple(graph, RDF + "type", NamedNode(VOID + "Dataset"))


def _partitions(deployment: Deployment, statistics: Statistics) -> Iterator[Triple]:
    """Count the members of each class and the uses of each property, which are parts of the VoID document."""
    dataset, document = deployment.dataset()[1:-1], f"{deployment.base}/void"
    for term, count in sorted(statistics.classes.items()):
        this = f"{document}#class-{_short(term)}"
        yield triple(dataset, VOID + "classPartition", NamedNode(this))
        yield triple(this, VOID + "class", NamedNode(term[1:-1]))
        yield triple(this, VOID + "entities", count)
    for term, count in sorted(statistics.properties.items()):
        this = f"{document}#property-{_short(term)}"
        yield triple(dataset, VOID + "propertyPartition", NamedNode(this))
        yield triple(this, VOID + "property", NamedNode(term[1:-1]))
        yield triple(this, VOID + "triples", count)


def _short(term: str) -> str:
    """Return the part of a lasting name for a class or property: its prefix and local name, else a hash."""
    for prefix, namespace in prefixes().items():
        local = term[1:-1].removeprefix(namespace)
        if local != term[1:-1] and local.isalnum():
            return f"{prefix}-{local}"
    return sha256(term.encode()).hexdigest()[:8]
