"""The description of the service: the endpoint in its own terms, with the graphs of the current release."""

from collections.abc import Iterator
from functools import cache
from importlib.resources import files

from pyoxigraph import Literal, NamedNode, RdfFormat, Triple, parse, serialize

from endpoint.release import Release
from pipeline.vocabulary import RDF, SD, VOID, XSD, prefixes

_ENGINE = {"ttl": RdfFormat.TURTLE, "nt": RdfFormat.N_TRIPLES, "rdf": RdfFormat.RDF_XML}
_USED = ("dct", "sd", "void")


def describe_service(release: Release, format_name: str) -> bytes:
    """Return the description as ttl, nt or rdf."""
    graph = (*_fixed(release.base), *_graphs(release))
    known = prefixes()
    written = serialize(graph, format=_ENGINE[format_name], prefixes={name: known[name] for name in _USED})
    assert written is not None
    return written


@cache
def _fixed(base: str) -> tuple[Triple, ...]:
    content = (files("endpoint.sparql") / "description.ttl").read_bytes()
    return tuple(quad.triple for quad in parse(content, RdfFormat.TURTLE, base_iri=f"{base}/"))


def _graphs(release: Release) -> Iterator[Triple]:
    """Yield the named graphs of the release, and how many triples are in each and in their union."""
    counts: dict[str, int] = release.manifest.get("counts", {}).get("graphs", {})
    dataset = NamedNode(f"{release.base}/sparql#dataset")
    for name in counts:
        yield Triple(dataset, NamedNode(f"{SD}namedGraph"), NamedNode(f"{release.base}/sparql#{name}"))
    for name, count in counts.items():
        named = NamedNode(f"{release.base}/sparql#{name}")
        graph = NamedNode(f"{release.base}/sparql#{name}-graph")
        yield Triple(named, NamedNode(f"{RDF}type"), NamedNode(f"{SD}NamedGraph"))
        yield Triple(named, NamedNode(f"{SD}name"), NamedNode(f"{release.base}/graph/{name}"))
        yield Triple(named, NamedNode(f"{SD}graph"), graph)
        yield Triple(graph, NamedNode(f"{RDF}type"), NamedNode(f"{SD}Graph"))
        yield _triples(graph, count)
    if counts:
        yield _triples(NamedNode(f"{release.base}/sparql#default-graph"), sum(counts.values()))


def _triples(graph: NamedNode, count: int) -> Triple:
    return Triple(
        graph, NamedNode(f"{VOID}triples"), Literal(str(count), datatype=NamedNode(f"{XSD}integer"))
    )
